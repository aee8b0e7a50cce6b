/*
 * search.c - SEARCH and CYCLE of WITH RECURSIVE: columns that a query gets besides its own
 *
 * Both sides of the UNION become subqueries of a SELECT that adds the columns. What a row was found
 * by is a row of the columns that were named: arrays of such rows tell the way to it (SEARCH DEPTH
 * FIRST, CYCLE), a row that begins with the depth the order of SEARCH BREADTH FIRST. The right side
 * takes those of the row that it works with from the scan of the query itself, which hands them up,
 * and leaves out rows that are marked as the end of a cycle.
 */
#include "common/base/base.h"

#include <string.h>

#include "server/analyzer/analyzer.h"
#include "server/catalog/catalog_oid.h"
#include "server/node/expr.h"
#include "server/node/tree.h"
#include "server/rewriter/rewriter_int.h"

#define FUNC_INT8_INC   1219
#define FUNC_ARRAY_CAT  383
#define OP_RECORD_EQUAL 2988
#define DEPTH_COLUMN    "*DEPTH*"
#define LEFT_ALIAS      "*TLOCRN*"
#define RIGHT_ALIAS     "*TROCRN*"

/* The columns that are added, by number; 0: not asked for. */
typedef struct Added {
    CommonTableExpr *cte;
    int sequence, mark, path;
    Oid sequence_type;
} Added;

/* ---- Nodes ---- */

static Node *new_var(int rt_index, int attno, Oid type, int typmod, Oid collation)
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
    return (Node *)(void *)var;
}

static Node *cte_var(const Added *a, int number)
{
    return new_var(1, number, list_oid_at(a->cte->column_types, number - 1),
                   list_int_at(a->cte->column_typmods, number - 1),
                   list_oid_at(a->cte->column_collations, number - 1));
}

static Node *sequence_var(const Added *a, int rt_index)
{
    return new_var(rt_index, a->sequence, a->sequence_type, -1, 0);
}

static Node *mark_var(const Added *a, int rt_index)
{
    const CycleClause *cycle = a->cte->cycle;

    return new_var(rt_index, a->mark, cycle->mark_type, cycle->mark_typmod, cycle->mark_collation);
}

static Node *path_var(const Added *a, int rt_index)
{
    return new_var(rt_index, a->path, TYPE_RECORD_ARRAY, -1, 0);
}

static TargetEntry *add_target(Query *query, Node *expr, const char *name)
{
    TargetEntry *entry = node_new(TargetEntry);

    entry->expr = expr;
    entry->number = list_count(query->targets) + 1;
    entry->name = mem_strdup(name);
    query->targets = list_add(query->targets, entry);
    return entry;
}

static Node *call_of(Oid function, Oid type, List *args)
{
    FuncExpr *call = node_new(FuncExpr);

    call->function = function;
    call->type = type;
    call->form = COERCE_CALL;
    call->args = args;
    call->loc = NODE_NO_LOCATION;
    return (Node *)(void *)call;
}

static int column_number(const Added *a, const char *name)
{
    list_foreach(const String *, column, a->cte->column_names) {
        if (strcmp(column->value, name) == 0)
            return column_i + 1;
    }
    err_raise(SQLSTATE_INTERNAL_ERROR, .message = "a column of SEARCH or CYCLE is not there");
}

/* The named columns as an anonymous row. */
static RowExpr *row_of(const Added *a, const List *columns)
{
    RowExpr *row = node_new(RowExpr);

    list_foreach(const String *, column, columns) {
        row->args = list_add(row->args, cte_var(a, column_number(a, column->value)));
        row->column_names = list_add(row->column_names, node_string(column->value));
    }
    row->type = TYPE_RECORD;
    row->form = COERCE_IMPLICIT;
    row->loc = NODE_NO_LOCATION;
    return row;
}

static Node *array_of(RowExpr *row)
{
    ArrayExpr *array = node_new(ArrayExpr);

    array->type = TYPE_RECORD_ARRAY;
    array->element_type = TYPE_RECORD;
    array->elements = list_of(row);
    array->loc = NODE_NO_LOCATION;
    return (Node *)(void *)array;
}

static Node *longer_path(Node *path, RowExpr *row)
{
    return call_of(FUNC_ARRAY_CAT, TYPE_RECORD_ARRAY, list_of2(path, array_of(row)));
}

static Node *with_depth(RowExpr *row, Node *depth)
{
    row->args = list_add_first(depth, row->args);
    row->column_names = list_add_first(node_string(DEPTH_COLUMN), row->column_names);
    return (Node *)(void *)row;
}

static Node *depth_zero(void)
{
    Const *zero = node_new(Const);

    zero->type = TYPE_INT8;
    zero->typmod = -1;
    zero->len = 8;
    zero->by_value = true;
    zero->loc = NODE_NO_LOCATION;
    return (Node *)(void *)zero;
}

static Node *next_depth(const Added *a)
{
    FieldSelect *field = node_new(FieldSelect);

    field->arg = sequence_var(a, 1);
    field->field = 1;
    field->type = TYPE_INT8;
    field->typmod = -1;
    return call_of(FUNC_INT8_INC, TYPE_INT8, list_of(field));
}

/* ---- Both sides ---- */

/* SELECT the columns of the CTE FROM the side as it was. */
static Query *wrap(const Added *a, const RangeTblEntry *side, const char *alias, List *columns)
{
    Query *query = node_new(Query), *inner = node_copy(side->subquery);
    RangeTblEntry *rte = node_new(RangeTblEntry);
    RangeTblRef *ref = node_new(RangeTblRef);

    node_shift_levels(inner, 1, 1);
    rte->kind = RTE_SUBQUERY;
    rte->alias = node_new(Alias);
    rte->alias->name = mem_strdup(alias);
    rte->alias->columns = columns;
    rte->names = rte->alias;
    rte->subquery = inner;
    rte->is_in_from = true;
    ref->rt_index = 1;
    query->command = COMMAND_SELECT;
    query->can_set_tag = true;
    query->range_table = list_of(rte);
    query->from = node_new(FromExpr);
    query->from->items = list_of(ref);
    list_foreach(const String *, column, a->cte->column_names) {
        const TargetEntry *from = list_at(inner->targets, column_i);
        TargetEntry *target = add_target(query, cte_var(a, column_i + 1), column->value);

        target->origin_table = from->origin_table;
        target->origin_column = from->origin_column;
    }
    return query;
}

static Query *begin_side(const Added *a, const RangeTblEntry *side)
{
    const SearchClause *search = a->cte->search;
    const CycleClause *cycle = a->cte->cycle;
    Query *query = wrap(a, side, LEFT_ALIAS, node_copy(a->cte->column_names));

    if (search != NULL) {
        RowExpr *row = row_of(a, search->columns);

        add_target(query, search->is_breadth_first ? with_depth(row, depth_zero()) : array_of(row),
                   search->sequence_column);
    }
    if (cycle != NULL) {
        add_target(query, node_copy(cycle->mark_default), cycle->mark_column);
        add_target(query, array_of(row_of(a, cycle->columns)), cycle->path_column);
    }
    return query;
}

/* Where the right side reads the CTE itself, and hands up what it had. */
static void hand_up(const Added *a, Query *inner)
{
    const CommonTableExpr *cte = a->cte;
    int found = 0;

    list_foreach(const RangeTblEntry *, rte, inner->range_table) {
        /* Two levels up when it was written, and there is one more by now. */
        if (found == 0 && rte->kind == RTE_CTE && rte->cte_levels_up == 3 &&
            strcmp(rte->cte, cte->name) == 0)
            found = rte_i + 1;
    }
    if (found == 0)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("with a SEARCH or CYCLE clause, the recursive reference to "
                                     "WITH query \"%s\" must be at the top level of its "
                                     "right-hand SELECT",
                                     cte->name));
    if (cte->search != NULL)
        add_target(inner, sequence_var(a, found), cte->search->sequence_column);
    if (cte->cycle != NULL) {
        add_target(inner, mark_var(a, found), cte->cycle->mark_column);
        add_target(inner, path_var(a, found), cte->cycle->path_column);
    }
}

static List *all_names(const Added *a, List *names)
{
    const SearchClause *search = a->cte->search;
    const CycleClause *cycle = a->cte->cycle;

    if (search != NULL)
        names = list_add(names, node_string(search->sequence_column));
    if (cycle != NULL) {
        names = list_add(names, node_string(cycle->mark_column));
        names = list_add(names, node_string(cycle->path_column));
    }
    return names;
}

static Node *is_no_end(const Added *a)
{
    const CycleClause *cycle = a->cte->cycle;
    OpExpr *op = node_new(OpExpr);

    op->operator= cycle->mark_not_equal;
    op->type = TYPE_BOOL;
    op->input_collation = cycle->mark_collation;
    op->args = list_of2(mark_var(a, 1), node_copy(cycle->mark_value));
    op->loc = NODE_NO_LOCATION;
    return (Node *)(void *)op;
}

/* CASE WHEN the row is in its path THEN the mark ELSE its default END */
static Node *next_mark(const Added *a)
{
    const CycleClause *cycle = a->cte->cycle;
    ScalarArrayOpExpr *is_met = node_new(ScalarArrayOpExpr);
    CaseExpr *choice = node_new(CaseExpr);
    CaseWhen *when = node_new(CaseWhen);

    is_met->operator= OP_RECORD_EQUAL;
    is_met->is_any = true;
    is_met->args = list_of2(row_of(a, cycle->columns), path_var(a, 1));
    is_met->loc = NODE_NO_LOCATION;
    when->condition = (Node *)(void *)is_met;
    when->result = node_copy(cycle->mark_value);
    when->loc = NODE_NO_LOCATION;
    choice->type = cycle->mark_type;
    choice->collation = cycle->mark_collation;
    choice->whens = list_of(when);
    choice->default_result = node_copy(cycle->mark_default);
    choice->loc = NODE_NO_LOCATION;
    return (Node *)(void *)choice;
}

static Query *recursive_side(const Added *a, const RangeTblEntry *side)
{
    const SearchClause *search = a->cte->search;
    const CycleClause *cycle = a->cte->cycle;
    Query *query = wrap(a, side, RIGHT_ALIAS, all_names(a, node_copy(a->cte->column_names)));

    hand_up(a, ((RangeTblEntry *)list_at(query->range_table, 0))->subquery);
    if (cycle != NULL)
        query->from->where = is_no_end(a);
    if (search != NULL) {
        RowExpr *row = row_of(a, search->columns);

        add_target(query,
                   search->is_breadth_first ? with_depth(row, next_depth(a))
                                            : longer_path(sequence_var(a, 1), row),
                   search->sequence_column);
    }
    if (cycle != NULL) {
        add_target(query, next_mark(a), cycle->mark_column);
        add_target(query, longer_path(path_var(a, 1), row_of(a, cycle->columns)),
                   cycle->path_column);
    }
    return query;
}

/* ---- The whole ---- */

static RangeTblEntry *side_entry(const Query *query, const Node *side)
{
    return list_at(query->range_table, ((const RangeTblRef *)(const void *)side)->rt_index - 1);
}

/* A column more for the union, the query around it, and the CTE. */
static void add_column(const Added *a, Node *var, const char *name)
{
    CommonTableExpr *cte = a->cte;
    Query *query = (Query *)(void *)cte->query;
    SetOperationStmt *op = (SetOperationStmt *)(void *)query->set_operations;
    Oid type = node_expr_type(var), collation = node_expr_collation(var);
    int typmod = node_expr_typmod(var);

    op->column_types = list_add_oid(op->column_types, type);
    op->column_typmods = list_add_int(op->column_typmods, typmod);
    op->column_collations = list_add_oid(op->column_collations, collation);
    if (!op->is_all)
        op->group_by = list_add(op->group_by, analyzer_hashed_group_clause(type));
    add_target(query, var, name);
    cte->column_names = list_add(cte->column_names, node_string(name));
    cte->column_types = list_add_oid(cte->column_types, type);
    cte->column_typmods = list_add_int(cte->column_typmods, typmod);
    cte->column_collations = list_add_oid(cte->column_collations, collation);
}

void search_expand(CommonTableExpr *cte)
{
    Query *query = (Query *)(void *)cte->query;
    const SetOperationStmt *op = (const SetOperationStmt *)(void *)query->set_operations;
    RangeTblEntry *left = side_entry(query, op->left), *right = side_entry(query, op->right);
    Added a = {.cte = cte};
    int next = list_count(cte->column_names) + 1;

    if (cte->search != NULL) {
        a.sequence = next++;
        a.sequence_type = cte->search->is_breadth_first ? TYPE_RECORD : TYPE_RECORD_ARRAY;
    }
    if (cte->cycle != NULL) {
        a.mark = next++;
        a.path = next;
    }
    left->subquery = begin_side(&a, left);
    left->names->columns = all_names(&a, left->names->columns);
    right->subquery = recursive_side(&a, right);
    right->names->columns = all_names(&a, right->names->columns);
    if (cte->search != NULL)
        add_column(&a, sequence_var(&a, 1), cte->search->sequence_column);
    if (cte->cycle != NULL) {
        add_column(&a, mark_var(&a, 1), cte->cycle->mark_column);
        add_column(&a, path_var(&a, 1), cte->cycle->path_column);
    }
}
