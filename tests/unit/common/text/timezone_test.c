/*
 * timezone_test.c - compiled zones and rules; the C library is asked for its opinion
 */
#include "common/base/base.h"

#include "common/base/bytes.h"
#include "common/mem/mem.h"
#include "common/text/civil.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "common/text/timezone.h"
#include "tests/lib/child.h"
#include "tests/unit/unit.h"

/* ---- zones made by hand ---- */

/* What a block says; zero is left out. */
typedef struct Block {
    uint32_t flags, leaps, times, types, names;
} Block;

static void add_be32(StrBuf *b, uint32_t value)
{
    uint8_t bytes[4];

    store_be32(bytes, value);
    strbuf_add_bytes(b, bytes, 4);
}

static void add_header(StrBuf *b, char version, const Block *block)
{
    strbuf_add(b, "TZif");
    strbuf_add_bytes(b, version == 0 ? "\0" : "2", 1);
    strbuf_add_chars(b, '\0', 15);
    add_be32(b, block->flags);
    add_be32(b, 0);
    add_be32(b, block->leaps);
    add_be32(b, block->times);
    add_be32(b, block->types);
    add_be32(b, block->names);
}

static void add_type(StrBuf *b, int32_t offset, uint8_t name)
{
    add_be32(b, (uint32_t)offset);
    strbuf_add_char(b, 0);
    strbuf_add_char(b, (char)name);
}

/* Version 1: ABC until 1000, then DEF. */
static void make_old_zone(StrBuf *b)
{
    const Block block = {.times = 1, .types = 2, .names = 8};

    strbuf_init(b);
    add_header(b, 0, &block);
    add_be32(b, 1000);
    strbuf_add_char(b, 1);
    add_type(b, 3600, 0);
    add_type(b, -7200, 4);
    strbuf_add_bytes(b, "ABC\0DEF", 8);
}

/* Version 2: the same with a rule behind it, and a first block that says little. */
static void make_zone(StrBuf *b, const char *footer)
{
    const Block empty = {.types = 1, .names = 1};
    const Block block = {.flags = 2, .times = 1, .types = 2, .names = 8};

    strbuf_init(b);
    add_header(b, 2, &empty);
    add_type(b, 0, 0);
    strbuf_add_char(b, 0);
    add_header(b, 2, &block);
    add_be32(b, 0);
    add_be32(b, 1000);
    strbuf_add_char(b, 1);
    add_type(b, 3600, 0);
    add_type(b, -7200, 4);
    strbuf_add_bytes(b, "ABC\0DEF", 8);
    strbuf_add_chars(b, 0, 2);
    strbuf_add(b, footer);
}

static void check_at(const TimeZone *zone, int64_t t, int32_t seconds, const char *abbreviation)
{
    ZoneOffset offset = timezone_offset_at(zone, t);

    CU_ASSERT_EQUAL(offset.seconds, seconds);
    CU_ASSERT_STRING_EQUAL(offset.abbreviation, abbreviation);
}

static void both_versions_are_read(void)
{
    StrBuf b;
    TimeZone *zone;

    make_old_zone(&b);
    zone = timezone_parse(b.text, b.len, "old");
    check_at(zone, INT64_MIN / 2, 3600, "ABC");
    check_at(zone, 999, 3600, "ABC");
    check_at(zone, 1000, -7200, "DEF");
    check_at(zone, INT64_MAX / 2, -7200, "DEF");

    make_zone(&b, "\n\n");
    zone = timezone_parse(b.text, b.len, "no rule");
    check_at(zone, 999, 3600, "ABC");
    check_at(zone, INT64_MAX / 2, -7200, "DEF");

    make_zone(&b, "\n<+05>-5:30\n");
    zone = timezone_parse(b.text, b.len, "rule");
    check_at(zone, 999, 3600, "ABC");
    check_at(zone, 1000, 19800, "+05");
}

static void a_zone_that_is_cut_raises_wherever_it_is_cut(void)
{
    StrBuf b;

    make_zone(&b, "\nABC-1\n");
    for (volatile size_t len = 0; len < b.len; len++)
        UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, timezone_parse(b.text, len, "cut"));
    make_old_zone(&b);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "unexpected end of time zone file \"cut\"",
                               timezone_parse(b.text, b.len - 1, "cut"));
}

static void refuse_block(Block block)
{
    StrBuf b;

    strbuf_init(&b);
    add_header(&b, 0, &block);
    strbuf_add_chars(&b, 0, 100000);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "invalid time zone file \"bad\"",
                               timezone_parse(b.text, b.len, "bad"));
}

static void impossible_numbers_are_refused(void)
{
    refuse_block((Block){.types = 0, .names = 4});
    refuse_block((Block){.types = 257, .names = 4});
    refuse_block((Block){.types = 1, .names = 0});
    refuse_block((Block){.types = 1, .names = 513});
    refuse_block((Block){.types = 1, .names = 4, .times = 2001});
    refuse_block((Block){.types = 1, .names = 4, .times = 2}); /* the second is not later */
}

/* Change one byte of the old zone: each of these makes it impossible. */
static void refuse_byte(size_t at, char value)
{
    StrBuf b;

    make_old_zone(&b);
    b.text[at] = value;
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "invalid time zone file \"bad\"",
                               timezone_parse(b.text, b.len, "bad"));
}

static void impossible_parts_are_refused(void)
{
    StrBuf b;

    refuse_byte(0, 'X');
    refuse_byte(48, 2); /* the transition's type */
    refuse_byte(49, 1); /* an offset of months */
    refuse_byte(49, '\xFE');
    refuse_byte(54, 8);   /* a name behind the names */
    refuse_byte(68, 'X'); /* names without an end */
    for (const char *const *footer = (const char *const[]){"", "\n", "x\n", "\nABC-1", "\nAB-1\n",
                                                           "\nABC\n", "\nABC-1x\n", NULL};
         *footer != NULL; footer++) {
        make_zone(&b, *footer);
        UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, timezone_parse(b.text, b.len, "bad"));
    }
}

static void overflowing_flags_are_refused(void)
{
    StrBuf b;

    make_old_zone(&b);
    memset(b.text + 20, 0xFF, 8);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, timezone_parse(b.text, b.len, "bad"));
}

static void leap_seconds_are_not_supported(void)
{
    StrBuf b;
    const Block block = {.leaps = 1, .types = 1, .names = 1};

    strbuf_init(&b);
    add_header(&b, 0, &block);
    strbuf_add_chars(&b, 0, 100);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_FEATURE_NOT_SUPPORTED,
                               "time zone \"right\" counts leap seconds",
                               timezone_parse(b.text, b.len, "right"));
}

/* ---- rules ---- */

/* A zone that is only a rule, as TZ may have it. */
static const TimeZone *rule(const char *text)
{
    setenv("TZ", text, 1);
    timezone_forget_local();
    return timezone_local();
}

static void rule_end(void)
{
    setenv("TZ", "UTC", 1);
    timezone_forget_local();
}

static int64_t at(int64_t year, int month, int day, int hour, int minute)
{
    return civil_to_days(year, month, day) * 86400 + hour * 3600 + minute * 60;
}

static void rules_of_both_halves_of_the_earth_hold(void)
{
    const TimeZone *zone = rule("CET-1CEST,M3.5.0,M10.5.0/3");

    check_at(zone, at(2026, 3, 29, 0, 59), 3600, "CET");
    check_at(zone, at(2026, 3, 29, 1, 0), 7200, "CEST");
    check_at(zone, at(2026, 10, 25, 0, 59), 7200, "CEST");
    check_at(zone, at(2026, 10, 25, 1, 0), 3600, "CET");
    check_at(zone, at(2500, 7, 1, 0, 0), 7200, "CEST");
    zone = rule("AEST-10AEDT,M10.1.0,M4.1.0/3");
    check_at(zone, at(2026, 1, 1, 0, 0), 39600, "AEDT");
    check_at(zone, at(2026, 4, 4, 15, 59), 39600, "AEDT");
    check_at(zone, at(2026, 4, 4, 16, 0), 36000, "AEST");
    check_at(zone, at(2026, 10, 3, 16, 0), 39600, "AEDT");
    check_at(zone, at(2025, 12, 31, 23, 59), 39600, "AEDT");
    rule_end();
}

static void days_are_counted_with_and_without_leap_days(void)
{
    const TimeZone *zone = rule("AAA0BBB,J60/0,J300/0"); /* J60 is always the first of March */

    check_at(zone, at(2024, 2, 29, 23, 59), 0, "AAA");
    check_at(zone, at(2024, 3, 1, 0, 0), 3600, "BBB");
    check_at(zone, at(2026, 3, 1, 0, 0), 3600, "BBB");
    check_at(zone, at(2026, 2, 28, 23, 59), 0, "AAA");
    zone = rule("AAA0BBB,59/0,300/0"); /* 59 is February 29, or the first of March */
    check_at(zone, at(2024, 2, 29, 0, 0), 3600, "BBB");
    check_at(zone, at(2026, 2, 28, 23, 59), 0, "AAA");
    check_at(zone, at(2026, 3, 1, 0, 0), 3600, "BBB");
    zone = rule("AAA0BBB,J59/0,J60/0");
    check_at(zone, at(2024, 2, 28, 12, 0), 3600, "BBB");
    check_at(zone, at(2024, 2, 29, 12, 0), 3600, "BBB");
    check_at(zone, at(2024, 3, 1, 0, 0), 0, "AAA");
    rule_end();
}

static void odd_rules_hold_too(void)
{
    const TimeZone *zone = rule("XXX5YYY6:30:15,0/0,J365/30"); /* daylight all year */

    check_at(zone, at(2026, 1, 1, 12, 0), -(6 * 3600 + 30 * 60 + 15), "YYY");
    zone = rule("<-02>2<-01>,M3.5.0/-1,M10.5.0/0"); /* before midnight */
    check_at(zone, at(2026, 3, 29, 0, 59), -7200, "-02");
    check_at(zone, at(2026, 3, 29, 1, 0), -3600, "-01");
    zone = rule("EST5EDT"); /* found as a file, or the dates of the United States */
    check_at(zone, at(2026, 7, 1, 0, 0), -14400, "EDT");
    zone = rule("QST5QDT");
    check_at(zone, at(2026, 3, 8, 6, 59), -18000, "QST");
    check_at(zone, at(2026, 3, 8, 7, 0), -14400, "QDT");
    rule_end();
}

static void what_is_no_rule_is_utc_with_a_warning(void)
{
    static const char *const wrong[] = {
        "Nowhere",
        "AB5",
        "ABC",
        "ABC25",
        "ABC5:60",
        "ABC5:00:60",
        "ABC5:",
        "<ABC5",
        "<A>5",
        "ABCDEFGHIJKLMNOPQ5",
        "ABC5DE",
        "ABC5DEFG25",
        "ABC5DEF,",
        "ABC5DEF,M1.1.1",
        "ABC5DEF,M13.1.1,M2.1.1",
        "ABC5DEF,M1.6.1,M2.1.1",
        "ABC5DEF,M1.1.7,M2.1.1",
        "ABC5DEF,M1-1.1,M2.1.1",
        "ABC5DEF,M1.1-1,M2.1.1",
        "ABC5DEF,M0.1.1,M2.1.1",
        "ABC5DEF,J0,J2",
        "ABC5DEF,J366,J2",
        "ABC5DEF,366,2",
        "ABC5DEF,1/168,2",
        "ABC5DEF,x,2",
        "ABC5DEF,1,2x",
        "ABC5DEF,1,2,3",
        "ABC5DEF;1,2",
        "ABC5DEF6x",
        "ABC99999999999999",
        "../../etc/passwd",
    };
    ErrLevel before = err_get_log_level();

    err_set_log_level(ERR_ERROR);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        check_at(rule(wrong[i]), 0, 0, "UTC");
    err_set_log_level(before);
    rule_end();
}

static void warn_of_zone(void *name)
{
    rule(name);
    rule_end();
}

static void a_zone_that_cannot_be_read_is_told(void)
{
    char name[] = "Nowhere/X";
    ChildEnd end = child_run(warn_of_zone, name);

    CU_ASSERT_PTR_NOT_NULL(strstr(end.err, "warning: could not read time zone \"Nowhere/X\"\n"));
}

/* ---- what the environment may say ---- */

static void the_environment_names_a_file_or_nothing(void)
{
    check_at(rule(""), 0, 0, "UTC");
    check_at(rule(":Europe/Berlin"), at(2026, 7, 1, 0, 0), 7200, "CEST");
    check_at(rule("/usr/share/zoneinfo/Asia/Tokyo"), 0, 32400, "JST");
    check_at(rule("UTC"), 0, 0, "UTC");
    unsetenv("TZ");
    timezone_forget_local();
    CU_ASSERT_PTR_NOT_NULL(timezone_offset_at(timezone_local(), 0).abbreviation);
    CU_ASSERT_PTR_EQUAL(timezone_local(), timezone_local());
    check_at(timezone_utc(), INT64_MAX, 0, "UTC");
    rule_end();
}

/* ---- the database ---- */

static void zones_are_found_in_any_case(void)
{
    CU_ASSERT_PTR_NOT_NULL_FATAL(timezone_find("europe/BERLIN"));
    check_at(timezone_find("europe/BERLIN"), at(2026, 1, 1, 0, 0), 3600, "CET");
    check_at(timezone_find("Etc/GMT+5"), 0, -18000, "-05");
    check_at(timezone_find("UTC+3"), 0, -10800, "UTC");
    check_at(timezone_find("<+03>-3"), 0, 10800, "+03");
}

static void what_is_not_in_the_database_is_not_found(void)
{
    static const char *const wrong[] = {
        "",
        "Nowhere",
        "Europe",
        "Europe/",
        "/Europe/Berlin",
        "Europe//Berlin",
        "../zoneinfo/UTC",
        "zone.tab",
        "Europe/Berlin/x",
        "CET-1CEST",
        "UTC/..",
    };

    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        CU_ASSERT_PTR_NULL(timezone_find(wrong[i]));
}

/* Skipped times take the offset before the gap, those that come twice the offset after it. */
static void changes_of_clocks_are_read_as_postgresql_does(void)
{
    const TimeZone *zone = timezone_find("Europe/Berlin");

    CU_ASSERT_PTR_NOT_NULL_FATAL(zone);
    CU_ASSERT_EQUAL(timezone_to_unix(zone, at(2026, 3, 29, 1, 59)), at(2026, 3, 29, 0, 59));
    CU_ASSERT_EQUAL(timezone_to_unix(zone, at(2026, 3, 29, 2, 0)), at(2026, 3, 29, 1, 0));
    CU_ASSERT_EQUAL(timezone_to_unix(zone, at(2026, 3, 29, 2, 59)), at(2026, 3, 29, 1, 59));
    CU_ASSERT_EQUAL(timezone_to_unix(zone, at(2026, 3, 29, 3, 0)), at(2026, 3, 29, 1, 0));
    CU_ASSERT_EQUAL(timezone_to_unix(zone, at(2026, 10, 25, 1, 59)), at(2026, 10, 24, 23, 59));
    CU_ASSERT_EQUAL(timezone_to_unix(zone, at(2026, 10, 25, 2, 0)), at(2026, 10, 25, 1, 0));
    CU_ASSERT_EQUAL(timezone_to_unix(zone, at(2026, 10, 25, 2, 59)), at(2026, 10, 25, 1, 59));
    CU_ASSERT_EQUAL(timezone_to_unix(zone, at(2026, 10, 25, 3, 0)), at(2026, 10, 25, 2, 0));
}

/* Every six hours from 1900 to 2100, and each of ten zones. */
static void the_c_library_agrees(void)
{
    static const char *const names[] = {
        "Europe/Berlin", "America/New_York",  "Asia/Kolkata",      "Australia/Lord_Howe",
        "Europe/Dublin", "Africa/Casablanca", "America/Sao_Paulo", "Pacific/Apia",
        "Asia/Tehran",   "America/St_Johns",
    };

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const TimeZone *zone = rule(names[i]);

        tzset();
        for (time_t t = at(1900, 1, 1, 0, 0); t < at(2100, 1, 1, 0, 0); t += 21600) {
            ZoneOffset ours = timezone_offset_at(zone, t);
            struct tm theirs;

            localtime_r(&t, &theirs);
            if (ours.seconds != theirs.tm_gmtoff || !str_equal(ours.abbreviation, theirs.tm_zone)) {
                CU_FAIL("an offset differs");
                printf("%s at %ld: %d %s, not %ld %s\n", names[i], (long)t, ours.seconds,
                       ours.abbreviation, theirs.tm_gmtoff, theirs.tm_zone);
                break;
            }
        }
    }
    rule_end();
    tzset();
}

static void any_zone_is_found_in_its_own_spelling(void)
{
    char *spelling = NULL;

    CU_ASSERT_PTR_NOT_NULL(timezone_find_any("europe/BERLIN", &spelling));
    CU_ASSERT_STRING_EQUAL(spelling, "Europe/Berlin");
    CU_ASSERT_PTR_NOT_NULL(timezone_find_any("cet-1cest,m3.5.0,m10.5.0/3", &spelling));
    CU_ASSERT_STRING_EQUAL(spelling, "CET-1CEST,M3.5.0,M10.5.0/3");
    CU_ASSERT_PTR_NULL(timezone_find_any("Europe/Nowhere", &spelling));
    CU_ASSERT_PTR_NULL(timezone_spelling("Europe/Nowhere"));
}

static void a_server_takes_the_zone_of_the_environment(void)
{
    char *spelling;

    setenv("TZ", "europe/BERLIN", 1);
    CU_ASSERT_STRING_EQUAL(timezone_system_name(), "europe/BERLIN");
    setenv("TZ", "EST5EDT4,M3.2.0,M11.1.0", 1);
    CU_ASSERT_STRING_EQUAL(timezone_system_name(), "EST5EDT4,M3.2.0,M11.1.0");
    setenv("TZ", "Europe/Nowhere", 1);
    CU_ASSERT_STRING_NOT_EQUAL(timezone_system_name(), "Europe/Nowhere");
    CU_ASSERT_PTR_NOT_NULL(timezone_find_any(timezone_system_name(), &spelling));
    unsetenv("TZ");
    CU_ASSERT_PTR_NOT_NULL(timezone_find_any(timezone_system_name(), &spelling));
    tzset();
}

static void changes_are_found_in_compiled_zones_and_rules(void)
{
    char *spelling;
    const TimeZone *zone = timezone_find_any("europe/berlin", &spelling);
    int64_t change;

    CU_ASSERT_TRUE(timezone_next_change(zone, at(2026, 1, 1, 0, 0), &change));
    CU_ASSERT_EQUAL(change, at(2026, 3, 29, 1, 0));
    CU_ASSERT_TRUE(timezone_next_change(zone, at(2500, 7, 1, 0, 0), &change));
    CU_ASSERT_EQUAL(change, at(2500, 10, 31, 1, 0));
    CU_ASSERT_FALSE(timezone_next_change(timezone_utc(), 0, &change));
}

static void fixed_zones_are_told_from_others(void)
{
    char *spelling;
    int32_t seconds;

    CU_ASSERT_TRUE(timezone_is_fixed(timezone_find_any("UTC", &spelling), &seconds));
    CU_ASSERT_TRUE(timezone_is_fixed(timezone_find_any("A3B3", &spelling), &seconds));
    CU_ASSERT_EQUAL(seconds, -10800);
    CU_ASSERT_FALSE(timezone_is_fixed(timezone_find_any("A3B", &spelling), &seconds));
    CU_ASSERT_FALSE(timezone_is_fixed(timezone_find_any("Europe/Berlin", &spelling), &seconds));
}

static void an_abbreviation_means_what_it_meant_then(void)
{
    char *spelling;
    const TimeZone *zone = timezone_find_any("Europe/Moscow", &spelling);
    ZoneOffset offset;

    CU_ASSERT_TRUE(timezone_find_abbreviation(zone, "msk", at(2012, 1, 1, 0, 0), &offset));
    CU_ASSERT_EQUAL(offset.seconds, 4 * 3600);
    CU_ASSERT_TRUE(timezone_find_abbreviation(zone, "msk", at(2020, 1, 1, 0, 0), &offset));
    CU_ASSERT_EQUAL(offset.seconds, 3 * 3600);
    CU_ASSERT_FALSE(timezone_find_abbreviation(zone, "CET", at(2020, 1, 1, 0, 0), &offset));
}

static void rules_of_the_setting_may_have_any_names(void)
{
    char *spelling;

    CU_ASSERT_EQUAL(timezone_offset_at(timezone_find_any("x167", &spelling), 0).seconds,
                    -167 * 3600);
    CU_ASSERT_EQUAL(timezone_offset_at(timezone_find_any("<a+b>-5:30", &spelling), 0).seconds,
                    19800);
    CU_ASSERT_PTR_NULL(timezone_find_any("x168", &spelling));
    CU_ASSERT_PTR_NULL(timezone_find_any("x5:60", &spelling));
    CU_ASSERT_PTR_NULL(timezone_find_any("x5,", &spelling));
}

UNIT_SUITE(timezone)
{
    UNIT_TEST(a_server_takes_the_zone_of_the_environment);
    UNIT_TEST(any_zone_is_found_in_its_own_spelling);
    UNIT_TEST(both_versions_are_read);
    UNIT_TEST(a_zone_that_is_cut_raises_wherever_it_is_cut);
    UNIT_TEST(impossible_numbers_are_refused);
    UNIT_TEST(impossible_parts_are_refused);
    UNIT_TEST(overflowing_flags_are_refused);
    UNIT_TEST(leap_seconds_are_not_supported);
    UNIT_TEST(rules_of_both_halves_of_the_earth_hold);
    UNIT_TEST(days_are_counted_with_and_without_leap_days);
    UNIT_TEST(odd_rules_hold_too);
    UNIT_TEST(what_is_no_rule_is_utc_with_a_warning);
    UNIT_TEST(a_zone_that_cannot_be_read_is_told);
    UNIT_TEST(the_environment_names_a_file_or_nothing);
    UNIT_TEST(zones_are_found_in_any_case);
    UNIT_TEST(what_is_not_in_the_database_is_not_found);
    UNIT_TEST(changes_of_clocks_are_read_as_postgresql_does);
    UNIT_TEST(the_c_library_agrees);
    UNIT_TEST(changes_are_found_in_compiled_zones_and_rules);
    UNIT_TEST(fixed_zones_are_told_from_others);
    UNIT_TEST(an_abbreviation_means_what_it_meant_then);
    UNIT_TEST(rules_of_the_setting_may_have_any_names);
}
