/* conflict.c - ON CONFLICT: the index or constraint that decides, and what is done then */
#include "common/base/base.h"

#include "server/analyzer/analyzer_int.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/namespace.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/array_value.h"
#include "server/fmgr/varlena.h"

#define FIRST_NORMAL_OID 16384
#define BTREE_AM         403

/* ---- EXCLUDED ---- */

List *analyzer_excluded_targets(const Relation *rel, int rt_index)
{
    List *targets = NULL;
    TargetEntry *whole;

    for (int i = 0; i < rel->desc->count; i++) {
        const Column *column = &rel->desc->columns[i];
        void *expr;

        if (column->is_dropped)
            expr = make_null(TYPE_INT4, -1, 0);
        else
            expr = make_var(rt_index, i + 1, column->type, column->type_mod, column->collation, 0);
        targets = list_add(
            targets,
            make_target(expr, i + 1, column->is_dropped ? NULL : mem_strdup(column->name), false));
    }
    whole = make_target((Node *)(void *)make_var(rt_index, 0, rel->row->reltype, -1, 0, 0), 0, NULL,
                        true);
    return list_add(targets, whole);
}

/* The row that was to be inserted: as a relation of no kind, which needs no rights. */
Item *excluded_item(Scope *scope)
{
    Item *item = rte_add_relation(scope, scope->target, LOCK_ROW_EXCLUSIVE,
                                  make_alias("excluded", NULL), false, false);

    item->rte->relation_kind = RELATION_COMPOSITE_TYPE;
    item->rte->required_rights = 0;
    return item;
}

/* ---- What decides ---- */

static InferenceElem *infer_element(Scope *scope, const InferClause *infer, const IndexElem *raw)
{
    InferenceElem *made = node_new(InferenceElem);
    Node *expr = raw->expr;

    if (raw->order != SORT_DEFAULT)
        scope_fail(scope, infer->loc, SQLSTATE_INVALID_COLUMN_REFERENCE,
                   .message = "ASC/DESC is not allowed in ON CONFLICT clause");
    if (raw->nulls != NULLS_DEFAULT)
        scope_fail(scope, infer->loc, SQLSTATE_INVALID_COLUMN_REFERENCE,
                   .message = "NULLS FIRST/LAST is not allowed in ON CONFLICT clause");
    if (expr == NULL)
        expr = (Node *)(void *)make_column_ref(raw->name, infer->loc);
    made->expr = expr_transform(scope, expr, EXPR_INDEX_EXPR);
    if (raw->collation != NULL) {
        CollateClause *clause = node_new(CollateClause);

        clause->name = raw->collation;
        clause->loc = node_expr_location(made->expr);
        made->collation = collation_of_clause(scope, clause);
    }
    if (raw->opclass != NULL)
        made->opclass = namespace_opclass(BTREE_AM, raw->opclass, false);
    return made;
}

BitSet *constraint_columns(const HeapTuple *row)
{
    static const ArrayElement element = {
        .type = TYPE_INT2, .len = 2, .by_value = true, .align = 's'};
    bool is_null;
    Datum value = syscache_get(CACHE_CONSTROID, row, PG_CONSTRAINT_COL_CONKEY, &is_null);
    BitSet *columns = NULL;
    ArrayView array;
    ArrayWalk walk;

    if (is_null)
        return NULL;
    array_open(varlena_plain(datum_pointer(value)), &array);
    array_walk_begin(&walk, &array, &element);
    while (array_walk_next(&walk, &value, &is_null))
        columns = bitset_add(columns, datum_i16(value));
    return columns;
}

static void mark_key(RangeTblEntry *rte, const HeapTuple *row)
{
    const BitSet *columns = constraint_columns(row);

    for (int number = -1; (number = bitset_next(columns, number)) >= 0;)
        rte->selected_columns = bitset_add(rte->selected_columns, number + COLUMN_SET_SYSTEM);
}

static Oid find_constraint(Scope *scope, const char *name)
{
    CatalogKey keys[] = {
        {.column = PG_CONSTRAINT_COL_CONRELID, .value = datum_of_u32(scope->target->oid)},
        {.column = PG_CONSTRAINT_COL_CONTYPID, .value = datum_of_u32(0)},
        {.column = PG_CONSTRAINT_COL_CONNAME, .value = datum_of_pointer(name)}};
    CatalogScan *scan = catalog_scan_begin(PG_CONSTRAINT_CATALOG,
                                           PG_CONSTRAINT_CONRELID_CONTYPID_CONNAME_INDEX, 3, keys);
    const HeapTuple *row = catalog_scan_next(scan);
    RangeTblEntry *rte = scope->target_item->rte;
    Oid found = 0;

    if (row != NULL) {
        found = CACHE_ROW(PgConstraint, row)->oid;
        rte->required_rights |= RIGHT_SELECT;
        mark_key(rte, row);
    }
    catalog_scan_end(scan);
    if (found == 0)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("constraint \"%s\" for table \"%s\" does not exist", name,
                                     scope->target->name));
    return found;
}

static void take_arbiter(Scope *scope, const OnConflictClause *raw, OnConflictExpr *made)
{
    const InferClause *infer = raw->infer;

    if (raw->action == ON_CONFLICT_UPDATE && infer == NULL)
        scope_fail(scope, raw->loc, SQLSTATE_SYNTAX_ERROR,
                   .message = "ON CONFLICT DO UPDATE requires inference specification or "
                              "constraint name",
                   .hint = "For example, ON CONFLICT (column_name).");
    if (scope->target->oid < FIRST_NORMAL_OID)
        scope_fail(scope, raw->loc, SQLSTATE_FEATURE_NOT_SUPPORTED,
                   .message = "ON CONFLICT is not supported with system catalog tables");
    if (scope->target->options->is_user_catalog_table)
        scope_fail(scope, raw->loc, SQLSTATE_FEATURE_NOT_SUPPORTED,
                   .message = err_fmt("ON CONFLICT is not supported on table \"%s\" used as a "
                                      "catalog table",
                                      scope->target->name));
    if (infer == NULL)
        return;
    list_foreach(const IndexElem *, element, infer->elements)
        made->elements = list_add(made->elements, infer_element(scope, infer, element));
    if (infer->where != NULL)
        made->where = expr_transform(scope, infer->where, EXPR_INDEX_PREDICATE);
    if (infer->constraint != NULL)
        made->constraint = find_constraint(scope, infer->constraint);
}

OnConflictExpr *conflict_transform(Scope *scope, const OnConflictClause *raw)
{
    OnConflictExpr *made = node_new(OnConflictExpr);
    Item *excluded = NULL;

    made->action = raw->action;
    if (raw->action == ON_CONFLICT_UPDATE) {
        excluded = excluded_item(scope);
        made->excluded_rt_index = excluded->rt_index;
        made->excluded_targets = analyzer_excluded_targets(scope->target, excluded->rt_index);
    }
    take_arbiter(scope, raw, made);
    if (raw->action != ON_CONFLICT_UPDATE)
        return made;
    scope->is_insert = false;
    scope_add_item(scope, excluded, false, true, true);
    made->set = target_update_list(scope, raw->targets);
    made->set_where = where_transform(scope, raw->where, EXPR_WHERE, "WHERE");
    scope->items->count--; /* RETURNING does not see it */
    return made;
}
