/*
 * regex_int.h - what the files of the folder share: trees, automata, sets of characters
 */
#ifndef REGEX_REGEX_INT_H
#define REGEX_REGEX_INT_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "server/regex/regex.h"

#define REGEX_INFINITE   UINT32_MAX
#define REGEX_BOUND_MAX  255
#define REGEX_NODES_MAX  100000 /* of an automaton */
#define REGEX_DEPTH_MAX  2000   /* of nested parentheses */
#define REGEX_NO_NEWLINE '\n'

/* ---- Sets of characters (charset.c) ---- */

typedef struct CharRange {
    uint32_t low, high; /* both belong to it */
} CharRange;

typedef struct CharSet {
    Array ranges;         /* CharRange */
    uint32_t classes;     /* bits of RegexClass */
    uint32_t not_classes; /* all but what is in the class */
    bool is_inverted;
    bool lacks_newline; /* of an inverted one: newline is not in it */
} CharSet;

/*
 * Characters that no set tells apart have the same color: an automaton knows colors alone. Colors
 * are found as characters are met.
 */
typedef struct Color {
    bool is_newline, is_word;
    uint64_t sets[]; /* bit n: set n has it */
} Color;

#define COLOR_LOW 1024 /* characters below are looked up in a table */

typedef struct Colors {
    MemContext *mem; /* of colors */
    const RegexLocale *locale;
    Array sets;   /* CharSet */
    Array colors; /* Color * */
    Array bounds; /* uint32_t: where ranges begin and end, sorted */
    uint32_t classes;
    bool needs_word;         /* some constraint asks */
    Array known;             /* KnownColor: by interval and classes */
    uint16_t low[COLOR_LOW]; /* color + 1; 0: not known yet */
    struct {
        uint32_t c;
        uint16_t color; /* + 1 */
    } recent[256];
} Colors;

void colors_init(Colors *c, const RegexLocale *locale);

/* The number of a set, which may have been there. */
unsigned colors_add_set(Colors *c, const CharSet *set);
void charset_init(CharSet *set);
void charset_add(CharSet *set, uint32_t low, uint32_t high);

/* No more sets will come. */
void colors_finish(Colors *c);

/* The color of a character. */
unsigned colors_find(Colors *c, uint32_t ch);

static inline unsigned colors_of(Colors *c, uint32_t ch)
{
    if (LIKELY(ch < COLOR_LOW && c->low[ch] != 0))
        return c->low[ch] - 1U;
    return colors_find(c, ch);
}

static inline const Color *colors_at(const Colors *c, unsigned color)
{
    return *(Color **)array_at(&c->colors, color);
}

static inline bool color_is_in(const Color *color, unsigned set)
{
    return (color->sets[set >> 6] >> (set & 63) & 1) != 0;
}

bool class_has(const RegexLocale *locale, RegexClass class, uint32_t c);

/* ---- Trees (parse.c, tree.c) ---- */

typedef enum NodeKind {
    NODE_EMPTY,
    NODE_SET,
    NODE_ASSERT,
    NODE_LOOK,
    NODE_BACKREF,
    NODE_CONCAT,
    NODE_ALTERNATIVES,
    NODE_REPEAT,
    NODE_CAPTURE,
} NodeKind;

typedef enum AssertKind {
    ASSERT_TEXT_BEGIN,
    ASSERT_LINE_BEGIN,
    ASSERT_TEXT_END,
    ASSERT_LINE_END,
    ASSERT_WORD_BEGIN,
    ASSERT_WORD_END,
    ASSERT_WORD_EDGE,
    ASSERT_NO_WORD_EDGE,
} AssertKind;

/* What a part prefers, and what is in it. */
typedef enum NodeFlag {
    PREFERS_LONG = 1,
    PREFERS_SHORT = 2,
    PREFERS_BOTH = 4, /* parts of it differ */
    HAS_CAPTURE = 8,
    HAS_BACKREF = 16,
} NodeFlag;
#define PREFERENCE (PREFERS_LONG | PREFERS_SHORT)

typedef struct Dfa Dfa;

typedef struct Node Node;
struct Node {
    NodeKind kind;
    unsigned flags;
    unsigned number;     /* of the set, assertion, look, parentheses */
    uint32_t min, max;   /* NODE_REPEAT, NODE_BACKREF */
    Node *first;         /* child */
    Node *next;          /* sibling */
    bool is_leaf;        /* what its parts match does not matter: its automaton says it all */
    uint32_t begin, end; /* of its part of the automaton */
    Dfa *dfa;            /* made at first use; NULL */
};

/* (?=re) and its kin. */
typedef struct Look {
    Node *root;
    bool is_behind, is_negative;
    Dfa *dfa;
} Look;

/* ---- Automata (nfa.c, dfa.c) ---- */

typedef enum StateKind {
    STATE_EMPTY, /* leads on without a character; to two places at most */
    STATE_SET,
    STATE_ASSERT,
    STATE_LOOK,
} StateKind;

typedef struct NfaState {
    uint8_t kind;
    uint32_t number;    /* of set, assertion, look */
    uint32_t out, out2; /* 0: none */
} NfaState;

struct Regex {
    MemContext *mem;
    RegexLocale locale;
    unsigned flags;
    unsigned capture_count;
    Colors colors;
    Array states; /* NfaState; 0 is none */
    Array looks;  /* Look */
    Array groups; /* Node *: the parentheses, by number - 1; NULL while they are open */
    Node *root;
    bool is_copying;       /* parts are built again for references */
    bool needs_text_begin; /* matches begin at the text's begin alone */
    Dfa *search;           /* tells where a match ends first */
    uint64_t run;          /* counts searches */
};

/* A text that is searched. */
typedef struct MatchText {
    const uint32_t *chars;
    int64_t len;
} MatchText;

/* parse.c: the tree of a pattern, with sets and looks in re. */
void regex_parse(Regex *re, const uint32_t *pattern, size_t len);

/* bracket.c: a set from what stands behind [; *at moves behind ]. */
void regex_parse_bracket(Regex *re, const uint32_t *pattern, size_t len, size_t *at, CharSet *out);

/* escape.c: what a backslash makes of what follows it. */
typedef enum EscapeKind {
    ESCAPE_CHAR,
    ESCAPE_CLASS,     /* \d \s \w */
    ESCAPE_NOT_CLASS, /* \D \S \W */
    ESCAPE_ASSERT,
    ESCAPE_BACKREF,
} EscapeKind;

typedef struct Escape {
    EscapeKind kind;
    uint32_t value; /* the character, class, assertion, number */
} Escape;

/* *at is behind the backslash, and moves; groups: how many parentheses were opened. */
Escape regex_parse_escape(const uint32_t *pattern, size_t len, size_t *at, unsigned groups);

/* A character, or what it is in other cases, too. */
void regex_add_char(const Regex *re, CharSet *set, uint32_t c);

/* 2201B: invalid regular expression: WHY */
_Noreturn void regex_raise(const char *why);
#define REGEX_BAD_PATTERN "invalid regexp (reg version 0.8)"
#define REGEX_BAD_COLLATE "invalid collating element"
#define REGEX_BAD_CLASS   "invalid character class"
#define REGEX_BAD_ESCAPE  "invalid escape \\ sequence"
#define REGEX_BAD_BACKREF "invalid backreference number"
#define REGEX_BAD_BRACKET "brackets [] not balanced"
#define REGEX_BAD_PAREN   "parentheses () not balanced"
#define REGEX_BAD_BRACE   "braces {} not balanced"
#define REGEX_BAD_BOUND   "invalid repetition count(s)"
#define REGEX_BAD_RANGE   "invalid character range"
#define REGEX_BAD_REPEAT  "quantifier operand invalid"
#define REGEX_BAD_OPTION  "invalid embedded option"
#define REGEX_TOO_BIG     "regular expression is too complex"

/* tree.c: nodes, and the shape in which parts are matched one by one. */
Node *regex_node(NodeKind kind);
Node *regex_alternatives(Node *branches);
Node *regex_branch(Node *atoms);

/* nfa.c: the automaton of a tree, and of the trees of looks. */
void regex_build(Regex *re);

/* The automaton of a node. */
Dfa *dfa_new(Regex *re, uint32_t begin, uint32_t end, bool is_search);

/*
 * The end of the longest (or shortest) match that begins at start, ends at min or later and at
 * limit at most; -1: there is none.
 */
int64_t dfa_longest(Dfa *d, const MatchText *t, int64_t start, int64_t limit);
int64_t dfa_shortest(Dfa *d, const MatchText *t, int64_t start, int64_t min, int64_t limit);

/*
 * For one that searches: where the first match that begins at start or later ends; -1. *from: no
 * match begins before it.
 */
int64_t dfa_find(Dfa *d, const MatchText *t, int64_t start, int64_t *from);

/* For one that searches: does a match end at that place? */
bool dfa_ends_at(Dfa *d, const MatchText *t, int64_t place);

/* match.c: find what the parts of a node matched; false when backreferences do not fit. */
bool match_parts(Regex *re, const MatchText *t, Node *node, int64_t start, int64_t end,
                 RegexSpan *captures);

#endif
