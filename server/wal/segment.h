/*
 * segment.h - the files of the log: made, opened, recycled, removed
 *
 * A new segment is a file of zeros under a temporary name (xlogtemp.PID), synced, then renamed; an
 * old one may be renamed into the future instead. pg_wal is synced after each change. A file that
 * has a name is never replaced.
 */
#ifndef WAL_SEGMENT_H
#define WAL_SEGMENT_H

#include "common/base/base.h"

#include "common/os/file.h"

/* Open for writing, made when missing; *was_made (may be NULL) tells. */
OsFile *wal_segment_open(uint64_t seg_no, TimelineId tli, bool *was_made);

/* The file of that timeline for reading; NULL when there is none (any more). */
OsFile *wal_segment_try_open(uint64_t seg_no, TimelineId tli);

/*
 * Begin a timeline inside a segment: the new one's file has the first len bytes of the old one's,
 * then zeros. Raises when the old one is shorter.
 */
void wal_segment_fork(uint64_t seg_no, TimelineId from, TimelineId to, uint32_t len);

/* Make the next one ahead of need, when the end of the log comes near to it; tried once. */
void wal_segments_preallocate(Lsn end, TimelineId tli);

/*
 * Remove or recycle segments before seg_no that are archived (or need not be). end is the end of
 * the log, redo that of the newest checkpoint: they say how many are kept for the future.
 */
void wal_segments_remove_old(uint64_t seg_no, Lsn redo, Lsn end, TimelineId tli);

/*
 * Remove segments that ancestors of tli have behind the one in which they were left at switch_lsn:
 * an abandoned future. Those that wait to be archived stay.
 */
void wal_segments_remove_other_timelines(Lsn switch_lsn, TimelineId tli);

/* What a crash left of segments that were being made. At start-up. */
void wal_segments_remove_temp(void);

uint64_t wal_last_removed_segment(void); /* 0: none yet */

/* Checkpoints by size: how many segments may be written between two. */
unsigned wal_checkpoint_segments(void);

/* What was written between the last two; an estimate of the next follows it. */
void wal_note_checkpoint_distance(uint64_t bytes);
uint64_t wal_checkpoint_distance_estimate(void);

#endif
