/* str.c - small questions about strings, and splitting them. */
#include "common/base/base.h"

#include "common/text/str.h"

#include "common/mem/mem.h"
#include "common/text/strbuf.h"

bool str_ends_with(const char *s, const char *suffix)
{
    size_t len = strlen(s);
    size_t suffix_len = strlen(suffix);

    return len >= suffix_len && memcmp(s + len - suffix_len, suffix, suffix_len) == 0;
}

bool str_is_digits(const char *s)
{
    return *s != '\0' && strspn(s, "0123456789") == strlen(s);
}

char *str_split(const char **rest, char separator)
{
    const char *start = *rest;
    const char *end;

    if (start == NULL)
        return NULL;
    end = strchr(start, separator);
    *rest = end == NULL ? NULL : end + 1;
    return mem_strndup(start, end == NULL ? strlen(start) : (size_t)(end - start));
}

char *str_trim(const char *s)
{
    static const char blanks[] = " \t\r\n";
    size_t len;

    s += strspn(s, blanks);
    len = strlen(s);
    while (len > 0 && strchr(blanks, s[len - 1]) != NULL)
        len--;
    return mem_strndup(s, len);
}

/* Bytes of the sequence that starts at p, 0 when it is not valid; left is at least 1. */
static size_t utf8_sequence(const uint8_t *p, size_t left)
{
    static const uint32_t min_of_len[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t len = p[0] < 0x80 ? 1 : p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    uint32_t code = p[0];

    if (len == 0 || len > left || p[0] > 0xF4)
        return 0;
    if (len > 1)
        code &= 0xFFU >> (len + 1);
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        code = code << 6 | (p[i] & 0x3F);
    }
    if (code < min_of_len[len] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return 0;
    return len;
}

char *str_shell_word(const char *s)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=@%+,-";
    StrBuf word;

    if (*s != '\0' && strspn(s, plain) == strlen(s))
        return mem_strdup(s);
    strbuf_init(&word);
    strbuf_add_char(&word, '\'');
    for (; *s != '\0'; s++) {
        if (*s == '\'')
            strbuf_add(&word, "'\\''");
        else
            strbuf_add_char(&word, *s);
    }
    strbuf_add_char(&word, '\'');
    return word.text;
}

bool str_is_utf8(const char *bytes, size_t len)
{
    const uint8_t *p = (const uint8_t *)bytes;

    while (len > 0) {
        size_t sequence = utf8_sequence(p, len);

        if (sequence == 0)
            return false;
        p += sequence;
        len -= sequence;
    }
    return true;
}
