/*
 * gzip.c - gzip members by zlib
 *
 * The header has neither name nor time, so equal content gives equal files.
 */
#include "common/base/base.h"

#include <zlib.h>

#include "common/compress/compress_int.h"

#define GZIP_WINDOW_BITS (15 + 16) /* the largest window; 16 asks zlib for gzip's frame */
#define GZIP_MEM_LEVEL   8         /* zlib's default */
#define GZIP_FRAME_SIZE  18        /* header and trailer; zlib's own frame has 6 */
#define PIECE_MAX        GIB(1)    /* zlib counts in 32 bits */

typedef struct GzipCoder {
    z_stream stream;
    bool is_open;
} GzipCoder;

static void give_pieces(z_stream *stream, const StepIo *io)
{
    /* zlib's type lacks a const. */
    union {
        const uint8_t *is_const;
        uint8_t *is_not;
    } in = {.is_const = io->in};

    stream->next_in = in.is_not;
    stream->avail_in = (uInt)size_min(io->in_left, PIECE_MAX);
    stream->next_out = io->out;
    stream->avail_out = (uInt)size_min(io->out_left, PIECE_MAX);
}

static void take_pieces(const z_stream *stream, StepIo *io)
{
    step_io_move(io, (size_t)(stream->next_in - io->in), (size_t)(stream->next_out - io->out));
}

static void encoder_open(void *coder, const CompressSpec *spec)
{
    GzipCoder *c = coder;
    int result = deflateInit2(&c->stream, spec->level, Z_DEFLATED, GZIP_WINDOW_BITS, GZIP_MEM_LEVEL,
                              Z_DEFAULT_STRATEGY);

    if (result != Z_OK)
        raise_library(COMPRESS_GZIP, zError(result));
    c->is_open = true;
}

static void encoder_reset(void *coder)
{
    GzipCoder *c = coder;

    deflateReset(&c->stream);
}

static bool encoder_step(void *coder, StepIo *io, bool is_last)
{
    GzipCoder *c = coder;
    int result;

    give_pieces(&c->stream, io);
    result = deflate(&c->stream, is_last && io->in_left <= PIECE_MAX ? Z_FINISH : Z_NO_FLUSH);
    take_pieces(&c->stream, io);

    /* Z_BUF_ERROR: nothing was to be done, for want of input or room. */
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
        raise_library(COMPRESS_GZIP, zError(result));
    return result == Z_STREAM_END;
}

static size_t encoder_whole(void *coder, const void *bytes, size_t len, void *out, size_t room)
{
    StepIo io = {.in = bytes, .in_left = len, .out = out, .out_left = room};

    while (!encoder_step(coder, &io, true))
        if (io.out_left == 0)
            raise_library(COMPRESS_GZIP, "the bound of the library is too low");
    return room - io.out_left;
}

static size_t encoder_bound(const CompressSpec *spec, size_t len)
{
    (void)spec;
    return size_add(compressBound(len), GZIP_FRAME_SIZE - 6);
}

static void encoder_release(void *coder)
{
    GzipCoder *c = coder;

    if (c->is_open)
        deflateEnd(&c->stream);
}

const EncoderOps gzip_encoder = {
    .size = sizeof(GzipCoder),
    .room = KIB(64),
    .open = encoder_open,
    .reset = encoder_reset,
    .step = encoder_step,
    .whole = encoder_whole,
    .bound = encoder_bound,
    .release = encoder_release,
};

static void decoder_open(void *coder)
{
    GzipCoder *c = coder;
    int result = inflateInit2(&c->stream, GZIP_WINDOW_BITS);

    if (result != Z_OK)
        raise_library(COMPRESS_GZIP, zError(result));
    c->is_open = true;
}

static void decoder_reset(void *coder)
{
    GzipCoder *c = coder;

    inflateReset(&c->stream);
}

static bool decoder_step(void *coder, StepIo *io)
{
    GzipCoder *c = coder;
    int result;

    give_pieces(&c->stream, io);
    result = inflate(&c->stream, Z_NO_FLUSH);
    take_pieces(&c->stream, io);

    if (result == Z_MEM_ERROR)
        raise_library(COMPRESS_GZIP, zError(result));

    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
        raise_bad_file(COMPRESS_GZIP, c->stream.msg != NULL ? c->stream.msg : zError(result));
    return result == Z_STREAM_END;
}

static void decoder_release(void *coder)
{
    GzipCoder *c = coder;

    if (c->is_open)
        inflateEnd(&c->stream);
}

const DecoderOps gzip_decoder = {
    .size = sizeof(GzipCoder),
    .open = decoder_open,
    .reset = decoder_reset,
    .step = decoder_step,
    .release = decoder_release,
};
