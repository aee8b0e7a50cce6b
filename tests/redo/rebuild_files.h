/*
 * rebuild_files.h - what records do to a data directory beyond blocks: status pages and files
 *
 * The caller replays blocks through the page cache that he shares with this.
 */
#ifndef REDO_REBUILD_FILES_H
#define REDO_REBUILD_FILES_H

#include "common/base/base.h"

#include "common/format/control_file.h"
#include "common/format/pg_version.h"
#include "common/redo/slru_redo.h"
#include "common/walrec/effects.h"
#include "tests/lib/page_cache.h"

typedef struct RebuildFiles RebuildFiles;

/* dir is kept. env as of the first record. */
RebuildFiles *rebuild_files_new(const char *dir, const PgVersion *version, PageCache *pages,
                                const SlruEnv *env);

/* Do to files and status pages what the record's effect says. */
void rebuild_files_apply(RebuildFiles *f, const WalRecord *record, const WalEffect *effect);

/* Write back what is held in memory. Returns how many status pages there were. */
uint64_t rebuild_files_finish(RebuildFiles *f);

#endif
