/*
 * queue.c - requests on their way to the checkpointer
 *
 * One array under one short lock. When it is full, whoever comes drops from it what is asked again
 * further on; if that gives no room he is on his own. Syncing the file oneself is right but slow,
 * so the checkpointer is woken when half of the room is gone.
 */
#include "common/base/base.h"

#include <stdatomic.h>

#include "common/ds/hash.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/process.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/lwlock.h"
#include "server/storage/sync/sync.h"
#include "server/storage/sync/sync_int.h"

#define ROOM_MIN      64
#define ROOM_MAX      (UINT32_C(1) << 20)
#define RETRY_WAIT_MS 10

typedef struct SyncShared {
    _Atomic uint32_t round; /* odd while files are synced; see sync_round() */
    LwLock lock;
    uint32_t count;         /* guarded by lock, as the next two */
    bool is_compacted;      /* in vain, and nothing was taken since */
    int keeper_pid;         /* 0: nobody takes it over */
    uint32_t room;          /* fixed */
    SyncRequest requests[]; /* guarded by lock */
} SyncShared;

static SyncShared *shared;

/* Process state. */
static struct {
    void (*wake)(void);
    SyncRequest *taken; /* room for a whole queue, in the checkpointer; NULL elsewhere */
} queue;

static uint32_t room_wanted(void);
static void spoil_round(void);
static bool try_add(const SyncRequest *request);
static void add_or_wait(const SyncRequest *request);
static bool compact(void);

size_t sync_shmem_size(void)
{
    return size_add(offsetof(SyncShared, requests), size_mul(room_wanted(), sizeof(SyncRequest)));
}

void sync_shmem_init(void *place)
{
    shared = place;
    lwlock_init(&shared->lock, LW_SYNC_QUEUE, 0);
    shared->room = room_wanted();
    atomic_init(&shared->round, 2);
}

bool sync_request(const SyncFile *file)
{
    SyncRequest request = {.kind = SYNC_WANTED, .file = *file};

    if (sync_is_keeper()) {
        sync_keep(&request);
        return true;
    }
    return try_add(&request);
}

void sync_request_unlink(const SyncFile *file)
{
    add_or_wait(&(SyncRequest){.kind = SYNC_UNLINK, .file = *file});
}

void sync_forget(const SyncFile *file)
{
    add_or_wait(&(SyncRequest){.kind = SYNC_FORGET, .file = *file});
    spoil_round();
}

void sync_forget_database(Oid database)
{
    add_or_wait(&(SyncRequest){.kind = SYNC_FORGET_DATABASE,
                               .file = {.handler = SYNC_RELATION, .tag = {.database = database}}});
    spoil_round();
}

uint32_t sync_round(void)
{
    return shared == NULL ? SYNC_ROUND_NONE : atomic_load(&shared->round);
}

bool sync_is_asked(uint32_t round)
{
    return (round & 1) == 0 && round != SYNC_ROUND_NONE && sync_round() == round;
}

void sync_set_wake(void (*wake)(void))
{
    queue.wake = wake;
}

void queue_begin_round(void)
{
    if (shared != NULL && (atomic_load(&shared->round) & 1) == 0)
        atomic_fetch_add(&shared->round, 1);
}

void queue_end_round(void)
{
    if (shared != NULL)
        atomic_fetch_add(&shared->round, 1);
}

void queue_open(MemContext *mem)
{
    if (shared == NULL)
        return; /* a process without shared memory: there is nobody to hear of */
    queue.taken = mem_alloc_in(mem, size_mul(shared->room, sizeof(SyncRequest)));
    lwlock_acquire(&shared->lock, LW_EXCLUSIVE);
    shared->keeper_pid = process_id();
    lwlock_release(&shared->lock);
}

void queue_close(void)
{
    if (queue.taken == NULL)
        return;
    lwlock_acquire(&shared->lock, LW_EXCLUSIVE);
    if (shared->keeper_pid == process_id()) /* and not its child, which inherited the state */
        shared->keeper_pid = 0;
    lwlock_release(&shared->lock);
    queue.taken = NULL;
}

void queue_take_all(void (*take)(const SyncRequest *request))
{
    uint32_t count;

    if (queue.taken == NULL)
        return;
    /* What is out of the queue and not kept would be lost. */
    crit_begin();
    lwlock_acquire(&shared->lock, LW_EXCLUSIVE);
    count = shared->count;
    memcpy(queue.taken, shared->requests, count * sizeof(SyncRequest));
    shared->count = 0;
    shared->is_compacted = false;
    lwlock_release(&shared->lock);
    for (uint32_t i = 0; i < count; i++)
        take(&queue.taken[i]);
    crit_end();
}

/* As many as there are buffers: more files can hardly be written between two looks. */
static uint32_t room_wanted(void)
{
    uint32_t room = (uint32_t)setting.shared_buffers;

    if (room < ROOM_MIN)
        return ROOM_MIN;
    return room > ROOM_MAX ? ROOM_MAX : room;
}

/* A request was taken back: whoever thinks that it still stands has to make it again. */
static void spoil_round(void)
{
    if (shared != NULL)
        atomic_fetch_add(&shared->round, 2);
}

static bool try_add(const SyncRequest *request)
{
    bool is_added, is_half_full;

    if (shared == NULL)
        return false;
    lwlock_acquire(&shared->lock, LW_EXCLUSIVE);
    is_added = shared->keeper_pid != 0 && (shared->count < shared->room || compact());
    if (is_added)
        shared->requests[shared->count++] = *request;
    is_half_full = shared->count >= shared->room / 2;
    lwlock_release(&shared->lock);
    if (is_half_full && queue.wake != NULL)
        queue.wake();
    return is_added;
}

/* For what the caller cannot do in the checkpointer's place. */
static void add_or_wait(const SyncRequest *request)
{
    if (sync_is_keeper()) {
        sync_absorb(); /* what is taken back may have been asked for by others */
        sync_keep(request);
        return;
    }
    while (!try_add(request)) {
        check_interrupts();
        latch_wait(LATCH_TIMEOUT, RETRY_WAIT_MS, WAIT_EVENT_REGISTER_SYNC_REQUEST);
    }
}

/*
 * Drop each request that is made again later on: of those that are the same the last one counts,
 * since what takes it back stands behind it or in front of all. False when there is still no room.
 */
static bool compact(void)
{
    typedef struct Seen {
        SyncRequest request;
    } Seen;
    uint32_t kept = shared->count;
    MemContext *mem;
    Hash seen;

    /* In a critical section memory that runs out would be a panic; nor twice in vain. */
    if (shared->is_compacted || crit_is_inside())
        return false;
    mem = mem_context_new(NULL, "compact sync requests");
    MEM_SCOPE(mem) {
        hash_init(&seen, sizeof(SyncRequest), sizeof(Seen));
        for (uint32_t i = shared->count; i-- > 0;) {
            bool is_new;

            hash_enter(&seen, &shared->requests[i], &is_new);
            if (is_new)
                shared->requests[--kept] = shared->requests[i];
        }
    }
    mem_delete(mem);
    if (kept == 0) {
        shared->is_compacted = true;
        return false;
    }
    memmove(shared->requests, shared->requests + kept,
            (shared->count - kept) * sizeof(SyncRequest));
    err_log(ERR_DEBUG,
            .message = err_fmt("compacted fsync request queue from %u entries to %u entries",
                               shared->count, shared->count - kept));
    shared->count -= kept;
    return true;
}
