/* varlena.c - values of variable length in their four forms; varlena.h has the headers. */
#include "common/base/base.h"

#include "server/fmgr/varlena.h"

#include <string.h>

#include "common/compress/block.h"
#include "common/compress/pglz.h"
#include "common/err/err.h"
#include "common/mem/mem.h"

#define COMPRESSED_HEADER (VARLENA_HEADER + TOAST_COMPRESS_HEADER)
#define TAG_INDIRECT      1
#define TAG_EXPANDED_RO   2
#define TAG_EXPANDED_RW   3
#define TAG_ON_DISK       18
#define METHOD_SHIFT      30

typedef struct VarlenaLocal {
    VarlenaFetch fetch; /* NULL: none */
} VarlenaLocal;

static VarlenaLocal varlena;

static uint8_t *decompress(const uint8_t *v);
static uint8_t *from_short(const uint8_t *v);
static ToastPointer read_pointer(const uint8_t *v);

size_t varlena_external_size(const uint8_t *v)
{
    switch (v[1]) {
    case TAG_ON_DISK:
        return TOAST_POINTER_SIZE;
    case TAG_INDIRECT:
    case TAG_EXPANDED_RO:
    case TAG_EXPANDED_RW:
        return 2 + sizeof(void *);
    default:
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("invalid tag %u of an external value", v[1]));
    }
}

uint8_t *varlena_new(const void *bytes, size_t len)
{
    uint8_t *v;

    if (len > VARLENA_SIZE_MAX - VARLENA_HEADER)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                  .message = err_fmt("value of %zu bytes is too long", len));
    v = mem_alloc(VARLENA_HEADER + len);
    varlena_set_size(v, VARLENA_HEADER + len);
    if (len > 0)
        memcpy(v + VARLENA_HEADER, bytes, len);
    return v;
}

size_t varlena_raw_size(const uint8_t *v)
{
    if (varlena_is_external(v))
        return read_pointer(v).raw_size + VARLENA_HEADER;
    if (varlena_is_compressed(v))
        return (load_u32(v + VARLENA_HEADER) & TOAST_RAW_SIZE_MAX) + VARLENA_HEADER;
    return varlena_len(v) + VARLENA_HEADER;
}

const uint8_t *varlena_packed(const uint8_t *v)
{
    v = varlena_fetched(v);
    return varlena_is_compressed(v) ? decompress(v) : v;
}

const uint8_t *varlena_plain(const uint8_t *v)
{
    v = varlena_packed(v);
    return varlena_is_short(v) ? from_short(v) : v;
}

const uint8_t *varlena_fetched(const uint8_t *v)
{
    ToastPointer pointer;

    if (!varlena_is_external(v))
        return v;
    pointer = read_pointer(v);
    if (varlena.fetch == NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "values that are stored out of line cannot be read yet");
    return varlena.fetch(&pointer);
}

uint8_t *varlena_compress(const uint8_t *v, ToastMethod method)
{
    size_t len = varlena_len(v), used;
    uint8_t *out;

    if (method == TOAST_PGLZ && len < PGLZ_LEN_MIN)
        return NULL;
    out = mem_alloc(COMPRESSED_HEADER + len);
    if (method == TOAST_PGLZ)
        used = pglz_compress(varlena_bytes(v), len, out + COMPRESSED_HEADER, len);
    else
        used = block_compress(BLOCK_LZ4, varlena_bytes(v), len, out + COMPRESSED_HEADER, len);

    /* As the server does: what saves less than two bytes is not worth unpacking it. */
    if (used == 0 || COMPRESSED_HEADER + used + 2 >= len) {
        mem_free(out);
        return NULL;
    }
    store_u32(out, (uint32_t)((COMPRESSED_HEADER + used) << 2 | 2));
    store_u32(out + VARLENA_HEADER, (uint32_t)len | (uint32_t)method << METHOD_SHIFT);
    return out;
}

void varlena_set_fetch(VarlenaFetch fetch)
{
    varlena.fetch = fetch;
}

static uint8_t *decompress(const uint8_t *v)
{
    size_t size = varlena_size(v);
    ByteReader r = byte_reader(v, size, "compressed value");
    ToastCompressed info;
    uint8_t *out;

    byte_reader_take(&r, VARLENA_HEADER);
    info = toast_compressed_read(&r);
    if (info.raw_size > VARLENA_SIZE_MAX - VARLENA_HEADER)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("compressed value has the raw size %u", info.raw_size));
    out = mem_alloc(VARLENA_HEADER + (size_t)info.raw_size);
    varlena_set_size(out, VARLENA_HEADER + (size_t)info.raw_size);
    block_decompress(info.method == TOAST_PGLZ ? BLOCK_PGLZ : BLOCK_LZ4, r.pos,
                     byte_reader_left(&r), out + VARLENA_HEADER, info.raw_size);
    return out;
}

static uint8_t *from_short(const uint8_t *v)
{
    return varlena_new(varlena_bytes(v), varlena_len(v));
}

static ToastPointer read_pointer(const uint8_t *v)
{
    ByteReader r = byte_reader(v, varlena_external_size(v), "external value");

    return toast_pointer_read(&r);
}
