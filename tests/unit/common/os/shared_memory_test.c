/* shared_memory_test.c - mappings that children share, and segments that have a key. */
#include "common/base/base.h"

#include <string.h>
#include <unistd.h>

#include "common/os/clock.h"
#include "common/os/shared_memory.h"
#include "tests/lib/crowd.h"
#include "tests/unit/unit.h"

/* Two that no other run of the tests uses at the same time. */
static int free_key(int number)
{
    return 0x5F000000 + (getpid() & 0x3FFFFF) * 2 + number;
}

static void write_into(void *arg, unsigned number)
{
    uint8_t *place = arg;

    place[number] = (uint8_t)(number + 1);
}

static void children_write_into_the_mapping(void)
{
    uint8_t *place = os_shared_map(10000, OS_HUGE_OFF);

    CU_ASSERT_EQUAL(place[0] + place[9999], 0);
    CU_ASSERT_EQUAL(crowd_run(3, write_into, place), 3);
    CU_ASSERT_EQUAL(place[0] + place[1] + place[2], 6);
    os_shared_unmap(place, 10000);
}

static void a_cleared_mapping_is_zeroed_for_all(void)
{
    uint8_t *place = os_shared_map(10000, OS_HUGE_OFF);

    memset(place, 'x', 10000);
    os_shared_clear(place, 10000);
    for (int i = 0; i < 10000; i++)
        CU_ASSERT_EQUAL(place[i], 0);
    CU_ASSERT_EQUAL(crowd_run(3, write_into, place), 3);
    CU_ASSERT_EQUAL(place[0] + place[1] + place[2], 6);
    os_shared_unmap(place, 10000);
}

static void huge_pages_are_taken_where_there_are_any(void)
{
    uint8_t *place = os_shared_map(10000, OS_HUGE_TRY);

    place[9999] = 1;
    os_shared_unmap(place, 10000);
}

static void what_no_machine_has_is_refused(void)
{
    UNIT_ASSERT_RAISES(SQLSTATE_OUT_OF_MEMORY, os_shared_map((size_t)1 << 60, OS_HUGE_OFF));
    UNIT_ASSERT_RAISES(SQLSTATE_OUT_OF_MEMORY, os_shared_map((size_t)1 << 46, OS_HUGE_ON));
}

static void a_key_is_taken_once(void)
{
    OsSegment first, second;
    char header[8];
    int id = -1;

    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_segment_try_make(free_key(0), SIZE_MAX, &first));
    CU_ASSERT_TRUE_FATAL(os_segment_try_make(free_key(0), 100, &first));
    CU_ASSERT_EQUAL(first.key, free_key(0));
    CU_ASSERT_FALSE(os_segment_try_make(free_key(0), 100, &second));
    /* Also when more is asked for than it has. */
    CU_ASSERT_FALSE(os_segment_try_make(free_key(0), 100000, &second));
    memcpy(first.place, "header", 7);
    CU_ASSERT_EQUAL(os_segment_state(first.key, first.id, header, sizeof header),
                    OS_SEGMENT_ATTACHED);
    CU_ASSERT_STRING_EQUAL(header, "header");
    CU_ASSERT_EQUAL(os_segment_state_of_key(first.key, &id, NULL, 0), OS_SEGMENT_ATTACHED);
    CU_ASSERT_EQUAL(id, first.id);
    os_segment_detach(&first);
    CU_ASSERT_EQUAL(os_segment_state(first.key, first.id, header, sizeof header),
                    OS_SEGMENT_UNUSED);
    CU_ASSERT_STRING_EQUAL(header, "header");
    os_segment_remove(first.id);
    CU_ASSERT_EQUAL(os_segment_state(first.key, first.id, NULL, 0), OS_SEGMENT_GONE);
    CU_ASSERT_EQUAL(os_segment_state_of_key(first.key, &id, NULL, 0), OS_SEGMENT_GONE);
    os_segment_remove(first.id);
}

static void a_number_that_went_to_another_key_is_gone(void)
{
    OsSegment segment;

    CU_ASSERT_TRUE_FATAL(os_segment_try_make(free_key(1), 100, &segment));
    CU_ASSERT_EQUAL(os_segment_state(free_key(0), segment.id, NULL, 0), OS_SEGMENT_GONE);
    os_segment_detach(&segment);
    os_segment_remove(segment.id);
}

static void live_on(void *arg, unsigned number)
{
    (void)arg;
    (void)number;
    clock_sleep_ms(60000);
}

static void children_stay_attached(void)
{
    OsSegment segment;
    Crowd crowd;
    int key = free_key(0);

    CU_ASSERT_TRUE_FATAL(os_segment_try_make(key, 100, &segment));
    crowd_begin(&crowd, 1, live_on, NULL);
    os_segment_detach(&segment);
    CU_ASSERT_EQUAL(os_segment_state(key, segment.id, NULL, 0), OS_SEGMENT_ATTACHED);
    crowd_kill(&crowd, 0);
    CU_ASSERT_EQUAL(os_segment_state(key, segment.id, NULL, 0), OS_SEGMENT_UNUSED);
    os_segment_remove(segment.id);
}

UNIT_SUITE(shared_memory)
{
    UNIT_TEST(children_write_into_the_mapping);
    UNIT_TEST(a_cleared_mapping_is_zeroed_for_all);
    UNIT_TEST(huge_pages_are_taken_where_there_are_any);
    UNIT_TEST(what_no_machine_has_is_refused);
    UNIT_TEST(a_key_is_taken_once);
    UNIT_TEST(a_number_that_went_to_another_key_is_gone);
    UNIT_TEST(children_stay_attached);
}
