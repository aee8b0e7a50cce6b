/*
 * agg_call.c - aggregates: their transition and final functions, states, ordered inputs
 *
 * Aggregates that differ in their final function alone share a state. Of an ordered-set aggregate
 * the state are its inputs in their order, which are sorted here; what the transition function in
 * pg_aggregate does for PostgreSQL is not called for.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/executor/agg_int.h"
#include "server/expr/catalog_info.h"
#include "server/fmgr/datum_image.h"
#include "server/node/expr.h"

#define FN_ORDERED_SET       3970 /* ordered_set_transition, of one input that is not NULL */
#define FN_ORDERED_SET_MULTI 3971

static void give_input(ExprTransition *t, EvalContext *c, unsigned set);

unsigned agg_add_call(void *node, const Aggref *ref)
{
    AggNode *a = node;
    unsigned number = (unsigned)ref->number;
    AggCall *call;

    while (a->calls.count <= number)
        array_push(&a->calls);
    call = array_at(&a->calls, number);
    call->ref = ref;
    call->transition = (unsigned)ref->transition_number;
    if (call->transition >= a->transition_count)
        a->transition_count = call->transition + 1;
    return number;
}

/* ---- Functions ---- */

static unsigned input_count(const Aggref *ref)
{
    unsigned count = 0;

    list_foreach(const TargetEntry *, target, ref->args)
        count += !target->is_junk;
    return count;
}

/*
 * The call as a node, by which functions of any type know theirs: the state, direct arguments (of a
 * final function), inputs.
 */
static FuncExpr *call_node(const Aggref *ref, Oid function, Oid state, Oid result,
                           const List *direct, bool has_inputs)
{
    FuncExpr *call = node_new(FuncExpr);
    Param *param = node_new(Param);

    param->kind = PARAM_EXEC;
    param->id = -1;
    param->type = state;
    param->typmod = -1;
    call->function = function;
    call->type = result;
    call->is_variadic = ref->is_variadic;
    call->collation = ref->collation;
    call->input_collation = ref->input_collation;
    call->args = list_concat(list_of(param), direct);
    list_foreach(const TargetEntry *, target, ref->args) {
        if (has_inputs && !target->is_junk)
            call->args = list_add(call->args, target->expr);
    }
    return call;
}

static FmgrCall *make_call(AggNode *a, const FuncExpr *node)
{
    FmgrSite *site = mem_new(FmgrSite);
    short count = (short)list_count(node->args);
    FmgrCall *call = mem_alloc(FMGR_CALL_SIZE((size_t)count));

    fmgr_site_init(site, node->function, mem_current());
    site->expr = node;
    fmgr_call_init(call, site, count, node->input_collation);
    call->context = &a->caller;
    return call;
}

static void make_start(AggStart *start, const char *text, Oid type)
{
    TypeInfo info;
    FmgrSite *site;
    FMGR_CALL_LOCAL(call, 3);

    start->is_null = true;
    if (text == NULL)
        return;
    catalog_info()->type(type, &info);
    site = mem_new(FmgrSite);
    fmgr_site_init(site, info.input, mem_current());
    fmgr_call_init(call, site, 3, 0);
    call->args[0] = (NullableDatum){.value = datum_of_pointer(text)};
    call->args[1] = (NullableDatum){.value = datum_of_u32(info.io_param)};
    call->args[2] = (NullableDatum){.value = datum_of_i32(-1)};
    start->value = fmgr_invoke(call);
    start->is_null = call->is_null;
}

/* ---- DISTINCT and ORDER BY ---- */

static const TargetEntry *find_target(const Aggref *ref, const SortGroupClause *clause)
{
    list_foreach(const TargetEntry *, target, ref->args) {
        if (target->sort_group_ref == clause->ref)
            return target;
    }
    err_raise(SQLSTATE_INTERNAL_ERROR, .message = "an aggregate has no input to be ordered by");
}

static List *distinct_keys(const Aggref *ref)
{
    List *keys = NULL;

    list_foreach(const SortGroupClause *, clause, ref->distinct) {
        GroupKey *key = node_new(GroupKey);
        const TargetEntry *target = find_target(ref, clause);

        key->column = target->number;
        key->equal = catalog_info()->operator_function(clause->equal_operator);
        key->collation = node_expr_collation(target->expr);
        keys = list_add(keys, key);
    }
    return keys;
}

static AggOrder *make_order(AggNode *a, const Aggref *ref, const AggregateInfo *info)
{
    const List *by = ref->distinct != NULL ? ref->distinct : ref->order_by;
    AggOrder *o = mem_new(AggOrder);

    o->desc = expr_tuple_desc(ref->args, false);
    o->keys = mem_new_array(RowSortKey, (size_t)list_count(by) + 1);
    list_foreach(const SortGroupClause *, clause, by) {
        const TargetEntry *target = find_target(ref, clause);
        RowSortKey *key = &o->keys[o->key_count++];

        key->column = (unsigned)target->number;
        if (!catalog_info()->order(clause->sort_operator, &key->compare, &key->is_descending))
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = err_fmt("operator %u is not a valid ordering operator",
                                         clause->sort_operator));
        key->collation = node_expr_collation(target->expr);
        key->nulls_first = clause->is_nulls_first;
    }
    if (ref->distinct != NULL)
        o->distinct = row_equal_new(distinct_keys(ref), o->desc);
    o->is_set = info->transition == FN_ORDERED_SET || info->transition == FN_ORDERED_SET_MULTI;
    o->skips_nulls = info->transition == FN_ORDERED_SET;
    o->row = slot_new(o->desc);
    o->last = slot_new(o->desc);
    o->sorts = mem_new_array(RowSort *, a->set_count + 1);
    return o;
}

/* ---- Transitions ---- */

static List *input_exprs(const Aggref *ref)
{
    List *exprs = NULL;

    list_foreach(const TargetEntry *, target, ref->args)
        exprs = list_add(exprs, target->expr);
    return exprs;
}

static void check_kind(const Aggref *ref)
{
    catalog_require_execute(ref->function);
    if (ref->split != 0)
        exec_raise_not_written("partial aggregates");
}

static void make_transition(AggNode *a, const Aggref *ref, unsigned number,
                            const AggregateInfo *info)
{
    ExprTransition *t = &a->transitions[number];
    AggStart *start = &a->starts[number];
    Oid type = ref->transition_type != 0 ? ref->transition_type : info->transition_type;
    TypeInfo state;

    catalog_info()->type(type, &state);
    *t = (ExprTransition){
        .call = make_call(a, call_node(ref, info->transition, type, type, NULL, true)),
        .args = input_exprs(ref),
        .filter = ref->filter,
        .input_count = input_count(ref),
        .number = number,
        .by_value = state.by_value,
        .len = state.len,
    };
    make_start(start, info->initial, type);
    if (ref->distinct == NULL && ref->order_by == NULL)
        return;
    if (info->kind != 'n' && info->transition != FN_ORDERED_SET &&
        info->transition != FN_ORDERED_SET_MULTI)
        return; /* Its own transition function sorts. */
    start->order = make_order(a, ref, info);
    t->take = give_input;
    t->inputs = mem_new_array(NullableDatum, (size_t)list_count(ref->args) + 1);
}

static void make_final(AggNode *a, AggCall *call, const AggregateInfo *info)
{
    const Aggref *ref = call->ref;
    Oid state = ref->transition_type != 0 ? ref->transition_type : info->transition_type;
    ExprScope scope = exec_scope(&a->n);

    call->final = make_call(
        a, call_node(ref, info->final, state, ref->type, ref->direct_args, info->final_has_extra));
    if (ref->direct_args == NULL)
        return;
    scope.outer_desc = exec_desc_of(a->n.left);
    call->direct_count = (unsigned)list_count(ref->direct_args);
    call->direct_values = mem_new_array(NullableDatum, call->direct_count);
    call->direct = expr_compile_values(ref->direct_args, call->direct_values, &scope);
}

void agg_make_transitions(AggNode *a)
{
    a->transitions = mem_new_array(ExprTransition, a->transition_count + 1);
    a->starts = mem_new_array(AggStart, a->transition_count + 1);
    array_foreach(AggCall, call, &a->calls) {
        const Aggref *ref = call->ref;
        AggregateInfo info;

        if (ref == NULL)
            continue;
        catalog_info()->aggregate(ref->function, &info);
        check_kind(ref);
        if (a->transitions[call->transition].call == NULL)
            make_transition(a, ref, call->transition, &info);
        if (info.final != 0)
            make_final(a, call, &info);
    }
    a->n.eval->aggs = mem_new_array(NullableDatum, a->calls.count + 1);
}

/* ---- States ---- */

void agg_begin_states(const AggNode *a, ExprTransState *states, MemContext *mem)
{
    for (unsigned i = 0; i < a->transition_count; i++) {
        const AggStart *start = &a->starts[i];
        Datum value = start->value;

        if (!start->is_null && !a->transitions[i].by_value) {
            MemContext *before = mem_switch(mem);

            value = datum_copy(value, false, a->transitions[i].len);
            mem_switch(before);
        }
        states[i] =
            (ExprTransState){.value = value, .is_null = start->is_null, .has_none = start->is_null};
    }
}

static AggNode *node_of(const EvalContext *c)
{
    return (AggNode *)((uint8_t *)(uintptr_t)c->aggregate - offsetof(AggNode, caller));
}

static void give_input(ExprTransition *t, EvalContext *c, unsigned set)
{
    AggNode *a = node_of(c);
    AggOrder *o = a->starts[t->number].order;

    if (c->groups[set] == NULL || (o->skips_nulls && t->inputs[0].is_null))
        return;
    if (o->sorts[set] == NULL) {
        MEM_SCOPE(a->n.exec->run_mem) {
            o->sorts[set] = row_sort_new(&(RowSortSpec){.desc = o->desc,
                                                        .keys = o->keys,
                                                        .key_count = o->key_count,
                                                        .memory_max = exec_work_mem(),
                                                        .is_read_at_will = o->is_set});
        }
    }
    slot_clear(o->row);
    for (unsigned i = 0; i < o->desc->count; i++) {
        o->row->values[i] = t->inputs[i].value;
        o->row->nulls[i] = t->inputs[i].is_null;
    }
    row_sort_put_values(o->sorts[set], o->row->values, o->row->nulls);
}

static bool is_repeated(AggNode *a, AggOrder *o)
{
    bool is_same = false;

    if (o->distinct == NULL || o->last->is_empty)
        return false;
    MEM_SCOPE(a->input->row_mem) {
        is_same = row_equal_test(o->distinct, o->last, o->row);
    }
    return is_same;
}

/* The group is over: its inputs go to the state in their order. */
static void feed(AggNode *a, unsigned number, ExprTransState *state, unsigned set, MemContext *mem)
{
    ExprTransition *t = &a->transitions[number];
    AggOrder *o = a->starts[number].order;
    RowSort *sort = o->sorts[set];
    const MinimalTuple *tuple;

    if (sort == NULL)
        return;
    row_sort_run(sort);
    slot_clear(o->last);
    while ((tuple = row_sort_next(sort, false)) != NULL) {
        eval_reset(a->input);
        slot_set_minimal(o->row, tuple);
        slot_need_all(o->row);
        if (is_repeated(a, o))
            continue;
        for (unsigned i = 0; i < t->input_count; i++) {
            t->call->args[i + 1].value = o->row->values[i];
            t->call->args[i + 1].is_null = o->row->nulls[i];
        }
        MEM_SCOPE(a->input->row_mem) {
            expr_transition(t, state, a->input, mem);
        }
        if (o->distinct != NULL)
            slot_copy(o->last, o->row);
    }
    slot_clear(o->row);
    slot_clear(o->last);
    row_sort_free(sort);
    o->sorts[set] = NULL;
}

/* The group is over: its inputs are the state of an ordered-set aggregate. */
static void make_ordered_set(AggOrder *o, ExprTransState *state, unsigned set)
{
    RowSort *sort = o->sorts[set];

    if (sort != NULL)
        row_sort_run(sort);
    o->set = (OrderedSet){
        .sort = sort, .count = sort == NULL ? 0 : row_sort_count(sort), .desc = o->desc};
    state->value = datum_of_pointer(&o->set);
    state->is_null = false;
}

static void forget_ordered_set(AggOrder *o, unsigned set)
{
    if (o->sorts[set] != NULL)
        row_sort_free(o->sorts[set]);
    o->sorts[set] = NULL;
}

void agg_forget_inputs(AggNode *a)
{
    for (unsigned i = 0; i < a->transition_count; i++) {
        AggOrder *o = a->starts[i].order;

        for (unsigned set = 0; o != NULL && set < a->set_count; set++) {
            if (o->sorts[set] != NULL)
                row_sort_free(o->sorts[set]);
            o->sorts[set] = NULL;
        }
    }
}

static void take_direct(AggNode *a, const AggCall *call)
{
    bool is_null;

    if (call->direct == NULL)
        return;
    expr_eval(call->direct, a->n.eval, &is_null);
    for (unsigned i = 0; i < call->direct_count; i++)
        call->final->args[i + 1] = call->direct_values[i];
}

static NullableDatum result_of(AggNode *a, const AggCall *call, const ExprTransState *state)
{
    FmgrCall *final = call->final;
    NullableDatum result = {.value = state->value, .is_null = state->is_null};

    if (final == NULL)
        return result;
    if (final->site->strict && state->is_null)
        return (NullableDatum){.is_null = true};
    final->args[0] = result;
    for (short i = 1; i < final->nargs; i++)
        final->args[i] = (NullableDatum){.is_null = true};
    take_direct(a, call);
    for (short i = 1; i < final->nargs; i++) {
        if (final->site->strict && final->args[i].is_null)
            return (NullableDatum){.is_null = true};
    }
    MEM_SCOPE(a->n.eval->row_mem) {
        result.value = fmgr_invoke(final);
    }
    result.is_null = final->is_null;
    return result;
}

void agg_finish_states(AggNode *a, ExprTransState *states, unsigned set, MemContext *mem)
{
    for (unsigned i = 0; i < a->transition_count; i++) {
        AggOrder *order = a->starts[i].order;

        if (order != NULL && order->is_set)
            make_ordered_set(order, &states[i], set);
        else if (order != NULL)
            feed(a, i, &states[i], set, mem);
    }
    a->caller.mem = mem;
    for (size_t i = 0; i < a->calls.count; i++) {
        const AggCall *call = array_at(&a->calls, i);

        if (call->ref != NULL)
            a->n.eval->aggs[i] = result_of(a, call, &states[call->transition]);
    }
    for (unsigned i = 0; i < a->transition_count; i++) {
        AggOrder *order = a->starts[i].order;

        if (order != NULL && order->is_set)
            forget_ordered_set(order, set);
    }
}
