/* cost_upper.c - sorting, grouping, windows, limits, and what is kept for later. */
#include "common/base/base.h"

#include <math.h>

#include "server/planner/cost.h"

#include "common/format/page.h"
#include "server/config/setting.h"
#include "server/node/expr.h"
#include "server/planner/equiv.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/planner/selec.h"

#define MERGE_ORDER_MIN      6
#define MERGE_ORDER_MAX      500
#define TAPE_BUFFER          BLOCK_SIZE
#define MERGE_BUFFER         (32 * BLOCK_SIZE)
#define GROUPS_UNKNOWN       200
#define LIMIT_PART_UNKNOWN   0.10
#define RECURSIONS           10
#define CHUNK_HEADER         16
#define HASH_ENTRY           24
#define MINIMAL_HEADER       16
#define GROUP_STATE          16
#define SPILL_PARTITIONS_MIN 4
#define SPILL_PARTITIONS_MAX 1024
#define SPILL_FACTOR         1.5

static double log2_of(double x)
{
    return log(x) / 0.693147180559945;
}

/* ---- Sorting ---- */

typedef struct SortCost {
    double startup, run;
} SortCost;

static SortCost cost_tuple_sort(double tuples, int width, double comparison, double limit)
{
    double memory = setting.work_mem * 1024.0, bytes, kept, kept_bytes;
    SortCost cost = {0};

    if (tuples < 2)
        tuples = 2;
    bytes = cost_byte_size(tuples, width);
    comparison += 2.0 * setting.cpu_operator_cost;
    kept = limit > 0 && limit < tuples ? limit : tuples;
    kept_bytes = limit > 0 && limit < tuples ? cost_byte_size(kept, width) : bytes;
    if (kept_bytes > memory) {
        double pages = ceil(bytes / BLOCK_SIZE), runs = bytes / memory, passes = 1, order;

        order = floor(memory / (2 * TAPE_BUFFER + MERGE_BUFFER));
        order = order < MERGE_ORDER_MIN ? MERGE_ORDER_MIN : min_double(order, MERGE_ORDER_MAX);
        if (runs > order)
            passes = ceil(log(runs) / log(order));
        cost.startup = comparison * tuples * log2_of(tuples);
        cost.startup +=
            2.0 * pages * passes * (setting.seq_page_cost * 0.75 + setting.random_page_cost * 0.25);
    } else if (tuples > 2 * kept || bytes > memory) {
        /* A heap of those that are kept. */
        cost.startup = comparison * tuples * log2_of(2.0 * kept);
    } else {
        cost.startup = comparison * tuples * log2_of(tuples);
    }
    cost.run = setting.cpu_operator_cost * tuples;
    return cost;
}

void cost_sort(Path *path, double startup, double total, double rows, int width, double limit,
               double comparison)
{
    SortCost cost = cost_tuple_sort(rows, width, comparison, limit);

    (void)startup;
    path->rows = rows;
    path->startup = cost.startup + total + (setting.enable_sort ? 0 : COST_DISABLED);
    path->total = path->startup + cost.run;
}

/* Groups that are equal in the keys that are sorted already. */
static double presorted_groups(Planner *root, const Path *path, int presorted, double rows)
{
    List *exprs = NULL;

    for (int i = 0; i < presorted; i++) {
        const PathKey *key = list_at(path->keys, i);
        const EquivMember *em = list_at(key->ec->members, 0);

        if (bitset_has(em->relids, 0))
            return min_double(rows, GROUPS_UNKNOWN);
        exprs = list_add(exprs, em->expr);
    }
    return selec_group_count(root, exprs, rows, NULL);
}

void cost_incremental_sort(Planner *root, Path *path, const Path *input, int presorted,
                           double limit)
{
    double rows = input->rows < 2 ? 2 : input->rows;
    double input_run = input->total - input->startup;
    double groups = presorted_groups(root, path, presorted, rows), per_group, run;
    SortCost sort;

    per_group = rows / groups;
    sort = cost_tuple_sort(1.5 * per_group, input->target->width, 0, limit);
    path->rows = input->rows;
    path->startup = sort.startup + input->startup + input_run / groups;
    run = sort.run + (sort.run + sort.startup) * (groups - 1) + input_run / groups * (groups - 1);
    run += setting.cpu_tuple_cost * rows;
    run += 2.0 * setting.cpu_tuple_cost * groups;
    path->total = path->startup + run;
}

void cost_material(Path *path, const Path *input, int width)
{
    double run = input->total - input->startup;

    path->rows = input->rows;
    run += 2 * setting.cpu_operator_cost * input->rows;
    if (cost_byte_size(input->rows, width) > setting.work_mem * 1024.0)
        run += setting.seq_page_cost * ceil(cost_byte_size(input->rows, width) / BLOCK_SIZE);
    path->startup = input->startup;
    path->total = path->startup + run;
}

void cost_append(Path *path)
{
    double rows = 0;

    path->startup = path->total = 0;
    list_foreach(Path *, sub, path->u.append.paths) {
        if (sub_i == 0)
            path->startup = sub->startup;
        path->total += sub->total;
        rows += sub->rows;
    }
    path->rows = rows;
    path->total += setting.cpu_tuple_cost * 0.5 * rows;
}

void cost_merge_append(Path *path, int key_count, double startup, double total, double rows)
{
    double count = list_count(path->u.append.paths), comparison = 2.0 * setting.cpu_operator_cost;
    double levels, run;

    (void)key_count;
    if (count < 2)
        count = 2;
    levels = log2_of(count);
    startup += comparison * count * levels;
    run = rows * comparison * levels + setting.cpu_tuple_cost * 0.5 * rows;
    path->startup = startup;
    path->total = startup + run + total;
}

/* ---- Grouping ---- */

static double align8(double bytes)
{
    return ceil(bytes / 8) * 8;
}

double cost_hash_agg_entry(int transition_count, double width, double space)
{
    double bytes = HASH_ENTRY + CHUNK_HEADER + MINIMAL_HEADER + align8(width);

    if (transition_count > 0)
        bytes += CHUNK_HEADER + transition_count * GROUP_STATE;
    if (space > 0)
        bytes += CHUNK_HEADER + space;
    return bytes;
}

static double partition_count(double groups, double entry, double memory)
{
    double most = (memory * 0.25 - BLOCK_SIZE) / BLOCK_SIZE;
    double wanted = 1 + floor(SPILL_FACTOR * groups * entry / memory), power = 1;

    if (wanted > most)
        wanted = most;
    wanted = max_double(SPILL_PARTITIONS_MIN, min_double(wanted, SPILL_PARTITIONS_MAX));
    wanted = floor(wanted);
    while (power < wanted)
        power *= 2;
    return power;
}

/* What hashing more groups than memory holds writes and reads. */
static void add_spill(Path *path, const AggCost *aggs, double groups, const AggInput *input)
{
    double memory = cost_hash_memory();
    double entry = cost_hash_agg_entry(aggs == NULL ? 0 : aggs->transition_count, input->width,
                                       aggs == NULL ? 0 : aggs->space);
    double limit = memory, group_limit = floor(memory / entry), partitions = 0, batches, depth;
    double pages, spill;

    if (groups * entry > memory) {
        double for_partitions;

        partitions = partition_count(groups, entry, memory);
        for_partitions = BLOCK_SIZE + BLOCK_SIZE * partitions;
        limit = memory > 4 * for_partitions ? memory - for_partitions : floor(memory * 0.75);
        group_limit = limit > entry ? floor(limit / entry) : 1;
    }
    batches = max_double(groups * entry / limit, groups / group_limit);
    batches = max_double(ceil(batches), 1);
    partitions = max_double(partitions, 2);
    depth = ceil(log(batches) / log(partitions));
    pages = cost_byte_size(input->rows, input->width) / BLOCK_SIZE * depth * 2.0;
    path->startup += pages * setting.random_page_cost;
    path->total += pages * setting.random_page_cost;
    path->total += pages * setting.seq_page_cost;
    spill = depth * input->rows * 2.0 * setting.cpu_tuple_cost;
    path->startup += spill;
    path->total += spill;
}

static void add_having(Planner *root, Path *path, const List *having)
{
    Cost cost;

    if (having == NULL)
        return;
    cost = cost_expr(root, having);
    path->startup += cost.startup;
    path->total += cost.startup + path->rows * cost.per_tuple;
    path->rows = cost_clamp_rows(path->rows * selec_list_of_rel(root, having, 0));
}

void cost_agg(Planner *root, Path *path, AggStrategy strategy, const AggCost *aggs, int key_count,
              double groups, const List *having, const AggInput *input)
{
    static const AggCost none;
    const AggCost *a = aggs == NULL ? &none : aggs;
    double keys = setting.cpu_operator_cost * key_count;

    if (strategy == AGG_PLAIN) {
        path->startup = input->total + a->transition.startup +
                        a->transition.per_tuple * input->rows + a->final.startup +
                        a->final.per_tuple;
        path->total = path->startup + setting.cpu_tuple_cost;
        path->rows = 1;
    } else if (strategy == AGG_SORTED || strategy == AGG_MIXED) {
        path->startup = input->startup;
        path->total = input->total;
        if (strategy == AGG_MIXED && !setting.enable_hashagg) {
            path->startup += COST_DISABLED;
            path->total += COST_DISABLED;
        }
        path->total += a->transition.startup + a->transition.per_tuple * input->rows +
                       keys * input->rows + a->final.startup + a->final.per_tuple * groups +
                       setting.cpu_tuple_cost * groups;
        path->rows = groups;
    } else {
        path->startup = input->total + (setting.enable_hashagg ? 0 : COST_DISABLED);
        path->startup += a->transition.startup + a->transition.per_tuple * input->rows +
                         keys * input->rows + a->final.startup;
        path->total = path->startup + a->final.per_tuple * groups + setting.cpu_tuple_cost * groups;
        path->rows = groups;
    }
    if (strategy == AGG_HASHED || strategy == AGG_MIXED)
        add_spill(path, a, groups, input);
    add_having(root, path, having);
}

void cost_group(Planner *root, Path *path, int key_count, double groups, const List *having,
                const Path *input)
{
    path->startup = input->startup;
    path->total = input->total + setting.cpu_operator_cost * input->rows * key_count;
    path->rows = groups;
    add_having(root, path, having);
}

/* ---- Windows, limits ---- */

void cost_window(Planner *root, Path *path, const List *calls, int key_count, int order_count,
                 const Path *input)
{
    double rows = input->rows;

    path->startup = input->startup;
    path->total = input->total;
    list_foreach(WindowFunc *, call, calls) {
        PgProc function;
        Cost args = cost_expr(root, call->args), filter = cost_expr(root, call->filter);

        facts_function(call->function, &function);
        path->startup += args.startup + filter.startup;
        path->total += args.startup + filter.startup +
                       rows * ((double)function.procost * setting.cpu_operator_cost +
                               args.per_tuple + filter.per_tuple);
    }
    path->total += setting.cpu_operator_cost * (key_count + order_count) * rows;
    path->total += setting.cpu_tuple_cost * rows;
    path->rows = rows;
}

void cost_limit(double *rows, double *startup, double *total, double offset, double count)
{
    double in_rows = *rows, in_startup = *startup, in_total = *total, n;

    if (offset != 0) {
        n = offset > 0 ? offset : cost_clamp_rows(in_rows * LIMIT_PART_UNKNOWN);
        n = min_double(n, *rows);
        if (in_rows > 0)
            *startup += (in_total - in_startup) * n / in_rows;
        *rows -= n;
        if (*rows < 1)
            *rows = 1;
    }
    if (count != 0) {
        n = count > 0 ? count : cost_clamp_rows(in_rows * LIMIT_PART_UNKNOWN);
        n = min_double(n, *rows);
        if (in_rows > 0)
            *total = *startup + (in_total - in_startup) * n / in_rows;
        *rows = n;
        if (*rows < 1)
            *rows = 1;
    }
}

void cost_recursive_union(Path *path, const Path *first, const Path *again)
{
    double rows = first->rows + RECURSIONS * again->rows;

    path->startup = first->startup;
    path->total = first->total + RECURSIONS * again->total + setting.cpu_tuple_cost * rows;
    path->rows = rows;
    path->target->width =
        first->target->width > again->target->width ? first->target->width : again->target->width;
}

/* ---- Subplans ---- */

void cost_rescan(Planner *root, const Path *path, double *startup, double *total)
{
    (void)root;
    *startup = path->startup;
    *total = path->total;
    switch (path->kind) {
    case PATH_FUNCTION:
        *startup = 0;
        *total = path->total - path->startup;
        break;
    case PATH_HASH_JOIN:
        if (path->u.join.batches == 1) {
            *startup = 0;
            *total = path->total - path->startup;
        }
        break;
    case PATH_CTE:
    case PATH_WORK_TABLE: {
        double bytes = cost_byte_size(path->rows, path->target->width);

        *startup = 0;
        *total = setting.cpu_tuple_cost * path->rows;
        if (bytes > setting.work_mem * 1024.0)
            *total += setting.seq_page_cost * ceil(bytes / BLOCK_SIZE);
        break;
    }
    case PATH_MATERIAL:
    case PATH_SORT: {
        double bytes = cost_byte_size(path->rows, path->target->width);

        *startup = 0;
        *total = setting.cpu_operator_cost * path->rows;
        if (bytes > setting.work_mem * 1024.0)
            *total += setting.seq_page_cost * ceil(bytes / BLOCK_SIZE);
        break;
    }
    case PATH_MEMOIZE:
        cost_memoize_rescan(root, path, startup, total);
        break;
    default:
        break;
    }
}

void cost_subplan(Planner *root, SubPlan *subplan, const Path *path)
{
    Cost cost = cost_expr(root, expr_and_list(subplan->test));
    double run = path->total - path->startup;

    if (subplan->uses_hash) {
        /* Everything is read once, and then there is a look into the table. */
        cost.startup += path->total + setting.cpu_operator_cost * path->rows;
    } else {
        if (subplan->form == SUBPLAN_EXISTS)
            cost.per_tuple += run / cost_clamp_rows(path->rows);
        else if (subplan->form == SUBPLAN_ALL || subplan->form == SUBPLAN_ANY)
            cost.per_tuple += 0.50 * run + 0.50 * path->rows * setting.cpu_operator_cost;
        else
            cost.per_tuple += run;
        /* What depends on nothing is kept; its first row costs once. */
        if (subplan->param_ids == NULL && path->kind == PATH_MATERIAL)
            cost.startup += path->startup;
        else
            cost.per_tuple += path->startup;
    }
    subplan->startup_cost = cost.startup;
    subplan->call_cost = cost.per_tuple;
}
