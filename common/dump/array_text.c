/* array_text.c - take arrays apart, and put them together; array_text.h has the form. */
#include "common/base/base.h"

#include "common/dump/array_text.h"

#include <string.h>
#include <strings.h>

#include "common/text/str.h"

static const char *read_element(const char *at, StrBuf *element, bool *is_quoted);

void array_text_split(const char *text, Array *out)
{
    StrBuf element;
    const char *at = text;

    array_init(out, sizeof(const char *));
    if (at == NULL || *at != '{')
        return;
    at++;
    while (*at != '\0' && *at != '}') {
        bool is_quoted;

        strbuf_init(&element);
        at = read_element(at, &element, &is_quoted);
        *(const char **)array_push(out) =
            !is_quoted && str_equal(element.text, "NULL") ? NULL : element.text;
        if (*at == ',')
            at++;
    }
}

void array_text_add(StrBuf *array, const char *text)
{
    if (text[0] != '\0' && strpbrk(text, "{}\",\\ \t\n\r\v\f") == NULL &&
        strcasecmp(text, "NULL") != 0) {
        strbuf_add(array, text);
        return;
    }
    strbuf_add_char(array, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            strbuf_add_char(array, '\\');
        strbuf_add_char(array, *text);
    }
    strbuf_add_char(array, '"');
}

/* One element up to the comma or brace that ends it. */
static const char *read_element(const char *at, StrBuf *element, bool *is_quoted)
{
    *is_quoted = *at == '"';
    if (!*is_quoted) {
        size_t len = strcspn(at, ",}");

        strbuf_add_bytes(element, at, len);
        return at + len;
    }
    for (at++; *at != '\0' && *at != '"'; at++) {
        if (*at == '\\' && at[1] != '\0')
            at++;
        strbuf_add_char(element, *at);
    }
    return *at == '"' ? at + 1 : at;
}
