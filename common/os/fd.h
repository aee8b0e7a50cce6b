/*
 * fd.h - files by descriptor, for who keeps a table of open files and words its own messages
 *
 * Nothing here raises because of the system: a result that is negative is minus an error (an errno
 * value), which the caller hands to os_error_text() and os_error_sqlstate() or asks about. Calls
 * that a signal interrupts are taken up again, short reads and writes are continued.
 *
 * Fault points: "os.fd.open", "os.fd.read", "os.fd.write", "os.fd.sync", "os.fd.truncate",
 * "os.fd.allocate", "os.fd.unlink"; they come as errors too.
 */
#ifndef OS_FD_H
#define OS_FD_H

#include "common/base/base.h"

#include "common/err/err.h"

int os_fd_open(const char *path, unsigned flags); /* OsOpen of file.h; the descriptor */
int os_fd_close(int fd);

/* Bytes that were moved: fewer than size at the end of the file, or when the disk is full. */
int64_t os_fd_read(int fd, void *bytes, size_t size, uint64_t offset);
int64_t os_fd_write(int fd, const void *bytes, size_t size, uint64_t offset);

int os_fd_sync(int fd);
int os_fd_truncate(int fd, uint64_t size);
int os_fd_allocate(int fd, uint64_t offset, uint64_t size); /* zeros; grows the file */
int64_t os_fd_size(int fd);

/* Advice: a failure tells nothing that matters. */
void os_fd_prefetch(int fd, uint64_t offset, uint64_t size);
int os_fd_writeback(int fd, uint64_t offset, uint64_t size);

int os_fd_unlink(const char *path);

/* How many descriptors this process may have, and how many it has without a gap. */
unsigned os_fd_limit(void);
unsigned os_fd_count(void);

/* ---- Errors, as positive numbers ---- */

const char *os_error_text(int error); /* in a static buffer of the thread */
SqlState os_error_sqlstate(int error);
bool os_error_is_missing(int error);
bool os_error_is_too_many_files(int error);
bool os_error_is_disk_full(int error);

#endif
