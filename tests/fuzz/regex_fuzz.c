/*
 * regex_fuzz.c - any bytes as a regular expression, and as a text to search
 *
 * The first byte has the flags; a zero byte parts the two. What matches lies within the text, and
 * parts of it within the whole but for what looks ahead.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/regex/regex.h"
#include "tests/fuzz/target.h"

#define SPANS_MAX 10
#define INPUT_MAX 80 /* searching may take long for more */

static bool is_in_class(const void *self UNUSED, RegexClass class, uint32_t c)
{
    return (c >> (class % 8) & 1) != 0;
}

static uint32_t to_lower(const void *self UNUSED, uint32_t c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static uint32_t to_upper(const void *self UNUSED, uint32_t c)
{
    return c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c;
}

void fuzz_take(const uint8_t *data, size_t size)
{
    static const RegexLocale locale = {is_in_class, to_lower, to_upper, NULL};
    uint32_t input[INPUT_MAX];
    RegexSpan spans[SPANS_MAX];
    size_t len = 0, text = 0;
    unsigned count;
    Regex *re;

    if (size < 1 || size > INPUT_MAX)
        return;
    for (size_t i = 1; i < size; i++)
        input[len++] = data[i];
    while (text < len && input[text] != 0)
        text++;
    re = regex_compile(input, text, data[0], &locale, mem_current());
    text = text < len ? text + 1 : len;
    count = (unsigned)size_min(regex_capture_count(re) + 1, SPANS_MAX);
    if (!regex_search(re, input + text, len - text, 0, spans, count))
        return;
    for (unsigned i = 0; i < count; i++) {
        bool is_there = spans[i].start >= 0;

        if ((i == 0 && !is_there) || (is_there && spans[i].end < spans[i].start) ||
            (is_there && (uint64_t)spans[i].end > len - text))
            abort();
    }
    if (regex_search(re, input + text, len - text, 0, NULL, 0) != true)
        abort();
}
