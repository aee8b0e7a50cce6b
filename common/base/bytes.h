/*
 * bytes.h - numbers in memory that has no alignment, and readers over foreign bytes
 *
 * load_* and store_* move one number to or from any address; the machine is little-endian, which is
 * asserted below. ByteReader walks over bytes that came from wire, disk or archive: each
 * step checks what is left and raises SQLSTATE_DATA_CORRUPTED at the end ("unexpected end of X"),
 * so callers never do pointer arithmetic on input.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include "common/base/base.h"

#include <string.h>

STATIC_ASSERT(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

static inline uint16_t load_u16(const void *p)
{
    uint16_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint32_t load_u32(const void *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint64_t load_u64(const void *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint16_t load_be16(const void *p)
{
    return __builtin_bswap16(load_u16(p));
}

static inline uint32_t load_be32(const void *p)
{
    return __builtin_bswap32(load_u32(p));
}

static inline uint64_t load_be64(const void *p)
{
    return __builtin_bswap64(load_u64(p));
}

static inline void store_u16(void *p, uint16_t v)
{
    memcpy(p, &v, sizeof v);
}

static inline void store_u32(void *p, uint32_t v)
{
    memcpy(p, &v, sizeof v);
}

static inline void store_u64(void *p, uint64_t v)
{
    memcpy(p, &v, sizeof v);
}

static inline void store_be16(void *p, uint16_t v)
{
    store_u16(p, __builtin_bswap16(v));
}

static inline void store_be32(void *p, uint32_t v)
{
    store_u32(p, __builtin_bswap32(v));
}

static inline void store_be64(void *p, uint64_t v)
{
    store_u64(p, __builtin_bswap64(v));
}

typedef struct ByteReader {
    const uint8_t *pos; /* next byte */
    const uint8_t *end; /* one past the last */
    const char *what;   /* names the input in the error, e.g. "WAL record" */
} ByteReader;

/* Raise SQLSTATE_DATA_CORRUPTED: the input named by what ended too early. In common/err. */
_Noreturn void bytes_raise_short(const char *what, size_t wanted, size_t left);

/* bytes may be NULL when len is 0. */
static inline ByteReader byte_reader(const void *bytes, size_t len, const char *what)
{
    const uint8_t *p = bytes == NULL ? (const uint8_t *)"" : bytes;
    return (ByteReader){.pos = p, .end = p + len, .what = what};
}

static inline size_t byte_reader_left(const ByteReader *r)
{
    return (size_t)(r->end - r->pos);
}

/* The next n bytes, in place; the reader moves past them. */
static inline const uint8_t *byte_reader_take(ByteReader *r, size_t n)
{
    const uint8_t *p = r->pos;

    if (UNLIKELY(byte_reader_left(r) < n))
        bytes_raise_short(r->what, n, byte_reader_left(r));
    r->pos += n;
    return p;
}

/* Copy the next n bytes to out. */
static inline void byte_reader_copy(ByteReader *r, void *out, size_t n)
{
    memcpy(out, byte_reader_take(r, n), n);
}

static inline uint8_t byte_reader_u8(ByteReader *r)
{
    return *byte_reader_take(r, 1);
}

static inline uint16_t byte_reader_u16(ByteReader *r)
{
    return load_u16(byte_reader_take(r, 2));
}

static inline uint32_t byte_reader_u32(ByteReader *r)
{
    return load_u32(byte_reader_take(r, 4));
}

static inline uint64_t byte_reader_u64(ByteReader *r)
{
    return load_u64(byte_reader_take(r, 8));
}

static inline uint16_t byte_reader_be16(ByteReader *r)
{
    return load_be16(byte_reader_take(r, 2));
}

static inline uint32_t byte_reader_be32(ByteReader *r)
{
    return load_be32(byte_reader_take(r, 4));
}

static inline uint64_t byte_reader_be64(ByteReader *r)
{
    return load_be64(byte_reader_take(r, 8));
}

/* The next NUL-terminated string, in place; raises when no NUL is left. */
static inline const char *byte_reader_cstring(ByteReader *r)
{
    const uint8_t *nul = memchr(r->pos, 0, byte_reader_left(r));

    if (UNLIKELY(nul == NULL))
        bytes_raise_short(r->what, byte_reader_left(r) + 1, byte_reader_left(r));
    return (const char *)byte_reader_take(r, (size_t)(nul - r->pos) + 1);
}

/* Where bytes go, or come from, piece by piece: the joint between streams. */
typedef struct ByteSink {
    void (*write)(void *arg, const void *bytes, size_t len); /* takes all, or raises */
    void *arg;
} ByteSink;

typedef struct ByteSource {
    size_t (*read)(void *arg, void *bytes, size_t max); /* 0 at the end; raises on failure */
    void *arg;
} ByteSource;

static inline void byte_sink_write(const ByteSink *sink, const void *bytes, size_t len)
{
    sink->write(sink->arg, bytes, len);
}

static inline size_t byte_source_read(const ByteSource *source, void *bytes, size_t max)
{
    return source->read(source->arg, bytes, max);
}

#endif
