/* runner.c - queries inside of commands: COPY (query) TO and the like. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/command/command.h"
#include "server/session/session.h"
#include "server/sql/sql_int.h"

struct CommandQuery {
    Prepared *prepared;
    ExternParams params;
    PreparedStatement *executed; /* of EXECUTE; NULL: it is none */
};

static void prepare_execute(CommandQuery *q, const ExecuteStmt *stmt, const CommandCall *call)
{
    q->executed = prepared_find(stmt->name);
    q->prepared = prepared_engine(q->executed);
    if (!q->prepared->is_query || !node_is(q->prepared->raw->stmt, SelectStmt))
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE, .message = "prepared statement is not a SELECT");
    q->params = statement_evaluate_params(q->prepared, stmt, call);
}

static CommandQuery *prepare(const Node *query, const CommandCall *call)
{
    CommandQuery *q = mem_new(CommandQuery);
    RawStmt *raw;

    if (node_is(query, ExecuteStmt)) {
        prepare_execute(q, (const ExecuteStmt *)(const void *)query, call);
        return q;
    }
    raw = node_new(RawStmt);
    raw->stmt = node_copy(query);
    raw->loc = call->location;
    raw->length = call->length;
    q->prepared = mem_new(Prepared);
    q->prepared->mem = mem_current();
    q->prepared->text = call->text;
    q->prepared->raw = raw;
    if (call->params != NULL)
        q->params = *call->params;
    query_prepare(q->prepared, false);
    return q;
}

static const TupleDesc *columns(CommandQuery *q)
{
    return q->prepared->desc;
}

static uint64_t run(CommandQuery *q, RowReceiver *receiver)
{
    RunResult result = {.is_done = false};
    Run *run;

    if (q->executed != NULL)
        prepared_pin(q->executed);
    run = engine_open(q->prepared, &q->params, mem_current(), 0);
    engine_run(run, 0, receiver, &result);
    engine_close(run, false);
    if (q->executed != NULL)
        prepared_unpin(q->executed);
    return result.rows;
}

const CommandQueryRunner sql_query_runner = {.prepare = prepare, .columns = columns, .run = run};
