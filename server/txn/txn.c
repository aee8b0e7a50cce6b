/*
 * txn.c - transactions as the client drives them: commands, blocks, savepoints
 *
 * What is between two commands is one of four blocks. BEGIN, COMMIT and the like only leave a
 * request; txn_end_command() acts on it, so that the statement itself still runs in the transaction
 * that it ends.
 *
 *              start_command                 BEGIN
 *     NONE --------------------> SINGLE ----------------> OPEN
 *      ^                         |  ^ |                   |  ^
 *      |    end_command: commit  |  | | several           |  | SAVEPOINT, RELEASE,
 *      +-------------------------+  | | statements        |  | ROLLBACK TO: levels
 *      |                            | v                   |  | come and go
 *      |    COMMIT, ROLLBACK      IMPLICIT ---------------+--+
 *      +------------------------------+     BEGIN         |
 *      +--------------------------------------------------+
 *           COMMIT, ROLLBACK, PREPARE (AND CHAIN: OPEN again)
 *
 * An error ends SINGLE and IMPLICIT. In OPEN it aborts the current level, which stays (failed)
 * until ROLLBACK, or ROLLBACK TO a savepoint that was set before. An error while a request to end
 * the block is acted on ends the block.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/os/clock.h"
#include "server/txn/snapshot.h"
#include "server/txn/txn_int.h"

typedef enum ClientBlock { CLIENT_NONE, CLIENT_SINGLE, CLIENT_IMPLICIT, CLIENT_OPEN } ClientBlock;

typedef enum Request {
    REQUEST_NONE,
    REQUEST_BEGIN,
    REQUEST_COMMIT,
    REQUEST_ROLLBACK,
    REQUEST_PREPARE,
    REQUEST_SAVEPOINT,
    REQUEST_RELEASE,
    REQUEST_ROLLBACK_TO,
} Request;

static struct {
    ClientBlock block;
    Request request;
    bool is_chained;       /* COMMIT, ROLLBACK: begin anew with the same characteristics */
    Level *target;         /* RELEASE, ROLLBACK_TO */
    unsigned target_level; /* its nest level, should it be gone already */
    char *name;            /* SAVEPOINT; of PREPARE the GID */
} client;

static void act(Request request);
static void end_block(Request request);
static void commit_levels(void);
static void abort_levels(void);
static void begin_chained(TxnIsolation isolation, bool is_read_only, bool is_deferrable);
static void roll_back_to(void);
static void end_level_by_abort(void);
static void request(Request what);
static void raise_no_block(const char *what);
static void warn_no_transaction(void);
static void find_savepoint(const char *name, const char *what);
static bool names_equal(const char *a, const char *b);

/* ---- Commands ---- */

void txn_start_command(void)
{
    if (txn.current == NULL) {
        client.block = CLIENT_SINGLE;
        client.request = REQUEST_NONE;
        level_start_top();
    }
    mem_switch(txn.current->mem);
}

void txn_end_command(void)
{
    if (txn.current == NULL)
        return;
    if (client.request != REQUEST_NONE)
        act(client.request);
    else if (client.block == CLIENT_SINGLE && txn.current == txn.top)
        end_block(REQUEST_COMMIT);
    else if (!txn_is_failed())
        txn_advance_command();
}

/* The request stays until it is done, for txn_abort_current() to know. */
static void act(Request what)
{
    switch (what) {
    case REQUEST_NONE:
        break;
    case REQUEST_BEGIN:
        client.block = CLIENT_OPEN;
        break;
    case REQUEST_COMMIT:
    case REQUEST_ROLLBACK:
    case REQUEST_PREPARE:
        end_block(what);
        return;
    case REQUEST_SAVEPOINT:
        level_push_sub(client.name);
        break;
    case REQUEST_RELEASE:
        while (txn.current != client.target)
            level_commit_sub();
        level_commit_sub();
        break;
    case REQUEST_ROLLBACK_TO:
        roll_back_to();
        break;
    }
    client.request = REQUEST_NONE;
}

static void end_block(Request what)
{
    bool is_chained = what != REQUEST_PREPARE && client.is_chained;
    TxnIsolation isolation = txn.isolation;
    bool is_read_only = txn.is_read_only, is_deferrable = txn.is_deferrable;

    client.request = what;
    if (what == REQUEST_COMMIT) {
        commit_levels();
        level_commit_top();
    } else if (what == REQUEST_PREPARE) {
        commit_levels();
        level_prepare_top(client.name);
    } else {
        abort_levels();
    }
    client.block = CLIENT_NONE;
    client.request = REQUEST_NONE;
    client.is_chained = false;
    if (is_chained)
        begin_chained(isolation, is_read_only, is_deferrable);
}

static void commit_levels(void)
{
    while (txn.current != txn.top)
        level_commit_sub();
}

static void abort_levels(void)
{
    while (txn.current != NULL)
        end_level_by_abort();
}

static void end_level_by_abort(void)
{
    if (txn.current->state != LEVEL_ABORTED)
        level_abort();
    level_cleanup();
}

static void begin_chained(TxnIsolation isolation, bool is_read_only, bool is_deferrable)
{
    level_start_top();
    client.block = CLIENT_OPEN;
    txn.isolation = isolation;
    txn.is_read_only = is_read_only;
    txn.is_deferrable = is_deferrable;
}

/* The savepoint itself is made anew: it can be gone back to again. */
static void roll_back_to(void)
{
    char *name = mem_strdup_in(txn.top->mem, client.target->name);

    while (txn.current != client.target)
        end_level_by_abort();
    end_level_by_abort();
    level_push_sub(name);
    mem_free(name);
}

void txn_abort_current(void)
{
    Request what = client.request;

    if (txn.current == NULL) {
        client.block = CLIENT_NONE;
        client.request = REQUEST_NONE;
        return;
    }
    client.request = REQUEST_NONE;
    client.is_chained = false;
    if (client.block != CLIENT_OPEN || what == REQUEST_COMMIT || what == REQUEST_ROLLBACK ||
        what == REQUEST_PREPARE) {
        txn_abort_all();
        return;
    }
    /* Levels that were about to go are gone; the one below has failed. */
    if (what == REQUEST_RELEASE || what == REQUEST_ROLLBACK_TO)
        while (txn.current->nest_level >= client.target_level)
            end_level_by_abort();
    if (txn.current->state != LEVEL_ABORTED)
        level_abort();
}

void txn_abort_all(void)
{
    abort_levels();
    client.block = CLIENT_NONE;
    client.request = REQUEST_NONE;
    client.is_chained = false;
}

/* ---- Blocks ---- */

void txn_begin_block(void)
{
    if (client.block == CLIENT_OPEN) {
        err_log(ERR_WARNING, .sqlstate = SQLSTATE_ACTIVE_SQL_TRANSACTION,
                .message = "there is already a transaction in progress");
        return;
    }
    request(REQUEST_BEGIN);
}

bool txn_commit_block(bool chain)
{
    if (client.block != CLIENT_OPEN) {
        if (chain)
            raise_no_block("COMMIT AND CHAIN");
        warn_no_transaction();
        if (client.block == CLIENT_IMPLICIT)
            request(REQUEST_COMMIT);
        return true;
    }
    client.is_chained = chain;
    request(txn_is_failed() ? REQUEST_ROLLBACK : REQUEST_COMMIT);
    return client.request == REQUEST_COMMIT;
}

void txn_abort_block(bool chain)
{
    if (client.block != CLIENT_OPEN) {
        if (chain)
            raise_no_block("ROLLBACK AND CHAIN");
        warn_no_transaction();
    }
    client.is_chained = chain;
    request(REQUEST_ROLLBACK);
}

bool txn_prepare_block(const char *gid)
{
    bool was_open = client.block != CLIENT_SINGLE;

    if (!txn_commit_block(false))
        return false;
    if (!was_open)
        return false;
    client.name = mem_strdup_in(txn.top->mem, gid);
    request(REQUEST_PREPARE);
    return true;
}

void txn_begin_implicit_block(void)
{
    if (client.block == CLIENT_SINGLE)
        client.block = CLIENT_IMPLICIT;
}

void txn_end_implicit_block(void)
{
    if (client.block == CLIENT_IMPLICIT)
        client.block = CLIENT_SINGLE;
}

static void request(Request what)
{
    client.request = what;
}

static void raise_no_block(const char *what)
{
    err_raise(SQLSTATE_NO_ACTIVE_SQL_TRANSACTION,
              .message = err_fmt("%s can only be used in transaction blocks", what));
}

static void warn_no_transaction(void)
{
    err_log(ERR_WARNING, .sqlstate = SQLSTATE_NO_ACTIVE_SQL_TRANSACTION,
            .message = "there is no transaction in progress");
}

/* ---- Savepoints ---- */

void txn_savepoint(const char *name)
{
    if (client.block != CLIENT_OPEN)
        raise_no_block("SAVEPOINT");
    client.name = mem_strdup_in(txn.top->mem, name);
    request(REQUEST_SAVEPOINT);
}

void txn_release(const char *name)
{
    find_savepoint(name, "RELEASE SAVEPOINT");
    request(REQUEST_RELEASE);
}

void txn_rollback_to(const char *name)
{
    find_savepoint(name, "ROLLBACK TO SAVEPOINT");
    request(REQUEST_ROLLBACK_TO);
}

static void find_savepoint(const char *name, const char *what)
{
    Level *level = txn.current;

    if (client.block != CLIENT_OPEN)
        raise_no_block(what);
    while (level != NULL && !names_equal(level->name, name))
        level = level->parent;
    if (level == NULL)
        err_raise(SQLSTATE_INVALID_SAVEPOINT_SPECIFICATION,
                  .message = err_fmt("savepoint \"%s\" does not exist", name));
    client.target = level;
    client.target_level = level->nest_level;
}

static bool names_equal(const char *a, const char *b)
{
    return a != NULL && strcmp(a, b) == 0;
}

/* ---- Subtransactions of the server's own ---- */

void txn_begin_internal_sub(const char *name)
{
    txn_advance_command();
    level_push_sub(name);
}

void txn_release_current_sub(void)
{
    ASSERT(txn.current->parent != NULL);
    level_commit_sub();
}

void txn_rollback_current_sub(void)
{
    ASSERT(txn.current->parent != NULL);
    end_level_by_abort();
}

/* ---- Questions ---- */

void txn_require_block(bool is_top, const char *what)
{
    if (!txn_is_block() && txn.current == txn.top && is_top)
        raise_no_block(what);
}

void txn_warn_no_block(bool is_top, const char *what)
{
    if (!txn_is_block() && txn.current == txn.top && is_top)
        err_log(ERR_WARNING, .sqlstate = SQLSTATE_NO_ACTIVE_SQL_TRANSACTION,
                .message = err_fmt("%s can only be used in transaction blocks", what));
}

void txn_prevent_in_block(bool is_top, const char *what)
{
    if (txn_is_block())
        err_raise(SQLSTATE_ACTIVE_SQL_TRANSACTION,
                  .message = err_fmt("%s cannot run inside a transaction block", what));
    if (txn.current != txn.top)
        err_raise(SQLSTATE_ACTIVE_SQL_TRANSACTION,
                  .message = err_fmt("%s cannot run inside a subtransaction", what));
    if (txn.is_pipelined)
        err_raise(SQLSTATE_ACTIVE_SQL_TRANSACTION,
                  .message = err_fmt("%s cannot be executed within a pipeline", what));
    if (!is_top)
        err_raise(SQLSTATE_ACTIVE_SQL_TRANSACTION,
                  .message = err_fmt("%s cannot be executed from a function", what));
    txn.needs_immediate_commit = true;
}

void txn_note_pipeline(void)
{
    txn.is_pipelined = true;
}

bool txn_needs_immediate_commit(void)
{
    return txn.current != NULL && txn.needs_immediate_commit;
}

/* As after the command: a block that is about to begin or end is one. */
char txn_block_status(void)
{
    if (txn.current == NULL)
        return 'I';
    if (txn_is_failed())
        return 'E';
    return txn_is_block() || client.request != REQUEST_NONE ? 'T' : 'I';
}

bool txn_is_block(void)
{
    return client.block == CLIENT_OPEN || client.block == CLIENT_IMPLICIT;
}

bool txn_is_failed(void)
{
    return txn.current != NULL && txn.current->state == LEVEL_ABORTED;
}

bool txn_is_running(void)
{
    return txn.current != NULL && txn.current->state == LEVEL_RUNNING;
}

Xid txn_xid_if_any(void)
{
    return txn.current == NULL ? XID_NONE : (Xid)txn.current->xid;
}

FullXid txn_top_full_xid_if_any(void)
{
    return txn.top == NULL ? 0 : txn.top->xid;
}

Xid txn_top_xid_if_any(void)
{
    return (Xid)txn_top_full_xid_if_any();
}

/* Children of each level ascend; what was rolled back is in no list. */
bool txn_is_own_xid(Xid xid)
{
    if (xid < 3 || txn.top == NULL || txn.top->xid == 0)
        return false;
    for (const Level *level = txn.current; level != NULL; level = level->parent) {
        size_t low = 0, high = level->child_count;

        if (level->state == LEVEL_ABORTED || level->xid == 0)
            continue;
        if ((Xid)level->xid == xid)
            return true;
        while (low < high) {
            size_t middle = low + (high - low) / 2;

            if (level->children[middle] == xid)
                return true;
            if (xid_precedes(level->children[middle], xid))
                low = middle + 1;
            else
                high = middle;
        }
    }
    return false;
}

Owner *txn_top_owner(void)
{
    return txn.top->owner;
}

unsigned txn_nest_level(void)
{
    return txn.current == NULL ? 0 : txn.current->nest_level;
}

uint32_t txn_sub_id(void)
{
    return txn.current == NULL ? 0 : txn.current->sub_id;
}

MemContext *txn_mem(void)
{
    return txn.current->mem;
}

MemContext *txn_top_mem(void)
{
    return txn.top->mem;
}

/* ---- Commands by number ---- */

Cid txn_command(bool is_used)
{
    if (is_used)
        txn.is_command_used = true;
    return txn.command;
}

/* Numbers are spent on commands that wrote something only. */
void txn_advance_command(void)
{
    if (!txn.is_command_used)
        return;
    if (txn.command == UINT32_MAX - 1)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                  .message = "cannot have more than 2^32-2 commands in a transaction");
    txn.command++;
    txn.is_command_used = false;
    snapshot_set_command(txn.command);
    txn_run_command_hooks();
}

/* ---- Times ---- */

PgTime txn_start_time(void)
{
    return txn.start_time;
}

PgTime txn_statement_time(void)
{
    return txn.statement_time;
}

void txn_set_statement_time(void)
{
    txn.statement_time = clock_now();
}

void txn_set_times(PgTime start, PgTime statement)
{
    txn.start_time = start;
    txn.statement_time = statement;
}

PgTime txn_end_time(void)
{
    if (txn.end_time == 0)
        txn.end_time = clock_now();
    return txn.end_time;
}
