/*
 * subtrans.h - the parent of each subtransaction (pg_subtrans); need not survive a restart
 */
#ifndef TXN_SUBTRANS_H
#define TXN_SUBTRANS_H

#include "common/base/base.h"

size_t subtrans_shmem_size(void);
void subtrans_shmem_init(void *place);

void subtrans_bootstrap(void);
void subtrans_start(Xid oldest_active); /* pages from there to the next xid are zeros */
void subtrans_extend(Xid newest);
void subtrans_truncate(Xid oldest);
void subtrans_checkpoint(void);

void subtrans_set_parent(Xid xid, Xid parent);
Xid subtrans_parent(Xid xid); /* 0: none */

/* The oldest ancestor, as far as this process may look (proc_array_transaction_xmin). */
Xid subtrans_top(Xid xid);

#endif
