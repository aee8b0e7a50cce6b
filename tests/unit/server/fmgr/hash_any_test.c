/* hash_any_test.c - hashes against those that a real PostgreSQL 15 gave */
#include "common/base/base.h"

#include <string.h>

#include "server/fmgr/hash_any.h"
#include "tests/unit/unit.h"

/* hashtext() of the texts. */
static void bytes_hash_as_a_real_server_hashes_them(void)
{
    static const struct {
        const char *text;
        int32_t hash;
    } seen[] = {
        {"", -1477818771},
        {"a", 1075015857},
        {"abcdefgh", -1960928205},
        {"abcdefghijk", -1483803693},
        {"abcdefghijkl", -1586087212},
        {"the quick brown fox jumps", 84238858},
        {"pg_class", -267801108},
    };

    for (size_t i = 0; i < ARRAY_LEN(seen); i++)
        CU_ASSERT_EQUAL((int32_t)hash_any(seen[i].text, strlen(seen[i].text)), seen[i].hash);
}

/* hashtextextended(), hashint4(), hashoid() and hashint4extended(). */
static void seeds_and_numbers_do_too(void)
{
    CU_ASSERT_EQUAL((int64_t)hash_any_seeded("abcdefghijklmnopqr", 18, 42),
                    INT64_C(-6720455022117346194));
    CU_ASSERT_EQUAL((int64_t)hash_any_seeded("abc", 3, 0), INT64_C(-6747756470228489321));
    CU_ASSERT_EQUAL((int32_t)hash_any_u32(42), 1509752520);
    CU_ASSERT_EQUAL((int32_t)hash_any_u32(UINT32_MAX), 385747274);
    CU_ASSERT_EQUAL((int64_t)hash_any_u32_seeded(42, UINT64_C(12345678901)),
                    INT64_C(-362215348672087287));
}

UNIT_SUITE(hash_any)
{
    UNIT_TEST(bytes_hash_as_a_real_server_hashes_them);
    UNIT_TEST(seeds_and_numbers_do_too);
}
