/* gist.c - changes of GiST indexes. */
#include "common/base/base.h"

#include "common/walrec/put.h"
#include "common/walrec/rmgr.h"
#include "common/walrec/walrec_int.h"

static void describe_reuse(StrBuf *out, const uint8_t *m);

void gist_describe(StrBuf *out, const WalRecord *record)
{
    const uint8_t *m;

    switch (wal_record_opcode(record)) {
    case WAL_GIST_DELETE:
        m = wal_main(record, 6);
        strbuf_add_fmt(out, "delete: latestRemovedXid %u, nitems: %u", load_u32(m),
                       load_u16(m + 4));
        break;
    case WAL_GIST_PAGE_REUSE:
        describe_reuse(out, wal_main(record, 24));
        break;
    case WAL_GIST_PAGE_SPLIT:
        strbuf_add_fmt(out, "page_split: splits to %u pages", load_u16(wal_main(record, 20) + 18));
        break;
    case WAL_GIST_PAGE_DELETE:
        m = wal_main(record, 10);
        put_text(out, "deleteXid ");
        put_full_xid(out, load_u64(m));
        strbuf_add_fmt(out, "; downlink %u", load_u16(m + 8));
        break;
    default:
        break;
    }
}

static void describe_reuse(StrBuf *out, const uint8_t *m)
{
    RelTag rel;

    memcpy(&rel, m, sizeof(rel));
    put_text(out, "rel ");
    put_rel(out, &rel);
    strbuf_add_fmt(out, "; blk %u; latestRemovedXid ", load_u32(m + 12));
    put_full_xid(out, load_u64(m + 16));
}
