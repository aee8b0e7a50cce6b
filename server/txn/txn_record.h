/*
 * txn_record.h - the records of the ends of transactions
 */
#ifndef TXN_TXN_RECORD_H
#define TXN_TXN_RECORD_H

#include "common/base/base.h"

#include "common/format/block_tag.h"
#include "server/txn/txn.h"

/* What a commit or abort record says. Children ascend. */
typedef struct CommitInfo {
    PgTime time;
    const Xid *children;
    size_t child_count;
    const RelTag *rels; /* whose files go */
    size_t rel_count;
    TxnParts parts;
    Xid prepared_xid; /* COMMIT PREPARED and ABORT PREPARED: of which; else 0 */
    const char *gid;  /* of that */
} CommitInfo;

/*
 * txn_begin_record() may raise; the others stand in a critical section and return the end of the
 * record. The origin and the database are those of txn_set_origin() and txn_set_database(), the
 * transaction is that of wal_set_xid().
 */
void txn_begin_record(void);
Lsn txn_log_commit(const CommitInfo *info);
Lsn txn_log_abort(const CommitInfo *info);

/* Subtransactions of a running transaction, for standbys. */
void txn_log_assignment(Xid top, const Xid *children, uint32_t count);

#endif
