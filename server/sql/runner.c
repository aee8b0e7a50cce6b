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

/* It must still be one query. */
static void check_rules(const Prepared *p)
{
    const List *trees = p->query.trees;
    const char *message = "multi-statement DO INSTEAD rules are not supported for COPY";

    if (list_count(trees) == 1)
        return;
    if (trees == NULL)
        message = "DO INSTEAD NOTHING rules are not supported for COPY";
    list_foreach(const Query *, tree, trees) {
        if (tree->source == QUERY_SOURCE_QUALIFIED_INSTEAD_RULE) {
            message = "conditional DO INSTEAD rules are not supported for COPY";
            break;
        }
        if (tree->source == QUERY_SOURCE_NON_INSTEAD_RULE) {
            message = "DO ALSO rules are not supported for COPY";
            break;
        }
    }
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = message);
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
    check_rules(q->prepared);
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
