/*
 * saslprep.c - SASLprep by ICU's string preparation
 *
 * Code points that Unicode 3.2 did not know are refused by the profile for what is stored, so that
 * such passwords stay as they are typed: what PostgreSQL does, for the same reason.
 */
#include "common/base/base.h"

#include "common/crypt/saslprep.h"

#include <unicode/usprep.h>
#include <unicode/ustring.h>

#include "common/mem/mem.h"
#include "common/os/dynlib.h"
#include "common/text/str.h"

#define TEXT_OF(x)      #x
#define SYMBOL_TEXT(x)  TEXT_OF(x) /* expands ICU's renaming macros first */
#define ICU_UC_SONAME   "libicuuc.so." U_ICU_VERSION_SHORT
#define ICU_UC_PACKAGE  "libicu" U_ICU_VERSION_SHORT
#define PREPARED_FACTOR 18 /* no code point's compatibility form has more */

static _Thread_local struct {
    UStringPrepProfile *(*open)(UStringPrepProfileType type, UErrorCode *status);
    int32_t (*prepare)(const UStringPrepProfile *profile, const UChar *source, int32_t source_len,
                       UChar *out, int32_t out_size, int32_t options, UParseError *where,
                       UErrorCode *status);
    UChar *(*from_utf8)(UChar *out, int32_t out_size, int32_t *out_len, const char *source,
                        int32_t source_len, UErrorCode *status);
    char *(*to_utf8)(char *out, int32_t out_size, int32_t *out_len, const UChar *source,
                     int32_t source_len, UErrorCode *status);
    UStringPrepProfile *profile;
} icu;

static bool is_ascii(const char *s);
static void load_icu(void);
static const char *prepare(const char *password, size_t len);

const char *saslprep_password(const char *password)
{
    size_t len = strlen(password);
    const char *prepared;

    /* Control characters are refused by the profile, and refused passwords stay as they are. */
    if (is_ascii(password) || !str_is_utf8(password, len) || len > INT32_MAX / PREPARED_FACTOR / 4)
        return password;
    load_icu();
    prepared = prepare(password, len);
    return prepared == NULL ? password : prepared;
}

static bool is_ascii(const char *s)
{
    for (; *s != '\0'; s++)
        if ((unsigned char)*s >= 0x80)
            return false;
    return true;
}

static void load_icu(void)
{
    const DynlibSymbol symbols[] = {
        {SYMBOL_TEXT(usprep_openByType), (void **)&icu.open},
        {SYMBOL_TEXT(usprep_prepare), (void **)&icu.prepare},
        {SYMBOL_TEXT(u_strFromUTF8), (void **)&icu.from_utf8},
        {SYMBOL_TEXT(u_strToUTF8), (void **)&icu.to_utf8},
    };

    if (icu.profile == NULL) {
        UErrorCode status = U_ZERO_ERROR;

        dynlib_load(ICU_UC_SONAME, ICU_UC_PACKAGE, symbols, ARRAY_LEN(symbols));
        icu.profile = icu.open(USPREP_RFC4013_SASLPREP, &status);
    }
}

/* The prepared form; NULL when the profile does not take the password, or leaves nothing of it. */
static const char *prepare(const char *password, size_t len)
{
    size_t room = size_mul(len, PREPARED_FACTOR);
    UChar *typed = mem_new_array(UChar, len + 1);
    UChar *prepared = mem_new_array(UChar, room);
    char *text = mem_alloc(size_mul(room, 3) + 1);
    UErrorCode status = U_ZERO_ERROR;
    int32_t typed_len = 0;
    int32_t prepared_len;
    int32_t text_len = 0;

    if (icu.profile == NULL)
        return NULL;
    icu.from_utf8(typed, (int32_t)len, &typed_len, password, (int32_t)len, &status);
    prepared_len = icu.prepare(icu.profile, typed, typed_len, prepared, (int32_t)room,
                               USPREP_DEFAULT, NULL, &status);
    icu.to_utf8(text, (int32_t)(room * 3), &text_len, prepared, prepared_len, &status);
    mem_free(typed);
    mem_free(prepared);
    return U_FAILURE(status) || text_len == 0 ? NULL : text;
}
