/* runner.c - queries inside of commands: COPY (query) TO and the like. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/command/command.h"
#include "server/sql/sql_int.h"

struct CommandQuery {
    Prepared prepared;
    ExternParams params;
};

static CommandQuery *prepare(const Node *query, const CommandCall *call)
{
    CommandQuery *q = mem_new(CommandQuery);
    RawStmt *raw = node_new(RawStmt);

    raw->stmt = node_copy(query);
    raw->loc = call->location;
    raw->length = call->length;
    q->prepared.mem = mem_current();
    q->prepared.text = call->text;
    q->prepared.raw = raw;
    if (call->params != NULL)
        q->params = *call->params;
    query_prepare(&q->prepared, false);
    return q;
}

static const TupleDesc *columns(CommandQuery *q)
{
    return q->prepared.desc;
}

static uint64_t run(CommandQuery *q, RowReceiver *receiver)
{
    Run *run = engine_open(&q->prepared, &q->params, mem_current(), 0);
    RunResult result = {.is_done = false};

    engine_run(run, 0, receiver, &result);
    engine_close(run, false);
    return result.rows;
}

const CommandQueryRunner sql_query_runner = {.prepare = prepare, .columns = columns, .run = run};
