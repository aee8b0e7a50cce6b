/*
 * toast_pointer.h - values that are stored out of line, or compressed in line
 *
 * In a tuple a long value is 18 bytes without alignment: 0x01, the tag 18, raw size (with its
 * header of 4), stored size and method, the value's id, the TOAST table. Compressed in line it
 * keeps a header of 4 whose low bits are 10, then 4 bytes with raw size (without header) and
 * method; stored out of line, its chunks begin with these same 4 bytes.
 *
 * Source: varatt.h's layout as in postgres.h of PostgreSQL 15; dumped rows.
 */
#ifndef FORMAT_TOAST_POINTER_H
#define FORMAT_TOAST_POINTER_H

#include "common/base/base.h"
#include "common/base/bytes.h"

#define TOAST_POINTER_SIZE    18
#define TOAST_CHUNK_SIZE      1996 /* bytes of all chunks but the last */
#define TOAST_RAW_SIZE_MAX    0x3FFFFFFF
#define TOAST_COMPRESS_HEADER 4 /* before compressed bytes: raw size and method */
#define TOAST_VARLENA_HEADER  4

typedef enum ToastMethod { TOAST_PGLZ, TOAST_LZ4 } ToastMethod;

typedef struct ToastPointer {
    uint32_t raw_size;    /* bytes of the value, without header */
    uint32_t stored_size; /* bytes of all chunks together */
    bool is_compressed;
    ToastMethod method; /* when compressed */
    Oid value_id;       /* chunk_id */
    Oid rel_id;         /* OID of the TOAST table */
} ToastPointer;

/* What precedes compressed bytes. */
typedef struct ToastCompressed {
    uint32_t raw_size; /* without header */
    ToastMethod method;
} ToastCompressed;

/* True when a value in a tuple begins a stored-out pointer. */
static inline bool toast_is_pointer(const uint8_t *value)
{
    return value[0] == 0x01;
}

/*
 * Read a stored-out pointer. Raises SQLSTATE_DATA_CORRUPTED for another tag, an unknown method, and
 * sizes that cannot be; 0A000 for the tags of values in memory, which no file holds.
 */
ToastPointer toast_pointer_read(ByteReader *r);
void toast_pointer_write(const ToastPointer *pointer, uint8_t out[TOAST_POINTER_SIZE]);

/* Read the 4 bytes before compressed bytes; raises as above. */
ToastCompressed toast_compressed_read(ByteReader *r);

/* How many chunks a value has. */
static inline uint32_t toast_chunk_count(const ToastPointer *pointer)
{
    return (pointer->stored_size + TOAST_CHUNK_SIZE - 1) / TOAST_CHUNK_SIZE;
}

#endif
