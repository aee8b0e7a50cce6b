/* expr.c - expressions as text */
#include "common/base/base.h"

#include <ctype.h>
#include <string.h>

#include "common/text/str.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/object_name.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"
#include "server/deparse/deparse_int.h"
#include "server/fmgr/fmgr.h"

/* ---- Parts that somebody else knows ---- */

void deparse_outside(StrBuf *out, const Node *expr, bool shows_implicit,
                     const DeparseOutside *outside)
{
    Deparse d = {.out = out, .outside = outside};

    put_expr(&d, expr, shows_implicit);
}

static bool put_outside(Deparse *d, const void *part, bool is_toplevel)
{
    return d->outside != NULL && d->outside->write(d->outside, d->out, part, is_toplevel);
}

/* ---- Columns ---- */

static const char *column_of(const Level *level, const Var *var, int rt_index, int attno)
{
    const Columns *columns = &level->columns[rt_index - 1];

    (void)var;
    if (attno == 0)
        return NULL;
    if (attno < 0)
        return analyzer_system_column(attno);
    return attno <= columns->count && columns->names[attno - 1] != NULL ? columns->names[attno - 1]
                                                                        : "?dropped?column?";
}

/* In ORDER BY a bare name means a column of the result first. */
static bool is_taken_by_result(const Deparse *d, const Var *var, const char *name)
{
    int number = 0;

    if (!d->in_order_by || d->in_group_by || name == NULL)
        return false;
    list_foreach(const TargetEntry *, entry, d->targets) {
        const char *own = entry->name;

        if (entry->is_junk)
            continue;
        if (++number <= list_count(d->result_names))
            own = ((const String *)list_at(d->result_names, number - 1))->value;
        if (own != NULL && str_equal(own, name) && !node_equal(var, entry->expr))
            return true;
    }
    return false;
}

const char *put_var(Deparse *d, const Var *var, int levels_up, bool is_toplevel)
{
    int up = (int)var->levels_up + levels_up;
    int rt_index = var->syntax_rt_index > 0 ? (int)var->syntax_rt_index : var->rt_index;
    int attno = var->syntax_rt_index > 0 ? var->syntax_attno : var->attno;
    const Level *level = d->level;
    const RangeTblEntry *rte;
    const char *entry, *column;

    if (put_outside(d, var, is_toplevel))
        return NULL;
    for (int i = 0; i < up && level != NULL; i++)
        level = level->outer;
    if (level == NULL || rt_index < 1 || rt_index > list_count(level->range_table))
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = err_fmt("bogus varno: %d", rt_index));
    rte = list_at(level->range_table, rt_index - 1);
    if (rte->kind == RTE_JOIN && rte->alias == NULL && attno > 0) {
        const Node *source = list_at(rte->join_columns, attno - 1);

        if (node_is(source, Var))
            return put_var(d, (const Var *)(const void *)source, up, is_toplevel);
    }
    entry = level->names[rt_index - 1];
    column = column_of(level, var, rt_index, attno);
    if (entry != NULL && (d->qualifies || column == NULL || is_taken_by_result(d, var, column))) {
        put_name(d, entry);
        put(d, ".");
    }
    if (column != NULL) {
        put_name(d, column);
    } else {
        put(d, "*");
        if (is_toplevel)
            put_type(d, var->type, var->typmod);
    }
    return column;
}

/* ---- Constants ---- */

static void put_collation_of(Deparse *d, const Const *value)
{
    if (value->collation != 0 && value->collation != type_collation(value->type))
        strbuf_add_fmt(d->out, " COLLATE %s", collation_shown(value->collation));
}

/* The text; true when it must say its type to be read as that again. */
static bool put_const_text(Deparse *d, const Const *value, const char *text)
{
    switch (value->type) {
    case TYPE_INT4:
        if (*text != '-') {
            put(d, text);
            return false;
        }
        break;
    case TYPE_NUMERIC:
        if (isdigit((unsigned char)*text) && strpbrk(text, "eE.") != NULL) {
            put(d, text);
            return value->typmod >= 0;
        }
        break;
    case TYPE_BOOL:
        put(d, *text == 't' ? "true" : "false");
        return false;
    case TYPE_UNKNOWN:
        put_quoted(d, text);
        return false;
    default:
        break;
    }
    put_quoted(d, text);
    return true;
}

void put_const(Deparse *d, const Const *value, DeparseType type)
{
    bool needs_type = true;

    if (value->is_null)
        put(d, "NULL");
    else
        needs_type = put_const_text(d, value, analyzer_type_output(value->type, value->value));
    if (type == DEPARSE_NO_TYPE)
        return;
    if (needs_type || type == DEPARSE_TYPE)
        put_type(d, value->type, value->typmod);
    put_collation_of(d, value);
}

void deparse_const(StrBuf *out, const Const *value, DeparseType type)
{
    Deparse d = {.out = out};

    put_const(&d, value, type);
}

/* ---- Lists and parentheses ---- */

void put_list(Deparse *d, const List *exprs, bool shows_implicit)
{
    const char *before = "";

    list_foreach(const Node *, expr, exprs) {
        put(d, before);
        put_expr(d, expr, shows_implicit);
        before = ", ";
    }
}

static void put_toplevel(Deparse *d, const Node *expr, bool shows_implicit)
{
    if (node_is(expr, Var))
        put_var(d, (const Var *)(const void *)expr, 0, true);
    else
        put_expr(d, expr, shows_implicit);
}

/* Whole rows among them are said to be so. */
void put_list_toplevel(Deparse *d, const List *exprs, const char *between, bool shows_implicit)
{
    const char *before = "";

    list_foreach(const Node *, expr, exprs) {
        put(d, before);
        put_toplevel(d, expr, shows_implicit);
        before = between;
    }
}

void put_expr_in(Deparse *d, const void *expr, bool shows_implicit, const void *parent)
{
    bool parens = few_parens(d) && !is_simple(expr, parent, d->flags);

    put(d, parens ? "(" : "");
    put_expr(d, expr, shows_implicit);
    put(d, parens ? ")" : "");
}

static void open_parens(Deparse *d)
{
    put(d, few_parens(d) ? "" : "(");
}

static void close_parens(Deparse *d)
{
    put(d, few_parens(d) ? "" : ")");
}

/* ---- Casts ---- */

static void put_cast(Deparse *d, const Node *arg, Oid type, int32_t typmod, const void *parent)
{
    const Const *value = (const Const *)(const void *)arg;

    if (node_is(arg, Const) && value->type == type && value->typmod == -1) {
        put_const(d, value, DEPARSE_NO_TYPE);
    } else {
        open_parens(d);
        put_expr_in(d, arg, false, parent);
        close_parens(d);
    }
    put_type(d, type, typmod);
}

static void put_conversion(Deparse *d, const Node *arg, CoerceForm form, Oid type, int32_t typmod,
                           bool shows_implicit, const void *parent)
{
    if (form == COERCE_IMPLICIT && !shows_implicit)
        put_expr_in(d, arg, false, parent);
    else
        put_cast(d, arg, type, typmod, parent);
}

/* ---- Operators ---- */

static void put_operator(Deparse *d, const OpExpr *op)
{
    const Node *a = list_at(op->args, 0), *b;

    open_parens(d);
    if (list_count(op->args) == 2) {
        b = list_at(op->args, 1);
        put_expr_in(d, a, true, op);
        strbuf_add_fmt(d->out, " %s ",
                       operator_text(op->operator, node_expr_type(a), node_expr_type(b)));
        put_expr_in(d, b, true, op);
    } else {
        strbuf_add_fmt(d->out, "%s ", operator_text(op->operator, 0, node_expr_type(a)));
        put_expr_in(d, a, true, op);
    }
    close_parens(d);
}

static void put_array_operator(Deparse *d, const ScalarArrayOpExpr *op)
{
    const Node *a = list_at(op->args, 0), *b = list_at(op->args, 1);

    open_parens(d);
    put_expr_in(d, a, true, op);
    strbuf_add_fmt(
        d->out, " %s %s (",
        operator_text(op->operator, node_expr_type(a), type_base_element(node_expr_type(b))),
        op->is_any ? "ANY" : "ALL");
    put_expr_in(d, b, true, op);
    /* A bare subquery there would be one whose rows are compared. */
    if (node_is(b, SubLink) && ((const SubLink *)(const void *)b)->kind == SUBLINK_EXPR)
        put_type(d, node_expr_type(b), node_expr_typmod(b));
    put(d, ")");
    close_parens(d);
}

static void put_distinct(Deparse *d, const DistinctExpr *op)
{
    open_parens(d);
    put_expr_in(d, list_at(op->args, 0), true, op);
    put(d, " IS DISTINCT FROM ");
    put_expr_in(d, list_at(op->args, 1), true, op);
    close_parens(d);
}

static void put_bool(Deparse *d, const BoolExpr *expr)
{
    const char *before = expr->kind == BOOL_NOT ? "NOT " : "";

    open_parens(d);
    list_foreach(const Node *, arg, expr->args) {
        put(d, before);
        put_expr_in(d, arg, false, expr);
        before = expr->kind == BOOL_AND ? " AND " : " OR ";
    }
    close_parens(d);
}

static void put_null_test(Deparse *d, const NullTest *test)
{
    bool is_plain = test->is_row || !type_is_rowtype(node_expr_type(test->arg));

    open_parens(d);
    put_expr_in(d, test->arg, true, test);
    if (is_plain)
        put(d, test->is_not ? " IS NOT NULL" : " IS NULL");
    else
        put(d, test->is_not ? " IS DISTINCT FROM NULL" : " IS NOT DISTINCT FROM NULL");
    close_parens(d);
}

static void put_boolean_test(Deparse *d, const BooleanTest *test)
{
    static const char *const words[] = {
        [IS_TRUE] = " IS TRUE",       [IS_NOT_TRUE] = " IS NOT TRUE",
        [IS_FALSE] = " IS FALSE",     [IS_NOT_FALSE] = " IS NOT FALSE",
        [IS_UNKNOWN] = " IS UNKNOWN", [IS_NOT_UNKNOWN] = " IS NOT UNKNOWN",
    };

    open_parens(d);
    put_expr_in(d, test->arg, false, test);
    put(d, words[test->kind]);
    close_parens(d);
}

/* ---- Calls ---- */

static int note_args(const List *args, Oid *types, List **names)
{
    int count = 0;

    list_foreach(const Node *, arg, args) {
        if (count == FMGR_ARGS_MAX)
            err_raise(SQLSTATE_TOO_MANY_ARGUMENTS, .message = "too many arguments");
        if (node_is(arg, NamedArgExpr))
            *names = list_add(*names, node_string(((const NamedArgExpr *)(const void *)arg)->name));
        types[count++] = node_expr_type(arg);
    }
    return count;
}

static void put_function(Deparse *d, const FuncExpr *call, bool shows_implicit)
{
    Oid types[FMGR_ARGS_MAX];
    List *names = NULL;
    int count, typmod = -1, i = 0;

    if (call->form == COERCE_IMPLICIT && !shows_implicit) {
        put_expr_in(d, list_at(call->args, 0), false, call);
        return;
    }
    if (call->form == COERCE_CAST || call->form == COERCE_IMPLICIT) {
        node_expr_is_length_cast(call, &typmod);
        put_cast(d, list_at(call->args, 0), call->type, typmod, call);
        return;
    }
    if (call->form == COERCE_SQL && put_special_call(d, call))
        return;
    count = note_args(call->args, types, &names);
    strbuf_add_fmt(d->out, "%s(",
                   function_text(d, call->function, count, names, types, call->is_variadic));
    list_foreach(const Node *, arg, call->args) {
        put(d, i > 0 ? ", " : "");
        put(d, call->is_variadic && ++i == count ? "VARIADIC " : "");
        i += !call->is_variadic;
        put_expr(d, arg, true);
    }
    put(d, ")");
}

static void put_filter(Deparse *d, const Node *filter)
{
    if (filter == NULL)
        return;
    put(d, ") FILTER (WHERE ");
    put_expr(d, filter, false);
}

static void put_aggregate(Deparse *d, const Aggref *agg)
{
    Oid types[FMGR_ARGS_MAX];
    int count = list_count(agg->arg_types), i = 0;

    for (int n = 0; n < count; n++)
        types[n] = list_oid_at(agg->arg_types, n);
    strbuf_add_fmt(d->out, "%s(%s",
                   function_text(d, agg->function, count, NULL, types, agg->is_variadic),
                   agg->distinct != NULL ? "DISTINCT " : "");
    if (agg->kind != 'n') {
        put_list(d, agg->direct_args, true);
        put(d, ") WITHIN GROUP (ORDER BY ");
        put_order(d, agg->order_by, agg->args, false);
    } else {
        put(d, agg->is_star ? "*" : "");
        list_foreach(const TargetEntry *, entry, agg->args) {
            if (entry->is_junk)
                continue;
            put(d, i++ > 0 ? ", " : "");
            put(d, agg->is_variadic && i == count ? "VARIADIC " : "");
            put_expr(d, entry->expr, true);
        }
        if (agg->order_by != NULL) {
            put(d, " ORDER BY ");
            put_order(d, agg->order_by, agg->args, false);
        }
    }
    put_filter(d, agg->filter);
    put(d, ")");
}

static void put_window_call(Deparse *d, const WindowFunc *call)
{
    Oid types[FMGR_ARGS_MAX];
    List *names = NULL;
    int count = note_args(call->args, types, &names);

    strbuf_add_fmt(d->out, "%s(", function_text(d, call->function, count, names, types, false));
    if (call->is_star)
        put(d, "*");
    else
        put_list(d, call->args, true);
    put_filter(d, call->filter);
    put(d, ") OVER ");
    list_foreach(const WindowClause *, window, d->windows) {
        if (window->ref != call->window)
            continue;
        if (window->name != NULL)
            put_name(d, window->name);
        else
            put_window(d, window);
        return;
    }
    put(d, "(?)");
}

/* ---- Subqueries ---- */

/* The left side; returns the operator that it is compared by. */
static const char *put_left_side(Deparse *d, const Node *test)
{
    const void *any = test;
    const char *name = NULL, *before = "";

    if (node_is(test, OpExpr)) {
        const OpExpr *op = any;

        put_expr_in(d, list_at(op->args, 0), true, op);
        return operator_text(op->operator, node_expr_type(list_at(op->args, 0)),
                             node_expr_type(list_at(op->args, 1)));
    }
    put(d, "(");
    if (node_is(test, BoolExpr)) {
        list_foreach(const OpExpr *, op, ((const BoolExpr *)any)->args) {
            put(d, before);
            put_expr(d, list_at(op->args, 0), true);
            if (name == NULL)
                name = operator_text(op->operator, node_expr_type(list_at(op->args, 0)),
                                     node_expr_type(list_at(op->args, 1)));
            before = ", ";
        }
    } else {
        const RowCompareExpr *row = any;

        put_list(d, row->left, true);
        name = operator_text(list_oid_at(row->operators, 0), node_expr_type(list_at(row->left, 0)),
                             node_expr_type(list_at(row->right, 0)));
    }
    put(d, ")");
    return name;
}

static void put_sublink(Deparse *d, const SubLink *link)
{
    const char *name = "=";
    bool parens = true;

    put(d, link->kind == SUBLINK_ARRAY ? "ARRAY(" : "(");
    if (link->test != NULL)
        name = put_left_side(d, link->test);
    switch (link->kind) {
    case SUBLINK_EXISTS:
        put(d, "EXISTS ");
        break;
    case SUBLINK_ANY:
        if (str_equal(name, "="))
            put(d, " IN ");
        else
            strbuf_add_fmt(d->out, " %s ANY ", name);
        break;
    case SUBLINK_ALL:
        strbuf_add_fmt(d->out, " %s ALL ", name);
        break;
    case SUBLINK_ROW_COMPARE:
        strbuf_add_fmt(d->out, " %s ", name);
        break;
    default:
        parens = false;
        break;
    }
    put(d, parens ? "(" : "");
    put_query(d, d->out, (Query *)(void *)link->query, NULL, false);
    put(d, parens ? "))" : ")");
}

/* ---- CASE, rows, arrays ---- */

/* CASE x WHEN y has x = y for its condition, where x stands for itself. */
static const Node *when_value(const CaseExpr *expr, const Node *condition)
{
    const OpExpr *op = (const OpExpr *)(const void *)condition;

    if (expr->arg == NULL || !node_is(op, OpExpr) || list_count(op->args) != 2 ||
        !node_is(analyzer_strip_implicit(list_at(op->args, 0)), CaseTestExpr))
        return condition;
    return list_at(op->args, 1);
}

static void put_case(Deparse *d, const CaseExpr *expr)
{
    put_clause(d, "CASE", 0, INDENT_ITEM, 0);
    if (expr->arg != NULL) {
        put(d, " ");
        put_expr(d, expr->arg, true);
    }
    list_foreach(const CaseWhen *, when, expr->whens) {
        put(d, indents(d) ? "" : " ");
        put_clause(d, "WHEN ", 0, 0, 0);
        put_expr(d, when_value(expr, when->condition), false);
        put(d, " THEN ");
        put_expr(d, when->result, true);
    }
    put(d, indents(d) ? "" : " ");
    put_clause(d, "ELSE ", 0, 0, 0);
    put_expr(d, expr->default_result, true);
    put(d, indents(d) ? "" : " ");
    put_clause(d, "END", -INDENT_ITEM, 0, 0);
}

static void put_row(Deparse *d, const RowExpr *row)
{
    const char *before = "";
    int i = 0;

    put(d, "ROW(");
    list_foreach(const Node *, arg, row->args) {
        if (row->type != TYPE_RECORD && analyzer_field_is_dropped(row->type, ++i))
            continue;
        put(d, before);
        put_toplevel(d, arg, true);
        before = ", ";
    }
    put(d, ")");
    if (row->form == COERCE_CAST)
        put_type(d, row->type, -1);
}

static void put_row_compare(Deparse *d, const RowCompareExpr *expr)
{
    put(d, "(ROW(");
    put_list_toplevel(d, expr->left, ", ", true);
    strbuf_add_fmt(d->out, ") %s ROW(",
                   operator_text(list_oid_at(expr->operators, 0),
                                 node_expr_type(list_at(expr->left, 0)),
                                 node_expr_type(list_at(expr->right, 0))));
    put_list_toplevel(d, expr->right, ", ", true);
    put(d, "))");
}

/* Is a part of a value set to something, within a greater one? */
static bool sets_part(const Node *value)
{
    return node_is(value, FieldStore) ||
           (node_is(value, SubscriptingRef) &&
            ((const SubscriptingRef *)(const void *)value)->assigned != NULL);
}

static _Noreturn void raise_part_of_part(void)
{
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message = "showing assignments to parts of parts of columns is not supported");
}

void put_bounds(Deparse *d, const SubscriptingRef *ref)
{
    for (int i = 0; i < list_count(ref->upper); i++) {
        put(d, "[");
        if (ref->lower != NULL) {
            put_expr(d, list_at(ref->lower, i), false);
            put(d, ":");
        }
        put_expr(d, list_at(ref->upper, i), false);
        put(d, "]");
    }
}

static void put_subscripts(Deparse *d, const SubscriptingRef *ref)
{
    bool parens = !node_is(ref->container, Var) && !node_is(ref->container, FieldSelect);

    if (node_is(ref->container, CaseTestExpr) ||
        (ref->assigned != NULL && sets_part(ref->assigned)))
        raise_part_of_part();
    put(d, parens ? "(" : "");
    put_expr(d, ref->container, false);
    put(d, parens ? ")" : "");
    put_bounds(d, ref);
    if (ref->assigned != NULL) {
        put(d, " := ");
        put_expr(d, ref->assigned, false);
    }
}

/* A row some of whose fields are set: what they are set to. */
static void put_field_store(Deparse *d, const FieldStore *store)
{
    bool is_one = list_count(store->values) == 1;

    list_foreach(const Node *, value, store->values) {
        if (sets_part(value))
            raise_part_of_part();
    }
    put(d, is_one ? "" : "ROW(");
    put_list(d, store->values, false);
    put(d, is_one ? "" : ")");
}

static const char *field_name(const Level *level, Node *row, int field, int levels_up);

static const char *field_of_query(const Level *outer, Query *query, int attno, int field)
{
    list_foreach(const TargetEntry *, entry, query->targets) {
        if (entry->number == attno && !entry->is_junk)
            return field_name(level_new(outer, query), entry->expr, field, 0);
    }
    return NULL;
}

static const char *field_of_cte(const Level *level, const RangeTblEntry *rte, int attno, int field)
{
    for (uint32_t i = 0; i < rte->cte_levels_up && level != NULL; i++)
        level = level->outer;
    if (level == NULL || rte->is_self_reference)
        return NULL;
    list_foreach(const CommonTableExpr *, cte, level->ctes) {
        if (str_equal(cte->name, rte->cte))
            return field_of_query(level, (Query *)(void *)cte->query, attno, field);
    }
    return NULL;
}

/* A record that is a column comes from an expression somewhere below, which tells its fields. */
static const char *field_of_var(const Level *level, const Var *var, int field, int levels_up)
{
    const RangeTblEntry *rte;
    const Columns *columns;

    for (int i = 0; i < (int)var->levels_up + levels_up && level != NULL; i++)
        level = level->outer;
    if (level == NULL)
        return NULL;
    rte = list_at(level->range_table, var->rt_index - 1);
    columns = &level->columns[var->rt_index - 1];
    if (var->attno == 0)
        return field <= columns->count ? columns->names[field - 1] : NULL;
    if (rte->kind == RTE_JOIN)
        return field_name(level, list_at(rte->join_columns, var->attno - 1), field, 0);
    if (rte->kind == RTE_SUBQUERY)
        return field_of_query(level, rte->subquery, var->attno, field);
    if (rte->kind == RTE_CTE)
        return field_of_cte(level, rte, var->attno, field);
    return NULL;
}

static const char *field_name(const Level *level, Node *row, int field, int levels_up)
{
    const RowExpr *expr = (const RowExpr *)(void *)row;

    if (node_is(row, RowExpr) && field <= list_count(expr->column_names))
        return ((const String *)list_at(expr->column_names, field - 1))->value;
    if (node_is(row, Var) && node_expr_type(row) == TYPE_RECORD)
        return field_of_var(level, (const Var *)(void *)row, field, levels_up);
    return analyzer_field_name(row, field);
}

static void put_field(Deparse *d, const FieldSelect *select)
{
    bool parens = !node_is(select->arg, SubscriptingRef) && !node_is(select->arg, FieldSelect);
    const char *name = field_name(d->level, select->arg, select->field, 0);

    if (name == NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "showing fields of such records is not supported");
    put(d, parens ? "(" : "");
    put_expr(d, select->arg, true);
    put(d, parens ? ")." : ".");
    put_name(d, name);
}

static void put_call_of(Deparse *d, const char *name, const List *args)
{
    put(d, name);
    put(d, "(");
    put_list(d, args, true);
    put(d, ")");
}

static void put_sql_value(Deparse *d, const SQLValueFunction *value)
{
    static const char *const words[] = {
        [SQL_VALUE_CURRENT_DATE] = "CURRENT_DATE",
        [SQL_VALUE_CURRENT_TIME] = "CURRENT_TIME",
        [SQL_VALUE_CURRENT_TIME_N] = "CURRENT_TIME",
        [SQL_VALUE_CURRENT_TIMESTAMP] = "CURRENT_TIMESTAMP",
        [SQL_VALUE_CURRENT_TIMESTAMP_N] = "CURRENT_TIMESTAMP",
        [SQL_VALUE_LOCALTIME] = "LOCALTIME",
        [SQL_VALUE_LOCALTIME_N] = "LOCALTIME",
        [SQL_VALUE_LOCALTIMESTAMP] = "LOCALTIMESTAMP",
        [SQL_VALUE_LOCALTIMESTAMP_N] = "LOCALTIMESTAMP",
        [SQL_VALUE_CURRENT_ROLE] = "CURRENT_ROLE",
        [SQL_VALUE_CURRENT_USER] = "CURRENT_USER",
        [SQL_VALUE_USER] = "USER",
        [SQL_VALUE_SESSION_USER] = "SESSION_USER",
        [SQL_VALUE_CURRENT_CATALOG] = "CURRENT_CATALOG",
        [SQL_VALUE_CURRENT_SCHEMA] = "CURRENT_SCHEMA",
    };

    put(d, words[value->kind]);
    if (value->kind == SQL_VALUE_CURRENT_TIME_N || value->kind == SQL_VALUE_CURRENT_TIMESTAMP_N ||
        value->kind == SQL_VALUE_LOCALTIME_N || value->kind == SQL_VALUE_LOCALTIMESTAMP_N)
        strbuf_add_fmt(d->out, "(%d)", value->typmod);
}

static bool has_entries(const Level *level)
{
    for (; level != NULL; level = level->outer) {
        if (level->range_table != NULL)
            return true;
    }
    return false;
}

/* In the body of a function by the argument's name: with the function's where columns could be
 * meant. */
static void put_param(Deparse *d, const Param *param)
{
    const char *name = NULL;

    if (param->kind == PARAM_EXTERN && d->arg_names != NULL && param->id >= 1 &&
        param->id <= d->arg_count)
        name = d->arg_names[param->id - 1];
    if (name == NULL || *name == '\0') {
        strbuf_add_fmt(d->out, "$%d", param->id);
        return;
    }
    if (has_entries(d->level))
        strbuf_add_fmt(d->out, "%s.", name_quoted(d->function));
    put_name(d, name);
}

/* What decides in ON CONFLICT: a column, or an expression as in CREATE INDEX. */
static void put_inference(Deparse *d, const InferenceElem *element)
{
    const FuncExpr *call = (const FuncExpr *)(const void *)element->expr;
    bool is_bare = node_is(element->expr, Var) ||
                   (node_is(element->expr, FuncExpr) && call->form == COERCE_CALL);

    put(d, is_bare ? "" : "(");
    put_expr(d, element->expr, false);
    put(d, is_bare ? "" : ")");
    if (element->collation != 0)
        strbuf_add_fmt(d->out, " COLLATE %s", collation_shown(element->collation));
    if (element->opclass != 0)
        put_opclass(d, element->opclass, 0);
}

/* ---- All kinds ---- */

void put_expr(Deparse *d, const void *expr, bool shows_implicit)
{
    const Node *node = expr;

    if (node == NULL)
        return;
    node_check_depth();
    switch (node->tag) {
    case NODE_List:
        put_list(d, expr, shows_implicit);
        break;
    case NODE_Var:
        put_var(d, expr, 0, false);
        break;
    case NODE_Const:
        put_const(d, expr, DEPARSE_NEEDED_TYPE);
        break;
    case NODE_Param:
        if (!put_outside(d, expr, false))
            put_param(d, expr);
        break;
    case NODE_Aggref:
        put_aggregate(d, expr);
        break;
    case NODE_GroupingFunc:
        put_call_of(d, "GROUPING", ((const GroupingFunc *)expr)->args);
        break;
    case NODE_WindowFunc:
        put_window_call(d, expr);
        break;
    case NODE_SubscriptingRef:
        put_subscripts(d, expr);
        break;
    case NODE_FuncExpr:
        put_function(d, expr, shows_implicit);
        break;
    case NODE_NamedArgExpr:
        put_name(d, ((const NamedArgExpr *)expr)->name);
        put(d, " => ");
        put_expr(d, ((const NamedArgExpr *)expr)->arg, shows_implicit);
        break;
    case NODE_OpExpr:
        put_operator(d, expr);
        break;
    case NODE_DistinctExpr:
        put_distinct(d, expr);
        break;
    case NODE_NullIfExpr:
        put_call_of(d, "NULLIF", ((const NullIfExpr *)expr)->args);
        break;
    case NODE_ScalarArrayOpExpr:
        put_array_operator(d, expr);
        break;
    case NODE_BoolExpr:
        put_bool(d, expr);
        break;
    case NODE_SubLink:
        put_sublink(d, expr);
        break;
    case NODE_FieldSelect:
        put_field(d, expr);
        break;
    case NODE_FieldStore:
        put_field_store(d, expr);
        break;
    case NODE_RelabelType: {
        const RelabelType *c = expr;

        put_conversion(d, c->arg, c->form, c->type, c->typmod, shows_implicit, expr);
        break;
    }
    case NODE_CoerceViaIO: {
        const CoerceViaIO *c = expr;

        put_conversion(d, c->arg, c->form, c->type, -1, shows_implicit, expr);
        break;
    }
    case NODE_ArrayCoerceExpr: {
        const ArrayCoerceExpr *c = expr;

        put_conversion(d, c->arg, c->form, c->type, c->typmod, shows_implicit, expr);
        break;
    }
    case NODE_ConvertRowtypeExpr: {
        const ConvertRowtypeExpr *c = expr;

        put_conversion(d, c->arg, c->form, c->type, -1, shows_implicit, expr);
        break;
    }
    case NODE_CoerceToDomain: {
        const CoerceToDomain *c = expr;

        if (c->form == COERCE_IMPLICIT && !shows_implicit)
            put_expr(d, c->arg, false);
        else
            put_cast(d, c->arg, c->type, c->typmod, expr);
        break;
    }
    case NODE_CollateExpr:
        open_parens(d);
        put_expr_in(d, ((const CollateExpr *)expr)->arg, shows_implicit, expr);
        strbuf_add_fmt(d->out, " COLLATE %s",
                       collation_shown(((const CollateExpr *)expr)->collation));
        close_parens(d);
        break;
    case NODE_CaseExpr:
        put_case(d, expr);
        break;
    case NODE_CaseTestExpr:
        put(d, "CASE_TEST_EXPR");
        break;
    case NODE_ArrayExpr:
        put(d, "ARRAY[");
        put_list(d, ((const ArrayExpr *)expr)->elements, true);
        put(d, "]");
        if (((const ArrayExpr *)expr)->elements == NULL)
            put_type(d, ((const ArrayExpr *)expr)->type, -1);
        break;
    case NODE_RowExpr:
        put_row(d, expr);
        break;
    case NODE_RowCompareExpr:
        put_row_compare(d, expr);
        break;
    case NODE_CoalesceExpr:
        put_call_of(d, "COALESCE", ((const CoalesceExpr *)expr)->args);
        break;
    case NODE_MinMaxExpr:
        put_call_of(d, ((const MinMaxExpr *)expr)->is_least ? "LEAST" : "GREATEST",
                    ((const MinMaxExpr *)expr)->args);
        break;
    case NODE_SQLValueFunction:
        put_sql_value(d, expr);
        break;
    case NODE_NullTest:
        put_null_test(d, expr);
        break;
    case NODE_BooleanTest:
        put_boolean_test(d, expr);
        break;
    case NODE_CoerceToDomainValue:
        put(d, "VALUE");
        break;
    case NODE_CurrentOfExpr: {
        const CurrentOfExpr *current = expr;

        put(d, "CURRENT OF ");
        if (current->cursor != NULL)
            put_name(d, current->cursor);
        else
            strbuf_add_fmt(d->out, "$%d", current->param);
        break;
    }
    case NODE_SetToDefault:
        put(d, "DEFAULT");
        break;
    case NODE_NextValueExpr:
        put(d, "nextval(");
        put_quoted(d, relation_text(d, ((const NextValueExpr *)expr)->sequence));
        put(d, "::regclass)");
        break;
    case NODE_InferenceElem:
        put_inference(d, expr);
        break;
    default:
        if (put_outside(d, expr, false))
            break;
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("showing expressions of kind %s is not supported",
                                     node_kind_name(node->tag)));
    }
}
