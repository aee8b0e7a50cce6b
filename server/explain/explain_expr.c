/*
 * explain_expr.c - expressions of plans as SQL
 *
 * A column of a node above scans is what the child's target is: it is followed down to a scan,
 * whose range table entry has the name. A parameter is followed up to the join that sets it.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/deparse/deparse.h"
#include "server/explain/explain_int.h"
#include "server/expr/catalog_info.h"
#include "server/node/expr.h"

typedef struct Writer {
    const Explain *x;
    const ExplainPath *path;
    bool is_qualified;
    StrBuf *b;
} Writer;

/* Casts that nobody wrote are shown where they are arguments of an operator or function. */
static void write_as(const Writer *w, const Node *node, bool shows_casts);

static void write_expr(const Writer *w, const Node *node)
{
    write_as(w, node, false);
}

static void write_arg(const Writer *w, const Node *node)
{
    write_as(w, node, true);
}

static void write_column_of(const Writer *w, const Plan *child, int column);

/* ---- Names ---- */

static void write_function_name(StrBuf *b, Oid function)
{
    const HeapTuple *row = syscache_pin(CACHE_PROCOID, datum_of_u32(function));
    const PgProc *proc;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for function %u", function));
    proc = CACHE_ROW(PgProc, row);
    if (!namespace_sees_function(function))
        strbuf_add_fmt(b, "%s.", name_quoted(schema_name(proc->pronamespace)));
    strbuf_add(b, name_quoted(proc->proname));
    syscache_unpin(row);
}

static void write_operator(StrBuf *b, Oid operator)
{
    const HeapTuple *row = syscache_pin(CACHE_OPEROID, datum_of_u32(operator));
    const PgOperator *op;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for operator %u", operator));
    op = CACHE_ROW(PgOperator, row);
    if (namespace_sees_operator(operator))
        strbuf_add(b, op->oprname);
    else
        strbuf_add_fmt(b, "OPERATOR(%s.%s)", name_quoted(schema_name(op->oprnamespace)),
                       op->oprname);
    syscache_unpin(row);
}

/* ---- Columns ---- */

static const char *column_name(const RangeTblEntry *entry, int attno)
{
    static const char *const system[] = {"ctid", "xmin", "cmin", "xmax", "cmax", "tableoid"};

    if (attno < 0 && attno >= -6)
        return system[-attno - 1];
    if (entry->names == NULL || attno > list_count(entry->names->columns))
        return "?column?";
    return ((const String *)list_at(entry->names->columns, attno - 1))->value;
}

static void write_range_var(const Writer *w, const Var *var)
{
    const RangeTblEntry *entry = list_at(w->x->plan->range_table, var->rt_index - 1);
    const char *relation = w->x->names[var->rt_index - 1];

    /* A row is never told by an asterisk alone. */
    if ((w->is_qualified || var->attno == 0) && relation != NULL)
        strbuf_add_fmt(w->b, "%s.", name_quoted(relation));
    if (var->attno == 0) {
        strbuf_add_char(w->b, '*');
        return;
    }
    strbuf_add(w->b, name_quoted(column_name(entry, var->attno)));
}

/* The plan whose rows VAR_OUTER and VAR_INNER are, seen from a node. */
static const Plan *outer_of(const Plan *plan)
{
    switch (plan->tag) {
    case NODE_Append:
        return list_at(((const Append *)(const void *)plan)->plans, 0);
    case NODE_MergeAppend:
        return list_at(((const MergeAppend *)(const void *)plan)->plans, 0);
    default:
        return plan->left;
    }
}

static const TargetEntry *find_target(const List *targets, int number)
{
    list_foreach(const TargetEntry *, target, targets) {
        if (target->number == number)
            return target;
    }
    return NULL;
}

/* A column that a child gives: what it is there. An expression stands in parentheses. */
static void write_column_of(const Writer *w, const Plan *child, int column)
{
    const ExplainPath path = {.above = w->path, .plan = child};
    Writer below = *w;
    const TargetEntry *target;

    if (child->tag == NODE_Append || child->tag == NODE_MergeAppend) {
        write_column_of(w, outer_of(child), column);
        return;
    }
    target = find_target(child->targets, column);
    if (target == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("bogus varattno for OUTER_VAR var: %d", column));
    below.path = &path;
    if (node_is(target->expr, Var)) {
        write_expr(&below, target->expr);
        return;
    }
    strbuf_add_char(w->b, '(');
    write_expr(&below, target->expr);
    strbuf_add_char(w->b, ')');
}

/* A column of a subquery that has no name: what it is sorted by. */
static bool is_junk_of_subquery(const Writer *w, const Var *var)
{
    const RangeTblEntry *entry = list_at(w->x->plan->range_table, var->rt_index - 1);

    return w->path->plan->tag == NODE_SubqueryScan && entry->kind == RTE_SUBQUERY &&
           entry->names != NULL && var->attno > list_count(entry->names->columns);
}

static void write_var(const Writer *w, const Var *var)
{
    const Plan *plan = w->path->plan;

    if (var->rt_index == VAR_OUTER) {
        write_column_of(w, outer_of(plan), var->attno);
    } else if (var->rt_index == VAR_INNER) {
        write_column_of(w, plan->right, var->attno);
    } else if (var->rt_index == VAR_INDEX) {
        const IndexOnlyScan *scan = (const IndexOnlyScan *)(const void *)plan;

        write_expr(w, find_target(scan->index_targets, var->attno)->expr);
    } else if (is_junk_of_subquery(w, var)) {
        write_column_of(w, ((const SubqueryScan *)(const void *)plan)->subplan, var->attno);
    } else {
        write_range_var(w, var);
    }
}

/* ---- Parameters: the outer row's value, seen from the join or subplan that sets it ---- */

/* In terms of another node; the relation's name tells that it is not the scan's own. */
static void write_above(const Writer *w, const ExplainPath *path, const Node *node)
{
    Writer above = *w;

    above.path = path;
    above.is_qualified = true;
    write_expr(&above, node);
}

static bool write_join_param(const Writer *w, const ExplainPath *p, int id)
{
    if (p->plan->tag != NODE_NestLoop)
        return false;
    list_foreach(const NestLoopParam *, set, ((const NestLoop *)(const void *)p->plan)->params) {
        if (set->param == id) {
            write_above(w, p, (const Node *)set->value);
            return true;
        }
    }
    return false;
}

static bool write_subplan_param(const Writer *w, const ExplainPath *p, int id)
{
    if (p->sub == NULL)
        return false;
    for (int i = 0; i < list_count(p->sub->param_ids); i++) {
        if (list_int_at(p->sub->param_ids, i) == id) {
            write_above(w, p->above, list_at(p->sub->args, i));
            return true;
        }
    }
    return false;
}

static void write_param(const Writer *w, const Param *param)
{
    for (const ExplainPath *p = w->path; p != NULL && param->kind == PARAM_EXEC; p = p->above) {
        if (write_join_param(w, p, param->id) || write_subplan_param(w, p, param->id))
            return;
    }
    strbuf_add_fmt(w->b, "$%d", param->id);
}

/* ---- Calls and operators ---- */

static void write_list(const Writer *w, const List *exprs)
{
    bool is_first = true;

    list_foreach(const Node *, expr, exprs) {
        strbuf_add(w->b, is_first ? "" : ", ");
        write_arg(w, expr);
        is_first = false;
    }
}

static void write_cast(const Writer *w, const Node *arg, Oid type, int32_t typmod)
{
    const Const *c = (const Const *)(const void *)arg;

    if (node_is(arg, Const) && c->type == type && c->typmod == -1) {
        deparse_const(w->b, c, DEPARSE_NO_TYPE);
    } else {
        strbuf_add_char(w->b, '(');
        write_expr(w, arg);
        strbuf_add_char(w->b, ')');
    }
    strbuf_add_fmt(w->b, "::%s", type_name_with_typmod(type, typmod));
}

/* One that was not written is only shown if it is wanted. */
static void write_coercion(const Writer *w, const Node *arg, CoerceForm form, Oid type,
                           int32_t typmod, bool shows_casts)
{
    if (form == COERCE_IMPLICIT && !shows_casts)
        write_expr(w, arg);
    else
        write_cast(w, arg, type, typmod);
}

static void write_function(const Writer *w, const FuncExpr *call, bool shows_casts)
{
    if (call->form == COERCE_IMPLICIT || call->form == COERCE_CAST) {
        write_coercion(w, list_at(call->args, 0), call->form, call->type, node_expr_typmod(call),
                       shows_casts);
        return;
    }
    write_function_name(w->b, call->function);
    strbuf_add_char(w->b, '(');
    write_list(w, call->args);
    strbuf_add_char(w->b, ')');
}

static void write_op(const Writer *w, Oid operator, const List * args)
{
    strbuf_add_char(w->b, '(');
    if (list_count(args) == 2) {
        write_arg(w, list_at(args, 0));
        strbuf_add_char(w->b, ' ');
        write_operator(w->b, operator);
        strbuf_add_char(w->b, ' ');
        write_arg(w, list_at(args, 1));
    } else {
        write_operator(w->b, operator);
        strbuf_add_char(w->b, ' ');
        write_arg(w, list_at(args, 0));
    }
    strbuf_add_char(w->b, ')');
}

static void write_bool(const Writer *w, const BoolExpr *e)
{
    bool is_first = true;

    if (e->kind == BOOL_NOT) {
        strbuf_add(w->b, "(NOT ");
        write_expr(w, list_at(e->args, 0));
        strbuf_add_char(w->b, ')');
        return;
    }
    strbuf_add_char(w->b, '(');
    list_foreach(const Node *, arg, e->args) {
        if (!is_first)
            strbuf_add(w->b, e->kind == BOOL_AND ? " AND " : " OR ");
        write_expr(w, arg);
        is_first = false;
    }
    strbuf_add_char(w->b, ')');
}

static void write_scalar_array(const Writer *w, const ScalarArrayOpExpr *op)
{
    strbuf_add_char(w->b, '(');
    write_arg(w, list_at(op->args, 0));
    strbuf_add_char(w->b, ' ');
    write_operator(w->b, op->operator);
    strbuf_add(w->b, op->is_any ? " ANY (" : " ALL (");
    write_arg(w, list_at(op->args, 1));
    strbuf_add(w->b, "))");
}

static void write_named_list(const Writer *w, const char *name, const List *args, char end)
{
    strbuf_add(w->b, name);
    write_list(w, args);
    strbuf_add_char(w->b, end);
}

/* Those that rows are given with; of an ordered set they are in its order. */
static void write_agg_args(const Writer *w, const Aggref *agg)
{
    bool is_first = true;

    strbuf_add(w->b, agg->distinct != NULL ? "DISTINCT " : "");
    if (agg->is_star)
        strbuf_add_char(w->b, '*');
    list_foreach(const TargetEntry *, target, agg->args) {
        if (target->is_junk)
            continue;
        strbuf_add(w->b, is_first ? "" : ", ");
        write_arg(w, target->expr);
        is_first = false;
    }
    strbuf_add(w->b, agg->order_by != NULL ? " " : "");
}

static void write_aggref(const Writer *w, const Aggref *agg)
{
    bool is_first = true;

    write_function_name(w->b, agg->function);
    if (agg->kind != 'n') {
        write_named_list(w, "(", agg->direct_args, ')');
        strbuf_add(w->b, " WITHIN GROUP (");
    } else {
        strbuf_add_char(w->b, '(');
        write_agg_args(w, agg);
    }
    list_foreach(const SortGroupClause *, clause, agg->order_by) {
        list_foreach(const TargetEntry *, target, agg->args) {
            Oid compare;
            bool is_descending = false;

            if (target->sort_group_ref != clause->ref)
                continue;
            strbuf_add(w->b, is_first ? "ORDER BY " : ", ");
            write_arg(w, target->expr);
            catalog_info()->order(clause->sort_operator, &compare, &is_descending);
            strbuf_add(w->b, is_descending ? " DESC" : "");
            if (clause->is_nulls_first != is_descending)
                strbuf_add(w->b, clause->is_nulls_first ? " NULLS FIRST" : " NULLS LAST");
            is_first = false;
        }
    }
    strbuf_add_char(w->b, ')');
    if (agg->filter != NULL) {
        strbuf_add(w->b, " FILTER (WHERE ");
        write_arg(w, agg->filter);
        strbuf_add_char(w->b, ')');
    }
}

static void write_window_func(const Writer *w, const WindowFunc *func)
{
    write_function_name(w->b, func->function);
    strbuf_add_char(w->b, '(');
    if (func->is_star)
        strbuf_add_char(w->b, '*');
    write_list(w, func->args);
    strbuf_add_char(w->b, ')');
    if (func->filter != NULL) {
        strbuf_add(w->b, " FILTER (WHERE ");
        write_expr(w, func->filter);
        strbuf_add_char(w->b, ')');
    }
    strbuf_add(w->b, " OVER (?)");
}

static void write_case(const Writer *w, const CaseExpr *e)
{
    strbuf_add(w->b, "CASE");
    if (e->arg != NULL) {
        strbuf_add_char(w->b, ' ');
        write_expr(w, e->arg);
    }
    list_foreach(const CaseWhen *, when, e->whens) {
        const Node *condition = when->condition;

        /* CASE x WHEN y is kept as the test of a placeholder: y alone is shown. */
        if (e->arg != NULL && node_is(condition, OpExpr))
            condition = list_at(((const OpExpr *)(const void *)condition)->args, 1);
        strbuf_add(w->b, " WHEN ");
        write_expr(w, condition);
        strbuf_add(w->b, " THEN ");
        write_expr(w, when->result);
    }
    if (e->default_result != NULL) {
        strbuf_add(w->b, " ELSE ");
        write_expr(w, e->default_result);
    }
    strbuf_add(w->b, " END");
}

static void write_subplan(const Writer *w, const SubPlan *plan)
{
    strbuf_add_fmt(w->b, plan->uses_hash ? "(hashed %s)" : "(%s)", plan->name);
}

static void write_test(const Writer *w, const Node *arg, const char *test)
{
    strbuf_add_char(w->b, '(');
    write_arg(w, arg);
    strbuf_add_fmt(w->b, " %s)", test);
}

static const char *test_of(BoolTestKind kind)
{
    static const char *const names[] = {"IS TRUE",      "IS NOT TRUE", "IS FALSE",
                                        "IS NOT FALSE", "IS UNKNOWN",  "IS NOT UNKNOWN"};

    return names[kind];
}

/* ---- One flat switch over the kinds (STYLE 12) ---- */

static void write_as(const Writer *w, const Node *node, bool shows_casts)
{
    node_check_depth();
    if (node == NULL)
        return;
    switch (node->tag) {
    case NODE_List:
        write_list(w, (const List *)(const void *)node);
        break;
    case NODE_TargetEntry:
        write_expr(w, ((const TargetEntry *)(const void *)node)->expr);
        break;
    case NODE_Var:
        write_var(w, (const Var *)(const void *)node);
        break;
    case NODE_Const:
        deparse_const(w->b, (const Const *)(const void *)node, DEPARSE_NEEDED_TYPE);
        break;
    case NODE_Param:
        write_param(w, (const Param *)(const void *)node);
        break;
    case NODE_FuncExpr:
        write_function(w, (const FuncExpr *)(const void *)node, shows_casts);
        break;
    case NODE_OpExpr: {
        const OpExpr *op = (const OpExpr *)(const void *)node;

        write_op(w, op->operator, op->args);
        break;
    }
    case NODE_DistinctExpr: {
        const OpExpr *op = (const OpExpr *)(const void *)node;

        strbuf_add_char(w->b, '(');
        write_arg(w, list_at(op->args, 0));
        strbuf_add(w->b, " IS DISTINCT FROM ");
        write_arg(w, list_at(op->args, 1));
        strbuf_add_char(w->b, ')');
        break;
    }
    case NODE_NullIfExpr:
        write_named_list(w, "NULLIF(", ((const OpExpr *)(const void *)node)->args, ')');
        break;
    case NODE_ScalarArrayOpExpr:
        write_scalar_array(w, (const ScalarArrayOpExpr *)(const void *)node);
        break;
    case NODE_BoolExpr:
        write_bool(w, (const BoolExpr *)(const void *)node);
        break;
    case NODE_Aggref:
        write_aggref(w, (const Aggref *)(const void *)node);
        break;
    case NODE_WindowFunc:
        write_window_func(w, (const WindowFunc *)(const void *)node);
        break;
    case NODE_GroupingFunc:
        write_named_list(w, "GROUPING(", ((const GroupingFunc *)(const void *)node)->args, ')');
        break;
    case NODE_SubPlan:
        write_subplan(w, (const SubPlan *)(const void *)node);
        break;
    case NODE_CaseExpr:
        write_case(w, (const CaseExpr *)(const void *)node);
        break;
    case NODE_CoalesceExpr:
        write_named_list(w, "COALESCE(", ((const CoalesceExpr *)(const void *)node)->args, ')');
        break;
    case NODE_MinMaxExpr: {
        const MinMaxExpr *e = (const MinMaxExpr *)(const void *)node;

        write_named_list(w, e->is_least ? "LEAST(" : "GREATEST(", e->args, ')');
        break;
    }
    case NODE_ArrayExpr:
        write_named_list(w, "ARRAY[", ((const ArrayExpr *)(const void *)node)->elements, ']');
        break;
    case NODE_RowExpr:
        write_named_list(w, "ROW(", ((const RowExpr *)(const void *)node)->args, ')');
        break;
    case NODE_NullTest: {
        const NullTest *test = (const NullTest *)(const void *)node;

        write_test(w, test->arg, test->is_not ? "IS NOT NULL" : "IS NULL");
        break;
    }
    case NODE_BooleanTest: {
        const BooleanTest *test = (const BooleanTest *)(const void *)node;

        write_test(w, test->arg, test_of(test->kind));
        break;
    }
    case NODE_RelabelType: {
        const RelabelType *cast = (const RelabelType *)(const void *)node;

        write_coercion(w, cast->arg, cast->form, cast->type, cast->typmod, shows_casts);
        break;
    }
    case NODE_CoerceViaIO: {
        const CoerceViaIO *cast = (const CoerceViaIO *)(const void *)node;

        write_coercion(w, cast->arg, cast->form, cast->type, -1, shows_casts);
        break;
    }
    case NODE_CollateExpr: {
        const CollateExpr *e = (const CollateExpr *)(const void *)node;

        strbuf_add_char(w->b, '(');
        write_expr(w, e->arg);
        strbuf_add_fmt(w->b, " COLLATE %s)", name_quoted(collation_name(e->collation)));
        break;
    }
    case NODE_SQLValueFunction:
        strbuf_add(w->b, deparse_expr(node, 0, 0));
        break;
    default:
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("EXPLAIN of expressions of kind %s is not supported yet",
                                     node_kind_name(node->tag)));
    }
}

/* ---- For nodes ---- */

const char *explain_expr(const Explain *x, const ExplainPath *path, const void *expr,
                         bool is_qualified)
{
    StrBuf b;
    const Writer w = {.x = x, .path = path, .is_qualified = is_qualified, .b = &b};

    strbuf_init(&b);
    write_expr(&w, expr);
    return b.text;
}

const char *explain_quals(const Explain *x, const ExplainPath *path, const List *quals,
                          bool is_qualified)
{
    BoolExpr *all;

    if (list_count(quals) == 1)
        return explain_expr(x, path, list_at(quals, 0), is_qualified);
    all = node_new(BoolExpr);
    all->kind = BOOL_AND;
    all->args = (List *)(uintptr_t)quals;
    return explain_expr(x, path, all, is_qualified);
}

const char *explain_column(const Explain *x, const ExplainPath *path, int column, bool is_qualified)
{
    StrBuf b;
    const Writer w = {.x = x, .path = path, .is_qualified = is_qualified, .b = &b};

    strbuf_init(&b);
    write_column_of(&w, outer_of(path->plan), column);
    return b.text;
}

const char *explain_input(const Explain *x, const ExplainPath *path, int column, bool is_qualified)
{
    const Plan *child = outer_of(path->plan);
    const ExplainPath below = {.above = path, .plan = child};
    const TargetEntry *target = find_target(child->targets, column);
    StrBuf b;
    const Writer w = {.x = x, .path = &below, .is_qualified = is_qualified, .b = &b};

    if (target == NULL || child->tag == NODE_Append || child->tag == NODE_MergeAppend)
        return explain_column(x, path, column, is_qualified);
    strbuf_init(&b);
    write_expr(&w, target->expr);
    return b.text;
}
