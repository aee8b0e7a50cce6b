/*
 * foreign_key.c - foreign keys: which columns refer to which, how they are compared, and the
 * triggers that see to it
 */
#include "common/base/base.h"

#include "server/command/foreign_key.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/inval.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/cache/type_operators.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/make.h"
#include "server/command/make_trigger.h"
#include "server/command/relation_name.h"
#include "server/config/setting.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/txn/txn.h"

#define KEYS_MAX    32
#define BTREE_EQUAL 3

/* Functions of the triggers, by the action's letter. */
#define RI_CHECK_INSERT 1644
#define RI_CHECK_UPDATE 1645

typedef struct Key {
    const Constraint *def;
    Relation *fk, *pk;
    int16_t fk_columns[KEYS_MAX], pk_columns[KEYS_MAX], delete_columns[KEYS_MAX];
    unsigned fk_count, pk_count, delete_count;
    Oid index;
    Oid classes[KEYS_MAX]; /* operator classes of the index, by the key's columns */
    Oid pf[KEYS_MAX], pp[KEYS_MAX], ff[KEYS_MAX];
    const char *name;
} Key;

static void check_tables(const Key *k);
static unsigned find_columns(const Relation *rel, const List *names, int16_t *out);
static void check_delete_columns(Key *k);
static void use_primary_key(Key *k);
static void find_index(Key *k);
static void check_rights(const Key *k);
static void check_generated(const Key *k);
static void find_operators(Key *k, unsigned i);
static void choose_name(Key *k);
static Oid make_constraint(const Key *k, bool is_valid);
static void make_triggers(const Key *k, Oid constraint);

Oid foreign_key_make(Relation *table, const Constraint *key, bool is_valid)
{
    Key *k = mem_new(Key);
    Oid constraint;

    k->def = key;
    k->fk = table;
    k->pk = table_open(relation_of_name(key->references, LOCK_SHARE_ROW_EXCLUSIVE, 0, NULL, NULL),
                       LOCK_NONE);
    check_tables(k);
    k->fk_count = find_columns(k->fk, key->keys, k->fk_columns);
    k->delete_count = find_columns(k->fk, key->on_delete_columns, k->delete_columns);
    check_delete_columns(k);
    if (key->reference_columns == NULL) {
        use_primary_key(k);
    } else {
        k->pk_count = find_columns(k->pk, key->reference_columns, k->pk_columns);
        find_index(k);
    }
    check_rights(k);
    check_generated(k);
    if (k->fk_count != k->pk_count)
        err_raise(SQLSTATE_INVALID_FOREIGN_KEY,
                  .message = "number of referencing and referenced columns for foreign key "
                             "disagree");
    choose_name(k);
    for (unsigned i = 0; i < k->fk_count; i++)
        find_operators(k, i);
    constraint = make_constraint(k, is_valid);
    txn_advance_command();
    make_triggers(k, constraint);
    relation_close(k->pk, LOCK_NONE);
    mem_free(k);
    return constraint;
}

/* ---- Tables ---- */

static void check_persistence(const Key *k)
{
    const char *fault = NULL;

    switch (k->fk->persistence) {
    case RELATION_PERMANENT:
        if (k->pk->persistence != RELATION_PERMANENT)
            fault = "constraints on permanent tables may reference only permanent tables";
        break;
    case RELATION_UNLOGGED:
        if (k->pk->persistence == RELATION_TEMPORARY)
            fault = "constraints on unlogged tables may reference only permanent or unlogged "
                    "tables";
        break;
    default:
        if (k->pk->persistence != RELATION_TEMPORARY)
            fault = "constraints on temporary tables may reference only temporary tables";
        else if (k->pk->is_foreign_temp || k->fk->is_foreign_temp)
            fault = "constraints on temporary tables must involve temporary tables of this "
                    "session";
        break;
    }
    if (fault != NULL)
        err_raise(SQLSTATE_INVALID_TABLE_DEFINITION, .message = fault);
}

static void check_tables(const Key *k)
{
    if (k->pk->kind == RELATION_PARTITIONED_TABLE)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "foreign keys that refer to partitioned tables are not supported yet");
    if (k->pk->kind != RELATION_TABLE)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("referenced relation \"%s\" is not a table", k->pk->name));
    if (!setting.allow_system_table_mods && relation_is_system(k->pk->oid, k->pk->schema))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = err_fmt("permission denied: \"%s\" is a system catalog", k->pk->name));
    check_persistence(k);
}

/* ---- Columns ---- */

static int16_t find_column(const Relation *rel, const char *name)
{
    for (unsigned i = 0; i < rel->desc->count; i++) {
        if (!rel->desc->columns[i].is_dropped && strcmp(rel->desc->columns[i].name, name) == 0)
            return (int16_t)(i + 1);
    }
    if (relation_find_system_column(name) != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "system columns cannot be used in foreign keys");
    err_raise(SQLSTATE_UNDEFINED_COLUMN,
              .message = err_fmt("column \"%s\" referenced in foreign key constraint does not "
                                 "exist",
                                 name));
}

static unsigned find_columns(const Relation *rel, const List *names, int16_t *out)
{
    unsigned count = 0;

    list_foreach(const String *, name, names) {
        int16_t number = find_column(rel, name->value);

        if (count >= KEYS_MAX)
            err_raise(SQLSTATE_TOO_MANY_COLUMNS,
                      .message =
                          err_fmt("cannot have more than %d keys in a foreign key", KEYS_MAX));
        out[count++] = number;
    }
    return count;
}

static bool has_number(const int16_t *numbers, unsigned count, int16_t number)
{
    for (unsigned i = 0; i < count; i++) {
        if (numbers[i] == number)
            return true;
    }
    return false;
}

/* Each of them once. */
static void check_delete_columns(Key *k)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < k->delete_count; i++) {
        int16_t number = k->delete_columns[i];

        if (!has_number(k->fk_columns, k->fk_count, number))
            err_raise(SQLSTATE_INVALID_COLUMN_REFERENCE,
                      .message = err_fmt("column \"%s\" referenced in ON DELETE SET action must be "
                                         "part of foreign key",
                                         k->fk->desc->columns[number - 1].name));
        if (!has_number(k->delete_columns, kept, number))
            k->delete_columns[kept++] = number;
    }
    k->delete_count = kept;
}

/* ---- The index of the columns that are referred to ---- */

static void use_primary_key(Key *k)
{
    const RelationIndexes *all = relation_indexes(k->pk);
    unsigned count = all->count;
    Oid *oids = mem_dup(all->oids, count * sizeof(Oid));

    for (unsigned i = 0; i < count && k->index == 0; i++) {
        Relation *rel = relation_pin_existing(oids[i]);
        const RelationIndex *index = rel->index;

        if (index->row->indisprimary && index->row->indisvalid) {
            if (!index->row->indimmediate)
                err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                          .message = err_fmt("cannot use a deferrable primary key for referenced "
                                             "table \"%s\"",
                                             k->pk->name));
            k->index = rel->oid;
            k->pk_count = index->key_count;
            memcpy(k->pk_columns, index->columns, index->key_count * sizeof(int16_t));
            memcpy(k->classes, index->op_classes, index->key_count * sizeof(Oid));
        }
        relation_unpin(rel);
    }
    mem_free(oids);
    if (k->index == 0)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message =
                      err_fmt("there is no primary key for referenced table \"%s\"", k->pk->name));
}

/* Of just these columns, in any order? Takes its operator classes. */
static bool covers_key(Key *k, const RelationIndex *index)
{
    if (index->key_count != k->pk_count || !index->row->indisunique || !index->row->indisvalid ||
        index->expressions != NULL || index->predicate != NULL)
        return false;
    for (unsigned i = 0; i < k->pk_count; i++) {
        unsigned at = 0;

        while (at < index->key_count && index->columns[at] != k->pk_columns[i])
            at++;
        if (at == index->key_count)
            return false;
        k->classes[i] = index->op_classes[at];
    }
    return true;
}

static void find_index(Key *k)
{
    const RelationIndexes *all = relation_indexes(k->pk);
    unsigned count = all->count;
    Oid *oids = mem_dup(all->oids, count * sizeof(Oid));
    bool has_deferrable = false;

    for (unsigned i = 0; i < k->pk_count; i++) {
        if (has_number(k->pk_columns, i, k->pk_columns[i]))
            err_raise(SQLSTATE_INVALID_FOREIGN_KEY,
                      .message = "foreign key referenced-columns list must not contain "
                                 "duplicates");
    }
    for (unsigned i = 0; i < count && k->index == 0; i++) {
        Relation *rel = relation_pin_existing(oids[i]);

        if (covers_key(k, rel->index)) {
            if (rel->index->row->indimmediate)
                k->index = rel->oid;
            else
                has_deferrable = true;
        }
        relation_unpin(rel);
    }
    mem_free(oids);
    if (k->index == 0 && has_deferrable)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("cannot use a deferrable unique constraint for referenced "
                                     "table \"%s\"",
                                     k->pk->name));
    if (k->index == 0)
        err_raise(SQLSTATE_INVALID_FOREIGN_KEY,
                  .message = err_fmt("there is no unique constraint matching given keys for "
                                     "referenced table \"%s\"",
                                     k->pk->name));
}

/* ---- Rights ---- */

static void check_rights(const Key *k)
{
    Oid role = role_current();

    if (rights_has(PG_CLASS_CATALOG, k->pk->oid, role, RIGHT_REFERENCES))
        return;
    for (unsigned i = 0; i < k->pk_count; i++) {
        if (rights_of_column(k->pk->oid, k->pk_columns[i], role, RIGHT_REFERENCES, false) == 0)
            rights_require(PG_CLASS_CATALOG, k->pk->oid, role, RIGHT_REFERENCES);
    }
}

static void check_generated(const Key *k)
{
    for (unsigned i = 0; i < k->fk_count; i++) {
        const char *action = NULL;

        if (k->fk->desc->columns[k->fk_columns[i] - 1].generated == '\0')
            continue;
        if (strchr("ndc", k->def->on_update) != NULL && k->def->on_update != 0)
            action = "ON UPDATE";
        else if (strchr("nd", k->def->on_delete) != NULL && k->def->on_delete != 0)
            action = "ON DELETE";
        if (action != NULL)
            err_raise(SQLSTATE_SYNTAX_ERROR,
                      .message = err_fmt("invalid %s action for foreign key constraint containing "
                                         "generated column",
                                         action));
    }
}

/* ---- Operators ---- */

_Noreturn static void raise_incompatible(const Key *k, const Column *fk, const Column *pk)
{
    const char *fk_type = type_shown(fk->type), *pk_type = type_shown(pk->type);

    err_raise(SQLSTATE_DATATYPE_MISMATCH,
              .message = err_fmt("foreign key constraint \"%s\" cannot be implemented", k->name),
              .detail = err_fmt("Key columns \"%s\" and \"%s\" are of incompatible types: %s and "
                                "%s.",
                                fk->name, pk->name, fk_type, pk_type));
}

static void find_operators(Key *k, unsigned i)
{
    const Column *fk = &k->fk->desc->columns[k->fk_columns[i] - 1];
    const Column *pk = &k->pk->desc->columns[k->pk_columns[i] - 1];
    Oid family, input, base = type_base(fk->type);
    const HeapTuple *row = syscache_peek(CACHE_CLAOID, datum_of_u32(k->classes[i]));

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for opclass %u", k->classes[i]));
    family = CACHE_ROW(PgOpclass, row)->opcfamily;
    input = CACHE_ROW(PgOpclass, row)->opcintype;
    k->pp[i] = opfamily_operator(family, input, input, BTREE_EQUAL);
    if (k->pp[i] == 0)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("missing operator %d(%u,%u) in opfamily %u", BTREE_EQUAL,
                                     input, input, family));
    k->pf[i] = opfamily_operator(family, input, base, BTREE_EQUAL);
    if (k->pf[i] != 0)
        k->ff[i] = opfamily_operator(family, base, base, BTREE_EQUAL);
    if (k->pf[i] != 0 && k->ff[i] != 0)
        return;
    if (!analyzer_converts_implicitly(pk->type, input) ||
        !analyzer_converts_implicitly(fk->type, input))
        raise_incompatible(k, fk, pk);
    k->pf[i] = k->ff[i] = k->pp[i];
}

/* ---- Making ---- */

static void choose_name(Key *k)
{
    StrBuf columns;

    if (k->def->name != NULL) {
        if (constraint_name_is_taken(k->fk->oid, 0, k->def->name))
            err_raise(SQLSTATE_DUPLICATE_OBJECT,
                      .message = err_fmt("constraint \"%s\" for relation \"%s\" already exists",
                                         k->def->name, k->fk->name));
        k->name = k->def->name;
        return;
    }
    strbuf_init(&columns);
    list_foreach(const String *, name, k->def->keys) {
        strbuf_add_fmt(&columns, "%s%s", columns.len > 0 ? "_" : "", name->value);
        if (columns.len >= NAME_SIZE)
            break;
    }
    k->name = constraint_choose_name(k->fk->name, columns.text, "fkey", k->fk->schema, NULL);
}

static char action_of(char letter)
{
    return letter != 0 ? letter : 'a';
}

static Oid make_constraint(const Key *k, bool is_valid)
{
    const ConstraintMake make = {.name = k->name,
                                 .schema = k->fk->schema,
                                 .kind = 'f',
                                 .is_deferrable = k->def->is_deferrable,
                                 .is_deferred = k->def->is_deferred,
                                 .is_valid = is_valid,
                                 .is_no_inherit = true,
                                 .relation = k->fk->oid,
                                 .columns = k->fk_columns,
                                 .column_count = k->fk_count,
                                 .key_count = k->fk_count,
                                 .index = k->index,
                                 .referred = k->pk->oid,
                                 .referred_columns = k->pk_columns,
                                 .pf_operators = k->pf,
                                 .pp_operators = k->pp,
                                 .ff_operators = k->ff,
                                 .referred_count = k->pk_count,
                                 .delete_columns = k->delete_columns,
                                 .delete_column_count = k->delete_count,
                                 .on_update = action_of(k->def->on_update),
                                 .on_delete = action_of(k->def->on_delete),
                                 .match = k->def->match != 0 ? k->def->match : 's',
                                 .is_local = true};

    return constraint_make(&make);
}

/* The function of an action, of a delete or an update. */
static Oid action_function(char action, bool is_update)
{
    static const struct {
        char action;
        Oid on_delete;
    } functions[] = {{'a', 1654}, {'r', 1648}, {'c', 1646}, {'n', 1650}, {'d', 1652}};

    for (unsigned i = 0; i < ARRAY_LEN(functions); i++) {
        if (functions[i].action == action)
            return functions[i].on_delete + (is_update ? 1 : 0);
    }
    err_raise(SQLSTATE_INTERNAL_ERROR,
              .message = err_fmt("unrecognized FK action type: %d", action));
}

/* What has to be done at once cannot be put off: that is for those who only look. */
static void make_action(const Key *k, Oid constraint, char action, bool is_update)
{
    const TriggerMake make = {.name = "RI_ConstraintTrigger_a",
                              .relation = k->pk->oid,
                              .function = action_function(action, is_update),
                              .type = TRIGGER_ROW | (is_update ? TRIGGER_UPDATE : TRIGGER_DELETE),
                              .is_internal = true,
                              .is_deferrable = action == 'a' && k->def->is_deferrable,
                              .is_deferred = action == 'a' && k->def->is_deferred,
                              .constraint = constraint,
                              .constraint_relation = k->fk->oid,
                              .constraint_index = k->index};

    trigger_make(&make);
    txn_advance_command();
}

static void make_check(const Key *k, Oid constraint, bool is_update)
{
    const TriggerMake make = {.name = "RI_ConstraintTrigger_c",
                              .relation = k->fk->oid,
                              .function = is_update ? RI_CHECK_UPDATE : RI_CHECK_INSERT,
                              .type = TRIGGER_ROW | (is_update ? TRIGGER_UPDATE : TRIGGER_INSERT),
                              .is_internal = true,
                              .is_deferrable = k->def->is_deferrable,
                              .is_deferred = k->def->is_deferred,
                              .constraint = constraint,
                              .constraint_relation = k->pk->oid,
                              .constraint_index = k->index};

    trigger_make(&make);
    txn_advance_command();
}

static void make_triggers(const Key *k, Oid constraint)
{
    make_action(k, constraint, action_of(k->def->on_delete), false);
    make_action(k, constraint, action_of(k->def->on_update), true);
    make_check(k, constraint, false);
    make_check(k, constraint, true);
}

/* ---- ALTER CONSTRAINT ---- */

static bool follows_constraint(Oid function)
{
    return function == RI_CHECK_INSERT || function == RI_CHECK_UPDATE ||
           function == action_function('a', false) || function == action_function('a', true);
}

static void set_trigger_deferral(Oid constraint, const Constraint *as)
{
    const CatalogKey key = {.column = PG_TRIGGER_COL_TGCONSTRAINT,
                            .value = datum_of_u32(constraint)};
    CatalogChange *change = catalog_change_begin(PG_TRIGGER_CATALOG);
    CatalogScan *scan =
        catalog_scan_begin(PG_TRIGGER_CATALOG, PG_TRIGGER_TGCONSTRAINT_INDEX, 1, &key);
    const HeapTuple *old;

    while ((old = catalog_scan_next(scan)) != NULL) {
        const PgTrigger *t = CACHE_ROW(PgTrigger, old);
        CatalogRow row;

        inval_note_relation(t->tgrelid, false);
        if (!follows_constraint(t->tgfoid))
            continue;
        catalog_row_init(&row);
        catalog_set_bool(&row, PG_TRIGGER_COL_TGDEFERRABLE, as->is_deferrable);
        catalog_set_bool(&row, PG_TRIGGER_COL_TGINITDEFERRED, as->is_deferred);
        catalog_update(change, old, &row);
    }
    catalog_scan_end(scan);
    catalog_change_end(change);
}

void foreign_key_set_deferral(Relation *table, const Constraint *as)
{
    Oid oid = constraint_find(table->oid, as->name);
    const HeapTuple *old = oid != 0 ? syscache_pin(CACHE_CONSTROID, datum_of_u32(oid)) : NULL;
    const PgConstraint *c;
    CatalogChange *change;
    CatalogRow row;

    if (old == NULL)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("constraint \"%s\" of relation \"%s\" does not exist",
                                     as->name, table->name));
    c = CACHE_ROW(PgConstraint, old);
    if (c->contype != 'f')
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("constraint \"%s\" of relation \"%s\" is not a foreign key "
                                     "constraint",
                                     as->name, table->name));
    if (c->condeferrable != as->is_deferrable || c->condeferred != as->is_deferred) {
        change = catalog_change_begin(PG_CONSTRAINT_CATALOG);
        catalog_row_init(&row);
        catalog_set_bool(&row, PG_CONSTRAINT_COL_CONDEFERRABLE, as->is_deferrable);
        catalog_set_bool(&row, PG_CONSTRAINT_COL_CONDEFERRED, as->is_deferred);
        catalog_update(change, old, &row);
        catalog_change_end(change);
        set_trigger_deferral(oid, as);
        inval_note_relation(table->oid, table->is_shared);
    }
    syscache_unpin(old);
}
