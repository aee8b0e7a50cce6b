/* expr_util.c - questions about expressions; expr_util.h has them. */
#include "common/base/base.h"

#include "server/planner/expr_util.h"

#include <math.h>

#include "common/mem/mem.h"
#include "server/catalog/catalog_oid.h"
#include "server/node/expr.h"
#include "server/node/tree.h"
#include "server/planner/facts.h"
#include "server/planner/simplify.h"

/* ---- Lists ---- */

List *list_copy(const List *list)
{
    return list == NULL ? NULL : list_concat(list_new(list->tag), list);
}

bool list_has(const List *list, const void *pointer)
{
    for (int i = 0; i < list_count(list); i++) {
        if (list_at(list, i) == pointer)
            return true;
    }
    return false;
}

bool list_has_equal(const List *list, const void *node)
{
    for (int i = 0; i < list_count(list); i++) {
        if (node_equal(list_at(list, i), node))
            return true;
    }
    return false;
}

List *list_add_new(List *list, void *node)
{
    return list_has_equal(list, node) ? list : list_add(list, node);
}

bool list_has_oid(const List *list, Oid oid)
{
    for (int i = 0; i < list_count(list); i++) {
        if (list_oid_at(list, i) == oid)
            return true;
    }
    return false;
}

bool list_has_int(const List *list, int number)
{
    for (int i = 0; i < list_count(list); i++) {
        if (list_int_at(list, i) == number)
            return true;
    }
    return false;
}

bool list_overlaps_oids(const List *a, const List *b)
{
    for (int i = 0; i < list_count(a); i++) {
        if (list_has_oid(b, list_oid_at(a, i)))
            return true;
    }
    return false;
}

List *list_without(const List *list, const void *pointer)
{
    List *rest = NULL;

    for (int i = 0; i < list_count(list); i++) {
        if (list_at(list, i) != pointer)
            rest = list_add(rest, list_at(list, i));
    }
    return rest;
}

/* ---- Vars ---- */

typedef struct VarSearch {
    BitSet *set;
    List *list;
    uint32_t rt_index;
    int level, flags;
} VarSearch;

static bool add_rel(Node *node, int level, void *arg)
{
    VarSearch *search = arg;

    if (node_is(node, Var)) {
        const Var *var = (Var *)(void *)node;

        if (var->levels_up == (uint32_t)level && !bitset_has(search->set, var->rt_index))
            search->set = bitset_add(search->set, var->rt_index);
        return false;
    }
    if (node_is(node, CurrentOfExpr)) {
        search->set = bitset_add(search->set, (int)((CurrentOfExpr *)(void *)node)->rt_index);
        return false;
    }
    return node_walk_levels(node, level, add_rel, arg);
}

/* Visit the node itself, or what is in it when it is a list; a Query's inside has level 1. */
static bool visit_root(const void *expr, NodeLevelVisit visit, void *arg)
{
    Node *node = as_node(expr);

    if (node == NULL)
        return false;
    if (node->tag <= NODE_OidList)
        return node_walk_levels(node, 0, visit, arg);
    return visit(node, 0, arg);
}

BitSet *expr_rels(const void *expr)
{
    VarSearch search = {0};

    visit_root(expr, add_rel, &search);
    return search.set;
}

static bool add_column(Node *node, int level, void *arg)
{
    VarSearch *search = arg;

    if (node_is(node, Var)) {
        const Var *var = (Var *)(void *)node;

        if (var->levels_up == (uint32_t)level && var->rt_index == (int)search->rt_index)
            search->set = bitset_add(search->set, var->attno + EXPR_COLUMN_BASE);
        return false;
    }
    return node_walk_levels(node, level, add_column, arg);
}

BitSet *expr_columns(const void *expr, uint32_t rt_index, BitSet *set)
{
    VarSearch search = {.set = set, .rt_index = rt_index};

    visit_root(expr, add_column, &search);
    return search.set;
}

static bool add_var(Node *node, int level, void *arg)
{
    VarSearch *search = arg;
    bool take = false;

    if (node_is(node, Var)) {
        if (((Var *)(void *)node)->levels_up == (uint32_t)level)
            search->list = list_add(search->list, node);
        return false;
    }
    if (node_is(node, Aggref))
        take = ((Aggref *)(void *)node)->levels_up == (uint32_t)level &&
               (search->flags & EXPR_WITH_AGGS) != 0;
    else if (node_is(node, GroupingFunc))
        take = ((GroupingFunc *)(void *)node)->levels_up == (uint32_t)level &&
               (search->flags & EXPR_WITH_AGGS) != 0;
    else if (node_is(node, WindowFunc))
        take = (search->flags & EXPR_WITH_WINDOWS) != 0;
    if (take) {
        search->list = list_add(search->list, node);
        return false;
    }
    return node_walk_levels(node, level, add_var, arg);
}

List *expr_vars(const void *expr, int flags)
{
    VarSearch search = {.flags = flags};

    visit_root(expr, add_var, &search);
    return search.list;
}

static bool add_outer_var(Node *node, int level, void *arg)
{
    VarSearch *search = arg;

    if (node_is(node, Var)) {
        if (((Var *)(void *)node)->levels_up == (uint32_t)(level + search->level))
            search->list = list_add(search->list, node);
        return false;
    }
    return node_walk_levels(node, level, add_outer_var, arg);
}

/* Walk with the inside of a Query as level 0. */
static bool visit_inside(const void *node, NodeLevelVisit visit, void *arg)
{
    Node *root = as_node(node);

    if (node_is(root, Query))
        return node_walk_levels(root, NODE_LEVEL_OUTSIDE, visit, arg);
    return visit_root(root, visit, arg);
}

List *expr_vars_of_level(const void *node, int level)
{
    VarSearch search = {.level = level};

    visit_inside(node, add_outer_var, &search);
    return search.list;
}

static bool is_var(Node *node, int level, void *arg)
{
    const VarSearch *search = arg;

    if (node_is(node, Var))
        return ((Var *)(void *)node)->levels_up == (uint32_t)(level + search->level);
    if (node_is(node, CurrentOfExpr))
        return level + search->level == 0;
    return node_walk_levels(node, level, is_var, arg);
}

bool expr_has_vars(const void *expr)
{
    VarSearch search = {0};

    return visit_root(expr, is_var, &search);
}

/* ---- Functions ---- */

Oid expr_op_function(const OpExpr *op)
{
    return op->function != 0 ? op->function : facts_operator_function(op->operator);
}

typedef bool (*FunctionTest)(Oid function);

/* Does the node itself call a function that passes the test? */
static bool calls(const Node *node, FunctionTest test)
{
    switch (node->tag) {
    case NODE_Aggref:
        return test(((const Aggref *)(const void *)node)->function);
    case NODE_WindowFunc:
        return test(((const WindowFunc *)(const void *)node)->function);
    case NODE_FuncExpr:
        return test(((const FuncExpr *)(const void *)node)->function);
    case NODE_OpExpr:
    case NODE_DistinctExpr:
    case NODE_NullIfExpr:
        return test(expr_op_function((const OpExpr *)(const void *)node));
    case NODE_ScalarArrayOpExpr: {
        const ScalarArrayOpExpr *op = (const void *)node;

        return test(op->function != 0 ? op->function : facts_operator_function(op->operator));
    }
    case NODE_CoerceViaIO: {
        const CoerceViaIO *io = (const void *)node;

        return test(facts_type_input(io->type)) || test(facts_type_output(node_expr_type(io->arg)));
    }
    case NODE_RowCompareExpr: {
        const RowCompareExpr *compare = (const void *)node;

        for (int i = 0; i < list_count(compare->operators); i++) {
            if (test(facts_operator_function(list_oid_at(compare->operators, i))))
                return true;
        }
        return false;
    }
    default:
        return false;
    }
}

static bool is_volatile(Oid function)
{
    return facts_volatility(function) == 'v';
}

static bool is_mutable(Oid function)
{
    return facts_volatility(function) != 'i';
}

static bool find_volatile(Node *node, void *arg)
{
    return node_is(node, NextValueExpr) || calls(node, is_volatile) ||
           node_walk(node, find_volatile, arg);
}

static bool find_mutable(Node *node, void *arg)
{
    return node_is(node, NextValueExpr) || node_is(node, SQLValueFunction) ||
           calls(node, is_mutable) || node_walk(node, find_mutable, arg);
}

static bool visit_flat(const void *expr, NodeVisit visit, void *arg)
{
    Node *node = as_node(expr);

    if (node == NULL)
        return false;
    return node->tag <= NODE_OidList ? node_walk(node, visit, arg) : visit(node, arg);
}

bool expr_has_volatile(const void *expr)
{
    return visit_flat(expr, find_volatile, NULL);
}

bool expr_has_mutable(const void *expr)
{
    return visit_flat(expr, find_mutable, NULL);
}

static bool is_nonstrict(Oid function)
{
    return !facts_is_strict(function);
}

static bool find_nonstrict(Node *node, void *arg)
{
    switch (node->tag) {
    case NODE_Aggref:
    case NODE_GroupingFunc:
    case NODE_WindowFunc:
    case NODE_SubLink:
    case NODE_SubPlan:
    case NODE_AlternativeSubPlan:
    case NODE_DistinctExpr:
    case NODE_NullIfExpr:
    case NODE_BoolExpr: /* AND and OR; and NOT is looked into below */
        if (!expr_is_not(node))
            return true;
        break;
    case NODE_FieldStore:
    case NODE_CaseExpr:
    case NODE_CaseWhen:
    case NODE_ArrayExpr:
    case NODE_RowExpr:
    case NODE_RowCompareExpr:
    case NODE_CoalesceExpr:
    case NODE_MinMaxExpr:
    case NODE_XmlExpr:
    case NODE_NullTest:
    case NODE_BooleanTest:
    case NODE_CoerceToDomain:
    case NODE_ConvertRowtypeExpr:
        return true;
    case NODE_SubscriptingRef:
        if (((SubscriptingRef *)(void *)node)->assigned != NULL)
            return true;
        break;
    case NODE_CoerceViaIO:
        break; /* of NULL it is NULL, whatever the functions are */
    default:
        if (calls(node, is_nonstrict))
            return true;
    }
    return node_walk(node, find_nonstrict, arg);
}

bool expr_has_nonstrict(const void *expr)
{
    return visit_flat(expr, find_nonstrict, NULL);
}

static bool is_leaky(Oid function)
{
    return !facts_is_leakproof(function);
}

/* What is not known to keep silent may tell. */
static bool find_leak(Node *node, void *arg)
{
    switch (node->tag) {
    case NODE_List:
    case NODE_Var:
    case NODE_Const:
    case NODE_Param:
    case NODE_CurrentOfExpr:
    case NODE_BoolExpr:
    case NODE_RelabelType:
    case NODE_CollateExpr:
    case NODE_CaseExpr:
    case NODE_CaseWhen:
    case NODE_CaseTestExpr:
    case NODE_CoalesceExpr:
    case NODE_ArrayExpr:
    case NODE_RowExpr:
    case NODE_FieldSelect:
    case NODE_NullTest:
    case NODE_BooleanTest:
    case NODE_SQLValueFunction:
        break;
    case NODE_FuncExpr:
    case NODE_OpExpr:
    case NODE_DistinctExpr:
    case NODE_NullIfExpr:
    case NODE_ScalarArrayOpExpr:
    case NODE_CoerceViaIO:
    case NODE_RowCompareExpr:
        if (calls(node, is_leaky) && expr_has_vars(node))
            return true;
        break;
    default:
        if (expr_has_vars(node))
            return true;
    }
    return node_walk(node, find_leak, arg);
}

bool expr_has_leak(const void *expr)
{
    return visit_flat(expr, find_leak, NULL);
}

static bool find_subplan(Node *node, void *arg)
{
    return node_is(node, SubPlan) || node_is(node, AlternativeSubPlan) || node_is(node, SubLink) ||
           node_walk(node, find_subplan, arg);
}

bool expr_has_subplan(const void *expr)
{
    return visit_flat(expr, find_subplan, NULL);
}

static bool find_exec_param(Node *node, void *arg)
{
    return (node_is(node, Param) && ((Param *)(void *)node)->kind == PARAM_EXEC) ||
           node_walk(node, find_exec_param, arg);
}

bool expr_has_exec_param(const void *expr)
{
    return visit_flat(expr, find_exec_param, NULL);
}

static bool series_bound(const List *args, int i, double *out)
{
    const Const *value = list_at(args, i);

    if (!node_is(value, Const) || value->is_null)
        return false;
    *out = value->type == TYPE_INT4 ? (double)datum_i32(value->value)
                                    : (double)datum_i64(value->value);
    return true;
}

/* Rows of functions that can tell by their arguments; 0: it cannot. */
static double rows_by_args(Oid function, List *args)
{
    enum { SERIES_I4_STEP = 1066, SERIES_I4, SERIES_I8_STEP, SERIES_I8, UNNEST = 2331 };
    double first, last, step = 1;

    if (function == UNNEST)
        return simplify_array_count(simplify_for_estimate(list_at(args, 0), NULL));
    if (function < SERIES_I4_STEP || function > SERIES_I8)
        return 0;
    args = (List *)(void *)simplify_for_estimate(args, NULL);
    list_foreach(const Const *, arg, args) {
        if (node_is(arg, Const) && arg->is_null)
            return 1; /* none */
    }
    if (!series_bound(args, 0, &first) || !series_bound(args, 1, &last))
        return 0;
    if (list_count(args) > 2 && !series_bound(args, 2, &step))
        return 0;
    if (step == 0)
        return 0;
    return floor((last - first + step) / step);
}

double expr_set_rows(const void *expr)
{
    double known;

    const Node *node = expr;
    PgProc function;
    Oid oid;

    if (node_is(node, FuncExpr) && ((const FuncExpr *)expr)->is_set) {
        oid = ((const FuncExpr *)expr)->function;
        known = rows_by_args(oid, ((const FuncExpr *)expr)->args);
        if (known != 0)
            return known <= 1 ? 1 : rint(known);
    } else if (node_is(node, OpExpr) && ((const OpExpr *)expr)->is_set) {
        oid = expr_op_function(expr);
    } else {
        return 1;
    }
    facts_function(oid, &function);
    return function.prorows > 1 ? function.prorows : 1;
}

bool expr_is_pseudoconstant(const void *expr)
{
    return !expr_has_vars(expr) && !expr_has_volatile(expr);
}

/* ---- Pieces ---- */

Node *expr_strip_relabel(const void *expr)
{
    Node *node = as_node(expr);

    while (node_is(node, RelabelType))
        node = ((RelabelType *)(void *)node)->arg;
    return node;
}

static Node *bool_expr(BoolKind kind, List *args)
{
    BoolExpr *expr = node_new(BoolExpr);

    expr->kind = kind;
    expr->args = args;
    expr->loc = NODE_NO_LOCATION;
    return as_node(expr);
}

Node *expr_and(List *args)
{
    if (list_count(args) == 0)
        return expr_bool(true);
    return list_count(args) == 1 ? list_at(args, 0) : bool_expr(BOOL_AND, args);
}

Node *expr_or(List *args)
{
    if (list_count(args) == 0)
        return expr_bool(false);
    return list_count(args) == 1 ? list_at(args, 0) : bool_expr(BOOL_OR, args);
}

/* NOT of AND and OR is the other one of the arms' NOT. */
static Node *negated_bool(const BoolExpr *expr)
{
    List *args = NULL;

    if (expr->kind == BOOL_NOT)
        return list_at(expr->args, 0);
    list_foreach(Node *, arg, expr->args)
        args = list_add(args, expr_not(arg));
    return bool_expr(expr->kind == BOOL_AND ? BOOL_OR : BOOL_AND, args);
}

static BoolTestKind negated_test(BoolTestKind kind)
{
    switch (kind) {
    case IS_TRUE:
        return IS_NOT_TRUE;
    case IS_NOT_TRUE:
        return IS_TRUE;
    case IS_FALSE:
        return IS_NOT_FALSE;
    case IS_NOT_FALSE:
        return IS_FALSE;
    case IS_UNKNOWN:
        return IS_NOT_UNKNOWN;
    default:
        return IS_UNKNOWN;
    }
}

static Node *copy_shallow(const void *node, size_t size)
{
    return mem_dup(node, size);
}

Node *expr_not(Node *arg)
{
    Oid negator;

    switch (arg->tag) {
    case NODE_Const: {
        const Const *value = (Const *)(void *)arg;

        return value->is_null ? expr_null(TYPE_BOOL, -1, 0) : expr_bool(!datum_bool(value->value));
    }
    case NODE_OpExpr: {
        OpExpr *op = (OpExpr *)(void *)arg;

        negator = facts_negator(op->operator);
        if (negator == 0)
            break;
        op = (OpExpr *)(void *)copy_shallow(op, sizeof(*op));
        op->operator= negator;
        op->function = 0;
        return as_node(op);
    }
    case NODE_ScalarArrayOpExpr: {
        ScalarArrayOpExpr *op = (ScalarArrayOpExpr *)(void *)arg;

        negator = facts_negator(op->operator);
        if (negator == 0)
            break;
        op = (ScalarArrayOpExpr *)(void *)copy_shallow(op, sizeof(*op));
        op->operator= negator;
        op->function = op->hash_function = op->negator_function = 0;
        op->is_any = !op->is_any;
        return as_node(op);
    }
    case NODE_BoolExpr:
        return negated_bool((BoolExpr *)(void *)arg);
    case NODE_NullTest: {
        NullTest *test = (NullTest *)(void *)arg;

        /* Of a row, both tests can be false. */
        if (test->is_row)
            break;
        test = (NullTest *)(void *)copy_shallow(test, sizeof(*test));
        test->is_not = !test->is_not;
        return as_node(test);
    }
    case NODE_BooleanTest: {
        BooleanTest *test = (BooleanTest *)(void *)copy_shallow(arg, sizeof(BooleanTest));

        test->kind = negated_test(test->kind);
        return as_node(test);
    }
    default:
        break;
    }
    return bool_expr(BOOL_NOT, list_of(arg));
}

List *expr_and_list(Node *qual)
{
    if (qual == NULL)
        return NULL;
    if (qual->tag == NODE_List)
        return (List *)(void *)qual;
    if (expr_is_and(qual))
        return list_copy(((BoolExpr *)(void *)qual)->args);
    if (node_is(qual, Const) && !((Const *)(void *)qual)->is_null &&
        datum_bool(((Const *)(void *)qual)->value))
        return NULL;
    return list_of(qual);
}

static Const *constant(Oid type, int len, bool by_value)
{
    Const *value = node_new(Const);

    value->type = type;
    value->typmod = NODE_NO_TYPMOD;
    value->len = len;
    value->by_value = by_value;
    value->loc = NODE_NO_LOCATION;
    return value;
}

Node *expr_bool(bool truth)
{
    Const *value = constant(TYPE_BOOL, 1, true);

    value->value = datum_of_bool(truth);
    return as_node(value);
}

Node *expr_int(int32_t number)
{
    Const *value = constant(TYPE_INT4, sizeof(int32_t), true);

    value->value = datum_of_i32(number);
    return as_node(value);
}

Node *expr_null(Oid type, int typmod, Oid collation)
{
    bool by_value;
    int len = facts_type_len(type, &by_value);
    Const *value = constant(type, len, by_value);

    value->typmod = typmod;
    value->collation = collation;
    value->is_null = true;
    return as_node(value);
}

Node *expr_big(int64_t number)
{
    Const *value = constant(TYPE_INT8, sizeof(int64_t), true);

    value->value = datum_of_i64(number);
    return as_node(value);
}

Var *expr_var(int rt_index, int attno, Oid type, int typmod, Oid collation)
{
    Var *var = node_new(Var);

    var->rt_index = rt_index;
    var->attno = attno;
    var->type = type;
    var->typmod = typmod;
    var->collation = collation;
    var->syntax_rt_index = (uint32_t)rt_index;
    var->syntax_attno = attno;
    var->loc = NODE_NO_LOCATION;
    return var;
}

Var *expr_var_of_target(int rt_index, const TargetEntry *target)
{
    return expr_var(rt_index, target->number, node_expr_type(target->expr),
                    node_expr_typmod(target->expr), node_expr_collation(target->expr));
}

TargetEntry *expr_target(Node *expr, int number, const char *name, bool is_junk)
{
    TargetEntry *target = node_new(TargetEntry);

    target->expr = expr;
    target->number = number;
    target->name = name;
    target->is_junk = is_junk;
    return target;
}

Node *expr_op(Oid op, Oid type, Oid collation, Oid input_collation, Node *left, Node *right)
{
    OpExpr *expr = node_new(OpExpr);

    expr->operator= op;
    expr->function = facts_operator_function(op);
    expr->type = type;
    expr->collation = collation;
    expr->input_collation = input_collation;
    expr->args = right == NULL ? list_of(left) : list_of2(left, right);
    expr->loc = NODE_NO_LOCATION;
    return as_node(expr);
}

Node *expr_relabel(Node *arg, Oid type, int typmod, Oid collation)
{
    RelabelType *relabel = node_new(RelabelType);

    while (node_is(arg, RelabelType))
        arg = ((RelabelType *)(void *)arg)->arg;
    if (node_expr_type(arg) == type && node_expr_typmod(arg) == typmod &&
        node_expr_collation(arg) == collation)
        return arg;
    relabel->arg = arg;
    relabel->type = type;
    relabel->typmod = typmod;
    relabel->collation = collation;
    relabel->form = COERCE_IMPLICIT;
    relabel->loc = NODE_NO_LOCATION;
    return as_node(relabel);
}

/* ---- Targets ---- */

TargetEntry *target_of_ref(const List *targets, uint32_t ref)
{
    list_foreach(TargetEntry *, target, targets) {
        if (target->sort_group_ref == ref)
            return target;
    }
    return NULL;
}

TargetEntry *target_by_number(const List *targets, int number)
{
    list_foreach(TargetEntry *, target, targets) {
        if (target->number == number)
            return target;
    }
    return NULL;
}

TargetEntry *target_of_expr(const List *targets, const void *expr)
{
    list_foreach(TargetEntry *, target, targets) {
        if (node_equal(target->expr, expr))
            return target;
    }
    return NULL;
}

Node *target_expr_by_ref(const List *targets, uint32_t ref)
{
    TargetEntry *target = target_of_ref(targets, ref);

    ASSERT(target != NULL);
    return target->expr;
}

List *target_exprs_of_clauses(const List *sort_groups, const List *targets)
{
    List *exprs = NULL;

    list_foreach(SortGroupClause *, item, sort_groups)
        exprs = list_add(exprs, target_expr_by_ref(targets, item->ref));
    return exprs;
}

SortGroupClause *sort_group_by_ref(const List *sort_groups, uint32_t ref)
{
    list_foreach(SortGroupClause *, item, sort_groups) {
        if (item->ref == ref)
            return item;
    }
    return NULL;
}
