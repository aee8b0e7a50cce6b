/*
 * reader.c - JSON by yajl, turned from pushed to pulled
 *
 * yajl gets the input in chunks and calls back for each token. The callbacks only append to a
 * queue; when yajl has returned, the reader hands the queue out, and takes the next chunk when it
 * is empty. So nothing of the caller's ever runs, and nothing raises, with yajl's frames on the
 * stack. What a callback objects to, and what yajl does, waits until the queue before it is read.
 *
 * Promises
 *   1. Room for all that one chunk can bring is there before yajl gets it, so callbacks allocate
 *      nothing: a token that began in chunks before, and the chunk itself, whose escapes only
 *      shrink.
 *   2. yajl's own memory comes from the reader's context, and is as bounded. When there is none
 *      the process ends, since yajl has no way to be told.
 */
#include "common/base/base.h"

#include "common/json/reader.h"

#include <math.h>
#include <yajl/yajl_parse.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/dynlib.h"
#include "common/text/num.h"
#include "common/text/str.h"

/* A string across chunks is scanned anew by yajl with each of them: JSON_READ_STRING_MAX is why
 * that stays bearable. */
#define CHUNK_SIZE KIB(4)

/* A byte ends a number and is a token itself; each other one brings a token at most. */
#define QUEUE_SIZE (CHUNK_SIZE + 1)

typedef struct Queued {
    JsonEvent event;
    uint64_t position; /* of the byte behind it */
} Queued;

/* The bytes of json_reader_new_bytes that were not read yet. */
typedef struct Remaining {
    const char *bytes;
    size_t len;
} Remaining;

struct JsonReader {
    MemContext *mem;
    ByteSource source;
    Remaining remaining;
    const char *what;
    yajl_handle handle;
    bool is_complete; /* the source has ended */

    Queued *queue; /* QUEUE_SIZE */
    size_t next, count;
    char *text; /* the strings of the queue */
    size_t text_len, text_room;

    uint64_t fed;      /* bytes given to yajl before the chunk at hand */
    size_t unqueued;   /* bytes given to yajl since the last event, or more */
    unsigned depth;    /* of yajl, which is ahead of the caller */
    bool is_whole;     /* the one value has ended ... */
    uint64_t whole_at; /* ... before this byte */
    uint64_t position; /* of the byte behind the last event that was read */
    const char *error; /* NULL while all is well; raised when the queue is read */
    SqlState error_state;
    uint64_t error_position;
};

static _Thread_local struct {
    bool is_loaded;
#define ROW(result, name, params) result(*name) params;
#include "common/json/yajl.def"
#undef ROW
} yajl;

static const char *const kind_names[] = {
    [JSON_END] = "the end",
    [JSON_NULL] = "null",
    [JSON_BOOL] = "a truth value",
    [JSON_NUMBER] = "a number",
    [JSON_STRING] = "a string",
    [JSON_KEY] = "a key",
    [JSON_BEGIN_OBJECT] = "an object",
    [JSON_END_OBJECT] = "the end of an object",
    [JSON_BEGIN_ARRAY] = "an array",
    [JSON_END_ARRAY] = "the end of an array",
};

static const yajl_callbacks callbacks;

static void load_yajl(void);
static void fill_queue(JsonReader *r);
static void spoil_false_blanks(unsigned char *chunk, size_t len);
static void check_rest(JsonReader *r, const unsigned char *chunk, size_t len);
static void reserve(JsonReader *r, size_t chunk_len);
static uint64_t position_of_parser(const JsonReader *r);
static void note_failure(JsonReader *r);
static JsonEvent expect(JsonReader *r, JsonKind kind);
_Noreturn static void raise_unexpected(JsonReader *r, const char *expected, const JsonEvent *found);
_Noreturn static void raise_at(const JsonReader *r, SqlState state, const char *message,
                               uint64_t position);
static void *memory_new(void *arg, size_t size);
static void *memory_resize(void *arg, void *p, size_t size);
static void memory_free(void *arg, void *p);

JsonReader *json_reader_new(ByteSource source, const char *what)
{
    MemContext *mem = mem_context_new(mem_current(), "json reader");
    JsonReader *r = mem_alloc_in(mem, sizeof *r);
    yajl_alloc_funcs memory = {memory_new, memory_resize, memory_free, r};

    if (!yajl.is_loaded)
        load_yajl();
    r->mem = mem;
    r->source = source;
    r->what = what;
    r->queue = mem_alloc_in(mem, QUEUE_SIZE * sizeof *r->queue);

    /* Strings are checked here, and better: yajl takes overlong forms and surrogates. */
    r->handle = yajl.yajl_alloc(&callbacks, &memory, r);
    yajl.yajl_config(r->handle, yajl_dont_validate_strings, 1);
    return r;
}

static size_t read_remaining(void *arg, void *bytes, size_t max)
{
    Remaining *remaining = arg;
    size_t len = size_min(max, remaining->len);

    if (len > 0)
        memcpy(bytes, remaining->bytes, len);
    remaining->bytes += len;
    remaining->len -= len;
    return len;
}

JsonReader *json_reader_new_bytes(const void *bytes, size_t len, const char *what)
{
    JsonReader *r = json_reader_new((ByteSource){.read = read_remaining}, what);

    r->remaining = (Remaining){bytes, len};
    r->source.arg = &r->remaining;
    return r;
}

void json_reader_free(JsonReader *r)
{
    yajl.yajl_free(r->handle);
    mem_delete(r->mem);
}

JsonEvent json_read_event(JsonReader *r)
{
    const Queued *queued;

    if (json_peek_kind(r) == JSON_END)
        return (JsonEvent){.kind = JSON_END};
    queued = &r->queue[r->next++];
    r->position = queued->position;
    return queued->event;
}

JsonKind json_peek_kind(JsonReader *r)
{
    while (r->next == r->count && r->error == NULL && !r->is_complete)
        fill_queue(r);
    if (r->next < r->count)
        return r->queue[r->next].event.kind;
    if (r->error != NULL)
        raise_at(r, r->error_state, r->error, r->error_position);
    return JSON_END;
}

/* ---- What is expected ---- */

void json_read_begin_object(JsonReader *r)
{
    expect(r, JSON_BEGIN_OBJECT);
}

const char *json_read_key(JsonReader *r)
{
    JsonEvent event = json_read_event(r);

    if (event.kind == JSON_END_OBJECT)
        return NULL;
    if (event.kind != JSON_KEY)
        raise_unexpected(r, "a key", &event);
    return event.text;
}

void json_read_begin_array(JsonReader *r)
{
    expect(r, JSON_BEGIN_ARRAY);
}

bool json_read_more(JsonReader *r)
{
    if (json_peek_kind(r) != JSON_END_ARRAY)
        return true;
    json_read_event(r);
    return false;
}

char *json_read_string(JsonReader *r)
{
    JsonEvent event = expect(r, JSON_STRING);

    return mem_strndup(event.text, event.text_len);
}

uint64_t json_read_u64(JsonReader *r)
{
    JsonEvent event = expect(r, JSON_NUMBER);
    uint64_t value;

    if (!num_try_parse_u64(event.text, &value))
        raise_unexpected(r, "a whole number of 0 to 18446744073709551615", &event);
    return value;
}

int64_t json_read_i64(JsonReader *r)
{
    JsonEvent event = expect(r, JSON_NUMBER);
    int64_t value;

    if (!num_try_parse_i64(event.text, &value))
        raise_unexpected(r, "a whole number of 64 bits", &event);
    return value;
}

double json_read_double(JsonReader *r)
{
    JsonEvent event = expect(r, JSON_NUMBER);
    double value = strtod(event.text, NULL);

    if (!isfinite(value))
        raise_unexpected(r, "a number within the range of a double", &event);
    return value;
}

bool json_read_bool(JsonReader *r)
{
    return expect(r, JSON_BOOL).is_true;
}

bool json_read_null(JsonReader *r)
{
    if (json_peek_kind(r) != JSON_NULL)
        return false;
    json_read_event(r);
    return true;
}

void json_skip_value(JsonReader *r)
{
    unsigned depth = 0;

    do {
        JsonEvent event = json_read_event(r);

        if (event.kind == JSON_BEGIN_OBJECT || event.kind == JSON_BEGIN_ARRAY)
            depth++;
        else if (depth == 0 && (event.kind == JSON_END || event.kind == JSON_END_OBJECT ||
                                event.kind == JSON_END_ARRAY || event.kind == JSON_KEY))
            raise_unexpected(r, "a value", &event);
        else if (event.kind == JSON_END_OBJECT || event.kind == JSON_END_ARRAY)
            depth--;
    } while (depth > 0);
}

void json_read_end(JsonReader *r)
{
    expect(r, JSON_END);
}

void json_raise(JsonReader *r, const char *message)
{
    raise_at(r, SQLSTATE_INVALID_JSON_TEXT, message, r->position);
}

static JsonEvent expect(JsonReader *r, JsonKind kind)
{
    JsonEvent event = json_read_event(r);

    if (event.kind != kind)
        raise_unexpected(r, kind_names[kind], &event);
    return event;
}

static void raise_unexpected(JsonReader *r, const char *expected, const JsonEvent *found)
{
    if (found->text == NULL)
        json_raise(r, err_fmt("expected %s, found %s", expected, kind_names[found->kind]));
    json_raise(r, err_fmt("expected %s, found %s \"%.60s\"", expected, kind_names[found->kind],
                          found->text));
}

static void raise_at(const JsonReader *r, SqlState state, const char *message, uint64_t position)
{
    err_raise(state, .message = err_fmt("could not parse %s: %s", r->what, message),
              .detail = err_fmt("This is at byte %" PRIu64 ".", position));
}

/* ---- The parser ---- */

static void load_yajl(void)
{
    const DynlibSymbol symbols[] = {
#define ROW(result, name, params) {#name, (void **)&yajl.name},
#include "common/json/yajl.def"
#undef ROW
    };

    dynlib_load("libyajl.so.2", "libyajl2", symbols, ARRAY_LEN(symbols));
    yajl.is_loaded = true;
}

/*
 * yajl takes vertical tabs and form feeds for blanks, which they are not in JSON (RFC 8259). A byte
 * that it takes nowhere, in or out of strings, stands in for them.
 */
static void spoil_false_blanks(unsigned char *chunk, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (UNLIKELY(chunk[i] == '\v' || chunk[i] == '\f'))
            chunk[i] = 0x01;
}

/* Give yajl the next chunk, or the news that there is none. */
static void fill_queue(JsonReader *r)
{
    unsigned char chunk[CHUNK_SIZE];
    size_t len = byte_source_read(&r->source, chunk, sizeof chunk);
    yajl_status status;

    reserve(r, len);
    spoil_false_blanks(chunk, len);
    if (len > 0) {
        status = yajl.yajl_parse(r->handle, chunk, len);
    } else {
        r->is_complete = true;
        status = yajl.yajl_complete_parse(r->handle);
    }

    if (status != yajl_status_ok)
        note_failure(r);
    else if (r->is_whole)
        check_rest(r, chunk, len);
    r->fed += len;
    r->unqueued = r->count > 0 ? len : r->unqueued + len;
    if (r->unqueued > JSON_READ_STRING_MAX && r->error == NULL) {
        r->error = "a string or number is too long";
        r->error_state = SQLSTATE_PROGRAM_LIMIT_EXCEEDED;
        r->error_position = r->fed;
    }
}

/* yajl sees no garbage behind the value when it is the beginning of a token that never ends. */
static void check_rest(JsonReader *r, const unsigned char *chunk, size_t len)
{
    size_t at = r->whole_at > r->fed ? (size_t)(r->whole_at - r->fed) : 0;

    for (; at < len && r->error == NULL; at++)
        if (strchr(" \t\n\r", chunk[at]) == NULL || chunk[at] == '\0') {
            r->error = "trailing garbage";
            r->error_state = SQLSTATE_INVALID_JSON_TEXT;
            r->error_position = r->fed + at;
        }
}

/* Empty the queue, and make room for the strings of a chunk and what yajl holds back of others. */
static void reserve(JsonReader *r, size_t chunk_len)
{
    size_t room = r->unqueued + 2 * chunk_len + 2; /* each with a NUL */

    r->next = 0;
    r->count = 0;
    r->text_len = 0;
    if (room <= r->text_room)
        return;
    mem_free(r->text);
    r->text = mem_alloc_in(r->mem, 2 * room);
    r->text_room = 2 * room;
}

/* Keep the reason why yajl stopped: a callback's, or its own without ornaments. */
static void note_failure(JsonReader *r)
{
    static const char *const ornaments[] = {"parse error: ", "lexical error: "};
    char *message;

    if (r->error != NULL)
        return;
    message = (char *)yajl.yajl_get_error(r->handle, 0, NULL, 0);
    for (size_t i = 0; i < ARRAY_LEN(ornaments); i++)
        if (str_starts_with(message, ornaments[i]))
            message += strlen(ornaments[i]);
    message[strcspn(message, ".\n")] = '\0';
    r->error = message;
    r->error_state = SQLSTATE_INVALID_JSON_TEXT;
    r->error_position = position_of_parser(r);
}

/* Behind the token at hand. To end a number at the end of the input yajl adds a blank. */
static uint64_t position_of_parser(const JsonReader *r)
{
    return r->is_complete ? r->fed : r->fed + yajl.yajl_get_bytes_consumed(r->handle);
}

/* ---- Callbacks: append to the queue; 0 stops yajl ---- */

static int refuse(JsonReader *r, SqlState state, const char *error)
{
    r->error = error;
    r->error_state = state;
    r->error_position = position_of_parser(r);
    return 0;
}

static JsonEvent *append(JsonReader *r, JsonKind kind)
{
    Queued *queued = &r->queue[r->count++];

    ASSERT(r->count <= QUEUE_SIZE);
    queued->event = (JsonEvent){.kind = kind};
    queued->position = position_of_parser(r);
    if (r->depth == 0 && kind != JSON_BEGIN_OBJECT && kind != JSON_BEGIN_ARRAY) {
        r->is_whole = true;
        r->whole_at = queued->position;
    }
    return &queued->event;
}

static int append_text(JsonReader *r, JsonKind kind, const void *text, size_t len)
{
    JsonEvent *event = append(r, kind);
    char *copy = r->text + r->text_len;

    ASSERT(r->text_len + len + 1 <= r->text_room);
    memcpy(copy, text, len);
    copy[len] = '\0';
    r->text_len += len + 1;
    event->text = copy;
    event->text_len = len;
    return 1;
}

static int append_string(JsonReader *r, JsonKind kind, const unsigned char *text, size_t len)
{
    if (memchr(text, 0, len) != NULL)
        return refuse(r, SQLSTATE_INVALID_JSON_TEXT, "a string holds a NUL character");
    if (!str_is_utf8((const char *)text, len))
        return refuse(r, SQLSTATE_INVALID_JSON_TEXT, "a string is not valid UTF-8");
    return append_text(r, kind, text, len);
}

static int append_begin(JsonReader *r, JsonKind kind)
{
    if (r->depth == JSON_READ_DEPTH_MAX)
        return refuse(r, SQLSTATE_PROGRAM_LIMIT_EXCEEDED, "values are nested too deeply");
    r->depth++;
    append(r, kind);
    return 1;
}

static int append_end(JsonReader *r, JsonKind kind)
{
    r->depth--;
    append(r, kind);
    return 1;
}

static int on_null(void *arg)
{
    append(arg, JSON_NULL);
    return 1;
}

static int on_boolean(void *arg, int is_true)
{
    append(arg, JSON_BOOL)->is_true = is_true != 0;
    return 1;
}

static int on_number(void *arg, const char *text, size_t len)
{
    return append_text(arg, JSON_NUMBER, text, len);
}

static int on_string(void *arg, const unsigned char *text, size_t len)
{
    return append_string(arg, JSON_STRING, text, len);
}

static int on_start_map(void *arg)
{
    return append_begin(arg, JSON_BEGIN_OBJECT);
}

static int on_map_key(void *arg, const unsigned char *text, size_t len)
{
    return append_string(arg, JSON_KEY, text, len);
}

static int on_end_map(void *arg)
{
    return append_end(arg, JSON_END_OBJECT);
}

static int on_start_array(void *arg)
{
    return append_begin(arg, JSON_BEGIN_ARRAY);
}

static int on_end_array(void *arg)
{
    return append_end(arg, JSON_END_ARRAY);
}

static const yajl_callbacks callbacks = {
    .yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_number = on_number,
    .yajl_string = on_string,
    .yajl_start_map = on_start_map,
    .yajl_map_key = on_map_key,
    .yajl_end_map = on_end_map,
    .yajl_start_array = on_start_array,
    .yajl_end_array = on_end_array,
};

/* ---- yajl's memory ---- */

static void *memory_new(void *arg, size_t size)
{
    return memory_resize(arg, NULL, size);
}

/* A raise would jump over yajl, which does not look whether it got any: end the process instead. */
static void *memory_resize(void *arg, void *p, size_t size)
{
    JsonReader *r = arg;
    void *volatile bigger = NULL;

    ERR_TRY() {
        bigger = p == NULL ? mem_alloc_in(r->mem, size) : mem_realloc(p, size);
    }
    ERR_CATCH() {
        err_fatal(SQLSTATE_OUT_OF_MEMORY, .message = "out of memory");
    }
    ERR_END();
    return bigger;
}

static void memory_free(void *arg, void *p)
{
    (void)arg;
    mem_free(p);
}
