/*
 * sync.h - which files have to be synced before a checkpoint is done, and which unlinked after it
 *
 * Backends hand requests to the checkpointer through a queue in shared memory; it keeps them by
 * file until its checkpoint. When the queue is full a backend syncs the file itself.
 */
#ifndef SYNC_SYNC_H
#define SYNC_SYNC_H

#include "common/base/base.h"

#include "common/format/block_tag.h"
#include "common/format/rel_path.h"

/* Who knows the path of a request's file. */
typedef enum SyncHandler {
    SYNC_RELATION,
    SYNC_CLOG,
    SYNC_COMMIT_TS,
    SYNC_MULTI_OFFSETS,
    SYNC_MULTI_MEMBERS,
    SYNC_FOLDER, /* of relations: tag without rel; a file in it is new */
    SYNC_HANDLER_COUNT,
} SyncHandler;

typedef struct SyncFile {
    uint32_t handler;
    uint32_t fork;
    RelTag tag;
    uint32_t segment;
} SyncFile;

size_t sync_shmem_size(void);
void sync_shmem_init(void *place);

/*
 * Before anything else in the process that keeps the requests: checkpointer, or a standalone one.
 */
void sync_keep_requests(void);

/* false: the queue is full and nobody takes it over; the caller syncs the file. */
bool sync_request(const SyncFile *file) MUST_USE;
void sync_request_unlink(const SyncFile *file); /* after the next checkpoint; waits for room */

/*
 * Not to ask again and again: a request that was made while the round was sync_round(), read before
 * it, stands as long as sync_is_asked(round). To be looked at after the file was written: then the
 * sync that is asked for comes after the writing.
 */
uint32_t sync_round(void);
bool sync_is_asked(uint32_t round);
#define SYNC_ROUND_NONE 0

/* Forget what is asked for a file, or for all of a database, that is about to be removed. */
void sync_forget(const SyncFile *file);
void sync_forget_database(Oid database);

/* ---- In the checkpointer ---- */

void sync_absorb(void);            /* take the queue over; often while it writes buffers */
void sync_before_checkpoint(void); /* from here on unlinks wait for the next one */
typedef struct SyncStats {
    unsigned count;
    uint64_t longest_us, total_us;
} SyncStats;
SyncStats sync_process(void);     /* sync all; a failure is a panic (unless data_sync_retry) */
void sync_after_checkpoint(void); /* unlink what was asked for before it */

/* Sync a folder at once; a failure is a panic, unless data_sync_retry. One that is gone is fine. */
void sync_folder_now(const char *path);

/* Give up all that is kept, for tests and at the end of the process. */
void sync_end(void);

/* Handlers other than relations and folders, set by main: the path of a file. */
void sync_set_handler(SyncHandler handler,
                      bool (*path)(const SyncFile *file, char *path, size_t size));

/* Asks the checkpointer for a checkpoint when the queue is nearly full; set by main. */
void sync_set_wake(void (*wake)(void));

#endif
