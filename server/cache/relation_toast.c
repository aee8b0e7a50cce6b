/* relation_toast.c - toast tables are opened with their indexes; relation_toast.h */
#include "common/base/base.h"

#include "server/cache/relation_toast.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/relation_open.h"
#include "server/catalog/catalog_struct.h"

/* What was opened; its first part is what others see. */
typedef struct OpenToast {
    ToastRel toast;
    Relation *table;
    Relation *indexes[TOAST_INDEXES_MAX];
    LockMode mode;
} OpenToast;

static ToastRel *open_for_reading(Oid toast_table);

const ToastOpener relation_toast_opener = {.open = open_for_reading, .close = relation_toast_close};

static ToastRel *open_for_reading(Oid toast_table)
{
    return relation_toast_open(toast_table, LOCK_ACCESS_SHARE);
}

/* An index that is valid comes first: it leads to all chunks. */
static void add_index(OpenToast *open, Relation *index)
{
    ToastRel *toast = &open->toast;
    unsigned at = toast->index_count++;

    open->indexes[at] = index;
    toast->indexes[at] = relation_btree(index);
    toast->is_unique[at] = index->index->row->indisunique;
    if (at > 0 && index->index->row->indisvalid && !open->indexes[0]->index->row->indisvalid) {
        Relation *first = open->indexes[0];
        bool was_unique = toast->is_unique[0];

        open->indexes[0] = index;
        open->indexes[at] = first;
        toast->indexes[0] = &index->index->btree;
        toast->indexes[at] = &first->index->btree;
        toast->is_unique[0] = toast->is_unique[at];
        toast->is_unique[at] = was_unique;
    }
}

ToastRel *relation_toast_open(Oid toast_table, LockMode mode)
{
    OpenToast *open = mem_new(OpenToast);
    const RelationIndexes *listed;
    Oid oids[TOAST_INDEXES_MAX];
    unsigned count;

    open->mode = mode;
    open->table = relation_open(toast_table, mode);
    listed = relation_indexes(open->table);
    count = listed->count;
    if (count == 0 || count > TOAST_INDEXES_MAX)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message =
                      err_fmt("no valid index found for toast relation with Oid %u", toast_table));
    memcpy(oids, listed->oids, count * sizeof(Oid));
    for (unsigned i = 0; i < count; i++)
        add_index(open, index_open(oids[i], mode));
    open->toast.heap = relation_heap(open->table);
    open->toast.name = open->table->name;
    return &open->toast;
}

void relation_toast_close(ToastRel *toast)
{
    OpenToast *open = (OpenToast *)(void *)toast;

    for (unsigned i = toast->index_count; i > 0; i--)
        relation_close(open->indexes[i - 1], open->mode);
    relation_close(open->table, open->mode);
    mem_free(open);
}
