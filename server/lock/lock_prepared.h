/*
 * lock_prepared.h - the locks of prepared transactions
 *
 * PREPARE writes those of the transaction into its state and hands them to an entry without a
 * process; whoever ends it gives them back. lock_prepared_install() enters what txn calls for that.
 */
#ifndef LOCK_LOCK_PREPARED_H
#define LOCK_LOCK_PREPARED_H

#include "common/base/base.h"

/* In the supervisor, before recovery: the handler of records of state, and TXN_PREPARE. */
void lock_prepared_install(void);

#endif
