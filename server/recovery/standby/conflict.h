/*
 * conflict.h - what readers of a standby hold and redo needs: wait a while, then send them away
 *
 * How long redo waits is counted from when the piece of the log came that is being replayed:
 * max_standby_archive_delay, max_standby_streaming_delay; -1 is for ever. Whoever is sent away is
 * told by a signal with the reason, and raises 40001 himself (session/conflict.c).
 */
#ifndef STANDBY_CONFLICT_H
#define STANDBY_CONFLICT_H

#include "common/base/base.h"

#include "common/walrec/effects.h"
#include "server/lock/lock.h"
#include "server/storage/buffer/buffer.h"

/* Before a record is redone: rows and folders that it removes, databases that it drops. */
void conflict_before(const WalRecord *record, const WalEffect *effect);

/* A relation is about to be locked: hook of lock. */
void conflict_with_lock(const LockTag *tag);

/* Somebody has that buffer pinned: hook of buffer. Returns when it is to look again. */
void conflict_with_pin(Buffer buffer);

/* After such a wait, or where there was none: nobody has it any more. */
void conflict_pin_is_gone(void);

/* The buffer that redo waits for; BUFFER_NONE. For those who were told of such a conflict. */
Buffer conflict_pin(void);

size_t conflict_shmem_size(void);
void conflict_shmem_init(void *place);

/* The newest piece of the log: when it came, and whether from a primary. */
void conflict_note_receipt(PgTime time, bool is_stream);

#endif
