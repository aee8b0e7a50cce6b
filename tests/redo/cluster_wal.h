/*
 * cluster_wal.h - the WAL in a cluster's pg_wal, and the words for its records
 *
 * Redo is for 15, and so are the names.
 */
#ifndef REDO_CLUSTER_WAL_H
#define REDO_CLUSTER_WAL_H

#include "common/base/base.h"

#include "common/format/control_file.h"
#include "common/walrec/reader.h"

/*
 * A reader over the segments in wal_dir, along the timelines that led to where control says that
 * its cluster is. It belongs to the current memory context. Raises what files raise.
 */
WalReader *cluster_wal_open(const char *wal_dir, const ControlFile *control);

/* The kind of a record, without the bit of transactions that is none of its business. */
uint8_t cluster_wal_opcode(const WalRecord *record);

/* "Heap" and "INSERT+INIT"; "?" when there is no such manager or kind. */
const char *cluster_wal_rmgr_name(uint8_t rmgr);
const char *cluster_wal_kind_name(uint8_t rmgr, uint8_t opcode);

#endif
