/* log_end.c - how far there is log that may be sent on, and of which timeline. */
#include "common/base/base.h"

#include "server/recovery/recovery.h"
#include "server/replication/replication_int.h"
#include "server/wal/wal.h"

Lsn replication_log_end(TimelineId *tli)
{
    RecoveryProgress progress;

    if (!recovery_is_running()) {
        *tli = wal_timeline();
        return wal_flush_lsn();
    }
    recovery_progress(&progress);
    *tli = progress.replayed_tli;
    return progress.replayed_end;
}
