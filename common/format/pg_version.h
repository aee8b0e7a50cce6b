/*
 * pg_version.h - major versions of PostgreSQL, and the file PG_VERSION
 *
 * A cluster names its major version in PG_VERSION ("15" and a line end), at the top of the data
 * directory and in each database folder. The catalog version stands in pg_control and in the
 * names of tablespace folders (PG_15_202209061).
 *
 * Source: seen on servers 13 to 18.
 */
#ifndef FORMAT_PG_VERSION_H
#define FORMAT_PG_VERSION_H

#include "common/base/base.h"

#define PG_VERSION_MIN 13 /* the tools meet these; the server speaks 15 alone */
#define PG_VERSION_MAX 18

typedef struct PgVersion {
    unsigned major;
    uint32_t control_version; /* of pg_control */
    uint32_t catalog_version;
    uint16_t wal_magic; /* of WAL pages */
} PgVersion;

/* NULL when it is none of 13 to 18. */
const PgVersion *pg_version_find(unsigned major);
const PgVersion *pg_version_find_by_catalog(uint32_t catalog_version);
const PgVersion *pg_version_find_by_wal_magic(uint16_t magic);

/* Read the bytes of a PG_VERSION file; false when they are no number of a major version. */
bool pg_version_try_parse(const char *text, unsigned *major);

/*
 * The major version that dir/PG_VERSION names, known to us or not. Raises, with the server's words,
 * SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE when the file is missing or is something else.
 */
unsigned pg_version_read(const char *dir);

/* The folder of a tablespace that belongs to a version, "PG_15_202209061". */
char *pg_version_tablespace_folder(const PgVersion *version);

/* Read such a name; false when it is none, whatever numbers it holds. */
bool pg_version_try_parse_tablespace_folder(const char *name, unsigned *major,
                                            uint32_t *catalog_version);

#endif
