/*
 * sync_rep.h - synchronous replication: a commit waits until standbys have its record
 *
 * Which standbys count is said by synchronous_standby_names, by their application_name: the first
 * few of a list, or any few of it. Who commits takes its place in a queue (one for each of written,
 * flushed, applied) and sleeps; a sender that hears how far its standby is works out how far enough
 * of them are and wakes those who wait for no more.
 *
 * Promises
 *   1. A commit that was told to its client without a warning is where synchronous_commit says.
 *   2. Whoever gives up waiting has committed, and warns.
 */
#ifndef REPLICATION_SYNC_REP_H
#define REPLICATION_SYNC_REP_H

#include "common/base/base.h"

#include "server/config/guc.h"
#include "server/replication/wal_sender.h"

size_t sync_rep_shmem_size(void);
void sync_rep_shmem_init(void *place);

/* The commit whose record ends at lsn waits here: a hook of transactions. */
void sync_rep_wait(Lsn lsn);

/* In the checkpointer, when it begins and after each reload: does anybody have to wait at all? */
void sync_rep_update(void);

/* ---- For senders ---- */

void sync_rep_note_sender(void); /* which place its standby has in the list */
void sync_rep_release(void);     /* its standby has come further */

/* "async", "sync", "potential", "quorum" of each row, as they stand now. */
void sync_rep_states(const Array *rows /* WalSenderRow */, const char **states);

/* ---- The setting ---- */

typedef struct SyncNames {
    bool is_quorum; /* ANY; else FIRST */
    uint32_t count; /* how many must have it */
    Array names;    /* char *; "*" for all */
} SyncNames;

/* NULL: none is named. In the current context; *why when it is no such list. */
bool sync_names_parse(const char *text, SyncNames **out, GucRefusal *why);
bool sync_rep_check_names(GucValue *value, GucSource source, GucRefusal *why);

#endif
