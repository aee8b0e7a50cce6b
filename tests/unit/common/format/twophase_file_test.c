/* twophase_file_test.c - state files of prepared transactions. */
#include "common/base/base.h"

#include "common/base/bytes.h"
#include "common/crypt/crc32c.h"
#include "common/format/twophase_file.h"
#include "common/text/hex.h"
#include "tests/unit/unit.h"

/* Of servers 13 and 17: 'gid one', with one subtransaction. */
#define SIZE_13 220
static const char *const state_13 =
    "3445f957dc000000e60100004734000013b4772fe60303000a00000001000000"
    "0000000000000000000000000001080000000000000000000000000000000000"
    "676964206f6e6500e7010000000000001400000001560000e601000000000000"
    "0000000000000501070000000000000014000000017f00004734000000400000"
    "0000000000000001030000000000000038000000020000000200000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000004000000000000000000000000000008e150d44";
#define SIZE_17 228
static const char *const state_17 =
    "3445f957e4000000e3020000050000006f3c7c2fe60303000a00000001000000"
    "0000000000000000000000000000000000000000000208000000000000000000"
    "0000000000000000676964206f6e6500e40200000000000014000000017f0000"
    "e3020000000000000000000000000501070000000000000014000000017f0000"
    "0500000000400000000000000000000103000000000000003800000002000000"
    "0200000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000400000000000000000000000000000"
    "c0d1e293";

static void load(const char *text, uint8_t *bytes, size_t size)
{
    CU_ASSERT_TRUE_FATAL(hex_try_read(text, bytes, size));
}

static void put_crc(uint8_t *bytes, size_t size)
{
    store_u32(bytes + size - 4, crc32c(bytes, size - 4));
}

static void heads_of_old_and_new_versions_are_read(void)
{
    uint8_t bytes[SIZE_17];
    TwophaseHeader head;

    load(state_17, bytes, SIZE_17);
    twophase_file_read(bytes, SIZE_17, true, 17, "x", &head);
    CU_ASSERT_EQUAL(head.total_len, SIZE_17);
    CU_ASSERT_EQUAL(head.xid, 0x2E3);
    CU_ASSERT_EQUAL(head.database, 5);
    CU_ASSERT_EQUAL(head.owner, 10);
    CU_ASSERT_STRING_EQUAL(head.gid, "gid one");
    CU_ASSERT_EQUAL(head.subxact_count, 1);
    CU_ASSERT_EQUAL(load_u32(head.subxacts), 0x2E4);
    CU_ASSERT_EQUAL(head.commit_rel_count, 0);

    load(state_13, bytes, SIZE_13);
    twophase_file_read(bytes, SIZE_13, true, 13, "x", &head);
    CU_ASSERT_EQUAL(head.xid, 0x1E6);
    CU_ASSERT_STRING_EQUAL(head.gid, "gid one");
    CU_ASSERT_EQUAL(load_u32(head.subxacts), 0x1E7);
}

static void the_wal_record_has_no_crc(void)
{
    uint8_t bytes[SIZE_17];
    TwophaseHeader head;

    load(state_17, bytes, SIZE_17);
    twophase_file_read(bytes, SIZE_17 - 4, false, 15, "x", &head);
    CU_ASSERT_STRING_EQUAL(head.gid, "gid one");
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED,
                       twophase_file_read(bytes, SIZE_17, false, 15, "x", &head));
}

/* Seen on a server 18: 16 bytes for each object whose statistics go, 12 before. */
static void statistics_are_longer_in_18(void)
{
    uint8_t bytes[SIZE_17];
    TwophaseHeader head;

    load(state_17, bytes, SIZE_17);
    store_u32(bytes + 40, (SIZE_17 - 72 - 8 - 8) / 12);
    put_crc(bytes, SIZE_17);
    twophase_file_read(bytes, SIZE_17, true, 17, "x", &head);
    CU_ASSERT_EQUAL(head.commit_stats_count, 11);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED,
                       twophase_file_read(bytes, SIZE_17, true, 18, "x", &head));
}

static void damage_raises(void)
{
    uint8_t bytes[SIZE_17];
    TwophaseHeader head;

    load(state_17, bytes, SIZE_17);
    bytes[100] ^= 1;
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "calculated CRC checksum does not match value stored in file \"x\"",
                               twophase_file_read(bytes, SIZE_17, true, 17, "x", &head));
    load(state_17, bytes, SIZE_17);
    store_u16(bytes + 54, 0);
    put_crc(bytes, SIZE_17);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED,
                       twophase_file_read(bytes, SIZE_17, true, 17, "x", &head));
    store_u16(bytes + 54, 7);
    put_crc(bytes, SIZE_17);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "invalid two-phase state in \"x\"",
                               twophase_file_read(bytes, SIZE_17, true, 17, "x", &head));
    store_u16(bytes + 54, 8);
    store_u32(bytes + 48, UINT32_MAX);
    put_crc(bytes, SIZE_17);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED,
                       twophase_file_read(bytes, SIZE_17, true, 17, "x", &head));
    bytes[0] ^= 1;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED,
                       twophase_file_read(bytes, SIZE_17, true, 17, "x", &head));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, twophase_file_read(bytes, 3, true, 17, "x", &head));
}

static void file_names_give_the_xid(void)
{
    Xid xid = 9;

    CU_ASSERT_TRUE(twophase_file_name_try_parse("000002E3", &xid));
    CU_ASSERT_EQUAL(xid, 0x2E3);
    CU_ASSERT_TRUE(twophase_file_name_try_parse("00000001000002E4", &xid));
    CU_ASSERT_EQUAL(xid, 0x2E4);
    CU_ASSERT_FALSE(twophase_file_name_try_parse("00000000", &xid));
    CU_ASSERT_FALSE(twophase_file_name_try_parse("2E3", &xid));
    CU_ASSERT_FALSE(twophase_file_name_try_parse("0000002x", &xid));
    CU_ASSERT_FALSE(twophase_file_name_try_parse("x0000000000002E3", &xid));
    CU_ASSERT_EQUAL(xid, 0x2E4);
}

UNIT_SUITE(twophase_file)
{
    UNIT_TEST(heads_of_old_and_new_versions_are_read);
    UNIT_TEST(the_wal_record_has_no_crc);
    UNIT_TEST(statistics_are_longer_in_18);
    UNIT_TEST(damage_raises);
    UNIT_TEST(file_names_give_the_xid);
}
