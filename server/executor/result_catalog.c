/* result_catalog.c - statements that change the rows of catalogs as if these were tables */
#include "common/base/base.h"

#include "common/format/oid_range.h"
#include "server/cache/inval.h"
#include "server/executor/result_rel_int.h"
#include "server/storage/buffer/buffer.h"

/* In the current context; NULL: no row. It is on its page as long as this transaction runs. */
static HeapTuple *fetch(const ResultRel *r, Tid tid)
{
    HeapTuple tuple = {.self = tid, .table = r->heap->table}, *copy;
    Buffer b;

    if (tid.offset == 0 || !heap_fetch(r->heap, &snapshot_any, &tuple, &b))
        return NULL;
    copy = heap_copy(&tuple);
    buffer_unpin(b);
    return copy;
}

void result_rel_note_catalog(const ResultRel *r, Tid old, const HeapTuple *fresh)
{
    if (r->rel->oid >= OID_FIRST_UNPINNED)
        return;
    inval_note_row(r->rel, fetch(r, old), fresh);
}
