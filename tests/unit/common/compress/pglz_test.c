/* pglz_test.c - streams of a real server, streams made by hand, and there and back. */
#include "common/base/base.h"

#include <string.h>

#include "common/compress/pglz.h"
#include "common/mem/mem.h"
#include "common/text/hex.h"
#include "common/text/strbuf.h"
#include "tests/lib/seed.h"
#include "tests/unit/unit.h"

/* Bytes in memory of just that size, so that a sanitizer sees each byte beyond. */
static uint8_t *bytes_of_hex(const char *hex, size_t *len)
{
    uint8_t *bytes = mem_alloc(strlen(hex) / 2);

    *len = strlen(hex) / 2;
    CU_ASSERT_TRUE(hex_try_read(hex, bytes, *len));
    return bytes;
}

static bool try_hex(const char *hex, void *out, size_t out_len)
{
    size_t len;
    const uint8_t *bytes = bytes_of_hex(hex, &len);

    return pglz_try_decompress(bytes, len, out, out_len);
}

static StrBuf repeat(const char *text, int count)
{
    StrBuf b;

    strbuf_init(&b);
    while (count-- > 0)
        strbuf_add(&b, text);
    return b;
}

static void assert_value(const char *hex, const StrBuf *value)
{
    char *out = mem_alloc(value->len);

    CU_ASSERT_TRUE(try_hex(hex, out, value->len));
    CU_ASSERT_EQUAL(memcmp(out, value->text, value->len), 0);
    CU_ASSERT_FALSE(try_hex(hex, out, value->len - 1));
    out = mem_realloc(out, value->len + 1);
    CU_ASSERT_FALSE(try_hex(hex, out, value->len + 1));
}

/* Columns of PostgreSQL 15.20 with "compression pglz", as pageinspect shows them. */
static void values_of_a_real_server_are_read(void)
{
    StrBuf value = repeat("x", 1000);

    assert_value("1e780f01ff0f01ff0f01ff0f01a2", &value);
    value = repeat("abc", 400);
    assert_value("f86162630f03ff0f03ff0f03ff0f03ff0f0357", &value);
    value = repeat("0123456789abcdefgh", 60);
    assert_value("0030313233343536370038396162636465663c67680f12ff0f12ff0f12ff0f12e1", &value);
    value = repeat("ab", 300);
    strbuf_add(&value, repeat("0123456", 100).text);
    strbuf_add_chars(&value, 'z', 37);
    assert_value("1c61620f02ff0f02ff0f022230313270333435360f07ff0f07ff0f07817a010f0112", &value);

    strbuf_clear(&value);
    for (int i = 1; i <= 40; i++)
        strbuf_add_fmt(&value, "%sINSERT INTO t VALUES (%d, 'name %d');", i == 1 ? "" : "\n", i,
                       i % 7);
    assert_value(
        "00494e534552542049004e544f2074205641004c5545532028312c0020276e616d6520315027293b"
        "0a0f240432052432550f2408330524330f240834052434550f2408350524350f240836052436550f"
        "2408370524300f2408380ffc1139690ffc1131300ffd1131166a0ffe0931db166b0fff0931166c1f"
        "000931166d1f0109f631166e1f020931166f1f030a16701f030a6f16711f030a16721f0309321672"
        "1f0309327b16721f03093216723f010a16721f030932db16721f03093216721f03093216721f030a"
        "bf16721f030a16721f030a16721f0309331672b74f050a16721f03093316721f03093316726d1f03"
        "093316721f03093316721f030933ff16721f030a16721f030a16721f030a16721f0309063416721103",
        &value);
}

static void each_rule_of_the_format_is_kept(void)
{
    char out[400];

    /* Literals, full groups and not. */
    CU_ASSERT_TRUE(try_hex("00616263", out, 3));
    CU_ASSERT_TRUE(try_hex("0061626364656667680069", out, 9));
    CU_ASSERT_EQUAL(memcmp(out, "abcdefghi", 9), 0);

    /* A copy of 3 at distance 1, 2 and 3; of 17; of 18 and of 273 with a third byte. */
    CU_ASSERT_TRUE(try_hex("02610001", out, 4));
    CU_ASSERT_EQUAL(memcmp(out, "aaaa", 4), 0);
    CU_ASSERT_TRUE(try_hex("0461620002", out, 5));
    CU_ASSERT_EQUAL(memcmp(out, "ababa", 5), 0);
    CU_ASSERT_TRUE(try_hex("086162630003", out, 6));
    CU_ASSERT_EQUAL(memcmp(out, "abcabc", 6), 0);
    CU_ASSERT_TRUE(try_hex("02610e01", out, 18));
    CU_ASSERT_TRUE(try_hex("02610f0100", out, 19));
    CU_ASSERT_TRUE(try_hex("02610f01ff", out, 274));

    /* Nothing is a stream of nothing. */
    CU_ASSERT_TRUE(pglz_try_decompress("", 0, out, 0));
    CU_ASSERT_FALSE(pglz_try_decompress("", 0, out, 1));
    CU_ASSERT_FALSE(try_hex("00", out, 0));

    /* Distance 0, or before the begin. */
    CU_ASSERT_FALSE(try_hex("02610000", out, 4));
    CU_ASSERT_FALSE(try_hex("02610002", out, 4));
    CU_ASSERT_FALSE(try_hex("0261f001", out, 4));
    CU_ASSERT_FALSE(try_hex("010001", out, 3));

    /* A copy that leads beyond the size. */
    CU_ASSERT_FALSE(try_hex("02610101", out, 4));
    CU_ASSERT_FALSE(try_hex("02610f01ff", out, 273));

    /* An end inside of a copy, and before a literal. */
    CU_ASSERT_FALSE(try_hex("026100", out, 4));
    CU_ASSERT_FALSE(try_hex("02610f01", out, 19));
    CU_ASSERT_FALSE(try_hex("0061", out, 2));

    /* Bytes behind the end, even a control byte. */
    CU_ASSERT_FALSE(try_hex("0261000100", out, 4));
}

/* The same far from both ends, where the decoder is in its fast gear. */
static void the_rules_hold_in_the_middle_too(void)
{
    static const struct {
        const char *copy;
        size_t len; /* bytes that it makes; 0: it is wrong */
    } rows[] = {{"0001", 3},    {"0007", 3},     {"0508", 8},     {"0e0f", 17},    {"0e10", 17},
                {"0f0100", 18}, {"0f05ff", 273}, {"0f0dff", 273}, {"0f28ff", 273}, {"0000", 0},
                {"0029", 0},    {"f0ff", 0},     {"0f29ff", 0}};

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        StrBuf hex;
        StrBuf expected;
        uint8_t *out;
        size_t distance;

        /* Forty literals, the copy and seven literals, and many literals to come. */
        strbuf_init(&hex);
        strbuf_init(&expected);
        for (int group = 0; group < 5; group++)
            strbuf_add_fmt(&hex, "00%s", "3031323334353637");
        for (int group = 0; group < 5; group++)
            strbuf_add(&expected, "01234567");
        strbuf_add_fmt(&hex, "01%s61626364656667", rows[i].copy);
        distance = (size_t)hex_digit(rows[i].copy[2]) * 16 + (size_t)hex_digit(rows[i].copy[3]);
        for (size_t n = 0; n < rows[i].len; n++)
            strbuf_add_char(&expected, expected.text[expected.len - distance]);
        strbuf_add(&expected, "abcdefg");
        for (int group = 0; group < 100; group++) {
            strbuf_add(&hex, "007878787878787878");
            strbuf_add(&expected, "xxxxxxxx");
        }
        out = mem_alloc(expected.len);
        CU_ASSERT_EQUAL(try_hex(hex.text, out, expected.len), rows[i].len > 0);
        if (rows[i].len > 0)
            CU_ASSERT_EQUAL(memcmp(out, expected.text, expected.len), 0);
    }
}

/* The stream of content, in memory of just its size; NULL when it does not pay. */
static uint8_t *compress_new(const void *content, size_t len, size_t *stream_len)
{
    uint8_t *room = mem_alloc(len);
    uint8_t *stream;

    *stream_len = pglz_compress(content, len, room, len);
    stream = *stream_len == 0 ? NULL : mem_dup(room, *stream_len);
    mem_free(room);
    return stream;
}

static void check_there_and_back(const uint8_t *content, size_t len)
{
    size_t stream_len;
    uint8_t *stream = compress_new(content, len, &stream_len);
    uint8_t *out = mem_alloc(len);

    if (stream != NULL) {
        CU_ASSERT_TRUE(stream_len <= len - len / 4);
        CU_ASSERT_TRUE(pglz_try_decompress(stream, stream_len, out, len));
        CU_ASSERT_EQUAL(memcmp(out, content, len), 0);
    }
}

static void what_is_compressed_comes_back(void)
{
    Seed seed = seed_new("pglz");
    MemContext *scratch = mem_context_new(mem_current(), "pglz");
    uint8_t *content = mem_alloc(200000);

    for (int i = 0; i < 700; i++) {
        size_t len = seed_below(&seed, i < 400 ? 600 : i < 690 ? 9000 : 200000);

        seed_fill_like_pages(&seed, content, len);
        MEM_SCOPE(scratch) {
            check_there_and_back(content, len);
        }
        mem_reset(scratch);
    }
    mem_delete(scratch);
}

static void runs_of_every_length_come_back(void)
{
    uint8_t content[700];

    for (size_t period = 1; period < 20; period++)
        for (size_t len = PGLZ_LEN_MIN; len < sizeof content; len += 7) {
            for (size_t i = 0; i < len; i++)
                content[i] = (uint8_t)(i % period);
            check_there_and_back(content, len);
        }
}

/* Noise in which no three bytes come twice: that much pglz would call a match. */
static void fill_without_match(Seed *seed, uint8_t *noise, size_t len)
{
    bool has_match;

    do {
        has_match = false;
        seed_fill(seed, noise, len);
        for (size_t i = 0; i + 3 <= len && !has_match; i++)
            has_match = memmem(noise + i + 1, len - i - 1, noise + i, 3) != NULL;
    } while (has_match);
}

static void what_does_not_pay_is_left_alone(void)
{
    Seed seed = seed_new("pglz noise");
    uint8_t *noise = mem_alloc(20000);
    uint8_t *out = mem_alloc(20000);

    /* Too short, by one byte. */
    memset(noise, 'x', 20000);
    CU_ASSERT_EQUAL(pglz_compress(noise, PGLZ_LEN_MIN - 1, out, 20000), 0);
    CU_ASSERT_TRUE(pglz_compress(noise, PGLZ_LEN_MIN, out, 20000) > 0);
    CU_ASSERT_EQUAL(pglz_compress(noise, (size_t)INT32_MAX + 1, out, 20000), 0);

    /* Nothing repeats in 1024 bytes, although all does behind them; or it repeats in time. */
    fill_without_match(&seed, noise, 1000);
    CU_ASSERT_EQUAL(pglz_compress(noise, 20000, out, 20000), 0);
    memcpy(noise + 900, noise, 20); /* literals take nine bits each */
    CU_ASSERT_TRUE(pglz_compress(noise, 20000, out, 20000) > 0);

    /* Less than a quarter saved. */
    seed_fill(&seed, noise, 20000);
    memcpy(noise + 500, noise, 400);
    CU_ASSERT_EQUAL(pglz_compress(noise, 2000, out, 2000), 0);
}

/* The room given is all that is written, and one byte too few is too few. */
static void room_is_the_limit(void)
{
    Seed seed = seed_new("pglz room");
    uint8_t content[3000];
    size_t need;
    uint8_t *out = mem_alloc(sizeof content);

    memset(content, 'x', sizeof content);
    seed_fill(&seed, content, 900);
    need = pglz_compress(content, sizeof content, out, sizeof content);
    CU_ASSERT_TRUE(need > 900);
    for (size_t room = 0; room <= need; room++) {
        uint8_t *small = mem_alloc(room);

        CU_ASSERT_EQUAL(pglz_compress(content, sizeof content, small, room),
                        room == need ? need : 0);
        mem_free(small);
    }
}

static void a_stream_cut_anywhere_is_refused(void)
{
    Seed seed = seed_new("pglz cut");
    uint8_t content[4000], out[4000];
    size_t len;
    uint8_t *stream;

    seed_fill_like_pages(&seed, content, sizeof content);
    memset(content, 0, 1500);
    stream = compress_new(content, sizeof content, &len);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    for (size_t cut = 0; cut < len; cut++) {
        uint8_t *part = mem_dup(stream, cut);

        CU_ASSERT_FALSE(pglz_try_decompress(part, cut, out, sizeof out));
        mem_free(part);
    }
    for (size_t size = 0; size < sizeof out; size++) {
        uint8_t *small = mem_alloc(size);

        CU_ASSERT_FALSE(pglz_try_decompress(stream, len, small, size));
        mem_free(small);
    }
}

/* Damage can go unseen, as there is no checksum; nothing may be touched outside the buffers. */
static void damage_does_no_harm(void)
{
    Seed seed = seed_new("pglz damage");
    uint8_t content[3000];
    MemContext *scratch = mem_context_new(mem_current(), "pglz damage");
    int refused = 0;

    for (int i = 0; i < 3000; i++)
        MEM_SCOPE(scratch) {
            size_t len = 40 + seed_below(&seed, sizeof content - 40);
            size_t stream_len;
            uint8_t *stream, *out = mem_alloc(len);

            seed_fill_like_pages(&seed, content, len);
            stream = compress_new(content, len, &stream_len);
            if (stream == NULL || i % 3 == 0) {
                stream_len = seed_below(&seed, 2000);
                stream = mem_alloc(stream_len);
                seed_fill(&seed, stream, stream_len);
            } else {
                for (uint64_t n = 1 + seed_below(&seed, 8); n > 0; n--)
                    stream[seed_below(&seed, stream_len)] = (uint8_t)seed_u64(&seed);
            }
            if (!pglz_try_decompress(stream, stream_len, out, len))
                refused++;
            mem_reset(scratch);
        }
    CU_ASSERT_TRUE(refused > 1000);
    mem_delete(scratch);
}

UNIT_SUITE(pglz)
{
    UNIT_TEST(values_of_a_real_server_are_read);
    UNIT_TEST(each_rule_of_the_format_is_kept);
    UNIT_TEST(the_rules_hold_in_the_middle_too);
    UNIT_TEST(what_is_compressed_comes_back);
    UNIT_TEST(runs_of_every_length_come_back);
    UNIT_TEST(what_does_not_pay_is_left_alone);
    UNIT_TEST(room_is_the_limit);
    UNIT_TEST(a_stream_cut_anywhere_is_refused);
    UNIT_TEST(damage_does_no_harm);
}
