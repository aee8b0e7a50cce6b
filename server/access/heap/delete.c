/* delete.c - rows that end */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/walrec/rmgr.h"
#include "server/access/heap/heap_int.h"
#include "server/txn/txn.h"
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
#define DELETE_IS_SUPER        0x08 /* an insert is taken back */
#define DELETE_IS_MOVE         0x10

static void end_locked(HeapRel *rel, Buffer b, Buffer map, const HeapTuple *tuple, Cid command,
                       unsigned flags);
static Lsn log_delete(Buffer b, const HeapTuple *tuple, Xid xmax, uint8_t infobits, unsigned flags);

HeapResult heap_delete(HeapRel *rel, Tid tid, Cid command, unsigned flags, HeapObstacle *why)
{
    HeapTuple tuple;
    Buffer b, map = BUFFER_NONE;
    HeapResult result;

    heap_raise_if_decoded(rel);
    txn_xid(); /* now: giving one out may take long */
    b = buffer_read(rel->smgr, FORK_MAIN, tid_block(tid), BUFFER_NORMAL, NULL, rel->is_permanent);
    heap_lock_with_map(rel, b, &map);
    heap_point_to(rel, b, tid.offset, &tuple);
    result = heap_check_change(&tuple, command, HEAP_LOCK_UPDATE, b, why);
    if (result == HEAP_CHANGE_INVISIBLE)
        heap_raise_invisible(b, "delete");
    if (result == HEAP_CHANGE_OK)
        end_locked(rel, b, map, &tuple, command, flags);
    buffer_unlock_unpin(b);
    heap_unpin_map(map);
    if (result == HEAP_CHANGE_OK)
        stats_count_delete(rel->stats);
    return result;
}

static void end_locked(HeapRel *rel, Buffer b, Buffer map, const HeapTuple *tuple, Cid command,
                       unsigned flags)
{
    HeapTupleHeader *h = heap_header(tuple);
    Xid xid = txn_xid();
    bool is_combo, is_move = (flags & HEAP_DELETE_MOVES) != 0;
    Cid cmax = heap_cmax_to_store(tuple, command, &is_combo);
    NewXmax xmax;
    unsigned record_flags = is_move ? DELETE_IS_MOVE : 0;

    multixact_set_oldest_member();
    xmax = heap_xmax_for(tuple, xid, HEAP_LOCK_UPDATE, true);
    if (rel->is_permanent)
        wal_begin_insert();

    crit_begin();
    heap_set_prunable(buffer_page(b), xid);
    record_flags |= heap_clear_all_visible(b, map) ? DELETE_CLEARED_VISIBLE : 0;
    heap_set_xmax(h, xmax);
    heap_set_cmax(h, cmax, is_combo);
    h->infomask2 = (uint16_t)(h->infomask2 & ~(unsigned)HEAP_HOT_UPDATED);
    h->ctid = is_move ? tid_make(BLOCK_NONE, HEAP_CTID_MOVED) : tuple->self;
    buffer_mark_dirty(b);
    if (rel->is_permanent)
        page_set_lsn(buffer_page(b),
                     log_delete(b, tuple, xmax.xmax, heap_infobits(xmax.infomask, xmax.infomask2),
                                record_flags));
    crit_end();
}

static Lsn log_delete(Buffer b, const HeapTuple *tuple, Xid xmax, uint8_t infobits, unsigned flags)
{
    const DeleteRecord record = {
        .xmax = xmax,
        .offnum = tuple->self.offset,
        .infobits = infobits,
        .flags = (uint8_t)flags,
    };

    wal_register_data(&record, sizeof record);
    buffer_register_wal(0, b, WAL_REF_STANDARD);
    wal_set_insert_flags(WAL_INSERT_ORIGIN);
    return wal_insert(RMGR_HEAP, WAL_HEAP_DELETE);
}

/* ---- An insert that is taken back, as if it had never been ---- */

void heap_abort_speculative(HeapRel *rel, Tid tid)
{
    HeapTuple tuple;
    HeapTupleHeader *h;
    Xid xid = txn_xid();
    Buffer b =
        buffer_read(rel->smgr, FORK_MAIN, tid_block(tid), BUFFER_NORMAL, NULL, rel->is_permanent);

    buffer_lock(b, BUFFER_EXCLUSIVE);
    heap_point_to(rel, b, tid.offset, &tuple);
    h = heap_header(&tuple);
    if (h->xmin != xid)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = "attempted to kill a tuple inserted by another transaction");
    /* Chunks of a row's values come with it, and are taken back as well; they have no token. */
    if ((h->infomask2 & (HEAP_HOT_UPDATED | HEAP_ONLY_TUPLE)) != 0 ||
        (h->infomask & HEAP_XMAX_INVALID) == 0)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = "attempted to kill a tuple that is no speculative insert");
    if (rel->is_permanent)
        wal_begin_insert();

    crit_begin();
    /* Nobody can see it: any horizon makes the page worth pruning. */
    heap_set_prunable(buffer_page(b), proc_array_transaction_xmin() != XID_NONE
                                          ? proc_array_transaction_xmin()
                                          : xid);
    h->infomask = (uint16_t)(h->infomask & ~(unsigned)(HEAP_XMAX_BITS | HEAP_MOVED));
    h->infomask2 = (uint16_t)(h->infomask2 & ~(unsigned)HEAP_KEYS_UPDATED);
    h->xmin = XID_NONE;
    h->ctid = tid;
    buffer_mark_dirty(b);
    if (rel->is_permanent)
        page_set_lsn(buffer_page(b), log_delete(b, &tuple, xid, 0, DELETE_IS_SUPER));
    crit_end();
    buffer_unlock_unpin(b);
    stats_count_delete(rel->stats);
}
