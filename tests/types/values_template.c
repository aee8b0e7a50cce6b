/*
 * values_template.c - templates of to_char(), to_date() and to_number(), with texts that fit
 *
 * A text to be read is made along with its template: the text is the first argument, and the
 * template is kept for the second.
 */
#include "common/base/base.h"

#include <stdio.h>

#include "tests/types/values.h"

typedef struct Pair {
    StrBuf text, template;
} Pair;

static char kept_template[1024];

static int pick(Seed *s, int min, int max)
{
    return min + (int)seed_below(s, (uint64_t)(max - min + 1));
}

/* What stands for itself, or nearly. */
static const char *plain(Seed *s)
{
    return VALUE_PICK(s, " ", " ", "-", "-", "/", ":", ":", ".", ",", "  ", "T", "x", "\"of\"",
                      "\"a\\\"b\"", "\\", "\\\"", "\"", "\xC3\xA9", "5", "_", "\"YY\"", "+", "\t");
}

/* ---- Dates ---- */

static const char *date_pattern(Seed *s)
{
    return VALUE_PICK(s, "A.D.", "A.M.", "AD", "AM", "B.C.", "BC", "CC", "D", "DAY", "DD", "DDD",
                      "DY", "Day", "Dy", "FF1", "FF2", "FF3", "FF4", "FF5", "FF6", "FX", "HH",
                      "HH12", "HH24", "I", "ID", "IDDD", "IW", "IY", "IYY", "IYYY", "J", "MI", "MM",
                      "MON", "MONTH", "MS", "Mon", "Month", "OF", "P.M.", "PM", "Q", "RM", "SS",
                      "SSSS", "SSSSS", "TZ", "TZH", "TZM", "US", "W", "WW", "Y", "Y,YYY", "YY",
                      "YYY", "YYYY", "a.d.", "am", "b.c.", "cc", "d", "day", "dd", "ddd", "dy",
                      "ff2", "fx", "hh", "hh12", "hh24", "i", "id", "iddd", "iw", "iyyy", "j", "mi",
                      "mm", "mon", "month", "ms", "of", "p.m.", "pm", "q", "rm", "ss", "ssss",
                      "sssss", "tz", "tzh", "tzm", "us", "w", "ww", "y", "y,yyy", "yy", "yyy",
                      "yyyy", "YYYY", "MM", "DD", "HH24", "MI", "SS", "mOn", "Mm", "Yyy");
}

static void add_marked(Seed *s, StrBuf *out, const char *pattern)
{
    if (value_chance(s, 15))
        strbuf_add(out, VALUE_PICK(s, "FM", "fm", "TM", "tm", "FM", "FMTM"));
    strbuf_add(out, pattern);
    if (value_chance(s, 8))
        strbuf_add(out, VALUE_PICK(s, "TH", "th", "SP", "Th"));
}

void value_date_template(Seed *s, StrBuf *out)
{
    for (int i = pick(s, value_chance(s, 3) ? 0 : 1, value_chance(s, 20) ? 12 : 5); i > 0; i--) {
        add_marked(s, out, date_pattern(s));
        if (value_chance(s, 60))
            strbuf_add(out, plain(s));
    }
}

/* Few, so that what makes no sense in an interval is rarer. */
void value_interval_template(Seed *s, StrBuf *out)
{
    if (value_chance(s, 15)) {
        value_date_template(s, out);
        return;
    }
    for (int i = pick(s, 1, 4); i > 0; i--) {
        add_marked(s, out,
                   VALUE_PICK(s, "HH", "HH12", "HH24", "MI", "SS", "MS", "US", "FF1", "FF4", "SSSS",
                              "AM", "p.m.", "CC", "YYYY", "YYY", "YY", "Y", "Y,YYY", "IYYY", "IYY",
                              "IY", "I", "MM", "RM", "rm", "DDD", "IDDD", "DD", "WW", "IW", "W",
                              "Q", "J", "FX"));
        strbuf_add(out, plain(s));
    }
}

typedef struct DateField {
    const char *pattern;
    int min, max, width; /* width 0: one of words */
    const char *const *words;
} DateField;

static const char *const month_words[] = {"January", "FEBRUARY", "march", "April", "May",
                                          "June",    "sept",     "Oct",   "nov",   "December",
                                          "APRIL"};
static const char *const day_words[] = {"Monday", "TUE",      "wednesday", "Thu",
                                        "fri",    "Saturday", "Sun",       "FRIDAY"};
static const char *const roman_words[] = {"I",   "ii",   "III", "iv", "V",  "vi",
                                          "VII", "viii", "IX",  "x",  "XI", "xii"};
static const char *const half_words[] = {"AM", "pm", "Am", "PM", "A.M.", "p.m."};
static const char *const era_words[] = {"AD", "bc", "BC", "a.d.", "B.C."};

#define WORDS(list) 0, (int)ARRAY_LEN(list) - 1, 0, list

static const DateField date_fields[] = {
    {"YYYY", 1, 9999, 4, NULL},   {"YYYY", 1990, 2030, 4, NULL}, {"YYY", 0, 999, 3, NULL},
    {"YY", 0, 99, 2, NULL},       {"Y", 0, 9, 1, NULL},          {"IYYY", 1990, 2030, 4, NULL},
    {"IY", 0, 99, 2, NULL},       {"CC", 1, 25, 2, NULL},        {"MM", 1, 12, 2, NULL},
    {"MM", 0, 13, 2, NULL},       {"DD", 1, 28, 2, NULL},        {"DD", 0, 32, 2, NULL},
    {"DDD", 0, 367, 3, NULL},     {"IDDD", 1, 371, 3, NULL},     {"D", 1, 7, 1, NULL},
    {"ID", 1, 7, 1, NULL},        {"WW", 1, 53, 2, NULL},        {"IW", 1, 53, 2, NULL},
    {"W", 1, 5, 1, NULL},         {"Q", 1, 4, 1, NULL},          {"J", 0, 3000000, 1, NULL},
    {"HH24", 0, 24, 2, NULL},     {"HH", 0, 13, 2, NULL},        {"HH12", 1, 12, 2, NULL},
    {"MI", 0, 60, 2, NULL},       {"SS", 0, 60, 2, NULL},        {"SSSS", 0, 86400, 5, NULL},
    {"SSSSS", 0, 86400, 5, NULL}, {"MS", 0, 999, 3, NULL},       {"US", 0, 999999, 6, NULL},
    {"FF1", 0, 9, 1, NULL},       {"FF3", 0, 999, 3, NULL},      {"FF6", 0, 999999, 6, NULL},
    {"TZH", 0, 16, 2, NULL},      {"TZM", 0, 60, 2, NULL},       {"Month", WORDS(month_words)},
    {"mon", WORDS(month_words)},  {"Day", WORDS(day_words)},     {"DY", WORDS(day_words)},
    {"RM", WORDS(roman_words)},   {"AM", WORDS(half_words)},     {"p.m.", WORDS(half_words)},
    {"BC", WORDS(era_words)},     {"A.D.", WORDS(era_words)},    {"TZ", 0, 1, 1, NULL},
};

static void add_field_text(Seed *s, StrBuf *out, const DateField *f)
{
    int value = pick(s, f->min, f->max);

    if (value_chance(s, 6))
        strbuf_add(out, VALUE_PICK(s, " ", "  ", "-", "+", "\t"));
    if (f->words != NULL)
        strbuf_add(out, f->words[value]);
    else
        strbuf_add_fmt(out, "%0*d", value_chance(s, 85) ? f->width : 1, value);
    if (value_chance(s, 3))
        strbuf_add(out, VALUE_PICK(s, "th", " ", "0", "x", "-"));
}

static void add_gap(Seed *s, Pair *p)
{
    const char *mark = plain(s);

    if (value_chance(s, 30))
        return;
    strbuf_add(&p->template, mark);
    if (value_chance(s, 80))
        strbuf_add(&p->text, value_chance(s, 80) ? VALUE_PICK(s, " ", "-", "/", ":") : mark);
}

static void add_usual_date(Seed *s, Pair *p)
{
    static const char *const templates[] = {
        "YYYY-MM-DD",     "YYYYMMDD",     "DD Mon YYYY",    "IYYY-IW-ID", "YYYY-DDD",
        "Month DD, YYYY", "FXYYYY-MM-DD", "YYYY-MM-DD BC",  "CC YY MM",   "MM/DD/YY",
        "YYYY WW",        "Y,YYY MM",     "FMDD.FMMM.YYYY", "YYYY-MM W"};

    const char *template = value_pick(s, templates, ARRAY_LEN(templates));

    /* Of weeks in years of eight digits PostgreSQL makes something, as its sums wrap. */
    strbuf_add(&p->template, template);
    switch (*template == 'I' ? 4 : seed_below(s, 5)) {
    case 0:
        strbuf_add_fmt(&p->text, "%04d%02d%02d", pick(s, 1, 3000), pick(s, 1, 12), pick(s, 1, 31));
        break;
    case 1:
        strbuf_add_fmt(&p->text, "%d %s %d", pick(s, 1, 31),
                       value_pick(s, month_words, ARRAY_LEN(month_words)), pick(s, 1, 3000));
        break;
    case 2:
        strbuf_add_fmt(&p->text, "%d-%d-%d", pick(s, 0, 6000000), pick(s, 1, 53), pick(s, 1, 31));
        break;
    case 3:
        strbuf_add_fmt(&p->text, "%d,%03d %d", pick(s, 0, 12), pick(s, 0, 999), pick(s, 1, 12));
        break;
    default:
        strbuf_add_fmt(&p->text, "%04d-%02d-%02d%s", pick(s, 1, 3000), pick(s, 1, 12),
                       pick(s, 1, 31), VALUE_PICK(s, "", " ", " bc", " AD"));
    }
}

static void add_usual_time(Seed *s, Pair *p)
{
    strbuf_add(&p->template,
               VALUE_PICK(s, " HH24:MI:SS", "HH24MISS", " HH:MI AM", " HH12:MI:SS.US",
                          "\"T\"HH24:MI:SS.MSTZH:TZM", " HH24:MI:SS.FF3 TZH", " FMHH24:FMMI:FMSS"));
    strbuf_add_fmt(&p->text, " %02d:%02d:%02d%s", pick(s, 0, 24), pick(s, 0, 60), pick(s, 0, 60),
                   VALUE_PICK(s, "", " pm", ".5", ".123456", ".120 +02:30", " -3", "-11:15"));
}

static void begin_pair(Pair *p)
{
    strbuf_init(&p->text);
    strbuf_init(&p->template);
}

static void end_pair(Pair *p, StrBuf *out)
{
    strbuf_add(out, p->text.text);
    snprintf(kept_template, sizeof kept_template, "%s", p->template.text);
}

void value_date_written(Seed *s, StrBuf *out)
{
    Pair p;

    begin_pair(&p);
    if (value_chance(s, 40)) {
        add_usual_date(s, &p);
        if (value_chance(s, 50))
            add_usual_time(s, &p);
    } else {
        if (value_chance(s, 5))
            strbuf_add(&p.template, "FX");
        for (int i = pick(s, 1, value_chance(s, 20) ? 9 : 4); i > 0; i--) {
            const DateField *f = &date_fields[seed_below(s, ARRAY_LEN(date_fields))];

            add_marked(s, &p.template, f->pattern);
            add_field_text(s, &p.text, f);
            add_gap(s, &p);
        }
    }
    if (value_chance(s, 3))
        strbuf_add(&p.text, VALUE_PICK(s, "9999999999", "-1", "\xC3\xA9", " "));
    end_pair(&p, out);
}

/* The template of the text before. */
void value_template_of_it(Seed *s, StrBuf *out)
{
    (void)s;
    strbuf_add(out, kept_template);
}

/* ---- Numbers ---- */

static void add_number_pattern(Seed *s, StrBuf *out)
{
    strbuf_add(out, VALUE_PICK(s, "9", "9", "9", "9", "9", "99", "999", "9999", "0", "0", "00", ".",
                               "D", ",", "G", ",", "S", "MI", "PL", "SG", "PR", "L", "V", "EEEE",
                               "RN", "rn", "TH", "th", "B", "C", "SP", "d", "g", "s", "mi", "eeee",
                               "9.9", "9.99", "0.0", "9.90", "FM"));
}

void value_number_template(Seed *s, StrBuf *out)
{
    if (value_chance(s, 35))
        strbuf_add(out, VALUE_PICK(s, "FM", "fm", "S", "FMS", "MI", "SG", "PL", "L", "B"));
    for (int i = pick(s, value_chance(s, 3) ? 0 : 1, value_chance(s, 20) ? 12 : 5); i > 0; i--) {
        if (value_chance(s, 8))
            strbuf_add(out, plain(s));
        else if (value_chance(s, 55))
            strbuf_add(out, VALUE_PICK(s, "9", "99", "0", "9.9", ".99", "9,9", "999"));
        else
            add_number_pattern(s, out);
    }
    if (value_chance(s, 20))
        strbuf_add(out, VALUE_PICK(s, "S", "MI", "PR", "TH", "th", "EEEE", "PL", "SG"));
}

/* Small ones, which have room in templates. */
void value_number_shown(Seed *s, StrBuf *out)
{
    if (value_chance(s, 40))
        strbuf_add(out, "-");
    switch (seed_below(s, 6)) {
    case 0:
        strbuf_add_fmt(out, "%d", pick(s, 0, 10));
        break;
    case 1:
        strbuf_add_fmt(out, "%d", pick(s, 0, 1000000));
        break;
    default:
        strbuf_add_fmt(out, "%d", pick(s, 0, 4000));
    }
}

void value_decimal_shown(Seed *s, StrBuf *out)
{
    if (value_chance(s, 3)) {
        strbuf_add(out,
                   VALUE_PICK(s, "NaN", "Infinity", "-Infinity", "1e20", "1e-20", "-0", "1e100"));
        return;
    }
    value_number_shown(s, out);
    if (value_chance(s, 70))
        strbuf_add_fmt(out, ".%0*d", pick(s, 1, 6), pick(s, 0, value_chance(s, 50) ? 99 : 99999));
}

static void add_number_text(Seed *s, StrBuf *out, char pattern)
{
    switch (pattern) {
    case '9':
    case '0':
        if (value_chance(s, 90))
            strbuf_add_char(out, (char)pick(s, '0', '9'));
        break;
    case '.':
    case 'D':
        if (value_chance(s, 90))
            strbuf_add_char(out, '.');
        break;
    case ',':
    case 'G':
        if (value_chance(s, 80))
            strbuf_add_char(out, ',');
        break;
    default:
        strbuf_add(out, VALUE_PICK(s, "-", "+", " ", "<", ">", "$", "x", "", "th", "-", ""));
    }
}

void value_number_written(Seed *s, StrBuf *out)
{
    Pair p;

    begin_pair(&p);
    value_number_template(s, &p.template);
    if (value_chance(s, 50))
        strbuf_add(&p.text, VALUE_PICK(s, "-", "+", " ", "<", "  ", "- "));
    for (const char *c = p.template.text; *c != '\0'; c++) {
        if (value_chance(s, 97))
            add_number_text(s, &p.text, *c);
        if (value_chance(s, 3))
            strbuf_add(&p.text, VALUE_PICK(s, " ", "1", "-", ".", "\xC3\xA9", ">"));
    }
    if (value_chance(s, 20))
        strbuf_add(&p.text, VALUE_PICK(s, "-", "+", ">", " ", "5"));
    end_pair(&p, out);
}
