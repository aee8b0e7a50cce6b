/* toast_open.c - open a toast table with its indexes, and close it again. */
#include "common/base/base.h"

#include "server/cache/toast_open.h"

#include "common/mem/mem.h"
#include "server/cache/relation_open.h"
#include "server/cache/relcache.h"
#include "server/catalog/catalog_struct.h"

/* The struct that access/toast knows comes first. */
typedef struct OpenToast {
    ToastRel head;
    Relation *table, *indexes[TOAST_INDEXES_MAX];
} OpenToast;

static ToastRel *open_toast(Oid oid)
{
    OpenToast *t = mem_new(OpenToast);
    const RelationIndexes *indexes;

    t->table = relation_open(oid, LOCK_ACCESS_SHARE);
    t->head.heap = relation_heap(t->table);
    t->head.name = t->table->name;
    indexes = relation_indexes(t->table);
    for (unsigned i = 0; i < indexes->count && i < TOAST_INDEXES_MAX; i++) {
        t->indexes[i] = relation_open(indexes->oids[i], LOCK_ACCESS_SHARE);
        t->head.indexes[i] = relation_btree(t->indexes[i]);
        t->head.is_unique[i] = t->indexes[i]->index->row->indisunique;
        t->head.index_count++;
    }
    return &t->head;
}

static void close_toast(ToastRel *toast)
{
    OpenToast *t = (OpenToast *)toast;

    for (unsigned i = 0; i < t->head.index_count; i++)
        relation_close(t->indexes[i], LOCK_ACCESS_SHARE);
    relation_close(t->table, LOCK_ACCESS_SHARE);
    mem_free(t);
}

const ToastOpener toast_opener = {.open = open_toast, .close = close_toast};
