/*
 * memoize.c - the rows of a plan for parameters that it had before
 *
 * Entries are found by the values of the key expressions. One that was not read to its end before
 * the plan was begun anew is forgotten. When there is no room for more, all go; what alone is too
 * much is passed on and not kept.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/access/common/row_arena.h"
#include "server/executor/exec_int.h"
#include "server/executor/row_hash.h"
#include "server/expr/catalog_info.h"
#include "server/node/expr.h"

typedef struct KeptRow {
    struct KeptRow *next;
    MinimalTuple tuple;
} KeptRow;

typedef struct Entry {
    KeptRow *first, *last;
    bool is_complete;
} Entry;

typedef enum MemoizePhase {
    MEMOIZE_BEGIN,
    MEMOIZE_HIT,  /* rows come from the entry */
    MEMOIZE_FILL, /* from below, and go into it */
    MEMOIZE_PASS, /* from below alone */
    MEMOIZE_OVER,
} MemoizePhase;

typedef struct MemoizeNode {
    ExecNode n;
    Expr *keys;
    NullableDatum *places;
    Slot *key_row, *row;
    BitSet *key_params; /* that the keys are made of */
    RowHash *hash;
    RowArena arena;
    MemContext *arena_mem;
    MemoizePhase phase;
    Entry *entry;
    KeptRow *at; /* the row that was given last; NULL: none */
    uint64_t hits, misses, evictions, overflows;
} MemoizeNode;

static List *group_keys(const Memoize *plan)
{
    List *keys = NULL;

    for (int i = 0; i < list_count(plan->keys); i++) {
        GroupKey *key = node_new(GroupKey);

        key->column = i + 1;
        key->hash = list_oid_at(plan->hashes, i);
        key->equal = list_oid_at(plan->equals, i);
        key->collation = list_oid_at(plan->collations, i);
        keys = list_add(keys, key);
    }
    return keys;
}

static bool note_params(Node *node, void *arg)
{
    BitSet **set = arg;

    if (node_is(node, Param) && ((const Param *)(const void *)node)->kind == PARAM_EXEC)
        *set = bitset_add(*set, ((const Param *)(const void *)node)->id);
    return node_walk(node, note_params, arg);
}

static TupleDesc *desc_of_keys(const List *exprs)
{
    List *targets = NULL;
    int number = 0;

    list_foreach(Node *, expr, exprs) {
        TargetEntry *target = node_new(TargetEntry);

        target->expr = expr;
        target->number = (int16_t)++number;
        targets = list_add(targets, target);
    }
    return expr_tuple_desc(targets, false);
}

static void init(ExecNode *n, unsigned flags)
{
    MemoizeNode *m = (MemoizeNode *)n;
    const Memoize *plan = (const Memoize *)(const void *)n->plan;
    ExprScope scope = exec_scope(n);

    n->left = exec_make(n->exec, n->plan->left, flags & (EXEC_FLAGS_DOWN | EXEC_REWIND));
    n->desc = exec_desc_of(n->left);
    exec_eval(n);
    m->places = mem_new_array(NullableDatum, (size_t)list_count(plan->keys) + 1);
    m->keys = expr_compile_values(plan->keys, m->places, &scope);
    m->key_row = slot_new(desc_of_keys(plan->keys));
    m->row = slot_new(n->desc);
    if (plan->keys != NULL)
        note_params((Node *)(void *)plan->keys, &m->key_params);
    m->hash = row_hash_new(group_keys(plan), m->key_row->desc, sizeof(Entry));
}

static void begin_cache(MemoizeNode *m)
{
    Exec *e = m->n.exec;

    row_hash_begin(m->hash, e->run_mem, ((const Memoize *)(const void *)m->n.plan)->entries);
    m->arena_mem = mem_context_new(e->run_mem, "rows that are remembered");
    m->arena = row_arena_in(m->arena_mem);
}

static void drop_cache(MemoizeNode *m)
{
    if (!row_hash_is_begun(m->hash))
        return;
    row_hash_end(m->hash);
    mem_delete(m->arena_mem);
    m->entry = NULL;
}

static size_t memory_now(const MemoizeNode *m)
{
    return row_hash_memory(m->hash) + m->arena.size;
}

static void find_entry(MemoizeNode *m)
{
    EvalContext *c = m->n.eval;
    bool is_null, is_new = false;

    eval_reset(c);
    expr_eval(m->keys, c, &is_null);
    slot_clear(m->key_row);
    for (unsigned i = 0; i < m->key_row->desc->count; i++) {
        m->key_row->values[i] = m->places[i].value;
        m->key_row->nulls[i] = m->places[i].is_null;
    }
    slot_set_virtual(m->key_row);
    MEM_SCOPE(c->row_mem) {
        m->entry = row_hash_extra(
            row_hash_enter(m->hash, m->key_row, row_hash_of(m->hash, m->key_row), &is_new));
    }
}

static void begin(MemoizeNode *m)
{
    if (!row_hash_is_begun(m->hash))
        begin_cache(m);
    if (memory_now(m) > exec_hash_mem()) {
        m->evictions += row_hash_count(m->hash);
        drop_cache(m);
        begin_cache(m);
    }
    find_entry(m);
    m->at = NULL;
    if (m->entry->is_complete) {
        m->hits++;
        m->phase = MEMOIZE_HIT;
        return;
    }
    m->misses++;
    *m->entry = (Entry){.is_complete = false};
    m->phase = MEMOIZE_FILL;
}

static Slot *next_kept(MemoizeNode *m)
{
    m->at = m->at == NULL ? m->entry->first : m->at->next;
    if (m->at == NULL) {
        m->phase = MEMOIZE_OVER;
        return NULL;
    }
    slot_set_minimal(m->row, &m->at->tuple);
    return m->row;
}

static void keep(MemoizeNode *m, Slot *row)
{
    size_t size = slot_minimal_size(row);
    KeptRow *kept = row_arena_take(&m->arena, offsetof(KeptRow, tuple) + size);

    slot_minimal_fill(row, &kept->tuple, size);
    kept->next = NULL;
    if (m->entry->last != NULL)
        m->entry->last->next = kept;
    else
        m->entry->first = kept;
    m->entry->last = kept;
}

static Slot *next_filled(MemoizeNode *m)
{
    Slot *row = exec_next(m->n.left);

    if (row == NULL) {
        m->entry->is_complete = true;
        m->phase = MEMOIZE_OVER;
        return NULL;
    }
    keep(m, row);
    if (memory_now(m) > exec_hash_mem()) {
        m->overflows++;
        *m->entry = (Entry){.is_complete = false};
        m->phase = MEMOIZE_PASS;
    } else if (((const Memoize *)(const void *)m->n.plan)->is_single_row) {
        m->entry->is_complete = true;
    }
    return row;
}

static Slot *next(ExecNode *n)
{
    MemoizeNode *m = (MemoizeNode *)n;

    if (m->phase == MEMOIZE_BEGIN)
        begin(m);
    switch (m->phase) {
    case MEMOIZE_HIT:
        return next_kept(m);
    case MEMOIZE_FILL:
        return next_filled(m);
    case MEMOIZE_PASS:
        return exec_next(n->left);
    default:
        return NULL;
    }
}

static void end(ExecNode *n)
{
    MemoizeNode *m = (MemoizeNode *)n;

    drop_cache(m);
    m->phase = MEMOIZE_BEGIN;
    slot_clear(m->row);
}

/* Are the keys all of what changed that the plan below depends on? */
static bool is_in_keys(const MemoizeNode *m, const BitSet *changed)
{
    for (int i = bitset_next(changed, -1); i >= 0; i = bitset_next(changed, i)) {
        if (!bitset_has(m->key_params, i) && bitset_has(m->n.left->plan->all_params, i))
            return false;
    }
    return true;
}

static void rewind_memoize(ExecNode *n, const BitSet *changed)
{
    MemoizeNode *m = (MemoizeNode *)n;

    m->phase = MEMOIZE_BEGIN;
    slot_clear(m->row);
    if (changed != NULL && !is_in_keys(m, changed))
        drop_cache(m);
    exec_rewind_node(n->left, changed);
}

const ExecOps memoize_ops = {
    .size = sizeof(MemoizeNode), .init = init, .next = next, .rewind = rewind_memoize, .end = end};
