/*
 * clog.h - the commit status of transactions (pg_xact)
 */
#ifndef TXN_CLOG_H
#define TXN_CLOG_H

#include "common/base/base.h"

#include "common/format/slru.h"

size_t clog_shmem_size(void);
void clog_shmem_init(void *place);

void clog_bootstrap(void);    /* the first page, on disk; in a new cluster */
void clog_start(void);        /* before recovery: the next xid of the checkpoint is known */
void clog_trim(void);         /* zero what is behind the next xid, at the end of recovery */
void clog_extend(Xid newest); /* a new page when newest is its first xid; logs that */
void clog_redo_zero_page(int64_t page);
void clog_truncate(Xid oldest, Oid oldest_database);
void clog_redo_truncate(int64_t page, Xid oldest);
void clog_checkpoint(void);

/*
 * Set the status of a transaction (COMMITTED or ABORTED) and its children, as one for those who
 * look; lsn: of the commit record when it is not flushed yet, else 0. Children ascend.
 */
void clog_set_tree(Xid xid, const Xid *children, size_t child_count, XactStatus status, Lsn lsn);

/* *lsn: flush up to there before a hint bit says so; 0 when that is not needed. */
XactStatus clog_get(Xid xid, Lsn *lsn);

/* ---- What callers want to know, with the answers of the last looked at xid at hand ---- */

/* Follows subtransactions to their parents; false also while it runs. */
bool xact_did_commit(Xid xid);
bool xact_did_abort(Xid xid);

/* Flush up to there before a hint bit says that it committed; 0: it is on disk. */
Lsn xact_commit_lsn(Xid xid);

#endif
