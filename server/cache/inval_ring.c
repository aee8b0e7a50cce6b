/*
 * inval_ring.c - the ring of messages; inval_ring.h has the promises
 *
 * A sender first says how far it will write (reserved), then writes, then says how far it has
 * (written). A reader copies up to written and then asks for reserved: when that is more than a
 * ring ahead of where it began to read, what it copied may be of a later turn. Positions are 64
 * bits wide and never turn.
 */
#include "common/base/base.h"

#include "server/cache/inval_ring.h"

#include <stdatomic.h>
#include <string.h>

#include "common/err/err.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/proc.h"

/* How far behind a reader is woken, and after how many messages a sender looks for one. */
#define BEHIND_MAX (INVAL_RING_SIZE / 2)
#define LOOK_EVERY (INVAL_RING_SIZE / 8)

typedef struct Reader {
    _Alignas(64) _Atomic uint64_t position; /* written by the reader */
    _Atomic uint32_t is_joined;             /* written by the reader */
    _Atomic uint32_t is_woken;              /* set by who wakes it, cleared by the reader */
} Reader;

typedef struct InvalShared {
    LwLock lock;      /* of senders; rank SHARED_INVALIDATION_WRITE */
    uint64_t look_at; /* guarded by lock: position of the next look at readers */
    _Alignas(64) _Atomic uint64_t written; /* atomic; written with the lock held, as the next */
    _Atomic uint64_t reserved;
    _Alignas(64) _Atomic uint64_t words[INVAL_RING_SIZE][2]; /* messages; as above */
    Reader readers[];                                        /* by slot */
} InvalShared;

static InvalShared *shared;

static struct {
    uint64_t position; /* the message that is read next */
    Reader *reader;    /* NULL: not joined */
} ring;

static void put(uint64_t position, const InvalMessage *message);
static void wake_furthest(uint64_t written);
static void leave(void *arg);

size_t inval_shmem_size(void)
{
    return sizeof(InvalShared) + proc_slot_count() * sizeof(Reader);
}

void inval_shmem_init(void *place)
{
    shared = place;
    ring.reader = NULL;
    if (place != NULL)
        lwlock_init(&shared->lock, LW_SHARED_INVALIDATION_WRITE, 0);
}

void inval_ring_join(void)
{
    Reader *reader = &shared->readers[proc_self()->slot];

    ring.position = atomic_load(&shared->written);
    atomic_store(&reader->position, ring.position);
    atomic_store(&reader->is_woken, 0);
    atomic_store(&reader->is_joined, 1);
    ring.reader = reader;
    proc_on_detach(leave, reader);
}

static void leave(void *arg)
{
    Reader *reader = arg;

    atomic_store(&reader->is_joined, 0);
    ring.reader = NULL;
}

/* ---- Sending ---- */

void inval_ring_send(const InvalMessage *messages, size_t count, bool own_are_done)
{
    /* A process without shared memory has nobody to tell. */
    while (count > 0 && shared != NULL) {
        size_t part = size_min(count, LOOK_EVERY);
        uint64_t at;

        lwlock_acquire(&shared->lock, LW_EXCLUSIVE);
        at = atomic_load(&shared->written);
        atomic_store(&shared->reserved, at + part);
        for (size_t i = 0; i < part; i++)
            put(at + i, &messages[i]);
        atomic_store(&shared->written, at + part);
        if (own_are_done && ring.reader != NULL && ring.position == at) {
            ring.position = at + part;
            atomic_store(&ring.reader->position, ring.position);
        }
        if (at + part >= shared->look_at) {
            shared->look_at = at + part + LOOK_EVERY;
            wake_furthest(at + part);
        }
        lwlock_release(&shared->lock);
        messages += part;
        count -= part;
    }
}

static void put(uint64_t position, const InvalMessage *message)
{
    _Atomic uint64_t *to = shared->words[position % INVAL_RING_SIZE];
    uint64_t words[2];

    memcpy(words, message, sizeof words);
    atomic_store_explicit(&to[0], words[0], memory_order_relaxed);
    atomic_store_explicit(&to[1], words[1], memory_order_relaxed);
}

/*
 * One at a time, the furthest behind, and it will wake the next one: not a crowd at once. Who has
 * been overtaken already need not hurry.
 */
static void wake_furthest(uint64_t written)
{
    int furthest = PROC_NONE, pid = 0;
    uint64_t behind_max = BEHIND_MAX;

    for (unsigned slot = 0; slot < proc_slot_count(); slot++) {
        Reader *reader = &shared->readers[slot];
        uint64_t behind;

        if (atomic_load(&reader->is_joined) == 0 || reader == ring.reader)
            continue;
        behind = written - atomic_load(&reader->position);
        if (behind <= behind_max || behind > INVAL_RING_SIZE || atomic_load(&reader->is_woken) != 0)
            continue;
        behind_max = behind;
        furthest = (int)slot;
    }
    if (furthest == PROC_NONE)
        return;
    atomic_store(&shared->readers[furthest].is_woken, 1);
    pid = atomic_load(&proc_at(furthest)->pid);
    if (pid != 0)
        proc_signal_send(furthest, pid, PROC_SIGNAL_CATCH_UP);
}

/* ---- Reading ---- */

bool inval_ring_has_news(void)
{
    return ring.reader != NULL && atomic_load(&shared->written) != ring.position;
}

size_t inval_ring_read(InvalMessage *out, size_t max, bool *is_reset)
{
    uint64_t written = atomic_load(&shared->written), from = ring.position;
    size_t count = written - from < max ? (size_t)(written - from) : max;

    *is_reset = false;
    for (size_t i = 0; i < count; i++) {
        _Atomic uint64_t *words = shared->words[(from + i) % INVAL_RING_SIZE];
        uint64_t copy[2];

        copy[0] = atomic_load_explicit(&words[0], memory_order_relaxed);
        copy[1] = atomic_load_explicit(&words[1], memory_order_relaxed);
        memcpy(&out[i], copy, sizeof copy);
    }
    /* Partner: the store to reserved, which comes before those to words. */
    atomic_thread_fence(memory_order_seq_cst);
    if (atomic_load(&shared->reserved) - from > INVAL_RING_SIZE) {
        *is_reset = true;
        count = 0;
        ring.position = atomic_load(&shared->written);
    } else {
        ring.position = from + count;
    }
    atomic_store(&ring.reader->position, ring.position);
    return count;
}

void inval_ring_pass_on(void)
{
    if (ring.reader == NULL || atomic_exchange(&ring.reader->is_woken, 0) == 0)
        return;
    lwlock_acquire(&shared->lock, LW_EXCLUSIVE);
    wake_furthest(atomic_load(&shared->written));
    lwlock_release(&shared->lock);
}
