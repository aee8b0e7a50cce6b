/* checkpoint_int.h - what checkpoints and restartpoints share. */
#ifndef CHECKPOINT_CHECKPOINT_INT_H
#define CHECKPOINT_CHECKPOINT_INT_H

#include "common/base/base.h"

#include "server/storage/buffer/buffer.h"
#include "server/storage/sync/sync.h"

/* All that was changed goes to disk; what the records before redo have prepared, too. */
void checkpoint_flush(unsigned flags, Lsn redo, BufferSyncStats *buffers, SyncStats *syncs);
const char *checkpoint_flag_text(unsigned flags);

#endif
