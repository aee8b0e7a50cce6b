/*
 * float_int.h - what the files of floating-point numbers share: order, arithmetic that is checked
 *
 * NaN is equal to itself and above all else. A result that is infinite though no operand is, or
 * zero though it should not be, raises 22003.
 */
#ifndef TYPES_FLOAT_INT_H
#define TYPES_FLOAT_INT_H

#include "common/base/base.h"

#include <math.h>

_Noreturn void float_raise_overflow(void);
_Noreturn void float_raise_underflow(void);

static inline int float_compare(double a, double b)
{
    if (UNLIKELY(isnan(a) || isnan(b)))
        return isnan(a) - isnan(b) == 0 ? 0 : isnan(a) ? 1 : -1;
    return (a > b) - (a < b);
}

static inline double float8_add(double a, double b)
{
    double r = a + b;

    if (UNLIKELY(isinf(r)) && !isinf(a) && !isinf(b))
        float_raise_overflow();
    return r;
}

static inline double float8_subtract(double a, double b)
{
    double r = a - b;

    if (UNLIKELY(isinf(r)) && !isinf(a) && !isinf(b))
        float_raise_overflow();
    return r;
}

static inline double float8_multiply(double a, double b)
{
    double r = a * b;

    if (UNLIKELY(isinf(r)) && !isinf(a) && !isinf(b))
        float_raise_overflow();
    if (UNLIKELY(r == 0) && a != 0 && b != 0)
        float_raise_underflow();
    return r;
}

double float8_divide(double a, double b);

#endif
