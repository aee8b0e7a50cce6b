/* base64.c - base64 to and from bytes. */
#include "common/base/base.h"

#include "common/text/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int digit_value(char c);

size_t base64_write(const void *bytes, size_t len, char *out)
{
    const uint8_t *p = bytes;
    char *at = out;

    for (; len >= 3; p += 3, len -= 3) {
        uint32_t group = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];

        for (int shift = 18; shift >= 0; shift -= 6)
            *at++ = alphabet[group >> shift & 63];
    }
    if (len > 0) {
        uint32_t group = (uint32_t)p[0] << 16 | (len == 2 ? (uint32_t)p[1] << 8 : 0);

        *at++ = alphabet[group >> 18 & 63];
        *at++ = alphabet[group >> 12 & 63];
        *at++ = len == 2 ? alphabet[group >> 6 & 63] : '=';
        *at++ = '=';
    }
    *at = '\0';
    return (size_t)(at - out);
}

bool base64_try_read(const char *text, size_t len, uint8_t *out, size_t *out_len)
{
    size_t n = 0;

    if (len % 4 != 0)
        return false;
    for (size_t i = 0; i < len; i += 4) {
        size_t padding = 0;
        uint32_t group = 0;

        if (i + 4 == len)
            padding = text[i + 3] != '=' ? 0 : text[i + 2] != '=' ? 1 : 2;
        for (size_t k = 0; k < 4; k++) {
            int value = k < 4 - padding ? digit_value(text[i + k]) : 0;

            if (value < 0)
                return false;
            group = group << 6 | (uint32_t)value;
        }
        out[n++] = (uint8_t)(group >> 16);
        if (padding < 2)
            out[n++] = (uint8_t)(group >> 8);
        if (padding < 1)
            out[n++] = (uint8_t)group;
    }
    *out_len = n;
    return true;
}

static int digit_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}
