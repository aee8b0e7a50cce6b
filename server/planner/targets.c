/* targets.c - columns on their way up: what comes out, and what each stage needs for it. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/relcache.h"
#include "server/catalog/catalog_oid.h"
#include "server/config/setting.h"
#include "server/node/expr.h"
#include "server/planner/cost.h"
#include "server/planner/expr_util.h"
#include "server/planner/level.h"
#include "server/planner/rel.h"

#define COLUMN_SELF  (-1)
#define COLUMN_TABLE (-6)

/* ---- Rows to be changed ---- */

static Node *null_of(const Column *column)
{
    if (column->is_dropped)
        return expr_null(TYPE_INT4, NODE_NO_TYPMOD, 0);
    return expr_null(column->type, column->type_mod, column->collation);
}

/* A value for each column of the table, in order. */
static List *fill_insert(List *targets, Oid table)
{
    Relation *rel = relation_pin_existing(table);
    List *result = NULL, *junk = NULL;

    for (int i = 1; i <= rel->desc->count; i++) {
        const Column *column = &rel->desc->columns[i - 1];
        TargetEntry *found = NULL;

        list_foreach(TargetEntry *, target, targets) {
            if (!target->is_junk && target->number == i)
                found = target;
        }
        if (found == NULL)
            found = expr_target(null_of(column), i, mem_strdup(column->name), false);
        result = list_add(result, found);
    }
    list_foreach(TargetEntry *, target, targets) {
        if (target->is_junk)
            junk = list_add(junk, target);
    }
    list_foreach(TargetEntry *, target, junk) {
        target->number = list_count(result) + 1;
        result = list_add(result, target);
    }
    relation_unpin(rel);
    return result;
}

/* The numbers of the columns that are set; targets are numbered anew. */
static List *take_update_columns(List *targets)
{
    List *columns = NULL;
    int next = 1;

    list_foreach(TargetEntry *, target, targets) {
        if (!target->is_junk)
            columns = list_add_int(columns, target->number);
        target->number = next++;
    }
    return columns;
}

static List *add_junk(List *targets, Node *expr, char *name)
{
    return list_add(targets, expr_target(expr, list_count(targets) + 1, name, true));
}

static Node *place_of_row(uint32_t rt_index)
{
    return as_node(expr_var((int)rt_index, COLUMN_SELF, TYPE_TID, NODE_NO_TYPMOD, 0));
}

static List *add_mark_junk(Planner *root, List *targets)
{
    list_foreach(PlanRowMark *, mark, root->row_marks) {
        if (mark->kind != ROW_MARK_COPY)
            targets = add_junk(targets, place_of_row(mark->rt_index),
                               mem_printf(PLAN_JUNK_TID "%u", mark->id));
        else
            targets = add_junk(
                targets, as_node(expr_var((int)mark->rt_index, 0, TYPE_RECORD, NODE_NO_TYPMOD, 0)),
                mem_printf(PLAN_JUNK_ROW "%u", mark->id));
    }
    return targets;
}

void targets_prepare(Planner *root)
{
    Query *query = root->query;
    List *targets = query->targets;
    const RangeTblEntry *table = query->result_relation == 0
                                     ? NULL
                                     : list_at(query->range_table, query->result_relation - 1);

    if (query->command == COMMAND_INSERT)
        targets = fill_insert(targets, table->relation);
    else if (query->command == COMMAND_UPDATE)
        root->update_columns = take_update_columns(targets);
    if (query->command == COMMAND_MERGE)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = "MERGE is not supported");
    if (query->command == COMMAND_UPDATE || query->command == COMMAND_DELETE) {
        if (table->relation_kind != 'r')
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = "rows of what is no table cannot be changed");
        targets = add_junk(targets, place_of_row((uint32_t)query->result_relation),
                           mem_strdup(PLAN_JUNK_TID));
    }
    targets = add_mark_junk(root, targets);
    /* RETURNING needs columns of what else is joined. */
    if (query->returning != NULL && list_count(query->range_table) > 1) {
        list_foreach(Node *, item, expr_vars(query->returning, EXPR_WITH_AGGS)) {
            const Var *var = (const Var *)(void *)item;

            if (node_is(item, Var) && var->rt_index == query->result_relation)
                continue;
            if (target_of_expr(targets, item) == NULL)
                targets = add_junk(targets, node_copy(item), NULL);
        }
    }
    root->targets = targets;
}

/* ---- Targets of paths ---- */

PathTarget *targets_new(void)
{
    return mem_new(PathTarget);
}

void targets_add(PathTarget *target, Node *expr, uint32_t ref)
{
    int count = list_count(target->exprs);

    target->exprs = list_add(target->exprs, expr);
    if (ref == 0 && target->refs == NULL)
        return;
    target->refs = mem_realloc(target->refs, sizeof(uint32_t) * (size_t)(count + 1));
    target->refs[count] = ref;
}

bool targets_add_new(PathTarget *target, Node *expr)
{
    if (list_has_equal(target->exprs, expr))
        return false;
    targets_add(target, expr, 0);
    return true;
}

PathTarget *targets_make(Planner *root, const List *targets)
{
    PathTarget *target = targets_new();

    list_foreach(TargetEntry *, item, targets) {
        target->exprs = list_add(target->exprs, item->expr);
        if (item->sort_group_ref != 0 && target->refs == NULL)
            target->refs = mem_new_array(uint32_t, (size_t)list_count(targets));
        if (target->refs != NULL)
            target->refs[item_i] = item->sort_group_ref;
    }
    cost_set_target(root, target);
    return target;
}

/* The expressions that groups are made by, and the columns that all others need. */
PathTarget *targets_for_grouping(Planner *root, const PathTarget *final)
{
    PathTarget *target = targets_new();
    List *rest = NULL;
    size_t room;

    list_foreach(Node *, expr, final->exprs) {
        uint32_t ref = final->refs == NULL ? 0 : final->refs[expr_i];

        if (ref != 0 && sort_group_by_ref(root->query->group_by, ref) != NULL) {
            room = (size_t)list_count(target->exprs) + 1;
            target->exprs = list_add(target->exprs, expr);
            target->refs = mem_realloc(target->refs, sizeof(uint32_t) * room);
            target->refs[room - 1] = ref;
        } else {
            rest = list_add(rest, expr);
        }
    }
    rest = list_concat(rest, (List *)(void *)root->query->having);
    list_foreach(Node *, var, expr_vars(rest, 0))
        target->exprs = list_add_new(target->exprs, var);
    if (target->refs != NULL)
        target->refs =
            mem_realloc(target->refs, sizeof(uint32_t) * ((size_t)list_count(target->exprs) + 1));
    cost_set_target(root, target);
    return target;
}

/* What windows are made by, and the columns and aggregates that window functions need. */
PathTarget *targets_for_windows(Planner *root, const PathTarget *final)
{
    PathTarget *target = targets_new();
    List *rest = NULL;
    BitSet *refs = NULL;
    uint32_t *kept = mem_new_array(uint32_t, (size_t)list_count(final->exprs) + 1);

    list_foreach(WindowClause *, window, root->active_windows) {
        list_foreach(SortGroupClause *, key, window->partition_by)
            refs = bitset_add(refs, (int)key->ref);
        list_foreach(SortGroupClause *, order, window->order_by)
            refs = bitset_add(refs, (int)order->ref);
    }
    list_foreach(SortGroupClause *, group, root->query->group_by)
        refs = bitset_add(refs, (int)group->ref);
    list_foreach(Node *, expr, final->exprs) {
        uint32_t ref = final->refs == NULL ? 0 : final->refs[expr_i];

        if (ref != 0 && bitset_has(refs, (int)ref)) {
            kept[list_count(target->exprs)] = ref;
            target->exprs = list_add(target->exprs, expr);
        } else {
            rest = list_add(rest, expr);
        }
    }
    list_foreach(Node *, var, expr_vars(rest, EXPR_WITH_AGGS))
        target->exprs = list_add_new(target->exprs, var);
    target->refs = mem_realloc(kept, sizeof(uint32_t) * ((size_t)list_count(target->exprs) + 1));
    cost_set_target(root, target);
    return target;
}

/* Columns that are costly or volatile wait until rows are in order and few. */
PathTarget *targets_for_sort(Planner *root, const PathTarget *final, bool *has_postponed)
{
    Query *query = root->query;
    bool has_limit = query->limit_count != NULL || root->tuple_fraction > 0;
    bool has_set = false, has_volatile = false, has_costly = false;
    size_t count = (size_t)list_count(final->exprs);
    bool *waits = mem_new_array(bool, count + 1), *is_set = mem_new_array(bool, count + 1);
    PathTarget *target;
    List *rest = NULL;

    *has_postponed = false;
    list_foreach(Node *, expr, final->exprs) {
        if (final->refs != NULL && final->refs[expr_i] != 0 &&
            sort_group_by_ref(query->order_by, final->refs[expr_i]) != NULL) {
            continue;
        }
        if (query->has_target_sets && expr_has_sets(expr)) {
            is_set[expr_i] = has_set = true;
        } else if (expr_has_volatile(expr)) {
            waits[expr_i] = has_volatile = true;
        } else {
            Cost cost = cost_expr(root, expr);

            if (cost.per_tuple > 10 * setting.cpu_operator_cost)
                waits[expr_i] = has_costly = true;
        }
    }
    if (!has_set && !has_volatile && !(has_costly && has_limit))
        return NULL;
    *has_postponed = true;
    target = targets_new();
    target->refs = mem_new_array(uint32_t, count + 1);
    list_foreach(Node *, expr, final->exprs) {
        if (is_set[expr_i] || (waits[expr_i] && (expr_has_volatile(expr) || has_limit))) {
            rest = list_add(rest, expr);
            continue;
        }
        target->refs[list_count(target->exprs)] = final->refs == NULL ? 0 : final->refs[expr_i];
        target->exprs = list_add(target->exprs, expr);
    }
    list_foreach(Node *, var, expr_vars(rest, EXPR_WITH_AGGS | EXPR_WITH_WINDOWS))
        target->exprs = list_add_new(target->exprs, var);
    target->refs =
        mem_realloc(target->refs, sizeof(uint32_t) * ((size_t)list_count(target->exprs) + 1));
    cost_set_target(root, target);
    return target;
}

List *targets_entries(const PathTarget *target)
{
    List *entries = NULL;

    list_foreach(Node *, expr, target->exprs) {
        TargetEntry *entry = expr_target(expr, expr_i + 1, NULL, false);

        if (target->refs != NULL)
            entry->sort_group_ref = target->refs[expr_i];
        entries = list_add(entries, entry);
    }
    return entries;
}
