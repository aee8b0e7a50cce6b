/* expr.c - type, typmod, collation and place of expressions; what is in them. */
#include "common/base/base.h"

#include "server/node/expr.h"

#include <string.h>

#include "common/err/err.h"
#include "server/node/node_kind.h"
#include "server/node/tree.h"

/* Built-in objects of pg_type and pg_collation: facts of catalogs, which are above this folder. */
enum {
    TYPE_BOOL = 16,
    TYPE_NAME = 19,
    TYPE_INT4 = 23,
    TYPE_TEXT = 25,
    TYPE_XML = 142,
    TYPE_RECORD = 2249,
    COLLATION_DEFAULT = 100,
    COLLATION_C = 950,
};

static Oid (*array_type)(Oid type);

static const TargetEntry *sublink_column(const SubLink *link);
static Oid sublink_type(const SubLink *link);
static Oid subplan_type(const SubPlan *plan);
static Oid array_of(Oid type);
static int common_typmod(Oid type, const List *items, const Node *one_more);
static int case_typmod(const CaseExpr *expr);

void node_expr_bind(Oid (*array_type_of)(Oid type))
{
    array_type = array_type_of;
}

static _Noreturn void fail(const Node *node)
{
    err_raise(SQLSTATE_INTERNAL_ERROR,
              .message = err_fmt("a node of kind %s is no expression", node_kind_name(node->tag)));
}

static Oid oid_at(const Node *node, size_t offset)
{
    Oid value;

    memcpy(&value, (const char *)node + offset, sizeof(value));
    return value;
}

Oid node_expr_type(const void *expr)
{
    const Node *node = expr;
    const NodeKind *kind;

    if (node == NULL)
        return 0;
    kind = &node_kinds[node->tag];
    if (kind->type_at != 0)
        return oid_at(node, kind->type_at);
    if (kind->yields != 0)
        return kind->yields;
    switch (node->tag) {
    case NODE_NamedArgExpr:
        return node_expr_type(((const NamedArgExpr *)expr)->arg);
    case NODE_CollateExpr:
        return node_expr_type(((const CollateExpr *)expr)->arg);
    case NODE_InferenceElem:
        return node_expr_type(((const InferenceElem *)expr)->expr);
    case NODE_SubLink:
        return sublink_type(expr);
    case NODE_SubPlan:
        return subplan_type(expr);
    case NODE_AlternativeSubPlan:
        return node_expr_type(list_at(((const AlternativeSubPlan *)expr)->subplans, 0));
    case NODE_XmlExpr:
        switch (((const XmlExpr *)expr)->kind) {
        case XML_DOCUMENT:
            return TYPE_BOOL;
        case XML_SERIALIZE:
            return TYPE_TEXT;
        default:
            return TYPE_XML;
        }
    default:
        fail(node);
    }
}

/* The one column of a subquery whose value is the expression's; NULL for other kinds of links. */
static const TargetEntry *sublink_column(const SubLink *link)
{
    const Query *query;

    if (link->kind != SUBLINK_EXPR && link->kind != SUBLINK_ARRAY)
        return NULL;
    if (!node_is(link->query, Query))
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "a subquery was not analyzed");
    query = (const Query *)(const void *)link->query;
    if (list_count(query->targets) == 0)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "a subquery has no columns");
    return list_at(query->targets, 0);
}

static Oid sublink_type(const SubLink *link)
{
    const TargetEntry *column = sublink_column(link);
    Oid type;

    if (column == NULL)
        return link->kind == SUBLINK_MULTI_EXPR ? TYPE_RECORD : TYPE_BOOL;
    type = node_expr_type(column->expr);
    return link->kind == SUBLINK_ARRAY ? array_of(type) : type;
}

static Oid subplan_type(const SubPlan *plan)
{
    switch (plan->form) {
    case SUBPLAN_EXPR:
        return plan->first_type;
    case SUBPLAN_ARRAY:
        return array_of(plan->first_type);
    case SUBPLAN_MULTI_EXPR:
        return TYPE_RECORD;
    default:
        return TYPE_BOOL;
    }
}

static Oid array_of(Oid type)
{
    Oid array = array_type == NULL ? 0 : array_type(type);

    if (array == 0)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("could not find array type for data type %u", type));
    return array;
}

/* Do the type's modifier and collation come from the subplan's column? */
static bool subplan_has_column_type(const SubPlan *plan)
{
    return plan->form == SUBPLAN_EXPR || plan->form == SUBPLAN_ARRAY;
}

int node_expr_typmod(const void *expr)
{
    const Node *node = expr;
    const NodeKind *kind;
    int typmod;

    if (node == NULL)
        return NODE_NO_TYPMOD;
    kind = &node_kinds[node->tag];
    if (kind->typmod_at != 0)
        return (int)oid_at(node, kind->typmod_at);
    switch (node->tag) {
    case NODE_FuncExpr:
        return node_expr_is_length_cast(expr, &typmod) ? typmod : NODE_NO_TYPMOD;
    case NODE_NamedArgExpr:
        return node_expr_typmod(((const NamedArgExpr *)expr)->arg);
    case NODE_CollateExpr:
        return node_expr_typmod(((const CollateExpr *)expr)->arg);
    case NODE_NullIfExpr:
        return node_expr_typmod(list_at(((const NullIfExpr *)expr)->args, 0));
    case NODE_SubLink: {
        const TargetEntry *column = sublink_column(expr);

        return column == NULL ? NODE_NO_TYPMOD : node_expr_typmod(column->expr);
    }
    case NODE_SubPlan: {
        const SubPlan *plan = expr;

        return subplan_has_column_type(plan) ? plan->first_typmod : NODE_NO_TYPMOD;
    }
    case NODE_AlternativeSubPlan:
        return node_expr_typmod(list_at(((const AlternativeSubPlan *)expr)->subplans, 0));
    case NODE_CaseExpr:
        return case_typmod(expr);
    case NODE_ArrayExpr: {
        const ArrayExpr *array = expr;

        return common_typmod(array->is_nested ? array->type : array->element_type, array->elements,
                             NULL);
    }
    case NODE_CoalesceExpr:
        return common_typmod(((const CoalesceExpr *)expr)->type, ((const CoalesceExpr *)expr)->args,
                             NULL);
    case NODE_MinMaxExpr:
        return common_typmod(((const MinMaxExpr *)expr)->type, ((const MinMaxExpr *)expr)->args,
                             NULL);
    default:
        return NODE_NO_TYPMOD;
    }
}

/* The typmod that all of the expressions have; none unless all are of that type. */
static int common_typmod(Oid type, const List *items, const Node *one_more)
{
    int typmod = NODE_NO_TYPMOD;

    for (int i = 0; i < list_count(items) + (one_more != NULL); i++) {
        const Node *item = i < list_count(items) ? list_at(items, i) : one_more;

        if (item != NULL && item->tag == NODE_CaseWhen)
            item = ((const CaseWhen *)(const void *)item)->result;
        if (node_expr_type(item) != type)
            return NODE_NO_TYPMOD;
        if (i == 0)
            typmod = node_expr_typmod(item);
        if (typmod < 0 || node_expr_typmod(item) != typmod)
            return NODE_NO_TYPMOD;
    }
    return typmod;
}

static int case_typmod(const CaseExpr *expr)
{
    if (expr->default_result == NULL)
        return NODE_NO_TYPMOD;
    return common_typmod(expr->type, expr->whens, expr->default_result);
}

bool node_expr_is_length_cast(const void *expr, int *typmod)
{
    const FuncExpr *call = expr;
    const Const *length;

    if (node_is(call, ArrayCoerceExpr)) {
        const ArrayCoerceExpr *coerce = expr;

        if (coerce->typmod >= 0 && typmod != NULL)
            *typmod = coerce->typmod;
        return coerce->typmod >= 0;
    }
    /* value, typmod, and for some whether the cast is explicit */
    if (!node_is(call, FuncExpr) || (call->form != COERCE_CAST && call->form != COERCE_IMPLICIT) ||
        list_count(call->args) < 2 || list_count(call->args) > 3)
        return false;
    length = list_at(call->args, 1);
    if (!node_is(length, Const) || length->type != TYPE_INT4 || length->is_null)
        return false;
    if (typmod != NULL)
        *typmod = datum_i32(length->value);
    return true;
}

Oid node_expr_collation(const void *expr)
{
    const Node *node = expr;
    const NodeKind *kind;

    if (node == NULL)
        return 0;
    kind = &node_kinds[node->tag];
    if (kind->collation_at != 0)
        return oid_at(node, kind->collation_at);
    switch (node->tag) {
    case NODE_NamedArgExpr:
        return node_expr_collation(((const NamedArgExpr *)expr)->arg);
    case NODE_InferenceElem:
        return node_expr_collation(((const InferenceElem *)expr)->expr);
    case NODE_SubLink: {
        const TargetEntry *column = sublink_column(expr);

        return column == NULL ? 0 : node_expr_collation(column->expr);
    }
    case NODE_SubPlan: {
        const SubPlan *plan = expr;

        return subplan_has_column_type(plan) ? plan->first_collation : 0;
    }
    case NODE_AlternativeSubPlan:
        return node_expr_collation(list_at(((const AlternativeSubPlan *)expr)->subplans, 0));
    case NODE_SQLValueFunction:
        return ((const SQLValueFunction *)expr)->type == TYPE_NAME ? COLLATION_C : 0;
    case NODE_XmlExpr:
        return ((const XmlExpr *)expr)->kind == XML_SERIALIZE ? COLLATION_DEFAULT : 0;
    default:
        if (kind->type_at == 0 && kind->yields == 0)
            fail(node);
        return 0;
    }
}

Oid node_expr_input_collation(const void *expr)
{
    const Node *node = expr;
    size_t offset = node == NULL ? 0 : node_kinds[node->tag].input_at;

    return offset == 0 ? 0 : oid_at(node, offset);
}

void node_expr_set_collation(void *expr, Oid collation)
{
    Node *node = expr;
    size_t offset = node_kinds[node->tag].collation_at;

    /* A CollateExpr says what it is; all others are told. */
    if (offset != 0 && node->tag != NODE_CollateExpr)
        memcpy((char *)node + offset, &collation, sizeof(collation));
    else if (node_is(node, NamedArgExpr))
        node_expr_set_collation(((NamedArgExpr *)expr)->arg, collation);
    else
        ASSERT(collation == node_expr_collation(expr));
}

void node_expr_set_input_collation(void *expr, Oid collation)
{
    Node *node = expr;
    size_t offset = node_kinds[node->tag].input_at;

    if (offset != 0)
        memcpy((char *)node + offset, &collation, sizeof(collation));
}

/* The first location that there is in what hangs below. */
static bool find_first(Node *node, void *arg)
{
    int *first = arg;

    if (node_is(node, Query))
        return false;
    *first = node_expr_location(node);
    return *first >= 0;
}

int node_expr_location(const void *expr)
{
    Node *node = (Node *)(uintptr_t)expr;
    int own = NODE_NO_LOCATION, first = NODE_NO_LOCATION;

    if (node == NULL)
        return NODE_NO_LOCATION;
    node_check_depth();
    if (node_is(node, SubscriptingRef))
        return node_expr_location(((SubscriptingRef *)(void *)node)->container);
    if (node->tag > NODE_OidList)
        own = node_location(node);
    node_walk(node, find_first, &first);
    return own < 0 || (first >= 0 && first < own) ? first : own;
}

/* ---- What is in a tree ---- */

typedef struct Search {
    int level; /* wanted, seen from where the walk began */
    int location;
} Search;

static bool find_var(Node *node, int level, void *arg)
{
    Search *search = arg;

    if (node_is(node, Var)) {
        const Var *var = (const Var *)(const void *)node;

        if ((int)var->levels_up != level + search->level)
            return false;
        search->location = var->loc;
        return true;
    }
    if (node_is(node, CurrentOfExpr))
        return level + search->level == 0;
    return node_walk_levels(node, level, find_var, arg);
}

/* A query is a level of its own: the expressions in it count from there. */
static bool walk_any(const void *tree, NodeLevelVisit visit, Search *search)
{
    Node *node = (Node *)(uintptr_t)tree;

    if (node == NULL)
        return false;
    if (node_is(node, Query))
        return node_walk_levels(node, NODE_LEVEL_OUTSIDE, visit, search);
    return node->tag <= NODE_OidList ? node_walk_levels(node, 0, visit, search)
                                     : visit(node, 0, search);
}

bool expr_has_vars_of_level(const void *node, int levels_up)
{
    Search search = {.level = levels_up};

    return walk_any(node, find_var, &search);
}

/* A location that is known, of a Var of that level. */
static bool locate_var(Node *node, int level, void *arg)
{
    Search *search = arg;

    if (node_is(node, Var)) {
        const Var *var = (const Var *)(const void *)node;

        if ((int)var->levels_up != level + search->level || var->loc < 0)
            return false;
        search->location = var->loc;
        return true;
    }
    return node_walk_levels(node, level, locate_var, arg);
}

int expr_locate_var(const void *node, int levels_up)
{
    Search search = {.level = levels_up, .location = NODE_NO_LOCATION};

    walk_any(node, locate_var, &search);
    return search.location;
}

static bool find_agg(Node *node, int level, void *arg)
{
    const Search *search = arg;

    if (node_is(node, Aggref) &&
        (int)((const Aggref *)(const void *)node)->levels_up == level + search->level)
        return true;
    if (node_is(node, GroupingFunc) &&
        (int)((const GroupingFunc *)(const void *)node)->levels_up == level + search->level)
        return true;
    return node_walk_levels(node, level, find_agg, arg);
}

bool expr_has_aggs(const void *node, int levels_up)
{
    Search search = {.level = levels_up};

    return walk_any(node, find_agg, &search);
}

static bool locate_agg(Node *node, int level, void *arg)
{
    Search *search = arg;
    int location = NODE_NO_LOCATION;

    if (node_is(node, Aggref) &&
        (int)((const Aggref *)(const void *)node)->levels_up == level + search->level)
        location = ((const Aggref *)(const void *)node)->loc;
    if (node_is(node, GroupingFunc) &&
        (int)((const GroupingFunc *)(const void *)node)->levels_up == level + search->level)
        location = ((const GroupingFunc *)(const void *)node)->loc;
    if (location >= 0) {
        search->location = location;
        return true;
    }
    return node_walk_levels(node, level, locate_agg, arg);
}

int expr_locate_agg(const void *node, int levels_up)
{
    Search search = {.level = levels_up, .location = NODE_NO_LOCATION};

    walk_any(node, locate_agg, &search);
    return search.location;
}

/* What is in subqueries is theirs. */
static bool find_window(Node *node, void *arg)
{
    if (node_is(node, WindowFunc)) {
        *(int *)arg = ((const WindowFunc *)(const void *)node)->loc;
        return true;
    }
    return !node_is(node, Query) && node_walk(node, find_window, arg);
}

bool expr_has_windows(const void *node)
{
    int location;

    return node != NULL && find_window((Node *)(uintptr_t)node, &location);
}

int expr_locate_window(const void *node)
{
    int location = NODE_NO_LOCATION;

    if (node != NULL)
        find_window((Node *)(uintptr_t)node, &location);
    return location;
}

static bool find_set(Node *node, void *arg)
{
    if (node_is(node, FuncExpr) && ((const FuncExpr *)(const void *)node)->is_set)
        return true;
    if (node_is(node, OpExpr) && ((const OpExpr *)(const void *)node)->is_set)
        return true;
    /* Their arguments were looked through already: sets are refused there. */
    if (node_is(node, Aggref) || node_is(node, GroupingFunc) || node_is(node, WindowFunc))
        return false;
    return !node_is(node, Query) && node_walk(node, find_set, arg);
}

bool expr_has_sets(const void *node)
{
    return node != NULL && find_set((Node *)(uintptr_t)node, NULL);
}
