/* expr_choice.c - expressions whose results come to one type: CASE, COALESCE, LEAST, ARRAY, ROW */
#include "common/base/base.h"

#include "server/analyzer/analyzer_int.h"
#include "server/cache/object_name.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"

/* Sets cannot be counted on where it is not sure that they are evaluated. */
static void check_no_new_set(Scope *scope, const Node *last_set, const char *construct)
{
    if (scope->last_set != last_set)
        scope_fail(scope, node_expr_location(scope->last_set), SQLSTATE_FEATURE_NOT_SUPPORTED,
                   .message = err_fmt("set-returning functions are not allowed in %s", construct),
                   .hint = "You might be able to move the set-returning function into a LATERAL "
                           "FROM item.");
}

/* ---- CASE ---- */

static Node *case_arg(Scope *scope, Node *raw, CaseTestExpr **stand_in)
{
    Node *arg = expr_transform_in(scope, raw);

    *stand_in = NULL;
    if (arg == NULL)
        return NULL;
    if (node_expr_type(arg) == TYPE_UNKNOWN)
        arg = coerce_to_common(scope, arg, TYPE_TEXT, "CASE");
    collate_expr(scope, arg);
    *stand_in = node_new(CaseTestExpr);
    (*stand_in)->type = node_expr_type(arg);
    (*stand_in)->typmod = node_expr_typmod(arg);
    (*stand_in)->collation = node_expr_collation(arg);
    return arg;
}

/* CASE x WHEN y asks x = y, where x is what has been evaluated once. */
static Node *when_condition(Scope *scope, const CaseWhen *when, CaseTestExpr *stand_in)
{
    Node *raw = when->condition;

    if (stand_in != NULL) {
        RawExpr *compare = node_new(RawExpr);

        compare->kind = RAW_OP;
        compare->name = list_of(node_string("="));
        compare->left = (Node *)(void *)stand_in;
        compare->right = raw;
        compare->loc = when->loc;
        raw = (Node *)(void *)compare;
    }
    return coerce_to_boolean(scope, expr_transform_in(scope, raw), "CASE/WHEN");
}

static Node *default_result(Scope *scope, Node *raw)
{
    RawConst *null;

    if (raw != NULL)
        return expr_transform_in(scope, raw);
    null = node_new(RawConst);
    null->kind = CONST_NULL;
    null->loc = NODE_NO_LOCATION;
    return make_constant(scope, null);
}

Node *expr_case(Scope *scope, CaseExpr *raw)
{
    CaseExpr *made = node_new(CaseExpr);
    Node *last_set = scope->last_set;
    CaseTestExpr *stand_in;
    List *results = NULL;

    made->arg = case_arg(scope, raw->arg, &stand_in);
    made->loc = raw->loc;
    list_foreach(const CaseWhen *, when, raw->whens) {
        CaseWhen *fresh = node_new(CaseWhen);

        fresh->condition = when_condition(scope, when, stand_in);
        fresh->result = expr_transform_in(scope, when->result);
        fresh->loc = when->loc;
        results = list_add(results, fresh->result);
        made->whens = list_add(made->whens, fresh);
    }
    made->default_result = default_result(scope, raw->default_result);
    results = list_add_first(made->default_result, results);
    made->type = select_common_type(scope, results, "CASE", NULL);
    made->default_result = coerce_to_common(scope, made->default_result, made->type, "CASE/ELSE");
    list_foreach(CaseWhen *, fresh, made->whens)
        fresh->result = coerce_to_common(scope, fresh->result, made->type, "CASE/WHEN");
    check_no_new_set(scope, last_set, "CASE");
    return (Node *)(void *)made;
}

/* ---- COALESCE, GREATEST, LEAST ---- */

static List *to_common(Scope *scope, const List *raw, const char *construct, Oid *type)
{
    List *args = NULL, *fit = NULL;

    list_foreach(Node *, arg, raw)
        args = list_add(args, expr_transform_in(scope, arg));
    *type = select_common_type(scope, args, construct, NULL);
    list_foreach(Node *, arg, args)
        fit = list_add(fit, coerce_to_common(scope, arg, *type, construct));
    return fit;
}

Node *expr_coalesce(Scope *scope, const CoalesceExpr *raw)
{
    CoalesceExpr *made = node_new(CoalesceExpr);
    Node *last_set = scope->last_set;

    made->args = to_common(scope, raw->args, "COALESCE", &made->type);
    made->loc = raw->loc;
    check_no_new_set(scope, last_set, "COALESCE");
    return (Node *)(void *)made;
}

Node *expr_min_max(Scope *scope, const MinMaxExpr *raw)
{
    MinMaxExpr *made = node_new(MinMaxExpr);

    made->is_least = raw->is_least;
    made->args = to_common(scope, raw->args, raw->is_least ? "LEAST" : "GREATEST", &made->type);
    made->loc = raw->loc;
    return (Node *)(void *)made;
}

/* ---- ARRAY ---- */

static List *array_elements(Scope *scope, const RawArray *raw, Oid array_type, Oid element_type,
                            int32_t typmod, bool *is_nested)
{
    List *elements = NULL;

    list_foreach(Node *, item, raw->elements) {
        Node *element;

        if (node_is(item, RawArray)) {
            element = expr_array(scope, (const RawArray *)(const void *)item, array_type,
                                 element_type, typmod);
            *is_nested = true;
        } else {
            element = expr_transform_in(scope, item);
            *is_nested = *is_nested || type_element(node_expr_type(element)) != 0;
        }
        elements = list_add(elements, element);
    }
    return elements;
}

/* What the array is when nothing told it from outside. */
static void choose_array_type(Scope *scope, const RawArray *raw, ArrayExpr *made)
{
    Oid common;

    if (made->elements == NULL)
        scope_fail(scope, raw->loc, SQLSTATE_INDETERMINATE_DATATYPE,
                   .message = "cannot determine type of empty array",
                   .hint = "Explicitly cast to the desired type, for example ARRAY[]::integer[].");
    common = select_common_type(scope, made->elements, "ARRAY", NULL);
    if (made->is_nested) {
        made->type = common;
        made->element_type = type_element(common);
        if (made->element_type == 0)
            scope_fail(scope, raw->loc, SQLSTATE_UNDEFINED_OBJECT,
                       .message = err_fmt("could not find element type for data type %s",
                                          type_shown(common)));
        return;
    }
    made->element_type = common;
    made->type = type_array(common);
    if (made->type == 0)
        scope_fail(scope, raw->loc, SQLSTATE_UNDEFINED_OBJECT,
                   .message =
                       err_fmt("could not find array type for data type %s", type_shown(common)));
}

static Node *cast_element(Scope *scope, Node *element, Oid type, int32_t typmod)
{
    Oid from = node_expr_type(element);
    Node *made = coerce_to_target(scope, element, from, type, typmod, COERCE_AS_EXPLICIT,
                                  COERCE_CAST, NODE_NO_LOCATION);

    if (made == NULL)
        scope_fail(scope, node_expr_location(element), SQLSTATE_CANNOT_COERCE,
                   .message =
                       err_fmt("cannot cast type %s to %s", type_shown(from), type_shown(type)));
    return made;
}

Node *expr_array(Scope *scope, const RawArray *raw, Oid array_type, Oid element_type,
                 int32_t typmod)
{
    ArrayExpr *made = node_new(ArrayExpr);
    List *fit = NULL;
    Oid wanted;

    node_check_depth();
    made->elements = array_elements(scope, raw, array_type, element_type, typmod, &made->is_nested);
    if (array_type != 0) {
        made->type = array_type;
        made->element_type = element_type;
    } else {
        choose_array_type(scope, raw, made);
    }
    wanted = made->is_nested ? made->type : made->element_type;
    list_foreach(Node *, element, made->elements)
        fit = list_add(fit, array_type != 0 ? cast_element(scope, element, wanted, typmod)
                                            : coerce_to_common(scope, element, wanted, "ARRAY"));
    made->elements = fit;
    made->loc = raw->loc;
    return (Node *)(void *)made;
}

/* ---- ROW ---- */

Node *expr_row(Scope *scope, const RowExpr *raw, bool allows_default)
{
    RowExpr *made = node_new(RowExpr);

    made->args = expr_transform_list(scope, raw->args, scope->kind, allows_default);
    if (list_count(made->args) > TARGETS_MAX)
        scope_fail(scope, raw->loc, SQLSTATE_TOO_MANY_COLUMNS,
                   .message = err_fmt("ROW expressions can have at most %d entries", TARGETS_MAX));
    made->type = TYPE_RECORD;
    made->form = COERCE_IMPLICIT;
    for (int i = 1; i <= list_count(made->args); i++)
        made->column_names = list_add(made->column_names, node_string(mem_printf("f%d", i)));
    made->loc = raw->loc;
    return (Node *)(void *)made;
}
