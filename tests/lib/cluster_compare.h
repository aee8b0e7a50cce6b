/*
 * cluster_compare.h - hold every file of two data directories against each other
 *
 * Both belong to clusters that were stopped at the same place of the same log: a primary, and one
 * that replayed its WAL. What replay reproduces must be equal: relations page by page under
 * common/redo/mask.h, status pages as far as they mean anything (from the oldest number that is
 * kept to the next one), relation maps, versions, prepared transactions, what pg_control says of
 * the last checkpoint. What replay does not reproduce is skipped, and counted by reason.
 *
 * Two things that replay of a real server gets otherwise are held against their rule instead:
 *   - A sequence is logged ahead: the replica is at the last value logged, the primary before it by
 *     the number of values that it may still give out without logging.
 *   - A database that is copied as WAL gets its visibility maps as images of standard pages, whose
 *     hole is all that a map holds. The replica lacks those bits, which is harmless; bits that only
 *     the replica has never are.
 */
#ifndef LIB_CLUSTER_COMPARE_H
#define LIB_CLUSTER_COMPARE_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/format/block_tag.h"

/* What the caller knows of a block from replaying it. */
typedef struct CompareBlock {
    uint8_t rmgr;    /* of the record that changed it last; COMPARE_RMGR_NONE: of none */
    const char *who; /* that record, in words */
    bool lost_bits;  /* a map page: a record restored it from an image without its bits */
} CompareBlock;

#define COMPARE_RMGR_NONE 255

typedef struct CompareConfig {
    const char *ours, *theirs; /* data directories: of the replica, and of the real server */
    CompareBlock (*find_block)(void *arg, const BlockTag *tag); /* NULL: nothing is known */
    void *arg;
    bool ended_apart; /* each wrote its last checkpoint itself: its time may differ */
} CompareConfig;

typedef struct CompareSkip {
    const char *what;
    const char *why;
    uint64_t file_count;
} CompareSkip;

typedef struct CompareResult {
    uint64_t file_count;    /* files compared */
    uint64_t page_count;    /* relation pages compared, of which */
    uint64_t same_count;    /* equal in every byte but LSN and checksum, */
    uint64_t masked_count;  /* equal under the masks, */
    uint64_t ahead_count;   /* sequences that are ahead by what was logged in advance, */
    uint64_t vm_less_count; /* map pages that lack bits that the real server has */
    uint64_t new_count;     /* never written: zeros on one side, nothing on the other */
    uint64_t status_count;  /* status pages compared */
    uint64_t difference_count;
    uint64_t by_rmgr[256]; /* of them, pages by the resource manager that changed them last */
    Array differences;     /* char *: the first of them, in words */
    Array skips;           /* CompareSkip */
} CompareResult;

/* Compare; the result belongs to the current memory context. Raises what reading files raises. */
CompareResult *cluster_compare(const CompareConfig *config);

#endif
