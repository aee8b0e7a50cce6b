/* tar_test.c - tar headers as PostgreSQL writes them, and what the reader makes of pieces. */
#include "common/base/base.h"

#include "common/format/tar.h"
#include "common/mem/mem.h"
#include "common/text/hex.h"
#include "common/text/strbuf.h"
#include "tests/unit/unit.h"

/* backup_label in a base backup of a 15.20 server: name, then the numbers, then the rest. */
static const char real_numbers[] = "0000600 0000145 0000150 00000000311 15300712775 0015523 0";

static void make_real_header(uint8_t out[TAR_BLOCK])
{
    memset(out, 0, TAR_BLOCK);
    memcpy(out, "backup_label", 12);
    memcpy(out + 100, real_numbers, sizeof real_numbers - 1);
    memcpy(out + 257, "ustar\00000postgres", 16);
    memcpy(out + 297, "postgres", 8);
    memcpy(out + 329, "0000000 0000000 ", 16);
}

/* The checksum that fits the header, as it is now. */
static void put_checksum(uint8_t block[TAR_BLOCK])
{
    unsigned sum = 0;

    memset(block + 148, ' ', 8);
    for (size_t i = 0; i < TAR_BLOCK; i++)
        sum += block[i];
    snprintf((char *)block + 148, 8, "%06o", sum);
}

/* What the reader handed out, as text: "file a 0600 3 [abc] end\n". */
static StrBuf seen;

static void see_begin(void *arg, const TarEntry *entry)
{
    static const char *const kinds[] = {"file", "dir", "link"};

    CU_ASSERT_PTR_EQUAL(arg, &seen);
    strbuf_add_fmt(&seen, "%s %s %04o %" PRIu64, kinds[entry->kind], entry->name, entry->mode,
                   entry->size);
    if (entry->link != NULL)
        strbuf_add_fmt(&seen, " -> %s", entry->link);
}

static void see_data(void *arg, const void *bytes, size_t len)
{
    CU_ASSERT_PTR_EQUAL(arg, &seen);
    strbuf_add(&seen, " [");
    strbuf_add_bytes(&seen, bytes, len);
    strbuf_add(&seen, "]");
}

static void see_end(void *arg)
{
    CU_ASSERT_PTR_EQUAL(arg, &seen);
    strbuf_add(&seen, " end\n");
}

static TarReader *reader(void)
{
    strbuf_init(&seen);
    return tar_reader_new(&(TarVisitor){see_begin, see_data, see_end, &seen}, "the archive");
}

static void add_entry(StrBuf *tar, const TarEntry *entry, const char *content)
{
    uint8_t block[TAR_BLOCK];

    tar_header_write(entry, block);
    strbuf_add_bytes(tar, block, TAR_BLOCK);
    strbuf_add(tar, content);
    strbuf_add_chars(tar, '\0', tar_padding(strlen(content)));
}

/* A file of three bytes, an empty one, a folder, a link, a file of a whole block. */
static void make_archive(StrBuf *tar)
{
    char *whole = mem_alloc(TAR_BLOCK + 1);

    memset(whole, 'x', TAR_BLOCK);
    strbuf_init(tar);
    add_entry(tar, &(TarEntry){.kind = TAR_FILE, .name = "a", .size = 3, .mode = 0600}, "abc");
    add_entry(tar, &(TarEntry){.kind = TAR_FILE, .name = "e", .mode = 0640}, "");
    add_entry(tar, &(TarEntry){.kind = TAR_DIR, .name = "d", .mode = 0700}, "");
    add_entry(tar, &(TarEntry){.kind = TAR_LINK, .name = "d/l", .link = "/x y", .mode = 0777}, "");
    add_entry(tar, &(TarEntry){.kind = TAR_FILE, .name = "d/w", .size = TAR_BLOCK, .mode = 0600},
              whole);
}

static const char archive_seen[] = "file a 0600 3 [abc] end\nfile e 0640 0 end\ndir d 0700 "
                                   "0 end\nlink d/l 0777 0 -> /x y end\nfile d/w 0600 512 [";

static void a_header_is_written_as_a_server_writes_it(void)
{
    uint8_t expected[TAR_BLOCK], out[TAR_BLOCK];

    make_real_header(expected);
    tar_header_write(&(TarEntry){.kind = TAR_FILE,
                                 .name = "backup_label",
                                 .size = 0311,
                                 .mode = 0600,
                                 .mtime = 015300712775,
                                 .uid = 0145,
                                 .gid = 0150},
                     out);
    CU_ASSERT_EQUAL(memcmp(out, expected, TAR_BLOCK), 0);
}

static void folders_and_links_end_in_a_slash(void)
{
    uint8_t out[TAR_BLOCK];

    tar_header_write(&(TarEntry){.kind = TAR_DIR, .name = "pg_wal"}, out);
    CU_ASSERT_STRING_EQUAL((char *)out, "pg_wal/");
    CU_ASSERT_EQUAL(out[156], '5');
    tar_header_write(&(TarEntry){.kind = TAR_LINK, .name = "pg_tblspc/1", .link = "/a"}, out);
    CU_ASSERT_STRING_EQUAL((char *)out, "pg_tblspc/1/");
    CU_ASSERT_STRING_EQUAL((char *)out + 157, "/a");
    CU_ASSERT_EQUAL(out[156], '2');
}

static void names_that_do_not_fit_are_refused(void)
{
    uint8_t out[TAR_BLOCK];
    char name[TAR_NAME_MAX + 2];

    memset(name, 'n', sizeof name);
    name[TAR_NAME_MAX] = '\0';
    tar_header_write(&(TarEntry){.kind = TAR_FILE, .name = name}, out);
    tar_header_write(&(TarEntry){.kind = TAR_LINK, .name = "l", .link = name}, out);
    UNIT_ASSERT_RAISES(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                       tar_header_write(&(TarEntry){.kind = TAR_DIR, .name = name}, out));
    name[TAR_NAME_MAX] = 'n';
    name[TAR_NAME_MAX + 1] = '\0';
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                               mem_printf("file name too long for tar format: \"%s\"", name),
                               tar_header_write(&(TarEntry){.kind = TAR_FILE, .name = name}, out));
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
        mem_printf("symbolic link target too long for tar format: file name \"l\", target \"%s\"",
                   name),
        tar_header_write(&(TarEntry){.kind = TAR_LINK, .name = "l", .link = name}, out));
}

static void a_header_of_a_server_is_read(void)
{
    uint8_t block[TAR_BLOCK];
    TarReader *t = reader();

    make_real_header(block);
    tar_reader_write(t, block, TAR_BLOCK);
    CU_ASSERT_STRING_EQUAL(seen.text, "file backup_label 0600 201");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "the archive is not a proper tar archive: unexpected end",
                               tar_reader_finish(t));
    tar_reader_free(t);
}

/* As old tars write them. */
static void numbers_may_have_blanks_before_them(void)
{
    uint8_t block[TAR_BLOCK];
    TarReader *t = reader();

    make_real_header(block);
    memcpy(block + 100, "   600 \0", 8);
    put_checksum(block);
    tar_reader_write(t, block, TAR_BLOCK);
    CU_ASSERT_STRING_EQUAL(seen.text, "file backup_label 0600 201");
}

static void content_is_handed_out_in_place(void)
{
    StrBuf tar;
    TarReader *t = reader();

    make_archive(&tar);
    tar_reader_write(t, tar.text, tar.len);
    tar_reader_finish(t);
    CU_ASSERT_EQUAL(strncmp(seen.text, archive_seen, sizeof archive_seen - 1), 0);
}

static void pieces_of_any_size_are_put_together(void)
{
    for (size_t piece = 1; piece <= 1024; piece += piece < 8 ? 1 : 171) {
        StrBuf tar;
        TarReader *t = reader();

        make_archive(&tar);
        strbuf_add_chars(&tar, '\0', TAR_END_SIZE + 512);
        for (size_t at = 0; at < tar.len; at += piece)
            tar_reader_write(t, tar.text + at, size_min(piece, tar.len - at));
        tar_reader_finish(t);
        CU_ASSERT_PTR_NOT_NULL(strstr(seen.text, "link d/l 0777 0 -> /x y end\nfile d/w 0600 512"));
        CU_ASSERT_STRING_EQUAL(seen.text + seen.len - 6, "] end\n");
    }
}

static void an_archive_may_end_without_end_blocks(void)
{
    TarReader *t = reader();

    tar_reader_finish(t);
    t = reader();
    tar_reader_write(t, (const uint8_t[TAR_BLOCK]){0}, TAR_BLOCK);
    tar_reader_finish(t);
    CU_ASSERT_FALSE(tar_reader_has_end(t));
    tar_reader_write(t, (const uint8_t[TAR_BLOCK]){0}, TAR_BLOCK);
    CU_ASSERT_TRUE(tar_reader_has_end(t));
}

static void an_archive_that_ends_in_an_entry_is_refused(void)
{
    StrBuf tar;

    make_archive(&tar);
    for (size_t cut = 1; cut < 1024; cut += 100) {
        TarReader *t = reader();

        tar_reader_write(t, tar.text, cut);
        UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, tar_reader_finish(t));
    }
}

static void nothing_may_follow_the_end(void)
{
    StrBuf tar;
    TarReader *t = reader();

    make_archive(&tar);
    strbuf_add_chars(&tar, '\0', TAR_END_SIZE);
    strbuf_add(&tar, "x");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "the archive is not a proper tar archive: data behind the end",
                               tar_reader_write(t, tar.text, tar.len));
    t = reader();
    tar_reader_write(t, (const uint8_t[TAR_BLOCK]){0}, TAR_BLOCK);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, tar_reader_write(t, tar.text, tar.len));
}

/* A header with some bytes changed; the checksum is made to fit when asked for. */
static void refused(size_t at, const char *bytes, size_t len, bool with_checksum, const char *what)
{
    uint8_t block[TAR_BLOCK];
    TarReader *t = reader();

    make_real_header(block);
    memcpy(block + at, bytes, len);
    if (with_checksum)
        put_checksum(block);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               mem_printf("the archive is not a proper tar archive: %s", what),
                               tar_reader_write(t, block, TAR_BLOCK));
    CU_ASSERT_STRING_EQUAL(seen.text, "");
}

static void damaged_headers_are_refused(void)
{
    refused(3, "X", 1, false, "wrong checksum of a header");
    refused(148, "x", 1, false, "bad checksum in a header");
    refused(257, "tar", 3, true, "no ustar header");
    refused(100, "9", 1, true, "bad mode in a header");
    refused(124, "\xff", 1, true, "bad size in a header");
    refused(124, "\x80\1", 2, true, "bad size in a header");
    refused(124, "\x80\0\0\0\x80\0\0\0\0\0\0\0", 12, true, "impossible size");
    refused(108, "\x80\0\0\1\0\0\0\0", 8, true, "impossible owner");
    refused(116, "\x80\0\0\1\0\0\0\0", 8, true, "impossible owner");
    refused(136, "\x80\0\0\0\x80\0\0\0\0\0\0\0", 12, true, "impossible time");
    refused(156, "5", 1, true, "folder or link with content");
}

static void kinds_of_extensions_are_not_supported(void)
{
    uint8_t block[TAR_BLOCK];
    TarReader *t = reader();

    make_real_header(block);
    block[156] = 'x';
    put_checksum(block);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_FEATURE_NOT_SUPPORTED,
                               "tar entry of type \"x\" is not supported in the archive",
                               tar_reader_write(t, block, TAR_BLOCK));
}

static void see_name(const char *name, const char *expected)
{
    uint8_t block[TAR_BLOCK];
    TarReader *t = reader();

    tar_header_write(&(TarEntry){.kind = TAR_FILE, .name = name}, block);
    tar_reader_write(t, block, TAR_BLOCK);
    CU_ASSERT_STRING_EQUAL(seen.text, mem_printf("file %s 0000 0 end\n", expected));
}

static void names_are_tidied(void)
{
    see_name("./a/b", "a/b");
    see_name("././a/b//", "a/b");
    see_name("a", "a");
    see_name("..a/b..", "..a/b..");
}

static void the_folder_itself_is_left_out(void)
{
    uint8_t block[TAR_BLOCK];
    TarReader *t = reader();

    tar_header_write(&(TarEntry){.kind = TAR_DIR, .name = "."}, block);
    tar_reader_write(t, block, TAR_BLOCK);
    tar_reader_finish(t);
    CU_ASSERT_STRING_EQUAL(seen.text, "");
}

static void names_outside_of_the_target_are_refused(void)
{
    static const char *const names[] = {"/etc/passwd", "..", "a/../../b", "a/..", "",
                                        "./../x",      "/"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        uint8_t block[TAR_BLOCK];
        TarReader *t = reader();

        tar_header_write(&(TarEntry){.kind = TAR_FILE, .name = names[i]}, block);
        UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, tar_reader_write(t, block, TAR_BLOCK));
        CU_ASSERT_STRING_EQUAL(seen.text, "");
    }
}

static void a_prefix_belongs_to_the_name(void)
{
    uint8_t block[TAR_BLOCK];
    TarReader *t = reader();

    make_real_header(block);
    memcpy(block + 345, "some/where", 10);
    put_checksum(block);
    tar_reader_write(t, block, TAR_BLOCK);
    CU_ASSERT_STRING_EQUAL(seen.text, "file some/where/backup_label 0600 201");
}

static void large_files_are_written_in_base_256(void)
{
    uint8_t block[TAR_BLOCK];
    TarReader *t = reader();
    uint64_t size = UINT64_C(8) << 30;

    tar_header_write(&(TarEntry){.kind = TAR_FILE, .name = "s", .size = size - 1}, block);
    CU_ASSERT_EQUAL(memcmp(block + 124, "77777777777 ", 12), 0);
    tar_header_write(&(TarEntry){.kind = TAR_FILE, .name = "l", .size = size}, block);
    CU_ASSERT_EQUAL(memcmp(block + 124, "\x80\0\0\0\0\0\0\2\0\0\0\0", 12), 0);
    tar_reader_write(t, block, TAR_BLOCK);
    CU_ASSERT_STRING_EQUAL(seen.text, "file l 0000 8589934592");
}

static void padding_fills_the_block(void)
{
    CU_ASSERT_EQUAL(tar_padding(0), 0);
    CU_ASSERT_EQUAL(tar_padding(1), 511);
    CU_ASSERT_EQUAL(tar_padding(512), 0);
    CU_ASSERT_EQUAL(tar_padding(513), 511);
}

UNIT_SUITE(tar)
{
    UNIT_TEST(a_header_is_written_as_a_server_writes_it);
    UNIT_TEST(folders_and_links_end_in_a_slash);
    UNIT_TEST(names_that_do_not_fit_are_refused);
    UNIT_TEST(a_header_of_a_server_is_read);
    UNIT_TEST(numbers_may_have_blanks_before_them);
    UNIT_TEST(content_is_handed_out_in_place);
    UNIT_TEST(pieces_of_any_size_are_put_together);
    UNIT_TEST(an_archive_may_end_without_end_blocks);
    UNIT_TEST(an_archive_that_ends_in_an_entry_is_refused);
    UNIT_TEST(nothing_may_follow_the_end);
    UNIT_TEST(damaged_headers_are_refused);
    UNIT_TEST(kinds_of_extensions_are_not_supported);
    UNIT_TEST(names_are_tidied);
    UNIT_TEST(the_folder_itself_is_left_out);
    UNIT_TEST(names_outside_of_the_target_are_refused);
    UNIT_TEST(a_prefix_belongs_to_the_name);
    UNIT_TEST(large_files_are_written_in_base_256);
    UNIT_TEST(padding_fills_the_block);
}
