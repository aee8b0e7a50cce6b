/*
 * boot.h - pgserver --boot: the content of a new data directory, for pginit
 *
 * pginit makes the folder and the configuration files and says what is wanted:
 *
 *     pgserver --boot -D DIR [--SETTING=VALUE]... -X NAME=VALUE ...
 *
 * Made here: the folders, the databases (catalog/bootstrap.h), the first page of each folder of
 * small pages, pg_control and the log with its first checkpoint. The checkpoint is made by the same
 * code as every later one.
 */
#ifndef MAIN_BOOT_H
#define MAIN_BOOT_H

#include "common/base/base.h"

/*
 * In the data directory, which is the working folder, with its settings. wishes are NAME=VALUE:
 * superuser, password (any value: it is the first line of standard input), encoding (PostgreSQL's
 * number), provider (libc, icu), collate, ctype, icu-locale, collation-version, wal-segment-size
 * (bytes), checksums (on, off), auth-local, auth-host (methods for pg_hba.conf), set:NAME (a line
 * of postgresql.conf). Raises 42601 for others.
 */
void boot_run(char *const *wishes, size_t count);

#endif
