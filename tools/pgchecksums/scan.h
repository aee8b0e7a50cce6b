/*
 * scan.h - the files of a data directory that carry checksums, cut into pieces of work
 *
 * As pg_checksums does, every file below global, base and the tablespaces' folders counts, whatever
 * its name, but the few of names[] in scan.c and temporary files: so nothing that a server might
 * read goes unchecked.
 */
#ifndef PGCHECKSUMS_SCAN_H
#define PGCHECKSUMS_SCAN_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/format/pg_version.h"

typedef struct ScanFile {
    char *path;    /* with the data directory */
    uint64_t size; /* bytes, when it was found */
    BlockNo first; /* number of its first block in the fork */
    size_t left;   /* pieces not done yet; guarded by the work's lock, as the next */
    bool is_changed;
} ScanFile;

typedef struct ScanPiece {
    ScanFile *file;
    uint64_t offset, len; /* bytes; the last piece of a file may end inside a block */
} ScanPiece;

typedef struct Scan {
    Array pieces; /* of ScanPiece, file by file */
    uint64_t file_count;
    uint64_t total; /* bytes */
} Scan;

typedef struct ScanConfig {
    const char *data_dir;
    const PgVersion *version;
    const char *filenode; /* NULL: all */
    bool cuts_files;      /* false: a piece is a whole file */
} ScanConfig;

/*
 * Find the files. Raises where pg_checksums does: a folder that is missing, a segment number that
 * is none.
 */
void scan_data_dir(const ScanConfig *config, Scan *out);

#endif
