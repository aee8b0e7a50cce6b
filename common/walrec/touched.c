/*
 * touched.c - which blocks replay of a record may change, beyond those that it names.
 *
 * Two kinds of records change pages of maps without a reference to them. A heap record that makes a
 * page not all-visible (or, for row locks, not all-frozen) clears the page's bits in the
 * visibility map, which lie in a fixed place of that map. A truncation wipes what the last page
 * that it keeps of each map says of blocks that are gone.
 *
 * Source: replay on a PostgreSQL 15 server; access/heapam_xlog.h for the flags.
 */
#include "common/base/base.h"

#include "common/walrec/record.h"

#include "common/base/bytes.h"
#include "common/walrec/rmgr.h"

/* How many heap blocks a page of each map speaks of. */
#define VM_BLOCKS_PER_PAGE  32672 /* (8192 - 24) bytes, four blocks in each */
#define FSM_BLOCKS_PER_PAGE 4069  /* leaves of the tree on a page */

#define OLD_CLEARED         0x01 /* in the flags byte; of the old version's page for updates */
#define NEW_CLEARED         0x02 /* of the new version's page */

#define TRUNCATE_VM         0x02
#define TRUNCATE_FSM        0x04

typedef struct Touches {
    WalTouch *items;
    size_t count;
    size_t implied_from; /* index of the first implied one */
} Touches;

static void add_heap(Touches *t, const WalRecord *record);
static void add_heap2(Touches *t, const WalRecord *record);
static void add_truncate(Touches *t, const WalRecord *record);
static void add_vm_of(Touches *t, const WalRecord *record, int ref_id);
static void add_implied(Touches *t, const RelTag *rel, ForkNo fork, BlockNo block);
static uint8_t main_byte(const WalRecord *record, size_t at);

size_t walrec_touched(const WalRecord *record, WalTouch touches[WAL_TOUCH_MAX])
{
    Touches t = {.items = touches};

    for (int id = 0; id <= record->ref_id_max; id++) {
        if (record->refs[id].is_used)
            t.items[t.count++] = (WalTouch){.tag = record->refs[id].tag, .ref_id = id};
    }
    t.implied_from = t.count;

    if (record->rmgr == RMGR_HEAP)
        add_heap(&t, record);
    else if (record->rmgr == RMGR_HEAP2)
        add_heap2(&t, record);
    else if (record->rmgr == RMGR_SMGR && wal_record_opcode(record) == WAL_SMGR_TRUNCATE)
        add_truncate(&t, record);
    return t.count;
}

static void add_heap(Touches *t, const WalRecord *record)
{
    int old_ref_id = wal_record_ref(record, 1) != NULL ? 1 : 0;

    switch (wal_record_opcode(record) & ~WAL_INIT_PAGE) {
    case WAL_HEAP_INSERT:
        if ((main_byte(record, 2) & OLD_CLEARED) != 0)
            add_vm_of(t, record, 0);
        break;
    case WAL_HEAP_DELETE:
    case WAL_HEAP_LOCK:
        if ((main_byte(record, 7) & OLD_CLEARED) != 0)
            add_vm_of(t, record, 0);
        break;
    case WAL_HEAP_UPDATE:
    case WAL_HEAP_HOT_UPDATE:
        if ((main_byte(record, 7) & OLD_CLEARED) != 0)
            add_vm_of(t, record, old_ref_id);
        if ((main_byte(record, 7) & NEW_CLEARED) != 0)
            add_vm_of(t, record, 0);
        break;
    default:
        break;
    }
}

static void add_heap2(Touches *t, const WalRecord *record)
{
    switch (wal_record_opcode(record) & ~WAL_INIT_PAGE) {
    case WAL_HEAP2_MULTI_INSERT:
        if ((main_byte(record, 0) & OLD_CLEARED) != 0)
            add_vm_of(t, record, 0);
        break;
    case WAL_HEAP2_LOCK_UPDATED:
        if ((main_byte(record, 7) & OLD_CLEARED) != 0)
            add_vm_of(t, record, 0);
        break;
    default:
        break;
    }
}

/* Main data: new length in blocks, tablespace, database, file number, which forks. */
static void add_truncate(Touches *t, const WalRecord *record)
{
    BlockNo kept;
    RelTag rel;
    uint32_t forks;

    if (record->main_len < 20)
        return;
    kept = load_u32(record->main);
    memcpy(&rel, record->main + 4, sizeof(rel));
    forks = load_u32(record->main + 16);

    /* A length that ends with a page of the map leaves nothing to wipe on it. */
    if ((forks & TRUNCATE_VM) != 0 && kept % VM_BLOCKS_PER_PAGE != 0)
        add_implied(t, &rel, FORK_VM, kept / VM_BLOCKS_PER_PAGE);
    if ((forks & TRUNCATE_FSM) != 0 && kept % FSM_BLOCKS_PER_PAGE != 0) {
        BlockNo leaf = kept / FSM_BLOCKS_PER_PAGE;
        BlockNo middle = leaf / FSM_BLOCKS_PER_PAGE;

        /* Pages of the upper levels stand before the first of their children. */
        add_implied(t, &rel, FORK_FSM, leaf + (middle + 1) + 1);
    }
}

/* The page of the visibility map that holds the bits of a reference's block. */
static void add_vm_of(Touches *t, const WalRecord *record, int ref_id)
{
    const WalBlockRef *ref = wal_record_ref(record, ref_id);

    if (ref != NULL)
        add_implied(t, &ref->tag.rel, FORK_VM, ref->tag.block / VM_BLOCKS_PER_PAGE);
}

/* Old and new version of a row mostly share the page of the map. */
static void add_implied(Touches *t, const RelTag *rel, ForkNo fork, BlockNo block)
{
    BlockTag tag = {.rel = *rel, .fork = fork, .block = block};

    for (size_t i = t->implied_from; i < t->count; i++) {
        if (block_tag_equal(&t->items[i].tag, &tag))
            return;
    }
    t->items[t->count++] = (WalTouch){.tag = tag, .ref_id = -1};
}

/* A byte of the main data; 0 where a damaged record has none. */
static uint8_t main_byte(const WalRecord *record, size_t at)
{
    return at < record->main_len ? record->main[at] : 0;
}
