/* routine_name.c - functions and operators with the types that tell them apart; object_name.h */
#include "common/base/base.h"

#include "server/cache/object_name.h"

#include "common/text/strbuf.h"
#include "server/cache/namespace.h"
#include "server/cache/proc_row.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"

static void add_types(StrBuf *text, const Oid *types, int count)
{
    strbuf_add_char(text, '(');
    for (int i = 0; i < count; i++) {
        if (i > 0)
            strbuf_add_char(text, ',');
        strbuf_add(text, types[i] != 0 ? type_shown(types[i]) : "NONE");
    }
    strbuf_add_char(text, ')');
}

char *function_shown(Oid function)
{
    const HeapTuple *row = syscache_pin(CACHE_PROCOID, datum_of_u32(function));
    const PgProc *proc;
    StrBuf text;
    int count;
    Oid *types;

    if (row == NULL)
        return NULL;
    proc = CACHE_ROW(PgProc, row);
    types = proc_row_types(row, false, &count);
    strbuf_init(&text);
    strbuf_add(
        &text,
        name_qualified(namespace_sees_function(function) ? NULL : schema_name(proc->pronamespace),
                       proc->proname));
    add_types(&text, types, count);
    syscache_unpin(row);
    return text.text;
}

char *operator_shown(Oid op)
{
    const HeapTuple *row = syscache_pin(CACHE_OPEROID, datum_of_u32(op));
    const PgOperator *fields;
    const char *schema;
    StrBuf text;

    if (row == NULL)
        return NULL;
    fields = CACHE_ROW(PgOperator, row);
    schema = namespace_sees_operator(op) ? NULL : schema_name(fields->oprnamespace);
    strbuf_init(&text);
    if (schema != NULL) {
        strbuf_add(&text, name_quoted(schema));
        strbuf_add_char(&text, '.');
    }
    strbuf_add(&text, fields->oprname);
    add_types(&text, (const Oid[]){fields->oprleft, fields->oprright}, 2);
    syscache_unpin(row);
    return text.text;
}
