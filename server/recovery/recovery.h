/*
 * recovery.h - from what is on disk to a cluster that can be written: the startup process
 *
 *     control file, backup_label, signal files > where to begin, on which timeline
 *       > redo loop, from pg_wal, the archive, a primary > end of the log, or the target
 *       > a new timeline, if it was archive recovery > wal_start() > in production
 *
 * Promises
 *   1. Redo begins at the redo point of the checkpoint that pg_control (or backup_label) names, and
 *      goes to the end of what is valid, or the target. Where it ends and why is logged.
 *   2. Nothing is inserted into the log before recovery_run() has come to wal_start().
 *   3. A record that cannot be redone ends the start: no server runs on half a cluster.
 *   4. In archive recovery no page is on disk that is newer than minRecoveryPoint in pg_control: a
 *      recovery that begins anew does not let anybody in before it has come that far again.
 *   5. Archive recovery ends on a timeline of its own: what others have archived stays as it is.
 */
#ifndef RECOVERY_RECOVERY_H
#define RECOVERY_RECOVERY_H

#include "common/base/base.h"

size_t recovery_shmem_size(void);
void recovery_shmem_init(void *place);

/* All of it, in the startup process or a standalone server. Raises when the server cannot start. */
void recovery_run(void);

#define RECOVERY_EXIT_SHUTDOWN 3 /* of the startup process: the target was met, and that was all */

typedef enum RecoveryState {
    RECOVERY_CRASH,   /* after a crash: all of the log that is in pg_wal */
    RECOVERY_ARCHIVE, /* from an archive or a primary */
    RECOVERY_DONE,
} RecoveryState;

bool recovery_has_memory(void); /* is there shared memory at all, for what follows? */
RecoveryState recovery_state(void);
bool recovery_is_running(void); /* cheap: once it was false it stays so */
bool recovery_is_archive(void); /* RECOVERY_ARCHIVE: for wal's hooks */

/* How far it is: the record that was applied last. */
typedef struct RecoveryProgress {
    Lsn replayed_start, replayed_end; /* of the newest record that was applied */
    TimelineId replayed_tli;
    Lsn applying_end;        /* of the one that is being applied */
    TimelineId applying_tli; /* the same, of its timeline */
    PgTime last_xact_time;   /* of the newest commit or abort; 0: none yet */
    PgTime chunk_time; /* when the piece of the log came that is being replayed; 0: no stream */
    Lsn images_off;    /* where full_page_writes was switched off last; LSN_NONE: nowhere yet */
    bool is_consistent;
} RecoveryProgress;
void recovery_progress(RecoveryProgress *out);

/* The newest checkpoint that was replayed: what a restartpoint may stand on. */
bool recovery_last_checkpoint(Lsn *start, Lsn *end, void *checkpoint);

/* ---- minRecoveryPoint: for wal's hooks, in any process ---- */

/* A page up to lsn is going to disk. Cheap when minRecoveryPoint is past that already. */
void recovery_advance_min(Lsn lsn);
bool recovery_is_past_min(Lsn lsn); /* would the above have to write pg_control? */

/* ---- Pause and promotion ---- */

typedef enum RecoveryPause {
    RECOVERY_NOT_PAUSED,
    RECOVERY_PAUSE_ASKED,
    RECOVERY_PAUSED
} RecoveryPause;

RecoveryPause recovery_pause(void);
void recovery_set_pause(bool is_paused); /* ask for it, or let replay go on */
bool recovery_is_promoted(void);         /* a promotion was asked for, and is on its way */

/* Files in the data directory by which pg_ctl and pg_promote() tell the supervisor. */
#define PROMOTE_SIGNAL_FILE "promote"

/* Wake the startup process: the log has grown, or something is asked of it. */
void recovery_wake(void);

/* ---- Hot standby ---- */

/* May clients read: the cluster is consistent, and it is known which transactions run. */
bool recovery_takes_queries(void);

/* ---- The stream of a primary: replication fills this, main ties it in ---- */

typedef struct RecoveryStreamState {
    bool is_alive;     /* it streams, or is on the way to it */
    Lsn flushed;       /* end of what it has brought, and is on disk in pg_wal */
    TimelineId tli;    /* of that */
    Lsn chunk_start;   /* where the newest piece began */
    PgTime chunk_time; /* and when it came */
} RecoveryStreamState;

typedef struct RecoveryStream {
    /* Ask for the log from lsn on, of that timeline. Settings say of whom and by which slot. */
    void (*begin)(TimelineId tli, Lsn lsn, const char *conninfo, const char *slot,
                  bool makes_temporary_slot);
    void (*state)(RecoveryStreamState *out);
    void (*end)(void);         /* and wait until it has ended */
    void (*wants_reply)(void); /* something was applied that the primary waits for */
    void (*sends_on)(void);    /* there is more that may be sent to those who follow us */
} RecoveryStream;
void recovery_set_stream(const RecoveryStream *stream);
void recovery_tell_followers(void); /* calls sends_on, if there is a stream's table at all */
Lsn recovery_received(void); /* end of what streams have brought since the start; LSN_NONE: none */

/*
 * How many files of pg_wal were replaced by those of the archive so far: who has one open that he
 * reads from while it grows has to open it again, before he reads what was replayed since.
 */
uint64_t recovery_replaced_files(void);

#endif
