/* log_end.c - how far there is log that may be sent on, and of which timeline. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/timeline_history.h"
#include "server/recovery/recovery.h"
#include "server/recovery/source/timelines.h"
#include "server/replication/replication_int.h"
#include "server/replication/wal_receiver.h"
#include "server/wal/wal.h"

Lsn replication_log_end(TimelineId *tli)
{
    RecoveryStreamState stream;
    RecoveryProgress progress;

    if (!recovery_is_running()) {
        *tli = wal_timeline();
        return wal_flush_lsn();
    }
    recovery_progress(&progress);
    *tli = progress.replayed_tli;
    /* What has come and is on disk may go on before it is applied. */
    wal_receiver_tell(&stream);
    if (stream.tli == progress.replayed_tli && stream.flushed > progress.replayed_end)
        return stream.flushed;
    return progress.replayed_end;
}

TimelineId replication_timeline_of(TimelineId tli, Lsn lsn)
{
    const TimelineSpan *span;
    Array spans;

    timeline_read(tli, &spans);
    span = timeline_history_at(&spans, lsn);
    if (span == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "timeline history was not contiguous");
    return span->tli;
}
