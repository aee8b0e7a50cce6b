/*
 * from.c - FROM: tables, subqueries, CTEs; the target of INSERT, UPDATE, DELETE; WHERE and LIMIT
 *
 * Each item of FROM gives an entry of the range table, a node for the list of what is joined, and
 * the names that are seen from then on. Names of items before it are seen inside of it if it is
 * LATERAL. Joins are in from_join.c, functions in from_function.c.
 */
#include "common/base/base.h"

#include "server/analyzer/analyzer_int.h"
#include "server/cache/relcache.h"
#include "server/catalog/catalog_oid.h"

void from_set_lateral(const List *items, bool is_lateral_only, bool is_lateral_ok)
{
    list_foreach(Item *, item, items) {
        item->is_lateral_only = is_lateral_only;
        item->is_lateral_ok = is_lateral_ok;
    }
}

/* ---- Kinds of items ---- */

static Item *table(Scope *scope, RangeVar *var)
{
    const char *name = var->alias != NULL ? var->alias->name : var->relation;
    LockMode mode = scope_is_locked(scope, name) ? LOCK_ROW_SHARE : LOCK_ACCESS_SHARE;
    Relation *rel = rte_open_relation(scope, var, mode);
    Item *item = rte_add_relation(scope, rel, mode, var->alias, var->is_inherited, true);

    relation_unpin(rel);
    return item;
}

static Item *table_or_cte(Scope *scope, RangeVar *var)
{
    int levels_up;
    CommonTableExpr *cte =
        var->schema == NULL ? scope_find_cte(scope, var->relation, &levels_up) : NULL;

    return cte != NULL ? rte_add_cte(scope, cte, levels_up, var, true) : table(scope, var);
}

static Item *subselect(Scope *scope, RangeSubselect *raw)
{
    const char *name = raw->alias == NULL ? NULL : raw->alias->name;
    ExprKind before = scope->kind;
    Query *query;

    scope->kind = EXPR_FROM_SUBSELECT;
    scope->is_lateral_active = raw->is_lateral;
    query = subquery_transform(scope, raw->query, NULL, scope_is_locked(scope, name), true);
    scope->is_lateral_active = false;
    scope->kind = before;
    return rte_add_subquery(scope, query, raw->alias, raw->is_lateral, true);
}

static Item *sample(Scope *scope, RangeTableSample *raw, List **items, Node **joined)
{
    Item *item = from_item(scope, raw->relation, items, joined);
    RangeTblEntry *rte = item->rte;

    if (rte->kind != RTE_RELATION ||
        (rte->relation_kind != RELATION_TABLE && rte->relation_kind != RELATION_MATERIALIZED_VIEW &&
         rte->relation_kind != RELATION_PARTITIONED_TABLE))
        scope_fail(scope, raw_location(raw->relation), SQLSTATE_FEATURE_NOT_SUPPORTED,
                   .message = "TABLESAMPLE clause can only be applied to tables and materialized "
                              "views");
    rte->sample = from_sample(scope, raw);
    return item;
}

Item *from_item(Scope *scope, Node *raw, List **items, Node **joined)
{
    void *node = raw;
    Item *item;

    node_check_depth();
    switch (raw->tag) {
    case NODE_RangeVar:
        item = table_or_cte(scope, node);
        break;
    case NODE_RangeSubselect:
        item = subselect(scope, node);
        break;
    case NODE_RangeFunction:
        item = from_function(scope, node);
        break;
    case NODE_RangeTableFunc:
        item = from_table_func(scope, node);
        break;
    case NODE_RangeTableSample:
        return sample(scope, node, items, joined);
    case NODE_JoinExpr:
        return from_join(scope, node, items, joined);
    default:
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("unrecognized node type: %s", node_kind_name(raw->tag)));
    }
    *items = list_of(item);
    *joined = (Node *)(void *)make_range_ref(item->rt_index);
    return item;
}

void from_transform(Scope *scope, const List *raw)
{
    list_foreach(Node *, one, raw) {
        List *items;
        Node *joined;

        from_item(scope, one, &items, &joined);
        scope_check_name_conflicts(scope, scope->items, items);
        from_set_lateral(items, true, true);
        scope->from_items = list_add(scope->from_items, joined);
        scope->items = list_concat(scope->items, items);
    }
    from_set_lateral(scope->items, false, true);
}

/* ---- What is changed ---- */

int from_set_target(Scope *scope, const RangeVar *var, bool also_source, int rights)
{
    LockMode mode = LOCK_ROW_EXCLUSIVE;
    Item *item;

    scope->target = rte_open_relation(scope, var, mode);
    item = rte_add_relation(scope, scope->target, mode, var->alias,
                            var->is_inherited && !scope->is_insert, false);
    item->rte->required_rights = (uint32_t)rights;
    scope->target_item = item;
    if (also_source)
        scope_add_item(scope, item, true, true, true);
    return item->rt_index;
}

/* ---- WHERE, LIMIT ---- */

Node *where_transform(Scope *scope, Node *raw, ExprKind kind, const char *construct)
{
    if (raw == NULL)
        return NULL;
    return coerce_to_boolean(scope, expr_transform(scope, raw, kind), construct);
}

void from_check_no_vars(Scope *scope, const Node *expr, const char *construct)
{
    if (expr_has_vars_of_level(expr, 0))
        scope_fail(scope, expr_locate_var(expr, 0), SQLSTATE_INVALID_COLUMN_REFERENCE,
                   .message = err_fmt("argument of %s must not contain variables", construct));
}

Node *limit_transform(Scope *scope, Node *raw, ExprKind kind, const char *construct, bool with_ties)
{
    Node *made;

    if (raw == NULL)
        return NULL;
    made = coerce_to_specific(scope, expr_transform(scope, raw, kind), TYPE_INT8, -1, construct);
    from_check_no_vars(scope, made, construct);
    if (kind == EXPR_LIMIT && with_ties && node_is(raw, RawConst) &&
        ((const RawConst *)(const void *)raw)->kind == CONST_NULL)
        err_raise(SQLSTATE_INVALID_ROW_COUNT_IN_LIMIT_CLAUSE,
                  .message = "row count cannot be null in FETCH FIRST ... WITH TIES clause");
    return made;
}
