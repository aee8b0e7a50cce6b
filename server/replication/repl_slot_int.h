/* repl_slot_int.h - what only the files about slots share. */
#ifndef REPLICATION_REPL_SLOT_INT_H
#define REPLICATION_REPL_SLOT_INT_H

#include "common/base/base.h"

#include <stdatomic.h>

#include "common/err/err.h"
#include "server/ipc/condvar.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/spinlock.h"
#include "server/replication/repl_slot.h"

#define REPL_SLOT_FOLDER "pg_replslot"

typedef struct ReplSlot {
    SpinLock lock;
    bool is_used;    /* guarded by the control lock, and lock for a change */
    int pid;         /* who has acquired it; 0: nobody. Guarded by lock, as all that follow */
    bool is_dirty;   /* has to be saved */
    bool was_dirtied; /* again, while it was being saved */
    ReplSlotData data;
    LwLock io_lock;   /* its files */
    CondVar released; /* pid became 0 */
} ReplSlot;

typedef struct ReplSlotShared {
    LwLock allocation_lock; /* making and dropping */
    LwLock control_lock;    /* is_used of all */
    ReplSlot slots[];       /* max_replication_slots */
} ReplSlotShared;

ReplSlotShared *repl_slot_shared(void);

/* A used one, with the control lock; or NULL. */
ReplSlot *repl_slot_find(const char *name);

ReplSlotData repl_slot_copy(ReplSlot *slot); /* as it is now */

/* Tell others what all slots hold back. */
void repl_slot_spread_xmin(void);
Lsn repl_slot_oldest_lsn(void); /* 0: none holds any */

/* ---- repl_slot_file.c ---- */

void repl_slot_make_files(const ReplSlotData *data);

/* Write the state if it has changed; level ERR_LOG: a failure is logged only. */
void repl_slot_write(ReplSlot *slot, ErrLevel level);

/* First by another name, so that a crash leaves nothing of it; false (logged): it could not be. */
bool repl_slot_hide_files(const char *name);
void repl_slot_remove_hidden(const char *name);

#endif
