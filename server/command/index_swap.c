/* index_swap.c - an index and a copy of it that takes its place; index_swap.h has the how. */
#include "common/base/base.h"

#include "server/command/index_swap.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/cache.h"
#include "server/cache/catalog_change.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/inval.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/depend.h"
#include "server/command/make.h"
#include "server/node/text_read.h"
#include "server/txn/txn.h"

/* ---- The copy ---- */

static Oid make_copy(Relation *table, const Relation *from, Oid tablespace)
{
    IndexMake make = index_make_like(from);

    make.tablespace = from->row->reltablespace;
    make.is_not_built = true;
    make.is_invalid = true;
    if (from->index->expressions != NULL)
        make.exprs = node_read_text(from->index->expressions);
    if (from->index->predicate != NULL)
        make.predicate = node_read_text(from->index->predicate);
    make.name = relation_choose_name(from->name, NULL, "ccnew", from->schema, false);
    if (tablespace != 0)
        make.tablespace = tablespace == cache_database_tablespace() ? 0 : tablespace;
    return index_make(table, &make);
}

Oid index_swap_make_copy(Oid table_oid, Oid index_oid, Oid tablespace)
{
    Relation *table = relation_open(table_oid, LOCK_SHARE_UPDATE_EXCLUSIVE);
    Relation *index = index_open(index_oid, LOCK_SHARE_UPDATE_EXCLUSIVE);
    Oid copy = make_copy(table, index, tablespace);

    relation_close(index, LOCK_NONE);
    relation_close(table, LOCK_NONE);
    txn_advance_command();
    return copy;
}

/* ---- Marks and names ---- */

static void set_name(Oid relation, const char *name)
{
    CatalogRow row;

    catalog_row_init(&row);
    catalog_set_name(&row, PG_CLASS_COL_RELNAME, name);
    relation_update_class(relation, &row);
}

/* The copy is named last, when the name is free. */
static void swap_names(Oid index, Oid copy)
{
    Relation *rel = relation_open(index, LOCK_SHARE_UPDATE_EXCLUSIVE);
    const char *name = mem_strdup(rel->name);
    const char *other = relation_choose_name(name, NULL, "ccold", rel->schema, false);

    relation_close(rel, LOCK_NONE);
    set_name(index, other);
    txn_advance_command();
    set_name(copy, name);
}

static void swap_marks(Oid index, Oid copy)
{
    CatalogChange *change = catalog_change_begin(PG_INDEX_CATALOG);
    const HeapTuple *old = syscache_pin(CACHE_INDEXRELID, datum_of_u32(index));
    const HeapTuple *new = syscache_pin(CACHE_INDEXRELID, datum_of_u32(copy));
    const PgIndex *was = CACHE_ROW(PgIndex, old);
    CatalogRow row;

    catalog_row_init(&row);
    catalog_set_bool(&row, PG_INDEX_COL_INDISPRIMARY, was->indisprimary);
    catalog_set_bool(&row, PG_INDEX_COL_INDISEXCLUSION, was->indisexclusion);
    catalog_set_bool(&row, PG_INDEX_COL_INDIMMEDIATE, was->indimmediate);
    catalog_set_bool(&row, PG_INDEX_COL_INDISREPLIDENT, was->indisreplident);
    catalog_set_bool(&row, PG_INDEX_COL_INDISCLUSTERED, was->indisclustered);
    catalog_set_bool(&row, PG_INDEX_COL_INDISVALID, true);
    catalog_update(change, new, &row);
    catalog_row_init(&row);
    catalog_set_bool(&row, PG_INDEX_COL_INDISPRIMARY, false);
    catalog_set_bool(&row, PG_INDEX_COL_INDISEXCLUSION, false);
    catalog_set_bool(&row, PG_INDEX_COL_INDIMMEDIATE, true);
    catalog_set_bool(&row, PG_INDEX_COL_INDISREPLIDENT, false);
    catalog_set_bool(&row, PG_INDEX_COL_INDISCLUSTERED, false);
    catalog_set_bool(&row, PG_INDEX_COL_INDISVALID, false);
    catalog_update(change, old, &row);
    syscache_unpin(new);
    syscache_unpin(old);
    catalog_change_end(change);
}

/* ---- What knows the index by its number ---- */

/* Rows that the keys find have another number in the column of the first. */
static void renumber(Oid catalog, Oid index, const CatalogKey *keys, unsigned key_count, Oid to)
{
    CatalogChange *change = catalog_change_begin(catalog);
    CatalogScan *scan = catalog_scan_begin(catalog, index, key_count, keys);
    const HeapTuple *old;

    while ((old = catalog_scan_next(scan)) != NULL) {
        CatalogRow row;

        catalog_row_init(&row);
        catalog_set_u32(&row, keys[0].column, to);
        catalog_update(change, old, &row);
    }
    catalog_scan_end(scan);
    catalog_change_end(change);
}

static void move_trigger_index(Oid constraint, Oid from, Oid to)
{
    const CatalogKey key = {.column = PG_TRIGGER_COL_TGCONSTRAINT,
                            .value = datum_of_u32(constraint)};
    CatalogChange *change = catalog_change_begin(PG_TRIGGER_CATALOG);
    CatalogScan *scan =
        catalog_scan_begin(PG_TRIGGER_CATALOG, PG_TRIGGER_TGCONSTRAINT_INDEX, 1, &key);
    const HeapTuple *old;

    while ((old = catalog_scan_next(scan)) != NULL) {
        CatalogRow row;

        if (CACHE_ROW(PgTrigger, old)->tgconstrindid != from)
            continue;
        inval_note_relation(CACHE_ROW(PgTrigger, old)->tgrelid, false);
        catalog_row_init(&row);
        catalog_set_u32(&row, PG_TRIGGER_COL_TGCONSTRINDID, to);
        catalog_update(change, old, &row);
    }
    catalog_scan_end(scan);
    catalog_change_end(change);
}

/* The constraint that it was made for, and foreign keys that go by it. */
static void move_constraints(Oid from, Oid to)
{
    CatalogChange *change = catalog_change_begin(PG_CONSTRAINT_CATALOG);
    CatalogScan *scan = catalog_scan_begin(PG_CONSTRAINT_CATALOG, 0, 0, NULL);
    const HeapTuple *old;

    while ((old = catalog_scan_next(scan)) != NULL) {
        const PgConstraint *c = CACHE_ROW(PgConstraint, old);
        CatalogRow row;

        if (c->conindid != from)
            continue;
        move_trigger_index(c->oid, from, to);
        catalog_row_init(&row);
        catalog_set_u32(&row, PG_CONSTRAINT_COL_CONINDID, to);
        catalog_update(change, old, &row);
    }
    catalog_scan_end(scan);
    catalog_change_end(change);
}

void index_swap(Oid table, Oid index, Oid copy)
{
    const CatalogKey comment[] = {
        {.column = PG_DESCRIPTION_COL_OBJOID, .value = datum_of_u32(index)},
        {.column = PG_DESCRIPTION_COL_CLASSOID, .value = datum_of_u32(PG_CLASS_CATALOG)}};
    const CatalogKey statistics = {.column = PG_STATISTIC_COL_STARELID,
                                   .value = datum_of_u32(index)};
    Relation *rel;

    swap_names(index, copy);
    swap_marks(index, copy);
    move_constraints(index, copy);
    renumber(PG_DESCRIPTION_CATALOG, PG_DESCRIPTION_O_C_O_INDEX, comment, 2, copy);
    depend_exchange(PG_CLASS_CATALOG, index, copy);
    renumber(PG_STATISTIC_CATALOG, PG_STATISTIC_RELID_ATT_INH_INDEX, &statistics, 1, copy);
    rel = relation_open(table, LOCK_NONE);
    inval_note_relation(table, rel->is_shared);
    relation_close(rel, LOCK_NONE);
    txn_advance_command();
}
