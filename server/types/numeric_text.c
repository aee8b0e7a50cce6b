/* numeric_text.c - numerics from and to text, floats and integers. */
#include "common/base/base.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/types/numeric_int.h"
#include "server/types/types_int.h"

#define EXPONENT_MAX (INT32_MAX / 2)
#define F8_TEXT_SIZE 64
#define I64_DIGITS   5 /* of base 10000, that any int8 fits in */
#define I128_DIGITS  10

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/*
 * "e" and a number with a sign; nothing when there is none. False when digits are missing. Blanks
 * may stand between the two.
 */
static bool parse_exponent(const char **text, int32_t *out)
{
    const char *p = *text;
    bool is_negative;
    int64_t value = 0;

    *out = 0;
    if (*p != 'e' && *p != 'E')
        return true;
    p = skip_spaces(p + 1);
    is_negative = *p == '-';
    p += *p == '-' || *p == '+';
    if (!is_digit(*p))
        return false;
    for (; is_digit(*p); p++)
        if (value <= EXPONENT_MAX)
            value = value * 10 + (*p - '0');
    if (value >= EXPONENT_MAX)
        num_raise_overflow();
    *out = (int32_t)(is_negative ? -value : value);
    *text = p;
    return true;
}

/* Decimal digits, without a point, into digits; the first is worth 10^(place - 1). */
static void pack_digits(Num *n, const char *text, size_t len, int64_t place)
{
    int64_t weight = place > 0 ? (place - 1) / NUM_BASE_DIGITS : -((-place) / NUM_BASE_DIGITS + 1);
    int64_t lead = (weight + 1) * NUM_BASE_DIGITS - place; /* zeros in front of the first */
    int64_t count = ((int64_t)len + lead + NUM_BASE_DIGITS - 1) / NUM_BASE_DIGITS;
    int16_t *digits = num_reserve(n, (int32_t)count);
    int value = 0;
    int64_t at = lead;

    for (const char *p = text, *end = text + len; p < end; p++) {
        if (*p == '.')
            continue;
        value = value * 10 + (*p - '0');
        if (++at % NUM_BASE_DIGITS == 0) {
            digits[at / NUM_BASE_DIGITS - 1] = (int16_t)value;
            value = 0;
        }
    }
    n->count = (int32_t)(at / NUM_BASE_DIGITS);
    if (at % NUM_BASE_DIGITS != 0) {
        for (; at % NUM_BASE_DIGITS != 0; at++)
            value *= 10;
        digits[n->count++] = (int16_t)value;
    }
    n->weight = (int32_t)weight;
}

bool num_parse(Num *n, const char *text, const char **end)
{
    const char *p = text;
    const char *first;
    size_t digit_count = 0, fraction = 0;
    bool has_point = false;
    int32_t exponent;
    int64_t place;

    num_init(n);
    if (*p == '-')
        n->sign = NUM_NEGATIVE;
    p += *p == '-' || *p == '+';
    for (first = p; is_digit(*p) || (*p == '.' && !has_point); p++) {
        if (*p == '.') {
            has_point = true;
            continue;
        }
        digit_count++;
        fraction += has_point;
    }
    if (digit_count == 0)
        return false;
    *end = p;
    if (!parse_exponent(end, &exponent))
        return false;

    place = (int64_t)(digit_count - fraction) + exponent;
    n->dscale = (int64_t)fraction > exponent ? (int32_t)((int64_t)fraction - exponent) : 0;

    /* Zeros in front must not count as a value that is too large. */
    for (; first < p && (*first == '0' || *first == '.'); first++)
        place -= *first == '0';
    if (first == p) {
        n->sign = NUM_POSITIVE;
        return true;
    }
    pack_digits(n, first, (size_t)(p - first), place);
    num_strip(n);
    return true;
}

/* NaN, inf and infinity, of which the latter may have a sign. */
static bool parse_special(Num *n, const char *text, const char **end)
{
    static const struct {
        const char *word;
        NumSign sign;
    } words[] = {
        {"NaN", NUM_NAN},
        {"+infinity", NUM_INFINITY},
        {"infinity", NUM_INFINITY},
        {"-infinity", NUM_MINUS_INFINITY},
        {"+inf", NUM_INFINITY},
        {"inf", NUM_INFINITY},
        {"-inf", NUM_MINUS_INFINITY},
    };

    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strncasecmp(text, words[i].word, strlen(words[i].word)) == 0) {
            num_init(n);
            n->sign = words[i].sign;
            *end = text + strlen(words[i].word);
            return true;
        }
    return false;
}

bool num_parse_any(Num *n, const char *text)
{
    const char *end;

    text = skip_spaces(text);
    if (!num_parse(n, text, &end) && !parse_special(n, text, &end))
        return false;
    return *skip_spaces(end) == '\0';
}

/* ---- To text ---- */

/* The digit of base 10000 with that weight. */
static int digit_at(const Num *n, int32_t weight)
{
    int32_t i = n->weight - weight;

    return i >= 0 && i < n->count ? n->digits[i] : 0;
}

static void put_digit(char *to, int digit)
{
    to[0] = (char)('0' + digit / 1000);
    to[1] = (char)('0' + digit / 100 % 10);
    to[2] = (char)('0' + digit / 10 % 10);
    to[3] = (char)('0' + digit % 10);
}

/* Writes a finite value; returns the end. to has room for text_size(n). */
static char *put_text(char *to, const Num *n)
{
    char lead[NUM_BASE_DIGITS];
    int skip = 0;

    if (n->sign == NUM_NEGATIVE)
        *to++ = '-';
    if (n->count == 0 || n->weight < 0) {
        *to++ = '0';
    } else {
        put_digit(lead, digit_at(n, n->weight));
        while (skip < NUM_BASE_DIGITS - 1 && lead[skip] == '0')
            skip++;
        memcpy(to, lead + skip, (size_t)(NUM_BASE_DIGITS - skip));
        to += NUM_BASE_DIGITS - skip;
        for (int32_t w = n->weight - 1; w >= 0; w--, to += NUM_BASE_DIGITS)
            put_digit(to, digit_at(n, w));
    }
    if (n->dscale > 0) {
        char *end = to + 1 + n->dscale;

        *to++ = '.';
        for (int32_t w = -1; to < end; w--, to += NUM_BASE_DIGITS)
            put_digit(to, digit_at(n, w));
        to = end;
    }
    return to;
}

static size_t text_size(const Num *n)
{
    return (size_t)(n->weight < 0 ? 1 : (n->weight + 1) * NUM_BASE_DIGITS) + (size_t)n->dscale +
           NUM_BASE_DIGITS + 3;
}

static const char *special_text(const Num *n)
{
    return n->sign == NUM_NAN ? "NaN" : n->sign == NUM_INFINITY ? "Infinity" : "-Infinity";
}

void num_add_text(StrBuf *out, const Num *n)
{
    char *to;

    if (num_is_special(n)) {
        strbuf_add(out, special_text(n));
        return;
    }
    to = strbuf_reserve(out, text_size(n));
    out->len += (size_t)(put_text(to, n) - to);
    out->text[out->len] = '\0';
}

char *num_text(const Num *n)
{
    char *text;

    if (num_is_special(n))
        return mem_strdup(special_text(n));
    text = mem_alloc(text_size(n));
    *put_text(text, n) = '\0';
    return text;
}

char *num_text_sci(const Num *n, int32_t scale)
{
    int32_t exponent = 0;
    Num shown, power;
    StrBuf b;

    num_init(&shown);
    num_init(&power);
    if (n->count > 0) {
        int16_t first = n->digits[0];

        exponent = n->weight * NUM_BASE_DIGITS + (first >= 1000) + (first >= 100) + (first >= 10);
    }

    /* Divided by its power of ten it is rounded once; that may carry into a second digit. */
    num_set_i64(&power, 1);
    power.weight = exponent >= 0 ? exponent / NUM_BASE_DIGITS
                                 : -((-exponent + NUM_BASE_DIGITS - 1) / NUM_BASE_DIGITS);
    for (int32_t i = exponent - power.weight * NUM_BASE_DIGITS; i > 0; i--)
        power.digits[0] = (int16_t)(power.digits[0] * 10);
    num_div(&shown, n, &power, scale < 0 ? 0 : scale, true);
    strbuf_init(&b);
    num_add_text(&b, &shown);
    strbuf_add_fmt(&b, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
    return b.text;
}

/* ---- Floats and integers ---- */

double num_f8(const Num *n)
{
    char local[256];
    char *text = local;
    double value;

    switch (n->sign) {
    case NUM_NAN:
        return NAN;
    case NUM_INFINITY:
        return INFINITY;
    case NUM_MINUS_INFINITY:
        return -INFINITY;
    default:
        break;
    }
    if (text_size(n) > sizeof local)
        text = mem_alloc(text_size(n));
    *put_text(text, n) = '\0';
    value = strtod(text, NULL);
    if (text != local)
        mem_free(text);
    return value;
}

void num_set_f8(Num *n, double value, int digits)
{
    char text[F8_TEXT_SIZE];

    num_init(n);
    if (isnan(value)) {
        n->sign = NUM_NAN;
    } else if (isinf(value)) {
        n->sign = value > 0 ? NUM_INFINITY : NUM_MINUS_INFINITY;
    } else {
        const char *end;

        snprintf(text, sizeof text, "%.*g", digits, value);
        num_parse(n, text, &end);
    }
}

float num_f4(const Num *n)
{
    char *text = num_text(n);
    float value = strtof(text, NULL);

    mem_free(text);
    return value;
}

bool num_try_i128(const Num *n, __int128 *out)
{
    unsigned __int128 value = 0;
    const unsigned __int128 limit = (unsigned __int128)1 << 127;
    Num whole;

    num_init(&whole);
    num_copy(&whole, n);
    num_round(&whole, 0);
    if (whole.count > 0 && whole.weight >= I128_DIGITS)
        return false;
    for (int32_t w = whole.weight; w >= 0 && whole.count > 0; w--) {
        unsigned __int128 digit = (unsigned __int128)digit_at(&whole, w);

        if (value > (limit - digit) / NUM_BASE)
            return false;
        value = value * NUM_BASE + digit;
    }
    if (value > limit || (value == limit && whole.sign != NUM_NEGATIVE))
        return false;
    *out = whole.sign == NUM_NEGATIVE ? (__int128)(-value) : (__int128)value;
    return true;
}

bool num_try_i64(const Num *n, int64_t *out)
{
    __int128 value;

    /* What is far too large need not be copied. */
    if (n->count > 0 && n->weight >= I64_DIGITS)
        return false;
    if (!num_try_i128(n, &value) || value > INT64_MAX || value < INT64_MIN)
        return false;
    *out = (int64_t)value;
    return true;
}
