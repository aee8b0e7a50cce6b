/*
 * item.c - entries of FROM by their names, and entries of the range table by number
 *
 * What a name may mean is looked for level by level, from the innermost query outwards. On each
 * level a name must mean one thing.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/text/str.h"
#include "server/analyzer/analyzer_int.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"

void item_check_lateral(Scope *scope, Item *item, int location)
{
    const char *name = item->names->name;

    if (!item->is_lateral_only || item->is_lateral_ok)
        return;
    if (scope->target_item != NULL && item->rte == scope->target_item->rte)
        scope_fail(scope, location, SQLSTATE_INVALID_COLUMN_REFERENCE,
                   .message =
                       err_fmt("invalid reference to FROM-clause entry for table \"%s\"", name),
                   .hint = err_fmt("There is an entry for table \"%s\", but it cannot be "
                                   "referenced from this part of the query.",
                                   name));
    scope_fail(scope, location, SQLSTATE_INVALID_COLUMN_REFERENCE,
               .message = err_fmt("invalid reference to FROM-clause entry for table \"%s\"", name),
               .detail = "The combining JOIN type must be INNER or LEFT for a LATERAL reference.");
}

static _Noreturn void raise_ambiguous(Scope *scope, const char *name, int location)
{
    scope_fail(scope, location, SQLSTATE_AMBIGUOUS_ALIAS,
               .message = err_fmt("table reference \"%s\" is ambiguous", name));
}

static Item *find_by_name(Scope *scope, const char *name, int location)
{
    Item *found = NULL;

    list_foreach(Item *, item, scope->items) {
        if (!item->sees_relation || (item->is_lateral_only && !scope->is_lateral_active))
            continue;
        if (!str_equal(item->names->name, name))
            continue;
        if (found != NULL)
            raise_ambiguous(scope, name, location);
        item_check_lateral(scope, item, location);
        found = item;
    }
    return found;
}

/* By the relation that a qualified name means; entries with an alias do not answer to it. */
static Item *find_by_relation(Scope *scope, Oid relation, int location)
{
    Item *found = NULL;

    list_foreach(Item *, item, scope->items) {
        RangeTblEntry *rte = item->rte;

        if (!item->sees_relation || (item->is_lateral_only && !scope->is_lateral_active))
            continue;
        if (rte->kind != RTE_RELATION || rte->relation != relation || rte->alias != NULL)
            continue;
        if (found != NULL)
            scope_fail(scope, location, SQLSTATE_AMBIGUOUS_ALIAS,
                       .message = err_fmt("table reference %u is ambiguous", relation));
        item_check_lateral(scope, item, location);
        found = item;
    }
    return found;
}

static Oid relation_of(const char *schema, const char *name)
{
    Oid in = namespace_explicit(schema, true);
    const HeapTuple *row;

    if (in == 0 || strlen(name) >= NAME_SIZE)
        return 0;
    row = syscache_peek2(CACHE_RELNAMENSP, datum_of_pointer(name), datum_of_u32(in));
    return row == NULL ? 0 : CACHE_ROW(PgClass, row)->oid;
}

Item *item_find(Scope *scope, const char *schema, const char *name, int location, int *levels_up)
{
    Oid relation = 0;

    *levels_up = 0;
    if (schema != NULL) {
        relation = relation_of(schema, name);
        if (relation == 0)
            return NULL;
    }
    for (; scope != NULL; scope = scope->parent) {
        Item *found = relation != 0 ? find_by_relation(scope, relation, location)
                                    : find_by_name(scope, name, location);

        if (found != NULL)
            return found;
        ++*levels_up;
    }
    return NULL;
}

RangeTblEntry *scope_rte(const Scope *scope, int rt_index, int levels_up)
{
    while (levels_up-- > 0)
        scope = scope->parent;
    return list_at(scope->range_table, rt_index - 1);
}

Item *scope_item_of_rte(const Scope *scope, int rt_index, int levels_up)
{
    while (levels_up-- > 0)
        scope = scope->parent;
    list_foreach(Item *, item, scope->items) {
        if (item->rt_index == rt_index && item->names == item->rte->names)
            return item;
    }
    err_raise(SQLSTATE_INTERNAL_ERROR, .message = "nsitem not found (internal error)");
}

CommonTableExpr *scope_find_cte(const Scope *scope, const char *name, int *levels_up)
{
    *levels_up = 0;
    for (; scope != NULL; scope = scope->parent, ++*levels_up) {
        list_foreach(CommonTableExpr *, cte, scope->ctes) {
            if (str_equal(cte->name, name))
                return cte;
        }
    }
    return NULL;
}

CommonTableExpr *scope_cte_of_rte(const Scope *scope, const RangeTblEntry *rte, int levels_up)
{
    int up = levels_up + (int)rte->cte_levels_up;

    while (up-- > 0)
        scope = scope->parent;
    list_foreach(CommonTableExpr *, cte, scope->ctes) {
        if (str_equal(cte->name, rte->cte))
            return cte;
    }
    err_raise(SQLSTATE_INTERNAL_ERROR, .message = err_fmt("could not find CTE \"%s\"", rte->cte));
}

bool scope_is_future_cte(const Scope *scope, const char *name)
{
    for (; scope != NULL; scope = scope->parent) {
        list_foreach(CommonTableExpr *, cte, scope->future_ctes) {
            if (str_equal(cte->name, name))
                return true;
        }
    }
    return false;
}

/* Two relations without alias are alike only if they are the same relation. */
static bool is_conflict(const Item *a, const Item *b)
{
    if (!a->sees_relation || !b->sees_relation || !str_equal(a->names->name, b->names->name))
        return false;
    return !(a->rte->kind == RTE_RELATION && a->rte->alias == NULL &&
             b->rte->kind == RTE_RELATION && b->rte->alias == NULL &&
             a->rte->relation != b->rte->relation);
}

void scope_check_name_conflicts(const Scope *scope, const List *a, const List *b)
{
    (void)scope;
    list_foreach(const Item *, left, a) {
        list_foreach(const Item *, right, b) {
            if (is_conflict(left, right))
                err_raise(SQLSTATE_DUPLICATE_ALIAS,
                          .message = err_fmt("table name \"%s\" specified more than once",
                                             left->names->name));
        }
    }
}

void scope_add_item(Scope *scope, Item *item, bool in_from, bool sees_relation, bool sees_columns)
{
    if (in_from)
        scope->from_items = list_add(scope->from_items, make_range_ref(item->rt_index));
    if (sees_relation || sees_columns) {
        item->sees_relation = sees_relation;
        item->sees_columns = sees_columns;
        item->is_lateral_only = false;
        item->is_lateral_ok = true;
        scope->items = list_add(scope->items, item);
    }
}

/* ---- What might have been meant ---- */

/* An entry of any level that the name fits, though it cannot be seen here. */
static RangeTblEntry *search_entry(const Scope *scope, const char *schema, const char *name)
{
    Oid relation = 0;
    int up;
    CommonTableExpr *cte = schema == NULL ? scope_find_cte(scope, name, &up) : NULL;
    int cte_up = cte == NULL ? 0 : up;

    if (cte == NULL)
        relation = schema == NULL ? namespace_find_relation(name) : relation_of(schema, name);
    for (int level = 0; scope != NULL; scope = scope->parent, level++) {
        list_foreach(RangeTblEntry *, rte, scope->range_table) {
            if (rte->kind == RTE_RELATION && relation != 0 && rte->relation == relation)
                return rte;
            if (rte->kind == RTE_CTE && cte != NULL && (int)rte->cte_levels_up + level == cte_up &&
                str_equal(rte->cte, name))
                return rte;
            if (str_equal(rte->names->name, name))
                return rte;
        }
    }
    return NULL;
}

/* An entry that an alias hides may be seen by that alias. */
static const char *hidden_by_alias(const Scope *scope, const RangeTblEntry *rte, const char *name,
                                   int location)
{
    Item *item;
    int up;

    if (rte->alias == NULL || str_equal(rte->names->name, name))
        return NULL;
    item = item_find((Scope *)(uintptr_t)scope, NULL, rte->names->name, location, &up);
    return item != NULL && item->rte == rte ? rte->names->name : NULL;
}

_Noreturn void scope_raise_missing_rte(const Scope *scope, const char *schema, const char *name,
                                       int location)
{
    const RangeTblEntry *rte = search_entry(scope, schema, name);
    const char *alias = rte == NULL ? NULL : hidden_by_alias(scope, rte, name, location);

    if (rte == NULL)
        scope_fail(scope, location, SQLSTATE_UNDEFINED_TABLE,
                   .message = err_fmt("missing FROM-clause entry for table \"%s\"", name));
    scope_fail(scope, location, SQLSTATE_UNDEFINED_TABLE,
               .message = err_fmt("invalid reference to FROM-clause entry for table \"%s\"", name),
               .hint =
                   alias != NULL
                       ? err_fmt("Perhaps you meant to reference the table alias \"%s\".", alias)
                       : err_fmt("There is an entry for table \"%s\", but it cannot be referenced "
                                 "from this part of the query.",
                                 rte->names->name));
}
