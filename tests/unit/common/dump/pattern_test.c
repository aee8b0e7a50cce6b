/* pattern_test.c - names as users pick them. */
#include "common/base/base.h"

#include "common/dump/pattern.h"
#include "tests/unit/unit.h"

static void letters_are_folded_and_stars_are_any_text(void)
{
    Pattern p;

    pattern_parse("Pub*.Ta?le$", &p);
    CU_ASSERT_EQUAL(p.part_count, 2);
    CU_ASSERT_STRING_EQUAL(p.parts[0].text, "pub.*");
    CU_ASSERT_STRING_EQUAL(p.parts[1].text, "ta.le\\$");
    pattern_parse("a[]|[0-9]", &p);
    CU_ASSERT_STRING_EQUAL(p.parts[0].text, "a\\[]|[0-9]");
}

static void quotes_keep_everything_as_it_is(void)
{
    Pattern p;

    pattern_parse("\"A.b*\"\"c\"", &p);
    CU_ASSERT_EQUAL(p.part_count, 1);
    CU_ASSERT_STRING_EQUAL(p.parts[0].text, "A\\.b\\*\"c");
}

static void parts_are_counted_beyond_what_is_kept(void)
{
    Pattern p;

    pattern_parse("a.b.c.d", &p);
    CU_ASSERT_EQUAL(p.part_count, 4);
    CU_ASSERT_STRING_EQUAL(p.parts[1].text, "b");
}

static void what_matches_all_needs_no_condition(void)
{
    Pattern p;
    StrBuf sql;

    strbuf_init(&sql);
    pattern_parse("*", &p);
    pattern_add_condition(&sql, "x", &p.parts[0]);
    CU_ASSERT_STRING_EQUAL(sql.text, "");
    pattern_parse("a$", &p);
    pattern_add_condition(&sql, "x", &p.parts[0]);
    CU_ASSERT_STRING_EQUAL(
        sql.text, "\n  AND x OPERATOR(pg_catalog.~) E'^(a\\\\$)$' COLLATE pg_catalog.default");
}

UNIT_SUITE(pattern)
{
    UNIT_TEST(letters_are_folded_and_stars_are_any_text);
    UNIT_TEST(quotes_keep_everything_as_it_is);
    UNIT_TEST(parts_are_counted_beyond_what_is_kept);
    UNIT_TEST(what_matches_all_needs_no_condition);
}
