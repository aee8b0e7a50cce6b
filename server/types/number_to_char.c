/*
 * number_to_char.c - to_char() of numbers
 *
 * A number is first made a row of digits with as many behind the point as the template has places
 * for; then the template is walked, and each of its places takes a digit. Places before the first
 * digit are blank, or 0 from the first 0 of the template on. A number too long for its places is
 * shown as #. Signs, points and groups are those of the locale C.
 */
#include "common/base/base.h"

#include <math.h>

#include "server/types/float_text.h"
#include "server/types/int_text.h"
#include "server/types/number_template.h"
#include "server/types/numeric.h"
#include "server/types/numeric_int.h"
#include "server/types/types_int.h"

#define ROMAN_MAX    3999
#define ROMAN_WIDTH  15
#define DIGITS_F4    6 /* that every number holds */
#define DIGITS_F8    15
#define INT_TEXT_MAX 24

typedef struct NumberWriter {
    StrBuf out;
    NumberShape shape;
    const char *digits; /* without a sign */
    const char *next;
    const char *last_needed; /* what follows are zeros that nobody asked for; NULL: all are shown */
    char sign;               /* '+', '-'; NUL for Roman numbers */
    int pad;                 /* places before the first digit */
    int place;
    int last_place; /* behind which the sign may have its place */
    bool is_sign_done;
    bool is_cut;       /* there was a place and no digit for it: nothing more is shown */
    bool is_in_number; /* was the last place a digit? */
} NumberWriter;

static bool has(const NumberWriter *w, unsigned flag)
{
    return number_has(&w->shape, flag);
}

static bool is_sign_last(const NumberWriter *w)
{
    return w->shape.is_sign_last || w->shape.sign_place == w->shape.whole;
}

/* ---- Before the walk ---- */

static const char *last_needed(const NumberWriter *w)
{
    const char *point = strchr(w->digits, '.'), *last = point;

    if (!has(w, NUMBER_FILL) || !has(w, NUMBER_POINT) || point == NULL)
        return NULL;
    for (const char *p = point; *p != '\0'; p++) {
        if (*p != '0')
            last = p;
    }

    /* Places of 0 keep their digit. */
    if (w->shape.zero_end > w->pad) {
        size_t len = strlen(w->digits), kept = (size_t)(w->shape.zero_end - w->pad);
        const char *zero = w->digits + (kept < len ? kept : len - 1);

        if (last < zero)
            last = zero;
    }
    return last;
}

/* The sign's own place counts among the others, but where nothing is before the first digit. */
static void begin_places(NumberWriter *w)
{
    w->last_place = w->shape.whole + w->shape.fraction + has(w, NUMBER_POINT) -
                    (w->is_sign_done && w->pad == 0);
}

static void begin_sign(NumberWriter *w)
{
    if (has(w, NUMBER_PLUS | NUMBER_MINUS)) {
        /* PL alone writes a plus, so a minus is ours to write. */
        w->is_sign_done = has(w, NUMBER_MINUS);
        return;
    }
    if (w->sign == '+' && has(w, NUMBER_FILL)) {
        w->shape.flags &= ~(unsigned)NUMBER_BRACKET;
        w->is_sign_done = !has(w, NUMBER_SIGN);
    }
}

/* ---- A place ---- */

/* The 0 of 0.5 is not shown where there is room behind the point and no 0 asked for it. */
static bool is_hidden_zero(const NumberWriter *w)
{
    return w->shape.first_zero < 0 && w->next == w->digits && *w->next == '0' &&
           w->shape.fraction != 0;
}

static bool ends_at_point(const NumberWriter *w)
{
    return w->last_needed != NULL && *w->last_needed == '.';
}

static void put_sign(NumberWriter *w)
{
    if (has(w, NUMBER_SIGN)) {
        if (is_sign_last(w))
            return;
        strbuf_add_char(&w->out, w->sign);
    } else if (has(w, NUMBER_BRACKET)) {
        strbuf_add_char(&w->out, w->sign == '+' ? ' ' : '<');
    } else if (w->sign == '-') {
        strbuf_add_char(&w->out, '-');
    } else if (!has(w, NUMBER_FILL)) {
        strbuf_add_char(&w->out, ' ');
    }
    w->is_sign_done = true;
}

static void put_padding(NumberWriter *w)
{
    if (w->shape.first_zero >= 0 && w->place >= w->shape.first_zero) {
        strbuf_add_char(&w->out, '0');
        w->is_in_number = true;
    } else if (!has(w, NUMBER_FILL)) {
        strbuf_add_char(&w->out, ' ');
    }
}

static void put_digit(NumberWriter *w, NumberPattern pattern)
{
    if (*w->next == '.') {
        if (!ends_at_point(w) || has(w, NUMBER_FILL))
            strbuf_add_char(&w->out, '.');
    } else if (w->last_needed != NULL && w->next > w->last_needed &&
               pattern != NUMBER_PATTERN_ZERO) {
        /* A zero at the end that nobody asked for. */
    } else if (is_hidden_zero(w)) {
        if (!has(w, NUMBER_FILL))
            strbuf_add_char(&w->out, ' ');
        else if (ends_at_point(w))
            strbuf_add_char(&w->out, '0');
    } else if (*w->next == '\0') {
        w->is_cut = true;
        return;
    } else {
        strbuf_add_char(&w->out, *w->next);
        w->is_in_number = true;
    }
    if (*w->next != '\0')
        w->next++;
}

/* What stands behind the last digit. */
static void put_last_sign(NumberWriter *w)
{
    if (w->is_sign_done && has(w, NUMBER_BRACKET))
        strbuf_add_char(&w->out, w->sign == '+' ? ' ' : '>');
    else if (has(w, NUMBER_SIGN) && is_sign_last(w))
        strbuf_add_char(&w->out, w->sign);
}

static void put_place(NumberWriter *w, NumberPattern pattern)
{
    w->is_in_number = false;
    if (!w->is_sign_done && (w->place >= w->pad || w->shape.first_zero == w->place) &&
        (!is_hidden_zero(w) || ends_at_point(w)))
        put_sign(w);
    if (w->place < w->pad)
        put_padding(w);
    else
        put_digit(w, pattern);
    w->place++;
    if (!w->is_cut && w->place == w->last_place && w->next != w->last_needed)
        put_last_sign(w);
}

/* ---- Other patterns ---- */

static void put_group(NumberWriter *w)
{
    if (w->is_in_number)
        strbuf_add_char(&w->out, ',');
    else if (!has(w, NUMBER_FILL))
        strbuf_add_char(&w->out, ' ');
}

static void put_own_sign(NumberWriter *w, char sign)
{
    if (w->sign == sign)
        strbuf_add_char(&w->out, sign);
    else if (!has(w, NUMBER_FILL))
        strbuf_add_char(&w->out, ' ');
}

static void put_ordinal(NumberWriter *w, bool is_lower)
{
    if (has(w, NUMBER_ROMAN | NUMBER_POINT) || *w->digits == '#' || w->sign == '-')
        return;
    strbuf_add(&w->out, template_ordinal(w->digits, strlen(w->digits), is_lower));
}

static void put_roman(NumberWriter *w, bool is_lower)
{
    size_t len = strlen(w->digits);

    if (!has(w, NUMBER_FILL) && len < ROMAN_WIDTH)
        strbuf_add_chars(&w->out, ' ', ROMAN_WIDTH - len);
    for (const char *p = w->digits; *p != '\0'; p++)
        strbuf_add_char(&w->out, (char)(is_lower && *p != '#' ? *p - 'A' + 'a' : *p));
}

static void put_pattern(NumberWriter *w, const TemplateItem *item)
{
    NumberPattern pattern = (NumberPattern)item->pattern;

    switch (pattern) {
    case NUMBER_PATTERN_DIGIT:
    case NUMBER_PATTERN_ZERO:
    case NUMBER_PATTERN_POINT:
    case NUMBER_PATTERN_LOCAL_POINT:
        if (!has(w, NUMBER_ROMAN))
            put_place(w, pattern);
        break;
    case NUMBER_PATTERN_COMMA:
    case NUMBER_PATTERN_LOCAL_GROUP:
        put_group(w);
        break;
    case NUMBER_PATTERN_CURRENCY:
        strbuf_add_char(&w->out, ' ');
        break;
    case NUMBER_PATTERN_ROMAN:
        put_roman(w, item->is_lower);
        break;
    case NUMBER_PATTERN_ORDINAL:
        put_ordinal(w, item->is_lower);
        break;
    case NUMBER_PATTERN_MINUS:
        put_own_sign(w, '-');
        break;
    case NUMBER_PATTERN_PLUS:
        put_own_sign(w, '+');
        break;
    case NUMBER_PATTERN_PLUS_MINUS:
        /* A Roman number has no sign, and ends there. */
        w->is_cut = w->sign == '\0';
        if (!w->is_cut)
            strbuf_add_char(&w->out, w->sign);
        break;
    default:
        break;
    }
}

/* ---- The walk ---- */

static Datum write_number(const Template *t, const NumberShape *shape, const char *digits,
                          char sign, int pad)
{
    NumberWriter w = {.shape = *shape, .digits = digits, .next = digits, .sign = sign, .pad = pad};

    text_begin(&w.out);
    if (has(&w, NUMBER_EXPONENT)) {
        strbuf_add(&w.out, digits);
        return text_end(&w.out);
    }
    begin_sign(&w);
    begin_places(&w);
    w.last_needed = last_needed(&w);
    for (size_t i = 0; i < t->count && !w.is_cut; i++) {
        if (t->items[i].kind == ITEM_PATTERN)
            put_pattern(&w, &t->items[i]);
        else
            strbuf_add_bytes(&w.out, t->items[i].text, t->items[i].len);
    }
    return text_end(&w.out);
}

/* ---- Digits that are ready ---- */

/* The number has more digits than places: #### and a point where it would be. */
static char *overflow_digits(const NumberShape *shape)
{
    size_t len = (size_t)shape->whole + (size_t)shape->fraction + 1;
    char *text = mem_alloc(len + 1);

    memset(text, '#', len);
    text[shape->whole] = '.';
    return text;
}

/* text is a number with a point or without. */
static Datum write_text(const Template *t, const NumberShape *shape, const char *text)
{
    char sign = *text == '-' ? '-' : '+';
    const char *digits = text + (*text == '-');
    size_t whole = strcspn(digits, ".");

    if (whole > (size_t)shape->whole)
        return write_number(t, shape, overflow_digits(shape), sign, 0);
    return write_number(t, shape, digits, sign, shape->whole - (int)whole);
}

static Datum write_roman(const Template *t, const NumberShape *shape, int64_t value)
{
    static const struct {
        int value;
        char text[3];
    } numerals[] = {{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"},
                    {90, "XC"},  {50, "L"},   {40, "XL"}, {10, "X"},   {9, "IX"},
                    {5, "V"},    {4, "IV"},   {1, "I"}};
    NumberShape roman = {.flags = (shape->flags & NUMBER_FILL) | NUMBER_ROMAN, .first_zero = -1};
    StrBuf text;

    strbuf_init(&text);
    if (value < 1 || value > ROMAN_MAX) {
        strbuf_add_chars(&text, '#', ROMAN_WIDTH);
        return write_number(t, &roman, text.text, '\0', 0);
    }
    for (size_t i = 0; i < ARRAY_LEN(numerals); i++) {
        for (; value >= numerals[i].value; value -= numerals[i].value)
            strbuf_add(&text, numerals[i].text);
    }
    return write_number(t, &roman, text.text, '\0', 0);
}

/* A positive number has a blank where another has its sign. */
static Datum write_exponent(const Template *t, const NumberShape *shape, const char *text)
{
    if (*text == '-')
        return write_number(t, shape, text, '-', 0);
    return write_number(t, shape, mem_printf(" %s", *text == '+' ? text + 1 : text), '+', 0);
}

/* Infinity and NaN have no exponent. */
static Datum write_no_exponent(const Template *t, const NumberShape *shape)
{
    size_t len = (size_t)shape->whole + (size_t)shape->fraction + 6;
    char *text = mem_alloc(len + 1);

    memset(text, '#', len);
    text[0] = ' ';
    text[shape->whole + 1] = '.';
    return write_number(t, shape, text, '+', 0);
}

/* ---- Integers ---- */

static Datum write_integer(const Template *t, NumberShape *shape, int64_t value)
{
    char *text = mem_alloc(INT_TEXT_MAX + (size_t)shape->fraction);
    size_t len = int_print_i64(value, text);

    shape->whole += shape->shift;
    if (shape->fraction > 0) {
        text[len++] = '.';
        memset(text + len, '0', (size_t)shape->fraction);
        len += (size_t)shape->fraction;
    }
    text[len] = '\0';
    return write_text(t, shape, text);
}

/* 10^count; false when it is above max. */
static bool power_of_ten(int count, int64_t max, int64_t *out)
{
    for (*out = 1; count > 0; count--) {
        if (*out > max / 10)
            return false;
        *out *= 10;
    }
    return true;
}

Datum int4_to_char(FmgrCall *call)
{
    const Template *t = template_arg(call, 1, TEMPLATE_NUMBER);
    int32_t value = fmgr_i32(call, 0), shifted;
    NumberShape shape = number_shape(t);
    int64_t factor;

    if (number_has(&shape, NUMBER_ROMAN))
        return write_roman(t, &shape, value);
    if (number_has(&shape, NUMBER_EXPONENT))
        return write_exponent(t, &shape, mem_printf("%.*e", shape.fraction, (double)value));
    if (!power_of_ten(shape.shift, INT32_MAX, &factor) ||
        __builtin_mul_overflow(value, (int32_t)factor, &shifted))
        types_raise_range("integer");
    return write_integer(t, &shape, shifted);
}

Datum int8_to_char(FmgrCall *call)
{
    const Template *t = template_arg(call, 1, TEMPLATE_NUMBER);
    int64_t value = fmgr_i64(call, 0), factor;
    NumberShape shape = number_shape(t);

    if (number_has(&shape, NUMBER_ROMAN)) {
        if (value > INT32_MAX || value < INT32_MIN)
            types_raise_range("integer");
        return write_roman(t, &shape, value);
    }
    if (number_has(&shape, NUMBER_EXPONENT)) {
        Num n;

        num_init(&n);
        num_set_i64(&n, value);
        return write_exponent(t, &shape, num_text_sci(&n, shape.fraction));
    }
    if (!power_of_ten(shape.shift, INT64_MAX, &factor) ||
        __builtin_mul_overflow(value, factor, &value))
        types_raise_range("bigint");
    return write_integer(t, &shape, value);
}

/* ---- Floating point ---- */

static const char *fixed_text(double value, int fraction)
{
    if (isnan(value))
        return "NaN";
    if (isinf(value))
        return value > 0 ? "Infinity" : "-Infinity";
    return mem_printf("%.*f", fraction, value);
}

/* digits is how many the type holds: no more are shown. */
static Datum float_to_char(const Template *t, NumberShape *shape, double value, int digits)
{
    int whole;

    if (number_has(shape, NUMBER_ROMAN)) {
        double whole_value = rint(value);
        bool is_small = whole_value >= 0 && whole_value <= ROMAN_MAX;

        return write_roman(t, shape, is_small ? (int64_t)whole_value : 0);
    }
    if (number_has(shape, NUMBER_EXPONENT)) {
        if (!isfinite(value))
            return write_no_exponent(t, shape);
        return write_exponent(t, shape, mem_printf("%.*e", shape->fraction, value));
    }
    shape->whole += shape->shift;
    whole = (int)strlen(fixed_text(fabs(value), 0));
    if (whole >= digits)
        shape->fraction = 0;
    else if (whole + shape->fraction > digits)
        shape->fraction = digits - whole;
    return write_text(t, shape, fixed_text(value, shape->fraction));
}

Datum float4_to_char(FmgrCall *call)
{
    const Template *t = template_arg(call, 1, TEMPLATE_NUMBER);
    NumberShape shape = number_shape(t);
    float value = fmgr_f4(call, 0);

    if (shape.shift > 0 && !number_has(&shape, NUMBER_ROMAN))
        value *= (float)pow(10, shape.shift);
    return float_to_char(t, &shape, (double)value, DIGITS_F4);
}

Datum float8_to_char(FmgrCall *call)
{
    const Template *t = template_arg(call, 1, TEMPLATE_NUMBER);
    NumberShape shape = number_shape(t);
    double value = fmgr_f8(call, 0);

    if (shape.shift > 0 && !number_has(&shape, NUMBER_ROMAN))
        value *= pow(10, shape.shift);
    return float_to_char(t, &shape, value, DIGITS_F8);
}

/* ---- Numerics ---- */

static Datum numeric_power_of_ten(int exponent)
{
    return fmgr_call_direct(numeric_power, 0, 2,
                            (const Datum[]){numeric_of_i64(10), numeric_of_i64(exponent)});
}

static Datum numeric_roman(const Template *t, const NumberShape *shape, Datum value)
{
    Datum whole = fmgr_call_direct(numeric_round, 0, 2, (const Datum[]){value, datum_of_i32(0)});

    return write_roman(t, shape, datum_i32(fmgr_call_direct(numeric_int4, 0, 1, &whole)));
}

static Datum numeric_exponent(const Template *t, const NumberShape *shape, Datum value)
{
    Num n;

    num_load(&n, value);
    if (num_is_special(&n))
        return write_no_exponent(t, shape);
    return write_exponent(t, shape, num_text_sci(&n, shape->fraction));
}

Datum numeric_to_char(FmgrCall *call)
{
    const Template *t = template_arg(call, 1, TEMPLATE_NUMBER);
    NumberShape shape = number_shape(t);
    Datum value = fmgr_arg(call, 0);

    if (number_has(&shape, NUMBER_ROMAN))
        return numeric_roman(t, &shape, value);
    if (number_has(&shape, NUMBER_EXPONENT))
        return numeric_exponent(t, &shape, value);
    if (number_has(&shape, NUMBER_SHIFT)) {
        value = fmgr_call_direct(numeric_mul, 0, 2,
                                 (const Datum[]){value, numeric_power_of_ten(shape.shift)});
        shape.whole += shape.shift;
    }
    value =
        fmgr_call_direct(numeric_round, 0, 2, (const Datum[]){value, datum_of_i32(shape.fraction)});
    return write_text(t, &shape, numeric_to_text(value));
}
