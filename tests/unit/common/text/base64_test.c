/* base64_test.c - bytes to base64 and back; what is no base64 is refused. */
#include "common/base/base.h"

#include "common/text/base64.h"
#include "tests/unit/unit.h"

/* RFC 4648, section 10. */
static const char *const pairs[][2] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
};

static void the_vectors_of_the_rfc_go_both_ways(void)
{
    char text[16];
    uint8_t bytes[16];
    size_t len;

    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        CU_ASSERT_EQUAL(base64_write(pairs[i][0], strlen(pairs[i][0]), text), strlen(pairs[i][1]));
        CU_ASSERT_STRING_EQUAL(text, pairs[i][1]);
        CU_ASSERT_TRUE(base64_try_read(text, strlen(text), bytes, &len));
        CU_ASSERT_EQUAL(len, strlen(pairs[i][0]));
        CU_ASSERT_EQUAL(memcmp(bytes, pairs[i][0], len), 0);
    }
}

static void all_bytes_come_back(void)
{
    uint8_t in[256], out[BASE64_BYTES_MAX(BASE64_TEXT_LEN(256))];
    char text[BASE64_TEXT_LEN(256) + 1];
    size_t len;

    for (size_t i = 0; i < sizeof in; i++)
        in[i] = (uint8_t)(255 - i);
    base64_write(in, sizeof in, text);
    CU_ASSERT_TRUE(base64_try_read(text, strlen(text), out, &len));
    CU_ASSERT_EQUAL(len, sizeof in);
    CU_ASSERT_EQUAL(memcmp(in, out, sizeof in), 0);
    CU_ASSERT_PTR_NOT_NULL(strchr(text, '+'));
    CU_ASSERT_PTR_NOT_NULL(strchr(text, '/'));
}

static void what_is_no_base64_is_refused(void)
{
    static const char *const bad[] = {
        "Zg=", "Zg", "Z===", "====", "Zg==Zg==", "Zm9\n", "Zm 9", "Z-9v", "Zm9=v", "=m9v"};
    uint8_t bytes[16];
    size_t len;

    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        CU_ASSERT_FALSE(base64_try_read(bad[i], strlen(bad[i]), bytes, &len));
}

UNIT_SUITE(base64)
{
    UNIT_TEST(the_vectors_of_the_rfc_go_both_ways);
    UNIT_TEST(all_bytes_come_back);
    UNIT_TEST(what_is_no_base64_is_refused);
}
