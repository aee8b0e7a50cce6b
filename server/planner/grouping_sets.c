/*
 * grouping_sets.c - GROUPING SETS, ROLLUP, CUBE: which sets are told in one order of the input,
 * which by hash, and the paths that do so
 *
 * A rollup is a chain of sets of which each holds all refs of the next: one order serves them all.
 * The chains are as few as can be, since each but the first needs a sort of its own: a matching of
 * sets to the next larger ones finds them.
 */
#include "common/base/base.h"

#include <math.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/analyzer.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/node/expr.h"
#include "server/planner/cost.h"
#include "server/planner/create.h"
#include "server/planner/equiv.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/planner/level.h"
#include "server/planner/path.h"
#include "server/planner/selec.h"

#define SUPPORT_ORDER 1
#define HASH_SHARES   20.0 /* into how many shares of memory each order is weighed */

/* ---- Sets ---- */

typedef struct GroupSet {
    List *refs; /* IntList of sort_group_ref, in the order that is sorted by */
    double rows;
} GroupSet;

struct GroupingSets {
    List *rollups;      /* RollUp */
    List *hash_only;    /* GroupSet: what cannot be sorted */
    BitSet *unhashable; /* refs */
    bool some_can_hash; /* any set of all */
    double hash_only_rows;
};

static bool is_subset(const List *refs, const List *of)
{
    for (int i = 0; i < list_count(refs); i++) {
        if (!list_has_int(of, list_int_at(refs, i)))
            return false;
    }
    return true;
}

static BitSet *refs_of(const List *clauses, bool (*fits)(const SortGroupClause *clause))
{
    BitSet *refs = NULL;

    list_foreach(SortGroupClause *, clause, clauses) {
        if (fits(clause))
            refs = bitset_add(refs, (int)clause->ref);
    }
    return refs;
}

static bool is_unsortable(const SortGroupClause *clause)
{
    return clause->sort_operator == 0;
}

static bool is_unhashable(const SortGroupClause *clause)
{
    return !clause->is_hashable;
}

static bool overlaps(const List *refs, const BitSet *set)
{
    for (int i = 0; i < list_count(refs); i++) {
        if (bitset_has(set, list_int_at(refs, i)))
            return true;
    }
    return false;
}

/* ---- Chains ---- */

typedef struct Matching {
    const List **sets; /* from 1, by size */
    int count;
    int *above, *below; /* by set: the one that it is matched with; 0: none */
    bool *seen;
} Matching;

/* Find a larger set for set `below`, moving others to other ones where that helps. */
static bool match(Matching *m, int below, bool may_move)
{
    for (int i = below + 1; i <= m->count; i++) {
        if (list_count(m->sets[i]) <= list_count(m->sets[below]) || m->seen[i] ||
            !is_subset(m->sets[below], m->sets[i]))
            continue;
        if (m->below[i] != 0 && !may_move)
            continue;
        m->seen[i] = true;
        check_interrupts();
        if (m->below[i] == 0 || match(m, m->below[i], true)) {
            m->below[i] = below;
            m->above[below] = i;
            return true;
        }
    }
    return false;
}

static void match_all(Matching *m)
{
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 1; i <= m->count; i++) {
            if (m->above[i] != 0)
                continue;
            m->seen = mem_new_array(bool, (size_t)m->count + 1);
            match(m, i, pass > 0);
        }
    }
}

static bool same_set(const List *a, const List *b)
{
    return list_count(a) == list_count(b) && is_subset(a, b);
}

/* Sets (by size, the smallest first) as lists of such that one order serves. */
static List *find_chains(const List *sets)
{
    int total = list_count(sets), empty = 0, chain_count = 0;
    size_t room = (size_t)total + 1;
    Matching m = {.sets = mem_new_array(const List *, room),
                  .above = mem_new_array(int, room),
                  .below = mem_new_array(int, room)};
    List **alike = mem_new_array(List *, room), **chains = mem_new_array(List *, room);
    int *chain = mem_new_array(int, room);
    List *result = NULL;

    list_foreach(List *, set, sets) {
        int twin = 1;

        if (set == NULL) {
            empty++;
            continue;
        }
        while (twin <= m.count && !same_set(m.sets[twin], set))
            twin++;
        if (twin > m.count)
            m.sets[m.count = twin] = set;
        alike[twin] = list_add(alike[twin], set);
    }
    if (m.count == 0)
        return list_of(list_copy(sets));
    match_all(&m);
    for (int i = 1; i <= m.count; i++) {
        chain[i] = m.below[i] != 0 ? chain[m.below[i]] : ++chain_count;
        chains[chain[i]] = list_concat(chains[chain[i]], alike[i]);
    }
    while (empty-- > 0)
        chains[1] = list_add_first(NULL, chains[1]);
    for (int i = 1; i <= chain_count; i++)
        result = list_add(result, chains[i]);
    return result;
}

/* Each set's refs begin with those of the next smaller one; the largest comes first. */
static List *in_sort_order(const List *chain, const List *order_by)
{
    List *previous = NULL, *result = NULL;

    list_foreach(List *, refs, chain) {
        GroupSet *set = mem_new(GroupSet);
        List *fresh = NULL;

        for (int i = 0; i < list_count(refs); i++) {
            if (!list_has_int(previous, list_int_at(refs, i)))
                fresh = list_add_int(fresh, list_int_at(refs, i));
        }
        /* As ORDER BY has them, as long as that goes. */
        while (list_count(order_by) > list_count(previous) && fresh != NULL) {
            const SortGroupClause *sort = list_at(order_by, list_count(previous));
            List *rest = NULL;

            if (!list_has_int(fresh, (int)sort->ref)) {
                order_by = NULL;
                break;
            }
            previous = list_add_int(list_copy(previous), (int)sort->ref);
            for (int i = 0; i < list_count(fresh); i++) {
                if (list_int_at(fresh, i) != (int)sort->ref)
                    rest = list_add_int(rest, list_int_at(fresh, i));
            }
            fresh = rest;
        }
        previous = list_copy(previous);
        for (int i = 0; i < list_count(fresh); i++)
            previous = list_add_int(previous, list_int_at(fresh, i));
        set->refs = previous;
        result = list_add_first(set, result);
    }
    return result;
}

/* ---- Rollups ---- */

static List *places_of(const List *refs, const List *group_by)
{
    List *places = NULL;

    for (int i = 0; i < list_count(refs); i++) {
        list_foreach(SortGroupClause *, clause, group_by) {
            if ((int)clause->ref == list_int_at(refs, i))
                places = list_add_int(places, clause_i);
        }
    }
    return places;
}

/* Sets (GroupSet), the largest first. */
static RollUp *new_rollup(const Planner *root, List *sets)
{
    RollUp *rollup = mem_new(RollUp);
    const GroupSet *largest = list_at(sets, 0);

    rollup->sources = sets;
    for (int i = 0; i < list_count(largest->refs); i++)
        rollup->group_by =
            list_add(rollup->group_by, sort_group_by_ref(root->query->group_by,
                                                         (uint32_t)list_int_at(largest->refs, i)));
    list_foreach(GroupSet *, set, sets) {
        rollup->sets = list_add(rollup->sets, places_of(set->refs, rollup->group_by));
        rollup->rows += set->rows;
    }
    return rollup;
}

static int key_count(const RollUp *rollup)
{
    return list_count(list_at(rollup->sets, 0));
}

void grouping_sets_prepare(Planner *root)
{
    const Query *query = root->query;
    GroupingSets *g = mem_new(GroupingSets);
    List *all = analyzer_grouping_sets(query), *sortable = NULL, *chains;
    BitSet *unsortable = refs_of(query->group_by, is_unsortable);

    g->unhashable = refs_of(query->group_by, is_unhashable);
    list_foreach(List *, refs, all) {
        bool can_sort = !overlaps(refs, unsortable), can_hash = !overlaps(refs, g->unhashable);

        if (!can_sort && !can_hash)
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = "could not implement GROUP BY",
                      .detail = "Some of the datatypes only support hashing, while others only "
                                "support sorting.");
        if (can_sort) {
            sortable = list_add(sortable, refs);
        } else {
            GroupSet *set = mem_new(GroupSet);

            set->refs = refs;
            g->hash_only = list_add(g->hash_only, set);
            g->some_can_hash = true;
        }
    }
    chains = sortable == NULL ? NULL : find_chains(sortable);
    list_foreach(List *, chain, chains) {
        List *order_by = list_count(chains) == 1 ? query->order_by : NULL;
        RollUp *rollup = new_rollup(root, in_sort_order(chain, order_by));

        rollup->can_hash = rollup->group_by != NULL && upper_is_hashable(rollup->group_by);
        g->some_can_hash = g->some_can_hash || rollup->can_hash;
        g->rollups = list_add(g->rollups, rollup);
    }
    root->grouping_sets = g;
    root->group_by = g->rollups == NULL ? NULL : ((RollUp *)list_at(g->rollups, 0))->group_by;
}

/* ---- Sizes ---- */

static double count_groups(Planner *root, const GroupSet *set, double rows)
{
    List *clauses = NULL;

    for (int i = 0; i < list_count(set->refs); i++)
        clauses = list_add(
            clauses, sort_group_by_ref(root->query->group_by, (uint32_t)list_int_at(set->refs, i)));
    return selec_group_count(root, target_exprs_of_clauses(clauses, root->targets), rows, NULL);
}

/* How many groups there are of all sets. */
static double count_all_groups(Planner *root, double rows)
{
    GroupingSets *g = root->grouping_sets;
    double total = 0;

    list_foreach(RollUp *, rollup, g->rollups) {
        rollup->rows = 0;
        list_foreach(GroupSet *, set, rollup->sources) {
            set->rows = count_groups(root, set, rows);
            rollup->rows += set->rows;
        }
        total += rollup->rows;
    }
    g->hash_only_rows = 0;
    list_foreach(GroupSet *, alone, g->hash_only) {
        alone->rows = count_groups(root, alone, rows);
        g->hash_only_rows += alone->rows;
    }
    return total + g->hash_only_rows;
}

/* ---- Paths ---- */

typedef struct SetsInput {
    Planner *root;
    PlanRel *rel;
    Path *path;
    const AggCost *costs;
    List *having;
    double groups;
} SetsInput;

static double table_size(const SetsInput *in, double groups)
{
    return cost_hash_agg_entry(in->costs->transition_count, in->path->target->width,
                               in->costs->space) *
           groups;
}

static void add_pass(Path *path, const SetsInput *in, const RollUp *rollup, bool *is_first_sort)
{
    AggInput input = {.rows = in->path->rows, .width = in->path->target->width};
    Path pass = *path, sort = {0};

    if (!rollup->is_hashed && !*is_first_sort) {
        sort.target = in->path->target;
        cost_sort(&sort, 0, 0, in->path->rows, in->path->target->width, -1, 0);
        input.startup = sort.startup;
        input.total = sort.total;
    }
    if (!rollup->is_hashed)
        *is_first_sort = false;
    cost_agg(in->root, &pass, rollup->is_hashed ? AGG_HASHED : AGG_SORTED, in->costs,
             key_count(rollup), rollup->rows, in->having, &input);
    path->total += pass.total;
    path->rows += pass.rows;
}

static void add_sets_path(const SetsInput *in, AggStrategy strategy, List *rollups)
{
    Path *path = path_new(PATH_GROUPING_SETS, in->rel, &in->rel->target), *sub = in->path;
    const RollUp *first = list_at(rollups, 0);
    AggInput input = {sub->startup, sub->total, sub->rows, sub->target->width};
    bool is_first_sort = first->is_hashed;

    if (strategy == AGG_SORTED && list_count(rollups) == 1 && first->group_by == NULL)
        strategy = AGG_PLAIN;
    if (strategy == AGG_MIXED && list_count(rollups) == 1)
        strategy = AGG_HASHED;
    path->outer = sub;
    path->param = sub->param;
    if (strategy == AGG_SORTED && list_count(rollups) == 1)
        path->keys = in->root->group_keys;
    path->u.agg.strategy = strategy;
    path->u.agg.rollups = rollups;
    path->u.agg.having = in->having;
    path->u.agg.transition_space = in->costs->space;
    cost_agg(in->root, path, strategy, in->costs, key_count(first), first->rows, in->having,
             &input);
    list_foreach(RollUp *, rollup, rollups) {
        if (rollup_i > 0)
            add_pass(path, in, rollup, &is_first_sort);
    }
    path->startup += in->rel->target.cost.startup;
    path->total += in->rel->target.cost.startup + in->rel->target.cost.per_tuple * path->rows;
    path_add(in->rel, path);
}

static RollUp *hashed_rollup(const SetsInput *in, GroupSet *set)
{
    RollUp *rollup = new_rollup(in->root, list_of(set));

    rollup->can_hash = rollup->is_hashed = true;
    return rollup;
}

/* All sets in tables, but that which the input's order serves anyway. */
static void add_hashed(const SetsInput *in)
{
    const GroupingSets *g = in->root->grouping_sets;
    List *sets = list_copy(g->hash_only), *rollups = NULL, *empty = NULL;
    RollUp *sorted = NULL;
    int from = 0;

    if (g->rollups != NULL && in->root->group_keys != NULL &&
        keys_contain(in->path->keys, in->root->group_keys)) {
        sorted = list_at(g->rollups, 0);
        from = 1;
    }
    if (g->rollups != NULL &&
        table_size(in, in->groups - (sorted == NULL ? 0 : sorted->rows)) > cost_hash_memory())
        return;
    for (int i = from; i < list_count(g->rollups); i++) {
        const RollUp *rollup = list_at(g->rollups, i);

        /* One of nothing but empty sets needs no table. */
        if (!rollup->can_hash && rollup->group_by != NULL)
            return;
        sets = list_concat(sets, list_copy(rollup->sources));
    }
    list_foreach(GroupSet *, set, sets) {
        if (set->refs != NULL)
            rollups = list_add(rollups, hashed_rollup(in, set));
        else
            empty = list_add(empty, set);
    }
    if (rollups == NULL)
        return;
    if (sorted != NULL)
        rollups = list_add(rollups, sorted);
    if (empty != NULL)
        rollups = list_add(rollups, new_rollup(in->root, empty));
    add_sets_path(in, sorted != NULL || empty != NULL ? AGG_MIXED : AGG_HASHED, rollups);
}

/*
 * Which of so many orders had better be tables, that most of them fit into so many shares: taken[i]
 * of each. The best sums are found for each room, one order after the other.
 */
static void choose(int capacity, int count, const int *weights, bool *taken)
{
    size_t room = (size_t)capacity + 1;
    int *best = mem_new_array(int, room);
    bool *with = mem_new_array(bool, room *(size_t)count);

    for (int i = 0; i < count; i++) {
        for (int c = capacity; c >= weights[i]; c--) {
            if (best[c] <= best[c - weights[i]] + 1) {
                with[(size_t)i * room + (size_t)c] = true;
                best[c] = best[c - weights[i]] + 1;
            }
        }
    }
    for (int i = count - 1; i >= 0; i--) {
        taken[i] = with[(size_t)i * room + (size_t)capacity];
        if (taken[i])
            capacity -= weights[i];
    }
}

/* Later orders whose tables have room in memory are moved to the list of sets that are hashed. */
static List *spare_sorts(const SetsInput *in, List **hash_sets)
{
    const GroupingSets *g = in->root->grouping_sets;
    int count = list_count(g->rollups), tables = 0, capacity;
    double space = cost_hash_memory() - table_size(in, g->hash_only_rows), scale;
    int *weights = mem_new_array(int, (size_t)count), *places = mem_new_array(int, (size_t)count);
    bool *taken = mem_new_array(bool, (size_t)count), *moved = mem_new_array(bool, (size_t)count);
    List *rollups = NULL;

    if (space <= 0 || count < 2)
        return NULL;
    scale = max_double(space / (HASH_SHARES * count), 1.0);
    capacity = (int)floor(space / scale);
    for (int i = 1; i < count; i++) {
        const RollUp *rollup = list_at(g->rollups, i);

        if (!rollup->can_hash)
            continue;
        weights[tables] =
            (int)min_double(floor(table_size(in, rollup->rows) / scale), capacity + 1.0);
        places[tables++] = i;
    }
    if (tables == 0)
        return NULL;
    choose(capacity, tables, weights, taken);
    for (int i = 0; i < tables; i++)
        moved[places[i]] = taken[i];
    for (int i = 0; i < count; i++) {
        RollUp *rollup = list_at(g->rollups, i);

        if (moved[i])
            *hash_sets = list_concat(*hash_sets, list_copy(rollup->sources));
        else
            rollups = list_add(rollups, rollup);
    }
    return list_count(rollups) == count ? NULL : rollups;
}

static void add_sorted(const SetsInput *in)
{
    const GroupingSets *g = in->root->grouping_sets;

    if (g->rollups == NULL)
        return;
    if (in->root->aggs->ordered_count == 0 && g->some_can_hash) {
        List *hash_sets = list_copy(g->hash_only);
        List *rollups = spare_sorts(in, &hash_sets);

        if (rollups == NULL && hash_sets != NULL)
            rollups = list_copy(g->rollups);
        if (rollups != NULL) {
            list_foreach(GroupSet *, set, hash_sets) {
                if (set->refs != NULL)
                    rollups = list_add_first(hashed_rollup(in, set), rollups);
            }
            add_sets_path(in, AGG_MIXED, rollups);
        }
    }
    if (g->hash_only == NULL)
        add_sets_path(in, AGG_SORTED, g->rollups);
}

void grouping_sets_add_paths(Planner *root, PlanRel *rel, PlanRel *input, const AggCost *costs)
{
    const GroupingSets *g = root->grouping_sets;
    SetsInput in = {.root = root,
                    .rel = rel,
                    .costs = costs,
                    .having = (List *)(void *)root->query->having,
                    .groups = count_all_groups(root, input->cheapest_total->rows)};

    list_foreach(Path *, path, input->paths) {
        int presorted = 0;
        bool is_sorted = keys_common(root->group_keys, path->keys, &presorted);

        in.path = path;
        if (path == input->cheapest_total || is_sorted) {
            if (!is_sorted)
                in.path = path_sort(rel, path, root->group_keys, -1);
            add_sorted(&in);
        }
        if (is_sorted || presorted == 0 || !setting.enable_incremental_sort)
            continue;
        in.path = path_incremental_sort(root, rel, path, root->group_keys, presorted, -1);
        add_sorted(&in);
    }
    if (root->query->group_by != NULL && root->aggs->ordered_count == 0 && g->some_can_hash) {
        in.path = input->cheapest_total;
        add_hashed(&in);
    }
}

/* ---- The node ---- */

static AggStrategy strategy_of(const RollUp *rollup)
{
    if (rollup->is_hashed)
        return AGG_HASHED;
    return key_count(rollup) == 0 ? AGG_PLAIN : AGG_SORTED;
}

/* The order of a later pass; what it reads is known to the Agg at the top. */
static Plan *sort_of(const List *keys, const List *group_by)
{
    Sort *sort = node_new(Sort);

    list_foreach(GroupKey *, key, keys) {
        const SortGroupClause *clause = list_at(group_by, key_i);
        SortKey *made = node_new(SortKey);
        Oid family = 0, input = 0;

        facts_ordering(clause->sort_operator, &family, &input, &made->is_descending);
        made->operator= clause->sort_operator;
        made->compare = facts_family_function(family, input, input, SUPPORT_ORDER);
        made->column = key->column;
        made->collation = key->collation;
        made->is_nulls_first = clause->is_nulls_first;
        sort->keys = list_add(sort->keys, made);
    }
    return (Plan *)sort;
}

typedef struct SetColumns {
    const List *keys;     /* GroupKey of all refs; with the next */
    const List *group_by; /* SortGroupClause */
} SetColumns;

/* GROUPING() asks by columns of the input. */
static bool set_columns(Node *node, void *arg)
{
    const SetColumns *all = arg;
    GroupingFunc *call = (GroupingFunc *)(void *)node;

    if (!node_is(node, GroupingFunc) || call->levels_up > 0)
        return node_walk(node, set_columns, arg);
    call->columns = NULL;
    for (int i = 0; i < list_count(call->refs); i++) {
        list_foreach(SortGroupClause *, clause, all->group_by) {
            if ((int)clause->ref == list_int_at(call->refs, i))
                call->columns =
                    list_add_int(call->columns, ((GroupKey *)list_at(all->keys, clause_i))->column);
        }
    }
    return false;
}

static Agg *new_agg(AggStrategy strategy, const RollUp *rollup, const List *targets)
{
    Agg *agg = node_new(Agg);

    agg->strategy = strategy;
    agg->keys = create_group_keys(rollup->group_by, targets);
    agg->sets = node_copy(rollup->sets);
    agg->groups = rollup->rows;
    return agg;
}

Plan *create_grouping_sets(Planner *root, Path *path)
{
    Plan *sub = create_node(root, path->outer, CREATE_LABELED);
    const List *rollups = path->u.agg.rollups;
    const RollUp *first = list_at(rollups, 0);
    bool is_first_sort = first->is_hashed;
    Agg *agg = new_agg(path->u.agg.strategy, first, sub->targets);

    create_set_cost((Plan *)agg, path);
    agg->left = sub;
    agg->targets = node_copy(create_targets(root, path));
    agg->quals = node_copy(path->u.agg.having);
    for (int i = 1; i < list_count(rollups); i++) {
        const RollUp *rollup = list_at(rollups, i);
        Agg *more = new_agg(strategy_of(rollup), rollup, sub->targets);

        if (!rollup->is_hashed && !is_first_sort)
            more->left = sort_of(more->keys, rollup->group_by);
        if (!rollup->is_hashed)
            is_first_sort = false;
        agg->chain = list_add(agg->chain, more);
    }
    return (Plan *)agg;
}

void create_grouping_columns(const Planner *root, Agg *agg)
{
    SetColumns all = {.keys = create_group_keys(root->query->group_by, agg->left->targets),
                      .group_by = root->query->group_by};

    node_walk(as_node(agg->targets), set_columns, &all);
    if (agg->quals != NULL)
        node_walk(as_node(agg->quals), set_columns, &all);
}
