/* timeline_history_test.c - history files as servers write them, and damaged ones. */
#include "common/base/base.h"

#include "common/format/timeline_history.h"

#include "common/mem/mem.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "tests/unit/unit.h"

/* As a server 15 wrote it: a time target leaves an empty line behind its reason. */
static const char two_ancestors[] = "1\t0/3002590\tbefore 2026-11-22 07:16:44.400749+00\n\n\n"
                                    "2\t2/3CFFEE88\tno recovery target specified\n";

static void the_first_timeline_needs_no_file(void)
{
    Array spans;

    timeline_history_parse(NULL, 1, &spans);
    CU_ASSERT_EQUAL_FATAL(spans.count, 1);
    CU_ASSERT_EQUAL(((TimelineSpan *)array_at(&spans, 0))->tli, 1);
    CU_ASSERT_EQUAL(((TimelineSpan *)array_at(&spans, 0))->end, LSN_NONE);
}

static void each_ancestor_ends_where_the_next_begins(void)
{
    Array spans;
    const TimelineSpan *second;

    timeline_history_parse(two_ancestors, 3, &spans);
    CU_ASSERT_EQUAL_FATAL(spans.count, 3);
    second = array_at(&spans, 1);
    CU_ASSERT_EQUAL(second->tli, 2);
    CU_ASSERT_EQUAL(second->begin, 0x3002590);
    CU_ASSERT_EQUAL(second->end, UINT64_C(0x23CFFEE88));
    CU_ASSERT_STRING_EQUAL(second->reason, "no recovery target specified");
}

static void a_switch_point_belongs_to_the_newer_timeline(void)
{
    Array spans;

    timeline_history_parse(two_ancestors, 3, &spans);
    CU_ASSERT_EQUAL(timeline_history_at(&spans, 0x300258F)->tli, 1);
    CU_ASSERT_EQUAL(timeline_history_at(&spans, 0x3002590)->tli, 2);
    CU_ASSERT_EQUAL(timeline_history_at(&spans, UINT64_C(0x900000000))->tli, 3);
}

static void only_ancestors_are_found(void)
{
    Array spans;

    timeline_history_parse(two_ancestors, 3, &spans);
    CU_ASSERT_EQUAL(timeline_history_find(&spans, 2)->tli, 2);
    CU_ASSERT_PTR_NULL(timeline_history_find(&spans, 4));
}

static void what_was_read_is_written_back(void)
{
    Array spans;
    StrBuf text;

    timeline_history_parse("# comment\n1\t0/10\ta\n2\t0/20\tb\n", 3, &spans);
    strbuf_init(&text);
    timeline_history_write(&spans, &text);
    CU_ASSERT_STRING_EQUAL(text.text, "1\t0/10\ta\n2\t0/20\tb\n");
}

static void a_line_without_a_switch_point_is_refused(void)
{
    Array spans;

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "syntax error in the history file of timeline 3, line 2",
                               timeline_history_parse("1\t0/10\ta\n2\tno\n", 3, &spans));
}

static void timelines_and_switch_points_only_grow(void)
{
    Array spans;

    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED,
                       timeline_history_parse("2\t0/10\ta\n1\t0/20\tb\n", 3, &spans));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED,
                       timeline_history_parse("1\t0/20\ta\n2\t0/10\tb\n", 3, &spans));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, timeline_history_parse("3\t0/10\ta\n", 3, &spans));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, timeline_history_parse("1\t0/0\ta\n", 3, &spans));
}

/* No server writes such a file; a copy that was torn may be one. */
static void a_file_without_an_ancestor_is_refused(void)
{
    Array spans;

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "invalid data in the history file of timeline 2",
                               timeline_history_parse("", 2, &spans));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, timeline_history_parse("# 1\n\n", 2, &spans));
}

UNIT_SUITE(timeline_history)
{
    UNIT_TEST(the_first_timeline_needs_no_file);
    UNIT_TEST(each_ancestor_ends_where_the_next_begins);
    UNIT_TEST(a_switch_point_belongs_to_the_newer_timeline);
    UNIT_TEST(only_ancestors_are_found);
    UNIT_TEST(what_was_read_is_written_back);
    UNIT_TEST(a_line_without_a_switch_point_is_refused);
    UNIT_TEST(timelines_and_switch_points_only_grow);
    UNIT_TEST(a_file_without_an_ancestor_is_refused);
}
