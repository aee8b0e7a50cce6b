/* stats_test.c - counters: what ends of transactions make of them, shared entries, the file. */
#include "common/base/base.h"

#include <string.h>
#include <unistd.h>

#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/os/shared_memory.h"
#include "server/config/setting.h"
#include "server/stats/stats.h"
#include "tests/lib/crowd.h"
#include "tests/lib/seed.h"
#include "tests/unit/unit.h"

#define DATABASE 5
#define TABLE    16400
#define MEMBERS  4
#define TABLES   3000 /* more than the first memory holds */
#define ROUNDS   4

static struct {
    void *place;
    char before[4096]; /* working folder */
} rig;

static void begin(void)
{
    stats_set_counting(true);
    setting.stats_fetch_consistency = 0;
    rig.place = os_shared_map(stats_shmem_size(), OS_HUGE_OFF);
    stats_shmem_init(rig.place);
    stats_set_database(DATABASE);
}

static void end(void)
{
    stats_clear_fetched();
    stats_forget();
    stats_discard();
    os_shared_unmap(rig.place, stats_shmem_size());
}

static StatsTable *use(Oid table)
{
    StatsTable *t = stats_table_of(DATABASE, table);

    stats_table_use(t);
    return t;
}

static StatsTableBody shared_of(Oid table)
{
    const StatsKey key = {.kind = STATS_RELATION, .database = DATABASE, .object = table};
    StatsBody body;

    memset(&body, 0, sizeof body);
    stats_read_now(&key, &body);
    return body.table;
}

static bool is_there(Oid table)
{
    const StatsKey key = {.kind = STATS_RELATION, .database = DATABASE, .object = table};

    return stats_have_entry(&key);
}

static void a_commit_makes_rows_live_and_an_abort_makes_them_dead(void)
{
    begin();
    stats_begin();
    stats_count_insert(use(TABLE), 10);
    stats_count_update(use(TABLE), true);
    stats_count_delete(use(TABLE));
    stats_end(true);
    stats_begin();
    stats_count_insert(use(TABLE), 5);
    stats_count_update(use(TABLE), false);
    stats_count_delete(use(TABLE));
    stats_end(false);
    stats_flush(STATS_NOW);
    CU_ASSERT_EQUAL(shared_of(TABLE).inserted, 15);
    CU_ASSERT_EQUAL(shared_of(TABLE).updated, 2);
    CU_ASSERT_EQUAL(shared_of(TABLE).hot_updated, 1);
    CU_ASSERT_EQUAL(shared_of(TABLE).live, 9);
    CU_ASSERT_EQUAL(shared_of(TABLE).dead, 2 + 6);
    CU_ASSERT_EQUAL(shared_of(TABLE).changes_since_analyze, 12);
    end();
}

static void a_subtransaction_counts_for_its_parent_unless_it_is_rolled_back(void)
{
    begin();
    stats_begin();
    stats_sub_begin();
    stats_sub_begin();
    stats_count_insert(use(TABLE), 3);
    stats_sub_end(true); /* two levels up without a level between */
    stats_sub_end(true);
    stats_count_insert(use(TABLE), 1);
    stats_sub_begin();
    stats_count_delete(use(TABLE));
    stats_count_insert(use(TABLE), 2);
    stats_sub_end(false);
    stats_end(true);
    stats_flush(STATS_NOW);
    CU_ASSERT_EQUAL(shared_of(TABLE).live, 4);
    CU_ASSERT_EQUAL(shared_of(TABLE).dead, 2);
    CU_ASSERT_EQUAL(shared_of(TABLE).inserted, 6);
    CU_ASSERT_EQUAL(shared_of(TABLE).deleted, 1);
    end();
}

static void what_was_done_before_a_truncate_counts_again_when_it_is_rolled_back(void)
{
    begin();
    stats_begin();
    stats_count_insert(use(TABLE), 7);
    stats_end(true);
    stats_begin();
    stats_count_insert(use(TABLE), 2);
    stats_sub_begin();
    stats_count_truncate(use(TABLE));
    stats_count_insert(use(TABLE), 1);
    stats_sub_end(false);
    stats_end(true);
    stats_flush(STATS_NOW);
    CU_ASSERT_EQUAL(shared_of(TABLE).live, 9);
    CU_ASSERT_EQUAL(shared_of(TABLE).dead, 0);
    stats_begin();
    stats_count_insert(use(TABLE), 2);
    stats_sub_begin();
    stats_count_truncate(use(TABLE));
    stats_count_insert(use(TABLE), 1);
    stats_sub_end(true);
    stats_end(true);
    stats_flush(STATS_NOW);
    CU_ASSERT_EQUAL(shared_of(TABLE).live, 1);
    CU_ASSERT_EQUAL(shared_of(TABLE).dead, 0);
    end();
}

static void nothing_is_told_within_a_second_of_the_last_time(void)
{
    begin();
    stats_flush(STATS_NOW);
    stats_begin();
    stats_count_insert(use(TABLE), 1);
    stats_end(true);
    CU_ASSERT_TRUE(stats_flush(STATS_WHEN_DUE) > 0);
    CU_ASSERT_EQUAL(shared_of(TABLE).live, 0);
    stats_force_next_flush();
    CU_ASSERT_EQUAL(stats_flush(STATS_WHEN_DUE), 0);
    CU_ASSERT_EQUAL(shared_of(TABLE).live, 1);
    end();
}

static void counts_go_with_who_is_dropped(void)
{
    const StatsKey *keys;
    uint32_t count;

    begin();
    stats_begin();
    stats_note_created(STATS_RELATION, DATABASE, TABLE);
    stats_note_created(STATS_RELATION, DATABASE, TABLE + 1);
    stats_count_insert(use(TABLE), 1);
    CU_ASSERT_PTR_NULL(stats_list_drops(true, &count));
    keys = stats_list_drops(false, &count);
    CU_ASSERT_EQUAL_FATAL(count, 2);
    CU_ASSERT_EQUAL(keys[0].object, TABLE);
    CU_ASSERT_EQUAL(keys[1].object, TABLE + 1);
    stats_end(true);
    CU_ASSERT_TRUE(is_there(TABLE));
    CU_ASSERT_FALSE(is_there(TABLE + 1)); /* nothing was counted */

    stats_begin();
    stats_sub_begin();
    stats_note_dropped(STATS_RELATION, DATABASE, TABLE);
    stats_sub_end(false);
    stats_end(true);
    CU_ASSERT_TRUE(is_there(TABLE));

    stats_begin();
    stats_sub_begin();
    stats_count_insert(use(TABLE), 1);
    stats_note_dropped(STATS_RELATION, DATABASE, TABLE);
    stats_sub_end(true);
    stats_end(true);
    CU_ASSERT_FALSE(is_there(TABLE));
    stats_flush(STATS_NOW);
    CU_ASSERT_FALSE(is_there(TABLE)); /* and is not made again */
    end();
}

static void what_others_have_dropped_is_not_made_again(void)
{
    const StatsKey key = {.kind = STATS_RELATION, .database = DATABASE, .object = TABLE};

    begin();
    stats_begin();
    stats_count_insert(use(TABLE), 1);
    stats_end(true);
    /* As another process would: this one is not told. */
    stats_reset_entry(&key);
    CU_ASSERT_TRUE(is_there(TABLE));
    stats_drop(&key, 1);
    stats_flush(STATS_NOW);
    CU_ASSERT_FALSE(is_there(TABLE));
    end();
}

static void a_snapshot_stays_as_it_is_until_it_is_cleared(void)
{
    begin();
    setting.stats_fetch_consistency = 2;
    stats_begin();
    stats_count_insert(use(TABLE), 1);
    stats_end(true);
    stats_flush(STATS_NOW);
    CU_ASSERT_PTR_NULL(stats_fetch_table(DATABASE, TABLE + 1));
    stats_begin();
    stats_count_insert(use(TABLE), 1);
    stats_count_insert(use(TABLE + 1), 1);
    stats_end(true);
    stats_flush(STATS_NOW);
    CU_ASSERT_EQUAL(stats_fetch_table(DATABASE, TABLE)->live, 1);
    CU_ASSERT_PTR_NULL(stats_fetch_table(DATABASE, TABLE + 1));
    stats_clear_fetched();
    CU_ASSERT_EQUAL(stats_fetch_table(DATABASE, TABLE)->live, 2);
    CU_ASSERT_EQUAL(stats_fetch_table(DATABASE, TABLE + 1)->live, 1);
    setting.stats_fetch_consistency = 1;
    end();
}

/* ---- Several at once ---- */

static void count_all(void *arg, unsigned number UNUSED)
{
    (void)arg;
    for (unsigned round = 0; round < ROUNDS; round++) {
        stats_begin();
        for (Oid table = TABLE; table < TABLE + TABLES; table++)
            stats_count_insert(use(table), 1);
        stats_end(true);
        stats_flush(STATS_NOW);
    }
}

static void processes_add_up_in_memory_that_grows(void)
{
    bool is_right = true;

    begin();
    CU_ASSERT_EQUAL(crowd_run(MEMBERS, count_all, NULL), MEMBERS);
    for (Oid table = TABLE; table < TABLE + TABLES; table++)
        is_right &= shared_of(table).live == MEMBERS * ROUNDS;
    CU_ASSERT_TRUE(is_right);
    stats_reset_database(DATABASE);
    CU_ASSERT_EQUAL(shared_of(TABLE).live, 0);
    CU_ASSERT_TRUE(is_there(TABLE));
    end();
}

/* ---- The file ---- */

static void enter_folder(void)
{
    CU_ASSERT_PTR_NOT_NULL_FATAL(getcwd(rig.before, sizeof rig.before));
    os_dir_enter(unit_temp_dir());
    os_dir_make("pg_stat");
}

static void counts_come_back_from_the_file_once(void)
{
    enter_folder();
    begin();
    stats_begin();
    stats_count_insert(use(TABLE), 42);
    stats_end(true);
    stats_flush(STATS_NOW);
    stats_report_archiver("000000010000000000000007", false);
    stats_save();
    stats_discard();
    CU_ASSERT_FALSE(is_there(TABLE));
    stats_load();
    CU_ASSERT_EQUAL(shared_of(TABLE).live, 42);
    CU_ASSERT_EQUAL(stats_fetch_fixed()->archiver.archived, 1);
    CU_ASSERT_STRING_EQUAL(stats_fetch_fixed()->archiver.last_archived,
                           "000000010000000000000007");
    CU_ASSERT_FALSE(os_exists("pg_stat/pgstat.stat"));
    end();
    os_dir_enter(rig.before);
}

static void a_damaged_file_is_thrown_away(void)
{
    char *bytes;
    size_t len;

    enter_folder();
    begin();
    stats_begin();
    stats_count_insert(use(TABLE), 42);
    stats_end(true);
    stats_flush(STATS_NOW);
    stats_save();
    bytes = os_file_read_all("pg_stat/pgstat.stat", MIB(1), &len);
    for (size_t cut = 0; cut < len; cut += 7) {
        os_write_durable("pg_stat/pgstat.stat", bytes, cut);
        stats_load();
        CU_ASSERT_FALSE(is_there(TABLE));
    }
    end();
    os_dir_enter(rig.before);
}

UNIT_SUITE(stats)
{
    UNIT_TEST(a_commit_makes_rows_live_and_an_abort_makes_them_dead);
    UNIT_TEST(a_subtransaction_counts_for_its_parent_unless_it_is_rolled_back);
    UNIT_TEST(what_was_done_before_a_truncate_counts_again_when_it_is_rolled_back);
    UNIT_TEST(nothing_is_told_within_a_second_of_the_last_time);
    UNIT_TEST(counts_go_with_who_is_dropped);
    UNIT_TEST(what_others_have_dropped_is_not_made_again);
    UNIT_TEST(a_snapshot_stays_as_it_is_until_it_is_cleared);
    UNIT_TEST(processes_add_up_in_memory_that_grows);
    UNIT_TEST(counts_come_back_from_the_file_once);
    UNIT_TEST(a_damaged_file_is_thrown_away);
}
