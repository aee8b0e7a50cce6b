/*
 * work.h - check or write the checksums of all pieces of a scan, on several threads
 *
 * Promises
 *   1. Each block is read once, and checked with its number in the fork. When writing, blocks that
 *      carry the right checksum already are not touched, so a run that was interrupted is finished
 *      by the next one.
 *   2. What is wrong with a block is said at once; a file that cannot be read, or ends inside a
 *      block, ends the run by a raise.
 */
#ifndef PGCHECKSUMS_WORK_H
#define PGCHECKSUMS_WORK_H

#include "common/base/base.h"

#include "tools/pgchecksums/scan.h"

typedef struct WorkConfig {
    bool is_writing;
    bool is_synced; /* what is written will be synced soon: the disk may begin with it */
    bool is_verbose;
    bool shows_progress;
    unsigned thread_count;
} WorkConfig;

typedef struct WorkResult {
    uint64_t files_scanned, blocks_scanned;
    uint64_t bad_blocks;
    uint64_t files_written, blocks_written;
} WorkResult;

WorkResult work_run(const WorkConfig *config, Scan *scan);

#endif
