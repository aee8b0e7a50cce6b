/* vars.c - trees with their Vars and range table numbers changed */
#include "common/base/base.h"

#include "server/analyzer/analyzer.h"
#include "server/node/tree.h"
#include "server/rewriter/rewriter_int.h"

/* Walk a tree, which may be a list or a query, so that what belongs to it has level 0. */
static bool walk_from(void *tree, NodeLevelVisit visit, void *arg)
{
    Node *root = tree;

    if (root == NULL)
        return false;
    if (node_is(root, Query))
        return node_walk_levels(root, NODE_LEVEL_OUTSIDE, visit, arg);
    if (root->tag <= NODE_OidList)
        return node_walk_levels(root, 0, visit, arg);
    return visit(root, 0, arg);
}

/* ---- Is an entry used? ---- */

static bool find_use(Node *node, int level, void *arg)
{
    int rt_index = *(const int *)arg;
    const void *any = node;

    switch (node->tag) {
    case NODE_Var:
        return (int)((const Var *)any)->levels_up == level &&
               ((const Var *)any)->rt_index == rt_index;
    case NODE_CurrentOfExpr:
        return level == 0 && ((const CurrentOfExpr *)any)->rt_index == (uint32_t)rt_index;
    case NODE_RangeTblRef:
        return level == 0 && ((const RangeTblRef *)any)->rt_index == rt_index;
    case NODE_JoinExpr:
        if (level == 0 && ((const JoinExpr *)any)->rt_index == rt_index)
            return true;
        break;
    default:
        break;
    }
    return node_walk_levels(node, level, find_use, arg);
}

bool vars_use_entry(const void *tree, int rt_index)
{
    return walk_from((void *)(uintptr_t)tree, find_use, &rt_index);
}

/* ---- Other numbers ---- */

typedef struct Renumber {
    int from; /* 0: all, by to more */
    int to;
} Renumber;

static int renumbered(const Renumber *how, int rt_index)
{
    if (how->from == 0)
        return rt_index > 0 ? rt_index + how->to : rt_index;
    return rt_index == how->from ? how->to : rt_index;
}

static void renumber_var(const Renumber *how, Var *var)
{
    bool is_own = how->from == 0 || var->rt_index == how->from;

    var->rt_index = renumbered(how, var->rt_index);
    if (is_own)
        var->syntax_rt_index = (uint32_t)renumbered(how, (int)var->syntax_rt_index);
}

static bool renumber(Node *node, int level, void *arg)
{
    const Renumber *how = arg;
    void *any = node;

    switch (node->tag) {
    case NODE_Var:
        if ((int)((Var *)any)->levels_up == level)
            renumber_var(how, any);
        return false;
    case NODE_CurrentOfExpr:
        if (level == 0)
            ((CurrentOfExpr *)any)->rt_index =
                (uint32_t)renumbered(how, (int)((CurrentOfExpr *)any)->rt_index);
        return false;
    case NODE_RangeTblRef:
        if (level == 0)
            ((RangeTblRef *)any)->rt_index = renumbered(how, ((RangeTblRef *)any)->rt_index);
        return false;
    case NODE_JoinExpr:
        if (level == 0)
            ((JoinExpr *)any)->rt_index = renumbered(how, ((JoinExpr *)any)->rt_index);
        break;
    default:
        break;
    }
    return node_walk_levels(node, level, renumber, arg);
}

static void renumber_tree(void *tree, const Renumber *how)
{
    Query *query = tree;

    if (node_is(query, Query)) {
        query->result_relation = renumbered(how, query->result_relation);
        if (query->on_conflict != NULL)
            query->on_conflict->excluded_rt_index =
                renumbered(how, query->on_conflict->excluded_rt_index);
        list_foreach(RowMarkClause *, mark, query->row_marks)
            mark->rt_index = (uint32_t)renumbered(how, (int)mark->rt_index);
    }
    walk_from(tree, renumber, (void *)(uintptr_t)how);
}

void vars_renumber(void *tree, int from, int to)
{
    renumber_tree(tree, &(Renumber){.from = from, .to = to});
}

void vars_offset(void *tree, int offset)
{
    renumber_tree(tree, &(Renumber){.to = offset});
}

/* ---- Conditions ---- */

static bool find_sublink(Node *node, void *arg)
{
    if (node_is(node, SubLink))
        return true;
    return !node_is(node, Query) && node_walk(node, find_sublink, arg);
}

bool vars_have_sublinks(const void *tree)
{
    Node *root = (Node *)(uintptr_t)tree;

    if (root == NULL)
        return false;
    return root->tag <= NODE_OidList ? node_walk(root, find_sublink, NULL)
                                     : find_sublink(root, NULL);
}

Node *vars_and(Node *a, Node *b)
{
    BoolExpr *both;

    if (a == NULL || b == NULL)
        return a == NULL ? b : a;
    both = node_new(BoolExpr);
    both->kind = BOOL_AND;
    both->args = list_of2(a, b);
    both->loc = NODE_NO_LOCATION;
    return (Node *)(void *)both;
}

void vars_add_condition(Query *query, const Node *condition)
{
    Node *copy;

    if (condition == NULL)
        return;
    if (query->command == COMMAND_UTILITY) {
        if (node_is(query->utility, NotifyStmt))
            return;
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "conditional utility statements are not implemented");
    }
    if (query->set_operations != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "conditional UNION/INTERSECT/EXCEPT statements are not implemented");
    copy = node_copy(condition);
    query->from->where = vars_and(query->from->where, copy);
    query->has_sublinks = query->has_sublinks || vars_have_sublinks(copy);
}

/* ---- Vars to expressions ---- */

const TargetEntry *rule_target(const List *targets, int number)
{
    list_foreach(const TargetEntry *, entry, targets) {
        if (entry->number == number)
            return entry;
    }
    return NULL;
}

static Node *replace(Node *node, int level, void *arg);

/* A whole row, column by column; those that were dropped are NULLs in a row of a named type. */
static Node *replace_row(const Var *var, int level, ReplaceVars *how)
{
    List *names = NULL;
    List *fields = analyzer_row_fields(how->rte, var, &names);
    RowExpr *row = node_new(RowExpr);

    list_foreach(Node *, field, fields)
        row->args = list_add(row->args, replace(field, level, how));
    row->type = var->type;
    row->form = COERCE_IMPLICIT;
    row->column_names = names;
    row->loc = var->loc;
    return (Node *)(void *)row;
}

static bool find_multi_param(Node *node, void *arg)
{
    if (node_is(node, Param))
        return ((const Param *)(const void *)node)->kind == PARAM_MULTI_EXPR;
    return node_walk(node, find_multi_param, arg);
}

static Node *replace_var(const Var *var, int level, ReplaceVars *how)
{
    const TargetEntry *entry;
    Node *made;

    if (var->attno == 0)
        return replace_row(var, level, how);
    entry = rule_target(how->targets, var->attno);
    if (entry == NULL || entry->is_junk) {
        Var *copy;

        if (how->no_match == NO_MATCH_RAISE)
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = err_fmt("could not find replacement targetlist entry for attno %d",
                                         var->attno));
        if (how->no_match == NO_MATCH_NULL)
            return analyzer_null(var->type, var->typmod, var->collation);
        copy = node_copy(var);
        copy->rt_index = how->other_rt_index;
        return (Node *)(void *)copy;
    }
    made = node_copy(entry->expr);
    if (var->levels_up > 0)
        node_shift_levels(made, (int)var->levels_up, 0);
    if (find_multi_param(made, NULL))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "NEW variables in ON UPDATE rules cannot reference columns that are "
                             "part of a multiple assignment in the subject UPDATE command");
    how->adds_sublinks = how->adds_sublinks || vars_have_sublinks(made);
    return made;
}

static Node *replace_in_query(Query *query, int level, ReplaceVars *how)
{
    bool before = how->adds_sublinks;
    Query *made;

    how->adds_sublinks = false;
    made = node_mutate_levels(query, level, replace, how);
    made->has_sublinks = made->has_sublinks || how->adds_sublinks;
    how->adds_sublinks = before;
    return (Node *)(void *)made;
}

static Node *replace(Node *node, int level, void *arg)
{
    ReplaceVars *how = arg;
    void *any = node;

    if (node_is(node, Var)) {
        const Var *var = any;

        return (int)var->levels_up == level && var->rt_index == how->rt_index
                   ? replace_var(var, level, how)
                   : node_copy(node);
    }
    if (node_is(node, CurrentOfExpr) && level == 0 &&
        ((CurrentOfExpr *)any)->rt_index == (uint32_t)how->rt_index)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "WHERE CURRENT OF on a view is not implemented");
    if (node_is(node, Query))
        return replace_in_query(any, level, how);
    return node_mutate_levels(node, level, replace, how);
}

void *vars_replace(const void *tree, ReplaceVars *how)
{
    Node *root = (Node *)(uintptr_t)tree;

    how->adds_sublinks = false;
    if (root == NULL)
        return NULL;
    if (node_is(root, Query))
        return replace_in_query((Query *)(void *)root, NODE_LEVEL_OUTSIDE, how);
    if (root->tag <= NODE_OidList)
        return node_mutate_levels(root, 0, replace, how);
    return replace(root, 0, how);
}
