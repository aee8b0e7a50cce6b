/*
 * put.h - numbers and names into a StrBuf, by hand, since dumps are made of little else
 *
 * Each put_ adds at the end and keeps the text terminated. printf takes 30 times as long.
 */
#ifndef WALREC_PUT_H
#define WALREC_PUT_H

#include "common/base/base.h"

#include "common/format/block_tag.h"
#include "common/text/strbuf.h"

/* Room for n bytes and a NUL; then say where the text ends. */
static inline char *put_begin(StrBuf *b, size_t n)
{
    return LIKELY(b->room - b->len > n) ? b->text + b->len : strbuf_reserve(b, n);
}

static inline void put_end(StrBuf *b, char *end)
{
    *end = '\0';
    b->len = (size_t)(end - b->text);
}

static inline void put_bytes(StrBuf *b, const char *bytes, size_t len)
{
    char *p = put_begin(b, len);

    memcpy(p, bytes, len);
    put_end(b, p + len);
}

/* A string constant. */
#define put_text(b, constant) put_bytes((b), "" constant, sizeof(constant) - 1)

static inline void put_char(StrBuf *b, char c)
{
    char *p = put_begin(b, 1);

    *p = c;
    put_end(b, p + 1);
}

/* The digits of v behind p; returns their end. At most 10 of them. */
static inline char *put_digits(char *p, uint32_t v)
{
    char digits[10];
    size_t count = 0;

    do {
        digits[count++] = (char)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    while (count > 0)
        *p++ = digits[--count];
    return p;
}

static inline void put_u32(StrBuf *b, uint32_t v)
{
    put_end(b, put_digits(put_begin(b, 10), v));
}

/* As "%02X". */
static inline void put_hex_u8(StrBuf *b, uint8_t v)
{
    char *p = put_begin(b, 2);

    p[0] = "0123456789ABCDEF"[v >> 4];
    p[1] = "0123456789ABCDEF"[v & 15];
    put_end(b, p + 2);
}

/* v in upper-case digits, at least width of them (1 to 8), behind p; returns their end. */
static inline char *put_hex_digits(char *p, uint32_t v, unsigned width)
{
    unsigned count = (35u - (unsigned)__builtin_clz(v | 1)) / 4;

    for (count = count < width ? width : count; count > 0; count--)
        *p++ = "0123456789ABCDEF"[(v >> (4 * (count - 1))) & 15];
    return p;
}

/* As "%X/%X". */
static inline void put_lsn(StrBuf *b, Lsn lsn)
{
    char *p = put_hex_digits(put_begin(b, 17), (uint32_t)(lsn >> 32), 1);

    *p++ = '/';
    put_end(b, put_hex_digits(p, (uint32_t)lsn, 1));
}

/* A transaction id with its epoch: "0:735". */
static inline void put_full_xid(StrBuf *b, FullXid xid)
{
    put_u32(b, (uint32_t)(xid >> 32));
    put_char(b, ':');
    put_u32(b, (Xid)xid);
}

/* "1663/5/16384" */
static inline void put_rel(StrBuf *b, const RelTag *rel)
{
    char *p = put_digits(put_begin(b, 32), rel->tablespace);

    *p++ = '/';
    p = put_digits(p, rel->database);
    *p++ = '/';
    put_end(b, put_digits(p, rel->rel));
}

/* " T" or " F" and the like: one letter for a truth. */
static inline void put_truth(StrBuf *b, bool truth)
{
    put_char(b, truth ? 'T' : 'F');
}

/* The file of a fork in a data directory of that version, e.g. "base/5/16384_vm". */
void put_rel_path(StrBuf *b, unsigned version, const RelTag *rel, uint32_t fork);

/* "2026-11-23 00:49:18.717207 UTC", in the time zone of the process. */
void put_time(StrBuf *b, PgTime time);

#endif
