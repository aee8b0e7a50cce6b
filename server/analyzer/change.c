/* change.c - UPDATE, DELETE, MERGE, RETURNING */
#include "common/base/base.h"

#include "common/text/str.h"
#include "server/analyzer/analyzer_int.h"
#include "server/catalog/catalog_struct.h"

List *returning_transform(Scope *scope, const List *raw)
{
    int before = scope->next_resno;
    List *targets;

    if (raw == NULL)
        return NULL;
    scope->next_resno = 1;
    targets = target_list_transform(scope, raw, EXPR_RETURNING);
    if (targets == NULL)
        scope_fail(scope, ((const Target *)list_at(raw, 0))->loc, SQLSTATE_SYNTAX_ERROR,
                   .message = "RETURNING must have at least one column");
    target_mark_origins(scope, targets);
    if (scope->resolves_unknowns)
        target_resolve_unknowns(scope, targets);
    scope->next_resno = before;
    return targets;
}

/* FROM or USING: what is LATERAL there must not look at the target. */
static void transform_sources(Scope *scope, const List *raw)
{
    Item *target = scope->target_item;

    target->is_lateral_only = true;
    target->is_lateral_ok = false;
    from_transform(scope, raw);
    target->is_lateral_only = false;
    target->is_lateral_ok = true;
}

Query *update_transform(Scope *scope, UpdateStmt *raw)
{
    Query *query = node_new(Query);
    Node *where;

    query->command = COMMAND_UPDATE;
    query_take_with(scope, query, raw->with);
    query->result_relation = from_set_target(scope, raw->relation, true, RIGHT_UPDATE);
    transform_sources(scope, raw->from);
    where = where_transform(scope, raw->where, EXPR_WHERE, "WHERE");
    query->returning = returning_transform(scope, raw->returning);
    query->targets = target_update_list(scope, raw->targets);
    query_finish(scope, query, where);
    query->has_aggs = query->has_window_funcs = false;
    collate_query(scope, query);
    return query;
}

Query *delete_transform(Scope *scope, DeleteStmt *raw)
{
    Query *query = node_new(Query);
    Node *where;

    query->command = COMMAND_DELETE;
    query_take_with(scope, query, raw->with);
    query->result_relation = from_set_target(scope, raw->relation, true, RIGHT_DELETE);
    transform_sources(scope, raw->using);
    where = where_transform(scope, raw->where, EXPR_WHERE, "WHERE");
    query->returning = returning_transform(scope, raw->returning);
    query_finish(scope, query, where);
    collate_query(scope, query);
    agg_check(scope, query);
    return query;
}

/* ---- MERGE ---- */

static int merge_rights(const MergeStmt *raw)
{
    bool is_final[2] = {false, false};
    int rights = 0;

    list_foreach(const MergeWhen *, when, raw->whens) {
        if (when->action == MERGE_INSERT)
            rights |= RIGHT_INSERT;
        else if (when->action == MERGE_UPDATE)
            rights |= RIGHT_UPDATE;
        else if (when->action == MERGE_DELETE)
            rights |= RIGHT_DELETE;
        if (is_final[when->is_matched])
            err_raise(SQLSTATE_SYNTAX_ERROR,
                      .message = "unreachable WHEN clause specified after unconditional WHEN "
                                 "clause");
        if (when->condition == NULL)
            is_final[when->is_matched] = true;
    }
    return rights;
}

static void check_mergeable(const Relation *rel)
{
    if (rel->kind != RELATION_TABLE && rel->kind != RELATION_PARTITIONED_TABLE)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("cannot execute MERGE on relation \"%s\"", rel->name),
                  .detail = relation_kind_detail(rel->kind));
    if (rel->row->relhasrules)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("cannot execute MERGE on relation \"%s\"", rel->name),
                  .detail = "MERGE is not supported for relations with rules.");
}

static void set_visible(Scope *scope, const RangeTblEntry *rte, bool is_visible)
{
    list_foreach(Item *, item, scope->items) {
        if (item->rte == rte)
            item->sees_relation = item->sees_columns = is_visible;
    }
}

static List *merge_insert(Scope *scope, const MergeWhen *raw)
{
    InsertColumns into;
    List *exprs;

    scope->is_insert = true;
    into = insert_columns(scope, raw->targets);
    exprs = expr_transform_list(scope, raw->values, EXPR_VALUES_SINGLE, true);
    if (raw->values != NULL)
        exprs = insert_row(scope, &into, exprs, false);
    return insert_targets(scope, &into, exprs);
}

static MergeAction *merge_action(Scope *scope, const MergeWhen *raw)
{
    static const CommandKind commands[] = {
        [MERGE_NOTHING] = COMMAND_NOTHING,
        [MERGE_INSERT] = COMMAND_INSERT,
        [MERGE_UPDATE] = COMMAND_UPDATE,
        [MERGE_DELETE] = COMMAND_DELETE,
    };
    MergeAction *made = node_new(MergeAction);

    made->is_matched = raw->is_matched;
    made->command = commands[raw->action];
    set_visible(scope, scope->target_item->rte, raw->is_matched);
    made->condition = where_transform(scope, raw->condition, EXPR_MERGE_WHEN, "WHEN");
    if (raw->action == MERGE_INSERT) {
        made->overriding = raw->overriding;
        made->targets = merge_insert(scope, raw);
    } else if (raw->action == MERGE_UPDATE) {
        scope->is_insert = false;
        made->targets = target_update_list(scope, raw->targets);
    }
    return made;
}

Query *merge_transform(Scope *scope, MergeStmt *raw)
{
    Query *query = node_new(Query);
    const Item *source;
    Node *where;

    query->command = COMMAND_MERGE;
    if (raw->with != NULL && raw->with->is_recursive)
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = "WITH RECURSIVE is not supported for MERGE statement");
    query_take_with(scope, query, raw->with);
    query->result_relation = from_set_target(scope, raw->relation, false, merge_rights(raw));
    check_mergeable(scope->target);
    from_transform(scope, list_of(raw->source));
    source = scope_item_of_rte(scope, list_count(scope->range_table), 0);
    if (str_equal(scope->target_item->names->name, source->names->name))
        err_raise(SQLSTATE_DUPLICATE_ALIAS,
                  .message = err_fmt("name \"%s\" specified more than once",
                                     scope->target_item->names->name),
                  .detail = "The name is used both as MERGE target table and data source.");
    scope_add_item(scope, scope->target_item, false, true, true);
    where = expr_transform(scope, raw->condition, EXPR_JOIN_ON);
    list_foreach(const MergeWhen *, when, raw->whens) {
        query->merge_actions = list_add(query->merge_actions, merge_action(scope, when));
        if (when->action == MERGE_INSERT)
            query->merge_needs_outer_join = true;
    }
    query_finish(scope, query, where);
    query->has_aggs = query->has_window_funcs = query->has_target_sets = false;
    collate_query(scope, query);
    return query;
}
