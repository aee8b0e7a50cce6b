/* timeline.c - the history of a timeline. */
#include "common/base/base.h"

#include "server/replication/timeline.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/file.h"

#define HISTORY_BYTES_MAX MIB(16)

void timeline_read(TimelineId tli, Array *spans)
{
    const char *text = NULL;

    if (tli != 1)
        text = os_file_read_all(mem_printf("pg_wal/%08X.history", tli), HISTORY_BYTES_MAX, NULL);
    timeline_history_parse(text, tli, spans);
}

TimelineId timeline_of(TimelineId tli, Lsn lsn)
{
    const TimelineSpan *span;
    Array spans;

    timeline_read(tli, &spans);
    span = timeline_history_at(&spans, lsn);
    if (span == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "timeline history was not contiguous");
    return span->tli;
}
