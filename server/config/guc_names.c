/* guc_names.c - values that are lists: what SET's arguments become, and names out of a list */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/text/str.h"
#include "server/config/guc.h"
#include "server/config/guc_int.h"

#define BLANKS " \t\n\r\f\v"

static bool needs_quotes(const char *name);
static bool read_name(const char **text, char **name);

char *guc_join_values(const char *name, const char *const *values, size_t count)
{
    unsigned flags = guc_find(name) != NULL ? guc_flags(name) : 0;
    StrBuf joined;

    if (count > 1 && (flags & GUC_LIST_INPUT) == 0)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("SET %s takes only one argument", name));
    strbuf_init(&joined);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            strbuf_add(&joined, ", ");
        if ((flags & GUC_LIST_QUOTE) == 0 || !needs_quotes(values[i])) {
            strbuf_add(&joined, values[i]);
            continue;
        }
        strbuf_add_char(&joined, '"');
        for (const char *c = values[i]; *c != '\0'; c++) {
            if (*c == '"')
                strbuf_add_char(&joined, '"');
            strbuf_add_char(&joined, *c);
        }
        strbuf_add_char(&joined, '"');
    }
    return joined.text;
}

void guc_set_key_words(bool (*is_key_word)(const char *name))
{
    guc.is_key_word = is_key_word;
}

/* Whatever would not come back the same, read as a name in SQL. */
static bool needs_quotes(const char *name)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyz_";
    static const char rest[] = "abcdefghijklmnopqrstuvwxyz_0123456789";

    return *name == '\0' || strchr(first, *name) == NULL || strspn(name, rest) != strlen(name) ||
           (guc.is_key_word != NULL && guc.is_key_word(name));
}

bool guc_split_names(const char *text, Array *names)
{
    array_init(names, sizeof(char *));
    text += strspn(text, BLANKS);
    if (*text == '\0')
        return true;
    for (;;) {
        char *name;

        text += strspn(text, BLANKS);
        if (!read_name(&text, &name))
            return false;
        *(char **)array_push(names) = name;
        text += strspn(text, BLANKS);
        if (*text == '\0')
            return true;
        if (*text++ != ',')
            return false;
    }
}

/* One name, in quotes (two stand for one) or up to a blank or comma; *text moves past it. */
static bool read_name(const char **text, char **name)
{
    const char *c = *text;
    StrBuf out;

    strbuf_init(&out);
    if (*c == '"') {
        for (c++; *c != '"' || c[1] == '"'; c++) {
            if (*c == '\0')
                return false;
            c += *c == '"';
            strbuf_add_char(&out, *c);
        }
        c++;
    } else {
        size_t len = strcspn(c, "," BLANKS);
        if (len == 0)
            return false;
        for (const char *end = c + len; c < end; c++)
            strbuf_add_char(&out, *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c);
    }
    if (out.len > NAME_LEN) {
        size_t len = NAME_LEN;
        while (len > 0 && ((unsigned char)out.text[len] & 0xC0) == 0x80)
            len--;
        strbuf_cut(&out, len);
    }
    *text = c;
    *name = out.text;
    return true;
}
