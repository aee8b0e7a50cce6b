/* array_test.c - a growing array of items of one size. */
#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/mem/mem.h"
#include "tests/unit/unit.h"

static int compare_ints(const void *a, const void *b)
{
    const int *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static void items_are_kept_while_it_grows(void)
{
    Array a;

    array_init(&a, sizeof(int));
    for (int i = 0; i < 1000; i++)
        *(int *)array_push(&a) = i;
    CU_ASSERT_EQUAL(a.count, 1000);
    for (int i = 0; i < 1000; i++)
        CU_ASSERT_EQUAL(*(int *)array_at(&a, (size_t)i), i);
}

static void a_pushed_item_is_zero_also_in_a_used_place(void)
{
    Array a;

    array_init(&a, sizeof(int));
    *(int *)array_push(&a) = 7;
    CU_ASSERT_EQUAL(*(int *)array_pop(&a), 7);
    CU_ASSERT_EQUAL(a.count, 0);
    CU_ASSERT_EQUAL(*(int *)array_push(&a), 0);
    *(int *)array_push(&a) = 8;
    array_clear(&a);
    CU_ASSERT_EQUAL(a.count, 0);
    array_push(&a);
    CU_ASSERT_EQUAL(*(int *)array_push(&a), 0);
}

static void sorted_items_are_found(void)
{
    Array a;
    int key = 40;

    array_init(&a, sizeof(int));
    CU_ASSERT_PTR_NULL(array_search(&a, &key, compare_ints));
    array_sort(&a, compare_ints);
    for (int i = 99; i >= 0; i--)
        *(int *)array_push(&a) = i * 2;
    array_sort(&a, compare_ints);
    CU_ASSERT_EQUAL(*(int *)array_at(&a, 0), 0);
    CU_ASSERT_PTR_EQUAL(array_search(&a, &key, compare_ints), array_at(&a, 20));
    key = 41;
    CU_ASSERT_PTR_NULL(array_search(&a, &key, compare_ints));
}

static void foreach_visits_all_in_order(void)
{
    Array a, empty = {.items = NULL};
    int expected = 0;
    const char *words[] = {"a", "b", "c"};

    array_foreach(int, item, &empty)
        CU_ASSERT_PTR_NULL(item);
    array_init(&a, sizeof(char *));
    array_foreach(char *, item, &a)
        CU_ASSERT_PTR_NULL(item);
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        *(const char **)array_push(&a) = words[i];
    array_foreach(const char *, item, &a)
        CU_ASSERT_PTR_EQUAL(*item, words[expected++]);
    CU_ASSERT_EQUAL(expected, 3);
}

static void an_array_that_cannot_grow_is_as_it_was(void)
{
    /* An item so large that twice as many have no room in the address space. */
    Array a = {.item_size = (size_t)1 << 52, .room = 8, .count = 8};

    a.items = mem_alloc(100);
    UNIT_ASSERT_RAISES(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, array_push(&a));
    CU_ASSERT_EQUAL(a.room, 8);
    CU_ASSERT_EQUAL(a.count, 8);
}

UNIT_SUITE(array)
{
    UNIT_TEST(items_are_kept_while_it_grows);
    UNIT_TEST(a_pushed_item_is_zero_also_in_a_used_place);
    UNIT_TEST(sorted_items_are_found);
    UNIT_TEST(foreach_visits_all_in_order);
    UNIT_TEST(an_array_that_cannot_grow_is_as_it_was);
}
