/* slru_test.c - entries of SLRU pages are where the server puts them. */
#include "common/base/base.h"

#include "common/format/slru.h"
#include "tests/unit/unit.h"

static void pages_and_files_follow_from_numbers(void)
{
    uint64_t offset;

    CU_ASSERT_EQUAL(slru_page_of(&slru_xact, 32768), 1);
    CU_ASSERT_EQUAL(slru_page_of(&slru_multixact_offsets, 2047), 0);
    CU_ASSERT_EQUAL(slru_page_of(&slru_multixact_members, 1636), 1);
    CU_ASSERT_EQUAL(slru_page_of(&slru_commit_ts, 819), 1);
    CU_ASSERT_EQUAL(slru_page_max(&slru_xact), 131071);
    CU_ASSERT_STRING_EQUAL(slru_path_of_page(&slru_xact, 33, &offset), "pg_xact/0001");
    CU_ASSERT_EQUAL(offset, 8192);
    CU_ASSERT_STRING_EQUAL(slru_path_of_page(&slru_xact, 131071, &offset), "pg_xact/0FFF");
    CU_ASSERT_STRING_EQUAL(
        slru_path_of_page(&slru_multixact_members, slru_page_max(&slru_multixact_members), &offset),
        "pg_multixact/members/14078");
}

static void file_names_are_upper_case_hexadecimal(void)
{
    uint32_t segment = 7;

    CU_ASSERT_TRUE(slru_try_parse_name("00FF", &segment));
    CU_ASSERT_EQUAL(segment, 255);
    CU_ASSERT_TRUE(slru_try_parse_name("14078", &segment));
    CU_ASSERT_EQUAL(segment, 0x14078);
    CU_ASSERT_FALSE(slru_try_parse_name("0FF", &segment));
    CU_ASSERT_FALSE(slru_try_parse_name("00ff", &segment));
    CU_ASSERT_FALSE(slru_try_parse_name("04078", &segment));
    CU_ASSERT_FALSE(slru_try_parse_name("1234567", &segment));
    CU_ASSERT_FALSE(slru_try_parse_name("00FF.tmp", &segment));
    CU_ASSERT_EQUAL(segment, 0x14078);
}

static void each_xid_has_its_own_two_bits(void)
{
    uint8_t page[BLOCK_SIZE] = {0};

    xact_status_set(page, 3, XACT_COMMITTED);
    xact_status_set(page, 4, XACT_ABORTED);
    xact_status_set(page, 32768 + 5, XACT_SUB_COMMITTED);
    CU_ASSERT_EQUAL(page[0], 0x40);
    CU_ASSERT_EQUAL(page[1], 0x0E);
    CU_ASSERT_EQUAL(xact_status_get(page, 3), XACT_COMMITTED);
    CU_ASSERT_EQUAL(xact_status_get(page, 5), XACT_SUB_COMMITTED);
    CU_ASSERT_EQUAL(xact_status_get(page, 6), XACT_IN_PROGRESS);
    xact_status_set(page, 5, XACT_COMMITTED);
    CU_ASSERT_EQUAL(page[1], 0x06);
    xact_status_set(page, 32767, XACT_ABORTED);
    CU_ASSERT_EQUAL(page[BLOCK_SIZE - 1], 0x80);
}

static void multixact_offsets_are_numbers(void)
{
    uint8_t page[BLOCK_SIZE] = {0};

    multixact_offset_set(page, 2048 + 3, 77);
    CU_ASSERT_EQUAL(load_u32(page + 12), 77);
    CU_ASSERT_EQUAL(multixact_offset_get(page, 3), 77);
    CU_ASSERT_EQUAL(multixact_offset_get(page, 4), 0);
    multixact_offset_set(page, 2047, 1);
    CU_ASSERT_EQUAL(page[BLOCK_SIZE - 4], 1);
}

static void members_come_in_groups_of_four(void)
{
    uint8_t page[BLOCK_SIZE] = {0};
    MultiMember member;

    multixact_member_set(page, 5, (MultiMember){.xid = 900, .status = MULTI_UPDATE});
    CU_ASSERT_EQUAL(page[20 + 1], 5);
    CU_ASSERT_EQUAL(load_u32(page + 20 + 4 + 4), 900);
    member = multixact_member_get(page, 1636 + 5);
    CU_ASSERT_EQUAL(member.xid, 900);
    CU_ASSERT_EQUAL(member.status, MULTI_UPDATE);
    multixact_member_set(page, 1635, (MultiMember){.xid = 1, .status = MULTI_FOR_SHARE});
    CU_ASSERT_EQUAL(page[408 * 20 + 3], 1);
    CU_ASSERT_EQUAL(page[408 * 20 + 16], 1);
    page[20 + 1] = MULTI_STATUS_COUNT;
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "invalid status 6 of multixact member 5",
                               multixact_member_get(page, 5));
}

static void commit_times_are_unaligned(void)
{
    uint8_t page[BLOCK_SIZE] = {0};
    CommitTs value;

    commit_ts_set(page, 819 + 1, (CommitTs){.time = 0x0102030405060708, .origin = 9});
    CU_ASSERT_EQUAL(page[10], 8);
    CU_ASSERT_EQUAL(page[18], 9);
    value = commit_ts_get(page, 1);
    CU_ASSERT_EQUAL(value.time, 0x0102030405060708);
    CU_ASSERT_EQUAL(value.origin, 9);
    CU_ASSERT_EQUAL(commit_ts_get(page, 0).time, 0);
    commit_ts_set(page, 818, (CommitTs){.time = 1, .origin = 1});
    CU_ASSERT_EQUAL(page[8188], 1);
}

UNIT_SUITE(slru)
{
    UNIT_TEST(pages_and_files_follow_from_numbers);
    UNIT_TEST(file_names_are_upper_case_hexadecimal);
    UNIT_TEST(each_xid_has_its_own_two_bits);
    UNIT_TEST(multixact_offsets_are_numbers);
    UNIT_TEST(members_come_in_groups_of_four);
    UNIT_TEST(commit_times_are_unaligned);
}
