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

static void sets_are_combined(void)
{
    BitSet *a = bitset_add(bitset_add(NULL, 1), 200);
    BitSet *b = bitset_add(bitset_of(1), 70);

    CU_ASSERT_EQUAL(bitset_count(bitset_union(a, b)), 3);
    CU_ASSERT_EQUAL(bitset_count(a), 2);
    CU_ASSERT_TRUE(bitset_equal(bitset_intersect(a, b), bitset_of(1)));
    CU_ASSERT_PTR_NULL(bitset_intersect(a, bitset_of(70)));
    CU_ASSERT_TRUE(bitset_equal(bitset_minus(a, b), bitset_of(200)));
    CU_ASSERT_PTR_NULL(bitset_minus(b, bitset_union(a, b)));
    CU_ASSERT_TRUE(bitset_is_subset(bitset_of(200), a));
    CU_ASSERT_FALSE(bitset_is_subset(a, b));
    CU_ASSERT_TRUE(bitset_is_subset(NULL, b));
    CU_ASSERT_TRUE(bitset_overlaps(a, b));
    CU_ASSERT_FALSE(bitset_overlaps(bitset_of(70), a));
    CU_ASSERT_EQUAL(bitset_only(bitset_of(70)), 70);
    CU_ASSERT_EQUAL(bitset_only(a), -1);
    CU_ASSERT_EQUAL(bitset_only(NULL), -1);
    CU_ASSERT_TRUE(bitset_is_empty(NULL));
    CU_ASSERT_FALSE(bitset_is_empty(a));
}

UNIT_SUITE(bitset)
{
    UNIT_TEST(members_come_in_order);
    UNIT_TEST(the_empty_set_has_no_members);
    UNIT_TEST(only_members_are_in);
    UNIT_TEST(sets_of_other_room_can_be_equal);
    UNIT_TEST(sets_are_combined);
}
