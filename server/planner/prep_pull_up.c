/*
 * prep_pull_up.c - subqueries that become parts of the query around them
 *
 * FROM (SELECT ... FROM a, b) is FROM a, b; EXISTS and IN in WHERE are semijoins, NOT EXISTS an
 * antijoin. What cannot be moved is planned by itself. A subquery on the side of an outer join that
 * may be all NULL is moved only when its columns are just columns: an expression of them would have
 * to become NULL there. The same is true where grouping sets make NULLs of what is grouped by.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/node/expr.h"
#include "server/node/tree.h"
#include "server/planner/expr_util.h"
#include "server/planner/jointree.h"
#include "server/planner/level.h"
#include "server/planner/prep_query.h"
#include "server/planner/simplify.h"

/* ---- Subqueries in FROM ---- */

static bool is_simple(const Query *query)
{
    return query->command == COMMAND_SELECT && query->set_operations == NULL && !query->has_aggs &&
           !query->has_window_funcs && !query->has_target_sets && query->group_by == NULL &&
           query->grouping_sets == NULL && query->having == NULL && query->order_by == NULL &&
           query->distinct == NULL && query->limit_offset == NULL && query->limit_count == NULL &&
           !query->has_for_update && query->ctes == NULL && query->row_marks == NULL;
}

static bool are_plain_columns(const List *targets)
{
    list_foreach(TargetEntry *, target, targets) {
        if (!node_is(target->expr, Var) || ((Var *)(void *)target->expr)->levels_up != 0)
            return false;
    }
    return true;
}

static Query *prepared(const Planner *root, const Query *sub);

/*
 * Does an outer join of the tree, or what is below one, have a condition on rows of the query
 * around (LATERAL)? In that query it would be tested above the join, where it is another one.
 */
static bool asks_above_in_outer_join(const void *tree, bool is_below)
{
    if (node_is(tree, FromExpr)) {
        const FromExpr *from = tree;
        bool found = is_below && expr_has_vars_of_level(from->where, 1);

        list_foreach(const Node *, item, from->items)
            found = found || asks_above_in_outer_join(item, is_below);
        return found;
    }
    if (node_is(tree, JoinExpr)) {
        const JoinExpr *join = tree;

        is_below = is_below || join->kind != JOIN_INNER;
        return (is_below && expr_has_vars_of_level(join->condition, 1)) ||
               asks_above_in_outer_join(join->left, is_below) ||
               asks_above_in_outer_join(join->right, is_below);
    }
    return false;
}

static bool is_pullable(const Planner *root, int rt_index, bool is_nullable)
{
    const RangeTblEntry *rte = list_at(root->query->range_table, rt_index - 1);
    const Query *sub = rte->subquery;

    if (rte->kind != RTE_SUBQUERY || sub == NULL || rte->is_barrier || !is_simple(sub) ||
        expr_has_volatile(sub->targets))
        return false;
    if (root->query->grouping_sets != NULL && !are_plain_columns(sub->targets))
        return false;
    if (is_nullable &&
        (rte->is_lateral || !are_plain_columns(sub->targets) || sub->from->items == NULL))
        return false;
    return !rte->is_lateral || !asks_above_in_outer_join(prepared(root, sub)->from, false);
}

/* A place of the tree where such a subquery stands. */
static Node **find_pullable(Planner *root, Node **place, bool is_nullable)
{
    Node *tree = *place, **found = NULL;

    if (tree->tag == NODE_RangeTblRef)
        return is_pullable(root, ((RangeTblRef *)(void *)tree)->rt_index, is_nullable) ? place
                                                                                       : NULL;
    if (tree->tag == NODE_FromExpr) {
        List *items = ((FromExpr *)(void *)tree)->items;

        for (int i = 0; i < list_count(items) && found == NULL; i++)
            found = find_pullable(root, (Node **)&items->items[i].pointer, is_nullable);
        return found;
    }
    JoinExpr *join = (JoinExpr *)(void *)tree;
    bool left = is_nullable || join->kind == JOIN_RIGHT || join->kind == JOIN_FULL;
    bool right = is_nullable || join->kind == JOIN_LEFT || join->kind == JOIN_FULL ||
                 join->kind == JOIN_ANTI;

    found = find_pullable(root, &join->left, left);
    return found != NULL ? found : find_pullable(root, &join->right, right);
}

/* The subquery with its own subqueries moved already. */
static Query *prepared(const Planner *root, const Query *sub)
{
    Planner below = {.global = root->global, .query = node_copy(sub), .level = root->level + 1};

    if (below.query->has_sublinks)
        prep_pull_up_sublinks(&below);
    prep_pull_up_subqueries(&below);
    return below.query;
}

static void pull_up(Planner *root, Node **place)
{
    int rt_index = ((RangeTblRef *)(void *)*place)->rt_index;
    Query *query = root->query;
    RangeTblEntry *rte = list_at(query->range_table, rt_index - 1);
    Query *sub = prepared(root, rte->subquery);
    int offset = list_count(query->range_table);

    prep_offset_rels(as_node(sub), offset);
    node_shift_levels(sub, -1, 1);
    if (sub->from->items == NULL) {
        RangeTblEntry *nothing = node_new(RangeTblEntry);
        RangeTblRef *ref = node_new(RangeTblRef);

        nothing->kind = RTE_RESULT;
        nothing->names = node_new(Alias);
        nothing->names->name = mem_strdup("*RESULT*");
        sub->range_table = list_add(sub->range_table, nothing);
        ref->rt_index = offset + list_count(sub->range_table);
        sub->from->items = list_of(ref);
    }
    /* Its neighbours may be what a LATERAL in it speaks of. */
    if (rte->is_lateral) {
        list_foreach(RangeTblEntry *, inner, sub->range_table) {
            if (inner->kind == RTE_SUBQUERY || inner->kind == RTE_FUNCTION ||
                inner->kind == RTE_VALUES || inner->kind == RTE_TABLE_FUNC)
                inner->is_lateral = true;
        }
    }
    query->range_table = list_concat(query->range_table, sub->range_table);
    query->has_sublinks |= sub->has_sublinks;
    rte->subquery = NULL;
    *place = as_node(sub->from);
    root->query = prep_replace_rel(query, rt_index, sub->targets);
}

void prep_pull_up_subqueries(Planner *root)
{
    for (;;) {
        Node *top = as_node(root->query->from);
        Node **place = find_pullable(root, &top, false);

        if (place == NULL || place == &top)
            return;
        pull_up(root, place);
    }
}

/* ---- Sublinks ---- */

static RangeTblRef *add_subquery(Planner *root, Query *sub, const char *name)
{
    RangeTblEntry *rte = node_new(RangeTblEntry);
    RangeTblRef *ref = node_new(RangeTblRef);

    rte->kind = RTE_SUBQUERY;
    rte->subquery = sub;
    rte->names = node_new(Alias);
    rte->names->name = mem_strdup(name);
    rte->is_in_from = true;
    list_foreach(TargetEntry *, target, sub->targets) {
        if (!target->is_junk)
            rte->names->columns = list_add(rte->names->columns,
                                           node_string(target->name == NULL ? "" : target->name));
    }
    root->query->range_table = list_add(root->query->range_table, rte);
    ref->rt_index = list_count(root->query->range_table);
    return ref;
}

static JoinExpr *new_join(JoinKind kind, void *right, Node *condition)
{
    JoinExpr *join = node_new(JoinExpr);

    join->kind = kind;
    join->right = right;
    join->condition = condition;
    return join;
}

/* x IN (SELECT ...) */
static JoinExpr *join_of_any(Planner *root, const SubLink *link, const BitSet *available)
{
    Query *sub = (Query *)(void *)link->query;
    BitSet *above = expr_rels(link->test);
    RangeTblRef *ref;
    List *columns = NULL;

    if (expr_has_vars_of_level(sub, 1) || above == NULL || !bitset_is_subset(above, available) ||
        expr_has_volatile(link->test))
        return NULL;
    ref = add_subquery(root, sub, "ANY_subquery");
    list_foreach(TargetEntry *, target, sub->targets) {
        if (!target->is_junk)
            columns = list_add(columns, expr_var_of_target(ref->rt_index, target));
    }
    return new_join(JOIN_SEMI, ref, prep_replace_sublink_params(link->test, columns));
}

/* What EXISTS does not look at is left out; false: more than rows of joins is asked for. */
bool subselect_simplify_exists(Query *sub)
{
    if (sub->command != COMMAND_SELECT || sub->set_operations != NULL || sub->has_aggs ||
        sub->grouping_sets != NULL || sub->has_window_funcs || sub->has_target_sets ||
        sub->has_modifying_cte || sub->having != NULL || sub->limit_offset != NULL ||
        sub->row_marks != NULL)
        return false;
    if (sub->limit_count != NULL) {
        const Const *count = (const Const *)(void *)simplify(sub->limit_count, NULL);

        if (!node_is(count, Const) || (!count->is_null && datum_i64(count->value) <= 0))
            return false;
        sub->limit_count = NULL;
    }
    sub->targets = sub->group_by = sub->windows = sub->distinct = sub->order_by = NULL;
    sub->has_distinct_on = false;
    return true;
}

static JoinExpr *join_of_exists(Planner *root, const SubLink *link, bool is_not,
                                const BitSet *available)
{
    Query *sub = node_copy(link->query);
    int offset = list_count(root->query->range_table);
    BitSet *above = NULL;
    Node *where;

    if (sub->ctes != NULL || !subselect_simplify_exists(sub) || sub->from->items == NULL)
        return NULL;
    where = sub->from->where;
    sub->from->where = NULL;
    if (expr_has_vars_of_level(sub, 1) || where == NULL || !expr_has_vars_of_level(where, 1) ||
        expr_has_volatile(where))
        return NULL;
    prep_offset_rels(as_node(sub), offset);
    prep_offset_rels(where, offset);
    node_shift_levels(sub, -1, 1);
    node_shift_levels(where, -1, 1);
    for (int i = -1; (i = bitset_next(expr_rels(where), i)) >= 0 && i <= offset;)
        above = bitset_add(above, i);
    if (!bitset_is_subset(above, available))
        return NULL;
    root->query->range_table = list_concat(root->query->range_table, sub->range_table);
    root->query->has_sublinks |= sub->has_sublinks;
    return new_join(is_not ? JOIN_ANTI : JOIN_SEMI,
                    list_count(sub->from->items) == 1 ? list_at(sub->from->items, 0)
                                                      : (void *)sub->from,
                    where);
}

static JoinExpr *join_of(Planner *root, const Node *arm, const BitSet *available)
{
    bool is_not = expr_is_not(arm);
    const SubLink *link =
        is_not ? list_at(((const BoolExpr *)(const void *)arm)->args, 0) : (const void *)arm;

    if (!node_is(link, SubLink))
        return NULL;
    if (link->kind == SUBLINK_EXISTS)
        return join_of_exists(root, link, is_not, available);
    if (link->kind == SUBLINK_ANY && !is_not)
        return join_of_any(root, link, available);
    return NULL;
}

static Node *pull_up_links(Planner *root, Node *qual, Node **tree, const BitSet *available);

/* Below the new join there may be more of them. */
static void pull_up_below(Planner *root, JoinExpr *join)
{
    BitSet *right = jointree_rels(join->right, true);

    if (join->condition != NULL && join->kind == JOIN_SEMI)
        join->condition = pull_up_links(root, join->condition, &join->right, right);
}

static Node *pull_up_links(Planner *root, Node *qual, Node **tree, const BitSet *available)
{
    List *arms, *rest = NULL;

    if (qual == NULL)
        return NULL;
    arms = expr_is_and(qual) ? ((BoolExpr *)(void *)qual)->args : list_of(qual);
    list_foreach(Node *, arm, arms) {
        JoinExpr *join;

        if (expr_is_and(arm)) {
            arm = pull_up_links(root, arm, tree, available);
            if (arm != NULL)
                rest = list_add(rest, arm);
            continue;
        }
        join = join_of(root, arm, available);
        if (join == NULL) {
            rest = list_add(rest, arm);
            continue;
        }
        pull_up_below(root, join);
        join->left = *tree;
        *tree = as_node(join);
    }
    return rest == NULL ? NULL : expr_and(rest);
}

static Node *pull_up_in(Planner *root, Node *tree)
{
    if (tree->tag == NODE_FromExpr) {
        FromExpr *from = (FromExpr *)(void *)tree;
        FromExpr *inner = node_new(FromExpr);
        Node *below;

        for (int i = 0; i < list_count(from->items); i++)
            from->items->items[i].pointer = pull_up_in(root, list_at(from->items, i));
        inner->items = from->items;
        below = as_node(inner);
        from->where = pull_up_links(root, from->where, &below, jointree_rels(tree, true));
        if (below != as_node(inner))
            from->items = list_of(below);
        return tree;
    }
    if (tree->tag == NODE_JoinExpr) {
        JoinExpr *join = (JoinExpr *)(void *)tree;
        Node *top = tree;

        join->left = pull_up_in(root, join->left);
        join->right = pull_up_in(root, join->right);
        if (join->kind == JOIN_INNER)
            join->condition = pull_up_links(root, join->condition, &top, jointree_rels(tree, true));
        else if (join->kind == JOIN_LEFT)
            join->condition = pull_up_links(root, join->condition, &join->right,
                                            jointree_rels(join->right, true));
        return top;
    }
    return tree;
}

void prep_pull_up_sublinks(Planner *root)
{
    pull_up_in(root, as_node(root->query->from));
}
