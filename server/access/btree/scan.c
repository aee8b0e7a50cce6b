/*
 * scan.c - rows of an index in order, those that match keys
 *
 * Keys that say where matching entries begin and end (equality on leading columns, then bounds of
 * one more) become two edges. A scan starts at one of them and is over at the other; forward or
 * backward is the same thing with the edges exchanged. All other keys are tested entry by entry.
 *
 * A page is read as a whole: under its lock, all that matches is copied. So a row costs no lock,
 * and what happens to the page meanwhile is no matter: an entry that is inserted later was not
 * visible, one that moves right in a split was read already. On the way left a page that was split
 * meanwhile has its newer half between it and us, so left neighbours are looked for by their right
 * links.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/btree/btree_int.h"
#include "server/ipc/interrupt.h"

#define PAGE_TIDS_MAX \
 ((BLOCK_SIZE - PAGE_HEADER_SIZE - (int)sizeof(BtreeSpecial)) / (int)sizeof(Tid))
#define NO_TUPLE  UINT16_MAX
#define LEFT_HOPS 4 /* pages that are tried to the right of a left link */

/* Where matching entries begin or end. */
typedef struct Edge {
    BtreeProbe probe; /* no columns: there is no edge */
    bool is_strict;   /* entries that are equal to it do not match */
} Edge;

typedef struct ScanItem {
    Tid tid;
    OffsetNo offnum;
    uint16_t tuple_at; /* in tuples; NO_TUPLE: not kept */
} ScanItem;

/* A page that the scan has left with a mark on it. */
typedef struct MarkedPage {
    bool is_there;
    BlockNo block, next, prev;
    Lsn lsn;
    bool has_more_right, has_more_left;
    Buffer pinned;
    ScanItem *items;
    int item_count, at;
    uint8_t *tuples;
    uint16_t tuples_used;
} MarkedPage;

struct BtreeScan {
    MemContext *mem;
    BtreeIndex *index;
    ScanKey *keys;
    unsigned key_count;
    bool wants_tuples;
    bool keeps_pins; /* the page of the row that came last stays pinned */

    /* Made of the keys. */
    bool is_ready;
    bool is_empty; /* nothing can match */
    Edge low, high;
    SortSupport orders[INDEX_COLUMNS_MAX];
    bool *is_implied; /* keys that hold between the edges */

    bool is_standby; /* what is marked dead is not */

    /* The page that was read last. */
    bool is_started;
    BlockNo block, next, prev;
    Lsn lsn;
    bool has_more_right, has_more_left;
    Buffer pinned; /* if it is to be kept */
    ScanItem *items;
    int item_count, at;
    uint8_t *tuples;
    uint16_t tuples_used;
    bool *is_dead; /* items whose rows are */
    bool has_dead;

    int marked_at; /* the marked item, if it is on this page; else -1 */
    MarkedPage marked;
};

static void find_edges(BtreeScan *s);
static bool start(BtreeScan *s, ScanDirection direction);
static bool read_page(BtreeScan *s, Buffer b, OffsetNo offnum, ScanDirection direction);
static bool step_page(BtreeScan *s, ScanDirection direction);
static Buffer walk_left(BtreeScan *s);
static void leave_page(BtreeScan *s);
static void keep_marked_page(BtreeScan *s);
static void forget_mark(BtreeScan *s);
static void mark_dead_items(BtreeScan *s);

BtreeScan *btree_scan_begin(BtreeIndex *index, const ScanKey *keys, unsigned key_count,
                            bool wants_tuples)
{
    BtreeScan *s = mem_new(BtreeScan);

    s->mem = mem_current();
    s->index = index;
    s->keys = mem_new_array(ScanKey, key_count);
    s->key_count = key_count;
    s->is_implied = mem_new_array(bool, key_count);
    s->wants_tuples = wants_tuples;
    s->keeps_pins = wants_tuples;
    s->marked_at = -1;
    s->items = mem_alloc_aligned(PAGE_TIDS_MAX * sizeof(ScanItem), PAGE_ALIGN);
    s->is_dead = mem_new_array(bool, PAGE_TIDS_MAX);
    if (wants_tuples)
        s->tuples = mem_alloc_aligned(BLOCK_SIZE, PAGE_ALIGN);
    if (key_count > 0)
        memcpy(s->keys, keys, key_count * sizeof(*keys));
    return s;
}

void btree_scan_keep_pins(BtreeScan *s)
{
    s->keeps_pins = true;
}

void btree_scan_as_standby(BtreeScan *s)
{
    s->is_standby = true;
}

void btree_scan_restart(BtreeScan *s, const ScanKey *keys)
{
    leave_page(s);
    forget_mark(s);
    s->is_started = false;
    if (keys != NULL && s->key_count > 0) {
        memcpy(s->keys, keys, s->key_count * sizeof(*keys));
        s->is_ready = false;
    }
}

void btree_scan_end(BtreeScan *s)
{
    leave_page(s);
    forget_mark(s);
    mem_free(s->marked.items);
    mem_free(s->marked.tuples);
    mem_free(s->tuples);
    mem_free(s->is_dead);
    mem_free(s->items);
    mem_free(s->is_implied);
    mem_free(s->keys);
    mem_free(s);
}

bool btree_scan_next(BtreeScan *s, ScanDirection direction, Tid *tid)
{
    if (!s->is_ready)
        find_edges(s);
    if (!s->is_started)
        STATS_ADD(s->index->stats, scans, 1);
    if (s->is_empty)
        return false;
    if (!s->is_started) {
        s->is_started = true;
        if (!start(s, direction))
            return false;
    } else {
        s->at += direction;
    }
    while (s->at < 0 || s->at >= s->item_count) {
        if (!step_page(s, direction))
            return false;
    }
    *tid = s->items[s->at].tid;
    return true;
}

const IndexTuple *btree_scan_tuple(const BtreeScan *s)
{
    ASSERT(s->wants_tuples && s->at >= 0 && s->at < s->item_count);
    return (const IndexTuple *)(s->tuples + s->items[s->at].tuple_at);
}

void btree_scan_mark_dead(BtreeScan *s)
{
    if (s->at >= 0 && s->at < s->item_count && !s->is_standby)
        s->has_dead = s->is_dead[s->at] = true;
}

/* ---- Edges ---- */

/* A key as a bound in the index's order: which edge it is for, and whether equal entries match. */
typedef struct Bound {
    bool is_low, is_high, is_strict;
    bool is_null; /* its value is NULL, which is a place in the order */
} Bound;

static Bound bound_of(const ScanKey *key, const SortSupport *order)
{
    switch (key->strategy) {
    case SCAN_EQUAL:
        return (Bound){.is_low = true, .is_high = true};
    case SCAN_IS_NULL:
        return (Bound){.is_low = true, .is_high = true, .is_null = true};
    case SCAN_LESS:
    case SCAN_LESS_EQUAL:
        return (Bound){.is_low = order->is_reverse,
                       .is_high = !order->is_reverse,
                       .is_strict = key->strategy == SCAN_LESS};
    case SCAN_MORE:
    case SCAN_MORE_EQUAL:
        return (Bound){.is_low = !order->is_reverse,
                       .is_high = order->is_reverse,
                       .is_strict = key->strategy == SCAN_MORE};
    case SCAN_IS_NOT_NULL:
        break;
    }
    return (Bound){.is_low = order->nulls_first,
                   .is_high = !order->nulls_first,
                   .is_strict = true,
                   .is_null = true};
}

static void add_to_edge(Edge *edge, const ScanKey *key, const Bound *bound)
{
    BtreeProbe *probe = &edge->probe;

    probe->values[probe->column_count] = bound->is_null ? 0 : key->argument;
    probe->nulls[probe->column_count] = bound->is_null;
    probe->column_count++;
    edge->is_strict = bound->is_strict;
}

/* How a key's argument compares with values of the index, of its own type or another. */
static void take_order(BtreeScan *s, unsigned column, const ScanKey *key)
{
    const SortSupport *index_order = &s->index->keys.orders[column];
    SortSupport *order = &s->orders[column];

    *order = *index_order;
    if (key->strategy <= SCAN_MORE) {
        order->compare = key->order.compare;
        order->site = key->order.site;
        order->collation = key->order.collation;
    }
}

/* Both edges go through the only key that says what the column is; false when there is none. */
static bool add_equality(BtreeScan *s, unsigned column)
{
    for (unsigned i = 0; i < s->key_count; i++) {
        const ScanKey *key = &s->keys[i];
        Bound bound;

        if (key->column != (int)column + 1 ||
            (key->strategy != SCAN_EQUAL && key->strategy != SCAN_IS_NULL))
            continue;
        take_order(s, column, key);
        bound = bound_of(key, &s->orders[column]);
        add_to_edge(&s->low, key, &bound);
        add_to_edge(&s->high, key, &bound);
        s->is_implied[i] = true;
        return true;
    }
    return false;
}

/*
 * The bounds of a column, the first of each side; others, and those that compare in another way
 * than the first, are left to be tested. A bound of one side means that NULLs do not match, so the
 * other side ends where they begin.
 */
static void add_bounds(BtreeScan *s, unsigned column)
{
    const SortSupport *index_order = &s->index->keys.orders[column];
    ScanKey not_null;
    Bound bound;
    const ScanKey *first = NULL;
    bool has_low = false, has_high = false;

    for (unsigned i = 0; i < s->key_count; i++) {
        const ScanKey *key = &s->keys[i];

        if (key->column != (int)column + 1 || key->strategy == SCAN_EQUAL ||
            key->strategy == SCAN_IS_NULL || key->strategy == SCAN_IS_NOT_NULL)
            continue;
        bound = bound_of(key, index_order);
        if (first == NULL) {
            first = key;
            take_order(s, column, key);
        } else if (key->order.compare != first->order.compare) {
            continue;
        }
        if (bound.is_low ? has_low : has_high)
            continue;
        add_to_edge(bound.is_low ? &s->low : &s->high, key, &bound);
        has_low |= bound.is_low;
        has_high |= bound.is_high;
        s->is_implied[i] = true;
    }
    for (unsigned i = 0; i < s->key_count && first == NULL; i++) {
        if (s->keys[i].column == (int)column + 1 && s->keys[i].strategy == SCAN_IS_NOT_NULL) {
            first = &s->keys[i];
            take_order(s, column, first);
            s->is_implied[i] = true;
        }
    }
    if (first == NULL)
        return;
    scan_key_init_null_test(&not_null, (int16_t)(column + 1), false);
    bound = bound_of(&not_null, index_order);
    if (!(bound.is_low ? has_low : has_high))
        add_to_edge(bound.is_low ? &s->low : &s->high, &not_null, &bound);
}

static void find_edges(BtreeScan *s)
{
    unsigned column = 0;

    s->low = s->high = (Edge){.is_strict = false};
    s->low.probe.orders = s->high.probe.orders = s->orders;
    s->is_empty = false;
    for (unsigned i = 0; i < s->key_count; i++) {
        s->is_implied[i] = false;
        s->is_empty |= s->keys[i].is_null && s->keys[i].strategy <= SCAN_MORE;
    }
    while (column < s->index->keys.key_count && add_equality(s, column))
        column++;
    if (column < s->index->keys.key_count)
        add_bounds(s, column);
    s->is_ready = true;
}

/* Is the entry outside of the edge that a scan in that direction ends at? */
static bool is_past_end(const BtreeScan *s, uint8_t *page, OffsetNo offnum, ScanDirection direction)
{
    const Edge *edge = direction == SCAN_FORWARD ? &s->high : &s->low;
    int order;

    if (edge->probe.column_count == 0)
        return false;
    order = btree_compare(s->index, &edge->probe, page, offnum) * (int)direction;
    return order < 0 || (order == 0 && edge->is_strict);
}

/* ---- Pages ---- */

/*
 * Where the scan begins: forward at the first entry that is not before the low edge, backward at
 * the one before the first that is behind the high edge.
 */
static bool start(BtreeScan *s, ScanDirection direction)
{
    bool is_forward = direction == SCAN_FORWARD;
    Edge *edge = is_forward ? &s->low : &s->high;
    OffsetNo offnum;
    Buffer b;

    s->item_count = 0;
    s->at = 0;
    s->has_more_left = !is_forward;
    s->has_more_right = is_forward;
    if (edge->probe.column_count == 0) {
        b = btree_end_of_level(s->index, 0, !is_forward, BUFFER_SHARED);
        if (b == BUFFER_NONE)
            return false;
        offnum = is_forward ? btree_first_data(btree_special(buffer_page(b)))
                            : page_item_count(buffer_page(b));
    } else {
        edge->probe.after_equal = is_forward ? edge->is_strict : !edge->is_strict;
        b = btree_search(s->index, &edge->probe, false, NULL);
        if (b == BUFFER_NONE)
            return false;
        offnum = btree_find_on_page(s->index, &edge->probe, buffer_page(b));
        if (!is_forward)
            offnum--;
    }
    if (!read_page(s, b, offnum, direction))
        return step_page(s, direction);
    return true;
}

static bool matches(BtreeScan *s, const IndexTuple *tuple)
{
    for (unsigned i = 0; i < s->key_count; i++) {
        bool is_null;
        Datum value;

        if (s->is_implied[i])
            continue;
        value = index_get(tuple, (unsigned)s->keys[i].column, s->index->keys.desc, &is_null);
        if (!scan_key_test(&s->keys[i], value, is_null))
            return false;
    }
    return true;
}

static uint16_t keep_tuple(BtreeScan *s, const IndexTuple *tuple)
{
    size_t size =
        btree_tuple_is_posting(tuple) ? btree_posting_offset(tuple) : index_tuple_size(tuple);
    uint16_t at = s->tuples_used;
    IndexTuple *copy = (IndexTuple *)(s->tuples + at);

    if (UNLIKELY(at + size_align_up(size, PAGE_ALIGN) > BLOCK_SIZE))
        btree_raise_damaged(s->index, s->block, "more bytes than a page has");
    memcpy(copy, tuple, size);
    index_tuple_set_size(copy, size);
    copy->info = (uint16_t)(copy->info & ~(unsigned)BTREE_ALT_TID);
    s->tuples_used = (uint16_t)(s->tuples_used + size_align_up(size, PAGE_ALIGN));
    return at;
}

static void add_rows(BtreeScan *s, const IndexTuple *tuple, OffsetNo offnum,
                     ScanDirection direction)
{
    unsigned count = btree_tuple_is_posting(tuple) ? btree_posting_count(tuple) : 1;
    const Tid *tids = btree_tuple_tid(tuple);
    uint16_t tuple_at = s->wants_tuples ? keep_tuple(s, tuple) : NO_TUPLE;

    for (unsigned i = 0; i < count && s->item_count < PAGE_TIDS_MAX; i++)
        s->items[s->item_count++] =
            (ScanItem){.tid = tids[direction == SCAN_FORWARD ? i : count - 1 - i],
                       .offnum = offnum,
                       .tuple_at = tuple_at};
}

/* Items were added from right to left: put them in the order of the page. */
static void reverse_items(BtreeScan *s)
{
    for (int i = 0, j = s->item_count - 1; i < j; i++, j--) {
        ScanItem item = s->items[i];

        s->items[i] = s->items[j];
        s->items[j] = item;
    }
}

/*
 * Copy what matches from offnum on, give the page up; false: there is nothing. The scan stands on
 * the first item in its direction.
 */
static bool read_page(BtreeScan *s, Buffer b, OffsetNo offnum, ScanDirection direction)
{
    uint8_t *page = buffer_page(b);
    const BtreeSpecial *special = btree_special(page);
    OffsetNo first = btree_first_data(special), count = page_item_count(page);
    OffsetNo last = direction == SCAN_FORWARD ? count : first;
    bool may_end;

    leave_page(s);
    s->block = buffer_block(b);
    s->next = special->next;
    s->prev = special->prev;
    s->lsn = buffer_lsn(b);
    s->item_count = 0;
    s->tuples_used = 0;

    /* When the page's last entry is still inside, so are all before it. */
    may_end = first <= count && is_past_end(s, page, last, direction);
    for (; offnum >= first && offnum <= count; offnum = (OffsetNo)(offnum + (int)direction)) {
        const IndexTuple *tuple;

        if (may_end && is_past_end(s, page, offnum, direction))
            break;
        if (page_item_id(page, offnum).state == ITEM_DEAD && !s->is_standby)
            continue;
        tuple = btree_item(s->index, page, offnum);
        if (matches(s, tuple))
            add_rows(s, tuple, offnum, direction);
    }
    if (may_end || (direction == SCAN_FORWARD ? s->next : s->prev) == BTREE_NO_BLOCK) {
        if (direction == SCAN_FORWARD)
            s->has_more_right = false;
        else
            s->has_more_left = false;
    }
    if (direction == SCAN_BACKWARD)
        reverse_items(s);
    s->at = direction == SCAN_FORWARD ? 0 : s->item_count - 1;
    if (s->keeps_pins) {
        buffer_unlock(b);
        s->pinned = b;
    } else {
        buffer_unlock_unpin(b);
    }
    return s->item_count > 0;
}

/* On to the next page with something on it; false at the end, beside the last item. */
static bool step_page(BtreeScan *s, ScanDirection direction)
{
    bool is_forward = direction == SCAN_FORWARD;

    for (;;) {
        Buffer b = BUFFER_NONE;
        BlockNo next = s->next;

        check_interrupts();
        if (is_forward ? s->has_more_right : s->has_more_left) {
            if (!is_forward) {
                b = walk_left(s);
            } else {
                for (; next != BTREE_NO_BLOCK && b == BUFFER_NONE;) {
                    b = btree_buffer(s->index, next, BUFFER_SHARED);
                    next = btree_special(buffer_page(b))->next;
                    if (btree_page_is_gone(btree_special(buffer_page(b)))) {
                        buffer_unlock_unpin(b);
                        b = BUFFER_NONE;
                    }
                }
            }
        }
        if (b == BUFFER_NONE) {
            if (is_forward)
                s->has_more_right = false;
            else
                s->has_more_left = false;
            s->at = is_forward ? s->item_count : -1;
            return false;
        }
        if (is_forward)
            s->has_more_left = true;
        else
            s->has_more_right = true;
        if (read_page(s, b,
                      is_forward ? btree_first_data(btree_special(buffer_page(b)))
                                 : page_item_count(buffer_page(b)),
                      direction))
            return true;
    }
}

/* From the left link to the page whose right link leads to ours; 0: not found within a few hops. */
static Buffer find_left(const BtreeScan *s, BlockNo left, BlockNo block)
{
    Buffer b = btree_buffer(s->index, left, BUFFER_SHARED);

    for (int hops = 0; hops <= LEFT_HOPS; hops++) {
        const BtreeSpecial *special = btree_special(buffer_page(b));

        if (!btree_page_is_unlinked(special) && special->next == block)
            return b;
        if (btree_page_is_rightmost(special))
            break;
        b = btree_buffer_move(s->index, b, special->next, BUFFER_SHARED);
    }
    buffer_unlock_unpin(b);
    return BUFFER_NONE;
}

/* The page to the left of the one that was read, locked; 0: there is none. */
static Buffer walk_left(BtreeScan *s)
{
    BlockNo block = s->block, left = s->prev;

    for (;;) {
        Buffer b;
        const BtreeSpecial *special;

        check_interrupts();
        if (left == BTREE_NO_BLOCK)
            return BUFFER_NONE;
        b = find_left(s, left, block);
        if (b != BUFFER_NONE) {
            special = btree_special(buffer_page(b));
            if (!btree_page_is_gone(special))
                return b;

            /* Half dead: nothing is on it, the next one to the left is its neighbour. */
            block = buffer_block(b);
            left = special->prev;
            buffer_unlock_unpin(b);
            continue;
        }

        /* Ours may be gone: then what took its place to the right has the left link that counts. */
        b = btree_buffer(s->index, block, BUFFER_SHARED);
        special = btree_special(buffer_page(b));
        while (btree_page_is_unlinked(special)) {
            if (btree_page_is_rightmost(special))
                err_raise(SQLSTATE_INDEX_CORRUPTED,
                          .message = err_fmt("fell off the end of index \"%s\"",
                                             s->index->keys.index_name));
            b = btree_buffer_move(s->index, b, special->next, BUFFER_SHARED);
            special = btree_special(buffer_page(b));
        }
        if (buffer_block(b) == block && special->prev == left)
            err_raise(SQLSTATE_INDEX_CORRUPTED,
                      .message = err_fmt("could not find left sibling of block %u in index \"%s\"",
                                         block, s->index->keys.index_name));
        block = buffer_block(b);
        left = special->prev;
        buffer_unlock_unpin(b);
    }
}

/* ---- Dead entries ---- */

static void leave_page(BtreeScan *s)
{
    if (s->has_dead) {
        mark_dead_items(s);
        memset(s->is_dead, 0, (size_t)s->item_count);
        s->has_dead = false;
    }
    if (s->marked_at >= 0)
        keep_marked_page(s);
    if (s->pinned != BUFFER_NONE)
        buffer_unpin(s->pinned);
    s->pinned = BUFFER_NONE;
    s->item_count = 0;
}

/* Are all rows of the entry at item i dead, as far as the scan saw them? Returns where it ends. */
static int end_of_entry(const BtreeScan *s, int i, bool *all_dead)
{
    OffsetNo offnum = s->items[i].offnum;

    *all_dead = true;
    for (; i < s->item_count && s->items[i].offnum == offnum; i++)
        *all_dead &= s->is_dead[i];
    return i;
}

/* Only when nothing was logged for the page since: then line pointers are still what they were. */
static void mark_dead_items(BtreeScan *s)
{
    Buffer b = btree_buffer(s->index, s->block, BUFFER_SHARED);
    uint8_t *page = buffer_page(b);
    bool has_marked = false;

    if (s->index->is_permanent && buffer_lsn(b) == s->lsn) {
        for (int i = 0, end; i < s->item_count; i = end) {
            OffsetNo offnum = s->items[i].offnum;
            bool all_dead;

            end = end_of_entry(s, i, &all_dead);
            if (!all_dead || page_item_id(page, offnum).state == ITEM_DEAD)
                continue;
            page_mark_item_dead(page, offnum);
            has_marked = true;
        }
        if (has_marked) {
            btree_special(page)->flags |= BTREE_HAS_GARBAGE;
            buffer_mark_dirty_hint(b, true);
        }
    }
    buffer_unlock_unpin(b);
}

/* ---- Marks ---- */

void btree_scan_mark(BtreeScan *s)
{
    forget_mark(s);
    if (s->at >= 0 && s->at < s->item_count)
        s->marked_at = s->at;
}

/* Most scans come back to a mark on the page where they are: only others pay for a copy. */
static void keep_marked_page(BtreeScan *s)
{
    MarkedPage *m = &s->marked;

    if (m->items == NULL) {
        MEM_SCOPE(s->mem) {
            m->items = mem_alloc_aligned(PAGE_TIDS_MAX * sizeof(ScanItem), PAGE_ALIGN);
            if (s->wants_tuples)
                m->tuples = mem_alloc_aligned(BLOCK_SIZE, PAGE_ALIGN);
        }
    }
    m->is_there = true;
    m->block = s->block;
    m->next = s->next;
    m->prev = s->prev;
    m->lsn = s->lsn;
    m->has_more_left = s->has_more_left;
    m->has_more_right = s->has_more_right;
    m->item_count = s->item_count;
    m->at = s->marked_at;
    m->tuples_used = s->tuples_used;
    memcpy(m->items, s->items, (size_t)s->item_count * sizeof(ScanItem));
    if (s->wants_tuples)
        memcpy(m->tuples, s->tuples, s->tuples_used);
    m->pinned = s->pinned;
    if (m->pinned != BUFFER_NONE)
        buffer_pin(m->pinned);
    s->marked_at = -1;
}

static void forget_mark(BtreeScan *s)
{
    s->marked_at = -1;
    if (s->marked.pinned != BUFFER_NONE)
        buffer_unpin(s->marked.pinned);
    s->marked.pinned = BUFFER_NONE;
    s->marked.is_there = false;
}

void btree_scan_restore(BtreeScan *s)
{
    const MarkedPage *m = &s->marked;

    if (s->marked_at >= 0) {
        s->at = s->marked_at;
        return;
    }
    if (!m->is_there)
        return;
    leave_page(s);
    s->block = m->block;
    s->next = m->next;
    s->prev = m->prev;
    s->lsn = m->lsn;
    s->has_more_left = m->has_more_left;
    s->has_more_right = m->has_more_right;
    s->item_count = m->item_count;
    s->tuples_used = m->tuples_used;
    memcpy(s->items, m->items, (size_t)m->item_count * sizeof(ScanItem));
    if (s->wants_tuples)
        memcpy(s->tuples, m->tuples, m->tuples_used);
    s->pinned = m->pinned;
    if (s->pinned != BUFFER_NONE)
        buffer_pin(s->pinned);
    s->at = m->at;
    forget_mark(s);
    s->marked_at = s->at;
}
