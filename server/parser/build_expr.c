/* build_expr.c - what the grammar makes of expressions and types. */
#include "common/base/base.h"

#include <limits.h>
#include <string.h>

#include "common/mem/mem.h"
#include "server/parser/build.h"

static List *system_name(const char *name);
static bool find_location(Node *node, void *arg);

_Noreturn void build_fail(Parser *p, SqlState state, const char *message, int location)
{
    err_raise(state, .message = message, .position = parser_position(p, location));
}

_Noreturn void build_fail_unsupported(Parser *p, const char *message, int location)
{
    build_fail(p, SQLSTATE_FEATURE_NOT_SUPPORTED, message, location);
}

int build_location(const void *node)
{
    int first = NODE_NO_LOCATION;
    List *holder = list_of((void *)(uintptr_t)node);

    node_walk((Node *)(void *)holder, find_location, &first);
    return first;
}

/* Where a tree begins in the text: at the least location in it. */
static bool find_location(Node *node, void *arg)
{
    int *first = arg;
    int location = node_location(node);

    if (location >= 0 && (*first < 0 || location < *first))
        *first = location;
    return node_walk(node, find_location, arg);
}

/* ---- Names ---- */

List *build_name(const char *name)
{
    return list_of(node_string(name));
}

static List *system_name(const char *name)
{
    return list_of2(node_string("pg_catalog"), node_string(name));
}

List *build_checked_name(Parser *p, List *name)
{
    list_foreach(Node *, part, name) {
        if (!node_is(part, String))
            parser_fail(p, "syntax error");
    }
    return name;
}

static const char *text_at(const List *list, int i)
{
    return ((const String *)list_at(list, i))->value;
}

RangeVar *build_range_var(Parser *p, List *names, int location)
{
    RangeVar *var = node_new(RangeVar);
    int count = list_count(names);
    StrBuf text;

    var->is_inherited = true;
    var->persistence = 'p';
    var->loc = location;
    if (count > 3) {
        strbuf_init(&text);
        for (int i = 0; i < count; i++)
            strbuf_add_fmt(&text, "%s%s", i == 0 ? "" : ".", text_at(names, i));
        build_fail(p, SQLSTATE_SYNTAX_ERROR,
                   err_fmt("improper qualified name (too many dotted names): %s", text.text),
                   location);
    }
    var->relation = text_at(names, count - 1);
    var->schema = count > 1 ? text_at(names, count - 2) : NULL;
    var->catalog = count > 2 ? text_at(names, 0) : NULL;
    return var;
}

RangeVar *build_range_var_checked(Parser *p, const char *name, List *rest, int location)
{
    return build_range_var(p, list_add_first(node_string(name), build_checked_name(p, rest)),
                           location);
}

List *build_path(Parser *p, List *path)
{
    for (int i = 0; i + 1 < list_count(path); i++) {
        if (node_is(list_at(path, i), Star))
            parser_fail(p, "improper use of \"*\"");
    }
    return path;
}

Node *build_column_ref(Parser *p, const char *name, List *rest, int location)
{
    ColumnRef *ref = node_new(ColumnRef);
    List *path = NULL;

    build_path(p, rest);
    ref->loc = location;
    ref->fields = build_name(name);
    list_foreach(Node *, step, rest) {
        if (path != NULL || node_is(step, Subscript))
            path = list_add(path, step);
        else
            ref->fields = list_add(ref->fields, step);
    }
    return build_indirection(p, ref, path);
}

Node *build_indirection(Parser *p, void *arg, List *path)
{
    Indirection *indirection;

    if (path == NULL)
        return arg;
    indirection = node_new(Indirection);
    indirection->arg = arg;
    indirection->path = build_path(p, path);
    return (Node *)(void *)indirection;
}

void *build_star(int location)
{
    ColumnRef *ref = node_new(ColumnRef);

    ref->fields = list_of(node_new(Star));
    ref->loc = location;
    return ref;
}

/* ---- Constants ---- */

RawConst *build_const(ConstKind kind, const char *text, int location)
{
    RawConst *constant = node_new(RawConst);

    constant->kind = kind;
    constant->value = text;
    constant->loc = location;
    return constant;
}

RawConst *build_integer(int value, int location)
{
    RawConst *constant = build_const(CONST_INT, NULL, location);

    constant->number = value;
    return constant;
}

void *build_bool(bool value, int location)
{
    RawConst *constant = build_const(CONST_BOOL, NULL, location);

    constant->number = value;
    return constant;
}

RawConst *build_null(int location)
{
    return build_const(CONST_NULL, NULL, location);
}

RawConst *build_const_of(void *value, int location)
{
    if (node_is(value, Integer))
        return build_integer(((Integer *)value)->value, location);
    return build_const(CONST_FLOAT, ((Float *)value)->value, location);
}

static const char *negated_text(const char *text)
{
    return *text == '-' ? text + 1 : mem_printf("-%s", text);
}

Node *build_negated_value(void *value)
{
    if (node_is(value, Integer)) {
        Integer *integer = value;

        integer->value = -integer->value;
    } else {
        Float *real = value;

        real->value = negated_text(real->value);
    }
    return value;
}

/* ---- Operators ---- */

RawExpr *build_named_operator(List *name, void *left, void *right, int location)
{
    RawExpr *expr = node_new(RawExpr);

    expr->kind = RAW_OP;
    expr->name = name;
    expr->left = left;
    expr->right = right;
    expr->loc = location;
    return expr;
}

RawExpr *build_operator(const char *name, void *left, void *right, int location)
{
    return build_named_operator(build_name(name), left, right, location);
}

RawExpr *build_raw(RawExprKind kind, const char *name, void *left, void *right, int location)
{
    RawExpr *expr = build_operator(name, left, right, location);

    expr->kind = kind;
    return expr;
}

RawExpr *build_prefix(const char *name, void *right, int location)
{
    return build_operator(name, NULL, right, location);
}

/* The minus of a constant is part of it, so that -1 is no expression. */
Node *build_negated(Parser *p, void *arg, int location)
{
    RawConst *constant = arg;

    (void)p;
    if (node_is(arg, RawConst) && constant->kind == CONST_INT) {
        constant->number = -constant->number;
    } else if (node_is(arg, RawConst) && constant->kind == CONST_FLOAT) {
        constant->value = negated_text(constant->value);
    } else {
        return (Node *)(void *)build_prefix("-", arg, location);
    }
    constant->loc = location;
    return arg;
}

/* a AND b AND c is one node of three. */
Node *build_bool_pair(BoolKind kind, void *left, void *right, int location)
{
    BoolExpr *expr = left;

    if (node_is(left, BoolExpr) && expr->kind == kind) {
        expr->args = list_add(expr->args, right);
        return left;
    }
    expr = node_new(BoolExpr);
    expr->kind = kind;
    expr->args = list_of2(left, right);
    expr->loc = location;
    return (Node *)(void *)expr;
}

BoolExpr *build_not(void *arg, int location)
{
    BoolExpr *expr = node_new(BoolExpr);

    expr->kind = BOOL_NOT;
    expr->args = list_of(arg);
    expr->loc = location;
    return expr;
}

RawExpr *build_match(RawExprKind kind, const char *name, void *left, void *right, void *escape,
                     int location)
{
    if (escape != NULL)
        right = build_call(system_name("like_escape"), list_of2(right, escape), location);
    return build_raw(kind, name, left, right, location);
}

RawExpr *build_similar(const char *name, void *left, void *right, void *escape, int location)
{
    List *args = escape == NULL ? list_of(right) : list_of2(right, escape);

    return build_raw(RAW_SIMILAR, name, left,
                     build_call(system_name("similar_to_escape"), args, location), location);
}

Node *build_in(void *left, void *set, bool is_not, int location)
{
    SubLink *link = set;

    if (!node_is(set, SubLink))
        return (Node *)(void *)build_raw(RAW_IN, is_not ? "<>" : "=", left, set, location);
    link->kind = SUBLINK_ANY;
    link->test = left;
    link->loc = location;
    return is_not ? (Node *)(void *)build_not(link, location) : set;
}

FuncCall *build_overlaps(Parser *p, List *left, List *right, int left_at, int location,
                         int right_at)
{
    if (list_count(left) != 2)
        build_fail(p, SQLSTATE_SYNTAX_ERROR,
                   "wrong number of parameters on left side of OVERLAPS expression", left_at);
    if (list_count(right) != 2)
        build_fail(p, SQLSTATE_SYNTAX_ERROR,
                   "wrong number of parameters on right side of OVERLAPS expression", right_at);
    return build_system_call("overlaps", list_concat(left, right), location);
}

/* ---- Calls ---- */

FuncCall *build_call(List *name, List *args, int location)
{
    FuncCall *call = node_new(FuncCall);

    call->name = name;
    call->args = args;
    call->loc = location;
    return call;
}

FuncCall *build_system_call(const char *name, List *args, int location)
{
    FuncCall *call = build_call(system_name(name), args, location);

    call->form = CALL_FORM_SPECIAL;
    return call;
}

FuncCall *build_aggregate_call(Parser *p, FuncCall *call, List *within, void *filter, void *over,
                               int within_at)
{
    if (within != NULL) {
        if (call->order_by != NULL)
            build_fail(p, SQLSTATE_SYNTAX_ERROR,
                       "cannot use multiple ORDER BY clauses with WITHIN GROUP", within_at);
        if (call->is_distinct)
            build_fail(p, SQLSTATE_SYNTAX_ERROR, "cannot use DISTINCT with WITHIN GROUP",
                       within_at);
        if (call->is_variadic)
            build_fail(p, SQLSTATE_SYNTAX_ERROR, "cannot use VARIADIC with WITHIN GROUP",
                       within_at);
        call->order_by = within;
        call->is_within_group = true;
    }
    call->filter = filter;
    call->over = over;
    return call;
}

FuncCall *build_normalized(void *arg, void *form, int location)
{
    return build_system_call("is_normalized", form == NULL ? list_of(arg) : list_of2(arg, form),
                             location);
}

FuncCall *build_treat(void *arg, TypeName *type, int location)
{
    return build_call(system_name(text_at(type->names, list_count(type->names) - 1)), list_of(arg),
                      location);
}

SqlValue *build_sql_value(SqlValueKind kind, int typmod, int location)
{
    SqlValue *value = node_new(SqlValue);

    value->kind = kind;
    value->typmod = typmod;
    value->loc = location;
    return value;
}

TypeCast *build_cast(void *arg, TypeName *type, int location)
{
    TypeCast *cast = node_new(TypeCast);

    cast->arg = arg;
    cast->type = type;
    cast->loc = location;
    return cast;
}

/* ARRAY[[1, 2], [3, 4]]: the outermost begins at the word. */
RawArray *build_array_at(RawArray *array, int location)
{
    array->loc = location;
    return array;
}

/* ---- Types ---- */

TypeName *build_type(List *names, int location)
{
    TypeName *type = node_new(TypeName);

    type->names = names;
    type->typmod = -1;
    type->loc = location;
    return type;
}

TypeName *build_system_type(const char *name, int location)
{
    return build_type(system_name(name), location);
}

TypeName *build_typmods(TypeName *type, List *typmods)
{
    type->typmods = typmods;
    return type;
}

TypeName *build_array_type(TypeName *type, List *bounds, bool is_setof)
{
    type->array_bounds = bounds;
    type->is_setof = is_setof;
    return type;
}

TypeName *build_reference_type(const char *name, List *rest, bool is_setof, int location)
{
    TypeName *type = build_type(list_add_first(node_string(name), rest), location);

    type->is_reference = true;
    type->is_setof = is_setof;
    return type;
}

TypeName *build_float_type(Parser *p, int bits, int location, int bits_at)
{
    if (bits < 1)
        build_fail(p, SQLSTATE_INVALID_PARAMETER_VALUE,
                   "precision for type float must be at least 1 bit", bits_at);
    if (bits > 53)
        build_fail(p, SQLSTATE_INVALID_PARAMETER_VALUE,
                   "precision for type float must be less than 54 bits", bits_at);
    return build_system_type(bits <= 24 ? "float4" : "float8", location);
}

/* bit alone is bit(1), char alone char(1): but not before a literal. */
TypeName *build_bit_default(TypeName *type)
{
    if (strcmp(text_at(type->names, 1), "bit") == 0)
        type->typmods = list_of(build_integer(1, NODE_NO_LOCATION));
    return type;
}

TypeName *build_char_default(TypeName *type)
{
    if (strcmp(text_at(type->names, 1), "bpchar") == 0)
        type->typmods = list_of(build_integer(1, NODE_NO_LOCATION));
    return type;
}

List *build_fields(int fields, int location)
{
    return list_of(build_integer(fields, location));
}

List *build_fields_to_second(List *second, int fields, int location)
{
    second->items[0].pointer = build_integer(fields | INTERVAL_SECOND, location);
    return second;
}

TypeName *build_interval_precision(TypeName *type, int precision, int location)
{
    return build_typmods(type, list_of2(build_integer(INTERVAL_ALL, NODE_NO_LOCATION),
                                        build_integer(precision, location)));
}

TypeCast *build_typed_literal(TypeName *type, const char *text, int location)
{
    return build_cast(build_const(CONST_STRING, text, location), type, NODE_NO_LOCATION);
}

TypeCast *build_typed_call(Parser *p, List *name, List *args, List *order_by, const char *text,
                           int location, int order_at, int text_at_)
{
    list_foreach(Node *, arg, args) {
        if (node_is(arg, NamedArg))
            build_fail(p, SQLSTATE_SYNTAX_ERROR, "type modifier cannot have parameter name",
                       node_location(arg));
    }
    if (order_by != NULL)
        build_fail(p, SQLSTATE_SYNTAX_ERROR, "type modifier cannot have ORDER BY", order_at);
    return build_typed_literal(build_typmods(build_type(name, location), args), text, text_at_);
}

TypeCast *build_zone_interval(Parser *p, TypeName *type, const char *text, List *fields,
                              int text_location, int fields_at)
{
    if (fields != NULL) {
        const RawConst *mask = list_at(fields, 0);

        if (mask->number & ~(INTERVAL_HOUR | INTERVAL_MINUTE))
            build_fail(p, SQLSTATE_SYNTAX_ERROR,
                       "time zone interval must be HOUR or HOUR TO MINUTE", fields_at);
    }
    return build_typed_literal(build_typmods(type, fields), text, text_location);
}
