/* base_backup.c - BASE_BACKUP: the files of the cluster, sent to a client. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/replication/replication_int.h"

void replication_base_backup(ReplicationCall *call UNUSED)
{
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = "BASE_BACKUP is not supported yet");
}
