/* secret.c - secrets compared in constant time, and wiped. */
#include "common/base/base.h"

#include "common/crypt/secret.h"

bool secret_equal(const void *a, const void *b, size_t len)
{
    const volatile uint8_t *p = a;
    const volatile uint8_t *q = b;
    uint8_t difference = 0;

    for (size_t i = 0; i < len; i++)
        difference |= (uint8_t)(p[i] ^ q[i]);
    return difference == 0;
}

void secret_wipe(void *bytes, size_t len)
{
    explicit_bzero(bytes, len);
}
