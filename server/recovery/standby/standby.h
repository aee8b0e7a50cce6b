/*
 * standby.h - what redo does so that clients can read meanwhile: hot standby
 *
 * Who runs (txn/proc_standby.h), the primary's AccessExclusive locks (lock/lock_standby.h),
 * invalidations of caches. All in the startup process.
 */
#ifndef STANDBY_STANDBY_H
#define STANDBY_STANDBY_H

#include "common/base/base.h"

#include "common/format/checkpoint.h"
#include "common/walrec/effects.h"
#include "common/walrec/reader.h"

/* What lies above this room; main fills it. */
typedef struct StandbyHooks {
    void (*send_invalidations)(const void *messages, size_t count);
    void (*send_relmap)(Oid database); /* the map was written anew; 0: the shared one */
} StandbyHooks;
void standby_set_hooks(const StandbyHooks *hooks);

/*
 * Before redo in archive recovery, where clients may come later: the checkpoint that it begins
 * with, and whether that is one of a shutdown.
 */
void standby_start(const Checkpoint *checkpoint, bool is_shutdown);
void standby_before(const WalRecord *record, const WalEffect *effect);
void standby_after(const WalRecord *record, const WalEffect *effect);
void standby_send_relmap(Oid database);

/* The cluster is consistent: clients are let in as soon as they may be. */
void standby_let_in(void);
void standby_stop(void); /* all is in place for those who write */

#endif
