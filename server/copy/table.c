/* table.c - rows of COPY go to a table, its indexes and its toast table by way of the executor's */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/copy/copy_int.h"
#include "server/executor/result_rel.h"

typedef struct TableTarget {
    CopyTarget head;
    ResultRel *rel;
    HeapBulk *bulk;
    ResultBatch *batch; /* NULL: rows go one by one */
} TableTarget;

static void add(CopyTarget *target);
static void add_single(CopyTarget *target);
static void flush(CopyTarget *target);
static void on_row(void *arg, unsigned number);

CopyTarget *copy_target_table(ResultRel *rel, HeapBulk *bulk, unsigned flags, bool is_single)
{
    TableTarget *t = mem_new(TableTarget);

    t->head.row = result_rel_row(rel);
    t->rel = rel;
    t->bulk = bulk;
    if (is_single) {
        t->head.add = add_single;
        return &t->head;
    }
    t->head.add = add;
    t->head.flush = flush;
    t->batch = result_rel_batch_new(rel, bulk, flags);
    result_rel_batch_on_row(t->batch, on_row, t);
    return &t->head;
}

static void add_single(CopyTarget *target)
{
    TableTarget *t = (TableTarget *)target;

    (void)result_rel_insert(t->rel, t->bulk);
}

static void add(CopyTarget *target)
{
    TableTarget *t = (TableTarget *)target;

    result_rel_batch_add(t->batch);
    target->is_flushing = false;
    target->kept = result_rel_batch_count(t->batch);
}

static void flush(CopyTarget *target)
{
    TableTarget *t = (TableTarget *)target;

    result_rel_batch_flush(t->batch);
    target->is_flushing = false;
    target->kept = 0;
}

static void on_row(void *arg, unsigned number)
{
    TableTarget *t = arg;

    t->head.is_flushing = true;
    t->head.flushing = number;
}
