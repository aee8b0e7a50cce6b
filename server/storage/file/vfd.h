/*
 * vfd.h - files of relations, more than the system lets a process have open
 *
 * A Vfd is a file by name that is opened when it is used and may be closed behind the caller's back
 * when too many are open (max_files_per_process). Temporary files are removed when they are closed.
 */
#ifndef STORAGE_VFD_H
#define STORAGE_VFD_H

#include "common/base/base.h"

#include "server/ipc/wait_event.h"

typedef struct Vfd Vfd;

typedef enum VfdOpen { VFD_MUST_EXIST, VFD_CREATE, VFD_CREATE_NEW, VFD_CREATE_OR_OPEN } VfdOpen;

Vfd *vfd_open(const char *path, VfdOpen how);     /* raises */
Vfd *vfd_try_open(const char *path, VfdOpen how); /* NULL when it does not exist */
void vfd_close(Vfd *f);

size_t vfd_read(Vfd *f, void *bytes, size_t size, uint64_t offset, WaitEvent wait_event);
void vfd_write(Vfd *f, const void *bytes, size_t size, uint64_t offset, WaitEvent wait_event);
void vfd_sync(Vfd *f, WaitEvent wait_event);
void vfd_truncate(Vfd *f, uint64_t size, WaitEvent wait_event);
uint64_t vfd_size(Vfd *f);
void vfd_prefetch(Vfd *f, uint64_t offset, uint64_t size);
void vfd_writeback(Vfd *f, uint64_t offset, uint64_t size);
const char *vfd_path(const Vfd *f);

/* A file for this process alone, in temp_tablespaces; removed with its owner. 53400 over temp_file_limit. */
Vfd *vfd_open_temp(bool outlives_transaction);

void vfd_init(void);              /* in each process: how many may be open */
void vfd_close_all(void);         /* what the system has open; the Vfds stay */
void vfd_remove_temp_files(void); /* all that a crash left, at start-up */

#endif
