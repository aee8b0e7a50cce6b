/*
 * rows.c - results on the wire: RowDescription, DataRow, CommandComplete
 *
 * A row goes from its columns' values straight into the connection's output buffer: each column has
 * a writer, found once, that adds its length and bytes there.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/oid_range.h"
#include "server/cache/type_facts.h"
#include "server/ipc/interrupt.h"
#include "server/net/net.h"
#include "server/session/session_int.h"

#define NULL_LENGTH UINT32_MAX

typedef struct WireReceiver {
    RowReceiver head;
    Portal *portal; /* NULL: the rows are none of its columns, and sent as text */
    bool sends_description;
    MemContext *mem;     /* of the whole answer */
    MemContext *row_mem; /* reset after each row: for text that writers make */
    unsigned count;
    ValueWriter *writers;
    int unknown_format; /* one that the client asks for and we do not have; else FORMAT_TEXT */
} WireReceiver;

static void begin(RowReceiver *self, const TupleDesc *desc);
static bool send_row(RowReceiver *self, const Datum *values, const bool *nulls);
static void end(RowReceiver *self);
static void refuse_format(int format);
static RowReceiver *other(RowReceiver *self);

void rows_send_description(Prepared *prepared, const TupleDesc *desc, const int16_t *formats)
{
    net_begin(MESSAGE_ROW_DESCRIPTION);
    net_put_u16(desc->count);
    for (unsigned i = 0; i < desc->count; i++) {
        const Column *c = &desc->columns[i];
        int32_t type_mod = c->type_mod;
        Oid table = 0;
        int16_t number = 0;

        if (prepared != NULL)
            session.engine->origin(prepared, i, &table, &number);
        net_put_cstring(c->name);
        net_put_u32(table);
        net_put_u16((uint16_t)number);
        /* Clients know no domains: they get what those are of. */
        net_put_u32(c->type < OID_FIRST_UNPINNED ? c->type : type_base_typmod(c->type, &type_mod));
        net_put_u16((uint16_t)c->len);
        net_put_u32((uint32_t)type_mod);
        net_put_u16(formats == NULL ? FORMAT_TEXT : (uint16_t)formats[i]);
    }
    net_end();
}

RowReceiver *rows_receiver(Portal *p, bool sends_description, MemContext *mem)
{
    WireReceiver *r = mem_alloc_in(mem, sizeof *r);

    r->head = (RowReceiver){.begin = begin, .row = send_row, .end = end, .other = other};
    r->portal = p;
    r->sends_description = sends_description;
    r->mem = mem_context_new(mem, "answer");
    r->row_mem = mem_context_new(r->mem, "row");
    return &r->head;
}

static void begin(RowReceiver *self, const TupleDesc *desc)
{
    WireReceiver *r = (WireReceiver *)self;

    const int16_t *formats = r->portal == NULL ? NULL : r->portal->formats;

    if (r->sends_description)
        rows_send_description(r->portal == NULL ? NULL : r->portal->from->prepared, desc, formats);
    r->count = desc->count;
    MEM_SCOPE(r->mem) {
        r->writers = mem_new_array(ValueWriter, size_max(desc->count, 1));
        for (unsigned i = 0; i < desc->count; i++) {
            int format = formats == NULL ? FORMAT_TEXT : formats[i];

            if (format != FORMAT_TEXT && format != FORMAT_BINARY)
                r->unknown_format = format;
            session.engine->writer(desc->columns[i].type, format, r->mem, &r->writers[i]);
        }
    }
}

static bool send_row(RowReceiver *self, const Datum *values, const bool *nulls)
{
    WireReceiver *r = (WireReceiver *)self;
    MemContext *before;

    if (UNLIKELY(r->unknown_format != FORMAT_TEXT))
        refuse_format(r->unknown_format);
    before = mem_switch(r->row_mem);
    net_begin(MESSAGE_DATA_ROW);
    net_put_u16((uint16_t)r->count);
    for (unsigned i = 0; i < r->count; i++) {
        if (nulls[i])
            net_put_u32(NULL_LENGTH);
        else
            r->writers[i].write(&r->writers[i], values[i]);
    }
    net_end();
    mem_switch(before);
    mem_reset(r->row_mem);
    check_interrupts();
    return true;
}

/* Where there is no row, nobody asks. */
static void refuse_format(int format)
{
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
              .message = err_fmt("unsupported format code: %d", format));
}

static void end(RowReceiver *self)
{
    WireReceiver *r = (WireReceiver *)self;

    mem_delete(r->mem);
}

/* Of a client that was told the columns beforehand no others are expected. */
static RowReceiver *other(RowReceiver *self)
{
    WireReceiver *r = (WireReceiver *)self;

    return r->sends_description ? rows_receiver(NULL, true, session.message_mem) : NULL;
}

void rows_send_tag(const RunResult *result)
{
    char text[128];

    if (result->tag == NULL)
        return;
    switch (result->tag_form) {
    case TAG_PLAIN:
        snprintf(text, sizeof text, "%s", result->tag);
        break;
    case TAG_ROWS:
        snprintf(text, sizeof text, "%s %" PRIu64, result->tag, result->rows);
        break;
    case TAG_INSERT:
        snprintf(text, sizeof text, "%s 0 %" PRIu64, result->tag, result->rows);
        break;
    }
    net_begin(MESSAGE_COMMAND_COMPLETE);
    net_put_cstring(text);
    net_end();
}
