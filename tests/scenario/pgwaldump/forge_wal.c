/*
 * forge_wal.c - write a WAL segment that holds every kind of record
 *
 *     forge_wal FILE SEED
 *
 * Kinds that a workload reaches seldom or never are here too, with values that no server would
 * write, in all forms of references and images: what one reader says of them another must say too.
 * Fields of one byte that stand for truths are 0 or 1, strings have an end, and counts are those of
 * what follows, since readers that believe the log would run out of the record otherwise.
 */
#include "common/base/base.h"

#include <stdlib.h>

#include "common/base/bytes.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/walrec/rmgr.h"
#include "tests/lib/wal_forge.h"

#define SEGMENT_SIZE MIB(16)
#define RMGR_CUSTOM  137
#define ROUNDS       12

static struct {
    uint64_t seed;
} forge_state;

static uint32_t random_below(uint32_t limit);
static void add_random(StrBuf *b, size_t len, uint32_t below);
static void add_u32(StrBuf *b, uint32_t v);
static void add_u64(StrBuf *b, uint64_t v);
static void add_time(StrBuf *b);
static void add_string(StrBuf *b, size_t len_max);
static void add_padding(StrBuf *b);
static void add_list(StrBuf *b, uint32_t count, size_t item_size);
static void add_messages(StrBuf *b, uint32_t count);
static void add_rels(StrBuf *b, uint32_t count);
static bool build_main(StrBuf *main, uint8_t rmgr, uint8_t opcode);
static bool build_xlog(StrBuf *main, uint8_t opcode);
static void build_xact_end(StrBuf *main, uint8_t opcode);
static void build_prepare(StrBuf *main);
static bool build_standby(StrBuf *main, uint8_t opcode);
static void build_gin_data(StrBuf *data, uint16_t flags);
static void build_segments(StrBuf *data);
static void forge_kind(WalForge *f, uint8_t rmgr, uint8_t opcode, int round);
static void forge_gin(WalForge *f, uint8_t opcode);
static void forge_refs(WalForge *f, int round);
static BlockTag random_block(void);
static WalForgeImage random_image(void);

int main(int argc, char **argv)
{
    static const uint8_t rmgrs_beyond[] = {RMGR_CUSTOM, 255};
    WalForge f;

    if (argc != 3)
        return 2;
    forge_state.seed = strtoull(argv[2], NULL, 10);
    wal_forge_init(&f, 15, SEGMENT_SIZE, (Lsn)SEGMENT_SIZE);
    for (int round = 0; round < ROUNDS; round++) {
        for (unsigned rmgr = 0; rmgr < RMGR_COUNT; rmgr++) {
            for (unsigned opcode = 0; opcode < 256; opcode += 16) {
                /* A switch would end the segment: it comes last. */
                if (rmgr != RMGR_XLOG || opcode != WAL_XLOG_SWITCH)
                    forge_kind(&f, (uint8_t)rmgr, (uint8_t)opcode, round);
            }
        }
        for (size_t i = 0; i < ARRAY_LEN(rmgrs_beyond); i++)
            forge_kind(&f, rmgrs_beyond[i], (uint8_t)(16 * random_below(16)), round);
    }
    wal_forge_switch(&f);
    os_write_durable(argv[1], f.log.text, f.log.len);
    return 0;
}

static void forge_kind(WalForge *f, uint8_t rmgr, uint8_t opcode, int round)
{
    StrBuf main;

    strbuf_init(&main);
    wal_forge_begin(f, rmgr, opcode, random_below(UINT32_MAX));
    if (rmgr == RMGR_GIN && (opcode == WAL_GIN_INSERT || opcode == WAL_GIN_VACUUM_DATA_LEAF_PAGE)) {
        forge_gin(f, opcode);
        return;
    }
    if (rmgr == RMGR_BTREE && opcode == WAL_BTREE_META_CLEANUP) {
        add_random(&main, 28, 256);
        wal_forge_ref(f, 0, WAL_FORGE_DATA, random_block(), main.text, main.len);
        wal_forge_end(f);
        return;
    }
    if (random_below(10) == 0) {
        static const uint8_t headers[] = {253, 7, 0, 252, 9, 8, 7, 0};

        wal_forge_header(f, headers, sizeof(headers));
    }
    forge_refs(f, round);
    if (!build_main(&main, rmgr, opcode))
        add_random(&main, 104, round % 2 == 0 ? 2 : 256);
    wal_forge_main(f, main.text, main.len);
    wal_forge_end(f);
}

/* These two are described by their block data, unless there is an image. */
static void forge_gin(WalForge *f, uint8_t opcode)
{
    uint16_t flags = (uint16_t)random_below(4);
    StrBuf data, main;

    strbuf_init(&data);
    strbuf_init(&main);
    if (opcode == WAL_GIN_INSERT) {
        strbuf_add_bytes(&main, &flags, sizeof(flags));
        add_random(&main, 8, 256);
        build_gin_data(&data, flags);
    } else {
        build_segments(&data);
    }
    if (random_below(4) == 0)
        wal_forge_ref_image(f, 0, WAL_FORGE_DATA | WAL_FORGE_IMAGE, random_block(), random_image(),
                            data.text, data.len);
    else
        wal_forge_ref(f, 0, WAL_FORGE_DATA, random_block(), data.text, data.len);
    wal_forge_main(f, main.text, main.len);
    wal_forge_end(f);
}

static void build_gin_data(StrBuf *data, uint16_t flags)
{
    if (flags == 3)
        build_segments(data);
    else
        add_random(data, 12, 2);
}

static void build_segments(StrBuf *data)
{
    uint16_t count = (uint16_t)random_below(6);

    strbuf_add_bytes(data, &count, sizeof(count));
    for (uint16_t i = 0; i < count; i++) {
        uint16_t len = (uint16_t)random_below(9);
        uint32_t action = 1 + random_below(4);

        strbuf_add_char(data, (char)random_below(256));
        strbuf_add_char(data, (char)action);
        if (action == 2 || action == 3) {
            add_random(data, 6, 256);
            strbuf_add_bytes(data, &len, sizeof(len));
            add_random(data, size_align_up(len, 2), 256);
        } else if (action == 4) {
            strbuf_add_bytes(data, &len, sizeof(len));
            add_random(data, (size_t)len * 6, 256);
        }
    }
}

/* ---- References ---- */

static void forge_refs(WalForge *f, int round)
{
    uint32_t count = round == 0 ? 0 : random_below(4);
    uint8_t id = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint8_t flags = random_below(4) == 0 ? WAL_FORGE_WILL_INIT : 0;

        id = (uint8_t)(id + random_below(3));
        if (i > 0 && random_below(2) == 0)
            flags |= WAL_FORGE_SAME_REL;
        if (random_below(3) == 0)
            wal_forge_ref_image(f, id, flags | WAL_FORGE_IMAGE, random_block(), random_image(),
                                NULL, 0);
        else
            wal_forge_ref(f, id, flags, random_block(), NULL, 0);
        id++;
    }
}

static BlockTag random_block(void)
{
    return (BlockTag){.rel = {.tablespace = 1663 + random_below(3),
                              .database = random_below(20000),
                              .rel = random_below(UINT32_MAX)},
                      .fork = random_below(FORK_COUNT),
                      .block = random_below(UINT32_MAX)};
}

/* With and without hole, plain and compressed in each way, to be applied or compared. */
static WalForgeImage random_image(void)
{
    static const uint8_t page[BLOCK_SIZE];
    uint8_t method = (uint8_t)(2u << random_below(4)); /* 2: none */
    bool has_hole = random_below(2) == 0;
    bool is_plain = method == 2;
    WalForgeImage image = {.bytes = page};

    image.info = (uint8_t)((is_plain ? 0 : method) | (random_below(2) << 1) | (has_hole ? 1 : 0));
    image.write_hole_len = has_hole && !is_plain;
    image.hole_offset = (uint16_t)(has_hole ? 24 + random_below(100) : 0);
    image.hole_len = (uint16_t)(has_hole ? 1 + random_below(1000) : 0);
    image.len =
        (uint16_t)(is_plain ? (uint32_t)BLOCK_SIZE - image.hole_len : 1 + random_below(4000));
    return image;
}

/* ---- Main data ---- */

/* False for kinds of fixed fields, for which anything will do. */
static bool build_main(StrBuf *main, uint8_t rmgr, uint8_t opcode)
{
    uint32_t count = random_below(6);

    switch (rmgr) {
    case RMGR_XLOG:
        return build_xlog(main, opcode);
    case RMGR_XACT:
        opcode &= 0x70;
        if (opcode == WAL_XACT_PREPARE)
            build_prepare(main);
        else if (opcode == WAL_XACT_ASSIGNMENT)
            add_u32(main, random_below(1000)), add_list(main, count, 4);
        else if (opcode == WAL_XACT_INVALIDATIONS)
            add_u32(main, count), add_messages(main, count);
        else
            build_xact_end(main, opcode);
        return true;
    case RMGR_SMGR:
        add_u32(main,
                opcode == WAL_SMGR_CREATE ? 1663 + random_below(3) : random_below(UINT32_MAX));
        add_u32(main, opcode == WAL_SMGR_CREATE ? random_below(20000) : 1663 + random_below(3));
        add_random(main, 4, 256);
        add_u32(main, random_below(4));
        add_u32(main, random_below(8));
        return true;
    case RMGR_DBASE:
        add_u32(main, random_below(UINT32_MAX));
        add_list(main, 2 + count, 4);
        return true;
    case RMGR_TBLSPC:
        add_u32(main, random_below(UINT32_MAX));
        add_string(main, 100);
        return true;
    case RMGR_MULTIXACT:
        if (opcode != WAL_MULTIXACT_CREATE_ID)
            return false;
        add_random(main, 8, 256);
        add_u32(main, count);
        for (uint32_t i = 0; i < count; i++)
            add_u32(main, random_below(UINT32_MAX)), add_u32(main, random_below(7));
        return true;
    case RMGR_RELMAP:
        add_random(main, 8, 256);
        add_u32(main, 512);
        add_random(main, 512, 256);
        return true;
    case RMGR_STANDBY:
        return build_standby(main, opcode);
    case RMGR_HEAP:
        if ((opcode & 0x70) != WAL_HEAP_TRUNCATE)
            return false;
        add_u32(main, random_below(UINT32_MAX));
        add_u32(main, count);
        add_u32(main, random_below(4));
        for (uint32_t i = 0; i < count; i++)
            add_u32(main, random_below(UINT32_MAX));
        return true;
    case RMGR_HEAP2:
        if (opcode != WAL_HEAP2_REWRITE)
            return false;
        add_random(main, 24, 256);
        add_u32(main, count);
        add_random(main, 12 + count * 36, 256);
        return true;
    case RMGR_GENERIC:
        for (uint32_t i = 0; i < count; i++) {
            uint16_t place[2] = {(uint16_t)random_below(8192), (uint16_t)random_below(20)};

            strbuf_add_bytes(main, place, sizeof(place));
            add_random(main, place[1], 256);
        }
        return true;
    case RMGR_REPLORIGIN:
        add_random(main, 10, 256);
        add_random(main, 6, 2);
        return true;
    case RMGR_LOGICALMSG:
        add_u32(main, random_below(UINT32_MAX));
        add_u32(main, random_below(2));
        add_u64(main, 4);
        add_u64(main, count);
        strbuf_add_bytes(main, "a b", 4);
        add_random(main, count, 256);
        return true;
    default:
        return false;
    }
}

static bool build_xlog(StrBuf *main, uint8_t opcode)
{
    switch (opcode) {
    case WAL_XLOG_RESTORE_POINT:
        add_time(main);
        add_string(main, 60);
        add_random(main, 8 + 64 - main->len, 256);
        return true;
    case WAL_XLOG_END_OF_RECOVERY:
        add_time(main);
        add_random(main, 8, 256);
        return true;
    case WAL_XLOG_OVERWRITE_CONTRECORD:
        add_random(main, 8, 256);
        add_time(main);
        return true;
    case WAL_XLOG_PARAMETER_CHANGE:
        add_random(main, 20, 256);
        add_u32(main, random_below(4));
        add_random(main, 4, 2);
        return true;
    case WAL_XLOG_FPW_CHANGE:
        add_random(main, 1, 2);
        return true;
    case WAL_XLOG_CHECKPOINT_ONLINE:
    case WAL_XLOG_CHECKPOINT_SHUTDOWN:
        add_random(main, 16, 256);
        add_random(main, 8, 2);
        add_random(main, 64, 256);
        return true;
    default:
        return false;
    }
}

/* With each part that there can be, or without. */
static void build_xact_end(StrBuf *main, uint8_t opcode)
{
    bool is_commit = opcode == WAL_XACT_COMMIT || opcode == WAL_XACT_COMMIT_PREPARED;
    bool is_prepared = opcode == WAL_XACT_COMMIT_PREPARED || opcode == WAL_XACT_ABORT_PREPARED;
    uint32_t xinfo = random_below(512) & ~0x10u;
    uint32_t count = random_below(5);

    if (!is_commit)
        xinfo &= ~0x08u;
    if (is_prepared)
        xinfo |= 0x10;
    else
        xinfo &= ~0x80u;
    xinfo |= random_below(8) << 29;
    if (!is_commit)
        xinfo &= 0xFFFFFF;
    add_time(main);
    add_u32(main, xinfo);
    if (xinfo & 0x01)
        add_random(main, 8, 256);
    if (xinfo & 0x02)
        add_list(main, count, 4);
    if (xinfo & 0x04)
        add_u32(main, count), add_rels(main, count);
    if (xinfo & 0x100)
        add_list(main, count, 12);
    if (xinfo & 0x08)
        add_u32(main, count), add_messages(main, count);
    if (xinfo & 0x10)
        add_random(main, 4, 256);
    if (xinfo & 0x80)
        add_string(main, 20);
    if (xinfo & 0x20)
        add_random(main, 8, 256), add_time(main);
}

static void build_prepare(StrBuf *main)
{
    uint32_t counts[6];
    uint16_t gid_len;
    StrBuf gid;

    strbuf_init(&gid);
    add_string(&gid, 30);
    gid_len = (uint16_t)gid.len;
    for (size_t i = 0; i < ARRAY_LEN(counts); i++)
        counts[i] = random_below(4);
    add_u32(main, 0x57F94534);
    add_random(main, 12, 256);
    add_time(main);
    add_u32(main, 10);
    strbuf_add_bytes(main, counts, sizeof(counts));
    add_random(main, 1, 2);
    strbuf_add_char(main, 0);
    strbuf_add_bytes(main, &gid_len, sizeof(gid_len));
    add_u64(main, random_below(2) * UINT64_C(0x123456789));
    add_time(main);
    strbuf_add_bytes(main, gid.text, gid.len), add_padding(main);
    add_random(main, (size_t)counts[0] * 4, 256), add_padding(main);
    add_rels(main, counts[1]), add_padding(main);
    add_rels(main, counts[2]), add_padding(main);
    add_random(main, (size_t)counts[3] * 12, 256), add_padding(main);
    add_random(main, (size_t)counts[4] * 12, 256), add_padding(main);
    add_messages(main, counts[5]), add_padding(main);
}

static bool build_standby(StrBuf *main, uint8_t opcode)
{
    uint32_t count = random_below(5), sub_count = random_below(5);

    switch (opcode) {
    case WAL_STANDBY_LOCK:
        add_list(main, count, 12);
        return true;
    case WAL_STANDBY_RUNNING_XACTS:
        add_u32(main, count);
        add_u32(main, sub_count);
        add_u32(main, random_below(2));
        add_random(main, 12 + 4 * (size_t)(count + sub_count), 256);
        return true;
    case WAL_STANDBY_INVALIDATIONS:
        add_random(main, 8, 256);
        add_u32(main, random_below(2));
        add_u32(main, count);
        add_messages(main, count);
        return true;
    default:
        return false;
    }
}

/* ---- Bytes ---- */

/* The next number of a splitmix64 series, brought below limit. */
static uint32_t random_below(uint32_t limit)
{
    uint64_t z = forge_state.seed += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (uint32_t)((z ^ (z >> 31)) % limit);
}

static void add_random(StrBuf *b, size_t len, uint32_t below)
{
    for (size_t i = 0; i < len; i++)
        strbuf_add_char(b, (char)random_below(below));
}

static void add_u32(StrBuf *b, uint32_t v)
{
    strbuf_add_bytes(b, &v, sizeof(v));
}

static void add_u64(StrBuf *b, uint64_t v)
{
    strbuf_add_bytes(b, &v, sizeof(v));
}

/* From 2000 to 2071, to the microsecond. */
static void add_time(StrBuf *b)
{
    add_u64(b, (uint64_t)random_below(INT32_MAX) * 1050000 + random_below(1050000));
}

static void add_string(StrBuf *b, size_t len_max)
{
    for (size_t len = random_below((uint32_t)len_max); len > 0; len--)
        strbuf_add_char(b, (char)(' ' + random_below(95)));
    strbuf_add_char(b, '\0');
}

static void add_padding(StrBuf *b)
{
    strbuf_add_chars(b, 0, size_align_up(b->len, 8) - b->len);
}

/* A count, then as many items. */
static void add_list(StrBuf *b, uint32_t count, size_t item_size)
{
    add_u32(b, count);
    add_random(b, count * item_size, 256);
}

static void add_messages(StrBuf *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        strbuf_add_char(b, (char)((int)random_below(90) - 8));
        add_random(b, 15, 256);
    }
}

static void add_rels(StrBuf *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        BlockTag tag = random_block();

        strbuf_add_bytes(b, &tag.rel, sizeof(tag.rel));
    }
}
