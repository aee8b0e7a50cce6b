/* backup_archive_test.c - entries of an archive, their bytes, checked pages and the manifest */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/checksum.h"
#include "common/format/page.h"
#include "common/format/rel_path.h"
#include "common/format/tar.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/path.h"
#include "common/text/str.h"
#include "server/replication/base_backup/archive.h"
#include "tests/unit/server/replication/base_backup/memory_target.h"
#include "tests/unit/unit.h"

#define START 1000 /* where the backup began */

static struct {
    MemoryTarget *target;
    BackupOutput output;
    ManifestSpool manifest;
    BackupArchive archive;
    char *before;
    StrBuf warnings;
} rig;

static void begin(void)
{
    rig.before = path_absolute(".");
    os_dir_enter(mem_strdup(unit_temp_dir()));
    os_dir_make_all("base/5");
    strbuf_init(&rig.warnings);
    rig.target = memory_target_new();
    rig.output = (BackupOutput){.target = &rig.target->target};
    output_begin(&rig.output);
    manifest_spool_begin(&rig.manifest, false);
    rig.archive = (BackupArchive){.output = &rig.output,
                                  .manifest = &rig.manifest,
                                  .has_checksums = true,
                                  .checksum = DIGEST_CRC32C,
                                  .verifies_pages = true,
                                  .start = START,
                                  .prefix = ""};
    output_begin_archive(&rig.output, "base.tar", "");
}

/* What the archive holds: "name:size" of each entry; content goes to *content. */
typedef struct Found {
    StrBuf names, content;
} Found;

static void found_entry(void *arg, const TarEntry *entry)
{
    strbuf_add_fmt(&((Found *)arg)->names, "%s:%d ", entry->name, (int)entry->size);
}

static void found_data(void *arg, const void *bytes, size_t len)
{
    strbuf_add_bytes(&((Found *)arg)->content, bytes, len);
}

static void found_end(void *arg UNUSED)
{
}

static void end(Found *found)
{
    TarVisitor visitor = {found_entry, found_data, found_end, found};
    TarReader *reader = tar_reader_new(&visitor, "archive");

    output_write_zeros(&rig.output, TAR_END_SIZE);
    output_end_archive(&rig.output);
    strbuf_init(&found->names);
    strbuf_init(&found->content);
    tar_reader_write(reader, rig.target->bytes.text, rig.target->bytes.len);
    tar_reader_finish(reader);
    CU_ASSERT_TRUE(tar_reader_has_end(reader));
    tar_reader_free(reader);
    strbuf_clear(&rig.target->bytes);
    manifest_spool_send(&rig.manifest, &rig.output);
    manifest_spool_end(&rig.manifest);
    os_dir_enter(rig.before);
}

static void write_file(const char *path, const void *bytes, size_t len)
{
    OsFile *f = os_file_open(path, OS_WRITE | OS_CREATE);

    os_file_write(f, bytes, len);
    os_file_set_mtime(f, 86400);
    os_file_close(f);
}

static bool manifest_says(const char *text)
{
    return strstr(rig.target->bytes.text, text) != NULL;
}

static void note_warning(const ErrReport *report)
{
    strbuf_add_fmt(&rig.warnings, "%s\n", report->message);
}

static void files_folders_and_links_go_in(void)
{
    Found found;
    OsStat stat;

    begin();
    write_file("a", "hello", 5);
    write_file("empty", "", 0);
    os_stat("base", &stat);
    archive_add_folder(&rig.archive, "base", &stat);
    archive_add_link(&rig.archive, "pg_tblspc/7", "/x", &stat);
    CU_ASSERT_TRUE(archive_add_file(&rig.archive, "a", "a"));
    CU_ASSERT_TRUE(archive_add_file(&rig.archive, "empty", "empty"));
    CU_ASSERT_FALSE(archive_add_file(&rig.archive, "gone", "gone"));
    archive_add_bytes(&rig.archive, "made", "15\n", 3);
    rig.archive.prefix = "pg_tblspc/7";
    CU_ASSERT_TRUE(archive_add_file(&rig.archive, "a", "PG_15/a"));
    end(&found);
    CU_ASSERT_STRING_EQUAL(found.names.text, "base:0 pg_tblspc/7:0 a:5 empty:0 made:3 PG_15/a:5 ");
    CU_ASSERT_STRING_EQUAL(found.content.text, "hello15\nhello");
    CU_ASSERT_TRUE(manifest_says("{ \"Path\": \"a\", \"Size\": 5, \"Last-Modified\": "
                                 "\"1970-01-02 00:00:00 GMT\", \"Checksum-Algorithm\": "
                                 "\"CRC32C\", \"Checksum\": \"4cbb719a\" }"));
    CU_ASSERT_TRUE(manifest_says("\"Path\": \"made\", \"Size\": 3"));
    CU_ASSERT_TRUE(manifest_says("\"Checksum\": \"8a744722\" }"));
    CU_ASSERT_TRUE(manifest_says("\"Path\": \"pg_tblspc/7/PG_15/a\""));
    CU_ASSERT_FALSE(manifest_says("gone"));
}

/* A page with that LSN, right but for its checksum when is_bad. */
static void make_page(uint8_t *page, Lsn lsn, BlockNo block, bool is_bad)
{
    memset(page, 0, BLOCK_SIZE);
    page_init(page, 0);
    page_set_lsn(page, lsn);
    checksum_set_page(page, block);
    if (is_bad)
        page[BLOCK_SIZE - 1] ^= 1;
}

static void bad_pages_are_told_and_sent(void)
{
    uint8_t pages[8 * BLOCK_SIZE];
    Found found;

    begin();
    err_set_sink(note_warning);
    make_page(pages, START - 1, 0, false);
    make_page(pages + BLOCK_SIZE, START - 1, 1, true);
    make_page(pages + 2 * BLOCK_SIZE, START, 2, true); /* written since: not looked at */
    memset(pages + 3 * BLOCK_SIZE, 0, BLOCK_SIZE);     /* new */
    make_page(pages + 4 * BLOCK_SIZE, 1, 0, false);    /* of another place */
    for (uint32_t i = 5; i < 8; i++)
        make_page(pages + i * BLOCK_SIZE, 1, i, false);
    write_file("base/5/100", pages, sizeof pages);
    write_file("base/5/foo", pages, sizeof pages);
    CU_ASSERT_TRUE(archive_add_file(&rig.archive, "base/5/100", "base/5/100"));
    CU_ASSERT_TRUE(archive_add_file(&rig.archive, "base/5/foo", "base/5/foo"));
    CU_ASSERT_EQUAL(rig.archive.bad_pages, 2);
    err_set_sink(NULL);
    end(&found);
    CU_ASSERT_EQUAL(found.content.len, 2 * sizeof pages);
    CU_ASSERT_EQUAL(memcmp(found.content.text, pages, sizeof pages), 0);
    CU_ASSERT_TRUE(str_starts_with(
        rig.warnings.text, "checksum verification failed in file \"./base/5/100\", block 1: "));
    CU_ASSERT_PTR_NOT_NULL(strstr(rig.warnings.text, "block 4: "));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(rig.warnings.text,
               "file \"./base/5/100\" has a total of 2 checksum verification failures\n"));
}

/* Blocks count over all segments; of many failures five are named. */
static void segments_count_on(void)
{
    uint8_t *pages = mem_alloc(7 * BLOCK_SIZE);
    Found found;

    begin();
    err_set_sink(note_warning);
    for (uint32_t i = 0; i < 7; i++)
        make_page(pages + i * BLOCK_SIZE, 1, 2 * SEGMENT_BLOCKS + i, i > 0);
    write_file("base/5/100.2", pages, 7 * BLOCK_SIZE);
    CU_ASSERT_TRUE(archive_add_file(&rig.archive, "base/5/100.2", "x"));
    CU_ASSERT_EQUAL(rig.archive.bad_pages, 6);
    err_set_sink(NULL);
    end(&found);
    CU_ASSERT_PTR_NOT_NULL(strstr(rig.warnings.text, "block 262149: "));
    CU_ASSERT_PTR_NULL(strstr(rig.warnings.text, "block 262150: "));
    CU_ASSERT_PTR_NOT_NULL(strstr(rig.warnings.text,
                                  "further checksum verification failures in file "
                                  "\"./base/5/100.2\" will not be reported\n"));
}

static void what_is_no_whole_page_cannot_be_checked(void)
{
    uint8_t pages[BLOCK_SIZE + 100];
    Found found;

    begin();
    err_set_sink(note_warning);
    memset(pages, 0, sizeof pages);
    write_file("base/5/100", pages, sizeof pages);
    CU_ASSERT_TRUE(archive_add_file(&rig.archive, "base/5/100", "x"));
    err_set_sink(NULL);
    end(&found);
    CU_ASSERT_EQUAL(found.content.len, sizeof pages);
    CU_ASSERT_TRUE(str_starts_with(rig.warnings.text,
                                   "could not verify checksum in file \"./base/5/100\", block "));
}

static void segments_of_the_log_have_their_size(void)
{
    Found found;

    begin();
    write_file("seg", "0123456789", 10);
    CU_ASSERT_TRUE(archive_add_segment(&rig.archive, "seg", 10));
    CU_ASSERT_FALSE(archive_add_segment(&rig.archive, "gone", 10));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "unexpected WAL file size \"seg\"",
                               archive_add_segment(&rig.archive, "seg", 11));
    end(&found);
    CU_ASSERT_STRING_EQUAL(found.names.text, "seg:10 ");
    CU_ASSERT_FALSE(manifest_says("seg"));
}

UNIT_SUITE(backup_archive)
{
    UNIT_TEST(files_folders_and_links_go_in);
    UNIT_TEST(bad_pages_are_told_and_sent);
    UNIT_TEST(segments_count_on);
    UNIT_TEST(what_is_no_whole_page_cannot_be_checked);
    UNIT_TEST(segments_of_the_log_have_their_size);
}
