/* setting_test.c - settings of functions and databases. */
#include "common/base/base.h"

#include "common/dump/setting.h"
#include "tests/unit/unit.h"

static const char *setting(const char *text)
{
    StrBuf sql;

    strbuf_init(&sql);
    setting_add(&sql, text, SQL_QUOTE_NEEDED);
    return sql.text;
}

static void a_value_is_a_text(void)
{
    CU_ASSERT_STRING_EQUAL(setting("work_mem=1MB"), "work_mem TO '1MB'");
    CU_ASSERT_STRING_EQUAL(setting("my.own=a=b, 'c'"), "\"my.own\" TO 'a=b, ''c'''");
    CU_ASSERT_STRING_EQUAL(setting("empty="), "empty TO ''");
}

static void lists_of_names_are_lists(void)
{
    CU_ASSERT_STRING_EQUAL(setting("search_path=app, \"Mixed \"\"Case\", pg_temp"),
                           "search_path TO 'app', 'Mixed \"Case', 'pg_temp'");
    CU_ASSERT_STRING_EQUAL(setting("search_path="), "search_path TO ''");
    CU_ASSERT_STRING_EQUAL(setting("search_path=\"\""), "search_path TO ''");
}

UNIT_SUITE(setting)
{
    UNIT_TEST(a_value_is_a_text);
    UNIT_TEST(lists_of_names_are_lists);
}
