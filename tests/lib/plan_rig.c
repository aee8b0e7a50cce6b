/* plan_rig.c - nodes by hand, and a few answers of catalogs; plan_rig.h has the how. */
#include "common/base/base.h"

#include "tests/lib/plan_rig.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/catalog/builtin.h"
#include "server/expr/catalog_info.h"
#include "server/fmgr/varlena.h"
#include "server/types/types.h"

typedef struct TypeRow {
    Oid oid;
    TypeInfo info;
} TypeRow;

/* The members of TypeInfo in their order. */
static const TypeRow type_rows[] = {
    {16, {1, true, 'c', 'p', 'b', 0, false, 0, 1242, 1243, 16, 60, 56, 1693, 400}},
    {20, {8, true, 'd', 'p', 'b', 0, false, 0, 460, 461, 20, 467, 469, 842, 949}},
    {23, {4, true, 'i', 'p', 'b', 0, false, 0, 42, 43, 23, 65, 66, 351, 450}},
    {25, {-1, false, 'i', 'x', 'b', 0, false, 0, 46, 47, 25, 67, 740, 360, 400}},
    {26, {4, true, 'i', 'p', 'b', 0, false, 0, 1798, 1799, 26, 184, 716, 356, 453}},
    {27, {6, false, 's', 'p', 'b', 0, false, 0, 48, 49, 27, 1292, 2791, 2794, 2233}},
    {1007, {-1, false, 'i', 'x', 'b', 23, true, 0, 750, 751, 23, 744, 391, 382, 626}},
    {1700, {-1, false, 'i', 'm', 'b', 0, false, 0, 1701, 1702, 1700, 1718, 1722, 1769, 432}},
    {2249, {-1, false, 'd', 'x', 'p', 0, false, 0, 2290, 2291, 2249, 2981, 2984, 2987, 6192}},
    {2281, {8, true, 'd', 'p', 'p', 0, false, 0, 2304, 2305, 2281, 0, 0, 0, 0}},
    {90001, {4, true, 'i', 'p', 'd', 0, false, 23, 2597, 43, 23, 65, 66, 351, 450}},
};

typedef struct AggregateRow {
    Oid function;
    AggregateInfo info;
} AggregateRow;

static const AggregateRow aggregate_rows[] = {
    {2108, {.transition = 1841, .combine = 463, .kind = 'n', .transition_type = 20}},
    {2116, {.transition = 768, .combine = 768, .kind = 'n', .transition_type = 23}},
    {2132, {.transition = 769, .combine = 769, .kind = 'n', .transition_type = 23}},
    {2147,
     {.transition = 2804, .combine = 463, .kind = 'n', .transition_type = 20, .initial = "0"}},
    {2803,
     {.transition = 1219, .combine = 463, .kind = 'n', .transition_type = 20, .initial = "0"}},
};

static struct RigLocal {
    TupleDesc *rows[100]; /* registered */
    int row_count;
} rig;

static void rig_type(Oid type, TypeInfo *out)
{
    for (size_t i = 0; i < ARRAY_LEN(type_rows); i++) {
        if (type_rows[i].oid == type) {
            *out = type_rows[i].info;
            return;
        }
    }
    err_raise(SQLSTATE_INTERNAL_ERROR, .message = err_fmt("the rig has no type %u", type));
}

static void rig_domain(Oid type, DomainInfo *out)
{
    DomainCheck *check = mem_new(DomainCheck);
    CoerceToDomainValue *value = node_new(CoerceToDomainValue);

    if (type != RIG_POSITIVE)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = err_fmt("the rig has no domain %u", type));
    value->type = RIG_INT4;
    value->typmod = -1;
    check->name = "positive_check";
    check->expr = rig_op(147, RIG_BOOL, (Node *)value, rig_int(0));
    *out = (DomainInfo){.base = RIG_INT4,
                        .typmod = -1,
                        .is_not_null = true,
                        .name = "positive",
                        .check_count = 1,
                        .checks = check};
}

static void rig_aggregate(Oid function, AggregateInfo *out)
{
    for (size_t i = 0; i < ARRAY_LEN(aggregate_rows); i++) {
        if (aggregate_rows[i].function == function) {
            *out = aggregate_rows[i].info;
            return;
        }
    }
    err_raise(SQLSTATE_INTERNAL_ERROR, .message = err_fmt("the rig has no aggregate %u", function));
}

static Oid rig_operator_function(Oid operator)
{
    if (operator== RIG_INT4_EQUAL)
        return 65;
    err_raise(SQLSTATE_INTERNAL_ERROR, .message = err_fmt("the rig has no operator %u", operator));
}

static bool rig_order(Oid operator, Oid * compare, bool *is_descending)
{
    *compare = 351;
    *is_descending = operator== RIG_INT4_MORE;
    return operator== RIG_INT4_LESS || operator== RIG_INT4_MORE;
}

static Oid rig_support(Oid family, Oid left_type, Oid right_type, int number)
{
    return family == 1976 && left_type == RIG_INT4 && right_type == RIG_INT4 && number == 1 ? 351
                                                                                            : 0;
}

static const TupleDesc *rig_row_desc(Oid type, int32_t typmod)
{
    return type == RIG_RECORD && typmod >= 0 && typmod < rig.row_count ? rig.rows[typmod] : NULL;
}

static void rig_register_row(TupleDesc *desc)
{
    if (rig.row_count == (int)ARRAY_LEN(rig.rows))
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "the rig has room for 100 row types");
    desc->row_type_mod = rig.row_count;
    rig.rows[rig.row_count++] = tuple_desc_copy(desc);
}

static const char *rig_type_name(Oid type)
{
    return mem_printf("type %u", type);
}

static bool rig_is_binary(Oid from, Oid to)
{
    return from == to;
}

static const CatalogInfo rig_info = {.type = rig_type,
                                     .domain = rig_domain,
                                     .aggregate = rig_aggregate,
                                     .operator_function = rig_operator_function,
                                     .support = rig_support,
                                     .order = rig_order,
                                     .type_name = rig_type_name,
                                     .is_binary = rig_is_binary,
                                     .row_desc = rig_row_desc,
                                     .register_row = rig_register_row};

void plan_rig_open(void)
{
    builtin_bind(types_builtins, types_builtin_count);
    catalog_info_set(&rig_info);
    rig.row_count = 0;
}

void plan_rig_close(void)
{
    catalog_info_set(NULL);
    builtin_bind(NULL, 0);
    fmgr_set_builtins(NULL, 0);
}

/* ---- Nodes ---- */

Node *rig_var(int rt_index, int attno, Oid type)
{
    Var *var = node_new(Var);

    var->rt_index = rt_index;
    var->attno = attno;
    var->type = type;
    var->typmod = -1;
    return (Node *)var;
}

static Node *constant(Oid type, Datum value, bool is_null)
{
    Const *c = node_new(Const);
    TypeInfo info;

    rig_type(type, &info);
    c->type = type;
    c->typmod = -1;
    c->len = info.len;
    c->by_value = info.by_value;
    c->value = value;
    c->is_null = is_null;
    return (Node *)c;
}

Node *rig_int(int32_t value)
{
    return constant(RIG_INT4, datum_of_i32(value), false);
}

Node *rig_big(int64_t value)
{
    return constant(RIG_INT8, datum_of_i64(value), false);
}

Node *rig_bool(bool value)
{
    return constant(RIG_BOOL, datum_of_bool(value), false);
}

Node *rig_text(const char *value)
{
    return constant(RIG_TEXT, datum_of_pointer(varlena_new(value, strlen(value))), false);
}

Node *rig_null(Oid type)
{
    return constant(type, 0, true);
}

Node *rig_array(const int32_t *values, const bool *nulls, size_t count)
{
    const ArrayElement element = {.type = RIG_INT4, .len = 4, .by_value = true, .align = 'i'};
    Datum *datums = mem_new_array(Datum, count + 1);

    for (size_t i = 0; i < count; i++)
        datums[i] = datum_of_i32(values[i]);
    return constant(RIG_INT4_ARRAY,
                    datum_of_pointer(array_make_list(&element, datums, nulls, count)), false);
}

Node *rig_op(Oid function, Oid type, Node *left, Node *right)
{
    OpExpr *op = node_new(OpExpr);

    op->function = function;
    op->type = type;
    op->args = right != NULL ? list_of2(left, right) : list_of(left);
    op->input_collation = 950;
    return (Node *)op;
}

Node *rig_and(BoolKind kind, Node *a, Node *b)
{
    BoolExpr *e = node_new(BoolExpr);

    e->kind = kind;
    e->args = b != NULL ? list_of2(a, b) : list_of(a);
    return (Node *)e;
}

Node *rig_call(Oid function, Oid type, List *args)
{
    FuncExpr *call = node_new(FuncExpr);

    call->function = function;
    call->type = type;
    call->args = args;
    call->input_collation = 950;
    return (Node *)call;
}

TargetEntry *rig_target(Node *expr, int number)
{
    TargetEntry *target = node_new(TargetEntry);

    target->expr = expr;
    target->number = number;
    target->name = mem_printf("c%d", number);
    return target;
}

List *rig_columns(int rt_index, int count)
{
    List *targets = NULL;

    for (int i = 1; i <= count; i++)
        targets = list_add(targets, rig_target(rig_var(rt_index, i, RIG_INT4), i));
    return targets;
}

TupleDesc *rig_desc(unsigned count)
{
    TupleDesc *desc = tuple_desc_new(count);

    for (unsigned i = 1; i <= count; i++)
        tuple_desc_set(desc, i, mem_printf("c%u", i), RIG_INT4, 4, true, 'i');
    tuple_desc_finish(desc);
    return desc;
}
