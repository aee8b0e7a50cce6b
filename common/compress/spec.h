/*
 * spec.h - how to compress: method, level and options, and their text "METHOD[:DETAIL]"
 *
 * The text is that of PostgreSQL's --compress and of BASE_BACKUP's COMPRESSION options, messages
 * included: METHOD is none, gzip, lz4 or zstd in lower case; DETAIL is a level, or a list
 * "level=N,workers=N,long[=on]" (workers and long: zstd only). Where an option stands twice the
 * last one counts. "long" is PostgreSQL 16's, the rest 15's.
 *
 * Source: observed on servers and tools 15.20 and 16.14 (tests/unit/common/compress/spec_test.c).
 */
#ifndef COMPRESS_SPEC_H
#define COMPRESS_SPEC_H

#include "common/base/base.h"

typedef enum CompressMethod {
    COMPRESS_NONE,
    COMPRESS_GZIP,
    COMPRESS_LZ4,
    COMPRESS_ZSTD,
} CompressMethod;

#define COMPRESS_METHOD_COUNT 4

typedef struct CompressSpec {
    CompressMethod method;
    int level;        /* gzip 1 to 9, or -1 default; lz4 0 (default) to 12; zstd -131072 to 22 */
    unsigned workers; /* zstd: threads that compress; 0 compresses in the caller's thread */
    bool is_long;     /* zstd: find repetitions over a window of 128 MiB */
} CompressSpec;

/* The method with its default level and no options. */
CompressSpec compress_spec(CompressMethod method);

/*
 * Read "METHOD[:DETAIL]"; a caller with prefixes ("server-") takes them off first. Raises
 * SQLSTATE_SYNTAX_ERROR.
 */
CompressSpec compress_spec_parse(const char *text);

/* As compress_spec_parse, and a bare number too: a level of gzip, 0 for none. */
CompressSpec compress_spec_parse_option(const char *text);

/* The same from its two halves, as BASE_BACKUP has them; detail may be NULL. */
CompressSpec compress_spec_make(const char *method, const char *detail);

/* "none", "gzip", "lz4", "zstd". */
const char *compress_method_name(CompressMethod method);

/* What names of compressed files end in: "", ".gz", ".lz4", ".zst". */
const char *compress_method_suffix(CompressMethod method);

/* The method whose suffix the name ends in; COMPRESS_NONE for any other. */
CompressMethod compress_method_of_name(const char *name);

#endif
