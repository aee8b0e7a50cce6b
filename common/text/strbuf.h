/*
 * strbuf.h - a string that grows
 *
 * The text is always NUL-terminated and belongs to the memory context that was current at init;
 * it may hold NUL bytes of its own (len counts). Raises when memory runs out, or a format cannot
 * be written, and is then as it was. What is added must not lie in the text itself.
 */
#ifndef TEXT_STRBUF_H
#define TEXT_STRBUF_H

#include "common/base/base.h"

#include <stdarg.h>

#include "common/base/bytes.h"

typedef struct StrBuf {
    char *text;  /* never NULL after init */
    size_t len;  /* without the NUL */
    size_t room; /* bytes that text can hold */
} StrBuf;

void strbuf_init(StrBuf *b);
void strbuf_clear(StrBuf *b); /* empty, memory kept */
void strbuf_add(StrBuf *b, const char *s);
void strbuf_add_char(StrBuf *b, char c);
void strbuf_add_chars(StrBuf *b, char c, size_t count);
void strbuf_add_bytes(StrBuf *b, const void *bytes, size_t len);
void strbuf_add_fmt(StrBuf *b, const char *format, ...) PRINTF_LIKE(2, 3);
void strbuf_add_vfmt(StrBuf *b, const char *format, va_list args) PRINTF_LIKE(2, 0);
void strbuf_add_hex(StrBuf *b, const void *bytes, size_t len); /* two lower-case digits a byte */
void strbuf_cut(StrBuf *b, size_t len);                        /* keep the first len bytes */

/* The most bytes that any text of this process may have with its NUL; more raises 54000. */
void strbuf_set_max(size_t size);

/* Make sure that extra more bytes fit without moving the text; returns where they would go. */
char *strbuf_reserve(StrBuf *b, size_t extra);

/* A sink that appends to b, which must outlive it. */
ByteSink strbuf_sink(StrBuf *b);

#endif
