/* path_test.c - path names as text. */
#include "common/base/base.h"

#include <sys/stat.h>
#include <unistd.h>

#include "common/os/path.h"
#include "tests/unit/unit.h"

static void join_puts_one_slash_between(void)
{
    CU_ASSERT_STRING_EQUAL(path_join("a", "b"), "a/b");
    CU_ASSERT_STRING_EQUAL(path_join("a/", "b"), "a/b");
    CU_ASSERT_STRING_EQUAL(path_join("a//", "//b/c"), "a/b/c");
    CU_ASSERT_STRING_EQUAL(path_join("/", "b"), "/b");
    CU_ASSERT_STRING_EQUAL(path_join("///", "b"), "/b");
}

static void join_with_nothing_is_the_other(void)
{
    CU_ASSERT_STRING_EQUAL(path_join("", "b"), "b");
    CU_ASSERT_STRING_EQUAL(path_join("", "/b"), "/b");
    CU_ASSERT_STRING_EQUAL(path_join("a/", ""), "a/");
    CU_ASSERT_STRING_EQUAL(path_join("/", "/"), "/");
    CU_ASSERT_STRING_EQUAL(path_join("", ""), "");
}

static void dir_is_that_of_dirname(void)
{
    CU_ASSERT_STRING_EQUAL(path_dir("/usr/lib"), "/usr");
    CU_ASSERT_STRING_EQUAL(path_dir("/usr/lib/"), "/usr");
    CU_ASSERT_STRING_EQUAL(path_dir("/usr//lib"), "/usr");
    CU_ASSERT_STRING_EQUAL(path_dir("/usr"), "/");
    CU_ASSERT_STRING_EQUAL(path_dir("/"), "/");
    CU_ASSERT_STRING_EQUAL(path_dir("//"), "/");
    CU_ASSERT_STRING_EQUAL(path_dir("usr"), ".");
    CU_ASSERT_STRING_EQUAL(path_dir("usr/"), ".");
    CU_ASSERT_STRING_EQUAL(path_dir(""), ".");
    CU_ASSERT_STRING_EQUAL(path_dir(".."), ".");
}

static void base_is_what_follows_the_last_slash(void)
{
    CU_ASSERT_STRING_EQUAL(path_base("/usr/lib"), "lib");
    CU_ASSERT_STRING_EQUAL(path_base("lib"), "lib");
    CU_ASSERT_STRING_EQUAL(path_base("lib/"), "");
    CU_ASSERT_STRING_EQUAL(path_base(""), "");
}

static void normalise_drops_what_means_nothing(void)
{
    CU_ASSERT_STRING_EQUAL(path_normalise("/a//b/./c/"), "/a/b/c");
    CU_ASSERT_STRING_EQUAL(path_normalise("./a"), "a");
    CU_ASSERT_STRING_EQUAL(path_normalise("a/.."), ".");
    CU_ASSERT_STRING_EQUAL(path_normalise(""), ".");
    CU_ASSERT_STRING_EQUAL(path_normalise("."), ".");
    CU_ASSERT_STRING_EQUAL(path_normalise("/"), "/");
    CU_ASSERT_STRING_EQUAL(path_normalise("///"), "/");
}

static void normalise_goes_up_but_not_above_the_root(void)
{
    CU_ASSERT_STRING_EQUAL(path_normalise("/a/b/../c"), "/a/c");
    CU_ASSERT_STRING_EQUAL(path_normalise("/a/../../b"), "/b");
    CU_ASSERT_STRING_EQUAL(path_normalise("/a/.."), "/");
    CU_ASSERT_STRING_EQUAL(path_normalise("a/b/../../../c"), "../c");
    CU_ASSERT_STRING_EQUAL(path_normalise("../../a"), "../../a");
    CU_ASSERT_STRING_EQUAL(path_normalise("../a/.."), "..");
    CU_ASSERT_STRING_EQUAL(path_normalise("..a/..b"), "..a/..b");
    CU_ASSERT_STRING_EQUAL(path_normalise("a/.../b"), "a/.../b");
}

static void absolute_starts_at_the_working_folder(void)
{
    char folder[4096];
    char expected[8192];

    CU_ASSERT_PTR_NOT_NULL_FATAL(getcwd(folder, sizeof folder));
    snprintf(expected, sizeof expected, "%s/x", folder);
    CU_ASSERT_STRING_EQUAL(path_absolute("y/../x"), expected);
    CU_ASSERT_STRING_EQUAL(path_absolute("/y/../x"), "/x");
    CU_ASSERT_TRUE(path_is_absolute("/"));
    CU_ASSERT_FALSE(path_is_absolute("x/y"));
    CU_ASSERT_FALSE(path_is_absolute(""));
}

static void a_working_folder_may_have_a_long_name(void)
{
    char before[4096];
    char part[201];
    char *expected = path_join(unit_temp_dir(), "");

    CU_ASSERT_PTR_NOT_NULL_FATAL(getcwd(before, sizeof before));
    CU_ASSERT_EQUAL_FATAL(chdir(unit_temp_dir()), 0);
    memset(part, 'x', 200);
    part[200] = '\0';
    for (int i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL_FATAL(mkdir(part, 0700), 0);
        CU_ASSERT_EQUAL_FATAL(chdir(part), 0);
        expected = path_join(expected, part);
    }
    CU_ASSERT_STRING_EQUAL(path_absolute("y"), path_join(expected, "y"));
    CU_ASSERT_EQUAL(chdir(before), 0);
}

static void a_working_folder_that_is_gone_is_an_error(void)
{
    char before[4096];

    CU_ASSERT_PTR_NOT_NULL_FATAL(getcwd(before, sizeof before));
    CU_ASSERT_EQUAL_FATAL(mkdir(path_join(unit_temp_dir(), "gone"), 0700), 0);
    CU_ASSERT_EQUAL_FATAL(chdir(path_join(unit_temp_dir(), "gone")), 0);
    CU_ASSERT_EQUAL(rmdir(path_join(unit_temp_dir(), "gone")), 0);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_UNDEFINED_FILE,
                               "could not determine current directory: No such file or directory",
                               path_absolute("x"));
    CU_ASSERT_EQUAL(chdir(before), 0);
}

static void only_plain_relative_paths_are_inside(void)
{
    CU_ASSERT_TRUE(path_is_inside("a"));
    CU_ASSERT_TRUE(path_is_inside("base/5/1259.1"));
    CU_ASSERT_TRUE(path_is_inside("..a/b.."));
    CU_ASSERT_TRUE(path_is_inside("..."));
    CU_ASSERT_FALSE(path_is_inside(""));
    CU_ASSERT_FALSE(path_is_inside("/a"));
    CU_ASSERT_FALSE(path_is_inside("a/"));
    CU_ASSERT_FALSE(path_is_inside("a//b"));
    CU_ASSERT_FALSE(path_is_inside(".."));
    CU_ASSERT_FALSE(path_is_inside("a/../b"));
    CU_ASSERT_FALSE(path_is_inside("a/.."));
    CU_ASSERT_FALSE(path_is_inside("."));
    CU_ASSERT_FALSE(path_is_inside("a/./b"));
}

UNIT_SUITE(path)
{
    UNIT_TEST(join_puts_one_slash_between);
    UNIT_TEST(join_with_nothing_is_the_other);
    UNIT_TEST(dir_is_that_of_dirname);
    UNIT_TEST(base_is_what_follows_the_last_slash);
    UNIT_TEST(normalise_drops_what_means_nothing);
    UNIT_TEST(normalise_goes_up_but_not_above_the_root);
    UNIT_TEST(absolute_starts_at_the_working_folder);
    UNIT_TEST(a_working_folder_may_have_a_long_name);
    UNIT_TEST(a_working_folder_that_is_gone_is_an_error);
    UNIT_TEST(only_plain_relative_paths_are_inside);
}
