/*
 * record.c - take a WAL record apart; record.h has the form.
 *
 * The walk over the part headers goes through one cursor whose every step is checked. What each
 * part announces is summed up, and in the end the sum must be just what is left of the record: then
 * the pointers into it can be handed out without another look.
 */
#include "common/base/base.h"

#include "common/walrec/record.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/text/num.h"
#include "common/walrec/walrec_int.h"

/* Ids of part headers beyond those of block references. */
#define ID_TOP_XID      252 /* 14 and up */
#define ID_ORIGIN       253
#define ID_MAIN_LONG    254
#define ID_MAIN_SHORT   255

#define BLOCK_FORK_MASK 0x0F
#define BLOCK_HAS_IMAGE 0x10
#define BLOCK_HAS_DATA  0x20
#define BLOCK_WILL_INIT 0x40
#define BLOCK_SAME_REL  0x80

#define IMAGE_HAS_HOLE  0x01

typedef struct Cursor {
    const uint8_t *pos; /* next byte of the part headers */
    const uint8_t *end; /* of the record */
    uint64_t announced; /* bytes of images and data that the headers so far speak of */
    WalRecord *record;
    WalReason *reason;
} Cursor;

static bool read_headers(Cursor *c);
static bool read_block_header(Cursor *c, uint8_t id);
static bool read_image_header(Cursor *c, WalBlockRef *ref);
static bool check_image_header(Cursor *c, const WalBlockRef *ref, bool has_hole);
static void read_image_info(WalBlockRef *ref, unsigned version);
static void place_parts(Cursor *c);
static bool refuse_data_len(Cursor *c, const WalBlockRef *ref);
static bool refuse_length(Cursor *c);

void wal_reason_set(WalReason *reason, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(reason->text, sizeof(reason->text), format, args);
    va_end(args);
}

void wal_record_decode(WalRecord *record, const uint8_t *bytes, unsigned version, Lsn start,
                       Lsn end)
{
    WalReason reason;

    if (!wal_record_try_decode(record, bytes, version, start, end, &reason))
        err_raise(SQLSTATE_DATA_CORRUPTED, .message = reason.text);
}

bool wal_record_try_decode(WalRecord *record, const uint8_t *bytes, unsigned version, Lsn start,
                           Lsn end, WalReason *reason)
{
    uint32_t total_len = load_u32(bytes);
    Cursor c = {.pos = bytes + WAL_RECORD_HEADER_SIZE,
                .end = bytes + total_len,
                .record = record,
                .reason = reason};

    record->start = start;
    record->end = end;
    record->version = version;
    record->total_len = total_len;
    record->xid = load_u32(bytes + 4);
    record->prev = load_u64(bytes + 8);
    record->info = bytes[16];
    record->rmgr = bytes[17];
    record->crc = load_u32(bytes + 20);
    record->origin = 0;
    record->top_xid = XID_NONE;
    record->has_top_xid = false;
    record->images_len = 0;
    record->ref_id_max = -1;
    record->main = NULL;
    record->main_len = 0;

    if (total_len < WAL_RECORD_HEADER_SIZE)
        return refuse_length(&c);
    if (!read_headers(&c))
        return false;
    if ((uint64_t)(c.end - c.pos) != c.announced)
        return refuse_length(&c);
    place_parts(&c);
    return true;
}

/* The headers end where what they announced is all that is left; main data is always the last. */
static bool read_headers(Cursor *c)
{
    WalRecord *record = c->record;

    while ((uint64_t)(c->end - c->pos) > c->announced) {
        size_t left = (size_t)(c->end - c->pos) - 1;
        uint8_t id = *c->pos++;

        if (LIKELY(id < WAL_BLOCK_REF_MAX)) {
            if (!read_block_header(c, id))
                return false;
        } else if (id == ID_MAIN_SHORT) {
            if (left < 1)
                return refuse_length(c);
            record->main_len = *c->pos++;
            c->announced += record->main_len;
            return true;
        } else if (id == ID_MAIN_LONG) {
            if (left < 4)
                return refuse_length(c);
            record->main_len = load_u32(c->pos);
            c->announced += record->main_len;
            c->pos += 4;
            return true;
        } else if (id == ID_ORIGIN) {
            if (left < 2)
                return refuse_length(c);
            record->origin = load_u16(c->pos);
            c->pos += 2;
        } else if (id == ID_TOP_XID && record->version >= 14) {
            if (left < 4)
                return refuse_length(c);
            record->top_xid = load_u32(c->pos);
            record->has_top_xid = true;
            c->pos += 4;
        } else {
            wal_reason_set(c->reason, "invalid block_id %u at " LSN_FMT, id,
                           LSN_ARG(record->start));
            return false;
        }
    }
    return true;
}

static bool read_block_header(Cursor *c, uint8_t id)
{
    WalRecord *record = c->record;
    WalBlockRef *ref = &record->refs[id];
    int before = record->ref_id_max; /* -1 at the first */
    uint8_t flags;

    if (id <= before) {
        wal_reason_set(c->reason, "out-of-order block_id %u at " LSN_FMT, id,
                       LSN_ARG(record->start));
        return false;
    }
    for (int gap = before + 1; gap < id; gap++)
        record->refs[gap].is_used = false;
    record->ref_id_max = id;

    if (c->end - c->pos < 3)
        return refuse_length(c);
    flags = c->pos[0];
    *ref = (WalBlockRef){
        .is_used = true,
        .will_init = (flags & BLOCK_WILL_INIT) != 0,
        .has_image = (flags & BLOCK_HAS_IMAGE) != 0,
        .has_data = (flags & BLOCK_HAS_DATA) != 0,
        .data_len = load_u16(c->pos + 1),
        .tag.fork = flags & BLOCK_FORK_MASK,
    };
    c->pos += 3;
    c->announced += ref->data_len;
    if (UNLIKELY(ref->has_data != (ref->data_len != 0)))
        return refuse_data_len(c, ref);
    if (ref->has_image && !read_image_header(c, ref))
        return false;

    if ((flags & BLOCK_SAME_REL) == 0) {
        if ((size_t)(c->end - c->pos) < sizeof(RelTag))
            return refuse_length(c);
        memcpy(&ref->tag.rel, c->pos, sizeof(RelTag));
        c->pos += sizeof(RelTag);
    } else if (before >= 0) {
        ref->tag.rel = record->refs[before].tag.rel;
    } else {
        wal_reason_set(c->reason, "BKPBLOCK_SAME_REL set but no previous rel at " LSN_FMT,
                       LSN_ARG(record->start));
        return false;
    }

    if (c->end - c->pos < 4)
        return refuse_length(c);
    ref->tag.block = load_u32(c->pos);
    c->pos += 4;
    return true;
}

static bool read_image_header(Cursor *c, WalBlockRef *ref)
{
    bool has_hole;

    if (c->end - c->pos < 5)
        return refuse_length(c);
    ref->image_len = load_u16(c->pos);
    ref->hole_offset = load_u16(c->pos + 2);
    ref->image_info = c->pos[4];
    c->pos += 5;
    has_hole = (ref->image_info & IMAGE_HAS_HOLE) != 0;
    read_image_info(ref, c->record->version);

    if (ref->image_method == WAL_IMAGE_PLAIN) {
        ref->hole_len = (uint16_t)(BLOCK_SIZE - ref->image_len);
    } else if (has_hole) {
        if (c->end - c->pos < 2)
            return refuse_length(c);
        ref->hole_len = load_u16(c->pos);
        c->pos += 2;
    }
    c->announced += ref->image_len;
    c->record->images_len += ref->image_len;
    return check_image_header(c, ref, has_hole);
}

/* The flag bits were renumbered in 15, when there came more than one method. */
static void read_image_info(WalBlockRef *ref, unsigned version)
{
    uint8_t info = ref->image_info;

    if (version < 15) {
        ref->apply_image = (info & 0x04) != 0;
        ref->image_method = (info & 0x02) != 0 ? WAL_IMAGE_PGLZ : WAL_IMAGE_PLAIN;
        return;
    }
    ref->apply_image = (info & 0x02) != 0;
    if (LIKELY((info & 0x1C) == 0))
        ref->image_method = WAL_IMAGE_PLAIN;
    else if ((info & 0x04) != 0)
        ref->image_method = WAL_IMAGE_PGLZ;
    else
        ref->image_method = (info & 0x08) != 0 ? WAL_IMAGE_LZ4 : WAL_IMAGE_ZSTD;
}

/*
 * PostgreSQL's checks in its order and words, and one more: that image and hole lie in the page,
 * so that nobody who restores the image has to ask again.
 */
static bool check_image_header(Cursor *c, const WalBlockRef *ref, bool has_hole)
{
    Lsn start = c->record->start;
    bool is_plain = ref->image_method == WAL_IMAGE_PLAIN;

    if (has_hole && (ref->hole_offset == 0 || ref->hole_len == 0 || ref->image_len >= BLOCK_SIZE ||
                     (uint32_t)ref->hole_offset + ref->hole_len > BLOCK_SIZE)) {
        wal_reason_set(c->reason,
                       "BKPIMAGE_HAS_HOLE set, but hole offset %u length %u block image length %u "
                       "at " LSN_FMT,
                       ref->hole_offset, ref->hole_len, ref->image_len, LSN_ARG(start));
        return false;
    }
    if (!has_hole && (ref->hole_offset != 0 || ref->hole_len != 0)) {
        wal_reason_set(c->reason,
                       "BKPIMAGE_HAS_HOLE not set, but hole offset %u length %u at " LSN_FMT,
                       ref->hole_offset, ref->hole_len, LSN_ARG(start));
        return false;
    }
    if (!is_plain && ref->image_len >= BLOCK_SIZE) {
        wal_reason_set(c->reason, "BKPIMAGE_COMPRESSED set, but block image length %u at " LSN_FMT,
                       ref->image_len, LSN_ARG(start));
        return false;
    }
    return true;
}

/* All lengths add up: hand out the pointers. Each block's image comes first, then its data. */
static void place_parts(Cursor *c)
{
    WalRecord *record = c->record;
    const uint8_t *part = c->pos;

    for (int id = 0; id <= record->ref_id_max; id++) {
        WalBlockRef *ref = &record->refs[id];

        if (!ref->is_used)
            continue;
        if (ref->has_image)
            ref->image = part;
        part += ref->image_len;
        if (ref->has_data)
            ref->data = part;
        part += ref->data_len;
    }
    if (record->main_len > 0)
        record->main = part;
}

static bool refuse_data_len(Cursor *c, const WalBlockRef *ref)
{
    if (ref->has_data)
        wal_reason_set(c->reason, "BKPBLOCK_HAS_DATA set, but no data included at " LSN_FMT,
                       LSN_ARG(c->record->start));
    else
        wal_reason_set(c->reason, "BKPBLOCK_HAS_DATA not set, but data length is %u at " LSN_FMT,
                       ref->data_len, LSN_ARG(c->record->start));
    return false;
}

static bool refuse_length(Cursor *c)
{
    wal_reason_set(c->reason, "record with invalid length at " LSN_FMT, LSN_ARG(c->record->start));
    return false;
}
