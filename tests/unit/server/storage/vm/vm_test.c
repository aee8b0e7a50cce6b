/* vm_test.c - the visibility map: bits set with a record, cleared without, counted, cut */
#include "common/base/base.h"

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/format/page.h"
#include "common/format/vm_page.h"
#include "common/walrec/rmgr.h"
#include "server/storage/buffer/buffer.h"
#include "server/storage/vm/vm.h"
#include "tests/lib/storage_rig.h"
#include "tests/unit/unit.h"

#define REL 16384
#define FAR 40000 /* a heap block of the second map page */

static StorageRig rig;

static SmgrRel *begin(void)
{
    storage_rig_open(&rig, &(StorageRigConfig){.dir = unit_temp_dir(),
                                               .has_checksums = true,
                                               .segment_blocks = SEGMENT_BLOCKS});
    return storage_rig_rel(REL);
}

static void end(void)
{
    storage_rig_close(&rig);
}

/* Set bits as the heap does, with a heap page that says so. */
static void set(SmgrRel *rel, BlockNo block, uint8_t bits)
{
    Buffer heap = buffer_read(rel, FORK_MAIN, block, BUFFER_ZERO_AND_LOCK, NULL, true);
    Buffer map = BUFFER_NONE;

    if (page_is_new(buffer_page(heap)))
        page_init(buffer_page(heap), 0);
    page_set_flag(buffer_page(heap), PAGE_ALL_VISIBLE);
    buffer_mark_dirty(heap);
    vm_pin(rel, block, &map);
    vm_set(rel, block, heap, LSN_NONE, map, 700, bits);
    buffer_unpin(map);
    buffer_unlock_unpin(heap);
}

static uint8_t get(SmgrRel *rel, BlockNo block)
{
    Buffer map = BUFFER_NONE;
    uint8_t bits = vm_get(rel, block, &map);

    if (map != BUFFER_NONE)
        buffer_unpin(map);
    return bits;
}

static void bits_are_set_read_and_cleared(void)
{
    SmgrRel *rel = begin();
    Buffer map = BUFFER_NONE;

    smgr_zero_extend(rel, FORK_MAIN, 0, 10, false);
    CU_ASSERT_EQUAL(get(rel, 3), 0);
    set(rel, 3, VM_ALL_VISIBLE);
    set(rel, 4, VM_BITS);
    CU_ASSERT_EQUAL(get(rel, 2), 0);
    CU_ASSERT_EQUAL(get(rel, 3), VM_ALL_VISIBLE);
    CU_ASSERT_EQUAL(get(rel, 4), VM_BITS);
    vm_pin(rel, 4, &map);
    CU_ASSERT_TRUE(vm_clear(4, map, VM_ALL_FROZEN));
    CU_ASSERT_FALSE(vm_clear(4, map, VM_ALL_FROZEN));
    CU_ASSERT_EQUAL(get(rel, 4), VM_ALL_VISIBLE);
    CU_ASSERT_TRUE(vm_clear(4, map, VM_BITS));
    CU_ASSERT_EQUAL(get(rel, 4), 0);
    buffer_unpin(map);
    end();
}

static void a_pin_moves_on_only_when_it_must(void)
{
    SmgrRel *rel = begin();
    Buffer map = BUFFER_NONE, before;

    vm_pin(rel, 3, &map);
    before = map;
    vm_pin(rel, 30000, &map);
    CU_ASSERT_EQUAL(map, before);
    CU_ASSERT_FALSE(vm_is_pinned_for(FAR, map));
    vm_pin(rel, FAR, &map);
    CU_ASSERT_EQUAL(buffer_block(map), 1);
    CU_ASSERT_EQUAL(smgr_block_count(rel, FORK_VM), 2);
    buffer_unpin(map);
    end();
}

static WalRecord seen;
static unsigned seen_count;
static uint8_t seen_main[8];

static void note_visible(void *arg, const WalRecord *record)
{
    (void)arg;
    if (record->rmgr != RMGR_HEAP2 || (record->info & 0x70) != WAL_HEAP2_VISIBLE)
        return;
    seen = *record;
    memcpy(seen_main, record->main, record->main_len < 8 ? record->main_len : 8);
    seen_count++;
}

static void setting_is_logged_once_and_stamps_both_pages(void)
{
    SmgrRel *rel = begin();
    Buffer b;
    Lsn lsn;

    smgr_zero_extend(rel, FORK_MAIN, 0, 10, false);
    set(rel, 3, VM_BITS);
    lsn = wal_insert_lsn();
    set(rel, 3, VM_BITS);
    CU_ASSERT_EQUAL(wal_insert_lsn(), lsn);
    b = buffer_read(rel, FORK_VM, 0, BUFFER_NORMAL, NULL, true);
    CU_ASSERT_EQUAL(buffer_lsn(b), lsn);
    buffer_unpin(b);
    b = buffer_read(rel, FORK_MAIN, 3, BUFFER_NORMAL, NULL, true);
    CU_ASSERT_EQUAL(buffer_lsn(b), lsn);
    buffer_unpin(b);
    wal_flush(lsn);
    seen_count = 0;
    wal_rig_read(&rig.wal, note_visible, NULL);
    CU_ASSERT_EQUAL(seen_count, 1);
    CU_ASSERT_EQUAL(seen.main_len, 5);
    CU_ASSERT_EQUAL(load_u32(seen_main), 700);
    CU_ASSERT_EQUAL(seen_main[4], VM_BITS);
    end();
}

static void unlogged_relations_log_nothing(void)
{
    SmgrRel *rel = begin();
    Lsn before = wal_insert_lsn();

    smgr_set_logged(rel, false);
    smgr_zero_extend(rel, FORK_MAIN, 0, 10, false);
    set(rel, 3, VM_BITS);
    CU_ASSERT_EQUAL(get(rel, 3), VM_BITS);
    CU_ASSERT_EQUAL(wal_insert_lsn(), before);
    end();
}

static void bits_are_counted_over_all_pages(void)
{
    SmgrRel *rel = begin();
    BlockNo visible, frozen;

    vm_count(rel, &visible, &frozen);
    CU_ASSERT_EQUAL(visible, 0);
    smgr_zero_extend(rel, FORK_MAIN, 0, FAR + 1, false);
    set(rel, 0, VM_BITS);
    set(rel, 5, VM_ALL_VISIBLE);
    set(rel, FAR, VM_ALL_VISIBLE);
    vm_count(rel, &visible, &frozen);
    CU_ASSERT_EQUAL(visible, 3);
    CU_ASSERT_EQUAL(frozen, 1);
    end();
}

static void a_map_that_is_cut_forgets_what_was_behind(void)
{
    const ForkNo fork = FORK_VM;
    SmgrRel *rel = begin();
    BlockNo count, visible, frozen;

    smgr_zero_extend(rel, FORK_MAIN, 0, FAR + 1, false);
    set(rel, 5, VM_ALL_VISIBLE);
    set(rel, 6, VM_ALL_VISIBLE);
    set(rel, FAR, VM_ALL_VISIBLE);
    count = vm_prepare_truncate(rel, 6);
    CU_ASSERT_EQUAL(count, 1);
    buffer_drop_fork_from(rel, &fork, &count, 1);
    smgr_truncate(rel, &fork, &count, 1);
    CU_ASSERT_EQUAL(get(rel, 5), VM_ALL_VISIBLE);
    CU_ASSERT_EQUAL(get(rel, 6), 0);
    CU_ASSERT_EQUAL(get(rel, FAR), 0);
    vm_count(rel, &visible, &frozen);
    CU_ASSERT_EQUAL(visible, 1);
    CU_ASSERT_EQUAL(vm_prepare_truncate(rel, 6), BLOCK_NONE);
    CU_ASSERT_EQUAL(vm_prepare_truncate(rel, 0), 0);
    end();
}

UNIT_SUITE(vm)
{
    UNIT_TEST(bits_are_set_read_and_cleared);
    UNIT_TEST(a_pin_moves_on_only_when_it_must);
    UNIT_TEST(setting_is_logged_once_and_stamps_both_pages);
    UNIT_TEST(unlogged_relations_log_nothing);
    UNIT_TEST(bits_are_counted_over_all_pages);
    UNIT_TEST(a_map_that_is_cut_forgets_what_was_behind);
}
