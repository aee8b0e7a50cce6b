/* sync_rep.c - who waits for standbys, and who lets them go; sync_rep.h has the promises. */
#include "common/base/base.h"

#include "server/replication/sync_rep.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <strings.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "server/config/guc_enum.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/proc.h"
#include "server/recovery/recovery.h"
#include "server/replication/wal_sender_int.h"

#define NOBODY (-1)

typedef enum SyncMode { SYNC_WRITE, SYNC_FLUSH, SYNC_APPLY, SYNC_MODES } SyncMode;

/* Are standbys named? Until the checkpointer has said so each process looks at its own settings. */
typedef enum SyncWish { SYNC_NOT_SAID, SYNC_NOT_WANTED, SYNC_WANTED } SyncWish;

/* A process that waits; by its slot. All guarded by lock but is_released. */
typedef struct SyncWaiter {
    int before, behind; /* in the queue, by lsn */
    Lsn lsn;
    bool is_queued;
    _Atomic bool is_released;
} SyncWaiter;

typedef struct SyncQueue {
    int first, last;
    Lsn released; /* all up to here may go */
} SyncQueue;

typedef struct SyncRepShared {
    LwLock lock;
    _Atomic int wish; /* SyncWish; written with lock by the checkpointer */
    SyncQueue queues[SYNC_MODES];
    SyncWaiter waiters[];
} SyncRepShared;

static struct {
    SyncRepShared *shared;
    MemContext *mem; /* of names */
    SyncNames *names; /* NULL: none */
    const char *names_text;
    bool is_announced; /* that this sender's standby is one that counts */
} sync_rep;

static bool is_wanted(void);
static bool wanted_mode(SyncMode *mode);
static bool enter(SyncMode mode, Lsn lsn);
static void leave(SyncMode mode);
static bool gives_up(void);
static void release_up_to(SyncMode mode, Lsn lsn);
static const SyncNames *current_names(void);
static bool positions(Lsn out[SYNC_MODES], bool *is_ours);

size_t sync_rep_shmem_size(void)
{
    return size_add(sizeof(SyncRepShared), size_mul(proc_slot_count(), sizeof(SyncWaiter)));
}

void sync_rep_shmem_init(void *place)
{
    SyncRepShared *s = place;

    sync_rep.shared = s;
    lwlock_init(&s->lock, LW_SYNC_REP, 0);
    for (SyncMode mode = 0; mode < SYNC_MODES; mode++)
        s->queues[mode].first = s->queues[mode].last = NOBODY;
}

/* ---- Waiting ---- */

void sync_rep_wait(Lsn lsn)
{
    SyncWaiter *own = &sync_rep.shared->waiters[proc_self()->slot];
    SyncMode mode;

    if (!wanted_mode(&mode) || !is_wanted() || !enter(mode, lsn))
        return;
    for (;;) {
        latch_reset(&proc_self()->latch);
        if (atomic_load(&own->is_released) || gives_up())
            break;
        latch_wait(LATCH_SET, 0, WAIT_EVENT_SYNC_REP);
    }
    leave(mode);
    /* Whatever else the latch was set for is still to be looked at. */
    latch_set(&proc_self()->latch);
}

static bool is_wanted(void)
{
    const SyncWish wish = (SyncWish)atomic_load(&sync_rep.shared->wish);

    return wish == SYNC_NOT_SAID ? current_names() != NULL : wish == SYNC_WANTED;
}

static bool wanted_mode(SyncMode *mode)
{
    if (setting.max_wal_senders == 0 || !proc_is_attached())
        return false;
    switch (setting.synchronous_commit) {
    case SYNCHRONOUS_COMMIT_REMOTE_WRITE:
        *mode = SYNC_WRITE;
        return true;
    case SYNCHRONOUS_COMMIT_ON:
        *mode = SYNC_FLUSH;
        return true;
    case SYNCHRONOUS_COMMIT_REMOTE_APPLY:
        *mode = SYNC_APPLY;
        return true;
    default:
        return false;
    }
}

/* False: there is nothing to wait for. */
static bool enter(SyncMode mode, Lsn lsn)
{
    SyncRepShared *s = sync_rep.shared;
    SyncQueue *queue = &s->queues[mode];
    const int self = proc_self()->slot;
    SyncWaiter *own = &s->waiters[self];
    int before;

    lwlock_acquire(&s->lock, LW_EXCLUSIVE);
    if (!is_wanted() || lsn <= queue->released) {
        lwlock_release(&s->lock);
        return false;
    }
    /* Most of those that wait came before with a lower position. */
    for (before = queue->last; before != NOBODY; before = s->waiters[before].before)
        if (s->waiters[before].lsn <= lsn)
            break;
    own->lsn = lsn;
    own->before = before;
    own->behind = before == NOBODY ? queue->first : s->waiters[before].behind;
    *(own->before == NOBODY ? &queue->first : &s->waiters[own->before].behind) = self;
    *(own->behind == NOBODY ? &queue->last : &s->waiters[own->behind].before) = self;
    own->is_queued = true;
    atomic_store(&own->is_released, false);
    lwlock_release(&s->lock);
    return true;
}

static void unlink_waiter(SyncQueue *queue, SyncWaiter *waiter)
{
    SyncRepShared *s = sync_rep.shared;

    *(waiter->before == NOBODY ? &queue->first : &s->waiters[waiter->before].behind) =
        waiter->behind;
    *(waiter->behind == NOBODY ? &queue->last : &s->waiters[waiter->behind].before) =
        waiter->before;
    waiter->is_queued = false;
}

static void leave(SyncMode mode)
{
    SyncRepShared *s = sync_rep.shared;
    SyncWaiter *own = &s->waiters[proc_self()->slot];

    if (atomic_load(&own->is_released))
        return;
    lwlock_acquire(&s->lock, LW_EXCLUSIVE);
    if (own->is_queued)
        unlink_waiter(&s->queues[mode], own);
    lwlock_release(&s->lock);
}

/* It is committed, so no error may say otherwise. */
static bool gives_up(void)
{
    static const char detail[] = "The transaction has already committed locally, but might not "
                                 "have been replicated to the standby.";

    if (interrupt_take(INTERRUPT_DIE)) {
        err_log(ERR_WARNING, .sqlstate = SQLSTATE_ADMIN_SHUTDOWN,
                .message = "canceling the wait for synchronous replication and terminating "
                           "connection due to administrator command",
                .detail = detail);
        interrupt_set(INTERRUPT_DIE);
        return true;
    }
    if (interrupt_take(INTERRUPT_CANCEL)) {
        err_log(ERR_WARNING,
                .message = "canceling wait for synchronous replication due to user request",
                .detail = detail);
        return true;
    }
    return false;
}

/* With lock. */
static void release_up_to(SyncMode mode, Lsn lsn)
{
    SyncRepShared *s = sync_rep.shared;
    SyncQueue *queue = &s->queues[mode];

    while (queue->first != NOBODY && s->waiters[queue->first].lsn <= lsn) {
        const int slot = queue->first;

        unlink_waiter(queue, &s->waiters[slot]);
        atomic_store(&s->waiters[slot].is_released, true);
        latch_set(&proc_at(slot)->latch);
    }
}

void sync_rep_update(void)
{
    SyncRepShared *s = sync_rep.shared;
    const SyncWish wish = current_names() != NULL ? SYNC_WANTED : SYNC_NOT_WANTED;

    if (wish == (SyncWish)atomic_load(&s->wish))
        return;
    lwlock_acquire(&s->lock, LW_EXCLUSIVE);
    atomic_store(&s->wish, wish);
    for (SyncMode mode = 0; mode < SYNC_MODES && wish == SYNC_NOT_WANTED; mode++)
        release_up_to(mode, UINT64_MAX);
    lwlock_release(&s->lock);
}

/* ---- Which standbys count ---- */

/* As the setting is in this process. */
static const SyncNames *current_names(void)
{
    const char *text = setting.synchronous_standby_names;
    GucRefusal why = {0};

    if (text == NULL)
        text = "";
    if (sync_rep.names_text != NULL && str_equal(sync_rep.names_text, text))
        return sync_rep.names;
    if (sync_rep.mem == NULL)
        sync_rep.mem = mem_context_new(mem_root(), "names of synchronous standbys");
    mem_reset(sync_rep.mem);
    MEM_SCOPE(sync_rep.mem) {
        sync_rep.names_text = mem_strdup(text);
        (void)sync_names_parse(text, &sync_rep.names, &why);
    }
    return sync_rep.names;
}

/* By the name that the other side gave itself: its place in the list, from 1. 0: it has none. */
void sync_rep_note_sender(void)
{
    const SyncNames *names = recovery_is_running() ? NULL : current_names();
    WalSender *own = wal_sender_own();
    int priority = 0;

    for (size_t i = 0; names != NULL && i < names->names.count && priority == 0; i++) {
        const char *name = *(char **)array_at(&names->names, i);

        if (str_equal(name, "*") || strcasecmp(name, setting.application_name) == 0)
            priority = names->is_quorum ? 1 : (int)i + 1;
    }
    spin_lock(&own->lock);
    own->row.sync_priority = priority;
    spin_unlock(&own->lock);
}

static bool is_candidate(const WalSenderRow *row)
{
    return row->sync_priority > 0 && row->flushed != LSN_NONE &&
           (row->state == WAL_SENDER_STREAMING || row->state == WAL_SENDER_STOPPING);
}

static int by_priority(const void *a, const void *b)
{
    const WalSenderRow *left = *(WalSenderRow *const *)a, *right = *(WalSenderRow *const *)b;

    if (left->sync_priority != right->sync_priority)
        return left->sync_priority < right->sync_priority ? -1 : 1;
    return left < right ? -1 : left > right;
}

/* Those that count, the first ones first; how many. found has room for all rows. */
static size_t find_candidates(const Array *rows, const WalSenderRow **found)
{
    size_t count = 0;

    array_foreach(const WalSenderRow, row, rows)
        if (is_candidate(row))
            found[count++] = row;
    qsort(found, count, sizeof *found, by_priority);
    return count;
}

void sync_rep_states(const Array *rows, const char **states)
{
    const WalSenderRow **found = mem_new_array(const WalSenderRow *, size_max(rows->count, 1));
    const SyncNames *names = current_names();
    const size_t count = find_candidates(rows, found);

    for (size_t i = 0; i < rows->count; i++) {
        const WalSenderRow *row = array_at(rows, i);
        bool is_chosen = false;

        for (size_t k = 0; names != NULL && k < count && (names->is_quorum || k < names->count);
             k++)
            is_chosen |= found[k] == row;
        states[i] = row->sync_priority == 0 ? "async"
                  : !is_chosen              ? "potential"
                  : names->is_quorum        ? "quorum"
                                            : "sync";
    }
}

/* ---- Letting go ---- */

static int downwards(const void *a, const void *b)
{
    const Lsn left = *(const Lsn *)a, right = *(const Lsn *)b;

    return left > right ? -1 : left < right;
}

/* How far enough standbys are; false: there are not enough. *is_ours: our standby is of those. */
static bool positions(Lsn out[SYNC_MODES], bool *is_ours)
{
    const SyncNames *names = current_names();
    const WalSenderRow **found;
    size_t count;
    Array rows;
    Lsn *lsns;

    *is_ours = false;
    if (names == NULL)
        return false;
    wal_sender_list(&rows);
    found = mem_new_array(const WalSenderRow *, size_max(rows.count, 1));
    lsns = mem_new_array(Lsn, size_max(rows.count, 1));
    count = find_candidates(&rows, found);
    if (count < names->count)
        return false;
    if (!names->is_quorum)
        count = names->count;
    for (size_t i = 0; i < count; i++)
        *is_ours |= found[i]->pid == wal_sender_own()->row.pid;
    for (SyncMode mode = 0; mode < SYNC_MODES; mode++) {
        for (size_t i = 0; i < count; i++)
            lsns[i] = mode == SYNC_WRITE ? found[i]->written
                    : mode == SYNC_FLUSH ? found[i]->flushed
                                         : found[i]->applied;
        qsort(lsns, count, sizeof *lsns, downwards);
        out[mode] = lsns[names->count - 1];
    }
    return true;
}

static void announce(void)
{
    if (sync_rep.is_announced)
        return;
    sync_rep.is_announced = true;
    err_log(ERR_LOG,
            .message =
                current_names()->is_quorum
                    ? err_fmt("standby \"%s\" is now a candidate for quorum synchronous standby",
                              setting.application_name)
                    : err_fmt("standby \"%s\" is now a synchronous standby with priority %d",
                              setting.application_name, wal_sender_own()->row.sync_priority));
}

void sync_rep_release(void)
{
    MemContext *scratch;
    Lsn lsns[SYNC_MODES];
    bool is_ours = false, is_enough = false;

    if (!is_candidate(&wal_sender_own()->row)) {
        sync_rep.is_announced = false;
        return;
    }
    scratch = mem_context_new(mem_current(), "positions of standbys");
    MEM_SCOPE(scratch) {
        is_enough = positions(lsns, &is_ours);
    }
    mem_delete(scratch);
    if (!is_enough || !is_ours) {
        sync_rep.is_announced &= is_ours;
        return;
    }
    announce();
    lwlock_acquire(&sync_rep.shared->lock, LW_EXCLUSIVE);
    for (SyncMode mode = 0; mode < SYNC_MODES; mode++) {
        SyncQueue *queue = &sync_rep.shared->queues[mode];

        if (queue->released >= lsns[mode])
            continue;
        queue->released = lsns[mode];
        release_up_to(mode, lsns[mode]);
    }
    lwlock_release(&sync_rep.shared->lock);
}
