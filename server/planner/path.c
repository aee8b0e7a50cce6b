/*
 * path.c - which paths of a relation are worth keeping
 *
 * A path is dropped when another one is as good in cost, order, parameters and rows. Costs within
 * one percent count as the same, or there would be many paths that hardly differ.
 */
#include "common/base/base.h"

#include "server/planner/path.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/planner/cost.h"
#include "server/planner/equiv.h"
#include "server/planner/expr_util.h"

#define FUZZ       1.01
#define FUZZ_SMALL 1.0000000001

typedef enum CostOrder { COST_EQUAL, COST_BETTER_1, COST_BETTER_2, COST_DIFFERENT } CostOrder;
typedef enum SetOrder { SET_EQUAL, SET_INNER_1, SET_INNER_2, SET_DIFFERENT } SetOrder;

Path *path_new(PathKind kind, PlanRel *rel, PathTarget *target)
{
    Path *path = mem_new(Path);

    path->kind = kind;
    path->rel = rel;
    path->target = target;
    return path;
}

static int compare_doubles(double a, double b)
{
    return a < b ? -1 : a > b;
}

int path_compare(const Path *a, const Path *b, bool is_total)
{
    int startup = compare_doubles(a->startup, b->startup);
    int total = compare_doubles(a->total, b->total);

    if (is_total)
        return total != 0 ? total : startup;
    return startup != 0 ? startup : total;
}

int path_compare_fraction(const Path *a, const Path *b, double fraction)
{
    if (fraction <= 0 || fraction >= 1)
        return path_compare(a, b, true);
    return compare_doubles(a->startup + fraction * (a->total - a->startup),
                           b->startup + fraction * (b->total - b->startup));
}

static bool counts_startup(const Path *path)
{
    return path->param == NULL ? path->rel->wants_startup : path->rel->wants_param_startup;
}

static CostOrder compare_fuzzily(const Path *a, const Path *b, double fuzz)
{
    if (a->total > b->total * fuzz)
        return counts_startup(a) && b->startup > a->startup * fuzz ? COST_DIFFERENT : COST_BETTER_2;
    if (b->total > a->total * fuzz)
        return counts_startup(b) && a->startup > b->startup * fuzz ? COST_DIFFERENT : COST_BETTER_1;
    if (a->startup > b->startup * fuzz)
        return COST_BETTER_2;
    return b->startup > a->startup * fuzz ? COST_BETTER_1 : COST_EQUAL;
}

static SetOrder compare_sets(const BitSet *a, const BitSet *b)
{
    bool a_in_b = bitset_is_subset(a, b), b_in_a = bitset_is_subset(b, a);

    if (a_in_b && b_in_a)
        return SET_EQUAL;
    return a_in_b ? SET_INNER_1 : b_in_a ? SET_INNER_2 : SET_DIFFERENT;
}

typedef struct Verdict {
    bool drops_old, drops_new;
} Verdict;

/* Costs are alike: order, parameters and rows decide. */
static Verdict judge_equal(const Path *fresh, const Path *old, KeysOrder keys, SetOrder sets)
{
    Verdict v = {0};

    if (keys == KEYS_BETTER_1) {
        v.drops_old = (sets == SET_EQUAL || sets == SET_INNER_1) && fresh->rows <= old->rows;
    } else if (keys == KEYS_BETTER_2) {
        v.drops_new = (sets == SET_EQUAL || sets == SET_INNER_2) && fresh->rows >= old->rows;
    } else if (sets == SET_EQUAL) {
        if (fresh->rows != old->rows)
            v.drops_old = fresh->rows < old->rows;
        else
            v.drops_old = compare_fuzzily(fresh, old, FUZZ_SMALL) == COST_BETTER_1;
        v.drops_new = !v.drops_old;
    } else if (sets == SET_INNER_1) {
        v.drops_old = fresh->rows <= old->rows;
    } else if (sets == SET_INNER_2) {
        v.drops_new = fresh->rows >= old->rows;
    }
    return v;
}

static Verdict judge(const Path *fresh, const Path *old)
{
    CostOrder costs = compare_fuzzily(fresh, old, FUZZ);
    KeysOrder keys;
    SetOrder sets;
    Verdict v = {0};

    if (costs == COST_DIFFERENT)
        return v;
    keys = keys_compare(fresh->param == NULL ? fresh->keys : NULL,
                        old->param == NULL ? old->keys : NULL);
    if (keys == KEYS_DIFFERENT)
        return v;
    sets = compare_sets(path_outer(fresh), path_outer(old));
    if (costs == COST_EQUAL)
        return judge_equal(fresh, old, keys, sets);
    if (costs == COST_BETTER_1)
        v.drops_old = keys != KEYS_BETTER_2 && (sets == SET_EQUAL || sets == SET_INNER_1) &&
                      fresh->rows <= old->rows;
    else
        v.drops_new = keys != KEYS_BETTER_1 && (sets == SET_EQUAL || sets == SET_INNER_2) &&
                      fresh->rows >= old->rows;
    return v;
}

/* Paths are kept by total cost. */
void path_add(PlanRel *rel, Path *path)
{
    List *kept = NULL;
    bool is_in = false;

    for (int i = 0; i < list_count(rel->paths); i++) {
        Path *old = list_at(rel->paths, i);
        Verdict v = judge(path, old);

        if (v.drops_new)
            return;
        if (v.drops_old)
            continue;
        kept = list_add(kept, old);
    }
    /* Behind all that cost no more. */
    rel->paths = NULL;
    for (int i = list_count(kept) - 1; i >= 0; i--) {
        Path *old = list_at(kept, i);

        if (!is_in && path->total >= old->total) {
            rel->paths = list_add_first(path, rel->paths);
            is_in = true;
        }
        rel->paths = list_add_first(old, rel->paths);
    }
    if (!is_in)
        rel->paths = list_add_first(path, rel->paths);
}

bool path_is_promising(const PlanRel *rel, double startup, double total, const List *keys,
                       const BitSet *outer)
{
    bool is_startup = outer == NULL ? rel->wants_startup : rel->wants_param_startup;

    if (outer != NULL)
        keys = NULL;
    list_foreach(Path *, old, rel->paths) {
        KeysOrder order;

        if (total <= old->total * FUZZ)
            break; /* those that follow cost more */
        if (is_startup && startup <= old->startup * FUZZ)
            continue;
        order = keys_compare(keys, old->param == NULL ? old->keys : NULL);
        if ((order == KEYS_EQUAL || order == KEYS_BETTER_2) && bitset_equal(outer, path_outer(old)))
            return false;
    }
    return true;
}

static Path *cheaper(Path *a, Path *b, bool is_total)
{
    int order = path_compare(a, b, is_total);

    return order > 0 || (order == 0 && keys_compare(a->keys, b->keys) == KEYS_BETTER_2) ? b : a;
}

static Path *better_parameterized(Path *a, Path *b)
{
    switch (compare_sets(path_outer(b), path_outer(a))) {
    case SET_EQUAL:
        return path_compare(b, a, true) < 0 ? b : a;
    case SET_INNER_1:
        return b;
    default:
        return a;
    }
}

void path_set_cheapest(PlanRel *rel)
{
    Path *startup = NULL, *total = NULL, *best = NULL;
    List *parameterized = NULL;

    if (rel->paths == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = "could not devise a query plan for the given query");
    list_foreach(Path *, path, rel->paths) {
        if (path->param != NULL) {
            parameterized = list_add(parameterized, path);
            best = best == NULL ? path : better_parameterized(best, path);
        } else if (total == NULL) {
            startup = total = path;
        } else {
            startup = cheaper(startup, path, false);
            total = cheaper(total, path, true);
        }
    }
    if (total != NULL)
        parameterized = list_add_first(total, parameterized);
    rel->cheapest_startup = startup;
    rel->cheapest_total = total != NULL ? total : best;
    rel->cheapest_params = parameterized;
    rel->cheapest_unique = NULL;
}
