/* buffer_test.c - pages in shared memory, by one process: what is read, kept, written, and when. */
#include "common/base/base.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "common/base/bytes.h"
#include "common/format/checksum.h"
#include "common/format/page.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/file.h"
#include "common/os/shared_memory.h"
#include "server/config/setting.h"
#include "server/ipc/proc.h"
#include "server/storage/buffer/buffer.h"
#include "tests/lib/bad_disk.h"
#include "tests/lib/crowd.h"
#include "tests/lib/storage_rig.h"
#include "tests/unit/unit.h"

#define REL  16384
#define PATH "base/5/16384"
#define MARK 4000 /* where a page of these tests carries its number */

static StorageRig rig;

static void begin(int buffers, bool has_checksums)
{
    storage_rig_open(&rig, &(StorageRigConfig){.dir = unit_temp_dir(),
                                               .buffers = buffers,
                                               .has_checksums = has_checksums});
}

static void end(void)
{
    storage_rig_close(&rig);
}

/* Add a page that carries value. */
static Buffer add_page(SmgrRel *rel, uint32_t value)
{
    Buffer b = buffer_read(rel, FORK_MAIN, BLOCK_NONE, BUFFER_ZERO_AND_LOCK, NULL, true);

    page_init(buffer_page(b), 0);
    store_u32(buffer_page(b) + MARK, value);
    buffer_mark_dirty(b);
    buffer_unlock(b);
    return b;
}

static void fill(SmgrRel *rel, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        buffer_unpin(add_page(rel, i + 1000));
}

static uint32_t value_of(SmgrRel *rel, BlockNo block, BufferRing *ring)
{
    Buffer b = buffer_read(rel, FORK_MAIN, block, BUFFER_NORMAL, ring, true);
    uint32_t value;

    buffer_lock(b, BUFFER_SHARED);
    value = load_u32(buffer_page(b) + MARK);
    buffer_unlock_unpin(b);
    return value;
}

/* The page as the file has it. */
static void file_page(const char *path, BlockNo block, uint8_t *page)
{
    OsFile *f = os_file_open(path, OS_READ);

    os_file_read_exact_at(f, page, BLOCK_SIZE, (uint64_t)block * BLOCK_SIZE);
    os_file_close(f);
}

static void write_file_page(const char *path, BlockNo block, const uint8_t *page)
{
    OsFile *f = os_file_open(path, OS_WRITE);

    os_file_write_at(f, page, BLOCK_SIZE, (uint64_t)block * BLOCK_SIZE);
    os_file_close(f);
}

static void a_page_is_found_again(void)
{
    SmgrRel *rel;
    Buffer b;
    uint64_t hits;

    begin(16, true);
    rel = storage_rig_rel(REL);
    b = add_page(rel, 7);
    CU_ASSERT_TRUE(buffer_is_pinned(b));
    CU_ASSERT_EQUAL(buffer_block(b), 0);
    buffer_unpin(b);
    CU_ASSERT_FALSE(buffer_is_pinned(b));
    hits = buffer_counters()->hits;
    CU_ASSERT_EQUAL(value_of(rel, 0, NULL), 7);
    CU_ASSERT_EQUAL(buffer_counters()->hits, hits + 1);
    CU_ASSERT_EQUAL(buffer_try_find(rel, FORK_MAIN, 0), b);
    buffer_unpin(b);
    CU_ASSERT_EQUAL(buffer_try_find(rel, FORK_MAIN, 1), BUFFER_NONE);
    end();
}

static void a_recent_buffer_is_pinned_only_while_it_has_the_block(void)
{
    SmgrRel *rel;
    Buffer b;

    begin(16, true);
    rel = storage_rig_rel(REL);
    b = add_page(rel, 7);
    CU_ASSERT_TRUE(buffer_try_pin_recent(b, rel, FORK_MAIN, 0)); /* beside the pin that it has */
    buffer_unpin(b);
    buffer_unpin(b);
    CU_ASSERT_FALSE(buffer_is_pinned(b));
    CU_ASSERT_FALSE(buffer_try_pin_recent(b, rel, FORK_MAIN, 1));
    CU_ASSERT_FALSE(buffer_try_pin_recent(b + 1, rel, FORK_MAIN, 0));
    CU_ASSERT_FALSE(buffer_try_pin_recent(99, rel, FORK_MAIN, 0));
    for (int i = 0; i < 10; i++) {
        CU_ASSERT_TRUE(buffer_try_pin_recent(b, rel, FORK_MAIN, 0));
        buffer_unpin(b);
    }
    fill(storage_rig_rel(REL + 1), 100);
    CU_ASSERT_FALSE(buffer_try_pin_recent(b, rel, FORK_MAIN, 0));
    CU_ASSERT_EQUAL(value_of(rel, 0, NULL), 7);
    end();
}

static void more_pages_than_buffers_are_written_and_read_again(void)
{
    SmgrRel *rel;

    begin(16, true);
    rel = storage_rig_rel(REL);
    fill(rel, 100);
    CU_ASSERT_EQUAL(smgr_block_count(rel, FORK_MAIN), 100);
    for (uint32_t i = 0; i < 100; i++)
        CU_ASSERT_EQUAL(value_of(rel, i, NULL), i + 1000);
    CU_ASSERT_TRUE(buffer_counters()->written >= 184);
    end();
}

static void what_is_written_carries_its_checksum(void)
{
    uint8_t page[BLOCK_SIZE];

    begin(16, true);
    fill(storage_rig_rel(REL), 20);
    storage_rig_checkpoint();
    for (BlockNo block = 0; block < 20; block++) {
        file_page(block < 8 ? PATH : block < 16 ? PATH ".1" : PATH ".2", block % 8, page);
        CU_ASSERT_TRUE(checksum_page_is_valid(page, block));
        CU_ASSERT_NOT_EQUAL(page_checksum(page), 0);
    }
    end();
}

static uint8_t *page_being_written;

static void set_a_hint(const void *bytes, size_t size)
{
    (void)bytes;
    if (size == BLOCK_SIZE)
        page_being_written[MARK + 100]++;
}

static void hints_set_while_a_page_is_written_do_not_spoil_its_checksum(void)
{
    SmgrRel *rel;
    uint8_t page[BLOCK_SIZE];
    Buffer b;

    begin(16, true);
    rel = storage_rig_rel(REL);
    b = add_page(rel, 1);
    page_being_written = buffer_page(b);
    bad_disk_begin();
    bad_disk_on_write(set_a_hint);
    buffer_flush_relation(rel);
    bad_disk_end();
    CU_ASSERT_EQUAL(buffer_page(b)[MARK + 100], 1);
    file_page(PATH, 0, page);
    CU_ASSERT_EQUAL(page[MARK + 100], 0);
    CU_ASSERT_TRUE(checksum_page_is_valid(page, 0));
    buffer_unpin(b);
    end();
}

static void a_damaged_page_is_refused_in_the_servers_words(void)
{
    SmgrRel *rel;
    uint8_t page[BLOCK_SIZE];

    begin(16, true);
    rel = storage_rig_rel(REL);
    fill(rel, 2);
    storage_rig_checkpoint();
    storage_rig_crash(&rig); /* nothing is in memory any more */
    rel = storage_rig_rel(REL);
    file_page(PATH, 1, page);
    page[MARK] ^= 1;
    write_file_page(PATH, 1, page);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "invalid page in block 1 of relation base/5/16384",
                               value_of(rel, 1, NULL));
    storage_rig_abort();
    CU_ASSERT_EQUAL(value_of(rel, 0, NULL), 1000);

    setting.ignore_checksum_failure = true;
    CU_ASSERT_EQUAL(value_of(rel, 1, NULL), 1000);
    setting.ignore_checksum_failure = false;
    end();
}

static void a_damaged_page_counts_as_new_where_that_is_asked_for(void)
{
    SmgrRel *rel;
    uint8_t page[BLOCK_SIZE];
    Buffer b;

    begin(16, false);
    rel = storage_rig_rel(REL);
    fill(rel, 2);
    storage_rig_checkpoint();
    storage_rig_crash(&rig);
    rel = storage_rig_rel(REL);
    file_page(PATH, 1, page);
    page[PAGE_AT_LOWER + 1] = 0xFF;
    write_file_page(PATH, 1, page);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, value_of(rel, 1, NULL));
    storage_rig_abort();
    b = buffer_read(rel, FORK_MAIN, 1, BUFFER_ZERO_ON_ERROR, NULL, true);
    CU_ASSERT_TRUE(page_is_all_zero(buffer_page(b)));
    buffer_unpin(b);
    end();
}

static void a_block_behind_the_end_is_refused(void)
{
    SmgrRel *rel;

    begin(16, true);
    rel = storage_rig_rel(REL);
    fill(rel, 2);
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_DATA_CORRUPTED,
        "could not read block 2 in file \"base/5/16384\": read only 0 of 8192 bytes",
        value_of(rel, 2, NULL));
    storage_rig_abort();
    /* The buffer that was meant for it is as good as before. */
    buffer_unpin(add_page(rel, 5));
    CU_ASSERT_EQUAL(value_of(rel, 2, NULL), 5);
    end();
}

static void pins_of_all_buffers_leave_none(void)
{
    SmgrRel *rel;

    begin(16, true);
    rel = storage_rig_rel(REL);
    for (uint32_t i = 0; i < 16; i++)
        add_page(rel, i);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INTERNAL_ERROR, "no unpinned buffers available",
                               add_page(rel, 16));
    storage_rig_abort();
    CU_ASSERT_EQUAL(value_of(rel, 15, NULL), 15);
    end();
}

static void a_ring_leaves_the_others_alone(void)
{
    BufferRing *ring;
    SmgrRel *rel, *other;
    uint64_t reads;

    begin(256, true);
    rel = storage_rig_rel(REL);
    other = storage_rig_rel(REL + 1);
    fill(other, 300);
    storage_rig_checkpoint();
    storage_rig_crash(&rig);
    rel = storage_rig_rel(REL);
    other = storage_rig_rel(REL + 1);
    fill(rel, 200);
    ring = buffer_ring_new(RING_BULK_READ);
    for (int pass = 0; pass < 3; pass++)
        for (BlockNo block = 0; block < 300; block++)
            CU_ASSERT_EQUAL(value_of(other, block, ring), block + 1000);
    reads = buffer_counters()->reads;
    for (BlockNo block = 0; block < 200; block++)
        CU_ASSERT_EQUAL(value_of(rel, block, NULL), block + 1000);
    CU_ASSERT_EQUAL(buffer_counters()->reads, reads);
    buffer_ring_free(ring);
    end();
}

static void the_log_is_flushed_before_the_page_is_written(void)
{
    SmgrRel *rel;
    Buffer b;
    Lsn lsn;

    begin(16, true);
    rel = storage_rig_rel(REL);
    b = add_page(rel, 1);
    lsn = wal_rig_insert(1, 1);
    page_set_lsn(buffer_page(b), lsn);
    buffer_unpin(b);
    CU_ASSERT_TRUE(wal_flush_lsn() < lsn);
    buffer_sync(BUFFER_SYNC_PERMANENT, NULL);
    CU_ASSERT_TRUE(wal_flush_lsn() >= lsn);
    end();
}

static void a_hint_logs_one_image_in_each_checkpoint(void)
{
    SmgrRel *rel;
    Buffer b;
    Lsn before, after;

    begin(16, true);
    rel = storage_rig_rel(REL);
    fill(rel, 1);
    storage_rig_checkpoint();
    b = buffer_read(rel, FORK_MAIN, 0, BUFFER_NORMAL, NULL, true);
    before = wal_insert_lsn();
    for (int i = 0; i < 3; i++) {
        buffer_lock(b, BUFFER_SHARED);
        buffer_mark_dirty_hint(b, true);
        buffer_unlock(b);
        if (i == 0)
            after = wal_insert_lsn();
        buffer_flush_relation(rel);
    }
    CU_ASSERT_TRUE(after > before);
    CU_ASSERT_EQUAL(wal_insert_lsn(), after);
    CU_ASSERT_EQUAL(buffer_lsn(b), after);
    storage_rig_checkpoint();
    buffer_lock(b, BUFFER_SHARED);
    buffer_mark_dirty_hint(b, true);
    buffer_unlock(b);
    CU_ASSERT_TRUE(buffer_lsn(b) > after);
    buffer_unpin(b);
    end();
}

static void a_hint_without_checksums_logs_nothing(void)
{
    SmgrRel *rel;
    Buffer b;
    Lsn before;
    BufferInfo info;

    begin(16, false);
    rel = storage_rig_rel(REL);
    fill(rel, 1);
    storage_rig_checkpoint();
    b = buffer_read(rel, FORK_MAIN, 0, BUFFER_NORMAL, NULL, true);
    before = wal_insert_lsn();
    buffer_lock(b, BUFFER_SHARED);
    buffer_mark_dirty_hint(b, true);
    buffer_unlock(b);
    CU_ASSERT_EQUAL(wal_insert_lsn(), before);
    CU_ASSERT_TRUE(buffer_info((uint32_t)b - 1, &info));
    CU_ASSERT_TRUE(info.is_dirty);
    buffer_unpin(b);
    end();
}

static void in_recovery_a_hint_that_needs_an_image_stays_in_memory(void)
{
    SmgrRel *rel;
    Buffer b;
    BufferInfo info;

    storage_rig_open(
        &rig,
        &(StorageRigConfig){.dir = unit_temp_dir(), .has_checksums = true, .is_recovering = true});
    smgr_set_redo(true);
    rel = storage_rig_rel(REL);
    fill(rel, 1);
    buffer_sync(BUFFER_SYNC_ALL, NULL);
    b = buffer_read(rel, FORK_MAIN, 0, BUFFER_NORMAL, NULL, true);
    buffer_lock(b, BUFFER_SHARED);
    buffer_mark_dirty_hint(b, true);
    buffer_unlock(b);
    CU_ASSERT_TRUE(buffer_info((uint32_t)b - 1, &info));
    CU_ASSERT_FALSE(info.is_dirty);
    buffer_unpin(b);
    end();
}

static void in_redo_a_relation_is_dropped_whose_file_is_gone(void)
{
    RelTag tag = storage_rig_tag(REL);
    BufferInfo info;

    storage_rig_open(&rig, &(StorageRigConfig){.dir = unit_temp_dir(), .is_recovering = true});
    smgr_set_redo(true);
    fill(storage_rig_rel(REL), 3);
    smgr_close_all(); /* its size is not known any more */
    os_unlink(PATH);
    buffer_drop_relations(&tag, 1, SMGR_PERMANENT);
    smgr_unlink(&tag, 1, SMGR_PERMANENT, true);
    for (uint32_t n = 0; n < buffer_count(); n++)
        CU_ASSERT_FALSE(buffer_info(n, &info));
    CU_ASSERT_EQUAL(buffer_sync(BUFFER_SYNC_ALL, NULL).written, 0);
    end();
}

static void a_dropped_relation_leaves_no_buffer(void)
{
    static const uint32_t sizes[] = {1, 40}; /* looked up, scanned */

    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        SmgrRel *rel;
        RelTag tag = storage_rig_tag(REL);
        uint64_t written;
        BufferInfo info;

        begin(64, true);
        rel = storage_rig_rel(REL);
        fill(rel, sizes[i]);
        buffer_unpin(add_page(storage_rig_rel(REL + 1), 5));
        written = buffer_counters()->written;
        buffer_drop_relations(&tag, 1, SMGR_PERMANENT);
        for (uint32_t n = 0; n < buffer_count(); n++)
            CU_ASSERT_FALSE(buffer_info(n, &info) && info.tag.rel.rel == REL);
        smgr_unlink(&tag, 1, SMGR_PERMANENT, false);
        storage_rig_checkpoint();
        CU_ASSERT_EQUAL(buffer_counters()->written, written + 1);
        CU_ASSERT_FALSE(os_exists(PATH));
        end();
    }
}

static void a_cut_relation_keeps_what_is_before_the_cut(void)
{
    static const BlockNo cuts[] = {39, 20, 8, 0};
    const ForkNo fork = FORK_MAIN;
    SmgrRel *rel;

    begin(64, true);
    rel = storage_rig_rel(REL);
    fill(rel, 40);
    for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
        buffer_drop_fork_from(rel, &fork, &cuts[i], 1);
        smgr_truncate(rel, &fork, &cuts[i], 1);
        CU_ASSERT_EQUAL(smgr_block_count(rel, FORK_MAIN), cuts[i]);
        CU_ASSERT_EQUAL(buffer_try_find(rel, FORK_MAIN, cuts[i]), BUFFER_NONE);
        if (cuts[i] > 0)
            CU_ASSERT_EQUAL(value_of(rel, cuts[i] - 1, NULL), cuts[i] + 999);
    }
    fill(rel, 3);
    CU_ASSERT_EQUAL(value_of(rel, 2, NULL), 1002);
    end();
}

static double pause_last;
static unsigned pause_count;

static void note_pause(double done)
{
    CU_ASSERT_TRUE(done > pause_last && done <= 1.0);
    pause_last = done;
    pause_count++;
}

static void a_checkpoint_paces_itself_and_writes_each_page_once(void)
{
    BufferSyncStats stats;

    begin(64, true);
    fill(storage_rig_rel(REL), 30);
    fill(storage_rig_rel(REL + 1), 20);
    pause_last = 0;
    pause_count = 0;
    stats = buffer_sync(BUFFER_SYNC_PERMANENT, note_pause);
    CU_ASSERT_EQUAL(stats.scanned, 50);
    CU_ASSERT_EQUAL(stats.written, 50);
    CU_ASSERT_EQUAL(pause_count, 50);
    CU_ASSERT_DOUBLE_EQUAL(pause_last, 1.0, 1e-9);
    stats = buffer_sync(BUFFER_SYNC_ALL, NULL);
    CU_ASSERT_EQUAL(stats.written, 0);
    end();
}

static void unlogged_pages_wait_for_the_shutdown(void)
{
    SmgrRel *rel;
    Buffer b;

    begin(16, true);
    rel = storage_rig_rel(REL);
    b = buffer_read(rel, FORK_MAIN, BLOCK_NONE, BUFFER_ZERO_AND_LOCK, NULL, false);
    CU_ASSERT_FALSE(buffer_is_permanent(b));
    buffer_mark_dirty(b);
    buffer_unlock_unpin(b);
    CU_ASSERT_EQUAL(buffer_sync(BUFFER_SYNC_PERMANENT, NULL).written, 0);
    CU_ASSERT_EQUAL(buffer_sync(BUFFER_SYNC_ALL, NULL).written, 1);
    end();
}

static void the_background_writer_cleans_what_is_taken_next(void)
{
    SmgrRel *rel;
    uint64_t before;

    begin(64, true);
    rel = storage_rig_rel(REL);
    fill(rel, 64);
    for (BlockNo block = 0; block < 2; block++)
        value_of(rel, block, NULL);
    CU_ASSERT_FALSE(buffer_write_ahead());
    /* All are used: the clock has to go round once before any can be taken. */
    fill(storage_rig_rel(REL + 1), 40);
    before = buffer_counters()->written_ahead;
    CU_ASSERT_FALSE(buffer_write_ahead());
    CU_ASSERT_TRUE(buffer_counters()->written_ahead > before);
    for (int i = 0; i < 100000 && !buffer_write_ahead(); i++)
        ;
    CU_ASSERT_TRUE(buffer_write_ahead());
    end();
}

static void a_cleanup_lock_needs_the_only_pin(void)
{
    SmgrRel *rel;
    Buffer b;

    begin(16, true);
    rel = storage_rig_rel(REL);
    b = add_page(rel, 1);
    buffer_lock_cleanup(b);
    CU_ASSERT_TRUE(buffer_is_cleanup_ok(b));
    CU_ASSERT_TRUE(buffer_is_locked_exclusive(b));
    buffer_unlock(b);
    buffer_pin(b);
    CU_ASSERT_FALSE(buffer_try_lock_cleanup(b));
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, buffer_lock_cleanup(b));
    buffer_unpin(b);
    CU_ASSERT_TRUE(buffer_try_lock_cleanup(b));
    buffer_unlock_unpin(b);
    end();
}

static void many_pins_are_counted_each(void)
{
    enum { PAGES = 60, ROUNDS = 3 };
    SmgrRel *rel;
    Buffer pins[PAGES];
    BufferInfo info;

    begin(128, true);
    rel = storage_rig_rel(REL);
    for (uint32_t i = 0; i < PAGES; i++)
        pins[i] = add_page(rel, i);
    for (int round = 1; round < ROUNDS; round++)
        for (int i = PAGES - 1; i >= 0; i--)
            buffer_pin(pins[i]);
    for (int i = 0; i < PAGES; i++) {
        CU_ASSERT_TRUE(buffer_info((uint32_t)pins[i] - 1, &info));
        CU_ASSERT_EQUAL(info.pin_count, 1);
        for (int round = 0; round < ROUNDS; round++) {
            CU_ASSERT_TRUE(buffer_is_pinned(pins[i]));
            buffer_unpin(pins[i]);
        }
        CU_ASSERT_FALSE(buffer_is_pinned(pins[i]));
    }
    end();
}

static void temporary_relations_have_buffers_of_their_own(void)
{
    RelTag tag = storage_rig_tag(REL);
    SmgrRel *rel;
    int before = setting.temp_buffers;

    setting.temp_buffers = 10;
    begin(16, true);
    rel = smgr_open(&tag, 3);
    smgr_create(rel, FORK_MAIN, false);
    fill(rel, 30);
    CU_ASSERT_TRUE(os_exists("base/5/t3_16384"));
    for (uint32_t i = 0; i < 30; i++)
        CU_ASSERT_EQUAL(value_of(rel, i, NULL), i + 1000);
    for (uint32_t i = 0; i < 10; i++)
        CU_ASSERT_TRUE(buffer_read(rel, FORK_MAIN, i, BUFFER_NORMAL, NULL, false) < 0);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INSUFFICIENT_RESOURCES, "no empty local buffer available",
                               buffer_read(rel, FORK_MAIN, 11, BUFFER_NORMAL, NULL, false));
    storage_rig_abort();
    buffer_drop_relations(&tag, 1, 3);
    smgr_unlink(&tag, 1, 3, false);
    CU_ASSERT_FALSE(os_exists("base/5/t3_16384"));
    end();
    setting.temp_buffers = before;
}

static void a_full_disk_fails_the_statement_and_loses_nothing(void)
{
    SmgrRel *rel;
    uint8_t page[BLOCK_SIZE];

    begin(16, true);
    rel = storage_rig_rel(REL);
    fill(rel, 10);
    bad_disk_begin();
    bad_disk_fail(BAD_DISK_PWRITE, ENOSPC, 0);
    for (int i = 0; i < 20; i++) {
        UNIT_ASSERT_RAISES_MESSAGE(
            SQLSTATE_DISK_FULL, "could not extend file \"base/5/16384.1\": No space left on device",
            fill(rel, 1));
        storage_rig_abort();
    }
    UNIT_ASSERT_RAISES(SQLSTATE_DISK_FULL, storage_rig_checkpoint());
    storage_rig_abort();
    UNIT_ASSERT_RAISES(SQLSTATE_DISK_FULL, buffer_flush_relation(rel));
    storage_rig_abort();
    for (uint32_t i = 0; i < 10; i++)
        CU_ASSERT_EQUAL(value_of(rel, i, NULL), i + 1000);
    bad_disk_end();
    fill(rel, 1);
    storage_rig_checkpoint();
    for (uint32_t i = 0; i < 10; i++) {
        file_page(i < 8 ? PATH : PATH ".1", i % 8, page);
        CU_ASSERT_EQUAL(load_u32(page + MARK), i + 1000);
    }
    end();
}

static void a_read_that_fails_is_tried_again_by_the_next(void)
{
    SmgrRel *rel;

    begin(16, true);
    rel = storage_rig_rel(REL);
    fill(rel, 30);
    bad_disk_begin();
    bad_disk_fail(BAD_DISK_PREAD, EIO, 0);
    for (int i = 0; i < 40; i++) {
        UNIT_ASSERT_RAISES_MESSAGE(
            SQLSTATE_IO_ERROR,
            "could not read block 0 in file \"base/5/16384\": Input/output error",
            value_of(rel, 0, NULL));
        storage_rig_abort();
    }
    bad_disk_end();
    CU_ASSERT_EQUAL(value_of(rel, 0, NULL), 1000);
    end();
}

static void a_dropped_database_leaves_no_buffer(void)
{
    BufferInfo info;

    begin(16, true);
    fill(storage_rig_rel(REL), 5);
    fill(storage_rig_rel(REL + 1), 5);
    CU_ASSERT_EQUAL(buffer_counters()->written, 10); /* what the relations grew by */
    buffer_flush_database(STORAGE_RIG_DATABASE + 1);
    CU_ASSERT_EQUAL(buffer_counters()->written, 10);
    buffer_drop_database(STORAGE_RIG_DATABASE + 1);
    CU_ASSERT_EQUAL(value_of(storage_rig_rel(REL), 4, NULL), 1004);
    buffer_flush_database(STORAGE_RIG_DATABASE);
    CU_ASSERT_EQUAL(buffer_counters()->written, 20);
    buffer_drop_database(STORAGE_RIG_DATABASE);
    for (uint32_t n = 0; n < buffer_count(); n++)
        CU_ASSERT_FALSE(buffer_info(n, &info));
    end();
}

/* ---- with other processes ---- */

#define CLEANUPS 60

static _Atomic uint32_t *cleanups;

static void pin_and_clean(void *arg, unsigned number)
{
    SmgrRel *rel;

    (void)arg;
    storage_rig_enter_child();
    rel = storage_rig_rel(REL);
    while (*cleanups < CLEANUPS) {
        Buffer b = buffer_read(rel, FORK_MAIN, 0, BUFFER_NORMAL, NULL, true);

        if (number == 0) {
            buffer_lock_cleanup(b);
            if (!buffer_is_locked_exclusive(b))
                exit(1);
            buffer_unlock(b);
            (*cleanups)++;
        } else {
            buffer_lock(b, BUFFER_SHARED);
            buffer_unlock(b);
            clock_sleep_ms(1); /* so that the other has to wait for the unpinning */
        }
        buffer_unpin(b);
        clock_sleep_ms(1);
    }
    proc_detach();
}

static void whoever_waits_for_the_only_pin_is_woken(void)
{
    begin(16, true);
    fill(storage_rig_rel(REL), 1);
    cleanups = os_shared_map(sizeof *cleanups, OS_HUGE_OFF);
    CU_ASSERT_EQUAL(crowd_run(3, pin_and_clean, NULL), 3);
    os_shared_unmap((void *)(uintptr_t)cleanups, sizeof *cleanups);
    end();
}

UNIT_SUITE(buffer)
{
    UNIT_TEST(a_page_is_found_again);
    UNIT_TEST(a_recent_buffer_is_pinned_only_while_it_has_the_block);
    UNIT_TEST(more_pages_than_buffers_are_written_and_read_again);
    UNIT_TEST(what_is_written_carries_its_checksum);
    UNIT_TEST(hints_set_while_a_page_is_written_do_not_spoil_its_checksum);
    UNIT_TEST(a_damaged_page_is_refused_in_the_servers_words);
    UNIT_TEST(a_damaged_page_counts_as_new_where_that_is_asked_for);
    UNIT_TEST(a_block_behind_the_end_is_refused);
    UNIT_TEST(pins_of_all_buffers_leave_none);
    UNIT_TEST(a_ring_leaves_the_others_alone);
    UNIT_TEST(the_log_is_flushed_before_the_page_is_written);
    UNIT_TEST(a_hint_logs_one_image_in_each_checkpoint);
    UNIT_TEST(a_hint_without_checksums_logs_nothing);
    UNIT_TEST(in_recovery_a_hint_that_needs_an_image_stays_in_memory);
    UNIT_TEST(in_redo_a_relation_is_dropped_whose_file_is_gone);
    UNIT_TEST(a_dropped_relation_leaves_no_buffer);
    UNIT_TEST(a_cut_relation_keeps_what_is_before_the_cut);
    UNIT_TEST(a_checkpoint_paces_itself_and_writes_each_page_once);
    UNIT_TEST(unlogged_pages_wait_for_the_shutdown);
    UNIT_TEST(the_background_writer_cleans_what_is_taken_next);
    UNIT_TEST(a_cleanup_lock_needs_the_only_pin);
    UNIT_TEST(many_pins_are_counted_each);
    UNIT_TEST(temporary_relations_have_buffers_of_their_own);
    UNIT_TEST(a_full_disk_fails_the_statement_and_loses_nothing);
    UNIT_TEST(a_read_that_fails_is_tried_again_by_the_next);
    UNIT_TEST(a_dropped_database_leaves_no_buffer);
    UNIT_TEST(whoever_waits_for_the_only_pin_is_woken);
}
