/* setting_test.c - settings of functions and databases. */
#include "common/base/base.h"

#include "common/dump/setting.h"
#include "tests/unit/unit.h"

static const char *setting_in(const Archive *a, const char *text)
{
    StrBuf sql;

    strbuf_init(&sql);
    setting_add(&sql, text, a);
    return sql.text;
}

static const char *setting(const char *text)
{
    Archive a;

    archive_init(&a);
    return setting_in(&a, text);
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

static void backslashes_are_as_the_reader_takes_them(void)
{
    static const Archive escaped = {.has_standard_strings = false};

    CU_ASSERT_STRING_EQUAL(setting("a=b\\c"), "a TO 'b\\c'");
    CU_ASSERT_STRING_EQUAL(setting_in(&escaped, "a=b\\c"), "a TO 'b\\\\c'");
    CU_ASSERT_STRING_EQUAL(setting_in(&escaped, "search_path=\"b\\c\""), "search_path TO 'b\\\\c'");
}

UNIT_SUITE(setting)
{
    UNIT_TEST(a_value_is_a_text);
    UNIT_TEST(lists_of_names_are_lists);
    UNIT_TEST(backslashes_are_as_the_reader_takes_them);
}
