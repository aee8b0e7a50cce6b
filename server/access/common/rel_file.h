/*
 * rel_file.h - the files of relations come and go with the transaction that makes or drops them
 *
 * A new file is made at once, and goes when the (sub)transaction is rolled back; a file that is
 * dropped goes when the top-level transaction commits. What a standby must know is in the log
 * (SMGR records, and the lists of commit and abort records).
 */
#ifndef COMMON_REL_FILE_H
#define COMMON_REL_FILE_H

#include "common/base/base.h"

#include "server/storage/smgr/smgr.h"

/*
 * The main fork, empty. is_permanent: logged; not so for unlogged and temporary relations.
 */
SmgrRel *rel_file_create(const RelTag *tag, int temp_backend, bool is_permanent);

/* Another fork of it, logged: the init fork of an unlogged relation. */
void rel_file_create_fork(SmgrRel *rel, ForkNo fork);

/*
 * A page behind the last one, past the buffers: into the log if that is asked for, then to the
 * file, which the caller syncs (smgr_sync_now). Its LSN and checksum are set on it.
 */
void rel_file_append(SmgrRel *rel, ForkNo fork, BlockNo block, uint8_t *page, bool is_logged);

/* All forks go at commit. */
void rel_file_drop(const RelTag *tag, int temp_backend);

/*
 * Cut the relation to block_count blocks, its maps too, at once and for good. The caller has an
 * ACCESS EXCLUSIVE lock. is_logged: the relation is permanent.
 */
void rel_file_truncate(SmgrRel *rel, BlockNo block_count, bool is_logged);

#endif
