/*
 * pattern.h - what patterns of LIKE and regular expressions say before they are tried: a text that
 * all matches begin with, and how few matches there may be
 */
#ifndef PLANNER_PATTERN_H
#define PLANNER_PATTERN_H

#include "common/base/base.h"

#include "server/node/node.h"

typedef enum PatternKind {
    PATTERN_LIKE,
    PATTERN_ILIKE,
    PATTERN_REGEX,
    PATTERN_REGEX_ICASE,
    PATTERN_PREFIX, /* starts_with() */
} PatternKind;

typedef struct Pattern {
    PatternKind kind;
    bool is_bytea; /* not of characters */
    char *prefix;
    size_t prefix_len;
    bool is_exact; /* nothing matches but the prefix itself */
    double rest;   /* the share of texts with that prefix that match, as a guess */
} Pattern;

/* What the second argument of a function is; false: no pattern. */
bool pattern_find_kind(Oid function, PatternKind *kind);

/* Of a text or bytea that is not NULL; in the current context. */
Pattern pattern_read(PatternKind kind, const Const *value);

/*
 * Make the prefix a text that is above all that begin with it, by bytes; false: there is none. It
 * may become shorter.
 */
bool pattern_make_greater(Pattern *p);

#endif
