/* make.c - small nodes that are made in many places, and questions about trees */
#include "common/base/base.h"

#include <stdlib.h>
#include <string.h>

#include "common/text/num.h"
#include "server/analyzer/analyzer_int.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/node/tree.h"

Const *make_const(Oid type, int32_t typmod, Oid collation, int len, Datum value, bool is_null,
                  bool by_value)
{
    Const *made = node_new(Const);

    made->type = type;
    made->typmod = typmod;
    made->collation = collation;
    made->len = len;
    made->value = is_null ? 0 : value;
    made->is_null = is_null;
    made->by_value = by_value;
    made->loc = NODE_NO_LOCATION;
    return made;
}

Const *make_null(Oid type, int32_t typmod, Oid collation)
{
    bool by_value;
    int16_t len = type_len(type, &by_value);

    return make_const(type, typmod, collation, len, 0, true, by_value);
}

Const *make_bool(bool value)
{
    return make_const(TYPE_BOOL, -1, 0, 1, datum_of_bool(value), false, true);
}

Const *make_int4(int32_t value)
{
    return make_const(TYPE_INT4, -1, 0, 4, datum_of_i32(value), false, true);
}

/* ---- Constants as they are written ---- */

typedef struct InputCall {
    Oid type;
    const char *text;
    Datum result;
} InputCall;

static void call_input(void *arg)
{
    InputCall *call = arg;

    call->result = type_input(call->type, call->text, -1);
}

static Datum input_at(Scope *scope, Oid type, const char *text, int location)
{
    InputCall call = {.type = type, .text = text};

    scope_call_at(scope, location, call_input, &call);
    return call.result;
}

/* A number without a point that is no int4 may still be an int8. */
static bool is_int8(const char *text, int64_t *value)
{
    const char *p = text;
    uint64_t sum = 0;
    bool is_negative = *p == '-';

    p += is_negative;
    if (*p == '\0')
        return false;
    for (; *p != '\0'; p++) {
        uint64_t digit = (uint64_t)(*p - '0');

        if (*p < '0' || *p > '9' || sum > (UINT64_MAX - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    if (sum > (uint64_t)INT64_MAX + is_negative)
        return false;
    *value = is_negative ? (int64_t)(0 - sum) : (int64_t)sum;
    return true;
}

static Const *make_number(Scope *scope, const RawConst *raw)
{
    int64_t value;

    if (!is_int8(raw->value, &value))
        return make_const(TYPE_NUMERIC, -1, 0, -1,
                          input_at(scope, TYPE_NUMERIC, raw->value, raw->loc), false, false);
    if (value == (int32_t)value)
        return make_int4((int32_t)value);
    return make_const(TYPE_INT8, -1, 0, 8, datum_of_i64(value), false, true);
}

static Const *make_bits(Scope *scope, const RawConst *raw)
{
    const char *text = mem_printf("%c%s", raw->kind == CONST_BIT ? 'b' : 'x', raw->value);

    return make_const(TYPE_BIT, -1, 0, -1, input_at(scope, TYPE_BIT, text, raw->loc), false, false);
}

Node *make_constant(Scope *scope, const RawConst *raw)
{
    Const *made;

    switch (raw->kind) {
    case CONST_NULL:
        made = make_const(TYPE_UNKNOWN, -1, 0, -2, 0, true, false);
        break;
    case CONST_BOOL:
        made = make_bool(raw->number != 0);
        break;
    case CONST_INT:
        made = make_int4(raw->number);
        break;
    case CONST_FLOAT:
        made = make_number(scope, raw);
        break;
    case CONST_STRING:
        made = make_const(TYPE_UNKNOWN, -1, 0, -2, datum_of_pointer(raw->value), false, false);
        break;
    default:
        made = make_bits(scope, raw);
        break;
    }
    made->loc = raw->loc;
    return (Node *)(void *)made;
}

/* ---- Others ---- */

Var *make_var(int rt_index, int attno, Oid type, int32_t typmod, Oid collation, int levels_up)
{
    Var *var = node_new(Var);

    var->rt_index = rt_index;
    var->attno = attno;
    var->type = type;
    var->typmod = typmod;
    var->collation = collation;
    var->levels_up = (uint32_t)levels_up;
    var->syntax_rt_index = (uint32_t)rt_index;
    var->syntax_attno = attno;
    var->loc = NODE_NO_LOCATION;
    return var;
}

TargetEntry *make_target(Node *expr, int number, const char *name, bool is_junk)
{
    TargetEntry *entry = node_new(TargetEntry);

    entry->expr = expr;
    entry->number = number;
    entry->name = name;
    entry->is_junk = is_junk;
    return entry;
}

FuncExpr *make_func_expr(Oid function, Oid type, List *args, Oid collation, Oid input_collation,
                         CoerceForm form)
{
    FuncExpr *call = node_new(FuncExpr);

    call->function = function;
    call->type = type;
    call->form = form;
    call->collation = collation;
    call->input_collation = input_collation;
    call->args = args;
    call->loc = NODE_NO_LOCATION;
    return call;
}

RelabelType *make_relabel(Node *arg, Oid type, int32_t typmod, Oid collation, CoerceForm form)
{
    RelabelType *relabel = node_new(RelabelType);

    relabel->arg = arg;
    relabel->type = type;
    relabel->typmod = typmod;
    relabel->collation = collation;
    relabel->form = form;
    relabel->loc = NODE_NO_LOCATION;
    return relabel;
}

BoolExpr *make_bool_expr(BoolKind kind, List *args, int location)
{
    BoolExpr *expr = node_new(BoolExpr);

    expr->kind = kind;
    expr->args = args;
    expr->loc = location;
    return expr;
}

Alias *make_alias(const char *name, List *columns)
{
    Alias *alias = node_new(Alias);

    alias->name = name;
    alias->columns = columns;
    return alias;
}

RangeTblRef *make_range_ref(int rt_index)
{
    RangeTblRef *ref = node_new(RangeTblRef);

    ref->rt_index = rt_index;
    return ref;
}

ColumnRef *make_column_ref(const char *name, int location)
{
    ColumnRef *ref = node_new(ColumnRef);

    ref->fields = list_of(node_string(name));
    ref->loc = location;
    return ref;
}

/* ---- Questions about trees ---- */

static bool find_sublink(Node *node, void *arg)
{
    if (node_is(node, SubLink))
        return true;
    return !node_is(node, Query) && node_walk(node, find_sublink, arg);
}

bool expr_has_sublinks(const void *node)
{
    return node != NULL && find_sublink((Node *)(uintptr_t)node, NULL);
}

static bool is_mutable_function(Oid function)
{
    const HeapTuple *row = syscache_peek(CACHE_PROCOID, datum_of_u32(function));

    return row != NULL && CACHE_ROW(PgProc, row)->provolatile != 'i';
}

static bool is_mutable_io(const CoerceViaIO *coerce)
{
    PgType from, to;

    type_get(node_expr_type(coerce->arg), &from);
    type_get(coerce->type, &to);
    return is_mutable_function(from.typoutput) || is_mutable_function(to.typinput);
}

static bool find_mutable(Node *node, void *arg)
{
    const void *any = node;
    Oid function = 0;

    switch (node->tag) {
    case NODE_FuncExpr:
        function = ((const FuncExpr *)any)->function;
        break;
    case NODE_OpExpr:
    case NODE_DistinctExpr:
    case NODE_NullIfExpr:
        function = ((const OpExpr *)any)->function;
        break;
    case NODE_ScalarArrayOpExpr:
        function = ((const ScalarArrayOpExpr *)any)->function;
        break;
    case NODE_CoerceViaIO:
        if (is_mutable_io(any))
            return true;
        break;
    case NODE_RowCompareExpr:
        for (int i = 0; i < list_count(((const RowCompareExpr *)any)->operators); i++) {
            if (is_mutable_function(
                    oper_function(list_oid_at(((const RowCompareExpr *)any)->operators, i))))
                return true;
        }
        break;
    case NODE_SQLValueFunction:
    case NODE_NextValueExpr:
        return true;
    default:
        break;
    }
    return (function != 0 && is_mutable_function(function)) || node_walk(node, find_mutable, arg);
}

bool expr_is_mutable(const void *node)
{
    return node != NULL && find_mutable((Node *)(uintptr_t)node, NULL);
}

/* ---- Relations ---- */

bool relation_is_temporary(Oid relation)
{
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(relation));

    return row != NULL && CACHE_ROW(PgClass, row)->relpersistence == RELATION_TEMPORARY;
}

const char *relation_kind_detail(char kind)
{
    static const struct {
        char kind;
        const char *plural;
    } names[] = {
        {RELATION_TABLE, "tables"},
        {RELATION_INDEX, "indexes"},
        {RELATION_SEQUENCE, "sequences"},
        {RELATION_TOAST, "TOAST tables"},
        {RELATION_VIEW, "views"},
        {RELATION_MATERIALIZED_VIEW, "materialized views"},
        {RELATION_COMPOSITE_TYPE, "composite types"},
        {RELATION_FOREIGN_TABLE, "foreign tables"},
        {RELATION_PARTITIONED_TABLE, "partitioned tables"},
        {RELATION_PARTITIONED_INDEX, "partitioned indexes"},
    };

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (names[i].kind == kind)
            return err_fmt("This operation is not supported for %s.", names[i].plural);
    }
    return NULL;
}

/* ---- Where a raw tree begins ---- */

static bool find_first(Node *node, void *arg)
{
    int *first = arg;

    *first = raw_location(node);
    return *first >= 0;
}

/* As node_expr_location(). */
int raw_location(const void *raw)
{
    Node *node = (Node *)(uintptr_t)raw;
    int own = NODE_NO_LOCATION, first = NODE_NO_LOCATION;

    if (node == NULL)
        return NODE_NO_LOCATION;
    node_check_depth();
    if (node->tag > NODE_OidList)
        own = node_location(node);
    if (!node_is(node, TimeZoneExpr))
        node_walk(node, find_first, &first);
    return own < 0 || (first >= 0 && first < own) ? first : own;
}
