/* dir_source_test.c - segments found in a folder, by timeline */
#include "common/base/base.h"

#include "common/walrec/dir_source.h"

#include "common/format/timeline_history.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/walrec/rmgr.h"
#include "tests/lib/wal_forge.h"
#include "tests/unit/unit.h"

#define SEG  MIB(1)
#define BASE UINT64_C(0x100000)

static void save(const char *name, const void *bytes, size_t len)
{
    os_write_durable(path_join(unit_temp_dir(), name), bytes, len);
}

/* Save the first len bytes of the forged log as a file. */
static void save_log(WalForge *f, const char *name, size_t len)
{
    save(name, f->log.text, len);
}

static WalDir *dir_new(const Array *history, bool take_partial)
{
    return wal_dir_new(&(WalDirConfig){.path = unit_temp_dir(),
                                       .segment_size = SEG,
                                       .history = history,
                                       .take_partial = take_partial});
}

static char read_first(WalDir *d, TimelineId timeline, uint64_t seg_no)
{
    WalSource source = wal_dir_source(d);
    size_t len;
    const uint8_t *bytes = source.read(source.arg, timeline, seg_no, 0, &len);

    return bytes == NULL ? '-' : (char)bytes[0];
}

static void a_reader_walks_from_file_to_file(void)
{
    WalForge f;
    WalReader *r;
    const WalRecord *record;
    size_t made = 0, count = 0;
    Lsn last = LSN_NONE;

    wal_forge_init(&f, 15, SEG, BASE);
    for (; f.log.len < 3 * (size_t)SEG; made++)
        wal_forge_noop(&f, 3000);
    wal_forge_fill_segment(&f);
    for (size_t i = 0; i < f.log.len / SEG; i++)
        save(mem_printf("0000000100000000%08zX", i + 1), f.log.text + i * SEG, SEG);

    r = wal_reader_new(
        &(WalReaderConfig){.source = wal_dir_source(dir_new(NULL, false)), .segment_size = SEG});
    CU_ASSERT_EQUAL(wal_reader_find(r, BASE), BASE + 40);
    for (; wal_reader_next(r, &record); count++)
        last = record->start;
    CU_ASSERT_EQUAL(last, f.prev);
    CU_ASSERT_EQUAL(count, made);
}

static void a_window_ends_with_its_segment(void)
{
    WalSource source = wal_dir_source(dir_new(NULL, false));
    char *bytes = mem_alloc(2 * SEG);
    size_t len;

    save("000000010000000000000001", bytes, 2 * SEG);
    CU_ASSERT_PTR_NOT_NULL(source.read(source.arg, 1, 1, SEG - 8192, &len));
    CU_ASSERT_EQUAL(len, 8192);
}

static void a_short_file_gives_what_it_has(void)
{
    WalSource source = wal_dir_source(dir_new(NULL, false));
    size_t len;

    save("000000010000000000000001", "abc", 3);
    CU_ASSERT_PTR_NOT_NULL(source.read(source.arg, 1, 1, 0, &len));
    CU_ASSERT_EQUAL(len, 3);
    CU_ASSERT_PTR_NOT_NULL(source.read(source.arg, 1, 1, 8192, &len));
    CU_ASSERT_EQUAL(len, 0);
}

static void without_history_the_timeline_asked_for_is_read(void)
{
    WalDir *d = dir_new(NULL, false);

    save("000000010000000000000001", "1", 1);
    save("000000020000000000000001", "2", 1);
    save("000000030000000000000002", "3", 1);
    CU_ASSERT_EQUAL(read_first(d, 1, 1), '1');
    CU_ASSERT_EQUAL(read_first(d, 2, 1), '2');
    CU_ASSERT_EQUAL(read_first(d, 3, 1), '-');
    CU_ASSERT_EQUAL(read_first(d, 2, 2), '-');
    CU_ASSERT_EQUAL(read_first(d, 0, 1), '2');
    CU_ASSERT_EQUAL(read_first(d, 0, 2), '3');
    CU_ASSERT_EQUAL(read_first(d, 0, 9), '-');
}

static void along_a_history_the_newest_file_is_read(void)
{
    WalDir *d;
    Array history;

    /* Timeline 2 begins in segment 3, timeline 4 in segment 5. */
    timeline_history_parse("1\t0/380000\tx\n2\t0/500000\ty\n", 4, &history);
    d = dir_new(&history, false);
    for (int seg = 2; seg <= 6; seg++) {
        for (int tli = 1; tli <= 4; tli++)
            save(mem_printf("%08X00000000%08X", tli, seg), mem_printf("%d", tli), 1);
    }
    CU_ASSERT_EQUAL(read_first(d, 0, 2), '1');
    CU_ASSERT_EQUAL(read_first(d, 1, 3), '2');
    CU_ASSERT_EQUAL(read_first(d, 1, 4), '2');
    CU_ASSERT_EQUAL(read_first(d, 2, 5), '4');
    CU_ASSERT_EQUAL(read_first(d, 4, 6), '4');

    /* The segment of the switch may be there under the old timeline only; no way back, though. */
    os_unlink(path_join(unit_temp_dir(), "000000040000000000000005"));
    CU_ASSERT_EQUAL(read_first(d, 2, 5), '2');
    CU_ASSERT_EQUAL(read_first(d, 4, 5), '-');
}

static void a_partial_file_serves_only_when_asked_for(void)
{
    save("000000010000000000000001.partial", "p", 1);
    CU_ASSERT_EQUAL(read_first(dir_new(NULL, false), 1, 1), '-');
    CU_ASSERT_EQUAL(read_first(dir_new(NULL, true), 1, 1), 'p');
    CU_ASSERT_EQUAL(read_first(dir_new(NULL, true), 0, 1), 'p');
}

static void a_complete_file_takes_the_place_of_a_partial_one(void)
{
    WalDir *d = dir_new(NULL, true);

    save("000000010000000000000001.partial", "p", 1);
    CU_ASSERT_EQUAL(read_first(d, 1, 1), 'p');
    save("000000010000000000000001", "c", 1);
    CU_ASSERT_EQUAL(read_first(d, 1, 1), 'c');
}

static void the_segment_size_is_read_from_a_file(void)
{
    const char *path = path_join(unit_temp_dir(), "000000010000000000000001");
    WalForge f;

    wal_forge_init(&f, 15, MIB(4), MIB(4));
    wal_forge_noop(&f, 8);
    save_log(&f, "000000010000000000000001", 100);
    CU_ASSERT_EQUAL(wal_dir_segment_size(path), MIB(4));
    save_log(&f, "000000010000000000000001", 39);
    CU_ASSERT_EQUAL(wal_dir_segment_size(path), 0);
    f.log.text[35] = 1;
    save_log(&f, "000000010000000000000001", 100);
    CU_ASSERT_EQUAL(wal_dir_segment_size(path), 0);
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE, wal_dir_segment_size("/nonexistent/wal"));
}

UNIT_SUITE(dir_source)
{
    UNIT_TEST(a_reader_walks_from_file_to_file);
    UNIT_TEST(a_window_ends_with_its_segment);
    UNIT_TEST(a_short_file_gives_what_it_has);
    UNIT_TEST(without_history_the_timeline_asked_for_is_read);
    UNIT_TEST(along_a_history_the_newest_file_is_read);
    UNIT_TEST(a_partial_file_serves_only_when_asked_for);
    UNIT_TEST(a_complete_file_takes_the_place_of_a_partial_one);
    UNIT_TEST(the_segment_size_is_read_from_a_file);
}
