/* message_test.c - letters and limits of messages; the table is in order. */
#include "common/base/base.h"

#include "common/proto/message.h"
#include "tests/unit/unit.h"

static const char *const names[] = {
#define ROW(name, letter, sender, limit) #name,
#include "common/proto/message.def"
#undef ROW
};

static void rows_are_sorted_by_name(void)
{
    for (size_t i = 1; i < ARRAY_LEN(names); i++)
        CU_ASSERT_TRUE(strcmp(names[i - 1], names[i]) < 0);
}

static void a_letter_means_what_its_sender_says(void)
{
    CU_ASSERT_STRING_EQUAL(message_name(MESSAGE_BY_CLIENT, 'D'), "DESCRIBE");
    CU_ASSERT_STRING_EQUAL(message_name(MESSAGE_BY_SERVER, 'D'), "DATA_ROW");
    CU_ASSERT_STRING_EQUAL(message_name(MESSAGE_BY_CLIENT, 'd'), "COPY_DATA");
    CU_ASSERT_STRING_EQUAL(message_name(MESSAGE_BY_SERVER, 'd'), "COPY_DATA");
    CU_ASSERT_PTR_NULL(message_name(MESSAGE_BY_CLIENT, 'Z'));
    CU_ASSERT_PTR_NULL(message_name(MESSAGE_BY_SERVER, 'z'));
}

static void clients_are_held_to_limits(void)
{
    CU_ASSERT_EQUAL(message_client_max('Q'), 0x3FFFFFFE);
    CU_ASSERT_EQUAL(message_client_max('d'), 0x3FFFFFFE);
    CU_ASSERT_EQUAL(message_client_max('S'), 10000);
    CU_ASSERT_EQUAL(message_client_max('Z'), 0);
    CU_ASSERT_EQUAL(message_client_max(-1), 0);
}

UNIT_SUITE(message)
{
    UNIT_TEST(rows_are_sorted_by_name);
    UNIT_TEST(a_letter_means_what_its_sender_says);
    UNIT_TEST(clients_are_held_to_limits);
}
