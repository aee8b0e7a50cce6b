/* record.c - what records of several kinds have in common, and what goes with all changes */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/walrec/rmgr.h"
#include "server/access/heap/heap_int.h"
#include "server/txn/xid.h"
#include "server/wal/wal.h"

typedef struct LockRecord {
    Xid xmax;
    OffsetNo offnum;
    uint8_t infobits;
    uint8_t flags;
} LockRecord;

STATIC_ASSERT(sizeof(LockRecord) == 8);

#define LOCK_CLEARED_FROZEN 0x01

Lsn heap_log_lock(Buffer b, const HeapTuple *tuple, NewXmax set, bool was_all_frozen,
                  bool is_newer_version)
{
    const LockRecord record = {
        .xmax = set.xmax,
        .offnum = tuple->self.offset,
        .infobits = heap_infobits(set.infomask, set.infomask2),
        .flags = was_all_frozen ? LOCK_CLEARED_FROZEN : 0,
    };

    wal_register_data(&record, sizeof record);
    buffer_register_wal(0, b, WAL_REF_STANDARD);
    if (is_newer_version)
        return wal_insert(RMGR_HEAP2, WAL_HEAP2_LOCK_UPDATED);
    return wal_insert(RMGR_HEAP, WAL_HEAP_LOCK);
}

void heap_set_prunable(uint8_t *page, Xid xid)
{
    Xid before = page_prune_xid(page);

    if (before == XID_NONE || xid_precedes(xid, before))
        page_set_prune_xid(page, xid);
}

void heap_reset_header(HeapTupleHeader *h, Xid xmin, Cid command)
{
    h->infomask = (uint16_t)(h->infomask & ~(unsigned)HEAP_XACT_BITS);
    h->infomask2 = (uint16_t)(h->infomask2 & ~(unsigned)HEAP_XACT_BITS2);
    h->xmin = xmin;
    h->cid = command;
}

void heap_raise_if_decoded(const HeapRel *rel)
{
    if (rel->is_decoded)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "logging changes of tables for logical decoding is not supported");
}

void heap_raise_invisible(Buffer b, const char *what)
{
    buffer_unlock(b);
    err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
              .message = err_fmt("attempted to %s invisible tuple", what));
}
