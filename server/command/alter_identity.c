/* alter_identity.c - columns and tables with other marks in catalogs; rows stay as they are */
#include "common/base/base.h"

#include "server/command/alter_identity.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/inval.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/alter_column.h"
#include "server/command/depend.h"
#include "server/command/depend_drop.h"
#include "server/command/identity_sequence.h"
#include "server/command/make.h"
#include "server/command/sequence.h"
#include "server/lock/lock_object.h"
#include "server/txn/txn.h"

static void set_mark(const Relation *rel, int16_t number, int column, char mark)
{
    CatalogChange *change = catalog_change_begin(PG_ATTRIBUTE_CATALOG);
    const HeapTuple *old =
        syscache_pin2(CACHE_ATTNUM, datum_of_u32(rel->oid), datum_of_i16(number));
    CatalogRow row;

    catalog_row_init(&row);
    catalog_set_char(&row, column, mark);
    catalog_update(change, old, &row);
    syscache_unpin(old);
    catalog_change_end(change);
}

/* False: with IF EXISTS, it is said and left. */
static bool require(bool is_so, const AlterTableCmd *action, const Relation *rel, const char *what)
{
    if (is_so)
        return true;
    if (!action->is_missing_ok)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("column \"%s\" of relation \"%s\" is not %s", action->name,
                                     rel->name, what));
    err_log(ERR_NOTICE, .message = err_fmt("column \"%s\" of relation \"%s\" is not %s, skipping",
                                           action->name, rel->name, what));
    return false;
}

/* ---- Identity ---- */

static void check_addable(const Relation *rel, const Column *column)
{
    const char *fault = NULL;

    if (!column->not_null)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("column \"%s\" of relation \"%s\" must be declared NOT NULL "
                                     "before identity can be added",
                                     column->name, rel->name));
    if (column->identity != '\0')
        fault = "is already an identity column";
    else if (column->has_default)
        fault = "already has a default value";
    if (fault != NULL)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("column \"%s\" of relation \"%s\" %s", column->name, rel->name,
                                     fault));
}

void column_add_identity(Relation *rel, const AlterTableCmd *action, const char *text)
{
    const Constraint *identity = (const Constraint *)(const void *)action->definition;
    int16_t number = column_number(rel, action->name);
    const Column *column = &rel->desc->columns[number - 1];
    const IdentitySequence make = {.table = rel->name,
                                   .column = column->name,
                                   .schema = rel->schema,
                                   .owner = rel->row->relowner,
                                   .persistence = rel->persistence,
                                   .type = column->type,
                                   .options = identity->options,
                                   .text = text};
    Oid sequence;

    /* A number is taken for it even if it cannot be. */
    sequence = identity_sequence_make(&make);
    txn_advance_command();
    check_addable(rel, &rel->desc->columns[number - 1]);
    set_mark(rel, number, PG_ATTRIBUTE_COL_ATTIDENTITY, identity->generated_when);
    txn_advance_command();
    sequence_set_owner(sequence, rel->oid, number, true);
}

static Oid sequence_of(Oid table, int16_t number)
{
    Array sequences;

    array_init(&sequences, sizeof(Oid));
    depend_owned_sequences(table, number, DEPEND_INTERNAL, &sequences);
    if (sequences.count != 1)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = sequences.count == 0 ? "no owned sequence found"
                                                  : "more than one owned sequence found");
    return *(const Oid *)array_at(&sequences, 0);
}

/* Of the options one is the column's; all others are of its sequence. */
void column_set_identity(Relation *rel, const AlterTableCmd *action, const char *text)
{
    int16_t number = column_number(rel, action->name);
    const Option *generated = NULL;
    List *others = NULL;

    list_foreach(Option *, option, action->options) {
        if (strcmp(option->name, "generated") != 0)
            others = list_add(others, option);
        else if (generated != NULL)
            err_raise(SQLSTATE_SYNTAX_ERROR, .message = "conflicting or redundant options");
        else
            generated = option;
    }
    require(rel->desc->columns[number - 1].identity != '\0', action, rel, "an identity column");
    if (others != NULL) {
        Oid sequence = sequence_of(rel->oid, number);

        lock_relation(sequence, LOCK_SHARE_ROW_EXCLUSIVE);
        sequence_alter(sequence, others, text);
    }
    if (generated != NULL)
        set_mark(rel, number, PG_ATTRIBUTE_COL_ATTIDENTITY,
                 (char)((const Integer *)(const void *)generated->arg)->value);
}

void column_drop_identity(Relation *rel, const AlterTableCmd *action)
{
    int16_t number = column_number(rel, action->name);
    bool is_one =
        require(rel->desc->columns[number - 1].identity != '\0', action, rel, "an identity column");
    Oid table = rel->oid;
    Array sequences;

    if (is_one)
        set_mark(rel, number, PG_ATTRIBUTE_COL_ATTIDENTITY, '\0');
    relation_close(rel, LOCK_NONE);
    if (!is_one)
        return;
    array_init(&sequences, sizeof(Oid));
    depend_owned_sequences(table, number, DEPEND_INTERNAL, &sequences);
    array_foreach(const Oid, sequence, &sequences) {
        const ObjectAddress object = object_address(PG_CLASS_CATALOG, *sequence);

        /* It is a part of the column no more, so it may be dropped alone. */
        depend_forget_on(&object, PG_CLASS_CATALOG, DEPEND_INTERNAL);
        txn_advance_command();
        object_drop(&object, DROP_RESTRICT, DROP_INTERNALLY);
    }
}

/* ---- Generated columns ---- */

static Oid default_of(const Relation *rel, int16_t number)
{
    const CatalogKey keys[] = {
        {.column = PG_ATTRDEF_COL_ADRELID, .value = datum_of_u32(rel->oid)},
        {.column = PG_ATTRDEF_COL_ADNUM, .value = datum_of_i16(number)},
    };
    CatalogScan *scan =
        catalog_scan_begin(PG_ATTRDEF_CATALOG, PG_ATTRDEF_ADRELID_ADNUM_INDEX, 2, keys);
    const HeapTuple *row = catalog_scan_next(scan);
    Oid oid = row != NULL ? CACHE_ROW(PgAttrdef, row)->oid : 0;

    catalog_scan_end(scan);
    return oid;
}

/* Rows keep the values that they have. */
void column_drop_expression(Relation *rel, const AlterTableCmd *action)
{
    int16_t number = column_number(rel, action->name);
    ObjectAddress object = {PG_ATTRDEF_CATALOG, 0, 0};

    if (!require(rel->desc->columns[number - 1].generated != '\0', action, rel,
                 "a stored generated column"))
        return;
    set_mark(rel, number, PG_ATTRIBUTE_COL_ATTGENERATED, '\0');
    object.oid = default_of(rel, number);
    if (object.oid == 0)
        return;
    depend_forget(&object);
    txn_advance_command();
    object_drop(&object, DROP_RESTRICT, DROP_INTERNALLY);
}

/* ---- How values are kept ---- */

void column_set_compression(Relation *rel, const AlterTableCmd *action)
{
    int16_t number = column_number(rel, action->name);
    const Column *column = &rel->desc->columns[number - 1];
    const char *name = ((const String *)(const void *)action->definition)->value;
    char method = strcmp(name, "pglz") == 0 ? 'p' : strcmp(name, "lz4") == 0 ? 'l' : '\0';
    CatalogRow row;

    if (strcmp(name, "default") != 0) {
        if (column->storage == 'p' || column->len != -1) {
            const char *type = type_shown(column->type);

            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = err_fmt("column data type %s does not support compression", type));
        }
        if (method == '\0')
            err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                      .message = err_fmt("invalid compression method \"%s\"", name));
    }
    set_mark(rel, number, PG_ATTRIBUTE_COL_ATTCOMPRESSION, method);
    catalog_row_init(&row);
    catalog_set_char(&row, PG_ATTRIBUTE_COL_ATTCOMPRESSION, method);
    column_update_in_indexes(rel, number, &row);
}

/* ---- Marks of indexes ---- */

Oid table_index_of_name(const Relation *rel, const char *name)
{
    Oid oid = 0;
    const HeapTuple *row =
        syscache_peek2(CACHE_RELNAMENSP, datum_of_pointer(name), datum_of_u32(rel->schema));

    if (row != NULL)
        oid = CACHE_ROW(PgClass, row)->oid;
    if (oid == 0)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message =
                      err_fmt("index \"%s\" for table \"%s\" does not exist", name, rel->name));
    return oid;
}

/* Of the indexes of the table that one alone has the mark; 0: none. */
static void mark_index(Relation *rel, int column, Oid marked)
{
    const RelationIndexes *all = relation_indexes(rel);
    unsigned count = all->count;
    Oid *oids = mem_dup(all->oids, count * sizeof(Oid));
    CatalogChange *change = catalog_change_begin(PG_INDEX_CATALOG);

    for (unsigned i = 0; i < count; i++) {
        const HeapTuple *old = syscache_pin(CACHE_INDEXRELID, datum_of_u32(oids[i]));
        bool is_null;
        bool is_marked = datum_bool(syscache_get(CACHE_INDEXRELID, old, column, &is_null));

        if (is_marked != (oids[i] == marked)) {
            CatalogRow row;

            catalog_row_init(&row);
            catalog_set_bool(&row, column, oids[i] == marked);
            catalog_update(change, old, &row);
            inval_note_relation(rel->oid, rel->is_shared);
        }
        syscache_unpin(old);
    }
    catalog_change_end(change);
    mem_free(oids);
}

static void require_clusterable(const Relation *index)
{
    if (index->index->access_method != ACCESS_METHOD_BTREE)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("cannot cluster on index \"%s\" because access method does "
                                     "not support clustering",
                                     index->name));
    if (index->index->predicate != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("cannot cluster on partial index \"%s\"", index->name));
    if (!index->index->row->indisvalid)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("cannot cluster on invalid index \"%s\"", index->name));
}

void table_set_cluster_index(Relation *rel, Oid oid, LockMode mode)
{
    Relation *index = index_open(oid, mode);

    if (index->index->table != rel->oid)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message =
                      err_fmt("\"%s\" is not an index for table \"%s\"", index->name, rel->name));
    require_clusterable(index);
    relation_close(index, LOCK_NONE);
    mark_index(rel, PG_INDEX_COL_INDISCLUSTERED, oid);
}

void table_set_cluster(Relation *rel, const char *name)
{
    if (name != NULL)
        table_set_cluster_index(rel, table_index_of_name(rel, name), LOCK_SHARE_UPDATE_EXCLUSIVE);
    else
        mark_index(rel, PG_INDEX_COL_INDISCLUSTERED, 0);
}

static void check_identity_columns(const Relation *rel, const Relation *index)
{
    for (unsigned i = 0; i < index->index->key_count; i++) {
        const Column *column = &rel->desc->columns[index->index->columns[i] - 1];

        if (!column->not_null)
            err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                      .message = err_fmt("index \"%s\" cannot be used as replica identity because "
                                         "column \"%s\" is nullable",
                                         index->name, column->name));
    }
}

static void require_identity(const Relation *rel, const Relation *index)
{
    const char *fault = NULL;
    SqlState state = SQLSTATE_WRONG_OBJECT_TYPE;

    if (index->index->table != rel->oid)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message =
                      err_fmt("\"%s\" is not an index for table \"%s\"", index->name, rel->name));
    if (!index->index->row->indisunique)
        fault = "non-unique";
    else if (!index->index->row->indimmediate) {
        fault = "non-immediate";
        state = SQLSTATE_FEATURE_NOT_SUPPORTED;
    } else if (index->index->expressions != NULL) {
        fault = "expression";
        state = SQLSTATE_FEATURE_NOT_SUPPORTED;
    } else if (index->index->predicate != NULL) {
        fault = "partial";
        state = SQLSTATE_FEATURE_NOT_SUPPORTED;
    }
    if (fault != NULL)
        err_raise(state, .message = err_fmt("cannot use %s index \"%s\" as replica identity", fault,
                                            index->name));
    check_identity_columns(rel, index);
}

void table_set_replica_identity(Relation *rel, const ReplicaIdentity *identity)
{
    Relation *index;
    CatalogRow row;
    Oid oid = 0;

    if (identity->kind == 'i') {
        oid = table_index_of_name(rel, identity->index);
        index = index_open(oid, LOCK_SHARE);
        require_identity(rel, index);
        relation_close(index, LOCK_NONE);
    }
    if (rel->row->relreplident != identity->kind) {
        catalog_row_init(&row);
        catalog_set_char(&row, PG_CLASS_COL_RELREPLIDENT, identity->kind);
        relation_update_class(rel->oid, &row);
    }
    mark_index(rel, PG_INDEX_COL_INDISREPLIDENT, oid);
}
