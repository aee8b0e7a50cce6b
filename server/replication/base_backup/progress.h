/*
 * progress.h - what pg_stat_progress_basebackup shows: its parameters and the phases of a backup
 *
 * Source: PostgreSQL 15, commands/progress.h; manual, "Base Backup Progress Reporting".
 */
#ifndef BASE_BACKUP_PROGRESS_H
#define BASE_BACKUP_PROGRESS_H

#include "common/base/base.h"

#include "server/stats/activity.h"

enum {
    PROGRESS_BACKUP_PHASE = 0,
    PROGRESS_BACKUP_TOTAL = 1, /* bytes; -1: not known */
    PROGRESS_BACKUP_STREAMED = 2,
    PROGRESS_TABLESPACES_TOTAL = 3,
    PROGRESS_TABLESPACES_STREAMED = 4,
};

typedef enum BackupPhase {
    BACKUP_PHASE_CHECKPOINT = 1,
    BACKUP_PHASE_SIZES = 2,
    BACKUP_PHASE_STREAM = 3,
    BACKUP_PHASE_ARCHIVE_WAIT = 4,
    BACKUP_PHASE_WAL = 5,
} BackupPhase;

static inline void progress_set_phase(BackupPhase phase)
{
    command_progress_set(PROGRESS_BACKUP_PHASE, phase);
}

#endif
