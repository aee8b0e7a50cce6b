/*
 * snapshot_export.h - one transaction's snapshot for others: pg_export_snapshot(), SET TRANSACTION
 * SNAPSHOT
 *
 * What is exported is a file of pg_snapshots with PostgreSQL's name and form, and is there until
 * the transaction ends. Who imports it sees what the exporter saw, its own changes excepted, and
 * holds back as much of what vacuum may take away: therefore the exporter must still run.
 */
#ifndef TXN_SNAPSHOT_EXPORT_H
#define TXN_SNAPSHOT_EXPORT_H

#include "common/base/base.h"

/* The active snapshot; its id, in the current context. Raises 25001 in a subtransaction. */
char *snapshot_export(Oid database);

/*
 * The transaction's snapshot is that of the id. Raises 25001 after a first query, 0A000 below
 * REPEATABLE READ and for other databases, 22023 for what is no id of a snapshot that is there.
 */
void snapshot_import(const char *id, Oid database);

/* The files of this transaction go; before its snapshots do. */
void snapshot_export_end(void);

/* At start-up: those that a crash has left. */
void snapshot_export_clear(void);

#endif
