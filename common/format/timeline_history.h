/*
 * timeline_history.h - where a timeline branched off, and from which: files like 00000002.history
 *
 * A line for each ancestor, oldest first: its timeline, a TAB, the LSN at which it was left
 * ("%X/%X"), a TAB, the reason. Blank lines and lines that begin with # mean nothing. The file of a
 * timeline repeats that of its parent and adds one line.
 *
 *     1<TAB>2/3CFFEE88<TAB>no recovery target specified
 *
 * Source: PostgreSQL 15 manual, "Timelines"; seen on servers 13 to 18.
 */
#ifndef FORMAT_TIMELINE_HISTORY_H
#define FORMAT_TIMELINE_HISTORY_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/text/strbuf.h"

/* One timeline of a line of descent and the part of the log that is its own. */
typedef struct TimelineSpan {
    TimelineId tli;
    Lsn begin;    /* where it branched off; 0 for the first one */
    Lsn end;      /* where the next one branched off; LSN_NONE for the last: open */
    char *reason; /* why it was left, from the file; NULL for the last */
} TimelineSpan;

/*
 * Read the history file of timeline tli into spans (TimelineSpan), oldest first, the last one tli
 * itself. text NULL stands for timeline 1, which has no file. Raises SQLSTATE_DATA_CORRUPTED naming
 * the line, or when there is none: a server never writes an empty file, but a torn copy may be one.
 */
void timeline_history_parse(const char *text, TimelineId tli, Array *spans);

/* Write spans as the file of the last of them. */
void timeline_history_write(const Array *spans, StrBuf *out);

/* The span that holds the record starting at lsn; NULL when spans is empty. */
const TimelineSpan *timeline_history_at(const Array *spans, Lsn lsn);

/* The span of a timeline, or NULL when it is no ancestor. */
const TimelineSpan *timeline_history_find(const Array *spans, TimelineId tli);

#endif
