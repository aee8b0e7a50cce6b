/*
 * numeric_math.c - roots, exponentials, logarithms and powers of numerics
 *
 * All is computed with more digits than are wanted ("guard"), as a float of that many leading
 * digits, and rounded once at the end. How many digits a result shows is PostgreSQL's rule.
 *
 * The root is by digits, exact. exp() halves its argument until the series is short, and squares
 * back. ln() corrects an estimate of the machine's by exp(): each round triples the right digits.
 */
#include "common/base/base.h"

#include <math.h>
#include <stdlib.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/ipc/interrupt.h"
#include "server/types/numeric_int.h"

#define GUARD_DIGITS    3 /* of base 10000 */
#define EXP_MAX         6000
#define LOG10_E         0.434294481903252
#define LN_10           2.302585092994046
#define ESTIMATE_DIGITS 9 /* decimal, that an estimate by doubles is sure to have */
#define F8_DIGITS       17

static int32_t max3(int32_t a, int32_t b, int32_t c)
{
    return a > b ? (a > c ? a : c) : (b > c ? b : c);
}

/* out = a * b, of which keep digits stay. What is shown of it is up to who rounds it. */
static void mul_keep(Num *out, const Num *a, const Num *b, int32_t keep)
{
    num_mul(out, a, b);
    num_keep(out, keep);
    out->dscale = 0;
}

/* out = a / b with keep digits of base 10000, or one less. */
static void div_keep(Num *out, const Num *a, const Num *b, int32_t keep)
{
    int32_t weight = a->count == 0 ? 0 : a->weight - b->weight;

    num_div(out, a, b, (keep - weight) * NUM_BASE_DIGITS, false);
    num_keep(out, keep);
}

static void square(Num *n, Num *spare, int32_t keep)
{
    num_copy(spare, n);
    mul_keep(n, spare, spare, keep);
}

/* ---- Root ---- */

int32_t num_scale_of_sqrt(const Num *a)
{
    int32_t weight = (a->count == 0 ? 0 : a->weight) + 1;

    return num_limit_scale(
        max3(NUM_SIG_DIGITS_MIN - (weight * NUM_BASE_DIGITS / 2 - 1), a->dscale, 0));
}

/* Is x * x more than a? */
static bool is_square_above(const Num *x, const Num *a, Num *spare)
{
    num_mul(spare, x, x);
    return num_compare_abs(spare, a) > 0;
}

/*
 * By Newton's method from the machine's estimate, to a little more than is wanted; then the digits
 * beyond are checked by squaring where they decide the rounding.
 */
void num_sqrt(Num *out, const Num *a, int32_t scale)
{
    int32_t weight = a->weight >= 0 ? a->weight / 2 : -((1 - a->weight) / 2);
    int32_t keep = weight + (scale + NUM_BASE_DIGITS - 1) / NUM_BASE_DIGITS + 2 + GUARD_DIGITS;
    Num x, quotient, sum, half, lead;

    if (a->count == 0) {
        num_set_zero(out, scale);
        return;
    }
    if (keep < 2 + GUARD_DIGITS)
        keep = 2 + GUARD_DIGITS;
    num_init(&x);
    num_init(&quotient);
    num_init(&sum);
    num_init(&half);
    num_init(&lead);

    /* The leading part, between 1 and 10^8, has a root that a double gives. */
    num_copy(&lead, a);
    lead.weight = a->weight - 2 * weight;
    lead.dscale = 0;
    num_keep(&lead, NUM_BASE_DIGITS + 2);
    lead.dscale = F8_DIGITS * 2;
    num_set_f8(&x, sqrt(num_f8(&lead)), F8_DIGITS);
    x.weight += weight;
    num_set_f8(&half, 0.5, 1);
    for (int32_t digits = 3; digits / 2 <= keep; digits *= 2) {
        div_keep(&quotient, a, &x, keep);
        num_add(&sum, &x, &quotient);
        mul_keep(&x, &sum, &half, keep);
    }

    /* Round down to one digit more than wanted, and see whether that is right. */
    num_cut(&x, scale + 1);
    num_set_i64(&half, 1);
    half.weight = -((scale + 1 + NUM_BASE_DIGITS - 1) / NUM_BASE_DIGITS);
    for (int32_t i = -half.weight * NUM_BASE_DIGITS - scale - 1; i > 0; i--)
        half.digits[0] = (int16_t)(half.digits[0] * 10);
    while (is_square_above(&x, a, &sum)) {
        num_sub(&quotient, &x, &half);
        num_copy(&x, &quotient);
    }
    for (;;) {
        num_add(&quotient, &x, &half);
        if (is_square_above(&quotient, a, &sum))
            break;
        num_copy(&x, &quotient);
    }
    num_copy(out, &x);
    num_round(out, scale);
}

/* ---- exp ---- */

/* e^a with keep digits, whatever a is. */
static void exp_keep(Num *out, const Num *a, int32_t keep)
{
    int halvings = 0;
    double size = fabs(num_f8(a));
    int32_t work;
    Num x, term, sum, spare, divisor;

    num_init(&x);
    num_init(&term);
    num_init(&sum);
    num_init(&spare);
    num_init(&divisor);

    /* Each squaring may lose a bit; more halvings make up for digits by a shorter series. */
    for (; size > 0.01; size /= 2)
        halvings++;
    halvings += (int)sqrt((double)keep);
    work = keep + halvings / 12 + GUARD_DIGITS;
    num_set_i64(&divisor, 1);
    num_copy(&x, a);
    for (int left = halvings; left > 0; left -= 13) {
        num_set_i64(&divisor, 1 << (left < 13 ? left : 13));
        num_copy(&spare, &x);
        div_keep(&x, &spare, &divisor, work + 1);
    }
    num_set_i64(&sum, 1);
    num_copy(&term, &sum);
    for (int i = 1; term.count > 0 && term.weight >= -work; i++) {
        mul_keep(&spare, &term, &x, work);
        num_set_i64(&divisor, i);
        div_keep(&term, &spare, &divisor, work);
        num_add(&spare, &sum, &term);
        num_copy(&sum, &spare);
    }
    num_keep(&sum, work);
    for (int i = 0; i < halvings; i++) {
        check_interrupts();
        square(&sum, &spare, work);
    }
    num_copy(out, &sum);
}

/* Digits of base 10000 that a result with that scale and about that many digits in front needs. */
static int32_t digits_for(int32_t scale, double decimal_weight)
{
    double digits = scale + (decimal_weight > 0 ? decimal_weight : 0);

    return (int32_t)(digits / NUM_BASE_DIGITS) + 2 + GUARD_DIGITS;
}

void num_exp(Num *out, const Num *a, int32_t scale)
{
    double value = num_f8(a);

    if (fabs(value) >= EXP_MAX) {
        if (value > 0)
            num_raise_overflow();
        num_set_zero(out, scale);
        return;
    }
    exp_keep(out, a, digits_for(scale, value * LOG10_E));
    num_round(out, scale);
}

/* ---- ln ---- */

/* Is it from 0.9 to 1.1, so that its logarithm is small? */
static bool is_near_one(const Num *a, Num *difference)
{
    Num one;

    num_init(&one);
    num_set_i64(&one, 1);
    num_sub(difference, a, &one);
    return difference->count == 0 || (difference->weight == -1 && difference->digits[0] < 1000) ||
           (difference->weight == -1 && difference->digits[0] == 1000 && difference->count == 1) ||
           difference->weight < -1;
}

/* The natural logarithm, as a double: fine for large and small values, not near one. */
static double ln_estimate(const Num *a)
{
    double lead = a->digits[0];
    int weight = a->weight * NUM_BASE_DIGITS;

    for (int i = 1; i < 4; i++) {
        lead = lead * NUM_BASE + (i < a->count ? a->digits[i] : 0);
        weight -= NUM_BASE_DIGITS;
    }
    return log(lead) + weight * LN_10;
}

int num_ln_weight(const Num *a)
{
    Num difference;

    num_init(&difference);
    if (a->count == 0 || num_is_negative(a))
        return 0;
    if (is_near_one(a, &difference)) {
        if (difference.count == 0)
            return 0;
        return difference.weight * NUM_BASE_DIGITS + (int)log10((double)difference.digits[0]);
    } else {
        double lead = a->digits[0];
        int weight = a->weight * NUM_BASE_DIGITS;

        if (a->count > 1) {
            lead = lead * NUM_BASE + a->digits[1];
            weight -= NUM_BASE_DIGITS;
        }
        return (int)log10(fabs(log(lead) + weight * LN_10));
    }
}

/*
 * The logarithm to scale digits after the point, and a few more: y' = y + 2 (a - e^y) / (a + e^y).
 * scale may be any.
 */
static void ln_scaled(Num *out, const Num *a, int32_t scale)
{
    int32_t right = ESTIMATE_DIGITS;
    int32_t keep;
    Num power, numerator, denominator, step, two;

    num_init(&power);
    num_init(&numerator);
    num_init(&denominator);
    num_init(&step);
    num_init(&two);
    num_set_i64(&two, 2);
    if (is_near_one(a, &step)) {
        if (step.count == 0) {
            num_set_zero(out, scale);
            return;
        }
        num_set_f8(out, log1p(num_f8(&step)), F8_DIGITS);
    } else {
        num_set_f8(out, ln_estimate(a), F8_DIGITS);
    }
    scale += GUARD_DIGITS * NUM_BASE_DIGITS;
    while (right <= scale) {
        right *= 3;
        keep = (right < scale ? right : scale) / NUM_BASE_DIGITS + 1 + GUARD_DIGITS;
        exp_keep(&power, out, keep);
        num_sub(&numerator, a, &power);
        num_add(&denominator, a, &power);
        num_keep(&denominator, keep);
        mul_keep(&step, &numerator, &two, keep);
        div_keep(&numerator, &step, &denominator, keep);
        num_add(&step, out, &numerator);
        num_copy(out, &step);
        num_round(out, scale);
    }
}

void num_ln(Num *out, const Num *a, int32_t scale)
{
    ln_scaled(out, a, scale);
    num_round(out, scale);
}

void num_log(Num *out, const Num *base, const Num *a)
{
    int base_weight = num_ln_weight(base), weight = num_ln_weight(a);
    int32_t scale =
        num_limit_scale(max3(NUM_SIG_DIGITS_MIN - (weight - base_weight), base->dscale, a->dscale));
    Num ln_base, ln_a;

    num_init(&ln_base);
    num_init(&ln_a);
    ln_scaled(&ln_base, base, scale + weight - 2 * base_weight + 8);
    ln_scaled(&ln_a, a, scale - base_weight + 8);
    if (ln_base.count == 0)
        err_raise(SQLSTATE_DIVISION_BY_ZERO, .message = "division by zero");
    num_div(out, &ln_a, &ln_base, scale, true);
}

/* ---- Powers ---- */

/* base^exponent with keep digits, for a whole exponent that is not 0. */
static void power_keep(Num *out, const Num *base, uint32_t exponent, int32_t keep)
{
    Num spare;

    num_init(&spare);
    num_copy(out, base);
    for (int bit = 30 - __builtin_clz(exponent); bit >= 0; bit--) {
        check_interrupts();
        square(out, &spare, keep);
        if ((exponent >> bit & 1) != 0) {
            num_copy(&spare, out);
            mul_keep(out, &spare, base, keep);
        }
        if (out->count > 0 && abs(out->weight) > 4 * NUM_WEIGHT_MAX)
            break; /* it is decided */
    }
}

/* log10(|base|) */
static double log10_of(const Num *base)
{
    return ln_estimate(base) * LOG10_E;
}

static void power_whole(Num *out, const Num *base, int32_t exponent, int32_t scale)
{
    Num one, power;
    double weight;
    int32_t keep;

    num_init(&one);
    num_init(&power);
    num_set_i64(&one, 1);
    if (exponent == 0) {
        num_copy(out, &one);
        out->dscale = scale;
        return;
    }
    if (base->count == 0) {
        if (exponent < 0)
            err_raise(SQLSTATE_DIVISION_BY_ZERO, .message = "division by zero");
        num_set_zero(out, scale);
        return;
    }
    weight = log10_of(base) * exponent;
    if (weight > (NUM_WEIGHT_MAX + 1.0) * NUM_BASE_DIGITS)
        num_raise_overflow();
    if (weight + 1 < -scale) {
        num_set_zero(out, scale);
        return;
    }
    keep = digits_for(scale, fabs(weight)) + 3;
    power_keep(&power, base, exponent < 0 ? 0 - (uint32_t)exponent : (uint32_t)exponent, keep);
    if (exponent < 0) {
        num_div(out, &one, &power, scale, true);
    } else {
        num_copy(out, &power);
        num_round(out, scale);
    }
}

/* base^exponent = e^(exponent * ln(base)) */
static void power_real(Num *out, const Num *base, const Num *exponent)
{
    Num ln_base, product;
    double value, ln_value;
    int32_t scale;

    num_init(&ln_base);
    num_init(&product);

    /* Eight digits of the logarithm tell how many the result shows; that they are cut counts. */
    scale = 8 - num_ln_weight(base);
    if (scale < 0)
        scale = 0;
    num_ln(&ln_base, base, scale);
    num_mul(&product, &ln_base, exponent);
    num_round(&product, scale);
    value = num_f8(&product);
    if (fabs(value) >= EXP_MAX) {
        if (value > 0)
            num_raise_overflow();
        num_set_zero(out, NUM_DISPLAY_SCALE_MAX);
        return;
    }
    ln_value = value * LOG10_E;
    scale = num_limit_scale(
        max3(NUM_SIG_DIGITS_MIN - (int32_t)ln_value, base->dscale, exponent->dscale));

    /* The exponent multiplies the error of the logarithm, and then its size counts once more. */
    ln_scaled(&ln_base, base,
              scale + (int32_t)fabs(ln_value) + 8 +
                  (exponent->weight > 0 ? exponent->weight + 1 : 1) * NUM_BASE_DIGITS);
    num_mul(&product, &ln_base, exponent);
    exp_keep(out, &product, digits_for(scale, ln_value));
    num_round(out, scale);
}

void num_power(Num *out, const Num *base, const Num *exponent)
{
    int64_t whole;

    if (exponent->count <= exponent->weight + 1 || exponent->count == 0) {
        if (num_try_i64(exponent, &whole) && whole >= INT32_MIN && whole <= INT32_MAX) {
            int32_t scale = num_limit_scale(max3(NUM_SIG_DIGITS_MIN, base->dscale, 0));

            power_whole(out, base, (int32_t)whole, scale);
            return;
        }
    }
    if (base->count == 0) {
        num_set_zero(out, NUM_SIG_DIGITS_MIN);
        return;
    }
    if (base->sign == NUM_NEGATIVE) {
        Num positive;

        /* The exponent is whole here, if only too large for the other way. */
        num_init(&positive);
        num_copy(&positive, base);
        positive.sign = NUM_POSITIVE;
        power_real(out, &positive, exponent);
        if (out->count > 0 && (exponent->digits[exponent->count - 1] & 1) != 0 &&
            exponent->weight == exponent->count - 1)
            out->sign = NUM_NEGATIVE;
        return;
    }
    power_real(out, base, exponent);
}
