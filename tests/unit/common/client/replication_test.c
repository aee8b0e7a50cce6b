/* replication_test.c - replication commands, and answers good and bad, by a scripted server. */
#include "common/base/base.h"

#include "common/client/replication.h"
#include "common/mem/mem.h"
#include "tests/lib/fake_server.h"
#include "tests/unit/common/client/peer.h"
#include "tests/unit/unit.h"

static FakeServer *server;

static Client *connect_to(const char *version, const FakeStep *steps)
{
    return peer_connect(&(FakeScript){.steps = steps, .version = version}, &server);
}

static void end(Client *c)
{
    peer_end(c, server);
}

static StrBuf *answer(const char *names, const char *values)
{
    return peer_answer(names, values, "SELECT");
}

static const char identity[] = "systemid,timeline,xlogpos,dbname";

static void a_system_says_who_it_is(void)
{
    Client *c = connect_to(
        NULL, (const FakeStep[]){
                  {'Q', "IDENTIFY_SYSTEM", answer(identity, "7711170315607600754,1,0/3048728,\\N")},
                  FAKE_END});
    SystemIdentity id = client_identify_system(c);

    CU_ASSERT_EQUAL(id.system_id, UINT64_C(7711170315607600754));
    CU_ASSERT_EQUAL(id.tli, 1);
    CU_ASSERT_EQUAL(id.position, 0x3048728);
    end(c);
}

static void nonsense_about_oneself_is_refused(void)
{
    Client *c =
        connect_to(NULL, (const FakeStep[]){{'Q', NULL, answer(identity, "x,1,0/0,\\N")},
                                            {'Q', NULL, answer(identity, "\\N,1,0/0,\\N")},
                                            {'Q', NULL, answer(identity, "1,0,0/0,\\N")},
                                            {'Q', NULL, answer(identity, "1,4294967296,0/0,\\N")},
                                            {'Q', NULL, answer(identity, "1,1,00,\\N")},
                                            {'Q', NULL, answer("a", "1")},
                                            FAKE_END});

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION,
                               "unexpected value \"x\" in column 1 of the server's answer",
                               client_identify_system(c));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION,
                               "unexpected value \"(null)\" in column 1 of the server's answer",
                               client_identify_system(c));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION,
                               "unexpected value \"0\" in column 2 of the server's answer",
                               client_identify_system(c));
    UNIT_ASSERT_RAISES(SQLSTATE_PROTOCOL_VIOLATION, client_identify_system(c));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION,
                               "unexpected value \"00\" in column 3 of the server's answer",
                               client_identify_system(c));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION,
                               "unexpected answer to replication command \"IDENTIFY_SYSTEM\"",
                               client_identify_system(c));
    end(c);
}

static void settings_are_shown(void)
{
    Client *c = connect_to(
        NULL,
        (const FakeStep[]){{'Q', "SHOW wal_segment_size", answer("wal_segment_size", "16MB")},
                           {'Q', "SHOW wal_segment_size", answer("wal_segment_size", "1GB")},
                           {'Q', "SHOW wal_segment_size", answer("wal_segment_size", "3MB")},
                           {'Q', "SHOW wal_segment_size", answer("wal_segment_size", "much")},
                           {'Q', "SHOW data_directory_mode", answer("data_directory_mode", "0750")},
                           {'Q', "SHOW data_directory_mode", answer("data_directory_mode", "0700")},
                           FAKE_END});

    CU_ASSERT_EQUAL(client_wal_segment_size(c), MIB(16));
    CU_ASSERT_EQUAL(client_wal_segment_size(c), MIB(1024));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION,
                               "WAL segment size \"3MB\" could not be parsed",
                               client_wal_segment_size(c));
    UNIT_ASSERT_RAISES(SQLSTATE_PROTOCOL_VIOLATION, client_wal_segment_size(c));
    CU_ASSERT_TRUE(client_has_group_access(c));
    CU_ASSERT_FALSE(client_has_group_access(c));
    end(c);
}

static void slots_are_made_and_dropped(void)
{
    StrBuf *exists = peer_buffer(), *dropped = peer_buffer();
    const CreateSlot slot = {.name = "s", .reserves_wal = true};
    Client *c;

    fake_error(exists, "42710", "replication slot \"s\" already exists");
    fake_complete(dropped, "DROP_REPLICATION_SLOT");
    fake_ready(dropped);
    c = connect_to(
        "14.1", (const FakeStep[]){{'Q', "CREATE_REPLICATION_SLOT \"s\" PHYSICAL RESERVE_WAL",
                                    answer("slot_name,consistent_point,snapshot_name,output_plugin",
                                           "s,0/0,\\N,\\N")},
                                   {'Q', NULL, exists},
                                   {'Q', NULL, exists},
                                   {'Q', "DROP_REPLICATION_SLOT \"s\"", dropped},
                                   {'Q', "DROP_REPLICATION_SLOT \"s\" WAIT", dropped},
                                   FAKE_END});
    CU_ASSERT_TRUE(client_create_slot(c, &slot, false));
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_DUPLICATE_OBJECT,
        "could not send replication command \"CREATE_REPLICATION_SLOT \"s\" PHYSICAL "
        "RESERVE_WAL\": ERROR:  replication slot \"s\" already exists",
        client_create_slot(c, &slot, false));
    CU_ASSERT_FALSE(client_create_slot(c, &slot, true));
    client_drop_slot(c, "s", false);
    client_drop_slot(c, "s", true);
    end(c);
}

static void slots_tell_where_they_are(void)
{
    static const char columns[] = "slot_type,restart_lsn,restart_tli";
    SlotPosition position;
    Client *c =
        connect_to(NULL, (const FakeStep[]){{'Q', "READ_REPLICATION_SLOT \"s\"",
                                             answer(columns, "physical,0/5000000,2")},
                                            {'Q', NULL, answer(columns, "physical,\\N,\\N")},
                                            {'Q', NULL, answer(columns, "\\N,\\N,\\N")},
                                            FAKE_END});

    CU_ASSERT_TRUE(client_read_slot(c, "s", &position));
    CU_ASSERT_EQUAL(position.restart_lsn, 0x5000000);
    CU_ASSERT_EQUAL(position.restart_tli, 2);
    CU_ASSERT_TRUE(client_read_slot(c, "s", &position));
    CU_ASSERT_EQUAL(position.restart_lsn, LSN_NONE);
    CU_ASSERT_FALSE(client_read_slot(c, "s", &position));
    end(c);
}

static void history_files_have_the_one_right_name(void)
{
    TimelineFile file;
    Client *c = connect_to(
        NULL, (const FakeStep[]){{'Q', "TIMELINE_HISTORY 2",
                                  answer("filename,content",
                                         "00000002.history,1\t0/3000000\tno recovery target\n")},
                                 {'Q', NULL, answer("filename,content", "../../etc/passwd,x")},
                                 {'Q', NULL, answer("filename,content", "\\N,x")},
                                 {'Q', NULL, answer("filename,content", "00000002.history,\\N")},
                                 FAKE_END});

    file = client_timeline_history(c, 2);
    CU_ASSERT_STRING_EQUAL(file.name, "00000002.history");
    CU_ASSERT_EQUAL(file.len, 31);
    CU_ASSERT_EQUAL(memcmp(file.content, "1\t0/3000000\t", 12), 0);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION,
                               "server reported unexpected history file name for timeline 2: "
                               "../../etc/passwd",
                               client_timeline_history(c, 2));
    UNIT_ASSERT_RAISES(SQLSTATE_PROTOCOL_VIOLATION, client_timeline_history(c, 2));
    UNIT_ASSERT_RAISES(SQLSTATE_PROTOCOL_VIOLATION, client_timeline_history(c, 2));
    end(c);
}

static void versions(const char *version, bool is_known)
{
    const FakeStep none[] = {FAKE_END};
    Client *c = connect_to(version, none);

    if (is_known)
        client_check_replication_version(c);
    else
        UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_FEATURE_NOT_SUPPORTED,
                                   mem_printf("incompatible server version %s", version),
                                   client_check_replication_version(c));
    end(c);
}

static void unknown_versions_are_refused(void)
{
    versions("12.22", false);
    versions("13.0", true);
    versions("18.4", true);
    versions("19.0", false);
}

UNIT_SUITE(replication)
{
    UNIT_TEST(a_system_says_who_it_is);
    UNIT_TEST(nonsense_about_oneself_is_refused);
    UNIT_TEST(settings_are_shown);
    UNIT_TEST(slots_are_made_and_dropped);
    UNIT_TEST(slots_tell_where_they_are);
    UNIT_TEST(history_files_have_the_one_right_name);
    UNIT_TEST(unknown_versions_are_refused);
}
