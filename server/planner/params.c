/* params.c - which parameters nodes of a plan need, so that they know when to run again. */
#include "common/base/base.h"

#include "server/planner/create.h"

#include "server/planner/expr_util.h"

typedef struct ParamWalk {
    PlanGlobal *global;
    BitSet *used;
} ParamWalk;

static BitSet *finish(PlanGlobal *global, Plan *plan);

static bool is_plan(const Node *node)
{
    switch (node->tag) {
    case NODE_NestLoopParam:
    case NODE_JoinKey:
    case NODE_IndexKey:
    case NODE_SortKey:
    case NODE_GroupKey:
        return false;
    default:
        return node->tag >= NODE_Result && node->tag <= NODE_ModifyTable;
    }
}

/* Parameters in expressions of a node; not those of the nodes below. */
static bool visit(Node *node, void *arg)
{
    ParamWalk *walk = arg;

    if (node_is(node, Param)) {
        if (((Param *)(void *)node)->kind == PARAM_EXEC)
            walk->used = bitset_add(walk->used, ((Param *)(void *)node)->id);
        return false;
    }
    if (is_plan(node))
        return false;
    if (node_is(node, SubPlan)) {
        const SubPlan *sub = (SubPlan *)(void *)node;
        const Plan *plan = list_at(walk->global->subplans, sub->plan - 1);
        BitSet *inner = bitset_copy(plan->outer_params), *passed = NULL;

        for (int i = 0; i < list_count(sub->param_ids); i++)
            passed = bitset_add(passed, list_int_at(sub->param_ids, i));
        for (int i = 0; i < list_count(sub->test_params); i++)
            passed = bitset_add(passed, list_int_at(sub->test_params, i));
        node_walk(node, visit, arg);
        walk->used = bitset_union(walk->used, bitset_minus(inner, passed));
        for (int i = 0; i < list_count(sub->test_params); i++)
            walk->used = bitset_minus(walk->used, bitset_of(list_int_at(sub->test_params, i)));
        return false;
    }
    return node_walk(node, visit, arg);
}

static BitSet *finish_list(PlanGlobal *global, const List *plans, BitSet *used)
{
    list_foreach(Plan *, plan, plans)
        used = bitset_union(used, finish(global, plan));
    return used;
}

static BitSet *finish_below(PlanGlobal *global, Plan *plan, BitSet *used)
{
    BitSet *right = finish(global, plan->right);

    if (plan->tag == NODE_NestLoop) {
        list_foreach(NestLoopParam *, param, ((NestLoop *)plan)->params)
            right = bitset_minus(right, bitset_of(param->param));
    }
    used = bitset_union(used, bitset_union(finish(global, plan->left), right));
    switch (plan->tag) {
    case NODE_Append:
        return finish_list(global, ((Append *)plan)->plans, used);
    case NODE_MergeAppend:
        return finish_list(global, ((MergeAppend *)plan)->plans, used);
    case NODE_BitmapAnd:
        return finish_list(global, ((BitmapAnd *)plan)->plans, used);
    case NODE_BitmapOr:
        return finish_list(global, ((BitmapOr *)plan)->plans, used);
    case NODE_SubqueryScan:
        return bitset_union(used, finish(global, ((SubqueryScan *)plan)->subplan));
    case NODE_WorkTableScan:
        return bitset_union(used, bitset_of(((WorkTableScan *)plan)->param));
    case NODE_RecursiveUnion:
        return bitset_minus(used, bitset_of(((RecursiveUnion *)plan)->work_table_param));
    case NODE_CteScan:
        return bitset_union(used, bitset_of(((CteScan *)plan)->param));
    case NODE_LockRows:
        return bitset_minus(used, bitset_of(((LockRows *)plan)->recheck_param));
    case NODE_ModifyTable:
        return bitset_minus(used, bitset_of(((ModifyTable *)plan)->recheck_param));
    default:
        return used;
    }
}

static BitSet *finish(PlanGlobal *global, Plan *plan)
{
    ParamWalk walk = {.global = global};
    BitSet *made = NULL, *below;
    List *init_plans;

    if (plan == NULL)
        return NULL;
    node_check_depth();
    init_plans = plan->init_plans;
    plan->init_plans = NULL;
    node_walk(as_node(plan), visit, &walk);
    plan->init_plans = init_plans;
    below = finish_below(global, plan, walk.used);
    list_foreach(SubPlan *, init, init_plans) {
        const Plan *sub = list_at(global->subplans, init->plan - 1);

        for (int i = 0; i < list_count(init->set_params); i++)
            made = bitset_add(made, list_int_at(init->set_params, i));
        below = bitset_union(below, sub->outer_params);
    }
    plan->outer_params = bitset_minus(below, made);
    plan->all_params = bitset_union(below, made);
    return plan->outer_params;
}

void params_finish(PlanGlobal *global, PlannedStmt *statement)
{
    /* A subplan stands after those that it uses. */
    list_foreach(Plan *, sub, global->subplans)
        finish(global, sub);
    finish(global, statement->plan);
}
