/* path.c - path names as text: join, split, normalise. */
#include "common/base/base.h"

#include "common/os/path.h"

#include <errno.h>
#include <unistd.h>

#include "common/mem/mem.h"
#include "common/os/os_int.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"

static size_t len_without_slashes(const char *path, size_t len);
static void add_part(StrBuf *out, size_t root_len, const char *part, size_t len);
static size_t last_part(const StrBuf *out, size_t root_len);

char *path_join(const char *dir, const char *name)
{
    size_t dir_len = len_without_slashes(dir, strlen(dir));

    if (*dir == '\0')
        return mem_strdup(name);
    name += strspn(name, "/");
    if (*name == '\0')
        return mem_strdup(dir);
    if (dir_len == 1 && *dir == '/')
        dir_len = 0;
    return mem_printf("%.*s/%s", (int)dir_len, dir, name);
}

char *path_dir(const char *path)
{
    size_t len = len_without_slashes(path, strlen(path));

    while (len > 0 && path[len - 1] != '/')
        len--;
    if (len == 0)
        return mem_strdup(".");
    return mem_strndup(path, len_without_slashes(path, len));
}

const char *path_base(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

bool path_is_absolute(const char *path)
{
    return *path == '/';
}

char *path_absolute(const char *path)
{
    size_t room = 256;
    char *folder;

    if (path_is_absolute(path))
        return path_normalise(path);
    folder = mem_alloc(room);
    while (getcwd(folder, room) == NULL) {
        if (errno != ERANGE)
            os_raise(errno, "could not determine current directory");
        room *= 2;
        folder = mem_realloc(folder, room);
    }
    return path_normalise(path_join(folder, path));
}

char *path_normalise(const char *path)
{
    StrBuf out;
    size_t root_len = path_is_absolute(path) ? 1 : 0;

    strbuf_init(&out);
    strbuf_add_bytes(&out, path, root_len);
    while (*path != '\0') {
        size_t len = strcspn(path, "/");

        add_part(&out, root_len, path, len);
        path += len;
        path += strspn(path, "/");
    }
    if (out.len == 0)
        strbuf_add_char(&out, '.');
    return out.text;
}

bool path_is_inside(const char *path)
{
    do {
        size_t len = strcspn(path, "/");

        if (len == 0 || (len == 1 && path[0] == '.') || (len == 2 && memcmp(path, "..", 2) == 0))
            return false;
        path += len;
    } while (*path++ == '/');
    return true;
}

/* The length of path's first len bytes without slashes at their end; the root keeps its one. */
static size_t len_without_slashes(const char *path, size_t len)
{
    while (len > 1 && path[len - 1] == '/')
        len--;
    return len;
}

/* Append one part of a path to out; ".." takes the part before it away where there is one. */
static void add_part(StrBuf *out, size_t root_len, const char *part, size_t len)
{
    bool is_up = len == 2 && memcmp(part, "..", 2) == 0;
    size_t last;

    if (len == 0 || (len == 1 && *part == '.'))
        return;
    if (is_up && root_len == 1 && out->len == 1)
        return; /* nothing is above the root */
    last = last_part(out, root_len);
    if (is_up && out->len > root_len && !str_equal(out->text + last, "..")) {
        strbuf_cut(out, last > root_len ? last - 1 : root_len);
        return;
    }
    if (out->len > root_len)
        strbuf_add_char(out, '/');
    strbuf_add_bytes(out, part, len);
}

/* Where the last part of out starts. */
static size_t last_part(const StrBuf *out, size_t root_len)
{
    size_t start = out->len;

    while (start > root_len && out->text[start - 1] != '/')
        start--;
    return start;
}
