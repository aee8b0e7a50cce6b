/* recovery_int.h - what the files of recovery share. */
#ifndef RECOVERY_RECOVERY_INT_H
#define RECOVERY_RECOVERY_INT_H

#include "common/base/base.h"

#include "common/format/block_tag.h"
#include "common/format/checkpoint.h"
#include "common/walrec/effects.h"
#include "common/walrec/reader.h"
#include "server/recovery/recovery.h"
#include "server/recovery/target.h"

/* Where recovery begins, and why; start_point.c finds it. */
typedef struct StartPoint {
    TimelineId tli; /* to begin on */
    Lsn checkpoint_start, checkpoint_end;
    Checkpoint checkpoint;
    bool is_shutdown; /* the checkpoint is one of a shutdown */
    bool needs_recovery;
    bool has_label; /* backup_label names it */
    bool is_from_standby;
    bool needs_backup_end; /* it is a backup of a running cluster */
    bool is_requested;  /* archive recovery is: a signal file is there */
    bool is_standby;    /* standby.signal is */
    bool is_in_archive; /* from the start: else all of pg_wal comes first */
    uint32_t state;     /* ControlState, as it was found */
    RecoveryTarget target;
} StartPoint;

/* Read signal files, pg_control and backup_label; open the log, find the checkpoint's record. */
void start_point_find(StartPoint *out);

/* The label has served: it becomes backup_label.old, tablespace_map likewise. */
void start_point_forget_label(void);

#define RECOVERY_SIGNAL_FILE "recovery.signal"
#define STANDBY_SIGNAL_FILE  "standby.signal"

/* ---- redo_loop.c ---- */

/* Where the log ended. */
typedef struct LogEnd {
    TimelineId tli;
    Lsn end;         /* where the next record goes */
    Lsn last_record; /* start of the last one */
    Lsn aborted_record, missing_continuation;
    bool is_anything_redone;
    TimelineId file_tli; /* of the file that the last record is in */
    TargetStop stop;
} LogEnd;

/*
 * Redo from start's redo point to the target or the end of the log; without recovery only find the
 * end. Ends the process when that is all that was wanted.
 */
void redo_loop(const StartPoint *start, LogEnd *out);

/* ---- consistency.c: is what is on disk one state of the cluster? ---- */

void consistency_begin(const StartPoint *start);
void consistency_enter_archive(Lsn end); /* all of pg_wal is redone */
void consistency_note_backup_end(Lsn backup_start, Lsn end);
void consistency_check(void); /* after each record */
bool consistency_is_reached(void);

/* At the end of the log: raises when it is not enough. */
void consistency_require(const StartPoint *start, Lsn end);

/* The primary's settings, as pg_control has them: refuses, or warns and pauses a hot standby. */
void consistency_check_parameters(void);

/* A record goes on to another timeline: raises unless that lies on the line that is followed. */
void timeline_check_switch(Lsn lsn, TimelineId tli, TimelineId prev_tli, TimelineId current);

/* ---- promotion.c: from archive recovery to a timeline of its own ---- */

/* Choose, fork and write the new timeline; remove the signal files. Returns the timeline. */
TimelineId promotion_begin_timeline(const StartPoint *start, const LogEnd *log_end);

/* The log of the old one that nobody needs, recovery_end_command, the partial segment. */
void promotion_clean_up(const LogEnd *log_end, TimelineId tli);

void promotion_log_end_of_recovery(TimelineId tli, TimelineId prev_tli);

/* ---- redo_effects.c: what a record does beyond its blocks ---- */

void redo_effect(const WalRecord *record, const WalEffect *effect);

/* ---- redo_files.c: databases, tablespaces, relation maps ---- */

void redo_relation_map(const WalEffect *effect);
void redo_database_copy(const WalEffect *effect);
void redo_database_make(const WalEffect *effect);
void redo_database_drop(const WalEffect *effect);
void redo_tablespace_make(const WalEffect *effect);
void redo_tablespace_drop(const WalEffect *effect);

/* ---- missing_pages.c: pages that a record wanted and that are not there ---- */

void missing_pages_note(const BlockTag *tag, bool is_there);
void missing_pages_forget(const RelTag *rel, ForkNo fork, BlockNo from); /* truncated or dropped */
void missing_pages_forget_database(Oid database);
void missing_pages_check(void); /* a panic when there are any, once the cluster is consistent */
bool missing_pages_are_there(void);

/* ---- recovery.c ---- */

void recovery_note_full_page_writes(bool is_on); /* as of the record */

#endif
