/* collation_icu.c - collations of ICU, opened at the first use of one. */
#include "common/base/base.h"

#include <unicode/ubrk.h>
#include <unicode/ucol.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/uvernum.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/dynlib.h"
#include "server/types/collation_int.h"
#include "server/types/database_text.h"

/* Written by load() alone. */
static struct {
#define ROW(result, name, params) result(*name) params;
#include "server/types/icu.def"
#undef ROW
} icu;

/* Two steps, so that the version that ICU's headers put into a name is in the text too. */
#define TEXT_OF_NAME(name) #name
#define TEXT_OF(name)      TEXT_OF_NAME(name)

static void load(void)
{
    static const DynlibSymbol symbols[] = {
#define ROW(result, name, params) {TEXT_OF(name), (void **)&icu.name},
#include "server/types/icu.def"
#undef ROW
    };

    dynlib_load("libicui18n.so." U_ICU_VERSION_SHORT, "libicu" U_ICU_VERSION_SHORT, symbols,
                ARRAY_LEN(symbols));
}

static void require_utf8(void)
{
    if (text_encoding() != ENCODING_UTF8)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("ICU collations for encoding %s are not supported",
                                     encoding_name(text_encoding())));
}

UCollator *collation_icu_open(const char *locale)
{
    UErrorCode status = U_ZERO_ERROR;
    UCollator *c;

    require_utf8();
    load();
    c = icu.ucol_open(locale, &status);
    if (U_FAILURE(status))
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("could not open collator for locale \"%s\": %s", locale,
                                     icu.u_errorName(status)));
    return c;
}

void collation_icu_close(UCollator *c)
{
    icu.ucol_close(c);
}

static void check(UErrorCode status, const char *what)
{
    if (U_FAILURE(status))
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("%s failed: %s", what, icu.u_errorName(status)));
}

int collation_icu_compare(const UCollator *c, CollationText a, CollationText b)
{
    UErrorCode status = U_ZERO_ERROR;
    int order =
        (int)icu.ucol_strcollUTF8(c, a.bytes, (int32_t)a.len, b.bytes, (int32_t)b.len, &status);

    check(status, "collation");
    return order;
}

/* In UTF-16, which has at most as many units as UTF-8 has bytes. */
static UChar *widen(CollationText text, int32_t *len)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar *out = mem_new_array(UChar, text.len + 1);

    icu.u_strFromUTF8(out, (int32_t)text.len + 1, len, text.bytes, (int32_t)text.len, &status);
    check(status, "conversion to UTF-16");
    return out;
}

char *collation_icu_key(const UCollator *c, CollationText text, size_t *len)
{
    int32_t wide_len, size;
    UChar *wide = widen(text, &wide_len);
    char *key;

    size = icu.ucol_getSortKey(c, wide, wide_len, NULL, 0);
    key = mem_alloc((size_t)size);
    icu.ucol_getSortKey(c, wide, wide_len, (uint8_t *)key, size);
    mem_free(wide);
    *len = (size_t)size - 1;
    return key;
}

static int32_t change(CollationCase to, const char *locale, UChar *out, int32_t room,
                      const UChar *from, int32_t len, UErrorCode *status)
{
    switch (to) {
    case CASE_LOWER:
        return icu.u_strToLower(out, room, from, len, locale, status);
    case CASE_UPPER:
        return icu.u_strToUpper(out, room, from, len, locale, status);
    default:
        return icu.u_strToTitle(out, room, from, len, NULL, locale, status);
    }
}

/* A unit of UTF-16 is at most 3 bytes of UTF-8. */
static char *narrow(const UChar *wide, int32_t wide_len, size_t *len)
{
    UErrorCode status = U_ZERO_ERROR;
    size_t room = (size_t)wide_len * 3 + 1;
    int32_t out_len;
    char *out;

    if (room > INT32_MAX)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, .message = "text is too long");
    out = mem_alloc(room);
    icu.u_strToUTF8(out, (int32_t)room, &out_len, wide, wide_len, &status);
    check(status, "conversion to UTF-8");
    *len = (size_t)out_len;
    return out;
}

char *collation_icu_case(const char *locale, CollationCase to, CollationText text, size_t *len)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t wide_len, changed_len;
    UChar *wide = widen(text, &wide_len), *changed;
    char *out;

    changed = mem_new_array(UChar, (size_t)wide_len + 1);
    changed_len = change(to, locale, changed, wide_len + 1, wide, wide_len, &status);
    if (status == U_BUFFER_OVERFLOW_ERROR) {
        status = U_ZERO_ERROR;
        changed = mem_realloc(changed, ((size_t)changed_len + 1) * sizeof(UChar));
        changed_len = change(to, locale, changed, changed_len + 1, wide, wide_len, &status);
    }
    check(status, "case conversion");
    out = narrow(changed, changed_len, len);
    mem_free(wide);
    mem_free(changed);
    return out;
}

/* ---- Forms of Unicode ---- */

static const UNormalizer2 *normalizer(UnicodeForm form)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *n;

    load();
    switch (form) {
    case UNICODE_NFC:
        n = icu.unorm2_getNFCInstance(&status);
        break;
    case UNICODE_NFD:
        n = icu.unorm2_getNFDInstance(&status);
        break;
    case UNICODE_NFKC:
        n = icu.unorm2_getNFKCInstance(&status);
        break;
    default:
        n = icu.unorm2_getNFKDInstance(&status);
        break;
    }
    check(status, "finding a form of Unicode");
    return n;
}

char *collation_icu_normalize(UnicodeForm form, CollationText text, size_t *len)
{
    const UNormalizer2 *n = normalizer(form);
    UErrorCode status = U_ZERO_ERROR;
    int32_t wide_len, made_len;
    UChar *wide = widen(text, &wide_len), *made;
    char *out;

    made = mem_new_array(UChar, (size_t)wide_len + 1);
    made_len = icu.unorm2_normalize(n, wide, wide_len, made, wide_len + 1, &status);
    if (status == U_BUFFER_OVERFLOW_ERROR) {
        status = U_ZERO_ERROR;
        made = mem_realloc(made, ((size_t)made_len + 1) * sizeof(UChar));
        made_len = icu.unorm2_normalize(n, wide, wide_len, made, made_len + 1, &status);
    }
    check(status, "normalization");
    out = narrow(made, made_len, len);
    mem_free(wide);
    mem_free(made);
    return out;
}

/* ---- Single characters; a collator was opened before ---- */

bool collation_icu_is_in_class(CollationClass class, uint32_t c)
{
    UChar32 u = (UChar32)c;

    switch (class) {
    case CLASS_ALNUM:
        return icu.u_isalnum(u);
    case CLASS_ALPHA:
        return icu.u_isalpha(u);
    case CLASS_DIGIT:
        return icu.u_isdigit(u);
    case CLASS_GRAPH:
        return icu.u_isgraph(u);
    case CLASS_LOWER:
        return icu.u_islower(u);
    case CLASS_PRINT:
        return icu.u_isprint(u);
    case CLASS_PUNCT:
        return icu.u_ispunct(u);
    case CLASS_SPACE:
        return icu.u_isspace(u);
    default:
        return icu.u_isupper(u);
    }
}

uint32_t collation_icu_char_case(CollationCase to, uint32_t c)
{
    return (uint32_t)(to == CASE_UPPER ? icu.u_toupper((UChar32)c) : icu.u_tolower((UChar32)c));
}
