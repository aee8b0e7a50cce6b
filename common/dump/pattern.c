/* pattern.c - patterns to regular expressions; pattern.h has the rules. */
#include "common/base/base.h"

#include "common/dump/pattern.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/text/sql.h"
#include "common/text/str.h"

static void add_plain(StrBuf *part, const char *at);

void pattern_parse(const char *text, Pattern *out)
{
    bool is_quoted = false;
    StrBuf *part = &out->parts[0];

    out->part_count = 1;
    strbuf_init(part);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"' && is_quoted && c[1] == '"') {
            strbuf_add_char(part, *c++);
        } else if (*c == '"') {
            is_quoted = !is_quoted;
        } else if (*c == '.' && !is_quoted) {
            if (++out->part_count <= PATTERN_PARTS_MAX)
                part = &out->parts[out->part_count - 1];
            strbuf_init(part);
        } else if (*c == '$') {
            strbuf_add(part, "\\$"); /* a letter of names, and no use as an anchor here */
        } else if (is_quoted && strchr("|*+?()[]{}.^\\", *c) != NULL) {
            strbuf_add_char(part, '\\');
            strbuf_add_char(part, *c);
        } else if (is_quoted) {
            strbuf_add_char(part, *c);
        } else {
            add_plain(part, c);
        }
    }
}

void pattern_add_condition(StrBuf *sql, const char *column, const StrBuf *part)
{
    if (str_equal(part->text, ".*") || part->len == 0)
        return;
    strbuf_add_fmt(sql, "\n  AND %s OPERATOR(pg_catalog.~) ", column);
    sql_add_literal_any(sql, mem_printf("^(%s)$", part->text));
    strbuf_add(sql, " COLLATE pg_catalog.default");
}

/* A letter outside of quotes. */
static void add_plain(StrBuf *part, const char *at)
{
    if (*at == '*')
        strbuf_add(part, ".*");
    else if (*at == '?')
        strbuf_add_char(part, '.');
    else if (*at >= 'A' && *at <= 'Z')
        strbuf_add_char(part, (char)(*at - 'A' + 'a'));
    else if (*at == '[' && at[1] == ']')
        strbuf_add(part, "\\["); /* an array's name, not an empty set */
    else
        strbuf_add_char(part, *at);
}
