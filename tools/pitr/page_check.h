/*
 * page_check.h - the checksums of pages that pass on their way into a new cluster
 *
 * A manifest tells whether a file is what it was when the backup was taken; whether its pages were
 * sound then, only they tell. The rule is the server's own for base backups: a page whose LSN lies
 * behind the start of the backup may be torn, and is left to recovery, which brings a whole image.
 */
#ifndef PITR_PAGE_CHECK_H
#define PITR_PAGE_CHECK_H

#include "common/base/base.h"

#include <stdatomic.h>

#define PAGE_CHECK_SHOWN    8
#define PAGE_CHECK_PATH_MAX 256

/* What was found in all files; filled by several threads, to be read when they are done. */
typedef struct PageCheck {
    Lsn start; /* of the backup */
    _Atomic uint64_t bad_count;
    struct PageCheckBad {
        char path[PAGE_CHECK_PATH_MAX];
        BlockNo block; /* in the file */
        uint16_t computed, found;
    } bad[PAGE_CHECK_SHOWN]; /* the first of them */
} PageCheck;

/* One file that passes. */
typedef struct PageCheckFile {
    PageCheck *check; /* NULL: no relation's file */
    const char *path;
    BlockNo segment_start; /* block in the fork of the file's first page */
    BlockNo block;         /* the next one, in the file */
    size_t used;           /* bytes of page */
    uint8_t page[BLOCK_SIZE];
} PageCheckFile;

/* path is relative to the data directory, and outlives the file. */
void page_check_begin(PageCheckFile *f, PageCheck *check, const char *path);
void page_check_feed(PageCheckFile *f, const void *bytes, size_t len);

/* Warn of what was found, file, block and both checksums. */
void page_check_report(const PageCheck *check);

#endif
