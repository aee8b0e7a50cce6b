/*
 * reach.h - can a target be reached from a base backup, and if not, what can?
 *
 * What the log says is held against what recovery will do with it: it stops for good where a
 * segment is missing, damaged or in conflict, whatever lies behind.
 */
#ifndef PITR_REACH_H
#define PITR_REACH_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/repo/repo.h"
#include "tools/pitr/backup.h"
#include "tools/pitr/log_scan.h"
#include "tools/pitr/target.h"

typedef struct Reach {
    Repo *repo;
    RepoIdentity identity;
    Backup *backup;
    Target target;
    TimelineId tli;            /* to recover along */
    Array spans;               /* of TimelineSpan: its line */
    const char *local_wal_dir; /* a pg_wal that is asked for what the archive lacks; or NULL */
    LogScan scan;
} Reach;

/*
 * Choose the timeline to recover along, "latest", "current" or a number: it must be the backup's
 * own, or descend from it behind the backup's start. Raises HF003 when it does not, 42704 when
 * there is none of that number.
 */
void reach_choose_timeline(Reach *r, const char *wanted);

/* Read the log up to the target, into r->scan. */
void reach_scan(Reach *r);

/* Raise HF003, saying what can be reached, when r->scan did not reach the target. */
void reach_check(const Reach *r);

#endif
