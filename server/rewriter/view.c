/*
 * view.c - views that are read become subqueries
 *
 * Rights on the view are checked at the entry that its query has for the view itself (OLD).
 * Materialized views are tables here.
 */
#include "common/base/base.h"

#include "server/catalog/catalog_struct.h"
#include "server/rewriter/rewriter_int.h"

static bool expand_in_sublink(Node *node, void *arg)
{
    if (node_is(node, SubLink)) {
        SubLink *link = (SubLink *)(void *)node;

        link->query = (Node *)(void *)view_expand((Query *)(void *)link->query, arg);
    }
    return !node_is(node, Query) && node_walk(node, expand_in_sublink, arg);
}

/* Rights go down to the entry of the view inside of it. */
static void move_rights(RangeTblEntry *from, RangeTblEntry *to)
{
    to->required_rights = from->required_rights;
    to->check_as_user = from->check_as_user;
    to->selected_columns = from->selected_columns;
    to->inserted_columns = from->inserted_columns;
    to->updated_columns = from->updated_columns;
    to->extra_updated_columns = from->extra_updated_columns;
    from->required_rights = 0;
    from->check_as_user = 0;
    from->selected_columns = from->inserted_columns = NULL;
    from->updated_columns = from->extra_updated_columns = NULL;
}

static void add_whole_row(Query *query, const Relation *view, int rt_index)
{
    TargetEntry *entry = node_new(TargetEntry);
    Var *var = node_new(Var);

    var->rt_index = rt_index;
    var->syntax_rt_index = (uint32_t)rt_index;
    var->type = view->row->reltype;
    var->typmod = -1;
    var->loc = NODE_NO_LOCATION;
    entry->expr = (Node *)(void *)var;
    entry->number = list_count(query->targets) + 1;
    entry->name = "wholerow";
    entry->is_junk = true;
    query->targets = list_add(query->targets, entry);
}

/* A view that triggers change stays the target, and is read besides. */
static void split_target(Query *query, const Relation *view, int rt_index)
{
    RangeTblEntry *rte = list_at(query->range_table, rt_index - 1);

    query->range_table = list_add(query->range_table, node_copy(rte));
    query->result_relation = list_count(query->range_table);
    rte->required_rights = 0;
    rte->check_as_user = 0;
    rte->selected_columns = rte->inserted_columns = NULL;
    rte->updated_columns = rte->extra_updated_columns = NULL;
    query->returning = node_copy(query->returning);
    vars_renumber(query->returning, rt_index, query->result_relation);
    add_whole_row(query, view, rt_index);
}

static void put_in_place(Query *query, const Relation *view, int rt_index, List *active)
{
    RangeTblEntry *rte = list_at(query->range_table, rt_index - 1);
    const RowMarkClause *mark = lock_find_mark(query, rt_index);
    Query *inner = rewriter_view_query(view);

    lock_entries(inner, mark != NULL);
    if (mark != NULL)
        lock_mark_rows(inner, (Node *)(void *)inner->from, mark);
    inner = view_expand(inner, active);
    query->has_row_security = query->has_row_security || inner->has_row_security;
    rte->kind = RTE_SUBQUERY;
    rte->subquery = inner;
    rte->is_barrier = view->options->security_barrier;
    rte->relation = 0;
    rte->relation_kind = '\0';
    rte->lock_mode = 0;
    rte->sample = NULL;
    rte->is_inherited = false;
    move_rights(rte, list_at(inner->range_table, RULE_OLD - 1));
}

static bool is_active(const List *active, Oid relation)
{
    for (int i = 0; i < list_count(active); i++) {
        if (list_oid_at(active, i) == relation)
            return true;
    }
    return false;
}

static void expand_entry(Query *query, const Relation *view, int rt_index, List *active)
{
    if (is_active(active, view->oid))
        err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                  .message = err_fmt("infinite recursion detected in rules for relation \"%s\"",
                                     view->name));
    if (rt_index == query->result_relation) {
        if (query->command == COMMAND_INSERT)
            return;
        split_target(query, view, rt_index);
    }
    active = list_add_oid(list_concat(NULL, active), view->oid);
    put_in_place(query, view, rt_index, active);
}

static void check_row_security(const Relation *rel)
{
    if (rel->row->relrowsecurity)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("row security of table \"%s\" is not supported", rel->name));
}

static void expand_relation(Query *query, const RangeTblEntry *rte, int rt_index, int first_target,
                            List *active)
{
    Relation *rel;

    if (rte->relation_kind == RELATION_MATERIALIZED_VIEW)
        return;
    if (query->on_conflict != NULL && rt_index == query->on_conflict->excluded_rt_index)
        return;
    if (rte->relation_kind != RELATION_VIEW && rte->relation_kind != RELATION_TABLE &&
        rte->relation_kind != RELATION_PARTITIONED_TABLE)
        return;
    if (rt_index != query->result_relation && !vars_use_entry(query, rt_index))
        return;
    if (rt_index == query->result_relation && rt_index != first_target)
        return;
    rel = relation_pin_existing(rte->relation);
    if (rel->kind == RELATION_VIEW)
        expand_entry(query, rel, rt_index, active);
    else
        check_row_security(rel);
    relation_unpin(rel);
}

Query *view_expand(Query *query, List *active)
{
    int first_target = query->result_relation;

    node_check_depth();
    list_foreach(CommonTableExpr *, recursive, query->ctes) {
        if (recursive->search != NULL || recursive->cycle != NULL)
            search_expand(recursive);
    }
    /* The list may grow meanwhile. */
    for (int i = 1; i <= list_count(query->range_table); i++) {
        RangeTblEntry *rte = list_at(query->range_table, i - 1);

        if (rte->kind == RTE_SUBQUERY)
            rte->subquery = view_expand(rte->subquery, active);
        else if (rte->kind == RTE_RELATION)
            expand_relation(query, rte, i, first_target, active);
    }
    list_foreach(CommonTableExpr *, cte, query->ctes)
        cte->query = (Node *)(void *)view_expand((Query *)(void *)cte->query, active);
    if (query->has_sublinks)
        node_walk((Node *)(void *)query, expand_in_sublink, active);
    return query;
}
