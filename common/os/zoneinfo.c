/*
 * zoneinfo.c - the files of the system's tz database, for common/text/timezone.h
 *
 * The database knows its names in one spelling, people write others: each part of a name is looked
 * up in its folder in any case, as PostgreSQL does.
 */
#include "common/base/base.h"

#include <string.h>
#include <strings.h>

#include "common/ds/array.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/os/process.h"
#include "common/text/str.h"
#include "common/text/timezone.h"

#define DATABASE         "/usr/share/zoneinfo"
#define LOCAL_FILE       "/etc/localtime"
#define FILE_MAX         MIB(1)

#define FOLDER_DEPTH_MAX 10 /* however links may lie */

static const char *database(void);
static char *find_file(const char *name);
static char *find_spelling(const char *folder, const char *part);

char *timezone_read_file(const char *name, size_t *len)
{
    char *path = path_is_absolute(name) ? mem_strdup(name) : find_file(name);
    OsStat st;

    if (path == NULL || !os_try_stat(path, &st) || st.kind != OS_KIND_FILE)
        return NULL;
    return os_file_read_all(path, FILE_MAX, len);
}

char *timezone_spelling(const char *name)
{
    char *path = find_file(name);

    return path != NULL ? mem_strdup(path + strlen(path_join(database(), "x")) - 1) : NULL;
}

char *timezone_system_name(void)
{
    const char *tz = process_env("TZ");
    OsStat st;
    char *spelling;

    if (tz != NULL && timezone_find_any(tz, &spelling) != NULL)
        return mem_strdup(tz);
    if (os_try_lstat(LOCAL_FILE, &st) && st.kind == OS_KIND_LINK) {
        /* Wherever the database lies: the longest end of the path that names a zone. */
        for (const char *end = os_readlink(LOCAL_FILE); end != NULL; end = strchr(end, '/')) {
            end += strspn(end, "/.");
            if (*end != '\0' && timezone_spelling(end) != NULL)
                return timezone_spelling(end);
        }
    }
    return mem_strdup("GMT");
}

/* Links are followed: the database has links to folders. Hidden files are none of its names. */
static void list_folder(const char *folder, const char *prefix, int depth, Array *names)
{
    Array found;

    os_dir_list(folder, &found);
    array_foreach(char *, name, &found) {
        const char *path = path_join(folder, *name);
        OsStat st;

        if (**name == '.' || !os_try_stat(path, &st))
            continue;
        if (st.kind == OS_KIND_FILE)
            *(char **)array_push(names) = mem_printf("%s%s", prefix, *name);
        else if (st.kind == OS_KIND_DIR && depth < FOLDER_DEPTH_MAX)
            list_folder(path, mem_printf("%s%s/", prefix, *name), depth + 1, names);
    }
}

void timezone_list(Array *names)
{
    array_init(names, sizeof(char *));
    if (os_dir_state(database()) != OS_DIR_MISSING)
        list_folder(database(), "", 0, names);
}

static const char *database(void)
{
    const char *folder = process_env("TZDIR");

    return folder != NULL ? folder : DATABASE;
}

/* The path of a name relative to the database; NULL when there is none. */
static char *find_file(const char *name)
{
    char *path = mem_strdup(database());

    for (char *part; (part = str_split(&name, '/')) != NULL;) {
        path = find_spelling(path, part);
        if (path == NULL)
            return NULL;
    }
    return path;
}

/* The path of what is called part, in any case, in folder; NULL when there is none. */
static char *find_spelling(const char *folder, const char *part)
{
    char *path = path_join(folder, part);
    OsStat st;
    Array names;

    if (*part == '\0' || !os_try_stat(folder, &st) || st.kind != OS_KIND_DIR)
        return NULL;
    if (os_exists(path))
        return path;
    os_dir_list(folder, &names);
    array_foreach(char *, name, &names)
        if (strcasecmp(*name, part) == 0)
            return path_join(folder, *name);
    return NULL;
}
