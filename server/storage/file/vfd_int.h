/* vfd_int.h - what a Vfd is, for vfd.c and temp.c. */
#ifndef FILE_VFD_INT_H
#define FILE_VFD_INT_H

#include "common/base/base.h"

#include "common/mem/mem.h"
#include "common/mem/owner.h"
#include "server/storage/file/vfd.h"

struct Vfd {
    int fd;             /* -1: not open now */
    unsigned flags;     /* OsOpen, to open it again */
    Vfd *newer, *older; /* in the ring of those that are open; the ends meet in a head */
    Vfd *next, *prev;   /* in the list of all */
    char *path;

    bool is_temp;
    bool has_owner;
    Owner *owner;        /* that gives it back */
    uint64_t size_bytes; /* of a temporary file: what counts for temp_file_limit */
};

MemContext *vfd_mem(void);

/* Open path into a Vfd that is made for it; NULL with *error. */
Vfd *vfd_make(const char *path, unsigned flags, int *error);
void vfd_free(Vfd *f); /* closes what is open */

/* Before a temporary file grows to that size: raises 53400 over the limit; and what has become. */
void temp_check_growth(const Vfd *f, uint64_t size);
void temp_note_size(Vfd *f, uint64_t size);

/* One was read or written; start is what temp_clock() said before. */
uint64_t temp_clock(void);
void temp_count_read(size_t size, uint64_t start);
void temp_count_write(size_t size, uint64_t start);

/* Unlink it and forget its owner; part of vfd_close(). */
void temp_remove(Vfd *f);
void temp_begin(void); /* in each process: nobody is to be told of its end so far */
void temp_end(void);

void vfd_close_temp_files(void); /* of this process */

#endif
