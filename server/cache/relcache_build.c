/*
 * relcache_build.c - what catalogs say of a relation, read into memory of its own
 *
 * Catalogs themselves are taken as they are compiled in (relcache_catalog.c), as far as possible;
 * so reading any other relation needs nothing but its own rows.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/format/oid_range.h"
#include "server/cache/cache.h"
#include "server/cache/cache_int.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/reloptions.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/datum_image.h"
#include "server/fmgr/varlena.h"
#include "server/storage/smgr/smgr.h"

#define ARRAY_DATA_OFFSET 24 /* of an array of one dimension without NULLs */

static bool read_class(Oid oid, RelationContent *out);
static bool has_its_shape(const RelationContent *content, const CatalogRelation *what);
static void fill_compiled(Oid oid, const CatalogRelation *what, RelationContent *out);
static void fill_read(Oid oid, RelationContent *out);
static TupleDesc *read_columns(Oid oid, const PgClass *row);
static void fill_column(Column *to, const PgAttribute *row);
static Datum missing_value(const HeapTuple *tuple, const TupleDesc *desc, const Column *column);
static void read_defaults(Oid oid, TupleDesc *desc, unsigned count);
static void read_checks(Oid oid, TupleDesc *desc, unsigned count);

/*
 * What is read on the way is in scratch memory, for a scan needs much more than what is kept.
 */
bool relation_read(Oid oid, bool wants_real_row, RelationContent *out)
{
    MemContext *scratch = mem_context_new(mem_current(), "reading a relation");
    CatalogRelation what;
    bool is_catalog = oid < OID_FIRST_UNPINNED && catalog_relation_find(oid, &what),
         is_found = true;

    *out = (RelationContent){.mem = mem_context_new_small(mem_current(), "relation")};
    MEM_SCOPE(scratch) {
        if (!is_catalog || !what.catalog->is_mapped || (wants_real_row && cache_database() != 0))
            is_found = read_class(oid, out);
        if (is_found && is_catalog && (out->tuple == NULL || has_its_shape(out, &what)))
            fill_compiled(oid, &what, out);
        else if (is_found)
            fill_read(oid, out);
    }
    mem_delete(scratch);
    if (!is_found)
        mem_delete(out->mem);
    return is_found;
}

/* Somebody may have added columns to a catalog, which only a superuser who means it can do. */
static bool has_its_shape(const RelationContent *content, const CatalogRelation *what)
{
    return CACHE_ROW(PgClass, content->tuple)->relnatts == (int)catalog_relation_column_count(what);
}

static void fill_compiled(Oid oid, const CatalogRelation *what, RelationContent *out)
{
    MEM_SCOPE(out->mem) {
        if (out->tuple == NULL)
            out->tuple = catalog_relation_row(oid, what);
        if (what->index != NULL)
            out->index = catalog_relation_index(oid, what);
        out->desc = what->index != NULL ? catalog_index_columns(out->index)
                                        : cache_catalog_desc(catalog_relation_shape(what));
        out->options = reloptions_of(out->is_row_real ? out->tuple : NULL);
    }
}

static void fill_read(Oid oid, RelationContent *out)
{
    const PgClass *row = CACHE_ROW(PgClass, out->tuple);
    const TupleDesc *columns = read_columns(oid, row);

    MEM_SCOPE(out->mem) {
        out->desc = tuple_desc_copy(columns);
        out->options = reloptions_of(out->tuple);
    }
    tuple_desc_finish(out->desc);
    if (row->relkind == RELATION_INDEX || row->relkind == RELATION_PARTITIONED_INDEX)
        out->index = relation_read_index(oid, out);
}

static bool read_class(Oid oid, RelationContent *out)
{
    const CatalogKey key = {.column = PG_CLASS_COL_OID, .value = datum_of_u32(oid)};
    CatalogScan *scan = catalog_scan_begin(PG_CLASS_CATALOG, PG_CLASS_OID_INDEX, 1, &key);
    const HeapTuple *tuple = catalog_scan_next(scan);

    if (tuple != NULL) {
        MEM_SCOPE(out->mem) {
            out->tuple = heap_copy(tuple);
        }
        out->is_row_real = true;
    }
    catalog_scan_end(scan);
    return tuple != NULL;
}

/* ---- Columns ---- */

static TupleDesc *read_columns(Oid oid, const PgClass *row)
{
    const CatalogKey keys[] = {
        {.column = PG_ATTRIBUTE_COL_ATTRELID, .value = datum_of_u32(oid)},
        {.column = PG_ATTRIBUTE_COL_ATTNUM, .value = datum_of_i16(0), .strategy = SCAN_MORE},
    };
    TupleDesc *desc = tuple_desc_new((unsigned)row->relnatts);
    CatalogScan *scan = catalog_scan_begin(PG_ATTRIBUTE_CATALOG, PG_ATTRIBUTE_RELID_ATTNUM_INDEX,
                                           ARRAY_LEN(keys), keys);
    const HeapTuple *tuple;
    unsigned found = 0, default_count = 0;
    struct TupleExtra *extra = mem_new(struct TupleExtra);

    desc->row_type = row->reltype != 0 ? row->reltype : TYPE_RECORD;
    while (found < desc->count && (tuple = catalog_scan_next(scan)) != NULL) {
        const PgAttribute *attribute = CACHE_ROW(PgAttribute, tuple);
        Column *column;

        if (attribute->attnum > row->relnatts)
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = err_fmt("invalid attribute number %d for relation \"%s\"",
                                         attribute->attnum, row->relname));
        column = &desc->columns[attribute->attnum - 1];
        fill_column(column, attribute);
        found++;
        extra->has_not_null = extra->has_not_null || column->not_null;
        extra->has_stored_generated = extra->has_stored_generated || column->generated == 's';
        default_count += column->has_default;
        if (column->has_missing) {
            if (extra->missing == NULL)
                extra->missing = mem_new_array(NullableDatum, desc->count);
            extra->missing[attribute->attnum - 1] =
                (NullableDatum){.value = missing_value(tuple, catalog_scan_desc(scan), column)};
        }
    }
    catalog_scan_end(scan);
    if (found < desc->count)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message =
                      err_fmt("pg_attribute catalog is missing %u attribute(s) for relation OID %u",
                              desc->count - found, oid));
    for (unsigned i = 0; extra->missing != NULL && i < desc->count; i++)
        extra->missing[i].is_null = !desc->columns[i].has_missing;
    desc->extra = extra;
    if (default_count > 0)
        read_defaults(oid, desc, default_count);
    if (row->relchecks > 0)
        read_checks(oid, desc, (unsigned)row->relchecks);
    if (!extra->has_not_null && !extra->has_stored_generated && extra->missing == NULL &&
        extra->default_count == 0 && extra->check_count == 0) {
        desc->extra = NULL;
    }
    return desc;
}

static void fill_column(Column *to, const PgAttribute *row)
{
    *to = (Column){
        .type = row->atttypid,
        .type_mod = row->atttypmod,
        .collation = row->attcollation,
        .number = row->attnum,
        .len = row->attlen,
        .by_value = row->attbyval,
        .align = row->attalign,
        .storage = row->attstorage,
        .compression = row->attcompression,
        .not_null = row->attnotnull,
        .has_default = row->atthasdef,
        .has_missing = row->atthasmissing,
        .identity = row->attidentity,
        .generated = row->attgenerated,
        .is_dropped = row->attisdropped,
        .is_local = row->attislocal,
        .inherit_count = (int16_t)row->attinhcount,
        .dimensions = (int16_t)row->attndims,
        .stats_target = row->attstattarget,
    };
    memcpy(to->name, row->attname, NAME_SIZE);
}

/* attmissingval is an array of one element. */
static Datum missing_value(const HeapTuple *tuple, const TupleDesc *desc, const Column *column)
{
    bool is_null;
    Datum value = heap_get(tuple, PG_ATTRIBUTE_COL_ATTMISSINGVAL, desc, &is_null);
    const uint8_t *array, *element;
    uint64_t bytes = 0;

    if (is_null)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("column \"%s\" has no missing value", column->name));
    array = varlena_plain(datum_varlena(value));
    element = array + ARRAY_DATA_OFFSET;
    if (varlena_size(array) < ARRAY_DATA_OFFSET + (size_t)(column->len > 0 ? column->len : 1))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message =
                      err_fmt("the missing value of column \"%s\" is cut off", column->name));
    if (!column->by_value)
        return datum_copy(datum_of_pointer(element), false, column->len);
    memcpy(&bytes, element, (size_t)column->len);
    switch (column->len) {
    case 1:
        return datum_of_char((char)bytes);
    case 2:
        return datum_of_i16((int16_t)bytes);
    case 4:
        return datum_of_i32((int32_t)bytes);
    default:
        return (Datum)bytes;
    }
}

/* ---- Defaults and checks ---- */

char *relation_tree_text(const HeapTuple *tuple, int column, const TupleDesc *desc)
{
    bool is_null;
    Datum value = heap_get(tuple, column, desc, &is_null);
    const uint8_t *v;

    if (is_null)
        return NULL;
    v = varlena_packed(datum_varlena(value));
    return mem_strndup((const char *)varlena_bytes(v), varlena_len(v));
}

static void read_defaults(Oid oid, TupleDesc *desc, unsigned count)
{
    const CatalogKey key = {.column = PG_ATTRDEF_COL_ADRELID, .value = datum_of_u32(oid)};
    struct TupleExtra *extra = desc->extra;
    CatalogScan *scan =
        catalog_scan_begin(PG_ATTRDEF_CATALOG, PG_ATTRDEF_ADRELID_ADNUM_INDEX, 1, &key);
    const HeapTuple *tuple;

    extra->defaults = mem_new_array(struct ColumnDefault, count);
    while ((tuple = catalog_scan_next(scan)) != NULL) {
        int16_t number = CACHE_ROW(PgAttrdef, tuple)->adnum;

        if (extra->default_count == count || number < 1 || number > desc->count ||
            !desc->columns[number - 1].has_default) {
            err_log(ERR_WARNING,
                    .message = err_fmt(
                        "unexpected pg_attrdef record found for attribute %d of relation OID %u",
                        number, oid));
            continue;
        }
        extra->defaults[extra->default_count++] = (struct ColumnDefault){
            .number = number,
            .expression = relation_tree_text(tuple, PG_ATTRDEF_COL_ADBIN, catalog_scan_desc(scan))};
    }
    catalog_scan_end(scan);
    if (extra->default_count < count)
        err_log(ERR_WARNING,
                .message = err_fmt("%u pg_attrdef record(s) missing for relation OID %u",
                                   count - extra->default_count, oid));
}

/* By name, in which order they are tested. */
static void read_checks(Oid oid, TupleDesc *desc, unsigned count)
{
    const CatalogKey key = {.column = PG_CONSTRAINT_COL_CONRELID, .value = datum_of_u32(oid)};
    struct TupleExtra *extra = desc->extra;
    CatalogScan *scan = catalog_scan_begin(PG_CONSTRAINT_CATALOG,
                                           PG_CONSTRAINT_CONRELID_CONTYPID_CONNAME_INDEX, 1, &key);
    const HeapTuple *tuple;

    extra->checks = mem_new_array(struct CheckConstraint, count);
    while ((tuple = catalog_scan_next(scan)) != NULL) {
        const PgConstraint *row = CACHE_ROW(PgConstraint, tuple);

        if (row->contype != 'c')
            continue;
        if (extra->check_count == count) {
            err_log(ERR_WARNING,
                    .message =
                        err_fmt("unexpected pg_constraint record found for relation OID %u", oid));
            break;
        }
        extra->checks[extra->check_count++] =
            (struct CheckConstraint){.name = mem_strdup(row->conname),
                                     .expression = relation_tree_text(
                                         tuple, PG_CONSTRAINT_COL_CONBIN, catalog_scan_desc(scan)),
                                     .is_valid = row->convalidated,
                                     .no_inherit = row->connoinherit};
    }
    catalog_scan_end(scan);
    if (extra->check_count < count)
        err_log(ERR_WARNING,
                .message = err_fmt("%u pg_constraint record(s) missing for relation OID %u",
                                   count - extra->check_count, oid));
}
