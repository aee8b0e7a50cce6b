/* checkpoint_test.c - a checkpoint's fields and padding. */
#include "common/base/base.h"

#include "common/format/checkpoint.h"
#include "tests/unit/unit.h"

static void every_byte_is_a_field_or_stays(void)
{
    uint8_t bytes[CHECKPOINT_SIZE], again[CHECKPOINT_SIZE];
    Checkpoint c;

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i + 1);
    bytes[16] = 1; /* a flag */
    checkpoint_decode(bytes, &c);
    memset(again, 0xEE, sizeof(again));
    checkpoint_encode(&c, again);
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bool is_padding = (i > 16 && i < 20) || (i >= 60 && i < 64) || i >= 84;

        CU_ASSERT_EQUAL(again[i], is_padding ? 0xEE : bytes[i]);
    }
}

static void fields_are_where_the_server_puts_them(void)
{
    uint8_t bytes[CHECKPOINT_SIZE] = {0};
    Checkpoint c;

    bytes[0] = 1;
    bytes[24] = 2;
    bytes[28] = 3;
    bytes[64] = 4;
    bytes[80] = 5;
    checkpoint_decode(bytes, &c);
    CU_ASSERT_EQUAL(c.redo, 1);
    CU_ASSERT_EQUAL(c.next_xid, UINT64_C(0x300000002));
    CU_ASSERT_EQUAL(c.time, 4);
    CU_ASSERT_EQUAL(c.oldest_active_xid, 5);
    CU_ASSERT_FALSE(c.full_page_writes);
}

UNIT_SUITE(checkpoint)
{
    UNIT_TEST(every_byte_is_a_field_or_stays);
    UNIT_TEST(fields_are_where_the_server_puts_them);
}
