/* explain.c - EXPLAIN: its statement is analyzed and planned as if it were to run. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "server/explain/explain.h"
#include "server/sql/sql_int.h"

const TupleDesc *explain_command_columns(const Node *statement)
{
    return explain_columns(((const ExplainStmt *)(const void *)statement)->options);
}

static Prepared *prepare(const CommandCall *call)
{
    const ExplainStmt *statement = (const ExplainStmt *)(const void *)call->statement;
    Prepared *p = mem_new(Prepared);
    RawStmt *raw = node_new(RawStmt);

    if (command_is(statement->query))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message =
                      err_fmt("EXPLAIN of %s is not supported yet", command_tag(statement->query)));
    raw->stmt = node_copy(statement->query);
    raw->loc = call->location;
    raw->length = call->length;
    p->mem = mem_current();
    p->text = call->text;
    p->raw = raw;
    query_prepare(p, false);
    return p;
}

static void explain_prepared(Prepared *p, const ExplainOptions *options, const ExternParams *params,
                             ExplainAnswer *answer)
{
    uint64_t start = clock_monotonic_ns();
    SqlPlan *plan = plan_choose(p, params, 0);

    permission_check(plan->statement->range_table);
    if (options->analyze)
        permission_forbid_write(plan->statement);
    snapshot_push(snapshot_take());
    explain_query(options,
                  &(ExplainQuery){.plan = plan->statement,
                                  .params = params,
                                  .planning_ms = (double)(clock_monotonic_ns() - start) / 1e6},
                  answer);
    snapshot_pop();
    plan_release(plan);
}

void explain_command(CommandCall *call)
{
    const ExplainStmt *statement = (const ExplainStmt *)(const void *)call->statement;
    const ExternParams none = {.count = 0};
    ExplainOptions options;
    ExplainAnswer answer;
    Prepared *p;

    explain_options(statement->options, call->text, &options);
    p = prepare(call);
    explain_begin(&options, &answer);
    if (p->query.tree != NULL)
        explain_prepared(p, &options, call->params != NULL ? call->params : &none, &answer);
    call->receiver->begin(call->receiver, explain_columns(statement->options));
    explain_send(&options, &answer, call->receiver);
    call->receiver->end(call->receiver);
}
