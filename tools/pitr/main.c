/* main.c - pitr: point-in-time recovery. */
#include "common/base/base.h"

#include "tools/pitr/pitr.h"

static const OptionVerb verbs[] = {
    {.name = "restore", .set = &restore_options, .run = restore_run},
    {.name = NULL},
};

static const ToolDef def = {
    .verbs = verbs,
    .log = offsetof(PitrOptions, log),
    .summary = "brings a PostgreSQL cluster back to a moment of its past.",
};

int main(int argc, char **argv)
{
    return tool_main(argc, argv, &def);
}
