/*
 * value.c - values on the wire: parameters in, columns out
 *
 * A column's writer is found once for an answer. The types that are sent most write straight into
 * the connection's buffer; all others go through their output function.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/catalog/catalog_oid.h"
#include "server/net/net.h"
#include "server/sql/sql_int.h"
#include "server/sql/type_io.h"
#include "server/types/int_text.h"

/* How values of a type are written by heart; NULL: by its function. */
typedef struct QuickWriter {
    Oid type;
    void (*text)(ValueWriter *self, Datum value);
    void (*binary)(ValueWriter *self, Datum value);
} QuickWriter;

static Datum read_text(TypeIo *io, const WireValue *value);
static Datum read_binary(TypeIo *io, const WireValue *value);
static const QuickWriter *find_quick(Oid type);
static void write_by_output(ValueWriter *self, Datum value);
static void write_by_send(ValueWriter *self, Datum value);

/* ---- In ---- */

Datum value_read(Oid type, const WireValue *value)
{
    TypeIo *io = type_io(type);

    return value->format == FORMAT_TEXT ? read_text(io, value) : read_binary(io, value);
}

static Datum call_input(FmgrSite *site, const TypeIo *io, const void *arg)
{
    FMGR_CALL_LOCAL(call, 3);
    Datum result;

    if (arg == NULL && site->strict)
        return 0;
    fmgr_call_init(call, site, 3, 0);
    call->args[0] = (NullableDatum){.value = datum_of_pointer(arg), .is_null = arg == NULL};
    call->args[1] = (NullableDatum){.value = datum_of_u32(io->io_param)};
    call->args[2] = (NullableDatum){.value = datum_of_i32(-1)};
    result = fmgr_invoke(call);
    if (call->is_null != (arg == NULL))
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("input function %u returned %s", site->oid,
                                     call->is_null ? "NULL" : "non-NULL"));
    return result;
}

static Datum read_text(TypeIo *io, const WireValue *value)
{
    return call_input(type_io_input(io), io, value->bytes);
}

static Datum read_binary(TypeIo *io, const WireValue *value)
{
    ByteReader reader = byte_reader(value->bytes, value->len, "value");
    Datum result = call_input(type_io_receive(io), io, value->bytes == NULL ? NULL : &reader);

    if (byte_reader_left(&reader) != 0)
        err_raise(SQLSTATE_INVALID_BINARY_REPRESENTATION,
                  .message = err_fmt("incorrect binary data format in %s %zu", value->place,
                                     value->number));
    return result;
}

/* ---- Out ---- */

static void put_digits(const char *digits, size_t len)
{
    net_put_u32((uint32_t)len);
    net_put_bytes(digits, len);
}

static void write_int2(ValueWriter *self UNUSED, Datum value)
{
    char digits[INT_TEXT_SIZE];

    put_digits(digits, int_print_i32(datum_i16(value), digits));
}

static void write_int4(ValueWriter *self UNUSED, Datum value)
{
    char digits[INT_TEXT_SIZE];

    put_digits(digits, int_print_i32(datum_i32(value), digits));
}

static void write_int8(ValueWriter *self UNUSED, Datum value)
{
    char digits[INT_TEXT_SIZE];

    put_digits(digits, int_print_i64(datum_i64(value), digits));
}

static void write_oid(ValueWriter *self UNUSED, Datum value)
{
    char digits[INT_TEXT_SIZE];

    put_digits(digits, int_print_u32(datum_u32(value), digits));
}

static void write_bool(ValueWriter *self UNUSED, Datum value)
{
    put_digits(datum_bool(value) ? "t" : "f", 1);
}

static void write_chars(ValueWriter *self UNUSED, Datum value)
{
    const uint8_t *packed = varlena_packed(datum_varlena(value));

    net_put_counted_text((const char *)varlena_bytes(packed), varlena_len(packed));
}

static void send_int2(ValueWriter *self UNUSED, Datum value)
{
    net_put_u32(2);
    net_put_u16((uint16_t)datum_i16(value));
}

static void send_int4(ValueWriter *self UNUSED, Datum value)
{
    net_put_u32(4);
    net_put_u32(datum_u32(value));
}

static void send_int8(ValueWriter *self UNUSED, Datum value)
{
    net_put_u32(8);
    net_put_u64((uint64_t)datum_i64(value));
}

static const QuickWriter quick_writers[] = {
    {TYPE_BOOL, write_bool, NULL},
    {TYPE_INT2, write_int2, send_int2},
    {TYPE_INT4, write_int4, send_int4},
    {TYPE_INT8, write_int8, send_int8},
    {TYPE_OID, write_oid, send_int4},
    {TYPE_TEXT, write_chars, write_chars},
    {TYPE_VARCHAR, write_chars, write_chars},
    {TYPE_BPCHAR, write_chars, write_chars},
};

void value_writer(Oid type, int format, MemContext *mem, ValueWriter *out)
{
    const QuickWriter *quick = find_quick(type);
    FmgrSite *site;
    FmgrCall *call;

    if (quick != NULL)
        out->write = format == FORMAT_TEXT ? quick->text : quick->binary;
    if (out->write != NULL)
        return;
    site = format == FORMAT_TEXT ? type_io_output(type_io(type)) : type_io_send(type_io(type));
    call = mem_alloc_in(mem, FMGR_CALL_SIZE(1));
    fmgr_call_init(call, site, 1, 0);
    out->state = call;
    out->write = format == FORMAT_TEXT ? write_by_output : write_by_send;
}

static const QuickWriter *find_quick(Oid type)
{
    for (size_t i = 0; i < ARRAY_LEN(quick_writers); i++)
        if (quick_writers[i].type == type)
            return &quick_writers[i];
    return NULL;
}

static void write_by_output(ValueWriter *self, Datum value)
{
    FmgrCall *call = self->state;
    const char *text;

    call->args[0] = (NullableDatum){.value = value};
    text = datum_pointer(fmgr_invoke(call));
    net_put_counted_text(text, strlen(text));
}

static void write_by_send(ValueWriter *self, Datum value)
{
    FmgrCall *call = self->state;
    const uint8_t *bytes;

    call->args[0] = (NullableDatum){.value = value};
    bytes = varlena_packed(datum_varlena(fmgr_invoke(call)));
    net_put_u32((uint32_t)varlena_len(bytes));
    net_put_bytes(varlena_bytes(bytes), varlena_len(bytes));
}
