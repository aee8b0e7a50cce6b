/* number_range.c - bounds of windows over numbers, and buckets of floating-point numbers. */
#include "common/base/base.h"

#include <math.h>

#include "server/types/float_int.h"
#include "server/types/types_int.h"

static _Noreturn void raise_offset(void)
{
    err_raise(SQLSTATE_INVALID_PRECEDING_OR_FOLLOWING_SIZE,
              .message = "invalid preceding or following size in window function");
}

/* ---- in_range(value, base, offset, is_before, is_less) ---- */

/* The sum of two of the base's type: what is beyond it is beyond all values. */
static Datum int_range(const FmgrCall *call, int64_t value, int64_t base, int64_t offset)
{
    bool is_before = fmgr_bool(call, 3), is_less = fmgr_bool(call, 4);
    int64_t bound;

    if (offset < 0)
        raise_offset();
    if (is_before ? __builtin_sub_overflow(base, offset, &bound)
                  : __builtin_add_overflow(base, offset, &bound))
        return datum_of_bool(is_before ? !is_less : is_less);
    return datum_of_bool(is_less ? value <= bound : value >= bound);
}

#define INT_RANGE(name, type, offset_type)                                                         \
 Datum name(FmgrCall *call)                                                                        \
 {                                                                                                 \
  return int_range(call, fmgr_##type(call, 0), fmgr_##type(call, 1), fmgr_##offset_type(call, 2)); \
 }

INT_RANGE(in_range_int2_int2, i16, i16)
INT_RANGE(in_range_int2_int4, i16, i32)
INT_RANGE(in_range_int2_int8, i16, i64)
INT_RANGE(in_range_int4_int2, i32, i16)
INT_RANGE(in_range_int4_int4, i32, i32)
INT_RANGE(in_range_int4_int8, i32, i64)
INT_RANGE(in_range_int8_int8, i64, i64)

static Datum float_range(const FmgrCall *call, double value, double base, double offset)
{
    bool is_before = fmgr_bool(call, 3), is_less = fmgr_bool(call, 4);
    double bound;

    if (isnan(offset) || offset < 0)
        raise_offset();

    /* NaN is above all, and at no distance from itself. */
    if (isnan(value))
        return datum_of_bool(isnan(base) || !is_less);
    if (isnan(base))
        return datum_of_bool(is_less);

    /* Infinitely far from an infinity may be anything. */
    if (isinf(offset) && isinf(base) && (is_before ? base > 0 : base < 0))
        return datum_of_bool(true);
    bound = is_before ? base - offset : base + offset;
    return datum_of_bool(is_less ? value <= bound : value >= bound);
}

Datum in_range_float8_float8(FmgrCall *call)
{
    return float_range(call, fmgr_f8(call, 0), fmgr_f8(call, 1), fmgr_f8(call, 2));
}

Datum in_range_float4_float8(FmgrCall *call)
{
    return float_range(call, (double)fmgr_f4(call, 0), (double)fmgr_f4(call, 1), fmgr_f8(call, 2));
}

/* ---- width_bucket() ---- */

static _Noreturn void raise_bucket(const char *message)
{
    err_raise(SQLSTATE_INVALID_ARGUMENT_FOR_WIDTH_BUCKET_FUNCTION, .message = message);
}

/* How far v is from one bound to the other, of 0 to 1, without overflow. */
static double share(double v, double from, double to)
{
    if (!isinf(to - from))
        return (v - from) / (to - from);
    return (v / 2 - from / 2) / (to / 2 - from / 2);
}

Datum width_bucket_float8(FmgrCall *call)
{
    double v = fmgr_f8(call, 0), from = fmgr_f8(call, 1), to = fmgr_f8(call, 2), bucket;
    int32_t count = fmgr_i32(call, 3);

    if (count <= 0)
        raise_bucket("count must be greater than zero");
    if (isnan(v) || isnan(from) || isnan(to))
        raise_bucket("operand, lower bound, and upper bound cannot be NaN");
    if (isinf(from) || isinf(to))
        raise_bucket("lower and upper bounds must be finite");
    if (from == to)
        raise_bucket("lower bound cannot equal upper bound");
    if (from < to ? v < from : v > from)
        return datum_of_i32(0);
    if (from < to ? v >= to : v <= to) {
        if (count == INT32_MAX)
            types_raise_range("integer");
        return datum_of_i32(count + 1);
    }

    /* Rounded up to 1 it would be the next. */
    bucket = count * share(v, from, to);
    return datum_of_i32(bucket >= count ? count : (int32_t)bucket + 1);
}
