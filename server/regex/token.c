/* token.c - cut a pattern into tokens; token.h lists them. */
#include "common/base/base.h"

#include "server/regex/token.h"

static void emit(Lexer *l, TokenKind kind, uint32_t value)
{
    l->kind = kind;
    l->value = value;
}

static bool is_at(const Lexer *l, size_t offset, char c)
{
    return l->at + offset < l->len && l->pattern[l->at + offset] == (uint8_t)c;
}

static bool is_blank(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit_at(const Lexer *l)
{
    return l->at < l->len && l->pattern[l->at] >= '0' && l->pattern[l->at] <= '9';
}

/* Blanks and comments, where they do not count. */
static void skip_spacing(Lexer *l)
{
    if ((l->re->flags & REGEX_SPACED) == 0)
        return;
    for (;;) {
        while (l->at < l->len && is_blank(l->pattern[l->at]))
            l->at++;
        if (!is_at(l, 0, '#'))
            return;
        while (l->at < l->len && l->pattern[l->at] != '\n')
            l->at++;
    }
}

/* ---- The start of a pattern ---- */

static void set_option(Regex *re, uint32_t c)
{
    switch (c) {
    case 'b':
        re->flags &= ~(unsigned)(REGEX_ADVANCED | REGEX_EXTENDED | REGEX_QUOTE);
        break;
    case 'c':
        re->flags &= ~(unsigned)REGEX_ANY_CASE;
        break;
    case 'e':
        re->flags |= REGEX_EXTENDED;
        re->flags &= ~(unsigned)(REGEX_ADVANCED | REGEX_QUOTE);
        break;
    case 'i':
        re->flags |= REGEX_ANY_CASE;
        break;
    case 'm':
    case 'n':
        re->flags |= REGEX_NEWLINE;
        break;
    case 'p':
        re->flags |= REGEX_DOT_NO_NEWLINE;
        re->flags &= ~(unsigned)REGEX_LINE_ANCHORS;
        break;
    case 'q':
        re->flags |= REGEX_QUOTE;
        re->flags &= ~(unsigned)REGEX_ADVANCED;
        break;
    case 's':
        re->flags &= ~(unsigned)REGEX_NEWLINE;
        break;
    case 't':
        re->flags &= ~(unsigned)REGEX_SPACED;
        break;
    case 'w':
        re->flags &= ~(unsigned)REGEX_DOT_NO_NEWLINE;
        re->flags |= REGEX_LINE_ANCHORS;
        break;
    case 'x':
        re->flags |= REGEX_SPACED;
        break;
    default:
        regex_raise(REGEX_BAD_OPTION);
    }
}

static bool is_letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void read_options(Lexer *l)
{
    if (!is_at(l, 0, '(') || !is_at(l, 1, '?') || l->at + 2 >= l->len ||
        !is_letter(l->pattern[l->at + 2]))
        return;
    for (l->at += 2; l->at < l->len && is_letter(l->pattern[l->at]); l->at++)
        set_option(l->re, l->pattern[l->at]);
    if (!is_at(l, 0, ')'))
        regex_raise(REGEX_BAD_OPTION);
    l->at++;
    if ((l->re->flags & REGEX_QUOTE) != 0)
        l->re->flags &= ~(unsigned)(REGEX_SPACED | REGEX_NEWLINE);
}

void lexer_begin(Lexer *l)
{
    Regex *re = l->re;

    emit(l, TOKEN_BEGIN, 0);
    if ((re->flags & REGEX_QUOTE) != 0)
        return;
    if (is_at(l, 0, '*') && is_at(l, 1, '*') && is_at(l, 2, '*')) {
        if (is_at(l, 3, '?'))
            regex_raise(REGEX_BAD_PATTERN);
        if (is_at(l, 3, '=')) {
            re->flags |= REGEX_QUOTE;
            re->flags &= ~(unsigned)(REGEX_ADVANCED | REGEX_SPACED | REGEX_NEWLINE);
            l->at += 4;
            return;
        }
        if (!is_at(l, 3, ':'))
            regex_raise(REGEX_BAD_REPEAT);
        re->flags |= REGEX_ARE;
        l->at += 4;
    }
    if ((re->flags & REGEX_ADVANCED) != 0)
        read_options(l);
}

/* ---- Tokens of EREs and AREs ---- */

/* A quantifier; in AREs ? behind it makes it prefer little. */
static void emit_quantifier(Lexer *l, TokenKind kind)
{
    bool is_greedy = true;

    if ((l->re->flags & REGEX_ADVANCED) != 0 && is_at(l, 0, '?')) {
        l->at++;
        is_greedy = false;
    }
    emit(l, kind, is_greedy);
}

static void next_escape(Lexer *l)
{
    static const TokenKind kinds[] = {
        [ESCAPE_CHAR] = TOKEN_CHAR,           [ESCAPE_CLASS] = TOKEN_CLASS,
        [ESCAPE_NOT_CLASS] = TOKEN_NOT_CLASS, [ESCAPE_ASSERT] = TOKEN_ASSERT,
        [ESCAPE_BACKREF] = TOKEN_BACKREF,
    };
    Escape e;

    if (l->at >= l->len)
        regex_raise(REGEX_BAD_ESCAPE);
    if ((l->re->flags & REGEX_ADVANCED) == 0) {
        emit(l, TOKEN_CHAR, l->pattern[l->at++]);
        return;
    }
    e = regex_parse_escape(l->pattern, l->len, &l->at, l->groups);
    emit(l, kinds[e.kind], e.value);
}

/* Behind "(?"; false: it was a comment. */
static bool next_special(Lexer *l)
{
    uint32_t c = l->at < l->len ? l->pattern[l->at++] : 0;

    switch (c) {
    case ':':
        emit(l, TOKEN_OPEN, false);
        return true;
    case '#':
        while (l->at < l->len && l->pattern[l->at] != ')')
            l->at++;
        if (l->at < l->len)
            l->at++;
        return false;
    case '=':
        emit(l, TOKEN_LOOK, LOOK_AHEAD);
        return true;
    case '!':
        emit(l, TOKEN_LOOK, LOOK_AHEAD | LOOK_NEGATIVE);
        return true;
    case '<':
        if (!is_at(l, 0, '=') && !is_at(l, 0, '!'))
            break;
        emit(l, TOKEN_LOOK, LOOK_BEHIND | (is_at(l, 0, '!') ? LOOK_NEGATIVE : 0U));
        l->at++;
        return true;
    default:
        break;
    }
    regex_raise(REGEX_BAD_REPEAT);
}

/* [[:<:]] and [[:>:]] are no sets. */
static void next_bracket(Lexer *l)
{
    if (is_at(l, 0, '[') && is_at(l, 1, ':') && (is_at(l, 2, '<') || is_at(l, 2, '>')) &&
        is_at(l, 3, ':') && is_at(l, 4, ']') && is_at(l, 5, ']')) {
        emit(l, TOKEN_ASSERT, is_at(l, 2, '<') ? ASSERT_WORD_BEGIN : ASSERT_WORD_END);
        l->at += 6;
        return;
    }
    emit(l, TOKEN_BRACKET, 0);
}

static void emit_anchor(Lexer *l, bool is_begin)
{
    if ((l->re->flags & REGEX_LINE_ANCHORS) != 0)
        emit(l, TOKEN_ASSERT, is_begin ? ASSERT_LINE_BEGIN : ASSERT_LINE_END);
    else
        emit(l, TOKEN_ASSERT, is_begin ? ASSERT_TEXT_BEGIN : ASSERT_TEXT_END);
}

/* False: nothing but a comment was there. */
static bool next_extended(Lexer *l)
{
    uint32_t c = l->pattern[l->at++];

    switch (c) {
    case '|':
        emit(l, TOKEN_OR, 0);
        break;
    case '*':
        emit_quantifier(l, TOKEN_STAR);
        break;
    case '+':
        emit_quantifier(l, TOKEN_PLUS);
        break;
    case '?':
        emit_quantifier(l, TOKEN_QUESTION);
        break;
    case '{':
        skip_spacing(l);
        if (is_digit_at(l))
            emit(l, TOKEN_BOUND, 0);
        else
            emit(l, TOKEN_CHAR, c);
        break;
    case '(':
        if ((l->re->flags & REGEX_ADVANCED) != 0 && is_at(l, 0, '?')) {
            l->at++;
            return next_special(l);
        }
        emit(l, TOKEN_OPEN, true);
        break;
    case ')':
        emit(l, TOKEN_CLOSE, c);
        break;
    case '[':
        next_bracket(l);
        break;
    case '.':
        emit(l, TOKEN_ANY, 0);
        break;
    case '^':
    case '$':
        emit_anchor(l, c == '^');
        break;
    case '\\':
        next_escape(l);
        break;
    default:
        emit(l, TOKEN_CHAR, c);
    }
    return true;
}

/* ---- Tokens of BREs ---- */

static void next_basic_escape(Lexer *l)
{
    uint32_t c;

    if (l->at >= l->len)
        regex_raise(REGEX_BAD_ESCAPE);
    c = l->pattern[l->at++];
    switch (c) {
    case '{':
        emit(l, TOKEN_BOUND, 0);
        break;
    case '(':
        emit(l, TOKEN_OPEN, true);
        break;
    case ')':
        emit(l, TOKEN_CLOSE, c);
        break;
    case '<':
        emit(l, TOKEN_ASSERT, ASSERT_WORD_BEGIN);
        break;
    case '>':
        emit(l, TOKEN_ASSERT, ASSERT_WORD_END);
        break;
    default:
        if (c >= '1' && c <= '9')
            emit(l, TOKEN_BACKREF, c - '0');
        else
            emit(l, TOKEN_CHAR, c);
    }
}

static void next_basic(Lexer *l)
{
    TokenKind before = l->kind;
    bool is_first = before == TOKEN_BEGIN || before == TOKEN_OPEN ||
                    (before == TOKEN_ASSERT && l->value <= ASSERT_LINE_BEGIN);
    uint32_t c = l->pattern[l->at++];

    if (c == '*' && !is_first)
        emit(l, TOKEN_STAR, true);
    else if (c == '[')
        next_bracket(l);
    else if (c == '.')
        emit(l, TOKEN_ANY, 0);
    else if (c == '^' && (before == TOKEN_BEGIN || before == TOKEN_OPEN))
        emit_anchor(l, true);
    else if (c == '$' && (l->at == l->len || (is_at(l, 0, '\\') && is_at(l, 1, ')'))))
        emit_anchor(l, false);
    else if (c == '\\')
        next_basic_escape(l);
    else
        emit(l, TOKEN_CHAR, c);
}

void lexer_next(Lexer *l)
{
    do {
        if ((l->re->flags & REGEX_QUOTE) == 0)
            skip_spacing(l);
        if (l->at >= l->len) {
            emit(l, TOKEN_END, 0);
            return;
        }
        if ((l->re->flags & REGEX_QUOTE) != 0) {
            emit(l, TOKEN_CHAR, l->pattern[l->at++]);
            return;
        }
        if ((l->re->flags & REGEX_EXTENDED) == 0) {
            next_basic(l);
            return;
        }
    } while (!next_extended(l));
}

/* ---- {m,n} ---- */

static _Noreturn void raise_bound(const Lexer *l)
{
    regex_raise(l->at >= l->len ? REGEX_BAD_BRACE : REGEX_BAD_BOUND);
}

static uint32_t read_number(Lexer *l)
{
    uint32_t n = 0;

    skip_spacing(l);
    while (is_digit_at(l)) {
        if (n >= REGEX_BOUND_MAX)
            regex_raise(REGEX_BAD_BOUND);
        n = n * 10 + (l->pattern[l->at++] - '0');
        skip_spacing(l);
    }
    if (n > REGEX_BOUND_MAX)
        regex_raise(REGEX_BAD_BOUND);
    return n;
}

Bound lexer_bound(Lexer *l)
{
    Bound b = {.is_greedy = true};
    bool is_basic = (l->re->flags & REGEX_EXTENDED) == 0;

    b.min = b.max = read_number(l);
    if (is_at(l, 0, ',')) {
        l->at++;
        b.is_range = true;
        skip_spacing(l);
        b.max = is_digit_at(l) ? read_number(l) : REGEX_INFINITE;
        if (b.min > b.max)
            regex_raise(REGEX_BAD_BOUND);
    }
    if (is_basic && is_at(l, 0, '\\') && is_at(l, 1, '}'))
        l->at++;
    else if (is_basic || !is_at(l, 0, '}'))
        raise_bound(l);
    l->at++;
    emit_quantifier(l, TOKEN_BOUND);
    b.is_greedy = l->value != 0;
    return b;
}
