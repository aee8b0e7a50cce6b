/* config_test.c - configuration files: their form, where they are found, what is refused. */
#include "common/base/base.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "common/mem/mem.h"
#include "common/option/config.h"
#include "common/option/option.h"
#include "tests/unit/unit.h"

static const char *write_file(const char *name, const char *text, size_t len, mode_t mode)
{
    const char *path = mem_printf("%s/%s", unit_temp_dir(), name);
    FILE *file = fopen(path, "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fwrite(text, 1, len, file), len);
    fclose(file);
    chmod(path, mode);
    return path;
}

static void values_are_trimmed_or_quoted(void)
{
    Config *config = config_parse("# comment\n"
                                  "\n"
                                  "[repo.main]\r\n"
                                  "  url =  s3://b/p?x=#1  \r\n"
                                  "\t; another = comment\n"
                                  "empty =\n"
                                  "quoted = \" a \\\"b\\\" \\\\ \\n \"\n"
                                  "[cluster.my.name]\n"
                                  "repo=main\n"
                                  "repo = second",
                                  "f", true);
    const ConfigSection *repo = config_find(config, "repo", "main");
    const ConfigSection *cluster = config_find(config, "cluster", "my.name");

    CU_ASSERT_PTR_NOT_NULL_FATAL(repo);
    CU_ASSERT_PTR_NOT_NULL_FATAL(cluster);
    CU_ASSERT_STRING_EQUAL(config_value(repo, "url"), "s3://b/p?x=#1");
    CU_ASSERT_STRING_EQUAL(config_value(repo, "empty"), "");
    CU_ASSERT_STRING_EQUAL(config_value(repo, "quoted"), " a \"b\" \\ \\n ");
    CU_ASSERT_PTR_NULL(config_value(repo, "repo"));
    CU_ASSERT_STRING_EQUAL(config_value(cluster, "repo"), "second");
    CU_ASSERT_EQUAL(repo->line, 3);
    CU_ASSERT_EQUAL(((const ConfigEntry *)array_at(&repo->entries, 0))->line, 4);
    CU_ASSERT_PTR_NULL(config_find(config, "repo", "other"));
    CU_ASSERT_TRUE(repo->is_private);
}

static void refused(const char *text, const char *message)
{
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_CONFIG_FILE_ERROR, message, config_parse(text, "f", true));
}

static void what_is_not_understood_is_refused_with_its_line(void)
{
    refused("[repo.a\n",
            "syntax error: no \"]\" at the end of a section's name in file \"f\" line 1");
    refused("\n[", "syntax error: no \"]\" at the end of a section's name in file \"f\" line 2");
    refused("[rep.a]", "unrecognized section \"[rep.a]\" in file \"f\" line 1");
    refused("[repo]", "section \"[repo]\" has no proper name in file \"f\" line 1");
    refused("[repo.]", "section \"[repo.]\" has no proper name in file \"f\" line 1");
    refused("[repo.a/b]", "section \"[repo.a/b]\" has no proper name in file \"f\" line 1");
    refused("[repo...]", "section \"[repo...]\" has no proper name in file \"f\" line 1");
    refused("[repo.a]\n[repo.a]",
            "section \"[repo.a]\", which line 1 has already, in file \"f\" line 2");
    refused("a = b", "setting \"a\" before the first section in file \"f\" line 1");
    refused("[repo.a]\nkey", "syntax error: no \"=\" after a setting's name in file \"f\" line 2");
    refused("[repo.a]\n = x",
            "syntax error: \"\" is not the name of a setting in file \"f\" line 2");
    refused("[repo.a]\na b = x",
            "syntax error: \"a b\" is not the name of a setting in file \"f\" line 2");
    refused("[repo.a]\na = \"x", "syntax error: unterminated quoted value in file \"f\" line 2");
    refused("[repo.a]\na = \"x\\", "syntax error: unterminated quoted value in file \"f\" line 2");
    refused("[repo.a]\na = \"x\" y",
            "syntax error: text after a quoted value in file \"f\" line 2");
}

static void a_section_that_must_be_there_is_named(void)
{
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_CONFIG_FILE_ERROR,
                               "there is no section \"[repo.a]\" in file \"f\"",
                               config_get(config_parse("", "f", true), "repo", "a", NULL));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_CONFIG_FILE_ERROR,
                               "repo \"a\" is not known: there is no configuration file",
                               config_get(config_parse("", NULL, true), "repo", "a", NULL));
}

static void a_named_file_is_read(void)
{
    const char *path = write_file("a.conf", "[repo.a]\nurl = x\n", 17, 0600);
    Config *config = config_load(path);

    CU_ASSERT_STRING_EQUAL(config->path, path);
    CU_ASSERT_STRING_EQUAL(config_value(config_get(config, "repo", "a", NULL), "url"), "x");
    CU_ASSERT_TRUE(config_get(config, "repo", "a", NULL)->is_private);
    CU_ASSERT_STRING_EQUAL(config_get(config, "repo", "a", NULL)->path, path);

    chmod(path, 0640);
    CU_ASSERT_FALSE(config_get(config_load(path), "repo", "a", NULL)->is_private);
    chmod(path, 0604);
    CU_ASSERT_FALSE(config_get(config_load(path), "repo", "a", NULL)->is_private);
}

static void a_named_file_must_exist(void)
{
    const char *path = mem_printf("%s/none.conf", unit_temp_dir());

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_UNDEFINED_FILE,
                               mem_printf("configuration file \"%s\" does not exist", path),
                               config_load(path));
    setenv("HOLDFAST_CONFIG", path, 1);
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE, config_load(NULL));
    unsetenv("HOLDFAST_CONFIG");
}

static void files_that_are_no_text_or_too_large_are_refused(void)
{
    const char *binary = write_file("b.conf", "[repo.a]\n\0x", 11, 0600);
    size_t large_len = MIB(1) + 1;
    char *large = mem_alloc(large_len);

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_CONFIG_FILE_ERROR,
                               mem_printf("configuration file \"%s\" is not a text file", binary),
                               config_load(binary));
    memset(large, '\n', large_len);
    UNIT_ASSERT_RAISES(SQLSTATE_CONFIG_FILE_ERROR,
                       config_load(write_file("l.conf", large, large_len, 0600)));
}

static void the_file_of_the_environment_comes_before_that_of_the_home(void)
{
    const char *home = unit_temp_dir();
    const char *old_home = mem_strdup(getenv("HOME") == NULL ? "/" : getenv("HOME"));
    const char *named = write_file("named.conf", "[repo.named]\n", 13, 0600);

    mkdir(mem_printf("%s/.config", home), 0700);
    mkdir(mem_printf("%s/.config/holdfast", home), 0700);
    write_file(".config/holdfast/holdfast.conf", "[repo.home]\n", 12, 0600);
    setenv("HOME", home, 1);
    setenv("HOLDFAST_CONFIG", named, 1);
    CU_ASSERT_PTR_NOT_NULL(config_find(config_load(NULL), "repo", "named"));
    unsetenv("HOLDFAST_CONFIG");
    CU_ASSERT_PTR_NOT_NULL(config_find(config_load(NULL), "repo", "home"));
    setenv("HOME", old_home, 1);
}

static void no_file_at_all_has_no_sections(void)
{
    const char *old_home = mem_strdup(getenv("HOME") == NULL ? "/" : getenv("HOME"));

    if (fopen("/etc/holdfast/holdfast.conf", "r") != NULL) {
        unit_skip("this machine has a /etc/holdfast/holdfast.conf");
        return;
    }
    setenv("HOME", unit_temp_dir(), 1);
    CU_ASSERT_EQUAL(config_load(NULL)->sections.count, 0);
    setenv("HOME", old_home, 1);
}

UNIT_SUITE(config)
{
    UNIT_TEST(values_are_trimmed_or_quoted);
    UNIT_TEST(what_is_not_understood_is_refused_with_its_line);
    UNIT_TEST(a_section_that_must_be_there_is_named);
    UNIT_TEST(a_named_file_is_read);
    UNIT_TEST(a_named_file_must_exist);
    UNIT_TEST(files_that_are_no_text_or_too_large_are_refused);
    UNIT_TEST(the_file_of_the_environment_comes_before_that_of_the_home);
    UNIT_TEST(no_file_at_all_has_no_sections);
}
