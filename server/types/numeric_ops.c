/*
 * numeric_ops.c - the operators and functions of numeric, as SQL calls them
 *
 * What NaN and the infinities give is decided here, arithmetic gets finite values alone.
 */
#include "common/base/base.h"

#include <math.h>

#include "server/fmgr/hash_any.h"
#include "server/ipc/interrupt.h"
#include "server/types/comparisons.h"
#include "server/types/numeric.h"
#include "server/types/numeric_int.h"
#include "server/types/types_int.h"

/* ---- Order ---- */

/* -2 for minus infinity, 2 and 3 for infinity and NaN, 0 for all that is finite. */
static int order_class(const Num *n)
{
    static const int classes[] = {0, 0, 3, 2, -2};

    return classes[n->sign];
}

static int compare_nums(const Num *a, const Num *b)
{
    int a_class = order_class(a), b_class = order_class(b);

    if (UNLIKELY(a_class != 0 || b_class != 0))
        return (a_class > b_class) - (a_class < b_class);
    return num_compare(a, b);
}

int numeric_compare(Datum a, Datum b)
{
    Num x, y;

    num_load(&x, a);
    num_load(&y, b);
    return compare_nums(&x, &y);
}

static int compare_args(FmgrCall *call)
{
    return numeric_compare(call->args[0].value, call->args[1].value);
}

Datum numeric_cmp(FmgrCall *call)
{
    return datum_of_i32(compare_args(call));
}

COMPARISONS(numeric_, , compare_args(call) == 0, compare_args(call))

Datum numeric_smaller(FmgrCall *call)
{
    return fmgr_arg(call, compare_args(call) < 0 ? 0 : 1);
}

Datum numeric_larger(FmgrCall *call)
{
    return fmgr_arg(call, compare_args(call) > 0 ? 0 : 1);
}

Datum hash_numeric(FmgrCall *call)
{
    Num n;

    num_load_arg(&n, call, 0);
    if (num_is_special(&n))
        return datum_of_u32(0);
    num_strip(&n);
    if (n.count == 0)
        return datum_of_u32(UINT32_MAX);
    return datum_of_u32(hash_any(n.digits, (size_t)n.count * sizeof(int16_t)) ^ (uint32_t)n.weight);
}

Datum hash_numeric_extended(FmgrCall *call)
{
    uint64_t seed = (uint64_t)fmgr_i64(call, 1);
    Num n;

    num_load_arg(&n, call, 0);
    if (num_is_special(&n))
        return datum_of_i64((int64_t)seed);
    num_strip(&n);
    if (n.count == 0)
        return datum_of_i64((int64_t)(seed - 1));
    return datum_of_i64(
        (int64_t)(hash_any_seeded(n.digits, (size_t)n.count * sizeof(int16_t), seed) ^
                  (uint64_t)(int64_t)n.weight));
}

/* ---- Arithmetic ---- */

static Datum nan_result(void)
{
    return num_store_special(NUM_NAN);
}

static Datum infinity_result(bool is_negative)
{
    return num_store_special(is_negative ? NUM_MINUS_INFINITY : NUM_INFINITY);
}

static Datum integer_result(int64_t value)
{
    return numeric_of_i64(value);
}

static NumSign opposite(NumSign sign)
{
    static const NumSign signs[] = {NUM_NEGATIVE, NUM_POSITIVE, NUM_NAN, NUM_MINUS_INFINITY,
                                    NUM_INFINITY};

    return signs[sign];
}

/* a + b where one of them is special; b as it counts, that is, reversed for a difference. */
static Datum add_special(const Num *a, NumSign b)
{
    if (a->sign == NUM_NAN || b == NUM_NAN)
        return nan_result();
    if (!num_is_infinite(a))
        return num_store_special(b);
    if (b >= NUM_INFINITY && b != a->sign)
        return nan_result();
    return num_store_special(a->sign);
}

Datum numeric_add(FmgrCall *call)
{
    Num a, b, out;

    num_load_arg(&a, call, 0);
    num_load_arg(&b, call, 1);
    if (UNLIKELY(num_is_special(&a) || num_is_special(&b)))
        return add_special(&a, b.sign);
    num_init(&out);
    num_add(&out, &a, &b);
    return num_store(&out);
}

Datum numeric_sub(FmgrCall *call)
{
    Num a, b, out;

    num_load_arg(&a, call, 0);
    num_load_arg(&b, call, 1);
    if (UNLIKELY(num_is_special(&a) || num_is_special(&b)))
        return add_special(&a, opposite(b.sign));
    num_init(&out);
    num_sub(&out, &a, &b);
    return num_store(&out);
}

Datum numeric_mul(FmgrCall *call)
{
    Num a, b, out;

    num_load_arg(&a, call, 0);
    num_load_arg(&b, call, 1);
    if (UNLIKELY(num_is_special(&a) || num_is_special(&b))) {
        if (a.sign == NUM_NAN || b.sign == NUM_NAN || num_is_zero(&a) || num_is_zero(&b))
            return nan_result();
        return infinity_result(num_is_negative(&a) != num_is_negative(&b));
    }
    num_init(&out);
    num_mul(&out, &a, &b);
    if (out.dscale > NUM_SCALE_MAX)
        num_round(&out, NUM_SCALE_MAX);
    return num_store(&out);
}

/* a / b where one of them is special; *out stays when neither is. */
static bool divide_special(const Num *a, const Num *b, Datum *out)
{
    if (LIKELY(!num_is_special(a) && !num_is_special(b)))
        return false;
    if (a->sign == NUM_NAN || b->sign == NUM_NAN) {
        *out = nan_result();
    } else if (num_is_infinite(a)) {
        if (num_is_zero(b))
            types_raise_division_by_zero();
        *out = num_is_infinite(b) ? nan_result()
                                  : infinity_result(num_is_negative(a) != num_is_negative(b));
    } else {
        *out = integer_result(0);
    }
    return true;
}

Datum numeric_div(FmgrCall *call)
{
    Num a, b, out;
    Datum special;

    num_load_arg(&a, call, 0);
    num_load_arg(&b, call, 1);
    if (divide_special(&a, &b, &special))
        return special;
    if (b.count == 0)
        types_raise_division_by_zero();
    num_init(&out);
    num_div(&out, &a, &b, num_div_scale(&a, &b), true);
    return num_store(&out);
}

Datum numeric_div_trunc(FmgrCall *call)
{
    Num a, b, out;
    Datum special;

    num_load_arg(&a, call, 0);
    num_load_arg(&b, call, 1);
    if (divide_special(&a, &b, &special))
        return special;
    if (b.count == 0)
        types_raise_division_by_zero();
    num_init(&out);
    num_div(&out, &a, &b, 0, false);
    return num_store(&out);
}

Datum numeric_mod(FmgrCall *call)
{
    Num a, b, out;

    num_load_arg(&a, call, 0);
    num_load_arg(&b, call, 1);
    if (UNLIKELY(num_is_special(&a) || num_is_special(&b))) {
        if (a.sign == NUM_NAN || b.sign == NUM_NAN)
            return nan_result();
        if (num_is_infinite(&a)) {
            if (num_is_zero(&b))
                types_raise_division_by_zero();
            return nan_result();
        }
        return num_store(&a);
    }
    if (b.count == 0)
        types_raise_division_by_zero();
    num_init(&out);
    num_mod(&out, &a, &b, NULL);
    return num_store(&out);
}

Datum numeric_inc(FmgrCall *call)
{
    Num a, one, out;

    num_load_arg(&a, call, 0);
    if (num_is_special(&a))
        return num_store(&a);
    num_init(&one);
    num_init(&out);
    num_set_i64(&one, 1);
    num_add(&out, &a, &one);
    return num_store(&out);
}

Datum numeric_uplus(FmgrCall *call)
{
    Num a;

    num_load_arg(&a, call, 0);
    return num_store(&a);
}

Datum numeric_uminus(FmgrCall *call)
{
    Num a;

    num_load_arg(&a, call, 0);
    if (a.count > 0 || num_is_special(&a))
        a.sign = opposite(a.sign);
    return num_store(&a);
}

Datum numeric_abs(FmgrCall *call)
{
    Num a;

    num_load_arg(&a, call, 0);
    if (num_is_negative(&a))
        a.sign = opposite(a.sign);
    return num_store(&a);
}

Datum numeric_sign(FmgrCall *call)
{
    Num a;

    num_load_arg(&a, call, 0);
    if (a.sign == NUM_NAN)
        return nan_result();
    return integer_result(num_is_zero(&a) ? 0 : num_is_negative(&a) ? -1 : 1);
}

/* ---- Rounding and scale ---- */

static int32_t round_scale(FmgrCall *call)
{
    const int32_t least = -(NUM_WEIGHT_MAX + 2) * NUM_BASE_DIGITS;
    int32_t scale = fmgr_i32(call, 1);

    if (scale < least)
        return least;
    return scale > NUM_SCALE_MAX ? NUM_SCALE_MAX : scale;
}

static Datum change_scale(FmgrCall *call, void (*change)(Num *n, int32_t scale))
{
    Num a;

    num_load_arg(&a, call, 0);
    if (!num_is_special(&a)) {
        change(&a, round_scale(call));
        if (a.dscale < 0)
            a.dscale = 0;
    }
    return num_store(&a);
}

Datum numeric_round(FmgrCall *call)
{
    return change_scale(call, num_round);
}

Datum numeric_trunc(FmgrCall *call)
{
    return change_scale(call, num_cut);
}

Datum numeric_ceil(FmgrCall *call)
{
    Num a;

    num_load_arg(&a, call, 0);
    if (!num_is_special(&a))
        num_ceil(&a);
    return num_store(&a);
}

Datum numeric_floor(FmgrCall *call)
{
    Num a;

    num_load_arg(&a, call, 0);
    if (!num_is_special(&a))
        num_floor(&a);
    return num_store(&a);
}

Datum numeric_scale(FmgrCall *call)
{
    Num a;

    num_load_arg(&a, call, 0);
    return num_is_special(&a) ? fmgr_null(call) : datum_of_i32(a.dscale);
}

/* Digits after the point without the zeros at the end. */
static int32_t min_scale(Num *n)
{
    int32_t scale;

    num_strip(n);
    if (n->count == 0)
        return 0;
    scale = (n->count - n->weight - 1) * NUM_BASE_DIGITS;
    if (scale <= 0)
        return 0;
    for (int16_t last = n->digits[n->count - 1]; last % 10 == 0; last = (int16_t)(last / 10))
        scale--;
    return scale;
}

Datum numeric_min_scale(FmgrCall *call)
{
    Num a;

    num_load_arg(&a, call, 0);
    return num_is_special(&a) ? fmgr_null(call) : datum_of_i32(min_scale(&a));
}

Datum numeric_trim_scale(FmgrCall *call)
{
    Num a;

    num_load_arg(&a, call, 0);
    if (!num_is_special(&a))
        a.dscale = min_scale(&a);
    return num_store(&a);
}

/* ---- Whole numbers ---- */

/* The greatest common divisor, by Euclid; not negative. */
static void gcd(Num *out, const Num *a, const Num *b)
{
    Num x, y, rest;
    int32_t dscale = a->dscale > b->dscale ? a->dscale : b->dscale;

    num_init(&x);
    num_init(&y);
    num_init(&rest);
    num_copy(&x, a);
    num_copy(&y, b);
    while (y.count > 0) {
        num_mod(&rest, &x, &y, NULL);
        num_copy(&x, &y);
        num_copy(&y, &rest);
    }
    num_copy(out, &x);
    out->sign = NUM_POSITIVE;
    out->dscale = dscale;
}

Datum numeric_gcd(FmgrCall *call)
{
    Num a, b, out;

    num_load_arg(&a, call, 0);
    num_load_arg(&b, call, 1);
    if (num_is_special(&a) || num_is_special(&b))
        return nan_result();
    num_init(&out);
    gcd(&out, &a, &b);
    return num_store(&out);
}

Datum numeric_lcm(FmgrCall *call)
{
    Num a, b, divisor, quotient, out;

    num_load_arg(&a, call, 0);
    num_load_arg(&b, call, 1);
    if (num_is_special(&a) || num_is_special(&b))
        return nan_result();
    num_init(&divisor);
    num_init(&quotient);
    num_init(&out);
    if (a.count > 0 && b.count > 0) {
        gcd(&divisor, &a, &b);
        num_div(&quotient, &a, &divisor, 0, false);
        num_mul(&out, &quotient, &b);
        out.sign = NUM_POSITIVE;
    }
    out.dscale = a.dscale > b.dscale ? a.dscale : b.dscale;
    return num_store(&out);
}

#define FACTORIAL_MAX 32177 /* the last that can be stored */

Datum numeric_fac(FmgrCall *call)
{
    int64_t n = fmgr_i64(call, 0);
    Num product, factor, next;

    if (n < 0)
        err_raise(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE,
                  .message = "factorial of a negative number is undefined");
    if (n > FACTORIAL_MAX)
        num_raise_overflow();
    num_init(&product);
    num_init(&factor);
    num_init(&next);
    num_set_i64(&product, 1);
    for (int64_t i = 2; i <= n; i++) {
        check_interrupts();
        num_set_i64(&factor, i);
        num_mul(&next, &product, &factor);
        num_copy(&product, &next);
    }
    return num_store(&product);
}

/* ---- Functions ---- */

Datum numeric_sqrt(FmgrCall *call)
{
    Num a, out;

    num_load_arg(&a, call, 0);
    if (num_is_negative(&a))
        err_raise(SQLSTATE_INVALID_ARGUMENT_FOR_POWER_FUNCTION,
                  .message = "cannot take square root of a negative number");
    if (num_is_special(&a))
        return num_store(&a);
    num_init(&out);
    num_sqrt(&out, &a, num_scale_of_sqrt(&a));
    return num_store(&out);
}

#define EXP_CLAMP NUM_RESULT_SCALE_MAX

Datum numeric_exp(FmgrCall *call)
{
    Num a, out;
    double digits;
    int32_t scale;

    num_load_arg(&a, call, 0);
    if (num_is_special(&a))
        return a.sign == NUM_MINUS_INFINITY ? integer_result(0) : num_store(&a);
    digits = num_f8(&a) * 0.434294481903252; /* log10(e) */
    digits = fmax(fmin(digits, EXP_CLAMP), -EXP_CLAMP);
    scale = NUM_SIG_DIGITS_MIN - (int32_t)digits;
    num_init(&out);
    num_exp(&out, &a, num_limit_scale(scale > a.dscale ? scale : a.dscale));
    return num_store(&out);
}

static void check_logarithm(const Num *a)
{
    if (num_is_negative(a) || num_is_zero(a))
        err_raise(SQLSTATE_INVALID_ARGUMENT_FOR_LOGARITHM,
                  .message = num_is_zero(a) ? "cannot take logarithm of zero"
                                            : "cannot take logarithm of a negative number");
}

Datum numeric_ln(FmgrCall *call)
{
    Num a, out;
    int32_t scale;

    num_load_arg(&a, call, 0);
    check_logarithm(&a);
    if (num_is_special(&a))
        return num_store(&a);
    scale = NUM_SIG_DIGITS_MIN - num_ln_weight(&a);
    num_init(&out);
    num_ln(&out, &a, num_limit_scale(scale > a.dscale ? scale : a.dscale));
    return num_store(&out);
}

Datum numeric_log(FmgrCall *call)
{
    Num base, a, out;

    num_load_arg(&base, call, 0);
    num_load_arg(&a, call, 1);
    if (base.sign == NUM_NAN || a.sign == NUM_NAN)
        return nan_result();
    /* That of an infinity is told before that the base is zero. */
    if (num_is_infinite(&a))
        check_logarithm(&a);
    check_logarithm(&base);
    check_logarithm(&a);
    if (num_is_infinite(&base))
        return num_is_infinite(&a) ? nan_result() : integer_result(0);
    if (num_is_infinite(&a))
        return infinity_result(false);
    num_init(&out);
    num_log(&out, &base, &a);
    return num_store(&out);
}

static bool is_whole(const Num *n)
{
    return n->count <= n->weight + 1;
}

static bool is_odd(const Num *n)
{
    return n->count > 0 && n->count == n->weight + 1 && (n->digits[n->count - 1] & 1) != 0;
}

/* |base| against 1. */
static int compare_to_one(const Num *base)
{
    Num one;

    num_init(&one);
    num_set_i64(&one, 1);
    return num_compare_abs(base, &one);
}

_Noreturn static void raise_power(const char *message)
{
    err_raise(SQLSTATE_INVALID_ARGUMENT_FOR_POWER_FUNCTION, .message = message);
}

static void check_power(const Num *base, const Num *exponent)
{
    if (num_is_zero(base) && num_is_negative(exponent))
        raise_power("zero raised to a negative power is undefined");
    if (num_is_negative(base) && !num_is_infinite(exponent) && !is_whole(exponent))
        raise_power("a negative number raised to a non-integer power yields a complex result");
}

/* As POSIX has it for pow(); one of the two is not finite. */
static Datum power_special(const Num *base, const Num *exponent)
{
    if (num_is_special(base) ? num_is_zero(exponent)
                             : base->sign == NUM_POSITIVE && compare_to_one(base) == 0)
        return integer_result(1);
    if (base->sign == NUM_NAN || exponent->sign == NUM_NAN)
        return nan_result();
    check_power(base, exponent);
    if (num_is_infinite(exponent)) {
        int size = num_is_infinite(base) ? 1 : compare_to_one(base);

        if (size == 0)
            return integer_result(1);
        return (size > 0) == (exponent->sign == NUM_INFINITY) ? infinity_result(false)
                                                              : integer_result(0);
    }
    if (num_is_negative(exponent))
        return integer_result(0);
    return infinity_result(num_is_negative(base) && is_odd(exponent));
}

Datum numeric_power(FmgrCall *call)
{
    Num base, exponent, out;

    num_load_arg(&base, call, 0);
    num_load_arg(&exponent, call, 1);
    if (num_is_special(&base) || num_is_special(&exponent))
        return power_special(&base, &exponent);
    check_power(&base, &exponent);
    num_init(&out);
    num_power(&out, &base, &exponent);
    return num_store(&out);
}

/* ---- Buckets and windows ---- */

_Noreturn static void raise_bucket(const char *message)
{
    err_raise(SQLSTATE_INVALID_ARGUMENT_FOR_WIDTH_BUCKET_FUNCTION, .message = message);
}

/*
 * The bucket of a value that is in the range. A quotient that is rounded up to count gives the
 * bucket behind the last, as in PostgreSQL 15.
 */
static int64_t bucket_of(const Num *operand, const Num *low, const Num *high, int32_t count)
{
    bool is_rising = num_compare(low, high) < 0;
    Num offset, width, scaled, buckets, quotient;
    int64_t bucket = count;

    num_init(&offset);
    num_init(&width);
    num_init(&scaled);
    num_init(&buckets);
    num_init(&quotient);
    num_sub(&offset, is_rising ? operand : low, is_rising ? low : operand);
    num_sub(&width, is_rising ? high : low, is_rising ? low : high);
    num_set_i64(&buckets, count);
    num_mul(&scaled, &offset, &buckets);
    num_div(&quotient, &scaled, &width, num_div_scale(&scaled, &width), true);
    num_floor(&quotient);
    num_try_i64(&quotient, &bucket);
    return bucket + 1;
}

Datum width_bucket_numeric(FmgrCall *call)
{
    Num operand, low, high;
    int32_t count = fmgr_i32(call, 3);
    int rising;
    int64_t bucket;

    num_load_arg(&operand, call, 0);
    num_load_arg(&low, call, 1);
    num_load_arg(&high, call, 2);
    if (count <= 0)
        raise_bucket("count must be greater than zero");
    if (operand.sign == NUM_NAN || low.sign == NUM_NAN || high.sign == NUM_NAN)
        raise_bucket("operand, lower bound, and upper bound cannot be NaN");
    if (num_is_infinite(&low) || num_is_infinite(&high))
        raise_bucket("lower and upper bounds must be finite");
    rising = -num_compare(&low, &high);
    if (rising == 0)
        raise_bucket("lower bound cannot equal upper bound");
    if (compare_nums(&operand, &low) * rising < 0)
        bucket = 0;
    else if (compare_nums(&operand, &high) * rising >= 0)
        bucket = (int64_t)count + 1;
    else
        bucket = bucket_of(&operand, &low, &high, count);
    if (bucket > INT32_MAX)
        types_raise_range("integer");
    return datum_of_i32((int32_t)bucket);
}

/* Is value at most (is_less) or at least base - offset or base + offset? */
Datum in_range_numeric_numeric(FmgrCall *call)
{
    bool is_sub = fmgr_bool(call, 3), is_less = fmgr_bool(call, 4);
    Num value, base, offset, bound;
    int order;

    num_load_arg(&value, call, 0);
    num_load_arg(&base, call, 1);
    num_load_arg(&offset, call, 2);
    if (offset.sign == NUM_NAN || num_is_negative(&offset))
        err_raise(SQLSTATE_INVALID_PRECEDING_OR_FOLLOWING_SIZE,
                  .message = "invalid preceding or following size in window function");
    if (value.sign == NUM_NAN || base.sign == NUM_NAN)
        return datum_of_bool(value.sign == base.sign || (value.sign == NUM_NAN) != is_less);

    /* Infinity minus infinity counts as all that is below, and so on. */
    if (num_is_infinite(&offset)) {
        NumSign end = is_sub ? NUM_MINUS_INFINITY : NUM_INFINITY;

        if (num_is_infinite(&base) && base.sign != end)
            return datum_of_bool(true);
        return datum_of_bool(is_less ? end == NUM_INFINITY || value.sign == end
                                     : end == NUM_MINUS_INFINITY || value.sign == end);
    }
    if (num_is_infinite(&value) || num_is_infinite(&base)) {
        order = compare_nums(&value, &base);
    } else {
        num_init(&bound);
        if (is_sub)
            num_sub(&bound, &base, &offset);
        else
            num_add(&bound, &base, &offset);
        order = num_compare(&value, &bound);
    }
    return datum_of_bool(is_less ? order <= 0 : order >= 0);
}
