/*
 * file_list.h - which files a cluster has at an LSN: relations and their lengths, databases,
 * tablespaces, relation maps, prepared transactions
 *
 * A list begins as the files of a base backup and is brought forward record by record. It does no
 * I/O: the caller enters what a walk or a manifest found, and acts on files himself where he has
 * any. For each fork the list also knows how much of it began as bytes of the base, so that who
 * rebuilds a single page knows where to begin, or that it begins with nothing.
 *
 * Records do not tell all: a relation may have pages at its end that were added and never written,
 * and maps are extended by whoever needs a page of them. Temporary relations are not logged; of
 * unlogged ones only the forks are known, not their reset after a crash.
 *
 * Promises
 *   1. A record costs by what it changes; only records about databases look at all files.
 *   2. Records that a hot backup has in part may be applied again: the list is right as soon as
 *      replay is behind the end of the backup.
 *
 * Source: files of PostgreSQL 15.20 before and after replay.
 */
#ifndef REDO_FILE_LIST_H
#define REDO_FILE_LIST_H

#include "common/base/base.h"

#include "common/format/block_tag.h"
#include "common/format/relmap.h"
#include "common/walrec/effects.h"
#include "common/walrec/record.h"

typedef struct FileList FileList;

typedef struct ListedForkKey {
    RelTag rel;
    uint32_t fork; /* a ForkNo */
} ListedForkKey;

STATIC_ASSERT(sizeof(ListedForkKey) == 16);

/* A fork of a relation, all its segments. */
typedef struct ListedFork {
    ListedForkKey key;
    BlockNo block_count;
    BlockNo base_blocks; /* the first so many blocks began as those of from_rel */
    RelTag from_rel;     /* key.rel, or in a database copied from another, the one there */
    Lsn from_lsn;        /* from_rel as it was at this LSN; LSN_NONE: as it is in the base */
} ListedFork;

typedef struct ListedDatabaseKey {
    Oid tablespace;
    Oid database;
} ListedDatabaseKey;

/* A database's folder in one tablespace; {TABLESPACE_GLOBAL, 0} is the one of shared relations. */
typedef struct ListedDatabase {
    ListedDatabaseKey key;
    bool has_version_file; /* PG_VERSION */
    bool has_init_file;    /* pg_internal.init, a cache */
    uint32_t relmap_size;  /* 0: no relation map */
    uint8_t relmap[RELMAP_SIZE_MAX];
} ListedDatabase;

typedef struct ListedTablespace {
    Oid oid;
    const char *path; /* as the record says; NULL when it is in the base */
} ListedTablespace;

/* A transaction that is prepared, neither committed nor rolled back. */
typedef struct ListedPrepared {
    Xid xid;
    Lsn lsn; /* of the record that holds its state; LSN_NONE: a file of the base */
} ListedPrepared;

/* An empty list; it belongs to the current memory context. */
FileList *file_list_new(void);

/*
 * Enter a file or folder of the base by its path below the data directory, with its size in bytes.
 * What the list does not keep (SLRUs, settings, WAL, temporary relations) is left out: false.
 */
bool file_list_add(FileList *l, const char *path, uint64_t size);

/* Enter the content of a relation map; raises SQLSTATE_DATA_CORRUPTED when it is too long. */
void file_list_add_relmap(FileList *l, Oid tablespace, Oid database, const void *bytes, size_t len);

/*
 * Bring the list behind a record: its effect, and pages that it makes behind the end of a fork.
 * Raises SQLSTATE_DATA_CORRUPTED for a relation map that is too long.
 */
void file_list_apply(FileList *l, const WalRecord *record, const WalEffect *effect);

/* NULL when there is none. */
const ListedFork *file_list_find_fork(const FileList *l, const RelTag *rel, ForkNo fork);
const ListedDatabase *file_list_find_database(const FileList *l, Oid tablespace, Oid database);
const ListedTablespace *file_list_find_tablespace(const FileList *l, Oid oid);
const ListedPrepared *file_list_find_prepared(const FileList *l, Xid xid);

/* Walk all, in no order: start with *position 0; NULL ends. Do not change the list meanwhile. */
const ListedFork *file_list_next_fork(const FileList *l, size_t *position);
const ListedDatabase *file_list_next_database(const FileList *l, size_t *position);
const ListedTablespace *file_list_next_tablespace(const FileList *l, size_t *position);
const ListedPrepared *file_list_next_prepared(const FileList *l, size_t *position);

/* Files that the fork has: one for each GiB begun, and one when it is empty. */
uint32_t listed_fork_segment_count(const ListedFork *fork);

/* Blocks that a truncation to block_count heap blocks leaves in the maps. */
BlockNo file_list_kept_vm_blocks(BlockNo block_count);
BlockNo file_list_kept_fsm_blocks(BlockNo block_count);

#endif
