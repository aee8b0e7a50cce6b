/*
 * gin.c - GIN indexes: resource manager Gin
 *
 * Splits and vacuums of the entry tree come as images only. A leaf of a posting tree changes by a
 * list of actions on its compressed lists of TIDs, which are numbered as they were before.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/format/gin_page.h"
#include "common/format/index_tuple.h"
#include "common/format/page.h"
#include "common/redo/gin_list.h"
#include "common/redo/redo_int.h"
#include "common/walrec/rmgr.h"

#define GIN_IS_DATA 0x01 /* flags of an insert: a page of a posting tree */
#define GIN_IS_LEAF 0x02

enum { ACTION_DELETE = 1, ACTION_INSERT = 2, ACTION_REPLACE = 3, ACTION_ADD_ITEMS = 4 };

typedef struct GinMetaUpdate {
    const uint8_t *meta;
    BlockNo new_right_link;
    int32_t tuple_count;
} GinMetaUpdate;

/* A leaf on its way to become another. */
typedef struct LeafChange {
    ByteReader old;    /* its lists that were not looked at yet */
    size_t old_number; /* of the first of them */
    size_t len, room;  /* of the lists that the leaf will have, in bytes */
    uint8_t bytes[BLOCK_SIZE];
} LeafChange;

static RedoStep gin_create_tree(const RedoBlock *b);
static RedoStep gin_insert(const RedoBlock *b);
static RedoStep gin_finish_split(const RedoBlock *b);
static RedoStep gin_vacuum_leaf(const RedoBlock *b);
static RedoStep gin_delete_page(const RedoBlock *b);
static RedoStep gin_delete_parent(const RedoBlock *b);
static RedoStep gin_delete_left(const RedoBlock *b);
static RedoStep gin_update_meta(const RedoBlock *b);
static RedoStep gin_update_tail(const RedoBlock *b);
static RedoStep gin_make_list_page(const RedoBlock *b);
static RedoStep gin_delete_list_meta(const RedoBlock *b);
static RedoStep gin_delete_list_page(const RedoBlock *b);

static const RedoOp gin_ops[REDO_OPS] = {
    [AT(GIN_CREATE_PTREE)] = {.refs = {MADE(gin_create_tree)}},
    [AT(GIN_INSERT)] = {.refs = {OLD(gin_insert), OLD(gin_finish_split)}},
    [AT(GIN_SPLIT)] = {.refs = {OLD(redo_image_only), OLD(redo_image_only), OLD(redo_image_only),
                                OLD(gin_finish_split)}},
    [AT(GIN_VACUUM_PAGE)] = {.refs = {OLD(redo_image_only)}},
    [AT(GIN_DELETE_PAGE)] = {.refs = {OLD(gin_delete_page), OLD(gin_delete_parent),
                                      OLD(gin_delete_left)}},
    [AT(GIN_UPDATE_META_PAGE)] = {.refs = {MADE(gin_update_meta), OLD(gin_update_tail)}},
    [AT(GIN_INSERT_LISTPAGE)] = {.refs = {MADE(gin_make_list_page)}},
    [AT(GIN_DELETE_LISTPAGE)] = {.refs = {MADE(gin_delete_list_meta)},
                                 .rest = MADE(gin_delete_list_page)},
    [AT(GIN_VACUUM_DATA_LEAF_PAGE)] = {.refs = {OLD(gin_vacuum_leaf)}},
};

const RedoManager gin_redo = {.opcode_mask = 0xF0, .ops = gin_ops};

static GinSpecial *special_of(uint8_t *page);
static GinSpecial *begin_page(uint8_t *page, uint16_t flags);
static size_t data_room(const uint8_t *page);
static void set_data_len(uint8_t *page, size_t len);
static void make_meta(uint8_t *page, const uint8_t *meta);
static void insert_entry(const RedoBlock *b, BlockNo right_child);
static void insert_downlink(const RedoBlock *b, BlockNo right_child);
static void recompress(const RedoBlock *b, ByteReader *actions);
static void compress_old_leaf(uint8_t *page);
static void apply_action(LeafChange *c, unsigned action, ByteReader *actions);
static const uint8_t *take_old_list(LeafChange *c, size_t *len);
static void leaf_add(LeafChange *c, const uint8_t *list, size_t len);
static GinDownlink *downlink_at(uint8_t *page, size_t number, size_t count);
static GinMetaUpdate read_meta_update(const RedoBlock *b);

/* ---- Entry tree and posting trees ---- */

static RedoStep gin_create_tree(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    size_t len = byte_reader_u32(&main);

    begin_page(b->page, GIN_DATA | GIN_LEAF | GIN_COMPRESSED);
    set_data_len(b->page, len);
    byte_reader_copy(&main, b->page + GIN_DATA_AT, len);
    return STEP_CHANGED;
}

/* On an inner page, the insert gives a new right child its downlink. */
static RedoStep gin_insert(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    unsigned flags = byte_reader_u16(&main);
    BlockNo right_child = BLOCK_NONE;

    if ((flags & GIN_IS_LEAF) == 0) {
        byte_reader_take(&main, 4); /* left child */
        right_child = (BlockNo)byte_reader_u16(&main) << 16;
        right_child |= byte_reader_u16(&main);
    }
    if ((flags & GIN_IS_DATA) == 0) {
        insert_entry(b, right_child);
    } else if ((flags & GIN_IS_LEAF) != 0) {
        ByteReader data = redo_data(b);

        recompress(b, &data);
    } else {
        insert_downlink(b, right_child);
    }
    return STEP_CHANGED;
}

static void insert_entry(const RedoBlock *b, BlockNo right_child)
{
    ByteReader data = redo_data(b);
    OffsetNo offnum = byte_reader_u16(&data);
    bool is_replace = byte_reader_u8(&data) != 0;
    const uint8_t *tuple;
    size_t len;

    byte_reader_u8(&data); /* padding */
    tuple = redo_take_tuple(&data, 1, &len);
    if (right_child != BLOCK_NONE) {
        Tid tid = tid_make(right_child, 0);
        size_t old_len;
        uint8_t *old = page_get_item_rw(b->page, offnum, &old_len);

        if (old_len < INDEX_TUPLE_HEADER_SIZE)
            redo_misfit("index tuple %u is shorter than its header", offnum);
        memcpy(old, &tid, sizeof(tid));
    }
    if (is_replace)
        page_index_tuple_delete(b->page, offnum);
    page_add_item(b->page, tuple, len, offnum, PAGE_ADD_INSERT);
}

/* The downlink that was there now leads to the right half, the new one to the left. */
static void insert_downlink(const RedoBlock *b, BlockNo right_child)
{
    ByteReader data = redo_data(b);
    size_t number = byte_reader_u16(&data);
    GinSpecial *special = special_of(b->page);
    size_t count = special->item_count;
    GinDownlink *link = downlink_at(b->page, number, count);

    set_data_len(b->page, (count + 1) * sizeof(GinDownlink));
    link->block_high = (uint16_t)(right_child >> 16);
    link->block_low = (uint16_t)right_child;
    memmove(link + 1, link, (count + 1 - number) * sizeof(GinDownlink));
    byte_reader_copy(&data, link, sizeof(*link));
    special->item_count++;
}

/* The left half of a split whose right half has its downlink now. */
static RedoStep gin_finish_split(const RedoBlock *b)
{
    GinSpecial *special = special_of(b->page);

    special->flags = (uint16_t)(special->flags & ~(unsigned)GIN_INCOMPLETE_SPLIT);
    return STEP_CHANGED;
}

static RedoStep gin_vacuum_leaf(const RedoBlock *b)
{
    ByteReader data = redo_data(b);

    recompress(b, &data);
    return STEP_CHANGED;
}

static void recompress(const RedoBlock *b, ByteReader *actions)
{
    size_t action_count = byte_reader_u16(actions);
    uint8_t *page = b->page;
    LeafChange change; /* bytes stay as they are until they are written */

    if ((special_of(page)->flags & GIN_COMPRESSED) == 0)
        compress_old_leaf(page);
    if (page_lower(page) < GIN_DATA_AT)
        redo_misfit("the page is no leaf of a posting tree");
    change.old_number = 0;
    change.len = 0;
    change.room = data_room(page);
    change.old =
        byte_reader(page + GIN_DATA_AT, (size_t)page_lower(page) - GIN_DATA_AT, "posting lists");

    for (size_t i = 0; i < action_count; i++) {
        size_t number = byte_reader_u8(actions);

        if (number < change.old_number)
            redo_misfit("actions on posting lists are not in order");
        while (change.old_number < number) {
            size_t len;
            const uint8_t *list = take_old_list(&change, &len);

            leaf_add(&change, list, len);
        }
        apply_action(&change, byte_reader_u8(actions), actions);
    }
    leaf_add(&change, change.old.pos, byte_reader_left(&change.old));
    memcpy(page + GIN_DATA_AT, change.bytes, change.len);
    set_data_len(page, change.len);
}

/* One action, on the old list that comes next, or before it. */
static void apply_action(LeafChange *c, unsigned action, ByteReader *actions)
{
    const uint8_t *list;
    size_t len, count;

    switch (action) {
    case ACTION_DELETE:
        take_old_list(c, &len);
        break;
    case ACTION_INSERT:
        list = gin_list_take(actions, &len);
        leaf_add(c, list, len);
        break;
    case ACTION_REPLACE:
        list = gin_list_take(actions, &len);
        leaf_add(c, list, len);
        take_old_list(c, &len);
        break;
    case ACTION_ADD_ITEMS:
        list = take_old_list(c, &len);
        count = byte_reader_u16(actions);
        c->len += gin_list_merge(list, byte_reader_take(actions, count * sizeof(Tid)), count,
                                 c->bytes + c->len, c->room - c->len);
        break;
    default:
        redo_misfit("no action %u on a posting list is known", action);
    }
}

static const uint8_t *take_old_list(LeafChange *c, size_t *len)
{
    c->old_number++;
    return gin_list_take(&c->old, len);
}

/* A leaf from before 9.4, with plain TIDs, is brought to one compressed list. */
static void compress_old_leaf(uint8_t *page)
{
    GinSpecial *special = special_of(page);
    size_t count = special->item_count, room = (size_t)page_special(page) - GIN_DATA_AT, len = 0;
    uint8_t list[BLOCK_SIZE];

    if (page_special(page) < GIN_DATA_AT || count * sizeof(Tid) > room)
        redo_misfit("a page cannot have %zu TIDs", count);
    if (count > 0)
        len = gin_list_merge(NULL, page + GIN_DATA_AT, count, list, room);
    memcpy(page + GIN_DATA_AT, list, len);
    set_data_len(page, len);
    special->flags |= GIN_COMPRESSED;
    special->item_count = 0;
}

static void leaf_add(LeafChange *c, const uint8_t *list, size_t len)
{
    if (len > c->room - c->len)
        redo_misfit("posting lists do not fit the page");
    memcpy(c->bytes + c->len, list, len);
    c->len += len;
}

/* ---- Deleting a page of a posting tree ---- */

static RedoStep gin_delete_page(const RedoBlock *b)
{
    ByteReader main = redo_main(b);

    byte_reader_take(&main, 8);
    special_of(b->page)->flags |= GIN_DELETED;
    page_set_prune_xid(b->page, byte_reader_u32(&main)); /* here: when it was deleted */
    return STEP_CHANGED;
}

static RedoStep gin_delete_parent(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    size_t number = byte_reader_u16(&main);
    GinSpecial *special = special_of(b->page);
    size_t count = special->item_count;
    GinDownlink *link = downlink_at(b->page, number, count);

    if (number > count)
        redo_misfit("there is no downlink %zu to remove", number);
    memmove(link, link + 1, (count - number) * sizeof(GinDownlink));
    special->item_count--;
    set_data_len(b->page, (count - 1) * sizeof(GinDownlink));
    return STEP_CHANGED;
}

static RedoStep gin_delete_left(const RedoBlock *b)
{
    ByteReader main = redo_main(b);

    byte_reader_take(&main, 4);
    special_of(b->page)->right_link = byte_reader_u32(&main);
    return STEP_CHANGED;
}

/* ---- The pending list ---- */

static RedoStep gin_update_meta(const RedoBlock *b)
{
    make_meta(b->page, read_meta_update(b).meta);
    return STEP_CHANGED;
}

/* The list's last page: a row's entries are added to it, or it gets a right neighbour. */
static RedoStep gin_update_tail(const RedoBlock *b)
{
    GinMetaUpdate update = read_meta_update(b);
    GinSpecial *special = special_of(b->page);
    ByteReader data = redo_data(b);

    if (update.tuple_count <= 0) {
        special->right_link = update.new_right_link;
        return STEP_CHANGED;
    }
    if (redo_add_tuples(b->page, &data) != (size_t)update.tuple_count)
        redo_misfit("the record does not hold the %d entries it announces", update.tuple_count);
    special->item_count++;
    return STEP_CHANGED;
}

static RedoStep gin_make_list_page(const RedoBlock *b)
{
    ByteReader main = redo_main(b), data = redo_data(b);
    GinSpecial *special = begin_page(b->page, GIN_LIST);
    int32_t tuple_count;

    special->right_link = byte_reader_u32(&main);
    tuple_count = (int32_t)byte_reader_u32(&main);
    if (special->right_link == BLOCK_NONE) {
        special->flags |= GIN_LIST_FULL_ROW;
        special->item_count = 1;
    }
    if (tuple_count < 0 || redo_add_tuples(b->page, &data) != (size_t)tuple_count)
        redo_misfit("the record does not hold the %d entries it announces", tuple_count);
    return STEP_CHANGED;
}

static RedoStep gin_delete_list_meta(const RedoBlock *b)
{
    ByteReader main = redo_main(b);

    make_meta(b->page, byte_reader_take(&main, GIN_META_SIZE));
    return STEP_CHANGED;
}

static RedoStep gin_delete_list_page(const RedoBlock *b)
{
    begin_page(b->page, GIN_DELETED);
    return STEP_CHANGED;
}

static GinMetaUpdate read_meta_update(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    GinMetaUpdate update;

    byte_reader_take(&main, 16); /* the relation, padding */
    update.meta = byte_reader_take(&main, GIN_META_SIZE);
    byte_reader_u32(&main); /* the tail before */
    update.new_right_link = byte_reader_u32(&main);
    update.tuple_count = (int32_t)byte_reader_u32(&main);
    return update;
}

/* ---- Pages ---- */

static GinSpecial *special_of(uint8_t *page)
{
    return (GinSpecial *)page_special_area_rw(page, sizeof(GinSpecial));
}

static GinSpecial *begin_page(uint8_t *page, uint16_t flags)
{
    GinSpecial *special;

    page_init(page, sizeof(GinSpecial));
    special = special_of(page);
    special->right_link = BLOCK_NONE;
    special->flags = flags;
    return special;
}

/* Bytes that a posting-tree page can hold behind its right bound. */
static size_t data_room(const uint8_t *page)
{
    if (page_upper(page) < GIN_DATA_AT)
        redo_misfit("the page is none of a posting tree");
    return (size_t)page_upper(page) - GIN_DATA_AT;
}

/* How much of that is used; raises when it does not fit. */
static void set_data_len(uint8_t *page, size_t len)
{
    if (len > data_room(page))
        redo_misfit("%zu bytes do not fit a page of a posting tree", len);
    page_set_lower(page, (uint16_t)(GIN_DATA_AT + len));
}

static void make_meta(uint8_t *page, const uint8_t *meta)
{
    begin_page(page, GIN_META);
    memcpy(page + PAGE_HEADER_SIZE, meta, GIN_META_SIZE);
    page_set_lower(page, PAGE_HEADER_SIZE + GIN_META_SIZE);
}

/* A downlink that is there, by its number from 1, or the place behind the last. */
static GinDownlink *downlink_at(uint8_t *page, size_t number, size_t count)
{
    if (number == 0 || number > count + 1 ||
        GIN_DATA_AT + count * sizeof(GinDownlink) > page_special(page))
        redo_misfit("the page has %zu downlinks, not %zu", count, number);
    return (GinDownlink *)(page + GIN_DATA_AT) + (number - 1);
}
