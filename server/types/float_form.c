/* float_form.c - float4 and float8: text and binary forms, casts into each other. */
#include "common/base/base.h"

#include <math.h>

#include "server/types/float_int.h"
#include "server/types/float_text.h"
#include "server/types/types_int.h"
#include "server/types/wire.h"

Datum float4in(FmgrCall *call)
{
    return datum_of_f4(float4_parse(fmgr_cstring(call, 0)));
}

Datum float8in(FmgrCall *call)
{
    const char *text = fmgr_cstring(call, 0);

    return datum_of_f8(float8_parse(text, NULL, "double precision", text));
}

Datum float4out(FmgrCall *call)
{
    char text[FLOAT_TEXT_SIZE];
    size_t len = float4_print(fmgr_f4(call, 0), text);

    return datum_of_pointer(mem_dup(text, len + 1));
}

Datum float8out(FmgrCall *call)
{
    char text[FLOAT_TEXT_SIZE];
    size_t len = float8_print(fmgr_f8(call, 0), text);

    return datum_of_pointer(mem_dup(text, len + 1));
}

Datum float4recv(FmgrCall *call)
{
    return datum_of_i32((int32_t)wire_u32(wire_message(call)));
}

Datum float8recv(FmgrCall *call)
{
    return datum_of_i64((int64_t)wire_u64(wire_message(call)));
}

Datum float4send(FmgrCall *call)
{
    return wire_result_u32(fmgr_u32(call, 0));
}

Datum float8send(FmgrCall *call)
{
    return wire_result_u64((uint64_t)fmgr_i64(call, 0));
}

Datum ftod(FmgrCall *call)
{
    return datum_of_f8((double)fmgr_f4(call, 0));
}

Datum dtof(FmgrCall *call)
{
    double v = fmgr_f8(call, 0);
    float result = (float)v;

    if (isinf(result) && !isinf(v))
        float_raise_overflow();
    if (result == 0 && v != 0)
        float_raise_underflow();
    return datum_of_f4(result);
}
