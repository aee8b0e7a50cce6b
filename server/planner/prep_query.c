/* prep_query.c - range table numbers shifted, Vars replaced; prep_query.h has the how. */
#include "common/base/base.h"

#include "server/planner/prep_query.h"

#include "server/node/expr.h"
#include "server/node/tree.h"
#include "server/planner/expr_util.h"

typedef struct Replacement {
    int offset;
    int rt_index;
    const List *targets, *exprs;
    int begin;    /* level of what is walked */
    bool is_used; /* a target was put in */
} Replacement;

static bool offset_node(Node *node, int level, void *arg)
{
    const Replacement *r = arg;
    bool is_own = level == 0;

    switch (node->tag) {
    case NODE_Var: {
        Var *var = (Var *)(void *)node;

        if (var->levels_up == (uint32_t)level) {
            var->rt_index += r->offset;
            if (var->syntax_rt_index > 0)
                var->syntax_rt_index += (uint32_t)r->offset;
        }
        return false;
    }
    case NODE_CurrentOfExpr:
        if (is_own)
            ((CurrentOfExpr *)(void *)node)->rt_index += (uint32_t)r->offset;
        return false;
    case NODE_RangeTblRef:
        if (is_own)
            ((RangeTblRef *)(void *)node)->rt_index += r->offset;
        return false;
    case NODE_JoinExpr:
        if (is_own && ((JoinExpr *)(void *)node)->rt_index != 0)
            ((JoinExpr *)(void *)node)->rt_index += r->offset;
        break;
    case NODE_RowMarkClause:
        if (is_own)
            ((RowMarkClause *)(void *)node)->rt_index += (uint32_t)r->offset;
        return false;
    default:
        break;
    }
    return node_walk_levels(node, level, offset_node, arg);
}

void prep_offset_rels(Node *node, int offset)
{
    Replacement r = {.offset = offset};

    if (node == NULL)
        return;
    if (node_is(node, Query))
        node_walk_levels(node, NODE_LEVEL_OUTSIDE, offset_node, &r);
    else if (node->tag <= NODE_OidList)
        node_walk_levels(node, 0, offset_node, &r);
    else
        offset_node(node, 0, &r);
}

/* The whole row as ROW(...) of the columns. */
static Node *whole_row(const Var *var, const List *targets)
{
    RowExpr *row = node_new(RowExpr);

    row->type = var->type;
    row->form = COERCE_IMPLICIT;
    row->loc = var->loc;
    list_foreach(TargetEntry *, target, targets) {
        if (target->is_junk)
            continue;
        row->args = list_add(row->args, node_copy(target->expr));
        row->column_names = list_add(row->column_names, node_string(target->name));
    }
    return as_node(row);
}

static Node *replace(Node *node, int level, void *arg);

/* Sublinks that come into a query below, in the place of columns, are to be found there. */
static Query *replace_in_query(Query *query, int level, Replacement *r)
{
    bool was_used = r->is_used;
    Query *copy;

    r->is_used = false;
    copy = node_mutate_levels(query, level, replace, r);
    if (r->is_used && expr_has_subplan(r->targets))
        copy->has_sublinks = true;
    r->is_used = r->is_used || was_used;
    return copy;
}

static Node *replace(Node *node, int level, void *arg)
{
    Replacement *r = arg;
    const Var *var = (const Var *)(void *)node;
    const TargetEntry *target;
    Node *expr;

    if (node_is(node, Query))
        return as_node(replace_in_query((Query *)(void *)node, level, r));
    if (!node_is(node, Var))
        return node_mutate_levels(node, level, replace, arg);
    if (var->levels_up != (uint32_t)level || var->rt_index != r->rt_index)
        return node_copy(node);
    r->is_used = true;
    target = target_by_number(r->targets, var->attno);
    expr = target == NULL ? whole_row(var, r->targets) : node_copy(target->expr);
    if (level > 0)
        node_shift_levels(expr, level, 0);
    return expr;
}

Query *prep_replace_rel(const Query *query, int rt_index, const List *targets)
{
    Replacement r = {.rt_index = rt_index, .targets = targets};

    return node_mutate_levels(query, NODE_LEVEL_OUTSIDE, replace, &r);
}

static Node *replace_param(Node *node, void *arg)
{
    const List *exprs = arg;
    const Param *param = (const Param *)(void *)node;

    if (node_is(node, Param) && param->kind == PARAM_SUBLINK)
        return node_copy(list_at(exprs, param->id - 1));
    return node_mutate(node, replace_param, arg);
}

Node *prep_replace_sublink_params(const Node *test, const List *exprs)
{
    union {
        const List *from;
        void *to;
    } arg = {exprs};

    if (test->tag <= NODE_OidList)
        return node_mutate(test, replace_param, arg.to);
    return replace_param(as_node(test), arg.to);
}
