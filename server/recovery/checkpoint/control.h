/*
 * control.h - pg_control of the running cluster, in shared memory
 *
 * Read and checked once by the supervisor. Whoever changes it writes it before the lock is given
 * back, so what is in memory was on disk.
 */
#ifndef CHECKPOINT_CONTROL_H
#define CHECKPOINT_CONTROL_H

#include "common/base/base.h"

#include "common/format/control_file.h"

size_t control_shmem_size(void);
void control_shmem_init(void *place);

/* Raises 22023 unless PG_VERSION of that folder (a cluster's, a database's) is this server's. */
void control_check_version(const char *dir);

/*
 * Read global/pg_control below the working folder, before there is shared memory. Raises with a
 * PostgreSQL server's words what keeps it from starting. Sets what lower modules need of it:
 * wal_set_identity(), and the settings that only tell what is (wal_segment_size, data_checksums).
 */
void control_load(void);

/* A copy of what it says now. */
void control_get(ControlFile *out);

/* The identity and the sizes in it never change: no lock. */
const ControlFile *control_fixed(void);

/* Change and write it, durably, under the lock; change must not raise. A failure is a panic. */
void control_update(void (*change)(ControlFile *control, void *arg), void *arg);

/* The LSN that unlogged indexes count with. */
Lsn control_next_unlogged_lsn(void);

#endif
