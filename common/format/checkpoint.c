/* checkpoint.c - checkpoints as bytes; checkpoint.h has the fields. */
#include "common/base/base.h"

#include "common/format/checkpoint.h"

#include "common/base/bytes.h"

enum {
    AT_REDO = 0,
    AT_TLI = 8,
    AT_PREV_TLI = 12,
    AT_FULL_PAGE_WRITES = 16,
    AT_WAL_LEVEL = 20,
    AT_NEXT_XID = 24,
    AT_NEXT_OID = 32,
    AT_NEXT_MULTI = 36,
    AT_NEXT_MULTI_OFFSET = 40,
    AT_OLDEST_XID = 44,
    AT_OLDEST_XID_DB = 48,
    AT_OLDEST_MULTI = 52,
    AT_OLDEST_MULTI_DB = 56,
    AT_TIME = 64,
    AT_OLDEST_COMMIT_TS_XID = 72,
    AT_NEWEST_COMMIT_TS_XID = 76,
    AT_OLDEST_ACTIVE_XID = 80,
};

void checkpoint_decode(const uint8_t *bytes, Checkpoint *out)
{
    *out = (Checkpoint){
        .redo = load_u64(bytes + AT_REDO),
        .tli = load_u32(bytes + AT_TLI),
        .prev_tli = load_u32(bytes + AT_PREV_TLI),
        .full_page_writes = bytes[AT_FULL_PAGE_WRITES] != 0,
        .wal_level = load_u32(bytes + AT_WAL_LEVEL),
        .next_xid = load_u64(bytes + AT_NEXT_XID),
        .next_oid = load_u32(bytes + AT_NEXT_OID),
        .next_multi = load_u32(bytes + AT_NEXT_MULTI),
        .next_multi_offset = load_u32(bytes + AT_NEXT_MULTI_OFFSET),
        .oldest_xid = load_u32(bytes + AT_OLDEST_XID),
        .oldest_xid_db = load_u32(bytes + AT_OLDEST_XID_DB),
        .oldest_multi = load_u32(bytes + AT_OLDEST_MULTI),
        .oldest_multi_db = load_u32(bytes + AT_OLDEST_MULTI_DB),
        .time = (int64_t)load_u64(bytes + AT_TIME),
        .oldest_commit_ts_xid = load_u32(bytes + AT_OLDEST_COMMIT_TS_XID),
        .newest_commit_ts_xid = load_u32(bytes + AT_NEWEST_COMMIT_TS_XID),
        .oldest_active_xid = load_u32(bytes + AT_OLDEST_ACTIVE_XID),
    };
}

void checkpoint_encode(const Checkpoint *checkpoint, uint8_t *bytes)
{
    store_u64(bytes + AT_REDO, checkpoint->redo);
    store_u32(bytes + AT_TLI, checkpoint->tli);
    store_u32(bytes + AT_PREV_TLI, checkpoint->prev_tli);
    bytes[AT_FULL_PAGE_WRITES] = checkpoint->full_page_writes;
    store_u32(bytes + AT_WAL_LEVEL, checkpoint->wal_level);
    store_u64(bytes + AT_NEXT_XID, checkpoint->next_xid);
    store_u32(bytes + AT_NEXT_OID, checkpoint->next_oid);
    store_u32(bytes + AT_NEXT_MULTI, checkpoint->next_multi);
    store_u32(bytes + AT_NEXT_MULTI_OFFSET, checkpoint->next_multi_offset);
    store_u32(bytes + AT_OLDEST_XID, checkpoint->oldest_xid);
    store_u32(bytes + AT_OLDEST_XID_DB, checkpoint->oldest_xid_db);
    store_u32(bytes + AT_OLDEST_MULTI, checkpoint->oldest_multi);
    store_u32(bytes + AT_OLDEST_MULTI_DB, checkpoint->oldest_multi_db);
    store_u64(bytes + AT_TIME, (uint64_t)checkpoint->time);
    store_u32(bytes + AT_OLDEST_COMMIT_TS_XID, checkpoint->oldest_commit_ts_xid);
    store_u32(bytes + AT_NEWEST_COMMIT_TS_XID, checkpoint->newest_commit_ts_xid);
    store_u32(bytes + AT_OLDEST_ACTIVE_XID, checkpoint->oldest_active_xid);
}
