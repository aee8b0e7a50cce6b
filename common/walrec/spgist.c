/* spgist.c - changes of SP-GiST indexes. */
#include "common/base/base.h"

#include "common/walrec/put.h"
#include "common/walrec/rmgr.h"
#include "common/walrec/walrec_int.h"

static void describe_add_leaf(StrBuf *out, const uint8_t *m);
static void describe_move_leafs(StrBuf *out, const uint8_t *m);
static void describe_add_node(StrBuf *out, const uint8_t *m);
static void describe_split_tuple(StrBuf *out, const uint8_t *m);
static void describe_pick_split(StrBuf *out, const uint8_t *m);

void spgist_describe(StrBuf *out, const WalRecord *record)
{
    const uint8_t *m;

    switch (wal_record_opcode(record)) {
    case WAL_SPGIST_ADD_LEAF:
        describe_add_leaf(out, wal_main(record, 10));
        break;
    case WAL_SPGIST_MOVE_LEAFS:
        describe_move_leafs(out, wal_main(record, 10));
        break;
    case WAL_SPGIST_ADD_NODE:
        describe_add_node(out, wal_main(record, 10));
        break;
    case WAL_SPGIST_SPLIT_TUPLE:
        describe_split_tuple(out, wal_main(record, 6));
        break;
    case WAL_SPGIST_PICKSPLIT:
        describe_pick_split(out, wal_main(record, 18));
        break;
    case WAL_SPGIST_VACUUM_LEAF:
        m = wal_main(record, 8);
        strbuf_add_fmt(out, "ndead: %u, nplaceholder: %u, nmove: %u, nchain: %u", load_u16(m),
                       load_u16(m + 2), load_u16(m + 4), load_u16(m + 6));
        break;
    case WAL_SPGIST_VACUUM_ROOT:
        strbuf_add_fmt(out, "ndelete: %u", load_u16(wal_main(record, 2)));
        break;
    case WAL_SPGIST_VACUUM_REDIRECT:
        m = wal_main(record, 8);
        strbuf_add_fmt(out, "ntoplaceholder: %u, firstplaceholder: %u, newestredirectxid: %u",
                       load_u16(m), load_u16(m + 2), load_u32(m + 4));
        break;
    default:
        break;
    }
}

static void describe_add_leaf(StrBuf *out, const uint8_t *m)
{
    strbuf_add_fmt(out, "off: %u, headoff: %u, parentoff: %u, nodeI: %u", load_u16(m + 2),
                   load_u16(m + 4), load_u16(m + 6), load_u16(m + 8));
    if (m[0] != 0)
        put_text(out, " (newpage)");
    if (m[1] != 0)
        put_text(out, " (nulls)");
}

static void describe_move_leafs(StrBuf *out, const uint8_t *m)
{
    strbuf_add_fmt(out, "nmoves: %u, parentoff: %u, nodeI: %u", load_u16(m), load_u16(m + 6),
                   load_u16(m + 8));
    if (m[2] != 0)
        put_text(out, " (newpage)");
    if (m[3] != 0)
        put_text(out, " (replacedead)");
    if (m[4] != 0)
        put_text(out, " (nulls)");
}

static void describe_add_node(StrBuf *out, const uint8_t *m)
{
    strbuf_add_fmt(out, "off: %u, newoff: %u, parentBlk: %d, parentoff: %u, nodeI: %u", load_u16(m),
                   load_u16(m + 2), (int8_t)m[5], load_u16(m + 6), load_u16(m + 8));
    if (m[4] != 0)
        put_text(out, " (newpage)");
}

static void describe_split_tuple(StrBuf *out, const uint8_t *m)
{
    strbuf_add_fmt(out, "prefixoff: %u, postfixoff: %u", load_u16(m), load_u16(m + 2));
    if (m[4] != 0)
        put_text(out, " (newpage)");
    if (m[5] != 0)
        put_text(out, " (same)");
}

static void describe_pick_split(StrBuf *out, const uint8_t *m)
{
    strbuf_add_fmt(out, "ndelete: %u, ninsert: %u, inneroff: %u, parentoff: %u, nodeI: %u",
                   load_u16(m + 2), load_u16(m + 4), load_u16(m + 8), load_u16(m + 14),
                   load_u16(m + 16));
    if (m[12] != 0)
        put_text(out, " (innerIsParent)");
    if (m[11] != 0)
        put_text(out, " (nulls)");
    if (m[0] != 0)
        put_text(out, " (isRootSplit)");
}
