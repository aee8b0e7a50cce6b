/*
 * smgr.c - the pages that truncating a relation changes: the last one kept of each of its maps
 *
 * What they say of blocks that are gone is wiped. Cutting the files is an effect
 * (common/walrec/effects.h).
 */
#include "common/base/base.h"

#include "common/format/fsm_page.h"
#include "common/format/vm_page.h"
#include "common/redo/redo_int.h"
#include "common/redo/vm.h"
#include "common/walrec/rmgr.h"

#define TRUNCATES_VM  0x0002
#define TRUNCATES_FSM 0x0004

static RedoStep smgr_truncate(const RedoBlock *b);

const RedoManager smgr_redo = {.opcode_mask = 0xF0, .implied = smgr_truncate};

static RedoStep smgr_truncate(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    BlockNo block_count;
    uint32_t flags;

    if (wal_record_opcode(b->record) != WAL_SMGR_TRUNCATE)
        redo_misfit("the record truncates nothing");
    block_count = byte_reader_u32(&main);
    byte_reader_take(&main, sizeof(RelTag));
    flags = byte_reader_u32(&main);
    if (b->touch->tag.fork == FORK_VM && (flags & TRUNCATES_VM) != 0 &&
        vm_block_of(block_count) == b->touch->tag.block)
        return vm_redo_truncate(b->page, block_count);
    if (b->touch->tag.fork == FORK_FSM && (flags & TRUNCATES_FSM) != 0 &&
        fsm_block_of(block_count) == b->touch->tag.block) {
        fsm_page_truncate(b->page, block_count);
        return STEP_CHANGED_KEEP_LSN;
    }
    redo_misfit("the record implies no block %u of fork %u", b->touch->tag.block,
                b->touch->tag.fork);
}
