/*
 * float_text.h - floating-point numbers from and to text
 */
#ifndef TYPES_FLOAT_TEXT_H
#define TYPES_FLOAT_TEXT_H

#include "common/base/base.h"

#define FLOAT_TEXT_SIZE 128 /* the longest with any setting, with a NUL */

/*
 * Write the number and a NUL as extra_float_digits wants it: above 0 the shortest text that reads
 * back as the same number. Returns how many characters stand before the NUL.
 */
size_t float8_print(double v, char *out);
size_t float4_print(float v, char *out);

/*
 * Read a number with blanks around: decimal, hexadecimal, infinity, NaN. type and whole are for
 * errors: 22P02 "invalid input syntax for type TYPE: WHOLE", 22003 '"1e400" is out of range for
 * type TYPE'. With end, what follows the number is left to the caller.
 */
double float8_parse(const char *text, const char **end, const char *type, const char *whole);
float float4_parse(const char *text);

#endif
