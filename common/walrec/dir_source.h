/*
 * dir_source.h - WAL from a folder of segment files, e.g. pg_wal or a plain archive
 *
 * Files are read, not mapped: a file that another process cuts short must not kill this one.
 */
#ifndef WALREC_DIR_SOURCE_H
#define WALREC_DIR_SOURCE_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/walrec/reader.h"

typedef struct WalDir WalDir;

typedef struct WalDirConfig {
    const char *path;      /* kept, not copied */
    uint32_t segment_size; /* bytes */

    /*
     * The line of descent to read along (TimelineSpan, oldest first), kept, not copied: a segment
     * in which one timeline was left for the next is read from the newest that has it, and never
     * from one older than the reader is on. NULL: only the reader's timeline, or the newest that
     * has the segment while the reader is on none.
     */
    const Array *history;
    bool take_partial; /* SEGMENT.partial serves where there is no SEGMENT */
} WalDirConfig;

/* The folder is looked at when segments are read. Belongs to the current memory context. */
WalDir *wal_dir_new(const WalDirConfig *config);

/* For readers, one at a time. Raises what opening and reading files raises. */
WalSource wal_dir_source(WalDir *d);

/*
 * The size of the segments in a folder, as the first page of a file says; 0 when the page says none
 * that there can be. path names a segment file.
 */
uint32_t wal_dir_segment_size(const char *path);

#endif
