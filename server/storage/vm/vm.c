/* vm.c - the visibility map of a relation, in its own fork; vm.h has the promises. */
#include "common/base/base.h"

#include "server/storage/vm/vm.h"

#include <stdatomic.h>

#include "common/err/err.h"
#include "common/format/checksum.h"
#include "common/format/page.h"
#include "common/format/vm_page.h"
#include "common/redo/vm.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/wal/wal.h"

#define VISIBLE_MASK 0x55 /* the lower bit of each pair */

/* The main data of HEAP2 VISIBLE: 5 bytes, without the struct's padding. */
typedef struct VisibleRecord {
    Xid horizon;
    uint8_t bits;
} VisibleRecord;

#define VISIBLE_RECORD_SIZE 5

static Buffer read_page(SmgrRel *rel, BlockNo block, bool extends);
static void extend_to(SmgrRel *rel, BlockNo count);
static Lsn log_visible(Buffer heap, Buffer map, Xid horizon, uint8_t bits);
static bool hints_need_images(void);
static void cut_page(SmgrRel *rel, Buffer map, BlockNo first);

void vm_pin(SmgrRel *rel, BlockNo heap_block, Buffer *map)
{
    if (*map != BUFFER_NONE) {
        if (vm_is_pinned_for(heap_block, *map))
            return;
        buffer_unpin(*map);
        *map = BUFFER_NONE;
    }
    *map = read_page(rel, vm_block_of(heap_block), true);
}

bool vm_is_pinned_for(BlockNo heap_block, Buffer map)
{
    return map != BUFFER_NONE && buffer_block(map) == vm_block_of(heap_block);
}

bool vm_clear(BlockNo heap_block, Buffer map, uint8_t bits)
{
    bool is_changed;

    ASSERT(vm_is_pinned_for(heap_block, map));
    buffer_lock(map, BUFFER_EXCLUSIVE);
    is_changed = vm_redo_clear(buffer_page(map), heap_block, bits) != STEP_UNCHANGED;
    if (is_changed)
        buffer_mark_dirty(map);
    buffer_unlock(map);
    return is_changed;
}

void vm_set(SmgrRel *rel, BlockNo heap_block, Buffer heap, Lsn lsn, Buffer map, Xid horizon,
            uint8_t bits)
{
    bool is_logged = smgr_is_logged(rel);

    ASSERT(vm_is_pinned_for(heap_block, map));
    ASSERT(heap == BUFFER_NONE || page_has_flag(buffer_page(heap), PAGE_ALL_VISIBLE));
    if (is_logged && lsn == LSN_NONE)
        wal_begin_insert(); /* may raise, so before the critical section */
    buffer_lock(map, BUFFER_EXCLUSIVE);
    if (vm_bits(buffer_page(map), heap_block) == bits) {
        buffer_unlock(map);
        if (is_logged && lsn == LSN_NONE)
            wal_reset_insert();
        return;
    }
    crit_begin();
    vm_redo_set(buffer_page(map), heap_block, bits);
    buffer_mark_dirty(map);
    if (is_logged) {
        if (lsn == LSN_NONE) {
            lsn = log_visible(heap, map, horizon, bits);
            /* PAGE_ALL_VISIBLE was set by a hint: the heap page is not to reach the disk before. */
            if (hints_need_images())
                page_set_lsn(buffer_page(heap), lsn);
        }
        page_set_lsn(buffer_page(map), lsn);
    }
    crit_end();
    buffer_unlock(map);
}

uint8_t vm_get(SmgrRel *rel, BlockNo heap_block, Buffer *map)
{
    if (*map != BUFFER_NONE && !vm_is_pinned_for(heap_block, *map)) {
        buffer_unpin(*map);
        *map = BUFFER_NONE;
    }
    if (*map == BUFFER_NONE)
        *map = read_page(rel, vm_block_of(heap_block), false);
    /* One byte: nobody can see half of it, so no lock. */
    return *map == BUFFER_NONE ? 0 : (uint8_t)vm_bits(buffer_page(*map), heap_block);
}

void vm_count(SmgrRel *rel, BlockNo *all_visible, BlockNo *all_frozen)
{
    Buffer map;

    *all_visible = 0;
    *all_frozen = 0;
    for (BlockNo block = 0; (map = read_page(rel, block, false)) != BUFFER_NONE; block++) {
        const uint8_t *page = buffer_page(map);

        for (size_t i = PAGE_HEADER_SIZE; i < BLOCK_SIZE; i++) {
            *all_visible += (BlockNo)__builtin_popcount(page[i] & VISIBLE_MASK);
            *all_frozen += (BlockNo)__builtin_popcount(page[i] & (VISIBLE_MASK << 1));
        }
        buffer_unpin(map);
        check_interrupts();
    }
}

BlockNo vm_prepare_truncate(SmgrRel *rel, BlockNo block_count)
{
    BlockNo kept = vm_block_of(block_count);

    if (!smgr_exists(rel, FORK_VM))
        return BLOCK_NONE;
    if (block_count % VM_BLOCKS_PER_PAGE > 0) {
        Buffer map = read_page(rel, kept, false);

        if (map == BUFFER_NONE)
            return BLOCK_NONE; /* the map is shorter already */
        cut_page(rel, map, block_count);
        kept++;
    }
    return smgr_block_count(rel, FORK_VM) <= kept ? BLOCK_NONE : kept;
}

/* Pinned; BUFFER_NONE when the map has no such page and is not to be extended. */
static Buffer read_page(SmgrRel *rel, BlockNo block, bool extends)
{
    Buffer b;

    if (block >= smgr_seen_block_count(rel, FORK_VM)) {
        if (!extends)
            return BUFFER_NONE;
        extend_to(rel, block + 1);
    }
    /* What is damaged is made anew: without bits it is always right. */
    b = buffer_read(rel, FORK_VM, block, BUFFER_ZERO_ON_ERROR, NULL, smgr_is_logged(rel));
    if (UNLIKELY(page_is_new(buffer_page(b)))) {
        buffer_lock(b, BUFFER_EXCLUSIVE);
        if (page_is_new(buffer_page(b)))
            page_init(buffer_page(b), 0);
        buffer_unlock(b);
    }
    return b;
}

static void extend_to(SmgrRel *rel, BlockNo count)
{
    uint8_t page[BLOCK_SIZE] __attribute__((aligned(8))) = {0};

    buffer_lock_map_extension(rel);
    if (!smgr_exists(rel, FORK_VM))
        smgr_create(rel, FORK_VM, smgr_is_in_redo());
    for (BlockNo block = smgr_block_count(rel, FORK_VM); block < count; block++) {
        page_init(page, 0);
        if (wal_identity()->has_checksums)
            checksum_set_page(page, block);
        smgr_extend(rel, FORK_VM, block, page, false);
    }
    smgr_block_count(rel, FORK_VM);
    buffer_unlock_map_extension(rel);
    /* That there is none yet is remembered by others: they have to look again. */
    smgr_tell_others(rel);
}

/* In the critical section, begun by wal_begin_insert(). */
static Lsn log_visible(Buffer heap, Buffer map, Xid horizon, uint8_t bits)
{
    VisibleRecord record = {.horizon = horizon, .bits = bits};
    unsigned heap_flags = WAL_REF_STANDARD;

    /* Of the heap page only a hint changed: no image where hints need none. */
    if (!hints_need_images())
        heap_flags |= WAL_REF_NO_IMAGE;
    wal_register_data(&record, VISIBLE_RECORD_SIZE);
    buffer_register_wal(0, map, 0);
    buffer_register_wal(1, heap, heap_flags);
    return wal_insert(RMGR_HEAP2, WAL_HEAP2_VISIBLE);
}

static bool hints_need_images(void)
{
    return wal_identity()->has_checksums || setting.wal_log_hints;
}

/* Forget the bits from first on, of its page; gives it back. */
static void cut_page(SmgrRel *rel, Buffer map, BlockNo first)
{
    buffer_lock(map, BUFFER_EXCLUSIVE);
    crit_begin();
    vm_redo_truncate(buffer_page(map), first);
    buffer_mark_dirty(map);
    /* A page that is torn by this change would read as damaged, and the change has no record. */
    if (smgr_is_logged(rel) && wal_is_started() && hints_need_images()) {
        BlockTag tag;

        buffer_tag(map, &tag);
        page_set_lsn(buffer_page(map), wal_insert_page_image(&tag, buffer_page(map), false));
    }
    crit_end();
    buffer_unlock_unpin(map);
}
