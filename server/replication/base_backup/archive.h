/*
 * archive.h - one tar archive of a base backup: its entries, and the same for the manifest
 *
 * Names are below the archive's own folder; a tablespace's are below pg_tblspc/OID in the manifest.
 *
 * Promises
 *   1. A file has the size that its header says: what was cut off meanwhile is zeros, what was
 *      added is left out. Replay makes both good.
 *   2. The manifest's checksum is that of the bytes that went out.
 */
#ifndef BASE_BACKUP_ARCHIVE_H
#define BASE_BACKUP_ARCHIVE_H

#include "common/base/base.h"

#include "common/os/file.h"
#include "server/replication/base_backup/manifest_spool.h"
#include "server/replication/base_backup/output.h"

typedef struct BackupArchive {
    BackupOutput *output;
    ManifestSpool *manifest; /* NULL: none is wanted */
    bool has_checksums;      /* in it, */
    DigestKind checksum;     /* of that kind */
    bool verifies_pages;
    Lsn start; /* of the backup */

    const char *prefix; /* of names in the manifest: "", "pg_tblspc/16400" */
    uint64_t bad_pages; /* of all archives so far */
} BackupArchive;

/* A file is copied from path in the working folder, as name in the archive. */
void archive_add_folder(BackupArchive *a, const char *name, const OsStat *stat);
void archive_add_link(BackupArchive *a, const char *name, const char *target, const OsStat *stat);

/* False: there is no such file any more. */
bool archive_add_file(BackupArchive *a, const char *path, const char *name);

/* A file that is made here, of now and this process's user. */
void archive_add_bytes(BackupArchive *a, const char *name, const void *bytes, size_t len);

/* The same with the owner, mode and time of a file that there is. */
void archive_add_bytes_as(BackupArchive *a, const char *name, const void *bytes, size_t len,
                          const OsStat *stat);

/* A segment of the log, which no manifest lists: its size must be as expected. */
bool archive_add_segment(BackupArchive *a, const char *path, uint64_t size);

#endif
