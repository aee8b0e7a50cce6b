/* heap_rig.c - make a table, and replay what the log says of it; heap_rig.h has the how. */
#include "common/base/base.h"

#include "tests/lib/heap_rig.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/format/heap_tuple.h"
#include "common/format/page.h"
#include "common/mem/mem.h"
#include "common/redo/mask.h"
#include "common/redo/redo.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/txn/txn.h"
#include "server/wal/wal.h"
#include "tests/unit/unit.h"

#define TABLE      16384
#define PAGES      400
#define HEADER_LEN 24

typedef struct Replay {
    uint8_t *pages; /* PAGES; those that are not there are zero */
    uint8_t *map;
    unsigned inits;
} Replay;

static void replay_record(void *arg, const WalRecord *record);
static bool map_differs(HeapRig *rig, const uint8_t *ours);

void heap_rig_open(HeapRig *rig)
{
    const RelTag tag = {
        .tablespace = TABLESPACE_DEFAULT, .database = TXN_RIG_DATABASE, .rel = TABLE};

    setting.max_prepared_transactions = 4;
    txn_rig_open(
        &rig->txn,
        &(TxnRigConfig){.dir = unit_temp_dir(), .buffers = 64, .wal_segment_size = MIB(16)});
    rig->rel = (HeapRel){.smgr = smgr_open(&tag, SMGR_PERMANENT),
                         .table = TABLE,
                         .horizon = HORIZON_DATA,
                         .is_permanent = true};
    smgr_create(rig->rel.smgr, FORK_MAIN, false);
    smgr_set_owner(&rig->rel.smgr, rig->rel.smgr);
}

void heap_rig_close(HeapRig *rig)
{
    txn_rig_close(&rig->txn);
}

Xid heap_rig_end_xid(bool is_commit)
{
    Xid xid;

    txn_start_command();
    xid = txn_xid();
    if (is_commit)
        txn_end_command();
    else
        txn_abort_current();
    return xid;
}

Xid heap_rig_prepare_xid(const char *gid)
{
    Xid xid;

    txn_start_command();
    txn_begin_block();
    txn_end_command();
    txn_start_command();
    xid = txn_xid();
    txn_end_command();
    txn_start_command();
    txn_prepare_block(gid);
    txn_end_command();
    return xid;
}

HeapTuple *heap_rig_tuple(int32_t value, uint32_t len)
{
    HeapTuple *tuple = mem_new(HeapTuple);
    HeapTupleHeader *h;

    ASSERT(len >= HEADER_LEN + 4);
    tuple->len = len;
    tuple->bytes = mem_alloc(len);
    h = (HeapTupleHeader *)tuple->bytes;
    h->infomask2 = 1;
    h->hoff = HEADER_LEN;
    for (uint32_t at = HEADER_LEN; at + 4 <= len; at += 4)
        store_u32(tuple->bytes + at, (uint32_t)value);
    return tuple;
}

int32_t heap_rig_value(const HeapTuple *tuple)
{
    return (int32_t)load_u32(tuple->bytes + HEADER_LEN);
}

/* ---- Redo ---- */

static void replay_record(void *arg, const WalRecord *record)
{
    const RedoEnv env = {.version = 15};
    Replay *r = arg;
    WalTouch touches[WAL_TOUCH_MAX];
    size_t count = walrec_touched(record, touches);

    for (size_t i = 0; i < count; i++) {
        const BlockTag *tag = &touches[i].tag;
        uint8_t *page = tag->fork == FORK_VM ? r->map : r->pages + (size_t)tag->block * BLOCK_SIZE;

        if (tag->block >= PAGES || tag->rel.rel != TABLE)
            err_raise(SQLSTATE_INTERNAL_ERROR, .message = "the log names another block");
        if (redo_block(&env, record, &touches[i], page) == REDO_MISSING)
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = "a record needs a page that is not there");
    }
    if ((record->rmgr == RMGR_HEAP || record->rmgr == RMGR_HEAP2) &&
        (record->info & WAL_INIT_PAGE) != 0)
        r->inits++;
}

unsigned heap_rig_count_different(HeapRig *rig, unsigned *inits)
{
    Replay r = {.pages = mem_alloc_aligned((size_t)PAGES * BLOCK_SIZE, 8),
                .map = mem_alloc_aligned(BLOCK_SIZE, 8)};
    BlockNo count = smgr_block_count(rig->rel.smgr, FORK_MAIN);
    unsigned wrong = 0;

    memset(r.pages, 0, (size_t)PAGES * BLOCK_SIZE);
    memset(r.map, 0, BLOCK_SIZE);
    wal_flush(wal_insert_lsn());
    wal_rig_read(&rig->txn.wal, replay_record, &r);
    for (BlockNo block = 0; block < count; block++) {
        uint8_t *ours = r.pages + (size_t)block * BLOCK_SIZE, *page;
        BlockTag tag = {.rel = *smgr_tag(rig->rel.smgr), .fork = FORK_MAIN, .block = block};
        Buffer b = buffer_read(rig->rel.smgr, FORK_MAIN, block, BUFFER_NORMAL, NULL, true);

        page = mem_alloc_aligned(BLOCK_SIZE, 8);
        memcpy(page, buffer_page(b), BLOCK_SIZE);
        buffer_unpin(b);
        wrong += page_lsn(page) != page_lsn(ours);
        redo_mask_page(RMGR_HEAP, &tag, page);
        redo_mask_page(RMGR_HEAP, &tag, ours);
        wrong += memcmp(page, ours, BLOCK_SIZE) != 0;
    }
    wrong += map_differs(rig, r.map);
    if (inits != NULL)
        *inits = r.inits;
    return wrong;
}

/* The bits of the visibility map; its LSN is not touched when they are cleared. */
static bool map_differs(HeapRig *rig, const uint8_t *ours)
{
    bool differs;
    Buffer b;

    if (!smgr_exists(rig->rel.smgr, FORK_VM) || smgr_block_count(rig->rel.smgr, FORK_VM) == 0)
        return false;
    b = buffer_read(rig->rel.smgr, FORK_VM, 0, BUFFER_NORMAL, NULL, true);
    differs = memcmp(buffer_page(b) + PAGE_HEADER_SIZE, ours + PAGE_HEADER_SIZE,
                     BLOCK_SIZE - PAGE_HEADER_SIZE) != 0;
    buffer_unpin(b);
    return differs;
}
