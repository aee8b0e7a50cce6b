/* record_test.c - records taken apart, and what does not fit refused */
#include "common/base/base.h"

#include "common/walrec/record.h"

#include "common/base/bytes.h"
#include "common/mem/mem.h"
#include "common/walrec/rmgr.h"
#include "tests/lib/wal_forge.h"
#include "tests/unit/unit.h"

#define START UINT64_C(0x100000028)

static const BlockTag heap_block = {
    .rel = {.tablespace = 1663, .database = 5, .rel = 16384}, .fork = FORK_MAIN, .block = 7};
static const BlockTag map_block = {
    .rel = {.tablespace = 1663, .database = 5, .rel = 16384}, .fork = FORK_VM, .block = 0};

static uint8_t page[BLOCK_SIZE];

/* A forged record that is not on a page. */
static WalForge forge_begin(unsigned version)
{
    WalForge f;

    wal_forge_init(&f, version, MIB(16), 0);
    wal_forge_begin(&f, RMGR_HEAP, WAL_HEAP_INSERT, 735);
    return f;
}

static WalRecord *decode(WalForge *f)
{
    WalRecord *record = mem_new(WalRecord);
    StrBuf bytes;

    /* Decoding sets all that there is to set. */
    memset(record, 0xEE, sizeof(*record));
    strbuf_init(&bytes);
    wal_forge_end_alone(f, &bytes);
    wal_record_decode(record, mem_dup(bytes.text, bytes.len), f->version, START,
                      START + u64_align_up(bytes.len, 8));
    return record;
}

static void add_image(WalForge *f, uint8_t info, uint16_t len, uint16_t hole_offset,
                      uint16_t hole_len, bool write_hole_len)
{
    wal_forge_ref_image(f, 0, WAL_FORGE_IMAGE, heap_block,
                        (WalForgeImage){.bytes = page,
                                        .len = len,
                                        .hole_offset = hole_offset,
                                        .hole_len = hole_len,
                                        .info = info,
                                        .write_hole_len = write_hole_len},
                        NULL, 0);
}

static void header_fields_are_read(void)
{
    WalForge f = forge_begin(15);
    WalRecord *record;

    f.prev = UINT64_C(0xFFFF0028);
    f.info = 0x92;
    wal_forge_main(&f, "abc", 3);
    record = decode(&f);
    CU_ASSERT_EQUAL(record->start, START);
    CU_ASSERT_EQUAL(record->end, START + 32);
    CU_ASSERT_EQUAL(record->prev, UINT64_C(0xFFFF0028));
    CU_ASSERT_EQUAL(record->version, 15);
    CU_ASSERT_EQUAL(record->total_len, 24 + 2 + 3);
    CU_ASSERT_EQUAL(record->xid, 735);
    CU_ASSERT_EQUAL(record->rmgr, RMGR_HEAP);
    CU_ASSERT_EQUAL(record->info, 0x92);
    CU_ASSERT_EQUAL(wal_record_opcode(record), 0x90);
    CU_ASSERT_TRUE(wal_record_has_check_images(record));
    CU_ASSERT_EQUAL(record->origin, 0);
    CU_ASSERT_FALSE(record->has_top_xid);
    CU_ASSERT_EQUAL(record->ref_id_max, -1);
    CU_ASSERT_PTR_NULL(wal_record_ref(record, 0));
    CU_ASSERT_EQUAL(record->main_len, 3);
    CU_ASSERT_EQUAL(memcmp(record->main, "abc", 3), 0);
}

static void a_record_may_be_a_header_alone(void)
{
    WalForge f = forge_begin(15);
    WalRecord *record = decode(&f);

    CU_ASSERT_PTR_NULL(record->main);
    CU_ASSERT_EQUAL(record->main_len, 0);
    CU_ASSERT_EQUAL(record->ref_id_max, -1);
}

static void long_main_data_has_a_long_header(void)
{
    WalForge f = forge_begin(15);
    WalRecord *record;

    wal_forge_main(&f, page, 256);
    record = decode(&f);
    CU_ASSERT_EQUAL(record->total_len, 24 + 5 + 256);
    CU_ASSERT_EQUAL(record->main_len, 256);
}

static void parts_follow_in_the_order_of_their_headers(void)
{
    WalForge f = forge_begin(15);
    const WalBlockRef *heap, *map;
    WalRecord *record;

    wal_forge_ref(&f, 1, WAL_FORGE_DATA | WAL_FORGE_WILL_INIT, heap_block, "heap", 4);
    wal_forge_ref(&f, 3, WAL_FORGE_DATA | WAL_FORGE_SAME_REL, map_block, "map", 3);
    wal_forge_main(&f, "main", 4);
    record = decode(&f);
    CU_ASSERT_EQUAL(record->ref_id_max, 3);
    CU_ASSERT_PTR_NULL(wal_record_ref(record, 0));
    CU_ASSERT_PTR_NULL(wal_record_ref(record, 2));
    heap = wal_record_ref(record, 1);
    map = wal_record_ref(record, 3);
    CU_ASSERT_TRUE(block_tag_equal(&heap->tag, &heap_block));
    CU_ASSERT_TRUE(block_tag_equal(&map->tag, &map_block));
    CU_ASSERT_TRUE(heap->will_init);
    CU_ASSERT_FALSE(map->will_init);
    CU_ASSERT_FALSE(heap->has_image);
    CU_ASSERT_PTR_NULL(heap->image);
    CU_ASSERT_TRUE(heap->data_len == 4 && memcmp(heap->data, "heap", 4) == 0);
    CU_ASSERT_TRUE(map->data_len == 3 && memcmp(map->data, "map", 3) == 0);
    CU_ASSERT_TRUE(record->main_len == 4 && memcmp(record->main, "main", 4) == 0);
}

static void the_image_stands_before_the_data(void)
{
    WalForge f = forge_begin(15);
    const WalBlockRef *ref;

    page[0] = 'i';
    wal_forge_ref_image(
        &f, 0, WAL_FORGE_IMAGE | WAL_FORGE_DATA, heap_block,
        (WalForgeImage){.bytes = page, .len = 8000, .hole_offset = 100, .info = 0x03}, "d", 1);
    ref = wal_record_ref(decode(&f), 0);
    CU_ASSERT_EQUAL(ref->image[0], 'i');
    CU_ASSERT_EQUAL(ref->image_len, 8000);
    CU_ASSERT_EQUAL(decode(&f)->images_len, 8000);
    CU_ASSERT_EQUAL(ref->hole_offset, 100);
    CU_ASSERT_EQUAL(ref->hole_len, 192);
    CU_ASSERT_EQUAL(ref->data[0], 'd');
}

static void a_reference_without_data_has_none(void)
{
    WalForge f = forge_begin(15);
    const WalBlockRef *ref;

    wal_forge_ref(&f, 0, 0, heap_block, NULL, 0);
    ref = wal_record_ref(decode(&f), 0);
    CU_ASSERT_FALSE(ref->has_data);
    CU_ASSERT_PTR_NULL(ref->data);
}

static void origin_and_top_xid_are_read(void)
{
    static const uint8_t headers[] = {253, 0x34, 0x12, 252, 1, 2, 0, 0};
    WalForge f = forge_begin(14);
    WalRecord *record;

    wal_forge_header(&f, headers, sizeof(headers));
    record = decode(&f);
    CU_ASSERT_EQUAL(record->origin, 0x1234);
    CU_ASSERT_TRUE(record->has_top_xid);
    CU_ASSERT_EQUAL(record->top_xid, 513);
}

static void version_13_knows_no_top_xid(void)
{
    static const uint8_t headers[] = {252, 1, 2, 0, 0};
    WalForge f = forge_begin(13);

    wal_forge_header(&f, headers, sizeof(headers));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "invalid block_id 252 at 1/28", decode(&f));
}

static void image_bits_mean_other_things_before_15(void)
{
    static const struct {
        unsigned version;
        uint8_t info;
        bool apply;
        WalImageMethod method;
    } rows[] = {
        {13, 0x01, false, WAL_IMAGE_PLAIN}, {13, 0x05, true, WAL_IMAGE_PLAIN},
        {13, 0x07, true, WAL_IMAGE_PGLZ},   {14, 0x03, false, WAL_IMAGE_PGLZ},
        {15, 0x01, false, WAL_IMAGE_PLAIN}, {15, 0x03, true, WAL_IMAGE_PLAIN},
        {15, 0x05, false, WAL_IMAGE_PGLZ},  {16, 0x0B, true, WAL_IMAGE_LZ4},
        {18, 0x13, true, WAL_IMAGE_ZSTD},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        WalForge f = forge_begin(rows[i].version);
        const WalBlockRef *ref;

        add_image(&f, rows[i].info, 1000, 24, 7192, rows[i].method != WAL_IMAGE_PLAIN);
        ref = wal_record_ref(decode(&f), 0);
        CU_ASSERT_EQUAL(ref->apply_image, rows[i].apply);
        CU_ASSERT_EQUAL(ref->image_method, rows[i].method);
        CU_ASSERT_EQUAL(ref->image_info, rows[i].info);
        CU_ASSERT_EQUAL(ref->hole_len, 7192);
    }
}

static void a_compressed_image_may_have_no_hole(void)
{
    WalForge f = forge_begin(15);
    const WalBlockRef *ref;

    add_image(&f, 0x06, 1000, 0, 0, false);
    ref = wal_record_ref(decode(&f), 0);
    CU_ASSERT_EQUAL(ref->image_len, 1000);
    CU_ASSERT_EQUAL(ref->hole_len, 0);
}

static void a_plain_image_without_hole_is_a_page(void)
{
    WalForge f = forge_begin(15);

    add_image(&f, 0x02, BLOCK_SIZE, 0, 0, false);
    CU_ASSERT_EQUAL(wal_record_ref(decode(&f), 0)->image_len, BLOCK_SIZE);
}

static void refuse_image(uint8_t info, uint16_t len, uint16_t hole_offset, uint16_t hole_len,
                         bool write_hole_len, const char *message)
{
    WalForge f = forge_begin(15);

    add_image(&f, info, len, hole_offset, hole_len, write_hole_len);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, message, decode(&f));
}

static void images_that_are_no_page_are_refused(void)
{
    refuse_image(0x01, 8000, 0, 0, false,
                 "BKPIMAGE_HAS_HOLE set, but hole offset 0 length 192 block image length 8000 at "
                 "1/28");
    refuse_image(0x01, BLOCK_SIZE, 24, 0, false,
                 "BKPIMAGE_HAS_HOLE set, but hole offset 24 length 0 block image length 8192 at "
                 "1/28");
    refuse_image(0x05, 1000, 24, 0, true,
                 "BKPIMAGE_HAS_HOLE set, but hole offset 24 length 0 block image length 1000 at "
                 "1/28");
    refuse_image(0x01, 8000, 8001, 0, false,
                 "BKPIMAGE_HAS_HOLE set, but hole offset 8001 length 192 block image length 8000 "
                 "at 1/28");
    refuse_image(0x05, 1000, 8000, 193, true,
                 "BKPIMAGE_HAS_HOLE set, but hole offset 8000 length 193 block image length 1000 "
                 "at 1/28");
    refuse_image(0x00, 8000, 0, 0, false,
                 "BKPIMAGE_HAS_HOLE not set, but hole offset 0 length 192 at 1/28");
    refuse_image(0x04, 1000, 24, 0, false,
                 "BKPIMAGE_HAS_HOLE not set, but hole offset 24 length 0 at 1/28");
    refuse_image(0x04, BLOCK_SIZE, 0, 0, false,
                 "BKPIMAGE_COMPRESSED set, but block image length 8192 at 1/28");
}

static void references_out_of_order_are_refused(void)
{
    WalForge f = forge_begin(15);

    wal_forge_ref(&f, 1, 0, heap_block, NULL, 0);
    wal_forge_ref(&f, 1, 0, heap_block, NULL, 0);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "out-of-order block_id 1 at 1/28",
                               decode(&f));
}

static void ids_between_references_and_data_are_refused(void)
{
    WalForge f = forge_begin(15);

    wal_forge_ref(&f, 32, 0, heap_block, NULL, 0);
    CU_ASSERT_EQUAL(decode(&f)->ref_id_max, 32);

    f = forge_begin(15);
    wal_forge_ref(&f, 33, 0, heap_block, NULL, 0);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "invalid block_id 33 at 1/28", decode(&f));
}

static void the_data_flag_must_agree_with_the_length(void)
{
    WalForge f = forge_begin(15);

    wal_forge_ref(&f, 0, WAL_FORGE_DATA, heap_block, NULL, 0);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "BKPBLOCK_HAS_DATA set, but no data included at 1/28", decode(&f));

    f = forge_begin(15);
    wal_forge_ref(&f, 0, 0, heap_block, "x", 1);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "BKPBLOCK_HAS_DATA not set, but data length is 1 at 1/28",
                               decode(&f));
}

static void the_same_relation_needs_one_before(void)
{
    WalForge f = forge_begin(15);

    wal_forge_ref(&f, 0, WAL_FORGE_SAME_REL, heap_block, NULL, 0);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "BKPBLOCK_SAME_REL set but no previous rel at 1/28", decode(&f));
}

static void bytes_left_over_are_refused(void)
{
    WalForge f = forge_begin(15);

    /* More than was announced, but read as a header they make sense up to main data. */
    wal_forge_header(&f, "\xFF\x01", 2);
    wal_forge_part(&f, "xy", 2);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "record with invalid length at 1/28",
                               decode(&f));
}

/* Every header cut at every byte: what is left is not enough, and nothing beyond it is read. */
static void headers_that_are_cut_are_refused(void)
{
    static const uint8_t origin[] = {253, 1, 0, 252, 1, 0, 0, 0};
    WalForge f = forge_begin(15);
    StrBuf bytes;

    strbuf_init(&bytes);
    wal_forge_header(&f, origin, sizeof(origin));
    add_image(&f, 0x07, 1, 24, 100, true);
    strbuf_clear(&f.parts);
    wal_forge_main(&f, page, 256);
    wal_forge_end_alone(&f, &bytes);
    for (uint32_t len = 25; len < 24 + 8 + 28 + 5; len++) {
        uint8_t *cut = mem_dup(bytes.text, len);
        WalRecord *record = mem_new(WalRecord);

        /* A cut between two headers, or one that leaves the image alone, leaves a good record. */
        if (len == 24 + 3 || len == 24 + 8 || len == 24 + 8 + 28)
            continue;
        store_u32(cut, len);

        UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED,
                           wal_record_decode(record, cut, 15, START, START + 64));
    }
}

static void a_length_below_the_header_is_refused(void)
{
    uint8_t bytes[24] = {23};
    WalRecord *record = mem_new(WalRecord);

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "record with invalid length at 1/28",
                               wal_record_decode(record, bytes, 15, START, START + 24));
}

UNIT_SUITE(record)
{
    UNIT_TEST(header_fields_are_read);
    UNIT_TEST(a_record_may_be_a_header_alone);
    UNIT_TEST(long_main_data_has_a_long_header);
    UNIT_TEST(parts_follow_in_the_order_of_their_headers);
    UNIT_TEST(the_image_stands_before_the_data);
    UNIT_TEST(a_reference_without_data_has_none);
    UNIT_TEST(origin_and_top_xid_are_read);
    UNIT_TEST(version_13_knows_no_top_xid);
    UNIT_TEST(image_bits_mean_other_things_before_15);
    UNIT_TEST(a_compressed_image_may_have_no_hole);
    UNIT_TEST(a_plain_image_without_hole_is_a_page);
    UNIT_TEST(images_that_are_no_page_are_refused);
    UNIT_TEST(references_out_of_order_are_refused);
    UNIT_TEST(ids_between_references_and_data_are_refused);
    UNIT_TEST(the_data_flag_must_agree_with_the_length);
    UNIT_TEST(the_same_relation_needs_one_before);
    UNIT_TEST(bytes_left_over_are_refused);
    UNIT_TEST(headers_that_are_cut_are_refused);
    UNIT_TEST(a_length_below_the_header_is_refused);
}
