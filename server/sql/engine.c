/* engine.c - the functions that a session calls; engine.h of session has what each promises. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/tuple_store.h"
#include "server/analyzer/analyzer.h"
#include "server/command/command.h"
#include "server/command/transaction.h"
#include "server/parser/parser.h"
#include "server/sql/sql.h"
#include "server/sql/sql_int.h"
#include "server/txn/snapshot.h"
#include "server/types/database_text.h"

static const ExternParam *take_params(const OpenRequest *request);
static Run *open_prepared(Prepared *prepared, const ExternParams *params, MemContext *mem,
                          int cursor_options, bool sees_as_caller);
static void run_command(Run *run, RowReceiver *receiver, RunResult *result);
static void engine_hand_on(Run *run);

static const char *tag_of(const Node *statement)
{
    switch (statement->tag) {
    case NODE_SelectStmt:
        return "SELECT";
    case NODE_InsertStmt:
        return "INSERT";
    case NODE_UpdateStmt:
        return "UPDATE";
    case NODE_DeleteStmt:
        return "DELETE";
    case NODE_MergeStmt:
        return "MERGE";
    default:
        return command_tag(statement);
    }
}

static void parse(const char *text, Array *statements)
{
    const List *list = parser_parse(text, PARSE_STATEMENTS, text_encoding());

    for (int i = 0; i < list_count(list); i++) {
        const RawStmt *raw = list_at(list, i);

        *(RawStatement *)array_push(statements) = (RawStatement){
            .tree = raw,
            .location = raw->loc,
            .len = raw->length,
            .tag = tag_of(raw->stmt),
            .is_transaction_control = node_is(raw->stmt, TransactionStmt),
            .ends_failed_block = command_ends_failed_block(raw->stmt),
        };
    }
}

/* SELECT INTO is a command. */
static const RawStmt *without_into(const RawStmt *raw, MemContext *mem)
{
    RawStmt *made;

    MEM_SCOPE(mem) {
        Node *as = analyzer_table_as(raw->stmt);

        made = as == NULL ? NULL : mem_dup(raw, sizeof *raw);
        if (made != NULL)
            made->stmt = as;
    }
    return made == NULL ? raw : made;
}

static Prepared *prepare(const PrepareRequest *request)
{
    Prepared *p = mem_alloc_in(request->mem, sizeof *p);
    Array *types = request->param_types;

    p->mem = request->mem;
    p->text = request->text;
    p->raw = without_into(request->raw->tree, request->mem);
    if (types != NULL) {
        p->param_types = types->items;
        p->param_count = (int)types->count;
    }
    if (command_is(p->raw->stmt)) {
        MEM_SCOPE(request->mem) {
            p->desc = command_columns(p->raw->stmt);
        }
        return p;
    }
    query_prepare(p, types != NULL);
    if (types != NULL)
        for (int i = 0; i < p->param_count; i++)
            *(Oid *)((size_t)i < types->count ? array_at(types, (size_t)i) : array_push(types)) =
                p->param_types[i];
    return p;
}

static const TupleDesc *columns(Prepared *p)
{
    return p->desc;
}

static Run *open_run(const OpenRequest *request)
{
    ExternParams params = {.count = request->param_count, .params = take_params(request)};
    Run *run = engine_open(request->prepared, &params, request->mem, request->cursor_options);

    run->is_top = request->is_top;
    return run;
}

static const ExternParam *take_params(const OpenRequest *request)
{
    ExternParam *params;

    if (request->param_count == 0)
        return NULL;
    params = mem_alloc_in(request->mem, request->param_count * sizeof *params);
    for (size_t i = 0; i < request->param_count; i++)
        params[i] = (ExternParam){.value = request->params[i].value,
                                  .is_null = request->params[i].is_null,
                                  .type = request->params[i].type};
    return params;
}

Run *engine_open(Prepared *prepared, const ExternParams *params, MemContext *mem,
                 int cursor_options)
{
    return open_prepared(prepared, params, mem, cursor_options, false);
}

Run *engine_open_as(Prepared *prepared, const ExternParams *params, MemContext *mem,
                    bool sees_as_caller)
{
    return open_prepared(prepared, params, mem, 0, sees_as_caller);
}

static Run *open_prepared(Prepared *prepared, const ExternParams *params, MemContext *mem,
                          int cursor_options, bool sees_as_caller)
{
    Run *run = mem_alloc_in(mem, sizeof *run);
    Owner *before;

    run->prepared = prepared;
    run->mem = mem;
    run->params = *params;
    run->cursor_options = cursor_options;
    run->sees_as_caller = sees_as_caller;
    /* A command may end the transaction, and its owners with it: it has none of its own. */
    if (!prepared->is_query)
        return run;
    run->owner = owner_new(owner_current(), "statement");
    before = owner_switch(run->owner);
    run_open(run);
    owner_switch(before);
    return run;
}

static int own_format(Run *run)
{
    return cursor_is_binary(run->prepared->raw->stmt) ? FORMAT_BINARY : FORMAT_TEXT;
}

void engine_run(Run *run, uint64_t max_rows, RowReceiver *receiver, RunResult *result)
{
    Owner *before;

    if (!run->prepared->is_query) {
        if (run->prepared->desc != NULL && max_rows != 0)
            run_stored(run, max_rows, receiver, result, run_command);
        else
            run_command(run, receiver, result);
        return;
    }
    before = owner_switch(run->owner);
    run_rows(run, max_rows, receiver, result);
    owner_switch(before);
}

static void run_command(Run *run, RowReceiver *receiver, RunResult *result)
{
    const RawStmt *raw = run->prepared->raw;
    const Snapshot *mine = NULL;
    CommandCall call = {.statement = raw->stmt,
                        .text = run->prepared->text,
                        .location = raw->loc,
                        .length = raw->length,
                        .place = run->is_top ? COMMAND_TOP : COMMAND_BODY,
                        .params = &run->params,
                        .receiver = receiver};

    if (command_needs_snapshot(raw->stmt)) {
        snapshot_push(snapshot_take());
        mine = snapshot_active();
    }
    command_run(&call);
    /* One that commits in its midst (VACUUM) has none of it any more. */
    if (mine != NULL && snapshot_has_active() && snapshot_active() == mine)
        snapshot_pop();
    result->is_done = true;
    result->tag = call.tag.name;
    result->tag_form = call.tag.has_rows ? TAG_ROWS : TAG_PLAIN;
    result->rows = call.tag.rows;
}

/* The current owner is the subtransaction's, which ends. */
static void engine_hand_on(Run *run)
{
    if (run->owner != NULL)
        owner_set_parent(run->owner, owner_parent(owner_current()));
}

void engine_close(Run *run, bool is_abort)
{
    Owner *before;

    if (run->owner == NULL) {
        if (run->store != NULL && !is_abort)
            tuple_store_free(run->store);
        return;
    }
    before = owner_switch(run->owner);
    run_close(run, is_abort);
    owner_switch(before);
    for (OwnerPhase phase = OWNER_BEFORE_LOCKS; phase <= OWNER_AFTER_LOCKS; phase++)
        owner_release(run->owner, phase, !is_abort);
    owner_free(run->owner);
    run->owner = NULL;
}

/* As the parser left it: a column's own table, even through views. */
static void origin(Prepared *p, unsigned column, Oid *table, int16_t *number)
{
    int seen = 0;

    for (int i = 0; i < list_count(p->targets); i++) {
        const TargetEntry *target = list_at(p->targets, i);

        if (target->is_junk || (unsigned)seen++ != column)
            continue;
        *table = target->origin_table;
        *number = (int16_t)target->origin_column;
        return;
    }
}

const SessionEngine *sql_engine(void)
{
    static const SessionEngine engine = {
        .parse = parse,
        .prepare = prepare,
        .columns = columns,
        .open = open_run,
        .own_format = own_format,
        .run = engine_run,
        .fetch = cursor_run,
        .hand_on = engine_hand_on,
        .hold = cursor_hold,
        .close = engine_close,
        .read_value = value_read,
        .writer = value_writer,
        .origin = origin,
        .call = value_call,
    };

    return &engine;
}
