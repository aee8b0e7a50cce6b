/*
 * exec_int.h - what the files of executor share: nodes, the tree, what a run has
 *
 * A node is made once with its plan: its struct begins with an ExecNode, and all that can be known
 * before rows come is made then, in the memory of the tree. A run begins with nothing open: a node
 * opens what it needs when it is asked for its first row, in the memory of the run. end() gives it
 * back and leaves the node as it was made.
 *
 * The row that next() gives is valid until the node is asked again, is rewound, or ends.
 */
#ifndef EXECUTOR_EXEC_INT_H
#define EXECUTOR_EXEC_INT_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "server/access/common/relation.h"
#include "server/executor/executor.h"
#include "server/ipc/interrupt.h"
#include "server/lock/lock.h"
#include "server/node/bitset.h"
#include "server/node/plan.h"

typedef struct ExecNode ExecNode;

typedef struct ExecOps {
    size_t size;                                        /* of the node's struct */
    void (*init)(ExecNode *n, unsigned flags);          /* flags: EXEC_*, what n will be asked */
    Slot *(*next)(ExecNode *n);                         /* NULL: there is no more */
    void (*rewind)(ExecNode *n, const BitSet *changed); /* those parameters have other values */
    void (*end)(ExecNode *n);                           /* may be NULL: nothing is held */
    bool (*recheck)(ExecNode *n, Slot *row);            /* of scans: is it one of its rows? */
    void (*bound)(ExecNode *n, uint64_t count);         /* no more rows will be asked for */
    void (*count)(const ExecNode *n, ExecCount *out);   /* what the node itself knows */
    void (*mark)(ExecNode *n); /* where it is, to come back there: one place; as the next */
    void (*restore)(ExecNode *n);
    bool (*place)(const ExecNode *n, Tid *tid); /* of scans of tables: of the newest row, if any */
} ExecOps;

/* Flags beside those of executor.h. */
enum {
    EXEC_MARK = 0x1000, /* exec_mark() and exec_restore() will be called */
};

#define EXEC_FLAGS_DOWN (EXEC_INSTRUMENT | EXEC_TIMING | EXEC_USAGE | EXEC_EXPLAIN_ONLY)

struct ExecNode {
    Slot *(*next)(ExecNode *n);
    EvalContext *eval; /* NULL: needs none */
    Expr *qual;        /* NULL: all rows */
    Expr *projection;  /* NULL: rows go out as they are */
    const Plan *plan;
    const ExecOps *ops;
    Exec *exec;
    ExecNode *left, *right;
    const TupleDesc *desc;              /* of its rows; exec_desc_of() */
    Slot *(*counted_next)(ExecNode *n); /* when rows are counted */
    ExecCount *count;                   /* NULL: they are not */
    uint64_t loop_rows;
    double loop_start_ms; /* when the loop's first row came; below 0: it has not begun */
    double loop_ms;
    struct SubPlanState **init_plans; /* ended by NULL; NULL: none */
    struct SubPlanState *subplans;    /* of its expressions */
};

/* A relation that the tree reads or writes. */
typedef struct ExecRel {
    Oid oid; /* 0: not looked at yet */
    const TupleDesc *desc;
    Relation *rel; /* in a run, once it is needed */
    char kind;
    LockMode lock_mode; /* of an index: each run takes it; tables are locked before */
} ExecRel;

struct Recheck;

struct Exec {
    const PlannedStmt *plan;
    unsigned flags;
    MemContext *home, *mem; /* of this struct; of the tree */
    MemContext *run_mem;
    ExecNode *root;
    ExecNode **subplans;
    uint64_t *subplan_runs; /* in which run each was asked for rows last */
    uint64_t run_number;
    Array nodes; /* ExecNode *, each behind the nodes below it */
    Array rels;  /* ExecRel: the range table, then what else is opened */
    ExecParam *params;
    unsigned param_count;
    ExternParams extern_params;
    const Snapshot *snapshot;
    bool is_backward;
    bool is_open, is_broken;
    bool is_at_end; /* the newest run met it */
    bool is_before_first, is_behind_last;
    bool is_finished;
    bool is_query_begun; /* triggers wait for its end */
    Cid command;         /* that rows are changed with */
    bool has_command;
    const TupleDesc *desc;
    unsigned column_count; /* that are not junk */
    unsigned *columns;     /* where they stand; NULL: they are the first */
    Datum *values;         /* when they do not */
    bool *nulls;
    uint64_t changed_rows;
    struct Recheck *recheck; /* not NULL: this is the tree of one */
    TriggerCounts *trigger_counts; /* NULL: they are not counted */
    Array shared;            /* SharedState: what several nodes find by a parameter */
};

/* ---- exec.c ---- */

/* A tree of part of a plan, which shares no state with its parent: for rechecks. */
Exec *exec_new_part(Exec *parent, const Plan *part, struct Recheck *recheck);

/* The number by which a relation is reached; of the range table, rt_index - 1. */
unsigned exec_range_relation(Exec *e, uint32_t rt_index);
unsigned exec_add_index(Exec *e, Oid oid, uint32_t rt_index); /* of that table */
const RangeTblEntry *exec_range_entry(const Exec *e, uint32_t rt_index);

static inline const TupleDesc *exec_relation_desc(const Exec *e, unsigned number)
{
    return ((const ExecRel *)array_at(&e->rels, number))->desc;
}

/* In a run: pinned till its end. */
Relation *exec_open_relation(Exec *e, unsigned number);

static inline Relation *exec_relation(Exec *e, unsigned number)
{
    ExecRel *r = array_at(&e->rels, number);

    return LIKELY(r->rel != NULL) ? r->rel : exec_open_relation(e, number);
}

/* Outside of a run, to look at it. */
Relation *exec_pin(Oid oid);
void exec_unpin(Relation *rel);
const RelationIndexes *exec_indexes(Relation *rel);
const RelationColumns *exec_columns(Relation *rel);

/* Its pages: with the files open. */
HeapRel *exec_heap(Relation *rel);
BtreeIndex *exec_btree(Relation *rel);

Cid exec_command(Exec *e); /* the command that rows are changed with */

/* A state by kind and parameter, made zeroed in the run's memory when there is none. */
void *exec_shared(Exec *e, int param, size_t size);

/* ---- exec_node.c ---- */

ExecNode *exec_make(Exec *e, const Plan *plan, unsigned flags);

static inline Slot *exec_next(ExecNode *n)
{
    check_interrupts();
    return n->next(n);
}

/* From the first row again. changed (may be NULL): parameters that have other values now. */
void exec_rewind_node(ExecNode *n, const BitSet *changed);
void exec_end_node(ExecNode *n); /* it alone */

/* Only so many rows will be wanted of it, until it is rewound. */
static inline void exec_bound(ExecNode *n, uint64_t count)
{
    if (n->ops->bound != NULL)
        n->ops->bound(n, count);
}

static inline void exec_mark(ExecNode *n)
{
    n->ops->mark(n);
}

static inline void exec_restore(ExecNode *n)
{
    n->ops->restore(n);
}

EvalContext *exec_eval(ExecNode *n); /* the node's; made when it has none */
EvalContext *exec_new_eval(Exec *e); /* another one: its owner resets it */
ExprScope exec_scope(ExecNode *n);   /* for expressions of the node */
const TupleDesc *exec_desc_of(ExecNode *n);

static inline void exec_reset_row(ExecNode *n)
{
    if (n->eval != NULL)
        eval_reset(n->eval);
}

/* Does one of the set stand in the plan? */
bool exec_overlaps(const BitSet *a, const BitSet *b);

static inline bool exec_is_changed(const ExecNode *n, const BitSet *changed)
{
    return changed != NULL && exec_overlaps(n->plan->all_params, changed);
}

/*
 * The node's quals and targets, over rows of input: rt_index (or VAR_OUTER) is what Vars call it.
 * No projection is made when the targets are the input's columns.
 */
void exec_init_scan(ExecNode *n, const TupleDesc *input, int rt_index);

/* The same over what a query gives. The junk that its rows carry is none of their columns. */
void exec_init_query_scan(ExecNode *n, ExecNode *query, int rt_index);

void exec_init_projection(ExecNode *n); /* always one */

/* The row that stands in eval->scan (or outer), if it passes; NULL: it does not. */
static ALWAYS_INLINE Slot *exec_pass(ExecNode *n, Slot *row)
{
    if (n->qual != NULL && !expr_check(n->qual, n->eval)) {
        if (UNLIKELY(n->count != NULL))
            n->count->removed_by_filter++;
        return NULL;
    }
    return n->projection != NULL ? expr_project(n->projection, n->eval) : row;
}

/* The same for each row of a scan: one of which nothing is asked goes as it is. */
static ALWAYS_INLINE Slot *exec_pass_scan(ExecNode *n, Slot *row)
{
    if (n->eval == NULL)
        return row;
    eval_reset(n->eval);
    return exec_pass(n, row);
}

/* Bytes that a node may keep: work_mem; and for hash tables. */
size_t exec_work_mem(void);
size_t exec_hash_mem(void);

/* Raise 0A000. */
_Noreturn void exec_raise_not_written(const char *what);

/* ---- subplan.c ---- */

typedef struct SubPlanState SubPlanState;

void exec_init_init_plans(ExecNode *n);
void exec_arm_init_plans(ExecNode *n); /* they are to be run when they are asked for */

/*
 * Those that depend on what changed are to be run anew; returns what has changed then, for all that
 * is below the node.
 */
const BitSet *exec_rearm_init_plans(ExecNode *n, const BitSet *changed);

/* Subplans of the node's expressions that depend on what changed must not give what they keep. */
void exec_mark_subplans(ExecNode *n, const BitSet *changed);

/* The tree of a subplan (from 1), at its first row; changed as in exec_rewind_node(). */
ExecNode *exec_begin_subplan(Exec *e, int number, const BitSet *changed);
ExprSubPlan *exec_make_subplan(void *node, const SubPlan *plan, const ExprScope *scope);

/* ---- exec_node.c ---- */

/* Around work that nodes do when they are asked for something else than a row; n->count != NULL. */
typedef struct ExecSpan {
    double start_ms;
    Usage before;
} ExecSpan;

void exec_span_begin(const ExecNode *n, ExecSpan *span);
void exec_span_end(ExecNode *n, const ExecSpan *span);

/* Counts, with those of the loop that is not over. */
void exec_count_loop(const ExecNode *n, ExecCount *out);

/* ---- recheck.c: is a row that somebody else changed meanwhile still one of the answer? ---- */

typedef struct Recheck Recheck;

/* Of a part of the parent's plan; in the memory of its tree. row_marks: of what else it reads. */
Recheck *recheck_new(Exec *parent, const Plan *part, const List *row_marks);

void recheck_clear(Recheck *r); /* no row is set */

/* The newest version of a row of the relation is in a slot, from now till it is cleared. */
void recheck_set(Recheck *r, uint32_t rt_index, const HeapTuple *tuple);

/*
 * The row that the plan makes of those rows and of the other ones that row (which it gave) came of;
 * NULL: none. Valid until it is run again.
 */
Slot *recheck_run(Recheck *r, Slot *row);
void recheck_end(Recheck *r);

/* In scans of such a tree: rows of desc may be set in place of its own. */
void recheck_init_scan(ExecNode *scan, const TupleDesc *desc);
void recheck_scan_rewind(ExecNode *scan);

#define ROW(kind, table) extern const ExecOps table;
#include "server/executor/exec_ops.def"
#undef ROW

/* ---- place.c, and what knows it ---- */

/* By ExecCursorSource. */
bool exec_cursor_row(const char *cursor, const Relation *table, Tid *tid);

/* How often the table is locked; *tid: the row locked last, offset 0 for none. */
unsigned lock_rows_place(const ExecNode *n, Oid table, Tid *tid);
ExecNode *const *append_parts(const ExecNode *n, unsigned *count);

/* For ExecOps.place: of a row that is stored. */
static inline bool exec_slot_place(const Slot *row, Tid *tid)
{
    if (row->is_empty || !row->is_stored)
        return false;
    *tid = row->tuple.self;
    return true;
}

#endif
