/* explain.c - EXPLAIN: its statement is analyzed and planned as if it were to run. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "server/analyzer/analyzer.h"
#include "server/explain/explain.h"
#include "server/session/session.h"
#include "server/sql/sql_int.h"
#include "server/txn/txn.h"

const TupleDesc *explain_command_columns(const Node *statement)
{
    return explain_columns(((const ExplainStmt *)(const void *)statement)->options);
}

/* Of CREATE TABLE AS and SELECT INTO the query is shown; it is not made to a table. */
static Node *query_of(const ExplainStmt *statement, const ExplainOptions *options)
{
    Node *as = analyzer_table_as(statement->query);
    Node *query = as == NULL ? statement->query : as;
    const CreateTableAsStmt *table = (const CreateTableAsStmt *)(void *)query;

    if (node_is(query, CreateTableAsStmt) && table->kind == OBJECT_TABLE && !options->analyze)
        query = table->query;
    if (command_is(query) && !node_is(query, ExecuteStmt))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("EXPLAIN of %s is not supported yet", command_tag(query)));
    return query;
}

static Prepared *prepare(const Node *query, const CommandCall *call)
{
    Prepared *p = mem_new(Prepared);
    RawStmt *raw = node_new(RawStmt);

    raw->stmt = node_copy(query);
    raw->loc = call->location;
    raw->length = call->length;
    p->mem = mem_current();
    p->text = call->text;
    p->raw = raw;
    query_prepare(p, false);
    return p;
}

/* tree: one of those that rules made of it; NULL: it is one. */
static void explain_one(Prepared *p, Query *tree, const ExplainOptions *options,
                        const ExternParams *params, ExplainAnswer *answer)
{
    ExplainQuery query = {.params = params};
    uint64_t start = clock_monotonic_ns();
    SqlPlan *plan;
    Usage before;

    usage_now(&before);
    plan = tree == NULL ? plan_choose(p, params, 0) : plan_of_tree(p, tree, params);
    query.plan = plan->statement;
    query.planning_ms = (double)(clock_monotonic_ns() - start) / 1e6;
    usage_add_since(&query.planning, &before);
    permission_check(plan->statement->range_table);
    if (options->analyze)
        permission_forbid_write(plan->statement);
    snapshot_push(snapshot_take());
    explain_query(options, &query, answer);
    snapshot_pop();
    plan_release(plan);
}

/* What is run sees what those before it have changed. */
static void explain_prepared(Prepared *p, const ExplainOptions *options, const ExternParams *params,
                             ExplainAnswer *answer)
{
    query_revalidate(p);
    if (p->query.tree != NULL) {
        explain_one(p, NULL, options, params, answer);
        return;
    }
    if (p->query.trees == NULL)
        explain_note(options, "Query rewrites to nothing", NULL, answer);
    list_foreach(Query *, tree, p->query.trees) {
        if (tree->command == COMMAND_UTILITY)
            explain_note(options, "NOTIFY", "Notify", answer);
        else
            explain_one(p, tree, options, params, answer);
        if (options->analyze)
            txn_advance_command();
    }
}

static void explain_execute(const ExecuteStmt *stmt, const CommandCall *call,
                            const ExplainOptions *options, ExplainAnswer *answer)
{
    PreparedStatement *statement = prepared_find(stmt->name);
    Prepared *p = prepared_engine(statement);
    ExternParams params = statement_evaluate_params(p, stmt, call);

    if (!p->is_query)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "EXPLAIN of a prepared command is not supported yet");
    prepared_pin(statement);
    explain_prepared(p, options, &params, answer);
    prepared_unpin(statement);
}

void explain_command(CommandCall *call)
{
    const ExplainStmt *statement = (const ExplainStmt *)(const void *)call->statement;
    const ExternParams none = {.count = 0};
    ExplainOptions options;
    ExplainAnswer answer;
    const Node *query;

    explain_options(statement->options, call->text, &options);
    query = query_of(statement, &options);
    explain_begin(&options, &answer);
    if (node_is(query, ExecuteStmt)) {
        explain_execute((const ExecuteStmt *)(const void *)query, call, &options, &answer);
    } else {
        Prepared *p = prepare(query, call);

        explain_prepared(p, &options, call->params != NULL ? call->params : &none, &answer);
    }
    call->receiver->begin(call->receiver, explain_columns(statement->options));
    explain_send(&options, &answer, call->receiver);
    call->receiver->end(call->receiver);
}
