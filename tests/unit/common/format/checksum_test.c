/* checksum_test.c - checksums of pages that a real server wrote. */
#include "common/base/base.h"

#include "common/base/bytes.h"
#include "common/format/checksum.h"
#include "common/format/page.h"
#include "tests/unit/unit.h"

typedef struct Word {
    uint32_t offset, value;
} Word;

/* Block 0 of an empty B-tree and of a new sequence, from PostgreSQL 15.20. */
static const Word btree_meta[] = {
    {4, 0x017E8218},  {8, 0x0000498C},  {12, 0x1FF00048}, {16, 0x20041FF0},   {24, 0x00053162},
    {28, 0x00000004}, {60, 0xBFF00000}, {64, 0x00000001}, {8188, 0x00000008},
};
static const Word sequence[] = {
    {4, 0x017ED3F0},    {8, 0x0000BC3F},    {12, 0x1FC8001C},   {16, 0x20041FF8},
    {24, 0x00529FC8},   {8136, 0x00000002}, {8152, 0x00030001}, {8156, 0x00180B00},
    {8160, 0x00000001}, {8184, 0x00001717},
};

static void fill(uint8_t *page, const Word *words, size_t count)
{
    memset(page, 0, BLOCK_SIZE);
    for (size_t i = 0; i < count; i++)
        store_u32(page + words[i].offset, words[i].value);
}

/* The rule of checksum.h, number by number. */
static uint16_t compute_slowly(const uint8_t *page, BlockNo block, const uint32_t *start)
{
    uint32_t sums[32], result = block;

    memcpy(sums, start, sizeof(sums));
    for (size_t i = 0; i < 66 * 32; i++) {
        uint32_t value = i < 2048 ? load_u32(page + 4 * i) : 0;
        uint32_t t = sums[i % 32] ^ (i == 2 ? value & 0xFFFF0000 : value);

        sums[i % 32] = (t * 16777619) ^ (t >> 17);
    }
    for (size_t i = 0; i < 32; i++)
        result ^= sums[i];
    return (uint16_t)(result % 65535 + 1);
}

static void pages_of_a_real_server_have_the_checksum_they_carry(void)
{
    uint8_t page[BLOCK_SIZE];

    fill(page, btree_meta, ARRAY_LEN(btree_meta));
    CU_ASSERT_EQUAL(checksum_compute_page(page, 0), 0x498C);
    CU_ASSERT_TRUE(checksum_page_is_valid(page, 0));
    fill(page, sequence, ARRAY_LEN(sequence));
    CU_ASSERT_EQUAL(checksum_compute_page(page, 0), 0xBC3F);
    CU_ASSERT_TRUE(checksum_page_is_valid(page, 0));
}

static void one_changed_bit_anywhere_is_noticed(void)
{
    uint8_t page[BLOCK_SIZE];

    fill(page, btree_meta, ARRAY_LEN(btree_meta));
    for (size_t i = 0; i < BLOCK_SIZE; i++) {
        page[i] ^= 0x10;
        if (checksum_page_is_valid(page, 0))
            CU_FAIL("a changed bit went unnoticed");
        page[i] ^= 0x10;
    }
}

static void a_page_at_another_block_is_noticed(void)
{
    uint8_t page[BLOCK_SIZE];

    fill(page, btree_meta, ARRAY_LEN(btree_meta));
    CU_ASSERT_FALSE(checksum_page_is_valid(page, 1));
    CU_ASSERT_FALSE(checksum_page_is_valid(page, SEGMENT_BLOCKS));
}

static void the_stored_checksum_does_not_count(void)
{
    uint8_t page[BLOCK_SIZE];

    fill(page, sequence, ARRAY_LEN(sequence));
    page_set_checksum(page, 1);
    CU_ASSERT_FALSE(checksum_page_is_valid(page, 0));
    CU_ASSERT_EQUAL(checksum_compute_page(page, 0), 0xBC3F);
    checksum_set_page(page, 7);
    CU_ASSERT_EQUAL(page_checksum(page), checksum_compute_page(page, 7));
    CU_ASSERT_TRUE(checksum_page_is_valid(page, 7));
}

static void a_new_page_carries_none(void)
{
    uint8_t page[BLOCK_SIZE] = {0}, zero[BLOCK_SIZE] = {0};

    CU_ASSERT_TRUE(checksum_page_is_valid(page, 3));
    checksum_set_page(page, 3);
    CU_ASSERT_EQUAL(memcmp(page, zero, BLOCK_SIZE), 0);
}

static void every_way_of_the_processor_agrees_with_the_rule(void)
{
    static const uint32_t start[32] = {
        0x5B1F36E9, 0xB8525960, 0x02AB50AA, 0x1DE66D2A, 0x79FF467A, 0x9BB9F8A3, 0x217E7CD2,
        0x83E13D2C, 0xF8D4474F, 0xE39EB970, 0x42C6AE16, 0x993216FA, 0x7B093B5D, 0x98DAFF3C,
        0xF718902A, 0x0B1C9CDB, 0xE58F764B, 0x187636BC, 0x5D7B3BB1, 0xE73DE7DE, 0x92BEC979,
        0xCCA6C0B2, 0x304A0979, 0x85AA43D4, 0x783125BB, 0x6CA8EAA2, 0xE407EAC6, 0x4B5CFC3E,
        0x9FBF8C76, 0x15CA20BE, 0xF2CA9FD3, 0x959BD756,
    };
    static const char *const paths[] = {"plain", "avx2", "avx512"};
    static uint8_t bytes[BLOCK_SIZE + 64];
    const char *best = checksum_path();
    uint64_t state = 88172645463325252u;

    for (size_t i = 0; i < sizeof(bytes); i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes[i] = (uint8_t)state;
    }
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        if (!checksum_try_set_path(paths[i]))
            continue;
        CU_ASSERT_STRING_EQUAL(checksum_path(), paths[i]);
        for (size_t at = 0; at < 64; at++) {
            BlockNo block = (BlockNo)(at * 67108859);

            CU_ASSERT_EQUAL(checksum_compute_page(bytes + at, block),
                            compute_slowly(bytes + at, block, start));
        }
    }
    CU_ASSERT_TRUE(checksum_try_set_path(best));
}

static void an_unknown_way_is_not_taken(void)
{
    const char *best = checksum_path();

    CU_ASSERT_FALSE(checksum_try_set_path("magic"));
    CU_ASSERT_STRING_EQUAL(checksum_path(), best);
}

UNIT_SUITE(checksum)
{
    UNIT_TEST(pages_of_a_real_server_have_the_checksum_they_carry);
    UNIT_TEST(one_changed_bit_anywhere_is_noticed);
    UNIT_TEST(a_page_at_another_block_is_noticed);
    UNIT_TEST(the_stored_checksum_does_not_count);
    UNIT_TEST(a_new_page_carries_none);
    UNIT_TEST(every_way_of_the_processor_agrees_with_the_rule);
    UNIT_TEST(an_unknown_way_is_not_taken);
}
