/*
 * read_binary.c - rows from PostgreSQL's binary format
 *
 *     signature   11 bytes
 *     flags       32 bits; what is in the upper half must be known
 *     length      32 bits, of more head, which is passed over
 *     rows        16 bits: how many fields; for each 32 bits: its length (-1: NULL), and its bytes
 *     -1          in the place of a row: the end
 *
 * Numbers are big-endian. Source: PostgreSQL 15 manual, "COPY", "Binary Format".
 */
#include "common/base/base.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "server/copy/copy_int.h"

#define FIELD_MAX     0x3FFFFFFF /* bytes, as of any value */
#define FLAG_HAS_OIDS UINT32_C(0x10000)

static _Noreturn void raise_format(const char *message);
static Datum read_field(CopyReader *r, CopyColumn *c, bool *is_null);
static int32_t take_i32(CopyReader *r, const char *complaint);

void copy_binary_head(CopyReader *r)
{
    const uint8_t *bytes = copy_input_take(&r->scan.in, COPY_SIGNATURE_LEN);
    uint32_t flags;
    int32_t len;

    if (bytes == NULL || memcmp(bytes, COPY_SIGNATURE, COPY_SIGNATURE_LEN) != 0)
        raise_format("COPY file signature not recognized");
    flags = (uint32_t)take_i32(r, "invalid COPY file header (missing flags)");
    if ((flags & FLAG_HAS_OIDS) != 0)
        raise_format("invalid COPY file header (WITH OIDS)");
    if ((flags & ~FLAG_HAS_OIDS) >> 16 != 0)
        raise_format("unrecognized critical flags in COPY file header");
    len = take_i32(r, "invalid COPY file header (missing length)");
    if (len < 0)
        raise_format("invalid COPY file header (missing length)");
    while (len-- > 0)
        if (copy_input_take(&r->scan.in, 1) == NULL)
            raise_format("invalid COPY file header (wrong length)");
}

bool copy_binary_row(CopyReader *r, Datum *values, bool *nulls)
{
    const uint8_t *bytes;
    int16_t count;

    r->scan.line_number++;
    bytes = copy_input_take(&r->scan.in, 2);
    if (bytes == NULL)
        return false;
    count = (int16_t)load_be16(bytes);
    if (count == -1) {
        if (copy_input_take(&r->scan.in, 1) != NULL)
            raise_format("received copy data after EOF marker");
        return false;
    }
    if (count < 0 || (unsigned)count != r->task->column_count)
        raise_format(err_fmt("row field count is %d, expected %u", count, r->task->column_count));
    for (unsigned i = 0; i < r->task->column_count; i++) {
        int place = r->columns[i].column->number - 1;

        r->at = &r->columns[i];
        values[place] = read_field(r, &r->columns[i], &nulls[place]);
        r->at = NULL;
    }
    return true;
}

/* Functions that want to see NULLs are called with them. */
static Datum read_field(CopyReader *r, CopyColumn *c, bool *is_null)
{
    int32_t len = take_i32(r, "unexpected EOF in COPY data");
    ByteReader reader;
    const uint8_t *bytes;
    Datum value;

    *is_null = len == -1;
    if (len == -1 && c->site.strict)
        return 0;
    if (len < -1)
        raise_format("invalid field size");
    if (len >= FIELD_MAX)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, .message = "out of memory",
                  .detail = err_fmt("Cannot enlarge string buffer containing 0 bytes by %d more "
                                    "bytes.",
                                    len));
    bytes = len > 0 ? copy_input_take(&r->scan.in, (size_t)len) : (const uint8_t *)"";
    if (bytes == NULL)
        raise_format("unexpected EOF in COPY data");
    reader = byte_reader(bytes, len > 0 ? (size_t)len : 0, "message");
    c->call->args[0] = (NullableDatum){.value = datum_of_pointer(len == -1 ? NULL : &reader),
                                       .is_null = len == -1};
    value = fmgr_invoke(c->call);
    if (len != -1 && byte_reader_left(&reader) > 0)
        err_raise(SQLSTATE_INVALID_BINARY_REPRESENTATION,
                  .message = "incorrect binary data format");
    return value;
}

static int32_t take_i32(CopyReader *r, const char *complaint)
{
    const uint8_t *bytes = copy_input_take(&r->scan.in, 4);

    if (bytes == NULL)
        raise_format(complaint);
    return (int32_t)load_be32(bytes);
}

static void raise_format(const char *message)
{
    err_raise(SQLSTATE_BAD_COPY_FILE_FORMAT, .message = message);
}
