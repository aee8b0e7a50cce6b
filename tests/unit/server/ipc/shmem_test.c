/* shmem_test.c - parts of shared memory: where they lie, and how they begin again. */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "server/config/setting.h"
#include "server/ipc/shmem.h"
#include "tests/lib/crowd.h"
#include "tests/unit/unit.h"

static struct {
    char *small, *large;
    unsigned init_count;
    bool is_zeroed;
} parts_seen;

static size_t small_size(void)
{
    return 10;
}

static size_t large_size(void)
{
    return 10000;
}

static bool is_zero(const char *place, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (place[i] != 0)
            return false;
    return true;
}

static void small_init(void *place)
{
    parts_seen.small = place;
    parts_seen.is_zeroed = is_zero(place, 10);
    memset(place, 's', 10);
}

static void large_init(void *place)
{
    parts_seen.large = place;
    parts_seen.init_count++;
    parts_seen.is_zeroed = parts_seen.is_zeroed && is_zero(place, 10000);
    memset(place, 'l', 10000);
}

static void scribble(void *arg, unsigned number)
{
    (void)arg;
    memset(parts_seen.small, 'x', 10);
    parts_seen.large[number] = 'x';
}

static void parts_lie_apart_and_begin_again(void)
{
    ShmemPart parts[] = {
        {.name = "Small", .size = small_size, .init = small_init},
        {.name = "Large", .size = large_size, .init = large_init},
        {.name = NULL},
    };
    char *large;

    memset(&parts_seen, 0, sizeof parts_seen);
    setting.huge_pages = HUGE_PAGES_OFF;
    shmem_create(parts);
    CU_ASSERT_TRUE(parts_seen.is_zeroed);
    CU_ASSERT_EQUAL((uintptr_t)parts_seen.small % 4096, 0);
    CU_ASSERT_EQUAL((uintptr_t)parts_seen.large % 4096, 0);
    CU_ASSERT_PTR_EQUAL(shmem_parts(), parts);
    CU_ASSERT_PTR_EQUAL(parts[1].place, parts_seen.large);
    CU_ASSERT_EQUAL(parts[0].allocated, 4096);
    CU_ASSERT_EQUAL(parts[1].allocated, 12288);
    CU_ASSERT_EQUAL(shmem_total_size(), 4096 + 12288);
    CU_ASSERT_EQUAL(parts_seen.small[9], 's');
    CU_ASSERT_EQUAL(crowd_run(2, scribble, NULL), 2);
    CU_ASSERT_EQUAL(parts_seen.small[9], 'x');
    large = parts_seen.large;
    shmem_reset();
    CU_ASSERT_TRUE(parts_seen.is_zeroed);
    CU_ASSERT_PTR_EQUAL(parts_seen.large, large);
    CU_ASSERT_EQUAL(parts_seen.init_count, 2);
    CU_ASSERT_EQUAL(parts_seen.large[0], 'l');
    shmem_destroy();
    setting.huge_pages = HUGE_PAGES_TRY;
}

static size_t endless_size(void)
{
    return SIZE_MAX - 100;
}

static size_t vast_size(void)
{
    return (size_t)1 << 60;
}

static void what_does_not_fit_is_refused(void)
{
    ShmemPart endless[] = {{.name = "Endless", .size = endless_size, .init = small_init},
                           {.name = NULL}};
    ShmemPart vast[] = {{.name = "Vast", .size = vast_size, .init = small_init}, {.name = NULL}};

    UNIT_ASSERT_RAISES(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, shmem_create(endless));
    UNIT_ASSERT_RAISES(SQLSTATE_OUT_OF_MEMORY, shmem_create(vast));
}

UNIT_SUITE(shmem)
{
    UNIT_TEST(parts_lie_apart_and_begin_again);
    UNIT_TEST(what_does_not_fit_is_refused);
}
