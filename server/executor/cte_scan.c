/*
 * cte_scan.c - the rows of a WITH query, which all its scans share; WITH RECURSIVE
 *
 * Scans of one query find each other by its parameter: what is shared is a store of the rows that
 * were asked for so far, in which each scan has a place of its own. In the same way a recursive
 * union tells the scans below it what the last round has given.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/tuple_store.h"
#include "server/executor/exec_int.h"
#include "server/executor/row_hash.h"

/* ---- CteScan ---- */

typedef struct CteState {
    TupleStore *store; /* NULL: not begun */
    ExecNode *tree;
    bool is_complete;
    bool is_first_taken; /* the store's first reader belongs to a scan */
} CteState;

typedef struct CteScanNode {
    ExecNode n;
    Slot *row;
    CteState *state; /* NULL: not begun */
    unsigned reader;
} CteScanNode;

static const CteScan *cte_plan(const ExecNode *n)
{
    return (const CteScan *)(const void *)n->plan;
}

static void init_cte(ExecNode *n, unsigned flags UNUSED)
{
    CteScanNode *s = (CteScanNode *)n;
    ExecNode *tree = n->exec->subplans[cte_plan(n)->subplan - 1];

    if (tree == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "the plan of a WITH query is not there");
    s->row = slot_new(exec_desc_of(tree));
    exec_init_query_scan(n, tree, (int)cte_plan(n)->rt_index);
    if (n->eval != NULL)
        n->eval->scan = s->row;
    if (n->exec->recheck != NULL)
        recheck_init_scan(n, s->row->desc);
}

static void begin_cte(CteScanNode *s)
{
    Exec *e = s->n.exec;
    CteState *state = exec_shared(e, cte_plan(&s->n)->param, sizeof(CteState));

    if (state->store == NULL) {
        state->tree = exec_begin_subplan(e, cte_plan(&s->n)->subplan, NULL);
        MEM_SCOPE(e->run_mem) {
            state->store = tuple_store_new(exec_work_mem(), false);
        }
    }
    s->reader = state->is_first_taken ? tuple_store_reader(state->store) : 0;
    state->is_first_taken = true;
    s->state = state;
}

/* A row more from the query. */
static void add_row(CteScanNode *s)
{
    CteState *state = s->state;
    Exec *e = s->n.exec;
    bool was_backward = e->is_backward;
    Slot *row;
    size_t size;

    if (state->is_complete)
        return;
    e->is_backward = false;
    row = exec_next(state->tree);
    e->is_backward = was_backward;
    state->is_complete = row == NULL;
    if (row == NULL)
        return;
    size = slot_minimal_size(row);
    slot_minimal_fill(row, tuple_store_add(state->store, size), size);
}

static Slot *next_cte(ExecNode *n)
{
    CteScanNode *s = (CteScanNode *)n;

    if (UNLIKELY(s->state == NULL))
        begin_cte(s);
    for (;;) {
        const MinimalTuple *tuple;
        Slot *out;

        if (!n->exec->is_backward && tuple_store_is_at_end(s->state->store, s->reader))
            add_row(s);
        tuple = tuple_store_next(s->state->store, s->reader, n->exec->is_backward);
        if (tuple == NULL)
            break;
        slot_set_minimal(s->row, tuple);
        out = exec_pass_scan(n, s->row);
        if (out != NULL)
            return out;
    }
    slot_clear(s->row);
    return NULL;
}

/* Whoever comes first gives the store back. */
static void end_cte(ExecNode *n)
{
    CteScanNode *s = (CteScanNode *)n;

    if (s->state != NULL && s->state->store != NULL) {
        tuple_store_free(s->state->store);
        s->state->store = NULL;
    }
    s->state = NULL;
    slot_clear(s->row);
}

/* What the query gives may depend on what changed: then it is run anew, for all its scans. */
static void rewind_cte(ExecNode *n, const BitSet *changed)
{
    CteScanNode *s = (CteScanNode *)n;
    const ExecNode *tree;

    if (s->state == NULL)
        return;
    tree = n->exec->subplans[cte_plan(n)->subplan - 1];
    if (changed != NULL && exec_overlaps(tree->plan->all_params, changed)) {
        exec_begin_subplan(n->exec, cte_plan(n)->subplan, changed);
        tuple_store_clear(s->state->store);
        s->state->is_complete = false;
    }
    tuple_store_rewind(s->state->store, s->reader);
    slot_clear(s->row);
}

const ExecOps cte_scan_ops = {.size = sizeof(CteScanNode),
                              .init = init_cte,
                              .next = next_cte,
                              .rewind = rewind_cte,
                              .end = end_cte};

/* ---- RecursiveUnion ---- */

typedef struct WorkState {
    TupleStore *rows;      /* of the last round */
    const TupleDesc *desc; /* NULL: there is no union yet */
} WorkState;

typedef struct RecursiveUnionNode {
    ExecNode n;
    RowHash *seen; /* NULL: UNION ALL */
    WorkState *work;
    TupleStore *next_rows; /* of this round */
    BitSet *changed;       /* the parameter, which tells the scans that there is another round */
    bool is_begun, is_recursive;
} RecursiveUnionNode;

static const RecursiveUnion *union_plan(const ExecNode *n)
{
    return (const RecursiveUnion *)(const void *)n->plan;
}

static void init_union(ExecNode *n, unsigned flags)
{
    RecursiveUnionNode *u = (RecursiveUnionNode *)n;

    n->left = exec_make(n->exec, n->plan->left, flags & (EXEC_FLAGS_DOWN | EXEC_REWIND));
    n->desc = exec_desc_of(n->left);
    n->right = exec_make(n->exec, n->plan->right, (flags & EXEC_FLAGS_DOWN) | EXEC_REWIND);
    exec_eval(n);
    if (union_plan(n)->keys != NULL)
        u->seen = row_hash_new(union_plan(n)->keys, n->desc, 0);
    u->changed = bitset_add(NULL, union_plan(n)->work_table_param);
}

static void begin_union(RecursiveUnionNode *u)
{
    ExecNode *n = &u->n;

    u->is_begun = true;
    u->is_recursive = false;
    u->work = exec_shared(n->exec, union_plan(n)->work_table_param, sizeof(WorkState));
    MEM_SCOPE(n->exec->run_mem) {
        u->work->rows = tuple_store_new(exec_work_mem(), false);
        u->next_rows = tuple_store_new(exec_work_mem(), false);
    }
    u->work->desc = n->desc;
    if (u->seen != NULL)
        row_hash_begin(u->seen, n->exec->run_mem, union_plan(n)->groups);
}

static bool is_new_row(RecursiveUnionNode *u, Slot *row)
{
    EvalContext *c = u->n.eval;
    bool is_new = true;

    if (u->seen == NULL)
        return true;
    eval_reset(c);
    MEM_SCOPE(c->row_mem) {
        row_hash_enter(u->seen, row, row_hash_of(u->seen, row), &is_new);
    }
    return is_new;
}

static Slot *keep_row(TupleStore *store, Slot *row)
{
    size_t size = slot_minimal_size(row);

    slot_minimal_fill(row, tuple_store_add(store, size), size);
    return row;
}

/* What this round gave is what the next one works with; false: it gave nothing. */
static bool next_round(RecursiveUnionNode *u)
{
    TupleStore *done = u->work->rows;

    if (tuple_store_count(u->next_rows) == 0)
        return false;
    tuple_store_clear(done);
    u->work->rows = u->next_rows;
    u->next_rows = done;
    exec_rewind_node(u->n.right, u->changed);
    return true;
}

static Slot *next_of_union(ExecNode *n)
{
    RecursiveUnionNode *u = (RecursiveUnionNode *)n;
    Slot *row;

    if (!u->is_begun)
        begin_union(u);
    while (!u->is_recursive) {
        row = exec_next(n->left);
        if (row == NULL) {
            u->is_recursive = true;
            if (tuple_store_count(u->work->rows) == 0)
                return NULL;
            exec_rewind_node(n->right, u->changed);
        } else if (is_new_row(u, row)) {
            return keep_row(u->work->rows, row);
        }
    }
    if (tuple_store_count(u->work->rows) == 0)
        return NULL;
    for (;;) {
        row = exec_next(n->right);
        if (row == NULL) {
            if (!next_round(u))
                return NULL;
        } else if (is_new_row(u, row)) {
            return keep_row(u->next_rows, row);
        }
    }
}

static void end_union(ExecNode *n)
{
    RecursiveUnionNode *u = (RecursiveUnionNode *)n;

    if (u->is_begun) {
        tuple_store_free(u->work->rows);
        tuple_store_free(u->next_rows);
        u->work->rows = NULL;
        if (u->seen != NULL)
            row_hash_end(u->seen);
    }
    u->is_begun = false;
}

/* The stores stay: scans of the work table know them. */
static void rewind_union(ExecNode *n, const BitSet *changed)
{
    RecursiveUnionNode *u = (RecursiveUnionNode *)n;

    if (u->is_begun) {
        tuple_store_clear(u->work->rows);
        tuple_store_clear(u->next_rows);
        u->is_recursive = false;
        if (u->seen != NULL) {
            row_hash_end(u->seen);
            row_hash_begin(u->seen, n->exec->run_mem, union_plan(n)->groups);
        }
    }
    exec_rewind_node(n->left, changed);
    exec_rewind_node(n->right, changed);
}

const ExecOps recursive_union_ops = {.size = sizeof(RecursiveUnionNode),
                                     .init = init_union,
                                     .next = next_of_union,
                                     .rewind = rewind_union,
                                     .end = end_union};

/* ---- WorkTableScan ---- */

typedef struct WorkTableScanNode {
    ExecNode n;
    Slot *row; /* NULL until the union is known */
    WorkState *work;
    TupleStore *store; /* that is read; NULL: not begun */
    unsigned reader;

    /* The two that change places with each round, and this scan's readers of them. */
    TupleStore *stores[2];
    unsigned readers[2];
} WorkTableScanNode;

/* The columns are those of the range table's entry. */
static TupleDesc *work_desc(const Exec *e, const WorkTableScan *plan)
{
    const RangeTblEntry *entry = exec_range_entry(e, plan->rt_index);
    List *targets = NULL;

    for (int i = 0; i < list_count(entry->column_types); i++) {
        TargetEntry *target = node_new(TargetEntry);
        Var *var = node_new(Var);

        var->type = list_oid_at(entry->column_types, i);
        var->typmod = list_int_at(entry->column_typmods, i);
        var->collation = list_oid_at(entry->column_collations, i);
        target->expr = (Node *)var;
        target->number = (int16_t)(i + 1);
        targets = list_add(targets, target);
    }
    return expr_tuple_desc(targets, false);
}

static void init_work(ExecNode *n, unsigned flags UNUSED)
{
    WorkTableScanNode *s = (WorkTableScanNode *)n;
    const WorkTableScan *plan = (const WorkTableScan *)(const void *)n->plan;

    s->row = slot_new(work_desc(n->exec, plan));
    exec_init_scan(n, s->row->desc, (int)plan->rt_index);
    if (n->eval != NULL)
        n->eval->scan = s->row;
    if (n->exec->recheck != NULL)
        recheck_init_scan(n, s->row->desc);
}

static void begin_work(WorkTableScanNode *s)
{
    const WorkTableScan *plan = (const WorkTableScan *)(const void *)s->n.plan;
    unsigned i = 0;

    s->work = exec_shared(s->n.exec, plan->param, sizeof(WorkState));
    if (s->work->rows == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "there is no recursive union to scan");
    while (i < 2 && s->stores[i] != NULL && s->stores[i] != s->work->rows)
        i++;
    if (i == 2) {
        s->stores[0] = s->stores[1] = NULL;
        i = 0;
    }
    if (s->stores[i] == NULL) {
        s->stores[i] = s->work->rows;
        s->readers[i] = tuple_store_reader(s->work->rows);
    }
    s->store = s->stores[i];
    s->reader = s->readers[i];
    tuple_store_rewind(s->store, s->reader);
}

static Slot *next_work(ExecNode *n)
{
    WorkTableScanNode *s = (WorkTableScanNode *)n;
    const MinimalTuple *tuple;

    if (s->store == NULL)
        begin_work(s);
    while ((tuple = tuple_store_next(s->store, s->reader, false)) != NULL) {
        Slot *out;

        slot_set_minimal(s->row, tuple);
        out = exec_pass_scan(n, s->row);
        if (out != NULL)
            return out;
    }
    slot_clear(s->row);
    return NULL;
}

static void end_work(ExecNode *n)
{
    WorkTableScanNode *s = (WorkTableScanNode *)n;

    s->store = s->stores[0] = s->stores[1] = NULL;
    slot_clear(s->row);
}

static void rewind_work(ExecNode *n, const BitSet *changed UNUSED)
{
    WorkTableScanNode *s = (WorkTableScanNode *)n;

    s->store = NULL;
    slot_clear(s->row);
}

const ExecOps work_table_scan_ops = {.size = sizeof(WorkTableScanNode),
                                     .init = init_work,
                                     .next = next_work,
                                     .rewind = rewind_work,
                                     .end = end_work};
