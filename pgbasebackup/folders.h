/*
 * folders.h - the folders that a backup fills, and what becomes of them when it fails
 *
 * A folder that we made is removed, one that was there (empty) is emptied; with --no-clean both
 * stay as they are, and are named. What is said then is what pg_basebackup says.
 *
 * While the backup is not complete each folder has a file "backup_incomplete", so that who comes
 * after a killed run is told what is there. It goes when everything is there but the last names,
 * which tell as much (output.h).
 */
#ifndef PGBASEBACKUP_FOLDERS_H
#define PGBASEBACKUP_FOLDERS_H

#include "common/base/base.h"

typedef enum FolderKind { FOLDER_DATA, FOLDER_WAL, FOLDER_SPACE } FolderKind;

typedef struct Folders Folders;

/* no_sync: nothing is to be made durable. */
Folders *folders_new(bool no_clean, bool no_sync);

/* Make the folder, with its parents, unless it is there and empty; else raise 58P02. */
void folders_claim(Folders *f, FolderKind kind, const char *path);

/* All is there, and the last names come next: before folders_sync(). */
void folders_unmark(const Folders *f);

/* The backup failed: undo. Does not raise; what cannot be removed is logged. */
void folders_undo(Folders *f);

/* Sync all that was claimed; where they were made is synced already. */
void folders_sync(const Folders *f);

#endif
