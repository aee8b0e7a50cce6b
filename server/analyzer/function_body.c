/* function_body.c - bodies of functions in SQL: RETURN, and what the last query must give */
#include "common/base/base.h"

#include "server/access/common/tuple_desc.h"
#include "server/analyzer/analyzer_int.h"
#include "server/cache/object_name.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"

Query *analyzer_return(const ReturnStmt *raw, const char *text, ParamTypes *params)
{
    Analysis *all = mem_new(Analysis);
    Query *query = node_new(Query);
    Scope *scope;
    Node *expr;

    all->text = text;
    all->params = params;
    scope = scope_new(NULL, all);
    query->command = COMMAND_SELECT;
    query->is_return = true;
    query->can_set_tag = true;
    expr = expr_transform(scope, raw->value, EXPR_SELECT_TARGET);
    query->targets = list_of(make_target(expr, 1, NULL, false));
    if (scope->resolves_unknowns)
        target_resolve_unknowns(scope, query->targets);
    query->range_table = scope->range_table;
    query->from = node_new(FromExpr);
    query->from->items = scope->from_items;
    query->has_sublinks = scope->has_sublinks;
    query->has_window_funcs = scope->has_window_funcs;
    query->has_target_sets = scope->has_target_sets;
    query->has_aggs = scope->has_aggs;
    collate_query(scope, query);
    return query;
}

/* ---- The result ---- */

void analyzer_raise_function_result(Oid type, const char *detail)
{
    err_raise(SQLSTATE_INVALID_FUNCTION_DEFINITION,
              .message = err_fmt("return type mismatch in function declared to return %s",
                                 type_shown(type)),
              .detail = detail);
}

/* The targets that are given: of SELECT or RETURNING; junk is left out. */
static List *visible(const Query *query)
{
    List *list = NULL;

    list_foreach(TargetEntry *, target, analyzer_result_targets(query))
        if (!target->is_junk)
            list = list_add(list, target);
    return list;
}

/* An expression that others lean on by number (DISTINCT, ORDER BY) must stay what it is. */
static bool fit(Query *query, TargetEntry *target, Oid type)
{
    Oid from = node_expr_type(target->expr);
    Scope *scope;
    Node *made;

    if (from == type)
        return true;
    if (type_is_binary(from, type) && type_base(type) == type) {
        target->expr = (Node *)(void *)make_relabel(target->expr, type, -1, type_collation(type),
                                                    COERCE_IMPLICIT);
        return true;
    }
    scope = scope_new(NULL, mem_new(Analysis));
    made = coerce_to_target(scope, target->expr, from, type, -1, COERCE_AS_ASSIGNMENT,
                            COERCE_IMPLICIT, NODE_NO_LOCATION);
    if (made == NULL)
        return false;
    if (query->set_operations != NULL || target->sort_group_ref != 0)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "a function whose last query must be converted as a whole is not "
                             "supported yet");
    collate_expr(scope, made);
    target->expr = made;
    return true;
}

static bool is_query_with_rows(const Query *query)
{
    return query != NULL && (query->command == COMMAND_SELECT || query->returning != NULL);
}

static bool fit_row(Query *query, Oid type, const TupleDesc *row, const List *targets,
                    bool may_be_whole)
{
    unsigned next = 0;

    if (may_be_whole && list_count(targets) == 1) {
        TargetEntry *only = list_at(targets, 0);
        Oid is = node_expr_type(only->expr);

        if (is == type || (is == TYPE_RECORD && type_or_domain_relation(type) != 0))
            return true;
    }
    list_foreach(TargetEntry *, target, targets) {
        const Column *column;

        while (next < row->count && row->columns[next].is_dropped)
            next++;
        if (next == row->count)
            analyzer_raise_function_result(type, "Final statement returns too many columns.");
        column = &row->columns[next++];
        if (!fit(query, target, column->type))
            analyzer_raise_function_result(
                type, err_fmt("Final statement returns %s instead of %s at column %d.",
                              type_shown(node_expr_type(target->expr)), type_shown(column->type),
                              target_i + 1));
    }
    while (next < row->count && row->columns[next].is_dropped)
        next++;
    if (next < row->count)
        analyzer_raise_function_result(type, "Final statement returns too few columns.");
    return false;
}

bool analyzer_fit_function_result(Query *query, Oid type, const TupleDesc *row, bool is_procedure)
{
    const List *targets;
    TargetEntry *only;

    if (!is_query_with_rows(query))
        analyzer_raise_function_result(type, "Function's final statement must be SELECT or "
                                             "INSERT/UPDATE/DELETE RETURNING.");
    targets = visible(query);
    if (row != NULL)
        return fit_row(query, type, row, targets, !is_procedure);
    /* A record that nobody has described: whatever comes. */
    if (type == TYPE_RECORD) {
        Oid is = node_expr_type(((TargetEntry *)list_at(targets, 0))->expr);

        return list_count(targets) == 1 && (is == TYPE_RECORD || type_or_domain_relation(is) != 0);
    }
    if (list_count(targets) != 1)
        analyzer_raise_function_result(type, "Final statement must return exactly one column.");
    only = list_at(targets, 0);
    if (!fit(query, only, type))
        analyzer_raise_function_result(
            type, err_fmt("Actual return type is %s.", type_shown(node_expr_type(only->expr))));
    return false;
}
