/*
 * stream.c - compressors and decompressors over any method; compress_int.h has the methods' part
 *
 * A decompressor is between frames (in_frame is false), where it gathers the four bytes that tell
 * whether another frame begins, or inside of one:
 *
 *     between frames --four bytes that are right--> in a frame    (decompressor_write)
 *     in a frame     --the coder saw its end------> between frames (decode)
 */
#include "common/base/base.h"

#include "common/compress/stream.h"

#include "common/base/bytes.h"
#include "common/compress/compress_int.h"
#include "common/err/err.h"

#define DECODE_ROOM KIB(128)

struct Compressor {
    const EncoderOps *ops; /* NULL: bytes pass as they are */
    Coder coder;
    ByteSink out;
    uint8_t *buffer; /* ops->room bytes, fill of which are in use */
    size_t fill;
    uint64_t bytes_in, bytes_out;
};

struct Decompressor {
    CompressMethod method;
    const DecoderOps *ops; /* NULL: bytes pass as they are */
    Coder coder;
    ByteSink out;
    uint8_t *buffer; /* DECODE_ROOM bytes */
    uint64_t bytes_out, bytes_max;
    uint64_t frame_count; /* frames that ended */
    bool in_frame;
    uint8_t magic[COMPRESS_SNIFF_LEN];
    size_t magic_len; /* bytes gathered between frames */
};

static void encode(Compressor *c, const void *bytes, size_t len, bool is_last);
static void flush(Compressor *c);
static size_t gather_magic(Decompressor *d, const uint8_t *bytes, size_t len);
static size_t decode(Decompressor *d, const uint8_t *bytes, size_t len);
static void emit(Decompressor *d, const void *bytes, size_t len);

/* ---- Methods ---- */

const EncoderOps *encoder_ops(CompressMethod method)
{
    static const EncoderOps *const ops[COMPRESS_METHOD_COUNT] = {
        [COMPRESS_GZIP] = &gzip_encoder,
        [COMPRESS_LZ4] = &lz4_encoder,
        [COMPRESS_ZSTD] = &zstd_encoder,
    };

    return ops[method];
}

const DecoderOps *decoder_ops(CompressMethod method)
{
    static const DecoderOps *const ops[COMPRESS_METHOD_COUNT] = {
        [COMPRESS_GZIP] = &gzip_decoder,
        [COMPRESS_LZ4] = &lz4_decoder,
        [COMPRESS_ZSTD] = &zstd_decoder,
    };

    return ops[method];
}

/* Frames that hold no content, common to LZ4 and zstd: 0x184D2A50 to 0x184D2A5F. */
static bool is_skippable(const uint8_t bytes[static 4])
{
    return (load_u32(bytes) & UINT32_C(0xFFFFFFF0)) == UINT32_C(0x184D2A50);
}

bool method_is_magic(CompressMethod method, const uint8_t bytes[static 4])
{
    switch (method) {
    case COMPRESS_GZIP: /* the third byte is the only method there is */
        return bytes[0] == 0x1F && bytes[1] == 0x8B && bytes[2] == 8;
    case COMPRESS_LZ4:
        return load_u32(bytes) == UINT32_C(0x184D2204) || is_skippable(bytes);
    case COMPRESS_ZSTD:
        return load_u32(bytes) == UINT32_C(0xFD2FB528) || is_skippable(bytes);
    case COMPRESS_NONE:
        break;
    }
    return false;
}

CompressMethod compress_detect(const void *bytes, size_t len)
{
    static const CompressMethod order[] = {COMPRESS_ZSTD, COMPRESS_LZ4, COMPRESS_GZIP};

    for (size_t i = 0; i < ARRAY_LEN(order); i++)
        if (len >= COMPRESS_SNIFF_LEN && method_is_magic(order[i], bytes))
            return order[i];
    return COMPRESS_NONE;
}

void raise_bad_file(CompressMethod method, const char *reason)
{
    err_raise(SQLSTATE_DATA_CORRUPTED, .message = err_fmt("could not decompress %s data: %s",
                                                          compress_method_name(method), reason));
}

void raise_library(CompressMethod method, const char *reason)
{
    err_raise(SQLSTATE_OUT_OF_MEMORY,
              .message = err_fmt("%s failed: %s", compress_method_name(method), reason));
}

/* Zeroed memory for a coder, and a promise to release what it will hold, come what may. */
static void *coder_new(Coder *c, MemContext *mem, size_t size, void (*release)(void *state))
{
    void *state = mem_alloc_in(mem, size);

    c->callback = mem_on_reset(mem, release, state);
    c->mem = mem;
    c->release = release;
    return state;
}

void coder_open_encoder(Coder *c, MemContext *mem, const CompressSpec *spec)
{
    const EncoderOps *ops = encoder_ops(spec->method);
    void *state = coder_new(c, mem, ops->size, ops->release);

    ops->open(state, spec);
    c->state = state;
}

void coder_open_decoder(Coder *c, MemContext *mem, CompressMethod method)
{
    const DecoderOps *ops = decoder_ops(method);
    void *state = coder_new(c, mem, ops->size, ops->release);

    ops->open(state);
    c->state = state;
}

void coder_close(Coder *c)
{
    if (c->state == NULL)
        return;
    mem_off_reset(c->mem, c->callback);
    c->release(c->state);
    mem_free(c->state);
    c->state = NULL;
}

/* ---- Compressing ---- */

Compressor *compressor_new(const CompressSpec *spec, ByteSink out)
{
    Compressor *c = mem_new(Compressor);

    c->ops = encoder_ops(spec->method);
    c->out = out;
    if (c->ops != NULL) {
        c->buffer = mem_alloc_aligned(c->ops->room, 16);
        coder_open_encoder(&c->coder, mem_current(), spec);
    }
    return c;
}

void compressor_write(Compressor *c, const void *bytes, size_t len)
{
    encode(c, bytes, len, false);
}

void compressor_finish(Compressor *c)
{
    encode(c, "", 0, true);
    flush(c);
}

void compressor_reset(Compressor *c, ByteSink out)
{
    if (c->ops != NULL)
        c->ops->reset(c->coder.state);
    c->out = out;
    c->fill = 0;
    c->bytes_in = 0;
    c->bytes_out = 0;
}

uint64_t compressor_bytes_in(const Compressor *c)
{
    return c->bytes_in;
}

uint64_t compressor_bytes_out(const Compressor *c)
{
    return c->bytes_out;
}

void compressor_free(Compressor *c)
{
    coder_close(&c->coder);
    mem_free(c->buffer);
    mem_free(c);
}

static void sink_compress(void *arg, const void *bytes, size_t len)
{
    compressor_write(arg, bytes, len);
}

ByteSink compressor_sink(Compressor *c)
{
    return (ByteSink){.write = sink_compress, .arg = c};
}

static void encode(Compressor *c, const void *bytes, size_t len, bool is_last)
{
    StepIo io = {.in = bytes, .in_left = len};
    bool is_done = false;

    c->bytes_in += len;
    if (c->ops == NULL) {
        c->bytes_out += len;
        if (len > 0)
            byte_sink_write(&c->out, bytes, len);
        return;
    }

    while (!is_done && (io.in_left > 0 || is_last)) {
        size_t in_before = io.in_left;

        io.out = c->buffer + c->fill;
        io.out_left = c->ops->room - c->fill;
        is_done = c->ops->step(c->coder.state, &io, is_last);
        c->fill = c->ops->room - io.out_left;

        /* A step that took nothing wants room. */
        if (!is_done && (io.in_left == in_before || io.out_left == 0))
            flush(c);
    }
}

/* Give what is in the buffer to the sink. */
static void flush(Compressor *c)
{
    size_t len = c->fill;

    c->fill = 0;
    c->bytes_out += len;
    if (len > 0)
        byte_sink_write(&c->out, c->buffer, len);
}

/* ---- Decompressing ---- */

Decompressor *decompressor_new(CompressMethod method, ByteSink out, uint64_t max_bytes)
{
    Decompressor *d = mem_new(Decompressor);

    d->method = method;
    d->ops = decoder_ops(method);
    d->out = out;
    d->bytes_max = max_bytes;
    if (d->ops != NULL) {
        d->buffer = mem_alloc_aligned(DECODE_ROOM, 16);
        coder_open_decoder(&d->coder, mem_current(), method);
    }
    return d;
}

void decompressor_write(Decompressor *d, const void *bytes, size_t len)
{
    const uint8_t *p = bytes;

    if (d->ops == NULL) {
        emit(d, bytes, len);
        return;
    }
    while (len > 0) {
        size_t taken = d->in_frame ? decode(d, p, len) : gather_magic(d, p, len);

        p += taken;
        len -= taken;
    }
}

void decompressor_finish(Decompressor *d)
{
    if (d->ops == NULL)
        return;
    if (d->in_frame || d->frame_count == 0)
        raise_bad_file(d->method, "unexpected end");
    if (d->magic_len > 0)
        raise_bad_file(d->method, "unexpected bytes behind the end");
}

void decompressor_reset(Decompressor *d, ByteSink out)
{
    d->out = out;
    d->bytes_out = 0;
    d->frame_count = 0;
    d->in_frame = false;
    d->magic_len = 0;
}

uint64_t decompressor_bytes_out(const Decompressor *d)
{
    return d->bytes_out;
}

void decompressor_free(Decompressor *d)
{
    coder_close(&d->coder);
    mem_free(d->buffer);
    mem_free(d);
}

static void sink_decompress(void *arg, const void *bytes, size_t len)
{
    decompressor_write(arg, bytes, len);
}

ByteSink decompressor_sink(Decompressor *d)
{
    return (ByteSink){.write = sink_decompress, .arg = d};
}

/* Between frames: take what is missing of four bytes, and begin a frame when they are right. */
static size_t gather_magic(Decompressor *d, const uint8_t *bytes, size_t len)
{
    size_t taken = size_min(len, COMPRESS_SNIFF_LEN - d->magic_len);

    memcpy(d->magic + d->magic_len, bytes, taken);
    d->magic_len += taken;
    if (d->magic_len < COMPRESS_SNIFF_LEN)
        return taken;

    if (!method_is_magic(d->method, d->magic))
        raise_bad_file(d->method,
                       d->frame_count == 0 ? "wrong format" : "unexpected bytes behind the end");
    d->ops->reset(d->coder.state);
    d->in_frame = true;
    decode(d, d->magic, COMPRESS_SNIFF_LEN);
    return taken;
}

/* Inside a frame: decode until all is taken or the frame ends; returns the bytes taken. */
static size_t decode(Decompressor *d, const uint8_t *bytes, size_t len)
{
    StepIo io = {.in = bytes, .in_left = len};

    do {
        io.out = d->buffer;
        io.out_left = DECODE_ROOM;
        if (d->ops->step(d->coder.state, &io)) {
            d->in_frame = false;
            d->frame_count++;
            d->magic_len = 0;
        }
        emit(d, d->buffer, DECODE_ROOM - io.out_left);
    } while (d->in_frame && (io.in_left > 0 || io.out_left == 0));
    return len - io.in_left;
}

/* Give content to the sink, within the limit. */
static void emit(Decompressor *d, const void *bytes, size_t len)
{
    if (len > d->bytes_max - d->bytes_out)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                  .message = err_fmt("decompressed data exceeds the limit of %" PRIu64 " bytes",
                                     d->bytes_max));
    d->bytes_out += len;
    if (len > 0)
        byte_sink_write(&d->out, bytes, len);
}
