/* brin.c - changes of BRIN indexes. */
#include "common/base/base.h"

#include "common/walrec/put.h"
#include "common/walrec/rmgr.h"
#include "common/walrec/walrec_int.h"

void brin_describe(StrBuf *out, const WalRecord *record)
{
    const uint8_t *m;

    switch (wal_record_opcode(record) & ~WAL_INIT_PAGE) {
    case WAL_BRIN_CREATE_INDEX:
        m = wal_main(record, 6);
        strbuf_add_fmt(out, "v%u pagesPerRange %u", load_u16(m + 4), load_u32(m));
        break;
    case WAL_BRIN_INSERT:
        m = wal_main(record, 10);
        strbuf_add_fmt(out, "heapBlk %u pagesPerRange %u offnum %u", load_u32(m), load_u32(m + 4),
                       load_u16(m + 8));
        break;
    case WAL_BRIN_UPDATE:
        m = wal_main(record, 14);
        strbuf_add_fmt(out, "heapBlk %u pagesPerRange %u old offnum %u, new offnum %u",
                       load_u32(m + 4), load_u32(m + 8), load_u16(m), load_u16(m + 12));
        break;
    case WAL_BRIN_SAMEPAGE_UPDATE:
        strbuf_add_fmt(out, "offnum %u", load_u16(wal_main(record, 2)));
        break;
    case WAL_BRIN_REVMAP_EXTEND:
        strbuf_add_fmt(out, "targetBlk %u", load_u32(wal_main(record, 4)));
        break;
    case WAL_BRIN_DESUMMARIZE:
        m = wal_main(record, 10);
        strbuf_add_fmt(out, "pagesPerRange %u, heapBlk %u, page offset %u", load_u32(m),
                       load_u32(m + 4), load_u16(m + 8));
        break;
    default:
        break;
    }
}
