/*
 * result_trigger.c - the triggers of a table that rows are put into: when they are asked
 *
 * What they do is an upper room's, which sets its functions once. A row that BEFORE triggers are to
 * see is locked first, so that they see the version that will be changed.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/executor/result_rel_int.h"
#include "server/executor/row_wait.h"

static struct {
    const ResultTriggers *functions;
} triggers;

void result_rel_set_triggers(const ResultTriggers *functions)
{
    triggers.functions = functions;
}

const ResultTriggers *result_rel_trigger_functions(void)
{
    return triggers.functions;
}

void result_rel_set_columns(ResultRel *r, const unsigned *columns, unsigned count)
{
    MEM_SCOPE(r->mem) {
        r->set_columns = mem_new_array(uint64_t, r->desc->count / 64u + 1);
    }
    for (unsigned i = 0; i < count; i++)
        r->set_columns[(columns[i] - 1) / 64] |= UINT64_C(1) << ((columns[i] - 1) % 64);
}

void result_rel_count_triggers(ResultRel *r, RelationCounts *counts)
{
    r->counts = counts;
}

void result_rel_open_triggers(ResultRel *r)
{
    r->fire = triggers.functions->open(r->rel, r->set_columns, r->counts, r->run_mem);
}

bool result_rel_fires(const ResultRel *r, unsigned kind)
{
    return UNLIKELY(r->fire != NULL) && (r->fire->has & kind) != 0;
}

void result_rel_before_statement(ResultRel *r, RowChange change)
{
    if (result_rel_fires(r, FIRES_BEFORE_STATEMENT(change)))
        triggers.functions->before_statement(r->fire, change);
}

void result_rel_after_statement(ResultRel *r, RowChange change)
{
    if (result_rel_fires(r, FIRES_AFTER_STATEMENT(change)))
        triggers.functions->after_statement(r->fire, change);
}

bool result_rel_before_insert(ResultRel *r)
{
    return !result_rel_fires(r, FIRES_BEFORE_ROW(ROW_INSERT)) ||
           triggers.functions->before_insert(r->fire, r->row);
}

void result_rel_after_insert(ResultRel *r, const IndexInsert *entries)
{
    if (result_rel_fires(r, FIRES_AFTER_ROW(ROW_INSERT)))
        triggers.functions->after_insert(r->fire, r->row, entries);
}

HeapResult result_rel_before_change(ResultRel *r, RowChange change, Tid tid, HeapObstacle *why)
{
    const RowLock lock = {.rel = r->rel,
                          .heap = r->heap,
                          .command = r->command,
                          .mode = change == ROW_DELETE || r->set_columns == NULL
                                      ? HEAP_LOCK_UPDATE
                                      : result_rel_lock_mode(r, r->set_columns),
                          .wait = ROW_WAIT_BLOCK,
                          .purpose = LOCK_TO_LOCK};
    HeapTuple place = {.self = tid, .table = r->heap->table};
    HeapTuple *old;
    HeapResult result;
    bool goes_on;
    Buffer b;

    result = row_lock_version(&lock, &place, &b, why);
    if (result != HEAP_CHANGE_OK)
        return result;
    old = heap_copy(&place);
    buffer_unpin(b);
    goes_on = change == ROW_UPDATE ? triggers.functions->before_update(r->fire, old, r->row)
                                   : triggers.functions->before_delete(r->fire, old);
    return goes_on ? HEAP_CHANGE_OK : HEAP_CHANGE_REFUSED;
}
