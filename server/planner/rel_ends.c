/*
 * rel_ends.c - the least and greatest value that a column has now, as an index knows it
 *
 * Histograms are of the last ANALYZE, and leave common values out; what was inserted since lies
 * mostly beyond their ends, so there the index is asked.
 */
#include "common/base/base.h"

#include "server/planner/rel.h"

#include "server/access/btree/btree.h"
#include "server/access/common/index_form.h"
#include "server/cache/relcache.h"
#include "server/fmgr/datum_image.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/txn/snapshot.h"

#define PAGES_MAX     100 /* of the table are looked at; then statistics must do */
#define OPTION_DESC   1
#define STRATEGY_LESS 1

static bool serves(const PlanIndex *index, const VarStats *stats, Oid order, Oid collation)
{
    if (index->predicate != NULL || index->is_hypothetical_order)
        return false;
    if (index->collations[0] != collation ||
        facts_strategy(order, index->families[0], NULL, NULL) != STRATEGY_LESS)
        return false;
    if (node_is(stats->var, Var))
        return index->columns[0] == ((const Var *)(const void *)stats->var)->attno;
    return index->columns[0] == 0 && node_equal(list_at(index->exprs, 0), stats->var);
}

/* The first entry in that direction whose row can be seen. */
static bool first_value(HeapFetch *table, Relation *index, ScanDirection direction, Datum *value)
{
    ScanKey key;
    BtreeScan *scan;
    bool found = false, is_null;
    BlockNo last = UINT32_MAX;
    int pages = 0;
    Tid tid;

    scan_key_init_null_test(&key, 1, false);
    scan = btree_scan_begin(relation_btree(index), &key, 1, true);
    while (!found && pages <= PAGES_MAX && btree_scan_next(scan, direction, &tid)) {
        HeapTuple tuple;

        STATS_ADD(index->stats, rows_returned, 1);
        if (tid_block(tid) != last)
            pages++;
        last = tid_block(tid);
        if (!heap_fetch_row(table, snapshot_latest(), tid, &tuple, NULL))
            continue;
        STATS_ADD(index->stats, rows_fetched, 1);
        *value = index_get(btree_scan_tuple(scan), 1, index->desc, &is_null);
        *value = datum_copy(*value, index->desc->columns[0].by_value, index->desc->columns[0].len);
        found = !is_null;
    }
    btree_scan_end(scan);
    return found;
}

static bool look(const VarStats *stats, const PlanIndex *plan, Datum *low, Datum *high)
{
    Relation *index = relation_pin_existing(plan->oid);
    Relation *table = relation_pin_existing(stats->rel->oid);
    bool found = index->desc->columns[0].type == stats->column_type;
    bool is_desc = (plan->options[0] & OPTION_DESC) != 0;
    HeapFetch fetch = heap_fetch_begin(relation_heap(table));

    if (found && low != NULL)
        found = first_value(&fetch, index, is_desc ? SCAN_BACKWARD : SCAN_FORWARD, low);
    if (found && high != NULL)
        found = first_value(&fetch, index, is_desc ? SCAN_FORWARD : SCAN_BACKWARD, high);
    heap_fetch_end(&fetch);
    relation_unpin(table);
    relation_unpin(index);
    return found;
}

bool rel_find_ends(Planner *root, const VarStats *stats, Oid order, Oid collation, Datum *low,
                   Datum *high)
{
    (void)root;
    if (stats->rel == NULL || stats->rel->type != REL_BASE)
        return false;
    list_foreach(PlanIndex *, index, stats->rel->indexes) {
        if (serves(index, stats, order, collation))
            return look(stats, index, low, high);
    }
    return false;
}
