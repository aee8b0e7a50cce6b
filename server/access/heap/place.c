/*
 * place.c - find a page with room for a tuple, and put the tuple on it
 *
 * The page that had room last is tried first, then those that the free space map names, then the
 * last one; when none has room the table grows (extend.c). Free space is counted as PostgreSQL 15
 * does, so that tables fill alike.
 *
 * An update locks two pages, the old row's and the new one's. All lock the page with the lower
 * number first. What the visibility map needs is pinned before, since that may read; when a page
 * turns out to be all visible only then, the locks are given back once more.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/vm_page.h"
#include "server/access/heap/heap_int.h"
#include "server/ipc/interrupt.h"
#include "server/storage/fsm/fsm.h"
#include "server/storage/vm/vm.h"

/*
 * A page with that much room counts as empty: it may have line pointers left (an eighth of all that
 * there can be) without tuples. A tuple that is longer than this less the room that fillfactor
 * keeps would else find no page but new ones.
 */
#define NEARLY_EMPTY (HEAP_TUPLE_SIZE_MAX - HEAP_ITEM_MAX / 8 * PAGE_ITEM_ID_SIZE)

static size_t wanted_room(const HeapRel *rel, size_t len);
static BlockNo first_candidate(HeapRel *rel, size_t wanted, const HeapRoom *room);
static Buffer read_locked(HeapRel *rel, HeapRoom *room, BlockNo block);
static void unlock_both(const HeapRoom *room, Buffer b);
static Buffer lock_new(HeapRel *rel, HeapRoom *room, Buffer b);
static bool needs_map(Buffer b, Buffer map);
static OffsetNo free_line(uint8_t *page);

Buffer heap_find_room(HeapRel *rel, HeapRoom *room)
{
    size_t wanted = wanted_room(rel, room->len), found;
    BlockNo block = first_candidate(rel, wanted, room);
    Buffer b;

    for (;;) {
        while (block != BLOCK_NONE) {
            check_interrupts();
            b = read_locked(rel, room, block);
            found = heap_free_space(buffer_page(b));
            if (found >= wanted) {
                smgr_set_target(rel->smgr, block);
                return b;
            }
            unlock_both(room, b);
            if ((room->flags & HEAP_INSERT_SKIP_FSM) != 0)
                break;
            block = fsm_note_and_find(rel->smgr, block, found, wanted);
        }
        b = heap_extend(rel, room, wanted, &block);
        if (b == BUFFER_NONE)
            continue;
        b = lock_new(rel, room, b);
        if (heap_free_space(buffer_page(b)) >= size_align_up(room->len, PAGE_ALIGN)) {
            smgr_set_target(rel->smgr, buffer_block(b));
            return b;
        }
        /* Somebody was faster, while it was not locked. */
        unlock_both(room, b);
        block = BLOCK_NONE;
    }
}

bool heap_has_room(const HeapRel *rel, Buffer b, size_t len)
{
    return heap_free_space(buffer_page(b)) >= size_align_up(len, PAGE_ALIGN) + heap_kept_room(rel);
}

/* What fillfactor leaves to updates. */
size_t heap_kept_room(const HeapRel *rel)
{
    unsigned fillfactor = rel->fillfactor != 0 ? rel->fillfactor : 100;

    return (size_t)BLOCK_SIZE * (100 - fillfactor) / 100;
}

static size_t wanted_room(const HeapRel *rel, size_t len)
{
    size_t kept = heap_kept_room(rel);

    len = size_align_up(len, PAGE_ALIGN);
    if (len > HEAP_TUPLE_SIZE_MAX)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                  .message = err_fmt("row is too big: size %zu, maximum size %d", len,
                                     HEAP_TUPLE_SIZE_MAX));
    return len + kept > NEARLY_EMPTY ? size_max(len, NEARLY_EMPTY) : len + kept;
}

static BlockNo first_candidate(HeapRel *rel, size_t wanted, const HeapRoom *room)
{
    BlockNo block = room->bulk != NULL ? heap_bulk_block(room->bulk) : BLOCK_NONE;
    BlockNo count;

    if (block == BLOCK_NONE)
        block = smgr_target(rel->smgr);
    if (block == BLOCK_NONE && (room->flags & HEAP_INSERT_SKIP_FSM) == 0)
        block = fsm_find(rel->smgr, wanted);
    if (block != BLOCK_NONE)
        return block;
    count = smgr_block_count(rel->smgr, FORK_MAIN);
    return count > 0 ? count - 1 : BLOCK_NONE;
}

/* For one more tuple, with its line pointer. */
size_t heap_free_space(const uint8_t *page)
{
    size_t hole = page_hole_size(page);
    OffsetNo count = page_item_count(page), offnum = 1;

    if (hole < PAGE_ITEM_ID_SIZE)
        return 0;
    if (UNLIKELY(count >= HEAP_ITEM_MAX)) {
        if (!page_has_flag(page, PAGE_HAS_FREE_LINES))
            return 0;
        while (offnum <= count && page_item_id(page, offnum).state != ITEM_UNUSED)
            offnum++;
        if (offnum > count)
            return 0;
    }
    return hole - PAGE_ITEM_ID_SIZE;
}

size_t heap_page_room(Buffer b)
{
    return heap_free_space(buffer_page(b));
}

/* ---- Locks ---- */

void heap_lock_with_map(const HeapRel *rel, Buffer b, Buffer *map)
{
    BlockNo block = buffer_block(b);

    /* The map may have to be read: not with the lock held. */
    if (page_has_flag(buffer_page(b), PAGE_ALL_VISIBLE))
        vm_pin(rel->smgr, block, map);
    buffer_lock(b, BUFFER_EXCLUSIVE);
    while (UNLIKELY(needs_map(b, *map))) {
        buffer_unlock(b);
        vm_pin(rel->smgr, block, map);
        buffer_lock(b, BUFFER_EXCLUSIVE);
    }
}

static bool needs_map(Buffer b, Buffer map)
{
    return page_has_flag(buffer_page(b), PAGE_ALL_VISIBLE) &&
           !vm_is_pinned_for(buffer_block(b), map);
}

static void pin_map(const HeapRel *rel, Buffer b, Buffer *map)
{
    if (page_has_flag(buffer_page(b), PAGE_ALL_VISIBLE))
        vm_pin(rel->smgr, buffer_block(b), map);
}

static void lock_pair(const HeapRel *rel, HeapRoom *room, Buffer b)
{
    bool is_first = buffer_block(b) < buffer_block(room->other);

    pin_map(rel, b, &room->map);
    pin_map(rel, room->other, &room->other_map);
    for (;;) {
        buffer_lock(is_first ? b : room->other, BUFFER_EXCLUSIVE);
        buffer_lock(is_first ? room->other : b, BUFFER_EXCLUSIVE);
        if (LIKELY(!needs_map(b, room->map) && !needs_map(room->other, room->other_map)))
            return;
        buffer_unlock(b);
        buffer_unlock(room->other);
        pin_map(rel, b, &room->map);
        pin_map(rel, room->other, &room->other_map);
    }
}

/* The page of that block, and the other, pinned and locked. */
static Buffer read_locked(HeapRel *rel, HeapRoom *room, BlockNo block)
{
    Buffer b;

    if (room->other != BUFFER_NONE && buffer_block(room->other) == block) {
        heap_lock_with_map(rel, room->other, &room->other_map);
        return room->other;
    }
    b = heap_bulk_read(rel, room->bulk, block, BUFFER_NORMAL);
    /* What sets a new page up to be frozen sets its bits in the map, too. */
    if ((room->flags & HEAP_INSERT_FROZEN) != 0)
        vm_pin(rel->smgr, block, &room->map);
    if (room->other == BUFFER_NONE)
        heap_lock_with_map(rel, b, &room->map);
    else
        lock_pair(rel, room, b);
    heap_init_if_new(b);
    return b;
}

static void unlock_both(const HeapRoom *room, Buffer b)
{
    if (room->other != BUFFER_NONE)
        buffer_unlock(room->other);
    if (b != room->other)
        buffer_unlock_unpin(b);
}

/* A page that this process has just added, and has locked: it is the last one of all. */
static Buffer lock_new(HeapRel *rel, HeapRoom *room, Buffer b)
{
    if ((room->flags & HEAP_INSERT_FROZEN) != 0 && !vm_is_pinned_for(buffer_block(b), room->map)) {
        buffer_unlock(b);
        vm_pin(rel->smgr, buffer_block(b), &room->map);
        heap_lock_with_map(rel, b, &room->map);
    }
    if (room->other == BUFFER_NONE)
        return b;
    ASSERT(buffer_block(room->other) < buffer_block(b));
    if (buffer_try_lock_exclusive(room->other)) {
        if (LIKELY(!needs_map(room->other, room->other_map)))
            return b;
        buffer_unlock(room->other);
    }
    buffer_unlock(b);
    lock_pair(rel, room, b);
    return b;
}

/* ---- The visibility map ---- */

bool heap_clear_all_visible(Buffer b, Buffer map)
{
    if (!page_has_flag(buffer_page(b), PAGE_ALL_VISIBLE))
        return false;
    page_clear_flag(buffer_page(b), PAGE_ALL_VISIBLE);
    vm_clear(buffer_block(b), map, VM_BITS);
    return true;
}

bool heap_clear_all_frozen(Buffer b, Buffer map)
{
    return page_has_flag(buffer_page(b), PAGE_ALL_VISIBLE) &&
           vm_clear(buffer_block(b), map, VM_ALL_FROZEN);
}

/* ---- Putting ---- */

void heap_put(Buffer b, HeapTuple *tuple)
{
    uint8_t *page = buffer_page(b);
    OffsetNo offnum = free_line(page);

    tuple->self = tid_make(buffer_block(b), offnum);
    heap_header(tuple)->ctid = tuple->self;
    page_add_item(page, tuple->bytes, tuple->len, offnum, PAGE_ADD_AT);
}

void heap_put_as_is(Buffer b, HeapTuple *tuple)
{
    uint8_t *page = buffer_page(b);
    OffsetNo offnum = free_line(page);

    tuple->self = tid_make(buffer_block(b), offnum);
    page_add_item(page, tuple->bytes, tuple->len, offnum, PAGE_ADD_AT);
}

/* The first that is unused, or one more. */
static OffsetNo free_line(uint8_t *page)
{
    OffsetNo count = page_item_count(page);

    if (page_has_flag(page, PAGE_HAS_FREE_LINES)) {
        for (OffsetNo offnum = 1; offnum <= count; offnum++)
            if (page_item_id(page, offnum).state == ITEM_UNUSED)
                return offnum;
        page_clear_flag(page, PAGE_HAS_FREE_LINES);
    }
    return (OffsetNo)(count + 1);
}
