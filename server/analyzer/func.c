/*
 * func.c - calls: of functions, procedures, aggregates, window functions; t.f and f(t) alike
 *
 * func_resolve.c says which function is meant; here is what may stand in a call of its kind, and
 * the node that it becomes.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "server/analyzer/analyzer_int.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/fmgr.h"

#define BY_CLAUSE ""

/* A call on its way. */
typedef struct Call {
    Scope *scope;
    const List *name;
    List *args;
    FuncCall *raw; /* NULL: t.f */
    bool is_procedure;
    int location;
    Node *last_set; /* before its arguments were looked at */

    List *arg_names;
    int arg_count;
    Oid types[FMGR_ARGS_MAX + 1];
    Node *filter;
    bool is_variadic;
    FuncFound found;
} Call;

char *func_signature(const List *name, int count, const List *arg_names, const Oid *types)
{
    int positional = count - list_count(arg_names);
    StrBuf text;

    strbuf_init(&text);
    strbuf_add_fmt(&text, "%s(", namespace_text(name));
    for (int i = 0; i < count; i++) {
        if (i > 0)
            strbuf_add(&text, ", ");
        if (i >= positional)
            strbuf_add_fmt(&text, "%s => ",
                           ((const String *)list_at(arg_names, i - positional))->value);
        strbuf_add(&text, type_shown(types[i]));
    }
    strbuf_add_char(&text, ')');
    return text.text;
}

static char *signature(const Call *call)
{
    return func_signature(call->name, call->arg_count, call->arg_names, call->types);
}

static _Noreturn void fail_kind(const Call *call, const char *format_before,
                                const char *format_after)
{
    scope_fail(call->scope, call->location, SQLSTATE_WRONG_OBJECT_TYPE,
               .message =
                   err_fmt("%s%s%s", format_before, namespace_text(call->name), format_after));
}

static _Noreturn void fail_unsupported(const Call *call, const char *message)
{
    scope_fail(call->scope, call->location, SQLSTATE_FEATURE_NOT_SUPPORTED, .message = message);
}

/* ---- Arguments ---- */

static void note_types(Call *call)
{
    List *kept = NULL;

    if (list_count(call->args) > FMGR_ARGS_MAX)
        scope_fail(call->scope, call->location, SQLSTATE_TOO_MANY_ARGUMENTS,
                   .message =
                       err_fmt("cannot pass more than %d arguments to a function", FMGR_ARGS_MAX));
    list_foreach(Node *, arg, call->args) {
        Oid type = node_expr_type(arg);

        /* Drivers give OUT parameters as parameters of type void. */
        if (type == TYPE_VOID && node_is(arg, Param) && call->raw != NULL &&
            !call->raw->is_within_group)
            continue;
        call->types[call->arg_count++] = type;
        kept = list_add(kept, arg);
    }
    call->args = kept;
}

static void note_names(Call *call)
{
    list_foreach(Node *, arg, call->args) {
        if (node_is(arg, NamedArgExpr)) {
            const NamedArgExpr *named = (const NamedArgExpr *)(const void *)arg;

            list_foreach(const String *, before, call->arg_names) {
                if (str_equal(before->value, named->name))
                    scope_fail(call->scope, named->loc, SQLSTATE_SYNTAX_ERROR,
                               .message = err_fmt("argument name \"%s\" used more than once",
                                                  named->name));
            }
            call->arg_names = list_add(call->arg_names, node_string(named->name));
        } else if (call->arg_names != NULL) {
            scope_fail(call->scope, node_expr_location(arg), SQLSTATE_SYNTAX_ERROR,
                       .message = "positional argument cannot follow named argument");
        }
    }
}

static void coerce_args(Call *call)
{
    for (int i = 0; i < list_count(call->args); i++) {
        Node *arg = list_at(call->args, i);
        Oid from = call->types[i], to = call->found.declared[i];

        if (from == to)
            continue;
        if (node_is(arg, NamedArgExpr)) {
            NamedArgExpr *named = (NamedArgExpr *)(void *)arg;

            named->arg = coerce_type(call->scope, named->arg, from, to, -1, COERCE_AS_IMPLICIT,
                                     COERCE_IMPLICIT, NODE_NO_LOCATION);
        } else {
            call->args->items[i].pointer =
                coerce_type(call->scope, arg, from, to, -1, COERCE_AS_IMPLICIT, COERCE_IMPLICIT,
                            NODE_NO_LOCATION);
        }
    }
}

/* The last arguments become the array that the variadic parameter is. */
static void gather_variadic(Call *call)
{
    int plain = call->arg_count - call->found.variadic_count;
    ArrayExpr *array = node_new(ArrayExpr);
    List *kept = NULL;

    for (int i = 0; i < plain; i++)
        kept = list_add(kept, list_at(call->args, i));
    for (int i = plain; i < call->arg_count; i++)
        array->elements = list_add(array->elements, list_at(call->args, i));
    array->element_type = node_expr_type(list_at(array->elements, 0));
    array->type = type_array(array->element_type);
    array->loc = node_expr_location(array->elements);
    if (array->type == 0)
        scope_fail(call->scope, array->loc, SQLSTATE_UNDEFINED_OBJECT,
                   .message = err_fmt("could not find array type for data type %s",
                                      type_shown(array->element_type)));
    call->args = list_add(kept, array);
    call->is_variadic = true;
}

static void fit_args(Call *call)
{
    FuncFound *found = &call->found;
    int count = call->arg_count;
    Oid *declared = mem_dup(found->declared, (size_t)found->declared_count * sizeof(Oid));

    list_foreach(const Node *, value, found->defaults) {
        if (count < FMGR_ARGS_MAX)
            call->types[count++] = node_expr_type(value);
    }
    found->declared = declared;
    found->type = coerce_check_polymorphic(call->types, declared, count, found->type, false);
    coerce_args(call);
    if (found->variadic == 0)
        call->is_variadic = false;
    if (found->variadic_count > 0 && found->variadic != TYPE_ANY)
        gather_variadic(call);
    if (call->arg_count > 0 && found->variadic == TYPE_ANY && call->is_variadic &&
        type_base_element(call->types[call->arg_count - 1]) == 0)
        scope_fail(call->scope, node_expr_location(list_at(call->args, call->arg_count - 1)),
                   SQLSTATE_DATATYPE_MISMATCH, .message = "VARIADIC argument must be an array");
}

/* ---- t.f as a column of a row ---- */

Node *func_projection(Scope *scope, const char *name, Node *row, int location)
{
    RowShape *shape;

    if (node_is(row, Var) && ((Var *)(void *)row)->attno == 0) {
        const Var *var = (const Var *)(const void *)row;
        Item *item = scope_item_of_rte(scope, var->rt_index, (int)var->levels_up);

        return column_of_item(scope, item, (int)var->levels_up, name, location);
    }
    shape = row_shape_of_expr(scope, row, true);
    if (shape == NULL)
        return NULL;
    for (int i = 0; i < shape->count; i++) {
        FieldSelect *select;

        if (shape->dropped[i] || !str_equal(shape->names[i], name))
            continue;
        select = node_new(FieldSelect);
        select->arg = row;
        select->field = i + 1;
        select->type = shape->types[i];
        select->typmod = shape->typmods[i];
        select->collation = shape->collations[i];
        return (Node *)(void *)select;
    }
    return NULL;
}

static bool could_be_column(const Call *call)
{
    const FuncCall *raw = call->raw;
    Oid type = call->types[0];

    if (call->arg_count != 1 || call->is_procedure || call->arg_names != NULL ||
        list_count(call->name) != 1)
        return false;
    if (raw != NULL && (raw->order_by != NULL || raw->filter != NULL || raw->is_star ||
                        raw->is_distinct || raw->over != NULL || raw->is_variadic))
        return false;
    return type == TYPE_RECORD || type_or_domain_relation(type) != 0;
}

static Node *try_column(const Call *call)
{
    const char *name = ((const String *)list_at(call->name, 0))->value;

    return func_projection(call->scope, name, list_at(call->args, 0), call->location);
}

/* ---- Not to be found ---- */

static _Noreturn void raise_ambiguous(const Call *call)
{
    const char *what = call->is_procedure ? "procedure" : "function";

    scope_fail(call->scope, call->location, SQLSTATE_AMBIGUOUS_FUNCTION,
               .message = err_fmt("%s %s is not unique", what, signature(call)),
               .hint = err_fmt("Could not choose a best candidate %s. You might need to add "
                               "explicit type casts.",
                               what));
}

static _Noreturn void raise_missing(const Call *call)
{
    const char *what = call->is_procedure ? "procedure" : "function";

    if (call->raw != NULL && list_count(call->raw->order_by) > 1 && !call->raw->is_within_group)
        scope_fail(call->scope, call->location, SQLSTATE_UNDEFINED_FUNCTION,
                   .message = err_fmt("function %s does not exist", signature(call)),
                   .hint = "No aggregate function matches the given name and argument types. "
                           "Perhaps you misplaced ORDER BY; ORDER BY must appear after all regular "
                           "arguments of the aggregate.");
    scope_fail(call->scope, call->location, SQLSTATE_UNDEFINED_FUNCTION,
               .message = err_fmt("%s %s does not exist", what, signature(call)),
               .hint = err_fmt("No %s matches the given name and argument types. You might need "
                               "to add explicit type casts.",
                               what));
}

/* ---- What may stand in a call of each kind ---- */

static void check_procedure(const Call *call, FuncResolution kind)
{
    if (call->is_procedure && (kind == FUNC_NORMAL || kind == FUNC_AGGREGATE ||
                               kind == FUNC_WINDOW || kind == FUNC_COERCION))
        scope_fail(call->scope, call->location, SQLSTATE_WRONG_OBJECT_TYPE,
                   .message = err_fmt("%s is not a procedure", signature(call)),
                   .hint = "To call a function, use SELECT.");
    if (!call->is_procedure && kind == FUNC_PROCEDURE)
        scope_fail(call->scope, call->location, SQLSTATE_WRONG_OBJECT_TYPE,
                   .message = err_fmt("%s is a procedure", signature(call)),
                   .hint = "To call a procedure, use CALL.");
}

static void check_plain(const Call *call)
{
    const FuncCall *raw = call->raw;

    if (raw == NULL)
        return;
    if (raw->is_star)
        scope_fail(call->scope, call->location, SQLSTATE_WRONG_OBJECT_TYPE,
                   .message = err_fmt("%s(*) specified, but %s is not an aggregate function",
                                      namespace_text(call->name), namespace_text(call->name)));
    if (raw->is_distinct)
        fail_kind(call, "DISTINCT specified, but ", " is not an aggregate function");
    if (raw->is_within_group)
        fail_kind(call, "WITHIN GROUP specified, but ", " is not an aggregate function");
    if (raw->order_by != NULL)
        fail_kind(call, "ORDER BY specified, but ", " is not an aggregate function");
    if (raw->filter != NULL)
        fail_kind(call, "FILTER specified, but ", " is not an aggregate function");
    if (raw->over != NULL)
        fail_kind(call, "OVER specified, but ",
                  " is not a window function nor an aggregate function");
}

static _Noreturn void fail_direct(const Call *call, const char *hint)
{
    scope_fail(call->scope, call->location, SQLSTATE_UNDEFINED_FUNCTION,
               .message = err_fmt("function %s does not exist", signature(call)), .hint = hint);
}

/* Are so many arguments direct ones? */
static void check_direct_count(const Call *call, char kind, int declared_direct)
{
    int aggregated = list_count(call->raw->order_by);
    int direct = call->arg_count - aggregated;
    int parameters = call->arg_count;
    int variadic = call->found.variadic_count;
    const char *name = namespace_text(call->name);

    if (variadic > 1)
        parameters -= variadic - 1;
    if (call->found.variadic == 0 || declared_direct < parameters) {
        if (direct != declared_direct)
            fail_direct(call,
                        mem_printf("There is an ordered-set aggregate %s, but it requires "
                                   "%d direct argument%s, not %d.",
                                   name, declared_direct, declared_direct == 1 ? "" : "s", direct));
    } else if (kind == 'h') {
        if (variadic != 2 * aggregated)
            fail_direct(call,
                        mem_printf("To use the hypothetical-set aggregate %s, the number of "
                                   "hypothetical direct arguments (here %d) must match the number "
                                   "of ordering columns (here %d).",
                                   name, variadic - aggregated, aggregated));
    } else if (variadic <= aggregated) {
        fail_direct(call, mem_printf("There is an ordered-set aggregate %s, but it requires at "
                                     "least %d direct argument%s.",
                                     name, declared_direct, declared_direct == 1 ? "" : "s"));
    }
}

/* Direct arguments of a hypothetical row get the types of the columns they are compared with. */
static void unify_hypothetical(Call *call)
{
    int aggregated = list_count(call->raw->order_by);
    int first = call->arg_count - 2 * aggregated;
    Oid *declared = mem_dup(call->found.declared, (size_t)call->found.declared_count * sizeof(Oid));

    if (first < 0)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = "incorrect number of arguments to hypothetical-set aggregate");
    for (int i = first; i < first + aggregated; i++) {
        Node *direct = list_at(call->args, i), *column = list_at(call->args, i + aggregated);
        Oid type;

        if (declared[i] != declared[i + aggregated])
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = "hypothetical-set aggregate has inconsistent declared argument "
                                 "types");
        if (declared[i] != TYPE_ANY)
            continue;
        type = select_common_type(call->scope, list_of2(column, direct), "WITHIN GROUP", NULL);
        call->args->items[i].pointer =
            coerce_type(call->scope, direct, call->types[i], type, -1, COERCE_AS_IMPLICIT,
                        COERCE_IMPLICIT, NODE_NO_LOCATION);
        call->types[i] = type;
        call->args->items[i + aggregated].pointer =
            coerce_type(call->scope, column, call->types[i + aggregated], type, -1,
                        COERCE_AS_IMPLICIT, COERCE_IMPLICIT, NODE_NO_LOCATION);
        call->types[i + aggregated] = type;
    }
}

/* *kind is pg_aggregate.aggkind. */
static void check_aggregate(Call *call, char *kind)
{
    const HeapTuple *row = syscache_peek(CACHE_AGGFNOID, datum_of_u32(call->found.oid));
    int declared_direct;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for aggregate %u", call->found.oid));
    *kind = CACHE_ROW(PgAggregate, row)->aggkind;
    declared_direct = CACHE_ROW(PgAggregate, row)->aggnumdirectargs;
    if (*kind == 'n') {
        if (call->raw != NULL && call->raw->is_within_group)
            fail_kind(call, "", " is not an ordered-set aggregate, so it cannot have WITHIN GROUP");
        return;
    }
    if (call->raw == NULL || !call->raw->is_within_group)
        fail_kind(call, "WITHIN GROUP is required for ordered-set aggregate ", "");
    if (call->raw->over != NULL)
        scope_fail(call->scope, call->location, SQLSTATE_FEATURE_NOT_SUPPORTED,
                   .message = err_fmt("OVER is not supported for ordered-set aggregate %s",
                                      namespace_text(call->name)));
    check_direct_count(call, *kind, declared_direct);
    if (*kind == 'h')
        unify_hypothetical(call);
}

static void check_window(const Call *call)
{
    if (call->raw == NULL || call->raw->over == NULL)
        fail_kind(call, "window function ", " requires an OVER clause");
    if (call->raw->is_within_group)
        fail_kind(call, "window function ", " cannot have WITHIN GROUP");
}

/* ---- Sets ---- */

static const char *const set_messages[] = {
#define ROW(kind, clause, agg, window, sublink, set) set,
#include "server/analyzer/expr_kind.def"
#undef ROW
};

void func_check_set(Scope *scope, Node *last_set, int location)
{
    const char *message = set_messages[scope->kind];

    if (message != NULL)
        scope_fail(scope, location, SQLSTATE_FEATURE_NOT_SUPPORTED,
                   .message = *message != '\0'
                                  ? message
                                  : err_fmt("set-returning functions are not allowed in %s",
                                            expr_kind_name(scope->kind)));
    if (scope->kind == EXPR_FROM_FUNCTION) {
        if (scope->last_set != last_set)
            scope_fail(scope, node_expr_location(scope->last_set), SQLSTATE_FEATURE_NOT_SUPPORTED,
                       .message = "set-returning functions must appear at top level of FROM");
    } else if (scope->kind != EXPR_OTHER) {
        scope->has_target_sets = true;
    }
}

/* ---- The nodes ---- */

static void check_star(const Call *call)
{
    if (call->args == NULL && (call->raw == NULL || !call->raw->is_star))
        scope_fail(call->scope, call->location, SQLSTATE_WRONG_OBJECT_TYPE,
                   .message = err_fmt("%s(*) must be used to call a parameterless aggregate "
                                      "function",
                                      namespace_text(call->name)));
}

static Node *make_plain(const Call *call)
{
    FuncExpr *made = make_func_expr(
        call->found.oid, call->found.type, call->args, 0, 0,
        call->raw != NULL && call->raw->form == CALL_FORM_SPECIAL ? COERCE_SQL : COERCE_CALL);

    made->is_set = call->found.is_set;
    made->is_variadic = call->is_variadic;
    made->loc = call->location;
    return (Node *)(void *)made;
}

static Node *make_aggregate(Call *call, char kind)
{
    Aggref *agg = node_new(Aggref);

    agg->function = call->found.oid;
    agg->type = call->found.type;
    agg->filter = call->filter;
    agg->is_star = call->raw != NULL && call->raw->is_star;
    agg->is_variadic = call->is_variadic;
    agg->kind = kind;
    agg->number = -1;
    agg->transition_number = -1;
    agg->loc = call->location;
    if (call->raw == NULL || !call->raw->is_within_group)
        check_star(call);
    if (call->found.is_set)
        scope_fail(call->scope, call->location, SQLSTATE_INVALID_FUNCTION_DEFINITION,
                   .message = "aggregates cannot return sets");
    if (call->arg_names != NULL)
        fail_unsupported(call, "aggregates cannot use named arguments");
    agg_transform(call->scope, agg, call->args, call->raw == NULL ? NULL : call->raw->order_by,
                  call->raw != NULL && call->raw->is_distinct);
    return (Node *)(void *)agg;
}

static Node *make_window(const Call *call, bool is_aggregate)
{
    WindowFunc *made = node_new(WindowFunc);
    const FuncCall *raw = call->raw;

    made->function = call->found.oid;
    made->type = call->found.type;
    made->args = call->args;
    made->filter = call->filter;
    made->is_star = raw->is_star;
    made->is_aggregate = is_aggregate;
    made->loc = call->location;
    if (raw->is_distinct)
        fail_unsupported(call, "DISTINCT is not implemented for window functions");
    if (is_aggregate)
        check_star(call);
    if (raw->order_by != NULL)
        fail_unsupported(call, "aggregate ORDER BY is not implemented for window functions");
    if (!is_aggregate && call->filter != NULL)
        fail_unsupported(call, "FILTER is not implemented for non-aggregate window functions");
    if (call->scope->last_set != call->last_set)
        scope_fail(call->scope, node_expr_location(call->scope->last_set),
                   SQLSTATE_FEATURE_NOT_SUPPORTED,
                   .message = "window function calls cannot contain set-returning function calls",
                   .hint = "You might be able to move the set-returning function into a LATERAL "
                           "FROM item.");
    if (call->found.is_set)
        scope_fail(call->scope, call->location, SQLSTATE_INVALID_FUNCTION_DEFINITION,
                   .message = "window functions cannot return sets");
    window_func_transform(call->scope, made, raw->over);
    return (Node *)(void *)made;
}

static Node *make_call(Call *call, FuncResolution kind, char agg_kind)
{
    Node *made;

    fit_args(call);
    if (call->found.is_set)
        func_check_set(call->scope, call->last_set, call->location);
    if (kind == FUNC_NORMAL || kind == FUNC_PROCEDURE)
        made = make_plain(call);
    else if (kind == FUNC_AGGREGATE && (call->raw == NULL || call->raw->over == NULL))
        made = make_aggregate(call, agg_kind);
    else
        made = make_window(call, kind == FUNC_AGGREGATE);
    if (call->found.is_set)
        call->scope->last_set = made;
    return made;
}

typedef struct ResolveCall {
    Call *call;
    FuncResolution kind;
} ResolveCall;

static void call_resolve(void *arg)
{
    ResolveCall *run = arg;
    Call *call = run->call;

    run->kind = func_resolve(call->name, call->args, call->arg_names, call->arg_count, call->types,
                             !call->is_variadic, true, call->is_procedure, &call->found);
}

/* What a schema's name makes raise is told where the call stands; nothing else needs it. */
static FuncResolution resolve(Call *call)
{
    ResolveCall run = {.call = call};

    if (list_count(call->name) == 1)
        call_resolve(&run);
    else
        scope_call_at(call->scope, call->location, call_resolve, &run);
    return run.kind;
}

static Node *transform(Call *call)
{
    bool is_column = call->raw == NULL;
    FuncResolution kind;
    char agg_kind = 'n';
    bool may_be_column;

    note_types(call);
    note_names(call);
    may_be_column = could_be_column(call);
    if (may_be_column && is_column) {
        Node *found = try_column(call);

        if (found != NULL)
            return found;
    }
    kind = resolve(call);
    check_procedure(call, kind);
    switch (kind) {
    case FUNC_NORMAL:
    case FUNC_PROCEDURE:
        check_plain(call);
        break;
    case FUNC_AGGREGATE:
        check_aggregate(call, &agg_kind);
        break;
    case FUNC_WINDOW:
        check_window(call);
        break;
    case FUNC_COERCION:
        check_plain(call);
        return coerce_type(call->scope, list_at(call->args, 0), call->types[0], call->found.type,
                           -1, COERCE_AS_EXPLICIT, COERCE_CALL, call->location);
    case FUNC_AMBIGUOUS:
        if (is_column)
            return NULL;
        raise_ambiguous(call);
    default:
        if (is_column)
            return NULL;
        if (may_be_column) {
            Node *found = try_column(call);

            if (found != NULL)
                return found;
        }
        raise_missing(call);
    }
    return make_call(call, kind, agg_kind);
}

Node *func_transform(Scope *scope, const List *name, List *args, Node *last_set, FuncCall *raw,
                     bool is_procedure, int location)
{
    Call *call = mem_new(Call);

    call->scope = scope;
    call->name = name;
    call->args = args;
    call->raw = raw;
    call->is_procedure = is_procedure;
    call->location = location;
    call->last_set = last_set;
    if (raw != NULL) {
        call->is_variadic = raw->is_variadic;
        if (raw->filter != NULL)
            call->filter = where_transform(scope, raw->filter, EXPR_FILTER, "FILTER");
    }
    return transform(call);
}
