/*
 * wal_seg_name.h - names of the files in pg_wal, e.g. 00000001000000A900000042
 *
 * The name of a segment is 24 upper-case hexadecimal digits: the timeline (8), then the segment
 * number split in a high and a low half (8 each). Where the number splits depends on the segment
 * size, fixed when the cluster is made, so functions that need the number take it. Beside segments
 * there are
 *
 *     00000001000000A900000042.partial           a segment of an ended timeline, not complete
 *     00000001000000A900000042.00000028.backup   the history of a backup that began there
 *     00000002.history                           the ancestors of a timeline
 *
 * Source: PostgreSQL 15 manual, "WAL Internals" and "Continuous Archiving".
 */
#ifndef FORMAT_WAL_SEG_NAME_H
#define FORMAT_WAL_SEG_NAME_H

#include "common/base/base.h"

#define WAL_SEG_NAME_LEN     24 /* bytes, without the terminating NUL */
#define WAL_FILE_NAME_MAX    40 /* of any of the names above, likewise */

#define WAL_SEG_SIZE_MIN     MIB(1)
#define WAL_SEG_SIZE_MAX     MIB(1024)
#define WAL_SEG_SIZE_DEFAULT MIB(16)

typedef struct WalSeg {
    TimelineId tli;  /* 1 or more */
    uint64_t seg_no; /* counts segments from LSN 0/0 */
} WalSeg;

typedef enum WalNameKind {
    WAL_NAME_OTHER,
    WAL_NAME_SEGMENT,
    WAL_NAME_PARTIAL,
    WAL_NAME_BACKUP,
    WAL_NAME_HISTORY,
} WalNameKind;

/* A power of two from 1 MiB to 1 GiB. */
static inline bool wal_seg_size_is_valid(uint64_t seg_size)
{
    return seg_size >= WAL_SEG_SIZE_MIN && seg_size <= WAL_SEG_SIZE_MAX &&
           (seg_size & (seg_size - 1)) == 0;
}

/* The segment that holds the byte at lsn, and the first byte of a segment. */
static inline uint64_t wal_seg_no(Lsn lsn, uint32_t seg_size)
{
    return lsn / seg_size;
}

static inline Lsn wal_seg_start(uint64_t seg_no, uint32_t seg_size)
{
    return seg_no * seg_size;
}

static inline uint32_t wal_seg_offset(Lsn lsn, uint32_t seg_size)
{
    return (uint32_t)(lsn & (seg_size - 1));
}

/* What a base name is by its form alone: digits and endings, not the numbers' ranges. */
WalNameKind wal_name_kind(const char *name);

/*
 * Read a segment name; false when it is not one, e.g. "archive_status" (*out is then untouched).
 * name is a base name; seg_size is in bytes, a power of two from 1 MiB to 1 GiB.
 */
bool wal_seg_name_try_parse(const char *name, uint32_t seg_size, WalSeg *out);

/* As above, for callers to whom a bad name is an error: raises SQLSTATE_INVALID_NAME. */
WalSeg wal_seg_name_parse(const char *name, uint32_t seg_size);

/* Write the name and a NUL to out. The number must be one that the name has room for. */
void wal_seg_name_write(WalSeg seg, uint32_t seg_size, char out[WAL_SEG_NAME_LEN + 1]);

/* The name of the segment that holds lsn, in the current memory context. */
char *wal_seg_name_at(TimelineId tli, Lsn lsn, uint32_t seg_size);

/* "SEGMENT.partial"; false when it is not one. */
bool wal_partial_name_try_parse(const char *name, uint32_t seg_size, WalSeg *out);

/* "TIMELINE.history", never of timeline 0; false when it is not one. */
bool wal_history_name_try_parse(const char *name, TimelineId *tli);
char *wal_history_name(TimelineId tli);

/* "SEGMENT.OFFSET.backup" of a backup that starts at *start; false when it is not one. */
bool wal_backup_name_try_parse(const char *name, uint32_t seg_size, TimelineId *tli, Lsn *start);
char *wal_backup_name(TimelineId tli, Lsn start, uint32_t seg_size);

#endif
