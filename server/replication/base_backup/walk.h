/*
 * walk.h - the files and folders of a cluster that a base backup takes, in the order it takes them
 *
 * Left out is what common/format/backup_scope.h says, temporary relations, and what unlogged
 * relations hold. pg_control is left out too: it comes last, and not by the walk. Files come and go
 * meanwhile; a name that is gone when it is looked at is passed over.
 */
#ifndef BASE_BACKUP_WALK_H
#define BASE_BACKUP_WALK_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/os/file.h"

typedef struct WalkEntry {
    const char *path; /* below the data directory: "base/5/1259" */
    const char *name; /* in the archive: of a tablespace without "pg_tblspc/OID/" */
    OsFileKind kind;
    const char *link; /* OS_KIND_LINK: where it points to */
    OsStat stat;
} WalkEntry;

typedef struct BackupWalk {
    void (*visit)(void *arg, const WalkEntry *entry);
    void *arg;
    bool has_links;           /* those of pg_tblspc are wanted */
    const Array *tablespaces; /* TablespaceMapEntry: not walked where they lie in the cluster */
    bool was_standby;         /* when the backup began; raises 55000 when that has changed */

    size_t skipped; /* bytes of a path before the name in the archive */
} BackupWalk;

/* Of the data directory, which is the working folder. */
void walk_cluster(BackupWalk *w);

/* Of a tablespace with its links in pg_tblspc; nothing when it is gone. */
void walk_tablespace(BackupWalk *w, Oid tablespace);

#endif
