/* twophase_file.c - heads of two-phase state; twophase_file.h has the layout. */
#include "common/base/base.h"

#include "common/format/twophase_file.h"

#include "common/base/bytes.h"
#include "common/crypt/crc32c.h"
#include "common/err/err.h"
#include "common/text/hex.h"

#define TWOPHASE_MAGIC 0x57F94534
#define CRC_SIZE       4
#define PIECE_ALIGN    8
#define SUBXACT_SIZE   4
#define REL_SIZE       12
#define STATS_SIZE     12 /* kind, database, object */
#define STATS_SIZE_18  16 /* the object's number has 64 bits */
#define MESSAGE_SIZE   16

static void read_fixed_part(ByteReader *r, unsigned version, TwophaseHeader *out);
static const uint8_t *take_piece(ByteReader *r, size_t len);
_Noreturn static void raise_invalid(const char *what, const char *detail);

void twophase_file_read(const uint8_t *bytes, size_t len, bool has_crc, unsigned version,
                        const char *what, TwophaseHeader *out)
{
    ByteReader r = byte_reader(bytes, len, what);
    size_t total = len + (has_crc ? 0 : CRC_SIZE);
    size_t stats_size = version >= 18 ? STATS_SIZE_18 : STATS_SIZE;
    uint16_t gid_len;

    *out = (TwophaseHeader){.total_len = 0};
    if (byte_reader_u32(&r) != TWOPHASE_MAGIC)
        raise_invalid(what, err_fmt("It begins with %08X.", load_u32(bytes)));
    out->total_len = byte_reader_u32(&r);
    if (out->total_len != total)
        raise_invalid(what, err_fmt("It has %zu bytes, but says %u.", total, out->total_len));
    if (has_crc &&
        (len < CRC_SIZE || crc32c(bytes, len - CRC_SIZE) != load_u32(bytes + len - CRC_SIZE)))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("calculated CRC checksum does not match value stored in file "
                                     "\"%s\"",
                                     what));

    read_fixed_part(&r, version, out);
    out->drops_init_file = byte_reader_u8(&r) != 0;
    byte_reader_take(&r, 1);
    gid_len = byte_reader_u16(&r);
    out->origin_lsn = byte_reader_u64(&r);
    out->origin_time = (PgTime)byte_reader_u64(&r);
    if (gid_len == 0 || gid_len > TWOPHASE_GID_MAX)
        raise_invalid(what, err_fmt("Its transaction identifier has %u bytes.", gid_len));
    out->gid = (const char *)take_piece(&r, gid_len);
    if (strnlen(out->gid, gid_len) != (size_t)gid_len - 1)
        raise_invalid(what, "Its transaction identifier does not end where it should.");
    out->subxacts = take_piece(&r, (size_t)out->subxact_count * SUBXACT_SIZE);
    out->commit_rels = take_piece(&r, (size_t)out->commit_rel_count * REL_SIZE);
    out->abort_rels = take_piece(&r, (size_t)out->abort_rel_count * REL_SIZE);
    out->commit_stats = take_piece(&r, (size_t)out->commit_stats_count * stats_size);
    out->abort_stats = take_piece(&r, (size_t)out->abort_stats_count * stats_size);
    out->invalidations = take_piece(&r, (size_t)out->invalidation_count * MESSAGE_SIZE);
    out->records = r.pos;
    out->records_len = byte_reader_left(&r) - (has_crc ? CRC_SIZE : 0);
}

bool twophase_file_name_try_parse(const char *name, Xid *xid)
{
    size_t len = strlen(name);
    Xid number;

    /* 17 names the epoch too. */
    if (len == 16) {
        if (!hex_read_u32(name, &number))
            return false;
        name += 8;
    } else if (len != 8) {
        return false;
    }
    if (!hex_read_u32(name, &number) || number == XID_NONE)
        return false;
    *xid = number;
    return true;
}

static void read_fixed_part(ByteReader *r, unsigned version, TwophaseHeader *out)
{
    out->xid = byte_reader_u32(r);
    out->database = byte_reader_u32(r);
    out->prepared_at = (PgTime)byte_reader_u64(r);
    out->owner = byte_reader_u32(r);
    out->subxact_count = byte_reader_u32(r);
    out->commit_rel_count = byte_reader_u32(r);
    out->abort_rel_count = byte_reader_u32(r);
    if (version >= 15) {
        out->commit_stats_count = byte_reader_u32(r);
        out->abort_stats_count = byte_reader_u32(r);
    }
    out->invalidation_count = byte_reader_u32(r);
}

static const uint8_t *take_piece(ByteReader *r, size_t len)
{
    return byte_reader_take(r, size_align_up(len, PIECE_ALIGN));
}

static void raise_invalid(const char *what, const char *detail)
{
    err_raise(SQLSTATE_DATA_CORRUPTED,
              .message = err_fmt("invalid two-phase state in \"%s\"", what), .detail = detail);
}
