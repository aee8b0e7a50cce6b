/* size.c - sizes in bytes for people: pg_size_pretty(), pg_size_bytes(). */
#include "common/base/base.h"

#include <strings.h>

#include "server/types/numeric.h"
#include "server/types/text_arg.h"
#include "server/types/types_int.h"

/* A size is shown in the first unit in which it is below the limit, halves rounded up. */
typedef struct SizeUnit {
    const char *name;
    int64_t limit;
    bool rounds; /* has one more bit than is shown */
    int shift;   /* 1 << shift bytes */
} SizeUnit;

static const SizeUnit units[] = {
    {"bytes", 10 * 1024, false, 0},  {"kB", 20 * 1024 - 1, true, 10},
    {"MB", 20 * 1024 - 1, true, 20}, {"GB", 20 * 1024 - 1, true, 30},
    {"TB", 20 * 1024 - 1, true, 40}, {"PB", 20 * 1024 - 1, true, 50},
};

static int64_t half_rounded(int64_t n)
{
    return (n + (n < 0 ? -1 : 1)) / 2;
}

static uint64_t size_of(int64_t n)
{
    return n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
}

Datum pg_size_pretty(FmgrCall *call)
{
    int64_t size = fmgr_i64(call, 0);

    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        const SizeUnit *u = &units[i];
        int bits;

        if (i + 1 == ARRAY_LEN(units) || size_of(size) < (uint64_t)u->limit) {
            if (u->rounds)
                size = half_rounded(size);
            return text_result_of(mem_printf("%" PRId64 " %s", size, u->name));
        }

        /* Divide towards zero, down to the next unit with one bit more. */
        bits = u[1].shift - u->shift - (u[1].rounds ? 1 : 0) + (u->rounds ? 1 : 0);
        size /= INT64_C(1) << bits;
    }
    return fmgr_null(call);
}

/* ---- The same of numerics ---- */

static Datum calculate(FmgrFunction fn, Datum a, Datum b)
{
    return fmgr_call_direct(fn, 0, 2, (const Datum[]){a, b});
}

static Datum absolute(Datum n)
{
    return fmgr_call_direct(numeric_abs, 0, 1, &n);
}

static Datum cut_quotient(Datum n, int64_t divisor)
{
    return calculate(numeric_div_trunc, n, numeric_of_i64(divisor));
}

Datum pg_size_pretty_numeric(FmgrCall *call)
{
    Datum size = fmgr_arg(call, 0), zero = numeric_of_i64(0);

    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        const SizeUnit *u = &units[i];
        int bits;

        if (i + 1 == ARRAY_LEN(units) ||
            numeric_compare(absolute(size), numeric_of_i64(u->limit)) < 0) {
            if (u->rounds) {
                int64_t one = numeric_compare(size, zero) >= 0 ? 1 : -1;

                size = cut_quotient(calculate(numeric_add, size, numeric_of_i64(one)), 2);
            }
            return text_result_of(mem_printf("%s %s", numeric_to_text(size), u->name));
        }
        bits = u[1].shift - u->shift - (u[1].rounds ? 1 : 0) + (u->rounds ? 1 : 0);
        size = cut_quotient(size, INT64_C(1) << bits);
    }
    return fmgr_null(call);
}

/* ---- From text ---- */

static _Noreturn void raise_size(const char *text)
{
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = err_fmt("invalid size: \"%s\"", text));
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Behind sign, digits, fraction and exponent. */
static const char *behind_number(const char *p, const char *text)
{
    const char *e;
    bool has_digits;

    if (*p == '-' || *p == '+')
        p++;
    has_digits = is_digit(*p);
    while (is_digit(*p))
        p++;
    if (*p == '.') {
        p++;
        has_digits |= is_digit(*p);
        while (is_digit(*p))
            p++;
    }
    if (!has_digits)
        raise_size(text);
    if (*p != 'e' && *p != 'E')
        return p;
    e = p + 1;
    if (*e == '-' || *e == '+')
        e++;
    if (!is_digit(*e))
        return p;
    while (is_digit(*e))
        e++;
    return e;
}

static int shift_of(const char *unit, const char *text)
{
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (strcasecmp(unit, units[i].name) == 0)
            return units[i].shift;
    }
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = err_fmt("invalid size: \"%s\"", text),
              .detail = err_fmt("Invalid size unit: \"%s\".", unit),
              .hint = "Valid units are \"bytes\", \"kB\", \"MB\", \"GB\", \"TB\", and \"PB\".");
}

Datum pg_size_bytes(FmgrCall *call)
{
    const char *text = text_cstring(fmgr_packed(call, 0));
    const char *start = skip_spaces(text), *end = behind_number(start, text), *unit;
    Datum number = numeric_of_text(mem_strndup(start, (size_t)(end - start)));
    size_t len;

    unit = skip_spaces(end);
    len = strlen(unit);
    while (len > 0 && is_space(unit[len - 1]))
        len--;
    if (len > 0) {
        int shift = shift_of(mem_strndup(unit, len), text);

        if (shift > 0)
            number = calculate(numeric_mul, number, numeric_of_i64(INT64_C(1) << shift));
    }
    return fmgr_call_direct(numeric_int8, 0, 1, &number);
}
