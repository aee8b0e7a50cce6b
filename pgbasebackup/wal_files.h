/*
 * wal_files.h - the segments of a backup's WAL: files in pg_wal, or members of pg_wal.tar
 *
 * Segments have their full size from the start on and are filled from the front; what the stream
 * does not reach stays zero. Those that are complete are marked as archived
 * (archive_status/X.done), so that a server that starts on the backup does not archive them again;
 * so are history files.
 */
#ifndef PGBASEBACKUP_WAL_FILES_H
#define PGBASEBACKUP_WAL_FILES_H

#include "common/base/base.h"

#include "pgbasebackup/options.h"

typedef struct WalFiles WalFiles;

/* In the current context, which must outlive it. */
WalFiles *wal_files_new(const BackupOptions *b, uint32_t segment_size);

/* WAL in order; a piece lies in one segment. */
void wal_files_write(WalFiles *f, TimelineId tli, Lsn lsn, const void *bytes, size_t len);

/* The current segment gets no more. */
void wal_files_end_segment(WalFiles *f);

void wal_files_add_history(WalFiles *f, const char *name, const void *content, size_t len);

/* No more WAL comes: close, and sync unless --no-sync. The tar gets its final name. */
void wal_files_finish(WalFiles *f);

#endif
