/* drop_object.c - the rows and files of one object go; what depends on it is depend_drop.c's. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/access/common/rel_file.h"
#include "server/cache/catalog_change.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/inval.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/comment.h"
#include "server/command/depend.h"
#include "server/command/depend_drop.h"
#include "server/command/make.h"
#include "server/command/make_trigger.h"
#include "server/command/relation_name.h"
#include "server/command/rule.h"
#include "server/command/table_use.h"
#include "server/trigger/trigger.h"
#include "server/txn/txn.h"

static void remove_relation(Oid oid);
static void remove_index(Oid oid);
static void remove_type(Oid oid);
static void remove_constraint(Oid oid);
static void remove_default(Oid oid);

/* ---- Rows by key ---- */

/* All rows with that key; returns how many. */
static unsigned delete_rows(Oid catalog, Oid index, int16_t column, Oid key)
{
    const CatalogKey what = {.column = column, .value = datum_of_u32(key)};
    CatalogChange *change = catalog_change_begin(catalog);
    CatalogScan *scan = catalog_scan_begin(catalog, index, 1, &what);
    const HeapTuple *row;
    unsigned count = 0;

    while ((row = catalog_scan_next(scan)) != NULL) {
        catalog_delete(change, row);
        count++;
    }
    catalog_scan_end(scan);
    catalog_change_end(change);
    return count;
}

/* The one row that an object has in its catalog, whose number is its first column. */
typedef struct OneRow {
    Oid catalog, index;
} OneRow;

static const OneRow one_rows[] = {
    {PG_AM_CATALOG, PG_AM_OID_INDEX},
    {PG_CAST_CATALOG, PG_CAST_OID_INDEX},
    {PG_COLLATION_CATALOG, PG_COLLATION_OID_INDEX},
    {PG_CONVERSION_CATALOG, PG_CONVERSION_OID_INDEX},
    {PG_DEFAULT_ACL_CATALOG, PG_DEFAULT_ACL_OID_INDEX},
    {PG_LANGUAGE_CATALOG, PG_LANGUAGE_OID_INDEX},
    {PG_NAMESPACE_CATALOG, PG_NAMESPACE_OID_INDEX},
    {PG_OPERATOR_CATALOG, PG_OPERATOR_OID_INDEX},
    {PG_PROC_CATALOG, PG_PROC_OID_INDEX},
    {PG_STATISTIC_EXT_CATALOG, PG_STATISTIC_EXT_OID_INDEX},
};

static void remove_simple(const ObjectAddress *object)
{
    for (unsigned i = 0; i < ARRAY_LEN(one_rows); i++) {
        if (one_rows[i].catalog != object->catalog)
            continue;
        if (delete_rows(object->catalog, one_rows[i].index, 1, object->oid) == 0)
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = err_fmt("cache lookup failed for object %u", object->oid));
        return;
    }
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message =
                  err_fmt("dropping objects of catalog %u is not supported yet", object->catalog));
}

/* ---- Any object ---- */

static void remove_row(const ObjectAddress *object)
{
    switch (object->catalog) {
    case PG_CLASS_CATALOG:
        if (object->sub != 0)
            column_remove(object->oid, object->sub);
        else
            remove_relation(object->oid);
        break;
    case PG_TYPE_CATALOG:
        remove_type(object->oid);
        break;
    case PG_CONSTRAINT_CATALOG:
        remove_constraint(object->oid);
        break;
    case PG_ATTRDEF_CATALOG:
        remove_default(object->oid);
        break;
    case PG_REWRITE_CATALOG:
        rule_remove(object->oid);
        break;
    case PG_TRIGGER_CATALOG:
        trigger_remove(object->oid);
        break;
    default:
        remove_simple(object);
        break;
    }
}

void object_remove(const ObjectAddress *object)
{
    remove_row(object);
    depend_forget(object);
    depend_forget_shared(object->catalog, object->oid, object->sub);
    comment_forget(object);
    txn_advance_command();
}

/* ---- Relations ---- */

static void delete_statistics(Oid oid)
{
    delete_rows(PG_STATISTIC_CATALOG, PG_STATISTIC_RELID_ATT_INH_INDEX, PG_STATISTIC_COL_STARELID,
                oid);
}

static void delete_relation_rows(Oid oid)
{
    delete_rows(PG_ATTRIBUTE_CATALOG, PG_ATTRIBUTE_RELID_ATTNUM_INDEX, PG_ATTRIBUTE_COL_ATTRELID,
                oid);
    delete_rows(PG_CLASS_CATALOG, PG_CLASS_OID_INDEX, PG_CLASS_COL_OID, oid);
}

static void remove_relation(Oid oid)
{
    Relation *rel = relation_open(oid, LOCK_ACCESS_EXCLUSIVE);
    char kind = rel->kind;

    if (rel->index != NULL) {
        relation_close(rel, LOCK_NONE);
        remove_index(oid);
        return;
    }
    table_require_unpinned(rel, "DROP TABLE");
    trigger_require_no_events(rel, "DROP TABLE");
    if (relation_has_storage(rel))
        rel_file_drop(&rel->tag, rel->temp_backend);
    relation_close(rel, LOCK_NONE);
    relation_note_dropped(oid);
    delete_rows(PG_INHERITS_CATALOG, PG_INHERITS_RELID_SEQNO_INDEX, PG_INHERITS_COL_INHRELID, oid);
    delete_statistics(oid);
    delete_relation_rows(oid);
    if (kind == RELATION_SEQUENCE)
        delete_rows(PG_SEQUENCE_CATALOG, PG_SEQUENCE_SEQRELID_INDEX, PG_SEQUENCE_COL_SEQRELID, oid);
}

/* The table is locked, too: whoever uses it looks at its list of indexes. */
static void remove_index(Oid oid)
{
    const HeapTuple *row = syscache_peek(CACHE_INDEXRELID, datum_of_u32(oid));
    Relation *table, *index;
    bool has_exprs;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for index %u", oid));
    /* Nobody knows of one that is dead: its table may be used meanwhile. */
    table = relation_open(CACHE_ROW(PgIndex, row)->indrelid, CACHE_ROW(PgIndex, row)->indislive
                                                                 ? LOCK_ACCESS_EXCLUSIVE
                                                                 : LOCK_SHARE_UPDATE_EXCLUSIVE);
    index = relation_open(oid, LOCK_ACCESS_EXCLUSIVE);
    table_require_unpinned(index, "DROP INDEX");
    if (relation_has_storage(index))
        rel_file_drop(&index->tag, index->temp_backend);
    has_exprs = index->index->expressions != NULL;
    delete_rows(PG_INDEX_CATALOG, PG_INDEX_INDEXRELID_INDEX, PG_INDEX_COL_INDEXRELID, oid);
    if (has_exprs)
        delete_statistics(oid);
    relation_close(index, LOCK_NONE);
    relation_note_dropped(oid);
    delete_rows(PG_INHERITS_CATALOG, PG_INHERITS_RELID_SEQNO_INDEX, PG_INHERITS_COL_INHRELID, oid);
    delete_relation_rows(oid);
    inval_note_relation(table->oid, table->is_shared);
    relation_close(table, LOCK_NONE);
}

/* ---- Types ---- */

static void remove_type(Oid oid)
{
    const HeapTuple *row = syscache_peek(CACHE_TYPEOID, datum_of_u32(oid));
    char kind;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for type %u", oid));
    kind = CACHE_ROW(PgType, row)->typtype;
    delete_rows(PG_TYPE_CATALOG, PG_TYPE_OID_INDEX, PG_TYPE_COL_OID, oid);
    if (kind == 'e')
        delete_rows(PG_ENUM_CATALOG, PG_ENUM_TYPID_LABEL_INDEX, PG_ENUM_COL_ENUMTYPID, oid);
    if (kind == 'r')
        delete_rows(PG_RANGE_CATALOG, PG_RANGE_RNGTYPID_INDEX, PG_RANGE_COL_RNGTYPID, oid);
}

/* ---- What belongs to a relation ---- */

static void count_down_checks(Oid relation)
{
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(relation));
    CatalogRow fresh;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for relation %u", relation));
    if (CACHE_ROW(PgClass, row)->relchecks == 0)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = err_fmt("relation \"%s\" has relchecks = 0",
                                                              CACHE_ROW(PgClass, row)->relname));
    catalog_row_init(&fresh);
    catalog_set_i16(&fresh, PG_CLASS_COL_RELCHECKS,
                    (int16_t)(CACHE_ROW(PgClass, row)->relchecks - 1));
    relation_update_class(relation, &fresh);
}

static void remove_constraint(Oid oid)
{
    const HeapTuple *row = syscache_peek(CACHE_CONSTROID, datum_of_u32(oid));
    Relation *rel = NULL;
    Oid relation;
    char kind;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for constraint %u", oid));
    relation = CACHE_ROW(PgConstraint, row)->conrelid;
    kind = CACHE_ROW(PgConstraint, row)->contype;
    if (relation != 0)
        rel = relation_open(relation, LOCK_ACCESS_EXCLUSIVE);
    if (rel != NULL && kind == 'c')
        count_down_checks(relation);
    delete_rows(PG_CONSTRAINT_CATALOG, PG_CONSTRAINT_OID_INDEX, PG_CONSTRAINT_COL_OID, oid);
    if (rel != NULL)
        relation_close(rel, LOCK_NONE);
}

static void remove_default(Oid oid)
{
    const CatalogKey key = {.column = PG_ATTRDEF_COL_OID, .value = datum_of_u32(oid)};
    CatalogChange *change = catalog_change_begin(PG_ATTRDEF_CATALOG);
    CatalogScan *scan = catalog_scan_begin(PG_ATTRDEF_CATALOG, PG_ATTRDEF_OID_INDEX, 1, &key);
    const HeapTuple *row = catalog_scan_next(scan);
    Oid relation;
    int16_t number;
    Relation *rel;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("could not find tuple for attrdef %u", oid));
    relation = CACHE_ROW(PgAttrdef, row)->adrelid;
    number = CACHE_ROW(PgAttrdef, row)->adnum;
    rel = relation_open(relation, LOCK_ACCESS_EXCLUSIVE);
    catalog_delete(change, row);
    catalog_scan_end(scan);
    catalog_change_end(change);
    column_set_default_mark(relation, number, false);
    relation_close(rel, LOCK_NONE);
}
