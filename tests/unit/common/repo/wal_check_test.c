/* wal_check_test.c - segments as they are checked on their way into the archive. */
#include "common/base/base.h"

#include "common/repo/wal_check.h"

#include "common/format/wal_page.h"
#include "common/mem/mem.h"
#include "common/walrec/rmgr.h"
#include "tests/lib/wal_forge.h"
#include "tests/unit/unit.h"

#define SEGMENT         "000000010000000000000001"
#define LATER_SEGMENT   "000000020000000000000001"
#define SEG_SIZE        MIB(1)
#define END_OF_RECOVERY 0x90

static WalForge forge_segment(void)
{
    WalForge f;

    wal_forge_init(&f, 15, SEG_SIZE, SEG_SIZE);
    wal_forge_noop(&f, 1000);
    wal_forge_noop(&f, 20000);
    wal_forge_switch(&f);
    return f;
}

static WalCheck check(const char *name, WalForge *f)
{
    WalCheck result;

    wal_check_segment(name, (const uint8_t *)f->log.text, f->log.len, true, &result);
    return result;
}

static void a_sound_segment_tells_who_it_is(void)
{
    WalForge f = forge_segment();
    WalCheck result = check(SEGMENT, &f);

    CU_ASSERT_EQUAL(result.identity.system_id, WAL_FORGE_SYSTEM_ID);
    CU_ASSERT_EQUAL(result.identity.version, 15);
    CU_ASSERT_EQUAL(result.identity.segment_size, SEG_SIZE);
    CU_ASSERT_EQUAL(result.record_count, 3);
    CU_ASSERT_EQUAL(result.seg.seg_no, 1);
}

static void a_segment_under_another_name_is_refused(void)
{
    WalForge f = forge_segment();

    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, check("000000010000000000000002", &f));
}

static void a_segment_of_a_newer_timeline_is_refused(void)
{
    WalForge f = forge_segment();

    wal_forge_at(&f, f.base)[4] = 2;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, check(SEGMENT, &f));
}

static void a_segment_that_is_cut_is_refused(void)
{
    WalForge f = forge_segment();

    f.log.len -= 1;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, check(SEGMENT, &f));
    f.log.len = 20;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, check(SEGMENT, &f));
}

static void a_segment_of_an_unknown_version_is_refused(void)
{
    WalForge f = forge_segment();

    wal_forge_at(&f, f.base)[0] = 0xFF;
    UNIT_ASSERT_RAISES(SQLSTATE_FEATURE_NOT_SUPPORTED, check(SEGMENT, &f));
}

static void a_segment_of_no_possible_size_is_refused(void)
{
    WalForge f = forge_segment();

    wal_forge_at(&f, f.base)[32] = 1;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, check(SEGMENT, &f));
}

static void a_damaged_record_is_refused_but_for_partials(void)
{
    WalForge f = forge_segment();

    wal_forge_at(&f, f.base)[200] ^= 1;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, check(SEGMENT, &f));
    CU_ASSERT_EQUAL(check(SEGMENT ".partial", &f).record_count, 0);
}

/* One that begins with what is left of a record of left bytes. */
static WalForge forge_continued(uint32_t left)
{
    WalForge f;

    wal_forge_init(&f, 15, SEG_SIZE, 0);
    while (wal_forge_lsn(&f) + 20000 < SEG_SIZE)
        wal_forge_noop(&f, 10000);
    /* Up to the end of the segment, and that many bytes on. */
    wal_forge_noop(&f, 10);
    wal_forge_noop(&f, SEG_SIZE - wal_forge_lsn(&f) + left);
    wal_forge_switch(&f);
    memmove(f.log.text, f.log.text + SEG_SIZE, f.log.len - SEG_SIZE);
    f.log.len -= SEG_SIZE;
    f.base = SEG_SIZE;
    return f;
}

static void a_record_of_the_segment_before_may_fill_pages(void)
{
    WalForge f = forge_continued(30000);

    CU_ASSERT_EQUAL(check(SEGMENT, &f).record_count, 1);
}

static void pages_that_disagree_on_what_is_left_are_refused(void)
{
    WalForge f = forge_continued(30000);
    uint8_t *rem_len = wal_forge_at(&f, f.base + 16);

    /* One page more, or as good as all: what is skipped then would never be looked at. */
    rem_len[1] ^= 0x20;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, check(SEGMENT, &f));
    rem_len[1] ^= 0x20;
    rem_len[2] ^= 0x08;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, check(SEGMENT, &f));
    rem_len[2] ^= 0x08;
    wal_forge_at(&f, f.base + WAL_PAGE_SIZE)[2] ^= WAL_PAGE_CONTINUES;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, check(SEGMENT, &f));
}

static void a_segment_needs_something_of_its_timeline(void)
{
    WalForge f = forge_segment();

    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, check(LATER_SEGMENT, &f));
    CU_ASSERT_EQUAL(check(SEGMENT, &f).record_count, 3);
}

/* The page in which it begins has the number of the timeline before. */
static void the_record_that_begins_a_timeline_is_enough(void)
{
    struct {
        PgTime time;
        TimelineId tli, prev_tli;
    } end = {.tli = 2, .prev_tli = 1};
    WalForge f;

    for (end.tli = 2; end.tli <= 3; end.tli++) {
        wal_forge_init(&f, 15, SEG_SIZE, SEG_SIZE);
        wal_forge_noop(&f, 1000);
        wal_forge_begin(&f, RMGR_XLOG, END_OF_RECOVERY, 0);
        wal_forge_main(&f, &end, sizeof end);
        wal_forge_end(&f);
        wal_forge_switch(&f);
        if (end.tli == 2)
            CU_ASSERT_EQUAL(check(LATER_SEGMENT, &f).record_count, 3)
        else
            UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, check(LATER_SEGMENT, &f));
    }
}

/* A log that is full up to less than 120 bytes, with one more record that does not end in it. */
static WalForge forge_full_segment(uint8_t rmgr, size_t last_len)
{
    static const uint8_t zeros[1000];
    WalForge f;

    wal_forge_init(&f, 15, SEG_SIZE, SEG_SIZE);
    while (wal_forge_lsn(&f) + 120 < 2 * SEG_SIZE)
        wal_forge_noop(&f, 20);
    wal_forge_begin(&f, rmgr, END_OF_RECOVERY, 0);
    wal_forge_main(&f, zeros, last_len);
    wal_forge_end(&f);
    wal_forge_fill_segment(&f);
    f.log.len = SEG_SIZE;
    return f;
}

static void a_timeline_may_begin_at_the_very_end(void)
{
    WalForge f = forge_full_segment(RMGR_XLOG, 100);

    CU_ASSERT_TRUE(check(LATER_SEGMENT, &f).record_count > 100);
    f = forge_full_segment(RMGR_XLOG, 200);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, check(LATER_SEGMENT, &f));
    f = forge_full_segment(RMGR_HEAP, 100);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, check(LATER_SEGMENT, &f));
    CU_ASSERT_TRUE(check(SEGMENT, &f).record_count > 100);
}

/* Two segments, and a record of 20000 bytes that lies in both. */
static WalForge forge_crossing(void)
{
    WalForge f;

    wal_forge_init(&f, 15, SEG_SIZE, SEG_SIZE);
    while (wal_forge_lsn(&f) < 2 * SEG_SIZE - 10000)
        wal_forge_noop(&f, 3000);
    wal_forge_noop(&f, 20000);
    wal_forge_noop(&f, 1000);
    wal_forge_switch(&f);
    return f;
}

static WalCrossing crossing(WalForge *f, Lsn *at)
{
    const uint8_t *second = (const uint8_t *)f->log.text + SEG_SIZE;
    WalBefore before = {.first_page = (const uint8_t *)f->log.text,
                        .tail = second - WAL_CHECK_TAIL};
    const char *reason = NULL;
    WalCrossing result;
    WalCheck whole;

    wal_check_segment("000000010000000000000002", second, SEG_SIZE, true, &whole);
    CU_ASSERT_TRUE(whole.rem_len > 0);
    result = wal_check_crossing(&whole, second, SEG_SIZE, &before, &reason, at);
    CU_ASSERT_EQUAL(result == WAL_CROSSING_BAD, reason != NULL);
    return result;
}

static void a_record_that_crosses_is_checked_with_the_segment_before(void)
{
    WalForge f = forge_crossing();
    Lsn at = LSN_NONE;

    CU_ASSERT_EQUAL(f.log.len, 2 * SEG_SIZE);
    CU_ASSERT_EQUAL(crossing(&f, &at), WAL_CROSSING_SOUND);
    /* The segment alone does not tell. */
    wal_forge_at(&f, 2 * SEG_SIZE + 100)[0] ^= 1;
    CU_ASSERT_EQUAL(crossing(&f, &at), WAL_CROSSING_BAD);
    CU_ASSERT_TRUE(at < 2 * SEG_SIZE && at > 2 * SEG_SIZE - 20000);
    wal_forge_at(&f, 2 * SEG_SIZE + 100)[0] ^= 1;
    wal_forge_at(&f, 2 * SEG_SIZE - 100)[0] ^= 1;
    CU_ASSERT_EQUAL(crossing(&f, &at), WAL_CROSSING_BAD);
}

static void a_record_that_begins_long_before_is_not_judged(void)
{
    WalForge f;
    Lsn at;

    wal_forge_init(&f, 15, SEG_SIZE, SEG_SIZE);
    wal_forge_noop(&f, SEG_SIZE);
    wal_forge_switch(&f);
    CU_ASSERT_EQUAL(crossing(&f, &at), WAL_CROSSING_UNKNOWN);
}

UNIT_SUITE(wal_check)
{
    UNIT_TEST(a_sound_segment_tells_who_it_is);
    UNIT_TEST(a_segment_under_another_name_is_refused);
    UNIT_TEST(a_segment_of_a_newer_timeline_is_refused);
    UNIT_TEST(a_segment_that_is_cut_is_refused);
    UNIT_TEST(a_segment_of_an_unknown_version_is_refused);
    UNIT_TEST(a_segment_of_no_possible_size_is_refused);
    UNIT_TEST(a_damaged_record_is_refused_but_for_partials);
    UNIT_TEST(a_record_of_the_segment_before_may_fill_pages);
    UNIT_TEST(pages_that_disagree_on_what_is_left_are_refused);
    UNIT_TEST(a_segment_needs_something_of_its_timeline);
    UNIT_TEST(the_record_that_begins_a_timeline_is_enough);
    UNIT_TEST(a_timeline_may_begin_at_the_very_end);
    UNIT_TEST(a_record_that_crosses_is_checked_with_the_segment_before);
    UNIT_TEST(a_record_that_begins_long_before_is_not_judged);
}
