/* wal_page_test.c - headers of WAL pages, as a real server wrote them. */
#include "common/base/base.h"

#include "common/format/wal_page.h"
#include "tests/unit/unit.h"

/* The first bytes of segment 000000010000000000000001 of a PostgreSQL 15.20 cluster. */
static const uint8_t long_header[40] = {
    0x10, 0xD1, 0x06, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x28, 0x11, 0x22, 0x33,
    0x44, 0x55, 0x66, 0x6A, 0x00, 0x00, 0x00, 0x01, 0x00, 0x20, 0x00, 0x00,
};

static void a_long_header_is_taken_apart(void)
{
    WalPageHeader header;

    CU_ASSERT_TRUE_FATAL(wal_page_read_header(long_header, sizeof(long_header), &header));
    CU_ASSERT_EQUAL(header.magic, 0xD110);
    CU_ASSERT_EQUAL(header.info, WAL_PAGE_LONG | WAL_PAGE_REMOVABLE_IMAGES);
    CU_ASSERT_EQUAL(header.tli, 1);
    CU_ASSERT_EQUAL(header.address, 0x1000000);
    CU_ASSERT_EQUAL(header.rem_len, 0);
    CU_ASSERT_EQUAL(header.system_id, UINT64_C(0x6A66554433221128));
    CU_ASSERT_EQUAL(header.seg_size, MIB(16));
    CU_ASSERT_EQUAL(header.page_size, 8192);
    CU_ASSERT_EQUAL(wal_page_header_size(&header), 40);
}

static void a_header_that_is_cut_is_not_read(void)
{
    uint8_t short_header[WAL_PAGE_HEADER];
    WalPageHeader header;

    CU_ASSERT_FALSE(wal_page_read_header(long_header, 39, &header));
    CU_ASSERT_FALSE(wal_page_read_header(long_header, 23, &header));
    CU_ASSERT_FALSE(wal_page_read_header(long_header, 0, &header));
    memcpy(short_header, long_header, sizeof(short_header));
    short_header[2] = WAL_PAGE_CONTINUES;
    CU_ASSERT_TRUE(wal_page_read_header(short_header, sizeof(short_header), &header));
    CU_ASSERT_EQUAL(header.seg_size, 0);
    CU_ASSERT_EQUAL(wal_page_header_size(&header), 24);
}

static void what_is_written_is_what_was_read(void)
{
    uint8_t bytes[WAL_PAGE_HEADER_LONG + 1];
    WalPageHeader header;

    CU_ASSERT_TRUE_FATAL(wal_page_read_header(long_header, sizeof(long_header), &header));
    memset(bytes, 0xEE, sizeof(bytes));
    CU_ASSERT_EQUAL(wal_page_write_header(bytes, &header), 40);
    CU_ASSERT_EQUAL(memcmp(bytes, long_header, 40), 0);
    CU_ASSERT_EQUAL(bytes[40], 0xEE);

    header.info = WAL_PAGE_CONTINUES;
    header.rem_len = 77;
    memset(bytes, 0xEE, sizeof(bytes));
    CU_ASSERT_EQUAL(wal_page_write_header(bytes, &header), 24);
    CU_ASSERT_EQUAL(bytes[16], 77);
    CU_ASSERT_EQUAL(bytes[24], 0xEE);
}

static void a_page_may_turn_out_to_continue_a_record(void)
{
    const WalPageHeader header = {.magic = 0xD110, .info = WAL_PAGE_REMOVABLE_IMAGES, .address = 8};
    uint8_t page[WAL_PAGE_HEADER];
    WalPageHeader read;

    wal_page_write_header(page, &header);
    wal_page_mark_continued(page, 70000);
    CU_ASSERT_TRUE(wal_page_read_header(page, sizeof page, &read));
    CU_ASSERT_EQUAL(read.info, WAL_PAGE_REMOVABLE_IMAGES | WAL_PAGE_CONTINUES);
    CU_ASSERT_EQUAL(read.rem_len, 70000);
    CU_ASSERT_EQUAL(read.address, 8);
}

static void every_version_has_a_magic_of_its_own(void)
{
    for (unsigned version = 13; version <= 18; version++)
        CU_ASSERT_EQUAL(wal_page_version(wal_page_magic(version)), version);
    CU_ASSERT_EQUAL(wal_page_magic(15), 0xD110);
    CU_ASSERT_EQUAL(wal_page_magic(12), 0);
    CU_ASSERT_EQUAL(wal_page_magic(19), 0);
    CU_ASSERT_EQUAL(wal_page_version(0), 0);
    CU_ASSERT_EQUAL(wal_page_version(0xD101), 0);
}

UNIT_SUITE(wal_page)
{
    UNIT_TEST(a_long_header_is_taken_apart);
    UNIT_TEST(a_header_that_is_cut_is_not_read);
    UNIT_TEST(what_is_written_is_what_was_read);
    UNIT_TEST(a_page_may_turn_out_to_continue_a_record);
    UNIT_TEST(every_version_has_a_magic_of_its_own);
}
