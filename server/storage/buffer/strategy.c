/*
 * strategy.c - which buffer is taken next: the free list, the clock, rings
 *
 * Buffers that hold nothing are in a list. When it is empty the clock goes round: a buffer that
 * nobody has pinned loses one of its usage, or is taken when it has none left. A large scan uses a
 * ring of a few buffers again and again, so that it does not drive out all others.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/ipc/latch.h"
#include "server/ipc/proc.h"
#include "server/storage/buffer/buffer_int.h"

#define RING_SHARE 8 /* a ring has no more than that part of all buffers */

struct BufferRing {
    BufferRingKind kind;
    uint32_t size;
    uint32_t current;
    Buffer buffers[]; /* 0: not filled yet */
};

static BufferDesc *take_of_ring(BufferRing *ring);
static BufferDesc *take_free(BufferStrategy *s);
static BufferDesc *take_by_clock(BufferStrategy *s);
static bool try_take(BufferDesc *d, unsigned usage_max);
static void wake_writer(BufferStrategy *s);

BufferRing *buffer_ring_new(BufferRingKind kind)
{
    static const uint32_t sizes[] = {[RING_BULK_READ] = KIB(256) / BLOCK_SIZE,
                                     [RING_BULK_WRITE] = MIB(16) / BLOCK_SIZE,
                                     [RING_VACUUM] = KIB(256) / BLOCK_SIZE};
    uint32_t size = sizes[kind];
    BufferRing *ring;

    if (size > buffer_pool.count / RING_SHARE)
        size = buffer_pool.count / RING_SHARE;
    if (size == 0)
        return NULL;
    ring = mem_alloc(size_add(sizeof *ring, size_mul(size, sizeof(Buffer))));
    ring->kind = kind;
    ring->size = size;
    return ring;
}

void buffer_ring_free(BufferRing *ring)
{
    mem_free(ring);
}

void buffer_wake_me(bool is_wanted)
{
    strategy_wake_me(is_wanted ? proc_self()->slot : PROC_NONE);
}

void strategy_init(BufferStrategy *s, uint32_t count)
{
    spin_init(&s->lock);
    s->first_free = 0;
    s->last_free = (int)count - 1;
    s->wake_slot = PROC_NONE;
    for (uint32_t i = 0; i < count; i++)
        buffer_pool.descs[i].next_free = i + 1 < count ? (int)i + 1 : FREE_END;
}

BufferDesc *strategy_take(BufferRing *ring, bool *is_from_ring)
{
    BufferStrategy *s = &buffer_pool.shared->strategy;
    BufferDesc *d = ring == NULL ? NULL : take_of_ring(ring);

    *is_from_ring = d != NULL;
    if (d != NULL)
        return d;
    wake_writer(s);
    /* What a ring takes again is not counted: the background writer is not to keep pace with it. */
    atomic_fetch_add_explicit(&s->alloc_count, 1, memory_order_relaxed);
    d = take_free(s);
    if (d == NULL)
        d = take_by_clock(s);
    if (ring != NULL)
        ring->buffers[ring->current] = buf_number(d);
    return d;
}

void strategy_free(BufferDesc *d)
{
    BufferStrategy *s = &buffer_pool.shared->strategy;

    spin_lock(&s->lock);
    if (d->next_free == FREE_ABSENT) {
        d->next_free = s->first_free < 0 ? FREE_END : s->first_free;
        if (s->first_free < 0)
            s->last_free = (int)(d - buffer_pool.descs);
        s->first_free = (int)(d - buffer_pool.descs);
    }
    spin_unlock(&s->lock);
}

bool ring_gives_up(BufferRing *ring, const BufferDesc *d, bool is_from_ring)
{
    /* Writers make dirty pages themselves, and are to write them themselves. */
    if (ring->kind != RING_BULK_READ || !is_from_ring ||
        ring->buffers[ring->current] != buf_number(d))
        return false;
    ring->buffers[ring->current] = BUFFER_NONE;
    return true;
}

StrategyPlace strategy_look(void)
{
    BufferStrategy *s = &buffer_pool.shared->strategy;
    uint64_t hand = atomic_load(&s->hand);

    return (StrategyPlace){.next = (uint32_t)(hand % buffer_pool.count),
                           .rounds = hand / buffer_pool.count,
                           .taken = atomic_exchange(&s->alloc_count, 0)};
}

void strategy_wake_me(int proc_slot)
{
    BufferStrategy *s = &buffer_pool.shared->strategy;

    spin_lock(&s->lock);
    s->wake_slot = proc_slot;
    spin_unlock(&s->lock);
}

/* The next of the ring, if others have not come to use it. */
static BufferDesc *take_of_ring(BufferRing *ring)
{
    Buffer b;

    if (++ring->current >= ring->size)
        ring->current = 0;
    b = ring->buffers[ring->current];
    if (b == BUFFER_NONE)
        return NULL;
    /* We used it once. More means that others want it to stay: they get it, we get another. */
    return try_take(buf_desc(b), 1) ? buf_desc(b) : NULL;
}

static BufferDesc *take_free(BufferStrategy *s)
{
    while (*(volatile int *)&s->first_free >= 0) {
        BufferDesc *d;

        spin_lock(&s->lock);
        if (s->first_free < 0) {
            spin_unlock(&s->lock);
            return NULL;
        }
        d = &buffer_pool.descs[s->first_free];
        s->first_free = d->next_free;
        d->next_free = FREE_ABSENT;
        spin_unlock(&s->lock);
        /* Another may have found it by the clock meanwhile. */
        if (try_take(d, 0))
            return d;
    }
    return NULL;
}

static BufferDesc *take_by_clock(BufferStrategy *s)
{
    uint32_t left = buffer_pool.count; /* to pass without finding one that is not pinned */

    for (;;) {
        uint64_t hand = atomic_fetch_add_explicit(&s->hand, 1, memory_order_relaxed);
        BufferDesc *d = &buffer_pool.descs[hand % buffer_pool.count];
        uint32_t old = atomic_load_explicit(&d->state, memory_order_relaxed);

        if (buf_refs(old) == 0 && buf_usage(old) == 0) {
            if (try_take(d, 0))
                return d;
        } else if (buf_refs(old) == 0) {
            /* Lost to somebody else's change: it is in use, and may keep what it has. */
            atomic_compare_exchange_strong(&d->state, &old, old - BUF_USAGE_ONE);
            left = buffer_pool.count;
            continue;
        }
        if (--left == 0)
            err_raise(SQLSTATE_INTERNAL_ERROR, .message = "no unpinned buffers available");
    }
}

/* Pin it if nobody has, and its usage is small. */
static bool try_take(BufferDesc *d, unsigned usage_max)
{
    uint32_t state = desc_lock(d);

    if (buf_refs(state) != 0 || buf_usage(state) > usage_max) {
        desc_unlock(d);
        return false;
    }
    pin_unlock(d);
    return true;
}

static void wake_writer(BufferStrategy *s)
{
    int slot;

    if (LIKELY(*(volatile int *)&s->wake_slot == PROC_NONE))
        return;
    spin_lock(&s->lock);
    slot = s->wake_slot;
    s->wake_slot = PROC_NONE;
    spin_unlock(&s->lock);
    if (slot != PROC_NONE)
        latch_set(&proc_at(slot)->latch);
}
