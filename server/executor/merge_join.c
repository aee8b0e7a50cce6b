/*
 * merge_join.c - two plans that are ordered by what they are joined by
 *
 * Inner rows with one key are a group. It is copied, so that each outer row with that key meets all
 * of it: the first row in a slot, and if there are more, all of them in a store. A row with a NULL
 * among its keys matches nothing.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/access/common/sort_support.h"
#include "server/access/common/tuple_store.h"
#include "server/executor/exec_int.h"

typedef struct MergeKey {
    Expr *left, *right;
    SortSupport order;
} MergeKey;

typedef enum MergePhase {
    MERGE_NOT_BEGUN,
    MERGE_STEP,      /* outer row and group are compared */
    MERGE_MATCHING,  /* the outer row meets the group */
    MERGE_UNMATCHED, /* rows of a group that is over and found none */
    MERGE_OVER,
} MergePhase;

typedef struct MergeJoinNode {
    ExecNode n;
    MergeKey *keys;
    unsigned key_count;
    Expr *join_qual;
    JoinKind kind;
    MergePhase phase;
    EvalContext *outer_eval, *ahead_eval, *group_eval; /* in whose memory keys lie */
    NullableDatum *outer_keys, *ahead_keys, *group_keys;
    Slot *outer;     /* NULL: there are no more */
    bool outer_null; /* with a NULL among its keys */
    bool is_matched; /* the outer row */
    Slot *ahead;     /* the inner row behind the group; NULL: none */
    bool ahead_null;

    /* The group */
    bool has_group, group_null;
    Slot *first, *row;
    TupleStore *store; /* NULL, or empty: the first row is all */
    bool is_in_store;
    bool *matched; /* by rows, of a right or full join */
    size_t matched_room, count, at;
    Slot *no_inner, *no_outer;
} MergeJoinNode;

static void init(ExecNode *n, unsigned flags)
{
    MergeJoinNode *m = (MergeJoinNode *)n;
    const MergeJoin *plan = (const MergeJoin *)(const void *)n->plan;
    ExprScope scope = exec_scope(n);
    size_t room = (size_t)list_count(plan->keys) + 1;

    n->left = exec_make(n->exec, n->plan->left, flags & (EXEC_FLAGS_DOWN | EXEC_REWIND));
    n->right = exec_make(n->exec, n->plan->right, flags & (EXEC_FLAGS_DOWN | EXEC_REWIND));
    scope.outer_desc = exec_desc_of(n->left);
    scope.inner_desc = exec_desc_of(n->right);
    exec_init_projection(n);
    n->qual = expr_compile_qual(n->plan->quals, &scope);
    m->join_qual = expr_compile_qual(plan->join_quals, &scope);
    m->kind = plan->kind;
    m->keys = mem_new_array(MergeKey, room);
    list_foreach(const JoinKey *, key, plan->keys) {
        MergeKey *k = &m->keys[m->key_count++];

        k->left = expr_compile(key->left, &scope);
        k->right = expr_compile(key->right, &scope);
        sort_support_init(&k->order, key->compare, key->collation);
        k->order.is_reverse = key->is_descending;
    }
    m->outer_keys = mem_new_array(NullableDatum, room);
    m->ahead_keys = mem_new_array(NullableDatum, room);
    m->group_keys = mem_new_array(NullableDatum, room);
    m->outer_eval = exec_new_eval(n->exec);
    m->ahead_eval = exec_new_eval(n->exec);
    m->group_eval = exec_new_eval(n->exec);
    m->first = slot_new(scope.inner_desc);
    m->row = slot_new(scope.inner_desc);
    m->no_inner = slot_new(scope.inner_desc);
    m->no_outer = slot_new(scope.outer_desc);
    slot_set_nulls(m->no_inner);
    slot_set_nulls(m->no_outer);
}

static bool keeps_outer(const MergeJoinNode *m)
{
    return m->kind == JOIN_LEFT || m->kind == JOIN_FULL || m->kind == JOIN_ANTI;
}

static bool keeps_inner(const MergeJoinNode *m)
{
    return m->kind == JOIN_RIGHT || m->kind == JOIN_FULL;
}

/* ---- Rows and their keys ---- */

/* True: one is NULL. */
static bool evaluate_keys(MergeJoinNode *m, EvalContext *c, NullableDatum *keys, bool is_outer)
{
    bool has_null = false;

    for (unsigned i = 0; i < m->key_count; i++) {
        keys[i].value =
            expr_eval(is_outer ? m->keys[i].left : m->keys[i].right, c, &keys[i].is_null);
        has_null = has_null || keys[i].is_null;
    }
    return has_null;
}

static void next_outer(MergeJoinNode *m)
{
    m->outer = exec_next(m->n.left);
    m->is_matched = false;
    if (m->outer == NULL)
        return;
    eval_reset(m->outer_eval);
    m->outer_eval->outer = m->outer;
    m->outer_null = evaluate_keys(m, m->outer_eval, m->outer_keys, true);
}

static void next_ahead(MergeJoinNode *m)
{
    m->ahead = exec_next(m->n.right);
    if (m->ahead == NULL)
        return;
    eval_reset(m->ahead_eval);
    m->ahead_eval->inner = m->ahead;
    m->ahead_null = evaluate_keys(m, m->ahead_eval, m->ahead_keys, false);
}

/* Neither has a NULL. */
static int compare_keys(MergeJoinNode *m, const NullableDatum *a, const NullableDatum *b)
{
    for (unsigned i = 0; i < m->key_count; i++) {
        int order = sort_apply(a[i].value, false, b[i].value, false, &m->keys[i].order);

        if (order != 0)
            return order;
    }
    return 0;
}

/* ---- Groups ---- */

static void note_row(MergeJoinNode *m)
{
    if (m->count == m->matched_room && keeps_inner(m)) {
        size_t room = m->matched_room == 0 ? 64 : 2 * m->matched_room;

        MEM_SCOPE(m->n.exec->run_mem) {
            m->matched = mem_realloc(m->matched, room);
        }
        m->matched_room = room;
    }
    if (keeps_inner(m))
        m->matched[m->count] = false;
    m->count++;
}

static void put_in_store(MergeJoinNode *m, Slot *row)
{
    size_t size;

    if (m->store == NULL) {
        MEM_SCOPE(m->n.exec->run_mem) {
            m->store = tuple_store_new(exec_work_mem(), false);
        }
    }
    size = slot_minimal_size(row);
    slot_minimal_fill(row, tuple_store_add(m->store, size), size);
}

/* The row ahead and all that are equal to it. One with a NULL is a group of its own. */
static void read_group(MergeJoinNode *m)
{
    slot_copy(m->first, m->ahead);
    eval_reset(m->group_eval);
    m->group_eval->inner = m->first;
    m->group_null = evaluate_keys(m, m->group_eval, m->group_keys, false);
    m->has_group = true;
    m->count = 0;
    m->is_in_store = false;
    note_row(m);
    for (;;) {
        next_ahead(m);
        if (m->ahead == NULL || m->group_null || m->ahead_null ||
            compare_keys(m, m->group_keys, m->ahead_keys) != 0)
            return;
        if (!m->is_in_store) {
            if (m->store != NULL)
                tuple_store_clear(m->store);
            put_in_store(m, m->first);
            m->is_in_store = true;
        }
        put_in_store(m, m->ahead);
        note_row(m);
    }
}

static void begin_group_again(MergeJoinNode *m)
{
    m->at = 0;
    if (m->is_in_store)
        tuple_store_rewind(m->store, 0);
}

static Slot *next_of_group(MergeJoinNode *m)
{
    const MinimalTuple *tuple;

    if (m->at >= m->count)
        return NULL;
    m->at++;
    if (!m->is_in_store)
        return m->first;
    tuple = tuple_store_next(m->store, 0, false);
    slot_set_minimal(m->row, tuple);
    return m->row;
}

/* ---- The join ---- */

static Slot *give_outer_alone(MergeJoinNode *m)
{
    Slot *out = NULL;

    if (!m->is_matched && keeps_outer(m)) {
        eval_reset(m->n.eval);
        m->n.eval->outer = m->outer;
        m->n.eval->inner = m->no_inner;
        out = exec_pass(&m->n, NULL);
    }
    return out;
}

/* What it gave stands on the outer row, so that one is left only when the next row is wanted. */
static Slot *leave_outer(MergeJoinNode *m)
{
    Slot *out = give_outer_alone(m);

    m->phase = MERGE_STEP;
    m->is_matched = true;
    if (out == NULL)
        next_outer(m);
    else
        m->outer_null = true;
    return out;
}

static void leave_group(MergeJoinNode *m)
{
    begin_group_again(m);
    m->phase = keeps_inner(m) ? MERGE_UNMATCHED : MERGE_STEP;
    m->has_group = keeps_inner(m);
}

static Slot *give_unmatched(MergeJoinNode *m)
{
    Slot *row;

    while ((row = next_of_group(m)) != NULL) {
        if (m->matched[m->at - 1])
            continue;
        eval_reset(m->n.eval);
        m->n.eval->outer = m->no_outer;
        m->n.eval->inner = row;
        return exec_pass(&m->n, NULL);
    }
    m->has_group = false;
    m->phase = MERGE_STEP;
    return NULL;
}

static Slot *step(MergeJoinNode *m)
{
    int order;

    if (!m->has_group && m->ahead != NULL && (m->outer != NULL || keeps_inner(m)))
        read_group(m);
    if (m->outer == NULL) {
        if (m->has_group && keeps_inner(m))
            leave_group(m);
        else
            m->phase = MERGE_OVER;
        return NULL;
    }
    if (!m->has_group) {
        if (!keeps_outer(m)) {
            m->phase = MERGE_OVER;
            return NULL;
        }
        return leave_outer(m);
    }
    if (m->outer_null)
        return leave_outer(m);
    if (m->group_null) {
        leave_group(m);
        return NULL;
    }
    order = compare_keys(m, m->outer_keys, m->group_keys);
    if (order < 0)
        return leave_outer(m);
    if (order > 0) {
        leave_group(m);
        return NULL;
    }
    begin_group_again(m);
    m->phase = MERGE_MATCHING;
    return NULL;
}

static Slot *match(MergeJoinNode *m)
{
    ExecNode *n = &m->n;
    const Join *plan = (const Join *)(const void *)n->plan;
    Slot *row = next_of_group(m);

    if (row == NULL)
        return leave_outer(m);
    eval_reset(n->eval);
    n->eval->outer = m->outer;
    n->eval->inner = row;
    if (!expr_check(m->join_qual, n->eval)) {
        if (UNLIKELY(n->count != NULL))
            n->count->removed_by_join_filter++;
        return NULL;
    }
    m->is_matched = true;
    if (keeps_inner(m))
        m->matched[m->at - 1] = true;
    if (plan->is_inner_unique || m->kind == JOIN_SEMI || m->kind == JOIN_ANTI)
        m->at = m->count;
    return m->kind == JOIN_ANTI ? NULL : exec_pass(n, NULL);
}

static Slot *next(ExecNode *n)
{
    MergeJoinNode *m = (MergeJoinNode *)n;

    for (;;) {
        Slot *out = NULL;

        check_interrupts();
        switch (m->phase) {
        case MERGE_NOT_BEGUN:
            next_outer(m);
            next_ahead(m);
            m->phase = MERGE_STEP;
            break;
        case MERGE_STEP:
            out = step(m);
            break;
        case MERGE_MATCHING:
            out = match(m);
            break;
        case MERGE_UNMATCHED:
            out = give_unmatched(m);
            break;
        default:
            return NULL;
        }
        if (out != NULL)
            return out;
    }
}

static void end(ExecNode *n)
{
    MergeJoinNode *m = (MergeJoinNode *)n;

    if (m->store != NULL)
        tuple_store_free(m->store);
    m->store = NULL;
    mem_free(m->matched);
    m->matched = NULL;
    m->matched_room = 0;
    m->has_group = false;
    m->outer = m->ahead = NULL;
    m->phase = MERGE_NOT_BEGUN;
    eval_reset(m->outer_eval);
    eval_reset(m->ahead_eval);
    eval_reset(m->group_eval);
    slot_clear(m->first);
    slot_clear(m->row);
}

static void rewind_join(ExecNode *n, const BitSet *changed)
{
    end(n);
    exec_rewind_node(n->left, changed);
    exec_rewind_node(n->right, changed);
}

const ExecOps merge_join_ops = {
    .size = sizeof(MergeJoinNode), .init = init, .next = next, .rewind = rewind_join, .end = end};
