/*
 * limit.c - some rows of a plan: OFFSET and LIMIT, FETCH FIRST ... WITH TIES
 *
 * The place counts rows of the plan below: 0 is before the first one, n on the n-th. What is given
 * are those from offset + 1 to offset + count, and with ties those that are equal to the last.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/executor/exec_int.h"
#include "server/executor/row_equal.h"

typedef enum LimitState {
    LIMIT_NOT_BEGUN,
    LIMIT_BEFORE, /* the first row that is given */
    LIMIT_INSIDE, /* on one that was given */
    LIMIT_TIES,   /* on one behind the count that is equal to its last row */
    LIMIT_AT_END, /* what is below has no more: one step back is the last row */
    LIMIT_PAST,   /* the count is reached: the row that stands below is the last one */
} LimitState;

typedef struct LimitNode {
    ExecNode n;
    Expr *offset_expr, *count_expr;
    uint64_t offset, count; /* count UINT64_MAX: all */
    LimitState state;
    uint64_t place;
    RowEqual *ties; /* NULL: without */
    Slot *last;     /* the last row of the count, with ties */
} LimitNode;

static void init(ExecNode *n, unsigned flags)
{
    LimitNode *l = (LimitNode *)n;
    const Limit *plan = (const Limit *)(const void *)n->plan;
    ExprScope scope = exec_scope(n);

    n->left = exec_make(n->exec, n->plan->left, flags);
    n->desc = exec_desc_of(n->left);
    exec_eval(n);
    l->offset_expr = plan->offset != NULL ? expr_compile(plan->offset, &scope) : NULL;
    l->count_expr = plan->count != NULL ? expr_compile(plan->count, &scope) : NULL;
    if (plan->option == LIMIT_OPTION_WITH_TIES) {
        l->ties = row_equal_new(plan->keys, n->desc);
        l->last = slot_new(n->desc);
    }
}

static void evaluate(LimitNode *l)
{
    ExecNode *n = &l->n;
    bool is_null = true;
    int64_t value = 0;

    l->offset = 0;
    l->count = UINT64_MAX;
    if (l->offset_expr != NULL)
        value = datum_i64(expr_eval(l->offset_expr, n->eval, &is_null));
    if (!is_null && value < 0)
        err_raise(SQLSTATE_INVALID_ROW_COUNT_IN_RESULT_OFFSET_CLAUSE,
                  .message = "OFFSET must not be negative");
    if (!is_null)
        l->offset = (uint64_t)value;
    is_null = true;
    if (l->count_expr != NULL)
        value = datum_i64(expr_eval(l->count_expr, n->eval, &is_null));
    if (!is_null && value < 0)
        err_raise(SQLSTATE_INVALID_ROW_COUNT_IN_LIMIT_CLAUSE,
                  .message = "LIMIT must not be negative");
    if (!is_null)
        l->count = (uint64_t)value;
    if (l->count < INT64_MAX && l->offset < INT64_MAX && l->ties == NULL)
        exec_bound(n->left, l->offset + l->count);
}

/* Skip what is left out at the beginning. */
static bool skip(LimitNode *l)
{
    while (l->place < l->offset) {
        if (exec_next(l->n.left) == NULL)
            return false;
        l->place++;
    }
    return true;
}

static Slot *step(LimitNode *l)
{
    Slot *row = exec_next(l->n.left);

    if (row == NULL) {
        l->state = LIMIT_AT_END;
        return NULL;
    }
    l->place++;
    return row;
}

static Slot *next_tie(LimitNode *l)
{
    Slot *row = step(l);

    if (row == NULL)
        return NULL;
    if (row_equal_test(l->ties, l->last, row)) {
        l->state = LIMIT_TIES;
        return row;
    }
    l->state = LIMIT_PAST;
    return NULL;
}

static Slot *next_forward(LimitNode *l)
{
    Slot *row;

    if (l->state == LIMIT_AT_END || l->state == LIMIT_PAST)
        return NULL;
    if (l->state == LIMIT_BEFORE && (l->count == 0 || !skip(l))) {
        l->state = l->count == 0 ? LIMIT_BEFORE : LIMIT_AT_END;
        return NULL;
    }
    if (l->place - l->offset >= l->count || l->state == LIMIT_TIES) {
        if (l->ties != NULL)
            return next_tie(l);
        l->state = LIMIT_PAST;
        return NULL;
    }
    row = step(l);
    if (row == NULL)
        return NULL;
    l->state = LIMIT_INSIDE;
    if (l->ties != NULL && l->place - l->offset == l->count)
        slot_copy(l->last, row);
    return row;
}

/* What stands below is given again when the count, and not what is below, was the end. */
static Slot *next_backward(LimitNode *l)
{
    LimitState before = l->state;
    Slot *row;

    if (before == LIMIT_BEFORE)
        return NULL;
    if (l->ties != NULL)
        exec_raise_not_written("backward scans of FETCH FIRST ... WITH TIES");
    l->state = LIMIT_INSIDE;
    if (before == LIMIT_PAST) {
        /* A step back and one forth: the row is still the one that came last. */
        l->n.exec->is_backward = true;
        exec_next(l->n.left);
        l->n.exec->is_backward = false;
        row = exec_next(l->n.left);
        l->n.exec->is_backward = true;
        if (row != NULL)
            return row;
    }
    if (before == LIMIT_INSIDE && l->place <= l->offset + 1) {
        l->state = LIMIT_BEFORE;
        exec_next(l->n.left);
        l->place--;
        return NULL;
    }
    row = exec_next(l->n.left);
    if (before == LIMIT_INSIDE)
        l->place--;
    if (row == NULL || l->place <= l->offset) {
        l->state = LIMIT_BEFORE;
        return NULL;
    }
    return row;
}

static Slot *next(ExecNode *n)
{
    LimitNode *l = (LimitNode *)n;

    if (l->state == LIMIT_NOT_BEGUN) {
        eval_reset(n->eval);
        evaluate(l);
        l->state = LIMIT_BEFORE;
        l->place = 0;
    }
    return n->exec->is_backward ? next_backward(l) : next_forward(l);
}

static void end(ExecNode *n)
{
    ((LimitNode *)n)->state = LIMIT_NOT_BEGUN;
}

static void rewind_limit(ExecNode *n, const BitSet *changed)
{
    end(n);
    exec_rewind_node(n->left, changed);
}

const ExecOps limit_ops = {
    .size = sizeof(LimitNode), .init = init, .next = next, .rewind = rewind_limit, .end = end};
