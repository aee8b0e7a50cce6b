/*
 * latch.c - wake a process that waits, whoever it waits for
 *
 * Who waits for its latch alone sleeps on it as a futex; who also waits for a socket sleeps in the
 * system's set of files, and SIGURG wakes it. The owner says which before it looks at the latch for
 * the last time, and who sets the latch looks at that afterwards, so one of them sees the other.
 *
 * The end of the supervisor comes as a signal whose handler sets the latch (supervisor.c), and as
 * the end of the lifeline. Should the system know no such signal, it is seen every RECHECK_MS.
 */
#include "common/base/base.h"

#include "server/ipc/latch.h"

#include <signal.h>

#include "common/mem/mem.h"
#include "common/os/child.h"
#include "common/os/clock.h"
#include "common/os/futex.h"
#include "common/os/process.h"
#include "server/ipc/ipc_int.h"
#include "server/ipc/supervisor.h"

#define RECHECK_MS  10000
#define SOCKET_MASK (LATCH_SOCKET_READABLE | LATCH_SOCKET_WRITABLE | LATCH_SOCKET_CLOSED)

#define NO_POSITION (-2)

enum { BY_NOTHING, BY_FUTEX, BY_SIGNAL };

/* The wait of this process. */
static struct {
    Latch *own;
    Latch local; /* before it has a slot, and when it never gets one */
    int socket_fd;
    MemContext *mem; /* holds the set; NULL: none so far */
    OsWaitSet *set;
    int socket_position, lifeline_position;
} latches = {.own = &latches.local, .socket_fd = -1};

static unsigned wait_on_futex(Latch *latch, unsigned events, int64_t timeout_ms);
static unsigned wait_on_set(Latch *latch, unsigned events, int64_t timeout_ms);
static unsigned look(unsigned events, const OsWaitEvent *came, unsigned count);
static unsigned leave_or_tell(unsigned events);
static void set_prepare(void);
static void set_drop(void);
static unsigned to_wait_set(unsigned events);

void latch_init(Latch *latch)
{
    atomic_init(&latch->is_set, 0);
    atomic_init(&latch->waits_by, BY_NOTHING);
    atomic_init(&latch->owner_pid, 0);
}

void latch_own(Latch *latch)
{
    ASSERT(atomic_load(&latch->owner_pid) == 0);
    atomic_store(&latch->waits_by, BY_NOTHING);
    atomic_store(&latch->owner_pid, process_id());
}

void latch_disown(Latch *latch)
{
    atomic_store(&latch->owner_pid, 0);
}

void latch_set(Latch *latch)
{
    /* Whoever has set it before wakes the owner. */
    if (atomic_exchange(&latch->is_set, 1) != 0)
        return;
    switch (atomic_load(&latch->waits_by)) {
    case BY_FUTEX:
        os_futex_wake(&latch->is_set, 1);
        break;
    case BY_SIGNAL:
        (void)os_signal_send(atomic_load(&latch->owner_pid), SIGURG);
        break;
    default:
        break;
    }
}

void latch_reset(Latch *latch)
{
    atomic_store(&latch->is_set, 0);
}

bool latch_is_set(const Latch *latch)
{
    return atomic_load(&latch->is_set) != 0;
}

void latch_use(Latch *latch)
{
    if (latch == NULL)
        set_drop();
    latches.own = latch == NULL ? &latches.local : latch;
}

Latch *latch_own_one(void)
{
    /* A child has a copy of its parent's. */
    if (latches.own == &latches.local)
        atomic_store(&latches.local.owner_pid, process_id());
    return latches.own;
}

void latch_wait_set_socket(int fd)
{
    latches.socket_fd = fd;
    /* The set is made anew, with what there is by then. */
    set_drop();
}

unsigned latch_wait(unsigned events, int64_t timeout_ms, WaitEvent wait_event)
{
    Latch *latch = latch_own_one();
    unsigned came;

    if ((events & LATCH_TIMEOUT) == 0)
        timeout_ms = -1;
    if ((events & LATCH_SET) != 0 && latch_is_set(latch))
        return LATCH_SET;
    ASSERT((events & SOCKET_MASK) == 0 || latches.socket_fd >= 0);
    wait_event_begin(wait_event);
    came = (events & SOCKET_MASK) == 0 ? wait_on_futex(latch, events, timeout_ms)
                                       : wait_on_set(latch, events, timeout_ms);
    atomic_store(&latch->waits_by, BY_NOTHING);
    wait_event_end();
    return came;
}

static unsigned wait_on_futex(Latch *latch, unsigned events, int64_t timeout_ms)
{
    uint64_t start_us = timeout_ms < 0 ? 0 : clock_monotonic_us();
    int64_t left_ms = RECHECK_MS;

    atomic_store(&latch->waits_by, BY_FUTEX);
    for (;;) {
        if (!supervisor_is_alive())
            return leave_or_tell(events);
        if (latch_is_set(latch) && (events & LATCH_SET) != 0)
            return LATCH_SET;
        if (timeout_ms >= 0)
            left_ms = timeout_ms - (int64_t)((clock_monotonic_us() - start_us) / 1000);
        if (left_ms <= 0)
            return LATCH_TIMEOUT;
        os_futex_wait(&latch->is_set, (events & LATCH_SET) != 0 ? 0 : atomic_load(&latch->is_set),
                      left_ms < RECHECK_MS ? left_ms : RECHECK_MS);
    }
}

static unsigned wait_on_set(Latch *latch, unsigned events, int64_t timeout_ms)
{
    uint64_t start_us = timeout_ms < 0 ? 0 : clock_monotonic_us();
    int64_t left_ms = -1;

    set_prepare();
    os_wait_set_change(latches.set, latches.socket_position, to_wait_set(events));
    atomic_store(&latch->waits_by, BY_SIGNAL);
    for (;;) {
        OsWaitEvent came[3];
        unsigned count, result;

        if (!supervisor_is_alive())
            return leave_or_tell(events);
        if ((events & LATCH_SET) != 0 && latch_is_set(latch))
            return LATCH_SET;
        if (timeout_ms >= 0) {
            left_ms = timeout_ms - (int64_t)((clock_monotonic_us() - start_us) / 1000);
            left_ms = left_ms < 0 ? 0 : left_ms;
        }
        count = os_wait_set_wait(latches.set, left_ms, came, ARRAY_LEN(came));
        result = look(events, came, count);
        if (result != 0)
            return result;
        if (left_ms == 0)
            return LATCH_TIMEOUT;
    }
}

/* What came of events. */
static unsigned look(unsigned events, const OsWaitEvent *came, unsigned count)
{
    unsigned result = 0;

    for (unsigned i = 0; i < count; i++) {
        if (came[i].position == OS_WAIT_WOKEN)
            continue;
        if (came[i].position == latches.lifeline_position)
            return leave_or_tell(events);
        result |= came[i].events & OS_WAIT_READ ? LATCH_SOCKET_READABLE : 0;
        result |= came[i].events & OS_WAIT_WRITE ? LATCH_SOCKET_WRITABLE : 0;
        result |= came[i].events & OS_WAIT_CLOSED ? LATCH_SOCKET_CLOSED : 0;
    }
    result &= events;
    if ((events & LATCH_SET) != 0 && latch_is_set(latches.own))
        result |= LATCH_SET;
    return result;
}

/* The supervisor is gone. */
static unsigned leave_or_tell(unsigned events)
{
    supervisor_note_gone();
    if ((events & LATCH_SUPERVISOR_DEATH) == 0)
        supervisor_leave_if_gone();
    return LATCH_SUPERVISOR_DEATH;
}

/* The set of this process, with the socket and the lifeline. */
static void set_prepare(void)
{
    int lifeline_fd = supervisor_lifeline_fd();

    if (latches.set != NULL)
        return;
    os_wait_signal_init();
    latches.mem = mem_context_new(NULL, "latch");
    MEM_SCOPE(latches.mem) {
        latches.set = os_wait_set_new(2, true);
        latches.socket_position = os_wait_set_add(latches.set, latches.socket_fd, 0);
        latches.lifeline_position =
            lifeline_fd < 0 ? NO_POSITION : os_wait_set_add(latches.set, lifeline_fd, OS_WAIT_READ);
    }
}

static void set_drop(void)
{
    if (latches.mem != NULL)
        mem_delete(latches.mem);
    latches.mem = NULL;
    latches.set = NULL;
}

static unsigned to_wait_set(unsigned events)
{
    return (events & LATCH_SOCKET_READABLE ? OS_WAIT_READ : 0) |
           (events & LATCH_SOCKET_WRITABLE ? OS_WAIT_WRITE : 0) |
           (events & LATCH_SOCKET_CLOSED ? OS_WAIT_CLOSED : 0);
}

unsigned latch_wait_set(OsWaitSet *set, int64_t timeout_ms, OsWaitEvent *out, unsigned max,
                        WaitEvent wait_event)
{
    Latch *latch = latch_own_one();
    unsigned count = 0;

    wait_event_begin(wait_event);
    atomic_store(&latch->waits_by, BY_SIGNAL);
    if (!latch_is_set(latch))
        count = os_wait_set_wait(set, timeout_ms, out, max);
    atomic_store(&latch->waits_by, BY_NOTHING);
    wait_event_end();
    return count;
}
