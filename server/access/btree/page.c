/*
 * page.c - pages of an index in buffers: reading, checking, new ones, the metapage and the root
 *
 * The metapage says where the root is, and the fast root: the lowest page that is alone on its
 * level, where searches begin. Its place is remembered with the index. That costs no check when it
 * is out of date: a page that is no longer alone on its level, or no longer in use, shows it.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/walrec/rmgr.h"
#include "server/access/btree/btree_int.h"
#include "server/ipc/interrupt.h"
#include "server/storage/fsm/fsm.h"
#include "server/wal/wal.h"

#define OLDEST_VERSION 2 /* that PostgreSQL 15 still reads */

/* As a record has it. */
typedef struct MetaRecord {
    uint32_t version;
    BlockNo root;
    uint32_t level;
    BlockNo fast_root;
    uint32_t fast_level;
    uint32_t deleted_page_count;
    uint8_t all_equal_image;
} MetaRecord;

STATIC_ASSERT(sizeof(MetaRecord) == 28);

static void check_page(const BtreeIndex *index, Buffer b);
static Buffer root_from_cache(BtreeIndex *index);
static Buffer make_root(BtreeIndex *index);

void btree_raise_damaged(const BtreeIndex *index, BlockNo block, const char *what)
{
    err_raise(SQLSTATE_INDEX_CORRUPTED,
              .message = err_fmt("index \"%s\" contains %s at block %u", index->keys.index_name,
                                 what, block),
              .hint = "Please REINDEX it.");
}

static void check_page(const BtreeIndex *index, Buffer b)
{
    const uint8_t *page = buffer_page(b);

    if (UNLIKELY(page_is_new(page)))
        btree_raise_damaged(index, buffer_block(b), "unexpected zero page");
    if (UNLIKELY(page_special(page) != BLOCK_SIZE - sizeof(BtreeSpecial)))
        btree_raise_damaged(index, buffer_block(b), "corrupted page");
}

Buffer btree_buffer(const BtreeIndex *index, BlockNo block, BufferLock lock)
{
    Buffer b = buffer_read(index->rel, FORK_MAIN, block, BUFFER_NORMAL, NULL, index->is_permanent);

    buffer_lock(b, lock);
    check_page(index, b);
    return b;
}

Buffer btree_buffer_move(const BtreeIndex *index, Buffer from, BlockNo to, BufferLock lock)
{
    buffer_unlock_unpin(from);
    return btree_buffer(index, to, lock);
}

/* A new page is left by a crash right after the index was extended. */
static bool is_free(const BtreeIndex *index, uint8_t *page)
{
    if (page_is_new(page))
        return true;
    return page_special(page) == BLOCK_SIZE - sizeof(BtreeSpecial) &&
           (btree_special(page)->flags & BTREE_DELETED) != 0 &&
           (btree_special(page)->flags & BTREE_HAS_FULL_XID) != 0 &&
           index->may_reuse(load_u64(page + PAGE_HEADER_SIZE));
}

/* On a standby, whoever may still be on its way to the page is sent away. */
static void log_reuse(const BtreeIndex *index, Buffer b)
{
    const struct {
        RelTag rel;
        BlockNo block;
        FullXid safe_xid;
    } main = {.rel = *smgr_tag(index->rel),
              .block = buffer_block(b),
              .safe_xid = load_u64(buffer_page(b) + PAGE_HEADER_SIZE)};

    STATIC_ASSERT(sizeof(main) == 24);
    wal_begin_insert();
    wal_register_data(&main, sizeof(main));
    wal_insert(RMGR_BTREE, WAL_BTREE_REUSE_PAGE);
}

/*
 * A page that the free space map has, if it is really free: the map is only a hint. Others may hold
 * its lock and wait for ours, so it is not waited for.
 */
static Buffer take_free_page(const BtreeIndex *index)
{
    BlockNo block;

    while ((block = fsm_find(index->rel, BLOCK_SIZE / 2)) != BLOCK_NONE) {
        Buffer b;

        fsm_note(index->rel, block, 0);
        b = buffer_read(index->rel, FORK_MAIN, block, BUFFER_NORMAL, NULL, index->is_permanent);
        if (!buffer_try_lock_exclusive(b)) {
            buffer_unpin(b);
            continue;
        }
        if (is_free(index, buffer_page(b))) {
            if (index->is_permanent && !page_is_new(buffer_page(b)))
                log_reuse(index, b);
            return b;
        }
        buffer_unlock_unpin(b);
    }
    return BUFFER_NONE;
}

void btree_note_free_pages(const BtreeIndex *index, BtreeVacuum *v)
{
    BlockNo count = smgr_block_count(index->rel, FORK_MAIN);

    v->pages_free = v->pages_deleted_all = 0;
    for (BlockNo block = BTREE_META_BLOCK + 1; block < count; block++) {
        Buffer b;
        bool is_free_now;

        if (v->pause != NULL)
            v->pause();
        else
            check_interrupts();
        b = buffer_read(index->rel, FORK_MAIN, block, BUFFER_NORMAL, NULL, index->is_permanent);
        buffer_lock(b, BUFFER_SHARED);
        is_free_now = index->may_reuse != NULL && is_free(index, buffer_page(b));
        v->pages_deleted_all +=
            is_free_now || (btree_special(buffer_page(b))->flags & BTREE_DELETED) != 0;
        buffer_unlock_unpin(b);
        if (is_free_now)
            fsm_note(index->rel, block, BLOCK_SIZE - 1);
        v->pages_free += is_free_now;
    }
    if (v->pages_free > 0)
        fsm_vacuum(index->rel);
}

Buffer btree_buffer_new(const BtreeIndex *index)
{
    Buffer b = index->may_reuse == NULL ? BUFFER_NONE : take_free_page(index);

    if (b != BUFFER_NONE)
        return b;
    buffer_lock_extension(index->rel);
    b = buffer_read(index->rel, FORK_MAIN, BLOCK_NONE, BUFFER_NORMAL, NULL, index->is_permanent);
    buffer_lock(b, BUFFER_EXCLUSIVE);
    buffer_unlock_extension(index->rel);
    return b;
}

_Noreturn static NOINLINE void raise_bad_item(const BtreeIndex *index, OffsetNo offnum)
{
    err_raise(SQLSTATE_INDEX_CORRUPTED,
              .message = err_fmt("index \"%s\" contains a damaged item %u", index->keys.index_name,
                                 offnum),
              .hint = "Please REINDEX it.");
}

static bool posting_is_sane(const IndexTuple *tuple)
{
    size_t at = btree_posting_offset(tuple), count = btree_posting_count(tuple);

    return at >= sizeof(*tuple) && at % sizeof(uint16_t) == 0 && count > 0 &&
           at + count * sizeof(Tid) <= index_tuple_size(tuple);
}

static bool pivot_is_sane(const BtreeIndex *index, const IndexTuple *tuple)
{
    bool has_tid = (tuple->tid.offset & BTREE_PIVOT_HAS_TID) != 0;

    return btree_tuple_column_count(tuple, &index->keys) <= index->keys.key_count &&
           (!has_tid || index_tuple_size(tuple) >= sizeof(*tuple) + sizeof(Tid));
}

IndexTuple *btree_item(const BtreeIndex *index, uint8_t *page, OffsetNo offnum)
{
    const BtreeSpecial *special = btree_special(page);
    bool is_pivot_place = !btree_page_is_leaf(special) || offnum < btree_first_data(special);
    ItemId id = page_item_id(page, offnum);
    IndexTuple *tuple = (IndexTuple *)(page + id.offset);
    size_t size;

    if (UNLIKELY(id.len < sizeof(*tuple) || id.offset % PAGE_ALIGN != 0 ||
                 id.offset < PAGE_HEADER_SIZE ||
                 id.offset + id.len > BLOCK_SIZE - sizeof(BtreeSpecial)))
        raise_bad_item(index, offnum);
    size = index_tuple_size(tuple);
    if (UNLIKELY(size > id.len || size < sizeof(*tuple) ||
                 btree_tuple_is_pivot(tuple) != is_pivot_place))
        raise_bad_item(index, offnum);
    if ((tuple->info & BTREE_ALT_TID) != 0 &&
        UNLIKELY(is_pivot_place ? !pivot_is_sane(index, tuple) : !posting_is_sane(tuple)))
        raise_bad_item(index, offnum);
    return tuple;
}

void btree_page_take(uint8_t *page, const uint8_t *other)
{
    Lsn lsn = page_lsn(page);

    memcpy(page, other, BLOCK_SIZE);
    page_set_lsn(page, lsn);
}

/* ---- The metapage ---- */

BtreeMeta *btree_meta(uint8_t *page)
{
    return (BtreeMeta *)(page + PAGE_HEADER_SIZE);
}

static Buffer meta_buffer(const BtreeIndex *index, BufferLock lock)
{
    Buffer b = btree_buffer(index, BTREE_META_BLOCK, lock);
    const BtreeMeta *meta = btree_meta(buffer_page(b));

    if ((btree_special(buffer_page(b))->flags & BTREE_META) == 0 || meta->magic != BTREE_MAGIC)
        err_raise(SQLSTATE_INDEX_CORRUPTED,
                  .message = err_fmt("index \"%s\" is not a btree", index->keys.index_name));
    if (meta->version < OLDEST_VERSION || meta->version > BTREE_VERSION)
        err_raise(SQLSTATE_INDEX_CORRUPTED,
                  .message = err_fmt("version mismatch in index \"%s\": file version %u, current "
                                     "version %d, minimal supported version %d",
                                     index->keys.index_name, meta->version, BTREE_VERSION,
                                     OLDEST_VERSION));
    if (meta->version != BTREE_VERSION)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("index \"%s\" has the btree version %u, which is too old",
                                     index->keys.index_name, meta->version),
                  .hint = "Please REINDEX it.");
    return b;
}

Buffer btree_meta_lock(const BtreeIndex *index)
{
    return meta_buffer(index, BUFFER_EXCLUSIVE);
}

void btree_meta_register(Buffer meta_b)
{
    btree_meta_register_as(2, meta_b);
}

void btree_meta_register_as(unsigned ref_id, Buffer meta_b)
{
    static MetaRecord record; /* until the record is made */
    const BtreeMeta *meta = btree_meta(buffer_page(meta_b));

    record = (MetaRecord){.version = meta->version,
                          .root = meta->root,
                          .level = meta->level,
                          .fast_root = meta->fast_root,
                          .fast_level = meta->fast_level,
                          .deleted_page_count = meta->deleted_page_count,
                          .all_equal_image = meta->all_equal_image};
    buffer_register_wal(ref_id, meta_b, WAL_REF_WILL_INIT | WAL_REF_STANDARD);
    wal_register_page_data(ref_id, &record, sizeof(record));
}

/* ---- The root ---- */

Buffer btree_root(BtreeIndex *index, bool for_write)
{
    Buffer b = root_from_cache(index);
    const BtreeMeta *meta;
    BlockNo block;
    uint32_t level;

    if (b != BUFFER_NONE)
        return b;
    b = meta_buffer(index, BUFFER_SHARED);
    meta = btree_meta(buffer_page(b));
    block = meta->fast_root;
    level = meta->fast_level;
    if (meta->root == BTREE_NO_BLOCK) {
        buffer_unlock_unpin(b);
        return for_write ? make_root(index) : BUFFER_NONE;
    }
    b = btree_buffer_move(index, b, block, BUFFER_SHARED);
    while (btree_page_is_gone(btree_special(buffer_page(b)))) {
        if (btree_page_is_rightmost(btree_special(buffer_page(b))))
            btree_raise_damaged(index, block, "no live root page");
        b = btree_buffer_move(index, b, btree_special(buffer_page(b))->next, BUFFER_SHARED);
    }
    if (btree_special(buffer_page(b))->level != level)
        btree_raise_damaged(index, buffer_block(b), "a root page of another level");
    index->root = buffer_block(b);
    index->root_level = level;
    return b;
}

uint32_t btree_height(BtreeIndex *index)
{
    Buffer b;

    if (index->root == BTREE_NO_BLOCK) {
        b = btree_root(index, false);
        if (b == BUFFER_NONE)
            return 0;
        buffer_unlock_unpin(b);
    }
    return index->root_level;
}

static Buffer root_from_cache(BtreeIndex *index)
{
    const BtreeSpecial *special;
    Buffer b;

    if (index->root == BTREE_NO_BLOCK)
        return BUFFER_NONE;
    b = btree_buffer(index, index->root, BUFFER_SHARED);
    special = btree_special(buffer_page(b));
    if (!btree_page_is_gone(special) && special->level == index->root_level &&
        special->prev == BTREE_NO_BLOCK && btree_page_is_rightmost(special))
        return b;
    buffer_unlock_unpin(b);
    index->root = BTREE_NO_BLOCK;
    return BUFFER_NONE;
}

static void log_first_root(Buffer root, Buffer meta)
{
    const struct {
        BlockNo root;
        uint32_t level;
    } main = {.root = buffer_block(root)};
    Lsn lsn;

    wal_begin_insert();
    wal_register_data(&main, sizeof(main));
    buffer_register_wal(0, root, WAL_REF_WILL_INIT);
    btree_meta_register(meta);
    lsn = wal_insert(RMGR_BTREE, WAL_BTREE_NEWROOT);
    page_set_lsn(buffer_page(root), lsn);
    page_set_lsn(buffer_page(meta), lsn);
}

/* The first page of an empty index; whoever came first made it. */
static Buffer make_root(BtreeIndex *index)
{
    Buffer meta_b = btree_meta_lock(index), b;
    BtreeMeta *meta = btree_meta(buffer_page(meta_b));

    if (meta->root != BTREE_NO_BLOCK) {
        buffer_unlock_unpin(meta_b);
        return btree_root(index, true);
    }
    b = btree_buffer_new(index);
    crit_begin();
    btree_page_init(buffer_page(b), 0);
    btree_special(buffer_page(b))->flags |= BTREE_ROOT;
    meta->root = meta->fast_root = buffer_block(b);
    meta->level = meta->fast_level = 0;
    meta->deleted_page_count = 0;
    meta->heap_tuple_count = -1;
    buffer_mark_dirty(b);
    buffer_mark_dirty(meta_b);
    if (index->is_permanent)
        log_first_root(b, meta_b);
    crit_end();
    buffer_unlock_unpin(meta_b);

    /* Others may see it in between, and split it: who asked looks again. */
    buffer_unlock(b);
    buffer_lock(b, BUFFER_SHARED);
    return b;
}

Buffer btree_end_of_level(BtreeIndex *index, uint32_t level, bool is_rightmost, BufferLock lock)
{
    Buffer b = meta_buffer(index, BUFFER_SHARED);
    const BtreeMeta *meta = btree_meta(buffer_page(b));
    BlockNo block = meta->root;

    if (block == BTREE_NO_BLOCK) {
        buffer_unlock_unpin(b);
        return BUFFER_NONE;
    }
    b = btree_buffer_move(index, b, block, lock);
    for (;;) {
        uint8_t *page = buffer_page(b);
        const BtreeSpecial *special = btree_special(page);
        OffsetNo offnum;

        while (btree_page_is_gone(special) || (is_rightmost && !btree_page_is_rightmost(special))) {
            if (btree_page_is_rightmost(special))
                btree_raise_damaged(index, buffer_block(b), "no live page to the right");
            b = btree_buffer_move(index, b, special->next, lock);
            page = buffer_page(b);
            special = btree_special(page);
        }
        if (special->level == level)
            return b;
        if (special->level < level)
            btree_raise_damaged(index, buffer_block(b), "a page of too low a level");
        offnum = is_rightmost ? page_item_count(page) : btree_first_data(special);
        b = btree_buffer_move(index, b, btree_downlink(btree_item(index, page, offnum)), lock);
    }
}
