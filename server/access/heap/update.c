/*
 * update.c - a new version of a row takes the place of the old one
 *
 * When the new version fits on the old one's page, both change under one lock; when moreover no
 * column changed that an index looks at, no index needs an entry for it: a "hot" update, whose
 * versions are found by way of the old one.
 *
 * Else the page's lock has to be given back: to shorten the row, which writes to the toast table,
 * or to find another page. Meanwhile a lock on the row, which is logged, keeps it ours:
 *
 *     page locked > may it be ended? --> fits ----------------------------> change both, log
 *                                    `-> lock the row, log > unlock the page
 *                                          > shorten > find room, lock pages ^
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/walrec/rmgr.h"
#include "server/access/heap/heap_int.h"
#include "server/fmgr/datum_image.h"
#include "server/storage/vm/vm.h"
#include "server/txn/txn.h"
#include "server/wal/wal.h"

/* The main data of HEAP UPDATE and HOT_UPDATE, 14 bytes. */
typedef struct UpdateRecord {
    Xid old_xmax;
    OffsetNo old_offnum;
    uint8_t old_infobits;
    uint8_t flags;
    Xid new_xmax;
    OffsetNo new_offnum;
} UpdateRecord;

#define UPDATE_RECORD_SIZE         14
#define UPDATE_CLEARED_VISIBLE     0x01 /* of the old page, */
#define UPDATE_CLEARED_VISIBLE_NEW 0x02 /* of the new one */
#define UPDATE_HAS_PREFIX          0x20 /* some bytes are the old tuple's */
#define UPDATE_HAS_SUFFIX          0x40

/* Equal bytes at the ends are left out of the record from here on: their length takes two. */
#define SHARED_MIN 3

typedef struct Update {
    HeapRel *rel;
    HeapUpdate *u;
    HeapTuple old, *row;
    Xid xid;
    Cid command, cmax;
    bool cmax_is_combo, changes_indexed;
    NewXmax old_xmax, new_xmax;
    HeapRoom room; /* other: the old version's buffer */
    Buffer b;      /* the new version's, which may be the same */
} Update;

static bool has_changed(const HeapTuple *old, const HeapTuple *row, const TupleDesc *desc,
                        const uint64_t *columns);
static bool column_differs(const HeapTuple *old, const HeapTuple *row, const TupleDesc *desc,
                           unsigned number);
static void replace(Update *up);
static bool may_need_shortening(const Update *up);
static void hold_row(Update *up, NewXmax *held);
static void go_elsewhere(Update *up);
static bool is_still_held(const HeapTuple *tuple, NewXmax held);
static void find_page(Update *up);
static void write_both(Update *up);
static Lsn log_update(const Update *up, bool was_visible, bool new_was_visible);
static size_t shared_prefix(const uint8_t *a, const uint8_t *b, size_t max);
static size_t shared_suffix(const uint8_t *a_end, const uint8_t *b_end, size_t max);

HeapResult heap_update(HeapRel *rel, Tid tid, HeapTuple *row, Cid command, HeapUpdate *u,
                       HeapObstacle *why)
{
    Update up = {.rel = rel, .u = u, .row = row, .command = command};
    HeapResult result;
    Buffer b;

    heap_raise_if_decoded(rel);
    up.xid = txn_xid(); /* now: giving one out may take long */
    b = buffer_read(rel->smgr, FORK_MAIN, tid_block(tid), BUFFER_NORMAL, NULL, rel->is_permanent);
    up.room.other = b;
    heap_lock_with_map(rel, b, &up.room.other_map);
    heap_point_to(rel, b, tid.offset, &up.old);

    /* Whoever changes a key ends what foreign keys refer to. */
    u->mode = has_changed(&up.old, row, u->desc, u->key_columns) ? HEAP_LOCK_UPDATE
                                                                 : HEAP_LOCK_NO_KEY_UPDATE;
    result = heap_check_change(&up.old, command, u->mode, b, why);
    if (result == HEAP_CHANGE_INVISIBLE)
        heap_raise_invisible(b, "update");
    if (result == HEAP_CHANGE_OK) {
        up.changes_indexed =
            u->mode == HEAP_LOCK_UPDATE || has_changed(&up.old, row, u->desc, u->indexed_columns);
        replace(&up);
    }
    buffer_unlock_unpin(b);
    heap_unpin_map(up.room.other_map);
    if (result == HEAP_CHANGE_OK)
        stats_count_update(rel->stats, u->is_hot);
    return result;
}

/* ---- Which columns ---- */

/* By their bytes: what is equal in another form counts as changed. */
static bool has_changed(const HeapTuple *old, const HeapTuple *row, const TupleDesc *desc,
                        const uint64_t *columns)
{
    if (columns == NULL)
        return false;
    for (unsigned word = 0; word * 64 < desc->count; word++) {
        for (uint64_t bits = columns[word]; bits != 0; bits &= bits - 1) {
            unsigned number = word * 64 + (unsigned)__builtin_ctzll(bits) + 1;

            if (column_differs(old, row, desc, number))
                return true;
        }
    }
    return false;
}

static bool column_differs(const HeapTuple *old, const HeapTuple *row, const TupleDesc *desc,
                           unsigned number)
{
    const Column *column = &desc->columns[number - 1];
    bool is_null, was_null;
    Datum before = heap_get(old, (int)number, desc, &was_null);
    Datum after = heap_get(row, (int)number, desc, &is_null);

    if (was_null || is_null)
        return was_null != is_null;
    return !datum_image_equal(before, after, column->by_value, column->len);
}

/* ---- The way ---- */

/* The old version's page is locked, and it is ours to end. */
static void replace(Update *up)
{
    HeapTupleHeader *h = heap_header(up->row);

    multixact_set_oldest_member();
    up->old_xmax = heap_xmax_for(&up->old, up->xid, up->u->mode, true);
    up->new_xmax = heap_xmax_of_newer(&up->old);
    up->cmax = heap_cmax_to_store(&up->old, up->command, &up->cmax_is_combo);

    heap_reset_header(h, up->xid, up->command);
    h->infomask |= HEAP_UPDATED;
    heap_set_xmax(h, up->new_xmax);
    up->row->table = up->rel->table;
    up->u->stored = up->row;

    up->b = up->room.other;
    if (may_need_shortening(up) ||
        size_align_up(up->row->len, PAGE_ALIGN) > heap_free_space(buffer_page(up->room.other)))
        go_elsewhere(up);
    up->u->is_hot = up->b == up->room.other && !up->changes_indexed;
    if (up->b != up->room.other)
        page_set_flag(buffer_page(up->room.other), PAGE_FULL); /* a hint: pruning would help */
    write_both(up);
    if (up->b != up->room.other)
        buffer_unlock_unpin(up->b);
    heap_unpin_map(up->room.map);
}

static bool may_need_shortening(const Update *up)
{
    return up->u->shorten != NULL &&
           (up->row->len > HEAP_TUPLE_TOAST_MIN ||
            ((heap_header(up->row)->infomask | heap_header(&up->old)->infomask) &
             HEAP_HAS_EXTERNAL) != 0);
}

/* Without the page's lock for a while. */
static void go_elsewhere(Update *up)
{
    NewXmax held;

    hold_row(up, &held);
    buffer_unlock(up->room.other);
    if (may_need_shortening(up)) {
        up->u->stored = up->u->shorten(up->u->arg, up->row, &up->old);
        up->u->stored->table = up->rel->table;
    }
    find_page(up);

    /* Others may have locked it beside us. Nobody can have ended it. */
    if (!is_still_held(&up->old, held)) {
        up->old_xmax = heap_xmax_for(&up->old, up->xid, up->u->mode, true);
        up->new_xmax = heap_xmax_of_newer(&up->old);
    }
    heap_set_xmax(heap_header(up->u->stored), up->new_xmax);
}

/*
 * Lock the row in the update's own mode. That is logged, as the page may get to disk with our xid
 * on it.
 */
static void hold_row(Update *up, NewXmax *held)
{
    Buffer b = up->room.other;
    HeapTupleHeader *h = heap_header(&up->old);
    bool was_all_frozen;

    *held = heap_xmax_for(&up->old, up->xid, up->u->mode, false);
    if (up->rel->is_permanent)
        wal_begin_insert();

    crit_begin();
    heap_set_xmax(h, *held);
    heap_set_cmax(h, up->cmax, up->cmax_is_combo);
    h->infomask2 = (uint16_t)(h->infomask2 & ~(unsigned)HEAP_HOT_UPDATED);
    h->ctid = up->old.self;
    was_all_frozen = heap_clear_all_frozen(b, up->room.other_map);
    buffer_mark_dirty(b);
    if (up->rel->is_permanent)
        page_set_lsn(buffer_page(b), heap_log_lock(b, &up->old, *held, was_all_frozen, false));
    crit_end();
}

static bool is_still_held(const HeapTuple *tuple, NewXmax held)
{
    const HeapTupleHeader *h = heap_header(tuple);

    return h->xmax == held.xmax && (h->infomask & HEAP_XMAX_BITS) == held.infomask;
}

/* The old page if there is room by now, else another; both locked then. */
static void find_page(Update *up)
{
    HeapRoom *room = &up->room;
    size_t len = size_align_up(up->u->stored->len, PAGE_ALIGN);

    room->len = up->u->stored->len;
    if (len <= heap_free_space(buffer_page(room->other))) { /* as it seems: looked at again */
        heap_lock_with_map(up->rel, room->other, &room->other_map);
        if (len <= heap_free_space(buffer_page(room->other))) {
            up->b = room->other;
            return;
        }
        buffer_unlock(room->other);
    }
    up->b = heap_find_room(up->rel, room);
}

/* ---- The change ---- */

static void write_both(Update *up)
{
    Buffer old_b = up->room.other;
    HeapTuple *stored = up->u->stored;
    HeapTupleHeader *old = heap_header(&up->old), *h = heap_header(stored);
    bool was_visible, new_was_visible = false;

    if (up->rel->is_permanent)
        wal_begin_insert();

    crit_begin();
    heap_set_prunable(buffer_page(old_b), up->xid);
    if (up->u->is_hot) {
        old->infomask2 |= HEAP_HOT_UPDATED;
        h->infomask2 |= HEAP_ONLY_TUPLE;
    } else {
        old->infomask2 = (uint16_t)(old->infomask2 & ~(unsigned)HEAP_HOT_UPDATED);
    }
    heap_put(up->b, stored);
    heap_set_xmax(old, up->old_xmax);
    heap_set_cmax(old, up->cmax, up->cmax_is_combo);
    old->ctid = stored->self;
    was_visible = heap_clear_all_visible(old_b, up->room.other_map);
    if (up->b != old_b)
        new_was_visible = heap_clear_all_visible(up->b, up->room.map);
    buffer_mark_dirty(old_b);
    if (up->b != old_b)
        buffer_mark_dirty(up->b);
    if (up->rel->is_permanent) {
        Lsn lsn = log_update(up, was_visible, new_was_visible);

        page_set_lsn(buffer_page(old_b), lsn);
        page_set_lsn(buffer_page(up->b), lsn);
    }
    crit_end();

    /* Who goes on with the row that was given finds it where it is. */
    up->row->self = stored->self;
    if (stored != up->row && up->u->is_hot)
        heap_header(up->row)->infomask2 |= HEAP_ONLY_TUPLE;
}

static Lsn log_update(const Update *up, bool was_visible, bool new_was_visible)
{
    const HeapTuple *row = up->u->stored, *old = &up->old;
    const HeapTupleHeader *h = heap_header(row), *old_h = heap_header(old);
    const LoggedHeader logged = {
        .infomask2 = h->infomask2, .infomask = h->infomask, .hoff = h->hoff};
    bool is_same_page = up->b == up->room.other;
    UpdateRecord record = {
        .old_xmax = up->old_xmax.xmax,
        .old_offnum = old->self.offset,
        .old_infobits = heap_infobits(up->old_xmax.infomask, up->old_xmax.infomask2),
        .new_xmax = h->xmax,
        .new_offnum = row->self.offset,
    };
    unsigned flags = 0, page_flags = WAL_REF_STANDARD;
    uint8_t info = up->u->is_hot ? WAL_HEAP_HOT_UPDATE : WAL_HEAP_UPDATE;
    const uint8_t *data = row->bytes + h->hoff, *before = old->bytes + old_h->hoff;
    size_t len = row->len - h->hoff, old_len = old->len - old_h->hoff;
    uint16_t shared[2], prefix = 0, suffix = 0; /* what is registered stays here until wal_insert */
    size_t shared_count = 0;

    /* What redo would find in the old version, which is on the same page and comes with no image */
    if (is_same_page && !wal_needs_image(page_lsn(buffer_page(up->b)))) {
        size_t max = size_min(len, old_len);

        prefix = (uint16_t)shared_prefix(before, data, max);
        suffix = (uint16_t)shared_suffix(before + old_len, data + len, max - prefix);
        prefix = prefix < SHARED_MIN ? 0 : prefix;
        suffix = suffix < SHARED_MIN ? 0 : suffix;
    }
    flags |= was_visible ? UPDATE_CLEARED_VISIBLE : 0;
    flags |= new_was_visible ? UPDATE_CLEARED_VISIBLE_NEW : 0;
    flags |= prefix > 0 ? UPDATE_HAS_PREFIX : 0;
    flags |= suffix > 0 ? UPDATE_HAS_SUFFIX : 0;
    record.flags = (uint8_t)flags;
    if (record.new_offnum == 1 && page_item_count(buffer_page(up->b)) == 1) {
        info |= WAL_INIT_PAGE;
        page_flags |= WAL_REF_WILL_INIT;
    }

    buffer_register_wal(0, up->b, page_flags);
    if (!is_same_page)
        buffer_register_wal(1, up->room.other, WAL_REF_STANDARD);
    wal_register_data(&record, UPDATE_RECORD_SIZE);
    if (prefix > 0)
        shared[shared_count++] = prefix;
    if (suffix > 0)
        shared[shared_count++] = suffix;
    if (shared_count > 0)
        wal_register_page_data(0, shared, shared_count * sizeof shared[0]);
    wal_register_page_data(0, &logged, LOGGED_HEADER_SIZE);
    if (prefix > 0) {
        if (h->hoff > HEAP_TUPLE_HEADER_SIZE)
            wal_register_page_data(0, row->bytes + HEAP_TUPLE_HEADER_SIZE,
                                   h->hoff - (size_t)HEAP_TUPLE_HEADER_SIZE);
        wal_register_page_data(0, data + prefix, len - prefix - suffix);
    } else {
        wal_register_page_data(0, row->bytes + HEAP_TUPLE_HEADER_SIZE,
                               row->len - HEAP_TUPLE_HEADER_SIZE - suffix);
    }
    wal_set_insert_flags(WAL_INSERT_ORIGIN);
    return wal_insert(RMGR_HEAP, info);
}

static size_t shared_prefix(const uint8_t *a, const uint8_t *b, size_t max)
{
    size_t n = 0;

    while (n + 8 <= max) {
        uint64_t difference = load_u64(a + n) ^ load_u64(b + n);

        if (difference != 0)
            return n + (size_t)__builtin_ctzll(difference) / 8;
        n += 8;
    }
    while (n < max && a[n] == b[n])
        n++;
    return n;
}

static size_t shared_suffix(const uint8_t *a_end, const uint8_t *b_end, size_t max)
{
    size_t n = 0;

    while (n + 8 <= max) {
        uint64_t difference = load_u64(a_end - n - 8) ^ load_u64(b_end - n - 8);

        if (difference != 0)
            return n + (size_t)__builtin_clzll(difference) / 8;
        n += 8;
    }
    while (n < max && a_end[-(ptrdiff_t)n - 1] == b_end[-(ptrdiff_t)n - 1])
        n++;
    return n;
}
