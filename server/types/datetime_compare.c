/*
 * datetime_compare.c - comparisons and hashes of dates, times, timestamps and intervals
 *
 * Days and moments are compared with each other as moments; what no timestamp can hold lies
 * between the finite ones and infinity.
 */
#include "common/base/base.h"

#include "server/fmgr/hash_any.h"
#include "server/types/datetime.h"
#include "server/types/types_int.h"

#define COMPARISON(name, read_a, operation, read_b)                \
 Datum name(FmgrCall *call)                                        \
 {                                                                 \
  return datum_of_bool(read_a(call, 0) operation read_b(call, 1)); \
 }

#define ORDER(name, read_a, read_b)                 \
 Datum name(FmgrCall *call)                         \
 {                                                  \
  int64_t a = read_a(call, 0), b = read_b(call, 1); \
                                                    \
  return datum_of_i32((a > b) - (a < b));           \
 }

#define FAMILY(left, right, read_a, read_b)       \
 COMPARISON(left##_eq##right, read_a, ==, read_b) \
 COMPARISON(left##_ne##right, read_a, !=, read_b) \
 COMPARISON(left##_lt##right, read_a, <, read_b)  \
 COMPARISON(left##_le##right, read_a, <=, read_b) \
 COMPARISON(left##_gt##right, read_a, >, read_b)  \
 COMPARISON(left##_ge##right, read_a, >=, read_b) \
 ORDER(left##_cmp##right, read_a, read_b)

#define CHOICES(type, read)                                     \
 Datum type##_larger(FmgrCall *call)                            \
 {                                                              \
  return fmgr_arg(call, read(call, 0) > read(call, 1) ? 0 : 1); \
 }                                                              \
 Datum type##_smaller(FmgrCall *call)                           \
 {                                                              \
  return fmgr_arg(call, read(call, 0) < read(call, 1) ? 0 : 1); \
 }

/* By an order of two values instead of values that can be compared. */
#define BY_ORDER(name, read, compare, operation)                           \
 Datum name(FmgrCall *call)                                                \
 {                                                                         \
  return datum_of_bool(compare(read(call, 0), read(call, 1)) operation 0); \
 }

#define FAMILY_BY_ORDER(type, read, compare)                                \
 BY_ORDER(type##_eq, read, compare, ==)                                     \
 BY_ORDER(type##_ne, read, compare, !=)                                     \
 BY_ORDER(type##_lt, read, compare, <)                                      \
 BY_ORDER(type##_le, read, compare, <=)                                     \
 BY_ORDER(type##_gt, read, compare, >)                                      \
 BY_ORDER(type##_ge, read, compare, >=)                                     \
 Datum type##_cmp(FmgrCall *call)                                           \
 {                                                                          \
  return datum_of_i32(compare(read(call, 0), read(call, 1)));               \
 }                                                                          \
 Datum type##_larger(FmgrCall *call)                                        \
 {                                                                          \
  return fmgr_arg(call, compare(read(call, 0), read(call, 1)) > 0 ? 0 : 1); \
 }                                                                          \
 Datum type##_smaller(FmgrCall *call)                                       \
 {                                                                          \
  return fmgr_arg(call, compare(read(call, 0), read(call, 1)) < 0 ? 0 : 1); \
 }

/* ---- What an argument is as a moment ---- */

static Timestamp of_date(const FmgrCall *call, int n)
{
    return timestamp_of_date_clamped(fmgr_i32(call, n));
}

static Timestamp zoned_of_date(const FmgrCall *call, int n)
{
    return timestamptz_of_date_clamped(fmgr_i32(call, n));
}

static Timestamp zoned_of_local(const FmgrCall *call, int n)
{
    return timestamptz_of_local_clamped(fmgr_i64(call, n));
}

FAMILY(date, , fmgr_i32, fmgr_i32)
CHOICES(date, fmgr_i32)
FAMILY(time, , fmgr_i64, fmgr_i64)
CHOICES(time, fmgr_i64)
FAMILY(timestamp, , fmgr_i64, fmgr_i64)
CHOICES(timestamp, fmgr_i64)
FAMILY(date, _timestamp, of_date, fmgr_i64)
FAMILY(timestamp, _date, fmgr_i64, of_date)
FAMILY(date, _timestamptz, zoned_of_date, fmgr_i64)
FAMILY(timestamptz, _date, fmgr_i64, zoned_of_date)
FAMILY(timestamp, _timestamptz, zoned_of_local, fmgr_i64)
FAMILY(timestamptz, _timestamp, fmgr_i64, zoned_of_local)

/* ---- timetz: by moment of the day, then by zone ---- */

static int order_of(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

int timetz_compare(const TimeTz *a, const TimeTz *b)
{
    int order = order_of(a->usec + a->zone * USECS_PER_SEC, b->usec + b->zone * USECS_PER_SEC);

    return order != 0 ? order : order_of(a->zone, b->zone);
}

FAMILY_BY_ORDER(timetz, fmgr_timetz, timetz_compare)

/* ---- interval: a month is 30 days, a day 24 hours ---- */

__int128 interval_span(const Interval *i)
{
    int64_t days = (int64_t)i->months * DAYS_PER_MONTH + i->days;

    return (__int128)days * USECS_PER_DAY + i->usec;
}

int interval_compare(const Interval *a, const Interval *b)
{
    __int128 span_a = interval_span(a), span_b = interval_span(b);

    return (span_a > span_b) - (span_a < span_b);
}

FAMILY_BY_ORDER(interval, fmgr_interval, interval_compare)

/* ---- Finite, and hashes ---- */

Datum date_finite(FmgrCall *call)
{
    return datum_of_bool(date_is_finite(fmgr_i32(call, 0)));
}

Datum timestamp_finite(FmgrCall *call)
{
    return datum_of_bool(timestamp_is_finite(fmgr_i64(call, 0)));
}

Datum interval_finite(FmgrCall *call)
{
    (void)call;
    return datum_of_bool(true);
}

Datum time_hash(FmgrCall *call)
{
    return hashint8(call);
}

Datum time_hash_extended(FmgrCall *call)
{
    return hashint8extended(call);
}

Datum timestamp_hash(FmgrCall *call)
{
    return hashint8(call);
}

Datum timestamp_hash_extended(FmgrCall *call)
{
    return hashint8extended(call);
}

Datum timetz_hash(FmgrCall *call)
{
    const TimeTz *t = fmgr_timetz(call, 0);
    uint32_t usec =
        datum_u32(fmgr_call_direct(hashint8, 0, 1, (const Datum[]){datum_of_i64(t->usec)}));

    return datum_of_u32(usec ^ hash_any_u32((uint32_t)t->zone));
}

Datum timetz_hash_extended(FmgrCall *call)
{
    const TimeTz *t = fmgr_timetz(call, 0);
    Datum seed = fmgr_arg(call, 1);
    uint64_t usec =
        fmgr_call_direct(hashint8extended, 0, 2, (const Datum[]){datum_of_i64(t->usec), seed});

    return (Datum)(usec ^ hash_any_u32_seeded((uint32_t)t->zone, (uint64_t)seed));
}

Datum interval_hash(FmgrCall *call)
{
    int64_t span = (int64_t)interval_span(fmgr_interval(call, 0));

    return fmgr_call_direct(hashint8, 0, 1, (const Datum[]){datum_of_i64(span)});
}

Datum interval_hash_extended(FmgrCall *call)
{
    int64_t span = (int64_t)interval_span(fmgr_interval(call, 0));

    return fmgr_call_direct(hashint8extended, 0, 2,
                            (const Datum[]){datum_of_i64(span), fmgr_arg(call, 1)});
}
