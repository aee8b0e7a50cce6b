/*
 * run.c - a query that runs
 *
 * A statement that changes rows runs to its end at once, whoever asks for how many: rows that it
 * returns are kept, and given piece by piece. All others give rows as they are found.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/tuple_store.h"
#include "server/config/setting.h"
#include "server/sql/sql_int.h"
#include "server/txn/txn.h"

/* Rows to a store, to be read again. */
typedef struct StoreReceiver {
    RowReceiver head;
    TupleStore *store;
    const TupleDesc *desc;
} StoreReceiver;

static void open_exec(Run *run);
static void several_rows(Run *run, uint64_t max_rows, RowReceiver *receiver, RunResult *result);
static bool changes_rows(const PlannedStmt *statement);
static uint64_t give_found(Run *run, uint64_t max_rows, RowReceiver *receiver, RunResult *result);
static uint64_t give_pieces(Run *run, uint64_t max_rows, RowReceiver *receiver, RunResult *result);
static StoreReceiver new_store(Run *run, bool outlives_transaction);
static void tell(const Run *run, uint64_t rows, RunResult *result);
static void store_begin(RowReceiver *self, const TupleDesc *desc);
static void store_end(RowReceiver *self);
static bool store_row(RowReceiver *self, const Datum *values, const bool *nulls);

/* ---- Open ---- */

void run_open(Run *run)
{
    MEM_SCOPE(run->mem) {
        run->plan = plan_choose(run->prepared, &run->params, run->cursor_options);
    }
    if (run->plan == NULL) {
        several_open(run);
        return;
    }
    if (run->cursor_options != 0)
        cursor_decide_scroll(run);
    run->snapshot = snapshot_register(run->sees_as_caller ? snapshot_active() : snapshot_take());
    run_begin(run);
}

void run_begin(Run *run)
{
    permission_check(run->plan->statement->range_table);
    if (txn_is_read_only())
        permission_forbid_write(run->plan->statement);
    open_exec(run);
}

/* The tree of a plan that is kept is used again, unless it is running: then another one is made. */
static void open_exec(Run *run)
{
    SqlPlan *plan = run->plan;

    run->owns_exec = plan->is_busy || run->cursor_options != 0;
    if (run->owns_exec) {
        bool scrolls = (run->cursor_options & CURSOR_SCROLL) != 0;

        MEM_SCOPE(run->mem) {
            run->exec = exec_new(plan->statement, scrolls ? EXEC_BACKWARD | EXEC_REWIND : 0);
        }
    } else {
        if (plan->exec == NULL)
            MEM_SCOPE(plan->mem) {
                plan->exec = exec_new(plan->statement, 0);
            }
        run->exec = plan->exec;
        plan->is_busy = true;
    }
    run->is_open = true;
    exec_open(run->exec, &(ExecOpen){.snapshot = run->snapshot, .params = &run->params});
}

/* ---- Run ---- */

void run_rows(Run *run, uint64_t max_rows, RowReceiver *receiver, RunResult *result)
{
    uint64_t rows = 0;

    if (run->plan == NULL) {
        several_rows(run, max_rows, receiver, result);
        return;
    }
    if (run->prepared->desc == NULL) {
        run_exec(run, EXEC_FORWARD, 0, NULL);
        run_finish(run);
        result->is_done = true;
    } else {
        receiver->begin(receiver, run->prepared->desc);
        if (run->store == NULL && changes_rows(run->plan->statement) && max_rows != 0)
            run_keep_rows(run, run);
        rows = run->store != NULL ? give_pieces(run, max_rows, receiver, result)
                                  : give_found(run, max_rows, receiver, result);
        receiver->end(receiver);
    }
    tell(run, rows, result);
}

/* All of them are run by the first call, and their rows, if the statement has any, are kept. */
static void several_rows(Run *run, uint64_t max_rows, RowReceiver *receiver, RunResult *result)
{
    if (!run->is_finished)
        several_run(run, receiver);
    *result = run->stored_result;
    result->is_done = true;
    if (run->prepared->desc == NULL)
        return;
    receiver->begin(receiver, run->prepared->desc);
    give_pieces(run, max_rows, receiver, result);
    receiver->end(receiver);
}

static bool changes_rows(const PlannedStmt *statement)
{
    return statement->command != COMMAND_SELECT || statement->has_modifying_cte;
}

uint64_t run_exec(Run *run, ExecDirection direction, uint64_t max_rows, RowReceiver *receiver)
{
    /* What it pins is its own, also when FETCH asks for the rows. */
    Owner *before = owner_switch(run->owner);
    uint64_t rows;

    snapshot_push(run->snapshot);
    rows = exec_run(run->exec, direction, max_rows, receiver);
    snapshot_pop();
    owner_switch(before);
    return rows;
}

static uint64_t give_found(Run *run, uint64_t max_rows, RowReceiver *receiver, RunResult *result)
{
    uint64_t rows = 0;

    if (!run->is_finished)
        rows = run_exec(run, EXEC_FORWARD, max_rows, receiver);
    if (!run->is_finished && exec_is_at_end(run->exec))
        run_finish(run);
    result->is_done = run->is_finished;
    return rows;
}

void run_finish(Run *run)
{
    snapshot_push(run->snapshot);
    exec_finish(run->exec);
    snapshot_pop();
    run->is_finished = true;
}

void run_keep_rows(Run *run, Run *part)
{
    StoreReceiver receiver = new_store(run, false);

    run_exec(part, EXEC_FORWARD, 0, &receiver.head);
    run_finish(part);
}

static StoreReceiver new_store(Run *run, bool outlives_transaction)
{
    MEM_SCOPE(run->mem) {
        run->store = tuple_store_new((size_t)setting.work_mem * KIB(1), outlives_transaction);
    }
    return (StoreReceiver){.head = {.begin = store_begin, .row = store_row, .end = store_end},
                           .store = run->store,
                           .desc = run->prepared->desc};
}

static void store_begin(RowReceiver *self UNUSED, const TupleDesc *desc UNUSED)
{
}

static void store_end(RowReceiver *self UNUSED)
{
}

void run_keep_rest(Run *run)
{
    StoreReceiver receiver = new_store(run, true);

    if (!run->is_behind)
        run_exec(run, EXEC_FORWARD, 0, &receiver.head);
    run_finish(run);
}

/* A command that gives rows does so in one go. */
void run_stored(Run *run, uint64_t max_rows, RowReceiver *receiver, RunResult *result,
                void (*make)(Run *run, RowReceiver *receiver, RunResult *result))
{
    if (run->store == NULL) {
        StoreReceiver store = new_store(run, false);

        make(run, &store.head, &run->stored_result);
    }
    receiver->begin(receiver, run->prepared->desc);
    *result = run->stored_result;
    result->is_done = false;
    result->rows = give_pieces(run, max_rows, receiver, result);
    receiver->end(receiver);
}

static bool store_row(RowReceiver *self, const Datum *values, const bool *nulls)
{
    StoreReceiver *r = (StoreReceiver *)(void *)self;

    tuple_store_put_values(r->store, r->desc, values, nulls);
    return true;
}

static uint64_t give_pieces(Run *run, uint64_t max_rows, RowReceiver *receiver, RunResult *result)
{
    uint64_t wanted = max_rows == 0 ? UINT64_MAX : max_rows;
    uint64_t rows = run_give_stored(run, EXEC_FORWARD, wanted, receiver);

    result->is_done = rows < wanted;
    return rows;
}

uint64_t run_give_stored(Run *run, ExecDirection direction, uint64_t max_rows,
                         RowReceiver *receiver)
{
    const TupleDesc *desc = run->prepared->desc;
    Datum *values = mem_new_array(Datum, desc->count);
    bool *nulls = mem_new_array(bool, desc->count);
    uint64_t rows = 0;

    while (rows < max_rows) {
        const MinimalTuple *row = tuple_store_next(run->store, 0, direction == EXEC_BACK);
        HeapTuple view;

        if (row == NULL)
            break;
        rows++;
        if (receiver == NULL)
            continue;
        minimal_view(row, &view);
        heap_deform(&view, desc, values, nulls);
        if (!receiver->row(receiver, values, nulls))
            break;
    }
    return rows;
}

void run_tell(CommandKind command, uint64_t rows, RunResult *result)
{
    static const struct {
        const char *tag;
        TagForm form;
    } tags[] = {
        [COMMAND_SELECT] = {"SELECT", TAG_ROWS}, [COMMAND_INSERT] = {"INSERT", TAG_INSERT},
        [COMMAND_UPDATE] = {"UPDATE", TAG_ROWS}, [COMMAND_DELETE] = {"DELETE", TAG_ROWS},
        [COMMAND_MERGE] = {"MERGE", TAG_ROWS},
    };

    result->tag = tags[command].tag;
    result->tag_form = tags[command].form;
    result->rows = rows;
}

static void tell(const Run *run, uint64_t rows, RunResult *result)
{
    CommandKind command = run->plan->statement->command;

    run_tell(command, command == COMMAND_SELECT ? rows : exec_changed_rows(run->exec), result);
}

/* ---- Close ---- */

void run_close(Run *run, bool is_abort)
{
    SqlPlan *plan = run->plan;

    several_close(run, is_abort);
    if (run->is_open)
        exec_close(run->exec, is_abort);
    /* A part is closed by itself, and with the others. */
    run->is_open = false;
    if (run->exec != NULL && !run->owns_exec)
        plan->is_busy = false;
    run->exec = NULL;
    /* That of a held cursor is what is left of it. */
    if (run->store != NULL && run->cursor_options == 0)
        tuple_store_free(run->store);
    if (run->snapshot != NULL && !is_abort)
        snapshot_unregister(run->snapshot);
    run->snapshot = NULL;
    if (plan != NULL)
        plan_release(plan);
    run->plan = NULL;
}
