/*
 * json.h - JSON texts, token by token
 */
#ifndef TYPES_JSON_H
#define TYPES_JSON_H

#include "common/base/base.h"

typedef enum JsonToken {
    JSON_NONE, /* before the first */
    JSON_END,
    JSON_STRING,
    JSON_NUMBER,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
    JSON_OBJECT_BEGIN,
    JSON_OBJECT_END,
    JSON_ARRAY_BEGIN,
    JSON_ARRAY_END,
    JSON_COMMA,
    JSON_COLON,
} JsonToken;

typedef struct JsonLexer {
    const char *text, *end;
    const char *token_start, *token_end; /* of the token that was read last */
    JsonToken token;
    unsigned line; /* where it is, from 1 */
    const char *line_start;
} JsonLexer;

/* Before the first token. */
void json_begin(JsonLexer *l, const char *text, size_t len);

/* Raises 22P02 with PostgreSQL's details. */
void json_next(JsonLexer *l);

/* Is all of it one JSON value? Raises 22P02. */
void json_check(const char *text, size_t len);

#endif
