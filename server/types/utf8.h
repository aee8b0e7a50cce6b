/*
 * utf8.h - characters of valid UTF-8, one by one
 */
#ifndef TYPES_UTF8_H
#define TYPES_UTF8_H

#include "common/base/base.h"

#define UTF8_MAX 4 /* bytes of a character */

/* Bytes of the character that begins with this byte. */
static inline size_t utf8_len(char first)
{
    uint8_t b = (uint8_t)first;

    if (b < 0x80)
        return 1;
    if (b < 0xE0)
        return 2;
    return b < 0xF0 ? 3 : 4;
}

/* The code point at *p, which moves behind it. */
static inline uint32_t utf8_read(const char **p)
{
    const uint8_t *b = (const uint8_t *)*p;

    if (b[0] < 0x80) {
        *p += 1;
        return b[0];
    }
    if (b[0] < 0xE0) {
        *p += 2;
        return (uint32_t)(b[0] & 0x1F) << 6 | (b[1] & 0x3F);
    }
    if (b[0] < 0xF0) {
        *p += 3;
        return (uint32_t)(b[0] & 0x0F) << 12 | (uint32_t)(b[1] & 0x3F) << 6 | (b[2] & 0x3F);
    }
    *p += 4;
    return (uint32_t)(b[0] & 0x07) << 18 | (uint32_t)(b[1] & 0x3F) << 12 |
           (uint32_t)(b[2] & 0x3F) << 6 | (b[3] & 0x3F);
}

/* Write a code point below 0x110000; returns its bytes. */
static inline size_t utf8_write(uint32_t code, char *out)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

#endif
