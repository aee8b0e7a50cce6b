/* rel_file.c - files of relations in transactions; rel_file.h has the how. */
#include "common/base/base.h"

#include "server/access/common/rel_file.h"

#include "common/err/err.h"
#include "common/format/checksum.h"
#include "common/format/page.h"
#include "common/walrec/rmgr.h"
#include "server/storage/buffer/buffer.h"
#include "server/storage/fsm/fsm.h"
#include "server/storage/vm/vm.h"
#include "server/txn/proc_array.h"
#include "server/txn/txn.h"
#include "server/wal/wal.h"

#define SPECIAL_RELATION 0x01 /* of a record's info: files come or go */

/* Bits of a TRUNCATE record: which forks. */
enum { CUT_MAIN = 1, CUT_VM = 2, CUT_FSM = 4 };

static void log_create(const RelTag *tag, ForkNo fork);
static void log_truncate(const RelTag *tag, BlockNo block_count, bool has_maps);

SmgrRel *rel_file_create(const RelTag *tag, int temp_backend, bool is_permanent)
{
    SmgrRel *rel = smgr_open(tag, temp_backend);

    smgr_create(rel, FORK_MAIN, false);
    if (is_permanent)
        log_create(tag, FORK_MAIN);
    txn_drop_at_end(tag, temp_backend, false);
    return rel;
}

void rel_file_create_fork(SmgrRel *rel, ForkNo fork)
{
    smgr_create(rel, fork, false);
    log_create(smgr_tag(rel), fork);
}

static void log_create(const RelTag *tag, ForkNo fork)
{
    const struct {
        RelTag tag;
        uint32_t fork;
    } head = {*tag, fork};

    STATIC_ASSERT(sizeof head == 16);
    wal_begin_insert();
    wal_register_data(&head, sizeof head);
    crit_begin();
    wal_insert(RMGR_SMGR, WAL_SMGR_CREATE | SPECIAL_RELATION);
    crit_end();
}

/*
 * A page that was never filled has no checksum and no LSN. None is in a buffer: a checkpoint behind
 * its record must find it in the file.
 */
void rel_file_append(SmgrRel *rel, ForkNo fork, BlockNo block, uint8_t *page, bool is_logged)
{
    const BlockTag tag = {.rel = *smgr_tag(rel), .fork = fork, .block = block};

    proc_array_delay_checkpoint(PROC_DELAY_START, true);
    if (is_logged) {
        Lsn end = wal_insert_page_image(&tag, page, true);

        if (!page_is_new(page))
            page_set_lsn(page, end);
    }
    if (wal_identity()->has_checksums && !page_is_new(page))
        checksum_set_page(page, block);
    smgr_extend(rel, fork, block, page, true);
    proc_array_delay_checkpoint(PROC_DELAY_START, false);
}

void rel_file_drop(const RelTag *tag, int temp_backend)
{
    txn_drop_at_end(tag, temp_backend, true);
}

void rel_file_truncate(SmgrRel *rel, BlockNo block_count, bool is_logged)
{
    ForkNo forks[3] = {FORK_MAIN};
    BlockNo counts[3] = {block_count};
    unsigned count = 1;
    BlockNo left;

    if (smgr_exists(rel, FORK_FSM)) {
        left = fsm_prepare_truncate(rel, block_count);
        if (left != BLOCK_NONE) {
            forks[count] = FORK_FSM;
            counts[count++] = left;
        }
    }
    if (smgr_exists(rel, FORK_VM)) {
        left = vm_prepare_truncate(rel, block_count);
        if (left != BLOCK_NONE) {
            forks[count] = FORK_VM;
            counts[count++] = left;
        }
    }

    /*
     * A checkpoint must not begin behind the record and end before the cut: redo would not do it
     * again. Once begun, both have to be done: else a standby has another file than we.
     */
    proc_array_delay_checkpoint(PROC_DELAY_START, true);
    proc_array_delay_checkpoint(PROC_DELAY_COMPLETE, true);
    if (is_logged)
        wal_begin_insert();
    crit_begin();
    if (is_logged)
        log_truncate(smgr_tag(rel), block_count, count > 1);
    buffer_drop_fork_from(rel, forks, counts, count);
    smgr_truncate(rel, forks, counts, count);
    crit_end();
    proc_array_delay_checkpoint(PROC_DELAY_COMPLETE, false);
    proc_array_delay_checkpoint(PROC_DELAY_START, false);
    fsm_vacuum_range(rel, block_count, BLOCK_NONE);
}

/* The maps may not be cut on disk before the record is there: they lead to the pages. */
static void log_truncate(const RelTag *tag, BlockNo block_count, bool has_maps)
{
    const struct {
        BlockNo count;
        RelTag tag;
        uint32_t flags;
    } head = {block_count, *tag, CUT_MAIN | CUT_VM | CUT_FSM};
    Lsn end;

    STATIC_ASSERT(sizeof head == 20);
    wal_register_data(&head, sizeof head);
    end = wal_insert(RMGR_SMGR, WAL_SMGR_TRUNCATE | SPECIAL_RELATION);
    if (has_maps)
        wal_flush(end);
}
