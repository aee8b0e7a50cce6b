/* explain_out.c - nested groups in four formats; explain_out.h says of what. */
#include "common/base/base.h"

#include "server/explain/explain_out.h"

#include <string.h>

#include "common/mem/mem.h"

static void put(ExplainOut *out, const char *name, const char *unit, const char *value,
                bool is_quoted);

void explain_out_begin(ExplainOut *out, ExplainFormat format)
{
    *out = (ExplainOut){.format = format};
    strbuf_init(&out->text);
    array_init(&out->levels, sizeof(bool));
    array_push(&out->levels);
    switch (format) {
    case EXPLAIN_XML:
        strbuf_add(&out->text, "<explain xmlns=\"http://www.postgresql.org/2009/explain\">\n");
        out->indent++;
        break;
    case EXPLAIN_JSON:
        strbuf_add(&out->text, "[");
        out->indent++;
        break;
    default:
        break;
    }
}

void explain_out_end(ExplainOut *out)
{
    out->indent--;
    switch (out->format) {
    case EXPLAIN_XML:
        strbuf_add(&out->text, "</explain>");
        break;
    case EXPLAIN_JSON:
        strbuf_add(&out->text, "\n]");
        break;
    default:
        break;
    }
}

void explain_indent(ExplainOut *out)
{
    strbuf_add_chars(&out->text, ' ', (size_t)out->indent * 2);
}

/* ---- Texts as the formats want them ---- */

static void add_json(StrBuf *b, const char *value)
{
    strbuf_add_char(b, '"');
    for (; *value != '\0'; value++) {
        switch (*value) {
        case '"':
            strbuf_add(b, "\\\"");
            break;
        case '\\':
            strbuf_add(b, "\\\\");
            break;
        case '\n':
            strbuf_add(b, "\\n");
            break;
        case '\t':
            strbuf_add(b, "\\t");
            break;
        case '\r':
            strbuf_add(b, "\\r");
            break;
        default:
            if ((unsigned char)*value < ' ')
                strbuf_add_fmt(b, "\\u%04x", (unsigned)(unsigned char)*value);
            else
                strbuf_add_char(b, *value);
        }
    }
    strbuf_add_char(b, '"');
}

static void add_xml(StrBuf *b, const char *value)
{
    for (; *value != '\0'; value++) {
        switch (*value) {
        case '&':
            strbuf_add(b, "&amp;");
            break;
        case '<':
            strbuf_add(b, "&lt;");
            break;
        case '>':
            strbuf_add(b, "&gt;");
            break;
        case '\r':
            strbuf_add(b, "&#x0d;");
            break;
        default:
            strbuf_add_char(b, *value);
        }
    }
}

/* The name of an element: what may not stand in one becomes a hyphen. */
static void add_tag(StrBuf *b, const char *name, const char *before)
{
    strbuf_add(b, before);
    for (; *name != '\0'; name++) {
        bool is_plain = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') ||
                        (*name >= '0' && *name <= '9') || *name == '-' || *name == '_' ||
                        *name == '.';

        strbuf_add_char(b, is_plain ? *name : '-');
    }
    strbuf_add_char(b, '>');
}

/* ---- Groups ---- */

static bool *is_used(ExplainOut *out)
{
    return array_at(&out->levels, out->levels.count - 1);
}

/* Where the next part of a group begins. */
static void begin_part(ExplainOut *out)
{
    bool *used = is_used(out);

    if (out->format == EXPLAIN_JSON) {
        strbuf_add(&out->text, *used ? ",\n" : "\n");
        explain_indent(out);
    } else if (out->format == EXPLAIN_YAML && (*used || out->levels.count > 1)) {
        size_t len = out->text.len;

        /* The first part of an item stands behind its hyphen. */
        if (len < 2 || memcmp(out->text.text + len - 2, "- ", 2) != 0) {
            strbuf_add_char(&out->text, '\n');
            explain_indent(out);
        }
    }
    *used = true;
}

void explain_open(ExplainOut *out, const char *tag, const char *name, bool is_list)
{
    switch (out->format) {
    case EXPLAIN_TEXT:
        return;
    case EXPLAIN_XML:
        explain_indent(out);
        add_tag(&out->text, tag, "<");
        strbuf_add_char(&out->text, '\n');
        break;
    case EXPLAIN_JSON:
        begin_part(out);
        if (name != NULL) {
            add_json(&out->text, name);
            strbuf_add(&out->text, ": ");
        }
        strbuf_add_char(&out->text, is_list ? '[' : '{');
        break;
    case EXPLAIN_YAML:
        begin_part(out);
        if (name != NULL)
            strbuf_add_fmt(&out->text, "%s: ", name);
        else
            strbuf_add(&out->text, "- ");
        break;
    }
    out->indent++;
    *(bool *)array_push(&out->levels) = false;
}

void explain_word(ExplainOut *out, const char *word)
{
    switch (out->format) {
    case EXPLAIN_TEXT:
        break;
    case EXPLAIN_XML:
        explain_indent(out);
        strbuf_add_fmt(&out->text, "<%s />\n", word);
        break;
    case EXPLAIN_JSON:
    case EXPLAIN_YAML:
        begin_part(out);
        strbuf_add(&out->text, out->format == EXPLAIN_YAML ? "- " : "");
        add_json(&out->text, word);
        break;
    }
}

void explain_close(ExplainOut *out, const char *tag, const char *name UNUSED, bool is_list)
{
    if (out->format == EXPLAIN_TEXT)
        return;
    out->indent--;
    array_pop(&out->levels);
    switch (out->format) {
    case EXPLAIN_XML:
        explain_indent(out);
        add_tag(&out->text, tag, "</");
        strbuf_add_char(&out->text, '\n');
        break;
    case EXPLAIN_JSON:
        strbuf_add_char(&out->text, '\n');
        explain_indent(out);
        strbuf_add_char(&out->text, is_list ? ']' : '}');
        break;
    default:
        break;
    }
}

/* ---- Properties ---- */

void explain_text(ExplainOut *out, const char *name, const char *value)
{
    put(out, name, NULL, value, true);
}

void explain_bool(ExplainOut *out, const char *name, bool value)
{
    put(out, name, NULL, value ? "true" : "false", false);
}

void explain_int(ExplainOut *out, const char *name, const char *unit, int64_t value)
{
    put(out, name, unit, mem_printf("%lld", (long long)value), false);
}

void explain_real(ExplainOut *out, const char *name, const char *unit, double value, int digits)
{
    put(out, name, unit, mem_printf("%.*f", digits, value), false);
}

static void put(ExplainOut *out, const char *name, const char *unit, const char *value,
                bool is_quoted)
{
    StrBuf *b = &out->text;

    switch (out->format) {
    case EXPLAIN_TEXT:
        explain_indent(out);
        if (unit != NULL)
            strbuf_add_fmt(b, "%s: %s %s\n", name, value, unit);
        else
            strbuf_add_fmt(b, "%s: %s\n", name, value);
        break;
    case EXPLAIN_XML:
        explain_indent(out);
        add_tag(b, name, "<");
        add_xml(b, value);
        add_tag(b, name, "</");
        strbuf_add_char(b, '\n');
        break;
    case EXPLAIN_JSON:
        begin_part(out);
        add_json(b, name);
        strbuf_add(b, ": ");
        if (is_quoted)
            add_json(b, value);
        else
            strbuf_add(b, value);
        break;
    case EXPLAIN_YAML:
        begin_part(out);
        strbuf_add_fmt(b, "%s: ", name);
        if (is_quoted)
            add_json(b, value);
        else
            strbuf_add(b, value);
        break;
    }
}

void explain_list(ExplainOut *out, const char *name, const Array *texts)
{
    bool is_first = true;

    if (out->format == EXPLAIN_TEXT) {
        explain_indent(out);
        strbuf_add_fmt(&out->text, "%s: ", name);
        array_foreach(const char *, text, texts) {
            strbuf_add_fmt(&out->text, "%s%s", is_first ? "" : ", ", *text);
            is_first = false;
        }
        strbuf_add_char(&out->text, '\n');
        return;
    }
    if (out->format == EXPLAIN_JSON) {
        begin_part(out);
        add_json(&out->text, name);
        strbuf_add(&out->text, ": [");
        array_foreach(const char *, text, texts) {
            strbuf_add(&out->text, is_first ? "" : ", ");
            add_json(&out->text, *text);
            is_first = false;
        }
        strbuf_add_char(&out->text, ']');
        return;
    }
    if (out->format == EXPLAIN_XML) {
        explain_open(out, name, name, true);
        array_foreach(const char *, text, texts) {
            explain_indent(out);
            strbuf_add(&out->text, "<Item>");
            add_xml(&out->text, *text);
            strbuf_add(&out->text, "</Item>\n");
        }
        explain_close(out, name, name, true);
        return;
    }
    begin_part(out);
    strbuf_add_fmt(&out->text, "%s: ", name);
    array_foreach(const char *, text, texts) {
        strbuf_add_char(&out->text, '\n');
        explain_indent(out);
        strbuf_add(&out->text, "  - ");
        add_json(&out->text, *text);
    }
}

void explain_nested_list(ExplainOut *out, const char *name, const Array *texts)
{
    bool is_first = true;

    if (out->format == EXPLAIN_TEXT || out->format == EXPLAIN_XML) {
        explain_list(out, name, texts);
        return;
    }
    begin_part(out);
    strbuf_add(&out->text, out->format == EXPLAIN_YAML ? "- [" : "[");
    array_foreach(const char *, text, texts) {
        strbuf_add(&out->text, is_first ? "" : ", ");
        add_json(&out->text, *text);
        is_first = false;
    }
    strbuf_add_char(&out->text, ']');
}
