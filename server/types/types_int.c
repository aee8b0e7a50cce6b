/* types_int.c - results and errors that the files of the folder share. */
#include "common/base/base.h"

#include "server/types/types_int.h"

void text_begin(StrBuf *b)
{
    strbuf_init(b);
    strbuf_add_chars(b, '\0', VARLENA_HEADER);
}

Datum text_end(StrBuf *b)
{
    if (b->len > VARLENA_SIZE_MAX)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("invalid memory alloc request size %zu", b->len));
    varlena_set_size((uint8_t *)b->text, b->len);
    return datum_of_pointer(b->text);
}

uint8_t *text_new_room(size_t len)
{
    uint8_t *v;

    if (len > VARLENA_SIZE_MAX - VARLENA_HEADER)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message =
                      err_fmt("invalid memory alloc request size %zu", VARLENA_HEADER + len));
    v = mem_alloc(VARLENA_HEADER + len);
    varlena_set_size(v, VARLENA_HEADER + len);
    return v;
}

char *text_cstring(const uint8_t *packed)
{
    return mem_strndup((const char *)varlena_bytes(packed), varlena_len(packed));
}

void types_raise_syntax(const char *type, const char *text)
{
    err_raise(SQLSTATE_INVALID_TEXT_REPRESENTATION,
              .message = err_fmt("invalid input syntax for type %s: \"%s\"", type, text));
}

void types_raise_input_range(const char *type, const char *text)
{
    err_raise(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE,
              .message = err_fmt("value \"%s\" is out of range for type %s", text, type));
}

void types_raise_range(const char *type)
{
    err_raise(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE, .message = err_fmt("%s out of range", type));
}

void types_raise_division_by_zero(void)
{
    err_raise(SQLSTATE_DIVISION_BY_ZERO, .message = "division by zero");
}
