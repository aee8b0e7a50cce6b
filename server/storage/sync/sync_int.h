/* sync_int.h - what goes through the queue, for queue.c and sync.c. */
#ifndef SYNC_SYNC_INT_H
#define SYNC_SYNC_INT_H

#include "common/base/base.h"
#include "common/mem/mem.h"

#include "server/storage/sync/sync.h"

typedef enum SyncKind {
    SYNC_WANTED,
    SYNC_UNLINK,
    SYNC_FORGET,
    SYNC_FORGET_DATABASE, /* file.tag.database */
} SyncKind;

typedef struct SyncRequest {
    uint32_t kind; /* a SyncKind */
    SyncFile file;
} SyncRequest;

/* No padding: requests and files are compared as bytes. */
STATIC_ASSERT(sizeof(SyncFile) == 24);
STATIC_ASSERT(sizeof(SyncRequest) == 28);

/* Does this process keep the requests itself? Then queue.c hands them over at once. */
bool sync_is_keeper(void);
void sync_keep(const SyncRequest *request);

/* Say that this process takes the queue over, with memory of mem; and that it does so no more. */
void queue_open(MemContext *mem);
void queue_close(void);

/* Around the syncing of files, from before the queue is taken over until all are done. */
void queue_begin_round(void);
void queue_end_round(void);

/* All that is in the queue, to take(); which must not raise. */
void queue_take_all(void (*take)(const SyncRequest *request));

#endif
