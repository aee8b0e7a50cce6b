/* wait_event_test.c - the names of what is waited for. */
#include "common/base/base.h"

#include "server/ipc/lwlock.h"
#include "server/ipc/wait_event.h"
#include "tests/unit/unit.h"

static void events_have_type_and_name(void)
{
    CU_ASSERT_STRING_EQUAL(wait_event_type(WAIT_EVENT_CLIENT_READ), "Client");
    CU_ASSERT_STRING_EQUAL(wait_event_name(WAIT_EVENT_CLIENT_READ), "ClientRead");
    for (uint32_t event = 1; event < WAIT_EVENT_COUNT; event++) {
        CU_ASSERT_PTR_NOT_NULL(wait_event_type(event));
        CU_ASSERT_PTR_NOT_NULL(wait_event_name(event));
    }
}

static void locks_have_the_names_of_their_ranks_and_tags(void)
{
    CU_ASSERT_STRING_EQUAL(wait_event_name(WAIT_EVENT_LWLOCK + LW_WAL_WRITE), "WALWrite");
    CU_ASSERT_STRING_EQUAL(wait_event_type(WAIT_EVENT_LOCK), "Lock");
    CU_ASSERT_STRING_EQUAL(wait_event_name(WAIT_EVENT_LOCK), "relation");
    CU_ASSERT_STRING_EQUAL(wait_event_name(WAIT_EVENT_LOCK + 5), "transactionid");
    CU_ASSERT_STRING_EQUAL(wait_event_name(WAIT_EVENT_LOCK + 10), "advisory");
}

static void what_nobody_waits_for_has_none(void)
{
    CU_ASSERT_PTR_NULL(wait_event_type(WAIT_EVENT_NONE));
    CU_ASSERT_PTR_NULL(wait_event_name(WAIT_EVENT_NONE));
    CU_ASSERT_PTR_NULL(wait_event_name(WAIT_EVENT_COUNT));
    CU_ASSERT_PTR_NULL(wait_event_name(WAIT_EVENT_LWLOCK + LW_RANK_COUNT));
    CU_ASSERT_PTR_NULL(wait_event_name(WAIT_EVENT_LOCK + 11));
}

UNIT_SUITE(wait_event)
{
    UNIT_TEST(events_have_type_and_name);
    UNIT_TEST(locks_have_the_names_of_their_ranks_and_tags);
    UNIT_TEST(what_nobody_waits_for_has_none);
}
