/* int_text.c - integers from and to decimal text, two digits at a time. */
#include "common/base/base.h"

#include "server/types/int_text.h"

#include "common/text/hex.h"
#include "server/types/types_int.h"

static const char two_digits[] = "00010203040506070809"
                                 "10111213141516171819"
                                 "20212223242526272829"
                                 "30313233343536373839"
                                 "40414243444546474849"
                                 "50515253545556575859"
                                 "60616263646566676869"
                                 "70717273747576777879"
                                 "80818283848586878889"
                                 "90919293949596979899";

size_t int_print_u64(uint64_t v, char *out)
{
    char digits[INT_TEXT_SIZE];
    char *p = digits + sizeof digits;
    size_t len;

    while (v >= 100) {
        p -= 2;
        memcpy(p, &two_digits[v % 100 * 2], 2);
        v /= 100;
    }
    if (v >= 10) {
        p -= 2;
        memcpy(p, &two_digits[v * 2], 2);
    } else {
        *--p = (char)('0' + v);
    }
    len = (size_t)(digits + sizeof digits - p);
    memcpy(out, p, len);
    out[len] = '\0';
    return len;
}

size_t int_print_i64(int64_t v, char *out)
{
    if (v >= 0)
        return int_print_u64((uint64_t)v, out);
    *out = '-';
    return 1 + int_print_u64(0 - (uint64_t)v, out + 1);
}

/*
 * The number that text is, if it lies from min to max. It is gathered below zero, where there is
 * one value more; what is too large is told before what may follow it is looked at.
 */
static int64_t parse(const char *text, int64_t min, int64_t max, const char *type)
{
    const char *p = skip_spaces(text);
    bool is_negative = *p == '-';
    int64_t v = 0;

    if (*p == '-' || *p == '+')
        p++;
    if (*p < '0' || *p > '9')
        types_raise_syntax(type, text);
    do {
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, *p - '0', &v) || v < min)
            types_raise_input_range(type, text);
        p++;
    } while (*p >= '0' && *p <= '9');
    if (*skip_spaces(p) != '\0')
        types_raise_syntax(type, text);
    if (is_negative)
        return v;
    if (v < -max)
        types_raise_input_range(type, text);
    return -v;
}

int16_t int_parse_i16(const char *text)
{
    return (int16_t)parse(text, INT16_MIN, INT16_MAX, "smallint");
}

int32_t int_parse_i32(const char *text)
{
    return (int32_t)parse(text, INT32_MIN, INT32_MAX, "integer");
}

int64_t int_parse_i64(const char *text)
{
    return parse(text, INT64_MIN, INT64_MAX, "bigint");
}

uint64_t int_read_u64(const char *text, int base, const char **end, bool *is_over)
{
    const char *p = skip_spaces(text);
    bool is_negative = *p == '-', has_digits = false;
    uint64_t v = 0;

    *is_over = false;
    if (*p == '-' || *p == '+')
        p++;
    if (base == 0 && *p == '0') {
        base = 8;
        if ((p[1] == 'x' || p[1] == 'X') && hex_digit(p[2]) >= 0) {
            base = 16;
            p += 2;
        }
    } else if (base == 0) {
        base = 10;
    }
    for (int digit; (digit = hex_digit(*p)) >= 0 && digit < base; p++) {
        has_digits = true;
        if (__builtin_mul_overflow(v, (uint64_t)base, &v) ||
            __builtin_add_overflow(v, (uint64_t)digit, &v))
            *is_over = true;
    }
    *end = has_digits ? p : text;
    if (*is_over)
        return UINT64_MAX;
    return is_negative ? 0 - v : v;
}
