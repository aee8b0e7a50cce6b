/* rule.c - CREATE RULE, and how a rule is put into pg_rewrite */
#include "common/base/base.h"

#include "server/command/rule.h"

#include "common/err/err.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/catalog_change.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/inval.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/make.h"
#include "server/command/relation_name.h"
#include "server/command/table_use.h"
#include "server/config/setting.h"
#include "server/node/text_write.h"
#include "server/object/rights.h"
#include "server/object/role.h"

void command_create_rule(CommandCall *call)
{
    const RuleStmt *stmt = (const RuleStmt *)(const void *)call->statement;
    Oid oid = relation_of_name(stmt->relation, LOCK_ACCESS_EXCLUSIVE, 0, NULL, NULL);
    Relation *table = table_open(oid, LOCK_NONE);
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
    rule_check(&make);
    rule_make(&make);
    relation_close(table, LOCK_NONE);
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

/* ---- ALTER RULE ... RENAME TO ---- */

static void check_renamed(const RangeVar *var UNUSED, Oid relation, void *arg UNUSED)
{
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(relation));

    if (row != NULL)
        rule_check_table(relation, CACHE_ROW(PgClass, row));
}

static const HeapTuple *pin_rule(const Relation *table, const char *name)
{
    const HeapTuple *row =
        syscache_pin2(CACHE_RULERELNAME, datum_of_u32(table->oid), datum_of_pointer(name));

    if (row == NULL)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("rule \"%s\" for relation \"%s\" does not exist", name,
                                     table->name));
    return row;
}

void rule_rename(const RenameStmt *stmt)
{
    Oid oid = relation_of_name(stmt->relation, LOCK_ACCESS_EXCLUSIVE, 0, check_renamed, NULL);
    Relation *table = relation_open(oid, LOCK_NONE);
    const HeapTuple *old = pin_rule(table, stmt->old_name);
    CatalogChange *change;
    CatalogRow row;

    if (rule_find(oid, stmt->new_name) != 0)
        err_raise(SQLSTATE_DUPLICATE_OBJECT,
                  .message = err_fmt("rule \"%s\" for relation \"%s\" already exists",
                                     stmt->new_name, table->name));
    if (CACHE_ROW(PgRewrite, old)->ev_type == event_char(RULE_ON_SELECT))
        err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                  .message = "renaming an ON SELECT rule is not allowed");
    rule_check_name(table, stmt->new_name);
    change = catalog_change_begin(PG_REWRITE_CATALOG);
    catalog_row_init(&row);
    catalog_set_name(&row, PG_REWRITE_COL_RULENAME, stmt->new_name);
    catalog_update(change, old, &row);
    catalog_change_end(change);
    inval_note_relation(oid, table->is_shared);
    syscache_unpin(old);
    relation_close(table, LOCK_NONE);
}

void rule_set_enabled(const Relation *table, const char *name, RuleEnabled enabled)
{
    const HeapTuple *old = pin_rule(table, name);
    CatalogChange *change;
    CatalogRow row;

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
