/*
 * agg_check.c - in a grouped query, every column must be grouped by or stand in an aggregate
 *
 * A column may also follow from those grouped by: when these are the primary key of its table. The
 * query then depends on that constraint.
 */
#include "common/base/base.h"

#include "server/analyzer/analyzer_int.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/node/tree.h"

#define SETS_MAX 4096

typedef struct Check {
    const Scope *scope;
    Query *query;
    List *groups;      /* TargetEntry */
    List *commons;     /* Vars that are grouped by in all sets */
    BitSet *followers; /* entries of the range table whose columns all follow */
    bool has_exprs;    /* some group is no mere Var */
    bool has_joins;
    bool in_direct_args;
} Check;

/* ---- Columns of joins are those of their tables ---- */

typedef struct Flatten {
    const Query *query;
} Flatten;

static Node *flatten_one(Node *node, int level, void *arg);

static Node *flatten_var(const Var *var, int level, const Flatten *flat)
{
    const RangeTblEntry *rte = list_at(flat->query->range_table, var->rt_index - 1);
    Node *made;

    if (rte->kind != RTE_JOIN)
        return node_copy(var);
    if (var->attno == 0) {
        RowExpr *row = node_new(RowExpr);

        for (int i = 0; i < list_count(rte->join_columns); i++) {
            if (list_at(rte->join_columns, i) == NULL)
                continue;
            made = node_copy(list_at(rte->join_columns, i));
            node_shift_levels(made, level, 0);
            row->args = list_add(row->args, flatten_one(made, level, (void *)(uintptr_t)flat));
            row->column_names =
                list_add(row->column_names, node_copy(list_at(rte->names->columns, i)));
        }
        row->type = var->type;
        row->form = COERCE_IMPLICIT;
        row->loc = var->loc;
        return (Node *)(void *)row;
    }
    made = node_copy(list_at(rte->join_columns, var->attno - 1));
    if (made != NULL && level > 0)
        node_shift_levels(made, level, 0);
    if (node_is(made, Var))
        ((Var *)(void *)made)->loc = var->loc;
    return flatten_one(made, level, (void *)(uintptr_t)flat);
}

static Node *flatten_one(Node *node, int level, void *arg)
{
    if (node_is(node, Var)) {
        const Var *var = (const Var *)(const void *)node;

        return (int)var->levels_up == level ? flatten_var(var, level, arg) : node_copy(node);
    }
    return node_mutate_levels(node, level, flatten_one, arg);
}

static void *flatten_joins(const Check *check, const void *tree)
{
    Flatten flat = {.query = check->query};

    if (tree == NULL || !check->has_joins)
        return (void *)(uintptr_t)tree;
    return flatten_one((Node *)(uintptr_t)tree, 0, &flat);
}

/* ---- Primary keys ---- */

/* The columns of the primary key, when it is checked at once; *constraint is its number. */
static BitSet *primary_key(Oid relation, Oid *constraint)
{
    CatalogKey key = {.column = PG_CONSTRAINT_COL_CONRELID, .value = datum_of_u32(relation)};
    CatalogScan *scan = catalog_scan_begin(PG_CONSTRAINT_CATALOG,
                                           PG_CONSTRAINT_CONRELID_CONTYPID_CONNAME_INDEX, 1, &key);
    const HeapTuple *row;
    BitSet *columns = NULL;

    while ((row = catalog_scan_next(scan)) != NULL) {
        const PgConstraint *fixed = CACHE_ROW(PgConstraint, row);

        if (fixed->contype != 'p')
            continue;
        if (!fixed->condeferrable) {
            columns = constraint_columns(row);
            *constraint = fixed->oid;
        }
        break;
    }
    catalog_scan_end(scan);
    return columns;
}

static bool follows(Check *check, int rt_index)
{
    const RangeTblEntry *rte = list_at(check->query->range_table, rt_index - 1);
    BitSet *grouped = NULL;
    const BitSet *key;
    Oid constraint;

    if (bitset_has(check->followers, rt_index))
        return true;
    if (rte->kind != RTE_RELATION)
        return false;
    key = primary_key(rte->relation, &constraint);
    if (key == NULL)
        return false;
    list_foreach(const Var *, var, check->commons) {
        if (var->rt_index == rt_index && var->levels_up == 0 && var->attno > 0)
            grouped = bitset_add(grouped, var->attno);
    }
    for (int number = -1; (number = bitset_next(key, number)) >= 0;) {
        if (!bitset_has(grouped, number))
            return false;
    }
    check->query->constraint_deps = list_add_oid(check->query->constraint_deps, constraint);
    check->followers = bitset_add(check->followers, rt_index);
    return true;
}

/* ---- Columns ---- */

static const char *column_name(const Check *check, const Var *var, const char **table)
{
    const RangeTblEntry *rte = list_at(check->query->range_table, var->rt_index - 1);

    *table = rte->names->name;
    if (var->attno == 0)
        return "*";
    if (var->attno < 0)
        return system_column_name(var->attno);
    return ((const String *)list_at(rte->names->columns, var->attno - 1))->value;
}

static _Noreturn void raise_ungrouped(const Check *check, const Var *var, int level)
{
    const char *table, *column = column_name(check, var, &table);

    if (level > 0)
        scope_fail(check->scope, var->loc, SQLSTATE_GROUPING_ERROR,
                   .message = err_fmt("subquery uses ungrouped column \"%s.%s\" from outer query",
                                      table, column));
    scope_fail(check->scope, var->loc, SQLSTATE_GROUPING_ERROR,
               .message = err_fmt("column \"%s.%s\" must appear in the GROUP BY clause or be used "
                                  "in an aggregate function",
                                  table, column),
               .detail = check->in_direct_args ? "Direct arguments of an ordered-set aggregate "
                                                 "must use only grouped columns."
                                               : NULL);
}

static bool is_same_column(const TargetEntry *group, const Var *var)
{
    const Var *own = (const Var *)(const void *)group->expr;

    return node_is(group->expr, Var) && own->rt_index == var->rt_index &&
           own->attno == var->attno && own->levels_up == 0;
}

static bool is_grouped_expr(const Check *check, const Node *node)
{
    list_foreach(const TargetEntry *, group, check->groups) {
        if (node_equal(node, group->expr))
            return true;
    }
    return false;
}

static void check_var(Check *check, const Var *var, int level)
{
    if ((int)var->levels_up != level)
        return;
    if (!check->has_exprs || level != 0) {
        list_foreach(const TargetEntry *, group, check->groups) {
            if (is_same_column(group, var))
                return;
        }
    }
    if (!follows(check, var->rt_index))
        raise_ungrouped(check, var, level);
}

static bool check_columns(Node *node, int level, void *arg)
{
    Check *check = arg;
    const void *any = node;

    if (node_is(node, Const) || node_is(node, Param))
        return false;
    if (node_is(node, Aggref)) {
        const Aggref *agg = any;

        if ((int)agg->levels_up == level && agg->direct_args != NULL) {
            check->in_direct_args = true;
            node_walk_levels((Node *)(void *)agg->direct_args, level, check_columns, arg);
            check->in_direct_args = false;
        }
        if ((int)agg->levels_up >= level)
            return false;
    }
    if (node_is(node, GroupingFunc) && (int)((const GroupingFunc *)any)->levels_up >= level)
        return false;
    if (check->has_exprs && level == 0 && is_grouped_expr(check, node))
        return false;
    if (node_is(node, Var)) {
        check_var(check, any, level);
        return false;
    }
    return node_walk_levels(node, level, check_columns, arg);
}

/* ---- GROUPING() ---- */

static int group_of_arg(const Check *check, const Node *arg, int level)
{
    const Node *flat = flatten_joins(check, arg);
    const Var *var = (const Var *)(const void *)flat;

    list_foreach(const TargetEntry *, group, check->groups) {
        if (node_is(flat, Var) ? (int)var->levels_up == level && is_same_column(group, var)
                               : check->has_exprs && level == 0 && node_equal(flat, group->expr))
            return (int)group->sort_group_ref;
    }
    scope_fail(check->scope, node_expr_location(arg), SQLSTATE_GROUPING_ERROR,
               .message = "arguments to GROUPING must be grouping expressions of the associated "
                          "query level");
}

static bool number_groupings(Node *node, int level, void *arg)
{
    Check *check = arg;
    void *any = node;

    if (node_is(node, Aggref)) {
        const Aggref *agg = any;

        if ((int)agg->levels_up == level && agg->direct_args != NULL)
            return node_walk_levels((Node *)(void *)agg->direct_args, level, number_groupings, arg);
        if ((int)agg->levels_up >= level)
            return false;
    }
    if (node_is(node, GroupingFunc)) {
        GroupingFunc *grouping = any;
        List *refs = NULL;

        if ((int)grouping->levels_up > level)
            return false;
        if ((int)grouping->levels_up == level) {
            list_foreach(const Node *, item, grouping->args)
                refs = list_add_int(refs, group_of_arg(check, item, level));
            grouping->refs = refs;
            return false;
        }
    }
    return node_walk_levels(node, level, number_groupings, arg);
}

/* ---- Together ---- */

static bool has_ref(const List *refs, unsigned ref)
{
    for (int i = 0; i < list_count(refs); i++) {
        if ((unsigned)list_int_at(refs, i) == ref)
            return true;
    }
    return false;
}

/* What all sets have in common, by their numbers. */
static List *common_refs(Check *check)
{
    Query *query = check->query;
    List *sets = grouping_sets_expand(query->grouping_sets, query->is_group_distinct, SETS_MAX);
    List *common = NULL;

    if (sets == NULL)
        scope_fail(check->scope, raw_location(query->grouping_sets), SQLSTATE_STATEMENT_TOO_COMPLEX,
                   .message = err_fmt("too many grouping sets present (maximum %d)", SETS_MAX));
    for (int i = 0; i < list_count(list_at(sets, 0)); i++) {
        int ref = list_int_at(list_at(sets, 0), i);
        bool is_common = true;

        list_foreach(const List *, set, sets)
            is_common = is_common && has_ref(set, (unsigned)ref);
        if (is_common)
            common = list_add_int(common, ref);
    }
    if (list_count(sets) == 1 && query->group_by != NULL)
        query->grouping_sets = NULL;
    return common;
}

static void gather_groups(Check *check, const List *common)
{
    bool had_sets = check->query->grouping_sets != NULL;

    list_foreach(const SortGroupClause *, clause, check->query->group_by)
        check->groups =
            list_add_first(target_by_ref(clause->ref, check->query->targets), check->groups);
    check->groups = flatten_joins(check, check->groups);
    list_foreach(const TargetEntry *, group, check->groups) {
        if (!node_is(group->expr, Var))
            check->has_exprs = true;
        else if (!had_sets || has_ref(common, group->sort_group_ref))
            check->commons = list_add(check->commons, group->expr);
    }
}

static void check_tree(Check *check, void *tree)
{
    if (tree == NULL)
        return;
    node_walk_levels((Node *)(void *)list_of(tree), 0, number_groupings, check);
    node_walk_levels((Node *)(void *)list_of(flatten_joins(check, tree)), 0, check_columns, check);
}

void agg_check(Scope *scope, Query *query)
{
    Check check = {.scope = scope, .query = query};
    bool has_self_reference = false;
    List *common = NULL;

    if (!query->has_aggs && query->group_by == NULL && query->grouping_sets == NULL &&
        query->having == NULL)
        return;
    if (query->grouping_sets != NULL)
        common = common_refs(&check);
    list_foreach(const RangeTblEntry *, rte, query->range_table) {
        check.has_joins = check.has_joins || rte->kind == RTE_JOIN;
        has_self_reference = has_self_reference || (rte->kind == RTE_CTE && rte->is_self_reference);
    }
    gather_groups(&check, common);
    check_tree(&check, query->targets);
    check_tree(&check, query->having);
    if (scope->has_aggs && has_self_reference)
        scope_fail(scope, expr_locate_agg(query, 0), SQLSTATE_INVALID_RECURSION,
                   .message = "aggregate functions are not allowed in a recursive query's "
                              "recursive term");
}
