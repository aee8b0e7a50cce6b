/* statement.c - PREPARE, EXECUTE, DEALLOCATE, and DISCARD. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/analyzer.h"
#include "server/command/sequence_value.h"
#include "server/command/temp_schema.h"
#include "server/config/guc.h"
#include "server/lock/lock_object.h"
#include "server/session/session.h"
#include "server/sql/sql_int.h"
#include "server/txn/txn.h"

static void discard_all(bool is_top);

/* ---- PREPARE ---- */

void statement_prepare(CommandCall *call)
{
    const PrepareStmt *stmt = (const void *)call->statement;
    PreparedStatement *p = prepared_begin(stmt->name);
    Array *types = prepared_param_types(p);
    char *text = mem_strdup_in(prepared_mem(p), call->text);
    RawStatement statement = {.location = call->location, .len = call->length};

    if (*stmt->name == '\0')
        err_raise(SQLSTATE_INVALID_SQL_STATEMENT_NAME,
                  .message = "invalid statement name: must not be empty");
    for (int i = 0; i < list_count(stmt->types); i++) {
        int32_t typmod;

        *(Oid *)array_push(types) = analyzer_type(list_at(stmt->types, i), call->text, &typmod);
    }
    MEM_SCOPE(prepared_mem(p)) {
        RawStmt *raw = node_new(RawStmt);

        raw->stmt = node_copy(stmt->query);
        raw->loc = call->location;
        raw->length = call->length;
        statement.tree = raw;
    }
    prepared_finish(p, text, &statement);
}

/* ---- EXECUTE ---- */

const TupleDesc *statement_execute_columns(const Node *statement)
{
    const ExecuteStmt *stmt = (const void *)statement;

    return prepared_engine(prepared_find(stmt->name))->desc;
}

void statement_execute(CommandCall *call)
{
    const ExecuteStmt *stmt = (const void *)call->statement;
    PreparedStatement *p = prepared_find(stmt->name);
    Prepared *prepared = prepared_engine(p);
    MemContext *mem = mem_context_new(mem_current(), "execute");
    ExternParams params = statement_evaluate_params(prepared, stmt, call);
    Run *run;
    RunResult result = {.is_done = false};

    prepared_pin(p);
    run = engine_open(prepared, &params, mem, 0);
    engine_run(run, 0, call->receiver, &result);
    engine_close(run, false);
    prepared_unpin(p);
    call->tag = (CommandTag){.name = result.tag_form == TAG_INSERT ? "INSERT 0" : result.tag,
                             .has_rows = result.tag_form != TAG_PLAIN,
                             .rows = result.rows};
    mem_delete(mem);
}

ExternParams statement_evaluate_params(const Prepared *prepared, const ExecuteStmt *stmt,
                                       const CommandCall *call)
{
    int count = list_count(stmt->params);
    ExternParam *values;
    EvalContext *context;

    if (count != prepared->param_count)
        err_raise(
            SQLSTATE_SYNTAX_ERROR,
            .message =
                err_fmt("wrong number of parameters for prepared statement \"%s\"", stmt->name),
            .detail = err_fmt("Expected %d parameters but got %d.", prepared->param_count, count));
    if (count == 0)
        return (ExternParams){.count = 0};
    values = mem_new_array(ExternParam, (size_t)count);
    context = eval_new();
    context->extern_params = call->params;
    for (int i = 0; i < count; i++) {
        Oid type = prepared->param_types[i];
        Node *expr = analyzer_execute_arg(list_at(stmt->params, i), type, i + 1, call->text);
        const ExprScope scope = {.extern_params = call->params};

        values[i].type = type;
        values[i].value = expr_eval(expr_compile(expr, &scope), context, &values[i].is_null);
    }
    return (ExternParams){.count = (size_t)count, .params = values};
}

/* ---- DEALLOCATE, DISCARD ---- */

void statement_deallocate(CommandCall *call)
{
    const DeallocateStmt *stmt = (const void *)call->statement;

    if (stmt->name == NULL) {
        prepared_close_all();
        return;
    }
    if (!prepared_try_close(stmt->name))
        err_raise(SQLSTATE_INVALID_SQL_STATEMENT_NAME,
                  .message = err_fmt("prepared statement \"%s\" does not exist", stmt->name));
}

/* As if the session had just begun. */
static void discard_all(bool is_top)
{
    txn_prevent_in_block(is_top, "DISCARD ALL");
    portal_close_all();
    guc_set(&(GucChange){.name = "session_authorization",
                         .as = GUC_USERSET,
                         .source = GUC_FROM_SESSION,
                         .action = GUC_SET,
                         .level = ERR_ERROR});
    guc_reset_all();
    prepared_close_all();
    lock_advisory_unlock_all();
    query_forget_plans();
    temp_schema_discard();
    sequence_forget(0);
}

void statement_discard(CommandCall *call)
{
    switch (((const DiscardStmt *)(const void *)call->statement)->target) {
    case DISCARD_ALL:
        discard_all(call->place == COMMAND_TOP);
        break;
    case DISCARD_PLANS:
        query_forget_plans();
        break;
    case DISCARD_SEQUENCES:
        sequence_forget(0);
        break;
    case DISCARD_TEMP:
        temp_schema_discard();
        break;
    }
}
