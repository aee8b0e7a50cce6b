/* collation_libc.c - collations of the C library. */
#include "common/base/base.h"

#include <ctype.h>
#include <wctype.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/types/collation_int.h"
#include "server/types/database_text.h"
#include "server/types/utf8.h"

#define LOCAL_SIZE 1024 /* texts up to this are copied to the stack */

/* The library wants a NUL behind. */
typedef struct Terminated {
    char room[LOCAL_SIZE];
    char *text;
} Terminated;

static const char *terminate(Terminated *t, CollationText from)
{
    t->text = from.len < LOCAL_SIZE ? t->room : mem_alloc(from.len + 1);
    memcpy(t->text, from.bytes, from.len);
    t->text[from.len] = '\0';
    return t->text;
}

static void give_back(Terminated *t)
{
    if (t->text != t->room)
        mem_free(t->text);
}

static _Noreturn void raise_no_locale(const char *name)
{
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
              .message = err_fmt("could not create locale \"%s\": No such file or directory", name),
              .detail = err_fmt("The operating system could not find any locale data for the "
                                "locale name \"%s\".",
                                name));
}

locale_t collation_libc_open(const char *collate, const char *ctype)
{
    locale_t locale = newlocale(LC_COLLATE_MASK, collate, (locale_t)0), both;

    if (locale == (locale_t)0)
        raise_no_locale(collate);
    both = newlocale(LC_CTYPE_MASK, ctype, locale);
    if (both == (locale_t)0) {
        freelocale(locale);
        raise_no_locale(ctype);
    }
    return both;
}

int collation_libc_compare(locale_t locale, CollationText a, CollationText b)
{
    Terminated x, y;
    int order = strcoll_l(terminate(&x, a), terminate(&y, b), locale);

    give_back(&x);
    give_back(&y);
    return order;
}

char *collation_libc_key(locale_t locale, CollationText text, size_t *len)
{
    Terminated t;
    const char *from = terminate(&t, text);
    char *key;

    *len = strxfrm_l(NULL, from, 0, locale);
    key = mem_alloc(*len + 1);
    strxfrm_l(key, from, *len + 1, locale);
    give_back(&t);
    return key;
}

/* ---- Case ---- */

static bool wants_upper(CollationCase to, bool is_inside_word)
{
    return to == CASE_UPPER || (to == CASE_INITCAP && !is_inside_word);
}

static char *change_utf8(locale_t locale, CollationCase to, CollationText text, size_t *len)
{
    const char *p = text.bytes, *end = text.bytes + text.len;
    char *out = mem_alloc(text.len * UTF8_MAX + 1), *to_here = out;
    bool is_inside = false;

    while (p < end) {
        wint_t c = utf8_read(&p), changed;

        changed = wants_upper(to, is_inside) ? towupper_l(c, locale) : towlower_l(c, locale);
        is_inside = iswalnum_l(changed, locale) != 0;
        to_here += utf8_write((uint32_t)changed, to_here);
    }
    *len = (size_t)(to_here - out);
    *to_here = '\0';
    return out;
}

static char *change_bytes(locale_t locale, CollationCase to, CollationText text, size_t *len)
{
    char *out = mem_strndup(text.bytes, text.len);
    bool is_inside = false;

    for (size_t i = 0; i < text.len; i++) {
        int c = (uint8_t)out[i];

        c = wants_upper(to, is_inside) ? toupper_l(c, locale) : tolower_l(c, locale);
        is_inside = isalnum_l(c, locale) != 0;
        out[i] = (char)c;
    }
    *len = text.len;
    return out;
}

char *collation_libc_case(locale_t locale, CollationCase to, CollationText text, size_t *len)
{
    Encoding e = text_encoding();

    if (e == ENCODING_UTF8)
        return change_utf8(locale, to, text, len);
    if (encoding_max_len(e) > 1)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("changing the case of text in encoding %s is not supported",
                                     encoding_name(e)));
    return change_bytes(locale, to, text, len);
}

/* ---- Single characters ---- */

typedef struct ClassCheck {
    int (*byte)(int, locale_t);
    int (*wide)(wint_t, locale_t);
} ClassCheck;

bool collation_libc_is_in_class(locale_t locale, CollationClass class, uint32_t c)
{
    static const ClassCheck checks[] = {
        [CLASS_ALNUM] = {isalnum_l, iswalnum_l}, [CLASS_ALPHA] = {isalpha_l, iswalpha_l},
        [CLASS_DIGIT] = {isdigit_l, iswdigit_l}, [CLASS_GRAPH] = {isgraph_l, iswgraph_l},
        [CLASS_LOWER] = {islower_l, iswlower_l}, [CLASS_PRINT] = {isprint_l, iswprint_l},
        [CLASS_PUNCT] = {ispunct_l, iswpunct_l}, [CLASS_SPACE] = {isspace_l, iswspace_l},
        [CLASS_UPPER] = {isupper_l, iswupper_l},
    };

    if (text_encoding() == ENCODING_UTF8)
        return checks[class].wide((wint_t)c, locale) != 0;
    return c <= UINT8_MAX && checks[class].byte((int)c, locale) != 0;
}

uint32_t collation_libc_char_case(locale_t locale, CollationCase to, uint32_t c)
{
    if (text_encoding() == ENCODING_UTF8)
        return (uint32_t)(to == CASE_UPPER ? towupper_l((wint_t)c, locale)
                                           : towlower_l((wint_t)c, locale));
    if (c > UINT8_MAX)
        return c;
    return (uint32_t)(to == CASE_UPPER ? toupper_l((int)c, locale) : tolower_l((int)c, locale));
}
