/* sequence_func.c - values of sequences, as SQL asks for them */
#include "common/base/base.h"

#include "common/err/err.h"

#include "server/cache/catalog_scan.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/sequence_value.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/name_list.h"
#include "server/sysfunc/value.h"

Datum nextval_oid(FmgrCall *call)
{
    return datum_of_i64(sequence_next(fmgr_u32(call, 0), true));
}

Datum currval_oid(FmgrCall *call)
{
    return datum_of_i64(sequence_current(fmgr_u32(call, 0)));
}

Datum lastval(FmgrCall *call UNUSED)
{
    return datum_of_i64(sequence_last());
}

Datum setval_oid(FmgrCall *call)
{
    sequence_set(fmgr_u32(call, 0), fmgr_i64(call, 1), true);
    return fmgr_arg(call, 1);
}

Datum setval3_oid(FmgrCall *call)
{
    sequence_set(fmgr_u32(call, 0), fmgr_i64(call, 1), fmgr_bool(call, 2));
    return fmgr_arg(call, 1);
}

/* What nextval() gave last, to whomever; NULL before it gave any. */
Datum pg_sequence_last_value(FmgrCall *call)
{
    Oid oid = fmgr_u32(call, 0);
    Relation *rel = relation_open(oid, LOCK_ROW_EXCLUSIVE);
    SequenceState state;

    if (rel->kind != RELATION_SEQUENCE)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("\"%s\" is not a sequence", rel->name));
    if (rights_of(PG_CLASS_CATALOG, oid, role_current(), RIGHT_SELECT | RIGHT_USAGE, true) == 0)
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = err_fmt("permission denied for sequence %s", rel->name));
    sequence_read(rel, &state);
    relation_close(rel, LOCK_NONE);
    return state.is_called ? datum_of_i64(state.last_value) : fmgr_null(call);
}

/* ---- What it is ---- */

Datum pg_sequence_parameters(FmgrCall *call)
{
    static const SetColumn columns[] = {
        {"start_value", TYPE_INT8}, {"minimum_value", TYPE_INT8}, {"maximum_value", TYPE_INT8},
        {"increment", TYPE_INT8},   {"cycle_option", TYPE_BOOL},  {"cache_size", TYPE_INT8},
        {"data_type", TYPE_OID},
    };
    Oid oid = fmgr_u32(call, 0);
    const HeapTuple *row;
    const PgSequence *s;

    if (rights_of(PG_CLASS_CATALOG, oid, role_current(), RIGHT_SELECT | RIGHT_UPDATE | RIGHT_USAGE,
                  true) == 0)
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = err_fmt("permission denied for sequence %s", relation_name(oid)));
    row = syscache_peek(CACHE_SEQRELID, datum_of_u32(oid));
    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for sequence %u", oid));
    s = CACHE_ROW(PgSequence, row);
    return value_of_row(columns, ARRAY_LEN(columns),
                        (const Datum[]){datum_of_i64(s->seqstart), datum_of_i64(s->seqmin),
                                        datum_of_i64(s->seqmax), datum_of_i64(s->seqincrement),
                                        datum_of_bool(s->seqcycle), datum_of_i64(s->seqcache),
                                        datum_of_u32(s->seqtypid)},
                        NULL);
}

/* ---- Of a column ---- */

static int16_t column_of(Oid table, const char *name)
{
    const HeapTuple *row =
        syscache_peek2(CACHE_ATTNAME, datum_of_u32(table), datum_of_pointer(name));

    if (row == NULL || CACHE_ROW(PgAttribute, row)->attisdropped)
        err_raise(SQLSTATE_UNDEFINED_COLUMN,
                  .message = err_fmt("column \"%s\" of relation \"%s\" does not exist", name,
                                     relation_name(table)));
    return CACHE_ROW(PgAttribute, row)->attnum;
}

static bool is_sequence(Oid relation)
{
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(relation));

    return row != NULL && CACHE_ROW(PgClass, row)->relkind == RELATION_SEQUENCE;
}

/* The sequence that goes with the column; 0: none. */
static Oid sequence_of(Oid table, int16_t column)
{
    const CatalogKey keys[] = {
        {.column = PG_DEPEND_COL_REFCLASSID, .value = datum_of_u32(PG_CLASS_CATALOG)},
        {.column = PG_DEPEND_COL_REFOBJID, .value = datum_of_u32(table)},
        {.column = PG_DEPEND_COL_REFOBJSUBID, .value = datum_of_i32(column)},
    };
    CatalogScan *scan =
        catalog_scan_begin(PG_DEPEND_CATALOG, PG_DEPEND_REFERENCE_INDEX, ARRAY_LEN(keys), keys);
    const HeapTuple *row;
    Oid found = 0;

    while (found == 0 && (row = catalog_scan_next(scan)) != NULL) {
        const PgDepend *depend = CACHE_ROW(PgDepend, row);

        if (depend->classid == PG_CLASS_CATALOG && depend->objsubid == 0 &&
            (depend->deptype == 'a' || depend->deptype == 'i') && is_sequence(depend->objid))
            found = depend->objid;
    }
    catalog_scan_end(scan);
    return found;
}

Datum pg_get_serial_sequence(FmgrCall *call)
{
    Oid table = name_list_relation(value_cstring(call, 0));
    Oid sequence = sequence_of(table, column_of(table, value_cstring(call, 1)));
    const HeapTuple *row;

    if (sequence == 0)
        return fmgr_null(call);
    row = syscache_peek(CACHE_RELOID, datum_of_u32(sequence));
    if (row == NULL)
        return fmgr_null(call);
    return value_of_text(name_qualified(schema_name(CACHE_ROW(PgClass, row)->relnamespace),
                                        relation_name(sequence)));
}
