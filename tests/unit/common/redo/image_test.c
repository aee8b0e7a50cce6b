/* image_test.c - page images with and without a hole, in each compression. */
#include "common/base/base.h"

#include <string.h>

#include "common/compress/block.h"
#include "common/format/page.h"
#include "common/redo/redo.h"
#include "tests/unit/common/redo/redo_forge.h"
#include "tests/unit/unit.h"

#define HOLE_AT  100
#define HOLE_END 8000
#define HOLE     (HOLE_END - HOLE_AT)

/* A page that is zero between HOLE_AT and HOLE_END, and the same without that part. */
static uint8_t *some_page(uint8_t *without_hole)
{
    uint8_t *page = forge_page(0);

    for (size_t i = 0; i < BLOCK_SIZE; i++)
        page[i] = i < HOLE_AT || i >= HOLE_END ? (uint8_t)(i / 16 + 1) : 0;
    memcpy(without_hole, page, HOLE_AT);
    memcpy(without_hole + HOLE_AT, page + HOLE_END, BLOCK_SIZE - HOLE_END);
    return page;
}

static WalBlockRef *image_ref(Forge *f, const uint8_t *bytes, size_t len, WalImageMethod method)
{
    WalBlockRef *ref = forge_ref(f, 0, 0);

    ref->has_image = true;
    ref->image = bytes;
    ref->image_len = (uint16_t)len;
    ref->image_method = method;
    return ref;
}

static void the_hole_is_filled_with_zeros(void)
{
    Forge *f = forge_new(RMGR_XLOG, WAL_XLOG_FPI);
    uint8_t packed[BLOCK_SIZE], *page = some_page(packed), *out = forge_page(0);
    WalBlockRef *ref = image_ref(f, packed, BLOCK_SIZE - HOLE, WAL_IMAGE_PLAIN);

    ref->hole_offset = HOLE_AT;
    ref->hole_len = HOLE;
    memset(out, 0xEE, BLOCK_SIZE);
    redo_restore_image(ref, out);
    CU_ASSERT_EQUAL(memcmp(out, page, BLOCK_SIZE), 0);
}

static void each_method_is_undone(void)
{
    static const struct {
        WalImageMethod method;
        BlockMethod block;
    } methods[] = {
        {WAL_IMAGE_PGLZ, BLOCK_PGLZ}, {WAL_IMAGE_LZ4, BLOCK_LZ4}, {WAL_IMAGE_ZSTD, BLOCK_ZSTD}};
    Forge *f = forge_new(RMGR_XLOG, WAL_XLOG_FPI);
    uint8_t packed[BLOCK_SIZE], small[BLOCK_SIZE], *page = some_page(packed), *out = forge_page(0);

    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        size_t len =
            block_compress(methods[i].block, packed, BLOCK_SIZE - HOLE, small, sizeof(small));
        WalBlockRef *ref = image_ref(f, small, len, methods[i].method);

        CU_ASSERT_NOT_EQUAL(len, 0);
        ref->hole_offset = HOLE_AT;
        ref->hole_len = HOLE;
        memset(out, 0xEE, BLOCK_SIZE);
        redo_restore_image(ref, out);
        CU_ASSERT_EQUAL(memcmp(out, page, BLOCK_SIZE), 0);

        len = block_compress(methods[i].block, page, BLOCK_SIZE, small, sizeof(small));
        ref = image_ref(f, small, len, methods[i].method);
        memset(out, 0xEE, BLOCK_SIZE);
        redo_restore_image(ref, out);
        CU_ASSERT_EQUAL(memcmp(out, page, BLOCK_SIZE), 0);

        ref->image_len--;
        UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, redo_restore_image(ref, out));
    }
}

static void an_image_of_another_length_than_a_page_is_refused(void)
{
    Forge *f = forge_new(RMGR_XLOG, WAL_XLOG_FPI);
    uint8_t packed[BLOCK_SIZE], *out = forge_page(0);
    WalBlockRef *ref;

    some_page(packed);
    ref = image_ref(f, packed, BLOCK_SIZE - 1, WAL_IMAGE_PLAIN);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "an image of 8191 bytes is not a page",
                               redo_restore_image(ref, out));
    ref->hole_offset = HOLE_AT;
    ref->hole_len = HOLE;
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "an image of 8191 bytes with a hole of 7900 is not a page",
                               redo_restore_image(ref, out));
}

static void a_hole_beyond_the_page_is_refused(void)
{
    Forge *f = forge_new(RMGR_XLOG, WAL_XLOG_FPI);
    uint8_t packed[BLOCK_SIZE], *out = forge_page(0);
    WalBlockRef *ref;

    some_page(packed);
    ref = image_ref(f, packed, 92, WAL_IMAGE_PLAIN);
    ref->hole_offset = 100;
    ref->hole_len = 8100;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, redo_restore_image(ref, out));
    ref->has_image = false;
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "the record has no image of a page",
                               redo_restore_image(ref, out));
}

UNIT_SUITE(image)
{
    UNIT_TEST(the_hole_is_filled_with_zeros);
    UNIT_TEST(each_method_is_undone);
    UNIT_TEST(an_image_of_another_length_than_a_page_is_refused);
    UNIT_TEST(a_hole_beyond_the_page_is_refused);
}
