/*
 * rewriter.c - from one query to those that take its place
 *
 * First defaults and rules, which may give more queries, each of them rewritten again; then views
 * that are read, in each of what has come out.
 */
#include "common/base/base.h"

#include "server/catalog/catalog_struct.h"
#include "server/rewriter/rewriter_int.h"

/* A relation that is being rewritten for, so that rules cannot go round in circles. */
typedef struct Event {
    const struct Event *outer;
    Oid relation;
    CommandKind command;
} Event;

static List *rewrite(Query *query, const Event *outer);

/* ---- Queries of WITH that change rows ---- */

static _Noreturn void raise_cte(const char *message)
{
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = message);
}

static void rewrite_cte(CommonTableExpr *cte, const Event *outer)
{
    Query *query = (Query *)(void *)cte->query;
    List *made;

    if (query->command == COMMAND_SELECT)
        return;
    made = rewrite(query, outer);
    if (list_count(made) == 1) {
        query = list_at(made, 0);
        if (query->command != COMMAND_SELECT && query->command != COMMAND_INSERT &&
            query->command != COMMAND_UPDATE && query->command != COMMAND_DELETE &&
            query->command != COMMAND_MERGE)
            raise_cte("DO INSTEAD NOTIFY rules are not supported for data-modifying statements in "
                      "WITH");
        cte->query = (Node *)(void *)query;
        return;
    }
    if (made == NULL)
        raise_cte("DO INSTEAD NOTHING rules are not supported for data-modifying statements in "
                  "WITH");
    list_foreach(const Query *, one, made) {
        if (one->source == QUERY_SOURCE_QUALIFIED_INSTEAD_RULE)
            raise_cte("conditional DO INSTEAD rules are not supported for data-modifying "
                      "statements in WITH");
        if (one->source == QUERY_SOURCE_NON_INSTEAD_RULE)
            raise_cte("DO ALSO rules are not supported for data-modifying statements in WITH");
    }
    raise_cte("multi-statement DO INSTEAD rules are not supported for data-modifying statements in "
              "WITH");
}

/* ---- Defaults ---- */

static void find_values(const Query *query, ValuesEntry *out)
{
    const RangeTblRef *ref;

    *out = (ValuesEntry){0};
    if (list_count(query->from->items) != 1)
        return;
    ref = list_at(query->from->items, 0);
    if (!node_is(ref, RangeTblRef))
        return;
    out->rt_index = ref->rt_index;
    out->rte = list_at(query->range_table, ref->rt_index - 1);
    if (out->rte->kind != RTE_VALUES)
        *out = (ValuesEntry){0};
}

/* True when DEFAULTs are left in rows of VALUES. */
static bool complete_insert(Query *query, const Relation *rel, ValuesEntry *values)
{
    bool is_complete = true;

    find_values(query, values);
    query->targets =
        target_list_complete(rel, query->targets, COMMAND_INSERT, query->overriding, values);
    if (values->rte != NULL)
        is_complete = target_list_fill_values(query, values, rel);
    if (query->on_conflict != NULL && query->on_conflict->action == ON_CONFLICT_UPDATE) {
        query->on_conflict->set = target_list_complete(rel, query->on_conflict->set, COMMAND_UPDATE,
                                                       query->overriding, NULL);
    }
    return !is_complete;
}

static void complete_merge(const Query *query, const Relation *rel)
{
    list_foreach(MergeAction *, action, query->merge_actions) {
        if (action->command != COMMAND_INSERT && action->command != COMMAND_UPDATE)
            continue;
        action->targets =
            target_list_complete(rel, action->targets, action->command, action->overriding, NULL);
    }
}

static bool complete(Query *query, const Relation *rel, ValuesEntry *values)
{
    *values = (ValuesEntry){0};
    switch (query->command) {
    case COMMAND_INSERT:
        return complete_insert(query, rel, values);
    case COMMAND_UPDATE:
        query->targets =
            target_list_complete(rel, query->targets, COMMAND_UPDATE, query->overriding, NULL);
        return false;
    case COMMAND_MERGE:
        complete_merge(query, rel);
        return false;
    default:
        return false;
    }
}

/* ---- Rules and views ---- */

static List *rewrite_products(List *products, const Relation *rel, CommandKind command,
                              const Event *outer)
{
    Event event = {.outer = outer, .relation = rel->oid, .command = command};
    List *made = NULL;

    if (products == NULL)
        return NULL;
    for (const Event *e = outer; e != NULL; e = e->outer) {
        if (e->relation == rel->oid && e->command == command)
            err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                      .message = err_fmt("infinite recursion detected in rules for relation "
                                         "\"%s\"",
                                         rel->name));
    }
    list_foreach(Query *, product, products)
        made = list_concat(made, rewrite(product, &event));
    return made;
}

static void check_returning(const Query *query, const Relation *rel, const RuleResult *rules)
{
    const char *what = query->command == COMMAND_INSERT   ? "INSERT"
                       : query->command == COMMAND_UPDATE ? "UPDATE"
                                                          : "DELETE";

    if ((!rules->is_instead && rules->remainder == NULL) || query->returning == NULL ||
        rules->has_returning)
        return;
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message = err_fmt("cannot perform %s RETURNING on relation \"%s\"", what, rel->name),
              .hint = err_fmt("You need an unconditional ON %s DO INSTEAD rule with a RETURNING "
                              "clause.",
                              what));
}

/* A view that no rule or trigger takes care of: the change is of what is below it. */
static bool change_view(Query **query, const Relation *rel, RuleResult *rules)
{
    bool is_insert = (*query)->command == COMMAND_INSERT;

    if (rules->is_instead || rel->kind != RELATION_VIEW || (*query)->command == COMMAND_MERGE ||
        view_has_instead_trigger(rel, (*query)->command))
        return false;
    if (rules->remainder != NULL)
        view_raise_conditional(rel, (*query)->command);
    *query = view_change_table(*query, rel);
    rules->queries =
        is_insert ? list_add_first(*query, rules->queries) : list_add(rules->queries, *query);
    rules->is_instead = rules->has_returning = true;
    return true;
}

static List *apply_rules(Query **query, const Relation *rel, bool has_defaults,
                         const ValuesEntry *values, bool *is_instead, Query **remainder,
                         const Event *outer)
{
    CommandKind command = (*query)->command;
    RuleResult rules;
    List *made;
    bool is_view_change;

    rule_fire(*query, rel, &rules);
    if (has_defaults) {
        list_foreach(Query *, product, rules.queries)
            target_list_null_defaults(list_at(product->range_table, values->rt_index - 1));
    }
    is_view_change = change_view(query, rel, &rules);
    made = rewrite_products(rules.queries, rel, command, outer);
    check_returning(*query, rel, &rules);
    if ((*query)->on_conflict != NULL && !is_view_change &&
        (rules.queries != NULL || rules.has_update_rules))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "INSERT with ON CONFLICT clause cannot be used with table that has "
                             "INSERT or UPDATE rules");
    *is_instead = rules.is_instead;
    *remainder = rules.remainder;
    return made;
}

static List *rewrite_change(Query *query, const Event *outer)
{
    const RangeTblEntry *rte = list_at(query->range_table, query->result_relation - 1);
    Relation *rel = relation_pin_existing(rte->relation);
    bool is_insert = query->command == COMMAND_INSERT, is_instead = false;
    Query *remainder = NULL;
    ValuesEntry values;
    bool has_defaults = complete(query, rel, &values);
    List *made = NULL;

    if (rel->row->relhasrules || rel->kind == RELATION_VIEW)
        made = apply_rules(&query, rel, has_defaults, &values, &is_instead, &remainder, outer);
    relation_unpin(rel);
    if (is_instead)
        return made;
    /* Rows are inserted before rules see them, and are there as long as rules look at them. */
    if (remainder != NULL)
        query = remainder;
    return is_insert ? list_add_first(query, made) : list_add(made, query);
}

static List *rewrite(Query *query, const Event *outer)
{
    List *made;
    int count = 0;
    bool has_ctes = query->ctes != NULL;

    node_check_depth();
    list_foreach(CommonTableExpr *, cte, query->ctes)
        rewrite_cte(cte, outer);
    if (query->command == COMMAND_SELECT || query->command == COMMAND_UTILITY ||
        query->command == COMMAND_NOTHING)
        return list_of(query);
    made = rewrite_change(query, outer);
    list_foreach(const Query *, one, made)
        count += one->command != COMMAND_UTILITY;
    if (has_ctes && count > 1)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "WITH cannot be used in a query that is rewritten by rules into "
                             "multiple queries");
    return made;
}

/* ---- Together ---- */

/* The command's tag is that of the query itself, or of the last that stands for it. */
static void choose_tag(const List *queries, CommandKind command)
{
    Query *last = NULL;

    list_foreach(Query *, query, queries) {
        if (query->source == QUERY_SOURCE_ORIGINAL) {
            query->can_set_tag = true;
            return;
        }
        if (query->command == command && (query->source == QUERY_SOURCE_INSTEAD_RULE ||
                                          query->source == QUERY_SOURCE_QUALIFIED_INSTEAD_RULE))
            last = query;
    }
    if (last != NULL)
        last->can_set_tag = true;
}

List *rewriter_query(Query *query)
{
    CommandKind command = query->command;
    List *all, *queries = NULL;

    if (command == COMMAND_UTILITY)
        return list_of(query);
    all = rewrite(query, NULL);
    list_foreach(Query *, made, all)
        queries = list_add(queries, view_expand(made, NULL));
    choose_tag(queries, command);
    return queries;
}
