/* engine.c - the functions that a session calls; engine.h of session has what each promises. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/command/command.h"
#include "server/command/transaction.h"
#include "server/parser/parser.h"
#include "server/sql/sql.h"
#include "server/sql/sql_int.h"
#include "server/txn/snapshot.h"
#include "server/types/database_text.h"

static void parse(const char *text, Array *statements)
{
    const List *list = parser_parse(text, PARSE_STATEMENTS, text_encoding());

    for (int i = 0; i < list_count(list); i++) {
        const RawStmt *raw = list_at(list, i);

        *(RawStatement *)array_push(statements) = (RawStatement){
            .tree = raw,
            .location = raw->loc,
            .len = raw->length,
            .is_transaction_control = node_is(raw->stmt, TransactionStmt),
            .ends_failed_block = command_ends_failed_block(raw->stmt),
        };
    }
}

static Prepared *prepare(const PrepareRequest *request)
{
    Prepared *p = mem_alloc_in(request->mem, sizeof *p);

    p->text = request->text;
    p->raw = request->raw->tree;
    if (!command_is(p->raw->stmt))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("statements of kind %s are not supported yet",
                                     node_kind_name(p->raw->stmt->tag)));
    MEM_SCOPE(request->mem) {
        p->desc = command_columns(p->raw->stmt);
    }
    return p;
}

static const TupleDesc *columns(Prepared *p)
{
    return p->desc;
}

static Run *open_run(const OpenRequest *request)
{
    Run *run = mem_alloc_in(request->mem, sizeof *run);

    run->prepared = request->prepared;
    run->is_top = request->is_top;
    run->owner = owner_new(owner_current(), "statement");
    return run;
}

static int own_format(Run *run UNUSED)
{
    return FORMAT_TEXT;
}

static void run_on(Run *run, uint64_t max_rows UNUSED, RowReceiver *receiver, RunResult *result)
{
    Prepared *p = run->prepared;
    CommandCall call = {.statement = p->raw->stmt,
                        .text = p->text,
                        .location = p->raw->loc,
                        .length = p->raw->length,
                        .place = run->is_top ? COMMAND_TOP : COMMAND_BODY,
                        .receiver = receiver};

    const Snapshot *mine = NULL;

    if (command_needs_snapshot(p->raw->stmt)) {
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

static void close_run(Run *run, bool is_abort)
{
    for (OwnerPhase phase = OWNER_BEFORE_LOCKS; phase <= OWNER_AFTER_LOCKS; phase++)
        owner_release(run->owner, phase, !is_abort);
    owner_free(run->owner);
}

static void origin(Prepared *p UNUSED, unsigned column UNUSED, Oid *table, int16_t *number)
{
    *table = 0;
    *number = 0;
}

const SessionEngine *sql_engine(void)
{
    static const SessionEngine engine = {
        .parse = parse,
        .prepare = prepare,
        .columns = columns,
        .open = open_run,
        .own_format = own_format,
        .run = run_on,
        .close = close_run,
        .read_value = value_read,
        .writer = value_writer,
        .origin = origin,
        .call = value_call,
    };

    return &engine;
}
