/*
 * pglz.h - PostgreSQL's own compression, of TOAST values and page images
 *
 * The stream is a series of groups: a control byte, then eight items, one for each of its bits from
 * the lowest. Bit 0 stands for a literal byte, bit 1 for a copy from the output so far: two bytes A
 * and B, distance (A & 0xF0) << 4 | B, 1 to 4095; length (A & 0x0F) + 3, and when that is 18 plus a
 * third byte, 3 to 273. A copy may overlap what it makes. The stream holds no size of its own.
 *
 * Source: FORMATS, "TOAST and compressed data", held against values of a real server.
 */
#ifndef COMPRESS_PGLZ_H
#define COMPRESS_PGLZ_H

#include "common/base/base.h"

/*
 * Decompress to exactly out_len bytes; false when the stream is damaged, ends early or goes on.
 * Never reads or writes outside the two buffers; out is undefined after false.
 */
bool pglz_try_decompress(const void *bytes, size_t len, void *out, size_t out_len) MUST_USE;

#define PGLZ_LEN_MIN 32 /* shorter values are not worth it */

/*
 * Compress to out, to the very bytes that PostgreSQL would make; returns how many. 0 when it does
 * not pay: fewer than PGLZ_LEN_MIN bytes, no repetition in the first 1024 bytes, not a quarter
 * saved, or more than room.
 */
size_t pglz_compress(const void *bytes, size_t len, void *out, size_t room);

#endif
