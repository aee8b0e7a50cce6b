/* pg_version.c - which major version; pg_version.h says where it is written. */
#include "common/base/base.h"

#include "common/format/pg_version.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/text/num.h"
#include "common/text/str.h"

#define FILE_SIZE_MAX 64 /* bytes; two digits and a line end are all it holds */

static const PgVersion versions[] = {
#define ROW(major, control_version, catalog_version, wal_magic) \
 {major, control_version, catalog_version, wal_magic},
#include "common/format/pg_version.def"
#undef ROW
};

static bool take_digits(const char **text, uint32_t *out);

const PgVersion *pg_version_find(unsigned major)
{
    for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
        if (versions[i].major == major)
            return &versions[i];
    }
    return NULL;
}

const PgVersion *pg_version_find_by_catalog(uint32_t catalog_version)
{
    for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
        if (versions[i].catalog_version == catalog_version)
            return &versions[i];
    }
    return NULL;
}

const PgVersion *pg_version_find_by_wal_magic(uint16_t magic)
{
    for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
        if (versions[i].wal_magic == magic)
            return &versions[i];
    }
    return NULL;
}

bool pg_version_try_parse(const char *text, unsigned *major)
{
    uint32_t number;

    if (!take_digits(&text, &number) || !(str_equal(text, "\n") || str_equal(text, "")))
        return false;
    *major = number;
    return true;
}

unsigned pg_version_read(const char *dir)
{
    char *path = path_join(dir, "PG_VERSION");
    size_t len;
    char *text = os_file_try_read_all(path, FILE_SIZE_MAX, &len);
    unsigned major;

    if (text == NULL)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("\"%s\" is not a valid data directory", dir),
                  .detail = err_fmt("File \"%s\" is missing.", path));
    if (strlen(text) != len || !pg_version_try_parse(text, &major))
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("\"%s\" is not a valid data directory", dir),
                  .detail = err_fmt("File \"%s\" does not contain valid data.", path),
                  .hint = "You might need to initdb.");
    mem_free(text);
    mem_free(path);
    return major;
}

char *pg_version_tablespace_folder(const PgVersion *version)
{
    return mem_printf("PG_%u_%u", version->major, version->catalog_version);
}

bool pg_version_try_parse_tablespace_folder(const char *name, unsigned *major,
                                            uint32_t *catalog_version)
{
    uint32_t number, catalog;

    if (!str_starts_with(name, "PG_"))
        return false;
    name += strlen("PG_");
    if (!take_digits(&name, &number) || *name++ != '_' || !take_digits(&name, &catalog) ||
        *name != '\0')
        return false;
    *major = number;
    *catalog_version = catalog;
    return true;
}

/* Up to nine digits, without a zero before them; *text moves behind them. */
static bool take_digits(const char **text, uint32_t *out)
{
    size_t count = strspn(*text, "0123456789");
    uint32_t number = 0;

    if (count == 0 || count > 9 || **text == '0')
        return false;
    for (size_t i = 0; i < count; i++)
        number = number * 10 + (uint32_t)((*text)[i] - '0');
    *text += count;
    *out = number;
    return true;
}
