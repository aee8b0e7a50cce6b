/*
 * subplan.c - queries inside of expressions, and those that are run once for a parameter
 *
 * A SubPlan of an expression is evaluated where it stands: its arguments become parameters, the
 * tree of its plan begins again, and its rows are looked at. An init plan hangs at a node; its
 * parameters are armed, and the first expression that reads one runs it. Either is read forward,
 * also while the rows around it come backward.
 *
 * Parameters of a plan that are not its arguments come from further out. When the node at which it
 * stands begins again because of them, the tree must not keep what it has.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/executor/exec_int.h"
#include "server/executor/subplan_hash.h"
#include "server/expr/catalog_info.h"
#include "server/fmgr/array_gather.h"
#include "server/fmgr/datum_image.h"
#include "server/fmgr/varlena.h"
#include "server/node/expr.h"

struct SubPlanState {
    ExprSubPlan expr; /* first: it is what the steps call */
    const SubPlan *plan;
    ExecNode *node;    /* at which it stands */
    EvalContext *eval; /* in which it is evaluated; NULL: the node's */
    Expr **args;
    BitSet *arg_set;
    const BitSet *outer_params; /* that its plan takes, the arguments among them */
    BitSet *news;               /* those of them that changed since it ran; has room for all */
    bool has_news;
    SubPlanState *next; /* of the node's */
    Expr *test;
    bool by_value; /* of the first column */
    int16_t len;
    Oid element;       /* of an array of the first column: that of an array, if it is one */
    SubPlanHash *hash; /* NULL: its rows are not hashed */
    uint64_t hash_run;
};

static Datum eval_subplan(ExprSubPlan *self, EvalContext *c, bool *is_null);
static void make_param(ExecParam *param, void *arg);

/* ---- Making ---- */

static void forget_news(SubPlanState *s)
{
    for (int i = 0; s->news != NULL && i < s->news->word_count; i++)
        s->news->words[i] = 0;
    s->has_news = false;
}

static SubPlanState *make_state(ExecNode *n, const SubPlan *plan, const ExprScope *scope)
{
    SubPlanState *s = mem_new(SubPlanState);
    size_t i = 0;

    *s = (SubPlanState){
        .expr = {.eval = eval_subplan}, .plan = plan, .node = n, .eval = scope->eval};
    s->outer_params =
        ((const Plan *)list_at(n->exec->plan->subplans, plan->plan - 1))->outer_params;
    s->args = mem_new_array(Expr *, (size_t)list_count(plan->args) + 1);
    list_foreach(const Node *, arg, plan->args) {
        s->args[i] = expr_compile(arg, scope);
        s->arg_set = bitset_add(s->arg_set, list_int_at(plan->param_ids, (int)i));
        i++;
    }
    s->news = bitset_union(s->outer_params, s->arg_set);
    forget_news(s);
    if (plan->uses_hash)
        s->hash = subplan_hash_new(n->exec, plan, scope);
    else if (plan->test != NULL)
        s->test = expr_compile(plan->test, scope);
    if (plan->first_type != 0) {
        TypeInfo type;

        catalog_info()->type(plan->first_type, &type);
        s->by_value = type.by_value;
        s->len = type.len;
        s->element = plan->first_type;
        if (plan->form == SUBPLAN_ARRAY && node_expr_type(plan) == plan->first_type)
            s->element = type.element;
    }
    return s;
}

/* Subplans of targets that are set one by one are run when the first of them is read. */
static void arm(SubPlanState *s)
{
    for (int i = 0; i < list_count(s->plan->set_params); i++) {
        s->node->exec->params[list_int_at(s->plan->set_params, i)] =
            (ExecParam){.is_null = true, .make = make_param, .arg = s};
    }
}

ExprSubPlan *exec_make_subplan(void *node, const SubPlan *plan, const ExprScope *scope)
{
    ExecNode *n = node;
    SubPlanState *s = make_state(n, plan, scope);

    if (plan->form == SUBPLAN_CTE)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "a WITH query stands in an expression");
    if (plan->form == SUBPLAN_MULTI_EXPR) {
        size_t count = 0;
        SubPlanState **more;

        while (n->init_plans != NULL && n->init_plans[count] != NULL)
            count++;
        more = mem_new_array(SubPlanState *, count + 2);
        for (size_t i = 0; i < count; i++)
            more[i] = n->init_plans[i];
        more[count] = s;
        n->init_plans = more;
    }
    s->next = n->subplans;
    n->subplans = s;
    return &s->expr;
}

static void add_news(SubPlanState *s, const BitSet *changed)
{
    for (int i = 0; changed != NULL && i < s->news->word_count && i < changed->word_count; i++)
        s->news->words[i] |= changed->words[i];
    s->has_news = true;
}

void exec_mark_subplans(ExecNode *n, const BitSet *changed)
{
    for (SubPlanState *s = n->subplans; s != NULL; s = s->next) {
        if (exec_overlaps(s->outer_params, changed))
            add_news(s, changed);
    }
}

void exec_init_init_plans(ExecNode *n)
{
    ExprScope scope = exec_scope(n);
    size_t count = 0;
    SubPlanState **all;

    exec_eval(n);
    while (n->init_plans != NULL && n->init_plans[count] != NULL)
        count++;
    all = mem_new_array(SubPlanState *, count + (size_t)list_count(n->plan->init_plans) + 1);
    for (size_t i = 0; i < count; i++)
        all[i] = n->init_plans[i];
    list_foreach(const SubPlan *, plan, n->plan->init_plans)
        all[count++] = make_state(n, plan, &scope);
    n->init_plans = all;
}

void exec_arm_init_plans(ExecNode *n)
{
    for (SubPlanState **s = n->init_plans; *s != NULL; s++) {
        if ((*s)->plan->form != SUBPLAN_CTE)
            arm(*s);
    }
}

static BitSet *with_all_of(const BitSet *a, const BitSet *b)
{
    BitSet *all = bitset_copy(a);

    for (int i = bitset_next(b, -1); i >= 0; i = bitset_next(b, i))
        all = bitset_add(all, i);
    return all;
}

const BitSet *exec_rearm_init_plans(ExecNode *n, const BitSet *changed)
{
    Exec *e = n->exec;

    for (SubPlanState **s = n->init_plans; *s != NULL; s++) {
        const SubPlan *plan = (*s)->plan;
        const ExecNode *tree = e->subplans[plan->plan - 1];
        BitSet *set = NULL;

        if (!exec_overlaps(tree->plan->all_params, changed))
            continue;
        if (e->subplan_runs[plan->plan - 1] == e->run_number)
            exec_begin_subplan(e, plan->plan, changed);
        if (plan->form != SUBPLAN_CTE)
            arm(*s);
        for (int i = 0; i < list_count(plan->set_params); i++)
            set = bitset_add(set, list_int_at(plan->set_params, i));
        changed = with_all_of(set, changed);
    }
    return changed;
}

/* ---- Running ---- */

ExecNode *exec_begin_subplan(Exec *e, int number, const BitSet *changed)
{
    ExecNode *tree = e->subplans[number - 1];

    if (e->subplan_runs[number - 1] == e->run_number)
        exec_rewind_node(tree, changed);
    e->subplan_runs[number - 1] = e->run_number;
    return tree;
}

static ExecNode *begin_tree(SubPlanState *s)
{
    ExecNode *tree;

    if (!s->has_news)
        return exec_begin_subplan(s->node->exec, s->plan->plan, s->arg_set);
    add_news(s, s->arg_set);
    tree = exec_begin_subplan(s->node->exec, s->plan->plan, s->news);
    forget_news(s);
    return tree;
}

static ExecNode *begin(SubPlanState *s, EvalContext *c)
{
    Exec *e = s->node->exec;

    for (int i = 0; i < list_count(s->plan->args); i++) {
        ExecParam *param = &e->params[list_int_at(s->plan->param_ids, i)];

        param->make = NULL;
        param->value = expr_eval(s->args[i], c, &param->is_null);
    }
    return begin_tree(s);
}

_Noreturn static void raise_several_rows(void)
{
    err_raise(SQLSTATE_CARDINALITY_VIOLATION,
              .message = "more than one row returned by a subquery used as an expression");
}

static Datum copy_value(const SubPlanState *s, Datum value, bool is_null, MemContext *mem)
{
    MemContext *before = mem_switch(mem);

    if (!is_null && !s->by_value)
        value = datum_copy(value, false, s->len);
    mem_switch(before);
    return value;
}

static Datum eval_single(SubPlanState *s, ExecNode *tree, MemContext *mem, bool *is_null)
{
    Slot *row = exec_next(tree);
    Datum value;

    *is_null = true;
    if (row == NULL)
        return 0;
    value = slot_get(row, 1, is_null);
    value = copy_value(s, value, *is_null, mem);
    if (exec_next(tree) != NULL)
        raise_several_rows();
    return value;
}

static Datum eval_array(SubPlanState *s, ExecNode *tree, MemContext *mem)
{
    ArrayElement element = catalog_info_element(s->element);
    bool is_of_arrays = s->element != s->plan->first_type;
    ArrayGather *gather = array_gather_new(&element, mem_current());
    Datum array = 0;
    Slot *row;

    while ((row = exec_next(tree)) != NULL) {
        bool is_null;
        Datum value = slot_get(row, 1, &is_null);
        ArrayView view;

        if (!is_of_arrays) {
            array_gather_value(gather, value, is_null);
            continue;
        }
        if (is_null)
            err_raise(SQLSTATE_NULL_VALUE_NOT_ALLOWED, .message = "cannot accumulate null arrays");
        array_open(varlena_plain(datum_varlena(value)), &view);
        array_gather_array(gather, &view);
    }
    MEM_SCOPE(mem) {
        array = datum_of_pointer(array_gather_result(gather));
    }
    array_gather_free(gather);
    return array;
}

/* The columns of a row become the parameters of the test. */
static void set_test_params(SubPlanState *s, Slot *row)
{
    ExecParam *params = s->node->exec->params;

    for (int i = 0; i < list_count(s->plan->test_params); i++) {
        ExecParam *param = &params[list_int_at(s->plan->test_params, i)];

        param->make = NULL;
        param->value = slot_get(row, i + 1, &param->is_null);
    }
}

static Datum eval_row_compare(SubPlanState *s, ExecNode *tree, EvalContext *c, bool *is_null)
{
    Slot *row = exec_next(tree);
    Datum value;

    *is_null = true;
    if (row == NULL)
        return 0;
    set_test_params(s, row);
    value = expr_eval(s->test, c, is_null);
    if (exec_next(tree) != NULL)
        raise_several_rows();
    return value;
}

/* ANY is over when one is true, ALL when one is false; a NULL on the way makes the rest unknown. */
static Datum eval_quantified(SubPlanState *s, ExecNode *tree, EvalContext *c, bool *is_null)
{
    bool is_any = s->plan->form == SUBPLAN_ANY, is_unknown = false;
    Slot *row;

    while ((row = exec_next(tree)) != NULL) {
        bool test_null;
        Datum test;

        set_test_params(s, row);
        test = expr_eval(s->test, c, &test_null);
        if (test_null) {
            is_unknown = true;
        } else if (datum_bool(test) == is_any) {
            *is_null = false;
            return datum_of_bool(is_any);
        }
    }
    *is_null = is_unknown;
    return datum_of_bool(!is_any);
}

static Datum eval_hashed(SubPlanState *s, EvalContext *c, bool *is_null)
{
    Exec *e = s->node->exec;

    if (s->hash_run != e->run_number || s->has_news)
        subplan_hash_fill(s->hash, begin_tree(s));
    s->hash_run = e->run_number;
    return subplan_hash_probe(s->hash, c, is_null);
}

static Datum evaluate(SubPlanState *s, EvalContext *c, bool *is_null)
{
    *is_null = false;
    if (s->hash != NULL)
        return eval_hashed(s, c, is_null);
    switch (s->plan->form) {
    case SUBPLAN_EXISTS:
        return datum_of_bool(exec_next(begin(s, c)) != NULL);
    case SUBPLAN_ALL:
    case SUBPLAN_ANY:
        return eval_quantified(s, begin(s, c), c, is_null);
    case SUBPLAN_ROW_COMPARE:
        return eval_row_compare(s, begin(s, c), c, is_null);
    case SUBPLAN_EXPR:
        return eval_single(s, begin(s, c), c->row_mem, is_null);
    case SUBPLAN_ARRAY:
        return eval_array(s, begin(s, c), c->row_mem);
    default:
        /* What it sets has been read for this row; the next one shall run it again. */
        arm(s);
        *is_null = true;
        return 0;
    }
}

static Datum eval_subplan(ExprSubPlan *self, EvalContext *c, bool *is_null)
{
    SubPlanState *s = (SubPlanState *)(void *)self;
    Exec *e = s->node->exec;
    bool was_backward = e->is_backward;
    Datum value;

    node_check_depth();
    e->is_backward = false;
    value = evaluate(s, c, is_null);
    e->is_backward = was_backward;
    return value;
}

/* ---- Init plans ---- */

static void set_columns(SubPlanState *s, ExecNode *tree, MemContext *mem)
{
    ExecParam *params = s->node->exec->params;
    Slot *row = exec_next(tree);
    MemContext *before = mem_switch(mem);

    for (int i = 0; i < list_count(s->plan->set_params); i++) {
        ExecParam *param = &params[list_int_at(s->plan->set_params, i)];

        *param = (ExecParam){.is_null = true};
        if (row == NULL)
            continue;
        param->value = slot_get(row, i + 1, &param->is_null);
        if (!param->is_null) {
            const Column *column = &row->desc->columns[i];

            param->value = datum_copy(param->value, column->by_value, column->len);
        }
    }
    mem_switch(before);
    if (row != NULL && exec_next(tree) != NULL)
        raise_several_rows();
}

static void set_param(ExecParam *param, SubPlanState *s)
{
    EvalContext *c = s->eval != NULL ? s->eval : exec_eval(s->node);
    ExecNode *tree = begin(s, c);
    bool is_of_row = s->plan->form == SUBPLAN_MULTI_EXPR && s->plan->param_ids != NULL;
    MemContext *mem = is_of_row ? c->row_mem : s->node->exec->run_mem;

    switch (s->plan->form) {
    case SUBPLAN_EXISTS:
        *param = (ExecParam){.value = datum_of_bool(exec_next(tree) != NULL)};
        break;
    case SUBPLAN_ARRAY:
        *param = (ExecParam){.value = eval_array(s, tree, mem)};
        break;
    case SUBPLAN_ANY:
    case SUBPLAN_ALL: {
        ExecParam made = {0};

        made.value = eval_quantified(s, tree, c, &made.is_null);
        *param = made;
        break;
    }
    default:
        set_columns(s, tree, mem);
    }
}

static void make_param(ExecParam *param, void *arg)
{
    SubPlanState *s = arg;
    Exec *e = s->node->exec;
    bool was_backward = e->is_backward;

    e->is_backward = false;
    set_param(param, s);
    e->is_backward = was_backward;
}
