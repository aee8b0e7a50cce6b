/* main.c - the program pgdump. */
#include "common/base/base.h"

#include "common/tool/tool.h"
#include "pgdump/dump.h"
#include "pgdump/options.h"

static const ToolDef pgdump = {
    .pg_name = "pg_dump",
    .set = &dump_option_set,
    .run = dump_run,
    .log = offsetof(DumpOptions, log),
};

int main(int argc, char **argv)
{
    return tool_main(argc, argv, &pgdump);
}
