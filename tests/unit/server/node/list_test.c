/* list_test.c - lists grow, join and keep their order. */
#include "common/base/base.h"

#include "server/node/node.h"
#include "tests/unit/unit.h"

/* Items that can be told apart. */
static char a_text[] = "a", b_text[] = "b", c_text[] = "c", d_text[] = "d", e_text[] = "e";

static void lists_grow_past_their_inline_room(void)
{
    List *list = NULL;

    for (int i = 0; i < 1000; i++)
        list = list_add_int(list, i);
    CU_ASSERT_EQUAL_FATAL(list_count(list), 1000);
    for (int i = 0; i < 1000; i++)
        CU_ASSERT_EQUAL(list_int_at(list, i), i);
}

static void the_first_place_can_be_taken(void)
{
    List *list = list_of3(b_text, c_text, d_text);

    for (int i = 0; i < 10; i++)
        list = list_add_first(a_text, list);
    CU_ASSERT_EQUAL(list_count(list), 13);
    CU_ASSERT_STRING_EQUAL(list_at(list, 9), "a");
    CU_ASSERT_STRING_EQUAL(list_at(list, 10), "b");
    CU_ASSERT_STRING_EQUAL(list_last(list), "d");
}

static void joining_leaves_the_second_list_alone(void)
{
    List *a = list_of2(a_text, b_text);
    List *b = list_of3(c_text, d_text, e_text);

    CU_ASSERT_PTR_EQUAL(list_concat(a, b), a);
    CU_ASSERT_EQUAL(list_count(a), 5);
    CU_ASSERT_STRING_EQUAL(list_at(a, 4), "e");
    CU_ASSERT_EQUAL(list_count(b), 3);
    CU_ASSERT_PTR_NULL(list_concat(NULL, NULL));
    CU_ASSERT_PTR_EQUAL(list_concat(a, NULL), a);
    CU_ASSERT_EQUAL(list_count(list_concat(NULL, b)), 3);
}

static void walking_sees_each_item_once(void)
{
    List *list = list_of3(a_text, NULL, c_text);
    int count = 0, nulls = 0;

    list_foreach(const char *, item, list) {
        count++;
        nulls += item == NULL;
        if (count == 3)
            CU_ASSERT_STRING_EQUAL(item, "c");
    }
    CU_ASSERT_EQUAL(count, 3);
    CU_ASSERT_EQUAL(nulls, 1);
    list_foreach(const char *, none, (List *)NULL) {
        CU_FAIL("the empty list has an item");
        (void)none;
    }
}

static void object_ids_keep_all_their_bits(void)
{
    List *list = list_add_oid(NULL, UINT32_MAX);

    CU_ASSERT_EQUAL(list_oid_at(list, 0), UINT32_MAX);
    CU_ASSERT_TRUE(node_equal(list, list_add_oid(NULL, UINT32_MAX)));
    CU_ASSERT_FALSE(node_equal(list, list_add_oid(NULL, 1)));
    CU_ASSERT_FALSE(node_equal(list, list_add_int(NULL, -1)));
}

UNIT_SUITE(list)
{
    UNIT_TEST(lists_grow_past_their_inline_room);
    UNIT_TEST(the_first_place_can_be_taken);
    UNIT_TEST(joining_leaves_the_second_list_alone);
    UNIT_TEST(walking_sees_each_item_once);
    UNIT_TEST(object_ids_keep_all_their_bits);
}
