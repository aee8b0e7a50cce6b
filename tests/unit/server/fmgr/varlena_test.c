/* varlena_test.c - each of the four forms is told apart and comes to the same plain bytes. */
#include "common/base/base.h"

#include <string.h>

#include "common/format/toast_pointer.h"
#include "common/mem/mem.h"
#include "server/fmgr/varlena.h"
#include "tests/unit/unit.h"

static uint8_t *repeated(size_t len)
{
    char *text = mem_alloc(len);

    for (size_t i = 0; i < len; i++)
        text[i] = "abcdefg"[i % 7];
    return varlena_new(text, len);
}

static void check_plain(const uint8_t *v, const uint8_t *expected)
{
    const uint8_t *plain = varlena_plain(v);

    CU_ASSERT_TRUE(varlena_is_plain(plain));
    CU_ASSERT_EQUAL(varlena_raw_size(v), varlena_size(expected));
    CU_ASSERT_EQUAL_FATAL(varlena_size(plain), varlena_size(expected));
    CU_ASSERT_EQUAL(memcmp(plain, expected, varlena_size(expected)), 0);
}

static void a_short_value_has_a_header_of_one_byte(void)
{
    const uint8_t v[] = {4 << 1 | 1, 'a', 'b', 'c'};

    CU_ASSERT_TRUE(varlena_is_short(v));
    CU_ASSERT_FALSE(varlena_is_toasted(v));
    CU_ASSERT_EQUAL(varlena_size(v), 4);
    CU_ASSERT_EQUAL(varlena_len(v), 3);
    CU_ASSERT_PTR_EQUAL(varlena_bytes(v), v + 1);
    CU_ASSERT_PTR_EQUAL(varlena_packed(v), v);
    check_plain(v, varlena_new("abc", 3));
}

static void short_is_up_to_126_bytes(void)
{
    CU_ASSERT_TRUE(varlena_can_be_short(repeated(126)));
    CU_ASSERT_FALSE(varlena_can_be_short(repeated(127)));
}

static void compressed_values_unpack_with_both_methods(void)
{
    const uint8_t *v = repeated(3000);

    for (int method = TOAST_PGLZ; method <= TOAST_LZ4; method++) {
        const uint8_t *small = varlena_compress(v, (ToastMethod)method);

        CU_ASSERT_PTR_NOT_NULL_FATAL(small);
        CU_ASSERT_TRUE(varlena_is_compressed(small));
        CU_ASSERT_TRUE(varlena_size(small) < 300);
        check_plain(small, v);
        CU_ASSERT_PTR_EQUAL(varlena_fetched(small), small);
    }
}

static void what_does_not_pay_is_not_compressed(void)
{
    uint8_t noise[600];

    CU_ASSERT_PTR_NULL(varlena_compress(repeated(31), TOAST_PGLZ));
    for (size_t i = 0; i < sizeof(noise); i++)
        noise[i] = (uint8_t)(i * i * 7 + (i >> 3) * 31 + i * 129 / 7);
    CU_ASSERT_PTR_NULL(varlena_compress(varlena_new(noise, 200), TOAST_LZ4));
}

static void damaged_compressed_values_raise(void)
{
    uint8_t *small = varlena_compress(repeated(3000), TOAST_PGLZ);

    store_u32(small + 4, 2999);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, varlena_plain(small));
    store_u32(small + 4, UINT32_C(2) << 30 | 3000);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, varlena_plain(small));
    varlena_set_size(small, 6);
    small[0] |= 2;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, varlena_plain(small));
}

static uint8_t *fetch_compressed(const ToastPointer *pointer)
{
    CU_ASSERT_EQUAL(pointer->value_id, 17);
    return varlena_compress(repeated(pointer->raw_size), TOAST_LZ4);
}

static void external_values_are_fetched_by_the_hook(void)
{
    const ToastPointer pointer = {.raw_size = 5000, .stored_size = 5000, .value_id = 17};
    uint8_t v[TOAST_POINTER_SIZE];

    toast_pointer_write(&pointer, v);
    CU_ASSERT_TRUE(varlena_is_external(v));
    CU_ASSERT_EQUAL(varlena_size(v), TOAST_POINTER_SIZE);
    UNIT_ASSERT_RAISES(SQLSTATE_FEATURE_NOT_SUPPORTED, varlena_plain(v));
    varlena_set_fetch(fetch_compressed);
    check_plain(v, repeated(5000));
    CU_ASSERT_TRUE(varlena_is_compressed(varlena_fetched(v)));
    varlena_set_fetch(NULL);
    v[1] = 77;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, varlena_size(v));
}

static void a_value_longer_than_a_gigabyte_is_refused(void)
{
    UNIT_ASSERT_RAISES(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, varlena_new("", VARLENA_SIZE_MAX));
}

UNIT_SUITE(varlena)
{
    UNIT_TEST(a_short_value_has_a_header_of_one_byte);
    UNIT_TEST(short_is_up_to_126_bytes);
    UNIT_TEST(compressed_values_unpack_with_both_methods);
    UNIT_TEST(what_does_not_pay_is_not_compressed);
    UNIT_TEST(damaged_compressed_values_raise);
    UNIT_TEST(external_values_are_fetched_by_the_hook);
    UNIT_TEST(a_value_longer_than_a_gigabyte_is_refused);
}
