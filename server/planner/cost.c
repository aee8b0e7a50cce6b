/* cost.c - expressions and scans; cost_upper.c and cost_join.c have the rest of cost.h. */
#include "common/base/base.h"

#include "server/planner/cost.h"

#include <math.h>

#include "common/format/page.h"
#include "server/catalog/catalog_oid.h"
#include "server/config/setting.h"
#include "server/node/expr.h"
#include "server/node/tree.h"
#include "server/planner/clause.h"
#include "server/planner/equiv.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/planner/path.h"
#include "server/planner/rel.h"
#include "server/planner/selec.h"
#include "server/planner/simplify.h"

#define ROWS_MAX        1.0e100
#define TUPLE_HEADER    24  /* aligned */
#define ARRAY_LOOK_PART 0.5 /* of an array's elements is looked at before one matches */

double cost_clamp_rows(double rows)
{
    if (rows > ROWS_MAX || isnan(rows))
        return ROWS_MAX;
    return rows <= 1 ? 1 : rint(rows);
}

static double align8(double bytes)
{
    return ceil(bytes / 8) * 8;
}

double cost_byte_size(double rows, int width)
{
    return rows * (align8(width) + TUPLE_HEADER);
}

double cost_page_size(double rows, int width)
{
    return ceil(cost_byte_size(rows, width) / BLOCK_SIZE);
}

double cost_hash_memory(void)
{
    return floor((double)setting.work_mem * setting.hash_mem_multiplier * 1024.0);
}

/* ---- Expressions ---- */

typedef struct CostWalk {
    Planner *root;
    Cost cost;
} CostWalk;

static void add_function(CostWalk *walk, Oid function)
{
    PgProc row;

    if (function == 0)
        return;
    facts_function(function, &row);
    walk->cost.per_tuple += (double)row.procost * setting.cpu_operator_cost;
}

static bool add_node(Node *node, void *arg);

static void add_array_op(CostWalk *walk, const ScalarArrayOpExpr *op)
{
    double count = simplify_array_count(list_at(op->args, 1));
    CostWalk one = {.root = walk->root}, hash = {.root = walk->root};

    add_function(&one, op->function != 0 ? op->function : facts_operator_function(op->operator));
    if (op->hash_function != 0) {
        /* All elements are hashed once; each row is hashed and compared with about one. */
        add_function(&hash, op->hash_function);
        walk->cost.startup += hash.cost.startup + count * hash.cost.per_tuple;
        walk->cost.per_tuple += hash.cost.per_tuple;
        walk->cost.startup += one.cost.startup;
        walk->cost.per_tuple += one.cost.per_tuple;
        return;
    }
    walk->cost.startup += one.cost.startup;
    walk->cost.per_tuple += one.cost.per_tuple * count * ARRAY_LOOK_PART;
}

static bool add_node(Node *node, void *arg)
{
    CostWalk *walk = arg;

    switch (node->tag) {
    case NODE_FuncExpr:
        add_function(walk, ((FuncExpr *)(void *)node)->function);
        break;
    case NODE_OpExpr:
    case NODE_DistinctExpr:
    case NODE_NullIfExpr:
        add_function(walk, expr_op_function((OpExpr *)(void *)node));
        break;
    case NODE_ScalarArrayOpExpr:
        add_array_op(walk, (ScalarArrayOpExpr *)(void *)node);
        break;
    case NODE_Aggref:
    case NODE_WindowFunc:
        return false; /* in the node that computes them */
    case NODE_GroupingFunc:
        walk->cost.per_tuple += setting.cpu_operator_cost;
        return false;
    case NODE_CoerceViaIO: {
        const CoerceViaIO *io = (CoerceViaIO *)(void *)node;

        add_function(walk, facts_type_input(io->type));
        add_function(walk, facts_type_output(node_expr_type(io->arg)));
        break;
    }
    case NODE_ArrayCoerceExpr: {
        const ArrayCoerceExpr *coerce = (ArrayCoerceExpr *)(void *)node;
        Cost element = cost_expr(walk->root, coerce->element);

        walk->cost.startup += element.startup;
        if (element.per_tuple > 0)
            walk->cost.per_tuple += element.per_tuple * simplify_array_count(coerce->arg);
        return add_node(coerce->arg, arg);
    }
    case NODE_RowCompareExpr: {
        const RowCompareExpr *compare = (RowCompareExpr *)(void *)node;

        for (int i = 0; i < list_count(compare->operators); i++)
            add_function(walk, facts_operator_function(list_oid_at(compare->operators, i)));
        break;
    }
    case NODE_MinMaxExpr:
    case NODE_SQLValueFunction:
    case NODE_XmlExpr:
    case NODE_CoerceToDomain:
    case NODE_NextValueExpr:
        walk->cost.per_tuple += setting.cpu_operator_cost;
        break;
    case NODE_CurrentOfExpr:
        walk->cost.startup += COST_DISABLED;
        break;
    case NODE_SubPlan: {
        const SubPlan *plan = (SubPlan *)(void *)node;

        walk->cost.startup += plan->startup_cost;
        walk->cost.per_tuple += plan->call_cost;
        return false;
    }
    case NODE_AlternativeSubPlan:
        return add_node(list_at(((AlternativeSubPlan *)(void *)node)->subplans, 0), arg);
    default:
        break;
    }
    return node_walk(node, add_node, arg);
}

Cost cost_expr(Planner *root, const void *expr)
{
    CostWalk walk = {.root = root};
    Node *node = as_node(expr);

    if (node == NULL)
        return walk.cost;
    if (node->tag <= NODE_OidList)
        node_walk(node, add_node, &walk);
    else
        add_node(node, &walk);
    return walk.cost;
}

static Cost cost_clause(Planner *root, Clause *clause)
{
    if (clause->cost.startup < 0) {
        clause->cost = cost_expr(root, clause->expr);
        if (clause->is_pseudoconstant) {
            clause->cost.startup += clause->cost.per_tuple;
            clause->cost.per_tuple = 0;
        }
    }
    return clause->cost;
}

Cost cost_clauses(Planner *root, const List *clauses)
{
    Cost sum = {0};

    list_foreach(Clause *, clause, clauses) {
        Cost one = cost_clause(root, clause);

        sum.startup += one.startup;
        sum.per_tuple += one.per_tuple;
    }
    return sum;
}

void cost_set_target(Planner *root, PathTarget *target)
{
    int64_t width = 0;

    target->cost = (Cost){0};
    list_foreach(Node *, expr, target->exprs) {
        Cost one;

        if (node_is(expr, Var)) {
            const Var *var = (const Var *)(void *)expr;
            PlanRel *rel =
                var->levels_up == 0 && var->rt_index > 0 && var->rt_index < root->rel_room
                    ? root->rels[var->rt_index]
                    : NULL;

            width += rel != NULL ? rel_column_width(rel, var->attno, var->type, var->typmod)
                                 : facts_type_width(var->type, var->typmod);
            continue;
        }
        width += facts_type_width(node_expr_type(expr), node_expr_typmod(expr));
        one = cost_expr(root, expr);
        target->cost.startup += one.startup;
        target->cost.per_tuple += one.per_tuple;
    }
    target->width = (int)width;
}

/* ---- Scans ---- */

/* Conditions that the scan tests, with those of its parameterisation. */
static Cost scan_quals(Planner *root, const Path *path)
{
    Cost cost = path->rel->restrict_cost;

    if (path->param != NULL) {
        Cost more = cost_clauses(root, path->param->clauses);

        cost.startup += more.startup;
        cost.per_tuple += more.per_tuple;
    }
    return cost;
}

static void set_rows(Path *path)
{
    path->rows = path->param != NULL ? path->param->rows : path->rel->rows;
}

/* A scan that reads that many tuples for that much, and tests and projects them. */
static void finish_scan(Planner *root, Path *path, double startup, double run, double tuples,
                        Cost per_tuple_more)
{
    Cost quals = scan_quals(root, path);

    set_rows(path);
    path->startup = startup + per_tuple_more.startup + quals.startup + path->target->cost.startup;
    path->total = path->startup + run +
                  (setting.cpu_tuple_cost + per_tuple_more.per_tuple + quals.per_tuple) * tuples +
                  path->target->cost.per_tuple * path->rows;
}

void cost_seq_scan(Planner *root, Path *path)
{
    Cost nothing = {0};

    finish_scan(root, path, setting.enable_seqscan ? 0 : COST_DISABLED,
                setting.seq_page_cost * path->rel->pages, path->rel->tuples, nothing);
}

void cost_sample(Planner *root, Path *path)
{
    const RangeTblEntry *rte = root->entries[path->rel->rt_index];
    bool is_by_blocks = rte->sample->handler == SAMPLE_SYSTEM;
    Cost nothing = {0};

    /* Blocks here and there, or all in order. */
    finish_scan(root, path, 0,
                (is_by_blocks ? setting.random_page_cost : setting.seq_page_cost) *
                    path->rel->pages,
                path->rel->tuples, nothing);
}

void cost_simple_scan(Planner *root, Path *path)
{
    const RangeTblEntry *rte = root->entries[path->rel->rt_index];
    Cost more = {0};

    switch (rte->kind) {
    case RTE_FUNCTION:
    case RTE_TABLE_FUNC: {
        const void *expr = rte->kind == RTE_FUNCTION ? (const void *)rte->functions
                                                     : (const void *)rte->table_func;
        Cost calls = cost_expr(root, expr);

        more.startup = calls.startup + calls.per_tuple; /* all rows come at once */
        break;
    }
    case RTE_VALUES:
        more.per_tuple = setting.cpu_operator_cost;
        break;
    default:
        more.per_tuple = setting.cpu_tuple_cost; /* out of a store */
        break;
    }
    finish_scan(root, path, 0, 0, path->rel->tuples, more);
}

void cost_result_scan(Planner *root, Path *path)
{
    Cost nothing = {0};

    finish_scan(root, path, 0, 0, path->rel->tuples, nothing);
    path->total -= path->target->cost.per_tuple * path->rows;
    path->startup -= path->target->cost.startup;
    path->total -= path->target->cost.startup;
}

void cost_subquery(Planner *root, Path *path)
{
    const Path *sub = path->outer;
    Cost quals = scan_quals(root, path);
    double run;

    /* The conditions here are all that take rows away from what the subquery gives. */
    path->rows = cost_clamp_rows(
        sub->rows * selec_list_of_rel(root,
                                      path->param == NULL
                                          ? path->rel->restrict_clauses
                                          : list_concat(list_copy(path->param->clauses),
                                                        path->rel->restrict_clauses),
                                      0));
    path->startup = sub->startup;
    path->total = sub->total;
    run = (setting.cpu_tuple_cost + quals.per_tuple) * sub->rows;
    path->startup += quals.startup + path->target->cost.startup;
    path->total += quals.startup + path->target->cost.startup + run +
                   path->target->cost.per_tuple * path->rows;
}

/* ---- Indexes ---- */

double cost_index_pages(const Planner *root, double tuples, double pages, double index_pages)
{
    double all = max_double(1, root->total_pages + index_pages);
    double t = max_double(1, pages), cached, limit, fetched;

    /* The share of the cache that this relation has. */
    cached = setting.effective_cache_size * t / all;
    cached = cached <= 1 ? 1 : ceil(cached);
    if (t <= cached) {
        fetched = 2.0 * t * tuples / (2.0 * t + tuples);
        return fetched >= t ? t : ceil(fetched);
    }
    limit = 2.0 * t * cached / (2.0 * t - cached);
    if (tuples <= limit)
        fetched = 2.0 * t * tuples / (2.0 * t + tuples);
    else
        fetched = cached + (tuples - limit) * (t - cached) / t;
    return ceil(fetched);
}

/* What an index scan reads of the table: from the best to the worst order of its rows. */
static void heap_pages(Planner *root, const Path *path, double tuples, double selectivity,
                       double loops, double *best, double *worst)
{
    const PlanRel *rel = path->rel;
    const PlanIndex *index = path->u.index.index;
    double seen = path->u.index.is_only ? 1.0 - rel->visible_fraction : 1.0;
    double pages;

    if (loops > 1) {
        pages = cost_index_pages(root, tuples * loops, rel->pages, index->pages);
        pages = path->u.index.is_only ? ceil(pages * seen) : pages;
        *worst = pages * setting.random_page_cost / loops;
        pages = ceil(selectivity * rel->pages);
        pages = cost_index_pages(root, pages * loops, rel->pages, index->pages);
        pages = path->u.index.is_only ? ceil(pages * seen) : pages;
        *best = pages * setting.random_page_cost / loops;
        return;
    }
    pages = cost_index_pages(root, tuples, rel->pages, index->pages);
    pages = path->u.index.is_only ? ceil(pages * seen) : pages;
    *worst = pages * setting.random_page_cost;
    pages = ceil(selectivity * rel->pages);
    pages = path->u.index.is_only ? ceil(pages * seen) : pages;
    *best = pages > 0 ? setting.random_page_cost : 0;
    if (pages > 1)
        *best += (pages - 1) * setting.seq_page_cost;
}

static List *quals_beside_index(const List *clauses, const List *index_clauses)
{
    List *rest = NULL;

    list_foreach(Clause *, clause, clauses) {
        if (!clause->is_pseudoconstant && !equiv_is_redundant_with(clause, index_clauses))
            rest = list_add(rest, clause);
    }
    return rest;
}

void cost_index(Planner *root, Path *path, double loops)
{
    const PlanRel *rel = path->rel;
    const List *used = path->u.index.clauses;
    IndexCost index;
    List *quals;
    Cost cost;
    double tuples, best, worst, squared, run;

    set_rows(path);
    quals = quals_beside_index(path->u.index.index->restrict_clauses, used);
    if (path->param != NULL)
        quals = list_concat(quals, quals_beside_index(path->param->clauses, used));
    path->startup = setting.enable_indexscan ? 0 : COST_DISABLED;
    path_index_cost(root, path, loops, &index);
    path->u.index.total = index.total;
    path->u.index.selectivity = index.selectivity;
    tuples = cost_clamp_rows(index.selectivity * rel->tuples);
    heap_pages(root, path, tuples, index.selectivity, loops, &best, &worst);
    squared = index.correlation * index.correlation;
    cost = cost_clauses(root, quals);
    path->startup += index.startup;
    run = index.total - index.startup;
    run += worst + squared * (best - worst);
    path->startup += cost.startup;
    run += (setting.cpu_tuple_cost + cost.per_tuple) * tuples;
    path->startup += path->target->cost.startup;
    run += path->target->cost.per_tuple * path->rows;
    path->total = path->startup + run;
}

/* ---- Bitmaps ---- */

double cost_bitmap_tree(const Path *path, double *selectivity)
{
    if (path->kind == PATH_INDEX) {
        *selectivity = path->u.index.selectivity;
        /* For each row a bit is set. */
        return path->u.index.total + 0.1 * setting.cpu_operator_cost * path->rows;
    }
    *selectivity = path->u.bitmap.selectivity;
    return path->total;
}

void cost_bitmap_and(Path *path)
{
    double total = 0, selectivity = 1, one;

    list_foreach(Path *, sub, path->u.bitmap.paths) {
        total += cost_bitmap_tree(sub, &one);
        selectivity *= one;
        if (sub_i > 0)
            total += 100.0 * setting.cpu_operator_cost;
    }
    path->u.bitmap.selectivity = selectivity;
    path->rows = 0;
    path->startup = path->total = total;
}

void cost_bitmap_or(Path *path)
{
    double total = 0, selectivity = 0, one;

    list_foreach(Path *, sub, path->u.bitmap.paths) {
        total += cost_bitmap_tree(sub, &one);
        selectivity += one;
        if (sub_i > 0 && sub->kind != PATH_INDEX)
            total += 100.0 * setting.cpu_operator_cost;
    }
    path->u.bitmap.selectivity = min_double(selectivity, 1.0);
    path->rows = 0;
    path->startup = path->total = total;
}

static double bitmap_index_pages(const Path *path)
{
    double pages = 0;

    if (path->kind == PATH_INDEX)
        return path->u.index.index->pages;
    list_foreach(Path *, sub, path->u.bitmap.paths)
        pages += bitmap_index_pages(sub);
    return pages;
}

double cost_bitmap_pages(Planner *root, const PlanRel *rel, const Path *bitmap, double loops,
                         double *total, double *tuples)
{
    double selectivity, fetched, pages, t = max_double(1, rel->pages);
    double heap_pages_now, max_entries;

    *total = cost_bitmap_tree(bitmap, &selectivity);
    fetched = cost_clamp_rows(selectivity * rel->tuples);
    pages = 2.0 * t * fetched / (2.0 * t + fetched);
    heap_pages_now = min_double(pages, rel->pages);
    if (loops > 1) {
        pages = cost_index_pages(root, fetched * loops, rel->pages, bitmap_index_pages(bitmap));
        pages /= loops;
    }
    pages = pages >= t ? t : ceil(pages);
    /* When the bitmap does not fit, some pages are looked at as a whole. */
    max_entries =
        max_double(16.0, floor(setting.work_mem * 1024.0 / (double)PATH_BITMAP_ENTRY_BYTES));
    if (max_entries < heap_pages_now) {
        double lossy = max_double(0, heap_pages_now - max_entries / 2);
        double exact = heap_pages_now - lossy;

        if (lossy > 0)
            fetched = cost_clamp_rows(selectivity * (exact / heap_pages_now) * rel->tuples +
                                      (lossy / heap_pages_now) * rel->tuples);
    }
    *tuples = fetched;
    return pages;
}

void cost_bitmap_heap(Planner *root, Path *path, double loops)
{
    const PlanRel *rel = path->rel;
    double index_total, tuples, pages, page_cost, t = max_double(1, rel->pages), startup, run;
    Cost quals = scan_quals(root, path);

    set_rows(path);
    startup = setting.enable_bitmapscan ? 0 : COST_DISABLED;
    pages = cost_bitmap_pages(root, rel, path->outer, loops, &index_total, &tuples);
    startup += index_total;
    /* The more of the table is read, the more it is read in order. */
    page_cost = pages >= 2.0
                    ? setting.random_page_cost -
                          (setting.random_page_cost - setting.seq_page_cost) * sqrt(pages / t)
                    : setting.random_page_cost;
    run = pages * page_cost;
    startup += quals.startup;
    run += (setting.cpu_tuple_cost + quals.per_tuple) * tuples;
    startup += path->target->cost.startup;
    run += path->target->cost.per_tuple * path->rows;
    path->startup = startup;
    path->total = startup + run;
}

/* ---- Places of rows ---- */

void cost_tid(Planner *root, Path *path)
{
    bool is_current_of = false;
    double tuples = 0;
    Cost quals = scan_quals(root, path), tid_quals;
    double startup = 0, run;

    list_foreach(Clause *, clause, path->u.tid.quals) {
        const Node *expr = clause->expr;

        if (node_is(expr, ScalarArrayOpExpr)) {
            tuples += simplify_array_count(
                list_at(((const ScalarArrayOpExpr *)(const void *)expr)->args, 1));
        } else {
            is_current_of |= node_is(expr, CurrentOfExpr);
            tuples += 1;
        }
    }
    set_rows(path);
    tid_quals = cost_clauses(root, path->u.tid.quals);
    if (is_current_of)
        startup -= COST_DISABLED; /* nothing else can do it */
    else if (!setting.enable_tidscan)
        startup += COST_DISABLED;
    run = setting.random_page_cost * tuples;
    startup += quals.startup + tid_quals.per_tuple;
    run += (setting.cpu_tuple_cost + quals.per_tuple - tid_quals.per_tuple) * tuples;
    startup += path->target->cost.startup;
    run += path->target->cost.per_tuple * path->rows;
    path->startup = startup;
    path->total = startup + run;
}

void cost_tid_range(Planner *root, Path *path)
{
    const PlanRel *rel = path->rel;
    double s = selec_list_of_rel(root, path->u.tid.quals, (int)rel->rt_index);
    double pages = max_double(1, ceil(s * rel->pages)), tuples = s * rel->tuples;
    Cost quals = scan_quals(root, path), tid_quals = cost_clauses(root, path->u.tid.quals);
    double startup = setting.enable_tidscan ? 0 : COST_DISABLED, run;

    set_rows(path);
    run = setting.random_page_cost + setting.seq_page_cost * (pages - 1);
    startup += quals.startup + tid_quals.per_tuple;
    run += (setting.cpu_tuple_cost + quals.per_tuple - tid_quals.per_tuple) * tuples;
    startup += path->target->cost.startup;
    run += path->target->cost.per_tuple * path->rows;
    path->startup = startup;
    path->total = startup + run;
}
