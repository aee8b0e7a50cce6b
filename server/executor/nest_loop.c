/* nest_loop.c - for each outer row the inner plan from its beginning. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/executor/exec_int.h"

typedef struct NestLoopNode {
    ExecNode n;
    Expr *join_qual;
    BitSet *changed; /* the parameters that the outer row sets; NULL: none */
    Slot *nothing;   /* in the place of an inner row that is not there */
    bool has_outer;  /* inner rows are being looked at */
    bool is_matched;
} NestLoopNode;

static void init(ExecNode *n, unsigned flags)
{
    NestLoopNode *l = (NestLoopNode *)n;
    const NestLoop *plan = (const NestLoop *)(const void *)n->plan;
    ExprScope scope = exec_scope(n);
    unsigned down = flags & EXEC_FLAGS_DOWN;

    n->left = exec_make(n->exec, n->plan->left, down | (flags & EXEC_REWIND));
    n->right = exec_make(n->exec, n->plan->right, down | EXEC_REWIND);
    scope.outer_desc = exec_desc_of(n->left);
    scope.inner_desc = exec_desc_of(n->right);
    exec_init_projection(n);
    n->qual = expr_compile_qual(n->plan->quals, &scope);
    l->join_qual = expr_compile_qual(plan->join_quals, &scope);
    list_foreach(const NestLoopParam *, param, plan->params)
        l->changed = bitset_add(l->changed, param->param);
    l->nothing = slot_new(scope.inner_desc);
    slot_set_nulls(l->nothing);
}

/* The next outer row, its values told to the inner plan. */
static bool begin_outer(NestLoopNode *l)
{
    ExecNode *n = &l->n;
    Slot *row = exec_next(n->left);

    if (row == NULL)
        return false;
    n->eval->outer = row;
    list_foreach(const NestLoopParam *, param, ((const NestLoop *)(const void *)n->plan)->params) {
        ExecParam *p = &n->exec->params[param->param];

        p->make = NULL;
        p->value = slot_get(row, param->value->attno, &p->is_null);
    }
    exec_rewind_node(n->right, l->changed);
    l->has_outer = true;
    l->is_matched = false;
    return true;
}

/* No inner row is left: an outer join gives the outer row alone. */
static Slot *end_outer(NestLoopNode *l)
{
    JoinKind kind = ((const Join *)(const void *)l->n.plan)->kind;

    l->has_outer = false;
    if (l->is_matched || (kind != JOIN_LEFT && kind != JOIN_ANTI))
        return NULL;
    eval_reset(l->n.eval);
    l->n.eval->inner = l->nothing;
    return exec_pass(&l->n, NULL);
}

static Slot *match(NestLoopNode *l, Slot *inner)
{
    ExecNode *n = &l->n;
    const Join *plan = (const Join *)(const void *)n->plan;

    eval_reset(n->eval);
    n->eval->inner = inner;
    if (!expr_check(l->join_qual, n->eval)) {
        if (UNLIKELY(n->count != NULL))
            n->count->removed_by_join_filter++;
        return NULL;
    }
    l->is_matched = true;
    if (plan->is_inner_unique || plan->kind == JOIN_SEMI || plan->kind == JOIN_ANTI)
        l->has_outer = false;
    return plan->kind == JOIN_ANTI ? NULL : exec_pass(n, NULL);
}

static Slot *next(ExecNode *n)
{
    NestLoopNode *l = (NestLoopNode *)n;

    for (;;) {
        Slot *inner, *out;

        if (!l->has_outer && !begin_outer(l))
            return NULL;
        inner = exec_next(n->right);
        out = inner != NULL ? match(l, inner) : end_outer(l);
        if (out != NULL)
            return out;
    }
}

static void end(ExecNode *n)
{
    ((NestLoopNode *)n)->has_outer = false;
}

/* The inner plan begins anew with each outer row anyway, but for what changed above. */
static void rewind_loop(ExecNode *n, const BitSet *changed)
{
    end(n);
    exec_rewind_node(n->left, changed);
    if (changed != NULL)
        exec_rewind_node(n->right, changed);
}

const ExecOps nest_loop_ops = {
    .size = sizeof(NestLoopNode), .init = init, .next = next, .rewind = rewind_loop, .end = end};
