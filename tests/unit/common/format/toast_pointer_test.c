/* toast_pointer_test.c - pointers to values out of line. */
#include "common/base/base.h"

#include "common/format/toast_pointer.h"
#include "tests/unit/unit.h"

static ToastPointer read(const uint8_t *bytes, size_t len)
{
    ByteReader r = byte_reader(bytes, len, "tuple");

    return toast_pointer_read(&r);
}

static void pointers_come_back_as_they_were_written(void)
{
    ToastPointer pointers[] = {
        {.raw_size = 10000, .stored_size = 10000, .value_id = 16400, .rel_id = 16390},
        {.raw_size = 10000,
         .stored_size = 500,
         .is_compressed = true,
         .method = TOAST_LZ4,
         .value_id = 1,
         .rel_id = 2},
    };

    for (size_t i = 0; i < ARRAY_LEN(pointers); i++) {
        uint8_t bytes[TOAST_POINTER_SIZE];
        ToastPointer found;

        toast_pointer_write(&pointers[i], bytes);
        CU_ASSERT_TRUE(toast_is_pointer(bytes));
        found = read(bytes, sizeof(bytes));
        CU_ASSERT_EQUAL(found.raw_size, pointers[i].raw_size);
        CU_ASSERT_EQUAL(found.stored_size, pointers[i].stored_size);
        CU_ASSERT_EQUAL(found.is_compressed, pointers[i].is_compressed);
        CU_ASSERT_EQUAL(found.method, pointers[i].method);
        CU_ASSERT_EQUAL(found.value_id, pointers[i].value_id);
        CU_ASSERT_EQUAL(found.rel_id, pointers[i].rel_id);
    }
}

static void fields_are_where_the_server_puts_them(void)
{
    static const uint8_t bytes[] = {0x01, 0x12, 0x14, 0x27, 0, 0, 0xF4, 0x01, 0,
                                    0x40, 0x10, 0x40, 0,    0, 6, 0x40, 0,    0};
    ToastPointer found = read(bytes, sizeof(bytes));

    CU_ASSERT_EQUAL(found.raw_size, 10000);
    CU_ASSERT_EQUAL(found.stored_size, 500);
    CU_ASSERT_TRUE(found.is_compressed);
    CU_ASSERT_EQUAL(found.method, TOAST_LZ4);
    CU_ASSERT_EQUAL(found.value_id, 16400);
    CU_ASSERT_EQUAL(found.rel_id, 16390);
    CU_ASSERT_EQUAL(toast_chunk_count(&found), 1);
    found.stored_size = 1997;
    CU_ASSERT_EQUAL(toast_chunk_count(&found), 2);
}

static void what_is_no_pointer_raises(void)
{
    ToastPointer pointer = {.raw_size = 5, .stored_size = 5};
    uint8_t bytes[TOAST_POINTER_SIZE];

    toast_pointer_write(&pointer, bytes);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, read(bytes, sizeof(bytes) - 1));
    bytes[1] = 2;
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_FEATURE_NOT_SUPPORTED,
                               "TOAST pointer of tag 2 is not for values on disk",
                               read(bytes, sizeof(bytes)));
    bytes[1] = 19;
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "invalid TOAST pointer: begins with 01 13",
                               read(bytes, sizeof(bytes)));
    bytes[1] = 18;
    store_u32(bytes + 2, 3);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "invalid TOAST pointer: raw size 3",
                               read(bytes, sizeof(bytes)));
    store_u32(bytes + 2, 8);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "invalid TOAST pointer: stored size 5 of raw size 4",
                               read(bytes, sizeof(bytes)));
    store_u32(bytes + 6, 1u | 2u << 30);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "invalid compression method id 2",
                               read(bytes, sizeof(bytes)));
}

static void a_compressed_value_tells_its_size_and_method(void)
{
    static const uint8_t bytes[] = {0x10, 0x27, 0x00, 0x40};
    ByteReader r = byte_reader(bytes, sizeof(bytes), "value");
    ToastCompressed found = toast_compressed_read(&r);

    CU_ASSERT_EQUAL(found.raw_size, 10000);
    CU_ASSERT_EQUAL(found.method, TOAST_LZ4);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, toast_compressed_read(&r));
}

UNIT_SUITE(toast_pointer)
{
    UNIT_TEST(pointers_come_back_as_they_were_written);
    UNIT_TEST(fields_are_where_the_server_puts_them);
    UNIT_TEST(what_is_no_pointer_raises);
    UNIT_TEST(a_compressed_value_tells_its_size_and_method);
}
