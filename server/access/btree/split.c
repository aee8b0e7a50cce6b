/*
 * split.c - part a full page in two, and make the right half known above
 *
 * Two steps, each a record of its own. First the right half gets a page, and the left one a high
 * key and the mark of an unfinished split: all is reachable by way of the left page. Then the right
 * page gets its downlink in the parent (which may split in turn) and the mark goes. Whoever comes
 * by to write and finds the mark, after a crash between the two, does the second step first.
 *
 * Locks are taken upwards and to the right: left half, right half, its right neighbour, parent.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/walrec/rmgr.h"
#include "server/access/btree/btree_int.h"
#include "server/wal/wal.h"

/* The page that is split, and what becomes of it. */
typedef struct Split {
    BtreeIndex *index;
    uint8_t *page; /* as it is */
    OffsetNo new_offnum;
    const IndexTuple *tuple;   /* new */
    const IndexTuple *posting; /* in place of the item before it; or NULL */
    BtreeSplitPoint point;
    IndexTuple *high_key; /* of the left half */
    uint8_t *left, *right;
} Split;

/* Main data of a record. */
typedef struct SplitRecord {
    uint32_t level;
    OffsetNo first_right;
    OffsetNo new_offnum;
    uint16_t posting_index;
} SplitRecord;

#define SPLIT_RECORD_SIZE 10

static void make_halves(Split *s, BlockNo block, BlockNo right_block);
static Buffer lock_right_neighbour(const BtreeIndex *index, const uint8_t *page, BlockNo block);
static Lsn log_split(const Split *s, const BtreePlace *place, const IndexTuple *original,
                     Buffer right, Buffer neighbour, Buffer child);
static void insert_downlink(BtreeIndex *index, Buffer left, Buffer right, BtreeStack *stack,
                            bool was_root, bool was_alone);
static void make_new_root(BtreeIndex *index, Buffer left, Buffer right);

static void clear_flag(Buffer b, uint16_t flag)
{
    BtreeSpecial *special = btree_special(buffer_page(b));

    special->flags = (uint16_t)(special->flags & ~(unsigned)flag);
}

void btree_split(BtreeIndex *index, const BtreePlace *place, const IndexTuple *original,
                 const IndexTuple *posting, Buffer child, BtreeStack *stack)
{
    uint8_t *page = buffer_page(place->buffer);
    const BtreeSpecial before = *btree_special(page);
    BlockNo block = buffer_block(place->buffer);
    Split s = {.index = index,
               .page = page,
               .new_offnum = place->offnum,
               .tuple = place->tuple,
               .posting = posting,
               .left = mem_alloc_aligned(BLOCK_SIZE, PAGE_ALIGN),
               .right = mem_alloc_aligned(BLOCK_SIZE, PAGE_ALIGN)};
    Buffer right, neighbour = BUFFER_NONE;

    s.point = btree_choose_split(index, page, place->offnum, place->tuple);
    right = btree_buffer_new(index);
    make_halves(&s, block, buffer_block(right));
    if (before.next != BTREE_NO_BLOCK)
        neighbour = lock_right_neighbour(index, page, block);

    crit_begin();
    btree_page_take(page, s.left);
    memcpy(buffer_page(right), s.right, BLOCK_SIZE);
    buffer_mark_dirty(place->buffer);
    buffer_mark_dirty(right);
    if (neighbour != BUFFER_NONE) {
        btree_special(buffer_page(neighbour))->prev = buffer_block(right);
        buffer_mark_dirty(neighbour);
    }
    if (child != BUFFER_NONE) {
        clear_flag(child, BTREE_INCOMPLETE_SPLIT);
        buffer_mark_dirty(child);
    }
    if (index->is_permanent) {
        Lsn lsn = log_split(&s, place, original, right, neighbour, child);

        page_set_lsn(page, lsn);
        page_set_lsn(buffer_page(right), lsn);
        if (neighbour != BUFFER_NONE)
            page_set_lsn(buffer_page(neighbour), lsn);
        if (child != BUFFER_NONE)
            page_set_lsn(buffer_page(child), lsn);
    }
    crit_end();

    if (neighbour != BUFFER_NONE)
        buffer_unlock_unpin(neighbour);
    if (child != BUFFER_NONE)
        buffer_unlock_unpin(child);
    mem_free(s.high_key);
    mem_free(s.left);
    mem_free(s.right);
    insert_downlink(index, place->buffer, right, stack, (before.flags & BTREE_ROOT) != 0,
                    before.prev == BTREE_NO_BLOCK && before.next == BTREE_NO_BLOCK);
}

/* ---- The halves ---- */

/* An item as it will be. */
static const IndexTuple *item_at(const Split *s, OffsetNo offnum)
{
    if (s->posting != NULL && offnum + 1 == s->new_offnum)
        return s->posting;
    return btree_item(s->index, s->page, offnum);
}

static void add(uint8_t *page, const IndexTuple *tuple, bool is_lowest)
{
    const OffsetNo offnum = (OffsetNo)(page_item_count(page) + 1);
    IndexTuple lowest;

    if (!is_lowest) {
        page_add_item(page, tuple, index_tuple_size(tuple), offnum, PAGE_ADD_AT);
        return;
    }
    lowest = (IndexTuple){.tid = tuple->tid, .info = sizeof(lowest)};
    btree_set_column_count(&lowest, 0, false);
    page_add_item(page, &lowest, sizeof(lowest), offnum, PAGE_ADD_AT);
}

/* On inner pages the first item to the right goes up whole; its key is not needed where it was. */
static IndexTuple *make_high_key(const Split *s)
{
    bool new_is_edge = s->point.first_right == s->new_offnum;
    const IndexTuple *last_left, *first_right;

    first_right =
        new_is_edge && !s->point.new_is_left ? s->tuple : item_at(s, s->point.first_right);
    if (!btree_page_is_leaf(btree_special(s->page)))
        return index_copy(first_right);
    last_left = new_is_edge && s->point.new_is_left
                    ? s->tuple
                    : item_at(s, (OffsetNo)(s->point.first_right - 1));
    return btree_truncate(&s->index->keys, last_left, first_right);
}

/* The next item of the halves, counted as they are now. */
static void add_to_halves(Split *s, const IndexTuple *tuple, bool is_left)
{
    const BtreeSpecial *special = btree_special(s->right);
    bool is_lowest = !is_left && !btree_page_is_leaf(special) &&
                     page_item_count(s->right) + 1 == btree_first_data(special);

    add(is_left ? s->left : s->right, tuple, is_lowest);
}

static void make_halves(Split *s, BlockNo block, BlockNo right_block)
{
    const BtreeSpecial *special = btree_special(s->page);
    OffsetNo first = btree_first_data(special), count = page_item_count(s->page);
    uint16_t flags =
        (uint16_t)(special->flags & ~(BTREE_ROOT | BTREE_SPLIT_END | BTREE_HAS_GARBAGE));

    s->high_key = make_high_key(s);
    page_init(s->left, sizeof(BtreeSpecial));
    page_init(s->right, sizeof(BtreeSpecial));
    *btree_special(s->left) = (BtreeSpecial){.prev = special->prev,
                                             .next = right_block,
                                             .level = special->level,
                                             .flags = (uint16_t)(flags | BTREE_INCOMPLETE_SPLIT)};
    *btree_special(s->right) = (BtreeSpecial){
        .prev = block, .next = special->next, .level = special->level, .flags = flags};

    add(s->left, s->high_key, false);
    if (first == BTREE_FIRST_KEY)
        add(s->right, btree_item(s->index, s->page, BTREE_HIGH_KEY), false);
    for (OffsetNo offnum = first; offnum <= count; offnum++) {
        if (offnum == s->new_offnum)
            add_to_halves(s, s->tuple, s->point.new_is_left);
        add_to_halves(s, item_at(s, offnum), offnum < s->point.first_right);
    }
    if (s->new_offnum > count)
        add_to_halves(s, s->tuple, s->point.new_is_left);
}

static Buffer lock_right_neighbour(const BtreeIndex *index, const uint8_t *page, BlockNo block)
{
    BlockNo next = btree_special((uint8_t *)(uintptr_t)page)->next;
    Buffer b = btree_buffer(index, next, BUFFER_EXCLUSIVE);
    BlockNo prev = btree_special(buffer_page(b))->prev;

    if (prev != block)
        err_raise(SQLSTATE_INDEX_CORRUPTED,
                  .message = err_fmt("right sibling's left-link doesn't match: block %u links to "
                                     "%u instead of expected %u in index \"%s\"",
                                     next, prev, block, index->keys.index_name));
    return b;
}

static Lsn log_split(const Split *s, const BtreePlace *place, const IndexTuple *original,
                     Buffer right, Buffer neighbour, Buffer child)
{
    const uint8_t *right_page = buffer_page(right);
    bool posting_is_left = place->posting_index > 0 && place->offnum - 1 < s->point.first_right;
    const SplitRecord main = {.level = btree_special(s->left)->level,
                              .first_right = s->point.first_right,
                              .new_offnum = place->offnum,
                              .posting_index =
                                  posting_is_left ? (uint16_t)place->posting_index : 0};

    wal_begin_insert();
    wal_register_data(&main, SPLIT_RECORD_SIZE);
    buffer_register_wal(0, place->buffer, WAL_REF_STANDARD);
    if (posting_is_left)
        wal_register_page_data(0, original, index_tuple_size(original));
    else if (s->point.new_is_left)
        wal_register_page_data(0, place->tuple, index_tuple_size(place->tuple));
    wal_register_page_data(0, s->high_key, index_tuple_size(s->high_key));
    buffer_register_wal(1, right, WAL_REF_WILL_INIT);
    wal_register_page_data(1, right_page + page_upper(right_page),
                           (size_t)(page_special(right_page) - page_upper(right_page)));
    if (neighbour != BUFFER_NONE)
        buffer_register_wal(2, neighbour, WAL_REF_STANDARD);
    if (child != BUFFER_NONE)
        buffer_register_wal(3, child, WAL_REF_STANDARD);
    return wal_insert(RMGR_BTREE, s->point.new_is_left ? WAL_BTREE_SPLIT_L : WAL_BTREE_SPLIT_R);
}

/* ---- The downlink ---- */

static void insert_downlink(BtreeIndex *index, Buffer left, Buffer right, BtreeStack *stack,
                            bool was_root, bool was_alone)
{
    BlockNo left_block = buffer_block(left), right_block = buffer_block(right);
    BtreeStack made = {.offnum = 0};
    BtreePlace place = {.posting_index = 0};

    if (was_root) {
        make_new_root(index, left, right);
        buffer_unlock_unpin(right);
        buffer_unlock_unpin(left);
        return;
    }
    if (stack == NULL) {
        /* The root was this page when the search began, and is above it now. */
        Buffer b = btree_end_of_level(index, btree_special(buffer_page(left))->level + 1, false,
                                      BUFFER_SHARED);

        made.block = buffer_block(b);
        stack = &made;
        buffer_unlock_unpin(b);
    }
    place.tuple = index_copy(btree_item(index, buffer_page(left), BTREE_HIGH_KEY));
    btree_set_downlink(place.tuple, right_block);
    place.buffer = btree_find_parent(index, stack, left_block);
    buffer_unlock_unpin(right);
    if (place.buffer == BUFFER_NONE)
        err_raise(SQLSTATE_INDEX_CORRUPTED,
                  .message = err_fmt("failed to re-find parent key in index \"%s\" for split pages "
                                     "%u/%u",
                                     index->keys.index_name, left_block, right_block));
    place.offnum = (OffsetNo)(stack->offnum + 1);
    btree_insert_on_page(index, &place, left, stack->parent, was_alone);
    mem_free(place.tuple);
}

void btree_finish_split(BtreeIndex *index, Buffer b, BtreeStack *stack)
{
    const BtreeSpecial left = *btree_special(buffer_page(b));
    Buffer right = btree_buffer(index, left.next, BUFFER_EXCLUSIVE);
    bool was_root = false;

    if (stack == NULL) {
        Buffer meta = btree_meta_lock(index);

        was_root = btree_meta(buffer_page(meta))->root == buffer_block(b);
        buffer_unlock_unpin(meta);
    }
    insert_downlink(index, b, right, stack, was_root,
                    left.prev == BTREE_NO_BLOCK &&
                        btree_page_is_rightmost(btree_special(buffer_page(right))));
}

/* Where on the page the downlink is, looking from offnum to the right first; 0: it is not there. */
static OffsetNo find_downlink(const BtreeIndex *index, uint8_t *page, OffsetNo offnum,
                              BlockNo child)
{
    OffsetNo first = btree_first_data(btree_special(page)), count = page_item_count(page);
    OffsetNo start = (OffsetNo)(size_max(first, size_min(offnum, count + 1U)));

    for (OffsetNo i = start; i <= count; i++) {
        if (btree_downlink(btree_item(index, page, i)) == child)
            return i;
    }
    for (OffsetNo i = (OffsetNo)(start - 1); i >= first; i--) {
        if (btree_downlink(btree_item(index, page, i)) == child)
            return i;
    }
    return 0;
}

/* It may have moved to the right since the way down. */
Buffer btree_find_parent(BtreeIndex *index, BtreeStack *stack, BlockNo child)
{
    BlockNo block = stack->block;
    OffsetNo start = stack->offnum;

    for (;;) {
        Buffer b = btree_buffer(index, block, BUFFER_EXCLUSIVE);
        uint8_t *page = buffer_page(b);
        const BtreeSpecial *special = btree_special(page);

        if ((special->flags & BTREE_INCOMPLETE_SPLIT) != 0) {
            btree_finish_split(index, b, stack->parent);
            continue;
        }
        if (!btree_page_is_gone(special)) {
            OffsetNo offnum = find_downlink(index, page, start, child);

            if (offnum != 0) {
                stack->block = block;
                stack->offnum = offnum;
                return b;
            }
        }
        block = special->next;
        buffer_unlock_unpin(b);
        if (block == BTREE_NO_BLOCK)
            return BUFFER_NONE;
        start = 0;
    }
}

/* ---- A new root ---- */

static void log_new_root(Buffer root, Buffer left, Buffer meta)
{
    const uint8_t *page = buffer_page(root);
    const struct {
        BlockNo root;
        uint32_t level;
    } main = {.root = buffer_block(root), .level = btree_special(buffer_page(root))->level};
    Lsn lsn;

    wal_begin_insert();
    wal_register_data(&main, sizeof(main));
    buffer_register_wal(0, root, WAL_REF_WILL_INIT);
    wal_register_page_data(0, page + page_upper(page),
                           (size_t)(page_special(page) - page_upper(page)));
    buffer_register_wal(1, left, WAL_REF_STANDARD);
    btree_meta_register(meta);
    lsn = wal_insert(RMGR_BTREE, WAL_BTREE_NEWROOT);
    page_set_lsn(buffer_page(root), lsn);
    page_set_lsn(buffer_page(left), lsn);
    page_set_lsn(buffer_page(meta), lsn);
}

/* Above the old root, which was split: two items, the first of which is less than everything. */
static void make_new_root(BtreeIndex *index, Buffer left, Buffer right)
{
    Buffer root = btree_buffer_new(index), meta_b = btree_meta_lock(index);
    BtreeMeta *meta = btree_meta(buffer_page(meta_b));
    uint32_t level = btree_special(buffer_page(left))->level + 1;
    IndexTuple *pivot = index_copy(btree_item(index, buffer_page(left), BTREE_HIGH_KEY));
    IndexTuple lowest = {.tid = tid_make(buffer_block(left), 0)};

    btree_set_downlink(pivot, buffer_block(right));
    crit_begin();
    btree_page_init(buffer_page(root), level);
    btree_special(buffer_page(root))->flags = BTREE_ROOT;
    add(buffer_page(root), &lowest, true);
    add(buffer_page(root), pivot, false);
    meta->root = meta->fast_root = buffer_block(root);
    meta->level = meta->fast_level = level;
    clear_flag(left, BTREE_INCOMPLETE_SPLIT);
    buffer_mark_dirty(root);
    buffer_mark_dirty(left);
    buffer_mark_dirty(meta_b);
    if (index->is_permanent)
        log_new_root(root, left, meta_b);
    crit_end();

    buffer_unlock_unpin(meta_b);
    buffer_unlock_unpin(root);
    mem_free(pivot);
}
