/* replication_int.h - what only this folder shares: sessions that end, positions, handlers. */
#ifndef REPLICATION_REPLICATION_INT_H
#define REPLICATION_REPLICATION_INT_H

#include "common/base/base.h"

#include "server/replication/repl_parse.h"

/* ---- command.c ---- */

/* There is nobody to answer any more, or nothing to say: the session ends without a word. */
void replication_end_session(void);

/* ---- slot_command.c ---- */

_Noreturn void replication_refuse_logical(void);

/* ---- log_end.c ---- */

/* The end of what is safe on disk here, and the timeline that it is of. */
Lsn replication_log_end(TimelineId *tli);

/* Of the line of descent that ends with tli: the one that the record at lsn belongs to. */
TimelineId replication_timeline_of(TimelineId tli, Lsn lsn);

/* ---- Handlers, as in command.def ---- */

#define ROW(word, where, function) void function(ReplicationCall *call);
#include "server/replication/command.def"
#undef ROW

#endif
