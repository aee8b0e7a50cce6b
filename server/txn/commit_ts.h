/*
 * commit_ts.h - when transactions committed (pg_commit_ts), kept while track_commit_timestamp is on
 */
#ifndef TXN_COMMIT_TS_H
#define TXN_COMMIT_TS_H

#include "common/base/base.h"

#include "common/format/slru.h"

size_t commit_ts_shmem_size(void);
void commit_ts_shmem_init(void *place);

/*
 * Before recovery, with what pg_control said of the setting; at its end, with the setting itself.
 * Switched off all files go. In between replay follows PARAMETER_CHANGE records.
 */
void commit_ts_start(bool is_on);
void commit_ts_finish_start(void);
void commit_ts_redo_parameter(bool is_on);

void commit_ts_extend(Xid newest); /* as clog_extend */
void commit_ts_redo_zero_page(int64_t page);
void commit_ts_truncate(Xid oldest);
void commit_ts_redo_truncate(int64_t page, Xid oldest);
void commit_ts_checkpoint(void);

/* The first xid that has one, and the newest; 0 while it is off. A checkpoint writes them. */
void commit_ts_limits(Xid *oldest, Xid *newest);
void commit_ts_set_limits(Xid oldest, Xid newest);
void commit_ts_advance_oldest(Xid oldest);

/* In the critical section of the commit; nothing happens while it is off. Children ascend. */
void commit_ts_set_tree(Xid xid, const Xid *children, size_t count, PgTime time, uint16_t origin);

/* False: none was kept for it. Raises 55000 while it is off. */
bool commit_ts_get_of(Xid xid, CommitTs *out);

/* The transaction that committed last; 0: none yet. */
Xid commit_ts_last(CommitTs *out);

#endif
