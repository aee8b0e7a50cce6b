/* upper_path.c - paths above scans and joins: projections, sorts, limits, and what keeps rows. */
#include "common/base/base.h"

#include "server/planner/path.h"

#include "server/config/setting.h"
#include "server/planner/cost.h"
#include "server/planner/equiv.h"
#include "server/planner/expr_util.h"
#include "server/planner/rel.h"

bool path_can_project(const Path *path)
{
    switch (path->kind) {
    case PATH_MATERIAL:
    case PATH_MEMOIZE:
    case PATH_SORT:
    case PATH_INCREMENTAL_SORT:
    case PATH_DISTINCT:
    case PATH_UNIQUE:
    case PATH_SET_OP:
    case PATH_RECURSIVE_UNION:
    case PATH_LOCK_ROWS:
    case PATH_MODIFY:
    case PATH_LIMIT:
    case PATH_MERGE_APPEND:
    case PATH_PROJECT_SET:
        return false;
    case PATH_APPEND:
        return path->u.append.paths == NULL; /* it becomes a Result */
    case PATH_PROJECT:
        return true;
    default:
        return true;
    }
}

static Path *above(PathKind kind, PlanRel *rel, Path *sub, PathTarget *target)
{
    Path *path = path_new(kind, rel, target);

    path->outer = sub;
    path->param = sub->param;
    path->keys = sub->keys;
    path->rows = sub->rows;
    path->startup = sub->startup;
    path->total = sub->total;
    return path;
}

Path *path_project(Planner *root, PlanRel *rel, Path *sub, PathTarget *target)
{
    const PathTarget *old;
    Path *path;

    (void)root;
    /* Two projections are one. */
    if (sub->kind == PATH_PROJECT)
        sub = sub->outer;
    old = sub->target;
    path = above(PATH_PROJECT, rel, sub, target);
    if (path_can_project(sub) || node_equal(old->exprs, target->exprs)) {
        path->startup = sub->startup + (target->cost.startup - old->cost.startup);
        path->total = sub->total + (target->cost.startup - old->cost.startup) +
                      (target->cost.per_tuple - old->cost.per_tuple) * sub->rows;
    } else {
        path->startup = sub->startup + target->cost.startup;
        path->total = sub->total + target->cost.startup +
                      (setting.cpu_tuple_cost + target->cost.per_tuple) * sub->rows;
    }
    return path;
}

/* The path is nobody else's: it can have another target itself, if it projects at all. */
Path *path_apply_target(Planner *root, PlanRel *rel, Path *path, PathTarget *target)
{
    const PathTarget *old = path->target;

    if (!path_can_project(path))
        return path_project(root, rel, path, target);
    path->target = target;
    path->startup += target->cost.startup - old->cost.startup;
    path->total += target->cost.startup - old->cost.startup +
                   (target->cost.per_tuple - old->cost.per_tuple) * path->rows;
    return path;
}

Path *path_project_set(Planner *root, PlanRel *rel, Path *sub, PathTarget *target)
{
    Path *path = above(PATH_PROJECT_SET, rel, sub, target);
    double most = 1;

    (void)root;
    list_foreach(Node *, expr, target->exprs)
        most = max_double(most, expr_set_rows(expr));
    path->rows = sub->rows * most;
    path->startup = sub->startup + target->cost.startup;
    path->total = sub->total + target->cost.startup +
                  (setting.cpu_tuple_cost + target->cost.per_tuple) * sub->rows +
                  (path->rows - sub->rows) * setting.cpu_tuple_cost / 2;
    return path;
}

Path *path_sort(PlanRel *rel, Path *sub, List *keys, double limit)
{
    Path *path = above(PATH_SORT, rel, sub, sub->target);

    path->keys = keys;
    cost_sort(path, sub->startup, sub->total, sub->rows, sub->target->width, limit, 0);
    return path;
}

Path *path_incremental_sort(Planner *root, PlanRel *rel, Path *sub, List *keys, int presorted,
                            double limit)
{
    Path *path = above(PATH_INCREMENTAL_SORT, rel, sub, sub->target);

    path->keys = keys;
    path->u.sort.presorted = presorted;
    cost_incremental_sort(root, path, sub, presorted, limit);
    return path;
}

Path *path_material(PlanRel *rel, Path *sub)
{
    Path *path = above(PATH_MATERIAL, rel, sub, sub->target);

    cost_material(path, sub, sub->target->width);
    return path;
}

Path *path_append(Planner *root, PlanRel *rel, List *paths, const BitSet *outer, List *keys)
{
    Path *path = path_new(PATH_APPEND, rel, &rel->target);

    (void)root;
    path->param = outer == NULL ? NULL : rel_find_param(rel, outer);
    path->keys = keys;
    path->u.append.paths = paths;
    path->u.append.limit_tuples = -1;
    cost_append(path);
    return path;
}

Path *path_merge_append(Planner *root, PlanRel *rel, List *paths, List *keys, const BitSet *outer)
{
    Path *path = path_new(PATH_MERGE_APPEND, rel, &rel->target);
    double startup = 0, total = 0, rows = 0;

    path->param = outer == NULL ? NULL : rel_find_param(rel, outer);
    path->keys = keys;
    path->u.append.paths = paths;
    path->u.append.limit_tuples =
        bitset_equal(rel->relids, root->base_rels) ? root->limit_tuples : -1;
    list_foreach(Path *, sub, paths) {
        rows += sub->rows;
        if (keys_contain(sub->keys, keys)) {
            startup += sub->startup;
            total += sub->total;
        } else {
            Path sort = *sub;

            cost_sort(&sort, sub->startup, sub->total, sub->rows, sub->target->width,
                      path->u.append.limit_tuples, 0);
            startup += sort.startup;
            total += sort.total;
        }
    }
    path->rows = rows;
    cost_merge_append(path, list_count(keys), startup, total, rows);
    return path;
}

Path *path_limit(PlanRel *rel, Path *sub, Node *offset, Node *count, LimitOption option,
                 double offset_rows, double count_rows)
{
    Path *path = above(PATH_LIMIT, rel, sub, sub->target);

    path->u.limit.offset = offset;
    path->u.limit.count = count;
    path->u.limit.option = option;
    cost_limit(&path->rows, &path->startup, &path->total, offset_rows, count_rows);
    return path;
}

void rel_mark_dummy(PlanRel *rel)
{
    Path *path = path_new(PATH_APPEND, rel, &rel->target);

    rel->rows = 0;
    rel->is_dummy = true;
    rel->paths = list_of(path);
    rel->param_infos = NULL;
    path_set_cheapest(rel);
}
