/* sql.c - quote names and texts for SQL; sql.h says how. */
#include "common/base/base.h"

#include "common/text/sql.h"

#include <string.h>

#include "common/mem/mem.h"

#define CATEGORY_UNRESERVED    'U'
#define CATEGORY_COLUMN_NAME   'C'
#define CATEGORY_TYPE_FUNCTION 'T'
#define CATEGORY_RESERVED      'R'

typedef struct SqlKeyword {
    const char *word;
    char category;
} SqlKeyword;

static const SqlKeyword keywords[] = {
#define KEYWORD(word, token, category, label) {word, CATEGORY_##category},
#include "common/text/keyword.def"
#undef KEYWORD
};

static bool is_plain(const char *name);
static void add_doubling(StrBuf *out, const char *text, const char *doubled);
static int compare_keyword(const void *word, const void *keyword);

char sql_keyword_category(const char *word)
{
    const SqlKeyword *keyword =
        bsearch(word, keywords, ARRAY_LEN(keywords), sizeof keywords[0], compare_keyword);

    return (char)(keyword == NULL ? 0 : keyword->category);
}

const char *sql_identifier(const char *name, SqlQuoting quoting)
{
    StrBuf out;

    if (quoting == SQL_QUOTE_NEEDED && is_plain(name))
        return name;
    strbuf_init(&out);
    strbuf_add_char(&out, '"');
    add_doubling(&out, name, "\"");
    strbuf_add_char(&out, '"');
    return out.text;
}

void sql_add_literal(StrBuf *out, const char *text)
{
    strbuf_add_char(out, '\'');
    add_doubling(out, text, "'");
    strbuf_add_char(out, '\'');
}

void sql_add_literal_escaped(StrBuf *out, const char *text)
{
    strbuf_add_char(out, '\'');
    add_doubling(out, text, "'\\");
    strbuf_add_char(out, '\'');
}

void sql_add_literal_any(StrBuf *out, const char *text)
{
    if (strchr(text, '\\') != NULL)
        strbuf_add_char(out, 'E');
    sql_add_literal_escaped(out, text);
}

void sql_add_dollar_quoted(StrBuf *out, const char *text, const char *hint)
{
    static const char suffix[] = "_XXXXXXX";
    size_t next = 0;
    StrBuf tag;

    strbuf_init(&tag);
    strbuf_add_char(&tag, '$');
    strbuf_add(&tag, hint);
    while (strstr(text, tag.text) != NULL) {
        strbuf_add_char(&tag, suffix[next++]);
        next %= sizeof suffix - 1;
    }
    strbuf_add_char(&tag, '$');
    strbuf_add(out, tag.text);
    strbuf_add(out, text);
    strbuf_add(out, tag.text);
}

/* Is it read back as the same name without quotes? */
static bool is_plain(const char *name)
{
    char category;

    if (!((name[0] >= 'a' && name[0] <= 'z') || name[0] == '_'))
        return false;
    for (const char *c = name; *c != '\0'; c++)
        if (!((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_'))
            return false;
    category = sql_keyword_category(name);
    return category == 0 || category == CATEGORY_UNRESERVED;
}

static void add_doubling(StrBuf *out, const char *text, const char *doubled)
{
    for (; *text != '\0'; text++) {
        if (strchr(doubled, *text) != NULL)
            strbuf_add_char(out, *text);
        strbuf_add_char(out, *text);
    }
}

static int compare_keyword(const void *word, const void *keyword)
{
    return strcmp(word, ((const SqlKeyword *)keyword)->word);
}
