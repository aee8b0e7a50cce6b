/*
 * image.c - the image of a page as a record has it: without its hole, compressed where that pays
 *
 * Source: FORMATS, "Record": what is left out, and the bits.
 */
#include "common/base/base.h"

#include "common/compress/block.h"
#include "common/format/page.h"
#include "server/config/setting.h"
#include "server/wal/wal_int.h"

#define HOLE_LEN_SIZE 2 /* bytes that a compressed image with a hole has more in its header */

enum { IMAGE_HOLE = 1, IMAGE_PGLZ = 4, IMAGE_LZ4 = 8, IMAGE_ZSTD = 16 };

static void leave_hole(WalImage *out, const uint8_t *page);
static bool try_compress(WalImage *out, const uint8_t *page, uint8_t *room);

void wal_image_make(WalImage *out, const uint8_t *page, bool is_standard, uint8_t *room)
{
    size_t hole_end;

    *out = (WalImage){.len = BLOCK_SIZE};
    if (is_standard)
        leave_hole(out, page);
    if (room != NULL && try_compress(out, page, room))
        return;
    if (out->hole_len == 0) {
        out->pieces[0] = (WalPiece){.bytes = page, .len = BLOCK_SIZE};
        return;
    }
    hole_end = (size_t)out->hole_offset + out->hole_len;
    out->pieces[0] = (WalPiece){.bytes = page, .len = out->hole_offset};
    out->pieces[1] = (WalPiece){.bytes = page + hole_end, .len = BLOCK_SIZE - hole_end};
}

static void leave_hole(WalImage *out, const uint8_t *page)
{
    uint16_t lower = page_lower(page);
    uint16_t upper = page_upper(page);

    if (lower < PAGE_HEADER_SIZE || upper <= lower || upper > BLOCK_SIZE)
        return;
    out->hole_offset = lower;
    out->hole_len = upper - lower;
    out->len = BLOCK_SIZE - out->hole_len;
    out->info = IMAGE_HOLE;
}

static bool try_compress(WalImage *out, const uint8_t *page, uint8_t *room)
{
    static const struct {
        BlockMethod method;
        uint8_t bit;
    } ways[] = {
        [WAL_COMPRESSION_PGLZ] = {BLOCK_PGLZ, IMAGE_PGLZ},
        [WAL_COMPRESSION_LZ4] = {BLOCK_LZ4, IMAGE_LZ4},
        [WAL_COMPRESSION_ZSTD] = {BLOCK_ZSTD, IMAGE_ZSTD},
    };
    const size_t more = out->hole_len > 0 ? HOLE_LEN_SIZE : 0;
    const uint8_t *bytes = page;
    uint8_t joined[BLOCK_SIZE];
    size_t used;

    if (out->len <= more + 1)
        return false;
    if (out->hole_len > 0) {
        size_t hole_end = (size_t)out->hole_offset + out->hole_len;

        memcpy(joined, page, out->hole_offset);
        memcpy(joined + out->hole_offset, page + hole_end, BLOCK_SIZE - hole_end);
        bytes = joined;
    }
    used = block_compress(ways[setting.wal_compression].method, bytes, out->len, room,
                          out->len - more - 1);
    if (used == 0)
        return false;
    out->len = (uint16_t)used;
    out->info |= ways[setting.wal_compression].bit;
    out->pieces[0] = (WalPiece){.bytes = room, .len = used};
    return true;
}
