/*
 * wal_path.h - the archived log along one line of timelines, as a source for common/walrec's reader
 *
 * After a recovery the log forks: the segment in which the switch lies exists under both timelines,
 * its part before the switch the same in both. For each segment the newest timeline of the line
 * that reaches it is asked first, then older ones, then a .partial of the ended timeline. Of an
 * older one nothing behind the switch is given.
 */
#ifndef REPO_WAL_PATH_H
#define REPO_WAL_PATH_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/repo/repo.h"
#include "common/walrec/reader.h"

/*
 * History files that are at hand outside of the archive, in a base backup's pg_wal: read() gives
 * the text of a timeline's, or NULL. As in PostgreSQL they serve where the archive has none.
 */
typedef struct WalHistorySource {
    const char *(*read)(void *arg, TimelineId tli);
    void *arg;
} WalHistorySource;

/*
 * The line of descent of timeline tli (TimelineSpan, oldest first) by its history file. local may
 * be NULL. Raises 42704 when tli is not 1 and has none.
 */
void wal_path_history(Repo *r, const WalHistorySource *local, TimelineId tli, Array *spans);

/*
 * The newest timeline as PostgreSQL finds it for recovery_target_timeline = latest: history files
 * are probed upwards from tli until one is missing.
 */
TimelineId wal_path_latest(Repo *r, const WalHistorySource *local, TimelineId tli);

typedef struct WalPath WalPath;

/*
 * spans must outlive the path. local_dir (may be NULL) is a pg_wal folder, e.g. a base backup's,
 * that is asked for what the repository lacks. The path belongs to the current memory context.
 */
WalPath *wal_path_new(Repo *r, const Array *spans, uint32_t segment_size, const char *local_dir);

/* The source reads whole segments, checks their digests, and keeps one. */
WalSource wal_path_source(WalPath *p);

/* The first of the segments from one LSN to before another that nothing serves; "" when all are
 * there. The name is that of the newest timeline, in the current context. */
char *wal_path_first_missing(WalPath *p, Lsn from, Lsn to);

#endif
