/*
 * regex.h - PostgreSQL's regular expressions: advanced (ARE), extended (ERE) and basic (BRE) ones
 *
 * A pattern is compiled once and searched for many times; what matching finds out about it is kept
 * with it (dfa.c). Patterns and texts are arrays of code points. What a letter is comes from the
 * caller, who knows the collation.
 *
 * Of all matches the one that begins first counts; of those the longest or the shortest, as the
 * pattern prefers; what its parts match follows from their own preferences, from left to right.
 *
 * Source: PostgreSQL 15 manual, "POSIX Regular Expressions"; what that leaves open was observed.
 */
#ifndef REGEX_REGEX_H
#define REGEX_REGEX_H

#include "common/base/base.h"

#include "common/mem/mem.h"

typedef struct Regex Regex;

typedef enum RegexFlag {
    REGEX_EXTENDED = 1,        /* not a basic one */
    REGEX_ADVANCED = 2,        /* with all that EREs lack; together with REGEX_EXTENDED */
    REGEX_QUOTE = 4,           /* no special characters at all */
    REGEX_ANY_CASE = 8,        /* case does not matter */
    REGEX_SPACED = 16,         /* blanks and comments do not count */
    REGEX_DOT_NO_NEWLINE = 32, /* . and [^...] match no newline */
    REGEX_LINE_ANCHORS = 64,   /* ^ and $ match at lines, too */
    REGEX_ARE = REGEX_EXTENDED | REGEX_ADVANCED,
    REGEX_NEWLINE = REGEX_DOT_NO_NEWLINE | REGEX_LINE_ANCHORS,
} RegexFlag;

typedef enum RegexClass {
    REGEX_ALNUM,
    REGEX_ALPHA,
    REGEX_ASCII,
    REGEX_BLANK,
    REGEX_CNTRL,
    REGEX_DIGIT,
    REGEX_GRAPH,
    REGEX_LOWER,
    REGEX_PRINT,
    REGEX_PUNCT,
    REGEX_SPACE,
    REGEX_UPPER,
    REGEX_WORD, /* as ALNUM, with _ */
    REGEX_XDIGIT,
    REGEX_CLASS_COUNT,
} RegexClass;

/* What the caller knows of characters. ASCII, BLANK, CNTRL, WORD and XDIGIT are not asked for. */
typedef struct RegexLocale {
    bool (*is_in_class)(const void *self, RegexClass class, uint32_t c);
    uint32_t (*to_lower)(const void *self, uint32_t c);
    uint32_t (*to_upper)(const void *self, uint32_t c);
    const void *self;
} RegexLocale;

/* Where a part matched, as indexes of code points; start -1: it did not. */
typedef struct RegexSpan {
    int64_t start, end;
} RegexSpan;

/* Raises 2201B. The result has a context of its own below mem; locale->self must outlive it. */
Regex *regex_compile(const uint32_t *pattern, size_t len, unsigned flags, const RegexLocale *locale,
                     MemContext *mem);
void regex_free(Regex *re);

/* Raises 2201B for flags that do not go together, as regex_compile() does. */
void regex_check_flags(unsigned flags);

/* How many parts in capturing parentheses there are. */
unsigned regex_capture_count(const Regex *re);

/*
 * Find the first match that begins at start or later; what comes before start is seen by anchors.
 * spans[0] is the whole match, spans[n] that of the parentheses number n; as many as count says are
 * filled in. Asking for none is fastest.
 */
bool regex_search(Regex *re, const uint32_t *text, size_t len, size_t start, RegexSpan *spans,
                  unsigned count);

#endif
