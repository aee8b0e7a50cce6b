/* compile_agg.c - what brings the values of rows to the states of aggregates, as steps. */
#include "common/base/base.h"

#include "server/expr/expr_int.h"

static ExprTransKind kind_of(const ExprTransition *t)
{
    if (t->take != NULL)
        return EXPR_TRANS_CALL;
    switch (t->call->site->oid) {
    case 1219: /* int8inc */
    case 2804: /* int8inc_any */
        return EXPR_TRANS_COUNT;
    case 1840:
        return EXPR_TRANS_SUM_I16;
    case 1841:
        return EXPR_TRANS_SUM_I32;
    default:
        return EXPR_TRANS_CALL;
    }
}

static void compile_transition(ExprBuilder *b, ExprTransition *t, unsigned set_count)
{
    unsigned i = 0, jumps[2] = {0, 0};
    NullableDatum *inputs = t->take != NULL ? t->inputs : &t->call->args[1];

    t->is_strict = t->call->site->strict;
    t->kind = kind_of(t);
    if (t->filter != NULL) {
        NullableDatum *place = compile_place();

        compile_value(b, t->filter, place);
        jumps[0] = compile_here(b);
        compile_step(b, OP_JUMP_IF_NOT_TRUE, place);
    }
    list_foreach(const Node *, arg, t->args) {
        if (t->take != NULL || i < t->input_count)
            compile_value(b, arg, &inputs[i++]);
    }
    if (t->take == NULL && t->is_strict && t->input_count > 0) {
        ExprStep *step;

        jumps[1] = compile_here(b);
        step = compile_step(b, OP_AGG_STRICT_INPUT, NULL);
        step->u.call.call = t->call;
        step->u.call.count = t->input_count;
    }
    for (unsigned set = 0; set < set_count; set++) {
        ExprStep *step = compile_step(b, t->take != NULL ? OP_AGG_GIVE : OP_AGG_TRANSITION, NULL);

        step->u.agg.transition = t;
        step->u.agg.set = set;
    }
    if (t->filter != NULL)
        compile_step_at(b, jumps[0])->jump = compile_here(b);
    if (jumps[1] != 0 || (t->take == NULL && t->is_strict && t->input_count > 0))
        compile_step_at(b, jumps[1])->jump = compile_here(b);
}

Expr *expr_compile_transitions(ExprTransition *list, unsigned count, unsigned set_count,
                               const ExprScope *scope)
{
    ExprBuilder b;
    List *trees = NULL;

    for (unsigned i = 0; i < count; i++) {
        if (list[i].filter != NULL)
            trees = list_add(trees, (void *)(uintptr_t)list[i].filter);
        trees = list_concat(trees, list[i].args);
    }
    compile_begin(&b, scope);
    compile_needs(&b, trees);
    for (unsigned i = 0; i < count; i++)
        compile_transition(&b, &list[i], set_count);
    return compile_end(&b);
}

Expr *expr_compile_values(const List *exprs, NullableDatum *places, const ExprScope *scope)
{
    ExprBuilder b;
    unsigned i = 0;

    compile_begin(&b, scope);
    compile_needs(&b, exprs);
    list_foreach(const Node *, expr, exprs)
        compile_value(&b, expr, &places[i++]);
    return compile_end(&b);
}
