/*
 * agg.c - calls of aggregates, and GROUPING()
 *
 * An aggregate belongs to the innermost query of whose columns it uses any; that is where it must
 * be allowed. Of one that uses none it is the query that it stands in.
 */
#include "common/base/base.h"

#include <string.h>

#include "server/analyzer/analyzer_int.h"
#include "server/cache/object_name.h"
#include "server/node/tree.h"

#define BY_CLAUSE         ""
#define GROUPING_ARGS_MAX 31

static const char *const messages[] = {
#define ROW(kind, clause, agg, window, sublink, set) agg,
#include "server/analyzer/expr_kind.def"
#undef ROW
};

/* ---- Where it belongs ---- */

/* The least levels of Vars and aggregates in the arguments; -1: there are none. */
typedef struct Levels {
    const Scope *scope;
    int var, agg;
} Levels;

static void lower(int *least, int level)
{
    if (level >= 0 && (*least < 0 || level < *least))
        *least = level;
}

static void check_no_set(const Levels *levels, const Node *node)
{
    const void *any = node;

    if ((node_is(node, FuncExpr) && ((const FuncExpr *)any)->is_set) ||
        (node_is(node, OpExpr) && ((const OpExpr *)any)->is_set))
        scope_fail(levels->scope, node_expr_location(node), SQLSTATE_FEATURE_NOT_SUPPORTED,
                   .message = "aggregate function calls cannot contain set-returning function "
                              "calls",
                   .hint = "You might be able to move the set-returning function into a LATERAL "
                           "FROM item.");
    if (node_is(node, WindowFunc))
        scope_fail(levels->scope, ((const WindowFunc *)any)->loc, SQLSTATE_GROUPING_ERROR,
                   .message = "aggregate function calls cannot contain window function calls");
}

static bool find_levels(Node *node, int level, void *arg)
{
    Levels *levels = arg;
    const void *any = node;

    if (node_is(node, Var)) {
        lower(&levels->var, (int)((const Var *)any)->levels_up - level);
        return false;
    }
    if (node_is(node, Aggref))
        lower(&levels->agg, (int)((const Aggref *)any)->levels_up - level);
    else if (node_is(node, GroupingFunc))
        lower(&levels->agg, (int)((const GroupingFunc *)any)->levels_up - level);
    if (level == 0)
        check_no_set(levels, node);
    return node_walk_levels(node, level, find_levels, arg);
}

static Levels levels_of(const Scope *scope, const void *a, const void *b)
{
    Levels levels = {.scope = scope, .var = -1, .agg = -1};
    List *holder = list_of2((void *)(uintptr_t)a, (void *)(uintptr_t)b);

    node_walk_levels((Node *)(void *)holder, 0, find_levels, &levels);
    return levels;
}

static int own_level(const Scope *scope, const List *direct, const List *args, const Node *filter)
{
    Levels levels = levels_of(scope, args, filter);
    int own;

    if (levels.var < 0)
        own = levels.agg < 0 ? 0 : levels.agg;
    else
        own = levels.agg < 0 || levels.var < levels.agg ? levels.var : levels.agg;
    if (own == levels.agg) {
        int location = expr_locate_agg(args, own);

        scope_fail(scope, location >= 0 ? location : expr_locate_agg(filter, own),
                   SQLSTATE_GROUPING_ERROR, .message = "aggregate function calls cannot be nested");
    }
    if (direct != NULL) {
        levels = levels_of(scope, direct, NULL);
        if (levels.var >= 0 && levels.var < own)
            scope_fail(scope, expr_locate_var(direct, levels.var), SQLSTATE_GROUPING_ERROR,
                       .message = "outer-level aggregate cannot contain a lower-level variable in "
                                  "its direct arguments");
        if (levels.agg >= 0 && levels.agg <= own)
            scope_fail(scope, expr_locate_agg(direct, levels.agg), SQLSTATE_GROUPING_ERROR,
                       .message = "aggregate function calls cannot be nested");
    }
    return own;
}

static _Noreturn void raise_place(const Scope *scope, ExprKind kind, bool is_agg, int location)
{
    const char *what = is_agg ? "aggregate functions" : "grouping operations";
    const char *message = messages[kind];

    if (*message == '\0')
        message = err_fmt("%s are not allowed in %s", what, expr_kind_name(kind));
    else
        message = err_fmt("%s%s", what, message + strlen("aggregate functions"));
    scope_fail(scope, location, SQLSTATE_GROUPING_ERROR, .message = message);
}

static void take_place(Scope *scope, int level, bool is_agg, int location)
{
    Scope *owner = scope;

    while (level-- > 0)
        owner = owner->parent;
    owner->has_aggs = true;
    if (messages[owner->kind] != NULL)
        raise_place(scope, owner->kind, is_agg, location);
}

/* ---- Calls ---- */

/* Arguments that rows are sorted by; their SortBy say how. */
static void take_ordered_set(Scope *scope, Aggref *agg, List *args, const List *order_by)
{
    int direct = list_count(args) - list_count(order_by);
    int number = 1;

    for (int i = 0; i < direct; i++)
        agg->direct_args = list_add(agg->direct_args, list_at(args, i));
    for (int i = direct; i < list_count(args); i++) {
        TargetEntry *entry = make_target(list_at(args, i), number++, NULL, false);

        agg->args = list_add(agg->args, entry);
        agg->order_by =
            sort_add_target(scope, entry, agg->order_by, agg->args, list_at(order_by, i - direct));
    }
}

static void take_distinct(Scope *scope, Aggref *agg)
{
    agg->distinct = distinct_transform(scope, &agg->args, agg->order_by, true);
    list_foreach(const SortGroupClause *, clause, agg->distinct) {
        const Node *expr;

        if (clause->sort_operator != 0)
            continue;
        expr = target_by_ref(clause->ref, agg->args)->expr;
        scope_fail(scope, node_expr_location(expr), SQLSTATE_UNDEFINED_FUNCTION,
                   .message = err_fmt("could not identify an ordering operator for type %s",
                                      type_shown(node_expr_type(expr))),
                   .detail = "Aggregates with DISTINCT must be able to sort their inputs.");
    }
}

static void take_plain(Scope *scope, Aggref *agg, const List *args, const List *order_by,
                       bool is_distinct)
{
    int number = 1, before = scope->next_resno;

    list_foreach(Node *, arg, args)
        agg->args = list_add(agg->args, make_target(arg, number++, NULL, false));
    scope->next_resno = number;
    agg->order_by = sort_transform(scope, order_by, &agg->args, EXPR_ORDER_BY, true);
    if (is_distinct)
        take_distinct(scope, agg);
    scope->next_resno = before;
}

void agg_transform(Scope *scope, Aggref *agg, List *args, const List *order_by, bool is_distinct)
{
    int level;

    list_foreach(const Node *, arg, args)
        agg->arg_types = list_add_oid(agg->arg_types, node_expr_type(arg));
    if (agg->kind != 'n')
        take_ordered_set(scope, agg, args, order_by);
    else
        take_plain(scope, agg, args, order_by, is_distinct);
    level = own_level(scope, agg->direct_args, agg->args, agg->filter);
    agg->levels_up = (uint32_t)level;
    take_place(scope, level, true, agg->loc);
}

Node *grouping_transform(Scope *scope, GroupingFunc *raw)
{
    GroupingFunc *made = node_new(GroupingFunc);
    int level;

    if (list_count(raw->args) > GROUPING_ARGS_MAX)
        scope_fail(scope, raw->loc, SQLSTATE_TOO_MANY_ARGUMENTS,
                   .message = "GROUPING must have fewer than 32 arguments");
    list_foreach(Node *, arg, raw->args)
        made->args = list_add(made->args, expr_transform_in(scope, arg));
    made->loc = raw->loc;
    level = own_level(scope, NULL, made->args, NULL);
    made->levels_up = (uint32_t)level;
    take_place(scope, level, false, made->loc);
    return (Node *)(void *)made;
}
