/*
 * page_delete.c - take an empty leaf out of the tree
 *
 * Two steps, each a record of its own. First the leaf is marked half dead, and its downlink goes:
 * the parent's item that led to it leads to its right neighbour, whose own item goes. So the key
 * range falls to the right neighbour, and nobody comes to the leaf any more but along the links.
 * Then the neighbours are linked past it, and it is marked deleted, with the next transaction id:
 * once all who may still be on their way to it have ended, its block may serve anew. A leaf that a
 * crash left half dead is unlinked by the next vacuum.
 *
 * The rightmost child of a parent stays: what is to its right has another parent, whose range
 * cannot grow to the left without its own parents' pivots changing. It is reused as keys come.
 *
 * Locks: for the first step leaf, then parent; for the second left neighbour, leaf, right one.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/walrec/rmgr.h"
#include "server/access/btree/btree_int.h"
#include "server/wal/wal.h"

/* Main data of the two records. */
typedef struct HalfDeadRecord {
    OffsetNo parent_offnum;
    uint16_t pad;
    BlockNo leaf, left, right, top_parent;
} HalfDeadRecord;

typedef struct UnlinkRecord {
    BlockNo left, right;
    uint32_t level, pad;
    FullXid safe_xid;
    BlockNo leaf_left, leaf_right, leaf_top_parent; /* of the leaf, when it is another page */
} UnlinkRecord;

STATIC_ASSERT(sizeof(HalfDeadRecord) == 20);
#define UNLINK_RECORD_SIZE 36

static bool may_go(uint8_t *page);
static bool has_no_downlink(const BtreeIndex *index, BlockNo left, BlockNo block);
static BtreeStack *find_way_down(BtreeIndex *index, uint8_t *page, BlockNo block);
static bool mark_half_dead(BtreeIndex *index, Buffer leaf, BtreeStack *stack);
static bool unlink_page(BtreeIndex *index, BlockNo block, FullXid (*next_xid)(void));

static bool is_half_dead(uint8_t *page)
{
    return (btree_special(page)->flags & BTREE_HALF_DEAD) != 0;
}

bool btree_delete_page(BtreeIndex *index, Buffer b, FullXid (*next_xid)(void))
{
    BlockNo block = buffer_block(b);

    if (!is_half_dead(buffer_page(b))) {
        uint8_t *copy;
        BtreeStack *stack;
        bool is_marked;

        if (!may_go(buffer_page(b))) {
            buffer_unlock_unpin(b);
            return false;
        }

        /*
         * Its parent is found from above, its left neighbour looked at, without a lock on it: both
         * would be against the order of locks. Nobody can delete it meanwhile.
         */
        copy = mem_dup(buffer_page(b), BLOCK_SIZE);
        buffer_unlock_unpin(b);
        stack = has_no_downlink(index, btree_special(copy)->prev, block)
                    ? NULL
                    : find_way_down(index, copy, block);
        b = btree_buffer(index, block, BUFFER_EXCLUSIVE);
        is_marked = stack != NULL && may_go(buffer_page(b)) && mark_half_dead(index, b, stack);
        buffer_unlock_unpin(b);
        mem_free(copy);
        return is_marked && unlink_page(index, block, next_xid);
    }
    buffer_unlock_unpin(b);
    return unlink_page(index, block, next_xid);
}

/* The page itself allows it; its place in the parent and its neighbours are looked at later. */
static bool may_go(uint8_t *page)
{
    const BtreeSpecial *special = btree_special(page);

    return btree_page_is_leaf(special) && !btree_page_is_rightmost(special) &&
           (special->flags &
            (BTREE_ROOT | BTREE_DELETED | BTREE_HALF_DEAD | BTREE_INCOMPLETE_SPLIT)) == 0 &&
           page_item_count(page) < btree_first_data(special);
}

/* Is the left half of this page's split still to give it its downlink? */
static bool has_no_downlink(const BtreeIndex *index, BlockNo left, BlockNo block)
{
    const BtreeSpecial *special;
    Buffer b;
    bool result;

    if (left == BTREE_NO_BLOCK)
        return false;
    b = btree_buffer(index, left, BUFFER_SHARED);
    special = btree_special(buffer_page(b));
    result = special->next == block && (special->flags & BTREE_INCOMPLETE_SPLIT) != 0;
    buffer_unlock_unpin(b);
    return result;
}

/* ---- Half dead ---- */

/* The way to a leaf, by its high key; NULL when it leads to another page. */
static BtreeStack *find_way_down(BtreeIndex *index, uint8_t *page, BlockNo block)
{
    const IndexTuple *high_key = btree_item(index, page, BTREE_HIGH_KEY);
    BtreeProbe probe = {.column_count = btree_tuple_column_count(high_key, &index->keys),
                        .tid = btree_tuple_tid(high_key),
                        .orders = index->keys.orders,
                        .is_pivot = true};
    BtreeStack *stack;
    Buffer b;

    for (unsigned i = 0; i < probe.column_count; i++)
        probe.values[i] = index_get(high_key, i + 1, index->keys.desc, &probe.nulls[i]);
    b = btree_search(index, &probe, true, &stack);
    if (b == BUFFER_NONE || buffer_block(b) != block)
        stack = NULL;
    if (b != BUFFER_NONE)
        buffer_unlock_unpin(b);
    return stack;
}

static bool neighbour_is_half_dead(const BtreeIndex *index, BlockNo block)
{
    Buffer b = btree_buffer(index, block, BUFFER_SHARED);
    bool result = is_half_dead(buffer_page(b));

    buffer_unlock_unpin(b);
    return result;
}

static void log_half_dead(Buffer leaf, Buffer parent, OffsetNo offnum)
{
    const BtreeSpecial *special = btree_special(buffer_page(leaf));
    const HalfDeadRecord main = {.parent_offnum = offnum,
                                 .leaf = buffer_block(leaf),
                                 .left = special->prev,
                                 .right = special->next,
                                 .top_parent = BLOCK_NONE};
    Lsn lsn;

    wal_begin_insert();
    wal_register_data(&main, sizeof(main));
    buffer_register_wal(0, leaf, WAL_REF_WILL_INIT);
    buffer_register_wal(1, parent, WAL_REF_STANDARD);
    lsn = wal_insert(RMGR_BTREE, WAL_BTREE_MARK_PAGE_HALFDEAD);
    page_set_lsn(buffer_page(leaf), lsn);
    page_set_lsn(buffer_page(parent), lsn);
}

static void change_pages(BtreeIndex *index, Buffer leaf, Buffer parent, OffsetNo offnum)
{
    uint8_t *page = buffer_page(leaf), *parent_page = buffer_page(parent);
    const BtreeSpecial before = *btree_special(page);
    IndexTuple *own = btree_item(index, parent_page, offnum);
    const IndexTuple *next = btree_item(index, parent_page, (OffsetNo)(offnum + 1));
    const IndexTuple mark = {.tid = tid_make(BLOCK_NONE, 0), .info = sizeof(mark) | BTREE_ALT_TID};
    Lsn lsn = page_lsn(page);

    crit_begin();
    btree_set_downlink(own, btree_downlink(next));
    page_index_tuple_delete(parent_page, (OffsetNo)(offnum + 1));
    page_init(page, sizeof(BtreeSpecial));
    page_set_lsn(page, lsn);
    *btree_special(page) = (BtreeSpecial){
        .prev = before.prev, .next = before.next, .flags = BTREE_LEAF | BTREE_HALF_DEAD};
    page_add_item(page, &mark, sizeof(mark), BTREE_HIGH_KEY, PAGE_ADD_INSERT);
    buffer_mark_dirty(leaf);
    buffer_mark_dirty(parent);
    if (index->is_permanent)
        log_half_dead(leaf, parent, offnum);
    crit_end();
}

/* The leaf is locked and stays so. False: it may not go. */
static bool mark_half_dead(BtreeIndex *index, Buffer leaf, BtreeStack *stack)
{
    const BtreeSpecial *special = btree_special(buffer_page(leaf));
    BlockNo block = buffer_block(leaf);
    Buffer parent;
    bool result = false;

    if (neighbour_is_half_dead(index, special->next))
        return false;
    parent = btree_find_parent(index, stack, block);
    if (parent == BUFFER_NONE)
        return false;
    if (stack->offnum < page_item_count(buffer_page(parent))) {
        const IndexTuple *next =
            btree_item(index, buffer_page(parent), (OffsetNo)(stack->offnum + 1));

        if (btree_downlink(next) != special->next)
            err_raise(SQLSTATE_INDEX_CORRUPTED,
                      .message = err_fmt("right sibling %u of block %u is not next child %u of "
                                         "block %u in index \"%s\"",
                                         special->next, block, btree_downlink(next),
                                         buffer_block(parent), index->keys.index_name));
        change_pages(index, leaf, parent, stack->offnum);
        result = true;
    }
    buffer_unlock_unpin(parent);
    return result;
}

/* ---- Deleted ---- */

/* The left neighbour, locked, whatever was split meanwhile; *none: there is none. 0: give up. */
static Buffer lock_left(const BtreeIndex *index, BlockNo left, BlockNo block, bool *none)
{
    Buffer b;

    *none = left == BTREE_NO_BLOCK;
    if (*none)
        return BUFFER_NONE;
    b = btree_buffer(index, left, BUFFER_EXCLUSIVE);
    while (btree_page_is_unlinked(btree_special(buffer_page(b))) ||
           btree_special(buffer_page(b))->next != block) {
        BlockNo next = btree_special(buffer_page(b))->next;

        if (next == BTREE_NO_BLOCK) {
            buffer_unlock_unpin(b);
            return BUFFER_NONE;
        }
        b = btree_buffer_move(index, b, next, BUFFER_EXCLUSIVE);
    }
    return b;
}

static void log_unlink(Buffer b, Buffer left, Buffer right, FullXid safe_xid)
{
    const BtreeSpecial *special = btree_special(buffer_page(b));
    const UnlinkRecord main = {.left = special->prev,
                               .right = special->next,
                               .safe_xid = safe_xid,
                               .leaf_left = special->prev,
                               .leaf_right = special->next,
                               .leaf_top_parent = BLOCK_NONE};
    Lsn lsn;

    wal_begin_insert();
    wal_register_data(&main, UNLINK_RECORD_SIZE);
    buffer_register_wal(0, b, WAL_REF_WILL_INIT);
    if (left != BUFFER_NONE)
        buffer_register_wal(1, left, WAL_REF_STANDARD);
    buffer_register_wal(2, right, WAL_REF_STANDARD);
    lsn = wal_insert(RMGR_BTREE, WAL_BTREE_UNLINK_PAGE);
    page_set_lsn(buffer_page(b), lsn);
    page_set_lsn(buffer_page(right), lsn);
    if (left != BUFFER_NONE)
        page_set_lsn(buffer_page(left), lsn);
}

static void link_past(const BtreeIndex *index, Buffer left, Buffer b, Buffer right,
                      FullXid safe_xid)
{
    uint8_t *page = buffer_page(b);
    BtreeSpecial *special = btree_special(page);

    crit_begin();
    if (left != BUFFER_NONE) {
        btree_special(buffer_page(left))->next = special->next;
        buffer_mark_dirty(left);
    }
    btree_special(buffer_page(right))->prev = special->prev;
    special->flags = BTREE_LEAF | BTREE_DELETED | BTREE_HAS_FULL_XID;
    page_set_lower(page, PAGE_HEADER_SIZE + sizeof(safe_xid));
    page_set_upper(page, page_special(page));
    store_u64(page + PAGE_HEADER_SIZE, safe_xid);
    buffer_mark_dirty(right);
    buffer_mark_dirty(b);
    if (index->is_permanent)
        log_unlink(b, left, right, safe_xid);
    crit_end();
}

/* False: not now; the next vacuum tries again. */
static bool unlink_page(BtreeIndex *index, BlockNo block, FullXid (*next_xid)(void))
{
    Buffer b = btree_buffer(index, block, BUFFER_SHARED), left, right;
    BtreeSpecial *special = btree_special(buffer_page(b));
    BlockNo prev = special->prev, next = special->next;
    bool has_no_left, result;

    buffer_unlock_unpin(b);
    left = lock_left(index, prev, block, &has_no_left);
    if (left == BUFFER_NONE && !has_no_left)
        return false;
    b = btree_buffer(index, block, BUFFER_EXCLUSIVE);
    special = btree_special(buffer_page(b));
    right = btree_buffer(index, next, BUFFER_EXCLUSIVE);
    result = is_half_dead(buffer_page(b)) && special->next == next &&
             special->prev == (has_no_left ? BTREE_NO_BLOCK : buffer_block(left)) &&
             btree_special(buffer_page(right))->prev == block;
    if (result)
        link_past(index, left, b, right, next_xid());
    buffer_unlock_unpin(right);
    buffer_unlock_unpin(b);
    if (left != BUFFER_NONE)
        buffer_unlock_unpin(left);
    return result;
}
