/*
 * target.h - where a base backup goes: the client, a folder of the server, nowhere
 *
 * A backup is archives, one after the other, then its manifest. Bytes are made in place: room() is
 * where the next ones go, take() says how many have come there. What a target holds belongs to the
 * memory context that it was made in, so one that was not finished just goes with it.
 */
#ifndef BASE_BACKUP_TARGET_H
#define BASE_BACKUP_TARGET_H

#include "common/base/base.h"

#define BACKUP_PIECE_SIZE KIB(128) /* bytes that are read, compressed and sent at once */
#define BACKUP_ROOM_MIN   KIB(8)   /* that can always be asked for */

typedef struct BackupTarget BackupTarget;
struct BackupTarget {
    /* name is that of a file; location the tablespace's folder, "" for the data directory. */
    void (*begin_archive)(BackupTarget *self, const char *name, const char *location);

    /* At least min bytes, BACKUP_ROOM_MIN at most; *size is how many there are. */
    uint8_t *(*room)(BackupTarget *self, size_t min, size_t *size);
    void (*take)(BackupTarget *self, size_t len);

    /* Bytes of archives so far, before they were compressed. */
    void (*progress)(BackupTarget *self, uint64_t done);
    void (*end_archive)(BackupTarget *self);

    void (*begin_manifest)(BackupTarget *self);
    void (*end_manifest)(BackupTarget *self);
    void (*finish)(BackupTarget *self); /* all is complete: keep it */
};

/*
 * The client, to whom a copy was announced; with has_data false it is only told what goes where.
 * Messages hold up to piece_size bytes.
 */
BackupTarget *backup_target_client(bool has_data, size_t piece_size);

/*
 * A folder, which is made, or is there and empty. Raises 42501 without the right to write files,
 * 42602 for a relative path, 58P02 when something is in it.
 */
BackupTarget *backup_target_server(const char *folder);
BackupTarget *backup_target_nowhere(void);

#endif
