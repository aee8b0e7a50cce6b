/* control_file_test.c - pg_control of real servers, and damaged ones. */
#include "common/base/base.h"

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/format/control_file.h"
#include "common/format/pg_version.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/text/hex.h"
#include "tests/unit/unit.h"

/* The first 296 bytes of the file, of clusters that were shut down. */
static const char *const cluster_13 =
    "f7ce0fad4791036b14050000a1620a0c01000000000000004891036b00000000"
    "283e810100000000283e81010000000001000000010000000100000000000000"
    "e501000000000000483400000100000000000000de0100000100000001000000"
    "01000000000000004891036b0000000000000000000000000000000000000000"
    "e803000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000010000000000000064000000080000000a000000"
    "000000004000000000000000080000000000000087d632410020000000000200"
    "00200000000000014000000020000000cc070000000800000100000001000000"
    "001a30f200604777b37c5675f5b9bd6a671eb57dacb78413361f75efa4f0e173"
    "4b7ca7ff00000000";
static const char *const cluster_15 =
    "2421843ae18e036b1405000025770d0c01000000000000002291036b00000000"
    "684f860100000000684f86010000000001000000010000000100000000000000"
    "ed02000000000000414000000100000000000000cc0200000100000001000000"
    "01000000000000002291036b0000000000000000000000000000000000000000"
    "e803000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000010000000000000064000000080000000a000000"
    "000000004000000000000000080000000000000087d632410020000000000200"
    "00200000000000014000000020000000cc070000000800000100000001000000"
    "d4ede43035cbd92f200cd4051b3c90875df2ab88312e65195656161fe680e77c"
    "34b7ca6000000000";
static const char *const cluster_17 =
    "b38fabe24a91036ba40600008979100c01000000000000004b91036b00000000"
    "d818720100000000d81872010000000001000000010000000100000001000000"
    "e202000000000000b93400000100000000000000da0200000100000001000000"
    "01000000000000004b91036b0000000000000000000000000000000000000000"
    "e803000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000010000000000000064000000080000000a000000"
    "000000004000000000000000080000000000000087d632410020000000000200"
    "00200000000000014000000020000000cc070000000800000100000001000000"
    "c6d3e6849f880cbbc3334d61560b99dde2596db7c79edfe887a8c9677dbcaf1c"
    "8612ab8a00000000";
static const char *const cluster_18 =
    "ecffbac44b91036b080700003300120c01000000000000004c91036b00000000"
    "90b274010000000090b274010000000001000000010000000100000001000000"
    "f002000000000000c33400000100000000000000e80200000100000001000000"
    "01000000000000004c91036b0000000000000000000000000000000000000000"
    "e803000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000010000000000000064000000080000000a000000"
    "000000004000000000000000080000000000000087d632410020000000000200"
    "00200000000000014000000020000000cc070000000800000100000001000000"
    "018d26d98ff765d35af99216004a2c74e805e1a0afb171935322e9773cec602a"
    "c6000000aa19201c";

static void load(const char *text, ControlFile *control)
{
    uint8_t bytes[CONTROL_FILE_SIZE] = {0};

    CU_ASSERT_TRUE_FATAL(hex_try_read(text, bytes, CONTROL_FILE_STRUCT_MAX));
    control_file_decode(bytes, sizeof(bytes), "x", control);
}

/* A data directory with that control file, and CONTROL_FILE_SIZE bytes of it or fewer. */
static const char *make_dir(const ControlFile *control, size_t len)
{
    uint8_t bytes[CONTROL_FILE_SIZE];
    const char *dir = unit_temp_dir();

    os_dir_try_make(path_join(dir, "global"));
    control_file_encode(control, bytes);
    os_write_durable(path_join(dir, CONTROL_FILE_NAME), bytes, len);
    return dir;
}

static void fields_of_a_real_cluster_are_found(void)
{
    ControlFile c;

    load(cluster_15, &c);
    CU_ASSERT_EQUAL(c.version, 15);
    CU_ASSERT_TRUE(c.is_crc_right);
    CU_ASSERT_EQUAL(c.system_id, UINT64_C(7711164084988944676));
    CU_ASSERT_EQUAL(c.control_version, 1300);
    CU_ASSERT_EQUAL(c.catalog_version, 202209061);
    CU_ASSERT_EQUAL(c.state, CONTROL_SHUT_DOWN);
    CU_ASSERT_EQUAL(c.checkpoint_lsn, 0x1864F68);
    CU_ASSERT_EQUAL(c.checkpoint.redo, 0x1864F68);
    CU_ASSERT_EQUAL(c.checkpoint.tli, 1);
    CU_ASSERT_EQUAL(c.checkpoint.prev_tli, 1);
    CU_ASSERT_TRUE(c.checkpoint.full_page_writes);
    CU_ASSERT_EQUAL(c.checkpoint.next_xid, 749);
    CU_ASSERT_EQUAL(c.checkpoint.next_oid, 16449);
    CU_ASSERT_EQUAL(c.checkpoint.next_multi, 1);
    CU_ASSERT_EQUAL(c.checkpoint.oldest_xid, 716);
    CU_ASSERT_EQUAL(c.checkpoint.oldest_xid_db, 1);
    CU_ASSERT_EQUAL(c.unlogged_lsn, UNLOGGED_LSN_FIRST);
    CU_ASSERT_EQUAL(c.wal_level, WAL_LEVEL_REPLICA);
    CU_ASSERT_EQUAL(c.max_connections, 100);
    CU_ASSERT_EQUAL(c.wal_segment_size, MIB(16));
    CU_ASSERT_EQUAL(c.checksum_version, 1);
    CU_ASSERT_EQUAL(c.nonce[0], 0xD4);
    CU_ASSERT_EQUAL(c.nonce[31], 0x7C);
}

static void each_version_is_known_by_its_catalog(void)
{
    ControlFile c;

    load(cluster_13, &c);
    CU_ASSERT_EQUAL(c.version, 13);
    CU_ASSERT_TRUE(c.is_crc_right);
    load(cluster_17, &c);
    CU_ASSERT_EQUAL(c.version, 17);
    CU_ASSERT_TRUE(c.is_crc_right);
    CU_ASSERT_EQUAL(c.checkpoint.wal_level, WAL_LEVEL_REPLICA);
    load(cluster_18, &c);
    CU_ASSERT_EQUAL(c.version, 18);
    CU_ASSERT_TRUE(c.is_crc_right);
    CU_ASSERT_TRUE(c.char_is_signed);
    CU_ASSERT_EQUAL(c.nonce[0], 0x8D);
}

static void encoding_gives_the_same_bytes_back(void)
{
    const char *const all[] = {cluster_13, cluster_15, cluster_17, cluster_18};

    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        uint8_t bytes[CONTROL_FILE_SIZE];
        char text[2 * CONTROL_FILE_STRUCT_MAX + 1];
        ControlFile c;

        load(all[i], &c);
        control_file_encode(&c, bytes);
        hex_write(bytes, CONTROL_FILE_STRUCT_MAX, text);
        CU_ASSERT_STRING_EQUAL(text, all[i]);
        CU_ASSERT_EQUAL(bytes[CONTROL_FILE_SIZE - 1], 0);
    }
}

static void a_change_gets_a_right_crc(void)
{
    uint8_t bytes[CONTROL_FILE_SIZE];
    ControlFile c, again;

    load(cluster_18, &c);
    c.state = CONTROL_IN_PRODUCTION;
    c.char_is_signed = false;
    control_file_encode(&c, bytes);
    control_file_decode(bytes, sizeof(bytes), "x", &again);
    CU_ASSERT_TRUE(again.is_crc_right);
    CU_ASSERT_NOT_EQUAL(again.crc, c.crc);
    CU_ASSERT_EQUAL(again.state, CONTROL_IN_PRODUCTION);
    CU_ASSERT_FALSE(again.char_is_signed);
}

static void one_changed_byte_makes_the_crc_wrong(void)
{
    uint8_t bytes[CONTROL_FILE_SIZE] = {0};
    ControlFile c;

    CU_ASSERT_TRUE_FATAL(hex_try_read(cluster_15, bytes, CONTROL_FILE_STRUCT_MAX));
    for (size_t i = 0; i < 292; i++) {
        bytes[i] ^= 1;
        control_file_decode(bytes, sizeof(bytes), "x", &c);
        if (c.is_crc_right)
            CU_FAIL("a changed byte went unnoticed");
        bytes[i] ^= 1;
    }
    bytes[292] = 1; /* padding */
    control_file_decode(bytes, sizeof(bytes), "x", &c);
    CU_ASSERT_TRUE(c.is_crc_right);
}

static void a_file_that_is_too_short_raises(void)
{
    const char *dir;
    ControlFile c;

    load(cluster_15, &c);
    dir = make_dir(&c, 295);
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_DATA_CORRUPTED,
        mem_printf("could not read file \"%s/global/pg_control\": read 295 of 296", dir),
        control_file_read(dir, &c));
}

static void what_is_written_is_read(void)
{
    const char *dir;
    ControlFile c, again;

    load(cluster_15, &c);
    dir = make_dir(&c, CONTROL_FILE_SIZE);
    c.state = CONTROL_IN_ARCHIVE_RECOVERY;
    c.min_recovery_lsn = 0x1234;
    c.time = 0;
    control_file_write(dir, &c);
    CU_ASSERT_TRUE(c.time > 0);
    control_file_read(dir, &again);
    CU_ASSERT_EQUAL(again.state, CONTROL_IN_ARCHIVE_RECOVERY);
    CU_ASSERT_EQUAL(again.min_recovery_lsn, 0x1234);
    CU_ASSERT_EQUAL(again.crc, c.crc);
    CU_ASSERT_EQUAL(memcmp(again.raw, c.raw, sizeof(c.raw)), 0);
}

static void a_wrong_crc_on_disk_raises(void)
{
    const char *dir;
    ControlFile c;
    OsFile *file;

    load(cluster_15, &c);
    dir = make_dir(&c, CONTROL_FILE_SIZE);
    file = os_file_open(path_join(dir, CONTROL_FILE_NAME), OS_WRITE);
    os_file_write_at(file, "x", 1, 32);
    os_file_close(file);
    control_file_read_unchecked(dir, &c);
    CU_ASSERT_FALSE(c.is_crc_right);
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_DATA_CORRUPTED,
        mem_printf("incorrect checksum in control file \"%s/global/pg_control\"", dir),
        control_file_read(dir, &c));
}

static void versions_and_fields_that_cannot_be_raise(void)
{
    const char *dir;
    ControlFile c;

    load(cluster_15, &c);
    c.catalog_version = 201909212;
    dir = make_dir(&c, CONTROL_FILE_SIZE);
    UNIT_ASSERT_RAISES(SQLSTATE_FEATURE_NOT_SUPPORTED, control_file_read(dir, &c));
    load(cluster_15, &c);
    c.state = CONTROL_STATE_COUNT;
    make_dir(&c, CONTROL_FILE_SIZE);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, control_file_read(dir, &c));
    load(cluster_15, &c);
    c.wal_segment_size = 1;
    make_dir(&c, CONTROL_FILE_SIZE);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "WAL segment size must be a power of two between 1 MB and 1 GB, "
                               "but the control file specifies 1 byte",
                               control_file_read(dir, &c));
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE, control_file_read("/nonexistent", &c));
}

/* The state and detail that control_file_check raises for a server 15; NULL: it is content. */
static const char *check(const ControlFile *c, SqlState *state)
{
    const char *volatile detail = NULL;

    *state = SQLSTATE_SUCCESSFUL_COMPLETION;
    ERR_TRY() {
        control_file_check(c, 15);
    }
    ERR_CATCH() {
        *state = err_caught()->sqlstate;
        detail =
            mem_strdup(err_caught()->detail == NULL ? err_caught()->message : err_caught()->detail);
    }
    ERR_END();
    return detail;
}

/* One field spoilt, one complaint, in the words seen on PostgreSQL 15.20. */
static void a_cluster_of_another_build_is_refused_in_the_server_s_words(void)
{
    SqlState state;
    ControlFile good, c;

    load(cluster_15, &good);
    CU_ASSERT_PTR_NULL(check(&good, &state));

#define REFUSED(change, text)                     \
 c = good;                                        \
 change;                                          \
 CU_ASSERT_STRING_EQUAL(check(&c, &state), text); \
 CU_ASSERT_EQUAL(state, SQLSTATE_FEATURE_NOT_SUPPORTED)
#define BUILT(name, is, wanted)                                                                 \
 "The database cluster was initialized with " name " " is ", but the server was compiled with " \
 "" name " " wanted "."

    REFUSED(c.control_version = 0x14050000,
            BUILT("PG_CONTROL_VERSION", "335872000 (0x14050000)", "1300 (0x00000514)"));
    REFUSED(c.control_version = 1201, BUILT("PG_CONTROL_VERSION", "1201", "1300"));
    REFUSED(c.catalog_version = 1, BUILT("CATALOG_VERSION_NO", "1", "202209061"));
    REFUSED(c.max_align = UINT32_MAX, BUILT("MAXALIGN", "-1", "8"));
    REFUSED(c.float_format = 1, "The database cluster appears to use a different floating-point "
                                "number format than the server executable.");
    REFUSED(c.block_size = 4096, BUILT("BLCKSZ", "4096", "8192"));
    REFUSED(c.segment_blocks = 1, BUILT("RELSEG_SIZE", "1", "131072"));
    REFUSED(c.wal_block_size = 1, BUILT("XLOG_BLCKSZ", "1", "8192"));
    REFUSED(c.name_size = 1, BUILT("NAMEDATALEN", "1", "64"));
    REFUSED(c.index_key_max = 1, BUILT("INDEX_MAX_KEYS", "1", "32"));
    REFUSED(c.toast_chunk_size = 1, BUILT("TOAST_MAX_CHUNK_SIZE", "1", "1996"));
    REFUSED(c.large_object_chunk_size = 1, BUILT("LOBLKSIZE", "1", "2048"));
    REFUSED(c.float8_by_value = false, "The database cluster was initialized without "
                                       "USE_FLOAT8_BYVAL but the server was compiled with "
                                       "USE_FLOAT8_BYVAL.");

    c = good;
    c.is_crc_right = false;
    CU_ASSERT_STRING_EQUAL(check(&c, &state), "incorrect checksum in control file");
    CU_ASSERT_EQUAL(state, SQLSTATE_DATA_CORRUPTED);
    c = good;
    c.wal_segment_size = UINT32_C(0x80000000);
    CU_ASSERT_STRING_EQUAL(check(&c, &state),
                           "WAL segment size must be a power of two between 1 MB and 1 GB, but the "
                           "control file specifies -2147483648 bytes");
    CU_ASSERT_EQUAL(state, SQLSTATE_INVALID_PARAMETER_VALUE);
    c = good;
    c.float8_by_value = false; /* complained of before the segment size */
    c.wal_segment_size = 1;
    CU_ASSERT_STRING_EQUAL(check(&c, &state), "The database cluster was initialized without "
                                              "USE_FLOAT8_BYVAL but the server was compiled with "
                                              "USE_FLOAT8_BYVAL.");
}

static void states_and_levels_have_names(void)
{
    CU_ASSERT_STRING_EQUAL(control_state_text(CONTROL_SHUT_DOWN), "shut down");
    CU_ASSERT_STRING_EQUAL(control_state_text(CONTROL_IN_PRODUCTION), "in production");
    CU_ASSERT_STRING_EQUAL(control_state_text(7), "unrecognized status code");
    CU_ASSERT_STRING_EQUAL(wal_level_text(2), "logical");
    CU_ASSERT_STRING_EQUAL(wal_level_text(3), "unrecognized wal_level");
    CU_ASSERT_TRUE(control_state_is_clean(CONTROL_SHUT_DOWN_IN_RECOVERY));
    CU_ASSERT_FALSE(control_state_is_clean(CONTROL_IN_PRODUCTION));
}

UNIT_SUITE(control_file)
{
    UNIT_TEST(fields_of_a_real_cluster_are_found);
    UNIT_TEST(each_version_is_known_by_its_catalog);
    UNIT_TEST(encoding_gives_the_same_bytes_back);
    UNIT_TEST(a_change_gets_a_right_crc);
    UNIT_TEST(one_changed_byte_makes_the_crc_wrong);
    UNIT_TEST(a_file_that_is_too_short_raises);
    UNIT_TEST(what_is_written_is_read);
    UNIT_TEST(a_wrong_crc_on_disk_raises);
    UNIT_TEST(versions_and_fields_that_cannot_be_raise);
    UNIT_TEST(a_cluster_of_another_build_is_refused_in_the_server_s_words);
    UNIT_TEST(states_and_levels_have_names);
}
