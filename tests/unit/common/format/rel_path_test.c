/* rel_path_test.c - which names are relation files, and where blocks lie. */
#include "common/base/base.h"

#include "common/format/rel_path.h"
#include "tests/unit/unit.h"

static void file_names_are_taken_apart(void)
{
    static const struct {
        const char *name;
        RelFileName expected;
    } names[] = {
        {"16388", {.rel = 16388}},
        {"16388.1", {.rel = 16388, .segment = 1}},
        {"16388_fsm", {.rel = 16388, .fork = FORK_FSM}},
        {"16388_vm.12", {.rel = 16388, .fork = FORK_VM, .segment = 12}},
        {"4294967295_init", {.rel = UINT32_MAX, .fork = FORK_INIT}},
        {"t3_16388_fsm.2",
         {.rel = 16388, .fork = FORK_FSM, .segment = 2, .is_temp = true, .backend = 3}},
        {"t0_1", {.rel = 1, .is_temp = true}},
        {"1.32767", {.rel = 1, .segment = 32767}},
    };

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        RelFileName found;

        CU_ASSERT_TRUE_FATAL(rel_file_name_try_parse(names[i].name, &found));
        CU_ASSERT_EQUAL(found.rel, names[i].expected.rel);
        CU_ASSERT_EQUAL(found.fork, names[i].expected.fork);
        CU_ASSERT_EQUAL(found.segment, names[i].expected.segment);
        CU_ASSERT_EQUAL(found.is_temp, names[i].expected.is_temp);
        CU_ASSERT_EQUAL(found.backend, names[i].expected.backend);
        CU_ASSERT_STRING_EQUAL(rel_file_name(&found), names[i].name);
    }
}

static void other_names_are_not_relations(void)
{
    static const char *const names[] = {
        "",
        "pg_filenode.map",
        "PG_VERSION",
        "pg_internal.init",
        "0",
        "016388",
        "16388.0",
        "16388.01",
        "16388.",
        "16388.32768",
        "16388_",
        "16388_foo",
        "16388_fsmx",
        "16388_main",
        "16388_fsm.",
        "4294967296",
        "16388 ",
        "-1",
        "t3",
        "t3_",
        "t_16388",
        "t03_16388",
        "tx_16388",
        "t00_1",
        "t3_16388_fsm_vm",
        "99999999999999999999999",
    };
    RelFileName found = {.rel = 7};

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        CU_ASSERT_FALSE(rel_file_name_try_parse(names[i], &found));
    CU_ASSERT_EQUAL(found.rel, 7);
}

static void paths_name_tablespace_and_database(void)
{
    RelPath path;

    CU_ASSERT_TRUE(rel_path_try_parse("base/5/16388_fsm.1", &path));
    CU_ASSERT_EQUAL(path.tag.tablespace, TABLESPACE_DEFAULT);
    CU_ASSERT_EQUAL(path.tag.database, 5);
    CU_ASSERT_EQUAL(path.tag.rel, 16388);
    CU_ASSERT_EQUAL(path.file.fork, FORK_FSM);
    CU_ASSERT_EQUAL(path.file.segment, 1);
    CU_ASSERT_PTR_NULL(path.version);
    CU_ASSERT_TRUE(rel_path_try_parse("global/1262", &path));
    CU_ASSERT_EQUAL(path.tag.tablespace, TABLESPACE_GLOBAL);
    CU_ASSERT_EQUAL(path.tag.database, 0);
    CU_ASSERT_TRUE(rel_path_try_parse("pg_tblspc/16400/PG_15_202209061/5/t2_7", &path));
    CU_ASSERT_EQUAL(path.tag.tablespace, 16400);
    CU_ASSERT_EQUAL(path.version->major, 15);
    CU_ASSERT_TRUE(path.file.is_temp);
}

static void other_paths_are_not_relations(void)
{
    static const char *const paths[] = {
        "16388",
        "base/16388",
        "base/5/",
        "base/5/6/16388",
        "base/x/16388",
        "base/0/16388",
        "base/pgsql_tmp/pgsql_tmp1.0",
        "global/pg_control",
        "global/5/1",
        "global/t1_1262",
        "pg_tblspc/16400/5/7",
        "pg_tblspc/16400/PG_15_202209061/7",
        "pg_tblspc/16400/PG_15_202209062/5/7",
        "pg_tblspc/16400/PG_16_202209061/5/7",
        "pg_xact/0000",
        "./base/5/16388",
    };
    RelPath path;

    for (size_t i = 0; i < ARRAY_LEN(paths); i++)
        CU_ASSERT_FALSE(rel_path_try_parse(paths[i], &path));
}

static void blocks_are_found_in_their_segment(void)
{
    const PgVersion *version = pg_version_find(15);
    BlockTag tag = {.rel = {TABLESPACE_DEFAULT, 5, 16388}, .fork = FORK_MAIN, .block = 7};
    uint64_t offset;

    CU_ASSERT_STRING_EQUAL(rel_path_of_block(&tag, version, &offset), "base/5/16388");
    CU_ASSERT_EQUAL(offset, 7 * 8192);
    tag.block = SEGMENT_BLOCKS * 2 + 1;
    tag.fork = FORK_VM;
    CU_ASSERT_STRING_EQUAL(rel_path_of_block(&tag, version, &offset), "base/5/16388_vm.2");
    CU_ASSERT_EQUAL(offset, 8192);
    tag = (BlockTag){.rel = {16400, 5, 7}, .fork = FORK_INIT, .block = BLOCK_NO_MAX};
    CU_ASSERT_STRING_EQUAL(rel_path_of_block(&tag, version, &offset),
                           "pg_tblspc/16400/PG_15_202209061/5/7_init.32767");
    CU_ASSERT_STRING_EQUAL(rel_dir_path(TABLESPACE_GLOBAL, 0, version), "global");
    CU_ASSERT_STRING_EQUAL(fork_name(FORK_FSM), "fsm");
}

UNIT_SUITE(rel_path)
{
    UNIT_TEST(file_names_are_taken_apart);
    UNIT_TEST(other_names_are_not_relations);
    UNIT_TEST(paths_name_tablespace_and_database);
    UNIT_TEST(other_paths_are_not_relations);
    UNIT_TEST(blocks_are_found_in_their_segment);
}
