/* strbuf.c - a string that grows by doubling. */
#include "common/base/base.h"

#include "common/text/strbuf.h"

#include <stdarg.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/hex.h"

#define ROOM_FIRST 128

static size_t max_size = SIZE_MAX;

void strbuf_set_max(size_t size)
{
    max_size = size;
}

void strbuf_init(StrBuf *b)
{
    *b = (StrBuf){.text = mem_alloc(ROOM_FIRST), .room = ROOM_FIRST};
}

void strbuf_clear(StrBuf *b)
{
    strbuf_cut(b, 0);
}

char *strbuf_reserve(StrBuf *b, size_t extra)
{
    size_t needed = size_add(size_add(b->len, extra), 1);

    if (needed > b->room) {
        size_t room = size_min(size_max(needed, size_mul(b->room, 2)), max_size);

        if (needed > max_size)
            err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, .message = "out of memory",
                      .detail = err_fmt("Cannot enlarge string buffer containing %zu bytes by %zu "
                                        "more bytes.",
                                        b->len, extra));

        b->text = mem_realloc(b->text, room);
        b->room = room;
    }
    return b->text + b->len;
}

void strbuf_add(StrBuf *b, const char *s)
{
    strbuf_add_bytes(b, s, strlen(s));
}

void strbuf_add_char(StrBuf *b, char c)
{
    strbuf_add_bytes(b, &c, 1);
}

void strbuf_add_chars(StrBuf *b, char c, size_t count)
{
    memset(strbuf_reserve(b, count), c, count);
    b->len += count;
    b->text[b->len] = '\0';
}

void strbuf_add_bytes(StrBuf *b, const void *bytes, size_t len)
{
    if (len > 0)
        memcpy(strbuf_reserve(b, len), bytes, len);
    b->len += len;
    b->text[b->len] = '\0';
}

void strbuf_add_fmt(StrBuf *b, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    strbuf_add_vfmt(b, format, args);
    va_end(args);
}

void strbuf_add_vfmt(StrBuf *b, const char *format, va_list args)
{
    va_list again;
    size_t room = b->room - b->len;
    int len;

    va_copy(again, args);
    len = vsnprintf(b->text + b->len, room, format, args);
    if (len < 0) {
        b->text[b->len] = '\0';
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "could not format a text");
    }
    if ((size_t)len >= room) {
        b->text[b->len] = '\0';
        strbuf_reserve(b, (size_t)len);
        vsnprintf(b->text + b->len, (size_t)len + 1, format, again);
    }
    va_end(again);
    b->len += (size_t)len;
}

void strbuf_add_hex(StrBuf *b, const void *bytes, size_t len)
{
    hex_write(bytes, len, strbuf_reserve(b, size_mul(len, 2)));
    b->len += len * 2;
    b->text[b->len] = '\0';
}

void strbuf_cut(StrBuf *b, size_t len)
{
    ASSERT(len <= b->len);
    b->len = len;
    b->text[len] = '\0';
}

static void sink_add(void *arg, const void *bytes, size_t len)
{
    strbuf_add_bytes(arg, bytes, len);
}

ByteSink strbuf_sink(StrBuf *b)
{
    return (ByteSink){.write = sink_add, .arg = b};
}
