/*
 * truncate.c - the end of a table is cut off
 *
 * The maps are cut with it. The record comes before the files change, and is on disk before a map
 * is cut: a map that says more of a page than is true must not stay when the record is lost. Until
 * the files are cut no checkpoint is made that would begin behind the record.
 */
#include "common/base/base.h"

#include "common/walrec/rmgr.h"
#include "server/access/heap/heap_int.h"
#include "server/storage/fsm/fsm.h"
#include "server/storage/vm/vm.h"
#include "server/txn/proc_array.h"
#include "server/wal/wal.h"

#define SPECIAL_REL_UPDATE 0x01 /* in info: files are changed beside pages */
#define TRUNCATES_ALL      0x07 /* the main fork and both maps */

/* The main data of SMGR TRUNCATE. */
typedef struct TruncateRecord {
    BlockNo block_count;
    Oid tablespace, database;
    RelFileNo rel;
    int32_t flags;
} TruncateRecord;

STATIC_ASSERT(sizeof(TruncateRecord) == 20);

static Lsn log_truncate(const HeapRel *rel, BlockNo count)
{
    const RelTag *tag = smgr_tag(rel->smgr);
    const TruncateRecord record = {.block_count = count,
                                   .tablespace = tag->tablespace,
                                   .database = tag->database,
                                   .rel = tag->rel,
                                   .flags = TRUNCATES_ALL};

    wal_begin_insert();
    wal_register_data(&record, sizeof record);
    return wal_insert(RMGR_SMGR, WAL_SMGR_TRUNCATE | SPECIAL_REL_UPDATE);
}

static void add_fork(ForkNo fork, BlockNo count, ForkNo *forks, BlockNo *counts, unsigned *n)
{
    if (count == BLOCK_NONE)
        return;
    forks[*n] = fork;
    counts[(*n)++] = count;
}

void heap_truncate(HeapRel *rel, BlockNo count)
{
    ForkNo forks[FORK_COUNT] = {FORK_MAIN};
    BlockNo counts[FORK_COUNT] = {count};
    unsigned n = 1;

    add_fork(FORK_FSM, fsm_prepare_truncate(rel->smgr, count), forks, counts, &n);
    add_fork(FORK_VM, vm_prepare_truncate(rel->smgr, count), forks, counts, &n);
    proc_array_delay_checkpoint(PROC_DELAY_COMPLETE, true);
    if (rel->is_permanent) {
        Lsn end = log_truncate(rel, count);

        if (smgr_exists(rel->smgr, FORK_FSM) || smgr_exists(rel->smgr, FORK_VM))
            wal_flush(end);
    }
    buffer_drop_fork_from(rel->smgr, forks, counts, n);
    smgr_truncate(rel->smgr, forks, counts, n);
    proc_array_delay_checkpoint(PROC_DELAY_COMPLETE, false);
    if (smgr_exists(rel->smgr, FORK_FSM))
        fsm_vacuum_range(rel->smgr, count, BLOCK_NONE);
}
