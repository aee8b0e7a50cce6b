/* bitmap.c - which indexes to combine in a bitmap. */
#include "common/base/base.h"

#include <stdlib.h>

#include "server/planner/path.h"

#include "common/mem/mem.h"
#include "server/planner/clause.h"
#include "server/planner/cost.h"
#include "server/planner/create.h"
#include "server/planner/expr_util.h"
#include "server/planner/predicate.h"
#include "server/planner/rel.h"

typedef struct Usage {
    Path *path;
    List *quals, *predicates; /* expressions */
    double cost, selectivity;
} Usage;

BitSet *path_bitmap_outer(const Path *path)
{
    BitSet *outer = NULL;

    if (path->kind == PATH_INDEX)
        return bitset_copy(path_outer(path));
    list_foreach(Path *, sub, path->u.bitmap.paths)
        outer = bitset_union(outer, path_bitmap_outer(sub));
    return outer;
}

Path *path_bitmap_heap(Planner *root, PlanRel *rel, Path *bitmap, const BitSet *outer, double loops)
{
    Path *path = path_new(PATH_BITMAP_HEAP, rel, &rel->target);

    path->param = rel_base_param(root, rel, outer);
    path->outer = bitmap;
    cost_bitmap_heap(root, path, loops);
    return path;
}

static double scan_cost(Planner *root, PlanRel *rel, Path *bitmap)
{
    BitSet *outer = path_bitmap_outer(bitmap);

    return path_bitmap_heap(root, rel, bitmap, outer, path_loops(root, rel, outer))->total;
}

static Path *and_path(Planner *root, PlanRel *rel, List *paths)
{
    Path *path = path_new(PATH_BITMAP_AND, rel, &rel->target);

    path->u.bitmap.paths = paths;
    path->param = rel_base_param(root, rel, path_bitmap_outer(path));
    cost_bitmap_and(path);
    return path;
}

static void find_usage(const Path *path, List **quals, List **predicates)
{
    if (path->kind != PATH_INDEX) {
        list_foreach(Path *, sub, path->u.bitmap.paths)
            find_usage(sub, quals, predicates);
        return;
    }
    list_foreach(IndexClause *, clause, path->u.index.clauses)
        *quals = list_add_new(*quals, clause->clause->expr);
    *predicates = list_concat(*predicates, path->u.index.index->predicate);
}

static bool is_same_usage(const Usage *a, const Usage *b)
{
    if (list_count(a->quals) + list_count(a->predicates) !=
        list_count(b->quals) + list_count(b->predicates))
        return false;
    list_foreach(Node *, qual, a->quals) {
        if (!list_has_equal(b->quals, qual) && !list_has_equal(b->predicates, qual))
            return false;
    }
    list_foreach(Node *, qual, a->predicates) {
        if (!list_has_equal(b->quals, qual) && !list_has_equal(b->predicates, qual))
            return false;
    }
    return true;
}

static bool overlaps(const List *a, const List *b)
{
    list_foreach(Node *, item, a) {
        if (list_has_equal(b, item))
            return true;
    }
    return false;
}

static int by_cost(const void *a, const void *b)
{
    const Usage *x = a, *y = b;

    if (x->cost != y->cost)
        return x->cost < y->cost ? -1 : 1;
    return x->selectivity < y->selectivity ? -1 : x->selectivity > y->selectivity;
}

/* Of paths that look for the same, the cheapest. */
static int gather(const List *paths, Usage *usages)
{
    int count = 0;

    list_foreach(Path *, path, paths) {
        Usage fresh = {.path = path};
        int same;

        find_usage(path, &fresh.quals, &fresh.predicates);
        fresh.cost = cost_bitmap_tree(path, &fresh.selectivity);
        for (same = 0; same < count && !is_same_usage(&usages[same], &fresh); same++)
            continue;
        if (same == count)
            usages[count++] = fresh;
        else if (fresh.cost < usages[same].cost)
            usages[same] = fresh;
    }
    return count;
}

/* Begin with one path, and add others while that makes it cheaper. */
static Path *combine(Planner *root, PlanRel *rel, const Usage *usages, int count, int first,
                     double *cost)
{
    List *paths = list_of(usages[first].path);
    List *quals = list_concat(list_copy(usages[first].quals), usages[first].predicates);
    Path *best = usages[first].path;

    *cost = scan_cost(root, rel, best);
    for (int i = first + 1; i < count; i++) {
        const Usage *u = &usages[i];
        List *trial;
        Path *both;
        double both_cost;

        if (overlaps(u->quals, quals) || overlaps(u->predicates, quals))
            continue;
        if (u->predicates != NULL && predicate_is_implied(u->predicates, quals))
            continue;
        trial = list_add(list_copy(paths), u->path);
        both = and_path(root, rel, trial);
        both_cost = scan_cost(root, rel, both);
        if (both_cost >= *cost)
            continue;
        *cost = both_cost;
        paths = trial;
        best = both;
        quals = list_concat(list_concat(quals, u->quals), u->predicates);
    }
    return best;
}

Path *path_choose_bitmap(Planner *root, PlanRel *rel, List *paths)
{
    Usage *usages;
    Path *best = NULL;
    double best_cost = 0;
    int count;

    if (list_count(paths) == 1)
        return list_at(paths, 0);
    usages = mem_new_array(Usage, (size_t)list_count(paths));
    count = gather(paths, usages);
    if (count == 1)
        return usages[0].path;
    qsort(usages, (size_t)count, sizeof(Usage), by_cost);
    for (int i = 0; i < count; i++) {
        double cost;
        Path *path = combine(root, rel, usages, count, i, &cost);

        if (best == NULL || cost < best_cost) {
            best = path;
            best_cost = cost;
        }
    }
    return best;
}

bool bitmap_uses_class(const Path *bitmap, const EquivClass *parent)
{
    if (bitmap->kind == PATH_INDEX) {
        list_foreach(IndexClause *, clause, bitmap->u.index.clauses) {
            if (clause->clause->parent_class == parent)
                return true;
        }
        return false;
    }
    if (bitmap->kind == PATH_BITMAP_OR)
        return false;
    list_foreach(Path *, sub, bitmap->u.bitmap.paths) {
        if (bitmap_uses_class(sub, parent))
            return true;
    }
    return false;
}
