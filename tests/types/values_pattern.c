/* values_pattern.c - regular expressions, LIKE patterns, and texts that they may match. */
#include "common/base/base.h"

#include "tests/types/values.h"

/* Few letters, so that matches are frequent. */
void value_pattern_text(Seed *s, StrBuf *out)
{
    for (size_t i = seed_below(s, value_chance(s, 20) ? 30 : 9); i > 0; i--)
        strbuf_add(out, VALUE_PICK(s, "a", "a", "a", "a", "b", "b", "b", "c", "A", "B", "1", "_",
                                   " ", "\n", ".", "-", "%", "\\", "\xC3\xA9", "\xC3\x89", "ab",
                                   "aa", "abc"));
}

static void add_bracket(Seed *s, StrBuf *out)
{
    strbuf_add(out, VALUE_PICK(s, "[", "[", "[^"));
    for (size_t i = 1 + seed_below(s, 3); i > 0; i--)
        strbuf_add(out, VALUE_PICK(s, "a", "b", "a-b", "b-z", "A-B", "[:alpha:]", "[:digit:]",
                                   "[:space:]", "[:upper:]", "[:lower:]", "[:punct:]", "\\d", "\\w",
                                   "\\s", "\\W", "_", "\xC3\xA9", "[.a.]", "[=b=]", "-", "^", "\\n",
                                   "\\]", "1", "c", "b", "a", "[.hyphen.]"));
    strbuf_add(out, "]");
}

static void add_branches(Seed *s, StrBuf *out, unsigned depth);

static void add_atom(Seed *s, StrBuf *out, unsigned depth)
{
    switch (seed_below(s, depth > 0 ? 16 : 10)) {
    case 0:
        add_bracket(s, out);
        return;
    case 1:
        strbuf_add(out, VALUE_PICK(s, ".", ".", "\\w", "\\d", "\\s", "\\W", "\\D", "\\S"));
        return;
    case 2:
        strbuf_add(out, VALUE_PICK(s, "^", "$", "\\y", "\\Y", "\\m", "\\M", "\\A", "\\Z", "[[:<:]]",
                                   "[[:>:]]"));
        return;
    case 10:
    case 11:
        strbuf_add(out, VALUE_PICK(s, "(?:", "(?:", "(?=", "(?!", "(?<=", "(?<!"));
        add_branches(s, out, depth - 1);
        strbuf_add(out, ")");
        return;
    case 12:
    case 13:
    case 14:
    case 15:
        strbuf_add(out, "(");
        add_branches(s, out, depth - 1);
        strbuf_add(out, ")");
        return;
    default:
        strbuf_add(out, VALUE_PICK(s, "a", "a", "a", "b", "b", "c", "ab", "\\.", "\xC3\xA9", "A",
                                   "_", "\\n", "1", "\\x61", "-"));
    }
}

static void add_quantified(Seed *s, StrBuf *out, unsigned depth)
{
    if (value_chance(s, 5)) {
        strbuf_add(out, VALUE_PICK(s, "\\1", "\\2", "\\1*", "\\1+?", "\\1{2}"));
        return;
    }
    add_atom(s, out, depth);
    if (value_chance(s, 45))
        strbuf_add(out, VALUE_PICK(s, "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,1}",
                                   "{2,}", "{1,2}?", "{1}?", "{0}", "{1,1}", "{1,1}?", "{2}?",
                                   "{1,}?", "{0,2}?"));
}

static void add_branches(Seed *s, StrBuf *out, unsigned depth)
{
    for (size_t branches = value_chance(s, 25) ? 2 + seed_below(s, 2) : 1; branches > 0;
         branches--) {
        for (size_t i = value_chance(s, 5) ? 0 : 1 + seed_below(s, 3); i > 0; i--)
            add_quantified(s, out, depth);
        if (branches > 1)
            strbuf_add(out, "|");
    }
}

void value_regex(Seed *s, StrBuf *out)
{
    if (value_chance(s, 4)) {
        for (size_t i = seed_below(s, 8); i > 0; i--)
            strbuf_add(out, VALUE_PICK(s, "(", ")", "[", "]", "{", "}", "*", "+", "?", "\\", "a",
                                       "b", ",", "1", "|", "^", "$", "-", ":", ".", "(?",
                                       "[:", ":]", "[.", "***", "***=", "***:", "(?i)", "{1", "\\x",
                                       "\\u", "\\c", "\\0", "\\12", "\\8", "=", "!", "<", "#"));
        return;
    }
    if (value_chance(s, 5))
        strbuf_add(out,
                   VALUE_PICK(s, "(?i)", "(?n)", "(?x)", "(?q)", "(?e)", "(?b)", "(?p)", "(?w)",
                              "(?s)", "***=", "***:", "(?ni)", "(?c)", "(?t)", "(?z)"));
    add_branches(s, out, 1 + (unsigned)seed_below(s, 3));
}

void value_regex_flags(Seed *s, StrBuf *out)
{
    for (size_t i = seed_below(s, 3); i > 0; i--)
        strbuf_add(out, VALUE_PICK(s, "g", "g", "g", "i", "c", "b", "e", "m", "n", "p", "q", "s",
                                   "t", "w", "x", "z", "\xC3\xA9"));
}

/* Without g, which most functions refuse. */
void value_regex_flags_single(Seed *s, StrBuf *out)
{
    if (value_chance(s, 10))
        value_regex_flags(s, out);
    else
        strbuf_add(out, VALUE_PICK(s, "", "i", "n", "p", "w", "x", "q", "e", "b", "in"));
}

void value_regex_replacement(Seed *s, StrBuf *out)
{
    for (size_t i = seed_below(s, 5); i > 0; i--)
        strbuf_add(out, VALUE_PICK(s, "x", "<", ">", "\\1", "\\2", "\\&", "\\\\", "\\", "\\0",
                                   "\\9", "\\x", "\xC3\xA9"));
}

void value_like(Seed *s, StrBuf *out)
{
    for (size_t i = seed_below(s, 8); i > 0; i--)
        strbuf_add(out,
                   VALUE_PICK(s, "%", "%", "%", "_", "a", "a", "b", "b", "c", "A", "\\a", "\\%",
                              "\\_", "\\\\", "\\", "\xC3\xA9", "\xC3\x89", "_%", "ab", "#", "#%"));
}

void value_like_escape(Seed *s, StrBuf *out)
{
    strbuf_add(out, VALUE_PICK(s, "#", "#", "\\", "", "a", "\xC3\xA9", "##", "%", "_"));
}

void value_similar(Seed *s, StrBuf *out)
{
    for (size_t i = seed_below(s, 9); i > 0; i--)
        strbuf_add(out, VALUE_PICK(s, "%", "_", "a", "b", "(", ")", "|", "*", "+", "?", "{2}",
                                   "[ab]", "[^a]", "[", "]", "[a\\]", ".", "^", "$", "\\", "#\"",
                                   "#", "\"", "\\\"", "\xC3\xA9", "[]a]", "[^]a]", "[[:alpha:]_]",
                                   "[a[.", "#a", "\\d"));
}
