/*
 * numeric_arith.c - the four operations and comparison, exact
 *
 * Sums of products are collected in 64 bits and carried once at the end of each row at most: a
 * product is below 10^8, so that more than 10^11 of them fit. Division is by the school's method,
 * with a digit of the quotient estimated from the leading two of the divisor.
 */
#include "common/base/base.h"

#include "server/types/numeric_int.h"

#include "common/mem/mem.h"
#include "server/ipc/interrupt.h"

#define PRODUCT_LOCAL 64 /* digits of a product that need no memory of their own */

int num_compare_abs(const Num *a, const Num *b)
{
    int32_t common = a->count < b->count ? a->count : b->count;

    if (a->count == 0 || b->count == 0)
        return (a->count != 0) - (b->count != 0);
    if (a->weight != b->weight)
        return a->weight < b->weight ? -1 : 1;
    for (int32_t i = 0; i < common; i++)
        if (a->digits[i] != b->digits[i])
            return a->digits[i] < b->digits[i] ? -1 : 1;
    return (a->count > common) - (b->count > common);
}

int num_compare(const Num *a, const Num *b)
{
    int order;

    if (a->sign != b->sign)
        return a->sign == NUM_NEGATIVE ? -1 : 1;
    order = num_compare_abs(a, b);
    return a->sign == NUM_NEGATIVE ? -order : order;
}

static int32_t max_i32(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static int32_t min_i32(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

/* Weight of the last digit. */
static int32_t low_weight(const Num *n)
{
    return n->weight - n->count + 1;
}

/* Digits of n into a row whose last digit has weight low; the row is count long, from high down. */
static void spread(int16_t *row, int32_t high, const Num *n)
{
    memcpy(row + (high - n->weight), n->digits, (size_t)n->count * sizeof(int16_t));
}

/* |a| + |b|; neither is zero. */
static void add_abs(Num *out, const Num *a, const Num *b)
{
    int32_t high = max_i32(a->weight, b->weight) + 1;
    int32_t low = min_i32(low_weight(a), low_weight(b));
    int32_t count = high - low + 1;
    int16_t *row = num_reserve(out, count);
    int32_t shift = high - b->weight;
    int carry = 0;

    out->weight = high;
    memset(row, 0, (size_t)count * sizeof(int16_t));
    spread(row, high, a);
    for (int32_t i = b->count - 1; i >= 0; i--) {
        int digit = row[shift + i] + b->digits[i] + carry;

        carry = digit >= NUM_BASE;
        row[shift + i] = (int16_t)(carry ? digit - NUM_BASE : digit);
    }
    for (int32_t i = shift - 1; carry; i--) {
        carry = row[i] == NUM_BASE - 1;
        row[i] = (int16_t)(carry ? 0 : row[i] + 1);
    }
}

/* |a| - |b|, where |a| is larger, and b not zero. */
static void sub_abs(Num *out, const Num *a, const Num *b)
{
    int32_t high = a->weight;
    int32_t low = min_i32(low_weight(a), low_weight(b));
    int32_t count = high - low + 1;
    int16_t *row = num_reserve(out, count);
    int32_t shift = high - b->weight;
    int borrow = 0;

    out->weight = high;
    memset(row, 0, (size_t)count * sizeof(int16_t));
    spread(row, high, a);
    for (int32_t i = b->count - 1; i >= 0; i--) {
        int digit = row[shift + i] - b->digits[i] - borrow;

        borrow = digit < 0;
        row[shift + i] = (int16_t)(borrow ? digit + NUM_BASE : digit);
    }
    for (int32_t i = shift - 1; borrow; i--) {
        borrow = row[i] == 0;
        row[i] = (int16_t)(borrow ? NUM_BASE - 1 : row[i] - 1);
    }
}

/* a + b, where b counts as if it had b_sign. */
static void add_signed(Num *out, const Num *a, const Num *b, NumSign b_sign)
{
    int32_t dscale = max_i32(a->dscale, b->dscale);

    if (b->count == 0) {
        num_copy(out, a);
    } else if (a->count == 0) {
        num_copy(out, b);
        out->sign = b_sign;
    } else if (a->sign == b_sign) {
        add_abs(out, a, b);
        out->sign = a->sign;
        num_strip(out);
    } else {
        int order = num_compare_abs(a, b);

        if (order == 0) {
            num_set_zero(out, dscale);
            return;
        }
        sub_abs(out, order > 0 ? a : b, order > 0 ? b : a);
        out->sign = order > 0 ? a->sign : b_sign;
        num_strip(out);
    }
    out->dscale = dscale;
}

void num_add(Num *out, const Num *a, const Num *b)
{
    add_signed(out, a, b, b->sign);
}

void num_sub(Num *out, const Num *a, const Num *b)
{
    add_signed(out, a, b, b->sign == NUM_NEGATIVE ? NUM_POSITIVE : NUM_NEGATIVE);
}

void num_mul(Num *out, const Num *a, const Num *b)
{
    uint64_t local[PRODUCT_LOCAL];
    uint64_t *sums = local;
    int32_t count = a->count + b->count;
    uint64_t carry = 0;
    int16_t *row;

    out->dscale = a->dscale + b->dscale;
    if (a->count == 0 || b->count == 0) {
        num_set_zero(out, out->dscale);
        return;
    }
    if (count > PRODUCT_LOCAL)
        sums = mem_new_array(uint64_t, (size_t)count);
    else
        memset(local, 0, (size_t)count * sizeof(*sums));
    for (int32_t i = 0; i < a->count; i++) {
        uint32_t factor = (uint32_t)a->digits[i];

        if (factor == 0)
            continue;
        if (UNLIKELY((i & 1023) == 1023))
            check_interrupts();
        for (int32_t j = 0; j < b->count; j++)
            sums[i + j + 1] += factor * (uint32_t)b->digits[j];
    }
    out->weight = a->weight + b->weight + 1;
    row = num_reserve(out, count);
    for (int32_t i = count - 1; i >= 0; i--) {
        uint64_t sum = sums[i] + carry;

        carry = sum / NUM_BASE;
        row[i] = (int16_t)(sum - carry * NUM_BASE);
    }
    if (sums != local)
        mem_free(sums);
    out->sign = a->sign == b->sign ? NUM_POSITIVE : NUM_NEGATIVE;
    num_strip(out);
}

/* ---- Division ---- */

/* count digits of the quotient of rest (count + divisor digits) into quotient; rest is consumed. */
static void divide_by_one(int16_t *quotient, int32_t count, const int32_t *rest, int32_t divisor)
{
    uint32_t carry = (uint32_t)rest[0];

    for (int32_t i = 0; i < count; i++) {
        carry = carry * NUM_BASE + (uint32_t)rest[i + 1];
        quotient[i] = (int16_t)(carry / (uint32_t)divisor);
        carry %= (uint32_t)divisor;
    }
}

/* rest -= divisor * digit, at the places of the divisor and one before; what is borrowed last. */
static int32_t subtract_product(int32_t *rest, const int16_t *divisor, int32_t len, int32_t digit)
{
    int32_t carry = 0;

    for (int32_t i = len - 1; i >= 0; i--) {
        int32_t value = rest[i + 1] - divisor[i] * digit + carry;

        carry = value / NUM_BASE;
        value -= carry * NUM_BASE;
        if (value < 0) {
            value += NUM_BASE;
            carry--;
        }
        rest[i + 1] = value;
    }
    return rest[0] + carry;
}

static void add_back(int32_t *rest, const int16_t *divisor, int32_t len)
{
    int32_t carry = 0;

    for (int32_t i = len - 1; i >= 0; i--) {
        int32_t value = rest[i + 1] + divisor[i] + carry;

        carry = value >= NUM_BASE;
        rest[i + 1] = carry ? value - NUM_BASE : value;
    }
}

/*
 * As divide_by_one for a divisor of two digits and more, whose first is at least half the base: an
 * estimate from its first two digits and three of the rest is too large by one at most.
 */
static void divide_by_many(int16_t *quotient, int32_t count, int32_t *rest, const int16_t *divisor,
                           int32_t len)
{
    int64_t lead = (int64_t)divisor[0] * NUM_BASE + divisor[1];

    for (int32_t i = 0; i < count; i++) {
        int64_t top = ((int64_t)rest[i] * NUM_BASE + rest[i + 1]) * NUM_BASE + rest[i + 2];
        int32_t digit = (int32_t)(top / lead);

        if (UNLIKELY((i & 1023) == 1023))
            check_interrupts();
        if (digit >= NUM_BASE)
            digit = NUM_BASE - 1;
        if (digit != 0 && subtract_product(rest + i, divisor, len, digit) < 0) {
            add_back(rest + i, divisor, len);
            digit--;
        }
        rest[i] = 0;
        quotient[i] = (int16_t)digit;
    }
}

/* digits * factor into out; the carry out of the first digit is returned. */
static int32_t scale_digits(int16_t *out, const int16_t *digits, int32_t count, int32_t factor)
{
    int32_t carry = 0;

    for (int32_t i = count - 1; i >= 0; i--) {
        int32_t value = digits[i] * factor + carry;

        carry = value / NUM_BASE;
        out[i] = (int16_t)(value - carry * NUM_BASE);
    }
    return carry;
}

/* The first count digits of |a| / |b|, of which the first may be 0. */
static void divide_digits(int16_t *quotient, int32_t count, const Num *a, const Num *b)
{
    int32_t len = b->count;
    int32_t rest_len = count + len + 1;
    int32_t *rest = mem_new_array(int32_t, (size_t)rest_len);
    int32_t used = min_i32(a->count, rest_len - 1);

    for (int32_t i = 0; i < used; i++)
        rest[i + 1] = a->digits[i];
    if (len == 1) {
        divide_by_one(quotient, count, rest, b->digits[0]);
    } else {
        int32_t factor = NUM_BASE / (b->digits[0] + 1);
        int16_t *divisor = mem_new_array(int16_t, (size_t)len);

        scale_digits(divisor, b->digits, len, factor);
        if (factor > 1) {
            int32_t carry = 0;

            for (int32_t i = rest_len - 1; i >= 0; i--) {
                int32_t value = rest[i] * factor + carry;

                carry = value / NUM_BASE;
                rest[i] = value - carry * NUM_BASE;
            }
        }
        divide_by_many(quotient, count, rest, divisor, len);
        mem_free(divisor);
    }
    mem_free(rest);
}

void num_div(Num *out, const Num *a, const Num *b, int32_t scale, bool is_rounded)
{
    int64_t count;

    if (a->count == 0) {
        num_set_zero(out, scale);
        return;
    }
    out->weight = a->weight - b->weight;

    /* Whole digits up to the scale, and one more, by which to round. */
    count = (int64_t)out->weight + 1 + (scale + NUM_BASE_DIGITS - 1) / NUM_BASE_DIGITS + 1;
    if (count < 1)
        count = 1;
    divide_digits(num_reserve(out, (int32_t)count), (int32_t)count, a, b);
    out->sign = a->sign == b->sign ? NUM_POSITIVE : NUM_NEGATIVE;
    if (is_rounded)
        num_round(out, scale);
    else
        num_cut(out, scale);
    num_strip(out);
}

int32_t num_div_scale(const Num *a, const Num *b)
{
    int32_t weight = (a->count == 0 ? 0 : a->weight) - (b->count == 0 ? 0 : b->weight);
    int first_a = a->count == 0 ? 0 : a->digits[0];
    int first_b = b->count == 0 ? 0 : b->digits[0];
    int32_t scale;

    if (first_a <= first_b)
        weight--;
    scale = NUM_SIG_DIGITS_MIN - weight * NUM_BASE_DIGITS;
    return num_limit_scale(max_i32(scale, max_i32(a->dscale, b->dscale)));
}

void num_mod(Num *out, const Num *a, const Num *b, Num *quotient)
{
    Num whole, product;

    num_init(&whole);
    num_init(&product);
    num_div(&whole, a, b, 0, false);
    num_mul(&product, &whole, b);
    num_sub(out, a, &product);
    out->dscale = max_i32(a->dscale, b->dscale);
    if (quotient != NULL)
        num_copy(quotient, &whole);
}

static bool has_fraction(const Num *n)
{
    return n->count > 0 && n->weight - n->count + 1 < 0;
}

/* The whole number next to n away from zero (is_away) or towards it. */
static void to_whole(Num *n, bool is_away)
{
    bool is_changed = has_fraction(n);
    NumSign sign = n->sign;
    Num one, cut;

    num_strip(n);
    is_changed = has_fraction(n);
    if (!is_changed) {
        num_cut(n, 0);
        return;
    }
    num_cut(n, 0);
    if (!is_away)
        return;
    num_init(&one);
    num_init(&cut);
    num_set_i64(&one, sign == NUM_NEGATIVE ? -1 : 1);
    num_copy(&cut, n);
    num_add(n, &cut, &one);
}

void num_floor(Num *n)
{
    to_whole(n, n->sign == NUM_NEGATIVE);
}

void num_ceil(Num *n)
{
    to_whole(n, n->sign != NUM_NEGATIVE);
}
