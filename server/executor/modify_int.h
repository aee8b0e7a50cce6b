/* modify_int.h - what the files of ModifyTable share. */
#ifndef EXECUTOR_MODIFY_INT_H
#define EXECUTOR_MODIFY_INT_H

#include "common/base/base.h"

#include "server/executor/exec_int.h"
#include "server/executor/result_rel.h"

typedef struct ModifyCheck {
    const WithCheckOption *option;
    Expr *qual;
} ModifyCheck;

/* One of the tables. */
typedef struct ModifyTarget {
    uint32_t rt_index;
    unsigned number; /* as exec_relation() has it */
    Oid oid;
    ResultRel *rel;
    bool is_open;
    Slot *old;
    unsigned *columns; /* that an update sets, from the first of the plan's columns on */
    unsigned column_count;
    Expr *returning;
    ModifyCheck *checks;
    unsigned check_count;
} ModifyTarget;

typedef struct ModifyConflict ModifyConflict;

typedef struct ModifyNode {
    ExecNode n;
    ModifyTarget *targets;
    unsigned count;
    int tid_column, table_column; /* of the plan's row, from 1; 0: there is none */
    bool is_begun, is_done;
    Recheck *recheck;
    ModifyConflict *conflict; /* NULL: no ON CONFLICT */
} ModifyNode;

void modify_open_target(ModifyNode *m, ModifyTarget *t);

/* The row of an insert. */
void modify_fill_row(ModifyTarget *t, Slot *row);

/* A row was put in, changed or ended: it is counted; RETURNING's row, or NULL. */
Slot *modify_finish_row(ModifyNode *m, ModifyTarget *t, Slot *row);

/* t->old is to be changed by ON CONFLICT: raises unless the views of the change show it. */
void modify_check_conflicting(ModifyNode *m, ModifyTarget *t);

/* ---- modify_conflict.c ---- */

void modify_conflict_init(ModifyNode *m);
bool modify_conflict_updates(const ModifyNode *m); /* DO UPDATE */
Slot *modify_conflict_insert(ModifyNode *m, ModifyTarget *t, Slot *row);

#endif
