/*
 * locale.c - which locales and which encoding a new cluster gets
 *
 * As initdb: options, else the environment; the encoding is that of the character types' locale
 * unless it was asked for, and then must fit it.
 */
#include "common/base/base.h"

#include <langinfo.h>
#include <locale.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/encoding.h"
#include "common/text/str.h"
#include "tools/pginit/pginit.h"

/* Languages with a text search configuration, by the first letters of a locale. */
static const struct {
    const char *code, *config;
} languages[] = {
    {"ar", "arabic"},     {"ca", "catalan"},   {"da", "danish"},     {"de", "german"},
    {"el", "greek"},      {"en", "english"},   {"es", "spanish"},    {"eu", "basque"},
    {"fi", "finnish"},    {"fr", "french"},    {"ga", "irish"},      {"hi", "hindi"},
    {"hu", "hungarian"},  {"hy", "armenian"},  {"id", "indonesian"}, {"it", "italian"},
    {"lt", "lithuanian"}, {"ne", "nepali"},    {"nl", "dutch"},      {"no", "norwegian"},
    {"nb", "norwegian"},  {"nn", "norwegian"}, {"pt", "portuguese"}, {"ro", "romanian"},
    {"ru", "russian"},    {"sr", "serbian"},   {"sv", "swedish"},    {"ta", "tamil"},
    {"tr", "turkish"},    {"yi", "yiddish"},
};

static const char *checked(int category, const char *wanted, const char *all);
static bool try_encoding_of_locale(const char *ctype, Encoding *out);
static void check_encoding(Encoding encoding, const char *locale, const char *what);

void init_locale_choose(const InitOptions *o, InitLocale *out)
{
    const char *all = o->no_locale ? "C" : o->locale;
    Encoding encoding;

    *out = (InitLocale){.provider = 'c'};
    if (o->locale_provider != NULL && str_equal(o->locale_provider, "icu"))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "locale provider icu is not available yet");
    if (o->locale_provider != NULL && !str_equal(o->locale_provider, "libc"))
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("unrecognized locale provider: %s", o->locale_provider));
    if (o->icu_locale != NULL)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "--icu-locale cannot be specified unless locale provider \"icu\" is "
                             "chosen");
    out->ctype = checked(LC_CTYPE, o->lc_ctype, all);
    out->collate = checked(LC_COLLATE, o->lc_collate, all);
    out->numeric = checked(LC_NUMERIC, o->lc_numeric, all);
    out->time = checked(LC_TIME, o->lc_time, all);
    out->monetary = checked(LC_MONETARY, o->lc_monetary, all);
    out->messages = checked(LC_MESSAGES, o->lc_messages, all);

    if (o->encoding != NULL) {
        if (!encoding_try_find(o->encoding, &encoding) || !encoding_is_for_server(encoding))
            err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                      .message =
                          err_fmt("\"%s\" is not a valid server encoding name", o->encoding));
    } else if (!try_encoding_of_locale(out->ctype, &encoding)) {
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message =
                      err_fmt("could not find suitable encoding for locale \"%s\"", out->ctype),
                  .hint = err_fmt("Rerun %s with the -E option.", err_get_program()));
    }
    check_encoding(encoding, out->ctype, "lc_ctype");
    check_encoding(encoding, out->collate, "lc_collate");
    out->encoding = encoding_name(encoding);
    out->encoding_no = (int32_t)encoding;
}

const char *init_locale_text_search(const char *ctype)
{
    size_t len = strcspn(ctype, "_-.@");

    if (str_equal(ctype, "C") || str_equal(ctype, "POSIX") || str_starts_with(ctype, "C."))
        return "english";
    for (size_t i = 0; i < ARRAY_LEN(languages); i++)
        if (len == 2 && strncmp(ctype, languages[i].code, 2) == 0)
            return languages[i].config;
    return NULL;
}

/* The name that the system gives to the wanted locale, or to that of the environment. */
static const char *checked(int category, const char *wanted, const char *all)
{
    const char *name = wanted != NULL ? wanted : all;
    const char *found = setlocale(category, name == NULL ? "" : name);
    char *copy = found == NULL ? NULL : mem_strdup(found);

    setlocale(category, "C");
    if (copy != NULL)
        return copy;
    if (name != NULL)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("invalid locale name \"%s\"", name));
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
              .message = "invalid locale settings; check LANG and LC_* environment variables");
}

/* False when the system's name for it means nothing to us. */
static bool try_encoding_of_locale(const char *ctype, Encoding *out)
{
    locale_t locale;
    const char *codeset;
    bool is_known;

    *out = ENCODING_SQL_ASCII;
    if (str_equal(ctype, "C") || str_equal(ctype, "POSIX"))
        return true;
    locale = newlocale(LC_CTYPE_MASK, ctype, (locale_t)0);
    if (locale == (locale_t)0)
        return false;
    codeset = nl_langinfo_l(CODESET, locale);
    is_known = str_equal(codeset, "ANSI_X3.4-1968") ||
               (encoding_try_find(codeset, out) && encoding_is_for_server(*out));
    freelocale(locale);
    return is_known;
}

/* The locale C fits all encodings, and SQL_ASCII all locales. */
static void check_encoding(Encoding encoding, const char *locale, const char *what)
{
    Encoding wanted;

    if (!try_encoding_of_locale(locale, &wanted) || wanted == encoding ||
        wanted == ENCODING_SQL_ASCII || encoding == ENCODING_SQL_ASCII)
        return;
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = "encoding mismatch",
              .detail = err_fmt("The encoding you selected (%s) and the encoding that the selected "
                                "locale uses (%s, of %s) do not match. This would lead to "
                                "misbehavior in various character string processing functions.",
                                encoding_name(encoding), encoding_name(wanted), what),
              .hint =
                  err_fmt("Rerun %s and either do not specify an encoding explicitly, or choose "
                          "a matching combination.",
                          err_get_program()));
}
