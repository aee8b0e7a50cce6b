/* smgr_test.c - forks in segments of 8 blocks: extending, reading, cutting, removing */
#include "common/base/base.h"

#include <errno.h>

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/format/page.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "server/config/setting.h"
#include "server/storage/smgr/smgr.h"
#include "server/storage/sync/sync.h"
#include "tests/lib/bad_disk.h"
#include "tests/lib/storage_rig.h"
#include "tests/unit/unit.h"

#define REL  16384
#define PATH "base/5/16384"

static StorageRig rig;

static SmgrRel *begin(void)
{
    storage_rig_open(&rig, &(StorageRigConfig){.dir = unit_temp_dir()});
    return storage_rig_rel(REL);
}

static void end(void)
{
    bad_disk_end();
    storage_rig_close(&rig);
}

static uint64_t size_of(const char *path)
{
    OsStat st;

    os_stat(path, &st);
    return st.size;
}

static const uint8_t *page_with(uint32_t number)
{
    static uint8_t page[BLOCK_SIZE];

    memset(page, 0, sizeof page);
    store_u32(page + 100, number);
    return page;
}

static void extend(SmgrRel *rel, BlockNo first, BlockNo end_block)
{
    for (BlockNo block = first; block < end_block; block++)
        smgr_extend(rel, FORK_MAIN, block, page_with(block + 1), false);
}

static uint32_t number_at(SmgrRel *rel, BlockNo block)
{
    uint8_t page[BLOCK_SIZE];

    smgr_read(rel, FORK_MAIN, block, page);
    return load_u32(page + 100);
}

static void a_long_fork_goes_on_in_segments(void)
{
    SmgrRel *rel = begin();

    extend(rel, 0, 20);
    CU_ASSERT_EQUAL(size_of(PATH), 8 * BLOCK_SIZE);
    CU_ASSERT_EQUAL(size_of(PATH ".1"), 8 * BLOCK_SIZE);
    CU_ASSERT_EQUAL(size_of(PATH ".2"), 4 * BLOCK_SIZE);
    smgr_close(rel);
    rel = storage_rig_rel(REL);
    CU_ASSERT_EQUAL(smgr_block_count(rel, FORK_MAIN), 20);
    for (BlockNo block = 20; block-- > 0;)
        CU_ASSERT_EQUAL(number_at(rel, block), block + 1);
    smgr_write(rel, FORK_MAIN, 9, page_with(77), false);
    CU_ASSERT_EQUAL(number_at(rel, 9), 77);
    extend(rel, 20, 24);
    CU_ASSERT_EQUAL(smgr_block_count(rel, FORK_MAIN), 24);
    CU_ASSERT_FALSE(os_exists(PATH ".3"));
    end();
}

static void extending_far_behind_the_end_leaves_zeros_between(void)
{
    SmgrRel *rel = begin();

    extend(rel, 0, 3);
    extend(rel, 18, 19);
    CU_ASSERT_EQUAL(smgr_block_count(rel, FORK_MAIN), 19);
    CU_ASSERT_EQUAL(number_at(rel, 2), 3);
    for (BlockNo block = 3; block < 18; block++)
        CU_ASSERT_EQUAL(number_at(rel, block), 0);
    CU_ASSERT_EQUAL(number_at(rel, 18), 19);
    end();
}

static void zeros_are_added_over_segments(void)
{
    SmgrRel *rel = begin();
    uint8_t page[BLOCK_SIZE];

    extend(rel, 0, 3);
    smgr_zero_extend(rel, FORK_MAIN, 3, 30, false); /* 5, 8, 8, 8, 1: written */
    CU_ASSERT_EQUAL(smgr_block_count(rel, FORK_MAIN), 33);
    smgr_set_segment_blocks(100);
    rel = storage_rig_rel(REL + 1);
    smgr_zero_extend(rel, FORK_MAIN, 0, 150, false); /* allocated */
    CU_ASSERT_EQUAL(smgr_block_count(rel, FORK_MAIN), 150);
    smgr_read(rel, FORK_MAIN, 149, page);
    CU_ASSERT_TRUE(page_is_all_zero(page));
    CU_ASSERT_EQUAL(size_of("base/5/16385.1"), 50 * BLOCK_SIZE);
    end();
}

static void a_missing_block_is_an_error_unless_the_log_is_replayed(void)
{
    SmgrRel *rel = begin();

    extend(rel, 0, 3);
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_DATA_CORRUPTED,
        "could not read block 5 in file \"base/5/16384\": read only 0 of 8192 bytes",
        number_at(rel, 5));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_UNDEFINED_FILE,
                               "could not open file \"base/5/16384.1\" (target block 9): previous "
                               "segment is only 3 blocks",
                               number_at(rel, 9));
    setting.zero_damaged_pages = true;
    CU_ASSERT_EQUAL(number_at(rel, 5), 0);
    setting.zero_damaged_pages = false;
    smgr_set_redo(true);
    CU_ASSERT_EQUAL(number_at(rel, 6), 0);
    smgr_write(rel, FORK_MAIN, 17, page_with(18), false);
    CU_ASSERT_EQUAL(number_at(rel, 17), 18);
    CU_ASSERT_EQUAL(smgr_block_count(rel, FORK_MAIN), 18);
    end();
}

static void a_relation_that_is_missing_is_told_by_its_path(void)
{
    RelTag tag = storage_rig_tag(99);
    SmgrRel *rel;

    begin();
    rel = smgr_open(&tag, SMGR_PERMANENT);
    CU_ASSERT_FALSE(smgr_exists(rel, FORK_MAIN));
    CU_ASSERT_EQUAL(smgr_seen_block_count(rel, FORK_VM), 0);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_UNDEFINED_FILE,
                               "could not open file \"base/5/99\": No such file or directory",
                               smgr_block_count(rel, FORK_MAIN));
    smgr_create(rel, FORK_MAIN, false);
    smgr_close(rel);
    rel = smgr_open(&tag, SMGR_PERMANENT);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DUPLICATE_FILE,
                               "could not create file \"base/5/99\": File exists",
                               smgr_create(rel, FORK_MAIN, false));
    smgr_create(rel, FORK_MAIN, true);
    CU_ASSERT_EQUAL(smgr_block_count(rel, FORK_MAIN), 0);
    end();
}

static void the_first_relation_of_a_database_makes_its_folder(void)
{
    RelTag tag = {.tablespace = 16400, .database = 7, .rel = 8};
    SmgrRel *rel;

    begin();
    os_dir_make_all("pg_tblspc/16400/PG_15_202209061");
    rel = smgr_open(&tag, SMGR_PERMANENT);
    smgr_create(rel, FORK_MAIN, false);
    CU_ASSERT_TRUE(os_exists("pg_tblspc/16400/PG_15_202209061/7/8"));
    storage_rig_checkpoint();
    end();
}

static void a_fork_that_is_cut_keeps_empty_segments(void)
{
    static const BlockNo counts[] = {17, 16, 9, 3, 0};
    const ForkNo fork = FORK_MAIN;
    SmgrRel *rel = begin();

    extend(rel, 0, 20);
    for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
        smgr_truncate(rel, &fork, &counts[i], 1);
        CU_ASSERT_EQUAL(smgr_block_count(rel, FORK_MAIN), counts[i]);
        CU_ASSERT_TRUE(os_exists(PATH ".2"));
    }
    CU_ASSERT_EQUAL(size_of(PATH), 0);
    CU_ASSERT_EQUAL(size_of(PATH ".1"), 0);
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_INTERNAL_ERROR,
        "could not truncate file \"base/5/16384\" to 3 blocks: it's only 0 blocks now",
        smgr_truncate(rel, &fork, &counts[3], 1));
    extend(rel, 0, 18);
    CU_ASSERT_EQUAL(smgr_block_count(rel, FORK_MAIN), 18);
    CU_ASSERT_EQUAL(number_at(rel, 17), 18);
    smgr_sync_now(rel, FORK_MAIN);
    end();
}

static unsigned told;

static void note_told(const RelTag *tag, int temp_backend)
{
    CU_ASSERT_EQUAL(tag->rel, REL);
    CU_ASSERT_EQUAL(temp_backend, SMGR_PERMANENT);
    told++;
}

static void a_dropped_relation_keeps_its_number_until_the_checkpoint(void)
{
    RelTag tag = storage_rig_tag(REL);
    SmgrRel *kept;
    SmgrRel *rel = begin();

    smgr_set_owner(&kept, rel);
    CU_ASSERT_PTR_EQUAL(kept, rel);
    extend(rel, 0, 20);
    smgr_create(rel, FORK_FSM, false);
    smgr_set_invalidation_hook(note_told);
    told = 0;
    smgr_unlink(&tag, 1, SMGR_PERMANENT, false);
    smgr_set_invalidation_hook(NULL);
    CU_ASSERT_EQUAL(told, 1);
    CU_ASSERT_PTR_NULL(kept);
    CU_ASSERT_EQUAL(size_of(PATH), 0);
    CU_ASSERT_FALSE(os_exists(PATH ".1"));
    CU_ASSERT_FALSE(os_exists(PATH ".2"));
    CU_ASSERT_FALSE(os_exists(PATH "_fsm"));
    storage_rig_checkpoint();
    CU_ASSERT_FALSE(os_exists(PATH));
    end();
}

static void in_redo_a_dropped_relation_goes_at_once(void)
{
    RelTag tag = storage_rig_tag(REL);

    extend(begin(), 0, 20);
    smgr_unlink(&tag, 1, SMGR_PERMANENT, true);
    CU_ASSERT_FALSE(os_exists(PATH));
    CU_ASSERT_FALSE(os_exists(PATH ".1"));
    storage_rig_checkpoint();
    /* Again, as after a crash while it was redone. */
    smgr_unlink(&tag, 1, SMGR_PERMANENT, true);
    end();
}

static void a_full_disk_is_told_and_loses_nothing(void)
{
    SmgrRel *rel = begin();

    extend(rel, 0, 3);
    bad_disk_begin();
    bad_disk_fail(BAD_DISK_PWRITE, ENOSPC, 0);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DISK_FULL,
                               "could not extend file \"base/5/16384\": No space left on device",
                               extend(rel, 3, 4));
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_DISK_FULL,
        "could not write block 1 in file \"base/5/16384\": No space left on device",
        smgr_write(rel, FORK_MAIN, 1, page_with(5), false));
    bad_disk_fail(BAD_DISK_PWRITE, 0, 0);
    bad_disk_short_writes(true);
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_DISK_FULL,
        "could not extend file \"base/5/16384\": wrote only 4096 of 8192 bytes at block 3",
        extend(rel, 3, 4));
    bad_disk_short_writes(false);
    bad_disk_fail(BAD_DISK_FALLOCATE, ENOSPC, 0);
    smgr_set_segment_blocks(100);
    UNIT_ASSERT_RAISES(SQLSTATE_DISK_FULL, smgr_zero_extend(rel, FORK_MAIN, 3, 50, false));
    smgr_set_segment_blocks(8);
    bad_disk_end();
    CU_ASSERT_EQUAL(smgr_block_count(rel, FORK_MAIN), 3);
    extend(rel, 3, 12);
    for (BlockNo block = 0; block < 12; block++)
        CU_ASSERT_EQUAL(number_at(rel, block), block + 1);
    end();
}

static void a_block_that_cannot_be_read_is_named(void)
{
    SmgrRel *rel = begin();

    extend(rel, 0, 3);
    bad_disk_begin();
    bad_disk_fail(BAD_DISK_PREAD, EIO, 0);
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_IO_ERROR, "could not read block 2 in file \"base/5/16384\": Input/output error",
        number_at(rel, 2));
    end();
}

static void relations_without_owner_are_closed_at_the_end_of_a_transaction(void)
{
    RelTag tag = storage_rig_tag(REL + 1);
    SmgrRel *kept;

    begin();
    smgr_set_owner(&kept, smgr_open(&tag, SMGR_PERMANENT));
    smgr_at_end_of_transaction();
    CU_ASSERT_PTR_EQUAL(kept, smgr_open(&tag, SMGR_PERMANENT));
    smgr_clear_owner(&kept, kept);
    CU_ASSERT_PTR_NULL(kept);
    smgr_at_end_of_transaction();
    end();
}

UNIT_SUITE(smgr)
{
    UNIT_TEST(a_long_fork_goes_on_in_segments);
    UNIT_TEST(extending_far_behind_the_end_leaves_zeros_between);
    UNIT_TEST(zeros_are_added_over_segments);
    UNIT_TEST(a_missing_block_is_an_error_unless_the_log_is_replayed);
    UNIT_TEST(a_relation_that_is_missing_is_told_by_its_path);
    UNIT_TEST(the_first_relation_of_a_database_makes_its_folder);
    UNIT_TEST(a_fork_that_is_cut_keeps_empty_segments);
    UNIT_TEST(a_dropped_relation_keeps_its_number_until_the_checkpoint);
    UNIT_TEST(in_redo_a_dropped_relation_goes_at_once);
    UNIT_TEST(a_full_disk_is_told_and_loses_nothing);
    UNIT_TEST(a_block_that_cannot_be_read_is_named);
    UNIT_TEST(relations_without_owner_are_closed_at_the_end_of_a_transaction);
}
