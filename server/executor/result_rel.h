/*
 * result_rel.h - a table that rows are put into, for INSERT, UPDATE, DELETE and COPY
 *
 *     ResultRel *r = result_rel_new(rel);         once, in the current context
 *     result_rel_begin(r, rel, command);           in each run
 *     Slot *row = result_rel_row(r);               values of all columns, then slot_set_virtual()
 *     result_rel_insert(r, NULL);                  or result_rel_batch_add(), as often as wanted
 *     result_rel_end(r);
 *
 * Generated columns are computed, constraints checked, long values put away, entries made in all
 * indexes. Defaults are the caller's. The caller has locked the table; its indexes are locked here.
 */
#ifndef EXECUTOR_RESULT_REL_H
#define EXECUTOR_RESULT_REL_H

#include "common/base/base.h"

#include <limits.h>

#include "common/mem/mem.h"
#include "server/access/common/relation.h"
#include "server/access/index/tid_bitmap.h"
#include "server/executor/trigger_count.h"
#include "server/expr/slot.h"

typedef struct ResultRel ResultRel;

/*
 * What can be known before a run; raises 0A000 for tables that cannot be written to yet, 42809 for
 * what is no table. rel is pinned for the call.
 */
ResultRel *result_rel_new(Relation *rel);

/* rel is pinned till the end. What is kept meanwhile is in run_mem. */
void result_rel_begin(ResultRel *r, Relation *rel, Cid command, MemContext *run_mem);
void result_rel_end(ResultRel *r);

/* The next changes are of another command. */
void result_rel_set_command(ResultRel *r, Cid command);

/* The row that is to be put in; afterwards the row as it is stored, with its place. */
Slot *result_rel_row(ResultRel *r);
const TupleDesc *result_rel_desc(const ResultRel *r);
Relation *result_rel_relation(const ResultRel *r);

/*
 * Raises 23502, 23514, 23505; 54000 for rows that are too long. bulk may be NULL. False: a trigger
 * would not have it.
 */
bool result_rel_insert(ResultRel *r, HeapBulk *bulk);

/*
 * Many rows: each is kept until there are many, or they are long; then all go to the table at once.
 * What is raised for a row may be raised with a later one: on_row (may be NULL) is told before
 * which of them (from 0, of this batch) index entries are being made, and of RESULT_BATCH_ALL
 * before they go to the table together.
 */
#define RESULT_BATCH_ALL UINT_MAX
typedef struct ResultBatch ResultBatch;
ResultBatch *result_rel_batch_new(ResultRel *r, HeapBulk *bulk, unsigned insert_flags);
void result_rel_batch_add(ResultBatch *b); /* the row in result_rel_row() */
void result_rel_batch_flush(ResultBatch *b);
unsigned result_rel_batch_count(const ResultBatch *b); /* rows that are kept */
void result_rel_batch_on_row(ResultBatch *b, void (*on_row)(void *arg, unsigned number), void *arg);

/*
 * In the place of the row at tid, or that row's end: HEAP_CHANGE_MUST_WAIT is not returned,
 * HEAP_CHANGE_REFUSED is when a trigger would not have it. After an update result_rel_row() is the
 * new version.
 */
HeapResult result_rel_update(ResultRel *r, Tid tid, HeapObstacle *why);
HeapResult result_rel_delete(ResultRel *r, Tid tid, HeapObstacle *why);

/* How an update of these columns (bit number - 1 in words) locks the old version. */
HeapLockMode result_rel_lock_mode(const ResultRel *r, const uint64_t *columns);

/* ---- ON CONFLICT ---- */

struct IndexInsert;

/* A row in the way, in one of the arbiters; waits for those that are about to be one. */
bool result_rel_find_conflict(ResultRel *r, const struct IndexInsert *how, Tid *tid);

/* False: somebody put one there meanwhile, so look again. */
bool result_rel_insert_speculative(ResultRel *r, struct IndexInsert *how);

/* ---- Texts ---- */

/* "Failing row contains (1, null)." */
const char *result_rel_describe_row(ResultRel *r, Slot *row);

/* ---- Triggers: what stands above them is set by an upper room ---- */

typedef enum RowChange { ROW_INSERT, ROW_UPDATE, ROW_DELETE, ROW_TRUNCATE } RowChange;

/* Bits of FireRel.has. */
#define FIRES_BEFORE_STATEMENT(change) (1U << (change))
#define FIRES_BEFORE_ROW(change)       (1U << (4 + (change)))
#define FIRES_AFTER_ROW(change)        (1U << (8 + (change)))
#define FIRES_AFTER_STATEMENT(change)  (1U << (12 + (change)))
#define FIRES_INSTEAD(change)          (1U << (16 + (change)))

/* The triggers of a table in a run: the head of what the upper room has. */
typedef struct FireRel {
    unsigned has; /* which kinds there are; the functions below are called for those alone */
} FireRel;

typedef struct ResultTriggers {
    /* About a statement that changes rows: what waits for its end is done in end_query(). */
    void (*begin_query)(void);
    void (*end_query)(TriggerCounts *counts);

    /*
     * For a run; columns: those that an update sets (bit number - 1), NULL: not known. counts here
     * and above: where calls are counted; NULL: they are not.
     */
    FireRel *(*open)(Relation *rel, const uint64_t *columns, RelationCounts *counts,
                     MemContext *run_mem);

    void (*before_statement)(FireRel *f, RowChange change);
    void (*after_statement)(FireRel *f, RowChange change);

    /*
     * May change the new row; false: nothing is to be done. What they make is in the current
     * context.
     */
    bool (*before_insert)(FireRel *f, Slot *row);
    bool (*before_update)(FireRel *f, const HeapTuple *old, Slot *row);
    bool (*before_delete)(FireRel *f, const HeapTuple *old);

    /*
     * The stored row; the place of the old one. entries: which deferrable constraints may be
     * violated now; NULL: none.
     */
    void (*after_insert)(FireRel *f, Slot *row, const struct IndexInsert *entries);
    void (*after_update)(FireRel *f, Tid old, Slot *row, const struct IndexInsert *entries);
    void (*after_delete)(FireRel *f, Tid old);

    /* Of a view: its row, and the one that is to be; false: nothing was done. */
    bool (*instead)(FireRel *f, RowChange change, Slot *old, Slot *row);
} ResultTriggers;

/* Without, a table with triggers cannot be changed (0A000). */
void result_rel_set_triggers(const ResultTriggers *triggers);
const ResultTriggers *result_rel_trigger_functions(void); /* NULL: there are none */

/* Columns that an update will set, by number; before the run. */
void result_rel_set_columns(ResultRel *r, const unsigned *columns, unsigned count);

/* Where calls of its triggers are counted; before the run. */
void result_rel_count_triggers(ResultRel *r, RelationCounts *counts);

/* Those of its table, of a change and moment by FIRES_...; called when there are any. */
void result_rel_before_statement(ResultRel *r, RowChange change);
void result_rel_after_statement(ResultRel *r, RowChange change);

/* Has the run's table triggers of that kind (FIRES_...)? */
bool result_rel_fires(const ResultRel *r, unsigned kind);

/*
 * For result_rel_insert_speculative(), which does not call them: BEFORE triggers for the row in
 * result_rel_row(). False: nothing is to be done.
 */
bool result_rel_before_insert(ResultRel *r);

#endif
