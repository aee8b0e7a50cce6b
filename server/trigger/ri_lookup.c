/*
 * ri_lookup.c - the row that a foreign key refers to, by the unique index of its key
 *
 * PostgreSQL asks "SELECT 1 FROM ONLY pk x WHERE key = $1 FOR KEY SHARE OF x". Here the index is
 * looked into, and the row locked, with the same snapshot and the same waiting: a row that was
 * changed meanwhile counts if its newest version still has the key.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/index/index.h"
#include "server/cache/relation_open.h"
#include "server/cache/type_operators.h"
#include "server/executor/row_wait.h"
#include "server/ipc/interrupt.h"
#include "server/trigger/trigger_int.h"

#define BTREE_COMPARE 1 /* number of a support function */

struct RiLookup {
    const RiInfo *info;
    RiQuery query;
    Relation *pk, *index;
    MemContext *mem;
    IndexScan *scan; /* NULL: not begun */
    Snapshot view;   /* that the scan reads by */
    ScanKey keys[RI_KEYS_MAX];
    unsigned key_of[RI_KEYS_MAX]; /* of a column of the index */
    RiCast casts[RI_KEYS_MAX];    /* by column of the index, as the next */
    RiEqual equals[RI_KEYS_MAX];
};

static Oid column_type(const Relation *rel, int16_t number)
{
    return rel->desc->columns[number - 1].type;
}

/* Which column of the constraint is that of the index? */
static unsigned find_key(const RiInfo *info, int16_t column)
{
    for (unsigned k = 0; k < info->key_count; k++) {
        if (info->pk[k] == column)
            return k;
    }
    err_raise(SQLSTATE_INTERNAL_ERROR,
              .message = err_fmt("the index of foreign key \"%s\" has another column", info->name));
}

static void init_column(RiLookup *l, unsigned i, const Relation *fk)
{
    const RiInfo *info = l->info;
    const RelationIndex *index = l->index->index;
    unsigned k = find_key(info, index->columns[i]);
    Oid op = fk != NULL ? info->pf[k] : info->pp[k];
    RiOperator facts = ri_operator(op);
    Oid own = column_type(l->pk, info->pk[k]);
    Oid given = fk != NULL ? column_type(fk, info->fk[k]) : own;
    Oid compare =
        opfamily_function(index->op_families[i], index->input_types[i], facts.right, BTREE_COMPARE);

    if (compare == 0)
        compare = opfamily_function(index->op_families[i], index->input_types[i],
                                    index->input_types[i], BTREE_COMPARE);
    if (compare == 0)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message =
                      err_fmt("missing support function %d(%u,%u) in opfamily %u", BTREE_COMPARE,
                              index->input_types[i], facts.right, index->op_families[i]));
    l->key_of[i] = k;
    ri_cast_init(&l->casts[i], given, facts.right, l->mem);
    ri_equal_init(&l->equals[i], op, own, given, index->collations[i], l->mem);
    scan_key_init(&l->keys[i], (int16_t)(i + 1), SCAN_EQUAL, compare, index->collations[i], 0);
}

RiLookup *ri_lookup_new(const RiInfo *info, RiQuery query)
{
    RiLookup *l = mem_new(RiLookup);
    Relation *fk = query == RI_QUERY_IS_REPLACED ? NULL : relation_pin_existing(info->fk_table);

    l->info = info;
    l->query = query;
    l->mem = mem_current();
    l->pk = relation_open(info->pk_table, LOCK_ROW_SHARE);
    ri_plan_lock(info, query, l->pk, info->index,
                 query == RI_QUERY_VALIDATE ? LOCK_ACCESS_SHARE : LOCK_ROW_SHARE);
    l->index = relation_open(info->index, LOCK_NONE);
    if (l->index->index == NULL || l->index->index->key_count != info->key_count)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("foreign key \"%s\" has no index", info->name));
    for (unsigned i = 0; i < info->key_count; i++)
        init_column(l, i, fk);
    if (fk != NULL)
        relation_unpin(fk);
    return l;
}

Relation *ri_lookup_table(const RiLookup *l)
{
    return l->pk;
}

void ri_lookup_end(RiLookup *l)
{
    if (l->scan != NULL)
        index_scan_end(l->scan);
    relation_close(l->index, LOCK_NONE);
    relation_close(l->pk, LOCK_NONE);
}

/* ---- One row ---- */

static void begin_scan(RiLookup *l, const RiRow *row)
{
    for (unsigned i = 0; i < l->info->key_count; i++)
        l->keys[i].argument = ri_cast(&l->casts[i], row->values[l->key_of[i]]);
    if (l->scan != NULL) {
        index_scan_restart(l->scan, l->keys, NULL);
        return;
    }
    MEM_SCOPE(l->mem) {
        const IndexScanSpec spec = {.table = relation_heap(l->pk),
                                    .index = relation_btree(l->index),
                                    .snapshot = &l->view,
                                    .keys = l->keys,
                                    .key_count = l->info->key_count};

        l->scan = index_scan_begin(&spec);
    }
}

/* Has a newer version of the row still that key? */
static bool has_key(RiLookup *l, const HeapTuple *tuple, const RiRow *row)
{
    const int16_t *columns = l->index->index->columns;

    for (unsigned i = 0; i < l->info->key_count; i++) {
        bool is_null;
        Datum value = heap_get(tuple, columns[i], l->pk->desc, &is_null);

        if (is_null || !ri_equal(&l->equals[i], value, row->values[l->key_of[i]]))
            return false;
    }
    return true;
}

/* False: the row is not one any more. */
static bool lock_row(RiLookup *l, HeapTuple *tuple, const RiRow *row)
{
    const RowLock lock = {.rel = l->pk,
                          .heap = relation_heap(l->pk),
                          .command = l->view.command,
                          .mode = HEAP_LOCK_KEY_SHARE,
                          .wait = ROW_WAIT_BLOCK,
                          .is_of_newest = true,
                          .purpose = LOCK_TO_LOCK};
    HeapTuple found = {.self = tuple->self, .table = tuple->table};
    HeapObstacle why;
    bool is_it = true;
    Buffer b;

    switch (row_lock(&lock, &found, &b, &why)) {
    case ROW_LOCKED:
        buffer_unpin(b);
        return true;
    case ROW_LOCKED_NEWEST:
        is_it = has_key(l, &found, row);
        buffer_unpin(b);
        return is_it;
    case ROW_INVISIBLE:
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "attempted to lock invisible tuple");
    default:
        return false;
    }
}

bool ri_lookup(RiLookup *l, const RiRow *row, bool is_latest)
{
    HeapTuple tuple;

    check_interrupts();
    ri_plan_count(l->info, l->query);
    txn_advance_command();
    l->view = is_latest ? *snapshot_latest() : *snapshot_take();
    l->view.command = txn_command(false);
    begin_scan(l, row);
    while (index_scan_next(l->scan, SCAN_FORWARD, &tuple)) {
        if (lock_row(l, &tuple, row)) {
            index_scan_restart(l->scan, NULL, NULL);
            return true;
        }
    }
    return false;
}

bool ri_lookup_plain(RiLookup *l, const RiRow *row, const Snapshot *s)
{
    HeapTuple tuple;
    bool is_found;

    l->view = *s;
    begin_scan(l, row);
    is_found = index_scan_next(l->scan, SCAN_FORWARD, &tuple);
    index_scan_restart(l->scan, NULL, NULL);
    return is_found;
}
