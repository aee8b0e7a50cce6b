/* file_rig.c - a disk on which one call fails, and files of a line; file_rig.h has the promises. */
#include "common/base/base.h"

#include "tests/unit/common/os/file_rig.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "tests/unit/unit.h"

BrokenDisk broken;

void broken_begin(int error, int good_left)
{
    broken.ops = os_ops_system;
    broken.error = error;
    broken.good_left = good_left;
    broken.calls = 0;
}

void broken_end(void)
{
    os_ops = &os_ops_system;
}

/* True when the call is to fail, with errno set. */
static bool fails(void)
{
    broken.calls++;
    if (broken.good_left-- > 0)
        return false;
    errno = broken.error;
    return true;
}

ssize_t broken_read(int fd, void *bytes, size_t size)
{
    return fails() ? -1 : read(fd, bytes, size > 1 ? 1 : size);
}

ssize_t broken_pread(int fd, void *bytes, size_t size, off_t offset)
{
    return fails() ? -1 : pread(fd, bytes, size > 1 ? 1 : size, offset);
}

ssize_t broken_write(int fd, const void *bytes, size_t size)
{
    return fails() ? (broken.error == 0 ? 0 : -1) : write(fd, bytes, size > 1 ? 1 : size);
}

ssize_t broken_pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    return fails() ? -1 : pwrite(fd, bytes, size > 1 ? 1 : size, offset);
}

int broken_fsync(int fd)
{
    return fails() ? -1 : fsync(fd);
}

int broken_close(int fd)
{
    close(fd);
    return fails() ? -1 : 0;
}

int broken_ftruncate(int fd, off_t size)
{
    return fails() ? -1 : ftruncate(fd, size);
}

int broken_fallocate(int fd, off_t offset, off_t size)
{
    return fails() ? -1 : os_ops_system.fallocate(fd, offset, size);
}

int broken_writeback(int fd, off_t offset, off_t size)
{
    return fails() ? -1 : os_ops_system.writeback(fd, offset, size);
}

int broken_fd_stat(int fd, struct stat *out)
{
    return fails() ? -1 : fstat(fd, out);
}

int broken_mode(int fd, mode_t mode)
{
    return fails() ? -1 : fchmod(fd, mode);
}

int broken_times(int fd, const struct timespec times[2])
{
    return fails() ? -1 : futimens(fd, times);
}

int broken_rename_new(const char *from, const char *to)
{
    return fails() ? -1 : os_ops_system.rename_new(from, to);
}

int broken_rename(const char *from, const char *to)
{
    return fails() ? -1 : rename(from, to);
}

int broken_link(const char *from, const char *to)
{
    return fails() ? -1 : link(from, to);
}

int broken_clone(int to, int from)
{
    return fails() ? -1 : os_ops_system.clone(to, from);
}

ssize_t broken_copy(int from, int to, size_t size)
{
    return fails() ? -1 : os_ops_system.copy(from, to, size > 7 ? 7 : size);
}

int broken_direct(int fd)
{
    (void)fd;
    errno = EINVAL;
    return -1;
}

char *file_here(const char *name)
{
    return path_join(unit_temp_dir(), name);
}

char *file_missing(const char *format, const char *path)
{
    return mem_printf(strcmp(format, "open") == 0
                          ? "could not open file \"%s\": No such file or directory"
                          : "could not stat file \"%s\": No such file or directory",
                      path);
}

void file_put(const char *name, const char *text)
{
    OsFile *f = os_file_open(file_here(name), OS_WRITE | OS_CREATE | OS_TRUNCATE);

    os_file_write(f, text, strlen(text));
    os_file_close(f);
}

char *file_content(const char *name)
{
    return os_file_read_all(file_here(name), 1000000, NULL);
}
