/*
 * reader.h - JSON as it is read, piece by piece
 *
 * The reader pulls bytes from a source and hands out events; there is never a tree in memory. Most
 * callers know what they expect and say so:
 *
 *     json_read_begin_object(r);
 *     while ((key = json_read_key(r)) != NULL) {
 *         if (str_equal(key, "Size"))
 *             size = json_read_u64(r);
 *         else
 *             json_skip_value(r);
 *     }
 *     json_read_end(r);
 *
 * Everything raises SQLSTATE_INVALID_JSON_TEXT, naming the input and the byte, for text that is not
 * JSON or is not what was expected. Strings must be UTF-8 and hold no NUL.
 *
 * The parser is yajl, opened on first use; no raise ever crosses its frames. It takes "//" and C
 * comments for errors, and a lone surrogate for "?".
 */
#ifndef JSON_READER_H
#define JSON_READER_H

#include "common/base/base.h"
#include "common/base/bytes.h"

typedef enum JsonKind {
    JSON_END, /* of the input */
    JSON_NULL,
    JSON_BOOL,
    JSON_NUMBER,
    JSON_STRING,
    JSON_KEY,
    JSON_BEGIN_OBJECT,
    JSON_END_OBJECT,
    JSON_BEGIN_ARRAY,
    JSON_END_ARRAY,
} JsonKind;

typedef struct JsonEvent {
    JsonKind kind;
    bool is_true;     /* of JSON_BOOL */
    const char *text; /* of strings, keys and numbers, with a NUL; gone at the next call */
    size_t text_len;
} JsonEvent;

#define JSON_READ_DEPTH_MAX  64       /* nested objects and arrays */
#define JSON_READ_STRING_MAX KIB(256) /* bytes of one string, key or number, about */

typedef struct JsonReader JsonReader;

/* what names the input in errors, e.g. "backup manifest"; it must outlive the reader. */
JsonReader *json_reader_new(ByteSource source, const char *what);
JsonReader *json_reader_new_bytes(const void *bytes, size_t len, const char *what);
void json_reader_free(JsonReader *r); /* or with the memory context that was current at new */

/* The next event, and the one after it without moving. JSON_END again and again at the end. */
JsonEvent json_read_event(JsonReader *r);
JsonKind json_peek_kind(JsonReader *r);

/* ---- What is expected; results are in the current memory context ---- */

void json_read_begin_object(JsonReader *r);

/* The next key, or NULL after the object's end was read. Gone at the next call. */
const char *json_read_key(JsonReader *r);

void json_read_begin_array(JsonReader *r);

/* True when the array has one more value, which is then the next; else its end was read. */
bool json_read_more(JsonReader *r);

char *json_read_string(JsonReader *r);
uint64_t json_read_u64(JsonReader *r);
int64_t json_read_i64(JsonReader *r);
double json_read_double(JsonReader *r);
bool json_read_bool(JsonReader *r);
bool json_read_null(JsonReader *r); /* true when null was next, and read; else nothing moves */

/* Read and drop one value with all that is in it. */
void json_skip_value(JsonReader *r);

/* Nothing but blanks may follow. */
void json_read_end(JsonReader *r);

/* Raise SQLSTATE_INVALID_JSON_TEXT "invalid WHAT: MESSAGE" with the place, for callers' checks. */
_Noreturn void json_raise(JsonReader *r, const char *message);

#endif
