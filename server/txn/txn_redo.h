/*
 * txn_redo.h - what recovery does for records of transactions and of folders of small pages
 *
 * The counterpart in shared memory of common/redo/slru_redo.h, for the startup process. Blocks are
 * none of its business, nor are records of other resource managers.
 */
#ifndef TXN_TXN_REDO_H
#define TXN_TXN_REDO_H

#include "common/base/base.h"

#include "common/walrec/record.h"

/*
 * Before any record is redone: the xids that it names have been given out. Its own is enough here;
 * those that are only in its data are seen to by txn_redo().
 */
void txn_redo_before(const WalRecord *record);

/* Of XACT, CLOG, COMMIT_TS and MULTIXACT; true when the record is of one of them. */
bool txn_redo(const WalRecord *record);

#endif
