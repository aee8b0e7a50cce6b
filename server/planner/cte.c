/*
 * cte.c - WITH: a query that is used once is put where it is used; others are planned once and
 * their rows kept
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/config/setting.h"
#include "server/node/expr.h"
#include "server/node/tree.h"
#include "server/planner/cost.h"
#include "server/planner/create.h"
#include "server/planner/expr_util.h"
#include "server/planner/level.h"
#include "server/planner/query.h"
#include "server/planner/rel.h"

typedef struct Inline {
    const CommonTableExpr *cte;
} Inline;

static bool has_outer_reference(Node *node, int level, void *arg)
{
    const CommonTableExpr *cte = arg;

    if (node_is(node, RangeTblEntry)) {
        const RangeTblEntry *rte = (RangeTblEntry *)(void *)node;

        if (rte->kind == RTE_CTE && rte->is_self_reference && strcmp(rte->cte, cte->name) == 0)
            return true;
    }
    return node_walk_levels(node, level, has_outer_reference, arg);
}

/* References to the CTE become subqueries. */
static bool put_in(Node *node, int level, void *arg)
{
    const Inline *in = arg;
    RangeTblEntry *rte = (RangeTblEntry *)(void *)node;

    if (node_is(node, RangeTblEntry) && rte->kind == RTE_CTE &&
        rte->cte_levels_up == (uint32_t)level && strcmp(rte->cte, in->cte->name) == 0) {
        Query *query = node_copy(in->cte->query);

        if (level > 0)
            node_shift_levels(query, level, 1);
        rte->kind = RTE_SUBQUERY;
        rte->subquery = query;
        rte->is_barrier = false;
        rte->cte = NULL;
        return false;
    }
    return node_walk_levels(node, level, put_in, arg);
}

static bool has_mark(Node *node, int level, void *arg)
{
    if (node_is(node, Query) && ((Query *)(void *)node)->row_marks != NULL)
        return true;
    return node_walk_levels(node, level, has_mark, arg);
}

static bool is_inlined(const CommonTableExpr *cte)
{
    const Query *query = (const Query *)(void *)cte->query;

    if (cte->is_recursive || query->command != COMMAND_SELECT ||
        cte->materialize == MATERIALIZE_ALWAYS)
        return false;
    if (cte->materialize == MATERIALIZE_DEFAULT && cte->ref_count != 1)
        return false;
    if (has_mark(as_node(query), 0, NULL))
        return false;
    return !expr_has_volatile(query) && !has_outer_reference(cte->query, 0, as_node(cte));
}

static void plan_cte(Planner *root, const CommonTableExpr *cte)
{
    Query *query = node_copy(cte->query);
    SubPlan *subplan = node_new(SubPlan);
    List *before = root->params;
    PlanGlobal *global = root->global;
    Planner *below;
    Path *path;

    root->params = NULL;
    below = level_plan(global, query, root, cte->is_recursive, 0);
    if (root->params != NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "unexpected outer reference in CTE query");
    root->params = before;
    path = level_best_path(below->upper[UPPER_FINAL], 0);
    global->subplans = list_add(global->subplans, create_plan(below, path));
    global->subplanners = list_add(global->subplanners, below);
    global->subpaths = list_add(global->subpaths, path);
    subplan->form = SUBPLAN_CTE;
    subplan->plan = list_count(global->subplans);
    subplan->name = mem_printf("CTE %s", cte->name);
    subplan->set_params = list_add_int(NULL, subselect_new_param(root, 0));
    cost_subplan(root, subplan, path);
    root->init_plans = list_add(root->init_plans, subplan);
    root->cte_plans = list_add_int(root->cte_plans, subplan->plan);
}

void prep_process_ctes(Planner *root)
{
    list_foreach(CommonTableExpr *, cte, root->query->ctes) {
        Inline in = {cte};

        if (cte->ref_count == 0 && ((Query *)(void *)cte->query)->command == COMMAND_SELECT) {
            root->cte_plans = list_add_int(root->cte_plans, -1);
            continue;
        }
        if (is_inlined(cte)) {
            node_walk_levels(as_node(root->query), NODE_LEVEL_OUTSIDE, put_in, &in);
            root->cte_plans = list_add_int(root->cte_plans, -1);
            continue;
        }
        plan_cte(root, cte);
    }
}

/* The subplan of the CTE that the entry speaks of, and the parameter that it is found by. */
static int find_plan(const Planner *root, const RangeTblEntry *rte, int *param)
{
    const Planner *owner = root;
    int plan = -1;

    for (uint32_t up = rte->cte_levels_up; up > 0; up--)
        owner = owner->parent;
    list_foreach(CommonTableExpr *, cte, owner->query->ctes) {
        if (strcmp(cte->name, rte->cte) == 0)
            plan = list_int_at(owner->cte_plans, cte_i);
    }
    if (plan <= 0)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("no plan was made for CTE \"%s\"", rte->cte));
    list_foreach(SubPlan *, init, owner->init_plans) {
        if (init->plan == plan)
            *param = list_int_at(init->set_params, 0);
    }
    return plan;
}

/* The level of the recursive union whose work table the entry is: one below that of the WITH. */
static const Planner *find_union(const Planner *root, const RangeTblEntry *rte)
{
    const Planner *owner = root;

    for (uint32_t up = rte->cte_levels_up; up > 1; up--)
        owner = owner->parent;
    if (rte->cte_levels_up == 0 || !owner->has_recursion || owner->non_recursive_path == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("could not find path for CTE \"%s\"", rte->cte));
    return owner;
}

void query_size_cte(Planner *root, PlanRel *rel)
{
    const RangeTblEntry *rte = root->entries[rel->rt_index];
    int param, plan;

    if (rte->is_self_reference) {
        rel->tuples = cost_clamp_rows(setting.recursive_worktable_factor *
                                      find_union(root, rte)->non_recursive_path->rows);
    } else {
        plan = find_plan(root, rte, &param);
        rel->tuples = ((Plan *)list_at(root->global->subplans, plan - 1))->rows;
    }
    rel_size_base(root, rel);
}

void create_cte(Planner *root, const RangeTblEntry *rte, CteScan *scan)
{
    scan->subplan = find_plan(root, rte, &scan->param);
}

int create_work_table(const Planner *root, const RangeTblEntry *rte)
{
    return find_union(root, rte)->work_table_param;
}
