/* btree_rig.c - make an index, and check a tree by walking all of it; btree_rig.h has the how. */
#include "common/base/base.h"

#include "tests/lib/btree_rig.h"

#include <string.h>

#include "common/err/err.h"
#include "common/format/btree_page.h"
#include "common/format/page.h"
#include "common/mem/mem.h"
#include "common/redo/mask.h"
#include "common/redo/redo.h"
#include "common/walrec/rmgr.h"
#include "server/storage/buffer/buffer.h"
#include "server/wal/wal.h"
#include "tests/lib/storage_rig.h"

typedef struct Walk {
    BtreeIndex *index;
    Array *rows;
    BtreeRigShape shape;
    Array children;      /* BlockNo: downlinks of the level that was walked */
    Array next_children; /* of this one */
    uint8_t *bound;      /* the high key of the page before */
} Walk;

#define WRONG(...) err_raise(SQLSTATE_INDEX_CORRUPTED, .message = err_fmt(__VA_ARGS__))

static void put_page(void *arg, BlockNo block, uint8_t *page)
{
    BtreeIndex *index = arg;
    Buffer b;

    buffer_lock_extension(index->rel);
    b = buffer_read(index->rel, FORK_MAIN, BLOCK_NONE, BUFFER_ZERO_AND_LOCK, NULL, true);
    buffer_unlock_extension(index->rel);
    if (buffer_block(b) != block)
        WRONG("block %u came before its turn", block);
    memcpy(buffer_page(b), page, BLOCK_SIZE);
    crit_begin();
    buffer_mark_dirty(b);
    if (index->is_permanent) {
        BlockTag tag;

        buffer_tag(b, &tag);
        page_set_lsn(buffer_page(b), wal_insert_page_image(&tag, buffer_page(b), true));
    }
    crit_end();
    buffer_unlock_unpin(b);
}

void btree_rig_create(BtreeIndex *index, RelFileNo number)
{
    const BtreeBuildSpec spec = {
        .keys = &index->keys, .memory_max = MIB(1), .write = put_page, .arg = index};

    index->rel = storage_rig_rel(number);
    index->is_permanent = true;
    btree_build_finish(btree_build_begin(&spec));
}

/* ---- Pages ---- */

static uint8_t *copy_block(const BtreeIndex *index, BlockNo block)
{
    Buffer b = buffer_read(index->rel, FORK_MAIN, block, BUFFER_NORMAL, NULL, true);
    uint8_t *page = mem_alloc_aligned(BLOCK_SIZE, 8);

    buffer_lock(b, BUFFER_SHARED);
    memcpy(page, buffer_page(b), BLOCK_SIZE);
    buffer_unlock_unpin(b);
    return page;
}

static const BtreeSpecial *special_of(const uint8_t *page)
{
    return (const BtreeSpecial *)page_special_area(page, sizeof(BtreeSpecial));
}

static bool is_pivot(const IndexTuple *tuple)
{
    return (tuple->info & BTREE_ALT_TID) != 0 && !btree_tuple_is_posting(tuple);
}

static unsigned column_count(const BtreeKeys *keys, const IndexTuple *tuple)
{
    return is_pivot(tuple) ? tuple->tid.offset & BTREE_TID_COUNT_MASK : keys->key_count;
}

static unsigned row_count(const IndexTuple *tuple)
{
    return btree_tuple_is_posting(tuple) ? tuple->tid.offset & BTREE_TID_COUNT_MASK : 1;
}

static const Tid *rows_of(const IndexTuple *tuple)
{
    const uint8_t *bytes = (const uint8_t *)tuple;

    if (btree_tuple_is_posting(tuple))
        return (const Tid *)(bytes + tid_block(tuple->tid));
    if (!is_pivot(tuple))
        return &tuple->tid;
    if ((tuple->tid.offset & BTREE_PIVOT_HAS_TID) != 0)
        return (const Tid *)(bytes + index_tuple_size(tuple) - sizeof(Tid));
    return NULL;
}

static int compare_tids(const Tid *a, const Tid *b)
{
    if (tid_block(*a) != tid_block(*b))
        return tid_block(*a) < tid_block(*b) ? -1 : 1;
    return (int)a->offset - (int)b->offset;
}

/* Written anew here, so that it shares no error with what it checks. */
static int compare_items(const BtreeKeys *keys, const IndexTuple *a, const Tid *a_tid,
                         const IndexTuple *b, const Tid *b_tid)
{
    unsigned a_count = column_count(keys, a), b_count = column_count(keys, b);

    for (unsigned i = 0; i < keys->key_count; i++) {
        bool a_null, b_null;
        Datum x, y;
        int order;

        if (i >= a_count || i >= b_count)
            return (i < a_count) - (i < b_count);
        x = index_get(a, i + 1, keys->desc, &a_null);
        y = index_get(b, i + 1, keys->desc, &b_null);
        order = sort_apply(x, a_null, y, b_null, &keys->orders[i]);
        if (order != 0)
            return order;
    }
    if (a_tid == NULL || b_tid == NULL)
        return (a_tid != NULL) - (b_tid != NULL);
    return compare_tids(a_tid, b_tid);
}

static void add_rows(Walk *w, const IndexTuple *tuple)
{
    w->shape.tuple_count++;
    w->shape.posting_count += btree_tuple_is_posting(tuple);
    if (w->rows == NULL)
        return;
    for (unsigned i = 0; i < row_count(tuple); i++) {
        BtreeRigRow *row = array_push(w->rows);

        row->tid = rows_of(tuple)[i];
        row->first = index_get(tuple, 1, w->index->keys.desc, &row->is_null);
    }
}

/* The items of a page, between its left neighbour's high key and its own. */
static void check_items(Walk *w, const uint8_t *page, BlockNo block)
{
    const BtreeKeys *keys = &w->index->keys;
    const BtreeSpecial *special = special_of(page);
    bool has_high_key = special->next != BTREE_NO_BLOCK, is_leaf = special->level == 0;
    OffsetNo first = has_high_key ? 2 : 1, count = page_item_count(page);
    const IndexTuple *before = (const IndexTuple *)w->bound;

    if (!is_leaf && count < first)
        WRONG("block %u has no items", block);
    for (OffsetNo i = first; i <= count; i++) {
        size_t len;
        const IndexTuple *tuple = (const IndexTuple *)page_get_item(page, i, &len);
        const Tid *tids = rows_of(tuple);
        bool is_lowest = !is_leaf && i == first;

        if (index_tuple_size(tuple) != len)
            WRONG("block %u item %u: %zu bytes, its line pointer has %zu", block, i,
                  index_tuple_size(tuple), len);
        if (is_pivot(tuple) == is_leaf)
            WRONG("block %u item %u is a pivot on a leaf, or none above", block, i);
        if (is_lowest && column_count(keys, tuple) != 0)
            WRONG("block %u: the first item is not minus infinity", block);
        for (unsigned t = 1; is_leaf && t < row_count(tuple); t++) {
            if (compare_tids(&tids[t - 1], &tids[t]) >= 0)
                WRONG("block %u item %u: rows are not in order", block, i);
        }
        if (!is_lowest && before != NULL) {
            const Tid *last = rows_of(before);

            if (last != NULL && !is_pivot(before))
                last += row_count(before) - 1;
            if (compare_items(keys, before, last, tuple, tids) >
                (is_pivot(before) && i == first ? 0 : -1))
                WRONG("block %u item %u is not behind the one before", block, i);
        }
        if (!is_lowest)
            before = tuple;
        if (is_leaf)
            add_rows(w, tuple);
        else
            *(BlockNo *)array_push(&w->next_children) = tid_block(tuple->tid);
    }
    if (has_high_key) {
        const IndexTuple *high = (const IndexTuple *)page_get_item(page, 1, NULL);
        const Tid *last = before == NULL ? NULL : rows_of(before);

        if (!is_pivot(high))
            WRONG("block %u: the high key is not a pivot", block);
        if (before != NULL && last != NULL && !is_pivot(before))
            last += row_count(before) - 1;
        if (before != NULL && compare_items(keys, before, last, high, rows_of(high)) > 0)
            WRONG("block %u: the last item is behind the high key", block);
        if (before != NULL && is_leaf &&
            compare_items(keys, before, last, high, rows_of(high)) == 0 && rows_of(high) == NULL)
            WRONG("block %u: the last item is equal to the high key", block);
        w->bound = mem_dup(high, index_tuple_size(high));
    }
}

static BlockNo check_level(Walk *w, BlockNo block, uint32_t level)
{
    BlockNo prev = BTREE_NO_BLOCK, first_child = BTREE_NO_BLOCK;
    size_t number = 0;

    array_init(&w->next_children, sizeof(BlockNo));
    w->bound = NULL;
    while (block != BTREE_NO_BLOCK) {
        const uint8_t *page = copy_block(w->index, block);
        const BtreeSpecial *special = special_of(page);

        if (special->level != level || special->prev != prev)
            WRONG("block %u has level %u and left link %u, not %u and %u", block, special->level,
                  special->prev, level, prev);
        if ((special->flags & (BTREE_INCOMPLETE_SPLIT | BTREE_HALF_DEAD | BTREE_DELETED)) != 0)
            WRONG("block %u has flags %x", block, special->flags);
        if (w->children.items != NULL &&
            (number >= w->children.count || *(BlockNo *)array_at(&w->children, number) != block))
            WRONG("block %u is not where the level above has it", block);
        check_items(w, page, block);
        if (first_child == BTREE_NO_BLOCK && level > 0)
            first_child = *(BlockNo *)array_at(&w->next_children, 0);
        w->shape.leaf_count += level == 0;
        number++;
        prev = block;
        block = special->next;
    }
    if (w->children.items != NULL && number != w->children.count)
        WRONG("level %u has %zu pages, %zu downlinks", level, number, w->children.count);
    w->children = w->next_children;
    return first_child;
}

static void walk(Walk *w)
{
    const BtreeMeta *meta =
        (const BtreeMeta *)(copy_block(w->index, BTREE_META_BLOCK) + PAGE_HEADER_SIZE);
    BlockNo block = meta->root;
    const BtreeSpecial *special;

    if (block == BTREE_NO_BLOCK)
        return;
    special = special_of(copy_block(w->index, block));
    if ((special->flags & BTREE_ROOT) == 0 || special->level != meta->level)
        WRONG("block %u is not the root that the metapage has", block);
    w->shape.level = meta->level;
    for (uint32_t level = meta->level; level != UINT32_MAX; level--)
        block = check_level(w, block, level);
}

void btree_rig_check(BtreeIndex *index, Array *rows)
{
    Walk w = {.index = index, .rows = rows};

    walk(&w);
}

BtreeRigShape btree_rig_shape(BtreeIndex *index)
{
    Walk w = {.index = index};

    walk(&w);
    return w.shape;
}

/* ---- Redo ---- */

static void replay_record(void *arg, const WalRecord *record)
{
    const RedoEnv env = {.version = 15};
    BtreeRigReplay *r = arg;
    WalTouch touches[WAL_TOUCH_MAX];
    size_t count = walrec_touched(record, touches);

    if (r->is_over)
        return;
    for (size_t i = 0; i < count; i++) {
        BlockNo block = touches[i].tag.block;
        RedoResult result;

        if (block >= BTREE_RIG_PAGES)
            WRONG("the log has block %u", block);
        result = redo_block(&env, record, &touches[i], r->pages + (size_t)block * BLOCK_SIZE);
        if (result != REDO_APPLIED && result != REDO_RESTORED)
            WRONG("block %u was not redone", block);
    }
    if (record->rmgr != RMGR_BTREE)
        return;
    r->kinds[wal_record_opcode(record)]++;
    if ((r->opcodes >> (wal_record_opcode(record) >> 4) & 1) != 0)
        r->is_over = --r->count_left == 0;
}

BtreeRigReplay *btree_rig_replay(const WalRig *wal, unsigned opcodes, unsigned count)
{
    BtreeRigReplay *r = mem_new(BtreeRigReplay);

    r->opcodes = opcodes;
    r->count_left = count;
    r->pages = mem_alloc_aligned((size_t)BTREE_RIG_PAGES * BLOCK_SIZE, 8);
    memset(r->pages, 0, (size_t)BTREE_RIG_PAGES * BLOCK_SIZE);
    wal_flush(wal_insert_lsn());
    wal_rig_read(wal, replay_record, r);
    return r;
}

unsigned btree_rig_count_different(const BtreeIndex *index, const BtreeRigReplay *r)
{
    BlockNo count = smgr_block_count(index->rel, FORK_MAIN);
    unsigned wrong = 0;

    for (BlockNo block = 0; block < count; block++) {
        uint8_t *ours = r->pages + (size_t)block * BLOCK_SIZE;
        uint8_t *page = copy_block(index, block);
        BlockTag tag = {.rel = *smgr_tag(index->rel), .fork = FORK_MAIN, .block = block};
        bool is_newer = page_lsn(page) != page_lsn(ours);

        redo_mask_page(RMGR_BTREE, &tag, page);
        redo_mask_page(RMGR_BTREE, &tag, ours);
        wrong += is_newer || memcmp(page, ours, BLOCK_SIZE) != 0;
        mem_free(page);
    }
    return wrong;
}
