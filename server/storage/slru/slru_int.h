/*
 * slru_int.h - the buffers of a folder, as slru.c and slru_file.c share them
 */
#ifndef SLRU_SLRU_INT_H
#define SLRU_SLRU_INT_H

#include "common/base/base.h"

#include <stdatomic.h>

#include "server/stats/stats.h"
#include "server/storage/slru/slru.h"

#define SLRU_LSN_GROUPS 1024 /* a page */

/* What is counted of the folder. */
StatsSlru *slru_stats(const Slru *s);

/* slru.c has the diagram. */
typedef enum SlotState { SLOT_EMPTY, SLOT_READING, SLOT_VALID, SLOT_WRITING } SlotState;

typedef struct SlruSlot {
    bool is_dirty;             /* guarded by the lock, exclusively */
    uint32_t waiter_count;     /* likewise: who wait for the end of reading or writing */
    _Atomic uint32_t io_count; /* futex: changes when reading or writing ends */
    _Atomic uint32_t used_at;  /* written with the lock shared too: a guess is enough */
} SlruSlot;

struct Slru {
    SlruConfig config;
    LwLock lock;
    uint32_t latest_page; /* guarded by the lock */
    _Atomic uint32_t use_clock;
    _Atomic uint32_t last_slot; /* where something was found last: a guess */
    uint32_t *pages;            /* of each slot; guarded by the lock, as the rest */
    uint8_t *states;            /* SlotState */
    SlruSlot *slots;
    Lsn *lsns; /* SLRU_LSN_GROUPS for each slot; NULL: none are kept */
    uint8_t *bytes;
};

/* The bytes of a page in its file; raises when they are not there (in recovery: zeros). */
void slru_file_read(const Slru *s, uint32_t page, uint8_t *bytes);

/* Write it, make its file when missing, and ask for its sync. */
void slru_file_write(const Slru *s, uint32_t page, const uint8_t *bytes);

void slru_file_remove(const Slru *s, uint32_t segment);
void slru_remove_segments_before(Slru *s, uint32_t page); /* files only */

/* Whose files a sync request with that handler means. */
void slru_file_set_kind(SyncHandler handler, const SlruKind *kind);

#endif
