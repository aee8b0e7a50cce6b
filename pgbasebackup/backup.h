/* backup.h - take one base backup. */
#ifndef PGBASEBACKUP_BACKUP_H
#define PGBASEBACKUP_BACKUP_H

#include "common/base/base.h"

#include "common/option/option.h"

/* Take the backup that the options ask for; the exit code. What it leaves when it raises: nothing,
 * or with --no-clean what is there, by names that nobody takes for a backup. */
int backup_run(const Options *o);

#endif
