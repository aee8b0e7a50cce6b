/* array_text_test.c - arrays as text. */
#include "common/base/base.h"

#include "common/dump/array_text.h"
#include "tests/unit/unit.h"

static const char *item(const Array *a, size_t i)
{
    return *(const char **)array_at(a, i);
}

static void elements_come_without_their_quotes(void)
{
    Array a;

    array_text_split("{a,\"b c\",\"q\\\"\\\\,}\",NULL,\"NULL\",\"\"}", &a);
    CU_ASSERT_EQUAL_FATAL(a.count, 6);
    CU_ASSERT_STRING_EQUAL(item(&a, 0), "a");
    CU_ASSERT_STRING_EQUAL(item(&a, 1), "b c");
    CU_ASSERT_STRING_EQUAL(item(&a, 2), "q\"\\,}");
    CU_ASSERT_PTR_NULL(item(&a, 3));
    CU_ASSERT_STRING_EQUAL(item(&a, 4), "NULL");
    CU_ASSERT_STRING_EQUAL(item(&a, 5), "");
}

static void what_is_no_array_has_no_elements(void)
{
    static const char *const texts[] = {"{}", "", "x", NULL};
    Array a;

    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        array_text_split(texts[i], &a);
        CU_ASSERT_EQUAL(a.count, 0);
    }
    array_text_split("{\"open", &a);
    CU_ASSERT_EQUAL(a.count, 1);
}

static void what_was_added_is_split_again(void)
{
    static const char *const texts[] = {"a", "b c", "q\"\\,}", "null", "", "{x}"};
    StrBuf text;
    Array a;

    strbuf_init(&text);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        strbuf_add(&text, i == 0 ? "{" : ",");
        array_text_add(&text, texts[i]);
    }
    strbuf_add(&text, "}");
    array_text_split(text.text, &a);
    CU_ASSERT_EQUAL_FATAL(a.count, ARRAY_LEN(texts));
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        CU_ASSERT_STRING_EQUAL(item(&a, i), texts[i]);
}

UNIT_SUITE(array_text)
{
    UNIT_TEST(elements_come_without_their_quotes);
    UNIT_TEST(what_is_no_array_has_no_elements);
    UNIT_TEST(what_was_added_is_split_again);
}
