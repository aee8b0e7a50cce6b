/* planner.c - the way in: a statement planned as a whole; planner.h has the promises. */
#include "common/base/base.h"

#include "server/planner/planner.h"

#include "common/mem/mem.h"
#include "server/config/setting.h"
#include "server/planner/create.h"
#include "server/planner/expr_util.h"
#include "server/planner/level.h"

#define FRACTION_MIN 1e-10 /* of the rows, when none are wanted: the first one costs, too */

static double wanted_fraction(int cursor_options)
{
    if ((cursor_options & CURSOR_FAST_PLAN) == 0)
        return 0;
    if (setting.cursor_tuple_fraction >= 1)
        return 0;
    return setting.cursor_tuple_fraction <= 0 ? FRACTION_MIN : setting.cursor_tuple_fraction;
}

static PlannedStmt *new_statement(const Query *query)
{
    PlannedStmt *statement = node_new(PlannedStmt);

    statement->command = query->command;
    statement->has_returning = query->returning != NULL;
    statement->has_modifying_cte = query->has_modifying_cte;
    statement->can_set_tag = query->can_set_tag;
    statement->utility = query->utility;
    statement->loc = query->loc;
    statement->length = query->length;
    return statement;
}

/* A cursor that goes back over what cannot do so keeps its rows. */
static Plan *with_store(Plan *plan)
{
    Material *material = node_new(Material);

    material->left = plan;
    material->targets = plan->targets;
    material->startup_cost = plan->startup_cost;
    material->total_cost = plan->total_cost;
    material->rows = plan->rows;
    material->width = plan->width;
    material->init_plans = plan->init_plans;
    plan->init_plans = NULL;
    return (Plan *)material;
}

PlannedStmt *planner_plan(Query *query, const char *text, int cursor_options,
                          const ExternParams *bound)
{
    PlannedStmt *statement = new_statement(query);
    PlanGlobal *global = mem_new(PlanGlobal);
    double fraction = wanted_fraction(cursor_options);
    Planner *root;
    Plan *plan;

    if (query->command == COMMAND_UTILITY)
        return statement;
    global->text = text;
    global->cursor_options = cursor_options;
    global->bound = (cursor_options & PLAN_GENERIC) != 0 ? NULL : bound;
    root = level_plan(global, query, NULL, false, fraction);
    plan = create_plan(root, level_best_path(root->upper[UPPER_FINAL], fraction));
    if ((cursor_options & CURSOR_SCROLL) != 0 && !plan_goes_backward(plan))
        plan = with_store(plan);
    refs_set(root, &plan);
    for (int i = 0; i < list_count(global->subplans); i++)
        refs_set(list_at(global->subplanners, i), (Plan **)&global->subplans->items[i].pointer);
    statement->plan = plan;
    statement->range_table = global->range_table;
    statement->result_relations = global->result_relations;
    statement->subplans = global->subplans;
    statement->rewind_subplans = global->rewind_subplans;
    statement->row_marks = global->row_marks;
    statement->relation_oids = global->relation_oids;
    statement->param_types = global->param_types;
    statement->is_transient = global->is_transient;
    statement->depends_on_role = global->depends_on_role;
    params_finish(global, statement);
    return statement;
}

bool plan_goes_backward(const Plan *plan)
{
    if (plan == NULL || plan->is_parallel_aware)
        return false;
    switch (plan->tag) {
    case NODE_Append:
        list_foreach(const Plan *, below, ((const Append *)(const void *)plan)->plans) {
            if (!plan_goes_backward(below))
                return false;
        }
        return true;
    case NODE_Result:
    case NODE_Limit:
    case NODE_LockRows:
        return plan_goes_backward(plan->left);
    case NODE_SubqueryScan:
        return plan_goes_backward(((const SubqueryScan *)plan)->subplan);
    case NODE_SeqScan:
    case NODE_TidScan:
    case NODE_TidRangeScan:
    case NODE_FunctionScan:
    case NODE_ValuesScan:
    case NODE_CteScan:
    case NODE_IndexScan:
    case NODE_IndexOnlyScan:
    case NODE_Material:
    case NODE_Sort:
        return true;
    default:
        return false;
    }
}
