/*
 * manifest_spool.h - the manifest of a base backup, gathered while its files are sent
 *
 * It goes out last, and may be as large as a database has files: what is more than a piece waits in
 * a temporary file.
 */
#ifndef BASE_BACKUP_MANIFEST_SPOOL_H
#define BASE_BACKUP_MANIFEST_SPOOL_H

#include "common/base/base.h"

#include "common/crypt/digest.h"
#include "common/format/manifest.h"
#include "server/replication/base_backup/output.h"
#include "server/storage/file/vfd.h"

typedef struct ManifestSpool {
    ManifestWriter writer;
    uint8_t *buffer; /* what is not in the file yet */
    size_t used;
    Vfd *file;      /* NULL: there is none so far */
    uint64_t saved; /* bytes in it */
} ManifestSpool;

void manifest_spool_begin(ManifestSpool *s, bool encodes_paths);

/* A file; digest NULL: without checksum. The digest is at its end afterwards. */
void manifest_spool_add(ManifestSpool *s, const char *path, uint64_t size, int64_t mtime,
                        Digest *digest);

/* Its last part, then all of it. */
void manifest_spool_add_wal_range(ManifestSpool *s, const ManifestWalRange *range);
void manifest_spool_send(ManifestSpool *s, BackupOutput *output);

/* Give the temporary file back, at any point after the begin. */
void manifest_spool_end(ManifestSpool *s);

#endif
