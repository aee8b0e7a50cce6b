/*
 * result_batch.c - rows go to a table many at a time
 *
 * Tuples are formed and checked one by one, and put on pages together, with one record for a page.
 * Then their index entries are made, from the tuples again.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/executor/result_rel_int.h"

#define ROWS_MAX  1000
#define BYTES_MAX ((size_t)65535)

struct ResultBatch {
    ResultRel *r;
    HeapBulk *bulk;
    unsigned flags;
    MemContext *mem; /* of the tuples */
    HeapTuple *tuples[ROWS_MAX];
    size_t count, bytes;
    void (*on_row)(void *arg, unsigned number);
    void *arg;
};

ResultBatch *result_rel_batch_new(ResultRel *r, HeapBulk *bulk, unsigned insert_flags)
{
    ResultBatch *b = mem_alloc_in(r->run_mem, sizeof(*b));

    b->r = r;
    b->bulk = bulk;
    b->flags = insert_flags;
    b->mem = mem_context_new(r->run_mem, "batch of rows");
    return b;
}

void result_rel_batch_on_row(ResultBatch *b, void (*on_row)(void *arg, unsigned number), void *arg)
{
    b->on_row = on_row;
    b->arg = arg;
}

void result_rel_batch_add(ResultBatch *b)
{
    HeapTuple *tuple = NULL;

    /* What it does may be to see the rows before. */
    if (result_rel_fires(b->r, FIRES_BEFORE_ROW(ROW_INSERT))) {
        result_rel_insert(b->r, b->bulk);
        return;
    }
    if (b->r->eval != NULL)
        eval_reset(b->r->eval);
    MEM_SCOPE(b->mem) {
        tuple = result_rel_form(b->r, b->flags);
    }
    b->tuples[b->count++] = tuple;
    b->bytes += tuple->len;
    if (b->count == ROWS_MAX || b->bytes > BYTES_MAX)
        result_rel_batch_flush(b);
}

/* And what triggers are to be told of. */
static void add_entries(ResultBatch *b)
{
    ResultRel *r = b->r;

    for (size_t i = 0; i < b->count; i++) {
        if (b->on_row != NULL)
            b->on_row(b->arg, (unsigned)i);
        mem_reset(r->row_mem);
        slot_set_heap(r->row, b->tuples[i]);
        MEM_SCOPE(r->row_mem) {
            IndexInsert entries = {.recheck_count = 0};

            if (r->index_count > 0)
                result_rel_add_entries(r, b->tuples[i]->self, &entries);
            result_rel_after_insert(r, &entries);
        }
    }
    slot_clear(r->row);
}

unsigned result_rel_batch_count(const ResultBatch *b)
{
    return (unsigned)b->count;
}

void result_rel_batch_flush(ResultBatch *b)
{
    if (b->count == 0)
        return;
    result_rel_open_indexes(b->r);
    if (b->on_row != NULL)
        b->on_row(b->arg, RESULT_BATCH_ALL);
    MEM_SCOPE(b->mem) {
        heap_insert_many(b->r->heap, b->tuples, b->count, b->r->command, b->flags, b->bulk);
        for (unsigned i = 0; i < b->count; i++)
            result_rel_note_catalog(b->r, NO_ROW, b->tuples[i]);
    }
    if (b->r->index_count > 0 || result_rel_fires(b->r, FIRES_AFTER_ROW(ROW_INSERT)))
        add_entries(b);
    b->count = 0;
    b->bytes = 0;
    mem_reset(b->mem);
}
