/*
 * guc_serialize.c - the settings in force as bytes, for a process that does not inherit them
 *
 * For each that is not at its default: name, value, source file, each with a NUL at its end, then
 * source, right and source line (1, 1 and 4 bytes). A NUL ends the list.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/config/guc.h"
#include "server/config/guc_int.h"

char *guc_serialize(size_t *len)
{
    StrBuf out;

    strbuf_init(&out);
    guc_sort();
    array_foreach(GucRecord *, item, &guc.by_order) {
        const GucRecord *record = *item;
        const GucSaved *now = &record->now;
        uint32_t line = (uint32_t)record->source_line;

        if (now->source == GUC_FROM_DEFAULT ||
            (record->def.kind == GUC_STRING && now->value.s == NULL))
            continue;
        strbuf_add_bytes(&out, record->def.name, strlen(record->def.name) + 1);
        if (record->def.kind == GUC_REAL) /* to the last bit */
            strbuf_add_fmt(&out, "%.17g", now->value.d);
        else
            strbuf_add(&out, guc_value_text(record, now->value, false));
        strbuf_add_char(&out, '\0');
        if (record->source_file != NULL)
            strbuf_add(&out, record->source_file);
        strbuf_add_char(&out, '\0');
        strbuf_add_char(&out, (char)now->source);
        strbuf_add_char(&out, (char)now->as);
        strbuf_add_bytes(&out, &line, sizeof(line));
    }
    strbuf_add_char(&out, '\0');
    *len = out.len;
    return out.text;
}

void guc_restore(const void *bytes, size_t len)
{
    ByteReader r = byte_reader(bytes, len, "settings of another process");

    for (;;) {
        const char *name = byte_reader_cstring(&r);
        const char *value, *file;
        GucRecord *record;
        GucRefusal why = {0};
        GucSaved saved = {0};

        if (*name == '\0')
            return;
        value = byte_reader_cstring(&r);
        file = byte_reader_cstring(&r);
        saved.source = (GucSource)byte_reader_u8(&r);
        saved.as = (GucContext)byte_reader_u8(&r);
        record = guc_find_or_make(name, &why);
        if (record == NULL || saved.source > GUC_FROM_SESSION || saved.as > GUC_USERSET ||
            !guc_parse(&(GucAsked){record, name, saved.source}, value, &saved.value, &why))
            err_raise(SQLSTATE_DATA_CORRUPTED,
                      .message = err_fmt("setting \"%s\" cannot be taken over", name),
                      .detail = why.message);
        guc_put(record, saved);
        mem_free(record->source_file);
        record->source_file = *file != '\0' ? mem_strdup_in(guc.mem, file) : NULL;
        record->source_line = (int)byte_reader_u32(&r);
    }
}
