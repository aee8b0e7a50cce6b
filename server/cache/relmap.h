/*
 * relmap.h - the relation map: which files the relations have by which all others are found
 *
 * A file for each database and one for what is shared (common/format/relmap.h). Changes belong to
 * the transaction: the rest of it sees them when their command ends, others when it has committed;
 * the file is written at its end, after a record of the log that holds it whole.
 *
 * Promises
 *   1. A map is written with its lock held, from what the file says then: changes of others stay.
 *   2. A checkpoint does not end between the record and the file (relmap_checkpoint()).
 */
#ifndef CACHE_RELMAP_H
#define CACHE_RELMAP_H

#include "common/base/base.h"

#include "common/format/relmap.h"
#include "server/txn/txn.h"

size_t relmap_shmem_size(void);
void relmap_shmem_init(void *place);

/* Read the shared map, later the database's. Raise XX001 for damage, and what opening raises. */
void relmap_open_shared(void);
void relmap_open_database(Oid database, Oid tablespace);

/* The file of a mapped relation; 0 when it is not mapped. */
RelFileNo relmap_file_of(Oid relation, bool is_shared);

/* The other way round: 0 when no mapped relation has that file. */
Oid relmap_relation_of(RelFileNo file, bool is_shared);

/*
 * Give a mapped relation another file. is_immediate: before the command ends. In a subtransaction
 * XX000, since what it did could not be undone alone.
 */
void relmap_set(Oid relation, RelFileNo file, bool is_shared, bool is_immediate);

/* Others wrote the map of that database; 0: the shared one. */
void relmap_forget(Oid database);
void relmap_forget_all(void);

/* Before a checkpoint is complete: who has logged a map has written it. */
void relmap_checkpoint(void);

/* For the table of transaction hooks. */
void relmap_at_command_end(void);
void relmap_at_event(TxnEvent event);

/* The map of a database that is made as a copy of another, which nobody changes meanwhile. */
void relmap_copy(Oid from, Oid from_tablespace, Oid to, Oid to_tablespace, RelMap *out);

#endif
