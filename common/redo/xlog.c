/* xlog.c - full-page images: the driver restores them, so what comes here had none. */
#include "common/base/base.h"

#include "common/redo/redo_int.h"
#include "common/walrec/rmgr.h"

/* A record for a hint bit may have lost its image, and then changes nothing. */
static const RedoOp xlog_ops[REDO_OPS] = {
    [AT(XLOG_FPI_FOR_HINT)] = {.rest = OLD(redo_lock_only)},
    [AT(XLOG_FPI)] = {.rest = OLD(redo_image_only)},
};

const RedoManager xlog_redo = {.opcode_mask = 0xF0, .ops = xlog_ops};
