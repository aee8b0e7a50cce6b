/*
 * interpret.c - run the steps of an expression
 *
 * One function, whose code for each kind of step ends in a jump to that of the next step: the
 * processor predicts such jumps by where they come from. What would be long is elsewhere, so that
 * the registers are left to what is here. Expressions of two or three common shapes do not come
 * here at all; they have functions of their own at the end.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/expr/expr_int.h"
#include "server/fmgr/datum_image.h"

#define ORDER_TYPES 4

static Datum interpret(Expr *e, EvalContext *c, bool *is_null);
static const void *const *interpret_labels;

_Noreturn static NOINLINE void raise_range(bool is_big)
{
    err_raise(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE,
              .message = is_big ? "bigint out of range" : "integer out of range");
}

static ALWAYS_INLINE Datum math(InlineMath what, Datum a, Datum b)
{
    int32_t small;
    int64_t big;
    bool is_over;

    switch (what) {
    case MATH_I32_ADD:
        is_over = __builtin_add_overflow(datum_i32(a), datum_i32(b), &small);
        break;
    case MATH_I32_SUB:
        is_over = __builtin_sub_overflow(datum_i32(a), datum_i32(b), &small);
        break;
    case MATH_I32_MUL:
        is_over = __builtin_mul_overflow(datum_i32(a), datum_i32(b), &small);
        break;
    default:
        if (what == MATH_I64_ADD)
            is_over = __builtin_add_overflow(datum_i64(a), datum_i64(b), &big);
        else if (what == MATH_I64_SUB)
            is_over = __builtin_sub_overflow(datum_i64(a), datum_i64(b), &big);
        else
            is_over = __builtin_mul_overflow(datum_i64(a), datum_i64(b), &big);
        if (UNLIKELY(is_over))
            raise_range(true);
        return datum_of_i64(big);
    }
    if (UNLIKELY(is_over))
        raise_range(false);
    return datum_of_i32(small);
}

static NOINLINE void make_param(ExecParam *param)
{
    void (*make)(ExecParam *, void *) = param->make;

    make(param, param->arg);
}

static ALWAYS_INLINE bool row_compare_result(RowCompareKind kind, int order)
{
    switch (kind) {
    case ROW_COMPARE_LT:
        return order < 0;
    case ROW_COMPARE_LE:
        return order <= 0;
    case ROW_COMPARE_GE:
        return order >= 0;
    case ROW_COMPARE_GT:
        return order > 0;
    case ROW_COMPARE_EQ:
        return order == 0;
    default:
        return order != 0;
    }
}

/* ---- Transitions ---- */

static Datum keep_state(const ExprTransition *t, Datum value, MemContext *mem)
{
    MemContext *before = mem_switch(mem);
    Datum copy = datum_copy(value, false, t->len);

    mem_switch(before);
    return copy;
}

void expr_transition(ExprTransition *t, ExprTransState *s, EvalContext *c, MemContext *mem)
{
    FmgrCall *call = t->call;
    Datum value;

    if (t->is_strict) {
        for (unsigned i = 1; i <= t->input_count; i++) {
            if (call->args[i].is_null)
                return;
        }
        if (s->has_none) {
            s->value = t->by_value ? call->args[1].value : keep_state(t, call->args[1].value, mem);
            s->has_none = s->is_null = false;
            return;
        }
        if (s->is_null)
            return;
    }
    call->args[0] = (NullableDatum){.value = s->value, .is_null = s->is_null};
    call->is_null = false;
    c->aggregate->mem = mem;
    value = call->site->fn(call);
    if (!t->by_value && value != s->value) {
        Datum old = s->value;
        bool had_old = !s->is_null;

        /* An old state goes when the new one is safe: that may point into it. */
        value = call->is_null ? 0 : keep_state(t, value, mem);
        if (had_old)
            mem_free(datum_pointer(old));
    }
    s->value = value;
    s->is_null = call->is_null;
    s->has_none = false;
}

static ALWAYS_INLINE void transition(ExprTransition *t, ExprTransState *s, EvalContext *c,
                                     MemContext *mem)
{
    const NullableDatum *arg = &t->call->args[1];

    if (t->kind == EXPR_TRANS_COUNT && LIKELY(!s->is_null)) {
        s->value = math(MATH_I64_ADD, s->value, 1);
    } else if (t->kind == EXPR_TRANS_SUM_I32 || t->kind == EXPR_TRANS_SUM_I16) {
        int64_t n = t->kind == EXPR_TRANS_SUM_I32 ? datum_i32(arg->value) : datum_i16(arg->value);

        if (arg->is_null)
            return;
        s->value = datum_of_i64((int64_t)((s->is_null ? 0 : s->value) + (uint64_t)n));
        s->is_null = false;
    } else {
        expr_transition(t, s, c, mem);
    }
}

/* ---- The interpreter ---- */

#define NEXT          \
 do {                 \
  step++;             \
  goto * step->label; \
 } while (0)
#define JUMP_TO(n)       \
 do {                    \
  step = e->steps + (n); \
  goto * step->label;    \
 } while (0)
#define RESULT(v, null)      \
 do {                        \
  step->out->value = (v);    \
  step->out->is_null = null; \
  NEXT;                      \
 } while (0)

#define IN_PLACE(name, type, get, order, operator)                                          \
 order_##type##_##order : if (UNLIKELY(step->u.pair.a->is_null || step->u.pair.b->is_null)) \
                              RESULT(0, true);                                              \
 RESULT(datum_of_bool(get(step->u.pair.a->value) operator get(step->u.pair.b->value)), false);

#define IN_PLACE_ORDERS(type, get) \
 IN_PLACE(name, type, get, EQ, ==) \
 IN_PLACE(name, type, get, NE, !=) \
 IN_PLACE(name, type, get, LT, <)  \
 IN_PLACE(name, type, get, LE, <=) \
 IN_PLACE(name, type, get, GT, >)  \
 IN_PLACE(name, type, get, GE, >=)

#define ORDER_LABELS(type)                                                           \
 &&order_##type##_EQ, &&order_##type##_NE, &&order_##type##_LT, &&order_##type##_LE, \
     &&order_##type##_GT, &&order_##type##_GE

#define VAR(slot)                                   \
 do {                                               \
  step->out->value = (slot)->values[step->column];  \
  step->out->is_null = (slot)->nulls[step->column]; \
  NEXT;                                             \
 } while (0)
#define ASSIGN_VAR(slot)                                            \
 do {                                                               \
  out->values[step->column] = (slot)->values[step->u.param.number]; \
  out->nulls[step->column] = (slot)->nulls[step->u.param.number];   \
  NEXT;                                                             \
 } while (0)
#define CALL_NOW()                          \
 do {                                       \
  FmgrCall *call = step->u.call.call;       \
  call->is_null = false;                    \
  step->out->value = step->u.call.fn(call); \
  step->out->is_null = call->is_null;       \
  NEXT;                                     \
 } while (0)

/*
 * Flat and long on purpose (STYLE 12). With e NULL it only tells where the code of each kind of
 * step is.
 */
static Datum interpret(Expr *e, EvalContext *c, bool *is_null)
{
    static const void *const labels[] = {
#define ROW(name) &&op_##name,
#include "server/expr/op.def"
#undef ROW
        ORDER_LABELS(I16), ORDER_LABELS(I32), ORDER_LABELS(I64), ORDER_LABELS(U32)};
    const ExprStep *step;
    Slot *scan, *inner, *outer, *out;

    STATIC_ASSERT(ARRAY_LEN(labels) == OP_COUNT + ORDER_TYPES * 6);
    if (UNLIKELY(e == NULL)) {
        interpret_labels = labels;
        return 0;
    }
    step = e->steps;
    scan = c->scan;
    inner = c->inner;
    outer = c->outer;
    out = e->out;
    goto * step->label;

op_DONE:
    *is_null = e->result.is_null;
    return e->result.value;

op_NEED_SCAN:
    slot_need(scan, (unsigned)step->u.param.number);
    NEXT;
op_NEED_INNER:
    slot_need(inner, (unsigned)step->u.param.number);
    NEXT;
op_NEED_OUTER:
    slot_need(outer, (unsigned)step->u.param.number);
    NEXT;

op_VAR_SCAN:
    VAR(scan);
op_VAR_INNER:
    VAR(inner);
op_VAR_OUTER:
    VAR(outer);
op_SYSTEM_COLUMN : {
    const Slot *slot = step->u.system.input == EXPR_INPUT_SCAN    ? scan
                       : step->u.system.input == EXPR_INPUT_INNER ? inner
                                                                  : outer;

    step->out->value = slot_get_system(slot, step->u.system.number, &step->out->is_null);
    NEXT;
}
op_WHOLE_ROW:
    eval_whole_row(step, c);
    NEXT;

op_ASSIGN:
    out->values[step->column] = step->u.copy.from->value;
    out->nulls[step->column] = step->u.copy.from->is_null;
    NEXT;
op_ASSIGN_SCAN:
    ASSIGN_VAR(scan);
op_ASSIGN_INNER:
    ASSIGN_VAR(inner);
op_ASSIGN_OUTER:
    ASSIGN_VAR(outer);

op_CONST:
    RESULT(step->u.constant.value, step->u.constant.is_null);
op_COPY:
    *step->out = *step->u.copy.from;
    NEXT;
op_TEST:
    *step->out = step->column != 0 ? c->domain_value : c->case_value;
    NEXT;

op_PARAM_EXEC : {
    ExecParam *param = &c->exec_params[step->u.param.number];

    if (UNLIKELY(param->make != NULL))
        make_param(param);
    RESULT(param->value, param->is_null);
}
op_PARAM_EXTERN:
    eval_param_extern(step, c);
    NEXT;

op_CALL_STRICT : {
    const NullableDatum *args = step->u.call.call->args;

    for (unsigned i = 0; i < step->u.call.count; i++) {
        if (args[i].is_null)
            RESULT(0, true);
    }
    CALL_NOW();
}
op_CALL_STRICT_1:
    if (step->u.call.call->args[0].is_null)
        RESULT(0, true);
    CALL_NOW();
op_CALL_STRICT_2:
    if (step->u.call.call->args[0].is_null || step->u.call.call->args[1].is_null)
        RESULT(0, true);
    CALL_NOW();
op_CALL:
    CALL_NOW();

op_INT_MATH:
    if (step->u.pair.a->is_null || step->u.pair.b->is_null)
        RESULT(0, true);
    RESULT(math(step->u.pair.math, step->u.pair.a->value, step->u.pair.b->value), false);

    IN_PLACE_ORDERS(I16, datum_i16)
    IN_PLACE_ORDERS(I32, datum_i32)
    IN_PLACE_ORDERS(I64, datum_i64)
    IN_PLACE_ORDERS(U32, datum_u32)

op_AND:
    if (step->column != 0)
        *step->u.copy.any_null = false;
    if (step->out->is_null)
        *step->u.copy.any_null = true;
    else if (!datum_bool(step->out->value))
        JUMP_TO(step->jump);
    NEXT;
op_AND_LAST:
    if (step->column != 0)
        *step->u.copy.any_null = false;
    if (!step->out->is_null && datum_bool(step->out->value) && *step->u.copy.any_null)
        RESULT(0, true);
    NEXT;
op_OR:
    if (step->column != 0)
        *step->u.copy.any_null = false;
    if (step->out->is_null)
        *step->u.copy.any_null = true;
    else if (datum_bool(step->out->value))
        JUMP_TO(step->jump);
    NEXT;
op_OR_LAST:
    if (step->column != 0)
        *step->u.copy.any_null = false;
    if (!step->out->is_null && !datum_bool(step->out->value) && *step->u.copy.any_null)
        RESULT(0, true);
    NEXT;
op_NOT:
    step->out->value = datum_of_bool(!datum_bool(step->out->value));
    NEXT;
op_QUAL:
    if (step->out->is_null || !datum_bool(step->out->value)) {
        step->out->value = 0;
        step->out->is_null = false;
        JUMP_TO(step->jump);
    }
    NEXT;

op_JUMP:
    JUMP_TO(step->jump);
op_JUMP_IF_NULL:
    if (step->out->is_null)
        JUMP_TO(step->jump);
    NEXT;
op_JUMP_IF_NOT_NULL:
    if (!step->out->is_null)
        JUMP_TO(step->jump);
    NEXT;
op_JUMP_IF_NOT_TRUE:
    if (step->out->is_null || !datum_bool(step->out->value))
        JUMP_TO(step->jump);
    NEXT;

op_IS_NULL:
    RESULT(datum_of_bool(step->out->is_null), false);
op_IS_NOT_NULL:
    RESULT(datum_of_bool(!step->out->is_null), false);
op_ROW_IS_NULL:
    eval_row_is_null(step, true);
    NEXT;
op_ROW_IS_NOT_NULL:
    eval_row_is_null(step, false);
    NEXT;
op_BOOL_IS_TRUE:
    RESULT(datum_of_bool(!step->out->is_null && datum_bool(step->out->value)), false);
op_BOOL_IS_NOT_TRUE:
    RESULT(datum_of_bool(step->out->is_null || !datum_bool(step->out->value)), false);
op_BOOL_IS_FALSE:
    RESULT(datum_of_bool(!step->out->is_null && !datum_bool(step->out->value)), false);
op_BOOL_IS_NOT_FALSE:
    RESULT(datum_of_bool(step->out->is_null || datum_bool(step->out->value)), false);

op_DISTINCT : {
    FmgrCall *call = step->u.call.call;

    if (call->args[0].is_null || call->args[1].is_null)
        RESULT(datum_of_bool(call->args[0].is_null != call->args[1].is_null), false);
    call->is_null = false;
    RESULT(datum_of_bool(!datum_bool(step->u.call.fn(call))), call->is_null);
}
op_NULL_IF : {
    FmgrCall *call = step->u.call.call;

    if (!call->args[0].is_null && !call->args[1].is_null) {
        Datum is_equal;

        call->is_null = false;
        is_equal = step->u.call.fn(call);
        if (!call->is_null && datum_bool(is_equal))
            RESULT(0, true);
    }
    RESULT(call->args[0].value, call->args[0].is_null);
}
op_ROW_COMPARE : {
    FmgrCall *call = step->u.compare.call;
    int32_t order;

    if (call->args[0].is_null || call->args[1].is_null) {
        *step->out = (NullableDatum){.is_null = true};
        JUMP_TO(step->jump);
    }
    call->is_null = false;
    order = datum_i32(call->site->fn(call));
    if (order != 0) {
        *step->out = (NullableDatum){
            .value = datum_of_bool(row_compare_result(step->u.compare.kind, order))};
        JUMP_TO(step->jump);
    }
    NEXT;
}
op_ROW_COMPARE_LAST : {
    FmgrCall *call = step->u.compare.call;

    if (call->args[0].is_null || call->args[1].is_null)
        RESULT(0, true);
    call->is_null = false;
    RESULT(datum_of_bool(row_compare_result(step->u.compare.kind, datum_i32(call->site->fn(call)))),
           false);
}

op_MIN_MAX:
    eval_min_max(step);
    NEXT;
op_IO_COERCE:
    eval_io_coerce(step);
    NEXT;
op_ARRAY:
    eval_array(step);
    NEXT;
op_ARRAY_COERCE:
    eval_array_coerce(step, c);
    NEXT;
op_ROW:
    eval_row(step);
    NEXT;
op_FIELD_SELECT:
    eval_field_select(step);
    NEXT;
op_FIELD_TAKE_APART:
    eval_field_take_apart(step);
    NEXT;
op_FIELD_STORE:
    eval_field_store(step);
    NEXT;
op_CONVERT_ROW:
    NEXT;
op_SUBSCRIPT:
    eval_subscript(step);
    NEXT;
op_SUBSCRIPT_SET:
    eval_subscript_set(step);
    NEXT;
op_SCALAR_ARRAY:
    eval_scalar_array(step);
    NEXT;
op_SCALAR_ARRAY_HASHED:
    eval_scalar_array_hashed(step, c);
    NEXT;
op_DOMAIN_NOT_NULL:
    if (step->out->is_null)
        eval_raise_domain_null(step->u.domain);
    NEXT;
op_DOMAIN_CHECK:
    if (!step->out->is_null && !datum_bool(step->out->value))
        eval_raise_domain_check(step->u.domain);
    NEXT;
op_SQL_VALUE:
    step->out->value = session_values()->sql_value(step->u.sql_value, &step->out->is_null);
    NEXT;
op_NEXT_VALUE:
    RESULT(datum_of_i64(session_values()->next_value(step->u.next_value.sequence)), false);
op_SUBPLAN:
    step->out->value = step->u.subplan->eval(step->u.subplan, c, &step->out->is_null);
    NEXT;
op_AGG_RESULT:
    *step->out = c->aggs[step->u.param.number];
    NEXT;
op_GROUPING:
    eval_grouping(step, c);
    NEXT;

op_AGG_STRICT_INPUT : {
    const NullableDatum *args = step->u.call.call->args;

    for (unsigned i = 1; i <= step->u.call.count; i++) {
        if (args[i].is_null)
            JUMP_TO(step->jump);
    }
    NEXT;
}
op_AGG_TRANSITION : {
    ExprTransState *group = c->groups[step->u.agg.set];

    if (group != NULL)
        transition(step->u.agg.transition, &group[step->u.agg.transition->number], c,
                   c->group_mems[step->u.agg.set]);
    NEXT;
}
op_AGG_GIVE:
    step->u.agg.transition->take(step->u.agg.transition, c, step->u.agg.set);
    NEXT;
}

/* ---- Common shapes ---- */

static Datum run_const(Expr *e, EvalContext *c, bool *is_null)
{
    (void)c;
    *is_null = e->steps[0].u.constant.is_null;
    return e->steps[0].u.constant.value;
}

static ALWAYS_INLINE Slot *input_of(ExprOp need_op, const EvalContext *c)
{
    return need_op == OP_NEED_SCAN ? c->scan : need_op == OP_NEED_INNER ? c->inner : c->outer;
}

/* A column alone. */
static Datum run_var(Expr *e, EvalContext *c, bool *is_null)
{
    const ExprStep *steps = e->steps;
    Slot *slot = input_of(steps[0].op, c);

    slot_need(slot, (unsigned)steps[0].u.param.number);
    *is_null = slot->nulls[steps[1].column];
    return slot->values[steps[1].column];
}

static ALWAYS_INLINE bool compare_in_place(unsigned order, int64_t a, int64_t b)
{
    switch (order) {
    case INLINE_EQ:
        return a == b;
    case INLINE_NE:
        return a != b;
    case INLINE_LT:
        return a < b;
    case INLINE_LE:
        return a <= b;
    case INLINE_GT:
        return a > b;
    default:
        return a >= b;
    }
}

static ALWAYS_INLINE int64_t widen(unsigned type, Datum d)
{
    switch (type) {
    case INLINE_I16:
        return datum_i16(d);
    case INLINE_I32:
        return datum_i32(d);
    case INLINE_I64:
        return datum_i64(d);
    default:
        return datum_u32(d);
    }
}

/* column OP constant, as a filter: steps NEED, VAR, order, QUAL, DONE. */
static Datum run_column_filter(Expr *e, EvalContext *c, bool *is_null)
{
    const ExprStep *steps = e->steps;
    Slot *slot = input_of(steps[0].op, c);
    unsigned kind = steps[2].op - (unsigned)OP_COUNT;
    const NullableDatum *constant = steps[2].u.pair.b;

    slot_need(slot, (unsigned)steps[0].u.param.number);
    *is_null = false;
    if (slot->nulls[steps[1].column] || constant->is_null)
        return 0;
    return datum_of_bool(compare_in_place(kind % 6, widen(kind / 6, slot->values[steps[1].column]),
                                          widen(kind / 6, constant->value)));
}

/* A projection of columns alone, from one row: steps NEED, ASSIGN..., DONE. */
static Datum run_columns(Expr *e, EvalContext *c, bool *is_null)
{
    const ExprStep *step = e->steps, *end = step + e->step_count - 1;
    Slot *slot = input_of(step->op, c), *out = e->out;

    slot_need(slot, (unsigned)step->u.param.number);
    for (step++; step < end; step++) {
        out->values[step->column] = slot->values[step->u.param.number];
        out->nulls[step->column] = slot->nulls[step->u.param.number];
    }
    *is_null = true;
    return 0;
}

static bool is_need(const ExprStep *step)
{
    return step->op == OP_NEED_SCAN || step->op == OP_NEED_INNER || step->op == OP_NEED_OUTER;
}

static bool is_var(const ExprStep *step)
{
    return step->op == OP_VAR_SCAN || step->op == OP_VAR_INNER || step->op == OP_VAR_OUTER;
}

static bool is_columns(const Expr *e)
{
    for (unsigned i = 1; i + 1 < e->step_count; i++) {
        unsigned op = e->steps[i].op;

        if (op != OP_ASSIGN_SCAN && op != OP_ASSIGN_INNER && op != OP_ASSIGN_OUTER)
            return false;
    }
    return e->out != NULL && e->step_count >= 3 && is_need(&e->steps[0]);
}

static Datum (*shape_of(const Expr *e))(Expr *, EvalContext *, bool *)
{
    const ExprStep *steps = e->steps;

    /* Values that have places of their own (expr_compile_values) are written there. */
    if (e->step_count == 2 && steps[0].op == OP_CONST && steps[0].out == &e->result)
        return run_const;
    if (is_columns(e))
        return run_columns;
    if (e->out != NULL || !is_need(&steps[0]) || e->step_count < 3 || !is_var(&steps[1]))
        return interpret;
    if (e->step_count == 3)
        return steps[1].out == &e->result ? run_var : interpret;
    if (e->step_count == 5 && steps[2].op >= OP_COUNT && steps[3].op == OP_QUAL &&
        steps[2].u.pair.a == steps[1].out && steps[2].u.pair.b != steps[1].out)
        return run_column_filter;
    return interpret;
}

void interpret_prepare(Expr *e)
{
    if (interpret_labels == NULL)
        interpret(NULL, NULL, NULL);
    for (unsigned i = 0; i < e->step_count; i++)
        e->steps[i].label = interpret_labels[e->steps[i].op];
    e->run = shape_of(e);
}
