/*
 * exec.c - a tree is made of a plan, and run; executor.h and exec_int.h have the promises
 *
 * Memory: the Exec in a context of its own (home), below it that of the tree, and that of a run,
 * which is emptied at its close. A run that failed leaves the tree in an unknown state: it is
 * thrown away, and made again if it is opened again.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/relcache.h"
#include "server/executor/exec_int.h"
#include "server/executor/result_rel.h"
#include "server/expr/catalog_info.h"
#include "server/lock/lock_object.h"
#include "server/txn/txn.h"

typedef struct SharedState {
    int param;
    void *state;
} SharedState;

static const ExecRelationSource cache_source = {.pin = relation_pin_existing,
                                                .unpin = relation_unpin,
                                                .indexes = relation_indexes,
                                                .columns = relation_columns};
static const ExecRelationSource *relation_source = &cache_source;

static Exec *new_exec(const PlannedStmt *plan, unsigned flags);
static void make_tree(Exec *e, const Plan *root);
static void open_relations(Exec *e);
static void unpin_relations(Exec *e);

void exec_set_relation_source(const ExecRelationSource *source)
{
    relation_source = source != NULL ? source : &cache_source;
}

/* ---- Begin and end ---- */

Exec *exec_new(const PlannedStmt *plan, unsigned flags)
{
    Exec *e = new_exec(plan, flags);

    MEM_SCOPE(e->mem) {
        make_tree(e, plan->plan);
    }
    return e;
}

Exec *exec_new_part(Exec *parent, const Plan *part, Recheck *recheck)
{
    Exec *e = new_exec(parent->plan, 0);

    e->recheck = recheck;
    MEM_SCOPE(e->mem) {
        make_tree(e, part);
    }
    return e;
}

static Exec *new_exec(const PlannedStmt *plan, unsigned flags)
{
    MemContext *home = mem_context_new(mem_current(), "executor");
    Exec *e = mem_alloc_in(home, sizeof(*e));

    *e = (Exec){.plan = plan,
                .flags = flags,
                .home = home,
                .mem = mem_context_new(home, "plan tree"),
                .run_mem = mem_context_new(home, "run of a plan")};
    return e;
}

/* Are columns of the result not its first ones? Then each row is put together for the receiver. */
static void find_columns(Exec *e, const List *targets)
{
    unsigned count = 0, place = 0;
    bool is_behind_junk = false;

    list_foreach(const TargetEntry *, target, targets) {
        if (!target->is_junk) {
            is_behind_junk = is_behind_junk || place != count;
            count++;
        }
        place++;
    }
    e->column_count = count;
    if (!is_behind_junk)
        return;
    e->columns = mem_new_array(unsigned, count);
    e->values = mem_new_array(Datum, count);
    e->nulls = mem_new_array(bool, count);
    count = place = 0;
    list_foreach(const TargetEntry *, target, targets) {
        if (!target->is_junk)
            e->columns[count++] = place;
        place++;
    }
}

/* What describes the answer: ModifyTable's is what RETURNING says. */
static const TupleDesc *make_desc(Exec *e)
{
    const Plan *root = e->root->plan;
    const List *targets = root->targets;

    if (root->tag == NODE_ModifyTable) {
        const ModifyTable *modify = (const ModifyTable *)(const void *)root;

        targets = modify->returning != NULL ? list_at(modify->returning, 0) : NULL;
    }
    find_columns(e, targets);
    return expr_tuple_desc(targets, true);
}

static void make_tree(Exec *e, const Plan *root)
{
    const PlannedStmt *plan = e->plan;
    unsigned down = e->flags & EXEC_FLAGS_DOWN;
    int place = 0;

    array_init(&e->nodes, sizeof(ExecNode *));
    array_init(&e->rels, sizeof(ExecRel));
    array_init(&e->shared, sizeof(SharedState));
    e->trigger_counts = (e->flags & EXEC_INSTRUMENT) != 0
                            ? trigger_counts_new(e->run_mem, (e->flags & EXEC_TIMING) != 0)
                            : NULL;
    for (int i = 0; i < list_count(plan->range_table); i++)
        array_push(&e->rels);
    e->param_count = (unsigned)list_count(plan->param_types);
    if (e->param_count > 0)
        e->params = mem_new_array(ExecParam, e->param_count);
    if (plan->subplans != NULL) {
        e->subplans = mem_new_array(ExecNode *, (size_t)list_count(plan->subplans));
        e->subplan_runs = mem_new_array(uint64_t, (size_t)list_count(plan->subplans));
        list_foreach(const Plan *, subplan, plan->subplans) {
            unsigned flags = down;

            if (bitset_has(plan->rewind_subplans, place + 1))
                flags |= EXEC_REWIND;
            if (subplan != NULL)
                e->subplans[place] = exec_make(e, subplan, flags);
            place++;
        }
    }
    e->root = exec_make(e, root, e->flags);
    e->desc = make_desc(e);
}

void exec_free(Exec *e)
{
    if (e->is_open)
        exec_close(e, true);
    mem_delete(e->home);
}

const TupleDesc *exec_desc(const Exec *e)
{
    return e->desc;
}

void exec_open(Exec *e, const ExecOpen *open)
{
    ASSERT(!e->is_open);
    if (e->is_broken) {
        const Plan *root = e->plan->plan;

        mem_reset(e->mem);
        e->columns = NULL;
        e->subplans = NULL;
        e->is_broken = true; /* until it is made */
        MEM_SCOPE(e->mem) {
            make_tree(e, root);
        }
        e->is_broken = false;
    }
    open_relations(e);
    e->snapshot = open->snapshot;
    e->extern_params = open->params != NULL ? *open->params : (ExternParams){0};
    e->is_open = true;
    e->run_number++;
    e->is_at_end = e->is_behind_last = false;
    e->is_before_first = true;
    e->is_finished = false;
    e->is_query_begun = false;
    e->is_backward = false;
    e->has_command = false;
    /* A cursor does not lock what its own transaction changes while it is open. */
    if (list_count(e->plan->row_marks) > 0)
        (void)exec_command(e);
    e->changed_rows = 0;
    for (unsigned i = 0; i < e->param_count; i++)
        e->params[i] = (ExecParam){.is_null = true};
    if (e->trigger_counts != NULL)
        trigger_counts_begin(e->trigger_counts);
    array_foreach(ExecNode *, n, &e->nodes) {
        if ((*n)->count != NULL) {
            *(*n)->count = (ExecCount){.memory_bytes = -1, .disk_bytes = -1};
            (*n)->loop_rows = 0;
            (*n)->loop_start_ms = -1;
            (*n)->loop_ms = 0;
        }
        if ((*n)->init_plans != NULL)
            exec_arm_init_plans(*n);
    }
}

void exec_close(Exec *e, bool is_abort)
{
    if (!e->is_open)
        return;
    e->is_open = false;
    if (is_abort) {
        e->is_broken = true;
    } else {
        array_foreach(ExecNode *, n, &e->nodes)
            exec_end_node(*n);
        unpin_relations(e);
    }
    array_foreach(ExecNode *, n, &e->nodes)
        exec_reset_row(*n);
    array_clear(&e->shared);
    mem_reset(e->run_mem);
}

/* ---- Running ---- */

/* Junk goes. */
static bool give_row(Exec *e, Slot *row, RowReceiver *receiver)
{
    unsigned needed = e->columns == NULL     ? e->column_count
                      : e->column_count == 0 ? 0
                                             : e->columns[e->column_count - 1] + 1;

    slot_need(row, needed);
    if (LIKELY(e->columns == NULL))
        return receiver->row(receiver, row->values, row->nulls);
    for (unsigned i = 0; i < e->column_count; i++) {
        e->values[i] = row->values[e->columns[i]];
        e->nulls[i] = row->nulls[e->columns[i]];
    }
    return receiver->row(receiver, e->values, e->nulls);
}

static uint64_t give_rows(Exec *e, uint64_t max_rows, RowReceiver *receiver)
{
    uint64_t count = 0;

    while (max_rows == 0 || count < max_rows) {
        Slot *row = exec_next(e->root);

        if (row == NULL) {
            e->is_at_end = true;
            break;
        }
        count++;
        if (receiver != NULL && !give_row(e, row, receiver))
            break;
    }
    return count;
}

static bool changes_rows(const Exec *e)
{
    return e->plan->command != COMMAND_SELECT || e->plan->has_modifying_cte;
}

static void begin_query(Exec *e)
{
    if (e->is_query_begun || !changes_rows(e) || result_rel_trigger_functions() == NULL)
        return;
    result_rel_trigger_functions()->begin_query();
    e->is_query_begun = true;
}

uint64_t exec_run(Exec *e, ExecDirection direction, uint64_t max_rows, RowReceiver *receiver)
{
    bool is_backward = direction == EXEC_BACK;
    uint64_t count = 0;

    ASSERT(e->is_open);
    /* At an end there is nothing more that way: nodes would begin at the other one. */
    e->is_at_end = is_backward ? e->is_before_first : e->is_behind_last;
    if (e->is_at_end)
        return 0;
    e->is_backward = is_backward;
    begin_query(e);
    MEM_SCOPE(e->run_mem) {
        count = give_rows(e, max_rows, receiver);
    }
    e->is_before_first = e->is_at_end && is_backward;
    e->is_behind_last = e->is_at_end && !is_backward;
    if (e->root->plan->tag == NODE_ModifyTable && e->column_count == 0)
        return e->changed_rows;
    return count;
}

bool exec_is_at_end(const Exec *e)
{
    return e->is_at_end;
}

uint64_t exec_changed_rows(const Exec *e)
{
    return e->changed_rows;
}

void exec_rewind(Exec *e)
{
    MEM_SCOPE(e->run_mem) {
        exec_rewind_node(e->root, NULL);
    }
    e->is_at_end = e->is_behind_last = false;
    e->is_before_first = true;
}

void exec_finish(Exec *e)
{
    if (e->is_finished)
        return;
    e->is_finished = true;
    if (e->plan->has_modifying_cte) {
        begin_query(e);
        MEM_SCOPE(e->run_mem) {
            array_foreach(ExecNode *, n, &e->nodes) {
                if ((*n)->plan->tag == NODE_ModifyTable && *n != e->root) {
                    while (exec_next(*n) != NULL)
                        ;
                }
            }
        }
    }
    if (e->is_query_begun)
        result_rel_trigger_functions()->end_query(e->trigger_counts);
    e->is_query_begun = false;
}

Cid exec_command(Exec *e)
{
    if (!e->has_command)
        e->command = txn_command(true);
    e->has_command = true;
    return e->command;
}

void *exec_shared(Exec *e, int param, size_t size)
{
    SharedState *shared;

    array_foreach(SharedState, s, &e->shared) {
        if (s->param == param)
            return s->state;
    }
    shared = array_push(&e->shared);
    shared->param = param;
    shared->state = mem_alloc_in(e->run_mem, size);
    return shared->state;
}

/* ---- Relations ---- */

const RangeTblEntry *exec_range_entry(const Exec *e, uint32_t rt_index)
{
    return list_at(e->plan->range_table, (int)rt_index - 1);
}

/* Its columns are copied: the tree outlives what the cache has. */
static void look_at_relation(ExecRel *r, Oid oid)
{
    Relation *rel = relation_source->pin(oid);

    r->oid = oid;
    r->kind = rel->kind;
    r->desc = tuple_desc_copy(rel->desc);
    relation_source->unpin(rel);
}

unsigned exec_range_relation(Exec *e, uint32_t rt_index)
{
    const RangeTblEntry *entry = exec_range_entry(e, rt_index);
    ExecRel *r = array_at(&e->rels, rt_index - 1);

    if (r->oid == 0) {
        MEM_SCOPE(e->mem) {
            look_at_relation(r, entry->relation);
        }
    }
    return rt_index - 1;
}

unsigned exec_add_index(Exec *e, Oid oid, uint32_t rt_index)
{
    LockMode mode = (LockMode)exec_range_entry(e, rt_index)->lock_mode;
    unsigned number = 0;

    array_foreach(ExecRel, known, &e->rels) {
        if (known->oid == oid) {
            if (known->lock_mode < mode)
                known->lock_mode = mode;
            return number;
        }
        number++;
    }
    MEM_SCOPE(e->mem) {
        ExecRel *r = array_push(&e->rels);

        look_at_relation(r, oid);
        r->lock_mode = mode;
    }
    return number;
}

/* All that the tree reads or writes: who wants to change one of them finds it in use. */
static void open_relations(Exec *e)
{
    for (unsigned i = 0; i < e->rels.count; i++) {
        const ExecRel *r = array_at(&e->rels, i);

        if (r->lock_mode != LOCK_NONE)
            lock_relation(r->oid, r->lock_mode);
        if (r->oid != 0)
            (void)exec_relation(e, i);
    }
}

Relation *exec_open_relation(Exec *e, unsigned number)
{
    ExecRel *r = array_at(&e->rels, number);

    r->rel = relation_source->pin(r->oid);
    return r->rel;
}

static void unpin_relations(Exec *e)
{
    array_foreach(ExecRel, r, &e->rels) {
        if (r->rel != NULL)
            relation_source->unpin(r->rel);
        r->rel = NULL;
    }
}

Relation *exec_pin(Oid oid)
{
    return relation_source->pin(oid);
}

void exec_unpin(Relation *rel)
{
    relation_source->unpin(rel);
}

const RelationIndexes *exec_indexes(Relation *rel)
{
    return relation_source->indexes(rel);
}

const RelationColumns *exec_columns(Relation *rel)
{
    return relation_source->columns(rel);
}

HeapRel *exec_heap(Relation *rel)
{
    return relation_heap(rel);
}

BtreeIndex *exec_btree(Relation *rel)
{
    return relation_btree(rel);
}

/* ---- For EXPLAIN ---- */

bool exec_count(const Exec *e, int plan_id, ExecCount *out)
{
    array_foreach(ExecNode *, item, &e->nodes) {
        const ExecNode *n = *item;

        if (n->plan->id != plan_id)
            continue;
        if (n->count != NULL)
            exec_count_loop(n, out);
        else
            *out = (ExecCount){.memory_bytes = -1, .disk_bytes = -1};
        if (n->ops->count != NULL)
            n->ops->count(n, out);
        return true;
    }
    return false;
}

const TriggerCounts *exec_trigger_counts(const Exec *e)
{
    return e->trigger_counts;
}
