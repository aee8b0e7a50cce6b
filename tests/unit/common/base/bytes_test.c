/* bytes_test.c - numbers at any address, and readers that stop at the end of their input. */
#include "common/base/base.h"

#include "common/base/bytes.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "tests/unit/unit.h"

static const uint8_t input[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};

static void numbers_are_little_endian_at_any_address(void)
{
    CU_ASSERT_EQUAL(load_u16(input + 1), 0x0302);
    CU_ASSERT_EQUAL(load_u32(input + 1), 0x05040302);
    CU_ASSERT_EQUAL(load_u64(input + 1), UINT64_C(0x0908070605040302));
}

static void wire_numbers_are_big_endian(void)
{
    CU_ASSERT_EQUAL(load_be16(input + 1), 0x0203);
    CU_ASSERT_EQUAL(load_be32(input + 1), 0x02030405);
    CU_ASSERT_EQUAL(load_be64(input + 1), UINT64_C(0x0203040506070809));
}

static void what_is_stored_is_loaded(void)
{
    uint8_t bytes[9] = {0};

    store_u16(bytes + 1, 0x1234);
    CU_ASSERT_EQUAL(bytes[1], 0x34);
    CU_ASSERT_EQUAL(load_u16(bytes + 1), 0x1234);
    store_u32(bytes + 1, 0x12345678);
    CU_ASSERT_EQUAL(load_u32(bytes + 1), 0x12345678);
    store_u64(bytes + 1, UINT64_C(0x123456789ABCDEF0));
    CU_ASSERT_EQUAL(load_u64(bytes + 1), UINT64_C(0x123456789ABCDEF0));
    store_be16(bytes + 1, 0x1234);
    CU_ASSERT_EQUAL(bytes[1], 0x12);
    store_be32(bytes + 1, 0x12345678);
    CU_ASSERT_EQUAL(load_be32(bytes + 1), 0x12345678);
    store_be64(bytes + 1, UINT64_C(0x123456789ABCDEF0));
    CU_ASSERT_EQUAL(load_be64(bytes + 1), UINT64_C(0x123456789ABCDEF0));
    CU_ASSERT_EQUAL(bytes[0], 0);
}

static void a_reader_walks_over_its_input(void)
{
    ByteReader r = byte_reader(input, sizeof input, "input");
    uint8_t copy[2];

    CU_ASSERT_EQUAL(byte_reader_u8(&r), 1);
    CU_ASSERT_EQUAL(byte_reader_u16(&r), 0x0302);
    CU_ASSERT_EQUAL(byte_reader_be16(&r), 0x0405);
    byte_reader_copy(&r, copy, 2);
    CU_ASSERT_EQUAL(copy[1], 7);
    CU_ASSERT_EQUAL(byte_reader_left(&r), 2);
    CU_ASSERT_PTR_EQUAL(byte_reader_take(&r, 0), input + 7);
    r = byte_reader(input, sizeof input, "input");
    CU_ASSERT_EQUAL(byte_reader_u32(&r), 0x04030201);
    CU_ASSERT_EQUAL(byte_reader_be32(&r), 0x05060708);
    r = byte_reader(input, sizeof input, "input");
    CU_ASSERT_EQUAL(byte_reader_u64(&r), UINT64_C(0x0807060504030201));
    r = byte_reader(input, sizeof input, "input");
    CU_ASSERT_EQUAL(byte_reader_be64(&r), UINT64_C(0x0102030405060708));
}

/* The helpers are inline, which a frame does not go with. */
__attribute__((noinline)) static void take(ByteReader *r, size_t n)
{
    byte_reader_take(r, n);
}

__attribute__((noinline)) static void take_string(ByteReader *r)
{
    byte_reader_cstring(r);
}

static void a_reader_raises_at_the_end_and_stays_where_it_is(void)
{
    ByteReader r = byte_reader(input, 3, "WAL record");

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "unexpected end of WAL record",
                               take(&r, 4));
    CU_ASSERT_EQUAL(byte_reader_left(&r), 3);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, take(&r, SIZE_MAX));
    CU_ASSERT_PTR_EQUAL(byte_reader_take(&r, 3), input);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, take(&r, 1));
}

static void strings_end_at_their_nul(void)
{
    ByteReader r = byte_reader("ab\0\0c", 5, "message");

    CU_ASSERT_STRING_EQUAL(byte_reader_cstring(&r), "ab");
    CU_ASSERT_STRING_EQUAL(byte_reader_cstring(&r), "");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "unexpected end of message",
                               take_string(&r));
    CU_ASSERT_EQUAL(byte_reader_left(&r), 1);
}

static size_t read_two(void *arg, void *bytes, size_t max)
{
    int *left = arg;
    size_t n = size_min(max, (size_t)*left);

    memset(bytes, 'x', n);
    *left -= (int)n;
    return n;
}

static void sinks_and_sources_pass_their_argument(void)
{
    StrBuf text;
    int left = 3;
    ByteSink sink = strbuf_sink(&text);
    ByteSource source = {.read = read_two, .arg = &left};
    char bytes[2];

    strbuf_init(&text);
    byte_sink_write(&sink, "ab", 2);
    byte_sink_write(&sink, "c", 1);
    CU_ASSERT_STRING_EQUAL(text.text, "abc");
    CU_ASSERT_EQUAL(byte_source_read(&source, bytes, 2), 2);
    CU_ASSERT_EQUAL(byte_source_read(&source, bytes, 2), 1);
    CU_ASSERT_EQUAL(byte_source_read(&source, bytes, 2), 0);
}

UNIT_SUITE(bytes)
{
    UNIT_TEST(numbers_are_little_endian_at_any_address);
    UNIT_TEST(wire_numbers_are_big_endian);
    UNIT_TEST(what_is_stored_is_loaded);
    UNIT_TEST(a_reader_walks_over_its_input);
    UNIT_TEST(a_reader_raises_at_the_end_and_stays_where_it_is);
    UNIT_TEST(strings_end_at_their_nul);
    UNIT_TEST(sinks_and_sources_pass_their_argument);
}
