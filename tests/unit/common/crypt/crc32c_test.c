/* crc32c_test.c - the checksum by each way that this processor has. */
#include "common/base/base.h"

#include "common/crypt/crc32c.h"
#include "common/mem/mem.h"
#include "tests/lib/seed.h"
#include "tests/unit/unit.h"

#define BEST_PATH_COUNT 4

static const char *const all_paths[BEST_PATH_COUNT] = {"tables", "armv8", "sse4.2", "pclmul"};

/* The definition: a bit at a time. */
static uint32_t reference(const uint8_t *p, size_t len)
{
    uint32_t crc = UINT32_C(0xFFFFFFFF);

    for (size_t i = 0; i < len; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ UINT32_C(0x82F63B78) : crc >> 1;
    }
    return ~crc;
}

/* Run check for each way; ends with the way that the processor likes best. */
static void for_each_path(void (*check)(void))
{
    const char *before = crc32c_path();

    for (size_t i = 0; i < BEST_PATH_COUNT; i++)
        if (crc32c_try_set_path(all_paths[i])) {
            CU_ASSERT_STRING_EQUAL(crc32c_path(), all_paths[i]);
            check();
        }
    CU_ASSERT_TRUE(crc32c_try_set_path(before));
}

static void check_known_values(void)
{
    static const uint8_t scsi_read[48] = {0x01, 0xC0, 0,    0, 0, 0, 0, 0, 0,    0, 0, 0,   0,   0,
                                          0,    0,    0x14, 0, 0, 0, 0, 0, 0x04, 0, 0, 0,   0,   0,
                                          0x14, 0,    0,    0, 0, 0, 0, 0, 0x18, 0, 0, 0x0, 0x28};
    uint8_t bytes[32];

    /* RFC 3720, B.4. */
    memset(bytes, 0, sizeof bytes);
    CU_ASSERT_EQUAL(crc32c(bytes, 32), 0x8A9136AA);
    memset(bytes, 0xFF, sizeof bytes);
    CU_ASSERT_EQUAL(crc32c(bytes, 32), 0x62A8AB43);
    for (uint8_t i = 0; i < 32; i++)
        bytes[i] = i;
    CU_ASSERT_EQUAL(crc32c(bytes, 32), 0x46DD794E);
    for (uint8_t i = 0; i < 32; i++)
        bytes[i] = 31 - i;
    CU_ASSERT_EQUAL(crc32c(bytes, 32), 0x113FDB5C);
    CU_ASSERT_EQUAL(crc32c(scsi_read, 48), reference(scsi_read, 48));

    /* The usual check value, and PG_VERSION's as a real manifest has it. */
    CU_ASSERT_EQUAL(crc32c("123456789", 9), 0xE3069283);
    CU_ASSERT_EQUAL(crc32c("15\n", 3), 0x2247748A);
    CU_ASSERT_EQUAL(crc32c("", 0), 0);
}

static void known_values_come_out(void)
{
    for_each_path(check_known_values);
}

/* Three streams begin at 192 bytes and are full at 3072: both edges, and any alignment. */
static void check_all_lengths(void)
{
    Seed seed = seed_new("crc32c lengths");
    uint8_t *bytes = mem_alloc(8192);

    seed_fill(&seed, bytes, 8192);
    for (size_t len = 0; len < 700; len++)
        CU_ASSERT_EQUAL(crc32c(bytes + len % 9, len), reference(bytes + len % 9, len));
    for (size_t len = 3000; len < 3300; len++)
        CU_ASSERT_EQUAL(crc32c(bytes + len % 9, len), reference(bytes + len % 9, len));
    for (size_t len = 6130; len < 6180; len++)
        CU_ASSERT_EQUAL(crc32c(bytes + len % 9, len), reference(bytes + len % 9, len));
}

static void every_length_and_alignment_is_right(void)
{
    for_each_path(check_all_lengths);
}

/* The order of a WAL record's checksum: what follows the header, then the header without it. */
static void check_records(void)
{
    Seed seed = seed_new("crc32c records");
    uint8_t record[400], pieces[400];

    seed_fill(&seed, record, sizeof record);
    for (size_t len = 24; len <= sizeof record; len++) {
        memcpy(pieces, record + 24, len - 24);
        memcpy(pieces + len - 24, record, 20);
        CU_ASSERT_EQUAL(crc32c_wal_record(record, len), reference(pieces, len - 4));
    }
}

static void records_are_summed_behind_their_header_first(void)
{
    for_each_path(check_records);
}

static void check_pieces(void)
{
    Seed seed = seed_new("crc32c pieces");
    uint8_t *bytes = mem_alloc(20000);

    seed_fill(&seed, bytes, 20000);
    for (int i = 0; i < 30; i++) {
        size_t len = seed_below(&seed, 20000);
        uint32_t crc = crc32c_init();

        for (size_t at = 0, piece; at < len; at += piece) {
            piece = size_min(1 + seed_below(&seed, i < 15 ? 40 : 7000), len - at);
            crc = crc32c_update(crc, bytes + at, piece);
        }
        CU_ASSERT_EQUAL(crc32c_final(crc), crc32c(bytes, len));
        CU_ASSERT_EQUAL(crc32c_final(crc), reference(bytes, len));
    }
}

static void pieces_give_what_the_whole_gives(void)
{
    for_each_path(check_pieces);
}

static void an_unknown_way_is_refused(void)
{
    const char *before = crc32c_path();

    CU_ASSERT_FALSE(crc32c_try_set_path("abacus"));
    CU_ASSERT_STRING_EQUAL(crc32c_path(), before);
}

static void the_best_way_is_taken_by_itself(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("pclmul"))
        CU_ASSERT_STRING_EQUAL(crc32c_path(), "pclmul");
#else
    CU_ASSERT_STRING_NOT_EQUAL(crc32c_path(), "bits");
#endif
}

UNIT_SUITE(crc32c)
{
    UNIT_TEST(the_best_way_is_taken_by_itself);
    UNIT_TEST(known_values_come_out);
    UNIT_TEST(every_length_and_alignment_is_right);
    UNIT_TEST(pieces_give_what_the_whole_gives);
    UNIT_TEST(records_are_summed_behind_their_header_first);
    UNIT_TEST(an_unknown_way_is_refused);
}
