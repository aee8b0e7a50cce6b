/* pg_lsn.c - places in the log as a type: comparisons, and distances in bytes. */
#include "common/base/base.h"

#include "common/text/hex.h"
#include "server/types/int_text.h"
#include "server/types/numeric.h"
#include "server/types/types_int.h"
#include "server/types/wire.h"

#define HALF_DIGITS_MAX 8

/* One to eight hexadecimal digits; NULL when they are not there. */
static const char *read_half(const char *text, uint32_t *out)
{
    const char *start = text;

    for (*out = 0; hex_digit(*text) >= 0; text++) {
        if (text - start >= HALF_DIGITS_MAX)
            return NULL;
        *out = *out << 4 | (uint32_t)hex_digit(*text);
    }
    return text == start ? NULL : text;
}

Datum pg_lsn_in(FmgrCall *call)
{
    const char *text = fmgr_cstring(call, 0), *p;
    uint32_t high, low;

    p = read_half(text, &high);
    if (p != NULL && *p == '/')
        p = read_half(p + 1, &low);
    else
        p = NULL;
    if (p == NULL || *p != '\0')
        types_raise_syntax("pg_lsn", text);
    return datum_of_i64((int64_t)((uint64_t)high << 32 | low));
}

static uint64_t lsn_arg(const FmgrCall *call, int n)
{
    return (uint64_t)fmgr_i64(call, n);
}

Datum pg_lsn_out(FmgrCall *call)
{
    uint64_t lsn = lsn_arg(call, 0);

    return datum_of_pointer(mem_printf("%X/%X", (uint32_t)(lsn >> 32), (uint32_t)lsn));
}

Datum pg_lsn_recv(FmgrCall *call)
{
    return datum_of_i64((int64_t)wire_u64(wire_message(call)));
}

Datum pg_lsn_send(FmgrCall *call)
{
    return wire_result_u64(lsn_arg(call, 0));
}

#define COMPARISON(name, operation)                                  \
 Datum name(FmgrCall *call)                                          \
 {                                                                   \
  return datum_of_bool(lsn_arg(call, 0) operation lsn_arg(call, 1)); \
 }

COMPARISON(pg_lsn_eq, ==)
COMPARISON(pg_lsn_ne, !=)
COMPARISON(pg_lsn_lt, <)
COMPARISON(pg_lsn_le, <=)
COMPARISON(pg_lsn_gt, >)
COMPARISON(pg_lsn_ge, >=)

Datum pg_lsn_cmp(FmgrCall *call)
{
    uint64_t a = lsn_arg(call, 0), b = lsn_arg(call, 1);

    return datum_of_i32((a > b) - (a < b));
}

Datum pg_lsn_larger(FmgrCall *call)
{
    return fmgr_arg(call, lsn_arg(call, 0) > lsn_arg(call, 1) ? 0 : 1);
}

Datum pg_lsn_smaller(FmgrCall *call)
{
    return fmgr_arg(call, lsn_arg(call, 0) < lsn_arg(call, 1) ? 0 : 1);
}

/* ---- Distances are numerics, for they need 65 bits ---- */

static Datum numeric_of_lsn(uint64_t lsn)
{
    char text[INT_TEXT_SIZE];

    int_print_u64(lsn, text);
    return numeric_of_text(text);
}

Datum pg_lsn_mi(FmgrCall *call)
{
    uint64_t a = lsn_arg(call, 0), b = lsn_arg(call, 1);
    char text[INT_TEXT_SIZE + 1] = "-";

    int_print_u64(a < b ? b - a : a - b, text + 1);
    return numeric_of_text(a < b ? text : text + 1);
}

Datum pg_wal_lsn_diff(FmgrCall *call)
{
    return pg_lsn_mi(call);
}

/* Rounded. */
static Datum lsn_of_numeric(Datum numeric)
{
    const char *text = numeric_to_text(numeric), *end;
    uint64_t value;
    bool is_over = false;

    if (*text == 'N')
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = "cannot convert NaN to pg_lsn");
    if (*text == 'I' || text[1] == 'I')
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = "cannot convert infinity to pg_lsn");
    text = numeric_to_text(
        fmgr_call_direct(numeric_round, 0, 2, (const Datum[]){numeric, datum_of_i32(0)}));
    value = int_read_u64(text, 10, &end, &is_over);
    if (is_over || *text == '-')
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = "pg_lsn out of range");
    return datum_of_i64((int64_t)value);
}

Datum numeric_pg_lsn(FmgrCall *call)
{
    return lsn_of_numeric(datum_of_pointer(fmgr_packed(call, 0)));
}

static Datum moved(FmgrCall *call, FmgrFunction how, const char *verb)
{
    Datum distance = datum_of_pointer(fmgr_packed(call, 1));

    if (*numeric_to_text(distance) == 'N')
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = err_fmt("cannot %s pg_lsn", verb));
    return lsn_of_numeric(
        fmgr_call_direct(how, 0, 2, (const Datum[]){numeric_of_lsn(lsn_arg(call, 0)), distance}));
}

Datum pg_lsn_pli(FmgrCall *call)
{
    return moved(call, numeric_add, "add NaN to");
}

Datum pg_lsn_mii(FmgrCall *call)
{
    return moved(call, numeric_sub, "subtract NaN from");
}
