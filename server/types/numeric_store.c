/*
 * numeric_store.c - numerics from and to their stored form, and small changes to them
 *
 * Behind the length word stands a head of two or four bytes, then the digits of two bytes each:
 *
 *     short   10swwwww ww......   sign, 6 bits of dscale, weight of 7 bits in two's complement
 *     long    0sssssss ssssssss   sign and 14 bits of dscale, then 16 bits of weight
 *     11......                    no digits: C000 is NaN, D000 infinity, F000 minus infinity
 *
 * The short form is taken whenever dscale and weight fit in it.
 */
#include "common/base/base.h"

#include "server/types/numeric_int.h"

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/mem/mem.h"

#define HEAD_KIND           0xC000
#define HEAD_NEGATIVE       0x4000
#define HEAD_SHORT          0x8000
#define HEAD_NAN            0xC000
#define HEAD_INFINITY       0xD000
#define HEAD_MINUS_INFINITY 0xF000
#define HEAD_SPECIAL        0xF000 /* what tells the three apart */
#define SHORT_NEGATIVE      0x2000
#define SHORT_SCALE_SHIFT   7
#define SHORT_SCALE_MAX     0x3F
#define SHORT_WEIGHT        0x7F
#define SHORT_WEIGHT_MAX    63
#define SHORT_WEIGHT_MIN    (-64)
#define LONG_SCALE          0x3FFF

void num_raise_overflow(void)
{
    err_raise(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE, .message = "value overflows numeric format");
}

void num_load_bytes(Num *n, const uint8_t *bytes, size_t len)
{
    uint16_t head;
    size_t head_len = 2;

    num_init(n);
    if (UNLIKELY(len < head_len))
        err_raise(SQLSTATE_DATA_CORRUPTED, .message = "invalid numeric value");
    head = load_u16(bytes);
    if ((head & HEAD_KIND) == HEAD_SHORT) {
        n->sign = (head & SHORT_NEGATIVE) != 0 ? NUM_NEGATIVE : NUM_POSITIVE;
        n->dscale = head >> SHORT_SCALE_SHIFT & SHORT_SCALE_MAX;
        n->weight = ((head & SHORT_WEIGHT) ^ 0x40) - 0x40;
    } else if ((head & HEAD_KIND) == HEAD_NAN) {
        head &= HEAD_SPECIAL;
        n->sign = head == HEAD_NAN        ? NUM_NAN
                  : head == HEAD_INFINITY ? NUM_INFINITY
                                          : NUM_MINUS_INFINITY;
        return;
    } else {
        head_len = 4;
        if (UNLIKELY(len < head_len))
            err_raise(SQLSTATE_DATA_CORRUPTED, .message = "invalid numeric value");
        n->sign = (head & HEAD_NEGATIVE) != 0 ? NUM_NEGATIVE : NUM_POSITIVE;
        n->dscale = head & LONG_SCALE;
        n->weight = (int16_t)load_u16(bytes + 2);
    }
    n->count = (int32_t)((len - head_len) / sizeof(int16_t));
    if (n->count > NUM_LOCAL) {
        n->digits = mem_new_array(int16_t, (size_t)n->count);
        n->capacity = n->count;
    }
    memcpy(n->digits, bytes + head_len, (size_t)n->count * sizeof(int16_t));
}

void num_load(Num *n, Datum stored)
{
    const uint8_t *v = varlena_packed(datum_varlena(stored));

    num_load_bytes(n, varlena_bytes(v), varlena_len(v));
}

void num_load_arg(Num *n, FmgrCall *call, int arg)
{
    num_load(n, call->args[arg].value);
}

Datum num_store(Num *n)
{
    bool is_short;
    size_t head_len, size;
    uint8_t *v;

    if (num_is_special(n))
        return num_store_special(n->sign);
    num_strip(n);
    if (UNLIKELY(n->weight > NUM_WEIGHT_MAX || n->weight < -NUM_WEIGHT_MAX - 1 ||
                 n->dscale > NUM_SCALE_MAX || n->dscale < 0))
        num_raise_overflow();
    is_short = n->dscale <= SHORT_SCALE_MAX && n->weight <= SHORT_WEIGHT_MAX &&
               n->weight >= SHORT_WEIGHT_MIN;
    head_len = is_short ? 2 : 4;
    size = VARLENA_HEADER + head_len + (size_t)n->count * sizeof(int16_t);
    v = mem_alloc(size);
    varlena_set_size(v, size);
    if (is_short) {
        store_u16(v + VARLENA_HEADER,
                  (uint16_t)(HEAD_SHORT | (n->sign == NUM_NEGATIVE ? SHORT_NEGATIVE : 0) |
                             n->dscale << SHORT_SCALE_SHIFT | (n->weight & SHORT_WEIGHT)));
    } else {
        store_u16(v + VARLENA_HEADER,
                  (uint16_t)((n->sign == NUM_NEGATIVE ? HEAD_NEGATIVE : 0) | n->dscale));
        store_u16(v + VARLENA_HEADER + 2, (uint16_t)n->weight);
    }
    memcpy(v + VARLENA_HEADER + head_len, n->digits, (size_t)n->count * sizeof(int16_t));
    return datum_of_pointer(v);
}

Datum num_store_special(NumSign sign)
{
    uint8_t head[2];

    store_u16(head, sign == NUM_NAN        ? HEAD_NAN
                    : sign == NUM_INFINITY ? HEAD_INFINITY
                                           : HEAD_MINUS_INFINITY);
    return datum_of_pointer(varlena_new(head, sizeof head));
}

int16_t *num_reserve(Num *n, int32_t count)
{
    if (UNLIKELY(count > n->capacity)) {
        if (n->digits != n->local)
            mem_free(n->digits);
        n->digits = mem_new_array(int16_t, (size_t)count);
        n->capacity = count;
    }
    n->count = count;
    return n->digits;
}

void num_copy(Num *to, const Num *from)
{
    to->sign = from->sign;
    to->weight = from->weight;
    to->dscale = from->dscale;
    memcpy(num_reserve(to, from->count), from->digits, (size_t)from->count * sizeof(int16_t));
}

void num_set_zero(Num *n, int32_t dscale)
{
    n->sign = NUM_POSITIVE;
    n->weight = n->count = 0;
    n->dscale = dscale;
}

void num_set_u64(Num *n, uint64_t value)
{
    int16_t digits[5];
    int32_t count = 0;

    for (; value != 0; value /= NUM_BASE)
        digits[count++] = (int16_t)(value % NUM_BASE);
    n->sign = NUM_POSITIVE;
    n->dscale = 0;
    n->weight = count == 0 ? 0 : count - 1;
    n->count = count;
    for (int32_t i = 0; i < count; i++)
        n->digits[i] = digits[count - 1 - i];
    num_strip(n);
}

void num_set_i64(Num *n, int64_t value)
{
    num_set_u64(n, value < 0 ? -(uint64_t)value : (uint64_t)value);
    if (value < 0)
        n->sign = NUM_NEGATIVE;
}

void num_set_i128(Num *n, __int128 value)
{
    unsigned __int128 rest = value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
    int16_t digits[10];
    int32_t count = 0;

    for (; rest != 0; rest /= NUM_BASE)
        digits[count++] = (int16_t)(rest % NUM_BASE);
    n->sign = value < 0 ? NUM_NEGATIVE : NUM_POSITIVE;
    n->dscale = 0;
    n->weight = count == 0 ? 0 : count - 1;
    n->count = count;
    for (int32_t i = 0; i < count; i++)
        n->digits[i] = digits[count - 1 - i];
    num_strip(n);
}

void num_strip(Num *n)
{
    int32_t skip = 0;

    while (n->count > 0 && n->digits[n->count - 1] == 0)
        n->count--;
    while (skip < n->count && n->digits[skip] == 0)
        skip++;
    if (skip > 0) {
        n->count -= skip;
        n->weight -= skip;
        memmove(n->digits, n->digits + skip, (size_t)n->count * sizeof(int16_t));
    }
    if (n->count == 0) {
        n->weight = 0;
        n->sign = NUM_POSITIVE;
    }
}

/* Where the last decimal digit that is kept lies, from the first digit's; at most 0: none is. */
static int64_t kept_digits(const Num *n, int32_t scale)
{
    return ((int64_t)n->weight + 1) * NUM_BASE_DIGITS + scale;
}

/* One more in the last place, which may take one more digit in front. */
static void carry_up(Num *n)
{
    int32_t i = n->count - 1;

    while (i >= 0 && n->digits[i] >= NUM_BASE) {
        n->digits[i] = (int16_t)(n->digits[i] - NUM_BASE);
        if (--i >= 0)
            n->digits[i]++;
    }
    if (n->count > 0 && i >= 0)
        return;
    if (n->count + 1 > n->capacity) {
        int16_t *more = mem_new_array(int16_t, (size_t)n->count + 1);

        memcpy(more + 1, n->digits, (size_t)n->count * sizeof(int16_t));
        if (n->digits != n->local)
            mem_free(n->digits);
        n->digits = more;
        n->capacity = n->count + 1;
    } else {
        memmove(n->digits + 1, n->digits, (size_t)n->count * sizeof(int16_t));
    }
    n->digits[0] = 1;
    n->count++;
    n->weight++;
}

void num_round(Num *n, int32_t scale)
{
    static const int16_t units[] = {NUM_BASE, 1000, 100, 10};
    int64_t kept = kept_digits(n, scale);
    int32_t whole, unit;
    bool is_up;

    n->dscale = scale;
    if (kept < 0 || n->count == 0) {
        num_set_zero(n, scale);
        return;
    }
    whole = (int32_t)((kept + NUM_BASE_DIGITS - 1) / NUM_BASE_DIGITS);
    unit = units[kept % NUM_BASE_DIGITS];
    if (whole > n->count || (whole == n->count && unit == NUM_BASE))
        return;
    if (unit == NUM_BASE) {
        is_up = n->digits[whole] >= NUM_BASE / 2;
        n->count = whole;
        if (is_up && whole > 0)
            n->digits[whole - 1]++;
    } else {
        int16_t rest = (int16_t)(n->digits[whole - 1] % unit);

        is_up = rest >= unit / 2;
        n->count = whole;
        n->digits[whole - 1] = (int16_t)(n->digits[whole - 1] - rest + (is_up ? unit : 0));
    }
    if (is_up)
        carry_up(n);
    num_strip(n);
}

void num_cut(Num *n, int32_t scale)
{
    static const int16_t units[] = {1, 1000, 100, 10};
    int64_t kept = kept_digits(n, scale);
    int32_t whole, unit;

    n->dscale = scale;
    if (kept <= 0) {
        num_set_zero(n, scale);
        return;
    }
    whole = (int32_t)((kept + NUM_BASE_DIGITS - 1) / NUM_BASE_DIGITS);
    unit = units[kept % NUM_BASE_DIGITS];
    if (whole <= n->count) {
        n->count = whole;
        n->digits[whole - 1] = (int16_t)(n->digits[whole - 1] / unit * unit);
    }
    num_strip(n);
}

void num_keep(Num *n, int32_t count)
{
    if (n->count > count)
        n->count = count;
    num_strip(n);
}
