/*
 * command.h - utility statements: everything but SELECT, INSERT, UPDATE, DELETE and MERGE
 *
 * command.def says of each kind of statement what it is called, where it is allowed, and which
 * function runs it. What is of the session (settings, transactions, cursors, prepared statements)
 * is run by functions that the session sets with command_set_handlers().
 *
 *     if (command_is(raw->stmt))
 *         ... if (command_needs_snapshot(stmt)) snapshot_push(snapshot_take());
 *         command_run(&call);
 *
 * The session calls command_run() in a transaction; the transaction's command number is advanced by
 * whoever runs the next statement. A statement's tree is never changed: it may be run again.
 */
#ifndef COMMAND_COMMAND_H
#define COMMAND_COMMAND_H

#include "common/base/base.h"

#include "server/access/common/row_receiver.h"
#include "server/access/common/tuple_desc.h"
#include "server/expr/expr.h"
#include "server/node/node.h"

/* Whose statement it is. */
typedef enum CommandPlace {
    COMMAND_TOP,  /* the client's own, alone in its message or not */
    COMMAND_BODY, /* of a function, of EXECUTE, of EXPLAIN */
    COMMAND_PART, /* of another command */
} CommandPlace;

/* What the client is told: "CREATE TABLE", "SELECT 5". */
typedef struct CommandTag {
    const char *name;
    bool has_rows;
    uint64_t rows;
} CommandTag;

typedef struct CommandCall {
    const Node *statement; /* what RawStmt.stmt is, or a stored tree of its kind */
    const char *text;      /* what locations count in; NULL: not known */
    int location, length;  /* of the statement in text; length 0: to its end */
    CommandPlace place;
    const ExternParams *params; /* NULL: there are none */
    RowReceiver *receiver;      /* for statements with columns; its begin and end are called */
    CommandTag tag;             /* out; command_tag() unless the command says otherwise */
} CommandCall;

/* Raises what the statement raises; 0A000 for what is not written. */
void command_run(CommandCall *call);

/* Is it one of command.def? */
bool command_is(const Node *statement);

/* ---- Facts of a statement, without running it ---- */

/* "DROP TABLE"; in constant memory. "???" for what is no command. */
const char *command_tag(const Node *statement);

/* The columns of what returns rows (SHOW, EXPLAIN, FETCH, EXECUTE, CALL); else NULL. */
const TupleDesc *command_columns(const Node *statement);

/* Must one be active while it runs? */
bool command_needs_snapshot(const Node *statement);

/* Where it may run: the first refusal counts. */
typedef enum CommandAccess {
    COMMAND_READS,   /* anywhere */
    COMMAND_LOCAL,   /* changes what is the session's: not in parallel workers */
    COMMAND_PRIMARY, /* in a read-only transaction, but not in recovery */
    COMMAND_WRITES,  /* neither here nor there */
} CommandAccess;
CommandAccess command_access(const Node *statement);

/* What log_statement has to be for it to be logged. */
typedef enum CommandLog { COMMAND_LOG_ALL, COMMAND_LOG_MOD, COMMAND_LOG_DDL } CommandLog;
CommandLog command_log(const Node *statement);

/* ---- Queries that are part of a command; run by a higher room ---- */

typedef struct CommandQuery CommandQuery;
typedef struct CommandQueryRunner {
    /* A raw query (SelectStmt, InsertStmt...) of the call's text, up to its plan. */
    CommandQuery *(*prepare)(const Node *raw, const CommandCall *call);

    /* What its rows have; NULL: it gives none. */
    const TupleDesc *(*columns)(CommandQuery *query);

    /* All of them, between begin and end of the receiver; how many. */
    uint64_t (*run)(CommandQuery *query, RowReceiver *receiver);
} CommandQueryRunner;
void command_set_query_runner(const CommandQueryRunner *runner);

/* Raises 0A000 when there is none. */
const CommandQueryRunner *command_query_runner(void);

/* ---- Statements whose functions are in higher rooms ---- */

typedef struct CommandHandler {
    NodeTag kind;
    void (*run)(CommandCall *call);
    const TupleDesc *(*columns)(const Node *statement); /* NULL: it returns no rows */
} CommandHandler;

/* Of kinds that have HANDLER in command.def; the table must stay. */
void command_set_handlers(const CommandHandler *handlers, size_t count);

#endif
