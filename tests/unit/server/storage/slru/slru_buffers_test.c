/* slru_buffers_test.c - folders of small pages: buffers, files, many processes at once */
#include "common/base/base.h"

#include <string.h>
#include <unistd.h>

#include "common/base/bytes.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/os/shared_memory.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/proc.h"
#include "server/storage/slru/slru.h"
#include "tests/lib/crowd.h"
#include "tests/lib/seed.h"
#include "tests/lib/txn_rig.h"
#include "tests/unit/unit.h"

#define BUFFERS 4
#define MEMBERS 4

static const SlruKind kind = {"pg_small", 2048}; /* numbers of 4 bytes */
static TxnRig rig;
static Slru *small;
static size_t size;

static bool precedes(uint32_t page, uint32_t other)
{
    return slru_page_precedes(&kind, page, other);
}

static void open_small(bool has_lsns)
{
    SlruConfig config = {
        .kind = &kind,
        .buffer_count = BUFFERS,
        .lock_number = 20,
        .has_lsns = has_lsns,
        .is_synced = true,
        .sync_handler = SYNC_COMMIT_TS,
        .precedes = precedes,
    };

    txn_rig_open(&rig, &(TxnRigConfig){.dir = unit_temp_dir()});
    os_dir_make_all(kind.folder);
    size = slru_size(&config);
    small = slru_init(os_shared_map(size, OS_HUGE_OFF), &config);
}

static void close_small(void)
{
    os_shared_unmap(small, size);
    txn_rig_close(&rig);
}

static void zero_page(uint32_t page)
{
    lwlock_acquire(slru_lock(small), LW_EXCLUSIVE);
    slru_zero_page(small, page);
    lwlock_release(slru_lock(small));
}

static void put(uint32_t item, uint32_t value)
{
    unsigned slot;

    lwlock_acquire(slru_lock(small), LW_EXCLUSIVE);
    slot = slru_read_page(small, slru_page_of(&kind, item), false, item);
    store_u32(slru_slot_page(small, slot) + item % kind.items_per_page * 4, value);
    slru_mark_dirty(small, slot);
    lwlock_release(slru_lock(small));
}

static uint32_t get(uint32_t item)
{
    unsigned slot = slru_read_page_shared(small, slru_page_of(&kind, item), item);
    uint32_t value = load_u32(slru_slot_page(small, slot) + item % kind.items_per_page * 4);

    lwlock_release(slru_lock(small));
    return value;
}

static void pages_come_back_from_their_files(void)
{
    open_small(false);
    for (uint32_t page = 0; page < 40; page++) {
        zero_page(page);
        put(page * 2048 + page, page + 1);
    }
    for (uint32_t page = 0; page < 40; page++)
        CU_ASSERT_EQUAL(get(page * 2048 + page), page + 1);
    CU_ASSERT_TRUE(os_exists("pg_small/0000"));
    CU_ASSERT_TRUE(os_exists("pg_small/0001"));
    CU_ASSERT_TRUE(slru_page_exists(small, 3));
    CU_ASSERT_FALSE(slru_page_exists(small, 41));
    close_small();
}

static void what_is_not_there_is_told_in_postgresqls_words(void)
{
    open_small(false);
    ERR_TRY() {
        get(2048 * 32);
        CU_FAIL("read what is not there");
    }
    ERR_CATCH() {
        CU_ASSERT_EQUAL(err_caught()->sqlstate, SQLSTATE_UNDEFINED_FILE);
        CU_ASSERT_STRING_EQUAL(err_caught()->message,
                               "could not access status of transaction 65536");
        CU_ASSERT_STRING_EQUAL(err_caught()->detail,
                               "Could not open file \"pg_small/0001\": No such file or directory.");
    }
    ERR_END();
    CU_ASSERT_EQUAL(lwlock_held_count(), 0);

    zero_page(0);
    lwlock_acquire(slru_lock(small), LW_EXCLUSIVE);
    slru_write_page(small, slru_read_page(small, 0, false, 0));
    lwlock_release(slru_lock(small));
    ERR_TRY() {
        get(2048 * 5);
        CU_FAIL("read behind the end");
    }
    ERR_CATCH() {
        CU_ASSERT_STRING_EQUAL(err_caught()->detail,
                               "Could not read from file \"pg_small/0000\" at offset 40960: read "
                               "too few bytes.");
    }
    ERR_END();

    /* The slot that was meant for it is free again. */
    put(7, 9);
    CU_ASSERT_EQUAL(get(7), 9);
    close_small();
}

static void the_latest_page_stays_in_its_slot(void)
{
    open_small(false);
    for (uint32_t page = 0; page < 20; page++)
        zero_page(page);
    put(19 * 2048, 77);
    for (uint32_t page = 0; page < 19; page++)
        get(page * 2048);
    /* Were it not in memory, this would be seen: its file has nothing of it. */
    CU_ASSERT_FALSE(slru_page_exists(small, 19));
    CU_ASSERT_EQUAL(get(19 * 2048), 77);
    close_small();
}

static void a_page_is_not_written_before_the_log_is_flushed(void)
{
    Lsn lsn;
    unsigned slot;

    open_small(true);
    zero_page(0);
    lsn = wal_rig_insert(1, 1);
    CU_ASSERT_TRUE(wal_needs_flush(lsn));
    lwlock_acquire(slru_lock(small), LW_EXCLUSIVE);
    slot = slru_read_page(small, 0, true, 0);
    slru_set_lsn(small, slot, 100, lsn);
    slru_set_lsn(small, slot, 100, lsn - 8);
    CU_ASSERT_EQUAL(slru_lsn(small, slot, 101), lsn);
    CU_ASSERT_EQUAL(slru_lsn(small, slot, 102), LSN_NONE);
    slru_write_page(small, slot);
    lwlock_release(slru_lock(small));
    CU_ASSERT_FALSE(wal_needs_flush(lsn));
    close_small();
}

static void truncation_removes_whole_segments_before_the_page(void)
{
    open_small(false);
    for (uint32_t page = 0; page < 100; page++)
        zero_page(page);
    slru_write_all(small);
    CU_ASSERT_TRUE(slru_has_segment_before(small, 70));
    slru_truncate(small, 70);
    CU_ASSERT_FALSE(os_exists("pg_small/0000"));
    CU_ASSERT_FALSE(os_exists("pg_small/0001"));
    CU_ASSERT_TRUE(os_exists("pg_small/0002"));
    CU_ASSERT_FALSE(slru_has_segment_before(small, 70));

    /* Ahead of the latest page lies what must be a mistake. */
    slru_truncate(small, 200);
    CU_ASSERT_TRUE(os_exists("pg_small/0003"));
    slru_remove_segment(small, 2);
    CU_ASSERT_FALSE(os_exists("pg_small/0002"));
    close_small();
}

static void order_goes_round_with_the_numbers(void)
{
    uint32_t last = slru_page_max(&kind);

    CU_ASSERT_TRUE(slru_page_precedes(&kind, 1, 2));
    CU_ASSERT_FALSE(slru_page_precedes(&kind, 2, 2));
    CU_ASSERT_TRUE(slru_page_precedes(&kind, last, 0));
    CU_ASSERT_FALSE(slru_page_precedes(&kind, 0, last));
    CU_ASSERT_FALSE(slru_page_precedes(&kind, 0, last / 2 + 1));
}

static void sync_requests_name_the_file(void)
{
    SyncFile file = {.handler = SYNC_COMMIT_TS, .segment = 0x1A};
    char path[100];

    open_small(false);
    CU_ASSERT_TRUE(slru_sync_path(&file, path, sizeof path));
    CU_ASSERT_STRING_EQUAL(path, "pg_small/001A");
    file.handler = SYNC_RELATION;
    CU_ASSERT_FALSE(slru_sync_path(&file, path, sizeof path));
    close_small();
}

/* Each member owns the items of its number, on all pages, and counts them up. */
static void count_up(void *arg, unsigned number)
{
    Seed seed = {.state = *(uint64_t *)arg + number};
    uint32_t counts[16] = {0};

    txn_rig_enter_child();
    for (unsigned round = 0; round < 2000; round++) {
        uint32_t page = (uint32_t)seed_below(&seed, 16), item = page * 2048 + number;

        if (get(item) != counts[page])
            err_raise(SQLSTATE_INTERNAL_ERROR, .message = "a change was lost");
        put(item, ++counts[page]);
    }
}

static void no_change_is_lost_when_many_share_few_buffers(void)
{
    Seed seed = seed_new("slru");
    uint64_t start = seed_u64(&seed);

    open_small(false);
    for (uint32_t page = 0; page < 16; page++)
        zero_page(page);
    CU_ASSERT_EQUAL(crowd_run(MEMBERS, count_up, &start), MEMBERS);
    close_small();
}

UNIT_SUITE(slru_buffers)
{
    UNIT_TEST(pages_come_back_from_their_files);
    UNIT_TEST(what_is_not_there_is_told_in_postgresqls_words);
    UNIT_TEST(the_latest_page_stays_in_its_slot);
    UNIT_TEST(a_page_is_not_written_before_the_log_is_flushed);
    UNIT_TEST(truncation_removes_whole_segments_before_the_page);
    UNIT_TEST(order_goes_round_with_the_numbers);
    UNIT_TEST(sync_requests_name_the_file);
    UNIT_TEST(no_change_is_lost_when_many_share_few_buffers);
}
