/*
 * block.c - compressed blocks; block.h says which
 *
 * Making a zstd context costs more than a page takes, so contexts that are not in use wait in a
 * few slots of the process. Who needs one takes it out of its slot, so threads never share one.
 */
#include "common/base/base.h"

#include "common/compress/block.h"

#include <lz4.h>
#include <stdatomic.h>
#include <zstd.h>

#include "common/compress/pglz.h"
#include "common/err/err.h"

#define SPARE_COUNT 8

typedef _Atomic(void *) SpareSlot;

static SpareSlot spare_encoders[SPARE_COUNT]; /* ZSTD_CCtx */
static SpareSlot spare_decoders[SPARE_COUNT]; /* ZSTD_DCtx */

static bool lz4_try_decompress(const void *bytes, size_t len, void *out, size_t out_len);
static size_t lz4_compress(const void *bytes, size_t len, void *out, size_t room);
static bool zstd_try_decompress(const void *bytes, size_t len, void *out, size_t out_len);
static size_t zstd_compress(const void *bytes, size_t len, void *out, size_t room);
static void *take_spare(SpareSlot slots[static SPARE_COUNT]);
static void *put_spare(SpareSlot slots[static SPARE_COUNT], void *context);
_Noreturn static void raise_no_memory(void);

static const struct {
    const char *name;
    bool (*try_decompress)(const void *bytes, size_t len, void *out, size_t out_len);
    size_t (*compress)(const void *bytes, size_t len, void *out, size_t room);
} methods[] = {
    [BLOCK_PGLZ] = {"pglz", pglz_try_decompress, pglz_compress},
    [BLOCK_LZ4] = {"lz4", lz4_try_decompress, lz4_compress},
    [BLOCK_ZSTD] = {"zstd", zstd_try_decompress, zstd_compress},
};

const char *block_method_name(BlockMethod method)
{
    return methods[method].name;
}

void block_decompress(BlockMethod method, const void *bytes, size_t len, void *out, size_t out_len)
{
    if (!block_try_decompress(method, bytes, len, out, out_len))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("compressed %s data is corrupt", methods[method].name));
}

bool block_try_decompress(BlockMethod method, const void *bytes, size_t len, void *out,
                          size_t out_len)
{
    return methods[method].try_decompress(bytes, len, out, out_len);
}

size_t block_compress(BlockMethod method, const void *bytes, size_t len, void *out, size_t room)
{
    return methods[method].compress(bytes, len, out, room);
}

void block_drop_spares(void)
{
    for (int i = 0; i < SPARE_COUNT; i++) {
        ZSTD_freeCCtx(atomic_exchange(&spare_encoders[i], NULL));
        ZSTD_freeDCtx(atomic_exchange(&spare_decoders[i], NULL));
    }
}

static bool lz4_try_decompress(const void *bytes, size_t len, void *out, size_t out_len)
{
    if (len > INT32_MAX || out_len > INT32_MAX)
        return false;
    return LZ4_decompress_safe(bytes, out, (int)len, (int)out_len) == (int)out_len;
}

static size_t lz4_compress(const void *bytes, size_t len, void *out, size_t room)
{
    if (len > LZ4_MAX_INPUT_SIZE)
        return 0;
    return (size_t)LZ4_compress_default(bytes, out, (int)len, (int)size_min(room, INT32_MAX));
}

static bool zstd_try_decompress(const void *bytes, size_t len, void *out, size_t out_len)
{
    ZSTD_DCtx *decoder = take_spare(spare_decoders);
    size_t got;

    if (decoder == NULL)
        decoder = ZSTD_createDCtx();
    if (decoder == NULL)
        raise_no_memory();
    got = ZSTD_decompressDCtx(decoder, out, out_len, bytes, len);
    ZSTD_freeDCtx(put_spare(spare_decoders, decoder));
    return got == out_len;
}

static size_t zstd_compress(const void *bytes, size_t len, void *out, size_t room)
{
    ZSTD_CCtx *encoder = take_spare(spare_encoders);
    size_t used;

    if (encoder == NULL)
        encoder = ZSTD_createCCtx();
    if (encoder == NULL)
        raise_no_memory();
    used = ZSTD_compressCCtx(encoder, out, room, bytes, len, ZSTD_CLEVEL_DEFAULT);
    ZSTD_freeCCtx(put_spare(spare_encoders, encoder));
    return ZSTD_isError(used) ? 0 : used;
}

/* A context that waits, or NULL. */
static void *take_spare(SpareSlot slots[static SPARE_COUNT])
{
    void *context = NULL;

    for (int i = 0; context == NULL && i < SPARE_COUNT; i++)
        context = atomic_exchange(&slots[i], NULL);
    return context;
}

/* Let a context wait; what comes back, NULL or the one that found no slot, is to be freed. */
static void *put_spare(SpareSlot slots[static SPARE_COUNT], void *context)
{
    for (int i = 0; context != NULL && i < SPARE_COUNT; i++)
        context = atomic_exchange(&slots[i], context);
    return context;
}

_Noreturn static void raise_no_memory(void)
{
    err_raise(SQLSTATE_OUT_OF_MEMORY, .message = "out of memory",
              .detail = "Failed to make a zstd context.");
}
