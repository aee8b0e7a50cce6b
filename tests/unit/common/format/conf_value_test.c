/* conf_value_test.c - values for configuration files. */
#include "common/base/base.h"

#include "common/format/conf_value.h"

#include "tests/unit/unit.h"

static const char *quoted(const char *value)
{
    StrBuf out;

    strbuf_init(&out);
    conf_value_write(&out, value);
    return out.text;
}

static void a_value_stands_in_quotes(void)
{
    CU_ASSERT_STRING_EQUAL(quoted(""), "''");
    CU_ASSERT_STRING_EQUAL(quoted("before d"), "'before d'");
}

static void quotes_and_backslashes_are_doubled(void)
{
    CU_ASSERT_STRING_EQUAL(quoted("it's a \\"), "'it''s a \\\\'");
}

static void a_value_stays_on_its_line(void)
{
    CU_ASSERT_STRING_EQUAL(quoted("a\narchive_mode = on\r"), "'a\\narchive_mode = on\\r'");
}

UNIT_SUITE(conf_value)
{
    UNIT_TEST(a_value_stands_in_quotes);
    UNIT_TEST(quotes_and_backslashes_are_doubled);
    UNIT_TEST(a_value_stays_on_its_line);
}
