/* value.c - values as functions of the folder take and give them */
#include "common/base/base.h"

#include "server/sysfunc/value.h"

#include "common/mem/mem.h"
#include "server/access/common/heap_form.h"
#include "server/expr/catalog_info.h"

#define ROW_COLUMNS_MAX 32

char *value_cstring(const FmgrCall *call, int n)
{
    const uint8_t *v = fmgr_packed(call, n);

    return mem_strndup((const char *)varlena_bytes(v), varlena_len(v));
}

Datum value_of_name(const char *name)
{
    char *out = mem_alloc(NAME_SIZE);

    memcpy(out, name, strnlen(name, NAME_SIZE - 1));
    return datum_of_pointer(out);
}

Datum value_of_row(const SetColumn *columns, unsigned count, const Datum *values, const bool *nulls)
{
    static const bool none[ROW_COLUMNS_MAX];
    TupleDesc *desc = set_desc(columns, count);

    ASSERT(count <= ROW_COLUMNS_MAX);
    catalog_info()->register_row(desc); /* or nobody could tell what it is made of */
    return heap_to_record(heap_form(desc, values, nulls == NULL ? none : nulls), desc);
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

char *value_trimmed(char *text)
{
    size_t len;

    while (is_blank(*text))
        text++;
    len = strlen(text);
    while (len > 0 && is_blank(text[len - 1]))
        len--;
    text[len] = '\0';
    return text;
}
