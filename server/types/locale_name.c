/* locale_name.c - what the system knows of a locale by its name; locale_name.h tells more. */
#include "common/base/base.h"

#include "server/types/locale_name.h"

#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <strings.h>

#include <gnu/libc-version.h>

#include "common/mem/mem.h"

static bool is_plain(const char *name)
{
    return strcasecmp(name, "C") == 0 || strcasecmp(name, "POSIX") == 0;
}

bool locale_name_is_known(const char *name)
{
    locale_t locale = newlocale(LC_ALL_MASK, name, (locale_t)0);

    if (locale == (locale_t)0 || *name == '\0')
        return false;
    freelocale(locale);
    return true;
}

/* Those of C are any. */
bool locale_name_encoding(const char *name, Encoding *out)
{
    locale_t locale;
    const char *codeset;
    bool is_found;

    *out = ENCODING_SQL_ASCII;
    if (is_plain(name))
        return true;
    locale = newlocale(LC_CTYPE_MASK, name, (locale_t)0);
    if (locale == (locale_t)0)
        return false;
    codeset = nl_langinfo_l(CODESET, locale);
    is_found = strcmp(codeset, "ANSI_X3.4-1968") == 0 ||
               (encoding_try_find(codeset, out) && encoding_is_for_server(*out));
    freelocale(locale);
    return is_found;
}

char *locale_name_version(const char *name)
{
    if (is_plain(name) || strncasecmp(name, "C.", 2) == 0)
        return NULL;
    return mem_strdup(gnu_get_libc_version());
}
