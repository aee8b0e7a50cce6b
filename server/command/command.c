/* command.c - utility statements find the function that runs them; command.h has the how. */
#include "common/base/base.h"

#include "server/command/command.h"

#include "common/err/err.h"
#include "server/cache/catalog_scan.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/lock/lock.h"
#include "server/txn/txn.h"

typedef void CommandFunction(CommandCall *call);

typedef struct CommandRow {
    const char *tag;
    int access; /* CommandAccess, or ACCESS_BY */
    bool is_never_in_block;
    bool needs_snapshot;
    CommandLog log;
    CommandFunction *run; /* NULL: the kind is no command */
} CommandRow;

static struct {
    const CommandHandler *rows;
    size_t count;
} handlers;

static const CommandQueryRunner *query_runner;

static CommandFunction run_handler, raise_not_written;
static void refuse_event_triggers(void);
static const CommandRow *find(const Node *statement);
static const CommandHandler *find_handler(NodeTag kind);
static CommandAccess access_by_statement(const Node *statement);

/* The words of command.def. */
#define ACCESS_READS   COMMAND_READS
#define ACCESS_LOCAL   COMMAND_LOCAL
#define ACCESS_PRIMARY COMMAND_PRIMARY
#define ACCESS_WRITES  COMMAND_WRITES
#define ACCESS_BY      (-1)
#define BLOCK_NEVER    true
#define BLOCK_ANY      false
#define SNAPSHOT_YES   true
#define SNAPSHOT_NO    false
#define HANDLER        run_handler
#define NOT_WRITTEN    raise_not_written

/* By NodeTag. */
static const CommandRow rows[] = {
#define ROW(kind, tag, access, block, snapshot, log, function)                                     \
 [NODE_##kind] = {tag,     ACCESS_##access, BLOCK_##block, SNAPSHOT_##snapshot, COMMAND_LOG_##log, \
                  function},
#include "server/command/command.def"
#undef ROW
};

static const CommandRow *find(const Node *statement)
{
    if ((size_t)statement->tag >= ARRAY_LEN(rows) || rows[statement->tag].run == NULL)
        return NULL;
    return &rows[statement->tag];
}

bool command_is(const Node *statement)
{
    return find(statement) != NULL;
}

void command_run(CommandCall *call)
{
    const CommandRow *row = find(call->statement);
    const char *tag = command_tag(call->statement);
    CommandAccess access;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("unrecognized node type: %d", (int)call->statement->tag));
    call->tag = (CommandTag){.name = tag};
    access = command_access(call->statement);
    if (access == COMMAND_WRITES)
        txn_forbid_write(tag);
    if (access >= COMMAND_PRIMARY)
        txn_forbid_in_recovery(tag);
    if (row->is_never_in_block)
        txn_prevent_in_block(call->place == COMMAND_TOP, tag);
    if (access == COMMAND_WRITES && row->log == COMMAND_LOG_DDL)
        refuse_event_triggers();
    row->run(call);
}

/* They would have to be called. Without any this reads no page. */
static void refuse_event_triggers(void)
{
    CatalogScan *scan = catalog_scan_begin(PG_EVENT_TRIGGER_CATALOG, 0, 0, NULL);
    bool is_found = catalog_scan_next(scan) != NULL;

    catalog_scan_end(scan);
    if (is_found)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "event triggers are not supported yet");
}

/* ---- Facts ---- */

const char *command_tag(const Node *statement)
{
    const CommandRow *row = find(statement);

    if (row == NULL)
        return "???";
    return row->tag != NULL ? row->tag : command_tag_of_statement(statement);
}

const TupleDesc *command_columns(const Node *statement)
{
    const CommandRow *row = find(statement);
    const CommandHandler *handler;

    if (row == NULL || row->run != run_handler)
        return NULL;
    handler = find_handler(statement->tag);
    return handler != NULL && handler->columns != NULL ? handler->columns(statement) : NULL;
}

bool command_needs_snapshot(const Node *statement)
{
    const CommandRow *row = find(statement);

    return row != NULL && row->needs_snapshot;
}

CommandLog command_log(const Node *statement)
{
    const CommandRow *row = find(statement);

    if (row == NULL)
        return COMMAND_LOG_ALL;
    if (node_is(statement, CopyStmt) && ((const CopyStmt *)(const void *)statement)->is_from)
        return COMMAND_LOG_MOD;
    return row->log;
}

CommandAccess command_access(const Node *statement)
{
    const CommandRow *row = find(statement);

    if (row == NULL)
        return COMMAND_READS;
    return row->access != ACCESS_BY ? (CommandAccess)row->access : access_by_statement(statement);
}

static CommandAccess access_by_statement(const Node *statement)
{
    switch (statement->tag) {
    case NODE_CopyStmt:
        /* Into a temporary table it is fine; COPY itself refuses others. */
        return ((const CopyStmt *)(const void *)statement)->is_from ? COMMAND_PRIMARY
                                                                    : COMMAND_READS;
    case NODE_LockStmt:
        return ((const LockStmt *)(const void *)statement)->mode > LOCK_ROW_EXCLUSIVE
                   ? COMMAND_PRIMARY
                   : COMMAND_READS;
    case NODE_TransactionStmt:
        switch (((const TransactionStmt *)(const void *)statement)->kind) {
        case TRANSACTION_PREPARE:
        case TRANSACTION_COMMIT_PREPARED:
        case TRANSACTION_ROLLBACK_PREPARED:
            return COMMAND_PRIMARY;
        default:
            return COMMAND_READS;
        }
    default:
        return COMMAND_WRITES;
    }
}

/* ---- Functions of higher rooms ---- */

void command_set_query_runner(const CommandQueryRunner *runner)
{
    query_runner = runner;
}

const CommandQueryRunner *command_query_runner(void)
{
    if (query_runner == NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "queries inside of commands are not supported yet");
    return query_runner;
}

void command_set_handlers(const CommandHandler *table, size_t count)
{
    handlers.rows = table;
    handlers.count = count;
}

static const CommandHandler *find_handler(NodeTag kind)
{
    for (size_t i = 0; i < handlers.count; i++) {
        if (handlers.rows[i].kind == kind)
            return &handlers.rows[i];
    }
    return NULL;
}

static void run_handler(CommandCall *call)
{
    const CommandHandler *handler = find_handler(call->statement->tag);

    if (handler == NULL)
        raise_not_written(call);
    else
        handler->run(call);
}

static void raise_not_written(CommandCall *call)
{
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message = err_fmt("%s is not supported yet", command_tag(call->statement)));
}
