/*
 * checkpoint.h - checkpoints: asked for, made, waited for
 *
 * Anybody asks; the checkpointer makes them, one after the other. While there is none (a standalone
 * server) the one who asks makes it.
 *
 * Promises
 *   1. When a checkpoint is in pg_control, all that was changed before its redo point is on disk.
 *   2. Only then does the log before it go, and only what is archived and no slot needs.
 */
#ifndef CHECKPOINT_CHECKPOINT_H
#define CHECKPOINT_CHECKPOINT_H

#include "common/base/base.h"

typedef enum CheckpointFlag {
    CHECKPOINT_IS_SHUTDOWN = 0x01,
    CHECKPOINT_END_OF_RECOVERY = 0x02,
    CHECKPOINT_IMMEDIATE = 0x04, /* at full speed */
    CHECKPOINT_FORCE = 0x08,     /* though nothing happened since the last */
    CHECKPOINT_FLUSH_ALL = 0x10, /* unlogged relations too */
    CHECKPOINT_WAIT = 0x20,      /* until it is done */
    CHECKPOINT_REQUESTED = 0x40, /* by somebody, not by time */
    CHECKPOINT_CAUSE_WAL = 0x80, /* for the size of the log */
    CHECKPOINT_CAUSE_TIME = 0x100,
} CheckpointFlag;

size_t checkpoint_shmem_size(void);
void checkpoint_shmem_init(void *place);

/*
 * What upper rooms have to do with it; set by main before the first fork. Each may be NULL. save is
 * called with all else that is written; first_segment says which segment must stay, first or an
 * earlier one, now that the log ends at end.
 */
typedef struct CheckpointHooks {
    void (*save)(void);
    uint64_t (*first_segment)(uint64_t first, Lsn end);
} CheckpointHooks;
void checkpoint_set_hooks(const CheckpointHooks *hooks);
uint64_t checkpoint_first_segment(uint64_t first, Lsn end); /* what the hook says */

/*
 * Ask for one. With CHECKPOINT_WAIT raises 58000 "checkpoint request failed" when it could not be
 * made.
 */
void checkpoint_request(unsigned flags);

/* Wake the checkpointer, if there is one, for what else it does: the queue of files to sync. */
void checkpoint_wake(void);

/* Make one now, in this process, which holds no locks. False: there was nothing to do. */
bool checkpoint_make(unsigned flags);

/* The same on a standby, from the newest checkpoint that was replayed. */
bool restartpoint_make(unsigned flags);

/* After start-up: the settings in force go into the log, when they are other than pg_control's. */
void log_parameter_change(void);

/* ---- For the checkpointer ---- */

void checkpoint_serve(void); /* this process makes them from now on */
bool checkpoint_is_asked_for(void);
unsigned checkpoint_begin_asked(void);   /* takes the flags of all who asked */
void checkpoint_end_asked(bool is_done); /* wakes those who wait */
void checkpoint_set_pause(void (*pause)(unsigned flags,
                                        double done)); /* called while buffers are written */

PgTime checkpoint_last_time(void);
PgTime checkpoint_last_switch_time(void);

#endif
