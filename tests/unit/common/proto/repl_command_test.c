/*
 * repl_command_test.c - commands by server version
 *
 * That servers 13 to 18 understand them is seen by the scenario tests of pgbasebackup; here is what
 * they look like.
 */
#include "common/base/base.h"

#include "common/proto/repl_command.h"
#include "tests/unit/unit.h"

static void wal_is_asked_for_with_or_without_a_slot(void)
{
    StrBuf out;

    strbuf_init(&out);
    repl_command_start(&out, &(StartReplication){.start = UINT64_C(0x11D000000), .tli = 3});
    CU_ASSERT_STRING_EQUAL(out.text, "START_REPLICATION 1/1D000000 TIMELINE 3");
    strbuf_clear(&out);
    repl_command_start(&out, &(StartReplication){.slot = "a\"b", .start = 0x1D000000, .tli = 1});
    CU_ASSERT_STRING_EQUAL(out.text, "START_REPLICATION SLOT \"a\"\"b\" 0/1D000000 TIMELINE 1");
}

static const char *slot_command(bool is_temporary, bool reserves_wal, uint32_t version)
{
    StrBuf out;

    strbuf_init(&out);
    repl_command_create_slot(
        &out,
        &(CreateSlot){.name = "s", .is_temporary = is_temporary, .reserves_wal = reserves_wal},
        version);
    return out.text;
}

static void slots_are_made_as_the_version_wants(void)
{
    CU_ASSERT_STRING_EQUAL(slot_command(false, false, 180000),
                           "CREATE_REPLICATION_SLOT \"s\" PHYSICAL");
    CU_ASSERT_STRING_EQUAL(slot_command(true, true, 150000),
                           "CREATE_REPLICATION_SLOT \"s\" TEMPORARY PHYSICAL ( RESERVE_WAL)");
    CU_ASSERT_STRING_EQUAL(slot_command(true, true, 149999),
                           "CREATE_REPLICATION_SLOT \"s\" TEMPORARY PHYSICAL RESERVE_WAL");
}

static void small_commands_are_written(void)
{
    StrBuf out;

    strbuf_init(&out);
    repl_command_drop_slot(&out, "s", false);
    CU_ASSERT_STRING_EQUAL(out.text, "DROP_REPLICATION_SLOT \"s\"");
    strbuf_clear(&out);
    repl_command_drop_slot(&out, "s", true);
    CU_ASSERT_STRING_EQUAL(out.text, "DROP_REPLICATION_SLOT \"s\" WAIT");
    strbuf_clear(&out);
    repl_command_read_slot(&out, "s", 150000);
    CU_ASSERT_STRING_EQUAL(out.text, "READ_REPLICATION_SLOT \"s\"");
    UNIT_ASSERT_RAISES(SQLSTATE_FEATURE_NOT_SUPPORTED, repl_command_read_slot(&out, "s", 149999));
    strbuf_clear(&out);
    repl_command_timeline_history(&out, 7);
    CU_ASSERT_STRING_EQUAL(out.text, "TIMELINE_HISTORY 7");
}

static const char *backup_command(const BaseBackup *backup, uint32_t version)
{
    StrBuf out;

    strbuf_init(&out);
    repl_command_base_backup(&out, backup, version);
    return out.text;
}

static void the_least_base_backup_is_asked_for(void)
{
    BaseBackup least = {.label = "it's"};

    CU_ASSERT_STRING_EQUAL(backup_command(&least, 130000), "BASE_BACKUP LABEL 'it''s'");
    CU_ASSERT_STRING_EQUAL(backup_command(&least, 150000),
                           "BASE_BACKUP (LABEL 'it''s', CHECKPOINT 'spread')");
}

static void the_most_that_words_can_say_is_asked_for(void)
{
    BaseBackup most = {.label = "l",
                       .wants_size = true,
                       .is_fast = true,
                       .includes_wal = true,
                       .skips_wait = true,
                       .max_rate = 32,
                       .wants_map = true,
                       .skips_checksums = true,
                       .manifest = BACKUP_MANIFEST_FORCE_ENCODE,
                       .checksums = "SHA256"};

    CU_ASSERT_STRING_EQUAL(backup_command(&most, 140000),
                           "BASE_BACKUP LABEL 'l' PROGRESS WAL MAX_RATE 32 TABLESPACE_MAP FAST "
                           "NOWAIT NOVERIFY_CHECKSUMS MANIFEST 'force-encode' "
                           "MANIFEST_CHECKSUMS 'SHA256'");
    CU_ASSERT_STRING_EQUAL(backup_command(&most, 160000),
                           "BASE_BACKUP (LABEL 'l', PROGRESS, WAL, MAX_RATE 32, TABLESPACE_MAP, "
                           "CHECKPOINT 'fast', WAIT 0, VERIFY_CHECKSUMS 0, "
                           "MANIFEST 'force-encode', MANIFEST_CHECKSUMS 'SHA256')");
}

static void targets_and_compression_need_15(void)
{
    BaseBackup backup = {.label = "l",
                         .manifest = BACKUP_MANIFEST_YES,
                         .target = "server",
                         .target_detail = "/a 'b'",
                         .compression = "zstd",
                         .compression_detail = "level=3,workers=2"};

    CU_ASSERT_STRING_EQUAL(backup_command(&backup, 150000),
                           "BASE_BACKUP (LABEL 'l', CHECKPOINT 'spread', MANIFEST 'yes', "
                           "TARGET 'server', TARGET_DETAIL '/a ''b''', COMPRESSION 'zstd', "
                           "COMPRESSION_DETAIL 'level=3,workers=2')");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_FEATURE_NOT_SUPPORTED,
                               "backup targets are not supported by this server version",
                               backup_command(&backup, 140000));
    backup.target = NULL;
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_FEATURE_NOT_SUPPORTED,
                               "server does not support server-side compression",
                               backup_command(&backup, 140000));
}

static void incremental_needs_17(void)
{
    BaseBackup backup = {.label = "l", .is_incremental = true};

    CU_ASSERT_STRING_EQUAL(backup_command(&backup, 170000),
                           "BASE_BACKUP (LABEL 'l', CHECKPOINT 'spread', INCREMENTAL)");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_FEATURE_NOT_SUPPORTED,
                               "server does not support incremental backup",
                               backup_command(&backup, 169999));
}

UNIT_SUITE(repl_command)
{
    UNIT_TEST(wal_is_asked_for_with_or_without_a_slot);
    UNIT_TEST(slots_are_made_as_the_version_wants);
    UNIT_TEST(small_commands_are_written);
    UNIT_TEST(the_least_base_backup_is_asked_for);
    UNIT_TEST(the_most_that_words_can_say_is_asked_for);
    UNIT_TEST(targets_and_compression_need_15);
    UNIT_TEST(incremental_needs_17);
}
