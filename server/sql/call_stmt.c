/* call_stmt.c - CALL: a procedure, and the row of its OUT parameters */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/analyzer.h"
#include "server/catalog/catalog_oid.h"
#include "server/expr/catalog_info.h"
#include "server/expr/expr.h"
#include "server/expr/record.h"
#include "server/fmgr/fmgr.h"
#include "server/planner/call.h"
#include "server/sql/sql_int.h"

/* The statement with its function found. Positions count in text; NULL: there are none. */
static const CallStmt *analyze(const Node *statement, const char *text, const ExternParams *given)
{
    RawStmt *raw = node_new(RawStmt);
    size_t count = given == NULL ? 0 : given->count;
    Oid *types = mem_new_array(Oid, count + 1);
    ParamTypes params = {.types = types, .count = (int)count, .is_fixed = true};

    for (size_t i = 0; i < count; i++)
        types[i] = given->params[i].type;
    raw->stmt = node_copy(statement);
    return (const CallStmt *)(const void *)analyzer_query(raw, text, &params)->utility;
}

const TupleDesc *call_statement_columns(const Node *statement)
{
    const CallStmt *stmt = analyze(statement, NULL, NULL);

    if (stmt->function->type != TYPE_RECORD)
        return NULL;
    return catalog_info()->function_row(stmt->function->function);
}

static void read_args(const List *args, const ExternParams *params, FmgrCall *frame)
{
    EvalContext *eval = eval_new();
    const ExprScope scope = {.extern_params = params};

    eval->extern_params = params;
    list_foreach(const Node *, arg, args) {
        NullableDatum *place = &frame->args[arg_i];

        place->value = expr_eval_here(expr_compile(arg, &scope), eval, &place->is_null);
    }
}

static void give_row(CommandCall *call, const TupleDesc *desc, Datum record, bool is_null)
{
    Datum *values = mem_new_array(Datum, desc->count);
    bool *nulls = mem_new_array(bool, desc->count);

    if (is_null)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "procedure returned null record");
    record_take_apart(record, desc, values, nulls);
    call->receiver->begin(call->receiver, desc);
    (void)call->receiver->row(call->receiver, values, nulls);
    call->receiver->end(call->receiver);
}

void call_statement(CommandCall *call)
{
    const CallStmt *stmt = analyze(call->statement, call->text, call->params);
    const FuncExpr *function = stmt->function;
    const List *args = call_all_args(function->function, function->args);
    short count = (short)list_count(args);
    FmgrCall *frame = mem_alloc(FMGR_CALL_SIZE((size_t)count));
    FmgrSite site;
    Datum result;

    catalog_require_execute(function->function);
    fmgr_site_init(&site, function->function, mem_current());
    site.expr = function;
    fmgr_call_init(frame, &site, count, function->input_collation);
    read_args(args, call->params, frame);
    result = fmgr_invoke(frame);
    if (function->type == TYPE_RECORD)
        give_row(call, catalog_info()->function_row(function->function), result, frame->is_null);
}
