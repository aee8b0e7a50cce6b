/*
 * shortest.c - Schubfach, with its table of powers of ten made at first use
 *
 * Names follow the paper: a number is c * 2^q; k is the exponent of the last decimal digit; vb is
 * the number, vbl and vbr its bounds, all times four and scaled by 10^-k, rounded to odd.
 */
#include "common/base/base.h"

#include "server/types/shortest.h"

#include <string.h>

#define POWER_MIN (-292)
#define POWER_MAX 324
#define LIMBS     32 /* of 32 bits: 5^324 and 2^896 fit */
#define TOP_BITS  896

/* 10^k without its power of two, rounded up to 128 bits of which the highest is set. */
typedef struct Power {
    uint64_t high, low;
} Power;

static Power powers[POWER_MAX - POWER_MIN + 1];
static bool has_powers;

/* ---- The table: 5^k by multiplying, 2^896 / 5^k by dividing, the top of each is kept ---- */

static uint32_t bits_at(const uint32_t *limbs, int bit)
{
    uint64_t pair;
    int limb = bit >> 5;

    if (bit < -31)
        return 0;
    if (bit < 0)
        return limbs[0] << -bit;
    pair = limbs[limb] | (uint64_t)(limb + 1 < LIMBS ? limbs[limb + 1] : 0) << 32;
    return (uint32_t)(pair >> (bit & 31));
}

static Power top_of(const uint32_t *limbs, bool is_cut)
{
    int top = LIMBS - 1, bit;
    Power p;

    while (limbs[top] == 0)
        top--;
    bit = top * 32 + 32 - __builtin_clz(limbs[top]) - 128;
    p.high = (uint64_t)bits_at(limbs, bit + 96) << 32 | bits_at(limbs, bit + 64);
    p.low = (uint64_t)bits_at(limbs, bit + 32) << 32 | bits_at(limbs, bit);
    for (int i = 0; i < bit && !is_cut; i++)
        is_cut = (limbs[i >> 5] >> (i & 31) & 1) != 0;
    if (is_cut && ++p.low == 0)
        p.high++;
    return p;
}

static void make_powers(void)
{
    uint32_t limbs[LIMBS] = {1};

    for (int k = 0; k <= POWER_MAX; k++) {
        uint64_t carry = 0;

        powers[k - POWER_MIN] = top_of(limbs, false);
        for (int i = 0; i < LIMBS; i++) {
            carry += (uint64_t)limbs[i] * 5;
            limbs[i] = (uint32_t)carry;
            carry >>= 32;
        }
    }
    memset(limbs, 0, sizeof limbs);
    limbs[TOP_BITS / 32] = 1;
    for (int k = -1; k >= POWER_MIN; k--) {
        uint64_t rest = 0;

        for (int i = LIMBS - 1; i >= 0; i--) {
            rest = rest << 32 | limbs[i];
            limbs[i] = (uint32_t)(rest / 5);
            rest %= 5;
        }
        powers[k - POWER_MIN] = top_of(limbs, true);
    }
    has_powers = true;
}

static inline Power power_of(int k)
{
    if (UNLIKELY(!has_powers))
        make_powers();
    return powers[k - POWER_MIN];
}

/* ---- Logarithms, exact for all exponents of a double ---- */

static inline int floor_log10_pow2(int e)
{
    return (e * 1262611) >> 22;
}

/* Of three quarters of 2^e. */
static inline int floor_log10_pow2_less(int e)
{
    return (e * 1262611 - 524031) >> 22;
}

static inline int floor_log2_pow10(int e)
{
    return (e * 1741647) >> 19;
}

/* ---- The number ---- */

static inline uint64_t round_to_odd(Power g, uint64_t c)
{
    __uint128_t low = (__uint128_t)g.low * c;
    __uint128_t high = (__uint128_t)g.high * c + (uint64_t)(low >> 64);

    return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

static inline uint64_t round_to_odd_f4(uint64_t g, uint32_t c)
{
    __uint128_t p = (__uint128_t)g * c;

    return (uint64_t)(p >> 64) | ((uint32_t)(p >> 32) > 1);
}

static inline Shortest without_zeros(uint64_t digits, int exponent)
{
    while (digits % 10 == 0) {
        digits /= 10;
        exponent++;
    }
    return (Shortest){digits, exponent};
}

/* The shortest decimal between the bounds, which are times four and do not belong to it. */
static inline Shortest choose(uint64_t vbl, uint64_t vb, uint64_t vbr, int k)
{
    uint64_t s = vb / 4, lower = vbl + 1, upper = vbr - 1;
    bool has_below, has_above;

    if (s >= 10) {
        uint64_t tens = s / 10;

        has_below = lower <= 40 * tens;
        has_above = 40 * tens + 40 <= upper;
        if (has_below != has_above)
            return without_zeros(tens + has_above, k + 1);
    }
    has_below = lower <= 4 * s;
    has_above = 4 * s + 4 <= upper;
    if (has_below == has_above)
        has_above = vb > 4 * s + 2 || (vb == 4 * s + 2 && (s & 1) != 0);
    return without_zeros(s + has_above, k);
}

/* At a power of two the number below is half as far as the one above. */
Shortest shortest_f8(double v)
{
    uint64_t bits, c;
    int exponent, q, k, h;
    bool is_power;
    Power g;

    memcpy(&bits, &v, sizeof bits);
    c = bits & ((UINT64_C(1) << 52) - 1);
    exponent = (int)(bits >> 52);
    is_power = c == 0 && exponent > 1;
    if (exponent != 0)
        c |= UINT64_C(1) << 52;
    q = (exponent == 0 ? 1 : exponent) - 1075;

    /* Whole numbers of up to 53 bits are their own digits. */
    if (q <= 0 && q > -53 && (c & ((UINT64_C(1) << -q) - 1)) == 0)
        return without_zeros(c >> -q, 0);
    k = is_power ? floor_log10_pow2_less(q) : floor_log10_pow2(q);
    h = q + floor_log2_pow10(-k) + 1;
    g = power_of(-k);
    return choose(round_to_odd(g, (4 * c - (is_power ? 1 : 2)) << h), round_to_odd(g, 4 * c << h),
                  round_to_odd(g, (4 * c + 2) << h), k);
}

Shortest shortest_f4(float v)
{
    uint32_t bits, c;
    int exponent, q, k, h;
    bool is_power;
    Power p;
    uint64_t g;

    memcpy(&bits, &v, sizeof bits);
    c = bits & ((UINT32_C(1) << 23) - 1);
    exponent = (int)(bits >> 23);
    is_power = c == 0 && exponent > 1;
    if (exponent != 0)
        c |= UINT32_C(1) << 23;
    q = (exponent == 0 ? 1 : exponent) - 150;
    if (q <= 0 && q > -24 && (c & ((UINT32_C(1) << -q) - 1)) == 0)
        return without_zeros(c >> -q, 0);
    k = is_power ? floor_log10_pow2_less(q) : floor_log10_pow2(q);
    h = q + floor_log2_pow10(-k) + 1;
    p = power_of(-k);
    g = p.high + (p.low != 0);
    return choose(round_to_odd_f4(g, (4 * c - (is_power ? 1 : 2)) << h),
                  round_to_odd_f4(g, 4 * c << h), round_to_odd_f4(g, (4 * c + 2) << h), k);
}
