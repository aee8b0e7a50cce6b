/* overwrite.c - other data in the place of a row's, as some catalog rows are changed */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/walrec/rmgr.h"
#include "server/access/heap/heap_int.h"
#include "server/wal/wal.h"

void heap_overwrite(HeapRel *rel, Tid tid, const HeapTuple *with)
{
    const HeapTupleHeader *new_h = heap_header(with);
    size_t len = with->len - new_h->hoff;
    HeapTuple tuple;
    Buffer b =
        buffer_read(rel->smgr, FORK_MAIN, tid_block(tid), BUFFER_NORMAL, NULL, rel->is_permanent);

    buffer_lock(b, BUFFER_EXCLUSIVE);
    heap_point_to(rel, b, tid.offset, &tuple);
    if (tuple.len != with->len || heap_header(&tuple)->hoff != new_h->hoff)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "wrong tuple length");
    if (rel->is_permanent)
        wal_begin_insert();

    crit_begin();
    memcpy(tuple.bytes + new_h->hoff, with->bytes + new_h->hoff, len);
    buffer_mark_dirty(b);
    if (rel->is_permanent) {
        wal_register_data(&tid.offset, sizeof tid.offset);
        buffer_register_wal(0, b, WAL_REF_STANDARD);
        wal_register_page_data(0, with->bytes + new_h->hoff, len);
        page_set_lsn(buffer_page(b), wal_insert(RMGR_HEAP, WAL_HEAP_INPLACE));
    }
    crit_end();
    buffer_unlock_unpin(b);
}
