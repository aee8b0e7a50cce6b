/* values_scan.c - VALUES: a row from each list of expressions. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/executor/exec_int.h"

typedef struct ValuesScanNode {
    ExecNode n;
    Slot *row;
    NullableDatum *places;
    EvalContext *values_eval; /* of the lists, so that quals see the row */
    Expr **lists;             /* each is compiled when its row is made first */
    int count, at;            /* at: of the row that came last; -1 before the first */
} ValuesScanNode;

/* What describes the rows: the types of the first list's expressions. */
static TupleDesc *desc_of(const List *exprs)
{
    List *targets = NULL;
    int number = 0;

    list_foreach(Node *, expr, exprs) {
        TargetEntry *target = node_new(TargetEntry);

        target->expr = expr;
        target->number = ++number;
        targets = list_add(targets, target);
    }
    return expr_tuple_desc(targets, false);
}

static void init(ExecNode *n, unsigned flags UNUSED)
{
    ValuesScanNode *s = (ValuesScanNode *)n;
    const ValuesScan *plan = (const ValuesScan *)(const void *)n->plan;

    s->count = list_count(plan->values);
    s->lists = mem_new_array(Expr *, (size_t)s->count + 1);
    s->row = slot_new(desc_of(list_at(plan->values, 0)));
    s->places = mem_new_array(NullableDatum, s->row->desc->count + 1u);
    s->at = -1;
    s->values_eval = exec_new_eval(n->exec);
    exec_init_scan(n, s->row->desc, (int)plan->rt_index);
    exec_eval(n)->scan = s->row;
    if (n->exec->recheck != NULL)
        recheck_init_scan(n, s->row->desc);
}

static void make_row(ValuesScanNode *s)
{
    const ValuesScan *plan = (const ValuesScan *)(const void *)s->n.plan;
    bool is_null;

    if (s->lists[s->at] == NULL) {
        MEM_SCOPE(s->n.exec->mem) {
            ExprScope scope = exec_scope(&s->n);

            s->lists[s->at] = expr_compile_values(list_at(plan->values, s->at), s->places, &scope);
        }
    }
    eval_reset(s->values_eval);
    expr_eval(s->lists[s->at], s->values_eval, &is_null);
    slot_clear(s->row);
    for (unsigned i = 0; i < s->row->desc->count; i++) {
        s->row->values[i] = s->places[i].value;
        s->row->nulls[i] = s->places[i].is_null;
    }
    slot_set_virtual(s->row);
}

static bool move(ValuesScanNode *s)
{
    if (s->n.exec->is_backward)
        s->at -= s->at >= 0;
    else
        s->at += s->at < s->count;
    return s->at >= 0 && s->at < s->count;
}

static Slot *next(ExecNode *n)
{
    ValuesScanNode *s = (ValuesScanNode *)n;
    Slot *out;

    while (move(s)) {
        make_row(s);
        eval_reset(n->eval);
        out = exec_pass(n, s->row);
        if (out != NULL)
            return out;
    }
    slot_clear(s->row);
    return NULL;
}

static void end(ExecNode *n)
{
    ValuesScanNode *s = (ValuesScanNode *)n;

    s->at = -1;
    slot_clear(s->row);
    eval_reset(s->values_eval);
}

static void rewind_scan(ExecNode *n, const BitSet *changed UNUSED)
{
    end(n);
}

const ExecOps values_scan_ops = {
    .size = sizeof(ValuesScanNode), .init = init, .next = next, .rewind = rewind_scan, .end = end};
