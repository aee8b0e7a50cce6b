/*
 * types_int.h - what the files of the folder share: results, and errors about input
 */
#ifndef TYPES_TYPES_INT_H
#define TYPES_TYPES_INT_H

#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "server/fmgr/fmgr.h"
#include "server/types/builtin.h"

/* ---- Results ---- */

/* A new text, bytea or the like, by what is in it. */
static inline Datum text_result(const void *bytes, size_t len)
{
    return datum_of_pointer(varlena_new(bytes, len));
}

static inline Datum text_result_of(const char *s)
{
    return text_result(s, strlen(s));
}

/*
 * A text that is written piece by piece: text_begin(), then strbuf_add*() and the like, then
 * text_end(), which gives it without a copy.
 */
void text_begin(StrBuf *b);
Datum text_end(StrBuf *b);

/* A new text of len bytes, to be filled in at varlena_bytes(). Raises XX000 above 1 GB. */
uint8_t *text_new_room(size_t len);

/* The text of a value as a C string, in the current context. */
char *text_cstring(const uint8_t *packed);

static inline Datum cstring_result(const char *s)
{
    return datum_of_pointer(mem_strdup(s));
}

/* ---- Input ---- */

/* As isspace() in the C locale: what input functions pass over. */
static inline bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline const char *skip_spaces(const char *s)
{
    while (is_space(*s))
        s++;
    return s;
}

/* 22P02: invalid input syntax for type TYPE: "TEXT" */
_Noreturn void types_raise_syntax(const char *type, const char *text);

/* 22003: value "TEXT" is out of range for type TYPE */
_Noreturn void types_raise_input_range(const char *type, const char *text);

/* 22003: TYPE out of range, as "integer out of range" */
_Noreturn void types_raise_range(const char *type);

/* 22012 */
_Noreturn void types_raise_division_by_zero(void);

#endif
