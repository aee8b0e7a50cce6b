/*
 * insert.c - INSERT
 *
 * One row of VALUES becomes the target list itself; several rows become an entry of the range
 * table, any other query a subquery. DEFAULT is for the rewriter to fill in.
 */
#include "common/base/base.h"

#include "server/analyzer/analyzer_int.h"
#include "server/catalog/catalog_oid.h"

/* ---- Columns ---- */

static List *all_columns(Scope *scope, List **numbers)
{
    const TupleDesc *desc = scope->target->desc;
    List *columns = NULL;

    for (int i = 0; i < desc->count; i++) {
        Target *column;

        if (desc->columns[i].is_dropped)
            continue;
        column = node_new(Target);
        column->name = mem_strdup(desc->columns[i].name);
        column->loc = NODE_NO_LOCATION;
        columns = list_add(columns, column);
        *numbers = list_add_int(*numbers, i + 1);
    }
    return columns;
}

/* A column may be named again only where each time a part of it is meant. */
List *target_insert_columns(Scope *scope, List *columns, List **numbers)
{
    BitSet *whole = NULL, *partial = NULL;

    *numbers = NULL;
    if (columns == NULL)
        return all_columns(scope, numbers);
    list_foreach(const Target *, column, columns) {
        int number = relation_attno(scope->target, column->name, false);

        if (number == 0)
            scope_fail(scope, column->loc, SQLSTATE_UNDEFINED_COLUMN,
                       .message = err_fmt("column \"%s\" of relation \"%s\" does not exist",
                                          column->name, scope->target->name));
        if (bitset_has(whole, number) ||
            (column->indirection == NULL && bitset_has(partial, number)))
            scope_fail(scope, column->loc, SQLSTATE_DUPLICATE_COLUMN,
                       .message = err_fmt("column \"%s\" specified more than once", column->name));
        if (column->indirection == NULL)
            whole = bitset_add(whole, number);
        else
            partial = bitset_add(partial, number);
        *numbers = list_add_int(*numbers, number);
    }
    return columns;
}

/* ---- A row for the columns ---- */

static int row_columns(const Scope *scope, const Node *expr)
{
    const Var *var = (const Var *)(const void *)expr;

    if (node_is(expr, RowExpr))
        return list_count(((const RowExpr *)(const void *)expr)->args);
    if (node_is(expr, Var) && var->attno > 0 && var->type == TYPE_RECORD) {
        const RangeTblEntry *rte = scope_rte(scope, var->rt_index, (int)var->levels_up);

        if (rte->kind != RTE_SUBQUERY)
            return -1;
        list_foreach(const TargetEntry *, entry, rte->subquery->targets) {
            if (entry->number == var->attno && node_is(entry->expr, RowExpr))
                return list_count(((const RowExpr *)(const void *)entry->expr)->args);
        }
    }
    return -1;
}

static void check_count(const Scope *scope, const InsertColumns *into, const List *exprs)
{
    int columns = list_count(into->columns), count = list_count(exprs);
    const Target *first_missing;

    if (count > columns)
        scope_fail(scope, node_expr_location(list_at(exprs, columns)), SQLSTATE_SYNTAX_ERROR,
                   .message = "INSERT has more expressions than target columns");
    if (!into->is_listed || count == columns)
        return;
    first_missing = list_at(into->columns, count);
    scope_fail(scope, first_missing->loc, SQLSTATE_SYNTAX_ERROR,
               .message = "INSERT has more target columns than expressions",
               .hint = count == 1 && row_columns(scope, list_at(exprs, 0)) == columns
                           ? "The insertion source is a row expression containing the same number "
                             "of columns expected by the INSERT. Did you accidentally use extra "
                             "parentheses?"
                           : NULL);
}

/* What is assigned to a part of a column, without the assignment. */
static Node *assigned_part(Node *expr)
{
    while (expr != NULL) {
        Node *inner = expr;

        while (node_is(inner, CoerceToDomain))
            inner = ((CoerceToDomain *)(void *)inner)->arg;
        if (node_is(inner, FieldStore)) {
            expr = list_at(((FieldStore *)(void *)inner)->values, 0);
        } else if (node_is(inner, SubscriptingRef) &&
                   ((SubscriptingRef *)(void *)inner)->assigned != NULL) {
            expr = ((SubscriptingRef *)(void *)inner)->assigned;
        } else {
            break;
        }
    }
    return expr;
}

List *insert_row(Scope *scope, const InsertColumns *into, const List *exprs, bool strips_parts)
{
    List *row = NULL;

    check_count(scope, into, exprs);
    for (int i = 0; i < list_count(exprs); i++) {
        const Target *column = list_at(into->columns, i);
        Node *expr = target_assign(scope, list_at(exprs, i), EXPR_INSERT_TARGET, column->name,
                                   list_int_at(into->numbers, i), column->indirection, column->loc);

        row = list_add(row, strips_parts ? assigned_part(expr) : expr);
    }
    return row;
}

List *insert_targets(Scope *scope, const InsertColumns *into, const List *row)
{
    RangeTblEntry *rte = scope->target_item->rte;
    List *targets = NULL;

    for (int i = 0; i < list_count(row); i++) {
        const Target *column = list_at(into->columns, i);
        int number = list_int_at(into->numbers, i);

        targets = list_add(targets, make_target(list_at(row, i), number, column->name, false));
        rte->inserted_columns = bitset_add(rte->inserted_columns, number + COLUMN_SET_SYSTEM);
    }
    return targets;
}

InsertColumns insert_columns(Scope *scope, List *raw)
{
    InsertColumns into = {.is_listed = raw != NULL};

    into.columns = target_insert_columns(scope, raw, &into.numbers);
    return into;
}

/* ---- Where the rows come from ---- */

static bool is_plain_values(const SelectStmt *raw)
{
    return raw->values != NULL && raw->order_by == NULL && raw->limit_offset == NULL &&
           raw->limit_count == NULL && raw->locking == NULL && raw->with == NULL;
}

/* Literals of no type yet are taken out of the subquery, to be read as the column wants them. */
static Node *subquery_column(const TargetEntry *entry, int rt_index)
{
    Var *var;

    if ((node_is(entry->expr, Const) || node_is(entry->expr, Param)) &&
        node_expr_type(entry->expr) == TYPE_UNKNOWN)
        return entry->expr;
    var = make_var(rt_index, entry->number, node_expr_type(entry->expr),
                   node_expr_typmod(entry->expr), node_expr_collation(entry->expr), 0);
    var->loc = node_expr_location(entry->expr);
    return (Node *)(void *)var;
}

/* What a scope had before its statement: the rows old and new, in an action of a rule. */
typedef struct Given {
    List *range_table, *items;
} Given;

/* A query sees them itself, and the INSERT around it does not. */
static Given take_given(Scope *scope)
{
    Given given = {.range_table = scope->range_table, .items = scope->items};

    scope->range_table = scope->items = NULL;
    return given;
}

static Query *source_query(Scope *scope, Node *raw, const Given *given)
{
    Scope *inner = scope_child(scope);
    Query *query;

    inner->resolves_unknowns = false;
    inner->range_table = given->range_table;
    inner->items = given->items;
    query = statement_transform(inner, raw);
    scope_close(inner);
    return query;
}

static List *row_of_query(Scope *scope, const InsertColumns *into, Node *raw, const Given *given)
{
    Query *query = source_query(scope, raw, given);
    Item *item = rte_add_subquery(scope, query, make_alias("*SELECT*", NULL), false, false);
    List *exprs = NULL;

    scope_add_item(scope, item, true, false, false);
    list_foreach(const TargetEntry *, entry, query->targets) {
        if (!entry->is_junk)
            exprs = list_add(exprs, subquery_column(entry, item->rt_index));
    }
    return insert_row(scope, into, exprs, false);
}

static void note_types(const List *row, List **types, List **typmods, List **collations)
{
    list_foreach(const Node *, expr, row) {
        *types = list_add_oid(*types, node_expr_type(expr));
        *typmods = list_add_int(*typmods, node_expr_typmod(expr));
        *collations = list_add_oid(*collations, 0);
    }
}

static List *row_of_rows(Scope *scope, const InsertColumns *into, const List *raw)
{
    List *rows = NULL, *types = NULL, *typmods = NULL, *collations = NULL, *vars = NULL;
    int width = -1;
    Item *item;

    list_foreach(const List *, one, raw) {
        List *row = expr_transform_list(scope, one, EXPR_VALUES, true);

        if (width < 0)
            width = list_count(row);
        else if (list_count(row) != width)
            scope_fail(scope, node_expr_location(row), SQLSTATE_SYNTAX_ERROR,
                       .message = "VALUES lists must all be the same length");
        row = insert_row(scope, into, row, true);
        collate_list(scope, row);
        rows = list_add(rows, row);
    }
    note_types(list_at(rows, 0), &types, &typmods, &collations);
    item = rte_add_values(scope, rows, types, typmods, collations, NULL, false, true);
    scope_add_item(scope, item, true, false, false);
    item_expand(scope, item, 0, NODE_NO_LOCATION, NULL, &vars);
    return insert_row(scope, into, vars, false);
}

static List *row_of_one(Scope *scope, const InsertColumns *into, const List *raw)
{
    return insert_row(scope, into, expr_transform_list(scope, raw, EXPR_VALUES_SINGLE, true),
                      false);
}

static bool is_query(const Node *raw)
{
    return raw != NULL && !is_plain_values((const SelectStmt *)(const void *)raw);
}

static List *source_row(Scope *scope, const InsertColumns *into, Node *raw, const Given *given)
{
    const SelectStmt *select = (const SelectStmt *)(const void *)raw;

    if (raw == NULL)
        return NULL;
    if (is_query(raw))
        return row_of_query(scope, into, raw, given);
    if (list_count(select->values) > 1)
        return row_of_rows(scope, into, select->values);
    return row_of_one(scope, into, list_at(select->values, 0));
}

Query *insert_transform(Scope *scope, InsertStmt *raw)
{
    Query *query = node_new(Query);
    bool updates = raw->on_conflict != NULL && raw->on_conflict->action == ON_CONFLICT_UPDATE;
    Given given = {0};
    InsertColumns into;

    query->command = COMMAND_INSERT;
    scope->is_insert = true;
    query_take_with(scope, query, raw->with);
    query->overriding = raw->overriding;
    if (is_query(raw->query))
        given = take_given(scope);
    query->result_relation =
        from_set_target(scope, raw->relation, false, RIGHT_INSERT | (updates ? RIGHT_UPDATE : 0));
    into = insert_columns(scope, raw->columns);
    query->targets = insert_targets(scope, &into, source_row(scope, &into, raw->query, &given));
    if (raw->on_conflict != NULL || raw->returning != NULL) {
        scope->items = NULL;
        scope_add_item(scope, scope->target_item, false, true, true);
    }
    if (raw->on_conflict != NULL)
        query->on_conflict = conflict_transform(scope, raw->on_conflict);
    query->returning = returning_transform(scope, raw->returning);
    query_finish(scope, query, NULL);
    query->has_aggs = query->has_window_funcs = false;
    collate_query(scope, query);
    return query;
}
