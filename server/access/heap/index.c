/* index.c - who is in the way of a key; heap_index.h has the how. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/access/heap/heap_index.h"

static BtreeRowState look(void *arg, const Tid *tid, Xid *waits_for, uint32_t *token);
static void wait_for(void *arg, Xid xid, uint32_t token);
static void describe_key(void *arg, const IndexTuple *tuple, BtreeConflict *out);
static void describe_table(void *arg, BtreeConflict *out);
static Xid newest_xid(void *arg, const Tid *tids, size_t count);

BtreeTable heap_index_table(HeapKeyOwner *owner)
{
    return (BtreeTable){.look = look,
                        .wait = wait_for,
                        .describe_key = owner->describe_key != NULL ? describe_key : NULL,
                        .describe_table = owner->describe_table != NULL ? describe_table : NULL,
                        .newest_xid = newest_xid,
                        .arg = owner};
}

static BtreeRowState look(void *arg, const Tid *tid, Xid *waits_for, uint32_t *token)
{
    const HeapKeyOwner *owner = arg;
    HeapFetch fetch = heap_fetch_begin(owner->rel);
    Snapshot dirty = {.kind = SNAPSHOT_DIRTY};
    HeapTuple row;
    bool is_all_dead, is_found;

    is_found = heap_fetch_row_dirty(&fetch, &dirty, *tid, &row, &is_all_dead);
    heap_fetch_end(&fetch);
    if (!is_found)
        return is_all_dead ? BTREE_ROW_DEAD : BTREE_ROW_GONE;
    *token = dirty.token;
    *waits_for = dirty.dirty_xmin != XID_NONE ? dirty.dirty_xmin : dirty.xmax;
    return *waits_for != XID_NONE ? BTREE_ROW_UNCERTAIN : BTREE_ROW_ALIVE;
}

static void wait_for(void *arg, Xid xid, uint32_t token)
{
    const HeapKeyOwner *owner = arg;

    if (owner->wait == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("transaction %u inserts the same key", xid));
    owner->wait(owner->arg, xid, token);
}

static void describe_key(void *arg, const IndexTuple *tuple, BtreeConflict *out)
{
    const HeapKeyOwner *owner = arg;

    owner->describe_key(owner->arg, tuple, out);
}

static void describe_table(void *arg, BtreeConflict *out)
{
    const HeapKeyOwner *owner = arg;

    owner->describe_table(owner->arg, out);
}

static Xid newest_xid(void *arg, const Tid *tids, size_t count)
{
    const HeapKeyOwner *owner = arg;

    return heap_newest_xid(owner->rel, tids, count);
}
