/* log_source.c - where recovery reads the log from; log_source.h says what for. */
#include "common/base/base.h"

#include "server/recovery/source/log_source.h"

#include <string.h>

#include "common/err/err.h"
#include "common/format/timeline_history.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/file.h"
#include "common/text/num.h"
#include "server/config/setting.h"
#include "server/ipc/latch.h"
#include "server/ipc/proc.h"
#include "server/ipc/title.h"
#include "server/recovery/pause.h"
#include "server/recovery/progress.h"
#include "server/recovery/recovery.h"
#include "server/recovery/source/restore.h"
#include "server/recovery/source/timelines.h"
#include "server/recovery/standby/conflict.h"
#include "server/wal/segment.h"
#include "server/wal/wal.h"

#define WINDOW_SIZE    KIB(256)
#define STREAM_LOOK_MS 5000 /* at least so often for what nobody tells of */

typedef enum SourceKind { SOURCE_PG_WAL, SOURCE_ARCHIVE, SOURCE_STREAM } SourceKind;

/* A file of the log that is read, and the piece of it that was read last. */
typedef struct LogWindow {
    MemContext *mem; /* of the file */
    OsFile *file;    /* NULL when none is open */
    WalSeg seg;      /* that it serves */
    uint8_t *bytes;
} LogWindow;

static struct {
    LogSourceConfig config;
    SourceKind kind;
    Array *spans; /* TimelineSpan */
    MemContext *mem;
    LogWindow now, ahead; /* what is replayed, and what only is looked at before */
    TimelineId last_tli;
    uint64_t tried_at_ms;     /* when the archive was asked last, before a stream */
    RecoveryStream stream;    /* functions are NULL: there is none */
    bool is_stream_wanted;    /* begin() was called */
    bool is_stream_restarted; /* settings say that another one is wanted */
    Lsn stream_flushed;       /* as of the last look */
} source;

typedef struct SourceRow {
    OsFile *(*open)(WalSeg seg);
    bool (*give_up)(const WalEnd *end); /* true: ask again, of the source that is set then */
} SourceRow;

static OsFile *open_in_pg_wal(WalSeg seg);
static OsFile *open_of_archive(WalSeg seg);
static bool give_up_pg_wal(const WalEnd *end);
static bool give_up_archive(const WalEnd *end);
static bool give_up_stream(const WalEnd *end);
static void window_begin(LogWindow *w);
static WalReader *reader_of(const uint8_t *(*read)(void *arg, TimelineId timeline, uint64_t seg_no,
                                                   uint32_t offset, size_t *len),
                            TimelineId begins_on);
static const uint8_t *read_now(void *arg, TimelineId timeline, uint64_t seg_no, uint32_t offset,
                               size_t *len);
static const uint8_t *read_ahead(void *arg, TimelineId timeline, uint64_t seg_no, uint32_t offset,
                                 size_t *len);
static const uint8_t *read_window(LogWindow *w, TimelineId timeline, uint64_t seg_no,
                                  uint32_t offset, size_t *len);
static bool find_file(LogWindow *w, TimelineId timeline, uint64_t seg_no);
static void note_file(WalSeg seg);
static void begin_stream(Lsn lsn);
static bool look_for_newer_timeline(void);
static void wait_for_retry(const WalEnd *end);

static const SourceRow sources[] = {
    [SOURCE_PG_WAL] = {open_in_pg_wal, give_up_pg_wal},
    [SOURCE_ARCHIVE] = {open_of_archive, give_up_archive},
    [SOURCE_STREAM] = {open_in_pg_wal, give_up_stream},
};

void recovery_set_stream(const RecoveryStream *stream)
{
    source.stream = *stream;
}

void recovery_tell_followers(void)
{
    if (source.stream.sends_on != NULL)
        source.stream.sends_on();
}

Lsn recovery_received(void)
{
    RecoveryStreamState state = {.flushed = LSN_NONE};

    if (source.stream.state != NULL)
        source.stream.state(&state);
    return state.flushed;
}

void log_source_open(const LogSourceConfig *config)
{
    source.config = *config;
    source.kind = config->is_in_archive ? SOURCE_ARCHIVE : SOURCE_PG_WAL;
    source.mem = mem_current();
    window_begin(&source.now);
    source.tried_at_ms = 0;
    source.is_stream_wanted = false;
    source.stream_flushed = LSN_NONE;
    source.spans = mem_new(Array);
    timeline_read(config->target_tli, source.spans);
}

static void window_begin(LogWindow *w)
{
    *w = (LogWindow){.mem = mem_context_new(source.mem, "WAL segment file"),
                     .bytes = mem_alloc_aligned(WINDOW_SIZE, 4096)};
}

static void window_close(LogWindow *w)
{
    w->file = NULL;
    mem_reset(w->mem);
}

WalReader *log_source_reader(TimelineId begins_on)
{
    return reader_of(read_now, begins_on);
}

WalReader *log_source_ahead_reader(TimelineId begins_on)
{
    window_begin(&source.ahead);
    return reader_of(read_ahead, begins_on);
}

void log_source_reopen_ahead(void)
{
    window_close(&source.ahead);
}

void log_source_close_ahead(void)
{
    window_close(&source.ahead);
    mem_free(source.ahead.bytes);
    source.ahead.bytes = NULL;
}

static WalReader *reader_of(const uint8_t *(*read)(void *arg, TimelineId timeline, uint64_t seg_no,
                                                   uint32_t offset, size_t *len),
                            TimelineId begins_on)
{
    const WalIdentity *identity = wal_identity();

    return wal_reader_new(&(WalReaderConfig){
        .source = {.read = read},
        .segment_size = identity->segment_size,
        .version = 15,
        .system_id = identity->system_id,
        .begins_on = begins_on,
    });
}

TimelineId log_source_file_tli(void)
{
    return source.last_tli;
}

TimelineId log_source_target(void)
{
    return source.config.target_tli;
}

const Array *log_source_spans(void)
{
    return source.spans;
}

bool log_source_is_stream(void)
{
    return source.kind == SOURCE_STREAM;
}

void log_source_reply(void)
{
    if (source.is_stream_wanted && source.stream.wants_reply != NULL)
        source.stream.wants_reply();
}

void log_source_restart_stream(void)
{
    if (!source.is_stream_wanted)
        return;
    err_log(ERR_LOG, .message = "WAL receiver process shutdown requested");
    source.is_stream_restarted = true;
}

void log_source_reopen(void)
{
    window_close(&source.now);
}

void log_source_close(void)
{
    log_source_reopen();
    if (source.is_stream_wanted && source.stream.end != NULL)
        source.stream.end();
    source.is_stream_wanted = false;
}

bool log_source_wait(const WalEnd *end)
{
    log_source_reopen();
    return sources[source.kind].give_up(end);
}

/* ---- Reading ---- */

static const uint8_t *read_now(void *arg UNUSED, TimelineId timeline, uint64_t seg_no,
                               uint32_t offset, size_t *len)
{
    return read_window(&source.now, timeline, seg_no, offset, len);
}

static const uint8_t *read_ahead(void *arg UNUSED, TimelineId timeline, uint64_t seg_no,
                                 uint32_t offset, size_t *len)
{
    return read_window(&source.ahead, timeline, seg_no, offset, len);
}

static const uint8_t *read_window(LogWindow *w, TimelineId timeline, uint64_t seg_no,
                                  uint32_t offset, size_t *len)
{
    uint32_t segment_size = wal_identity()->segment_size;
    Lsn at = seg_no * segment_size + offset;

    *len = 0;
    if ((w->file == NULL || w->seg.seg_no != seg_no || w->seg.tli < timeline) &&
        !find_file(w, timeline, seg_no))
        return NULL;
    *len = os_file_read_at(w->file, w->bytes, size_min(WINDOW_SIZE, segment_size - offset), offset);
    /* What is behind the end of what was flushed may be gone after a crash. */
    if (source.kind == SOURCE_STREAM && at + *len > source.stream_flushed) {
        size_t good = source.stream_flushed > at ? (size_t)(source.stream_flushed - at) : 0;

        memset(w->bytes + good, 0, *len - good);
    }
    return w->bytes;
}

/* For ps. */
static void show_segment(WalSeg seg)
{
    char name[WAL_SEG_NAME_LEN + 1];

    wal_seg_name_write(seg, wal_identity()->segment_size, name);
    title_set(mem_printf("recovering %s", name));
}

static bool find_file(LogWindow *w, TimelineId timeline, uint64_t seg_no)
{
    const TimelineSpan *spans = source.spans->items;
    OsFile *(*opener)(WalSeg seg) = w == &source.now ? sources[source.kind].open : open_in_pg_wal;

    window_close(w);
    for (size_t i = source.spans->count; i-- > 0 && spans[i].tli >= timeline;) {
        WalSeg seg = {.tli = spans[i].tli, .seg_no = seg_no};

        /* What a timeline had before it began is its parent's. */
        if (wal_seg_no(spans[i].begin, wal_identity()->segment_size) > seg_no)
            continue;
        MEM_SCOPE(w->mem) {
            w->file = opener(seg);
        }
        if (w->file == NULL)
            continue;
        w->seg = seg;
        if (w == &source.now)
            note_file(seg);
        return true;
    }
    return false;
}

/* Replay comes to that file: what was in the one before may be sent on. */
static void note_file(WalSeg seg)
{
    source.last_tli = seg.tli;
    recovery_tell_followers();
    if (source.kind != SOURCE_STREAM)
        conflict_note_receipt(clock_now(), false);
    show_segment(seg);
}

static OsFile *open_in_pg_wal(WalSeg seg)
{
    return wal_segment_try_open(seg.seg_no, seg.tli);
}

static OsFile *open_of_archive(WalSeg seg)
{
    uint32_t segment_size = wal_identity()->segment_size;
    char name[WAL_SEG_NAME_LEN + 1];

    wal_seg_name_write(seg, segment_size, name);
    if (restore_try_file(name, RESTORED_SEGMENT, segment_size))
        restore_keep_file(RESTORED_SEGMENT, name);
    return wal_segment_try_open(seg.seg_no, seg.tli);
}

/* ---- No more ---- */

static bool give_up_pg_wal(const WalEnd *end)
{
    if (!source.config.is_archive_wanted)
        return false;
    err_log(ERR_DEBUG, .message = "reached end of WAL in pg_wal, entering archive recovery");
    source.kind = SOURCE_ARCHIVE;
    source.config.enter_archive(end->lsn);
    return true;
}

static bool give_up_archive(const WalEnd *end)
{
    if (!source.config.is_standby || recovery_check_promotion())
        return false;
    source.kind = SOURCE_STREAM;
    source.tried_at_ms = clock_monotonic_us() / 1000;
    begin_stream(end->lsn);
    return true;
}

/* From where the record begins that is missing, on the timeline that it is on. */
static void begin_stream(Lsn lsn)
{
    const TimelineSpan *span = timeline_history_at(source.spans, lsn);

    if (source.stream.begin == NULL || *setting.primary_conninfo == '\0' || span == NULL)
        return;
    /* What another timeline's stream had brought says nothing of this one. */
    source.stream_flushed = LSN_NONE;
    source.stream.begin(span->tli, lsn, setting.primary_conninfo, setting.primary_slot_name,
                        setting.wal_receiver_create_temp_slot);
    source.is_stream_wanted = true;
}

/* A pause is confirmed here too: who asked for it need not wait for the next record. */
static void look_after(void)
{
    recovery_look_after();
    if (recovery_pause() != RECOVERY_NOT_PAUSED)
        recovery_pause_here(false);
}

/* Wait for the receiver, until it has brought more than what was read, or has ended. */
static bool give_up_stream(const WalEnd *end)
{
    bool is_told = false;

    while (source.is_stream_wanted && !source.is_stream_restarted) {
        RecoveryStreamState state = {.is_alive = false};

        latch_reset(&proc_self()->latch);
        source.stream.state(&state);
        if (state.flushed > source.stream_flushed && state.flushed > end->lsn) {
            source.stream_flushed = state.flushed;
            recovery_note_chunk_time(state.chunk_time);
            conflict_note_receipt(clock_now(), true);
            return true;
        }
        if (!state.is_alive || recovery_check_promotion())
            break;
        /* All that came is applied: who looks at the primary shall see it. */
        if (!is_told)
            log_source_reply();
        is_told = true;
        latch_wait(LATCH_SET | LATCH_TIMEOUT, STREAM_LOOK_MS, WAIT_EVENT_RECOVERY_WAL_STREAM);
        look_after();
    }
    if (source.is_stream_wanted)
        source.stream.end();
    source.is_stream_wanted = source.is_stream_restarted = false;
    source.kind = SOURCE_ARCHIVE;
    if (!look_for_newer_timeline())
        wait_for_retry(end);
    return true;
}

static bool refuse_timeline(TimelineId tli, const char *why)
{
    err_log(ERR_LOG, .message = err_fmt("new timeline %u %s", tli, why));
    return false;
}

/* A primary that was promoted has left its timeline: ours goes on as its does, if it is ours. */
static bool look_for_newer_timeline(void)
{
    TimelineId before = source.config.target_tli, newest;
    RecoveryProgress p;
    const TimelineSpan *span;
    Array *spans;

    if (!source.config.follows_newest)
        return false;
    newest = timeline_newest(before);
    if (newest == before)
        return false;
    recovery_progress(&p);
    MEM_SCOPE(source.mem) {
        spans = mem_new(Array);
        timeline_read(newest, spans);
    }
    span = timeline_history_find(spans, before);
    if (span == NULL)
        return refuse_timeline(newest,
                               mem_printf("is not a child of database system timeline %u", before));
    if (span->end != LSN_NONE && span->end < p.replayed_end)
        return refuse_timeline(
            newest, mem_printf("forked off current database system timeline %u before current "
                               "recovery point " LSN_FMT,
                               before, LSN_ARG(p.replayed_end)));
    source.spans = spans;
    source.config.target_tli = newest;
    timeline_restore_histories(before + 1, newest);
    err_log(ERR_LOG, .message = err_fmt("new target timeline is %u", newest));
    return true;
}

/* Not more often than wal_retrieve_retry_interval, unless somebody wakes us. */
static void wait_for_retry(const WalEnd *end)
{
    uint64_t until = source.tried_at_ms + (uint64_t)setting.wal_retrieve_retry_interval;
    Lsn wanted = (end->lsn > end->page ? end->lsn : end->page) + WAL_RECORD_HEADER_SIZE;
    bool is_said = false;

    for (;;) {
        uint64_t now = clock_monotonic_us() / 1000;

        latch_reset(&proc_self()->latch);
        look_after();
        if (now >= until || recovery_check_promotion())
            return;
        if (!is_said)
            err_log(ERR_LOG, .message = err_fmt("waiting for WAL to become available at " LSN_FMT,
                                                LSN_ARG(wanted)));
        is_said = true;
        latch_wait(LATCH_SET | LATCH_TIMEOUT, (int64_t)(until - now),
                   WAIT_EVENT_RECOVERY_RETRIEVE_RETRY_INTERVAL);
    }
}
