/*
 * coerce.c - values of one type where another is wanted
 *
 * A conversion is a function, a relabelling, a way through the text form, or all of these for each
 * element of an array; behind it may come what makes the value fit a modifier, and the check of a
 * domain. How much may be done unasked is the context's: implicitly, by assignment, by a cast.
 *
 * Source: PostgreSQL 15 manual, "Type Conversion", CREATE CAST.
 */
#include "common/base/base.h"

#include <string.h>

#include "server/analyzer/analyzer_int.h"
#include "server/cache/object_name.h"
#include "server/cache/relcache.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"

/* How the conversion shall look when the tree becomes text again, and where it stands. */
typedef struct Cast {
    CoerceContext context;
    CoerceForm form;
    int location;
} Cast;

static Node *apply_typmod(Node *node, Oid type, int32_t typmod, Cast cast, bool hides_input);

/* ---- Ways ---- */

static CoerceContext context_of_cast(char context)
{
    return context == 'i'   ? COERCE_AS_IMPLICIT
           : context == 'a' ? COERCE_AS_ASSIGNMENT
                            : COERCE_AS_EXPLICIT;
}

static CoercePath path_of_row(const PgCast *row, CoerceContext context, Oid *function)
{
    if (context < context_of_cast(row->castcontext))
        return COERCE_PATH_NONE;
    switch (row->castmethod) {
    case 'f':
        *function = row->castfunc;
        return COERCE_PATH_FUNCTION;
    case 'i':
        return COERCE_PATH_IO;
    default:
        return COERCE_PATH_RELABEL;
    }
}

static CoercePath path_without_row(Oid to, Oid from, CoerceContext context)
{
    Oid ignored;

    /* oidvector and int2vector are arrays, but of one dimension from 0 alone. */
    if (to != TYPE_OIDVECTOR && to != TYPE_INT2VECTOR) {
        Oid to_element = type_element(to);
        Oid from_element = to_element == 0 ? 0 : type_element(from);

        if (from_element != 0 &&
            coerce_find_path(to_element, from_element, context, &ignored) != COERCE_PATH_NONE)
            return COERCE_PATH_ARRAY;
    }
    if (context >= COERCE_AS_ASSIGNMENT && type_category(to, NULL) == TYPE_CATEGORY_STRING)
        return COERCE_PATH_IO;
    if (context >= COERCE_AS_EXPLICIT && type_category(from, NULL) == TYPE_CATEGORY_STRING)
        return COERCE_PATH_IO;
    return COERCE_PATH_NONE;
}

CoercePath coerce_find_path(Oid to, Oid from, CoerceContext context, Oid *function)
{
    const HeapTuple *row;
    CoercePath path;

    *function = 0;
    if (from != 0)
        from = type_base(from);
    if (to != 0)
        to = type_base(to);
    if (from == to)
        return COERCE_PATH_RELABEL;
    row = syscache_peek2(CACHE_CASTSOURCETARGET, datum_of_u32(from), datum_of_u32(to));
    path = row != NULL ? path_of_row(CACHE_ROW(PgCast, row), context, function)
                       : path_without_row(to, from, context);
    if (path == COERCE_PATH_NONE && context == COERCE_AS_PLPGSQL)
        path = COERCE_PATH_IO;
    return path;
}

/* What makes a value of the type fit a modifier. */
CoercePath coerce_find_typmod(Oid type, Oid *function)
{
    Oid element = type_element(type);
    CoercePath path = element != 0 ? COERCE_PATH_ARRAY : COERCE_PATH_FUNCTION;
    const HeapTuple *row;

    if (element != 0)
        type = element;
    row = syscache_peek2(CACHE_CASTSOURCETARGET, datum_of_u32(type), datum_of_u32(type));
    *function = row == NULL ? 0 : CACHE_ROW(PgCast, row)->castfunc;
    return *function == 0 ? COERCE_PATH_NONE : path;
}

static bool is_complex(Oid type)
{
    return type_or_domain_relation(type) != 0;
}

static bool is_complex_array(Oid type)
{
    Oid element = type_element(type);

    return element != 0 && is_complex(element);
}

static bool is_possible_one(Oid from, Oid to, CoerceContext context, bool *is_generic)
{
    Oid function;

    if (from == to || to == TYPE_ANY)
        return true;
    if (type_is_polymorphic(to)) {
        *is_generic = true;
        return true;
    }
    if (from == TYPE_UNKNOWN)
        return true;
    if (coerce_find_path(to, from, context, &function) != COERCE_PATH_NONE)
        return true;
    if (from == TYPE_RECORD && is_complex(to))
        return true;
    if (to == TYPE_RECORD && is_complex(from))
        return true;
    if (to == TYPE_RECORD_ARRAY && is_complex_array(from))
        return true;
    return type_inherits(from, to);
}

bool coerce_is_possible(int count, const Oid *from, const Oid *to, CoerceContext context)
{
    bool is_generic = false;

    for (int i = 0; i < count; i++) {
        if (!is_possible_one(from[i], to[i], context, &is_generic))
            return false;
    }
    return !is_generic || coerce_polymorphic_fits(from, to, count);
}

/* ---- Steps ---- */

static void hide(Node *node)
{
    if (node_is(node, FuncExpr))
        ((FuncExpr *)(void *)node)->form = COERCE_IMPLICIT;
    else if (node_is(node, RelabelType))
        ((RelabelType *)(void *)node)->form = COERCE_IMPLICIT;
    else if (node_is(node, CoerceViaIO))
        ((CoerceViaIO *)(void *)node)->form = COERCE_IMPLICIT;
    else if (node_is(node, ArrayCoerceExpr))
        ((ArrayCoerceExpr *)(void *)node)->form = COERCE_IMPLICIT;
    else if (node_is(node, ConvertRowtypeExpr))
        ((ConvertRowtypeExpr *)(void *)node)->form = COERCE_IMPLICIT;
    else if (node_is(node, RowExpr))
        ((RowExpr *)(void *)node)->form = COERCE_IMPLICIT;
    else if (node_is(node, CoerceToDomain))
        ((CoerceToDomain *)(void *)node)->form = COERCE_IMPLICIT;
}

static Node *call_cast(Node *node, Oid function, Oid type, int32_t typmod, Cast cast)
{
    const HeapTuple *row = syscache_peek(CACHE_PROCOID, datum_of_u32(function));
    int nargs;
    List *args = list_of(node);
    FuncExpr *call;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for function %u", function));
    nargs = CACHE_ROW(PgProc, row)->pronargs;
    if (nargs >= 2)
        args = list_add(args, make_int4(typmod));
    if (nargs == 3)
        args = list_add(args, make_bool(cast.context == COERCE_AS_EXPLICIT));
    call = make_func_expr(function, type, args, 0, 0, cast.form);
    call->loc = cast.location;
    return (Node *)(void *)call;
}

static Node *cast_elements(Node *node, Oid type, int32_t typmod, Cast cast)
{
    ArrayCoerceExpr *made = node_new(ArrayCoerceExpr);
    CaseTestExpr *element = node_new(CaseTestExpr);
    int32_t from_typmod = node_expr_typmod(node);
    Oid from = type_base_typmod(node_expr_type(node), &from_typmod);

    element->type = type_element(from);
    element->typmod = from_typmod;
    made->arg = node;
    made->element =
        coerce_to_target(NULL, (Node *)(void *)element, element->type, type_element(type), typmod,
                         cast.context, cast.form, cast.location);
    if (made->element == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "failed to coerce array element type as "
                                                      "expected");
    made->type = type;
    made->typmod = node_expr_typmod(made->element);
    made->form = cast.form;
    made->loc = cast.location;
    return (Node *)(void *)made;
}

static Node *take_step(Node *node, CoercePath path, Oid function, Oid type, int32_t typmod,
                       Cast cast)
{
    CoerceViaIO *made;

    if (path == COERCE_PATH_FUNCTION)
        return call_cast(node, function, type, typmod, cast);
    if (path == COERCE_PATH_ARRAY)
        return cast_elements(node, type, typmod, cast);
    made = node_new(CoerceViaIO);
    made->arg = node;
    made->type = type;
    made->form = cast.form;
    made->loc = cast.location;
    return (Node *)(void *)made;
}

/* Another label on what is in the tree: stacked labels become one, constants change themselves. */
static Node *relabel(Node *arg, Oid type, int32_t typmod, Oid collation, Cast cast)
{
    RelabelType *made;

    while (node_is(arg, RelabelType))
        arg = ((RelabelType *)(void *)arg)->arg;
    if (node_is(arg, Const)) {
        Const *constant = node_copy(arg);

        constant->type = type;
        constant->typmod = typmod;
        constant->collation = collation;
        return (Node *)(void *)constant;
    }
    if (node_expr_type(arg) == type && node_expr_typmod(arg) == typmod &&
        node_expr_collation(arg) == collation)
        return arg;
    made = make_relabel(arg, type, typmod, collation, cast.form);
    made->loc = cast.location;
    return (Node *)(void *)made;
}

static Node *apply_typmod(Node *node, Oid type, int32_t typmod, Cast cast, bool hides_input)
{
    CoercePath path = COERCE_PATH_NONE;
    Oid function = 0;

    if (typmod == node_expr_typmod(node))
        return node;
    if (hides_input)
        hide(node);
    if (typmod >= 0)
        path = coerce_find_typmod(type, &function);
    if (path != COERCE_PATH_NONE)
        return take_step(node, path, function, type, typmod, cast);
    return relabel(node, type, typmod, node_expr_collation(node), cast);
}

static Node *to_domain(Node *arg, Oid base, int32_t base_typmod, Oid domain, Cast cast,
                       bool hides_input)
{
    CoerceToDomain *made;

    if (base == domain)
        return arg;
    if (hides_input)
        hide(arg);
    arg = apply_typmod(arg, base, base_typmod, (Cast){cast.context, COERCE_IMPLICIT, cast.location},
                       false);
    made = node_new(CoerceToDomain);
    made->arg = arg;
    made->type = domain;
    made->typmod = -1;
    made->form = cast.form;
    made->loc = cast.location;
    return (Node *)(void *)made;
}

Node *coerce_to_domain(Node *arg, Oid base, int32_t base_typmod, Oid domain, CoerceContext context,
                       CoerceForm form, int location, bool hides_input)
{
    return to_domain(arg, base, base_typmod, domain, (Cast){context, form, location}, hides_input);
}

/* ---- Literals ---- */

typedef struct LiteralCall {
    Oid type;
    const Const *from;
    int32_t typmod;
    Datum value;
} LiteralCall;

static void call_literal(void *arg)
{
    LiteralCall *call = arg;

    call->value = type_input(call->type, datum_pointer(call->from->value), call->typmod);
}

static Node *coerce_literal(Scope *scope, Const *literal, Oid to, int32_t typmod, Cast cast)
{
    LiteralCall call = {.from = literal};
    int32_t base_typmod = typmod;
    Const *made;
    PgType row;

    call.type = type_base_typmod(to, &base_typmod);
    /* Only intervals are read by their modifier; to others it is applied later, by the caller. */
    call.typmod = call.type == TYPE_INTERVAL ? base_typmod : -1;
    type_get(call.type, &row);
    if (!literal->is_null)
        scope_call_at(scope, literal->loc, call_literal, &call);
    made = make_const(call.type, call.typmod, row.typcollation, row.typlen, call.value,
                      literal->is_null, row.typbyval);
    made->loc = literal->loc;
    return to_domain((Node *)(void *)made, call.type, base_typmod, to, cast, false);
}

/* ---- Rows ---- */

static _Noreturn void raise_row(Scope *scope, Oid to, int location, const char *detail)
{
    scope_fail(scope, location, SQLSTATE_CANNOT_COERCE,
               .message =
                   err_fmt("cannot cast type %s to %s", type_shown(TYPE_RECORD), type_shown(to)),
               .detail = detail);
}

static List *fields_of(Scope *scope, Node *node, Oid to, int location)
{
    List *fields = NULL;

    if (node_is(node, RowExpr))
        return ((RowExpr *)(void *)node)->args;
    if (node_is(node, Var) && ((Var *)(void *)node)->attno == 0) {
        Var *var = (Var *)(void *)node;
        Item *item = scope_item_of_rte(scope, var->rt_index, (int)var->levels_up);

        item_expand(scope, item, (int)var->levels_up, var->loc, NULL, &fields);
        return fields;
    }
    raise_row(scope, to, location, NULL);
}

static List *coerce_fields(Scope *scope, const List *fields, const TupleDesc *desc, Oid to,
                           Cast cast)
{
    List *made = NULL;
    int next = 0;

    for (int i = 0; i < desc->count; i++) {
        const Column *column = &desc->columns[i];
        Node *field, *fit;
        Oid from;

        if (column->is_dropped) {
            made = list_add(made, make_const(TYPE_INT4, -1, 0, 4, 0, true, true));
            continue;
        }
        if (next >= list_count(fields))
            raise_row(scope, to, cast.location, "Input has too few columns.");
        field = list_at(fields, next++);
        from = node_expr_type(field);
        fit = coerce_to_target(scope, field, from, column->type, column->type_mod, cast.context,
                               COERCE_IMPLICIT, NODE_NO_LOCATION);
        if (fit == NULL)
            raise_row(scope, to, cast.location,
                      err_fmt("Cannot cast type %s to %s in column %d.", type_shown(from),
                              type_shown(column->type), next));
        made = list_add(made, fit);
    }
    if (next < list_count(fields))
        raise_row(scope, to, cast.location, "Input has too many columns.");
    return made;
}

static Node *coerce_record(Scope *scope, Node *node, Oid to, Cast cast)
{
    int32_t base_typmod = -1;
    Oid base = type_base_typmod(to, &base_typmod);
    List *fields = fields_of(scope, node, to, cast.location);
    Relation *rel = relation_pin_existing(type_relation(base));
    RowExpr *row = node_new(RowExpr);

    row->args = coerce_fields(scope, fields, rel->desc, to, cast);
    row->type = base;
    row->form = cast.form;
    row->loc = cast.location;
    relation_unpin(rel);
    if (base == to)
        return (Node *)(void *)row;
    row->form = COERCE_IMPLICIT;
    return to_domain((Node *)(void *)row, base, base_typmod, to, cast, false);
}

static Node *coerce_to_parent(Node *node, Oid from, Oid to, Cast cast)
{
    Oid base = type_base(from);
    ConvertRowtypeExpr *made = node_new(ConvertRowtypeExpr);

    if (base != from) {
        RelabelType *label = make_relabel(node, base, -1, 0, COERCE_IMPLICIT);

        label->loc = cast.location;
        node = (Node *)(void *)label;
    }
    made->arg = node;
    made->type = to;
    made->form = cast.form;
    made->loc = cast.location;
    return (Node *)(void *)made;
}

/* ---- One type to another ---- */

static bool is_any_kind(Oid type)
{
    return type == TYPE_ANY || type == TYPE_ANYELEMENT || type == TYPE_ANYNONARRAY ||
           type == TYPE_ANYCOMPATIBLE || type == TYPE_ANYCOMPATIBLENONARRAY;
}

static bool is_any_container(Oid type)
{
    return type == TYPE_ANYARRAY || type == TYPE_ANYENUM || type == TYPE_ANYRANGE ||
           type == TYPE_ANYMULTIRANGE || type == TYPE_ANYCOMPATIBLEARRAY ||
           type == TYPE_ANYCOMPATIBLERANGE || type == TYPE_ANYCOMPATIBLEMULTIRANGE;
}

static Node *coerce_by_path(Node *node, CoercePath path, Oid function, Oid to, int32_t typmod,
                            Cast cast)
{
    int32_t base_typmod = typmod;
    Oid base = type_base_typmod(to, &base_typmod);
    Node *made;

    if (path != COERCE_PATH_RELABEL) {
        made = take_step(node, path, function, base, base_typmod, cast);
        return to_domain(made, base, base_typmod, to, cast, true);
    }
    made = to_domain(node, base, base_typmod, to, cast, false);
    if (made == node) {
        RelabelType *label = make_relabel(node, to, -1, 0, cast.form);

        label->loc = cast.location;
        made = (Node *)(void *)label;
    }
    return made;
}

/* What is under COLLATE is converted, not COLLATE's result. */
static Node *coerce_collated(Scope *scope, CollateExpr *collate, Oid from, Oid to, int32_t typmod,
                             Cast cast)
{
    Node *arg =
        coerce_type(scope, collate->arg, from, to, typmod, cast.context, cast.form, cast.location);
    CollateExpr *made;

    if (type_collation(to) == 0)
        return arg;
    made = node_new(CollateExpr);
    made->arg = arg;
    made->collation = collate->collation;
    made->loc = collate->loc;
    return (Node *)(void *)made;
}

Node *coerce_type(Scope *scope, Node *node, Oid from, Oid to, int32_t typmod, CoerceContext context,
                  CoerceForm form, int location)
{
    Cast cast = {context, form, location};
    CoercePath path;
    Oid function;

    if (to == from || is_any_kind(to))
        return node;
    if (is_any_container(to) && from != TYPE_UNKNOWN) {
        Oid base = type_base(from);
        RelabelType *label;

        if (base == from)
            return node;
        label = make_relabel(node, base, -1, 0, form);
        label->loc = location;
        return (Node *)(void *)label;
    }
    if (from == TYPE_UNKNOWN && node_is(node, Const))
        return coerce_literal(scope, (Const *)(void *)node, to, typmod, cast);
    if (node_is(node, Param) && scope != NULL) {
        Node *found = param_coerce(scope, (Param *)(void *)node, to, location);

        if (found != NULL)
            return found;
    }
    if (node_is(node, CollateExpr))
        return coerce_collated(scope, (CollateExpr *)(void *)node, from, to, typmod, cast);
    path = coerce_find_path(to, from, context, &function);
    if (path != COERCE_PATH_NONE)
        return coerce_by_path(node, path, function, to, typmod, cast);
    if (from == TYPE_RECORD && is_complex(to))
        return coerce_record(scope, node, to, cast);
    if (to == TYPE_RECORD && is_complex(from))
        return node;
    if (to == TYPE_RECORD_ARRAY && is_complex_array(from))
        return node;
    if (type_inherits(from, to))
        return coerce_to_parent(node, from, to, cast);
    err_raise(SQLSTATE_INTERNAL_ERROR,
              .message = err_fmt("failed to find conversion function from %s to %s",
                                 type_shown(from), type_shown(to)));
}

Node *coerce_to_target(Scope *scope, Node *expr, Oid from, Oid to, int32_t typmod,
                       CoerceContext context, CoerceForm form, int location)
{
    Node *inner = expr, *made;

    if (!coerce_is_possible(1, &from, &to, context))
        return NULL;
    while (node_is(inner, CollateExpr))
        inner = ((CollateExpr *)(void *)inner)->arg;
    made = coerce_type(scope, inner, from, to, typmod, context, form, location);
    made = apply_typmod(made, to, typmod, (Cast){context, form, location},
                        made != inner && !node_is(made, Const));
    if (inner != expr && type_collation(to) != 0) {
        const CollateExpr *old = (const CollateExpr *)(const void *)expr;
        CollateExpr *collate = node_new(CollateExpr);

        collate->arg = made;
        collate->collation = old->collation;
        collate->loc = old->loc;
        made = (Node *)(void *)collate;
    }
    return made;
}

/* ---- What clauses want ---- */

static _Noreturn void raise_argument(Scope *scope, const Node *expr, const char *construct,
                                     const char *wanted)
{
    scope_fail(scope, node_expr_location(expr), SQLSTATE_DATATYPE_MISMATCH,
               .message = err_fmt("argument of %s must be type %s, not type %s", construct, wanted,
                                  type_shown(node_expr_type(expr))));
}

Node *coerce_to_specific(Scope *scope, Node *expr, Oid type, int32_t typmod, const char *construct)
{
    Oid from = node_expr_type(expr);
    Node *made = expr;

    if (from != type) {
        made = coerce_to_target(scope, expr, from, type, typmod, COERCE_AS_ASSIGNMENT,
                                COERCE_IMPLICIT, NODE_NO_LOCATION);
        if (made == NULL)
            raise_argument(scope, expr, construct, type_shown(type));
    }
    if (expr_has_sets(made))
        scope_fail(scope, node_expr_location(made), SQLSTATE_DATATYPE_MISMATCH,
                   .message = err_fmt("argument of %s must not return a set", construct));
    return made;
}

Node *coerce_to_boolean(Scope *scope, Node *expr, const char *construct)
{
    return coerce_to_specific(scope, expr, TYPE_BOOL, -1, construct);
}

Node *coerce_to_common(Scope *scope, Node *expr, Oid type, const char *construct)
{
    Oid from = node_expr_type(expr);

    if (from == type)
        return expr;
    if (!coerce_is_possible(1, &from, &type, COERCE_AS_IMPLICIT))
        scope_fail(scope, node_expr_location(expr), SQLSTATE_CANNOT_COERCE,
                   .message = err_fmt("%s could not convert type %s to %s", construct,
                                      type_shown(from), type_shown(type)));
    return coerce_type(scope, expr, from, type, -1, COERCE_AS_IMPLICIT, COERCE_IMPLICIT,
                       NODE_NO_LOCATION);
}

/* ---- One type for several ---- */

/* Does the newcomer take the place? False with *is_failed: they have nothing in common. */
static bool beats(Oid old, Oid fresh, bool *is_failed)
{
    bool old_is_preferred, fresh_is_preferred;
    char category = type_category(old, &old_is_preferred);

    if (old == TYPE_UNKNOWN)
        return true;
    if (type_category(fresh, &fresh_is_preferred) != category) {
        *is_failed = true;
        return false;
    }
    return !old_is_preferred && coerce_is_possible(1, &old, &fresh, COERCE_AS_IMPLICIT) &&
           !coerce_is_possible(1, &fresh, &old, COERCE_AS_IMPLICIT);
}

static bool all_alike(const List *exprs, Oid type)
{
    if (type == TYPE_UNKNOWN)
        return false;
    list_foreach(const Node *, expr, exprs) {
        if (node_expr_type(expr) != type)
            return false;
    }
    return true;
}

Oid select_common_type(Scope *scope, const List *exprs, const char *construct, Node **which)
{
    Node *best = list_at(exprs, 0);
    Oid type = node_expr_type(best);

    if (!all_alike(exprs, type)) {
        type = type_base(type);
        for (int i = 1; i < list_count(exprs); i++) {
            Node *expr = list_at(exprs, i);
            Oid fresh = type_base(node_expr_type(expr));
            bool is_failed = false;

            if (fresh == TYPE_UNKNOWN || fresh == type)
                continue;
            if (beats(type, fresh, &is_failed)) {
                best = expr;
                type = fresh;
            }
            if (is_failed) {
                if (construct == NULL)
                    return 0;
                scope_fail(scope, node_expr_location(expr), SQLSTATE_DATATYPE_MISMATCH,
                           .message = err_fmt("%s types %s and %s cannot be matched", construct,
                                              type_shown(type), type_shown(fresh)));
            }
        }
    }
    if (type == TYPE_UNKNOWN)
        type = TYPE_TEXT;
    if (which != NULL)
        *which = best;
    return type;
}

Oid select_common_of_types(int count, const Oid *types, bool none_ok)
{
    Oid type = types[0];
    int same = 1;

    if (type != TYPE_UNKNOWN) {
        while (same < count && types[same] == type)
            same++;
        if (same == count)
            return type;
    }
    type = type_base(type);
    for (int i = 1; i < count; i++) {
        Oid fresh = type_base(types[i]);
        bool is_failed = false;

        if (fresh == TYPE_UNKNOWN || fresh == type)
            continue;
        if (beats(type, fresh, &is_failed))
            type = fresh;
        if (is_failed) {
            if (none_ok)
                return 0;
            err_raise(SQLSTATE_DATATYPE_MISMATCH,
                      .message = err_fmt("argument types %s and %s cannot be matched",
                                         type_shown(type), type_shown(fresh)));
        }
    }
    return type == TYPE_UNKNOWN ? TYPE_TEXT : type;
}

int32_t select_common_typmod(const List *exprs, Oid common)
{
    int32_t typmod = -1;

    for (int i = 0; i < list_count(exprs); i++) {
        const Node *expr = list_at(exprs, i);

        if (node_expr_type(expr) != common)
            return -1;
        if (i == 0)
            typmod = node_expr_typmod(expr);
        else if (typmod != node_expr_typmod(expr))
            return -1;
    }
    return typmod;
}
