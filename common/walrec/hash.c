/* hash.c - changes of hash indexes. */
#include "common/base/base.h"

#include "common/walrec/put.h"
#include "common/walrec/rmgr.h"
#include "common/walrec/walrec_int.h"

#define SPLIT_SETS_MASKS      0x01
#define SPLIT_SETS_SPLITPOINT 0x02

static double load_double(const uint8_t *p);
static char truth(bool is_true);

void hash_describe(StrBuf *out, const WalRecord *record)
{
    const uint8_t *m;

    switch (wal_record_opcode(record)) {
    case WAL_HASH_INIT_META_PAGE:
        m = wal_main(record, 14);
        strbuf_add_fmt(out, "num_tuples %g, fillfactor %u", load_double(m), load_u16(m + 12));
        break;
    case WAL_HASH_INIT_BITMAP_PAGE:
        strbuf_add_fmt(out, "bmsize %u", load_u16(wal_main(record, 2)));
        break;
    case WAL_HASH_INSERT:
        put_text(out, "off ");
        put_u32(out, load_u16(wal_main(record, 2)));
        break;
    case WAL_HASH_ADD_OVFL_PAGE:
        m = wal_main(record, 3);
        strbuf_add_fmt(out, "bmsize %u, bmpage_found %c", load_u16(m), truth(m[2]));
        break;
    case WAL_HASH_SPLIT_ALLOCATE_PAGE:
        m = wal_main(record, 9);
        strbuf_add_fmt(out, "new_bucket %u, meta_page_masks_updated %c, issplitpoint_changed %c",
                       load_u32(m), truth(m[8] & SPLIT_SETS_MASKS),
                       truth(m[8] & SPLIT_SETS_SPLITPOINT));
        break;
    case WAL_HASH_SPLIT_COMPLETE:
        m = wal_main(record, 4);
        strbuf_add_fmt(out, "old_bucket_flag %u, new_bucket_flag %u", load_u16(m), load_u16(m + 2));
        break;
    case WAL_HASH_MOVE_PAGE_CONTENTS:
        m = wal_main(record, 3);
        strbuf_add_fmt(out, "ntups %u, is_primary %c", load_u16(m), truth(m[2]));
        break;
    case WAL_HASH_SQUEEZE_PAGE:
        m = wal_main(record, 12);
        strbuf_add_fmt(out, "prevblkno %u, nextblkno %u, ntups %u, is_primary %c", load_u32(m),
                       load_u32(m + 4), load_u16(m + 8), truth(m[10]));
        break;
    case WAL_HASH_DELETE:
        m = wal_main(record, 2);
        strbuf_add_fmt(out, "clear_dead_marking %c, is_primary %c", truth(m[0]), truth(m[1]));
        break;
    case WAL_HASH_UPDATE_META_PAGE:
        strbuf_add_fmt(out, "ntuples %g", load_double(wal_main(record, 8)));
        break;
    case WAL_HASH_VACUUM_ONE_PAGE:
        m = wal_main(record, 8);
        strbuf_add_fmt(out, "ntuples %d, latestRemovedXid %u", (int32_t)load_u32(m + 4),
                       load_u32(m));
        break;
    default:
        break;
    }
}

static double load_double(const uint8_t *p)
{
    double v;

    memcpy(&v, p, sizeof(v));
    return v;
}

static char truth(bool is_true)
{
    return is_true ? 'T' : 'F';
}
