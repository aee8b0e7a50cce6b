/*
 * database_folder.h - the folder that a database has in a tablespace: made, copied, written to
 *
 * Commands and redo do the same with it; each says before or behind in the log.
 */
#ifndef FILE_DATABASE_FOLDER_H
#define FILE_DATABASE_FOLDER_H

#include "common/base/base.h"

/* In the current context; database 0: that of shared relations. */
char *database_folder_path(Oid database, Oid tablespace);

/* Copy its files, durably. to must not be there; folders around it are made. */
void database_folder_copy(const char *from, const char *to);

/*
 * Write a file that is no relation's (a map, PG_VERSION), whole and durably. Until it is renamed it
 * has a name that tools pass over, and that goes at the next start, should a crash leave it. One
 * process at a time.
 */
void database_folder_write(const char *folder, const char *name, const void *bytes, size_t len);
void database_folder_write_version(const char *folder);

#endif
