/*
 * int_text.h - integers from and to decimal text
 */
#ifndef TYPES_INT_TEXT_H
#define TYPES_INT_TEXT_H

#include "common/base/base.h"

#define INT_TEXT_SIZE 21 /* the longest, with a NUL */

/* Write the digits and a NUL; returns how many characters stand before it. */
size_t int_print_u64(uint64_t v, char *out);
size_t int_print_i64(int64_t v, char *out);

static inline size_t int_print_i32(int32_t v, char *out)
{
    return int_print_i64(v, out);
}

static inline size_t int_print_u32(uint32_t v, char *out)
{
    return int_print_u64(v, out);
}

/*
 * Read all of text: blanks around, a sign, digits. Raises 22P02 "invalid input syntax for type
 * integer" and 22003 "value ... is out of range for type integer", with the type's own name.
 */
int16_t int_parse_i16(const char *text);
int32_t int_parse_i32(const char *text);
int64_t int_parse_i64(const char *text);

/*
 * A number as strtoul() reads it: a sign is taken, base 0 knows 0x and 0. *end is behind it, and
 * text itself when there is none. More than 64 bits give UINT64_MAX and *is_over.
 */
uint64_t int_read_u64(const char *text, int base, const char **end, bool *is_over);

#endif
