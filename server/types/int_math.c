/*
 * int_math.c - arithmetic and bits of int2, int4 and int8, with themselves and each other
 *
 * Names say the types by their digits: int24pl is int2 + int4, an int4. What does not fit raises
 * 22003 with the name of the result's type.
 */
#include "common/base/base.h"

#include "server/types/types_int.h"

#define NAME_i16     "smallint"
#define NAME_i32     "integer"
#define NAME_i64     "bigint"
#define TYPE_i16     int16_t
#define TYPE_i32     int32_t
#define TYPE_i64     int64_t
#define UNSIGNED_i16 uint16_t
#define UNSIGNED_i32 uint32_t
#define UNSIGNED_i64 uint64_t

#define CHECKED(name, a, operation, b, r)                                              \
 Datum name(FmgrCall *call)                                                            \
 {                                                                                     \
  TYPE_##r result;                                                                     \
                                                                                       \
  if (__builtin_##operation##_overflow(fmgr_##a(call, 0), fmgr_##b(call, 1), &result)) \
   types_raise_range(NAME_##r);                                                        \
  return datum_of_##r(result);                                                         \
 }

/* The least number divided by -1 does not fit, and traps on some machines. */
#define DIVISION(name, a, b, r)                          \
 Datum name(FmgrCall *call)                              \
 {                                                       \
  TYPE_##r x = fmgr_##a(call, 0), y = fmgr_##b(call, 1); \
                                                         \
  if (y == 0)                                            \
   types_raise_division_by_zero();                       \
  if (y == -1) {                                         \
   if (__builtin_sub_overflow((TYPE_##r)0, x, &x))       \
    types_raise_range(NAME_##r);                         \
   return datum_of_##r(x);                               \
  }                                                      \
  return datum_of_##r((TYPE_##r)(x / y));                \
 }

#define ARITHMETIC(digits, a, b, r)      \
 CHECKED(int##digits##pl, a, add, b, r)  \
 CHECKED(int##digits##mi, a, sub, b, r)  \
 CHECKED(int##digits##mul, a, mul, b, r) \
 DIVISION(int##digits##div, a, b, r)

ARITHMETIC(2, i16, i16, i16)
ARITHMETIC(4, i32, i32, i32)
ARITHMETIC(8, i64, i64, i64)
ARITHMETIC(24, i16, i32, i32)
ARITHMETIC(42, i32, i16, i32)
ARITHMETIC(28, i16, i64, i64)
ARITHMETIC(82, i64, i16, i64)
ARITHMETIC(48, i32, i64, i64)
ARITHMETIC(84, i64, i32, i64)

#define BITS(digits, a, name, operation)                                          \
 Datum int##digits##name(FmgrCall *call)                                          \
 {                                                                                \
  return datum_of_##a((TYPE_##a)(fmgr_##a(call, 0) operation fmgr_##a(call, 1))); \
 }

/*
 * Shifts take their count as the machine does, from its lowest bits. An int2 is shifted as the int
 * that C makes of it.
 */
#define SHIFTS(digits, a, wide, mask)                                                              \
 Datum int##digits##shl(FmgrCall *call)                                                            \
 {                                                                                                 \
  return datum_of_##a(                                                                             \
      (TYPE_##a)((UNSIGNED_##wide)fmgr_##a(call, 0) << (fmgr_i32(call, 1) & (mask))));             \
 }                                                                                                 \
 Datum int##digits##shr(FmgrCall *call)                                                            \
 {                                                                                                 \
  return datum_of_##a((TYPE_##a)((TYPE_##wide)fmgr_##a(call, 0) >> (fmgr_i32(call, 1) & (mask)))); \
 }

/* The remainder of -1 is 0 without a division, as the least number divided by it would trap. */
#define SINGLE(digits, a)                                                           \
 Datum int##digits##um(FmgrCall *call)                                              \
 {                                                                                  \
  return negate_##a(fmgr_##a(call, 0));                                             \
 }                                                                                  \
 Datum int##digits##up(FmgrCall *call)                                              \
 {                                                                                  \
  return fmgr_arg(call, 0);                                                         \
 }                                                                                  \
 Datum int##digits##abs(FmgrCall *call)                                             \
 {                                                                                  \
  return fmgr_##a(call, 0) < 0 ? negate_##a(fmgr_##a(call, 0)) : fmgr_arg(call, 0); \
 }                                                                                  \
 Datum int##digits##not(FmgrCall * call)                                            \
 {                                                                                  \
  return datum_of_##a((TYPE_##a) ~fmgr_##a(call, 0));                               \
 }                                                                                  \
 Datum int##digits##mod(FmgrCall *call)                                             \
 {                                                                                  \
  TYPE_##a y = fmgr_##a(call, 1);                                                   \
                                                                                    \
  if (y == 0)                                                                       \
   types_raise_division_by_zero();                                                  \
  return datum_of_##a(y == -1 ? 0 : (TYPE_##a)(fmgr_##a(call, 0) % y));             \
 }

#define NEGATION(a)                               \
 static Datum negate_##a(TYPE_##a v)              \
 {                                                \
  if (__builtin_sub_overflow((TYPE_##a)0, v, &v)) \
   types_raise_range(NAME_##a);                   \
  return datum_of_##a(v);                         \
 }

NEGATION(i16)
NEGATION(i32)
NEGATION(i64)

SINGLE(2, i16)
SINGLE(4, i32)
SINGLE(8, i64)

BITS(2, i16, and, &)
BITS(2, i16, or, |)
BITS(2, i16, xor, ^)
BITS(4, i32, and, &)
BITS(4, i32, or, |)
BITS(4, i32, xor, ^)
BITS(8, i64, and, &)
BITS(8, i64, or, |)
BITS(8, i64, xor, ^)

SHIFTS(2, i16, i32, 31)
SHIFTS(4, i32, i32, 31)
SHIFTS(8, i64, i64, 63)

Datum int4inc(FmgrCall *call)
{
    int32_t v;

    if (__builtin_add_overflow(fmgr_i32(call, 0), 1, &v))
        types_raise_range(NAME_i32);
    return datum_of_i32(v);
}

static Datum step(int64_t v, int64_t by)
{
    if (__builtin_add_overflow(v, by, &v))
        types_raise_range(NAME_i64);
    return datum_of_i64(v);
}

Datum int8inc(FmgrCall *call)
{
    return step(fmgr_i64(call, 0), 1);
}

Datum int8dec(FmgrCall *call)
{
    return step(fmgr_i64(call, 0), -1);
}

/* count() of expressions: what is counted does not matter. */
Datum int8inc_any(FmgrCall *call)
{
    return int8inc(call);
}

Datum int8dec_any(FmgrCall *call)
{
    return int8dec(call);
}

Datum int8inc_float8_float8(FmgrCall *call)
{
    return int8inc(call);
}

/* Of two numbers below zero; the result is not, but for the least number itself. */
static int64_t divisor(int64_t a, int64_t b)
{
    /* Below zero there is room for the least number; -1 divides everything, and never is divided by
     * in the loop. */
    if (a > 0)
        a = -a;
    if (b > 0)
        b = -b;
    if (a == -1 || b == -1)
        return 1;
    while (b != 0) {
        int64_t rest = a % b;

        a = b;
        b = rest;
        if (b == -1)
            return 1;
    }
    return a == INT64_MIN ? a : -a;
}

Datum int4gcd(FmgrCall *call)
{
    int64_t v = divisor(fmgr_i32(call, 0), fmgr_i32(call, 1));

    if (v > INT32_MAX)
        types_raise_range(NAME_i32);
    return datum_of_i32((int32_t)v);
}

Datum int8gcd(FmgrCall *call)
{
    int64_t v = divisor(fmgr_i64(call, 0), fmgr_i64(call, 1));

    if (v < 0)
        types_raise_range(NAME_i64);
    return datum_of_i64(v);
}

Datum int4lcm(FmgrCall *call)
{
    int64_t a = fmgr_i32(call, 0), b = fmgr_i32(call, 1), v;

    if (a == 0 || b == 0)
        return datum_of_i32(0);
    v = a / divisor(a, b) * b;
    if (v < 0)
        v = -v;
    if (v > INT32_MAX)
        types_raise_range(NAME_i32);
    return datum_of_i32((int32_t)v);
}

Datum int8lcm(FmgrCall *call)
{
    int64_t a = fmgr_i64(call, 0), b = fmgr_i64(call, 1), common, v;

    if (a == 0 || b == 0)
        return datum_of_i64(0);
    common = divisor(a, b);
    if (common < 0)
        types_raise_range(NAME_i64);
    if (__builtin_mul_overflow(a / common, b, &v) || v == INT64_MIN)
        types_raise_range(NAME_i64);
    return datum_of_i64(v < 0 ? -v : v);
}
