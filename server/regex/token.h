/*
 * token.h - a pattern as tokens, in the three flavors
 */
#ifndef REGEX_TOKEN_H
#define REGEX_TOKEN_H

#include "common/base/base.h"

#include "server/regex/regex_int.h"

typedef enum TokenKind {
    TOKEN_BEGIN, /* before the first */
    TOKEN_END,
    TOKEN_CHAR,      /* value: which */
    TOKEN_CLASS,     /* value: RegexClass */
    TOKEN_NOT_CLASS, /* value: RegexClass */
    TOKEN_ANY,
    TOKEN_BRACKET, /* what is in it comes next */
    TOKEN_ASSERT,  /* value: AssertKind */
    TOKEN_BACKREF, /* value: number */
    TOKEN_OPEN,    /* value: does it capture? */
    TOKEN_LOOK,    /* value: LookKind */
    TOKEN_CLOSE,
    TOKEN_OR,
    TOKEN_STAR, /* value of these: is it greedy? */
    TOKEN_PLUS,
    TOKEN_QUESTION,
    TOKEN_BOUND, /* { with numbers behind */
} TokenKind;

typedef enum LookKind { LOOK_AHEAD = 0, LOOK_BEHIND = 1, LOOK_NEGATIVE = 2 } LookKind;

typedef struct Lexer {
    Regex *re;
    const uint32_t *pattern;
    size_t len, at;
    unsigned groups; /* how many ( were opened; the parser counts */
    TokenKind kind;  /* the token that was read last */
    uint32_t value;
} Lexer;

/* Reads *** and (?options) at the start, which change re's flags. */
void lexer_begin(Lexer *l);

void lexer_next(Lexer *l);

/* At TOKEN_BOUND: {m}, {m,} or {m,n}, with the token behind it. */
typedef struct Bound {
    uint32_t min, max;
    bool is_range, is_greedy;
} Bound;
Bound lexer_bound(Lexer *l);

#endif
