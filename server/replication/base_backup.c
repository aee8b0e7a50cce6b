/* base_backup.c - BASE_BACKUP as a command: server/replication/base_backup/ has all of it */
#include "common/base/base.h"

#include "server/replication/base_backup/base_backup.h"
#include "server/replication/replication_int.h"

void replication_base_backup(ReplicationCall *call)
{
    BackupOptions options;

    backup_options_read(&call->options, &options);
    base_backup_run(&options);
}
