/* wait_event.c - what a process waits for, as pg_stat_activity shows it */
#include "common/base/base.h"

#include "server/ipc/wait_event.h"

#include <stdatomic.h>

#include "server/ipc/ipc_int.h"
#include "server/ipc/lwlock.h"

#define CLASS_MASK UINT32_C(0xFFFF0000)

typedef struct WaitEventRow {
    const char *type, *name;
} WaitEventRow;

static const WaitEventRow rows[] = {
    {NULL, NULL},
#define ROW(event, type, name) {type, name},
#include "server/ipc/wait_event.def"
#undef ROW
};

/* By the numbers that the tags of heavyweight locks have. */
static const char *const lock_names[] = {
    "relation",   "extend",    "frozenid", "page",     "tuple",    "transactionid",
    "virtualxid", "spectoken", "object",   "userlock", "advisory",
};

static struct {
    _Atomic uint32_t *place;
    _Atomic uint32_t unseen; /* what a process without a slot waits for */
} wait_events = {.place = &wait_events.unseen};

void wait_event_begin(uint32_t event)
{
    /* Whoever looks sees one value or the other; nothing else depends on it. */
    atomic_store_explicit(wait_events.place, event, memory_order_relaxed);
}

void wait_event_end(void)
{
    atomic_store_explicit(wait_events.place, WAIT_EVENT_NONE, memory_order_relaxed);
}

void wait_event_set_place(_Atomic uint32_t *place)
{
    wait_events.place = place == NULL ? &wait_events.unseen : place;
}

const char *wait_event_type(uint32_t event)
{
    switch (event & CLASS_MASK) {
    case WAIT_EVENT_LWLOCK:
        return "LWLock";
    case WAIT_EVENT_LOCK:
        return "Lock";
    default:
        return event < ARRAY_LEN(rows) ? rows[event].type : NULL;
    }
}

const char *wait_event_name(uint32_t event)
{
    uint32_t number = event & ~CLASS_MASK;

    switch (event & CLASS_MASK) {
    case WAIT_EVENT_LWLOCK:
        return number < LW_RANK_COUNT ? lwlock_rank_name((LwRank)number) : NULL;
    case WAIT_EVENT_LOCK:
        return number < ARRAY_LEN(lock_names) ? lock_names[number] : NULL;
    default:
        return event < ARRAY_LEN(rows) ? rows[event].name : NULL;
    }
}
