/* file_durable_test.c - durable writes, publishing, temporary names */
#include "common/base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/fault.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "tests/unit/common/os/file_rig.h"
#include "tests/unit/unit.h"

static size_t count_names(void)
{
    Array names;

    os_dir_list(unit_temp_dir(), &names);
    return names.count;
}

/* ---- durable ---- */

static void a_durable_write_replaces_as_a_whole(void)
{
    os_write_durable(file_here("x"), "old", 3);
    CU_ASSERT_STRING_EQUAL(file_content("x"), "old");
    os_write_durable(file_here("x"), "newer", 5);
    CU_ASSERT_STRING_EQUAL(file_content("x"), "newer");
    os_write_durable(file_here("x"), "", 0);
    CU_ASSERT_STRING_EQUAL(file_content("x"), "");
    CU_ASSERT_EQUAL(count_names(), 1);
}

static void a_durable_write_that_fails_leaves_nothing_behind(void)
{
    os_write_durable(file_here("x"), "old", 3);

    broken_begin(ENOSPC, 1);
    broken.ops.write = broken_write;
    os_ops = &broken.ops;
    UNIT_ASSERT_RAISES(SQLSTATE_DISK_FULL, os_write_durable(file_here("x"), "new", 3));

    broken_begin(EIO, 0);
    broken.ops.fsync = broken_fsync;
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_write_durable(file_here("x"), "new", 3));

    broken_begin(EIO, 0);
    broken.ops.rename = broken_rename;
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_write_durable(file_here("x"), "new", 3));
    broken_end();
    CU_ASSERT_STRING_EQUAL(file_content("x"), "old");
    CU_ASSERT_EQUAL(count_names(), 1);
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE, os_write_durable(file_here("no/x"), "new", 3));
}

static void publishing_spares_what_exists(void)
{
    file_put("t", "new");
    CU_ASSERT_TRUE(os_publish_durable(file_here("t"), file_here("x")));
    CU_ASSERT_STRING_EQUAL(file_content("x"), "new");
    file_put("t", "newer");
    CU_ASSERT_FALSE(os_publish_durable(file_here("t"), file_here("x")));
    CU_ASSERT_STRING_EQUAL(file_content("x"), "new");
    CU_ASSERT_STRING_EQUAL(file_content("t"), "newer");
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE,
                       CU_ASSERT_TRUE(os_publish_durable(file_here("nothing"), file_here("y"))));
}

static void publishing_works_for_folders(void)
{
    os_dir_make(file_here("t"));
    os_dir_make(file_here("to"));
    file_put("t/x", "");
    CU_ASSERT_TRUE(os_publish_durable(file_here("t"), file_here("to/d")));
    CU_ASSERT_TRUE(os_exists(file_here("to/d/x")));
    os_dir_make(file_here("t"));
    CU_ASSERT_FALSE(os_publish_durable(file_here("t"), file_here("to/d")));
    CU_ASSERT_TRUE(os_exists(file_here("to/d/x")));
}

static void publishing_works_where_rename_cannot_spare(void)
{
    broken_begin(EINVAL, 0);
    broken.ops.rename_new = broken_rename_new;
    os_ops = &broken.ops;
    file_put("t", "new");
    CU_ASSERT_TRUE(os_publish_durable(file_here("t"), file_here("x")));
    CU_ASSERT_STRING_EQUAL(file_content("x"), "new");
    CU_ASSERT_FALSE(os_exists(file_here("t")));
    file_put("t", "newer");
    CU_ASSERT_FALSE(os_publish_durable(file_here("t"), file_here("x")));
    CU_ASSERT_STRING_EQUAL(file_content("x"), "new");
    CU_ASSERT_STRING_EQUAL(file_content("t"), "newer");

    os_dir_make(file_here("d"));
    CU_ASSERT_TRUE(os_publish_durable(file_here("d"), file_here("e")));
    os_dir_make(file_here("d"));
    CU_ASSERT_FALSE(os_publish_durable(file_here("d"), file_here("e")));
    CU_ASSERT_TRUE(os_exists(file_here("d")));
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE,
                       CU_ASSERT_TRUE(os_publish_durable(file_here("nothing"), file_here("y"))));
    broken_end();
}

static void failing_publications_raise_and_keep_the_file(void)
{
    file_put("t", "new");
    broken_begin(EIO, 0);
    broken.ops.rename_new = broken_rename_new;
    os_ops = &broken.ops;
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR,
                       CU_ASSERT_TRUE(os_publish_durable(file_here("t"), file_here("x"))));

    broken_begin(ENOSYS, 0);
    broken.ops.rename_new = broken_rename_new;
    broken.ops.link = broken_link;
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_IO_ERROR,
        mem_printf("could not link file \"%s\" to \"%s\": Function not implemented", file_here("t"),
                   file_here("x")),
        CU_ASSERT_TRUE(os_publish_durable(file_here("t"), file_here("x"))));

    os_dir_make(file_here("d"));
    broken_begin(ENOSYS, 0);
    broken.ops.rename_new = broken_rename_new;
    broken.ops.rename = broken_rename;
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR,
                       CU_ASSERT_TRUE(os_publish_durable(file_here("d"), file_here("x"))));
    broken.error = ENOTEMPTY; /* somebody was faster */
    broken.good_left = 0;
    broken.ops.rename_new = os_ops_system.rename_new;
    broken_end();
    CU_ASSERT_STRING_EQUAL(file_content("t"), "new");
    CU_ASSERT_FALSE(os_exists(file_here("x")));
}

static int rename_that_comes_late(const char *from, const char *to)
{
    (void)from;
    (void)to;
    errno = ENOTEMPTY;
    return -1;
}

static void a_race_for_a_folders_name_is_lost_without_harm(void)
{
    os_dir_make(file_here("d"));
    broken_begin(ENOSYS, 0);
    broken.ops.rename_new = broken_rename_new;
    broken.ops.rename = rename_that_comes_late;
    os_ops = &broken.ops;
    CU_ASSERT_FALSE(os_publish_durable(file_here("d"), file_here("x")));
    broken_end();
    CU_ASSERT_TRUE(os_exists(file_here("d")));
}

static void a_publication_cut_short_after_the_link_is_finished(void)
{
    file_put("t", "new");
    CU_ASSERT_EQUAL_FATAL(link(file_here("t"), file_here("x")), 0);
    CU_ASSERT_TRUE(os_publish_durable(file_here("t"), file_here("x")));
    CU_ASSERT_FALSE(os_exists(file_here("t")));
    CU_ASSERT_STRING_EQUAL(file_content("x"), "new");

    /* The same when only the link's answer was lost. */
    file_put("t", "newer");
    CU_ASSERT_EQUAL_FATAL(link(file_here("t"), file_here("y")), 0);
    broken_begin(EINVAL, 0);
    broken.ops.rename_new = broken_rename_new;
    os_ops = &broken.ops;
    CU_ASSERT_TRUE(os_publish_durable(file_here("t"), file_here("y")));
    broken_end();
    CU_ASSERT_FALSE(os_exists(file_here("t")));
}

static void temporary_names_are_unique_and_known(void)
{
    char *a = os_temp_name("dir/000000010000000000000001");
    char *b = os_temp_name("dir/000000010000000000000001");
    char *long_name = mem_alloc(256);

    CU_ASSERT_STRING_NOT_EQUAL(a, b);
    CU_ASSERT_EQUAL(strncmp(a, "dir/000000010000000000000001.", 29), 0);
    CU_ASSERT_TRUE(os_is_temp_name(path_base(a)));
    CU_ASSERT_FALSE(os_is_temp_name("000000010000000000000001"));
    CU_ASSERT_FALSE(os_is_temp_name(".tmp"));
    CU_ASSERT_FALSE(os_is_temp_name("x.tmp"));
    CU_ASSERT_FALSE(os_is_temp_name(".0123456789abcdef.tmp"));
    CU_ASSERT_TRUE(os_is_temp_name("x.0123456789abcdef.tmp"));
    CU_ASSERT_FALSE(os_is_temp_name("x.0123456789abcdeg.tmp"));
    CU_ASSERT_FALSE(os_is_temp_name("x_0123456789abcdef.tmp"));

    memset(long_name, 'x', 255);
    os_file_close(os_file_open(os_temp_name(file_here(long_name)), OS_WRITE | OS_CREATE));
    CU_ASSERT_EQUAL(count_names(), 1);
}

/* ---- fault points ---- */

#ifdef HOLDFAST_FAULT_POINTS
static void change_everything(void)
{
    OsFile *f;

    os_dir_make(file_here("d"));
    f = os_file_open(file_here("a"), OS_WRITE | OS_CREATE);
    os_file_write(f, "abc", 3);
    os_file_write_at(f, "d", 1, 3);
    os_file_preallocate(f, 10);
    os_file_truncate(f, 4);
    os_file_sync(f);
    os_file_close(f);
    os_rename(file_here("a"), file_here("b"));
    os_symlink("b", file_here("l"));
    os_copy_file(file_here("b"), file_here("c"));
    CU_ASSERT_TRUE(os_publish_durable(file_here("c"), file_here("d/c")));
    broken.ops = os_ops_system;
    broken.error = EINVAL;
    broken.good_left = 0;
    broken.ops.rename_new = broken_rename_new;
    os_ops = &broken.ops;
    CU_ASSERT_TRUE(os_publish_durable(file_here("d/c"), file_here("e")));
    broken_end();
    os_unlink(file_here("e"));
    os_dir_remove(file_here("d"));
}

static void every_kind_of_change_can_be_made_to_fail(void)
{
    static const char *const names[] = {
        "os.dir.make",      "os.dir.remove",  "os.dir.sync",     "os.file.close",
        "os.file.copy",     "os.file.create", "os.file.link",    "os.file.preallocate",
        "os.file.publish",  "os.file.rename", "os.file.symlink", "os.file.sync",
        "os.file.truncate", "os.file.unlink", "os.file.write",   "os.file.write_at",
    };

    for (volatile size_t i = 0; i < ARRAY_LEN(names); i++) {
        fault_arm(mem_printf("%s=enospc", names[i]));
        UNIT_ASSERT_RAISES(SQLSTATE_DISK_FULL, change_everything());
        broken_end();
        fault_arm("");
        os_dir_remove_tree(unit_temp_dir(), true);
    }
}

static void a_sync_that_was_made_to_fail_stays_failed(void)
{
    OsFile *f = os_file_open(file_here("x"), OS_WRITE | OS_CREATE);

    fault_arm("os.file.sync=error");
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_sync(f));
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_sync(f));
    fault_arm("");
    os_file_close(f);
}
#endif

UNIT_SUITE(file_durable)
{
    UNIT_TEST(a_durable_write_replaces_as_a_whole);
    UNIT_TEST(a_durable_write_that_fails_leaves_nothing_behind);
    UNIT_TEST(publishing_spares_what_exists);
    UNIT_TEST(publishing_works_for_folders);
    UNIT_TEST(publishing_works_where_rename_cannot_spare);
    UNIT_TEST(failing_publications_raise_and_keep_the_file);
    UNIT_TEST(a_race_for_a_folders_name_is_lost_without_harm);
    UNIT_TEST(a_publication_cut_short_after_the_link_is_finished);
    UNIT_TEST(temporary_names_are_unique_and_known);
#ifdef HOLDFAST_FAULT_POINTS
    UNIT_TEST(every_kind_of_change_can_be_made_to_fail);
    UNIT_TEST(a_sync_that_was_made_to_fail_stays_failed);
#endif
}
