/*
 * copy_fuzz.c - any bytes as data of COPY
 *
 * The first byte chooses the format, the second how the rest is cut into pieces. Rows that were
 * read, as far as they were, are written in the same format and read again: they must be the same.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/encoding.h"
#include "common/text/strbuf.h"
#include "server/catalog/builtin.h"
#include "server/copy/copy.h"
#include "server/types/types.h"
#include "tests/fuzz/target.h"

#define COLUMNS 3

static const CopyOptions formats[] = {
    {.form = COPY_AS_TEXT, .delimiter = '\t', .null_text = "\\N", .null_len = 2},
    {.form = COPY_AS_TEXT, .delimiter = ',', .null_text = "", .null_len = 0},
    {.form = COPY_AS_TEXT, .delimiter = 'A', .null_text = "\\N", .null_len = 2},
    {.form = COPY_AS_CSV, .delimiter = ',', .quote = '"', .escape = '"', .null_text = ""},
    {.form = COPY_AS_CSV, .delimiter = ';', .quote = '"', .escape = '\\', .null_text = ""},
    {.form = COPY_AS_CSV,
     .delimiter = ',',
     .quote = '\\',
     .escape = '\'',
     .null_text = "x",
     .null_len = 1},
    {.form = COPY_AS_BINARY, .delimiter = '\t', .null_text = "\\N", .null_len = 2},
};

static const int16_t columns[COLUMNS] = {1, 2, 3};

typedef struct Bytes {
    CopySource head;
    const uint8_t *at, *end;
    size_t piece;
} Bytes;

static size_t read_bytes(CopySource *source, uint8_t *room, size_t size)
{
    Bytes *b = (Bytes *)source;
    size_t len = (size_t)(b->end - b->at);

    len = len < b->piece ? len : b->piece;
    len = len < size ? len : size;
    memcpy(room, b->at, len);
    b->at += len;
    return len;
}

typedef struct Text {
    CopySink head;
    StrBuf text;
} Text;

static void write_text(CopySink *sink, const void *bytes, size_t len)
{
    strbuf_add_bytes(&((Text *)sink)->text, bytes, len);
}

typedef struct Rows {
    CopyTarget head;
    const TupleDesc *desc;
    MemContext *mem;
    Array tuples; /* HeapTuple * */
} Rows;

static void add_row(CopyTarget *target)
{
    Rows *r = (Rows *)target;

    MEM_SCOPE(r->mem) {
        *(HeapTuple **)array_push(&r->tuples) =
            heap_form(r->desc, target->row->values, target->row->nulls);
    }
}

static void read_rows(const CopyOptions *options, const uint8_t *data, size_t size, size_t piece,
                      Rows *out)
{
    Bytes bytes = {.head = {.read = read_bytes}, .at = data, .end = data + size, .piece = piece};

    out->head = (CopyTarget){.row = slot_new(out->desc), .add = add_row};
    out->mem = mem_current();
    array_init(&out->tuples, sizeof(HeapTuple *));
    ERR_TRY() {
        copy_from(&(CopyFromTask){.relation = "t",
                                  .desc = out->desc,
                                  .columns = columns,
                                  .column_count = COLUMNS,
                                  .options = options,
                                  .source = &bytes.head,
                                  .target = &out->head});
    }
    ERR_CATCH() {
        /* Not to be seen in the second round: the rows would not be the same. */
        (void)err_caught();
    }
    ERR_END();
}

static void write_rows(const CopyOptions *options, const Rows *rows, Text *out)
{
    RowReceiver *receiver;

    out->head.write = write_text;
    strbuf_init(&out->text);
    receiver = copy_to_receiver(&(CopyToTask){.desc = rows->desc,
                                              .columns = columns,
                                              .column_count = COLUMNS,
                                              .relation = "t",
                                              .options = options,
                                              .sink = &out->head});
    receiver->begin(receiver, rows->desc);
    array_foreach(HeapTuple *const, tuple, &rows->tuples) {
        Datum values[COLUMNS];
        bool nulls[COLUMNS];

        heap_deform(*tuple, rows->desc, values, nulls);
        receiver->row(receiver, values, nulls);
    }
    receiver->end(receiver);
}

static TupleDesc *make_desc(void)
{
    TupleDesc *desc = tuple_desc_new(COLUMNS);

    for (unsigned i = 0; i < COLUMNS; i++) {
        tuple_desc_set(desc, i + 1, "c", i == 2 ? 1043 : 25, -1, false, 'i');
        desc->columns[i].type_mod = -1;
    }
    return desc;
}

void fuzz_take(const uint8_t *data, size_t size)
{
    static bool is_bound;
    CopyOptions options;
    Rows first = {.desc = make_desc()}, second = {.desc = first.desc};
    Text text;

    if (!is_bound)
        builtin_bind(types_builtins, types_builtin_count);
    is_bound = true;
    if (size < 2)
        return;
    options = formats[data[0] % ARRAY_LEN(formats)];
    options.encoding = (data[0] & 0x80) != 0 ? ENCODING_LATIN1 : ENCODING_UTF8;
    read_rows(&options, data + 2, size - 2, (size_t)data[1] + 1, &first);
    write_rows(&options, &first, &text);
    read_rows(&options, (const uint8_t *)text.text.text, text.text.len, SIZE_MAX, &second);
    if (first.tuples.count != second.tuples.count)
        abort();
    for (size_t i = 0; i < first.tuples.count; i++) {
        const HeapTuple *a = *(HeapTuple **)array_at(&first.tuples, i);
        const HeapTuple *b = *(HeapTuple **)array_at(&second.tuples, i);

        if (a->len != b->len || memcmp(a->bytes, b->bytes, a->len) != 0)
            abort();
    }
}
