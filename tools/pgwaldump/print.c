/*
 * print.c - a record as a line of text.
 *
 * The text is pg_waldump's to the byte, so that scripts that read that read this. Whatever all
 * lines have is written by hand: with printf the program would spend most of its time there.
 */
#include "common/base/base.h"

#include "common/format/rel_path.h"
#include "common/walrec/describe.h"
#include "common/walrec/put.h"
#include "common/walrec/rmgr.h"
#include "tools/pgwaldump/pgwaldump_int.h"

#define RMGR_WIDTH 11

static void put_head(StrBuf *out, const WalRecord *record);
static char *put_right(char *p, uint32_t v, size_t width);
static void put_kind(StrBuf *out, const WalRecord *record);
static void put_block(StrBuf *out, int id, const WalBlockRef *ref);
static void put_block_details(StrBuf *out, int id, const WalBlockRef *ref);
static void put_image_details(StrBuf *out, const WalBlockRef *ref);

const char *rmgr_text(uint8_t rmgr, char room[16])
{
    const char *name = walrec_rmgr_name(rmgr);

    if (LIKELY(name != NULL))
        return name;
    snprintf(room, 16, "custom%03u", rmgr);
    return room;
}

void print_record(StrBuf *out, const WalRecord *record, bool with_block_details)
{
    put_head(out, record);
    put_kind(out, record);
    walrec_describe(out, record);
    if (with_block_details)
        put_char(out, '\n');
    for (int id = 0; id <= record->ref_id_max; id++) {
        if (!record->refs[id].is_used)
            continue;
        if (with_block_details)
            put_block_details(out, id, &record->refs[id]);
        else
            put_block(out, id, &record->refs[id]);
    }
    if (!with_block_details)
        put_char(out, '\n');
}

/* rmgr: %-11s len (rec/tot): %6u/%6u, tx: %10u, lsn: %X/%08X, prev %X/%08X, */
static void put_head(StrBuf *out, const WalRecord *record)
{
    char room[16];
    const char *rmgr = rmgr_text(record->rmgr, room);
    size_t rmgr_len = strlen(rmgr);
    char *p = put_begin(out, 160);

    memcpy(p, "rmgr: ", 6);
    p += 6;
    memcpy(p, rmgr, rmgr_len);
    p += rmgr_len;
    for (; rmgr_len < RMGR_WIDTH; rmgr_len++)
        *p++ = ' ';
    memcpy(p, " len (rec/tot): ", 16);
    p = put_right(p + 16, record->total_len - record->images_len, 6);
    *p++ = '/';
    p = put_right(p, record->total_len, 6);
    memcpy(p, ", tx: ", 6);
    p = put_right(p + 6, record->xid, 10);
    memcpy(p, ", lsn: ", 7);
    p = put_hex_digits(p + 7, (uint32_t)(record->start >> 32), 1);
    *p++ = '/';
    p = put_hex_digits(p, (uint32_t)record->start, 8);
    memcpy(p, ", prev ", 7);
    p = put_hex_digits(p + 7, (uint32_t)(record->prev >> 32), 1);
    *p++ = '/';
    p = put_hex_digits(p, (uint32_t)record->prev, 8);
    memcpy(p, ", ", 2);
    put_end(out, p + 2);
}

/* The digits of v, with blanks before them up to width. */
static char *put_right(char *p, uint32_t v, size_t width)
{
    char digits[10];
    size_t len = (size_t)(put_digits(digits, v) - digits);

    for (size_t i = len; i < width; i++)
        *p++ = ' ';
    memcpy(p, digits, len);
    return p + len;
}

static void put_kind(StrBuf *out, const WalRecord *record)
{
    const char *kind = walrec_kind_name(record->version, record->rmgr, record->info);

    put_text(out, "desc: ");
    if (LIKELY(kind != NULL))
        put_bytes(out, kind, strlen(kind));
    else
        strbuf_add_fmt(out, "UNKNOWN (%x)", record->info & 0xF0);
    put_char(out, ' ');
}

static void put_block(StrBuf *out, int id, const WalBlockRef *ref)
{
    put_text(out, ", blkref #");
    put_u32(out, (uint32_t)id);
    put_text(out, ": rel ");
    put_rel(out, &ref->tag.rel);
    if (ref->tag.fork != FORK_MAIN) {
        put_text(out, " fork ");
        strbuf_add(out, fork_text(ref->tag.fork));
    }
    put_text(out, " blk ");
    put_u32(out, ref->tag.block);
    if (ref->has_image) {
        put_text(out, " FPW");
        if (!ref->apply_image)
            put_text(out, " for WAL verification");
    }
}

static void put_block_details(StrBuf *out, int id, const WalBlockRef *ref)
{
    put_text(out, "\tblkref #");
    put_u32(out, (uint32_t)id);
    put_text(out, ": rel ");
    put_rel(out, &ref->tag.rel);
    put_text(out, " fork ");
    strbuf_add(out, fork_text(ref->tag.fork));
    put_text(out, " blk ");
    put_u32(out, ref->tag.block);
    if (ref->has_image)
        put_image_details(out, ref);
    put_char(out, '\n');
}

static void put_image_details(StrBuf *out, const WalBlockRef *ref)
{
    put_text(out, " (FPW");
    if (!ref->apply_image)
        put_text(out, " for WAL verification");
    put_text(out, "); hole: offset: ");
    put_u32(out, ref->hole_offset);
    put_text(out, ", length: ");
    put_u32(out, ref->hole_len);
    if (ref->image_method != WAL_IMAGE_PLAIN)
        strbuf_add_fmt(out, ", compression saved: %d, method: %s",
                       BLOCK_SIZE - ref->hole_len - ref->image_len,
                       image_method_name(ref->image_method));
}

const char *fork_text(uint32_t fork)
{
    return fork < FORK_COUNT ? fork_name((ForkNo)fork) : "unknown";
}

const char *image_method_name(WalImageMethod method)
{
    static const char *const names[] = {"none", "pglz", "lz4", "zstd"};

    return names[method];
}
