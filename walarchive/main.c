/* main.c - walarchive: the WAL archiver's hook and its companions. */
#include "common/base/base.h"

#include "walarchive/walarchive.h"

static const OptionVerb verbs[] = {
    {.name = "get", .set = &get_options, .run = get_run, .error_exit = GET_EXIT_FAILED},
    {.name = "push", .set = &push_options, .run = push_run},
    {.name = NULL},
};

static const ToolDef def = {
    .verbs = verbs,
    .log = offsetof(ArchiveOptions, log),
    .summary = "keeps PostgreSQL's write-ahead log in a backup repository.",
    .notes = "In postgresql.conf:\n"
             "  archive_command = 'walarchive push --repo file:///srv/backup \"%p\"'\n"
             "  restore_command = 'walarchive get --repo file:///srv/backup \"%f\" \"%p\"'\n",
};

int main(int argc, char **argv)
{
    return tool_main(argc, argv, &def);
}
