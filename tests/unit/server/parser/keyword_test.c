/* keyword_test.c - the table of key words: sorted, complete, found. */
#include "common/base/base.h"

#include <string.h>

#include "server/parser/parser.h"
#include "tests/unit/unit.h"

static void words_are_sorted_and_found(void)
{
    const char *word, *before = "";
    char category;
    bool is_bare;
    int count = 0;

    for (; parser_keyword_at(count, &word, &category, &is_bare); count++) {
        CU_ASSERT_TRUE(strcmp(before, word) < 0);
        CU_ASSERT_EQUAL(parser_keyword_category(word), category);
        CU_ASSERT_TRUE(strlen(word) <= KEYWORD_MAX);
        before = word;
    }
    /* As many as pg_get_keywords() of 15 lists. */
    CU_ASSERT_EQUAL(count, 460);
}

static void categories_are_those_of_the_language(void)
{
    CU_ASSERT_EQUAL(parser_keyword_category("select"), 'R');
    CU_ASSERT_EQUAL(parser_keyword_category("between"), 'C');
    CU_ASSERT_EQUAL(parser_keyword_category("left"), 'T');
    CU_ASSERT_EQUAL(parser_keyword_category("abort"), 'U');
    CU_ASSERT_EQUAL(parser_keyword_category("selec"), 0);
    CU_ASSERT_EQUAL(parser_keyword_category("selects"), 0);
    CU_ASSERT_EQUAL(parser_keyword_category(""), 0);
}

UNIT_SUITE(keyword)
{
    UNIT_TEST(words_are_sorted_and_found);
    UNIT_TEST(categories_are_those_of_the_language);
}
