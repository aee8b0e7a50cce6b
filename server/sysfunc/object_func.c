/*
 * object_func.c - functions about single objects: what they are called, where they are, what is
 * published of them
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/format/block_tag.h"
#include "common/format/oid_range.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "server/access/common/heap_form.h"
#include "server/cache/cache.h"
#include "server/cache/namespace.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/describe.h"
#include "server/command/object.h"
#include "server/fmgr/array_value.h"
#include "server/node/expr.h"
#include "server/rewriter/rewriter.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/value.h"

/* ---- Names ---- */

Datum current_database(FmgrCall *call UNUSED)
{
    return value_of_name(namespace_database());
}

/* Pinned rows of pg_depend have no object: neither has what is not there any more a name. */
Datum pg_describe_object(FmgrCall *call)
{
    const ObjectAddress object = {
        .catalog = fmgr_u32(call, 0), .oid = fmgr_u32(call, 1), .sub = fmgr_i32(call, 2)};
    const char *text;

    if (object.catalog == 0 && object.oid == 0)
        return fmgr_null(call);
    text = object_describe(&object, true);
    return text == NULL ? fmgr_null(call) : value_of_text(text);
}

/* ---- Places ---- */

/* Where a tablespace is, beside the data directory; nothing for those that are in it. */
Datum pg_tablespace_location(FmgrCall *call)
{
    Oid tablespace = fmgr_u32(call, 0);
    const char *path;

    if (tablespace == 0)
        tablespace = cache_database_tablespace();
    if (tablespace == TABLESPACE_DEFAULT || tablespace == TABLESPACE_GLOBAL)
        return value_of_text("");
    path = mem_printf("pg_tblspc/%u", tablespace);
    return value_of_text(os_readlink(path));
}

/* ---- What may be changed ---- */

Datum pg_relation_is_updatable(FmgrCall *call)
{
    return datum_of_i32((int32_t)rewriter_changes(fmgr_u32(call, 0), fmgr_bool(call, 1), NULL));
}

Datum pg_column_is_updatable(FmgrCall *call)
{
    const unsigned wanted = 1U << COMMAND_UPDATE | 1U << COMMAND_DELETE;
    int16_t column = fmgr_i16(call, 1);
    unsigned changes;

    if (column <= 0)
        return datum_of_bool(false);
    changes = rewriter_changes(fmgr_u32(call, 0), fmgr_bool(call, 2),
                               bitset_add(NULL, column + COLUMN_SET_SYSTEM));
    return datum_of_bool((changes & wanted) == wanted);
}

/* ---- Publications ---- */

Datum pg_relation_is_publishable(FmgrCall *call)
{
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(fmgr_u32(call, 0)));
    const PgClass *fixed;

    if (row == NULL)
        return fmgr_null(call);
    fixed = CACHE_ROW(PgClass, row);
    return datum_of_bool((fixed->relkind == 'r' || fixed->relkind == 'p') &&
                         fixed->relpersistence == 'p' && fixed->oid >= OID_FIRST_NORMAL);
}

/* ---- Options: {a=1,b} as rows ---- */

typedef struct Options {
    ArrayView array;
    ArrayWalk walk;
    const TupleDesc *desc;
} Options;

static Datum text_of_bytes(const char *bytes, size_t len)
{
    return datum_of_pointer(varlena_new(bytes, len));
}

static Datum option_row(const Options *o, const uint8_t *text)
{
    const char *bytes = (const char *)varlena_bytes(text);
    size_t len = varlena_len(text);
    const char *equals = memchr(bytes, '=', len);
    size_t name_len = equals == NULL ? len : (size_t)(equals - bytes);
    Datum values[2] = {text_of_bytes(bytes, name_len), 0};
    bool nulls[2] = {false, equals == NULL};

    if (equals != NULL)
        values[1] = text_of_bytes(equals + 1, len - name_len - 1);
    return heap_to_record(heap_form(o->desc, values, nulls), o->desc);
}

Datum pg_options_to_table(FmgrCall *call)
{
    static const ArrayElement element = {.type = TYPE_TEXT, .len = -1, .align = 'i'};
    static const SetColumn columns[] = {{"option_name", TYPE_TEXT}, {"option_value", TYPE_TEXT}};
    Options *o = set_state(call);
    Datum value;
    bool is_null;

    if (o == NULL) {
        o = set_begin(call, sizeof *o);
        MEM_SCOPE(set_mem(call)) {
            set_keep_varlena(call, 0);
            o->desc = set_desc(columns, ARRAY_LEN(columns));
            array_open(fmgr_plain(call, 0), &o->array);
            array_walk_begin(&o->walk, &o->array, &element);
        }
    }
    if (!array_walk_next(&o->walk, &value, &is_null))
        return set_end(call);
    return set_row(call, option_row(o, varlena_plain(datum_pointer(value))));
}

/* ---- What is not written: of objects that cannot be made yet ---- */

Datum pg_get_partkeydef(FmgrCall *call)
{
    const HeapTuple *row = syscache_peek(CACHE_PARTRELID, datum_of_u32(fmgr_u32(call, 0)));

    if (row != NULL)
        fmgr_raise_not_written("pg_get_partkeydef");
    return fmgr_null(call);
}

Datum pg_get_partition_constraintdef(FmgrCall *call)
{
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(fmgr_u32(call, 0)));

    if (row != NULL && CACHE_ROW(PgClass, row)->relispartition)
        fmgr_raise_not_written("pg_get_partition_constraintdef");
    return fmgr_null(call);
}

static Datum no_statistics(FmgrCall *call, const char *name)
{
    const HeapTuple *row = syscache_peek(CACHE_STATEXTOID, datum_of_u32(fmgr_u32(call, 0)));

    if (row != NULL)
        fmgr_raise_not_written(name);
    return fmgr_null(call);
}

Datum pg_get_statisticsobjdef(FmgrCall *call)
{
    return no_statistics(call, "pg_get_statisticsobjdef");
}

Datum pg_get_statisticsobjdef_columns(FmgrCall *call)
{
    return no_statistics(call, "pg_get_statisticsobjdef_columns");
}
