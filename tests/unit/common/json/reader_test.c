/* reader_test.c - events, expectations, bad texts, and chunks of every size. */
#include "common/base/base.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/json/reader.h"
#include "common/json/writer.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "tests/lib/pieces.h"
#include "tests/lib/seed.h"
#include "tests/unit/unit.h"

static JsonReader *reader_of(const char *text)
{
    return json_reader_new_bytes(text, strlen(text), "test");
}

/* All events as one line: kinds as letters, texts behind them. */
static const char *events_of(JsonReader *r)
{
    static const char letters[] = "$nb#sk{}[]";
    StrBuf b;
    JsonEvent event;

    strbuf_init(&b);
    while ((event = json_read_event(r)).kind != JSON_END) {
        strbuf_add_char(&b, letters[event.kind]);
        if (event.kind == JSON_BOOL)
            strbuf_add_char(&b, event.is_true ? '1' : '0');
        if (event.text != NULL) {
            CU_ASSERT_EQUAL(strlen(event.text), event.text_len);
            strbuf_add_bytes(&b, event.text, event.text_len);
        }
        strbuf_add_char(&b, ' ');
    }
    CU_ASSERT_EQUAL(json_read_event(r).kind, JSON_END);
    return b.text;
}

static const char sample[] = " { \"Files\": [\n{ \"Path\": \"base/1/2\\u00e9\\n\\\"\\\\\\/\", "
                             "\"Size\": 8192, \"x\": -1.5e+3 },"
                             "{}, [] ], \"t\" : true, \"f\":false,\"n\":null, \"\": \"\" , "
                             "\"\xC3\xA4\":[0,12,\"\\ud83d\\ude00\"]}\n";

static const char sample_events[] = "{ kFiles [ { kPath sbase/1/2\xC3\xA9\n\"\\/ kSize #8192 kx "
                                    "#-1.5e+3 } { } [ ] ] kt b1 kf b0 kn n "
                                    "k s k\xC3\xA4 [ #0 #12 s\xF0\x9F\x98\x80 ] } ";

static void events_come_in_order(void)
{
    CU_ASSERT_STRING_EQUAL(events_of(reader_of(sample)), sample_events);
    CU_ASSERT_STRING_EQUAL(events_of(reader_of("12")), "#12 ");
    CU_ASSERT_STRING_EQUAL(events_of(reader_of(" null ")), "n ");
    CU_ASSERT_STRING_EQUAL(events_of(reader_of("\"\"")), "s ");
}

static void pieces_of_every_size_give_the_same(void)
{
    for (size_t piece = 1; piece < sizeof sample; piece++) {
        Pieces pieces = {sample, sizeof sample - 1, piece};
        JsonReader *r = json_reader_new(pieces_source(&pieces), "test");

        CU_ASSERT_STRING_EQUAL(events_of(r), sample_events);
        json_reader_free(r);
    }
}

static void peeking_does_not_move(void)
{
    JsonReader *r = reader_of("[1]");

    CU_ASSERT_EQUAL(json_peek_kind(r), JSON_BEGIN_ARRAY);
    CU_ASSERT_EQUAL(json_peek_kind(r), JSON_BEGIN_ARRAY);
    CU_ASSERT_EQUAL(json_read_event(r).kind, JSON_BEGIN_ARRAY);
    CU_ASSERT_EQUAL(json_peek_kind(r), JSON_NUMBER);
}

static void what_is_expected_is_read(void)
{
    JsonReader *r = reader_of(
        "{\"list\":[1,2,3],\"u\":18446744073709551615,\"i\":-9223372036854775808,\"d\":2.5,\"s\":"
        "\"text\",\"b\":true,\"null\":null,\"some\":7,\"skip\":{\"a\":[1,{\"b\":[]}],\"c\":\"d\"},"
        "\"skip too\":1}");
    const char *key;
    int seen = 0;

    json_read_begin_object(r);
    while ((key = json_read_key(r)) != NULL) {
        seen++;
        if (str_equal(key, "list")) {
            uint64_t sum = 0;

            json_read_begin_array(r);
            while (json_read_more(r))
                sum += json_read_u64(r);
            CU_ASSERT_EQUAL(sum, 6);
        } else if (str_equal(key, "u")) {
            CU_ASSERT_EQUAL(json_read_u64(r), UINT64_MAX);
        } else if (str_equal(key, "i")) {
            CU_ASSERT_EQUAL(json_read_i64(r), INT64_MIN);
        } else if (str_equal(key, "d")) {
            CU_ASSERT_EQUAL(json_read_double(r), 2.5);
        } else if (str_equal(key, "s")) {
            CU_ASSERT_STRING_EQUAL(json_read_string(r), "text");
        } else if (str_equal(key, "b")) {
            CU_ASSERT_TRUE(json_read_bool(r));
        } else if (str_equal(key, "null")) {
            CU_ASSERT_TRUE(json_read_null(r));
        } else if (str_equal(key, "some")) {
            CU_ASSERT_FALSE(json_read_null(r));
            CU_ASSERT_EQUAL(json_read_i64(r), 7);
        } else {
            json_skip_value(r);
        }
    }
    json_read_end(r);
    CU_ASSERT_EQUAL(seen, 10);
}

/* What a caller may do first with a text; each row of the table below does one of them. */
typedef enum Ask {
    ASK_OBJECT,
    ASK_KEY,
    ASK_ARRAY,
    ASK_STRING,
    ASK_U64,
    ASK_I64,
    ASK_DOUBLE,
    ASK_BOOL,
    ASK_SKIP,
    ASK_END,
    ASK_SKIP_INSIDE,
    ASK_SKIP_KEY
} Ask;

static void ask(JsonReader *r, Ask what)
{
    switch (what) {
    case ASK_OBJECT:
        json_read_begin_object(r);
        break;
    case ASK_KEY:
        json_read_key(r);
        break;
    case ASK_ARRAY:
        json_read_begin_array(r);
        break;
    case ASK_STRING:
        json_read_string(r);
        break;
    case ASK_U64:
        json_read_u64(r);
        break;
    case ASK_I64:
        json_read_i64(r);
        break;
    case ASK_DOUBLE:
        json_read_double(r);
        break;
    case ASK_BOOL:
        json_read_bool(r);
        break;
    case ASK_SKIP:
        json_skip_value(r);
        break;
    case ASK_END:
        json_read_end(r);
        break;
    case ASK_SKIP_INSIDE:
        json_read_begin_array(r);
        json_skip_value(r);
        break;
    case ASK_SKIP_KEY:
        json_read_begin_object(r);
        json_skip_value(r);
        break;
    }
}

static void assert_unexpected(const char *text, Ask what, const char *message)
{
    JsonReader *r = reader_of(text);

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INVALID_JSON_TEXT,
                               mem_printf("could not parse test: expected %s", message),
                               ask(r, what));
}

static void what_is_not_expected_is_named(void)
{
    static const struct {
        const char *text;
        Ask what;
        const char *message;
    } rows[] = {
        {"[]", ASK_OBJECT, "an object, found an array"},
        {"\"a\"", ASK_KEY, "a key, found a string \"a\""},
        {"{}", ASK_ARRAY, "an array, found an object"},
        {"12", ASK_STRING, "a string, found a number \"12\""},
        {"true", ASK_U64, "a number, found a truth value"},
        {"-1", ASK_U64, "a whole number of 0 to 18446744073709551615, found a number \"-1\""},
        {"18446744073709551616", ASK_U64,
         "a whole number of 0 to 18446744073709551615, found a number \"18446744073709551616\""},
        {"1.0", ASK_I64, "a whole number of 64 bits, found a number \"1.0\""},
        {"1e999", ASK_DOUBLE, "a number within the range of a double, found a number \"1e999\""},
        {"null", ASK_BOOL, "a truth value, found null"},
        {"1", ASK_END, "the end, found a number \"1\""},
        {"[]", ASK_SKIP_INSIDE, "a value, found the end of an array"},
        {"{\"k\":1}", ASK_SKIP_KEY, "a value, found a key \"k\""},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_unexpected(rows[i].text, rows[i].what, rows[i].message);
}

static void the_place_is_told(void)
{
    JsonReader *r = reader_of("{\"a\":\n true}");

    json_read_begin_object(r);
    json_read_key(r);
    ERR_TRY() {
        json_read_string(r);
        CU_FAIL("no raise");
    }
    ERR_CATCH() {
        CU_ASSERT_STRING_EQUAL(err_caught()->detail, "This is at byte 11.");
    }
    ERR_END();
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INVALID_JSON_TEXT, "could not parse test: nothing fits",
                               json_raise(r, "nothing fits"));
}

static void assert_bad(const char *text, SqlState state, const char *message)
{
    JsonReader *r = reader_of(text);

    UNIT_ASSERT_RAISES_MESSAGE(state, mem_printf("could not parse test: %s", message),
                               events_of(r));

    /* And again. */
    UNIT_ASSERT_RAISES(state, json_read_event(r));
}

static void texts_that_are_not_json_are_refused(void)
{
    static const struct {
        const char *text;
        const char *message;
    } rows[] = {
        {"", "premature EOF"},
        {"  \n", "premature EOF"},
        {"{", "premature EOF"},
        {"[1,", "premature EOF"},
        {"\"abc", "premature EOF"},
        {"tru", "invalid string in json text"},
        {"{\"a\"}", "object key and value must be separated by a colon (':')"},
        {"{\"a\":1,}", "invalid object key (must be a string)"},
        {"{1:2}", "invalid object key (must be a string)"},
        {"[1 2]", "after array element, I expect ',' or ']'"},
        {"[1,]", "unallowed token at this point in JSON text"},
        {"]", "unallowed token at this point in JSON text"},
        {"1 2", "trailing garbage"},
        {"{} x", "trailing garbage"},
        {"{} \"", "trailing garbage"},
        {"[1] tru", "trailing garbage"},
        {"1 \"abc", "trailing garbage"},
        {"{}\v", "trailing garbage"},
        {"[\f1]", "invalid char in json text"},
        {"01", "trailing garbage"},
        {"nul!", "invalid string in json text"},
        {"'a'", "invalid char in json text"},
        {"-", "malformed number, a digit is required after the minus sign"},
        {"[-]", "malformed number, a digit is required after the minus sign"},
        {"[1.]", "malformed number, a digit is required after the decimal point"},
        {"[1e]", "malformed number, a digit is required after the exponent"},
        {"\"\\x\"", "inside a string, '\\' occurs before a character which it may not"},
        {"\"\\u12g4\"", "invalid (non-hex) character occurs after '\\u' inside string"},
        {"\"a\nb\"", "invalid character inside string"},
        {"/* comment */ 1", "probable comment found in input text, comments are not enabled"},
        {"\"\\u0000\"", "a string holds a NUL character"},
        {"{\"a\\u0000\":1}", "a string holds a NUL character"},
        {"\"\xFF\"", "a string is not valid UTF-8"},
        {"\"\xC0\x80\"", "a string is not valid UTF-8"},
        {"\"\xED\xA0\x80\"", "a string is not valid UTF-8"},
        {"{\"\xE2\x82\":1}", "a string is not valid UTF-8"},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_bad(rows[i].text, SQLSTATE_INVALID_JSON_TEXT, rows[i].message);
}

static bool is_refused(const char *text, size_t len)
{
    volatile bool is_raised = false;

    ERR_TRY() {
        events_of(json_reader_new_bytes(text, len, "test"));
    }
    ERR_CATCH() {
        is_raised = true;
        CU_ASSERT_TRUE(err_caught()->sqlstate == SQLSTATE_INVALID_JSON_TEXT ||
                       err_caught()->sqlstate == SQLSTATE_PROGRAM_LIMIT_EXCEEDED);
    }
    ERR_END();
    return is_raised;
}

/* Blanks are space, tab, line feed and carriage return; nothing else. */
static void only_four_bytes_are_blanks(void)
{
    for (int byte = 1; byte < 256; byte++) {
        char between[] = "[1, 2]", around[] = " [] ";
        bool is_blank = byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';

        between[3] = (char)byte;
        around[3] = (char)byte;
        CU_ASSERT_EQUAL(is_refused(around, 4), !is_blank);
        if (strchr("-0123456789", byte) == NULL)
            CU_ASSERT_EQUAL(is_refused(between, 6), !is_blank);
    }
}

static void what_stands_before_an_error_is_still_read(void)
{
    JsonReader *r = reader_of("[1,2,}");

    json_read_begin_array(r);
    CU_ASSERT_EQUAL(json_read_u64(r), 1);
    CU_ASSERT_EQUAL(json_read_u64(r), 2);
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_JSON_TEXT, json_read_more(r));
}

static void depth_has_a_limit(void)
{
    StrBuf b;

    strbuf_init(&b);
    strbuf_add_chars(&b, '[', JSON_READ_DEPTH_MAX);
    strbuf_add_chars(&b, ']', JSON_READ_DEPTH_MAX);
    CU_ASSERT_EQUAL(strlen(events_of(reader_of(b.text))), JSON_READ_DEPTH_MAX * 4);
    strbuf_clear(&b);
    strbuf_add_chars(&b, '[', JSON_READ_DEPTH_MAX + 1);
    assert_bad(b.text, SQLSTATE_PROGRAM_LIMIT_EXCEEDED, "values are nested too deeply");
    strbuf_clear(&b);
    for (int i = 0; i <= JSON_READ_DEPTH_MAX; i++)
        strbuf_add(&b, "{\"a\":");
    assert_bad(b.text, SQLSTATE_PROGRAM_LIMIT_EXCEEDED, "values are nested too deeply");
}

static void strings_have_a_limit(void)
{
    StrBuf b;
    JsonReader *r;

    strbuf_init(&b);
    strbuf_add(&b, "[\"");
    strbuf_add_chars(&b, 'x', JSON_READ_STRING_MAX - 10000);
    strbuf_add(&b, "\", 1]");
    r = reader_of(b.text);
    json_read_begin_array(r);
    CU_ASSERT_EQUAL(strlen(json_read_string(r)), JSON_READ_STRING_MAX - 10000);
    CU_ASSERT_EQUAL(json_read_u64(r), 1);
    CU_ASSERT_FALSE(json_read_more(r));
    json_read_end(r);

    strbuf_clear(&b);
    strbuf_add_chars(&b, '1', JSON_READ_STRING_MAX + 10000);
    assert_bad(b.text, SQLSTATE_PROGRAM_LIMIT_EXCEEDED, "a string or number is too long");
}

/* An object that fills chunks in all possible ways: the tokens move by one byte each time. */
static void tokens_may_lie_across_chunks(void)
{
    for (size_t lead = 4060; lead < 4110; lead++) {
        StrBuf b;
        JsonReader *r;

        strbuf_init(&b);
        strbuf_add_chars(&b, ' ', lead);
        strbuf_add(&b, "{\"key\\n\":[12345,\"v\\u00e9\"]}");
        r = reader_of(b.text);
        CU_ASSERT_STRING_EQUAL(events_of(r), "{ kkey\n [ #12345 sv\xC3\xA9 ] } ");
        json_reader_free(r);
    }
}

/* Each byte a token, and a number that the chunk's first byte ends. */
static void a_chunk_may_be_full_of_tokens(void)
{
    StrBuf b;
    JsonReader *r;
    size_t count = 0;

    strbuf_init(&b);
    strbuf_add(&b, "[");
    while (b.len < 4095)
        strbuf_add(&b, "1,");
    strbuf_add(&b, "7,");
    for (int i = 0; i < 4000; i++)
        strbuf_add(&b, i % 2 == 0 ? "[],{}," : "\"\",0,");
    strbuf_add(&b, "[]]");
    r = reader_of(b.text);
    json_read_begin_array(r);
    for (; json_read_more(r); count++)
        json_skip_value(r);
    json_read_end(r);
    CU_ASSERT_EQUAL(count, 2048 + 8000 + 1);
}

/* A random value, written and kept as events too. */
static void write_random(Seed *seed, JsonWriter *w, StrBuf *events, int depth)
{
    uint64_t kind = seed_below(seed, depth > 5 ? 5 : 7);
    uint64_t count = seed_below(seed, 6);
    uint64_t number = seed_u64(seed) >> seed_below(seed, 64);
    char text[40];
    size_t len = 0;

    if (kind == 0) {
        json_write_null(w);
        strbuf_add(events, "n ");
    } else if (kind == 1) {
        json_write_bool(w, number & 1);
        strbuf_add_fmt(events, "b%d ", (int)(number & 1));
    } else if (kind == 2) {
        json_write_u64(w, number);
        strbuf_add_fmt(events, "#%" PRIu64 " ", number);
    } else if (kind <= 4) {
        while (len < seed_below(seed, 39))
            text[len++] = (char)(1 + seed_below(seed, 127));
        text[len] = '\0';
        json_write_string(w, text);
        strbuf_add_fmt(events, "s%s ", text);
    } else {
        (kind == 5 ? json_write_begin_array : json_write_begin_object)(w);
        strbuf_add(events, kind == 5 ? "[ " : "{ ");
        for (uint64_t i = 0; i < count; i++) {
            if (kind == 6) {
                json_write_key(w, "k\t");
                strbuf_add(events, "kk\t ");
            }
            write_random(seed, w, events, depth + 1);
        }
        (kind == 5 ? json_write_end_array : json_write_end_object)(w);
        strbuf_add(events, kind == 5 ? "] " : "} ");
    }
}

static void what_the_writer_writes_is_read_back(void)
{
    Seed seed = seed_new("json");
    MemContext *scratch = mem_context_new(mem_current(), "json");

    for (int i = 0; i < 200; i++)
        MEM_SCOPE(scratch) {
            StrBuf text, events;
            JsonWriter w;

            strbuf_init(&text);
            strbuf_init(&events);
            json_writer_init(&w, &text, i % 2 == 0 ? JSON_COMPACT : JSON_PRETTY);
            json_write_begin_array(&w);
            strbuf_add(&events, "[ ");
            for (int n = 0; n < 20; n++)
                write_random(&seed, &w, &events, 0);
            json_write_end_array(&w);
            strbuf_add(&events, "] ");
            json_writer_finish(&w);
            CU_ASSERT_STRING_EQUAL(events_of(reader_of(text.text)), events.text);
            mem_reset(scratch);
        }
    mem_delete(scratch);
}

static void a_text_cut_anywhere_is_refused(void)
{
    for (size_t len = 0; len < sizeof sample - 2; len++)
        CU_ASSERT_TRUE(is_refused(mem_dup(sample, len), len));
    CU_ASSERT_FALSE(is_refused(sample, sizeof sample - 2));
}

static void noise_does_no_harm(void)
{
    static const char alphabet[] = "{}[]\",:0123456789-+.eE\\utrfalsn \n\x01\xC3\xA9\xED\xFF";
    Seed seed = seed_new("json noise");
    MemContext *scratch = mem_context_new(mem_current(), "json noise");
    int refused = 0;

    for (int i = 0; i < 3000; i++)
        MEM_SCOPE(scratch) {
            size_t len = i % 2 == 0 ? sizeof sample - 1 : seed_below(&seed, 60);
            char *text = mem_alloc(len);

            if (i % 2 == 0)
                memcpy(text, sample, len);
            for (size_t n = i % 2 == 0 ? 1 + seed_below(&seed, 4) : len; n > 0; n--)
                text[i % 2 == 0 ? seed_below(&seed, len) : n - 1] =
                    alphabet[seed_below(&seed, sizeof alphabet - 1)];
            refused += is_refused(text, len);
            mem_reset(scratch);
        }
    CU_ASSERT_TRUE(refused > 1500);
    mem_delete(scratch);
}

static size_t raise_when_read(void *arg, void *bytes, size_t max)
{
    (void)arg;
    (void)bytes;
    (void)max;
    err_raise(SQLSTATE_IO_ERROR, .message = "could not read");
}

static void a_source_may_raise(void)
{
    JsonReader *r = json_reader_new((ByteSource){.read = raise_when_read}, "test");

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_IO_ERROR, "could not read", json_read_event(r));
}

#ifndef HOLDFAST_SANITIZE
/* Take all the memory there is, when the reader is in the middle of a long string; then go on. */
static void parse_without_memory(void)
{
    void *volatile taken; /* or a compiler takes the result for granted */
    struct rlimit none = {0};
    char text[20000];
    JsonReader *r;

    memset(text, 'x', sizeof text);
    memcpy(text, "[\"", 2);
    memcpy(text + sizeof text - 2, "\"]", 2);
    r = json_reader_new_bytes(text, sizeof text, "test");
    json_read_begin_array(r);
    setrlimit(RLIMIT_AS, &none);
    for (size_t size = MIB(1); size > 500; size /= 2)
        do
            taken = malloc(size);
        while (taken != NULL);
    json_read_event(r);
}

/* In a process of its own, which must not come back from here. */
_Noreturn static void run_child(int out)
{
    dup2(out, STDERR_FILENO);
    ERR_TRY() {
        parse_without_memory();
    }
    ERR_CATCH() {
        _exit(2);
    }
    ERR_END();
    _exit(0);
}

static void a_parser_without_memory_ends_the_process(void)
{
    char said[200] = "";
    int out[2], status = 0;
    pid_t pid;

    CU_ASSERT_EQUAL_FATAL(pipe(out), 0);
    pid = fork();
    if (pid == 0)
        run_child(out[1]);
    close(out[1]);
    CU_ASSERT_TRUE(read(out[0], said, sizeof said - 1) > 0);
    close(out[0]);
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "out of memory"));
}
#endif

UNIT_SUITE(json_reader)
{
    UNIT_TEST(events_come_in_order);
    UNIT_TEST(pieces_of_every_size_give_the_same);
    UNIT_TEST(peeking_does_not_move);
    UNIT_TEST(what_is_expected_is_read);
    UNIT_TEST(what_is_not_expected_is_named);
    UNIT_TEST(the_place_is_told);
    UNIT_TEST(texts_that_are_not_json_are_refused);
    UNIT_TEST(only_four_bytes_are_blanks);
    UNIT_TEST(what_stands_before_an_error_is_still_read);
    UNIT_TEST(depth_has_a_limit);
    UNIT_TEST(strings_have_a_limit);
    UNIT_TEST(tokens_may_lie_across_chunks);
    UNIT_TEST(a_chunk_may_be_full_of_tokens);
    UNIT_TEST(what_the_writer_writes_is_read_back);
    UNIT_TEST(a_text_cut_anywhere_is_refused);
    UNIT_TEST(noise_does_no_harm);
    UNIT_TEST(a_source_may_raise);
#ifndef HOLDFAST_SANITIZE
    UNIT_TEST(a_parser_without_memory_ends_the_process);
#endif
}
