/* options.c - from --repo, --cluster and --config to an open repository. */
#include "common/base/base.h"

#include "common/repo/options.h"

#include "common/err/err.h"
#include "common/os/path.h"

const OptionDef repo_options[] = {
    {0, "repo", OPTION_STRING, offsetof(RepoOptions, repo), .arg = "URL", .env = "HOLDFAST_REPO",
     .help = "repository: file:///path, a path, or a name of the\nconfiguration file"},
    {0, "cluster", OPTION_STRING, offsetof(RepoOptions, cluster), .arg = "NAME",
     .env = "HOLDFAST_CLUSTER", .initial = "main",
     .help = "the cluster's folder in the repository"},
    {0, "config", OPTION_STRING, offsetof(RepoOptions, config), .arg = "FILE",
     .help = "configuration file"},
    {.kind = OPTION_END},
};

static const char *find_url(const RepoOptions *options);
static bool is_url(const char *repo);

bool repo_options_are_given(const RepoOptions *options)
{
    return find_url(options) != NULL;
}

const char *repo_options_url(const RepoOptions *options)
{
    const char *url = find_url(options);

    if (url == NULL)
        err_raise(SQLSTATE_USAGE, .message = "no repository specified",
                  .hint = "Name one with --repo, HOLDFAST_REPO or the configuration file.");
    return url;
}

Repo *repo_open_options(const RepoOptions *options)
{
    return repo_open(repo_options_url(options), options->cluster);
}

/* NULL when nothing names a repository. */
static const char *find_url(const RepoOptions *options)
{
    const char *repo = options->repo;
    const ConfigSection *section;
    Config *config;

    /* The usual case, archive_command with a URL, reads no file. */
    if (repo != NULL && is_url(repo))
        return repo;
    config = config_load(options->config);
    if (repo == NULL) {
        section = config_find(config, "cluster", options->cluster);
        repo = section == NULL ? NULL : config_value(section, "repo");
    }
    if (repo == NULL || is_url(repo))
        return repo;
    section = config_get(config, "repo", repo,
                         "A folder is named by its whole path, as in file:///srv/repo. Names are "
                         "looked up in the file of --config or HOLDFAST_CONFIG.");
    if (config_value(section, "url") == NULL)
        err_raise(SQLSTATE_CONFIG_FILE_ERROR,
                  .message = err_fmt("[repo.%s] has no url in file \"%s\" line %u", repo,
                                     section->path, section->line));
    return config_value(section, "url");
}

static bool is_url(const char *repo)
{
    return strstr(repo, "://") != NULL || path_is_absolute(repo);
}
