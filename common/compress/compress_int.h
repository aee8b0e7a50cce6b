/*
 * compress_int.h - what a method of compression does, step by step
 *
 * A coder (an encoder or a decoder) is a struct of its method that holds a handle of the library.
 * stream.c and whole.c make it, drive it and give it back; a method says the steps, in one file.
 */
#ifndef COMPRESS_COMPRESS_INT_H
#define COMPRESS_COMPRESS_INT_H

#include "common/base/base.h"

#include "common/compress/spec.h"
#include "common/mem/mem.h"

/* Bytes for a step to take, and room for those it makes; a step moves all four. */
typedef struct StepIo {
    const uint8_t *in;
    size_t in_left;
    uint8_t *out;
    size_t out_left;
} StepIo;

/* Move past what a step took and made. */
static inline void step_io_move(StepIo *io, size_t taken, size_t made)
{
    io->in += taken;
    io->in_left -= taken;
    io->out += made;
    io->out_left -= made;
}

typedef struct EncoderOps {
    size_t size; /* bytes of the coder */
    size_t room; /* with so much room a step can always go on */

    /* Once, on zeroed memory. */
    void (*open)(void *coder, const CompressSpec *spec);

    /* Back to the begin of a file. */
    void (*reset)(void *coder);

    /* True when is_last and the end of the file is out. A step may want to be called again. */
    bool (*step)(void *coder, StepIo *io, bool is_last);

    /* A whole file at once; room is what bound() says for len. */
    size_t (*whole)(void *coder, const void *bytes, size_t len, void *out, size_t room);
    size_t (*bound)(const CompressSpec *spec, size_t len);

    /* Give the handle back, if open got so far. */
    void (*release)(void *coder);
} EncoderOps;

typedef struct DecoderOps {
    size_t size;
    void (*open)(void *coder);
    void (*reset)(void *coder);            /* to the begin of a frame */
    bool (*step)(void *coder, StepIo *io); /* true: the end of the frame was read */
    void (*release)(void *coder);
} DecoderOps;

extern const EncoderOps gzip_encoder, lz4_encoder, zstd_encoder;
extern const DecoderOps gzip_decoder, lz4_decoder, zstd_decoder;

/* NULL for COMPRESS_NONE. */
const EncoderOps *encoder_ops(CompressMethod method);
const DecoderOps *decoder_ops(CompressMethod method);

/* True when a file of the method, or another frame of it, may begin so. */
bool method_is_magic(CompressMethod method, const uint8_t bytes[static 4]);

/* A coder that is open, with the memory context that gives its handle back at the latest. */
typedef struct Coder {
    void *state; /* NULL when there is none */
    void (*release)(void *state);
    MemContext *mem;
    MemCallback *callback;
} Coder;

void coder_open_encoder(Coder *c, MemContext *mem, const CompressSpec *spec);
void coder_open_decoder(Coder *c, MemContext *mem, CompressMethod method);
void coder_close(Coder *c); /* nothing when there is none */

/* What the library says when a file is bad: "could not decompress zstd data: ..." */
_Noreturn void raise_bad_file(CompressMethod method, const char *reason);

/* The library failed at what cannot fail but for want of memory. */
_Noreturn void raise_library(CompressMethod method, const char *reason);

#endif
