/* exec_node.c - what nodes of all kinds have in common; exec_int.h says what that is. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "server/config/setting.h"
#include "server/executor/exec_int.h"

static const ExecOps *ops_of(NodeTag tag);
static Slot *next_counted(ExecNode *n);
static void end_loop(ExecNode *n);

ExecNode *exec_make(Exec *e, const Plan *plan, unsigned flags)
{
    const ExecOps *ops;
    ExecNode *n;

    if (plan == NULL)
        return NULL;
    node_check_depth();
    ops = ops_of(plan->tag);
    n = mem_alloc(ops->size);
    *n = (ExecNode){.plan = plan, .ops = ops, .exec = e, .next = ops->next};
    if ((flags & EXEC_INSTRUMENT) != 0) {
        n->count = mem_new(ExecCount);
        n->loop_start_ms = -1;
    }
    ops->init(n, flags);
    if (plan->init_plans != NULL)
        exec_init_init_plans(n);
    if (n->count != NULL) {
        n->counted_next = n->next;
        n->next = next_counted;
    }
    *(ExecNode **)array_push(&e->nodes) = n;
    return n;
}

static const ExecOps *ops_of(NodeTag tag)
{
    switch (tag) {
#define ROW(kind, table) \
 case NODE_##kind:       \
  return &table;
#include "server/executor/exec_ops.def"
#undef ROW
    default:
        exec_raise_not_written(node_kind_name(tag));
    }
}

void exec_raise_not_written(const char *what)
{
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message = err_fmt("plans with %s are not supported yet", what));
}

void exec_rewind_node(ExecNode *n, const BitSet *changed)
{
    if (n->count != NULL)
        end_loop(n);
    if (n->init_plans != NULL && changed != NULL)
        changed = exec_rearm_init_plans(n, changed);
    if (n->subplans != NULL && changed != NULL)
        exec_mark_subplans(n, changed);
    exec_reset_row(n);
    if (UNLIKELY(n->exec->recheck != NULL))
        recheck_scan_rewind(n);
    n->ops->rewind(n, changed);
}

void exec_end_node(ExecNode *n)
{
    if (n->ops->end != NULL)
        n->ops->end(n);
}

bool exec_overlaps(const BitSet *a, const BitSet *b)
{
    int words;

    if (a == NULL || b == NULL)
        return false;
    words = a->word_count < b->word_count ? a->word_count : b->word_count;
    for (int i = 0; i < words; i++) {
        if ((a->words[i] & b->words[i]) != 0)
            return true;
    }
    return false;
}

/* ---- Expressions ---- */

EvalContext *exec_new_eval(Exec *e)
{
    EvalContext *c = eval_new();

    c->query_mem = e->run_mem;
    c->extern_params = &e->extern_params;
    c->exec_params = e->params;
    c->run = e;
    return c;
}

EvalContext *exec_eval(ExecNode *n)
{
    if (n->eval == NULL)
        n->eval = exec_new_eval(n->exec);
    return n->eval;
}

ExprScope exec_scope(ExecNode *n)
{
    return (ExprScope){.arg = n, .subplan = exec_make_subplan, .parent = (const Node *)n->plan};
}

static Slot *new_result_slot(ExecNode *n)
{
    n->desc = expr_tuple_desc(n->plan->targets, false);
    return slot_new(n->desc);
}

static void init_scan(ExecNode *n, const TupleDesc *input, int rt_index, ExprScope scope)
{
    if (n->plan->quals != NULL) {
        exec_eval(n);
        n->qual = expr_compile_qual(n->plan->quals, &scope);
    }
    if (expr_is_plain_copy(n->plan->targets, input, rt_index)) {
        n->desc = input;
        return;
    }
    exec_eval(n);
    n->projection = expr_compile_projection(n->plan->targets, new_result_slot(n), &scope);
}

void exec_init_scan(ExecNode *n, const TupleDesc *input, int rt_index)
{
    ExprScope scope = exec_scope(n);

    if (rt_index == VAR_OUTER)
        scope.outer_desc = input;
    else
        scope.scan_desc = input;
    init_scan(n, input, rt_index, scope);
}

static bool has_junk(const List *targets)
{
    list_foreach(const TargetEntry *, target, targets) {
        if (target->is_junk)
            return true;
    }
    return false;
}

void exec_init_query_scan(ExecNode *n, ExecNode *query, int rt_index)
{
    const List *targets = query->plan->targets;
    ExprScope scope = exec_scope(n);

    scope.scan_desc = exec_desc_of(query);
    if (has_junk(targets))
        scope.scan_row = expr_tuple_desc(targets, true);
    init_scan(n, scope.scan_desc, rt_index, scope);
}

void exec_init_projection(ExecNode *n)
{
    ExprScope scope = exec_scope(n);

    exec_eval(n);
    n->projection = expr_compile_projection(n->plan->targets, new_result_slot(n), &scope);
}

const TupleDesc *exec_desc_of(ExecNode *n)
{
    if (n->desc == NULL) {
        MEM_SCOPE(n->exec->mem) {
            n->desc = expr_tuple_desc(n->plan->targets, false);
        }
    }
    return n->desc;
}

/* ---- Memory ---- */

size_t exec_work_mem(void)
{
    return (size_t)setting.work_mem * KIB(1);
}

size_t exec_hash_mem(void)
{
    double bytes = (double)setting.work_mem * (double)KIB(1) * setting.hash_mem_multiplier;

    return bytes < (double)(SIZE_MAX / 4) ? (size_t)bytes : SIZE_MAX / 4;
}

/* ---- Counting ---- */

static double now_ms(const ExecNode *n)
{
    return (n->exec->flags & EXEC_TIMING) != 0 ? (double)clock_monotonic_ns() / 1e6 : 0;
}

void exec_span_begin(const ExecNode *n, ExecSpan *span)
{
    if ((n->exec->flags & EXEC_USAGE) != 0)
        usage_now(&span->before);
    span->start_ms = now_ms(n);
}

void exec_span_end(ExecNode *n, const ExecSpan *span)
{
    n->loop_ms += now_ms(n) - span->start_ms;
    if ((n->exec->flags & EXEC_USAGE) != 0)
        usage_add_since(&n->count->usage, &span->before);
    if (n->loop_start_ms < 0)
        n->loop_start_ms = n->loop_ms;
}

static Slot *next_counted(ExecNode *n)
{
    ExecSpan span;
    Slot *row;

    exec_span_begin(n, &span);
    row = n->counted_next(n);
    exec_span_end(n, &span);
    if (row != NULL)
        n->loop_rows++;
    return row;
}

/* What exec_count() tells is of loops that are over and of the one that runs. */
static void end_loop(ExecNode *n)
{
    if (n->loop_start_ms < 0)
        return;
    n->count->loops++;
    n->count->rows += n->loop_rows;
    n->count->startup_ms += n->loop_start_ms;
    n->count->total_ms += n->loop_ms;
    n->loop_rows = 0;
    n->loop_start_ms = -1;
    n->loop_ms = 0;
}

void exec_count_loop(const ExecNode *n, ExecCount *out)
{
    *out = *n->count;
    if (n->loop_start_ms < 0)
        return;
    out->loops++;
    out->rows += n->loop_rows;
    out->startup_ms += n->loop_start_ms;
    out->total_ms += n->loop_ms;
}
