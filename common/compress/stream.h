/*
 * stream.h - compressing and decompressing as bytes pass by
 *
 * A Compressor takes bytes and writes a file of its method to a sink: a gzip member (RFC 1952), an
 * LZ4 frame or a zstd frame, the last two with a checksum of the content. A Decompressor reads such
 * files, and a series of them joined end to end, as gzip, lz4 and zstd do. COMPRESS_NONE passes
 * bytes on as they are. Sinks may raise; afterwards the stream can only be freed or reset.
 *
 * Both belong to the memory context that was current when they were made; what the libraries hold
 * is given back when it is reset, or by the free function before that.
 */
#ifndef COMPRESS_STREAM_H
#define COMPRESS_STREAM_H

#include "common/base/base.h"
#include "common/base/bytes.h"

#include "common/compress/spec.h"

#define COMPRESS_SNIFF_LEN 4 /* bytes that tell the method of a file */

/*
 * The method by the first bytes of a file (fewer than COMPRESS_SNIFF_LEN when it is shorter);
 * COMPRESS_NONE for what is none of them. A skippable frame counts as zstd.
 */
CompressMethod compress_detect(const void *bytes, size_t len);

typedef struct Compressor Compressor;

Compressor *compressor_new(const CompressSpec *spec, ByteSink out);
void compressor_write(Compressor *c, const void *bytes, size_t len);

/*
 * Write what is left and the end of the file. Without any bytes before, that is a file of none.
 * After it the stream can only be reset or freed.
 */
void compressor_finish(Compressor *c);

/* Begin another file with the same settings, dropping what was not finished; keeps the memory. */
void compressor_reset(Compressor *c, ByteSink out);

uint64_t compressor_bytes_in(const Compressor *c);  /* of this file so far */
uint64_t compressor_bytes_out(const Compressor *c); /* given to the sink so far */
void compressor_free(Compressor *c);

typedef struct Decompressor Decompressor;

#define DECOMPRESS_NO_LIMIT UINT64_MAX

/*
 * At most max_bytes come out, else SQLSTATE_PROGRAM_LIMIT_EXCEEDED is raised: a small file can
 * grow a thousandfold and more. Files that were made with a window over 128 MiB are refused.
 */
Decompressor *decompressor_new(CompressMethod method, ByteSink out, uint64_t max_bytes);

/* Raises SQLSTATE_DATA_CORRUPTED for what is damaged, of another format or behind the end. */
void decompressor_write(Decompressor *d, const void *bytes, size_t len);

/* Raises SQLSTATE_DATA_CORRUPTED when the file is not complete. */
void decompressor_finish(Decompressor *d);

/* Begin another file of the same method and limit; keeps the memory. */
void decompressor_reset(Decompressor *d, ByteSink out);

uint64_t decompressor_bytes_out(const Decompressor *d);
void decompressor_free(Decompressor *d);

/* Sinks that feed a stream, to put one behind another; the stream must outlive them. */
ByteSink compressor_sink(Compressor *c);
ByteSink decompressor_sink(Decompressor *d);

#endif
