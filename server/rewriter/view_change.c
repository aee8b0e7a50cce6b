/*
 * view_change.c - simple views that are changed: the change is of their table
 *
 * Simple is a view of one table or view whose rows are the table's, and columns of it that are
 * columns of the table can be changed.
 *
 * Source: PostgreSQL 15 manual, CREATE VIEW, "Updatable Views".
 */
#include "common/base/base.h"

#include "server/analyzer/analyzer.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/rewriter/rewriter_int.h"

bool view_has_instead_trigger(const Relation *view, CommandKind command)
{
    int wanted = TRIGGER_INSTEAD | TRIGGER_ROW |
                 (command == COMMAND_INSERT   ? TRIGGER_INSERT
                  : command == COMMAND_UPDATE ? TRIGGER_UPDATE
                                              : TRIGGER_DELETE);
    CatalogKey key = {.column = PG_TRIGGER_COL_TGRELID, .value = datum_of_u32(view->oid)};
    CatalogScan *scan;
    const HeapTuple *row;
    bool is_found = false;

    if (!view->row->relhastriggers)
        return false;
    scan = catalog_scan_begin(PG_TRIGGER_CATALOG, PG_TRIGGER_TGRELID_TGNAME_INDEX, 1, &key);
    while (!is_found && (row = catalog_scan_next(scan)) != NULL)
        is_found = (CACHE_ROW(PgTrigger, row)->tgtype & wanted) == wanted;
    catalog_scan_end(scan);
    return is_found;
}

/* ---- What is wrong with it ---- */

static _Noreturn void raise_view(const Relation *view, CommandKind command, const char *detail)
{
    const char *what = command == COMMAND_INSERT   ? "insert into"
                       : command == COMMAND_UPDATE ? "update"
                                                   : "delete from";
    const char *doing = command == COMMAND_INSERT   ? "inserting into"
                        : command == COMMAND_UPDATE ? "updating"
                                                    : "deleting from";
    const char *event = command == COMMAND_INSERT   ? "INSERT"
                        : command == COMMAND_UPDATE ? "UPDATE"
                                                    : "DELETE";

    err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
              .message = err_fmt("cannot %s view \"%s\"", what, view->name), .detail = detail,
              .hint = err_fmt("To enable %s the view, provide an INSTEAD OF %s trigger or an "
                              "unconditional ON %s DO INSTEAD rule.",
                              doing, event, event));
}

_Noreturn void view_raise_conditional(const Relation *view, CommandKind command)
{
    raise_view(view, command,
               "Views with conditional DO INSTEAD rules are not automatically updatable.");
}

static const char *column_problem(const RangeTblRef *table, const TargetEntry *entry)
{
    const Var *var = (const Var *)(const void *)entry->expr;

    if (entry->is_junk)
        return "Junk view columns are not updatable.";
    if (!node_is(entry->expr, Var) || var->rt_index != table->rt_index || var->levels_up != 0)
        return "View columns that are not columns of their base relation are not updatable.";
    if (var->attno < 0)
        return "View columns that refer to system columns are not updatable.";
    if (var->attno == 0)
        return "View columns that return whole-row references are not updatable.";
    return NULL;
}

static bool has_updatable_column(const Query *view, const RangeTblRef *table)
{
    list_foreach(const TargetEntry *, entry, view->targets) {
        if (column_problem(table, entry) == NULL)
            return true;
    }
    return false;
}

static const char *shape_problem(const Query *view)
{
    if (view->distinct != NULL)
        return "Views containing DISTINCT are not automatically updatable.";
    if (view->group_by != NULL || view->grouping_sets != NULL)
        return "Views containing GROUP BY are not automatically updatable.";
    if (view->having != NULL)
        return "Views containing HAVING are not automatically updatable.";
    if (view->set_operations != NULL)
        return "Views containing UNION, INTERSECT, or EXCEPT are not automatically updatable.";
    if (view->ctes != NULL)
        return "Views containing WITH are not automatically updatable.";
    if (view->limit_offset != NULL || view->limit_count != NULL)
        return "Views containing LIMIT or OFFSET are not automatically updatable.";
    if (view->has_aggs)
        return "Views that return aggregate functions are not automatically updatable.";
    if (view->has_window_funcs)
        return "Views that return window functions are not automatically updatable.";
    if (view->has_target_sets)
        return "Views that return set-returning functions are not automatically updatable.";
    return NULL;
}

static const char *view_problem(const Query *view, bool sets_columns)
{
    static const char *const many =
        "Views that do not select from a single table or view are not automatically updatable.";
    const char *problem = shape_problem(view);
    const RangeTblRef *table;
    const RangeTblEntry *rte;

    if (problem != NULL)
        return problem;
    if (list_count(view->from->items) != 1 || !node_is(list_at(view->from->items, 0), RangeTblRef))
        return many;
    table = list_at(view->from->items, 0);
    rte = list_at(view->range_table, table->rt_index - 1);
    if (rte->kind != RTE_RELATION ||
        (rte->relation_kind != RELATION_TABLE && rte->relation_kind != RELATION_FOREIGN_TABLE &&
         rte->relation_kind != RELATION_VIEW && rte->relation_kind != RELATION_PARTITIONED_TABLE))
        return many;
    if (rte->sample != NULL)
        return "Views containing TABLESAMPLE are not automatically updatable.";
    if (sets_columns && !has_updatable_column(view, table))
        return "Views that have no updatable columns are not automatically updatable.";
    return NULL;
}

const char *rewriter_view_problem(const Query *query)
{
    return view_problem(query, true);
}

static void check_columns(const Relation *view, const Query *inner, const List *targets,
                          CommandKind command)
{
    const RangeTblRef *table = list_at(inner->from->items, 0);

    list_foreach(const TargetEntry *, column, inner->targets) {
        const TargetEntry *set = rule_target(targets, column->number);
        const char *problem = column_problem(table, column);

        if (set == NULL || set->is_junk || column->is_junk || problem == NULL)
            continue;
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("cannot %s column \"%s\" of view \"%s\"",
                                     command == COMMAND_INSERT ? "insert into" : "update",
                                     column->name, view->name),
                  .detail = problem);
    }
}

static void check(const Query *query, const Relation *view, const Query *inner)
{
    bool sets_columns = query->command != COMMAND_DELETE;
    const char *problem = view_problem(inner, sets_columns);

    if (problem != NULL)
        raise_view(view, query->command, problem);
    if (!sets_columns)
        return;
    check_columns(view, inner,
                  query->on_conflict == NULL
                      ? query->targets
                      : list_concat(list_concat(NULL, query->targets), query->on_conflict->set),
                  query->command);
}

/* ---- The table's entry ---- */

/* A set of the view's columns as one of the table's. */
static BitSet *table_columns(const BitSet *columns, const List *targets)
{
    BitSet *made = NULL;

    for (int bit = -1; (bit = bitset_next(columns, bit)) >= 0;) {
        int attno = bit - COLUMN_SET_SYSTEM;

        list_foreach(const TargetEntry *, entry, targets) {
            if (!entry->is_junk && (attno == 0 || entry->number == attno) &&
                node_is(entry->expr, Var))
                made = bitset_add(made, ((const Var *)(const void *)entry->expr)->attno +
                                            COLUMN_SET_SYSTEM);
        }
    }
    return made;
}

static void take_rights(RangeTblEntry *table, RangeTblEntry *of_view, const Relation *view,
                        const List *targets)
{
    table->check_as_user = view->options->security_invoker ? 0 : view->row->relowner;
    table->required_rights = of_view->required_rights;
    table->inserted_columns = table_columns(of_view->inserted_columns, targets);
    table->updated_columns = table_columns(of_view->updated_columns, targets);
    table->security_conditions = of_view->security_conditions;
    of_view->security_conditions = NULL;
}

static void renumber_targets(const List *own, const List *targets)
{
    list_foreach(TargetEntry *, entry, own) {
        const TargetEntry *column;

        if (entry->is_junk)
            continue;
        column = rule_target(targets, entry->number);
        if (column == NULL || column->is_junk || !node_is(column->expr, Var))
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = err_fmt("attribute number %d not found in view targetlist",
                                         entry->number));
        entry->number = ((const Var *)(const void *)column->expr)->attno;
    }
}

/* ---- EXCLUDED is a row of the table, too ---- */

static void change_excluded(Query *query, Relation *table, const RangeTblEntry *view_rte,
                            const List *targets, int table_index)
{
    OnConflictExpr *conflict = query->on_conflict;
    ReplaceVars how = {.rt_index = conflict->excluded_rt_index, .rte = view_rte};
    List *columns = node_copy(targets);

    renumber_targets(conflict->set, targets);
    query->range_table = list_add(query->range_table, analyzer_excluded_entry(table));
    conflict->excluded_rt_index = list_count(query->range_table);
    conflict->excluded_targets = analyzer_excluded_targets(table, conflict->excluded_rt_index);
    vars_renumber(columns, table_index, conflict->excluded_rt_index);
    how.targets = columns;
    query->on_conflict = vars_replace(conflict, &how);
    query->has_sublinks = query->has_sublinks || how.adds_sublinks;
}

/* ---- Conditions ---- */

/* ON CONFLICT DO UPDATE must not reach rows that the view does not show. */
static void add_conflict_check(Query *query, const Relation *view, const Node *condition)
{
    WithCheckOption *option;

    if (query->command != COMMAND_INSERT || query->on_conflict == NULL ||
        query->on_conflict->action != ON_CONFLICT_UPDATE || condition == NULL)
        return;
    option = node_new(WithCheckOption);
    option->kind = CHECK_VIEW_CONFLICT;
    option->relation = mem_strdup(view->name);
    option->condition = node_copy(condition);
    query->check_options = list_add_first(option, query->check_options);
    query->has_sublinks = query->has_sublinks || vars_have_sublinks(option->condition);
}

static void add_check_option(Query *query, const Relation *view, const Node *condition)
{
    bool has_check = view->options->check_option != '\0';
    bool is_cascaded = view->options->check_option == 'c';
    WithCheckOption *option;

    if (query->check_options != NULL &&
        ((const WithCheckOption *)list_at(query->check_options, 0))->is_cascaded)
        has_check = is_cascaded = true;
    add_conflict_check(query, view, condition);
    if (!has_check || (!is_cascaded && condition == NULL))
        return;
    option = node_new(WithCheckOption);
    option->kind = CHECK_VIEW;
    option->relation = mem_strdup(view->name);
    option->condition = node_copy(condition);
    option->is_cascaded = is_cascaded;
    query->check_options = list_add_first(option, query->check_options);
    query->has_sublinks = query->has_sublinks || vars_have_sublinks(option->condition);
}

static void add_conditions(Query *query, const Relation *view, RangeTblEntry *table,
                           Node *condition)
{
    if (query->command != COMMAND_INSERT && condition != NULL) {
        if (view->options->security_barrier) {
            table->security_conditions =
                list_add_first(node_copy(condition), table->security_conditions);
            query->has_sublinks = query->has_sublinks || vars_have_sublinks(condition);
        } else {
            vars_add_condition(query, condition);
        }
    }
    if (query->command != COMMAND_DELETE)
        add_check_option(query, view, condition);
}

Query *view_change_table(Query *query, const Relation *view)
{
    Query *inner = rewriter_view_query(view);
    RangeTblEntry *view_rte = list_at(query->range_table, query->result_relation - 1), *rte;
    ReplaceVars how = {.rt_index = query->result_relation, .rte = view_rte};
    int inner_index, table_index;
    Relation *table;

    check(query, view, inner);
    inner_index = ((const RangeTblRef *)list_at(inner->from->items, 0))->rt_index;
    rte = list_at(inner->range_table, inner_index - 1);
    lock_relation(rte->relation, LOCK_ROW_EXCLUSIVE);
    table = relation_pin_existing(rte->relation);
    rte->relation_kind = table->kind;
    if (inner->has_sublinks) {
        lock_sublinks(inner->targets);
        lock_sublinks(inner->from);
    }
    rte->lock_mode = LOCK_ROW_EXCLUSIVE;
    query->range_table = list_add(query->range_table, rte);
    table_index = list_count(query->range_table);
    if (query->command == COMMAND_INSERT)
        rte->is_inherited = false;
    vars_renumber(inner->targets, inner_index, table_index);
    take_rights(rte, view_rte, view, inner->targets);
    how.targets = inner->targets;
    query = vars_replace(query, &how);
    rte = list_at(query->range_table, table_index - 1);
    vars_renumber(query, how.rt_index, table_index);
    if (query->command != COMMAND_DELETE)
        renumber_targets(query->targets, inner->targets);
    if (query->on_conflict != NULL && query->on_conflict->action == ON_CONFLICT_UPDATE)
        change_excluded(query, table, view_rte, inner->targets, table_index);
    vars_renumber(inner->from->where, inner_index, table_index);
    add_conditions(query, view, list_at(query->range_table, table_index - 1), inner->from->where);
    relation_unpin(table);
    return query;
}

/* ---- What may be done with a relation ---- */

static unsigned bit_of(CommandKind command)
{
    return 1U << command;
}

static unsigned changes_by(const Relation *rel, bool with_triggers)
{
    static const CommandKind commands[] = {COMMAND_INSERT, COMMAND_UPDATE, COMMAND_DELETE};
    unsigned changes = 0;

    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        if (rule_has_unconditional_instead(rel, commands[i]) ||
            (with_triggers && view_has_instead_trigger(rel, commands[i])))
            changes |= bit_of(commands[i]);
    }
    return changes;
}

/* Of these columns of the view, those that are columns of its table; all without columns. */
static BitSet *changeable(const Query *query, const BitSet *columns)
{
    const RangeTblRef *table = list_at(query->from->items, 0);
    BitSet *made = NULL;

    list_foreach(const TargetEntry *, entry, query->targets) {
        if (column_problem(table, entry) == NULL &&
            (columns == NULL || bitset_has(columns, entry->number + COLUMN_SET_SYSTEM)))
            made = bitset_add(made, entry->number + COLUMN_SET_SYSTEM);
    }
    return made;
}

/* A simple view allows what its table does. */
static unsigned changes_of_table(const Relation *view, bool with_triggers, const BitSet *columns)
{
    const Query *query = rewriter_view_query(view);
    const RangeTblRef *table;
    const RangeTblEntry *rte;
    BitSet *kept;
    unsigned changes;

    if (view_problem(query, false) != NULL)
        return 0;
    table = list_at(query->from->items, 0);
    rte = list_at(query->range_table, table->rt_index - 1);
    kept = changeable(query, columns);
    changes = kept == NULL ? bit_of(COMMAND_DELETE) : REWRITER_ALL_CHANGES;
    if (rte->relation_kind == RELATION_TABLE || rte->relation_kind == RELATION_PARTITIONED_TABLE)
        return changes;
    return changes &
           rewriter_changes(rte->relation, with_triggers, table_columns(kept, query->targets));
}

unsigned rewriter_changes(Oid relation, bool with_triggers, const BitSet *columns)
{
    Relation *rel = relation_open_if_any(relation, LOCK_ACCESS_SHARE);
    unsigned changes;

    node_check_depth();
    if (rel == NULL)
        return 0;
    if (rel->kind == RELATION_TABLE || rel->kind == RELATION_PARTITIONED_TABLE) {
        changes = REWRITER_ALL_CHANGES;
    } else {
        changes = changes_by(rel, with_triggers);
        if (rel->kind == RELATION_VIEW && changes != REWRITER_ALL_CHANGES)
            changes |= changes_of_table(rel, with_triggers, columns);
    }
    relation_close(rel, LOCK_ACCESS_SHARE);
    return changes;
}
