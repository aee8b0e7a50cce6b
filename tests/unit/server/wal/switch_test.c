/* switch_test.c - ends of segments: switches, restarts at any place, records that were lost. */
#include "common/base/base.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/format/wal_page.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/path.h"
#include "common/os/shared_memory.h"
#include "common/walrec/rmgr.h"
#include "server/wal/segment.h"
#include "server/wal/wal.h"
#include "tests/lib/crowd.h"
#include "tests/lib/seed.h"
#include "tests/lib/wal_dump.h"
#include "tests/lib/wal_rig.h"
#include "tests/unit/unit.h"

#define SEGMENT_SIZE MIB(1)

static struct {
    WalRig rig;
    size_t records, switches, wrong;
    Lsn last, lost;
} t;

static void count_record(void *arg, const WalRecord *record)
{
    uint32_t writer, number;
    bool is_right;

    (void)arg;
    t.records++;
    t.wrong += record->prev != t.last;
    t.last = record->start;
    if (record->rmgr == RMGR_XLOG && wal_record_opcode(record) == WAL_XLOG_SWITCH) {
        t.switches++;
        t.wrong += record->end % SEGMENT_SIZE != 0 || record->total_len != 24;
    } else if (record->rmgr == RMGR_XLOG &&
               wal_record_opcode(record) == WAL_XLOG_OVERWRITE_CONTRECORD) {
        t.lost = load_u64(record->main);
    } else {
        t.wrong += !wal_rig_check(record, &writer, &number, &is_right) || !is_right;
    }
}

static void open_log(void)
{
    wal_rig_open(&t.rig, &(WalRigConfig){.dir = unit_temp_dir(), .segment_size = SEGMENT_SIZE});
}

/* Everything in the log is whole and linked, up to its end. */
static void check_log(size_t records, size_t switches)
{
    const Lsn end = wal_insert_lsn();

    t.records = t.switches = t.wrong = 0;
    t.last = t.lost = LSN_NONE;
    wal_flush(end);
    CU_ASSERT_EQUAL(wal_rig_read(&t.rig, count_record, NULL), end);
    CU_ASSERT_EQUAL(t.records, records + switches);
    CU_ASSERT_EQUAL(t.switches, switches);
    CU_ASSERT_EQUAL(t.wrong, 0);
    CU_ASSERT_STRING_EQUAL(wal_dump_complaints(&t.rig, end), "");
}

/* The bytes of the segment that lsn lies in. */
static const uint8_t *segment_at(Lsn lsn)
{
    char name[WAL_SEG_NAME_LEN + 1];
    size_t len;
    char *bytes;

    wal_seg_name_write((WalSeg){.tli = 1, .seg_no = wal_seg_no(lsn, SEGMENT_SIZE)}, SEGMENT_SIZE,
                       name);
    bytes = os_file_read_all(path_join(t.rig.wal_dir, name), SEGMENT_SIZE, &len);
    CU_ASSERT_EQUAL_FATAL(len, SEGMENT_SIZE);
    return (const uint8_t *)bytes;
}

static bool is_zero(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

/* ---- switches ---- */

static void a_switch_fills_the_segment_with_zeros(void)
{
    const uint8_t *segment;
    uint32_t used;
    Lsn end;

    open_log();
    wal_rig_insert(0, 0);
    end = wal_switch(false);
    used = wal_seg_offset(end, SEGMENT_SIZE);
    CU_ASSERT_EQUAL(wal_insert_lsn(), u64_align_up(end, SEGMENT_SIZE));
    CU_ASSERT_EQUAL(wal_flush_lsn(), wal_insert_lsn());
    segment = segment_at(end);
    CU_ASSERT_TRUE(is_zero(segment + used, SEGMENT_SIZE - used));
    CU_ASSERT_FALSE(is_zero(segment + used - 24, 24));
    wal_rig_insert(0, 1);
    check_log(2, 1);
    wal_rig_close(&t.rig);
}

static void at_a_segments_start_there_is_nothing_to_switch(void)
{
    int64_t time;
    Lsn start;

    open_log();
    start = t.rig.start;
    CU_ASSERT_EQUAL(wal_switch(false), start);
    CU_ASSERT_EQUAL(wal_insert_lsn(), start);
    wal_rig_insert(0, 0);
    CU_ASSERT_EQUAL(wal_last_important_lsn(), start + WAL_PAGE_HEADER_LONG);
    wal_switch(true);
    CU_ASSERT_EQUAL(wal_last_important_lsn(), start + WAL_PAGE_HEADER_LONG);
    CU_ASSERT_EQUAL(wal_last_switch(&time), start + SEGMENT_SIZE);
    CU_ASSERT_EQUAL(wal_switch(false), start + SEGMENT_SIZE);
    CU_ASSERT_EQUAL(wal_insert_lsn(), start + SEGMENT_SIZE);
    check_log(1, 1);
    wal_rig_close(&t.rig);
}

/* Insert records until exactly left bytes of the segment are free. */
static uint32_t fill_segment(uint32_t left)
{
    const Lsn end = u64_align_up(wal_insert_lsn() + 1, SEGMENT_SIZE) - left;
    uint32_t count = 0;

    while (wal_insert_lsn() < end) {
        const uint64_t room = end - wal_insert_lsn();

        /* 24 header, 2 or 5 for the length, 16 mark, and pages' headers on the way. */
        if (room > 4 * WAL_PAGE_SIZE)
            wal_rig_set_size(7000);
        else if (room > 1000)
            wal_rig_set_size(200);
        else if (room > 160)
            wal_rig_set_size(64 - 42 + 8);
        else
            wal_rig_set_size((uint32_t)room - 42);
        wal_rig_insert(7, count++);
        wal_rig_set_size(0);
    }
    CU_ASSERT_EQUAL_FATAL(wal_insert_lsn(), end);
    return count;
}

/* Where the record lies over the end of the page, or the segment: then the next one is filled. */
static void a_switch_may_lie_over_any_end(void)
{
    for (uint32_t left = 0; left <= 64; left += 8) {
        uint32_t count;
        Lsn end;

        wal_rig_open(&t.rig, &(WalRigConfig){.dir = mem_printf("%s/%u", unit_temp_dir(), left),
                                             .segment_size = SEGMENT_SIZE});
        count = fill_segment(left);
        end = wal_switch(false);
        if (left == 0) {
            CU_ASSERT_EQUAL(wal_insert_lsn(), t.rig.start + SEGMENT_SIZE);
        } else {
            CU_ASSERT_EQUAL(wal_insert_lsn(), t.rig.start + (left >= 24 ? 1u : 2u) * SEGMENT_SIZE);
            CU_ASSERT_TRUE(end <= wal_insert_lsn());
        }
        wal_rig_insert(7, count);
        check_log(count + 1, left == 0 ? 0 : 1);
        wal_rig_close(&t.rig);
    }
}

static void insert_and_sometimes_switch(void *arg, unsigned number)
{
    Seed seed = {.state = *(uint64_t *)arg + number};

    for (uint32_t i = 0; i < 100; i++) {
        wal_rig_insert(number, i);
        if (seed_below(&seed, 20) == 0)
            wal_switch(false);
    }
}

static void many_may_switch_while_others_insert(void)
{
    Seed seed = seed_new("many_may_switch_while_others_insert");
    uint64_t number = seed_u64(&seed);
    size_t switches;

    open_log();
    CU_ASSERT_EQUAL(crowd_run(6, insert_and_sometimes_switch, &number), 6);
    wal_flush(wal_insert_lsn());
    t.switches = 0;
    wal_rig_read(&t.rig, count_record, NULL);
    switches = t.switches;
    CU_ASSERT_TRUE(switches > 5);
    check_log(600, switches);
    wal_rig_close(&t.rig);
}

/* ---- starts ---- */

/* Stop and start after records of each length: at pages' ends and beginnings too. */
static void the_log_goes_on_where_it_ended(void)
{
    uint32_t count = 0;

    open_log();
    for (uint32_t size = 1; size < 60; size++) {
        Lsn end;

        wal_rig_set_size(size * 140);
        wal_rig_insert(0, count++);
        wal_rig_set_size(0);
        end = wal_insert_lsn();
        wal_flush(end);
        CU_ASSERT_EQUAL(wal_rig_restart(&t.rig), end);
        CU_ASSERT_EQUAL(wal_insert_lsn(), end);
        CU_ASSERT_EQUAL(wal_flush_lsn(), end);
    }
    check_log(count, 0);
    wal_rig_close(&t.rig);
}

/* A record is filled up to the end of a page, or of the segment. */
static void the_log_may_end_where_a_page_does(void)
{
    open_log();
    fill_segment(SEGMENT_SIZE - WAL_PAGE_SIZE);
    CU_ASSERT_EQUAL(wal_insert_lsn() % WAL_PAGE_SIZE, 0);
    wal_flush(wal_insert_lsn());
    wal_rig_restart(&t.rig);
    CU_ASSERT_EQUAL(wal_insert_lsn(), t.rig.start + WAL_PAGE_SIZE);
    fill_segment(0);
    wal_flush(wal_insert_lsn());
    wal_rig_restart(&t.rig);
    CU_ASSERT_EQUAL(wal_insert_lsn(), t.rig.start + SEGMENT_SIZE);
    wal_rig_insert(0, 0);
    wal_flush(wal_insert_lsn());
    t.wrong = 0;
    t.last = LSN_NONE;
    CU_ASSERT_EQUAL(wal_rig_read(&t.rig, count_record, NULL), wal_insert_lsn());
    CU_ASSERT_EQUAL(t.wrong, 0);
    wal_rig_close(&t.rig);
}

static void an_end_that_is_none_is_refused(void)
{
    uint8_t page[WAL_PAGE_SIZE] = {0};
    WalStart start = {.tli = 1, .redo = MIB(1), .last_page = page};

    open_log();
    wal_rig_reset(&t.rig);
    start.end = MIB(1) + 8;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, wal_start(&start));
    start.end = MIB(1) + 44;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, wal_start(&start));

    /* Behind a header nothing has been written: the page is made anew. */
    start.end = MIB(1) + WAL_PAGE_HEADER_LONG;
    wal_start(&start);
    CU_ASSERT_EQUAL(wal_insert_lsn(), MIB(1));
    wal_rig_insert(0, 0);
    check_log(1, 0);
    wal_rig_close(&t.rig);
}

/* Overwrite the log's files with zeros from lsn on. */
static void lose_from(Lsn lsn, Lsn end)
{
    uint8_t zeros[WAL_PAGE_SIZE] = {0};

    for (; lsn < end; lsn += WAL_PAGE_SIZE) {
        OsFile *f = wal_segment_open(wal_seg_no(lsn, SEGMENT_SIZE), 1, NULL);

        os_file_write_at(f, zeros, sizeof zeros, wal_seg_offset(lsn, SEGMENT_SIZE));
        os_file_close(f);
    }
}

/* A record's first pages are there, not its last: readers are told to give it up. */
static void a_record_whose_end_is_lost_is_overwritten(void)
{
    static const uint32_t before[] = {100, 5000, 8000};

    for (size_t i = 0; i < ARRAY_LEN(before); i++) {
        Lsn torn, end;

        wal_rig_open(&t.rig, &(WalRigConfig){.dir = mem_printf("%s/%zu", unit_temp_dir(), i),
                                             .segment_size = SEGMENT_SIZE,
                                             .buffers = 64});
        wal_rig_set_size(before[i]);
        wal_rig_insert(0, 0);
        torn = wal_insert_lsn();
        wal_rig_set_size(40000);
        wal_rig_insert(0, 1);
        wal_rig_set_size(0);
        end = wal_insert_lsn();
        wal_flush(end);
        lose_from(u64_align_up(torn, WAL_PAGE_SIZE) + WAL_PAGE_SIZE, end);
        CU_ASSERT_EQUAL(wal_rig_restart(&t.rig), torn);
        CU_ASSERT_TRUE(wal_flush_lsn() > u64_align_up(torn, WAL_PAGE_SIZE) + WAL_PAGE_SIZE);
        wal_rig_insert(0, 2);
        check_log(3, 0);
        CU_ASSERT_EQUAL(t.lost, torn);
        wal_rig_close(&t.rig);
    }
}

UNIT_SUITE(wal_switch)
{
    UNIT_TEST(a_switch_fills_the_segment_with_zeros);
    UNIT_TEST(at_a_segments_start_there_is_nothing_to_switch);
    UNIT_TEST(a_switch_may_lie_over_any_end);
    UNIT_TEST(many_may_switch_while_others_insert);
    UNIT_TEST(the_log_goes_on_where_it_ended);
    UNIT_TEST(the_log_may_end_where_a_page_does);
    UNIT_TEST(an_end_that_is_none_is_refused);
    UNIT_TEST(a_record_whose_end_is_lost_is_overwritten);
}
