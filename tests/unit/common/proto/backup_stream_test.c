/* backup_stream_test.c - messages of a base backup; the bytes are those of a 15.20 server. */
#include "common/base/base.h"

#include "common/proto/backup_stream.h"
#include "tests/unit/unit.h"

static void archives_of_a_real_server_are_read(void)
{
    static const char base[] = "nbase.tar\0";
    static const char space[] = "n16389.tar.gz\0/srv/space one";
    BackupMessage m = backup_message_parse(base, sizeof base);

    CU_ASSERT_EQUAL(sizeof base, 11);
    CU_ASSERT_EQUAL(m.kind, BACKUP_ARCHIVE);
    CU_ASSERT_STRING_EQUAL(m.archive, "base.tar");
    CU_ASSERT_STRING_EQUAL(m.location, "");
    m = backup_message_parse(space, sizeof space);
    CU_ASSERT_STRING_EQUAL(m.archive, "16389.tar.gz");
    CU_ASSERT_STRING_EQUAL(m.location, "/srv/space one");
}

static void progress_of_a_real_server_is_read(void)
{
    static const uint8_t bytes[] = {'p', 0, 0, 0, 0, 0x01, 0x6a, 0x06, 0x00};
    BackupMessage m = backup_message_parse(bytes, sizeof bytes);

    CU_ASSERT_EQUAL(m.kind, BACKUP_PROGRESS);
    CU_ASSERT_EQUAL(m.done, 0x016a0600);
}

static void data_and_manifest_are_told_apart(void)
{
    BackupMessage m = backup_message_parse("dab", 3);

    CU_ASSERT_EQUAL(m.kind, BACKUP_DATA);
    CU_ASSERT_EQUAL(m.len, 2);
    CU_ASSERT_EQUAL(memcmp(m.bytes, "ab", 2), 0);
    CU_ASSERT_EQUAL(backup_message_parse("d", 1).len, 0);
    CU_ASSERT_EQUAL(backup_message_parse("m", 1).kind, BACKUP_MANIFEST);
}

static void what_is_none_is_refused(void)
{
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION,
                               "unrecognized base backup message type 0x78",
                               backup_message_parse("x", 1));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "unexpected end of base backup message",
                               backup_message_parse("", 0));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, backup_message_parse("nbase.tar", 9));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, backup_message_parse("nbase.tar", 10));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, backup_message_parse("p1234567", 8));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION,
                               "base backup message \"p\" is 1 bytes too long",
                               backup_message_parse("p123456789", 10));
    UNIT_ASSERT_RAISES(SQLSTATE_PROTOCOL_VIOLATION, backup_message_parse("mx", 2));
}

UNIT_SUITE(backup_stream)
{
    UNIT_TEST(archives_of_a_real_server_are_read);
    UNIT_TEST(progress_of_a_real_server_is_read);
    UNIT_TEST(data_and_manifest_are_told_apart);
    UNIT_TEST(what_is_none_is_refused);
}
