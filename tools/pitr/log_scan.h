/*
 * log_scan.h - read the archived log ahead of recovery: is the target there, and what is there?
 *
 * The scan follows PostgreSQL's own rules for stopping, record by record, so that what it says is
 * what recovery will do: a time target stops before the first commit or abort that is later, a
 * transaction, restore point or LSN target at the first match.
 */
#ifndef PITR_LOG_SCAN_H
#define PITR_LOG_SCAN_H

#include "common/base/base.h"

#include "common/walrec/reader.h"
#include "tools/pitr/target.h"

typedef struct LogScanInput {
    WalSource source;
    uint32_t segment_size;
    unsigned version;
    Lsn start;      /* where recovery begins: the backup's redo location */
    Lsn backup_end; /* consistent from here on; LSN_NONE: told by the log itself */
    const Target *target;
} LogScanInput;

typedef struct LogScan {
    bool is_reached;
    bool is_before_consistency; /* the target was met, but too early */
    Lsn stop;        /* replay ends here: before this record, or after the one that ended */
    char *stop_text; /* "before the commit of transaction 726, time ..." */

    bool is_consistent; /* the end of the backup was met */
    Lsn consistent;     /* where */
    PgTime first_time;  /* nothing in the backup is later than this; INT64_MIN: not known */
    PgTime last_time;   /* of the last commit or abort that was read; INT64_MIN: none */
    Lsn last_time_lsn;
    Xid last_xid;

    Lsn end; /* where reading ended, when the target was not met */
    char *end_reason;
    uint64_t commit_count; /* read after consistency */
} LogScan;

/* Results are in the current context. */
LogScan log_scan(const LogScanInput *in);

#endif
