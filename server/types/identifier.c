/* identifier.c - parse_ident(): a qualified name taken apart. */
#include "common/base/base.h"

#include "server/catalog/catalog_oid.h"
#include "server/types/array_int.h"
#include "server/types/types_int.h"

typedef struct IdentReader {
    const char *whole, *at;
    bool is_strict;
    Datum *names;
    size_t count;
} IdentReader;

static _Noreturn void raise_ident(const IdentReader *r, const char *detail)
{
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
              .message = err_fmt("string is not a valid identifier: \"%s\"", r->whole),
              .detail = detail);
}

static bool begins_name(char c)
{
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || ((uint8_t)c & 0x80) != 0;
}

static bool goes_on_in_name(char c)
{
    return begins_name(c) || c == '$' || (c >= '0' && c <= '9');
}

static void add_name(IdentReader *r, const char *name, size_t len)
{
    r->names[r->count++] = text_result(name, len);
}

/* Two quotes are one. */
static void read_quoted(IdentReader *r)
{
    StrBuf name;

    strbuf_init(&name);
    for (r->at++; *r->at != '"' || r->at[1] == '"'; r->at++) {
        if (*r->at == '\0')
            raise_ident(r, "String has unclosed double quotes.");
        strbuf_add_char(&name, *r->at);
        r->at += *r->at == '"';
    }
    r->at++;
    if (name.len == 0)
        raise_ident(r, "Quoted identifier must not be empty.");
    add_name(r, name.text, name.len);
}

static void read_plain(IdentReader *r)
{
    const char *from = r->at;
    char *folded;
    size_t len;

    while (goes_on_in_name(*r->at))
        r->at++;
    len = (size_t)(r->at - from);
    folded = mem_strndup(from, len);
    for (size_t i = 0; i < len; i++) {
        if (folded[i] >= 'A' && folded[i] <= 'Z')
            folded[i] = (char)(folded[i] - 'A' + 'a');
    }
    add_name(r, folded, len);
}

static void read_name(IdentReader *r, bool is_behind_dot)
{
    if (*r->at == '"')
        read_quoted(r);
    else if (begins_name(*r->at))
        read_plain(r);
    else if (*r->at == '.')
        raise_ident(r, "No valid identifier before \".\".");
    else
        raise_ident(r, is_behind_dot ? "No valid identifier after \".\"." : NULL);
}

Datum parse_ident(FmgrCall *call)
{
    IdentReader r = {.whole = text_cstring(fmgr_packed(call, 0)), .is_strict = fmgr_bool(call, 1)};
    ElementType element = {.oid = 0};
    bool is_behind_dot = false;

    r.names = mem_new_array(Datum, strlen(r.whole) + 1);
    r.at = skip_spaces(r.whole);
    for (;;) {
        read_name(&r, is_behind_dot);
        r.at = skip_spaces(r.at);
        if (*r.at != '.')
            break;
        is_behind_dot = true;
        r.at = skip_spaces(r.at + 1);
    }
    if (*r.at != '\0' && r.is_strict)
        raise_ident(&r, NULL);
    element_type_find(&element, TYPE_TEXT, ELEMENT_NEEDS_TYPE, mem_current());
    return array_result_list(&element, r.names, NULL, r.count);
}
