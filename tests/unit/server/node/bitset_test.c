/* bitset_test.c - sets hold what was put in, and nothing else. */
#include "common/base/base.h"

#include "server/node/bitset.h"
#include "tests/unit/unit.h"

static void members_come_in_order(void)
{
    static const int numbers[] = {BITSET_MAX, 0, 64, 63, 7, 64, 1000};
    static const int sorted[] = {0, 7, 63, 64, 1000, BITSET_MAX, -1};
    BitSet *set = NULL;
    int at = -1;

    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        set = bitset_add(set, numbers[i]);
    for (size_t i = 0; i < ARRAY_LEN(sorted); i++) {
        at = bitset_next(set, at);
        CU_ASSERT_EQUAL(at, sorted[i]);
    }
}

static void the_empty_set_has_no_members(void)
{
    CU_ASSERT_FALSE(bitset_has(NULL, 0));
    CU_ASSERT_EQUAL(bitset_next(NULL, -1), -1);
    CU_ASSERT_PTR_NULL(bitset_copy(NULL));
    CU_ASSERT_TRUE(bitset_equal(NULL, NULL));
}

static void only_members_are_in(void)
{
    BitSet *set = bitset_add(bitset_add(NULL, 65), 2);

    CU_ASSERT_TRUE(bitset_has(set, 2));
    CU_ASSERT_TRUE(bitset_has(set, 65));
    CU_ASSERT_FALSE(bitset_has(set, 1));
    CU_ASSERT_FALSE(bitset_has(set, 66));
    CU_ASSERT_FALSE(bitset_has(set, 128));
    CU_ASSERT_FALSE(bitset_has(set, -1));
}

static void sets_of_other_room_can_be_equal(void)
{
    BitSet *small = bitset_add(NULL, 5);
    BitSet *large = bitset_add(bitset_copy(small), 500);

    CU_ASSERT_FALSE(bitset_equal(small, large));
    CU_ASSERT_FALSE(bitset_equal(large, NULL));
    large->words[500 / 64] = 0;
    CU_ASSERT_TRUE(bitset_equal(small, large));
    CU_ASSERT_TRUE(bitset_equal(large, small));
}

UNIT_SUITE(bitset)
{
    UNIT_TEST(members_come_in_order);
    UNIT_TEST(the_empty_set_has_no_members);
    UNIT_TEST(only_members_are_in);
    UNIT_TEST(sets_of_other_room_can_be_equal);
}
