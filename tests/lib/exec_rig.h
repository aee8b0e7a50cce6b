/*
 * exec_rig.h - tables, indexes and plans by hand, on a transaction rig, without catalogs
 *
 * Columns are int4 and named c1, c2, ... Plans are built of nodes; exec_rig_plan() makes a
 * statement of one, over the tables that exec_rig_range() has given an index.
 */
#ifndef LIB_EXEC_RIG_H
#define LIB_EXEC_RIG_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "server/access/common/relation.h"
#include "server/executor/executor.h"
#include "tests/lib/plan_rig.h"
#include "tests/lib/txn_rig.h"

#define EXEC_RIG_COLUMNS 8

typedef struct ExecRig {
    TxnRig txn;
} ExecRig;

/* dir: for the cluster's files. */
void exec_rig_open(ExecRig *rig, const char *dir);
void exec_rig_close(ExecRig *rig);

Oid exec_rig_table(unsigned columns);
Oid exec_rig_index(Oid table, unsigned count, const int16_t *columns, bool is_unique);
Relation *exec_rig_relation(Oid oid);
void exec_rig_drop_pins(void); /* as the owner of a transaction that failed does */

/* The index in the range table of the next statement; begins anew after exec_rig_plan(). */
uint32_t exec_rig_range(Oid table);

/* param_count: exec parameters, of int4. */
PlannedStmt *exec_rig_plan(Plan *root, List *subplans, int param_count);

/* ---- Rows that come out ---- */

typedef struct ExecRigRow {
    int32_t values[EXEC_RIG_COLUMNS];
    bool nulls[EXEC_RIG_COLUMNS];
} ExecRigRow;

/* Rows go into the array; count: of columns, int4 unless big, then int8. */
typedef struct ExecRigReceiver {
    RowReceiver head;
    Array *rows; /* ExecRigRow */
    unsigned count;
} ExecRigReceiver;
void exec_rig_receiver(ExecRigReceiver *r, Array *rows, unsigned columns);

/* In a statement of its own, with the snapshot of now; returns what exec_run() did. */
uint64_t exec_rig_run(Exec *e, const ExternParams *params, Array *rows);

/* All at once: made, run, freed. */
uint64_t exec_rig_run_plan(PlannedStmt *plan, Array *rows);

/* Are two sets of rows equal, in any order (they are sorted) or in this one? */
int exec_rig_compare(const void *a, const void *b);
bool exec_rig_same(Array *a, Array *b, bool in_order);

/* INSERT of a row by a plan of its own. */
void exec_rig_insert(Oid table, const ExecRigRow *row);

#endif
