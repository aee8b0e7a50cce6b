/*
 * alter_table.c - ALTER TABLE: its actions are done pass by pass, whatever their order is
 *
 * What goes, goes first; then columns are added, then what is said of them, then indexes, then
 * constraints and the rest. What the rows have to agree with is looked at last.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/heap/heap.h"
#include "server/cache/cache.h"
#include "server/cache/inval.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/alter_action.h"
#include "server/command/alter_column.h"
#include "server/command/alter_identity.h"
#include "server/command/alter_relation.h"
#include "server/command/alter_type.h"
#include "server/command/command_int.h"
#include "server/command/depend.h"
#include "server/command/depend_drop.h"
#include "server/command/foreign_key.h"
#include "server/command/key_of_index.h"
#include "server/command/make.h"
#include "server/command/move_relation.h"
#include "server/command/object.h"
#include "server/command/owner.h"
#include "server/command/relation_name.h"
#include "server/command/relation_option.h"
#include "server/command/rule.h"
#include "server/command/sequence.h"
#include "server/command/table_parts.h"
#include "server/command/table_rewrite.h"
#include "server/command/table_use.h"
#include "server/command/trigger_command.h"
#include "server/command/type_use.h"
#include "server/expr/expr.h"
#include "server/ipc/interrupt.h"
#include "server/trigger/trigger.h"
#include "server/txn/txn.h"

typedef struct Alter {
    const AlterTableStmt *stmt;
    const char *text;
    Oid table; /* or another relation */
    LockMode lock;
    const TupleDesc *rows_desc; /* of rows as they are before */
    bool is_composite;          /* a type by itself: it has no rows */
    bool changes_attribute;     /* of it: whether bytes change or not */
    char was, persistence;      /* that the table has, and is to have */
    Oid tablespace;             /* that it is to go to; 0: it stays */
    RowRules rules;
} Alter;

static void prepare(Alter *alter, Relation *rel, const AlterTableCmd *action);
static void rewrite(Alter *alter);
static void run(Alter *alter, const AlterTableCmd *action);
static void look_at_rows(const Alter *alter);
static void refuse_kind(const Relation *rel);
static void set_persistence(Alter *alter, Relation *rel, bool is_logged);
static void change_sequences(const Alter *alter);

void command_alter_table(CommandCall *call)
{
    Alter alter = {.stmt = (const AlterTableStmt *)(const void *)call->statement,
                   .text = call->text};
    const RangeVar *var = alter.stmt->relation;
    Relation *rel;

    if (alter_relation_try(alter.stmt))
        return;
    alter.lock = alter_actions_lock(alter.stmt->actions);
    alter.table = relation_of_name(var, alter.lock,
                                   alter.stmt->is_missing_ok ? RELATION_MISSING_OK : 0,
                                   alter_relation_check, (void *)(uintptr_t)alter.stmt);
    if (alter.table == 0) {
        err_log(ERR_NOTICE,
                .message = err_fmt("relation \"%s\" does not exist, skipping", var->relation));
        return;
    }
    row_rules_init(&alter.rules);
    rel = relation_open(alter.table, LOCK_NONE);
    alter.rows_desc = tuple_desc_copy(rel->desc);
    alter.is_composite = rel->kind == RELATION_COMPOSITE_TYPE;
    alter.was = alter.persistence = rel->persistence;
    table_require_unused(rel, "ALTER TABLE");
    refuse_kind(rel);
    list_foreach(const AlterTableCmd *, action, alter.stmt->actions)
        prepare(&alter, rel, action);
    relation_close(rel, LOCK_NONE);
    for (AlterPass pass = 0; pass < PASS_COUNT; pass++) {
        if (pass == PASS_REWRITE)
            rewrite(&alter);
        list_foreach(const AlterTableCmd *, action, alter.stmt->actions) {
            if (alter_action_pass(action) == pass) {
                run(&alter, action);
                txn_advance_command();
            }
        }
    }
    look_at_rows(&alter);
    if (alter.tablespace != 0 && !alter.rules.rewrites)
        relation_move(alter.table, alter.tablespace);
    rel = relation_open(alter.table, LOCK_NONE);
    array_foreach(const Oid, constraint, &alter.rules.foreign_keys)
        trigger_validate_foreign_key(rel, *constraint);
    relation_close(rel, LOCK_NONE);
    change_sequences(&alter);
}

/* Rows of theirs are elsewhere, too. */
static void refuse_kind(const Relation *rel)
{
    const char *what = NULL;

    if (rel->kind == RELATION_PARTITIONED_TABLE || rel->kind == RELATION_PARTITIONED_INDEX)
        what = "what is partitioned";
    else if (rel->kind == RELATION_FOREIGN_TABLE)
        what = "foreign tables";
    else if (rel->row->relispartition || (rel->row->relhassubclass && rel->index == NULL))
        what = "tables with children or parents";
    if (what != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("ALTER TABLE of %s is not supported yet", what));
}

/* What is asked before anything is done. */
static void prepare(Alter *alter, Relation *rel, const AlterTableCmd *action)
{
    alter_action_require_kind(action, rel);
    if (alter_action_pass(action) == PASS_NONE)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "this form of ALTER TABLE is not supported yet");
    switch (action->action) {
    case AT_SET_LOGGED:
    case AT_SET_UNLOGGED:
        set_persistence(alter, rel, action->action == AT_SET_LOGGED);
        break;
    case AT_SET_TABLESPACE:
        if (alter->tablespace != 0)
            err_raise(SQLSTATE_SYNTAX_ERROR,
                      .message = "cannot have multiple SET TABLESPACE subcommands");
        alter->tablespace = relation_move_target(action->name);
        break;
    case AT_SET_ACCESS_METHOD:
        /* There is no other one that it could go to. */
        table_require_heap(action->name);
        break;
    default:
        break;
    }
}

/* As pg_class has it. */
static Oid tablespace_of_rewrite(const Alter *alter)
{
    Relation *rel = relation_open(alter->table, LOCK_NONE);
    Oid tablespace = rel->row->reltablespace;

    if (alter->tablespace != 0 && relation_may_move(rel, alter->tablespace))
        tablespace = alter->tablespace == cache_database_tablespace() ? 0 : alter->tablespace;
    relation_close(rel, LOCK_NONE);
    return tablespace;
}

/* Rows of it may be values elsewhere, and these are not looked for. */
static void refuse_uses(const Alter *alter)
{
    Relation *rel;
    TypeUse of;

    if (!alter->changes_attribute && alter->rules.values.count == 0)
        return;
    rel = relation_open(alter->table, LOCK_NONE);
    of = (TypeUse){.name = rel->name, .is_table = !alter->is_composite};
    type_refuse_uses(rel->row->reltype, &of);
    relation_close(rel, LOCK_NONE);
}

/*
 * Fields that are gone in the meantime are as if they had never been, so rows are read as they were
 * when the statement began.
 */
static void rewrite(Alter *alter)
{
    TableRewrite how = {.table = alter->table,
                        .persistence = alter->persistence,
                        .rows_desc = alter->rows_desc,
                        .values = &alter->rules.values};

    refuse_uses(alter);
    if (alter->is_composite)
        return;
    if (alter->rules.rewrites) {
        how.tablespace = tablespace_of_rewrite(alter);
        table_rewrite(&how);
    }
    column_make_again(&alter->rules);
    array_foreach(TableParts *, parts, &alter->rules.late)
        table_parts_make_keys(*parts, alter->table);
}

/* ---- Actions ---- */

/* Rows that are there are looked at in the end. */
static void set_not_null(Alter *alter, Relation *rel, const char *name)
{
    int16_t number = column_number(rel, name);

    if (column_set_not_null(rel, number, true))
        *(int16_t *)array_push(&alter->rules.not_null) = number;
}

static void add_key(Alter *alter, Relation *rel, const Constraint *key)
{
    TableParts parts;

    if (key->index_name != NULL) {
        key_make_of_index(rel, key, alter->text, &alter->rules);
        return;
    }
    table_parts_init(&parts, alter->text, rel->name, rel->schema, rel);
    table_parts_add(&parts, (const Node *)(const void *)key);
    table_parts_finish(&parts);
    if (key->kind == CONSTR_PRIMARY) {
        list_foreach(const String *, name, key->keys)
            set_not_null(alter, rel, name->value);
        txn_advance_command();
    }
    table_parts_make_keys(&parts, rel->oid);
}

static void add_check(Alter *alter, Relation *rel, const Constraint *check)
{
    /* Without the text: PostgreSQL tells of no place here. */
    const TableParts parts = {.table_name = rel->name, .table = rel};

    table_add_checks(&parts, rel, list_of((void *)(uintptr_t)check), &alter->rules.checks);
}

static void add_foreign_key(Alter *alter, Relation *rel, const Constraint *key)
{
    Oid constraint = foreign_key_make(rel, key, !key->is_not_valid);

    if (!key->is_not_valid)
        *(Oid *)array_push(&alter->rules.foreign_keys) = constraint;
}

static void add_constraint(Alter *alter, Relation *rel, const Constraint *constraint)
{
    if (constraint->kind == CONSTR_CHECK)
        add_check(alter, rel, constraint);
    else if (constraint->kind == CONSTR_FOREIGN)
        add_foreign_key(alter, rel, constraint);
    else
        add_key(alter, rel, constraint);
}

static const PgConstraint *constraint_row(Oid oid)
{
    return CACHE_ROW(PgConstraint, syscache_peek(CACHE_CONSTROID, datum_of_u32(oid)));
}

/* Rows that are there agree with it, as is seen in the end. */
static void mark_valid(Oid constraint)
{
    CatalogRow row;

    catalog_row_init(&row);
    catalog_set_bool(&row, PG_CONSTRAINT_COL_CONVALIDATED, true);
    object_update_row(PG_CONSTRAINT_CATALOG, CACHE_CONSTROID, constraint, &row);
}

static void validate_constraint(Alter *alter, const Relation *rel, const AlterTableCmd *action)
{
    Oid oid = constraint_find(rel->oid, action->name);
    char kind;

    if (oid == 0)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("constraint \"%s\" of relation \"%s\" does not exist",
                                     action->name, rel->name));
    kind = constraint_row(oid)->contype;
    if (kind != 'f' && kind != 'c')
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("constraint \"%s\" of relation \"%s\" is not a foreign key or "
                                     "check constraint",
                                     action->name, rel->name));
    if (constraint_row(oid)->convalidated)
        return;
    if (kind == 'f') {
        *(Oid *)array_push(&alter->rules.foreign_keys) = oid;
    } else {
        AddedCheck *check = array_push(&alter->rules.checks);

        *check = (AddedCheck){mem_strdup(constraint_row(oid)->conname), constraint_expr(oid)};
        inval_note_relation(rel->oid, rel->is_shared);
    }
    mark_valid(oid);
}

/* A foreign key has triggers on the other table, which must not be in use either. */
static void check_other_table(Oid constraint, const Relation *rel)
{
    Oid other = constraint_row(constraint)->confrelid;
    Relation *pk;

    if (constraint_row(constraint)->contype != 'f' || other == rel->oid)
        return;
    pk = relation_open(other, LOCK_ACCESS_EXCLUSIVE);
    table_require_unused(pk, "ALTER TABLE");
    relation_close(pk, LOCK_NONE);
}

/* The table is closed before the constraint goes. */
static void drop_constraint(Relation *rel, const AlterTableCmd *action)
{
    Oid oid = constraint_find(rel->oid, action->name);
    ObjectAddress object;

    if (oid == 0) {
        if (!action->is_missing_ok)
            err_raise(SQLSTATE_UNDEFINED_OBJECT,
                      .message = err_fmt("constraint \"%s\" of relation \"%s\" does not exist",
                                         action->name, rel->name));
        err_log(ERR_NOTICE,
                .message = err_fmt("constraint \"%s\" of relation \"%s\" does not exist, skipping",
                                   action->name, rel->name));
        relation_close(rel, LOCK_NONE);
        return;
    }
    check_other_table(oid, rel);
    relation_close(rel, LOCK_NONE);
    object = object_address(PG_CONSTRAINT_CATALOG, oid);
    object_drop(&object, action->behavior, 0);
}

static void set_rule(Relation *rel, const AlterTableCmd *action)
{
    rule_set_enabled(rel, action->name,
                     action->action == AT_ENABLE_RULE          ? RULE_FIRES_ON_ORIGIN
                     : action->action == AT_ENABLE_ALWAYS_RULE ? RULE_FIRES_ALWAYS
                     : action->action == AT_DISABLE_RULE       ? RULE_DISABLED
                                                               : RULE_FIRES_ON_REPLICA);
}

static void set_triggers(Relation *rel, const AlterTableCmd *action)
{
    char enabled = 'O';

    switch (action->action) {
    case AT_ENABLE_ALWAYS_TRIGGER:
        enabled = 'A';
        break;
    case AT_ENABLE_REPLICA_TRIGGER:
        enabled = 'R';
        break;
    case AT_DISABLE_TRIGGER:
    case AT_DISABLE_TRIGGER_ALL:
    case AT_DISABLE_TRIGGER_USER:
        enabled = 'D';
        break;
    default:
        break;
    }
    trigger_set_enabled(rel, action->name, enabled,
                        action->action == AT_ENABLE_TRIGGER_USER ||
                            action->action == AT_DISABLE_TRIGGER_USER);
}

static void run(Alter *alter, const AlterTableCmd *action)
{
    Relation *rel = relation_open(alter->table, LOCK_NONE);
    const Constraint *constraint = (const Constraint *)(const void *)action->definition;

    switch (action->action) {
    case AT_ADD_COLUMN:
        column_add(rel, (const ColumnDef *)(const void *)action->definition, alter->text,
                   action->is_missing_ok, &alter->rules);
        break;
    case AT_COLUMN_DEFAULT:
        column_set_default(rel, action->name, action->definition, alter->text);
        break;
    case AT_ALTER_TYPE:
        alter->changes_attribute = alter->changes_attribute || alter->is_composite;
        column_alter_type(rel, action, alter->text, &alter->rules);
        return;
    case AT_DROP_NOT_NULL:
        column_drop_not_null(rel, action->name);
        break;
    case AT_SET_NOT_NULL:
        set_not_null(alter, rel, action->name);
        break;
    case AT_SET_STATISTICS:
        column_set_statistics(rel, action);
        break;
    case AT_SET_STORAGE:
        column_set_storage(rel, action);
        break;
    case AT_DROP_COLUMN:
        column_drop(rel, action);
        return;
    case AT_ADD_CONSTRAINT:
        add_constraint(alter, rel, constraint);
        break;
    case AT_DROP_CONSTRAINT:
        drop_constraint(rel, action);
        return;
    case AT_ALTER_CONSTRAINT:
        foreign_key_set_deferral(rel, constraint);
        break;
    case AT_ADD_IDENTITY:
        column_add_identity(rel, action, alter->text);
        break;
    case AT_DROP_IDENTITY:
        column_drop_identity(rel, action);
        return;
    case AT_DROP_EXPRESSION:
        column_drop_expression(rel, action);
        break;
    case AT_SET_COMPRESSION:
        column_set_compression(rel, action);
        break;
    case AT_CLUSTER_ON:
    case AT_DROP_CLUSTER: /* which has no name */
        table_set_cluster(rel, action->name);
        break;
    case AT_REPLICA_IDENTITY:
        table_set_replica_identity(rel, (const ReplicaIdentity *)(const void *)action->definition);
        break;
    case AT_VALIDATE_CONSTRAINT:
        validate_constraint(alter, rel, action);
        break;
    case AT_ENABLE_TRIGGER:
    case AT_ENABLE_ALWAYS_TRIGGER:
    case AT_ENABLE_REPLICA_TRIGGER:
    case AT_ENABLE_TRIGGER_ALL:
    case AT_ENABLE_TRIGGER_USER:
    case AT_DISABLE_TRIGGER:
    case AT_DISABLE_TRIGGER_ALL:
    case AT_DISABLE_TRIGGER_USER:
        set_triggers(rel, action);
        break;
    case AT_SET_TABLESPACE: /* in the end, or with the rows */
    case AT_SET_ACCESS_METHOD:
    case AT_SET_LOGGED:
    case AT_SET_UNLOGGED:
    case AT_DROP_OIDS: /* no table has any */
        break;
    case AT_CHANGE_OWNER:
        owner_change_relation(rel->oid, action->owner);
        break;
    case AT_SET_COLUMN_OPTIONS:
    case AT_RESET_COLUMN_OPTIONS:
        column_change_options(rel, action);
        break;
    case AT_SET_IDENTITY:
        column_set_identity(rel, action, alter->text);
        break;
    case AT_ENABLE_RULE:
    case AT_ENABLE_ALWAYS_RULE:
    case AT_ENABLE_REPLICA_RULE:
    case AT_DISABLE_RULE:
        set_rule(rel, action);
        break;
    default:
        relation_change_options(rel, action, alter->lock);
        break;
    }
    relation_close(rel, LOCK_NONE);
}

/* ---- Logged or not ---- */

/* Between a permanent and an unlogged table there may be no foreign key. */
static void check_references(Relation *rel, bool is_logged)
{
    const RelationTriggers *triggers = relation_triggers(rel);

    for (unsigned i = 0; i < triggers->count; i++) {
        bool is_update;
        RiKind kind = trigger_ri_kind(triggers->list[i].function, &is_update);
        Oid oid = triggers->list[i].constraint_relation;
        Relation *other;
        bool is_bad;

        if (kind == RI_NONE || oid == 0 || oid == rel->oid || is_logged != (kind == RI_CHECK))
            continue;
        other = relation_open(oid, LOCK_ACCESS_SHARE);
        is_bad = is_logged ? other->persistence != RELATION_PERMANENT
                           : other->persistence == RELATION_PERMANENT;
        if (is_bad)
            err_raise(SQLSTATE_INVALID_TABLE_DEFINITION,
                      .message =
                          err_fmt(is_logged ? "could not change table \"%s\" to logged because it "
                                              "references unlogged table \"%s\""
                                            : "could not change table \"%s\" to unlogged because "
                                              "it references logged table \"%s\"",
                                  rel->name, other->name),
                      .schema = schema_name(rel->schema), .table = rel->name,
                      .constraint =
                          mem_strdup(constraint_row(triggers->list[i].constraint)->conname));
        relation_close(other, LOCK_NONE);
    }
}

static void set_persistence(Alter *alter, Relation *rel, bool is_logged)
{
    if (alter->persistence != alter->was)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot change persistence setting twice");
    if (rel->persistence == RELATION_TEMPORARY)
        err_raise(SQLSTATE_INVALID_TABLE_DEFINITION,
                  .message = err_fmt("cannot change logged status of table \"%s\" because it is "
                                     "temporary",
                                     rel->name),
                  .schema = schema_name(rel->schema), .table = rel->name);
    if ((rel->persistence == RELATION_PERMANENT) == is_logged)
        return;
    if (rel->kind == RELATION_TABLE)
        check_references(rel, is_logged);
    alter->persistence = is_logged ? RELATION_PERMANENT : RELATION_UNLOGGED;
    alter->rules.rewrites = rel->kind != RELATION_SEQUENCE;
}

/* A sequence goes by itself, or with the table that owns it. */
static void change_sequences(const Alter *alter)
{
    Relation *rel;
    Array sequences;

    if (alter->persistence == alter->was)
        return;
    array_init(&sequences, sizeof(Oid));
    rel = relation_open(alter->table, LOCK_NONE);
    if (rel->kind == RELATION_SEQUENCE)
        *(Oid *)array_push(&sequences) = rel->oid;
    else
        depend_owned_sequences(rel->oid, 0, 0, &sequences);
    relation_close(rel, LOCK_NONE);
    array_foreach(const Oid, sequence, &sequences)
        sequence_set_persistence(*sequence, alter->persistence);
}

/* ---- Rows ---- */

/* The checks, ready to be computed. */
typedef struct Judge {
    const Relation *rel;
    const RowRules *rules;
    EvalContext *eval;
    Expr **checks;
    Slot *slot;
} Judge;

static void begin_judge(Judge *j, const Relation *rel, const RowRules *rules)
{
    const ExprScope scope = {.scan_desc = rel->desc};

    *j = (Judge){.rel = rel, .rules = rules};
    if (rules->checks.count == 0)
        return;
    j->eval = eval_new();
    j->slot = slot_new(tuple_desc_copy(rel->desc));
    j->eval->scan = j->slot;
    j->checks = mem_new_array(Expr *, rules->checks.count);
    for (size_t i = 0; i < rules->checks.count; i++)
        j->checks[i] =
            expr_compile(((const AddedCheck *)array_at(&rules->checks, i))->expr, &scope);
}

static void look_at_row(Judge *j, const HeapTuple *tuple)
{
    array_foreach(const int16_t, number, &j->rules->not_null) {
        if (heap_is_null(tuple, *number, j->rel->desc))
            err_raise(SQLSTATE_NOT_NULL_VIOLATION,
                      .message = err_fmt("column \"%s\" of relation \"%s\" contains null values",
                                         j->rel->desc->columns[*number - 1].name, j->rel->name),
                      .schema = schema_name(j->rel->schema), .table = j->rel->name,
                      .column = j->rel->desc->columns[*number - 1].name);
    }
    if (j->rules->checks.count == 0)
        return;
    eval_reset(j->eval);
    slot_clear(j->slot);
    slot_set_heap(j->slot, tuple);
    for (size_t i = 0; i < j->rules->checks.count; i++) {
        const AddedCheck *check = array_at(&j->rules->checks, i);

        if (!expr_holds(j->checks[i], j->eval))
            err_raise(SQLSTATE_CHECK_VIOLATION,
                      .message = err_fmt("check constraint \"%s\" of relation \"%s\" is violated "
                                         "by some row",
                                         check->name, j->rel->name),
                      .schema = schema_name(j->rel->schema), .table = j->rel->name,
                      .constraint = check->name);
    }
}

static void look_at_rows(const Alter *alter)
{
    const HeapTuple *tuple;
    Relation *rel;
    HeapScan *scan;
    Judge judge;

    if (alter->rules.not_null.count == 0 && alter->rules.checks.count == 0)
        return;
    rel = relation_open(alter->table, LOCK_NONE);
    begin_judge(&judge, rel, &alter->rules);
    snapshot_push_latest();
    scan = heap_scan_begin(relation_heap(rel), snapshot_active());
    while ((tuple = heap_scan_next(scan, false)) != NULL) {
        check_interrupts();
        look_at_row(&judge, tuple);
    }
    heap_scan_end(scan);
    snapshot_pop();
    relation_close(rel, LOCK_NONE);
}
