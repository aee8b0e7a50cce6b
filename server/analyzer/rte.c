/*
 * rte.c - new entries of the range table, each with the names of its columns
 *
 * An alias may name fewer columns than there are; the others keep their names. Dropped columns of
 * a table keep their place, with an empty name.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/text/str.h"
#include "server/analyzer/analyzer_int.h"
#include "server/cache/inval.h"
#include "server/cache/namespace.h"
#include "server/cache/relcache.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/lock/lock_object.h"

static Item *new_item(RangeTblEntry *rte, int rt_index, int column_count)
{
    Item *item = mem_new(Item);

    item->rte = rte;
    item->rt_index = rt_index;
    item->names = rte->names;
    item->columns = mem_new_array(ItemColumn, (size_t)column_count + 1);
    item->sees_relation = item->sees_columns = true;
    item->is_lateral_ok = true;
    return item;
}

static void set_column(Item *item, int i, Oid type, int32_t typmod, Oid collation)
{
    item->columns[i] = (ItemColumn){.rt_index = item->rt_index,
                                    .attno = i + 1,
                                    .type = type,
                                    .typmod = typmod,
                                    .collation = collation,
                                    .syntax_rt_index = item->rt_index,
                                    .syntax_attno = i + 1};
}

Item *item_from_desc(RangeTblEntry *rte, int rt_index, const TupleDesc *desc)
{
    Item *item = new_item(rte, rt_index, desc->count);

    for (int i = 0; i < desc->count; i++) {
        const Column *column = &desc->columns[i];

        if (!column->is_dropped)
            set_column(item, i, column->type, column->type_mod, column->collation);
    }
    return item;
}

Item *item_from_columns(RangeTblEntry *rte, int rt_index, const List *types, const List *typmods,
                        const List *collations)
{
    int count = list_count(types);
    Item *item = new_item(rte, rt_index, count);

    for (int i = 0; i < count; i++)
        set_column(item, i, list_oid_at(types, i), list_int_at(typmods, i),
                   list_oid_at(collations, i));
    return item;
}

static int add_entry(Scope *scope, RangeTblEntry *rte)
{
    scope->range_table = list_add(scope->range_table, rte);
    return list_count(scope->range_table);
}

static _Noreturn void raise_too_many(const char *what, const char *name, int available, int given)
{
    err_raise(SQLSTATE_INVALID_COLUMN_REFERENCE,
              .message =
                  err_fmt("%s \"%s\" %s %d columns available but %d columns specified", what, name,
                          str_equal(what, "VALUES lists") ? "have" : "has", available, given));
}

/* ---- Relations ---- */

/* Names of columns, those of the alias first; its own list gets "" for dropped columns too. */
static void name_columns(const TupleDesc *desc, Alias *alias, Alias *names)
{
    List *given = alias == NULL ? NULL : alias->columns;
    int next = 0, dropped = 0;

    if (alias != NULL)
        alias->columns = NULL;
    for (int i = 0; i < desc->count; i++) {
        const Column *column = &desc->columns[i];
        String *name;

        if (column->is_dropped) {
            name = node_string("");
            if (next < list_count(given))
                alias->columns = list_add(alias->columns, name);
            dropped++;
        } else if (next < list_count(given)) {
            name = list_at(given, next++);
            alias->columns = list_add(alias->columns, name);
        } else {
            name = node_string(mem_strdup(column->name));
        }
        names->columns = list_add(names->columns, name);
    }
    if (next < list_count(given))
        raise_too_many("table", names->name, desc->count - dropped, list_count(given));
}

Item *rte_add_relation(Scope *scope, Relation *rel, LockMode mode, Alias *alias, bool is_inherited,
                       bool in_from)
{
    RangeTblEntry *rte = node_new(RangeTblEntry);

    rte->kind = RTE_RELATION;
    rte->alias = alias == NULL ? NULL : node_copy(alias);
    rte->relation = rel->oid;
    rte->relation_kind = rel->kind;
    rte->lock_mode = mode;
    rte->names = make_alias(alias != NULL ? alias->name : mem_strdup(rel->row->relname), NULL);
    name_columns(rel->desc, rte->alias, rte->names);
    rte->is_inherited = is_inherited;
    rte->is_in_from = in_from;
    rte->required_rights = RIGHT_SELECT;
    return item_from_desc(rte, add_entry(scope, rte), rel->desc);
}

/* The same for columns in a list; dropped has 1 for those that are not there any more. */
void rte_name_columns(RangeTblEntry *rte, const List *columns, const List *dropped)
{
    List *given = rte->alias == NULL ? NULL : rte->alias->columns;
    int next = 0, gone = 0;

    if (rte->alias != NULL)
        rte->alias->columns = NULL;
    for (int i = 0; i < list_count(columns); i++) {
        String *name = list_at(columns, i);

        if (list_int_at(dropped, i) != 0) {
            if (next < list_count(given))
                rte->alias->columns = list_add(rte->alias->columns, name);
            gone++;
        } else if (next < list_count(given)) {
            name = list_at(given, next++);
            rte->alias->columns = list_add(rte->alias->columns, name);
        }
        rte->names->columns = list_add(rte->names->columns, name);
    }
    if (next < list_count(given))
        raise_too_many("table", rte->names->name, list_count(columns) - gone, list_count(given));
}

Item *rte_item(Scope *scope, RangeTblEntry *rte, const List *types, const List *typmods,
               const List *collations, const List *dropped)
{
    Item *item = item_from_columns(rte, add_entry(scope, rte), types, typmods, collations);

    for (int i = 0; i < list_count(dropped); i++) {
        if (list_int_at(dropped, i) != 0)
            item->columns[i] = (ItemColumn){0};
    }
    return item;
}

static _Noreturn void raise_missing(Scope *scope, const RangeVar *var)
{
    if (var->schema != NULL)
        scope_fail(scope, var->loc, SQLSTATE_UNDEFINED_TABLE,
                   .message =
                       err_fmt("relation \"%s.%s\" does not exist", var->schema, var->relation));
    if (scope_is_future_cte(scope, var->relation))
        scope_fail(scope, var->loc, SQLSTATE_UNDEFINED_TABLE,
                   .message = err_fmt("relation \"%s\" does not exist", var->relation),
                   .detail = err_fmt("There is a WITH item named \"%s\", but it cannot be "
                                     "referenced from this part of the query.",
                                     var->relation),
                   .hint = "Use WITH RECURSIVE, or re-order the WITH items to remove forward "
                           "references.");
    scope_fail(scope, var->loc, SQLSTATE_UNDEFINED_TABLE,
               .message = err_fmt("relation \"%s\" does not exist", var->relation));
}

static void check_kind(Scope *scope, const Relation *rel, int location)
{
    if (rel->kind == RELATION_INDEX || rel->kind == RELATION_PARTITIONED_INDEX)
        scope_fail(scope, location, SQLSTATE_WRONG_OBJECT_TYPE,
                   .message = err_fmt("\"%s\" is an index", rel->row->relname));
    if (rel->kind == RELATION_COMPOSITE_TYPE)
        scope_fail(scope, location, SQLSTATE_WRONG_OBJECT_TYPE,
                   .message = err_fmt("\"%s\" is a composite type", rel->row->relname));
}

typedef struct FindCall {
    const RangeVar *var;
    Oid result;
} FindCall;

static void call_find(void *arg)
{
    FindCall *call = arg;

    call->result = namespace_relation(call->var, true);
}

static Oid find_relation(Scope *scope, const RangeVar *var)
{
    FindCall call = {.var = var};

    /* A bare name raises nothing; others get the position. */
    if (var->schema == NULL && var->catalog == NULL)
        call_find(&call);
    else
        scope_call_at(scope, var->loc, call_find, &call);
    if (call.result == 0)
        raise_missing(scope, var);
    return call.result;
}

/* Pinned, and locked until the end of the transaction. */
typedef struct RelationLock {
    Oid relation;
    LockMode mode;
} RelationLock;

static void wait_for_relation(void *arg)
{
    const RelationLock *lock = arg;

    lock_relation(lock->relation, lock->mode);
}

/* A wait that ends badly is told of with the place of the name. */
static void lock_at(Scope *scope, Oid relation, LockMode mode, int location)
{
    RelationLock lock = {.relation = relation, .mode = mode};

    if (!lock_relation_try(relation, mode))
        scope_call_at(scope, location, wait_for_relation, &lock);
}

Relation *rte_open_relation(Scope *scope, const RangeVar *var, LockMode mode)
{
    Relation *rel;
    Oid found;

    /* What others have done to a table is to be known though we have it locked already. */
    inval_accept();
    found = find_relation(scope, var);

    /* While we wait for the lock the name may come to mean another relation. */
    for (;;) {
        uint64_t seen = inval_count();
        Oid again;

        lock_at(scope, found, mode, var->loc);
        if (seen == inval_count())
            break;
        again = find_relation(scope, var);
        if (again == found)
            break;
        lock_relation_unlock(found, mode);
        found = again;
    }
    rel = relation_pin(found);
    if (rel == NULL)
        raise_missing(scope, var);
    check_kind(scope, rel, var->loc);
    return rel;
}

int relation_attno(const Relation *rel, const char *name, bool system_ok)
{
    for (int i = 0; i < rel->desc->count; i++) {
        const Column *column = &rel->desc->columns[i];

        if (!column->is_dropped && str_equal(column->name, name))
            return i + 1;
    }
    return system_ok ? system_column_number(name) : 0;
}

Oid relation_row_type(Oid relation)
{
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(relation));

    return row == NULL ? 0 : CACHE_ROW(PgClass, row)->reltype;
}

/* ---- Subqueries, VALUES, CTEs ---- */

Item *rte_add_subquery(Scope *scope, Query *query, Alias *alias, bool is_lateral, bool in_from)
{
    RangeTblEntry *rte = node_new(RangeTblEntry);
    List *types = NULL, *typmods = NULL, *collations = NULL;
    int given = list_count(alias->columns), count = 0;

    rte->kind = RTE_SUBQUERY;
    rte->subquery = query;
    rte->alias = alias;
    rte->names = node_copy(alias);
    list_foreach(const TargetEntry *, entry, query->targets) {
        if (entry->is_junk)
            continue;
        if (++count > given)
            rte->names->columns =
                list_add(rte->names->columns, node_string(mem_strdup(entry->name)));
        types = list_add_oid(types, node_expr_type(entry->expr));
        typmods = list_add_int(typmods, node_expr_typmod(entry->expr));
        collations = list_add_oid(collations, node_expr_collation(entry->expr));
    }
    if (count < given)
        raise_too_many("table", alias->name, count, given);
    rte->is_lateral = is_lateral;
    rte->is_in_from = in_from;
    return item_from_columns(rte, add_entry(scope, rte), types, typmods, collations);
}

Item *rte_add_values(Scope *scope, List *values, List *types, List *typmods, List *collations,
                     Alias *alias, bool is_lateral, bool in_from)
{
    RangeTblEntry *rte = node_new(RangeTblEntry);
    const char *name = alias == NULL ? "*VALUES*" : alias->name;
    int given, count = list_count(list_at(values, 0));

    rte->kind = RTE_VALUES;
    rte->values = values;
    rte->column_types = types;
    rte->column_typmods = typmods;
    rte->column_collations = collations;
    rte->alias = alias;
    rte->names = alias != NULL ? node_copy(alias) : make_alias(name, NULL);
    given = list_count(rte->names->columns);
    for (int i = given + 1; i <= count; i++)
        rte->names->columns = list_add(rte->names->columns, node_string(mem_printf("column%d", i)));
    if (count < given)
        raise_too_many("VALUES lists", name, count, given);
    rte->is_lateral = is_lateral;
    rte->is_in_from = in_from;
    return item_from_columns(rte, add_entry(scope, rte), types, typmods, collations);
}

static void add_cte_column(RangeTblEntry *rte, const char *name, Oid type, int32_t typmod,
                           Oid collation)
{
    rte->names->columns = list_add(rte->names->columns, node_string(name));
    rte->column_types = list_add_oid(rte->column_types, type);
    rte->column_typmods = list_add_int(rte->column_typmods, typmod);
    rte->column_collations = list_add_oid(rte->column_collations, collation);
}

/* What SEARCH and CYCLE add; how many columns. */
static int add_generated_columns(RangeTblEntry *rte, const CommonTableExpr *cte)
{
    int added = 0;

    if (cte->search != NULL) {
        add_cte_column(rte, cte->search->sequence_column,
                       cte->search->is_breadth_first ? TYPE_RECORD : TYPE_RECORD_ARRAY, -1, 0);
        added++;
    }
    if (cte->cycle != NULL) {
        add_cte_column(rte, cte->cycle->mark_column, cte->cycle->mark_type, cte->cycle->mark_typmod,
                       cte->cycle->mark_collation);
        add_cte_column(rte, cte->cycle->path_column, TYPE_RECORD_ARRAY, -1, 0);
        added += 2;
    }
    return added;
}

static void check_returning(Scope *scope, const CommonTableExpr *cte, int location)
{
    const Query *query = (const Query *)(const void *)cte->query;

    if (node_is(cte->query, Query) && query->command != COMMAND_SELECT && query->returning == NULL)
        scope_fail(scope, location, SQLSTATE_FEATURE_NOT_SUPPORTED,
                   .message =
                       err_fmt("WITH query \"%s\" does not have a RETURNING clause", cte->name));
}

Item *rte_add_cte(Scope *scope, CommonTableExpr *cte, int levels_up, const RangeVar *var,
                  bool in_from)
{
    RangeTblEntry *rte = node_new(RangeTblEntry);
    Alias *alias = var->alias;
    const char *name = alias == NULL ? cte->name : alias->name;
    int given, count = 0, added;
    Item *item;

    rte->kind = RTE_CTE;
    rte->cte = cte->name;
    rte->cte_levels_up = (uint32_t)levels_up;
    rte->is_self_reference = !node_is(cte->query, Query);
    if (!rte->is_self_reference)
        cte->ref_count++;
    check_returning(scope, cte, var->loc);
    rte->column_types = node_copy(cte->column_types);
    rte->column_typmods = node_copy(cte->column_typmods);
    rte->column_collations = node_copy(cte->column_collations);
    rte->alias = alias;
    rte->names = alias != NULL ? node_copy(alias) : make_alias(name, NULL);
    given = list_count(rte->names->columns);
    list_foreach(String *, column, cte->column_names) {
        if (++count > given)
            rte->names->columns = list_add(rte->names->columns, column);
    }
    if (count < given)
        raise_too_many("table", name, count, given);
    rte->is_in_from = in_from;
    added = add_generated_columns(rte, cte);
    item = item_from_columns(rte, add_entry(scope, rte), rte->column_types, rte->column_typmods,
                             rte->column_collations);
    /* Inside of the CTE they are not part of a star. */
    for (int i = 0; levels_up > 0 && i < added; i++)
        item->columns[list_count(item->names->columns) - 1 - i].is_hidden = true;
    return item;
}

/* ---- Joins ---- */

Item *rte_add_join(Scope *scope, const JoinRte *what)
{
    RangeTblEntry *rte = node_new(RangeTblEntry);
    int given, count = list_count(what->names);
    Item *item;

    if (list_count(what->vars) > COLUMNS_MAX)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                  .message = err_fmt("joins can have at most %d columns", 32767));
    rte->kind = RTE_JOIN;
    rte->join_kind = what->kind;
    rte->merged_columns = what->merged_columns;
    rte->join_columns = what->vars;
    rte->left_columns = what->left_columns;
    rte->right_columns = what->right_columns;
    rte->using_alias = what->using_alias;
    rte->alias = what->alias;
    rte->names = what->alias != NULL ? node_copy(what->alias) : make_alias("unnamed_join", NULL);
    given = list_count(rte->names->columns);
    for (int i = given; i < count; i++)
        rte->names->columns = list_add(rte->names->columns, list_at(what->names, i));
    if (count < given)
        err_raise(SQLSTATE_INVALID_COLUMN_REFERENCE,
                  .message = err_fmt("join expression \"%s\" has %d columns available but %d "
                                     "columns specified",
                                     rte->names->name, count, given));
    rte->is_in_from = true;
    item = new_item(rte, add_entry(scope, rte), 0);
    item->columns = what->columns;
    return item;
}

/* ---- Columns of entries by number ---- */

static void column_of_relation(Oid relation, int attno, Oid *type, int32_t *typmod, Oid *collation,
                               bool *is_dropped)
{
    Relation *rel = relation_pin_existing(relation);
    const Column *column = &rel->desc->columns[attno - 1];

    *type = column->type;
    *typmod = column->type_mod;
    *collation = column->collation;
    *is_dropped = column->is_dropped;
    relation_unpin(rel);
}

static void column_of_expr(const Node *expr, Oid *type, int32_t *typmod, Oid *collation)
{
    *type = node_expr_type(expr);
    *typmod = node_expr_typmod(expr);
    *collation = node_expr_collation(expr);
}

/* Column attno of the function itself, from 1. */
static void column_of_function(const RangeTblFunction *function, int attno, Oid *type,
                               int32_t *typmod, Oid *collation, bool *is_dropped)
{
    RowShape *shape;

    if (function->column_types != NULL) {
        *type = list_oid_at(function->column_types, attno - 1);
        *typmod = list_int_at(function->column_typmods, attno - 1);
        *collation = list_oid_at(function->column_collations, attno - 1);
        return;
    }
    shape = row_shape_of_expr(NULL, function->call, true);
    if (shape == NULL) {
        column_of_expr(function->call, type, typmod, collation);
        return;
    }
    *type = shape->types[attno - 1];
    *typmod = shape->typmods[attno - 1];
    *collation = shape->collations[attno - 1];
    *is_dropped = shape->dropped[attno - 1];
}

static void find_column(const RangeTblEntry *rte, int attno, Oid *type, int32_t *typmod,
                        Oid *collation, bool *is_dropped)
{
    *is_dropped = false;
    switch (rte->kind) {
    case RTE_RELATION:
        column_of_relation(rte->relation, attno, type, typmod, collation, is_dropped);
        return;
    case RTE_SUBQUERY:
        list_foreach(const TargetEntry *, entry, rte->subquery->targets) {
            if (entry->number == attno)
                column_of_expr(entry->expr, type, typmod, collation);
        }
        return;
    case RTE_JOIN:
        column_of_expr(list_at(rte->join_columns, attno - 1), type, typmod, collation);
        return;
    case RTE_FUNCTION:
        list_foreach(const RangeTblFunction *, function, rte->functions) {
            if (attno <= function->column_count) {
                column_of_function(function, attno, type, typmod, collation, is_dropped);
                return;
            }
            attno -= function->column_count;
        }
        *type = TYPE_INT8; /* WITH ORDINALITY */
        return;
    default:
        *type = list_oid_at(rte->column_types, attno - 1);
        *typmod = list_int_at(rte->column_typmods, attno - 1);
        *collation = list_oid_at(rte->column_collations, attno - 1);
        return;
    }
}

void column_of_rte(const RangeTblEntry *rte, int attno, Oid *type, int32_t *typmod, Oid *collation)
{
    bool is_dropped;

    *typmod = -1;
    *type = *collation = 0;
    find_column(rte, attno, type, typmod, collation, &is_dropped);
}

bool column_is_dropped(const RangeTblEntry *rte, int attno)
{
    Oid type, collation;
    int32_t typmod;
    bool is_dropped;

    find_column(rte, attno, &type, &typmod, &collation, &is_dropped);
    return is_dropped;
}

/* ---- All columns of an entry ---- */

static Var *add_var(List **vars, Oid type, int32_t typmod, Oid collation)
{
    Var *var = node_new(Var);

    var->attno = list_count(*vars) + 1;
    var->type = type;
    var->typmod = typmod;
    var->collation = collation;
    *vars = list_add(*vars, var);
    return var;
}

static void add_listed(List **vars, const List *types, const List *typmods, const List *collations)
{
    for (int i = 0; i < list_count(types); i++)
        add_var(vars, list_oid_at(types, i), list_int_at(typmods, i), list_oid_at(collations, i));
}

static bool add_table(List **vars, Oid table)
{
    Relation *rel = relation_pin_existing(table);
    bool is_plain = true;

    for (int i = 0; i < rel->desc->count && is_plain; i++) {
        const Column *column = &rel->desc->columns[i];

        is_plain = !column->is_dropped && !column->has_missing;
        add_var(vars, column->type, column->type_mod, column->collation);
    }
    relation_unpin(rel);
    return is_plain;
}

static bool add_function(List **vars, const RangeTblFunction *function)
{
    RowShape *shape;

    if (function->column_types != NULL) {
        add_listed(vars, function->column_types, function->column_typmods,
                   function->column_collations);
        return true;
    }
    shape = row_shape_of_expr(NULL, function->call, true);
    if (shape == NULL) {
        add_var(vars, node_expr_type(function->call), node_expr_typmod(function->call),
                node_expr_collation(function->call));
        return true;
    }
    for (int i = 0; i < shape->count; i++) {
        if (shape->dropped[i])
            return false;
        add_var(vars, shape->types[i], shape->typmods[i], shape->collations[i]);
    }
    return true;
}

List *analyzer_row_of_entry(const RangeTblEntry *rte)
{
    List *vars = NULL;

    switch (rte->kind) {
    case RTE_RELATION:
        return add_table(&vars, rte->relation) ? vars : NULL;
    case RTE_FUNCTION:
        list_foreach(const RangeTblFunction *, function, rte->functions) {
            if (!add_function(&vars, function))
                return NULL;
        }
        if (rte->has_ordinality)
            add_var(&vars, TYPE_INT8, -1, 0);
        return vars;
    case RTE_TABLE_FUNC:
        add_listed(&vars, rte->table_func->column_types, rte->table_func->column_typmods,
                   rte->table_func->column_collations);
        return vars;
    case RTE_VALUES:
    case RTE_CTE:
        add_listed(&vars, rte->column_types, rte->column_typmods, rte->column_collations);
        return vars;
    default:
        return NULL;
    }
}

bool scope_is_locked(const Scope *scope, const char *name)
{
    if (scope->is_locked_from_parent)
        return true;
    list_foreach(const LockingClause *, lock, scope->locking) {
        if (lock->relations == NULL)
            return true;
        list_foreach(const RangeVar *, var, lock->relations) {
            if (str_equal(var->relation, name))
                return true;
        }
    }
    return false;
}
