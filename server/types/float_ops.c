/*
 * float_ops.c - comparisons and arithmetic of float4 and float8, with themselves and each other
 *
 * Names say the types by their digits: float48pl is float4 + float8, a float8.
 */
#include "common/base/base.h"

#include "server/types/float_int.h"
#include "server/types/types_int.h"

#define COMPARISON(name, a, operation, b)                                                  \
 Datum name(FmgrCall *call)                                                                \
 {                                                                                         \
  return datum_of_bool(float_compare((double)fmgr_##a(call, 0), (double)fmgr_##b(call, 1)) \
                           operation 0);                                                   \
 }

#define FAMILY(digits, a, b)                                                                \
 COMPARISON(float##digits##eq, a, ==, b)                                                    \
 COMPARISON(float##digits##ne, a, !=, b)                                                    \
 COMPARISON(float##digits##lt, a, <, b)                                                     \
 COMPARISON(float##digits##le, a, <=, b)                                                    \
 COMPARISON(float##digits##gt, a, >, b)                                                     \
 COMPARISON(float##digits##ge, a, >=, b)                                                    \
 Datum btfloat##digits##cmp(FmgrCall *call)                                                 \
 {                                                                                          \
  return datum_of_i32(float_compare((double)fmgr_##a(call, 0), (double)fmgr_##b(call, 1))); \
 }

FAMILY(4, f4, f4)
FAMILY(8, f8, f8)
FAMILY(48, f4, f8)
FAMILY(84, f8, f4)

#define ARITHMETIC(digits, a, b)                                                             \
 Datum float##digits##pl(FmgrCall *call)                                                     \
 {                                                                                           \
  return datum_of_f8(float8_add((double)fmgr_##a(call, 0), (double)fmgr_##b(call, 1)));      \
 }                                                                                           \
 Datum float##digits##mi(FmgrCall *call)                                                     \
 {                                                                                           \
  return datum_of_f8(float8_subtract((double)fmgr_##a(call, 0), (double)fmgr_##b(call, 1))); \
 }                                                                                           \
 Datum float##digits##mul(FmgrCall *call)                                                    \
 {                                                                                           \
  return datum_of_f8(float8_multiply((double)fmgr_##a(call, 0), (double)fmgr_##b(call, 1))); \
 }                                                                                           \
 Datum float##digits##div(FmgrCall *call)                                                    \
 {                                                                                           \
  return datum_of_f8(float8_divide((double)fmgr_##a(call, 0), (double)fmgr_##b(call, 1)));   \
 }

ARITHMETIC(8, f8, f8)
ARITHMETIC(48, f4, f8)
ARITHMETIC(84, f8, f4)

void float_raise_overflow(void)
{
    err_raise(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE, .message = "value out of range: overflow");
}

void float_raise_underflow(void)
{
    err_raise(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE, .message = "value out of range: underflow");
}

double float8_divide(double a, double b)
{
    double r;

    if (UNLIKELY(b == 0) && !isnan(a))
        types_raise_division_by_zero();
    r = a / b;
    if (UNLIKELY(isinf(r)) && !isinf(a))
        float_raise_overflow();
    if (UNLIKELY(r == 0) && a != 0 && !isinf(b))
        float_raise_underflow();
    return r;
}

/* ---- float4 with float4 ---- */

static Datum checked_f4(float r, bool may_be_infinite, bool may_be_zero)
{
    if (UNLIKELY(isinf(r)) && !may_be_infinite)
        float_raise_overflow();
    if (UNLIKELY(r == 0) && !may_be_zero)
        float_raise_underflow();
    return datum_of_f4(r);
}

Datum float4pl(FmgrCall *call)
{
    float a = fmgr_f4(call, 0), b = fmgr_f4(call, 1);

    return checked_f4(a + b, isinf(a) || isinf(b), true);
}

Datum float4mi(FmgrCall *call)
{
    float a = fmgr_f4(call, 0), b = fmgr_f4(call, 1);

    return checked_f4(a - b, isinf(a) || isinf(b), true);
}

Datum float4mul(FmgrCall *call)
{
    float a = fmgr_f4(call, 0), b = fmgr_f4(call, 1);

    return checked_f4(a * b, isinf(a) || isinf(b), a == 0 || b == 0);
}

Datum float4div(FmgrCall *call)
{
    float a = fmgr_f4(call, 0), b = fmgr_f4(call, 1);

    if (b == 0 && !isnan(a))
        types_raise_division_by_zero();
    return checked_f4(a / b, isinf(a), a == 0 || isinf(b));
}

/* ---- One operand; the larger and the smaller of two ---- */

#define SINGLE(digits, a, absolute)                                                \
 Datum float##digits##um(FmgrCall *call)                                           \
 {                                                                                 \
  return datum_of_##a(-fmgr_##a(call, 0));                                         \
 }                                                                                 \
 Datum float##digits##up(FmgrCall *call)                                           \
 {                                                                                 \
  return fmgr_arg(call, 0);                                                        \
 }                                                                                 \
 Datum float##digits##abs(FmgrCall *call)                                          \
 {                                                                                 \
  return datum_of_##a(absolute(fmgr_##a(call, 0)));                                \
 }                                                                                 \
 Datum float##digits##larger(FmgrCall *call)                                       \
 {                                                                                 \
  int order = float_compare((double)fmgr_##a(call, 0), (double)fmgr_##a(call, 1)); \
                                                                                   \
  return fmgr_arg(call, order > 0 ? 0 : 1);                                        \
 }                                                                                 \
 Datum float##digits##smaller(FmgrCall *call)                                      \
 {                                                                                 \
  int order = float_compare((double)fmgr_##a(call, 0), (double)fmgr_##a(call, 1)); \
                                                                                   \
  return fmgr_arg(call, order < 0 ? 0 : 1);                                        \
 }

SINGLE(4, f4, fabsf)
SINGLE(8, f8, fabs)
