/*
 * archive_status.h - pg_wal/archive_status: which files of the log are ready for the archiver
 *
 * NAME.ready says that NAME is complete and waits, NAME.done that it has been archived. The files
 * are empty. One that is missing after a crash is made good when its segment would be removed.
 */
#ifndef WAL_ARCHIVE_STATUS_H
#define WAL_ARCHIVE_STATUS_H

#include "common/base/base.h"

/*
 * And wakes the archiver. Raises nothing: what cannot be done is logged, since it stands where a
 * raise would be a panic.
 */
void archive_status_set_ready(const char *name);
void archive_status_set_done(const char *name); /* ready or not */
bool archive_status_is_ready(const char *name);
bool archive_status_is_done(const char *name);
bool archive_status_is_ready_or_done(const char *name);
void archive_status_remove(const char *name);

/*
 * May the file be removed as far as the archive is concerned? When archiving is on and nothing says
 * that it was archived: no, and if nothing says either that it waits, that is said now.
 */
bool archive_status_may_remove(const char *name);

/* Is it still to be archived? Not when it is done, or gone from pg_wal altogether. */
bool archive_status_is_busy(const char *name);

/* The next file to archive: history files first, then by name; false when there is none. */
bool archive_status_next(char *name, size_t size);

/* Is archiving on at all: archive_mode and wal_level allow it. */
bool archive_is_on(void);
bool archive_is_always_on(void);

#endif
