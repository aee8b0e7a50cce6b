/*
 * expr.c - expressions: from what was written to what it means
 *
 * Here is the way to each kind, and the short ones; operators and their kin are in expr_op.c, CASE
 * and others with several results in expr_choice.c, subqueries in expr_sublink.c, subscripts and
 * fields in expr_path.c.
 */
#include "common/base/base.h"

#include "server/analyzer/analyzer_int.h"
#include "server/cache/object_name.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"

#define TIME_PRECISION_MAX 6

static Node *transform(Scope *scope, Node *raw);

Node *expr_transform(Scope *scope, Node *raw, ExprKind kind)
{
    ExprKind before = scope->kind;
    Node *made;

    scope->kind = kind;
    made = expr_transform_in(scope, raw);
    scope->kind = before;
    return made;
}

Node *expr_transform_in(Scope *scope, Node *raw)
{
    if (raw == NULL)
        return NULL;
    node_check_depth();
    return transform(scope, raw);
}

/* ---- Casts and collations ---- */

static Node *cast_arg(Scope *scope, Node *raw, Oid type, int32_t typmod)
{
    Oid element;

    if (!node_is(raw, RawArray))
        return expr_transform_in(scope, raw);
    type = type_base_typmod(type, &typmod);
    element = type_element(type);
    if (element == 0)
        return expr_transform_in(scope, raw);
    return expr_array(scope, (const RawArray *)(const void *)raw, type, element, typmod);
}

Node *expr_cast(Scope *scope, const TypeCast *raw)
{
    int32_t typmod;
    Oid type = type_of_name(scope, raw->type, &typmod);
    Node *arg = cast_arg(scope, raw->arg, type, typmod);
    Oid from = node_expr_type(arg);
    int location = raw->loc >= 0 ? raw->loc : raw->type->loc;
    Node *made;

    if (from == 0)
        return arg;
    made =
        coerce_to_target(scope, arg, from, type, typmod, COERCE_AS_EXPLICIT, COERCE_CAST, location);
    if (made == NULL)
        scope_fail(
            scope, location >= 0 ? location : node_expr_location(arg), SQLSTATE_CANNOT_COERCE,
            .message = err_fmt("cannot cast type %s to %s", type_shown(from), type_shown(type)));
    return made;
}

static Node *collate(Scope *scope, const CollateClause *raw)
{
    CollateExpr *made = node_new(CollateExpr);
    Oid type;

    made->arg = expr_transform_in(scope, raw->arg);
    type = node_expr_type(made->arg);
    if (type != TYPE_UNKNOWN && type_collation(type) == 0)
        scope_fail(scope, raw->loc, SQLSTATE_DATATYPE_MISMATCH,
                   .message = err_fmt("collations are not supported by type %s", type_shown(type)));
    made->collation = collation_of_clause(scope, raw);
    made->loc = raw->loc;
    return (Node *)(void *)made;
}

/* ---- Calls ---- */

static Node *call(Scope *scope, FuncCall *raw)
{
    Node *last_set = scope->last_set;
    List *args = NULL;

    list_foreach(Node *, arg, raw->args)
        args = list_add(args, expr_transform_in(scope, arg));
    if (raw->is_within_group) {
        list_foreach(const SortBy *, by, raw->order_by)
            args = list_add(args, expr_transform(scope, by->expr, EXPR_ORDER_BY));
    }
    return func_transform(scope, raw->name, args, last_set, raw, false, raw->loc);
}

static Node *named_arg(Scope *scope, const NamedArg *raw)
{
    NamedArgExpr *made = node_new(NamedArgExpr);

    made->arg = expr_transform_in(scope, raw->value);
    made->name = raw->name;
    made->number = -1;
    made->loc = raw->loc;
    return (Node *)(void *)made;
}

/* a AT TIME ZONE b is timezone(b, a). */
static Node *time_zone(Scope *scope, const TimeZoneExpr *raw)
{
    FuncCall *as_call = node_new(FuncCall);

    as_call->name = list_of2(node_string("pg_catalog"), node_string("timezone"));
    as_call->args = list_of2(raw->zone, raw->arg);
    as_call->form = CALL_FORM_SPECIAL;
    as_call->loc = raw->loc;
    return call(scope, as_call);
}

/* ---- Conditions ---- */

static Node *bool_expr(Scope *scope, const BoolExpr *raw)
{
    static const char *const names[] = {[BOOL_AND] = "AND", [BOOL_OR] = "OR", [BOOL_NOT] = "NOT"};
    List *args = NULL;

    list_foreach(Node *, arg, raw->args)
        args = list_add(args,
                        coerce_to_boolean(scope, expr_transform_in(scope, arg), names[raw->kind]));
    return (Node *)(void *)make_bool_expr(raw->kind, args, raw->loc);
}

static Node *null_test(Scope *scope, const NullTest *raw)
{
    NullTest *made = node_new(NullTest);

    made->arg = expr_transform_in(scope, raw->arg);
    made->is_not = raw->is_not;
    made->is_row = type_is_rowtype(node_expr_type(made->arg));
    made->loc = raw->loc;
    return (Node *)(void *)made;
}

static Node *boolean_test(Scope *scope, const BooleanTest *raw)
{
    static const char *const names[] = {
        [IS_TRUE] = "IS TRUE",       [IS_NOT_TRUE] = "IS NOT TRUE",
        [IS_FALSE] = "IS FALSE",     [IS_NOT_FALSE] = "IS NOT FALSE",
        [IS_UNKNOWN] = "IS UNKNOWN", [IS_NOT_UNKNOWN] = "IS NOT UNKNOWN",
    };
    BooleanTest *made = node_new(BooleanTest);

    made->kind = raw->kind;
    made->arg = coerce_to_boolean(scope, expr_transform_in(scope, raw->arg), names[raw->kind]);
    made->loc = raw->loc;
    return (Node *)(void *)made;
}

/* ---- CURRENT_DATE and its kin ---- */

static int time_precision(int precision, const char *type, const char *suffix)
{
    if (precision <= TIME_PRECISION_MAX)
        return precision;
    err_log(ERR_WARNING, .sqlstate = SQLSTATE_INVALID_PARAMETER_VALUE,
            .message = err_fmt("%s(%d)%s precision reduced to maximum allowed, %d", type, precision,
                               suffix, TIME_PRECISION_MAX));
    return TIME_PRECISION_MAX;
}

static Node *sql_value(const SqlValue *raw)
{
    SQLValueFunction *made = node_new(SQLValueFunction);

    made->kind = raw->kind;
    made->typmod = raw->typmod;
    made->loc = raw->loc;
    switch (raw->kind) {
    case SQL_VALUE_CURRENT_DATE:
        made->type = TYPE_DATE;
        break;
    case SQL_VALUE_CURRENT_TIME_N:
        made->typmod = time_precision(raw->typmod, "TIME", " WITH TIME ZONE");
        made->type = TYPE_TIMETZ;
        break;
    case SQL_VALUE_CURRENT_TIME:
        made->type = TYPE_TIMETZ;
        break;
    case SQL_VALUE_CURRENT_TIMESTAMP_N:
        made->typmod = time_precision(raw->typmod, "TIMESTAMP", " WITH TIME ZONE");
        made->type = TYPE_TIMESTAMPTZ;
        break;
    case SQL_VALUE_CURRENT_TIMESTAMP:
        made->type = TYPE_TIMESTAMPTZ;
        break;
    case SQL_VALUE_LOCALTIME_N:
        made->typmod = time_precision(raw->typmod, "TIME", "");
        made->type = TYPE_TIME;
        break;
    case SQL_VALUE_LOCALTIME:
        made->type = TYPE_TIME;
        break;
    case SQL_VALUE_LOCALTIMESTAMP_N:
        made->typmod = time_precision(raw->typmod, "TIMESTAMP", "");
        made->type = TYPE_TIMESTAMP;
        break;
    case SQL_VALUE_LOCALTIMESTAMP:
        made->type = TYPE_TIMESTAMP;
        break;
    default:
        made->type = TYPE_NAME;
        break;
    }
    return (Node *)(void *)made;
}

/* ---- WHERE CURRENT OF ---- */

static Node *current_of(Scope *scope, const CurrentOf *raw)
{
    CurrentOfExpr *made = node_new(CurrentOfExpr);

    made->rt_index = (uint32_t)scope->target_item->rt_index;
    made->cursor = raw->cursor;
    return (Node *)(void *)made;
}

/* ---- All kinds ---- */

static Node *transform(Scope *scope, Node *raw)
{
    void *node = raw;

    switch (raw->tag) {
    case NODE_ColumnRef:
        return column_ref_transform(scope, node);
    case NODE_ParamRef:
        return param_transform(scope, node);
    case NODE_RawConst:
        return make_constant(scope, node);
    case NODE_Indirection:
        return expr_indirection(scope, node);
    case NODE_RawArray:
        return expr_array(scope, node, 0, 0, -1);
    case NODE_TypeCast:
        return expr_cast(scope, node);
    case NODE_CollateClause:
        return collate(scope, node);
    case NODE_RawExpr:
        return expr_operator(scope, node);
    case NODE_BoolExpr:
        return bool_expr(scope, node);
    case NODE_FuncCall:
        return call(scope, node);
    case NODE_NamedArg:
        return named_arg(scope, node);
    case NODE_TimeZoneExpr:
        return time_zone(scope, node);
    case NODE_MultiAssign:
        return expr_multi_assign(scope, node);
    case NODE_GroupingFunc:
        return grouping_transform(scope, node);
    case NODE_SubLink:
        return expr_sublink(scope, node);
    case NODE_CaseExpr:
        return expr_case(scope, node);
    case NODE_RowExpr:
        return expr_row(scope, node, false);
    case NODE_CoalesceExpr:
        return expr_coalesce(scope, node);
    case NODE_MinMaxExpr:
        return expr_min_max(scope, node);
    case NODE_SqlValue:
        return sql_value(node);
    case NODE_XmlExpr:
        return expr_xml(scope, node);
    case NODE_NullTest:
        return null_test(scope, node);
    case NODE_BooleanTest:
        return boolean_test(scope, node);
    case NODE_CurrentOf:
        return current_of(scope, node);
    case NODE_SetToDefault:
        scope_fail(scope, ((SetToDefault *)node)->loc, SQLSTATE_SYNTAX_ERROR,
                   .message = "DEFAULT is not allowed in this context");
    case NODE_CaseTestExpr:
    case NODE_Var:
        /* Put there by ourselves, ready as it is. */
        return raw;
    default:
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("unrecognized node type: %s", node_kind_name(raw->tag)));
    }
}
