/*
 * quote.h - names and texts as SQL wants them quoted
 */
#ifndef TYPES_QUOTE_H
#define TYPES_QUOTE_H

#include "common/base/base.h"

#include "common/text/strbuf.h"

/*
 * The name itself when it needs no quotes (lower case, no key word but an unreserved one, and
 * quote_all_identifiers is off), else quoted in the current context.
 */
const char *quote_identifier(const char *name);
void quote_add_identifier(StrBuf *out, const char *name, size_t len);

/* 'text', with E before it when there is a backslash. */
void quote_add_literal(StrBuf *out, const char *text, size_t len);

/*
 * What a word may be, as pg_get_keywords() has it (U: unreserved); 0 when it is no key word. The
 * parser knows; set by main.
 */
typedef char (*QuoteKeyword)(const char *word);
void quote_set_keyword(QuoteKeyword category);

#endif
