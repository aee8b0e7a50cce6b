/*
 * archive_status.h - pg_wal/archive_status: which files of the log are ready for the archiver
 */
#ifndef WAL_ARCHIVE_STATUS_H
#define WAL_ARCHIVE_STATUS_H

#include "common/base/base.h"

void archive_status_set_ready(const char *name); /* and wakes the archiver */
void archive_status_set_done(const char *name);  /* ready or not */
bool archive_status_is_ready(const char *name);
bool archive_status_is_done(const char *name); /* for a segment before the end: also when neither */
bool archive_status_is_ready_or_done(const char *name);
void archive_status_remove(const char *name);

/* The next file to archive: history files first, then by name; false when there is none. */
bool archive_status_next(char *name, size_t size);

/* Is archiving on at all: archive_mode and wal_level allow it. */
bool archive_is_on(void);
bool archive_is_always_on(void);

#endif
