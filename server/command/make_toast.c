/* make_toast.c - the table for values of another one that are too long, and its index */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/encoding.h"
#include "server/cache/cache.h"
#include "server/cache/namespace.h"
#include "server/cache/relation_open.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/make.h"
#include "server/txn/txn.h"

#define TUPLE_BITS_START 23   /* where the bits for NULLs begin */
#define LONG_ROW         2032 /* longer rows have values taken out */
#define OID_BTREE_OPS    1981
#define INT4_BTREE_OPS   1978

static bool needs_toast(const Relation *table);
static int32_t length_max(Oid type, int32_t typmod);
static TupleDesc *toast_desc(void);
static void make_table(const Relation *table, const uint8_t *options);

void toast_make(Oid oid, const uint8_t *options)
{
    Relation *table = relation_open(oid, LOCK_NONE);

    if (table->row->reltoastrelid == 0 && needs_toast(table))
        make_table(table, options);
    relation_close(table, LOCK_NONE);
}

/* Can a row get longer than what is taken out, and is there something to take out? */
static bool needs_toast(const Relation *table)
{
    const TupleDesc *desc = table->desc;
    size_t length = 0, nulls = size_align_up(TUPLE_BITS_START + (desc->count + 7) / 8, 8);
    bool is_unlimited = false, has_toastable = false;

    if (table->kind != RELATION_TABLE && table->kind != RELATION_MATERIALIZED_VIEW)
        return false;
    if (table->is_shared)
        return false;
    for (unsigned i = 0; i < desc->count; i++) {
        const Column *c = &desc->columns[i];
        unsigned align = c->align == 'c' ? 1 : c->align == 's' ? 2 : c->align == 'i' ? 4 : 8;

        if (c->is_dropped)
            continue;
        length = size_align_up(length, align);
        if (c->len > 0) {
            length += (size_t)c->len;
        } else {
            int32_t max = length_max(c->type, c->type_mod);

            if (max < 0)
                is_unlimited = true;
            else
                length += (size_t)max;
            has_toastable = has_toastable || c->storage != 'p';
        }
    }
    if (!has_toastable)
        return false;
    return is_unlimited || size_align_up(nulls + length, 8) > LONG_ROW;
}

/* The longest value, where the modifier limits it; -1: any. */
static int32_t length_max(Oid type, int32_t typmod)
{
    if (typmod < 0)
        return -1;
    switch (type) {
    case TYPE_BPCHAR:
    case TYPE_VARCHAR:
        /* The modifier counts characters, and four bytes. */
        return (typmod - 4) * (int32_t)encoding_max_len((Encoding)namespace_get_encoding()) + 4;
    case TYPE_NUMERIC:
        return 8 + (((typmod - 4) >> 16 & 0xFFFF) + 6) / 4 * 2;
    case TYPE_BIT:
    case TYPE_VARBIT:
        return (typmod + 7) / 8 + 8;
    default:
        return -1;
    }
}

static TupleDesc *toast_desc(void)
{
    TupleDesc *desc = tuple_desc_new(3);

    tuple_desc_set(desc, 1, "chunk_id", TYPE_OID, 4, true, 'i');
    tuple_desc_set(desc, 2, "chunk_seq", TYPE_INT4, 4, true, 'i');
    tuple_desc_set(desc, 3, "chunk_data", TYPE_BYTEA, -1, false, 'i');
    for (unsigned i = 0; i < 3; i++) {
        desc->columns[i].storage = 'p';
        desc->columns[i].type_mod = -1;
        desc->columns[i].stats_target = -1;
        desc->columns[i].is_local = true;
    }
    tuple_desc_finish(desc);
    return desc;
}

static void make_index(Relation *toast, const char *name, Oid tablespace)
{
    static const int16_t columns[] = {1, 2}, options[] = {0, 0};
    static const Oid collations[] = {0, 0}, opclasses[] = {OID_BTREE_OPS, INT4_BTREE_OPS};
    String *id = node_new(String), *seq = node_new(String);
    IndexMake make = {
        .name = name,
        .tablespace = tablespace,
        .access_method = AM_BTREE,
        .column_names = list_of2(id, seq),
        .column_count = 2,
        .key_count = 2,
        .columns = columns,
        .collations = collations,
        .opclasses = opclasses,
        .options = options,
        .is_unique = true,
        .is_primary = true,
        .is_toast = true,
    };

    id->value = "chunk_id";
    seq->value = "chunk_seq";
    index_make(toast, &make);
}

static void make_table(const Relation *table, const uint8_t *options)
{
    Oid schema =
        table->persistence == RELATION_TEMPORARY ? cache_temp_toast_schema() : SCHEMA_TOAST;
    RelationMake make = {
        .name = mem_printf("pg_toast_%u", table->oid),
        .schema = schema,
        .tablespace = table->row->reltablespace,
        .owner = table->row->relowner,
        .access_method = AM_HEAP,
        .kind = RELATION_TOAST,
        .persistence = table->persistence,
        .is_shared = table->is_shared,
        .is_mapped = table->is_mapped,
        .is_toast = true,
        .desc = toast_desc(),
        .options = options,
    };
    Relation *toast = relation_make(&make);
    ObjectAddress who, on;
    CatalogRow row;
    Oid oid = table->oid;

    txn_advance_command();
    make_index(toast, mem_printf("pg_toast_%u_index", oid), make.tablespace);
    relation_unpin(toast);
    catalog_row_init(&row);
    catalog_set_u32(&row, PG_CLASS_COL_RELTOASTRELID, make.oid);
    relation_update_class(oid, &row);
    who = object_address(PG_CLASS_CATALOG, make.oid);
    on = object_address(PG_CLASS_CATALOG, oid);
    depend_note(&who, &on, DEPEND_INTERNAL);
    txn_advance_command();
}
