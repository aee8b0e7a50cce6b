/*
 * locale.c - which locales and which encoding a new cluster gets
 *
 * As initdb: options, else the environment; the encoding is that of the character types' locale
 * unless it was asked for, and then must fit it.
 */
#include "common/base/base.h"

#include <langinfo.h>
#include <locale.h>
#include <strings.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "tools/pginit/pginit.h"

/* ROW: PostgreSQL's name and number, the names that systems give it. */
typedef struct EncodingRow {
    const char *name;
    int32_t number;
    const char *system_names[4];
} EncodingRow;

/* Encodings that a server can have. */
static const EncodingRow encodings[] = {
    {"SQL_ASCII", 0, {"ANSI_X3.4-1968", "646", "ASCII", "US-ASCII"}},
    {"EUC_JP", 1, {"EUC-JP", "eucJP"}},
    {"EUC_CN", 2, {"EUC-CN", "eucCN", "GB2312"}},
    {"EUC_KR", 3, {"EUC-KR", "eucKR"}},
    {"EUC_TW", 4, {"EUC-TW", "eucTW"}},
    {"EUC_JIS_2004", 5, {"EUC-JISX0213"}},
    {"UTF8", 6, {"UTF-8", "utf8"}},
    {"MULE_INTERNAL", 7, {NULL}},
    {"LATIN1", 8, {"ISO-8859-1", "ISO8859-1"}},
    {"LATIN2", 9, {"ISO-8859-2", "ISO8859-2"}},
    {"LATIN3", 10, {"ISO-8859-3", "ISO8859-3"}},
    {"LATIN4", 11, {"ISO-8859-4", "ISO8859-4"}},
    {"LATIN5", 12, {"ISO-8859-9", "ISO8859-9"}},
    {"LATIN6", 13, {"ISO-8859-10", "ISO8859-10"}},
    {"LATIN7", 14, {"ISO-8859-13", "ISO8859-13"}},
    {"LATIN8", 15, {"ISO-8859-14", "ISO8859-14"}},
    {"LATIN9", 16, {"ISO-8859-15", "ISO8859-15"}},
    {"LATIN10", 17, {"ISO-8859-16", "ISO8859-16"}},
    {"WIN1256", 18, {"CP1256"}},
    {"WIN1258", 19, {"CP1258"}},
    {"WIN866", 20, {"CP866"}},
    {"WIN874", 21, {"CP874"}},
    {"KOI8R", 22, {"KOI8-R"}},
    {"WIN1251", 23, {"CP1251"}},
    {"WIN1252", 24, {"CP1252"}},
    {"ISO_8859_5", 25, {"ISO-8859-5", "ISO8859-5"}},
    {"ISO_8859_6", 26, {"ISO-8859-6", "ISO8859-6"}},
    {"ISO_8859_7", 27, {"ISO-8859-7", "ISO8859-7"}},
    {"ISO_8859_8", 28, {"ISO-8859-8", "ISO8859-8"}},
    {"WIN1250", 29, {"CP1250"}},
    {"WIN1253", 30, {"CP1253"}},
    {"WIN1254", 31, {"CP1254"}},
    {"WIN1255", 32, {"CP1255"}},
    {"WIN1257", 33, {"CP1257"}},
    {"KOI8U", 34, {"KOI8-U"}},
};

/* Languages with a text search configuration, by the first letters of a locale. */
static const struct {
    const char *code, *config;
} languages[] = {
    {"ar", "arabic"},     {"ca", "catalan"},    {"da", "danish"},    {"de", "german"},
    {"el", "greek"},      {"en", "english"},    {"es", "spanish"},   {"eu", "basque"},
    {"fi", "finnish"},    {"fr", "french"},     {"ga", "irish"},     {"hi", "hindi"},
    {"hu", "hungarian"},  {"hy", "armenian"},   {"id", "indonesian"}, {"it", "italian"},
    {"lt", "lithuanian"}, {"ne", "nepali"},     {"nl", "dutch"},     {"no", "norwegian"},
    {"nb", "norwegian"},  {"nn", "norwegian"},  {"pt", "portuguese"}, {"ro", "romanian"},
    {"ru", "russian"},    {"sr", "serbian"},    {"sv", "swedish"},   {"ta", "tamil"},
    {"tr", "turkish"},    {"yi", "yiddish"},
};

static const char *checked(int category, const char *wanted, const char *all);
static const EncodingRow *find_encoding(const char *name);
static const EncodingRow *encoding_of_locale(const char *ctype);
static void check_encoding(const EncodingRow *encoding, const char *locale, const char *what);
static bool is_letters_only_equal(const char *a, const char *b);

void init_locale_choose(const InitOptions *o, InitLocale *out)
{
    const char *all = o->no_locale ? "C" : o->locale;
    const EncodingRow *encoding;

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
        encoding = find_encoding(o->encoding);
        if (encoding == NULL)
            err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                      .message = err_fmt("\"%s\" is not a valid server encoding name", o->encoding));
    } else {
        encoding = encoding_of_locale(out->ctype);
        if (encoding == NULL)
            err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                      .message = err_fmt("could not find suitable encoding for locale \"%s\"",
                                         out->ctype),
                      .hint = err_fmt("Rerun %s with the -E option.", err_get_program()));
    }
    check_encoding(encoding, out->ctype, "lc_ctype");
    check_encoding(encoding, out->collate, "lc_collate");
    out->encoding = encoding->name;
    out->encoding_no = encoding->number;
}

const char *init_locale_text_search(const char *ctype)
{
    size_t len = strcspn(ctype, "_-.@");

    if (str_equal(ctype, "C") || str_equal(ctype, "POSIX") || str_starts_with(ctype, "C."))
        return "english";
    for (size_t i = 0; i < ARRAY_LEN(languages); i++)
        if (len == 2 && strncmp(ctype, languages[i].code, 2) == 0)
            return languages[i].config;
    return "simple";
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

static const EncodingRow *find_encoding(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(encodings); i++) {
        if (is_letters_only_equal(encodings[i].name, name))
            return &encodings[i];
        for (size_t k = 0; k < ARRAY_LEN(encodings[i].system_names); k++)
            if (encodings[i].system_names[k] != NULL &&
                is_letters_only_equal(encodings[i].system_names[k], name))
                return &encodings[i];
    }
    return NULL;
}

/* Names of encodings are the same without regard to case and marks: utf-8, UTF8. */
static bool is_letters_only_equal(const char *a, const char *b)
{
    static const char marks[] = "-_ .";

    for (;;) {
        a += strspn(a, marks);
        b += strspn(b, marks);
        if (*a == '\0' || *b == '\0')
            return *a == *b;
        if (strncasecmp(a++, b++, 1) != 0)
            return false;
    }
}

/* NULL when the system's name for it means nothing to us. */
static const EncodingRow *encoding_of_locale(const char *ctype)
{
    locale_t locale;
    const EncodingRow *found;

    if (str_equal(ctype, "C") || str_equal(ctype, "POSIX"))
        return &encodings[0];
    locale = newlocale(LC_CTYPE_MASK, ctype, (locale_t)0);
    if (locale == (locale_t)0)
        return NULL;
    found = find_encoding(nl_langinfo_l(CODESET, locale));
    freelocale(locale);
    return found;
}

/* The locale C fits all encodings, and SQL_ASCII all locales. */
static void check_encoding(const EncodingRow *encoding, const char *locale, const char *what)
{
    const EncodingRow *wanted = encoding_of_locale(locale);

    if (wanted == NULL || wanted == encoding || wanted->number == 0 || encoding->number == 0)
        return;
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = "encoding mismatch",
              .detail = err_fmt("The encoding you selected (%s) and the encoding that the selected "
                                "locale uses (%s, of %s) do not match. This would lead to "
                                "misbehavior in various character string processing functions.",
                                encoding->name, wanted->name, what),
              .hint = err_fmt("Rerun %s and either do not specify an encoding explicitly, or choose "
                              "a matching combination.",
                              err_get_program()));
}
