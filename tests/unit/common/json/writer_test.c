/* writer_test.c - JSON to the letter. */
#include "common/base/base.h"

#include <math.h>
#include <stdlib.h>

#include "common/json/writer.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "tests/lib/seed.h"
#include "tests/unit/unit.h"

static void write_sample(JsonWriter *w)
{
    json_write_begin_object(w);
    json_write_key(w, "empty");
    json_write_begin_object(w);
    json_write_end_object(w);
    json_write_key(w, "list");
    json_write_begin_array(w);
    json_write_u64(w, UINT64_MAX);
    json_write_i64(w, INT64_MIN);
    json_write_begin_array(w);
    json_write_end_array(w);
    json_write_begin_object(w);
    json_write_key(w, "a\"b");
    json_write_null(w);
    json_write_end_object(w);
    json_write_end_array(w);
    json_write_key(w, "yes");
    json_write_bool(w, true);
    json_write_key(w, "no");
    json_write_bool(w, false);
    json_write_key(w, "text");
    json_write_string(w, "x");
    json_write_end_object(w);
    json_writer_finish(w);
}

static void compact_has_no_blanks(void)
{
    StrBuf out;
    JsonWriter w;

    strbuf_init(&out);
    strbuf_add(&out, "before ");
    json_writer_init(&w, &out, JSON_COMPACT);
    write_sample(&w);
    CU_ASSERT_STRING_EQUAL(
        out.text, "before {\"empty\":{},\"list\":[18446744073709551615,-9223372036854775808,[],"
                  "{\"a\\\"b\":null}],\"yes\":true,\"no\":false,\"text\":\"x\"}");
}

static void pretty_has_a_member_a_line(void)
{
    StrBuf out;
    JsonWriter w;

    strbuf_init(&out);
    json_writer_init(&w, &out, JSON_PRETTY);
    write_sample(&w);
    CU_ASSERT_STRING_EQUAL(out.text, "{\n"
                                     "  \"empty\": {},\n"
                                     "  \"list\": [\n"
                                     "    18446744073709551615,\n"
                                     "    -9223372036854775808,\n"
                                     "    [],\n"
                                     "    {\n"
                                     "      \"a\\\"b\": null\n"
                                     "    }\n"
                                     "  ],\n"
                                     "  \"yes\": true,\n"
                                     "  \"no\": false,\n"
                                     "  \"text\": \"x\"\n"
                                     "}\n");
}

static void a_single_value_is_a_text(void)
{
    StrBuf out;
    JsonWriter w;

    strbuf_init(&out);
    json_writer_init(&w, &out, JSON_COMPACT);
    json_write_string(&w, "alone");
    json_writer_finish(&w);
    CU_ASSERT_STRING_EQUAL(out.text, "\"alone\"");
}

static void characters_are_escaped_that_must_be(void)
{
    StrBuf out;

    strbuf_init(&out);
    json_add_string(&out, "\b\f\n\r\t\"\\/\x01\x1F\x7F\xC3\xA4", 13);
    CU_ASSERT_STRING_EQUAL(out.text, "\"\\b\\f\\n\\r\\t\\\"\\\\/\\u0001\\u001f\x7F\xC3\xA4\"");
    strbuf_clear(&out);
    json_add_string(&out, "a\0b", 3);
    CU_ASSERT_STRING_EQUAL(out.text, "\"a\\u0000b\"");
    strbuf_clear(&out);
    json_add_string(&out, "", 0);
    CU_ASSERT_STRING_EQUAL(out.text, "\"\"");
}

static void what_is_not_utf8_is_refused_or_replaced(void)
{
    StrBuf out;
    JsonWriter w;

    strbuf_init(&out);
    json_writer_init(&w, &out, JSON_COMPACT);
    json_write_begin_array(&w);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_CHARACTER_NOT_IN_REPERTOIRE,
                               "could not write JSON: a string is not valid UTF-8",
                               json_write_string(&w, "caf\xE9"));
    json_write_string_lossy(&w, "caf\xE9");
    json_write_string_lossy(&w, "caf\xC3\xA9");
    json_write_string_lossy(&w, "\xFF\xF0\x9F\x98\x80\xC0\x80 \xE2\x82");
    json_write_end_array(&w);
    CU_ASSERT_STRING_EQUAL(out.text, "[\"caf\xEF\xBF\xBD\",\"caf\xC3\xA9\",\"\xEF\xBF\xBD"
                                     "\xF0\x9F\x98\x80\xEF\xBF\xBD\xEF\xBF\xBD "
                                     "\xEF\xBF\xBD\xEF\xBF\xBD\"]");
}

static const char *text_of_double(double value)
{
    StrBuf out;
    JsonWriter w;

    strbuf_init(&out);
    json_writer_init(&w, &out, JSON_COMPACT);
    json_write_double(&w, value);
    return out.text;
}

static void doubles_come_back(void)
{
    Seed seed = seed_new("json doubles");

    CU_ASSERT_STRING_EQUAL(text_of_double(0), "0");
    CU_ASSERT_STRING_EQUAL(text_of_double(0.1), "0.1");
    CU_ASSERT_STRING_EQUAL(text_of_double(-1.5), "-1.5");
    CU_ASSERT_STRING_EQUAL(text_of_double(1e300), "1e+300");
    CU_ASSERT_STRING_EQUAL(text_of_double(1.0 / 3), "0.3333333333333333");
    CU_ASSERT_STRING_EQUAL(text_of_double(NAN), "null");
    CU_ASSERT_STRING_EQUAL(text_of_double(-INFINITY), "null");
    for (int i = 0; i < 1000; i++) {
        uint64_t bits = seed_u64(&seed);
        double value;

        memcpy(&value, &bits, sizeof value);
        if (isfinite(value))
            CU_ASSERT_EQUAL(strtod(text_of_double(value), NULL), value);
    }
}

typedef struct Received {
    StrBuf text;
    int calls;
} Received;

static void receive(void *arg, const void *bytes, size_t len)
{
    Received *received = arg;

    CU_ASSERT_NOT_EQUAL(len, 0);
    strbuf_add_bytes(&received->text, bytes, len);
    received->calls++;
}

static void a_sink_gets_the_same_in_pieces(void)
{
    Received received = {0};
    ByteSink sink = {.write = receive, .arg = &received};
    StrBuf out;
    JsonWriter to_text, to_sink;
    JsonWriter *both[] = {&to_text, &to_sink};

    strbuf_init(&received.text);
    strbuf_init(&out);
    json_writer_init(&to_text, &out, JSON_PRETTY);
    json_writer_init_sink(&to_sink, sink, JSON_PRETTY);
    for (size_t i = 0; i < ARRAY_LEN(both); i++) {
        json_write_begin_array(both[i]);
        for (uint64_t n = 0; n < 10000; n++)
            json_write_u64(both[i], n);
        json_write_end_array(both[i]);
        json_writer_finish(both[i]);
    }
    CU_ASSERT_STRING_EQUAL(received.text.text, out.text);
    CU_ASSERT_TRUE(received.calls > 5 && received.calls < 20);
}

UNIT_SUITE(json_writer)
{
    UNIT_TEST(compact_has_no_blanks);
    UNIT_TEST(pretty_has_a_member_a_line);
    UNIT_TEST(a_single_value_is_a_text);
    UNIT_TEST(characters_are_escaped_that_must_be);
    UNIT_TEST(what_is_not_utf8_is_refused_or_replaced);
    UNIT_TEST(doubles_come_back);
    UNIT_TEST(a_sink_gets_the_same_in_pieces);
}
