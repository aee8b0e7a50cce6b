/*
 * expr_path.c - what is written behind an expression: subscripts and fields
 *
 * Subscripts that stand side by side are one operation. Which types take them, and how, is up to
 * the type: true arrays, types of fixed length that are made like one, jsonb.
 */
#include "common/base/base.h"

#include "server/analyzer/analyzer_int.h"
#include "server/cache/object_name.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"

#define ARRAY_DIMENSIONS_MAX 6

/* pg_type.typsubscript */
enum {
    SUBSCRIPT_JSONB = 6098,
    SUBSCRIPT_ARRAY = 6179,
    SUBSCRIPT_FIXED_ARRAY = 6180,
};

/* ---- Subscripts ---- */

/* Domains count as what they are of, vectors as arrays. */
void subscript_container(Oid *type, int32_t *typmod)
{
    *type = type_base_typmod(*type, typmod);
    if (*type == TYPE_INT2VECTOR)
        *type = TYPE_INT2_ARRAY;
    else if (*type == TYPE_OIDVECTOR)
        *type = TYPE_OID_ARRAY;
}

static Node *array_subscript(Scope *scope, Node *raw)
{
    Node *expr = expr_transform(scope, raw, scope->kind);
    Node *fit = coerce_to_target(scope, expr, node_expr_type(expr), TYPE_INT4, -1,
                                 COERCE_AS_ASSIGNMENT, COERCE_IMPLICIT, NODE_NO_LOCATION);

    if (fit == NULL)
        scope_fail(scope, raw_location(raw), SQLSTATE_DATATYPE_MISMATCH,
                   .message = "array subscript must have type integer");
    return fit;
}

static void array_subscripts(Scope *scope, SubscriptingRef *made, const List *path, bool is_slice)
{
    list_foreach(const Subscript *, step, path) {
        if (is_slice) {
            Node *lower = NULL;

            /* a[2:3][4] means a[2:3][1:4] */
            if (step->lower != NULL)
                lower = array_subscript(scope, step->lower);
            else if (!step->is_slice)
                lower = (Node *)(void *)make_int4(1);
            made->lower = list_add(made->lower, lower);
        }
        made->upper =
            list_add(made->upper, step->upper == NULL ? NULL : array_subscript(scope, step->upper));
    }
    if (list_count(made->upper) > ARRAY_DIMENSIONS_MAX)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                  .message = err_fmt("number of array dimensions (%d) exceeds the maximum allowed "
                                     "(%d)",
                                     list_count(made->upper), ARRAY_DIMENSIONS_MAX));
    made->type = is_slice ? made->container_type : made->element_type;
}

static Node *json_subscript(Scope *scope, Node *raw)
{
    static const Oid wanted[] = {TYPE_INT4, TYPE_TEXT};
    Node *expr = expr_transform(scope, raw, scope->kind);
    Oid type = node_expr_type(expr), target = type == TYPE_UNKNOWN ? TYPE_TEXT : 0;

    for (int i = 0; type != TYPE_UNKNOWN && i < 2; i++) {
        if (!coerce_is_possible(1, &type, &wanted[i], COERCE_AS_IMPLICIT))
            continue;
        if (target != 0)
            scope_fail(scope, node_expr_location(expr), SQLSTATE_DATATYPE_MISMATCH,
                       .message = err_fmt("subscript type %s is not supported", type_shown(type)),
                       .hint = "jsonb subscript must be coercible to only one type, integer or "
                               "text.");
        target = wanted[i];
    }
    if (target == 0)
        scope_fail(scope, node_expr_location(expr), SQLSTATE_DATATYPE_MISMATCH,
                   .message = err_fmt("subscript type %s is not supported", type_shown(type)),
                   .hint = "jsonb subscript must be coercible to either integer or text.");
    return coerce_type(scope, expr, type, target, -1, COERCE_AS_IMPLICIT, COERCE_IMPLICIT,
                       NODE_NO_LOCATION);
}

static void json_subscripts(Scope *scope, SubscriptingRef *made, const List *path)
{
    list_foreach(const Subscript *, step, path) {
        if (step->is_slice)
            scope_fail(scope, raw_location(step->upper != NULL ? step->upper : step->lower),
                       SQLSTATE_DATATYPE_MISMATCH,
                       .message = "jsonb subscript does not support slices");
        made->upper = list_add(made->upper, json_subscript(scope, step->upper));
    }
    made->type = TYPE_JSONB;
    made->typmod = -1;
}

static _Noreturn void raise_not_subscriptable(const Scope *scope, const Node *container, Oid type)
{
    scope_fail(scope, node_expr_location(container), SQLSTATE_DATATYPE_MISMATCH,
               .message = err_fmt("cannot subscript type %s because it does not support "
                                  "subscripting",
                                  type_shown(type)));
}

Node *subscript_transform(Scope *scope, Node *container, Oid type, int32_t typmod, const List *path,
                          bool is_assignment)
{
    SubscriptingRef *made = node_new(SubscriptingRef);
    bool is_slice = false;
    PgType row;

    if (!is_assignment)
        subscript_container(&type, &typmod);
    type_get(type, &row);
    list_foreach(const Subscript *, step, path)
        is_slice = is_slice || step->is_slice;
    made->container_type = type;
    made->element_type = row.typelem;
    made->typmod = typmod;
    made->container = container;
    switch (row.typsubscript) {
    case SUBSCRIPT_ARRAY:
    case SUBSCRIPT_FIXED_ARRAY:
        array_subscripts(scope, made, path, is_slice);
        break;
    case SUBSCRIPT_JSONB:
        json_subscripts(scope, made, path);
        break;
    default:
        raise_not_subscriptable(scope, container, type);
    }
    return (Node *)(void *)made;
}

/* ---- Fields ---- */

static _Noreturn void raise_unknown_field(Scope *scope, const Node *row, const char *name,
                                          int location)
{
    const Var *var = (const Var *)(const void *)row;
    Oid type = node_expr_type(row);

    if (node_is(row, Var) && var->attno == 0) {
        const RangeTblEntry *rte = scope_rte(scope, var->rt_index, (int)var->levels_up);

        scope_fail(scope, location, SQLSTATE_UNDEFINED_COLUMN,
                   .message = err_fmt("column %s.%s does not exist", rte->names->name, name));
    }
    if (type_or_domain_relation(type) != 0)
        scope_fail(scope, location, SQLSTATE_UNDEFINED_COLUMN,
                   .message =
                       err_fmt("column \"%s\" not found in data type %s", name, type_shown(type)));
    if (type == TYPE_RECORD)
        scope_fail(scope, location, SQLSTATE_UNDEFINED_COLUMN,
                   .message =
                       err_fmt("could not identify column \"%s\" in record data type", name));
    scope_fail(scope, location, SQLSTATE_WRONG_OBJECT_TYPE,
               .message = err_fmt("column notation .%s applied to type %s, which is not a "
                                  "composite type",
                                  name, type_shown(type)));
}

Node *expr_field(Scope *scope, const char *name, Node *row, int location)
{
    Node *last_set = scope->last_set;
    Node *found = func_transform(scope, list_of(node_string(name)), list_of(row), last_set, NULL,
                                 false, location);

    if (found == NULL)
        raise_unknown_field(scope, row, name, location);
    return found;
}

static Node *take_subscripts(Scope *scope, Node *expr, List **pending)
{
    if (*pending != NULL)
        expr = subscript_transform(scope, expr, node_expr_type(expr), node_expr_typmod(expr),
                                   *pending, false);
    *pending = NULL;
    return expr;
}

Node *expr_indirection_upto(Scope *scope, const Indirection *raw, int steps)
{
    Node *expr = expr_transform_in(scope, raw->arg);
    int location = node_expr_location(expr);
    List *pending = NULL;

    for (int i = 0; i < steps; i++) {
        Node *step = list_at(raw->path, i);

        if (node_is(step, Subscript)) {
            pending = list_add(pending, step);
            continue;
        }
        if (node_is(step, Star))
            scope_fail(scope, location, SQLSTATE_FEATURE_NOT_SUPPORTED,
                       .message = "row expansion via \"*\" is not supported here");
        expr = take_subscripts(scope, expr, &pending);
        expr = expr_field(scope, ((const String *)(const void *)step)->value, expr, location);
    }
    return take_subscripts(scope, expr, &pending);
}

Node *expr_indirection(Scope *scope, const Indirection *raw)
{
    return expr_indirection_upto(scope, raw, list_count(raw->path));
}
