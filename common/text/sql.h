/*
 * sql.h - names and texts as SQL writes them, for who puts statements together
 *
 * Source: PostgreSQL 15 manual, "Identifiers and Key Words", "String Constants", "SQL Key Words".
 */
#ifndef TEXT_SQL_H
#define TEXT_SQL_H

#include "common/base/base.h"

#include "common/text/strbuf.h"

/* What a word may be: U, C, T or R as pg_get_keywords() has it; 0 when it is no key word. */
char sql_keyword_category(const char *word);

/* When a name is put in quotes. */
typedef enum SqlQuoting {
    SQL_QUOTE_NEEDED, /* when it would not be read back as it is without */
    SQL_QUOTE_ALWAYS,
} SqlQuoting;

/* name, in quotes where it must have them; in the current context, or name itself. */
const char *sql_identifier(const char *name, SqlQuoting quoting);

/* 'text', for a reader with standard_conforming_strings on. */
void sql_add_literal(StrBuf *out, const char *text);

/* As above, for a reader with it off: backslashes are doubled too. */
void sql_add_literal_escaped(StrBuf *out, const char *text);

/* As above, right whatever the reader's standard_conforming_strings: E'a\\b' with backslashes. */
void sql_add_literal_any(StrBuf *out, const char *text);

/* $hint$text$hint$; the tag grows until the text does not hold it. */
void sql_add_dollar_quoted(StrBuf *out, const char *text, const char *hint);

#endif
