/*
 * target.h - how far a restore goes: the options that say it, and PostgreSQL's settings for it
 *
 * Source: PostgreSQL 15 manual, "Recovery Target"; the rules of stopping were observed on a server.
 */
#ifndef PITR_TARGET_H
#define PITR_TARGET_H

#include "common/base/base.h"

#include "common/option/option.h"
#include "common/text/strbuf.h"

typedef enum TargetKind {
    TARGET_LATEST, /* the end of the archived log */
    TARGET_TIME,
    TARGET_XID,
    TARGET_LSN,
    TARGET_NAME,      /* a restore point */
    TARGET_IMMEDIATE, /* as soon as the backup is consistent */
} TargetKind;

typedef enum TargetAction { ACTION_PROMOTE, ACTION_PAUSE, ACTION_SHUTDOWN } TargetAction;

/* What the command line said. */
typedef struct TargetOptions {
    const char *time, *xid, *lsn, *name;
    bool immediate;
    const char *timeline; /* "latest", "current" or a number */
    bool is_exclusive;
    int action; /* a TargetAction */
} TargetOptions;

extern const OptionDef target_options[];
extern const OptionRule target_rules[]; /* at most one of the targets */

typedef struct Target {
    TargetKind kind;
    PgTime time;
    Xid xid;
    Lsn lsn;
    const char *name;
    bool is_exclusive; /* stop before the target, where that makes a difference */
    TargetAction action;
} Target;

/* Raises 22007, 22P02 or 22023 for a value that is none. */
Target target_read(const TargetOptions *options);

/* "to 2026-11-20 09:00:00+00" and the like, for messages; in the current context. */
char *target_text(const Target *target);

/* The recovery_target... lines for postgresql.auto.conf; tli is the timeline to recover along. */
void target_write_settings(const Target *target, TimelineId tli, StrBuf *out);

#endif
