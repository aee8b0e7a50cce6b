/*
 * checkpoint.h - what a checkpoint says: the main data of its WAL record and a part of pg_control
 *
 * 88 bytes in all versions from 13 to 18. 17 put the wal_level into what was padding.
 *
 * Source: catalog/pg_control.h of PostgreSQL 15; servers 13 to 18.
 */
#ifndef FORMAT_CHECKPOINT_H
#define FORMAT_CHECKPOINT_H

#include "common/base/base.h"

#define CHECKPOINT_SIZE 88 /* bytes */

typedef struct Checkpoint {
    Lsn redo;            /* where replay begins */
    TimelineId tli;      /* at the checkpoint */
    TimelineId prev_tli; /* before it; another one only in an end-of-recovery checkpoint */
    bool full_page_writes;
    uint32_t wal_level; /* 17 and later; else what the padding holds */
    FullXid next_xid;
    Oid next_oid;
    MultiXid next_multi;
    MultiOffset next_multi_offset;
    Xid oldest_xid;
    Oid oldest_xid_db;
    MultiXid oldest_multi;
    Oid oldest_multi_db;
    int64_t time; /* Unix seconds */
    Xid oldest_commit_ts_xid;
    Xid newest_commit_ts_xid;
    Xid oldest_active_xid; /* 0 in a shutdown checkpoint */
} Checkpoint;

/* Take CHECKPOINT_SIZE bytes apart. Nothing is judged. */
void checkpoint_decode(const uint8_t *bytes, Checkpoint *out);

/* Overwrite the fields in CHECKPOINT_SIZE bytes; padding stays as it is. */
void checkpoint_encode(const Checkpoint *checkpoint, uint8_t *bytes);

#endif
