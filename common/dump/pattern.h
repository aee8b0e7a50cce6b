/*
 * pattern.h - names as users pick them: "public.order*", "\"Mixed\"", "a?"
 *
 * A pattern is folded to lower case outside of quotes, * stands for any text and ? for any letter,
 * dots part database, schema and name; the rest is a regular expression. As in psql's \d.
 */
#ifndef DUMP_PATTERN_H
#define DUMP_PATTERN_H

#include "common/base/base.h"

#include "common/text/strbuf.h"

#define PATTERN_PARTS_MAX 3

typedef struct Pattern {
    StrBuf parts[PATTERN_PARTS_MAX]; /* regular expressions, without ^( and )$ */
    size_t part_count;               /* more than PATTERN_PARTS_MAX: too many, the rest is lost */
} Pattern;

void pattern_parse(const char *text, Pattern *out);

/* A condition that column matches the part; "" when any text does. */
void pattern_add_condition(StrBuf *sql, const char *column, const StrBuf *part);

#endif
