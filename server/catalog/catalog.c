/* catalog.c - look into the tables of catalogs; descriptors of their tuples. */
#include "common/base/base.h"

#include "server/catalog/catalog.h"

#include "server/catalog/catalog_int.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"

/* Of a toast table's index. */
#define OP_CLASS_OID_OPS      1981
#define OP_CLASS_INT4_OPS     1978
#define OP_FAMILY_OID_OPS     1989
#define OP_FAMILY_INTEGER_OPS 1976
#define BTOIDCMP              356
#define BTINT4CMP             351

static void set_column(TupleDesc *desc, unsigned number, const CatalogColumn *column);
static void set_key(TupleDesc *desc, unsigned number, const CatalogColumn *column);

size_t catalog_count(void)
{
    return catalog_table_count;
}

const Catalog *catalog_at(size_t i)
{
    ASSERT(i < catalog_table_count);
    return &catalog_table[i];
}

const Catalog *catalog_find(Oid oid)
{
    for (size_t i = 0; i < catalog_table_count; i++) {
        if (catalog_table[i].oid == oid)
            return &catalog_table[i];
    }
    return NULL;
}

const CatalogIndex *catalog_find_index(Oid oid, const Catalog **of)
{
    for (size_t i = 0; i < catalog_table_count; i++) {
        const Catalog *catalog = &catalog_table[i];

        for (unsigned k = 0; k < catalog->index_count; k++) {
            if (catalog->indexes[k].oid != oid)
                continue;
            if (of != NULL)
                *of = catalog;
            return &catalog->indexes[k];
        }
    }
    return NULL;
}

bool catalog_is_shared(Oid relation)
{
    for (size_t i = 0; i < catalog_table_count; i++) {
        const Catalog *catalog = &catalog_table[i];

        if (!catalog->is_shared)
            continue;
        if (catalog->oid == relation ||
            (relation != 0 && (catalog->toast == relation || catalog->toast_index == relation)))
            return true;
        for (unsigned k = 0; k < catalog->index_count; k++) {
            if (catalog->indexes[k].oid == relation)
                return true;
        }
    }
    return false;
}

TupleDesc *catalog_tuple_desc(const Catalog *catalog)
{
    TupleDesc *desc = tuple_desc_new(catalog->column_count);

    desc->row_type = catalog->row_type;
    desc->row_type_mod = -1;
    for (unsigned i = 0; i < catalog->column_count; i++)
        set_column(desc, i + 1, &catalog->columns[i]);
    return desc;
}

TupleDesc *catalog_index_desc(const Catalog *catalog, const CatalogIndex *index)
{
    TupleDesc *desc = tuple_desc_new(index->key_count);

    for (unsigned i = 0; i < index->key_count; i++)
        set_key(desc, i + 1, &catalog->columns[index->keys[i] - 1]);
    return desc;
}

const Catalog *catalog_toast_shape(void)
{
    static const CatalogColumn columns[] = {
        {"chunk_id", TYPE_OID, 0, 4, true, 'i', 'p', false, 0},
        {"chunk_seq", TYPE_INT4, 0, 4, true, 'i', 'p', false, 0},
        {"chunk_data", TYPE_BYTEA, 0, -1, false, 'i', 'p', false, 0},
    };
    static const CatalogIndex index = {.name = "pg_toast_index",
                                       .is_unique = true,
                                       .is_primary = true,
                                       .key_count = 2,
                                       .keys = {1, 2},
                                       .op_classes = {OP_CLASS_OID_OPS, OP_CLASS_INT4_OPS},
                                       .op_families = {OP_FAMILY_OID_OPS, OP_FAMILY_INTEGER_OPS},
                                       .input_types = {TYPE_OID, TYPE_INT4},
                                       .compare = {BTOIDCMP, BTINT4CMP},
                                       .all_equal_image = true};
    static const Catalog shape = {.name = "pg_toast",
                                  .column_count = ARRAY_LEN(columns),
                                  .index_count = 1,
                                  .columns = columns,
                                  .indexes = &index};

    return &shape;
}

Oid catalog_cache_index(CacheId id)
{
    static const Oid indexes[] = {
#define ROW(id, index) index,
#include "server/catalog/cache.def"
#undef ROW
    };

    ASSERT(id < CACHE_COUNT);
    return indexes[id];
}

static void set_column(TupleDesc *desc, unsigned number, const CatalogColumn *column)
{
    Column *to = &desc->columns[number - 1];

    tuple_desc_set(desc, number, column->name, column->type, column->len, column->by_value,
                   column->align);
    to->collation = column->collation;
    to->storage = column->storage;
    to->not_null = column->is_not_null;
    to->dimensions = column->dimensions;
    to->is_local = true;
}

/* An index keeps a name as a C string of the length that it has. */
static void set_key(TupleDesc *desc, unsigned number, const CatalogColumn *column)
{
    CatalogColumn key = *column;

    key.is_not_null = false;
    if (key.type == TYPE_NAME) {
        key.type = TYPE_CSTRING;
        key.len = -2;
    }
    set_column(desc, number, &key);
}
