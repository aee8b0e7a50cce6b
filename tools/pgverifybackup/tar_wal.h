/*
 * tar_wal.h - WAL segments out of a tar archive, for a WalReader
 *
 * The archive may be compressed, so it is read from front to end and segments are kept as they come
 * by. In the usual order, ascending, one pass does; a segment that does not come behind the last is
 * looked for once more from the beginning.
 */
#ifndef PGVERIFYBACKUP_TAR_WAL_H
#define PGVERIFYBACKUP_TAR_WAL_H

#include "common/base/base.h"

#include "common/walrec/reader.h"

typedef struct TarWal TarWal;

/*
 * Open path, whose entries begin with prefix ("", or "pg_wal/"; others are passed by), to read
 * segments of one timeline. Belongs to the current memory context.
 */
TarWal *tar_wal_open(const char *path, const char *prefix, TimelineId tli);

/* As the first page of the first segment says; 0 when there is none. */
uint32_t tar_wal_segment_size(TarWal *w);

WalSource tar_wal_source(TarWal *w);
void tar_wal_close(TarWal *w);

#endif
