/*
 * fsm.c - the free space map of a relation: three levels of pages, each page a tree
 *
 * A note goes to the lowest level alone. Upper levels are brought in order by VACUUM, and by
 * searches that follow a promise in vain. So a search may have to begin anew, but only after it
 * mended what led it astray.
 */
#include "common/base/base.h"

#include "server/storage/fsm/fsm.h"

#include "common/err/err.h"
#include "common/format/checksum.h"
#include "common/format/fsm_page.h"
#include "common/format/page.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/storage/buffer/buffer.h"
#include "server/storage/fsm/fsm_int.h"
#include "server/wal/wal.h"

#define ROOT_LEVEL   (FSM_LEVELS - 1)
#define RESTARTS_MAX 10000 /* somebody else changes what we mend: give up, it is advice */

typedef struct FsmAddress {
    unsigned level;
    uint32_t page; /* of its level */
} FsmAddress;

static Buffer read_page(SmgrRel *rel, FsmAddress at, bool extends);
static void extend_to(SmgrRel *rel, BlockNo count);
static void init_if_new(Buffer b);
static int set_and_search(SmgrRel *rel, FsmAddress at, unsigned slot, uint8_t value,
                          uint8_t wanted);
static int search_page(Buffer b, uint8_t wanted, bool goes_behind, uint8_t *best);
static BlockNo search(SmgrRel *rel, uint8_t wanted);
static bool heap_has(SmgrRel *rel, BlockNo block);
static uint8_t wanted_category(size_t size);
static FsmAddress leaf_page_of(BlockNo block);
static uint8_t vacuum_page(SmgrRel *rel, FsmAddress at, BlockNo start, BlockNo end, bool *is_end);

BlockNo fsm_find(SmgrRel *rel, size_t size)
{
    return search(rel, wanted_category(size));
}

BlockNo fsm_note_and_find(SmgrRel *rel, BlockNo block, size_t free_size, size_t wanted)
{
    FsmAddress at = leaf_page_of(block);
    uint8_t category = wanted_category(wanted);
    int slot =
        set_and_search(rel, at, block % FSM_LEAVES, fsm_category_of_bytes(free_size), category);

    /* Nearby is best; else from the top. */
    if (slot >= 0) {
        BlockNo found = at.page * FSM_LEAVES + (BlockNo)slot;

        if (heap_has(rel, found))
            return found;
        fsm_note(rel, found, 0);
    }
    return search(rel, category);
}

void fsm_note(SmgrRel *rel, BlockNo block, size_t free_size)
{
    set_and_search(rel, leaf_page_of(block), block % FSM_LEAVES, fsm_category_of_bytes(free_size),
                   0);
}

size_t fsm_free_of(SmgrRel *rel, BlockNo block)
{
    Buffer b = read_page(rel, leaf_page_of(block), false);
    uint8_t category;

    if (b == BUFFER_NONE)
        return 0;
    category = fsm_tree_get(buffer_page(b), block % FSM_LEAVES);
    buffer_unpin(b);
    return fsm_category_to_bytes(category);
}

void fsm_note_in_recovery(const RelTag *tag, BlockNo block, size_t free_size)
{
    SmgrRel *rel = smgr_open(tag, SMGR_PERMANENT);

    fsm_note(rel, block, free_size);
}

BlockNo fsm_prepare_truncate(SmgrRel *rel, BlockNo block_count)
{
    FsmAddress at = leaf_page_of(block_count);
    BlockNo kept = fsm_block_of_page(0, at.page);
    Buffer b;

    if (!smgr_exists(rel, FORK_FSM))
        return BLOCK_NONE;
    if (block_count % FSM_LEAVES > 0) {
        b = read_page(rel, at, false);
        if (b == BUFFER_NONE)
            return BLOCK_NONE; /* the map is shorter already */
        buffer_lock(b, BUFFER_EXCLUSIVE);
        crit_begin();
        fsm_page_truncate(buffer_page(b), block_count);
        buffer_mark_dirty(b);
        /*
         * A page that is torn by this change would read as damaged, and the change has no record.
         */
        if (smgr_is_logged(rel) && wal_is_started() &&
            (wal_identity()->has_checksums || setting.wal_log_hints)) {
            BlockTag tag;

            buffer_tag(b, &tag);
            page_set_lsn(buffer_page(b), wal_insert_page_image(&tag, buffer_page(b), false));
        }
        crit_end();
        buffer_unlock_unpin(b);
        kept++;
    }
    return smgr_block_count(rel, FORK_FSM) <= kept ? BLOCK_NONE : kept;
}

void fsm_vacuum(SmgrRel *rel)
{
    fsm_vacuum_range(rel, 0, BLOCK_NONE);
}

void fsm_vacuum_range(SmgrRel *rel, BlockNo start, BlockNo end)
{
    bool is_end = false;

    if (start < end)
        vacuum_page(rel, (FsmAddress){.level = ROOT_LEVEL}, start, end, &is_end);
}

/* Pinned; BUFFER_NONE when the map has no such page and is not to be extended. */
static Buffer read_page(SmgrRel *rel, FsmAddress at, bool extends)
{
    BlockNo block = fsm_block_of_page(at.level, at.page);
    Buffer b;

    if (block >= smgr_seen_block_count(rel, FORK_FSM)) {
        BlockNo count = smgr_exists(rel, FORK_FSM) ? smgr_block_count(rel, FORK_FSM) : 0;

        if (block >= count && !extends)
            return BUFFER_NONE;
        if (block >= count)
            extend_to(rel, block + 1);
    }
    /* What is damaged is made anew: it was advice. */
    b = buffer_read(rel, FORK_FSM, block, BUFFER_ZERO_ON_ERROR, NULL, smgr_is_logged(rel));
    init_if_new(b);
    return b;
}

static void extend_to(SmgrRel *rel, BlockNo count)
{
    uint8_t page[BLOCK_SIZE] __attribute__((aligned(8))) = {0};

    buffer_lock_map_extension(rel);
    if (!smgr_exists(rel, FORK_FSM))
        smgr_create(rel, FORK_FSM, smgr_is_in_redo());
    for (BlockNo block = smgr_block_count(rel, FORK_FSM); block < count; block++) {
        page_init(page, 0);
        if (wal_identity()->has_checksums)
            checksum_set_page(page, block);
        smgr_extend(rel, FORK_FSM, block, page, false);
    }
    smgr_block_count(rel, FORK_FSM);
    buffer_unlock_map_extension(rel);
    smgr_tell_others(rel);
}

static void init_if_new(Buffer b)
{
    if (LIKELY(!page_is_new(buffer_page(b))))
        return;
    buffer_lock(b, BUFFER_EXCLUSIVE);
    if (page_is_new(buffer_page(b)))
        page_init(buffer_page(b), 0);
    buffer_unlock(b);
}

/* Set a leaf, then look on the same page for one of wanted (0: do not). */
static int set_and_search(SmgrRel *rel, FsmAddress at, unsigned slot, uint8_t value, uint8_t wanted)
{
    Buffer b = read_page(rel, at, true);
    int found = FSM_SLOT_NONE;

    buffer_lock(b, BUFFER_EXCLUSIVE);
    if (fsm_tree_set(buffer_page(b), slot, value))
        buffer_mark_dirty_hint(b, false);
    if (wanted > 0) {
        found = fsm_tree_search(buffer_page(b), wanted, at.level == 0);
        if (found == FSM_SLOT_BAD) {
            fsm_tree_mend(buffer_page(b));
            buffer_mark_dirty_hint(b, false);
            found = fsm_tree_search(buffer_page(b), wanted, at.level == 0);
        }
    }
    buffer_unlock_unpin(b);
    return found;
}

/* The slot, or FSM_SLOT_NONE and what is the best there. Gives the page back. */
static int search_page(Buffer b, uint8_t wanted, bool goes_behind, uint8_t *best)
{
    int slot;

    buffer_lock(b, BUFFER_SHARED);
    slot = fsm_tree_search(buffer_page(b), wanted, goes_behind);
    if (slot == FSM_SLOT_BAD) {
        buffer_unlock(b);
        buffer_lock(b, BUFFER_EXCLUSIVE);
        fsm_tree_mend(buffer_page(b));
        buffer_mark_dirty_hint(b, false);
        slot = fsm_tree_search(buffer_page(b), wanted, goes_behind);
    }
    *best = fsm_tree_best(buffer_page(b));
    buffer_unlock_unpin(b);
    return slot;
}

static BlockNo search(SmgrRel *rel, uint8_t wanted)
{
    FsmAddress at = {.level = ROOT_LEVEL};

    for (unsigned restarts = 0; restarts < RESTARTS_MAX;) {
        Buffer b = read_page(rel, at, false);
        uint8_t best = 0;
        int slot = b == BUFFER_NONE ? FSM_SLOT_NONE : search_page(b, wanted, at.level == 0, &best);

        if (slot >= 0 && at.level > 0) {
            at = (FsmAddress){.level = at.level - 1, .page = at.page * FSM_LEAVES + (uint32_t)slot};
            continue;
        }
        if (slot >= 0) {
            BlockNo block = at.page * FSM_LEAVES + (BlockNo)slot;

            if (heap_has(rel, block))
                return block;
            /* A crash took the heap's end back, or somebody cut it: the map does not know yet. */
            fsm_note(rel, block, 0);
        } else if (at.level == ROOT_LEVEL) {
            return BLOCK_NONE;
        } else {
            FsmAddress above = {.level = at.level + 1, .page = at.page / FSM_LEAVES};

            /* What is above promised more than there is. */
            set_and_search(rel, above, at.page % FSM_LEAVES, best, 0);
        }
        at = (FsmAddress){.level = ROOT_LEVEL};
        restarts++;
        check_interrupts();
    }
    return BLOCK_NONE;
}

static bool heap_has(SmgrRel *rel, BlockNo block)
{
    return block < smgr_seen_block_count(rel, FORK_MAIN) ||
           block < smgr_block_count(rel, FORK_MAIN);
}

/* The category that is enough for size bytes, whatever the rounding of the one that is noted. */
static uint8_t wanted_category(size_t size)
{
    const size_t most = fsm_category_to_bytes(UINT8_MAX);
    size_t steps = (size + FSM_STEP - 1) / FSM_STEP;

    if (size > most)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("invalid FSM request size %zu", size));
    if (steps == 0)
        return 1;
    return steps > UINT8_MAX ? UINT8_MAX : (uint8_t)steps;
}

static FsmAddress leaf_page_of(BlockNo block)
{
    return (FsmAddress){.level = 0, .page = block / FSM_LEAVES};
}

/* Heap blocks that a slot of a level stands for. */
static uint64_t span_of(unsigned level)
{
    uint64_t span = 1;

    for (unsigned i = 0; i < level; i++)
        span *= FSM_LEAVES;
    return span;
}

/*
 * Bring the page and those below in order, as far as they stand for heap blocks from start to
 * before end. The best of the page; *is_end: the map ended, so there is nothing behind either.
 */
static uint8_t vacuum_page(SmgrRel *rel, FsmAddress at, BlockNo start, BlockNo end, bool *is_end)
{
    Buffer b = read_page(rel, at, false);
    uint64_t span = span_of(at.level);
    uint64_t first = (uint64_t)at.page * FSM_LEAVES;
    uint8_t best;

    if (b == BUFFER_NONE) {
        *is_end = true;
        return 0;
    }
    for (unsigned slot = 0; slot < FSM_LEAVES && at.level > 0; slot++) {
        uint64_t slot_start = (first + slot) * span;
        uint8_t below = 0;

        check_interrupts();
        if (slot_start + span <= start || slot_start >= end)
            continue;
        if (!*is_end)
            below = vacuum_page(
                rel, (FsmAddress){.level = at.level - 1, .page = (uint32_t)(first + slot)}, start,
                end, is_end);
        if (fsm_tree_get(buffer_page(b), slot) == below)
            continue;
        buffer_lock(b, BUFFER_EXCLUSIVE);
        if (fsm_tree_set(buffer_page(b), slot, below))
            buffer_mark_dirty_hint(b, false);
        buffer_unlock(b);
    }
    best = fsm_tree_best(buffer_page(b));
    /* Searches are to fill the relation from its beginning, so that its end can be cut. */
    fsm_tree_reset_hint(buffer_page(b));
    buffer_unpin(b);
    return best;
}
