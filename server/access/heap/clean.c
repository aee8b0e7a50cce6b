/*
 * clean.c - what vacuum does to one page: prune and freeze it, free its dead line pointers, and say
 * that all can see it
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/vm_page.h"
#include "common/walrec/rmgr.h"
#include "server/access/heap/heap_int.h"
#include "server/ipc/interrupt.h"
#include "server/storage/vm/vm.h"
#include "server/txn/xid.h"
#include "server/wal/wal.h"

/* The main data of HEAP2 FREEZE_PAGE, 6 bytes. */
typedef struct FreezeRecord {
    Xid cutoff;
    uint16_t count;
} FreezeRecord;

#define FREEZE_RECORD_SIZE 6

typedef struct FreezePlans {
    unsigned count;
    FreezePlan plans[HEAP_ITEM_MAX];
} FreezePlans;

static bool take_stock(const HeapRel *rel, Buffer b, const HeapCutoffs *cutoffs, HeapOldest *oldest,
                       FreezePlans *freeze, HeapPageReport *out);
static void begin_report(HeapPageReport *out);
static void count_fate(HeapFate fate, const HeapTuple *tuple, Xid oldest_xmin, HeapPageReport *out);
static void freeze_page(const HeapRel *rel, Buffer b, const FreezePlans *freeze, Xid cutoff);
static bool is_all_visible(const HeapRel *rel, Buffer b, Xid oldest_xmin, HeapPageReport *out);
static bool is_frozen(const HeapTupleHeader *h);

Xid heap_oldest_needed(const HeapRel *rel)
{
    Horizons h;

    proc_array_horizons(&h);
    switch (rel->horizon) {
    case HORIZON_SHARED:
        return h.shared;
    case HORIZON_CATALOG:
        return h.catalog;
    case HORIZON_DATA:
        return h.data;
    case HORIZON_TEMP:
        break;
    }
    return h.temp;
}

/* ---- The first pass ---- */

void heap_clean_page(const HeapRel *rel, Buffer b, const HeapCutoffs *cutoffs, HeapOldest *oldest,
                     HeapPageReport *out)
{
    FreezePlans freeze;
    HeapOldest found;
    unsigned removed = 0, new_dead;

    /* Who inserted a row may be rolled back after it was pruned: then that is done again. */
    do {
        check_interrupts();
        removed += heap_prune(rel, b, cutoffs->oldest_xmin, &new_dead);
        found = *oldest;
    } while (!take_stock(rel, b, cutoffs, &found, &freeze, out));

    *oldest = found;
    out->removed = removed;
    out->frozen = freeze.count;
    if (freeze.count > 0)
        freeze_page(rel, b, &freeze, cutoffs->freeze_limit);
}

/* What stays on a page that was pruned, and how it is frozen. False: something is dead yet. */
static bool take_stock(const HeapRel *rel, Buffer b, const HeapCutoffs *cutoffs, HeapOldest *oldest,
                       FreezePlans *freeze, HeapPageReport *out)
{
    const uint8_t *page = buffer_page(b);
    OffsetNo count = page_item_count(page);

    begin_report(out);
    freeze->count = 0;
    for (OffsetNo offnum = 1; offnum <= count; offnum++) {
        ItemState state = page_item_id(page, offnum).state;
        HeapTuple tuple;
        HeapFate fate;
        bool is_tuple_frozen;

        if (state == ITEM_UNUSED)
            continue;
        if (state == ITEM_DEAD) {
            out->dead[out->dead_count++] = offnum;
            continue;
        }
        out->has_rows = true;
        if (state == ITEM_REDIRECT)
            continue;
        out->at = offnum;
        heap_point_to(rel, b, offnum, &tuple);
        fate = heap_fate_at(&tuple, b, cutoffs->oldest_xmin);
        if (fate == HEAP_FATE_DEAD)
            return false;
        count_fate(fate, &tuple, cutoffs->oldest_xmin, out);
        freeze->count += heap_plan_freeze(&tuple, cutoffs, &freeze->plans[freeze->count],
                                          &is_tuple_frozen, oldest);
        out->is_all_frozen = out->is_all_frozen && is_tuple_frozen;
    }
    out->at = 0;
    return true;
}

static void begin_report(HeapPageReport *out)
{
    out->has_rows = false;
    out->is_all_visible = out->is_all_frozen = true;
    out->visible_after = XID_NONE;
    out->removed = out->live = out->recently_dead = out->frozen = out->missed = 0;
    out->dead_count = 0;
    out->at = 0;
}

static void count_fate(HeapFate fate, const HeapTuple *tuple, Xid oldest_xmin, HeapPageReport *out)
{
    const HeapTupleHeader *h = heap_header(tuple);

    switch (fate) {
    case HEAP_FATE_ALIVE:
        out->live++;
        if ((h->infomask & HEAP_XMIN_COMMITTED) == 0) {
            /* Its commit is not on disk, so that no hint says so. */
            out->is_all_visible = false;
        } else if (heap_xmin_is_frozen(h->infomask) || !xid_is_normal(h->xmin)) {
            /* As PostgreSQL tells standbys: before all others, but not before nobody. */
            if (out->visible_after == XID_NONE)
                out->visible_after = XID_FROZEN;
        } else {
            if (!xid_precedes(h->xmin, oldest_xmin))
                out->is_all_visible = false;
            else if (!xid_is_normal(out->visible_after) ||
                     xid_precedes(out->visible_after, h->xmin))
                out->visible_after = h->xmin;
        }
        return;
    case HEAP_FATE_RECENTLY_DEAD:
        out->recently_dead++;
        break;
    case HEAP_FATE_DELETING:
        out->live++; /* as long as it is not known to be gone */
        break;
    case HEAP_FATE_INSERTING:
    case HEAP_FATE_DEAD:
        break;
    }
    out->is_all_visible = false;
}

static void freeze_page(const HeapRel *rel, Buffer b, const FreezePlans *freeze, Xid cutoff)
{
    const FreezeRecord record = {.cutoff = cutoff, .count = (uint16_t)freeze->count};
    uint8_t *page = buffer_page(b);

    if (rel->is_permanent)
        wal_begin_insert();

    crit_begin();
    buffer_mark_dirty(b);
    for (unsigned i = 0; i < freeze->count; i++) {
        uint8_t *tuple = page_get_item_rw(page, freeze->plans[i].offnum, NULL);

        heap_apply_freeze((HeapTupleHeader *)tuple, &freeze->plans[i]);
    }
    if (rel->is_permanent) {
        wal_register_data(&record, FREEZE_RECORD_SIZE);
        buffer_register_wal(0, b, WAL_REF_STANDARD);
        wal_register_page_data(0, freeze->plans, freeze->count * sizeof freeze->plans[0]);
        page_set_lsn(page, wal_insert(RMGR_HEAP2, WAL_HEAP2_FREEZE_PAGE));
    }
    crit_end();
}

/* ---- Without the cleanup lock ---- */

bool heap_look_at_page(const HeapRel *rel, Buffer b, const HeapCutoffs *cutoffs, HeapOldest *oldest,
                       HeapPageReport *out)
{
    const uint8_t *page = buffer_page(b);
    OffsetNo count = page_item_count(page);
    bool needs_freeze = false;

    begin_report(out);
    for (OffsetNo offnum = 1; offnum <= count; offnum++) {
        ItemState state = page_item_id(page, offnum).state;
        HeapTuple tuple;
        HeapFate fate;

        if (state == ITEM_UNUSED)
            continue;
        if (state == ITEM_DEAD) {
            out->dead[out->dead_count++] = offnum;
            continue;
        }
        out->has_rows = true;
        if (state == ITEM_REDIRECT)
            continue;
        out->at = offnum;
        heap_point_to(rel, b, offnum, &tuple);
        needs_freeze |= heap_needs_freeze(&tuple, cutoffs, oldest);
        fate = heap_fate_at(&tuple, b, cutoffs->oldest_xmin);
        out->missed += fate == HEAP_FATE_DEAD;
        count_fate(fate, &tuple, cutoffs->oldest_xmin, out);
    }
    out->at = 0;
    /* What is dead was not taken away, so it hides what the page will be. */
    out->is_all_visible = out->is_all_frozen = false;
    return !needs_freeze;
}

/* ---- The second pass ---- */

void heap_vacuum_page(const HeapRel *rel, Buffer b, const OffsetNo *dead, unsigned count,
                      const HeapCutoffs *cutoffs, Buffer map)
{
    uint16_t record_count = (uint16_t)count;
    uint8_t *page = buffer_page(b);
    HeapPageReport report;

    for (unsigned i = 0; i < count; i++)
        if (page_item_id(page, dead[i]).state != ITEM_DEAD)
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = err_fmt("line pointer %u of block %u of table %u is not dead",
                                         dead[i], buffer_block(b), rel->table));
    if (rel->is_permanent)
        wal_begin_insert();

    crit_begin();
    for (unsigned i = 0; i < count; i++)
        page_set_item_unused(page, dead[i]);
    page_truncate_line_pointers(page);
    buffer_mark_dirty(b);
    if (rel->is_permanent) {
        wal_register_data(&record_count, sizeof record_count);
        buffer_register_wal(0, b, WAL_REF_STANDARD);
        wal_register_page_data(0, dead, count * sizeof dead[0]);
        page_set_lsn(page, wal_insert(RMGR_HEAP2, WAL_HEAP2_VACUUM));
    }
    crit_end();

    if (is_all_visible(rel, b, cutoffs->oldest_xmin, &report))
        heap_set_all_visible(
            rel, b, map, report.visible_after,
            (uint8_t)(VM_ALL_VISIBLE | (report.is_all_frozen ? VM_ALL_FROZEN : 0)));
}

static bool is_all_visible(const HeapRel *rel, Buffer b, Xid oldest_xmin, HeapPageReport *out)
{
    const uint8_t *page = buffer_page(b);
    OffsetNo count = page_item_count(page);

    begin_report(out);
    for (OffsetNo offnum = 1; offnum <= count && out->is_all_visible; offnum++) {
        ItemState state = page_item_id(page, offnum).state;
        HeapTuple tuple;

        if (state == ITEM_DEAD)
            out->is_all_visible = false;
        if (state != ITEM_NORMAL)
            continue;
        heap_point_to(rel, b, offnum, &tuple);
        count_fate(heap_fate_at(&tuple, b, oldest_xmin), &tuple, oldest_xmin, out);
        out->is_all_frozen = out->is_all_frozen && is_frozen(heap_header(&tuple));
    }
    return out->is_all_visible;
}

/* Will nothing of it ever have to be frozen? */
static bool is_frozen(const HeapTupleHeader *h)
{
    if (!heap_xmin_is_frozen(h->infomask) && xid_is_normal(h->xmin))
        return false;
    if ((h->infomask & HEAP_XMAX_IS_MULTI) != 0)
        return h->xmax == 0;
    return !xid_is_normal(h->xmax);
}

void heap_set_all_visible(const HeapRel *rel, Buffer b, Buffer map, Xid visible_after, uint8_t bits)
{
    /* The flag itself is not logged: the record of the map sets it as well. */
    crit_begin();
    page_set_flag(buffer_page(b), PAGE_ALL_VISIBLE);
    buffer_mark_dirty(b);
    crit_end();
    vm_set(rel->smgr, buffer_block(b), b, LSN_NONE, map, visible_after, bits);
}
