/* spgist_test.c - SP-GiST records at their edges: chains, downlinks, dead tuples. */
#include "common/base/base.h"

#include <string.h>

#include "common/format/index_tuple.h"
#include "common/format/page.h"
#include "common/format/spgist_page.h"
#include "common/redo/redo.h"
#include "tests/unit/common/redo/redo_forge.h"
#include "tests/unit/unit.h"

#define LEAF_LEN 24

static SpgistSpecial *special_of(uint8_t *page)
{
    return (SpgistSpecial *)page_special_area_rw(page, sizeof(SpgistSpecial));
}

static SpgistDeadTuple *tuple_at(uint8_t *page, OffsetNo offnum)
{
    return (SpgistDeadTuple *)page_get_item_rw(page, offnum, NULL);
}

static SpgistState state_at(uint8_t *page, OffsetNo offnum)
{
    return (SpgistState)(tuple_at(page, offnum)->state_size & SPGIST_STATE_MASK);
}

/* A leaf tuple of LEAF_LEN bytes for the row (1000, mark), which leads to next. */
static void make_leaf(uint8_t *out, uint8_t mark, uint16_t next)
{
    SpgistDeadTuple head = {
        .state_size = LEAF_LEN << 2 | SPGIST_LIVE, .next = next, .target = tid_make(1000, mark)};

    memset(out, mark, LEAF_LEN);
    memcpy(out, &head, 12);
}

static uint8_t leaf_mark(uint8_t *page, OffsetNo offnum)
{
    return (uint8_t)tuple_at(page, offnum)->target.offset;
}

static uint8_t *leaf_page(OffsetNo count)
{
    uint8_t *page = forge_page(sizeof(SpgistSpecial)), tuple[LEAF_LEN];

    *special_of(page) = (SpgistSpecial){.flags = SPGIST_LEAF, .page_id = SPGIST_PAGE_ID};
    for (OffsetNo i = 1; i <= count; i++) {
        make_leaf(tuple, (uint8_t)i, i < count ? i + 1 : 0);
        page_add_item(page, tuple, LEAF_LEN, i, PAGE_ADD_INSERT);
    }
    return page;
}

/* Turn a leaf of a page into a dead tuple. */
static void set_state(uint8_t *page, OffsetNo offnum, SpgistState state)
{
    SpgistDeadTuple *tuple = tuple_at(page, offnum);

    tuple->state_size = (tuple->state_size & ~SPGIST_STATE_MASK) | (uint32_t)state;
    special_of(page)->placeholder_count += state == SPGIST_PLACEHOLDER;
    special_of(page)->redirect_count += state == SPGIST_REDIRECT;
}

/* An inner tuple with a prefix of 8 bytes and so many nodes of 16; its length. */
static uint16_t make_inner(uint8_t *out, unsigned node_count)
{
    uint16_t len = (uint16_t)(8 + 8 + node_count * 16);
    SpgistInnerTuple head = {.bits = node_count << 3 | 8u << 16, .size = len};

    memset(out, 0, len);
    memcpy(out, &head, sizeof(head));
    for (unsigned i = 0; i < node_count; i++) {
        IndexTuple node = {.tid = tid_make(2000, (OffsetNo)i), .info = 16};

        memcpy(out + 16 + i * 16, &node, sizeof(node));
    }
    return len;
}

/* A page with an inner tuple of three nodes at 1. */
static uint8_t *inner_page(void)
{
    uint8_t *page = forge_page(sizeof(SpgistSpecial)), tuple[200];

    special_of(page)->page_id = SPGIST_PAGE_ID;
    page_add_item(page, tuple, make_inner(tuple, 3), 1, PAGE_ADD_INSERT);
    return page;
}

static Tid node_target(uint8_t *page, OffsetNo offnum, unsigned node)
{
    Tid tid;

    memcpy(&tid, page_get_item(page, offnum, NULL) + 16 + node * 16, sizeof(tid));
    return tid;
}

static void forge_leaf(Forge *f, uint8_t mark, uint16_t next)
{
    uint8_t tuple[LEAF_LEN];

    make_leaf(tuple, mark, next);
    forge_bytes(f, FORGE_MAIN, tuple, LEAF_LEN);
}

static void forge_inner(Forge *f, unsigned node_count)
{
    uint8_t tuple[200];

    forge_bytes(f, FORGE_MAIN, tuple, make_inner(tuple, node_count));
}

/* xid 901, not in a build of the index */
static void forge_state(Forge *f, bool is_build)
{
    forge_u32(f, FORGE_MAIN, 901);
    forge_u32(f, FORGE_MAIN, is_build);
}

/* ---- Leaves ---- */

static Forge *add_leaf_record(bool is_new, OffsetNo offnum, OffsetNo head, OffsetNo parent,
                              uint16_t node)
{
    Forge *f = forge_new(RMGR_SPGIST, WAL_SPGIST_ADD_LEAF);

    forge_ref(f, 0, 7)->will_init = is_new;
    forge_ref(f, 1, 3);
    forge_u8(f, FORGE_MAIN, is_new);
    forge_u8(f, FORGE_MAIN, 1);
    forge_u16(f, FORGE_MAIN, offnum);
    forge_u16(f, FORGE_MAIN, head);
    forge_u16(f, FORGE_MAIN, parent);
    forge_u16(f, FORGE_MAIN, node);
    forge_leaf(f, 9, 0);
    return f;
}

static void a_leaf_joins_its_chain(void)
{
    uint8_t *page = leaf_page(2);

    tuple_at(page, 1)->next = 0x8000;
    CU_ASSERT_EQUAL(forge_redo(add_leaf_record(false, 3, 1, 0, 0), 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(leaf_mark(page, 3), 9);
    CU_ASSERT_EQUAL(tuple_at(page, 1)->next, 0x8003); /* other bits stay */
}

static void a_placeholder_is_used_again(void)
{
    uint8_t *page = leaf_page(3);

    set_state(page, 2, SPGIST_PLACEHOLDER);
    CU_ASSERT_EQUAL(forge_redo(add_leaf_record(false, 2, 0, 0, 0), 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(leaf_mark(page, 2), 9);
    CU_ASSERT_EQUAL(leaf_mark(page, 3), 3);
    CU_ASSERT_EQUAL(special_of(page)->placeholder_count, 0);
    page_set_lsn(page, 0);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "the tuple to replace at 2 is not a placeholder",
                               forge_redo(add_leaf_record(false, 2, 0, 0, 0), 0, page));
}

static void a_dead_head_is_replaced_in_place(void)
{
    uint8_t *page = leaf_page(3);

    set_state(page, 2, SPGIST_DEAD);
    CU_ASSERT_EQUAL(forge_redo(add_leaf_record(false, 2, 2, 0, 0), 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(leaf_mark(page, 2), 9);
    CU_ASSERT_EQUAL(page_item_count(page), 3);
}

static void a_new_leaf_page_knows_its_tree(void)
{
    Forge *f = add_leaf_record(true, 1, 0, 0, 0);
    uint8_t *page = leaf_page(3);

    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(special_of(page)->flags, SPGIST_LEAF | SPGIST_NULLS);
    CU_ASSERT_EQUAL(page_item_count(page), 1);
    f->record.refs[0].will_init = false;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, leaf_page(3)));
}

static void the_parents_node_leads_to_the_leaf(void)
{
    uint8_t *page = inner_page();

    CU_ASSERT_EQUAL(forge_redo(add_leaf_record(false, 3, 0, 1, 2), 1, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(tid_block(node_target(page, 1, 2)), 7);
    CU_ASSERT_EQUAL(node_target(page, 1, 2).offset, 3);
    CU_ASSERT_EQUAL(tid_block(node_target(page, 1, 1)), 2000);
}

static void nodes_that_are_not_there_are_refused(void)
{
    uint8_t *page = inner_page();

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "tuple 1 has no node 3",
                               forge_redo(add_leaf_record(false, 3, 0, 1, 3), 1, page));
    ((SpgistInnerTuple *)page_get_item_rw(page, 1, NULL))->bits |= 0x7FF << 3;
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "nodes of tuple 1 do not fit its 64 bytes",
                               forge_redo(add_leaf_record(false, 3, 0, 1, 3), 1, page));
}

static void tuples_too_short_are_refused(void)
{
    Forge *f = add_leaf_record(false, 3, 0, 0, 0);
    uint8_t *page = leaf_page(2);

    store_u32(f->bytes[WAL_BLOCK_REF_MAX] + 10, 12 << 2);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "a leaf tuple of 12 bytes cannot become a dead one",
                               forge_redo(f, 0, page));
    page_add_item(page, "12345678", 8, 3, PAGE_ADD_INSERT);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "leaf tuple 3 has 8 bytes only",
                               forge_redo(add_leaf_record(false, 4, 3, 0, 0), 0, page));
    f = forge_new(RMGR_SPGIST, WAL_SPGIST_ADD_NODE);
    forge_ref(f, 0, 7);
    forge_bytes(f, FORGE_MAIN, (const uint8_t[28]){0}, 28);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "an inner tuple of 0 bytes is shorter than its header",
                               forge_redo(f, 0, inner_page()));
}

/* Leaves 3 and 1 move to block 8, where they and a new one become 1, 2, 3. */
static Forge *move_record(bool is_build, bool is_replaced)
{
    Forge *f = forge_new(RMGR_SPGIST, WAL_SPGIST_MOVE_LEAFS);

    forge_ref(f, 0, 7);
    forge_init_ref(f, 1, 8);
    forge_ref(f, 2, 3);
    forge_u16(f, FORGE_MAIN, 2);
    forge_u8(f, FORGE_MAIN, 1);
    forge_u8(f, FORGE_MAIN, is_replaced);
    forge_u16(f, FORGE_MAIN, 0);
    forge_u16(f, FORGE_MAIN, 1); /* parent, node */
    forge_u16(f, FORGE_MAIN, 0);
    forge_u16(f, FORGE_MAIN, 0);
    forge_state(f, is_build);
    forge_u16(f, FORGE_MAIN, 3);
    forge_u16(f, FORGE_MAIN, 1);
    for (uint8_t i = 1; i <= (is_replaced ? 1 : 3); i++)
        forge_u16(f, FORGE_MAIN, i);
    for (uint8_t i = 1; i <= (is_replaced ? 1 : 3); i++)
        forge_leaf(f, (uint8_t)(i + 10), 0);
    return f;
}

static void leaves_that_move_leave_a_redirection_and_placeholders(void)
{
    Forge *f = move_record(false, false);
    uint8_t *page = leaf_page(3), *parent = inner_page();

    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(page_item_count(page), 3);
    CU_ASSERT_EQUAL(state_at(page, 3), SPGIST_REDIRECT); /* listed first */
    CU_ASSERT_EQUAL(tid_block(tuple_at(page, 3)->target), 8);
    CU_ASSERT_EQUAL(tuple_at(page, 3)->target.offset, 3);
    CU_ASSERT_EQUAL(tuple_at(page, 3)->xid, 901);
    CU_ASSERT_EQUAL(state_at(page, 1), SPGIST_PLACEHOLDER);
    CU_ASSERT_EQUAL(tid_block(tuple_at(page, 1)->target), BLOCK_NONE);
    CU_ASSERT_EQUAL(leaf_mark(page, 2), 2);
    CU_ASSERT_EQUAL(special_of(page)->redirect_count, 1);
    CU_ASSERT_EQUAL(special_of(page)->placeholder_count, 1);
    forge_redo(f, 1, page);
    CU_ASSERT_EQUAL(page_item_count(page), 3);
    CU_ASSERT_EQUAL(leaf_mark(page, 3), 13);
    forge_redo(f, 2, parent);
    CU_ASSERT_EQUAL(tid_block(node_target(parent, 1, 0)), 8);
    CU_ASSERT_EQUAL(node_target(parent, 1, 0).offset, 3);
}

static void in_a_build_placeholders_will_do(void)
{
    uint8_t *page = leaf_page(3);

    forge_redo(move_record(true, true), 0, page);
    CU_ASSERT_EQUAL(special_of(page)->redirect_count, 0);
    CU_ASSERT_EQUAL(special_of(page)->placeholder_count, 2);
    forge_redo(move_record(true, true), 1, page);
    CU_ASSERT_EQUAL(page_item_count(page), 1);
}

/* ---- Inner tuples ---- */

/* The tuple 1 of block 7 gets a fourth node; at 2 of block 8 when it has to move. */
static Forge *add_node_record(bool moves, int8_t parent_ref, bool is_build)
{
    Forge *f = forge_new(RMGR_SPGIST, WAL_SPGIST_ADD_NODE);

    forge_ref(f, 0, 7);
    if (moves)
        forge_ref(f, 1, 8);
    if (parent_ref == 2)
        forge_ref(f, 2, 3);
    forge_u16(f, FORGE_MAIN, 1);
    forge_u16(f, FORGE_MAIN, 2);
    forge_u8(f, FORGE_MAIN, 0);
    forge_u8(f, FORGE_MAIN, (uint8_t)parent_ref);
    forge_u16(f, FORGE_MAIN, parent_ref == 0 ? 2 : 1);
    forge_u16(f, FORGE_MAIN, 0);
    forge_u16(f, FORGE_MAIN, 0);
    forge_state(f, is_build);
    forge_inner(f, 4);
    return f;
}

static void a_tuple_with_room_gets_its_node_in_place(void)
{
    uint8_t *page = inner_page();
    size_t len;

    CU_ASSERT_EQUAL(forge_redo(add_node_record(false, -1, false), 0, page), REDO_APPLIED);
    page_get_item(page, 1, &len);
    CU_ASSERT_EQUAL(len, 80);
}

static void a_tuple_that_moves_leaves_a_redirection(void)
{
    uint8_t *page = inner_page(), *new_page = inner_page(), *parent = inner_page(), other[200];

    page_add_item(page, other, make_inner(other, 2), 2, PAGE_ADD_INSERT);
    forge_redo(add_node_record(true, 0, false), 0, page);
    CU_ASSERT_EQUAL(state_at(page, 1), SPGIST_REDIRECT);
    CU_ASSERT_EQUAL(tid_block(tuple_at(page, 1)->target), 8);
    CU_ASSERT_EQUAL(tid_block(node_target(page, 2, 0)), 8); /* the parent is on this page */
    CU_ASSERT_EQUAL(special_of(page)->redirect_count, 1);

    page = inner_page();
    forge_redo(add_node_record(true, 2, true), 0, page);
    CU_ASSERT_EQUAL(state_at(page, 1), SPGIST_PLACEHOLDER);
    CU_ASSERT_EQUAL(special_of(page)->placeholder_count, 1);

    forge_redo(add_node_record(true, 1, false), 1, new_page);
    CU_ASSERT_EQUAL(page_item_count(new_page), 2);
    CU_ASSERT_EQUAL(tid_block(node_target(new_page, 1, 0)), 8);
    forge_redo(add_node_record(true, 2, false), 2, parent);
    CU_ASSERT_EQUAL(node_target(parent, 1, 0).offset, 2);
}

static void a_parent_that_is_elsewhere_stays(void)
{
    Forge *f = add_node_record(true, 0, false);

    forge_ref(f, 2, 3);
    CU_ASSERT_EQUAL(forge_redo(f, 2, inner_page()), REDO_UNCHANGED);
}

static void a_tuple_splits_into_prefix_and_postfix(void)
{
    Forge *f = forge_new(RMGR_SPGIST, WAL_SPGIST_SPLIT_TUPLE);
    uint8_t *page = inner_page();
    size_t len;

    forge_ref(f, 0, 7);
    forge_init_ref(f, 1, 8);
    forge_u16(f, FORGE_MAIN, 1);
    forge_u16(f, FORGE_MAIN, 2);
    forge_u8(f, FORGE_MAIN, 1);
    forge_u8(f, FORGE_MAIN, 0);
    forge_inner(f, 1);
    forge_inner(f, 2);
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(page_item_count(page), 1);
    page_get_item(page, 1, &len);
    CU_ASSERT_EQUAL(len, 32);
    store_u16(f->bytes[WAL_BLOCK_REF_MAX] + 2, 1);
    forge_redo(f, 1, page);
    page_get_item(page, 1, &len);
    CU_ASSERT_EQUAL(len, 48);
    CU_ASSERT_EQUAL(special_of(page)->flags, 0);

    store_u16(f->bytes[WAL_BLOCK_REF_MAX] + 2, 2);
    f->bytes[WAL_BLOCK_REF_MAX][5] = 1; /* both on one page */
    page = inner_page();
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(page_item_count(page), 2);
}

/* Leaves 1 and 2 of block 7 go; of three leaves, two come to block 8 and one back to 7. */
static Forge *pick_record(bool is_new_source, bool is_build, bool is_inner_parent)
{
    Forge *f = forge_new(RMGR_SPGIST, WAL_SPGIST_PICKSPLIT);

    forge_ref(f, 0, 7)->will_init = is_new_source;
    forge_init_ref(f, 1, 8);
    forge_ref(f, 2, 9);
    forge_ref(f, 3, 3);
    forge_u16(f, FORGE_MAIN, 0);
    forge_u16(f, FORGE_MAIN, is_new_source ? 0 : 2);
    forge_u16(f, FORGE_MAIN, 3);
    forge_u8(f, FORGE_MAIN, is_new_source);
    forge_u8(f, FORGE_MAIN, 1);
    forge_u16(f, FORGE_MAIN, 2);
    forge_u8(f, FORGE_MAIN, 0);
    forge_u8(f, FORGE_MAIN, 0);
    forge_u8(f, FORGE_MAIN, is_inner_parent);
    forge_u8(f, FORGE_MAIN, 0);
    forge_u16(f, FORGE_MAIN, 1);
    forge_u16(f, FORGE_MAIN, 2);
    forge_u16(f, FORGE_MAIN, 0);
    forge_state(f, is_build);
    if (!is_new_source) {
        forge_u16(f, FORGE_MAIN, 1);
        forge_u16(f, FORGE_MAIN, 2);
    }
    forge_u16(f, FORGE_MAIN, 1);
    forge_u16(f, FORGE_MAIN, is_new_source ? 1 : 2); /* the one that comes back */
    forge_u16(f, FORGE_MAIN, 2);
    forge_bytes(f, FORGE_MAIN, (const uint8_t[]){1, 0, 1}, 3);
    forge_inner(f, 2);
    for (uint8_t i = 21; i <= 23; i++)
        forge_leaf(f, i, 0);
    return f;
}

static void leaves_are_spread_below_a_new_inner_tuple(void)
{
    Forge *f = pick_record(false, false, true);
    uint8_t *page = leaf_page(3), *inner = inner_page();

    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(state_at(page, 1), SPGIST_REDIRECT);
    CU_ASSERT_EQUAL(tid_block(tuple_at(page, 1)->target), 9);
    CU_ASSERT_EQUAL(tuple_at(page, 1)->target.offset, 2);
    CU_ASSERT_EQUAL(leaf_mark(page, 2), 22);
    CU_ASSERT_EQUAL(special_of(page)->placeholder_count, 0);
    forge_redo(f, 1, page);
    CU_ASSERT_EQUAL(page_item_count(page), 2);
    CU_ASSERT_EQUAL(leaf_mark(page, 1), 21);
    CU_ASSERT_EQUAL(leaf_mark(page, 2), 23);
    forge_redo(f, 2, inner);
    CU_ASSERT_EQUAL(page_item_count(inner), 2);
    CU_ASSERT_EQUAL(tid_block(node_target(inner, 1, 2)), 9);
    inner = inner_page();
    forge_redo(f, 3, inner);
    CU_ASSERT_EQUAL(tid_block(node_target(inner, 1, 2)), 9);
}

static void a_source_in_a_build_or_made_anew_has_no_redirection(void)
{
    uint8_t *page = leaf_page(3), *inner = inner_page();

    forge_redo(pick_record(false, true, false), 0, page);
    CU_ASSERT_EQUAL(state_at(page, 1), SPGIST_PLACEHOLDER);
    CU_ASSERT_EQUAL(special_of(page)->redirect_count, 0);
    forge_redo(pick_record(true, false, false), 0, page);
    CU_ASSERT_EQUAL(page_item_count(page), 1);
    CU_ASSERT_EQUAL(leaf_mark(page, 1), 22);
    forge_redo(pick_record(true, false, false), 2, inner);
    CU_ASSERT_EQUAL(tid_block(node_target(inner, 1, 2)), 2000);
}

/* ---- Vacuum ---- */

static void vacuum_kills_moves_and_chains_anew(void)
{
    Forge *f = forge_new(RMGR_SPGIST, WAL_SPGIST_VACUUM_LEAF);
    uint8_t *page = leaf_page(5);

    forge_ref(f, 0, 7);
    for (uint16_t i = 0; i < 4; i++)
        forge_u16(f, FORGE_MAIN, 1);
    forge_state(f, false);
    forge_u16(f, FORGE_MAIN, 1); /* dead */
    forge_u16(f, FORGE_MAIN, 2); /* placeholder */
    forge_u16(f, FORGE_MAIN, 4); /* moves to ... */
    forge_u16(f, FORGE_MAIN, 3);
    forge_u16(f, FORGE_MAIN, 5); /* leads to ... */
    forge_u16(f, FORGE_MAIN, 3);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(state_at(page, 1), SPGIST_DEAD);
    CU_ASSERT_EQUAL(state_at(page, 2), SPGIST_PLACEHOLDER);
    CU_ASSERT_EQUAL(leaf_mark(page, 3), 4);
    CU_ASSERT_EQUAL(state_at(page, 4), SPGIST_PLACEHOLDER);
    CU_ASSERT_EQUAL(tuple_at(page, 5)->next, 3);
    CU_ASSERT_EQUAL(special_of(page)->placeholder_count, 2);
}

static void a_vacuum_that_only_chains_kills_nothing(void)
{
    Forge *f = forge_new(RMGR_SPGIST, WAL_SPGIST_VACUUM_LEAF);
    uint8_t *page = leaf_page(2);

    forge_ref(f, 0, 7);
    for (uint16_t i = 0; i < 4; i++)
        forge_u16(f, FORGE_MAIN, i == 3);
    forge_state(f, false);
    forge_u16(f, FORGE_MAIN, 1);
    forge_u16(f, FORGE_MAIN, 0);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(tuple_at(page, 1)->next, 0);
    CU_ASSERT_EQUAL(state_at(page, 1), SPGIST_LIVE);
    CU_ASSERT_EQUAL(state_at(page, 2), SPGIST_LIVE);
}

static void tuples_of_a_root_just_go(void)
{
    Forge *f = forge_new(RMGR_SPGIST, WAL_SPGIST_VACUUM_ROOT);
    uint8_t *page = leaf_page(3);

    forge_ref(f, 0, 1);
    forge_u16(f, FORGE_MAIN, 2);
    forge_u16(f, FORGE_MAIN, 0);
    forge_state(f, false);
    forge_u16(f, FORGE_MAIN, 1);
    forge_u16(f, FORGE_MAIN, 2);
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(page_item_count(page), 1);
    CU_ASSERT_EQUAL(leaf_mark(page, 1), 3);
}

static Forge *redirect_record(OffsetNo first_gone)
{
    Forge *f = forge_new(RMGR_SPGIST, WAL_SPGIST_VACUUM_REDIRECT);

    forge_ref(f, 0, 7);
    forge_u16(f, FORGE_MAIN, 1);
    forge_u16(f, FORGE_MAIN, first_gone);
    forge_u32(f, FORGE_MAIN, 900);
    forge_u16(f, FORGE_MAIN, 2);
    return f;
}

static void old_redirections_become_placeholders_and_go_at_the_end(void)
{
    uint8_t *page = leaf_page(4);

    set_state(page, 2, SPGIST_REDIRECT);
    set_state(page, 3, SPGIST_PLACEHOLDER);
    set_state(page, 4, SPGIST_PLACEHOLDER);
    CU_ASSERT_EQUAL(forge_redo(redirect_record(3), 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(page_item_count(page), 2);
    CU_ASSERT_EQUAL(state_at(page, 2), SPGIST_PLACEHOLDER);
    CU_ASSERT_EQUAL(tid_block(tuple_at(page, 2)->target), BLOCK_NONE);
    CU_ASSERT_EQUAL(special_of(page)->redirect_count, 0);
    CU_ASSERT_EQUAL(special_of(page)->placeholder_count, 1);

    page = leaf_page(4);
    set_state(page, 2, SPGIST_REDIRECT);
    forge_redo(redirect_record(0), 0, page);
    CU_ASSERT_EQUAL(page_item_count(page), 4);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "a tuple that is to become a placeholder is not a redirection",
                               forge_redo(redirect_record(0), 0, leaf_page(4)));
}

static void lists_longer_than_a_page_are_refused(void)
{
    Forge *f = forge_new(RMGR_SPGIST, WAL_SPGIST_VACUUM_LEAF);

    forge_ref(f, 0, 7);
    forge_u16(f, FORGE_MAIN, 5000);
    for (uint16_t i = 0; i < 6000; i++)
        forge_u16(f, FORGE_MAIN, 0);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "5000 offset numbers are more than a page can have",
                               forge_redo(f, 0, leaf_page(3)));
}

UNIT_SUITE(spgist)
{
    UNIT_TEST(a_leaf_joins_its_chain);
    UNIT_TEST(a_placeholder_is_used_again);
    UNIT_TEST(a_dead_head_is_replaced_in_place);
    UNIT_TEST(a_new_leaf_page_knows_its_tree);
    UNIT_TEST(the_parents_node_leads_to_the_leaf);
    UNIT_TEST(nodes_that_are_not_there_are_refused);
    UNIT_TEST(tuples_too_short_are_refused);
    UNIT_TEST(leaves_that_move_leave_a_redirection_and_placeholders);
    UNIT_TEST(in_a_build_placeholders_will_do);
    UNIT_TEST(a_tuple_with_room_gets_its_node_in_place);
    UNIT_TEST(a_tuple_that_moves_leaves_a_redirection);
    UNIT_TEST(a_parent_that_is_elsewhere_stays);
    UNIT_TEST(a_tuple_splits_into_prefix_and_postfix);
    UNIT_TEST(leaves_are_spread_below_a_new_inner_tuple);
    UNIT_TEST(a_source_in_a_build_or_made_anew_has_no_redirection);
    UNIT_TEST(vacuum_kills_moves_and_chains_anew);
    UNIT_TEST(a_vacuum_that_only_chains_kills_nothing);
    UNIT_TEST(tuples_of_a_root_just_go);
    UNIT_TEST(old_redirections_become_placeholders_and_go_at_the_end);
    UNIT_TEST(lists_longer_than_a_page_are_refused);
}
