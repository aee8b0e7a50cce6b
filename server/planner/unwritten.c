/* unwritten.c - what is not there yet, and says so. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/planner/cost.h"
#include "server/planner/create.h"
#include "server/planner/jointree.h"
#include "server/planner/level.h"
#include "server/planner/path.h"
#include "server/planner/query.h"
#include "server/planner/rel.h"
#include "server/planner/selec.h"

static _Noreturn void fail(const char *what)
{
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = err_fmt("%s are not supported", what));
}
Node *prep_flatten_join_vars(Planner *root, Query *query, void *expr)
{
    (void)root;
    (void)query;
    (void)expr;
    fail("joins");
}
void prep_pull_up_sublinks(Planner *root)
{
    (void)root;
    fail("subqueries");
}
void prep_pull_up_subqueries(Planner *root)
{
    (void)root;
}
void prep_reduce_outer_joins(Planner *root)
{
    (void)root;
}
void prep_remove_results(Planner *root)
{
    (void)root;
}
void prep_process_ctes(Planner *root)
{
    (void)root;
    fail("CTEs");
}
PlanRel *upper_window(Planner *root, PlanRel *input, PathTarget *in, PathTarget *out)
{
    (void)root;
    (void)input;
    (void)in;
    (void)out;
    fail("window functions");
}
List *window_select(Planner *root)
{
    (void)root;
    fail("window functions");
}
PlanRel *setop_plan(Planner *root)
{
    (void)root;
    fail("set operations");
}
void upper_try_min_max(Planner *root)
{
    (void)root;
}
List *jointree_remove_joins(Planner *root, List *items)
{
    (void)root;
    return items;
}
void jointree_reduce_semi(Planner *root)
{
    (void)root;
}
Node *subselect_process(Planner *root, Node *expr, bool is_qual)
{
    (void)root;
    (void)is_qual;
    return expr;
}
Node *subselect_replace_outer(Planner *root, Node *expr)
{
    (void)root;
    return expr;
}
int subselect_new_param(Planner *root, Oid type)
{
    root->global->param_types = list_add_oid(root->global->param_types, type);
    return list_count(root->global->param_types) - 1;
}
Param *subselect_param(Planner *root, Oid type, int typmod, Oid collation)
{
    Param *param = node_new(Param);
    (void)root;
    param->kind = PARAM_EXEC;
    param->type = type;
    param->typmod = typmod;
    param->collation = collation;
    param->loc = NODE_NO_LOCATION;
    return param;
}
void subselect_charge_init_plans(Planner *root, PlanRel *final)
{
    (void)root;
    (void) final;
}
void query_plan_subquery(Planner *root, PlanRel *rel)
{
    (void)root;
    (void)rel;
    fail("subqueries");
}
void query_size_cte(Planner *root, PlanRel *rel)
{
    (void)root;
    (void)rel;
    fail("CTEs");
}
PlanRel *join_search(Planner *root, List *items)
{
    if (list_count(items) != 1)
        fail("joins");
    return plan_rel(root, ((RangeTblRef *)list_at(items, 0))->rt_index);
}
Plan *create_join(Planner *root, Path *path)
{
    (void)root;
    (void)path;
    fail("joins");
}
void create_cte(Planner *root, const RangeTblEntry *rte, CteScan *scan)
{
    (void)root;
    (void)rte;
    (void)scan;
    fail("CTEs");
}
int create_work_table(Planner *root, const RangeTblEntry *rte)
{
    (void)root;
    (void)rte;
    fail("CTEs");
}
void create_bind_subquery(Planner *root, const PlanRel *rel)
{
    (void)root;
    (void)rel;
}
void cost_memoize_rescan(Planner *root, const Path *path, double *startup, double *total)
{
    (void)root;
    (void)path;
    (void)startup;
    (void)total;
}
IndexClause *path_match_pattern(Planner *root, Clause *clause, int column, const PlanIndex *index)
{
    (void)root;
    (void)clause;
    (void)column;
    (void)index;
    return NULL;
}
double selec_like(const SelecCall *c)
{
    (void)c;
    return SELEC_DEFAULT_MATCH;
}
double selec_not_like(const SelecCall *c)
{
    (void)c;
    return 1 - SELEC_DEFAULT_MATCH;
}
double selec_ilike(const SelecCall *c)
{
    (void)c;
    return SELEC_DEFAULT_MATCH;
}
double selec_not_ilike(const SelecCall *c)
{
    (void)c;
    return 1 - SELEC_DEFAULT_MATCH;
}
double selec_regex(const SelecCall *c)
{
    (void)c;
    return SELEC_DEFAULT_MATCH;
}
double selec_not_regex(const SelecCall *c)
{
    (void)c;
    return 1 - SELEC_DEFAULT_MATCH;
}
double selec_iregex(const SelecCall *c)
{
    (void)c;
    return SELEC_DEFAULT_MATCH;
}
double selec_not_iregex(const SelecCall *c)
{
    (void)c;
    return 1 - SELEC_DEFAULT_MATCH;
}
double selec_prefix(const SelecCall *c)
{
    (void)c;
    return SELEC_DEFAULT_MATCH;
}
double selec_matching(const SelecCall *c)
{
    (void)c;
    return 0.010;
}
