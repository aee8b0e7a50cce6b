/*
 * compile.c - trees of expressions become steps; expr_int.h has the steps
 *
 * Each value has a place that its step writes and the step that wants it reads; arguments of
 * functions have theirs in the frame of the call, so that nothing is copied. Columns that are read
 * are taken apart at the beginning, all at once.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "server/expr/expr_int.h"
#include "server/node/expr.h"
#include "server/node/plan.h"

typedef struct Needs {
    unsigned scan, inner, outer; /* the highest columns */
} Needs;

static void compile_var(ExprBuilder *b, const Var *var, NullableDatum *out);
static void compile_bool(ExprBuilder *b, const BoolExpr *e, NullableDatum *out);
static void compile_case(ExprBuilder *b, const CaseExpr *e, NullableDatum *out);
static void compile_coalesce(ExprBuilder *b, const CoalesceExpr *e, NullableDatum *out);
static void compile_param(ExprBuilder *b, const Param *param, NullableDatum *out);
static void compile_null_test(ExprBuilder *b, const NullTest *e, NullableDatum *out);
static void compile_bool_test(ExprBuilder *b, const BooleanTest *e, NullableDatum *out);
static void compile_test_value(ExprBuilder *b, bool is_domain, NullableDatum *out);
static void compile_result(ExprBuilder *b, const Node *node, NullableDatum *out);

EvalContext *eval_new(void)
{
    EvalContext *c = mem_new(EvalContext);

    c->row_mem = mem_context_new(mem_current(), "row");
    c->query_mem = mem_current();
    c->case_value.is_null = c->domain_value.is_null = true;
    return c;
}

void eval_reset(EvalContext *c)
{
    mem_reset(c->row_mem);
}

void compile_raise_not_written(const char *what)
{
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message = err_fmt("expressions of kind %s are not supported yet", what));
}

/* ---- Beginning and end ---- */

void compile_begin(ExprBuilder *b, const ExprScope *scope)
{
    static const ExprScope nothing;

    *b = (ExprBuilder){.scope = scope != NULL ? scope : &nothing};
    b->expr = mem_new(Expr);
    b->expr->mem = mem_current();
    array_init(&b->steps, sizeof(ExprStep));
}

ExprStep *compile_step(ExprBuilder *b, ExprOp op, NullableDatum *out)
{
    ExprStep *step = array_push(&b->steps);

    step->op = (uint16_t)op;
    step->out = out;
    return step;
}

Expr *compile_end(ExprBuilder *b)
{
    compile_step(b, OP_DONE, NULL);
    b->expr->steps = b->steps.items;
    b->expr->step_count = (unsigned)b->steps.count;
    interpret_prepare(b->expr);
    return b->expr;
}

static bool note_needs(Node *node, void *arg)
{
    Needs *needs = arg;
    const Var *var = (const Var *)(const void *)node;

    switch (node->tag) {
    case NODE_Var: {
        unsigned *need = var->rt_index == VAR_INNER   ? &needs->inner
                         : var->rt_index == VAR_OUTER ? &needs->outer
                                                      : &needs->scan;

        if (var->attno > 0 && (unsigned)var->attno > *need)
            *need = (unsigned)var->attno;
        return false;
    }
    case NODE_Aggref: /* evaluated by their node, as the next */
    case NODE_WindowFunc:
    case NODE_GroupingFunc:
    case NODE_SubPlan:
    case NODE_AlternativeSubPlan:
        return false;
    default:
        return node_walk(node, note_needs, arg);
    }
}

static void need(ExprBuilder *b, ExprOp op, unsigned count)
{
    if (count > 0)
        compile_step(b, op, NULL)->u.param.number = (int)count;
}

void compile_needs(ExprBuilder *b, const void *trees)
{
    Needs needs = {0};

    if (trees == NULL)
        return;
    note_needs((Node *)(uintptr_t)trees, &needs);
    need(b, OP_NEED_SCAN, needs.scan);
    need(b, OP_NEED_INNER, needs.inner);
    need(b, OP_NEED_OUTER, needs.outer);
}

static const Node *only_item(const void *node)
{
    if (node_is(node, List)) {
        ASSERT(list_count(node) == 1);
        return list_at(node, 0);
    }
    return node;
}

Expr *expr_compile(const void *tree, const ExprScope *scope)
{
    const Node *node = only_item(tree);
    ExprBuilder b;

    compile_begin(&b, scope);
    compile_needs(&b, node);
    compile_value(&b, node, &b.expr->result);
    return compile_end(&b);
}

Expr *compile_inner(ExprBuilder *b, const Node *node, NullableDatum *test_value)
{
    ExprBuilder inner;

    compile_begin(&inner, b->scope);
    inner.test_value = test_value;
    inner.domain_value = b->domain_value;
    compile_needs(&inner, node);
    compile_value(&inner, node, &inner.expr->result);
    return compile_end(&inner);
}

Expr *expr_compile_qual(const void *quals, const ExprScope *scope)
{
    const List *list = node_is(quals, List) ? quals : NULL;
    ExprBuilder b;
    Array jumps;

    if (quals == NULL || (list != NULL && list->count == 0))
        return NULL;
    compile_begin(&b, scope);
    compile_needs(&b, quals);
    array_init(&jumps, sizeof(unsigned));
    for (int i = 0; i < (list != NULL ? list->count : 1); i++) {
        compile_value(&b, list != NULL ? list_at(list, i) : quals, &b.expr->result);
        *(unsigned *)array_push(&jumps) = compile_here(&b);
        compile_step(&b, OP_QUAL, &b.expr->result);
    }
    array_foreach(unsigned, jump, &jumps)
        compile_step_at(&b, *jump)->jump = compile_here(&b);
    return compile_end(&b);
}

bool expr_holds(Expr *check, EvalContext *c)
{
    bool is_null;
    Datum value;

    if (check == NULL)
        return true;
    value = expr_eval(check, c, &is_null);
    return is_null || datum_bool(value);
}

/* ---- Projections ---- */

static bool is_simple_var(const Node *node)
{
    return node_is(node, Var) && ((const Var *)(const void *)node)->attno > 0;
}

Expr *expr_compile_projection(const List *targets, Slot *out, const ExprScope *scope)
{
    ExprBuilder b;
    NullableDatum *place = compile_place();

    compile_begin(&b, scope);
    b.expr->out = out;
    compile_needs(&b, targets);
    list_foreach(const TargetEntry *, target, targets) {
        const Var *var = (const Var *)(const void *)target->expr;
        ExprStep *step;

        ASSERT(target->number >= 1 && target->number <= out->desc->count);
        if (is_simple_var(target->expr)) {
            step = compile_step(&b,
                                var->rt_index == VAR_INNER   ? OP_ASSIGN_INNER
                                : var->rt_index == VAR_OUTER ? OP_ASSIGN_OUTER
                                                             : OP_ASSIGN_SCAN,
                                NULL);
            step->u.param.number = var->attno - 1;
        } else {
            compile_value(&b, target->expr, place);
            step = compile_step(&b, OP_ASSIGN, NULL);
            step->u.copy.from = place;
        }
        step->column = (uint16_t)(target->number - 1);
    }
    return compile_end(&b);
}

bool expr_is_plain_copy(const List *targets, const TupleDesc *input_desc, int rt_index)
{
    int number = 0;

    if (list_count(targets) != input_desc->count)
        return false;
    list_foreach(const TargetEntry *, target, targets) {
        const Var *var = (const Var *)(const void *)target->expr;
        const Column *column = &input_desc->columns[number++];

        if (!node_is(target->expr, Var) || target->number != number || var->attno != number ||
            var->rt_index != rt_index || column->is_dropped || column->type != var->type ||
            column->has_missing)
            return false;
    }
    return true;
}

TupleDesc *expr_tuple_desc(const List *targets, bool without_junk)
{
    unsigned count = 0;
    TupleDesc *desc;

    list_foreach(const TargetEntry *, target, targets) {
        if (!without_junk || !target->is_junk)
            count++;
    }
    desc = tuple_desc_new(count);
    count = 0;
    list_foreach(const TargetEntry *, target, targets) {
        Oid type = node_expr_type(target->expr);
        TypeInfo info;

        if (without_junk && target->is_junk)
            continue;
        catalog_info()->type(type, &info);
        tuple_desc_set(desc, ++count, target->name != NULL ? target->name : "", type, info.len,
                       info.by_value, info.align);
        desc->columns[count - 1].type_mod = node_expr_typmod(target->expr);
        desc->columns[count - 1].collation = node_expr_collation(target->expr);
        desc->columns[count - 1].storage = info.storage;
    }
    tuple_desc_finish(desc);
    return desc;
}

/* ---- Values ---- */

/* One flat switch over the kinds (STYLE 12). */
void compile_value(ExprBuilder *b, const Node *node, NullableDatum *out)
{
    ExprStep *step;

    node_check_depth();
    if (node == NULL) {
        step = compile_step(b, OP_CONST, out);
        step->u.constant.is_null = true;
        return;
    }
    switch (node->tag) {
    case NODE_Var:
        compile_var(b, (const Var *)(const void *)node, out);
        break;
    case NODE_Const: {
        const Const *constant = (const Const *)(const void *)node;

        step = compile_step(b, OP_CONST, out);
        step->u.constant.value = constant->value;
        step->u.constant.is_null = constant->is_null;
        break;
    }
    case NODE_Param:
        compile_param(b, (const Param *)(const void *)node, out);
        break;
    case NODE_BoolExpr:
        compile_bool(b, (const BoolExpr *)(const void *)node, out);
        break;
    case NODE_FuncExpr: {
        const FuncExpr *call = (const FuncExpr *)(const void *)node;

        compile_function(b, call->function, call->args, call->input_collation, node, out);
        break;
    }
    case NODE_OpExpr: {
        const OpExpr *op = (const OpExpr *)(const void *)node;
        Oid function = op->function;

        if (function == 0)
            function = catalog_info()->operator_function(op->operator);
        compile_function(b, function, op->args, op->input_collation, node, out);
        break;
    }
    case NODE_DistinctExpr:
        compile_distinct(b, (const OpExpr *)(const void *)node, out);
        break;
    case NODE_NullIfExpr:
        compile_null_if(b, (const OpExpr *)(const void *)node, out);
        break;
    case NODE_ScalarArrayOpExpr:
        compile_scalar_array(b, (const ScalarArrayOpExpr *)(const void *)node, out);
        break;
    case NODE_CaseExpr:
        compile_case(b, (const CaseExpr *)(const void *)node, out);
        break;
    case NODE_CoalesceExpr:
        compile_coalesce(b, (const CoalesceExpr *)(const void *)node, out);
        break;
    case NODE_MinMaxExpr:
        compile_min_max(b, (const MinMaxExpr *)(const void *)node, out);
        break;
    case NODE_NullTest:
        compile_null_test(b, (const NullTest *)(const void *)node, out);
        break;
    case NODE_BooleanTest:
        compile_bool_test(b, (const BooleanTest *)(const void *)node, out);
        break;
    case NODE_CaseTestExpr:
        compile_test_value(b, false, out);
        break;
    case NODE_CoerceToDomainValue:
        compile_test_value(b, true, out);
        break;
    case NODE_RelabelType:
        compile_value(b, ((const RelabelType *)(const void *)node)->arg, out);
        break;
    case NODE_CollateExpr:
        compile_value(b, ((const CollateExpr *)(const void *)node)->arg, out);
        break;
    case NODE_NamedArgExpr:
        compile_value(b, ((const NamedArgExpr *)(const void *)node)->arg, out);
        break;
    case NODE_CoerceViaIO:
        compile_io_coerce(b, (const CoerceViaIO *)(const void *)node, out);
        break;
    case NODE_ArrayCoerceExpr:
        compile_array_coerce(b, (const ArrayCoerceExpr *)(const void *)node, out);
        break;
    case NODE_ConvertRowtypeExpr:
        compile_convert_row(b, (const ConvertRowtypeExpr *)(const void *)node, out);
        break;
    case NODE_ArrayExpr:
        compile_array(b, (const ArrayExpr *)(const void *)node, out);
        break;
    case NODE_RowExpr:
        compile_row(b, (const RowExpr *)(const void *)node, out);
        break;
    case NODE_RowCompareExpr:
        compile_row_compare(b, (const RowCompareExpr *)(const void *)node, out);
        break;
    case NODE_FieldSelect:
        compile_field_select(b, (const FieldSelect *)(const void *)node, out);
        break;
    case NODE_FieldStore:
        compile_field_store(b, (const FieldStore *)(const void *)node, out);
        break;
    case NODE_SubscriptingRef:
        compile_subscript(b, (const SubscriptingRef *)(const void *)node, out);
        break;
    case NODE_CoerceToDomain:
        compile_domain(b, (const CoerceToDomain *)(const void *)node, out);
        break;
    case NODE_TargetEntry:
        compile_value(b, ((const TargetEntry *)(const void *)node)->expr, out);
        break;
    default:
        compile_result(b, node, out);
    }
}

/* What a node of the plan, or the session, has the value of. */
static void compile_result(ExprBuilder *b, const Node *node, NullableDatum *out)
{
    const ExprScope *scope = b->scope;
    ExprStep *step;

    switch (node->tag) {
    case NODE_SQLValueFunction:
        step = compile_step(b, OP_SQL_VALUE, out);
        step->u.sql_value = (const SQLValueFunction *)(const void *)node;
        break;
    case NODE_NextValueExpr:
        step = compile_step(b, OP_NEXT_VALUE, out);
        step->u.next_value.sequence = ((const NextValueExpr *)(const void *)node)->sequence;
        step->u.next_value.type = ((const NextValueExpr *)(const void *)node)->type;
        break;
    case NODE_Aggref:
        if (scope->aggregate == NULL)
            err_raise(SQLSTATE_INTERNAL_ERROR, .message = "Aggref found in non-Agg plan node");
        step = compile_step(b, OP_AGG_RESULT, out);
        step->u.param.number =
            (int)scope->aggregate(scope->arg, (const Aggref *)(const void *)node);
        break;
    case NODE_WindowFunc:
        if (scope->window == NULL)
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = "WindowFunc found in non-WindowAgg plan node");
        step = compile_step(b, OP_AGG_RESULT, out);
        step->u.param.number =
            (int)scope->window(scope->arg, (const WindowFunc *)(const void *)node);
        break;
    case NODE_GroupingFunc:
        step = compile_step(b, OP_GROUPING, out);
        step->u.grouping.refs = ((const GroupingFunc *)(const void *)node)->columns;
        break;
    case NODE_SubPlan:
        if (scope->subplan == NULL)
            err_raise(SQLSTATE_INTERNAL_ERROR, .message = "SubPlan found with no parent plan");
        {
            ExprSubPlan *subplan =
                scope->subplan(scope->arg, (const SubPlan *)(const void *)node, scope);

            compile_step(b, OP_SUBPLAN, out)->u.subplan = subplan;
        }
        break;
    case NODE_AlternativeSubPlan:
        compile_value(b, list_at(((const AlternativeSubPlan *)(const void *)node)->subplans, 0),
                      out);
        break;
    default:
        compile_raise_not_written(node_kind_name(node->tag));
    }
}

static void compile_var(ExprBuilder *b, const Var *var, NullableDatum *out)
{
    ExprInput input = var->rt_index == VAR_INNER   ? EXPR_INPUT_INNER
                      : var->rt_index == VAR_OUTER ? EXPR_INPUT_OUTER
                                                   : EXPR_INPUT_SCAN;
    static const ExprOp ops[] = {[EXPR_INPUT_SCAN] = OP_VAR_SCAN,
                                 [EXPR_INPUT_OUTER] = OP_VAR_OUTER,
                                 [EXPR_INPUT_INNER] = OP_VAR_INNER};
    ExprStep *step;

    if (var->attno > 0) {
        step = compile_step(b, ops[input], out);
        step->column = (uint16_t)(var->attno - 1);
        return;
    }
    step = compile_step(b, var->attno == 0 ? OP_WHOLE_ROW : OP_SYSTEM_COLUMN, out);
    step->u.system.input = input;
    step->u.system.number = var->attno;
    if (var->attno == 0) {
        const TupleDesc *desc =
            var->type != 2249 ? catalog_info()->row_desc(var->type, var->typmod) : NULL;

        step = compile_step_at(b, compile_here(b) - 1);
        step->u.system.desc = desc != NULL                ? tuple_desc_copy(desc)
                              : input == EXPR_INPUT_SCAN ? b->scope->scan_row
                                                         : NULL;
    }
}

static void compile_param(ExprBuilder *b, const Param *param, NullableDatum *out)
{
    ExprStep *step;

    if (param->kind != PARAM_EXTERN && param->kind != PARAM_EXEC)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("unrecognized paramkind: %d", (int)param->kind));
    step = compile_step(b, param->kind == PARAM_EXEC ? OP_PARAM_EXEC : OP_PARAM_EXTERN, out);
    step->u.param.number = param->id;
    step->u.param.type = param->type;
}

static void compile_test_value(ExprBuilder *b, bool is_domain, NullableDatum *out)
{
    NullableDatum *from = is_domain ? b->domain_value : b->test_value;
    ExprStep *step = compile_step(b, from != NULL ? OP_COPY : OP_TEST, out);

    step->u.copy.from = from;
    step->column = is_domain;
}

/* ---- Logic ---- */

static void compile_bool(ExprBuilder *b, const BoolExpr *e, NullableDatum *out)
{
    int count = list_count(e->args);
    bool *any_null;
    Array jumps;

    if (e->kind == BOOL_NOT) {
        compile_value(b, list_at(e->args, 0), out);
        compile_step(b, OP_NOT, out);
        return;
    }
    any_null = mem_new(bool);
    array_init(&jumps, sizeof(unsigned));
    for (int i = 0; i < count; i++) {
        bool is_last = i == count - 1;
        ExprStep *step;

        compile_value(b, list_at(e->args, i), out);
        *(unsigned *)array_push(&jumps) = compile_here(b);
        if (e->kind == BOOL_AND)
            step = compile_step(b, is_last ? OP_AND_LAST : OP_AND, out);
        else
            step = compile_step(b, is_last ? OP_OR_LAST : OP_OR, out);
        step->u.copy.any_null = any_null;
        step->column = i == 0; /* begins with no NULL seen */
    }
    array_foreach(unsigned, jump, &jumps)
        compile_step_at(b, *jump)->jump = compile_here(b);
}

static void compile_case(ExprBuilder *b, const CaseExpr *e, NullableDatum *out)
{
    NullableDatum *before = b->test_value;
    Array ends;

    if (e->arg != NULL) {
        NullableDatum *test = compile_place();

        compile_value(b, e->arg, test);
        b->test_value = test;
    }
    array_init(&ends, sizeof(unsigned));
    list_foreach(const CaseWhen *, when, e->whens) {
        unsigned skip;

        compile_value(b, when->condition, out);
        skip = compile_here(b);
        compile_step(b, OP_JUMP_IF_NOT_TRUE, out);
        compile_value(b, when->result, out);
        *(unsigned *)array_push(&ends) = compile_here(b);
        compile_step(b, OP_JUMP, NULL);
        compile_step_at(b, skip)->jump = compile_here(b);
    }
    compile_value(b, e->default_result, out);
    array_foreach(unsigned, end, &ends)
        compile_step_at(b, *end)->jump = compile_here(b);
    b->test_value = before;
}

static void compile_coalesce(ExprBuilder *b, const CoalesceExpr *e, NullableDatum *out)
{
    Array ends;

    array_init(&ends, sizeof(unsigned));
    list_foreach(const Node *, arg, e->args) {
        compile_value(b, arg, out);
        *(unsigned *)array_push(&ends) = compile_here(b);
        compile_step(b, OP_JUMP_IF_NOT_NULL, out);
    }
    array_foreach(unsigned, end, &ends)
        compile_step_at(b, *end)->jump = compile_here(b);
}

static void compile_null_test(ExprBuilder *b, const NullTest *e, NullableDatum *out)
{
    ExprStep *step;

    compile_value(b, e->arg, out);
    if (!e->is_row) {
        compile_step(b, e->is_not ? OP_IS_NOT_NULL : OP_IS_NULL, out);
        return;
    }
    step = compile_step(b, e->is_not ? OP_ROW_IS_NOT_NULL : OP_ROW_IS_NULL, out);
    step->u.field = mem_new(FieldState);
}

static void compile_bool_test(ExprBuilder *b, const BooleanTest *e, NullableDatum *out)
{
    static const ExprOp ops[] = {
        [IS_TRUE] = OP_BOOL_IS_TRUE,   [IS_NOT_TRUE] = OP_BOOL_IS_NOT_TRUE,
        [IS_FALSE] = OP_BOOL_IS_FALSE, [IS_NOT_FALSE] = OP_BOOL_IS_NOT_FALSE,
        [IS_UNKNOWN] = OP_IS_NULL,     [IS_NOT_UNKNOWN] = OP_IS_NOT_NULL,
    };

    compile_value(b, e->arg, out);
    compile_step(b, ops[e->kind], out);
}
