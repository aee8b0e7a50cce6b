/* hex.c - hexadecimal digits to and from bytes and numbers. */
#include "common/base/base.h"

#include "common/text/hex.h"

int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

void hex_write(const void *bytes, size_t len, char *out)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *p = bytes;

    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[p[i] >> 4];
        out[2 * i + 1] = digits[p[i] & 15];
    }
    out[2 * len] = '\0';
}

bool hex_try_read(const char *text, void *bytes, size_t len)
{
    uint8_t *p = bytes;

    for (size_t i = 0; i < len; i++) {
        int high = hex_digit(text[2 * i]);
        int low = high < 0 ? -1 : hex_digit(text[2 * i + 1]);

        if (low < 0)
            return false;
        p[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

bool hex_read_u32(const char *text, uint32_t *out)
{
    uint32_t value = 0;

    for (int i = 0; i < 8; i++) {
        char c = text[i];

        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F')))
            return false;
        value = value << 4 | (uint32_t)hex_digit(c);
    }
    *out = value;
    return true;
}
