/* input_test.c - texts of pg_*.def become the bytes that PostgreSQL has for these values */
#include "common/base/base.h"

#include <string.h>

#include "common/base/bytes.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/input.h"
#include "server/fmgr/varlena.h"
#include "tests/unit/unit.h"

/* The value is plain and has those bytes behind its length word. */
static void assert_bytes(Datum value, const void *bytes, size_t len)
{
    const uint8_t *v = datum_varlena(value);

    CU_ASSERT_TRUE(varlena_is_plain(v));
    CU_ASSERT_EQUAL_FATAL(varlena_len(v), len);
    CU_ASSERT_EQUAL(memcmp(varlena_bytes(v), bytes, len), 0);
}

static void numbers_keep_their_range(void)
{
    CU_ASSERT_EQUAL(datum_i16(catalog_input(TYPE_INT2, "-32768")), INT16_MIN);
    CU_ASSERT_EQUAL(datum_i32(catalog_input(TYPE_INT4, "-1")), -1);
    CU_ASSERT_EQUAL(datum_u32(catalog_input(TYPE_OID, "4294967295")), UINT32_MAX);
    CU_ASSERT_EQUAL(datum_u32(catalog_input(TYPE_REGPROC, "42")), 42);
    CU_ASSERT_EQUAL(datum_u32(catalog_input(TYPE_XID, "3")), 3);
    CU_ASSERT_TRUE(datum_f4(catalog_input(TYPE_FLOAT4, "0.01")) == 0.01F);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INTERNAL_ERROR, "\"32768\" is no int2",
                               catalog_input(TYPE_INT2, "32768"));
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, catalog_input(TYPE_INT4, "2147483648"));
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, catalog_input(TYPE_OID, "-1"));
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, catalog_input(TYPE_OID, ""));
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, catalog_input(TYPE_FLOAT4, "1x"));
}

static void letters_truths_and_names_are_read(void)
{
    char longest[65];
    const char *name = datum_pointer(catalog_input(TYPE_NAME, "pg_class"));
    static const char zeroes[56];

    CU_ASSERT_TRUE(datum_bool(catalog_input(TYPE_BOOL, "t")));
    CU_ASSERT_FALSE(datum_bool(catalog_input(TYPE_BOOL, "f")));
    CU_ASSERT_EQUAL(datum_char(catalog_input(TYPE_CHAR, "i")), 'i');
    CU_ASSERT_EQUAL(datum_char(catalog_input(TYPE_CHAR, "")), '\0');
    CU_ASSERT_STRING_EQUAL(name, "pg_class");
    CU_ASSERT_EQUAL(memcmp(name + 8, zeroes, 56), 0);

    memset(longest, 'x', sizeof longest);
    longest[63] = '\0';
    CU_ASSERT_STRING_EQUAL(datum_pointer(catalog_name(longest)), longest);
    longest[63] = 'x';
    longest[64] = '\0';
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_NAME_TOO_LONG, "identifier too long",
                               catalog_name(longest));
}

static void texts_are_their_bytes(void)
{
    assert_bytes(catalog_input(TYPE_TEXT, "ab"), "ab", 2);
    assert_bytes(catalog_input(TYPE_PG_NODE_TREE, "({CONST})"), "({CONST})", 9);
    assert_bytes(catalog_input(TYPE_TEXT, ""), "", 0);
}

/* Dimensions, no NULLs, element type, length, lower bound 0. */
static void vectors_count_from_zero(void)
{
    static const uint32_t oids[] = {1, 0, TYPE_OID, 2, 0, 23, 2281};
    static const uint32_t none[] = {1, 0, TYPE_OID, 0, 0};
    uint8_t numbers[20 + 4];

    assert_bytes(catalog_input(TYPE_OIDVECTOR, "23 2281"), oids, sizeof oids);
    assert_bytes(catalog_input(TYPE_OIDVECTOR, ""), none, sizeof none);

    memcpy(numbers, (const uint32_t[]){1, 0, TYPE_INT2, 2, 0}, 20);
    store_u16(numbers + 20, 1);
    store_u16(numbers + 22, (uint16_t)-2);
    assert_bytes(catalog_input(TYPE_INT2VECTOR, "1 -2"), numbers, sizeof numbers);
}

static void arrays_count_from_one(void)
{
    static const uint32_t none[] = {0, 0, TYPE_OID};
    static const uint32_t oids[] = {1, 0, TYPE_OID, 2, 1, 25, 26};
    uint8_t letters[20 + 2];

    assert_bytes(catalog_input(TYPE_OID_ARRAY, "{}"), none, sizeof none);
    assert_bytes(catalog_input(TYPE_OID_ARRAY, "{25,26}"), oids, sizeof oids);
    memcpy(letters, (const uint32_t[]){1, 0, TYPE_CHAR, 2, 1}, 20);
    memcpy(letters + 20, "io", 2);
    assert_bytes(catalog_input(TYPE_CHAR_ARRAY, "{i,o}"), letters, sizeof letters);
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, catalog_input(TYPE_OID_ARRAY, "25"));
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, catalog_input(TYPE_OID_ARRAY, "{25}x"));
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, catalog_input(TYPE_OID_ARRAY, "{25}}"));
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, catalog_input(TYPE_TEXT_ARRAY, "{\"a}"));
}

/* Each with a length word, filled up to a multiple of 4. */
static void texts_in_arrays_may_be_quoted(void)
{
    uint8_t bytes[20 + 8 + 8 + 4 + 8];

    memset(bytes, 0, sizeof bytes);
    memcpy(bytes, (const uint32_t[]){1, 0, TYPE_TEXT, 4, 1}, 20);
    store_u32(bytes + 20, 5 << 2);
    memcpy(bytes + 24, "a", 1);
    store_u32(bytes + 28, 8 << 2);
    memcpy(bytes + 32, "b,\"}", 4);
    store_u32(bytes + 36, 4 << 2);
    store_u32(bytes + 40, 6 << 2);
    memcpy(bytes + 44, "cd", 2);
    assert_bytes(catalog_input(TYPE_TEXT_ARRAY, "{a,\"b,\\\"}\",\"\",cd}"), bytes, sizeof bytes);
}

/* Grantee, grantor, rights: INSERT is bit 0, GRANT OPTION 16 bits higher. */
static void rights_name_their_roles(void)
{
    static const uint32_t acl[] = {1,  0,          TYPE_ACLITEM,      2,  1,     10,
                                   10, 0x000300FF, 0 /* everybody */, 10, 1 << 1};

    assert_bytes(catalog_input(TYPE_ACLITEM_ARRAY, "{POSTGRES=a*r*wdDxtX/POSTGRES,=r/POSTGRES}"),
                 acl, sizeof acl);
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR,
                       catalog_input(TYPE_ACLITEM_ARRAY, "{nobody=r/POSTGRES}"));
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, catalog_input(TYPE_ACLITEM_ARRAY, "{=?/POSTGRES}"));
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, catalog_input(TYPE_ACLITEM_ARRAY, "{=r}"));
}

static void other_types_are_refused(void)
{
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INTERNAL_ERROR, "cannot read \"1\" as a value of type 1700",
                               catalog_input(TYPE_NUMERIC, "1"));
}

UNIT_SUITE(input)
{
    UNIT_TEST(numbers_keep_their_range);
    UNIT_TEST(letters_truths_and_names_are_read);
    UNIT_TEST(texts_are_their_bytes);
    UNIT_TEST(vectors_count_from_zero);
    UNIT_TEST(arrays_count_from_one);
    UNIT_TEST(texts_in_arrays_may_be_quoted);
    UNIT_TEST(rights_name_their_roles);
    UNIT_TEST(other_types_are_refused);
}
