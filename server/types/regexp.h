/*
 * regexp.h - regular expressions over texts: flags, compiled patterns that are kept, searches
 */
#ifndef TYPES_REGEXP_H
#define TYPES_REGEXP_H

#include "common/base/base.h"

#include "server/fmgr/fmgr.h"
#include "server/regex/regex.h"
#include "server/types/collation.h"

/* Flags as functions take them, "gi"; is_global says whether g was there. Raises 22023. */
typedef struct RegexpFlags {
    unsigned flags; /* RegexFlag */
    bool is_global;
} RegexpFlags;
RegexpFlags regexp_flags(CollationText text);

/*
 * The pattern compiled, which stays so for a while: until some dozens of others were used. Raises
 * 2201B; 42P22 without a collation, 0A000 for one in which other bytes may be equal.
 */
Regex *regexp_get(CollationText pattern, unsigned flags, Oid collation);

/* A text as code points; small ones need no memory of their own. */
typedef struct WideText {
    uint32_t *chars;
    size_t len;
    uint32_t own[256];
} WideText;
void wide_text_begin(WideText *w, CollationText text);
void wide_text_end(WideText *w);

/* All matches of a text, with what is needed to cut pieces out of it. */
typedef struct RegexpMatches {
    CollationText text;
    size_t char_count;
    unsigned part_count; /* spans of each match: of the parentheses, or of the whole match */
    size_t match_count;
    const RegexSpan *spans; /* by match, by part */
    const uint32_t *places; /* byte of each character, and the end; NULL: each has one byte */
} RegexpMatches;

typedef struct RegexpQuery {
    unsigned flags;
    size_t start; /* in characters */
    bool wants_all;
    bool wants_parts;
    bool skips_empty; /* for splitting: no empty matches at the ends, or behind another */
} RegexpQuery;

/* In the current context; text must stay. */
void regexp_find_all(RegexpMatches *m, CollationText text, CollationText pattern,
                     const RegexpQuery *query, Oid collation);

/* The bytes between two characters. */
CollationText regexp_piece(const RegexpMatches *m, int64_t from, int64_t to);

#endif
