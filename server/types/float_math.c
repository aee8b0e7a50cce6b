/*
 * float_math.c - roots, powers, logarithms, trigonometry, random numbers
 *
 * What a function is not defined for, and results that are infinite or zero though they should not
 * be, are errors. Sines and the like of degrees are exact where they ought to be: each is scaled by
 * a value computed in the same way whose result is known.
 */
#include "common/base/base.h"

#include <math.h>

#include "server/types/float_int.h"
#include "server/types/types_int.h"

#define PI                 3.14159265358979323846
#define RADIANS_PER_DEGREE 0.0174532925199432957692

static _Noreturn void raise_input(void)
{
    err_raise(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE, .message = "input is out of range");
}

static Datum checked(double result, bool may_be_infinite, bool may_be_zero)
{
    if (UNLIKELY(isinf(result)) && !may_be_infinite)
        float_raise_overflow();
    if (UNLIKELY(result == 0) && !may_be_zero)
        float_raise_underflow();
    return datum_of_f8(result);
}

/* ---- Rounding ---- */

Datum dround(FmgrCall *call)
{
    return datum_of_f8(rint(fmgr_f8(call, 0)));
}

Datum dceil(FmgrCall *call)
{
    return datum_of_f8(ceil(fmgr_f8(call, 0)));
}

Datum dfloor(FmgrCall *call)
{
    return datum_of_f8(floor(fmgr_f8(call, 0)));
}

Datum dtrunc(FmgrCall *call)
{
    double v = fmgr_f8(call, 0);

    return datum_of_f8(v >= 0 ? floor(v) : -floor(-v));
}

Datum dsign(FmgrCall *call)
{
    double v = fmgr_f8(call, 0);

    return datum_of_f8((v > 0) - (v < 0));
}

/* ---- Roots, powers, logarithms ---- */

Datum dsqrt(FmgrCall *call)
{
    double v = fmgr_f8(call, 0);

    if (v < 0)
        err_raise(SQLSTATE_INVALID_ARGUMENT_FOR_POWER_FUNCTION,
                  .message = "cannot take square root of a negative number");
    return checked(sqrt(v), isinf(v), v == 0);
}

Datum dcbrt(FmgrCall *call)
{
    double v = fmgr_f8(call, 0);

    return checked(cbrt(v), isinf(v), v == 0);
}

/* With an infinite operand no library can be trusted. */
static double power_of_infinity(double base, double exponent)
{
    bool is_odd = floor(exponent / 2) != exponent / 2;

    if (isinf(exponent)) {
        double size = fabs(base);

        if (size == 1)
            return 1;
        return (exponent > 0) == (size > 1) ? (double)INFINITY : 0;
    }
    if (exponent == 0)
        return 1;
    if (base > 0)
        return exponent > 0 ? base : 0;
    if (exponent > 0)
        return is_odd ? base : -base;
    return is_odd ? -0.0 : 0.0;
}

Datum dpow(FmgrCall *call)
{
    double base = fmgr_f8(call, 0), exponent = fmgr_f8(call, 1);

    if (isnan(base) || isnan(exponent))
        return datum_of_f8(base == 1 || exponent == 0 ? 1 : (double)NAN);
    if (base == 0 && exponent < 0)
        err_raise(SQLSTATE_INVALID_ARGUMENT_FOR_POWER_FUNCTION,
                  .message = "zero raised to a negative power is undefined");
    if (base < 0 && floor(exponent) != exponent)
        err_raise(SQLSTATE_INVALID_ARGUMENT_FOR_POWER_FUNCTION,
                  .message =
                      "a negative number raised to a non-integer power yields a complex result");
    if (isinf(base) || isinf(exponent))
        return datum_of_f8(power_of_infinity(base, exponent));
    return checked(pow(base, exponent), false, base == 0);
}

Datum dexp(FmgrCall *call)
{
    double v = fmgr_f8(call, 0);

    return checked(exp(v), isinf(v), isinf(v));
}

static void check_logarithm(double v)
{
    if (v == 0)
        err_raise(SQLSTATE_INVALID_ARGUMENT_FOR_LOGARITHM,
                  .message = "cannot take logarithm of zero");
    if (v < 0)
        err_raise(SQLSTATE_INVALID_ARGUMENT_FOR_LOGARITHM,
                  .message = "cannot take logarithm of a negative number");
}

Datum dlog1(FmgrCall *call)
{
    double v = fmgr_f8(call, 0);

    check_logarithm(v);
    return checked(log(v), isinf(v), v == 1);
}

Datum dlog10(FmgrCall *call)
{
    double v = fmgr_f8(call, 0);

    check_logarithm(v);
    return checked(log10(v), isinf(v), v == 1);
}

/* ---- Trigonometry ---- */

/* A NaN comes out without the bits that it went in with; hyperbolic functions keep them. */
static Datum plain_result(double v)
{
    return datum_of_f8(isnan(v) ? (double)NAN : v);
}

#define UNBOUNDED(name, expression) \
 Datum name(FmgrCall *call)         \
 {                                  \
  double v = fmgr_f8(call, 0);      \
                                    \
  if (isinf(v))                     \
   raise_input();                   \
  return plain_result(expression);  \
 }

UNBOUNDED(dcos, cos(v))
UNBOUNDED(dsin, sin(v))
UNBOUNDED(dtan, tan(v))
UNBOUNDED(dcot, 1.0 / tan(v))

/* NaN passes. */
static double within_one(double v)
{
    if (v < -1 || v > 1)
        raise_input();
    return v;
}

Datum dacos(FmgrCall *call)
{
    return plain_result(acos(within_one(fmgr_f8(call, 0))));
}

Datum dasin(FmgrCall *call)
{
    return plain_result(asin(within_one(fmgr_f8(call, 0))));
}

Datum datan(FmgrCall *call)
{
    return plain_result(atan(fmgr_f8(call, 0)));
}

Datum datan2(FmgrCall *call)
{
    return plain_result(atan2(fmgr_f8(call, 0), fmgr_f8(call, 1)));
}

Datum dsinh(FmgrCall *call)
{
    return datum_of_f8(sinh(fmgr_f8(call, 0)));
}

Datum dcosh(FmgrCall *call)
{
    return datum_of_f8(cosh(fmgr_f8(call, 0)));
}

Datum dtanh(FmgrCall *call)
{
    return datum_of_f8(tanh(fmgr_f8(call, 0)));
}

Datum dasinh(FmgrCall *call)
{
    return datum_of_f8(asinh(fmgr_f8(call, 0)));
}

Datum dacosh(FmgrCall *call)
{
    double v = fmgr_f8(call, 0);

    if (v < 1)
        raise_input();
    return datum_of_f8(acosh(v));
}

Datum datanh(FmgrCall *call)
{
    return datum_of_f8(atanh(within_one(fmgr_f8(call, 0))));
}

/* ---- In degrees ---- */

/* What the library has for angles whose functions are known; computed when the program runs. */
typedef struct DegreeConstants {
    double sin_30, one_less_cos_60, asin_half, acos_half, atan_one, tan_45, cot_45;
} DegreeConstants;

static const DegreeConstants *degree_constants(void);

static double sine_to_30(double v)
{
    return sin(v * RADIANS_PER_DEGREE) / degree_constants()->sin_30 / 2.0;
}

static double cosine_to_60(double v)
{
    double one_less = 1.0 - cos(v * RADIANS_PER_DEGREE);

    return 1.0 - one_less / degree_constants()->one_less_cos_60 / 2.0;
}

/* Of 0 to 90 degrees. */
static double sine(double v)
{
    return v <= 30 ? sine_to_30(v) : cosine_to_60(90 - v);
}

static double cosine(double v)
{
    return v <= 60 ? cosine_to_60(v) : sine_to_30(90 - v);
}

static const DegreeConstants *degree_constants(void)
{
    static DegreeConstants c;
    static bool is_set;
    volatile double thirty = 30, sixty = 60, half = 0.5, one = 1; /* not for the compiler */

    if (LIKELY(is_set))
        return &c;
    c.sin_30 = sin(thirty * RADIANS_PER_DEGREE);
    c.one_less_cos_60 = 1.0 - cos(sixty * RADIANS_PER_DEGREE);
    c.asin_half = asin(half);
    c.acos_half = acos(half);
    c.atan_one = atan(one);
    is_set = true;
    c.tan_45 = sine(45) / cosine(45);
    c.cot_45 = cosine(45) / sine(45);
    return &c;
}

/* An angle brought to the first quadrant, and what that did to the signs of its functions. */
typedef struct Quadrant {
    double v;
    double sine_sign, cosine_sign;
} Quadrant;

static Quadrant quadrant(double v)
{
    Quadrant q = {.v = fmod(v, 360), .sine_sign = 1, .cosine_sign = 1};

    if (isinf(v))
        raise_input();
    if (q.v < 0) {
        q.v = -q.v;
        q.sine_sign = -q.sine_sign;
    }
    if (q.v > 180) {
        q.v = 360 - q.v;
        q.sine_sign = -q.sine_sign;
    }
    if (q.v > 90) {
        q.v = 180 - q.v;
        q.cosine_sign = -q.cosine_sign;
    }
    return q;
}

Datum dsind(FmgrCall *call)
{
    Quadrant q = quadrant(fmgr_f8(call, 0));

    return plain_result(q.sine_sign * sine(q.v));
}

Datum dcosd(FmgrCall *call)
{
    Quadrant q = quadrant(fmgr_f8(call, 0));

    return plain_result(q.cosine_sign * cosine(q.v));
}

/* Never minus zero. */
static Datum positive_zero(double v)
{
    return plain_result(v == 0 ? 0 : v);
}

Datum dtand(FmgrCall *call)
{
    Quadrant q = quadrant(fmgr_f8(call, 0));

    return positive_zero(q.sine_sign * q.cosine_sign *
                         (sine(q.v) / cosine(q.v) / degree_constants()->tan_45));
}

Datum dcotd(FmgrCall *call)
{
    Quadrant q = quadrant(fmgr_f8(call, 0));

    return positive_zero(q.sine_sign * q.cosine_sign *
                         (cosine(q.v) / sine(q.v) / degree_constants()->cot_45));
}

/* v is from 0 to 1. */
static double arc_sine(double v)
{
    if (v <= 0.5)
        return asin(v) / degree_constants()->asin_half * 30.0;
    return 90.0 - acos(v) / degree_constants()->acos_half * 60.0;
}

static double arc_cosine(double v)
{
    if (v <= 0.5)
        return 90.0 - asin(v) / degree_constants()->asin_half * 30.0;
    return acos(v) / degree_constants()->acos_half * 60.0;
}

Datum dasind(FmgrCall *call)
{
    double v = within_one(fmgr_f8(call, 0));

    return plain_result(v >= 0 ? arc_sine(v) : -arc_sine(-v));
}

Datum dacosd(FmgrCall *call)
{
    double v = within_one(fmgr_f8(call, 0));

    return plain_result(v >= 0 ? arc_cosine(v) : 90.0 + arc_sine(-v));
}

Datum datand(FmgrCall *call)
{
    return plain_result(atan(fmgr_f8(call, 0)) / degree_constants()->atan_one * 45.0);
}

Datum datan2d(FmgrCall *call)
{
    double y = fmgr_f8(call, 0), x = fmgr_f8(call, 1);

    return plain_result(atan2(y, x) / degree_constants()->atan_one * 45.0);
}

Datum degrees(FmgrCall *call)
{
    return datum_of_f8(float8_divide(fmgr_f8(call, 0), RADIANS_PER_DEGREE));
}

Datum radians(FmgrCall *call)
{
    return datum_of_f8(float8_multiply(fmgr_f8(call, 0), RADIANS_PER_DEGREE));
}

Datum dpi(FmgrCall *call)
{
    (void)call;
    return datum_of_f8(PI);
}
