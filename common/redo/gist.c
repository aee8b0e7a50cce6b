/*
 * gist.c - GiST indexes: resource manager Gist
 *
 * When the downlink of a new page goes into the parent, the page left of it stops sending searches
 * to the right. This happens to the left page after its image was taken, so it is done again after
 * an image was restored.
 */
#include "common/base/base.h"

#include "common/format/gist_page.h"
#include "common/format/index_tuple.h"
#include "common/format/page.h"
#include "common/redo/redo_int.h"
#include "common/walrec/rmgr.h"

typedef struct GistSplit {
    BlockNo right_link; /* of the page before it was split */
    Lsn nsn;
    bool is_leaf;
    unsigned page_count;
    bool is_follow_right; /* pages are to be marked until their downlinks are in the parent */
} GistSplit;

static RedoStep gist_update(const RedoBlock *b);
static RedoStep gist_clear_follow_right(const RedoBlock *b);
static RedoStep gist_delete(const RedoBlock *b);
static RedoStep gist_split(const RedoBlock *b);
static RedoStep gist_page_delete(const RedoBlock *b);
static RedoStep gist_page_delete_parent(const RedoBlock *b);

static const RedoOp gist_ops[REDO_OPS] = {
    [AT(GIST_PAGE_UPDATE)] = {.refs = {OLD(gist_update), AFTER_IMAGE_TOO(gist_clear_follow_right)}},
    [AT(GIST_DELETE)] = {.refs = {OLD(gist_delete)}},
    [AT(GIST_PAGE_SPLIT)] = {.refs = {AFTER_IMAGE_TOO(gist_clear_follow_right)},
                             .rest = MADE(gist_split)},
    [AT(GIST_PAGE_DELETE)] = {.refs = {OLD(gist_page_delete), OLD(gist_page_delete_parent)}},
};

const RedoManager gist_redo = {.opcode_mask = 0xF0, .ops = gist_ops};

static GistSpecial *special_of(uint8_t *page);
static void set_nsn(GistSpecial *special, Lsn nsn);
static GistSplit read_split(const RedoBlock *b);

/* Tuples go, then tuples come; one for one is done in place, as the server did it. */
static RedoStep gist_update(const RedoBlock *b)
{
    ByteReader main = redo_main(b), data = redo_data(b);
    size_t deleted_count = byte_reader_u16(&main), added_count = byte_reader_u16(&main);
    OffsetNo deleted[PAGE_ITEM_MAX];

    redo_read_offsets(&data, deleted, deleted_count, ARRAY_LEN(deleted));
    if (deleted_count == 1 && added_count == 1) {
        size_t len;
        const uint8_t *tuple = redo_take_tuple(&data, 1, &len);

        if (!page_index_tuple_overwrite(b->page, deleted[0], tuple, len))
            redo_misfit("index tuple %u has no room for %zu bytes", deleted[0], len);
        redo_expect_end(&data);
        return STEP_CHANGED;
    }
    if (deleted_count > 0)
        page_index_multi_delete(b->page, deleted, deleted_count);
    if (redo_add_tuples(b->page, &data) != added_count)
        redo_misfit("the record does not hold the %zu index tuples it announces", added_count);
    return STEP_CHANGED;
}

static RedoStep gist_clear_follow_right(const RedoBlock *b)
{
    GistSpecial *special = special_of(b->page);

    set_nsn(special, b->record->end);
    special->flags = (uint16_t)(special->flags & ~(unsigned)GIST_FOLLOW_RIGHT);
    return STEP_CHANGED;
}

static RedoStep gist_delete(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    OffsetNo deleted[PAGE_ITEM_MAX];
    GistSpecial *special = special_of(b->page);
    size_t count;

    byte_reader_u32(&main);
    count = byte_reader_u16(&main);
    redo_read_offsets(&main, deleted, count, ARRAY_LEN(deleted));
    page_index_multi_delete(b->page, deleted, count);
    special->flags = (uint16_t)(special->flags & ~(unsigned)GIST_HAS_GARBAGE);
    return STEP_CHANGED;
}

/*
 * One of the pages that a page became, references 1 to page_count from left to right. When the root
 * splits, its block becomes the parent of the others and is the first of them.
 */
static RedoStep gist_split(const RedoBlock *b)
{
    GistSplit split = read_split(b);
    ByteReader data = redo_data(b);
    int32_t tuple_count = (int32_t)byte_reader_u32(&data);
    bool is_root = b->touch->tag.block == GIST_ROOT_BLOCK;
    bool is_root_split = redo_ref_block(b, 1) == GIST_ROOT_BLOCK;
    bool is_last = (unsigned)b->touch->ref_id >= split.page_count;
    unsigned flags = split.is_leaf && !is_root ? GIST_LEAF : 0;
    BlockNo right_link = split.right_link;
    GistSpecial *special;

    if (!is_last && !is_root)
        right_link = redo_ref_block(b, b->touch->ref_id + 1);
    if (!is_last && !is_root_split && split.is_follow_right)
        flags |= GIST_FOLLOW_RIGHT;

    page_init(b->page, sizeof(GistSpecial));
    special = special_of(b->page);
    *special = (GistSpecial){.right_link = is_root ? BLOCK_NONE : right_link,
                             .flags = (uint16_t)flags,
                             .page_id = GIST_PAGE_ID};
    set_nsn(special, split.nsn);
    if (tuple_count < 0 || redo_add_tuples(b->page, &data) != (size_t)tuple_count)
        redo_misfit("the record does not hold the %d index tuples it announces", tuple_count);
    return STEP_CHANGED;
}

/* An empty page that says since when no search can come to it. */
static RedoStep gist_page_delete(const RedoBlock *b)
{
    ByteReader main = redo_main(b);

    special_of(b->page)->flags |= GIST_DELETED;
    if (page_upper(b->page) < PAGE_HEADER_SIZE + sizeof(FullXid))
        redo_misfit("the page to delete is full");
    page_set_lower(b->page, PAGE_HEADER_SIZE + sizeof(FullXid));
    store_u64(b->page + PAGE_HEADER_SIZE, byte_reader_u64(&main));
    return STEP_CHANGED;
}

static RedoStep gist_page_delete_parent(const RedoBlock *b)
{
    ByteReader main = redo_main(b);

    byte_reader_u64(&main);
    page_index_tuple_delete(b->page, byte_reader_u16(&main));
    return STEP_CHANGED;
}

static GistSpecial *special_of(uint8_t *page)
{
    return (GistSpecial *)page_special_area_rw(page, sizeof(GistSpecial));
}

static void set_nsn(GistSpecial *special, Lsn nsn)
{
    special->nsn_high = (uint32_t)(nsn >> 32);
    special->nsn_low = (uint32_t)nsn;
}

static GistSplit read_split(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    GistSplit split;

    split.right_link = byte_reader_u32(&main);
    byte_reader_u32(&main); /* padding */
    split.nsn = byte_reader_u64(&main);
    split.is_leaf = byte_reader_u8(&main) != 0;
    byte_reader_u8(&main); /* padding */
    split.page_count = byte_reader_u16(&main);
    split.is_follow_right = byte_reader_u8(&main) != 0;
    return split;
}
