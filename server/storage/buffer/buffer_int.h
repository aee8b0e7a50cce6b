/*
 * buffer_int.h - what the files of storage/buffer share: descriptors, their state word, pins
 *
 * The state of a buffer is one word: how many processes have it pinned, how much it was used,
 * flags. One flag is a lock of the header: who holds it may look at several bits and the tag at
 * once. All changes of the word are read-modify-write operations, also by the holder, so pins and
 * dirty bits may be set without asking for the lock. What the lock keeps out is another holder;
 * hence:
 *
 *   the tag     changes with the header locked and, when it was or becomes valid, with the mapping
 *               partition locked exclusively; may be read with a pin, or with the header locked
 *   a first pin is taken with the mapping partition locked (the way from a block to its buffer), or
 *               with the header locked (the way from a buffer's number)
 *   reuse       needs both, and a reference count that shows nobody else
 *
 *      free --claim--> claimed --enter the table--> tag, not valid --read or zero--> valid
 *        ^ strategy_take   | victim                   start_io, end_io                |
 *        +-----------------+--- invalidate: leave the table, when nobody else has it -+
 *
 *   valid --mark_dirty--> dirty --start_io, write, end_io--> valid (or dirty anew)
 */
#ifndef BUFFER_BUFFER_INT_H
#define BUFFER_BUFFER_INT_H

#include "common/base/base.h"

#include <stdatomic.h>

#include "common/mem/owner.h"
#include "server/ipc/condvar.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/shared_hash.h"
#include "server/ipc/spinlock.h"
#include "server/storage/buffer/buffer.h"

#define BUF_REF_ONE           UINT32_C(1)
#define BUF_REF_MASK          UINT32_C(0x3FFFF) /* 18 bits: more processes than there can be */
#define BUF_USAGE_ONE         UINT32_C(0x40000)
#define BUF_USAGE_MASK        UINT32_C(0x3C0000)
#define BUF_USAGE_MAX         5 /* rounds of the clock that a much used page survives */

#define BUF_LOCKED            (UINT32_C(1) << 22)
#define BUF_DIRTY             (UINT32_C(1) << 23)
#define BUF_VALID             (UINT32_C(1) << 24) /* the page is there */
#define BUF_TAG_VALID         (UINT32_C(1) << 25) /* it is in the mapping table */
#define BUF_IO_IN_PROGRESS    (UINT32_C(1) << 26)
#define BUF_IO_ERROR          (UINT32_C(1) << 27) /* the last write failed */
#define BUF_JUST_DIRTIED      (UINT32_C(1) << 28) /* since the write that is under way began */
#define BUF_PIN_COUNT_WAITER  (UINT32_C(1) << 29) /* somebody waits to be the only one */
#define BUF_CHECKPOINT_NEEDED (UINT32_C(1) << 30) /* the checkpoint under way has to write it */
#define BUF_PERMANENT         (UINT32_C(1) << 31) /* its relation is logged, or init fork */

#define BUF_PARTITIONS        128 /* of the mapping table */
#define EXTENSION_LOCKS       128 /* half for relations, half for their maps */

static inline uint32_t buf_refs(uint32_t state)
{
    return state & BUF_REF_MASK;
}

static inline uint32_t buf_usage(uint32_t state)
{
    return (state & BUF_USAGE_MASK) / BUF_USAGE_ONE;
}

typedef struct BufferDesc {
    BlockTag tag; /* guarded as said above */
    _Atomic uint32_t state;
    int waiter;     /* proc slot of BUF_PIN_COUNT_WAITER; guarded by the header's lock */
    int next_free;  /* guarded by the strategy's lock; FREE_... when not a buffer's index */
    LwLock content; /* guards the page */
} __attribute__((aligned(64))) BufferDesc;

STATIC_ASSERT(sizeof(BufferDesc) == 64);

#define FREE_END    (-1) /* the last of the free list */
#define FREE_ABSENT (-2) /* not in the free list */

typedef struct MappingEntry {
    BlockTag tag;
    uint32_t index;
} MappingEntry;

typedef struct PaddedLock {
    LwLock lock;
} __attribute__((aligned(64))) PaddedLock;

/* Which buffer is taken next for a new page. */
typedef struct BufferStrategy {
    _Atomic uint64_t hand;        /* buffers that the clock has passed since the start */
    _Atomic uint32_t alloc_count; /* buffers taken since the background writer last looked */
    SpinLock lock;
    int first_free; /* guarded by lock, as the next two; read without it as a hint */
    int last_free;
    int wake_slot; /* proc slot of a background writer that sleeps for long; PROC_NONE */
} __attribute__((aligned(64))) BufferStrategy;

typedef struct BufferShared {
    uint32_t count;
    BufferStrategy strategy;
    PaddedLock mapping[BUF_PARTITIONS];
    PaddedLock extension[EXTENSION_LOCKS]; /* by hash of the relation, and fork */
} BufferShared;

/* Where the parts are; the same in all processes, since they inherit the mapping. */
typedef struct BufferPool {
    BufferShared *shared;
    BufferDesc *descs;
    CondVar *io_done; /* one for each buffer */
    uint8_t *pages;
    SharedHash *table;
    uint32_t count;
} BufferPool;

extern BufferPool buffer_pool;

static inline Buffer buf_number(const BufferDesc *d)
{
    return (Buffer)(d - buffer_pool.descs) + 1;
}

static inline BufferDesc *buf_desc(Buffer b)
{
    ASSERT(b > 0 && (uint32_t)b <= buffer_pool.count);
    return &buffer_pool.descs[b - 1];
}

static inline uint8_t *buf_page(const BufferDesc *d)
{
    return buffer_pool.pages + (size_t)(d - buffer_pool.descs) * BLOCK_SIZE;
}

static inline LwLock *mapping_lock(uint32_t code)
{
    return &buffer_pool.shared->mapping[shared_hash_partition(buffer_pool.table, code)].lock;
}

/* ---- The state word ---- */

uint32_t desc_lock_slow(BufferDesc *d);

/* Lock the header: the state, with BUF_LOCKED. */
static inline uint32_t desc_lock(BufferDesc *d)
{
    uint32_t old = atomic_fetch_or_explicit(&d->state, BUF_LOCKED, memory_order_acquire);

    return LIKELY((old & BUF_LOCKED) == 0) ? old | BUF_LOCKED : desc_lock_slow(d);
}

static inline void desc_unlock(BufferDesc *d)
{
    atomic_fetch_and_explicit(&d->state, ~BUF_LOCKED, memory_order_release);
}

/* Clear and set flags, add pins, and unlock, in one step. Returns the new state. */
static inline uint32_t desc_unlock_with(BufferDesc *d, uint32_t clear, uint32_t set, uint32_t refs)
{
    uint32_t old = atomic_load_explicit(&d->state, memory_order_relaxed);
    uint32_t now;

    do
        now = ((old & ~(clear | BUF_LOCKED)) | set) + refs;
    while (!atomic_compare_exchange_weak(&d->state, &old, now));
    return now;
}

/* ---- Pins: pin.c ---- */

extern const OwnerKind buffer_pin_kind;
extern const OwnerKind buffer_io_kind;

void pin_init(void);

/* Before anything is taken that leads to a pin; may raise. */
void pin_room(void);

/* Pin; is the page valid? ring: that of the caller, whose use of a page is not to make it stay. */
bool pin_shared(BufferDesc *d, const BufferRing *ring);

/* Unlock the header, and pin; the second also counts it as used. */
void pin_unlock(BufferDesc *d);
void pin_unlock_used(BufferDesc *d);

/* This process's own count. */
int32_t pin_count(Buffer b);
void pin_release(BufferDesc *d); /* and forget it with the owner */

/* ---- Reading and writing: io.c ---- */

typedef enum BufferIo { IO_INPUT, IO_OUTPUT } BufferIo;

/* False when there is nothing to do (any more): another process has done it meanwhile. */
bool io_start(BufferDesc *d, BufferIo what);
void io_end(BufferDesc *d, bool clears_dirty, uint32_t set_flags);
void io_wait(BufferDesc *d);

/* Write a page that is pinned and locked at least shared; rel may be NULL. */
void io_flush(BufferDesc *d, SmgrRel *rel);

/* Fill page from the file, checked; mode says what a damaged one is. */
void io_read(SmgrRel *rel, ForkNo fork, BlockNo block, BufferMode mode, uint8_t *page);

/* The page as it is to be written: itself, or a copy with its checksum, until the next call. */
const uint8_t *io_checksummed(const uint8_t *page, BlockNo block);

/* ---- Which buffer is taken: strategy.c, victim.c ---- */

void strategy_init(BufferStrategy *s, uint32_t count);

/* A buffer that nobody has pinned, now pinned; *is_from_ring says that its page was the ring's. */
BufferDesc *strategy_take(BufferRing *ring, bool *is_from_ring);
void strategy_free(BufferDesc *d); /* empty, not pinned: to be taken first */

/* To write the page of that buffer, the log would have to be flushed: true: take another. */
bool ring_gives_up(BufferRing *ring, const BufferDesc *d, bool is_from_ring);

/* Where the clock is: the buffer that comes next, how often it went round, how many were taken. */
typedef struct StrategyPlace {
    uint32_t next;
    uint64_t rounds;
    uint32_t taken;
} StrategyPlace;
StrategyPlace strategy_look(void);
void strategy_wake_me(int proc_slot); /* when the next one is taken; PROC_NONE: no more */

/* The buffer of a block, pinned; its page has to be made (and io_end() called) unless *is_found. */
BufferDesc *victim_find_or_claim(const BlockTag *tag, BufferRing *ring, bool is_permanent,
                                 bool *is_found);

/* With its header locked: forget its page, unwritten. Waits for who writes it. */
void victim_drop(BufferDesc *d);

/* The buffer of a block if it is in the table, else NULL; not pinned. */
BufferDesc *victim_peek(const BlockTag *tag);

/* ---- Asking the system to write what was written: writeback.c ---- */

#define WRITEBACK_MAX 256

typedef struct Writeback {
    const int *after; /* the setting: so many pages, 0: never */
    unsigned count;
    BlockTag tags[WRITEBACK_MAX];
} Writeback;

void writeback_add(Writeback *wb, const BlockTag *tag);
void writeback_flush(Writeback *wb);
Writeback *writeback_of_backend(void);

int block_tag_compare(const void *a, const void *b);

/* ---- One buffer of many: sync.c ---- */

/* Write it if it is dirty; with skip_used only if it may be taken soon. Bits of BufferSynced. */
typedef enum BufferSynced {
    SYNCED_WRITTEN = 1,
    SYNCED_REUSABLE = 2, /* nobody has it pinned, or used it lately */
} BufferSynced;
unsigned sync_one_buffer(BufferDesc *d, bool skip_used, Writeback *wb);

/* ---- Buffers of temporary relations: local.c ---- */

void local_init(void);
Buffer local_read(SmgrRel *rel, ForkNo fork, BlockNo block, BufferMode mode);
Buffer local_try_find(SmgrRel *rel, ForkNo fork, BlockNo block);
bool local_has(SmgrRel *rel, ForkNo fork, BlockNo block);
void local_pin(Buffer b);
void local_unpin(Buffer b);
int32_t local_pin_count(Buffer b);
uint8_t *local_page(Buffer b);
const BlockTag *local_tag(Buffer b);
void local_mark_dirty(Buffer b);
void local_drop_fork_from(SmgrRel *rel, ForkNo fork, BlockNo first);
void local_drop_relation(const RelTag *tag);
void local_flush_relation(SmgrRel *rel);
void local_at_end_of_transaction(bool is_commit);

/* What this process did, for statistics. */
extern BufferCounters buffer_counters_here;

#endif
