/*
 * proc_horizon.c - what nobody needs any more
 *
 * A horizon is the oldest xid that some snapshot may still take for running: rows whose deleter
 * ended before it may go. Each xmin and each xid in the table counts; those of other databases do
 * not matter for tables of ours. The lock is held shared all the time, so that nobody ends
 * meanwhile, and whoever gets a snapshot meanwhile sees running what we see running.
 */
#include "common/base/base.h"

#include "server/config/setting.h"
#include "server/txn/proc_array_int.h"
#include "server/txn/xid.h"
#include "server/wal/wal.h"

/* What was computed last, in this transaction. */
static struct {
    bool is_known;
    Xid recent_xmin; /* as of then */
    Horizons horizons;
} last;

static void look(Horizons *out);
static void consider(Horizons *out, unsigned at);
static bool counts_for_data(unsigned at, const TxnEntry *e);
static void hold_back(Xid *horizon, Xid xid);
static void defer(Xid *horizon);
static Xid horizon_of(const Horizons *h, HorizonKind kind);

void proc_array_horizons(Horizons *out)
{
    look(out);
    last.is_known = true;
    last.recent_xmin = proc_own.recent_xmin;
    last.horizons = *out;
}

static void look(Horizons *out)
{
    Xid own, slot_data, slot_catalog, start;

    lwlock_acquire(&proc_array->lock, LW_SHARED);
    out->latest_completed = xid_latest_completed();
    start = xid_after((Xid)out->latest_completed);
    out->oldest_running = out->shared = out->data = start;
    own = proc_own.entry == NULL ? XID_NONE : atomic_load(&proc_own.entry->xid);
    out->temp = own != XID_NONE && xid_precedes(own, start) ? own : start;
    for (unsigned i = 0; i < proc_array->joined_count; i++)
        consider(out, i);
    if (atomic_load(&proc_array->is_standby)) {
        Xid oldest = proc_known_oldest();

        hold_back(&out->oldest_running, oldest);
        hold_back(&out->shared, oldest);
        hold_back(&out->data, oldest);
    }
    slot_data = proc_array->slot_xmin;
    slot_catalog = proc_array->slot_catalog_xmin;
    lwlock_release(&proc_array->lock);

    if (wal_is_started()) {
        defer(&out->oldest_running);
        defer(&out->shared);
        defer(&out->data);
    }
    hold_back(&out->shared, slot_data);
    hold_back(&out->data, slot_data);
    out->catalog = out->data;
    hold_back(&out->catalog, slot_catalog);
    hold_back(&out->shared, slot_catalog);
    hold_back(&out->oldest_running, out->shared);
    hold_back(&out->oldest_running, out->data);
}

/* An xid counts as an xmin: its process may take a snapshot at any time, which will hold it. */
static void consider(Horizons *out, unsigned at)
{
    const TxnEntry *e = &proc_array->entries[proc_array->numbers[at]];
    Xid xid = atomic_load(&proc_array->xids[at]);
    Xid xmin = atomic_load(&e->xmin);

    if (xmin == XID_NONE || (xid != XID_NONE && xid_precedes(xid, xmin)))
        xmin = xid;
    if (xmin == XID_NONE)
        return;
    hold_back(&out->oldest_running, xmin);
    if ((atomic_load(&proc_array->flags[at]) & (PROC_IN_VACUUM | PROC_IN_DECODING)) != 0)
        return;
    hold_back(&out->shared, xmin);
    if (counts_for_data(at, e))
        hold_back(&out->data, xmin);
}

/* Whoever has no database may be about to connect to ours, or reads for a standby. */
static bool counts_for_data(unsigned at, const TxnEntry *e)
{
    Oid theirs = atomic_load(&e->database);
    Oid ours = proc_is_attached() ? atomic_load(&proc_self()->database) : 0;

    return ours == 0 || theirs == 0 || theirs == ours || !wal_is_started() ||
           (atomic_load(&proc_array->flags[at]) & PROC_AFFECTS_ALL) != 0;
}

static void hold_back(Xid *horizon, Xid xid)
{
    if (xid != XID_NONE && xid_precedes(xid, *horizon))
        *horizon = xid;
}

/* vacuum_defer_cleanup_age; not to before the first xid there was. */
static void defer(Xid *horizon)
{
    uint32_t age = (uint32_t)setting.vacuum_defer_cleanup_age;
    Xid oldest, result = *horizon - age;

    if (age == 0)
        return;
    oldest = xid_oldest(NULL);
    if (!xid_is_normal(result) || xid_precedes(result, oldest))
        result = oldest;
    *horizon = result;
}

/* ---- Rows ---- */

bool proc_array_is_removable(HorizonKind kind, Xid xid)
{
    Horizons now;

    if (last.is_known) {
        if (xid_precedes(xid, horizon_of(&last.horizons, kind)))
            return true;
        if (last.recent_xmin == proc_own.recent_xmin)
            return false;
    }
    /* What ended after our own newest snapshot was taken is too young in any case. */
    if (kind != HORIZON_TEMP && !xid_precedes(xid, proc_own.recent_xmin))
        return false;
    proc_array_horizons(&now);
    return xid_precedes(xid, horizon_of(&now, kind));
}

static Xid horizon_of(const Horizons *h, HorizonKind kind)
{
    switch (kind) {
    case HORIZON_SHARED:
        return h->shared;
    case HORIZON_CATALOG:
        return h->catalog;
    case HORIZON_DATA:
        return h->data;
    case HORIZON_TEMP:
        return h->temp;
    }
    return h->shared;
}

void proc_horizons_forget(void)
{
    last.is_known = false;
}

/* ---- Replication slots ---- */

void proc_array_set_slot_xmin(Xid data, Xid catalog)
{
    lwlock_acquire(&proc_array->lock, LW_EXCLUSIVE);
    proc_array->slot_xmin = data;
    proc_array->slot_catalog_xmin = catalog;
    lwlock_release(&proc_array->lock);
}

void proc_array_slot_xmin(Xid *data, Xid *catalog)
{
    lwlock_acquire(&proc_array->lock, LW_SHARED);
    *data = proc_array->slot_xmin;
    *catalog = proc_array->slot_catalog_xmin;
    lwlock_release(&proc_array->lock);
}
