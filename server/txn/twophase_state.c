/*
 * twophase_state.c - the state of a prepared transaction as bytes: built, read, in files
 *
 * Pieces are padded to 8 bytes. Padding is zero here, and garbage where PostgreSQL wrote it.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/crypt/crc32c.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/text/num.h"
#include "common/text/strbuf.h"
#include "common/walrec/dir_source.h"
#include "common/walrec/effects.h"
#include "common/walrec/reader.h"
#include "common/walrec/rmgr.h"
#include "server/txn/twophase_int.h"
#include "server/txn/txn_int.h"
#include "server/wal/wal.h"

#define MAGIC         0x57F94534
#define STATE_VERSION 15
#define CRC_SIZE      4
#define STATE_MAX     GIB(1)

/* Where fields of the head are that are written late, or at all. */
enum {
    AT_MAGIC = 0,
    AT_TOTAL_LEN = 4,
    AT_XID = 8,
    AT_DATABASE = 12,
    AT_PREPARED_AT = 16,
    AT_OWNER = 24,
    AT_COUNTS = 28, /* children, rels at commit and abort, stats likewise, messages */
    AT_DROPS_INIT_FILES = 52,
    AT_GID_LEN = 54,
    AT_ORIGIN_LSN = 56,
    AT_ORIGIN_TIME = 64,
};

typedef struct RecordHead {
    uint32_t len;
    uint8_t kind;
    uint8_t pad;
    uint16_t info;
} RecordHead;

/* The one being built, in memory of the transaction. */
static StrBuf building;

static void add_piece(const void *bytes, size_t len);
static const char *path_of(Xid xid);

/* ---- Building ---- */

void twophase_state_begin(const char *gid, Xid xid, PgTime prepared_at, Oid owner)
{
    uint8_t head[TWOPHASE_HEADER_SIZE] = {0};
    CommitInfo at_commit, at_abort;
    uint32_t counts[6];

    txn_collect(true, &at_commit);
    txn_collect(false, &at_abort);
    counts[0] = (uint32_t)at_commit.child_count;
    counts[1] = (uint32_t)at_commit.rel_count;
    counts[2] = (uint32_t)at_abort.rel_count;
    counts[3] = at_commit.parts.stats_count;
    counts[4] = at_abort.parts.stats_count;
    counts[5] = at_commit.parts.message_count;

    store_u32(head + AT_MAGIC, MAGIC);
    store_u32(head + AT_XID, xid);
    store_u32(head + AT_DATABASE, txn.database);
    store_u64(head + AT_PREPARED_AT, (uint64_t)prepared_at);
    store_u32(head + AT_OWNER, owner);
    memcpy(head + AT_COUNTS, counts, sizeof counts);
    head[AT_DROPS_INIT_FILES] = at_commit.parts.drops_init_files;
    store_u16(head + AT_GID_LEN, (uint16_t)(strlen(gid) + 1));
    if (txn.origin_id != 0) {
        store_u64(head + AT_ORIGIN_LSN, txn.origin_lsn);
        store_u64(head + AT_ORIGIN_TIME, (uint64_t)txn.origin_time);
    }

    strbuf_init(&building);
    add_piece(head, sizeof head);
    add_piece(gid, strlen(gid) + 1);
    add_piece(at_commit.children, counts[0] * sizeof(Xid));
    add_piece(at_commit.rels, counts[1] * sizeof(RelTag));
    add_piece(at_abort.rels, counts[2] * sizeof(RelTag));
    add_piece(at_commit.parts.stats, (size_t)counts[3] * 12);
    add_piece(at_abort.parts.stats, (size_t)counts[4] * 12);
    add_piece(at_commit.parts.messages, (size_t)counts[5] * 16);
}

void twophase_add(TwophaseKind kind, uint16_t info, const void *bytes, size_t len)
{
    RecordHead head = {.len = (uint32_t)len, .kind = (uint8_t)kind, .info = info};

    STATIC_ASSERT(sizeof(RecordHead) == 8);
    add_piece(&head, sizeof head);
    if (len > 0)
        add_piece(bytes, len);
}

static void add_piece(const void *bytes, size_t len)
{
    static const char zeros[8] = {0};

    if (len == 0)
        return;
    strbuf_add_bytes(&building, bytes, len);
    strbuf_add_bytes(&building, zeros, size_align_up(len, 8) - len);
}

TwophaseState twophase_state_end(void)
{
    TwophaseState state;
    uint32_t crc;

    twophase_add(TWOPHASE_END, 0, NULL, 0);
    if (building.len + CRC_SIZE > STATE_MAX)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                  .message = "two-phase state file maximum length exceeded");
    store_u32(building.text + AT_TOTAL_LEN, (uint32_t)(building.len + CRC_SIZE));
    crc = crc32c(building.text, building.len);
    strbuf_add_bytes(&building, (const char *)&crc, sizeof crc);
    state = (TwophaseState){.bytes = (uint8_t *)building.text, .len = building.len};
    memset(&building, 0, sizeof building);
    return state;
}

/* ---- Reading ---- */

void twophase_state_read(const TwophaseState *state, Xid xid, TwophaseHeader *out)
{
    const char *path = path_of(xid);

    twophase_file_read(state->bytes, state->len, true, STATE_VERSION, path, out);
    if (out->xid != xid)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("corrupted two-phase state in \"%s\"", path),
                  .detail = err_fmt("It is that of transaction %u.", out->xid));
}

TwophaseState twophase_state_from_log(Xid xid, Lsn lsn)
{
    const WalIdentity *identity = wal_identity();
    WalDirConfig dir = {
        .path = identity->directory != NULL ? identity->directory : "pg_wal",
        .segment_size = identity->segment_size,
    };
    WalReaderConfig config = {.source = wal_dir_source(wal_dir_new(&dir)),
                              .segment_size = identity->segment_size};
    WalReader *reader = wal_reader_new(&config);
    const WalRecord *record;

    wal_reader_find(reader, lsn);
    while (wal_reader_next(reader, &record))
        if (record->rmgr == RMGR_XACT && wal_record_opcode(record) == WAL_XACT_PREPARE &&
            record->xid == xid) {
            TwophaseState state = {.bytes = mem_alloc(record->main_len + CRC_SIZE),
                                   .len = record->main_len + CRC_SIZE};

            memcpy(state.bytes, record->main, record->main_len);
            store_u32(state.bytes + record->main_len, crc32c(record->main, record->main_len));
            return state;
        }
    err_raise(SQLSTATE_DATA_CORRUPTED,
              .message =
                  err_fmt("could not read two-phase state from WAL at " LSN_FMT, LSN_ARG(lsn)));
}

/* ---- Files ---- */

static const char *path_of(Xid xid)
{
    return mem_printf("pg_twophase/%08X", xid);
}

TwophaseState twophase_state_from_file(Xid xid)
{
    TwophaseState state;

    state.bytes = (uint8_t *)os_file_read_all(path_of(xid), STATE_MAX, &state.len);
    return state;
}

void twophase_state_write_file(Xid xid, const TwophaseState *state)
{
    os_write_durable(path_of(xid), state->bytes, state->len);
}

void twophase_state_remove_file(Xid xid)
{
    if (os_exists(path_of(xid)))
        os_unlink_durable(path_of(xid));
}
