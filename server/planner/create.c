/*
 * create.c - scans, and what stands above joins, as plan nodes; create_join.c has the joins
 *
 * Vars stay as the query has them; refs.c makes them columns of what is below.
 */
#include "common/base/base.h"

#include "server/planner/create.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/scan_key.h"
#include "server/catalog/catalog_oid.h"
#include "server/node/expr.h"
#include "server/node/tree.h"
#include "server/planner/clause.h"
#include "server/planner/cost.h"
#include "server/planner/equiv.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/planner/level.h"
#include "server/planner/path.h"
#include "server/planner/predicate.h"
#include "server/planner/rel.h"

#define SUPPORT_ORDER 1

void create_set_cost(Plan *plan, const Path *path)
{
    plan->startup_cost = path->startup;
    plan->total_cost = path->total;
    plan->rows = path->rows;
    plan->width = path->target->width;
}

void *create_new(size_t size, NodeTag tag, const Path *path, List *targets)
{
    Plan *plan = node_alloc(size, tag);

    plan->targets = targets;
    create_set_cost(plan, path);
    return plan;
}

/* ---- Columns and conditions ---- */

static Node *replace_outer(Node *node, void *arg)
{
    Planner *root = arg;

    if (node_is(node, Var)) {
        Var *var = (Var *)(void *)node;
        NestLoopParam *item;
        Param *param;

        if (var->levels_up != 0 || !bitset_has(root->outer_rels, var->rt_index))
            return node;
        list_foreach(NestLoopParam *, known, root->outer_param_items) {
            if (node_equal(known->value, var)) {
                param = subselect_param(root, var->type, var->typmod, var->collation);
                param->id = known->param;
                return as_node(param);
            }
        }
        param = subselect_param(root, var->type, var->typmod, var->collation);
        param->id = subselect_new_param(root, var->type);
        item = node_new(NestLoopParam);
        item->param = param->id;
        item->value = node_copy(var);
        root->outer_param_items = list_add(root->outer_param_items, item);
        return as_node(param);
    }
    return node_mutate(node, replace_outer, arg);
}

Node *create_replace_outer(Planner *root, Node *expr)
{
    if (expr == NULL || root->outer_rels == NULL)
        return expr;
    if (expr->tag <= NODE_OidList)
        return node_mutate(expr, replace_outer, root);
    return replace_outer(expr, root);
}

List *create_targets(Planner *root, const Path *path)
{
    List *targets = targets_entries(path->target);

    if (path->param != NULL)
        targets = (List *)(void *)create_replace_outer(root, as_node(targets));
    return targets;
}

typedef struct CostedClause {
    Node *expr;
    int security_level;
    double cost;
} CostedClause;

static bool is_before(const CostedClause *a, const CostedClause *b)
{
    return a->security_level != b->security_level ? a->security_level < b->security_level
                                                  : a->cost < b->cost;
}

/* What others must not see the rows without; then the cheap ones first; else as they stand. */
static List *in_order(Planner *root, const List *clauses)
{
    size_t count = (size_t)list_count(clauses);
    CostedClause *items;
    List *exprs = NULL;

    if (count <= 1)
        return clause_exprs(clauses, false);
    items = mem_new_array(CostedClause, count);
    list_foreach(Clause *, clause, clauses) {
        CostedClause item = {clause->expr, clause->security_level,
                             cost_expr(root, clause->expr).per_tuple};
        int i = clause_i;

        for (; i > 0 && is_before(&item, &items[i - 1]); i--)
            items[i] = items[i - 1];
        items[i] = item;
    }
    list_foreach(Clause *, one, clauses) {
        (void)one;
        exprs = list_add(exprs, items[one_i].expr);
    }
    return exprs;
}

static List *without_pseudoconstants(const List *clauses)
{
    List *rest = NULL;

    list_foreach(Clause *, clause, clauses) {
        if (!clause->is_pseudoconstant)
            rest = list_add(rest, clause);
    }
    return rest;
}

List *create_quals(Planner *root, const List *clauses, const Path *path)
{
    List *quals = in_order(root, without_pseudoconstants(clauses));

    if (path->param != NULL)
        quals = (List *)(void *)create_replace_outer(root, as_node(quals));
    return quals;
}

static List *scan_clauses(const Path *path)
{
    const List *own = path->kind == PATH_INDEX ? path->u.index.index->restrict_clauses
                                               : path->rel->restrict_clauses;
    List *clauses = list_copy(own);

    if (path->param != NULL)
        clauses = list_concat(clauses, path->param->clauses);
    return clauses;
}

/* Conditions that need no row are looked at once, above what they are of. */
static List *gate_of(const Planner *root, const Path *path)
{
    return root->has_pseudoconstants ? clause_exprs(scan_clauses(path), true) : NULL;
}

static Plan *with_gate(Planner *root, Plan *plan, const Path *path, List *quals)
{
    Result *result;

    if (quals == NULL)
        return plan;
    result = create_plan_node(Result, path, create_targets(root, path));
    result->constant_quals = quals;
    result->left = plan;
    /* EXPLAIN shows what the rows cost once the gate is open. */
    result->startup_cost = plan->startup_cost;
    result->total_cost = plan->total_cost;
    result->rows = plan->rows;
    result->width = plan->width;
    return (Plan *)result;
}

/* ---- Scans ---- */

/* The column OP value that a B-tree is asked for. */
static IndexKey *index_key(Planner *root, const PlanIndex *index, int column, const Node *expr)
{
    IndexKey *key = node_new(IndexKey);
    Oid left, right;

    key->column = column + 1;
    if (node_is(expr, NullTest)) {
        key->strategy =
            ((const NullTest *)(const void *)expr)->is_not ? SCAN_IS_NOT_NULL : SCAN_IS_NULL;
        return key;
    }
    if (node_is(expr, ScalarArrayOpExpr)) {
        const ScalarArrayOpExpr *op = (const void *)expr;

        key->is_array = true;
        key->strategy = facts_strategy(op->operator, index->families[column], &left, &right);
        key->value = list_at(op->args, 1);
        key->collation = op->input_collation;
    } else {
        const OpExpr *op = (const void *)expr;

        key->strategy = facts_strategy(op->operator, index->families[column], &left, &right);
        key->value = expr_right(op);
        key->collation = op->input_collation;
    }
    key->compare = facts_family_function(index->families[column], left, right, SUPPORT_ORDER);
    key->value = create_replace_outer(root, node_copy(key->value));
    return key;
}

static List *index_keys(Planner *root, const Path *path, List **quals)
{
    const PlanIndex *index = path->u.index.index;
    List *keys = NULL;

    *quals = NULL;
    list_foreach(IndexClause *, clause, path->u.index.clauses) {
        list_foreach(Clause *, qual, clause->quals) {
            keys = list_add(keys, index_key(root, index, clause->column, qual->expr));
            *quals = list_add(*quals, create_replace_outer(root, node_copy(qual->expr)));
        }
    }
    return keys;
}

/* What the index does not make sure of. */
static List *quals_beside_index(Planner *root, const Path *path)
{
    List *clauses = NULL;

    list_foreach(Clause *, clause, scan_clauses(path)) {
        if (clause->is_pseudoconstant || list_has(clauses, clause) ||
            equiv_is_redundant_with(clause, path->u.index.clauses))
            continue;
        if (!expr_has_mutable(clause->expr) &&
            predicate_is_implied(list_of(clause->expr),
                                 clause_all_exprs(path_index_quals(path->u.index.clauses))))
            continue;
        clauses = list_add(clauses, clause);
    }
    return create_quals(root, clauses, path);
}

static Plan *create_index_scan(Planner *root, Path *path, unsigned wants)
{
    const PlanIndex *index = path->u.index.index;
    List *targets = create_scan_targets(root, path, wants);
    List *quals = quals_beside_index(root, path);
    List *index_quals, *keys = index_keys(root, path, &index_quals);

    if (path->u.index.is_only) {
        IndexOnlyScan *scan = create_plan_node(IndexOnlyScan, path, targets);

        scan->rt_index = path->rel->rt_index;
        scan->quals = quals;
        scan->index = index->oid;
        scan->keys = keys;
        scan->index_quals = index_quals;
        scan->index_targets = node_copy(index->targets);
        scan->is_backward = path->u.index.is_backward;
        return (Plan *)scan;
    }
    IndexScan *scan = create_plan_node(IndexScan, path, targets);

    scan->rt_index = path->rel->rt_index;
    scan->quals = quals;
    scan->index = index->oid;
    scan->keys = keys;
    scan->index_quals = index_quals;
    scan->is_backward = path->u.index.is_backward;
    return (Plan *)scan;
}

/* What a bitmap looks for: as it was written, and as indexes are asked. */
typedef struct BitmapQuals {
    List *written, *asked; /* expressions over the table */
} BitmapQuals;

static void add_written(Planner *root, const Path *path, BitmapQuals *quals)
{
    list_foreach(IndexClause *, clause, path->u.index.clauses)
        quals->written =
            list_add(quals->written, create_replace_outer(root, node_copy(clause->clause->expr)));
    /* A predicate that was used is a condition like others. */
    list_foreach(Node *, part, path->u.index.index->predicate) {
        if (!predicate_is_implied(list_of(part), quals->written)) {
            quals->written = list_add(quals->written, node_copy(part));
            quals->asked = list_add(quals->asked, node_copy(part));
        }
    }
}

static Node *arm_of(const List *quals)
{
    return quals == NULL ? expr_bool(true) : expr_and(list_copy(quals));
}

static Plan *create_bitmap(Planner *root, Path *path, BitmapQuals *quals)
{
    List *plans = NULL, *written = NULL, *asked = NULL;

    *quals = (BitmapQuals){0};

    if (path->kind == PATH_INDEX) {
        BitmapIndexScan *scan = create_plan_node(BitmapIndexScan, path, NULL);

        scan->rt_index = path->rel->rt_index;
        scan->index = path->u.index.index->oid;
        scan->keys = index_keys(root, path, &scan->index_quals);
        scan->startup_cost = 0;
        scan->total_cost = path->u.index.total;
        scan->rows = cost_clamp_rows(path->u.index.selectivity * path->rel->tuples);
        scan->width = 0;
        quals->asked = list_copy(scan->index_quals);
        add_written(root, path, quals);
        return (Plan *)scan;
    }
    list_foreach(Path *, sub, path->u.bitmap.paths) {
        BitmapQuals part;

        plans = list_add(plans, create_bitmap(root, sub, &part));
        if (path->kind == PATH_BITMAP_AND) {
            written = list_concat(written, part.written);
            asked = list_concat(asked, part.asked);
        } else {
            written = list_add(written, arm_of(part.written));
            asked = list_add(asked, arm_of(part.asked));
        }
    }
    if (path->kind == PATH_BITMAP_AND) {
        BitmapAnd *both = create_plan_node(BitmapAnd, path, NULL);

        both->plans = plans;
        both->rows = cost_clamp_rows(path->u.bitmap.selectivity * path->rel->tuples);
        both->width = 0;
        *quals = (BitmapQuals){written, asked};
        return (Plan *)both;
    }
    BitmapOr *either = create_plan_node(BitmapOr, path, NULL);

    either->plans = plans;
    either->rows = cost_clamp_rows(path->u.bitmap.selectivity * path->rel->tuples);
    either->width = 0;
    *quals = (BitmapQuals){list_of(expr_or(written)), list_of(expr_or(asked))};
    return (Plan *)either;
}

static Plan *create_bitmap_heap(Planner *root, Path *path, unsigned wants)
{
    BitmapHeapScan *scan =
        create_plan_node(BitmapHeapScan, path, create_scan_targets(root, path, wants));
    List *quals = NULL;
    BitmapQuals bitmap;

    scan->rt_index = path->rel->rt_index;
    scan->left = create_bitmap(root, path->outer, &bitmap);
    list_foreach(Clause *, clause, scan_clauses(path)) {
        Node *expr = create_replace_outer(root, node_copy(clause->expr));

        if (clause->is_pseudoconstant || list_has(quals, clause) ||
            list_has_equal(bitmap.asked, expr))
            continue;
        if (clause->parent_class != NULL && bitmap_uses_class(path->outer, clause->parent_class))
            continue;
        if (!expr_has_mutable(expr) && predicate_is_implied(list_of(expr), bitmap.asked))
            continue;
        quals = list_add(quals, clause);
    }
    scan->quals = create_quals(root, quals, path);
    /* What is tested for each row anyway need not be tested twice, but for an OR of bitmaps. */
    list_foreach(Node *, qual, bitmap.written) {
        if (expr_is_or(qual) || !list_has_equal(scan->quals, qual))
            scan->recheck_quals = list_add(scan->recheck_quals, qual);
    }
    return (Plan *)scan;
}

static List *tid_values(const Planner *root, const Path *path)
{
    List *values = NULL;

    (void)root;
    list_foreach(Clause *, clause, path->u.tid.quals) {
        const Node *expr = clause->expr;
        const Var *left;

        if (node_is(expr, CurrentOfExpr)) {
            values = list_add(values, as_node(expr));
            continue;
        }
        if (node_is(expr, ScalarArrayOpExpr)) {
            IndexKey *key = node_new(IndexKey);

            key->is_array = true;
            key->value = list_at(((const ScalarArrayOpExpr *)(const void *)expr)->args, 1);
            values = list_add(values, key);
            continue;
        }
        left = (const Var *)(void *)expr_left(expr);
        values = list_add(values, node_is(left, Var) && left->attno < 0 &&
                                          left->rt_index == (int)path->rel->rt_index
                                      ? expr_right(expr)
                                      : expr_left(expr));
    }
    return values;
}

static Plan *create_tid_scan(Planner *root, Path *path, unsigned wants)
{
    TidScan *scan = create_plan_node(TidScan, path, create_scan_targets(root, path, wants));
    List *rest = NULL;

    scan->rt_index = path->rel->rt_index;
    scan->tids = tid_values(root, path);
    list_foreach(Clause *, clause, scan_clauses(path)) {
        /* One place is what was asked for; of several the whole OR is looked at again. */
        if (!(list_count(path->u.tid.quals) == 1 && list_at(path->u.tid.quals, 0) == clause))
            rest = list_add(rest, clause);
    }
    scan->quals = create_quals(root, rest, path);
    return (Plan *)scan;
}

static Plan *create_tid_range_scan(Planner *root, Path *path, unsigned wants)
{
    TidRangeScan *scan =
        create_plan_node(TidRangeScan, path, create_scan_targets(root, path, wants));
    List *rest = NULL;

    scan->rt_index = path->rel->rt_index;
    scan->range_quals = clause_all_exprs(path->u.tid.quals);
    list_foreach(Clause *, clause, scan_clauses(path)) {
        if (!list_has(path->u.tid.quals, clause))
            rest = list_add(rest, clause);
    }
    scan->quals = create_quals(root, rest, path);
    return (Plan *)scan;
}

static Plan *create_other_scan(Planner *root, Path *path, unsigned wants)
{
    const RangeTblEntry *rte = root->entries[path->rel->rt_index];
    List *targets = create_scan_targets(root, path, wants);
    Scan *scan;

    switch (path->kind) {
    case PATH_SEQ_SCAN:
        scan = (Scan *)create_plan_node(SeqScan, path, targets);
        break;
    case PATH_SAMPLE:
        scan = (Scan *)create_plan_node(SampleScan, path, targets);
        ((SampleScan *)scan)->sample = rte->sample;
        break;
    case PATH_FUNCTION:
        scan = (Scan *)create_plan_node(FunctionScan, path, targets);
        ((FunctionScan *)scan)->functions =
            (List *)(void *)create_replace_outer(root, as_node(rte->functions));
        ((FunctionScan *)scan)->has_ordinality = rte->has_ordinality;
        break;
    case PATH_VALUES:
        scan = (Scan *)create_plan_node(ValuesScan, path, targets);
        ((ValuesScan *)scan)->values =
            (List *)(void *)create_replace_outer(root, as_node(rte->values));
        break;
    case PATH_TABLE_FUNC:
        scan = (Scan *)create_plan_node(TableFuncScan, path, targets);
        ((TableFuncScan *)scan)->function =
            (TableFunc *)(void *)create_replace_outer(root, as_node(rte->table_func));
        break;
    case PATH_NAMED_STORE:
        scan = (Scan *)create_plan_node(NamedStoreScan, path, targets);
        ((NamedStoreScan *)scan)->name = rte->store;
        break;
    case PATH_CTE:
        scan = (Scan *)create_plan_node(CteScan, path, targets);
        create_cte(root, rte, (CteScan *)scan);
        break;
    default:
        scan = (Scan *)create_plan_node(WorkTableScan, path, targets);
        ((WorkTableScan *)scan)->param = create_work_table(root, rte);
        break;
    }
    scan->rt_index = path->rel->rt_index;
    scan->quals = create_quals(root, scan_clauses(path), path);
    return (Plan *)scan;
}

static Plan *create_subquery_scan(Planner *root, Path *path, unsigned wants)
{
    PlanRel *rel = path->rel;
    SubqueryScan *scan =
        create_plan_node(SubqueryScan, path, create_scan_targets(root, path, wants));

    scan->rt_index = rel->rt_index;
    if (path->param != NULL)
        create_bind_subquery(root, rel);
    scan->subplan = create_plan(rel->subplanner, path->outer);
    scan->quals = create_quals(root, scan_clauses(path), path);
    return (Plan *)scan;
}

/* ---- Above ---- */

static Plan *create_result(Planner *root, Path *path)
{
    Result *result = create_plan_node(Result, path, create_targets(root, path));

    if (path->kind == PATH_RESULT)
        result->constant_quals = path->u.result.quals;
    else
        result->quals = create_quals(root, scan_clauses(path), path);
    return (Plan *)result;
}

static bool have_same_exprs(const List *a, const List *b)
{
    if (list_count(a) != list_count(b))
        return false;
    list_foreach(const TargetEntry *, target, a) {
        if (!node_equal(target->expr, ((const TargetEntry *)list_at(b, target_i))->expr))
            return false;
    }
    return true;
}

static Plan *create_project(Planner *root, Path *path, unsigned wants)
{
    bool takes_all = create_gives_all(path, wants), can_project = path_can_project(path->outer);
    Plan *sub = create_node(root, path->outer, can_project && !takes_all ? CREATE_EXACT : 0);
    List *targets = takes_all ? NULL : create_targets(root, path);
    Result *result;

    /* What it computes is computed above all the same, or the node below can do it. */
    if (takes_all) {
        if ((wants & CREATE_LABELED) != 0)
            create_label(sub->targets, path->target);
    } else if (can_project) {
        sub->targets = targets;
    } else if (have_same_exprs(targets, sub->targets)) {
        list_foreach(TargetEntry *, target, sub->targets)
            target->sort_group_ref = ((TargetEntry *)list_at(targets, target_i))->sort_group_ref;
    } else {
        result = create_plan_node(Result, path, targets);
        result->left = sub;
        return (Plan *)result;
    }
    create_set_cost(sub, path);
    return sub;
}

int create_target_place(const List *targets, const Node *expr)
{
    list_foreach(TargetEntry *, target, targets) {
        if (node_equal(target->expr, expr))
            return target_i + 1;
    }
    /* What was relabelled on the way. */
    list_foreach(TargetEntry *, entry, targets) {
        if (node_equal(expr_strip_relabel(entry->expr), expr_strip_relabel(expr)))
            return entry_i + 1;
    }
    return 0;
}

static int place_of_ref(const List *targets, uint32_t ref)
{
    list_foreach(TargetEntry *, target, targets) {
        if (target->sort_group_ref == ref)
            return target_i + 1;
    }
    err_raise(SQLSTATE_INTERNAL_ERROR,
              .message = err_fmt("no column for sort group reference %u", ref));
}

List *create_group_keys(const List *clauses, const List *targets)
{
    List *keys = NULL;

    list_foreach(SortGroupClause *, clause, clauses) {
        GroupKey *key = node_new(GroupKey);
        Oid right;

        key->column = place_of_ref(targets, clause->ref);
        key->equal_operator = clause->equal_operator;
        key->equal = facts_operator_function(clause->equal_operator);
        if (clause->is_hashable)
            facts_hash_functions(clause->equal_operator, &key->hash, &right);
        key->collation =
            node_expr_collation(((TargetEntry *)list_at(targets, key->column - 1))->expr);
        keys = list_add(keys, key);
    }
    return keys;
}

static SortKey *sort_key(const PathKey *key, int column, Oid type)
{
    SortKey *result = node_new(SortKey);

    result->column = column;
    result->operator= facts_family_operator(key->family, type, type, key->is_descending ? 5 : 1);
    result->compare = facts_family_function(key->family, type, type, SUPPORT_ORDER);
    result->collation = key->ec->collation;
    result->is_descending = key->is_descending;
    result->is_nulls_first = key->is_nulls_first;
    return result;
}

/* The column of the plan that a key's class has a member in; 0: none. */
static int column_of_key(const PathKey *key, const List *targets, const BitSet *relids, Oid *type)
{
    if (key->ec->has_volatile) {
        int place = place_of_ref(targets, key->ec->sort_ref);

        *type = ((EquivMember *)list_at(key->ec->members, 0))->type;
        return place;
    }
    list_foreach(EquivMember *, em, key->ec->members) {
        int place;

        if (em->is_const)
            continue;
        if (em->is_child && !bitset_is_subset(em->relids, relids))
            continue;
        place = create_target_place(targets, em->expr);
        if (place == 0)
            continue;
        *type = em->type;
        return place;
    }
    return 0;
}

/* A member that can be computed of what the plan has. */
static EquivMember *computable(const PathKey *key, const List *targets)
{
    list_foreach(EquivMember *, em, key->ec->members) {
        bool all_there = true;

        if (em->is_const)
            continue;
        list_foreach(Node *, var, expr_vars(em->expr, EXPR_WITH_AGGS | EXPR_WITH_WINDOWS))
            all_there &= create_target_place(targets, var) != 0;
        if (all_there)
            return em;
    }
    err_raise(SQLSTATE_INTERNAL_ERROR, .message = "could not find pathkey item to sort");
}

static Plan *above_of(Plan *plan, List *targets)
{
    Result *above = node_new(Result);

    above->left = plan;
    above->targets = targets;
    above->startup_cost = plan->startup_cost;
    above->total_cost = plan->total_cost;
    above->rows = plan->rows;
    above->width = plan->width;
    return (Plan *)above;
}

List *create_sort_keys(Planner *root, const List *keys, Plan **plan, const BitSet *relids,
                       bool may_add)
{
    List *result = NULL;

    (void)root;
    list_foreach(PathKey *, key, keys) {
        Oid type = 0;
        int column = column_of_key(key, (*plan)->targets, relids, &type);

        if (column == 0) {
            EquivMember *em = computable(key, (*plan)->targets);

            if (!may_add)
                *plan = above_of(*plan, node_copy((*plan)->targets));
            may_add = true;
            column = list_count((*plan)->targets) + 1;
            (*plan)->targets =
                list_add((*plan)->targets, expr_target(node_copy(em->expr), column, NULL, true));
            type = em->type;
        }
        result = list_add(result, sort_key(key, column, type));
    }
    return result;
}

static bool plan_can_project(const Plan *plan)
{
    switch (plan->tag) {
    case NODE_Material:
    case NODE_Memoize:
    case NODE_Sort:
    case NODE_IncrementalSort:
    case NODE_Unique:
    case NODE_SetOpPlan:
    case NODE_LockRows:
    case NODE_Limit:
    case NODE_ModifyTable:
    case NODE_Append:
    case NODE_MergeAppend:
    case NODE_RecursiveUnion:
    case NODE_ProjectSet:
        return false;
    default:
        return true;
    }
}

Plan *create_give(Plan *plan, List *targets)
{
    if (!plan_can_project(plan) && !have_same_exprs(targets, plan->targets))
        return above_of(plan, targets);
    plan->targets = targets;
    return plan;
}

Plan *create_sort(Planner *root, Plan *plan, const List *keys, const BitSet *relids,
                  const Path *path)
{
    Sort *sort = node_new(Sort);
    Path cost = {0};
    PathTarget target = {.width = plan->width};

    sort->keys = create_sort_keys(root, keys, &plan, relids, plan_can_project(plan));
    sort->left = plan;
    sort->targets = node_copy(plan->targets);
    if (path != NULL) {
        create_set_cost((Plan *)sort, path);
        return (Plan *)sort;
    }
    cost.target = &target;
    cost_sort(&cost, plan->startup_cost, plan->total_cost, plan->rows, plan->width,
              root->limit_tuples < 0 ? -1 : -1, 0);
    create_set_cost((Plan *)sort, &cost);
    return (Plan *)sort;
}

static Plan *create_sort_path(Planner *root, Path *path, unsigned wants)
{
    Plan *sub = create_node(root, path->outer, wants | CREATE_SMALL), *plan;
    IncrementalSort *sort;

    if (path->kind == PATH_SORT) {
        plan = create_sort(root, sub, path->keys, path->rel->relids, path);
        return plan;
    }
    sort = node_new(IncrementalSort);
    sort->keys = create_sort_keys(root, path->keys, &sub, path->rel->relids, plan_can_project(sub));
    sort->presorted_count = path->u.sort.presorted;
    sort->left = sub;
    sort->targets = node_copy(sub->targets);
    create_set_cost((Plan *)sort, path);
    return (Plan *)sort;
}

static Plan *create_agg(Planner *root, Path *path)
{
    Plan *sub = create_node(root, path->outer, CREATE_LABELED);
    Agg *agg = create_plan_node(Agg, path, create_targets(root, path));

    agg->left = sub;
    agg->strategy = path->u.agg.strategy;
    agg->keys = create_group_keys(path->u.agg.group_by, sub->targets);
    agg->groups = path->u.agg.groups;
    agg->quals = path->u.agg.having;
    return (Plan *)agg;
}

static Plan *create_group(Planner *root, Path *path)
{
    Plan *sub = create_node(root, path->outer, CREATE_LABELED);
    Group *group = create_plan_node(Group, path, create_targets(root, path));

    group->left = sub;
    group->keys = create_group_keys(path->u.agg.group_by, sub->targets);
    group->quals = path->u.agg.having;
    return (Plan *)group;
}

/* Of sorted rows the first of those that are equal in so many keys. */
static Plan *create_distinct(Planner *root, Path *path, unsigned wants)
{
    Plan *sub = create_node(root, path->outer, wants | CREATE_LABELED);
    Unique *unique = create_plan_node(Unique, path, node_copy(sub->targets));

    unique->left = sub;
    for (int i = 0; i < path->u.distinct.key_count; i++) {
        const PathKey *key = list_at(path->keys, i);
        GroupKey *group = node_new(GroupKey);
        Oid type;

        group->column = column_of_key(key, sub->targets, path->rel->relids, &type);
        if (group->column == 0)
            err_raise(SQLSTATE_INTERNAL_ERROR, .message = "could not find pathkey item to sort");
        group->equal_operator = facts_family_operator(key->family, type, type, 3);
        group->equal = facts_operator_function(group->equal_operator);
        group->collation = key->ec->collation;
        unique->keys = list_add(unique->keys, group);
    }
    return (Plan *)unique;
}

static Plan *create_limit(Planner *root, Path *path, unsigned wants)
{
    Plan *sub = create_node(root, path->outer, wants);
    Limit *limit = create_plan_node(Limit, path, node_copy(sub->targets));
    const Query *query = root->query;

    limit->left = sub;
    limit->offset = path->u.limit.offset;
    limit->count = path->u.limit.count;
    limit->option = path->u.limit.option;
    if (limit->option == LIMIT_OPTION_WITH_TIES)
        limit->keys = create_group_keys(query->order_by, sub->targets);
    return (Plan *)limit;
}

static Plan *create_append(Planner *root, Path *path)
{
    Append *append;

    if (path->u.append.paths == NULL) {
        Result *result = create_plan_node(Result, path, create_targets(root, path));

        result->constant_quals = list_of(expr_bool(false));
        return (Plan *)result;
    }
    append = create_plan_node(Append, path, create_targets(root, path));
    list_foreach(Path *, sub, path->u.append.paths)
        append->plans = list_add(append->plans, create_node(root, sub, CREATE_EXACT));
    return (Plan *)append;
}

static Plan *create_merge_append(Planner *root, Path *path)
{
    MergeAppend *append = create_plan_node(MergeAppend, path, create_targets(root, path));
    Plan *self = (Plan *)append;

    append->keys = create_sort_keys(root, path->keys, &self, path->rel->relids, true);
    list_foreach(Path *, sub, path->u.append.paths) {
        Plan *plan = create_node(root, sub, CREATE_EXACT);

        if (!keys_contain(sub->keys, path->keys))
            plan = create_sort(root, plan, path->keys, sub->rel->relids, NULL);
        append->plans = list_add(append->plans, plan);
    }
    return self;
}

static Plan *create_modify(Planner *root, Path *path)
{
    Plan *sub = create_node(root, path->outer, CREATE_EXACT);
    ModifyTable *modify = create_plan_node(ModifyTable, path, NULL);

    targets_label(sub->targets, root->targets);
    modify->left = sub;
    modify->operation = path->u.modify.operation;
    modify->can_set_tag = path->u.modify.can_set_tag;
    modify->nominal_relation = path->u.modify.nominal;
    modify->result_relations = path->u.modify.result_relations;
    modify->update_columns = path->u.modify.update_columns;
    modify->check_options = path->u.modify.check_options;
    modify->returning = path->u.modify.returning;
    modify->row_marks = path->u.modify.row_marks;
    modify->recheck_param = path->u.modify.recheck_param;
    if (path->u.modify.on_conflict != NULL)
        conflict_fill(root, path->u.modify.on_conflict, modify);
    if (modify->returning != NULL)
        modify->targets = node_copy(list_at(modify->returning, 0));
    return (Plan *)modify;
}

static Plan *create_lock(Planner *root, Path *path, unsigned wants)
{
    Plan *sub = create_node(root, path->outer, wants);
    LockRows *lock = create_plan_node(LockRows, path, node_copy(sub->targets));

    targets_label(sub->targets, root->targets);
    lock->targets = node_copy(sub->targets);
    lock->left = sub;
    lock->row_marks = path->u.lock.row_marks;
    lock->recheck_param = path->u.lock.recheck_param;
    return (Plan *)lock;
}

static Plan *create_kept(Planner *root, Path *path, unsigned wants)
{
    Plan *sub = create_node(root, path->outer, wants | CREATE_SMALL);
    Material *material = create_plan_node(Material, path, node_copy(sub->targets));

    material->left = sub;
    return (Plan *)material;
}

static Plan *create_project_set(Planner *root, Path *path)
{
    Plan *sub = create_node(root, path->outer, 0);
    ProjectSet *set = create_plan_node(ProjectSet, path, create_targets(root, path));

    set->left = sub;
    return (Plan *)set;
}

static Plan *create_above(Planner *root, Path *path, unsigned wants)
{
    switch (path->kind) {
    case PATH_RESULT:
        return create_result(root, path);
    case PATH_PROJECT:
        return create_project(root, path, wants);
    case PATH_PROJECT_SET:
        return create_project_set(root, path);
    case PATH_SORT:
    case PATH_INCREMENTAL_SORT:
        return create_sort_path(root, path, wants);
    case PATH_AGG:
        return create_agg(root, path);
    case PATH_MIN_MAX:
        return create_min_max(root, path);
    case PATH_GROUP:
        return create_group(root, path);
    case PATH_GROUPING_SETS:
        return create_grouping_sets(root, path);
    case PATH_DISTINCT:
        return create_distinct(root, path, wants);
    case PATH_LIMIT:
        return create_limit(root, path, wants);
    case PATH_APPEND:
        return create_append(root, path);
    case PATH_MERGE_APPEND:
        return create_merge_append(root, path);
    case PATH_MATERIAL:
        return create_kept(root, path, wants);
    case PATH_LOCK_ROWS:
        return create_lock(root, path, wants);
    case PATH_MODIFY:
        return create_modify(root, path);
    default:
        return create_join(root, path, wants);
    }
}

Plan *create_node(Planner *root, Path *path, unsigned wants)
{
    List *gate;
    unsigned scan_wants;
    Plan *plan;

    node_check_depth();
    if (path->kind > PATH_RESULT_SCAN)
        return create_above(root, path, wants);
    /* A gate above the scan takes what it needs. */
    gate = gate_of(root, path);
    scan_wants = gate == NULL ? wants : 0;
    switch (path->kind) {
    case PATH_SEQ_SCAN:
    case PATH_SAMPLE:
    case PATH_FUNCTION:
    case PATH_TABLE_FUNC:
    case PATH_VALUES:
    case PATH_CTE:
    case PATH_NAMED_STORE:
    case PATH_WORK_TABLE:
        plan = create_other_scan(root, path, scan_wants);
        break;
    case PATH_INDEX:
        plan = create_index_scan(root, path, scan_wants);
        break;
    case PATH_BITMAP_HEAP:
        plan = create_bitmap_heap(root, path, scan_wants);
        break;
    case PATH_TID:
        plan = create_tid_scan(root, path, scan_wants);
        break;
    case PATH_TID_RANGE:
        plan = create_tid_range_scan(root, path, scan_wants);
        break;
    case PATH_SUBQUERY:
        plan = create_subquery_scan(root, path, scan_wants);
        break;
    case PATH_RESULT_SCAN:
        plan = create_result(root, path);
        break;
    default:
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "a scan of an unknown kind");
    }
    return with_gate(root, plan, path, gate);
}

Plan *create_plan(Planner *root, Path *path)
{
    Plan *plan;

    root->outer_rels = NULL;
    root->outer_param_items = NULL;
    plan = create_node(root, path, CREATE_EXACT);
    if (plan->tag != NODE_ModifyTable)
        targets_label(plan->targets, root->targets);
    plan->init_plans = list_concat(plan->init_plans, root->init_plans);
    return plan;
}
