/* dead.c - line pointers of dead rows, until no index leads to them; vacuum_int.h has the how. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/vacuum/vacuum_int.h"

void vacuum_dead_init(VacuumDead *d, size_t memory_max, BlockNo table_pages, bool has_indexes)
{
    size_t max = HEAP_PAGE_LINES_MAX;

    /* Without indexes a page is done at once. No more than the table can have, and a page's. */
    if (has_indexes) {
        size_t all = (size_t)table_pages * HEAP_PAGE_LINES_MAX;

        max = size_max(size_min(memory_max / sizeof(Tid), all), HEAP_PAGE_LINES_MAX);
    }
    *d = (VacuumDead){.max = max};
    /* Memory is touched as it is used, so it costs nothing to ask for all of it. */
    d->tids = mem_alloc_aligned(max * sizeof(Tid), _Alignof(Tid) * 4);
}

void vacuum_dead_add(VacuumDead *d, BlockNo block, const OffsetNo *offnums, unsigned count)
{
    ASSERT(d->count + count <= d->max);
    for (unsigned i = 0; i < count; i++)
        d->tids[d->count++] = tid_make(block, offnums[i]);
}

static inline uint64_t rank_of(const Tid *tid)
{
    return (uint64_t)tid_block(*tid) << 16 | tid->offset;
}

/* Asked for each entry of each index. */
bool vacuum_dead_has(const VacuumDead *d, const Tid *tid)
{
    uint64_t wanted = rank_of(tid);
    size_t low = 0, high = d->count;

    if (d->count == 0 || wanted < rank_of(&d->tids[0]) || wanted > rank_of(&d->tids[high - 1]))
        return false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint64_t rank = rank_of(&d->tids[middle]);

        if (rank == wanted)
            return true;
        if (rank < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}
