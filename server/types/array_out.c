/* array_out.c - arrays to text, from and to binary form. */
#include "common/base/base.h"

#include <strings.h>

#include "common/format/oid_range.h"
#include "server/types/array_int.h"
#include "server/types/type_name.h"
#include "server/types/types_int.h"
#include "server/types/wire.h"

/* ---- Text ---- */

static bool needs_quotes(const char *text, char delimiter)
{
    if (*text == '\0' || strcasecmp(text, "NULL") == 0)
        return true;
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\' || *text == '{' || *text == '}' || *text == delimiter ||
            is_space(*text))
            return true;
    }
    return false;
}

static void add_item(StrBuf *out, const char *text, char delimiter)
{
    if (!needs_quotes(text, delimiter)) {
        strbuf_add(out, text);
        return;
    }
    strbuf_add_char(out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            strbuf_add_char(out, '\\');
        strbuf_add_char(out, *text);
    }
    strbuf_add_char(out, '"');
}

/* [1:2][0:3]= unless all lower bounds are 1. */
static void add_bounds(StrBuf *out, const ArrayView *v)
{
    bool has_other = false;

    for (unsigned i = 0; i < v->dimensions; i++)
        has_other |= v->lower[i] != 1;
    if (!has_other)
        return;
    for (unsigned i = 0; i < v->dimensions; i++)
        strbuf_add_fmt(out, "[%d:%d]", v->lower[i], v->lower[i] + v->sizes[i] - 1);
    strbuf_add_char(out, '=');
}

/* What the levels of an array's text share. */
typedef struct ArrayWriter {
    StrBuf *out;
    ArrayWalk walk;
    char delimiter;
    FmgrCall *output;
} ArrayWriter;

static void add_next(ArrayWriter *w)
{
    NullableDatum *item = &w->output->args[0];
    char *text;

    array_walk_next(&w->walk, &item->value, &item->is_null);
    if (item->is_null) {
        strbuf_add(w->out, "NULL");
        return;
    }
    text = datum_pointer(fmgr_invoke(w->output));
    add_item(w->out, text, w->delimiter);
    mem_free(text);
}

static void add_level(ArrayWriter *w, unsigned level)
{
    const ArrayView *v = w->walk.array;

    strbuf_add_char(w->out, '{');
    for (int i = 0; i < v->sizes[level]; i++) {
        if (i > 0)
            strbuf_add_char(w->out, w->delimiter);
        if (level + 1 < v->dimensions)
            add_level(w, level + 1);
        else
            add_next(w);
    }
    strbuf_add_char(w->out, '}');
}

Datum array_out(FmgrCall *call)
{
    ArrayView v = array_arg(call, 0);
    ElementType *e = element_type(call, v.element_type, ELEMENT_NEEDS_OUTPUT);
    ArrayWriter w = {.delimiter = e->facts->delimiter};
    StrBuf out;
    FMGR_CALL_LOCAL(output, 1);

    if (v.count == 0)
        return cstring_result("{}");
    strbuf_init(&out);
    add_bounds(&out, &v);
    fmgr_call_init(output, &e->site, 1, 0);
    w.out = &out;
    w.output = output;
    array_walk_begin(&w.walk, &v, &e->form);
    add_level(&w, 0);
    return datum_of_pointer(out.text);
}

/* ---- Binary ---- */

static _Noreturn void raise_binary(const char *message)
{
    err_raise(SQLSTATE_INVALID_BINARY_REPRESENTATION, .message = message);
}

static void read_shape(ByteReader *r, ArrayShape *shape)
{
    for (int i = 0; i < shape->dims; i++) {
        shape->sizes[i] = (int32_t)wire_u32(r);
        shape->lower[i] = (int32_t)wire_u32(r);
    }
}

static void check_element(Oid found, Oid expected)
{
    const char *found_name, *expected_name;

    /* Numbers of types that are not assigned by hand differ between servers. */
    if (found == expected || found >= OID_FIRST_GENBKI || expected >= OID_FIRST_GENBKI)
        return;

    /* Who writes the names may know less of types than we do. */
    found_name = type_name(found);
    expected_name = type_name(expected);
    err_raise(SQLSTATE_DATATYPE_MISMATCH,
              .message = err_fmt("binary data has array element type %u (%s) instead of "
                                 "expected %u (%s)",
                                 found, found_name, expected, expected_name));
}

static Datum receive_item(ByteReader *r, FmgrCall *receive, size_t number, bool *is_null)
{
    int32_t len = (int32_t)wire_u32(r);
    ByteReader item;
    Datum value;

    if (len < -1 || (len >= 0 && (size_t)len > byte_reader_left(r)))
        raise_binary("insufficient data left in message");
    *is_null = len == -1;
    if (*is_null && receive->site->strict)
        return 0;
    item = byte_reader(r->pos, *is_null ? 0 : (size_t)len, "value");
    receive->args[0] = (NullableDatum){datum_of_pointer(&item), *is_null};
    value = fmgr_invoke(receive);
    if (*is_null)
        return value;
    if (byte_reader_left(&item) > 0)
        raise_binary(err_fmt("improper binary format in array element %zu", number));
    byte_reader_take(r, (size_t)len);
    return value;
}

static void receive_head(ByteReader *r, Oid expected, ArrayShape *shape)
{
    shape->dims = (int)wire_u32(r);
    if (shape->dims < 0)
        raise_binary(err_fmt("invalid number of dimensions: %d", shape->dims));
    if (shape->dims > ARRAY_DIMENSIONS_MAX)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                  .message = err_fmt("number of array dimensions (%d) exceeds the maximum "
                                     "allowed (%d)",
                                     shape->dims, ARRAY_DIMENSIONS_MAX));
    if (wire_u32(r) > 1)
        raise_binary("invalid array flags");
    check_element(wire_u32(r), expected);
    read_shape(r, shape);
}

Datum array_recv(FmgrCall *call)
{
    ByteReader *r = wire_message(call);
    Oid expected = fmgr_u32(call, 1);
    ArrayShape shape;
    ElementType *e;
    size_t count, room;
    Datum *values;
    bool *nulls;
    FMGR_CALL_LOCAL(receive, 3);

    receive_head(r, expected, &shape);
    count = array_item_count((unsigned)shape.dims, shape.sizes);
    array_check_bounds(&shape);
    e = element_type(call, expected, ELEMENT_NEEDS_RECEIVE);

    /* Each element takes four bytes at least: no memory is taken for more than there can be. */
    room = size_min(count, byte_reader_left(r) / 4 + 1) + 1;
    values = mem_new_array(Datum, room);
    nulls = mem_new_array(bool, room);
    fmgr_call_init(receive, &e->site, 3, 0);
    receive->args[1] = (NullableDatum){datum_of_u32(e->io_param), false};
    receive->args[2] = call->args[2];
    for (size_t i = 0; i < count; i++)
        values[i] = receive_item(r, receive, i + 1, &nulls[i]);
    return datum_of_pointer(
        array_make(&e->form, values, nulls, (unsigned)shape.dims, shape.sizes, shape.lower));
}

Datum array_send(FmgrCall *call)
{
    ArrayView v = array_arg(call, 0);
    ElementType *e = element_type(call, v.element_type, ELEMENT_NEEDS_SEND);
    ArrayWalk walk;
    StrBuf out;
    FMGR_CALL_LOCAL(send, 1);

    text_begin(&out);
    wire_put_u32(&out, v.dimensions);
    wire_put_u32(&out, v.bitmap != NULL);
    wire_put_u32(&out, v.element_type);
    for (unsigned i = 0; i < v.dimensions; i++) {
        wire_put_u32(&out, (uint32_t)v.sizes[i]);
        wire_put_u32(&out, (uint32_t)v.lower[i]);
    }
    fmgr_call_init(send, &e->site, 1, 0);
    array_walk_begin(&walk, &v, &e->form);
    while (array_walk_next(&walk, &send->args[0].value, &send->args[0].is_null)) {
        if (send->args[0].is_null) {
            wire_put_u32(&out, UINT32_MAX);
        } else {
            uint8_t *bytes = datum_pointer(fmgr_invoke(send));

            wire_put_u32(&out, (uint32_t)varlena_len(bytes));
            strbuf_add_bytes(&out, varlena_bytes(bytes), varlena_len(bytes));
            mem_free(bytes);
        }
    }
    return text_end(&out);
}
