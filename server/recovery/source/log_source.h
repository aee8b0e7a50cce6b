/*
 * log_source.h - where recovery reads the log from: the archive, pg_wal, the stream of a primary
 *
 *     PG_WAL --all of a crash is redone--> ARCHIVE --has no more, a standby--> STREAM
 *                                             ^                                   |
 *                                             +------has ended, or has no more----+
 *
 * A row of one table says for each how a segment's file is found and what to do when there is no
 * more. The archive's row looks into pg_wal too, since what a primary had not archived yet may have
 * been put there by hand.
 *
 * Promises
 *   1. A segment in which one timeline was left for the next is read from the newest that has it,
 *      and never from one older than the reader is on.
 *   2. Of a stream nothing is given to the reader that is not on disk.
 *   3. Without a standby's signal file the end of the archive is the end; with it only a promotion
 *      is, and then all that archive and pg_wal have was read before.
 */
#ifndef SOURCE_LOG_SOURCE_H
#define SOURCE_LOG_SOURCE_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/walrec/reader.h"

typedef struct LogSourceConfig {
    TimelineId target_tli;  /* whose line of descent is followed */
    bool follows_newest;    /* and that of newer ones that turn up: recovery_target_timeline */
    bool is_in_archive;     /* begin with the archive: else all of pg_wal comes first */
    bool is_archive_wanted; /* go on with it after that */
    bool is_standby;        /* wait for more */
    void (*enter_archive)(Lsn end); /* all of pg_wal is redone, and the archive comes next */
} LogSourceConfig;

/* There is one. It lives in the current context, as do lines of descent that are read later. */
void log_source_open(const LogSourceConfig *config);

/* A reader of it, in the current context; begins_on is named in reasons until a page was read. */
WalReader *log_source_reader(TimelineId begins_on);

/*
 * One that only looks ahead of it, in what is in pg_wal, and does not wait for more; until it is
 * closed. There is one.
 */
WalReader *log_source_ahead_reader(TimelineId begins_on);
void log_source_reopen_ahead(void); /* read what comes next from the file as found then */
void log_source_close_ahead(void);

/*
 * The reader found no more, and says where: true when it is to ask again, which may be after a
 * while; false: that is the end.
 */
bool log_source_wait(const WalEnd *end);

/* Read what comes next from the file anew, as found then. */
void log_source_reopen(void);

/* Of the file that was read last, which can be of a newer timeline than the record is. */
TimelineId log_source_file_tli(void);

TimelineId log_source_target(void);   /* as it is by now */
const Array *log_source_spans(void);  /* TimelineSpan: its line of descent */
bool log_source_is_stream(void);      /* comes the log from a primary now? */
void log_source_reply(void);          /* the primary may wait for what was applied: tell it soon */
void log_source_restart_stream(void); /* settings that it was begun with have changed */
void log_source_close(void);          /* the stream ends */

#endif
