/*
 * window_agg.c - each row sees others of its partition: window functions
 *
 * Rows of a partition are kept in a store, in which the current row, arguments of functions and the
 * ends of frames have places of their own.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/executor/window_int.h"

/* ---- Making ---- */

static FmgrCall *make_range_call(Oid function, Oid collation)
{
    FmgrSite *site;
    FmgrCall *call;

    if (function == 0)
        return NULL;
    site = mem_new(FmgrSite);
    call = mem_alloc(FMGR_CALL_SIZE(5));
    fmgr_site_init(site, function, mem_current());
    fmgr_call_init(call, site, 5, collation);
    return call;
}

static void init(ExecNode *n, unsigned flags)
{
    WindowNode *w = (WindowNode *)n;
    const WindowAgg *plan = (const WindowAgg *)(const void *)n->plan;
    ExprScope scope = exec_scope(n);
    const TupleDesc *desc;

    w->plan = plan;
    n->left = exec_make(n->exec, n->plan->left, flags & (EXEC_FLAGS_DOWN | EXEC_REWIND));
    desc = exec_desc_of(n->left);
    exec_eval(n);
    w->args = exec_new_eval(n->exec);
    w->caller.kind = FMGR_CALLER_AGGREGATE;
    w->args->aggregate = &w->caller;
    array_init(&w->calls, sizeof(WindowCall));
    array_init(&w->group_starts, sizeof(int64_t));
    scope.outer_desc = desc;
    scope.window = window_add_call;
    n->desc = expr_tuple_desc(n->plan->targets, false);
    n->projection = expr_compile_projection(n->plan->targets, slot_new(n->desc), &scope);
    n->qual = expr_compile_qual(n->plan->quals, &scope);
    w->run_condition = plan->is_top ? expr_compile_qual(plan->run_condition, &scope) : NULL;
    window_make_calls(w);
    if (plan->partition_by != NULL)
        w->partition_equal = row_equal_new(plan->partition_by, desc);
    if (plan->order_by != NULL)
        w->order_equal = row_equal_new(plan->order_by, desc);
    w->start_offset = plan->start_offset != NULL ? expr_compile(plan->start_offset, &scope) : NULL;
    w->end_offset = plan->end_offset != NULL ? expr_compile(plan->end_offset, &scope) : NULL;
    w->start_range = make_range_call(plan->start_function, plan->range_collation);
    w->end_range = make_range_call(plan->end_function, plan->range_collation);
    w->first = slot_new(desc);
    w->current_reader.row = slot_new(desc);
    w->other_reader.row = slot_new(desc);
    w->peer_reader.row = slot_new(desc);
    w->frame_reader.row = slot_new(desc);
}

/* ---- Rows of the partition ---- */

static void put_row(WindowNode *w, Slot *row)
{
    size_t size = slot_minimal_size(row);

    slot_minimal_fill(row, tuple_store_add(w->store, size), size);
    w->count++;
}

static bool is_of_partition(WindowNode *w, Slot *row)
{
    bool is_same = true;

    if (w->partition_equal == NULL)
        return true;
    MEM_SCOPE(w->args->row_mem) {
        is_same = row_equal_test(w->partition_equal, w->first, row);
    }
    return is_same;
}

static void read_row(WindowNode *w)
{
    Slot *row = exec_next(w->n.left);

    if (row == NULL) {
        w->input_is_over = w->is_complete = true;
    } else if (is_of_partition(w, row)) {
        put_row(w, row);
    } else {
        slot_copy(w->first, row);
        w->has_first = w->is_complete = true;
    }
}

bool window_has_row(WindowNode *w, int64_t at)
{
    while (at >= w->count && !w->is_complete)
        read_row(w);
    return at >= 0 && at < w->count;
}

int64_t window_row_count(WindowNode *w)
{
    while (!w->is_complete)
        read_row(w);
    return w->count;
}

Slot *window_row(WindowNode *w, WindowReader *reader, int64_t at)
{
    const MinimalTuple *tuple = NULL;

    ASSERT(at >= 0 && at < w->count);
    /* Adding rows may have moved the row to a file: it is taken anew. */
    if (reader->at == at) {
        tuple_store_next(w->store, reader->reader, true);
        reader->at--;
    }
    while (reader->at < at) {
        tuple = tuple_store_next(w->store, reader->reader, false);
        reader->at++;
    }
    while (reader->at > at) {
        tuple = tuple_store_next(w->store, reader->reader, true);
        reader->at--;
    }
    slot_set_minimal(reader->row, tuple);
    return reader->row;
}

/* ---- Partitions ---- */

static void begin_reader(WindowNode *w, WindowReader *reader)
{
    tuple_store_rewind(w->store, reader->reader);
    reader->at = -1;
    slot_clear(reader->row);
}

static bool begin_partition(WindowNode *w)
{
    if (!w->has_first) {
        Slot *row = w->input_is_over ? NULL : exec_next(w->n.left);

        w->input_is_over = row == NULL;
        if (row == NULL)
            return false;
        slot_copy(w->first, row);
    }
    w->has_first = false;
    tuple_store_clear(w->store);
    w->count = 0;
    w->is_complete = false;
    put_row(w, w->first);
    begin_reader(w, &w->current_reader);
    begin_reader(w, &w->other_reader);
    begin_reader(w, &w->peer_reader);
    begin_reader(w, &w->frame_reader);
    w->current = -1;
    w->group_start = 0;
    w->group_number = 0;
    w->range_start = w->range_end = 0;
    w->has_groups = false;
    window_begin_partition(w);
    return true;
}

static void evaluate_offset(WindowNode *w, Expr *offset, NullableDatum *out, const char *which)
{
    if (offset == NULL)
        return;
    MEM_SCOPE(w->n.exec->run_mem) {
        out->value = expr_eval_here(offset, w->n.eval, &out->is_null);
    }
    if (out->is_null)
        err_raise(SQLSTATE_NULL_VALUE_NOT_ALLOWED,
                  .message = err_fmt("frame %s offset must not be null", which));
    if ((w->plan->frame & (FRAME_ROWS | FRAME_GROUPS)) != 0 && datum_i64(out->value) < 0)
        err_raise(SQLSTATE_INVALID_PRECEDING_OR_FOLLOWING_SIZE,
                  .message = err_fmt("frame %s offset must not be negative", which));
}

static void begin(WindowNode *w)
{
    w->is_begun = true;
    w->has_first = w->input_is_over = false;
    evaluate_offset(w, w->start_offset, &w->start, "starting");
    evaluate_offset(w, w->end_offset, &w->end, "ending");
    MEM_SCOPE(w->n.exec->run_mem) {
        w->store = tuple_store_new(exec_work_mem(), false);
    }
    w->current_reader.reader = 0;
    w->other_reader.reader = tuple_store_reader(w->store);
    w->peer_reader.reader = tuple_store_reader(w->store);
    w->frame_reader.reader = tuple_store_reader(w->store);
    w->is_complete = true;
    w->count = 0;
    w->current = -1;
}

/* Does the current row begin another group of peers? */
static void note_group(WindowNode *w)
{
    Slot *row, *before;
    bool is_same = true;

    w->group_end = -1;
    if (w->current == 0 || w->order_equal == NULL)
        return;
    row = window_row(w, &w->current_reader, w->current);
    before = window_row(w, &w->peer_reader, w->current - 1);
    MEM_SCOPE(w->args->row_mem) {
        is_same = row_equal_test(w->order_equal, before, row);
    }
    if (is_same)
        return;
    w->group_start = w->current;
    w->group_number++;
}

/* ---- Running ---- */

static Slot *next_row(WindowNode *w)
{
    ExecNode *n = &w->n;

    eval_reset(w->args);
    eval_reset(n->eval);
    if (!window_has_row(w, w->current + 1) && !begin_partition(w))
        return NULL;
    w->current++;
    w->frame_start = w->frame_end = -1;
    note_group(w);
    window_evaluate(w);
    /* Functions may have read more rows: the current one is looked up behind them. */
    n->eval->outer = window_row(w, &w->current_reader, w->current);
    return n->eval->outer;
}

static Slot *next(ExecNode *n)
{
    WindowNode *w = (WindowNode *)n;

    if (!w->is_begun)
        begin(w);
    while (next_row(w) != NULL) {
        Slot *out;

        check_interrupts();
        if (!expr_check(w->run_condition, n->eval))
            continue;
        out = exec_pass(n, NULL);
        if (out != NULL)
            return out;
    }
    return NULL;
}

static void end(ExecNode *n)
{
    WindowNode *w = (WindowNode *)n;

    if (w->store != NULL)
        tuple_store_free(w->store);
    w->store = NULL;
    w->is_begun = false;
    eval_reset(w->args);
    array_foreach(WindowCall, call, &w->calls) {
        if (call->aggregate != NULL)
            call->aggregate->mem = NULL;
    }
    slot_clear(w->first);
}

static void rewind_window(ExecNode *n, const BitSet *changed)
{
    end(n);
    exec_rewind_node(n->left, changed);
}

const ExecOps window_agg_ops = {
    .size = sizeof(WindowNode), .init = init, .next = next, .rewind = rewind_window, .end = end};
