/*
 * rel_path.h - where a relation's files lie in a data directory
 *
 *     global/1262                                  shared relations
 *     base/5/16388   base/5/16388_fsm.1            the default tablespace, database 5
 *     pg_tblspc/16400/PG_15_202209061/5/16401      any other; pg_tblspc/16400 is a link
 *     base/5/t3_16402                              a temporary relation of backend 3
 *
 * A fork longer than 1 GiB goes on in segments .1, .2 and so on.
 *
 * Source: PostgreSQL 15 manual, "Database File Layout".
 */
#ifndef FORMAT_REL_PATH_H
#define FORMAT_REL_PATH_H

#include "common/base/base.h"

#include "common/format/block_tag.h"
#include "common/format/pg_version.h"

#define REL_SEGMENT_MAX ((UINT32_C(0xFFFFFFFF)) / SEGMENT_BLOCKS)
#define REL_FILE_SIZE   ((uint64_t)SEGMENT_BLOCKS * BLOCK_SIZE) /* bytes of a full segment */

/* The base name of a relation's file, taken apart. */
typedef struct RelFileName {
    RelFileNo rel;
    ForkNo fork;
    uint32_t segment; /* 0 is the first */
    bool is_temp;
    uint32_t backend; /* of a temporary relation */
} RelFileName;

typedef struct RelPath {
    RelTag tag;
    RelFileName file;
    const PgVersion *version; /* that a tablespace folder names; NULL elsewhere */
} RelPath;

/* Read a base name; false for any other ("pg_filenode.map", "16388.0", "016388", "16388_foo"). */
bool rel_file_name_try_parse(const char *name, RelFileName *out);

/* Write a base name, in the current memory context. */
char *rel_file_name(const RelFileName *name);

/*
 * Read a path below the data directory; false when it is no relation's file. Tablespace folders of
 * versions that are not known make it false too.
 */
bool rel_path_try_parse(const char *path, RelPath *out);

/* The folder of a database's files: "base/5", "global"; version names the tablespace folder. */
char *rel_dir_path(Oid tablespace, Oid database, const PgVersion *version);

/* The path of a segment, below the data directory. */
char *rel_path(const RelTag *tag, ForkNo fork, uint32_t segment, const PgVersion *version);

/* Where a block lies: the path of its segment, and *offset in bytes. */
char *rel_path_of_block(const BlockTag *tag, const PgVersion *version, uint64_t *offset);

/* "main", "fsm", "vm", "init". */
const char *fork_name(ForkNo fork);

#endif
