/* wal_forge.c - WAL made by hand; wal_forge.h has the interface. */
#include "common/base/base.h"

#include "tests/lib/wal_forge.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/walrec/rmgr.h"

#define PAGE_CONTINUES 0x0001
#define PAGE_LONG      0x0002
#define RECORD_HEADER  24

static void append(WalForge *f, const void *bytes, size_t len);
static void append_page_header(WalForge *f, size_t rest);
static void append_padding(WalForge *f);
static const uint8_t *source_read(void *arg, TimelineId timeline, uint64_t seg_no, uint32_t offset,
                                  size_t *len);
static void crc_set(void *record, size_t len);

void wal_forge_init(WalForge *f, unsigned version, uint32_t segment_size, Lsn base)
{
    *f = (WalForge){.base = base,
                    .segment_size = segment_size,
                    .version = version,
                    .timeline = 1,
                    .system_id = WAL_FORGE_SYSTEM_ID};
    strbuf_init(&f->log);
    strbuf_init(&f->headers);
    strbuf_init(&f->parts);
    strbuf_init(&f->main);
}

Lsn wal_forge_lsn(const WalForge *f)
{
    Lsn lsn = f->base + f->log.len;

    if (lsn % f->segment_size == 0)
        return lsn + 40;
    return lsn % BLOCK_SIZE == 0 ? lsn + 24 : lsn;
}

void wal_forge_begin(WalForge *f, uint8_t rmgr, uint8_t info, Xid xid)
{
    strbuf_clear(&f->headers);
    strbuf_clear(&f->parts);
    strbuf_clear(&f->main);
    f->rmgr = rmgr;
    f->info = info;
    f->xid = xid;
}

void wal_forge_ref(WalForge *f, uint8_t id, uint8_t flags, BlockTag tag, const void *bytes,
                   size_t len)
{
    wal_forge_ref_image(f, id, flags, tag, (WalForgeImage){.len = 0}, bytes, len);
}

void wal_forge_ref_image(WalForge *f, uint8_t id, uint8_t flags, BlockTag tag, WalForgeImage image,
                         const void *bytes, size_t len)
{
    uint8_t fork_flags = (uint8_t)(flags | tag.fork);
    uint16_t data_len = (uint16_t)len;

    strbuf_add_char(&f->headers, (char)id);
    strbuf_add_char(&f->headers, (char)fork_flags);
    strbuf_add_bytes(&f->headers, &data_len, 2);
    if ((flags & WAL_FORGE_IMAGE) != 0) {
        strbuf_add_bytes(&f->headers, &image.len, 2);
        strbuf_add_bytes(&f->headers, &image.hole_offset, 2);
        strbuf_add_char(&f->headers, (char)image.info);
        if (image.write_hole_len)
            strbuf_add_bytes(&f->headers, &image.hole_len, 2);
        strbuf_add_bytes(&f->parts, image.bytes, image.len);
    }
    if ((flags & WAL_FORGE_SAME_REL) == 0)
        strbuf_add_bytes(&f->headers, &tag.rel, sizeof(tag.rel));
    strbuf_add_bytes(&f->headers, &tag.block, 4);
    strbuf_add_bytes(&f->parts, bytes, len);
}

void wal_forge_header(WalForge *f, const void *bytes, size_t len)
{
    strbuf_add_bytes(&f->headers, bytes, len);
}

void wal_forge_part(WalForge *f, const void *bytes, size_t len)
{
    strbuf_add_bytes(&f->parts, bytes, len);
}

void wal_forge_main(WalForge *f, const void *bytes, size_t len)
{
    strbuf_add_bytes(&f->main, bytes, len);
}

void wal_forge_end_alone(WalForge *f, StrBuf *record)
{
    uint32_t main_len = (uint32_t)f->main.len;
    uint8_t header[RECORD_HEADER] = {0};

    strbuf_clear(record);
    strbuf_add_bytes(record, header, sizeof(header));
    strbuf_add_bytes(record, f->headers.text, f->headers.len);
    if (main_len > UINT8_MAX) {
        strbuf_add_char(record, (char)254);
        strbuf_add_bytes(record, &main_len, 4);
    } else if (main_len > 0) {
        strbuf_add_char(record, (char)255);
        strbuf_add_char(record, (char)main_len);
    }
    strbuf_add_bytes(record, f->parts.text, f->parts.len);
    strbuf_add_bytes(record, f->main.text, f->main.len);

    store_u32(record->text, (uint32_t)record->len);
    store_u32(record->text + 4, f->xid);
    store_u64(record->text + 8, f->prev);
    record->text[16] = (char)f->info;
    record->text[17] = (char)f->rmgr;
    crc_set(record->text, record->len);
}

Lsn wal_forge_end(WalForge *f)
{
    Lsn start = wal_forge_lsn(f);
    StrBuf record;

    strbuf_init(&record);
    wal_forge_end_alone(f, &record);
    append(f, record.text, record.len);
    append_padding(f);
    f->prev = start;
    return start;
}

Lsn wal_forge_noop(WalForge *f, size_t main_len)
{
    wal_forge_begin(f, RMGR_XLOG, WAL_XLOG_NOOP, 0);
    strbuf_add_chars(&f->main, 'n', main_len);
    return wal_forge_end(f);
}

Lsn wal_forge_switch(WalForge *f)
{
    Lsn start;

    wal_forge_begin(f, RMGR_XLOG, WAL_XLOG_SWITCH, 0);
    start = wal_forge_end(f);
    wal_forge_fill_segment(f);
    return start;
}

void wal_forge_fill_page(WalForge *f)
{
    strbuf_add_chars(&f->log, 0, size_align_up(f->log.len, BLOCK_SIZE) - f->log.len);
}

void wal_forge_fill_segment(WalForge *f)
{
    strbuf_add_chars(&f->log, 0, size_align_up(f->log.len, f->segment_size) - f->log.len);
}

void wal_forge_cut(WalForge *f, Lsn lsn)
{
    strbuf_cut(&f->log, lsn - f->base);
}

uint8_t *wal_forge_at(WalForge *f, Lsn lsn)
{
    return (uint8_t *)f->log.text + (lsn - f->base);
}

void wal_forge_fix_crc(WalForge *f, Lsn lsn)
{
    crc_set(wal_forge_at(f, lsn), load_u32(wal_forge_at(f, lsn)));
}

WalSource wal_forge_source(WalForge *f)
{
    return (WalSource){.read = source_read, .arg = f};
}

uint32_t wal_forge_crc(uint32_t crc, const void *bytes, size_t len)
{
    const uint8_t *p = bytes;

    for (size_t i = 0; i < len; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ ((crc & 1) != 0 ? UINT32_C(0x82F63B78) : 0);
    }
    return crc;
}

/* Append bytes of one record, with page headers where pages begin. */
static void append(WalForge *f, const void *bytes, size_t len)
{
    const uint8_t *p = bytes;
    size_t rest = len;

    while (rest > 0) {
        size_t room;

        if (f->log.len % BLOCK_SIZE == 0)
            append_page_header(f, rest == len ? 0 : rest);
        room = size_min(BLOCK_SIZE - f->log.len % BLOCK_SIZE, rest);
        strbuf_add_bytes(&f->log, p, room);
        p += room;
        rest -= room;
    }
}

/* rest: bytes of a record that began on an earlier page. */
static void append_page_header(WalForge *f, size_t rest)
{
    static const uint16_t magics[] = {0xD106, 0xD10D, 0xD110, 0xD113, 0xD116, 0xD118};
    Lsn lsn = f->base + f->log.len;
    bool is_long = lsn % f->segment_size == 0;
    uint8_t header[40] = {0};

    store_u16(header, magics[f->version - 13]);
    store_u16(header + 2, (uint16_t)((rest > 0 ? PAGE_CONTINUES : 0) | (is_long ? PAGE_LONG : 0)));
    store_u32(header + 4, f->timeline);
    store_u64(header + 8, lsn);
    store_u32(header + 16, (uint32_t)rest);
    store_u64(header + 24, f->system_id);
    store_u32(header + 32, f->segment_size);
    store_u32(header + 36, BLOCK_SIZE);
    strbuf_add_bytes(&f->log, header, is_long ? 40 : 24);
}

static void append_padding(WalForge *f)
{
    strbuf_add_chars(&f->log, 0, size_align_up(f->log.len, 8) - f->log.len);
}

static const uint8_t *source_read(void *arg, TimelineId timeline, uint64_t seg_no, uint32_t offset,
                                  size_t *len)
{
    WalForge *f = arg;
    uint64_t first = f->base / f->segment_size;
    size_t start, end;

    (void)timeline;
    *len = 0;
    if (seg_no < first || (seg_no - first) * f->segment_size >= f->log.len)
        return NULL;
    start = (seg_no - first) * f->segment_size + offset;
    end = size_min((seg_no - first + 1) * f->segment_size, f->log.len);
    *len = start < end ? end - start : 0;
    return (uint8_t *)f->log.text + size_min(start, end);
}

static void crc_set(void *record, size_t len)
{
    uint8_t *header = record;
    uint32_t crc = wal_forge_crc(UINT32_MAX, header + RECORD_HEADER, len - RECORD_HEADER);

    store_u32(header + 20, ~wal_forge_crc(crc, header, 20));
}
