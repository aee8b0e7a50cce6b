/* hex.h - hexadecimal digits to and from bytes and numbers. */
#ifndef TEXT_HEX_H
#define TEXT_HEX_H

#include "common/base/base.h"

/* The value of one digit of either case; -1 when c is none. */
int hex_digit(char c);

/* Write len bytes as 2 * len lower-case digits and a NUL to out. */
void hex_write(const void *bytes, size_t len, char *out);

/* Read exactly 2 * len digits; false when there are fewer or one is none. */
bool hex_try_read(const char *text, void *bytes, size_t len);

/* Read exactly eight upper-case digits, as in file names; what follows is not looked at. */
bool hex_read_u32(const char *text, uint32_t *out);

#endif
