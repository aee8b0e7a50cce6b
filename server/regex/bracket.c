/* bracket.c - [...]: sets of characters from ranges, classes and named characters. */
#include "common/base/base.h"

#include <string.h>

#include "server/regex/regex_int.h"

typedef struct BracketReader {
    const Regex *re;
    const uint32_t *pattern;
    size_t len, at;
    bool is_first; /* nothing was read yet but ^ */
    CharSet *set;
} BracketReader;

/* Names of single characters, as POSIX lists them. */
static const struct {
    const char *name;
    char c;
} char_names[] = {
    {"NUL", '\0'},
    {"SOH", '\001'},
    {"STX", '\002'},
    {"ETX", '\003'},
    {"EOT", '\004'},
    {"ENQ", '\005'},
    {"ACK", '\006'},
    {"BEL", '\007'},
    {"alert", '\007'},
    {"BS", '\010'},
    {"backspace", '\b'},
    {"HT", '\011'},
    {"tab", '\t'},
    {"LF", '\012'},
    {"newline", '\n'},
    {"VT", '\013'},
    {"vertical-tab", '\v'},
    {"FF", '\014'},
    {"form-feed", '\f'},
    {"CR", '\015'},
    {"carriage-return", '\r'},
    {"SO", '\016'},
    {"SI", '\017'},
    {"DLE", '\020'},
    {"DC1", '\021'},
    {"DC2", '\022'},
    {"DC3", '\023'},
    {"DC4", '\024'},
    {"NAK", '\025'},
    {"SYN", '\026'},
    {"ETB", '\027'},
    {"CAN", '\030'},
    {"EM", '\031'},
    {"SUB", '\032'},
    {"ESC", '\033'},
    {"IS4", '\034'},
    {"FS", '\034'},
    {"IS3", '\035'},
    {"GS", '\035'},
    {"IS2", '\036'},
    {"RS", '\036'},
    {"IS1", '\037'},
    {"US", '\037'},
    {"space", ' '},
    {"exclamation-mark", '!'},
    {"quotation-mark", '"'},
    {"number-sign", '#'},
    {"dollar-sign", '$'},
    {"percent-sign", '%'},
    {"ampersand", '&'},
    {"apostrophe", '\''},
    {"left-parenthesis", '('},
    {"right-parenthesis", ')'},
    {"asterisk", '*'},
    {"plus-sign", '+'},
    {"comma", ','},
    {"hyphen", '-'},
    {"hyphen-minus", '-'},
    {"period", '.'},
    {"full-stop", '.'},
    {"slash", '/'},
    {"solidus", '/'},
    {"zero", '0'},
    {"one", '1'},
    {"two", '2'},
    {"three", '3'},
    {"four", '4'},
    {"five", '5'},
    {"six", '6'},
    {"seven", '7'},
    {"eight", '8'},
    {"nine", '9'},
    {"colon", ':'},
    {"semicolon", ';'},
    {"less-than-sign", '<'},
    {"equals-sign", '='},
    {"greater-than-sign", '>'},
    {"question-mark", '?'},
    {"commercial-at", '@'},
    {"left-square-bracket", '['},
    {"backslash", '\\'},
    {"reverse-solidus", '\\'},
    {"right-square-bracket", ']'},
    {"circumflex", '^'},
    {"circumflex-accent", '^'},
    {"underscore", '_'},
    {"low-line", '_'},
    {"grave-accent", '`'},
    {"left-brace", '{'},
    {"left-curly-bracket", '{'},
    {"vertical-line", '|'},
    {"right-brace", '}'},
    {"right-curly-bracket", '}'},
    {"tilde", '~'},
    {"DEL", '\177'},
};

static const char *const class_names[REGEX_CLASS_COUNT] = {
    [REGEX_ALNUM] = "alnum", [REGEX_ALPHA] = "alpha",   [REGEX_ASCII] = "ascii",
    [REGEX_BLANK] = "blank", [REGEX_CNTRL] = "cntrl",   [REGEX_DIGIT] = "digit",
    [REGEX_GRAPH] = "graph", [REGEX_LOWER] = "lower",   [REGEX_PRINT] = "print",
    [REGEX_PUNCT] = "punct", [REGEX_SPACE] = "space",   [REGEX_UPPER] = "upper",
    [REGEX_WORD] = "word",   [REGEX_XDIGIT] = "xdigit",
};

void regex_add_char(const Regex *re, CharSet *set, uint32_t c)
{
    uint32_t lower, upper;

    charset_add(set, c, c);
    if ((re->flags & REGEX_ANY_CASE) == 0)
        return;
    lower = re->locale.to_lower(re->locale.self, c);
    upper = re->locale.to_upper(re->locale.self, c);
    if (lower != c)
        charset_add(set, lower, lower);
    if (upper != c)
        charset_add(set, upper, upper);
}

/* A backslash and what follows; a character, or a class. */
static Escape read_escape(BracketReader *r)
{
    Escape e = regex_parse_escape(r->pattern, r->len, &r->at, 0);

    if (e.kind != ESCAPE_CHAR && e.kind != ESCAPE_CLASS && e.kind != ESCAPE_NOT_CLASS)
        regex_raise(REGEX_BAD_ESCAPE);
    return e;
}

/* PostgreSQL reads one item further before it judges: a wrong escape there is told first. */
_Noreturn static void raise_bad(const BracketReader *r, const char *what)
{
    BracketReader next = *r;

    if (next.at < next.len && next.pattern[next.at] == '\\' &&
        (next.re->flags & REGEX_ADVANCED) != 0) {
        next.at++;
        (void)read_escape(&next);
    }
    regex_raise(what);
}

/* What stands between [. and .], or the like: its length, from r->at on. */
static size_t read_name(BracketReader *r, char mark)
{
    size_t from = r->at;

    for (; r->at + 1 < r->len; r->at++) {
        if (r->pattern[r->at] == (uint32_t)mark && r->pattern[r->at + 1] == ']') {
            size_t len = r->at - from;

            r->at += 2;
            if (r->at >= r->len)
                break;
            return len;
        }
    }
    regex_raise(REGEX_BAD_BRACKET);
}

static bool is_named(const uint32_t *chars, size_t len, const char *name)
{
    if (strlen(name) != len)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (chars[i] != (uint8_t)name[i])
            return false;
    }
    return true;
}

static uint32_t named_char(const BracketReader *r, const uint32_t *chars, size_t len)
{
    if (len == 1)
        return chars[0];
    for (size_t i = 0; i < ARRAY_LEN(char_names); i++) {
        if (is_named(chars, len, char_names[i].name))
            return (uint8_t)char_names[i].c;
    }
    raise_bad(r, REGEX_BAD_COLLATE);
}

static void add_class(BracketReader *r, const uint32_t *name, size_t len)
{
    for (unsigned i = 0; i < REGEX_CLASS_COUNT; i++) {
        if (!is_named(name, len, class_names[i]))
            continue;

        /* Without a case, a letter of one is any letter. */
        if ((r->re->flags & REGEX_ANY_CASE) != 0 && (i == REGEX_LOWER || i == REGEX_UPPER))
            i = REGEX_ALPHA;
        r->set->classes |= 1U << i;
        return;
    }
    raise_bad(r, REGEX_BAD_CLASS);
}

/* In other cases, each character of a range may be another. */
static void add_range(BracketReader *r, uint32_t low, uint32_t high)
{
    if (low > high)
        raise_bad(r, REGEX_BAD_RANGE);
    charset_add(r->set, low, high);
    if ((r->re->flags & REGEX_ANY_CASE) == 0)
        return;
    for (uint32_t c = low; c <= high && c <= 0x10FFFF; c++) {
        uint32_t lower = r->re->locale.to_lower(r->re->locale.self, c);
        uint32_t upper = r->re->locale.to_upper(r->re->locale.self, c);

        if (lower != c && (lower < low || lower > high))
            charset_add(r->set, lower, lower);
        if (upper != c && (upper < low || upper > high))
            charset_add(r->set, upper, upper);
    }
}

static bool looks_at(const BracketReader *r, char first, char second)
{
    return r->at + 1 < r->len && r->pattern[r->at] == (uint32_t)first &&
           r->pattern[r->at + 1] == (uint32_t)second;
}

/*
 * The next item: true when it is a character, which may begin a range; classes are added at once.
 */
static bool read_item(BracketReader *r, uint32_t *c)
{
    size_t from, len;

    if (looks_at(r, '[', '.')) {
        r->at += 2;
        from = r->at;
        len = read_name(r, '.');
        if (len == 0)
            raise_bad(r, REGEX_BAD_COLLATE);
        *c = named_char(r, r->pattern + from, len);
        return true;
    }
    if (looks_at(r, '[', '=')) {
        r->at += 2;
        from = r->at;
        len = read_name(r, '=');
        if (len == 0)
            raise_bad(r, REGEX_BAD_COLLATE);
        regex_add_char(r->re, r->set, named_char(r, r->pattern + from, len));
        return false;
    }
    if (looks_at(r, '[', ':')) {
        r->at += 2;
        from = r->at;
        len = read_name(r, ':');
        add_class(r, r->pattern + from, len);
        return false;
    }
    *c = r->pattern[r->at++];
    if (*c == '[' && r->at >= r->len)
        regex_raise(REGEX_BAD_BRACKET);
    if (*c == '\\' && (r->re->flags & REGEX_ADVANCED) != 0) {
        Escape e = read_escape(r);

        *c = e.value;
        if (e.kind == ESCAPE_CLASS)
            r->set->classes |= 1U << e.value;
        else if (e.kind == ESCAPE_NOT_CLASS)
            r->set->not_classes |= 1U << e.value;
        return e.kind == ESCAPE_CHAR;
    }
    return true;
}

/* A hyphen that is neither first nor last stands for a range. */
static bool is_range_mark(const BracketReader *r)
{
    return r->at < r->len && r->pattern[r->at] == '-' &&
           !(r->at + 1 < r->len && r->pattern[r->at + 1] == ']');
}

static void read_end_of_range(BracketReader *r, uint32_t low)
{
    uint32_t high;

    r->at++;
    if (r->at >= r->len)
        regex_raise(REGEX_BAD_BRACKET);
    if (looks_at(r, '[', ':') || looks_at(r, '[', '=') || !read_item(r, &high))
        regex_raise(REGEX_BAD_RANGE);
    if (r->at >= r->len)
        regex_raise(REGEX_BAD_BRACKET);
    add_range(r, low, high);
}

void regex_parse_bracket(Regex *re, const uint32_t *pattern, size_t len, size_t *at, CharSet *out)
{
    BracketReader r = {re, pattern, len, *at, true, out};

    charset_init(out);
    if (r.at < len && pattern[r.at] == '^') {
        out->is_inverted = true;
        out->lacks_newline = (re->flags & REGEX_DOT_NO_NEWLINE) != 0;
        r.at++;
    }
    for (;; r.is_first = false) {
        uint32_t c;

        if (r.at >= len)
            regex_raise(REGEX_BAD_BRACKET);
        if (pattern[r.at] == ']' && !r.is_first)
            break;
        if (!r.is_first && is_range_mark(&r))
            regex_raise(REGEX_BAD_RANGE);
        if (!read_item(&r, &c))
            continue;
        if (is_range_mark(&r))
            read_end_of_range(&r, c);
        else
            regex_add_char(re, out, c);
    }
    *at = r.at + 1;
}
