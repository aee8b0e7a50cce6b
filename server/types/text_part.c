/* text_part.c - substring() and overlay(); text_part.h has the promises. */
#include "common/base/base.h"

#include "server/types/text_part.h"

static _Noreturn void raise_negative_length(void)
{
    err_raise(SQLSTATE_SUBSTRING_ERROR, .message = "negative substring length not allowed");
}

Datum text_part(FmgrCall *call, TextSlice *slice)
{
    int64_t start = fmgr_i32(call, 1), len = fmgr_i32(call, 2);

    if (len < 0)
        raise_negative_length();
    return text_of(slice(text_arg(call, 0), start, start + len));
}

Datum text_part_rest(FmgrCall *call, TextSlice *slice)
{
    return text_of(slice(text_arg(call, 0), fmgr_i32(call, 1), INT64_MAX));
}

Datum text_overlay(FmgrCall *call, int32_t start, int32_t count, TextSlice *slice)
{
    CollationText t = text_arg(call, 0), with = text_arg(call, 1), before, after;
    int32_t end;
    StrBuf out;

    if (start <= 0)
        raise_negative_length();
    if (__builtin_add_overflow(start, count, &end))
        types_raise_range("integer");
    before = slice(t, 1, start);
    after = slice(t, end, INT64_MAX);
    text_begin(&out);
    strbuf_add_bytes(&out, before.bytes, before.len);
    strbuf_add_bytes(&out, with.bytes, with.len);
    strbuf_add_bytes(&out, after.bytes, after.len);
    return text_end(&out);
}
