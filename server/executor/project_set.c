/*
 * project_set.c - functions that return sets among the expressions of a SELECT
 *
 * For each row of the plan below all of them go on side by side, until the last one is over; those
 * that were over before give NULL. The other expressions are evaluated for each row anew.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/executor/exec_int.h"
#include "server/executor/set_call.h"

typedef struct ProjectSetNode {
    ExecNode n;
    unsigned count;
    SetCall **sets; /* by column; NULL: an expression */
    Expr **exprs;
    Slot *row;
    EvalContext *args; /* of the sets, whose values stay while their rows come */
    bool has_input;
} ProjectSetNode;

static void init(ExecNode *n, unsigned flags)
{
    ProjectSetNode *p = (ProjectSetNode *)n;
    ExprScope scope = exec_scope(n);
    size_t room = (size_t)list_count(n->plan->targets) + 1;

    n->left = exec_make(n->exec, n->plan->left, flags & (EXEC_FLAGS_DOWN | EXEC_REWIND));
    if (n->left != NULL)
        scope.outer_desc = exec_desc_of(n->left);
    exec_eval(n);
    p->args = exec_new_eval(n->exec);
    p->sets = mem_new_array(SetCall *, room);
    p->exprs = mem_new_array(Expr *, room);
    list_foreach(const TargetEntry *, target, n->plan->targets) {
        if (set_call_is(target->expr))
            p->sets[p->count] = set_call_new(target->expr, &scope);
        else
            p->exprs[p->count] = expr_compile(target->expr, &scope);
        p->count++;
    }
    n->desc = expr_tuple_desc(n->plan->targets, false);
    p->row = slot_new(n->desc);
}

static bool begin_input(ProjectSetNode *p)
{
    ExecNode *n = &p->n;
    Slot *row = exec_next(n->left);

    if (row == NULL)
        return false;
    eval_reset(p->args);
    p->args->outer = n->eval->outer = row;
    for (unsigned i = 0; i < p->count; i++) {
        if (p->sets[i] != NULL)
            set_call_begin(p->sets[i], p->args, NULL);
    }
    p->has_input = true;
    return true;
}

/* False: all sets are over. */
static bool fill_row(ProjectSetNode *p)
{
    EvalContext *c = p->n.eval;
    bool has_row = false;

    eval_reset(c);
    slot_clear(p->row);
    for (unsigned i = 0; i < p->count; i++) {
        if (p->sets[i] == NULL)
            continue;
        p->row->nulls[i] = true;
        p->row->values[i] = 0;
        MEM_SCOPE(c->row_mem) {
            has_row = set_call_next(p->sets[i], p->args, &p->row->values[i], &p->row->nulls[i]) ||
                      has_row;
        }
    }
    if (!has_row)
        return false;
    for (unsigned i = 0; i < p->count; i++) {
        if (p->exprs[i] != NULL)
            p->row->values[i] = expr_eval(p->exprs[i], c, &p->row->nulls[i]);
    }
    slot_set_virtual(p->row);
    return true;
}

static Slot *next(ExecNode *n)
{
    ProjectSetNode *p = (ProjectSetNode *)n;

    for (;;) {
        if (!p->has_input && !begin_input(p))
            return NULL;
        if (fill_row(p))
            return p->row;
        p->has_input = false;
    }
}

static void end(ExecNode *n)
{
    ProjectSetNode *p = (ProjectSetNode *)n;

    for (unsigned i = 0; i < p->count; i++) {
        if (p->sets[i] != NULL)
            set_call_end(p->sets[i]);
    }
    eval_reset(p->args);
    p->has_input = false;
    slot_clear(p->row);
}

static void rewind_set(ExecNode *n, const BitSet *changed)
{
    end(n);
    if (n->left != NULL)
        exec_rewind_node(n->left, changed);
}

const ExecOps project_set_ops = {
    .size = sizeof(ProjectSetNode), .init = init, .next = next, .rewind = rewind_set, .end = end};
