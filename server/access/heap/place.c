/*
 * place.c - find a page with room for a tuple, or make one, and put the tuple on it
 *
 * The page that had room last is tried first, then those that the free space map names, then the
 * last one; when none has room the table grows. Free space is counted as PostgreSQL 15 does, so
 * that tables fill alike.
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

static size_t kept_room(const HeapRel *rel);
static size_t wanted_room(const HeapRel *rel, size_t len);
static BlockNo first_candidate(HeapRel *rel, size_t wanted, unsigned flags);
static void init_if_new(Buffer b);
static size_t free_space(const uint8_t *page);
static OffsetNo free_line(uint8_t *page);
static Buffer extend(HeapRel *rel);

Buffer heap_find_room(HeapRel *rel, size_t len, unsigned flags, Buffer *map)
{
    size_t wanted = wanted_room(rel, len);
    BlockNo block = first_candidate(rel, wanted, flags);

    while (block != BLOCK_NONE) {
        Buffer b;
        size_t room;

        check_interrupts();
        b = buffer_read(rel->smgr, FORK_MAIN, block, BUFFER_NORMAL, NULL, rel->is_permanent);
        heap_lock_with_map(rel, b, map);
        init_if_new(b);
        room = free_space(buffer_page(b));
        if (room >= wanted) {
            rel->target = block;
            return b;
        }
        buffer_unlock_unpin(b);
        if ((flags & HEAP_INSERT_SKIP_FSM) != 0)
            break;
        block = fsm_note_and_find(rel->smgr, block, room, wanted);
    }
    return extend(rel);
}

bool heap_has_room(const HeapRel *rel, Buffer b, size_t len)
{
    return free_space(buffer_page(b)) >= size_align_up(len, PAGE_ALIGN) + kept_room(rel);
}

/* What fillfactor leaves to updates. */
static size_t kept_room(const HeapRel *rel)
{
    unsigned fillfactor = rel->fillfactor != 0 ? rel->fillfactor : 100;

    return (size_t)BLOCK_SIZE * (100 - fillfactor) / 100;
}

static size_t wanted_room(const HeapRel *rel, size_t len)
{
    size_t kept = kept_room(rel);

    len = size_align_up(len, PAGE_ALIGN);
    if (len > HEAP_TUPLE_SIZE_MAX)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                  .message = err_fmt("row is too big: size %zu, maximum size %d", len,
                                     HEAP_TUPLE_SIZE_MAX));
    return len + kept > NEARLY_EMPTY ? size_max(len, NEARLY_EMPTY) : len + kept;
}

static BlockNo first_candidate(HeapRel *rel, size_t wanted, unsigned flags)
{
    BlockNo block = rel->target, count;

    if (block == BLOCK_NONE && (flags & HEAP_INSERT_SKIP_FSM) == 0)
        block = fsm_find(rel->smgr, wanted);
    if (block != BLOCK_NONE)
        return block;
    count = smgr_block_count(rel->smgr, FORK_MAIN);
    return count > 0 ? count - 1 : BLOCK_NONE;
}

/* Who extended the table stopped before the page was made: a crash, or an error. */
static void init_if_new(Buffer b)
{
    if (LIKELY(!page_is_new(buffer_page(b))))
        return;
    crit_begin();
    page_init(buffer_page(b), 0);
    buffer_mark_dirty(b);
    crit_end();
}

/* For one more tuple, with its line pointer. */
static size_t free_space(const uint8_t *page)
{
    size_t hole = page_hole_size(page);
    OffsetNo count = page_item_count(page), offnum = 1;

    if (hole < PAGE_ITEM_ID_SIZE)
        return 0;
    if (count >= HEAP_ITEM_MAX) {
        if (!page_has_flag(page, PAGE_HAS_FREE_LINES))
            return 0;
        while (offnum <= count && page_item_id(page, offnum).state != ITEM_UNUSED)
            offnum++;
        if (offnum > count)
            return 0;
    }
    return hole - PAGE_ITEM_ID_SIZE;
}

static Buffer extend(HeapRel *rel)
{
    Buffer b;

    buffer_lock_extension(rel->smgr);
    b = buffer_read(rel->smgr, FORK_MAIN, BLOCK_NONE, BUFFER_ZERO_AND_LOCK, NULL,
                    rel->is_permanent);
    init_if_new(b);
    buffer_unlock_extension(rel->smgr);
    rel->target = buffer_block(b);
    return b;
}

void heap_lock_with_map(const HeapRel *rel, Buffer b, Buffer *map)
{
    const uint8_t *page = buffer_page(b);
    BlockNo block = buffer_block(b);

    /* The map may have to be read: not with the lock held. */
    if (page_has_flag(page, PAGE_ALL_VISIBLE))
        vm_pin(rel->smgr, block, map);
    buffer_lock(b, BUFFER_EXCLUSIVE);
    while (UNLIKELY(page_has_flag(page, PAGE_ALL_VISIBLE) && !vm_is_pinned_for(block, *map))) {
        buffer_unlock(b);
        vm_pin(rel->smgr, block, map);
        buffer_lock(b, BUFFER_EXCLUSIVE);
    }
}

bool heap_clear_all_visible(Buffer b, Buffer map)
{
    if (!page_has_flag(buffer_page(b), PAGE_ALL_VISIBLE))
        return false;
    page_clear_flag(buffer_page(b), PAGE_ALL_VISIBLE);
    vm_clear(buffer_block(b), map, VM_BITS);
    return true;
}

void heap_put(Buffer b, HeapTuple *tuple)
{
    uint8_t *page = buffer_page(b);
    OffsetNo offnum = free_line(page);

    tuple->self = tid_make(buffer_block(b), offnum);
    heap_header(tuple)->ctid = tuple->self;
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
