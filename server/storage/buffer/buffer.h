/*
 * buffer.h - pages in shared memory
 *
 * A Buffer is a slot: positive in shared memory, negative in this process's own (temporary
 * relations), 0 none. A page may be looked at with a pin and a content lock, changed with an
 * exclusive one. Pins are owned by the current resource owner, content locks are lwlocks.
 *
 * Promises
 *   1. A page is written only after the log is flushed up to its LSN (permanent relations).
 *   2. What is written carries its checksum, of a copy: hint bits may change meanwhile.
 *   3. A page that is read is checked; XX001 names relation path and block (zero_damaged_pages and
 *      ignore_checksum_failure as in PostgreSQL).
 */
#ifndef BUFFER_BUFFER_H
#define BUFFER_BUFFER_H

#include "common/base/base.h"

#include "server/storage/smgr/smgr.h"

typedef int Buffer;
#define BUFFER_NONE 0

size_t buffer_shmem_size(void);
void buffer_shmem_init(void *place);
void buffer_init(void); /* in each process */

typedef enum BufferMode {
    BUFFER_NORMAL,        /* read and check */
    BUFFER_ZERO_ON_ERROR, /* a page that is damaged counts as new */
    BUFFER_ZERO_AND_LOCK, /* it will be made anew: do not read; comes locked exclusively */
    BUFFER_ZERO_AND_CLEANUP_LOCK,
} BufferMode;

typedef struct BufferRing BufferRing; /* a few buffers that a large scan uses again and again */
typedef enum BufferRingKind { RING_BULK_READ, RING_BULK_WRITE, RING_VACUUM } BufferRingKind;
BufferRing *buffer_ring_new(BufferRingKind kind); /* NULL is none, too */
void buffer_ring_free(BufferRing *ring);

/*
 * Pin the block's buffer, reading it when needed. block BLOCK_NONE extends the fork by one page of
 * zeros; the caller holds buffer_lock_extension().
 */
Buffer buffer_read(SmgrRel *rel, ForkNo fork, BlockNo block, BufferMode mode, BufferRing *ring,
                   bool is_permanent);

/*
 * Around extending: nobody else extends that relation. A short lock (rank RELATION_EXTENSION). The
 * maps have one of their own, so that new blocks may be noted while it is held.
 *
 * To add many blocks at once: smgr_block_count(), smgr_zero_extend(), unlock, then buffer_read() of
 * each with BUFFER_ZERO_AND_LOCK, which does not read it.
 */
void buffer_lock_extension(const SmgrRel *rel);
bool buffer_try_lock_extension(const SmgrRel *rel) MUST_USE;

/* How many wait for it, roughly. (For another relation, too, whose lock is the same by chance.) */
unsigned buffer_extension_waiters(const SmgrRel *rel);
void buffer_unlock_extension(const SmgrRel *rel);
void buffer_lock_map_extension(const SmgrRel *rel);
void buffer_unlock_map_extension(const SmgrRel *rel);

/* As buffer_read(), if it is in memory; else 0. */
Buffer buffer_try_find(SmgrRel *rel, ForkNo fork, BlockNo block);

/*
 * Pin recent if it still is that block's buffer, as it was a while ago (the root of a tree),
 * without the way through the table. Not for temporary relations.
 */
bool buffer_try_pin_recent(Buffer recent, const SmgrRel *rel, ForkNo fork, BlockNo block) MUST_USE;
void buffer_prefetch(SmgrRel *rel, ForkNo fork, BlockNo block);
bool buffer_is_cached(SmgrRel *rel, ForkNo fork, BlockNo block); /* as of a moment ago */

void buffer_pin(Buffer b); /* once more */
void buffer_unpin(Buffer b);
void buffer_unlock_unpin(Buffer b);
bool buffer_is_pinned(Buffer b); /* by this process */

typedef enum BufferLock { BUFFER_SHARED, BUFFER_EXCLUSIVE } BufferLock;
void buffer_lock(Buffer b, BufferLock mode);
void buffer_unlock(Buffer b);
bool buffer_try_lock_exclusive(Buffer b) MUST_USE;
bool buffer_is_locked_exclusive(Buffer b);

/* Exclusive, and nobody else has a pin: line pointers may be moved. */
void buffer_lock_cleanup(Buffer b);
bool buffer_try_lock_cleanup(Buffer b) MUST_USE;
bool buffer_is_cleanup_ok(Buffer b); /* is what we have locked exclusively pinned by us alone? */

uint8_t *buffer_page(Buffer b);
void buffer_tag(Buffer b, BlockTag *tag);
BlockNo buffer_block(Buffer b);
Lsn buffer_lsn(Buffer b); /* also with a shared lock, where hint bits may be logged */
bool buffer_is_permanent(Buffer b);

/* With an exclusive lock, inside the critical section that changes the page. */
void buffer_mark_dirty(Buffer b);

/* With a shared lock at least: hint bits were set. Logs an image where checksums need one. */
void buffer_mark_dirty_hint(Buffer b, bool is_standard);

/* Register a buffer's page with the record that is being made (wal.h). */
void buffer_register_wal(unsigned ref_id, Buffer b, unsigned flags);

/* ---- Whole relations; no buffer of theirs may be in use ---- */

void buffer_drop_fork_from(SmgrRel *rel, const ForkNo *forks, const BlockNo *counts,
                           unsigned count);
void buffer_drop_relations(const RelTag *tags, size_t count, int temp_backend);
void buffer_drop_database(Oid database);
void buffer_flush_relation(SmgrRel *rel);
void buffer_flush_database(Oid database);

/* ---- Background ---- */

typedef struct BufferSyncStats {
    unsigned written;
    unsigned scanned;
} BufferSyncStats;

/*
 * Write all that was dirty when it began, in the order of files and balanced between tablespaces.
 * pause is called after each, with the share that is done (0 to 1): it sleeps to keep the pace.
 */
typedef enum BufferSync {
    BUFFER_SYNC_PERMANENT, /* a checkpoint while the server runs */
    BUFFER_SYNC_ALL,       /* unlogged ones too: shutdown, end of recovery */
} BufferSync;
BufferSyncStats buffer_sync(BufferSync what, void (*pause)(double done));

/* One round of the background writer; true when there was nothing to do for a long time. */
bool buffer_write_ahead(void);

/* Be woken (by the latch) when a buffer is taken next: before a long sleep. */
void buffer_wake_me(bool is_wanted);

/* Nothing may be pinned any more: owners have given back what was. */
void buffer_at_end_of_transaction(bool is_commit);

/* While it waits for a cleanup lock, redo on a standby sends away those who stand in its way. */
void buffer_set_pin_wait_hook(void (*hook)(Buffer b)); /* returns when it is to look again */

/* ---- Statistics ---- */

/* Of this process, since it began; written also by blocks that relations grew by. */
typedef struct BufferCounters {
    uint64_t hits, reads, dirtied, written;
    uint64_t local_hits, local_reads, local_dirtied, local_written;
    uint64_t read_ns, write_ns; /* with track_io_timing; writes of shared buffers alone */
    uint64_t taken;         /* buffers for new pages, as seen by the background writer */
    uint64_t written_ahead; /* by the background writer */
    uint64_t ahead_stopped; /* its rounds that ended at bgwriter_lru_maxpages */
} BufferCounters;
const BufferCounters *buffer_counters(void);

/* A buffer by its index (0 to buffer_count() - 1), for those who show what is in memory. */
typedef struct BufferInfo {
    BlockTag tag;
    bool is_valid, is_dirty;
    unsigned usage, pin_count;
} BufferInfo;
uint32_t buffer_count(void);
bool buffer_info(uint32_t index, BufferInfo *out); /* false: it is empty */

#endif
