/*
 * image.c - full-page images: take out of the record, decompress, put the hole back.
 *
 * Where image and hole lie was checked when the record was decoded; that the bytes make just a page
 * is checked here.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/compress/block.h"
#include "common/redo/redo.h"
#include "common/redo/redo_int.h"

static void read_image(const WalBlockRef *ref, uint8_t *out, size_t len);

void redo_restore_image(const WalBlockRef *ref, uint8_t *page)
{
    size_t hole_end = (size_t)ref->hole_offset + ref->hole_len;
    uint8_t packed[BLOCK_SIZE];

    if (!ref->has_image || hole_end > BLOCK_SIZE)
        redo_misfit("the record has no image of a page");
    if (ref->hole_len == 0) {
        read_image(ref, page, BLOCK_SIZE);
        return;
    }
    if (ref->image_method == WAL_IMAGE_PLAIN) {
        if (ref->image_len != BLOCK_SIZE - ref->hole_len)
            redo_misfit("an image of %u bytes with a hole of %u is not a page", ref->image_len,
                        ref->hole_len);
        memcpy(page, ref->image, ref->hole_offset);
        memcpy(page + hole_end, ref->image + ref->hole_offset, BLOCK_SIZE - hole_end);
    } else {
        read_image(ref, packed, BLOCK_SIZE - (size_t)ref->hole_len);
        memcpy(page, packed, ref->hole_offset);
        memcpy(page + hole_end, packed + ref->hole_offset, BLOCK_SIZE - hole_end);
    }
    memset(page + ref->hole_offset, 0, ref->hole_len);
}

/* The image's bytes, which must be len. */
static void read_image(const WalBlockRef *ref, uint8_t *out, size_t len)
{
    switch (ref->image_method) {
    case WAL_IMAGE_PLAIN:
        if (ref->image_len != len)
            redo_misfit("an image of %u bytes is not a page", ref->image_len);
        memcpy(out, ref->image, len);
        break;
    case WAL_IMAGE_PGLZ:
        block_decompress(BLOCK_PGLZ, ref->image, ref->image_len, out, len);
        break;
    case WAL_IMAGE_LZ4:
        block_decompress(BLOCK_LZ4, ref->image, ref->image_len, out, len);
        break;
    case WAL_IMAGE_ZSTD:
        block_decompress(BLOCK_ZSTD, ref->image, ref->image_len, out, len);
        break;
    }
}
