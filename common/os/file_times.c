/* file_times.c - when a file was read, written and changed */
#include "common/base/base.h"

#include "common/os/file_times.h"

#include <errno.h>
#include <sys/stat.h>

#include "common/os/os_int.h"

bool os_try_file_times(const char *path, OsFileTimes *out)
{
    struct stat st;

    if (stat(path, &st) != 0) {
        if (errno == ENOENT)
            return false;
        os_raise(errno, "could not stat file \"%s\"", path);
    }
    *out = (OsFileTimes){.accessed = st.st_atime, .modified = st.st_mtime, .changed = st.st_ctime};
    return true;
}
