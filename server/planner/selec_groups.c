/* selec_groups.c - how many groups, how large the buckets, how much of a merge join's inputs. */
#include "common/base/base.h"

#include <math.h>

#include "server/planner/selec.h"

#include "server/catalog/catalog_oid.h"
#include "server/node/expr.h"
#include "server/planner/cost.h"
#include "server/planner/equiv.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"

#define BUCKET_DEFAULT 0.1
#define BUCKET_MIN     1.0e-6
#define RANGE_MIN_ALL  0.99999 /* common values are all there are */

/* ---- Groups ---- */

typedef struct GroupVar {
    Node *var;
    PlanRel *rel;
    double distinct;
} GroupVar;

typedef struct GroupVars {
    GroupVar *vars;
    int count;
} GroupVars;

static void remove_var(GroupVars *vars, int i)
{
    for (vars->count--; i < vars->count; i++)
        vars->vars[i] = vars->vars[i + 1];
}

static void add_group_var(Planner *root, GroupVars *vars, const VarStats *stats)
{
    bool is_default;
    double distinct = stats_distinct(stats, &is_default);

    for (int i = 0; i < vars->count; i++) {
        const GroupVar *known = &vars->vars[i];

        if (node_equal(stats->var, known->var))
            return;
        /* Known to be equal to one of another relation: the fewer values count. */
        if (stats->rel != known->rel && equiv_are_equal(root, stats->var, known->var)) {
            if (known->distinct <= distinct)
                return;
            remove_var(vars, i--);
        }
    }
    vars->vars = mem_realloc(vars->vars, sizeof(GroupVar) * (size_t)(vars->count + 1));
    vars->vars[vars->count++] =
        (GroupVar){.var = stats->var, .rel = stats->rel, .distinct = distinct};
}

/* Groups that the variables of one relation make; those are taken out of the list. */
static double groups_of_rel(GroupVars *vars)
{
    PlanRel *rel = vars->vars[0].rel;
    double distinct = 1, most = 1, limit;
    int count = 0;

    for (int i = 0; i < vars->count; i++) {
        if (vars->vars[i].rel != rel)
            continue;
        distinct *= vars->vars[i].distinct;
        most = max_double(most, vars->vars[i].distinct);
        count++;
        remove_var(vars, i--);
    }
    if (rel == NULL || rel->tuples <= 0)
        return 1;
    limit = rel->tuples;
    if (count > 1) {
        limit *= 0.1;
        if (limit < most)
            limit = min_double(most, rel->tuples);
    }
    distinct = min_double(distinct, limit);
    /* How many of the values are met when only some of the rows are there. */
    if (distinct > 0 && rel->rows < rel->tuples)
        distinct *= 1 - pow((rel->tuples - rel->rows) / rel->tuples, rel->tuples / distinct);
    return cost_clamp_rows(distinct);
}

/* Add what the expression varies by; false when each row is a group of its own. */
static bool add_group_expr(Planner *root, Node *expr, GroupVars *vars)
{
    VarStats stats;
    List *parts;

    stats_open(root, expr, 0, &stats);
    if (stats.row != NULL || stats.is_unique) {
        add_group_var(root, vars, &stats);
        stats_close(&stats);
        return true;
    }
    parts = expr_vars(expr, 0);
    if (parts == NULL)
        return !expr_has_volatile(expr);
    list_foreach(Node *, part, parts) {
        stats_open(root, part, 0, &stats);
        add_group_var(root, vars, &stats);
        stats_close(&stats);
    }
    return true;
}

double selec_group_count(Planner *root, const List *exprs, double rows, const List *set)
{
    double groups = 1, set_rows = 1;
    GroupVars vars = {0};

    rows = cost_clamp_rows(rows);
    if (list_count(exprs) == 0 || (set != NULL && list_count(set) == 0))
        return 1;
    list_foreach(Node *, expr, exprs) {
        if (set != NULL && !list_has_int(set, expr_i))
            continue;
        set_rows = max_double(set_rows, expr_set_rows(expr));
        if (node_expr_type(expr) == TYPE_BOOL) {
            groups *= 2;
            continue;
        }
        if (!add_group_expr(root, expr, &vars))
            return rows;
    }
    if (vars.count == 0) {
        groups *= set_rows;
        return max_double(1, min_double(groups, rows));
    }
    while (vars.count > 0)
        groups *= groups_of_rel(&vars);
    groups = ceil(groups * set_rows);
    return max_double(1, min_double(groups, rows));
}

/* ---- Buckets ---- */

double selec_bucket(Planner *root, const Node *expr, double bucket_count, double *mcv)
{
    double distinct, average, s;
    VarStats stats;
    StatsSlot slot;
    bool is_default;

    stats_open(root, expr, 0, &stats);
    *mcv = stats_slot(&stats, STATS_MCV, 0, false, &slot) && slot.number_count > 0 ? slot.numbers[0]
                                                                                   : 0;
    distinct = stats_distinct(&stats, &is_default);
    if (is_default) {
        stats_close(&stats);
        return max_double(BUCKET_DEFAULT, *mcv);
    }
    average = (1.0 - stats_null_fraction(&stats)) / distinct;
    if (stats.rel != NULL && stats.rel->tuples > 0)
        distinct = cost_clamp_rows(distinct * stats.rel->rows / stats.rel->tuples);
    s = distinct > bucket_count ? 1.0 / bucket_count : 1.0 / distinct;
    if (average > 0 && *mcv > average)
        s *= *mcv / average;
    stats_close(&stats);
    return s < BUCKET_MIN ? BUCKET_MIN : s > 1 ? 1 : s;
}

/* ---- Merge joins ---- */

typedef struct ValueRange {
    Datum low, high;
} ValueRange;

/* The least and the greatest value by that order, as statistics know them. */
static bool find_range(const VarStats *stats, Oid less, Oid collation, ValueRange *range)
{
    StatsSlot slot;
    StatsCall call;
    bool found = false;
    double sum = 0;

    if (stats->row == NULL)
        return false;
    if (stats_slot(stats, STATS_HISTOGRAM, less, true, &slot)) {
        if (slot.value_count > 0 && slot.collation == collation) {
            *range = (ValueRange){slot.values[0], slot.values[slot.value_count - 1]};
            found = true;
        }
    } else if (stats_slot(stats, STATS_HISTOGRAM, 0, true, &slot)) {
        /* By another order: not looked at. */
        return false;
    }
    if (!stats_slot(stats, STATS_MCV, 0, true, &slot))
        return found;
    if (!found) {
        for (int i = 0; i < slot.number_count; i++)
            sum += slot.numbers[i];
        if (sum + stats_null_fraction(stats) <= RANGE_MIN_ALL)
            return false;
    }
    stats_call_init(&call, facts_operator_function(less), collation);
    for (int i = 0; i < slot.value_count; i++) {
        if (!found) {
            *range = (ValueRange){slot.values[i], slot.values[i]};
            found = true;
        } else if (stats_call(&call, slot.values[i], range->low)) {
            range->low = slot.values[i];
        } else if (stats_call(&call, range->high, slot.values[i])) {
            range->high = slot.values[i];
        }
    }
    return found;
}

typedef struct MergeOrder {
    Oid less, less_equal;             /* left with right, in the order that is merged by */
    Oid right_less, right_less_equal; /* right with left */
    Oid left_sort, right_sort;        /* the < within each type, as statistics have it */
    Oid left_type, right_type;
} MergeOrder;

static bool find_order(Oid op, Oid family, bool is_descending, MergeOrder *o)
{
    int less = is_descending ? 5 : 1, less_equal = is_descending ? 4 : 2;

    if (facts_strategy(op, family, &o->left_type, &o->right_type) != 3)
        return false;
    o->less = facts_family_operator(family, o->left_type, o->right_type, less);
    o->less_equal = facts_family_operator(family, o->left_type, o->right_type, less_equal);
    o->right_less = facts_family_operator(family, o->right_type, o->left_type, less);
    o->right_less_equal = facts_family_operator(family, o->right_type, o->left_type, less_equal);
    o->left_sort = facts_family_operator(family, o->left_type, o->left_type, 1);
    o->right_sort = facts_family_operator(family, o->right_type, o->right_type, 1);
    return o->less != 0 && o->less_equal != 0 && o->right_less != 0 && o->right_less_equal != 0 &&
           o->left_sort != 0 && o->right_sort != 0;
}

/* Whichever side goes on further is read in part. */
static void read_less(double *one, double *other, bool is_end)
{
    double whole = is_end ? 1.0 : 0.0;

    if (is_end ? *one > *other : *one < *other)
        *one = whole;
    else if (is_end ? *one < *other : *one > *other)
        *other = whole;
    else
        *one = *other = whole;
}

static void estimate_scan(Planner *root, Oid collation, const MergeOrder *o, const VarStats *left,
                          const VarStats *right, MergeScan *scan)
{
    bool is_greater = scan->is_descending;
    ValueRange l, r;
    Datum l_first, l_last, r_first, r_last;
    SelecRange range = {.root = root, .collation = collation, .is_greater = is_greater};
    double s;

    if (!find_range(left, o->left_sort, collation, &l) ||
        !find_range(right, o->right_sort, collation, &r))
        return;
    l_first = is_greater ? l.high : l.low;
    l_last = is_greater ? l.low : l.high;
    r_first = is_greater ? r.high : r.low;
    r_last = is_greater ? r.low : r.high;

    range.is_equal = true;
    range.op = o->less_equal;
    range.value = r_last;
    range.value_type = o->right_type;
    s = selec_range(left, &range);
    if (s != SELEC_DEFAULT_RANGE)
        scan->left_end = s;
    range.op = o->right_less_equal;
    range.value = l_last;
    range.value_type = o->left_type;
    s = selec_range(right, &range);
    if (s != SELEC_DEFAULT_RANGE)
        scan->right_end = s;
    read_less(&scan->left_end, &scan->right_end, true);

    range.is_equal = false;
    range.op = o->less;
    range.value = r_first;
    range.value_type = o->right_type;
    s = selec_range(left, &range);
    if (s != SELEC_DEFAULT_RANGE)
        scan->left_start = s;
    range.op = o->right_less;
    range.value = l_first;
    range.value_type = o->left_type;
    s = selec_range(right, &range);
    if (s != SELEC_DEFAULT_RANGE)
        scan->right_start = s;
    read_less(&scan->left_start, &scan->right_start, false);
}

static void add_nulls(const VarStats *stats, double *start, double *end)
{
    double nulls = stats_null_fraction(stats);

    *start = selec_clamp(*start + nulls);
    *end = selec_clamp(*end + nulls);
}

void selec_merge_scan(Planner *root, const Node *clause, MergeScan *scan)
{
    const OpExpr *op = (const void *)clause;
    VarStats left, right;
    MergeOrder order;

    scan->left_start = scan->right_start = 0;
    scan->left_end = scan->right_end = 1;
    if (!expr_is_binary(clause))
        return;
    stats_open(root, expr_left(op), 0, &left);
    stats_open(root, expr_right(op), 0, &right);
    if (find_order(op->operator, scan->family, scan->is_descending, &order)) {
        estimate_scan(root, op->input_collation, &order, &left, &right, scan);
        if (scan->is_nulls_first) {
            add_nulls(&left, &scan->left_start, &scan->left_end);
            add_nulls(&right, &scan->right_start, &scan->right_end);
        }
    }
    if (scan->left_start >= scan->left_end) {
        scan->left_start = 0;
        scan->left_end = 1;
    }
    if (scan->right_start >= scan->right_end) {
        scan->right_start = 0;
        scan->right_end = 1;
    }
    stats_close(&left);
    stats_close(&right);
}
