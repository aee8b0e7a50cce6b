/*
 * xmax.c - what a tuple says of who ends or locks it, when others may have it locked
 *
 * One xid and a few bits as long as there is one; a multixact when the same tuple is locked by one
 * (sub)transaction and ended by another, or locked by several. A lock goes with its holder; an
 * update that has committed stays, beside locks that came after it.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/heap/heap_int.h"
#include "server/txn/clog.h"
#include "server/txn/combo_cid.h"
#include "server/txn/txn.h"

#define INFOBITS_IS_MULTI     0x01
#define INFOBITS_LOCK_ONLY    0x02
#define INFOBITS_EXCL_LOCK    0x04
#define INFOBITS_KEYSHR_LOCK  0x08
#define INFOBITS_KEYS_UPDATED 0x10

static NewXmax alone(Xid xid, HeapLockMode mode, bool is_update);
static NewXmax beside_multi(const HeapTupleHeader *h, Xid xid, HeapLockMode mode, bool is_update);
static NewXmax beside(Xid holder, MultiStatus held, Xid xid, MultiStatus wanted);

/* ---- Modes ---- */

HeapLockMode heap_mode_of(MultiStatus status)
{
    static const HeapLockMode modes[MULTI_STATUS_COUNT] = {
        [MULTI_FOR_KEY_SHARE] = HEAP_LOCK_KEY_SHARE,         [MULTI_FOR_SHARE] = HEAP_LOCK_SHARE,
        [MULTI_FOR_NO_KEY_UPDATE] = HEAP_LOCK_NO_KEY_UPDATE, [MULTI_FOR_UPDATE] = HEAP_LOCK_UPDATE,
        [MULTI_NO_KEY_UPDATE] = HEAP_LOCK_NO_KEY_UPDATE,     [MULTI_UPDATE] = HEAP_LOCK_UPDATE,
    };

    return modes[status];
}

static MultiStatus status_for(HeapLockMode mode, bool is_update)
{
    static const MultiStatus locks[] = {MULTI_FOR_KEY_SHARE, MULTI_FOR_SHARE,
                                        MULTI_FOR_NO_KEY_UPDATE, MULTI_FOR_UPDATE};

    if (!is_update)
        return locks[mode];
    ASSERT(mode >= HEAP_LOCK_NO_KEY_UPDATE);
    return mode == HEAP_LOCK_UPDATE ? MULTI_UPDATE : MULTI_NO_KEY_UPDATE;
}

bool heap_modes_conflict(HeapLockMode a, HeapLockMode b)
{
    /* Shared with shared, and the weakest with all but the strongest. */
    if (a > b)
        return heap_modes_conflict(b, a);
    return a == HEAP_LOCK_KEY_SHARE ? b == HEAP_LOCK_UPDATE : b >= HEAP_LOCK_NO_KEY_UPDATE;
}

MultiStatus heap_xmax_status(const HeapTupleHeader *h)
{
    bool has_keys_updated = (h->infomask2 & HEAP_KEYS_UPDATED) != 0;

    if (!heap_xmax_is_lock_only(h->infomask))
        return has_keys_updated ? MULTI_UPDATE : MULTI_NO_KEY_UPDATE;
    switch (h->infomask & HEAP_XMAX_LOCK_MASK) {
    case HEAP_XMAX_KEYSHR_LOCK:
        return MULTI_FOR_KEY_SHARE;
    case HEAP_XMAX_LOCK_MASK:
        return MULTI_FOR_SHARE;
    default:
        return has_keys_updated ? MULTI_FOR_UPDATE : MULTI_FOR_NO_KEY_UPDATE;
    }
}

/* ---- The new xmax ---- */

NewXmax heap_xmax_for(const HeapTuple *tuple, Xid xid, HeapLockMode mode, bool is_update)
{
    const HeapTupleHeader *h = heap_header(tuple);
    MultiStatus held;

    if ((h->infomask & HEAP_XMAX_INVALID) != 0 || heap_xmax_is_upgraded_lock(h->infomask))
        return alone(xid, mode, is_update);
    if ((h->infomask & HEAP_XMAX_IS_MULTI) != 0)
        return beside_multi(h, xid, mode, is_update);

    held = heap_xmax_status(h);
    if ((h->infomask & HEAP_XMAX_COMMITTED) == 0) {
        if (proc_array_is_running(h->xmax)) {
            /* Ours already: the stronger one is what counts. */
            if (h->xmax == xid)
                return alone(xid, heap_mode_of(held) > mode ? heap_mode_of(held) : mode, is_update);
        } else if (multixact_is_update(held) ? !xact_did_commit(h->xmax) : true) {
            return alone(xid, mode, is_update);
        }
    }
    return beside(h->xmax, held, xid, status_for(mode, is_update));
}

static NewXmax alone(Xid xid, HeapLockMode mode, bool is_update)
{
    static const uint16_t locks[] = {HEAP_XMAX_KEYSHR_LOCK, HEAP_XMAX_LOCK_MASK,
                                     HEAP_XMAX_EXCL_LOCK, HEAP_XMAX_EXCL_LOCK};

    return (NewXmax){
        .xmax = xid,
        .infomask = (uint16_t)(is_update ? 0 : HEAP_XMAX_LOCK_ONLY | locks[mode]),
        .infomask2 = mode == HEAP_LOCK_UPDATE ? HEAP_KEYS_UPDATED : 0,
    };
}

static NewXmax beside_multi(const HeapTupleHeader *h, Xid xid, HeapLockMode mode, bool is_update)
{
    bool is_lock_only = heap_xmax_is_lock_only(h->infomask);

    if (!multixact_is_running(h->xmax, is_lock_only)) {
        Xid updater = is_lock_only ? XID_NONE : heap_multi_updater(h->xmax);

        if (updater == XID_NONE || !xact_did_commit(updater))
            return alone(xid, mode, is_update);
    }
    multixact_set_oldest_member();
    return heap_multi_xmax(multixact_expand(h->xmax, xid, status_for(mode, is_update)));
}

/* Also of an outer transaction of ours: if only the inner one aborts, it has its lock still. */
static NewXmax beside(Xid holder, MultiStatus held, Xid xid, MultiStatus wanted)
{
    MultiMember members[2] = {{.xid = holder, .status = held}, {.xid = xid, .status = wanted}};

    multixact_set_oldest_member();
    return heap_multi_xmax(multixact_create(members, ARRAY_LEN(members)));
}

/* The bits that go with a multixact, so that most questions need not ask for its members. */
NewXmax heap_multi_xmax(MultiXid multi)
{
    NewXmax out = {.xmax = multi};
    HeapLockMode strongest = HEAP_LOCK_KEY_SHARE;
    unsigned mask = HEAP_XMAX_IS_MULTI | HEAP_XMAX_LOCK_ONLY;
    MultiMember *members;
    size_t count = multixact_members(multi, &members, false, false);

    for (size_t i = 0; i < count; i++) {
        HeapLockMode mode = heap_mode_of(members[i].status);

        if (multixact_is_update(members[i].status))
            mask &= ~(unsigned)HEAP_XMAX_LOCK_ONLY;
        if (mode == HEAP_LOCK_UPDATE)
            out.infomask2 = HEAP_KEYS_UPDATED;
        if (mode > strongest)
            strongest = mode;
    }
    mem_free(members);
    if (strongest == HEAP_LOCK_KEY_SHARE)
        mask |= HEAP_XMAX_KEYSHR_LOCK;
    else if (strongest == HEAP_LOCK_SHARE)
        mask |= HEAP_XMAX_LOCK_MASK;
    else
        mask |= HEAP_XMAX_EXCL_LOCK;
    out.infomask = (uint16_t)mask;
    return out;
}

NewXmax heap_xmax_of_newer(const HeapTuple *tuple)
{
    const HeapTupleHeader *h = heap_header(tuple);

    if ((h->infomask & HEAP_XMAX_INVALID) != 0 || heap_xmax_is_upgraded_lock(h->infomask))
        return (NewXmax){.xmax = XID_NONE, .infomask = HEAP_XMAX_INVALID};
    if ((h->infomask & HEAP_XMAX_IS_MULTI) != 0)
        return heap_multi_xmax(h->xmax);
    return (NewXmax){.xmax = h->xmax, .infomask = HEAP_XMAX_KEYSHR_LOCK | HEAP_XMAX_LOCK_ONLY};
}

void heap_set_xmax(HeapTupleHeader *h, NewXmax xmax)
{
    unsigned mask = h->infomask & ~(unsigned)(HEAP_XMAX_BITS | HEAP_MOVED);
    unsigned mask2 = h->infomask2 & ~(unsigned)HEAP_KEYS_UPDATED;

    h->infomask = (uint16_t)(mask | xmax.infomask);
    h->infomask2 = (uint16_t)(mask2 | xmax.infomask2);
    h->xmax = xmax.xmax;
}

/* ---- What is stored ---- */

uint8_t heap_infobits(uint16_t infomask, uint16_t infomask2)
{
    unsigned bits = 0;

    bits |= (infomask & HEAP_XMAX_IS_MULTI) != 0 ? INFOBITS_IS_MULTI : 0;
    bits |= (infomask & HEAP_XMAX_LOCK_ONLY) != 0 ? INFOBITS_LOCK_ONLY : 0;
    bits |= (infomask & HEAP_XMAX_EXCL_LOCK) != 0 ? INFOBITS_EXCL_LOCK : 0;
    bits |= (infomask & HEAP_XMAX_KEYSHR_LOCK) != 0 ? INFOBITS_KEYSHR_LOCK : 0;
    bits |= (infomask2 & HEAP_KEYS_UPDATED) != 0 ? INFOBITS_KEYS_UPDATED : 0;
    return (uint8_t)bits;
}

Cid heap_cmax_to_store(const HeapTuple *tuple, Cid command, bool *is_combo)
{
    const HeapTupleHeader *h = heap_header(tuple);

    *is_combo = (h->infomask & HEAP_XMIN_COMMITTED) == 0 && txn_is_own_xid(h->xmin);
    return *is_combo ? combo_cid_make(heap_cmin(tuple), command) : command;
}

void heap_set_cmax(HeapTupleHeader *h, Cid cmax, bool is_combo)
{
    unsigned mask = h->infomask & ~(unsigned)HEAP_COMBO_CID;

    h->infomask = (uint16_t)(mask | (is_combo ? HEAP_COMBO_CID : 0));
    h->cid = cmax;
}
