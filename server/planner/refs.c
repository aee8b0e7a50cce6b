/*
 * refs.c - Vars of a plan: columns of what the node below gives, and of scans by the statement's
 * range table
 *
 * A node is changed before those below it, since their targets say what its Vars become.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/node/expr.h"
#include "server/node/tree.h"
#include "server/planner/create.h"
#include "server/planner/expr_util.h"
#include "server/planner/level.h"
#include "server/planner/rel.h"

/* How Vars are changed. */
typedef struct RefScope {
    Planner *root;
    int offset;               /* of the level's range table in the statement's */
    bool is_scan;             /* no node is below */
    const List *left, *right; /* targets of the nodes below; they may have none */
    int result_rel;           /* Vars of it stay, in RETURNING; 0 */
    int excluded_rel;         /* Vars of it are the inner row's, in ON CONFLICT; 0 */
} RefScope;

static Plan *set_node(Planner *root, Plan *plan, int offset);
static Node *fix(Node *node, void *arg);

static Var *reference(int where, const TargetEntry *target, const Node *of)
{
    Var *var = expr_var(where, target->number, node_expr_type(target->expr),
                        node_expr_typmod(target->expr), node_expr_collation(target->expr));

    if (node_is(of, Var)) {
        const Var *from = (const void *)of;

        var->syntax_rt_index = from->syntax_rt_index;
        var->syntax_attno = from->syntax_attno;
        var->loc = from->loc;
    } else {
        var->syntax_rt_index = 0;
    }
    return var;
}

static const TargetEntry *find_target(const List *targets, const Node *node)
{
    list_foreach(TargetEntry *, target, targets) {
        if (node_is(node, Var)) {
            const Var *var = (const void *)node, *there = (const void *)target->expr;

            if (node_is(there, Var) && there->rt_index == var->rt_index &&
                there->attno == var->attno && there->levels_up == var->levels_up)
                return target;
        } else if (node_equal(target->expr, node)) {
            return target;
        }
    }
    return NULL;
}

static Node *fix_var(const Var *var, const RefScope *s)
{
    Var *copy;

    copy = node_copy(var);
    if (copy->rt_index > 0)
        copy->rt_index += s->offset;
    if (copy->syntax_rt_index > 0)
        copy->syntax_rt_index += (uint32_t)s->offset;
    return as_node(copy);
}

static Node *find_below(Node *node, const RefScope *s)
{
    const TargetEntry *target = find_target(s->left, node);

    if (target != NULL)
        return as_node(reference(VAR_OUTER, target, node));
    target = find_target(s->right, node);
    return target == NULL ? NULL : as_node(reference(VAR_INNER, target, node));
}

static Node *fix(Node *node, void *arg)
{
    const RefScope *s = arg;
    Node *below;

    if (node_is(node, Var)) {
        const Var *var = (Var *)(void *)node;

        if (s->excluded_rel != 0 && var->rt_index == s->excluded_rel) {
            Var *inner = node_copy(var);

            inner->rt_index = VAR_INNER;
            return as_node(inner);
        }
        if (s->is_scan || var->rt_index < 0 ||
            (s->result_rel != 0 && var->rt_index == s->result_rel))
            return fix_var(var, s);
        below = find_below(node, s);
        if (below == NULL)
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = "variable not found in subplan target list");
        return below;
    }
    if (node_is(node, CurrentOfExpr)) {
        CurrentOfExpr *copy = node_copy(node);

        copy->rt_index += (uint32_t)s->offset;
        return as_node(copy);
    }
    if (node_is(node, AlternativeSubPlan))
        return fix(list_at(((AlternativeSubPlan *)(void *)node)->subplans, 0), arg);
    if (!s->is_scan && !node_is(node, Const) && !node_is(node, Param)) {
        below = find_below(node, s);
        if (below != NULL)
            return below;
    }
    if (node_is(node, Aggref)) {
        Node *param = min_max_param(s->root, (const Aggref *)(void *)node);

        if (param != NULL)
            return param;
    }
    return node_mutate(node, fix, arg);
}

static void *fix_exprs(void *exprs, RefScope *s)
{
    Node *node = exprs;

    if (node == NULL)
        return NULL;
    return node->tag <= NODE_OidList ? node_mutate(node, fix, s) : fix(node, s);
}

/* Each column is that of the node below, or a constant; names and junk are the node's own. */
static void pass_targets(Plan *plan, const List *below)
{
    List *targets = NULL;

    list_foreach(TargetEntry *, target, below) {
        TargetEntry *copy = node_new(TargetEntry);

        *copy = *(target_i < list_count(plan->targets)
                      ? (const TargetEntry *)list_at(plan->targets, target_i)
                      : target);
        copy->number = target_i + 1;
        copy->expr = node_is(target->expr, Const)
                         ? node_copy(target->expr)
                         : as_node(reference(VAR_OUTER, target, target->expr));
        targets = list_add(targets, copy);
    }
    plan->targets = targets;
}

/* ---- Scans ---- */

static void fix_scan(Scan *scan, RefScope *s)
{
    scan->rt_index += (uint32_t)s->offset;
    scan->targets = fix_exprs(scan->targets, s);
    scan->quals = fix_exprs(scan->quals, s);
}

static void fix_keys(List *keys, RefScope *s)
{
    list_foreach(IndexKey *, key, keys)
        key->value = fix_exprs(key->value, s);
}

/* A scan of a subquery that hands on its columns as they are is left out. */
static bool is_trivial(const SubqueryScan *scan)
{
    if (scan->quals != NULL || list_count(scan->targets) != list_count(scan->subplan->targets))
        return false;
    list_foreach(TargetEntry *, target, scan->targets) {
        const TargetEntry *below = list_at(scan->subplan->targets, target_i);
        const Var *var = (const Var *)(void *)target->expr;

        if (target->is_junk != below->is_junk)
            return false;
        if (node_is(var, Var)) {
            if (var->rt_index != (int)scan->rt_index || var->attno != below->number)
                return false;
        } else if (!node_is(target->expr, Const) || !node_equal(target->expr, below->expr)) {
            return false;
        }
    }
    return true;
}

static Plan *set_subquery(Planner *root, SubqueryScan *scan, RefScope *s)
{
    Planner *sub = plan_rel(root, (int)scan->rt_index)->subplanner;
    bool leave_out = is_trivial(scan);
    Plan *plan;

    refs_set(sub, &scan->subplan);
    plan = scan->subplan;
    if (!leave_out) {
        fix_scan((Scan *)scan, s);
        return (Plan *)scan;
    }
    plan->init_plans = list_concat(list_copy(scan->init_plans), plan->init_plans);
    list_foreach(TargetEntry *, target, scan->targets) {
        TargetEntry *below = list_at(plan->targets, target_i);

        below->name = target->name;
        below->sort_group_ref = target->sort_group_ref;
        below->origin_table = target->origin_table;
        below->origin_column = target->origin_column;
        below->is_junk = target->is_junk;
    }
    return plan;
}

/* A column of the table, or an expression that the index has: VAR_INDEX. */
static Node *to_index_column(Node *node, void *arg)
{
    const List *columns = arg;

    list_foreach(TargetEntry *, target, columns) {
        if (node_equal(target->expr, node)) {
            Var *var = expr_var(VAR_INDEX, target->number, node_expr_type(node),
                                node_expr_typmod(node), node_expr_collation(node));

            if (node_is(node, Var)) {
                var->syntax_rt_index = ((Var *)(void *)node)->syntax_rt_index;
                var->syntax_attno = ((Var *)(void *)node)->syntax_attno;
            }
            return as_node(var);
        }
    }
    return node_mutate(node, to_index_column, arg);
}

static void fix_index_only(IndexOnlyScan *scan, RefScope *s)
{
    scan->targets = node_mutate(scan->targets, to_index_column, scan->index_targets);
    if (scan->quals != NULL)
        scan->quals = node_mutate(scan->quals, to_index_column, scan->index_targets);
    if (scan->index_quals != NULL)
        scan->index_quals = node_mutate(scan->index_quals, to_index_column, scan->index_targets);
    fix_scan((Scan *)scan, s);
    fix_keys(scan->keys, s);
    scan->index_quals = fix_exprs(scan->index_quals, s);
    scan->index_targets = fix_exprs(scan->index_targets, s);
}

/* ---- Joins ---- */

static void fix_join(Planner *root, Join *join, int offset)
{
    RefScope s = {
        .root = root, .offset = offset, .left = join->left->targets, .right = join->right->targets};
    RefScope outer = {.root = root, .offset = offset, .left = join->left->targets};
    List *keys = NULL;

    join->join_quals = fix_exprs(join->join_quals, &s);
    if (join->tag == NODE_NestLoop) {
        list_foreach(NestLoopParam *, param, ((NestLoop *)(void *)join)->params)
            param->value = fix_exprs(param->value, &outer);
    }
    if (join->tag == NODE_MergeJoin)
        keys = ((MergeJoin *)(void *)join)->keys;
    else if (join->tag == NODE_HashJoin)
        keys = ((HashJoin *)(void *)join)->keys;
    list_foreach(JoinKey *, key, keys) {
        key->left = fix_exprs(key->left, &s);
        key->right = fix_exprs(key->right, &s);
    }
    join->targets = fix_exprs(join->targets, &s);
    join->quals = fix_exprs(join->quals, &s);
}

/* ---- Changes of rows ---- */

static void fix_modify(Planner *root, ModifyTable *modify, int offset)
{
    RefScope s = {.root = root,
                  .offset = offset,
                  .left = modify->left->targets,
                  .result_rel = (int)modify->nominal_relation};
    RefScope plain = {.root = root,
                      .offset = offset,
                      .is_scan = true,
                      .excluded_rel = (int)modify->excluded_rt_index};
    List *returning = NULL;

    list_foreach(List *, one, modify->returning)
        returning = list_add(returning, fix_exprs(one, &s));
    modify->returning = returning;
    if (returning != NULL)
        modify->targets = node_copy(list_at(returning, 0));
    modify->check_options = fix_exprs(modify->check_options, &plain);
    for (int i = 0; i < list_count(modify->result_relations); i++) {
        modify->result_relations->items[i].number += offset;
        root->global->result_relations =
            list_add_int(root->global->result_relations, list_int_at(modify->result_relations, i));
    }
    modify->nominal_relation += (uint32_t)offset;
    if (modify->on_conflict == ON_CONFLICT_UPDATE) {
        modify->conflict_set = fix_exprs(modify->conflict_set, &plain);
        modify->conflict_where = fix_exprs(modify->conflict_where, &plain);
        modify->excluded_targets = fix_exprs(modify->excluded_targets, &plain);
    }
    if (modify->excluded_rt_index != 0)
        modify->excluded_rt_index += (uint32_t)offset;
}

/* ---- All nodes ---- */

static void set_list(Planner *root, List *plans, int offset)
{
    for (int i = 0; i < list_count(plans); i++)
        plans->items[i].pointer = set_node(root, list_at(plans, i), offset);
}

static void fix_marks(List *marks, int offset)
{
    list_foreach(PlanRowMark *, mark, marks) {
        if (mark->is_parent)
            continue;
        mark->rt_index += (uint32_t)offset;
        mark->parent_rt_index += (uint32_t)offset;
    }
}

/* What is grouped by below is its column here, constants too: grouping sets make NULLs of it. */
static Node *find_grouped(const TargetEntry *target, const RefScope *s)
{
    list_foreach(const TargetEntry *, below, s->left) {
        if (below->sort_group_ref == target->sort_group_ref &&
            node_equal(below->expr, target->expr))
            return as_node(reference(VAR_OUTER, below, below->expr));
    }
    return NULL;
}

static void fix_upper(Planner *root, Plan *plan, int offset)
{
    RefScope s = {.root = root, .offset = offset, .left = plan->left->targets};
    List *targets = NULL;

    list_foreach(const TargetEntry *, target, plan->targets) {
        Node *grouped = target->sort_group_ref != 0 ? find_grouped(target, &s) : NULL;
        TargetEntry *copy = node_new(TargetEntry);

        *copy = *target;
        copy->expr = grouped != NULL ? grouped : fix_exprs(target->expr, &s);
        targets = list_add(targets, copy);
    }
    plan->targets = targets;
    plan->quals = fix_exprs(plan->quals, &s);
}

static Plan *set_kind(Planner *root, Plan *plan, RefScope *s)
{
    switch (plan->tag) {
    case NODE_SeqScan:
    case NODE_BitmapHeapScan:
    case NODE_CteScan:
    case NODE_WorkTableScan:
    case NODE_NamedStoreScan:
        fix_scan((Scan *)plan, s);
        if (plan->tag == NODE_BitmapHeapScan)
            ((BitmapHeapScan *)plan)->recheck_quals =
                fix_exprs(((BitmapHeapScan *)plan)->recheck_quals, s);
        break;
    case NODE_SampleScan:
        fix_scan((Scan *)plan, s);
        ((SampleScan *)plan)->sample = fix_exprs(((SampleScan *)plan)->sample, s);
        break;
    case NODE_IndexScan:
        fix_scan((Scan *)plan, s);
        fix_keys(((IndexScan *)plan)->keys, s);
        ((IndexScan *)plan)->index_quals = fix_exprs(((IndexScan *)plan)->index_quals, s);
        break;
    case NODE_IndexOnlyScan:
        fix_index_only((IndexOnlyScan *)plan, s);
        break;
    case NODE_BitmapIndexScan:
        ((Scan *)plan)->rt_index += (uint32_t)s->offset;
        fix_keys(((BitmapIndexScan *)plan)->keys, s);
        ((BitmapIndexScan *)plan)->index_quals =
            fix_exprs(((BitmapIndexScan *)plan)->index_quals, s);
        break;
    case NODE_BitmapAnd:
        set_list(root, ((BitmapAnd *)plan)->plans, s->offset);
        break;
    case NODE_BitmapOr:
        set_list(root, ((BitmapOr *)plan)->plans, s->offset);
        break;
    case NODE_TidScan:
        fix_scan((Scan *)plan, s);
        ((TidScan *)plan)->tids = fix_exprs(((TidScan *)plan)->tids, s);
        break;
    case NODE_TidRangeScan:
        fix_scan((Scan *)plan, s);
        ((TidRangeScan *)plan)->range_quals = fix_exprs(((TidRangeScan *)plan)->range_quals, s);
        break;
    case NODE_SubqueryScan:
        return set_subquery(root, (SubqueryScan *)plan, s);
    case NODE_FunctionScan:
        fix_scan((Scan *)plan, s);
        ((FunctionScan *)plan)->functions = fix_exprs(((FunctionScan *)plan)->functions, s);
        break;
    case NODE_ValuesScan:
        fix_scan((Scan *)plan, s);
        ((ValuesScan *)plan)->values = fix_exprs(((ValuesScan *)plan)->values, s);
        break;
    case NODE_TableFuncScan:
        fix_scan((Scan *)plan, s);
        ((TableFuncScan *)plan)->function = fix_exprs(((TableFuncScan *)plan)->function, s);
        break;
    case NODE_NestLoop:
    case NODE_MergeJoin:
    case NODE_HashJoin:
        fix_join(root, (Join *)plan, s->offset);
        break;
    case NODE_Memoize:
        ((Memoize *)plan)->keys = fix_exprs(((Memoize *)plan)->keys, s);
        pass_targets(plan, plan->left->targets);
        break;
    case NODE_Hash:
    case NODE_Material:
    case NODE_Sort:
    case NODE_IncrementalSort:
    case NODE_Unique:
    case NODE_SetOpPlan:
        pass_targets(plan, plan->left->targets);
        break;
    case NODE_LockRows:
        pass_targets(plan, plan->left->targets);
        break;
    case NODE_Limit:
        pass_targets(plan, plan->left->targets);
        ((Limit *)plan)->offset = fix_exprs(((Limit *)plan)->offset, s);
        ((Limit *)plan)->count = fix_exprs(((Limit *)plan)->count, s);
        break;
    case NODE_Agg:
        if (((Agg *)plan)->sets != NULL)
            create_grouping_columns(root, (Agg *)plan);
        fix_upper(root, plan, s->offset);
        break;
    case NODE_Group:
    case NODE_ProjectSet:
        fix_upper(root, plan, s->offset);
        break;
    case NODE_WindowAgg:
        fix_upper(root, plan, s->offset);
        ((WindowAgg *)plan)->start_offset = fix_exprs(((WindowAgg *)plan)->start_offset, s);
        ((WindowAgg *)plan)->end_offset = fix_exprs(((WindowAgg *)plan)->end_offset, s);
        break;
    case NODE_Result:
        if (plan->left != NULL) {
            fix_upper(root, plan, s->offset);
        } else {
            plan->targets = fix_exprs(plan->targets, s);
            plan->quals = fix_exprs(plan->quals, s);
        }
        ((Result *)plan)->constant_quals = fix_exprs(((Result *)plan)->constant_quals, s);
        break;
    case NODE_ModifyTable:
        fix_modify(root, (ModifyTable *)plan, s->offset);
        break;
    case NODE_Append:
        if (((Append *)plan)->plans != NULL)
            pass_targets(plan, ((Plan *)list_at(((Append *)plan)->plans, 0))->targets);
        set_list(root, ((Append *)plan)->plans, s->offset);
        break;
    case NODE_MergeAppend:
        pass_targets(plan, ((Plan *)list_at(((MergeAppend *)plan)->plans, 0))->targets);
        set_list(root, ((MergeAppend *)plan)->plans, s->offset);
        break;
    case NODE_RecursiveUnion:
        pass_targets(plan, plan->left->targets);
        break;
    default:
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("unknown node in a plan: %s", node_kind_name(plan->tag)));
    }
    return plan;
}

static Plan *set_node(Planner *root, Plan *plan, int offset)
{
    RefScope s = {.root = root, .offset = offset, .is_scan = true};
    Plan *result;

    if (plan == NULL)
        return NULL;
    node_check_depth();
    plan->id = root->global->last_plan_id++;
    result = set_kind(root, plan, &s);
    if (result != plan || plan->tag == NODE_SubqueryScan)
        return result;
    plan->left = set_node(root, plan->left, offset);
    plan->right = set_node(root, plan->right, offset);
    return plan;
}

/* The level's range table joins the statement's; what only planning needs is left out. */
static void add_entries(Planner *root)
{
    PlanGlobal *global = root->global;

    list_foreach(RangeTblEntry *, rte, root->query->range_table) {
        RangeTblEntry *flat = node_new(RangeTblEntry);

        *flat = *rte;
        flat->subquery = NULL;
        flat->sample = NULL;
        flat->join_columns = NULL;
        flat->functions = NULL;
        flat->table_func = NULL;
        flat->values = NULL;
        flat->security_conditions = NULL;
        global->range_table = list_add(global->range_table, flat);
        if (rte->kind == RTE_RELATION && !list_has_oid(global->relation_oids, rte->relation))
            global->relation_oids = list_add_oid(global->relation_oids, rte->relation);
    }
}

void refs_set(Planner *root, Plan **plan)
{
    int offset = list_count(root->global->range_table);

    add_entries(root);
    fix_marks(root->row_marks, offset);
    list_foreach(PlanRowMark *, mark, root->row_marks)
        root->global->row_marks = list_add(root->global->row_marks, mark);
    *plan = set_node(root, *plan, offset);
}
