/* sync_rep_names_test.c - lists of synchronous standbys are read, or refused as by PostgreSQL */
#include "common/base/base.h"

#include "common/text/str.h"
#include "server/replication/sync_rep.h"
#include "tests/unit/unit.h"

static const SyncNames *parse(const char *text)
{
    GucRefusal why = {0};
    SyncNames *names;

    CU_ASSERT_TRUE_FATAL(sync_names_parse(text, &names, &why));
    return names;
}

static const char *name_at(const SyncNames *names, size_t i)
{
    return *(char **)array_at(&names->names, i);
}

static const char *refusal(const char *text)
{
    GucRefusal why = {0};
    SyncNames *names;

    CU_ASSERT_FALSE_FATAL(sync_names_parse(text, &names, &why));
    return why.detail != NULL ? why.detail : why.message;
}

static void nothing_names_nobody(void)
{
    CU_ASSERT_PTR_NULL(parse(""));
    CU_ASSERT_PTR_NULL(parse(NULL));
}

static void lists_ask_for_one_or_as_many_as_they_say(void)
{
    CU_ASSERT_EQUAL(parse("a, b")->count, 1);
    CU_ASSERT_FALSE(parse("a, b")->is_quorum);
    CU_ASSERT_EQUAL(parse("a, b")->names.count, 2);
    CU_ASSERT_EQUAL(parse("2 (a, b, c)")->count, 2);
    CU_ASSERT_EQUAL(parse("first 3 (a)")->count, 3);
    CU_ASSERT_TRUE(parse("ANY 2 (*)")->is_quorum);
    CU_ASSERT_EQUAL(parse("FIRST 99999999999 (a)")->count, INT32_MAX);
}

static void numbers_and_quoted_texts_are_names_too(void)
{
    CU_ASSERT_STRING_EQUAL(name_at(parse("2"), 0), "2");
    CU_ASSERT_STRING_EQUAL(name_at(parse("1,2"), 1), "2");
    CU_ASSERT_STRING_EQUAL(name_at(parse("\"a \"\"b\""), 0), "a \"b");
    CU_ASSERT_STRING_EQUAL(name_at(parse("*"), 0), "*");
    CU_ASSERT_STRING_EQUAL(name_at(parse("x, \"first\""), 1), "first");
}

static void what_is_wrong_is_said(void)
{
    CU_ASSERT_STRING_EQUAL(refusal("FIRST (a)"), "syntax error at or near \"(\"");
    CU_ASSERT_STRING_EQUAL(refusal("a b"), "syntax error at or near \"b\"");
    CU_ASSERT_STRING_EQUAL(refusal("ANY 2 (a,b"), "syntax error at end of input");
    CU_ASSERT_STRING_EQUAL(refusal("ANY"), "syntax error at end of input");
    CU_ASSERT_STRING_EQUAL(refusal("a,,b"), "syntax error at or near \",\"");
    CU_ASSERT_STRING_EQUAL(refusal("a,"), "syntax error at end of input");
    CU_ASSERT_STRING_EQUAL(refusal("a;"), "syntax error at or near \";\"");
    CU_ASSERT_STRING_EQUAL(refusal("\"a"), "unterminated quoted identifier at end of input");
    CU_ASSERT_STRING_EQUAL(refusal("first, any"), "syntax error at or near \",\"");
    CU_ASSERT_STRING_EQUAL(refusal("0 (a)"),
                           "number of synchronous standbys (0) must be greater than zero");
}

UNIT_SUITE(sync_rep_names)
{
    UNIT_TEST(nothing_names_nobody);
    UNIT_TEST(lists_ask_for_one_or_as_many_as_they_say);
    UNIT_TEST(numbers_and_quoted_texts_are_names_too);
    UNIT_TEST(what_is_wrong_is_said);
}
