/* repo_test.c - format version, identity, names of clusters, options. */
#include "common/base/base.h"

#include "common/repo/repo.h"

#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/repo/options.h"
#include "common/text/str.h"
#include "tests/unit/unit.h"

static const RepoIdentity ours = {
    .system_id = UINT64_C(7678904837209384000), .version = 15, .segment_size = MIB(16)};

static char *temp_url(void)
{
    return mem_printf("file://%s/repo", unit_temp_dir());
}

static void a_new_repository_has_no_identity(void)
{
    RepoIdentity identity;

    CU_ASSERT_FALSE(repo_try_identity(repo_open(temp_url(), "main"), &identity));
    CU_ASSERT_FALSE(os_exists(path_join(unit_temp_dir(), "repo")));
}

static void the_first_identity_is_kept(void)
{
    RepoIdentity stored;

    repo_check_identity(repo_open(temp_url(), "main"), &ours);
    CU_ASSERT_TRUE_FATAL(repo_try_identity(repo_open(temp_url(), "main"), &stored));
    CU_ASSERT_EQUAL(stored.system_id, ours.system_id);
    CU_ASSERT_EQUAL(stored.version, 15);
    CU_ASSERT_EQUAL(stored.segment_size, MIB(16));
    CU_ASSERT_FALSE(repo_try_identity(repo_open(temp_url(), "other"), &stored));
}

static void a_repository_takes_one_database_system(void)
{
    RepoIdentity other = ours;

    repo_check_identity(repo_open(temp_url(), "main"), &ours);
    repo_check_identity(repo_open(temp_url(), "main"), &ours);
    other.system_id++;
    UNIT_ASSERT_RAISES(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                       repo_check_identity(repo_open(temp_url(), "main"), &other));
    other = ours;
    other.version = 16;
    UNIT_ASSERT_RAISES(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                       repo_check_identity(repo_open(temp_url(), "main"), &other));
    other = ours;
    other.segment_size = MIB(64);
    UNIT_ASSERT_RAISES(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                       repo_check_identity(repo_open(temp_url(), "main"), &other));
}

static void a_newer_format_is_refused(void)
{
    store_put(store_open(temp_url()), "holdfast-repo.json", "{\"format\": 2}", 13);
    UNIT_ASSERT_RAISES(SQLSTATE_FEATURE_NOT_SUPPORTED, repo_open(temp_url(), "main"));
}

static void check_damaged(const char *text)
{
    RepoIdentity identity;
    Store *store = store_open(temp_url());

    store_replace(store, "main/cluster.json", text, strlen(text));
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_JSON_TEXT,
                       repo_try_identity(repo_open(temp_url(), "main"), &identity));
}

static void a_damaged_identity_raises(void)
{
    check_damaged("{");
    check_damaged("{}");
    check_damaged("{\"system-identifier\": \"x\"}");
    check_damaged("{\"postgresql-version\": 12}");
    check_damaged("{\"wal-segment-size\": 3}");
    check_damaged("[]");
}

static void cluster_names_are_safe_file_names(void)
{
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_NAME, repo_open(temp_url(), ""));
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_NAME, repo_open(temp_url(), ".."));
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_NAME, repo_open(temp_url(), "a/b"));
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_NAME, repo_open(temp_url(), "a b"));
    CU_ASSERT_STRING_EQUAL(repo_cluster(repo_open(temp_url(), "db-1.main_2")), "db-1.main_2");
    CU_ASSERT_STRING_EQUAL(repo_key(repo_open(temp_url(), "x"), "wal"), "x/wal");
}

/* A configuration file with the repository "ours" and the cluster "main" that uses it. */
static char *write_config(const char *text)
{
    char *path = path_join(unit_temp_dir(), "holdfast.conf");

    os_write_durable(path, text, strlen(text));
    return path;
}

static void a_url_needs_no_file(void)
{
    RepoOptions options = {.repo = "/srv/backup", .cluster = "main", .config = "/missing"};

    CU_ASSERT_TRUE(repo_options_are_given(&options));
    CU_ASSERT_STRING_EQUAL(repo_options_url(&options), "/srv/backup");
}

static void a_name_is_looked_up(void)
{
    RepoOptions options = {
        .repo = "ours",
        .cluster = "main",
        .config = write_config("[repo.ours]\nurl = /srv/ours\n[cluster.main]\nrepo = ours\n")};

    CU_ASSERT_STRING_EQUAL(repo_options_url(&options), "/srv/ours");
    options.repo = NULL;
    CU_ASSERT_STRING_EQUAL(repo_options_url(&options), "/srv/ours");
    options.cluster = "other";
    CU_ASSERT_FALSE(repo_options_are_given(&options));
    UNIT_ASSERT_RAISES(SQLSTATE_USAGE, repo_open_options(&options));
    options.repo = "theirs";
    UNIT_ASSERT_RAISES(SQLSTATE_CONFIG_FILE_ERROR, repo_options_url(&options));
}

static void a_cluster_may_name_a_url(void)
{
    RepoOptions options = {.cluster = "main",
                           .config = write_config("[cluster.main]\nrepo = file:///srv/x\n")};

    CU_ASSERT_STRING_EQUAL(repo_options_url(&options), "file:///srv/x");
}

static void a_repository_without_url_raises(void)
{
    RepoOptions options = {
        .repo = "ours", .cluster = "main", .config = write_config("[repo.ours]\n")};

    UNIT_ASSERT_RAISES(SQLSTATE_CONFIG_FILE_ERROR, repo_options_url(&options));
}

UNIT_SUITE(repo)
{
    UNIT_TEST(a_new_repository_has_no_identity);
    UNIT_TEST(the_first_identity_is_kept);
    UNIT_TEST(a_repository_takes_one_database_system);
    UNIT_TEST(a_newer_format_is_refused);
    UNIT_TEST(a_damaged_identity_raises);
    UNIT_TEST(cluster_names_are_safe_file_names);
    UNIT_TEST(a_url_needs_no_file);
    UNIT_TEST(a_name_is_looked_up);
    UNIT_TEST(a_cluster_may_name_a_url);
    UNIT_TEST(a_repository_without_url_raises);
}
