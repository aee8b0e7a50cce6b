/* tid.c - the type tid, a tuple's place: forms and comparisons. */
#include "common/base/base.h"

#include "common/format/tid.h"
#include "server/types/comparisons.h"
#include "server/types/int_text.h"
#include "server/types/types_int.h"
#include "server/types/wire.h"

static Datum tid_result(BlockNo block, OffsetNo offset)
{
    const Tid tid = tid_make(block, offset);

    return datum_of_pointer(mem_dup(&tid, sizeof tid));
}

/*
 * What stands before the parenthesis and behind the closing one is not looked at; numbers are read
 * as strtoul() does, those below zero are taken modulo 2^32.
 */
Datum tidin(FmgrCall *call)
{
    const char *text = fmgr_cstring(call, 0), *starts[2], *end;
    bool is_over;
    int count = 0;
    int64_t block, offset;

    for (const char *p = text; *p != '\0' && count < 2 && *p != ')'; p++) {
        if (*p == ',' || (*p == '(' && count == 0))
            starts[count++] = p + 1;
    }
    if (count < 2)
        types_raise_syntax("tid", text);
    block = (int64_t)int_read_u64(starts[0], 10, &end, &is_over);
    if (is_over || *end != ',' || block > (int64_t)UINT32_MAX || block < INT32_MIN)
        types_raise_syntax("tid", text);
    offset = (int64_t)int_read_u64(starts[1], 10, &end, &is_over);
    if (is_over || *end != ')' || offset < 0 || offset > UINT16_MAX)
        types_raise_syntax("tid", text);
    return tid_result((BlockNo)block, (OffsetNo)offset);
}

Datum tidout(FmgrCall *call)
{
    const Tid *tid = fmgr_pointer(call, 0);

    return datum_of_pointer(mem_printf("(%u,%u)", tid_block(*tid), tid->offset));
}

Datum tidrecv(FmgrCall *call)
{
    ByteReader *r = wire_message(call);
    BlockNo block = wire_u32(r);

    return tid_result(block, wire_u16(r));
}

Datum tidsend(FmgrCall *call)
{
    const Tid *tid = fmgr_pointer(call, 0);
    uint8_t bytes[6];

    store_be32(bytes, tid_block(*tid));
    store_be16(bytes + 4, tid->offset);
    return text_result(bytes, sizeof bytes);
}

static int compare(const FmgrCall *call)
{
    const Tid *a = fmgr_pointer(call, 0), *b = fmgr_pointer(call, 1);
    BlockNo x = tid_block(*a), y = tid_block(*b);

    if (x != y)
        return x < y ? -1 : 1;
    return (a->offset > b->offset) - (a->offset < b->offset);
}

COMPARISONS(tid, , compare(call) == 0, compare(call))

Datum bttidcmp(FmgrCall *call)
{
    return datum_of_i32(compare(call));
}

Datum tidlarger(FmgrCall *call)
{
    return fmgr_arg(call, compare(call) >= 0 ? 0 : 1);
}

Datum tidsmaller(FmgrCall *call)
{
    return fmgr_arg(call, compare(call) <= 0 ? 0 : 1);
}
