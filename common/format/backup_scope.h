/*
 * backup_scope.h - what of a data directory a base backup leaves out, and what carries checksums
 *
 * The rows are in backup_scope.def. Temporary relations, and the forks of unlogged relations other
 * than _init, are left out too: rel_path.h tells them, the second by their neighbour NNN_init.
 *
 * Source: PostgreSQL 15 manual, "Making a Base Backup Using the Low Level API"; a real server's
 * base backups of 15 and 18.
 */
#ifndef FORMAT_BACKUP_SCOPE_H
#define FORMAT_BACKUP_SCOPE_H

#include "common/base/base.h"

typedef enum BackupScope {
    BACKUP_SCOPE_TAKE,
    BACKUP_SCOPE_EMPTY, /* a folder that is kept, without what is in it */
    BACKUP_SCOPE_OMIT,
} BackupScope;

/*
 * What becomes of a file or folder of a data directory, by its path below it. Of what lies in an
 * emptied folder the function says TAKE: a walk does not come there.
 */
BackupScope backup_scope_of(const char *path, bool is_dir);

/*
 * True when a file that lies where relations lie is made of pages with checksums: a relation's, by
 * its base name, that is no control file, relation map, version file or cache.
 */
bool backup_scope_has_checksums(const char *path);

#endif
