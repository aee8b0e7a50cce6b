/* manifest_test.c - manifests of real servers, manifests that are refused, and writing the same. */
#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/format/manifest.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "tests/unit/unit.h"

#define V "{\"PostgreSQL-Backup-Manifest-Version\": 1"

/* In the form of a server of 15, with every kind of member. */
static const char *const version_1 =
    "{ \"PostgreSQL-Backup-Manifest-Version\": 1,\n"
    "\"Files\": [\n"
    "{ \"Path\": \"backup_label\", \"Size\": 203, \"Last-Modified\": \"2026-11-22 07:05:35 GMT\", "
    "\"Checksum-Algorithm\": \"CRC32C\", \"Checksum\": \"b0d0b714\" },\n"
    "{ \"Encoded-Path\": \"62ff\", \"Size\": 0, \"Last-Modified\": \"1970-01-01 00:00:00 GMT\" },\n"
    "{ \"Path\": \"a\\\"\\\\\\n\\u0001\xC3\xA4\", \"Size\": 18446744073709551615, "
    "\"Last-Modified\": \"2026-11-22 07:05:36 GMT\" }\n"
    "],\n"
    "\"WAL-Ranges\": [\n"
    "{ \"Timeline\": 2, \"Start-LSN\": \"0/6000000\", \"End-LSN\": \"1/100\" },\n"
    "{ \"Timeline\": 1, \"Start-LSN\": \"0/5000028\", \"End-LSN\": \"0/6000000\" }\n"
    "],\n"
    "\"Manifest-Checksum\": "
    "\"@\"}\n";

/* What the handlers were given. */
typedef struct Seen {
    unsigned version;
    uint64_t system_id;
    Array files;  /* ManifestFile */
    Array ranges; /* ManifestWalRange */
    MemContext *mem;
} Seen;

static void see_version(void *arg, unsigned version)
{
    ((Seen *)arg)->version = version;
}

static void see_system_id(void *arg, uint64_t system_id)
{
    ((Seen *)arg)->system_id = system_id;
}

static void see_file(void *arg, const ManifestFile *file)
{
    Seen *seen = arg;
    ManifestFile *copy = array_push(&seen->files);

    /* The handler runs in a context that is reset after each file. */
    *copy = *file;
    copy->path = mem_strdup_in(seen->mem, file->path);
    if (file->checksum_len > 0) {
        uint8_t *bytes = mem_alloc_in(seen->mem, file->checksum_len);

        memcpy(bytes, file->checksum, file->checksum_len);
        copy->checksum = bytes;
    }
}

static void see_range(void *arg, const ManifestWalRange *range)
{
    *(ManifestWalRange *)array_push(&((Seen *)arg)->ranges) = *range;
}

/* A source that gives step bytes at a time. */
typedef struct SlowSource {
    const char *pos, *end;
    size_t step;
} SlowSource;

static size_t slow_read(void *arg, void *bytes, size_t max)
{
    SlowSource *source = arg;
    size_t len = size_min(size_min(max, source->step), (size_t)(source->end - source->pos));

    memcpy(bytes, source->pos, len);
    source->pos += len;
    return len;
}

static void read_text(const char *text, size_t step, Seen *seen)
{
    SlowSource source = {.pos = text, .end = text + strlen(text), .step = step};
    ManifestHandler handler = {see_version, see_system_id, see_file, see_range, seen};

    *seen = (Seen){.mem = mem_current()};
    array_init(&seen->files, sizeof(ManifestFile));
    array_init(&seen->ranges, sizeof(ManifestWalRange));
    manifest_read((ByteSource){slow_read, &source}, &handler);
}

/* The text with its checksum at the place of the @. */
static char *with_checksum(const char *text)
{
    const char *at = strchr(text, '@');
    const char *line = at;
    char digest[DIGEST_TEXT_MAX];
    Digest d;

    while (line[-1] != '\n')
        line--;
    digest_init(&d, DIGEST_SHA256);
    digest_update(&d, text, (size_t)(line - text));
    digest_final_text(&d, digest);
    return mem_printf("%.*s%s%s", (int)(at - text), text, digest, at + 1);
}

static void check_refused(const char *text, const char *message)
{
    Seen seen;

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, message, read_text(text, 1000, &seen));
}

static void check_unparsed(const char *text, const char *why)
{
    check_refused(text, mem_printf("could not parse backup manifest: %s", why));
}

static void check_file_refused(const char *file, const char *why)
{
    check_unparsed(mem_printf(V ", \"Files\": [{%s}]}", file), why);
}

static void check_range_refused(const char *ranges, const char *why)
{
    check_unparsed(mem_printf(V ", \"WAL-Ranges\": %s}", ranges), why);
}

static void all_members_are_handed_out(void)
{
    const size_t steps[] = {1, 7, 100000};

    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        Seen seen;
        const ManifestFile *files;
        const ManifestWalRange *ranges;

        read_text(with_checksum(version_1), steps[i], &seen);
        CU_ASSERT_EQUAL(seen.version, 1);
        CU_ASSERT_EQUAL_FATAL(seen.files.count, 3);
        files = seen.files.items;
        CU_ASSERT_STRING_EQUAL(files[0].path, "backup_label");
        CU_ASSERT_EQUAL(files[0].size, 203);
        CU_ASSERT_TRUE(files[0].has_mtime);
        CU_ASSERT_EQUAL(files[0].mtime, 1795331135);
        CU_ASSERT_TRUE(files[0].has_checksum);
        CU_ASSERT_EQUAL(files[0].kind, DIGEST_CRC32C);
        CU_ASSERT_EQUAL(files[0].checksum_len, 4);
        CU_ASSERT_EQUAL(memcmp(files[0].checksum, "\xb0\xd0\xb7\x14", 4), 0);
        CU_ASSERT_STRING_EQUAL(files[1].path, "b\xff");
        CU_ASSERT_FALSE(files[1].has_checksum);
        CU_ASSERT_EQUAL(files[1].mtime, 0);
        CU_ASSERT_STRING_EQUAL(files[2].path, "a\"\\\n\x01\xC3\xA4");
        CU_ASSERT_EQUAL(files[2].size, UINT64_MAX);
        CU_ASSERT_EQUAL_FATAL(seen.ranges.count, 2);
        ranges = seen.ranges.items;
        CU_ASSERT_EQUAL(ranges[0].tli, 2);
        CU_ASSERT_EQUAL(ranges[0].start, 0x6000000);
        CU_ASSERT_EQUAL(ranges[0].end, UINT64_C(0x100000100));
    }
}

static void what_is_written_is_what_a_server_writes(void)
{
    static const uint8_t crc[] = {0xb0, 0xd0, 0xb7, 0x14};
    const ManifestFile files[] = {
        {.path = "backup_label",
         .size = 203,
         .mtime = 1795331135,
         .has_checksum = true,
         .kind = DIGEST_CRC32C,
         .checksum = crc,
         .checksum_len = sizeof(crc)},
        {.path = "b\xff"},
        {.path = "a\"\\\n\x01\xC3\xA4", .size = UINT64_MAX, .mtime = 1795331136},
    };
    ManifestWriter w;
    char *path = path_join(unit_temp_dir(), "manifest");
    OsFile *file = os_file_open(path, OS_WRITE | OS_CREATE);

    manifest_writer_begin(&w, os_file_sink(file), 1, 0);
    for (size_t i = 0; i < ARRAY_LEN(files); i++)
        manifest_writer_add_file(&w, &files[i]);
    manifest_writer_add_wal_range(
        &w, &(ManifestWalRange){.tli = 2, .start = 0x6000000, .end = UINT64_C(0x100000100)});
    manifest_writer_add_wal_range(
        &w, &(ManifestWalRange){.tli = 1, .start = 0x5000028, .end = 0x6000000});
    manifest_writer_end(&w);
    os_file_close(file);
    CU_ASSERT_STRING_EQUAL(os_file_read_all(path, MIB(1), NULL), with_checksum(version_1));
    manifest_read_file(path, &(ManifestHandler){.file = NULL});
}

static void version_2_names_the_system(void)
{
    ManifestWriter w;
    StrBuf out;
    Seen seen;
    char *path = path_join(unit_temp_dir(), "manifest");
    OsFile *file = os_file_open(path, OS_WRITE | OS_CREATE);

    strbuf_init(&out);
    manifest_writer_begin(&w, os_file_sink(file), 2, UINT64_C(7710888247381270840));
    w.is_encoding_forced = true;
    manifest_writer_add_file(&w, &(ManifestFile){.path = "x"});
    manifest_writer_end(&w);
    os_file_close(file);
    strbuf_add(&out, os_file_read_all(path, MIB(1), NULL));
    CU_ASSERT_TRUE(str_starts_with(out.text,
                                   "{ \"PostgreSQL-Backup-Manifest-Version\": 2,\n"
                                   "\"System-Identifier\": 7710888247381270840,\n"
                                   "\"Files\": [\n"
                                   "{ \"Encoded-Path\": \"78\", \"Size\": 0, "
                                   "\"Last-Modified\": \"1970-01-01 00:00:00 GMT\" }\n"
                                   "],\n\"WAL-Ranges\": [\n],\n\"Manifest-Checksum\": \""));
    read_text(out.text, 50, &seen);
    CU_ASSERT_EQUAL(seen.version, 2);
    CU_ASSERT_EQUAL(seen.system_id, UINT64_C(7710888247381270840));
    CU_ASSERT_EQUAL(seen.files.count, 1);
    check_unparsed("{\"PostgreSQL-Backup-Manifest-Version\": 2, \"System-Identifier\": \"x\"}",
                   "system identifier is not an integer");
    check_unparsed(V ", \"System-Identifier\": 1}", "unrecognized top-level field");
}

/* Texts as pg_verifybackup 15.20 gives them for the same input. */
static void what_is_no_manifest_is_refused_in_the_judge_s_words(void)
{
    check_unparsed("{", "parsing failed");
    check_unparsed("", "parsing failed");
    check_unparsed("hello", "parsing failed");
    check_unparsed(V ",}", "parsing failed");
    check_unparsed("{}", "unexpected object end");
    check_unparsed("[]", "unexpected array start");
    check_unparsed("1", "unexpected scalar");
    check_unparsed("{\"not-expected\": 1}", "expected version indicator");
    check_unparsed("{\"PostgreSQL-Backup-Manifest-Version\": \"phooey\"}",
                   "unexpected manifest version");
    check_unparsed("{\"PostgreSQL-Backup-Manifest-Version\": 3}", "unexpected manifest version");
    check_unparsed(V "}", "unexpected object end");
    check_unparsed(V ", \"Oops\": 1}", "unrecognized top-level field");
    check_unparsed(V ", \"Files\": true}", "unexpected scalar");
    check_unparsed(V ", \"Files\": {}}", "unexpected object start");
    check_unparsed(V ", \"Files\": [1]}", "unexpected scalar");
    check_unparsed(V ", \"Files\": [[]]}", "unexpected array start");
    check_unparsed(V ", \"Files\": [], \"Files\": []}", "unexpected object end");
    check_unparsed(V ", \"Manifest-Checksum\": []}", "unexpected array start");
    check_unparsed(V ", \"Manifest-Checksum\": \"x\", \"Files\": []}", "unexpected object field");
}

static void files_with_wrong_fields_are_refused(void)
{
    check_file_refused("", "missing path name");
    check_file_refused("\"Path\":\"x\",\"Encoded-Path\":\"12\",\"Size\":0",
                       "both path name and encoded path name");
    check_file_refused("\"Path\":\"x\",\"Oops\":1", "unexpected file field");
    check_file_refused("\"Path\":\"x\"", "missing size");
    check_file_refused("\"Path\":\"x\",\"Size\":\"Oops\"", "file size is not an integer");
    check_file_refused("\"Path\":\"x\",\"Size\":true", "file size is not an integer");
    check_file_refused("\"Path\":\"x\",\"Size\":null", "file size is not an integer");
    check_file_refused("\"Path\":\"x\",\"Size\":1.5", "file size is not an integer");
    check_file_refused("\"Path\":\"x\",\"Size\":-1", "file size is not an integer");
    check_file_refused("\"Encoded-Path\":\"123\",\"Size\":0", "could not decode file name");
    check_file_refused("\"Encoded-Path\":\"zz\",\"Size\":0", "could not decode file name");
    check_file_refused("\"Encoded-Path\":\"6100\",\"Size\":0", "file name with a NUL byte");
    check_file_refused("\"Path\":[\"x\"]", "unexpected array start");
    check_file_refused("\"Path\":\"x\",\"Size\":0,\"Checksum\":\"Oops\"",
                       "checksum without algorithm");
    check_refused(V ", \"Files\": [{\"Path\":\"x\",\"Size\":0,\"Checksum-Algorithm\":\"Oops\","
                    "\"Checksum\":\"00\"}]}",
                  "unrecognized checksum algorithm: \"Oops\"");
    check_refused(V ", \"Files\": [{\"Path\":\"x\",\"Size\":0,\"Checksum-Algorithm\":\"CRC32C\","
                    "\"Checksum\":\"Coldest\"}]}",
                  "invalid checksum for file \"x\": \"Coldest\"");
}

static void paths_that_lead_out_are_refused(void)
{
    check_file_refused("\"Path\":\"/etc/passwd\",\"Size\":0",
                       "path name \"/etc/passwd\" leads out of the backup");
    check_file_refused("\"Path\":\"a/../../x\",\"Size\":0",
                       "path name \"a/../../x\" leads out of the backup");
    check_file_refused("\"Path\":\"\",\"Size\":0", "path name \"\" leads out of the backup");
    check_file_refused("\"Encoded-Path\":\"2e2e2f78\",\"Size\":0",
                       "path name \"../x\" leads out of the backup");
}

static void wal_ranges_with_wrong_fields_are_refused(void)
{
    check_range_refused("[{}]", "missing timeline");
    check_range_refused("[{\"Timeline\":1}]", "missing start LSN");
    check_range_refused("[{\"Timeline\":1,\"Start-LSN\":\"0/0\"}]", "missing end LSN");
    check_range_refused("[{\"Timeline\":true,\"Start-LSN\":\"0/0\",\"End-LSN\":\"0/0\"}]",
                        "timeline is not an integer");
    check_range_refused("[{\"Timeline\":1,\"Start-LSN\":\"oops\",\"End-LSN\":\"0/0\"}]",
                        "could not parse start LSN");
    check_range_refused("[{\"Timeline\":1,\"Start-LSN\":\"0/0\",\"End-LSN\":\"oops\"}]",
                        "could not parse end LSN");
    check_range_refused("[{\"Oops\":1}]", "unexpected WAL range field");
    check_range_refused("1", "unexpected scalar");
    check_range_refused("{}", "unexpected object start");
}

static void the_manifest_s_own_checksum_is_checked(void)
{
    char *good = with_checksum(version_1);
    char *damaged = mem_strdup(good);

    check_unparsed(V ", \"Manifest-Checksum\":\"Hello\"}", "expected at least 2 lines");
    check_unparsed(V ",\n\"Manifest-Checksum\":\"Hello\"}", "expected at least 2 lines");
    check_unparsed(V ",\n\n\"Manifest-Checksum\":\"Hello\"}", "last line not newline-terminated");
    check_refused(V ",\n\"Manifest-Checksum\":\"Hello\"}\n",
                  "invalid manifest checksum: \"Hello\"");
    *strchr(damaged, '3') = '4'; /* a size */
    check_refused(damaged, "manifest checksum mismatch");
    check_refused(mem_printf("%s\n", good), "manifest checksum mismatch");
}

static void odd_but_legal_fields_are_taken(void)
{
    Seen seen;
    const ManifestFile *files;

    read_text(with_checksum(V ",\"Files\":[\n"
                              "{\"Path\":\"a\",\"Size\":\"7\",\"Last-Modified\":7},\n"
                              "{\"Path\":\"b\",\"Size\":0,\"Checksum-Algorithm\":\"none\"},\n"
                              "{\"Path\":\"c\",\"Size\":0,\"Checksum-Algorithm\":\"sha224\","
                              "\"Checksum\":\"AB\",\"Last-Modified\":\"2026-02-31 00:00:00 GMT\"}"
                              "],\n\"Manifest-Checksum\":\"@\"}\n"),
              10, &seen);
    CU_ASSERT_EQUAL_FATAL(seen.files.count, 3);
    files = seen.files.items;
    CU_ASSERT_EQUAL(files[0].size, 7);
    CU_ASSERT_FALSE(files[0].has_mtime);
    CU_ASSERT_FALSE(files[1].has_checksum);
    CU_ASSERT_TRUE(files[2].has_checksum);
    CU_ASSERT_EQUAL(files[2].kind, DIGEST_SHA224);
    CU_ASSERT_EQUAL(files[2].checksum_len, 1);
    CU_ASSERT_FALSE(files[2].has_mtime);
}

UNIT_SUITE(manifest)
{
    UNIT_TEST(all_members_are_handed_out);
    UNIT_TEST(what_is_written_is_what_a_server_writes);
    UNIT_TEST(version_2_names_the_system);
    UNIT_TEST(what_is_no_manifest_is_refused_in_the_judge_s_words);
    UNIT_TEST(files_with_wrong_fields_are_refused);
    UNIT_TEST(paths_that_lead_out_are_refused);
    UNIT_TEST(wal_ranges_with_wrong_fields_are_refused);
    UNIT_TEST(the_manifest_s_own_checksum_is_checked);
    UNIT_TEST(odd_but_legal_fields_are_taken);
}
