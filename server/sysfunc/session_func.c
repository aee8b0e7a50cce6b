/* session_func.c - functions about the session: who it is, in which encoding; key words */
#include "common/base/base.h"

#include "common/text/encoding.h"
#include "server/catalog/catalog_oid.h"
#include "server/net/net.h"
#include "server/object/role.h"
#include "server/parser/parser.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/rows.h"
#include "server/sysfunc/value.h"

/* ---- Who, and how ---- */

Datum current_user(FmgrCall *call UNUSED)
{
    return value_of_name(role_name(role_current()));
}

Datum session_user(FmgrCall *call UNUSED)
{
    return value_of_name(role_name(role_session()));
}

Datum pg_client_encoding(FmgrCall *call UNUSED)
{
    return value_of_name(encoding_name(net_client_encoding()));
}

/* Nothing is compiled to machine code here. */
Datum pg_jit_available(FmgrCall *call UNUSED)
{
    return datum_of_bool(false);
}

/* ---- Key words ---- */

static const SetColumn keyword_columns[] = {
    {"word", TYPE_TEXT},    {"catcode", TYPE_CHAR},  {"barelabel", TYPE_BOOL},
    {"catdesc", TYPE_TEXT}, {"baredesc", TYPE_TEXT},
};

static const char *category_text(char category)
{
    switch (category) {
    case 'U':
        return "unreserved";
    case 'C':
        return "unreserved (cannot be function or type name)";
    case 'T':
        return "reserved (can be function or type name)";
    default:
        return "reserved";
    }
}

static void fill_keywords(RowList *rows, FmgrCall *call UNUSED)
{
    const char *word;
    char category;
    bool is_bare;

    for (int i = 0; parser_keyword_at(i, &word, &category, &is_bare); i++) {
        Datum values[ARRAY_LEN(keyword_columns)] = {0};
        bool nulls[ARRAY_LEN(keyword_columns)] = {false};

        row_set_text(values, nulls, 0, word);
        values[1] = datum_of_char(category);
        values[2] = datum_of_bool(is_bare);
        row_set_text(values, nulls, 3, category_text(category));
        row_set_text(values, nulls, 4, is_bare ? "can be bare label" : "requires AS");
        row_list_add(rows, values, nulls);
    }
}

Datum pg_get_keywords(FmgrCall *call)
{
    return row_list_give(call, keyword_columns, ARRAY_LEN(keyword_columns), fill_keywords);
}
