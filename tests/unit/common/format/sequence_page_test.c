/* sequence_page_test.c - the page of a real sequence, and pages that are none. */
#include "common/base/base.h"

#include "common/base/bytes.h"
#include "common/format/page.h"
#include "common/format/sequence_page.h"
#include "tests/unit/unit.h"

/* A new sequence of PostgreSQL 15.20: the words of its page that are not zero. */
static void fill(uint8_t *page)
{
    static const uint32_t words[][2] = {
        {4, 0x017ED3F0},    {8, 0x0000BC3F},    {12, 0x1FC8001C},   {16, 0x20041FF8},
        {24, 0x00529FC8},   {8136, 0x00000002}, {8152, 0x00030001}, {8156, 0x00180B00},
        {8160, 0x00000001}, {8184, 0x00001717},
    };

    memset(page, 0, BLOCK_SIZE);
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        store_u32(page + words[i][0], words[i][1]);
}

static void a_new_sequence_begins_with_1(void)
{
    uint8_t page[BLOCK_SIZE];
    SequenceValues values;

    fill(page);
    values = sequence_page_read(page);
    CU_ASSERT_EQUAL(values.last_value, 1);
    CU_ASSERT_EQUAL(values.log_count, 0);
    CU_ASSERT_FALSE(values.is_called);
}

static void values_are_where_the_server_puts_them(void)
{
    uint8_t page[BLOCK_SIZE];
    SequenceValues values;

    fill(page);
    store_u64(page + 8160, (uint64_t)INT64_C(-5));
    store_u64(page + 8168, 32);
    page[8176] = 1;
    values = sequence_page_read(page);
    CU_ASSERT_EQUAL(values.last_value, -5);
    CU_ASSERT_EQUAL(values.log_count, 32);
    CU_ASSERT_TRUE(values.is_called);
}

static void other_pages_are_refused(void)
{
    uint8_t page[BLOCK_SIZE];

    fill(page);
    store_u32(page + 8184, 0x1718);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "bad magic number in sequence: 00001718",
                               sequence_page_read(page));
    fill(page);
    page[8136 + 22] = 32;
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "invalid tuple of a sequence: size 41, data at 32",
                               sequence_page_read(page));
    page_init(page, 0);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, sequence_page_read(page));
}

UNIT_SUITE(sequence_page)
{
    UNIT_TEST(a_new_sequence_begins_with_1);
    UNIT_TEST(values_are_where_the_server_puts_them);
    UNIT_TEST(other_pages_are_refused);
}
