/* md5.c - MD5 by libcrypto's plain function; digest.c has the reasons for the plain ones. */
#include "common/base/base.h"

#include "common/crypt/md5.h"

#include "common/os/dynlib.h"
#include "common/text/hex.h"

static _Thread_local uint8_t *(*md5_function)(const void *bytes, size_t len, uint8_t *out);

void md5_bytes(const void *bytes, size_t len, uint8_t out[MD5_SIZE])
{
    if (UNLIKELY(md5_function == NULL)) {
        DynlibSymbol symbol = {"MD5", (void **)&md5_function};

        dynlib_load("libcrypto.so.3", "libssl3", &symbol, 1);
    }
    md5_function(bytes, len, out);
}

void md5_text(const void *bytes, size_t len, char out[MD5_TEXT_LEN + 1])
{
    uint8_t value[MD5_SIZE];

    md5_bytes(bytes, len, value);
    hex_write(value, sizeof value, out);
}
