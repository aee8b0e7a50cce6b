/* selec_convert.c - values of a type as places on a line, to tell how far one is between others. */
#include "common/base/base.h"

#include <string.h>

#include "server/planner/selec.h"

#include "server/catalog/catalog_oid.h"
#include "server/fmgr/varlena.h"
#include "server/types/collation.h"
#include "server/types/numeric.h"

#define TEXT_BYTES 12 /* that count */
#define DAY_US     86400000000.0
#define MONTH_DAYS (365.25 / 12.0)

typedef enum LineKind { LINE_NONE, LINE_NUMBER, LINE_TEXT, LINE_BYTES, LINE_TIME } LineKind;

static LineKind kind_of(Oid type)
{
    switch (type) {
    case TYPE_BOOL:
    case TYPE_INT2:
    case TYPE_INT4:
    case TYPE_INT8:
    case TYPE_FLOAT4:
    case TYPE_FLOAT8:
    case TYPE_NUMERIC:
    case TYPE_OID:
    case TYPE_REGPROC:
    case TYPE_REGPROCEDURE:
    case TYPE_REGOPER:
    case TYPE_REGOPERATOR:
    case TYPE_REGCLASS:
    case TYPE_REGTYPE:
    case TYPE_REGCOLLATION:
    case TYPE_REGCONFIG:
    case TYPE_REGDICTIONARY:
    case TYPE_REGROLE:
    case TYPE_REGNAMESPACE:
        return LINE_NUMBER;
    case TYPE_CHAR:
    case TYPE_BPCHAR:
    case TYPE_VARCHAR:
    case TYPE_TEXT:
    case TYPE_NAME:
        return LINE_TEXT;
    case TYPE_BYTEA:
        return LINE_BYTES;
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMPTZ:
    case TYPE_DATE:
    case TYPE_INTERVAL:
    case TYPE_TIME:
    case TYPE_TIMETZ:
        return LINE_TIME;
    default:
        return LINE_NONE;
    }
}

static double number_of(Datum value, Oid type)
{
    switch (type) {
    case TYPE_BOOL:
        return datum_bool(value);
    case TYPE_INT2:
        return datum_i16(value);
    case TYPE_INT4:
        return datum_i32(value);
    case TYPE_INT8:
        return (double)datum_i64(value);
    case TYPE_FLOAT4:
        return (double)datum_f4(value);
    case TYPE_FLOAT8:
        return datum_f8(value);
    case TYPE_NUMERIC:
        return numeric_to_f8(value);
    default:
        return datum_u32(value);
    }
}

static double time_of(Datum value, Oid type)
{
    const uint8_t *bytes;

    switch (type) {
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMPTZ:
    case TYPE_TIME:
        return (double)datum_i64(value);
    case TYPE_DATE:
        if (datum_i32(value) == INT32_MIN)
            return -(double)INT64_MAX;
        if (datum_i32(value) == INT32_MAX)
            return (double)INT64_MAX;
        return datum_i32(value) * DAY_US;
    case TYPE_INTERVAL:
        bytes = datum_pointer(value);
        return (double)(int64_t)load_u64(bytes) + (int32_t)load_u32(bytes + 8) * DAY_US +
               (int32_t)load_u32(bytes + 12) * (MONTH_DAYS * DAY_US);
    default: /* time with zone: as the same moment of the day everywhere */
        bytes = datum_pointer(value);
        return (double)(int64_t)load_u64(bytes) + (int32_t)load_u32(bytes + 8) * 1000000.0;
    }
}

/* ---- Texts: digits of a number whose base is the range of their bytes ---- */

typedef struct Bytes {
    const uint8_t *at;
    size_t len;
} Bytes;

static Bytes bytes_of(Datum value, Oid type, Oid collation)
{
    Bytes b;

    if (type == TYPE_CHAR) {
        uint8_t *one = mem_alloc(2);

        one[0] = (uint8_t)datum_char(value);
        return (Bytes){one, one[0] != 0};
    }
    if (type == TYPE_NAME) {
        b.at = datum_pointer(value);
        b.len = strnlen(datum_pointer(value), NAME_SIZE);
    } else {
        const uint8_t *v = varlena_packed(datum_pointer(value));

        b = (Bytes){varlena_bytes(v), varlena_len(v)};
    }
    if (type != TYPE_BYTEA && collation != 0 && !collation_ctype_is_c(collation) &&
        !collation_is_icu(collation)) {
        size_t len;
        const char *key =
            collation_key(collation, (CollationText){(const char *)b.at, b.len}, &len);

        b = (Bytes){(const uint8_t *)key, len};
    }
    return b;
}

typedef struct ByteRange {
    int low, high;
} ByteRange;

static void widen(ByteRange *range, int low, int high)
{
    if (range->low <= high && range->high >= low) {
        range->low = range->low < low ? range->low : low;
        range->high = range->high > high ? range->high : high;
    }
}

static ByteRange range_of(const Bytes *low, const Bytes *high)
{
    ByteRange range = {.low = high->len > 0 ? high->at[0] : 0,
                       .high = high->len > 0 ? high->at[0] : 0};

    for (size_t i = 0; i < low->len + high->len; i++) {
        int c = i < low->len ? low->at[i] : high->at[i - low->len];

        range.low = c < range.low ? c : range.low;
        range.high = c > range.high ? c : range.high;
    }
    widen(&range, 'A', 'Z');
    widen(&range, 'a', 'z');
    widen(&range, '0', '9');
    /* Hardly any variety: take it for ordinary text. */
    if (range.high - range.low < 9)
        range = (ByteRange){' ', 127};
    return range;
}

static double fraction_of(Bytes b, ByteRange range)
{
    double sum = 0, base = range.high - range.low + 1, denominator = base;

    for (size_t i = 0; i < b.len && i < TEXT_BYTES; i++) {
        int c = b.at[i];

        c = c < range.low ? range.low - 1 : c > range.high ? range.high + 1 : c;
        sum += (double)(c - range.low) / denominator;
        denominator *= base;
    }
    return sum;
}

static void texts_to_scalar(Bytes b[3], ByteRange range, double out[3])
{
    while (b[1].len > 0 && b[0].len > 0 && b[2].len > 0 && b[1].at[0] == b[0].at[0] &&
           b[1].at[0] == b[2].at[0]) {
        for (int i = 0; i < 3; i++) {
            b[i].at++;
            b[i].len--;
        }
    }
    for (int i = 0; i < 3; i++)
        out[i] = fraction_of(b[i], range);
}

bool selec_to_scalar(Datum value, Oid value_type, Oid collation, Datum low, Datum high,
                     Oid bound_type, double out[3])
{
    LineKind kind = kind_of(bound_type);
    Datum values[3] = {value, low, high};
    Bytes bytes[3];

    if (kind == LINE_NONE || kind_of(value_type) != kind)
        return false;
    for (int i = 0; i < 3; i++) {
        Oid type = i == 0 ? value_type : bound_type;

        if (kind == LINE_NUMBER)
            out[i] = number_of(values[i], type);
        else if (kind == LINE_TIME)
            out[i] = time_of(values[i], type);
        else
            bytes[i] = bytes_of(values[i], type, collation);
    }
    if (kind == LINE_TEXT)
        texts_to_scalar(bytes, range_of(&bytes[1], &bytes[2]), out);
    else if (kind == LINE_BYTES)
        texts_to_scalar(bytes, (ByteRange){0, 255}, out);
    return true;
}
