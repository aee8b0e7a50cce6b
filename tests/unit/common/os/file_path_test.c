/* file_path_test.c - whole files, and files by path: stat, links, rename, copies */
#include "common/base/base.h"

#include <errno.h>

#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "tests/unit/common/os/file_rig.h"
#include "tests/unit/unit.h"

/* ---- whole files, sinks, sources ---- */

static void a_whole_file_is_read_up_to_the_limit(void)
{
    size_t len;
    char *big = mem_alloc(100001);

    file_put("empty", "");
    CU_ASSERT_STRING_EQUAL(os_file_read_all(file_here("empty"), 0, &len), "");
    CU_ASSERT_EQUAL(len, 0);
    memset(big, 'x', 100000);
    file_put("big", big);
    CU_ASSERT_STRING_EQUAL(os_file_read_all(file_here("big"), 100000, &len), big);
    CU_ASSERT_EQUAL(len, 100000);
    CU_ASSERT_STRING_EQUAL(os_file_try_read_all(file_here("big"), 200000, NULL), big);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                               mem_printf("file \"%s\" is too large", file_here("big")),
                               os_file_read_all(file_here("big"), 99999, &len));
    UNIT_ASSERT_RAISES(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                       os_file_read_all(file_here("big"), 0, &len));
}

static void a_file_without_a_size_is_read_to_its_end(void)
{
    size_t len;
    char *smaps = os_file_read_all("/proc/self/smaps", 10000000, &len);

    CU_ASSERT_TRUE(len > 5000); /* more than the first room, so it grew */
    CU_ASSERT_EQUAL(strlen(smaps), len);
    CU_ASSERT_EQUAL(smaps[len - 1], '\n');
}

static void sinks_and_sources_move_the_position(void)
{
    OsFile *f = os_file_open(file_here("x"), OS_READ | OS_WRITE | OS_CREATE);
    ByteSink sink = os_file_sink(f);
    ByteSource source = os_file_source(f);
    char bytes[4] = {0};

    byte_sink_write(&sink, "abc", 3);
    byte_sink_write(&sink, "def", 3);
    os_file_seek(f, 0);
    CU_ASSERT_EQUAL(byte_source_read(&source, bytes, 4), 4);
    CU_ASSERT_EQUAL(byte_source_read(&source, bytes, 4), 2);
    CU_ASSERT_EQUAL(memcmp(bytes, "ef", 2), 0);
    CU_ASSERT_EQUAL(byte_source_read(&source, bytes, 4), 0);
    os_file_close(f);
}

/* ---- by path ---- */

static void stat_follows_links_and_lstat_does_not(void)
{
    OsStat st;

    file_put("x", "abc");
    os_symlink("x", file_here("link"));
    os_symlink("nowhere", file_here("dangling"));
    os_stat(file_here("link"), &st);
    CU_ASSERT_EQUAL(st.kind, OS_KIND_FILE);
    CU_ASSERT_EQUAL(st.size, 3);
    CU_ASSERT_TRUE(os_try_lstat(file_here("link"), &st));
    CU_ASSERT_EQUAL(st.kind, OS_KIND_LINK);
    CU_ASSERT_STRING_EQUAL(os_readlink(file_here("link")), "x");
    CU_ASSERT_FALSE(os_exists(file_here("dangling")));
    CU_ASSERT_TRUE(os_try_lstat(file_here("dangling"), &st));
    CU_ASSERT_FALSE(os_try_lstat(file_here("nothing"), &st));
    CU_ASSERT_TRUE(os_exists(file_here("x")));
    os_stat("/dev/null", &st);
    CU_ASSERT_EQUAL(st.kind, OS_KIND_OTHER);
    os_stat(unit_temp_dir(), &st);
    CU_ASSERT_EQUAL(st.kind, OS_KIND_DIR);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_UNDEFINED_FILE, file_missing("stat", file_here("nothing")),
                               os_stat(file_here("nothing"), &st));
}

static void links_of_any_length_are_read(void)
{
    char target[2000];

    for (size_t len = 254; len < 260; len++) {
        memset(target, 'x', len);
        target[len] = '\0';
        os_symlink(target, file_here("link"));
        CU_ASSERT_STRING_EQUAL(os_readlink(file_here("link")), target);
        os_unlink(file_here("link"));
    }
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE, os_readlink(file_here("link")));
    file_put("x", "");
    UNIT_ASSERT_RAISES(SQLSTATE_DUPLICATE_FILE, os_symlink("y", file_here("x")));
}

static void removing_what_is_not_there_is_told(void)
{
    file_put("x", "");
    CU_ASSERT_TRUE(os_try_unlink(file_here("x")));
    CU_ASSERT_FALSE(os_try_unlink(file_here("x")));
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_UNDEFINED_FILE,
        mem_printf("could not remove file \"%s\": No such file or directory", file_here("x")),
        os_unlink(file_here("x")));
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE, os_unlink_durable(file_here("x")));
    file_put("x", "");
    os_unlink_durable(file_here("x"));
    CU_ASSERT_FALSE(os_exists(file_here("x")));
}

static void rename_replaces(void)
{
    file_put("a", "new");
    file_put("b", "old");
    os_rename(file_here("a"), file_here("b"));
    CU_ASSERT_STRING_EQUAL(file_content("b"), "new");
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_UNDEFINED_FILE,
        mem_printf("could not rename file \"%s\" to \"%s\": No such file or directory",
                   file_here("a"), file_here("c")),
        os_rename(file_here("a"), file_here("c")));
}

static void a_durable_rename_moves_files_and_folders(void)
{
    os_dir_make(file_here("d"));
    file_put("a", "x");
    os_rename_durable(file_here("a"), file_here("d/b"));
    CU_ASSERT_STRING_EQUAL(file_content("d/b"), "x");
    os_rename_durable(file_here("d"), file_here("e"));
    CU_ASSERT_STRING_EQUAL(file_content("e/b"), "x");
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE, os_rename_durable(file_here("d"), file_here("f")));
}

static void copies_have_the_content_and_a_new_files_mode(void)
{
    char *big = mem_alloc(600001);
    OsStat st;

    memset(big, 'x', 600000);
    file_put("a", big);
    os_set_mode(file_here("a"), 0644);
    os_copy_file(file_here("a"), file_here("b"));
    CU_ASSERT_STRING_EQUAL(file_content("b"), big);
    os_stat(file_here("b"), &st);
    CU_ASSERT_EQUAL(st.mode, os_file_mode());
    UNIT_ASSERT_RAISES(SQLSTATE_DUPLICATE_FILE, os_copy_file(file_here("a"), file_here("b")));
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE, os_copy_file(file_here("c"), file_here("d")));
}

static void a_copy_goes_on_by_hand_where_the_system_stops(void)
{
    char *big = mem_alloc(600001);

    memset(big, 'x', 600000);
    file_put("a", big);
    broken_begin(EXDEV, 5);
    broken.ops.copy = broken_copy;
    broken.ops.clone = os_ops_system.clone;
    os_ops = &broken.ops;
    os_copy_file(file_here("a"), file_here("b"));
    broken_end();
    CU_ASSERT_STRING_EQUAL(file_content("b"), big);

    broken_begin(ENOSPC, 0);
    broken.ops.copy = broken_copy;
    broken.ops.clone = broken_clone;
    os_ops = &broken.ops;
    UNIT_ASSERT_RAISES(SQLSTATE_DISK_FULL, os_copy_file(file_here("a"), file_here("c")));
    broken_end();
}

UNIT_SUITE(file_path)
{
    UNIT_TEST(a_whole_file_is_read_up_to_the_limit);
    UNIT_TEST(a_file_without_a_size_is_read_to_its_end);
    UNIT_TEST(sinks_and_sources_move_the_position);
    UNIT_TEST(stat_follows_links_and_lstat_does_not);
    UNIT_TEST(links_of_any_length_are_read);
    UNIT_TEST(removing_what_is_not_there_is_told);
    UNIT_TEST(rename_replaces);
    UNIT_TEST(a_durable_rename_moves_files_and_folders);
    UNIT_TEST(copies_have_the_content_and_a_new_files_mode);
    UNIT_TEST(a_copy_goes_on_by_hand_where_the_system_stops);
}
