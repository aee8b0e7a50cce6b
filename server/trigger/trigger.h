/*
 * trigger.h - triggers of tables: what a trigger function is told, and what waits for its time
 *
 * The executor asks by the functions that trigger_install() gives it (result_rel.h). BEFORE
 * triggers are called at once. AFTER triggers are noted in a queue, by the places of the old and
 * the new row: those of a statement are called at its end, those that are deferred at the commit,
 * or when SET CONSTRAINTS says so.
 *
 * A trigger function takes no arguments; its FmgrCall.context is the head of a TriggerCall. It
 * returns a row as a pointer to a HeapTuple, or a null pointer (never SQL's NULL).
 */
#ifndef TRIGGER_TRIGGER_H
#define TRIGGER_TRIGGER_H

#include "common/base/base.h"

#include "server/access/common/relation.h"
#include "server/catalog/builtin.h"
#include "server/executor/trigger_count.h"
#include "server/fmgr/fmgr.h"
#include "server/txn/txn.h"

typedef struct TriggerCall {
    FmgrCaller head; /* FMGR_CALLER_TRIGGER */
    unsigned event;  /* TRIGGER_* of node.h: ROW, BEFORE, INSTEAD, and the one that happened */
    Relation *rel;
    const RelationTrigger *trigger;
    const HeapTuple *row;            /* the old one; of an insert the new; NULL: a statement */
    const HeapTuple *new_row;        /* of an update */
    const uint64_t *updated_columns; /* bit number - 1; NULL: not known, or no update */
} TriggerCall;

/* NULL: the function was not called as a trigger. */
static inline const TriggerCall *trigger_call(const FmgrCall *call)
{
    return call->context != NULL && call->context->kind == FMGR_CALLER_TRIGGER
               ? (const TriggerCall *)(const void *)call->context
               : NULL;
}

/* How deep in trigger functions are we? pg_trigger_depth() */
int trigger_depth(void);

/* ---- The queue (queue.c) ---- */

/*
 * About what changes rows; each begin has an end, or the (sub)transaction is rolled back. At the
 * end the triggers of what was done in between are called, with the active snapshot.
 */
void trigger_begin_query(void);
void trigger_end_query(TriggerCounts *counts); /* of them; NULL: they are not counted */

/* SET CONSTRAINTS; constraints NULL: ALL. */
void trigger_set_constraints(const Array *constraints, bool is_deferred);

/* 55006 when events of the relation wait in the queue. what: "ALTER TABLE". */
void trigger_require_no_events(const Relation *rel, const char *what);
bool trigger_has_events(Oid relation);

/* Before the portals are done with at a commit, and after, since they may change rows. */
extern const TxnHook trigger_txn_hook, trigger_txn_last_hook;

/* ---- Keys that may be deferred (unique_check.c) ---- */

#define TRIGGER_UNIQUE_RECHECK 1250 /* pg_proc's unique_key_recheck */

/* ---- Foreign keys (ri_*.c) ---- */

/* What a function of foreign keys is for. */
typedef enum RiKind {
    RI_NONE,
    RI_CHECK, /* of the referencing table: is the row that it refers to there? */
    RI_NO_ACTION,
    RI_RESTRICT,
    RI_CASCADE,
    RI_SET_NULL,
    RI_SET_DEFAULT,
} RiKind;
RiKind trigger_ri_kind(Oid function, bool *is_update);

/* Does each row of the table agree with its constraint? 23503 for the first that does not. */
void trigger_validate_foreign_key(Relation *table, Oid constraint);

/* ---- main ---- */

void trigger_install(void);

extern const BuiltinBinding trigger_builtins[];
extern const size_t trigger_builtin_count;

#endif
