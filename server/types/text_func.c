/* text_func.c - lengths, parts and positions of texts; texts put together. */
#include "common/base/base.h"

#include "server/types/text_arg.h"
#include "server/types/text_part.h"
#include "server/types/text_search.h"
#include "server/types/types_int.h"

/* ---- Characters ---- */

size_t text_char_count(CollationText t)
{
    size_t count = 0;

    if (text_encoding() == ENCODING_UTF8) {
        for (size_t i = 0; i < t.len; i++)
            count += ((uint8_t)t.bytes[i] & 0xC0) != 0x80;
        return count;
    }
    return encoding_count(text_encoding(), t.bytes, t.len);
}

size_t text_chars_len(CollationText t, size_t count)
{
    size_t at = 0;

    if (encoding_max_len(text_encoding()) == 1)
        return size_min(count, t.len);
    for (; count > 0 && at < t.len; count--)
        at += text_char_len(t.bytes + at);
    return size_min(at, t.len);
}

/* ---- Lengths ---- */

Datum textlen(FmgrCall *call)
{
    /* Where each character has a byte, nothing is fetched. */
    if (encoding_max_len(text_encoding()) == 1)
        return datum_of_i32(
            (int32_t)(varlena_raw_size(datum_varlena(fmgr_arg(call, 0))) - VARLENA_HEADER));
    return datum_of_i32((int32_t)text_char_count(text_arg(call, 0)));
}

Datum textoctetlen(FmgrCall *call)
{
    return datum_of_i32(
        (int32_t)(varlena_raw_size(datum_varlena(fmgr_arg(call, 0))) - VARLENA_HEADER));
}

/* Blanks at the end do not count. */
Datum bpcharlen(FmgrCall *call)
{
    CollationText t = text_arg(call, 0);

    while (t.len > 0 && t.bytes[t.len - 1] == ' ')
        t.len--;
    return datum_of_i32((int32_t)text_char_count(t));
}

Datum bpcharoctetlen(FmgrCall *call)
{
    return textoctetlen(call);
}

/* ---- Parts ---- */

/* From character start (1 is the first) on, up to character end, which does not belong to it. */
static CollationText slice(CollationText t, int64_t start, int64_t end)
{
    size_t from, len;

    if (start < 1)
        start = 1;
    if (end <= start)
        return (CollationText){t.bytes, 0};
    from = text_chars_len(t, (size_t)start - 1);
    t = (CollationText){t.bytes + from, t.len - from};
    len = text_chars_len(t, (size_t)(end - start));
    return (CollationText){t.bytes, len};
}

Datum text_substr(FmgrCall *call)
{
    return text_part(call, slice);
}

Datum text_substr_no_len(FmgrCall *call)
{
    return text_part_rest(call, slice);
}

/* Below zero: all but so many of the last. */
Datum text_left(FmgrCall *call)
{
    CollationText t = text_arg(call, 0);
    int64_t n = fmgr_i32(call, 1);

    if (n < 0)
        n += (int64_t)text_char_count(t);
    return text_of(slice(t, 1, n + 1));
}

/* Below zero: all but so many of the first. */
Datum text_right(FmgrCall *call)
{
    CollationText t = text_arg(call, 0);
    int64_t n = fmgr_i32(call, 1), skipped = n < 0 ? -n : (int64_t)text_char_count(t) - n;

    return text_of(slice(t, skipped + 1, INT64_MAX));
}

Datum text_reverse(FmgrCall *call)
{
    CollationText t = text_arg(call, 0);
    uint8_t *out = text_new_room(t.len), *to = out + VARLENA_HEADER + t.len;

    for (size_t at = 0; at < t.len;) {
        size_t len = size_min(text_char_len(t.bytes + at), t.len - at);

        to -= len;
        memcpy(to, t.bytes + at, len);
        at += len;
    }
    return datum_of_pointer(out);
}

/* ---- Put together ---- */

static Datum joined(CollationText a, CollationText b)
{
    uint8_t *out = text_new_room(size_add(a.len, b.len));

    memcpy(out + VARLENA_HEADER, a.bytes, a.len);
    memcpy(out + VARLENA_HEADER + a.len, b.bytes, b.len);
    return datum_of_pointer(out);
}

Datum textcat(FmgrCall *call)
{
    return joined(text_arg(call, 0), text_arg(call, 1));
}

Datum textoverlay(FmgrCall *call)
{
    return text_overlay(call, fmgr_i32(call, 2), fmgr_i32(call, 3), slice);
}

Datum textoverlay_no_len(FmgrCall *call)
{
    return text_overlay(call, fmgr_i32(call, 2), (int32_t)text_char_count(text_arg(call, 1)),
                        slice);
}

/* ---- Positions ---- */

Datum textpos(FmgrCall *call)
{
    CollationText t = text_arg(call, 0), wanted = text_arg(call, 1);
    const char *found;

    if (wanted.len == 0)
        return datum_of_i32(1);
    if (t.len < wanted.len)
        return datum_of_i32(0);
    text_search_check(call->collation);
    found = text_search_find(t, wanted);
    if (found == NULL)
        return datum_of_i32(0);
    return datum_of_i32(
        (int32_t)text_char_count((CollationText){t.bytes, (size_t)(found - t.bytes)}) + 1);
}

static CollationText cut_off(CollationText t, const char *found, size_t len)
{
    size_t at = (size_t)(found - t.bytes) + len;

    return (CollationText){t.bytes + at, t.len - at};
}

Datum replace_text(FmgrCall *call)
{
    CollationText t = text_arg(call, 0), from = text_arg(call, 1), to = text_arg(call, 2);
    const char *found;
    StrBuf out;

    if (t.len == 0 || from.len == 0)
        return datum_of_pointer(fmgr_packed(call, 0));
    text_search_check(call->collation);
    found = text_search_find(t, from);
    if (found == NULL)
        return datum_of_pointer(fmgr_packed(call, 0));
    text_begin(&out);
    for (; found != NULL; found = text_search_find(t, from)) {
        strbuf_add_bytes(&out, t.bytes, (size_t)(found - t.bytes));
        strbuf_add_bytes(&out, to.bytes, to.len);
        t = cut_off(t, found, from.len);
    }
    strbuf_add_bytes(&out, t.bytes, t.len);
    return text_end(&out);
}

static int64_t count_of(CollationText t, CollationText wanted)
{
    int64_t count = 0;
    const char *found;

    while ((found = text_search_find(t, wanted)) != NULL) {
        t = cut_off(t, found, wanted.len);
        count++;
    }
    return count;
}

/* Pieces are counted from the end when the number is below zero. */
Datum split_part(FmgrCall *call)
{
    CollationText t = text_arg(call, 0), separator = text_arg(call, 1);
    int64_t n = fmgr_i32(call, 2);
    const char *found;

    if (n == 0)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = "field position must not be zero");
    if (t.len == 0)
        return text_result_of("");
    if (separator.len == 0)
        return n == 1 || n == -1 ? text_of(t) : text_result_of("");
    text_search_check(call->collation);
    if (n < 0)
        n += count_of(t, separator) + 2;
    if (n <= 0)
        return text_result_of("");
    while ((found = text_search_find(t, separator)) != NULL && --n > 0)
        t = cut_off(t, found, separator.len);
    if (found != NULL)
        return text_result(t.bytes, (size_t)(found - t.bytes));
    return n == 1 ? text_of(t) : text_result_of("");
}
