/*
 * backup.h - a base backup under way: what keeps files that are copied from a running cluster good
 *
 *     NONE --backup_begin()--> RUNNING --backup_end(), backup_abort(), end of the process--> NONE
 *
 * One at a time in a process, any number in the cluster. Who copies the files lies above: a client
 * between two calls of SQL functions, or BASE_BACKUP.
 *
 * Promises
 *   1. From before the checkpoint that a backup begins with to its end, each page has its image in
 *      the log with its first change after a checkpoint, whatever full_page_writes says.
 *   2. No two backups of a primary begin at the same place: their history files have names of their
 *      own.
 *   3. Whatever ends the process ends its backup.
 *
 * On a standby a backup begins at the newest restartpoint and ends at minRecoveryPoint, since
 * nothing can be written to the log: no record of its end, no history file. pg_control must be
 * copied last, as it says how far the log has to be replayed for the copy to be one state. Images
 * are the primary's affair: when it had switched them off at some time between, the backup fails.
 */
#ifndef BACKUP_BACKUP_H
#define BACKUP_BACKUP_H

#include "common/base/base.h"

#include "common/ds/array.h"

#define BACKUP_LABEL_LEN_MAX 1024 /* bytes of what the user calls it */

size_t backup_shmem_size(void);
void backup_shmem_init(void *place);

/* Who began it: functions warn when it is given up with the process, a command has said so. */
typedef enum BackupBy { BACKUP_BY_FUNCTIONS, BACKUP_BY_COMMAND } BackupBy;

typedef struct BackupStart {
    Lsn lsn; /* where replay begins */
    TimelineId tli;
} BackupStart;

typedef struct BackupEnd {
    Lsn lsn; /* replay must come this far */
    TimelineId tli;
    char *label_text; /* of backup_label; texts are in the caller's context */
    char *map_text;   /* of tablespace_map; empty when there are no tablespaces */
} BackupEnd;

/*
 * Make a checkpoint (a restartpoint), at full speed if is_fast, and begin there. Raises 22023 when
 * the label is too long, 55000 when the log does not hold what it takes.
 */
BackupStart backup_begin(const char *label, bool is_fast, BackupBy by);
bool backup_is_running(void); /* of this process */

/* The tablespaces (TablespaceMapEntry) that there were when it began. */
const Array *backup_tablespaces(void);

/* What backup_label and tablespace_map hold, in the caller's context; also backup_end() tells. */
char *backup_label_text(void);
char *backup_map_text(void);

/*
 * End it: a record of that, a new segment, the history file. Raises 55000 when it began on a
 * standby that was promoted meanwhile, or that has replayed log without images. waits: until the
 * archive has all that it takes, if there is an archive; a raise while it waits leaves an ended
 * backup.
 */
void backup_end(bool waits, BackupEnd *out);

/* Give it up, if one is running. */
void backup_abort(void);

#endif
