/*
 * setop.c - UNION, INTERSECT, EXCEPT
 *
 * Each SELECT becomes a subquery of the range table; the tree above them says how they are put
 * together and what types their columns come to. A SELECT's own columns are not converted, unless
 * they are of no type yet.
 */
#include "common/base/base.h"

#include "server/analyzer/analyzer_int.h"
#include "server/catalog/catalog_oid.h"

static const char *op_name(SetOp op)
{
    return op == SET_OP_UNION ? "UNION" : op == SET_OP_INTERSECT ? "INTERSECT" : "EXCEPT";
}

static void check_no_locking(const SelectStmt *raw)
{
    if (raw->locking != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message =
                      err_fmt("%s is not allowed with UNION/INTERSECT/EXCEPT",
                              locking_name(((LockingClause *)list_at(raw->locking, 0))->strength)));
}

/* ---- Leaves ---- */

static Node *leaf(Scope *scope, SelectStmt *raw, List **targets)
{
    Query *query = subquery_transform(scope, (Node *)(void *)raw, NULL, false, false);
    Alias *alias = make_alias(mem_printf("*SELECT* %d", list_count(scope->range_table) + 1), NULL);
    Item *item;

    if (scope->items != NULL && expr_has_vars_of_level(query, 1))
        scope_fail(scope, expr_locate_var(query, 1), SQLSTATE_INVALID_COLUMN_REFERENCE,
                   .message = "UNION/INTERSECT/EXCEPT member statement cannot refer to other "
                              "relations of same query level");
    *targets = NULL;
    list_foreach(TargetEntry *, entry, query->targets) {
        if (!entry->is_junk)
            *targets = list_add(*targets, entry);
    }
    item = rte_add_subquery(scope, query, alias, false, false);
    return (Node *)(void *)make_range_ref(item->rt_index);
}

static const Query *leftmost_query(const Scope *scope, const Node *tree, int *rt_index)
{
    while (node_is(tree, SetOperationStmt))
        tree = ((const SetOperationStmt *)(const void *)tree)->left;
    *rt_index = ((const RangeTblRef *)(const void *)tree)->rt_index;
    return ((const RangeTblEntry *)list_at(scope->range_table, *rt_index - 1))->subquery;
}

/* ---- Columns ---- */

/* A literal may be read as what it will be; other things of no type are left as they are. */
static Node *fit_column(Scope *scope, TargetEntry *entry, Oid type, const char *construct)
{
    Node *expr = entry->expr;

    if (node_expr_type(expr) != TYPE_UNKNOWN)
        return coerce_to_common(scope, expr, type, construct);
    if (node_is(expr, Const) || node_is(expr, Param))
        entry->expr = coerce_to_common(scope, expr, type, construct);
    return entry->expr;
}

static void unify_column(Scope *scope, SetOperationStmt *op, TargetEntry *left, TargetEntry *right,
                         bool is_recursive, List **targets)
{
    const char *construct = op_name(op->op);
    bool keeps_all = op->op == SET_OP_UNION && op->is_all;
    Node *best;
    Oid type = select_common_type(scope, list_of2(left->expr, right->expr), construct, &best);
    int location = node_expr_location(best);
    List *both = list_of2(fit_column(scope, left, type, construct),
                          fit_column(scope, right, type, construct));
    int32_t typmod = select_common_typmod(both, type);
    Oid collation = collate_select(scope, both, keeps_all);
    SetToDefault *stand_in;

    op->column_types = list_add_oid(op->column_types, type);
    op->column_typmods = list_add_int(op->column_typmods, typmod);
    op->column_collations = list_add_oid(op->column_collations, collation);
    if (!keeps_all) {
        SortGroupClause *clause = group_clause_of_type(scope, type, location);

        /* Recursion needs hashing; whether a record can be hashed is not known before it runs. */
        if (is_recursive && (type == TYPE_RECORD || type == TYPE_RECORD_ARRAY))
            clause->is_hashable = true;
        op->group_by = list_add(op->group_by, clause);
    }
    if (targets == NULL)
        return;
    stand_in = node_new(SetToDefault);
    stand_in->type = type;
    stand_in->typmod = typmod;
    stand_in->collation = collation;
    stand_in->loc = location;
    *targets = list_add(*targets, make_target((Node *)(void *)stand_in, 0, NULL, false));
}

/* The columns of a recursive CTE are those of its first part, with the first SELECT's names. */
static void name_recursive_columns(Scope *scope, const Node *left, const List *types)
{
    int rt_index, number = 0;
    const Query *query = leftmost_query(scope, left, &rt_index);
    List *targets = NULL;

    list_foreach(const TargetEntry *, entry, query->targets) {
        const TargetEntry *own;

        if (entry->is_junk)
            continue;
        own = list_at(types, number++);
        targets = list_add(targets, make_target(own->expr, number, entry->name, false));
    }
    cte_set_columns(scope, scope->parent_cte, targets);
}

/* ---- The tree ---- */

static bool is_leaf(const SelectStmt *raw)
{
    return raw->set_op == SET_OP_NONE || raw->order_by != NULL || raw->limit_offset != NULL ||
           raw->limit_count != NULL || raw->locking != NULL || raw->with != NULL;
}

static Node *transform_tree(Scope *scope, SelectStmt *raw, bool is_top, List **targets)
{
    bool is_recursive = is_top && scope->parent_cte != NULL && scope->parent_cte->is_recursive;
    List *left = NULL, *right = NULL;
    SetOperationStmt *op;

    node_check_depth();
    if (raw->into != NULL)
        scope_fail(scope, raw->into->relation->loc, SQLSTATE_SYNTAX_ERROR,
                   .message = "INTO is only allowed on first SELECT of UNION/INTERSECT/EXCEPT");
    check_no_locking(raw);
    if (!is_top && is_leaf(raw))
        return leaf(scope, raw, targets);
    op = node_new(SetOperationStmt);
    op->op = raw->set_op;
    op->is_all = raw->is_all;
    op->left = transform_tree(scope, raw->left, false, &left);
    if (is_recursive)
        name_recursive_columns(scope, op->left, left);
    op->right = transform_tree(scope, raw->right, false, &right);
    if (list_count(left) != list_count(right))
        scope_fail(scope, node_expr_location(target_exprs(right)), SQLSTATE_SYNTAX_ERROR,
                   .message = err_fmt("each %s query must have the same number of columns",
                                      op_name(op->op)));
    if (targets != NULL)
        *targets = NULL;
    for (int i = 0; i < list_count(left); i++)
        unify_column(scope, op, list_at(left, i), list_at(right, i), is_recursive, targets);
    return (Node *)(void *)op;
}

/* ---- The query around it ---- */

static void add_targets(Scope *scope, Query *query, const SetOperationStmt *op, JoinRte *names)
{
    int rt_index, i = 0;
    const Query *left = leftmost_query(scope, op->left, &rt_index);

    names->columns = mem_new_array(ItemColumn, (size_t)list_count(op->column_types) + 1);
    list_foreach(const TargetEntry *, entry, left->targets) {
        const char *name;
        Var *var;

        if (entry->is_junk)
            continue;
        name = mem_strdup(entry->name);
        var =
            make_var(rt_index, entry->number, list_oid_at(op->column_types, i),
                     list_int_at(op->column_typmods, i), list_oid_at(op->column_collations, i), 0);
        var->loc = node_expr_location(entry->expr);
        query->targets = list_add(
            query->targets, make_target((Node *)(void *)var, scope->next_resno++, name, false));
        names->vars = list_add(names->vars, var);
        names->names = list_add(names->names, node_string(name));
        names->columns[i++] = (ItemColumn){.rt_index = rt_index,
                                           .attno = var->attno,
                                           .type = var->type,
                                           .typmod = var->typmod,
                                           .collation = var->collation,
                                           .syntax_rt_index = rt_index,
                                           .syntax_attno = var->attno};
    }
}

/* The result's columns can be seen by ORDER BY, but only as they are. */
static void add_order_by(Scope *scope, Query *query, const SelectStmt *raw, JoinRte *names)
{
    int entries = list_count(scope->range_table), targets = list_count(query->targets);
    List *items = scope->items;
    Item *result = rte_add_join(scope, names);

    result->rte->is_in_from = false;
    scope->items = NULL;
    scope_add_item(scope, result, false, false, true);
    query->order_by = sort_transform(scope, raw->order_by, &query->targets, EXPR_ORDER_BY, false);
    scope->items = items;
    scope->range_table->count = entries;
    if (list_count(query->targets) != targets)
        scope_fail(scope,
                   node_expr_location(((TargetEntry *)list_at(query->targets, targets))->expr),
                   SQLSTATE_FEATURE_NOT_SUPPORTED,
                   .message = "invalid UNION/INTERSECT/EXCEPT ORDER BY clause",
                   .detail = "Only result column names can be used, not expressions or functions.",
                   .hint = "Add the expression/function to every SELECT, or move the UNION into a "
                           "FROM clause.");
}

Query *setop_transform(Scope *scope, SelectStmt *raw)
{
    Query *query = node_new(Query);
    JoinRte names = {.kind = JOIN_INNER};

    query->command = COMMAND_SELECT;
    check_no_locking(raw);
    query_take_with(scope, query, raw->with);
    query->set_operations = transform_tree(scope, raw, true, NULL);
    add_targets(scope, query, (const SetOperationStmt *)(const void *)query->set_operations,
                &names);
    add_order_by(scope, query, raw, &names);
    query_take_limits(scope, query, raw);
    query_finish(scope, query, NULL);
    collate_query(scope, query);
    agg_check(scope, query);
    return query;
}
