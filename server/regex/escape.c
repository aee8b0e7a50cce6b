/* escape.c - what a backslash makes of the characters behind it, in advanced expressions. */
#include "common/base/base.h"

#include "server/regex/regex_int.h"

#define NUMBER_MAX 255 /* digits of a number: as many as there are */

static int digit_of(uint32_t c, uint32_t base)
{
    uint32_t d;

    if (c >= '0' && c <= '9')
        d = c - '0';
    else if (c >= 'a' && c <= 'f')
        d = c - 'a' + 10;
    else if (c >= 'A' && c <= 'F')
        d = c - 'A' + 10;
    else
        return -1;
    return d < base ? (int)d : -1;
}

static uint32_t read_digits(const uint32_t *pattern, size_t len, size_t *at, uint32_t base,
                            size_t min, size_t max)
{
    uint32_t n = 0;
    size_t count = 0;

    while (count < max && *at < len && digit_of(pattern[*at], base) >= 0) {
        n = n * base + (uint32_t)digit_of(pattern[*at], base);
        ++*at;
        count++;
    }
    if (count < min)
        regex_raise(REGEX_BAD_ESCAPE);
    return n;
}

static Escape of_char(uint32_t c)
{
    if (c > INT32_MAX)
        regex_raise(REGEX_BAD_ESCAPE);
    return (Escape){ESCAPE_CHAR, c};
}

/* Up to three octal digits; two when three make more than a byte. */
static Escape read_octal(const uint32_t *pattern, size_t len, size_t *at)
{
    uint32_t c = read_digits(pattern, len, at, 8, 1, 3);

    if (c > 0xFF) {
        --*at;
        c >>= 3;
    }
    return of_char(c);
}

/* One digit is a reference; more are when there are so many parentheses before. */
static Escape read_number(const uint32_t *pattern, size_t len, size_t *at, unsigned groups)
{
    size_t start = *at;
    uint32_t n = read_digits(pattern, len, at, 10, 1, NUMBER_MAX);

    if (*at == start + 1 || ((int32_t)n > 0 && n <= groups))
        return (Escape){ESCAPE_BACKREF, n};
    *at = start;
    return read_octal(pattern, len, at);
}

static bool is_ascii_alnum(uint32_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

Escape regex_parse_escape(const uint32_t *pattern, size_t len, size_t *at, unsigned groups)
{
    uint32_t c;

    if (*at >= len)
        regex_raise(REGEX_BAD_ESCAPE);
    c = pattern[(*at)++];
    if (!is_ascii_alnum(c))
        return (Escape){ESCAPE_CHAR, c};
    switch (c) {
    case 'a':
        return of_char('\a');
    case 'A':
        return (Escape){ESCAPE_ASSERT, ASSERT_TEXT_BEGIN};
    case 'b':
        return of_char('\b');
    case 'B':
        return of_char('\\');
    case 'c':
        if (*at >= len)
            regex_raise(REGEX_BAD_ESCAPE);
        return of_char(pattern[(*at)++] & 037);
    case 'd':
        return (Escape){ESCAPE_CLASS, REGEX_DIGIT};
    case 'D':
        return (Escape){ESCAPE_NOT_CLASS, REGEX_DIGIT};
    case 'e':
        return of_char(033);
    case 'f':
        return of_char('\f');
    case 'm':
        return (Escape){ESCAPE_ASSERT, ASSERT_WORD_BEGIN};
    case 'M':
        return (Escape){ESCAPE_ASSERT, ASSERT_WORD_END};
    case 'n':
        return of_char('\n');
    case 'r':
        return of_char('\r');
    case 's':
        return (Escape){ESCAPE_CLASS, REGEX_SPACE};
    case 'S':
        return (Escape){ESCAPE_NOT_CLASS, REGEX_SPACE};
    case 't':
        return of_char('\t');
    case 'u':
        return of_char(read_digits(pattern, len, at, 16, 4, 4));
    case 'U':
        return of_char(read_digits(pattern, len, at, 16, 8, 8));
    case 'v':
        return of_char('\v');
    case 'w':
        return (Escape){ESCAPE_CLASS, REGEX_WORD};
    case 'W':
        return (Escape){ESCAPE_NOT_CLASS, REGEX_WORD};
    case 'x':
        return of_char(read_digits(pattern, len, at, 16, 1, NUMBER_MAX));
    case 'y':
        return (Escape){ESCAPE_ASSERT, ASSERT_WORD_EDGE};
    case 'Y':
        return (Escape){ESCAPE_ASSERT, ASSERT_NO_WORD_EDGE};
    case 'Z':
        return (Escape){ESCAPE_ASSERT, ASSERT_TEXT_END};
    case '0':
        --*at;
        return read_octal(pattern, len, at);
    default:
        if (c < '1' || c > '9')
            regex_raise(REGEX_BAD_ESCAPE);
        --*at;
        return read_number(pattern, len, at, groups);
    }
}
