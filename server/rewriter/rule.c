/*
 * rule.c - rules: those of a relation, and what they make of a query that changes it
 *
 * The action of a rule is a query whose entries 1 and 2 are the old and the new row. It is merged
 * with the query that sets it off: range tables one behind the other, the query's FROM and
 * conditions added to the action's, the new row's columns replaced by what the query sets.
 */
#include "common/base/base.h"

#include "common/text/str.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/config/setting.h"
#include "server/fmgr/varlena.h"
#include "server/node/text_read.h"
#include "server/rewriter/rewriter_int.h"

/* pg_rewrite.ev_enabled */
enum {
    ENABLED_ORIGIN = 'O',
    ENABLED_REPLICA = 'R',
    ENABLED_NEVER = 'D',
};

/* ---- Reading ---- */

static bool set_user(Node *node, void *arg)
{
    RangeTblEntry *rte = (RangeTblEntry *)(void *)node;

    if (node_is(node, RangeTblEntry) && rte->kind != RTE_SUBQUERY)
        rte->check_as_user = *(const Oid *)arg;
    return node_walk(node, set_user, arg);
}

static void *read_tree(const HeapTuple *row, int column)
{
    bool is_null;
    Datum value = syscache_get(CACHE_RULERELNAME, row, column, &is_null);
    const uint8_t *text;

    if (is_null)
        return NULL;
    text = varlena_plain(datum_pointer(value));
    return node_read_text(mem_strndup((const char *)varlena_bytes(text), varlena_len(text)));
}

static Rule *read_rule(const HeapTuple *row, const Relation *rel)
{
    const PgRewrite *fixed = CACHE_ROW(PgRewrite, row);
    bool is_invoker = fixed->ev_type == EVENT_SELECT && rel->options->security_invoker;
    Oid user = is_invoker ? 0 : rel->row->relowner;
    Rule *rule = mem_new(Rule);

    rule->event = fixed->ev_type;
    rule->is_instead = fixed->is_instead;
    rule->enabled = fixed->ev_enabled;
    rule->condition = read_tree(row, PG_REWRITE_COL_EV_QUAL);
    rule->actions = read_tree(row, PG_REWRITE_COL_EV_ACTION);
    list_foreach(Node *, action, rule->actions)
        set_user(action, &user);
    if (rule->condition != NULL)
        set_user(rule->condition, &user);
    return rule;
}

List *rule_list(const Relation *rel)
{
    const CacheList *rows;
    List *rules = NULL;

    if (!rel->row->relhasrules)
        return NULL;
    rows = syscache_pin_list(CACHE_RULERELNAME, 1, (const Datum[4]){datum_of_u32(rel->oid)});
    for (unsigned i = 0; i < rows->count; i++)
        rules = list_add(rules, read_rule(rows->rows[i], rel));
    syscache_unpin_list(rows);
    return rules;
}

Query *rewriter_view_query(const Relation *view)
{
    const List *rules = rule_list(view);

    list_foreach(const Rule *, rule, rules) {
        if (rule->event == EVENT_SELECT)
            return list_at(rule->actions, 0);
    }
    err_raise(SQLSTATE_INTERNAL_ERROR, .message = "failed to find _RETURN rule for view");
}

char rule_event(CommandKind command)
{
    return command == COMMAND_INSERT   ? EVENT_INSERT
           : command == COMMAND_UPDATE ? EVENT_UPDATE
                                       : EVENT_DELETE;
}

static bool is_enabled(const Rule *rule)
{
    bool is_replica = setting.session_replication_role == SESSION_REPLICATION_ROLE_REPLICA;

    if (rule->enabled == ENABLED_NEVER)
        return false;
    return rule->enabled != (is_replica ? ENABLED_ORIGIN : ENABLED_REPLICA);
}

bool rule_has_unconditional_instead(const Relation *rel, CommandKind command)
{
    const List *rules = rule_list(rel);

    list_foreach(const Rule *, rule, rules) {
        if (rule->event == rule_event(command) && is_enabled(rule) && rule->is_instead &&
            rule->condition == NULL)
            return true;
    }
    return false;
}

/* ---- One action ---- */

/* An action on its way to be a query of its own. */
typedef struct Action {
    Query *query; /* whose range table has old and new: the action, or the SELECT of its INSERT */
    Query *whole;
    RangeTblEntry *holder; /* of the SELECT; NULL: both are the same */
    int offset;            /* of its entries behind those of the query that sets it off */
} Action;

static bool has_old_and_new(const Query *query)
{
    return list_count(query->range_table) >= RULE_NEW &&
           str_equal(((RangeTblEntry *)list_at(query->range_table, RULE_OLD - 1))->names->name,
                     "old") &&
           str_equal(((RangeTblEntry *)list_at(query->range_table, RULE_NEW - 1))->names->name,
                     "new");
}

/* The entry of the SELECT that has them; NULL: the action itself does. */
static RangeTblEntry *find_select(const Query *whole)
{
    const RangeTblRef *ref;
    RangeTblEntry *rte;

    if (whole->command != COMMAND_INSERT || has_old_and_new(whole))
        return NULL;
    if (list_count(whole->from->items) != 1)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "expected to find SELECT subquery");
    ref = list_at(whole->from->items, 0);
    rte = list_at(whole->range_table, ref->rt_index - 1);
    if (rte->kind != RTE_SUBQUERY || !has_old_and_new(rte->subquery))
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "expected to find SELECT subquery");
    return rte;
}

Query *rewriter_rule_rows(Query *action)
{
    const RangeTblEntry *holder = find_select(action);

    return holder == NULL ? action : holder->subquery;
}

static Action begin_action(const Query *query, const Query *stored)
{
    Action action = {.whole = node_copy(stored), .offset = list_count(query->range_table)};

    lock_entries(action.whole, false);
    action.holder = find_select(action.whole);
    action.query = action.holder == NULL ? action.whole : action.holder->subquery;
    vars_offset(action.query, action.offset);
    vars_renumber(action.query, RULE_OLD + action.offset, query->result_relation);
    return action;
}

static bool entries_have_sublinks(const Query *query)
{
    list_foreach(const RangeTblEntry *, rte, query->range_table) {
        if ((rte->kind == RTE_RELATION && vars_have_sublinks(rte->sample)) ||
            (rte->kind == RTE_FUNCTION && vars_have_sublinks(rte->functions)) ||
            (rte->kind == RTE_TABLE_FUNC && vars_have_sublinks(rte->table_func)) ||
            (rte->kind == RTE_VALUES && vars_have_sublinks(rte->values)) ||
            vars_have_sublinks(rte->security_conditions))
            return true;
    }
    return false;
}

static void merge_entries(Action *action, const Query *query)
{
    Query *own = action->query;

    own->range_table = list_concat(node_copy(query->range_table), own->range_table);
    if (query->has_sublinks && !own->has_sublinks)
        own->has_sublinks = entries_have_sublinks(query);
    own->has_row_security = own->has_row_security || query->has_row_security;
}

/* What the query joins; but the relation itself only where conditions need it and nobody else. */
static List *joined_items(const Action *action, const Query *query, const Node *condition)
{
    int target = query->result_relation;
    bool keeps = !vars_use_entry(action->query->from, target) &&
                 (vars_use_entry(condition, target) || vars_use_entry(query->from->where, target));
    const List *all = node_copy(query->from->items);
    List *items = NULL;

    list_foreach(Node *, item, all) {
        if (keeps || !node_is(item, RangeTblRef) ||
            ((const RangeTblRef *)(const void *)item)->rt_index != target)
            items = list_add(items, item);
    }
    return items;
}

static void merge_from(Action *action, const Query *query, const Node *condition)
{
    Query *own = action->query;
    List *items;

    if (own->command == COMMAND_UTILITY)
        return;
    items = joined_items(action, query, condition);
    if (items == NULL)
        return;
    if (own->set_operations != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "conditional UNION/INTERSECT/EXCEPT statements are not implemented");
    own->has_sublinks = own->has_sublinks || vars_have_sublinks(items);
    own->from->items = list_concat(items, own->from->items);
}

static void merge_ctes(Action *action, const Query *query)
{
    Query *own = action->query;

    if (query->ctes == NULL || own->command == COMMAND_UTILITY)
        return;
    list_foreach(const CommonTableExpr *, cte, query->ctes) {
        list_foreach(const CommonTableExpr *, other, own->ctes) {
            if (str_equal(cte->name, other->name))
                err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                          .message = err_fmt("WITH query name \"%s\" appears in both a rule action "
                                             "and the query being rewritten",
                                             cte->name));
        }
    }
    own->ctes = list_concat(own->ctes, node_copy(query->ctes));
    own->has_recursive = own->has_recursive || query->has_recursive;
    own->has_modifying_cte = own->has_modifying_cte || query->has_modifying_cte;
    if (own->has_modifying_cte && action->holder != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "INSERT ... SELECT rule actions are not supported for queries having "
                             "data-modifying statements in WITH");
}

/* Of NEW those columns that are computed from others are so from what the query sets these to. */
static void add_generated(ReplaceVars *how, const Relation *rel)
{
    List *made = NULL;

    for (int i = 0; i < rel->desc->count; i++) {
        TargetEntry *entry;

        if (rel->desc->columns[i].generated == '\0' || rel->desc->columns[i].is_dropped)
            continue;
        entry = node_new(TargetEntry);
        entry->number = i + 1;
        entry->expr = rewriter_column_default(rel, i + 1);
        vars_renumber(entry->expr, 1, how->rt_index);
        entry->expr = vars_replace(entry->expr, how);
        made = list_add(made, entry);
    }
    how->targets = list_concat(made, how->targets);
}

/* NEW.column is what the query sets the column to. */
static void replace_new(Action *action, const Query *query, const Relation *rel)
{
    int new_index = RULE_NEW + action->offset;
    ReplaceVars how = {.rt_index = new_index,
                       .targets = query->targets,
                       .no_match =
                           query->command == COMMAND_UPDATE ? NO_MATCH_RENUMBER : NO_MATCH_NULL,
                       .other_rt_index = query->result_relation};

    if ((query->command != COMMAND_INSERT && query->command != COMMAND_UPDATE) ||
        action->query->command == COMMAND_UTILITY)
        return;
    how.rte = list_at(action->query->range_table, new_index - 1);
    add_generated(&how, rel);
    action->query = vars_replace(action->query, &how);
    if (action->holder != NULL)
        action->holder->subquery = action->query;
    else
        action->whole = action->query;
}

static void take_returning(Action *action, const Query *query, RuleResult *out)
{
    Query *whole = action->whole;
    ReplaceVars how = {.rt_index = query->result_relation};

    if (query->returning == NULL) {
        whole->returning = NULL;
        return;
    }
    if (whole->returning == NULL)
        return;
    if (out->has_returning)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot have RETURNING lists in multiple rules");
    out->has_returning = true;
    how.rte = list_at(query->range_table, query->result_relation - 1);
    how.targets = whole->returning;
    whole->returning = vars_replace(query->returning, &how);
    whole->has_sublinks = whole->has_sublinks || how.adds_sublinks ||
                          (query->has_sublinks && vars_have_sublinks(whole->returning));
}

static Query *merge_action(Query *query, const Relation *rel, const Query *stored,
                           const Node *rule_condition, RuleResult *out)
{
    Action action = begin_action(query, stored);
    Node *condition = node_copy(rule_condition);

    lock_sublinks(condition);
    vars_offset(condition, action.offset);
    vars_renumber(condition, RULE_OLD + action.offset, query->result_relation);
    merge_entries(&action, query);
    merge_from(&action, query, condition);
    merge_ctes(&action, query);
    vars_add_condition(action.query, condition);
    vars_add_condition(action.query, query->from->where);
    replace_new(&action, query, rel);
    take_returning(&action, query, out);
    return action.whole;
}

/* ---- All rules of a query ---- */

/* The query is done where the rule's condition does not hold. */
static void exclude(Query *query, const Relation *rel, const Node *rule_condition)
{
    BooleanTest *test = node_new(BooleanTest);
    Node *condition = node_copy(rule_condition);

    lock_sublinks(condition);
    vars_renumber(condition, RULE_OLD, query->result_relation);
    if (query->command == COMMAND_INSERT || query->command == COMMAND_UPDATE) {
        ReplaceVars how = {.rt_index = RULE_NEW,
                           .rte = list_at(query->range_table, query->result_relation - 1),
                           .targets = query->targets,
                           .no_match =
                               query->command == COMMAND_UPDATE ? NO_MATCH_RENUMBER : NO_MATCH_NULL,
                           .other_rt_index = query->result_relation};

        add_generated(&how, rel);
        condition = vars_replace(condition, &how);
        query->has_sublinks = query->has_sublinks || how.adds_sublinks;
    }
    test->arg = condition;
    test->kind = IS_NOT_TRUE;
    test->loc = NODE_NO_LOCATION;
    vars_add_condition(query, (Node *)(void *)test);
}

static void fire(Query *query, const Relation *rel, const Rule *rule, RuleResult *out)
{
    QuerySource source = !rule->is_instead         ? QUERY_SOURCE_NON_INSTEAD_RULE
                         : rule->condition != NULL ? QUERY_SOURCE_QUALIFIED_INSTEAD_RULE
                                                   : QUERY_SOURCE_INSTEAD_RULE;

    if (source == QUERY_SOURCE_INSTEAD_RULE)
        out->is_instead = true;
    if (source == QUERY_SOURCE_QUALIFIED_INSTEAD_RULE && !out->is_instead) {
        if (out->remainder == NULL)
            out->remainder = node_copy(query);
        exclude(out->remainder, rel, rule->condition);
    }
    list_foreach(const Query *, action, rule->actions) {
        Query *made;

        if (action->command == COMMAND_NOTHING)
            continue;
        made = merge_action(query, rel, action, rule->condition, out);
        made->source = source;
        made->can_set_tag = false;
        out->queries = list_add(out->queries, made);
    }
}

void rule_fire(Query *query, const Relation *rel, RuleResult *out)
{
    const List *rules = rule_list(rel);

    *out = (RuleResult){0};
    list_foreach(const Rule *, rule, rules) {
        if (rule->event == EVENT_UPDATE)
            out->has_update_rules = true;
        if (rule->event == EVENT_SELECT || !is_enabled(rule))
            continue;
        if (query->command == COMMAND_MERGE)
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = err_fmt("cannot execute MERGE on relation \"%s\"", rel->name),
                      .detail = "MERGE is not supported for relations with rules.");
        if (rule->event == rule_event(query->command))
            fire(query, rel, rule, out);
    }
}
