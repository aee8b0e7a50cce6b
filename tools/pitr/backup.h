/*
 * backup.h - a base backup as a restore sees it: a folder that PostgreSQL could start on, or tars
 *
 * A plain backup is what pgbasebackup -Fp leaves; a tar backup is a folder with base.tar, OID.tar
 * for each tablespace, perhaps pg_wal.tar, each perhaps compressed, and backup_manifest
 * beside them.
 */
#ifndef PITR_BACKUP_H
#define PITR_BACKUP_H

#include "common/base/base.h"

#include "common/crypt/digest.h"
#include "common/ds/array.h"
#include "common/ds/hash.h"
#include "common/format/backup_label.h"
#include "common/format/tar.h"

typedef struct BackupTablespace {
    Oid oid;
    char *location; /* on the server that was backed up */
    char *source;   /* where the backup has it: a folder, or a tar file */
} BackupTablespace;

/* One tar file of the backup. */
typedef struct BackupTar {
    char *path;
    const char *prefix; /* of its members: "", "pg_tblspc/16400/", "pg_wal/" */
} BackupTar;

/* What the manifest says of a file; entry of a Hash by path. */
typedef struct BackupFile {
    const char *path; /* relative to the data directory */
    uint64_t size;
    bool has_digest;
    bool is_seen; /* the backup really has it */
    DigestKind digest_kind;
    uint8_t digest[DIGEST_SIZE_MAX];
} BackupFile;

/* A timeline history that the backup has in its pg_wal. */
typedef struct BackupHistory {
    TimelineId tli;
    char *text;
} BackupHistory;

typedef struct Backup {
    char *path;
    bool is_tar;
    BackupLabel label;     /* start, checkpoint, timeline */
    TimelineId tli;        /* on which the backup began */
    Lsn end;               /* consistent from here on; LSN_NONE: the log itself says where */
    uint64_t system_id;    /* 0 while unknown: a tar has pg_control at its end */
    unsigned version;      /* major; 0 likewise */
    uint32_t segment_size; /* 0 likewise */
    bool has_group_access; /* its owner's group may read the cluster's files */
    Array tablespaces;     /* of BackupTablespace */
    bool has_manifest;
    Hash files;          /* of BackupFile, when there is a manifest */
    uint64_t total_size; /* bytes to lay out; for tars their own size */
    char *wal_dir;       /* a folder with WAL of the backup itself; NULL for tars */
    Array tars;          /* of BackupTar, base.tar last */
    Array histories;     /* of BackupHistory, once has_histories */
    bool has_histories;
} Backup;

/*
 * Look at the backup in the folder path. Raises 58P01 or XX001 when it is none, is incomplete
 * (a manifest that was not renamed), or its label or manifest is damaged.
 */
Backup *backup_open(const char *path);

/* Take identity and version from the bytes of the backup's pg_control, and check them; what names
 * it in errors. */
void backup_take_control(Backup *b, const char *what, const void *bytes, size_t len);

/*
 * Feed a tar file, unpacked as its first bytes say, to a visitor, until its end or until
 * is_done(visitor->arg); is_done may be NULL.
 */
void backup_read_tar(const char *path, const TarVisitor *visitor, bool (*is_done)(void *arg));

/*
 * The text of a timeline's history file in the backup's pg_wal, or NULL: the read of a
 * WalHistorySource whose arg is the Backup. Tars are read through for them when first asked, and
 * not for timelines newer than the backup's own, which they hardly have.
 */
const char *backup_read_history(void *backup, TimelineId tli);

/* The manifest's entry for a path, or NULL. */
BackupFile *backup_find_file(const Backup *b, const char *path);

#endif
