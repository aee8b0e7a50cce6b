/* int_form.c - int2, int4 and int8: text and binary forms. */
#include "common/base/base.h"

#include "server/types/int_text.h"
#include "server/types/types_int.h"
#include "server/types/wire.h"

static Datum print(int64_t v)
{
    char text[INT_TEXT_SIZE];
    size_t len = int_print_i64(v, text);

    return datum_of_pointer(mem_dup(text, len + 1));
}

Datum int2in(FmgrCall *call)
{
    return datum_of_i16(int_parse_i16(fmgr_cstring(call, 0)));
}

Datum int4in(FmgrCall *call)
{
    return datum_of_i32(int_parse_i32(fmgr_cstring(call, 0)));
}

Datum int8in(FmgrCall *call)
{
    return datum_of_i64(int_parse_i64(fmgr_cstring(call, 0)));
}

Datum int2out(FmgrCall *call)
{
    return print(fmgr_i16(call, 0));
}

Datum int4out(FmgrCall *call)
{
    return print(fmgr_i32(call, 0));
}

Datum int8out(FmgrCall *call)
{
    return print(fmgr_i64(call, 0));
}

Datum int2recv(FmgrCall *call)
{
    return datum_of_i16((int16_t)wire_u16(wire_message(call)));
}

Datum int4recv(FmgrCall *call)
{
    return datum_of_i32((int32_t)wire_u32(wire_message(call)));
}

Datum int8recv(FmgrCall *call)
{
    return datum_of_i64((int64_t)wire_u64(wire_message(call)));
}

Datum int2send(FmgrCall *call)
{
    return wire_result_u16((uint16_t)fmgr_i16(call, 0));
}

Datum int4send(FmgrCall *call)
{
    return wire_result_u32((uint32_t)fmgr_i32(call, 0));
}

Datum int8send(FmgrCall *call)
{
    return wire_result_u64((uint64_t)fmgr_i64(call, 0));
}
