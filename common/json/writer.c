/* writer.c - JSON as it is written. */
#include "common/base/base.h"

#include "common/json/writer.h"

#include <math.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/str.h"

#define FLUSH_SIZE KIB(8) /* bytes that are worth a call of the sink */

static void begin(JsonWriter *w, char bracket, bool is_object);
static void end(JsonWriter *w, char bracket, bool is_object);
static void begin_value(JsonWriter *w);
static void end_value(JsonWriter *w);
static void add_line_end(JsonWriter *w);
static void flush(JsonWriter *w);

void json_writer_init(JsonWriter *w, StrBuf *out, JsonStyle style)
{
    *w = (JsonWriter){.out = out, .style = style};
}

void json_writer_init_sink(JsonWriter *w, ByteSink sink, JsonStyle style)
{
    *w = (JsonWriter){.out = &w->buffer, .sink = sink, .has_sink = true, .style = style};
    strbuf_init(&w->buffer);
}

void json_writer_finish(JsonWriter *w)
{
    ASSERT(w->depth == 0);
    if (w->style == JSON_PRETTY)
        strbuf_add_char(w->out, '\n');
    if (w->has_sink)
        flush(w);
}

void json_write_begin_object(JsonWriter *w)
{
    begin(w, '{', true);
}

void json_write_end_object(JsonWriter *w)
{
    end(w, '}', true);
}

void json_write_begin_array(JsonWriter *w)
{
    begin(w, '[', false);
}

void json_write_end_array(JsonWriter *w)
{
    end(w, ']', false);
}

void json_write_key(JsonWriter *w, const char *key)
{
    ASSERT(w->depth > 0 && w->levels[w->depth - 1].is_object && !w->has_key);
    if (w->levels[w->depth - 1].has_members)
        strbuf_add_char(w->out, ',');
    w->levels[w->depth - 1].has_members = true;
    add_line_end(w);
    json_add_string(w->out, key, strlen(key));
    strbuf_add(w->out, w->style == JSON_PRETTY ? ": " : ":");
    w->has_key = true;
}

void json_write_string(JsonWriter *w, const char *text)
{
    json_write_string_len(w, text, strlen(text));
}

void json_write_string_len(JsonWriter *w, const char *text, size_t len)
{
    if (!str_is_utf8(text, len))
        err_raise(SQLSTATE_CHARACTER_NOT_IN_REPERTOIRE,
                  .message = "could not write JSON: a string is not valid UTF-8");
    begin_value(w);
    json_add_string(w->out, text, len);
    end_value(w);
}

/* Bytes of the UTF-8 sequence at the start of text; 0 when there is none. */
static size_t sequence_len(const char *text, size_t len)
{
    for (size_t n = 1; n <= size_min(len, 4); n++)
        if (str_is_utf8(text, n))
            return n;
    return 0;
}

void json_write_string_lossy(JsonWriter *w, const char *text)
{
    size_t len = strlen(text);
    StrBuf clean;

    if (str_is_utf8(text, len)) {
        json_write_string_len(w, text, len);
        return;
    }
    strbuf_init(&clean);
    while (len > 0) {
        size_t n = sequence_len(text, len);

        if (n == 0)
            strbuf_add(&clean, "\xEF\xBF\xBD");
        else
            strbuf_add_bytes(&clean, text, n);
        text += size_max(n, 1);
        len -= size_max(n, 1);
    }
    json_write_string_len(w, clean.text, clean.len);
    mem_free(clean.text);
}

void json_write_u64(JsonWriter *w, uint64_t value)
{
    begin_value(w);
    strbuf_add_fmt(w->out, "%" PRIu64, value);
    end_value(w);
}

void json_write_i64(JsonWriter *w, int64_t value)
{
    begin_value(w);
    strbuf_add_fmt(w->out, "%" PRId64, value);
    end_value(w);
}

void json_write_double(JsonWriter *w, double value)
{
    char text[32];

    if (!isfinite(value)) {
        json_write_null(w);
        return;
    }
    /* The fewest digits that give the same number back. */
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    begin_value(w);
    strbuf_add(w->out, text);
    end_value(w);
}

void json_write_bool(JsonWriter *w, bool value)
{
    begin_value(w);
    strbuf_add(w->out, value ? "true" : "false");
    end_value(w);
}

void json_write_null(JsonWriter *w)
{
    begin_value(w);
    strbuf_add(w->out, "null");
    end_value(w);
}

void json_add_string(StrBuf *out, const char *text, size_t len)
{
    size_t from = 0; /* of what was not copied yet */

    strbuf_add_char(out, '"');
    for (size_t i = 0; i < len; i++) {
        static const char short_names[] = "\bb\ff\nn\rr\tt\"\"\\\\";
        unsigned char c = (unsigned char)text[i];
        const char *name;

        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        strbuf_add_bytes(out, text + from, i - from);
        from = i + 1;
        for (name = short_names; *name != '\0' && *name != (char)c; name += 2)
            ;
        if (c != '\0' && *name != '\0')
            strbuf_add_fmt(out, "\\%c", name[1]);
        else
            strbuf_add_fmt(out, "\\u%04x", c);
    }
    strbuf_add_bytes(out, text + from, len - from);
    strbuf_add_char(out, '"');
}

static void begin(JsonWriter *w, char bracket, bool is_object)
{
    begin_value(w);
    ASSERT(w->depth < JSON_WRITE_DEPTH_MAX);
    strbuf_add_char(w->out, bracket);
    w->levels[w->depth].is_object = is_object;
    w->levels[w->depth].has_members = false;
    w->depth++;
}

static void end(JsonWriter *w, char bracket, bool is_object)
{
    ASSERT(w->depth > 0 && w->levels[w->depth - 1].is_object == is_object && !w->has_key);
    w->depth--;
    if (w->levels[w->depth].has_members)
        add_line_end(w);
    strbuf_add_char(w->out, bracket);
    end_value(w);
}

/* What stands before a value: nothing behind a key, else the comma of an array. */
static void begin_value(JsonWriter *w)
{
    if (w->depth == 0)
        return;
    if (w->levels[w->depth - 1].is_object) {
        ASSERT(w->has_key);
        w->has_key = false;
        return;
    }
    if (w->levels[w->depth - 1].has_members)
        strbuf_add_char(w->out, ',');
    w->levels[w->depth - 1].has_members = true;
    add_line_end(w);
}

static void end_value(JsonWriter *w)
{
    if (w->has_sink && w->buffer.len >= FLUSH_SIZE)
        flush(w);
}

static void add_line_end(JsonWriter *w)
{
    if (w->style == JSON_COMPACT)
        return;
    strbuf_add_char(w->out, '\n');
    strbuf_add_chars(w->out, ' ', (size_t)w->depth * 2);
}

static void flush(JsonWriter *w)
{
    if (w->buffer.len > 0)
        byte_sink_write(&w->sink, w->buffer.text, w->buffer.len);
    strbuf_clear(&w->buffer);
}
