/* encoding_func.c - encodings by name and number; texts from and to other encodings. */
#include "common/base/base.h"

#include "server/access/common/tuple_desc.h"
#include "server/types/text_arg.h"
#include "server/types/types_int.h"

static Datum name_of(const char *text)
{
    char *name = mem_alloc(NAME_SIZE);

    memcpy(name, text, size_min(strlen(text), NAME_SIZE - 1));
    return datum_of_pointer(name);
}

Datum PG_char_to_encoding(FmgrCall *call)
{
    Encoding e;

    return datum_of_i32(encoding_try_find(fmgr_cstring(call, 0), &e) ? (int32_t)e : -1);
}

Datum PG_encoding_to_char(FmgrCall *call)
{
    int32_t e = fmgr_i32(call, 0);

    return name_of(e >= 0 && e < ENCODING_COUNT ? encoding_name((Encoding)e) : "");
}

Datum pg_encoding_max_length_sql(FmgrCall *call)
{
    int32_t e = fmgr_i32(call, 0);

    if (e < 0 || e >= ENCODING_COUNT)
        return fmgr_null(call);
    return datum_of_i32((int32_t)encoding_max_len((Encoding)e));
}

Datum getdatabaseencoding(FmgrCall *call)
{
    (void)call;
    return name_of(encoding_name(text_encoding()));
}

/* ---- Conversion ---- */

static Encoding named(const FmgrCall *call, int n, const char *what)
{
    Encoding e;

    if (!encoding_try_find(fmgr_cstring(call, n), &e))
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message =
                      err_fmt("invalid %s encoding name \"%s\"", what, fmgr_cstring(call, n)));
    return e;
}

/*
 * Pairs without UTF8 that PostgreSQL converts by tables of their own, which are not those that go
 * by way of code points.
 */
static bool has_own_table(Encoding from, Encoding to)
{
    static const Encoding cyrillic[] = {ENCODING_KOI8R, ENCODING_WIN1251, ENCODING_WIN866,
                                        ENCODING_ISO_8859_5};
    bool has_from = false, has_to = false;

    if ((from == ENCODING_LATIN2 && to == ENCODING_WIN1250) ||
        (from == ENCODING_WIN1250 && to == ENCODING_LATIN2))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(cyrillic); i++) {
        has_from |= from == cyrillic[i];
        has_to |= to == cyrillic[i];
    }
    return has_from && has_to;
}

static void check_pair(Encoding from, Encoding to)
{
    if (from == ENCODING_UTF8 || to == ENCODING_UTF8)
        return;
    if (has_own_table(from, to))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("conversion of encoding \"%s\" to \"%s\" is not supported "
                                     "yet",
                                     encoding_name(from), encoding_name(to)));
    err_raise(SQLSTATE_UNDEFINED_FUNCTION,
              .message = err_fmt("default conversion function for encoding \"%s\" to \"%s\" does "
                                 "not exist",
                                 encoding_name(from), encoding_name(to)));
}

static Datum convert(CollationText t, Encoding from, Encoding to)
{
    size_t len;
    const char *out;

    encoding_check(from, t.bytes, t.len);
    if (from == to || to == ENCODING_SQL_ASCII || t.len == 0)
        return text_result(t.bytes, t.len);
    if (from == ENCODING_SQL_ASCII) {
        encoding_check(to, t.bytes, t.len);
        return text_result(t.bytes, t.len);
    }
    check_pair(from, to);
    out = encoding_convert(from, to, t.bytes, t.len, &len);
    return text_result(out, len);
}

Datum pg_convert(FmgrCall *call)
{
    Encoding from = named(call, 1, "source"), to = named(call, 2, "destination");

    return convert(text_arg(call, 0), from, to);
}

Datum pg_convert_from(FmgrCall *call)
{
    return convert(text_arg(call, 0), named(call, 1, "source"), text_encoding());
}

Datum pg_convert_to(FmgrCall *call)
{
    return convert(text_arg(call, 0), text_encoding(), named(call, 1, "destination"));
}

Datum length_in_encoding(FmgrCall *call)
{
    CollationText t = text_arg(call, 0);
    Encoding e;

    if (!encoding_try_find(fmgr_cstring(call, 1), &e))
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("invalid encoding name \"%s\"", fmgr_cstring(call, 1)));
    encoding_check(e, t.bytes, t.len);
    return datum_of_i32((int32_t)encoding_count(e, t.bytes, t.len));
}
