/*
 * slru.h - folders of small pages in shared memory: commit status, subtransactions, multixacts
 *
 * A few buffers for each folder, least recently used goes first. Pages, names and files are those
 * of common/format/slru.h. The caller holds the folder's lock (slru_lock) around reading and
 * changing; it may be given up and taken again inside while a page is read or written.
 *
 * What cannot be read or written raises in PostgreSQL's words: `could not access status of
 * transaction N`, with the file and the reason as the detail; the lock is then given up. In
 * recovery what is not there reads as zeros: the log makes it anew.
 */
#ifndef SLRU_SLRU_H
#define SLRU_SLRU_H

#include "common/base/base.h"

#include "common/format/slru.h"
#include "server/ipc/lwlock.h"
#include "server/storage/sync/sync.h"

typedef struct Slru Slru;

typedef struct SlruConfig {
    const SlruKind *kind;
    unsigned buffer_count;
    unsigned lock_number; /* among the locks of rank LW_SLRU: a SlruLockNumber */
    bool has_lsns;        /* keeps the LSN of asynchronous commits (commit status) */
    bool is_synced;       /* files are synced at checkpoints */
    SyncHandler sync_handler;
    bool (*precedes)(uint32_t page, uint32_t other); /* in the order that wraps around */
} SlruConfig;

/* Of whom two may be held at once, the lower first. */
typedef enum SlruLockNumber {
    SLRU_LOCK_XACT,
    SLRU_LOCK_SUBTRANS,
    SLRU_LOCK_COMMIT_TS,
    SLRU_LOCK_MULTI_OFFSETS,
    SLRU_LOCK_MULTI_MEMBERS,
} SlruLockNumber;

size_t slru_size(const SlruConfig *config);
Slru *slru_init(void *place, const SlruConfig *config); /* config is copied */
LwLock *slru_lock(Slru *s);

/* With the lock held exclusively; the slot's page until the lock is released. */
unsigned slru_zero_page(Slru *s, uint32_t page);

/*
 * The slot of a page, read when it was not there. waits_for_write: not while it is being written,
 * so that what the caller changes cannot reach the disk with that write. for_message: whose status
 * the error tells of.
 */
unsigned slru_read_page(Slru *s, uint32_t page, bool waits_for_write, Xid for_message);

/* Takes the lock itself, shared when the page is there; the caller releases it. */
unsigned slru_read_page_shared(Slru *s, uint32_t page, Xid for_message);

uint8_t *slru_slot_page(Slru *s, unsigned slot);
void slru_mark_dirty(Slru *s, unsigned slot);

/*
 * LSNs of groups of items, for asynchronous commit: the page is not written before the log is
 * flushed up to there. They only grow. slru_lsn gives the one of the item's group.
 */
void slru_set_lsn(Slru *s, unsigned slot, uint32_t item, Lsn lsn);
Lsn slru_lsn(Slru *s, unsigned slot, uint32_t item);

void slru_write_page(Slru *s, unsigned slot); /* with the lock held exclusively */
void slru_write_all(Slru *s); /* at checkpoints: to the system, with sync requests */
bool slru_page_exists(Slru *s, uint32_t page); /* in its file */

/* The page with the newest items, which is never given up for another one. */
void slru_set_latest_page(Slru *s, uint32_t page);

/* Remove segments before cutoff_page's; nothing older may be asked for any more. */
void slru_truncate(Slru *s, uint32_t cutoff_page);
void slru_remove_segment(Slru *s, uint32_t segment);

/* Visit each segment file; stops when visit returns true, and returns that. */
bool slru_visit_segments(Slru *s, bool (*visit)(Slru *s, uint32_t segment, void *arg), void *arg);

/* Does the whole segment lie before the page? */
bool slru_segment_is_before(const Slru *s, uint32_t segment, uint32_t page);

/* True when there is a segment that lies before the page. */
bool slru_has_segment_before(Slru *s, uint32_t page);

/*
 * SlruConfig.precedes for items that are numbered in a circle: all of page lies before all of
 * other, seen from the items half a circle around.
 */
bool slru_page_precedes(const SlruKind *kind, uint32_t page, uint32_t other);

/* For sync_set_handler(): the path of a segment's file. */
bool slru_sync_path(const SyncFile *file, char *path, size_t size);

#endif
