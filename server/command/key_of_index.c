/* key_of_index.c - an index that is there becomes that of a primary key or a unique constraint */
#include "common/base/base.h"

#include "server/command/key_of_index.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/position.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/cache/type_operators.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/depend.h"
#include "server/command/index_define.h"
#include "server/command/make.h"
#include "server/txn/txn.h"

typedef struct KeyOfIndex {
    Relation *table;
    const Constraint *key;
    const char *text;
    Relation *index;
} KeyOfIndex;

static void check_index(const KeyOfIndex *k);
static void rename_index(const KeyOfIndex *k, const char *name);
static void mark_index(const KeyOfIndex *k);

static Oid find_index(const KeyOfIndex *k)
{
    const HeapTuple *row = syscache_peek2(CACHE_RELNAMENSP, datum_of_pointer(k->key->index_name),
                                          datum_of_u32(k->table->schema));

    if (row == NULL)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("index \"%s\" does not exist", k->key->index_name),
                  .position = text_position(k->text, k->key->loc));
    return CACHE_ROW(PgClass, row)->oid;
}

static void set_not_null(const KeyOfIndex *k, RowRules *rules)
{
    for (unsigned i = 0; i < k->index->index->key_count; i++) {
        int16_t number = k->index->index->columns[i];

        if (column_set_not_null(k->table, number, true))
            *(int16_t *)array_push(&rules->not_null) = number;
    }
    txn_advance_command();
}

void key_make_of_index(Relation *table, const Constraint *key, const char *text, RowRules *rules)
{
    KeyOfIndex k = {.table = table, .key = key, .text = text};
    const char *name = key->name != NULL ? key->name : key->index_name;
    const RelationIndex *index;
    ConstraintMake make;
    ObjectAddress who, on;

    k.index = index_open(find_index(&k), LOCK_ACCESS_EXCLUSIVE);
    check_index(&k);
    if (key->kind == CONSTR_PRIMARY)
        set_not_null(&k, rules);
    if (strcmp(name, k.index->name) != 0)
        rename_index(&k, name);
    if (key->kind == CONSTR_PRIMARY)
        index_require_one_primary(table);
    index = k.index->index;
    make = (ConstraintMake){.name = name,
                            .schema = table->schema,
                            .kind = key->kind == CONSTR_PRIMARY ? 'p' : 'u',
                            .is_deferrable = key->is_deferrable,
                            .is_deferred = key->is_deferred,
                            .is_valid = true,
                            .is_no_inherit = true,
                            .relation = table->oid,
                            .columns = index->columns,
                            .column_count = index->column_count,
                            .key_count = index->key_count,
                            .index = k.index->oid,
                            .is_local = true};
    who = object_address(PG_CLASS_CATALOG, k.index->oid);
    depend_forget_on(&who, PG_CLASS_CATALOG, DEPEND_AUTO);
    on = object_address(PG_CONSTRAINT_CATALOG, constraint_make(&make));
    depend_note(&who, &on, DEPEND_INTERNAL);
    if (key->is_deferrable)
        index_make_recheck(table, k.index->oid, on.oid, &make);
    mark_index(&k);
    relation_close(k.index, LOCK_NONE);
}

/* ---- May it be one? ---- */

_Noreturn static void refuse(const KeyOfIndex *k, SqlState state, const char *message,
                             const char *detail)
{
    err_raise(state, .message = message, .detail = detail,
              .position = text_position(k->text, k->key->loc));
}

/* As a new index for the key would be. */
static void check_columns(const KeyOfIndex *k)
{
    const RelationIndex *index = k->index->index;

    for (unsigned i = 0; i < index->key_count; i++) {
        const Column *column = &k->table->desc->columns[index->columns[i] - 1];

        if (index->op_classes[i] == type_default_opclass(column->type, index->access_method) &&
            index->collations[i] == column->collation && index->options[i] == 0)
            continue;
        refuse(k, SQLSTATE_WRONG_OBJECT_TYPE,
               err_fmt("index \"%s\" column number %u does not have default sorting behavior",
                       k->index->name, i + 1),
               "Cannot create a primary key or unique constraint using such an index.");
    }
}

static void check_index(const KeyOfIndex *k)
{
    static const char detail[] =
        "Cannot create a primary key or unique constraint using such an index.";
    const Relation *index = k->index;
    const char *name = index->name;

    if (depend_index_constraint(index->oid) != 0)
        refuse(k, SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
               err_fmt("index \"%s\" is already associated with a constraint", name), NULL);
    if (index->index->table != k->table->oid)
        refuse(k, SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
               err_fmt("index \"%s\" does not belong to table \"%s\"", name, k->table->name), NULL);
    if (!index->index->row->indisvalid)
        refuse(k, SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
               err_fmt("index \"%s\" is not valid", name), NULL);
    if (!index->index->row->indisunique)
        refuse(k, SQLSTATE_WRONG_OBJECT_TYPE, err_fmt("\"%s\" is not a unique index", name),
               detail);
    if (index->index->expressions != NULL)
        refuse(k, SQLSTATE_WRONG_OBJECT_TYPE, err_fmt("index \"%s\" contains expressions", name),
               detail);
    if (index->index->predicate != NULL)
        refuse(k, SQLSTATE_WRONG_OBJECT_TYPE, err_fmt("\"%s\" is a partial index", name), detail);
    if (!index->index->row->indimmediate && !k->key->is_deferrable)
        refuse(k, SQLSTATE_WRONG_OBJECT_TYPE, err_fmt("\"%s\" is a deferrable index", name),
               "Cannot create a non-deferrable constraint using a deferrable index.");
    check_columns(k);
}

/* ---- Its marks ---- */

static void rename_index(const KeyOfIndex *k, const char *name)
{
    CatalogRow row;

    err_log(ERR_NOTICE,
            .message = err_fmt("ALTER TABLE / ADD CONSTRAINT USING INDEX will rename index \"%s\" "
                               "to \"%s\"",
                               k->index->name, name));
    if (syscache_peek2(CACHE_RELNAMENSP, datum_of_pointer(name), datum_of_u32(k->table->schema)) !=
        NULL)
        err_raise(SQLSTATE_DUPLICATE_TABLE,
                  .message = err_fmt("relation \"%s\" already exists", name));
    catalog_row_init(&row);
    catalog_set_name(&row, PG_CLASS_COL_RELNAME, name);
    relation_update_class(k->index->oid, &row);
    txn_advance_command();
}

static void mark_index(const KeyOfIndex *k)
{
    CatalogChange *change = catalog_change_begin(PG_INDEX_CATALOG);
    const HeapTuple *old = syscache_pin(CACHE_INDEXRELID, datum_of_u32(k->index->oid));
    const PgIndex *index = CACHE_ROW(PgIndex, old);
    bool is_primary = index->indisprimary || k->key->kind == CONSTR_PRIMARY;
    bool is_immediate = index->indimmediate && !k->key->is_deferrable;
    CatalogRow row;

    catalog_row_init(&row);
    catalog_set_bool(&row, PG_INDEX_COL_INDISPRIMARY, is_primary);
    catalog_set_bool(&row, PG_INDEX_COL_INDIMMEDIATE, is_immediate);
    if (is_primary != index->indisprimary || is_immediate != index->indimmediate)
        catalog_update(change, old, &row);
    syscache_unpin(old);
    catalog_change_end(change);
}
