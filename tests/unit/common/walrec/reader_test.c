/* reader_test.c - records from pages, over every border, and each way that WAL ends */
#include "common/base/base.h"

#include "common/walrec/reader.h"

#include "common/base/bytes.h"
#include "common/mem/mem.h"
#include "common/text/num.h"
#include "common/walrec/rmgr.h"
#include "tests/lib/wal_forge.h"
#include "tests/unit/unit.h"

#define SEG  MIB(1)
#define BASE UINT64_C(0x100000)

static WalForge forge(void)
{
    WalForge f;

    wal_forge_init(&f, 15, SEG, BASE);
    return f;
}

static WalReader *reader(WalForge *f)
{
    return wal_reader_new(
        &(WalReaderConfig){.source = wal_forge_source(f), .segment_size = SEG, .timeline = 1});
}

/* A reader that stands at the first record. */
static WalReader *reader_at_start(WalForge *f)
{
    WalReader *r = reader(f);

    wal_reader_seek(r, BASE);
    return r;
}

static size_t count_rest(WalReader *r)
{
    const WalRecord *record;
    size_t count = 0;

    while (wal_reader_next(r, &record))
        count++;
    return count;
}

static void check_end(WalForge *f, size_t record_count, WalEndKind kind, Lsn lsn,
                      const char *reason)
{
    WalReader *r = reader_at_start(f);

    CU_ASSERT_EQUAL(count_rest(r), record_count);
    CU_ASSERT_EQUAL(wal_reader_end(r)->kind, kind);
    CU_ASSERT_EQUAL(wal_reader_end(r)->lsn, lsn);
    CU_ASSERT_STRING_EQUAL(wal_reader_end(r)->reason, reason);
}

static void records_come_in_order_with_their_places(void)
{
    WalForge f = forge();
    Lsn first = wal_forge_noop(&f, 3), second = wal_forge_noop(&f, 0);
    WalReader *r;
    const WalRecord *record;

    wal_forge_fill_page(&f);
    r = reader_at_start(&f);
    CU_ASSERT_TRUE_FATAL(wal_reader_next(r, &record));
    CU_ASSERT_EQUAL(record->start, BASE + 40);
    CU_ASSERT_EQUAL(record->start, first);
    CU_ASSERT_EQUAL(record->end, second);
    CU_ASSERT_TRUE(record->main_len == 3 && memcmp(record->main, "nnn", 3) == 0);
    CU_ASSERT_TRUE_FATAL(wal_reader_next(r, &record));
    CU_ASSERT_EQUAL(record->start, second);
    CU_ASSERT_EQUAL(record->prev, first);
    CU_ASSERT_EQUAL(record->end, second + 24);
    CU_ASSERT_FALSE(wal_reader_next(r, &record));
    CU_ASSERT_EQUAL(wal_reader_version(r), 15);
    CU_ASSERT_EQUAL(wal_reader_system_id(r), WAL_FORGE_SYSTEM_ID);
    CU_ASSERT_EQUAL(wal_reader_timeline(r), 1);
    CU_ASSERT_EQUAL(wal_reader_overwritten(r), 0);
}

static void each_version_is_told_by_its_pages(void)
{
    for (unsigned version = 13; version <= 18; version++) {
        WalForge f;
        WalReader *r;
        const WalRecord *record;

        wal_forge_init(&f, version, SEG, BASE);
        wal_forge_noop(&f, 1);
        wal_forge_fill_page(&f);
        r = reader_at_start(&f);
        CU_ASSERT_TRUE(wal_reader_next(r, &record));
        CU_ASSERT_EQUAL(record->version, version);
        CU_ASSERT_EQUAL(wal_reader_version(r), version);
    }
}

/* Lengths that let the record end at, before and after each border of page and header. */
static void records_cross_pages_wherever_they_start(void)
{
    for (size_t gap = 0; gap <= 64; gap += 8) {
        for (size_t len = 0; len < 48; len++) {
            WalForge f = forge();
            WalReader *r;
            const WalRecord *record;

            /* Let the first record end gap bytes before the page does. */
            wal_forge_noop(&f, BLOCK_SIZE - 40 - 24 - 5 - gap);
            wal_forge_noop(&f, len);
            wal_forge_noop(&f, 1);
            wal_forge_fill_page(&f);
            r = reader_at_start(&f);
            CU_ASSERT_TRUE_FATAL(wal_reader_next(r, &record));
            CU_ASSERT_EQUAL(record->end, BASE + BLOCK_SIZE - gap);
            CU_ASSERT_TRUE_FATAL(wal_reader_next(r, &record));
            CU_ASSERT_EQUAL(record->main_len, len);
            CU_ASSERT_TRUE_FATAL(wal_reader_next(r, &record));
            CU_ASSERT_EQUAL(record->main_len, 1);
            CU_ASSERT_FALSE(wal_reader_next(r, &record));
        }
    }
}

static void a_record_may_fill_segments(void)
{
    WalForge f = forge();
    WalReader *r;
    const WalRecord *record;
    Lsn last;

    wal_forge_noop(&f, 10);
    wal_forge_noop(&f, 3 * SEG);
    last = wal_forge_noop(&f, 10);
    wal_forge_fill_page(&f);
    r = reader_at_start(&f);
    CU_ASSERT_TRUE(wal_reader_next(r, &record));
    CU_ASSERT_TRUE(wal_reader_next(r, &record));
    CU_ASSERT_EQUAL(record->main_len, 3 * SEG);
    CU_ASSERT_EQUAL(record->end, last);
    CU_ASSERT_TRUE(wal_reader_next(r, &record));
    CU_ASSERT_EQUAL(record->start, last);
    CU_ASSERT_FALSE(wal_reader_next(r, &record));
}

static void a_switch_leads_to_the_next_segment(void)
{
    WalForge f = forge();
    WalReader *r;
    const WalRecord *record;
    Lsn at = wal_forge_switch(&f);

    wal_forge_noop(&f, 0);
    wal_forge_fill_page(&f);
    r = reader_at_start(&f);
    CU_ASSERT_TRUE(wal_reader_next(r, &record));
    CU_ASSERT_EQUAL(record->start, at);
    CU_ASSERT_EQUAL(record->end, BASE + SEG);
    CU_ASSERT_TRUE(wal_reader_next(r, &record));
    CU_ASSERT_EQUAL(record->start, BASE + SEG + 40);
    CU_ASSERT_EQUAL(record->prev, at);
}

static void a_switch_that_ends_its_segment_leads_to_the_next(void)
{
    WalForge f = forge();
    WalReader *r;
    const WalRecord *record;
    Lsn at;

    while ((at = wal_forge_lsn(&f)) < BASE + SEG - BLOCK_SIZE)
        wal_forge_noop(&f, 1000);
    wal_forge_noop(&f, BASE + SEG - 24 - at - 24 - 5);
    at = wal_forge_switch(&f);
    CU_ASSERT_EQUAL(at, BASE + SEG - 24);
    wal_forge_noop(&f, 0);
    wal_forge_fill_page(&f);
    r = reader(&f);
    wal_reader_seek(r, at);
    CU_ASSERT_TRUE(wal_reader_next(r, &record));
    CU_ASSERT_EQUAL(record->end, BASE + SEG);
    CU_ASSERT_TRUE(wal_reader_next(r, &record));
    CU_ASSERT_EQUAL(record->start, BASE + SEG + 40);
}

static void find_gives_the_first_record_from_there(void)
{
    WalForge f = forge();
    Lsn first = wal_forge_noop(&f, 100), second = wal_forge_noop(&f, 100);
    Lsn last = wal_forge_noop(&f, 5 * BLOCK_SIZE), behind = wal_forge_noop(&f, 0);
    const WalRecord *record;
    WalReader *r;

    wal_forge_fill_page(&f);
    r = reader(&f);
    CU_ASSERT_EQUAL(wal_reader_find(r, BASE), first);
    CU_ASSERT_EQUAL(wal_reader_find(r, first), first);
    CU_ASSERT_EQUAL(wal_reader_find(r, first + 1), second);
    CU_ASSERT_EQUAL(wal_reader_find(r, second), second);
    CU_ASSERT_EQUAL(wal_reader_find(r, second + 8), last);
    CU_ASSERT_EQUAL(wal_reader_find(r, last + 8), behind);
    CU_ASSERT_EQUAL(wal_reader_find(r, last + 3 * BLOCK_SIZE), behind);
    CU_ASSERT_TRUE(wal_reader_next(r, &record));
    CU_ASSERT_EQUAL(record->start, behind);
    CU_ASSERT_EQUAL(wal_reader_find(r, behind + 8), LSN_NONE);
    CU_ASSERT_STRING_EQUAL(
        wal_reader_end(r)->reason,
        mem_printf("invalid record length at " LSN_FMT ": wanted 24, got 0", LSN_ARG(behind + 24)));
    CU_ASSERT_EQUAL(wal_reader_find(r, BASE + SEG), LSN_NONE);
    CU_ASSERT_EQUAL(wal_reader_end(r)->kind, WAL_END_MISSING);
}

/* What is left of a record fills a page but for less than a record: the next starts on the next. */
static void find_passes_a_page_that_a_record_fills(void)
{
    for (size_t gap = 0; gap <= 24; gap += 8) {
        WalForge f = forge();
        const WalRecord *record;
        WalReader *r;
        Lsn next;

        wal_forge_noop(&f, BLOCK_SIZE - 40 - 24 - 5 + BLOCK_SIZE - 24 - gap);
        next = wal_forge_noop(&f, 0);
        wal_forge_fill_page(&f);
        r = reader(&f);
        CU_ASSERT_EQUAL(wal_reader_find(r, BASE + BLOCK_SIZE), next);
        CU_ASSERT_TRUE(wal_reader_next(r, &record));
        CU_ASSERT_EQUAL(record->start, next);
    }
}

static void the_end_is_a_length_of_zero(void)
{
    WalForge f = forge();

    wal_forge_noop(&f, 8);
    wal_forge_fill_page(&f);
    check_end(&f, 1, WAL_END_INVALID, BASE + 80,
              "invalid record length at 0/100050: wanted 24, got 0");
}

static void the_end_is_a_length_that_holds_no_header_even_across_pages(void)
{
    WalForge f = forge();

    wal_forge_noop(&f, BLOCK_SIZE - 40 - 24 - 5 - 8);
    wal_forge_fill_page(&f);
    *wal_forge_at(&f, BASE + BLOCK_SIZE - 8) = 23;
    check_end(&f, 1, WAL_END_INVALID, BASE + BLOCK_SIZE - 8,
              "invalid record length at 0/101FF8: wanted 24, got 23");
}

static void a_segment_that_is_missing_is_the_end(void)
{
    WalForge f = forge();

    /* One record that fills the segment to its last byte. */
    wal_forge_noop(&f, SEG - 40 - (SEG / BLOCK_SIZE - 1) * 24 - 24 - 5);
    check_end(&f, 1, WAL_END_MISSING, BASE + SEG,
              "could not find WAL segment \"000000010000000000000002\"");
}

static void a_segment_that_is_short_is_the_end(void)
{
    WalForge f = forge();
    WalReader *r;

    wal_forge_noop(&f, 2 * BLOCK_SIZE);
    wal_forge_cut(&f, BASE + BLOCK_SIZE + 100);
    check_end(&f, 0, WAL_END_MISSING, BASE + 40,
              "WAL segment \"000000010000000000000001\" ends at offset 8292");
    r = reader_at_start(&f);
    count_rest(r);
    CU_ASSERT_EQUAL(wal_reader_end(r)->page, BASE + BLOCK_SIZE);
    CU_ASSERT_EQUAL(wal_reader_end(r)->page_len, 100);
}

/* A log that grows is followed by asking again. */
static void what_is_written_after_the_end_is_read_by_the_next_call(void)
{
    WalForge f = forge();
    WalReader *r = reader_at_start(&f);
    const WalRecord *record;
    Lsn at;

    CU_ASSERT_FALSE(wal_reader_next(r, &record));
    at = wal_forge_noop(&f, 8);
    wal_forge_fill_page(&f);
    CU_ASSERT_TRUE(wal_reader_next(r, &record));
    CU_ASSERT_FALSE(wal_reader_next(r, &record));
    wal_forge_cut(&f, at + 40);
    at = wal_forge_noop(&f, BLOCK_SIZE);
    CU_ASSERT_FALSE(wal_reader_next(r, &record));
    wal_forge_fill_page(&f);
    CU_ASSERT_TRUE(wal_reader_next(r, &record));
    CU_ASSERT_EQUAL(record->start, at);
}

/* A log of one page of records and one that begins with the rest of one. */
static WalForge forge_two_pages(void)
{
    WalForge f = forge();

    wal_forge_noop(&f, 8);
    wal_forge_noop(&f, BLOCK_SIZE);
    wal_forge_noop(&f, 8);
    wal_forge_fill_page(&f);
    return f;
}

static void check_damage(Lsn at, uint8_t byte, size_t record_count, Lsn lsn, const char *reason)
{
    WalForge f = forge_two_pages();

    *wal_forge_at(&f, at) ^= byte;
    check_end(&f, record_count, WAL_END_INVALID, lsn, reason);
}

static void damaged_records_are_the_end(void)
{
    check_damage(BASE + 40 + 17, 0x60, 0, BASE + 40, "invalid resource manager ID 96 at 0/100028");
    check_damage(BASE + 40 + 15, 0x01, 0, BASE + 40,
                 "record with incorrect prev-link 1000000/0 at 0/100028");
    check_damage(BASE + 80 + 8, 0x01, 1, BASE + 80,
                 "record with incorrect prev-link 0/100029 at 0/100050");
    check_damage(BASE + 40 + 33, 0x01, 0, BASE + 40,
                 "incorrect resource manager data checksum in record at 0/100028");
    check_damage(BASE + 40 + 5, 0x01, 0, BASE + 40,
                 "incorrect resource manager data checksum in record at 0/100028");
    check_damage(BASE + BLOCK_SIZE + 100, 0x01, 1, BASE + 80,
                 "incorrect resource manager data checksum in record at 0/100050");
    check_damage(BASE + 80 + 3, 0x7F, 1, BASE + 80,
                 "invalid contrecord length 109 (expected 2130706541) at 0/100050");
}

static void damaged_continuations_are_the_end(void)
{
    check_damage(BASE + BLOCK_SIZE + 2, 0x01, 1, BASE + 80,
                 "there is no contrecord flag at 0/100050");
    check_damage(BASE + BLOCK_SIZE + 16, 0x01, 1, BASE + 80,
                 "invalid contrecord length 108 (expected 109) at 0/100050");
}

static void damaged_pages_are_the_end(void)
{
    check_damage(BASE, 0x01, 0, BASE,
                 "invalid magic number D111 in log segment 000000010000000000000001, offset 0");
    check_damage(BASE + BLOCK_SIZE, 0x03, 1, BASE + 80,
                 "invalid magic number D113 in log segment 000000010000000000000001, offset 8192");
    check_damage(BASE + 2, 0x10, 0, BASE,
                 "invalid info bits 0012 in log segment 000000010000000000000001, offset 0");
    check_damage(BASE + 2, 0x02, 0, BASE,
                 "invalid info bits 0000 in log segment 000000010000000000000001, offset 0");
    check_damage(BASE + BLOCK_SIZE + 14, 0x01, 1, BASE + 80,
                 "unexpected pageaddr 10000/102000 in log segment 000000010000000000000001, offset "
                 "8192");
    check_damage(BASE + BLOCK_SIZE + 4, 0x01, 1, BASE + 80,
                 "out-of-sequence timeline ID 0 (after 1) in log segment "
                 "000000010000000000000001, offset 8192");
    check_damage(BASE + 32, 0x01, 0, BASE,
                 "WAL file is from different database system: incorrect segment size in page "
                 "header");
    check_damage(BASE + 36, 0x01, 0, BASE,
                 "WAL file is from different database system: incorrect XLOG_BLCKSZ in page "
                 "header");
}

static void a_record_that_does_not_add_up_is_the_end(void)
{
    WalForge f = forge();
    Lsn at = wal_forge_noop(&f, 8);

    wal_forge_fill_page(&f);
    wal_forge_at(&f, at)[24] = 200;
    wal_forge_fix_crc(&f, at);
    check_end(&f, 0, WAL_END_INVALID, at, "invalid block_id 200 at 0/100028");
}

/* The rest of the header is checked once it is there, before more of the record is read. */
static void a_header_across_pages_is_checked(void)
{
    WalForge f = forge();
    Lsn at;

    wal_forge_noop(&f, BLOCK_SIZE - 40 - 24 - 5 - 8);
    at = wal_forge_noop(&f, 2 * BLOCK_SIZE);
    wal_forge_cut(&f, BASE + 2 * BLOCK_SIZE);
    *wal_forge_at(&f, BASE + BLOCK_SIZE + 24 + 9) = 99;
    check_end(&f, 1, WAL_END_INVALID, at, "invalid resource manager ID 99 at 0/101FF8");

    /* What the second page says of the record comes first. */
    wal_forge_at(&f, at)[3] = 0x7F;
    check_end(&f, 1, WAL_END_INVALID, at,
              "invalid contrecord length 16405 (expected 2130722837) at 0/101FF8");
}

static void a_header_across_pages_has_to_be_there_with_its_second_page(void)
{
    WalForge f = forge();
    WalReader *r;

    wal_forge_noop(&f, BLOCK_SIZE - 40 - 24 - 5 - 8);
    wal_forge_noop(&f, 2 * BLOCK_SIZE);
    wal_forge_cut(&f, BASE + 2 * BLOCK_SIZE);
    *wal_forge_at(&f, BASE + BLOCK_SIZE + 24) ^= 1; /* the record before */
    r = reader_at_start(&f);
    CU_ASSERT_EQUAL(count_rest(r), 1);
    CU_ASSERT_EQUAL(wal_reader_end(r)->record_len, 8 + BLOCK_SIZE - 24);
}

static void records_of_extensions_are_valid_from_15_on(void)
{
    for (unsigned version = 14; version <= 15; version++) {
        WalForge f;

        wal_forge_init(&f, version, SEG, BASE);
        wal_forge_begin(&f, 128, 0, 0);
        wal_forge_end(&f);
        wal_forge_fill_page(&f);
        CU_ASSERT_EQUAL(count_rest(reader_at_start(&f)), version == 15 ? 1 : 0);
    }
}

static void checksums_may_be_left_alone(void)
{
    WalForge f = forge_two_pages();
    WalReader *r = wal_reader_new(
        &(WalReaderConfig){.source = wal_forge_source(&f), .segment_size = SEG, .skip_crc = true});

    *wal_forge_at(&f, BASE + 40 + 33) ^= 1;
    wal_reader_seek(r, BASE);
    CU_ASSERT_EQUAL(count_rest(r), 3);
}

static void a_start_within_a_header_or_a_continuation_is_refused(void)
{
    WalForge f = forge_two_pages();
    WalReader *r = reader(&f);

    wal_reader_seek(r, BASE + 8);
    CU_ASSERT_EQUAL(count_rest(r), 0);
    CU_ASSERT_STRING_EQUAL(wal_reader_end(r)->reason, "invalid record offset at 0/100008");
    wal_reader_seek(r, BASE + BLOCK_SIZE);
    CU_ASSERT_EQUAL(count_rest(r), 0);
    CU_ASSERT_STRING_EQUAL(wal_reader_end(r)->reason, "contrecord is requested by 0/102018");
}

static void a_first_segment_that_is_missing_has_the_timeline_that_was_told(void)
{
    WalForge f = forge_two_pages();
    WalReader *r = wal_reader_new(
        &(WalReaderConfig){.source = wal_forge_source(&f), .segment_size = SEG, .begins_on = 5});

    CU_ASSERT_EQUAL(wal_reader_find(r, BASE + SEG), LSN_NONE);
    CU_ASSERT_STRING_EQUAL(wal_reader_end(r)->reason,
                           "could not find WAL segment \"000000050000000000000002\"");
}

static void a_wanted_version_or_system_is_insisted_on(void)
{
    WalForge f = forge_two_pages();
    WalReader *r = wal_reader_new(
        &(WalReaderConfig){.source = wal_forge_source(&f), .segment_size = SEG, .version = 14});

    CU_ASSERT_EQUAL(wal_reader_find(r, BASE), LSN_NONE);
    CU_ASSERT_STRING_EQUAL(
        wal_reader_end(r)->reason,
        "invalid magic number D110 in log segment 000000000000000000000001, offset 0");

    r = wal_reader_new(
        &(WalReaderConfig){.source = wal_forge_source(&f), .segment_size = SEG, .system_id = 7});
    CU_ASSERT_EQUAL(wal_reader_find(r, BASE), LSN_NONE);
    CU_ASSERT_STRING_EQUAL(wal_reader_end(r)->reason,
                           "WAL file is from different database system: WAL file database system "
                           "identifier is 6999514556857568751, pg_control database system "
                           "identifier is 7");
}

/* Whoever starts in the midst of a segment learns from its first page whose it is. */
static void the_first_page_of_a_segment_is_checked_wherever_reading_starts(void)
{
    WalForge f = forge_two_pages();
    WalReader *r = reader(&f);

    *wal_forge_at(&f, BASE + 32) ^= 1;
    CU_ASSERT_EQUAL(wal_reader_find(r, BASE + BLOCK_SIZE), LSN_NONE);
    CU_ASSERT_STRING_EQUAL(wal_reader_end(r)->reason,
                           "WAL file is from different database system: incorrect segment size in "
                           "page header");

    f = forge_two_pages();
    wal_forge_cut(&f, BASE);
    r = reader(&f);
    CU_ASSERT_EQUAL(wal_reader_find(r, BASE + BLOCK_SIZE), LSN_NONE);
    CU_ASSERT_EQUAL(wal_reader_end(r)->kind, WAL_END_MISSING);
}

/* Timelines go up along the log; going back to older pages is no fall. */
static void timelines_may_rise_but_not_fall(void)
{
    WalForge f = forge();
    const WalRecord *record;
    WalReader *r;
    Lsn first = wal_forge_noop(&f, 8);

    wal_forge_noop(&f, BLOCK_SIZE - 200);
    f.timeline = 2;
    wal_forge_noop(&f, BLOCK_SIZE);
    wal_forge_fill_page(&f);
    r = reader_at_start(&f);
    CU_ASSERT_EQUAL(count_rest(r), 3);
    CU_ASSERT_EQUAL(wal_reader_timeline(r), 2);
    wal_reader_seek(r, first);
    CU_ASSERT_TRUE(wal_reader_next(r, &record));
    CU_ASSERT_EQUAL(wal_reader_timeline(r), 2);
}

/* As a server leaves it that lost the end of a record in a crash and wrote on behind it. */
static void an_overwritten_continuation_is_passed(void)
{
    WalForge f = forge();
    WalReader *r;
    const WalRecord *record;
    Lsn first = wal_forge_noop(&f, 8), torn = wal_forge_noop(&f, 2 * BLOCK_SIZE), next;

    wal_forge_cut(&f, BASE + BLOCK_SIZE);
    f.prev = first;
    wal_forge_begin(&f, RMGR_XLOG, WAL_XLOG_OVERWRITE_CONTRECORD, 0);
    wal_forge_main(&f, &torn, sizeof(torn));
    next = wal_forge_end(&f);
    *wal_forge_at(&f, BASE + BLOCK_SIZE + 2) |= 8;
    wal_forge_fill_page(&f);

    r = reader_at_start(&f);
    CU_ASSERT_TRUE(wal_reader_next(r, &record));
    CU_ASSERT_TRUE(wal_reader_next(r, &record));
    CU_ASSERT_EQUAL(record->start, next);
    CU_ASSERT_EQUAL(record->prev, first);
    CU_ASSERT_EQUAL(wal_reader_overwritten(r), torn);
    CU_ASSERT_FALSE(wal_reader_next(r, &record));
}

/* A source that gives a page at a time, each in the same place. */
static const uint8_t *read_one_page(void *arg, TimelineId timeline, uint64_t seg_no,
                                    uint32_t offset, size_t *len)
{
    static uint8_t page[BLOCK_SIZE];
    WalSource all = wal_forge_source(arg);
    const uint8_t *bytes = all.read(all.arg, timeline, seg_no, offset, len);

    *len = size_min(*len, BLOCK_SIZE);
    if (bytes == NULL)
        return NULL;
    memcpy(page, bytes, *len);
    return page;
}

static void the_source_may_give_single_pages(void)
{
    WalForge f = forge();
    WalReader *r;
    size_t count;

    for (size_t i = 0; i < 1000; i++)
        wal_forge_noop(&f, i * 7);
    wal_forge_fill_page(&f);
    r = wal_reader_new(
        &(WalReaderConfig){.source = {.read = read_one_page, .arg = &f}, .segment_size = SEG});
    CU_ASSERT_EQUAL(wal_reader_find(r, BASE), BASE + 40);
    count = count_rest(r);
    CU_ASSERT_EQUAL(count, 1000);
}

UNIT_SUITE(reader)
{
    UNIT_TEST(records_come_in_order_with_their_places);
    UNIT_TEST(each_version_is_told_by_its_pages);
    UNIT_TEST(records_cross_pages_wherever_they_start);
    UNIT_TEST(a_record_may_fill_segments);
    UNIT_TEST(a_switch_leads_to_the_next_segment);
    UNIT_TEST(a_switch_that_ends_its_segment_leads_to_the_next);
    UNIT_TEST(find_gives_the_first_record_from_there);
    UNIT_TEST(find_passes_a_page_that_a_record_fills);
    UNIT_TEST(the_end_is_a_length_of_zero);
    UNIT_TEST(the_end_is_a_length_that_holds_no_header_even_across_pages);
    UNIT_TEST(a_segment_that_is_missing_is_the_end);
    UNIT_TEST(a_segment_that_is_short_is_the_end);
    UNIT_TEST(what_is_written_after_the_end_is_read_by_the_next_call);
    UNIT_TEST(damaged_records_are_the_end);
    UNIT_TEST(damaged_continuations_are_the_end);
    UNIT_TEST(damaged_pages_are_the_end);
    UNIT_TEST(a_record_that_does_not_add_up_is_the_end);
    UNIT_TEST(a_header_across_pages_is_checked);
    UNIT_TEST(a_header_across_pages_has_to_be_there_with_its_second_page);
    UNIT_TEST(records_of_extensions_are_valid_from_15_on);
    UNIT_TEST(checksums_may_be_left_alone);
    UNIT_TEST(a_start_within_a_header_or_a_continuation_is_refused);
    UNIT_TEST(a_first_segment_that_is_missing_has_the_timeline_that_was_told);
    UNIT_TEST(a_wanted_version_or_system_is_insisted_on);
    UNIT_TEST(the_first_page_of_a_segment_is_checked_wherever_reading_starts);
    UNIT_TEST(timelines_may_rise_but_not_fall);
    UNIT_TEST(an_overwritten_continuation_is_passed);
    UNIT_TEST(the_source_may_give_single_pages);
}
