/*
 * executor.h - plans are made into trees of nodes, and run
 *
 *     Exec *e = exec_new(plan, options);            once for a plan; in a context of its own
 *     exec_open(e, &(ExecOpen){.snapshot = ...});    once for each run
 *     exec_run(e, EXEC_FORWARD, 10, receiver);       as often as rows are wanted
 *     exec_close(e, false);                          gives back what the run holds
 *     exec_free(e);
 *
 * A tree that was made can be run again and again, with other parameters and snapshots, one run at
 * a time. Whoever runs it has the locks on its relations and knows that they are what they were
 * when the plan was made.
 */
#ifndef EXECUTOR_EXECUTOR_H
#define EXECUTOR_EXECUTOR_H

#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/access/common/row_receiver.h"
#include "server/executor/trigger_count.h"
#include "server/executor/usage.h"
#include "server/expr/expr.h"
#include "server/node/node.h"
#include "server/txn/snapshot.h"

typedef struct Exec Exec;

/* Bits of ExecOptions.flags */
enum {
    EXEC_BACKWARD = 1,      /* exec_run() will be asked to go back */
    EXEC_REWIND = 2,        /* exec_rewind() will be called */
    EXEC_INSTRUMENT = 4,    /* count rows and loops */
    EXEC_TIMING = 8,        /* with the time of each node */
    EXEC_USAGE = 16,        /* with buffers, temporary files and log, as usage.h counts them */
    EXEC_EXPLAIN_ONLY = 32, /* it will not be run */
};

/* The tree of a plan, which must stay as long; in a context below the current one. */
Exec *exec_new(const PlannedStmt *plan, unsigned flags);
void exec_free(Exec *e);

/* What describes the rows that it gives; no columns for what gives none. */
const TupleDesc *exec_desc(const Exec *e);

typedef struct ExecOpen {
    const Snapshot *snapshot;   /* of the rows that are read; must stay until the close */
    const ExternParams *params; /* NULL: none; must stay as well */
} ExecOpen;

/*
 * The transaction's current command is what rows are changed with. What the run holds is the
 * current owner's, which must be the same until the close.
 */
void exec_open(Exec *e, const ExecOpen *open);

typedef enum ExecDirection { EXEC_BACK = -1, EXEC_FORWARD = 1 } ExecDirection;

/*
 * Up to max_rows rows (0: all) to the receiver, which may be NULL. How many were given or, by a
 * statement that changes rows without RETURNING, changed. Its begin() and end() are the caller's.
 */
uint64_t exec_run(Exec *e, ExecDirection direction, uint64_t max_rows, RowReceiver *receiver);

/* After exec_run(): it gave fewer rows than it was asked for. */
bool exec_is_at_end(const Exec *e);

/* Rows that the statement has inserted, updated or deleted: what its tag tells. */
uint64_t exec_changed_rows(const Exec *e);

/* From the first row again. */
void exec_rewind(Exec *e);

/*
 * The rows that are there yet of WITH clauses that change data, and what waits for the end of a
 * statement (after-triggers). Before exec_close() of a run that went well.
 */
void exec_finish(Exec *e);

/*
 * is_abort: the run failed, its owner is gone or will be; nothing of data is touched, nothing
 * raised. The tree is made again by the next exec_open().
 */
void exec_close(Exec *e, bool is_abort);

/* ---- What EXPLAIN asks ---- */

typedef struct ExecCount {
    double startup_ms, total_ms; /* of all loops */
    uint64_t rows, loops;
    uint64_t removed_by_filter, removed_by_join_filter; /* the latter also by an index recheck */
    /* Of what a node sorts, hashes or stores; -1: does not. */
    int64_t memory_bytes, disk_bytes;
    uint64_t batches, batches_planned, buckets, buckets_planned;
    uint64_t heap_fetches;             /* of an index-only scan */
    uint64_t exact_pages, lossy_pages; /* of a bitmap scan */
    uint64_t full_sort_groups;
    uint64_t conflicts; /* ON CONFLICT */
    const char *method; /* of a sort: "quicksort", ... */
    Usage usage;        /* with that of the nodes below */
} ExecCount;

/* Of the node with that Plan.id, in this run; false when it has not been made. */
bool exec_count(const Exec *e, int plan_id, ExecCount *out);

/* Of triggers that the run has called, its end included; NULL without EXEC_INSTRUMENT. */
const TriggerCounts *exec_trigger_counts(const Exec *e);

/* ---- What WHERE CURRENT OF asks ---- */

typedef enum ExecPlace {
    PLACE_ROW,
    PLACE_NO_ROW,       /* it has none of that table now: the other side of a join, another part */
    PLACE_NOT_SIMPLE,   /* its rows are not those of one scan of the table */
    PLACE_NOT_LOCKED,   /* rows are locked, but not this table's */
    PLACE_LOCKED_TWICE, /* under two names */
} ExecPlace;

/* The row of the table that is a part of the row given last; in a run. */
ExecPlace exec_place(const Exec *e, Oid table, Tid *tid);

/* Was a row given last, going forward or back? */
bool exec_is_on_row(const Exec *e);

/*
 * Who knows cursors by their names: the row of the table that one stands on; false: none of this
 * table. Raises 34000, 24000 for cursors that have no such rows.
 */
struct Relation;
typedef bool (*ExecCursorSource)(const char *cursor, const struct Relation *table, Tid *tid);
void exec_set_cursor_source(ExecCursorSource source);

/* ---- What is found by number ---- */

struct RelationIndexes;
struct RelationColumns;

/* Where relations come from; NULL: the relation cache. For tests. */
typedef struct ExecRelationSource {
    struct Relation *(*pin)(Oid oid);
    void (*unpin)(struct Relation *rel);
    const struct RelationIndexes *(*indexes)(struct Relation *rel);
    const struct RelationColumns *(*columns)(struct Relation *rel);
} ExecRelationSource;
void exec_set_relation_source(const ExecRelationSource *source);

#endif
