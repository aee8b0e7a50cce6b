/*
 * parser_int.h - what scanner, grammar and parser.c share
 *
 * A Parser is the state of one call. The scanner works on a copy of the text and says where each
 * token began and ended; token_next() in token.c stands between it and the grammar, since a few
 * tokens depend on the next one.
 */
#ifndef PARSER_PARSER_INT_H
#define PARSER_PARSER_INT_H

#include "common/base/base.h"

#include "common/err/err.h"
#include "common/text/encoding.h"
#include "common/text/strbuf.h"
#include "server/node/node.h"
#include "server/parser/parser.h"

typedef struct Parser Parser;

typedef struct Keyword {
    const char *word;
    short token;
    bool is_bare;  /* a label without AS */
    char category; /* U, C, T or R as pg_get_keywords() says */
} Keyword;

/* A thing with or without IF EXISTS before it. */
typedef struct MaybeValue {
    bool is_true; /* IF EXISTS was there */
    void *any;
    const char *text;
} MaybeValue;

typedef struct GroupValue {
    struct List *list;
    bool is_distinct;
} GroupValue;

/* The value of a token or rule; gram.y says which has which. */
typedef union TokenValue {
    int number;
    char letter;
    bool is_true;
    const char *text;
    const char *keyword;
    struct List *list;
    void *any; /* a node */
    MaybeValue maybe;
    GroupValue group;
} TokenValue;

/* Where a token begins: an offset in bytes. */
typedef int TokenLocation;

typedef struct Token {
    int kind;
    int start;
    int end;
    TokenValue value;
} Token;

struct Parser {
    const char *text; /* the query */
    size_t length;
    Encoding encoding;
    ParseMode mode;
    List *result;

    /* The scanner's: where its copy begins, and what a token of several pieces needs. */
    void *scanner;
    char *copy;
    StrBuf literal;
    int start;              /* of the token that is being scanned */
    int end;                /* of the last piece */
    int state_before_quote; /* of the literal whose end might be followed by another piece */
    int comment_depth;
    const char *dollar_tag;
    size_t dollar_tag_length;
    uint32_t high_surrogate;
    bool has_odd_bytes; /* escapes made bytes that need a check against the encoding */
    bool warns_of_escapes;

    /* token.c's: a first token that chooses the mode, the last one given, one read ahead. */
    bool is_begun;
    bool has_ahead;
    Token current, ahead;
};

/* scan.l: prepare for the text of p; read a token, 0 at the end; give everything back. */
void scan_begin(Parser *p);
int scan_token(Parser *p, Token *token);
void scan_end(Parser *p);

/* token.c */
int token_next(TokenValue *value, TokenLocation *location, Parser *p);

/* Add a character in the encoding of p; it was written from start to end. */
void token_add_unicode(Parser *p, StrBuf *out, uint32_t code, int start, int end);
bool token_is_surrogate_first(uint32_t code);
bool token_is_surrogate_second(uint32_t code);
uint32_t token_join_surrogates(uint32_t first, uint32_t second);

/* keyword.c: NULL when the word is none; it must be in lower case. */
const Keyword *keyword_find(const char *word, size_t length);

/* identifier.c */
const char *identifier_fold(Parser *p, const char *word, size_t length);
const char *identifier_clip(Parser *p, char *name, size_t length, bool is_quiet);

/* parser.c: 'message at or near "text"', the text being what lies between the offsets. */
_Noreturn void parser_fail_at(Parser *p, const char *message, int start, int end);

/* The same for the token that was read last. */
_Noreturn void parser_fail(Parser *p, const char *message);

/* An offset as the position that clients get: characters from 1; 0 for none. */
int parser_position(const Parser *p, int location);

/* gram.y */
int grammar_parse(Parser *p);

#endif
