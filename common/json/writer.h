/*
 * writer.h - JSON as it is written
 *
 *     JsonWriter w;
 *     json_writer_init(&w, &text, JSON_COMPACT);
 *     json_write_begin_object(&w);
 *     json_write_key(&w, "files");
 *     json_write_u64(&w, 42);
 *     json_write_end_object(&w);
 *     json_writer_finish(&w);
 *
 * Commas, line ends and escapes come by themselves. What makes no JSON (a value without a key in
 * an object, an end that does not match) is a bug: an assertion.
 */
#ifndef JSON_WRITER_H
#define JSON_WRITER_H

#include "common/base/base.h"
#include "common/base/bytes.h"

#include "common/text/strbuf.h"

typedef enum JsonStyle {
    JSON_COMPACT, /* {"a":1,"b":[2,3]} */
    JSON_PRETTY,  /* a member a line, indented by two */
} JsonStyle;

#define JSON_WRITE_DEPTH_MAX 64

typedef struct JsonWriter {
    StrBuf *out; /* the caller's, or &buffer */
    ByteSink sink;
    StrBuf buffer; /* what the sink has not got yet */
    JsonStyle style;
    bool has_sink, has_key;
    unsigned depth;
    struct {
        bool is_object, has_members;
    } levels[JSON_WRITE_DEPTH_MAX];
} JsonWriter;

/* Append to out. */
void json_writer_init(JsonWriter *w, StrBuf *out, JsonStyle style);

/* Write to sink, in pieces; the buffer is in the current memory context. */
void json_writer_init_sink(JsonWriter *w, ByteSink sink, JsonStyle style);

/* After the last value: give the rest to the sink. In JSON_PRETTY a line end closes the text. */
void json_writer_finish(JsonWriter *w);

void json_write_begin_object(JsonWriter *w);
void json_write_end_object(JsonWriter *w);
void json_write_begin_array(JsonWriter *w);
void json_write_end_array(JsonWriter *w);
void json_write_key(JsonWriter *w, const char *key);

/* A string as it is: raises SQLSTATE_CHARACTER_NOT_IN_REPERTOIRE when it is not UTF-8. */
void json_write_string(JsonWriter *w, const char *text);
void json_write_string_len(JsonWriter *w, const char *text, size_t len);

/* A string for people (messages, file names): what is not UTF-8 becomes U+FFFD. */
void json_write_string_lossy(JsonWriter *w, const char *text);

void json_write_u64(JsonWriter *w, uint64_t value);
void json_write_i64(JsonWriter *w, int64_t value);
void json_write_double(JsonWriter *w, double value); /* null when it is no finite number */
void json_write_bool(JsonWriter *w, bool value);
void json_write_null(JsonWriter *w);

/* Append text as a JSON string with its quotes; it must be UTF-8. For who writes JSON by hand. */
void json_add_string(StrBuf *out, const char *text, size_t len);

#endif
