/*
 * cost_join.c - nested loops, merge and hash joins, and Memoize
 *
 * Each has a first part that is cheap to compute and never too high, by which most joins are given
 * up; the second one looks at conditions.
 */
#include "common/base/base.h"

#include <math.h>

#include "common/format/page.h"
#include "common/mem/mem.h"
#include "server/config/setting.h"
#include "server/node/expr.h"
#include "server/planner/clause.h"
#include "server/planner/cost.h"
#include "server/planner/equiv.h"
#include "server/planner/expr_util.h"
#include "server/planner/path.h"
#include "server/planner/rel.h"
#include "server/planner/selec.h"

#define HASH_TUPLE_OVERHEAD 32 /* bytes of a row in a hash table beside its columns */
#define BUCKETS_MIN         1024
#define SKEW_MEMORY_PERCENT 2
#define SKEW_VALUE_OVERHEAD (64 + 4 + 16)
#define ALLOC_MAX           0x3FFFFFFF
#define MEMOIZE_ENTRY_BYTES 48
#define MEMOIZE_TUPLE_BYTES 16

static double at_least_one(double rows)
{
    return rows <= 0 ? 1 : rows;
}

static bool stops_at_match(JoinKind kind, const JoinFacts *facts)
{
    return kind == JOIN_SEMI || kind == JOIN_ANTI || facts->is_inner_unique;
}

static void set_rows(Path *path)
{
    path->rows = path->param != NULL ? path->param->rows : path->rel->rows;
}

static void finish(Path *path, double startup, double run)
{
    path->startup = startup + path->target->cost.startup;
    path->total = path->startup + run + path->target->cost.per_tuple * path->rows;
}

static double clauses_selectivity(Planner *root, const List *clauses)
{
    SelecScope scope = {.root = root, .kind = JOIN_INNER};
    OuterJoin plain = {.kind = JOIN_INNER};
    double s = 1;

    scope.join = &plain;
    list_foreach(Clause *, clause, clauses)
        s *= selec_clause(&scope, clause);
    return s;
}

/* Rows that meet the clauses, whatever else there is. */
static double matching_rows(Planner *root, const Path *path, const List *clauses)
{
    return cost_clamp_rows(clauses_selectivity(root, clauses) * path->outer->rows *
                           path->inner->rows);
}

void cost_join_factors(Planner *root, PlanRel *rel, const PlanRel *outer, const PlanRel *inner,
                       JoinKind kind, JoinFacts *facts)
{
    OuterJoin plain = {.min_left = outer->relids,
                       .min_right = inner->relids,
                       .left = outer->relids,
                       .right = inner->relids,
                       .kind = JOIN_INNER};
    SelecScope semi = {
        .root = root, .kind = kind == JOIN_ANTI ? JOIN_ANTI : JOIN_SEMI, .join = facts->join};
    SelecScope normal = {.root = root, .kind = JOIN_INNER, .join = &plain};
    List *quals = NULL;
    double matched, all;

    list_foreach(Clause *, clause, facts->clauses) {
        bool is_outer =
            kind == JOIN_LEFT || kind == JOIN_FULL || kind == JOIN_RIGHT || kind == JOIN_ANTI;

        if (!is_outer || !clause_is_pushed_down(clause, rel->relids))
            quals = list_add(quals, clause);
    }
    matched = selec_list(&semi, quals);
    all = selec_list(&normal, quals);
    facts->outer_match = matched;
    facts->match_count = matched > 0 ? max_double(1, all * inner->rows / matched) : 1;
}

/* ---- Nested loops ---- */

void cost_nest_loop_first(Planner *root, JoinCost *cost, JoinKind kind, const Path *outer,
                          const Path *inner, const JoinFacts *facts)
{
    double again_startup, again_total, rows = outer->rows;

    cost_rescan(root, inner, &again_startup, &again_total);
    *cost = (JoinCost){.startup = outer->startup + inner->startup};
    cost->run = outer->total - outer->startup;
    if (rows > 1)
        cost->run += (rows - 1) * again_startup;
    cost->inner_run = inner->total - inner->startup;
    cost->inner_rescan = again_total - again_startup;
    if (!stops_at_match(kind, facts)) {
        cost->run += cost->inner_run;
        if (rows > 1)
            cost->run += (rows - 1) * cost->inner_rescan;
    }
    cost->total = cost->startup + cost->run;
}

/* Does an index of the inner side look for all that the join asks? Then a miss costs little. */
static bool has_indexed_quals(const Path *path)
{
    const Path *inner = path->inner, *scan = inner;
    BitSet *both;
    bool found = false;

    if (path->u.join.clauses != NULL || inner->param == NULL)
        return false;
    if (inner->kind == PATH_BITMAP_HEAP)
        scan = inner->outer;
    if (scan->kind != PATH_INDEX)
        return false;
    both = bitset_union(path->outer->rel->relids, path_outer(inner));
    list_foreach(Clause *, clause, inner->param->clauses) {
        if (!clause_can_move_into(clause, inner->rel->relids, both))
            continue;
        if (!equiv_is_redundant_with(clause, scan->u.index.clauses))
            return false;
        found = true;
    }
    return found;
}

static double nest_loop_pairs(const Path *path, const JoinCost *cost, const JoinFacts *facts,
                              double *run)
{
    double outer = at_least_one(path->outer->rows), inner = at_least_one(path->inner->rows);
    double matched = rint(outer * facts->outer_match), unmatched = outer - matched;
    double part = 2.0 / (facts->match_count + 1.0), pairs = matched * inner * part;

    if (has_indexed_quals(path)) {
        *run += cost->inner_run * part;
        if (matched > 1)
            *run += (matched - 1) * cost->inner_rescan * part;
        *run += unmatched * cost->inner_rescan / inner;
        return pairs;
    }
    pairs += unmatched * inner;
    *run += cost->inner_run;
    if (unmatched >= 1)
        unmatched -= 1;
    else
        matched -= 1;
    if (matched > 0)
        *run += matched * cost->inner_rescan * part;
    if (unmatched > 0)
        *run += unmatched * cost->inner_rescan;
    return pairs;
}

void cost_nest_loop(Planner *root, Path *path, const JoinCost *cost, const JoinFacts *facts)
{
    double startup = cost->startup, run = cost->run, pairs;
    Cost quals;

    set_rows(path);
    if (!setting.enable_nestloop)
        startup += COST_DISABLED;
    if (stops_at_match(path->u.join.kind, facts))
        pairs = nest_loop_pairs(path, cost, facts, &run);
    else
        pairs = at_least_one(path->outer->rows) * at_least_one(path->inner->rows);
    quals = cost_clauses(root, path->u.join.clauses);
    startup += quals.startup;
    run += (setting.cpu_tuple_cost + quals.per_tuple) * pairs;
    finish(path, startup, run);
}

/* ---- Merge joins ---- */

static const MergeScan *merge_scan(Planner *root, Clause *clause, const PathKey *key)
{
    MergeScan *scan;

    list_foreach(MergeScan *, known, clause->merge_scans) {
        if (known->family == key->family && known->collation == key->ec->collation &&
            known->is_descending == key->is_descending &&
            known->is_nulls_first == key->is_nulls_first)
            return known;
    }
    scan = mem_new(MergeScan);
    *scan = (MergeScan){.family = key->family,
                        .collation = key->ec->collation,
                        .is_descending = key->is_descending,
                        .is_nulls_first = key->is_nulls_first};
    selec_merge_scan(root, clause->expr, scan);
    clause->merge_scans = list_add(clause->merge_scans, scan);
    return scan;
}

typedef struct Parts {
    double start, end;
} Parts;

/* What of each side is read, as fractions. */
static void find_parts(Planner *root, const Path *join, Parts *outer, Parts *inner)
{
    JoinKind kind = join->u.join.kind;
    Clause *first;
    const List *keys;
    const MergeScan *scan;

    *outer = *inner = (Parts){0, 1};
    if (join->u.join.keys == NULL || kind == JOIN_FULL)
        return;
    first = list_at(join->u.join.keys, 0);
    keys = join->u.join.outer_keys != NULL ? join->u.join.outer_keys : join->outer->keys;
    scan = merge_scan(root, first, list_at(keys, 0));
    *outer = (Parts){scan->left_start, scan->left_end};
    *inner = (Parts){scan->right_start, scan->right_end};
    if (!bitset_is_subset(first->left, join->outer->rel->relids)) {
        Parts swap = *outer;

        *outer = *inner;
        *inner = swap;
    }
    if (kind == JOIN_LEFT || kind == JOIN_ANTI)
        *outer = (Parts){0, 1};
    else if (kind == JOIN_RIGHT)
        *inner = (Parts){0, 1};
}

/* One side's share: what goes before the first row, and what comes after. */
static double side_cost(const Path *path, const List *sort_keys, const Parts *part, double *startup)
{
    double begin = path->startup, total = path->total;

    if (sort_keys != NULL) {
        Path sort = *path;

        cost_sort(&sort, path->startup, path->total, path->rows, path->target->width, -1, 0);
        begin = sort.startup;
        total = sort.total;
    }
    *startup += begin + (total - begin) * part->start;
    return (total - begin) * (part->end - part->start);
}

void cost_merge_first(Planner *root, JoinCost *cost, const Path *join, const JoinFacts *facts)
{
    double outer_rows = at_least_one(join->outer->rows);
    double inner_rows = at_least_one(join->inner->rows);
    Parts outer, inner;

    (void)facts;
    *cost = (JoinCost){0};
    find_parts(root, join, &outer, &inner);
    cost->outer_skip = rint(outer_rows * outer.start);
    cost->inner_skip = rint(inner_rows * inner.start);
    cost->outer_rows = cost_clamp_rows(outer_rows * outer.end);
    cost->inner_rows = cost_clamp_rows(inner_rows * inner.end);
    outer = (Parts){cost->outer_skip / outer_rows, cost->outer_rows / outer_rows};
    inner = (Parts){cost->inner_skip / inner_rows, cost->inner_rows / inner_rows};
    cost->run = side_cost(join->outer, join->u.join.outer_keys, &outer, &cost->startup);
    cost->inner_run = side_cost(join->inner, join->u.join.inner_keys, &inner, &cost->startup);
    cost->total = cost->startup + cost->run + cost->inner_run;
}

static bool can_go_back(const Path *path)
{
    return path->kind == PATH_INDEX || path->kind == PATH_MATERIAL || path->kind == PATH_SORT;
}

static bool wants_material(const Path *path, double bare, double kept)
{
    const Path *inner = path->inner;

    if (path->u.join.skips_mark)
        return false;
    if (setting.enable_material && kept < bare)
        return true;
    if (path->u.join.inner_keys == NULL)
        return !can_go_back(inner);
    return setting.enable_material &&
           cost_byte_size(inner->rows, inner->target->width) > setting.work_mem * 1024.0;
}

void cost_merge(Planner *root, Path *path, JoinCost *cost, const JoinFacts *facts)
{
    double startup = cost->startup, run = cost->run, again = 0, ratio, bare, kept, pairs;
    Cost merge = cost_clauses(root, path->u.join.keys);
    Cost all = cost_clauses(root, path->u.join.clauses);

    set_rows(path);
    if (!setting.enable_mergejoin)
        startup += COST_DISABLED;
    all.startup -= merge.startup;
    all.per_tuple -= merge.per_tuple;
    path->u.join.skips_mark = stops_at_match(path->u.join.kind, facts) &&
                              list_count(path->u.join.clauses) == list_count(path->u.join.keys);
    pairs = matching_rows(root, path, path->u.join.keys);
    if (path->outer->kind != PATH_UNIQUE && !path->u.join.skips_mark)
        again = max_double(0, pairs - at_least_one(path->inner->rows));
    ratio = 1.0 + again / cost->inner_rows;
    bare = cost->inner_run * ratio;
    kept = cost->inner_run + setting.cpu_operator_cost * cost->inner_rows * ratio;
    path->u.join.materializes_inner = wants_material(path, bare, kept);
    run += path->u.join.materializes_inner ? kept : bare;
    startup += merge.startup;
    startup += merge.per_tuple * (cost->outer_skip + cost->inner_skip * ratio);
    run += merge.per_tuple *
           ((cost->outer_rows - cost->outer_skip) + (cost->inner_rows - cost->inner_skip) * ratio);
    startup += all.startup;
    run += (setting.cpu_tuple_cost + all.per_tuple) * pairs;
    finish(path, startup, run);
}

/* ---- Hash joins ---- */

static double next_power(double x)
{
    double power = 1;

    while (power < x)
        power *= 2;
    return power;
}

static double align8(double bytes)
{
    return ceil(bytes / 8) * 8;
}

void cost_hash_size(double rows, int width, int *buckets, int *batches)
{
    double tuple = HASH_TUPLE_OVERHEAD + align8(width), memory = cost_hash_memory(), all;
    double most, count, skew, pointers;

    if (rows <= 0)
        rows = 1000;
    all = rows * tuple;
    skew = floor(memory / (tuple + SKEW_VALUE_OVERHEAD));
    skew = floor(skew * SKEW_MEMORY_PERCENT / 100);
    if (skew > 0)
        memory -= skew * (tuple + SKEW_VALUE_OVERHEAD);
    most = min_double(floor(memory / 8), ALLOC_MAX / 8);
    pointers = next_power(most);
    if (pointers > most)
        pointers /= 2;
    pointers = min_double(pointers, INT32_MAX / 2 + 1);
    count = next_power(max_double(BUCKETS_MIN, min_double(ceil(rows), pointers)));
    *batches = 1;
    if (all + count * 8 > memory) {
        double fits = memory <= tuple + 8 ? 1 : next_power(floor(memory / (tuple + 8)));

        count = min_double(fits, pointers);
        *batches =
            (int)next_power(max_double(2, min_double(ceil(all / (memory - count * 8)), pointers)));
    }
    *buckets = (int)count;
}

void cost_hash_first(Planner *root, JoinCost *cost, const Path *join, const JoinFacts *facts)
{
    const Path *outer = join->outer, *inner = join->inner;
    double keys = setting.cpu_operator_cost * list_count(join->u.join.keys);

    (void)root;
    (void)facts;
    *cost = (JoinCost){.startup = outer->startup, .run = outer->total - outer->startup};
    cost->startup += inner->total;
    cost->startup += (keys + setting.cpu_tuple_cost) * inner->rows;
    cost->run += keys * outer->rows;
    cost_hash_size(inner->rows, inner->target->width, &cost->buckets, &cost->batches);
    if (cost->batches > 1) {
        double in = cost_page_size(inner->rows, inner->target->width);
        double out = cost_page_size(outer->rows, outer->target->width);

        cost->startup += setting.seq_page_cost * in;
        cost->run += setting.seq_page_cost * (in + 2 * out);
    }
    cost->total = cost->startup + cost->run;
}

/* The largest bucket by the best of the keys, and the most common value's share. */
static double bucket_size(Planner *root, const Path *path, double buckets, double *mcv)
{
    double size = 1;

    *mcv = 1;
    if (path->inner->kind == PATH_UNIQUE) {
        *mcv = 0;
        return 1.0 / buckets;
    }
    list_foreach(Clause *, clause, path->u.join.keys) {
        bool is_right = bitset_is_subset(clause->right, path->inner->rel->relids);
        double *known = is_right ? &clause->right_bucket : &clause->left_bucket;
        double *known_mcv = is_right ? &clause->right_mcv : &clause->left_mcv;

        if (*known < 0)
            *known =
                selec_bucket(root, is_right ? expr_right(clause->expr) : expr_left(clause->expr),
                             buckets, known_mcv);
        size = min_double(size, *known);
        *mcv = min_double(*mcv, *known_mcv);
    }
    return size;
}

void cost_hash(Planner *root, Path *path, const JoinCost *cost, const JoinFacts *facts)
{
    double startup = cost->startup, run = cost->run, buckets, size, mcv, pairs;
    double outer = path->outer->rows, inner = path->inner->rows;
    Cost hash = cost_clauses(root, path->u.join.keys);
    Cost all = cost_clauses(root, path->u.join.clauses);

    set_rows(path);
    if (!setting.enable_hashjoin)
        startup += COST_DISABLED;
    path->u.join.batches = cost->batches;
    path->u.join.inner_rows_total = inner;
    buckets = (double)cost->buckets * cost->batches;
    size = bucket_size(root, path, buckets, &mcv);
    /* A value that does not fit into memory cannot be split. */
    if (cost_byte_size(cost_clamp_rows(inner * mcv), path->inner->target->width) >
        cost_hash_memory())
        startup += COST_DISABLED;
    all.startup -= hash.startup;
    all.per_tuple -= hash.per_tuple;
    startup += hash.startup;
    if (stops_at_match(path->u.join.kind, facts)) {
        double matched = rint(outer * facts->outer_match);
        double part = 2.0 / (facts->match_count + 1.0);

        run += hash.per_tuple * matched * cost_clamp_rows(inner * size * part) * 0.5;
        run += hash.per_tuple * (outer - matched) * cost_clamp_rows(inner / buckets) * 0.05;
        pairs = path->u.join.kind == JOIN_ANTI ? outer - matched : matched;
    } else {
        run += hash.per_tuple * outer * cost_clamp_rows(inner * size) * 0.5;
        pairs = matching_rows(root, path, path->u.join.keys);
    }
    startup += all.startup;
    run += (setting.cpu_tuple_cost + all.per_tuple) * pairs;
    finish(path, startup, run);
}

/* ---- Memoize ---- */

void cost_memoize_rescan(Planner *root, const Path *path, double *startup, double *total)
{
    const Path *sub = path->outer;
    double tuples = sub->rows, calls = path->u.memoize.calls, entry, room, distinct, hits, evicted;
    union {
        const Path *from;
        Path *to;
    } note = {path};

    entry = cost_byte_size(tuples, sub->target->width) + MEMOIZE_ENTRY_BYTES +
            MEMOIZE_TUPLE_BYTES * tuples;
    room = floor(cost_hash_memory() / entry);
    distinct = selec_group_count(root, path->u.memoize.exprs, calls, NULL);
    note.to->u.memoize.entries =
        (uint32_t)min_double(min_double(distinct, room), (double)UINT32_MAX);
    evicted = 1.0 - min_double(room, distinct) / distinct;
    hits = (calls - distinct) / calls * (room / max_double(distinct, room));
    *total = sub->total * (1.0 - hits) + setting.cpu_operator_cost;
    *total += setting.cpu_tuple_cost * evicted;
    *total += setting.cpu_operator_cost * evicted * tuples;
    *total += setting.cpu_tuple_cost + setting.cpu_operator_cost * tuples;
    *startup = sub->startup * (1.0 - hits) + setting.cpu_tuple_cost;
}
