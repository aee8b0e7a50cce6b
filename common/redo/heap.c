/*
 * heap.c - rows come, go, change and are locked: records of the resource manager Heap
 *
 * What is not in WAL is not made up: hint bits are those of the writer's tuple when it logged it,
 * command ids are 0. redo_mask_page() hides both.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/format/page.h"
#include "common/format/vm_page.h"
#include "common/redo/heap_int.h"
#include "common/redo/redo_int.h"
#include "common/redo/vm.h"
#include "common/walrec/rmgr.h"

#define DELETE_CLEARED_VISIBLE     0x01
#define DELETE_IS_SUPER            0x08 /* a speculative insertion is taken back */
#define DELETE_IS_MOVE             0x10 /* the row goes to another partition */

#define UPDATE_OLD_CLEARED_VISIBLE 0x01
#define UPDATE_NEW_CLEARED_VISIBLE 0x02
#define UPDATE_PREFIX_FROM_OLD     0x20
#define UPDATE_SUFFIX_FROM_OLD     0x40

#define INFOBITS_IS_MULTI          0x01
#define INFOBITS_LOCK_ONLY         0x02
#define INFOBITS_EXCL_LOCK         0x04
#define INFOBITS_KEYSHR_LOCK       0x08
#define INFOBITS_KEYS_UPDATED      0x10

typedef struct HeapUpdate {
    Xid old_xmax;
    OffsetNo old_offnum;
    uint8_t old_infobits;
    uint8_t flags;
    Xid new_xmax;
    OffsetNo new_offnum;
} HeapUpdate;

static RedoStep heap_insert(const RedoBlock *b);
static RedoStep heap_delete(const RedoBlock *b);
static RedoStep heap_update_new(const RedoBlock *b);
static RedoStep heap_update_old(const RedoBlock *b);
static RedoStep heap_confirm(const RedoBlock *b);
static RedoStep heap_lock(const RedoBlock *b);
static RedoStep heap_inplace(const RedoBlock *b);
static RedoStep heap_clear_map(const RedoBlock *b);

static const RedoOp heap_ops[REDO_OPS] = {
    [AT(HEAP_INSERT)] = {.refs = {EITHER(heap_insert)}},
    [AT(HEAP_DELETE)] = {.refs = {OLD(heap_delete)}},
    [AT(HEAP_UPDATE)] = {.refs = {EITHER(heap_update_new), OLD(heap_update_old)}},
    [AT(HEAP_HOT_UPDATE)] = {.refs = {EITHER(heap_update_new), OLD(heap_update_old)}},
    [AT(HEAP_CONFIRM)] = {.refs = {OLD(heap_confirm)}},
    [AT(HEAP_LOCK)] = {.refs = {OLD(heap_lock)}},
    [AT(HEAP_INPLACE)] = {.refs = {OLD(heap_inplace)}},
};

const RedoManager heap_redo = {
    .opcode_mask = HEAP_OP_MASK, .implied = heap_clear_map, .ops = heap_ops};

static HeapNewTuple read_new_tuple(ByteReader *r);
static HeapUpdate read_update(const RedoBlock *b);
static void change_old_tuple(const RedoBlock *b, const HeapUpdate *update);
static void expire_tuple(const RedoBlock *b, HeapTupleHeader *tuple, unsigned infobits);
static void set_prunable(uint8_t *page, Xid xid);

/* ---- What heap2.c uses too ---- */

HeapTupleHeader *heap_get_tuple(uint8_t *page, OffsetNo offnum, size_t *len)
{
    size_t size;
    uint8_t *item;

    if (page_item_id(page, offnum).state != ITEM_NORMAL)
        redo_misfit("line pointer %u does not point to a tuple", offnum);
    item = page_get_item_rw(page, offnum, &size);
    if (size < HEAP_TUPLE_HEADER_SIZE)
        redo_misfit("tuple %u of %zu bytes is shorter than its header", offnum, size);
    if (len != NULL)
        *len = size;
    return (HeapTupleHeader *)item;
}

HeapTupleHeader *heap_add_tuple(const RedoBlock *b, const HeapNewTuple *new_tuple, size_t len,
                                OffsetNo offnum)
{
    HeapTupleHeader *tuple;

    if (offnum > HEAP_ITEM_MAX)
        redo_misfit("no heap page has a line pointer %u", offnum);
    if (new_tuple->hoff < HEAP_TUPLE_HEADER_SIZE || new_tuple->hoff > len)
        redo_misfit("the header of a tuple of %zu bytes cannot have %u", len, new_tuple->hoff);
    tuple = (HeapTupleHeader *)page_add_space(b->page, len, offnum, PAGE_ADD_AT);
    tuple->xmin = b->record->xid;
    tuple->xmax = XID_NONE;
    tuple->cid = 0;
    tuple->ctid = tid_make(b->touch->tag.block, offnum);
    tuple->infomask2 = new_tuple->infomask2;
    tuple->infomask = new_tuple->infomask;
    tuple->hoff = new_tuple->hoff;
    return tuple;
}

void heap_set_infobits(HeapTupleHeader *tuple, unsigned infobits)
{
    const unsigned cleared = HEAP_XMAX_COMMITTED | HEAP_XMAX_INVALID | HEAP_XMAX_IS_MULTI |
                             HEAP_XMAX_LOCK_MASK | HEAP_XMAX_LOCK_ONLY | HEAP_MOVED;
    unsigned mask = tuple->infomask & ~cleared;
    unsigned mask2 = tuple->infomask2 & ~(unsigned)HEAP_KEYS_UPDATED;

    mask |= (infobits & INFOBITS_IS_MULTI) != 0 ? HEAP_XMAX_IS_MULTI : 0;
    mask |= (infobits & INFOBITS_LOCK_ONLY) != 0 ? HEAP_XMAX_LOCK_ONLY : 0;
    mask |= (infobits & INFOBITS_EXCL_LOCK) != 0 ? HEAP_XMAX_EXCL_LOCK : 0;
    mask |= (infobits & INFOBITS_KEYSHR_LOCK) != 0 ? HEAP_XMAX_KEYSHR_LOCK : 0;
    mask2 |= (infobits & INFOBITS_KEYS_UPDATED) != 0 ? HEAP_KEYS_UPDATED : 0;
    tuple->infomask = (uint16_t)mask;
    tuple->infomask2 = (uint16_t)mask2;
}

void heap_begin_page(const RedoBlock *b)
{
    if (redo_is_new_page(b))
        page_init(b->page, 0);
}

void heap_set_page_flags(uint8_t *page, unsigned insert_flags)
{
    if ((insert_flags & HEAP_INSERT_CLEARED_VISIBLE) != 0)
        page_clear_flag(page, PAGE_ALL_VISIBLE);
    if ((insert_flags & HEAP_INSERT_SET_FROZEN) != 0)
        page_set_flag(page, PAGE_ALL_VISIBLE);
}

/* ---- The records ---- */

static RedoStep heap_insert(const RedoBlock *b)
{
    ByteReader main = redo_main(b), data = redo_data(b);
    OffsetNo offnum = byte_reader_u16(&main);
    unsigned flags = byte_reader_u8(&main);
    HeapNewTuple new_tuple = read_new_tuple(&data);
    size_t body_len = byte_reader_left(&data);
    HeapTupleHeader *tuple;

    heap_begin_page(b);
    tuple = heap_add_tuple(b, &new_tuple, HEAP_TUPLE_HEADER_SIZE + body_len, offnum);
    byte_reader_copy(&data, &tuple->bits, body_len);
    heap_set_page_flags(b->page, flags);
    return STEP_CHANGED;
}

static RedoStep heap_delete(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    Xid xmax = byte_reader_u32(&main);
    OffsetNo offnum = byte_reader_u16(&main);
    unsigned infobits = byte_reader_u8(&main);
    unsigned flags = byte_reader_u8(&main);
    HeapTupleHeader *tuple = heap_get_tuple(b->page, offnum, NULL);

    expire_tuple(b, tuple, infobits);
    tuple->infomask2 = (uint16_t)(tuple->infomask2 & ~(unsigned)HEAP_HOT_UPDATED);
    if ((flags & DELETE_IS_SUPER) != 0)
        tuple->xmin = XID_NONE;
    else
        tuple->xmax = xmax;
    tuple->ctid = (flags & DELETE_IS_MOVE) != 0 ? tid_make(BLOCK_NONE, HEAP_CTID_MOVED)
                                                : tid_make(b->touch->tag.block, offnum);
    if ((flags & DELETE_CLEARED_VISIBLE) != 0)
        page_clear_flag(b->page, PAGE_ALL_VISIBLE);
    return STEP_CHANGED;
}

/*
 * The page of the new version, which is that of the old one too unless the record has a second
 * reference. Only then, beginning and end of the new data may be left to be taken from the old.
 */
static RedoStep heap_update_new(const RedoBlock *b)
{
    HeapUpdate update = read_update(b);
    bool is_same_page = wal_record_ref(b->record, 1) == NULL;
    ByteReader data = redo_data(b);
    size_t prefix_len = 0, suffix_len = 0, bitmap_len, rest_len, old_len = 0;
    const HeapTupleHeader *old = NULL;
    HeapNewTuple new_tuple;
    HeapTupleHeader *tuple;
    uint8_t *out;

    heap_begin_page(b);
    if (is_same_page) {
        change_old_tuple(b, &update);
        old = heap_get_tuple(b->page, update.old_offnum, &old_len);
    }

    if ((update.flags & UPDATE_PREFIX_FROM_OLD) != 0)
        prefix_len = byte_reader_u16(&data);
    if ((update.flags & UPDATE_SUFFIX_FROM_OLD) != 0)
        suffix_len = byte_reader_u16(&data);
    new_tuple = read_new_tuple(&data);
    rest_len = byte_reader_left(&data);
    if (prefix_len + suffix_len > 0 &&
        (old == NULL || old->hoff > old_len || prefix_len > old_len - old->hoff ||
         suffix_len > old_len - old->hoff))
        redo_misfit("the old tuple does not have %zu and %zu bytes for the new one", prefix_len,
                    suffix_len);

    tuple =
        heap_add_tuple(b, &new_tuple, HEAP_TUPLE_HEADER_SIZE + prefix_len + rest_len + suffix_len,
                       update.new_offnum);
    tuple->xmax = update.new_xmax;
    bitmap_len = prefix_len > 0 ? (size_t)new_tuple.hoff - HEAP_TUPLE_HEADER_SIZE : 0;
    if (bitmap_len > rest_len)
        redo_misfit("the new tuple's null bitmap is not in the record");
    out = &tuple->bits;
    byte_reader_copy(&data, out, bitmap_len);
    out += bitmap_len;
    if (prefix_len > 0)
        memcpy(out, (const uint8_t *)old + old->hoff, prefix_len);
    out += prefix_len;
    byte_reader_copy(&data, out, rest_len - bitmap_len);
    out += rest_len - bitmap_len;
    if (suffix_len > 0)
        memcpy(out, (const uint8_t *)old + old_len - suffix_len, suffix_len);

    if ((update.flags & UPDATE_NEW_CLEARED_VISIBLE) != 0)
        page_clear_flag(b->page, PAGE_ALL_VISIBLE);
    return STEP_CHANGED;
}

static RedoStep heap_update_old(const RedoBlock *b)
{
    HeapUpdate update = read_update(b);

    change_old_tuple(b, &update);
    return STEP_CHANGED;
}

/* A speculative insertion is now a tuple like any other. */
static RedoStep heap_confirm(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    OffsetNo offnum = byte_reader_u16(&main);

    heap_get_tuple(b->page, offnum, NULL)->ctid = tid_make(b->touch->tag.block, offnum);
    return STEP_CHANGED;
}

static RedoStep heap_lock(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    Xid xmax = byte_reader_u32(&main);
    OffsetNo offnum = byte_reader_u16(&main);
    unsigned infobits = byte_reader_u8(&main);
    HeapTupleHeader *tuple;

    byte_reader_u8(&main);
    tuple = heap_get_tuple(b->page, offnum, NULL);
    heap_set_infobits(tuple, infobits);
    if (heap_xmax_is_lock_only(tuple->infomask)) {
        tuple->infomask2 = (uint16_t)(tuple->infomask2 & ~(unsigned)HEAP_HOT_UPDATED);
        tuple->ctid = tid_make(b->touch->tag.block, offnum);
    }
    tuple->xmax = xmax;
    tuple->cid = 0;
    tuple->infomask = (uint16_t)(tuple->infomask & ~(unsigned)HEAP_COMBO_CID);
    return STEP_CHANGED;
}

/* Data of the same length over the old, as some catalog rows are changed. */
static RedoStep heap_inplace(const RedoBlock *b)
{
    ByteReader main = redo_main(b), data = redo_data(b);
    OffsetNo offnum = byte_reader_u16(&main);
    size_t len, data_len = byte_reader_left(&data);
    HeapTupleHeader *tuple = heap_get_tuple(b->page, offnum, &len);

    if (tuple->hoff > len || len - tuple->hoff != data_len)
        redo_misfit("tuple %u has not room for just %zu bytes", offnum, data_len);
    byte_reader_copy(&data, (uint8_t *)tuple + tuple->hoff, data_len);
    return STEP_CHANGED;
}

/*
 * The map page of a block whose page is no longer all visible. One record may say so of two heap
 * blocks, which may share a map page.
 */
static RedoStep heap_clear_map(const RedoBlock *b)
{
    const WalBlockRef *refs[2] = {wal_record_ref(b->record, 0), wal_record_ref(b->record, 1)};
    bool is_cleared[2] = {false, false};
    unsigned bits = VM_BITS;
    RedoStep step = STEP_UNCHANGED;
    ByteReader main = redo_main(b);

    if (b->touch->tag.fork != FORK_VM)
        redo_misfit("the record implies no block of fork %u", b->touch->tag.fork);
    switch (b->record->info & HEAP_OP_MASK) {
    case WAL_HEAP_INSERT:
        byte_reader_take(&main, 2);
        is_cleared[0] = (byte_reader_u8(&main) & HEAP_INSERT_CLEARED_VISIBLE) != 0;
        break;
    case WAL_HEAP_DELETE:
        byte_reader_take(&main, 7);
        is_cleared[0] = (byte_reader_u8(&main) & DELETE_CLEARED_VISIBLE) != 0;
        break;
    case WAL_HEAP_UPDATE:
    case WAL_HEAP_HOT_UPDATE: {
        HeapUpdate update = read_update(b);

        is_cleared[refs[1] != NULL] |= (update.flags & UPDATE_OLD_CLEARED_VISIBLE) != 0;
        is_cleared[0] |= (update.flags & UPDATE_NEW_CLEARED_VISIBLE) != 0;
        break;
    }
    case WAL_HEAP_LOCK:
        byte_reader_take(&main, 7);
        is_cleared[0] = (byte_reader_u8(&main) & HEAP_LOCK_CLEARED_FROZEN) != 0;
        bits = VM_ALL_FROZEN;
        break;
    default:
        redo_misfit("the record implies no map page");
    }

    for (size_t i = 0; i < ARRAY_LEN(refs); i++) {
        if (is_cleared[i] && refs[i] != NULL &&
            vm_block_of(refs[i]->tag.block) == b->touch->tag.block &&
            vm_redo_clear(b->page, refs[i]->tag.block, bits) != STEP_UNCHANGED)
            step = STEP_CHANGED_KEEP_LSN;
    }
    return step;
}

/* ---- Parts of them ---- */

static HeapNewTuple read_new_tuple(ByteReader *r)
{
    HeapNewTuple new_tuple;

    new_tuple.infomask2 = byte_reader_u16(r);
    new_tuple.infomask = byte_reader_u16(r);
    new_tuple.hoff = byte_reader_u8(r);
    return new_tuple;
}

static HeapUpdate read_update(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    HeapUpdate update;

    update.old_xmax = byte_reader_u32(&main);
    update.old_offnum = byte_reader_u16(&main);
    update.old_infobits = byte_reader_u8(&main);
    update.flags = byte_reader_u8(&main);
    update.new_xmax = byte_reader_u32(&main);
    update.new_offnum = byte_reader_u16(&main);
    return update;
}

/* The old version of an updated row, on its page: it ends, and points to the new one. */
static void change_old_tuple(const RedoBlock *b, const HeapUpdate *update)
{
    HeapTupleHeader *tuple = heap_get_tuple(b->page, update->old_offnum, NULL);
    unsigned mask2;

    expire_tuple(b, tuple, update->old_infobits);
    mask2 = tuple->infomask2 & ~(unsigned)HEAP_HOT_UPDATED;
    if ((b->record->info & HEAP_OP_MASK) == WAL_HEAP_HOT_UPDATE)
        mask2 |= HEAP_HOT_UPDATED;
    tuple->infomask2 = (uint16_t)mask2;
    tuple->xmax = update->old_xmax;
    tuple->ctid = tid_make(redo_ref_block(b, 0), update->new_offnum);
    if ((update->flags & UPDATE_OLD_CLEARED_VISIBLE) != 0)
        page_clear_flag(b->page, PAGE_ALL_VISIBLE);
}

/* What an update and a delete do alike to the tuple that ends. */
static void expire_tuple(const RedoBlock *b, HeapTupleHeader *tuple, unsigned infobits)
{
    heap_set_infobits(tuple, infobits);
    tuple->cid = 0;
    tuple->infomask = (uint16_t)(tuple->infomask & ~(unsigned)HEAP_COMBO_CID);
    set_prunable(b->page, b->record->xid);
}

/* Hint: from this xid on, pruning the page may pay. */
static void set_prunable(uint8_t *page, Xid xid)
{
    Xid before = page_prune_xid(page);

    if (before == XID_NONE || xid_precedes(xid, before))
        page_set_prune_xid(page, xid);
}
