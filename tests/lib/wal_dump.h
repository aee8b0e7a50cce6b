/* wal_dump.h - ask PostgreSQL 15's pg_waldump whether it can read a log */
#ifndef LIB_WAL_DUMP_H
#define LIB_WAL_DUMP_H

#include "common/base/base.h"

#include "tests/lib/wal_rig.h"

/* What it complains of between the log's start and end; "" when of nothing, or it is not here. */
const char *wal_dump_complaints(const WalRig *rig, Lsn end);

bool wal_dump_is_here(void);

#endif
