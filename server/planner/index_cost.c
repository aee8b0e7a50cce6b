/*
 * index_cost.c - what a B-tree costs: how many entries are read, how they follow the table's order
 *
 * Conditions on leading columns up to the first that is no = bound the scan; those behind only
 * filter entries. A list of values makes that many scans.
 */
#include "common/base/base.h"

#include <math.h>

#include "server/planner/path.h"

#include "server/config/setting.h"
#include "server/node/expr.h"
#include "server/planner/clause.h"
#include "server/planner/cost.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/planner/predicate.h"
#include "server/planner/rel.h"
#include "server/planner/selec.h"
#include "server/planner/simplify.h"
#include "server/planner/stats.h"

#define STRATEGY_LESS  1
#define STRATEGY_EQUAL 3
#define PAGE_CPU       50.0 /* operators, of descending one page */
#define OPTION_DESC    1

/* Quals that bound the scan, and what they are like. */
typedef struct Bounds {
    List *quals;    /* Clause */
    bool all_equal; /* of the last column that was looked at */
    bool has_array, has_null_test;
    int last_column;
    double scans;
} Bounds;

static double array_scans(const Node *array)
{
    int count = simplify_array_count(array);

    return count > 1 ? count : 1;
}

static void add_bound(const PlanIndex *index, const Clause *qual, int column, Bounds *b)
{
    const Node *expr = qual->expr;
    Oid op = 0;

    if (node_is(expr, ScalarArrayOpExpr)) {
        const ScalarArrayOpExpr *array = (const void *)expr;

        b->has_array = true;
        b->scans *= array_scans(list_at(array->args, 1));
        op = array->operator;
    } else if (node_is(expr, OpExpr)) {
        op = ((const OpExpr *)(const void *)expr)->operator;
    } else if (node_is(expr, NullTest) && !((const NullTest *)(const void *)expr)->is_not) {
        b->has_null_test = true;
        b->all_equal = true;
    }
    if (op != 0 && facts_strategy(op, index->families[column], NULL, NULL) == STRATEGY_EQUAL)
        b->all_equal = true;
}

static void find_bounds(const Path *path, Bounds *b)
{
    int column = 0;

    *b = (Bounds){.scans = 1};
    list_foreach(IndexClause *, clause, path->u.index.clauses) {
        if (clause->column != column) {
            if (!b->all_equal)
                break;
            b->all_equal = false;
            column++;
            if (clause->column != column)
                break;
        }
        list_foreach(Clause *, qual, clause->quals) {
            add_bound(path->u.index.index, qual, column, b);
            b->quals = list_add(b->quals, qual);
        }
    }
    b->last_column = column;
}

/* Conditions with those of a partial index that they do not imply. */
static List *with_predicate(const PlanIndex *index, const List *quals)
{
    List *all = NULL;

    if (index->predicate == NULL)
        return list_copy(quals);
    list_foreach(Node *, part, index->predicate) {
        if (!predicate_is_implied(list_of(part), clause_all_exprs(quals)))
            all = list_add(all, part);
    }
    if (all == NULL)
        return list_copy(quals);
    return list_concat(all, clause_all_exprs(quals));
}

/* What computing the values that are looked for costs. */
static double operand_cost(Planner *root, const List *quals)
{
    double sum = 0;

    list_foreach(Clause *, qual, quals) {
        const Node *expr = qual->expr;
        Cost cost = {0};

        if (node_is(expr, OpExpr))
            cost = cost_expr(root, expr_right(expr));
        else if (node_is(expr, ScalarArrayOpExpr))
            cost =
                cost_expr(root, list_at(((const ScalarArrayOpExpr *)(const void *)expr)->args, 1));
        sum += cost.startup + cost.per_tuple;
    }
    return sum;
}

static double clamp_entries(const PlanIndex *index, double entries)
{
    if (entries > index->tuples)
        entries = index->tuples;
    return entries < 1 ? 1 : entries;
}

/* Costs that any kind of index has; entries: that each scan reads. */
static void cost_entries(Planner *root, const Path *path, double loops, double entries,
                         double scans, IndexCost *out)
{
    const PlanIndex *index = path->u.index.index;
    List *quals = path_index_quals(path->u.index.clauses);
    double pages = 1, all_scans = scans * loops, operands, operators;

    entries = clamp_entries(index, entries);
    if (index->pages > 1 && index->tuples > 1)
        pages = ceil(entries * index->pages / index->tuples);
    if (all_scans > 1) {
        pages = cost_index_pages(root, pages * all_scans, index->pages, index->pages);
        out->total = pages * setting.random_page_cost / loops;
    } else {
        out->total = pages * setting.random_page_cost;
    }
    operands = operand_cost(root, quals);
    operators = setting.cpu_operator_cost * list_count(quals);
    out->startup = operands;
    out->total += operands + entries * scans * (setting.cpu_index_tuple_cost + operators);
}

/* How the first column's order is the table's. */
static double correlation(Planner *root, const PlanIndex *index)
{
    const RangeTblEntry *rte = root->entries[index->rel->rt_index];
    const HeapTuple *row;
    StatsSlot slot;
    VarStats stats = {0};
    double result = 0;
    Oid less = facts_family_operator(index->families[0], index->input_types[0],
                                     index->input_types[0], STRATEGY_LESS);

    if (index->columns[0] != 0)
        row = stats_pin(rte->relation, index->columns[0], rte->is_inherited);
    else
        row = stats_pin(index->oid, 1, false);
    if (row == NULL)
        return 0;
    if (less != 0 && stats_slot_of_row(row, STATS_CORRELATION, less, false, &slot) &&
        slot.number_count > 0) {
        result = slot.numbers[0];
        if ((index->options[0] & OPTION_DESC) != 0)
            result = -result;
        if (index->key_count > 1)
            result *= 0.75;
    }
    stats.row = row;
    stats_close(&stats);
    return result;
}

void path_index_cost(Planner *root, const Path *path, double loops, IndexCost *out)
{
    const PlanIndex *index = path->u.index.index;
    int rel = (int)index->rel->rt_index;
    List *quals = path_index_quals(path->u.index.clauses);
    double entries, scans = 1, descent;
    Bounds bounds;

    *out = (IndexCost){0};
    find_bounds(path, &bounds);
    list_foreach(Clause *, qual, quals) {
        if (node_is(qual->expr, ScalarArrayOpExpr))
            scans *= array_scans(
                list_at(((const ScalarArrayOpExpr *)(const void *)qual->expr)->args, 1));
    }
    out->selectivity = selec_list_of_rel(root, with_predicate(index, quals), rel);
    if (index->is_unique && bounds.last_column == index->key_count - 1 && bounds.all_equal &&
        !bounds.has_array && !bounds.has_null_test) {
        entries = 1;
    } else {
        double s = selec_list_of_rel(root, with_predicate(index, bounds.quals), rel);

        entries = rint(s * index->rel->tuples / bounds.scans);
    }
    if (entries <= 0)
        entries = rint(out->selectivity * index->rel->tuples / scans);
    cost_entries(root, path, loops, entries, scans, out);
    if (index->tuples > 1) {
        descent = ceil(log(index->tuples) / log(2.0)) * setting.cpu_operator_cost;
        out->startup += descent;
        out->total += bounds.scans * descent;
    }
    descent = (index->tree_height + 1) * PAGE_CPU * setting.cpu_operator_cost;
    out->startup += descent;
    out->total += bounds.scans * descent;
    out->correlation = correlation(root, index);
}
