/* random_test.c - bytes come from the kernel, and a kernel that gives none is an error. */
#include "common/base/base.h"

#include <dlfcn.h>
#include <unistd.h>

#include "common/crypt/random.h"
#include "common/mem/mem.h"
#include "tests/unit/unit.h"

static bool is_kernel_dry; /* getentropy fails */

/* In place of libc's, which it calls. */
int getentropy(void *out, size_t len)
{
    int (*real)(void *, size_t);

    if (is_kernel_dry)
        return -1;
    *(void **)&real = dlsym(RTLD_NEXT, "getentropy");
    return real(out, len);
}

static void every_byte_is_written(void)
{
    static const size_t sizes[] = {0, 1, 16, 255, 256, 257, 1000};
    uint8_t *bytes = mem_alloc(1001);

    /* A byte stays zero in one of 256 tries; in all of eight, hardly ever. */
    for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
        uint8_t seen[1001] = {0};

        for (int try = 0; try < 8; try++) {
            memset(bytes, 0, 1001);
            random_bytes(bytes, sizes[s]);
            for (size_t i = 0; i < 1001; i++)
                seen[i] |= bytes[i];
        }
        for (size_t i = 0; i < sizes[s]; i++)
            CU_ASSERT_NOT_EQUAL(seen[i], 0);
        for (size_t i = sizes[s]; i < 1001; i++)
            CU_ASSERT_EQUAL(seen[i], 0);
    }
}

static void two_numbers_differ(void)
{
    CU_ASSERT_NOT_EQUAL(random_u64(), random_u64());
}

static void a_kernel_without_random_bytes_is_an_error(void)
{
    uint8_t bytes[16];

    is_kernel_dry = true;
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_SYSTEM_ERROR, "could not get random bytes",
                               random_bytes(bytes, sizeof bytes));
    is_kernel_dry = false;
}

UNIT_SUITE(random)
{
    UNIT_TEST(every_byte_is_written);
    UNIT_TEST(two_numbers_differ);
    UNIT_TEST(a_kernel_without_random_bytes_is_an_error);
}
