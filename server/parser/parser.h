/*
 * parser.h - SQL text to raw trees
 *
 * Raw trees say what was written, not what it means: no catalog is read, so any text can be parsed
 * outside of transactions. What is wrong with the text raises PostgreSQL's errors, most of them
 * 42601 with the position. The trees lie in the memory context that is current; texts in them are
 * copies. Locations are byte offsets in text.
 */
#ifndef PARSER_PARSER_H
#define PARSER_PARSER_H

#include "common/base/base.h"

#include "common/text/encoding.h"
#include "server/node/node.h"

#define IDENTIFIER_SIZE 64 /* bytes of a name with its NUL: longer ones are cut */
#define KEYWORD_MAX     17 /* bytes of the longest key word */

typedef enum ParseMode {
    PARSE_STATEMENTS, /* any number of statements: a list of RawStmt */
    PARSE_TYPE_NAME,  /* a type, as in a cast: a list of one TypeName */
    PARSE_EXPRESSION, /* an expression, as PL/pgSQL has it: "a + b" and what may follow in a SELECT,
                         without the word itself: a list of one RawStmt */
} ParseMode;

/*
 * Parse text, which is in the encoding of the database and NUL-terminated. No statement at all
 * gives NULL, the empty list.
 */
List *parser_parse(const char *text, ParseMode mode, Encoding encoding);

/* What a word may be: U, C, T or R as pg_get_keywords() has it; 0 when it is no key word. */
char parser_keyword_category(const char *word);

/* The key words for pg_get_keywords(), by number from 0; false behind the last. */
bool parser_keyword_at(int i, const char **word, char *category, bool *is_bare_label);

#endif
