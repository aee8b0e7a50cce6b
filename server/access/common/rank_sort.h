/*
 * rank_sort.h - put things in order that have a rank: 64 bits by which most comparisons are decided
 *
 * Ranks are compared as unsigned numbers (sort_support.h makes them of values). Equal ranks are
 * decided by a comparison of the things themselves, unless the rank says all there is: but for the
 * least and the greatest one, which NULLs share with values.
 *
 * The order of equal things stays. Much is sorted by the bits of its ranks, without comparing;
 * little, and what has equal ranks, by merging: few comparisons, and none that input which is in
 * order already would not need.
 */
#ifndef COMMON_RANK_SORT_H
#define COMMON_RANK_SORT_H

#include "common/base/base.h"

typedef struct RankEntry {
    uint64_t rank;
    void *item;
} RankEntry;

typedef struct RankOrder {
    bool is_all; /* equal ranks are equal things, but at the ends */
    int (*compare)(void *arg, const void *a, const void *b); /* of items with equal ranks */
    void *arg;
} RankOrder;

static ALWAYS_INLINE int rank_compare(const RankOrder *order, const RankEntry *a,
                                      const RankEntry *b)
{
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    if (order->is_all && a->rank != 0 && a->rank != UINT64_MAX)
        return 0;
    return order->compare(order->arg, a->item, b->item);
}

/* scratch has room for as many entries. Gives the one of the two where the entries stand now. */
RankEntry *rank_sort(const RankOrder *order, RankEntry *entries, RankEntry *scratch, size_t count);

#endif
