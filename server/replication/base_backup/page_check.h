/*
 * page_check.h - the checksums of pages that pass by on their way into a backup
 *
 * A page that was changed since the backup began is not looked at: it may have been read half old
 * and half new, and replay brings its image. One that does not fit is read again, since it may have
 * been written just then.
 *
 *     page_check_begin(&check, ...);
 *     page_check_piece(&check, bytes, len, offset);   each piece, whole pages; may mend them
 *     page_check_report(&check);                      after each, when nothing stands in the way
 *     page_check_end(&check);
 */
#ifndef BASE_BACKUP_PAGE_CHECK_H
#define BASE_BACKUP_PAGE_CHECK_H

#include "common/base/base.h"

#include "common/os/file.h"

#define PAGE_CHECK_REPORTS_MAX 5 /* pages of a file that are named */

typedef struct BadPage {
    BlockNo block;
    uint16_t calculated, found;
} BadPage;

typedef struct PageCheck {
    OsFile *file;
    const char *path;
    Lsn start; /* of the backup */
    BlockNo first_block;
    uint64_t failures;
    BadPage bad[PAGE_CHECK_REPORTS_MAX];
    unsigned reported; /* of bad */
    bool is_off;       /* the rest cannot be checked: a piece was not of whole pages */
    BlockNo odd_block; /* where that began, */
    size_t odd_len;    /* and its bytes; 0: nothing is to be told of it (any more) */
} PageCheck;

/* path as messages have it; segment is the file's place among those of its fork. */
void page_check_begin(PageCheck *c, OsFile *file, const char *path, uint32_t segment, Lsn start);
void page_check_piece(PageCheck *c, uint8_t *bytes, size_t len, uint64_t offset);
void page_check_report(PageCheck *c);
void page_check_end(PageCheck *c);

#endif
