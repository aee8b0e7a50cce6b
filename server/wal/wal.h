/*
 * wal.h - the write-ahead log of a running server: positions, insertion, flush
 *
 * A record is put together in memory of the process, gets its place in the log by one short step
 * under a spinlock, and is copied into the log's shared buffers beside the copies of others.
 * Whoever needs it on disk flushes up to an LSN; one write and one fsync serve all who wait.
 *
 * Promises
 *   1. wal_flush(lsn) returns after every byte before lsn is on disk. If it cannot, the server
 *      panics: a log that may have lost something is never written again.
 *   2. Bytes in the log's files are the bytes that PostgreSQL 15 would read: common/walrec reads
 *      back what was inserted.
 *   3. No record is inserted before wal_start(), which recovery calls with the end of the log.
 */
#ifndef WAL_WAL_H
#define WAL_WAL_H

#include "common/base/base.h"

#include "common/format/block_tag.h"
#include "common/format/checkpoint.h"
#include "server/config/guc.h"

size_t wal_shmem_size(void);
void wal_shmem_init(void *place);

/* ---- Life ---- */

typedef struct WalIdentity {
    uint64_t system_id;
    uint32_t segment_size; /* bytes */
    bool has_checksums;    /* of data pages: hint bits need images */
    const char *directory; /* of the segments; NULL: "pg_wal" in the working folder */
} WalIdentity;

/* From pg_control, by the supervisor, before any other call. */
void wal_set_identity(const WalIdentity *identity);
const WalIdentity *wal_identity(void);

/*
 * What the log asks of modules above it; set by main before the first fork. Each may be NULL. The
 * first ones are called inside critical sections with the lock for writing held, so they must not
 * raise nor take locks.
 */
typedef struct WalHooks {
    void (*wake_archiver)(void);
    void (*request_checkpoint)(void);     /* as much was written as max_wal_size allows */
    bool (*has_busy_siblings)(int count); /* do that many others run transactions? */

    void (*wake_senders)(void);                /* the log was flushed */
    void (*advance_min_recovery_end)(Lsn lsn); /* wal_flush() in recovery */
    bool (*is_past_min_recovery_end)(Lsn lsn); /* wal_needs_flush() in recovery */
    bool (*is_in_archive_recovery)(void);      /* then only archive_mode = always archives */
} WalHooks;

void wal_set_hooks(const WalHooks *hooks);

/* Where recovery ended. */
typedef struct WalStart {
    TimelineId tli;
    Lsn end;                  /* where the next record goes */
    Lsn last_record;          /* start of the newest record, for the back link */
    const uint8_t *last_page; /* the page that end lies in, up to end; NULL when it begins one */
    Lsn aborted_record;       /* a record whose continuation is lost: 0 none */
    Lsn missing_continuation; /* the page where it would go on; the log goes on there, not at end */
    Lsn redo;                 /* of the newest checkpoint: pages older than that get images */
    bool full_page_writes;
} WalStart;

/*
 * Inserting is allowed from now on. After a record whose continuation is lost its first act is the
 * record that says so (OVERWRITE_CONTRECORD), flushed.
 */
void wal_start(const WalStart *start);
bool wal_is_started(void); /* this process may insert (not in recovery) */

/*
 * wal_start() allows it to the process that called it alone: those who read meanwhile must not
 * write before recovery has put everything in place. wal_open_to_all() does; the checkpointer
 * allows itself to make the checkpoint that ends recovery.
 */
void wal_open_to_all(void);
void wal_allow_early(void);
TimelineId wal_timeline(void);

/* ---- Inserting ---- */

typedef enum WalRefFlag {
    WAL_REF_FORCE_IMAGE = 1,
    WAL_REF_NO_IMAGE = 2,
    WAL_REF_WILL_INIT = 4 | 2, /* redo makes the page from nothing */
    WAL_REF_STANDARD = 8,      /* between lower and upper is nothing: left out of an image */
    WAL_REF_KEEP_DATA = 16,    /* data stays beside an image */
} WalRefFlag;

typedef enum WalInsertFlag {
    WAL_INSERT_ORIGIN = 1,      /* with the session's replication origin */
    WAL_INSERT_UNIMPORTANT = 2, /* alone it is no reason for a checkpoint or a switch */
} WalInsertFlag;

#define WAL_PARTS_MIN 20 /* parts that may be registered without wal_ensure_room() */
#define WAL_REFS_MIN  5  /* ids of references, likewise: 0 to 4 */

/*
 * One record at a time:
 *
 *     wal_begin_insert();
 *     wal_register_data(&head, sizeof head);
 *     wal_register_page(0, &tag, page, WAL_REF_STANDARD);
 *     wal_register_page_data(0, tuple, len);
 *     lsn = wal_insert(RMGR_HEAP, WAL_HEAP_INSERT);
 *     page_set_lsn(page, lsn);
 *
 * What is registered must stay as it is until wal_insert(). Pages are locked exclusively and marked
 * dirty before. wal_begin_insert() may raise (memory), so it and registering more than the first
 * few parts (wal_ensure_room()) stand before the critical section; wal_insert() stands inside.
 */
void wal_begin_insert(void);
void wal_reset_insert(void); /* after a raise */
void wal_ensure_room(unsigned ref_id_max, unsigned data_part_count);
void wal_set_insert_flags(unsigned flags);
void wal_register_data(const void *bytes, size_t len);
void wal_register_page(unsigned ref_id, const BlockTag *tag, const uint8_t *page, unsigned flags);
void wal_register_page_data(unsigned ref_id, const void *bytes, size_t len);

/* Returns the record's end: the LSN of the pages that it changes. */
Lsn wal_insert(uint8_t rmgr, uint8_t info);

/* Images of pages as one record (XLOG FPI) or more; LSNs are the caller's to set. */
Lsn wal_insert_page_image(const BlockTag *tag, const uint8_t *page, bool is_standard);

/*
 * The same for several, in records of up to 33. ends[i] is the LSN of page i. Before a critical
 * section: it takes memory.
 */
void wal_insert_page_images(const BlockTag *tags, const uint8_t *const *pages, size_t count,
                            bool is_standard, Lsn *ends);

/* Would a change of a page with that LSN be logged with its image, as of now? */
bool wal_needs_image(Lsn page_lsn);

/*
 * The transaction's id for records (txn sets it); 0 none. A top-level id for logical decoding goes
 * into the next record, once: wal_top_xid_is_logged() tells.
 */
void wal_set_xid(Xid xid, Xid top_xid_to_log);
bool wal_top_xid_is_logged(void);
void wal_set_origin(uint16_t origin); /* of the session; 0 none */

/* ---- Positions ---- */

Lsn wal_insert_lsn(void); /* end of what was inserted */
Lsn wal_write_lsn(void);  /* end of what the system has */
Lsn wal_flush_lsn(void);  /* end of what is on disk */
Lsn wal_redo_lsn(void);   /* of the newest checkpoint, as inserting knows it */
Lsn wal_last_important_lsn(void);
Lsn wal_last_switch(int64_t *unix_seconds); /* end of the newest whole segment, and when that was */
Lsn wal_proc_last_record_start(void);       /* of this process; 0: none in this transaction */
Lsn wal_proc_last_record_end(void);
void wal_proc_forget_last_record(void);

/* ---- Flushing ---- */

void wal_flush(Lsn lsn);
bool wal_needs_flush(Lsn lsn);

/*
 * What the WAL writer does in each round: whole pages, and what was committed without waiting; and
 * it makes the next segment ahead of need, which may raise. False when there was nothing to do.
 */
bool wal_flush_background(void);
void wal_note_writer_sleeps(bool is_asleep); /* for long, so that it has to be woken */
void wal_set_async_lsn(Lsn lsn);             /* a commit that did not wait: to be flushed soon */
Lsn wal_async_lsn(void);

/* ---- Switch, checkpoint ---- */

/* End the segment. Returns the end of the switch record; at a segment's start the position. */
Lsn wal_switch(bool is_unimportant);

/*
 * Stop inserting for a moment and set the redo point of a checkpoint that begins: what is changed
 * after it gets images again. Returns where the next record will start.
 */
Lsn wal_begin_checkpoint(void);

/* Has something important been inserted since lsn? */
bool wal_has_news_since(Lsn lsn);

/* Settings that inserting must see in order: full_page_writes, and a forced one by backups. */
void wal_set_full_page_writes(bool is_on);
bool wal_full_page_writes(void);
void wal_force_page_images(int delta); /* +1 at the start of a base backup, -1 at its end */

/* ---- Reading back what is not on disk yet ---- */

/* Bytes of the log from lsn on that are still in the buffers; 0 when they are not. */
size_t wal_read_buffers(Lsn lsn, void *bytes, size_t size);

/* ---- Counters and settings ---- */

/* What this process has done since it began; for EXPLAIN (WAL) and pg_stat_wal. */
typedef struct WalUsage {
    uint64_t records;
    uint64_t images;
    uint64_t bytes;
    uint64_t buffers_full; /* times that a buffer had to be written out to be used again */
    uint64_t writes, syncs;
    uint64_t write_time_us, sync_time_us; /* with track_wal_io_timing */
} WalUsage;

const WalUsage *wal_usage(void);

/* Pages that wal_buffers = -1 stands for. */
int wal_buffers_automatic(void);

/* The hook of wal_consistency_checking (config/guc.h), whose value has been checked. */
void wal_assign_consistency_checking(GucValue value);

#endif
