/*
 * ri_search.c - the rows that refer to one: by an index of theirs where one is of use, else all are
 * looked at
 *
 * An index serves when it begins with columns of the key, and its operator family has the equality
 * that the constraint goes by. What the index does not tell is compared row by row.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/index/index.h"
#include "server/cache/relation_open.h"
#include "server/cache/type_operators.h"
#include "server/catalog/catalog_struct.h"
#include "server/ipc/interrupt.h"
#include "server/lock/lock_object.h"
#include "server/trigger/trigger_int.h"

#define BTREE_COMPARE 1
#define BTREE_EQUAL   3

struct RiSearch {
    const RiInfo *info;
    RiQuery query;
    Relation *fk;
    Oid index_oid;   /* 0: all rows are looked at */
    Relation *index; /* NULL: none */
    MemContext *mem;
    RiEqual equals[RI_KEYS_MAX]; /* by number of the key */
    RiCast casts[RI_KEYS_MAX];   /* of arguments for the index, by its column */
    ScanKey keys[RI_KEYS_MAX];
    unsigned key_of[RI_KEYS_MAX];
    unsigned scan_key_count;
    const Snapshot *snapshot; /* registered; NULL: no search is under way */
    IndexScan *index_scan;
    HeapScan *heap_scan;
    HeapTuple row;
    RiRow wanted;
};

static Oid choose_index(const RiSearch *s, const Relation *pk, unsigned *key_count);
static void use_index(RiSearch *s, Oid oid, unsigned count, const Relation *pk);

RiSearch *ri_search_new(const RiInfo *info, Relation *pk, RiQuery query, LockMode mode)
{
    RiSearch *s = mem_new(RiSearch);
    unsigned count;

    s->info = info;
    s->mem = mem_current();
    s->fk = relation_open(info->fk_table, mode);
    for (unsigned k = 0; k < info->key_count; k++) {
        const Column *own = &pk->desc->columns[info->pk[k] - 1];

        ri_equal_init(&s->equals[k], info->pf[k], own->type,
                      s->fk->desc->columns[info->fk[k] - 1].type, own->collation, s->mem);
    }
    s->index_oid = choose_index(s, pk, &count);
    ri_search_set_query(s, query, mode);
    if (s->index_oid != 0)
        use_index(s, s->index_oid, count, pk);
    return s;
}

void ri_search_set_query(RiSearch *s, RiQuery query, LockMode mode)
{
    s->query = query;
    ri_plan_lock(s->info, query, s->fk, s->index_oid, mode);
}

Relation *ri_search_table(const RiSearch *s)
{
    return s->fk;
}

/* ---- An index ---- */

/* The key that a column of an index is of, if its entries can be found by values of it; else -1. */
static int usable_key(const RiSearch *s, const RelationIndex *index, unsigned i, const Relation *pk,
                      Oid *compare)
{
    for (unsigned k = 0; k < s->info->key_count; k++) {
        RiOperator op;

        if (s->info->fk[k] != index->columns[i] ||
            index->collations[i] != pk->desc->columns[s->info->pk[k] - 1].collation ||
            s->equals[k].right.site.fn != NULL)
            continue;
        op = ri_operator(s->info->pf[k]);
        if (op.commutator == 0 || opfamily_operator(index->op_families[i], op.right, op.left,
                                                    BTREE_EQUAL) != op.commutator)
            continue;
        *compare =
            opfamily_function(index->op_families[i], index->input_types[i], op.left, BTREE_COMPARE);
        if (*compare != 0)
            return (int)k;
    }
    return -1;
}

static unsigned count_usable(const RiSearch *s, const Relation *index, const Relation *pk)
{
    const RelationIndex *info = index->index;
    unsigned count = 0;
    Oid compare;

    if (info->access_method != ACCESS_METHOD_BTREE || !info->row->indisvalid ||
        info->predicate != NULL)
        return 0;
    while (count < info->key_count && count < s->info->key_count &&
           usable_key(s, info, count, pk, &compare) >= 0)
        count++;
    return count;
}

static void use_index(RiSearch *s, Oid oid, unsigned count, const Relation *pk)
{
    const RelationIndex *info;

    s->index = relation_open(oid, LOCK_NONE);
    info = s->index->index;
    s->scan_key_count = count;
    for (unsigned i = 0; i < count; i++) {
        Oid compare = 0;
        int k = usable_key(s, info, i, pk, &compare);
        RiOperator op = ri_operator(s->info->pf[k]);

        s->key_of[i] = (unsigned)k;
        ri_cast_init(&s->casts[i], pk->desc->columns[s->info->pk[k] - 1].type, op.left, s->mem);
        scan_key_init(&s->keys[i], (int16_t)(i + 1), SCAN_EQUAL, compare, info->collations[i], 0);
    }
}

/* The one that tells most columns of the key; of several the first. */
static Oid choose_index(const RiSearch *s, const Relation *pk, unsigned *key_count)
{
    const RelationIndexes *all = relation_indexes(s->fk);
    Oid *oids = mem_dup(all->oids, all->count * sizeof(Oid)), best = 0;
    unsigned count = all->count;

    *key_count = 0;
    for (unsigned i = 0; i < count; i++) {
        Relation *index = relation_pin_existing(oids[i]);
        unsigned usable = count_usable(s, index, pk);

        relation_unpin(index);
        if (usable > *key_count) {
            *key_count = usable;
            best = oids[i];
        }
    }
    mem_free(oids);
    return best;
}

/* ---- Searching ---- */

static void begin_index_scan(RiSearch *s)
{
    for (unsigned i = 0; i < s->scan_key_count; i++)
        s->keys[i].argument = ri_cast(&s->casts[i], s->wanted.values[s->key_of[i]]);
    MEM_SCOPE(s->mem) {
        const IndexScanSpec spec = {.table = relation_heap(s->fk),
                                    .index = relation_btree(s->index),
                                    .snapshot = s->snapshot,
                                    .keys = s->keys,
                                    .key_count = s->scan_key_count};

        s->index_scan = index_scan_begin(&spec);
    }
}

void ri_search_begin(RiSearch *s, const RiRow *key)
{
    ri_search_stop(s);
    ri_plan_count(s->info, s->query);
    txn_advance_command();
    s->wanted = *key;
    snapshot_push_latest();
    s->snapshot = snapshot_register(snapshot_active());
    snapshot_pop();
    if (s->index != NULL) {
        begin_index_scan(s);
        return;
    }
    MEM_SCOPE(s->mem) {
        s->heap_scan = heap_scan_begin(relation_heap(s->fk), s->snapshot);
    }
}

bool ri_search_matches(RiSearch *s, const HeapTuple *row)
{
    for (unsigned k = 0; k < s->info->key_count; k++) {
        bool is_null;
        Datum value = heap_get(row, s->info->fk[k], s->fk->desc, &is_null);

        if (is_null || !ri_equal(&s->equals[k], s->wanted.values[k], value))
            return false;
    }
    return true;
}

const HeapTuple *ri_search_next(RiSearch *s)
{
    for (;;) {
        const HeapTuple *row;

        check_interrupts();
        if (s->index_scan != NULL)
            row = index_scan_next(s->index_scan, SCAN_FORWARD, &s->row) ? &s->row : NULL;
        else
            row = heap_scan_next(s->heap_scan, false);
        if (row == NULL)
            return NULL;
        /* What the index has told is so. */
        if ((s->index_scan != NULL && s->scan_key_count == s->info->key_count) ||
            ri_search_matches(s, row))
            return row;
    }
}

void ri_search_stop(RiSearch *s)
{
    if (s->index_scan != NULL)
        index_scan_end(s->index_scan);
    if (s->heap_scan != NULL)
        heap_scan_end(s->heap_scan);
    if (s->snapshot != NULL)
        snapshot_unregister(s->snapshot);
    s->index_scan = NULL;
    s->heap_scan = NULL;
    s->snapshot = NULL;
}

void ri_search_end(RiSearch *s)
{
    ri_search_stop(s);
    if (s->index != NULL)
        relation_close(s->index, LOCK_NONE);
    relation_close(s->fk, LOCK_NONE);
}
