/*
 * heap_16.c - changes of rows and pages in the words of PostgreSQL 16 and later
 *
 * 16 names every number and lists the rows that a page was cleaned of, where the record carries
 * them: without block data, because the page's image stands in their place, it ends after what the
 * main data says. 17 has one record for pruning, freezing and vacuum, with parts told by flags.
 *
 * Source: how servers describe their own log (pg_walinspect of 16, 17 and 18), record by record.
 */
#include "common/base/base.h"

#include "common/walrec/put.h"
#include "common/walrec/rmgr.h"
#include "common/walrec/walrec_int.h"

#define TRUNCATE_CASCADES    0x01
#define TRUNCATE_RESTARTS    0x02

#define PRUNE_IS_CATALOG     0x02
#define PRUNE_HAS_HORIZON    0x08
#define PRUNE_HAS_PLANS      0x10
#define PRUNE_HAS_REDIRECTED 0x20
#define PRUNE_HAS_DEAD       0x40
#define PRUNE_HAS_UNUSED     0x80

#define PLAN_SIZE            12 /* xmax, both masks, flags, a byte unused, number of rows */

/* What a page is cleaned of: counts and, unaligned, what they count. */
typedef struct Cleaning {
    uint16_t plan_count, redirected_count, dead_count, unused_count;
    const uint8_t *plans;
    const uint8_t *redirected; /* pairs of offsets */
    const uint8_t *dead;
    const uint8_t *unused;
    ByteReader frozen; /* offsets, plan by plan */
} Cleaning;

static void describe_lock(StrBuf *out, const char *labels[3], const uint8_t *m);
static void describe_update(StrBuf *out, const uint8_t *m);
static void describe_truncate(StrBuf *out, const WalRecord *record);
static void describe_new_cid(StrBuf *out, const WalRecord *record);
static void describe_multi_insert(StrBuf *out, const WalRecord *record);
static void describe_clean_16(StrBuf *out, const WalRecord *record);
static void describe_clean_17(StrBuf *out, const WalRecord *record);
static void read_cleaning_17(Cleaning *c, uint8_t flags, const WalBlockRef *ref);
static const uint8_t *take_counted(ByteReader *r, size_t size, uint16_t *count);
static void put_plans(StrBuf *out, Cleaning *c);
static void put_offsets(StrBuf *out, const char *label, const uint8_t *offsets, uint16_t count);
static void put_pairs(StrBuf *out, const char *label, const uint8_t *offsets, uint16_t count);
static void put_infobits(StrBuf *out, const char *label, uint8_t infobits);
static void put_number(StrBuf *out, const char *label, uint32_t v);
static void put_flags(StrBuf *out, const char *label, uint8_t flags);
static const WalBlockRef *first_with_data(const WalRecord *record);

/* ---- Single rows ---- */

void heap_describe_16(StrBuf *out, const WalRecord *record)
{
    const uint8_t *m;
    WalEffect effect;

    switch (wal_record_opcode(record) & ~WAL_INIT_PAGE) {
    case WAL_HEAP_INSERT:
        m = wal_main(record, 3);
        put_number(out, "off: ", load_u16(m));
        put_flags(out, ", flags: ", m[2]);
        break;
    case WAL_HEAP_DELETE:
    case WAL_HEAP_LOCK:
        describe_lock(out, (const char *[]){"xmax: ", ", off: ", ", infobits: "},
                      wal_main(record, 8));
        break;
    case WAL_HEAP_UPDATE:
    case WAL_HEAP_HOT_UPDATE:
        describe_update(out, wal_main(record, 14));
        break;
    case WAL_HEAP_TRUNCATE:
        describe_truncate(out, record);
        break;
    case WAL_HEAP_CONFIRM:
        put_number(out, "off: ", load_u16(wal_main(record, 2)));
        break;
    case WAL_HEAP_INPLACE:
        put_number(out, "off: ", load_u16(wal_main(record, 2)));
        walrec_effect(record, &effect);
        if (effect.kind == WAL_EFFECT_INVALIDATE)
            describe_invalidate(out, &effect.invalidate);
        break;
    default:
        break;
    }
}

/* An xid, the row that it locks or ends, and how. */
static void describe_lock(StrBuf *out, const char *labels[3], const uint8_t *m)
{
    put_number(out, labels[0], load_u32(m));
    put_number(out, labels[1], load_u16(m + 4));
    put_infobits(out, labels[2], m[6]);
    put_flags(out, ", flags: ", m[7]);
}

static void describe_update(StrBuf *out, const uint8_t *m)
{
    describe_lock(out, (const char *[]){"old_xmax: ", ", old_off: ", ", old_infobits: "}, m);
    put_number(out, ", new_xmax: ", load_u32(m + 8));
    put_number(out, ", new_off: ", load_u16(m + 12));
}

static void describe_truncate(StrBuf *out, const WalRecord *record)
{
    ByteReader r = wal_main_reader(record);
    const uint8_t *h = byte_reader_take(&r, 12);
    uint32_t count = load_u32(h + 4);
    const uint8_t *rels = byte_reader_take(&r, (size_t)count * sizeof(Oid));

    put_text(out, "flags: [");
    if ((h[8] & TRUNCATE_CASCADES) != 0)
        put_text(out, "CASCADE");
    if ((h[8] & TRUNCATE_RESTARTS) != 0)
        strbuf_add(out, (h[8] & TRUNCATE_CASCADES) != 0 ? ", RESTART_SEQS" : "RESTART_SEQS");
    put_number(out, "], nrelids: ", count);
    put_text(out, ", relids: [");
    for (uint32_t i = 0; i < count; i++)
        put_number(out, i == 0 ? "" : ", ", load_u32(rels + (size_t)i * sizeof(Oid)));
    put_char(out, ']');
}

/* ---- Pages ---- */

void heap2_describe_16(StrBuf *out, const WalRecord *record)
{
    const uint8_t *m;

    switch (wal_record_opcode(record) & ~WAL_INIT_PAGE) {
    case WAL_HEAP2_PRUNE:
    case WAL_HEAP2_VACUUM:
    case WAL_HEAP2_FREEZE_PAGE:
        if (record->version >= 17)
            describe_clean_17(out, record);
        else
            describe_clean_16(out, record);
        break;
    case WAL_HEAP2_VISIBLE:
        m = wal_main(record, 5);
        put_number(out, "snapshotConflictHorizon: ", load_u32(m));
        put_flags(out, ", flags: ", m[4]);
        break;
    case WAL_HEAP2_MULTI_INSERT:
        describe_multi_insert(out, record);
        break;
    case WAL_HEAP2_LOCK_UPDATED:
        describe_lock(out, (const char *[]){"xmax: ", ", off: ", ", infobits: "},
                      wal_main(record, 8));
        break;
    case WAL_HEAP2_NEW_CID:
        describe_new_cid(out, record);
        break;
    default:
        break;
    }
}

/* On a page made from nothing the rows are simply the first ones. */
static void describe_multi_insert(StrBuf *out, const WalRecord *record)
{
    ByteReader r = wal_main_reader(record);
    const uint8_t *m = byte_reader_take(&r, 4);
    uint16_t count = load_u16(m + 2);

    put_number(out, "ntuples: ", count);
    put_flags(out, ", flags: ", m[0]);
    if ((record->info & WAL_INIT_PAGE) == 0 && first_with_data(record) != NULL)
        put_offsets(out, ", offsets: ", byte_reader_take(&r, count * sizeof(OffsetNo)), count);
}

/* Block number and offset stand behind the relation, the block's high half first. */
static void describe_new_cid(StrBuf *out, const WalRecord *record)
{
    const uint8_t *m = wal_main(record, 34);
    RelTag rel;

    memcpy(&rel, m + 16, sizeof(rel));
    put_text(out, "rel: ");
    put_rel(out, &rel);
    put_number(out, ", tid: ", (uint32_t)load_u16(m + 28) << 16 | load_u16(m + 30));
    put_number(out, "/", load_u16(m + 32));
    put_number(out, ", cmin: ", load_u32(m + 4));
    put_number(out, ", cmax: ", load_u32(m + 8));
    put_number(out, ", combo: ", load_u32(m + 12));
}

/* 16 has a record each for pruning, vacuum and freezing. */
static void describe_clean_16(StrBuf *out, const WalRecord *record)
{
    uint8_t opcode = wal_record_opcode(record) & (uint8_t)~WAL_INIT_PAGE;
    const WalBlockRef *ref = first_with_data(record);
    ByteReader data = ref != NULL ? wal_data_reader(ref) : byte_reader(NULL, 0, "");
    Cleaning c = {.plan_count = 0};
    const uint8_t *m;

    if (opcode == WAL_HEAP2_VACUUM) {
        c.unused_count = load_u16(wal_main(record, 2));
        put_number(out, "nunused: ", c.unused_count);
        if (ref != NULL)
            put_offsets(out, ", unused: ", byte_reader_take(&data, c.unused_count * 2u),
                        c.unused_count);
        return;
    }

    m = wal_main(record, opcode == WAL_HEAP2_PRUNE ? 9 : 7);
    put_number(out, "snapshotConflictHorizon: ", load_u32(m));
    if (opcode == WAL_HEAP2_FREEZE_PAGE) {
        c.plan_count = load_u16(m + 4);
        put_number(out, ", nplans: ", c.plan_count);
        if (ref == NULL)
            return;
        c.plans = byte_reader_take(&data, (size_t)c.plan_count * PLAN_SIZE);
        c.frozen = data;
        put_plans(out, &c);
        return;
    }

    c.redirected_count = load_u16(m + 4);
    c.dead_count = load_u16(m + 6);
    put_number(out, ", nredirected: ", c.redirected_count);
    put_number(out, ", ndead: ", c.dead_count);
    if (ref == NULL)
        return;
    c.redirected = byte_reader_take(&data, c.redirected_count * 4u);
    c.dead = byte_reader_take(&data, c.dead_count * 2u);
    c.unused_count = (uint16_t)(byte_reader_left(&data) / 2);
    c.unused = byte_reader_take(&data, c.unused_count * 2u);
    put_number(out, ", nunused: ", c.unused_count);
    put_pairs(out, ", redirected: ", c.redirected, c.redirected_count);
    put_offsets(out, ", dead: ", c.dead, c.dead_count);
    put_offsets(out, ", unused: ", c.unused, c.unused_count);
}

/* The first byte is never set to anything. */
static void describe_clean_17(StrBuf *out, const WalRecord *record)
{
    ByteReader r = wal_main_reader(record);
    uint8_t flags = byte_reader_take(&r, 2)[1];
    const WalBlockRef *ref = first_with_data(record);
    Cleaning c = {.plan_count = 0};

    if ((flags & PRUNE_HAS_HORIZON) != 0)
        put_number(out, "snapshotConflictHorizon: ", byte_reader_u32(&r));
    put_text(out, ", isCatalogRel: ");
    put_char(out, (flags & PRUNE_IS_CATALOG) != 0 ? 'T' : 'F');
    if (ref == NULL)
        return;

    read_cleaning_17(&c, flags, ref);
    put_number(out, ", nplans: ", c.plan_count);
    put_number(out, ", nredirected: ", c.redirected_count);
    put_number(out, ", ndead: ", c.dead_count);
    put_number(out, ", nunused: ", c.unused_count);
    if (c.plan_count > 0)
        put_plans(out, &c);
    if (c.redirected_count > 0)
        put_pairs(out, ", redirected: ", c.redirected, c.redirected_count);
    if (c.dead_count > 0)
        put_offsets(out, ", dead: ", c.dead, c.dead_count);
    if (c.unused_count > 0)
        put_offsets(out, ", unused: ", c.unused, c.unused_count);
}

/* Each part begins with its count; the offsets to freeze come last, without one. */
static void read_cleaning_17(Cleaning *c, uint8_t flags, const WalBlockRef *ref)
{
    ByteReader r = wal_data_reader(ref);

    if ((flags & PRUNE_HAS_PLANS) != 0) {
        c->plan_count = byte_reader_u16(&r);
        byte_reader_take(&r, 2);
        c->plans = byte_reader_take(&r, (size_t)c->plan_count * PLAN_SIZE);
    }
    if ((flags & PRUNE_HAS_REDIRECTED) != 0)
        c->redirected = take_counted(&r, 4, &c->redirected_count);
    if ((flags & PRUNE_HAS_DEAD) != 0)
        c->dead = take_counted(&r, 2, &c->dead_count);
    if ((flags & PRUNE_HAS_UNUSED) != 0)
        c->unused = take_counted(&r, 2, &c->unused_count);
    c->frozen = r;
}

static const uint8_t *take_counted(ByteReader *r, size_t size, uint16_t *count)
{
    *count = byte_reader_u16(r);
    return byte_reader_take(r, *count * size);
}

/* ---- Words ---- */

static void put_plans(StrBuf *out, Cleaning *c)
{
    put_text(out, ", plans: [");
    for (uint16_t i = 0; i < c->plan_count; i++) {
        const uint8_t *plan = c->plans + (size_t)i * PLAN_SIZE;
        uint16_t row_count = load_u16(plan + 10);

        put_number(out, i == 0 ? "{ xmax: " : ", { xmax: ", load_u32(plan));
        put_number(out, ", infomask: ", load_u16(plan + 6));
        put_number(out, ", infomask2: ", load_u16(plan + 4));
        put_number(out, ", ntuples: ", row_count);
        put_offsets(out, ", offsets: ", byte_reader_take(&c->frozen, row_count * 2u), row_count);
        put_text(out, " }");
    }
    put_char(out, ']');
}

static void put_offsets(StrBuf *out, const char *label, const uint8_t *offsets, uint16_t count)
{
    strbuf_add(out, label);
    put_char(out, '[');
    for (uint16_t i = 0; i < count; i++)
        put_number(out, i == 0 ? "" : ", ", load_u16(offsets + (size_t)i * 2));
    put_char(out, ']');
}

static void put_pairs(StrBuf *out, const char *label, const uint8_t *offsets, uint16_t count)
{
    strbuf_add(out, label);
    put_char(out, '[');
    for (uint16_t i = 0; i < count; i++) {
        put_number(out, i == 0 ? "" : ", ", load_u16(offsets + (size_t)i * 4));
        put_number(out, "->", load_u16(offsets + (size_t)i * 4 + 2));
    }
    put_char(out, ']');
}

static void put_infobits(StrBuf *out, const char *label, uint8_t infobits)
{
    static const char *const names[] = {"IS_MULTI", "LOCK_ONLY", "EXCL_LOCK", "KEYSHR_LOCK",
                                        "KEYS_UPDATED"};
    const char *between = "";

    strbuf_add(out, label);
    put_char(out, '[');
    for (size_t bit = 0; bit < ARRAY_LEN(names); bit++) {
        if ((infobits & 1u << bit) == 0)
            continue;
        strbuf_add(out, between);
        strbuf_add(out, names[bit]);
        between = ", ";
    }
    put_char(out, ']');
}

static void put_number(StrBuf *out, const char *label, uint32_t v)
{
    strbuf_add(out, label);
    put_u32(out, v);
}

static void put_flags(StrBuf *out, const char *label, uint8_t flags)
{
    strbuf_add(out, label);
    put_text(out, "0x");
    put_hex_u8(out, flags);
}

/* Block 0, where it carries more than an image. */
static const WalBlockRef *first_with_data(const WalRecord *record)
{
    const WalBlockRef *ref = wal_record_ref(record, 0);

    return ref != NULL && ref->has_data ? ref : NULL;
}
