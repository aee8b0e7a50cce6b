/*
 * auth_file.h - lines of pg_hba.conf and pg_ident.conf as fields, and fields as words
 *
 * Fields stand between blanks; words of a field between commas. Double quotes take the meaning from
 * blanks, commas, # and @, and from key words; "" inside them stands for one. A backslash at the
 * end of a line joins the next one. An unquoted @file stands for the words of that file, which may
 * name others.
 */
#ifndef AUTH_AUTH_FILE_H
#define AUTH_AUTH_FILE_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/err/err.h"

typedef struct AuthWord {
    char *text;
    bool is_quoted; /* it began with a quote: no key word */
} AuthWord;

typedef struct AuthLine {
    int number;
    const char *text; /* as it stands there */
    Array fields;      /* Array of AuthWord; each has one at least */
    const char *error; /* NULL: none; then fields are of no use */
} AuthLine;

/*
 * Fill lines (AuthLine), made by this call, in the current context; empty ones are left out. False
 * when the file cannot be read: *error says why. Lines that are wrong are logged at level.
 */
bool auth_file_read(const char *path, ErrLevel level, Array *lines, const char **error);

/* As above, from text; path is for messages and for what it names. */
void auth_file_parse(const char *path, const char *text, size_t len, ErrLevel level, Array *lines);

/* Is it that key word (unquoted)? */
bool auth_word_is(const AuthWord *word, const char *key_word);

/* The words of a field; raises nothing: i is below lines' fields.count. */
static inline const Array *auth_field(const AuthLine *line, size_t i)
{
    return array_at(&line->fields, i);
}

#endif
