/* collation_list_test.c - what the machine's collations look like, and the numbers of encodings */
#include "common/base/base.h"

#include <string.h>

#include "server/catalog/collation_list.h"
#include "tests/unit/unit.h"

static void encodings_of_databases_have_numbers(void)
{
    CU_ASSERT_EQUAL(collation_encoding_number("UTF-8"), 6);
    CU_ASSERT_EQUAL(collation_encoding_number("ISO-8859-15"), 16);
    CU_ASSERT_EQUAL(collation_encoding_number("EUC-JP"), 1);
    CU_ASSERT_EQUAL(collation_encoding_number("CP1251"), 23);
    CU_ASSERT_EQUAL(collation_encoding_number("CP866"), 20);
    CU_ASSERT_EQUAL(collation_encoding_number("GB2312"), 2);
    CU_ASSERT_EQUAL(collation_encoding_number("KOI8-U"), 34);
    CU_ASSERT_EQUAL(collation_encoding_number("BIG5"), -1);
    CU_ASSERT_EQUAL(collation_encoding_number("ANSI_X3.4-1968"), -1);
    CU_ASSERT_EQUAL(collation_encoding_number(""), -1);
}

static void check_fields(const SystemCollation *c)
{
    CU_ASSERT_TRUE(strlen(c->name) < 64);
    if (c->provider == 'i') {
        CU_ASSERT_PTR_NULL(c->collate);
        CU_ASSERT_PTR_NULL(c->ctype);
        CU_ASSERT_PTR_NOT_NULL(c->icu_locale);
        CU_ASSERT_PTR_NOT_NULL(c->version);
        CU_ASSERT_EQUAL(c->encoding, -1);
        return;
    }
    CU_ASSERT_EQUAL(c->provider, 'c');
    CU_ASSERT_PTR_NOT_NULL(c->collate);
    CU_ASSERT_STRING_EQUAL(c->collate, c->ctype);
    CU_ASSERT_PTR_NULL(c->icu_locale);
    CU_ASSERT_TRUE(c->encoding > 0);
    CU_ASSERT_EQUAL(c->version == NULL, strncmp(c->collate, "C.", 2) == 0);
}

static void no_name_comes_twice_for_an_encoding(void)
{
    Array collations;
    size_t twice = 0;

    collation_list_system(&collations);
    CU_ASSERT_TRUE(collations.count > 0);
    array_foreach(const SystemCollation, a, &collations) {
        check_fields(a);
        CU_ASSERT_STRING_NOT_EQUAL(a->name, "C");
        array_foreach(const SystemCollation, b, &collations) {
            if (a != b && a->encoding == b->encoding && strcmp(a->name, b->name) == 0)
                twice++;
        }
    }
    CU_ASSERT_EQUAL(twice, 0);
}

UNIT_SUITE(collation_list)
{
    UNIT_TEST(encodings_of_databases_have_numbers);
    UNIT_TEST(no_name_comes_twice_for_an_encoding);
}
