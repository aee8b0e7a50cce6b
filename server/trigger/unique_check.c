/*
 * unique_check.c - keys of deferrable constraints, looked at again when rows have settled
 *
 * An entry was made though the key seemed to be there already; the row may be gone by now, or the
 * other one. Rows that are versions of one another on a page have one entry and one key, so the
 * place that is looked for is that of the first of them.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/access/index/index.h"
#include "server/cache/relation_open.h"
#include "server/node/node.h"
#include "server/trigger/trigger_int.h"

/* Is there still a row that the entry leads to? */
static bool is_there(Relation *rel, Tid tid)
{
    HeapFetch fetch = heap_fetch_begin(relation_heap(rel));
    HeapTuple row;
    bool is_found = heap_fetch_row(&fetch, &snapshot_self, tid, &row, NULL);

    heap_fetch_end(&fetch);
    return is_found;
}

static void check_key(Relation *rel, Oid index_oid, const HeapTuple *row)
{
    Relation *index = index_open(index_oid, LOCK_ROW_EXCLUSIVE);
    Datum *values = mem_new_array(Datum, rel->desc->count);
    bool *nulls = mem_new_array(bool, rel->desc->count);
    IndexSet *set;

    relation_btree(index);
    set = index_set_new(rel, &index, 1);
    heap_deform(row, rel->desc, values, nulls);
    index_set_recheck(set, index_oid, values, nulls, row->self);
    relation_close(index, LOCK_NONE);
}

void unique_check(const TriggerCall *t)
{
    const HeapTuple *row = (t->event & TRIGGER_UPDATE) != 0 ? t->new_row : t->row;

    if (is_there(t->rel, row->self))
        check_key(t->rel, t->trigger->constraint_index, row);
}
