/*
 * to.c - rows to lines of text or CSV, or to binary data
 *
 * A row is put together in one buffer and handed to the sink as a whole. Values of the commonest
 * types are written there straight; others by their output or send functions.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/encoding.h"
#include "common/text/strbuf.h"
#include "server/catalog/type_facts.h"
#include "server/copy/copy_int.h"
#include "server/ipc/interrupt.h"
#include "server/stats/activity.h"
#include "server/types/database_text.h"
#include "server/types/int_text.h"

/* How a value becomes text. */
typedef enum OutKind { OUT_FUNCTION, OUT_TEXT, OUT_INT2, OUT_INT4, OUT_INT8 } OutKind;

typedef struct OutColumn {
    unsigned place; /* in a row */
    OutKind kind;
    FmgrSite site;
    FmgrCall *call; /* of the output or send function */
    bool forces_quote;
} OutColumn;

typedef struct CopyTo {
    RowReceiver head;
    CopyToTask task;
    OutColumn *columns;
    StrBuf row;
    MemContext *row_mem;
    Encoding to;
    bool needs_conversion;
    bool is_special[256]; /* bytes that cannot stand as they are */
} CopyTo;

static void prepare_columns(CopyTo *c);
static void prepare_specials(CopyTo *c);
static void begin(RowReceiver *self, const TupleDesc *desc);
static bool take_row(RowReceiver *self, const Datum *values, const bool *nulls);
static void end(RowReceiver *self);
static void send_row(CopyTo *c);
static void add_text_row(CopyTo *c, const Datum *values, const bool *nulls);
static void add_binary_row(CopyTo *c, const Datum *values, const bool *nulls);
static void add_value(CopyTo *c, OutColumn *column, Datum value);
static void add_converted(CopyTo *c, const char *text, size_t len, bool forces_quote);
static void add_escaped(CopyTo *c, const char *text, size_t len);
static void add_csv(CopyTo *c, const char *text, size_t len, bool forces_quote);

RowReceiver *copy_to_receiver(const CopyToTask *task)
{
    CopyTo *c = mem_new(CopyTo);

    c->head = (RowReceiver){.begin = begin, .row = take_row, .end = end};
    c->task = *task;
    c->row_mem = mem_context_new(mem_current(), "row of COPY");
    c->to = copy_encoding(task->options);
    c->needs_conversion = c->to != text_encoding() && c->to != ENCODING_SQL_ASCII &&
                          text_encoding() != ENCODING_SQL_ASCII;
    strbuf_init(&c->row);
    prepare_columns(c);
    prepare_specials(c);
    return &c->head;
}

/* ---- Made ready ---- */

static OutKind kind_of(Oid type)
{
    switch (type) {
    case 20:
        return OUT_INT8;
    case 21:
        return OUT_INT2;
    case 23:
        return OUT_INT4;
    case 25:
    case 1042:
    case 1043:
        return OUT_TEXT;
    default:
        return OUT_FUNCTION;
    }
}

static void prepare_column(CopyTo *c, OutColumn *out, const Column *column)
{
    const TypeFacts *type = type_facts(column->type);
    bool is_binary = c->task.options->form == COPY_AS_BINARY;

    if (is_binary && type->send == 0)
        err_raise(SQLSTATE_UNDEFINED_FUNCTION,
                  .message =
                      err_fmt("no binary output function available for type %s", type->name));
    out->kind = is_binary ? OUT_FUNCTION : kind_of(column->type);
    fmgr_site_init(&out->site, is_binary ? type->send : type->output, mem_current());
    out->call = mem_alloc(FMGR_CALL_SIZE(1));
    fmgr_call_init(out->call, &out->site, 1, 0);
}

static void prepare_columns(CopyTo *c)
{
    const CopyToTask *t = &c->task;
    const CopyMarking marking = {t->desc, t->relation, t->columns, t->column_count};
    bool *quotes = mem_new_array(bool, (size_t)t->column_count + 1);

    copy_mark_columns(&marking, t->options->force_quote, "FORCE_QUOTE", quotes);
    c->columns = mem_new_array(OutColumn, (size_t)t->column_count + 1);
    for (unsigned i = 0; i < t->column_count; i++) {
        c->columns[i].place = (unsigned)t->columns[i] - 1;
        c->columns[i].forces_quote = quotes[i] || t->options->forces_all_quotes;
        prepare_column(c, &c->columns[i], &t->desc->columns[c->columns[i].place]);
    }
}

static void prepare_specials(CopyTo *c)
{
    const CopyOptions *o = c->task.options;

    if (o->form == COPY_AS_TEXT)
        for (unsigned i = '\b'; i <= '\r'; i++)
            c->is_special[i] = true;
    if (o->form == COPY_AS_TEXT)
        c->is_special['\\'] = true;
    else
        c->is_special['\n'] = c->is_special['\r'] = c->is_special[(uint8_t)o->quote] = true;
    c->is_special[(uint8_t)o->delimiter] = true;
}

/* ---- Rows ---- */

static void add_u32(StrBuf *b, uint32_t v)
{
    uint8_t bytes[4];

    store_be32(bytes, v);
    strbuf_add_bytes(b, bytes, sizeof bytes);
}

static void add_u16(StrBuf *b, uint16_t v)
{
    uint8_t bytes[2];

    store_be16(bytes, v);
    strbuf_add_bytes(b, bytes, sizeof bytes);
}

/* The head of binary data goes with the first row. */
static void begin(RowReceiver *self, const TupleDesc *desc UNUSED)
{
    CopyTo *c = (CopyTo *)self;
    const CopyOptions *o = c->task.options;
    CopySink *sink = c->task.sink;

    if (sink->begin != NULL)
        sink->begin(sink, o->form == COPY_AS_BINARY, c->task.column_count);
    if (o->form == COPY_AS_BINARY) {
        strbuf_add_bytes(&c->row, COPY_SIGNATURE, COPY_SIGNATURE_LEN);
        add_u32(&c->row, 0); /* flags */
        add_u32(&c->row, 0); /* more head */
        return;
    }
    if (o->header == COPY_HEADER_NONE)
        return;
    for (unsigned i = 0; i < c->task.column_count; i++) {
        const char *name = c->task.desc->columns[c->columns[i].place].name;

        if (i > 0)
            strbuf_add_char(&c->row, o->delimiter);
        add_converted(c, name, strlen(name), false);
    }
    strbuf_add_char(&c->row, '\n');
    send_row(c);
}

static bool take_row(RowReceiver *self, const Datum *values, const bool *nulls)
{
    CopyTo *c = (CopyTo *)self;
    MemContext *before;

    check_interrupts();
    before = mem_switch(c->row_mem);
    if (c->task.options->form == COPY_AS_BINARY)
        add_binary_row(c, values, nulls);
    else
        add_text_row(c, values, nulls);
    mem_switch(before);
    send_row(c);
    command_progress_add(COPY_ROWS, 1);
    mem_reset(c->row_mem);
    return true;
}

static void end(RowReceiver *self)
{
    CopyTo *c = (CopyTo *)self;
    CopySink *sink = c->task.sink;

    if (c->task.options->form == COPY_AS_BINARY) {
        add_u16(&c->row, UINT16_MAX);
        send_row(c);
    }
    if (sink->end != NULL)
        sink->end(sink);
}

static void send_row(CopyTo *c)
{
    c->task.sink->write(c->task.sink, c->row.text, c->row.len);
    command_progress_add(COPY_BYTES, (int64_t)c->row.len);
    strbuf_clear(&c->row);
}

static void add_null(CopyTo *c)
{
    const CopyOptions *o = c->task.options;
    const char *text = o->null_text;
    size_t len = o->null_len;

    if (c->needs_conversion)
        text = encoding_convert(text_encoding(), c->to, text, len, &len);
    strbuf_add_bytes(&c->row, text, len);
}

static void add_text_row(CopyTo *c, const Datum *values, const bool *nulls)
{
    const CopyOptions *o = c->task.options;

    for (unsigned i = 0; i < c->task.column_count; i++) {
        OutColumn *column = &c->columns[i];

        if (i > 0)
            strbuf_add_char(&c->row, o->delimiter);
        if (nulls[column->place])
            add_null(c);
        else
            add_value(c, column, values[column->place]);
    }
    strbuf_add_char(&c->row, '\n');
}

static void add_binary_row(CopyTo *c, const Datum *values, const bool *nulls)
{
    add_u16(&c->row, (uint16_t)c->task.column_count);
    for (unsigned i = 0; i < c->task.column_count; i++) {
        OutColumn *column = &c->columns[i];
        const uint8_t *bytes;

        if (nulls[column->place]) {
            add_u32(&c->row, UINT32_MAX);
            continue;
        }
        column->call->args[0] = (NullableDatum){.value = values[column->place]};
        bytes = datum_varlena(fmgr_invoke(column->call));
        add_u32(&c->row, (uint32_t)varlena_len(bytes));
        strbuf_add_bytes(&c->row, varlena_bytes(bytes), varlena_len(bytes));
    }
}

/* ---- Values as text ---- */

static void add_value(CopyTo *c, OutColumn *column, Datum value)
{
    char number[INT_TEXT_SIZE];
    const uint8_t *packed;
    const char *text = number;
    size_t len;

    switch (column->kind) {
    case OUT_INT2:
        len = int_print_i32(datum_i16(value), number);
        break;
    case OUT_INT4:
        len = int_print_i32(datum_i32(value), number);
        break;
    case OUT_INT8:
        len = int_print_i64(datum_i64(value), number);
        break;
    case OUT_TEXT:
        packed = varlena_packed(datum_varlena(value));
        text = (const char *)varlena_bytes(packed);
        len = varlena_len(packed);
        break;
    default:
        column->call->args[0] = (NullableDatum){.value = value};
        text = datum_pointer(fmgr_invoke(column->call));
        len = strlen(text);
        break;
    }
    add_converted(c, text, len, column->forces_quote);
}

static void add_converted(CopyTo *c, const char *text, size_t len, bool forces_quote)
{
    if (UNLIKELY(c->needs_conversion))
        text = encoding_convert(text_encoding(), c->to, text, len, &len);
    if (c->task.options->form == COPY_AS_CSV)
        add_csv(c, text, len, forces_quote);
    else
        add_escaped(c, text, len);
}

/* Bytes from the start that can stand as they are. */
static size_t plain_len(const CopyTo *c, const char *text, size_t len)
{
    size_t i = 0;

    while (i < len && !c->is_special[(uint8_t)text[i]])
        i++;
    return i;
}

static void add_escaped(CopyTo *c, const char *text, size_t len)
{
    static const char letters[] = "btnvfr"; /* from 8 on */

    for (;;) {
        size_t plain = plain_len(c, text, len);
        char special;

        strbuf_add_bytes(&c->row, text, plain);
        text += plain;
        len -= plain;
        if (len == 0)
            return;
        special = *text++;
        len--;
        strbuf_add_char(&c->row, '\\');
        strbuf_add_char(&c->row,
                        special >= '\b' && special <= '\r' ? letters[special - '\b'] : special);
    }
}

/* What might be taken for NULL, or for the end of all data, needs quotes too. */
static bool needs_quotes(const CopyTo *c, const char *text, size_t len)
{
    const CopyOptions *o = c->task.options;

    if (len == o->null_len && memcmp(text, o->null_text, len) == 0)
        return true;
    if (c->task.column_count == 1 && len == 2 && memcmp(text, "\\.", 2) == 0)
        return true;
    return plain_len(c, text, len) < len;
}

static void add_csv(CopyTo *c, const char *text, size_t len, bool forces_quote)
{
    const CopyOptions *o = c->task.options;
    char *to;

    if (!forces_quote && !needs_quotes(c, text, len)) {
        strbuf_add_bytes(&c->row, text, len);
        return;
    }
    to = strbuf_reserve(&c->row, size_add(size_mul(len, 2), 2));
    *to++ = o->quote;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == o->quote || text[i] == o->escape)
            *to++ = o->escape;
        *to++ = text[i];
    }
    *to++ = o->quote;
    *to = '\0';
    c->row.len = (size_t)(to - c->row.text);
}
