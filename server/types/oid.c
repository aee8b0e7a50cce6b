/* oid.c - oid, xid, xid8 and cid: forms and comparisons; casts to xid. */
#include "common/base/base.h"

#include "server/types/oid.h"

#include "server/types/int_text.h"
#include "server/types/types_int.h"
#include "server/types/wire.h"

/*
 * Numbers below zero stand for those that they are modulo 2^32, as pg_dump of old wrote them.
 */
Oid oid_parse(const char *text, const char **end)
{
    bool is_over;
    const char *behind;
    int64_t v = (int64_t)int_read_u64(text, 10, &behind, &is_over);

    if (behind == text)
        types_raise_syntax("oid", text);
    if (is_over)
        types_raise_input_range("oid", text);
    if (end != NULL)
        *end = behind;
    else if (*skip_spaces(behind) != '\0')
        types_raise_syntax("oid", text);
    if (v > (int64_t)UINT32_MAX || v < INT32_MIN)
        types_raise_input_range("oid", text);
    return (Oid)v;
}

static Datum print(uint64_t v)
{
    char text[INT_TEXT_SIZE];
    size_t len = int_print_u64(v, text);

    return datum_of_pointer(mem_dup(text, len + 1));
}

/* xid and cid take whatever number text begins with, and 0 when there is none. */
static uint64_t read_loosely(const char *text)
{
    bool is_over;
    const char *end;

    return int_read_u64(text, 0, &end, &is_over);
}

Datum oidin(FmgrCall *call)
{
    return datum_of_u32(oid_parse(fmgr_cstring(call, 0), NULL));
}

Datum xidin(FmgrCall *call)
{
    return datum_of_u32((uint32_t)read_loosely(fmgr_cstring(call, 0)));
}

Datum cidin(FmgrCall *call)
{
    return xidin(call);
}

Datum xid8in(FmgrCall *call)
{
    return datum_of_i64((int64_t)read_loosely(fmgr_cstring(call, 0)));
}

Datum oidout(FmgrCall *call)
{
    return print(fmgr_u32(call, 0));
}

Datum xidout(FmgrCall *call)
{
    return print(fmgr_u32(call, 0));
}

Datum cidout(FmgrCall *call)
{
    return print(fmgr_u32(call, 0));
}

Datum xid8out(FmgrCall *call)
{
    return print((uint64_t)fmgr_i64(call, 0));
}

Datum oidrecv(FmgrCall *call)
{
    return datum_of_u32(wire_u32(wire_message(call)));
}

Datum xidrecv(FmgrCall *call)
{
    return oidrecv(call);
}

Datum cidrecv(FmgrCall *call)
{
    return oidrecv(call);
}

Datum xid8recv(FmgrCall *call)
{
    return datum_of_i64((int64_t)wire_u64(wire_message(call)));
}

Datum oidsend(FmgrCall *call)
{
    return wire_result_u32(fmgr_u32(call, 0));
}

Datum xidsend(FmgrCall *call)
{
    return oidsend(call);
}

Datum cidsend(FmgrCall *call)
{
    return oidsend(call);
}

Datum xid8send(FmgrCall *call)
{
    return wire_result_u64((uint64_t)fmgr_i64(call, 0));
}

Datum xid8toxid(FmgrCall *call)
{
    return datum_of_u32((uint32_t)fmgr_i64(call, 0));
}

#define COMPARISON(name, type, get, operation)                           \
 Datum name(FmgrCall *call)                                              \
 {                                                                       \
  return datum_of_bool((type)get(call, 0) operation(type) get(call, 1)); \
 }

COMPARISON(oideq, Oid, fmgr_u32, ==)
COMPARISON(oidne, Oid, fmgr_u32, !=)
COMPARISON(oidlt, Oid, fmgr_u32, <)
COMPARISON(oidle, Oid, fmgr_u32, <=)
COMPARISON(oidgt, Oid, fmgr_u32, >)
COMPARISON(oidge, Oid, fmgr_u32, >=)
COMPARISON(xideq, Xid, fmgr_u32, ==)
COMPARISON(xidneq, Xid, fmgr_u32, !=)
COMPARISON(cideq, Cid, fmgr_u32, ==)
COMPARISON(xid8eq, FullXid, fmgr_i64, ==)
COMPARISON(xid8ne, FullXid, fmgr_i64, !=)
COMPARISON(xid8lt, FullXid, fmgr_i64, <)
COMPARISON(xid8le, FullXid, fmgr_i64, <=)
COMPARISON(xid8gt, FullXid, fmgr_i64, >)
COMPARISON(xid8ge, FullXid, fmgr_i64, >=)

Datum btoidcmp(FmgrCall *call)
{
    Oid a = fmgr_u32(call, 0), b = fmgr_u32(call, 1);

    return datum_of_i32((a > b) - (a < b));
}

Datum xid8cmp(FmgrCall *call)
{
    FullXid a = (FullXid)fmgr_i64(call, 0), b = (FullXid)fmgr_i64(call, 1);

    return datum_of_i32((a > b) - (a < b));
}

Datum oidlarger(FmgrCall *call)
{
    return fmgr_arg(call, fmgr_u32(call, 0) > fmgr_u32(call, 1) ? 0 : 1);
}

Datum oidsmaller(FmgrCall *call)
{
    return fmgr_arg(call, fmgr_u32(call, 0) < fmgr_u32(call, 1) ? 0 : 1);
}

Datum xid8_larger(FmgrCall *call)
{
    return fmgr_arg(call, (FullXid)fmgr_i64(call, 0) > (FullXid)fmgr_i64(call, 1) ? 0 : 1);
}

Datum xid8_smaller(FmgrCall *call)
{
    return fmgr_arg(call, (FullXid)fmgr_i64(call, 0) < (FullXid)fmgr_i64(call, 1) ? 0 : 1);
}
