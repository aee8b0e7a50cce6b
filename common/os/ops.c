/* ops.c - the table of system calls, and how their errors become raises; os_int.h has the why. */
#include "common/base/base.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/err/err.h"
#include "common/os/fd.h"
#include "common/os/os_int.h"

#define WHAT_SIZE 9000 /* bytes: two path names of the longest kind and the words around them */

static int system_open(const char *path, int flags, mode_t mode);
static int system_direct(int fd);
static int system_fallocate(int fd, off_t offset, off_t size);
static int system_writeback(int fd, off_t offset, off_t size);
static int system_fadvise(int fd, off_t offset, off_t size, int advice);
static int system_clone(int to, int from);
static ssize_t system_copy(int from, int to, size_t size);
static int system_rename_new(const char *from, const char *to);
static void *system_opendir(const char *path);
static const char *system_readdir(void *dir);
static int system_closedir(void *dir);

const OsOps os_ops_system = {
    .open = system_open,
    .close = close,
    .read = read,
    .pread = pread,
    .write = write,
    .pwrite = pwrite,
    .fsync = fsync,
    .fdatasync = fdatasync,
    .ftruncate = ftruncate,
    .lseek = lseek,
    .fstat = fstat,
    .fchmod = fchmod,
    .futimens = futimens,
    .direct = system_direct,
    .fallocate = system_fallocate,
    .writeback = system_writeback,
    .fadvise = system_fadvise,
    .clone = system_clone,
    .copy = system_copy,
    .stat = stat,
    .lstat = lstat,
    .rename = rename,
    .rename_new = system_rename_new,
    .link = link,
    .unlink = unlink,
    .symlink = symlink,
    .readlink = readlink,
    .chmod = chmod,
    .mkdir = mkdir,
    .rmdir = rmdir,
    .opendir = system_opendir,
    .readdir = system_readdir,
    .closedir = system_closedir,
};

const OsOps *os_ops = &os_ops_system;

SqlState os_error_sqlstate(int error)
{
    switch (error) {
    case ENOENT:
        return SQLSTATE_UNDEFINED_FILE;
    case EEXIST:
        return SQLSTATE_DUPLICATE_FILE;
    case EACCES:
    case EPERM:
    case EROFS:
        return SQLSTATE_INSUFFICIENT_PRIVILEGE;
    case ENOTDIR:
    case EISDIR:
    case ENOTEMPTY:
        return SQLSTATE_WRONG_OBJECT_TYPE;
    case ENOSPC:
    case EDQUOT:
        return SQLSTATE_DISK_FULL;
    case ENOMEM:
        return SQLSTATE_OUT_OF_MEMORY;
    case EAGAIN:
    case EMFILE:
    case ENFILE:
        return SQLSTATE_INSUFFICIENT_RESOURCES;
    default:
        return SQLSTATE_IO_ERROR;
    }
}

void os_raise(int error, const char *what, ...)
{
    char text[WHAT_SIZE];
    char reason[128];
    va_list args;

    va_start(args, what);
    vsnprintf(text, sizeof text, what, args);
    va_end(args);
    err_raise(os_error_sqlstate(error),
              .message = err_fmt("%s: %s", text, strerror_r(error, reason, sizeof reason)));
}

static int system_open(const char *path, int flags, mode_t mode)
{
    return open(path, flags, mode);
}

static int system_direct(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_DIRECT);
}

static int system_fallocate(int fd, off_t offset, off_t size)
{
    int error = posix_fallocate(fd, offset, size);

    errno = error;
    return error == 0 ? 0 : -1;
}

static int system_writeback(int fd, off_t offset, off_t size)
{
    return sync_file_range(fd, offset, size, SYNC_FILE_RANGE_WRITE);
}

static int system_fadvise(int fd, off_t offset, off_t size, int advice)
{
    int error = posix_fadvise(fd, offset, size, advice);

    errno = error;
    return error == 0 ? 0 : -1;
}

static int system_clone(int to, int from)
{
    return ioctl(to, FICLONE, from);
}

static ssize_t system_copy(int from, int to, size_t size)
{
    return copy_file_range(from, NULL, to, NULL, size, 0);
}

static int system_rename_new(const char *from, const char *to)
{
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
}

static void *system_opendir(const char *path)
{
    return opendir(path);
}

static const char *system_readdir(void *dir)
{
    struct dirent *entry;

    errno = 0;
    entry = readdir(dir);
    return entry == NULL ? NULL : entry->d_name;
}

static int system_closedir(void *dir)
{
    return closedir(dir);
}
