/*
 * effects.h - what a record does beyond the blocks it names: commit status, files, counters, time
 *
 * walrec_effect() turns the main data of a record into one typed effect. Lists inside it stay where
 * they are in the record, unaligned, and are read by the accessors below. Block changes are none
 * of its business (common/redo); a record may have both, or neither.
 *
 * Source: the *_xlog.h headers of PostgreSQL 15; other versions observed on servers 13 to 18.
 */
#ifndef WALREC_EFFECTS_H
#define WALREC_EFFECTS_H

#include "common/base/base.h"

#include "common/base/bytes.h"
#include "common/format/block_tag.h"
#include "common/format/checkpoint.h"
#include "common/walrec/record.h"

typedef enum WalEffectKind {
    WAL_EFFECT_NONE, /* nothing beyond blocks */
    WAL_EFFECT_COMMIT,
    WAL_EFFECT_ABORT,
    WAL_EFFECT_PREPARE,
    WAL_EFFECT_XID_ASSIGN,     /* assign: subtransactions of a running transaction */
    WAL_EFFECT_INVALIDATE,     /* invalidate: caches, outside of a commit */
    WAL_EFFECT_LOCK,           /* locks: AccessExclusive ones, which standbys must take too */
    WAL_EFFECT_CLOG_ZERO_PAGE, /* page */
    WAL_EFFECT_CLOG_TRUNCATE,  /* truncate */
    WAL_EFFECT_COMMIT_TS_ZERO_PAGE,
    WAL_EFFECT_COMMIT_TS_TRUNCATE,
    WAL_EFFECT_MULTI_ZERO_OFFSETS_PAGE,
    WAL_EFFECT_MULTI_ZERO_MEMBERS_PAGE,
    WAL_EFFECT_MULTI_CREATE,      /* multi */
    WAL_EFFECT_MULTI_TRUNCATE,    /* multi_truncate */
    WAL_EFFECT_REL_CREATE,        /* rel; one fork is made */
    WAL_EFFECT_REL_TRUNCATE,      /* rel, with block_count and the forks */
    WAL_EFFECT_RELMAP_UPDATE,     /* relmap */
    WAL_EFFECT_DB_COPY,           /* db: a database's folder is copied from another's */
    WAL_EFFECT_DB_CREATE,         /* db: an empty folder with PG_VERSION; records follow */
    WAL_EFFECT_DB_DROP,           /* db_drop */
    WAL_EFFECT_TABLESPACE_CREATE, /* tablespace */
    WAL_EFFECT_TABLESPACE_DROP,
    WAL_EFFECT_CHECKPOINT, /* checkpoint */
    WAL_EFFECT_NEXT_OID,   /* oid */
    WAL_EFFECT_SWITCH,
    WAL_EFFECT_BACKUP_END,       /* lsn: where that backup started */
    WAL_EFFECT_PARAMETER_CHANGE, /* raw; walrec_parameters takes it apart */
    WAL_EFFECT_RESTORE_POINT,    /* restore_point */
    WAL_EFFECT_FULL_PAGE_WRITES, /* is_on */
    WAL_EFFECT_END_OF_RECOVERY,  /* end_of_recovery */
    WAL_EFFECT_OVERWRITE,        /* lsn: the record whose continuation was lost */
    WAL_EFFECT_RUNNING_XACTS,    /* running */
    WAL_EFFECT_CHECKPOINT_REDO,  /* wal_level; where an online checkpoint starts redo; 17 and up */
    WAL_EFFECT_REWRITE_MAP,      /* rewrite_map: a file in pg_logical/mappings grows */
    WAL_EFFECT_ORIGIN_SET,       /* origin */
    WAL_EFFECT_ORIGIN_DROP,      /* origin, its id alone */
    WAL_EFFECT_MESSAGE,          /* message */
} WalEffectKind;

/* Items of a fixed size that lie in the record, unaligned. */
typedef struct WalList {
    const uint8_t *items;
    uint32_t count;
    uint32_t item_size; /* bytes */
} WalList;

/* Of a cache that is not up to date any more. */
typedef struct WalInvalidate {
    WalList messages; /* walrec_list_message */
    bool drops_init_files;
    Oid database, tablespace; /* whose init files */
} WalInvalidate;

/* COMMIT, ABORT, PREPARE. xid is the one whose status changes, also for prepared transactions. */
typedef struct WalXactEffect {
    Xid xid;
    PgTime time;
    bool is_prepared; /* COMMIT PREPARED or ABORT PREPARED */
    bool drops_init_files;
    uint32_t xinfo; /* raw bits; 0 for PREPARE */
    Oid database;   /* 0 when the record does not say, as the next */
    Oid tablespace;
    WalList subxacts;   /* walrec_list_xid */
    WalList rels;       /* walrec_list_rel: relations whose files go, all forks and segments */
    WalList abort_rels; /* PREPARE: those that go when it is rolled back */
    WalList stats;      /* walrec_list_stats: statistics that go with them */
    WalList abort_stats;
    WalList messages; /* invalidations: walrec_list_message */
    const char *gid;  /* of a prepared transaction; NULL when the record does not say */
    Lsn origin_lsn;   /* 0 when there is none */
    PgTime origin_time;
} WalXactEffect;

/* What a standby has to have at least, as of the last start of the primary. */
typedef struct WalParameters {
    uint32_t max_connections, max_worker_processes, max_wal_senders;
    uint32_t max_prepared_xacts, max_locks_per_xact;
    uint32_t wal_level; /* 0 minimal, 1 replica, 2 logical */
    bool wal_log_hints, track_commit_timestamp;
} WalParameters;

typedef struct WalEffect {
    WalEffectKind kind;
    size_t unread_len; /* bytes of main data behind what was read: padding, or what no kind needs */
    union {
        WalXactEffect xact;
        int64_t page; /* number of an SLRU page */
        struct {
            int64_t page;
            Xid oldest_xid;
            Oid oldest_database; /* CLOG_TRUNCATE */
        } truncate;
        struct {
            MultiXid id;
            MultiOffset offset;
            WalList members; /* walrec_list_member */
        } multi;
        struct {
            Oid oldest_database;
            MultiXid begin, end; /* first kept id before and after */
            MultiOffset member_begin, member_end;
        } multi_truncate;
        struct {
            RelTag tag;
            ForkNo fork;         /* REL_CREATE */
            BlockNo block_count; /* REL_TRUNCATE: blocks that stay in the main fork */
            bool cuts_main, cuts_vm, cuts_fsm;
        } rel;
        struct {
            Oid database, tablespace;
            const uint8_t *bytes; /* the whole file */
            uint32_t size;
        } relmap;
        struct {
            Oid database, tablespace;
            Oid from_database, from_tablespace; /* DB_COPY */
        } db;
        struct {
            Oid database;
            WalList tablespaces; /* walrec_list_xid */
        } db_drop;
        struct {
            Oid oid;
            const char *path; /* NULL for a drop */
        } tablespace;
        struct {
            const uint8_t *bytes; /* see format/checkpoint.h */
            uint32_t size;
            bool is_shutdown;
        } checkpoint;
        struct {
            const uint8_t *bytes;
            uint32_t size;
        } raw;
        struct {
            PgTime time;
            const char *name;
        } restore_point;
        struct {
            PgTime time;
            TimelineId tli, prev_tli;
            uint32_t wal_level; /* 17 and up; else 0 */
        } end_of_recovery;
        struct {
            Xid next_xid, oldest_running_xid, latest_completed_xid;
            bool subxids_overflowed;
            WalList xids; /* top-level ones, then children */
            uint32_t top_count;
        } running;
        struct {
            Xid top_xid;
            WalList subxacts; /* walrec_list_xid */
        } assign;
        struct {
            Xid xid; /* that may need the mappings */
            Oid database, rel;
            uint64_t file_offset;
            Lsn start_lsn;    /* of the rewrite */
            WalList mappings; /* 36 bytes each: old and new place of a row version */
        } rewrite_map;
        struct {
            uint16_t id;
            Lsn lsn;
            bool is_forced;
        } origin;
        struct {
            Oid database;
            bool is_transactional;
            const char *prefix;
            const uint8_t *body;
            uint64_t body_len;
        } message;
        WalInvalidate invalidate;
        WalList locks; /* walrec_list_lock */
        uint32_t wal_level;
        Oid oid;
        Lsn lsn;
        bool is_on;
    };
} WalEffect;

/*
 * Fill *effect; kind NONE for a record without any. Raises SQLSTATE_DATA_CORRUPTED when the main
 * data is shorter than its kind has to be.
 */
void walrec_effect(const WalRecord *record, WalEffect *effect);

/* Take the main data of a PARAMETER_CHANGE apart. */
WalParameters walrec_parameters(const WalEffect *effect);

static inline Xid walrec_list_xid(const WalList *list, uint32_t i)
{
    ASSERT(i < list->count);
    return load_u32(list->items + (size_t)i * 4);
}

static inline RelTag walrec_list_rel(const WalList *list, uint32_t i)
{
    const uint8_t *at = list->items + (size_t)i * 12;

    ASSERT(i < list->count);
    return (RelTag){
        .tablespace = load_u32(at), .database = load_u32(at + 4), .rel = load_u32(at + 8)};
}

/* A multixact's member: its xid, and 0 to 5 for the strength of its lock. */
static inline Xid walrec_list_member(const WalList *list, uint32_t i, uint32_t *status)
{
    const uint8_t *at = list->items + (size_t)i * 8;

    ASSERT(i < list->count);
    *status = load_u32(at + 4);
    return load_u32(at);
}

typedef struct WalLock {
    Xid xid;
    Oid database;
    Oid rel; /* object id, not file number */
} WalLock;

static inline WalLock walrec_list_lock(const WalList *list, uint32_t i)
{
    const uint8_t *at = list->items + (size_t)i * 12;

    ASSERT(i < list->count);
    return (WalLock){load_u32(at), load_u32(at + 4), load_u32(at + 8)};
}

typedef struct WalStatsItem {
    uint32_t kind;
    Oid database;
    uint64_t object;
} WalStatsItem;

/* Objects have 64-bit numbers from 18 on. */
static inline WalStatsItem walrec_list_stats(const WalList *list, uint32_t i)
{
    const uint8_t *at = list->items + (size_t)i * list->item_size;

    ASSERT(i < list->count);
    return (WalStatsItem){.kind = load_u32(at),
                          .database = load_u32(at + 4),
                          .object = list->item_size == 16 ? load_u64(at + 8) : load_u32(at + 8)};
}

typedef struct WalMessage {
    int8_t kind;    /* 0 and up: number of a catalog cache; below: other caches */
    Oid database;   /* 0: shared */
    uint32_t value; /* hash of a catalog cache's key; else the object */
} WalMessage;

static inline WalMessage walrec_list_message(const WalList *list, uint32_t i)
{
    const uint8_t *at = list->items + (size_t)i * 16;

    ASSERT(i < list->count);
    return (WalMessage){(int8_t)at[0], load_u32(at + 4), load_u32(at + 8)};
}

#endif
