/* walarchive.h - the verbs of walarchive; main.c has the table, each verb a file. */
#ifndef WALARCHIVE_WALARCHIVE_H
#define WALARCHIVE_WALARCHIVE_H

#include "common/base/base.h"

#include "common/option/option.h"
#include "common/repo/options.h"
#include "common/tool/tool.h"

/* What every verb's struct begins with. */
typedef struct ArchiveOptions {
    ToolLog log;
    RepoOptions repo;
} ArchiveOptions;

/*
 * Exit codes. PostgreSQL's archiver takes 1 to 125 for "try again later"; of a restore_command it
 * takes them for "the archive has no such file", and ends recovery there. So a get that fails for
 * any other reason must end above 125, which stops the server instead of losing what follows.
 */
enum { GET_EXIT_MISSING = 1, GET_EXIT_FAILED = 200 };

extern const OptionSet push_options;
int push_run(const Options *o);

extern const OptionSet get_options;
int get_run(const Options *o);

#endif
