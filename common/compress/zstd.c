/*
 * zstd.c - zstd frames
 *
 * With a checksum of the content, which those of PostgreSQL's tools lack and all readers take. A
 * file of long-distance mode has a window of 128 MiB, the most that decoders take unasked.
 */
#include "common/base/base.h"

#include <zstd.h>
#include <zstd_errors.h>

#include "common/compress/compress_int.h"

#define LONG_WINDOW_LOG 27 /* the library's limit for decoders, ZSTD_WINDOWLOG_LIMIT_DEFAULT */
#define STEP_ROOM       KIB(128)

typedef struct ZstdEncoder {
    ZSTD_CCtx *handle;
} ZstdEncoder;

typedef struct ZstdDecoder {
    ZSTD_DCtx *handle;
} ZstdDecoder;

/* What a call that no input can make fail returned. */
static size_t check(size_t result)
{
    if (ZSTD_isError(result))
        raise_library(COMPRESS_ZSTD, ZSTD_getErrorName(result));
    return result;
}

static void set(const ZstdEncoder *c, ZSTD_cParameter parameter, int value)
{
    check(ZSTD_CCtx_setParameter(c->handle, parameter, value));
}

static void encoder_open(void *coder, const CompressSpec *spec)
{
    ZstdEncoder *c = coder;

    c->handle = ZSTD_createCCtx();
    if (c->handle == NULL)
        raise_library(COMPRESS_ZSTD, "out of memory");
    set(c, ZSTD_c_compressionLevel, spec->level);
    set(c, ZSTD_c_checksumFlag, 1);
    if (spec->workers > 0)
        set(c, ZSTD_c_nbWorkers, (int)spec->workers);
    if (spec->is_long) {
        set(c, ZSTD_c_enableLongDistanceMatching, 1);
        set(c, ZSTD_c_windowLog, LONG_WINDOW_LOG);
    }
}

static void encoder_reset(void *coder)
{
    ZstdEncoder *c = coder;

    check(ZSTD_CCtx_reset(c->handle, ZSTD_reset_session_only));
}

static bool encoder_step(void *coder, StepIo *io, bool is_last)
{
    ZstdEncoder *c = coder;
    ZSTD_inBuffer in = {.src = io->in, .size = io->in_left};
    ZSTD_outBuffer out = {.dst = io->out, .size = io->out_left};
    size_t left =
        check(ZSTD_compressStream2(c->handle, &out, &in, is_last ? ZSTD_e_end : ZSTD_e_continue));

    step_io_move(io, in.pos, out.pos);
    return is_last && left == 0;
}

static size_t encoder_whole(void *coder, const void *bytes, size_t len, void *out, size_t room)
{
    ZstdEncoder *c = coder;

    return check(ZSTD_compress2(c->handle, out, room, bytes, len));
}

static size_t encoder_bound(const CompressSpec *spec, size_t len)
{
    (void)spec;
    return ZSTD_compressBound(len);
}

static void encoder_release(void *coder)
{
    ZstdEncoder *c = coder;

    ZSTD_freeCCtx(c->handle);
}

const EncoderOps zstd_encoder = {
    .size = sizeof(ZstdEncoder),
    .room = STEP_ROOM,
    .open = encoder_open,
    .reset = encoder_reset,
    .step = encoder_step,
    .whole = encoder_whole,
    .bound = encoder_bound,
    .release = encoder_release,
};

static void decoder_open(void *coder)
{
    ZstdDecoder *c = coder;

    c->handle = ZSTD_createDCtx();
    if (c->handle == NULL)
        raise_library(COMPRESS_ZSTD, "out of memory");
}

static void decoder_reset(void *coder)
{
    ZstdDecoder *c = coder;

    check(ZSTD_DCtx_reset(c->handle, ZSTD_reset_session_only));
}

static bool decoder_step(void *coder, StepIo *io)
{
    ZstdDecoder *c = coder;
    ZSTD_inBuffer in = {.src = io->in, .size = io->in_left};
    ZSTD_outBuffer out = {.dst = io->out, .size = io->out_left};
    size_t left = ZSTD_decompressStream(c->handle, &out, &in);

    if (ZSTD_getErrorCode(left) == ZSTD_error_memory_allocation)
        raise_library(COMPRESS_ZSTD, ZSTD_getErrorName(left));
    if (ZSTD_isError(left))
        raise_bad_file(COMPRESS_ZSTD, ZSTD_getErrorName(left));
    step_io_move(io, in.pos, out.pos);
    return left == 0;
}

static void decoder_release(void *coder)
{
    ZstdDecoder *c = coder;

    ZSTD_freeDCtx(c->handle);
}

const DecoderOps zstd_decoder = {
    .size = sizeof(ZstdDecoder),
    .open = decoder_open,
    .reset = decoder_reset,
    .step = decoder_step,
    .release = decoder_release,
};
