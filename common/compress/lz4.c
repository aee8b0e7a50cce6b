/*
 * lz4.c - LZ4 frames
 *
 * Blocks of 256 kB that refer to each other, as PostgreSQL's tools write them, and a checksum of
 * the content, which theirs lack and all readers take.
 */
#include "common/base/base.h"

#include <lz4frame.h>

#include "common/compress/compress_int.h"

#define PIECE_MAX KIB(64)  /* bytes that a step takes */
#define STEP_ROOM KIB(320) /* for a header, a block of 256 kB that was not full yet, and the end */

typedef struct Lz4Encoder {
    LZ4F_cctx *handle;
    LZ4F_preferences_t preferences;
    bool is_begun; /* the frame's header is out */
} Lz4Encoder;

typedef struct Lz4Decoder {
    LZ4F_dctx *handle;
} Lz4Decoder;

static LZ4F_preferences_t preferences_of(const CompressSpec *spec)
{
    return (LZ4F_preferences_t){
        .frameInfo = {.blockSizeID = LZ4F_max256KB,
                      .contentChecksumFlag = LZ4F_contentChecksumEnabled},
        .compressionLevel = spec->level,
    };
}

/* What a call that no input can make fail returned: for encoders the bytes that it made. */
static size_t check(size_t result)
{
    if (LZ4F_isError(result))
        raise_library(COMPRESS_LZ4, LZ4F_getErrorName(result));
    return result;
}

static void encoder_open(void *coder, const CompressSpec *spec)
{
    Lz4Encoder *c = coder;

    c->preferences = preferences_of(spec);
    check(LZ4F_createCompressionContext(&c->handle, LZ4F_VERSION));
}

static void encoder_reset(void *coder)
{
    Lz4Encoder *c = coder;

    c->is_begun = false;
}

static bool encoder_step(void *coder, StepIo *io, bool is_last)
{
    Lz4Encoder *c = coder;
    size_t taken = size_min(io->in_left, PIECE_MAX);
    size_t made = 0;

    /* LZ4F refuses less than what may come in the worst case, whatever does come. */
    if (io->out_left < STEP_ROOM)
        return false;
    if (!c->is_begun) {
        made = check(LZ4F_compressBegin(c->handle, io->out, io->out_left, &c->preferences));
        c->is_begun = true;
    }
    if (taken > 0)
        made += check(LZ4F_compressUpdate(c->handle, io->out + made, io->out_left - made, io->in,
                                          taken, NULL));
    else if (is_last)
        made += check(LZ4F_compressEnd(c->handle, io->out + made, io->out_left - made, NULL));
    step_io_move(io, taken, made);
    return is_last && taken == 0;
}

static size_t encoder_whole(void *coder, const void *bytes, size_t len, void *out, size_t room)
{
    Lz4Encoder *c = coder;

    return check(LZ4F_compressFrame(out, room, bytes, len, &c->preferences));
}

static size_t encoder_bound(const CompressSpec *spec, size_t len)
{
    LZ4F_preferences_t preferences = preferences_of(spec);

    return LZ4F_compressFrameBound(len, &preferences);
}

static void encoder_release(void *coder)
{
    Lz4Encoder *c = coder;

    LZ4F_freeCompressionContext(c->handle);
}

const EncoderOps lz4_encoder = {
    .size = sizeof(Lz4Encoder),
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
    Lz4Decoder *c = coder;

    check(LZ4F_createDecompressionContext(&c->handle, LZ4F_VERSION));
}

static void decoder_reset(void *coder)
{
    Lz4Decoder *c = coder;

    LZ4F_resetDecompressionContext(c->handle);
}

/* The library has no stable number for it. */
static bool is_for_memory(size_t result)
{
    return strcmp(LZ4F_getErrorName(result), "ERROR_allocation_failed") == 0;
}

static bool decoder_step(void *coder, StepIo *io)
{
    Lz4Decoder *c = coder;
    size_t taken = io->in_left;
    size_t made = io->out_left;
    size_t result = LZ4F_decompress(c->handle, io->out, &made, io->in, &taken, NULL);

    if (LZ4F_isError(result) && is_for_memory(result))
        raise_library(COMPRESS_LZ4, LZ4F_getErrorName(result));
    if (LZ4F_isError(result))
        raise_bad_file(COMPRESS_LZ4, LZ4F_getErrorName(result));
    step_io_move(io, taken, made);
    return result == 0;
}

static void decoder_release(void *coder)
{
    Lz4Decoder *c = coder;

    LZ4F_freeDecompressionContext(c->handle);
}

const DecoderOps lz4_decoder = {
    .size = sizeof(Lz4Decoder),
    .open = decoder_open,
    .reset = decoder_reset,
    .step = decoder_step,
    .release = decoder_release,
};
