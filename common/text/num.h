/*
 * num.h - numbers, sizes, booleans and LSNs from and to text
 *
 * The try_ functions take a whole string: blanks before it, signs where the type has none, and
 * anything behind it make them return false with *out untouched.
 */
#ifndef TEXT_NUM_H
#define TEXT_NUM_H

#include "common/base/base.h"

bool num_try_parse_u64(const char *text, uint64_t *out);
bool num_try_parse_u32(const char *text, uint32_t *out);
bool num_try_parse_i64(const char *text, int64_t *out);

/*
 * A size in bytes: a number with an optional unit B, kB, MB, GB or TB (steps of 1024; blanks may
 * stand before it), as in settings; without a unit it counts unit bytes.
 */
bool num_try_parse_size(const char *text, uint64_t unit, uint64_t *out);

/* true/false, on/off, yes/no, 1/0 and unique beginnings of the words, in any case. */
bool num_try_parse_bool(const char *text, bool *out);

/* "X/X", both halves of one to eight hexadecimal digits. */
bool lsn_try_parse(const char *text, Lsn *out);

#define LSN_TEXT_SIZE 18
/* printf arguments for "%X/%X" */
#define LSN_FMT    "%X/%X"
#define LSN_ARG(l) (uint32_t)((l) >> 32), (uint32_t)(l)

/* "12.3 MB" and the like, for people; in the current memory context. */
char *num_size_text(uint64_t bytes);

#endif
