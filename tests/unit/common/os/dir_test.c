/* dir_test.c - folders: made, listed, walked, synced, removed. */
#include "common/base/base.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/os_int.h"
#include "common/os/path.h"
#include "common/text/strbuf.h"
#include "tests/unit/unit.h"

static char *here(const char *name)
{
    return path_join(unit_temp_dir(), name);
}

static void put(const char *name)
{
    os_file_close(os_file_open(here(name), OS_WRITE | OS_CREATE));
}

/* ---- a table of calls that counts syncs, and fails some calls ---- */

static struct {
    OsOps ops;
    int syncs;
    int sync_error;
    int readdir_error;
} counted;

static int counted_fsync(int fd)
{
    counted.syncs++;
    errno = counted.sync_error;
    return counted.sync_error != 0 ? -1 : fsync(fd);
}

static const char *counted_readdir(void *dir)
{
    const char *name = os_ops_system.readdir(dir);

    if (name == NULL)
        errno = counted.readdir_error;
    return name;
}

static void count_begin(void)
{
    counted.ops = os_ops_system;
    counted.ops.fsync = counted_fsync;
    counted.ops.readdir = counted_readdir;
    counted.syncs = counted.sync_error = counted.readdir_error = 0;
    os_ops = &counted.ops;
}

static int count_end(void)
{
    os_ops = &os_ops_system;
    return counted.syncs;
}

/* ---- make ---- */

static void making_a_folder_twice_is_told(void)
{
    OsStat st;

    os_dir_make(here("a"));
    os_stat(here("a"), &st);
    CU_ASSERT_EQUAL(st.kind, OS_KIND_DIR);
    CU_ASSERT_EQUAL(st.mode, 0700);
    CU_ASSERT_FALSE(os_dir_try_make(here("a")));
    CU_ASSERT_TRUE(os_dir_try_make(here("b")));
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_DUPLICATE_FILE,
        mem_printf("could not create directory \"%s\": File exists", here("a")),
        os_dir_make(here("a")));
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_UNDEFINED_FILE,
        mem_printf("could not create directory \"%s\": No such file or directory", here("c/d")),
        os_dir_make(here("c/d")));
}

static void all_parents_are_made(void)
{
    OsStat st;

    os_dir_make_all(here("a/b//c/"));
    os_stat(here("a/b/c"), &st);
    CU_ASSERT_EQUAL(st.kind, OS_KIND_DIR);
    os_dir_make_all(here("a/b"));
    os_dir_make_all("/");
    os_dir_make_all(".");
}

static void a_file_in_the_way_is_an_error(void)
{
    put("x");
    os_symlink("nowhere", here("dangling"));
    UNIT_ASSERT_RAISES(SQLSTATE_DUPLICATE_FILE, os_dir_make_all(here("x")));
    UNIT_ASSERT_RAISES(SQLSTATE_WRONG_OBJECT_TYPE, os_dir_make_all(here("x/y")));
    UNIT_ASSERT_RAISES(SQLSTATE_DUPLICATE_FILE, os_dir_make_all(here("dangling")));
}

static void a_link_to_a_folder_is_a_folder(void)
{
    os_dir_make(here("a"));
    os_symlink("a", here("link"));
    os_dir_make_all(here("link"));
    os_dir_make_all(here("link/b"));
    CU_ASSERT_TRUE(os_exists(here("a/b")));
}

static void each_new_entry_is_synced(void)
{
    count_begin();
    os_dir_make_all(here("p/q"));
    CU_ASSERT_EQUAL(count_end(), 0);

    /* Above "a" the folder is there; its own entry is synced to be sure, then a, b, c are new. */
    count_begin();
    os_dir_make_all_durable(here("a/b/c"));
    CU_ASSERT_EQUAL(count_end(), 4);
    CU_ASSERT_TRUE(os_exists(here("a/b/c")));

    count_begin();
    os_dir_make_all_durable(here("a/b/c"));
    CU_ASSERT_EQUAL(count_end(), 1);
}

static int open_without_right(const char *path, int flags, mode_t mode)
{
    errno = EACCES;
    return strcmp(path, unit_temp_dir()) == 0 ? -1 : os_ops_system.open(path, flags, mode);
}

static void a_parent_that_cannot_be_read_matters_for_new_entries_only(void)
{
    os_dir_make(here("a"));
    count_begin();
    counted.ops.open = open_without_right;
    os_dir_make_all_durable(here("a"));
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_INSUFFICIENT_PRIVILEGE,
        mem_printf("could not open directory \"%s\": Permission denied", unit_temp_dir()),
        os_dir_make_all_durable(here("b")));
    count_end();
}

static void syncing_a_folder_raises_when_it_fails(void)
{
    os_dir_sync(unit_temp_dir());
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_UNDEFINED_FILE,
        mem_printf("could not open directory \"%s\": No such file or directory", here("x")),
        os_dir_sync(here("x")));
    put("x");
    UNIT_ASSERT_RAISES(SQLSTATE_WRONG_OBJECT_TYPE, os_dir_sync(here("x")));

    count_begin();
    counted.sync_error = EIO;
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_IO_ERROR,
        mem_printf("could not fsync directory \"%s\": Input/output error", unit_temp_dir()),
        os_dir_sync(unit_temp_dir()));
    CU_ASSERT_EQUAL(counted.syncs, 1);
    counted.sync_error = EINVAL; /* a file system that cannot */
    os_dir_sync(unit_temp_dir());
    count_end();
}

/* ---- look ---- */

static void the_state_of_a_folder_is_told(void)
{
    CU_ASSERT_EQUAL(os_dir_state(here("a")), OS_DIR_MISSING);
    os_dir_make(here("a"));
    CU_ASSERT_EQUAL(os_dir_state(here("a")), OS_DIR_EMPTY);
    put("a/.hidden");
    CU_ASSERT_EQUAL(os_dir_state(here("a")), OS_DIR_NOT_EMPTY);
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_WRONG_OBJECT_TYPE,
        mem_printf("could not access directory \"%s\": Not a directory", here("a/.hidden")),
        os_dir_state(here("a/.hidden")));
}

static void names_are_listed_in_the_order_of_their_bytes(void)
{
    static const char *const expected[] = {"B", "a", "a\n", "a b", "b", "\xC3\xA4", "\xFF"};
    Array names;

    for (size_t i = ARRAY_LEN(expected); i-- > 0;)
        put(expected[i]);
    os_dir_list(unit_temp_dir(), &names);
    CU_ASSERT_EQUAL_FATAL(names.count, ARRAY_LEN(expected));
    for (size_t i = 0; i < names.count; i++)
        CU_ASSERT_STRING_EQUAL(*(char **)array_at(&names, i), expected[i]);
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_UNDEFINED_FILE,
        mem_printf("could not open directory \"%s\": No such file or directory", here("no")),
        os_dir_list(here("no"), &names));
}

static void a_folder_that_cannot_be_read_is_an_error(void)
{
    Array names;

    count_begin();
    counted.readdir_error = EIO;
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_IO_ERROR,
        mem_printf("could not read directory \"%s\": Input/output error", unit_temp_dir()),
        os_dir_list(unit_temp_dir(), &names));
    count_end();
}

static OsWalk note_visit(void *arg, const char *path, const OsStat *st)
{
    strbuf_add_fmt(arg, "%s%s ", path,
                   st->kind == OS_KIND_DIR    ? "/"
                   : st->kind == OS_KIND_LINK ? "@"
                                              : "");
    return strcmp(path, "skip") == 0 ? OS_WALK_SKIP : OS_WALK_GO_ON;
}

static void a_walk_goes_in_order_and_does_not_follow(void)
{
    StrBuf seen;

    os_dir_make_all(here("b/c"));
    os_dir_make_all(here("skip/d"));
    put("b/c/1");
    put("b/c.x");
    put("a");
    os_symlink("b", here("link"));
    os_symlink(unit_temp_dir(), here("z"));
    strbuf_init(&seen);
    os_dir_walk(here("z"), note_visit, &seen);
    CU_ASSERT_STRING_EQUAL(seen.text, "a b/ b/c/ b/c/1 b/c.x link@ skip/ z@ ");
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE, os_dir_walk(here("no"), note_visit, &seen));
    UNIT_ASSERT_RAISES(SQLSTATE_WRONG_OBJECT_TYPE, os_dir_walk(here("a"), note_visit, &seen));
}

static OsWalk remove_next(void *arg, const char *path, const OsStat *st)
{
    note_visit(arg, path, st);
    if (strcmp(path, "a") == 0)
        os_unlink(here("b"));
    if (strcmp(path, "c") == 0)
        os_dir_remove(here("c"));
    return OS_WALK_GO_ON;
}

static void what_vanishes_during_a_walk_is_left_out(void)
{
    StrBuf seen;

    put("a");
    put("b");
    os_dir_make(here("c"));
    put("d");
    strbuf_init(&seen);
    os_dir_walk(unit_temp_dir(), remove_next, &seen);
    CU_ASSERT_STRING_EQUAL(seen.text, "a c/ d ");
}

static OsWalk raise_at_once(void *arg, const char *path, const OsStat *st)
{
    (void)arg;
    (void)st;
    err_raise(SQLSTATE_CHECK_FAILED, .message = path);
}

static void a_visit_may_raise(void)
{
    os_dir_make(here("a"));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_CHECK_FAILED, "a",
                               os_dir_walk(unit_temp_dir(), raise_at_once, NULL));
}

/* ---- whole trees ---- */

static void a_tree_is_synced_with_all_that_is_in_it(void)
{
    os_dir_make_all(here("data/base/5"));
    os_dir_make(here("data/pg_tblspc"));
    os_dir_make_all(here("space/PG_15"));
    os_dir_make(here("wal"));
    put("data/base/5/1259");
    put("data/PG_VERSION");
    put("space/PG_15/1");
    put("wal/1");
    os_symlink(here("space"), here("data/pg_tblspc/16400"));
    os_symlink("nowhere", here("data/pg_tblspc/16401"));
    put("data/pg_tblspc/plain");
    os_symlink(here("wal"), here("data/pg_wal"));

    /* data, base, 5, 1259, PG_VERSION, pg_tblspc, plain */
    count_begin();
    os_dir_sync_tree(here("data"), false);
    CU_ASSERT_EQUAL(count_end(), 7);

    /* and space, PG_15, 1, wal, 1 */
    count_begin();
    os_dir_sync_tree(here("data"), true);
    CU_ASSERT_EQUAL(count_end(), 12);

    count_begin();
    counted.sync_error = EIO;
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_dir_sync_tree(here("data"), false));
    CU_ASSERT_EQUAL(count_end(), 1);
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE, os_dir_sync_tree(here("no"), true));
}

/* A folder whose files vanish between the look and the opening. */
static int open_that_comes_late(const char *path, int flags, mode_t mode)
{
    errno = ENOENT;
    return strstr(path, "gone") != NULL ? -1 : os_ops_system.open(path, flags, mode);
}

static void what_vanishes_during_a_sync_is_left_out(void)
{
    put("gone");
    put("here");
    count_begin();
    counted.ops.open = open_that_comes_late;
    os_dir_sync_tree(unit_temp_dir(), false);
    CU_ASSERT_EQUAL(count_end(), 2);
}

static void a_tree_is_removed_without_following_links(void)
{
    os_dir_make_all(here("a/b/c"));
    put("a/b/x");
    os_dir_make(here("kept"));
    put("kept/x");
    os_symlink(here("kept"), here("a/link"));
    os_dir_remove_tree(here("a"), false);
    CU_ASSERT_FALSE(os_exists(here("a")));
    CU_ASSERT_TRUE(os_exists(here("kept/x")));
    os_dir_remove_tree(here("a"), false);
    os_dir_remove_tree(here("a"), true);

    os_symlink(here("kept"), here("link"));
    os_dir_remove_tree(here("link"), false);
    CU_ASSERT_TRUE(os_exists(here("kept/x")));
    os_dir_remove_tree(here("kept/x"), false);
    CU_ASSERT_FALSE(os_exists(here("kept/x")));
}

static void *opendir_that_comes_late(const char *path)
{
    (void)path;
    errno = ENOENT;
    return NULL;
}

static void a_tree_that_somebody_else_removes_is_fine(void)
{
    os_dir_make(here("a"));
    count_begin();
    counted.ops.opendir = opendir_that_comes_late;
    os_dir_remove_tree(here("a"), true);
    count_end();
}

static void a_root_can_be_kept(void)
{
    os_dir_make_all(here("a/b"));
    put("a/x");
    os_symlink("a", here("link"));
    os_dir_remove_tree(here("link"), true);
    CU_ASSERT_EQUAL(os_dir_state(here("a")), OS_DIR_EMPTY);
    put("x");
    UNIT_ASSERT_RAISES(SQLSTATE_WRONG_OBJECT_TYPE, os_dir_remove_tree(here("x"), true));
}

static void only_empty_folders_are_removed_alone(void)
{
    os_dir_make_all(here("a/b"));
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_WRONG_OBJECT_TYPE,
        mem_printf("could not remove directory \"%s\": Directory not empty", here("a")),
        os_dir_remove(here("a")));
    os_dir_remove(here("a/b"));
    os_dir_remove(here("a"));
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE, os_dir_remove(here("a")));
}

static void a_locked_folder_is_busy_until_the_lock_is_closed(void)
{
    OsFile *first, *second;

    CU_ASSERT_EQUAL(os_dir_try_lock(here("a"), &first), OS_LOCK_MISSING);
    os_dir_make(here("a"));
    CU_ASSERT_EQUAL_FATAL(os_dir_try_lock(here("a"), &first), OS_LOCK_TAKEN);
    CU_ASSERT_EQUAL(os_dir_try_lock(here("a"), &second), OS_LOCK_BUSY);
    os_file_close(first);
    CU_ASSERT_EQUAL_FATAL(os_dir_try_lock(here("a"), &second), OS_LOCK_TAKEN);
    /* The lock is the folder's, not that of its name. */
    os_rename(here("a"), here("b"));
    os_dir_make(here("a"));
    CU_ASSERT_EQUAL(os_dir_try_lock(here("b"), &first), OS_LOCK_BUSY);
    CU_ASSERT_EQUAL_FATAL(os_dir_try_lock(here("a"), &first), OS_LOCK_TAKEN);
    os_file_close(first);
    os_file_close(second);
}

static void free_space_is_told(void)
{
    CU_ASSERT_TRUE(os_dir_free_bytes(unit_temp_dir()) > 0);
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE, os_dir_free_bytes(here("missing")));
}

UNIT_SUITE(dir)
{
    UNIT_TEST(making_a_folder_twice_is_told);
    UNIT_TEST(all_parents_are_made);
    UNIT_TEST(a_file_in_the_way_is_an_error);
    UNIT_TEST(a_link_to_a_folder_is_a_folder);
    UNIT_TEST(each_new_entry_is_synced);
    UNIT_TEST(a_parent_that_cannot_be_read_matters_for_new_entries_only);
    UNIT_TEST(syncing_a_folder_raises_when_it_fails);
    UNIT_TEST(the_state_of_a_folder_is_told);
    UNIT_TEST(names_are_listed_in_the_order_of_their_bytes);
    UNIT_TEST(a_folder_that_cannot_be_read_is_an_error);
    UNIT_TEST(a_walk_goes_in_order_and_does_not_follow);
    UNIT_TEST(what_vanishes_during_a_walk_is_left_out);
    UNIT_TEST(a_visit_may_raise);
    UNIT_TEST(a_tree_is_synced_with_all_that_is_in_it);
    UNIT_TEST(what_vanishes_during_a_sync_is_left_out);
    UNIT_TEST(a_tree_is_removed_without_following_links);
    UNIT_TEST(a_tree_that_somebody_else_removes_is_fine);
    UNIT_TEST(a_root_can_be_kept);
    UNIT_TEST(only_empty_folders_are_removed_alone);
    UNIT_TEST(a_locked_folder_is_busy_until_the_lock_is_closed);
    UNIT_TEST(free_space_is_told);
}
