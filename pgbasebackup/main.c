/* main.c - the program pgbasebackup. */
#include "common/base/base.h"

#include "common/tool/tool.h"
#include "pgbasebackup/backup.h"
#include "pgbasebackup/options.h"

static const ToolDef pgbasebackup = {
    .pg_name = "pg_basebackup",
    .set = &backup_option_set,
    .run = backup_run,
    .log = offsetof(BackupOptions, log),
};

int main(int argc, char **argv)
{
    return tool_main(argc, argv, &pgbasebackup);
}
