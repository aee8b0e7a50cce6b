/* heap.c - changes of single rows, in the words of 15; heap_16.c has those of later versions. */
#include "common/base/base.h"

#include "common/walrec/put.h"
#include "common/walrec/rmgr.h"
#include "common/walrec/walrec_int.h"

#define TRUNCATE_CASCADES 0x01
#define TRUNCATE_RESTARTS 0x02

static void describe_off_flags(StrBuf *out, uint16_t offset, uint8_t flags);
static void describe_update(StrBuf *out, const WalRecord *record);
static void describe_truncate(StrBuf *out, const WalRecord *record);

void heap_describe(StrBuf *out, const WalRecord *record)
{
    const uint8_t *m;

    if (record->version >= 16) {
        heap_describe_16(out, record);
        return;
    }
    switch (wal_record_opcode(record) & ~WAL_INIT_PAGE) {
    case WAL_HEAP_INSERT:
        m = wal_main(record, 3);
        describe_off_flags(out, load_u16(m), m[2]);
        break;
    case WAL_HEAP_DELETE:
        m = wal_main(record, 8);
        describe_off_flags(out, load_u16(m + 4), m[7]);
        put_char(out, ' ');
        describe_infobits(out, m[6]);
        break;
    case WAL_HEAP_UPDATE:
    case WAL_HEAP_HOT_UPDATE:
        describe_update(out, record);
        break;
    case WAL_HEAP_TRUNCATE:
        describe_truncate(out, record);
        break;
    case WAL_HEAP_CONFIRM:
        put_text(out, "off ");
        put_u32(out, load_u16(wal_main(record, 2)));
        break;
    case WAL_HEAP_LOCK:
        m = wal_main(record, 8);
        put_text(out, "off ");
        put_u32(out, load_u16(m + 4));
        put_text(out, ": xid ");
        put_u32(out, load_u32(m));
        put_text(out, ": flags 0x");
        put_hex_u8(out, m[7]);
        put_char(out, ' ');
        describe_infobits(out, m[6]);
        break;
    case WAL_HEAP_INPLACE:
        put_text(out, "off ");
        put_u32(out, load_u16(wal_main(record, 2)));
        break;
    default:
        break;
    }
}

static void describe_off_flags(StrBuf *out, uint16_t offset, uint8_t flags)
{
    put_text(out, "off ");
    put_u32(out, offset);
    put_text(out, " flags 0x");
    put_hex_u8(out, flags);
}

static void describe_update(StrBuf *out, const WalRecord *record)
{
    const uint8_t *m = wal_main(record, 14);

    put_text(out, "off ");
    put_u32(out, load_u16(m + 4));
    put_text(out, " xmax ");
    put_u32(out, load_u32(m));
    put_text(out, " flags 0x");
    put_hex_u8(out, m[7]);
    put_char(out, ' ');
    describe_infobits(out, m[6]);
    put_text(out, "; new off ");
    put_u32(out, load_u16(m + 12));
    put_text(out, " xmax ");
    put_u32(out, load_u32(m + 8));
}

static void describe_truncate(StrBuf *out, const WalRecord *record)
{
    ByteReader r = wal_main_reader(record);
    const uint8_t *h = byte_reader_take(&r, 12);
    uint32_t count = load_u32(h + 4);
    WalList rels = {.items = byte_reader_take(&r, (size_t)count * sizeof(Oid)), .count = count};

    if ((h[8] & TRUNCATE_CASCADES) != 0)
        put_text(out, "cascade ");
    if ((h[8] & TRUNCATE_RESTARTS) != 0)
        put_text(out, "restart_seqs ");
    strbuf_add_fmt(out, "nrelids %u relids", count);
    describe_xids(out, &rels);
}
