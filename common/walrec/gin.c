/* gin.c - changes of GIN indexes. */
#include "common/base/base.h"

#include "common/walrec/put.h"
#include "common/walrec/rmgr.h"
#include "common/walrec/walrec_int.h"

#define IS_DATA    0x01
#define IS_LEAF    0x02
#define SPLIT_ROOT 0x04

/* What is done to a segment of a posting list. */
#define SEGMENT_DELETE    1
#define SEGMENT_INSERT    2
#define SEGMENT_REPLACE   3
#define SEGMENT_ADD_ITEMS 4

static void describe_flags(StrBuf *out, uint16_t flags);
static void describe_insert(StrBuf *out, const WalRecord *record);
static void describe_segments(StrBuf *out, const WalBlockRef *ref);
static uint32_t load_block_id(const uint8_t *p);

void gin_describe(StrBuf *out, const WalRecord *record)
{
    uint16_t flags;

    switch (wal_record_opcode(record)) {
    case WAL_GIN_INSERT:
        describe_insert(out, record);
        break;
    case WAL_GIN_SPLIT:
        flags = load_u16(wal_main(record, 26) + 24);
        put_text(out, "isrootsplit: ");
        put_truth(out, (flags & SPLIT_ROOT) != 0);
        put_char(out, ' ');
        describe_flags(out, flags);
        break;
    case WAL_GIN_VACUUM_DATA_LEAF_PAGE:
        if (!describe_image_instead(out, record) && wal_record_ref(record, 0) != NULL)
            describe_segments(out, wal_record_ref(record, 0));
        break;
    case WAL_GIN_DELETE_LISTPAGE:
        strbuf_add_fmt(out, "ndeleted: %d", (int32_t)load_u32(wal_main(record, 60) + 56));
        break;
    default:
        break;
    }
}

static void describe_flags(StrBuf *out, uint16_t flags)
{
    put_text(out, "isdata: ");
    put_truth(out, (flags & IS_DATA) != 0);
    put_text(out, " isleaf: ");
    put_truth(out, (flags & IS_LEAF) != 0);
}

static void describe_insert(StrBuf *out, const WalRecord *record)
{
    ByteReader main = wal_main_reader(record);
    uint16_t flags = byte_reader_u16(&main);
    const WalBlockRef *ref = wal_record_ref(record, 0);
    const uint8_t *p;
    ByteReader r;

    describe_flags(out, flags);
    if ((flags & IS_LEAF) == 0) {
        p = byte_reader_take(&main, 8);
        strbuf_add_fmt(out, " children: %u/%u", load_block_id(p), load_block_id(p + 4));
    }
    if (describe_image_instead(out, record) || ref == NULL)
        return;

    r = wal_data_reader(ref);
    if ((flags & IS_DATA) == 0) {
        put_text(out, " isdelete: ");
        put_truth(out, byte_reader_take(&r, 3)[2] != 0);
    } else if ((flags & IS_LEAF) != 0) {
        describe_segments(out, ref);
    } else {
        p = byte_reader_take(&r, 12);
        strbuf_add_fmt(out, " pitem: %u-%u/%u", load_block_id(p + 2), load_block_id(p + 6),
                       load_u16(p + 10));
    }
}

/* A count, then for each segment its number and what is done to it. */
static void describe_segments(StrBuf *out, const WalBlockRef *ref)
{
    ByteReader r = wal_data_reader(ref);
    uint16_t count = byte_reader_u16(&r);

    strbuf_add_fmt(out, " %u segments:", count);
    for (uint16_t i = 0; i < count; i++) {
        const uint8_t *action = byte_reader_take(&r, 2);
        uint16_t item_count;

        switch (action[1]) {
        case SEGMENT_DELETE:
            strbuf_add_fmt(out, " %u (delete)", action[0]);
            break;
        case SEGMENT_INSERT:
        case SEGMENT_REPLACE:
            /* A posting list: first item, length, as many bytes, and one to make it even. */
            byte_reader_take(&r, size_align_up(load_u16(byte_reader_take(&r, 8) + 6), 2));
            strbuf_add_fmt(out, action[1] == SEGMENT_INSERT ? " %u (insert)" : " %u (replace)",
                           action[0]);
            break;
        case SEGMENT_ADD_ITEMS:
            item_count = byte_reader_u16(&r);
            byte_reader_take(&r, item_count * 6u);
            strbuf_add_fmt(out, " %u (add %u items)", action[0], item_count);
            break;
        default:
            strbuf_add_fmt(out, " %u unknown action %u ???", action[0], action[1]);
            return;
        }
    }
}

static uint32_t load_block_id(const uint8_t *p)
{
    return (uint32_t)load_u16(p) << 16 | load_u16(p + 2);
}
