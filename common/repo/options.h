/*
 * options.h - the options by which every program is told its repository
 *
 *     --repo URL-or-name   HOLDFAST_REPO      "file:///srv/backup", a path, or NAME of [repo.NAME]
 *     --cluster NAME       HOLDFAST_CLUSTER   "main"
 *     --config FILE        HOLDFAST_CONFIG
 *
 * In the configuration file [repo.NAME] has the key url; [cluster.NAME] may name its repository
 * with the key repo, which counts when --repo was not given.
 */
#ifndef REPO_OPTIONS_H
#define REPO_OPTIONS_H

#include "common/base/base.h"

#include "common/option/option.h"
#include "common/repo/repo.h"

typedef struct RepoOptions {
    const char *repo;
    const char *cluster;
    const char *config; /* NULL: the usual places */
} RepoOptions;

/* Rows for a program's OptionGroup. */
extern const OptionDef repo_options[];

/* True when a repository was named, by option, environment or file. */
bool repo_options_are_given(const RepoOptions *options);

/* Open the repository; raises SQLSTATE_USAGE when none was named. */
Repo *repo_open_options(const RepoOptions *options);

/*
 * What another program has to be told to open the same repository: the URL itself, without names
 * that stand in a configuration file. In the current context.
 */
const char *repo_options_url(const RepoOptions *options);

#endif
