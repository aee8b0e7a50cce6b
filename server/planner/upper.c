/*
 * upper.c - what stands above the joins: groups, windows, distinct rows, order, locks, limits,
 * changes of rows
 */
#include "common/base/base.h"

#include <math.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/config/setting.h"
#include "server/node/expr.h"
#include "server/planner/cost.h"
#include "server/planner/equiv.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/planner/level.h"
#include "server/planner/path.h"
#include "server/planner/rel.h"
#include "server/planner/selec.h"
#include "server/planner/simplify.h"

#define LIMIT_PART 0.10 /* of the rows, when the number is not known */

typedef struct Limits {
    double offset, count; /* 0: none, -1: not known */
    double tuples;        /* both; -1: not known */
} Limits;

bool upper_is_sortable(const List *clauses)
{
    list_foreach(SortGroupClause *, item, clauses) {
        if (item->sort_operator == 0)
            return false;
    }
    return true;
}

bool upper_is_hashable(const List *clauses)
{
    list_foreach(SortGroupClause *, item, clauses) {
        if (!item->is_hashable)
            return false;
    }
    return true;
}

/* ---- LIMIT ---- */

static double limit_value(Planner *root, const Node *expr, bool is_count)
{
    const Node *value;
    int64_t number;

    if (expr == NULL)
        return 0;
    value = simplify_for_estimate(expr, root->global->bound);
    if (!node_is(value, Const))
        return -1;
    if (((const Const *)(const void *)value)->is_null)
        return 0; /* NULL is no limit */
    number = datum_i64(((const Const *)(const void *)value)->value);
    if (is_count)
        return number <= 0 ? 1 : (double)number;
    return number < 0 ? 0 : (double)number;
}

/* The smaller of two wishes for a part of the rows. */
static double fraction_with_count(double fraction, const Limits *limits)
{
    double wanted;

    if (limits->count < 0 || limits->offset < 0) {
        wanted = LIMIT_PART;
    } else {
        wanted = limits->count + limits->offset;
    }
    if (fraction >= 1) {
        if (wanted >= 1)
            return min_double(fraction, wanted);
        return fraction; /* a part of an unknown number is no better than a number */
    }
    if (fraction > 0) {
        if (wanted >= 1)
            return wanted;
        return min_double(fraction, wanted);
    }
    return wanted;
}

/* Without a count, what is skipped is read in addition. */
static double fraction_with_offset(double fraction, double offset)
{
    double skipped = offset < 0 ? LIMIT_PART : offset;

    if (fraction >= 1)
        return skipped >= 1 ? fraction + skipped : skipped;
    if (skipped >= 1)
        return 0; /* a number and a part: take it for all */
    return fraction + skipped >= 1 ? 0 : fraction + skipped;
}

static double find_limits(Planner *root, double fraction, Limits *limits)
{
    const Query *query = root->query;

    *limits = (Limits){.tuples = -1};
    limits->count = limit_value(root, query->limit_count, true);
    limits->offset = limit_value(root, query->limit_offset, false);
    if (limits->count != 0)
        fraction = fraction_with_count(fraction, limits);
    else if (limits->offset != 0 && fraction > 0)
        fraction = fraction_with_offset(fraction, limits->offset);
    if (limits->count > 0 && limits->offset >= 0)
        limits->tuples = limits->count + limits->offset;
    return fraction;
}

static bool is_limit_needed(const Query *query)
{
    const Const *value = (const Const *)(void *)query->limit_count;

    if (value != NULL && !(node_is(value, Const) && value->is_null))
        return true;
    value = (const Const *)(void *)query->limit_offset;
    if (value == NULL)
        return false;
    return !node_is(value, Const) || (!value->is_null && datum_i64(value->value) != 0);
}

/* ---- Orders that are wanted ---- */

/* GROUP BY in the order of ORDER BY, as far as that goes: then one sort serves both. */
static List *grouping_order(Planner *root)
{
    const Query *query = root->query;
    List *ordered = NULL;
    bool is_partial;

    list_foreach(SortGroupClause *, sort, query->order_by) {
        SortGroupClause *group = sort_group_by_ref(query->group_by, sort->ref);

        if (group == NULL || !node_equal(group, sort))
            break;
        ordered = list_add(ordered, group);
    }
    is_partial = list_count(ordered) < list_count(query->group_by);
    if (ordered == NULL || query->grouping_sets != NULL)
        return query->group_by;
    list_foreach(SortGroupClause *, rest, query->group_by) {
        if (list_has(ordered, rest))
            continue;
        if (is_partial && list_count(ordered) < list_count(query->order_by) &&
            list_count(query->order_by) > list_count(query->group_by))
            return query->group_by;
        if (rest->sort_operator == 0)
            return query->group_by;
        ordered = list_add(ordered, rest);
    }
    return ordered;
}

static List *keys_of_window(Planner *root, const WindowClause *window)
{
    List *all = list_concat(list_copy(window->partition_by), window->order_by);

    return keys_of_clauses(root, all, root->targets);
}

static void set_keys(Planner *root)
{
    const Query *query = root->query;

    if (root->group_by != NULL && upper_is_sortable(root->group_by))
        root->group_keys = keys_of_clauses(root, root->group_by, root->targets);
    if (root->active_windows != NULL)
        root->window_keys = keys_of_window(root, list_at(root->active_windows, 0));
    if (query->distinct != NULL && upper_is_sortable(query->distinct))
        root->distinct_keys = keys_of_clauses(root, query->distinct, root->targets);
    root->sort_keys = keys_of_clauses(root, query->order_by, root->targets);
    if (root->group_keys != NULL)
        root->query_keys = root->group_keys;
    else if (root->window_keys != NULL)
        root->query_keys = root->window_keys;
    else if (list_count(root->distinct_keys) > list_count(root->sort_keys))
        root->query_keys = root->distinct_keys;
    else
        root->query_keys = root->sort_keys;
}

/* ---- The stages ---- */

/* All paths of the joins with just the columns that are needed above. */
static void apply_target(Planner *root, PlanRel *rel, PathTarget *target)
{
    bool same = node_equal(rel->target.exprs, target->exprs);
    List *paths = NULL;

    list_foreach(Path *, path, rel->paths) {
        if (same) {
            PathTarget *copy = targets_new();

            *copy = *path->target;
            copy->refs = target->refs;
            path->target = copy;
        } else {
            path = path_project(root, rel, path, target);
        }
        paths = list_add(paths, path);
    }
    rel->paths = paths;
    rel->target = *target;
    path_set_cheapest(rel);
}

PlanRel *upper_distinct(Planner *root, PlanRel *input)
{
    const Query *query = root->query;
    PlanRel *rel = level_upper(root, UPPER_DISTINCT);
    Path *cheapest = input->cheapest_total, *path;
    List *wanted = root->distinct_keys;
    bool is_on = query->has_distinct_on;
    double rows;

    rel->target = *cheapest->target;
    if (query->group_by != NULL || query->grouping_sets != NULL || query->has_aggs ||
        root->has_having)
        rows = cheapest->rows;
    else
        rows = selec_group_count(root, target_exprs_of_clauses(query->distinct, root->targets),
                                 cheapest->rows, NULL);
    if (upper_is_sortable(query->distinct)) {
        if (is_on && list_count(root->distinct_keys) < list_count(root->sort_keys))
            wanted = root->sort_keys;
        list_foreach(Path *, in, input->paths) {
            if (keys_contain(in->keys, wanted))
                path_add(rel, path_distinct(rel, in, list_count(root->distinct_keys), rows));
        }
        if (list_count(root->distinct_keys) < list_count(root->sort_keys))
            wanted = root->sort_keys;
        else
            wanted = root->distinct_keys;
        path = cheapest;
        if (!keys_contain(path->keys, wanted))
            path = path_sort(rel, path, wanted, root->distinct_keys == NULL ? 1.0 : -1.0);
        path_add(rel, path_distinct(rel, path, list_count(root->distinct_keys), rows));
    }
    if (upper_is_hashable(query->distinct) &&
        (rel->paths == NULL || (!is_on && setting.enable_hashagg)))
        path_add(rel, path_agg(root, rel, cheapest, cheapest->target, AGG_HASHED, query->distinct,
                               NULL, NULL, rows));
    if (rel->paths == NULL)
        err_raise(
            SQLSTATE_FEATURE_NOT_SUPPORTED, .message = "could not implement DISTINCT",
            .detail =
                "Some of the datatypes only support hashing, while others only support sorting.");
    path_set_cheapest(rel);
    return rel;
}

PlanRel *upper_ordered(Planner *root, PlanRel *input, PathTarget *target, double limit)
{
    PlanRel *rel = level_upper(root, UPPER_ORDERED);
    Path *cheapest = input->cheapest_total;

    rel->target = *target;
    list_foreach(Path *, in, input->paths) {
        Path *path = in;
        int presorted;

        if (keys_common(root->sort_keys, in->keys, &presorted)) {
            if (path->target != target)
                path = path_project(root, rel, path, target);
            path_add(rel, path);
            continue;
        }
        if (in == cheapest) {
            path = path_sort(rel, in, root->sort_keys, limit);
            if (path->target != target)
                path = path_apply_target(root, rel, path, target);
            path_add(rel, path);
        }
        if (!setting.enable_incremental_sort || presorted == 0)
            continue;
        path = path_incremental_sort(root, rel, in, root->sort_keys, presorted, limit);
        if (path->target != target)
            path = path_apply_target(root, rel, path, target);
        path_add(rel, path);
    }
    path_set_cheapest(rel);
    return rel;
}

/* ---- The top ---- */

static Path *modify_path(Planner *root, PlanRel *rel, Path *sub)
{
    Query *query = root->query;
    Path *path = path_new(PATH_MODIFY, rel, &rel->target);

    path->outer = sub;
    path->startup = sub->startup;
    path->total = sub->total;
    path->rows = 0;
    path->target = targets_new();
    if (query->returning != NULL) {
        path->rows = sub->rows;
        path->target->width = sub->target->width;
    }
    path->u.modify.operation = query->command;
    path->u.modify.can_set_tag = query->can_set_tag;
    path->u.modify.nominal = (uint32_t)query->result_relation;
    path->u.modify.result_relations = list_add_int(NULL, query->result_relation);
    if (query->command == COMMAND_UPDATE)
        path->u.modify.update_columns = list_of(root->update_columns);
    if (query->check_options != NULL)
        path->u.modify.check_options = list_of(query->check_options);
    if (query->returning != NULL)
        path->u.modify.returning = list_of(query->returning);
    path->u.modify.on_conflict = query->on_conflict;
    path->u.modify.row_marks = root->row_marks;
    path->u.modify.recheck_param = subselect_new_param(root, 0);
    return path;
}

static Path *lock_path(Planner *root, PlanRel *rel, Path *sub)
{
    Path *path = path_new(PATH_LOCK_ROWS, rel, sub->target);

    /* Rows may have moved when they are locked at last: their order is not what it was. */
    path->outer = sub;
    path->param = sub->param;
    path->rows = sub->rows;
    path->startup = sub->startup;
    path->total = sub->total + setting.cpu_tuple_cost * sub->rows;
    path->u.lock.row_marks = root->row_marks;
    path->u.lock.recheck_param = subselect_new_param(root, 0);
    return path;
}

static void add_final(Planner *root, PlanRel *input, const Limits *limits)
{
    Query *query = root->query;
    PlanRel *rel = level_upper(root, UPPER_FINAL);

    rel->target = input->target;
    list_foreach(Path *, path, input->paths) {
        if (query->row_marks != NULL)
            path = lock_path(root, rel, path);
        if (is_limit_needed(query))
            path = path_limit(rel, path, query->limit_offset, query->limit_count,
                              query->limit_option, limits->offset, limits->count);
        if (query->command != COMMAND_SELECT)
            path = modify_path(root, rel, path);
        path_add(rel, path);
    }
}

static void number_aggs(Planner *root)
{
    root->aggs = mem_new(AggNumbers);
    if (!root->query->has_aggs)
        return;
    agg_number(root, as_node(root->targets));
    agg_number(root, root->query->having);
}

static void mark_rows(Planner *root)
{
    Query *query = root->query;

    if (query->row_marks == NULL && query->command == COMMAND_SELECT)
        return;
    if (query->row_marks == NULL && query->command == COMMAND_INSERT)
        return;
    row_marks_make(root);
}

/* A stage that makes columns of those of its input: sets among them are made above it. */
static PlanRel *with_sets(Planner *root, PlanRel *rel,
                          PlanRel *(*stage)(Planner *root, PlanRel *rel, PathTarget *in,
                                            PathTarget *out),
                          PathTarget *in, PathTarget *out)
{
    if (!root->query->has_target_sets || !target_has_sets(out, in))
        return stage(root, rel, in, out);
    rel = stage(root, rel, in, target_without_sets(root, out, in));
    target_add_sets(root, rel, out, in);
    return rel;
}

static PlanRel *make_groups(Planner *root, PlanRel *rel, PathTarget *in UNUSED, PathTarget *out)
{
    return upper_group(root, rel, out);
}

static PlanRel *plan_plain(Planner *root, Limits *limits)
{
    Query *query = root->query;
    bool has_groups = query->group_by != NULL || query->grouping_sets != NULL || query->has_aggs ||
                      root->has_having;
    PathTarget *final, *sort_target, *window_target, *target;
    bool has_postponed = false;
    PlanRel *rel;

    root->group_by = grouping_order(root);
    query->group_by = root->group_by;
    if (query->grouping_sets != NULL)
        grouping_sets_prepare(root);
    mark_rows(root);
    targets_prepare(root);
    number_aggs(root);
    min_max_prepare(root);
    if (query->has_window_funcs)
        root->active_windows = window_select(root);
    root->limit_tuples =
        has_groups || query->distinct != NULL || query->has_window_funcs || query->has_target_sets
            ? -1
            : limits->tuples;
    rel = query_plan_joins(root, set_keys);
    final = targets_make(root, root->targets);
    sort_target = query->order_by == NULL ? final : targets_for_sort(root, final, &has_postponed);
    if (sort_target == NULL)
        sort_target = final;
    window_target =
        root->active_windows != NULL ? targets_for_windows(root, sort_target) : sort_target;
    target = has_groups ? targets_for_grouping(root, window_target) : window_target;
    if (query->has_target_sets && expr_has_sets(target->exprs)) {
        apply_target(root, rel, target_without_sets(root, target, NULL));
        target_add_sets(root, rel, target, NULL);
    } else {
        apply_target(root, rel, target);
    }
    if (has_groups)
        rel = with_sets(root, rel, make_groups, target, window_target);
    if (root->active_windows != NULL)
        rel = with_sets(root, rel, upper_window, window_target, sort_target);
    if (query->distinct != NULL)
        rel = upper_distinct(root, rel);
    if (query->order_by != NULL) {
        bool sets_wait = has_postponed && query->has_target_sets &&
                         !expr_has_sets(sort_target->exprs) && expr_has_sets(final->exprs);

        if (sets_wait) {
            PathTarget *plain = target_without_sets(root, final, sort_target);

            rel = upper_ordered(root, rel, plain, query->has_target_sets ? -1 : limits->tuples);
            target_add_sets(root, rel, final, sort_target);
        } else {
            rel = upper_ordered(root, rel, final, limits->tuples);
        }
    }
    return rel;
}

void upper_plan(Planner *root, double tuple_fraction)
{
    Limits limits;
    PlanRel *rel;

    tuple_fraction = find_limits(root, tuple_fraction, &limits);
    root->tuple_fraction = tuple_fraction;
    if (root->query->set_operations != NULL) {
        rel = setop_plan(root);
        if (root->query->order_by != NULL)
            rel = upper_ordered(root, rel, targets_make(root, root->targets), limits.tuples);
    } else {
        rel = plan_plain(root, &limits);
    }
    add_final(root, rel, &limits);
}
