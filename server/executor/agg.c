/*
 * agg.c - rows become groups, and groups rows: GROUP BY, aggregates, grouping sets
 *
 * Sets of keys are told in orders of the input (phases) or by hash. In one order several sets can
 * be told, each having the first keys of the one before: when a row differs from the group in some
 * keys, the groups of all sets with such a key are over. The first phase reads the input as it
 * comes, and fills the hash tables on the way; each later one reads its rows sorted anew.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/executor/agg_int.h"
#include "server/executor/row_order.h"

static void make_sets(AggNode *a, const Agg *plan);
static void find_columns(AggNode *a);

/* ---- Making ---- */

static void init(ExecNode *n, unsigned flags)
{
    AggNode *a = (AggNode *)n;
    const Agg *plan = (const Agg *)(const void *)n->plan;
    ExprScope scope = exec_scope(n);
    const TupleDesc *desc;

    n->left = exec_make(n->exec, n->plan->left, flags & (EXEC_FLAGS_DOWN | EXEC_REWIND));
    desc = exec_desc_of(n->left);
    exec_eval(n);
    a->input = exec_new_eval(n->exec);
    a->caller.kind = FMGR_CALLER_AGGREGATE;
    a->input->aggregate = n->eval->aggregate = &a->caller;
    array_init(&a->calls, sizeof(AggCall));
    scope.outer_desc = desc;
    scope.aggregate = agg_add_call;
    n->desc = expr_tuple_desc(n->plan->targets, false);
    n->projection = expr_compile_projection(n->plan->targets, slot_new(n->desc), &scope);
    n->qual = expr_compile_qual(n->plan->quals, &scope);
    make_sets(a, plan);
    agg_make_transitions(a);
    find_columns(a);
    a->waiting = slot_new(desc);
    a->group_row = slot_new(desc);
    a->sorted_row = slot_new(desc);
    a->shown = slot_new(desc);
    a->spilled_row = slot_new(desc);
    slot_set_nulls(a->spilled_row);
    a->nothing = slot_new(desc);
    slot_set_nulls(a->nothing);
    scope.aggregate = NULL;
    for (unsigned p = 0; p < a->phase_count; p++) {
        unsigned count = a->phases[p].count + (p == 0 ? a->set_count - a->sorted_count : 0);

        a->phases[p].transitions =
            expr_compile_transitions(a->transitions, a->transition_count, count, &scope);
    }
    for (unsigned s = a->sorted_count; s < a->set_count; s++)
        a->sets[s].hash = row_hash_new(a->sets[s].keys, desc,
                                       a->transition_count * sizeof(ExprTransState) +
                                           (a->carries_row ? sizeof(MinimalTuple *) : 0));
    a->input->groups = mem_new_array(ExprTransState *, a->set_count + 1);
    a->input->group_mems = mem_new_array(MemContext *, a->set_count + 1);
}

static bool has_place(const List *places, int place)
{
    for (int i = 0; i < list_count(places); i++) {
        if (list_int_at(places, i) == place)
            return true;
    }
    return false;
}

/* places: of its keys; NULL: it has none, which is_all overrules. */
static void make_set(AggNode *a, AggSet *set, const Agg *plan, const List *places, bool is_all)
{
    for (int i = 0; i < list_count(plan->keys); i++) {
        GroupKey *key = list_at(plan->keys, i);

        a->all_keys = bitset_add(a->all_keys, key->column);
        if (!is_all && !has_place(places, i))
            continue;
        set->keys = list_add(set->keys, key);
        set->grouped = bitset_add(set->grouped, key->column);
    }
    set->key_count = (unsigned)list_count(set->keys);
}

static unsigned sets_of(const Agg *plan)
{
    return plan->sets == NULL ? 1 : (unsigned)list_count(plan->sets);
}

/* Of those that are left; -1: there is none. */
static int longest_set(const List *sets, const bool *done)
{
    int longest = -1;

    for (int i = 0; i < list_count(sets); i++) {
        if (!done[i] &&
            (longest < 0 || list_count(list_at(sets, i)) > list_count(list_at(sets, longest))))
            longest = i;
    }
    return longest;
}

/* A plan's sets from place `at` on, the longest first. */
static void add_sets(AggNode *a, const Agg *plan, unsigned at)
{
    bool *done = mem_new_array(bool, sets_of(plan));

    if (plan->sets == NULL)
        make_set(a, &a->sets[at], plan, NULL, true);
    for (int n = 0; n < list_count(plan->sets); n++) {
        int longest = longest_set(plan->sets, done);

        done[longest] = true;
        make_set(a, &a->sets[at++], plan, list_at(plan->sets, longest), false);
    }
}

static void add_phase(AggNode *a, const Agg *plan, unsigned at, const List *sort_keys)
{
    a->phases[a->phase_count++] =
        (AggPhase){.first = at, .count = sets_of(plan), .sort_keys = sort_keys};
    add_sets(a, plan, at);
}

static bool is_hashed(const Agg *plan)
{
    return plan->strategy == AGG_HASHED || plan->strategy == AGG_MIXED;
}

static const List *sort_keys_of(const Agg *plan)
{
    if (!node_is(plan->left, Sort))
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "a further order of groups has no sort");
    return ((const Sort *)(const void *)plan->left)->keys;
}

static void make_sets(AggNode *a, const Agg *plan)
{
    unsigned at = 0;

    a->set_count = sets_of(plan);
    a->sorted_count = is_hashed(plan) ? 0 : sets_of(plan);
    list_foreach(const Agg *, chained, plan->chain) {
        a->set_count += sets_of(chained);
        a->sorted_count += is_hashed(chained) ? 0 : sets_of(chained);
    }
    a->sets = mem_new_array(AggSet, a->set_count + 1);
    a->phases = mem_new_array(AggPhase, (size_t)list_count(plan->chain) + 2);
    if (a->sorted_count == 0) {
        /* The first phase has no sets of its own: it only fills tables. */
        a->phases[a->phase_count++] = (AggPhase){.count = 0};
    } else if (!is_hashed(plan)) {
        add_phase(a, plan, at, NULL);
        at += sets_of(plan);
    }
    list_foreach(const Agg *, chained, plan->chain) {
        if (is_hashed(chained))
            continue;
        add_phase(a, chained, at, a->phase_count == 0 ? NULL : sort_keys_of(chained));
        at += sets_of(chained);
    }
    if (is_hashed(plan)) {
        add_sets(a, plan, at);
        at += sets_of(plan);
    }
    list_foreach(const Agg *, chained, plan->chain) {
        if (!is_hashed(chained))
            continue;
        add_sets(a, chained, at);
        at += sets_of(chained);
    }
    for (unsigned s = 0; s < a->sorted_count; s++) {
        if (a->sets[s].key_count > 0)
            a->sets[s].equal = row_equal_new(a->sets[s].keys, exec_desc_of(a->n.left));
    }
}

/* Columns that results need beside what the keys are. */
static bool needs_more(Node *node, void *arg)
{
    const AggNode *a = arg;

    if (node_is(node, Aggref))
        return false;
    if (node_is(node, Var)) {
        const Var *var = (const Var *)(const void *)node;

        return var->attno <= 0 || !bitset_has(a->all_keys, var->attno);
    }
    return node_walk(node, needs_more, arg);
}

static bool note_used(Node *node, void *arg)
{
    AggNode *a = arg;

    if (node_is(node, Var)) {
        const Var *var = (const Var *)(const void *)node;

        if (var->rt_index == VAR_OUTER)
            a->used = bitset_add(a->used, var->attno);
        return false;
    }
    return node_walk(node, note_used, arg);
}

static void find_used(AggNode *a)
{
    const Plan *plan = a->n.plan;
    const TupleDesc *desc = exec_desc_of(a->n.left);
    unsigned count = 0, highest = 0;
    TupleDesc *kept;

    for (int c = bitset_next(a->all_keys, -1); c >= 0; c = bitset_next(a->all_keys, c))
        a->used = bitset_add(a->used, c);
    if (plan->targets != NULL)
        note_used((Node *)(void *)plan->targets, a);
    if (plan->quals != NULL)
        note_used((Node *)(void *)plan->quals, a);
    for (int c = bitset_next(a->used, -1); c >= 0; c = bitset_next(a->used, c)) {
        highest = (unsigned)c;
        count++;
    }
    if (count == desc->count)
        return;
    /* Columns behind the last one that is used are left out, which reads as NULLs. */
    kept = tuple_desc_new(highest);
    memcpy(kept->columns, desc->columns, highest * sizeof(Column));
    tuple_desc_finish(kept);
    a->narrow = slot_new(kept);
    slot_set_nulls(a->narrow);
    kept = tuple_desc_new(count);
    count = 0;
    for (int c = bitset_next(a->used, -1); c >= 0; c = bitset_next(a->used, c)) {
        kept->columns[count] = desc->columns[c - 1];
        kept->columns[count].number = (int16_t)(count + 1);
        count++;
    }
    tuple_desc_finish(kept);
    a->packed = slot_new(kept);
}

Slot *agg_narrow(AggNode *a, Slot *row)
{
    if (a->narrow == NULL)
        return row;
    for (int c = bitset_next(a->used, -1); c >= 0; c = bitset_next(a->used, c))
        a->narrow->values[c - 1] = slot_get(row, c, &a->narrow->nulls[c - 1]);
    return a->narrow;
}

Slot *agg_pack(AggNode *a, Slot *row)
{
    Slot *packed = a->packed;
    unsigned place = 0;

    if (packed == NULL)
        return row;
    slot_clear(packed);
    for (int c = bitset_next(a->used, -1); c >= 0; c = bitset_next(a->used, c), place++)
        packed->values[place] = slot_get(row, c, &packed->nulls[place]);
    slot_set_virtual(packed);
    return packed;
}

Slot *agg_unpack(AggNode *a, const MinimalTuple *tuple)
{
    Slot *packed = a->packed, *row = a->spilled_row;
    unsigned place = 0;

    if (packed == NULL) {
        slot_set_minimal(row, tuple);
        return row;
    }
    slot_set_minimal(packed, tuple);
    slot_need_all(packed);
    slot_clear(row);
    for (int c = bitset_next(a->used, -1); c >= 0; c = bitset_next(a->used, c), place++) {
        row->values[c - 1] = packed->values[place];
        row->nulls[c - 1] = packed->nulls[place];
    }
    slot_set_virtual(row);
    return row;
}

static void find_columns(AggNode *a)
{
    const Plan *plan = a->n.plan;

    find_used(a);

    a->carries_row = (plan->targets != NULL && needs_more((Node *)(void *)plan->targets, a)) ||
                     (plan->quals != NULL && needs_more((Node *)(void *)plan->quals, a));
    for (unsigned s = 0; s < a->sorted_count; s++)
        a->sets[s].states = mem_new_array(ExprTransState, a->transition_count + 1);
}

/* ---- Results ---- */

/* The group's row, with columns that are keys of other sets only as NULL. */
static Slot *hide_columns(AggNode *a, const AggSet *set, Slot *row)
{
    bool is_hidden = false;

    for (int c = bitset_next(a->all_keys, -1); c >= 0; c = bitset_next(a->all_keys, c))
        is_hidden = is_hidden || !bitset_has(set->grouped, c);
    if (!is_hidden)
        return row;
    if (row != a->shown) {
        slot_need_all(row);
        slot_clear(a->shown);
        for (unsigned i = 0; i < row->desc->count; i++) {
            a->shown->values[i] = row->values[i];
            a->shown->nulls[i] = row->nulls[i];
        }
    }
    for (int c = bitset_next(a->all_keys, -1); c >= 0; c = bitset_next(a->all_keys, c)) {
        if (!bitset_has(set->grouped, c))
            a->shown->nulls[c - 1] = true;
    }
    slot_set_virtual(a->shown);
    return a->shown;
}

void agg_show(AggNode *a, const AggSet *set, Slot *row)
{
    a->n.eval->outer = a->set_count > 1 ? hide_columns(a, set, row) : row;
    a->n.eval->grouped = set->grouped;
}

/* ---- Sorted phases ---- */

static AggSet *set_of_phase(const AggNode *a, unsigned i)
{
    return &a->sets[a->phases[a->phase].first + i];
}

static Slot *next_input(AggNode *a)
{
    const MinimalTuple *tuple;
    Slot *row;

    if (a->phase > 0) {
        tuple = row_sort_next(a->sort, false);
        if (tuple == NULL)
            return NULL;
        slot_set_minimal(a->sorted_row, tuple);
        row = a->sorted_row;
    } else {
        row = exec_next(a->n.left);
    }
    if (row != NULL && a->next_sort != NULL) {
        Slot *kept = agg_narrow(a, row);
        size_t size = slot_minimal_size(kept);

        slot_minimal_fill(kept, row_sort_add(a->next_sort, size), size);
    }
    return row;
}

static void begin_phase(AggNode *a, unsigned phase)
{
    a->phase = phase;
    if (a->sort != NULL)
        row_sort_free(a->sort);
    a->sort = a->next_sort;
    a->next_sort = NULL;
    if (a->sort != NULL)
        row_sort_run(a->sort);
    if (phase + 1 < a->phase_count) {
        const List *keys = a->phases[phase + 1].sort_keys;

        MEM_SCOPE(a->n.exec->run_mem) {
            a->next_sort = row_sort_new(&(RowSortSpec){.desc = exec_desc_of(a->n.left),
                                                       .keys = row_order_sort_keys(keys),
                                                       .key_count = (unsigned)list_count(keys),
                                                       .memory_max = exec_work_mem()});
        }
    }
    a->input_is_over = a->has_waiting = a->has_group = false;
    a->emit = a->emit_end = 0;
    for (unsigned i = 0; i < a->phases[phase].count; i++)
        set_of_phase(a, i)->is_begun = false;
}

/* Sets whose groups have ended begin new ones. */
static void begin_groups(AggNode *a)
{
    for (unsigned i = 0; i < a->phases[a->phase].count; i++) {
        AggSet *set = set_of_phase(a, i);

        if (set->is_begun)
            continue;
        if (set->mem == NULL)
            set->mem = mem_context_new(a->n.exec->run_mem, "states of a group");
        else
            mem_reset(set->mem);
        agg_begin_states(a, set->states, set->mem);
        a->input->groups[i] = set->states;
        a->input->group_mems[i] = set->mem;
        set->is_begun = true;
    }
}

static void advance(AggNode *a, Slot *row)
{
    EvalContext *c = a->input;
    bool is_null;

    eval_reset(c);
    c->outer = row;
    if (a->phase == 0 && a->set_count > a->sorted_count)
        agg_hash_find(a, a->phases[0].count);
    expr_eval(a->phases[a->phase].transitions, c, &is_null);
}

/* How many sets, from the longest on, have groups that the row does not belong to? */
static unsigned ended_by(AggNode *a, Slot *row)
{
    unsigned count = 0;

    eval_reset(a->input);
    MEM_SCOPE(a->input->row_mem) {
        while (count < a->phases[a->phase].count) {
            const AggSet *set = set_of_phase(a, count);

            if (set->equal == NULL || row_equal_test(set->equal, a->group_row, row))
                break;
            count++;
        }
    }
    return count;
}

/* Read until some groups are over. */
static void read_group(AggNode *a)
{
    unsigned all = a->phases[a->phase].count;
    Slot *row, *first;

    if (!a->has_waiting) {
        row = next_input(a);
        if (row == NULL) {
            a->input_is_over = true;
            /* Of no rows at all there is a group for each set without keys. */
            while (a->emit < all && set_of_phase(a, a->emit)->key_count > 0)
                a->emit++;
            a->emit_end = all;
            begin_groups(a);
            return;
        }
        slot_copy(a->waiting, row);
    }
    begin_groups(a);
    first = a->waiting;
    a->waiting = a->group_row;
    a->group_row = first;
    a->has_group = true;
    a->has_waiting = false;
    advance(a, a->group_row);
    while ((row = next_input(a)) != NULL) {
        unsigned ended = ended_by(a, row);

        if (ended > 0) {
            slot_copy(a->waiting, row);
            a->has_waiting = true;
            a->emit = 0;
            a->emit_end = ended;
            return;
        }
        advance(a, row);
    }
    a->input_is_over = true;
    a->emit = 0;
    a->emit_end = all;
}

static Slot *emit_group(AggNode *a)
{
    unsigned i = a->emit++;
    AggSet *set = set_of_phase(a, i);

    eval_reset(a->n.eval);
    agg_show(a, set, a->has_group ? a->group_row : a->nothing);
    agg_finish_states(a, set->states, i, set->mem);
    set->is_begun = false;
    return exec_pass(&a->n, NULL);
}

static Slot *next_sorted(AggNode *a)
{
    for (;;) {
        Slot *out;

        if (a->emit < a->emit_end) {
            out = emit_group(a);
            if (out != NULL)
                return out;
            continue;
        }
        if (!a->input_is_over) {
            read_group(a);
            continue;
        }
        if (a->phase + 1 == a->phase_count)
            return NULL;
        begin_phase(a, a->phase + 1);
    }
}

/*
 * No set is told by order in the first phase: all of it goes to the tables, and to the next sort.
 */
static void fill_tables(AggNode *a)
{
    Slot *row;

    while ((row = next_input(a)) != NULL)
        advance(a, row);
    a->input_is_over = true;
}

static Slot *next(ExecNode *n)
{
    AggNode *a = (AggNode *)n;
    Slot *out;

    if (a->state == AGG_STATE_NOT_BEGUN) {
        if (a->set_count > a->sorted_count)
            agg_hash_begin(a);
        begin_phase(a, 0);
        a->state = AGG_STATE_SORTED;
        if (a->phases[0].count == 0)
            fill_tables(a);
    }
    if (a->state == AGG_STATE_SORTED) {
        out = next_sorted(a);
        if (out != NULL)
            return out;
        a->state = AGG_STATE_OVER;
        if (a->set_count > a->sorted_count) {
            a->state = AGG_STATE_TABLE;
            agg_hash_rewind(a);
        }
    }
    if (a->state == AGG_STATE_TABLE) {
        out = agg_hash_next(a);
        if (out != NULL)
            return out;
        a->state = AGG_STATE_OVER;
    }
    return NULL;
}

static void end(ExecNode *n)
{
    AggNode *a = (AggNode *)n;

    if (a->state == AGG_STATE_NOT_BEGUN)
        return;
    agg_forget_inputs(a);
    if (a->set_count > a->sorted_count)
        agg_hash_end(a);
    if (a->sort != NULL)
        row_sort_free(a->sort);
    if (a->next_sort != NULL)
        row_sort_free(a->next_sort);
    a->sort = a->next_sort = NULL;
    for (unsigned i = 0; i < a->sorted_count; i++) {
        if (a->sets[i].mem != NULL)
            mem_delete(a->sets[i].mem);
        a->sets[i].mem = NULL;
    }
    slot_clear(a->waiting);
    slot_clear(a->group_row);
    eval_reset(a->input);
    a->state = AGG_STATE_NOT_BEGUN;
}

/* Tables that are whole are read again. */
static void rewind_agg(ExecNode *n, const BitSet *changed)
{
    AggNode *a = (AggNode *)n;

    if (a->state >= AGG_STATE_TABLE && a->sorted_count == 0 && a->set_count == 1 &&
        !a->has_spilled && !exec_is_changed(n, changed)) {
        a->state = AGG_STATE_TABLE;
        agg_hash_rewind(a);
        return;
    }
    end(n);
    exec_rewind_node(n->left, changed);
}

static void count(const ExecNode *n, ExecCount *out)
{
    const AggNode *a = (const AggNode *)n;

    if (a->set_count == a->sorted_count)
        return;
    out->memory_bytes = (int64_t)a->memory_max;
    out->disk_bytes = (int64_t)a->disk_bytes;
    out->batches = a->batches;
}

const ExecOps agg_ops = {.size = sizeof(AggNode),
                         .init = init,
                         .next = next,
                         .rewind = rewind_agg,
                         .end = end,
                         .count = count};
