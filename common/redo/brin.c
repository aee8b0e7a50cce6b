/* brin.c - BRIN indexes: resource manager Brin */
#include "common/base/base.h"

#include <string.h>

#include "common/format/brin_page.h"
#include "common/format/page.h"
#include "common/redo/redo_int.h"
#include "common/walrec/rmgr.h"

#define BRIN_OP_MASK 0x70

typedef struct BrinInsert {
    BlockNo heap_block;
    uint32_t range_blocks;
    OffsetNo offnum;
} BrinInsert;

static RedoStep brin_create(const RedoBlock *b);
static RedoStep brin_insert(const RedoBlock *b);
static RedoStep brin_insert_revmap(const RedoBlock *b);
static RedoStep brin_update_old(const RedoBlock *b);
static RedoStep brin_samepage_update(const RedoBlock *b);
static RedoStep brin_extend_meta(const RedoBlock *b);
static RedoStep brin_extend_revmap(const RedoBlock *b);
static RedoStep brin_desummarize_revmap(const RedoBlock *b);
static RedoStep brin_desummarize_page(const RedoBlock *b);

static const RedoOp brin_ops[REDO_OPS] = {
    [AT(BRIN_CREATE_INDEX)] = {.refs = {MADE(brin_create)}},
    [AT(BRIN_INSERT)] = {.refs = {EITHER(brin_insert), OLD(brin_insert_revmap)}},
    [AT(BRIN_UPDATE)] = {.refs = {EITHER(brin_insert), OLD(brin_insert_revmap),
                                  OLD(brin_update_old)}},
    [AT(BRIN_SAMEPAGE_UPDATE)] = {.refs = {OLD(brin_samepage_update)}},
    [AT(BRIN_REVMAP_EXTEND)] = {.refs = {OLD(brin_extend_meta), MADE(brin_extend_revmap)}},
    [AT(BRIN_DESUMMARIZE)] = {.refs = {OLD(brin_desummarize_revmap), OLD(brin_desummarize_page)}},
};

const RedoManager brin_redo = {.opcode_mask = BRIN_OP_MASK, .ops = brin_ops};

static void begin_page(uint8_t *page, uint16_t type);
static BrinSpecial *special_of(uint8_t *page);
static BrinInsert read_insert(const RedoBlock *b);
static void check_summary_len(size_t len);
static void set_summary(uint8_t *page, BlockNo heap_block, uint32_t range_blocks, Tid tid);

static RedoStep brin_create(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    BrinMeta meta = {.magic = BRIN_MAGIC};

    meta.range_blocks = byte_reader_u32(&main);
    meta.version = byte_reader_u16(&main);
    begin_page(b->page, BRIN_META);
    memcpy(b->page + PAGE_HEADER_SIZE, &meta, sizeof(meta));
    page_set_lower(b->page, PAGE_HEADER_SIZE + sizeof(meta));
    return STEP_CHANGED;
}

/* A new summary; an update that goes to another page begins like an insert. */
static RedoStep brin_insert(const RedoBlock *b)
{
    BrinInsert insert = read_insert(b);
    ByteReader data = redo_data(b);
    size_t len = byte_reader_left(&data);

    if (redo_is_new_page(b))
        begin_page(b->page, BRIN_REGULAR);
    check_summary_len(len);
    page_add_item(b->page, byte_reader_take(&data, len), len, insert.offnum, PAGE_ADD_AT);
    return STEP_CHANGED;
}

static RedoStep brin_insert_revmap(const RedoBlock *b)
{
    BrinInsert insert = read_insert(b);

    set_summary(b->page, insert.heap_block, insert.range_blocks,
                tid_make(redo_ref_block(b, 0), insert.offnum));
    return STEP_CHANGED;
}

static RedoStep brin_update_old(const RedoBlock *b)
{
    ByteReader main = redo_main(b);

    page_index_tuple_delete_no_compact(b->page, byte_reader_u16(&main));
    return STEP_CHANGED;
}

static RedoStep brin_samepage_update(const RedoBlock *b)
{
    ByteReader main = redo_main(b), data = redo_data(b);
    OffsetNo offnum = byte_reader_u16(&main);
    size_t len = byte_reader_left(&data);

    check_summary_len(len);
    if (!page_index_tuple_overwrite(b->page, offnum, byte_reader_take(&data, len), len))
        redo_misfit("summary %u has no room for %zu bytes", offnum, len);
    return STEP_CHANGED;
}

static RedoStep brin_extend_meta(const RedoBlock *b)
{
    ByteReader main = redo_main(b);

    if (special_of(b->page)->type != BRIN_META ||
        page_upper(b->page) < PAGE_HEADER_SIZE + sizeof(BrinMeta))
        redo_misfit("the page is no metapage of a BRIN index");
    store_u32(b->page + PAGE_HEADER_SIZE + offsetof(BrinMeta, last_revmap), byte_reader_u32(&main));
    page_set_lower(b->page, PAGE_HEADER_SIZE + sizeof(BrinMeta));
    return STEP_CHANGED;
}

static RedoStep brin_extend_revmap(const RedoBlock *b)
{
    begin_page(b->page, BRIN_REVMAP);
    return STEP_CHANGED;
}

static RedoStep brin_desummarize_revmap(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    uint32_t range_blocks = byte_reader_u32(&main);

    set_summary(b->page, byte_reader_u32(&main), range_blocks, tid_none());
    return STEP_CHANGED;
}

static RedoStep brin_desummarize_page(const RedoBlock *b)
{
    ByteReader main = redo_main(b);

    byte_reader_take(&main, 8);
    page_index_tuple_delete_no_compact(b->page, byte_reader_u16(&main));
    return STEP_CHANGED;
}

static void begin_page(uint8_t *page, uint16_t type)
{
    page_init(page, sizeof(BrinSpecial));
    special_of(page)->type = type;
}

static BrinSpecial *special_of(uint8_t *page)
{
    return (BrinSpecial *)page_special_area_rw(page, sizeof(BrinSpecial));
}

/* In an update, the number of the old summary (and padding) stands before the insert's parts. */
static BrinInsert read_insert(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    BrinInsert insert;

    if ((b->record->info & BRIN_OP_MASK) == WAL_BRIN_UPDATE)
        byte_reader_take(&main, 4);
    insert.heap_block = byte_reader_u32(&main);
    insert.range_blocks = byte_reader_u32(&main);
    insert.offnum = byte_reader_u16(&main);
    return insert;
}

/* A summary begins with its heap block and a byte of flags. */
static void check_summary_len(size_t len)
{
    if (len < sizeof(BlockNo) + 1)
        redo_misfit("a summary of %zu bytes is shorter than its header", len);
}

static void set_summary(uint8_t *page, BlockNo heap_block, uint32_t range_blocks, Tid tid)
{
    size_t entry;

    if (range_blocks == 0 || special_of(page)->type != BRIN_REVMAP)
        redo_misfit("the page is not one of the map of ranges of %u blocks", range_blocks);
    entry = heap_block / range_blocks % BRIN_REVMAP_ENTRIES;
    memcpy(page + PAGE_HEADER_SIZE + entry * sizeof(tid), &tid, sizeof(tid));
}
