/*
 * command_expr.c - expressions of commands: defaults, checks, indexes, policies and the like
 *
 * What comes out is what catalogs store. The relation, where there is one, is entry 1 of the range
 * table.
 */
#include "common/base/base.h"

#include "server/analyzer/analyzer_int.h"
#include "server/cache/object_name.h"
#include "server/catalog/catalog_oid.h"

static Scope *begin(const Relation *table, const char *text)
{
    Analysis *all = mem_new(Analysis);
    Scope *scope;
    Item *item;

    all->text = text;
    scope = scope_new(NULL, all);
    if (table == NULL)
        return scope;
    item =
        rte_add_relation(scope, (Relation *)(uintptr_t)table, LOCK_ACCESS_SHARE, NULL, false, true);
    scope_add_item(scope, item, true, true, true);
    return scope;
}

static Node *plain(const Relation *table, Node *raw, ExprKind kind, const char *text)
{
    Scope *scope = begin(table, text);
    Node *made = expr_transform(scope, raw, kind);

    collate_expr(scope, made);
    return made;
}

static Node *condition(Scope *scope, Node *raw, ExprKind kind, const char *construct)
{
    Node *made = where_transform(scope, raw, kind, construct);

    collate_expr(scope, made);
    return made;
}

/* ---- Columns ---- */

static Node *fit_column(Scope *scope, const ColumnExpr *of, Node *expr)
{
    Oid from = node_expr_type(expr);
    Node *fit = coerce_to_target(scope, expr, from, of->type, of->typmod, COERCE_AS_ASSIGNMENT,
                                 COERCE_IMPLICIT, NODE_NO_LOCATION);

    if (fit == NULL)
        err_raise(SQLSTATE_DATATYPE_MISMATCH,
                  .message = err_fmt("column \"%s\" is of type %s but default expression is of "
                                     "type %s",
                                     of->column, type_shown(of->type), type_shown(from)),
                  .hint = "You will need to rewrite or cast the expression.");
    collate_expr(scope, fit);
    return fit;
}

Node *analyzer_default(const ColumnExpr *of, Node *raw)
{
    Scope *scope = begin(of->table, of->text);
    Node *expr = expr_transform(scope, raw, EXPR_COLUMN_DEFAULT);

    return of->type == 0 ? expr : fit_column(scope, of, expr);
}

typedef struct GeneratedCheck {
    const Scope *scope;
    const Relation *table;
} GeneratedCheck;

static bool check_generated(Node *node, void *arg)
{
    const GeneratedCheck *check = arg;
    const Var *var = (const Var *)(const void *)node;

    if (!node_is(node, Var))
        return node_walk(node, check_generated, arg);
    if (var->attno == 0)
        scope_fail(check->scope, var->loc, SQLSTATE_INVALID_OBJECT_DEFINITION,
                   .message = "cannot use whole-row variable in column generation expression",
                   .detail = "This would cause the generated column to depend on its own value.");
    if (var->attno > 0 && check->table->desc->columns[var->attno - 1].generated != '\0')
        scope_fail(check->scope, var->loc, SQLSTATE_INVALID_OBJECT_DEFINITION,
                   .message = err_fmt("cannot use generated column \"%s\" in column generation "
                                      "expression",
                                      check->table->desc->columns[var->attno - 1].name),
                   .detail = "A generated column cannot reference another generated column.");
    return false;
}

Node *analyzer_generated(const ColumnExpr *of, Node *raw)
{
    Scope *scope = begin(of->table, of->text);
    Node *expr = expr_transform(scope, raw, EXPR_GENERATED);
    GeneratedCheck check = {.scope = scope, .table = of->table};

    if (of->table != NULL)
        check_generated(expr, &check);
    if (expr_is_mutable(expr))
        err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                  .message = "generation expression is not immutable");
    return fit_column(scope, of, expr);
}

Node *analyzer_alter_type(const Relation *table, Node *raw, const char *text)
{
    return plain(table, raw, EXPR_ALTER_TYPE, text);
}

/* ---- Conditions ---- */

Node *analyzer_check(const Relation *table, Node *raw, const char *text)
{
    return condition(begin(table, text), raw, EXPR_CHECK, "CHECK");
}

Node *analyzer_domain_check(Oid base, int32_t typmod, Node *raw, const char *text)
{
    Scope *scope = begin(NULL, text);

    scope->domain_value_type = base;
    scope->domain_value_typmod = typmod;
    return condition(scope, raw, EXPR_DOMAIN_CHECK, "CHECK");
}

Node *analyzer_index_predicate(const Relation *table, Node *raw, const char *text)
{
    return condition(begin(table, text), raw, EXPR_INDEX_PREDICATE, "WHERE");
}

Node *analyzer_policy(const Relation *table, Node *raw, const char *text)
{
    return condition(begin(table, text), raw, EXPR_POLICY, "POLICY");
}

Node *analyzer_copy_where(const Relation *table, Node *raw, const char *text)
{
    return condition(begin(table, text), raw, EXPR_COPY_WHERE, "WHERE");
}

static void add_named(Scope *scope, const Relation *table, const char *name)
{
    Item *item = rte_add_relation(scope, (Relation *)(uintptr_t)table, LOCK_ACCESS_SHARE,
                                  make_alias(name, NULL), false, false);

    scope_add_item(scope, item, false, true, true);
}

/* Entry 1 is the old row, entry 2 the new one. */
Node *analyzer_trigger_when(const Relation *table, Node *raw, const char *text)
{
    Scope *scope = begin(NULL, text);

    add_named(scope, table, "old");
    add_named(scope, table, "new");
    return condition(scope, raw, EXPR_TRIGGER_WHEN, "WHEN");
}

/* ---- Values ---- */

Node *analyzer_index_expr(const Relation *table, Node *raw, const char *text)
{
    return plain(table, raw, EXPR_INDEX_EXPR, text);
}

Node *analyzer_statistics_expr(const Relation *table, Node *raw, const char *text)
{
    return plain(table, raw, EXPR_STATISTICS, text);
}

Node *analyzer_partition_key(const Relation *table, Node *raw, const char *text)
{
    return plain(table, raw, EXPR_PARTITION_KEY, text);
}

Node *analyzer_function_default(Node *raw, Oid type, const char *text)
{
    Scope *scope = begin(NULL, text);
    Node *made = coerce_to_specific(scope, expr_transform(scope, raw, EXPR_FUNCTION_DEFAULT), type,
                                    -1, "DEFAULT");

    collate_expr(scope, made);
    return made;
}

Node *analyzer_execute_arg(Node *raw, Oid type, int number, const char *text)
{
    Scope *scope = begin(NULL, text);
    Node *expr = expr_transform(scope, raw, EXPR_EXECUTE);
    Oid from = node_expr_type(expr);
    Node *fit = coerce_to_target(scope, expr, from, type, -1, COERCE_AS_ASSIGNMENT, COERCE_IMPLICIT,
                                 NODE_NO_LOCATION);

    if (fit == NULL)
        scope_fail(scope, node_expr_location(expr), SQLSTATE_DATATYPE_MISMATCH,
                   .message = err_fmt("parameter $%d of type %s cannot be coerced to the expected "
                                      "type %s",
                                      number, type_shown(from), type_shown(type)),
                   .hint = "You will need to rewrite or cast the expression.");
    collate_expr(scope, fit);
    return fit;
}
