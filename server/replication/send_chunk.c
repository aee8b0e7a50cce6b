/*
 * send_chunk.c - a piece of the log from its file into a message
 *
 * On a standby a file that came as a stream up to some place may be replaced by the archive's, and
 * only that has what is replayed behind the place: so it is opened again. How far there is log was
 * asked before, and is in the file of then in any case.
 *
 * Segments of a timeline that has ended are its own, but for the one in which it ended: that is
 * read from the file of the timeline that follows, which begins with the same bytes and, unlike the
 * older one, is never removed for being partial.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/timeline_history.h"
#include "common/format/wal_page.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/proto/repl_message.h"
#include "common/text/num.h"
#include "server/net/net.h"
#include "server/recovery/recovery.h"
#include "server/recovery/source/timelines.h"
#include "server/replication/replication_int.h"
#include "server/replication/wal_sender_int.h"
#include "server/wal/segment.h"
#include "server/wal/wal.h"

#define CHUNK_MAX KIB(128)

static Lsn find_limit(void);
static void end_timeline(TimelineId now);
static void send_message(Lsn begin, Lsn end, Lsn limit);
static void read_log(uint8_t *bytes, Lsn lsn, size_t len);
static void open_file(uint64_t seg_no);
_Noreturn static void raise_removed(uint64_t seg_no, SqlState state);

void send_chunk(void)
{
    SendStream *s = &send_stream;
    Lsn limit, end;

    if (s->has_sent_done) {
        s->is_caught_up = true;
        return;
    }
    limit = find_limit();
    if (s->is_historic && s->valid_to <= s->sent) {
        send_forget_file();
        net_send_empty(MESSAGE_COPY_DONE);
        s->has_sent_done = true;
        s->is_caught_up = true;
        return;
    }
    if (limit <= s->sent) {
        s->is_caught_up = true;
        return;
    }
    /* Cut at a page's end, unless it is the end. */
    end = s->sent + CHUNK_MAX;
    s->is_caught_up = limit <= end && !s->is_historic;
    if (limit <= end)
        end = limit;
    else
        end -= end % WAL_PAGE_SIZE;
    send_lag_note(limit, clock_now());
    send_message(s->sent, end, limit);
    s->sent = end;
    spin_lock(&wal_sender_own()->lock);
    wal_sender_own()->row.sent = end;
    spin_unlock(&wal_sender_own()->lock);
}

/* How far may be sent. Notes when our timeline has become one of the past. */
static Lsn find_limit(void)
{
    TimelineId now;
    Lsn end;

    if (send_stream.is_historic)
        return send_stream.valid_to;
    end = replication_log_end(&now);
    if (now == send_stream.tli)
        return end;
    end_timeline(now);
    return send_stream.valid_to;
}

static void end_timeline(TimelineId now)
{
    const TimelineSpan *span;
    Array spans;

    timeline_read(now, &spans);
    span = timeline_history_find(&spans, send_stream.tli);
    if (span == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("requested timeline %u is not in this server's history",
                                     send_stream.tli));
    send_stream.is_historic = true;
    send_stream.valid_to = span->end;
    send_stream.next_tli = (span + 1)->tli;
}

static void send_message(Lsn begin, Lsn end, Lsn limit)
{
    const size_t len = end - begin;
    uint8_t head[REPL_WAL_HEAD_SIZE];

    repl_write_wal_head(head, &(ReplFromServer){.kind = REPL_WAL,
                                                .start = begin,
                                                .server_end = limit,
                                                .sent_at = clock_now()});
    net_begin(MESSAGE_COPY_DATA);
    net_put_bytes(head, sizeof head);
    read_log((uint8_t *)net_room(len), begin, len);
    net_take_room(len);
    net_end_unsent();
}

static void read_log(uint8_t *bytes, Lsn lsn, size_t len)
{
    const uint32_t size = wal_identity()->segment_size;

    while (len > 0) {
        const uint64_t seg_no = lsn / size;
        const uint32_t offset = (uint32_t)(lsn % size);
        const size_t part = size_min(len, size - offset);

        open_file(seg_no);
        os_file_read_exact_at(send_stream.file, bytes, part, offset);
        /* A segment that was removed before we were done may have been another one's by then. */
        if (wal_last_removed_segment() >= seg_no)
            raise_removed(seg_no, SQLSTATE_INTERNAL_ERROR);
        bytes += part;
        lsn += part;
        len -= part;
    }
}

static void open_file(uint64_t seg_no)
{
    SendStream *s = &send_stream;
    TimelineId tli = s->tli;

    if (s->is_historic && seg_no == s->valid_to / wal_identity()->segment_size)
        tli = s->next_tli;
    if (s->file != NULL && s->seg_no == seg_no && s->file_tli == tli &&
        s->replaced_files == recovery_replaced_files())
        return;
    send_forget_file();
    s->replaced_files = recovery_replaced_files();
    MEM_SCOPE(mem_root()) {
        s->file = wal_segment_try_open(seg_no, tli);
    }
    s->seg_no = seg_no;
    s->file_tli = tli;
    if (s->file == NULL)
        raise_removed(seg_no, SQLSTATE_UNDEFINED_FILE);
}

void send_forget_file(void)
{
    OsFile *file = send_stream.file;

    send_stream.file = NULL;
    if (file != NULL)
        os_file_close(file);
}

static void raise_removed(uint64_t seg_no, SqlState state)
{
    char name[WAL_SEG_NAME_LEN + 1];

    wal_seg_name_write((WalSeg){.tli = send_stream.file_tli, .seg_no = seg_no},
                       wal_identity()->segment_size, name);
    err_raise(state,
              .message = err_fmt("requested WAL segment %s has already been removed", name));
}
