/*
 * float_agg.c - averages, variances and regressions of floating-point numbers
 *
 * The state is an array of float8: how many values, their sum, and the sum of the squares of their
 * distances from the mean (Youngs and Cramer), which loses little however far the mean is from 0.
 * For a regression there are two sums of each, and the sum of products. The squares of what is not
 * finite are NaN.
 */
#include "common/base/base.h"

#include <math.h>

#include "common/base/bytes.h"
#include "server/types/float_int.h"
#include "server/types/types_int.h"

#define ARRAY_OVERHEAD  24 /* of an array of one dimension without NULLs */
#define TYPE_OID_FLOAT8 701

enum { N, SX, SXX, SY, SYY, SXY };

#define VARIANCE_LEN   3
#define REGRESSION_LEN 6

/* The numbers in an array. */
static double *numbers_of(const uint8_t *array)
{
    return (double *)(uintptr_t)(array + ARRAY_OVERHEAD);
}

static const uint8_t *state_arg(const FmgrCall *call, int arg, int len, const char *caller)
{
    const uint8_t *v = fmgr_plain(call, arg);

    if (UNLIKELY(load_u32(v + 4) != 1 || load_u32(v + 16) != (uint32_t)len ||
                 load_u32(v + 8) != 0 || load_u32(v + 12) != TYPE_OID_FLOAT8))
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("%s: expected %d-element float8 array", caller, len));
    return v;
}

/* A state that may be changed: the aggregate's own, or a copy. */
static uint8_t *own_state(const FmgrCall *call, const uint8_t *state)
{
    if (LIKELY(fmgr_aggregate_mem(call) != NULL && state == fmgr_pointer(call, 0)))
        return fmgr_pointer(call, 0);
    return mem_dup(state, varlena_size(state));
}

/* ---- One column ---- */

static Datum accumulate(FmgrCall *call, double value, const char *caller)
{
    uint8_t *state = own_state(call, state_arg(call, 0, VARIANCE_LEN, caller));
    double *s = numbers_of(state);
    double n = s[N] + 1.0, sum = s[SX] + value, squares = s[SXX];

    if (s[N] > 0.0) {
        double distance = value * n - sum;

        squares += distance * distance / (n * s[N]);
        if (UNLIKELY(isinf(sum) || isinf(squares))) {
            if (!isinf(s[SX]) && !isinf(value))
                float_raise_overflow();
            squares = (double)NAN;
        }
    } else if (!isfinite(value)) {
        squares = (double)NAN;
    }
    s[N] = n;
    s[SX] = sum;
    s[SXX] = squares;
    return datum_of_pointer(state);
}

Datum float8_accum(FmgrCall *call)
{
    return accumulate(call, fmgr_f8(call, 1), "float8_accum");
}

Datum float4_accum(FmgrCall *call)
{
    return accumulate(call, (double)fmgr_f4(call, 1), "float4_accum");
}

/* The squares (or products) of two states in one: with those between their means. */
static double joined_squares(const double *a, const double *b, int which, double dx, double dy)
{
    double r = a[which] + b[which] + a[N] * b[N] * dx * dy / (a[N] + b[N]);

    if (isinf(r) && !isinf(a[which]) && !isinf(b[which]))
        float_raise_overflow();
    return r;
}

Datum float8_combine(FmgrCall *call)
{
    const uint8_t *array_a, *array_b;
    uint8_t *out;
    const double *a, *b;
    double *s, distance;

    array_a = state_arg(call, 0, VARIANCE_LEN, "float8_combine");
    array_b = state_arg(call, 1, VARIANCE_LEN, "float8_combine");
    a = numbers_of(array_a);
    b = numbers_of(array_b);
    if (a[N] == 0)
        return datum_of_pointer(mem_dup(array_b, varlena_size(array_b)));
    if (b[N] == 0)
        return datum_of_pointer(array_a);
    distance = a[SX] / a[N] - b[SX] / b[N];
    out = own_state(call, array_a);
    s = numbers_of(out);
    s[SXX] = joined_squares(a, b, SXX, distance, distance);
    s[SX] = float8_add(a[SX], b[SX]);
    s[N] = a[N] + b[N];
    return datum_of_pointer(out);
}

static const double *final_state(const FmgrCall *call, int len, const char *caller)
{
    return numbers_of(state_arg(call, 0, len, caller));
}

Datum float8_avg(FmgrCall *call)
{
    const double *s = final_state(call, VARIANCE_LEN, "float8_avg");

    return s[N] == 0 ? fmgr_null(call) : datum_of_f8(s[SX] / s[N]);
}

Datum float8_var_pop(FmgrCall *call)
{
    const double *s = final_state(call, VARIANCE_LEN, "float8_var_pop");

    return s[N] == 0 ? fmgr_null(call) : datum_of_f8(s[SXX] / s[N]);
}

Datum float8_var_samp(FmgrCall *call)
{
    const double *s = final_state(call, VARIANCE_LEN, "float8_var_samp");

    return s[N] <= 1 ? fmgr_null(call) : datum_of_f8(s[SXX] / (s[N] - 1));
}

Datum float8_stddev_pop(FmgrCall *call)
{
    const double *s = final_state(call, VARIANCE_LEN, "float8_stddev_pop");

    return s[N] == 0 ? fmgr_null(call) : datum_of_f8(sqrt(s[SXX] / s[N]));
}

Datum float8_stddev_samp(FmgrCall *call)
{
    const double *s = final_state(call, VARIANCE_LEN, "float8_stddev_samp");

    return s[N] <= 1 ? fmgr_null(call) : datum_of_f8(sqrt(s[SXX] / (s[N] - 1)));
}

/* ---- Two columns: argument 1 is y, argument 2 is x ---- */

/* Infinite without an infinite value among those that went in? Else it is NaN from now on. */
static void check_square(double *square, bool was_infinite)
{
    if (LIKELY(!isinf(*square)))
        return;
    if (!was_infinite)
        float_raise_overflow();
    *square = (double)NAN;
}

static void check_regression(double *s, const double *old, double x, double y)
{
    bool is_x = isinf(old[SX]) || isinf(x), is_y = isinf(old[SY]) || isinf(y);

    if ((isinf(s[SX]) && !is_x) || (isinf(s[SY]) && !is_y))
        float_raise_overflow();
    check_square(&s[SXX], is_x);
    check_square(&s[SYY], is_y);
    check_square(&s[SXY], is_x || is_y);
}

Datum float8_regr_accum(FmgrCall *call)
{
    double y = fmgr_f8(call, 1), x = fmgr_f8(call, 2);
    uint8_t *state = own_state(call, state_arg(call, 0, REGRESSION_LEN, "float8_regr_accum"));
    double *s = numbers_of(state);
    double old[REGRESSION_LEN];

    memcpy(old, s, sizeof old);
    s[N] += 1.0;
    s[SX] += x;
    s[SY] += y;
    if (old[N] > 0.0) {
        double dx = x * s[N] - s[SX], dy = y * s[N] - s[SY], scale = 1.0 / (s[N] * old[N]);

        s[SXX] += dx * dx * scale;
        s[SYY] += dy * dy * scale;
        s[SXY] += dx * dy * scale;
        check_regression(s, old, x, y);
    } else {
        if (!isfinite(x))
            s[SXX] = s[SXY] = (double)NAN;
        if (!isfinite(y))
            s[SYY] = s[SXY] = (double)NAN;
    }
    return datum_of_pointer(state);
}

Datum float8_regr_combine(FmgrCall *call)
{
    const uint8_t *array_a, *array_b;
    uint8_t *out;
    const double *a, *b;
    double *s, dx, dy;

    array_a = state_arg(call, 0, REGRESSION_LEN, "float8_regr_combine");
    array_b = state_arg(call, 1, REGRESSION_LEN, "float8_regr_combine");
    a = numbers_of(array_a);
    b = numbers_of(array_b);
    if (a[N] == 0)
        return datum_of_pointer(mem_dup(array_b, varlena_size(array_b)));
    if (b[N] == 0)
        return datum_of_pointer(array_a);
    dx = a[SX] / a[N] - b[SX] / b[N];
    dy = a[SY] / a[N] - b[SY] / b[N];
    out = own_state(call, array_a);
    s = numbers_of(out);
    s[SXX] = joined_squares(a, b, SXX, dx, dx);
    s[SYY] = joined_squares(a, b, SYY, dy, dy);
    s[SXY] = joined_squares(a, b, SXY, dx, dy);
    s[SX] = float8_add(a[SX], b[SX]);
    s[SY] = float8_add(a[SY], b[SY]);
    s[N] = a[N] + b[N];
    return datum_of_pointer(out);
}

/* What can be told from s when there are at least so many rows, and the condition holds. */
#define REGRESSION(name, rows, condition, expression)         \
 Datum name(FmgrCall *call)                                   \
 {                                                            \
  const double *s = final_state(call, REGRESSION_LEN, #name); \
                                                              \
  if (s[N] < (rows) || !(condition))                          \
   return fmgr_null(call);                                    \
  return datum_of_f8(expression);                             \
 }

REGRESSION(float8_regr_sxx, 1, true, s[SXX])
REGRESSION(float8_regr_syy, 1, true, s[SYY])
REGRESSION(float8_regr_sxy, 1, true, s[SXY])
REGRESSION(float8_regr_avgx, 1, true, s[SX] / s[N])
REGRESSION(float8_regr_avgy, 1, true, s[SY] / s[N])
REGRESSION(float8_covar_pop, 1, true, s[SXY] / s[N])
REGRESSION(float8_covar_samp, 2, true, s[SXY] / (s[N] - 1))
REGRESSION(float8_corr, 1, s[SXX] != 0 && s[SYY] != 0, s[SXY] / sqrt(s[SXX] * s[SYY]))
REGRESSION(float8_regr_r2, 1, s[SXX] != 0, s[SYY] == 0 ? 1.0 : s[SXY] * s[SXY] / (s[SXX] * s[SYY]))
REGRESSION(float8_regr_slope, 1, s[SXX] != 0, s[SXY] / s[SXX])
REGRESSION(float8_regr_intercept, 1, s[SXX] != 0, (s[SY] - s[SX] * s[SXY] / s[SXX]) / s[N])
