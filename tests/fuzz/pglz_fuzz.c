/*
 * pglz_fuzz.c - streams of pglz
 *
 * The first two bytes say how much the stream is to make. What is decoded must come back when it
 * is encoded and decoded again.
 */
#include "common/base/base.h"

#include "common/base/bytes.h"
#include "common/compress/pglz.h"
#include "common/mem/mem.h"
#include "tests/fuzz/target.h"

void fuzz_take(const uint8_t *data, size_t size)
{
    size_t len = size < 2 ? 0 : load_u16(data);
    uint8_t *content = mem_alloc(len), *again = mem_alloc(len), *stream = mem_alloc(len);

    if (size >= 2 && pglz_try_decompress(data + 2, size - 2, content, len)) {
        size_t stream_len = pglz_compress(content, len, stream, len);

        if (stream_len > 0 && (!pglz_try_decompress(stream, stream_len, again, len) ||
                               memcmp(content, again, len) != 0))
            abort();
    }
}
