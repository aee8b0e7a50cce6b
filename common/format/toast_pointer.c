/* toast_pointer.c - read pointers to TOAST; toast_pointer.h has the layout. */
#include "common/base/base.h"

#include "common/format/toast_pointer.h"

#include "common/err/err.h"

#define TAG_POINTER  0x01
#define TAG_ON_DISK  18
#define TAG_MEMORY_1 1 /* indirect */
#define TAG_MEMORY_2 2 /* expanded, read-only */
#define TAG_MEMORY_3 3 /* expanded, read-write */
#define METHOD_SHIFT 30

static ToastCompressed split_info(uint32_t info);

ToastPointer toast_pointer_read(ByteReader *r)
{
    uint8_t first = byte_reader_u8(r), tag = byte_reader_u8(r);
    ToastPointer pointer = {.raw_size = 0};
    ToastCompressed info;
    uint32_t size_with_header;

    if (first == TAG_POINTER && tag >= TAG_MEMORY_1 && tag <= TAG_MEMORY_3)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("TOAST pointer of tag %u is not for values on disk", tag));
    if (first != TAG_POINTER || tag != TAG_ON_DISK)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("invalid TOAST pointer: begins with %02X %02X", first, tag));

    size_with_header = byte_reader_u32(r);
    info = split_info(byte_reader_u32(r));
    pointer.value_id = byte_reader_u32(r);
    pointer.rel_id = byte_reader_u32(r);
    if (size_with_header < TOAST_VARLENA_HEADER || size_with_header > TOAST_RAW_SIZE_MAX)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("invalid TOAST pointer: raw size %u", size_with_header));
    pointer.raw_size = size_with_header - TOAST_VARLENA_HEADER;
    pointer.stored_size = info.raw_size;
    if (pointer.stored_size > pointer.raw_size)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("invalid TOAST pointer: stored size %u of raw size %u",
                                     pointer.stored_size, pointer.raw_size));
    pointer.is_compressed = pointer.stored_size < pointer.raw_size;
    pointer.method = info.method;
    return pointer;
}

void toast_pointer_write(const ToastPointer *pointer, uint8_t out[TOAST_POINTER_SIZE])
{
    uint32_t method = pointer->is_compressed ? (uint32_t)pointer->method : 0;

    out[0] = TAG_POINTER;
    out[1] = TAG_ON_DISK;
    store_u32(out + 2, pointer->raw_size + TOAST_VARLENA_HEADER);
    store_u32(out + 6, pointer->stored_size | method << METHOD_SHIFT);
    store_u32(out + 10, pointer->value_id);
    store_u32(out + 14, pointer->rel_id);
}

ToastCompressed toast_compressed_read(ByteReader *r)
{
    return split_info(byte_reader_u32(r));
}

static ToastCompressed split_info(uint32_t info)
{
    uint32_t method = info >> METHOD_SHIFT;

    if (method > TOAST_LZ4)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("invalid compression method id %u", method));
    return (ToastCompressed){.raw_size = info & TOAST_RAW_SIZE_MAX, .method = (ToastMethod)method};
}
