/*
 * file_times.h - when a file was read, written and changed
 */
#ifndef OS_FILE_TIMES_H
#define OS_FILE_TIMES_H

#include "common/base/base.h"

/* Unix seconds. */
typedef struct OsFileTimes {
    int64_t accessed, modified, changed;
} OsFileTimes;

/* Follows links; false when it does not exist. Raises otherwise. */
bool os_try_file_times(const char *path, OsFileTimes *out);

#endif
