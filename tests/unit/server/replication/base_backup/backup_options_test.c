/* backup_options_test.c - what BASE_BACKUP is asked for, from names and values */
#include "common/base/base.h"

#include "server/replication/base_backup/base_backup.h"
#include "server/replication/replication.h"
#include "tests/unit/unit.h"

static BackupOptions options;

/* name, kind, text, and so on up to NULL. */
typedef struct Given {
    const char *name;
    ReplicationValue kind;
    const char *text;
    uint32_t number;
} Given;

static void read_options(const Given *given, size_t count)
{
    Array list;

    array_init(&list, sizeof(ReplicationOption));
    for (size_t i = 0; i < count; i++)
        *(ReplicationOption *)array_push(&list) =
            (ReplicationOption){given[i].name, given[i].kind, given[i].text, given[i].number};
    backup_options_read(&list, &options);
}

#define READ(...) \
 read_options((const Given[]){__VA_ARGS__}, sizeof((const Given[]){__VA_ARGS__}) / sizeof(Given))
#define BARE(name)                    \
 {                                    \
  name, REPLICATION_NO_VALUE, NULL, 0 \
 }
#define TEXT(name, text)          \
 {                                \
  name, REPLICATION_TEXT, text, 0 \
 }
#define NUMBER(name, n, s)       \
 {                               \
  name, REPLICATION_NUMBER, s, n \
 }
#define REFUSED(text, ...) \
 UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_SYNTAX_ERROR, text, READ(__VA_ARGS__))

static void without_options_it_is_postgresqls_default(void)
{
    read_options(NULL, 0);
    CU_ASSERT_STRING_EQUAL(options.label, "base backup");
    CU_ASSERT_EQUAL(options.destination, BACKUP_TO_CLIENT);
    CU_ASSERT_EQUAL(options.compression.method, COMPRESS_NONE);
    CU_ASSERT_TRUE(options.waits && options.verifies_pages);
    CU_ASSERT_FALSE(options.wants_sizes || options.is_fast || options.includes_wal ||
                    options.has_map || options.has_manifest);
}

static void all_options_are_taken(void)
{
    READ(TEXT("label", "l"), TEXT("target", "server"), TEXT("target_detail", "/f"),
         BARE("progress"), TEXT("checkpoint", "Fast"), BARE("wal"), NUMBER("wait", 0, "0"),
         TEXT("compression", "zstd"), TEXT("compression_detail", "level=7,workers=2"),
         NUMBER("max_rate", 32, "32"), TEXT("tablespace_map", "on"),
         TEXT("verify_checksums", "off"), TEXT("manifest", "force-encode"),
         TEXT("manifest_checksums", "SHA256"));
    CU_ASSERT_STRING_EQUAL(options.label, "l");
    CU_ASSERT_EQUAL(options.destination, BACKUP_TO_SERVER);
    CU_ASSERT_STRING_EQUAL(options.folder, "/f");
    CU_ASSERT_EQUAL(options.compression.method, COMPRESS_ZSTD);
    CU_ASSERT_EQUAL(options.compression.level, 7);
    CU_ASSERT_EQUAL(options.compression.workers, 2);
    CU_ASSERT_EQUAL(options.max_rate_kb, 32);
    CU_ASSERT_TRUE(options.wants_sizes && options.is_fast && options.includes_wal &&
                   options.has_map && options.has_manifest && options.encodes_paths &&
                   options.has_checksums);
    CU_ASSERT_EQUAL(options.checksum, DIGEST_SHA256);
    CU_ASSERT_FALSE(options.waits || options.verifies_pages);
    READ(TEXT("manifest", "yes"), TEXT("manifest_checksums", "None"));
    CU_ASSERT_FALSE(options.has_checksums || options.encodes_paths);
}

/* In PostgreSQL's words; tests/scenario/server holds more of them against a real one. */
static void what_cannot_be_is_refused(void)
{
    REFUSED("unrecognized base backup option: \"foo\"", BARE("foo"));
    REFUSED("duplicate option \"wal\"", BARE("wal"), BARE("wal"));
    REFUSED("label requires a parameter", BARE("label"));
    REFUSED("unrecognized checkpoint type: \"bar\"", TEXT("checkpoint", "bar"));
    REFUSED("max_rate requires a numeric value", TEXT("max_rate", "64"));
    REFUSED("progress requires a Boolean value", NUMBER("progress", 2, "2"));
    REFUSED("unrecognized manifest option: \"o\"", TEXT("manifest", "o"));
    REFUSED("unrecognized checksum algorithm: \"md5\"", TEXT("manifest_checksums", "md5"));
    REFUSED("manifest checksums require a backup manifest", TEXT("manifest_checksums", "none"));
    REFUSED("target detail cannot be used without target", TEXT("target_detail", "x"));
    REFUSED("target \"server\" requires a target detail", TEXT("target", "server"));
    REFUSED("target \"blackhole\" does not accept a target detail", TEXT("target", "blackhole"),
            TEXT("target_detail", "x"));
    REFUSED("unrecognized compression algorithm: \"x\"", TEXT("compression", "x"));
    REFUSED("compression detail cannot be specified unless compression is enabled",
            TEXT("compression_detail", "1"));
    REFUSED("invalid compression specification: unrecognized compression option: \"long\"",
            TEXT("compression", "zstd"), TEXT("compression_detail", "long"));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_FEATURE_NOT_SUPPORTED, "unrecognized target: \"CLIENT\"",
                               READ(TEXT("target", "CLIENT")));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE,
                               "31 is outside the valid range for parameter \"MAX_RATE\" "
                               "(32 .. 1048576)",
                               READ(NUMBER("max_rate", 31, "31")));
}

UNIT_SUITE(backup_options)
{
    UNIT_TEST(without_options_it_is_postgresqls_default);
    UNIT_TEST(all_options_are_taken);
    UNIT_TEST(what_cannot_be_is_refused);
}
