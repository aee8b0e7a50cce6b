/*
 * rebuild.h - bring a copy of a cluster forward by WAL alone, with common/redo
 *
 * rebuild_run() takes a data directory that no server runs on, a cold copy or a base backup, and
 * replays WAL over it: blocks through redo_block(), status pages through slru_redo_page(), files
 * as the effects say. What it cannot replay it counts, by kind of record; what it should have found
 * and did not (pages) it lists unless a later record drops them.
 *
 * It is a test's recovery: one process, no readers, nothing is synced, no consistency point.
 */
#ifndef REDO_REBUILD_H
#define REDO_REBUILD_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/format/block_tag.h"
#include "common/format/control_file.h"
#include "common/redo/file_list.h"

typedef struct RebuildConfig {
    const char *dir;           /* the copy, which becomes the cluster as of the end of WAL */
    const char *wal_dir;       /* where the segments are */
    const ControlFile *theirs; /* of the cluster that wrote it, whose timeline is followed */
    size_t page_max;           /* pages to keep in memory */
    const BlockTag *trace;     /* print what each record does to this block; NULL: none */
    const char *fuzz_dir;      /* write seeds for tests/fuzz/effects_fuzz there; NULL: none */
} RebuildConfig;

typedef enum RebuildOutcome {
    REBUILD_APPLIED,
    REBUILD_RESTORED,
    REBUILD_SKIPPED,
    REBUILD_UNCHANGED,
    REBUILD_MISSING,
    REBUILD_NOT_YET, /* redo does not know the kind of record */
    REBUILD_FAILED,  /* redo raised */
    REBUILD_OUTCOMES,
} RebuildOutcome;

typedef struct RebuildCount {
    uint64_t records;
    uint64_t touches[REBUILD_OUTCOMES];
} RebuildCount;

/* The record that last changed a block. */
typedef struct RebuildTouch {
    BlockTag tag;
    uint8_t rmgr;
    uint8_t opcode;
    bool lost_bits; /* a map page that an image emptied: its hole is where the bits are */
    Lsn lsn;
} RebuildTouch;

typedef struct Rebuild {
    Lsn start, end;  /* of what was replayed */
    Lsn last_record; /* where the last record began */
    const char *why_ended;
    uint64_t record_count, status_page_count, pages_read, pages_written;
    RebuildCount counts[256][16]; /* by resource manager and opcode */
    Array missing;  /* RebuildTouch: pages that were needed, not found, and not dropped later */
    Array failures; /* char *: the first that redo raised */
    uint64_t missing_explained;
    FileList *files;
    ControlFile control;  /* as replay left it */
    struct Hash *touched; /* RebuildTouch by tag */
} Rebuild;

/* Replay all WAL. The result belongs to the current memory context. Raises what files raise. */
Rebuild *rebuild_run(const RebuildConfig *config);

/* Who changed the block last; NULL when no record did. */
const RebuildTouch *rebuild_find_touch(const Rebuild *r, const BlockTag *tag);

#endif
