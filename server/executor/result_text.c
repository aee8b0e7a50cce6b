/* result_text.c - rows that break a rule, as texts for who put them in. */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/text/encoding.h"
#include "common/text/strbuf.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/executor/result_rel_int.h"
#include "server/expr/catalog_info.h"
#include "server/types/database_text.h"

#define VALUE_MAX 64 /* bytes of a value that are shown */

static const char *text_of(Oid type, Datum value)
{
    FmgrSite *site = mem_new(FmgrSite);
    TypeInfo info;

    catalog_info()->type(type, &info);
    fmgr_site_init(site, info.output, mem_current());
    return datum_pointer(fmgr_call(site, 0, 1, &value));
}

static void add_value(StrBuf *b, Oid type, Datum value)
{
    const char *text = text_of(type, value);
    size_t len = strlen(text);

    if (len <= VALUE_MAX) {
        strbuf_add(b, text);
        return;
    }
    strbuf_add_bytes(b, text, encoding_clip(text_encoding(), text, len, VALUE_MAX));
    strbuf_add(b, "...");
}

const char *result_rel_describe_row(ResultRel *r, Slot *row)
{
    StrBuf b;
    bool is_first = true;

    strbuf_init(&b);
    strbuf_add(&b, "Failing row contains (");
    slot_need_all(row);
    for (unsigned i = 0; i < r->desc->count; i++) {
        const Column *column = &r->desc->columns[i];

        if (column->is_dropped)
            continue;
        if (!is_first)
            strbuf_add(&b, ", ");
        is_first = false;
        if (row->nulls[i])
            strbuf_add(&b, "null");
        else
            add_value(&b, column->type, row->values[i]);
    }
    strbuf_add(&b, ").");
    return b.text;
}

const char *result_rel_schema(const ResultRel *r)
{
    const HeapTuple *row;
    const char *name = NULL;

    if (r->rel->row == NULL)
        return NULL;
    row = syscache_pin(CACHE_NAMESPACEOID, datum_of_u32(r->rel->schema));
    if (row != NULL) {
        name = mem_strdup(CACHE_ROW(PgNamespace, row)->nspname);
        syscache_unpin(row);
    }
    return name;
}
