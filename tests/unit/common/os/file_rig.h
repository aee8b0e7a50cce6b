/*
 * file_rig.h - what the suites of files share: a disk on which one call fails, files of a line
 *
 *     broken_begin(ENOSPC, 3);                 three calls go well, then each fails
 *     broken.ops.write = broken_write;
 *     os_ops = &broken.ops;
 *     ...
 *     broken_end();
 */
#ifndef OS_FILE_RIG_H
#define OS_FILE_RIG_H

#include "common/base/base.h"

#include "common/os/os_int.h"

typedef struct BrokenDisk {
    OsOps ops;     /* the system's, but for what the test has replaced */
    int error;     /* what the replaced call fails with */
    int good_left; /* how often it goes well before */
    int calls;     /* of the replaced ones */
} BrokenDisk;

extern BrokenDisk broken;

/* The system's table again, for the test to change and to put in force. */
void broken_begin(int error, int good_left);
void broken_end(void);

/* Replacements. Reads and writes go by one byte; an error of 0 is a write that takes nothing. */
ssize_t broken_read(int fd, void *bytes, size_t size);
ssize_t broken_pread(int fd, void *bytes, size_t size, off_t offset);
ssize_t broken_write(int fd, const void *bytes, size_t size);
ssize_t broken_pwrite(int fd, const void *bytes, size_t size, off_t offset);
int broken_fsync(int fd);
int broken_close(int fd);
int broken_ftruncate(int fd, off_t size);
int broken_fallocate(int fd, off_t offset, off_t size);
int broken_writeback(int fd, off_t offset, off_t size);
int broken_fd_stat(int fd, struct stat *out);
int broken_mode(int fd, mode_t mode);
int broken_times(int fd, const struct timespec times[2]);
int broken_rename_new(const char *from, const char *to);
int broken_rename(const char *from, const char *to);
int broken_link(const char *from, const char *to);
int broken_clone(int to, int from);
ssize_t broken_copy(int from, int to, size_t size);

/* What the system does on disks with no O_DIRECT. */
int broken_direct(int fd);

/* A path in the test's folder; in the memory context of the call, as all that follows. */
char *file_here(const char *name);

/* Write text to a new file there; read it. */
void file_put(const char *name, const char *text);
char *file_content(const char *name);

/* The message of a missing file: format is "open", or else of a stat. */
char *file_missing(const char *format, const char *path);

#endif
