/*
 * result.c - a row of expressions, or the rows of a plan when a condition holds that is the same
 * for all of them
 */
#include "common/base/base.h"

#include "server/executor/exec_int.h"

typedef struct ResultNode {
    ExecNode n;
    Expr *constant_qual;
    bool is_begun;
    bool is_empty; /* the condition does not hold */
    bool is_over;  /* nothing is below, and the row was given */
} ResultNode;

static void init(ExecNode *n, unsigned flags)
{
    ResultNode *r = (ResultNode *)n;
    const Result *plan = (const Result *)(const void *)n->plan;
    ExprScope scope = exec_scope(n);

    n->left = exec_make(n->exec, n->plan->left, flags);
    if (n->left != NULL)
        scope.outer_desc = exec_desc_of(n->left);
    exec_init_projection(n);
    n->qual = expr_compile_qual(n->plan->quals, &scope);
    r->constant_qual = expr_compile_qual(plan->constant_quals, &scope);
}

/* One row, which may be gone back to. */
static Slot *next_single(ResultNode *r)
{
    bool is_there = r->is_over == r->n.exec->is_backward;

    r->is_over = !r->n.exec->is_backward;
    return is_there ? exec_pass(&r->n, NULL) : NULL;
}

static Slot *next(ExecNode *n)
{
    ResultNode *r = (ResultNode *)n;
    Slot *row, *out = NULL;

    eval_reset(n->eval);
    if (!r->is_begun) {
        r->is_begun = true;
        r->is_over = n->exec->is_backward;
        r->is_empty = !expr_check(r->constant_qual, n->eval);
    }
    if (r->is_empty)
        return NULL;
    if (n->left == NULL)
        return next_single(r);
    while (out == NULL && (row = exec_next(n->left)) != NULL) {
        eval_reset(n->eval);
        n->eval->outer = row;
        out = exec_pass(n, row);
    }
    return out;
}

static void end(ExecNode *n)
{
    ((ResultNode *)n)->is_begun = false;
}

static void rewind_result(ExecNode *n, const BitSet *changed)
{
    end(n);
    if (n->left != NULL)
        exec_rewind_node(n->left, changed);
}

static void bound(ExecNode *n, uint64_t count)
{
    if (n->left != NULL && n->qual == NULL)
        exec_bound(n->left, count);
}

const ExecOps result_ops = {.size = sizeof(ResultNode),
                            .init = init,
                            .next = next,
                            .rewind = rewind_result,
                            .end = end,
                            .bound = bound};
