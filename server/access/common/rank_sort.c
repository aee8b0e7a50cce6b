/*
 * rank_sort.c - sort by rank; rank_sort.h has the promises
 *
 * By bits: from the lowest byte of the ranks to the highest, each entry goes behind all those whose
 * byte is less, or the same and which came before. Bytes that are the same in all ranks are passed
 * over, so that numbers of a small range cost little.
 */
#include "common/base/base.h"

#include "server/access/common/rank_sort.h"

#include <string.h>

#include "common/mem/mem.h"
#include "server/ipc/interrupt.h"

#define SHORT_RUN   8 /* entries that are sorted by insertion */
#define BY_BITS_MIN 512
#define RANK_BYTES  8
#define BYTE_VALUES 256

typedef size_t ByteCounts[RANK_BYTES][BYTE_VALUES];

static bool is_sorted(const RankOrder *order, const RankEntry *entries, size_t count);
static RankEntry *sort_by_bits(RankEntry *entries, RankEntry *scratch, size_t count);
static void sort_equal_ranks(const RankOrder *order, RankEntry *entries, RankEntry *scratch,
                             size_t count);
static RankEntry *sort_by_merging(const RankOrder *order, RankEntry *entries, RankEntry *scratch,
                                  size_t count);

RankEntry *rank_sort(const RankOrder *order, RankEntry *entries, RankEntry *scratch, size_t count)
{
    RankEntry *sorted;

    if (is_sorted(order, entries, count))
        return entries;
    if (count < BY_BITS_MIN)
        return sort_by_merging(order, entries, scratch, count);
    sorted = sort_by_bits(entries, scratch, count);
    sort_equal_ranks(order, sorted, sorted == entries ? scratch : entries, count);
    return sorted;
}

static bool is_sorted(const RankOrder *order, const RankEntry *entries, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (rank_compare(order, &entries[i - 1], &entries[i]) > 0)
            return false;
    }
    return true;
}

/* ---- By bits ---- */

static unsigned byte_of(uint64_t rank, unsigned number)
{
    return (unsigned)(rank >> (8 * number)) & 0xFF;
}

static void count_bytes(const RankEntry *entries, size_t count, ByteCounts out)
{
    memset(out, 0, sizeof(ByteCounts));
    for (size_t i = 0; i < count; i++) {
        for (unsigned number = 0; number < RANK_BYTES; number++)
            out[number][byte_of(entries[i].rank, number)]++;
    }
}

/* Of how many come, to where the first of them goes. */
static void make_places(size_t *counts)
{
    size_t place = 0;

    for (unsigned value = 0; value < BYTE_VALUES; value++) {
        size_t count = counts[value];

        counts[value] = place;
        place += count;
    }
}

static RankEntry *sort_by_bits(RankEntry *entries, RankEntry *scratch, size_t count)
{
    ByteCounts counts;

    count_bytes(entries, count, counts);
    for (unsigned number = 0; number < RANK_BYTES; number++) {
        size_t *places = counts[number];
        RankEntry *from = entries;

        if (places[byte_of(from->rank, number)] == count)
            continue;
        check_interrupts();
        make_places(places);
        for (size_t i = 0; i < count; i++)
            scratch[places[byte_of(from[i].rank, number)]++] = from[i];
        entries = scratch;
        scratch = from;
    }
    return entries;
}

static void sort_equal_ranks(const RankOrder *order, RankEntry *entries, RankEntry *scratch,
                             size_t count)
{
    size_t first = 0;

    for (size_t end = 1; end <= count; end++) {
        uint64_t rank = entries[first].rank;
        RankEntry *sorted;

        if (end < count && entries[end].rank == rank)
            continue;
        if (end - first > 1 && (!order->is_all || rank == 0 || rank == UINT64_MAX)) {
            sorted = sort_by_merging(order, entries + first, scratch + first, end - first);
            if (sorted != entries + first)
                memcpy(entries + first, sorted, (end - first) * sizeof(RankEntry));
        }
        first = end;
    }
}

/* ---- By merging ---- */

static void sort_short_run(const RankOrder *order, RankEntry *entries, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        RankEntry entry = entries[i];
        size_t at = i;

        for (; at > 0 && rank_compare(order, &entries[at - 1], &entry) > 0; at--)
            entries[at] = entries[at - 1];
        entries[at] = entry;
    }
}

/* Merge two runs that lie side by side at from, the first of split entries, to out. */
static void merge(const RankOrder *order, const RankEntry *from, size_t split, size_t count,
                  RankEntry *out)
{
    const RankEntry *a = from, *a_end = from + split, *b = a_end, *b_end = from + count;

    if (split >= count || rank_compare(order, a_end - 1, b) <= 0) {
        memcpy(out, from, count * sizeof(*out));
        return;
    }
    while (a < a_end && b < b_end)
        *out++ = rank_compare(order, a, b) > 0 ? *b++ : *a++;
    if (a < a_end)
        memcpy(out, a, (size_t)(a_end - a) * sizeof(*out));
    else
        memcpy(out, b, (size_t)(b_end - b) * sizeof(*out));
}

static RankEntry *sort_by_merging(const RankOrder *order, RankEntry *entries, RankEntry *scratch,
                                  size_t count)
{
    for (size_t at = 0; at < count; at += SHORT_RUN)
        sort_short_run(order, entries + at, size_min(SHORT_RUN, count - at));
    for (size_t run = SHORT_RUN; run < count; run *= 2) {
        RankEntry *from = entries;

        check_interrupts();
        for (size_t at = 0; at < count; at += 2 * run)
            merge(order, from + at, run, size_min(2 * run, count - at), scratch + at);
        entries = scratch;
        scratch = from;
    }
    return entries;
}
