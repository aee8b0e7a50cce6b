/* level.c - one level of query, from the analyzer's tree to paths; level.h has the stages. */
#include "common/base/base.h"

#include "server/planner/level.h"

#include "common/mem/mem.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/node/expr.h"
#include "server/node/tree.h"
#include "server/planner/expr_util.h"
#include "server/planner/jointree.h"
#include "server/planner/path.h"
#include "server/planner/rel.h"
#include "server/planner/simplify.h"

/* FROM that is empty reads one row of nothing. */
static void fill_empty_from(Query *query)
{
    RangeTblEntry *rte;
    RangeTblRef *ref;

    if (query->from->items != NULL || query->set_operations != NULL)
        return;
    rte = node_new(RangeTblEntry);
    rte->kind = RTE_RESULT;
    rte->names = node_new(Alias);
    rte->names->name = mem_strdup("*RESULT*");
    query->range_table = list_add(query->range_table, rte);
    ref = node_new(RangeTblRef);
    ref->rt_index = list_count(query->range_table);
    query->from->items = list_of(ref);
}

Node *prep_expr(Planner *root, void *expr, ExprKind kind)
{
    Node *node = expr;

    if (node == NULL)
        return NULL;
    if (root->has_join_rtes)
        node = prep_flatten_join_vars(root, root->query, node);
    node = simplify(node, root->global->bound);
    if (kind == EXPR_KIND_QUAL)
        node = simplify_qual(node);
    if (kind == EXPR_KIND_QUAL || kind == EXPR_KIND_TARGET)
        simplify_hash_arrays(node);
    if (root->query->has_sublinks)
        node = subselect_process(root, node, kind == EXPR_KIND_QUAL);
    if (root->parent != NULL)
        node = subselect_replace_outer(root, node);
    if (kind == EXPR_KIND_QUAL)
        node = as_node(expr_and_list(node));
    return node;
}

static void prep_tree(Planner *root, Node *tree)
{
    if (tree == NULL)
        return;
    if (tree->tag == NODE_FromExpr) {
        FromExpr *from = (FromExpr *)(void *)tree;

        list_foreach(Node *, item, from->items)
            prep_tree(root, item);
        from->where = prep_expr(root, from->where, EXPR_KIND_QUAL);
    } else if (tree->tag == NODE_JoinExpr) {
        JoinExpr *join = (JoinExpr *)(void *)tree;

        prep_tree(root, join->left);
        prep_tree(root, join->right);
        join->condition = prep_expr(root, join->condition, EXPR_KIND_QUAL);
    }
}

static void prep_entry(Planner *root, RangeTblEntry *rte)
{
    switch (rte->kind) {
    case RTE_RELATION:
        if (rte->sample != NULL)
            rte->sample =
                (TableSampleClause *)(void *)prep_expr(root, rte->sample, EXPR_KIND_OTHER);
        for (int i = 0; i < list_count(rte->security_conditions); i++)
            rte->security_conditions->items[i].pointer =
                prep_expr(root, list_at(rte->security_conditions, i), EXPR_KIND_QUAL);
        break;
    case RTE_SUBQUERY:
        /* What it uses of its neighbours must be columns of relations, not of joins. */
        if (rte->is_lateral && rte->subquery != NULL && root->has_join_rtes)
            rte->subquery =
                (Query *)(void *)prep_flatten_join_vars(root, root->query, rte->subquery);
        break;
    case RTE_FUNCTION:
        rte->functions = (List *)(void *)prep_expr(root, rte->functions, EXPR_KIND_OTHER);
        break;
    case RTE_TABLE_FUNC:
        rte->table_func = (TableFunc *)(void *)prep_expr(root, rte->table_func, EXPR_KIND_OTHER);
        break;
    case RTE_VALUES:
        rte->values = (List *)(void *)prep_expr(root, rte->values, EXPR_KIND_OTHER);
        break;
    default:
        break;
    }
}

static List *prep_list(Planner *root, List *list, ExprKind kind)
{
    return (List *)(void *)prep_expr(root, list, kind);
}

static void prep_all(Planner *root)
{
    Query *query = root->query;

    query->targets =
        subselect_replace_multi(root, prep_list(root, query->targets, EXPR_KIND_TARGET));
    list_foreach(WithCheckOption *, option, query->check_options)
        option->condition = prep_expr(root, option->condition, EXPR_KIND_QUAL);
    query->returning = prep_list(root, query->returning, EXPR_KIND_TARGET);
    prep_tree(root, as_node(query->from));
    query->having = prep_expr(root, query->having, EXPR_KIND_QUAL);
    list_foreach(WindowClause *, window, query->windows) {
        window->start_offset = prep_expr(root, window->start_offset, EXPR_KIND_OTHER);
        window->end_offset = prep_expr(root, window->end_offset, EXPR_KIND_OTHER);
    }
    query->limit_offset = prep_expr(root, query->limit_offset, EXPR_KIND_OTHER);
    query->limit_count = prep_expr(root, query->limit_count, EXPR_KIND_OTHER);
    if (query->on_conflict != NULL) {
        OnConflictExpr *conflict = query->on_conflict;

        conflict->elements = prep_list(root, conflict->elements, EXPR_KIND_OTHER);
        conflict->where = prep_expr(root, conflict->where, EXPR_KIND_QUAL);
        conflict->set =
            subselect_replace_multi(root, prep_list(root, conflict->set, EXPR_KIND_TARGET));
        conflict->set_where = prep_expr(root, conflict->set_where, EXPR_KIND_QUAL);
    }
    list_foreach(MergeAction *, action, query->merge_actions) {
        action->targets = prep_list(root, action->targets, EXPR_KIND_TARGET);
        action->condition = prep_expr(root, action->condition, EXPR_KIND_QUAL);
    }
    list_foreach(RangeTblEntry *, rte, query->range_table)
        prep_entry(root, rte);
    if (root->has_join_rtes) {
        list_foreach(RangeTblEntry *, entry, query->range_table)
            entry->join_columns = NULL;
    }
}

/* Conditions on groups that need no aggregate can be tested before there are groups. */
static void move_having(Planner *root)
{
    Query *query = root->query;
    List *stay = NULL, *move = NULL;

    list_foreach(Node *, qual, (List *)(void *)query->having) {
        if ((query->group_by != NULL && query->grouping_sets != NULL) || expr_has_aggs(qual, 0) ||
            expr_has_volatile(qual) || expr_has_subplan(qual)) {
            stay = list_add(stay, qual);
        } else if (query->group_by != NULL) {
            move = list_add(move, qual);
        } else {
            /* Without groups there is one row, unless the condition says that there is none. */
            move = list_add(move, node_copy(qual));
            stay = list_add(stay, qual);
        }
    }
    query->having = as_node(stay);
    query->from->where = as_node(list_concat((List *)(void *)query->from->where, move));
}

static bool has_children(Oid table)
{
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(table));

    return row != NULL && CACHE_ROW(PgClass, row)->relhassubclass;
}

static void look_at_entries(Planner *root)
{
    list_foreach(RangeTblEntry *, rte, root->query->range_table) {
        if (rte->kind == RTE_RELATION && rte->is_inherited)
            rte->is_inherited = has_children(rte->relation);
        if (rte->kind == RTE_JOIN) {
            root->has_join_rtes = true;
            root->has_outer_joins |= rte->join_kind != JOIN_INNER;
        }
    }
}

Planner *level_plan(PlanGlobal *global, Query *query, Planner *parent, bool has_recursion,
                    double tuple_fraction)
{
    Planner *root = mem_new(Planner);

    root->global = global;
    root->query = query;
    root->parent = parent;
    root->level = parent == NULL ? 1 : parent->level + 1;
    root->has_recursion = has_recursion;
    root->work_table_param = has_recursion ? subselect_new_param(root, 0) : -1;
    root->limit_tuples = -1;
    if (query->ctes != NULL)
        prep_process_ctes(root);
    fill_empty_from(query);
    if (query->has_sublinks)
        prep_pull_up_sublinks(root);
    prep_pull_up_subqueries(root);
    query = root->query;
    look_at_entries(root);
    root->has_having = query->having != NULL;
    prep_all(root);
    move_having(root);
    if (root->has_outer_joins)
        prep_reduce_outer_joins(root);
    prep_remove_results(root);
    rel_setup(root);
    upper_plan(root, tuple_fraction);
    subselect_charge_init_plans(root, root->upper[UPPER_FINAL]);
    path_set_cheapest(root->upper[UPPER_FINAL]);
    return root;
}

Path *level_best_path(PlanRel *rel, double tuple_fraction)
{
    Path *best = rel->cheapest_total;

    if (tuple_fraction <= 0)
        return best;
    if (tuple_fraction >= 1.0 && best->rows > 0)
        tuple_fraction /= best->rows;
    list_foreach(Path *, path, rel->paths) {
        if (path == rel->cheapest_total || path_compare_fraction(best, path, tuple_fraction) <= 0)
            continue;
        best = path;
    }
    return best;
}

PlanRel *level_upper(Planner *root, UpperKind kind)
{
    if (root->upper[kind] == NULL) {
        root->upper[kind] = rel_new(REL_UPPER, NULL);
        root->upper[kind]->wants_startup = root->tuple_fraction > 0;
    }
    return root->upper[kind];
}
