/*
 * cte.c - WITH
 *
 * A CTE is analyzed once, where it is defined; references are entries of range tables that name it.
 * With RECURSIVE all of one WITH see each other: cte_recursive.c puts them in an order in which
 * each comes after those that it uses, and checks the form of those that use themselves.
 */
#include "common/base/base.h"

#include "common/text/str.h"
#include "server/analyzer/analyzer_int.h"
#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"

/* ---- Columns ---- */

void cte_set_columns(Scope *scope, CommonTableExpr *cte, const List *targets)
{
    int named = list_count(cte->columns), count = 0;

    cte->column_names = node_copy(cte->columns);
    cte->column_types = cte->column_typmods = cte->column_collations = NULL;
    list_foreach(const TargetEntry *, entry, targets) {
        Oid type = node_expr_type(entry->expr), collation = node_expr_collation(entry->expr);
        int32_t typmod = node_expr_typmod(entry->expr);

        if (entry->is_junk)
            continue;
        if (++count > named)
            cte->column_names = list_add(cte->column_names, node_string(mem_strdup(entry->name)));
        /* The recursive part needs a type before anything has told one. */
        if (cte->is_recursive && type == TYPE_UNKNOWN) {
            type = TYPE_TEXT;
            typmod = -1;
            if (collation == 0)
                collation = COLLATION_DEFAULT;
        }
        cte->column_types = list_add_oid(cte->column_types, type);
        cte->column_typmods = list_add_int(cte->column_typmods, typmod);
        cte->column_collations = list_add_oid(cte->column_collations, collation);
    }
    if (count < named)
        scope_fail(scope, cte->loc, SQLSTATE_INVALID_COLUMN_REFERENCE,
                   .message = err_fmt("WITH query \"%s\" has %d columns available but %d columns "
                                      "specified",
                                      cte->name, count, named));
}

/* What the recursive part came to must be what was assumed when it was analyzed. */
static void check_columns(const Scope *scope, const CommonTableExpr *cte, const List *targets)
{
    int i = 0;

    list_foreach(const TargetEntry *, entry, targets) {
        Oid type = node_expr_type(entry->expr), collation = node_expr_collation(entry->expr);
        int32_t typmod = node_expr_typmod(entry->expr);
        Oid first_type, first_collation;
        int32_t first_typmod;

        if (entry->is_junk)
            continue;
        first_type = list_oid_at(cte->column_types, i);
        first_typmod = list_int_at(cte->column_typmods, i);
        first_collation = list_oid_at(cte->column_collations, i++);
        if (type != first_type || typmod != first_typmod)
            scope_fail(scope, node_expr_location(entry->expr), SQLSTATE_DATATYPE_MISMATCH,
                       .message =
                           err_fmt("recursive query \"%s\" column %d has type %s in "
                                   "non-recursive term but type %s overall",
                                   cte->name, i, type_name_with_typmod(first_type, first_typmod),
                                   type_name_with_typmod(type, typmod)),
                       .hint = "Cast the output of the non-recursive term to the correct type.");
        if (collation != first_collation)
            scope_fail(scope, node_expr_location(entry->expr), SQLSTATE_COLLATION_MISMATCH,
                       .message = err_fmt("recursive query \"%s\" column %d has collation \"%s\" "
                                          "in non-recursive term but collation \"%s\" overall",
                                          cte->name, i, collation_name(first_collation),
                                          collation_name(collation)),
                       .hint = "Use the COLLATE clause to set the collation of the non-recursive "
                               "term.");
    }
}

/* ---- SEARCH and CYCLE ---- */

static Oid not_equal_operator(Oid type)
{
    Oid equal = type_operators(type)->equal, op;
    const HeapTuple *row;

    if (equal == 0)
        err_raise(SQLSTATE_UNDEFINED_FUNCTION,
                  .message = err_fmt("could not identify an equality operator for type %s",
                                     type_shown(type)));
    row = syscache_peek(CACHE_OPEROID, datum_of_u32(equal));
    op = row == NULL ? 0 : CACHE_ROW(PgOperator, row)->oprnegate;
    if (op == 0)
        err_raise(SQLSTATE_UNDEFINED_FUNCTION,
                  .message = err_fmt("could not identify an inequality operator for type %s",
                                     type_shown(type)));
    return op;
}

static void transform_mark(Scope *scope, CycleClause *cycle)
{
    List *both;

    cycle->mark_value = expr_transform(scope, cycle->mark_value, EXPR_CYCLE_MARK);
    cycle->mark_default = expr_transform(scope, cycle->mark_default, EXPR_CYCLE_MARK);
    cycle->mark_type =
        select_common_type(scope, list_of2(cycle->mark_value, cycle->mark_default), "CYCLE", NULL);
    cycle->mark_value =
        coerce_to_common(scope, cycle->mark_value, cycle->mark_type, "CYCLE/SET/TO");
    cycle->mark_default =
        coerce_to_common(scope, cycle->mark_default, cycle->mark_type, "CYCLE/SET/DEFAULT");
    both = list_of2(cycle->mark_value, cycle->mark_default);
    cycle->mark_typmod = select_common_typmod(both, cycle->mark_type);
    cycle->mark_collation = collate_select(scope, both, true);
    cycle->mark_not_equal = not_equal_operator(cycle->mark_type);
}

static bool has_name(const List *names, const char *name)
{
    list_foreach(const String *, one, names) {
        if (str_equal(one->value, name))
            return true;
    }
    return false;
}

static void check_listed(const Scope *scope, const CommonTableExpr *cte, const List *columns,
                         const char *what, int location)
{
    List *seen = NULL;

    list_foreach(String *, column, columns) {
        if (!has_name(cte->column_names, column->value))
            scope_fail(scope, location, SQLSTATE_SYNTAX_ERROR,
                       .message = err_fmt("%s column \"%s\" not in WITH query column list", what,
                                          column->value));
        if (has_name(seen, column->value))
            scope_fail(scope, location, SQLSTATE_DUPLICATE_COLUMN,
                       .message = err_fmt("%s column \"%s\" specified more than once", what,
                                          column->value));
        seen = list_add(seen, column);
    }
}

static void check_new_name(const Scope *scope, const CommonTableExpr *cte, const char *name,
                           const char *what, int location)
{
    if (has_name(cte->column_names, name))
        scope_fail(scope, location, SQLSTATE_SYNTAX_ERROR,
                   .message = err_fmt("%s column name \"%s\" already used in WITH query column "
                                      "list",
                                      what, name));
}

static void check_apart(const Scope *scope, const char *a, const char *b, const char *message,
                        int location)
{
    if (str_equal(a, b))
        scope_fail(scope, location, SQLSTATE_SYNTAX_ERROR, .message = message);
}

static void check_expandable(const Scope *scope, const CommonTableExpr *cte)
{
    const Query *query = (const Query *)(const void *)cte->query;
    const SetOperationStmt *op;

    if (!cte->is_recursive)
        scope_fail(scope, cte->loc, SQLSTATE_SYNTAX_ERROR,
                   .message = "WITH query is not recursive");
    op = (const SetOperationStmt *)(const void *)query->set_operations;
    if (!node_is(op->left, RangeTblRef))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "with a SEARCH or CYCLE clause, the left side of the UNION must be a "
                             "SELECT");
    if (!node_is(op->right, RangeTblRef))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "with a SEARCH or CYCLE clause, the right side of the UNION must be a "
                             "SELECT");
}

static void check_clauses(const Scope *scope, const CommonTableExpr *cte)
{
    const SearchClause *search = cte->search;
    const CycleClause *cycle = cte->cycle;

    if (search == NULL && cycle == NULL)
        return;
    check_expandable(scope, cte);
    if (search != NULL) {
        check_listed(scope, cte, search->columns, "search", search->loc);
        check_new_name(scope, cte, search->sequence_column, "search sequence", search->loc);
    }
    if (cycle != NULL) {
        check_listed(scope, cte, cycle->columns, "cycle", cycle->loc);
        check_new_name(scope, cte, cycle->mark_column, "cycle mark", cycle->loc);
        check_new_name(scope, cte, cycle->path_column, "cycle path", cycle->loc);
        check_apart(scope, cycle->mark_column, cycle->path_column,
                    "cycle mark column name and cycle path column name are the same", cycle->loc);
    }
    if (search != NULL && cycle != NULL) {
        check_apart(scope, search->sequence_column, cycle->mark_column,
                    "search sequence column name and cycle mark column name are the same",
                    search->loc);
        check_apart(scope, search->sequence_column, cycle->path_column,
                    "search sequence column name and cycle path column name are the same",
                    search->loc);
    }
}

/* ---- Each ---- */

static void analyze(Scope *scope, CommonTableExpr *cte)
{
    Query *query;
    const List *targets;

    if (cte->cycle != NULL)
        transform_mark(scope, cte->cycle);
    query = subquery_transform(scope, cte->query, cte, false, true);
    cte->query = (Node *)(void *)query;
    if (query->command != COMMAND_SELECT && scope->parent != NULL)
        scope_fail(scope, cte->loc, SQLSTATE_FEATURE_NOT_SUPPORTED,
                   .message = "WITH clause containing a data-modifying statement must be at the "
                              "top level");
    query->can_set_tag = false;
    targets = query->command == COMMAND_SELECT ? query->targets : query->returning;
    if (cte->is_recursive)
        check_columns(scope, cte, targets);
    else
        cte_set_columns(scope, cte, targets);
    check_clauses(scope, cte);
}

static void analyze_in_order(Scope *scope, const List *ctes)
{
    scope->future_ctes = list_concat(NULL, ctes);
    list_foreach(CommonTableExpr *, cte, ctes) {
        List *rest = NULL;

        analyze(scope, cte);
        scope->ctes = list_add(scope->ctes, cte);
        for (int i = 1; i < list_count(scope->future_ctes); i++)
            rest = list_add(rest, list_at(scope->future_ctes, i));
        scope->future_ctes = rest;
    }
}

static CommonTableExpr *begin(const CommonTableExpr *raw)
{
    CommonTableExpr *cte = node_new(CommonTableExpr);

    cte->name = raw->name;
    cte->columns = raw->columns;
    cte->materialize = raw->materialize;
    cte->query = raw->query;
    cte->search = node_copy(raw->search);
    cte->cycle = node_copy(raw->cycle);
    cte->loc = raw->loc;
    return cte;
}

List *cte_transform(Scope *scope, const WithClause *with)
{
    List *ctes = NULL;

    list_foreach(const CommonTableExpr *, raw, with->tables) {
        list_foreach(const CommonTableExpr *, before, ctes) {
            if (str_equal(before->name, raw->name))
                scope_fail(scope, raw->loc, SQLSTATE_DUPLICATE_ALIAS,
                           .message = err_fmt("WITH query name \"%s\" specified more than once",
                                              raw->name));
        }
        if (!node_is(raw->query, SelectStmt))
            scope->has_modifying_cte = true;
        ctes = list_add(ctes, begin(raw));
    }
    if (!with->is_recursive) {
        analyze_in_order(scope, ctes);
        return scope->ctes;
    }
    scope->ctes = cte_order_recursive(scope, ctes);
    list_foreach(CommonTableExpr *, cte, scope->ctes)
        analyze(scope, cte);
    return scope->ctes;
}
