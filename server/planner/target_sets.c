/*
 * target_sets.c - functions that return sets in the columns of a SELECT
 *
 * Each call has a depth: 1 when it needs no other's rows, else one more than the deepest call in
 * its arguments. For each depth there is a ProjectSet, in which the calls of that depth go on side
 * by side; it hands on what those above need of the calls below. Where a call stands inside of
 * another expression at the last depth, that is computed above all.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/node/expr.h"
#include "server/node/tree.h"
#include "server/planner/cost.h"
#include "server/planner/expr_util.h"
#include "server/planner/level.h"
#include "server/planner/path.h"

/* given: expressions of the input, which are taken as they are, sets among them. */
static bool is_set_call(const Node *node, const List *given)
{
    bool is_set = (node_is(node, FuncExpr) && ((const FuncExpr *)(const void *)node)->is_set) ||
                  (node_is(node, OpExpr) && ((const OpExpr *)(const void *)node)->is_set);

    return is_set && !list_has_equal(given, node);
}

/* ---- Depths ---- */

typedef struct Depth {
    const List *given;
    int most;
} Depth;

static bool find_depth(Node *node, void *arg)
{
    Depth *d = arg, inner = {.given = d->given};

    if (node == NULL || list_has_equal(d->given, node))
        return false;
    node_walk(node, find_depth, &inner);
    inner.most += is_set_call(node, d->given);
    d->most = inner.most > d->most ? inner.most : d->most;
    return false;
}

/* Of the deepest call in the expression; 0: there is none. */
static int depth_of(const Node *expr, const List *given)
{
    Depth d = {.given = given};

    find_depth((Node *)(uintptr_t)expr, &d);
    return d.most;
}

static int depth_of_target(const PathTarget *target, const List *given)
{
    int most = 0;

    list_foreach(const Node *, expr, target->exprs) {
        int depth = depth_of(expr, given);

        most = depth > most ? depth : most;
    }
    return most;
}

/* ---- What is there at a depth: its calls, and what those above need ---- */

typedef struct Collect {
    PathTarget *into;
    const List *given; /* exprs of the input, which are taken as they are */
    int depth;         /* of the stage */
    int level;         /* of the calls whose arguments are looked at */
    bool wants_calls;  /* those of the stage and below, not columns */
} Collect;

static bool is_column(const Collect *c, const Node *node)
{
    return list_has_equal(c->given, node) || node_is(node, Var) || node_is(node, Aggref) ||
           node_is(node, GroupingFunc) || node_is(node, WindowFunc);
}

/* Outside of the arguments of calls. */
static bool collect_outside(Node *node, void *arg)
{
    Collect *c = arg;
    bool is_call;

    if (node == NULL)
        return false;
    is_call = is_set_call(node, c->given);
    if (!is_call && !is_column(c, node))
        return node_walk(node, collect_outside, arg);
    if (is_call == c->wants_calls && (!is_call || depth_of(node, c->given) <= c->depth))
        c->into->exprs = list_add_new(c->into->exprs, node);
    return false;
}

/* In the arguments of calls of the level. */
static bool collect_in_calls(Node *node, void *arg)
{
    const Collect *c = arg;

    if (node == NULL || is_column(c, node))
        return false;
    if (is_set_call(node, c->given) && depth_of(node, c->given) == c->level)
        return node_walk(node, collect_outside, arg);
    return node_walk(node, collect_in_calls, arg);
}

static bool collect_calls(Node *node, void *arg)
{
    const Collect *c = arg;

    if (node == NULL || is_column(c, node))
        return false;
    if (is_set_call(node, c->given) && depth_of(node, c->given) == c->depth) {
        c->into->exprs = list_add_new(c->into->exprs, node);
        return false;
    }
    return node_walk(node, collect_calls, arg);
}

static void collect_above(Collect *c, const PathTarget *target, int deepest)
{
    for (c->level = c->depth + 1; c->level <= deepest; c->level++) {
        list_foreach(Node *, expr, target->exprs)
            collect_in_calls(expr, c);
    }
    list_foreach(Node *, expr, target->exprs)
        collect_outside(expr, c);
}

static PathTarget *at_depth(Planner *root, const PathTarget *target, const List *given, int depth)
{
    PathTarget *made = targets_new();
    Collect c = {.into = made, .given = given, .depth = depth};
    int deepest = depth_of_target(target, given);

    if (depth > 0) {
        list_foreach(Node *, expr, target->exprs)
            collect_calls(expr, &c);
    }
    collect_above(&c, target, deepest);
    c.wants_calls = true;
    collect_above(&c, target, deepest);
    made->refs = mem_new_array(uint32_t, (size_t)list_count(made->exprs) + 1);
    list_foreach(const Node *, column, made->exprs) {
        list_foreach(const Node *, expr, target->exprs) {
            if (target->refs != NULL && made->refs[column_i] == 0 && node_equal(column, expr))
                made->refs[column_i] = target->refs[expr_i];
        }
    }
    cost_set_target(root, made);
    return made;
}

bool target_has_sets(const PathTarget *target, const PathTarget *input)
{
    return depth_of_target(target, input == NULL ? NULL : input->exprs) > 0;
}

PathTarget *target_without_sets(Planner *root, const PathTarget *target, const PathTarget *input)
{
    return at_depth(root, target, input == NULL ? NULL : input->exprs, 0);
}

/* ---- Paths ---- */

/* Is a call of the last depth part of another expression? */
static bool needs_projection(const PathTarget *target, const List *given, int depth)
{
    list_foreach(const Node *, expr, target->exprs) {
        if (!is_set_call(expr, given) && depth_of(expr, given) == depth)
            return true;
    }
    return false;
}

void target_add_sets(Planner *root, PlanRel *rel, PathTarget *target, const PathTarget *input)
{
    const List *given = input == NULL ? NULL : input->exprs;
    int depth = depth_of_target(target, given);
    bool is_above = needs_projection(target, given, depth);
    PathTarget **stages = mem_new_array(PathTarget *, (size_t)depth + 1);

    /* What the paths give stays as it is, though the relation gives more. */
    for (int i = 0; i < list_count(rel->paths); i++) {
        Path *path = list_at(rel->paths, i);

        if (path->target == &rel->target)
            path->target = mem_dup(&rel->target, sizeof rel->target);
    }
    for (int d = 1; d <= depth; d++)
        stages[d] = d < depth || is_above ? at_depth(root, target, given, d) : target;
    for (int i = 0; i < list_count(rel->paths); i++) {
        Path *path = list_at(rel->paths, i);

        for (int d = 1; d <= depth; d++)
            path = path_project_set(root, rel, path, stages[d]);
        if (is_above)
            path = path_project(root, rel, path, target);
        rel->paths->items[i].pointer = path;
    }
    rel->target = *target;
    path_set_cheapest(rel);
}
