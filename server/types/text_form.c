/*
 * text_form.c - text, varchar, char(n), cstring and unknown: forms, lengths as type modifiers
 *
 * The modifier of varchar(n) and char(n) is n + 4; below 4 there is none.
 */
#include "common/base/base.h"

#include "server/types/database_text.h"
#include "server/types/types_int.h"
#include "server/types/typmod.h"
#include "server/types/utf8.h"
#include "server/types/wire.h"

#define LENGTH_MAX 10485760 /* of varchar(n) and char(n) */

/* ---- text ---- */

Datum textin(FmgrCall *call)
{
    return text_result_of(fmgr_cstring(call, 0));
}

Datum textout(FmgrCall *call)
{
    return datum_of_pointer(text_cstring(fmgr_packed(call, 0)));
}

Datum textrecv(FmgrCall *call)
{
    ByteReader *r = wire_message(call);
    size_t len;
    const char *text = wire_text(r, byte_reader_left(r), &len);

    return text_result(text, len);
}

Datum textsend(FmgrCall *call)
{
    const uint8_t *v = fmgr_packed(call, 0);

    return wire_result_text((const char *)varlena_bytes(v), varlena_len(v));
}

/* ---- cstring, unknown: a C string as it is ---- */

Datum cstring_in(FmgrCall *call)
{
    return cstring_result(fmgr_cstring(call, 0));
}

Datum cstring_out(FmgrCall *call)
{
    return cstring_result(fmgr_cstring(call, 0));
}

Datum cstring_recv(FmgrCall *call)
{
    ByteReader *r = wire_message(call);
    size_t len;
    const char *text = wire_text(r, byte_reader_left(r), &len);

    return datum_of_pointer(mem_strndup(text, len));
}

Datum cstring_send(FmgrCall *call)
{
    return wire_result_text(fmgr_cstring(call, 0), strlen(fmgr_cstring(call, 0)));
}

Datum unknownin(FmgrCall *call)
{
    return cstring_in(call);
}

Datum unknownout(FmgrCall *call)
{
    return cstring_out(call);
}

Datum unknownrecv(FmgrCall *call)
{
    return cstring_recv(call);
}

Datum unknownsend(FmgrCall *call)
{
    return cstring_send(call);
}

/* ---- varchar(n) and char(n) ---- */

/* Bytes of the first count characters, or len when there are fewer; *counted is how many. */
static size_t bytes_of_characters(const char *text, size_t len, size_t count, size_t *counted)
{
    Encoding e = text_encoding();
    size_t at = 0, n = 0;

    if (encoding_max_len(e) == 1) {
        *counted = size_min(len, count);
        return *counted;
    }
    while (at < len && n < count) {
        at += e == ENCODING_UTF8 ? utf8_len(text[at]) : encoding_char_len(e, text + at);
        n++;
    }
    *counted = n;
    return size_min(at, len);
}

static bool are_blanks(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] != ' ')
            return false;
    }
    return true;
}

static _Noreturn void raise_too_long(const char *type, int32_t length)
{
    err_raise(SQLSTATE_STRING_DATA_RIGHT_TRUNCATION,
              .message = err_fmt("value too long for type %s(%d)", type, length));
}

/* How much of the text varchar(n) holds: what does not fit may be blanks, or cut by a cast. */
static size_t fit_varchar(const char *text, size_t len, int32_t type_mod, bool is_cast)
{
    int32_t max = type_mod - VARLENA_HEADER;
    size_t fit, count;

    if (max < 0 || len <= (size_t)max)
        return len;
    fit = bytes_of_characters(text, len, (size_t)max, &count);
    if (fit < len && !is_cast && !are_blanks(text + fit, len - fit))
        raise_too_long("character varying", max);
    return fit;
}

static Datum varchar_result(const char *text, size_t len, int32_t type_mod)
{
    return text_result(text, fit_varchar(text, len, type_mod, false));
}

Datum varcharin(FmgrCall *call)
{
    const char *text = fmgr_cstring(call, 0);

    return varchar_result(text, strlen(text), fmgr_i32(call, 2));
}

Datum varcharout(FmgrCall *call)
{
    return textout(call);
}

Datum varcharrecv(FmgrCall *call)
{
    ByteReader *r = wire_message(call);
    size_t len;
    const char *text = wire_text(r, byte_reader_left(r), &len);

    return varchar_result(text, len, fmgr_i32(call, 2));
}

Datum varcharsend(FmgrCall *call)
{
    return textsend(call);
}

/* The cast to a length: argument 2 tells whether it was asked for. */
Datum varchar(FmgrCall *call)
{
    const uint8_t *v = fmgr_packed(call, 0);
    size_t len = varlena_len(v);
    size_t fit =
        fit_varchar((const char *)varlena_bytes(v), len, fmgr_i32(call, 1), fmgr_bool(call, 2));

    return fit == len ? datum_of_pointer(v) : text_result(varlena_bytes(v), fit);
}

/* Exactly n characters: blanks are added, or taken from what is too much. */
static Datum bpchar_result(const char *text, size_t len, int32_t type_mod, bool is_cast)
{
    int32_t want = type_mod - VARLENA_HEADER;
    size_t fit, count, pad, size;
    uint8_t *v;

    if (type_mod < VARLENA_HEADER)
        return text_result(text, len);
    fit = bytes_of_characters(text, len, (size_t)want, &count);
    if (fit < len && !is_cast && !are_blanks(text + fit, len - fit))
        raise_too_long("character", want);
    pad = (size_t)want - count;
    /* Far above what a value may have, PostgreSQL's error names a size that turned over. */
    size = (size_t)(int32_t)(VARLENA_HEADER + fit + pad);
    v = text_new_room(size - VARLENA_HEADER);
    memcpy(v + VARLENA_HEADER, text, fit);
    memset(v + VARLENA_HEADER + fit, ' ', pad);
    return datum_of_pointer(v);
}

Datum bpcharin(FmgrCall *call)
{
    const char *text = fmgr_cstring(call, 0);

    return bpchar_result(text, strlen(text), fmgr_i32(call, 2), false);
}

Datum bpcharout(FmgrCall *call)
{
    return textout(call);
}

Datum bpcharrecv(FmgrCall *call)
{
    ByteReader *r = wire_message(call);
    size_t len;
    const char *text = wire_text(r, byte_reader_left(r), &len);

    return bpchar_result(text, len, fmgr_i32(call, 2), false);
}

Datum bpcharsend(FmgrCall *call)
{
    return textsend(call);
}

Datum bpchar(FmgrCall *call)
{
    const uint8_t *v = fmgr_packed(call, 0);
    size_t count;

    /* What fits is most frequent: it comes from a column of the same type. */
    if (fmgr_i32(call, 1) < VARLENA_HEADER)
        return datum_of_pointer(v);
    if (bytes_of_characters((const char *)varlena_bytes(v), varlena_len(v),
                            (size_t)(fmgr_i32(call, 1) - VARLENA_HEADER),
                            &count) == varlena_len(v) &&
        count == (size_t)(fmgr_i32(call, 1) - VARLENA_HEADER))
        return datum_of_pointer(v);
    return bpchar_result((const char *)varlena_bytes(v), varlena_len(v), fmgr_i32(call, 1),
                         fmgr_bool(call, 2));
}

Datum char_bpchar(FmgrCall *call)
{
    char c = fmgr_char(call, 0);

    return text_result(&c, 1);
}

/* ---- Modifiers of both ---- */

static int32_t read_type_mod(const FmgrCall *call, const char *type)
{
    int32_t length;

    if (typmod_read(fmgr_packed(call, 0), &length, 1) != 1)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = "invalid type modifier");
    if (length < 1)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("length for type %s must be at least 1", type));
    if (length > LENGTH_MAX)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("length for type %s cannot exceed %d", type, LENGTH_MAX));
    return length + VARLENA_HEADER;
}

static Datum print_type_mod(const FmgrCall *call)
{
    int32_t type_mod = fmgr_i32(call, 0);

    return datum_of_pointer(
        type_mod > VARLENA_HEADER ? mem_printf("(%d)", type_mod - VARLENA_HEADER) : mem_strdup(""));
}

Datum varchartypmodin(FmgrCall *call)
{
    return datum_of_i32(read_type_mod(call, "varchar"));
}

Datum varchartypmodout(FmgrCall *call)
{
    return print_type_mod(call);
}

Datum bpchartypmodin(FmgrCall *call)
{
    return datum_of_i32(read_type_mod(call, "char"));
}

Datum bpchartypmodout(FmgrCall *call)
{
    return print_type_mod(call);
}
