/* timeline.h - the history of a timeline, as its file in pg_wal tells it. */
#ifndef REPLICATION_TIMELINE_H
#define REPLICATION_TIMELINE_H

#include "common/base/base.h"

#include "common/format/timeline_history.h"

/* TimelineSpan, oldest first, the last one tli itself; raises 58P01 when its file is missing. */
void timeline_read(TimelineId tli, Array *spans);

/* Of the line of descent that ends with tli: the one that the byte before lsn belongs to. */
TimelineId timeline_of(TimelineId tli, Lsn lsn);

#endif
