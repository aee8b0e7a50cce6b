/*
 * btree.c - B-tree indexes: resource manager Btree
 *
 * Pages that a record makes anew (right halves, roots, deleted pages, the metapage) carry all that
 * is on them. A left half is made from its own old items. Posting tuples change by rule: the
 * record names positions in their lists of TIDs.
 *
 * The items that a page is made of lie in the record as on the page, the last item first, so they
 * are found by one walk and added in a second.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/format/btree_page.h"
#include "common/format/page.h"
#include "common/redo/redo_int.h"
#include "common/walrec/rmgr.h"

#define HIGH_KEY 1 /* line pointer */

typedef struct BtreeSplit {
    uint32_t level;
    OffsetNo first_right;   /* first old item that goes to the right page */
    OffsetNo new_offnum;    /* of the new item, counted on the page before the split */
    uint16_t posting_index; /* where the new item splits a posting tuple; 0: it does not */
} BtreeSplit;

typedef struct BtreeUnlink {
    BlockNo left, right; /* siblings of the page that goes */
    uint32_t level;
    FullXid safe_xid;
    BlockNo leaf_left, leaf_right, leaf_top_parent; /* of the leaf, when it is another page */
} BtreeUnlink;

/* A tuple that is made aside, before it goes to the page. */
typedef union BtreeTupleRoom {
    IndexTuple head;
    uint8_t bytes[INDEX_SIZE_MASK + 1];
} BtreeTupleRoom;

STATIC_ASSERT(sizeof(BtreeTupleRoom) == BLOCK_SIZE);

static RedoStep btree_insert(const RedoBlock *b);
static RedoStep btree_insert_posting(const RedoBlock *b);
static RedoStep btree_finish_split(const RedoBlock *b);
static RedoStep btree_make_meta(const RedoBlock *b);
static RedoStep btree_split_left(const RedoBlock *b);
static RedoStep btree_split_right(const RedoBlock *b);
static RedoStep btree_split_neighbour(const RedoBlock *b);
static RedoStep btree_dedup(const RedoBlock *b);
static RedoStep btree_delete(const RedoBlock *b);
static RedoStep btree_vacuum(const RedoBlock *b);
static RedoStep btree_make_half_dead(const RedoBlock *b);
static RedoStep btree_remove_downlink(const RedoBlock *b);
static RedoStep btree_unlink_target(const RedoBlock *b);
static RedoStep btree_unlink_left(const RedoBlock *b);
static RedoStep btree_unlink_right(const RedoBlock *b);
static RedoStep btree_unlink_leaf(const RedoBlock *b);
static RedoStep btree_new_root(const RedoBlock *b);

/* clang-format off */
#define INSERT_REFS OLD(btree_insert), OLD(btree_finish_split)
#define SPLIT_REFS                                                                                 \
    OLD(btree_split_left), MADE(btree_split_right), OLD(btree_split_neighbour),                    \
    OLD(btree_finish_split)
#define UNLINK_REFS                                                                                \
    MADE(btree_unlink_target), OLD(btree_unlink_left), OLD(btree_unlink_right),                    \
    MADE(btree_unlink_leaf)
/* clang-format on */

static const RedoOp btree_ops[REDO_OPS] = {
    [AT(BTREE_INSERT_LEAF)] = {.refs = {OLD(btree_insert)}},
    [AT(BTREE_INSERT_UPPER)] = {.refs = {INSERT_REFS}},
    [AT(BTREE_INSERT_META)] = {.refs = {INSERT_REFS, MADE(btree_make_meta)}},
    [AT(BTREE_SPLIT_L)] = {.refs = {SPLIT_REFS}},
    [AT(BTREE_SPLIT_R)] = {.refs = {SPLIT_REFS}},
    [AT(BTREE_INSERT_POST)] = {.refs = {OLD(btree_insert_posting)}},
    [AT(BTREE_DEDUP)] = {.refs = {OLD(btree_dedup)}},
    [AT(BTREE_DELETE)] = {.refs = {OLD(btree_delete)}},
    [AT(BTREE_UNLINK_PAGE)] = {.refs = {UNLINK_REFS}},
    [AT(BTREE_UNLINK_PAGE_META)] = {.refs = {UNLINK_REFS, MADE(btree_make_meta)}},
    [AT(BTREE_NEWROOT)] = {.refs = {MADE(btree_new_root), OLD(btree_finish_split),
                                    MADE(btree_make_meta)}},
    [AT(BTREE_MARK_PAGE_HALFDEAD)] = {.refs = {MADE(btree_make_half_dead),
                                               OLD(btree_remove_downlink)}},
    [AT(BTREE_VACUUM)] = {.refs = {OLD(btree_vacuum)}},
    [AT(BTREE_META_CLEANUP)] = {.refs = {MADE(btree_make_meta)}},
};

const RedoManager btree_redo = {.opcode_mask = 0xF0, .ops = btree_ops};

static BtreeSpecial *special_of(uint8_t *page);
static BtreeSpecial *begin_page(uint8_t *page);
static OffsetNo first_data_item(uint8_t *page);
static void add_item(uint8_t *page, const void *item, size_t len, OffsetNo offnum);
static void add_items_reversed(uint8_t *page, ByteReader *items);
static void begin_half_dead(uint8_t *page, BlockNo left, BlockNo right, BlockNo top_parent);

static BtreeSplit read_split(const RedoBlock *b);
static BtreeUnlink read_unlink(const RedoBlock *b);
static void remove_items(const RedoBlock *b, size_t deleted_count, size_t updated_count);
static void take_tids_away(uint8_t *page, OffsetNo offnum, ByteReader *indexes);

static size_t copy_tuple(ByteReader *tuples, BtreeTupleRoom *out);
static size_t posting_tids_at(const IndexTuple *tuple, size_t len, size_t *count);
static void posting_swap(uint8_t *posting, size_t len, size_t index, IndexTuple *new_tuple);
static size_t merge_items(uint8_t *page, OffsetNo first, size_t count, BtreeTupleRoom *out);

/* ---- Inserts ---- */

static RedoStep btree_insert(const RedoBlock *b)
{
    ByteReader main = redo_main(b), data = redo_data(b);
    size_t len;
    const uint8_t *tuple = redo_take_tuple(&data, PAGE_ALIGN, &len);

    redo_expect_end(&data);
    add_item(b->page, tuple, len, byte_reader_u16(&main));
    return STEP_CHANGED;
}

/* The new item's TID falls inside the list of the posting tuple before it, and takes its place. */
static RedoStep btree_insert_posting(const RedoBlock *b)
{
    ByteReader main = redo_main(b), data = redo_data(b);
    OffsetNo offnum = byte_reader_u16(&main);
    size_t index = byte_reader_u16(&data), len, posting_len;
    BtreeTupleRoom new_item;
    uint8_t *posting;

    len = copy_tuple(&data, &new_item);
    redo_expect_end(&data);
    posting = page_get_item_rw(b->page, (OffsetNo)(offnum - 1), &posting_len);
    posting_swap(posting, posting_len, index, &new_item.head);
    add_item(b->page, &new_item, len, offnum);
    return STEP_CHANGED;
}

/* The left half of a split whose right half has its downlink now. */
static RedoStep btree_finish_split(const RedoBlock *b)
{
    BtreeSpecial *special = special_of(b->page);

    special->flags = (uint16_t)(special->flags & ~(unsigned)BTREE_INCOMPLETE_SPLIT);
    return STEP_CHANGED;
}

static RedoStep btree_make_meta(const RedoBlock *b)
{
    ByteReader data = redo_data(b);
    BtreeMeta *meta = (BtreeMeta *)(b->page + PAGE_HEADER_SIZE);

    /* Field by field into the zeros of an empty page, so that padding is zero as well. */
    begin_page(b->page)->flags = BTREE_META;
    page_set_lower(b->page, PAGE_HEADER_SIZE + sizeof(*meta));
    meta->magic = BTREE_MAGIC;
    meta->version = byte_reader_u32(&data);
    meta->root = byte_reader_u32(&data);
    meta->level = byte_reader_u32(&data);
    meta->fast_root = byte_reader_u32(&data);
    meta->fast_level = byte_reader_u32(&data);
    meta->deleted_page_count = byte_reader_u32(&data);
    meta->heap_tuple_count = -1;
    meta->all_equal_image = byte_reader_u8(&data);
    return STEP_CHANGED;
}

/* ---- Splits ---- */

/* Old items up to the split point; new item and changed posting tuple stand at their places. */
static RedoStep btree_split_left(const RedoBlock *b)
{
    BtreeSplit split = read_split(b);
    ByteReader data = redo_data(b);
    bool is_new_left = wal_record_opcode(b->record) == WAL_BTREE_SPLIT_L;
    uint8_t old[BLOCK_SIZE] __attribute__((aligned(PAGE_ALIGN)));
    BtreeTupleRoom new_item, posting;
    size_t new_len = 0, posting_len = 0, len;
    OffsetNo posting_offnum = 0, out = HIGH_KEY, offnum;
    BtreeSpecial *special;
    const uint8_t *item;

    memcpy(old, b->page, BLOCK_SIZE);
    if (is_new_left || split.posting_index != 0)
        new_len = copy_tuple(&data, &new_item);
    if (split.posting_index != 0) {
        posting_offnum = (OffsetNo)(split.new_offnum - 1);
        item = page_get_item(old, posting_offnum, &posting_len);
        memcpy(&posting, item, posting_len);
        posting_swap(posting.bytes, posting_len, split.posting_index, &new_item.head);
    }

    special = special_of(old);
    page_init(b->page, sizeof(BtreeSpecial));
    item = redo_take_tuple(&data, PAGE_ALIGN, &len);
    redo_expect_end(&data);
    add_item(b->page, item, len, out++);
    for (offnum = first_data_item(old); offnum < split.first_right; offnum++) {
        if (is_new_left && offnum == split.new_offnum)
            add_item(b->page, &new_item, new_len, out++);
        if (offnum == posting_offnum) {
            add_item(b->page, &posting, posting_len, out++);
            continue;
        }
        item = page_get_item(old, offnum, &len);
        add_item(b->page, item, len, out++);
    }
    if (is_new_left && offnum == split.new_offnum)
        add_item(b->page, &new_item, new_len, out++);

    *special_of(b->page) = (BtreeSpecial){
        .prev = special->prev,
        .next = redo_ref_block(b, 1),
        .level = special->level,
        .flags = (uint16_t)(BTREE_INCOMPLETE_SPLIT | (split.level == 0 ? BTREE_LEAF : 0))};
    return STEP_CHANGED;
}

static RedoStep btree_split_right(const RedoBlock *b)
{
    BtreeSplit split = read_split(b);
    ByteReader data = redo_data(b);
    BtreeSpecial *special = begin_page(b->page);

    special->prev = redo_ref_block(b, 0);
    special->next = wal_record_ref(b->record, 2) == NULL ? BTREE_NO_BLOCK : redo_ref_block(b, 2);
    special->level = split.level;
    special->flags = split.level == 0 ? BTREE_LEAF : 0;
    add_items_reversed(b->page, &data);
    return STEP_CHANGED;
}

static RedoStep btree_split_neighbour(const RedoBlock *b)
{
    special_of(b->page)->prev = redo_ref_block(b, 1);
    return STEP_CHANGED;
}

static BtreeSplit read_split(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    BtreeSplit split;

    split.level = byte_reader_u32(&main);
    split.first_right = byte_reader_u16(&main);
    split.new_offnum = byte_reader_u16(&main);
    split.posting_index = byte_reader_u16(&main);
    return split;
}

/* ---- Merging and removing items ---- */

/* Runs of items with the same key become one posting tuple each; the record names the runs. */
static RedoStep btree_dedup(const RedoBlock *b)
{
    ByteReader main = redo_main(b), runs = redo_data(b);
    size_t run_count = byte_reader_u16(&main), len;
    uint8_t old[BLOCK_SIZE] __attribute__((aligned(PAGE_ALIGN)));
    BtreeTupleRoom merged;
    BtreeSpecial *special;
    OffsetNo count, run_first = 0, out = HIGH_KEY;
    size_t run_len = 0;
    const uint8_t *item;

    memcpy(old, b->page, BLOCK_SIZE);
    special = special_of(old);
    count = page_item_count(old);
    *begin_page(b->page) =
        (BtreeSpecial){.prev = special->prev,
                       .next = special->next,
                       .level = special->level,
                       .flags = (uint16_t)(special->flags & ~(unsigned)BTREE_HAS_GARBAGE),
                       .cycle_id = special->cycle_id};
    if (first_data_item(old) != HIGH_KEY) {
        item = page_get_item(old, HIGH_KEY, &len);
        add_item(b->page, item, len, out++);
    }

    for (size_t offnum = first_data_item(old); offnum <= count;) {
        if (run_first < offnum && run_count > 0) {
            run_first = byte_reader_u16(&runs);
            run_len = byte_reader_u16(&runs);
            run_count--;
            if (run_first < offnum || run_len == 0 || run_len > (size_t)count + 1 - run_first)
                redo_misfit("%zu index tuples from %u on cannot be merged", run_len, run_first);
        }
        if (offnum == run_first) {
            len = merge_items(old, run_first, run_len, &merged);
            add_item(b->page, &merged, len, out++);
            offnum += run_len;
        } else {
            item = page_get_item(old, (OffsetNo)offnum, &len);
            add_item(b->page, item, len, out++);
            offnum++;
        }
    }
    if (run_count > 0)
        redo_misfit("%zu runs of index tuples to merge are not on the page", run_count);
    return STEP_CHANGED;
}

static RedoStep btree_delete(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    size_t deleted_count, updated_count;

    byte_reader_u32(&main);
    deleted_count = byte_reader_u16(&main);
    updated_count = byte_reader_u16(&main);
    remove_items(b, deleted_count, updated_count);
    return STEP_CHANGED;
}

static RedoStep btree_vacuum(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    size_t deleted_count = byte_reader_u16(&main), updated_count = byte_reader_u16(&main);

    remove_items(b, deleted_count, updated_count);
    special_of(b->page)->cycle_id = 0;
    return STEP_CHANGED;
}

/* Items that lose some of their TIDs come first, while line pointers still have their numbers. */
static void remove_items(const RedoBlock *b, size_t deleted_count, size_t updated_count)
{
    ByteReader data = redo_data(b);
    OffsetNo deleted[PAGE_ITEM_MAX], updated[PAGE_ITEM_MAX];
    BtreeSpecial *special = special_of(b->page);

    redo_read_offsets(&data, deleted, deleted_count, ARRAY_LEN(deleted));
    redo_read_offsets(&data, updated, updated_count, ARRAY_LEN(updated));
    for (size_t i = 0; i < updated_count; i++)
        take_tids_away(b->page, updated[i], &data);
    if (deleted_count > 0)
        page_index_multi_delete(b->page, deleted, deleted_count);
    special->flags = (uint16_t)(special->flags & ~(unsigned)BTREE_HAS_GARBAGE);
}

/* indexes: how many TIDs the posting tuple loses, then their places in its list. */
static void take_tids_away(uint8_t *page, OffsetNo offnum, ByteReader *indexes)
{
    size_t gone_count = byte_reader_u16(indexes), len, tid_count, tids_at, kept_count = 0;
    size_t next_gone = SIZE_MAX, new_len;
    const uint8_t *old = page_get_item(page, offnum, &len);
    BtreeTupleRoom out;

    tids_at = posting_tids_at((const IndexTuple *)old, len, &tid_count);
    memcpy(&out, old, tids_at);
    for (size_t i = 0; i < tid_count; i++) {
        if (gone_count > 0 && next_gone == SIZE_MAX) {
            next_gone = byte_reader_u16(indexes);
            gone_count--;
        }
        if (i == next_gone) {
            next_gone = SIZE_MAX;
            continue;
        }
        memcpy(out.bytes + tids_at + kept_count * sizeof(Tid), old + tids_at + i * sizeof(Tid),
               sizeof(Tid));
        kept_count++;
    }
    if (gone_count > 0 || next_gone != SIZE_MAX || kept_count == 0)
        redo_misfit("posting tuple %u with %zu rows does not have those that are to go", offnum,
                    tid_count);

    if (kept_count > 1) {
        size_t used = tids_at + kept_count * sizeof(Tid);

        new_len = size_align_up(used, PAGE_ALIGN);
        memset(out.bytes + used, 0, new_len - used);
        out.head.tid.offset = (uint16_t)(kept_count | BTREE_IS_POSTING);
    } else {
        new_len = tids_at;
        memcpy(&out.head.tid, out.bytes + tids_at, sizeof(Tid));
        out.head.info = (uint16_t)(out.head.info & ~(unsigned)BTREE_ALT_TID);
    }
    index_tuple_set_size(&out.head, new_len);
    if (!page_index_tuple_overwrite(page, offnum, &out, new_len))
        redo_misfit("index tuple %u has no room to shrink", offnum);
}

/* ---- Page deletion ---- */

static RedoStep btree_make_half_dead(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    BlockNo left, right;

    byte_reader_take(&main, 8); /* offset, padding, the leaf's block number */
    left = byte_reader_u32(&main);
    right = byte_reader_u32(&main);
    begin_half_dead(b->page, left, right, byte_reader_u32(&main));
    return STEP_CHANGED;
}

/* In the parent, the item of the leaf gets the downlink of the next one, which goes. */
static RedoStep btree_remove_downlink(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    OffsetNo offnum = byte_reader_u16(&main), next = (OffsetNo)(offnum + 1);
    size_t len, next_len;
    IndexTuple *tuple = (IndexTuple *)page_get_item_rw(b->page, offnum, &len);
    IndexTuple *next_tuple = (IndexTuple *)page_get_item_rw(b->page, next, &next_len);

    if (len < INDEX_TUPLE_HEADER_SIZE || next_len < INDEX_TUPLE_HEADER_SIZE)
        redo_misfit("index tuple %u or the one after it is shorter than its header", offnum);
    tuple->tid.block_high = next_tuple->tid.block_high;
    tuple->tid.block_low = next_tuple->tid.block_low;
    page_index_tuple_delete(b->page, next);
    return STEP_CHANGED;
}

static RedoStep btree_unlink_target(const RedoBlock *b)
{
    BtreeUnlink unlink = read_unlink(b);
    BtreeSpecial *special = begin_page(b->page);

    special->prev = unlink.left;
    special->next = unlink.right;
    special->level = unlink.level;
    special->flags = BTREE_DELETED | BTREE_HAS_FULL_XID;
    if (unlink.level == 0)
        special->flags |= BTREE_LEAF;
    page_set_lower(b->page, PAGE_HEADER_SIZE + sizeof(FullXid));
    store_u64(b->page + PAGE_HEADER_SIZE, unlink.safe_xid);
    return STEP_CHANGED;
}

static RedoStep btree_unlink_left(const RedoBlock *b)
{
    special_of(b->page)->next = read_unlink(b).right;
    return STEP_CHANGED;
}

static RedoStep btree_unlink_right(const RedoBlock *b)
{
    special_of(b->page)->prev = read_unlink(b).left;
    return STEP_CHANGED;
}

static RedoStep btree_unlink_leaf(const RedoBlock *b)
{
    BtreeUnlink unlink = read_unlink(b);

    begin_half_dead(b->page, unlink.leaf_left, unlink.leaf_right, unlink.leaf_top_parent);
    return STEP_CHANGED;
}

static BtreeUnlink read_unlink(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    BtreeUnlink unlink;

    unlink.left = byte_reader_u32(&main);
    unlink.right = byte_reader_u32(&main);
    unlink.level = byte_reader_u32(&main);
    byte_reader_u32(&main); /* padding */
    unlink.safe_xid = byte_reader_u64(&main);
    unlink.leaf_left = byte_reader_u32(&main);
    unlink.leaf_right = byte_reader_u32(&main);
    unlink.leaf_top_parent = byte_reader_u32(&main);
    return unlink;
}

/* ---- Roots ---- */

static RedoStep btree_new_root(const RedoBlock *b)
{
    ByteReader main = redo_main(b), data = redo_data(b);
    BtreeSpecial *special = begin_page(b->page);

    byte_reader_u32(&main);
    special->level = byte_reader_u32(&main);
    special->flags = BTREE_ROOT;
    if (special->level == 0)
        special->flags |= BTREE_LEAF;
    add_items_reversed(b->page, &data);
    return STEP_CHANGED;
}

/* ---- Pages ---- */

static BtreeSpecial *special_of(uint8_t *page)
{
    return (BtreeSpecial *)page_special_area_rw(page, sizeof(BtreeSpecial));
}

static BtreeSpecial *begin_page(uint8_t *page)
{
    page_init(page, sizeof(BtreeSpecial));
    return special_of(page);
}

/* The line pointer of the first item that is not the high key. */
static OffsetNo first_data_item(uint8_t *page)
{
    return special_of(page)->next == BTREE_NO_BLOCK ? HIGH_KEY : HIGH_KEY + 1;
}

static void add_item(uint8_t *page, const void *item, size_t len, OffsetNo offnum)
{
    page_add_item(page, item, len, offnum, PAGE_ADD_INSERT);
}

static void add_items_reversed(uint8_t *page, ByteReader *items)
{
    const uint8_t *found[PAGE_ITEM_MAX];
    size_t lens[PAGE_ITEM_MAX], count = 0;

    while (byte_reader_left(items) > 0) {
        if (count == ARRAY_LEN(found))
            redo_misfit("the record has more index tuples than a page can have");
        found[count] = redo_take_tuple(items, PAGE_ALIGN, &lens[count]);
        count++;
    }
    for (OffsetNo offnum = 1; offnum <= count; offnum++)
        add_item(page, found[count - offnum], lens[count - offnum], offnum);
}

/* A leaf about to go: its one item leads to the topmost page that goes with it. */
static void begin_half_dead(uint8_t *page, BlockNo left, BlockNo right, BlockNo top_parent)
{
    BtreeSpecial *special = begin_page(page);
    const IndexTuple item = {.tid = tid_make(top_parent, 0),
                             .info = sizeof(IndexTuple) | BTREE_ALT_TID};

    special->prev = left;
    special->next = right;
    special->flags = BTREE_HALF_DEAD | BTREE_LEAF;
    add_item(page, &item, sizeof(item), HIGH_KEY);
}

/* The next tuple, which is to be changed; returns its length. */
static size_t copy_tuple(ByteReader *tuples, BtreeTupleRoom *out)
{
    size_t len;
    const uint8_t *tuple = redo_take_tuple(tuples, PAGE_ALIGN, &len);

    memcpy(out, tuple, len);
    return len;
}

/* ---- Posting tuples ---- */

/* Where the list of TIDs begins in a posting tuple, and how many it has; raises for any other. */
static size_t posting_tids_at(const IndexTuple *tuple, size_t len, size_t *count)
{
    size_t at;

    if (len < INDEX_TUPLE_HEADER_SIZE || len > INDEX_SIZE_MASK || !btree_tuple_is_posting(tuple))
        redo_misfit("an index tuple of %zu bytes is not a posting tuple", len);
    at = tid_block(tuple->tid);
    *count = tuple->tid.offset & BTREE_TID_COUNT_MASK;
    if (at < INDEX_TUPLE_HEADER_SIZE || at > len || *count == 0 ||
        *count > (len - at) / sizeof(Tid))
        redo_misfit("a posting tuple of %zu bytes cannot have %zu rows at %zu", len, *count, at);
    return at;
}

/* TIDs from index on move up by one, the last falls out and changes places with new_tuple's. */
static void posting_swap(uint8_t *posting, size_t len, size_t index, IndexTuple *new_tuple)
{
    size_t count, at = posting_tids_at((const IndexTuple *)posting, len, &count);
    uint8_t *tids = posting + at;
    Tid last;

    if (index == 0 || index >= count)
        redo_misfit("a posting tuple with %zu rows cannot be split at %zu", count, index);
    memcpy(&last, tids + (count - 1) * sizeof(Tid), sizeof(Tid));
    memmove(tids + (index + 1) * sizeof(Tid), tids + index * sizeof(Tid),
            (count - 1 - index) * sizeof(Tid));
    memcpy(tids + index * sizeof(Tid), &new_tuple->tid, sizeof(Tid));
    new_tuple->tid = last;
}

/* One tuple with the key of the first item and the TIDs of all; returns its length. */
static size_t merge_items(uint8_t *page, OffsetNo first, size_t count, BtreeTupleRoom *out)
{
    size_t key_len = 0, total = 0;

    for (OffsetNo offnum = first; offnum < first + count; offnum++) {
        size_t len, tid_count = 1, tids_at = 0; /* a plain tuple begins with its TID */
        const uint8_t *item = page_get_item(page, offnum, &len);
        const IndexTuple *tuple = (const IndexTuple *)item;

        if (len < INDEX_TUPLE_HEADER_SIZE || len > INDEX_SIZE_MASK)
            redo_misfit("index tuple %u has %zu bytes", offnum, len);
        if (btree_tuple_is_posting(tuple))
            tids_at = posting_tids_at(tuple, len, &tid_count);
        if (offnum == first) {
            key_len = tids_at == 0 ? len : tids_at;
            memcpy(out, item, key_len);
        }
        if (key_len + (total + tid_count) * sizeof(Tid) + PAGE_ALIGN > sizeof(*out) ||
            total + tid_count > BTREE_TID_COUNT_MASK)
            redo_misfit("a posting tuple cannot have the rows of %zu index tuples", count);
        memcpy(out->bytes + key_len + total * sizeof(Tid), item + tids_at, tid_count * sizeof(Tid));
        total += tid_count;
    }
    if (total > 1) {
        size_t used = key_len + total * sizeof(Tid), len = size_align_up(used, PAGE_ALIGN);

        memset(out->bytes + used, 0, len - used);
        out->head.info |= BTREE_ALT_TID;
        out->head.tid = tid_make((BlockNo)key_len, (OffsetNo)(total | BTREE_IS_POSTING));
        index_tuple_set_size(&out->head, len);
        return len;
    }
    return key_len;
}
