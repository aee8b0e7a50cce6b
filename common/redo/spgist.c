/*
 * spgist.c - SP-GiST indexes: resource manager SPGist
 *
 * All of a record is in its main data; a reference only says which page. Several pages of a record
 * may be one and the same: then it has one reference, and what the others would have done is done
 * there.
 *
 * A tuple that goes leaves a dead tuple at its line pointer, because others count on the numbers.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/format/index_tuple.h"
#include "common/format/page.h"
#include "common/format/spgist_page.h"
#include "common/redo/redo_int.h"
#include "common/walrec/rmgr.h"

/* What a dead tuple is made of, beside its state. */
typedef struct DeadMaker {
    Xid xid;
    bool is_build; /* nobody else looks: placeholders will do where redirections would be left */
} DeadMaker;

/* Where the downlink to a tuple is: in a node of an inner tuple on the parent's page. */
typedef struct ParentLink {
    OffsetNo offnum; /* 0: there is none */
    uint16_t node;
} ParentLink;

/* Line pointer numbers that a record lists, at any address. */
typedef struct Offsets {
    const uint8_t *bytes;
    size_t count;
} Offsets;

typedef struct AddLeaf {
    bool is_new_page, is_nulls;
    OffsetNo offnum;
    OffsetNo head_offnum; /* of the chain that the leaf joins; offnum itself: a dead one's place */
    ParentLink parent;
    const uint8_t *tuple;
    size_t len;
} AddLeaf;

typedef struct MoveLeafs {
    bool is_new_page, is_nulls;
    ParentLink parent;
    DeadMaker maker;
    Offsets from, to;
    ByteReader tuples; /* one for each number in to */
} MoveLeafs;

typedef struct AddNode {
    OffsetNo offnum, new_offnum;
    bool is_new_page;
    int8_t parent_ref; /* reference with the parent's page; -1: it does not change */
    ParentLink parent;
    DeadMaker maker;
    const uint8_t *tuple;
    size_t len;
} AddNode;

typedef struct SplitTuple {
    OffsetNo prefix_offnum, postfix_offnum;
    bool is_new_page, is_same_page;
    const uint8_t *prefix, *postfix;
    size_t prefix_len, postfix_len;
} SplitTuple;

typedef struct PickSplit {
    bool is_new_source, is_new_dest, is_new_inner, is_nulls;
    OffsetNo inner_offnum;
    bool is_inner_parent; /* the parent's page is that of the new inner tuple */
    ParentLink parent;
    DeadMaker maker;
    Offsets deleted, inserted;
    const uint8_t *is_to_dest; /* a byte for each inserted tuple */
    const uint8_t *inner;
    size_t inner_len;
    ByteReader tuples;
} PickSplit;

static RedoStep spgist_add_leaf(const RedoBlock *b);
static RedoStep spgist_add_leaf_parent(const RedoBlock *b);
static RedoStep spgist_move_from(const RedoBlock *b);
static RedoStep spgist_move_to(const RedoBlock *b);
static RedoStep spgist_move_parent(const RedoBlock *b);
static RedoStep spgist_add_node_old(const RedoBlock *b);
static RedoStep spgist_add_node_new(const RedoBlock *b);
static RedoStep spgist_add_node_parent(const RedoBlock *b);
static RedoStep spgist_split_prefix(const RedoBlock *b);
static RedoStep spgist_split_postfix(const RedoBlock *b);
static RedoStep spgist_pick_source(const RedoBlock *b);
static RedoStep spgist_pick_dest(const RedoBlock *b);
static RedoStep spgist_pick_inner(const RedoBlock *b);
static RedoStep spgist_pick_parent(const RedoBlock *b);
static RedoStep spgist_vacuum_leaf(const RedoBlock *b);
static RedoStep spgist_vacuum_root(const RedoBlock *b);
static RedoStep spgist_vacuum_redirect(const RedoBlock *b);

static const RedoOp spgist_ops[REDO_OPS] = {
    [AT(SPGIST_ADD_LEAF)] = {.refs = {EITHER(spgist_add_leaf), OLD(spgist_add_leaf_parent)}},
    [AT(SPGIST_MOVE_LEAFS)] = {.refs = {OLD(spgist_move_from), EITHER(spgist_move_to),
                                        OLD(spgist_move_parent)}},
    [AT(SPGIST_ADD_NODE)] = {.refs = {OLD(spgist_add_node_old), EITHER(spgist_add_node_new),
                                      OLD(spgist_add_node_parent)}},
    [AT(SPGIST_SPLIT_TUPLE)] = {.refs = {OLD(spgist_split_prefix), EITHER(spgist_split_postfix)}},
    [AT(SPGIST_PICKSPLIT)] = {.refs = {EITHER(spgist_pick_source), EITHER(spgist_pick_dest),
                                       EITHER(spgist_pick_inner), OLD(spgist_pick_parent)}},
    [AT(SPGIST_VACUUM_LEAF)] = {.refs = {OLD(spgist_vacuum_leaf)}},
    [AT(SPGIST_VACUUM_ROOT)] = {.refs = {OLD(spgist_vacuum_root)}},
    [AT(SPGIST_VACUUM_REDIRECT)] = {.refs = {OLD(spgist_vacuum_redirect)}},
};

const RedoManager spgist_redo = {.opcode_mask = 0xF0, .ops = spgist_ops};

static AddLeaf read_add_leaf(const RedoBlock *b);
static MoveLeafs read_move_leafs(const RedoBlock *b);
static AddNode read_add_node(const RedoBlock *b);
static SplitTuple read_split_tuple(const RedoBlock *b);
static PickSplit read_pick_split(const RedoBlock *b);
static ParentLink read_parent(ByteReader *r);
static DeadMaker read_dead_maker(ByteReader *r);
static Offsets take_offsets(ByteReader *r, size_t count);
static OffsetNo offset_at(const Offsets *offsets, size_t i);
static const uint8_t *take_leaf(ByteReader *r, size_t *len);
static const uint8_t *take_inner(ByteReader *r, size_t *len);

static void begin_page(const RedoBlock *b, bool is_new, unsigned flags);
static SpgistSpecial *special_of(uint8_t *page);
static SpgistDeadTuple *dead_at(uint8_t *page, OffsetNo offnum);
static void put_tuple(uint8_t *page, const uint8_t *tuple, size_t len, OffsetNo offnum);
static void replace_tuple(uint8_t *page, const void *tuple, size_t len, OffsetNo offnum);
static void set_link(uint8_t *page, ParentLink link, BlockNo block, OffsetNo offnum);
static void set_next(uint8_t *page, OffsetNo offnum, OffsetNo next);
static SpgistDeadTuple make_dead(const DeadMaker *maker, SpgistState state, BlockNo block,
                                 OffsetNo offnum);
static void kill_tuples(uint8_t *page, const Offsets *offsets, SpgistState first, SpgistState rest,
                        const DeadMaker *maker, BlockNo block, OffsetNo offnum);
static void count_dead(uint8_t *page, SpgistState state, int by);

/* ---- A leaf comes ---- */

static RedoStep spgist_add_leaf(const RedoBlock *b)
{
    AddLeaf add = read_add_leaf(b);

    begin_page(b, add.is_new_page, SPGIST_LEAF | (add.is_nulls ? SPGIST_NULLS : 0));
    if (add.offnum == add.head_offnum) {
        replace_tuple(b->page, add.tuple, add.len, add.offnum);
        return STEP_CHANGED;
    }
    put_tuple(b->page, add.tuple, add.len, add.offnum);
    if (add.head_offnum != 0)
        set_next(b->page, add.head_offnum, add.offnum);
    return STEP_CHANGED;
}

static RedoStep spgist_add_leaf_parent(const RedoBlock *b)
{
    AddLeaf add = read_add_leaf(b);

    set_link(b->page, add.parent, redo_ref_block(b, 0), add.offnum);
    return STEP_CHANGED;
}

static AddLeaf read_add_leaf(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    AddLeaf add;

    add.is_new_page = byte_reader_u8(&main) != 0;
    add.is_nulls = byte_reader_u8(&main) != 0;
    add.offnum = byte_reader_u16(&main);
    add.head_offnum = byte_reader_u16(&main);
    add.parent = read_parent(&main);
    add.tuple = take_leaf(&main, &add.len);
    return add;
}

/* ---- A chain of leaves moves to another page ---- */

static RedoStep spgist_move_from(const RedoBlock *b)
{
    MoveLeafs move = read_move_leafs(b);
    SpgistState first = move.maker.is_build ? SPGIST_PLACEHOLDER : SPGIST_REDIRECT;

    kill_tuples(b->page, &move.from, first, SPGIST_PLACEHOLDER, &move.maker, redo_ref_block(b, 1),
                offset_at(&move.to, move.to.count - 1));
    return STEP_CHANGED;
}

static RedoStep spgist_move_to(const RedoBlock *b)
{
    MoveLeafs move = read_move_leafs(b);

    begin_page(b, move.is_new_page, SPGIST_LEAF | (move.is_nulls ? SPGIST_NULLS : 0));
    for (size_t i = 0; i < move.to.count; i++) {
        size_t len;
        const uint8_t *tuple = take_leaf(&move.tuples, &len);

        put_tuple(b->page, tuple, len, offset_at(&move.to, i));
    }
    return STEP_CHANGED;
}

static RedoStep spgist_move_parent(const RedoBlock *b)
{
    MoveLeafs move = read_move_leafs(b);

    set_link(b->page, move.parent, redo_ref_block(b, 1), offset_at(&move.to, move.to.count - 1));
    return STEP_CHANGED;
}

static MoveLeafs read_move_leafs(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    size_t count = byte_reader_u16(&main);
    bool is_dead_replaced;
    MoveLeafs move;

    move.is_new_page = byte_reader_u8(&main) != 0;
    is_dead_replaced = byte_reader_u8(&main) != 0;
    move.is_nulls = byte_reader_u8(&main) != 0;
    byte_reader_u8(&main); /* padding */
    move.parent = read_parent(&main);
    byte_reader_u16(&main); /* padding */
    move.maker = read_dead_maker(&main);
    move.from = take_offsets(&main, count);
    move.to = take_offsets(&main, is_dead_replaced ? 1 : count + 1);
    move.tuples = main;
    return move;
}

/* ---- An inner tuple gets a node, and may have to move ---- */

static RedoStep spgist_add_node_old(const RedoBlock *b)
{
    AddNode add = read_add_node(b);
    SpgistState state = add.maker.is_build ? SPGIST_PLACEHOLDER : SPGIST_REDIRECT;
    SpgistDeadTuple dead;
    BlockNo new_block;

    if (wal_record_ref(b->record, 1) == NULL) {
        replace_tuple(b->page, add.tuple, add.len, add.offnum);
        return STEP_CHANGED;
    }
    new_block = redo_ref_block(b, 1);
    dead = make_dead(&add.maker, state, new_block, add.new_offnum);
    replace_tuple(b->page, &dead, sizeof(dead), add.offnum);
    count_dead(b->page, state, 1);
    if (add.parent_ref == 0)
        set_link(b->page, add.parent, new_block, add.new_offnum);
    return STEP_CHANGED;
}

static RedoStep spgist_add_node_new(const RedoBlock *b)
{
    AddNode add = read_add_node(b);

    begin_page(b, add.is_new_page, 0);
    put_tuple(b->page, add.tuple, add.len, add.new_offnum);
    if (add.parent_ref == 1)
        set_link(b->page, add.parent, b->touch->tag.block, add.new_offnum);
    return STEP_CHANGED;
}

static RedoStep spgist_add_node_parent(const RedoBlock *b)
{
    AddNode add = read_add_node(b);

    if (add.parent_ref != 2)
        return STEP_UNCHANGED;
    set_link(b->page, add.parent, redo_ref_block(b, 1), add.new_offnum);
    return STEP_CHANGED;
}

static AddNode read_add_node(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    AddNode add;

    add.offnum = byte_reader_u16(&main);
    add.new_offnum = byte_reader_u16(&main);
    add.is_new_page = byte_reader_u8(&main) != 0;
    add.parent_ref = (int8_t)byte_reader_u8(&main);
    add.parent = read_parent(&main);
    byte_reader_u16(&main); /* padding */
    add.maker = read_dead_maker(&main);
    add.tuple = take_inner(&main, &add.len);
    return add;
}

/* ---- An inner tuple becomes two, one with the common prefix ---- */

static RedoStep spgist_split_prefix(const RedoBlock *b)
{
    SplitTuple split = read_split_tuple(b);

    replace_tuple(b->page, split.prefix, split.prefix_len, split.prefix_offnum);
    if (split.is_same_page)
        put_tuple(b->page, split.postfix, split.postfix_len, split.postfix_offnum);
    return STEP_CHANGED;
}

static RedoStep spgist_split_postfix(const RedoBlock *b)
{
    SplitTuple split = read_split_tuple(b);

    begin_page(b, split.is_new_page, 0);
    put_tuple(b->page, split.postfix, split.postfix_len, split.postfix_offnum);
    return STEP_CHANGED;
}

static SplitTuple read_split_tuple(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    SplitTuple split;

    split.prefix_offnum = byte_reader_u16(&main);
    split.postfix_offnum = byte_reader_u16(&main);
    split.is_new_page = byte_reader_u8(&main) != 0;
    split.is_same_page = byte_reader_u8(&main) != 0;
    split.prefix = take_inner(&main, &split.prefix_len);
    split.postfix = take_inner(&main, &split.postfix_len);
    return split;
}

/* ---- A set of leaves is spread over nodes of a new inner tuple ---- */

static void pick_insert(const RedoBlock *b, PickSplit *pick, bool is_dest);

/* The page that the leaves were on; when the root splits, the record has no such reference. */
static RedoStep spgist_pick_source(const RedoBlock *b)
{
    PickSplit pick = read_pick_split(b);

    begin_page(b, pick.is_new_source, SPGIST_LEAF | (pick.is_nulls ? SPGIST_NULLS : 0));
    if (!pick.is_new_source && pick.maker.is_build)
        kill_tuples(b->page, &pick.deleted, SPGIST_PLACEHOLDER, SPGIST_PLACEHOLDER, &pick.maker,
                    BLOCK_NONE, 0);
    else if (!pick.is_new_source)
        kill_tuples(b->page, &pick.deleted, SPGIST_REDIRECT, SPGIST_PLACEHOLDER, &pick.maker,
                    redo_ref_block(b, 2), pick.inner_offnum);
    pick_insert(b, &pick, false);
    return STEP_CHANGED;
}

static RedoStep spgist_pick_dest(const RedoBlock *b)
{
    PickSplit pick = read_pick_split(b);

    begin_page(b, pick.is_new_dest, SPGIST_LEAF | (pick.is_nulls ? SPGIST_NULLS : 0));
    pick_insert(b, &pick, true);
    return STEP_CHANGED;
}

static RedoStep spgist_pick_inner(const RedoBlock *b)
{
    PickSplit pick = read_pick_split(b);

    begin_page(b, pick.is_new_inner, pick.is_nulls ? SPGIST_NULLS : 0);
    put_tuple(b->page, pick.inner, pick.inner_len, pick.inner_offnum);
    if (pick.is_inner_parent)
        set_link(b->page, pick.parent, b->touch->tag.block, pick.inner_offnum);
    return STEP_CHANGED;
}

static RedoStep spgist_pick_parent(const RedoBlock *b)
{
    PickSplit pick = read_pick_split(b);

    set_link(b->page, pick.parent, redo_ref_block(b, 2), pick.inner_offnum);
    return STEP_CHANGED;
}

/* Put those of the leaves back that go to this page. */
static void pick_insert(const RedoBlock *b, PickSplit *pick, bool is_dest)
{
    for (size_t i = 0; i < pick->inserted.count; i++) {
        size_t len;
        const uint8_t *tuple = take_leaf(&pick->tuples, &len);

        if ((pick->is_to_dest[i] != 0) == is_dest)
            put_tuple(b->page, tuple, len, offset_at(&pick->inserted, i));
    }
}

static PickSplit read_pick_split(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    size_t deleted_count, inserted_count;
    PickSplit pick;

    byte_reader_u16(&main); /* whether the root splits, padding */
    deleted_count = byte_reader_u16(&main);
    inserted_count = byte_reader_u16(&main);
    pick.is_new_source = byte_reader_u8(&main) != 0;
    pick.is_new_dest = byte_reader_u8(&main) != 0;
    pick.inner_offnum = byte_reader_u16(&main);
    pick.is_new_inner = byte_reader_u8(&main) != 0;
    pick.is_nulls = byte_reader_u8(&main) != 0;
    pick.is_inner_parent = byte_reader_u8(&main) != 0;
    byte_reader_u8(&main); /* padding */
    pick.parent = read_parent(&main);
    byte_reader_u16(&main); /* padding */
    pick.maker = read_dead_maker(&main);
    pick.deleted = take_offsets(&main, deleted_count);
    pick.inserted = take_offsets(&main, inserted_count);
    pick.is_to_dest = byte_reader_take(&main, inserted_count);
    pick.inner = take_inner(&main, &pick.inner_len);
    pick.tuples = main;
    return pick;
}

/* ---- Vacuum ---- */

static RedoStep spgist_vacuum_leaf(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    size_t dead_count = byte_reader_u16(&main), placeholder_count = byte_reader_u16(&main);
    size_t move_count = byte_reader_u16(&main), chain_count = byte_reader_u16(&main);
    DeadMaker maker = read_dead_maker(&main);
    Offsets dead = take_offsets(&main, dead_count);
    Offsets placeholders = take_offsets(&main, placeholder_count);
    Offsets from = take_offsets(&main, move_count), to = take_offsets(&main, move_count);
    Offsets chain = take_offsets(&main, chain_count), next = take_offsets(&main, chain_count);

    kill_tuples(b->page, &dead, SPGIST_DEAD, SPGIST_DEAD, &maker, BLOCK_NONE, 0);
    kill_tuples(b->page, &placeholders, SPGIST_PLACEHOLDER, SPGIST_PLACEHOLDER, &maker, BLOCK_NONE,
                0);

    /* Tuples change their numbers, not their places. */
    for (size_t i = 0; i < move_count; i++) {
        ItemId moved = page_item_id(b->page, offset_at(&from, i));

        page_set_item_id(b->page, offset_at(&from, i), page_item_id(b->page, offset_at(&to, i)));
        page_set_item_id(b->page, offset_at(&to, i), moved);
    }
    kill_tuples(b->page, &from, SPGIST_PLACEHOLDER, SPGIST_PLACEHOLDER, &maker, BLOCK_NONE, 0);
    for (size_t i = 0; i < chain_count; i++)
        set_next(b->page, offset_at(&chain, i), offset_at(&next, i));
    return STEP_CHANGED;
}

/* A root that is also a leaf has no chains, so its tuples can simply go. */
static RedoStep spgist_vacuum_root(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    OffsetNo offnums[PAGE_ITEM_MAX];
    size_t count = byte_reader_u16(&main);

    byte_reader_u16(&main); /* padding */
    read_dead_maker(&main);
    redo_read_offsets(&main, offnums, count, ARRAY_LEN(offnums));
    page_index_multi_delete(b->page, offnums, count);
    return STEP_CHANGED;
}

/* Redirections that nobody needs become placeholders, and placeholders at the end go. */
static RedoStep spgist_vacuum_redirect(const RedoBlock *b)
{
    ByteReader main = redo_main(b);
    size_t count = byte_reader_u16(&main), gone_count = 0;
    OffsetNo first_gone = byte_reader_u16(&main), gone[PAGE_ITEM_MAX];

    byte_reader_u32(&main); /* newest xid among them, for conflicts */
    for (size_t i = 0; i < count; i++) {
        SpgistDeadTuple *dead = dead_at(b->page, byte_reader_u16(&main));

        if ((dead->state_size & SPGIST_STATE_MASK) != SPGIST_REDIRECT)
            redo_misfit("a tuple that is to become a placeholder is not a redirection");
        dead->state_size |= SPGIST_PLACEHOLDER;
        dead->target = tid_none();
    }
    count_dead(b->page, SPGIST_REDIRECT, -(int)count);
    count_dead(b->page, SPGIST_PLACEHOLDER, (int)count);

    if (first_gone == 0)
        return STEP_CHANGED;
    for (OffsetNo offnum = first_gone; offnum <= page_item_count(b->page); offnum++)
        gone[gone_count++] = offnum;
    if (gone_count > 0)
        page_index_multi_delete(b->page, gone, gone_count);
    count_dead(b->page, SPGIST_PLACEHOLDER, -(int)gone_count);
    return STEP_CHANGED;
}

/* ---- Parts of records ---- */

static ParentLink read_parent(ByteReader *r)
{
    ParentLink parent;

    parent.offnum = byte_reader_u16(r);
    parent.node = byte_reader_u16(r);
    return parent;
}

static DeadMaker read_dead_maker(ByteReader *r)
{
    DeadMaker maker;

    maker.xid = byte_reader_u32(r);
    maker.is_build = byte_reader_u8(r) != 0;
    byte_reader_take(r, 3); /* padding */
    return maker;
}

static Offsets take_offsets(ByteReader *r, size_t count)
{
    if (count > PAGE_ITEM_MAX)
        redo_misfit("%zu offset numbers are more than a page can have", count);
    return (Offsets){.bytes = byte_reader_take(r, count * sizeof(OffsetNo)), .count = count};
}

static OffsetNo offset_at(const Offsets *offsets, size_t i)
{
    ASSERT(i < offsets->count);
    return load_u16(offsets->bytes + i * sizeof(OffsetNo));
}

static const uint8_t *take_leaf(ByteReader *r, size_t *len)
{
    ByteReader ahead = *r;

    *len = byte_reader_u32(&ahead) >> 2;
    if (*len < sizeof(SpgistDeadTuple))
        redo_misfit("a leaf tuple of %zu bytes cannot become a dead one", *len);
    return byte_reader_take(r, *len);
}

static const uint8_t *take_inner(ByteReader *r, size_t *len)
{
    ByteReader ahead = *r;

    byte_reader_u32(&ahead);
    *len = byte_reader_u16(&ahead);
    if (*len < sizeof(SpgistInnerTuple))
        redo_misfit("an inner tuple of %zu bytes is shorter than its header", *len);
    return byte_reader_take(r, *len);
}

/* ---- Pages ---- */

static void begin_page(const RedoBlock *b, bool is_new, unsigned flags)
{
    if (is_new != b->ref->will_init)
        redo_misfit("the record and its block reference %d do not agree on whether the page is new",
                    b->touch->ref_id);
    if (!is_new)
        return;
    page_init(b->page, sizeof(SpgistSpecial));
    special_of(b->page)->flags = (uint16_t)flags;
    special_of(b->page)->page_id = SPGIST_PAGE_ID;
}

static SpgistSpecial *special_of(uint8_t *page)
{
    return (SpgistSpecial *)page_special_area_rw(page, sizeof(SpgistSpecial));
}

/* A leaf or dead tuple that is on the page. */
static SpgistDeadTuple *dead_at(uint8_t *page, OffsetNo offnum)
{
    size_t len;
    uint8_t *item = page_get_item_rw(page, offnum, &len);

    if (len < sizeof(SpgistDeadTuple))
        redo_misfit("leaf tuple %u has %zu bytes only", offnum, len);
    return (SpgistDeadTuple *)item;
}

/* Add a tuple at a number that is held by a placeholder, or is one past the last. */
static void put_tuple(uint8_t *page, const uint8_t *tuple, size_t len, OffsetNo offnum)
{
    if (offnum <= page_item_count(page)) {
        const uint8_t *item = page_get_item(page, offnum, NULL);

        if ((item[0] & SPGIST_STATE_MASK) != SPGIST_PLACEHOLDER)
            redo_misfit("the tuple to replace at %u is not a placeholder", offnum);
        count_dead(page, SPGIST_PLACEHOLDER, -1);
        page_index_tuple_delete(page, offnum);
    }
    page_add_item(page, tuple, len, offnum, PAGE_ADD_INSERT);
}

static void replace_tuple(uint8_t *page, const void *tuple, size_t len, OffsetNo offnum)
{
    page_index_tuple_delete(page, offnum);
    page_add_item(page, tuple, len, offnum, PAGE_ADD_INSERT);
}

/* Let a node of an inner tuple lead to block and offnum. */
static void set_link(uint8_t *page, ParentLink link, BlockNo block, OffsetNo offnum)
{
    Tid tid = tid_make(block, offnum);
    size_t len, at = sizeof(SpgistInnerTuple);
    uint8_t *item = page_get_item_rw(page, link.offnum, &len);
    const SpgistInnerTuple *tuple = (const SpgistInnerTuple *)item;

    if (len < at || link.node >= spgist_node_count(tuple))
        redo_misfit("tuple %u has no node %u", link.offnum, link.node);
    at += spgist_prefix_size(tuple);
    for (unsigned node = 0; node <= link.node; node++) {
        size_t node_size;

        if (at > len || len - at < INDEX_TUPLE_HEADER_SIZE)
            redo_misfit("nodes of tuple %u do not fit its %zu bytes", link.offnum, len);
        node_size = load_u16(item + at + offsetof(IndexTuple, info)) & INDEX_SIZE_MASK;
        if (node == link.node)
            memcpy(item + at, &tid, sizeof(tid));
        at += node_size;
    }
}

static void set_next(uint8_t *page, OffsetNo offnum, OffsetNo next)
{
    SpgistDeadTuple *leaf = dead_at(page, offnum);

    leaf->next = (uint16_t)((leaf->next & ~SPGIST_NEXT_MASK) | (next & SPGIST_NEXT_MASK));
}

static SpgistDeadTuple make_dead(const DeadMaker *maker, SpgistState state, BlockNo block,
                                 OffsetNo offnum)
{
    SpgistDeadTuple dead = {.state_size = (uint32_t)sizeof(SpgistDeadTuple) << 2 | state,
                            .target = tid_none()};

    if (state == SPGIST_REDIRECT) {
        dead.target = tid_make(block, offnum);
        dead.xid = maker->xid;
    }
    return dead;
}

/*
 * Replace tuples by dead ones: the one listed first in one state, the rest in another. All go
 * before any dead tuple comes, and those come in the order of their numbers.
 */
static void kill_tuples(uint8_t *page, const Offsets *offsets, SpgistState first, SpgistState rest,
                        const DeadMaker *maker, BlockNo block, OffsetNo offnum)
{
    OffsetNo sorted[PAGE_ITEM_MAX];
    size_t count = offsets->count;

    for (size_t i = 0; i < count; i++) {
        OffsetNo next = offset_at(offsets, i);
        size_t at = i;

        for (; at > 0 && sorted[at - 1] > next; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = next;
    }
    if (count == 0)
        return;
    page_index_multi_delete(page, sorted, count);
    for (size_t i = 0; i < count; i++) {
        SpgistState state = sorted[i] == offset_at(offsets, 0) ? first : rest;
        SpgistDeadTuple dead = make_dead(maker, state, block, offnum);

        page_add_item(page, &dead, sizeof(dead), sorted[i], PAGE_ADD_INSERT);
        count_dead(page, state, 1);
    }
}

/* The page counts its redirections and placeholders. */
static void count_dead(uint8_t *page, SpgistState state, int by)
{
    SpgistSpecial *special = special_of(page);

    if (state == SPGIST_REDIRECT)
        special->redirect_count = (uint16_t)(special->redirect_count + by);
    else if (state == SPGIST_PLACEHOLDER)
        special->placeholder_count = (uint16_t)(special->placeholder_count + by);
}
