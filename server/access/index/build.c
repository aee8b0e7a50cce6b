/*
 * build.c - an index of all rows of a table
 *
 * Without a snapshot, the table is locked against changes, and every row goes in that anybody may
 * see: also those that ended, as long as some snapshot shows them. Of a chain of versions on a page
 * the entry leads to its root, so all of them must have the same keys, though they were made before
 * the index was there: so an ended version that was replaced on its page is left out, and whoever
 * may still see it must not use the index (the chain is broken).
 *
 * A page is judged as a whole under one lock; then its rows stay where they are while it is pinned.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/format/checksum.h"
#include "common/format/heap_tuple.h"
#include "common/format/oid_range.h"
#include "common/format/page.h"
#include "common/mem/mem.h"
#include "server/access/common/rel_file.h"
#include "server/access/index/index_int.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/lock/lock_wait_for.h"
#include "server/stats/activity.h"
#include "server/storage/buffer/buffer.h"
#include "server/txn/proc_array.h"
#include "server/txn/txn.h"
#include "server/wal/wal.h"

#define TOAST_SCHEMA 99

/* What is to be done with a row. */
typedef enum Verdict {
    VERDICT_SKIP,
    VERDICT_ALIVE,
    VERDICT_ENDED, /* goes in, but is nobody's duplicate */
} Verdict;

typedef struct Build {
    Relation *table, *index;
    IndexBuild *out;
    IndexForm *form;
    BtreeKeys keys; /* unique only while that is checked */
    BtreeBuild *btree;
    Xid oldest; /* who ended before has ended for all */
    bool is_system;
    bool is_shown; /* its progress; else it is a part of something whose is */
    MemContext *row_mem;
    unsigned column_max;
    Datum *row, values[INDEX_COLUMNS_MAX];
    bool *row_nulls, nulls[INDEX_COLUMNS_MAX];

    /* The page at hand. */
    Buffer b;
    OffsetNo count;
    unsigned counted;                          /* rows that the table has, as pg_class counts */
    uint8_t verdicts[HEAP_PAGE_LINES_MAX + 1]; /* Verdict, by line pointer */
    OffsetNo roots[HEAP_PAGE_LINES_MAX + 1];

    BlockNo written; /* blocks of the index that are in its file */
} Build;

static void scan_table(Build *b);
static unsigned count_tuples(const Build *b);
static Xid judge_page(Build *b);
static Verdict judge(Build *b, const HeapTuple *tuple, Xid *waits_for);
static void add_rows(Build *b);
static void write_page(void *arg, BlockNo block, uint8_t *page);
static void describe_duplicate(void *arg, const IndexTuple *tuple, BtreeConflict *out);
static void describe_table(void *arg, BtreeConflict *out);

/* ---- The whole ---- */

static void begin(Build *b)
{
    const BtreeIndex *btree = &b->index->index->btree;

    b->form = index_form_new(b->table, b->index);
    b->column_max = index_form_column_max(b->form);
    b->row = mem_new_array(Datum, b->table->desc->count);
    b->row_nulls = mem_new_array(bool, b->table->desc->count);
    b->row_mem = mem_context_new(mem_current(), "index build row");
    b->is_system = b->table->oid < OID_FIRST_UNPINNED || b->table->schema == TOAST_SCHEMA;
    if (b->out->snapshot == NULL)
        b->oldest = heap_oldest_needed(&b->table->heap);
    b->keys = btree->keys;
    b->keys.is_unique &= !b->out->is_unchecked;
    b->btree = btree_build_begin(
        &(BtreeBuildSpec){.keys = &b->keys,
                          .fillfactor = btree->fillfactor,
                          .memory_max = size_mul((size_t)setting.maintenance_work_mem, 1024),
                          .write = write_page,
                          .describe_duplicate = describe_duplicate,
                          .describe_table = describe_table,
                          .arg = b});
}

/* Progress, as pg_stat_progress_create_index has it: parameters by place. */
enum {
    BUILD_COMMAND = 0,
    BUILD_INDEX = 6,
    BUILD_METHOD = 8,
    BUILD_PHASE = 9,
    BUILD_BLOCKS = 15,
    BUILD_SCANNED = 16,
};
#define COMMAND_CREATE 1
#define PHASE_BUILDING 2

static void set_progress(const Build *b, unsigned param, int64_t value)
{
    if (b->is_shown)
        command_progress_set(param, value);
}

static void begin_progress(Build *b, const Relation *table, const Relation *index)
{
    b->is_shown = !command_progress_is_shown();
    if (!b->is_shown)
        return;
    command_progress_begin(PROGRESS_CREATE_INDEX, table->oid);
    command_progress_set(BUILD_COMMAND, COMMAND_CREATE);
    command_progress_set(BUILD_INDEX, index->oid);
    command_progress_set(BUILD_METHOD, index->index->access_method);
    command_progress_set(BUILD_PHASE, PHASE_BUILDING);
}

void index_build(Relation *table, Relation *index, IndexBuild *build)
{
    MemContext *mem = mem_context_new(mem_current(), "index build");
    BtreeIndex *btree = &index->index->btree;

    index_require_btree(index);
    build->table_rows = build->index_rows = 0;
    build->has_broken_chain = false;
    MEM_SCOPE(mem) {
        Build *b = mem_new(Build);

        b->table = table;
        b->index = index;
        b->out = build;
        begin(b);
        begin_progress(b, table, index);
        scan_table(b);
        build->pages = btree_build_finish(b->btree);
        if (b->is_shown)
            command_progress_end();
    }
    mem_delete(mem);
    /*
     * The checkpointer knows nothing of pages that did not go through buffers. Unlogged ones count,
     * too: they stay when the server is shut down, and the system may fail after that.
     */
    if (!smgr_is_temp(btree->rel))
        smgr_sync_now(btree->rel, FORK_MAIN);
    btree->root = 0;
    btree->target = 0;
}

static void describe_duplicate(void *arg, const IndexTuple *tuple, BtreeConflict *out)
{
    const Build *b = arg;

    index_describe_key(b->table, b->index, tuple, "is duplicated", out);
}

static void describe_table(void *arg, BtreeConflict *out)
{
    const Build *b = arg;

    index_describe_table(b->table, out);
}

/* ---- Rows ---- */

static void scan_table(Build *b)
{
    HeapRel *heap = &b->table->heap;
    BlockNo count = smgr_block_count(heap->smgr, FORK_MAIN);
    BufferRing *ring =
        count > (BlockNo)setting.shared_buffers / 4 ? buffer_ring_new(RING_BULK_READ) : NULL;

    STATS_ADD(heap->stats, scans, 1);
    set_progress(b, BUILD_BLOCKS, count);
    for (BlockNo block = 0; block < count; block++) {
        Xid waits_for;

        check_interrupts();
        set_progress(b, BUILD_SCANNED, block);
        b->b = buffer_read(heap->smgr, FORK_MAIN, block, BUFFER_NORMAL, ring, heap->is_permanent);
        while ((waits_for = judge_page(b)) != XID_NONE) {
            const LockWhy why = {.purpose = LOCK_TO_CHECK_UNIQUE,
                                 .relation = b->table->name,
                                 .tid = tid_make(block, 1)};

            lock_wait_for_xid(waits_for, &why);
            check_interrupts();
        }
        STATS_ADD(heap->stats, rows_returned, count_tuples(b));
        add_rows(b);
        buffer_unpin(b->b);
    }
    buffer_ring_free(ring);
}

/* Versions on the page, also those that are left out: this is a scan like others. */
static unsigned count_tuples(const Build *b)
{
    const uint8_t *page = buffer_page(b->b);
    unsigned count = 0;

    for (OffsetNo offnum = 1; offnum <= b->count; offnum++)
        count += page_item_id(page, offnum).state == ITEM_NORMAL;
    return count;
}

static void judge_by_snapshot(Build *b)
{
    OffsetNo shown[HEAP_PAGE_LINES_MAX];
    unsigned count = heap_look_at_rows(&b->table->heap, b->out->snapshot, b->b, shown);

    /* What others add to chains meanwhile is nothing that the snapshot shows. */
    buffer_lock(b->b, BUFFER_SHARED);
    heap_find_roots(&b->table->heap, b->b, b->roots);
    b->count = page_item_count(buffer_page(b->b));
    buffer_unlock(b->b);
    memset(b->verdicts, VERDICT_SKIP, b->count + 1U);
    for (unsigned i = 0; i < count; i++)
        b->verdicts[shown[i]] = VERDICT_ALIVE;
    b->counted = count;
}

/* Whom to wait for before the page can be judged; 0: it is. */
static Xid judge_page(Build *b)
{
    const HeapRel *heap = &b->table->heap;
    const uint8_t *page = buffer_page(b->b);
    Xid waits_for = XID_NONE;
    HeapTuple tuple;

    b->counted = 0;
    if (b->out->snapshot != NULL) {
        judge_by_snapshot(b);
        return XID_NONE;
    }
    buffer_lock(b->b, BUFFER_SHARED);
    heap_find_roots(heap, b->b, b->roots);
    b->count = page_item_count(page);
    for (OffsetNo offnum = 1; offnum <= b->count && waits_for == XID_NONE; offnum++) {
        b->verdicts[offnum] = VERDICT_SKIP;
        if (page_item_id(page, offnum).state != ITEM_NORMAL)
            continue;
        heap_point_to(heap, b->b, offnum, &tuple);
        b->verdicts[offnum] = (uint8_t)judge(b, &tuple, &waits_for);
    }
    buffer_unlock(b->b);
    return waits_for;
}

/* Of a row that another transaction is about to make or end. */
static Xid must_wait_for(const Build *b, Xid xid, bool is_hot_updated, const char *what)
{
    if (!b->is_system)
        err_log(ERR_WARNING, .message = err_fmt("concurrent %s in progress within table \"%s\"",
                                                what, b->table->name));
    /* Whether it counts for uniqueness, or breaks its chain, is known when that has ended. */
    return b->keys.is_unique || is_hot_updated ? xid : XID_NONE;
}

/* Somebody may see it. If it has a newer version on the page, the entry is that one's. */
static Verdict judge_ended(Build *b, const HeapTuple *tuple)
{
    if (!heap_is_hot_updated(tuple))
        return VERDICT_ENDED;
    b->out->has_broken_chain = true;
    return VERDICT_SKIP;
}

static Verdict judge(Build *b, const HeapTuple *tuple, Xid *waits_for)
{
    Xid xmin = ((const HeapTupleHeader *)tuple->bytes)->xmin, xmax;

    switch (heap_fate_at(tuple, b->b, b->oldest)) {
    case HEAP_FATE_DEAD:
        return VERDICT_SKIP;
    case HEAP_FATE_ALIVE:
        break;
    case HEAP_FATE_RECENTLY_DEAD:
        return judge_ended(b, tuple);
    case HEAP_FATE_INSERTING:
        if (txn_is_own_xid(xmin))
            break;
        *waits_for = must_wait_for(b, xmin, false, "insert");
        return VERDICT_ALIVE;
    case HEAP_FATE_DELETING:
        xmax = heap_update_xid(tuple);
        if (txn_is_own_xid(xmax))
            return judge_ended(b, tuple);
        *waits_for = must_wait_for(b, xmax, heap_is_hot_updated(tuple), "delete");
        b->counted++;
        return VERDICT_ENDED;
    }
    b->counted++;
    return VERDICT_ALIVE;
}

static void add_rows(Build *b)
{
    const HeapRel *heap = &b->table->heap;
    HeapTuple tuple;

    b->out->table_rows += b->counted;
    for (OffsetNo offnum = 1; offnum <= b->count; offnum++) {
        Verdict verdict = (Verdict)b->verdicts[offnum];
        unsigned done = 0;
        uint32_t offset = 0;

        if (verdict == VERDICT_SKIP)
            continue;
        heap_point_to(heap, b->b, offnum, &tuple);
        heap_deform_some(&tuple, b->table->desc, b->row, b->row_nulls, &done, b->column_max,
                         &offset);
        if (b->roots[offnum] == 0)
            err_raise(SQLSTATE_DATA_CORRUPTED,
                      .message = err_fmt("failed to find parent tuple for heap-only tuple at "
                                         "(%u,%u) in table \"%s\"",
                                         buffer_block(b->b), offnum, b->table->name));
        MEM_SCOPE(b->row_mem) {
            if (index_form_wants(b->form, b->row, b->row_nulls)) {
                index_form_values(b->form, b->row, b->row_nulls, b->values, b->nulls);
                btree_build_add(b->btree, b->values, b->nulls,
                                tid_make(buffer_block(b->b), b->roots[offnum]),
                                verdict == VERDICT_ALIVE);
                b->out->index_rows++;
            }
        }
        mem_reset(b->row_mem);
    }
}

/* ---- Pages ---- */

/* One that was passed over: as rel_file_append() does it. */
static void fill_page(const BtreeIndex *btree, BlockNo block, uint8_t *page)
{
    const BlockTag tag = {.rel = *smgr_tag(btree->rel), .fork = FORK_MAIN, .block = block};

    proc_array_delay_checkpoint(PROC_DELAY_START, true);
    if (btree->is_permanent)
        page_set_lsn(page, wal_insert_page_image(&tag, page, true));
    if (wal_identity()->has_checksums)
        checksum_set_page(page, block);
    smgr_write(btree->rel, FORK_MAIN, block, page, true);
    proc_array_delay_checkpoint(PROC_DELAY_START, false);
}

static void write_page(void *arg, BlockNo block, uint8_t *page)
{
    Build *b = arg;
    const BtreeIndex *btree = &b->index->index->btree;

    check_interrupts();
    if (block < b->written) {
        fill_page(btree, block, page);
        return;
    }
    if (block > b->written)
        smgr_zero_extend(btree->rel, FORK_MAIN, b->written, block - b->written, true);
    rel_file_append(btree->rel, FORK_MAIN, block, page, btree->is_permanent);
    b->written = block + 1;
}

/* ---- No rows at all ---- */

typedef struct EmptyBuild {
    const BtreeIndex *btree;
    ForkNo fork;
} EmptyBuild;

static void write_empty(void *arg, BlockNo block, uint8_t *page)
{
    const EmptyBuild *e = arg;

    rel_file_append(e->btree->rel, e->fork, block, page, true);
}

void index_build_empty(Relation *index, ForkNo fork)
{
    EmptyBuild e = {.btree = &index->index->btree, .fork = fork};

    index_require_btree(index);
    btree_build_finish(btree_build_begin(&(BtreeBuildSpec){
        .keys = &e.btree->keys, .memory_max = 0, .write = write_empty, .arg = &e}));
    smgr_sync_now(e.btree->rel, fork);
}
