/*
 * insert.c - insert the entry of a row, unless it is a duplicate that may not be
 *
 * The leaf for the key is found and locked exclusively; as long as that lock is held nobody else
 * can insert the same key, since each begins there. So a unique index is checked under it, on this
 * page and those to its right that begin with the same key. If it depends on a transaction that
 * still runs, the lock is given up, the end awaited, and all begins anew.
 *
 * Keys that grow go to the rightmost leaf, again and again: it is remembered, and tried first.
 *
 * A new row whose TID lies inside the range of a posting tuple with its key goes into that tuple,
 * in place of the last one, which becomes the entry that is inserted: so rows stay in order, and
 * the posting tuple keeps its size.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/walrec/rmgr.h"
#include "server/access/btree/btree_int.h"
#include "server/ipc/interrupt.h"
#include "server/wal/wal.h"

/* What keeps an insert from going on. */
typedef struct Obstacle {
    bool is_duplicate; /* or may be one */
    Xid waits_for;     /* 0: nobody */
    uint32_t token;
    OffsetNo place; /* on the leaf, of a key that is not there; 0: not known */
} Obstacle;

static bool begin_probe(const BtreeIndex *index, const IndexTuple *tuple, BtreeProbe *probe);
static bool try_target(BtreeIndex *index, const BtreeProbe *probe, BtreePlace *place);
static Obstacle look_for_duplicate(BtreeIndex *index, const BtreeProbe *probe, Buffer b,
                                   BtreeUnique unique, const BtreeTable *table,
                                   const IndexTuple *tuple);
static void find_place(BtreeIndex *index, const BtreeProbe *probe, BtreePlace *place,
                       BtreeStack *stack, BtreeUnique unique, const BtreeTable *table);
static void insert_fitting(BtreeIndex *index, BtreePlace *place, const IndexTuple *original,
                           const IndexTuple *posting, Buffer child, bool child_was_alone);

static void free_stack(BtreeStack *stack)
{
    while (stack != NULL) {
        BtreeStack *parent = stack->parent;

        mem_free(stack);
        stack = parent;
    }
}

_Noreturn static void raise_too_long(const BtreeIndex *index, const BtreeTable *table,
                                     const IndexTuple *tuple)
{
    BtreeConflict names = {.detail = NULL};

    if (table != NULL && table->describe_table != NULL)
        table->describe_table(table->arg, &names);
    btree_raise_too_long(&index->keys, tuple, &names);
}

bool btree_insert(BtreeIndex *index, const Datum *values, const bool *nulls, Tid tid,
                  BtreeUnique unique, const BtreeTable *table)
{
    BtreePlace place = {.tuple = index_form(index->keys.desc, values, nulls)};
    Obstacle obstacle = {.is_duplicate = false};
    BtreeProbe probe;
    BtreeStack *stack;
    bool has_null;

    place.tuple->tid = tid;
    if (index_tuple_size(place.tuple) > BTREE_ITEM_MAX)
        raise_too_long(index, table, place.tuple);
    has_null = begin_probe(index, place.tuple, &probe);
    if (has_null && !index->keys.nulls_are_equal)
        unique = BTREE_UNIQUE_NO;
    for (;;) {
        check_interrupts();
        probe.tid = unique == BTREE_UNIQUE_NO ? &place.tuple->tid : NULL;
        stack = NULL;
        if (!try_target(index, &probe, &place))
            place.buffer = btree_search(index, &probe, true, &stack);
        if (unique == BTREE_UNIQUE_NO || place.offnum != 0)
            break;
        obstacle = look_for_duplicate(index, &probe, place.buffer, unique, table, place.tuple);
        if (obstacle.waits_for == XID_NONE)
            break;
        buffer_unlock_unpin(place.buffer);
        free_stack(stack);
        table->wait(table->arg, obstacle.waits_for, obstacle.token);
    }
    probe.tid = &place.tuple->tid;
    if (place.offnum == 0) {
        place.offnum = obstacle.place;
        find_place(index, &probe, &place, stack, unique, table);
    }
    btree_insert_on_page(index, &place, BUFFER_NONE, stack, false);
    free_stack(stack);
    mem_free(place.tuple);
    return !obstacle.is_duplicate;
}

/*
 * Where the newest insert went, if it is still the rightmost leaf, the key belongs there, and there
 * is room: the way down is not known, so the page must not be split. place->offnum is set when the
 * key is more than all others, and so no duplicate.
 */
static bool try_target(BtreeIndex *index, const BtreeProbe *probe, BtreePlace *place)
{
    const BtreeSpecial *special;
    uint8_t *page;
    OffsetNo last;

    if (index->target == BTREE_NO_BLOCK)
        return false;
    place->buffer = btree_buffer(index, index->target, BUFFER_EXCLUSIVE);
    page = buffer_page(place->buffer);
    special = btree_special(page);
    last = (OffsetNo)page_item_count(page);
    if (btree_page_is_leaf(special) && btree_page_is_rightmost(special) &&
        !btree_page_is_gone(special) && (special->flags & BTREE_INCOMPLETE_SPLIT) == 0 &&
        btree_free_space(page) >= index_tuple_size(place->tuple) && last >= BTREE_HIGH_KEY) {
        if (btree_compare(index, probe, page, last) > 0) {
            place->offnum = (OffsetNo)(last + 1);
            return true;
        }
        if (btree_compare(index, probe, page, btree_first_data(special)) > 0)
            return true;
    }
    buffer_unlock_unpin(place->buffer);
    index->target = BTREE_NO_BLOCK;
    return false;
}

/* True when a key column is NULL. */
static bool begin_probe(const BtreeIndex *index, const IndexTuple *tuple, BtreeProbe *probe)
{
    bool has_null = false;

    probe->column_count = index->keys.key_count;
    probe->after_equal = false;
    probe->is_pivot = false;
    probe->tid = NULL;
    probe->orders = index->keys.orders;
    for (unsigned i = 0; i < probe->column_count; i++) {
        probe->values[i] = index_get(tuple, i + 1, index->keys.desc, &probe->nulls[i]);
        has_null |= probe->nulls[i];
    }
    return has_null;
}

/* ---- Duplicates ---- */

_Noreturn static void raise_duplicate(const BtreeIndex *index, const BtreeTable *table,
                                      const IndexTuple *tuple)
{
    BtreeConflict conflict = {.detail = NULL};

    if (table->describe_key != NULL)
        table->describe_key(table->arg, tuple, &conflict);
    err_raise(SQLSTATE_UNIQUE_VIOLATION,
              .message = err_fmt("duplicate key value violates unique constraint \"%s\"",
                                 index->keys.index_name),
              .detail = conflict.detail, .schema = conflict.schema, .table = conflict.table,
              .constraint = index->keys.index_name);
}

static void mark_dead(Buffer b, OffsetNo offnum)
{
    page_mark_item_dead(buffer_page(b), offnum);
    btree_special(buffer_page(b))->flags |= BTREE_HAS_GARBAGE;
    buffer_mark_dirty_hint(b, true);
}

/* An entry with the key that is looked for: is one of its rows in the way? */
static Obstacle look_at_rows(const BtreeTable *table, Buffer b, OffsetNo offnum,
                             const IndexTuple *entry)
{
    unsigned count = btree_tuple_is_posting(entry) ? btree_posting_count(entry) : 1;
    const Tid *tids = btree_tuple_tid(entry);
    unsigned dead_count = 0;

    for (unsigned i = 0; i < count; i++) {
        Obstacle obstacle = {.is_duplicate = true};

        switch (table->look(table->arg, &tids[i], &obstacle.waits_for, &obstacle.token)) {
        case BTREE_ROW_ALIVE:
            obstacle.waits_for = XID_NONE;
            return obstacle;
        case BTREE_ROW_UNCERTAIN:
            return obstacle;
        case BTREE_ROW_DEAD:
            dead_count++;
            break;
        case BTREE_ROW_GONE:
            break;
        }
    }
    if (dead_count == count)
        mark_dead(b, offnum);
    return (Obstacle){.is_duplicate = false};
}

/* The next page with the probe's key; 0: there is none. The first one keeps its lock. */
static Buffer next_with_key(BtreeIndex *index, const BtreeProbe *probe, Buffer first, Buffer b)
{
    for (;;) {
        uint8_t *page = buffer_page(b);
        BlockNo next = btree_special(page)->next;

        if (next == BTREE_NO_BLOCK || btree_compare(index, probe, page, BTREE_HIGH_KEY) != 0) {
            if (b != first)
                buffer_unlock_unpin(b);
            return BUFFER_NONE;
        }
        b = b == first ? btree_buffer(index, next, BUFFER_SHARED)
                       : btree_buffer_move(index, b, next, BUFFER_SHARED);
        while (btree_page_is_gone(btree_special(buffer_page(b))))
            b = btree_buffer_move(index, b, btree_special(buffer_page(b))->next, BUFFER_SHARED);
        if (page_item_count(buffer_page(b)) >= btree_first_data(btree_special(buffer_page(b))))
            return b;
    }
}

/*
 * A row that is entered late, while an index is made beside others, may have been deleted since it
 * was found, and a newer version of it is no duplicate then.
 */
static bool is_there(const BtreeTable *table, const Tid *tid)
{
    Xid waits_for = XID_NONE;
    uint32_t token = 0;
    BtreeRowState state = table->look(table->arg, tid, &waits_for, &token);

    return state == BTREE_ROW_ALIVE || state == BTREE_ROW_UNCERTAIN;
}

static Obstacle look_for_duplicate(BtreeIndex *index, const BtreeProbe *probe, Buffer first,
                                   BtreeUnique unique, const BtreeTable *table,
                                   const IndexTuple *tuple)
{
    Obstacle obstacle = {.is_duplicate = false};
    OffsetNo offnum = btree_find_on_page(index, probe, buffer_page(first)), place = offnum;
    Buffer b = first;

    while (b != BUFFER_NONE) {
        uint8_t *page = buffer_page(b);

        for (; offnum <= page_item_count(page); offnum++) {
            if (page_item_id(page, offnum).state == ITEM_DEAD) {
                place = 0;
                continue;
            }
            if (btree_compare(index, probe, page, offnum) != 0)
                break;
            place = 0;
            obstacle = look_at_rows(table, b, offnum, btree_item(index, page, offnum));
            if (obstacle.is_duplicate)
                break;
        }
        if (obstacle.is_duplicate || offnum <= page_item_count(page)) {
            if (b != first)
                buffer_unlock_unpin(b);
            break;
        }
        b = next_with_key(index, probe, first, b);
        if (b != BUFFER_NONE)
            offnum = btree_first_data(btree_special(buffer_page(b)));
    }
    if (obstacle.is_duplicate && unique == BTREE_UNIQUE_DEFERRED)
        obstacle.waits_for = XID_NONE;
    else if (obstacle.is_duplicate && obstacle.waits_for == XID_NONE) {
        if (is_there(table, &tuple->tid)) {
            buffer_unlock_unpin(first);
            raise_duplicate(index, table, tuple);
        }
        obstacle.is_duplicate = false;
    }
    obstacle.place = place;
    return obstacle;
}

/* ---- The place ---- */

/* Which row of a posting tuple the new one comes before. */
static unsigned index_in_posting(const IndexTuple *posting, const Tid *tid)
{
    const Tid *tids = btree_posting_tids(posting);
    unsigned low = 0, high = btree_posting_count(posting);

    while (low < high) {
        unsigned middle = (low + high) / 2;

        if (btree_compare_tids(tid, &tids[middle]) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Try what may save a split: take away what is dead, merge what is equal. */
static void make_room(BtreeIndex *index, const BtreePlace *place, size_t size, BtreeUnique unique,
                      const BtreeTable *table)
{
    const uint8_t *page = buffer_page(place->buffer);

    if (btree_free_space(page) < size)
        btree_delete_marked(index, place->buffer, table);
    if (btree_free_space(page) < size && index->keys.may_deduplicate && index->keys.all_equal_image)
        btree_dedup_page(index, place->buffer, place->tuple, size, unique != BTREE_UNIQUE_NO);
}

static bool is_equal_at(const BtreeIndex *index, const BtreeProbe *probe, uint8_t *page,
                        OffsetNo offnum)
{
    return offnum <= page_item_count(page) && btree_compare(index, probe, page, offnum) == 0;
}

/*
 * An entry that is marked dead must not become one that is partly alive. To take the mark back
 * would not do: it is on disk, or on a standby, where redo of the insert leaves it, and hides the
 * row.
 */
static bool is_in_dead_entry(const BtreeIndex *index, const BtreeProbe *probe, uint8_t *page,
                             OffsetNo offnum)
{
    return is_equal_at(index, probe, page, offnum) && page_item_id(page, offnum).state == ITEM_DEAD;
}

/*
 * With the row's TID the page may be one further to the right than without; if it is not, and there
 * is room, place->offnum may be known already.
 */
static void find_place(BtreeIndex *index, const BtreeProbe *probe, BtreePlace *place,
                       BtreeStack *stack, BtreeUnique unique, const BtreeTable *table)
{
    Buffer before = place->buffer;
    uint8_t *page;

    place->buffer = btree_move_right(index, probe, place->buffer, true, stack, BUFFER_EXCLUSIVE);
    page = buffer_page(place->buffer);
    place->posting_index = 0;
    if (place->offnum != 0 && place->buffer == before &&
        btree_free_space(page) >= index_tuple_size(place->tuple))
        return;
    make_room(index, place, index_tuple_size(place->tuple), unique, table);
    place->offnum = btree_find_on_page(index, probe, page);
    if (is_in_dead_entry(index, probe, page, place->offnum)) {
        btree_delete_marked(index, place->buffer, table);
        place->offnum = btree_find_on_page(index, probe, page);
    }
    if (is_equal_at(index, probe, page, place->offnum)) {
        const IndexTuple *entry = btree_item(index, page, place->offnum);

        if (!btree_tuple_is_posting(entry) ||
            btree_compare_tids(probe->tid, btree_tuple_tid(entry)) == 0)
            err_raise(SQLSTATE_INDEX_CORRUPTED,
                      .message = err_fmt("table tid from new index tuple (%u,%u) overlaps with "
                                         "existing tuple in index \"%s\"",
                                         tid_block(*probe->tid), probe->tid->offset,
                                         index->keys.index_name));
        place->posting_index = index_in_posting(entry, probe->tid);
        place->offnum++;
    }
}

/* ---- On the page ---- */

IndexTuple *btree_posting_swap(const IndexTuple *posting, unsigned at, IndexTuple *tuple)
{
    IndexTuple *changed = index_copy(posting);
    unsigned count = btree_posting_count(posting);
    Tid *tids = btree_posting_tids(changed), last = tids[count - 1];

    ASSERT(at > 0 && at < count);
    memmove(tids + at + 1, tids + at, (count - 1 - at) * sizeof(Tid));
    tids[at] = tuple->tid;
    tuple->tid = last;
    return changed;
}

void btree_insert_on_page(BtreeIndex *index, BtreePlace *place, Buffer child, BtreeStack *stack,
                          bool child_was_alone)
{
    uint8_t *page = buffer_page(place->buffer);
    IndexTuple *original = place->tuple, *posting = NULL;

    if (place->posting_index > 0) {
        OffsetNo before = (OffsetNo)(place->offnum - 1);

        if (page_item_id(page, before).state == ITEM_DEAD)
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = err_fmt("entry %u of a page of index \"%s\" is dead", before,
                                         index->keys.index_name));
        place->tuple = index_copy(original);
        posting =
            btree_posting_swap(btree_item(index, page, before), place->posting_index, place->tuple);
    }
    if (btree_free_space(page) < index_tuple_size(place->tuple))
        btree_split(index, place, original, posting, child, stack);
    else
        insert_fitting(index, place, original, posting, child, child_was_alone);
    if (posting != NULL) {
        mem_free(posting);
        mem_free(place->tuple);
        place->tuple = original;
    }
}

static void log_insert(const BtreePlace *place, const IndexTuple *original, Buffer child,
                       Buffer meta)
{
    const uint16_t posting_index = (uint16_t)place->posting_index;
    uint8_t opcode = WAL_BTREE_INSERT_LEAF;
    Lsn lsn;

    wal_begin_insert();
    wal_register_data(&place->offnum, sizeof(place->offnum));
    buffer_register_wal(0, place->buffer, WAL_REF_STANDARD);
    if (posting_index > 0) {
        opcode = WAL_BTREE_INSERT_POST;
        wal_register_page_data(0, &posting_index, sizeof(posting_index));
    }
    wal_register_page_data(0, original, index_tuple_size(original));
    if (child != BUFFER_NONE) {
        opcode = WAL_BTREE_INSERT_UPPER;
        buffer_register_wal(1, child, WAL_REF_STANDARD);
    }
    if (meta != BUFFER_NONE) {
        opcode = WAL_BTREE_INSERT_META;
        btree_meta_register(meta);
    }
    lsn = wal_insert(RMGR_BTREE, opcode);
    page_set_lsn(buffer_page(place->buffer), lsn);
    if (child != BUFFER_NONE)
        page_set_lsn(buffer_page(child), lsn);
    if (meta != BUFFER_NONE)
        page_set_lsn(buffer_page(meta), lsn);
}

/*
 * The metapage, when this page is no longer the only parent of a page that was alone on its level,
 * and so has become the fast root; 0: it need not change.
 */
static Buffer lock_meta_for_fast_root(const BtreeIndex *index, const uint8_t *page)
{
    Buffer meta = btree_meta_lock(index);

    if (btree_meta(buffer_page(meta))->fast_level <
        btree_special((uint8_t *)(uintptr_t)page)->level)
        return meta;
    buffer_unlock_unpin(meta);
    return BUFFER_NONE;
}

static void insert_fitting(BtreeIndex *index, BtreePlace *place, const IndexTuple *original,
                           const IndexTuple *posting, Buffer child, bool child_was_alone)
{
    uint8_t *page = buffer_page(place->buffer);
    BtreeSpecial *special = btree_special(page);
    Buffer meta = child_was_alone ? lock_meta_for_fast_root(index, page) : BUFFER_NONE;

    crit_begin();
    if (posting != NULL)
        memcpy(btree_item(index, page, (OffsetNo)(place->offnum - 1)), posting,
               index_tuple_size(posting));
    page_add_item(page, place->tuple, index_tuple_size(place->tuple), place->offnum,
                  PAGE_ADD_INSERT);
    buffer_mark_dirty(place->buffer);
    if (meta != BUFFER_NONE) {
        btree_meta(buffer_page(meta))->fast_root = buffer_block(place->buffer);
        btree_meta(buffer_page(meta))->fast_level = special->level;
        buffer_mark_dirty(meta);
    }
    if (child != BUFFER_NONE) {
        BtreeSpecial *left = btree_special(buffer_page(child));

        left->flags = (uint16_t)(left->flags & ~(unsigned)BTREE_INCOMPLETE_SPLIT);
        buffer_mark_dirty(child);
    }
    if (index->is_permanent)
        log_insert(place, original, child, meta);
    crit_end();

    if (btree_page_is_leaf(special))
        index->target = btree_page_is_rightmost(special) && (special->flags & BTREE_ROOT) == 0
                            ? buffer_block(place->buffer)
                            : BTREE_NO_BLOCK;
    if (meta != BUFFER_NONE)
        buffer_unlock_unpin(meta);
    if (child != BUFFER_NONE)
        buffer_unlock_unpin(child);
    buffer_unlock_unpin(place->buffer);
}
