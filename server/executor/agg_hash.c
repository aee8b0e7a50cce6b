/*
 * agg_hash.c - groups found by hash
 *
 * A table takes new groups until memory is used up; from then on rows of groups that are not in it
 * are put away, parted by their hash. When the groups of the table have been given, each part has
 * its turn with an empty one.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/executor/agg_int.h"

#define CHECK_EVERY 64 /* new groups between two looks at memory */

static AggSet *hashed_set(const AggNode *a, unsigned i)
{
    return &a->sets[a->sorted_count + i];
}

static unsigned hashed_count(const AggNode *a)
{
    return a->set_count - a->sorted_count;
}

static double groups_of(const AggNode *a)
{
    return ((const Agg *)(const void *)a->n.plan)->groups / hashed_count(a);
}

static void begin_table(AggNode *a, AggSet *set, double groups)
{
    set->mem = mem_context_new(a->n.exec->run_mem, "states of groups");
    row_hash_begin(set->hash, a->n.exec->run_mem, groups);
    set->is_full = false;
}

static void end_table(AggSet *set)
{
    if (!row_hash_is_begun(set->hash))
        return;
    row_hash_end(set->hash);
    mem_delete(set->mem);
    set->mem = NULL;
}

void agg_hash_begin(AggNode *a)
{
    for (unsigned i = 0; i < hashed_count(a); i++) {
        hashed_set(a, i)->level = 0;
        begin_table(a, hashed_set(a, i), groups_of(a));
    }
    a->batches = 1;
    a->has_spilled = false;
    MEM_SCOPE(a->n.exec->run_mem) {
        array_init(&a->spills, sizeof(AggSpill));
    }
}

void agg_hash_end(AggNode *a)
{
    for (unsigned i = 0; i < hashed_count(a); i++) {
        AggSet *set = hashed_set(a, i);

        end_table(set);
        for (unsigned p = 0; p < AGG_PARTS; p++) {
            if (set->parts[p] != NULL)
                tuple_store_free(set->parts[p]);
            set->parts[p] = NULL;
        }
    }
    array_foreach(AggSpill, spill, &a->spills)
        tuple_store_free(spill->rows);
    a->spills = (Array){.items = NULL};
}

/* ---- Filling ---- */

static void look_at_memory(AggNode *a, AggSet *set)
{
    size_t used = row_hash_memory(set->hash) + mem_context_size(set->mem);

    if (used > a->memory_max)
        a->memory_max = used;
    set->is_full = used > exec_hash_mem() / hashed_count(a) && row_hash_count(set->hash) > 0;
}

static void put_away(AggNode *a, AggSet *set, Slot *row, uint32_t hash)
{
    unsigned part = hash >> (28 - 4 * set->level) & (AGG_PARTS - 1);
    Slot *kept = agg_pack(a, row);
    size_t size = slot_minimal_size(kept);
    MinimalTuple *tuple;

    if (set->parts[part] == NULL) {
        MEM_SCOPE(a->n.exec->run_mem) {
            set->parts[part] = tuple_store_new(0, false);
        }
    }
    tuple = tuple_store_add(set->parts[part], size);
    slot_minimal_fill(kept, tuple, size);
    tuple->hash = hash;
    a->has_spilled = true;
}

static void begin_group(AggNode *a, AggSet *set, RowHashEntry *e, Slot *row)
{
    ExprTransState *states = row_hash_extra(e);

    agg_begin_states(a, states, set->mem);
    if (a->carries_row) {
        MEM_SCOPE(set->mem) {
            *(MinimalTuple **)(void *)(states + a->transition_count) =
                slot_minimal(agg_pack(a, row));
        }
    }
    if (row_hash_count(set->hash) % CHECK_EVERY == 0)
        look_at_memory(a, set);
}

static ExprTransState *find_group(AggNode *a, AggSet *set, Slot *row, uint32_t hash)
{
    RowHashEntry *e;
    bool is_new = false;

    e = set->is_full ? row_hash_find(set->hash, row, hash)
                     : row_hash_enter(set->hash, row, hash, &is_new);
    if (e == NULL) {
        put_away(a, set, row, hash);
        return NULL;
    }
    if (is_new)
        begin_group(a, set, e, row);
    return row_hash_extra(e);
}

void agg_hash_find(AggNode *a, unsigned first)
{
    EvalContext *c = a->input;
    MemContext *before = mem_switch(c->row_mem);

    for (unsigned i = 0; i < hashed_count(a); i++) {
        AggSet *set = hashed_set(a, i);

        c->groups[first + i] = find_group(a, set, c->outer, row_hash_of(set->hash, c->outer));
        c->group_mems[first + i] = set->mem;
    }
    mem_switch(before);
}

/* ---- Rows that were put away ---- */

/* The parts of a table that is read become spills of their own. */
static void keep_parts(AggNode *a, unsigned number)
{
    AggSet *set = hashed_set(a, number);

    for (unsigned p = 0; p < AGG_PARTS; p++) {
        AggSpill *spill;

        if (set->parts[p] == NULL)
            continue;
        a->disk_bytes += tuple_store_disk(set->parts[p]);
        spill = array_push(&a->spills);
        *spill = (AggSpill){.rows = set->parts[p], .set = number, .level = set->level + 1};
        set->parts[p] = NULL;
        a->batches++;
    }
}

static Expr *single_set(AggNode *a)
{
    if (a->single == NULL) {
        MEM_SCOPE(a->n.exec->mem) {
            ExprScope scope = exec_scope(&a->n);

            scope.outer_desc = exec_desc_of(a->n.left);
            a->single = expr_compile_transitions(a->transitions, a->transition_count, 1, &scope);
        }
    }
    return a->single;
}

/* Fill the table of its set with a part; false: there is none. */
static bool next_spill(AggNode *a)
{
    Expr *transitions;
    const MinimalTuple *tuple;
    AggSpill spill;
    AggSet *set;

    if (a->spills.count == 0)
        return false;
    transitions = single_set(a);
    spill = *(AggSpill *)array_pop(&a->spills);
    set = hashed_set(a, spill.set);
    set->level = spill.level;
    begin_table(a, set, 0);
    a->at_set = spill.set;
    while ((tuple = tuple_store_next(spill.rows, 0, false)) != NULL) {
        EvalContext *c = a->input;
        bool is_null;

        check_interrupts();
        eval_reset(c);
        c->outer = agg_unpack(a, tuple);
        MEM_SCOPE(c->row_mem) {
            c->groups[0] = find_group(a, set, a->spilled_row, tuple->hash);
        }
        c->group_mems[0] = set->mem;
        expr_eval(transitions, c, &is_null);
        /* As many parts as hashes have bits for: what is left then has one hash, and must fit. */
        if (set->level >= 7)
            set->is_full = false;
    }
    tuple_store_free(spill.rows);
    keep_parts(a, spill.set);
    a->place = 0;
    return true;
}

/* ---- Giving ---- */

static Slot *row_of(AggNode *a, AggSet *set, RowHashEntry *e)
{
    ExprTransState *states = row_hash_extra(e);

    if (a->carries_row)
        return agg_unpack(a, *(MinimalTuple **)(void *)(states + a->transition_count));
    slot_set_nulls(a->shown);
    row_hash_fill(set->hash, e, a->shown);
    return a->shown;
}

/* The table of the next set, or of a part that was put away. */
static bool next_table(AggNode *a)
{
    AggSet *set = hashed_set(a, a->at_set);

    look_at_memory(a, set);
    if (a->has_spilled || hashed_count(a) > 1)
        end_table(set);
    while (++a->at_set < hashed_count(a)) {
        if (row_hash_is_begun(hashed_set(a, a->at_set)->hash)) {
            keep_parts(a, a->at_set);
            a->place = 0;
            return true;
        }
    }
    return next_spill(a);
}

Slot *agg_hash_next(AggNode *a)
{
    for (;;) {
        AggSet *set = hashed_set(a, a->at_set);
        RowHashEntry *e = row_hash_next(set->hash, &a->place);
        Slot *out;

        if (e == NULL) {
            if (!next_table(a))
                return NULL;
            continue;
        }
        eval_reset(a->n.eval);
        agg_show(a, set, row_of(a, set, e));
        agg_finish_states(a, row_hash_extra(e), 0, set->mem);
        out = exec_pass(&a->n, NULL);
        if (out != NULL)
            return out;
    }
}

void agg_hash_rewind(AggNode *a)
{
    a->at_set = 0;
    a->place = 0;
    keep_parts(a, 0);
}
