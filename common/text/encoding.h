/*
 * encoding.h - the encodings of PostgreSQL: names, validity, conversion
 *
 * UTF-8 and all single-byte encodings are converted, into each other too, by way of their code
 * points. The other multi-byte ones are known by name and number alone: what would need their
 * contents raises 0A000.
 *
 * SQL_ASCII says that nothing is known of bytes beyond ASCII: they are neither checked nor changed.
 *
 * Source: PostgreSQL 15 manual, "Character Set Support"; code points read from a server.
 */
#ifndef TEXT_ENCODING_H
#define TEXT_ENCODING_H

#include "common/base/base.h"

typedef enum Encoding {
#define ROW(number, name, bytes, kind, aliases) ENCODING_##name = (number),
#include "common/text/encoding.def"
#undef ROW
    ENCODING_COUNT,
} Encoding;

/* Find by a name as people write it: case and anything but letters and digits do not count. */
bool encoding_try_find(const char *name, Encoding *out);

const char *encoding_name(Encoding e); /* "UTF8" */
unsigned encoding_max_len(Encoding e); /* bytes of a character */
bool encoding_is_for_server(Encoding e);

/* Do we know its contents? */
bool encoding_is_supported(Encoding e);

/* Bytes of the character that begins at p, by its first byte alone; 1 or more. */
size_t encoding_char_len(Encoding e, const char *p);

/* How many characters are there? bytes must be valid. */
size_t encoding_count(Encoding e, const char *bytes, size_t len);

/* The first len bytes are cut to at most max, so that no character is. */
size_t encoding_clip(Encoding e, const char *bytes, size_t len, size_t max);

/* Bytes from the start that are valid; len when all are. NUL is not. */
size_t encoding_valid_len(Encoding e, const char *bytes, size_t len);

/* Raise 22021 'invalid byte sequence for encoding "UTF8": 0xff' unless all is valid. */
void encoding_check(Encoding e, const char *bytes, size_t len);

bool encoding_can_convert(Encoding from, Encoding to);

/*
 * Valid bytes of one encoding in another, with a NUL, in the current context; bytes itself when it
 * is the same there. Raises 22P05 where a character has no equivalent.
 */
const char *encoding_convert(Encoding from, Encoding to, const char *bytes, size_t len,
                             size_t *out_len);

/* As above, but what has no equivalent becomes "?", and nothing is raised but for memory. */
const char *encoding_convert_any(Encoding from, Encoding to, const char *bytes, size_t len,
                                 size_t *out_len);

#endif
