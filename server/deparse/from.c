/* from.c - FROM as text: tables, subqueries, functions, joins, with the aliases that they need */
#include "common/base/base.h"

#include <string.h>

#include "common/text/str.h"
#include "server/cache/object_name.h"
#include "server/cache/type_facts.h"
#include "server/deparse/deparse_int.h"

#define UNNEST 2331 /* pg_proc.oid of unnest(anyarray) */

static void put_item(Deparse *d, const Query *query, const Node *node);

/* ---- Aliases ---- */

static void put_column_aliases(Deparse *d, const Columns *columns)
{
    const char *before = "(";

    if (!columns->shows_aliases)
        return;
    for (int i = 0; i < columns->fresh_count; i++) {
        put(d, before);
        put_name(d, columns->fresh[i]);
        before = ", ";
    }
    put(d, columns->fresh_count > 0 ? ")" : "");
}

static void put_column_defs(Deparse *d, const RangeTblFunction *function, const Columns *columns)
{
    put(d, "(");
    for (int i = 0; i < list_count(function->column_names); i++) {
        Oid type = list_oid_at(function->column_types, i);
        Oid collation = list_oid_at(function->column_collations, i);
        const char *name = columns != NULL
                               ? columns->names[i]
                               : ((const String *)list_at(function->column_names, i))->value;

        strbuf_add_fmt(d->out, "%s%s %s", i > 0 ? ", " : "", name_quoted(name),
                       type_name_with_typmod(type, list_int_at(function->column_typmods, i)));
        if (collation != 0 && collation != type_collation(type))
            strbuf_add_fmt(d->out, " COLLATE %s", collation_shown(collation));
    }
    put(d, ")");
}

bool entry_needs_alias(const RangeTblEntry *rte, const Columns *columns, const char *name)
{
    if (rte->alias != NULL || columns->shows_aliases)
        return true;
    switch (rte->kind) {
    case RTE_RELATION:
        return !str_equal(name, relation_name(rte->relation));
    case RTE_CTE:
        return !str_equal(name, rte->cte);
    case RTE_FUNCTION:
    case RTE_SUBQUERY:
    case RTE_VALUES:
        return true;
    default:
        return false;
    }
}

/* ---- Entries ---- */

void put_values(Deparse *d, const List *rows)
{
    const char *before = "VALUES ";

    list_foreach(const List *, row, rows) {
        put(d, before);
        put(d, "(");
        put_list_toplevel(d, row, ",", false);
        put(d, ")");
        before = ", ";
    }
}

static bool is_all_unnest(const RangeTblEntry *rte)
{
    list_foreach(const RangeTblFunction *, function, rte->functions) {
        if (!node_is(function->call, FuncExpr) ||
            ((const FuncExpr *)(const void *)function->call)->function != UNNEST ||
            function->column_names != NULL)
            return false;
    }
    return true;
}

static bool is_call(const Node *expr)
{
    return node_is(expr, FuncExpr) ? ((const FuncExpr *)(const void *)expr)->form == COERCE_CALL ||
                                         ((const FuncExpr *)(const void *)expr)->form == COERCE_SQL
                                   : node_is(expr, CoalesceExpr) || node_is(expr, MinMaxExpr) ||
                                         node_is(expr, SQLValueFunction) ||
                                         node_is(expr, XmlExpr) || node_is(expr, NullIfExpr);
}

/* What does not look like a call is written as a cast of itself. */
static void put_call(Deparse *d, const Node *expr)
{
    if (is_call(expr)) {
        put_expr(d, expr, true);
        return;
    }
    put(d, "CAST(");
    put_expr(d, expr, false);
    strbuf_add_fmt(d->out, " AS %s)",
                   type_name_with_typmod(node_expr_type(expr), node_expr_typmod(expr)));
}

/* Several functions side by side; their column definitions stand in the list. */
static void put_functions(Deparse *d, const RangeTblEntry *rte)
{
    const char *before = "";
    bool is_unnest = is_all_unnest(rte);

    put(d, is_unnest ? "UNNEST(" : "ROWS FROM(");
    list_foreach(const RangeTblFunction *, function, rte->functions) {
        put(d, before);
        before = ", ";
        if (is_unnest) {
            put_list(d, ((const FuncExpr *)(const void *)function->call)->args, true);
            continue;
        }
        put_call(d, function->call);
        if (function->column_names != NULL) {
            put(d, " AS ");
            put_column_defs(d, function, NULL);
        }
    }
    put(d, ")");
}

/* The function whose column definitions stand behind the alias; NULL: there are none there. */
static const RangeTblFunction *put_function_entry(Deparse *d, const RangeTblEntry *rte)
{
    const RangeTblFunction *first = list_at(rte->functions, 0);
    bool is_single =
        list_count(rte->functions) == 1 && (first->column_names == NULL || !rte->has_ordinality);

    if (is_single)
        put_call(d, first->call);
    else
        put_functions(d, rte);
    put(d, rte->has_ordinality ? " WITH ORDINALITY" : "");
    return is_single && first->column_names != NULL ? first : NULL;
}

static void put_sample(Deparse *d, const TableSampleClause *sample)
{
    strbuf_add_fmt(d->out, " TABLESAMPLE %s (",
                   function_text(d, sample->handler, 1, NULL, (Oid[]){2281}, false));
    put_list(d, sample->args, false);
    put(d, ")");
    if (sample->repeatable != NULL) {
        put(d, " REPEATABLE (");
        put_expr(d, sample->repeatable, false);
        put(d, ")");
    }
}

static void put_entry(Deparse *d, int rt_index)
{
    const RangeTblEntry *rte = list_at(d->level->range_table, rt_index - 1);
    const Columns *columns = &d->level->columns[rt_index - 1];
    const char *name = d->level->names[rt_index - 1];
    const RangeTblFunction *defined = NULL;

    put(d, rte->is_lateral ? "LATERAL " : "");
    switch (rte->kind) {
    case RTE_RELATION:
        put(d, rte->is_inherited ? "" : "ONLY ");
        put(d, relation_text(d, rte->relation));
        break;
    case RTE_SUBQUERY:
        put(d, "(");
        put_query(d, d->out, rte->subquery, NULL, true);
        put(d, ")");
        break;
    case RTE_FUNCTION:
        defined = put_function_entry(d, rte);
        break;
    case RTE_VALUES:
        put(d, "(");
        put_values(d, rte->values);
        put(d, ")");
        break;
    case RTE_CTE:
        put_name(d, rte->cte);
        break;
    default:
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = "showing XMLTABLE is not supported");
    }
    if (entry_needs_alias(rte, columns, name))
        strbuf_add_fmt(d->out, " %s", name_quoted(name));
    else if (defined != NULL)
        put(d, " AS ");
    if (defined != NULL)
        put_column_defs(d, defined, columns);
    else
        put_column_aliases(d, columns);
    if (rte->kind == RTE_RELATION && rte->sample != NULL)
        put_sample(d, rte->sample);
}

/* ---- Joins ---- */

static void put_join_word(Deparse *d, const JoinExpr *join)
{
    switch (join->kind) {
    case JOIN_LEFT:
        put_clause(d, " LEFT JOIN ", -INDENT_STEP, INDENT_STEP, INDENT_JOIN);
        break;
    case JOIN_FULL:
        put_clause(d, " FULL JOIN ", -INDENT_STEP, INDENT_STEP, INDENT_JOIN);
        break;
    case JOIN_RIGHT:
        put_clause(d, " RIGHT JOIN ", -INDENT_STEP, INDENT_STEP, INDENT_JOIN);
        break;
    default:
        put_clause(d, join->condition != NULL ? " JOIN " : " CROSS JOIN ", -INDENT_STEP,
                   INDENT_STEP, INDENT_JOIN);
        break;
    }
}

static void put_join_condition(Deparse *d, const JoinExpr *join, const Columns *columns)
{
    if (join->using_columns != NULL) {
        put(d, " USING ");
        put_names(d, columns->using_names);
        if (join->using_alias != NULL)
            strbuf_add_fmt(d->out, " AS %s", name_quoted(join->using_alias->name));
    } else if (join->condition != NULL) {
        put(d, few_parens(d) ? " ON " : " ON (");
        put_expr(d, join->condition, false);
        put(d, few_parens(d) ? "" : ")");
    } else if (join->kind != JOIN_INNER) {
        put(d, " ON TRUE");
    }
}

static void put_join(Deparse *d, const Query *query, const JoinExpr *join)
{
    const Columns *columns = &d->level->columns[join->rt_index - 1];
    const JoinExpr *right = (const JoinExpr *)(const void *)join->right;
    bool parens = !few_parens(d) || join->alias != NULL;
    bool right_parens = few_parens(d) && !node_is(join->right, RangeTblRef) &&
                        !(node_is(join->right, JoinExpr) && right->alias != NULL);

    put(d, parens ? "(" : "");
    put_item(d, query, join->left);
    put_join_word(d, join);
    put(d, right_parens ? "(" : "");
    put_item(d, query, join->right);
    put(d, right_parens ? ")" : "");
    put_join_condition(d, join, columns);
    put(d, parens ? ")" : "");
    if (join->alias != NULL) {
        strbuf_add_fmt(d->out, " %s", name_quoted(d->level->names[join->rt_index - 1]));
        put_column_aliases(d, columns);
    }
}

static void put_item(Deparse *d, const Query *query, const Node *node)
{
    node_check_depth();
    if (node_is(node, RangeTblRef))
        put_entry(d, ((const RangeTblRef *)(const void *)node)->rt_index);
    else
        put_join(d, query, (const JoinExpr *)(const void *)node);
}

/* ---- The list ---- */

static void put_next_item(Deparse *d, const Query *query, const Node *node)
{
    StrBuf *before = d->out, text;

    put(d, ", ");
    strbuf_init(&text);
    d->out = &text;
    put_item(d, query, node);
    d->out = before;
    if (indents(d) && d->wrap >= 0) {
        if (text.text[0] == '\n')
            drop_blanks(d->out);
        else if (line_length(d->out) + text.len > (size_t)d->wrap)
            put_clause(d, "", -INDENT_STEP, INDENT_STEP, INDENT_ITEM);
    }
    put(d, text.text);
}

void put_from(Deparse *d, const Query *query, const char *word)
{
    bool is_first = true;

    list_foreach(const Node *, item, query->from->items) {
        /* Those that rules added are not written. */
        if (node_is(item, RangeTblRef) &&
            !((const RangeTblEntry *)list_at(
                  query->range_table, ((const RangeTblRef *)(const void *)item)->rt_index - 1))
                 ->is_in_from)
            continue;
        if (!is_first) {
            put_next_item(d, query, item);
            continue;
        }
        put_clause(d, word, -INDENT_STEP, INDENT_STEP, 2);
        put_item(d, query, item);
        is_first = false;
    }
}
