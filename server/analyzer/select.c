/* select.c - SELECT, VALUES, and FOR UPDATE */
#include "common/base/base.h"

#include "common/text/str.h"
#include "server/analyzer/analyzer_int.h"

/* ---- What all queries end with ---- */

/* What was found on the way, into the query; afterwards its expressions get their collations. */
void query_finish(Scope *scope, Query *query, Node *where)
{
    query->range_table = scope->range_table;
    query->from = node_new(FromExpr);
    query->from->items = scope->from_items;
    query->from->where = where;
    query->has_sublinks = scope->has_sublinks;
    query->has_window_funcs = scope->has_window_funcs;
    query->has_target_sets = scope->has_target_sets;
    query->has_aggs = scope->has_aggs;
}

void query_take_with(Scope *scope, Query *query, const WithClause *with)
{
    if (with == NULL)
        return;
    query->has_recursive = with->is_recursive;
    query->ctes = cte_transform(scope, with);
    query->has_modifying_cte = scope->has_modifying_cte;
}

void query_take_limits(Scope *scope, Query *query, const SelectStmt *raw)
{
    bool with_ties = raw->limit_kind == LIMIT_WITH_TIES;

    query->limit_offset =
        limit_transform(scope, raw->limit_offset, EXPR_OFFSET, "OFFSET", with_ties);
    query->limit_count = limit_transform(scope, raw->limit_count, EXPR_LIMIT, "LIMIT", with_ties);
    query->limit_option = with_ties ? LIMIT_OPTION_WITH_TIES : LIMIT_OPTION_COUNT;
}

/* ---- SELECT ---- */

static void take_distinct(Scope *scope, Query *query, const SelectStmt *raw)
{
    if (raw->distinct == NULL)
        return;
    if (list_at(raw->distinct, 0) == NULL) {
        query->distinct = distinct_transform(scope, &query->targets, query->order_by, false);
        return;
    }
    query->distinct = distinct_on_transform(scope, raw->distinct, &query->targets, query->order_by);
    query->has_distinct_on = true;
}

Query *select_transform(Scope *scope, SelectStmt *raw)
{
    Query *query = node_new(Query);
    Node *where;

    query->command = COMMAND_SELECT;
    query_take_with(scope, query, raw->with);
    if (raw->into != NULL)
        scope_fail(scope, raw->into->relation->loc, SQLSTATE_SYNTAX_ERROR,
                   .message = "SELECT ... INTO is not allowed here");
    scope->locking = raw->locking;
    scope->window_defs = list_concat(NULL, raw->windows);
    from_transform(scope, raw->from);
    query->targets = target_list_transform(scope, raw->targets, EXPR_SELECT_TARGET);
    target_mark_origins(scope, query->targets);
    where = where_transform(scope, raw->where, EXPR_WHERE, "WHERE");
    query->having = where_transform(scope, raw->having, EXPR_HAVING, "HAVING");
    query->order_by = sort_transform(scope, raw->order_by, &query->targets, EXPR_ORDER_BY, false);
    query->group_by = group_transform(scope, raw->group_by, &query->grouping_sets, &query->targets,
                                      query->order_by, EXPR_GROUP_BY, false);
    query->is_group_distinct = raw->is_group_distinct;
    take_distinct(scope, query, raw);
    query_take_limits(scope, query, raw);
    query->windows = window_transform(scope, scope->window_defs, &query->targets);
    if (scope->resolves_unknowns)
        target_resolve_unknowns(scope, query->targets);
    query_finish(scope, query, where);
    list_foreach(const LockingClause *, lock, raw->locking)
        locking_transform(scope, query, lock, false);
    collate_query(scope, query);
    agg_check(scope, query);
    return query;
}

/* ---- VALUES ---- */

/* The lists of a VALUES while its columns are brought to common types. */
typedef struct ValueRows {
    List *rows; /* of lists */
    int width;
    List *types, *typmods, *collations;
} ValueRows;

static ValueRows transform_rows(Scope *scope, const List *raw)
{
    ValueRows values = {.width = -1};

    list_foreach(const List *, item, raw) {
        List *row = expr_transform_list(scope, item, EXPR_VALUES, false);

        if (values.width < 0)
            values.width = list_count(row);
        else if (list_count(row) != values.width)
            scope_fail(scope, node_expr_location(row), SQLSTATE_SYNTAX_ERROR,
                       .message = "VALUES lists must all be the same length");
        values.rows = list_add(values.rows, row);
    }
    return values;
}

static void unify_column(Scope *scope, ValueRows *values, int i)
{
    List *column = NULL, *fit = NULL;
    Oid type;

    list_foreach(List *, row, values->rows)
        column = list_add(column, list_at(row, i));
    type = select_common_type(scope, column, "VALUES", NULL);
    list_foreach(List *, row, values->rows) {
        row->items[i].pointer = coerce_to_common(scope, list_at(row, i), type, "VALUES");
        fit = list_add(fit, list_at(row, i));
    }
    values->types = list_add_oid(values->types, type);
    values->typmods = list_add_int(values->typmods, select_common_typmod(fit, type));
    values->collations = list_add_oid(values->collations, collate_select(scope, fit, true));
}

Query *values_transform(Scope *scope, SelectStmt *raw)
{
    Query *query = node_new(Query);
    ValueRows values;
    Item *item;

    query->command = COMMAND_SELECT;
    query_take_with(scope, query, raw->with);
    values = transform_rows(scope, raw->values);
    for (int i = 0; i < values.width; i++)
        unify_column(scope, &values, i);
    item = rte_add_values(scope, values.rows, values.types, values.typmods, values.collations, NULL,
                          false, true);
    scope_add_item(scope, item, true, true, true);
    query->targets = item_star_targets(scope, item, 0, true, NODE_NO_LOCATION);
    query->order_by = sort_transform(scope, raw->order_by, &query->targets, EXPR_ORDER_BY, false);
    query_take_limits(scope, query, raw);
    if (raw->locking != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message =
                      err_fmt("%s cannot be applied to VALUES",
                              locking_name(((LockingClause *)list_at(raw->locking, 0))->strength)));
    query_finish(scope, query, NULL);
    collate_query(scope, query);
    return query;
}

/* ---- FOR UPDATE and its kin ---- */

const char *locking_name(LockStrength strength)
{
    static const char *const names[] = {
        [ROW_LOCK_NONE] = "NONE",         [ROW_LOCK_KEY_SHARE] = "FOR KEY SHARE",
        [ROW_LOCK_SHARE] = "FOR SHARE",   [ROW_LOCK_NO_KEY_UPDATE] = "FOR NO KEY UPDATE",
        [ROW_LOCK_UPDATE] = "FOR UPDATE",
    };

    return names[strength];
}

static void check_lockable(const Query *query, LockStrength strength)
{
    const char *what = query->set_operations != NULL ? "UNION/INTERSECT/EXCEPT"
                       : query->distinct != NULL     ? "DISTINCT clause"
                       : query->group_by != NULL || query->grouping_sets != NULL ? "GROUP BY clause"
                       : query->having != NULL                                   ? "HAVING clause"
                       : query->has_aggs         ? "aggregate functions"
                       : query->has_window_funcs ? "window functions"
                       : query->has_target_sets  ? "set-returning functions in the target list"
                                                 : NULL;

    if (what != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("%s is not allowed with %s", locking_name(strength), what));
}

static void add_row_mark(Query *query, int rt_index, const LockingClause *raw, bool is_pushed_down)
{
    RowMarkClause *mark;

    if (!is_pushed_down)
        query->has_for_update = true;
    list_foreach(RowMarkClause *, old, query->row_marks) {
        if (old->rt_index != (uint32_t)rt_index)
            continue;
        if (raw->strength > old->strength)
            old->strength = raw->strength;
        if (raw->wait > old->wait)
            old->wait = raw->wait;
        old->is_pushed_down = old->is_pushed_down && is_pushed_down;
        return;
    }
    mark = node_new(RowMarkClause);
    mark->rt_index = (uint32_t)rt_index;
    mark->strength = raw->strength;
    mark->wait = raw->wait;
    mark->is_pushed_down = is_pushed_down;
    query->row_marks = list_add(query->row_marks, mark);
}

/* False for what cannot be locked. */
static bool lock_entry(Scope *scope, Query *query, int rt_index, const LockingClause *raw,
                       bool is_pushed_down)
{
    RangeTblEntry *rte = list_at(query->range_table, rt_index - 1);
    LockingClause all = *raw;

    if (rte->kind == RTE_RELATION) {
        add_row_mark(query, rt_index, raw, is_pushed_down);
        rte->required_rights |= RIGHT_UPDATE;
        return true;
    }
    if (rte->kind != RTE_SUBQUERY)
        return false;
    add_row_mark(query, rt_index, raw, is_pushed_down);
    all.relations = NULL;
    locking_transform(scope, rte->subquery, &all, true);
    return true;
}

/* The name by which a clause may mean it; NULL: by none. */
static const char *lockable_name(const RangeTblEntry *rte)
{
    if (!rte->is_in_from)
        return NULL;
    if (rte->alias == NULL) {
        if (rte->kind == RTE_JOIN)
            return rte->using_alias == NULL ? NULL : rte->using_alias->name;
        if (rte->kind == RTE_SUBQUERY || rte->kind == RTE_VALUES)
            return NULL;
    }
    return rte->names->name;
}

static _Noreturn void raise_unlockable(const Scope *scope, const RangeTblEntry *rte,
                                       const LockingClause *raw, int location)
{
    const char *what = rte->kind == RTE_JOIN         ? "a join"
                       : rte->kind == RTE_FUNCTION   ? "a function"
                       : rte->kind == RTE_TABLE_FUNC ? "a table function"
                       : rte->kind == RTE_VALUES     ? "VALUES"
                       : rte->kind == RTE_CTE        ? "a WITH query"
                                                     : "a named tuplestore";

    scope_fail(scope, location, SQLSTATE_FEATURE_NOT_SUPPORTED,
               .message = err_fmt("%s cannot be applied to %s", locking_name(raw->strength), what));
}

static void lock_named(Scope *scope, Query *query, const LockingClause *raw, const RangeVar *var,
                       bool is_pushed_down)
{
    if (var->catalog != NULL || var->schema != NULL)
        scope_fail(scope, var->loc, SQLSTATE_SYNTAX_ERROR,
                   .message = err_fmt("%s must specify unqualified relation names",
                                      locking_name(raw->strength)));
    for (int i = 1; i <= list_count(query->range_table); i++) {
        const RangeTblEntry *rte = list_at(query->range_table, i - 1);
        const char *name = lockable_name(rte);

        if (name == NULL || !str_equal(name, var->relation))
            continue;
        if (!lock_entry(scope, query, i, raw, is_pushed_down))
            raise_unlockable(scope, rte, raw, var->loc);
        return;
    }
    scope_fail(scope, var->loc, SQLSTATE_UNDEFINED_TABLE,
               .message = err_fmt("relation \"%s\" in %s clause not found in FROM clause",
                                  var->relation, locking_name(raw->strength)));
}

void locking_transform(Scope *scope, Query *query, const LockingClause *raw, bool is_pushed_down)
{
    check_lockable(query, raw->strength);
    if (raw->relations == NULL) {
        for (int i = 1; i <= list_count(query->range_table); i++) {
            if (((const RangeTblEntry *)list_at(query->range_table, i - 1))->is_in_from)
                lock_entry(scope, query, i, raw, is_pushed_down);
        }
        return;
    }
    list_foreach(const RangeVar *, var, raw->relations)
        lock_named(scope, query, raw, var, is_pushed_down);
}
