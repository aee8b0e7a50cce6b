/*
 * expr_sublink.c - subqueries in expressions
 *
 * In front of IN, ANY and ALL stands a value, or a row, that is compared with the subquery's
 * columns; in the comparison these are parameters, numbered as the columns are.
 */
#include "common/base/base.h"

#include "server/analyzer/analyzer_int.h"

static const char *const messages[] = {
#define ROW(kind, clause, agg, window, sublink, set) sublink,
#include "server/analyzer/expr_kind.def"
#undef ROW
};

static int visible_columns(const Query *query)
{
    int count = 0;

    list_foreach(const TargetEntry *, entry, query->targets)
        count += !entry->is_junk;
    return count;
}

static List *columns_as_params(const Query *query)
{
    List *params = NULL;

    list_foreach(const TargetEntry *, entry, query->targets) {
        Param *param;

        if (entry->is_junk)
            continue;
        param = node_new(Param);
        param->kind = PARAM_SUBLINK;
        param->id = entry->number;
        param->type = node_expr_type(entry->expr);
        param->typmod = node_expr_typmod(entry->expr);
        param->collation = node_expr_collation(entry->expr);
        param->loc = NODE_NO_LOCATION;
        params = list_add(params, param);
    }
    return params;
}

static Node *compare(Scope *scope, const SubLink *link, const Query *query, Node *raw_left)
{
    Node *left = expr_transform_in(scope, raw_left);
    List *lefts = node_is(left, RowExpr) ? ((RowExpr *)(void *)left)->args : list_of(left);
    List *rights = columns_as_params(query);

    if (list_count(lefts) < list_count(rights))
        scope_fail(scope, link->loc, SQLSTATE_SYNTAX_ERROR,
                   .message = "subquery has too many columns");
    if (list_count(lefts) > list_count(rights))
        scope_fail(scope, link->loc, SQLSTATE_SYNTAX_ERROR,
                   .message = "subquery has too few columns");
    return expr_row_compare(scope, link->operator_name, lefts, rights, link->loc);
}

/* Names of columns look for what a raw subquery became (target.c). */
static void note(Scope *scope, const SubLink *raw, Query *query)
{
    SublinkNote *noted = mem_new(SublinkNote);

    noted->raw = raw;
    noted->query = query;
    noted->next = scope->all->sublinks;
    scope->all->sublinks = noted;
}

const Query *expr_sublink_query(const Scope *scope, const SubLink *raw)
{
    for (const SublinkNote *noted = scope->all->sublinks; noted != NULL; noted = noted->next) {
        if (noted->raw == raw)
            return noted->query;
    }
    return NULL;
}

Node *expr_sublink(Scope *scope, SubLink *raw)
{
    const char *message = messages[scope->kind];
    SubLink *made;
    Query *query;

    if (message != NULL)
        scope_fail(scope, raw->loc, SQLSTATE_FEATURE_NOT_SUPPORTED, .message = message);
    scope->has_sublinks = true;
    query = subquery_transform(scope, raw->query, NULL, false, true);
    note(scope, raw, query);
    made = node_new(SubLink);
    made->kind = raw->kind;
    made->id = raw->id;
    made->query = (Node *)(void *)query;
    made->loc = raw->loc;
    switch (raw->kind) {
    case SUBLINK_EXISTS:
    case SUBLINK_MULTI_EXPR:
        break;
    case SUBLINK_EXPR:
    case SUBLINK_ARRAY:
        if (visible_columns(query) != 1)
            scope_fail(scope, raw->loc, SQLSTATE_SYNTAX_ERROR,
                       .message = "subquery must return only one column");
        break;
    default:
        made->operator_name =
            raw->operator_name != NULL ? raw->operator_name : list_of(node_string("="));
        made->test = compare(scope, made, query, raw->test);
        break;
    }
    return (Node *)(void *)made;
}
