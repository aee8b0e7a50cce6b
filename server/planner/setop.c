/*
 * setop.c - UNION, INTERSECT, EXCEPT: each query by itself, then their rows put together
 *
 * UNION sorts or hashes all rows; INTERSECT and EXCEPT mark rows by the side that they are of and
 * count them. A chain of UNIONs that agree is one Append.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/analyzer.h"
#include "server/catalog/catalog_oid.h"
#include "server/config/setting.h"
#include "server/node/expr.h"
#include "server/planner/cost.h"
#include "server/planner/equiv.h"
#include "server/planner/expr_util.h"
#include "server/planner/level.h"
#include "server/planner/path.h"
#include "server/planner/rel.h"
#include "server/planner/selec.h"

static List *plain_exprs(const List *targets)
{
    List *exprs = NULL;

    list_foreach(TargetEntry *, target, targets) {
        if (!target->is_junk)
            exprs = list_add(exprs, target->expr);
    }
    return exprs;
}

/* As wide as the rows of the sides are. */
static PathTarget *target_like(Planner *root, const List *targets, const PathTarget *like)
{
    PathTarget *target = targets_make(root, targets);

    target->width = like->width;
    return target;
}

/* One side: its path, its columns as TargetEntry, how many distinct rows. */
typedef struct Side {
    PlanRel *rel;
    Path *path;
    List *targets;
    double distinct;
} Side;

static Side plan_side(Planner *root, Node *tree, const SetOperationStmt *types, int flag);

/* Columns of the types that come out, over what a side gives. */
static List *convert_targets(const SetOperationStmt *types, const List *from, int rt_index,
                             int flag)
{
    List *targets = NULL;
    int number = 0;

    list_foreach(TargetEntry *, in, from) {
        Oid type;
        Node *expr;

        if (in->is_junk)
            continue;
        type = list_oid_at(types->column_types, number);
        if (rt_index == 0)
            expr = node_copy(in->expr);
        else if (node_is(in->expr, Const))
            expr = node_copy(in->expr); /* for better coercions of unknown constants */
        else
            expr = as_node(expr_var_of_target(rt_index, in));
        if (node_expr_type(expr) != type)
            expr = analyzer_to_common(expr, type);
        if (node_expr_collation(expr) != list_oid_at(types->column_collations, number))
            expr = expr_relabel(expr, type, node_expr_typmod(expr),
                                list_oid_at(types->column_collations, number));
        number++;
        targets = list_add(targets, expr_target(expr, number, in->name, false));
        ((TargetEntry *)list_last(targets))->sort_group_ref = (uint32_t)number;
    }
    if (flag >= 0) {
        targets =
            list_add(targets, expr_target(expr_int(flag), number + 1, mem_strdup("flag"), true));
    }
    return targets;
}

/* Only UNION ALL of relations and joins: nothing stands between them and the Append. */
static bool is_append_tree(const Planner *root, const Node *tree)
{
    const SetOperationStmt *op = (const void *)tree;
    const Query *sub;

    if (node_is(tree, SetOperationStmt))
        return op->op == SET_OP_UNION && op->is_all && is_append_tree(root, op->left) &&
               is_append_tree(root, op->right);
    sub = root->entries[((const RangeTblRef *)(const void *)tree)->rt_index]->subquery;
    return sub->set_operations == NULL && sub->group_by == NULL && !sub->has_aggs &&
           sub->distinct == NULL && sub->order_by == NULL && sub->limit_count == NULL &&
           sub->limit_offset == NULL && !sub->has_window_funcs && !sub->has_target_sets &&
           sub->having == NULL && sub->ctes == NULL;
}

static bool is_plain_append(const Planner *root)
{
    return is_append_tree(root, root->query->set_operations);
}

static Side plan_leaf(Planner *root, const RangeTblRef *ref, const SetOperationStmt *types,
                      int flag)
{
    RangeTblEntry *rte = root->entries[ref->rt_index];
    Side side = {0};
    PathTarget *target;
    Path *inner, *path;

    side.rel = rel_build(root, ref->rt_index, NULL);
    side.rel->subplanner = level_plan(root->global, node_copy(rte->subquery), root, false,
                                      root->tuple_fraction < 1 ? root->tuple_fraction : 0);
    side.targets = convert_targets(types, side.rel->subplanner->targets, ref->rt_index, flag);
    inner = side.rel->subplanner->upper[UPPER_FINAL]->cheapest_total;
    rel_set_subquery_widths(side.rel);
    target = targets_make(root, side.targets);
    side.rel->target = *target;
    side.rel->rows = side.rel->tuples = inner->rows;
    path = path_new(PATH_SUBQUERY, side.rel, target);
    path->outer = inner;
    cost_subquery(root, path);
    if (is_plain_append(root)) {
        path->startup = inner->startup;
        path->total = inner->total;
    }
    path_add(side.rel, path);
    path_set_cheapest(side.rel);
    side.path = path;
    if (side.rel->subplanner->query->group_by != NULL ||
        side.rel->subplanner->query->distinct != NULL || side.rel->subplanner->query->has_aggs ||
        side.rel->subplanner->has_having)
        side.distinct = inner->rows;
    else
        side.distinct = selec_group_count(
            side.rel->subplanner, plain_exprs(side.rel->subplanner->targets), inner->rows, NULL);
    return side;
}

/* ---- UNION ---- */

/* Sides of one chain of the same UNION. */
static void gather(Planner *root, Node *tree, const SetOperationStmt *top, List **sides)
{
    const SetOperationStmt *op = (const SetOperationStmt *)(void *)tree;
    Side *side;

    if (node_is(tree, SetOperationStmt) && op->op == top->op &&
        (op->is_all == top->is_all || op->is_all) &&
        node_equal(op->column_types, top->column_types) &&
        node_equal(op->column_collations, top->column_collations)) {
        gather(root, op->left, top, sides);
        gather(root, op->right, top, sides);
        return;
    }
    side = mem_new(Side);
    *side = plan_side(root, tree, top, -1);
    *sides = list_add(*sides, side);
}

/* What comes out has no place in the range table: columns of relation 0. */
static List *output_targets(const List *from, bool with_flag)
{
    List *targets = NULL;

    list_foreach(TargetEntry *, in, from) {
        TargetEntry *out;
        Var *var;

        if (in->is_junk && !with_flag)
            continue;
        var = expr_var_of_target(0, in);
        var->syntax_rt_index = 0;
        out = expr_target(as_node(var), in->number, in->name, in->is_junk);
        out->sort_group_ref = in->is_junk ? 0 : (uint32_t)in->number;
        targets = list_add(targets, out);
    }
    return targets;
}

static PathTarget *output_target(Planner *root, const List *targets, const List *sides)
{
    PathTarget *target = targets_make(root, targets);

    target->width = 0;
    list_foreach(Side *, side, sides)
        target->width =
            side->path->target->width > target->width ? side->path->target->width : target->width;
    return target;
}

static Path *append_of(Planner *root, PlanRel *rel, const List *sides)
{
    List *paths = NULL;

    list_foreach(Side *, side, sides)
        paths = list_add(paths, side->path);
    return path_append(root, rel, paths, NULL, NULL);
}

static List *grouping_of(const SetOperationStmt *op)
{
    List *clauses = NULL;

    list_foreach(SortGroupClause *, clause, op->group_by) {
        SortGroupClause *copy = node_copy(clause);

        copy->ref = (uint32_t)clause_i + 1;
        clauses = list_add(clauses, copy);
    }
    return clauses;
}

static void choose_strategy(Planner *root, const List *clauses, double groups, const Path *input,
                            const char *what, bool *by_hash)
{
    bool can_sort = upper_is_sortable(clauses), can_hash = upper_is_hashable(clauses);
    AggInput in = {input->startup, input->total, input->rows, input->target->width};
    Path hashed = *input, sorted = *input;
    double entry = (input->target->width + 7) / 8 * 8 + 16;

    if (!can_sort && !can_hash)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("could not implement %s", what),
                  .detail = "Some of the datatypes only support hashing, while others only "
                            "support sorting.");
    *by_hash = can_hash;
    if (!can_sort || !can_hash)
        return;
    *by_hash = false;
    if (entry * groups > cost_hash_memory())
        return;
    cost_agg(root, &hashed, AGG_HASHED, NULL, list_count(clauses), groups, NULL, &in);
    cost_sort(&sorted, input->startup, input->total, input->rows, input->target->width, -1, 0);
    cost_group(root, &sorted, list_count(clauses), groups, NULL, &sorted);
    *by_hash = path_compare_fraction(&hashed, &sorted,
                                     root->tuple_fraction >= 1 && groups > 0
                                         ? root->tuple_fraction / groups
                                         : root->tuple_fraction) < 0;
}

static Path *without_duplicates(Planner *root, PlanRel *rel, Path *input,
                                const SetOperationStmt *op, List *targets)
{
    List *clauses = grouping_of(op);
    bool by_hash;

    choose_strategy(root, clauses, input->rows, input, "UNION", &by_hash);
    if (by_hash)
        return path_agg(root, rel, input, target_like(root, targets, input->target), AGG_HASHED,
                        clauses, NULL, NULL, input->rows);
    input = path_sort(rel, input, keys_of_clauses(root, clauses, targets), -1);
    return path_distinct(rel, input, list_count(input->keys), input->rows);
}

static Side plan_union(Planner *root, const SetOperationStmt *op)
{
    List *sides = NULL;
    Side side = {.rel = rel_new(REL_UPPER, NULL)};

    gather(root, op->left, op, &sides);
    gather(root, op->right, op, &sides);
    side.targets = output_targets(((Side *)list_at(sides, 0))->targets, false);
    side.rel->target = *output_target(root, side.targets, sides);
    side.path = append_of(root, side.rel, sides);
    if (!op->is_all)
        side.path = without_duplicates(root, side.rel, side.path, op, side.targets);
    path_add(side.rel, side.path);
    path_set_cheapest(side.rel);
    side.distinct = side.path->rows;
    return side;
}

/* ---- WITH RECURSIVE ---- */

#define RECURSIONS 10 /* that rows of UNION are estimated by */

static Side plan_recursive(Planner *root, const SetOperationStmt *op)
{
    Side first, again, side = {.rel = rel_new(REL_UPPER, NULL)};
    Path *path;

    if (op->op != SET_OP_UNION)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "only UNION queries can be recursive");
    first = plan_side(root, op->left, op, -1);
    root->non_recursive_path = first.path;
    again = plan_side(root, op->right, op, -1);
    side.targets = output_targets(first.targets, false);
    side.rel->target = *output_target(root, side.targets, list_of2(&first, &again));
    path = path_new(PATH_RECURSIVE_UNION, side.rel, &side.rel->target);
    path->outer = first.path;
    path->inner = again.path;
    path->u.set_op.work_table_param = root->work_table_param;
    if (!op->is_all) {
        path->u.set_op.group_by = grouping_of(op);
        if (!upper_is_hashable(path->u.set_op.group_by))
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = "could not implement recursive UNION",
                      .detail = "All column datatypes must be hashable.");
        path->u.set_op.groups = first.path->rows + again.path->rows * RECURSIONS;
    }
    cost_recursive_union(path, first.path, again.path);
    path_add(side.rel, path);
    path_set_cheapest(side.rel);
    side.path = path;
    side.distinct = path->rows;
    return side;
}

/* ---- INTERSECT and EXCEPT ---- */

static Side plan_counted(Planner *root, const SetOperationStmt *op)
{
    Side left = plan_side(root, op->left, op, 0), right = plan_side(root, op->right, op, 1);
    Side side = {.rel = rel_new(REL_UPPER, NULL)}, *sides[2];
    List *clauses = grouping_of(op), *order;
    double groups, rows;
    bool by_hash;
    Path *input, *path;

    /* The smaller side of an INTERSECT is looked up. */
    sides[0] = &left;
    sides[1] = &right;
    if (op->op == SET_OP_INTERSECT && left.distinct > right.distinct) {
        sides[0] = &right;
        sides[1] = &left;
    }
    order = list_of2(sides[0], sides[1]);
    side.targets = output_targets(left.targets, true);
    side.rel->target = *output_target(root, side.targets, order);
    input = append_of(root, side.rel, order);
    if (op->op == SET_OP_EXCEPT) {
        groups = left.distinct;
        rows = op->is_all ? left.path->rows : groups;
    } else {
        groups = sides[0]->distinct;
        rows = op->is_all ? min_double(left.path->rows, right.path->rows) : groups;
    }
    choose_strategy(root, clauses, groups, input,
                    op->op == SET_OP_INTERSECT ? "INTERSECT" : "EXCEPT", &by_hash);
    if (!by_hash)
        input = path_sort(side.rel, input, keys_of_clauses(root, clauses, side.targets), -1);
    path = path_new(PATH_SET_OP, side.rel, &side.rel->target);
    path->outer = input;
    path->keys = by_hash ? NULL : input->keys;
    path->u.set_op.op = op->op;
    path->u.set_op.is_all = op->is_all;
    path->u.set_op.strategy = by_hash ? SET_OP_BY_HASH : SET_OP_BY_SORT;
    path->u.set_op.group_by = clauses;
    path->u.set_op.flag_column = list_count(side.targets);
    path->u.set_op.groups = groups;
    path->startup = input->startup;
    path->total = input->total + setting.cpu_operator_cost * input->rows * list_count(clauses);
    path->rows = rows;
    path_add(side.rel, path);
    path_set_cheapest(side.rel);
    side.path = path;
    side.distinct = rows;
    return side;
}

/* ---- The tree ---- */

static Side plan_operation(Planner *root, const SetOperationStmt *op)
{
    return op->op == SET_OP_UNION ? plan_union(root, op) : plan_counted(root, op);
}

static Side plan_side(Planner *root, Node *tree, const SetOperationStmt *types, int flag)
{
    const SetOperationStmt *op = (const SetOperationStmt *)(void *)tree;
    List *targets;
    Side side;

    if (node_is(tree, RangeTblRef))
        return plan_leaf(root, (const RangeTblRef *)(void *)tree, types, flag);
    side = plan_operation(root, op);
    /* A flag, or other types, are put over what comes out. */
    if (flag >= 0 || !node_equal(types->column_types, op->column_types) ||
        list_count(side.targets) != list_count(types->column_types)) {
        targets = convert_targets(types, side.targets, 0, flag);
        side.targets = targets;
        side.path = path_project(root, side.rel, side.path, targets_make(root, targets));
    }
    return side;
}

PlanRel *setop_plan(Planner *root)
{
    Query *query = root->query;
    const SetOperationStmt *op = (const SetOperationStmt *)(void *)query->set_operations;
    PlanRel *rel = level_upper(root, UPPER_SETOP);
    List *targets = NULL;
    Side side;

    if (query->row_marks != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "FOR UPDATE is not allowed with UNION/INTERSECT/EXCEPT");
    root->aggs = mem_new(AggNumbers);
    side = root->has_recursion ? plan_recursive(root, op) : plan_operation(root, op);
    /* Names, and what ORDER BY speaks of, are those of the query. */
    list_foreach(TargetEntry *, target, query->targets) {
        const TargetEntry *out = list_at(side.targets, target_i);
        TargetEntry *copy = node_copy(target);

        copy->expr = node_copy(out->expr);
        targets = list_add(targets, copy);
    }
    /* The flag is a column that nobody sees. */
    for (int i = list_count(targets); i < list_count(side.targets); i++)
        targets = list_add(targets, node_copy(list_at(side.targets, i)));
    root->targets = targets;
    side.path->target = target_like(root, targets, side.path->target);
    rel->target = *side.path->target;
    root->sort_keys = keys_of_clauses(root, query->order_by, targets);
    root->query_keys = root->sort_keys;
    path_add(rel, side.path);
    path_set_cheapest(rel);
    return rel;
}
