/*
 * plan.c - which plan runs a query: one for its parameters, or one for all
 *
 * As in PostgreSQL the first runs of a prepared statement are planned for their parameters; when a
 * plan that serves all values is estimated to cost no more than those did, planning included, it
 * is used from then on. A plan that is kept keeps its executor's tree, too.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/config/guc_enum.h"
#include "server/config/setting.h"
#include "server/planner/planner.h"
#include "server/sql/sql_int.h"
#include "server/txn/proc_array.h"

#define CUSTOM_TRIES 5

/* What planning costs, in units of cost: a relation more doubles nothing, but adds. */
#define PLANNING_COST(relations) (1000.0 * setting.cpu_operator_cost * ((relations) + 1))

static void drop_if_passed(SqlPlan *plan);
static bool wants_custom(const Prepared *p, const ExternParams *params);
static SqlPlan *generic_plan(Prepared *p);
static SqlPlan *custom_plan(Prepared *p, const ExternParams *params);
static SqlPlan *make(Prepared *p, Query *tree, MemContext *parent, const ExternParams *bound,
                     int options);

SqlPlan *plan_choose(Prepared *p, const ExternParams *params, int cursor_options)
{
    SqlQuery *q = &p->query;
    SqlPlan *plan;

    if (q->generic != NULL)
        drop_if_passed(q->generic);
    if (q->is_kept && q->generic != NULL && !wants_custom(p, params) &&
        query_lock_plan(p, q->generic)) {
        q->generic->users++;
        q->generic_count++;
        return q->generic;
    }
    query_revalidate(p);
    if (q->tree == NULL)
        return NULL;
    if (!q->is_kept)
        return make(p, q->tree, mem_current(), params, cursor_options);
    if (wants_custom(p, params))
        return custom_plan(p, params);
    plan = generic_plan(p);
    /* Now that its cost is known it may turn out to be too dear. */
    if (wants_custom(p, params))
        return custom_plan(p, params);
    plan->users++;
    q->generic_count++;
    return plan;
}

/* What was too new for it may be of use by now. */
static void drop_if_passed(SqlPlan *plan)
{
    if (plan->xmin != 0 && plan->xmin != proc_array_transaction_xmin())
        plan->is_valid = false;
}

static bool wants_custom(const Prepared *p, const ExternParams *params)
{
    const SqlQuery *q = &p->query;

    if (params->count == 0)
        return false;
    if (setting.plan_cache_mode != PLAN_CACHE_MODE_AUTO)
        return setting.plan_cache_mode == PLAN_CACHE_MODE_FORCE_CUSTOM_PLAN;
    if (q->custom_count < CUSTOM_TRIES)
        return true;
    return q->generic != NULL && q->generic->cost >= q->custom_cost / q->custom_count;
}

static SqlPlan *generic_plan(Prepared *p)
{
    SqlQuery *q = &p->query;

    if (q->generic == NULL || !q->generic->is_valid) {
        if (q->generic != NULL)
            plan_release(q->generic);
        q->generic = NULL;
        q->generic = make(p, q->tree, p->mem, NULL, PLAN_GENERIC);
    }
    return q->generic;
}

static SqlPlan *custom_plan(Prepared *p, const ExternParams *params)
{
    SqlQuery *q = &p->query;
    SqlPlan *plan = make(p, q->tree, mem_current(), params, PLAN_CUSTOM);

    q->custom_cost += plan->cost + PLANNING_COST(list_count(plan->statement->range_table));
    q->custom_count++;
    return plan;
}

/* The planner takes its query apart: one that is kept gives a copy. */
static SqlPlan *make(Prepared *p, Query *tree, MemContext *parent, const ExternParams *bound,
                     int options)
{
    MemContext *mem = mem_context_new(parent, "plan");
    SqlPlan *plan = mem_alloc_in(mem, sizeof *plan);

    snapshot_push(snapshot_take());
    MEM_SCOPE(mem) {
        Query *own = p->query.is_kept ? node_copy(tree) : tree;

        plan->statement = planner_plan(own, p->text, options, bound);
    }
    if (plan->statement->is_transient)
        plan->xmin = proc_array_transaction_xmin();
    snapshot_pop();
    plan->mem = mem;
    plan->is_valid = true;
    plan->users = 1;
    plan->cost = plan->statement->plan->total_cost;
    return plan;
}

SqlPlan *plan_of_tree(Prepared *p, Query *tree, const ExternParams *params)
{
    return make(p, tree, mem_current(), params, p->query.is_kept ? PLAN_CUSTOM : 0);
}

void plan_release(SqlPlan *plan)
{
    if (--plan->users == 0)
        mem_delete(plan->mem);
}
