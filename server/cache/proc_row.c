/* proc_row.c - arguments of functions out of the arrays of pg_proc; proc_row.h */
#include "common/base/base.h"

#include "server/cache/proc_row.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/varlena.h"

/* An array of one dimension without NULLs: length word, ndim, offset, type, count, lower bound. */
#define ARRAY_COUNT_AT 16
#define ARRAY_ITEMS_AT 24

static const uint8_t *array_of(const HeapTuple *row, int column, int *count)
{
    bool is_null;
    Datum value = syscache_get(CACHE_PROCOID, row, column, &is_null);
    const uint8_t *array;

    *count = 0;
    if (is_null)
        return NULL;
    array = varlena_plain(datum_pointer(value));
    if (load_u32(array + 4) != 1)
        return NULL;
    *count = (int)load_u32(array + ARRAY_COUNT_AT);
    return array + ARRAY_ITEMS_AT;
}

static const char **read_names(const uint8_t *items, int count)
{
    const char **names = mem_new_array(const char *, (size_t)count);
    size_t at = 0;

    for (int i = 0; i < count; i++) {
        const uint8_t *text;
        size_t len;

        if (items[at] == 0) /* padding before a long header */
            at = (at + 3) & ~(size_t)3;
        text = items + at;
        len = varlena_len(text);
        names[i] = len == 0 ? NULL : mem_strndup((const char *)varlena_bytes(text), len);
        at += varlena_size(text);
    }
    return names;
}

void proc_row_args(const HeapTuple *row, ProcArgs *out)
{
    int count;
    const uint8_t *items = array_of(row, PG_PROC_COL_PROALLARGTYPES, &count);

    *out = (ProcArgs){0};
    if (items != NULL) {
        out->types = mem_dup(items, (size_t)count * sizeof(Oid));
        out->all_count = count;
        items = array_of(row, PG_PROC_COL_PROARGMODES, &count);
        if (items != NULL && count == out->all_count)
            out->modes = mem_dup(items, (size_t)count);
    } else {
        out->types = proc_row_types(row, false, &out->all_count);
    }
    items = array_of(row, PG_PROC_COL_PROARGNAMES, &count);
    if (items != NULL && count == out->all_count)
        out->names = read_names(items, count);
}

Oid *proc_row_types(const HeapTuple *row, bool include_out, int *count)
{
    const uint8_t *items = NULL;

    if (include_out) {
        int modes_count, kept = 0;
        const uint8_t *modes = array_of(row, PG_PROC_COL_PROARGMODES, &modes_count);

        items = array_of(row, PG_PROC_COL_PROALLARGTYPES, count);
        if (items != NULL && modes != NULL) {
            Oid *types = mem_new_array(Oid, (size_t)*count + 1);

            for (int i = 0; i < *count; i++) {
                if (modes[i] != 't')
                    types[kept++] = load_u32(items + (size_t)i * sizeof(Oid));
            }
            *count = kept;
            return types;
        }
    }
    items = array_of(row, PG_PROC_COL_PROARGTYPES, count);
    if (items == NULL)
        return mem_new_array(Oid, 1);
    return mem_dup(items, (size_t)*count * sizeof(Oid));
}

const char *proc_row_defaults(const HeapTuple *row)
{
    bool is_null;
    Datum value = syscache_get(CACHE_PROCOID, row, PG_PROC_COL_PROARGDEFAULTS, &is_null);
    const uint8_t *text;

    if (is_null)
        return NULL;
    text = varlena_packed(datum_pointer(value));
    return mem_strndup((const char *)varlena_bytes(text), varlena_len(text));
}
