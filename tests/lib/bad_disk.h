/*
 * bad_disk.h - calls of the system that fail when a test wants them to
 *
 *     bad_disk_begin();
 *     bad_disk_fail(BAD_DISK_PWRITE, ENOSPC, 3);     three go well, then each fails
 *     ...
 *     bad_disk_end();
 */
#ifndef LIB_BAD_DISK_H
#define LIB_BAD_DISK_H

#include "common/base/base.h"

typedef enum BadDiskCall {
    BAD_DISK_OPEN,
    BAD_DISK_PREAD,
    BAD_DISK_PWRITE,
    BAD_DISK_FSYNC,
    BAD_DISK_FTRUNCATE,
    BAD_DISK_FALLOCATE,
    BAD_DISK_UNLINK,
    BAD_DISK_CALL_COUNT,
} BadDiskCall;

void bad_disk_begin(void); /* counts from here on; nothing fails yet */
void bad_disk_end(void);

/* error 0: it goes well again. */
void bad_disk_fail(BadDiskCall call, int error, unsigned good_left);

/* Take half of a write, then nothing (as some systems do when the disk is full). */
void bad_disk_short_writes(bool is_on);

unsigned bad_disk_count(BadDiskCall call); /* calls since the beginning */

/* Called before each write; NULL: nothing. */
void bad_disk_on_write(void (*fn)(const void *bytes, size_t size));

/* Called before each fsync, with the bad disk still in force; NULL: nothing. */
void bad_disk_on_fsync(void (*fn)(void));

#endif
