/*
 * date_from_char.c - fields of dates and times read as a template says
 *
 * Blanks before and behind fields are passed over, and a blank or separator of the template takes
 * one of the text, if one is there; after FX each character of the template takes just one. A field
 * has as many characters as its pattern, unless what follows in the template cannot be a digit. A
 * field that comes twice must have the same value, where the first was not 0.
 */
#include "common/base/base.h"

#include <ctype.h>
#include <limits.h>

#include "server/types/date_fields.h"
#include "server/types/template_names.h"
#include "server/types/text_arg.h"
#include "server/types/types_int.h"

#define YEAR_COMMA_DIGITS 3

typedef struct DateReader {
    const Template *t;
    const TemplateItem *item;
    const char *at;
    Oid collation;
    DateFields *fields;
    bool is_fixed; /* FX was there */
    int extra;     /* characters passed over that the template has not */
} DateReader;

/* ---- Characters ---- */

static int skip_blanks(DateReader *r)
{
    const char *from = r->at;

    r->at = skip_spaces(r->at);
    return (int)(r->at - from);
}

static void skip_char(DateReader *r)
{
    if (*r->at != '\0')
        r->at += text_char_len(r->at);
}

static const TemplateItem *next_item(const DateReader *r)
{
    return r->item + 1 < r->t->items + r->t->count ? r->item + 1 : NULL;
}

/* May the field go on with any number of digits, as none can follow it? */
static bool is_open_ended(const DateReader *r)
{
    const TemplateItem *next = next_item(r);

    if ((r->item->marks & (MARK_FILL | MARK_TH)) != 0 || next == NULL)
        return true;
    if (next->kind == ITEM_PATTERN)
        return !next->is_number;
    return !isdigit((unsigned char)*next->text);
}

/* ---- Numbers ---- */

typedef struct NumberRead {
    int64_t value;
    size_t used; /* bytes; 0: there was no number */
    bool is_too_large;
} NumberRead;

/* Blanks, a sign and digits, in the first max bytes. */
static NumberRead number_in(const char *text, size_t max)
{
    NumberRead n = {.value = 0};
    size_t i = 0;
    bool is_negative;

    while (i < max && is_space(text[i]))
        i++;
    is_negative = i < max && text[i] == '-';
    if (i < max && (text[i] == '-' || text[i] == '+'))
        i++;
    for (; i < max && isdigit((unsigned char)text[i]); i++) {
        if (n.value <= -(int64_t)INT_MIN)
            n.value = n.value * 10 + (text[i] - '0');
        n.used = i + 1;
    }
    if (is_negative)
        n.value = -n.value;
    n.is_too_large = n.value > INT_MAX || n.value < INT_MIN;
    return n;
}

/* Of the pattern as it was written, for errors. */
#define PATTERN(r) (int)(r)->item->len, (r)->item->text

static void set_field(DateReader *r, int *field, int value)
{
    if (*field != 0 && *field != value)
        err_raise(SQLSTATE_INVALID_DATETIME_FORMAT,
                  .message = err_fmt("conflicting values for \"%.*s\" field in formatting string",
                                     PATTERN(r)),
                  .detail = "This value contradicts a previous setting for the same field type.");
    *field = value;
}

static _Noreturn void raise_no_integer(const DateReader *r, const char *text)
{
    err_raise(SQLSTATE_INVALID_DATETIME_FORMAT,
              .message = err_fmt("invalid value \"%s\" for \"%.*s\"", text, PATTERN(r)),
              .detail = "Value must be an integer.");
}

static _Noreturn void raise_too_large(const DateReader *r)
{
    err_raise(SQLSTATE_DATETIME_FIELD_OVERFLOW,
              .message = err_fmt("value for \"%.*s\" in source string is out of range", PATTERN(r)),
              .detail = err_fmt("Value must be in the range %d to %d.", INT_MIN, INT_MAX));
}

static const char fm_hint[] =
    "If your source string is not fixed-width, try using the \"FM\" modifier.";

/* Exactly so many characters, or none of them a digit. */
static NumberRead read_closed(DateReader *r, int len)
{
    size_t there = strnlen(r->at, (size_t)len);
    NumberRead n;

    if (there < (size_t)len)
        err_raise(
            SQLSTATE_INVALID_DATETIME_FORMAT,
            .message = err_fmt("source string too short for \"%.*s\" formatting field", PATTERN(r)),
            .detail = err_fmt("Field requires %d characters, but only %d remain.", len, (int)there),
            .hint = fm_hint);
    n = number_in(r->at, (size_t)len);
    if (n.used > 0 && n.used < (size_t)len)
        err_raise(SQLSTATE_INVALID_DATETIME_FORMAT,
                  .message = err_fmt("invalid value \"%.*s\" for \"%.*s\"", len, r->at, PATTERN(r)),
                  .detail = err_fmt("Field requires %d characters, but only %d could be parsed.",
                                    len, (int)n.used),
                  .hint = fm_hint);
    return n;
}

/* A field of len characters; returns how many bytes it took. field may be NULL. */
static int read_number_of(DateReader *r, int *field, int len)
{
    const char *from = r->at;
    NumberRead n;

    skip_blanks(r);
    n = is_open_ended(r) ? number_in(r->at, SIZE_MAX) : read_closed(r, len);
    if (n.used == 0 && (r->at == from || is_open_ended(r)))
        raise_no_integer(r, mem_strndup(r->at, strnlen(r->at, (size_t)len)));
    if (n.is_too_large)
        raise_too_large(r);
    r->at += n.used;
    if (field != NULL)
        set_field(r, field, (int)n.value);
    return (int)(r->at - from);
}

/* TH stands for two characters. */
static void skip_ordinal(DateReader *r)
{
    if ((r->item->marks & MARK_TH) != 0) {
        skip_char(r);
        skip_char(r);
    }
}

static int read_number(DateReader *r, int *field)
{
    int len = read_number_of(r, field, r->item->len);

    skip_ordinal(r);
    return len;
}

/* Two characters, whatever the pattern's length. */
static void read_pair(DateReader *r, int *field)
{
    read_number_of(r, field, 2);
    skip_ordinal(r);
}

/* Digits behind a point: 5 with two places is 50 hundredths. */
static void read_fraction_field(DateReader *r, int *field, int len, int digits)
{
    int used = read_number_of(r, field, len);

    for (; used < digits; used++)
        *field *= 10;
    skip_ordinal(r);
}

/* ---- Names ---- */

static bool starts_with(const char *text, const char *name, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (tolower((unsigned char)text[i]) != tolower((unsigned char)name[i]))
            return false;
    }
    return true;
}

static _Noreturn void raise_no_name(const DateReader *r)
{
    err_raise(SQLSTATE_INVALID_DATETIME_FORMAT,
              .message = err_fmt("invalid value \"%.*s\" for \"%.*s\"",
                                 (int)strcspn(r->at, " \t\n\r\f"), r->at, PATTERN(r)),
              .detail = "The given value did not match any of the allowed values for this field.");
}

/* The number of the name that is here, of which len bytes count (0: all). */
static int read_name(DateReader *r, const char *const *names, int count, size_t len)
{
    int best = -1;
    size_t best_len = 0;

    for (int i = 0; i < count; i++) {
        size_t n = len > 0 ? len : strlen(names[i]);

        if (n > best_len && starts_with(r->at, names[i], n)) {
            best = i;
            best_len = n;
        }
    }
    if (best < 0)
        raise_no_name(r);
    r->at += best_len;
    return best;
}

static CollationText fold(Oid collation, CollationText t)
{
    t.bytes = collation_change_case(collation, CASE_UPPER, t, &t.len);
    t.bytes = collation_change_case(collation, CASE_LOWER, t, &t.len);
    return t;
}

/* How many bytes a name has that is here in other letters of the collation; 0: it is not here. */
static size_t match_local(const DateReader *r, const char *name, size_t len)
{
    CollationText here = {r->at, strlen(r->at)}, text, wanted;

    here.len = text_chars_len(here, len);
    text = fold(r->collation, here);
    wanted = fold(r->collation, (CollationText){name, len});
    return text.len == wanted.len && memcmp(text.bytes, wanted.bytes, len) == 0 ? here.len : 0;
}

/* Of a month or a weekday. */
static int read_date_name(DateReader *r, const char *const *names, int count, size_t len)
{
    if ((r->item->marks & MARK_LOCAL) == 0)
        return read_name(r, names, count, len);

    /* As it is written comes first: then no collation is asked for. */
    for (int i = 0; i < count; i++) {
        size_t n = len > 0 ? len : strlen(names[i]);

        if (strncmp(r->at, names[i], n) == 0) {
            r->at += n;
            return i;
        }
    }
    for (int i = 0; i < count; i++) {
        size_t n = match_local(r, names[i], len > 0 ? len : strlen(names[i]));

        if (n > 0) {
            r->at += n;
            return i;
        }
    }
    raise_no_name(r);
}

static int read_pair_of_words(DateReader *r, const char *first, const char *second)
{
    return read_name(r, (const char *const[]){first, second}, 2, 0);
}

static bool read_name_pattern(DateReader *r)
{
    DateFields *f = r->fields;

    switch ((DatePattern)r->item->pattern) {
    case DATE_PATTERN_AM:
    case DATE_PATTERN_PM:
        set_field(r, &f->is_afternoon, read_pair_of_words(r, "am", "pm"));
        f->is_half_clock = true;
        return true;
    case DATE_PATTERN_AM_DOTS:
    case DATE_PATTERN_PM_DOTS:
        set_field(r, &f->is_afternoon, read_pair_of_words(r, "a.m.", "p.m."));
        f->is_half_clock = true;
        return true;
    case DATE_PATTERN_AD:
    case DATE_PATTERN_BC:
        set_field(r, &f->is_bc, read_pair_of_words(r, "ad", "bc"));
        return true;
    case DATE_PATTERN_AD_DOTS:
    case DATE_PATTERN_BC_DOTS:
        set_field(r, &f->is_bc, read_pair_of_words(r, "a.d.", "b.c."));
        return true;
    case DATE_PATTERN_MONTH_NAME:
    case DATE_PATTERN_MONTH_NAME_MIXED:
        set_field(r, &f->month, read_date_name(r, template_months, 12, 0) + 1);
        return true;
    case DATE_PATTERN_MONTH_SHORT:
    case DATE_PATTERN_MONTH_SHORT_MIXED:
        set_field(r, &f->month, read_date_name(r, template_months, 12, 3) + 1);
        return true;
    case DATE_PATTERN_MONTH_ROMAN:
        set_field(r, &f->month, read_name(r, template_roman_months, 12, 0) + 1);
        return true;
    case DATE_PATTERN_DAY_NAME:
    case DATE_PATTERN_DAY_NAME_MIXED:
        set_field(r, &f->weekday, read_date_name(r, template_weekdays, 7, 0));
        f->weekday++;
        return true;
    case DATE_PATTERN_DAY_SHORT:
    case DATE_PATTERN_DAY_SHORT_MIXED:
        set_field(r, &f->weekday, read_date_name(r, template_weekdays, 7, 3));
        f->weekday++;
        return true;
    default:
        return false;
    }
}

/* ---- Years ---- */

/* Years of one to three digits are those nearest to 2020. */
static int full_year(int year)
{
    if (year < 70)
        return year + 2000;
    if (year < 100)
        return year + 1900;
    if (year < 520)
        return year + 2000;
    return year < 1000 ? year + 1000 : year;
}

/* 2,024 */
static void read_year_comma(DateReader *r)
{
    NumberRead thousands = number_in(r->at, SIZE_MAX), rest = {.used = 0};
    const char *comma = r->at + thousands.used, *last;
    int64_t year;

    if (thousands.used > 0 && *comma == ',') {
        last = skip_spaces(comma + 1);
        rest = number_in(last, YEAR_COMMA_DIGITS);
    }
    if (rest.used == 0)
        err_raise(SQLSTATE_INVALID_DATETIME_FORMAT,
                  .message = "invalid input string for \"Y,YYY\"");
    year = thousands.value * 1000 + rest.value;
    if (year > INT_MAX || year < INT_MIN)
        err_raise(SQLSTATE_DATETIME_FIELD_OVERFLOW,
                  .message =
                      err_fmt("value for \"%.*s\" in source string is out of range", PATTERN(r)));
    r->at = last + rest.used;
    set_field(r, &r->fields->year, (int)year);
    r->fields->year_digits = 4;
    skip_ordinal(r);
}

static void read_short_year(DateReader *r)
{
    DateFields *f = r->fields;

    if (read_number_of(r, &f->year, r->item->len) < 4)
        f->year = full_year(f->year);
    f->year_digits = r->item->len;
    skip_ordinal(r);
}

static bool read_year_pattern(DateReader *r)
{
    switch ((DatePattern)r->item->pattern) {
    case DATE_PATTERN_YEAR_COMMA:
        read_year_comma(r);
        return true;
    case DATE_PATTERN_YEAR:
    case DATE_PATTERN_ISO_YEAR:
        read_number(r, &r->fields->year);
        r->fields->year_digits = 4;
        return true;
    case DATE_PATTERN_YEAR_3:
    case DATE_PATTERN_YEAR_2:
    case DATE_PATTERN_YEAR_1:
    case DATE_PATTERN_ISO_YEAR_3:
    case DATE_PATTERN_ISO_YEAR_2:
    case DATE_PATTERN_ISO_YEAR_1:
        read_short_year(r);
        return true;
    case DATE_PATTERN_CENTURY:
        read_number(r, &r->fields->century);
        return true;
    default:
        return false;
    }
}

/* ---- Clocks and zones ---- */

/* A minus before the hours may have been taken for a separator. */
static void read_zone_hour(DateReader *r)
{
    if (*r->at == '+' || *r->at == '-' || *r->at == ' ') {
        r->fields->zone_sign = *r->at == '-' ? -1 : 1;
        r->at++;
    } else {
        r->fields->zone_sign = r->extra > 0 && r->at[-1] == '-' ? -1 : 1;
    }
    read_number_of(r, &r->fields->zone_hour, 2);
}

static bool read_clock_pattern(DateReader *r)
{
    DateFields *f = r->fields;

    switch ((DatePattern)r->item->pattern) {
    case DATE_PATTERN_HOUR:
    case DATE_PATTERN_HOUR_12:
        read_pair(r, &f->hour);
        f->is_half_clock = true;
        return true;
    case DATE_PATTERN_HOUR_24:
        read_pair(r, &f->hour);
        return true;
    case DATE_PATTERN_MINUTE:
        read_pair(r, &f->minute);
        return true;
    case DATE_PATTERN_SECOND:
        read_pair(r, &f->second);
        return true;
    case DATE_PATTERN_DAY_SECOND:
    case DATE_PATTERN_DAY_SECOND_4:
        read_number(r, &f->day_second);
        return true;
    case DATE_PATTERN_MILLISECOND:
        read_fraction_field(r, &f->millisecond, 3, 3);
        return true;
    case DATE_PATTERN_MICROSECOND:
        read_fraction_field(r, &f->microsecond, 6, 6);
        return true;
    case DATE_PATTERN_ZONE_HOUR:
        read_zone_hour(r);
        return true;
    case DATE_PATTERN_ZONE_MINUTE:
        if (f->zone_sign == 0)
            f->zone_sign = 1;
        read_number_of(r, &f->zone_minute, 2);
        return true;
    case DATE_PATTERN_ZONE:
    case DATE_PATTERN_OFFSET:
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("formatting field \"%.*s\" is only supported in to_char",
                                     PATTERN(r)));
    default:
        if (r->item->pattern < DATE_PATTERN_FRACTION_1 ||
            r->item->pattern > DATE_PATTERN_FRACTION_6)
            return false;
        f->fraction_digits = r->item->pattern - DATE_PATTERN_FRACTION_1 + 1;
        read_fraction_field(r, &f->microsecond, f->fraction_digits, 6);
        return true;
    }
}

/* ---- Days ---- */

static void read_iso_weekday(DateReader *r)
{
    int *weekday = &r->fields->weekday;

    read_number_of(r, weekday, 1);
    *weekday = *weekday >= 7 ? 1 : *weekday + 1;
    skip_ordinal(r);
}

static void read_day_pattern(DateReader *r)
{
    DateFields *f = r->fields;

    switch ((DatePattern)r->item->pattern) {
    case DATE_PATTERN_MONTH:
        read_number(r, &f->month);
        break;
    case DATE_PATTERN_DAY:
        read_number(r, &f->day);
        break;
    case DATE_PATTERN_YEAR_DAY:
        read_number(r, &f->year_day);
        break;
    case DATE_PATTERN_ISO_YEAR_DAY:
        read_number_of(r, &f->year_day, 3);
        skip_ordinal(r);
        break;
    case DATE_PATTERN_WEEKDAY:
        read_number(r, &f->weekday);
        break;
    case DATE_PATTERN_ISO_WEEKDAY:
        read_iso_weekday(r);
        break;
    case DATE_PATTERN_WEEK:
    case DATE_PATTERN_ISO_WEEK:
        read_number(r, &f->week);
        break;
    case DATE_PATTERN_MONTH_WEEK:
        read_number(r, &f->month_week);
        break;
    case DATE_PATTERN_JULIAN:
        read_number(r, &f->julian);
        break;
    case DATE_PATTERN_QUARTER:
        /* It says nothing of the day. */
        read_number(r, NULL);
        break;
    default:
        break;
    }
}

/* ---- The walk ---- */

static void check_convention(DateReader *r)
{
    DateConvention convention = (DateConvention)r->item->convention;

    if (convention == CONVENTION_NONE)
        return;
    if (r->fields->convention != CONVENTION_NONE && r->fields->convention != convention)
        err_raise(SQLSTATE_INVALID_DATETIME_FORMAT,
                  .message = "invalid combination of date conventions",
                  .hint = "Do not mix Gregorian and ISO week date conventions in a formatting "
                          "template.");
    r->fields->convention = convention;
}

static void read_pattern(DateReader *r)
{
    check_convention(r);
    if (!read_clock_pattern(r) && !read_year_pattern(r) && !read_name_pattern(r))
        read_day_pattern(r);
    if (!r->is_fixed)
        r->extra = skip_blanks(r);
}

/* A character of the template, for one of the text. */
static void read_char(DateReader *r)
{
    bool is_gap = r->item->kind == ITEM_SPACE || r->item->kind == ITEM_SEPARATOR;

    if (r->is_fixed) {
        skip_char(r);
    } else if (is_gap) {
        /* What is here of the kind, or nothing. */
        if (is_space(*r->at) || template_is_separator(*r->at))
            r->at++;
        else
            r->extra--;
    } else if (r->extra > 0) {
        r->extra--;
    } else {
        skip_char(r);
    }
}

void date_fields_read(const Template *t, const char *text, Oid collation, DateFields *out)
{
    DateReader r = {.t = t, .at = text, .collation = collation, .fields = out};

    *out = (DateFields){.convention = CONVENTION_NONE};
    for (size_t i = 0; i < t->count && *r.at != '\0'; i++) {
        r.item = &t->items[i];
        r.is_fixed |= r.item->kind == ITEM_PATTERN && r.item->pattern == DATE_PATTERN_FIXED;
        if (!r.is_fixed && (r.item->kind == ITEM_PATTERN || i == 0))
            r.extra += skip_blanks(&r);
        if (r.item->kind == ITEM_PATTERN)
            read_pattern(&r);
        else
            read_char(&r);
    }
}
