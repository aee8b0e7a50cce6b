/*
 * simplify.c - constants evaluated and logic laid flat; simplify.h has the how
 *
 * What is evaluated here raises what it would raise when run: a plan with 1/0 in it is refused
 * where PostgreSQL refuses it.
 */
#include "common/base/base.h"

#include "server/planner/simplify.h"

#include "common/mem/mem.h"
#include "server/catalog/catalog_oid.h"
#include "server/node/expr.h"
#include "server/node/tree.h"
#include "server/planner/call.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"

#define OP_BOOL_EQUAL     91
#define OP_BOOL_NOT_EQUAL 85

typedef struct Simplifier {
    const ExternParams *params;
    bool for_estimate;
    Const *case_value; /* what CaseTestExpr stands for; NULL: not known */
    List *bodies;      /* OIDs of functions whose body is being simplified */
} Simplifier;

static Node *change(Node *node, void *arg);
static Node *change_call(Node *node, Simplifier *s);
static Node *change_bool(const BoolExpr *expr, Simplifier *s);
static Node *change_case(const CaseExpr *expr, Simplifier *s);
static Node *change_coalesce(const CoalesceExpr *expr, Simplifier *s);
static Node *change_null_test(const NullTest *test, Simplifier *s);
static Node *change_boolean_test(const BooleanTest *test, Simplifier *s);
static Node *change_relabel(const RelabelType *relabel, Simplifier *s);
static Node *change_io(const CoerceViaIO *io, Simplifier *s);
static Node *change_distinct(DistinctExpr *expr, Simplifier *s);
static Node *change_array_op(ScalarArrayOpExpr *op, Simplifier *s);
static Node *change_field(const FieldSelect *select, Simplifier *s);
static Node *change_if_constant(Node *node, Simplifier *s);

static Node *run(const void *expr, Simplifier *s)
{
    Node *node = as_node(expr);

    if (node == NULL)
        return NULL;
    if (node->tag <= NODE_OidList)
        return node_mutate(node, change, s);
    return change(node, s);
}

Node *simplify(const void *expr, const ExternParams *params)
{
    Simplifier s = {.params = params};

    return run(expr, &s);
}

Node *simplify_for_estimate(const void *expr, const ExternParams *params)
{
    Simplifier s = {.params = params, .for_estimate = true};

    return run(expr, &s);
}

static bool is_null_const(const Node *node)
{
    return node_is(node, Const) && ((const Const *)(const void *)node)->is_null;
}

static bool is_true_const(const Node *node)
{
    return node_is(node, Const) && !((const Const *)(const void *)node)->is_null &&
           datum_bool(((const Const *)(const void *)node)->value);
}

static bool is_false_const(const Node *node)
{
    return node_is(node, Const) && !((const Const *)(const void *)node)->is_null &&
           !datum_bool(((const Const *)(const void *)node)->value);
}

static Node *evaluate(const void *node, const Simplifier *s)
{
    return as_node(expr_fold(node, s->params));
}

static Node *change_param(const Param *param, const Simplifier *s)
{
    const ExternParam *value;
    Const *result;
    bool by_value;

    if (param->kind != PARAM_EXTERN || s->params == NULL || param->id <= 0 ||
        (size_t)param->id > s->params->count)
        return node_copy(param);
    value = &s->params->params[param->id - 1];
    if (value->type != param->type)
        return node_copy(param);
    result = (Const *)(void *)expr_null(param->type, param->typmod, param->collation);
    result->len = facts_type_len(param->type, &by_value);
    result->by_value = by_value;
    result->is_null = value->is_null;
    result->value = value->is_null ? 0 : value->value;
    result->loc = param->loc;
    /* Its own copy: the plan may outlive what was bound. */
    return node_copy(result);
}

static Node *change(Node *node, void *arg)
{
    Simplifier *s = arg;

    switch (node->tag) {
    case NODE_Var:
    case NODE_Const:
        return node_copy(node);
    case NODE_Param:
        return change_param((const Param *)(void *)node, s);
    case NODE_FuncExpr: {
        FuncExpr call = *(const FuncExpr *)(void *)node;

        call.args = call_all_args(call.function, call.args);
        return change_call(node_mutate(&call, change, s), s);
    }
    case NODE_OpExpr:
    case NODE_NullIfExpr:
        return change_call(node_mutate(node, change, s), s);
    case NODE_DistinctExpr:
        return change_distinct(node_mutate(node, change, s), s);
    case NODE_ScalarArrayOpExpr:
        return change_array_op(node_mutate(node, change, s), s);
    case NODE_BoolExpr:
        return change_bool((const BoolExpr *)(void *)node, s);
    case NODE_CaseExpr:
        return change_case((const CaseExpr *)(void *)node, s);
    case NODE_CaseTestExpr:
        return s->case_value != NULL ? node_copy(s->case_value) : node_copy(node);
    case NODE_CoalesceExpr:
        return change_coalesce((const CoalesceExpr *)(void *)node, s);
    case NODE_NullTest:
        return change_null_test((const NullTest *)(void *)node, s);
    case NODE_BooleanTest:
        return change_boolean_test((const BooleanTest *)(void *)node, s);
    case NODE_RelabelType:
        return change_relabel((const RelabelType *)(void *)node, s);
    case NODE_CollateExpr: {
        const CollateExpr *collate = (const CollateExpr *)(void *)node;
        RelabelType *relabel = node_new(RelabelType);

        relabel->arg = collate->arg;
        relabel->type = node_expr_type(collate->arg);
        relabel->typmod = node_expr_typmod(collate->arg);
        relabel->collation = collate->collation;
        relabel->form = COERCE_IMPLICIT;
        relabel->loc = collate->loc;
        return change_relabel(relabel, s);
    }
    case NODE_CoerceViaIO:
        return change_io((const CoerceViaIO *)(void *)node, s);
    case NODE_ArrayCoerceExpr: {
        ArrayCoerceExpr *coerce = node_copy(node);
        Const *outer = s->case_value;

        coerce->arg = run(coerce->arg, s);
        s->case_value = NULL; /* elements are what it is in there */
        coerce->element = run(coerce->element, s);
        s->case_value = outer;
        if (node_is(coerce->arg, Const) && !expr_has_mutable(coerce->element))
            return evaluate(coerce, s);
        return as_node(coerce);
    }
    case NODE_ArrayExpr:
    case NODE_RowExpr:
    case NODE_MinMaxExpr:
    case NODE_SubscriptingRef:
        return change_if_constant(node_mutate(node, change, s), s);
    case NODE_FieldSelect:
        return change_field((const FieldSelect *)(void *)node, s);
    case NODE_SQLValueFunction:
        return s->for_estimate ? evaluate(node, s) : node_copy(node);
    case NODE_SubPlan:
    case NODE_AlternativeSubPlan:
    case NODE_Query: /* of a SubLink: simplified when it is planned itself */
        return node;
    default:
        return node_mutate(node, change, s);
    }
}

/* ---- Functions and operators ---- */

static bool may_evaluate(Oid function, const Simplifier *s)
{
    char volatility = facts_volatility(function);

    return volatility == 'i' || (s->for_estimate && volatility == 's');
}

static bool all_const(const List *args)
{
    list_foreach(Node *, arg, args) {
        if (!node_is(arg, Const))
            return false;
    }
    return true;
}

static bool has_null_const(const List *args)
{
    list_foreach(Node *, arg, args) {
        if (is_null_const(arg))
            return true;
    }
    return false;
}

/* x = true is x, x = false is NOT x; NULL: it is neither. */
static Node *bool_comparison(const OpExpr *op)
{
    Node *left, *right, *swap;
    bool wants_true;

    if ((op->operator!= OP_BOOL_EQUAL && op->operator!= OP_BOOL_NOT_EQUAL) ||
        list_count(op->args) != 2)
        return NULL;
    left = expr_left(op);
    right = expr_right(op);
    if (node_is(left, Const)) {
        swap = left;
        left = right;
        right = swap;
    }
    if (!node_is(right, Const) || is_null_const(right))
        return NULL;
    wants_true = is_true_const(right) == (op->operator== OP_BOOL_EQUAL);
    return wants_true ? left : expr_not(left);
}

/* What a function of language SQL does, in place of the call; NULL: it stays a call. */
static Node *change_to_body(Oid function, const Node *call, const List *args, Simplifier *s)
{
    List *outer = s->bodies;
    Node *body = NULL;

    if (!list_has_oid(s->bodies, function))
        body = call_body(function, args, node_expr_type(call), node_expr_collation(call));
    if (body == NULL)
        return NULL;
    s->bodies = list_add_oid(list_copy(s->bodies), function);
    body = run(body, s);
    s->bodies = outer;
    return body;
}

/* Arguments are simplified. */
static Node *change_call(Node *node, Simplifier *s)
{
    bool is_func = node->tag == NODE_FuncExpr;
    List *args = is_func ? ((FuncExpr *)(void *)node)->args : ((OpExpr *)(void *)node)->args;
    bool is_set = is_func ? ((FuncExpr *)(void *)node)->is_set : ((OpExpr *)(void *)node)->is_set;
    Oid function;
    Node *simple;

    if (!is_func) {
        OpExpr *op = (OpExpr *)(void *)node;

        op->function = expr_op_function(op);
        function = op->function;
        if (node->tag == NODE_OpExpr && (simple = bool_comparison(op)) != NULL)
            return simple;
    } else {
        function = ((FuncExpr *)(void *)node)->function;
    }
    if (is_set)
        return node;
    if (node->tag != NODE_NullIfExpr && has_null_const(args) && facts_is_strict(function))
        return expr_null(node_expr_type(node), node_expr_typmod(node), node_expr_collation(node));
    if (node->tag != NODE_NullIfExpr && (simple = change_to_body(function, node, args, s)) != NULL)
        return simple;
    if (!all_const(args) || !may_evaluate(function, s) || node_expr_type(node) == TYPE_RECORD)
        return node;
    return evaluate(node, s);
}

static Node *change_distinct(DistinctExpr *expr, Simplifier *s)
{
    Node *left = expr_left(expr), *right = expr_right(expr);

    expr->function = expr_op_function((OpExpr *)(void *)expr);
    if (is_null_const(left) && is_null_const(right))
        return expr_bool(false);
    if (!node_is(left, Const) || !node_is(right, Const))
        return as_node(expr);
    if (is_null_const(left) || is_null_const(right))
        return expr_bool(true);
    return may_evaluate(expr->function, s) ? evaluate(expr, s) : as_node(expr);
}

static Node *change_array_op(ScalarArrayOpExpr *op, Simplifier *s)
{
    if (op->function == 0)
        op->function = facts_operator_function(op->operator);
    if (all_const(op->args) && may_evaluate(op->function, s))
        return evaluate(op, s);
    return as_node(op);
}

static bool find_not_const(Node *node, void *arg)
{
    (void)arg;
    return !node_is(node, Const);
}

/* Children are simplified: when all of them are constants, so is the node. */
static Node *change_if_constant(Node *node, Simplifier *s)
{
    if (node_walk(node, find_not_const, NULL))
        return node;
    if (node->tag == NODE_MinMaxExpr) {
        TypeOrder order;

        facts_type_order(((MinMaxExpr *)(void *)node)->type, &order);
        if (order.less == 0 || !may_evaluate(facts_operator_function(order.less), s))
            return node;
    }
    if (node->tag == NODE_RowExpr && ((RowExpr *)(void *)node)->type == TYPE_RECORD)
        return node; /* a record type would have to be registered */
    return evaluate(node, s);
}

static Node *change_field(const FieldSelect *select, Simplifier *s)
{
    FieldSelect *copy = node_copy(select);

    copy->arg = run(select->arg, s);
    if (node_is(copy->arg, RowExpr)) {
        const RowExpr *row = (const RowExpr *)(void *)copy->arg;

        if (copy->field > 0 && copy->field <= list_count(row->args)) {
            Node *field = list_at(row->args, copy->field - 1);

            if (node_expr_type(field) == copy->type && node_expr_typmod(field) == copy->typmod &&
                node_expr_collation(field) == copy->collation)
                return field;
        }
    }
    return as_node(copy);
}

/* ---- Casts ---- */

static Node *change_relabel(const RelabelType *relabel, Simplifier *s)
{
    Node *arg = run(relabel->arg, s);

    if (node_is(arg, Const)) {
        Const *value = (Const *)(void *)arg;

        value->type = relabel->type;
        value->typmod = relabel->typmod;
        value->collation = relabel->collation;
        return arg;
    }
    arg = expr_relabel(arg, relabel->type, relabel->typmod, relabel->collation);
    if (node_is(arg, RelabelType) && ((RelabelType *)(void *)arg)->loc == NODE_NO_LOCATION) {
        ((RelabelType *)(void *)arg)->form = relabel->form;
        ((RelabelType *)(void *)arg)->loc = relabel->loc;
    }
    return arg;
}

static Node *change_io(const CoerceViaIO *io, Simplifier *s)
{
    CoerceViaIO *copy = node_copy(io);
    Oid in, out;

    copy->arg = run(io->arg, s);
    if (!node_is(copy->arg, Const))
        return as_node(copy);
    in = facts_type_input(copy->type);
    out = facts_type_output(node_expr_type(copy->arg));
    if ((is_null_const(copy->arg) || may_evaluate(out, s)) && may_evaluate(in, s) &&
        !(is_null_const(copy->arg) && !facts_is_strict(in)))
        return evaluate(copy, s);
    return as_node(copy);
}

/* ---- Logic ---- */

/* Flat arms of an AND or OR; true when one of them decides all: *decided is that. */
static bool gather_arms(const List *args, bool is_or, Simplifier *s, List **arms, bool *has_null)
{
    BoolKind kind = is_or ? BOOL_OR : BOOL_AND;

    list_foreach(Node *, arg, args) {
        if (node_is(arg, BoolExpr) && ((BoolExpr *)(void *)arg)->kind == kind) {
            if (gather_arms(((BoolExpr *)(void *)arg)->args, is_or, s, arms, has_null))
                return true;
            continue;
        }
        arg = run(arg, s);
        if (node_is(arg, BoolExpr) && ((BoolExpr *)(void *)arg)->kind == kind) {
            *arms = list_concat(*arms, ((BoolExpr *)(void *)arg)->args);
        } else if (is_null_const(arg)) {
            *has_null = true;
        } else if (is_or ? is_true_const(arg) : is_false_const(arg)) {
            return true;
        } else if (!node_is(arg, Const)) {
            *arms = list_add(*arms, arg);
        }
    }
    return false;
}

static Node *change_bool(const BoolExpr *expr, Simplifier *s)
{
    bool is_or = expr->kind == BOOL_OR;
    bool has_null = false;
    List *arms = NULL;

    if (expr->kind == BOOL_NOT)
        return expr_not(run(list_at(expr->args, 0), s));
    if (gather_arms(expr->args, is_or, s, &arms, &has_null))
        return expr_bool(is_or);
    if (has_null)
        arms = list_add(arms, expr_null(TYPE_BOOL, NODE_NO_TYPMOD, 0));
    return is_or ? expr_or(arms) : expr_and(arms);
}

static Node *change_case(const CaseExpr *expr, Simplifier *s)
{
    Node *arg = run(expr->arg, s);
    Const *outer = s->case_value;
    CaseExpr *result = node_new(CaseExpr);
    Node *otherwise = NULL;
    bool is_decided = false;

    *result = *expr;
    result->whens = NULL;
    s->case_value = node_is(arg, Const) ? (Const *)(void *)arg : NULL;
    if (s->case_value != NULL)
        arg = NULL; /* nobody asks for it */
    list_foreach(CaseWhen *, when, expr->whens) {
        Node *condition = run(when->condition, s);
        CaseWhen *copy;

        if (is_null_const(condition) || is_false_const(condition))
            continue;
        if (is_true_const(condition)) {
            otherwise = run(when->result, s);
            is_decided = true;
            break;
        }
        copy = node_new(CaseWhen);
        copy->condition = condition;
        copy->result = run(when->result, s);
        copy->loc = when->loc;
        result->whens = list_add(result->whens, copy);
    }
    if (!is_decided)
        otherwise = run(expr->default_result, s);
    s->case_value = outer;
    if (result->whens == NULL)
        return otherwise;
    result->arg = arg;
    result->default_result = otherwise;
    return as_node(result);
}

static Node *change_coalesce(const CoalesceExpr *expr, Simplifier *s)
{
    CoalesceExpr *result = node_new(CoalesceExpr);

    *result = *expr;
    result->args = NULL;
    list_foreach(Node *, arg, expr->args) {
        arg = run(arg, s);
        if (is_null_const(arg))
            continue;
        if (node_is(arg, Const)) {
            if (result->args == NULL)
                return arg;
            result->args = list_add(result->args, arg);
            break;
        }
        result->args = list_add(result->args, arg);
    }
    if (result->args == NULL)
        return expr_null(expr->type, NODE_NO_TYPMOD, expr->collation);
    if (list_count(result->args) == 1)
        return list_at(result->args, 0);
    return as_node(result);
}

/* IS NULL of ROW(...): of each field. */
static Node *null_test_of_row(const NullTest *test, const RowExpr *row)
{
    List *tests = NULL;

    list_foreach(Node *, field, row->args) {
        NullTest *one;

        if (node_is(field, Const)) {
            if (is_null_const(field) == test->is_not)
                return expr_bool(false);
            continue;
        }
        one = node_new(NullTest);
        one->arg = field;
        one->is_not = test->is_not;
        one->loc = test->loc;
        tests = list_add(tests, one);
    }
    return expr_and(tests);
}

static Node *change_null_test(const NullTest *test, Simplifier *s)
{
    Node *arg = run(test->arg, s);
    NullTest *result;

    if (test->is_row && node_is(arg, RowExpr))
        return null_test_of_row(test, (const RowExpr *)(void *)arg);
    if (!test->is_row && node_is(arg, Const))
        return expr_bool(is_null_const(arg) != test->is_not);
    result = node_copy(test);
    result->arg = arg;
    return as_node(result);
}

static Node *change_boolean_test(const BooleanTest *test, Simplifier *s)
{
    Node *arg = run(test->arg, s);
    BooleanTest *result;

    if (node_is(arg, Const)) {
        switch (test->kind) {
        case IS_TRUE:
            return expr_bool(is_true_const(arg));
        case IS_NOT_TRUE:
            return expr_bool(!is_true_const(arg));
        case IS_FALSE:
            return expr_bool(is_false_const(arg));
        case IS_NOT_FALSE:
            return expr_bool(!is_false_const(arg));
        case IS_UNKNOWN:
            return expr_bool(is_null_const(arg));
        default:
            return expr_bool(!is_null_const(arg));
        }
    }
    result = node_copy(test);
    result->arg = arg;
    return as_node(result);
}
