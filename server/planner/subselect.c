/*
 * subselect.c - queries in expressions: planned by themselves, once (init plans) or for each row
 *
 * A subquery that needs nothing of the query around it is an init plan: it runs when its value is
 * first wanted. Others get the columns that they need as parameters.
 */
#include "common/base/base.h"

#include <math.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/catalog/catalog_oid.h"
#include "server/config/setting.h"
#include "server/node/expr.h"
#include "server/node/tree.h"
#include "server/planner/cost.h"
#include "server/planner/create.h"
#include "server/planner/equiv.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/planner/level.h"
#include "server/planner/path.h"
#include "server/planner/prep_query.h"
#include "server/planner/query.h"
#include "server/planner/rel.h"

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

static Param *new_param(Planner *root, const Node *like)
{
    Param *param = subselect_param(root, node_expr_type(like), node_expr_typmod(like),
                                   node_expr_collation(like));

    param->id = subselect_new_param(root, param->type);
    return param;
}

/* ---- Columns of outer levels ---- */

static uint32_t levels_of(const Node *node)
{
    switch (node->tag) {
    case NODE_Var:
        return ((const Var *)(const void *)node)->levels_up;
    case NODE_Aggref:
        return ((const Aggref *)(const void *)node)->levels_up;
    case NODE_GroupingFunc:
        return ((const GroupingFunc *)(const void *)node)->levels_up;
    default:
        return 0;
    }
}

/* The parameter by which the level that it is of hands it down. */
static Node *param_of_outer(Planner *root, const Node *node)
{
    Planner *owner = root;
    Node *item = node_copy(node);
    PlanParam *known = NULL;
    Param *param;

    for (uint32_t up = levels_of(node); up > 0; up--)
        owner = owner->parent;
    node_shift_levels(item, -(int)levels_of(node), 0);
    list_foreach(PlanParam *, one, owner->params) {
        if (node_equal(one->item, item))
            known = one;
    }
    if (known == NULL) {
        known = mem_new(PlanParam);
        known->item = item;
        known->param = subselect_new_param(root, node_expr_type(item));
        owner->params = list_add(owner->params, known);
    }
    param = subselect_param(root, node_expr_type(item), node_expr_typmod(item),
                            node_expr_collation(item));
    param->id = known->param;
    return as_node(param);
}

static Node *replace_outer(Node *node, void *arg)
{
    if (levels_of(node) > 0)
        return param_of_outer(arg, node);
    if (node_is(node, Query))
        return node;
    return node_mutate(node, replace_outer, arg);
}

Node *subselect_replace_outer(Planner *root, Node *expr)
{
    if (expr == NULL)
        return NULL;
    return expr->tag <= NODE_OidList ? node_mutate(expr, replace_outer, root)
                                     : replace_outer(expr, root);
}

/* ---- One subquery ---- */

typedef struct Sub {
    Planner *planner;
    Path *path;
    Plan *plan;
    List *params; /* PlanParam */
} Sub;

static void plan_query(Planner *root, Query *query, double fraction, Sub *sub)
{
    List *before = root->params;

    root->params = NULL;
    sub->planner = level_plan(root->global, query, root, false, fraction);
    sub->params = root->params;
    root->params = before;
    sub->path = level_best_path(sub->planner->upper[UPPER_FINAL], fraction);
    sub->plan = create_plan(sub->planner, sub->path);
}

static int add_plan(Planner *root, const Sub *sub)
{
    PlanGlobal *global = root->global;

    global->subplans = list_add(global->subplans, sub->plan);
    global->subplanners = list_add(global->subplanners, sub->planner);
    global->subpaths = list_add(global->subpaths, sub->path);
    return list_count(global->subplans);
}

static SubPlan *new_subplan(Planner *root, SubPlanForm form, const Sub *sub)
{
    SubPlan *subplan = node_new(SubPlan);
    const TargetEntry *first = NULL;

    subplan->form = form;
    subplan->first_type = TYPE_VOID;
    subplan->first_typmod = NODE_NO_TYPMOD;
    list_foreach(TargetEntry *, target, sub->plan->targets) {
        if (first == NULL && !target->is_junk)
            first = target;
    }
    if (first != NULL) {
        subplan->first_type = node_expr_type(first->expr);
        subplan->first_typmod = node_expr_typmod(first->expr);
        subplan->first_collation = node_expr_collation(first->expr);
    }
    list_foreach(PlanParam *, param, sub->params) {
        Node *arg = param->item;

        /* It may hold subqueries, or columns that this level gets from further out. */
        if (!node_is(arg, Var))
            arg = subselect_process(root, node_copy(arg), false);
        arg = subselect_replace_outer(root, node_copy(arg));
        subplan->param_ids = list_add_int(subplan->param_ids, param->param);
        subplan->args = list_add(subplan->args, arg);
    }
    return subplan;
}

static char *name_list(const char *label, const SubPlan *subplan)
{
    char *name = mem_printf("%s %d", label, subplan->plan);

    for (int i = 0; i < list_count(subplan->set_params); i++)
        name = mem_printf("%s%s$%d", name, i == 0 ? " (returns " : ",",
                          list_int_at(subplan->set_params, i));
    return list_count(subplan->set_params) > 0 ? mem_printf("%s)", name) : name;
}

/* Parameters for the columns that are not junk. */
static List *column_params(Planner *root, const List *targets)
{
    List *params = NULL;

    list_foreach(TargetEntry *, target, targets) {
        if (!target->is_junk)
            params = list_add(params, new_param(root, target->expr));
    }
    return params;
}

static List *ids_of(const List *params)
{
    List *ids = NULL;

    list_foreach(Param *, param, params)
        ids = list_add_int(ids, param->id);
    return ids;
}

static Node *init_plan(Planner *root, SubPlan *subplan, List *params)
{
    subplan->set_params = ids_of(params);
    subplan->name = name_list("InitPlan", subplan);
    root->init_plans = list_add(root->init_plans, subplan);
    return list_at(params, 0);
}

/* Can the rows be kept in a hash table, looked into by each of the test's operators? */
static bool can_hash_test(const Node *test)
{
    const OpExpr *op = (const void *)test;

    if (expr_is_and(test)) {
        list_foreach(Node *, arm, ((const BoolExpr *)(const void *)test)->args) {
            if (!can_hash_test(arm))
                return false;
        }
        return true;
    }
    if (!expr_is_binary(test) || !facts_can_hash(op->operator, node_expr_type(expr_left(op))) ||
        !facts_is_operator_strict(op->operator))
        return false;
    return !expr_has_exec_param(expr_left(op)) && !expr_has_vars(expr_right(op)) &&
           !expr_has_subplan(test);
}

static bool fits_in_memory(const Plan *plan)
{
    return plan->rows * (ceil(plan->width / 8.0) * 8 + 24) <= cost_hash_memory();
}

static List *hash_keys_of(const Node *test)
{
    List *keys = NULL, *arms = expr_is_and(test) ? ((const BoolExpr *)(const void *)test)->args
                                                 : list_of(as_node(test));

    list_foreach(OpExpr *, op, arms) {
        GroupKey *key = node_new(GroupKey);
        Oid left, right;

        key->column = op_i + 1;
        key->equal_operator = op->operator;
        key->equal = facts_operator_function(op->operator);
        facts_hash_functions(op->operator, & left, &right);
        key->hash = right;
        key->collation = op->input_collation;
        keys = list_add(keys, key);
    }
    return keys;
}

/* ANY, ALL: a test for each row; kept in a hash table, or in a store, when nothing is passed in. */
static Node *finish_test(Planner *root, SubPlan *subplan, const SubLink *link, Sub *sub,
                         bool is_qual)
{
    List *params = column_params(root, sub->plan->targets);

    subplan->test = prep_replace_sublink_params(link->test, params);
    subplan->test_params = ids_of(params);
    subplan->unknown_is_false = is_qual;
    if (subplan->form == SUBPLAN_ANY && subplan->param_ids == NULL && fits_in_memory(sub->plan) &&
        can_hash_test(link->test)) {
        subplan->uses_hash = true;
        subplan->hash_keys = hash_keys_of(subplan->test);
    } else if (subplan->param_ids == NULL && setting.enable_material && !path_is_kept(sub->path)) {
        Path *kept = path_material(sub->path->rel, sub->path);
        Material *material = create_plan_node(Material, kept, node_copy(sub->plan->targets));

        material->left = sub->plan;
        sub->path = kept;
        sub->plan = (Plan *)material;
        root->global->subplans->items[subplan->plan - 1].pointer = material;
        root->global->subpaths->items[subplan->plan - 1].pointer = kept;
    }
    if (subplan->param_ids == NULL)
        root->global->rewind_subplans = bitset_add(root->global->rewind_subplans, subplan->plan);
    subplan->name = mem_printf("SubPlan %d", subplan->plan);
    cost_subplan(root, subplan, sub->path);
    return as_node(subplan);
}

static SubPlanForm form_of(SubLinkKind kind)
{
    return (SubPlanForm)kind;
}

static double fraction_of(SubLinkKind kind)
{
    if (kind == SUBLINK_EXISTS)
        return 1.0;
    return kind == SUBLINK_ALL || kind == SUBLINK_ANY ? 0.5 : 0.0;
}

/* The columns of UPDATE ... SET (a, b) = (SELECT ...), by the sublink's number. */
static void note_multi_params(Planner *root, const SubLink *link, List *params)
{
    while (list_count(root->multi_params) < link->id)
        root->multi_params = list_add(root->multi_params, NULL);
    root->multi_params->items[link->id - 1].pointer = params;
}

static Node *replace_multi(Node *node, void *arg)
{
    const Planner *root = arg;
    const Param *param = (const Param *)(void *)node;
    const List *params;

    if (!node_is(node, Param) || param->kind != PARAM_MULTI_EXPR)
        return node_mutate(node, replace_multi, arg);
    params = list_at(root->multi_params, (param->id >> 16) - 1);
    return node_copy(list_at(params, (param->id & 0xFFFF) - 1));
}

List *subselect_replace_multi(Planner *root, List *targets)
{
    return root->multi_params == NULL ? targets : node_mutate(targets, replace_multi, root);
}

static Node *make_subplan(Planner *root, const SubLink *link, bool is_qual)
{
    Query *query = node_copy(link->query);
    SubPlan *subplan;
    List *params;
    Sub sub;

    if (link->kind == SUBLINK_EXISTS)
        subselect_simplify_exists(query);
    plan_query(root, query, fraction_of(link->kind), &sub);
    subplan = new_subplan(root, form_of(link->kind), &sub);
    subplan->plan = add_plan(root, &sub);
    if (subplan->param_ids == NULL) {
        switch (link->kind) {
        case SUBLINK_EXISTS: {
            Param *param = new_param(root, expr_bool(true));

            cost_subplan(root, subplan, sub.path);
            return init_plan(root, subplan, list_of(param));
        }
        case SUBLINK_EXPR:
            cost_subplan(root, subplan, sub.path);
            return init_plan(
                root, subplan,
                list_of(new_param(root, ((TargetEntry *)list_at(sub.plan->targets, 0))->expr)));
        case SUBLINK_ARRAY: {
            Param *param;

            params = column_params(root, sub.plan->targets);
            param = list_at(params, 0);
            param->type = node_expr_type(link);
            cost_subplan(root, subplan, sub.path);
            return init_plan(root, subplan, list_of(param));
        }
        case SUBLINK_ROW_COMPARE:
            params = column_params(root, sub.plan->targets);
            cost_subplan(root, subplan, sub.path);
            init_plan(root, subplan, params);
            return prep_replace_sublink_params(link->test, params);
        case SUBLINK_MULTI_EXPR:
            params = column_params(root, sub.plan->targets);
            note_multi_params(root, link, params);
            cost_subplan(root, subplan, sub.path);
            init_plan(root, subplan, params);
            return expr_null(TYPE_RECORD, NODE_NO_TYPMOD, 0);
        default:
            break;
        }
    }
    switch (link->kind) {
    case SUBLINK_MULTI_EXPR:
        params = column_params(root, sub.plan->targets);
        note_multi_params(root, link, params);
        subplan->set_params = ids_of(params);
        subplan->name = name_list("SubPlan", subplan);
        cost_subplan(root, subplan, sub.path);
        return as_node(subplan);
    case SUBLINK_ANY:
    case SUBLINK_ALL:
    case SUBLINK_ROW_COMPARE:
        return finish_test(root, subplan, link, &sub, is_qual);
    default:
        subplan->name = mem_printf("SubPlan %d", subplan->plan);
        cost_subplan(root, subplan, sub.path);
        return as_node(subplan);
    }
}

/* ---- Expressions ---- */

static Node *process_arg(Node *node, void *arg);

typedef struct Process {
    Planner *root;
} Process;

static Node *process(Planner *root, Node *node, bool is_top)
{
    Process p = {root};

    if (node_is(node, SubLink)) {
        SubLink *link = (SubLink *)(void *)node;

        /* Innermost first: the test may have subqueries, too. */
        if (link->test != NULL) {
            SubLink *copy = mem_dup(link, sizeof(*link));

            copy->test = process(root, link->test, false);
            link = copy;
        }
        return make_subplan(root, link, is_top);
    }
    if (levels_of(node) > 0)
        return node; /* an aggregate of an outer level is planned there */
    if (node_is(node, SubPlan) || node_is(node, AlternativeSubPlan))
        return node;
    if (expr_is_and(node) || expr_is_or(node)) {
        BoolExpr *copy = node_new(BoolExpr);

        *copy = *(BoolExpr *)(void *)node;
        copy->args = NULL;
        list_foreach(Node *, arm, ((BoolExpr *)(void *)node)->args)
            copy->args = list_add(copy->args, process(root, arm, is_top));
        return as_node(copy);
    }
    if (node->tag <= NODE_OidList)
        return node_mutate(node, process_arg, &p);
    return node_mutate(node, process_arg, &p);
}

static Node *process_arg(Node *node, void *arg)
{
    return process(((Process *)arg)->root, node, false);
}

Node *subselect_process(Planner *root, Node *expr, bool is_qual)
{
    return expr == NULL ? NULL : process(root, expr, is_qual);
}

void subselect_add_init_plan(Planner *root, Planner *sub, Path *path, Plan *plan, Param *param)
{
    Sub made = {.planner = sub, .path = path, .plan = plan};
    SubPlan *subplan = new_subplan(root, SUBPLAN_EXPR, &made);

    subplan->plan = add_plan(root, &made);
    init_plan(root, subplan, list_of(param));
    cost_subplan(root, subplan, path);
}

void subselect_charge_init_plans(Planner *root, PlanRel *final)
{
    double cost = 0;

    list_foreach(SubPlan *, init, root->init_plans)
        cost += init->startup_cost + init->call_cost;
    if (cost == 0)
        return;
    list_foreach(Path *, path, final->paths) {
        path->startup += cost;
        path->total += cost;
    }
}

/* ---- Subqueries in FROM ---- */

/* Conditions on the subquery's columns can be tested inside of it where each row is by itself. */
static bool can_push(const Planner *root, const PlanRel *rel, const Query *sub, const Node *qual)
{
    if (sub->limit_offset != NULL || sub->limit_count != NULL || sub->set_operations != NULL ||
        sub->windows != NULL || sub->grouping_sets != NULL || expr_has_subplan(qual) ||
        expr_has_volatile(qual) || root->entries[rel->rt_index]->is_barrier)
        return false;
    list_foreach(Var *, var, expr_vars(qual, 0)) {
        const TargetEntry *target;

        if (var->rt_index != (int)rel->rt_index || var->attno <= 0)
            return false;
        target = target_by_number(sub->targets, var->attno);
        if (target == NULL || expr_has_sets(target->expr) || expr_has_volatile(target->expr))
            return false;
        if (sub->has_distinct_on &&
            sort_group_by_ref(sub->distinct, target->sort_group_ref) == NULL)
            return false;
    }
    return true;
}

static void push_quals(Planner *root, PlanRel *rel, Query *sub)
{
    List *rest = NULL;

    list_foreach(Clause *, clause, rel->restrict_clauses) {
        Query carrier = {.tag = NODE_Query};
        Node *qual;

        if (clause->is_pseudoconstant || !can_push(root, rel, sub, clause->expr)) {
            rest = list_add(rest, clause);
            continue;
        }
        carrier.having = clause->expr;
        qual = prep_replace_rel(&carrier, (int)rel->rt_index, sub->targets)->having;
        if (sub->has_aggs || sub->group_by != NULL || sub->having != NULL)
            sub->having = sub->having == NULL ? qual : expr_and(list_of2(sub->having, qual));
        else
            sub->from->where =
                sub->from->where == NULL ? qual : expr_and(list_of2(sub->from->where, qual));
    }
    rel->restrict_clauses = rest;
}

/* Columns of the subquery that are looked at; *all: its rows as a whole are. */
static BitSet *used_columns(const PlanRel *rel, bool *all)
{
    List *exprs = list_copy(rel->target.exprs);
    BitSet *used = NULL;

    *all = false;
    list_foreach(Clause *, clause, rel->restrict_clauses)
        exprs = list_add(exprs, clause->expr);
    list_foreach(Var *, var, expr_vars(exprs, 0)) {
        if (var->rt_index != (int)rel->rt_index)
            continue;
        if (var->attno <= 0)
            *all = true;
        else
            used = bitset_add(used, var->attno);
    }
    return used;
}

/* What nobody looks at need not be computed: NULL takes its place. */
static void drop_unused(const PlanRel *rel, Query *sub)
{
    bool all;
    const BitSet *used = used_columns(rel, &all);

    if (all || sub->set_operations != NULL || sub->distinct != NULL)
        return;
    list_foreach(TargetEntry *, target, sub->targets) {
        if (target->sort_group_ref == 0 && !target->is_junk && !bitset_has(used, target->number) &&
            !expr_has_sets(target->expr) && !expr_has_volatile(target->expr))
            target->expr = expr_null(node_expr_type(target->expr), node_expr_typmod(target->expr),
                                     node_expr_collation(target->expr));
    }
}

void rel_set_subquery_widths(PlanRel *rel)
{
    Planner *sub = rel->subplanner;

    list_foreach(TargetEntry *, target, sub->targets) {
        const Var *var = (const Var *)(void *)target->expr;

        if (target->is_junk || target->number > rel->max_column)
            continue;
        if (node_is(var, Var) && sub->query->set_operations == NULL && var->levels_up == 0 &&
            var->rt_index > 0 && sub->rels[var->rt_index] != NULL)
            rel->widths[target->number - rel->min_column] =
                rel_column_width(sub->rels[var->rt_index], var->attno, var->type, var->typmod);
    }
}

void query_plan_subquery(Planner *root, PlanRel *rel)
{
    const RangeTblEntry *rte = root->entries[rel->rt_index];
    Query *sub = node_copy(rte->subquery);
    List *before = root->params;
    const Query *query = root->query;
    double fraction = 0;
    PlanRel *final;

    push_quals(root, rel, sub);
    drop_unused(rel, sub);
    if (!query->has_aggs && query->group_by == NULL && query->grouping_sets == NULL &&
        query->having == NULL && query->distinct == NULL && query->order_by == NULL &&
        bitset_only(root->base_rels) >= 0)
        fraction = root->tuple_fraction;
    root->params = NULL;
    rel->subplanner = level_plan(root->global, sub, root, false, fraction);
    rel->subplan_params = root->params;
    root->params = before;
    final = rel->subplanner->upper[UPPER_FINAL];
    rel->tuples = final->cheapest_total->rows;
    rel_set_subquery_widths(rel);
    rel_size_base(root, rel);
    list_foreach(Path *, inner, final->paths) {
        Path *path = path_new(PATH_SUBQUERY, rel, &rel->target);

        path->param = rel_base_param(root, rel, rel->lateral);
        path->outer = inner;
        path->keys = keys_of_subquery(root, rel, inner->keys, rel->subplanner->targets);
        cost_subquery(root, path);
        path_add(rel, path);
    }
}

/* Parameters of a LATERAL subquery are those of the loop around it. */
void create_bind_subquery(Planner *root, const PlanRel *rel)
{
    list_foreach(PlanParam *, param, rel->subplan_params) {
        NestLoopParam *item;
        const Var *var = (const Var *)(void *)param->item;
        bool known = false;

        if (!node_is(var, Var) || !bitset_has(root->outer_rels, var->rt_index))
            continue;
        list_foreach(NestLoopParam *, there, root->outer_param_items)
            known |= there->param == param->param;
        if (known)
            continue;
        item = node_new(NestLoopParam);
        item->param = param->param;
        item->value = node_copy(var);
        root->outer_param_items = list_add(root->outer_param_items, item);
    }
}
