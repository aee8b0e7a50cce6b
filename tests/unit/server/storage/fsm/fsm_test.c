/* fsm_test.c - the free space map: what is noted is found, and what is wrong is mended */
#include "common/base/base.h"

#include <stdlib.h>

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/format/fsm_page.h"
#include "common/format/page.h"
#include "common/format/vm_page.h"
#include "common/os/file.h"
#include "server/ipc/proc.h"
#include "server/storage/buffer/buffer.h"
#include "server/storage/fsm/fsm.h"
#include "server/storage/fsm/fsm_int.h"
#include "server/storage/vm/vm.h"
#include "tests/lib/crowd.h"
#include "tests/lib/seed.h"
#include "tests/lib/storage_rig.h"
#include "tests/unit/unit.h"

#define REL   16384
#define MAP   "base/5/16384_fsm"
#define MANY  10000 /* blocks: three leaf pages */

#define CROWD 4 /* processes, each of which has the blocks of its number in every four */

static StorageRig rig;

/* A relation of that many blocks, which nobody reads. */
static SmgrRel *begin(BlockNo blocks)
{
    SmgrRel *rel;

    storage_rig_open(&rig, &(StorageRigConfig){.dir = unit_temp_dir(),
                                               .has_checksums = true,
                                               .segment_blocks = SEGMENT_BLOCKS});
    rel = storage_rig_rel(REL);
    if (blocks > 0)
        smgr_zero_extend(rel, FORK_MAIN, 0, blocks, false);
    return rel;
}

static void end(void)
{
    storage_rig_close(&rig);
}

static void what_is_noted_is_found(void)
{
    SmgrRel *rel = begin(10);

    CU_ASSERT_EQUAL(fsm_find(rel, 100), BLOCK_NONE);
    CU_ASSERT_FALSE(os_exists(MAP));
    fsm_note(rel, 3, 500);
    CU_ASSERT_EQUAL(fsm_free_of(rel, 3), 480);
    CU_ASSERT_EQUAL(fsm_free_of(rel, 4), 0);
    /* A note is known to the lowest level alone, until it is vacuumed. */
    fsm_vacuum(rel);
    CU_ASSERT_EQUAL(fsm_find(rel, 100), 3);
    CU_ASSERT_EQUAL(fsm_find(rel, 480), 3);
    CU_ASSERT_EQUAL(fsm_find(rel, 481), BLOCK_NONE);
    CU_ASSERT_EQUAL(fsm_note_and_find(rel, 3, 20, 100), BLOCK_NONE);
    CU_ASSERT_EQUAL(fsm_free_of(rel, 3), 0);
    end();
}

static void the_nearest_level_is_searched_first(void)
{
    SmgrRel *rel = begin(10);

    fsm_note(rel, 3, 500);
    CU_ASSERT_EQUAL(fsm_note_and_find(rel, 5, 10, 400), 3);
    end();
}

static void a_fresh_map_has_three_pages_as_postgresql_makes_them(void)
{
    SmgrRel *rel = begin(10);
    uint8_t page[BLOCK_SIZE];

    fsm_note(rel, 3, 500);
    storage_rig_checkpoint();
    CU_ASSERT_EQUAL(smgr_block_count(rel, FORK_FSM), 3);
    smgr_read(rel, FORK_FSM, 2, page);
    CU_ASSERT_EQUAL(page_lower(page), PAGE_HEADER_SIZE);
    CU_ASSERT_EQUAL(page_upper(page), BLOCK_SIZE);
    CU_ASSERT_EQUAL(page_special(page), BLOCK_SIZE);
    CU_ASSERT_EQUAL(page[28 + 4095 + 3], 500 / 32);
    CU_ASSERT_EQUAL(page[28], 500 / 32);
    end();
}

static void notes_can_be_made_while_the_relation_is_extended(void)
{
    SmgrRel *rel = begin(1);

    buffer_lock_extension(rel);
    smgr_zero_extend(rel, FORK_MAIN, 1, 20, false);
    for (BlockNo block = 1; block < 21; block++)
        fsm_note(rel, block, 8000);
    buffer_unlock_extension(rel);
    fsm_vacuum(rel);
    CU_ASSERT_TRUE(fsm_find(rel, 7000) >= 1 && fsm_find(rel, 7000) <= 20);
    end();
}

/* ---- with other processes ---- */

#define NOTES 300

static void note_many(void *arg, unsigned number)
{
    const uint64_t *first = arg;
    Seed seed = {.state = *first + number};
    SmgrRel *rel;

    storage_rig_enter_child();
    rel = storage_rig_rel(REL);
    for (unsigned i = 0; i < NOTES; i++) {
        BlockNo block = (BlockNo)seed_below(&seed, MANY) / CROWD * CROWD + number;
        size_t room = 32 + block % 100 * 32;
        Buffer map = BUFFER_NONE;

        if (fsm_note_and_find(rel, block, room, 32) == BLOCK_NONE ||
            fsm_free_of(rel, block) != room)
            exit(1);
        vm_pin(rel, (BlockNo)i * 1000, &map);
        if (!vm_is_pinned_for((BlockNo)i * 1000, map) || vm_clear((BlockNo)i * 1000, map, VM_BITS))
            exit(2);
        buffer_unpin(map);
    }
    proc_detach();
}

static void processes_extend_the_maps_side_by_side(void)
{
    SmgrRel *rel = begin(MANY);
    Seed seed = seed_new("maps of many");
    uint64_t first = seed_u64(&seed);

    CU_ASSERT_EQUAL(crowd_run(CROWD, note_many, &first), CROWD);
    CU_ASSERT_EQUAL(smgr_block_count(rel, FORK_FSM), fsm_block_count(MANY));
    CU_ASSERT_EQUAL(smgr_block_count(rel, FORK_VM), vm_block_of((NOTES - 1) * 1000) + 1);
    fsm_vacuum(rel);
    CU_ASSERT_NOT_EQUAL(fsm_find(rel, 32), BLOCK_NONE);
    storage_rig_checkpoint();
    end();
}

static void blocks_behind_the_end_are_not_given_out(void)
{
    SmgrRel *rel = begin(10);

    fsm_note(rel, 50, 1000);
    fsm_note(rel, 7, 1000);
    fsm_vacuum(rel);
    CU_ASSERT_EQUAL(fsm_find(rel, 100), 7);
    CU_ASSERT_EQUAL(fsm_find(rel, 100), 7);
    CU_ASSERT_EQUAL(fsm_free_of(rel, 50), 0);
    end();
}

static void a_map_that_is_cut_forgets_what_was_behind(void)
{
    SmgrRel *rel = begin(MANY);
    const ForkNo forks[] = {FORK_MAIN, FORK_FSM};
    BlockNo counts[] = {100, 0};

    fsm_note(rel, 99, 1000);
    fsm_note(rel, 100, 2000);
    fsm_note(rel, MANY - 1, 3000);
    fsm_vacuum(rel);
    CU_ASSERT_EQUAL(fsm_find(rel, 2500), MANY - 1);
    counts[1] = fsm_prepare_truncate(rel, 100);
    CU_ASSERT_EQUAL(counts[1], 3);
    buffer_drop_fork_from(rel, forks, counts, 2);
    smgr_truncate(rel, forks, counts, 2);
    fsm_vacuum(rel);
    CU_ASSERT_EQUAL(fsm_free_of(rel, 100), 0);
    CU_ASSERT_EQUAL(fsm_find(rel, 1500), BLOCK_NONE);
    CU_ASSERT_EQUAL(fsm_find(rel, 900), 99);
    CU_ASSERT_EQUAL(fsm_prepare_truncate(rel, 100), BLOCK_NONE);
    end();
}

static void a_map_keeps_pace_with_a_model(void)
{
    static uint8_t model[MANY];
    SmgrRel *rel = begin(MANY);
    Seed seed = seed_new("free space map");

    memset(model, 0, sizeof model);
    for (int i = 0; i < 3000; i++) {
        BlockNo block = (BlockNo)seed_below(&seed, MANY);
        size_t room = (size_t)seed_below(&seed, 8192), wanted = (size_t)seed_below(&seed, 8160);
        BlockNo found;

        model[block] = fsm_category_of_bytes(room);
        if (seed_below(&seed, 2) == 0)
            fsm_note(rel, block, room);
        else if ((found = fsm_note_and_find(rel, block, room, wanted)) != BLOCK_NONE)
            CU_ASSERT_TRUE(fsm_category_to_bytes(model[found]) >= wanted);
        if (i % 500 == 499) {
            bool has_any = false;

            fsm_vacuum(rel);
            found = fsm_find(rel, wanted);
            for (BlockNo b = 0; b < MANY; b++)
                has_any = has_any || (model[b] > 0 && fsm_category_to_bytes(model[b]) >= wanted);
            CU_ASSERT_EQUAL(found != BLOCK_NONE, has_any);
        }
    }
    for (BlockNo b = 0; b < MANY; b++)
        CU_ASSERT_EQUAL(fsm_free_of(rel, b), fsm_category_to_bytes(model[b]));
    end();
}

static void a_damaged_map_is_made_anew(void)
{
    uint8_t page[BLOCK_SIZE];
    SmgrRel *rel = begin(10);
    OsFile *f;

    fsm_note(rel, 3, 500);
    storage_rig_checkpoint();
    storage_rig_crash(&rig);
    memset(page, 0xAA, sizeof page);
    f = os_file_open(MAP, OS_WRITE);
    os_file_write_at(f, page, sizeof page, 2 * BLOCK_SIZE);
    os_file_close(f);
    rel = storage_rig_rel(REL);
    CU_ASSERT_EQUAL(fsm_free_of(rel, 3), 0);
    fsm_note(rel, 4, 600);
    CU_ASSERT_EQUAL(fsm_free_of(rel, 4), 576);
    end();
}

static void searches_go_round_a_page_from_where_the_last_one_stopped(void)
{
    uint8_t page[BLOCK_SIZE] __attribute__((aligned(8)));

    page_init(page, 0);
    for (unsigned slot = 10; slot < 14; slot++)
        fsm_tree_set(page, slot, 5);
    fsm_tree_set(page, FSM_LEAVES - 1, 5);
    for (unsigned round = 0; round < 2; round++) {
        for (int slot = 10; slot < 14; slot++)
            CU_ASSERT_EQUAL(fsm_tree_search(page, 5, true), slot);
        CU_ASSERT_EQUAL(fsm_tree_search(page, 5, true), (int)FSM_LEAVES - 1);
    }
    CU_ASSERT_EQUAL(fsm_tree_search(page, 6, true), FSM_SLOT_NONE);
}

static void a_promise_that_no_leaf_keeps_is_mended(void)
{
    uint8_t page[BLOCK_SIZE] __attribute__((aligned(8)));

    page_init(page, 0);
    fsm_tree_set(page, 100, 5);
    page[FSM_NODES_AT] = 9;
    CU_ASSERT_EQUAL(fsm_tree_search(page, 8, false), FSM_SLOT_BAD);
    fsm_tree_mend(page);
    CU_ASSERT_EQUAL(fsm_tree_search(page, 8, false), FSM_SLOT_NONE);
    CU_ASSERT_EQUAL(fsm_tree_search(page, 5, false), 100);
    /* An inner node that is too low lets a note stop too early. */
    page[FSM_NODES_AT] = 0;
    CU_ASSERT_TRUE(fsm_tree_set(page, 100, 5));
    CU_ASSERT_EQUAL(fsm_tree_best(page), 5);
}

UNIT_SUITE(fsm)
{
    UNIT_TEST(what_is_noted_is_found);
    UNIT_TEST(the_nearest_level_is_searched_first);
    UNIT_TEST(a_fresh_map_has_three_pages_as_postgresql_makes_them);
    UNIT_TEST(notes_can_be_made_while_the_relation_is_extended);
    UNIT_TEST(processes_extend_the_maps_side_by_side);
    UNIT_TEST(blocks_behind_the_end_are_not_given_out);
    UNIT_TEST(a_map_that_is_cut_forgets_what_was_behind);
    UNIT_TEST(a_map_keeps_pace_with_a_model);
    UNIT_TEST(a_damaged_map_is_made_anew);
    UNIT_TEST(searches_go_round_a_page_from_where_the_last_one_stopped);
    UNIT_TEST(a_promise_that_no_leaf_keeps_is_mended);
}
