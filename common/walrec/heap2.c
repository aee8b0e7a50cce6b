/*
 * heap2.c - changes of many rows of a page: prune, freeze, visibility, bulk inserts
 *
 * In the words of 15; heap_16.c has those of later versions. 13 has its own names and opcodes for
 * what cleans a page.
 *
 * Source: access/heapam_xlog.h of PostgreSQL 15; servers 13 and 14.
 */
#include "common/base/base.h"

#include "common/walrec/put.h"
#include "common/walrec/rmgr.h"
#include "common/walrec/walrec_int.h"

static void describe_clean_13(StrBuf *out, const WalRecord *record);
static void describe_clean(StrBuf *out, const WalRecord *record);
static void describe_prune(StrBuf *out, const WalRecord *record);
static void describe_freeze(StrBuf *out, const WalRecord *record);
static void describe_new_cid(StrBuf *out, const WalRecord *record);

void heap2_describe(StrBuf *out, const WalRecord *record)
{
    const uint8_t *m;

    if (record->version >= 16) {
        heap2_describe_16(out, record);
        return;
    }
    switch (wal_record_opcode(record) & ~WAL_INIT_PAGE) {
    case WAL_HEAP2_PRUNE:
    case WAL_HEAP2_VACUUM:
    case WAL_HEAP2_FREEZE_PAGE:
        if (record->version >= 14)
            describe_clean(out, record);
        else
            describe_clean_13(out, record);
        break;
    case WAL_HEAP2_VISIBLE:
        m = wal_main(record, 5);
        put_text(out, "cutoff xid ");
        put_u32(out, load_u32(m));
        put_text(out, " flags 0x");
        put_hex_u8(out, m[4]);
        break;
    case WAL_HEAP2_MULTI_INSERT:
        m = wal_main(record, 4);
        put_u32(out, load_u16(m + 2));
        put_text(out, " tuples flags 0x");
        put_hex_u8(out, m[0]);
        break;
    case WAL_HEAP2_LOCK_UPDATED:
        m = wal_main(record, 8);
        strbuf_add_fmt(out, "off %u: xmax %u: flags 0x%02X ", load_u16(m + 4), load_u32(m), m[7]);
        describe_infobits(out, m[6]);
        break;
    case WAL_HEAP2_NEW_CID:
        describe_new_cid(out, record);
        break;
    default:
        break;
    }
}

/* ---- Cleaning a page ---- */

static void describe_clean_13(StrBuf *out, const WalRecord *record)
{
    const uint8_t *m;
    RelTag rel;

    switch (wal_record_opcode(record) & ~WAL_INIT_PAGE) {
    case WAL_HEAP2_CLEAN:
        describe_prune(out, record);
        break;
    case WAL_HEAP2_FREEZE_PAGE_13:
        describe_freeze(out, record);
        break;
    default:
        m = wal_main(record, 16);
        memcpy(&rel, m, sizeof(rel));
        put_text(out, "rel ");
        put_rel(out, &rel);
        strbuf_add_fmt(out, "; latestRemovedXid %u", load_u32(m + 12));
        break;
    }
}

static void describe_clean(StrBuf *out, const WalRecord *record)
{
    switch (wal_record_opcode(record) & ~WAL_INIT_PAGE) {
    case WAL_HEAP2_PRUNE:
        describe_prune(out, record);
        break;
    case WAL_HEAP2_VACUUM:
        put_text(out, "nunused ");
        put_u32(out, load_u16(wal_main(record, 2)));
        break;
    default:
        describe_freeze(out, record);
        break;
    }
}

static void describe_prune(StrBuf *out, const WalRecord *record)
{
    const uint8_t *m = wal_main(record, 8);

    put_text(out, "latestRemovedXid ");
    put_u32(out, load_u32(m));
    put_text(out, " nredirected ");
    put_u32(out, load_u16(m + 4));
    put_text(out, " ndead ");
    put_u32(out, load_u16(m + 6));
}

static void describe_freeze(StrBuf *out, const WalRecord *record)
{
    const uint8_t *m = wal_main(record, 6);

    put_text(out, "cutoff xid ");
    put_u32(out, load_u32(m));
    put_text(out, " ntuples ");
    put_u32(out, load_u16(m + 4));
}

/* ---- Others ---- */

/* Block number and offset stand behind the relation, the block's high half first. */
static void describe_new_cid(StrBuf *out, const WalRecord *record)
{
    const uint8_t *m = wal_main(record, 34);
    RelTag rel;

    memcpy(&rel, m + 16, sizeof(rel));
    put_text(out, "rel ");
    put_rel(out, &rel);
    put_text(out, "; tid ");
    put_u32(out, (uint32_t)load_u16(m + 28) << 16 | load_u16(m + 30));
    put_char(out, '/');
    put_u32(out, load_u16(m + 32));
    put_text(out, "; cmin: ");
    put_u32(out, load_u32(m + 4));
    put_text(out, ", cmax: ");
    put_u32(out, load_u32(m + 8));
    put_text(out, ", combo: ");
    put_u32(out, load_u32(m + 12));
}
