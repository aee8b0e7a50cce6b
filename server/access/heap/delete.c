/* delete.c - rows that end */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/walrec/rmgr.h"
#include "server/access/heap/heap_int.h"
#include "server/txn/txn.h"
#include "server/txn/xid.h"
#include "server/wal/wal.h"

/* The main data of HEAP DELETE. */
typedef struct DeleteRecord {
    Xid xmax;
    OffsetNo offnum;
    uint8_t infobits;
    uint8_t flags;
} DeleteRecord;

STATIC_ASSERT(sizeof(DeleteRecord) == 8);

#define DELETE_CLEARED_VISIBLE 0x01

static void end_locked(HeapRel *rel, Buffer b, Buffer map, const HeapTuple *tuple, Cid command);
static Lsn log_delete(Buffer b, const HeapTuple *tuple, const NewXmax *xmax, bool was_all_visible);
static void set_prunable(uint8_t *page, Xid xid);

HeapResult heap_delete(HeapRel *rel, Tid tid, Cid command, HeapObstacle *why)
{
    HeapTuple tuple = {.self = tid, .table = rel->table};
    Buffer b, map = BUFFER_NONE;
    HeapResult result;

    heap_raise_if_decoded(rel);
    txn_xid(); /* now: giving one out may take long */
    b = buffer_read(rel->smgr, FORK_MAIN, tid_block(tid), BUFFER_NORMAL, NULL, rel->is_permanent);
    heap_lock_with_map(rel, b, &map);
    heap_point_to(rel, b, tid.offset, &tuple);
    result = heap_check_change(&tuple, command, b, why);
    if (result == HEAP_CHANGE_INVISIBLE) {
        buffer_unlock(b);
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "attempted to delete invisible tuple");
    }
    if (result == HEAP_CHANGE_OK)
        end_locked(rel, b, map, &tuple, command);
    buffer_unlock_unpin(b);
    if (map != BUFFER_NONE)
        buffer_unpin(map);
    return result;
}

static void end_locked(HeapRel *rel, Buffer b, Buffer map, const HeapTuple *tuple, Cid command)
{
    HeapTupleHeader *h = heap_header(tuple);
    Xid xid = txn_xid();
    bool is_combo, was_all_visible;
    Cid cmax = heap_cmax_to_store(tuple, command, &is_combo);
    NewXmax xmax = heap_xmax_for_delete(tuple, xid);
    unsigned mask;

    if (rel->is_permanent)
        wal_begin_insert();

    crit_begin();
    set_prunable(buffer_page(b), xid);
    was_all_visible = heap_clear_all_visible(b, map);
    mask = h->infomask & ~(unsigned)(HEAP_XMAX_BITS | HEAP_MOVED | HEAP_COMBO_CID);
    mask |= xmax.infomask | (is_combo ? HEAP_COMBO_CID : 0);
    h->infomask = (uint16_t)mask;
    mask = h->infomask2 & ~(unsigned)(HEAP_KEYS_UPDATED | HEAP_HOT_UPDATED);
    h->infomask2 = (uint16_t)(mask | xmax.infomask2);
    h->xmax = xmax.xmax;
    h->cid = cmax;
    h->ctid = tuple->self;
    buffer_mark_dirty(b);
    if (rel->is_permanent)
        page_set_lsn(buffer_page(b), log_delete(b, tuple, &xmax, was_all_visible));
    crit_end();
}

static Lsn log_delete(Buffer b, const HeapTuple *tuple, const NewXmax *xmax, bool was_all_visible)
{
    const DeleteRecord record = {
        .xmax = xmax->xmax,
        .offnum = tuple->self.offset,
        .infobits = heap_infobits(xmax->infomask, xmax->infomask2),
        .flags = was_all_visible ? DELETE_CLEARED_VISIBLE : 0,
    };

    wal_register_data(&record, sizeof(record));
    buffer_register_wal(0, b, WAL_REF_STANDARD);
    wal_set_insert_flags(WAL_INSERT_ORIGIN);
    return wal_insert(RMGR_HEAP, WAL_HEAP_DELETE);
}

/* A hint: from this xid on, pruning the page may pay. */
static void set_prunable(uint8_t *page, Xid xid)
{
    Xid before = page_prune_xid(page);

    if (before == XID_NONE || xid_precedes(xid, before))
        page_set_prune_xid(page, xid);
}
