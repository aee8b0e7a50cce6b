/* quote.c - quote names and texts; the functions of SQL that do. */
#include "common/base/base.h"

#include "server/types/quote.h"

#include "server/config/setting.h"
#include "server/types/types_int.h"

static QuoteKeyword keyword;

void quote_set_keyword(QuoteKeyword category)
{
    keyword = category;
}

static bool is_safe(const char *name, size_t len)
{
    if (len == 0 || !((name[0] >= 'a' && name[0] <= 'z') || name[0] == '_'))
        return false;
    for (size_t i = 1; i < len; i++) {
        if (!((name[i] >= 'a' && name[i] <= 'z') || (name[i] >= '0' && name[i] <= '9') ||
              name[i] == '_'))
            return false;
    }
    return !setting.quote_all_identifiers;
}

static bool is_keyword(const char *name, size_t len)
{
    char category, *word;

    if (keyword == NULL)
        return false;
    word = mem_strndup(name, len);
    category = keyword(word);
    mem_free(word);
    return category != 0 && category != 'U';
}

static void add_quoted(StrBuf *out, const char *text, size_t len, char quote)
{
    strbuf_add_char(out, quote);
    for (size_t i = 0; i < len; i++) {
        if (text[i] == quote)
            strbuf_add_char(out, quote);
        strbuf_add_char(out, text[i]);
    }
    strbuf_add_char(out, quote);
}

void quote_add_identifier(StrBuf *out, const char *name, size_t len)
{
    if (is_safe(name, len) && !is_keyword(name, len))
        strbuf_add_bytes(out, name, len);
    else
        add_quoted(out, name, len, '"');
}

const char *quote_identifier(const char *name)
{
    StrBuf out;
    size_t len = strlen(name);

    if (is_safe(name, len) && !is_keyword(name, len))
        return name;
    strbuf_init(&out);
    add_quoted(&out, name, len, '"');
    return out.text;
}

void quote_add_literal(StrBuf *out, const char *text, size_t len)
{
    bool has_backslash = memchr(text, '\\', len) != NULL;

    if (!has_backslash) {
        add_quoted(out, text, len, '\'');
        return;
    }
    strbuf_add(out, "E'");
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\'' || text[i] == '\\')
            strbuf_add_char(out, text[i]);
        strbuf_add_char(out, text[i]);
    }
    strbuf_add_char(out, '\'');
}

Datum quote_ident(FmgrCall *call)
{
    const uint8_t *v = fmgr_packed(call, 0);
    StrBuf out;

    text_begin(&out);
    quote_add_identifier(&out, (const char *)varlena_bytes(v), varlena_len(v));
    return text_end(&out);
}

Datum quote_literal(FmgrCall *call)
{
    const uint8_t *v = fmgr_packed(call, 0);
    StrBuf out;

    text_begin(&out);
    quote_add_literal(&out, (const char *)varlena_bytes(v), varlena_len(v));
    return text_end(&out);
}

Datum quote_nullable(FmgrCall *call)
{
    return fmgr_arg_is_null(call, 0) ? text_result_of("NULL") : quote_literal(call);
}
