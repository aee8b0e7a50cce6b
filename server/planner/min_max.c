/*
 * min_max.c - min() and max() by indexes: the first row of a scan in the order of the aggregate
 *
 * When all aggregates of a query over one table are such, each becomes an init plan,
 *     SELECT x FROM t WHERE x IS NOT NULL AND ... ORDER BY x LIMIT 1
 * and the query a row of their results. What that costs is compared with reading all rows.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/config/setting.h"
#include "server/expr/catalog_info.h"
#include "server/node/expr.h"
#include "server/node/tree.h"
#include "server/planner/cost.h"
#include "server/planner/create.h"
#include "server/planner/equiv.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/planner/level.h"
#include "server/planner/path.h"
#include "server/planner/rel.h"

/* ---- Which queries, which aggregates ---- */

/* FROM is one table. */
static bool is_one_table(const Planner *root)
{
    const Node *item = as_node(root->query->from);
    const RangeTblEntry *rte;

    while (node_is(item, FromExpr)) {
        const List *items = ((const FromExpr *)(const void *)item)->items;

        if (list_count(items) != 1)
            return false;
        item = list_at(items, 0);
    }
    if (!node_is(item, RangeTblRef))
        return false;
    rte = root->entries[((const RangeTblRef *)(const void *)item)->rt_index];
    return rte->kind == RTE_RELATION;
}

static bool is_row_type(Oid type)
{
    const HeapTuple *row = syscache_peek(CACHE_TYPEOID, datum_of_u32(type));

    return type == TYPE_RECORD || (row != NULL && CACHE_ROW(PgType, row)->typtype == 'c');
}

/* NULL: it is no aggregate that the first row of an order gives. */
static MinMaxAgg *min_max_of(const Aggref *agg)
{
    AggregateInfo info;
    MinMaxAgg *made;
    Node *target;

    if (list_count(agg->args) != 1 || agg->order_by != NULL || agg->filter != NULL)
        return NULL;
    catalog_info()->aggregate(agg->function, &info);
    target = ((TargetEntry *)list_at(agg->args, 0))->expr;
    if (info.sort_operator == 0 || expr_has_mutable(target) || is_row_type(node_expr_type(target)))
        return NULL;
    made = mem_new(MinMaxAgg);
    made->function = agg->function;
    made->sort_operator = info.sort_operator;
    made->target = target;
    return made;
}

static List *find_aggs(const Planner *root)
{
    List *found = NULL;

    list_foreach(Aggref *, agg, root->aggs->aggs) {
        MinMaxAgg *one = min_max_of(agg);

        if (one == NULL)
            return NULL;
        found = list_add(found, one);
    }
    return found;
}

/* ---- The query for the first row ---- */

static void add_not_null(Query *query, const Node *target)
{
    List *quals = (List *)(void *)query->from->where;
    NullTest *test = node_new(NullTest);

    test->is_not = true;
    test->arg = node_copy(target);
    test->loc = NODE_NO_LOCATION;
    list_foreach(Node *, qual, quals) {
        if (node_equal(qual, test))
            return;
    }
    query->from->where = as_node(list_concat(list_of(test), quals));
}

static Query *make_query(const Planner *root, const MinMaxAgg *agg, bool is_nulls_first)
{
    Query *query = node_copy(root->query);
    SortGroupClause *order = node_new(SortGroupClause);
    TargetEntry *entry;

    node_shift_levels(as_node(query), 1, 1);
    entry = expr_target(node_copy(agg->target), 1, "agg_target", false);
    entry->sort_group_ref = 1;
    query->targets = list_of(entry);
    query->having = NULL;
    query->distinct = NULL;
    query->has_distinct_on = query->has_aggs = false;
    add_not_null(query, agg->target);
    order->ref = 1;
    order->equal_operator = facts_equality_for_ordering(agg->sort_operator, NULL);
    order->sort_operator = agg->sort_operator;
    order->is_nulls_first = is_nulls_first;
    query->order_by = list_of(order);
    query->limit_offset = NULL;
    query->limit_count = expr_big(1);
    return query;
}

static void set_keys(Planner *root)
{
    root->sort_keys = keys_of_clauses(root, root->query->order_by, root->targets);
    root->query_keys = root->sort_keys;
}

/* Of those in the order that is wanted; NULL: there is none. */
static Path *cheapest_sorted(const Planner *root, const PlanRel *rel, double fraction)
{
    Path *best = NULL;

    list_foreach(Path *, path, rel->paths) {
        if (best != NULL && path_compare_fraction(best, path, fraction) <= 0)
            continue;
        if (keys_contain(path->keys, root->query_keys) && path_outer(path) == NULL)
            best = path;
    }
    return best;
}

static bool find_path(Planner *root, MinMaxAgg *agg, bool is_nulls_first)
{
    Planner *sub = mem_new(Planner);
    double fraction;
    PlanRel *rel;
    Path *path;

    sub->global = root->global;
    sub->parent = root;
    sub->level = root->level + 1;
    sub->query = make_query(root, agg, is_nulls_first);
    sub->work_table_param = -1;
    sub->targets = sub->query->targets;
    sub->tuple_fraction = sub->limit_tuples = 1;
    rel_setup(sub);
    rel = query_plan_joins(sub, set_keys);
    fraction = rel->rows > 1 ? 1 / rel->rows : 1;
    path = cheapest_sorted(sub, rel, fraction);
    if (path == NULL)
        return false;
    path = path_apply_target(sub, rel, path, targets_make(sub, sub->targets));
    agg->planner = sub;
    agg->path = path;
    agg->cost = path->startup + fraction * (path->total - path->startup);
    return true;
}

/* NULLs come in either order; the index that is there decides. */
static bool find_any_path(Planner *root, MinMaxAgg *agg)
{
    bool is_descending;

    if (facts_equality_for_ordering(agg->sort_operator, &is_descending) == 0)
        return false;
    return find_path(root, agg, is_descending) || find_path(root, agg, !is_descending);
}

/* ---- The path ---- */

static Path *make_path(Planner *root, List *aggs)
{
    Path *path =
        path_new(PATH_MIN_MAX, level_upper(root, UPPER_GROUP), targets_make(root, root->targets));
    List *having = (List *)(void *)root->query->having;
    Cost cost = cost_expr(root, having);

    list_foreach(MinMaxAgg *, agg, aggs) {
        path->startup += agg->cost;
        agg->param = subselect_param(root, node_expr_type(agg->target), NODE_NO_TYPMOD,
                                     node_expr_collation(agg->target));
        agg->param->id = subselect_new_param(root, agg->param->type);
    }
    path->u.min_max.aggs = aggs;
    path->u.min_max.quals = having;
    path->rows = 1;
    path->startup += path->target->cost.startup;
    path->total = path->startup + path->target->cost.per_tuple + setting.cpu_tuple_cost;
    if (having != NULL) {
        path->startup += cost.startup;
        path->total += cost.startup + cost.per_tuple;
    }
    return path;
}

void min_max_prepare(Planner *root)
{
    const Query *query = root->query;
    List *aggs;

    if (!query->has_aggs || query->group_by != NULL || list_count(query->grouping_sets) > 1 ||
        query->has_window_funcs || query->ctes != NULL || !is_one_table(root))
        return;
    aggs = find_aggs(root);
    list_foreach(MinMaxAgg *, agg, aggs) {
        if (!find_any_path(root, agg))
            return;
    }
    if (aggs != NULL)
        root->min_max_path = make_path(root, aggs);
}

/* ---- The plan ---- */

static Plan *create_first_row(const MinMaxAgg *agg)
{
    Plan *sub = create_plan(agg->planner, agg->path);
    Limit *limit = create_plan_node(Limit, agg->path, node_copy(sub->targets));

    limit->left = sub;
    limit->count = agg->planner->query->limit_count;
    limit->option = LIMIT_OPTION_COUNT;
    limit->total_cost = agg->cost;
    limit->rows = 1;
    return (Plan *)limit;
}

Plan *create_min_max(Planner *root, Path *path)
{
    Result *result;

    list_foreach(MinMaxAgg *, agg, path->u.min_max.aggs)
        subselect_add_init_plan(root, agg->planner, agg->path, create_first_row(agg), agg->param);
    root->min_max_aggs = path->u.min_max.aggs;
    result = create_plan_node(Result, path, create_targets(root, path));
    result->constant_quals = path->u.min_max.quals;
    return (Plan *)result;
}

Node *min_max_param(const Planner *root, const Aggref *agg)
{
    const TargetEntry *entry;

    if (root->min_max_aggs == NULL || list_count(agg->args) != 1)
        return NULL;
    entry = list_at(agg->args, 0);
    list_foreach(MinMaxAgg *, one, root->min_max_aggs) {
        if (one->function == agg->function && node_equal(one->target, entry->expr))
            return node_copy(one->param);
    }
    return NULL;
}
