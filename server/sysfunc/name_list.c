/* name_list.c - names in texts, taken apart; name_list.h */
#include "common/base/base.h"

#include "server/sysfunc/name_list.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/encoding.h"
#include "common/text/strbuf.h"
#include "server/access/common/tuple_desc.h"
#include "server/cache/namespace.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

_Noreturn static void raise_invalid(void)
{
    err_raise(SQLSTATE_INVALID_NAME, .message = "invalid name syntax");
}

static const char *skip_space(const char *at)
{
    while (is_space(*at))
        at++;
    return at;
}

/* Behind the opening quote; two quotes are one. Returns what follows the closing one. */
static const char *take_quoted(const char *at, StrBuf *name)
{
    for (;; at++) {
        if (*at == '\0')
            raise_invalid();
        if (*at == '"') {
            if (at[1] != '"')
                return at + 1;
            at++;
        }
        strbuf_add_char(name, *at);
    }
}

static const char *take_plain(const char *at, StrBuf *name)
{
    while (*at != '\0' && *at != '.' && !is_space(*at)) {
        strbuf_add_char(name, *at >= 'A' && *at <= 'Z' ? (char)(*at + ('a' - 'A')) : *at);
        at++;
    }
    if (name->len == 0)
        raise_invalid();
    return at;
}

List *name_list_of_text(const char *text)
{
    const char *at = skip_space(text);
    List *names = NULL;

    for (;;) {
        StrBuf name;
        size_t len;

        strbuf_init(&name);
        at = *at == '"' ? take_quoted(at + 1, &name) : take_plain(at, &name);
        len = name.len < NAME_SIZE ? name.len
                                   : encoding_clip((Encoding)namespace_get_encoding(), name.text,
                                                   name.len, NAME_SIZE - 1);
        strbuf_cut(&name, len);
        names = list_add(names, node_string(name.text));
        at = skip_space(at);
        if (*at == '\0')
            return names;
        if (*at != '.')
            raise_invalid();
        at = skip_space(at + 1);
    }
}

Oid name_list_relation(const char *text)
{
    const List *names = name_list_of_text(text);
    int count = list_count(names);
    RangeVar *var = node_new(RangeVar);

    if (count > 3)
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = err_fmt("improper relation name (too many dotted names): %s",
                                     namespace_text(names)));
    var->persistence = 'p';
    var->relation = ((const String *)list_at(names, count - 1))->value;
    var->schema = count > 1 ? ((const String *)list_at(names, count - 2))->value : NULL;
    var->catalog = count > 2 ? ((const String *)list_at(names, 0))->value : NULL;
    return namespace_relation(var, false);
}
