/*
 * hash.c - hash indexes: resource manager Hash
 *
 * Some records hold a reference to the primary page of a bucket only to lock it while another page
 * of the chain changes; it is left out when the primary page is itself the one that changes.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/format/hash_page.h"
#include "common/format/page.h"
#include "common/redo/redo_int.h"
#include "common/walrec/rmgr.h"

#define SPLIT_HAS_MASKS      0x01
#define SPLIT_HAS_SPLITPOINT 0x02

typedef struct HashSqueeze {
    BlockNo prev, next;   /* neighbours of the page that is freed */
    size_t tuple_count;   /* that moved to the page written to */
    bool is_prev_written; /* the page written to is the one before the freed page */
} HashSqueeze;

static RedoStep hash_init_meta(const RedoBlock *b);
static RedoStep hash_init_bitmap(const RedoBlock *b);
static RedoStep hash_init_bitmap_meta(const RedoBlock *b);
static RedoStep hash_insert(const RedoBlock *b);
static RedoStep hash_insert_meta(const RedoBlock *b);
static RedoStep hash_overflow_new(const RedoBlock *b);
static RedoStep hash_overflow_tail(const RedoBlock *b);
static RedoStep hash_overflow_bitmap(const RedoBlock *b);
static RedoStep hash_overflow_meta(const RedoBlock *b);
static RedoStep hash_split_old(const RedoBlock *b);
static RedoStep hash_split_new(const RedoBlock *b);
static RedoStep hash_split_meta(const RedoBlock *b);
static RedoStep hash_split_done(const RedoBlock *b);
static RedoStep hash_move_to(const RedoBlock *b);
static RedoStep hash_remove_tuples(const RedoBlock *b);
static RedoStep hash_squeeze_to(const RedoBlock *b);
static RedoStep hash_squeeze_freed(const RedoBlock *b);
static RedoStep hash_squeeze_prev(const RedoBlock *b);
static RedoStep hash_squeeze_next(const RedoBlock *b);
static RedoStep hash_squeeze_bitmap(const RedoBlock *b);
static RedoStep hash_squeeze_meta(const RedoBlock *b);
static RedoStep hash_delete(const RedoBlock *b);
static RedoStep hash_split_cleanup(const RedoBlock *b);
static RedoStep hash_update_meta(const RedoBlock *b);
static RedoStep hash_vacuum_page(const RedoBlock *b);
static RedoStep hash_vacuum_meta(const RedoBlock *b);

static const RedoOp hash_ops[REDO_OPS] = {
    [AT(HASH_INIT_META_PAGE)] = {.refs = {MADE(hash_init_meta)}},
    [AT(HASH_INIT_BITMAP_PAGE)] = {.refs = {MADE(hash_init_bitmap), OLD(hash_init_bitmap_meta)}},
    [AT(HASH_INSERT)] = {.refs = {OLD(hash_insert), OLD(hash_insert_meta)}},
    [AT(HASH_ADD_OVFL_PAGE)] = {.refs = {MADE(hash_overflow_new), OLD(hash_overflow_tail),
                                         OLD(hash_overflow_bitmap), MADE(hash_init_bitmap),
                                         OLD(hash_overflow_meta)}},
    [AT(HASH_SPLIT_ALLOCATE_PAGE)] = {.refs = {OLD(hash_split_old), MADE(hash_split_new),
                                               OLD(hash_split_meta)}},
    [AT(HASH_SPLIT_PAGE)] = {.refs = {OLD(redo_image_only)}},
    [AT(HASH_SPLIT_COMPLETE)] = {.refs = {OLD(hash_split_done), OLD(hash_split_done)}},
    [AT(HASH_MOVE_PAGE_CONTENTS)] = {.refs = {OLD(redo_lock_only), OLD(hash_move_to),
                                              OLD(hash_remove_tuples)}},
    [AT(HASH_SQUEEZE_PAGE)] = {.refs = {OLD(redo_lock_only), OLD(hash_squeeze_to),
                                        OLD(hash_squeeze_freed), OLD(hash_squeeze_prev),
                                        OLD(hash_squeeze_next), OLD(hash_squeeze_bitmap),
                                        OLD(hash_squeeze_meta)}},
    [AT(HASH_DELETE)] = {.refs = {OLD(redo_lock_only), OLD(hash_delete)}},
    [AT(HASH_SPLIT_CLEANUP)] = {.refs = {OLD(hash_split_cleanup)}},
    [AT(HASH_UPDATE_META_PAGE)] = {.refs = {OLD(hash_update_meta)}},
    [AT(HASH_VACUUM_ONE_PAGE)] = {.refs = {OLD(hash_vacuum_page), OLD(hash_vacuum_meta)}},
};

const RedoManager hash_redo = {.opcode_mask = 0xF0, .ops = hash_ops};

static HashSpecial *special_of(uint8_t *page);
static HashSpecial *begin_page(uint8_t *page, uint16_t flags);
static HashMeta *meta_of(uint8_t *page);
static RedoStep set_bitmap_bit(const RedoBlock *b, bool is_used);
static void add_bitmap_page(HashMeta *meta, BlockNo block);
static uint32_t *spares_at_splitpoint(HashMeta *meta);
static void add_tuples(const RedoBlock *b, size_t count, ByteReader *data);
static void clear_flag(uint8_t *page, unsigned flag);
static HashSqueeze read_squeeze(const RedoBlock *b);
static uint32_t bucket_count_for(double tuple_count, uint16_t fill_factor);
static uint32_t splitpoint_of(uint32_t bucket_count);
static uint32_t buckets_at_splitpoint(uint32_t splitpoint);
static unsigned log2_ceil(uint32_t n);

/* ---- A new index ---- */

static RedoStep hash_init_meta(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    double tuple_count;
    uint32_t bucket_count, splitpoint;
    HashMeta *meta;

    byte_reader_copy(&main, &tuple_count, sizeof(tuple_count));
    begin_page(b->page, HASH_META);
    page_set_lower(b->page, PAGE_HEADER_SIZE + sizeof(HashMeta));
    meta = meta_of(b->page);
    meta->magic = HASH_MAGIC;
    meta->version = HASH_VERSION;
    meta->hash_function = byte_reader_u32(&main);
    meta->fill_factor = byte_reader_u16(&main);
    meta->page_bytes = BLOCK_SIZE - PAGE_HEADER_SIZE - sizeof(HashSpecial);
    meta->bitmap_bytes = HASH_BITMAP_BYTES;
    meta->bitmap_shift = (uint16_t)log2_ceil(HASH_BITMAP_BYTES * 8);

    bucket_count = bucket_count_for(tuple_count, meta->fill_factor);
    splitpoint = splitpoint_of(bucket_count);
    meta->max_bucket = bucket_count - 1;
    meta->high_mask = (UINT32_C(1) << log2_ceil(bucket_count + 1)) - 1;
    meta->low_mask = meta->high_mask >> 1;
    meta->splitpoint = splitpoint;
    meta->spares[splitpoint] = 1;
    return STEP_CHANGED;
}

/* A bitmap in which all pages are taken; the server frees bits as it adds pages. */
static RedoStep hash_init_bitmap(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    size_t len = byte_reader_u16(&main);

    begin_page(b->page, HASH_BITMAP);
    if (len > (size_t)page_upper(b->page) - PAGE_HEADER_SIZE)
        redo_misfit("a bitmap of %zu bytes does not fit a page", len);
    memset(b->page + PAGE_HEADER_SIZE, 0xFF, len);
    page_set_lower(b->page, (uint16_t)(PAGE_HEADER_SIZE + len));
    return STEP_CHANGED;
}

static RedoStep hash_init_bitmap_meta(const RedoBlock *b)
{
    HashMeta *meta = meta_of(b->page);

    add_bitmap_page(meta, meta->max_bucket + 2); /* right behind the buckets */
    return STEP_CHANGED;
}

/* ---- Inserts ---- */

static RedoStep hash_insert(const RedoBlock *b)
{
    ByteReader main = redo_main(b), data = redo_data(b);
    size_t len;
    const uint8_t *tuple = redo_take_tuple(&data, PAGE_ALIGN, &len);

    redo_expect_end(&data);
    page_add_item(b->page, tuple, len, byte_reader_u16(&main), PAGE_ADD_INSERT);
    return STEP_CHANGED;
}

static RedoStep hash_insert_meta(const RedoBlock *b)
{
    meta_of(b->page)->tuple_count += 1;
    return STEP_CHANGED;
}

/* ---- Overflow pages ---- */

static RedoStep hash_overflow_new(const RedoBlock *b)
{
    ByteReader data = redo_data(b);
    HashSpecial *special = begin_page(b->page, HASH_OVERFLOW);

    special->prev = redo_ref_block(b, 1);
    special->bucket = byte_reader_u32(&data);
    return STEP_CHANGED;
}

static RedoStep hash_overflow_tail(const RedoBlock *b)
{
    special_of(b->page)->next = redo_ref_block(b, 0);
    return STEP_CHANGED;
}

static RedoStep hash_overflow_bitmap(const RedoBlock *b)
{
    return set_bitmap_bit(b, true);
}

static RedoStep hash_overflow_meta(const RedoBlock *b)
{
    ByteReader main = redo_main(b), data = redo_data(b);
    HashMeta *meta = meta_of(b->page);
    bool is_reused;

    byte_reader_u16(&main);
    is_reused = byte_reader_u8(&main) != 0;
    meta->first_free = byte_reader_u32(&data);
    if (!is_reused) {
        uint32_t *spares = spares_at_splitpoint(meta);

        *spares += 1;
        if (wal_record_ref(b->record, 3) != NULL) {
            add_bitmap_page(meta, redo_ref_block(b, 3));
            *spares += 1;
        }
    }
    return STEP_CHANGED;
}

/* ---- Splits of a bucket ---- */

static RedoStep hash_split_old(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    HashSpecial *special = special_of(b->page);

    special->prev = byte_reader_u32(&main); /* the new bucket is the highest now */
    special->flags = byte_reader_u16(&main);
    return STEP_CHANGED;
}

static RedoStep hash_split_new(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    uint32_t bucket = byte_reader_u32(&main);
    HashSpecial *special;

    byte_reader_u16(&main);
    special = begin_page(b->page, byte_reader_u16(&main));
    special->prev = bucket;
    special->bucket = bucket;
    return STEP_CHANGED;
}

static RedoStep hash_split_meta(const RedoBlock *b)
{
    ByteReader main = redo_main(b), data = redo_data(b);
    HashMeta *meta = meta_of(b->page);
    unsigned flags;

    meta->max_bucket = byte_reader_u32(&main);
    byte_reader_take(&main, 4);
    flags = byte_reader_u8(&main);
    if ((flags & SPLIT_HAS_MASKS) != 0) {
        meta->low_mask = byte_reader_u32(&data);
        meta->high_mask = byte_reader_u32(&data);
    }
    if ((flags & SPLIT_HAS_SPLITPOINT) != 0) {
        meta->splitpoint = byte_reader_u32(&data);
        *spares_at_splitpoint(meta) = byte_reader_u32(&data);
    }
    return STEP_CHANGED;
}

/* Old bucket's flags, then the new one's; the references are in the same order. */
static RedoStep hash_split_done(const RedoBlock *b)
{
    ByteReader main = redo_main(b);

    byte_reader_take(&main, b->touch->ref_id == 0 ? 0 : sizeof(uint16_t));
    special_of(b->page)->flags = byte_reader_u16(&main);
    return STEP_CHANGED;
}

static RedoStep hash_split_cleanup(const RedoBlock *b)
{
    clear_flag(b->page, HASH_NEEDS_SPLIT_CLEANUP);
    return STEP_CHANGED;
}

/* ---- Tuples move to earlier pages of their chain, and the last page is freed ---- */

static RedoStep hash_move_to(const RedoBlock *b)
{
    ByteReader main = redo_main(b), data = redo_data(b);

    add_tuples(b, byte_reader_u16(&main), &data);
    return STEP_CHANGED;
}

static RedoStep hash_remove_tuples(const RedoBlock *b)
{
    ByteReader data = redo_data(b);
    OffsetNo offnums[PAGE_ITEM_MAX];
    size_t count = byte_reader_left(&data) / sizeof(OffsetNo);

    if (count == 0)
        redo_misfit("the record does not say which tuples go");
    redo_read_offsets(&data, offnums, count, ARRAY_LEN(offnums));
    page_index_multi_delete(b->page, offnums, count);
    return STEP_CHANGED;
}

static RedoStep hash_squeeze_to(const RedoBlock *b)
{
    HashSqueeze squeeze = read_squeeze(b);
    ByteReader data = redo_data(b);

    add_tuples(b, squeeze.tuple_count, &data);
    if (squeeze.is_prev_written)
        special_of(b->page)->next = squeeze.next;
    else if (squeeze.tuple_count == 0)
        return STEP_UNCHANGED;
    return STEP_CHANGED;
}

static RedoStep hash_squeeze_freed(const RedoBlock *b)
{
    begin_page(b->page, HASH_UNUSED);
    return STEP_CHANGED;
}

static RedoStep hash_squeeze_prev(const RedoBlock *b)
{
    special_of(b->page)->next = read_squeeze(b).next;
    return STEP_CHANGED;
}

static RedoStep hash_squeeze_next(const RedoBlock *b)
{
    special_of(b->page)->prev = read_squeeze(b).prev;
    return STEP_CHANGED;
}

static RedoStep hash_squeeze_bitmap(const RedoBlock *b)
{
    return set_bitmap_bit(b, false);
}

static RedoStep hash_squeeze_meta(const RedoBlock *b)
{
    ByteReader data = redo_data(b);

    meta_of(b->page)->first_free = byte_reader_u32(&data);
    return STEP_CHANGED;
}

static HashSqueeze read_squeeze(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    HashSqueeze squeeze;

    squeeze.prev = byte_reader_u32(&main);
    squeeze.next = byte_reader_u32(&main);
    squeeze.tuple_count = byte_reader_u16(&main);
    byte_reader_u8(&main); /* whether the page written to is the primary one */
    squeeze.is_prev_written = byte_reader_u8(&main) != 0;
    return squeeze;
}

/* ---- Removing tuples ---- */

static RedoStep hash_delete(const RedoBlock *b)
{
    ByteReader main = redo_main(b);

    hash_remove_tuples(b);
    if (byte_reader_u8(&main) != 0)
        clear_flag(b->page, HASH_HAS_DEAD_TUPLES);
    return STEP_CHANGED;
}

static RedoStep hash_update_meta(const RedoBlock *b)
{
    ByteReader main = redo_main(b);

    byte_reader_copy(&main, &meta_of(b->page)->tuple_count, sizeof(double));
    return STEP_CHANGED;
}

static RedoStep hash_vacuum_page(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    OffsetNo offnums[PAGE_ITEM_MAX];
    size_t count;

    byte_reader_u32(&main);
    count = byte_reader_u32(&main);
    redo_read_offsets(&main, offnums, count, ARRAY_LEN(offnums));
    page_index_multi_delete(b->page, offnums, count);
    clear_flag(b->page, HASH_HAS_DEAD_TUPLES);
    return STEP_CHANGED;
}

static RedoStep hash_vacuum_meta(const RedoBlock *b)
{
    ByteReader main = redo_main(b);

    byte_reader_u32(&main);
    meta_of(b->page)->tuple_count -= byte_reader_u32(&main);
    return STEP_CHANGED;
}

/* ---- Pages ---- */

static HashSpecial *special_of(uint8_t *page)
{
    return (HashSpecial *)page_special_area_rw(page, sizeof(HashSpecial));
}

static HashSpecial *begin_page(uint8_t *page, uint16_t flags)
{
    HashSpecial *special;

    page_init(page, sizeof(HashSpecial));
    special = special_of(page);
    *special = (HashSpecial){.prev = BLOCK_NONE,
                             .next = BLOCK_NONE,
                             .bucket = HASH_NO_BUCKET,
                             .flags = flags,
                             .page_id = HASH_PAGE_ID};
    return special;
}

static HashMeta *meta_of(uint8_t *page)
{
    if (page_lower(page) < PAGE_HEADER_SIZE + sizeof(HashMeta))
        redo_misfit("the page is no metapage of a hash index");
    return (HashMeta *)(page + PAGE_HEADER_SIZE);
}

/* Note of the overflow page whose bit the block's data name whether it is in use. */
static RedoStep set_bitmap_bit(const RedoBlock *b, bool is_used)
{
    ByteReader data = redo_data(b);
    uint32_t bit = byte_reader_u32(&data);
    unsigned mask = 1u << bit % 8;
    uint8_t *byte;

    if (PAGE_HEADER_SIZE + bit / 8 >= page_lower(b->page))
        redo_misfit("the bitmap page has no bit %u", bit);
    byte = b->page + PAGE_HEADER_SIZE + bit / 8;
    *byte = (uint8_t)(is_used ? *byte | mask : *byte & ~mask);
    return STEP_CHANGED;
}

static void add_bitmap_page(HashMeta *meta, BlockNo block)
{
    if (meta->bitmap_page_count >= HASH_BITMAP_PAGE_MAX)
        redo_misfit("the hash index has %u bitmap pages already", meta->bitmap_page_count);
    meta->bitmap_pages[meta->bitmap_page_count++] = block;
}

static uint32_t *spares_at_splitpoint(HashMeta *meta)
{
    if (meta->splitpoint >= HASH_SPLITPOINT_MAX)
        redo_misfit("no hash index has a splitpoint %u", meta->splitpoint);
    return &meta->spares[meta->splitpoint];
}

/* Their line pointers come first in the data, then the tuples. */
static void add_tuples(const RedoBlock *b, size_t count, ByteReader *data)
{
    OffsetNo offnums[PAGE_ITEM_MAX];

    redo_read_offsets(data, offnums, count, ARRAY_LEN(offnums));
    for (size_t i = 0; i < count; i++) {
        size_t len;
        const uint8_t *tuple = redo_take_tuple(data, PAGE_ALIGN, &len);

        page_add_item(b->page, tuple, len, offnums[i], PAGE_ADD_INSERT);
    }
    redo_expect_end(data);
}

static void clear_flag(uint8_t *page, unsigned flag)
{
    HashSpecial *special = special_of(page);

    special->flags = (uint16_t)(special->flags & ~flag);
}

/* ---- How many buckets an index begins with ---- */

/*
 * Buckets come in groups that double the table; from the tenth group on a group comes in four
 * phases of equal size. A splitpoint is the number of such a step.
 */
#define GROUPS_WITH_ONE_PHASE 10
#define PHASES_PER_GROUP      4

static uint32_t bucket_count_for(double tuple_count, uint16_t fill_factor)
{
    double wanted = fill_factor == 0 ? 0 : tuple_count / fill_factor;

    if (!(wanted > 2))
        return 2;
    if (wanted >= (double)0x40000000)
        return 0x40000000;
    return buckets_at_splitpoint(splitpoint_of((uint32_t)wanted));
}

/* The step that holds the last of so many buckets. */
static uint32_t splitpoint_of(uint32_t bucket_count)
{
    unsigned group = log2_ceil(bucket_count);
    uint32_t phase;

    if (group < GROUPS_WITH_ONE_PHASE)
        return group;
    phase = (bucket_count - 1) >> (group - 3) & (PHASES_PER_GROUP - 1);
    return GROUPS_WITH_ONE_PHASE + (group - GROUPS_WITH_ONE_PHASE) * PHASES_PER_GROUP + phase;
}

/* How many buckets there are once the step is done. */
static uint32_t buckets_at_splitpoint(uint32_t splitpoint)
{
    uint32_t group, phase, before;

    if (splitpoint < GROUPS_WITH_ONE_PHASE)
        return UINT32_C(1) << splitpoint;
    group = GROUPS_WITH_ONE_PHASE + (splitpoint - GROUPS_WITH_ONE_PHASE) / PHASES_PER_GROUP;
    phase = (splitpoint - GROUPS_WITH_ONE_PHASE) % PHASES_PER_GROUP;
    before = UINT32_C(1) << (group - 1);
    return before + before / PHASES_PER_GROUP * (phase + 1);
}

/* The smallest power of two that is n or more, as an exponent. */
static unsigned log2_ceil(uint32_t n)
{
    unsigned log = 0;

    while (log < 31 && (UINT32_C(1) << log) < n)
        log++;
    return log;
}
