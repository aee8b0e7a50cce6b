/*
 * base_backup.h - a base backup by one command: what is asked for, and doing it
 *
 * Source: PostgreSQL 15 manual, "Streaming Replication Protocol", BASE_BACKUP.
 */
#ifndef BASE_BACKUP_BASE_BACKUP_H
#define BASE_BACKUP_BASE_BACKUP_H

#include "common/base/base.h"

#include "common/compress/spec.h"
#include "common/crypt/digest.h"
#include "common/ds/array.h"

typedef enum BackupDestination {
    BACKUP_TO_CLIENT,
    BACKUP_TO_SERVER,
    BACKUP_TO_NOWHERE,
} BackupDestination;

typedef struct BackupOptions {
    const char *label;
    BackupDestination destination;
    const char *folder; /* BACKUP_TO_SERVER */
    CompressSpec compression;
    uint32_t max_rate_kb; /* a second; 0: no limit */
    bool wants_sizes;     /* of what comes, before it comes */
    bool is_fast;         /* the checkpoint that it begins with */
    bool includes_wal;
    bool waits;          /* until the log that it takes is archived */
    bool has_map;        /* a tablespace_map in place of links */
    bool verifies_pages; /* where the cluster has checksums */
    bool has_manifest;
    bool encodes_paths; /* in it, all of them */
    bool has_checksums;
    DigestKind checksum;
} BackupOptions;

/* From the options of the command (ReplicationOption); raises as PostgreSQL does, in its order. */
void backup_options_read(const Array *given, BackupOptions *out);

/*
 * Do it and answer the client, all but the end of the command. However it ends, nothing of it is
 * left in this process nor in shared memory.
 */
void base_backup_run(const BackupOptions *options);

#endif
