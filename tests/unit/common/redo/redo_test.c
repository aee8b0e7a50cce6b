/* redo_test.c - the driver: when a record is applied to a page, and what becomes of the LSN. */
#include "common/base/base.h"

#include <string.h>

#include "common/format/page.h"
#include "common/format/vm_page.h"
#include "common/redo/redo.h"
#include "tests/unit/common/redo/redo_forge.h"
#include "tests/unit/unit.h"

/* A record that frees line pointer 1 of block 7, and a page on which it is dead. */
static Forge *vacuum_record(void)
{
    Forge *f = forge_new(RMGR_HEAP2, WAL_HEAP2_VACUUM);

    forge_ref(f, 0, 7);
    forge_u16(f, FORGE_MAIN, 1);
    forge_u16(f, 0, 1);
    return f;
}

static uint8_t *page_with_dead(void)
{
    uint8_t *page = forge_page(0);

    forge_page_tuple(page, 32, 1);
    page_set_item_dead(page, 1);
    return page;
}

/* Give a reference the image of page. */
static void add_image(WalBlockRef *ref, const uint8_t *page)
{
    ref->has_image = true;
    ref->apply_image = true;
    ref->image = page;
    ref->image_len = BLOCK_SIZE;
}

static void a_change_sets_the_lsn(void)
{
    uint8_t *page = page_with_dead();

    CU_ASSERT_EQUAL(forge_redo(vacuum_record(), 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(page_lsn(page), FORGE_END);
    CU_ASSERT_EQUAL(page_item_id(page, 1).state, ITEM_UNUSED);
}

static void a_newer_page_is_left_alone(void)
{
    uint8_t *page = page_with_dead();

    page_set_lsn(page, FORGE_END);
    CU_ASSERT_EQUAL(forge_redo(vacuum_record(), 0, page), REDO_SKIPPED);
    CU_ASSERT_EQUAL(page_item_id(page, 1).state, ITEM_DEAD);
    page_set_lsn(page, FORGE_END - 1);
    CU_ASSERT_EQUAL(forge_redo(vacuum_record(), 0, page), REDO_APPLIED);
}

static void an_absent_page_is_missed(void)
{
    uint8_t *page = forge_page(0);

    memset(page, 0, BLOCK_SIZE);
    CU_ASSERT_EQUAL(forge_redo(vacuum_record(), 0, page), REDO_MISSING);
    CU_ASSERT_TRUE(page_is_all_zero(page));
}

static void an_image_replaces_even_a_newer_page(void)
{
    Forge *f = vacuum_record();
    uint8_t *page = page_with_dead(), *image = forge_page(0);

    add_image(&f->record.refs[0], image);
    page_set_lsn(page, FORGE_END + 1000);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_RESTORED);
    CU_ASSERT_EQUAL(page_lsn(page), FORGE_END);
    CU_ASSERT_EQUAL(page_item_count(page), 0);
}

static void an_image_to_compare_with_is_not_restored(void)
{
    Forge *f = vacuum_record();
    uint8_t *page = page_with_dead();

    add_image(&f->record.refs[0], forge_page(0));
    f->record.refs[0].apply_image = false;
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(page_item_count(page), 1);
}

static void the_image_of_a_new_page_has_no_lsn(void)
{
    Forge *f = forge_new(RMGR_XLOG, WAL_XLOG_FPI);
    uint8_t *page = page_with_dead(), *image = forge_page(0);

    memset(image, 0, BLOCK_SIZE);
    add_image(forge_ref(f, 0, 7), image);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_RESTORED);
    CU_ASSERT_TRUE(page_is_all_zero(page));
}

static void an_image_whose_header_is_damaged_is_refused(void)
{
    Forge *f = forge_new(RMGR_XLOG, WAL_XLOG_FPI);
    uint8_t *image = forge_page(0);

    page_set_lower(image, 4);
    add_image(forge_ref(f, 0, 7), image);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, forge_page(0)));
}

static void a_hint_without_image_changes_nothing(void)
{
    Forge *f = forge_new(RMGR_XLOG, WAL_XLOG_FPI_FOR_HINT);
    uint8_t *page = page_with_dead();

    forge_ref(f, 0, 7);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_UNCHANGED);
    CU_ASSERT_NOT_EQUAL(page_lsn(page), FORGE_END);
    memset(page, 0, BLOCK_SIZE);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_UNCHANGED);
}

static void a_page_image_record_without_image_is_refused(void)
{
    Forge *f = forge_new(RMGR_XLOG, WAL_XLOG_FPI);
    uint8_t *page = page_with_dead();

    forge_ref(f, 5, 7);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "block reference 5 has no image to restore",
                               forge_redo(f, 5, page));
}

static void a_page_made_from_nothing_needs_no_old_one(void)
{
    Forge *f = forge_new(RMGR_BRIN, WAL_BRIN_CREATE_INDEX);
    uint8_t *page = page_with_dead();

    forge_init_ref(f, 0, 0);
    forge_u32(f, FORGE_MAIN, 128);
    forge_u16(f, FORGE_MAIN, 1);
    page_set_lsn(page, FORGE_END + 1000);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(page_lsn(page), FORGE_END);
}

static void will_init_must_be_what_the_kind_of_record_has(void)
{
    Forge *f = vacuum_record();
    uint8_t *page = page_with_dead();

    f->record.refs[0].will_init = true;
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "block reference 0 must not be marked as made from nothing",
                               forge_redo(f, 0, page));
    f = forge_new(RMGR_BRIN, WAL_BRIN_CREATE_INDEX);
    forge_ref(f, 0, 0);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "block reference 0 must be marked as made from nothing",
                               forge_redo(f, 0, page));
}

/* An absent map page counts as an empty one, but not for records that need something on it. */
static void a_record_of_another_kind_finds_nothing_on_an_absent_map_page(void)
{
    Forge *f = forge_new(RMGR_HASH, WAL_HASH_ADD_OVFL_PAGE);
    uint8_t *page = forge_page(0);

    memset(page, 0, BLOCK_SIZE);
    forge_init_ref(f, 0, 11);
    forge_ref(f, 1, 10);
    forge_ref(f, 2, 9)->tag.fork = FORK_VM;
    forge_u32(f, 2, 0xF0000000);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "the bitmap page has no bit 4026531840",
                               forge_redo(f, 2, page));
}

static void a_page_with_a_damaged_header_is_refused(void)
{
    uint8_t *page = page_with_dead();

    page_set_lower(page, 9000);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(vacuum_record(), 0, page));
}

static void errors_name_record_and_block(void)
{
    Forge *f = vacuum_record();
    uint8_t *page = forge_page(0);

    ERR_TRY() {
        forge_redo(f, 0, page);
        CU_FAIL("no raise");
    }
    ERR_CATCH() {
        CU_ASSERT_STRING_EQUAL(err_caught()->context,
                               "while replaying the WAL record at 0/10002000 on block 7 of "
                               "relation 1663/5/16384, fork 0");
    }
    ERR_END();
}

static void only_version_15_is_known(void)
{
    Forge *f = vacuum_record();

    f->record.version = 16;
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_FEATURE_NOT_SUPPORTED,
                               "cannot replay WAL of PostgreSQL 16 on single blocks",
                               forge_redo(f, 0, page_with_dead()));
}

static void managers_without_blocks_or_of_extensions_are_refused_by_name(void)
{
    Forge *f = forge_new(RMGR_XACT, WAL_XACT_COMMIT);

    forge_ref(f, 0, 7);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_FEATURE_NOT_SUPPORTED,
                               "cannot replay a WAL record of resource manager 1 on a block",
                               forge_redo(f, 0, page_with_dead()));
    f->record.rmgr = 130;
    UNIT_ASSERT_RAISES(SQLSTATE_FEATURE_NOT_SUPPORTED, forge_redo(f, 0, page_with_dead()));
}

static void references_that_the_kind_does_not_have_are_refused(void)
{
    Forge *f = vacuum_record();

    forge_ref(f, 1, 8);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "resource manager 9 has no operation 0x20 with a block reference 1",
                               forge_redo(f, 1, page_with_dead()));
    forge_ref(f, 32, 8);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 32, page_with_dead()));
    f = forge_new(RMGR_SMGR, WAL_SMGR_TRUNCATE);
    forge_ref(f, 0, 7);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, page_with_dead()));
}

static void only_some_managers_imply_blocks(void)
{
    Forge *f = forge_new(RMGR_BTREE, WAL_BTREE_DEDUP);

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "the record implies no block beside its references",
                               forge_redo_implied(f, FORK_VM, 0, forge_page(0)));
}

/* ---- smgr.c, generic.c, seq.c ---- */

static Forge *truncate_record(BlockNo blocks, uint32_t flags)
{
    Forge *f = forge_new(RMGR_SMGR, WAL_SMGR_TRUNCATE);

    forge_u32(f, FORGE_MAIN, blocks);
    forge_u32(f, FORGE_MAIN, 1663);
    forge_u32(f, FORGE_MAIN, 5);
    forge_u32(f, FORGE_MAIN, FORGE_REL);
    forge_u32(f, FORGE_MAIN, flags);
    return f;
}

static void truncation_wipes_the_rest_of_the_map_page(void)
{
    Forge *f = truncate_record(VM_BLOCKS_PER_PAGE + 5, 7);
    uint8_t *page = forge_page(0);

    memset(page + PAGE_HEADER_SIZE, 0xFF, BLOCK_SIZE - PAGE_HEADER_SIZE);
    CU_ASSERT_EQUAL(forge_redo_implied(f, FORK_VM, 1, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(vm_bits(page, VM_BLOCKS_PER_PAGE + 4), VM_BITS);
    CU_ASSERT_EQUAL(vm_bits(page, VM_BLOCKS_PER_PAGE + 5), 0);
    CU_ASSERT_EQUAL(page[PAGE_HEADER_SIZE], 0xFF);
    CU_ASSERT_EQUAL(page[PAGE_HEADER_SIZE + 1], 0x03);
    CU_ASSERT_EQUAL(page[BLOCK_SIZE - 1], 0);
    CU_ASSERT_NOT_EQUAL(page_lsn(page), FORGE_END);
}

static void truncation_wipes_the_free_space_page(void)
{
    Forge *f = truncate_record(10, 7);
    uint8_t *page = forge_page(0);

    memset(page + PAGE_HEADER_SIZE, 0xFF, BLOCK_SIZE - PAGE_HEADER_SIZE);
    CU_ASSERT_EQUAL(forge_redo_implied(f, FORK_FSM, 2, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(page[BLOCK_SIZE - 1], 0);
}

static void map_pages_that_are_new_or_newer_are_left_alone(void)
{
    Forge *f = truncate_record(10, 7);
    uint8_t *page = forge_page(0);

    page_set_lsn(page, FORGE_END);
    CU_ASSERT_EQUAL(forge_redo_implied(f, FORK_VM, 0, page), REDO_SKIPPED);
    memset(page, 0, BLOCK_SIZE);
    CU_ASSERT_EQUAL(forge_redo_implied(f, FORK_VM, 0, page), REDO_UNCHANGED);
}

static void truncation_implies_just_those_pages(void)
{
    uint8_t *page = forge_page(0);

    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED,
                       forge_redo_implied(truncate_record(10, 7), FORK_VM, 1, page));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED,
                       forge_redo_implied(truncate_record(10, 5), FORK_VM, 0, page));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED,
                       forge_redo_implied(truncate_record(10, 3), FORK_FSM, 2, page));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED,
                       forge_redo_implied(forge_new(RMGR_SMGR, WAL_SMGR_CREATE), FORK_VM, 0, page));
}

static void pieces_go_to_their_places_and_the_hole_is_cleared(void)
{
    Forge *f = forge_new(RMGR_GENERIC, WAL_GENERIC_GENERIC);
    uint8_t *page = forge_page(8);

    memset(page + PAGE_HEADER_SIZE, 0xAA, 100);
    forge_ref(f, 3, 7);
    forge_u16(f, 3, PAGE_AT_LOWER); /* lower becomes 32 */
    forge_u16(f, 3, 2);
    forge_u16(f, 3, 32);
    forge_u16(f, 3, 28);
    forge_u16(f, 3, 1);
    forge_u8(f, 3, 0x55);
    CU_ASSERT_EQUAL(forge_redo(f, 3, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(page[27], 0xAA);
    CU_ASSERT_EQUAL(page[28], 0x55);
    CU_ASSERT_EQUAL(page[32], 0);
}

static void pieces_off_the_page_are_refused(void)
{
    Forge *f = forge_new(RMGR_GENERIC, WAL_GENERIC_GENERIC);

    forge_ref(f, 0, 7);
    forge_u16(f, 0, 8190);
    forge_u16(f, 0, 3);
    forge_u16(f, 0, 0);
    forge_u16(f, 0, 0);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "a piece of 3 bytes at 8190 does not lie on the page",
                               forge_redo(f, 0, forge_page(8)));
}

static void a_sequence_is_one_tuple_and_a_magic(void)
{
    Forge *f = forge_new(RMGR_SEQ, WAL_SEQ_LOG);
    uint8_t *page = page_with_dead();
    size_t len;

    forge_init_ref(f, 0, 0);
    forge_bytes(f, FORGE_MAIN, (const uint8_t[12]){0}, 12);
    forge_tuple(f, FORGE_MAIN, 41, 9);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(load_u32(page + BLOCK_SIZE - 8), 0x1717);
    CU_ASSERT_EQUAL(page_item_count(page), 1);
    page_get_item(page, 1, &len);
    CU_ASSERT_EQUAL(len, 41);
}

UNIT_SUITE(redo)
{
    UNIT_TEST(a_change_sets_the_lsn);
    UNIT_TEST(a_newer_page_is_left_alone);
    UNIT_TEST(an_absent_page_is_missed);
    UNIT_TEST(an_image_replaces_even_a_newer_page);
    UNIT_TEST(an_image_to_compare_with_is_not_restored);
    UNIT_TEST(the_image_of_a_new_page_has_no_lsn);
    UNIT_TEST(an_image_whose_header_is_damaged_is_refused);
    UNIT_TEST(a_hint_without_image_changes_nothing);
    UNIT_TEST(a_page_image_record_without_image_is_refused);
    UNIT_TEST(a_page_made_from_nothing_needs_no_old_one);
    UNIT_TEST(will_init_must_be_what_the_kind_of_record_has);
    UNIT_TEST(a_record_of_another_kind_finds_nothing_on_an_absent_map_page);
    UNIT_TEST(a_page_with_a_damaged_header_is_refused);
    UNIT_TEST(errors_name_record_and_block);
    UNIT_TEST(only_version_15_is_known);
    UNIT_TEST(managers_without_blocks_or_of_extensions_are_refused_by_name);
    UNIT_TEST(references_that_the_kind_does_not_have_are_refused);
    UNIT_TEST(only_some_managers_imply_blocks);
    UNIT_TEST(truncation_wipes_the_rest_of_the_map_page);
    UNIT_TEST(truncation_wipes_the_free_space_page);
    UNIT_TEST(map_pages_that_are_new_or_newer_are_left_alone);
    UNIT_TEST(truncation_implies_just_those_pages);
    UNIT_TEST(pieces_go_to_their_places_and_the_hole_is_cleared);
    UNIT_TEST(pieces_off_the_page_are_refused);
    UNIT_TEST(a_sequence_is_one_tuple_and_a_magic);
}
