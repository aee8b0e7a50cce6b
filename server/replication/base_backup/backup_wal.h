/*
 * backup_wal.h - the log that a base backup takes with it, and its parts by timeline
 *
 * Nothing keeps these segments in pg_wal but their youth (and slots, and wal_keep_size): one that
 * has gone ends the backup.
 */
#ifndef BASE_BACKUP_BACKUP_WAL_H
#define BASE_BACKUP_BACKUP_WAL_H

#include "common/base/base.h"

#include "server/replication/base_backup/archive.h"

/* Where the log of a backup begins and ends. */
typedef struct BackupSpan {
    TimelineId start_tli, end_tli;
    Lsn start, end;
} BackupSpan;

/*
 * The segments of the span and the histories of timelines, with what says that they need no
 * archiving any more. Raises 58P01 when one is missing.
 */
void backup_wal_add(BackupArchive *a, const BackupSpan *span);

/* What of the span each timeline has, newest first, for the manifest. */
void backup_wal_list(ManifestSpool *manifest, const BackupSpan *span);

#endif
