/*
 * relcache_index.c - indexes: keys, orders and functions of one; those that a table has
 *
 * What a cluster says of operator classes is asked of the catalog caches, and kept there.
 */
#include "common/base/base.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "server/cache/cache_int.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/relcache.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/varlena.h"

#define VECTOR_HEADER         24 /* of an int2vector or oidvector */
#define BTREE_EQUAL_IMAGE     4  /* number of a support function */
#define FN_BTEQUALIMAGE       5051
#define FN_BTVARSTREQUALIMAGE 5050
#define INDEXES_FIRST         8

static HeapTuple *read_index_row(Oid oid);
static void fill_keys(RelationIndex *index, const TupleDesc *desc);
static void fill_classes(RelationIndex *index, Oid access_method);
static void fill_btree(RelationIndex *index, const RelationContent *content);

/* Support functions that an access method may have. */
static unsigned support_count_of(Oid access_method)
{
    switch (access_method) {
    case AM_BTREE:
        return 5;
    case AM_HASH:
        return 3;
    case AM_GIST:
        return 11;
    case AM_GIN:
    case AM_SPGIST:
        return 7;
    case AM_BRIN:
        return 15;
    default:
        return 0;
    }
}

/* ---- One index ---- */

RelationIndex *relation_read_index(Oid oid, const RelationContent *content)
{
    const PgClass *row = CACHE_ROW(PgClass, content->tuple);
    HeapTuple *tuple = read_index_row(oid);
    const TupleDesc *index_desc = cache_catalog_desc(catalog_find(PG_INDEX_CATALOG));
    RelationIndex *index;

    MEM_SCOPE(content->mem) {
        index = mem_new(RelationIndex);
        index->tuple = heap_copy(tuple);
        index->row = CACHE_ROW(PgIndex, index->tuple);
        index->access_method = row->relam;
        index->is_immediate = index->row->indimmediate;
        index->is_exclusion = index->row->indisexclusion;
        index->expressions = relation_tree_text(index->tuple, PG_INDEX_COL_INDEXPRS, index_desc);
        index->predicate = relation_tree_text(index->tuple, PG_INDEX_COL_INDPRED, index_desc);
        fill_keys(index, index_desc);
        fill_classes(index, row->relam);
        if (row->relam == AM_BTREE)
            fill_btree(index, content);
    }
    return index;
}

static HeapTuple *read_index_row(Oid oid)
{
    const CatalogKey key = {.column = PG_INDEX_COL_INDEXRELID, .value = datum_of_u32(oid)};
    CatalogScan *scan = catalog_scan_begin(PG_INDEX_CATALOG, PG_INDEX_INDEXRELID_INDEX, 1, &key);
    const HeapTuple *tuple = catalog_scan_next(scan);
    HeapTuple *copy;

    if (tuple == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for index %u", oid));
    copy = heap_copy(tuple);
    catalog_scan_end(scan);
    return copy;
}

/* The elements of a vector column; raises when there are fewer than count. */
static const uint8_t *vector(const HeapTuple *tuple, int column, const TupleDesc *desc,
                             unsigned count, size_t item_size)
{
    bool is_null;
    Datum value = heap_get(tuple, column, desc, &is_null);
    const uint8_t *v = datum_varlena(value);

    if (is_null || varlena_size(v) < VECTOR_HEADER + count * item_size)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("a row of pg_index has too few values in column %d", column));
    return v + VECTOR_HEADER;
}

static void fill_keys(RelationIndex *index, const TupleDesc *desc)
{
    const PgIndex *row = index->row;
    unsigned columns = (unsigned)row->indnatts, keys = (unsigned)row->indnkeyatts;

    if (columns < 1 || columns > INDEX_COLUMNS_MAX || keys < 1 || keys > columns)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("index %u has %u columns", row->indexrelid, columns));
    index->table = row->indrelid;
    index->column_count = (uint16_t)columns;
    index->key_count = (uint16_t)keys;
    index->columns =
        mem_dup(vector(index->tuple, PG_INDEX_COL_INDKEY, desc, columns, sizeof(int16_t)),
                columns * sizeof(int16_t));
    index->collations =
        mem_dup(vector(index->tuple, PG_INDEX_COL_INDCOLLATION, desc, keys, sizeof(Oid)),
                keys * sizeof(Oid));
    index->op_classes = mem_dup(
        vector(index->tuple, PG_INDEX_COL_INDCLASS, desc, keys, sizeof(Oid)), keys * sizeof(Oid));
    index->options =
        mem_dup(vector(index->tuple, PG_INDEX_COL_INDOPTION, desc, keys, sizeof(int16_t)),
                keys * sizeof(int16_t));
}

static void fill_support(Oid family, Oid type, unsigned count, Oid *support)
{
    const CacheList *list =
        syscache_pin_list(CACHE_AMPROCNUM, 3,
                          (const Datum[CATALOG_KEYS_MAX]){datum_of_u32(family), datum_of_u32(type),
                                                          datum_of_u32(type), 0});

    for (unsigned i = 0; i < list->count; i++) {
        const PgAmproc *row = CACHE_ROW(PgAmproc, list->rows[i]);

        if (row->amprocnum >= 1 && (unsigned)row->amprocnum <= count)
            support[row->amprocnum - 1] = row->amproc;
    }
    syscache_unpin_list(list);
}

static void fill_classes(RelationIndex *index, Oid access_method)
{
    unsigned count = support_count_of(access_method), keys = index->key_count;
    Oid *families = mem_new_array(Oid, keys), *types = mem_new_array(Oid, keys);
    Oid *support = mem_new_array(Oid, keys * count);

    for (unsigned k = 0; k < keys; k++) {
        const HeapTuple *row = syscache_peek(CACHE_CLAOID, datum_of_u32(index->op_classes[k]));

        if (row == NULL)
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message =
                          err_fmt("could not find tuple for opclass %u", index->op_classes[k]));
        families[k] = CACHE_ROW(PgOpclass, row)->opcfamily;
        types[k] = CACHE_ROW(PgOpclass, row)->opcintype;
        fill_support(families[k], types[k], count, support + k * count);
    }
    index->op_families = families;
    index->input_types = types;
    index->support_count = count;
    index->support = support;
}

static bool is_deterministic(Oid collation)
{
    const HeapTuple *row = syscache_peek(CACHE_COLLOID, datum_of_u32(collation));

    return collation == 0 || (row != NULL && CACHE_ROW(PgCollation, row)->collisdeterministic);
}

/* Equal keys are equal bytes: for each opclass a function of PostgreSQL's says so, or none does. */
static bool has_equal_images(const RelationIndex *index)
{
    if (index->column_count != index->key_count)
        return false;
    for (unsigned k = 0; k < index->key_count; k++) {
        Oid says = index->support[k * index->support_count + BTREE_EQUAL_IMAGE - 1];

        if (says != FN_BTEQUALIMAGE &&
            (says != FN_BTVARSTREQUALIMAGE || !is_deterministic(index->collations[k])))
            return false;
    }
    return true;
}

static void fill_btree(RelationIndex *index, const RelationContent *content)
{
    BtreeKeys *keys = &index->btree.keys;

    btree_keys_init(keys, content->desc, index->key_count);
    for (unsigned k = 0; k < index->key_count; k++) {
        Oid compare = index->support[k * index->support_count];

        if (compare == 0)
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = err_fmt("missing support function 1 for attribute %u of index "
                                         "\"%s\"",
                                         k + 1, CACHE_ROW(PgClass, content->tuple)->relname));
        btree_keys_set_order(keys, k + 1, compare, index->collations[k], index->options[k]);
    }
    keys->is_unique = index->row->indisunique;
    keys->nulls_are_equal = index->row->indnullsnotdistinct;
    keys->all_equal_image = has_equal_images(index);
    keys->may_deduplicate = content->options->may_deduplicate;
    index->btree.fillfactor = content->options->fillfactor;
}

/* ---- Those of a table ---- */

static int compare_oids(const void *a, const void *b)
{
    Oid x = *(const Oid *)a, y = *(const Oid *)b;

    return (x > y) - (x < y);
}

static bool has_predicate(const HeapTuple *tuple, const TupleDesc *desc)
{
    return !heap_is_null(tuple, PG_INDEX_COL_INDPRED, desc);
}

RelationIndexes *relation_read_indexes(const Relation *rel)
{
    const CatalogKey key = {.column = PG_INDEX_COL_INDRELID, .value = datum_of_u32(rel->oid)};
    RelationIndexes *out = mem_new(RelationIndexes);
    Oid *oids = mem_new_array(Oid, INDEXES_FIRST), chosen = 0;
    unsigned room = INDEXES_FIRST;
    CatalogScan *scan = catalog_scan_begin(PG_INDEX_CATALOG, PG_INDEX_INDRELID_INDEX, 1, &key);
    const HeapTuple *tuple;

    while ((tuple = catalog_scan_next(scan)) != NULL) {
        const PgIndex *row = CACHE_ROW(PgIndex, tuple);

        /* One that is being dropped is nobody's any more. */
        if (!row->indislive)
            continue;
        if (out->count == room) {
            room *= 2;
            oids = mem_realloc(oids, room * sizeof(Oid));
        }
        oids[out->count++] = row->indexrelid;
        if (!row->indisvalid || !row->indisunique || !row->indimmediate ||
            has_predicate(tuple, catalog_scan_desc(scan)))
            continue;
        if (row->indisprimary)
            out->primary = row->indexrelid;
        if (row->indisreplident)
            chosen = row->indexrelid;
    }
    catalog_scan_end(scan);
    qsort(oids, out->count, sizeof(Oid), compare_oids);
    out->oids = oids;
    if (rel->row->relreplident == 'd')
        out->replica_identity = out->primary;
    else if (rel->row->relreplident == 'i')
        out->replica_identity = chosen;
    return out;
}

/* ---- Sets of columns ---- */

typedef struct Sets {
    ColumnSet *hot, *keys, *primary, *identity;
    unsigned column_count; /* of the table */
} Sets;

static ColumnSet *set_new(unsigned column_count)
{
    uint32_t words = (column_count + COLUMN_SET_SYSTEM) / 64 + 1;
    ColumnSet *set = mem_alloc(sizeof *set + words * sizeof(uint64_t));

    set->words = words;
    return set;
}

static void set_add(ColumnSet *set, int number)
{
    unsigned bit = (unsigned)(number + COLUMN_SET_SYSTEM);

    if (bit / 64 < set->words)
        set->bits[bit / 64] |= UINT64_C(1) << (bit % 64);
}

/*
 * Columns that a stored tree names: ":varattno N" stands once for each. The same words inside some
 * name would add a column that is not used, which does no harm. 0 is the whole row.
 */
static void add_tree_columns(Sets *sets, const char *tree)
{
    static const char field[] = ":varattno ";

    while (tree != NULL && (tree = strstr(tree, field)) != NULL) {
        int number = (int)strtol(tree + sizeof field - 1, NULL, 10);

        tree += sizeof field - 1;
        for (unsigned i = 1; number == 0 && i <= sets->column_count; i++)
            set_add(sets->hot, (int)i);
        if (number != 0 && number >= -COLUMN_SET_SYSTEM)
            set_add(sets->hot, number);
    }
}

static void add_index_columns(Sets *sets, const Relation *index, const RelationIndexes *all)
{
    const RelationIndex *info = index->index;
    bool is_key = info->row->indisunique && info->expressions == NULL && info->predicate == NULL;

    for (unsigned i = 0; i < info->column_count; i++) {
        if (info->columns[i] == 0)
            continue;
        set_add(sets->hot, info->columns[i]);
        if (i >= info->key_count)
            continue;
        if (is_key)
            set_add(sets->keys, info->columns[i]);
        if (index->oid == all->primary)
            set_add(sets->primary, info->columns[i]);
        if (index->oid == all->replica_identity)
            set_add(sets->identity, info->columns[i]);
    }
    add_tree_columns(sets, info->expressions);
    add_tree_columns(sets, info->predicate);
}

/* all: what relation_indexes() said, as a copy: opening an index may replace it. */
static void add_all(Sets *sets, const RelationIndexes *all)
{
    for (unsigned i = 0; i < all->count; i++) {
        Relation *index = relation_pin_existing(all->oids[i]);

        add_index_columns(sets, index, all);
        relation_unpin(index);
    }
}

RelationColumns *relation_read_index_columns(Relation *rel)
{
    const RelationIndexes *listed = relation_indexes(rel);
    RelationIndexes all = *listed;
    Oid *oids = mem_dup(listed->oids, listed->count * sizeof(Oid));
    RelationColumns *out = mem_new(RelationColumns);
    Sets sets = {.column_count = rel->desc->count};

    all.oids = oids;
    out->hot = sets.hot = set_new(sets.column_count);
    out->keys = sets.keys = set_new(sets.column_count);
    out->primary = sets.primary = set_new(sets.column_count);
    out->identity = sets.identity = set_new(sets.column_count);
    add_all(&sets, &all);
    mem_free(oids);
    return out;
}

/* ---- Keeping what was read ---- */

RelationIndexes *relation_keep_indexes(MemContext *mem, const RelationIndexes *read)
{
    RelationIndexes *kept;

    MEM_SCOPE(mem) {
        kept = mem_dup(read, sizeof *read);
        kept->oids = mem_dup(read->oids, read->count * sizeof(Oid));
    }
    return kept;
}

static const ColumnSet *keep_set(const ColumnSet *set)
{
    return mem_dup(set, sizeof *set + set->words * sizeof(uint64_t));
}

/* A table column's bit, number + COLUMN_SET_SYSTEM, becomes number - 1. */
static const uint64_t *table_words(const ColumnSet *set)
{
    STATIC_ASSERT(COLUMN_SET_SYSTEM == 7);
    uint64_t *words = mem_new_array(uint64_t, set->words);

    for (unsigned i = 0; i < set->words; i++) {
        words[i] = set->bits[i] >> 8;
        if (i + 1 < set->words)
            words[i] |= set->bits[i + 1] << 56;
    }
    return words;
}

RelationColumns *relation_keep_columns(MemContext *mem, const RelationColumns *read)
{
    RelationColumns *kept;

    MEM_SCOPE(mem) {
        kept = mem_new(RelationColumns);
        kept->hot = keep_set(read->hot);
        kept->keys = keep_set(read->keys);
        kept->primary = keep_set(read->primary);
        kept->identity = keep_set(read->identity);
        kept->hot_words = table_words(read->hot);
        kept->key_words = table_words(read->keys);
    }
    return kept;
}
