/*
 * relcache_catalog.c - catalogs, their indexes and TOAST tables as they are compiled in
 *
 * All that the caches need of them but their files is known without reading anything, so opening
 * one costs no look into other catalogs. What a cluster may say otherwise (sizes, rights, options)
 * is in the real row of pg_class, which relcache.c reads for others than the caches.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "server/cache/cache_int.h"
#include "server/cache/relmap.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"

static void make_name(const CatalogRelation *what, char name[NAME_SIZE]);
static void fill_class(Oid oid, const CatalogRelation *what, PgClass *row);
static void fill_index_row(Oid oid, const CatalogRelation *what, PgIndex *row);
static HeapTuple *tuple_of_fixed(const void *fixed, size_t size);

bool catalog_relation_find(Oid oid, CatalogRelation *out)
{
    if (oid == 0)
        return false;
    for (size_t i = 0; i < catalog_count(); i++) {
        const Catalog *catalog = catalog_at(i);

        *out = (CatalogRelation){.catalog = catalog};
        if (catalog->oid == oid)
            return true;
        if (catalog->toast == oid || catalog->toast_index == oid) {
            out->is_toast = true;
            out->index = catalog->toast_index == oid ? &catalog_toast_shape()->indexes[0] : NULL;
            return true;
        }
        for (unsigned k = 0; k < catalog->index_count; k++) {
            if (catalog->indexes[k].oid == oid) {
                out->index = &catalog->indexes[k];
                return true;
            }
        }
    }
    return false;
}

const Catalog *catalog_relation_shape(const CatalogRelation *what)
{
    return what->is_toast ? catalog_toast_shape() : what->catalog;
}

/* ---- The row of pg_class ---- */

HeapTuple *catalog_relation_row(Oid oid, const CatalogRelation *what)
{
    PgClass row;

    memset(&row, 0, sizeof row);
    fill_class(oid, what, &row);
    return tuple_of_fixed(&row, sizeof row);
}

static void make_name(const CatalogRelation *what, char name[NAME_SIZE])
{
    const char *text = what->index != NULL ? what->index->name : what->catalog->name;

    memset(name, 0, NAME_SIZE);
    if (!what->is_toast) {
        memcpy(name, text, size_min(strlen(text), NAME_SIZE - 1));
        return;
    }
    memcpy(name, "pg_toast_", 9);
    for (Oid rest = what->catalog->oid, power = 1000000000; power > 0; power /= 10) {
        if (what->catalog->oid >= power) {
            name[strlen(name)] = (char)('0' + rest / power % 10);
        }
    }
    if (what->index != NULL)
        memcpy(name + strlen(name), "_index", 6);
}

static void fill_class(Oid oid, const CatalogRelation *what, PgClass *row)
{
    const Catalog *catalog = what->catalog, *shape = catalog_relation_shape(what);
    bool is_index = what->index != NULL;

    row->oid = oid;
    make_name(what, row->relname);
    row->relnamespace = what->is_toast ? SCHEMA_TOAST : SCHEMA_CATALOG;
    row->reltype = is_index || what->is_toast ? 0 : catalog->row_type;
    row->relowner = ROLE_SUPERUSER;
    row->relam = is_index ? AM_BTREE : AM_HEAP;
    row->relfilenode = catalog->is_mapped ? 0 : oid;
    row->reltablespace = catalog->is_shared ? TABLESPACE_GLOBAL : 0;
    row->reltoastrelid = is_index || what->is_toast ? 0 : catalog->toast;
    row->relhasindex = !is_index && shape->index_count > 0;
    row->relisshared = catalog->is_shared;
    row->relpersistence = RELATION_PERMANENT;
    row->relkind = is_index ? RELATION_INDEX : what->is_toast ? RELATION_TOAST : RELATION_TABLE;
    row->relnatts = (int16_t)catalog_relation_column_count(what);
    row->relispopulated = true;
    row->relreplident = 'n';
}

/* Nobody reads transaction fields of it. */
static HeapTuple *tuple_of_fixed(const void *fixed, size_t size)
{
    const size_t hoff = 24;
    HeapTuple *tuple = mem_alloc(sizeof *tuple + hoff + size);

    tuple->bytes = (uint8_t *)(tuple + 1);
    tuple->len = (uint32_t)(hoff + size);
    tuple->self = tid_none();
    tuple->bytes[22] = (uint8_t)hoff;
    memcpy(tuple->bytes + hoff, fixed, size);
    return tuple;
}

/* ---- Columns and keys ---- */

unsigned catalog_relation_column_count(const CatalogRelation *what)
{
    return what->index != NULL ? what->index->key_count
                               : catalog_relation_shape(what)->column_count;
}

TupleDesc *catalog_index_columns(const RelationIndex *index)
{
    return (TupleDesc *)(uintptr_t)index->btree.keys.desc;
}

static void fill_index_row(Oid oid, const CatalogRelation *what, PgIndex *row)
{
    row->indexrelid = oid;
    row->indrelid = what->is_toast ? what->catalog->toast : what->catalog->oid;
    row->indnatts = row->indnkeyatts = what->index->key_count;
    row->indisunique = what->index->is_unique;
    row->indisprimary = what->index->is_primary;
    row->indimmediate = true;
    row->indisvalid = row->indisready = row->indislive = true;
}

RelationIndex *catalog_relation_index(Oid oid, const CatalogRelation *what)
{
    const CatalogIndex *shape = what->index;
    RelationIndex *index = mem_new(RelationIndex);
    TupleDesc *desc = catalog_index_desc(catalog_relation_shape(what), shape);
    int16_t *columns = mem_new_array(int16_t, shape->key_count);
    Oid *collations = mem_new_array(Oid, shape->key_count);
    Oid *support = mem_new_array(Oid, shape->key_count * CATALOG_SUPPORT_COUNT);
    PgIndex row;

    memset(&row, 0, sizeof row);
    fill_index_row(oid, what, &row);
    index->tuple = tuple_of_fixed(&row, sizeof row);
    index->row = (const PgIndex *)(const void *)(index->tuple->bytes + index->tuple->bytes[22]);
    index->table = row.indrelid;
    index->access_method = AM_BTREE;
    index->is_immediate = index->row->indimmediate;
    index->column_count = index->key_count = shape->key_count;
    index->columns = columns;
    index->op_classes = shape->op_classes;
    index->collations = collations;
    index->op_families = shape->op_families;
    index->input_types = shape->input_types;
    index->support_count = CATALOG_SUPPORT_COUNT;
    index->support = support;
    index->options = mem_new_array(int16_t, shape->key_count);
    btree_keys_init(&index->btree.keys, desc, shape->key_count);
    for (unsigned k = 0; k < shape->key_count; k++) {
        const CatalogColumn *column = &catalog_relation_shape(what)->columns[shape->keys[k] - 1];

        columns[k] = shape->keys[k];
        collations[k] = column->collation;
        support[k * CATALOG_SUPPORT_COUNT] = shape->compare[k];
        memcpy(&support[k * CATALOG_SUPPORT_COUNT + 1], shape->others[k], sizeof shape->others[k]);
        btree_keys_set_order(&index->btree.keys, k + 1, shape->compare[k], column->collation, 0);
    }
    index->btree.keys.is_unique = shape->is_unique;
    index->btree.keys.all_equal_image = shape->all_equal_image;
    index->btree.keys.may_deduplicate = true;
    return index;
}
