/* rule_check.c - what may be a rule, and of which relation */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/command/relation_name.h"
#include "server/command/rule.h"
#include "server/config/setting.h"
#include "server/node/expr.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/rewriter/rewriter.h"

#define OLD_ENTRY   1
#define NEW_ENTRY   2
#define NAME_RETURN "_RETURN"

/* ---- Relations and names ---- */

void rule_check_table(Oid table, const PgClass *row)
{
    if (row->relkind != RELATION_TABLE && row->relkind != RELATION_PARTITIONED_TABLE &&
        row->relkind != RELATION_VIEW)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("relation \"%s\" cannot have rules", row->relname),
                  .detail = relation_kind_refusal(row->relkind));
    if (!setting.allow_system_table_mods && relation_is_system(table, row->relnamespace))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message =
                      err_fmt("permission denied: \"%s\" is a system catalog", row->relname));
    rights_require_owner(PG_CLASS_CATALOG, table, role_current());
}

void rule_check_name(const Relation *table, const char *name)
{
    if (strcmp(name, NAME_RETURN) == 0)
        err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                  .message = err_fmt("non-view rule for \"%s\" must not be named \"%s\"",
                                     table->name, name));
}

/* ---- Rows that a rule gives ---- */

/* What messages call them. */
typedef struct RowWords {
    const char *list, *entry, *part;
    const char *dropped;
    bool has_names; /* their columns' names must be the relation's, too */
} RowWords;

static const RowWords select_words = {
    .list = "SELECT rule's target list",
    .entry = "SELECT rule's target entry",
    .part = "SELECT target entry",
    .dropped = "cannot convert relation containing dropped columns to view",
    .has_names = true,
};

static const RowWords returning_words = {
    .list = "RETURNING list",
    .entry = "RETURNING list's entry",
    .part = "RETURNING list entry",
    .dropped = "cannot create a RETURNING list for a relation containing dropped columns",
};

static void check_column(const RowWords *words, const TargetEntry *entry, const Column *column,
                         int number)
{
    Oid type = node_expr_type(entry->expr);
    int32_t typmod = node_expr_typmod(entry->expr);

    if (column->is_dropped)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = words->dropped);
    if (words->has_names && strcmp(entry->name, column->name) != 0)
        err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                  .message = err_fmt("%s %d has different column name from column \"%s\"",
                                     words->entry, number, column->name),
                  .detail = err_fmt("%s is named \"%s\".", words->part, entry->name));
    if (type != column->type)
        err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                  .message = err_fmt("%s %d has different type from column \"%s\"", words->entry,
                                     number, column->name),
                  .detail = err_fmt("%s has type %s, but column has type %s.", words->part,
                                    type_shown(type), type_shown(column->type)));
    if (typmod != column->type_mod && typmod != -1)
        err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                  .message = err_fmt("%s %d has different size from column \"%s\"", words->entry,
                                     number, column->name),
                  .detail = err_fmt("%s has type %s, but column has type %s.", words->part,
                                    type_name_with_typmod(type, typmod),
                                    type_name_with_typmod(column->type, column->type_mod)));
}

/* They are rows of the relation. */
static void check_row(const RowWords *words, const List *targets, const Relation *table)
{
    const TupleDesc *desc = table->desc;
    int number = 0;

    list_foreach(const TargetEntry *, entry, targets) {
        if (entry->is_junk)
            continue;
        if (++number > desc->count)
            err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                      .message = err_fmt("%s has too many entries", words->list));
        check_column(words, entry, &desc->columns[number - 1], number);
    }
    if (number != desc->count)
        err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                  .message = err_fmt("%s has too few entries", words->list));
}

/* ---- Actions ---- */

/* At most one action gives rows back, with the columns of the table, in place of the command. */
static void check_returning(const RuleMake *make)
{
    bool has_returning = false;

    list_foreach(const Query *, action, make->actions) {
        if (action->returning == NULL)
            continue;
        if (has_returning)
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = "cannot have multiple RETURNING lists in a rule");
        has_returning = true;
        if (make->condition != NULL)
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = "RETURNING lists are not supported in conditional rules");
        if (!make->is_instead)
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = "RETURNING lists are not supported in non-INSTEAD rules");
        check_row(&returning_words, action->returning, make->table);
    }
}

static void check_select(const RuleMake *make)
{
    const Query *query = list_at(make->actions, 0);
    const char *problem = NULL;

    if (list_count(make->actions) > 1)
        problem = "multiple actions for rules on SELECT are not implemented";
    else if (!make->is_instead || query->command != COMMAND_SELECT)
        problem = "rules on SELECT must have action INSTEAD SELECT";
    else if (query->has_modifying_cte)
        problem = "rules on SELECT must not contain data-modifying statements in WITH";
    else if (make->condition != NULL)
        problem = "event qualifications are not implemented for rules on SELECT";
    if (problem != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = problem);
    check_row(&select_words, query->targets, make->table);
    if (make->table->kind == RELATION_VIEW && !make->is_replace)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("\"%s\" is already a view", make->table->name));
    if (strcmp(make->name, NAME_RETURN) != 0)
        err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                  .message = err_fmt("view rule for \"%s\" must be named \"%s\"",
                                     make->table->name, NAME_RETURN));
    if (make->table->kind != RELATION_VIEW)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "making a view of a table by CREATE RULE is not supported yet");
}

static void check_targets(const RuleMake *make)
{
    list_foreach(Query *, action, make->actions) {
        /* The entries of such an INSERT are others: its query has old and new. */
        if (rewriter_rule_rows(action) != action)
            continue;
        if (action->result_relation == OLD_ENTRY)
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = "rule actions on OLD are not implemented",
                      .hint = "Use views or triggers instead.");
        if (action->result_relation == NEW_ENTRY)
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = "rule actions on NEW are not implemented",
                      .hint = "Use triggers instead.");
    }
}

void rule_check(const RuleMake *make)
{
    rule_check_table(make->table->oid, make->table->row);
    check_targets(make);
    if (make->event == RULE_ON_SELECT) {
        check_select(make);
    } else {
        check_returning(make);
        rule_check_name(make->table, make->name);
    }
}
