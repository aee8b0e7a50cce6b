/*
 * block.h - compressed blocks without a file format around them: page images in WAL, TOAST values
 *
 * The size of the content is known from outside and must be met to the byte. LZ4 is its raw block
 * format, zstd a frame.
 */
#ifndef COMPRESS_BLOCK_H
#define COMPRESS_BLOCK_H

#include "common/base/base.h"

typedef enum BlockMethod {
    BLOCK_PGLZ,
    BLOCK_LZ4,
    BLOCK_ZSTD,
} BlockMethod;

/* "pglz", "lz4", "zstd". */
const char *block_method_name(BlockMethod method);

/*
 * Decompress to exactly out_len bytes at out. Raises SQLSTATE_DATA_CORRUPTED when the block is
 * damaged or its content has another size; out is then undefined.
 */
void block_decompress(BlockMethod method, const void *bytes, size_t len, void *out, size_t out_len);

/* As above, but false instead of a raise; only want of memory raises. */
bool block_try_decompress(BlockMethod method, const void *bytes, size_t len, void *out,
                          size_t out_len) MUST_USE;

/* Compress to out; returns the bytes used, 0 when they would not fit into room. */
size_t block_compress(BlockMethod method, const void *bytes, size_t len, void *out, size_t room);

/* Give back the contexts of zstd that wait to be used again, when no thread uses one. */
void block_drop_spares(void);

#endif
