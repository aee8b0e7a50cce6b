/* result_rel_int.h - what the files of result relations share. */
#ifndef EXECUTOR_RESULT_REL_INT_H
#define EXECUTOR_RESULT_REL_INT_H

#include "common/base/base.h"

#include "server/access/toast/toast.h"
#include "server/executor/exec_index.h"
#include "server/executor/result_rel.h"

typedef struct ResultCheck {
    const char *name;
    Expr *expr;
} ResultCheck;

typedef struct ResultGenerated {
    unsigned number;
    Expr *expr;
} ResultGenerated;

typedef struct ResultToast {
    ToastRel rel;
    Relation *table;
    Relation *indexes[TOAST_INDEXES_MAX];
} ResultToast;

struct ResultRel {
    MemContext *mem;
    const TupleDesc *desc;
    Slot *row;
    MemContext *row_mem; /* of the row that is being stored */
    EvalContext *eval;   /* of checks and generated columns; NULL: there are none */
    uint64_t *key_columns, *indexed_columns;
    uint64_t *set_columns; /* that an update sets; NULL: not known */
    RelationCounts *counts; /* of triggers; NULL: they are not counted */
    bool has_not_null, has_triggers, is_shortened;
    Oid toast_table;
    ResultCheck *checks;
    unsigned check_count;
    ResultGenerated *generated;
    unsigned generated_count;

    /* Of a run: */
    Relation *rel; /* NULL: there is none */
    HeapRel *heap;
    Cid command;
    MemContext *run_mem;
    FireRel *fire;     /* NULL: there is no trigger */
    IndexSet *indexes; /* NULL: not opened yet */
    Relation **index_rels;
    unsigned index_count;
    ResultToast *toast; /* NULL: not opened yet */
};

/* The row in the slot, computed, checked, as a tuple in the current context. */
HeapTuple *result_rel_form(ResultRel *r, unsigned insert_flags);
HeapTuple *result_rel_shorten(ResultRel *r, HeapTuple *tuple, unsigned insert_flags);
IndexSet *result_rel_open_indexes(ResultRel *r);
void result_rel_add_entries(ResultRel *r, Tid tid, IndexInsert *how);

/* ---- result_catalog.c ---- */

#define NO_ROW ((Tid){.offset = 0})

/*
 * A row was changed: if the relation is a catalog, whoever keeps what it says has to know. old:
 * NO_ROW for an insert; fresh: NULL for a delete.
 */
void result_rel_note_catalog(const ResultRel *r, Tid old, const HeapTuple *fresh);

/* ---- result_trigger.c ---- */

void result_rel_open_triggers(ResultRel *r);

/*
 * Before an update or delete: the row is locked, and triggers are asked. HEAP_CHANGE_OK: go on.
 */
HeapResult result_rel_before_change(ResultRel *r, RowChange change, Tid tid, HeapObstacle *why);
void result_rel_after_insert(ResultRel *r, const IndexInsert *entries);

/* The name of the table's schema, for errors; NULL when it is not known. */
const char *result_rel_schema(const ResultRel *r);

#endif
