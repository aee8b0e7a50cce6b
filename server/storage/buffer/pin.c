/*
 * pin.c - pins: the shared count of a buffer, and this process's own
 *
 * The shared count says how many processes have a buffer pinned; how often each has it is counted
 * in the process. Few are pinned at a time, so the first eight counts are in one cache line that is
 * searched; more are in a table that grows (open addressing, by number of buffer).
 */
#include "common/base/base.h"

#include <stdio.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "server/ipc/proc.h"
#include "server/storage/buffer/buffer_int.h"

#define NEAR_COUNT 8
#define TABLE_MIN  64
#define SPINS      100 /* before the header's holder is given time */

typedef struct PinRef {
    Buffer buffer; /* 0: free */
    int32_t count;
} PinRef;

/* Process state. */
static struct {
    PinRef near[NEAR_COUNT] __attribute__((aligned(64)));
    uint32_t near_count; /* in use */
    MemContext *mem;     /* of table; lifetime: the process */
    PinRef *table;       /* NULL until it is needed */
    uint32_t table_size; /* a power of two */
    uint32_t table_count;
} pins;

static PinRef *ref_find(Buffer b);
static PinRef *table_find(Buffer b);
static void ref_add(Buffer b);
static void ref_remove(PinRef *ref);
static void table_remove(PinRef *ref);
static void table_put(PinRef *table, uint32_t size, PinRef ref);
static void table_grow(void);
static void unpin_shared(BufferDesc *d);
static void wake_waiter(BufferDesc *d);
static void release_pin(uintptr_t item);
static void describe_pin(uintptr_t item, char *text, size_t size);

const OwnerKind buffer_pin_kind = {.name = "buffer pin",
                                   .phase = OWNER_BEFORE_LOCKS,
                                   .order = 20,
                                   .release = release_pin,
                                   .describe = describe_pin};

void pin_init(void)
{
    memset(pins.near, 0, sizeof pins.near);
    if (pins.mem != NULL)
        mem_delete(pins.mem);
    pins.mem = NULL;
    pins.table = NULL;
    pins.near_count = pins.table_size = pins.table_count = 0;
}

void pin_room(void)
{
    owner_room(&buffer_pin_kind);
    /* A free place in any case: in the table a quarter stays empty, so that searches are short. */
    if (UNLIKELY(pins.near_count == NEAR_COUNT) && pins.table_count + 1 > pins.table_size / 4 * 3)
        table_grow();
}

bool pin_shared(BufferDesc *d, const BufferRing *ring)
{
    Buffer b = buf_number(d);
    PinRef *ref = ref_find(b);
    uint32_t old;

    owner_note(&buffer_pin_kind, (uintptr_t)b);
    if (ref != NULL) {
        ref->count++;
        return (atomic_load(&d->state) & BUF_VALID) != 0;
    }
    ref_add(b);
    old = atomic_load_explicit(&d->state, memory_order_relaxed);
    for (;;) {
        uint32_t now = old + BUF_REF_ONE;

        /* A scan with a ring makes a page last no longer than it would have. */
        if (ring == NULL ? buf_usage(old) < BUF_USAGE_MAX : buf_usage(old) == 0)
            now += BUF_USAGE_ONE;
        if (atomic_compare_exchange_weak(&d->state, &old, now))
            return (now & BUF_VALID) != 0;
    }
}

void pin_unlock(BufferDesc *d)
{
    Buffer b = buf_number(d);

    owner_note(&buffer_pin_kind, (uintptr_t)b);
    ASSERT(ref_find(b) == NULL);
    ref_add(b);
    desc_unlock_with(d, 0, 0, BUF_REF_ONE);
}

void pin_unlock_used(BufferDesc *d)
{
    uint32_t old = atomic_load_explicit(&d->state, memory_order_relaxed);
    Buffer b = buf_number(d);
    uint32_t now;

    owner_note(&buffer_pin_kind, (uintptr_t)b);
    ref_add(b);
    do {
        now = (old & ~BUF_LOCKED) + BUF_REF_ONE;
        if (buf_usage(old) < BUF_USAGE_MAX)
            now += BUF_USAGE_ONE;
    } while (!atomic_compare_exchange_weak(&d->state, &old, now));
}

int32_t pin_count(Buffer b)
{
    const PinRef *ref = ref_find(b);

    return ref == NULL ? 0 : ref->count;
}

void pin_release(BufferDesc *d)
{
    owner_forget(&buffer_pin_kind, (uintptr_t)buf_number(d));
    unpin_shared(d);
}

void buffer_pin(Buffer b)
{
    PinRef *ref;

    owner_room(&buffer_pin_kind);
    if (b < 0) {
        local_pin(b);
    } else {
        ref = ref_find(b);
        ASSERT(ref != NULL); /* or somebody could have taken the buffer meanwhile */
        ref->count++;
    }
    owner_note(&buffer_pin_kind, (uintptr_t)(intptr_t)b);
}

void buffer_unpin(Buffer b)
{
    owner_forget(&buffer_pin_kind, (uintptr_t)(intptr_t)b);
    if (b < 0)
        local_unpin(b);
    else
        unpin_shared(buf_desc(b));
}

bool buffer_is_pinned(Buffer b)
{
    return b < 0 ? local_pin_count(b) > 0 : b > 0 && pin_count(b) > 0;
}

uint32_t desc_lock_slow(BufferDesc *d)
{
    for (unsigned spins = 1;; spins++) {
        uint32_t old = atomic_load_explicit(&d->state, memory_order_relaxed);

        if ((old & BUF_LOCKED) == 0) {
            old = atomic_fetch_or_explicit(&d->state, BUF_LOCKED, memory_order_acquire);
            if ((old & BUF_LOCKED) == 0)
                return old | BUF_LOCKED;
        }
        /* Whoever has it needs a few instructions, and the processor. */
        if (spins % SPINS == 0)
            clock_sleep_ms(1);
    }
}

static void unpin_shared(BufferDesc *d)
{
    PinRef *ref = ref_find(buf_number(d));
    uint32_t old;

    ASSERT(ref != NULL && ref->count > 0);
    if (--ref->count > 0)
        return;
    ASSERT(!lwlock_is_held(&d->content, LW_SHARED));
    ref_remove(ref);
    old = atomic_fetch_sub_explicit(&d->state, BUF_REF_ONE, memory_order_release);
    ASSERT(buf_refs(old) > 0);
    if (UNLIKELY((old & BUF_PIN_COUNT_WAITER) != 0))
        wake_waiter(d);
}

/*
 * The one who waits set his flag while there were other pins than his, in one step with looking at
 * their number: so whoever takes the last of them back sees the flag.
 */
static void wake_waiter(BufferDesc *d)
{
    uint32_t state = desc_lock(d);
    int slot = d->waiter;
    bool wakes = (state & BUF_PIN_COUNT_WAITER) != 0 && buf_refs(state) == 1;

    desc_unlock_with(d, wakes ? BUF_PIN_COUNT_WAITER : 0, 0, 0);
    if (wakes)
        latch_set(&proc_at(slot)->latch);
}

static PinRef *ref_find(Buffer b)
{
    for (unsigned i = 0; i < NEAR_COUNT; i++)
        if (pins.near[i].buffer == b)
            return &pins.near[i];
    return LIKELY(pins.table_count == 0) ? NULL : table_find(b);
}

static uint32_t table_home(Buffer b, uint32_t size)
{
    return ((uint32_t)b * UINT32_C(0x9E3779B1)) & (size - 1);
}

static PinRef *table_find(Buffer b)
{
    uint32_t mask = pins.table_size - 1;

    for (uint32_t i = table_home(b, pins.table_size); pins.table[i].buffer != 0; i = (i + 1) & mask)
        if (pins.table[i].buffer == b)
            return &pins.table[i];
    return NULL;
}

/* Room was made by pin_room(). */
static void ref_add(Buffer b)
{
    PinRef ref = {.buffer = b, .count = 1};

    for (unsigned i = 0; i < NEAR_COUNT; i++)
        if (pins.near[i].buffer == 0) {
            pins.near[i] = ref;
            pins.near_count++;
            return;
        }
    table_put(pins.table, pins.table_size, ref);
    pins.table_count++;
}

static void ref_remove(PinRef *ref)
{
    if (ref >= pins.near && ref < pins.near + NEAR_COUNT) {
        *ref = (PinRef){0};
        pins.near_count--;
    } else {
        table_remove(ref);
    }
}

/* Each entry behind the hole whose own place is not between the hole and it moves up. */
static void table_remove(PinRef *ref)
{
    uint32_t mask = pins.table_size - 1;
    uint32_t hole = (uint32_t)(ref - pins.table);

    for (uint32_t i = (hole + 1) & mask; pins.table[i].buffer != 0; i = (i + 1) & mask) {
        uint32_t home = table_home(pins.table[i].buffer, pins.table_size);

        if (((i - home) & mask) >= ((i - hole) & mask)) {
            pins.table[hole] = pins.table[i];
            hole = i;
        }
    }
    pins.table[hole] = (PinRef){0};
    pins.table_count--;
}

static void table_put(PinRef *table, uint32_t size, PinRef ref)
{
    uint32_t i = table_home(ref.buffer, size);

    while (table[i].buffer != 0)
        i = (i + 1) & (size - 1);
    table[i] = ref;
}

static void table_grow(void)
{
    uint32_t size = pins.table_size == 0 ? TABLE_MIN : pins.table_size * 2;
    PinRef *table;

    if (pins.mem == NULL)
        pins.mem = mem_context_new(mem_root(), "buffer pins");
    table = mem_alloc_in(pins.mem, size_mul(size, sizeof(PinRef)));

    for (uint32_t i = 0; i < pins.table_size; i++)
        if (pins.table[i].buffer != 0)
            table_put(table, size, pins.table[i]);
    mem_free(pins.table);
    pins.table = table;
    pins.table_size = size;
}

/* The owner ends, and has crossed it out. */
static void release_pin(uintptr_t item)
{
    Buffer b = (Buffer)(intptr_t)item;

    if (b < 0)
        local_unpin(b);
    else
        unpin_shared(buf_desc(b));
}

static void describe_pin(uintptr_t item, char *text, size_t size)
{
    Buffer b = (Buffer)(intptr_t)item;
    const BlockTag *tag = b < 0 ? local_tag(b) : &buf_desc(b)->tag;

    snprintf(text, size, "[%d] (rel=%u/%u/%u, fork=%u, blockNum=%u, refcount=%d)", b,
             tag->rel.tablespace, tag->rel.database, tag->rel.rel, tag->fork, tag->block,
             b < 0 ? local_pin_count(b) : pin_count(b));
}
