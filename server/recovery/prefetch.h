/*
 * prefetch.h - recovery looks ahead in the log, and has the system read what blocks it will need
 *
 * A second reader goes before the one that replays, as far as wal_decode_buffer_size, in what is in
 * pg_wal already. Blocks that are not in the buffers, and that replay will read, are asked for by
 * posix_fadvise, up to maintenance_io_concurrency at a time. It changes nothing but speed: whatever
 * it cannot read it does not look at.
 */
#ifndef RECOVERY_PREFETCH_H
#define RECOVERY_PREFETCH_H

#include "common/base/base.h"

#include "common/walrec/reader.h"

size_t prefetch_shmem_size(void);
void prefetch_shmem_init(void *place);

/* ---- In the startup process ---- */

void prefetch_begin(TimelineId tli);
void prefetch_look_ahead(const WalRecord *record); /* which is replayed next */
void prefetch_end(void); /* also when it was not begun */

/* ---- For pg_stat_recovery_prefetch ---- */

typedef enum PrefetchCount {
    PREFETCH_ASKED,   /* for a block */
    PREFETCH_HIT,     /* it was in the buffers */
    PREFETCH_INIT,    /* replay will not read it: the record makes it, */
    PREFETCH_NEW,     /* it is not there yet, */
    PREFETCH_IMAGE,   /* or the record has an image of it */
    PREFETCH_REPEATED, /* a moment ago */
    PREFETCH_COUNTS,
} PrefetchCount;

typedef struct PrefetchStats {
    PgTime reset_at;
    uint64_t counts[PREFETCH_COUNTS];
    uint64_t wal_distance;    /* bytes of the log that it is ahead */
    uint32_t block_distance;  /* blocks that were looked at and are not replayed yet */
    uint32_t in_flight;       /* that were asked for and may not have come yet */
} PrefetchStats;

void prefetch_stats(PrefetchStats *out);
void prefetch_reset_stats(void);

#endif
