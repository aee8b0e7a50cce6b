/* fd.c - files by descriptor; fd.h has the promises. Each call is followed by reading errno. */
#include "common/base/base.h"

#include "common/os/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/os/fault.h"
#include "common/os/file.h"
#include "common/os/os_int.h"

#ifdef HOLDFAST_FAULT_POINTS
/* A fault point's raise as the error that the system would have given; 0: none. */
static int fault_error(const char *name)
{
    volatile int error = 0;

    ERR_TRY() {
        fault_point(name);
    }
    ERR_CATCH() {
        error = err_caught()->sqlstate == SQLSTATE_DISK_FULL ? ENOSPC : EIO;
    }
    ERR_END();
    return error;
}
#else
# define fault_error(name) 0
#endif

int os_fd_open(const char *path, unsigned flags)
{
    int error = fault_error("os.fd.open");
    int fd;

    if (error != 0)
        return -error;
    do
        fd = os_ops->open(path, os_open_flags(flags), os_file_mode());
    while (fd < 0 && errno == EINTR);
    return fd < 0 ? -errno : fd;
}

int os_fd_close(int fd)
{
    /* An interrupted close has closed: trying again could hit another file of that number. */
    return os_ops->close(fd) != 0 && errno != EINTR ? -errno : 0;
}

int64_t os_fd_read(int fd, void *bytes, size_t size, uint64_t offset)
{
    int error = fault_error("os.fd.read");
    size_t done = 0;

    if (error != 0)
        return -error;
    while (done < size) {
        ssize_t n = os_ops->pread(fd, (char *)bytes + done, size - done, (off_t)(offset + done));

        if (n == 0)
            break;
        if (n > 0)
            done += (size_t)n;
        else if (errno != EINTR)
            return -errno;
    }
    return (int64_t)done;
}

int64_t os_fd_write(int fd, const void *bytes, size_t size, uint64_t offset)
{
    int error = fault_error("os.fd.write");
    size_t done = 0;

    if (error != 0)
        return -error;
    while (done < size) {
        ssize_t n =
            os_ops->pwrite(fd, (const char *)bytes + done, size - done, (off_t)(offset + done));

        /* Some systems take nothing, without a word, when the disk is full. */
        if (n == 0)
            break;
        if (n > 0)
            done += (size_t)n;
        else if (errno != EINTR)
            return done > 0 && errno == ENOSPC ? (int64_t)done : -errno;
    }
    return (int64_t)done;
}

int os_fd_sync(int fd)
{
    int error = fault_error("os.fd.sync");
    int result;

    if (error != 0)
        return -error;
    do
        result = os_ops->fsync(fd);
    while (result != 0 && errno == EINTR);
    return result != 0 ? -errno : 0;
}

int os_fd_truncate(int fd, uint64_t size)
{
    int error = fault_error("os.fd.truncate");
    int result;

    if (error != 0)
        return -error;
    do
        result = os_ops->ftruncate(fd, (off_t)size);
    while (result != 0 && errno == EINTR);
    return result != 0 ? -errno : 0;
}

int os_fd_allocate(int fd, uint64_t offset, uint64_t size)
{
    int error = fault_error("os.fd.allocate");
    int result;

    if (error != 0)
        return -error;
    do
        result = os_ops->fallocate(fd, (off_t)offset, (off_t)size);
    while (result != 0 && errno == EINTR);
    return result != 0 ? -errno : 0;
}

int64_t os_fd_size(int fd)
{
    off_t end = os_ops->lseek(fd, 0, SEEK_END);

    return end < 0 ? -errno : (int64_t)end;
}

void os_fd_prefetch(int fd, uint64_t offset, uint64_t size)
{
    os_ops->fadvise(fd, (off_t)offset, (off_t)size, POSIX_FADV_WILLNEED);
}

int os_fd_writeback(int fd, uint64_t offset, uint64_t size)
{
    int result = os_ops->writeback(fd, (off_t)offset, (off_t)size);

    /* Not every file system can, which is no reason to complain about a hint. */
    if (result != 0 && (errno == EIO || errno == ENOSPC || errno == EDQUOT))
        return -errno;
    return 0;
}

int os_fd_unlink(const char *path)
{
    int error = fault_error("os.fd.unlink");

    if (error != 0)
        return -error;
    return os_ops->unlink(path) != 0 ? -errno : 0;
}

unsigned os_fd_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > INT32_MAX)
        return INT32_MAX;
    return (unsigned)limit.rlim_cur;
}

unsigned os_fd_count(void)
{
    int fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);

    /* The system gives out the lowest that is free. */
    if (fd < 0)
        return errno == EMFILE ? os_fd_limit() : STDERR_FILENO + 1;
    close(fd);
    return (unsigned)fd;
}

const char *os_error_text(int error)
{
    static _Thread_local char text[128];

    return strerror_r(error, text, sizeof text);
}

bool os_error_is_missing(int error)
{
    return error == ENOENT;
}

bool os_error_is_too_many_files(int error)
{
    return error == EMFILE || error == ENFILE;
}

bool os_error_is_disk_full(int error)
{
    return error == ENOSPC || error == EDQUOT;
}
