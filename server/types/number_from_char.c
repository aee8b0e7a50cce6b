/*
 * number_from_char.c - to_number(): a text read as a template says
 *
 * The template is walked, and each place takes a digit or the point from the text, if one is there.
 * Other patterns pass over what they would have written. What was collected, a sign and digits, is
 * read as a numeric of just as many digits as the template has places.
 */
#include "common/base/base.h"

#include "server/types/number_template.h"
#include "server/types/numeric.h"
#include "server/types/text_arg.h"
#include "server/types/types_int.h"

typedef struct NumberReader {
    NumberShape shape;
    const char *at, *end;
    StrBuf digits; /* the first is the sign, ' ' until one was seen */
    int whole_read, fraction_read;
    bool is_behind_point;
} NumberReader;

static bool has(const NumberReader *r, unsigned flag)
{
    return number_has(&r->shape, flag);
}

static bool is_at_end(const NumberReader *r)
{
    return r->at >= r->end;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool has_sign(const NumberReader *r)
{
    return r->digits.text[0] != ' ';
}

/* A place may have taken the first byte of a longer character; its others go one by one. */
static void skip_char(NumberReader *r)
{
    if (!is_at_end(r))
        r->at += ((uint8_t)*r->at & 0xC0) == 0x80 ? 1 : text_char_len(r->at);
}

/* Passes over what a pattern of that many characters has written, but over no part of a number. */
static void skip_chars(NumberReader *r, int count)
{
    for (; count > 0 && !is_at_end(r) && strchr("0123456789.,+-", *r->at) == NULL; count--)
        skip_char(r);
}

/* A sign at this place becomes that of the number. */
static bool take_sign(NumberReader *r)
{
    if (is_at_end(r) || (*r->at != '-' && *r->at != '+'))
        return false;
    r->digits.text[0] = *r->at++;
    return true;
}

static void read_first_sign(NumberReader *r)
{
    if (has(r, NUMBER_BRACKET) && *r->at == '<') {
        r->digits.text[0] = '-';
        r->at++;
    } else {
        take_sign(r);
    }
}

/* A digit or the point; it is left where it stands, for the walk to go on behind it. */
static bool read_digit(NumberReader *r, bool *is_full)
{
    if (is_digit(*r->at)) {
        *is_full = r->is_behind_point && r->fraction_read == r->shape.fraction;
        if (*is_full)
            return false;
        strbuf_add_char(&r->digits, *r->at);
        if (r->is_behind_point)
            r->fraction_read++;
        else
            r->whole_read++;
        return true;
    }
    if (!has(r, NUMBER_POINT) || r->is_behind_point || *r->at != '.')
        return false;
    strbuf_add_char(&r->digits, '.');
    r->is_behind_point = true;
    return true;
}

/* A sign behind the number: S must follow at once, that of MI,
 * PL and SG may stand where the next digit would be. */
static void read_last_sign(NumberReader *r, bool was_read)
{
    const char *next = r->at + 1;

    if (has(r, NUMBER_SIGN) && was_read) {
        if (next < r->end && (*next == '-' || *next == '+')) {
            r->digits.text[0] = *next;
            r->at = next;
        }
    } else if (!was_read && has(r, NUMBER_PLUS | NUMBER_MINUS) &&
               (*r->at == '-' || *r->at == '+')) {
        r->digits.text[0] = *r->at;
    }
}

static void read_place(NumberReader *r, NumberPattern pattern)
{
    bool is_digit_place = pattern == NUMBER_PATTERN_DIGIT || pattern == NUMBER_PATTERN_ZERO;
    bool is_full = false, was_read;

    if (*r->at == ' ')
        r->at++;
    if (is_at_end(r))
        return;
    if (!has_sign(r) && is_digit_place && r->whole_read + r->fraction_read == 0)
        read_first_sign(r);
    if (is_at_end(r))
        return;
    was_read = read_digit(r, &is_full);
    if (!is_full && !has_sign(r) && r->whole_read + r->fraction_read > 0)
        read_last_sign(r, was_read);
}

/* Is the walk to go on behind this character? */
static bool read_pattern(NumberReader *r, const TemplateItem *item)
{
    switch ((NumberPattern)item->pattern) {
    case NUMBER_PATTERN_DIGIT:
    case NUMBER_PATTERN_ZERO:
    case NUMBER_PATTERN_POINT:
    case NUMBER_PATTERN_LOCAL_POINT:
        read_place(r, (NumberPattern)item->pattern);
        return true;
    case NUMBER_PATTERN_COMMA:
    case NUMBER_PATTERN_LOCAL_GROUP:
        return !has(r, NUMBER_FILL) && *r->at == ',';
    case NUMBER_PATTERN_CURRENCY:
        skip_chars(r, 1);
        return false;
    case NUMBER_PATTERN_ORDINAL:
        if (!has(r, NUMBER_POINT))
            skip_chars(r, 2);
        return false;
    case NUMBER_PATTERN_MINUS:
    case NUMBER_PATTERN_PLUS:
    case NUMBER_PATTERN_PLUS_MINUS:
        if ((*r->at == '-' && item->pattern != NUMBER_PATTERN_PLUS) ||
            (*r->at == '+' && item->pattern != NUMBER_PATTERN_MINUS))
            take_sign(r);
        else
            skip_chars(r, 1);
        return false;
    default:
        return false;
    }
}

static void walk(NumberReader *r, const Template *t)
{
    for (size_t i = 0; i < t->count && !is_at_end(r); i++) {
        if (t->items[i].kind != ITEM_PATTERN)
            skip_char(r);
        else if (read_pattern(r, &t->items[i]))
            r->at++;
    }
    if (r->digits.text[r->digits.len - 1] == '.')
        strbuf_cut(&r->digits, r->digits.len - 1);
}

static void check_shape(const NumberShape *shape)
{
    if (number_has(shape, NUMBER_EXPONENT))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = "\"EEEE\" not supported for input");
    if (number_has(shape, NUMBER_ROMAN))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = "\"RN\" not supported for input");
}

static Datum shifted_back(Datum value, int shift)
{
    Datum factor = fmgr_call_direct(numeric_power, 0, 2,
                                    (const Datum[]){numeric_of_i64(10), numeric_of_i64(-shift)});

    return fmgr_call_direct(numeric_mul, 0, 2, (const Datum[]){value, factor});
}

Datum numeric_to_number(FmgrCall *call)
{
    const Template *t = template_arg(call, 1, TEMPLATE_NUMBER);
    CollationText text = text_arg(call, 0);
    NumberReader r = {.shape = number_shape(t)};
    int precision, scale;
    Datum value;

    if (varlena_len(fmgr_packed(call, 1)) == 0)
        return fmgr_null(call);
    check_shape(&r.shape);

    /* With a NUL behind it, so that one more character can be looked at. */
    r.at = mem_strndup(text.bytes, text.len);
    r.end = r.at + text.len;
    strbuf_init(&r.digits);
    strbuf_add_char(&r.digits, ' ');
    walk(&r, t);
    scale = r.fraction_read;
    precision = r.shape.whole + r.shape.shift + scale;
    value = fmgr_call_direct(
        numeric_in, 0, 3,
        (const Datum[]){datum_of_pointer(r.digits.text), 0,
                        datum_of_i32((int32_t)(((uint32_t)precision << 16) | (uint32_t)scale) +
                                     VARLENA_HEADER)});
    return number_has(&r.shape, NUMBER_SHIFT) ? shifted_back(value, r.shape.shift) : value;
}
