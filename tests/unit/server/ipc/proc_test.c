/* proc_test.c - the table of processes: pools, ends, and who is seen by others. */
#include "common/base/base.h"

#include <stdio.h>
#include <unistd.h>

#include "common/os/clock.h"
#include "common/os/shared_memory.h"
#include "server/config/setting.h"
#include "server/ipc/latch.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/proc.h"
#include "tests/lib/child.h"
#include "tests/lib/crowd.h"
#include "tests/unit/unit.h"

typedef struct Shared {
    _Atomic uint32_t attached, is_over, refused;
    _Atomic uint32_t uses[64]; /* of each slot at the moment */
    _Atomic int pids[CROWD_MAX];
    LwLock lock;
} Shared;

static struct {
    void *place;
    size_t size;
    Settings before;
    Shared *shared;
} table;

static void begin(void)
{
    table.before = setting;
    setting.max_connections = 5;
    setting.autovacuum_max_workers = 2;
    setting.max_worker_processes = 3;
    setting.max_wal_senders = 1;
    table.size = proc_shmem_size();
    table.place = os_shared_map(table.size, OS_HUGE_OFF);
    table.shared = os_shared_map(sizeof *table.shared, OS_HUGE_OFF);
    lwlock_init(&table.shared->lock, LW_STATS, 0);
    proc_shmem_init(table.place);
}

static void end(void)
{
    proc_shmem_init(NULL);
    os_shared_unmap(table.place, table.size);
    os_shared_unmap(table.shared, sizeof *table.shared);
    setting = table.before;
}

static void slots_are_as_many_as_the_settings_say(void)
{
    begin();
    CU_ASSERT_TRUE(proc_has_table());
    CU_ASSERT_EQUAL(proc_slot_count(), 5 + 2 + 3 + 1 + PROC_KIND_COUNT);
    for (unsigned i = 0; i < proc_slot_count(); i++)
        CU_ASSERT_EQUAL(proc_at((int)i)->slot, (int)i);
    CU_ASSERT_EQUAL(proc_free_backend_slots(), 5);
    CU_ASSERT_PTR_NULL(proc_find_pid(getpid()));
    CU_ASSERT_PTR_NULL(proc_find_pid(0));
    end();
}

static void without_a_table_nobody_is_there(void)
{
    begin();
    proc_shmem_init(NULL);
    CU_ASSERT_FALSE(proc_has_table());
    CU_ASSERT_PTR_NULL(proc_of_kind(PROC_WAL_WRITER));
    CU_ASSERT_PTR_NULL(proc_find_pid(getpid()));
    end();
}

static unsigned call_order;

static void on_detach(void *arg)
{
    /* The slot is still there. */
    CU_ASSERT_PTR_NOT_NULL(proc_self());
    call_order = call_order * 10 + (unsigned)(uintptr_t)arg;
}

static void who_attaches_is_found_until_it_detaches(void)
{
    begin();
    CU_ASSERT_FALSE(proc_is_attached());
    CU_ASSERT_PTR_NULL(proc_self());
    proc_attach(PROC_BACKEND);
    CU_ASSERT_TRUE(proc_is_attached());
    CU_ASSERT_PTR_EQUAL(proc_find_pid(getpid()), proc_self());
    CU_ASSERT_EQUAL(proc_self()->kind, PROC_BACKEND);
    CU_ASSERT_PTR_EQUAL(latch_own_one(), &proc_self()->latch);
    CU_ASSERT_EQUAL(proc_free_backend_slots(), 4);
    call_order = 0;
    proc_on_detach(on_detach, (void *)1);
    proc_on_detach(on_detach, (void *)2);
    proc_detach();
    CU_ASSERT_EQUAL(call_order, 21);
    CU_ASSERT_PTR_NULL(proc_self());
    CU_ASSERT_PTR_NULL(proc_find_pid(getpid()));
    CU_ASSERT_EQUAL(proc_free_backend_slots(), 5);
    end();
}

static void what_is_waited_for_shows_in_the_slot(void)
{
    begin();
    proc_attach(PROC_BACKEND);
    wait_event_begin(WAIT_EVENT_WAL_SYNC);
    CU_ASSERT_EQUAL(atomic_load(&proc_self()->wait_event), WAIT_EVENT_WAL_SYNC);
    wait_event_end();
    CU_ASSERT_EQUAL(atomic_load(&proc_self()->wait_event), WAIT_EVENT_NONE);
    proc_detach();
    wait_event_begin(WAIT_EVENT_WAL_SYNC);
    wait_event_end();
    end();
}

static void auxiliary_processes_have_a_slot_of_their_own(void)
{
    begin();
    CU_ASSERT_PTR_NULL(proc_of_kind(PROC_CHECKPOINTER));
    proc_attach(PROC_CHECKPOINTER);
    CU_ASSERT_PTR_EQUAL(proc_of_kind(PROC_CHECKPOINTER), proc_self());
    CU_ASSERT_PTR_NULL(proc_of_kind(PROC_WAL_WRITER));
    CU_ASSERT_EQUAL(proc_free_backend_slots(), 5);
    proc_detach();
    CU_ASSERT_PTR_NULL(proc_of_kind(PROC_CHECKPOINTER));
    end();
}

static void kinds_have_their_names(void)
{
    CU_ASSERT_STRING_EQUAL(proc_kind_text(PROC_BACKEND), "client backend");
    CU_ASSERT_STRING_EQUAL(proc_kind_text(PROC_LOGGER), "logger");
}

/* ---- several processes ---- */

static ProcKind kind_of_crowd;

static void stay_attached(void *arg, unsigned number)
{
    Shared *s = arg;

    ERR_TRY() {
        proc_attach(kind_of_crowd);
        atomic_store(&s->pids[number], getpid());
    }
    ERR_CATCH() {
        if (err_caught()->sqlstate == SQLSTATE_TOO_MANY_CONNECTIONS)
            atomic_fetch_add(&s->refused, 1);
        fprintf(stderr, "%s\n", err_caught()->message);
    }
    ERR_END();
    atomic_fetch_add(&s->attached, 1);
    while (atomic_load(&s->is_over) == 0)
        clock_sleep_ms(1);
    /* exit() gives the slot back. */
}

/* Two more than there is room for; what the refused say goes to the caller's standard error. */
static void fill_pool(ProcKind kind, unsigned room)
{
    Crowd crowd;

    kind_of_crowd = kind;
    atomic_store(&table.shared->attached, 0);
    atomic_store(&table.shared->refused, 0);
    atomic_store(&table.shared->is_over, 0);
    crowd_begin(&crowd, room + 2, stay_attached, table.shared);
    while (atomic_load(&table.shared->attached) < room + 2)
        clock_sleep_ms(1);
    CU_ASSERT_EQUAL(atomic_load(&table.shared->refused), 2);
    for (unsigned i = 0; i < room + 2; i++) {
        int pid = atomic_load(&table.shared->pids[i]);

        if (pid != 0)
            CU_ASSERT_PTR_NOT_NULL(proc_find_pid(pid));
        atomic_store(&table.shared->pids[i], 0);
    }
    atomic_store(&table.shared->is_over, 1);
    CU_ASSERT_EQUAL(crowd_end(&crowd), room + 2);
    for (unsigned i = 0; i < proc_slot_count(); i++)
        CU_ASSERT_EQUAL(atomic_load(&proc_at((int)i)->pid), 0);
}

static void fill_pools(void *arg)
{
    (void)arg;
    fill_pool(PROC_BACKEND, 5);
    fill_pool(PROC_AUTOVACUUM_WORKER, 2);
    fill_pool(PROC_BACKGROUND_WORKER, 3);
    fill_pool(PROC_WAL_SENDER, 1);
}

static void full_pools_refuse_and_recover(void)
{
    ChildEnd said;

    begin();
    said = child_run(fill_pools, NULL);
    CU_ASSERT_EQUAL(said.exit_code, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.err, "sorry, too many clients already\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(said.err, "number of requested standby connections exceeds "
                                            "max_wal_senders (currently 1)\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(said.err, "no slot is left for another background worker\n"));
    CU_ASSERT_EQUAL(proc_free_backend_slots(), 5);
    end();
}

static void a_second_one_of_its_kind_is_refused(void)
{
    Proc *proc;

    begin();
    proc_attach(PROC_WAL_WRITER);
    proc = proc_self();
    proc_detach();
    /* As if another process had it. */
    atomic_store(&proc->pid, 1);
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, proc_attach(PROC_WAL_WRITER));
    CU_ASSERT_FALSE(proc_is_attached());
    end();
}

static void wait_on_latch(void *arg, unsigned number)
{
    Shared *s = arg;

    (void)number;
    proc_attach(PROC_BACKEND);
    atomic_fetch_add(&s->attached, 1);
    latch_reset(&proc_self()->latch);
    latch_wait(LATCH_SET, -1, WAIT_EVENT_PG_SLEEP);
}

/* No slot is left to the dead; until then the others' latches work as before. */
static void after_a_crash_the_table_begins_anew(void)
{
    Crowd crowd;
    int slot;

    begin();
    crowd_begin(&crowd, 2, wait_on_latch, table.shared);
    while (atomic_load(&table.shared->attached) < 2)
        clock_sleep_ms(1);
    slot = proc_find_pid(crowd.pids[0])->slot;
    crowd_kill(&crowd, 0);
    CU_ASSERT_NOT_EQUAL(atomic_load(&proc_at(slot)->pid), 0);
    latch_set(&proc_at(slot)->latch);
    latch_set(&proc_find_pid(crowd.pids[1])->latch);
    CU_ASSERT_EQUAL(crowd_end(&crowd), 1);
    CU_ASSERT_EQUAL(proc_free_backend_slots(), 4);
    os_shared_clear(table.place, table.size);
    proc_shmem_init(table.place);
    CU_ASSERT_EQUAL(proc_free_backend_slots(), 5);
    CU_ASSERT_EQUAL(atomic_load(&proc_at(slot)->pid), 0);
    end();
}

static void come_and_go(void *arg, unsigned number)
{
    Shared *s = arg;

    (void)number;
    for (int i = 0; i < 3000; i++) {
        proc_attach(PROC_BACKEND);
        if (atomic_fetch_add(&s->uses[proc_self()->slot], 1) != 0)
            exit(3);
        latch_set(&proc_self()->latch);
        if (latch_wait(LATCH_SET, -1, WAIT_EVENT_PG_SLEEP) != LATCH_SET)
            exit(4);
        atomic_fetch_sub(&s->uses[proc_self()->slot], 1);
        proc_detach();
    }
}

static void no_slot_is_given_out_twice(void)
{
    begin();
    CU_ASSERT_EQUAL(crowd_run(5, come_and_go, table.shared), 5);
    CU_ASSERT_EQUAL(proc_free_backend_slots(), 5);
    end();
}

static void wait_for_lock(void *arg, unsigned number)
{
    Shared *s = arg;

    (void)number;
    proc_attach(PROC_BACKEND);
    atomic_store(&s->pids[0], getpid());
    lwlock_acquire(&s->lock, LW_EXCLUSIVE);
    lwlock_release(&s->lock);
}

static void a_wait_for_a_lock_is_seen_by_others(void)
{
    uint32_t event = WAIT_EVENT_NONE;
    Crowd crowd;

    begin();
    lwlock_acquire(&table.shared->lock, LW_SHARED);
    crowd_begin(&crowd, 1, wait_for_lock, table.shared);
    for (int i = 0; i < 5000 && event == WAIT_EVENT_NONE; i++) {
        Proc *proc = proc_find_pid(atomic_load(&table.shared->pids[0]));

        if (proc != NULL)
            event = atomic_load(&proc->wait_event);
        clock_sleep_ms(1);
    }
    CU_ASSERT_EQUAL(event, WAIT_EVENT_LWLOCK + LW_STATS);
    CU_ASSERT_STRING_EQUAL(wait_event_type(event), "LWLock");
    CU_ASSERT_STRING_EQUAL(wait_event_name(event), "PgStatsData");
    lwlock_release(&table.shared->lock);
    CU_ASSERT_EQUAL(crowd_end(&crowd), 1);
    end();
}

UNIT_SUITE(proc)
{
    UNIT_TEST(slots_are_as_many_as_the_settings_say);
    UNIT_TEST(without_a_table_nobody_is_there);
    UNIT_TEST(who_attaches_is_found_until_it_detaches);
    UNIT_TEST(what_is_waited_for_shows_in_the_slot);
    UNIT_TEST(auxiliary_processes_have_a_slot_of_their_own);
    UNIT_TEST(kinds_have_their_names);
    UNIT_TEST(full_pools_refuse_and_recover);
    UNIT_TEST(a_second_one_of_its_kind_is_refused);
    UNIT_TEST(after_a_crash_the_table_begins_anew);
    UNIT_TEST(no_slot_is_given_out_twice);
    UNIT_TEST(a_wait_for_a_lock_is_seen_by_others);
}
