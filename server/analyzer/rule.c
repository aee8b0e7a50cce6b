/*
 * rule.c - CREATE RULE: its condition and its actions
 *
 * In the range table of each action, and of the condition, the old row of the rule's table is entry
 * 1 and the new one entry 2. They are seen by name alone. An action that needs the rows that the
 * rule's command changes has the old row among what it joins.
 */
#include "common/base/base.h"

#include "server/analyzer/analyzer_int.h"
#include "server/node/tree.h"

#define OLD_ENTRY 1
#define NEW_ENTRY 2

static void add_row(Scope *scope, const Relation *table, const char *name, bool is_seen,
                    bool has_columns)
{
    Item *item = rte_add_relation(scope, (Relation *)(uintptr_t)table, LOCK_ACCESS_SHARE,
                                  make_alias(name, NULL), false, false);

    item->rte->required_rights = 0;
    if (is_seen)
        scope_add_item(scope, item, false, true, has_columns);
}

static Scope *begin(const Relation *table, const char *text, bool sees_old, bool sees_new,
                    bool has_columns)
{
    Analysis *all = mem_new(Analysis);
    Scope *scope;

    all->text = text;
    scope = scope_new(NULL, all);
    add_row(scope, table, "old", sees_old, has_columns);
    add_row(scope, table, "new", sees_new, has_columns);
    return scope;
}

Node *analyzer_rule_condition(const Relation *table, const RuleStmt *raw, const char *text)
{
    Scope *scope = begin(table, text, raw->event != RULE_ON_INSERT,
                         raw->event == RULE_ON_INSERT || raw->event == RULE_ON_UPDATE, true);
    Node *made = where_transform(scope, raw->condition, EXPR_WHERE, "WHERE");

    collate_expr(scope, made);
    if (list_count(scope->range_table) != NEW_ENTRY)
        err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                  .message =
                      "rule WHERE condition cannot contain references to other relations");
    return made;
}

/* ---- What an action uses ---- */

static bool find_entry(Node *node, int level, void *arg)
{
    const Var *var = (const Var *)(const void *)node;
    const int *entry = arg;

    if (node_is(node, Var))
        return (int)var->levels_up == level && var->rt_index == *entry;
    return node_walk_levels(node, level, find_entry, arg);
}

static bool uses(const void *tree, int entry, int level)
{
    List *holder = list_of((void *)(uintptr_t)tree);

    return tree != NULL && node_walk_levels((Node *)(void *)holder, level, find_entry, &entry);
}

static void check_use(RuleEvent event, bool has_old, bool has_new)
{
    const char *message = NULL;

    if (event == RULE_ON_SELECT && has_old)
        message = "ON SELECT rule cannot use OLD";
    else if (event == RULE_ON_SELECT && has_new)
        message = "ON SELECT rule cannot use NEW";
    else if (event == RULE_ON_INSERT && has_old)
        message = "ON INSERT rule cannot use OLD";
    else if (event == RULE_ON_DELETE && has_new)
        message = "ON DELETE rule cannot use NEW";
    if (message != NULL)
        err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION, .message = message);
}

static void check_ctes(const Query *query)
{
    /* The list as a whole is one level below the query. */
    if (uses(query->ctes, OLD_ENTRY, 0))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot refer to OLD within WITH query");
    if (uses(query->ctes, NEW_ENTRY, 0))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot refer to NEW within WITH query");
}

/* What has the rows old and new: of an INSERT of a query, that query. */
static Query *query_of_rows(Query *query)
{
    if (query->command != COMMAND_INSERT || query->result_relation > NEW_ENTRY)
        return query;
    list_foreach(const RangeTblEntry *, rte, query->range_table) {
        if (rte->kind == RTE_SUBQUERY)
            return rte->subquery;
    }
    return query;
}

static Query *action(const Relation *table, const RuleStmt *raw, Node *stmt, const Node *condition,
                     const char *text)
{
    Scope *scope = begin(table, text, true, true, false);
    Query *query, *rows;
    bool has_old, has_new;

    query = statement_transform(scope, stmt);
    scope_close(scope);
    if (query->command == COMMAND_UTILITY) {
        if (condition != NULL)
            err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                      .message = "rules with WHERE conditions can only have SELECT, INSERT, "
                                 "UPDATE, or DELETE actions");
        return query;
    }
    rows = query_of_rows(query);
    if (rows->set_operations != NULL && condition != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "conditional UNION/INTERSECT/EXCEPT statements are not implemented");
    has_old = uses(condition, OLD_ENTRY, 0) || uses(rows, OLD_ENTRY, NODE_LEVEL_OUTSIDE);
    has_new = uses(condition, NEW_ENTRY, 0) || uses(rows, NEW_ENTRY, NODE_LEVEL_OUTSIDE);
    check_use(raw->event, has_old, has_new);
    check_ctes(query);
    check_ctes(rows);
    if (has_old || (has_new && raw->event == RULE_ON_UPDATE)) {
        if (rows->set_operations != NULL)
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message =
                          "conditional UNION/INTERSECT/EXCEPT statements are not implemented");
        rows->from->items = list_add(rows->from->items, make_range_ref(OLD_ENTRY));
    }
    return query;
}

/* DO NOTHING: a query that says so. */
static Query *nothing(const Relation *table, const char *text)
{
    Scope *scope = begin(table, text, true, true, false);
    Query *query = node_new(Query);

    query->command = COMMAND_NOTHING;
    query->range_table = scope->range_table;
    query->from = node_new(FromExpr);
    return query;
}

List *analyzer_rule_actions(const Relation *table, const RuleStmt *raw, const Node *condition,
                            const char *text)
{
    List *made = NULL;

    if (raw->actions == NULL)
        return list_of(nothing(table, text));
    list_foreach(Node *, stmt, raw->actions)
        made = list_add(made, action(table, raw, stmt, condition, text));
    return made;
}
