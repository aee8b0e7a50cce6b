/*
 * pattern.c - what patterns say before they are tried
 *
 * Of a regular expression the prefix is what stands behind ^ in plain characters, in groups too,
 * as long as there are no alternatives; where it cannot be told easily, there is none.
 */
#include "common/base/base.h"

#include "server/planner/pattern.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "common/mem/mem.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/varlena.h"
#include "server/planner/facts.h"
#include "server/types/database_text.h"

#define PART_FIXED_CHAR 0.20
#define PART_CHAR_RANGE 0.25
#define PART_ANY_CHAR   0.9
#define PART_REPEATED   2.0
#define PART_ANY_TEXT   5.0

/* ---- Which functions ---- */

/* Functions of prosupport, which say what a function's second argument is. */
static const struct {
    Oid support;
    PatternKind kind;
} kinds[] = {
    {1023, PATTERN_LIKE},        /* textlike_support */
    {1025, PATTERN_ILIKE},       /* texticlike_support */
    {1364, PATTERN_REGEX},       /* textregexeq_support */
    {1024, PATTERN_REGEX_ICASE}, /* texticregexeq_support */
    {6242, PATTERN_PREFIX},      /* text_starts_with_support */
};

bool pattern_find_kind(Oid function, PatternKind *kind)
{
    PgProc row;

    facts_function(function, &row);
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (kinds[i].support == row.prosupport) {
            *kind = kinds[i].kind;
            return true;
        }
    }
    return false;
}

/* ---- LIKE ---- */

static double rest_of_like(const char *at, size_t len)
{
    double s = 1;
    size_t i = 0;

    while (i < len && (at[i] == '%' || at[i] == '_'))
        i++;
    for (; i < len; i++) {
        if (at[i] == '%') {
            s *= PART_ANY_TEXT;
            continue;
        }
        if (at[i] == '_') {
            s *= PART_ANY_CHAR;
            continue;
        }
        if (at[i] == '\\' && ++i >= len)
            break;
        s *= PART_FIXED_CHAR;
    }
    return s > 1 ? 1 : s;
}

static bool has_case(char c)
{
    return isalpha((unsigned char)c) || (c & 0x80) != 0;
}

static void read_like(Pattern *p, const char *bytes, size_t len)
{
    size_t i = 0;

    for (; i < len; i++) {
        if (bytes[i] == '%' || bytes[i] == '_')
            break;
        if (bytes[i] == '\\' && ++i >= len)
            break;
        if (p->kind == PATTERN_ILIKE && has_case(bytes[i]))
            break;
        p->prefix[p->prefix_len++] = bytes[i];
    }
    p->is_exact = i >= len;
    p->rest = i >= len ? 1 : rest_of_like(bytes + i, len - i);
}

/* ---- Regular expressions: how many match ---- */

/* Behind a bracket expression, which begins at i; *is_negated: with ^. */
static size_t skip_bracket(const char *bytes, size_t i, size_t len, bool *is_negated)
{
    *is_negated = ++i < len && bytes[i] == '^';
    i += *is_negated;
    i += i < len && bytes[i] == ']';
    while (i < len && bytes[i] != ']')
        i++;
    return i;
}

/* Where the group that begins at i ends. */
static size_t skip_group(const char *bytes, size_t i, size_t len)
{
    int depth = 0;

    for (; i < len; i++) {
        bool is_negated;

        if (bytes[i] == '(')
            depth++;
        else if (bytes[i] == ')' && --depth == 0)
            return i;
        else if (bytes[i] == '[')
            i = skip_bracket(bytes, i, len, &is_negated);
        else if (bytes[i] == '{')
            while (i < len && bytes[i] != '}')
                i++;
        else if (bytes[i] == '\\')
            i++;
    }
    return len;
}

/* Each piece makes a match less likely, but what may repeat; alternatives add up. */
static double part_of_regex(const char *bytes, size_t len)
{
    double s = 1;

    node_check_depth();
    for (size_t i = 0; i < len; i++) {
        bool is_negated;
        size_t end;

        switch (bytes[i]) {
        case '(':
            end = skip_group(bytes, i, len);
            if (end < len)
                s *= part_of_regex(bytes + i + 1, end - i - 1);
            i = end;
            break;
        case '|':
            s += part_of_regex(bytes + i + 1, len - i - 1);
            return s > 1 ? 1 : s;
        case '[':
            i = skip_bracket(bytes, i, len, &is_negated);
            s *= is_negated ? 1 - PART_CHAR_RANGE : PART_CHAR_RANGE;
            break;
        case '.':
            s *= PART_ANY_CHAR;
            break;
        case '{':
            while (i < len && bytes[i] != '}')
                i++;
            s *= PART_REPEATED;
            break;
        case '*':
        case '?':
        case '+':
            s *= PART_REPEATED;
            break;
        case '\\':
            s *= ++i < len ? PART_FIXED_CHAR : 1;
            break;
        default:
            s *= PART_FIXED_CHAR;
        }
    }
    return s > 1 ? 1 : s;
}

static double rest_of_regex(const char *bytes, size_t len, size_t prefix_len)
{
    bool is_anchored = len > 0 && bytes[len - 1] == '$' && (len == 1 || bytes[len - 2] != '\\');
    double s = part_of_regex(bytes, is_anchored ? len - 1 : len);

    if (!is_anchored)
        s *= PART_ANY_TEXT;
    if (prefix_len > 0)
        s /= pow(PART_FIXED_CHAR, (double)prefix_len);
    return s > 1 ? 1 : s < 0 ? 0 : s;
}

/* ---- Regular expressions: what all matches begin with ---- */

static bool is_quantifier(const char *bytes, size_t i, size_t len)
{
    return i < len && strchr("*+?{", bytes[i]) != NULL;
}

/* Alternatives in bytes that are not in an inner group? */
static bool has_branches(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bool is_negated;

        if (bytes[i] == '|')
            return true;
        if (bytes[i] == '(')
            i = skip_group(bytes, i, len);
        else if (bytes[i] == '[')
            i = skip_bracket(bytes, i, len, &is_negated);
        else if (bytes[i] == '\\')
            i++;
    }
    return false;
}

/* A group that is just what stands in it, once. */
static bool is_plain_group(const char *bytes, size_t i, size_t len)
{
    size_t end = skip_group(bytes, i, len);

    return end < len && i + 1 < len && !is_quantifier(bytes, i + 1, len) &&
           !is_quantifier(bytes, end + 1, len) && !has_branches(bytes + i + 1, end - i - 1);
}

/* The plain character at *i, which moves to its end; its length, 0: it is something else. */
static size_t plain_char(const char *bytes, size_t *i, size_t len)
{
    size_t char_len;

    if (bytes[*i] == '\\') {
        if (*i + 1 >= len || isalnum((unsigned char)bytes[*i + 1]))
            return 0;
        ++*i;
    } else if (strchr(".[]()*+?{}^$|", bytes[*i]) != NULL) {
        return 0;
    }
    char_len = encoding_char_len(text_encoding(), bytes + *i);
    return char_len > len - *i ? 0 : char_len;
}

static void find_prefix(Pattern *p, const char *bytes, size_t len)
{
    size_t i = 1;

    while (i < len) {
        size_t char_len;

        if (bytes[i] == '(' && is_plain_group(bytes, i, len)) {
            i++;
            continue;
        }
        if (bytes[i] == ')') {
            i++;
            continue;
        }
        if (bytes[i] == '$' && i + 1 == len) {
            p->is_exact = true;
            return;
        }
        char_len = plain_char(bytes, &i, len);
        if (char_len == 0 ||
            (is_quantifier(bytes, i + char_len, len) && bytes[i + char_len] != '+') ||
            (p->kind == PATTERN_REGEX_ICASE && has_case(bytes[i])))
            return;
        memcpy(p->prefix + p->prefix_len, bytes + i, char_len);
        p->prefix_len += char_len;
        i += char_len;
        if (is_quantifier(bytes, i, len))
            return;
    }
}

/* Comments may hold half of a pair of parentheses. */
static bool has_comments(const char *bytes, size_t len)
{
    return memmem(bytes, len, "(?#", 3) != NULL;
}

static void read_regex(Pattern *p, const char *bytes, size_t len)
{
    if (len > 0 && bytes[0] == '^' && !has_comments(bytes, len) && !has_branches(bytes, len))
        find_prefix(p, bytes, len);
    p->rest = p->is_exact ? 1 : rest_of_regex(bytes, len, p->prefix_len);
}

/* ---- Any ---- */

Pattern pattern_read(PatternKind kind, const Const *value)
{
    const uint8_t *packed = varlena_packed(datum_pointer(value->value));
    const char *bytes = (const char *)varlena_bytes(packed);
    size_t len = varlena_len(packed);
    Pattern p = {.kind = kind,
                 .is_bytea = value->type == TYPE_BYTEA,
                 .prefix = mem_alloc(len + 1)};

    switch (kind) {
    case PATTERN_LIKE:
    case PATTERN_ILIKE:
        read_like(&p, bytes, len);
        break;
    case PATTERN_PREFIX:
        memcpy(p.prefix, bytes, len);
        p.prefix_len = len;
        p.rest = 1;
        break;
    default:
        read_regex(&p, bytes, len);
        break;
    }
    return p;
}

/* The next character of UTF-8, or nearly: some byte one more. False: none has this length. */
static bool increase_utf8(unsigned char *c, size_t len)
{
    unsigned char limit = c[0] == 0xED ? 0x9F : c[0] == 0xF4 ? 0x8F : 0xBF;

    for (size_t i = len; i-- > 1;) {
        if (c[i] < (i == 1 ? limit : 0xBF)) {
            c[i]++;
            return true;
        }
    }
    if (c[0] == 0x7F || c[0] == 0xDF || c[0] == 0xEF || c[0] == 0xF4)
        return false;
    c[0]++;
    return true;
}

static bool increase_byte(unsigned char *c)
{
    if (*c == 0xFF)
        return false;
    ++*c;
    return true;
}

bool pattern_make_greater(Pattern *p)
{
    bool is_utf8 = !p->is_bytea && text_encoding() == ENCODING_UTF8;

    while (p->prefix_len > 0) {
        size_t at = p->prefix_len - 1;

        while (is_utf8 && at > 0 && (p->prefix[at] & 0xC0) == 0x80)
            at--;
        if (is_utf8 ? increase_utf8((unsigned char *)p->prefix + at, p->prefix_len - at)
                    : increase_byte((unsigned char *)p->prefix + at))
            return true;
        p->prefix_len = at;
    }
    return false;
}
