/*
 * guc_value.c - values of settings from text and to text, with units, ranges and lists of choices
 *
 * A number with a unit other than the row's is converted, and where it has a fraction then, rounded
 * to the next smaller unit: 1.5GB are 1536MB, 0.0015s are 2ms. What is shown has the largest unit
 * that leaves an integer.
 *
 * Source: PostgreSQL 15 manual, "Parameter Names and Values".
 */
#include "common/base/base.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "server/config/guc_int.h"

#define UNIT_LEN 3 /* of the longest unit */

/* A unit that users write; size in bytes or microseconds. The largest first. */
typedef struct Unit {
    const char *name;
    double size;
} Unit;

static const Unit memory_units[] = {
    {"TB", 1099511627776.0}, {"GB", 1073741824.0}, {"MB", 1048576.0}, {"kB", 1024.0}, {"B", 1.0},
};
static const Unit time_units[] = {
    {"d", 86400e6}, {"h", 3600e6}, {"min", 60e6}, {"s", 1e6}, {"ms", 1e3}, {"us", 1.0},
};

/* What stands for GucUnit in a row. */
static const struct {
    const char *name;
    double size;
    bool is_time;
} base_units[] = {
    [GUC_UNIT_NONE] = {NULL, 1.0, false},  [GUC_UNIT_BYTE] = {"B", 1.0, false},
    [GUC_UNIT_KB] = {"kB", 1024.0, false}, [GUC_UNIT_BLOCK] = {"8kB", BLOCK_SIZE, false},
    [GUC_UNIT_MB] = {"MB", MIB(1), false}, [GUC_UNIT_MS] = {"ms", 1e3, true},
    [GUC_UNIT_S] = {"s", 1e6, true},       [GUC_UNIT_MIN] = {"min", 60e6, true},
};

/* A text with its count of references before it. */
typedef struct Text {
    size_t references;
    char bytes[];
} Text;

static bool parse_bool(const GucAsked *asked, const char *text, GucValue *value, GucRefusal *why);
static bool parse_int(const GucAsked *asked, const char *text, GucValue *value, GucRefusal *why);
static bool parse_real(const GucAsked *asked, const char *text, GucValue *value, GucRefusal *why);
static bool parse_enum(const GucAsked *asked, const char *text, GucValue *value, GucRefusal *why);
static void parse_string(const GucRecord *record, const char *text, GucValue *value);
static bool read_number(const char *text, const char **end, double *out);
static bool read_integer(const char *text, const char **end, double *out);
static bool read_unit(const char *text, GucUnit base, double *number, GucRefusal *why);
static const Unit *units_of(GucUnit base, size_t *count);
static bool refuse_value(const GucAsked *asked, const char *text, GucRefusal *why);
static void refuse_checked(const GucRecord *record, GucValue value, GucRefusal *why);
static void refuse_range(const GucAsked *asked, double number, GucRefusal *why);
static char *int_text(const GucRecord *record, int number, bool with_unit);
static char *real_text(const GucRecord *record, double number, bool with_unit);
static const char *choice_text(const GucRecord *record, int number);
static char *list_choices(const GucRecord *record);
static bool ask_hook(const GucHook *hook, GucValue *value, GucSource source, GucRefusal *why);

/* ---- From text ---- */

bool guc_parse(const GucAsked *asked, const char *text, GucValue *value, GucRefusal *why)
{
    bool is_read = true;

    switch (asked->record->def.kind) {
    case GUC_BOOL:
        is_read = parse_bool(asked, text, value, why);
        break;
    case GUC_INT:
        is_read = parse_int(asked, text, value, why);
        break;
    case GUC_REAL:
        is_read = parse_real(asked, text, value, why);
        break;
    case GUC_ENUM:
        is_read = parse_enum(asked, text, value, why);
        break;
    case GUC_STRING:
        parse_string(asked->record, text, value);
        break;
    }
    return is_read && guc_check(asked, value, why);
}

static bool parse_bool(const GucAsked *asked, const char *text, GucValue *value, GucRefusal *why)
{
    if (num_try_parse_bool(text, &value->b))
        return true;
    why->message = mem_printf("parameter \"%s\" requires a Boolean value", asked->name);
    return false;
}

static bool parse_int(const GucAsked *asked, const char *text, GucValue *value, GucRefusal *why)
{
    const GucDef *def = &asked->record->def;
    const char *end;
    double number;

    if (!read_integer(text, &end, &number) || !read_unit(end, def->unit, &number, why))
        return refuse_value(asked, text, why);
    number = rint(number) + 0.0; /* no negative zero */
    if (number > INT_MAX || number < INT_MIN) {
        why->hint = "Value exceeds integer range.";
        return refuse_value(asked, text, why);
    }
    if (number < def->min || number > def->max) {
        refuse_range(asked, number, why);
        return false;
    }
    value->i = (int)number;
    return true;
}

static bool parse_real(const GucAsked *asked, const char *text, GucValue *value, GucRefusal *why)
{
    const GucDef *def = &asked->record->def;
    const char *end;
    double number;

    if (!read_number(text, &end, &number) || !read_unit(end, def->unit, &number, why))
        return refuse_value(asked, text, why);
    if (number < def->min || number > def->max) {
        refuse_range(asked, number, why);
        return false;
    }
    value->d = number;
    return true;
}

static bool parse_enum(const GucAsked *asked, const char *text, GucValue *value, GucRefusal *why)
{
    const GucRecord *record = asked->record;

    for (size_t i = 0; i < record->choice_count; i++) {
        if (strcasecmp(text, record->choices[i].text) == 0) {
            value->i = record->choices[i].number;
            return true;
        }
    }
    why->hint = mem_printf("Available values: %s.", list_choices(record));
    return refuse_value(asked, text, why);
}

/* A name that is too long is cut, as everywhere in SQL, at the end of a character. */
static void parse_string(const GucRecord *record, const char *text, GucValue *value)
{
    char *copy = mem_strdup(text);
    size_t len = NAME_LEN;

    if ((record->def.flags & GUC_IS_NAME) != 0 && strlen(copy) > NAME_LEN) {
        while (len > 0 && ((unsigned char)copy[len] & 0xC0) == 0x80)
            len--;
        copy[len] = '\0';
        err_log(ERR_NOTICE, .sqlstate = SQLSTATE_NAME_TOO_LONG,
                .message = err_fmt("identifier \"%s\" will be truncated to \"%s\"", text, copy));
    }
    value->s = guc_text_new(copy);
}

/* A decimal or hexadecimal number, as C has it; what is too large or too small for it is none. */
static bool read_number(const char *text, const char **end, double *out)
{
    char *stop;
    double number = strtod(text, &stop);

    if (stop == text || isnan(number))
        return false;
    /* What C says by errno: the digits gave infinity, or lost themselves near zero. */
    if (isinf(number) && strpbrk(text, "iI") == NULL)
        return false;
    if (fabs(number) < DBL_MIN) {
        const char *digits = text;
        while (digits < stop && *digits != 'e' && *digits != 'E')
            if (strchr("123456789", *digits++) != NULL)
                return false;
    }
    *end = stop;
    *out = number;
    return true;
}

/* As above; what has no point nor exponent may be hexadecimal (0x) or octal (0). */
static bool read_integer(const char *text, const char **end, double *out)
{
    char *stop;
    long long number = strtoll(text, &stop, 0);

    if (*stop == '.' || *stop == 'e' || *stop == 'E' || number == LLONG_MAX || number == LLONG_MIN)
        return read_number(text, end, out);
    *end = stop;
    *out = (double)number;
    return stop != text;
}

/* What follows a number: nothing, or a unit with blanks around it. Converts number to base. */
static bool read_unit(const char *text, GucUnit base, double *number, GucRefusal *why)
{
    static const char blanks[] = " \t\n\v\f\r";
    size_t count, len;
    const Unit *units = units_of(base, &count);

    text += strspn(text, blanks);
    if (*text == '\0')
        return true;
    if (base == GUC_UNIT_NONE)
        return false;
    why->hint = base_units[base].is_time
                    ? "Valid units for this parameter are \"us\", \"ms\", \"s\", \"min\", \"h\", "
                      "and \"d\"."
                    : "Valid units for this parameter are \"B\", \"kB\", \"MB\", \"GB\", and "
                      "\"TB\".";
    len = size_min(strcspn(text, blanks), UNIT_LEN);
    if (text[len + strspn(text + len, blanks)] != '\0')
        return false;
    for (size_t i = 0; i < count; i++) {
        if (strncmp(text, units[i].name, len) != 0 || units[i].name[len] != '\0')
            continue;
        *number *= units[i].size / base_units[base].size;
        if (i + 1 < count) {
            double step = units[i + 1].size / base_units[base].size;
            *number = rint(*number / step) * step;
        }
        why->hint = NULL;
        return true;
    }
    return false;
}

static const Unit *units_of(GucUnit base, size_t *count)
{
    *count = base_units[base].is_time ? ARRAY_LEN(time_units) : ARRAY_LEN(memory_units);
    return base_units[base].is_time ? time_units : memory_units;
}

/* False, for the caller to return; a hint that was given stays. */
static bool refuse_value(const GucAsked *asked, const char *text, GucRefusal *why)
{
    why->message = mem_printf("invalid value for parameter \"%s\": \"%s\"", asked->name, text);
    return false;
}

static void refuse_range(const GucAsked *asked, double number, GucRefusal *why)
{
    const GucDef *def = &asked->record->def;
    const char *unit = guc_unit_name(def->unit);

    if (def->kind == GUC_INT)
        why->message = mem_printf("%.0f%s%s is outside the valid range for parameter \"%s\" "
                                  "(%.0f .. %.0f)",
                                  number, unit != NULL ? " " : "", unit != NULL ? unit : "",
                                  asked->name, def->min, def->max);
    else
        why->message = mem_printf("%s%s%s is outside the valid range for parameter \"%s\" "
                                  "(%g .. %g)",
                                  isinf(number) ? (number < 0 ? "-Infinity" : "Infinity")
                                                : mem_printf("%g", number),
                                  unit != NULL ? " " : "", unit != NULL ? unit : "",
                                  asked->name, def->min, def->max);
    why->hint = NULL;
}

bool guc_check(const GucAsked *asked, GucValue *value, GucRefusal *why)
{
    const GucRecord *record = asked->record;
    GucValue given = *value;

    *why = (GucRefusal){0};
    if (ask_hook(record->own_hook, value, asked->source, why) &&
        ask_hook(record->hook, value, asked->source, why)) {
        if (record->def.kind == GUC_STRING && value->s != given.s) {
            value->s = guc_text_new(value->s);
            guc_value_drop(record, given);
        }
        return true;
    }
    if (why->message == NULL)
        refuse_checked(record, given, why);
    guc_value_drop(record, given);
    return false;
}

/* The settings' own name this time. PostgreSQL shows numbers and booleans bare. */
static void refuse_checked(const GucRecord *record, GucValue value, GucRefusal *why)
{
    GucAsked by_name = {.record = record, .name = record->def.name};
    char *text = guc_value_text(record, value, false);

    if (record->def.kind == GUC_STRING || record->def.kind == GUC_ENUM)
        refuse_value(&by_name, text, why);
    else
        why->message =
            mem_printf("invalid value for parameter \"%s\": %s", record->def.name,
                       record->def.kind == GUC_BOOL ? (value.b ? "1" : "0") : text);
}

static bool ask_hook(const GucHook *hook, GucValue *value, GucSource source, GucRefusal *why)
{
    return hook == NULL || hook->check == NULL || hook->check(value, source, why);
}

/* ---- To text ---- */

char *guc_value_text(const GucRecord *record, GucValue value, bool with_unit)
{
    switch (record->def.kind) {
    case GUC_BOOL:
        return mem_strdup(value.b ? "on" : "off");
    case GUC_INT:
        return int_text(record, value.i, with_unit);
    case GUC_REAL:
        return real_text(record, value.d, with_unit);
    case GUC_ENUM:
        return mem_strdup(choice_text(record, value.i));
    case GUC_STRING:
        break;
    }
    return mem_strdup(value.s != NULL ? value.s : "");
}

char *guc_show_record(const GucRecord *record, bool with_unit)
{
    const GucHook *hook = record->hook != NULL && record->hook->show != NULL ? record->hook
                                                                            : record->own_hook;

    if (hook != NULL && hook->show != NULL)
        return mem_strdup(hook->show());
    return guc_value_text(record, record->now.value, with_unit);
}

const char *guc_unit_name(GucUnit unit)
{
    return base_units[unit].name;
}

static char *int_text(const GucRecord *record, int number, bool with_unit)
{
    GucUnit base = record->def.unit;
    size_t count;
    const Unit *units = units_of(base, &count);
    double amount = number * base_units[base].size;

    if (with_unit && number > 0 && base != GUC_UNIT_NONE)
        for (size_t i = 0; i < count; i++)
            if (units[i].size <= base_units[base].size || fmod(amount, units[i].size) == 0)
                return mem_printf("%.0f%s", amount / units[i].size, units[i].name);
    return mem_printf("%d", number);
}

static char *real_text(const GucRecord *record, double number, bool with_unit)
{
    GucUnit base = record->def.unit;
    size_t count;
    const Unit *units = units_of(base, &count);

    if (!with_unit || !(number > 0) || base == GUC_UNIT_NONE)
        return mem_printf("%g", number);
    for (size_t i = 0;; i++) {
        double shown = number / (units[i].size / base_units[base].size);
        if (i + 1 == count || (shown > 0 && fabs(rint(shown) / shown - 1.0) <= 1e-8))
            return mem_printf("%g%s", shown, units[i].name);
    }
}

/* A number that no choice has can only be a mistake of the table. */
static const char *choice_text(const GucRecord *record, int number)
{
    for (size_t i = 0; i < record->choice_count; i++)
        if (record->choices[i].number == number)
            return record->choices[i].text;
    err_raise(SQLSTATE_INTERNAL_ERROR,
              .message = err_fmt("setting \"%s\" has no choice %d", record->def.name, number));
}

static char *list_choices(const GucRecord *record)
{
    const char *separator = "";
    StrBuf list;

    strbuf_init(&list);
    for (size_t i = 0; i < record->choice_count; i++) {
        if (record->choices[i].is_hidden)
            continue;
        strbuf_add(&list, separator);
        strbuf_add(&list, record->choices[i].text); /* may be empty */
        separator = ", ";
    }
    return list.text;
}

/* ---- References to values ---- */

bool guc_value_equal(const GucRecord *record, GucValue a, GucValue b)
{
    switch (record->def.kind) {
    case GUC_BOOL:
        return a.b == b.b;
    case GUC_INT:
    case GUC_ENUM:
        return a.i == b.i;
    case GUC_REAL:
        return !(a.d < b.d) && !(a.d > b.d);
    case GUC_STRING:
        break;
    }
    return a.s == b.s || (a.s != NULL && b.s != NULL && str_equal(a.s, b.s));
}

const char *guc_text_new(const char *text)
{
    size_t len;
    Text *copy;

    if (text == NULL)
        return NULL;
    len = strlen(text);
    copy = mem_alloc_in(guc.mem, size_add(sizeof(Text) + 1, len));
    copy->references = 1;
    memcpy(copy->bytes, text, len);
    return copy->bytes;
}

static Text *text_of(const char *bytes)
{
    return (Text *)((uintptr_t)bytes - offsetof(Text, bytes));
}

GucValue guc_value_keep(const GucRecord *record, GucValue value)
{
    if (record->def.kind == GUC_STRING && value.s != NULL)
        text_of(value.s)->references++;
    return value;
}

void guc_value_drop(const GucRecord *record, GucValue value)
{
    if (record->def.kind == GUC_STRING && value.s != NULL && --text_of(value.s)->references == 0)
        mem_free(text_of(value.s));
}
