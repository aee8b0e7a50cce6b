/* query.c - queries as text: SELECT, and what all kinds have before them */
#include "common/base/base.h"

#include <string.h>

#include "common/text/str.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/object_name.h"
#include "server/cache/relcache.h"
#include "server/cache/type_operators.h"
#include "server/deparse/deparse_int.h"
#include "server/rewriter/rewriter.h"

/* ---- ORDER BY and its kin ---- */

static const TargetEntry *target_by_ref(unsigned ref, const List *targets)
{
    list_foreach(const TargetEntry *, entry, targets) {
        if (entry->sort_group_ref == ref)
            return entry;
    }
    err_raise(SQLSTATE_INTERNAL_ERROR,
              .message = "ORDER/GROUP BY expression not found in targetlist");
}

/* Written so that it cannot be taken for a number, or for the name of a result's column. */
void put_sort_item(Deparse *d, unsigned ref, const List *targets, bool by_number)
{
    const TargetEntry *entry = target_by_ref(ref, targets);
    const Node *expr = entry->expr;

    if (by_number) {
        strbuf_add_fmt(d->out, "%d", entry->number);
    } else if (node_is(expr, Const)) {
        put_const(d, (const Const *)(const void *)expr, DEPARSE_TYPE);
    } else if (node_is(expr, Var)) {
        bool before = d->in_order_by;

        d->in_order_by = true;
        put_var(d, (const Var *)(const void *)expr, 0, false);
        d->in_order_by = before;
    } else {
        bool parens = few_parens(d) || node_is(expr, FuncExpr) || node_is(expr, Aggref) ||
                      node_is(expr, WindowFunc);

        put(d, parens ? "(" : "");
        put_expr(d, expr, true);
        put(d, parens ? ")" : "");
    }
}

void put_order(Deparse *d, const List *clauses, const List *targets, bool by_number)
{
    const char *before = "";

    list_foreach(const SortGroupClause *, clause, clauses) {
        Oid type = node_expr_type(target_by_ref(clause->ref, targets)->expr);
        const TypeOperators *ops;

        put(d, before);
        put_sort_item(d, clause->ref, targets, by_number);
        before = ", ";
        ops = type_operators(type);
        if (clause->sort_operator == ops->less) {
            put(d, clause->is_nulls_first ? " NULLS FIRST" : "");
        } else if (clause->sort_operator == ops->greater) {
            put(d, clause->is_nulls_first ? " DESC" : " DESC NULLS LAST");
        } else {
            strbuf_add_fmt(d->out, " USING %s", operator_text(clause->sort_operator, type, type));
            put(d, clause->is_nulls_first ? " NULLS FIRST" : " NULLS LAST");
        }
    }
}

static void put_sort_items(Deparse *d, const List *clauses, const List *targets)
{
    const char *before = "";

    list_foreach(const SortGroupClause *, clause, clauses) {
        put(d, before);
        put_sort_item(d, clause->ref, targets, false);
        before = ", ";
    }
}

/* ---- GROUP BY ---- */

static void put_grouping_set(Deparse *d, const GroupingSet *set, const List *targets, bool bare)
{
    const List *content = (const List *)(const void *)set->content;
    const char *before = "";
    bool bare_members = set->kind != GROUPING_SETS;

    if (set->kind == GROUPING_EMPTY) {
        put(d, "()");
        return;
    }
    if (set->kind == GROUPING_SIMPLE) {
        bool parens = !bare || list_count(content) != 1;

        put(d, parens ? "(" : "");
        for (int i = 0; i < list_count(content); i++) {
            put(d, before);
            put_sort_item(d, (unsigned)list_int_at(content, i), targets, false);
            before = ", ";
        }
        put(d, parens ? ")" : "");
        return;
    }
    put(d, set->kind == GROUPING_ROLLUP ? "ROLLUP("
           : set->kind == GROUPING_CUBE ? "CUBE("
                                        : "GROUPING SETS (");
    list_foreach(const GroupingSet *, member, content) {
        put(d, before);
        put_grouping_set(d, member, targets, bare_members);
        before = ", ";
    }
    put(d, ")");
}

static void put_group_by(Deparse *d, const Query *query)
{
    const char *before = "";

    if (query->group_by == NULL && query->grouping_sets == NULL)
        return;
    put_clause(d, " GROUP BY ", -INDENT_STEP, INDENT_STEP, 1);
    put(d, query->is_group_distinct ? "DISTINCT " : "");
    d->in_group_by = true;
    if (query->grouping_sets == NULL)
        put_sort_items(d, query->group_by, query->targets);
    list_foreach(const GroupingSet *, set, query->grouping_sets) {
        put(d, before);
        put_grouping_set(d, set, query->targets, true);
        before = ", ";
    }
    d->in_group_by = false;
}

/* ---- Windows ---- */

static void put_frame_bound(Deparse *d, int frame, bool is_end, const Node *offset)
{
    int shift = is_end; /* the bit of an end is the one above that of a start */

    if (frame & (FRAME_START_UNBOUNDED_PRECEDING << shift))
        put(d, "UNBOUNDED PRECEDING ");
    else if (frame & (FRAME_START_UNBOUNDED_FOLLOWING << shift))
        put(d, "UNBOUNDED FOLLOWING ");
    else if (frame & (FRAME_START_CURRENT_ROW << shift))
        put(d, "CURRENT ROW ");
    else {
        put_expr(d, offset, false);
        put(d, frame & (FRAME_START_OFFSET_PRECEDING << shift) ? " PRECEDING " : " FOLLOWING ");
    }
}

static void put_frame(Deparse *d, const WindowClause *window)
{
    int frame = window->frame;

    put(d, frame & FRAME_RANGE ? "RANGE " : frame & FRAME_ROWS ? "ROWS " : "GROUPS ");
    put(d, frame & FRAME_BETWEEN ? "BETWEEN " : "");
    put_frame_bound(d, frame, false, window->start_offset);
    if (frame & FRAME_BETWEEN) {
        put(d, "AND ");
        put_frame_bound(d, frame, true, window->end_offset);
    }
    if (frame & FRAME_EXCLUDE_CURRENT_ROW)
        put(d, "EXCLUDE CURRENT ROW ");
    else if (frame & FRAME_EXCLUDE_GROUP)
        put(d, "EXCLUDE GROUP ");
    else if (frame & FRAME_EXCLUDE_TIES)
        put(d, "EXCLUDE TIES ");
    strbuf_cut(d->out, d->out->len - 1);
}

void put_window(Deparse *d, const WindowClause *window)
{
    const char *before = "";

    put(d, "(");
    if (window->base != NULL) {
        put_name(d, window->base);
        before = " ";
    }
    if (window->partition_by != NULL && window->base == NULL) {
        put(d, "PARTITION BY ");
        put_sort_items(d, window->partition_by, d->targets);
        before = " ";
    }
    if (window->order_by != NULL && !window->is_order_copied) {
        put(d, before);
        put(d, "ORDER BY ");
        put_order(d, window->order_by, d->targets, false);
        before = " ";
    }
    if (window->frame & FRAME_NON_DEFAULT) {
        put(d, before);
        put_frame(d, window);
    }
    put(d, ")");
}

static void put_windows(Deparse *d, const Query *query)
{
    bool is_first = true;

    list_foreach(const WindowClause *, window, query->windows) {
        if (window->name == NULL)
            continue;
        if (is_first)
            put_clause(d, " WINDOW ", -INDENT_STEP, INDENT_STEP, 1);
        else
            put(d, ", ");
        is_first = false;
        put_name(d, window->name);
        put(d, " AS ");
        put_window(d, window);
    }
}

/* ---- The target list ---- */

/* Into a buffer of its own, since its length decides where it goes; returns the name it has. */
static const char *target_text(Deparse *d, const TargetEntry *entry, StrBuf *text)
{
    StrBuf *before = d->out;
    const char *name = d->shows_names ? NULL : "?column?";

    strbuf_init(text);
    d->out = text;
    if (node_is(entry->expr, Var))
        name = put_var(d, (const Var *)(const void *)entry->expr, 0, true);
    else
        put_expr(d, entry->expr, true);
    d->out = before;
    return name;
}

static const char *result_name(const Deparse *d, const TargetEntry *entry, int number)
{
    if (number <= list_count(d->result_names))
        return ((const String *)list_at(d->result_names, number - 1))->value;
    return entry->name;
}

/* A line of its own when it would not fit, or when the one before took more than one. */
static void begin_item(Deparse *d, const StrBuf *text, bool is_first, bool after_long, int plus)
{
    if (!indents(d) || d->wrap < 0)
        return;
    if (text->text[0] == '\n')
        drop_blanks(d->out);
    else if (!is_first && (line_length(d->out) + text->len > (size_t)d->wrap || after_long))
        put_clause(d, "", -INDENT_STEP, INDENT_STEP, plus);
}

void put_targets(Deparse *d, const List *targets)
{
    const char *before = " ";
    bool after_long = false;
    int number = 0;

    list_foreach(const TargetEntry *, entry, targets) {
        const char *shown, *name;
        StrBuf text;

        if (entry->is_junk)
            continue;
        number++;
        put(d, before);
        before = ", ";
        shown = target_text(d, entry, &text);
        name = result_name(d, entry, number);
        if (name != NULL && (shown == NULL || !str_equal(shown, name)))
            strbuf_add_fmt(&text, " AS %s", name_quoted(name));
        begin_item(d, &text, number == 1, after_long, INDENT_ITEM);
        after_long = strchr(text.text + (text.text[0] == '\n'), '\n') != NULL;
        put(d, text.text);
    }
}

/* ---- SELECT ---- */

/* SELECT * FROM (VALUES ...) is written as what it was: the list alone. */
static const RangeTblEntry *plain_values(const Deparse *d, const Query *query)
{
    const RangeTblEntry *found = NULL;
    int number = 0;

    list_foreach(const RangeTblEntry *, rte, query->range_table) {
        if (rte->kind == RTE_VALUES && rte->is_in_from) {
            if (found != NULL)
                return NULL;
            found = rte;
        } else if (rte->kind != RTE_RELATION || rte->is_in_from) {
            return NULL;
        }
    }
    if (found == NULL || list_count(query->targets) != list_count(found->names->columns))
        return NULL;
    list_foreach(const TargetEntry *, entry, query->targets) {
        const char *own = ((const String *)list_at(found->names->columns, number++))->value;

        if (entry->is_junk || !str_equal(result_name(d, entry, number), own))
            return NULL;
    }
    return found;
}

static void put_distinct(Deparse *d, const Query *query)
{
    if (query->distinct == NULL)
        return;
    if (!query->has_distinct_on) {
        put(d, " DISTINCT");
        return;
    }
    put(d, " DISTINCT ON (");
    put_sort_items(d, query->distinct, query->targets);
    put(d, ")");
}

static void put_simple_select(Deparse *d, const Query *query)
{
    const RangeTblEntry *values;

    if (indents(d)) {
        d->indent += INDENT_STEP;
        put(d, " ");
    }
    values = plain_values(d, query);
    if (values != NULL) {
        put_values(d, values->values);
        return;
    }
    put(d, query->is_return ? "RETURN" : "SELECT");
    put_distinct(d, query);
    put_targets(d, query->targets);
    put_from(d, query, " FROM ");
    if (query->from->where != NULL) {
        put_clause(d, " WHERE ", -INDENT_STEP, INDENT_STEP, 1);
        put_expr(d, query->from->where, false);
    }
    put_group_by(d, query);
    if (query->having != NULL) {
        put_clause(d, " HAVING ", -INDENT_STEP, INDENT_STEP, 0);
        put_expr(d, query->having, false);
    }
    put_windows(d, query);
}

/* ---- Set operations ---- */

static void put_set_leaf(Deparse *d, const Query *query, const RangeTblRef *ref, const List *names,
                         bool shows_names)
{
    const RangeTblEntry *rte = list_at(query->range_table, ref->rt_index - 1);
    const Query *inner = rte->subquery;
    bool parens = inner->ctes != NULL || inner->order_by != NULL || inner->row_marks != NULL ||
                  inner->limit_offset != NULL || inner->limit_count != NULL ||
                  inner->set_operations != NULL;

    put(d, parens ? "(" : "");
    put_query(d, d->out, rte->subquery, names, shows_names);
    put(d, parens ? ")" : "");
}

static void put_set_tree(Deparse *d, const Query *query, const Node *tree, const List *names,
                         bool shows_names)
{
    const SetOperationStmt *op = (const SetOperationStmt *)(const void *)tree, *left;
    bool parens;
    int step;

    node_check_depth();
    if (node_is(tree, RangeTblRef)) {
        put_set_leaf(d, query, (const RangeTblRef *)(const void *)tree, names, shows_names);
        return;
    }
    left = (const SetOperationStmt *)(const void *)op->left;
    parens =
        node_is(op->left, SetOperationStmt) && (left->op != op->op || left->is_all != op->is_all);
    step = parens ? INDENT_STEP : 0;
    if (parens) {
        put(d, "(");
        put_clause(d, "", step, 0, 0);
    }
    put_set_tree(d, query, op->left, names, shows_names);
    if (parens)
        put_clause(d, ") ", -step, 0, 0);
    else if (indents(d))
        put_clause(d, "", -step, 0, 0);
    else
        put(d, " ");
    put(d, op->op == SET_OP_UNION       ? "UNION "
           : op->op == SET_OP_INTERSECT ? "INTERSECT "
                                        : "EXCEPT ");
    put(d, op->is_all ? "ALL " : "");
    parens = node_is(op->right, SetOperationStmt);
    step = parens ? INDENT_STEP : 0;
    put(d, parens ? "(" : "");
    put_clause(d, "", step, 0, 0);
    put_set_tree(d, query, op->right, names, false);
    if (indents(d))
        d->indent -= step;
    if (parens)
        put_clause(d, ")", 0, 0, 0);
}

/* ---- WITH ---- */

static void put_cte(Deparse *d, const CommonTableExpr *cte)
{
    put_name(d, cte->name);
    if (cte->columns != NULL)
        put_names(d, cte->columns);
    put(d, " AS ");
    put(d, cte->materialize == MATERIALIZE_ALWAYS  ? "MATERIALIZED "
           : cte->materialize == MATERIALIZE_NEVER ? "NOT MATERIALIZED "
                                                   : "");
    put(d, "(");
    if (indents(d))
        put_clause(d, "", 0, 0, 0);
    put_query(d, d->out, (Query *)(void *)cte->query, NULL, true);
    if (indents(d))
        put_clause(d, "", 0, 0, 0);
    put(d, ")");
    if (cte->search != NULL) {
        const SearchClause *search = cte->search;
        StrBuf names;

        strbuf_init(&names);
        list_foreach(const String *, name, search->columns)
            strbuf_add_fmt(&names, "%s%s", names.len > 0 ? ", " : "", name_quoted(name->value));
        strbuf_add_fmt(d->out, " SEARCH %s FIRST BY %s",
                       search->is_breadth_first ? "BREADTH" : "DEPTH", names.text);
        strbuf_add_fmt(d->out, " SET %s", name_quoted(search->sequence_column));
    }
    if (cte->cycle != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "showing a CYCLE clause is not supported");
}

static void put_with(Deparse *d, const Query *query)
{
    const char *before = query->has_recursive ? "WITH RECURSIVE " : "WITH ";

    if (query->ctes == NULL)
        return;
    if (indents(d)) {
        d->indent += INDENT_STEP;
        put(d, " ");
    }
    list_foreach(const CommonTableExpr *, cte, query->ctes) {
        put(d, before);
        put_cte(d, cte);
        before = ", ";
    }
    if (indents(d)) {
        d->indent -= INDENT_STEP;
        put_clause(d, "", 0, 0, 0);
    } else {
        put(d, " ");
    }
}

/* ---- What stands behind ---- */

static void put_limits(Deparse *d, const Query *query)
{
    const Const *count = (const Const *)(const void *)query->limit_count;

    if (query->limit_offset != NULL) {
        put_clause(d, " OFFSET ", -INDENT_STEP, INDENT_STEP, 0);
        put_expr(d, query->limit_offset, false);
    }
    if (count == NULL)
        return;
    if (query->limit_option == LIMIT_OPTION_WITH_TIES) {
        put_clause(d, " FETCH FIRST ", -INDENT_STEP, INDENT_STEP, 0);
        put(d, "(");
        put_expr(d, count, false);
        put(d, ") ROWS WITH TIES");
        return;
    }
    put_clause(d, " LIMIT ", -INDENT_STEP, INDENT_STEP, 0);
    if (node_is(count, Const) && count->is_null)
        put(d, "ALL");
    else
        put_expr(d, count, false);
}

static void put_row_locks(Deparse *d, const Query *query)
{
    static const char *const words[] = {
        [ROW_LOCK_NONE] = "",
        [ROW_LOCK_KEY_SHARE] = " FOR KEY SHARE",
        [ROW_LOCK_SHARE] = " FOR SHARE",
        [ROW_LOCK_NO_KEY_UPDATE] = " FOR NO KEY UPDATE",
        [ROW_LOCK_UPDATE] = " FOR UPDATE",
    };

    if (!query->has_for_update)
        return;
    list_foreach(const RowMarkClause *, mark, query->row_marks) {
        if (mark->is_pushed_down)
            continue;
        put_clause(d, words[mark->strength], -INDENT_STEP, INDENT_STEP, 0);
        strbuf_add_fmt(d->out, " OF %s", name_quoted(d->level->names[mark->rt_index - 1]));
        put(d, mark->wait == ROW_WAIT_ERROR  ? " NOWAIT"
               : mark->wait == ROW_WAIT_SKIP ? " SKIP LOCKED"
                                             : "");
    }
}

static void put_select(Deparse *d, const Query *query)
{
    bool is_set = query->set_operations != NULL;

    if (is_set)
        put_set_tree(d, query, query->set_operations, d->result_names, d->shows_names);
    else
        put_simple_select(d, query);
    if (query->order_by != NULL) {
        put_clause(d, " ORDER BY ", -INDENT_STEP, INDENT_STEP, 1);
        put_order(d, query->order_by, query->targets, is_set);
    }
    put_limits(d, query);
    put_row_locks(d, query);
}

/* ---- From outside ---- */

static void put_command(Deparse *d, const Query *query)
{
    switch (query->command) {
    case COMMAND_SELECT:
        put_select(d, query);
        break;
    case COMMAND_INSERT:
        put_insert(d, query);
        break;
    case COMMAND_UPDATE:
        put_update(d, query);
        break;
    case COMMAND_DELETE:
        put_delete(d, query);
        break;
    case COMMAND_NOTHING:
        put(d, "NOTHING");
        break;
    case COMMAND_UTILITY:
        put_notify(d, (const NotifyStmt *)(const void *)query->utility);
        break;
    default:
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = "showing MERGE is not supported");
    }
}

void put_query(const Deparse *outer, StrBuf *out, Query *query, const List *names, bool shows_names)
{
    Deparse d = *outer;

    node_check_depth();
    rewriter_lock_relations(query);
    d.out = out;
    d.level = level_new(outer->level, query);
    d.qualifies = outer->level != NULL || list_count(query->range_table) != 1;
    d.windows = query->windows;
    d.targets = query->targets;
    d.result_names = names;
    d.shows_names = shows_names;
    d.in_order_by = d.in_group_by = false;
    put_with(&d, query);
    put_command(&d, query);
}

char *deparse_query(Query *query, const List *names, unsigned flags, int wrap)
{
    Deparse d = {.flags = flags, .wrap = wrap};
    StrBuf out;

    strbuf_init(&out);
    put_query(&d, &out, query, names, true);
    return out.text;
}

char *deparse_view(Oid view, unsigned flags, int wrap)
{
    Relation *rel = relation_pin(view);
    List *names = NULL;
    char *text;

    if (rel == NULL)
        return NULL;
    if (rel->kind != RELATION_VIEW && rel->kind != RELATION_MATERIALIZED_VIEW) {
        relation_unpin(rel);
        return NULL;
    }
    for (int i = 0; i < rel->desc->count; i++)
        names = list_add(names, node_string(mem_strdup(rel->desc->columns[i].name)));
    text = deparse_query(rewriter_view_query(rel), names, flags, wrap);
    relation_unpin(rel);
    return mem_printf("%s;", text);
}

static char *expr_text(const Node *expr, Oid relation, unsigned flags, bool qualifies)
{
    Deparse d = {.flags = flags, .wrap = DEPARSE_WRAP_NEVER, .qualifies = qualifies};
    StrBuf out;

    strbuf_init(&out);
    d.out = &out;
    if (relation != 0)
        d.level = level_of_relation(relation);
    put_expr(&d, expr, false);
    return out.text;
}

char *deparse_expr(const Node *expr, Oid relation, unsigned flags)
{
    return expr_text(expr, relation, flags, false);
}

char *deparse_expr_qualified(const Node *expr, Oid relation, unsigned flags)
{
    return expr_text(expr, relation, flags, true);
}
