/* agg.c - aggregates: which are the same, what they cost, and the paths that compute them. */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/config/setting.h"
#include "server/expr/catalog_info.h"
#include "server/node/expr.h"
#include "server/planner/cost.h"
#include "server/planner/equiv.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/planner/level.h"
#include "server/planner/path.h"
#include "server/planner/selec.h"

#define SPACE_INTERNAL  8192 /* bytes of a state that nobody says the size of */
#define SPACE_ARRAY     1024
#define POINTERS_BYTES  16
#define FN_ARRAY_APPEND 378

/* ---- Numbers ---- */

/* The type of the state, where pg_aggregate has a polymorphic one. */
static Oid actual_type(Oid declared, const Aggref *agg)
{
    Oid arg = list_count(agg->arg_types) == 0 ? 0 : list_oid_at(agg->arg_types, 0);

    switch (declared) {
    case TYPE_ANYARRAY:
    case TYPE_ANYCOMPATIBLEARRAY:
        return facts_element_type(arg) != 0 ? arg : facts_array_type(arg);
    case TYPE_ANYELEMENT:
    case TYPE_ANYNONARRAY:
    case TYPE_ANYENUM:
    case TYPE_ANYRANGE:
    case TYPE_ANYMULTIRANGE:
    case TYPE_ANYCOMPATIBLE:
        return arg;
    default:
        return declared;
    }
}

static bool same_input(const Aggref *a, const Aggref *b)
{
    return a->input_collation == b->input_collation && a->is_star == b->is_star &&
           a->is_variadic == b->is_variadic && a->kind == b->kind && node_equal(a->args, b->args) &&
           node_equal(a->order_by, b->order_by) && node_equal(a->distinct, b->distinct) &&
           node_equal(a->filter, b->filter);
}

static AggTransition *new_transition(Aggref *agg, const AggregateInfo *info, Oid type)
{
    AggTransition *t = mem_new(AggTransition);

    *t = (AggTransition){.first = agg,
                         .function = info->transition,
                         .type = type,
                         .args = agg->args,
                         .filter = agg->filter,
                         .can_share = info->final_modify != 'w'};
    t->len = facts_type_len(type, &t->by_value);
    return t;
}

static bool same_initial(const AggregateInfo *a, const AggregateInfo *b)
{
    if (a->initial == NULL || b->initial == NULL)
        return a->initial == b->initial;
    return strcmp(a->initial, b->initial) == 0;
}

static int transition_number(AggNumbers *numbers, Aggref *agg, const AggregateInfo *info, Oid type)
{
    list_foreach(AggTransition *, t, numbers->transitions) {
        AggregateInfo other;

        if (t->function != info->transition || t->type != type || !t->can_share ||
            info->final_modify == 'w' || !same_input(t->first, agg))
            continue;
        catalog_info()->aggregate(t->first->function, &other);
        if (same_initial(&other, info))
            return t_i;
    }
    numbers->transitions = list_add(numbers->transitions, new_transition(agg, info, type));
    return list_count(numbers->transitions) - 1;
}

static void number_one(Planner *root, Aggref *agg)
{
    AggNumbers *numbers = root->aggs;
    AggregateInfo info;

    catalog_info()->aggregate(agg->function, &info);
    agg->transition_type = actual_type(info.transition_type, agg);
    if (agg->order_by != NULL || agg->distinct != NULL)
        numbers->ordered_count++;
    list_foreach(Aggref *, known, numbers->aggs) {
        if (known->function == agg->function && !expr_has_volatile(agg->args) &&
            known->type == agg->type && node_equal(known->direct_args, agg->direct_args) &&
            same_input(known, agg)) {
            agg->number = known->number;
            agg->transition_number = known->transition_number;
            return;
        }
    }
    agg->number = list_count(numbers->aggs);
    if (expr_has_volatile(agg->args)) {
        numbers->transitions =
            list_add(numbers->transitions, new_transition(agg, &info, agg->transition_type));
        agg->transition_number = list_count(numbers->transitions) - 1;
    } else {
        agg->transition_number = transition_number(numbers, agg, &info, agg->transition_type);
    }
    numbers->aggs = list_add(numbers->aggs, agg);
}

static bool visit(Node *node, void *arg)
{
    if (node_is(node, Aggref) && ((Aggref *)(void *)node)->levels_up == 0) {
        number_one(arg, (Aggref *)(void *)node);
        return false;
    }
    return node_walk(node, visit, arg);
}

void agg_number(Planner *root, Node *expr)
{
    if (expr == NULL)
        return;
    if (expr->tag <= NODE_OidList)
        node_walk(expr, visit, root);
    else
        visit(expr, root);
}

/* ---- Costs ---- */

static double function_cost(Oid function)
{
    PgProc row;

    if (function == 0)
        return 0;
    facts_function(function, &row);
    return (double)row.procost * setting.cpu_operator_cost;
}

static int32_t declared_space(Oid aggregate)
{
    const HeapTuple *row = syscache_peek(CACHE_AGGFNOID, datum_of_u32(aggregate));

    return row == NULL ? 0 : CACHE_ROW(PgAggregate, row)->aggtransspace;
}

static double state_space(const AggTransition *t)
{
    int32_t declared = declared_space(t->first->function);
    double width;

    if (!t->by_value) {
        if (declared > 0)
            width = declared;
        else if (t->function == FN_ARRAY_APPEND)
            width = SPACE_ARRAY;
        else
            width = facts_type_width(t->type, NODE_NO_TYPMOD);
        return (double)(((int64_t)width + 7) / 8 * 8) + POINTERS_BYTES;
    }
    if (t->type == TYPE_INTERNAL)
        return declared > 0 ? declared : SPACE_INTERNAL;
    return 0;
}

void agg_costs(Planner *root, AggCost *out)
{
    *out = (AggCost){.transition_count = list_count(root->aggs->transitions)};
    list_foreach(AggTransition *, t, root->aggs->transitions) {
        Cost args = cost_expr(root, t->args), filter = cost_expr(root, t->filter);

        out->transition.per_tuple += function_cost(t->function) + args.per_tuple + filter.per_tuple;
        out->transition.startup += args.startup + filter.startup;
        out->space += state_space(t);
    }
    list_foreach(Aggref *, agg, root->aggs->aggs) {
        AggregateInfo info;
        Cost direct = cost_expr(root, agg->direct_args);

        catalog_info()->aggregate(agg->function, &info);
        out->final.per_tuple += function_cost(info.final) + direct.per_tuple;
        out->final.startup += direct.startup;
    }
}

/* ---- Paths ---- */

Path *path_agg(Planner *root, PlanRel *rel, Path *sub, PathTarget *target, AggStrategy strategy,
               List *group_by, List *having, const AggCost *costs, double groups)
{
    Path *path = path_new(PATH_AGG, rel, target);
    AggInput input = {.startup = sub->startup,
                      .total = sub->total,
                      .rows = sub->rows,
                      .width = sub->target->width};

    path->outer = sub;
    path->param = sub->param;
    path->keys = strategy == AGG_SORTED ? sub->keys : NULL;
    path->u.agg.strategy = strategy;
    path->u.agg.group_by = group_by;
    path->u.agg.having = having;
    path->u.agg.groups = groups;
    path->u.agg.transition_space = costs == NULL ? 0 : costs->space;
    cost_agg(root, path, strategy, costs, list_count(group_by), groups, having, &input);
    path->startup += target->cost.startup;
    path->total += target->cost.startup + target->cost.per_tuple * path->rows;
    return path;
}

static Path *path_group(Planner *root, PlanRel *rel, Path *sub, List *having, double groups)
{
    Path *path = path_new(PATH_GROUP, rel, &rel->target);

    path->outer = sub;
    path->param = sub->param;
    path->keys = sub->keys;
    path->u.agg.group_by = root->group_by;
    path->u.agg.having = having;
    path->u.agg.groups = groups;
    cost_group(root, path, list_count(root->group_by), groups, having, sub);
    path->startup += rel->target.cost.startup;
    path->total += rel->target.cost.startup + rel->target.cost.per_tuple * path->rows;
    return path;
}

Path *path_distinct(PlanRel *rel, Path *sub, int key_count, double rows)
{
    Path *path = path_new(PATH_DISTINCT, rel, sub->target);

    if (key_count == 0)
        return path_limit(rel, sub, NULL, expr_big(1), LIMIT_OPTION_COUNT, 0, 1);
    path->outer = sub;
    path->param = sub->param;
    path->keys = sub->keys;
    path->u.distinct.key_count = key_count;
    path->startup = sub->startup;
    path->total = sub->total + setting.cpu_operator_cost * sub->rows * key_count;
    path->rows = rows;
    return path;
}

typedef struct Grouping {
    Planner *root;
    PlanRel *rel;
    List *having;
    const AggCost *costs;
    double groups;
} Grouping;

static void add_sorted(const Grouping *g, Path *path)
{
    const Query *query = g->root->query;

    if (query->has_aggs)
        path_add(g->rel, path_agg(g->root, g->rel, path, &g->rel->target,
                                  g->root->group_by != NULL ? AGG_SORTED : AGG_PLAIN,
                                  g->root->group_by, g->having, g->costs, g->groups));
    else if (g->root->group_by != NULL)
        path_add(g->rel, path_group(g->root, g->rel, path, g->having, g->groups));
}

static void add_by_sort(const Grouping *g, PlanRel *input)
{
    list_foreach(Path *, in, input->paths) {
        Path *path = in;
        int presorted;
        bool is_sorted = keys_common(g->root->group_keys, in->keys, &presorted);

        if (in == input->cheapest_total || is_sorted) {
            if (!is_sorted)
                path = path_sort(g->rel, in, g->root->group_keys, -1);
            add_sorted(g, path);
        }
        if (is_sorted || !setting.enable_incremental_sort || presorted == 0)
            continue;
        add_sorted(g,
                   path_incremental_sort(g->root, g->rel, in, g->root->group_keys, presorted, -1));
    }
}

/* One row, or none, without looking at any: HAVING without aggregates or groups. */
static void add_degenerate(Planner *root, PlanRel *rel)
{
    Path *path = path_new(PATH_RESULT, rel, &rel->target);
    List *having = (List *)(void *)root->query->having;
    Cost cost = cost_expr(root, having);

    path->rows = 1;
    path->startup = rel->target.cost.startup + cost.startup + cost.per_tuple;
    path->total = path->startup + setting.cpu_tuple_cost + rel->target.cost.per_tuple;
    path->u.result.quals = having;
    path_add(rel, path);
}

PlanRel *upper_group(Planner *root, PlanRel *input, PathTarget *target)
{
    const Query *query = root->query;
    PlanRel *rel = level_upper(root, UPPER_GROUP);
    Path *cheapest = input->cheapest_total;
    Grouping g = {.root = root, .rel = rel, .groups = 1};
    AggCost costs = {0};

    rel->target = *target;
    if (!query->has_aggs && query->group_by == NULL && query->grouping_sets == NULL) {
        add_degenerate(root, rel);
        path_set_cheapest(rel);
        return rel;
    }
    if (query->has_aggs)
        agg_costs(root, &costs);
    if (query->grouping_sets != NULL) {
        grouping_sets_add_paths(root, rel, input, &costs);
        path_set_cheapest(rel);
        return rel;
    }
    if (root->min_max_path != NULL)
        path_add(rel, root->min_max_path);
    g.costs = &costs;
    g.having = (List *)(void *)query->having;
    if (query->group_by != NULL)
        g.groups = selec_group_count(root, target_exprs_of_clauses(root->group_by, root->targets),
                                     cheapest->rows, NULL);
    if (upper_is_sortable(root->group_by))
        add_by_sort(&g, input);
    if (query->group_by != NULL && root->aggs->ordered_count == 0 &&
        upper_is_hashable(root->group_by))
        path_add(rel, path_agg(root, rel, cheapest, &rel->target, AGG_HASHED, root->group_by,
                               g.having, &costs, g.groups));
    if (rel->paths == NULL)
        err_raise(
            SQLSTATE_FEATURE_NOT_SUPPORTED, .message = "could not implement GROUP BY",
            .detail =
                "Some of the datatypes only support hashing, while others only support sorting.");
    path_set_cheapest(rel);
    return rel;
}
