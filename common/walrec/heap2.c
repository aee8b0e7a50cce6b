/*
 * heap2.c - changes of many rows of a page: prune, freeze, visibility, bulk inserts.
 *
 * The kinds that clean a page differ most between versions. 13 has its own names and opcodes; 16
 * calls the xid of the conflict a horizon and says whether the table is a catalog; 17 has one
 * record for pruning, freezing and vacuum, whose parts are told by flags.
 *
 * Source: access/heapam_xlog.h of PostgreSQL 15; servers 13 to 18.
 */
#include "common/base/base.h"

#include "common/walrec/put.h"
#include "common/walrec/rmgr.h"
#include "common/walrec/walrec_int.h"

#define PRUNE_IS_CATALOG     0x02
#define PRUNE_CLEANUP_LOCK   0x04
#define PRUNE_HAS_HORIZON    0x08
#define PRUNE_HAS_PLANS      0x10
#define PRUNE_HAS_REDIRECTED 0x20
#define PRUNE_HAS_DEAD       0x40
#define PRUNE_HAS_UNUSED     0x80

#define PRUNE_PLAN_SIZE      12

static void describe_clean_13(StrBuf *out, const WalRecord *record);
static void describe_clean(StrBuf *out, const WalRecord *record);
static void describe_prune(StrBuf *out, const WalRecord *record);
static void describe_freeze(StrBuf *out, const WalRecord *record);
static void describe_prune_17(StrBuf *out, const WalRecord *record);
static void describe_prune_parts(StrBuf *out, uint8_t flags, const WalBlockRef *ref);
static void describe_new_cid(StrBuf *out, const WalRecord *record);
static void describe_horizon(StrBuf *out, const WalRecord *record, const char *before_16, Xid xid);

void heap2_describe(StrBuf *out, const WalRecord *record)
{
    const uint8_t *m;

    switch (wal_record_opcode(record) & ~WAL_INIT_PAGE) {
    case WAL_HEAP2_PRUNE:
    case WAL_HEAP2_VACUUM:
    case WAL_HEAP2_FREEZE_PAGE:
        if (record->version >= 17)
            describe_prune_17(out, record);
        else if (record->version >= 14)
            describe_clean(out, record);
        else
            describe_clean_13(out, record);
        break;
    case WAL_HEAP2_VISIBLE:
        m = wal_main(record, 5);
        describe_horizon(out, record, "cutoff xid ", load_u32(m));
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
    const uint8_t *m = wal_main(record, record->version >= 16 ? 9 : 8);

    describe_horizon(out, record, "latestRemovedXid ", load_u32(m));
    put_text(out, " nredirected ");
    put_u32(out, load_u16(m + 4));
    put_text(out, " ndead ");
    put_u32(out, load_u16(m + 6));
    if (record->version >= 16) {
        put_text(out, " isCatalogRel ");
        put_truth(out, m[8] != 0);
    }
}

static void describe_freeze(StrBuf *out, const WalRecord *record)
{
    const uint8_t *m = wal_main(record, record->version >= 16 ? 7 : 6);

    describe_horizon(out, record, "cutoff xid ", load_u32(m));
    strbuf_add(out, record->version >= 16 ? " nplans " : " ntuples ");
    put_u32(out, load_u16(m + 4));
    if (record->version >= 16) {
        put_text(out, " isCatalogRel ");
        put_truth(out, m[6] != 0);
    }
}

/* The first byte is never set to anything. */
static void describe_prune_17(StrBuf *out, const WalRecord *record)
{
    ByteReader r = wal_main_reader(record);
    uint8_t flags = byte_reader_take(&r, 2)[1];
    const WalBlockRef *ref = wal_record_ref(record, 0);

    strbuf_add_fmt(out, "flags 0x%02X", flags);
    if ((flags & PRUNE_HAS_HORIZON) != 0)
        strbuf_add_fmt(out, " snapshotConflictHorizon %u", byte_reader_u32(&r));
    put_text(out, " isCatalogRel ");
    put_truth(out, (flags & PRUNE_IS_CATALOG) != 0);
    if ((flags & PRUNE_CLEANUP_LOCK) != 0)
        put_text(out, " cleanup lock");
    if (ref != NULL && ref->has_data)
        describe_prune_parts(out, flags, ref);
}

/* Each part begins with its count; the offsets to freeze come last, without one. */
static void describe_prune_parts(StrBuf *out, uint8_t flags, const WalBlockRef *ref)
{
    ByteReader r = wal_data_reader(ref);
    uint32_t frozen_count = 0;
    uint16_t count;

    if ((flags & PRUNE_HAS_PLANS) != 0) {
        count = byte_reader_u16(&r);
        byte_reader_take(&r, 2);
        for (uint16_t i = 0; i < count; i++)
            frozen_count += load_u16(byte_reader_take(&r, PRUNE_PLAN_SIZE) + 10);
        strbuf_add_fmt(out, " nplans %u ntuples %u", count, frozen_count);
    }
    if ((flags & PRUNE_HAS_REDIRECTED) != 0) {
        count = byte_reader_u16(&r);
        byte_reader_take(&r, count * 4u);
        strbuf_add_fmt(out, " nredirected %u", count);
    }
    if ((flags & PRUNE_HAS_DEAD) != 0) {
        count = byte_reader_u16(&r);
        byte_reader_take(&r, count * 2u);
        strbuf_add_fmt(out, " ndead %u", count);
    }
    if ((flags & PRUNE_HAS_UNUSED) != 0) {
        count = byte_reader_u16(&r);
        byte_reader_take(&r, count * 2u);
        strbuf_add_fmt(out, " nunused %u", count);
    }
    byte_reader_take(&r, (size_t)frozen_count * 2);
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

/* The xid up to which rows were removed, by the name of the record's version. */
static void describe_horizon(StrBuf *out, const WalRecord *record, const char *before_16, Xid xid)
{
    strbuf_add(out, record->version >= 16 ? "snapshotConflictHorizon " : before_16);
    put_u32(out, xid);
}
