/*
 * row_shape.c - which columns the value of an expression has, when it is a row
 *
 * A named composite type has those of its relation. Of a record there is more to look at: the
 * function that gives it may have OUT parameters, a row was written out, and a column that is a
 * record comes from some expression of a subquery, which is looked for.
 */
#include "common/base/base.h"

#include "server/analyzer/analyzer_int.h"
#include "server/cache/proc_row.h"
#include "server/cache/relcache.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/fmgr.h"

static RowShape *new_shape(int count)
{
    RowShape *shape = mem_new(RowShape);
    size_t room = (size_t)count + 1;

    shape->count = count;
    shape->names = mem_new_array(const char *, room);
    shape->types = mem_new_array(Oid, room);
    shape->typmods = mem_new_array(int32_t, room);
    shape->collations = mem_new_array(Oid, room);
    shape->dropped = mem_new_array(bool, room);
    return shape;
}

static void set_column(RowShape *shape, int i, const char *name, Oid type, int32_t typmod,
                       Oid collation)
{
    shape->names[i] = name;
    shape->types[i] = type;
    shape->typmods[i] = typmod;
    shape->collations[i] = collation;
}

/* ---- Named types ---- */

RowShape *row_shape_of_type(Oid type)
{
    Oid relation = type_or_domain_relation(type);
    RowShape *shape;
    Relation *rel;

    if (relation == 0)
        return NULL;
    rel = relation_pin_existing(relation);
    shape = new_shape(rel->desc->count);
    shape->is_named = true;
    for (int i = 0; i < rel->desc->count; i++) {
        const Column *column = &rel->desc->columns[i];

        set_column(shape, i, mem_strdup(column->name), column->type, column->type_mod,
                   column->collation);
        shape->dropped[i] = column->is_dropped;
    }
    relation_unpin(rel);
    return shape;
}

/* ---- Functions ---- */

/* What the arguments of a call are of, and what they were declared as. */
typedef struct CallTypes {
    Oid given[FMGR_ARGS_MAX];
    Oid declared[FMGR_ARGS_MAX];
    int count;
} CallTypes;

static void note_types(CallTypes *types, const HeapTuple *row, const List *args)
{
    int declared_count;
    const Oid *declared = proc_row_types(row, false, &declared_count);

    types->count = list_count(args);
    if (types->count > declared_count)
        types->count = declared_count;
    for (int i = 0; i < types->count; i++) {
        types->given[i] = node_expr_type(list_at(args, i));
        types->declared[i] = declared[i];
    }
}

static Oid actual_type(const CallTypes *types, Oid declared)
{
    Oid *copy;

    if (!type_is_polymorphic(declared))
        return declared;
    copy = mem_dup(types->declared, sizeof(types->declared));
    return coerce_check_polymorphic(types->given, copy, types->count, declared, false);
}

static bool is_out(const ProcArgs *args, int i)
{
    return args->modes != NULL &&
           (args->modes[i] == 'o' || args->modes[i] == 'b' || args->modes[i] == 't');
}

static RowShape *shape_of_out_args(const HeapTuple *row, const List *call_args)
{
    RowShape *shape;
    CallTypes types;
    ProcArgs args;
    int count = 0;
    Oid input = 0;

    proc_row_args(row, &args);
    for (int i = 0; i < args.all_count; i++)
        count += is_out(&args, i);
    if (count == 0)
        return NULL;
    note_types(&types, row, call_args);
    for (int i = 0; i < list_count(call_args) && input == 0; i++)
        input = node_expr_collation(list_at(call_args, i));
    shape = new_shape(count);
    count = 0;
    for (int i = 0; i < args.all_count; i++) {
        const char *name = args.names == NULL ? NULL : args.names[i];
        Oid type, collation;

        if (!is_out(&args, i))
            continue;
        type = actual_type(&types, args.types[i]);
        collation = type_collation(type);
        if (name == NULL || *name == '\0')
            name = mem_printf("column%d", count + 1);
        set_column(shape, count++, name, type, -1, collation);
    }
    return shape;
}

/* A set-returning operator is its function. */
static Oid function_of(const Node *expr, const List **args)
{
    if (node_is(expr, FuncExpr)) {
        *args = ((const FuncExpr *)(const void *)expr)->args;
        return ((const FuncExpr *)(const void *)expr)->function;
    }
    if (node_is(expr, OpExpr)) {
        *args = ((const OpExpr *)(const void *)expr)->args;
        return ((const OpExpr *)(const void *)expr)->function;
    }
    return 0;
}

static RowShape *shape_of_call(const Node *expr)
{
    const List *args = NULL;
    Oid function = function_of(expr, &args);
    const HeapTuple *row;
    RowShape *shape;

    if (function == 0)
        return NULL;
    row = syscache_pin(CACHE_PROCOID, datum_of_u32(function));
    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for function %u", function));
    shape = shape_of_out_args(row, args);
    syscache_unpin(row);
    return shape;
}

/* ---- Expressions ---- */

static RowShape *shape_of_row(const RowExpr *row)
{
    RowShape *shape = new_shape(list_count(row->args));

    for (int i = 0; i < shape->count; i++) {
        const Node *arg = list_at(row->args, i);
        const String *name = list_at(row->column_names, i);

        set_column(shape, i, name->value, node_expr_type(arg), node_expr_typmod(arg),
                   node_expr_collation(arg));
    }
    return shape;
}

static RowShape *shape_of_expr(Node *expr)
{
    Oid type = node_expr_type(expr);

    if (type != TYPE_RECORD)
        return row_shape_of_type(type);
    if (node_is(expr, RowExpr))
        return shape_of_row((RowExpr *)(void *)expr);
    return shape_of_call(expr);
}

static _Noreturn void raise_undetermined(const Node *expr)
{
    if (node_is(expr, FuncExpr))
        err_raise(SQLSTATE_DATATYPE_MISMATCH,
                  .message = "could not determine row description for function returning record");
    err_raise(SQLSTATE_WRONG_OBJECT_TYPE, .message = "record type has not been registered");
}

RowShape *row_shape_of_expr(Scope *scope, Node *expr, bool is_missing_ok)
{
    RowShape *shape;

    if (node_is(expr, Var) && node_expr_type(expr) == TYPE_RECORD)
        return row_shape_of_var(scope, (Var *)(void *)expr, 0);
    shape = shape_of_expr(expr);
    if (shape == NULL && !is_missing_ok)
        raise_undetermined(expr);
    return shape;
}

/* ---- Columns of entries that are records ---- */

static RowShape *shape_of_entry(const RangeTblEntry *rte)
{
    int count = list_count(rte->names->columns);
    RowShape *shape = new_shape(count);

    for (int i = 0; i < count; i++) {
        Oid type = 0, collation = 0;
        int32_t typmod = -1;

        shape->dropped[i] = column_is_dropped(rte, i + 1);
        if (!shape->dropped[i])
            column_of_rte(rte, i + 1, &type, &typmod, &collation);
        set_column(shape, i, ((const String *)list_at(rte->names->columns, i))->value, type, typmod,
                   collation);
    }
    return shape;
}

static Scope *level_up(Scope *scope, int levels)
{
    while (levels-- > 0)
        scope = scope->parent;
    return scope;
}

/* What a column of a subquery is; *inside becomes the scope that its Vars belong to. */
static Node *column_of_query(Scope *outer, const Query *query, const RangeTblEntry *rte, int attno,
                             Scope **inside)
{
    const List *targets = query->command == COMMAND_SELECT ? query->targets : query->returning;

    *inside = scope_new(outer, outer->all);
    (*inside)->range_table = query->range_table;
    (*inside)->ctes = query->ctes;
    list_foreach(const TargetEntry *, entry, targets) {
        if (entry->number == attno && !entry->is_junk)
            return entry->expr;
    }
    err_raise(SQLSTATE_INTERNAL_ERROR, .message = err_fmt("subquery %s does not have attribute %d",
                                                          rte->names->name, attno));
}

RowShape *row_shape_of_var(Scope *scope, Var *var, int levels_up)
{
    int up = (int)var->levels_up + levels_up;
    RangeTblEntry *rte = scope_rte(scope, var->rt_index, up);
    Node *expr = (Node *)(void *)var;
    Scope *inside = scope;
    RowShape *shape;

    if (var->attno == 0)
        return shape_of_entry(rte);
    if (rte->kind == RTE_JOIN) {
        expr = list_at(rte->join_columns, var->attno - 1);
        if (node_is(expr, Var))
            return row_shape_of_var(scope, (Var *)(void *)expr, up);
    } else if (rte->kind == RTE_SUBQUERY) {
        expr = column_of_query(level_up(scope, up), rte->subquery, rte, var->attno, &inside);
    } else if (rte->kind == RTE_CTE && !rte->is_self_reference) {
        const CommonTableExpr *cte = scope_cte_of_rte(scope, rte, up);

        expr = column_of_query(level_up(scope, up + (int)rte->cte_levels_up),
                               (const Query *)(const void *)cte->query, rte, var->attno, &inside);
    }
    if (inside != scope && node_is(expr, Var))
        return row_shape_of_var(inside, (Var *)(void *)expr, 0);
    shape = shape_of_expr(expr);
    if (shape == NULL)
        raise_undetermined(expr);
    return shape;
}
