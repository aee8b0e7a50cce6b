/*
 * hash_join.c - the inner rows in a hash table, in which each outer row finds its own
 *
 * First all inner rows are read, then outer rows one by one; rows of later batches are put away and
 * have their turn afterwards (hash_table.h). After each batch a right or full join gives the inner
 * rows that found none.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/executor/exec_int.h"
#include "server/executor/hash_table.h"
#include "server/executor/value_hash.h"

typedef enum JoinPhase {
    PHASE_NOT_BEGUN,
    PHASE_NEXT_OUTER, /* an outer row is wanted */
    PHASE_MATCHING,   /* the row's bucket is being looked through */
    PHASE_UNMATCHED,  /* inner rows of the batch that found none */
    PHASE_OVER,
} JoinPhase;

/* One side's keys. */
typedef struct KeySide {
    Expr *values;
    NullableDatum *places;
    ValueHash *hashes;
} KeySide;

typedef struct HashJoinNode {
    ExecNode n;
    unsigned key_count;
    KeySide outer, inner;
    Expr *match_qual; /* the keys are equal, and what else decides what matches */
    Slot *inner_row, *outer_row;
    Slot *no_inner, *no_outer;
    JoinKind kind;
    JoinPhase phase;
    HashTable *table;
    bool is_first_batch;
    uint32_t hash; /* of the outer row */
    HashRow *at;   /* NULL: its bucket has not been looked into */
    bool is_matched;
    HashPlace place; /* of those that are unmatched */
} HashJoinNode;

/* ---- The node between: it only stands for what is hashed ---- */

static void init_hash(ExecNode *n, unsigned flags)
{
    n->left = exec_make(n->exec, n->plan->left, flags & (EXEC_FLAGS_DOWN | EXEC_REWIND));
    n->desc = exec_desc_of(n->left);
}

static Slot *next_of_hash(ExecNode *n)
{
    return exec_next(n->left);
}

static void rewind_hash(ExecNode *n, const BitSet *changed)
{
    exec_rewind_node(n->left, changed);
}

const ExecOps hash_ops = {
    .size = sizeof(ExecNode), .init = init_hash, .next = next_of_hash, .rewind = rewind_hash};

/* ---- Making ---- */

static void init_side(KeySide *side, const List *keys, bool is_outer, const ExprScope *scope)
{
    size_t room = (size_t)list_count(keys) + 1;
    List *exprs = NULL;
    unsigned i = 0;

    side->places = mem_new_array(NullableDatum, room);
    side->hashes = mem_new_array(ValueHash, room);
    list_foreach(const JoinKey *, key, keys) {
        exprs = list_add(exprs, is_outer ? key->left : key->right);
        value_hash_init(&side->hashes[i++], is_outer ? key->left_hash : key->right_hash,
                        key->collation);
    }
    side->values = expr_compile_values(exprs, side->places, scope);
}

static List *match_conditions(const HashJoin *plan)
{
    List *conditions = NULL;

    list_foreach(const JoinKey *, key, plan->keys) {
        OpExpr *op = node_new(OpExpr);

        op->operator= key->operator;
        op->function = key->equal;
        op->type = 16;
        op->input_collation = key->collation;
        op->args = list_of2(key->left, key->right);
        conditions = list_add(conditions, op);
    }
    return list_concat(conditions, plan->join_quals);
}

static void init(ExecNode *n, unsigned flags)
{
    HashJoinNode *j = (HashJoinNode *)n;
    const HashJoin *plan = (const HashJoin *)(const void *)n->plan;
    ExprScope scope = exec_scope(n);

    n->left = exec_make(n->exec, n->plan->left, flags & (EXEC_FLAGS_DOWN | EXEC_REWIND));
    n->right = exec_make(n->exec, n->plan->right, flags & (EXEC_FLAGS_DOWN | EXEC_REWIND));
    scope.outer_desc = exec_desc_of(n->left);
    scope.inner_desc = exec_desc_of(n->right);
    exec_init_projection(n);
    n->qual = expr_compile_qual(n->plan->quals, &scope);
    j->kind = plan->kind;
    j->key_count = (unsigned)list_count(plan->keys);
    init_side(&j->outer, plan->keys, true, &scope);
    init_side(&j->inner, plan->keys, false, &scope);
    j->match_qual = expr_compile_qual(match_conditions(plan), &scope);
    j->inner_row = slot_new(scope.inner_desc);
    j->outer_row = slot_new(scope.outer_desc);
    j->no_inner = slot_new(scope.inner_desc);
    j->no_outer = slot_new(scope.outer_desc);
    slot_set_nulls(j->no_inner);
    slot_set_nulls(j->no_outer);
}

static bool keeps_outer(const HashJoinNode *j)
{
    return j->kind == JOIN_LEFT || j->kind == JOIN_FULL || j->kind == JOIN_ANTI;
}

static bool keeps_inner(const HashJoinNode *j)
{
    return j->kind == JOIN_RIGHT || j->kind == JOIN_FULL;
}

/* False: a key is NULL, so nothing is equal to the row. */
static bool hash_row(HashJoinNode *j, const KeySide *side, uint32_t *hash)
{
    EvalContext *c = j->n.eval;
    bool is_null, is_good = true;
    uint32_t h = 0;

    expr_eval(side->values, c, &is_null);
    for (unsigned i = 0; i < j->key_count && is_good; i++)
        is_good = !side->places[i].is_null;
    if (is_good) {
        MemContext *before = mem_switch(c->row_mem);

        for (unsigned i = 0; i < j->key_count; i++)
            h = value_hash_join(h, value_hash(&side->hashes[i], side->places[i].value));
        mem_switch(before);
    }
    *hash = value_hash_mix(h);
    return is_good;
}

/* ---- Building ---- */

/* Rows that can match nothing are kept where they are given all the same. */
static void add_row(HashJoinNode *j, Slot *row)
{
    uint32_t hash;

    eval_reset(j->n.eval);
    j->n.eval->inner = row;
    if (hash_row(j, &j->inner, &hash) || keeps_inner(j))
        hash_table_add(j->table, row, hash);
}

/* What the table takes is told of the node below, whose rows they are. */
static void add_row_counted(HashJoinNode *j, Slot *row)
{
    ExecSpan span;

    exec_span_begin(j->n.right, &span);
    add_row(j, row);
    exec_span_end(j->n.right, &span);
}

static void build(HashJoinNode *j)
{
    ExecNode *n = &j->n;
    const Plan *inner = n->plan->right;
    Slot *row;

    j->table = hash_table_new(n->exec->run_mem, inner->rows, inner->width, exec_hash_mem());
    while ((row = exec_next(n->right)) != NULL) {
        if (LIKELY(n->right->count == NULL))
            add_row(j, row);
        else
            add_row_counted(j, row);
    }
    hash_table_finish(j->table);
    j->is_first_batch = true;
    j->phase = hash_table_count(j->table) == 0 && !keeps_outer(j) ? PHASE_OVER : PHASE_NEXT_OUTER;
}

/* ---- Outer rows ---- */

static Slot *next_outer_row(HashJoinNode *j, bool *can_match)
{
    const MinimalTuple *tuple;
    Slot *row;

    *can_match = true;
    if (j->is_first_batch) {
        row = exec_next(j->n.left);
        if (row == NULL)
            return NULL;
        eval_reset(j->n.eval);
        j->n.eval->outer = row;
        *can_match = hash_row(j, &j->outer, &j->hash);
        return row;
    }
    tuple = hash_table_next_outer(j->table);
    if (tuple == NULL)
        return NULL;
    j->hash = tuple->hash;
    slot_set_minimal(j->outer_row, tuple);
    return j->outer_row;
}

static Slot *give_outer_alone(HashJoinNode *j)
{
    j->phase = PHASE_NEXT_OUTER;
    if (j->is_matched || !keeps_outer(j))
        return NULL;
    eval_reset(j->n.eval);
    j->n.eval->inner = j->no_inner;
    return exec_pass(&j->n, NULL);
}

static Slot *begin_outer(HashJoinNode *j)
{
    bool can_match;
    Slot *row = next_outer_row(j, &can_match);

    if (row == NULL) {
        j->phase = PHASE_UNMATCHED;
        j->place = (HashPlace){0};
        return NULL;
    }
    j->n.eval->outer = row;
    j->is_matched = false;
    if (!can_match)
        return give_outer_alone(j);
    if (!hash_table_is_now(j->table, j->hash)) {
        hash_table_put_outer(j->table, row, j->hash);
        return NULL;
    }
    j->at = NULL;
    j->phase = PHASE_MATCHING;
    return NULL;
}

static Slot *match(HashJoinNode *j)
{
    ExecNode *n = &j->n;
    const Join *plan = (const Join *)(const void *)n->plan;

    j->at =
        j->at == NULL ? hash_table_find(j->table, j->hash) : hash_table_find_next(j->at, j->hash);
    if (j->at == NULL)
        return give_outer_alone(j);
    slot_set_minimal(j->inner_row, &j->at->tuple);
    eval_reset(n->eval);
    n->eval->inner = j->inner_row;
    if (!expr_check(j->match_qual, n->eval)) {
        if (UNLIKELY(n->count != NULL))
            n->count->removed_by_join_filter++;
        return NULL;
    }
    j->is_matched = true;
    j->at->tuple.flags |= HASH_ROW_MATCHED;
    if (plan->is_inner_unique || j->kind == JOIN_SEMI || j->kind == JOIN_ANTI)
        j->phase = PHASE_NEXT_OUTER;
    return j->kind == JOIN_ANTI ? NULL : exec_pass(n, NULL);
}

/* ---- Inner rows that found none, and the next batch ---- */

static Slot *give_unmatched(HashJoinNode *j)
{
    HashRow *row;

    while (keeps_inner(j) && (row = hash_table_walk(j->table, &j->place)) != NULL) {
        if ((row->tuple.flags & HASH_ROW_MATCHED) != 0)
            continue;
        eval_reset(j->n.eval);
        slot_set_minimal(j->inner_row, &row->tuple);
        j->n.eval->inner = j->inner_row;
        j->n.eval->outer = j->no_outer;
        return exec_pass(&j->n, NULL);
    }
    if (hash_table_is_single(j->table) ||
        !hash_table_next_batch(j->table, keeps_inner(j), keeps_outer(j))) {
        j->phase = PHASE_OVER;
    } else {
        j->is_first_batch = false;
        j->phase = PHASE_NEXT_OUTER;
    }
    return NULL;
}

static Slot *next(ExecNode *n)
{
    HashJoinNode *j = (HashJoinNode *)n;

    for (;;) {
        Slot *out = NULL;

        check_interrupts();
        switch (j->phase) {
        case PHASE_NOT_BEGUN:
            if (j->table == NULL)
                build(j);
            else
                j->phase = PHASE_NEXT_OUTER;
            break;
        case PHASE_NEXT_OUTER:
            out = begin_outer(j);
            break;
        case PHASE_MATCHING:
            out = match(j);
            break;
        case PHASE_UNMATCHED:
            out = give_unmatched(j);
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
    HashJoinNode *j = (HashJoinNode *)n;

    if (j->table != NULL)
        hash_table_free(j->table);
    j->table = NULL;
    j->phase = PHASE_NOT_BEGUN;
}

/* A table that is whole, and whose rows are what they were, serves again. */
static void rewind_join(ExecNode *n, const BitSet *changed)
{
    HashJoinNode *j = (HashJoinNode *)n;

    if (j->table != NULL && hash_table_is_single(j->table) && !exec_is_changed(n->right, changed)) {
        if (keeps_inner(j))
            hash_table_clear_matches(j->table);
        j->phase =
            hash_table_count(j->table) == 0 && !keeps_outer(j) ? PHASE_OVER : PHASE_NOT_BEGUN;
    } else {
        end(n);
        exec_rewind_node(n->right, changed);
    }
    exec_rewind_node(n->left, changed);
}

static void count(const ExecNode *n, ExecCount *out)
{
    const HashJoinNode *j = (const HashJoinNode *)n;
    HashTableSize size;

    if (j->table == NULL)
        return;
    hash_table_size(j->table, &size);
    out->memory_bytes = (int64_t)size.memory_max;
    out->batches = size.batches;
    out->batches_planned = size.batches_planned;
    out->buckets = size.buckets;
    out->buckets_planned = size.buckets_planned;
}

const ExecOps hash_join_ops = {.size = sizeof(HashJoinNode),
                               .init = init,
                               .next = next,
                               .rewind = rewind_join,
                               .end = end,
                               .count = count};
