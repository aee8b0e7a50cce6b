/*
 * os_int.h - what the files of common/os share: turning errno into a raise, and the table of calls
 *
 * file.c and dir.c reach the disk through os_ops alone, so that tests can put another disk in its
 * place (simdisk.h). A row has the meaning, the results and the errno of the system call that it is
 * named after; those that have none say so.
 */
#ifndef OS_OS_INT_H
#define OS_OS_INT_H

#include "common/base/base.h"

#include <sys/stat.h>
#include <sys/types.h>

typedef struct OsOps {
    int (*open)(const char *path, int flags, mode_t mode);
    int (*close)(int fd);
    ssize_t (*read)(int fd, void *bytes, size_t size);
    ssize_t (*pread)(int fd, void *bytes, size_t size, off_t offset);
    ssize_t (*write)(int fd, const void *bytes, size_t size);
    ssize_t (*pwrite)(int fd, const void *bytes, size_t size, off_t offset);
    int (*fsync)(int fd);
    int (*fdatasync)(int fd);
    int (*ftruncate)(int fd, off_t size);
    off_t (*lseek)(int fd, off_t offset, int whence);
    int (*fstat)(int fd, struct stat *out);
    int (*fchmod)(int fd, mode_t mode);
    int (*futimens)(int fd, const struct timespec times[2]);
    int (*direct)(int fd);                              /* bypass the cache */
    int (*fallocate)(int fd, off_t offset, off_t size); /* room in the file; it may grow */
    int (*writeback)(int fd, off_t offset, off_t size); /* start it, do not wait */
    int (*fadvise)(int fd, off_t offset, off_t size, int advice);
    int (*clone)(int to, int from);                 /* share all blocks */
    ssize_t (*copy)(int from, int to, size_t size); /* at both positions */
    int (*stat)(const char *path, struct stat *out);
    int (*lstat)(const char *path, struct stat *out);
    int (*rename)(const char *from, const char *to);
    int (*rename_new)(const char *from, const char *to); /* EEXIST when to is there */
    int (*link)(const char *from, const char *to);
    int (*unlink)(const char *path);
    int (*symlink)(const char *target, const char *path);
    ssize_t (*readlink)(const char *path, char *out, size_t size);
    int (*chmod)(const char *path, mode_t mode);
    int (*mkdir)(const char *path, mode_t mode);
    int (*rmdir)(const char *path);
    void *(*opendir)(const char *path);
    const char *(*readdir)(void *dir); /* the next name; NULL at the end (errno 0) or on error */
    int (*closedir)(void *dir);
} OsOps;

/* The calls in force: those of the system unless a test has put others here. */
extern const OsOps *os_ops;
extern const OsOps os_ops_system;

/*
 * Raise "what: reason" with the SQLSTATE that belongs to error, an errno value. what is formatted;
 * e.g. os_raise(errno, "could not open file \"%s\"", path).
 */
_Noreturn void os_raise(int error, const char *what, ...) PRINTF_LIKE(2, 3);

/* OS_READ and its kin, as open() takes them. */
int os_open_flags(unsigned flags);

#endif
