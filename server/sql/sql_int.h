/* sql_int.h - what the files of sql share: prepared statements, runs, values. */
#ifndef SQL_SQL_INT_H
#define SQL_SQL_INT_H

#include "common/base/base.h"

#include "common/mem/owner.h"
#include "server/access/common/relation.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command.h"
#include "server/executor/executor.h"
#include "server/expr/catalog_info.h"
#include "server/expr/expr.h"
#include "server/node/node.h"
#include "server/session/engine.h"
#include "server/txn/snapshot.h"

/* ---- What engine.h leaves open ---- */

/* A plan, with the tree that runs it. It goes with its last user. */
typedef struct SqlPlan {
    MemContext *mem;
    PlannedStmt *statement;
    Exec *exec;    /* NULL: not made yet, or of no use any more */
    bool is_busy;  /* exec is open */
    bool is_valid; /* what it stands on has not changed */
    Xid xmin;      /* as of which something was too new for it; 0: nothing was */
    unsigned users;
    double cost; /* as estimated */
} SqlPlan;

/* What is kept of a query: its meaning, and a plan that serves all parameters. */
typedef struct SqlQuery {
    MemContext *mem; /* of the trees; another one each time it is analyzed */
    List *trees;         /* Query: what rules made of it, in order; NULL: nothing is to be done */
    Query *tree;         /* it, or the one that stands for it; NULL: they made several or none */
    CommandKind command; /* what it was before */
    bool is_known; /* the client has been told its columns */
    bool is_valid;
    bool is_kept; /* it may run more than once: it is in the list that invalidations go through */
    SqlPlan *generic;
    double custom_cost; /* of all plans made for given parameters */
    unsigned custom_count;
    uint64_t generic_count; /* how often the generic plan was chosen */
    uint64_t path; /* generation of the search path */
    Oid role;
    struct Prepared *next, **link; /* in the list; link NULL: not in it */
} SqlQuery;

/* Of a statement in the body of a function. */
typedef struct SqlBody {
    const char *function;     /* its name, by which parameters may be called */
    const char *const *names; /* of its parameters; NULL: none has one */
    const Node *stored;       /* analyzed, as the catalog has it; NULL: text */

    /* The last query gives the result. */
    bool is_last;
    bool is_procedure;
    Oid result;
    const TupleDesc *row; /* of a composite result */
    bool gives_whole_row; /* out: its one column is the row */
} SqlBody;

struct Prepared {
    MemContext *mem;
    SqlBody *body; /* NULL: it is none of a function */
    const char *text;
    const RawStmt *raw;
    Oid *param_types;
    int param_count;
    const TupleDesc *desc; /* NULL: no rows */
    const List *targets;   /* of desc, for where columns come from */
    bool is_query;         /* else a command */
    SqlQuery query;
};

struct Run {
    Prepared *prepared;
    MemContext *mem;
    Owner *owner;
    bool is_top;
    ExternParams params;
    int cursor_options; /* CURSOR_*; 0: it is none */

    /* Of a cursor: rows before where it stands; behind the last one. */
    uint64_t position;
    bool is_behind;

    /* Of a query: */
    SqlPlan *plan;
    Exec *exec; /* the plan's, or one of its own while that one is running */
    bool owns_exec;
    const Snapshot *snapshot; /* registered */
    bool sees_as_caller;      /* what the active snapshot sees, in place of a new one */
    bool is_open, is_finished;
    struct Run *parts; /* those that rules made of it; NULL: it is one */
    int part_count;
    const Query *tree; /* of a part */
    struct TupleStore *store; /* rows that were made by the first call, to be given in pieces */
    RunResult stored_result;
};

/* ---- query.c: what a query means ---- */

/* Analyze it and fill in columns and parameters; kept ones go into the list of invalidations. */
void query_prepare(Prepared *p, bool is_kept);

/* Make it valid, with its relations locked: analyzed anew when what it stands on has changed. */
void query_revalidate(Prepared *p);

/* Is the plan good now, with the locks that it needs? Takes them. */
bool query_lock_plan(const Prepared *p, const SqlPlan *plan);

/* DISCARD PLANS: all are made anew when they are used. */
void query_forget_plans(void);

/* ---- plan.c: which plan runs it ---- */

/*
 * A plan for one run with those parameters; the caller is a user of it. NULL: rules have made
 * several queries of it, or none.
 */
SqlPlan *plan_choose(Prepared *p, const ExternParams *params, int cursor_options);

/* Of one of the queries that rules have made, for this run alone. */
SqlPlan *plan_of_tree(Prepared *p, Query *tree, const ExternParams *params);
void plan_release(SqlPlan *plan);

/* ---- permission.c ---- */

/* Raise 42501 unless the relations of the range table may be used as its entries say. */
void permission_check(const List *range_table);

/* Raise 25006 when it writes anything but temporary tables: in a read-only transaction. */
void permission_forbid_write(const PlannedStmt *statement);

/* ---- engine.c: runs, for commands that run statements ---- */

Run *engine_open(Prepared *prepared, const ExternParams *params, MemContext *mem,
                 int cursor_options);
Run *engine_open_as(Prepared *prepared, const ExternParams *params, MemContext *mem,
                    bool sees_as_caller);
void engine_run(Run *run, uint64_t max_rows, RowReceiver *receiver, RunResult *result);
void engine_close(Run *run, bool is_abort);

/* ---- run.c: a query that runs ---- */

void run_open(Run *run);
void run_rows(Run *run, uint64_t max_rows, RowReceiver *receiver, RunResult *result);
void run_close(Run *run, bool is_abort);

/* With its plan and snapshot chosen: make it ready, if that is allowed. */
void run_begin(Run *run);

/* What waits for the query's end, once. */
void run_finish(Run *run);

/* As the command that the query was, or is: its tag, and how many rows it changed. */
void run_tell(CommandKind command, uint64_t rows, RunResult *result);

/* Keep all the rows of part in the run's store. */
void run_keep_rows(Run *run, Run *part);

/* Up to max_rows rows (0: all) from where it stands. */
uint64_t run_exec(Run *run, ExecDirection direction, uint64_t max_rows, RowReceiver *receiver);

/* The same from its store, receiver may be NULL; UINT64_MAX: all. */
uint64_t run_give_stored(Run *run, ExecDirection direction, uint64_t max_rows,
                         RowReceiver *receiver);

/* Put the rows that are left into a store that outlives the transaction. */
void run_keep_rest(Run *run);

/* A command's rows, made by the first call. */
void run_stored(Run *run, uint64_t max_rows, RowReceiver *receiver, RunResult *result,
                void (*make)(Run *run, RowReceiver *receiver, RunResult *result));

/* ---- several.c: a query that rules made several of, or none ---- */

void several_open(Run *run);
void several_run(Run *run, RowReceiver *receiver);
void several_close(Run *run, bool is_abort);

/* ---- statement.c ---- */

void statement_prepare(CommandCall *call);
const TupleDesc *statement_execute_columns(const Node *statement);
void statement_execute(CommandCall *call);

/* The parameters of an EXECUTE, evaluated. */
ExternParams statement_evaluate_params(const Prepared *prepared, const ExecuteStmt *stmt,
                                       const CommandCall *call);
void statement_deallocate(CommandCall *call);
void statement_discard(CommandCall *call);

/* ---- cursor.c ---- */

struct FetchRequest {
    FetchDirection how;
    bool is_all;
    int64_t count;
};

uint64_t cursor_run(Run *run, const FetchRequest *request, RowReceiver *receiver);
void cursor_hold(Run *run);

/* Whether it can go back, where DECLARE does not say: sets one of CURSOR_SCROLL, _NO_SCROLL. */
void cursor_decide_scroll(Run *run);

bool cursor_is_binary(const Node *statement);
void cursor_declare(CommandCall *call);
const TupleDesc *cursor_fetch_columns(const Node *statement);
void cursor_fetch(CommandCall *call);
void cursor_close(CommandCall *call);
bool cursor_row(const char *name, const Relation *table, Tid *tid); /* an ExecCursorSource */

/* ---- explain.c ---- */

const TupleDesc *explain_command_columns(const Node *statement);
void explain_command(CommandCall *call);

/* ---- call_stmt.c: CALL ---- */

const TupleDesc *call_statement_columns(const Node *statement);
void call_statement(CommandCall *call);

/* ---- sql_function.c: functions in SQL ---- */

/* For call_facts_set_sql(). */
void sql_function_resolve(const PgProc *row, FmgrSite *site);

/* ---- Tables for lower rooms ---- */

extern const SessionValues sql_session_values;    /* session_value.c */
extern const CommandQueryRunner sql_query_runner; /* runner.c */

/* ---- value.c: values on the wire ---- */

Datum value_read(Oid type, const WireValue *value);
void value_writer(Oid type, int format, MemContext *mem, ValueWriter *out);
void value_call(const EngineCall *call);

#endif
