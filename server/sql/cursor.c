/*
 * cursor.c - a query that is read in pieces, forward and back: DECLARE, FETCH, MOVE, CLOSE
 *
 * Where a cursor stands is counted here: before the first row, on one, or behind the last. The
 * executor goes forward and back from there. A cursor WITH HOLD has its rows in a store when its
 * transaction has committed, and is read from that.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/tuple_store.h"
#include "server/analyzer/analyzer.h"
#include "server/planner/planner.h"
#include "server/session/session.h"
#include "server/sql/sql_int.h"
#include "server/txn/txn.h"

static uint64_t fetch(Run *run, const FetchRequest *request, RowReceiver *receiver);
static uint64_t fetch_absolute(Run *run, int64_t count, RowReceiver *receiver);
static uint64_t fetch_relative(Run *run, int64_t count, RowReceiver *receiver);
static uint64_t fetch_again(Run *run, RowReceiver *receiver);
static uint64_t go(Run *run, ExecDirection direction, uint64_t count, RowReceiver *receiver);
static uint64_t go_forward(Run *run, uint64_t count, RowReceiver *receiver);
static uint64_t go_back(Run *run, uint64_t count, RowReceiver *receiver);
static uint64_t read_rows(Run *run, ExecDirection direction, uint64_t count, RowReceiver *receiver);
static void rewind_rows(Run *run);
static void require_scroll(const Run *run);
static bool is_on_row(const Run *run);

#define ALL UINT64_MAX

/* ---- Commands ---- */

/* What a cursor may be is said by the analysis of the whole statement; it does not outlive this. */
static void check_declaration(const CommandCall *call)
{
    RawStmt *raw = node_new(RawStmt);

    raw->stmt = node_copy(call->statement);
    raw->loc = call->location;
    raw->length = call->length;
    analyzer_query(raw, call->text, NULL);
}

void cursor_declare(CommandCall *call)
{
    const DeclareCursorStmt *stmt = (const void *)call->statement;
    PreparedStatement *p;
    RawStatement statement = {.location = call->location, .len = call->length};
    char *text;

    check_declaration(call);
    p = prepared_begin("");
    text = mem_strdup_in(prepared_mem(p), call->text);
    MEM_SCOPE(prepared_mem(p)) {
        RawStmt *raw = node_new(RawStmt);

        raw->stmt = node_copy(stmt->query);
        raw->loc = call->location;
        raw->length = call->length;
        statement.tree = raw;
    }
    portal_analyze(p, text, &statement);
    if (*stmt->name == '\0')
        err_raise(SQLSTATE_INVALID_CURSOR_NAME,
                  .message = "invalid cursor name: must not be empty");
    if ((stmt->options & CURSOR_HOLD) == 0)
        txn_require_block(call->place == COMMAND_TOP, "DECLARE CURSOR");
    portal_declare(stmt->name, p, stmt->options);
}

static Portal *find_cursor(const char *name)
{
    Portal *portal = portal_try_find(name);

    if (portal == NULL)
        err_raise(SQLSTATE_INVALID_CURSOR_NAME,
                  .message = err_fmt("cursor \"%s\" does not exist", name));
    return portal;
}

const TupleDesc *cursor_fetch_columns(const Node *statement)
{
    const FetchStmt *stmt = (const void *)statement;
    Portal *portal = stmt->is_move ? NULL : portal_try_find(stmt->name);

    return portal == NULL ? NULL : portal_columns(portal);
}

void cursor_fetch(CommandCall *call)
{
    const FetchStmt *stmt = (const void *)call->statement;
    Portal *portal = find_cursor(stmt->name);
    RowReceiver *receiver = stmt->is_move ? NULL : call->receiver;
    FetchRequest request = {.how = stmt->direction,
                            .is_all = stmt->is_all,
                            .count =
                                stmt->is_negative ? -(int64_t)stmt->count : (int64_t)stmt->count};

    if (receiver != NULL)
        receiver->begin(receiver, portal_columns(portal));
    call->tag.has_rows = true;
    call->tag.rows = portal_fetch(portal, &request, receiver);
    if (receiver != NULL)
        receiver->end(receiver);
}

void cursor_close(CommandCall *call)
{
    const CloseStmt *stmt = (const void *)call->statement;

    if (stmt->name == NULL)
        portal_close_all();
    else
        portal_close(find_cursor(stmt->name));
}

/* ---- What it can do ---- */

void cursor_decide_scroll(Run *run)
{
    const PlannedStmt *statement = run->plan->statement;

    if ((run->cursor_options & (CURSOR_SCROLL | CURSOR_NO_SCROLL)) != 0)
        return;
    run->cursor_options |=
        list_count(statement->row_marks) == 0 && plan_goes_backward(statement->plan)
            ? CURSOR_SCROLL
            : CURSOR_NO_SCROLL;
}

/* FETCH from a cursor that was declared BINARY. */
bool cursor_is_binary(const Node *statement)
{
    const FetchStmt *stmt = (const void *)statement;
    const Portal *portal;

    if (!node_is(statement, FetchStmt) || stmt->is_move)
        return false;
    portal = portal_try_find(stmt->name);
    return portal != NULL && portal_is_binary(portal);
}

/* ---- WHERE CURRENT OF ---- */

_Noreturn static void raise_cursor(const char *name, const char *what)
{
    err_raise(SQLSTATE_INVALID_CURSOR_STATE, .message = err_fmt("cursor \"%s\" %s", name, what));
}

_Noreturn static void raise_cursor_of(const char *name, const char *what, const Relation *table)
{
    raise_cursor(name, mem_printf("%s table \"%s\"", what, table->name));
}

/* The executor of a cursor that is being read; one that is held has only its rows left. */
static const Exec *exec_of_cursor(const char *name, const Run *run)
{
    const PlannedStmt *statement;

    if (run != NULL && run->owner == NULL && run->store != NULL)
        raise_cursor(name, "is held from a previous transaction");
    statement = run != NULL && run->plan != NULL ? run->plan->statement : NULL;
    if (statement == NULL || statement->command != COMMAND_SELECT || statement->has_modifying_cte)
        raise_cursor(name, "is not a SELECT query");
    return run->exec;
}

bool cursor_row(const char *name, const Relation *table, Tid *tid)
{
    const Exec *exec = exec_of_cursor(name, portal_open_run(find_cursor(name)));
    ExecPlace place = exec_place(exec, table->oid, tid);

    switch (place) {
    case PLACE_NOT_SIMPLE:
        raise_cursor_of(name, "is not a simply updatable scan of", table);
    case PLACE_NOT_LOCKED:
        raise_cursor_of(name, "does not have a FOR UPDATE/SHARE reference to", table);
    case PLACE_LOCKED_TWICE:
        raise_cursor_of(name, "has multiple FOR UPDATE/SHARE references to", table);
    case PLACE_ROW:
    case PLACE_NO_ROW:
        break;
    }
    if (!exec_is_on_row(exec))
        raise_cursor(name, "is not positioned on a row");
    return place == PLACE_ROW;
}

/* ---- FETCH ---- */

uint64_t cursor_run(Run *run, const FetchRequest *request, RowReceiver *receiver)
{
    Owner *before = run->owner == NULL ? NULL : owner_switch(run->owner);
    uint64_t rows = fetch(run, request, receiver);

    if (before != NULL)
        owner_switch(before);
    return rows;
}

static uint64_t fetch(Run *run, const FetchRequest *request, RowReceiver *receiver)
{
    int64_t count = request->count;

    switch (request->how) {
    case FETCH_ABSOLUTE:
        return fetch_absolute(run, count, receiver);
    case FETCH_RELATIVE:
        return fetch_relative(run, count, receiver);
    case FETCH_BACKWARD:
        count = -count;
        break;
    case FETCH_FORWARD:
        break;
    }
    if (request->is_all)
        return go(run, request->how == FETCH_BACKWARD ? EXEC_BACK : EXEC_FORWARD, ALL, receiver);
    if (count == 0)
        return fetch_again(run, receiver);
    return go(run, count < 0 ? EXEC_BACK : EXEC_FORWARD, (uint64_t)(count < 0 ? -count : count),
              receiver);
}

/* The nearer of the ways: from the start, or from where it stands. */
static uint64_t fetch_absolute(Run *run, int64_t count, RowReceiver *receiver)
{
    uint64_t wanted = (uint64_t)count, here = run->position + (run->is_behind ? 1 : 0);

    if (count < 0) {
        go(run, EXEC_FORWARD, ALL, NULL);
        if (count < -1)
            go(run, EXEC_BACK, (uint64_t)(-count - 1), NULL);
        return go(run, EXEC_BACK, 1, receiver);
    }
    if (count == 0) {
        rewind_rows(run);
        return 0;
    }
    if (wanted - 1 <= run->position / 2) {
        rewind_rows(run);
        if (count > 1)
            go(run, EXEC_FORWARD, wanted - 1, NULL);
    } else if (wanted <= here) {
        go(run, EXEC_BACK, here - wanted + 1, NULL);
    } else if (wanted > here + 1) {
        go(run, EXEC_FORWARD, wanted - here - 1, NULL);
    }
    return go(run, EXEC_FORWARD, 1, receiver);
}

static uint64_t fetch_relative(Run *run, int64_t count, RowReceiver *receiver)
{
    ExecDirection direction = count < 0 ? EXEC_BACK : EXEC_FORWARD;
    uint64_t steps = (uint64_t)(count < 0 ? -count : count);

    if (count == 0)
        return fetch_again(run, receiver);
    if (steps > 1)
        go(run, direction, steps - 1, NULL);
    return go(run, direction, 1, receiver);
}

/* The row that it stands on; MOVE only tells whether there is one. */
static uint64_t fetch_again(Run *run, RowReceiver *receiver)
{
    if (!is_on_row(run))
        return 0;
    if (receiver == NULL)
        return 1;
    go(run, EXEC_BACK, 1, NULL);
    return go(run, EXEC_FORWARD, 1, receiver);
}

/* ---- Moving ---- */

static bool is_on_row(const Run *run)
{
    return run->position > 0 && !run->is_behind;
}

static uint64_t go(Run *run, ExecDirection direction, uint64_t count, RowReceiver *receiver)
{
    return direction == EXEC_FORWARD ? go_forward(run, count, receiver)
                                     : go_back(run, count, receiver);
}

static uint64_t go_forward(Run *run, uint64_t count, RowReceiver *receiver)
{
    uint64_t rows;

    if (run->is_behind)
        return 0;
    rows = read_rows(run, EXEC_FORWARD, count, receiver);
    run->position += rows;
    if (rows < count)
        run->is_behind = true;
    return rows;
}

static uint64_t go_back(Run *run, uint64_t count, RowReceiver *receiver)
{
    uint64_t rows;

    require_scroll(run);
    if (run->position == 0 && !run->is_behind)
        return 0;
    rows = read_rows(run, EXEC_BACK, count, receiver);
    if (rows > 0 && run->is_behind) {
        run->is_behind = false;
        run->position++;
    }
    if (rows < count) {
        run->position = 0;
        run->is_behind = false;
    } else {
        run->position -= rows;
    }
    return rows;
}

static uint64_t read_rows(Run *run, ExecDirection direction, uint64_t count, RowReceiver *receiver)
{
    if (run->store != NULL)
        return run_give_stored(run, direction, count, receiver);
    return run_exec(run, direction, count == ALL ? 0 : count, receiver);
}

static void rewind_rows(Run *run)
{
    if (run->position == 0 && !run->is_behind)
        return;
    require_scroll(run);
    if (run->store != NULL) {
        tuple_store_rewind(run->store, 0);
    } else {
        Owner *before = owner_switch(run->owner);

        exec_rewind(run->exec);
        owner_switch(before);
    }
    run->position = 0;
    run->is_behind = false;
}

static void require_scroll(const Run *run)
{
    if ((run->cursor_options & CURSOR_NO_SCROLL) != 0)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "cursor can only scan forward",
                  .hint = "Declare it with SCROLL option to enable backward scan.");
}

/* ---- WITH HOLD ---- */

/* One that can go back needs all its rows, one that cannot those that are left. */
void cursor_hold(Run *run)
{
    bool scrolls = (run->cursor_options & CURSOR_NO_SCROLL) == 0, is_behind = run->is_behind;
    uint64_t position = run->position;
    Owner *before = owner_switch(run->owner);

    if (scrolls)
        rewind_rows(run);
    run_keep_rest(run);
    owner_switch(before);
    engine_close(run, false);
    if (!scrolls)
        return;
    for (uint64_t i = 0; i < position + (is_behind ? 1 : 0); i++)
        (void)tuple_store_next(run->store, 0, false);
    run->position = position;
    run->is_behind = is_behind;
}
