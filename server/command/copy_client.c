/* copy_client.c - COPY's data by the messages of the protocol */
#include "common/base/base.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/mem/mem.h"
#include "server/command/copy_int.h"
#include "server/net/copy.h"
#include "server/net/net.h"

typedef struct ClientSource {
    CopySource head;
    ByteReader piece; /* what is left of the newest message */
    bool is_over;
} ClientSource;

static void begin_in(CopySource *source UNUSED, bool is_binary, unsigned columns)
{
    copy_in_begin(is_binary ? COPY_BINARY : COPY_TEXT, columns);
}

/* As much as there is: a client that sends little at a time may want to see its errors. */
static size_t read_in(CopySource *source, uint8_t *room, size_t size)
{
    ClientSource *s = (ClientSource *)source;
    size_t len;

    while (!s->is_over && byte_reader_left(&s->piece) == 0)
        s->is_over = !copy_in_next(&s->piece);
    if (s->is_over)
        return 0;
    len = byte_reader_left(&s->piece) < size ? byte_reader_left(&s->piece) : size;
    byte_reader_copy(&s->piece, room, len);
    return len;
}

CopySource *copy_client_source(void)
{
    ClientSource *s = mem_new(ClientSource);

    s->head = (CopySource){.begin = begin_in, .read = read_in, .must_be_read = true};
    s->piece = byte_reader(NULL, 0, "COPY");
    return &s->head;
}

static void begin_out(CopySink *sink UNUSED, bool is_binary, unsigned columns)
{
    copy_out_begin(is_binary ? COPY_BINARY : COPY_TEXT, columns);
}

static void write_out(CopySink *sink UNUSED, const void *bytes, size_t len)
{
    copy_out_piece();
    net_put_bytes(bytes, len);
    net_end();
}

static void end_out(CopySink *sink UNUSED)
{
    copy_out_end();
}

CopySink *copy_client_sink(void)
{
    CopySink *s = mem_new(CopySink);

    *s = (CopySink){.begin = begin_out, .write = write_out, .end = end_out};
    return s;
}
