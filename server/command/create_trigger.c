/* create_trigger.c - CREATE TRIGGER, DROP TRIGGER, and which of them are called */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/analyzer.h"
#include "server/analyzer/position.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/inval.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/depend.h"
#include "server/command/make.h"
#include "server/command/make_trigger.h"
#include "server/command/relation_name.h"
#include "server/command/trigger_command.h"
#include "server/config/setting.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/trigger/trigger.h"

/* Relation names of the rows in a condition. */
#define OLD_ROW 1
#define NEW_ROW 2

static void check_kind(const CreateTriggerStmt *stmt, const Relation *rel);
static void check_form(const CreateTriggerStmt *stmt);
static Oid find_function(const List *names);
static void take_columns(const CreateTriggerStmt *stmt, const Relation *rel, TriggerMake *make);
static void take_condition(const CreateTriggerStmt *stmt, const Relation *rel, const char *text,
                           TriggerMake *make);
static Oid find_replaced(const CreateTriggerStmt *stmt, const Relation *rel);
static Oid make_constraint(const CreateTriggerStmt *stmt, const Relation *rel);

void command_create_trigger(CommandCall *call)
{
    const CreateTriggerStmt *stmt = (const CreateTriggerStmt *)(const void *)call->statement;
    Oid oid = relation_of_name(stmt->relation, LOCK_SHARE_ROW_EXCLUSIVE, 0, NULL, NULL);
    Relation *rel = relation_open(oid, LOCK_NONE);
    TriggerMake make = {.name = stmt->name,
                        .relation = oid,
                        .type = (unsigned)(stmt->timing | stmt->events) |
                                (stmt->is_row ? (unsigned)TRIGGER_ROW : 0),
                        .is_deferrable = stmt->is_deferrable,
                        .is_deferred = stmt->is_deferred,
                        .args = stmt->args};

    check_kind(stmt, rel);
    if (!setting.allow_system_table_mods && relation_is_system(rel->oid, rel->schema))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = err_fmt("permission denied: \"%s\" is a system catalog", rel->name));
    if (stmt->is_constraint && stmt->references != NULL)
        make.constraint_relation =
            relation_of_name(stmt->references, LOCK_ACCESS_SHARE, 0, NULL, NULL);
    rights_require(PG_CLASS_CATALOG, oid, role_current(), RIGHT_TRIGGER);
    if (make.constraint_relation != 0)
        rights_require(PG_CLASS_CATALOG, make.constraint_relation, role_current(), RIGHT_TRIGGER);
    check_form(stmt);
    take_condition(stmt, rel, call->text, &make);
    make.function = find_function(stmt->function);
    make.replaces = find_replaced(stmt, rel);
    if (stmt->is_constraint)
        make.constraint = make_constraint(stmt, rel);
    if (make.replaces == 0)
        make.oid = trigger_new_oid();
    take_columns(stmt, rel, &make);
    trigger_make(&make);
    relation_close(rel, LOCK_NONE);
}

/* ---- May it be? ---- */

_Noreturn static void raise_kind(const Relation *rel, const char *what, const char *detail)
{
    err_raise(SQLSTATE_WRONG_OBJECT_TYPE, .message = err_fmt("\"%s\" is %s", rel->name, what),
              .detail = detail);
}

static void check_kind(const CreateTriggerStmt *stmt, const Relation *rel)
{
    bool is_instead = stmt->timing == TRIGGER_INSTEAD;

    switch (rel->kind) {
    case RELATION_TABLE:
        if (is_instead)
            raise_kind(rel, "a table", "Tables cannot have INSTEAD OF triggers.");
        return;
    case RELATION_VIEW:
        if (!is_instead && stmt->is_row)
            raise_kind(rel, "a view", "Views cannot have row-level BEFORE or AFTER triggers.");
        if ((stmt->events & TRIGGER_TRUNCATE) != 0)
            raise_kind(rel, "a view", "Views cannot have TRUNCATE triggers.");
        return;
    case RELATION_PARTITIONED_TABLE:
    case RELATION_FOREIGN_TABLE:
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "triggers of partitioned and foreign tables are not supported yet");
    default:
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("relation \"%s\" cannot have triggers", rel->name),
                  .detail = relation_kind_refusal(rel->kind));
    }
}

static void check_form(const CreateTriggerStmt *stmt)
{
    const char *fault = NULL;

    if (stmt->is_row && (stmt->events & TRIGGER_TRUNCATE) != 0)
        fault = "TRUNCATE FOR EACH ROW triggers are not supported";
    else if (stmt->timing == TRIGGER_INSTEAD && !stmt->is_row)
        fault = "INSTEAD OF triggers must be FOR EACH ROW";
    else if (stmt->timing == TRIGGER_INSTEAD && stmt->condition != NULL)
        fault = "INSTEAD OF triggers cannot have WHEN conditions";
    else if (stmt->timing == TRIGGER_INSTEAD && stmt->columns != NULL)
        fault = "INSTEAD OF triggers cannot have column lists";
    else if (stmt->transitions != NULL)
        fault = "transition tables of triggers are not supported yet";
    if (fault != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = fault);
}

/* ---- Its parts ---- */

/* Without parameters, and returning "trigger". */
static Oid find_function(const List *names)
{
    const FuncSearch search = {.names = names};
    const FuncCandidate *found = namespace_functions(&search);
    Oid oid = found != NULL ? found->oid : 0;
    const HeapTuple *row;

    if (oid == 0)
        err_raise(SQLSTATE_UNDEFINED_FUNCTION,
                  .message = err_fmt("function %s() does not exist", namespace_text(names)));
    rights_require(PG_PROC_CATALOG, oid, role_current(), RIGHT_EXECUTE);
    row = syscache_peek(CACHE_PROCOID, datum_of_u32(oid));
    if (CACHE_ROW(PgProc, row)->prorettype != TYPE_TRIGGER)
        err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                  .message =
                      err_fmt("function %s must return type %s", namespace_text(names), "trigger"));
    return oid;
}

static int16_t find_column(const Relation *rel, const char *name)
{
    for (unsigned i = 0; i < rel->desc->count; i++) {
        if (!rel->desc->columns[i].is_dropped && strcmp(rel->desc->columns[i].name, name) == 0)
            return (int16_t)(i + 1);
    }
    err_raise(SQLSTATE_UNDEFINED_COLUMN,
              .message =
                  err_fmt("column \"%s\" of relation \"%s\" does not exist", name, rel->name));
}

static void take_columns(const CreateTriggerStmt *stmt, const Relation *rel, TriggerMake *make)
{
    int16_t *columns = mem_new_array(int16_t, (size_t)list_count(stmt->columns) + 1);

    list_foreach(const String *, name, stmt->columns) {
        int16_t number = find_column(rel, name->value);

        for (unsigned i = 0; i < make->column_count; i++) {
            if (columns[i] == number)
                err_raise(SQLSTATE_DUPLICATE_COLUMN,
                          .message =
                              err_fmt("column \"%s\" specified more than once", name->value));
        }
        columns[make->column_count++] = number;
    }
    make->columns = columns;
}

typedef struct ConditionCheck {
    const CreateTriggerStmt *stmt;
    const Relation *rel;
    const char *text;
} ConditionCheck;

_Noreturn static void raise_condition(const ConditionCheck *c, const Var *var, SqlState state,
                                      const char *message, const char *detail)
{
    err_raise(state, .message = message, .detail = detail,
              .position = text_position(c->text, var->loc));
}

static bool has_generated(const Relation *rel)
{
    return rel->desc->extra != NULL && rel->desc->extra->has_stored_generated;
}

static void check_new(const ConditionCheck *c, const Var *var)
{
    const Column *column = var->attno > 0 ? &c->rel->desc->columns[var->attno - 1] : NULL;

    if ((c->stmt->events & TRIGGER_DELETE) != 0)
        raise_condition(c, var, SQLSTATE_INVALID_OBJECT_DEFINITION,
                        "DELETE trigger's WHEN condition cannot reference NEW values", NULL);
    if (c->stmt->timing != TRIGGER_BEFORE)
        return;
    if (var->attno < 0)
        raise_condition(c, var, SQLSTATE_FEATURE_NOT_SUPPORTED,
                        "BEFORE trigger's WHEN condition cannot reference NEW system columns",
                        NULL);
    if (var->attno == 0 && has_generated(c->rel))
        raise_condition(c, var, SQLSTATE_INVALID_OBJECT_DEFINITION,
                        "BEFORE trigger's WHEN condition cannot reference NEW generated columns",
                        "A whole-row reference is used and the table contains generated columns.");
    if (column != NULL && column->generated != '\0')
        raise_condition(c, var, SQLSTATE_INVALID_OBJECT_DEFINITION,
                        "BEFORE trigger's WHEN condition cannot reference NEW generated columns",
                        err_fmt("Column \"%s\" is a generated column.", column->name));
}

static bool check_var(Node *node, void *arg)
{
    const ConditionCheck *c = arg;
    const Var *var = (const Var *)(const void *)node;

    if (node == NULL)
        return false;
    if (!node_is(node, Var))
        return node_walk(node, check_var, arg);
    if (!c->stmt->is_row)
        raise_condition(c, var, SQLSTATE_INVALID_OBJECT_DEFINITION,
                        "statement trigger's WHEN condition cannot reference column values", NULL);
    if (var->rt_index == OLD_ROW && (c->stmt->events & TRIGGER_INSERT) != 0)
        raise_condition(c, var, SQLSTATE_INVALID_OBJECT_DEFINITION,
                        "INSERT trigger's WHEN condition cannot reference OLD values", NULL);
    if (var->rt_index == NEW_ROW)
        check_new(c, var);
    return false;
}

/* The rows as relations, for what the condition depends on. */
static const List *condition_tables(const Relation *rel)
{
    RangeTblEntry *old = node_new(RangeTblEntry), *new = node_new(RangeTblEntry);

    old->kind = new->kind = RTE_RELATION;
    old->relation = new->relation = rel->oid;
    old->relation_kind = new->relation_kind = rel->kind;
    return list_of2(old, new);
}

static void take_condition(const CreateTriggerStmt *stmt, const Relation *rel, const char *text,
                           TriggerMake *make)
{
    ConditionCheck check = {.stmt = stmt, .rel = rel, .text = text};
    Node *condition;

    if (stmt->condition == NULL)
        return;
    condition = analyzer_trigger_when(rel, node_copy(stmt->condition), text);
    check_var(condition, &check);
    make->condition = condition;
    make->condition_tables = condition_tables(rel);
}

static Oid find_replaced(const CreateTriggerStmt *stmt, const Relation *rel)
{
    Oid oid = trigger_find(rel->oid, stmt->name);
    const RelationTriggers *all = relation_triggers((Relation *)(uintptr_t)rel);

    if (oid == 0)
        return 0;
    if (!stmt->is_replace)
        err_raise(SQLSTATE_DUPLICATE_OBJECT,
                  .message = err_fmt("trigger \"%s\" for relation \"%s\" already exists",
                                     stmt->name, rel->name));
    for (unsigned i = 0; i < all->count; i++) {
        if (all->list[i].oid != oid)
            continue;
        if (all->list[i].is_internal)
            err_raise(SQLSTATE_DUPLICATE_OBJECT,
                      .message = err_fmt("trigger \"%s\" for relation \"%s\" is an internal or a "
                                         "child trigger",
                                         stmt->name, rel->name));
        if (all->list[i].constraint != 0)
            err_raise(SQLSTATE_DUPLICATE_OBJECT,
                      .message = err_fmt("trigger \"%s\" for relation \"%s\" is a constraint "
                                         "trigger",
                                         stmt->name, rel->name));
    }
    return oid;
}

static Oid make_constraint(const CreateTriggerStmt *stmt, const Relation *rel)
{
    const ConstraintMake make = {.name = stmt->name,
                                 .schema = rel->schema,
                                 .kind = 't',
                                 .is_deferrable = stmt->is_deferrable,
                                 .is_deferred = stmt->is_deferred,
                                 .is_valid = true,
                                 .is_no_inherit = true,
                                 .relation = rel->oid,
                                 .is_local = true};

    return constraint_make(&make);
}

/* ---- ENABLE and DISABLE ---- */

static bool is_meant(const PgTrigger *t, const char *name, bool is_user_only)
{
    if (name != NULL)
        return strcmp(t->tgname, name) == 0;
    return !is_user_only || !t->tgisinternal;
}

void trigger_set_enabled(Relation *rel, const char *name, char enabled, bool is_user_only)
{
    const CatalogKey key = {.column = PG_TRIGGER_COL_TGRELID, .value = datum_of_u32(rel->oid)};
    CatalogChange *change = catalog_change_begin(PG_TRIGGER_CATALOG);
    CatalogScan *scan =
        catalog_scan_begin(PG_TRIGGER_CATALOG, PG_TRIGGER_TGRELID_TGNAME_INDEX, 1, &key);
    bool is_found = false, is_changed = false;
    const HeapTuple *old;

    while ((old = catalog_scan_next(scan)) != NULL) {
        const PgTrigger *t = CACHE_ROW(PgTrigger, old);
        CatalogRow row;

        if (!is_meant(t, name, is_user_only))
            continue;
        if (t->tgisinternal && !role_is_superuser(role_current()))
            err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                      .message =
                          err_fmt("permission denied: \"%s\" is a system trigger", t->tgname));
        is_found = true;
        if (t->tgenabled == enabled)
            continue;
        catalog_row_init(&row);
        catalog_set_char(&row, PG_TRIGGER_COL_TGENABLED, enabled);
        catalog_update(change, old, &row);
        is_changed = true;
    }
    catalog_scan_end(scan);
    catalog_change_end(change);
    if (name != NULL && !is_found)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message =
                      err_fmt("trigger \"%s\" for table \"%s\" does not exist", name, rel->name));
    if (is_changed)
        inval_note_relation(rel->oid, rel->is_shared);
}

/* ---- By name ---- */

void trigger_rename(const RenameStmt *stmt)
{
    Oid table =
        relation_of_name(stmt->relation, LOCK_ACCESS_EXCLUSIVE, 0, relation_check_owner, NULL);
    Relation *rel = relation_open(table, LOCK_NONE);
    Oid oid;
    const CatalogKey key = {.column = PG_TRIGGER_COL_TGRELID, .value = datum_of_u32(table)};
    CatalogChange *change;
    CatalogScan *scan;
    const HeapTuple *old;

    oid = trigger_find(table, stmt->old_name);
    if (oid == 0)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("trigger \"%s\" for table \"%s\" does not exist",
                                     stmt->old_name, rel->name));
    if (trigger_find(table, stmt->new_name) != 0)
        err_raise(SQLSTATE_DUPLICATE_OBJECT,
                  .message = err_fmt("trigger \"%s\" for relation \"%s\" already exists",
                                     stmt->new_name, rel->name));
    change = catalog_change_begin(PG_TRIGGER_CATALOG);
    scan = catalog_scan_begin(PG_TRIGGER_CATALOG, PG_TRIGGER_TGRELID_TGNAME_INDEX, 1, &key);
    while ((old = catalog_scan_next(scan)) != NULL) {
        CatalogRow row;

        if (CACHE_ROW(PgTrigger, old)->oid != oid)
            continue;
        catalog_row_init(&row);
        catalog_set_name(&row, PG_TRIGGER_COL_TGNAME, stmt->new_name);
        catalog_update(change, old, &row);
        break;
    }
    catalog_scan_end(scan);
    catalog_change_end(change);
    inval_note_relation(table, rel->is_shared);
    relation_close(rel, LOCK_NONE);
}
