/* block_test.c - blocks of the three methods. */
#include "common/base/base.h"

#include <lz4.h>
#include <string.h>

#include "common/compress/block.h"
#include "common/mem/mem.h"
#include "common/text/hex.h"
#include "tests/lib/seed.h"
#include "tests/unit/common/compress/library_faults.h"
#include "tests/unit/unit.h"

#define METHOD_COUNT 3

/* "holdfast " four times and "!": 37 bytes. */
static const char words[] = "holdfast holdfast holdfast holdfast !";

static void blocks_of_others_are_read(void)
{
    static const struct {
        BlockMethod method;
        const char *hex;
    } rows[] = {
        {BLOCK_PGLZ, "00686f6c646661737402200f090921"},
        {BLOCK_LZ4, "9f686f6c646661737420090004506173742021"},
        {BLOCK_ZSTD, "28b52ffd202585000050686f6c6466617374202101000ccb11"},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        size_t len = strlen(rows[i].hex) / 2;
        uint8_t *block = mem_alloc(len);
        char out[sizeof words];

        CU_ASSERT_TRUE(hex_try_read(rows[i].hex, block, len));
        block_decompress(rows[i].method, block, len, out, sizeof words - 1);
        CU_ASSERT_EQUAL(memcmp(out, words, sizeof words - 1), 0);
    }
}

/* One page by one method: there and back, cut anywhere, with another size. */
static void check_page(BlockMethod method, const uint8_t *page)
{
    uint8_t *packed = mem_alloc(BLOCK_SIZE);
    uint8_t *out = mem_alloc(BLOCK_SIZE + 1);
    size_t len = block_compress(method, page, BLOCK_SIZE, packed, BLOCK_SIZE);

    CU_ASSERT_TRUE(len > 0 && len < BLOCK_SIZE);
    block_decompress(method, packed, len, out, BLOCK_SIZE);
    CU_ASSERT_EQUAL(memcmp(out, page, BLOCK_SIZE), 0);
    CU_ASSERT_FALSE(block_try_decompress(method, packed, len, out, BLOCK_SIZE - 1));
    CU_ASSERT_FALSE(block_try_decompress(method, packed, len, out, BLOCK_SIZE + 1));
    for (size_t cut = 0; cut < len; cut += 13) {
        uint8_t *part = mem_dup(packed, cut);

        CU_ASSERT_FALSE(block_try_decompress(method, part, cut, out, BLOCK_SIZE));
        mem_free(part);
    }
    CU_ASSERT_EQUAL(block_compress(method, page, BLOCK_SIZE, packed, len / 2), 0);
}

static void pages_come_back(void)
{
    Seed seed = seed_new("blocks");
    uint8_t *page = mem_alloc(BLOCK_SIZE);

    for (int i = 0; i < 40; i++) {
        seed_fill_like_pages(&seed, page, BLOCK_SIZE);
        memset(page + 1000, 0, 3000);
        for (int m = 0; m < METHOD_COUNT; m++)
            check_page((BlockMethod)m, page);
    }
}

static void damage_does_no_harm(void)
{
    Seed seed = seed_new("block damage");
    uint8_t page[2000], packed[2000], out[2000];
    int refused = 0;

    for (int i = 0; i < 3000; i++) {
        BlockMethod method = (BlockMethod)(i % METHOD_COUNT);
        size_t len;

        seed_fill_like_pages(&seed, page, sizeof page);
        memset(page, 0, 700);
        len = block_compress(method, page, sizeof page, packed, sizeof packed);
        CU_ASSERT_TRUE_FATAL(len > 0);
        for (uint64_t n = 1 + seed_below(&seed, 4); n > 0; n--)
            packed[seed_below(&seed, len)] = (uint8_t)seed_u64(&seed);
        if (!block_try_decompress(method, packed, len, out, sizeof out))
            refused++;
    }
    CU_ASSERT_TRUE(refused > 1000);
}

static void a_bad_block_is_named_by_its_method(void)
{
    char out[10];

    CU_ASSERT_STRING_EQUAL(block_method_name(BLOCK_ZSTD), "zstd");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "compressed pglz data is corrupt",
                               block_decompress(BLOCK_PGLZ, "x", 1, out, sizeof out));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "compressed lz4 data is corrupt",
                               block_decompress(BLOCK_LZ4, "xyz", 3, out, sizeof out));
}

static void sizes_that_lz4_cannot_count_are_refused(void)
{
    char byte = 0;

    CU_ASSERT_FALSE(block_try_decompress(BLOCK_LZ4, &byte, (size_t)INT32_MAX + 1, &byte, 1));
    CU_ASSERT_FALSE(block_try_decompress(BLOCK_LZ4, &byte, 1, &byte, (size_t)INT32_MAX + 1));
    CU_ASSERT_EQUAL(block_compress(BLOCK_LZ4, &byte, LZ4_MAX_INPUT_SIZE + 1, &byte, 1), 0);
}

static void zstd_without_memory_is_an_error(void)
{
    uint8_t packed[100], out[sizeof words];
    size_t len = block_compress(BLOCK_ZSTD, words, sizeof words, packed, sizeof packed);

    block_decompress(BLOCK_ZSTD, packed, len, out, sizeof words);
    block_drop_spares();
    library_faults_set("ZSTD_createDCtx");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_OUT_OF_MEMORY, "out of memory",
                               block_decompress(BLOCK_ZSTD, packed, len, out, sizeof words));
    library_faults_set("ZSTD_createCCtx");
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_OUT_OF_MEMORY, "out of memory",
        block_compress(BLOCK_ZSTD, words, sizeof words, packed, sizeof packed));
    library_faults_set(NULL);
    block_decompress(BLOCK_ZSTD, packed, len, out, sizeof words);
    CU_ASSERT_EQUAL(memcmp(out, words, sizeof words), 0);
}

UNIT_SUITE(block)
{
    UNIT_TEST(zstd_without_memory_is_an_error);
    UNIT_TEST(blocks_of_others_are_read);
    UNIT_TEST(pages_come_back);
    UNIT_TEST(damage_does_no_harm);
    UNIT_TEST(a_bad_block_is_named_by_its_method);
    UNIT_TEST(sizes_that_lz4_cannot_count_are_refused);
}
