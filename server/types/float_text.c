/* float_text.c - floating-point numbers as PostgreSQL writes and reads them. */
#include "common/base/base.h"

#include "server/types/float_text.h"

#include <math.h>
#include <stdlib.h>

#include "common/text/hex.h"
#include "server/config/setting.h"
#include "server/types/int_text.h"
#include "server/types/shortest.h"
#include "server/types/types_int.h"

#define FIXED_MIN    (-4) /* exponents from here on are written without an e */
#define FIXED_MAX_F8 15   /* up to below these */
#define FIXED_MAX_F4 6
#define DIGITS_F8    15 /* that every number holds */
#define DIGITS_F4    6

static size_t put(char *out, const char *text)
{
    size_t len = strlen(text);

    memcpy(out, text, len + 1);
    return len;
}

/* d.ddde+XX */
static size_t print_scientific(const char *digits, size_t count, int exponent, char *out)
{
    char *p = out;

    *p++ = digits[0];
    if (count > 1) {
        *p++ = '.';
        memcpy(p, digits + 1, count - 1);
        p += count - 1;
    }
    *p++ = 'e';
    *p++ = exponent < 0 ? '-' : '+';
    if (exponent < 0)
        exponent = -exponent;
    if (exponent < 10)
        *p++ = '0';
    p += int_print_u64((uint64_t)exponent, p);
    return (size_t)(p - out);
}

/* exponent is that of the first digit. */
static size_t print_fixed(const char *digits, size_t count, int exponent, char *out)
{
    char *p = out;

    if (exponent < 0) {
        *p++ = '0';
        *p++ = '.';
        for (int i = -1; i > exponent; i--)
            *p++ = '0';
        memcpy(p, digits, count);
        p += count;
    } else if ((size_t)exponent + 1 >= count) {
        size_t zeros = (size_t)exponent + 1 - count;

        memcpy(p, digits, count);
        memset(p + count, '0', zeros);
        p += count + zeros;
    } else {
        size_t whole = (size_t)exponent + 1;

        memcpy(p, digits, whole);
        p[whole] = '.';
        memcpy(p + whole + 1, digits + whole, count - whole);
        p += count + 1;
    }
    *p = '\0';
    return (size_t)(p - out);
}

static size_t print_shortest(Shortest s, int fixed_max, char *out)
{
    char digits[INT_TEXT_SIZE];
    size_t count = int_print_u64(s.digits, digits);
    int exponent = s.exponent + (int)count - 1;

    if (exponent < FIXED_MIN || exponent >= fixed_max)
        return print_scientific(digits, count, exponent, out);
    return print_fixed(digits, count, exponent, out);
}

/* True when it was one of those that are words, or zero. */
static bool print_special(double v, char *out, size_t *len)
{
    if (isnan(v))
        *len = put(out, "NaN");
    else if (isinf(v))
        *len = put(out, v < 0 ? "-Infinity" : "Infinity");
    else if (v == 0)
        *len = put(out, signbit(v) ? "-0" : "0");
    else
        return false;
    return true;
}

static size_t print_digits(double v, int digits, char *out)
{
    digits += setting.extra_float_digits;
    return (size_t)snprintf(out, FLOAT_TEXT_SIZE, "%.*g", digits < 1 ? 1 : digits, v);
}

size_t float8_print(double v, char *out)
{
    size_t len;

    if (print_special(v, out, &len))
        return len;
    if (setting.extra_float_digits <= 0)
        return print_digits(v, DIGITS_F8, out);
    if (v > 0)
        return print_shortest(shortest_f8(v), FIXED_MAX_F8, out);
    *out = '-';
    return 1 + print_shortest(shortest_f8(-v), FIXED_MAX_F8, out + 1);
}

size_t float4_print(float v, char *out)
{
    size_t len;

    if (print_special((double)v, out, &len))
        return len;
    if (setting.extra_float_digits <= 0)
        return print_digits((double)v, DIGITS_F4, out);
    if (v > 0)
        return print_shortest(shortest_f4(v), FIXED_MAX_F4, out);
    *out = '-';
    return 1 + print_shortest(shortest_f4(-v), FIXED_MAX_F4, out + 1);
}

/* ---- Reading: by the C library, which rounds correctly ---- */

/* Is there a digit other than 0 before the exponent? Then the number is not zero. */
static bool has_value(const char *text, const char *end)
{
    bool is_hex = false;

    for (; text < end; text++) {
        if (*text == 'x' || *text == 'X')
            is_hex = true;
        else if (*text == 'p' || *text == 'P' || (!is_hex && (*text == 'e' || *text == 'E')))
            return false;
        else if (hex_digit(*text) > 0)
            return true;
    }
    return false;
}

static bool is_word(const char *text)
{
    if (*text == '-' || *text == '+')
        text++;
    return *text == 'i' || *text == 'I' || *text == 'n' || *text == 'N';
}

static bool is_over(const char *from, const char *end, bool is_infinite, bool is_zero)
{
    return (is_infinite && !is_word(from)) || (is_zero && has_value(from, end));
}

static _Noreturn void raise_over(const char *text, size_t len, const char *type)
{
    err_raise(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE,
              .message = err_fmt("\"%.*s\" is out of range for type %s", (int)len, text, type));
}

double float8_parse(const char *text, const char **end, const char *type, const char *whole)
{
    const char *from = skip_spaces(text);
    char *behind;
    double v = strtod(from, &behind);

    if (behind == from)
        types_raise_syntax(type, whole);
    if (is_over(from, behind, isinf(v), v == 0))
        raise_over(from, (size_t)(behind - from), type);
    behind += skip_spaces(behind) - behind;
    if (end != NULL)
        *end = behind;
    else if (*behind != '\0')
        types_raise_syntax(type, whole);
    return v;
}

float float4_parse(const char *text)
{
    const char *from = skip_spaces(text);
    char *behind;
    float v = strtof(from, &behind);

    if (behind == from)
        types_raise_syntax("real", text);
    if (is_over(from, behind, isinf(v), v == 0))
        raise_over(text, strlen(text), "real");
    if (*skip_spaces(behind) != '\0')
        types_raise_syntax("real", text);
    return v;
}
