/*
 * base.h - the first include of every source file: integer types, limits and small helpers
 *
 * Distinct kinds of number get distinct names, so that a signature says what it takes. They are
 * plain integers of PostgreSQL's widths; nothing here allocates, raises or keeps state.
 */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#ifdef HAVE_CONFIG_H
# include "config.h"
#endif

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t Lsn;         /* byte position in the write-ahead log; 0 is "none" */
typedef uint32_t Xid;         /* transaction id, wraps around; 0 none, 1 bootstrap, 2 frozen */
typedef uint64_t FullXid;     /* transaction id with its epoch in the high half */
typedef uint32_t MultiXid;    /* multixact id, wraps around; 0 none */
typedef uint32_t MultiOffset; /* number of a multixact member, wraps around */
typedef uint32_t Cid;         /* command number inside a transaction */
typedef uint32_t Oid;         /* object id; 0 none */
typedef uint32_t RelFileNo;   /* number that names a relation's files */
typedef uint32_t BlockNo;     /* number of a block inside a fork, over all its segments */
typedef uint16_t OffsetNo;    /* number of a line pointer on a page, from 1; 0 none */
typedef uint32_t TimelineId;  /* 1 or more; 0 none */
typedef int64_t PgTime;       /* microseconds since 2000-01-01 00:00:00 UTC */

#define PG_EPOCH_UNIX       INT64_C(946684800) /* 2000-01-01 00:00:00 UTC in Unix seconds */

#define LSN_NONE            UINT64_C(0)
#define XID_NONE            UINT32_C(0)
#define BLOCK_NO_MAX        UINT32_C(0xFFFFFFFE)
#define BLOCK_NONE          UINT32_C(0xFFFFFFFF)

#define BLOCK_SIZE          8192   /* bytes of a page; other builds of PostgreSQL are refused */
#define SEGMENT_BLOCKS      131072 /* blocks in a relation file segment of 1 GiB */

#define KIB(n)              ((n)*1024)
#define MIB(n)              ((n)*1024 * 1024)
#define GIB(n)              ((n)*INT64_C(1024) * 1024 * 1024)

#define ARRAY_LEN(a)        (sizeof(a) / sizeof((a)[0]))

#define STATIC_ASSERT(cond) _Static_assert(cond, #cond)

#define LIKELY(x)           __builtin_expect(!!(x), 1)
#define UNLIKELY(x)         __builtin_expect(!!(x), 0)
#define UNUSED              __attribute__((unused))
#define NOINLINE            __attribute__((noinline))
#define ALWAYS_INLINE       inline __attribute__((always_inline))
#define MUST_USE            __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a)   __attribute__((format(printf, f, a)))

/* A bug, never bad input: checked in debug builds only. */
#ifdef HOLDFAST_DEBUG
# define ASSERT(cond) ((cond) ? (void)0 : base_assert_failed(# cond, __FILE__, __LINE__))
#else
# define ASSERT(cond) ((void)sizeof(cond))
#endif

/* Print the condition and its place, then abort. */
_Noreturn void base_assert_failed(const char *condition, const char *file, int line);

static inline bool u32_is_power_of_two(uint32_t n)
{
    return n != 0 && (n & (n - 1)) == 0;
}

static inline size_t size_min(size_t a, size_t b)
{
    return a < b ? a : b;
}

static inline size_t size_max(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* n rounded up to a multiple of align, a power of two; n must leave room for it. */
static inline size_t size_align_up(size_t n, size_t align)
{
    return (n + (align - 1)) & ~(align - 1);
}

/* As size_align_up, for positions. */
static inline uint64_t u64_align_up(uint64_t n, uint64_t align)
{
    return (n + (align - 1)) & ~(align - 1);
}

/* True when xid a was given out before xid b, in the circular order of normal xids (3 and up). */
static inline bool xid_precedes(Xid a, Xid b)
{
    if (a < 3 || b < 3)
        return a < b;
    return (int32_t)(a - b) < 0;
}

#include "common/base/banned.h"

#endif
