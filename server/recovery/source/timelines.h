/*
 * timelines.h - which timelines there are, and the line of descent that recovery follows
 *
 * History files come from the archive, when recovery has one, and else from pg_wal.
 */
#ifndef SOURCE_TIMELINES_H
#define SOURCE_TIMELINES_H

#include "common/base/base.h"

#include "common/ds/array.h"

bool timeline_exists(TimelineId tli); /* it has a history file; the first one has none */

/* The newest that descends from tli, as far as numbers tell: each has its file. */
TimelineId timeline_newest(TimelineId tli);

/*
 * The line of descent of tli (TimelineSpan, oldest first) in the current context. A file that came
 * from the archive is kept in pg_wal.
 */
void timeline_read(TimelineId tli, Array *spans);

/* Have the history files from begin up to, but not with, end in pg_wal, for those who follow us. */
void timeline_restore_histories(TimelineId begin, TimelineId end);

/*
 * The timeline tli begins at lsn of parent, for that reason: write its file, durably; the archiver
 * is told.
 */
void timeline_write(TimelineId tli, TimelineId parent, Lsn lsn, const char *reason);

#endif
