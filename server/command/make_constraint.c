/* make_constraint.c - rows of pg_constraint and pg_attrdef */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/make.h"
#include "server/fmgr/array_value.h"
#include "server/fmgr/varlena.h"
#include "server/node/text_read.h"
#include "server/node/text_write.h"

static void fill_row(CatalogRow *row, const ConstraintMake *make, Oid oid);
static void note_dependencies(const ConstraintMake *make, Oid oid);

/* ---- Constraints ---- */

Oid constraint_make(const ConstraintMake *make)
{
    CatalogChange *change = catalog_change_begin(PG_CONSTRAINT_CATALOG);
    Oid oid =
        catalog_new_oid(PG_CONSTRAINT_CATALOG, PG_CONSTRAINT_OID_INDEX, PG_CONSTRAINT_COL_OID);
    CatalogRow row;

    fill_row(&row, make, oid);
    catalog_insert(change, &row);
    catalog_change_end(change);
    note_dependencies(make, oid);
    return oid;
}

static void set_numbers(CatalogRow *row, int column, const int16_t *numbers, unsigned count)
{
    static const ArrayElement int2 = {.type = TYPE_INT2, .len = 2, .by_value = true, .align = 's'};
    Datum *values = mem_new_array(Datum, size_max(count, 1));

    if (numbers == NULL || count == 0)
        return;
    for (unsigned i = 0; i < count; i++)
        values[i] = datum_of_i16(numbers[i]);
    catalog_set(row, column, datum_of_pointer(array_make_list(&int2, values, NULL, count)));
}

static void set_oids(CatalogRow *row, int column, const Oid *oids, unsigned count)
{
    static const ArrayElement oid = {.type = TYPE_OID, .len = 4, .by_value = true, .align = 'i'};
    Datum *values = mem_new_array(Datum, size_max(count, 1));

    if (oids == NULL || count == 0)
        return;
    for (unsigned i = 0; i < count; i++)
        values[i] = datum_of_u32(oids[i]);
    catalog_set(row, column, datum_of_pointer(array_make_list(&oid, values, NULL, count)));
}

static void fill_row(CatalogRow *row, const ConstraintMake *make, Oid oid)
{
    catalog_row_init(row);
    catalog_set_u32(row, PG_CONSTRAINT_COL_OID, oid);
    catalog_set_name(row, PG_CONSTRAINT_COL_CONNAME, make->name);
    catalog_set_u32(row, PG_CONSTRAINT_COL_CONNAMESPACE, make->schema);
    catalog_set_char(row, PG_CONSTRAINT_COL_CONTYPE, make->kind);
    catalog_set_bool(row, PG_CONSTRAINT_COL_CONDEFERRABLE, make->is_deferrable);
    catalog_set_bool(row, PG_CONSTRAINT_COL_CONDEFERRED, make->is_deferred);
    catalog_set_bool(row, PG_CONSTRAINT_COL_CONVALIDATED, make->is_valid);
    catalog_set_u32(row, PG_CONSTRAINT_COL_CONRELID, make->relation);
    catalog_set_u32(row, PG_CONSTRAINT_COL_CONTYPID, make->domain);
    catalog_set_u32(row, PG_CONSTRAINT_COL_CONINDID, make->index);
    catalog_set_u32(row, PG_CONSTRAINT_COL_CONPARENTID, make->parent);
    catalog_set_u32(row, PG_CONSTRAINT_COL_CONFRELID, make->referred);
    catalog_set_char(row, PG_CONSTRAINT_COL_CONFUPDTYPE,
                     make->on_update != 0 ? make->on_update : ' ');
    catalog_set_char(row, PG_CONSTRAINT_COL_CONFDELTYPE,
                     make->on_delete != 0 ? make->on_delete : ' ');
    catalog_set_char(row, PG_CONSTRAINT_COL_CONFMATCHTYPE, make->match != 0 ? make->match : ' ');
    catalog_set_bool(row, PG_CONSTRAINT_COL_CONISLOCAL, make->is_local);
    catalog_set_i32(row, PG_CONSTRAINT_COL_CONINHCOUNT, make->inherit_count);
    catalog_set_bool(row, PG_CONSTRAINT_COL_CONNOINHERIT, make->is_no_inherit);
    set_numbers(row, PG_CONSTRAINT_COL_CONKEY, make->columns, make->key_count);
    set_numbers(row, PG_CONSTRAINT_COL_CONFKEY, make->referred_columns, make->referred_count);
    set_oids(row, PG_CONSTRAINT_COL_CONPFEQOP, make->pf_operators, make->referred_count);
    set_oids(row, PG_CONSTRAINT_COL_CONPPEQOP, make->pp_operators, make->referred_count);
    set_oids(row, PG_CONSTRAINT_COL_CONFFEQOP, make->ff_operators, make->referred_count);
    set_numbers(row, PG_CONSTRAINT_COL_CONFDELSETCOLS, make->delete_columns,
                make->delete_column_count);
    set_oids(row, PG_CONSTRAINT_COL_CONEXCLOP, make->exclusion_operators, make->key_count);
    if (make->expr != NULL)
        catalog_set_text(row, PG_CONSTRAINT_COL_CONBIN, node_write_text(make->expr));
}

static void add_columns(ObjectList *on, Oid relation, const int16_t *columns, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        object_list_add(on, PG_CLASS_CATALOG, relation, columns[i]);
    if (count == 0)
        object_list_add(on, PG_CLASS_CATALOG, relation, 0);
}

/* It goes with its table's columns; those that it refers to cannot go before it. */
static void note_dependencies(const ConstraintMake *make, Oid oid)
{
    const ObjectAddress who = object_address(PG_CONSTRAINT_CATALOG, oid);
    ObjectList parts, others;

    object_list_init(&parts);
    object_list_init(&others);
    if (make->relation != 0)
        add_columns(&parts, make->relation, make->columns, make->column_count);
    if (make->domain != 0)
        object_list_add(&parts, PG_TYPE_CATALOG, make->domain, 0);
    depend_note_list(&who, &parts, DEPEND_AUTO);

    if (make->referred != 0)
        add_columns(&others, make->referred, make->referred_columns, make->referred_count);
    if (make->index != 0 && make->kind == 'f')
        object_list_add(&others, PG_CLASS_CATALOG, make->index, 0);
    for (unsigned i = 0; i < make->referred_count; i++) {
        object_list_add(&others, PG_OPERATOR_CATALOG, make->pf_operators[i], 0);
        object_list_add(&others, PG_OPERATOR_CATALOG, make->pp_operators[i], 0);
        object_list_add(&others, PG_OPERATOR_CATALOG, make->ff_operators[i], 0);
    }
    depend_note_list(&who, &others, DEPEND_NORMAL);
    if (make->expr != NULL)
        depend_note_table_expr(&who, make->expr, make->relation, DEPEND_NORMAL, DEPEND_NORMAL,
                               false);
}

bool constraint_name_is_taken(Oid relation, Oid domain, const char *name)
{
    const CatalogKey keys[] = {
        {.column = PG_CONSTRAINT_COL_CONRELID, .value = datum_of_u32(relation)},
        {.column = PG_CONSTRAINT_COL_CONTYPID, .value = datum_of_u32(domain)},
        {.column = PG_CONSTRAINT_COL_CONNAME, .value = datum_of_pointer(name)},
    };
    CatalogScan *scan = catalog_scan_begin(PG_CONSTRAINT_CATALOG,
                                           PG_CONSTRAINT_CONRELID_CONTYPID_CONNAME_INDEX, 3, keys);
    bool is_found = catalog_scan_next(scan) != NULL;

    catalog_scan_end(scan);
    return is_found;
}

const Node *constraint_expr(Oid constraint)
{
    const HeapTuple *row = syscache_pin(CACHE_CONSTROID, datum_of_u32(constraint));
    const uint8_t *text;
    const Node *expr;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for constraint %u", constraint));
    text = varlena_plain(
        datum_varlena(syscache_get_set(CACHE_CONSTROID, row, PG_CONSTRAINT_COL_CONBIN)));
    expr = node_read_text(mem_strndup((const char *)varlena_bytes(text), varlena_len(text)));
    syscache_unpin(row);
    return expr;
}

/* ---- Defaults ---- */

static void mark_column(Oid relation, int column, bool has_default, MissingValue missing)
{
    CatalogChange *change = catalog_change_begin(PG_ATTRIBUTE_CATALOG);
    const HeapTuple *old =
        syscache_pin2(CACHE_ATTNUM, datum_of_u32(relation), datum_of_i16((int16_t)column));
    CatalogRow row;

    if (old == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for attribute %d of relation %u", column,
                                     relation));
    catalog_row_init(&row);
    catalog_set_bool(&row, PG_ATTRIBUTE_COL_ATTHASDEF, has_default);
    if (missing != NULL) {
        catalog_set_bool(&row, PG_ATTRIBUTE_COL_ATTHASMISSING, true);
        catalog_set(&row, PG_ATTRIBUTE_COL_ATTMISSINGVAL, datum_of_pointer(missing));
    }
    catalog_update(change, old, &row);
    syscache_unpin(old);
    catalog_change_end(change);
}

void column_set_default_mark(Oid relation, int column, bool has_default)
{
    mark_column(relation, column, has_default, NULL);
}

/* What makes a generated column is a part of it, and cannot go before it. */
Oid default_make(Relation *rel, int column, const Node *expr, MissingValue missing)
{
    bool is_generated = rel->desc->columns[column - 1].generated != 0;
    Oid oid = catalog_new_oid(PG_ATTRDEF_CATALOG, PG_ATTRDEF_OID_INDEX, PG_ATTRDEF_COL_OID);
    const ObjectAddress who = object_address(PG_ATTRDEF_CATALOG, oid);
    const ObjectAddress of = {PG_CLASS_CATALOG, rel->oid, column};
    CatalogChange *change = catalog_change_begin(PG_ATTRDEF_CATALOG);
    CatalogRow row;

    catalog_row_init(&row);
    catalog_set_u32(&row, PG_ATTRDEF_COL_OID, oid);
    catalog_set_u32(&row, PG_ATTRDEF_COL_ADRELID, rel->oid);
    catalog_set_i16(&row, PG_ATTRDEF_COL_ADNUM, (int16_t)column);
    catalog_set_text(&row, PG_ATTRDEF_COL_ADBIN, node_write_text(expr));
    catalog_insert(change, &row);
    catalog_change_end(change);
    mark_column(rel->oid, column, true, missing);
    depend_note(&who, &of, is_generated ? DEPEND_INTERNAL : DEPEND_AUTO);
    depend_note_table_expr(&who, expr, rel->oid, DEPEND_NORMAL, DEPEND_NORMAL, false);
    return oid;
}
