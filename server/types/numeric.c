/* numeric.c - numeric as a type: text and binary form, typmod, casts. */
#include "common/base/base.h"

#include "server/types/numeric.h"

#include <float.h>
#include <math.h>

#include "server/types/numeric_int.h"
#include "server/types/types_int.h"
#include "server/types/typmod.h"
#include "server/types/wire.h"

#define TYPMOD_OFFSET       4
#define WIRE_NEGATIVE       0x4000
#define WIRE_NAN            0xC000
#define WIRE_INFINITY       0xD000
#define WIRE_MINUS          0xF000
#define WIRE_SCALE          0x3FFF
#define WIRE_INFINITE_SCALE 32 /* what is sent where an infinity has no scale */
#define I64_SCALE_DIGITS    18

/* ---- For other files ---- */

Datum numeric_of_i64(int64_t value)
{
    Num n;

    num_init(&n);
    num_set_i64(&n, value);
    return num_store(&n);
}

Datum numeric_of_scaled(int64_t value, int scale)
{
    static const int16_t tens[] = {1, 1000, 100, 10};
    Num n, factor, product;

    ASSERT(scale >= 0 && scale <= I64_SCALE_DIGITS);
    num_init(&n);
    num_init(&factor);
    num_init(&product);
    num_set_i64(&n, value);
    num_set_i64(&factor, tens[scale % NUM_BASE_DIGITS]);
    num_mul(&product, &n, &factor);
    if (product.count > 0)
        product.weight -= (scale + NUM_BASE_DIGITS - 1) / NUM_BASE_DIGITS;
    product.dscale = scale;
    return num_store(&product);
}

Datum numeric_of_text(const char *text)
{
    Num n;

    if (!num_parse_any(&n, text))
        types_raise_syntax("numeric", text);
    return num_store(&n);
}

char *numeric_to_text(Datum numeric)
{
    Num n;

    num_load(&n, numeric);
    return num_text(&n);
}

double numeric_to_f8(Datum numeric)
{
    Num n;

    num_load(&n, numeric);
    return num_f8(&n);
}

bool numeric_try_i64(Datum numeric, int64_t *out)
{
    Num n;

    num_load(&n, numeric);
    return !num_is_special(&n) && num_try_i64(&n, out);
}

/* ---- Typmod ---- */

static bool is_typmod(int32_t typmod)
{
    return typmod >= TYPMOD_OFFSET;
}

static int typmod_precision(int32_t typmod)
{
    return (typmod - TYPMOD_OFFSET) >> 16 & 0xFFFF;
}

/* 11 bits, in two's complement. */
static int typmod_scale(int32_t typmod)
{
    return (((typmod - TYPMOD_OFFSET) & 0x7FF) ^ 1024) - 1024;
}

_Noreturn static void raise_field_overflow(const char *detail)
{
    err_raise(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE, .message = "numeric field overflow",
              .detail = detail);
}

void num_apply_typmod(Num *n, int32_t typmod)
{
    int precision, scale, most;

    if (!is_typmod(typmod) || n->sign == NUM_NAN)
        return;
    precision = typmod_precision(typmod);
    scale = typmod_scale(typmod);
    most = precision - scale;
    if (num_is_infinite(n))
        raise_field_overflow(err_fmt("A field with precision %d, scale %d cannot hold an infinite "
                                     "value.",
                                     precision, scale));
    num_round(n, scale);
    if (n->dscale < 0)
        n->dscale = 0;
    if (n->count > 0) {
        int16_t first = n->digits[0];
        int digits =
            n->weight * NUM_BASE_DIGITS + 1 + (first >= 10) + (first >= 100) + (first >= 1000);

        if (digits > most)
            raise_field_overflow(err_fmt("A field with precision %d, scale %d must round to an "
                                         "absolute value less than %s%d.",
                                         precision, scale, most != 0 ? "10^" : "",
                                         most != 0 ? most : 1));
    }
}

Datum numerictypmodin(FmgrCall *call)
{
    int32_t mods[2] = {0, 0};
    int count = typmod_read(fmgr_packed(call, 0), mods, 2);

    if (count != 1 && count != 2)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = "invalid NUMERIC type modifier");
    if (mods[0] < 1 || mods[0] > NUM_PRECISION_MAX)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("NUMERIC precision %d must be between 1 and %d", mods[0],
                                     NUM_PRECISION_MAX));
    if (mods[1] < -NUM_PRECISION_MAX || mods[1] > NUM_PRECISION_MAX)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("NUMERIC scale %d must be between %d and %d", mods[1],
                                     -NUM_PRECISION_MAX, NUM_PRECISION_MAX));
    return datum_of_i32((mods[0] << 16 | (mods[1] & 0x7FF)) + TYPMOD_OFFSET);
}

Datum numerictypmodout(FmgrCall *call)
{
    int32_t typmod = fmgr_i32(call, 0);

    if (!is_typmod(typmod))
        return cstring_result("");
    return datum_of_pointer(mem_printf("(%d,%d)", typmod_precision(typmod), typmod_scale(typmod)));
}

/* ---- Text and binary form ---- */

Datum numeric_in(FmgrCall *call)
{
    const char *text = fmgr_cstring(call, 0);
    Num n;

    if (!num_parse_any(&n, text))
        types_raise_syntax("numeric", text);
    num_apply_typmod(&n, fmgr_i32(call, 2));
    return num_store(&n);
}

Datum numeric_out(FmgrCall *call)
{
    Num n;

    num_load_arg(&n, call, 0);
    return datum_of_pointer(num_text(&n));
}

_Noreturn static void raise_bad_wire(const char *what)
{
    err_raise(SQLSTATE_INVALID_BINARY_REPRESENTATION,
              .message = err_fmt("invalid %s in external \"numeric\" value", what));
}

Datum numeric_recv(FmgrCall *call)
{
    ByteReader *r = wire_message(call);
    uint16_t count = wire_u16(r);
    int16_t weight = (int16_t)wire_u16(r);
    uint16_t sign = wire_u16(r);
    uint16_t scale = wire_u16(r);
    Num n;

    if (sign != 0 && sign != WIRE_NEGATIVE && sign != WIRE_NAN && sign != WIRE_INFINITY &&
        sign != WIRE_MINUS)
        raise_bad_wire("sign");
    if ((scale & WIRE_SCALE) != scale)
        raise_bad_wire("scale");
    num_init(&n);
    n.weight = weight;
    n.dscale = scale;
    n.sign = sign == WIRE_NEGATIVE ? NUM_NEGATIVE : NUM_POSITIVE;
    num_reserve(&n, count);
    for (int i = 0; i < count; i++) {
        int16_t digit = (int16_t)wire_u16(r);

        if (digit < 0 || digit >= NUM_BASE)
            raise_bad_wire("digit");
        n.digits[i] = digit;
    }
    if (sign >= WIRE_NAN) {
        n.sign = sign == WIRE_NAN        ? NUM_NAN
                 : sign == WIRE_INFINITY ? NUM_INFINITY
                                         : NUM_MINUS_INFINITY;
    } else {
        num_cut(&n, n.dscale);
    }
    num_apply_typmod(&n, fmgr_i32(call, 2));
    return num_store(&n);
}

Datum numeric_send(FmgrCall *call)
{
    static const uint16_t signs[] = {0, WIRE_NEGATIVE, WIRE_NAN, WIRE_INFINITY, WIRE_MINUS};
    Num n;
    uint8_t *v, *to;

    num_load_arg(&n, call, 0);
    v = text_new_room(8 + (size_t)n.count * 2);
    to = v + VARLENA_HEADER;
    store_be16(to, (uint16_t)n.count);
    store_be16(to + 2, (uint16_t)n.weight);
    store_be16(to + 4, signs[n.sign]);
    store_be16(to + 6, num_is_infinite(&n) ? WIRE_INFINITE_SCALE : (uint16_t)n.dscale);
    for (int32_t i = 0; i < n.count; i++)
        store_be16(to + 8 + 2 * i, (uint16_t)n.digits[i]);
    return datum_of_pointer(v);
}

/* numeric(numeric, typmod), the cast to a field. */
Datum numeric_cast_typmod(FmgrCall *call)
{
    Num n;

    num_load_arg(&n, call, 0);
    if (is_typmod(fmgr_i32(call, 1)) && !num_is_special(&n))
        num_strip(&n);
    num_apply_typmod(&n, fmgr_i32(call, 1));
    return num_store(&n);
}

/* ---- Casts ---- */

Datum int2_numeric(FmgrCall *call)
{
    return numeric_of_i64(fmgr_i16(call, 0));
}

Datum int4_numeric(FmgrCall *call)
{
    return numeric_of_i64(fmgr_i32(call, 0));
}

Datum int8_numeric(FmgrCall *call)
{
    return numeric_of_i64(fmgr_i64(call, 0));
}

static int64_t to_integer(FmgrCall *call, int64_t min, int64_t max, const char *type)
{
    int64_t value;
    Num n;

    num_load_arg(&n, call, 0);
    if (num_is_special(&n))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("cannot convert %s to %s",
                                     n.sign == NUM_NAN ? "NaN" : "infinity", type));
    if (!num_try_i64(&n, &value) || value < min || value > max)
        types_raise_range(type);
    return value;
}

Datum numeric_int2(FmgrCall *call)
{
    return datum_of_i16((int16_t)to_integer(call, INT16_MIN, INT16_MAX, "smallint"));
}

Datum numeric_int4(FmgrCall *call)
{
    return datum_of_i32((int32_t)to_integer(call, INT32_MIN, INT32_MAX, "integer"));
}

Datum numeric_int8(FmgrCall *call)
{
    return datum_of_i64(to_integer(call, INT64_MIN, INT64_MAX, "bigint"));
}

Datum float8_numeric(FmgrCall *call)
{
    Num n;

    num_set_f8(&n, fmgr_f8(call, 0), DBL_DIG);
    return num_store(&n);
}

Datum float4_numeric(FmgrCall *call)
{
    Num n;

    num_set_f8(&n, fmgr_f4(call, 0), FLT_DIG);
    return num_store(&n);
}

_Noreturn static void raise_float_range(const Num *n, const char *type)
{
    err_raise(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE,
              .message = err_fmt("\"%s\" is out of range for type %s", num_text(n), type));
}

Datum numeric_float8(FmgrCall *call)
{
    double value;
    Num n;

    num_load_arg(&n, call, 0);
    value = num_f8(&n);
    if (!num_is_special(&n) && (isinf(value) || (value == 0 && n.count > 0)))
        raise_float_range(&n, "double precision");
    return datum_of_f8(value);
}

/* From the digits and not from a double, so that it is rounded only once. */
Datum numeric_float4(FmgrCall *call)
{
    float value;
    Num n;

    num_load_arg(&n, call, 0);
    if (num_is_special(&n))
        return datum_of_f4((float)num_f8(&n));
    value = num_f4(&n);
    if (isinf(value) || (value == 0 && n.count > 0))
        raise_float_range(&n, "real");
    return datum_of_f4(value);
}
