/* buffered_sink.c - rows for a file or a program, in large pieces */
#include "common/base/base.h"

#include <string.h>

#include "server/copy/copy_int.h"

void buffered_write(CopySink *sink, const void *bytes, size_t len)
{
    BufferedSink *s = (BufferedSink *)sink;

    if (s->used + len > SINK_BYTES)
        buffered_flush(s);
    if (len > SINK_BYTES) {
        s->put(s, bytes, len);
        return;
    }
    memcpy(s->bytes + s->used, bytes, len);
    s->used += len;
}

void buffered_flush(BufferedSink *sink)
{
    sink->put(sink, sink->bytes, sink->used);
    sink->used = 0;
}
