/*
 * sample.c - a random sample of a table's rows: pages first, then rows of these
 *
 * As many pages as rows are wanted are chosen, each with the same chance (all, when there are no
 * more), and read in order. Of their rows, as many as are wanted stay in a reservoir: a row that
 * comes when it is full takes the place of a random one, the more seldom the more rows have been
 * seen. How many are passed over until then is drawn at once.
 *
 * Source: selection sampling is algorithm S of D. Knuth's "The Art of Computer Programming", 3.4.2;
 * the reservoir is algorithm L of K.-H. Li, "Reservoir-Sampling Algorithms of Time Complexity
 * O(n(1 + log(N/n)))", 1994.
 */
#include "common/base/base.h"

#include <math.h>
#include <stdlib.h>

#include "common/crypt/random.h"
#include "common/err/err.h"
#include "common/format/heap_tuple.h"
#include "common/format/page.h"
#include "common/mem/mem.h"
#include "server/cache/relcache.h"
#include "server/txn/txn.h"
#include "server/vacuum/analyze_int.h"
#include "server/vacuum/vacuum_int.h"

typedef struct Reservoir {
    Sample *sample;
    unsigned wanted;
    uint64_t random; /* state */
    double weight;
    double skip; /* rows that are passed over before the next one goes in */
} Reservoir;

static void sample_page(Reservoir *r, const HeapRel *heap, Buffer b, Xid oldest);
static bool is_sampled(Sample *s, const HeapTuple *tuple, Buffer b, Xid oldest);
static void add_row(Reservoir *r, const HeapTuple *tuple);

/* Above 0, below 1. */
static double random_share(Reservoir *r)
{
    uint64_t x = r->random += UINT64_C(0x9E3779B97F4A7C15);

    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    x ^= x >> 31;
    return ((double)(x >> 12) + 0.5) / (double)(UINT64_C(1) << 52);
}

static int compare_places(const void *a, const void *b)
{
    const HeapTuple *x = *(HeapTuple *const *)a, *y = *(HeapTuple *const *)b;

    if (tid_block(x->self) != tid_block(y->self))
        return tid_block(x->self) < tid_block(y->self) ? -1 : 1;
    return (int)x->self.offset - (int)y->self.offset;
}

void sample_take(Relation *rel, unsigned wanted, Sample *out)
{
    HeapRel *heap = relation_heap(rel);
    Xid oldest = heap_oldest_needed(heap);
    BufferRing *ring = buffer_ring_new(RING_VACUUM);
    Reservoir r = {.sample = out, .wanted = wanted, .random = random_u64(), .weight = 1};
    BlockNo left;

    *out = (Sample){.rows = mem_new_array(HeapTuple *, wanted),
                    .pages = smgr_block_count(heap->smgr, FORK_MAIN)};
    left = out->pages < wanted ? out->pages : wanted;
    command_progress_set(ANALYZE_BLOCKS, left);
    for (BlockNo block = 0; block < out->pages && left > 0; block++) {
        Buffer b;

        /* As many as are left, of those that are left. */
        if (left < out->pages - block && random_share(&r) * (out->pages - block) >= left)
            continue;
        left--;
        command_progress_add(ANALYZE_DONE, 1);
        out->scanned++;
        vacuum_delay_point();
        b = buffer_read(heap->smgr, FORK_MAIN, block, BUFFER_NORMAL, ring, heap->is_permanent);
        sample_page(&r, heap, b, oldest);
        buffer_unpin(b);
    }
    buffer_ring_free(ring);
    if (out->count == wanted)
        qsort(out->rows, out->count, sizeof(out->rows[0]), compare_places);
    if (out->scanned > 0) {
        out->total_live = floor(out->live / out->scanned * out->pages + 0.5);
        out->total_dead = floor(out->dead / out->scanned * out->pages + 0.5);
    }
}

static void sample_page(Reservoir *r, const HeapRel *heap, Buffer b, Xid oldest)
{
    const uint8_t *page = buffer_page(b);

    buffer_lock(b, BUFFER_SHARED);
    for (OffsetNo offnum = 1; !page_is_new(page) && offnum <= page_item_count(page); offnum++) {
        ItemState state = page_item_id(page, offnum).state;
        HeapTuple tuple;

        if (state == ITEM_DEAD)
            r->sample->dead++;
        if (state != ITEM_NORMAL)
            continue;
        heap_point_to(heap, b, offnum, &tuple);
        if (is_sampled(r->sample, &tuple, b, oldest))
            add_row(r, &tuple);
    }
    buffer_unlock(b);
}

/* What will be there when the transactions that run have committed, but for rows to come. */
static bool is_sampled(Sample *s, const HeapTuple *tuple, Buffer b, Xid oldest)
{
    switch (heap_fate_at(tuple, b, oldest)) {
    case HEAP_FATE_ALIVE:
        break;
    case HEAP_FATE_DEAD:
    case HEAP_FATE_RECENTLY_DEAD:
        s->dead++;
        return false;
    case HEAP_FATE_INSERTING:
        if (!txn_is_own_xid(((const HeapTupleHeader *)tuple->bytes)->xmin))
            return false;
        break;
    case HEAP_FATE_DELETING:
        if (!txn_is_own_xid(heap_update_xid(tuple)))
            break;
        s->dead++;
        return false;
    }
    s->live++;
    return true;
}

static void draw_skip(Reservoir *r)
{
    r->weight *= exp(log(random_share(r)) / r->wanted);
    r->skip = floor(log(random_share(r)) / log(1 - r->weight));
}

static void add_row(Reservoir *r, const HeapTuple *tuple)
{
    Sample *s = r->sample;
    unsigned at = s->count;

    if (s->count < r->wanted) {
        s->rows[s->count++] = heap_copy(tuple);
        if (s->count == r->wanted)
            draw_skip(r);
        return;
    }
    if (r->skip > 0) {
        r->skip--;
        return;
    }
    at = (unsigned)(random_share(r) * r->wanted);
    mem_free(s->rows[at]);
    s->rows[at] = heap_copy(tuple);
    draw_skip(r);
}
