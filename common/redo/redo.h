/*
 * redo.h - one WAL record applied to one page, as a pure function
 *
 * redo_block() is a function of its arguments alone: no buffers, no globals, no I/O. The server's
 * recovery, the tools that rebuild pages of a backup, and the tests call the same code. What is
 * not block-local (commit status, files, maps) is in walrec/effects.h.
 *
 * The driver does for every record what does not depend on the resource manager: LSN interlock,
 * restoring images, setting the page's LSN. Then it calls the row of common/walrec/rmgr.def.
 */
#ifndef REDO_REDO_H
#define REDO_REDO_H

#include "common/base/base.h"

#include "common/walrec/record.h"

typedef struct RedoEnv {
    unsigned version;      /* of the WAL; block redo knows 15 */
    bool hint_bits_logged; /* data checksums or wal_log_hints are on (pg_control) */
} RedoEnv;

typedef enum RedoResult {
    REDO_APPLIED,   /* the page was changed, or made from nothing */
    REDO_RESTORED,  /* the page is the record's image now */
    REDO_SKIPPED,   /* the page is as new as the record or newer */
    REDO_UNCHANGED, /* the record only locked the page, or there was nothing to do */
    REDO_MISSING,   /* the page is absent or new and the record needs its content: the caller notes
                       it, and a later drop or truncation must explain it */
} RedoResult;

/*
 * Apply record to one of its touches, as walrec_touched() lists them. page is BLOCK_SIZE bytes,
 * aligned to 8, all zero when the block is absent; it is changed only when the result is APPLIED or
 * RESTORED. The checksum field is left stale. Raises SQLSTATE_DATA_CORRUPTED when record and page
 * do not fit each other, with the page untouched or in an undefined state; 0A000 for a version or
 * resource manager unknown here.
 */
RedoResult redo_block(const RedoEnv *env, const WalRecord *record, const WalTouch *touch,
                      uint8_t *page);

/*
 * The image of a reference as a whole page, hole filled with zeros, whatever APPLY says. Raises
 * SQLSTATE_DATA_CORRUPTED when there is none, or it does not make a page.
 */
void redo_restore_image(const WalBlockRef *ref, uint8_t *page);

#endif
