/* base64.h - base64 (RFC 4648, with padding, without line ends), as SCRAM and encode() write it. */
#ifndef TEXT_BASE64_H
#define TEXT_BASE64_H

#include "common/base/base.h"

/* Characters that len bytes become, without a NUL; and the most bytes that len characters hold. */
#define BASE64_TEXT_LEN(len)  (((len) + 2) / 3 * 4)
#define BASE64_BYTES_MAX(len) (((len) + 3) / 4 * 3)

/* Write BASE64_TEXT_LEN(len) characters and a NUL to out; returns how many characters. */
size_t base64_write(const void *bytes, size_t len, char *out);

/*
 * Read exactly len characters into at most BASE64_BYTES_MAX(len) bytes; false when there is
 * anything else than whole groups of the alphabet with their padding.
 */
bool base64_try_read(const char *text, size_t len, uint8_t *out, size_t *out_len);

#endif
