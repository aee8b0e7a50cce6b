/*
 * repl_slot.h - replication slots: what a standby still needs, remembered while it is away
 *
 * A slot has a name and keeps the log from a position on, and rows that its standby's queries may
 * see. It lives in shared memory and, unless it is temporary, in pg_replslot/NAME/state, in
 * PostgreSQL 15's bytes. A process acquires one to work with it, one at a time; nobody else may
 * then. Slots of logical decoding are kept if they are found, and cannot be made.
 *
 * Promises
 *   1. A slot that was made is on disk before its maker goes on. Its position reaches the disk with
 *      the next checkpoint at the latest, so after a crash it may hold more than it must.
 *   2. Log that a slot holds is not removed, unless it is more than max_slot_wal_keep_size: then
 *      the slot is invalidated first.
 *   3. Temporary slots go with their session, and with an error in it.
 */
#ifndef REPLICATION_REPL_SLOT_H
#define REPLICATION_REPL_SLOT_H

#include "common/base/base.h"

#include "common/ds/array.h"

#define REPL_SLOT_NAME_SIZE 64 /* with the NUL */

typedef enum ReplSlotLife {
    REPL_SLOT_PERSISTENT = 0, /* numbers as on disk */
    REPL_SLOT_EPHEMERAL = 1,  /* being made: gone after an error or a crash */
    REPL_SLOT_TEMPORARY = 2,
} ReplSlotLife;

/* What is on disk. */
typedef struct ReplSlotData {
    char name[REPL_SLOT_NAME_SIZE];
    Oid database; /* 0: a physical one */
    ReplSlotLife life;
    Xid xmin, catalog_xmin;
    Lsn restart_lsn;    /* log is kept from here on; 0: none is */
    Lsn invalidated_at; /* restart_lsn of before it was invalidated; 0: it was not */
    Lsn confirmed_lsn, two_phase_at;
    bool two_phase;
    char plugin[REPL_SLOT_NAME_SIZE];
} ReplSlotData;

size_t repl_slot_shmem_size(void);
void repl_slot_shmem_init(void *place);

/* Whether slots can be used with the settings as they are: raises 55000. */
void repl_slot_restore(void);

/* Raises 55000 where no slot can be used, as the settings are; 42602 for a bad name. */
void repl_slot_check_settings(void);

/* Raises 42501 unless the role may use slots. In a transaction. */
void repl_slot_check_rights(void);

/* ---- Making, using, dropping ---- */

/* Make a physical one, which is acquired then: 42602, 42710, 53400. */
void repl_slot_create(const char *name, ReplSlotLife life);
void repl_slot_persist(void); /* an ephemeral one is kept from now on */

/* Raises 42704; 55006 when another process has it, unless waits. */
void repl_slot_acquire(const char *name, bool waits);
void repl_slot_release(void); /* an ephemeral one is dropped */
bool repl_slot_is_acquired(void);

/*
 * For the end of a session, and after an error in it: release, drop temporary ones. Never raises.
 */
void repl_slot_clean_up(void);

void repl_slot_drop(const char *name, bool waits);

/* Of the acquired one. */
ReplSlotData repl_slot_data(void);
void repl_slot_reserve_wal(void); /* from the redo point of the newest checkpoint on */
void repl_slot_set_restart_lsn(Lsn lsn); /* it is saved some time later */
void repl_slot_set_xmin(Xid xmin, Xid catalog_xmin);
void repl_slot_save(void); /* now */

/* A slot as it is now; pid 0: nobody has acquired it. */
typedef struct ReplSlotRow {
    ReplSlotData data;
    int pid;
} ReplSlotRow;

bool repl_slot_try_read(const char *name, ReplSlotRow *out);
void repl_slot_list(Array *rows); /* ReplSlotRow */

/* ---- For checkpoints ---- */

void repl_slot_checkpoint(void); /* save those that have changed */

/*
 * The first segment that must stay: first, or an earlier one that settings or slots hold. Slots
 * that hold too much are invalidated, whoever uses them being ended.
 */
uint64_t repl_slot_first_segment(uint64_t first, Lsn end);

/* The words of pg_replication_slots.wal_status, NULL for none; *is_removed: nothing is safe. */
const char *repl_slot_wal_status(const ReplSlotRow *row, Lsn end, bool *is_removed);

#endif
