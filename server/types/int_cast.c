/* int_cast.c - casts among integers, oid, bool, "char" and floats. */
#include "common/base/base.h"

#include <math.h>

#include "server/types/types_int.h"

Datum i2toi4(FmgrCall *call)
{
    return datum_of_i32(fmgr_i16(call, 0));
}

Datum i4toi2(FmgrCall *call)
{
    int32_t v = fmgr_i32(call, 0);

    if (v < INT16_MIN || v > INT16_MAX)
        types_raise_range("smallint");
    return datum_of_i16((int16_t)v);
}

Datum int28(FmgrCall *call)
{
    return datum_of_i64(fmgr_i16(call, 0));
}

Datum int82(FmgrCall *call)
{
    int64_t v = fmgr_i64(call, 0);

    if (v < INT16_MIN || v > INT16_MAX)
        types_raise_range("smallint");
    return datum_of_i16((int16_t)v);
}

Datum int48(FmgrCall *call)
{
    return datum_of_i64(fmgr_i32(call, 0));
}

Datum int84(FmgrCall *call)
{
    int64_t v = fmgr_i64(call, 0);

    if (v < INT32_MIN || v > INT32_MAX)
        types_raise_range("integer");
    return datum_of_i32((int32_t)v);
}

Datum oidtoi8(FmgrCall *call)
{
    return datum_of_i64(fmgr_u32(call, 0));
}

Datum i8tooid(FmgrCall *call)
{
    int64_t v = fmgr_i64(call, 0);

    if (v < 0 || v > UINT32_MAX)
        types_raise_range("OID");
    return datum_of_u32((uint32_t)v);
}

Datum int4_bool(FmgrCall *call)
{
    return datum_of_bool(fmgr_i32(call, 0) != 0);
}

Datum bool_int4(FmgrCall *call)
{
    return datum_of_i32(fmgr_bool(call, 0));
}

Datum chartoi4(FmgrCall *call)
{
    return datum_of_i32((int8_t)fmgr_char(call, 0));
}

Datum i4tochar(FmgrCall *call)
{
    int32_t v = fmgr_i32(call, 0);

    if (v < INT8_MIN || v > INT8_MAX)
        types_raise_range("\"char\"");
    return datum_of_char((char)v);
}

Datum i2tof(FmgrCall *call)
{
    return datum_of_f4((float)fmgr_i16(call, 0));
}

Datum i4tof(FmgrCall *call)
{
    return datum_of_f4((float)fmgr_i32(call, 0));
}

Datum i8tof(FmgrCall *call)
{
    return datum_of_f4((float)fmgr_i64(call, 0));
}

Datum i2tod(FmgrCall *call)
{
    return datum_of_f8((double)fmgr_i16(call, 0));
}

Datum i4tod(FmgrCall *call)
{
    return datum_of_f8((double)fmgr_i32(call, 0));
}

Datum i8tod(FmgrCall *call)
{
    return datum_of_f8((double)fmgr_i64(call, 0));
}

/*
 * Rounded to the nearest integer, to the even one of two, which must lie from min to below end: a
 * power of two, which a float can hold. NaN lies nowhere.
 */
static int64_t rounded(double v, double min, double end, const char *type)
{
    v = rint(v);
    if (!(v >= min && v < end))
        types_raise_range(type);
    return (int64_t)v;
}

#define END_I16 32768.0
#define END_I32 2147483648.0
#define END_I64 9223372036854775808.0

Datum ftoi2(FmgrCall *call)
{
    return datum_of_i16((int16_t)rounded(fmgr_f4(call, 0), -END_I16, END_I16, "smallint"));
}

Datum ftoi4(FmgrCall *call)
{
    return datum_of_i32((int32_t)rounded(fmgr_f4(call, 0), -END_I32, END_I32, "integer"));
}

Datum ftoi8(FmgrCall *call)
{
    return datum_of_i64(rounded(fmgr_f4(call, 0), -END_I64, END_I64, "bigint"));
}

Datum dtoi2(FmgrCall *call)
{
    return datum_of_i16((int16_t)rounded(fmgr_f8(call, 0), -END_I16, END_I16, "smallint"));
}

Datum dtoi4(FmgrCall *call)
{
    return datum_of_i32((int32_t)rounded(fmgr_f8(call, 0), -END_I32, END_I32, "integer"));
}

Datum dtoi8(FmgrCall *call)
{
    return datum_of_i64(rounded(fmgr_f8(call, 0), -END_I64, END_I64, "bigint"));
}
