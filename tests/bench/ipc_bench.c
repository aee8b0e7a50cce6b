/*
 * ipc_bench.c - what locks, wakes, tables in shared memory and resource owners cost
 *
 *     ipc_bench
 *
 * Figures of one process are the best of some rounds. Where several fight for a lock, all of them
 * together are counted over a second, each doing a little work with the lock and without it; the
 * longest time that any of them had to wait tells whether it was fair. A round trip is two wakes.
 */
#include "common/base/base.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "common/mem/mem.h"
#include "common/mem/owner.h"
#include "common/os/clock.h"
#include "common/os/shared_memory.h"
#include "common/os/socket.h"
#include "server/ipc/condvar.h"
#include "server/ipc/latch.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/shared_hash.h"
#include "server/ipc/spinlock.h"
#include "tests/lib/crowd.h"
#include "tests/lib/seed.h"

#define ROUNDS       5
#define CALLS        2000000
#define FIGHT_US     1000000
#define TRIPS        50000
#define TABLE_KEYS   16384
#define TABLE_PARTS  128
#define SHARED_COUNT 16

typedef struct Key {
    uint32_t words[5]; /* as many as the tag of a buffer has */
} Key;

typedef struct Entry {
    Key key;
    int value;
} Entry;

typedef struct Shared {
    LwLock lock;
    _Alignas(64) pthread_mutex_t mutex; /* the system's, to compare with */
    _Alignas(64) SpinLock spin;
    _Alignas(64) uint64_t words[8];
    _Alignas(64) _Atomic uint32_t turn;
    CondVar changed;
    Latch latches[2];
    _Atomic uint32_t is_over;
    unsigned share_percent; /* of those that share the lock */
    unsigned work;          /* turns of a loop with the lock, and as many without */
    bool with_mutex;
    bool with_socket;
    struct {
        _Alignas(64) uint64_t count, longest_us;
    } done[CROWD_MAX];
} Shared;

static Shared *shared;
static SharedHash *table;
static Key keys[TABLE_KEYS];
static volatile uint64_t result;

/* ---- one process ---- */

static void report(const char *name, void (*run)(void), unsigned calls)
{
    uint64_t best_us = UINT64_MAX;

    for (int i = 0; i < ROUNDS; i++) {
        uint64_t start_us = clock_monotonic_us(), took_us;

        run();
        took_us = clock_monotonic_us() - start_us;
        best_us = took_us < best_us ? took_us : best_us;
    }
    printf("%-44s %9.1f ns\n", name, (double)best_us * 1000 / calls);
}

static void run_atomic(void)
{
    for (int i = 0; i < CALLS; i++) {
        uint32_t expected = 0;

        (void)atomic_compare_exchange_strong(&shared->turn, &expected, 1);
        atomic_fetch_sub(&shared->turn, 1);
    }
}

static void run_exclusive(void)
{
    for (int i = 0; i < CALLS; i++) {
        lwlock_acquire(&shared->lock, LW_EXCLUSIVE);
        lwlock_release(&shared->lock);
    }
}

static void run_shared(void)
{
    for (int i = 0; i < CALLS; i++) {
        lwlock_acquire(&shared->lock, LW_SHARED);
        lwlock_release(&shared->lock);
    }
}

static void run_mutex(void)
{
    for (int i = 0; i < CALLS; i++) {
        pthread_mutex_lock(&shared->mutex);
        pthread_mutex_unlock(&shared->mutex);
    }
}

static void run_spin(void)
{
    for (int i = 0; i < CALLS; i++) {
        spin_lock(&shared->spin);
        spin_unlock(&shared->spin);
    }
}

static void run_latch_set(void)
{
    for (int i = 0; i < CALLS; i++) {
        latch_set(&shared->latches[0]);
        latch_reset(&shared->latches[0]);
    }
}

static void give_nothing(uintptr_t item)
{
    (void)item;
}

static const OwnerKind pin = {"pin", OWNER_BEFORE_LOCKS, 1, give_nothing, NULL, NULL};

static void run_owner(void)
{
    for (int i = 0; i < CALLS; i++) {
        owner_room(&pin);
        owner_note(&pin, (uintptr_t)i);
        owner_forget(&pin, (uintptr_t)i);
    }
}

/* 1000 are held all the time. */
static void run_owner_many(void)
{
    for (int i = 0; i < CALLS; i++) {
        owner_room(&pin);
        owner_note(&pin, (uintptr_t)(i + 1000));
        owner_forget(&pin, (uintptr_t)i);
    }
    for (int i = 0; i < 1000; i++)
        owner_forget(&pin, (uintptr_t)(CALLS + i));
    for (int i = 0; i < 1000; i++) {
        owner_room(&pin);
        owner_note(&pin, (uintptr_t)i);
    }
}

static void run_owner_life(void)
{
    for (int i = 0; i < CALLS / 10; i++) {
        Owner *o = owner_new(NULL, "bench");

        for (OwnerPhase phase = 0; phase <= OWNER_AFTER_LOCKS; phase++)
            owner_release(o, phase, true);
        owner_free(o);
    }
}

static void run_find(void)
{
    for (int i = 0; i < CALLS; i++) {
        const Key *key = &keys[(uint32_t)i * 2654435761u % TABLE_KEYS];
        const Entry *entry = shared_hash_find(table, key, shared_hash_code(table, key));

        result += (uint64_t)entry->value;
    }
}

static void run_enter_remove(void)
{
    for (int i = 0; i < CALLS; i++) {
        Key key = {{1663, 5, 99999, 0, (uint32_t)i}};
        uint32_t code = shared_hash_code(table, &key);

        result += shared_hash_try_enter(table, &key, code, NULL) != NULL;
        (void)shared_hash_remove(table, &key, code);
    }
}

static void table_fill(void)
{
    const SharedHashConfig config = {.key_size = sizeof(Key),
                                     .entry_size = sizeof(Entry),
                                     .capacity = TABLE_KEYS + TABLE_PARTS,
                                     .partition_count = TABLE_PARTS};

    table = shared_hash_init(os_shared_map(shared_hash_size(&config), OS_HUGE_OFF), &config);
    for (uint32_t i = 0; i < TABLE_KEYS; i++) {
        keys[i] = (Key){{1663, 5, 16384 + i / 1000, 0, i % 1000}};
        shared_hash_try_enter(table, &keys[i], shared_hash_code(table, &keys[i]), NULL);
    }
}

/* ---- several ---- */

static void work(unsigned turns)
{
    for (unsigned i = 0; i < turns; i++)
        result += i;
}

static void fight(void *arg, unsigned number)
{
    Shared *s = arg;
    Seed seed = {.state = number + 1};
    uint64_t count = 0, longest_us = 0;

    while (atomic_load_explicit(&s->is_over, memory_order_relaxed) == 0) {
        LwMode mode = seed_below(&seed, 100) < s->share_percent ? LW_SHARED : LW_EXCLUSIVE;
        uint64_t start_us = clock_monotonic_us(), took_us;

        if (s->with_mutex)
            pthread_mutex_lock(&s->mutex);
        else
            lwlock_acquire(&s->lock, mode);
        took_us = clock_monotonic_us() - start_us;
        longest_us = took_us > longest_us ? took_us : longest_us;
        if (mode == LW_EXCLUSIVE)
            for (int i = 0; i < 8; i++)
                s->words[i]++;
        work(s->work);
        if (s->with_mutex)
            pthread_mutex_unlock(&s->mutex);
        else
            lwlock_release(&s->lock);
        work(s->work);
        count++;
    }
    s->done[number].count = count;
    s->done[number].longest_us = longest_us;
}

static void fight_with(unsigned count, unsigned share_percent, unsigned turns)
{
    uint64_t sum = 0, least = UINT64_MAX, most = 0, longest_us = 0;
    Crowd crowd;

    shared->share_percent = share_percent;
    shared->work = turns;
    atomic_store(&shared->is_over, 0);
    crowd_begin(&crowd, count, fight, shared);
    clock_sleep_ms(FIGHT_US / 1000);
    atomic_store(&shared->is_over, 1);
    if (crowd_end(&crowd) != count)
        exit(1);
    for (unsigned i = 0; i < count; i++) {
        uint64_t done = shared->done[i].count;

        sum += done;
        least = done < least ? done : least;
        most = done > most ? done : most;
        longest_us =
            shared->done[i].longest_us > longest_us ? shared->done[i].longest_us : longest_us;
    }
    printf("%u processes, %2u%% share, work %4u %14.2f M/s  each %.0f%% to %.0f%%, longest wait "
           "%.1f ms\n",
           count, share_percent, turns, (double)sum / FIGHT_US, 100.0 * (double)least / (double)sum,
           100.0 * (double)most / (double)sum, (double)longest_us / 1000);
}

static void fight_with_mutex(unsigned count, unsigned turns)
{
    printf("pthread mutex: ");
    shared->with_mutex = true;
    fight_with(count, 0, turns);
    shared->with_mutex = false;
}

static void mutex_init(void)
{
    pthread_mutexattr_t shared_by_processes;

    pthread_mutexattr_init(&shared_by_processes);
    pthread_mutexattr_setpshared(&shared_by_processes, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&shared->mutex, &shared_by_processes);
}

static void play_latch(void *arg, unsigned number)
{
    Shared *s = arg;
    unsigned events = LATCH_SET;
    int fds[2];

    latch_own(&s->latches[number]);
    latch_use(&s->latches[number]);
    if (s->with_socket) {
        os_socket_pair(fds);
        latch_wait_set_socket(fds[0]);
        events |= LATCH_SOCKET_READABLE;
    }
    while (atomic_load(&s->turn) < 2 * TRIPS) {
        latch_reset(&s->latches[number]);
        if (atomic_load(&s->turn) % 2 == number) {
            atomic_fetch_add(&s->turn, 1);
            latch_set(&s->latches[1 - number]);
        } else {
            latch_wait(events, -1, WAIT_EVENT_PG_SLEEP);
        }
    }
    latch_set(&s->latches[1 - number]);
}

static void play_condvar(void *arg, unsigned number)
{
    Shared *s = arg;

    while (atomic_load(&s->turn) < 2 * TRIPS) {
        uint32_t seen = condvar_begin(&s->changed);

        while (atomic_load(&s->turn) % 2 != number && atomic_load(&s->turn) < 2 * TRIPS)
            condvar_wait(&s->changed, &seen, WAIT_EVENT_PG_SLEEP);
        atomic_fetch_add(&s->turn, 1);
        condvar_broadcast(&s->changed);
    }
}

/* The best of some thousands of trips: others may want the processors, too. */
static void round_trips(const char *name, CrowdWork play)
{
    uint64_t best_us = UINT64_MAX;
    uint32_t turn = 0;
    Crowd crowd;

    atomic_store(&shared->turn, 0);
    latch_init(&shared->latches[0]);
    latch_init(&shared->latches[1]);
    crowd_begin(&crowd, 2, play, shared);
    while ((turn = atomic_load(&shared->turn)) < 2 * TRIPS) {
        uint64_t start_us = clock_monotonic_us(), took_us;
        uint32_t done;

        clock_sleep_ms(20);
        took_us = clock_monotonic_us() - start_us;
        done = atomic_load(&shared->turn) - turn;
        if (done > 100 && took_us * 2000 / done < best_us)
            best_us = took_us * 2000 / done;
    }
    if (crowd_end(&crowd) != 2)
        exit(1);
    printf("%-44s %9.2f us\n", name, (double)best_us / 1000);
}

int main(void)
{
    shared = os_shared_map(sizeof *shared, OS_HUGE_OFF);
    lwlock_init(&shared->lock, LW_PROC_ARRAY, 0);
    condvar_init(&shared->changed);
    spin_init(&shared->spin);
    mutex_init();
    latch_init(&shared->latches[0]);
    table_fill();
    owner_switch(owner_new(NULL, "bench"));

    report("two atomic operations, alone", run_atomic, CALLS);
    atomic_store(&shared->turn, 0);
    report("lwlock exclusive, taken and given back", run_exclusive, CALLS);
    report("lwlock shared, taken and given back", run_shared, CALLS);
    report("pthread mutex, taken and given back", run_mutex, CALLS);
    report("spinlock, taken and given back", run_spin, CALLS);
    report("latch, set and reset", run_latch_set, CALLS);
    report("owner, noted and forgotten", run_owner, CALLS);
    for (int i = 0; i < 1000; i++) {
        owner_room(&pin);
        owner_note(&pin, (uintptr_t)i);
    }
    report("owner with 1000 things, noted and forgotten", run_owner_many, CALLS);
    for (int i = 0; i < 1000; i++)
        owner_forget(&pin, (uintptr_t)i);
    report("owner, from new to free", run_owner_life, CALLS / 10);
    report("shared hash, found among 16384", run_find, CALLS);
    report("shared hash, entered and removed", run_enter_remove, CALLS);
    fight_with(1, 0, 0);
    fight_with(2, 0, 0);
    fight_with_mutex(2, 0);
    fight_with(8, 0, 0);
    fight_with_mutex(8, 0);
    fight_with(2, 0, 200);
    fight_with_mutex(2, 200);
    fight_with(8, 0, 200);
    fight_with_mutex(8, 200);
    fight_with(2, 90, 0);
    fight_with(8, 90, 0);
    fight_with(2, 90, 200);
    fight_with(8, 90, 200);
    fight_with(8, 100, 200);
    fight_with(8, 90, 20000);
    round_trips("latch round trip", play_latch);
    shared->with_socket = true;
    round_trips("latch round trip, beside a socket", play_latch);
    round_trips("condition variable round trip", play_condvar);
    return 0;
}
