/* whole.c - whole buffers at once, with contexts that are used again. */
#include "common/base/base.h"

#include "common/compress/whole.h"

#include "common/compress/compress_int.h"
#include "common/compress/stream.h"
#include "common/err/err.h"

struct WholeCodec {
    MemContext *mem;
    Coder encoders[COMPRESS_METHOD_COUNT];
    CompressSpec specs[COMPRESS_METHOD_COUNT]; /* what the encoders were opened with */
    Coder decoders[COMPRESS_METHOD_COUNT];
};

static void *encoder_for(WholeCodec *w, const CompressSpec *spec);
static void begin_frame(WholeCodec *w, CompressMethod method, const StepIo *io, bool is_first);
static void decode_frame(WholeCodec *w, CompressMethod method, StepIo *io, size_t room);
_Noreturn static void raise_limit(size_t room);

WholeCodec *whole_codec_new(void)
{
    WholeCodec *w = mem_new(WholeCodec);

    w->mem = mem_current();
    return w;
}

void whole_codec_free(WholeCodec *w)
{
    for (int m = 0; m < COMPRESS_METHOD_COUNT; m++) {
        coder_close(&w->encoders[m]);
        coder_close(&w->decoders[m]);
    }
    mem_free(w);
}

size_t compress_bound(const CompressSpec *spec, size_t len)
{
    const EncoderOps *ops = encoder_ops(spec->method);

    return ops == NULL ? len : ops->bound(spec, len);
}

size_t compress_bytes(WholeCodec *w, const CompressSpec *spec, const void *bytes, size_t len,
                      void *out, size_t room)
{
    ASSERT(room >= compress_bound(spec, len));
    if (spec->method == COMPRESS_NONE) {
        if (len > 0)
            memcpy(out, bytes, len);
        return len;
    }
    return encoder_ops(spec->method)->whole(encoder_for(w, spec), bytes, len, out, room);
}

size_t decompress_bytes(WholeCodec *w, CompressMethod method, const void *bytes, size_t len,
                        void *out, size_t room)
{
    StepIo io = {.in = bytes, .in_left = len, .out = out, .out_left = room};
    bool is_first = true;

    if (method == COMPRESS_NONE) {
        if (len > room)
            raise_limit(room);
        if (len > 0)
            memcpy(out, bytes, len);
        return len;
    }
    while (is_first || io.in_left > 0) {
        begin_frame(w, method, &io, is_first);
        decode_frame(w, method, &io, room);
        is_first = false;
    }
    return room - io.out_left;
}

static void *encoder_for(WholeCodec *w, const CompressSpec *spec)
{
    const EncoderOps *ops = encoder_ops(spec->method);
    Coder *encoder = &w->encoders[spec->method];
    CompressSpec *opened = &w->specs[spec->method];

    if (encoder->state != NULL &&
        (spec->level != opened->level || spec->workers != opened->workers ||
         spec->is_long != opened->is_long))
        coder_close(encoder);
    if (encoder->state == NULL) {
        *opened = *spec;
        coder_open_encoder(encoder, w->mem, spec);
    } else {
        ops->reset(encoder->state);
    }
    return encoder->state;
}

/* Make sure that a frame begins at io->in, and the decoder is at the begin of one. */
static void begin_frame(WholeCodec *w, CompressMethod method, const StepIo *io, bool is_first)
{
    Coder *decoder = &w->decoders[method];

    if (io->in_left < COMPRESS_SNIFF_LEN || !method_is_magic(method, io->in))
        raise_bad_file(method, !is_first ? "unexpected bytes behind the end"
                               : io->in_left < COMPRESS_SNIFF_LEN ? "unexpected end"
                                                                  : "wrong format");
    if (decoder->state == NULL)
        coder_open_decoder(decoder, w->mem, method);
    decoder_ops(method)->reset(decoder->state);
}

static void decode_frame(WholeCodec *w, CompressMethod method, StepIo *io, size_t room)
{
    const DecoderOps *ops = decoder_ops(method);
    void *decoder = w->decoders[method].state;
    bool is_done;

    do {
        is_done = ops->step(decoder, io);
        if (!is_done && io->out_left == 0) {
            /* The room is used up, which is right if no more content comes before the end. */
            uint8_t beyond[64];
            StepIo more = {io->in, io->in_left, beyond, sizeof beyond};

            is_done = ops->step(decoder, &more);
            if (more.out_left < sizeof beyond)
                raise_limit(room);
            io->in = more.in;
            io->in_left = more.in_left;
        }
        if (!is_done && io->in_left == 0)
            raise_bad_file(method, "unexpected end");
    } while (!is_done);
}

_Noreturn static void raise_limit(size_t room)
{
    err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
              .message = err_fmt("decompressed data exceeds the limit of %zu bytes", room));
}
