/*
 * wal_check.h - is this file really the WAL segment that its name says?
 *
 * What enters the archive is looked at on the way in, because a restore is too late to learn that
 * a segment was damaged, renamed or from another cluster.
 */
#ifndef REPO_WAL_CHECK_H
#define REPO_WAL_CHECK_H

#include "common/base/base.h"

#include "common/format/wal_seg_name.h"
#include "common/repo/repo.h"

typedef struct WalCheck {
    RepoIdentity identity; /* as the first page states it */
    WalSeg seg;
    uint32_t rem_len;      /* bytes at its start of a record that begins in the segment before */
    uint64_t record_count; /* records that begin in the segment and lie in it as a whole */
    Lsn end;               /* of the last of them; 0 when there is none */
} WalCheck;

/*
 * Check a segment file of that name (NAME or NAME.partial) and fill *out: length, magic, address
 * and timeline of the pages, one system identifier, and every record's header and CRC up to a
 * segment switch, the segment's end, or, in a .partial, the end of WAL. Something in it must be of
 * the timeline in its name. Raises XX001 or 0A000 (unknown version) saying where and what was
 * expected. Without with_records only the first page is looked at.
 */
void wal_check_segment(const char *name, const uint8_t *bytes, size_t len, bool with_records,
                       WalCheck *out);

/* Bytes at the end of a segment in which a record that goes on behind it is looked for. */
#define WAL_CHECK_TAIL KIB(256)

/* What is needed of the segment before one. The bytes belong to the caller. */
typedef struct WalBefore {
    const uint8_t *first_page; /* BLOCK_SIZE bytes */
    const uint8_t *tail;       /* the last WAL_CHECK_TAIL bytes */
} WalBefore;

typedef enum WalCrossing {
    WAL_CROSSING_SOUND,
    WAL_CROSSING_BAD,
    WAL_CROSSING_UNKNOWN, /* it begins before the tail, or goes on behind the segment */
} WalCrossing;

/*
 * Is the record sound that begins in the segment before and goes on in this one? To be asked of a
 * segment that was checked and has a rem_len: its own bytes do not tell. *reason says what is
 * wrong, where: *at.
 */
WalCrossing wal_check_crossing(const WalCheck *check, const uint8_t *bytes, size_t len,
                               const WalBefore *before, const char **reason, Lsn *at);

#endif
