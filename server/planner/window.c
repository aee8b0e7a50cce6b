/* window.c - window functions: one node for each window, sorted as it wants its rows. */
#include "common/base/base.h"

#include <stdlib.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/config/setting.h"
#include "server/node/expr.h"
#include "server/planner/cost.h"
#include "server/planner/create.h"
#include "server/planner/equiv.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/planner/level.h"
#include "server/planner/path.h"

static bool add_call(Node *node, void *arg)
{
    List **calls = arg;

    if (node_is(node, WindowFunc))
        *calls = list_add_new(*calls, node);
    return node_walk(node, add_call, arg);
}

static List *all_calls(const List *targets)
{
    List *calls = NULL;

    if (targets != NULL)
        node_walk(as_node(targets), add_call, &calls);
    return calls;
}

static List *calls_of(const List *calls, uint32_t ref)
{
    List *mine = NULL;

    list_foreach(WindowFunc *, call, calls) {
        if (call->window == ref)
            mine = list_add(mine, call);
    }
    return mine;
}

/* ---- The order of windows ---- */

static List *sort_clauses(const WindowClause *window)
{
    return list_concat(list_copy(window->partition_by), window->order_by);
}

/* Those with a longer order first among those that begin alike: one sort serves them all. */
static int by_order(const void *a, const void *b)
{
    const WindowClause *x = *(WindowClause *const *)a, *y = *(WindowClause *const *)b;
    List *xs = sort_clauses(x), *ys = sort_clauses(y);

    for (int i = 0; i < list_count(xs) && i < list_count(ys); i++) {
        const SortGroupClause *l = list_at(xs, i), *r = list_at(ys, i);

        if (l->ref != r->ref)
            return l->ref > r->ref ? -1 : 1;
        if (l->sort_operator != r->sort_operator)
            return l->sort_operator > r->sort_operator ? -1 : 1;
        if (l->is_nulls_first != r->is_nulls_first)
            return l->is_nulls_first ? 1 : -1;
    }
    if (list_count(xs) != list_count(ys))
        return list_count(xs) > list_count(ys) ? -1 : 1;
    return x->ref < y->ref ? -1 : x->ref > y->ref;
}

List *window_select(Planner *root)
{
    const Query *query = root->query;
    List *calls = all_calls(root->targets), *active = NULL;
    size_t count = 0;
    WindowClause **windows = mem_new_array(WindowClause *, (size_t)list_count(query->windows) + 1);

    list_foreach(WindowClause *, window, query->windows) {
        if (calls_of(calls, window->ref) != NULL)
            windows[count++] = window;
    }
    qsort(windows, count, sizeof(*windows), by_order);
    for (size_t i = 0; i < count; i++)
        active = list_add(active, windows[i]);
    return active;
}

/* ---- Paths ---- */

static Path *one_window(Planner *root, PlanRel *rel, Path *sub, PathTarget *target,
                        const WindowClause *window, const List *calls, bool is_top)
{
    Path *path = path_new(PATH_WINDOW, rel, target);

    path->outer = sub;
    path->param = sub->param;
    path->keys = sub->keys;
    path->u.window.clause = (WindowClause *)(void *)as_node(window);
    path->u.window.is_top = is_top;
    cost_window(root, path, calls, list_count(window->partition_by), list_count(window->order_by),
                sub);
    path->startup += target->cost.startup;
    path->total += target->cost.startup + target->cost.per_tuple * path->rows;
    return path;
}

static Path *with_windows(Planner *root, PlanRel *rel, Path *path, PathTarget *in, PathTarget *out)
{
    List *calls = all_calls(root->targets);
    PathTarget *target = in;

    list_foreach(WindowClause *, window, root->active_windows) {
        List *keys = keys_of_clauses(root, sort_clauses(window), root->targets);
        List *mine = calls_of(calls, window->ref);
        bool is_last = window_i + 1 == list_count(root->active_windows);
        int presorted;

        if (!keys_common(keys, path->keys, &presorted)) {
            if (presorted == 0 || !setting.enable_incremental_sort)
                path = path_sort(rel, path, keys, -1);
            else
                path = path_incremental_sort(root, rel, path, keys, presorted, -1);
        }
        if (is_last) {
            target = out;
        } else {
            PathTarget *more = targets_new();
            size_t room = (size_t)(list_count(target->exprs) + list_count(mine)) + 1;

            *more = *target;
            more->exprs = list_concat(list_copy(target->exprs), mine);
            more->refs = mem_new_array(uint32_t, room);
            for (int i = 0; target->refs != NULL && i < list_count(target->exprs); i++)
                more->refs[i] = target->refs[i];
            cost_set_target(root, more);
            target = more;
        }
        path = one_window(root, rel, path, target, window, mine, is_last);
    }
    return path;
}

PlanRel *upper_window(Planner *root, PlanRel *input, PathTarget *in, PathTarget *out)
{
    PlanRel *rel = level_upper(root, UPPER_WINDOW);

    rel->target = *out;
    list_foreach(Path *, path, input->paths) {
        int presorted;

        if (path == input->cheapest_total ||
            keys_common(root->window_keys, path->keys, &presorted) || presorted > 0)
            path_add(rel, with_windows(root, rel, path, in, out));
    }
    path_set_cheapest(rel);
    return rel;
}

/* ---- Nodes ---- */

/* How a RANGE offset is compared: by the only key that there is. */
static void fill_range(WindowAgg *agg, const WindowClause *window)
{
    agg->start_function = window->start_function;
    agg->end_function = window->end_function;
    agg->range_collation = window->range_collation;
    agg->is_range_ascending = window->is_range_ascending;
    agg->is_range_nulls_first = window->is_range_nulls_first;
}

static Plan *create_window(Planner *root, Path *path)
{
    Plan *sub = create_node(root, path->outer, CREATE_LABELED | CREATE_SMALL);
    WindowAgg *agg = create_plan_node(WindowAgg, path, create_targets(root, path));
    const WindowClause *window = path->u.window.clause;

    agg->left = sub;
    agg->ref = window->ref;
    agg->partition_by = create_group_keys(window->partition_by, sub->targets);
    agg->order_by = create_group_keys(window->order_by, sub->targets);
    agg->frame = window->frame;
    agg->start_offset = window->start_offset;
    agg->end_offset = window->end_offset;
    agg->is_top = path->u.window.is_top;
    fill_range(agg, window);
    return (Plan *)agg;
}

static Plan *create_set_op(Planner *root, Path *path, unsigned wants)
{
    Plan *sub = create_node(root, path->outer, wants | CREATE_LABELED);
    SetOpPlan *op = create_plan_node(SetOpPlan, path, node_copy(sub->targets));

    op->left = sub;
    op->op = path->u.set_op.op;
    op->is_all = path->u.set_op.is_all;
    op->strategy = path->u.set_op.strategy;
    op->keys = create_group_keys(path->u.set_op.group_by, sub->targets);
    op->flag_column = path->u.set_op.flag_column;
    op->groups = path->u.set_op.groups;
    return (Plan *)op;
}

static Plan *create_recursive_union(Planner *root, Path *path)
{
    Plan *first = create_node(root, path->outer, CREATE_EXACT);
    Plan *again = create_node(root, path->inner, CREATE_EXACT);
    RecursiveUnion *both = create_plan_node(RecursiveUnion, path, create_targets(root, path));

    both->left = first;
    both->right = again;
    both->work_table_param = path->u.set_op.work_table_param;
    both->keys = create_group_keys(path->u.set_op.group_by, first->targets);
    both->groups = path->u.set_op.groups;
    return (Plan *)both;
}

Plan *create_stage(Planner *root, Path *path, unsigned wants)
{
    switch (path->kind) {
    case PATH_WINDOW:
        return create_window(root, path);
    case PATH_SET_OP:
        return create_set_op(root, path, wants);
    case PATH_RECURSIVE_UNION:
        return create_recursive_union(root, path);
    default:
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "a path of an unknown kind");
    }
}
