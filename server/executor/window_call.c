/*
 * window_call.c - window functions: those that know of rows and peers, and aggregates over frames
 *
 * An aggregate goes on with its state as long as the frame only grows at its end; when rows leave
 * it, it begins anew.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/executor/window_int.h"
#include "server/expr/catalog_info.h"
#include "server/fmgr/datum_image.h"
#include "server/node/expr.h"

#define EXCLUDES           (FRAME_EXCLUDE_CURRENT_ROW | FRAME_EXCLUDE_GROUP | FRAME_EXCLUDE_TIES)

#define ROW(oid, function) static Datum function(WindowNode *w, WindowCall *call, bool *is_null);
ROW(0, window_row_number)
ROW(0, window_rank)
ROW(0, window_dense_rank)
ROW(0, window_percent_rank)
ROW(0, window_cume_dist)
ROW(0, window_ntile)
ROW(0, window_lag)
ROW(0, window_lead)
ROW(0, window_first_value)
ROW(0, window_last_value)
ROW(0, window_nth_value)
#undef ROW

static const struct {
    Oid oid;
    WindowFunction function;
} functions[] = {
#define ROW(oid, function) {oid, function},
#include "server/executor/window_func.def"
#undef ROW
};

/* ---- Making ---- */

unsigned window_add_call(void *node, const WindowFunc *func)
{
    WindowNode *w = node;
    unsigned number = 0;

    /* The same call in a condition and in a column is one. */
    array_foreach(const WindowCall, call, &w->calls) {
        if (node_equal(call->func, func))
            return number;
        number++;
    }
    catalog_require_execute(func->function);
    ((WindowCall *)array_push(&w->calls))->func = func;
    return number;
}

static FmgrCall *make_call(WindowNode *w, const WindowFunc *func, Oid function, Oid state,
                           Oid result, bool has_inputs)
{
    FuncExpr *node = node_new(FuncExpr);
    Param *param = node_new(Param);
    FmgrSite *site = mem_new(FmgrSite);
    FmgrCall *call;

    param->kind = PARAM_EXEC;
    param->id = -1;
    param->type = state;
    param->typmod = -1;
    node->function = function;
    node->type = result;
    node->collation = func->collation;
    node->input_collation = func->input_collation;
    node->args = list_of(param);
    list_foreach(Node *, arg, func->args) {
        if (has_inputs)
            node->args = list_add(node->args, arg);
    }
    call = mem_alloc(FMGR_CALL_SIZE((size_t)list_count(node->args)));
    fmgr_site_init(site, function, mem_current());
    site->expr = node;
    fmgr_call_init(call, site, (short)list_count(node->args), func->input_collation);
    call->context = &w->caller;
    return call;
}

/* The type of the state where the aggregate is one for any type: that of its argument. */
static Oid state_type(const WindowFunc *func, Oid declared)
{
    TypeInfo type;

    switch (declared) {
    case 2283: /* anyelement, anycompatible */
    case 5077:
        return node_expr_type(list_at(func->args, 0));
    case 2277: /* anyarray, anycompatiblearray */
    case 5078:
        catalog_info()->type(node_expr_type(list_at(func->args, 0)), &type);
        return type.is_true_array ? node_expr_type(list_at(func->args, 0)) : func->type;
    default:
        return declared;
    }
}

static Datum initial_value(const char *text, Oid type, bool *is_null)
{
    FmgrSite *site = mem_new(FmgrSite);
    TypeInfo info;
    Datum value;
    FMGR_CALL_LOCAL(call, 3);

    *is_null = true;
    if (text == NULL)
        return 0;
    catalog_info()->type(type, &info);
    fmgr_site_init(site, info.input, mem_current());
    fmgr_call_init(call, site, 3, 0);
    call->args[0] = (NullableDatum){.value = datum_of_pointer(text)};
    call->args[1] = (NullableDatum){.value = datum_of_u32(info.io_param)};
    call->args[2] = (NullableDatum){.value = datum_of_i32(-1)};
    value = fmgr_invoke(call);
    *is_null = call->is_null;
    return value;
}

static WindowState *make_aggregate(WindowNode *w, const WindowFunc *func)
{
    WindowState *s = mem_new(WindowState);
    AggregateInfo info;
    TypeInfo type;
    Oid state;

    catalog_info()->aggregate(func->function, &info);
    state = state_type(func, info.transition_type);
    catalog_info()->type(state, &type);
    s->transition = (ExprTransition){
        .call = make_call(w, func, info.transition, state, state, true),
        .input_count = (unsigned)list_count(func->args),
        .by_value = type.by_value,
        .len = type.len,
    };
    s->transition.is_strict = s->transition.call->site->strict;
    s->initial = initial_value(info.initial, state, &s->initial_null);
    if (info.final != 0)
        s->final = make_call(w, func, info.final, state, func->type, info.final_has_extra);
    return s;
}

static WindowFunction find_function(Oid oid)
{
    for (size_t i = 0; i < ARRAY_LEN(functions); i++) {
        if (functions[i].oid == oid)
            return functions[i].function;
    }
    return NULL;
}

void window_make_calls(WindowNode *w)
{
    ExprScope scope = exec_scope(&w->n);

    scope.outer_desc = exec_desc_of(w->n.left);
    array_foreach(WindowCall, call, &w->calls) {
        const WindowFunc *func = call->func;
        TypeInfo type;

        catalog_info()->type(func->type, &type);
        call->by_value = type.by_value;
        call->len = type.len;
        call->args = mem_new_array(Expr *, (size_t)list_count(func->args) + 1);
        list_foreach(const Node *, arg, func->args)
            call->args[call->arg_count++] = expr_compile(arg, &scope);
        if (func->filter != NULL)
            call->filter = expr_compile(func->filter, &scope);
        call->function = find_function(func->function);
        if (call->function == NULL && !func->is_aggregate)
            exec_raise_not_written("window functions of one's own");
        if (call->function == NULL)
            call->aggregate = make_aggregate(w, func);
    }
    w->n.eval->aggs = mem_new_array(NullableDatum, w->calls.count + 1);
}

/* ---- Arguments ---- */

/* Of the row at that place, which must be there; in the memory of the current row. */
static Datum arg_at(WindowNode *w, const WindowCall *call, unsigned i, int64_t at, bool *is_null)
{
    w->args->outer = window_row(w, &w->other_reader, at);
    return expr_eval(call->args[i], w->args, is_null);
}

static Datum arg(WindowNode *w, const WindowCall *call, unsigned i, bool *is_null)
{
    return arg_at(w, call, i, w->current, is_null);
}

/* The reader of the row moves on: the value is to stay with the current row. */
static Datum keep(WindowNode *w, const WindowCall *call, Datum value, bool is_null)
{
    if (is_null || call->by_value)
        return value;
    MEM_SCOPE(w->args->row_mem) {
        value = datum_copy(value, false, call->len);
    }
    return value;
}

/* ---- Aggregates ---- */

static void begin_state(WindowNode *w, WindowState *s, int64_t start)
{
    if (s->mem == NULL)
        s->mem = mem_context_new(w->n.exec->run_mem, "state of a window");
    else
        mem_reset(s->mem);
    s->state = (ExprTransState){
        .value = s->initial, .is_null = s->initial_null, .has_none = s->initial_null};
    if (!s->initial_null && !s->transition.by_value) {
        MEM_SCOPE(s->mem) {
            s->state.value = datum_copy(s->initial, false, s->transition.len);
        }
    }
    s->start = s->at = start;
}

static void add_row(WindowNode *w, const WindowCall *call, int64_t at)
{
    WindowState *s = call->aggregate;
    bool is_null;

    w->args->outer = window_row(w, &w->frame_reader, at);
    if (call->filter != NULL && !expr_check(call->filter, w->args))
        return;
    for (unsigned i = 0; i < call->arg_count; i++) {
        Datum value = expr_eval(call->args[i], w->args, &is_null);

        s->transition.call->args[i + 1] = (NullableDatum){.value = value, .is_null = is_null};
    }
    MEM_SCOPE(w->args->row_mem) {
        expr_transition(&s->transition, &s->state, w->args, s->mem);
    }
}

static Datum aggregate(WindowNode *w, WindowCall *call, bool *is_null)
{
    WindowState *s = call->aggregate;
    int64_t start = window_frame_start(w), end = window_frame_end(w);
    Datum value;

    if (s->start != start || s->at > end || (w->plan->frame & EXCLUDES) != 0 || s->mem == NULL)
        begin_state(w, s, start);
    for (; s->at < end; s->at++) {
        check_interrupts();
        if (!window_is_excluded(w, s->at))
            add_row(w, call, s->at);
    }
    *is_null = s->state.is_null;
    if (s->final == NULL)
        return keep(w, call, s->state.value, s->state.is_null);
    *is_null = true;
    if (s->final->site->strict && (s->state.is_null || s->final->nargs > 1))
        return 0;
    w->caller.mem = s->mem;
    s->final->args[0] = (NullableDatum){.value = s->state.value, .is_null = s->state.is_null};
    for (short i = 1; i < s->final->nargs; i++)
        s->final->args[i] = (NullableDatum){.is_null = true};
    value = 0;
    MEM_SCOPE(w->args->row_mem) {
        value = fmgr_invoke(s->final);
    }
    *is_null = s->final->is_null;
    return keep(w, call, value, *is_null);
}

void window_begin_partition(WindowNode *w)
{
    array_foreach(WindowCall, call, &w->calls) {
        if (call->aggregate != NULL)
            call->aggregate->start = -1;
    }
}

void window_evaluate(WindowNode *w)
{
    for (size_t i = 0; i < w->calls.count; i++) {
        WindowCall *call = array_at(&w->calls, i);
        NullableDatum *out = &w->n.eval->aggs[i];

        out->is_null = false;
        out->value = call->function != NULL ? call->function(w, call, &out->is_null)
                                            : aggregate(w, call, &out->is_null);
    }
}

/* ---- Rows and peers ---- */

static Datum window_row_number(WindowNode *w, WindowCall *call UNUSED, bool *is_null UNUSED)
{
    return datum_of_i64(w->current + 1);
}

static Datum window_rank(WindowNode *w, WindowCall *call UNUSED, bool *is_null UNUSED)
{
    return datum_of_i64(w->group_start + 1);
}

static Datum window_dense_rank(WindowNode *w, WindowCall *call UNUSED, bool *is_null UNUSED)
{
    return datum_of_i64(w->group_number + 1);
}

static Datum window_percent_rank(WindowNode *w, WindowCall *call UNUSED, bool *is_null UNUSED)
{
    int64_t count = window_row_count(w);

    return datum_of_f8(count <= 1 ? 0 : (double)w->group_start / (double)(count - 1));
}

static Datum window_cume_dist(WindowNode *w, WindowCall *call UNUSED, bool *is_null UNUSED)
{
    return datum_of_f8((double)window_group_end(w) / (double)window_row_count(w));
}

/* The first count % buckets of them have one row more than the others. */
static Datum window_ntile(WindowNode *w, WindowCall *call, bool *is_null)
{
    int64_t count = window_row_count(w);
    int32_t buckets = datum_i32(arg(w, call, 0, is_null));
    int64_t size, longer;

    if (*is_null)
        return 0;
    if (buckets <= 0)
        err_raise(SQLSTATE_INVALID_ARGUMENT_FOR_NTILE_FUNCTION,
                  .message = "argument of ntile must be greater than zero");
    size = count / buckets;
    longer = count % buckets;
    if (w->current < longer * (size + 1))
        return datum_of_i32((int32_t)(w->current / (size + 1)) + 1);
    return datum_of_i32((int32_t)((w->current - longer) / size) + 1);
}

static Datum at_distance(WindowNode *w, WindowCall *call, bool *is_null, int64_t sign)
{
    int64_t offset = 1;
    Datum value;

    if (call->arg_count > 1) {
        offset = datum_i32(arg(w, call, 1, is_null));
        if (*is_null)
            return 0;
    }
    offset = w->current + sign * offset;
    if (window_has_row(w, offset))
        value = arg_at(w, call, 0, offset, is_null);
    else if (call->arg_count > 2)
        value = arg(w, call, 2, is_null);
    else
        return (void)(*is_null = true), 0;
    return keep(w, call, value, *is_null);
}

static Datum window_lag(WindowNode *w, WindowCall *call, bool *is_null)
{
    return at_distance(w, call, is_null, -1);
}

static Datum window_lead(WindowNode *w, WindowCall *call, bool *is_null)
{
    return at_distance(w, call, is_null, 1);
}

/* ---- Of the frame ---- */

/* The n-th row of the frame, from 1; -1: it has not as many. */
static int64_t nth_of_frame(WindowNode *w, int64_t n)
{
    int64_t end = window_frame_end(w), at = window_frame_start(w);

    if ((w->plan->frame & EXCLUDES) == 0)
        return n <= end - at ? at + n - 1 : -1;
    for (; at < end; at++) {
        if (!window_is_excluded(w, at) && --n == 0)
            return at;
    }
    return -1;
}

static int64_t last_of_frame(WindowNode *w)
{
    int64_t start = window_frame_start(w), at = window_frame_end(w) - 1;

    while (at >= start && window_is_excluded(w, at))
        at--;
    return at >= start ? at : -1;
}

static Datum value_at(WindowNode *w, WindowCall *call, int64_t at, bool *is_null)
{
    Datum value;

    *is_null = true;
    if (at < 0)
        return 0;
    value = arg_at(w, call, 0, at, is_null);
    return keep(w, call, value, *is_null);
}

static Datum window_first_value(WindowNode *w, WindowCall *call, bool *is_null)
{
    return value_at(w, call, nth_of_frame(w, 1), is_null);
}

static Datum window_last_value(WindowNode *w, WindowCall *call, bool *is_null)
{
    return value_at(w, call, last_of_frame(w), is_null);
}

static Datum window_nth_value(WindowNode *w, WindowCall *call, bool *is_null)
{
    int32_t n = datum_i32(arg(w, call, 1, is_null));

    if (*is_null)
        return 0;
    if (n <= 0)
        err_raise(SQLSTATE_INVALID_ARGUMENT_FOR_NTH_VALUE_FUNCTION,
                  .message = "argument of nth_value must be greater than zero");
    return value_at(w, call, nth_of_frame(w, n), is_null);
}
