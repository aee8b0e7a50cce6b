/* numeric_sum.c - sums of many numerics, carried late. */
#include "common/base/base.h"

#include "server/types/numeric_sum.h"

#define CARRY_DIGITS 6 /* that 64 bits can add in front */
#define SPARE_DIGITS 4

/* Make room from weight high down to weight low. */
static void cover(NumSum *s, int32_t high, int32_t low, MemContext *mem)
{
    int32_t old_low = s->high - s->count + 1;
    int64_t *digits;

    if (s->count > 0 && high <= s->high && low >= old_low)
        return;
    if (s->count > 0) {
        high = high > s->high ? high : s->high;
        low = low < old_low ? low : old_low;
    } else {
        low -= SPARE_DIGITS;
        high += SPARE_DIGITS;
    }
    digits = mem_alloc_in(mem, size_mul(sizeof(*digits), (size_t)(high - low + 1)));
    if (s->count > 0)
        memcpy(digits + (high - s->high), s->digits, (size_t)s->count * sizeof(*digits));
    mem_free(s->digits);
    s->digits = digits;
    s->high = high;
    s->count = high - low + 1;
}

static void accumulate(NumSum *s, const Num *n, bool is_negative, MemContext *mem)
{
    int64_t *to;

    if (n->dscale > s->dscale)
        s->dscale = n->dscale;
    if (n->count == 0)
        return;
    cover(s, n->weight, n->weight - n->count + 1, mem);
    to = s->digits + (s->high - n->weight);
    if (is_negative)
        for (int32_t i = 0; i < n->count; i++)
            to[i] -= n->digits[i];
    else
        for (int32_t i = 0; i < n->count; i++)
            to[i] += n->digits[i];
}

void num_sum_add(NumSum *s, const Num *n, MemContext *mem)
{
    accumulate(s, n, n->sign == NUM_NEGATIVE, mem);
}

void num_sum_subtract(NumSum *s, const Num *n, MemContext *mem)
{
    accumulate(s, n, n->sign != NUM_NEGATIVE, mem);
}

void num_sum_reset(NumSum *s)
{
    if (s->count > 0)
        memset(s->digits, 0, (size_t)s->count * sizeof(*s->digits));
    s->dscale = 0;
}

/* Carry s * sign into digits; false when the sum has the other sign. */
static bool carry_all(const NumSum *s, int sign, int16_t *digits)
{
    int64_t carry = 0;

    for (int32_t i = s->count - 1 + CARRY_DIGITS; i >= 0; i--) {
        int64_t value = carry + (i >= CARRY_DIGITS ? sign * s->digits[i - CARRY_DIGITS] : 0);
        int64_t digit = value % NUM_BASE;

        carry = value / NUM_BASE;
        if (digit < 0) {
            digit += NUM_BASE;
            carry--;
        }
        digits[i] = (int16_t)digit;
    }
    return carry == 0;
}

void num_sum_total(const NumSum *s, Num *out)
{
    int16_t *digits = num_reserve(out, s->count + CARRY_DIGITS);

    out->weight = s->high + CARRY_DIGITS;
    out->sign = NUM_POSITIVE;
    if (!carry_all(s, 1, digits)) {
        carry_all(s, -1, digits);
        out->sign = NUM_NEGATIVE;
    }
    out->dscale = s->dscale;
    num_strip(out);
}
