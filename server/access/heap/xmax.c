/*
 * xmax.c - what a tuple says of who ends it, when others may have it locked
 *
 * One xid and a few bits as long as there is one; a multixact when the same tuple is locked by one
 * (sub)transaction and ended by another, or locked by several.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/heap/heap_int.h"
#include "server/txn/combo_cid.h"
#include "server/txn/txn.h"

#define INFOBITS_IS_MULTI     0x01
#define INFOBITS_LOCK_ONLY    0x02
#define INFOBITS_EXCL_LOCK    0x04
#define INFOBITS_KEYSHR_LOCK  0x08
#define INFOBITS_KEYS_UPDATED 0x10

static NewXmax multi_xmax(MultiXid multi);
static MultiStatus lock_status(const HeapTupleHeader *h);

NewXmax heap_xmax_for_delete(const HeapTuple *tuple, Xid xid)
{
    const NewXmax alone = {.xmax = xid, .infomask2 = HEAP_KEYS_UPDATED};
    const HeapTupleHeader *h = heap_header(tuple);
    MultiMember members[2];

    if ((h->infomask & HEAP_XMAX_INVALID) != 0 || heap_xmax_is_upgraded_lock(h->infomask))
        return alone;
    if ((h->infomask & HEAP_XMAX_IS_MULTI) != 0) {
        if (!multixact_is_running(h->xmax, heap_xmax_is_lock_only(h->infomask)))
            return alone;
        multixact_set_oldest_member();
        return multi_xmax(multixact_expand(h->xmax, xid, MULTI_UPDATE));
    }
    if (h->xmax == xid || !proc_array_is_running(h->xmax))
        return alone;
    /* An outer transaction of ours has it locked: if only the inner one aborts, it has it still. */
    members[0] = (MultiMember){.xid = h->xmax, .status = lock_status(h)};
    members[1] = (MultiMember){.xid = xid, .status = MULTI_UPDATE};
    multixact_set_oldest_member();
    return multi_xmax(multixact_create(members, ARRAY_LEN(members)));
}

/* The bits that go with a multixact, so that most questions need not ask for its members. */
static NewXmax multi_xmax(MultiXid multi)
{
    NewXmax out = {.xmax = multi};
    MultiStatus strongest = MULTI_FOR_KEY_SHARE;
    unsigned mask = HEAP_XMAX_IS_MULTI | HEAP_XMAX_LOCK_ONLY;
    MultiMember *members;
    size_t count = multixact_members(multi, &members, false, false);

    for (size_t i = 0; i < count; i++) {
        MultiStatus status = members[i].status;

        if (multixact_is_update(status))
            mask &= ~(unsigned)HEAP_XMAX_LOCK_ONLY;
        if (status == MULTI_FOR_UPDATE || status == MULTI_UPDATE)
            out.infomask2 = HEAP_KEYS_UPDATED;
        if (status > strongest)
            strongest = status;
    }
    mem_free(members);
    if (strongest == MULTI_FOR_KEY_SHARE)
        mask |= HEAP_XMAX_KEYSHR_LOCK;
    else if (strongest == MULTI_FOR_SHARE)
        mask |= HEAP_XMAX_KEYSHR_LOCK | HEAP_XMAX_EXCL_LOCK;
    else
        mask |= HEAP_XMAX_EXCL_LOCK;
    out.infomask = (uint16_t)mask;
    return out;
}

/* Of an xmax that is one xid's lock. */
static MultiStatus lock_status(const HeapTupleHeader *h)
{
    switch (h->infomask & HEAP_XMAX_LOCK_MASK) {
    case HEAP_XMAX_KEYSHR_LOCK:
        return MULTI_FOR_KEY_SHARE;
    case HEAP_XMAX_LOCK_MASK:
        return MULTI_FOR_SHARE;
    default:
        return (h->infomask2 & HEAP_KEYS_UPDATED) != 0 ? MULTI_FOR_UPDATE : MULTI_FOR_NO_KEY_UPDATE;
    }
}

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
