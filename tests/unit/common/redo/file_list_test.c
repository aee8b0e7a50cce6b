/* file_list_test.c - files that a base has, and what records make, cut, copy and remove */
#include "common/base/base.h"

#include "common/redo/file_list.h"

#include "common/mem/mem.h"
#include "tests/unit/unit.h"

#define IN_PLACE 16400 /* a tablespace */

static const RelTag table = {TABLESPACE_DEFAULT, 5, 16385};
static const RelTag elsewhere = {IN_PLACE, 5, 16390};

static FileList *list;
static WalRecord record;

static void begin(void)
{
    list = file_list_new();
    record = (WalRecord){.start = 0x1000, .version = 15, .ref_id_max = -1};
}

static void apply(const WalEffect *effect)
{
    file_list_apply(list, &record, effect);
}

static const ListedFork *find(const RelTag *rel, ForkNo fork)
{
    return file_list_find_fork(list, rel, fork);
}

static void check_blocks(const RelTag *rel, ForkNo fork, BlockNo block_count, BlockNo base_blocks)
{
    const ListedFork *found = find(rel, fork);

    CU_ASSERT_PTR_NOT_NULL_FATAL(found);
    CU_ASSERT_EQUAL(found->block_count, block_count);
    CU_ASSERT_EQUAL(found->base_blocks, base_blocks);
}

static void files_of_the_base_are_listed_by_path(void)
{
    begin();
    CU_ASSERT_TRUE(file_list_add(list, "base/5/16385", 3 * BLOCK_SIZE));
    CU_ASSERT_TRUE(file_list_add(list, "base/5/16385_vm", BLOCK_SIZE + 100));
    CU_ASSERT_TRUE(file_list_add(list, "base/5/16386", 0));
    CU_ASSERT_TRUE(file_list_add(list, "global/1262", BLOCK_SIZE));
    CU_ASSERT_TRUE(file_list_add(list, "pg_tblspc/16400/PG_15_202209061/5/16390_init", BLOCK_SIZE));
    check_blocks(&table, FORK_MAIN, 3, 3);
    check_blocks(&table, FORK_VM, 1, 1);
    check_blocks(&(RelTag){TABLESPACE_DEFAULT, 5, 16386}, FORK_MAIN, 0, 0);
    check_blocks(&(RelTag){TABLESPACE_GLOBAL, 0, 1262}, FORK_MAIN, 1, 1);
    check_blocks(&elsewhere, FORK_INIT, 1, 1);
    CU_ASSERT_PTR_NULL(find(&table, FORK_FSM));
    CU_ASSERT_TRUE(rel_tag_equal(&find(&table, FORK_MAIN)->from_rel, &table));
    CU_ASSERT_EQUAL(find(&table, FORK_MAIN)->from_lsn, LSN_NONE);
    CU_ASSERT_PTR_NOT_NULL(file_list_find_database(list, TABLESPACE_GLOBAL, 0));
    CU_ASSERT_PTR_NOT_NULL(file_list_find_database(list, IN_PLACE, 5));
}

static void segments_make_one_fork_in_any_order(void)
{
    begin();
    file_list_add(list, "base/5/16385.2", BLOCK_SIZE);
    file_list_add(list, "base/5/16385", GIB(1));
    file_list_add(list, "base/5/16385.1", GIB(1));
    check_blocks(&table, FORK_MAIN, 2 * SEGMENT_BLOCKS + 1, 2 * SEGMENT_BLOCKS + 1);
    CU_ASSERT_EQUAL(listed_fork_segment_count(find(&table, FORK_MAIN)), 3);

    /* No file is so long, but a damaged folder may say so. */
    file_list_add(list, "base/5/16385.32767", GIB(4));
    CU_ASSERT_EQUAL(find(&table, FORK_MAIN)->block_count, BLOCK_NO_MAX);
}

/* Seen on 15.20: it leaves the files of segments that a truncation empties. */
static void an_empty_segment_makes_no_fork_longer(void)
{
    begin();
    CU_ASSERT_TRUE(file_list_add(list, "base/5/16385.1", 0));
    CU_ASSERT_TRUE(file_list_add(list, "base/5/16385", 3 * BLOCK_SIZE));
    CU_ASSERT_TRUE(file_list_add(list, "base/5/16385.2", 0));
    check_blocks(&table, FORK_MAIN, 3, 3);
}

static void a_fork_has_a_segment_for_each_begun_gib(void)
{
    CU_ASSERT_EQUAL(listed_fork_segment_count(&(ListedFork){.block_count = 0}), 1);
    CU_ASSERT_EQUAL(listed_fork_segment_count(&(ListedFork){.block_count = 1}), 1);
    CU_ASSERT_EQUAL(listed_fork_segment_count(&(ListedFork){.block_count = SEGMENT_BLOCKS}), 1);
    CU_ASSERT_EQUAL(listed_fork_segment_count(&(ListedFork){.block_count = SEGMENT_BLOCKS + 1}), 2);
}

static void folders_and_small_files_are_listed_too(void)
{
    const ListedDatabase *d;

    begin();
    CU_ASSERT_TRUE(file_list_add(list, "base/5", 0));
    d = file_list_find_database(list, TABLESPACE_DEFAULT, 5);
    CU_ASSERT_PTR_NOT_NULL_FATAL(d);
    CU_ASSERT_FALSE(d->has_version_file);
    CU_ASSERT_FALSE(d->has_init_file);
    CU_ASSERT_EQUAL(d->relmap_size, 0);
    CU_ASSERT_TRUE(file_list_add(list, "base/5/PG_VERSION", 3));
    CU_ASSERT_TRUE(d->has_version_file);
    CU_ASSERT_TRUE(file_list_add(list, "base/5/pg_internal.init", 100000));
    CU_ASSERT_TRUE(d->has_init_file);
    CU_ASSERT_TRUE(file_list_add(list, "base/5/pg_filenode.map", 512));
    file_list_add_relmap(list, TABLESPACE_DEFAULT, 5, "map", 3);
    CU_ASSERT_EQUAL(d->relmap_size, 3);
    CU_ASSERT_EQUAL(memcmp(d->relmap, "map", 3), 0);
    CU_ASSERT_TRUE(file_list_add(list, "global", 0));
    CU_ASSERT_TRUE(file_list_add(list, "global/pg_filenode.map", 512));
    CU_ASSERT_PTR_NOT_NULL(file_list_find_database(list, TABLESPACE_GLOBAL, 0));

    CU_ASSERT_TRUE(file_list_add(list, "pg_tblspc/16400", 0));
    CU_ASSERT_PTR_NOT_NULL_FATAL(file_list_find_tablespace(list, IN_PLACE));
    CU_ASSERT_PTR_NULL(file_list_find_tablespace(list, IN_PLACE)->path);
    CU_ASSERT_TRUE(file_list_add(list, "pg_twophase/000002BF", 200));
    CU_ASSERT_PTR_NOT_NULL_FATAL(file_list_find_prepared(list, 0x2BF));
    CU_ASSERT_EQUAL(file_list_find_prepared(list, 0x2BF)->lsn, LSN_NONE);
}

static void other_paths_are_left_out(void)
{
    static const char *const paths[] = {
        "base",
        "base/5/t3_16402",
        "base/5/pgsql_tmp",
        "base/pgsql_tmp",
        "base/pg_VERSION",
        "pg_xact/0000",
        "pg_wal/000000010000000000000001",
        "postgresql.conf",
        "PG_VERSION",
        "pg_tblspc",
        "pg_tblspc/16400_vm",
        "pg_tblspc/x",
        "pg_tblspc/16400.1",
        "pg_twophase/2BF",
        "pg_twophase/zzzzzzzz",
        "pg_tblspc/16400/16401",
    };

    begin();
    for (size_t i = 0; i < ARRAY_LEN(paths); i++)
        CU_ASSERT_FALSE(file_list_add(list, paths[i], 0));
    CU_ASSERT_PTR_NULL(file_list_find_tablespace(list, IN_PLACE));
}

static void a_fork_is_made_once(void)
{
    WalEffect effect = {.kind = WAL_EFFECT_REL_CREATE};

    begin();
    file_list_add(list, "base/5/16385", 3 * BLOCK_SIZE);
    effect.rel.tag = table;
    effect.rel.fork = FORK_MAIN;
    apply(&effect);
    check_blocks(&table, FORK_MAIN, 3, 3);
    effect.rel.fork = FORK_INIT;
    apply(&effect);
    check_blocks(&table, FORK_INIT, 0, 0);
    CU_ASSERT_PTR_NOT_NULL(file_list_find_database(list, TABLESPACE_DEFAULT, 5));
}

static void touch(int id, ForkNo fork, BlockNo block, bool will_init, bool has_image, bool apply_it)
{
    for (int gap = record.ref_id_max + 1; gap < id; gap++)
        record.refs[gap] = (WalBlockRef){.is_used = false};
    record.ref_id_max = id;
    record.refs[id] = (WalBlockRef){.is_used = true,
                                    .will_init = will_init,
                                    .has_image = has_image,
                                    .apply_image = apply_it,
                                    .tag = {.rel = table, .fork = fork, .block = block}};
}

static void pages_that_a_record_makes_lengthen_the_fork(void)
{
    WalEffect none = {.kind = WAL_EFFECT_NONE};

    begin();
    file_list_add(list, "base/5/16385", 3 * BLOCK_SIZE);
    touch(0, FORK_MAIN, 9, false, false, false);
    apply(&none);
    check_blocks(&table, FORK_MAIN, 3, 3);
    touch(0, FORK_MAIN, 9, false, true, false);
    apply(&none);
    check_blocks(&table, FORK_MAIN, 3, 3);
    touch(0, FORK_MAIN, 2, true, false, false);
    apply(&none);
    check_blocks(&table, FORK_MAIN, 3, 3);
    touch(0, FORK_MAIN, 9, true, false, false);
    apply(&none);
    check_blocks(&table, FORK_MAIN, 10, 3);
    touch(2, FORK_MAIN, 20, false, true, true);
    apply(&none);
    check_blocks(&table, FORK_MAIN, 21, 3);
    touch(3, FORK_VM, 0, false, false, false);
    apply(&none);
    check_blocks(&table, FORK_VM, 1, 0);

    /* What no record can mean is left to redo to refuse. */
    touch(0, FORK_MAIN, BLOCK_NONE, true, false, false);
    apply(&none);
    touch(0, 9, 1, true, false, false);
    apply(&none);
    check_blocks(&table, FORK_MAIN, 21, 3);
}

static void a_truncation_cuts_the_forks_that_it_names(void)
{
    WalEffect effect = {.kind = WAL_EFFECT_REL_TRUNCATE};

    begin();
    file_list_add(list, "base/5/16385", 50000 * (uint64_t)BLOCK_SIZE);
    file_list_add(list, "base/5/16385_vm", 2 * BLOCK_SIZE);
    file_list_add(list, "base/5/16385_fsm", 16 * BLOCK_SIZE);
    effect.rel.tag = table;
    effect.rel.block_count = 10;
    apply(&effect);
    check_blocks(&table, FORK_MAIN, 50000, 50000);
    effect.rel.cuts_main = true;
    apply(&effect);
    check_blocks(&table, FORK_MAIN, 10, 10);
    check_blocks(&table, FORK_VM, 2, 2);
    effect.rel.cuts_vm = effect.rel.cuts_fsm = true;
    apply(&effect);
    check_blocks(&table, FORK_VM, 1, 1);
    check_blocks(&table, FORK_FSM, 3, 3);

    /* Never longer by being cut; one that is not there is made. */
    effect.rel.block_count = 100;
    apply(&effect);
    check_blocks(&table, FORK_MAIN, 10, 10);
    effect.rel.tag = elsewhere;
    apply(&effect);
    check_blocks(&elsewhere, FORK_MAIN, 0, 0);
    CU_ASSERT_PTR_NULL(find(&elsewhere, FORK_VM));
}

static void maps_keep_the_pages_that_speak_of_kept_blocks(void)
{
    CU_ASSERT_EQUAL(file_list_kept_vm_blocks(0), 0);
    CU_ASSERT_EQUAL(file_list_kept_vm_blocks(1), 1);
    CU_ASSERT_EQUAL(file_list_kept_vm_blocks(32672), 1);
    CU_ASSERT_EQUAL(file_list_kept_vm_blocks(32673), 2);
    /* The two upper levels stand before the first leaf page. */
    CU_ASSERT_EQUAL(file_list_kept_fsm_blocks(0), 2);
    CU_ASSERT_EQUAL(file_list_kept_fsm_blocks(1), 3);
    CU_ASSERT_EQUAL(file_list_kept_fsm_blocks(4069), 3);
    CU_ASSERT_EQUAL(file_list_kept_fsm_blocks(4070), 4);
}

static void a_transaction_removes_relations_when_it_ends(void)
{
    WalEffect effect = {.kind = WAL_EFFECT_COMMIT};

    begin();
    file_list_add(list, "base/5/16385", BLOCK_SIZE);
    file_list_add(list, "base/5/16385_vm", BLOCK_SIZE);
    file_list_add(list, "pg_tblspc/16400/PG_15_202209061/5/16390", BLOCK_SIZE);
    effect.xact.rels = (WalList){.items = mem_dup(&table, sizeof table), .count = 1};
    apply(&effect);
    CU_ASSERT_PTR_NULL(find(&table, FORK_MAIN));
    CU_ASSERT_PTR_NULL(find(&table, FORK_VM));
    effect.kind = WAL_EFFECT_ABORT;
    effect.xact.rels = (WalList){.items = mem_dup(&elsewhere, sizeof elsewhere), .count = 1};
    apply(&effect);
    CU_ASSERT_PTR_NULL(find(&elsewhere, FORK_MAIN));

    /* A relation with the same number begins with nothing. */
    effect = (WalEffect){.kind = WAL_EFFECT_REL_CREATE};
    effect.rel.tag = table;
    apply(&effect);
    touch(0, FORK_MAIN, 0, true, false, false);
    apply(&(WalEffect){.kind = WAL_EFFECT_NONE});
    check_blocks(&table, FORK_MAIN, 1, 0);
}

static void a_prepared_transaction_is_kept_until_it_ends(void)
{
    WalEffect effect = {.kind = WAL_EFFECT_PREPARE};

    begin();
    effect.xact.xid = 700;
    effect.xact.rels = (WalList){.items = mem_dup(&table, sizeof table), .count = 1};
    file_list_add(list, "base/5/16385", BLOCK_SIZE);
    apply(&effect);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file_list_find_prepared(list, 700));
    CU_ASSERT_EQUAL(file_list_find_prepared(list, 700)->lsn, 0x1000);
    CU_ASSERT_PTR_NOT_NULL(find(&table, FORK_MAIN));

    /* The end of another transaction with that number, which cannot be, is no end of this. */
    effect = (WalEffect){.kind = WAL_EFFECT_COMMIT};
    effect.xact.xid = 700;
    apply(&effect);
    CU_ASSERT_PTR_NOT_NULL(file_list_find_prepared(list, 700));
    effect.xact.is_prepared = true;
    apply(&effect);
    CU_ASSERT_PTR_NULL(file_list_find_prepared(list, 700));
}

static void init_files_go_with_changes_of_catalogs(void)
{
    WalEffect effect = {.kind = WAL_EFFECT_COMMIT};

    begin();
    file_list_add(list, "base/5/pg_internal.init", 1);
    file_list_add(list, "base/6/pg_internal.init", 1);
    file_list_add(list, "global/pg_internal.init", 1);
    effect.xact.database = 5;
    effect.xact.tablespace = TABLESPACE_DEFAULT;
    apply(&effect);
    CU_ASSERT_TRUE(file_list_find_database(list, TABLESPACE_DEFAULT, 5)->has_init_file);
    effect.xact.drops_init_files = true;
    apply(&effect);
    CU_ASSERT_FALSE(file_list_find_database(list, TABLESPACE_DEFAULT, 5)->has_init_file);
    CU_ASSERT_TRUE(file_list_find_database(list, TABLESPACE_DEFAULT, 6)->has_init_file);
    CU_ASSERT_FALSE(file_list_find_database(list, TABLESPACE_GLOBAL, 0)->has_init_file);

    effect = (WalEffect){.kind = WAL_EFFECT_INVALIDATE};
    effect.invalidate.database = 6;
    effect.invalidate.tablespace = TABLESPACE_DEFAULT;
    apply(&effect);
    CU_ASSERT_TRUE(file_list_find_database(list, TABLESPACE_DEFAULT, 6)->has_init_file);
    effect.invalidate.drops_init_files = true;
    apply(&effect);
    CU_ASSERT_FALSE(file_list_find_database(list, TABLESPACE_DEFAULT, 6)->has_init_file);

    begin();
    apply(&effect);
    CU_ASSERT_PTR_NULL(file_list_find_database(list, TABLESPACE_DEFAULT, 6));
}

static void a_relation_map_is_the_last_one_written(void)
{
    WalEffect effect = {.kind = WAL_EFFECT_RELMAP_UPDATE};
    uint8_t bytes[RELMAP_SIZE_MAX + 1] = {7, 8};
    const ListedDatabase *d;

    begin();
    effect.relmap.database = 5;
    effect.relmap.tablespace = TABLESPACE_DEFAULT;
    effect.relmap.bytes = bytes;
    effect.relmap.size = 512;
    apply(&effect);
    d = file_list_find_database(list, TABLESPACE_DEFAULT, 5);
    CU_ASSERT_PTR_NOT_NULL_FATAL(d);
    CU_ASSERT_EQUAL(d->relmap_size, 512);
    CU_ASSERT_EQUAL(d->relmap[1], 8);
    effect.relmap.size = sizeof bytes;
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "a relation map of 525 bytes is too long",
                               apply(&effect));
}

static void a_new_database_has_a_version_and_then_what_records_bring(void)
{
    WalEffect effect = {.kind = WAL_EFFECT_DB_CREATE};
    const ListedDatabase *d;

    begin();
    effect.db.database = 9;
    effect.db.tablespace = IN_PLACE;
    apply(&effect);
    d = file_list_find_database(list, IN_PLACE, 9);
    CU_ASSERT_PTR_NOT_NULL_FATAL(d);
    CU_ASSERT_TRUE(d->has_version_file);
    CU_ASSERT_EQUAL(d->relmap_size, 0);
}

static WalEffect copy_of_5(void)
{
    WalEffect effect = {.kind = WAL_EFFECT_DB_COPY};

    effect.db.database = 9;
    effect.db.tablespace = IN_PLACE;
    effect.db.from_database = 5;
    effect.db.from_tablespace = TABLESPACE_DEFAULT;
    return effect;
}

static void a_copied_database_has_what_the_other_had(void)
{
    const RelTag copy = {IN_PLACE, 9, table.rel}, stale = {IN_PLACE, 9, 777};
    WalEffect effect = copy_of_5();
    const ListedDatabase *d;

    begin();
    file_list_add(list, "base/5/16385", 3 * BLOCK_SIZE);
    file_list_add(list, "base/5/PG_VERSION", 3);
    file_list_add_relmap(list, TABLESPACE_DEFAULT, 5, "map", 3);
    file_list_add(list, "base/6/16385", 3 * BLOCK_SIZE);
    file_list_add(list, "pg_tblspc/16400/PG_15_202209061/9/777", BLOCK_SIZE);
    touch(0, FORK_MAIN, 3, true, false, false);
    apply(&(WalEffect){.kind = WAL_EFFECT_NONE});
    record.ref_id_max = -1;
    record.start = 0x2000;
    apply(&effect);
    check_blocks(&copy, FORK_MAIN, 4, 4);
    CU_ASSERT_TRUE(rel_tag_equal(&find(&copy, FORK_MAIN)->from_rel, &table));
    CU_ASSERT_EQUAL(find(&copy, FORK_MAIN)->from_lsn, 0x2000);
    CU_ASSERT_PTR_NULL(find(&stale, FORK_MAIN));
    check_blocks(&table, FORK_MAIN, 4, 3);
    d = file_list_find_database(list, IN_PLACE, 9);
    CU_ASSERT_PTR_NOT_NULL_FATAL(d);
    CU_ASSERT_EQUAL(d->key.database, 9);
    CU_ASSERT_TRUE(d->has_version_file);
    CU_ASSERT_EQUAL(d->relmap_size, 3);

    /* Of a folder that a hot backup missed nothing is known. */
    begin();
    apply(&effect);
    CU_ASSERT_PTR_NOT_NULL(file_list_find_database(list, IN_PLACE, 9));
}

static void a_dropped_database_goes_from_each_tablespace_named(void)
{
    const Oid tablespaces[] = {TABLESPACE_DEFAULT, IN_PLACE};
    WalEffect effect = {.kind = WAL_EFFECT_DB_DROP};

    begin();
    file_list_add(list, "base/5/16385", BLOCK_SIZE);
    file_list_add(list, "base/6/16385", BLOCK_SIZE);
    file_list_add(list, "pg_tblspc/16400/PG_15_202209061/5/16390", BLOCK_SIZE);
    effect.db_drop.database = 5;
    effect.db_drop.tablespaces = (WalList){.items = mem_dup(tablespaces, 8), .count = 2};
    apply(&effect);
    CU_ASSERT_PTR_NULL(find(&table, FORK_MAIN));
    CU_ASSERT_PTR_NULL(find(&elsewhere, FORK_MAIN));
    CU_ASSERT_PTR_NULL(file_list_find_database(list, TABLESPACE_DEFAULT, 5));
    CU_ASSERT_PTR_NULL(file_list_find_database(list, IN_PLACE, 5));
    CU_ASSERT_PTR_NOT_NULL(find(&(RelTag){TABLESPACE_DEFAULT, 6, 16385}, FORK_MAIN));
}

static void tablespaces_come_and_go(void)
{
    WalEffect effect = {.kind = WAL_EFFECT_TABLESPACE_CREATE};

    begin();
    effect.tablespace.oid = IN_PLACE;
    effect.tablespace.path = "/srv/fast";
    apply(&effect);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file_list_find_tablespace(list, IN_PLACE));
    CU_ASSERT_STRING_EQUAL(file_list_find_tablespace(list, IN_PLACE)->path, "/srv/fast");
    file_list_add(list, "base/5/16385", BLOCK_SIZE);
    file_list_add(list, "pg_tblspc/16400/PG_15_202209061/5/16390", BLOCK_SIZE);
    effect.kind = WAL_EFFECT_TABLESPACE_DROP;
    apply(&effect);
    CU_ASSERT_PTR_NULL(file_list_find_tablespace(list, IN_PLACE));
    CU_ASSERT_PTR_NULL(file_list_find_database(list, IN_PLACE, 5));
    CU_ASSERT_PTR_NULL(find(&elsewhere, FORK_MAIN));
    CU_ASSERT_PTR_NOT_NULL(file_list_find_database(list, TABLESPACE_DEFAULT, 5));
}

static void walks_visit_all(void)
{
    size_t forks = 0, databases = 0, tablespaces = 0, prepared = 0;

    begin();
    file_list_add(list, "base/5/16385", BLOCK_SIZE);
    file_list_add(list, "base/5/16385_vm", BLOCK_SIZE);
    file_list_add(list, "pg_tblspc/16400", 0);
    file_list_add(list, "pg_twophase/000002BF", 200);
    for (size_t at = 0; file_list_next_fork(list, &at) != NULL;)
        forks++;
    for (size_t at = 0; file_list_next_database(list, &at) != NULL;)
        databases++;
    for (size_t at = 0; file_list_next_tablespace(list, &at) != NULL;)
        tablespaces++;
    for (size_t at = 0; file_list_next_prepared(list, &at) != NULL;)
        prepared++;
    CU_ASSERT_EQUAL(forks, 2);
    CU_ASSERT_EQUAL(databases, 1);
    CU_ASSERT_EQUAL(tablespaces, 1);
    CU_ASSERT_EQUAL(prepared, 1);
}

UNIT_SUITE(file_list)
{
    UNIT_TEST(files_of_the_base_are_listed_by_path);
    UNIT_TEST(segments_make_one_fork_in_any_order);
    UNIT_TEST(an_empty_segment_makes_no_fork_longer);
    UNIT_TEST(a_fork_has_a_segment_for_each_begun_gib);
    UNIT_TEST(folders_and_small_files_are_listed_too);
    UNIT_TEST(other_paths_are_left_out);
    UNIT_TEST(a_fork_is_made_once);
    UNIT_TEST(pages_that_a_record_makes_lengthen_the_fork);
    UNIT_TEST(a_truncation_cuts_the_forks_that_it_names);
    UNIT_TEST(maps_keep_the_pages_that_speak_of_kept_blocks);
    UNIT_TEST(a_transaction_removes_relations_when_it_ends);
    UNIT_TEST(a_prepared_transaction_is_kept_until_it_ends);
    UNIT_TEST(init_files_go_with_changes_of_catalogs);
    UNIT_TEST(a_relation_map_is_the_last_one_written);
    UNIT_TEST(a_new_database_has_a_version_and_then_what_records_bring);
    UNIT_TEST(a_copied_database_has_what_the_other_had);
    UNIT_TEST(a_dropped_database_goes_from_each_tablespace_named);
    UNIT_TEST(tablespaces_come_and_go);
    UNIT_TEST(walks_visit_all);
}
