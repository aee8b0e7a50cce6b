/* values_number.c - values of numeric, and of arguments that go with them. */
#include "common/base/base.h"

#include "tests/types/values.h"

static void add_digits(Seed *s, StrBuf *out, uint64_t count)
{
    /* Runs of 9 and 0 make carries, and digits of base 10000 that are empty. */
    while (count > 0) {
        uint64_t run = value_chance(s, 30) ? 1 + seed_below(s, 9) : 1;
        char digit = run > 1 ? (value_chance(s, 50) ? '0' : '9') : (char)('0' + seed_below(s, 10));

        for (; run > 0 && count > 0; run--, count--)
            strbuf_add_char(out, digit);
    }
}

static void add_number(Seed *s, StrBuf *out, uint64_t whole, uint64_t fraction)
{
    if (value_chance(s, 40))
        strbuf_add_char(out, '-');
    if (whole + fraction == 0)
        whole = 1;
    add_digits(s, out, whole);
    if (fraction > 0) {
        strbuf_add_char(out, '.');
        add_digits(s, out, fraction);
    }
}

void value_numeric(Seed *s, StrBuf *out)
{
    switch (seed_below(s, 12)) {
    case 0:
        strbuf_add(out, VALUE_PICK(s, "NaN", "Infinity", "-Infinity", "inf", "+inf", "-inF", "nan",
                                   "+Infinity"));
        break;
    case 1:
        strbuf_add(out, VALUE_PICK(s, "0", "1", "-1", "0.0", "-0.000", "10", "100", "0.5", "2",
                                   "9999", "10000", "0.0001", "1e10", "1E-5", "1.5e+3", ".5", "5.",
                                   "1e131071", "1e131072", "1e-16383", "1e-16384", "0e20000",
                                   "9.99e400", "1.1", "0.9", "1.0000001", "0.99999999", "-2.5"));
        break;
    case 2:
        add_number(s, out, seed_below(s, 120), seed_below(s, 120));
        break;
    case 3:
        add_number(s, out, seed_below(s, 10), seed_below(s, 5));
        strbuf_add_fmt(out, "e%d", (int)seed_below(s, 60) - 30);
        break;
    case 4:
        add_number(s, out, seed_below(s, 3), 60 + seed_below(s, 10));
        break;
    default:
        add_number(s, out, seed_below(s, 14), value_chance(s, 40) ? 0 : seed_below(s, 12));
    }
}

/* Arguments of functions whose results may not be long. */
void value_numeric_small(Seed *s, StrBuf *out)
{
    switch (seed_below(s, 10)) {
    case 0:
        value_numeric(s, out);
        break;
    case 1:
        strbuf_add_fmt(out, "%d", (int)seed_below(s, 41) - 20);
        break;
    case 2:
        strbuf_add_fmt(out, "%s1.0000%d", value_chance(s, 20) ? "-" : "",
                       (int)seed_below(s, 100000));
        break;
    default:
        add_number(s, out, seed_below(s, 4), seed_below(s, 20));
    }
}

/* Digits to round to. */
void value_scale(Seed *s, StrBuf *out)
{
    strbuf_add_fmt(out, "%d",
                   value_chance(s, 95) ? (int)seed_below(s, 40) - 20 : (int)seed_u64(s) % 5000);
}

void value_factorial(Seed *s, StrBuf *out)
{
    strbuf_add_fmt(out, "%d", value_chance(s, 95) ? (int)seed_below(s, 150) - 3 : 40000);
}

/* Mostly what makes a typmod of numeric: 16 bits of precision and 11 of scale, and 4. */
void value_numeric_typmod(Seed *s, StrBuf *out)
{
    int scale = (int)seed_below(s, 30) - 10;

    strbuf_add_fmt(out, "%d",
                   value_chance(s, 5) ? -1
                                      : ((int)seed_below(s, 30) + 1) << 16 | ((scale & 0x7FF) + 4));
}

/* The state of an average of integers. */
void value_count_and_sum(Seed *s, StrBuf *out)
{
    if (value_chance(s, 5))
        strbuf_add(out, VALUE_PICK(s, "{1,2,3}", "{}", "{1}"));
    else
        strbuf_add_fmt(out, "{%d,%" PRId64 "}", (int)seed_below(s, 1000),
                       (int64_t)seed_u64(s) >> (1 + seed_below(s, 60)));
}

/* States of variances and of regressions. */
static void add_sums(Seed *s, StrBuf *out, int count)
{
    strbuf_add_fmt(out, "{%d", (int)seed_below(s, 6));
    for (int i = 1; i < count; i++) {
        strbuf_add_char(out, ',');
        if (value_chance(s, 4))
            strbuf_add(out, VALUE_PICK(s, "0", "NaN", "Infinity", "-Infinity", "1e308"));
        else
            strbuf_add_fmt(out, "%d.%d", (int)seed_below(s, 200) - 20, (int)seed_below(s, 1000));
    }
    strbuf_add_char(out, '}');
}

void value_variance(Seed *s, StrBuf *out)
{
    add_sums(s, out, value_chance(s, 96) ? 3 : 2);
}

void value_regression(Seed *s, StrBuf *out)
{
    add_sums(s, out, value_chance(s, 96) ? 6 : 5);
}

void value_degrees(Seed *s, StrBuf *out)
{
    if (value_chance(s, 20))
        value_float8(s, out);
    else
        strbuf_add_fmt(out, "%d", ((int)seed_below(s, 145) - 72) * 15);
}

/* From -1 to 1, and a bit more. */
void value_unit(Seed *s, StrBuf *out)
{
    if (value_chance(s, 20))
        value_float8(s, out);
    else if (value_chance(s, 30))
        strbuf_add(out, VALUE_PICK(s, "-1", "1", "0", "0.5", "-0.5", "-0", "1.0000001"));
    else
        strbuf_add_fmt(out, "%.17g", (double)(int64_t)seed_u64(s) * 0x1p-63);
}

/* ---- Places and identifiers ---- */

void value_pg_lsn(Seed *s, StrBuf *out)
{
    uint64_t lsn = seed_u64(s) >> seed_below(s, 64);

    if (value_chance(s, 5))
        strbuf_add(out, VALUE_PICK(s, "0/0", "FFFFFFFF/FFFFFFFF", "/", "1/", "123456789/0", "g/0",
                                   "0/123456789", "00000001/0000000A", " 1/1", "1/1 "));
    else
        strbuf_add_fmt(out, "%X/%x", (uint32_t)(lsn >> 32), (uint32_t)lsn);
}

void value_uuid(Seed *s, StrBuf *out)
{
    bool has_brace = value_chance(s, 10), has_marks = value_chance(s, 70);

    if (has_brace)
        strbuf_add_char(out, '{');
    for (int i = 0; i < 16; i++) {
        strbuf_add_fmt(out, value_chance(s, 20) ? "%02X" : "%02x",
                       value_chance(s, 50) ? 0 : (unsigned)seed_below(s, 256));
        if (has_marks ? i == 3 || i == 5 || i == 7 || i == 9 : value_chance(s, 2))
            strbuf_add_char(out, '-');
    }
    if (has_brace)
        strbuf_add_char(out, '}');
}
