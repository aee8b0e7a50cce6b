/* spinlock_test.c - locks for a few instructions, fought for by several processes. */
#include "common/base/base.h"

#include <unistd.h>

#include "common/os/shared_memory.h"
#include "server/ipc/spinlock.h"
#include "tests/lib/crowd.h"
#include "tests/unit/unit.h"

#define MEMBERS 6
#define ROUNDS  100000

typedef struct Shared {
    SpinLock lock;
    uint64_t words[4]; /* guarded by lock */
} Shared;

static void count(void *arg, unsigned number)
{
    Shared *s = arg;

    for (int i = 0; i < ROUNDS; i++) {
        spin_lock(&s->lock);
        for (int w = 0; w < 4; w++)
            s->words[w]++;
        /* Long enough for the others to go to sleep. */
        if (i % 20000 == 0 && number == 0)
            usleep(3000);
        spin_unlock(&s->lock);
    }
}

static void one_at_a_time_counts(void)
{
    Shared *s = os_shared_map(sizeof *s, OS_HUGE_OFF);

    spin_init(&s->lock);
    CU_ASSERT_EQUAL(crowd_run(MEMBERS, count, s), MEMBERS);
    for (int w = 0; w < 4; w++)
        CU_ASSERT_EQUAL(s->words[w], MEMBERS * ROUNDS);
    os_shared_unmap(s, sizeof *s);
}

UNIT_SUITE(spinlock)
{
    UNIT_TEST(one_at_a_time_counts);
}
