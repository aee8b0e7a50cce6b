/*
 * search.c - from the root to the leaf where something is, or belongs
 *
 * A page may be split after its downlink was read: what is searched for is then to its right, and
 * the high key says so. So one page is locked at a time on the way down, and nothing is wrong when
 * the tree changes between two.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/btree/btree_int.h"
#include "server/ipc/interrupt.h"

static Buffer finish_split_here(BtreeIndex *index, Buffer b, BtreeStack *stack, BufferLock lock);

int btree_compare(const BtreeIndex *index, const BtreeProbe *probe, uint8_t *page, OffsetNo offnum)
{
    const BtreeKeys *keys = &index->keys;
    const BtreeSpecial *special = btree_special(page);
    const IndexTuple *tuple;
    unsigned there, count;
    const Tid *tid;
    int order;

    /* The first item of an inner page is less than everything, whatever it holds. */
    if (!btree_page_is_leaf(special) && offnum == btree_first_data(special))
        return 1;
    tuple = btree_item(index, page, offnum);
    there = btree_tuple_column_count(tuple, keys);
    count = (unsigned)size_min(there, probe->column_count);
    for (unsigned i = 0; i < count; i++) {
        bool is_null = false;
        Datum value;

        if (i > 0 || !index_get_first_number(tuple, keys->desc, &value))
            value = index_get(tuple, i + 1, keys->desc, &is_null);
        order = sort_apply(value, is_null, probe->values[i], probe->nulls[i], &probe->orders[i]);
        if (order != 0)
            return order < 0 ? 1 : -1;
    }

    /* What is cut off is less than any value, and than any TID. */
    if (probe->column_count > there)
        return 1;
    tid = btree_tuple_tid(tuple);
    if (probe->tid == NULL)
        return tid == NULL && probe->column_count == there && !probe->is_pivot ? 1 : 0;
    if (tid == NULL)
        return 1;
    order = btree_compare_tids(probe->tid, tid);
    if (order > 0 && btree_tuple_is_posting(tuple))
        return btree_compare_tids(probe->tid, btree_tuple_max_tid(tuple)) > 0 ? 1 : 0;
    return order;
}

OffsetNo btree_find_on_page(const BtreeIndex *index, const BtreeProbe *probe, uint8_t *page)
{
    const BtreeSpecial *special = btree_special(page);
    OffsetNo first = btree_first_data(special), low = first;
    OffsetNo high = (OffsetNo)(page_item_count(page) + 1);
    int passes = probe->after_equal ? 0 : 1; /* items that compare so much at least are before */

    if (high <= low) {
        if (!btree_page_is_leaf(special))
            err_raise(SQLSTATE_INDEX_CORRUPTED,
                      .message = err_fmt("index \"%s\" contains an inner page without items",
                                         index->keys.index_name),
                      .hint = "Please REINDEX it.");
        return low;
    }
    while (low < high) {
        OffsetNo middle = (OffsetNo)(low + (high - low) / 2);

        if (btree_compare(index, probe, page, middle) >= passes)
            low = (OffsetNo)(middle + 1);
        else
            high = middle;
    }
    if (btree_page_is_leaf(special))
        return low;
    return low > first ? (OffsetNo)(low - 1) : first;
}

Buffer btree_search(BtreeIndex *index, const BtreeProbe *probe, bool for_write, BtreeStack **stack)
{
    Buffer b = btree_root(index, for_write);
    BtreeStack *above = NULL;
    BufferLock lock = BUFFER_SHARED;

    if (stack != NULL)
        *stack = NULL;
    if (b == BUFFER_NONE)
        return b;
    for (;;) {
        uint8_t *page;
        const BtreeSpecial *special;
        OffsetNo offnum;
        BlockNo child;

        b = btree_move_right(index, probe, b, for_write, above, lock);
        page = buffer_page(b);
        special = btree_special(page);
        if (btree_page_is_leaf(special))
            break;
        offnum = btree_find_on_page(index, probe, page);
        child = btree_downlink(btree_item(index, page, offnum));
        if (stack != NULL) {
            BtreeStack *step = mem_new(BtreeStack);

            *step = (BtreeStack){.block = buffer_block(b), .offnum = offnum, .parent = above};
            above = step;
        }
        if (for_write && special->level == 1)
            lock = BUFFER_EXCLUSIVE;
        b = btree_buffer_move(index, b, child, lock);
    }

    /* The root is a leaf: it was locked for reading, and may be split when that is given up. */
    if (for_write && lock == BUFFER_SHARED) {
        buffer_unlock(b);
        buffer_lock(b, BUFFER_EXCLUSIVE);
        b = btree_move_right(index, probe, b, for_write, above, BUFFER_EXCLUSIVE);
    }
    if (stack != NULL)
        *stack = above;
    return b;
}

Buffer btree_move_right(BtreeIndex *index, const BtreeProbe *probe, Buffer b, bool for_write,
                        BtreeStack *stack, BufferLock lock)
{
    int passes = probe->after_equal ? 0 : 1;

    for (;;) {
        uint8_t *page = buffer_page(b);
        const BtreeSpecial *special = btree_special(page);

        check_interrupts();
        if (btree_page_is_rightmost(special))
            break;
        if (for_write && (special->flags & BTREE_INCOMPLETE_SPLIT) != 0) {
            b = finish_split_here(index, b, stack, lock);
            continue;
        }
        if (!btree_page_is_gone(special) &&
            btree_compare(index, probe, page, BTREE_HIGH_KEY) < passes)
            break;
        b = btree_buffer_move(index, b, special->next, lock);
    }
    if (btree_page_is_gone(btree_special(buffer_page(b))))
        err_raise(SQLSTATE_INDEX_CORRUPTED,
                  .message = err_fmt("fell off the end of index \"%s\"", index->keys.index_name));
    return b;
}

/* The same page again, locked as before, when its split is finished. */
static Buffer finish_split_here(BtreeIndex *index, Buffer b, BtreeStack *stack, BufferLock lock)
{
    BlockNo block = buffer_block(b);

    if (lock == BUFFER_SHARED) {
        buffer_unlock(b);
        buffer_lock(b, BUFFER_EXCLUSIVE);
    }
    if ((btree_special(buffer_page(b))->flags & BTREE_INCOMPLETE_SPLIT) != 0)
        btree_finish_split(index, b, stack);
    else
        buffer_unlock_unpin(b);
    return btree_buffer(index, block, lock);
}
