/* wal_seg_name_test.c - names of WAL files, well formed and not. */
#include "common/base/base.h"

#include "common/format/wal_seg_name.h"
#include "tests/unit/unit.h"

static void a_segment_name_gives_timeline_and_number(void)
{
    WalSeg seg = wal_seg_name_parse("00000001000000A900000042", MIB(16));

    CU_ASSERT_EQUAL(seg.tli, 1);
    CU_ASSERT_EQUAL(seg.seg_no, 0xA942);
    seg = wal_seg_name_parse("FFFFFFFF0000000A00000FFF", MIB(1));
    CU_ASSERT_EQUAL(seg.tli, UINT32_MAX);
    CU_ASSERT_EQUAL(seg.seg_no, 0xAFFF);
}

static void low_half_past_the_split_is_refused(void)
{
    WalSeg seg;

    /* 16 MiB segments: 256 to the high half, so FF is the last low half there is. */
    CU_ASSERT_TRUE(wal_seg_name_try_parse("0000000100000000000000FF", MIB(16), &seg));
    CU_ASSERT_FALSE(wal_seg_name_try_parse("000000010000000000000100", MIB(16), &seg));
    CU_ASSERT_TRUE(wal_seg_name_try_parse("000000010000000000000003", MIB(1024), &seg));
    CU_ASSERT_FALSE(wal_seg_name_try_parse("000000010000000000000004", MIB(1024), &seg));
}

static void what_is_no_segment_name_leaves_out_alone(void)
{
    static const char *const bad[] = {
        "",
        "archive_status",
        "0000000100000000000000F",
        "0000000100000000000000FFF",
        "0000000100000000000000ff",
        "00000001000000000000000G",
        "000000000000000000000001",
        "0000000100000000000000FF.partial",
        "00000001.history",
    };
    WalSeg seg = {.tli = 9, .seg_no = 9};

    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        CU_ASSERT_FALSE(wal_seg_name_try_parse(bad[i], MIB(16), &seg));
    CU_ASSERT_EQUAL(seg.tli, 9);
    CU_ASSERT_EQUAL(seg.seg_no, 9);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INVALID_NAME, "invalid WAL segment name \"nonsense\"",
                               wal_seg_name_parse("nonsense", MIB(16)));
}

static void kinds_are_told_by_form(void)
{
    static const struct {
        const char *name;
        WalNameKind kind;
    } names[] = {
        {"0000000100000000000000FF", WAL_NAME_SEGMENT},
        {"0000000100000000000000FF.partial", WAL_NAME_PARTIAL},
        {"0000000100000000000000FF.00000028.backup", WAL_NAME_BACKUP},
        {"0000000A.history", WAL_NAME_HISTORY},
        {"0000000A.History", WAL_NAME_OTHER},
        {"0000000a.history", WAL_NAME_OTHER},
        {"0000000100000000000000FF.0000028.backup", WAL_NAME_OTHER},
        {"0000000100000000000000FF.000000028.backup", WAL_NAME_OTHER},
        {"0000000100000000000000FF.00000028.backup2", WAL_NAME_OTHER},
        {"0000000100000000000000FF.partial.gz", WAL_NAME_OTHER},
        {"0000000100000000000000FF.", WAL_NAME_OTHER},
        {"0000000A", WAL_NAME_OTHER},
        {"", WAL_NAME_OTHER},
    };

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        CU_ASSERT_EQUAL(wal_name_kind(names[i].name), names[i].kind);
}

static void names_are_written_as_they_are_read(void)
{
    char name[WAL_SEG_NAME_LEN + 1];

    wal_seg_name_write((WalSeg){.tli = 0x1F, .seg_no = 0xA942}, MIB(16), name);
    CU_ASSERT_STRING_EQUAL(name, "0000001F000000A900000042");
    CU_ASSERT_STRING_EQUAL(wal_seg_name_at(1, UINT64_C(0x23CFFEE88), MIB(16)),
                           "00000001000000020000003C");
    CU_ASSERT_STRING_EQUAL(wal_seg_name_at(1, UINT64_MAX, MIB(1)), "00000001FFFFFFFF00000FFF");
    CU_ASSERT_STRING_EQUAL(wal_history_name(0x2B), "0000002B.history");
    CU_ASSERT_STRING_EQUAL(wal_backup_name(1, 0x5000028, MIB(16)),
                           "000000010000000000000005.00000028.backup");
}

static void positions_and_segments_convert(void)
{
    CU_ASSERT_EQUAL(wal_seg_no(0x5000028, MIB(16)), 5);
    CU_ASSERT_EQUAL(wal_seg_start(5, MIB(16)), 0x5000000);
    CU_ASSERT_EQUAL(wal_seg_offset(0x5000028, MIB(16)), 0x28);
    CU_ASSERT_TRUE(wal_seg_size_is_valid(MIB(1)));
    CU_ASSERT_TRUE(wal_seg_size_is_valid(GIB(1)));
    CU_ASSERT_FALSE(wal_seg_size_is_valid(KIB(512)));
    CU_ASSERT_FALSE(wal_seg_size_is_valid(MIB(3)));
    CU_ASSERT_FALSE(wal_seg_size_is_valid(GIB(2)));
    CU_ASSERT_FALSE(wal_seg_size_is_valid(0));
}

static void partial_segments_history_and_backups_are_read(void)
{
    TimelineId tli;
    WalSeg seg;
    Lsn start;

    CU_ASSERT_TRUE(wal_partial_name_try_parse("00000002000000000000000A.partial", MIB(16), &seg));
    CU_ASSERT_EQUAL(seg.tli, 2);
    CU_ASSERT_EQUAL(seg.seg_no, 10);
    CU_ASSERT_FALSE(wal_partial_name_try_parse("00000002000000000000000A", MIB(16), &seg));
    CU_ASSERT_FALSE(wal_partial_name_try_parse("000000020000000000000100.partial", MIB(16), &seg));

    CU_ASSERT_TRUE(wal_history_name_try_parse("0000000C.history", &tli));
    CU_ASSERT_EQUAL(tli, 12);
    CU_ASSERT_FALSE(wal_history_name_try_parse("00000000.history", &tli));
    CU_ASSERT_FALSE(wal_history_name_try_parse("00000002000000000000000A", &tli));

    CU_ASSERT_TRUE(wal_backup_name_try_parse("000000030000000000000005.00000028.backup", MIB(16),
                                             &tli, &start));
    CU_ASSERT_EQUAL(tli, 3);
    CU_ASSERT_EQUAL(start, 0x5000028);
    CU_ASSERT_FALSE(wal_backup_name_try_parse("000000030000000000000005.01000000.backup", MIB(16),
                                              &tli, &start));
    CU_ASSERT_FALSE(wal_backup_name_try_parse("000000030000000000000100.00000028.backup", MIB(16),
                                              &tli, &start));
    CU_ASSERT_FALSE(wal_backup_name_try_parse("00000002000000000000000A", MIB(16), &tli, &start));
}

UNIT_SUITE(wal_seg_name)
{
    UNIT_TEST(a_segment_name_gives_timeline_and_number);
    UNIT_TEST(low_half_past_the_split_is_refused);
    UNIT_TEST(what_is_no_segment_name_leaves_out_alone);
    UNIT_TEST(kinds_are_told_by_form);
    UNIT_TEST(names_are_written_as_they_are_read);
    UNIT_TEST(positions_and_segments_convert);
    UNIT_TEST(partial_segments_history_and_backups_are_read);
}
