/* library_faults.c - functions that stand before those of the libraries. */
#include "common/base/base.h"

#include "tests/unit/common/compress/library_faults.h"

#include <dlfcn.h>
#include <lz4frame.h>
#include <stddef.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

static const char *failing_function;

void library_faults_set(const char *function)
{
    failing_function = function;
}

static bool is_failing(const char *function)
{
    return failing_function != NULL && strcmp(failing_function, function) == 0;
}

/* Define FUNCTION with these parameters: give FAILURE when it is to fail, else call the library. */
#define FAULTY(type, function, parameters, arguments, failure) \
 type function parameters                                      \
 {                                                             \
  static type(*real) parameters;                               \
                                                               \
  if (is_failing(#function))                                   \
   return failure;                                             \
  if (real == NULL)                                            \
   *(void **)&real = dlsym(RTLD_NEXT, #function);              \
  return real arguments;                                       \
 }

FAULTY(int, deflateInit2_,
       (z_streamp stream, int level, int method, int bits, int mem_level, int strategy,
        const char *version, int size),
       (stream, level, method, bits, mem_level, strategy, version, size), Z_MEM_ERROR)
FAULTY(int, deflate, (z_streamp stream, int flush), (stream, flush), Z_STREAM_ERROR)
FAULTY(int, inflateInit2_, (z_streamp stream, int bits, const char *version, int size),
       (stream, bits, version, size), Z_MEM_ERROR)
FAULTY(int, inflate, (z_streamp stream, int flush), (stream, flush), Z_MEM_ERROR)
FAULTY(ZSTD_CCtx *, ZSTD_createCCtx, (void), (), NULL)
FAULTY(ZSTD_DCtx *, ZSTD_createDCtx, (void), (), NULL)
FAULTY(size_t, ZSTD_decompressStream,
       (ZSTD_DStream * handle, ZSTD_outBuffer *out, ZSTD_inBuffer *in), (handle, out, in),
       (size_t)-ZSTD_error_memory_allocation)

/* Errors of these two libraries are the negatives of small numbers, of which -1 is the general. */
FAULTY(size_t, ZSTD_CCtx_setParameter, (ZSTD_CCtx * handle, ZSTD_cParameter parameter, int value),
       (handle, parameter, value), (size_t)-1)
FAULTY(LZ4F_errorCode_t, LZ4F_createCompressionContext, (LZ4F_cctx * *handle, unsigned version),
       (handle, version), (size_t)-1)
FAULTY(LZ4F_errorCode_t, LZ4F_createDecompressionContext, (LZ4F_dctx * *handle, unsigned version),
       (handle, version), (size_t)-1)

#define LZ4F_ALLOCATION_FAILED 9 /* by its place in the list of lz4frame.h */

FAULTY(size_t, LZ4F_decompress,
       (LZ4F_dctx * handle, void *out, size_t *out_len, const void *in, size_t *in_len,
        const LZ4F_decompressOptions_t *options),
       (handle, out, out_len, in, in_len, options), (size_t)-LZ4F_ALLOCATION_FAILED)
