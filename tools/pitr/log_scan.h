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
    uint64_t system_id;
    TimelineId tli; /* on which the log begins */
    Lsn start;      /* where recovery begins: the backup's redo location */
    Lsn checkpoint; /* the backup's, behind start */
    Lsn backup_end; /* consistent from here on; LSN_NONE: told by the log itself */
    const Target *target;
} LogScanInput;

typedef enum LogEnd {
    LOG_END_MISSING,    /* there is no such segment */
    LOG_END_INVALID,    /* bytes that are no record: the end of WAL for a server */
    LOG_END_UNREADABLE, /* an object that is damaged or in conflict: a server cannot go on */
} LogEnd;

typedef struct LogScan {
    bool is_reached;
    bool is_before_consistency; /* the target was met, but too early */
    Lsn stop;        /* replay ends here: before this record, or after the one that ended */
    char *stop_text; /* "before the commit of transaction 726, time ..." */

    bool has_checkpoint;    /* the backup's was met where it should be */
    bool is_consistent;     /* the end of the backup was met */
    Lsn consistent;         /* where */
    PgTime first_time;      /* no commit in the backup is later than this; INT64_MIN: not known */
    bool knows_last_commit; /* the last commit before the backup was found in the log */
    PgTime latest_time;     /* the latest commit or abort that was read; INT64_MIN: none */

    LogEnd end_kind; /* from here on: when the target was not met */
    Lsn end;         /* where reading ended */
    Lsn end_page;    /* the page that is missing or invalid */
    Lsn last_start;  /* of the last record that was read */
    char *end_reason;
} LogScan;

/* Results are in the current context. */
LogScan log_scan(const LogScanInput *in);

#endif
