/* barrier_test.c - all processes take part before one goes on, whoever comes and goes. */
#include "common/base/base.h"

#include <unistd.h>

#include "common/os/clock.h"
#include "common/os/shared_memory.h"
#include "server/ipc/barrier.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/proc.h"
#include "tests/lib/crowd.h"
#include "tests/lib/handlers.h"
#include "tests/lib/seed.h"
#include "tests/unit/unit.h"

#define MEMBERS 5
#define ROUNDS  300

/* Each member has a version of a thing open; a barrier makes it let go of it. */
typedef struct Shared {
    _Atomic uint32_t version;
    _Atomic uint32_t opened[MEMBERS]; /* the version; 0: none */
    _Atomic uint32_t attached, is_over;
    _Atomic uint32_t times[MEMBERS]; /* that the member took part */
    Seed seed;
} Shared;

static struct {
    Shared *shared;
    unsigned number;
} member;

static void let_go(void)
{
    atomic_store(&member.shared->opened[member.number], 0);
    atomic_fetch_add(&member.shared->times[member.number], 1);
}

static void open_and_close(void *arg, unsigned number)
{
    Shared *s = arg;
    Seed seed = {.state = s->seed.state + number};

    member.shared = s;
    member.number = number;
    interrupt_install();
    barrier_set_handler(let_go);
    proc_attach(PROC_BACKEND);
    atomic_fetch_add(&s->attached, 1);
    while (atomic_load(&s->is_over) == 0) {
        check_interrupts();
        if (atomic_load(&s->opened[number]) == 0)
            atomic_store(&s->opened[number], atomic_load(&s->version));
        /* Some wait for long, some come and go. */
        if (seed_below(&seed, 4) == 0) {
            latch_reset(&proc_self()->latch);
            check_interrupts();
            latch_wait(LATCH_SET | LATCH_TIMEOUT, 20, WAIT_EVENT_PG_SLEEP);
        }
        if (seed_below(&seed, 50) == 0) {
            atomic_store(&s->opened[number], 0);
            proc_detach();
            usleep(100);
            proc_attach(PROC_BACKEND);
        }
    }
    atomic_store(&s->opened[number], 0);
}

static void nobody_has_the_old_one_after_a_barrier(void)
{
    Shared *s = os_shared_map(sizeof *s, OS_HUGE_OFF);
    size_t size = proc_shmem_size();
    void *place = os_shared_map(size, OS_HUGE_OFF);
    Crowd crowd;
    uint32_t times = 0;

    s->seed = seed_new("barrier");
    atomic_store(&s->version, 1);
    proc_shmem_init(place);
    crowd_begin(&crowd, MEMBERS, open_and_close, s);
    while (atomic_load(&s->attached) < MEMBERS)
        clock_sleep_ms(1);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t version = atomic_fetch_add(&s->version, 1) + 1;

        barrier_wait(barrier_emit());
        for (int i = 0; i < MEMBERS; i++) {
            uint32_t opened = atomic_load(&s->opened[i]);

            CU_ASSERT_TRUE(opened == 0 || opened >= version);
        }
    }
    atomic_store(&s->is_over, 1);
    CU_ASSERT_EQUAL(crowd_end(&crowd), MEMBERS);
    for (int i = 0; i < MEMBERS; i++)
        times += atomic_load(&s->times[i]);
    CU_ASSERT_TRUE(times > ROUNDS);
    proc_shmem_init(NULL);
    os_shared_unmap(place, size);
    os_shared_unmap(s, sizeof *s);
}

static unsigned taken_part;

static void take_part(void)
{
    taken_part++;
}

static void who_emits_takes_part_too(void)
{
    size_t size = proc_shmem_size();
    void *place = os_shared_map(size, OS_HUGE_OFF);
    uint64_t first, second;

    interrupt_install();
    proc_shmem_init(place);
    barrier_set_handler(take_part);
    proc_attach(PROC_BACKEND);
    taken_part = 0;
    first = barrier_emit();
    second = barrier_emit();
    CU_ASSERT_EQUAL(second, first + 1);
    barrier_wait(second);
    barrier_wait(first);
    CU_ASSERT_EQUAL(taken_part, 1);
    proc_detach();
    /* Without anybody there is nothing to wait for. */
    barrier_wait(barrier_emit());
    CU_ASSERT_EQUAL(taken_part, 1);
    barrier_set_handler(NULL);
    handlers_reset();
    proc_shmem_init(NULL);
    os_shared_unmap(place, size);
}

UNIT_SUITE(barrier)
{
    UNIT_TEST(nobody_has_the_old_one_after_a_barrier);
    UNIT_TEST(who_emits_takes_part_too);
}
