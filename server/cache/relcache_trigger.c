/* relcache_trigger.c - triggers of a table, as pg_trigger has them */
#include "common/base/base.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "server/cache/cache_int.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/varlena.h"

#define VECTOR_HEADER 24 /* of an int2vector */

static void read_trigger(const HeapTuple *row, const TupleDesc *desc, RelationTrigger *out);

RelationTriggers *relation_read_triggers(const Relation *rel)
{
    const CatalogKey key = {.column = PG_TRIGGER_COL_TGRELID, .value = datum_of_u32(rel->oid)};
    CatalogScan *scan =
        catalog_scan_begin(PG_TRIGGER_CATALOG, PG_TRIGGER_TGRELID_TGNAME_INDEX, 1, &key);
    RelationTriggers *out = mem_new(RelationTriggers);
    Array list;
    const HeapTuple *row;

    array_init(&list, sizeof(RelationTrigger));
    while ((row = catalog_scan_next(scan)) != NULL)
        read_trigger(row, catalog_scan_desc(scan), array_push(&list));
    catalog_scan_end(scan);
    *out = (RelationTriggers){.count = (unsigned)list.count, .list = list.items};
    return out;
}

static const uint8_t *column_of(const HeapTuple *row, int number, const TupleDesc *desc)
{
    bool is_null;
    Datum value = heap_get(row, number, desc, &is_null);

    return is_null ? NULL : varlena_plain(datum_varlena(value));
}

/* They stand one after the other, each with a zero byte behind it. */
static void read_args(const uint8_t *bytes, RelationTrigger *out)
{
    const char **args = mem_new_array(const char *, out->arg_count + 1);
    const char *at, *end;

    if (out->arg_count == 0)
        return;
    if (bytes == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("tgargs is null in trigger \"%s\"", out->name));
    at = mem_dup(varlena_bytes(bytes), varlena_len(bytes));
    end = at + varlena_len(bytes);
    for (unsigned i = 0; i < out->arg_count; i++) {
        const char *zero = at < end ? memchr(at, 0, (size_t)(end - at)) : NULL;

        if (zero == NULL)
            err_raise(SQLSTATE_DATA_CORRUPTED,
                      .message = err_fmt("trigger \"%s\" has too few arguments", out->name));
        args[i] = at;
        at = zero + 1;
    }
    out->args = args;
}

static void read_columns(const uint8_t *vector, RelationTrigger *out)
{
    size_t size = vector != NULL ? varlena_size(vector) : 0;

    if (size <= VECTOR_HEADER)
        return;
    out->column_count = (unsigned)((size - VECTOR_HEADER) / sizeof(int16_t));
    out->columns = mem_dup(vector + VECTOR_HEADER, out->column_count * sizeof(int16_t));
}

static const char *name_of(const HeapTuple *row, int number, const TupleDesc *desc)
{
    bool is_null;
    Datum value = heap_get(row, number, desc, &is_null);

    return is_null ? NULL : mem_strdup(datum_pointer(value));
}

static void read_trigger(const HeapTuple *row, const TupleDesc *desc, RelationTrigger *out)
{
    const PgTrigger *t = CACHE_ROW(PgTrigger, row);

    *out = (RelationTrigger){
        .oid = t->oid,
        .parent = t->tgparentid,
        .function = t->tgfoid,
        .name = mem_strdup(t->tgname),
        .type = (unsigned)t->tgtype,
        .enabled = t->tgenabled,
        .is_internal = t->tgisinternal,
        .is_deferrable = t->tgdeferrable,
        .is_deferred = t->tginitdeferred,
        .constraint = t->tgconstraint,
        .constraint_relation = t->tgconstrrelid,
        .constraint_index = t->tgconstrindid,
        .arg_count = t->tgnargs > 0 ? (unsigned)t->tgnargs : 0,
        .condition = relation_tree_text(row, PG_TRIGGER_COL_TGQUAL, desc),
        .old_rows = name_of(row, PG_TRIGGER_COL_TGOLDTABLE, desc),
        .new_rows = name_of(row, PG_TRIGGER_COL_TGNEWTABLE, desc),
    };
    read_args(column_of(row, PG_TRIGGER_COL_TGARGS, desc), out);
    read_columns(column_of(row, PG_TRIGGER_COL_TGATTR, desc), out);
}

/* ---- Keeping what was read ---- */

static const char *keep_text(const char *text)
{
    return text != NULL ? mem_strdup(text) : NULL;
}

static void keep_trigger(const RelationTrigger *from, RelationTrigger *to)
{
    const char **args = mem_new_array(const char *, from->arg_count + 1);

    *to = *from;
    to->name = mem_strdup(from->name);
    for (unsigned i = 0; i < from->arg_count; i++)
        args[i] = mem_strdup(from->args[i]);
    to->args = args;
    to->columns = mem_dup(from->columns, from->column_count * sizeof(int16_t));
    to->condition = keep_text(from->condition);
    to->old_rows = keep_text(from->old_rows);
    to->new_rows = keep_text(from->new_rows);
}

RelationTriggers *relation_keep_triggers(MemContext *mem, const RelationTriggers *read)
{
    RelationTriggers *kept;

    MEM_SCOPE(mem) {
        RelationTrigger *list = mem_new_array(RelationTrigger, read->count + 1);

        for (unsigned i = 0; i < read->count; i++)
            keep_trigger(&read->list[i], &list[i]);
        kept = mem_new(RelationTriggers);
        *kept = (RelationTriggers){.count = read->count, .list = list};
    }
    return kept;
}
