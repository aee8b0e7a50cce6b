/*
 * bytes_text.h - bytes written as text: hexadecimal, base64, escapes
 */
#ifndef TYPES_BYTES_TEXT_H
#define TYPES_BYTES_TEXT_H

#include "common/base/base.h"

#include "common/text/strbuf.h"

/* Digits in pairs, blanks between pairs; raises 22023. */
void bytes_read_hex(StrBuf *out, const char *text, size_t len);

/* \\ and \ooo stand for bytes; raises 22P02. */
void bytes_read_escaped(StrBuf *out, const char *text, size_t len);

#endif
