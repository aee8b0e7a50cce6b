/*
 * regex_test.c - regular expressions without a server: what is found, how much memory that takes
 *
 * Random patterns are held against a real server by tests/types.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/regex/regex.h"
#include "tests/unit/unit.h"

static bool is_in_class(const void *self, RegexClass class, uint32_t c)
{
    bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

    (void)self;
    return class == REGEX_ALNUM && (is_letter || (c >= '0' && c <= '9'));
}

static uint32_t to_lower(const void *self, uint32_t c)
{
    (void)self;
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static uint32_t to_upper(const void *self, uint32_t c)
{
    (void)self;
    return c >= 'a' && c <= 'z' ? c - 32 : c;
}

static const RegexLocale locale = {is_in_class, to_lower, to_upper, NULL};

static uint32_t *wide(const char *text, size_t *len)
{
    uint32_t *out = mem_new_array(uint32_t, strlen(text) + 1);

    *len = strlen(text);
    for (size_t i = 0; i < *len; i++)
        out[i] = (uint8_t)text[i];
    return out;
}

static Regex *compiled(const char *pattern, unsigned flags)
{
    size_t len;
    const uint32_t *chars = wide(pattern, &len);

    return regex_compile(chars, len, REGEX_ARE | flags, &locale, mem_current());
}

/* "3-5 4-5 -": where the match and its parts are. */
static const char *found(const char *pattern, const char *text)
{
    Regex *re = compiled(pattern, 0);
    RegexSpan spans[10];
    unsigned count = regex_capture_count(re) + 1;
    size_t len;
    const uint32_t *chars = wide(text, &len);
    char *out = mem_strdup("");

    if (!regex_search(re, chars, len, 0, spans, count))
        return "none";
    for (unsigned i = 0; i < count; i++) {
        if (spans[i].start < 0)
            out = mem_printf("%s%s-", out, i > 0 ? " " : "");
        else
            out = mem_printf("%s%s%d-%d", out, i > 0 ? " " : "", (int)spans[i].start,
                             (int)spans[i].end);
    }
    return out;
}

static void the_first_match_counts_and_of_those_the_longest(void)
{
    CU_ASSERT_STRING_EQUAL(found("b+|bc", "abbc"), "1-3");
    CU_ASSERT_STRING_EQUAL(found("a|ab|abc", "xabcd"), "1-4");
    CU_ASSERT_STRING_EQUAL(found("x*", "axx"), "0-0");
    CU_ASSERT_STRING_EQUAL(found("q", "axx"), "none");
}

static void a_pattern_may_prefer_the_shortest(void)
{
    CU_ASSERT_STRING_EQUAL(found("a+?", "aaa"), "0-1");
    CU_ASSERT_STRING_EQUAL(found("a+?b+", "aabb"), "0-3");
    CU_ASSERT_STRING_EQUAL(found("(?:a+?|q)b*", "aabb"), "0-4");
}

static void parts_take_what_they_prefer_from_left_to_right(void)
{
    CU_ASSERT_STRING_EQUAL(found("(a*)(ab)*(b)*", "aab"), "0-3 0-2 - 2-3");
    CU_ASSERT_STRING_EQUAL(found("(a|ab)(bcd|c)", "abcd"), "0-4 0-1 1-4");
    CU_ASSERT_STRING_EQUAL(found("(a{1,2})+", "aaaa"), "0-4 3-4");
    CU_ASSERT_STRING_EQUAL(found("(a{1,2})*", "aaaa"), "0-4 2-4");
}

static void constraints_look_around(void)
{
    CU_ASSERT_STRING_EQUAL(found("a(?=b)", "acab"), "2-3");
    CU_ASSERT_STRING_EQUAL(found("a(?!b)", "abac"), "2-3");
    CU_ASSERT_STRING_EQUAL(found("(?<=b)a", "aba"), "2-3");
    CU_ASSERT_STRING_EQUAL(found("(?<!b)a", "baa"), "2-3");
    CU_ASSERT_STRING_EQUAL(found("\\mab\\M", "xab ab"), "4-6");
}

static void references_repeat_what_was_matched(void)
{
    CU_ASSERT_STRING_EQUAL(found("(a|b)c\\1", "acbbcb"), "3-6 3-4");
    CU_ASSERT_STRING_EQUAL(found("(a*)\\1", "aaaaa"), "0-4 0-2");
    CU_ASSERT_STRING_EQUAL(found("(.)\\1{2}", "aabbbb"), "2-5 2-3");
}

static const char *raised(const char *pattern)
{
    static const char *volatile text;

    text = "nothing";
    ERR_TRY() {
        compiled(pattern, 0);
    }
    ERR_CATCH() {
        text = mem_strdup(err_caught()->message);
    }
    ERR_END();
    return text;
}

static void what_is_no_pattern_is_refused(void)
{
    CU_ASSERT_STRING_EQUAL(raised("a**"), "invalid regular expression: quantifier operand invalid");
    CU_ASSERT_STRING_EQUAL(raised("(a"), "invalid regular expression: parentheses () not balanced");
    CU_ASSERT_STRING_EQUAL(raised("(((((a{255}){255}){255}){255}){255})"),
                           "invalid regular expression: regular expression is too complex");
    CU_ASSERT_STRING_EQUAL(raised("[[:blue:]]"),
                           "invalid regular expression: invalid character class");
}

/* Deterministic states of this pattern would be a million; few of them are kept at a time. */
static void memory_for_states_is_bounded(void)
{
    MemContext *mem = mem_context_new(NULL, "test");
    size_t len = 200000;
    uint32_t seed = 1;

    MEM_SCOPE(mem) {
        Regex *re = compiled("^(?:a|b)*a(?:a|b){19}$", 0);
        uint32_t *text = mem_new_array(uint32_t, len);
        RegexSpan span;

        for (size_t i = 0; i < len; i++) {
            seed = seed * 1664525 + 1013904223;
            text[i] = (seed >> 24 & 1) != 0 ? 'a' : 'b';
        }
        text[len - 20] = 'a';
        CU_ASSERT_TRUE(regex_search(re, text, len, 0, &span, 1));
        CU_ASSERT_EQUAL(span.end, (int64_t)len);
        text[len - 20] = 'b';
        CU_ASSERT_FALSE(regex_search(re, text, len, 0, NULL, 0));
    }
    CU_ASSERT_TRUE(mem_context_size(mem) < (size_t)16 << 20);
    mem_delete(mem);
}

static void a_search_may_begin_later(void)
{
    Regex *re = compiled("^a|b", 0);
    RegexSpan span;
    size_t len;
    const uint32_t *text = wide("aaab", &len);

    CU_ASSERT_TRUE(regex_search(re, text, len, 1, &span, 1));
    CU_ASSERT_EQUAL(span.start, 3);
    CU_ASSERT_FALSE(regex_search(compiled("^a", 0), text, len, 1, &span, 1));
    CU_ASSERT_TRUE(regex_search(compiled("A", REGEX_ANY_CASE), text, len, 2, &span, 1));
    CU_ASSERT_EQUAL(span.start, 2);
}

UNIT_SUITE(regex)
{
    UNIT_TEST(the_first_match_counts_and_of_those_the_longest);
    UNIT_TEST(a_pattern_may_prefer_the_shortest);
    UNIT_TEST(parts_take_what_they_prefer_from_left_to_right);
    UNIT_TEST(constraints_look_around);
    UNIT_TEST(references_repeat_what_was_matched);
    UNIT_TEST(what_is_no_pattern_is_refused);
    UNIT_TEST(memory_for_states_is_bounded);
    UNIT_TEST(a_search_may_begin_later);
}
