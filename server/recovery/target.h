/*
 * target.h - how far recovery goes: the settings recovery_target*, and where a record meets them
 *
 * The settings are taken apart when they are set; target_read() puts them together when recovery
 * begins. The redo loop asks before and after each record.
 */
#ifndef RECOVERY_TARGET_H
#define RECOVERY_TARGET_H

#include "common/base/base.h"

#include "common/walrec/effects.h"
#include "server/config/guc.h"

/* ---- Settings: hooks for main ---- */

bool target_check_immediate(GucValue *value, GucSource source, GucRefusal *why);
bool target_check_lsn(GucValue *value, GucSource source, GucRefusal *why);
bool target_check_name(GucValue *value, GucSource source, GucRefusal *why);
bool target_check_time(GucValue *value, GucSource source, GucRefusal *why);
bool target_check_timeline(GucValue *value, GucSource source, GucRefusal *why);
bool target_check_xid(GucValue *value, GucSource source, GucRefusal *why);

/* When all files are read: 22023 and the end of the process when there is more than one target. */
void target_check_all(void);

/* ---- What is wanted ---- */

typedef enum TargetKind {
    TARGET_NONE, /* all there is */
    TARGET_XID,
    TARGET_TIME,
    TARGET_NAME,
    TARGET_LSN,
    TARGET_IMMEDIATE,
} TargetKind;

typedef enum TargetAction { TARGET_PAUSE, TARGET_PROMOTE, TARGET_SHUTDOWN } TargetAction;

typedef enum TimelineGoal { TIMELINE_CURRENT, TIMELINE_LATEST, TIMELINE_NUMBER } TimelineGoal;

typedef struct RecoveryTarget {
    TargetKind kind;
    bool is_inclusive;
    TargetAction action;
    Xid xid;
    PgTime time;
    const char *name;
    Lsn lsn;
    TimelineGoal goal;
    TimelineId tli; /* of TIMELINE_NUMBER */
} RecoveryTarget;

/* Put the settings together, in the current context. Raises what a time says that is none. */
void target_read(RecoveryTarget *out);
void target_log(const RecoveryTarget *target); /* "starting point-in-time recovery to ..." */

/* ---- Where it is met ---- */

typedef struct TargetStop {
    bool is_reached;
    bool is_after;
    Xid xid; /* of the record that met it */
    PgTime time;
    Lsn lsn;
    char name[64]; /* of the restore point */
} TargetStop;

/* Is it met before that record is redone? Then it is logged, and *stop says how. */
bool target_stops_before(const RecoveryTarget *target, const WalRecord *record,
                         const WalEffect *effect, bool is_consistent, TargetStop *stop);

/* After it was redone, likewise. */
bool target_stops_after(const RecoveryTarget *target, const WalRecord *record,
                        const WalEffect *effect, bool is_consistent, TargetStop *stop);

/* Why the timeline was left, for its history file; in the current context. */
char *target_reason(const RecoveryTarget *target, const TargetStop *stop);

/* Time of a restore point, of the end of a transaction; false: the record has none. */
bool target_record_time(const WalEffect *effect, PgTime *out);

/* As messages show it: in the server's zone. In the current context. */
char *target_time_text(PgTime time);

#endif
