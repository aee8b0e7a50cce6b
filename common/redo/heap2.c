/*
 * heap2.c - what cleans and freezes heap pages, and inserts of many rows: resource manager Heap2
 *
 * Rewrites and new command ids have no block references, so nothing of them comes here.
 */
#include "common/base/base.h"

#include "common/format/page.h"
#include "common/format/vm_page.h"
#include "common/redo/heap_int.h"
#include "common/redo/redo_int.h"
#include "common/redo/vm.h"
#include "common/walrec/rmgr.h"

#define FREEZE_XVAC_FROZEN  0x02
#define FREEZE_XVAC_INVALID 0x04
#define XID_FROZEN          2

static RedoStep heap2_prune(const RedoBlock *b);
static RedoStep heap2_vacuum(const RedoBlock *b);
static RedoStep heap2_freeze(const RedoBlock *b);
static RedoStep heap2_visible_map(const RedoBlock *b);
static RedoStep heap2_visible_heap(const RedoBlock *b);
static RedoStep heap2_multi_insert(const RedoBlock *b);
static RedoStep heap2_lock_updated(const RedoBlock *b);
static RedoStep heap2_clear_map(const RedoBlock *b);

static const RedoOp heap2_ops[REDO_OPS] = {
    [AT(HEAP2_PRUNE)] = {.refs = {OLD(heap2_prune)}},
    [AT(HEAP2_VACUUM)] = {.refs = {OLD(heap2_vacuum)}},
    [AT(HEAP2_FREEZE_PAGE)] = {.refs = {OLD(heap2_freeze)}},
    [AT(HEAP2_VISIBLE)] = {.refs = {OLD(heap2_visible_map), OLD(heap2_visible_heap)}},
    [AT(HEAP2_MULTI_INSERT)] = {.refs = {EITHER(heap2_multi_insert)}},
    [AT(HEAP2_LOCK_UPDATED)] = {.refs = {OLD(heap2_lock_updated)}},
};

const RedoManager heap2_redo = {
    .opcode_mask = HEAP_OP_MASK, .implied = heap2_clear_map, .ops = heap2_ops};

static void set_unused(const RedoBlock *b, ByteReader *offnums);

/* Redirect, kill and free line pointers, then close the gaps that their tuples leave. */
static RedoStep heap2_prune(const RedoBlock *b)
{
    ByteReader main = redo_main(b), data = redo_data(b);
    size_t redirected_count, dead_count;

    byte_reader_u32(&main);
    redirected_count = byte_reader_u16(&main);
    dead_count = byte_reader_u16(&main);
    if (byte_reader_left(&data) == 0)
        redo_misfit("the record does not say which line pointers change");
    for (size_t i = 0; i < redirected_count; i++) {
        OffsetNo from = byte_reader_u16(&data), to = byte_reader_u16(&data);

        if (page_item_id(b->page, to).state != ITEM_NORMAL)
            redo_misfit("line pointer %u is to lead to %u, which is not a tuple's", from, to);
        page_set_item_redirect(b->page, from, to);
    }
    for (size_t i = 0; i < dead_count; i++)
        page_set_item_dead(b->page, byte_reader_u16(&data));
    set_unused(b, &data);
    page_repair_fragmentation(b->page);
    return STEP_CHANGED;
}

/* Dead line pointers become free, when no index leads to them any more. */
static RedoStep heap2_vacuum(const RedoBlock *b)
{
    ByteReader main = redo_main(b), data = redo_data(b);

    if (byte_reader_u16(&main) != byte_reader_left(&data) / sizeof(OffsetNo))
        redo_misfit("the record holds %zu offset numbers, not as many as it says",
                    byte_reader_left(&data) / sizeof(OffsetNo));
    set_unused(b, &data);
    page_truncate_line_pointers(b->page);
    return STEP_CHANGED;
}

static RedoStep heap2_freeze(const RedoBlock *b)
{
    ByteReader main = redo_main(b), data = redo_data(b);
    size_t count;

    byte_reader_u32(&main);
    count = byte_reader_u16(&main);
    for (size_t i = 0; i < count; i++) {
        Xid xmax = byte_reader_u32(&data);
        HeapTupleHeader *tuple = heap_get_tuple(b->page, byte_reader_u16(&data), NULL);
        unsigned flags;

        tuple->xmax = xmax;
        tuple->infomask2 = byte_reader_u16(&data);
        tuple->infomask = byte_reader_u16(&data);
        flags = byte_reader_u8(&data);
        byte_reader_u8(&data); /* padding */
        if ((flags & FREEZE_XVAC_FROZEN) != 0)
            tuple->cid = XID_FROZEN;
        if ((flags & FREEZE_XVAC_INVALID) != 0)
            tuple->cid = XID_NONE;
    }
    return STEP_CHANGED;
}

static RedoStep heap2_visible_map(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    BlockNo heap_block = redo_ref_block(b, 1);

    byte_reader_u32(&main);
    if (vm_block_of(heap_block) != b->touch->tag.block)
        redo_misfit("map block %u does not hold the bits of heap block %u", b->touch->tag.block,
                    heap_block);
    return vm_redo_set(b->page, heap_block, byte_reader_u8(&main) & VM_BITS);
}

/*
 * The page's flag is a hint unless hints are logged: then the page may have been written since, and
 * its LSN has to tell.
 */
static RedoStep heap2_visible_heap(const RedoBlock *b)
{
    page_set_flag(b->page, PAGE_ALL_VISIBLE);
    return b->env->hint_bits_logged ? STEP_CHANGED : STEP_CHANGED_KEEP_LSN;
}

static RedoStep heap2_multi_insert(const RedoBlock *b)
{
    ByteReader main = redo_main(b), data = redo_data(b);
    const uint8_t *data_begin = data.pos;
    unsigned flags = byte_reader_u8(&main);
    size_t count;

    byte_reader_u8(&main); /* padding */
    count = byte_reader_u16(&main);
    heap_begin_page(b);
    for (size_t i = 0; i < count; i++) {
        OffsetNo offnum = b->ref->will_init ? (OffsetNo)(i + 1) : byte_reader_u16(&main);
        HeapNewTuple new_tuple;
        HeapTupleHeader *tuple;
        size_t body_len;

        byte_reader_take(&data, (size_t)(data.pos - data_begin) % 2);
        body_len = byte_reader_u16(&data);
        new_tuple.infomask2 = byte_reader_u16(&data);
        new_tuple.infomask = byte_reader_u16(&data);
        new_tuple.hoff = byte_reader_u8(&data);
        tuple = heap_add_tuple(b, &new_tuple, HEAP_TUPLE_HEADER_SIZE + body_len, offnum);
        byte_reader_copy(&data, &tuple->bits, body_len);
    }
    redo_expect_end(&data);
    heap_set_page_flags(b->page, flags);
    return STEP_CHANGED;
}

/* A lock on a later version of a row that was locked. */
static RedoStep heap2_lock_updated(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    Xid xmax = byte_reader_u32(&main);
    HeapTupleHeader *tuple = heap_get_tuple(b->page, byte_reader_u16(&main), NULL);

    heap_set_infobits(tuple, byte_reader_u8(&main));
    tuple->xmax = xmax;
    return STEP_CHANGED;
}

static RedoStep heap2_clear_map(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    BlockNo heap_block = redo_ref_block(b, 0);
    unsigned bits = 0;

    switch (b->record->info & HEAP_OP_MASK) {
    case WAL_HEAP2_MULTI_INSERT:
        if ((byte_reader_u8(&main) & HEAP_INSERT_CLEARED_VISIBLE) != 0)
            bits = VM_BITS;
        break;
    case WAL_HEAP2_LOCK_UPDATED:
        byte_reader_take(&main, 7);
        if ((byte_reader_u8(&main) & HEAP_LOCK_CLEARED_FROZEN) != 0)
            bits = VM_ALL_FROZEN;
        break;
    default:
        redo_misfit("the record implies no map page");
    }
    if (b->touch->tag.fork != FORK_VM || vm_block_of(heap_block) != b->touch->tag.block)
        redo_misfit("the record implies no block %u of fork %u", b->touch->tag.block,
                    b->touch->tag.fork);
    return vm_redo_clear(b->page, heap_block, bits);
}

/* All line pointers that are left in the list become free. */
static void set_unused(const RedoBlock *b, ByteReader *offnums)
{
    while (byte_reader_left(offnums) > 0)
        page_set_item_unused(b->page, byte_reader_u16(offnums));
}
