/* str.h - small questions about strings, and splitting them. */
#ifndef TEXT_STR_H
#define TEXT_STR_H

#include "common/base/base.h"

static inline bool str_equal(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static inline bool str_starts_with(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends_with(const char *s, const char *suffix);

/* True when s is one or more decimal digits and nothing else. */
bool str_is_digits(const char *s);

/*
 * The next piece of *rest up to separator, copied to the current memory context; *rest moves past
 * the separator and becomes NULL after the last piece. NULL when *rest is NULL.
 */
char *str_split(const char **rest, char separator);

/* A copy of s without blanks, tabs and line ends at both ends. */
char *str_trim(const char *s);

/* s as one word of a POSIX shell's command: in quotes when it needs them. */
char *str_shell_word(const char *s);

/* True when the bytes are valid UTF-8 (no surrogates, no overlong forms). */
bool str_is_utf8(const char *bytes, size_t len);

#endif
