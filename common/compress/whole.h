/*
 * whole.h - compress or decompress a whole buffer at once, e.g. a WAL segment
 *
 * The formats are those of stream.h. A WholeCodec keeps the libraries' contexts from call to call;
 * it belongs to the memory context that was current when it was made, and to one thread.
 */
#ifndef COMPRESS_WHOLE_H
#define COMPRESS_WHOLE_H

#include "common/base/base.h"

#include "common/compress/spec.h"

typedef struct WholeCodec WholeCodec;

WholeCodec *whole_codec_new(void);
void whole_codec_free(WholeCodec *w);

/* Room that is enough for len bytes, whatever they are. */
size_t compress_bound(const CompressSpec *spec, size_t len);

/* Compress to out, which has compress_bound() bytes; returns the bytes used. */
size_t compress_bytes(WholeCodec *w, const CompressSpec *spec, const void *bytes, size_t len,
                      void *out, size_t room);

/*
 * Decompress to out; returns the bytes used. Raises SQLSTATE_PROGRAM_LIMIT_EXCEEDED when room is
 * not enough, SQLSTATE_DATA_CORRUPTED as in stream.h.
 */
size_t decompress_bytes(WholeCodec *w, CompressMethod method, const void *bytes, size_t len,
                        void *out, size_t room);

#endif
