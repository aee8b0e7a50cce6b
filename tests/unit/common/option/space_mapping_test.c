/* space_mapping_test.c - -T/--tablespace-mapping: what it takes, refuses and finds. */
#include "common/base/base.h"

#include "common/option/space_mapping.h"
#include "tests/unit/unit.h"

static void a_folder_goes_to_another(void)
{
    Array mappings = {.items = NULL};

    CU_ASSERT_PTR_NULL(space_mapping_find(&mappings, 16400, "/old"));
    CU_ASSERT_TRUE(space_mapping_read("/old/=/new//x", &mappings));
    CU_ASSERT_TRUE(space_mapping_read("/second=/elsewhere", &mappings));
    CU_ASSERT_STRING_EQUAL(space_mapping_find(&mappings, 16400, "/old"), "/new/x");
    CU_ASSERT_STRING_EQUAL(space_mapping_find(&mappings, 0, "/second/."), "/elsewhere");
    CU_ASSERT_PTR_NULL(space_mapping_find(&mappings, 16400, "/old/x"));
}

static void the_first_mapping_counts(void)
{
    Array mappings = {.items = NULL};

    space_mapping_read_or_oid("16400=/by.oid", &mappings);
    space_mapping_read_or_oid("/old=/by.dir", &mappings);
    CU_ASSERT_STRING_EQUAL(space_mapping_find(&mappings, 16400, "/old"), "/by.oid");
    CU_ASSERT_STRING_EQUAL(space_mapping_find(&mappings, 16401, "/old"), "/by.dir");
}

static void an_equals_sign_in_a_name_has_a_backslash(void)
{
    Array mappings = {.items = NULL};

    space_mapping_read("/a\\=b=/c\\=d\\e", &mappings);
    CU_ASSERT_STRING_EQUAL(space_mapping_find(&mappings, 0, "/a=b"), "/c=d\\e");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_USAGE, "multiple \"=\" signs in tablespace mapping",
                               space_mapping_read("/a=/b=/c", &mappings));
}

static void what_is_no_mapping_is_refused(void)
{
    static const char *const bad[] = {"", "=", "/a", "/a=", "=/b", "/a\\=/b"};
    Array mappings = {.items = NULL};

    for (volatile size_t i = 0; i < ARRAY_LEN(bad); i++)
        UNIT_ASSERT_RAISES(SQLSTATE_USAGE, space_mapping_read(bad[i], &mappings));
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_USAGE,
        "invalid tablespace mapping format \"x\", must be \"OLDDIR=NEWDIR\" or \"OID=NEWDIR\"",
        space_mapping_read_or_oid("x", &mappings));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_USAGE,
                               "new directory is not an absolute path in tablespace mapping: b",
                               space_mapping_read("/a=b", &mappings));
    CU_ASSERT_EQUAL(mappings.count, 0);
}

static void an_oid_counts_only_where_it_is_taken(void)
{
    Array mappings = {.items = NULL};

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_USAGE,
                               "old directory is not an absolute path in tablespace mapping: 16400",
                               space_mapping_read("16400=/b", &mappings));
    UNIT_ASSERT_RAISES(SQLSTATE_USAGE, space_mapping_read_or_oid("0=/b", &mappings));
    UNIT_ASSERT_RAISES(SQLSTATE_USAGE, space_mapping_read_or_oid("4294967296=/b", &mappings));
    UNIT_ASSERT_RAISES(SQLSTATE_USAGE, space_mapping_read_or_oid("spc=/b", &mappings));
    CU_ASSERT_EQUAL(mappings.count, 0);
}

UNIT_SUITE(space_mapping)
{
    UNIT_TEST(a_folder_goes_to_another);
    UNIT_TEST(the_first_mapping_counts);
    UNIT_TEST(an_equals_sign_in_a_name_has_a_backslash);
    UNIT_TEST(what_is_no_mapping_is_refused);
    UNIT_TEST(an_oid_counts_only_where_it_is_taken);
}
