/* make_trigger.c - rows of pg_trigger; make_trigger.h has the how. */
#include "common/base/base.h"

#include "server/command/make_trigger.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/inval.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/depend.h"
#include "server/command/make.h"
#include "server/command/table_use.h"
#include "server/fmgr/array_value.h"
#include "server/fmgr/varlena.h"
#include "server/lock/lock_object.h"
#include "server/node/text_write.h"
#include "server/trigger/trigger.h"

/* Columns as an int2vector, which may be empty. */
static const uint8_t *columns_value(const TriggerMake *make)
{
    size_t size = 24 + make->column_count * sizeof(int16_t);
    uint8_t *vector = mem_alloc(size);
    const int32_t head[] = {1, 0, TYPE_INT2, (int32_t)make->column_count, 0};

    varlena_set_size(vector, size);
    memcpy(vector + 4, head, sizeof(head));
    if (make->column_count > 0)
        memcpy(vector + 24, make->columns, make->column_count * sizeof(int16_t));
    return vector;
}

/* One after the other, each with a zero byte. */
static const uint8_t *args_value(const List *args)
{
    StrBuf b;

    strbuf_init(&b);
    list_foreach(const String *, arg, args)
        strbuf_add_bytes(&b, arg->value, strlen(arg->value) + 1);
    return varlena_new(b.text, b.len);
}

static void fill_row(CatalogRow *row, const TriggerMake *make, Oid oid)
{
    catalog_row_init(row);
    catalog_set_u32(row, PG_TRIGGER_COL_OID, oid);
    catalog_set_u32(row, PG_TRIGGER_COL_TGRELID, make->relation);
    catalog_set_u32(row, PG_TRIGGER_COL_TGPARENTID, 0);
    catalog_set_name(row, PG_TRIGGER_COL_TGNAME,
                     make->is_internal ? mem_printf("%s_%u", make->name, oid) : make->name);
    catalog_set_u32(row, PG_TRIGGER_COL_TGFOID, make->function);
    catalog_set_i16(row, PG_TRIGGER_COL_TGTYPE, (int16_t)make->type);
    catalog_set_char(row, PG_TRIGGER_COL_TGENABLED, 'O');
    catalog_set_bool(row, PG_TRIGGER_COL_TGISINTERNAL, make->is_internal);
    catalog_set_u32(row, PG_TRIGGER_COL_TGCONSTRRELID, make->constraint_relation);
    catalog_set_u32(row, PG_TRIGGER_COL_TGCONSTRINDID, make->constraint_index);
    catalog_set_u32(row, PG_TRIGGER_COL_TGCONSTRAINT, make->constraint);
    catalog_set_bool(row, PG_TRIGGER_COL_TGDEFERRABLE, make->is_deferrable);
    catalog_set_bool(row, PG_TRIGGER_COL_TGINITDEFERRED, make->is_deferred);
    catalog_set_i16(row, PG_TRIGGER_COL_TGNARGS, (int16_t)list_count(make->args));
    catalog_set(row, PG_TRIGGER_COL_TGATTR, datum_of_pointer(columns_value(make)));
    catalog_set(row, PG_TRIGGER_COL_TGARGS, datum_of_pointer(args_value(make->args)));
    if (make->condition != NULL)
        catalog_set_text(row, PG_TRIGGER_COL_TGQUAL, node_write_text(make->condition));
    if (make->old_rows != NULL)
        catalog_set_name(row, PG_TRIGGER_COL_TGOLDTABLE, make->old_rows);
    if (make->new_rows != NULL)
        catalog_set_name(row, PG_TRIGGER_COL_TGNEWTABLE, make->new_rows);
}

static void note_dependencies(const TriggerMake *make, Oid oid)
{
    const ObjectAddress who = object_address(PG_TRIGGER_CATALOG, oid);
    const ObjectAddress function = object_address(PG_PROC_CATALOG, make->function);
    const ObjectAddress constraint = object_address(PG_CONSTRAINT_CATALOG, make->constraint);
    const ObjectAddress relation = object_address(PG_CLASS_CATALOG, make->relation);
    const ObjectAddress other = object_address(PG_CLASS_CATALOG, make->constraint_relation);

    depend_note(&who, &function, DEPEND_NORMAL);
    if (make->is_internal && make->constraint != 0) {
        depend_note(&who, &constraint, DEPEND_INTERNAL);
    } else {
        depend_note(&who, &relation, DEPEND_AUTO);
        if (make->constraint_relation != 0)
            depend_note(&who, &other, DEPEND_AUTO);
        if (make->constraint != 0)
            depend_note(&constraint, &who, DEPEND_INTERNAL);
    }
    for (unsigned i = 0; i < make->column_count; i++) {
        const ObjectAddress column = {PG_CLASS_CATALOG, make->relation, make->columns[i]};

        depend_note(&who, &column, DEPEND_NORMAL);
    }
    if (make->condition != NULL)
        depend_note_expr(&who, make->condition, make->condition_tables, DEPEND_NORMAL);
}

/* Whoever uses the relation looks for its triggers from now on. */
static void mark_relation(Oid relation)
{
    Relation *rel = relation_open(relation, LOCK_NONE);
    CatalogRow row;

    if (rel->row->relhastriggers) {
        inval_note_relation(relation, rel->is_shared);
    } else {
        catalog_row_init(&row);
        catalog_set_bool(&row, PG_CLASS_COL_RELHASTRIGGERS, true);
        relation_update_class(relation, &row);
    }
    relation_close(rel, LOCK_NONE);
}

static CatalogScan *scan_one(Oid trigger)
{
    const CatalogKey key = {.column = PG_TRIGGER_COL_OID, .value = datum_of_u32(trigger)};

    return catalog_scan_begin(PG_TRIGGER_CATALOG, PG_TRIGGER_OID_INDEX, 1, &key);
}

static void replace_row(CatalogChange *change, Oid trigger, const CatalogRow *row)
{
    CatalogScan *scan = scan_one(trigger);
    const HeapTuple *old = catalog_scan_next(scan);
    CatalogRow fresh = *row;

    if (old == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("could not find tuple for trigger %u", trigger));
    for (int i = 0; i < PG_TRIGGER_COLUMN_COUNT; i++)
        fresh.replaces[i] = true;
    catalog_update(change, old, &fresh);
    catalog_scan_end(scan);
}

Oid trigger_new_oid(void)
{
    return catalog_new_oid(PG_TRIGGER_CATALOG, PG_TRIGGER_OID_INDEX, PG_TRIGGER_COL_OID);
}

Oid trigger_make(const TriggerMake *make)
{
    CatalogChange *change = catalog_change_begin(PG_TRIGGER_CATALOG);
    Oid oid = make->replaces != 0 ? make->replaces : make->oid != 0 ? make->oid : trigger_new_oid();
    const ObjectAddress who = object_address(PG_TRIGGER_CATALOG, oid);
    CatalogRow row;

    if (make->constraint_relation != 0)
        lock_relation(make->constraint_relation, LOCK_ACCESS_SHARE);
    fill_row(&row, make, oid);
    if (make->replaces != 0) {
        replace_row(change, oid, &row);
        depend_forget(&who);
    } else {
        catalog_insert(change, &row);
    }
    catalog_change_end(change);
    mark_relation(make->relation);
    note_dependencies(make, oid);
    return oid;
}

Oid trigger_find(Oid relation, const char *name)
{
    const CatalogKey keys[] = {
        {.column = PG_TRIGGER_COL_TGRELID, .value = datum_of_u32(relation)},
        {.column = PG_TRIGGER_COL_TGNAME, .value = datum_of_pointer(name)},
    };
    CatalogScan *scan =
        catalog_scan_begin(PG_TRIGGER_CATALOG, PG_TRIGGER_TGRELID_TGNAME_INDEX, 2, keys);
    const HeapTuple *row = catalog_scan_next(scan);
    Oid oid = row != NULL ? CACHE_ROW(PgTrigger, row)->oid : 0;

    catalog_scan_end(scan);
    return oid;
}

void trigger_remove(Oid trigger)
{
    CatalogScan *scan = scan_one(trigger);
    const HeapTuple *row = catalog_scan_next(scan);

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("could not find tuple for trigger %u", trigger));
    table_remove_part(PG_TRIGGER_CATALOG, row, CACHE_ROW(PgTrigger, row)->tgrelid);
    catalog_scan_end(scan);
}
