/* btree.c - changes of B-trees. */
#include "common/base/base.h"

#include "common/walrec/put.h"
#include "common/walrec/rmgr.h"
#include "common/walrec/walrec_int.h"

static void describe_unlink(StrBuf *out, const uint8_t *m);
static void describe_reuse(StrBuf *out, const uint8_t *m);
static void describe_meta_cleanup(StrBuf *out, const WalRecord *record);

void btree_describe(StrBuf *out, const WalRecord *record)
{
    const uint8_t *m;

    switch (wal_record_opcode(record)) {
    case WAL_BTREE_INSERT_LEAF:
    case WAL_BTREE_INSERT_UPPER:
    case WAL_BTREE_INSERT_META:
    case WAL_BTREE_INSERT_POST:
        put_text(out, "off ");
        put_u32(out, load_u16(wal_main(record, 2)));
        break;
    case WAL_BTREE_SPLIT_L:
    case WAL_BTREE_SPLIT_R:
        m = wal_main(record, 10);
        strbuf_add_fmt(out, "level %u, firstrightoff %u, newitemoff %u, postingoff %u", load_u32(m),
                       load_u16(m + 4), load_u16(m + 6), load_u16(m + 8));
        break;
    case WAL_BTREE_DEDUP:
        put_text(out, "nintervals ");
        put_u32(out, load_u16(wal_main(record, 2)));
        break;
    case WAL_BTREE_VACUUM:
        m = wal_main(record, 4);
        strbuf_add_fmt(out, "ndeleted %u; nupdated %u", load_u16(m), load_u16(m + 2));
        break;
    case WAL_BTREE_DELETE:
        m = wal_main(record, 8);
        strbuf_add_fmt(out, "latestRemovedXid %u; ndeleted %u; nupdated %u", load_u32(m),
                       load_u16(m + 4), load_u16(m + 6));
        break;
    case WAL_BTREE_MARK_PAGE_HALFDEAD:
        m = wal_main(record, 20);
        strbuf_add_fmt(out, "topparent %u; leaf %u; left %u; right %u", load_u32(m + 16),
                       load_u32(m + 4), load_u32(m + 8), load_u32(m + 12));
        break;
    case WAL_BTREE_UNLINK_PAGE:
    case WAL_BTREE_UNLINK_PAGE_META:
        describe_unlink(out, wal_main(record, 36));
        break;
    case WAL_BTREE_NEWROOT:
        put_text(out, "lev ");
        put_u32(out, load_u32(wal_main(record, 8) + 4));
        break;
    case WAL_BTREE_REUSE_PAGE:
        describe_reuse(out, wal_main(record, 24));
        break;
    case WAL_BTREE_META_CLEANUP:
        describe_meta_cleanup(out, record);
        break;
    default:
        break;
    }
}

static void describe_unlink(StrBuf *out, const uint8_t *m)
{
    strbuf_add_fmt(out, "left %u; right %u; level %u; safexid ", load_u32(m), load_u32(m + 4),
                   load_u32(m + 8));
    put_full_xid(out, load_u64(m + 16));
    strbuf_add_fmt(out, "; leafleft %u; leafright %u; leaftopparent %u", load_u32(m + 24),
                   load_u32(m + 28), load_u32(m + 32));
}

static void describe_reuse(StrBuf *out, const uint8_t *m)
{
    RelTag rel;

    memcpy(&rel, m, sizeof(rel));
    put_text(out, "rel ");
    put_rel(out, &rel);
    put_text(out, "; latestRemovedXid ");
    put_full_xid(out, load_u64(m + 16));
}

/* What it says is on the metapage, which the record holds as block data. */
static void describe_meta_cleanup(StrBuf *out, const WalRecord *record)
{
    const WalBlockRef *ref = wal_record_ref(record, 0);
    ByteReader r;

    if (ref == NULL || !ref->has_data)
        return;
    r = wal_data_reader(ref);
    strbuf_add_fmt(out, "last_cleanup_num_delpages %u", load_u32(byte_reader_take(&r, 28) + 20));
}
