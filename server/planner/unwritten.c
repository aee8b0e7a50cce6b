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
void query_size_cte(Planner *root, PlanRel *rel)
{
    (void)root;
    (void)rel;
    fail("CTEs");
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
Plan *create_stage(Planner *root, Path *path)
{
    (void)root;
    (void)path;
    fail("such plans");
}
