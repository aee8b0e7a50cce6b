/* value.c - values as functions of the folder take and give them */
#include "common/base/base.h"

#include "server/sysfunc/value.h"

#include "common/mem/mem.h"
#include "server/access/common/heap_form.h"

#define ROW_COLUMNS_MAX 32

char *value_cstring(const FmgrCall *call, int n)
{
    const uint8_t *v = fmgr_packed(call, n);

    return mem_strndup((const char *)varlena_bytes(v), varlena_len(v));
}

Datum value_of_row(const SetColumn *columns, unsigned count, const Datum *values, const bool *nulls)
{
    static const bool none[ROW_COLUMNS_MAX];
    TupleDesc *desc = set_desc(columns, count);

    ASSERT(count <= ROW_COLUMNS_MAX);
    return heap_to_record(heap_form(desc, values, nulls == NULL ? none : nulls), desc);
}
