/*
 * explain_expr.c - expressions of plans as SQL
 *
 * The texts are deparse's; here is what columns and parameters of a plan mean. A column of a node
 * above scans is what the child's target is: it is followed down to a scan, whose range table entry
 * has the name. A parameter is followed up to the join that sets it.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/object_name.h"
#include "server/deparse/deparse.h"
#include "server/explain/explain_int.h"
#include "server/node/expr.h"

typedef struct Writer {
    DeparseOutside outside; /* first: deparse gives it back */
    const Explain *x;
    const ExplainPath *path;
    bool is_qualified;
    bool is_toplevel; /* a whole row says its type */
    bool shows_casts; /* that nobody wrote */
    StrBuf *b;
} Writer;

static void write_expr(const Writer *w, const Node *node)
{
    deparse_outside(w->b, node, w->shows_casts, &w->outside);
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
        if (w->is_toplevel)
            strbuf_add_fmt(w->b, "::%s", type_name_with_typmod(var->type, var->typmod));
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
    below.shows_casts = true;
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
    above.shows_casts = false;
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

static void write_subplan(const Writer *w, const SubPlan *plan)
{
    strbuf_add_fmt(w->b, plan->uses_hash ? "(hashed %s)" : "(%s)", plan->name);
}

/* ---- For deparse ---- */

static bool write_part(const DeparseOutside *outside, StrBuf *out, const Node *part,
                       bool is_toplevel)
{
    Writer w = *(const Writer *)(const void *)outside;

    w.b = out;
    w.is_toplevel = is_toplevel;
    if (node_is(part, Var))
        write_var(&w, (const Var *)(const void *)part);
    else if (node_is(part, Param))
        write_param(&w, (const Param *)(const void *)part);
    else if (node_is(part, SubPlan))
        write_subplan(&w, (const SubPlan *)(const void *)part);
    else
        return false;
    return true;
}

static Writer writer(const Explain *x, const ExplainPath *path, bool is_qualified, StrBuf *b)
{
    strbuf_init(b);
    return (Writer){
        .outside = {.write = write_part},
        .x = x,
        .path = path,
        .is_qualified = is_qualified,
        .b = b,
    };
}


/* ---- For nodes ---- */

const char *explain_expr(const Explain *x, const ExplainPath *path, const void *expr,
                         bool is_qualified)
{
    StrBuf b;
    const Writer w = writer(x, path, is_qualified, &b);

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
    Writer w = writer(x, path, is_qualified, &b);

    w.shows_casts = true;
    write_column_of(&w, outer_of(path->plan), column);
    return b.text;
}

const char *explain_input(const Explain *x, const ExplainPath *path, int column, bool is_qualified)
{
    const Plan *child = outer_of(path->plan);
    const ExplainPath below = {.above = path, .plan = child};
    const TargetEntry *target = find_target(child->targets, column);
    StrBuf b;
    Writer w = writer(x, &below, is_qualified, &b);

    if (target == NULL || child->tag == NODE_Append || child->tag == NODE_MergeAppend)
        return explain_column(x, path, column, is_qualified);
    w.shows_casts = true;
    write_expr(&w, target->expr);
    return b.text;
}
