/*
 * random.c - random bytes from the kernel
 *
 * getentropy(3) is getrandom(2) without its interruptions and short results.
 */
#include "common/base/base.h"

#include "common/crypt/random.h"

#include <unistd.h>

#include "common/err/err.h"

#define PIECE_MAX 256 /* bytes that one call of getentropy gives */

void random_bytes(void *out, size_t len)
{
    uint8_t *p = out;

    for (size_t piece; len > 0; p += piece, len -= piece) {
        piece = size_min(len, PIECE_MAX);
        if (getentropy(p, piece) != 0)
            err_raise(SQLSTATE_SYSTEM_ERROR, .message = "could not get random bytes");
    }
}

uint64_t random_u64(void)
{
    uint64_t value;

    random_bytes(&value, sizeof value);
    return value;
}
