/*
 * usage.h - what this process has done to buffers, temporary files and the log
 *
 * Those who do it count in any case, for nothing but an addition; who wants to know what a piece of
 * work took looks before and after it.
 */
#ifndef EXECUTOR_USAGE_H
#define EXECUTOR_USAGE_H

#include "common/base/base.h"

#include "server/storage/buffer/buffer.h"
#include "server/storage/file/vfd.h"
#include "server/wal/wal.h"

/* Each part is made of counters (uint64_t) alone. */
typedef struct Usage {
    BufferCounters buffers;
    VfdTempCounters temp;
    WalUsage wal;
} Usage;

/* Since the process began. */
void usage_now(Usage *out);

/* What was done since before, added to the sum. */
void usage_add_since(Usage *sum, const Usage *before);

#endif
