/* trigger_int.h - what the files of triggers share: calling one, noting an event, foreign keys */
#ifndef TRIGGER_TRIGGER_INT_H
#define TRIGGER_TRIGGER_INT_H

#include "common/base/base.h"

#include "server/executor/result_rel.h"
#include "server/lock/lock.h"
#include "server/trigger/trigger.h"

/* ---- fire.c ---- */

/* Does session_replication_role let it be called? */
bool trigger_is_enabled(const RelationTrigger *t);

/* What the function returns. call has all but its head. */
HeapTuple *trigger_invoke(FmgrSite *site, TriggerCall *call);

extern const ResultTriggers trigger_functions;

/* ---- unique_check.c ---- */

/* Of a row that was put in: 23505 when another one has its key. */
void unique_check(const TriggerCall *t);

/* ---- queue.c ---- */

/* The number by which events of that trigger are noted in this transaction. */
uint32_t trigger_event_kind(const Relation *rel, const RelationTrigger *t, unsigned event);
void trigger_note_event(uint32_t kind, Tid old, Tid new);

/*
 * Has a statement trigger of that kind been called in this query already? Notes that it has. A
 * query that the server runs for a trigger is part of the one that has fired it.
 */
bool trigger_was_before(Oid relation, RowChange change);

/* AFTER triggers of a statement are called once, last: those that were noted before are not. */
void trigger_begin_after(Oid relation, RowChange change);
void trigger_finish_after(Oid relation, RowChange change);

int trigger_depth_enter(void); /* returns what trigger_depth_leave() wants */
void trigger_depth_leave(int depth);

/* ---- ri_info.c: foreign keys ---- */

#define RI_KEYS_MAX 32

/* The queries that PostgreSQL runs for a foreign key, each with a plan of its own. */
typedef enum RiQuery {
    RI_QUERY_CHECK,       /* for the row that is referred to */
    RI_QUERY_IS_REPLACED, /* for another row with the key that has gone */
    RI_QUERY_REFUSE,      /* for rows that refer to one */
    RI_QUERY_CASCADE_DELETE,
    RI_QUERY_CASCADE_UPDATE,
    RI_QUERY_SET_NULL_DELETE, /* when the row referred to is deleted, and so on */
    RI_QUERY_SET_NULL_UPDATE,
    RI_QUERY_SET_DEFAULT_DELETE,
    RI_QUERY_SET_DEFAULT_UPDATE,
    RI_QUERY_VALIDATE, /* of all rows: never kept */
    RI_QUERIES
} RiQuery;

typedef struct RiInfo {
    Oid constraint; /* first: the key of the table of them */
    bool is_valid;
    uint8_t *runs; /* by RiQuery; of ri_plan.c */
    uint32_t hash; /* by which messages name its row */
    char name[NAME_SIZE];
    Oid schema; /* of the constraint */
    Oid pk_table, fk_table, index;
    char match, on_update, on_delete;
    unsigned key_count, delete_count;
    int16_t pk[RI_KEYS_MAX], fk[RI_KEYS_MAX];
    int16_t delete_columns[RI_KEYS_MAX]; /* of SET NULL and SET DEFAULT; none: all */
    Oid pf[RI_KEYS_MAX], pp[RI_KEYS_MAX], ff[RI_KEYS_MAX];
} RiInfo;

/* Of a trigger's constraint; raises 42P17 when it has none. Stays where it is. */
const RiInfo *ri_info(const RelationTrigger *t, const Relation *rel);
const RiInfo *ri_info_of(Oid constraint);

/* Calls the function for all that are known. It must not raise. */
void ri_info_for_each(void (*fn)(const RiInfo *info, Oid oid), Oid oid);

/* A value as an operator takes it. */
typedef struct RiCast {
    FmgrSite site; /* fn NULL: it is as it is */
    Oid type;      /* that the operator takes */
} RiCast;
void ri_cast_init(RiCast *c, Oid from, Oid to, MemContext *mem);

static inline Datum ri_cast(RiCast *c, Datum value)
{
    return c->site.fn == NULL ? value : fmgr_call(&c->site, 0, 1, &value);
}

typedef struct RiOperator {
    Oid oid, left, right, function, commutator;
} RiOperator;
RiOperator ri_operator(Oid oid);

/* Two values, by an equality operator. */
typedef struct RiEqual {
    RiCast left, right;
    FmgrSite site;
    Oid collation;
} RiEqual;
void ri_equal_init(RiEqual *e, Oid op, Oid left_type, Oid right_type, Oid collation,
                   MemContext *mem);
bool ri_equal(RiEqual *e, Datum left, Datum right);

typedef struct RiRow {
    Datum values[RI_KEYS_MAX];
    bool nulls[RI_KEYS_MAX];
    unsigned null_count;
} RiRow;

/* The columns of a key; values point into the tuple. */
void ri_row_read(const Relation *rel, const HeapTuple *tuple, const int16_t *columns,
                 unsigned count, RiRow *out);

/* ---- ri_text.c ---- */

/* The query that PostgreSQL would run, for the context of errors; in the current context. */
char *ri_query_text(const RiInfo *info, RiKind kind, bool is_update);

/* 23503 */
_Noreturn void ri_raise_missing(const RiInfo *info, Relation *fk, Relation *pk, const RiRow *row);
_Noreturn void ri_raise_referenced(const RiInfo *info, Relation *pk, Relation *fk,
                                   const RiRow *row);
_Noreturn void ri_raise_mixed(const RiInfo *info, const Relation *fk);

/* ---- ri_plan.c: indexes that a query locks ---- */

/* All that a table has: who plans a query locks them, used or not. */
void ri_lock_indexes(Relation *rel, LockMode mode);

/* Those that the next run of the query locks, of which it reads one (0: none). */
void ri_plan_lock(const RiInfo *info, RiQuery query, Relation *rel, Oid index, LockMode mode);
void ri_plan_count(const RiInfo *info, RiQuery query); /* that it runs */

/* ---- ri_search.c: the rows that refer to one ---- */

typedef struct RiSearch RiSearch;

RiSearch *ri_search_new(const RiInfo *info, Relation *pk, RiQuery query, LockMode mode);
Relation *ri_search_table(const RiSearch *s);

/* The rows are searched for another query from now on. */
void ri_search_set_query(RiSearch *s, RiQuery query, LockMode mode);

/* From the start, for rows that refer to that key. */
void ri_search_begin(RiSearch *s, const RiRow *key);

/* The next one, on a page that is pinned until the next call; NULL: there is none. */
const HeapTuple *ri_search_next(RiSearch *s);
bool ri_search_matches(RiSearch *s, const HeapTuple *row); /* a newer version of one */
void ri_search_stop(RiSearch *s);
void ri_search_end(RiSearch *s);

/* ---- ri_lookup.c: the row that is referred to ---- */

typedef struct RiLookup RiLookup;

/*
 * For RI_QUERY_IS_REPLACED values are of the table itself, else of the referencing one. The
 * relation and its index are locked and pinned until the end; in the current context.
 */
RiLookup *ri_lookup_new(const RiInfo *info, RiQuery query);

/* Is it there, as of now? Locks it FOR KEY SHARE. is_latest: whatever the isolation level. */
bool ri_lookup(RiLookup *l, const RiRow *row, bool is_latest);

/* The same as that snapshot has it, without a lock. */
bool ri_lookup_plain(RiLookup *l, const RiRow *row, const Snapshot *s);
Relation *ri_lookup_table(const RiLookup *l);
void ri_lookup_end(RiLookup *l);

/* ---- ri_fire.c ---- */

/* Must the trigger be called for that change? */
bool ri_is_wanted(const RelationTrigger *t, RiKind kind, const Relation *rel, RowChange change,
                  const HeapTuple *old, const HeapTuple *new);

/* What a trigger of a foreign key has for all its calls in one go; in the current context. */
typedef struct RiRun RiRun;
RiRun *ri_run_new(Relation *rel, const RelationTrigger *t, RiKind kind, bool is_update);
void ri_run(RiRun *run, const TriggerCall *call);
void ri_run_end(RiRun *run);

#endif
