/*
 * standby.h - what redo does so that clients can read meanwhile: hot standby
 *
 * Who runs (txn/proc_standby.h), the primary's AccessExclusive locks (lock/lock_standby.h),
 * invalidations of caches. All in the startup process.
 */
#ifndef RECOVERY_STANDBY_H
#define RECOVERY_STANDBY_H

#include "common/base/base.h"

#include "server/recovery/recovery_int.h"

/* What lies above this room; main fills it. */
typedef struct StandbyHooks {
    void (*send_invalidations)(const void *messages, size_t count);
    void (*send_relmap)(Oid database); /* the map was written anew; 0: the shared one */
} StandbyHooks;
void standby_set_hooks(const StandbyHooks *hooks);

/* Before redo, where clients may come later. */
void standby_start(const StartPoint *start);
void standby_before(const WalRecord *record, const WalEffect *effect);
void standby_after(const WalRecord *record, const WalEffect *effect);
void standby_send_relmap(Oid database);

/* Clients are let in as soon as they may be. */
void standby_let_in(void);
void standby_stop(void); /* all is in place for those who write */

#endif
