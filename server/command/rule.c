/* rule.c - CREATE RULE, and how a rule is put into pg_rewrite */
#include "common/base/base.h"

#include "server/command/rule.h"

#include <string.h>

#include "common/err/err.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/catalog_change.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/inval.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/make.h"
#include "server/command/relation_name.h"
#include "server/command/table_use.h"
#include "server/config/setting.h"
#include "server/node/expr.h"
#include "server/node/text_write.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/rewriter/rewriter.h"

#define OLD_ENTRY   1
#define NEW_ENTRY   2
#define NAME_RETURN "_RETURN"

static void check_table(const Relation *table);
static void check_actions(const RuleMake *make);

void command_create_rule(CommandCall *call)
{
    const RuleStmt *stmt = (const RuleStmt *)(const void *)call->statement;
    Oid oid = relation_of_name(stmt->relation, LOCK_ACCESS_EXCLUSIVE, 0, NULL, NULL);
    Relation *table = relation_open(oid, LOCK_NONE);
    RuleStmt *copy = node_copy(stmt);
    RuleMake make = {.table = table,
                     .name = stmt->name,
                     .event = stmt->event,
                     .is_instead = stmt->is_instead,
                     .is_replace = stmt->is_replace};

    if (table->kind == RELATION_MATERIALIZED_VIEW)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "rules on materialized views are not supported");
    if (copy->condition != NULL)
        make.condition = analyzer_rule_condition(table, copy, call->text);
    make.actions = analyzer_rule_actions(table, copy, make.condition, call->text);
    check_table(table);
    check_actions(&make);
    rule_make(&make);
    relation_close(table, LOCK_NONE);
}

/* ---- What may be a rule ---- */

static void check_table(const Relation *table)
{
    if (table->kind != RELATION_TABLE && table->kind != RELATION_PARTITIONED_TABLE &&
        table->kind != RELATION_VIEW)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("relation \"%s\" cannot have rules", table->name),
                  .detail = relation_kind_refusal(table->kind));
    if (!setting.allow_system_table_mods &&
        relation_is_system(table->oid, table->row->relnamespace))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = err_fmt("permission denied: \"%s\" is a system catalog", table->name));
    rights_require_owner(PG_CLASS_CATALOG, table->oid, role_current());
}

static void check_column(const Node *expr, const Column *column, int number)
{
    Oid type = node_expr_type(expr);
    int32_t typmod = node_expr_typmod(expr);

    if (column->is_dropped)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot create a RETURNING list for a relation containing dropped "
                             "columns");
    if (type != column->type)
        err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                  .message = err_fmt("RETURNING list's entry %d has different type from column "
                                     "\"%s\"",
                                     number, column->name),
                  .detail = err_fmt("RETURNING list entry has type %s, but column has type %s.",
                                    type_shown(type), type_shown(column->type)));
    if (typmod != column->type_mod && typmod != -1)
        err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                  .message = err_fmt("RETURNING list's entry %d has different size from column "
                                     "\"%s\"",
                                     number, column->name),
                  .detail = err_fmt("RETURNING list entry has type %s, but column has type %s.",
                                    type_name_with_typmod(type, typmod),
                                    type_name_with_typmod(column->type, column->type_mod)));
}

/* What is returned are rows of the table. */
static void check_row(const List *returning, const Relation *table)
{
    const TupleDesc *desc = table->desc;
    int number = 0;

    list_foreach(const TargetEntry *, entry, returning) {
        if (entry->is_junk)
            continue;
        if (++number > desc->count)
            err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                      .message = "RETURNING list has too many entries");
        check_column(entry->expr, &desc->columns[number - 1], number);
    }
    if (number != desc->count)
        err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                  .message = "RETURNING list has too few entries");
}

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
        check_row(action->returning, make->table);
    }
}

static void check_actions(const RuleMake *make)
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
    if (make->event == RULE_ON_SELECT)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "CREATE RULE ... ON SELECT is not supported yet");
    check_returning(make);
    if (strcmp(make->name, NAME_RETURN) == 0)
        err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                  .message = err_fmt("non-view rule for \"%s\" must not be named \"%s\"",
                                     make->table->name, make->name));
}

/* ---- pg_rewrite ---- */

static char event_char(RuleEvent event)
{
    switch (event) {
    case RULE_ON_SELECT:
        return '1';
    case RULE_ON_UPDATE:
        return '2';
    case RULE_ON_INSERT:
        return '3';
    default:
        return '4';
    }
}

static void fill(CatalogRow *row, const RuleMake *make)
{
    catalog_row_init(row);
    catalog_set_char(row, PG_REWRITE_COL_EV_TYPE, event_char(make->event));
    catalog_set_bool(row, PG_REWRITE_COL_IS_INSTEAD, make->is_instead);
    catalog_set_text(row, PG_REWRITE_COL_EV_QUAL,
                     make->condition == NULL ? "<>" : node_write_text(make->condition));
    catalog_set_text(row, PG_REWRITE_COL_EV_ACTION, node_write_text(make->actions));
}

static Oid insert(const RuleMake *make)
{
    CatalogChange *change = catalog_change_begin(PG_REWRITE_CATALOG);
    Oid oid = catalog_new_oid(PG_REWRITE_CATALOG, PG_REWRITE_OID_INDEX, PG_REWRITE_COL_OID);
    CatalogRow row;

    fill(&row, make);
    catalog_set_u32(&row, PG_REWRITE_COL_OID, oid);
    catalog_set_name(&row, PG_REWRITE_COL_RULENAME, make->name);
    catalog_set_u32(&row, PG_REWRITE_COL_EV_CLASS, make->table->oid);
    catalog_set_char(&row, PG_REWRITE_COL_EV_ENABLED, 'O');
    catalog_insert(change, &row);
    catalog_change_end(change);
    return oid;
}

static Oid update(const RuleMake *make, const HeapTuple *old)
{
    CatalogChange *change = catalog_change_begin(PG_REWRITE_CATALOG);
    ObjectAddress rule = object_address(PG_REWRITE_CATALOG, CACHE_ROW(PgRewrite, old)->oid);
    CatalogRow row;

    fill(&row, make);
    catalog_update(change, old, &row);
    catalog_change_end(change);
    depend_forget(&rule);
    return rule.oid;
}

static Oid insert_or_update(const RuleMake *make)
{
    const HeapTuple *old = syscache_pin2(CACHE_RULERELNAME, datum_of_u32(make->table->oid),
                                         datum_of_pointer(make->name));
    Oid oid;

    if (old == NULL)
        return insert(make);
    if (!make->is_replace)
        err_raise(SQLSTATE_DUPLICATE_OBJECT,
                  .message = err_fmt("rule \"%s\" for relation \"%s\" already exists", make->name,
                                     make->table->name));
    oid = update(make, old);
    syscache_unpin(old);
    return oid;
}

/* The table is to be read anew by all, though it may have had rules before. */
static void mark_table(const Relation *table)
{
    CatalogRow row;

    catalog_row_init(&row);
    catalog_set_bool(&row, PG_CLASS_COL_RELHASRULES, true);
    relation_update_class(table->oid, &row);
}

void rule_make(const RuleMake *make)
{
    const ObjectAddress of = object_address(PG_CLASS_CATALOG, make->table->oid);
    ObjectAddress rule = object_address(PG_REWRITE_CATALOG, insert_or_update(make));
    const Query *first = list_at(make->actions, 0);

    depend_note(&rule, &of, make->event == RULE_ON_SELECT ? DEPEND_INTERNAL : DEPEND_AUTO);
    depend_note_expr(&rule, (const Node *)(const void *)make->actions, NULL, DEPEND_NORMAL);
    if (make->condition != NULL)
        depend_note_expr(&rule, make->condition, first->range_table, DEPEND_NORMAL);
    mark_table(make->table);
}

void rule_set_enabled(const Relation *table, const char *name, RuleEnabled enabled)
{
    const HeapTuple *old =
        syscache_pin2(CACHE_RULERELNAME, datum_of_u32(table->oid), datum_of_pointer(name));
    CatalogChange *change;
    CatalogRow row;

    if (old == NULL)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("rule \"%s\" for relation \"%s\" does not exist", name,
                                     table->name));
    if (CACHE_ROW(PgRewrite, old)->ev_enabled != (char)enabled) {
        change = catalog_change_begin(PG_REWRITE_CATALOG);
        catalog_row_init(&row);
        catalog_set_char(&row, PG_REWRITE_COL_EV_ENABLED, (char)enabled);
        catalog_update(change, old, &row);
        catalog_change_end(change);
        inval_note_relation(table->oid, table->is_shared);
    }
    syscache_unpin(old);
}

Oid rule_find(Oid relation, const char *name)
{
    const HeapTuple *row =
        syscache_peek2(CACHE_RULERELNAME, datum_of_u32(relation), datum_of_pointer(name));

    return row == NULL ? 0 : CACHE_ROW(PgRewrite, row)->oid;
}

void rule_remove(Oid rule)
{
    const CatalogKey key = {.column = PG_REWRITE_COL_OID, .value = datum_of_u32(rule)};
    CatalogScan *scan = catalog_scan_begin(PG_REWRITE_CATALOG, PG_REWRITE_OID_INDEX, 1, &key);
    const HeapTuple *row = catalog_scan_next(scan);

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("could not find tuple for rule %u", rule));
    table_remove_part(PG_REWRITE_CATALOG, row, CACHE_ROW(PgRewrite, row)->ev_class);
    catalog_scan_end(scan);
}
