/* collation_list.c - ask libc and ICU for their collations. */
#include "common/base/base.h"

#include "server/catalog/collation_list.h"

#include <gnu/libc-version.h>
#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <unicode/ucol.h>
#include <unicode/uloc.h>
#include <unicode/uversion.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/dynlib.h"
#include "common/os/process.h"
#include "common/text/encoding.h"
#include "common/text/strbuf.h"

#define ICU_TAG_MAX 100 /* bytes of a language tag with its NUL */

/* Written by load_icu() alone. */
static struct {
#define ROW(result, name, params) result(*name) params;
#include "server/catalog/icu.def"
#undef ROW
} icu;

static void add_libc(Array *out);
static void add_icu(Array *out);

void collation_list_system(Array *out)
{
    array_init(out, sizeof(SystemCollation));
    add_libc(out);
    ERR_TRY() {
        add_icu(out);
    }
    ERR_CATCH() {
        err_log(ERR_WARNING, .message = "there will be no collations of ICU",
                .detail = err_fmt("%s", err_caught()->message), .hint = err_caught()->hint);
    }
    ERR_END();
}

int32_t collation_encoding_number(const char *codeset)
{
    const char *name = codeset;
    Encoding encoding;

    /* Where libc and PostgreSQL have names that are not alike. */
    if (strncmp(codeset, "CP", 2) == 0)
        name = mem_printf("WIN%s", codeset + 2);
    else if (strcmp(codeset, "GB2312") == 0)
        name = "EUC_CN";
    if (!encoding_try_find(name, &encoding) || !encoding_is_for_server(encoding) ||
        encoding == ENCODING_SQL_ASCII)
        return -1;
    return (int32_t)encoding;
}

static bool is_ascii(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((*text & 0x80) != 0)
            return false;
    }
    return true;
}

/* ---- libc ---- */

/* The locales "C" and "POSIX" have names of their own among those that every cluster has. */
static bool is_taken(const Array *collations, const char *name, int32_t encoding)
{
    if (strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0 || strcmp(name, "default") == 0)
        return true;
    array_foreach(const SystemCollation, c, collations) {
        if (c->encoding == encoding && strcmp(c->name, name) == 0)
            return true;
    }
    return false;
}

static void add_locale(Array *out, const char *name, const char *locale, int32_t encoding)
{
    bool is_c = strncmp(locale, "C.", 2) == 0;

    if (is_taken(out, name, encoding))
        return;
    *(SystemCollation *)array_push(out) =
        (SystemCollation){.name = name,
                          .provider = 'c',
                          .encoding = encoding,
                          .collate = locale,
                          .ctype = locale,
                          .version = is_c ? NULL : gnu_get_libc_version()};
}

static int32_t locale_encoding(const char *name)
{
    locale_t locale = newlocale(LC_CTYPE_MASK, name, (locale_t)0);
    int32_t encoding;

    if (locale == (locale_t)0)
        return -1;
    encoding = collation_encoding_number(nl_langinfo_l(CODESET, locale));
    freelocale(locale);
    return encoding;
}

/* de_DE.iso88591@euro: de_DE@euro; NULL when there is no encoding in it. */
static char *without_encoding(const char *locale)
{
    const char *dot = strchr(locale, '.'), *rest;

    if (dot == NULL)
        return NULL;
    rest = strchr(dot, '@');
    return mem_printf("%.*s%s", (int)(dot - locale), locale, rest == NULL ? "" : rest);
}

static int compare_by_locale(const void *a, const void *b)
{
    return strcmp(((const SystemCollation *)a)->collate, ((const SystemCollation *)b)->collate);
}

static void add_libc(Array *out)
{
    const char *argv[] = {"locale", "-a", NULL};
    StrBuf names;
    Array aliases;
    char *rest, *line;

    strbuf_init(&names);
    array_init(&aliases, sizeof(SystemCollation));
    process_run(argv, NULL, &names, NULL);
    for (line = strtok_r(names.text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        int32_t encoding = is_ascii(line) ? locale_encoding(line) : -1;
        char *alias = without_encoding(line);

        if (encoding < 0)
            continue;
        add_locale(out, line, line, encoding);
        if (alias != NULL)
            *(SystemCollation *)array_push(&aliases) =
                (SystemCollation){.name = alias, .collate = line, .encoding = encoding};
    }
    array_sort(&aliases, compare_by_locale);
    array_foreach(const SystemCollation, a, &aliases) {
        add_locale(out, a->name, a->collate, a->encoding);
    }
}

/* ---- ICU ---- */

/* Two steps, so that the version that ICU's headers put into a name is in the text too. */
#define TEXT_OF(name)     TEXT_OF_NOW(name)
#define TEXT_OF_NOW(name) #name

static void load_icu(void)
{
    const DynlibSymbol symbols[] = {
#define ROW(result, name, params) {TEXT_OF(name), (void **)&icu.name},
#include "server/catalog/icu.def"
#undef ROW
    };

    dynlib_load("libicui18n.so." U_ICU_VERSION_SHORT, "libicu" U_ICU_VERSION_SHORT, symbols,
                ARRAY_LEN(symbols));
}

/* NULL when ICU cannot open it. */
static char *icu_version(const char *tag)
{
    UErrorCode status = U_ZERO_ERROR;
    UCollator *collator = icu.ucol_open(tag, &status);
    UVersionInfo version;
    char *text = mem_alloc(U_MAX_VERSION_STRING_LENGTH);

    if (U_FAILURE(status))
        return NULL;
    icu.ucol_getVersion(collator, version);
    icu.ucol_close(collator);
    icu.u_versionToString(version, text);
    return text;
}

static void add_icu_locale(Array *out, const char *locale)
{
    UErrorCode status = U_ZERO_ERROR;
    char *tag = mem_alloc(ICU_TAG_MAX);

    icu.uloc_toLanguageTag(locale, tag, ICU_TAG_MAX, true, &status);
    if (U_FAILURE(status) || status == U_STRING_NOT_TERMINATED_WARNING || !is_ascii(tag))
        return;
    *(SystemCollation *)array_push(out) = (SystemCollation){.name = mem_printf("%s-x-icu", tag),
                                                            .provider = 'i',
                                                            .encoding = -1,
                                                            .icu_locale = tag,
                                                            .version = icu_version(tag)};
}

/* The root locale first, which ICU does not list. */
static void add_icu(Array *out)
{
    load_icu();
    add_icu_locale(out, "");
    for (int32_t i = 0; i < icu.uloc_countAvailable(); i++)
        add_icu_locale(out, icu.uloc_getAvailable(i));
}
