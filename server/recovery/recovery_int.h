/* recovery_int.h - what the files of recovery share. */
#ifndef RECOVERY_RECOVERY_INT_H
#define RECOVERY_RECOVERY_INT_H

#include "common/base/base.h"

#include "common/format/block_tag.h"
#include "common/format/checkpoint.h"
#include "common/walrec/effects.h"
#include "common/walrec/reader.h"
#include "server/recovery/recovery.h"

/* Where recovery begins, and why; start_point.c finds it. */
typedef struct StartPoint {
    TimelineId tli; /* to begin on */
    Lsn checkpoint_start, checkpoint_end;
    Checkpoint checkpoint;
    bool is_shutdown; /* the checkpoint is one of a shutdown */
    bool needs_recovery;
    bool has_label; /* backup_label names it */
    bool is_from_standby;
    Lsn backup_start; /* of the label; 0: none */
} StartPoint;

/* Read pg_control and backup_label, find the checkpoint's record, log how it was left. */
void start_point_find(StartPoint *out);

/* The label has served: it becomes backup_label.old, tablespace_map likewise. */
void start_point_forget_label(void);

/* ---- log_source.c ---- */

/* A reader of the log in pg_wal, along the line of timeline tli; in the current memory context. */
WalReader *recovery_open_log(TimelineId tli);

/* ---- redo_loop.c ---- */

/* Where the log ended. */
typedef struct LogEnd {
    TimelineId tli;
    Lsn end;         /* where the next record goes */
    Lsn last_record; /* start of the last one */
    Lsn aborted_record, missing_continuation;
    bool is_anything_redone;
} LogEnd;

/* Redo from start's redo point to the end of the log; without recovery only find the end. */
void redo_loop(const StartPoint *start, LogEnd *out);

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

void recovery_note_applying(const WalRecord *record, TimelineId tli);
void recovery_note_applied(const WalRecord *record, TimelineId tli);
void recovery_note_xact_time(PgTime time);
void recovery_note_full_page_writes(bool is_on); /* as of the record */
void recovery_note_checkpoint(const WalRecord *record, const Checkpoint *checkpoint);

#endif
