/*
 * vfd.h - files of relations, more than the system lets a process have open
 *
 * A Vfd is a file by name that is opened when it is used and may be closed behind the caller's back
 * when too many are open (max_files_per_process). Temporary files are removed when they are closed.
 */
#ifndef FILE_VFD_H
#define FILE_VFD_H

#include "common/base/base.h"

#include "server/ipc/wait_event.h"

typedef struct Vfd Vfd;

typedef enum VfdOpen {
    VFD_MUST_EXIST,
    VFD_CREATE, /* what is there is emptied */
    VFD_CREATE_NEW,
    VFD_CREATE_OR_OPEN,
} VfdOpen;

Vfd *vfd_open(const char *path, VfdOpen how);     /* raises */
Vfd *vfd_try_open(const char *path, VfdOpen how); /* NULL when it does not exist */
void vfd_close(Vfd *f);

size_t vfd_read(Vfd *f, void *bytes, size_t size, uint64_t offset, WaitEvent wait_event);
void vfd_write(Vfd *f, const void *bytes, size_t size, uint64_t offset, WaitEvent wait_event);
void vfd_sync(Vfd *f, WaitEvent wait_event); /* a failure is a panic, unless data_sync_retry */
void vfd_truncate(Vfd *f, uint64_t size, WaitEvent wait_event);
uint64_t vfd_size(Vfd *f);
void vfd_prefetch(Vfd *f, uint64_t offset, uint64_t size);
void vfd_writeback(Vfd *f, uint64_t offset, uint64_t size);
const char *vfd_path(const Vfd *f);

/*
 * The same for who words the errors: what is negative is minus an error of common/os/fd.h. Memory
 * and temp_file_limit raise all the same. A write that is short met a full disk.
 */
Vfd *vfd_open_raw(const char *path, VfdOpen how, int *error); /* NULL with *error */
int64_t vfd_read_raw(Vfd *f, void *bytes, size_t size, uint64_t offset, WaitEvent wait_event);
int64_t vfd_write_raw(Vfd *f, const void *bytes, size_t size, uint64_t offset,
                      WaitEvent wait_event);
int vfd_sync_raw(Vfd *f, WaitEvent wait_event);
int vfd_truncate_raw(Vfd *f, uint64_t size, WaitEvent wait_event);
int vfd_allocate_raw(Vfd *f, uint64_t offset, uint64_t size, WaitEvent wait_event);
int64_t vfd_size_raw(Vfd *f);

/*
 * A file for this process alone, in temp_tablespaces; removed with the current resource owner at
 * the latest, with outlives_transaction only when it is closed. 53400 over temp_file_limit.
 */
Vfd *vfd_open_temp(bool outlives_transaction);

/* What this process has read and written of them, in blocks, parts of one as a whole one. */
typedef struct VfdTempCounters {
    uint64_t read, written;
    uint64_t read_ns, write_ns; /* with track_io_timing */
} VfdTempCounters;
const VfdTempCounters *vfd_temp_counters(void);

/* How the name of each temporary file begins: tools and backups pass over such files. */
#define VFD_TEMP_PREFIX "pgsql_tmp"

/* Where temporary files go, in turn; the default tablespace when there is none. */
void vfd_set_temp_tablespaces(const Oid *tablespaces, unsigned count);

void vfd_init(void);              /* in each process: how many may be open */
void vfd_close_all(void);         /* what the system has open; the Vfds stay */
void vfd_end(void);               /* close and forget all, temporary files are removed */
void vfd_remove_temp_files(void); /* all that a crash left, at start-up */

/* Raise that the file could not be synced: a panic, unless data_sync_retry. */
void vfd_fail_sync(const char *path, int error);

unsigned vfd_open_count(void); /* descriptors in use, for tests */

#endif
