/*
 * dump.c - the run: find the part of the log, read it, show it.
 *
 * Output is gathered and written in large pieces. Where the log ends, how it ends decides what is
 * said, as pg_waldump has it: reaching --end or the end of ENDSEG is silent, anything else an error
 * after all that was good has been shown.
 */
#include "common/base/base.h"

#include <signal.h>
#include <unistd.h>

#include "common/err/err.h"
#include "common/format/wal_page.h"
#include "common/format/wal_seg_name.h"
#include "common/json/writer.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/file.h"
#include "common/os/process.h"
#include "common/text/num.h"
#include "common/tool/tool.h"
#include "common/walrec/describe.h"
#include "common/walrec/rmgr.h"
#include "tools/pgwaldump/pgwaldump_int.h"

#define OUT_SIZE         KIB(64)
#define BATCH            4096 /* records between two looks at signals */
#define FOLLOW_WAIT_MS   1000
#define MISSING_WAIT_MS  500
#define MISSING_WAIT_MAX 10 /* times; the server makes the next segment a little later */

typedef struct Dump {
    const DumpOptions *options;
    Filter filter;
    Range range;
    StatsKind stats_kind;
    Stats stats;
    uint64_t limit; /* records to show */
    uint64_t shown_count;
    WalReader *reader;
    WalSource source; /* below end_source */
    uint8_t *last_page;
    Lsn last;       /* start of the newest record */
    size_t line_at; /* where the record that is being described begins in out */
    bool is_describing;
    bool is_done; /* where we were told to stop */
    unsigned missing_count;
    StrBuf out;
    OsFile *stdout_file;
    MemContext *line_mem; /* for JSON */
} Dump;

static void list_rmgrs(void);
static bool is_any_given(const Options *o);
static void read_options(Dump *d, const Options *o);
static void open_reader(Dump *d);
static const uint8_t *end_source_read(void *arg, TimelineId timeline, uint64_t seg_no,
                                      uint32_t offset, size_t *len);
static void find_first(Dump *d);
static void show_all(Dump *d);
static bool show_some(Dump *d);
static bool is_interrupted(Dump *d);
static bool next_record(Dump *d, const WalRecord **record);
static bool has_stopped_behind_end(const Dump *d);
static bool is_behind_end(const Dump *d, Lsn start, uint32_t len);
static Lsn record_end(const Dump *d, Lsn start, uint32_t len);
static uint32_t page_header_size(const Dump *d, Lsn page);
static bool show(Dump *d, const WalRecord *record);
static void show_json(Dump *d, const WalRecord *record);
static void show_damage(Dump *d, const char *message);
static bool wait_for_more(Dump *d);
static void finish(Dump *d);
static bool is_missing(const Dump *d);
_Noreturn static void raise_missing(Dump *d);
static void flush(Dump *d);

int dump_run(const Options *o)
{
    Dump *d = mem_new(Dump);

    /* Whoever reads our output and stops, ends us. */
    signal(SIGPIPE, SIG_DFL);
    if (!is_any_given(o))
        option_raise_usage(o, "no arguments specified");
    d->options = o->values;
    if (filter_lists_rmgrs(d->options)) {
        list_rmgrs();
        return 0;
    }
    read_options(d, o);
    open_reader(d);
    find_first(d);
    show_all(d);
    finish(d);
    return 0;
}

static bool is_any_given(const Options *o)
{
    size_t i = 0;

    for (const OptionDef *def = o->set->groups[0].defs; def->kind != OPTION_END; def++) {
        if (o->origins[i++] == OPTION_FROM_COMMAND_LINE)
            return true;
    }
    return o->operand_count > 0;
}

static void list_rmgrs(void)
{
    for (unsigned rmgr = 0; rmgr < RMGR_COUNT; rmgr++)
        tool_print("%s", walrec_rmgr_name((uint8_t)rmgr));
}

static void read_options(Dump *d, const Options *o)
{
    const char *stats = d->options->stats;

    if (d->options->limit != NULL && !num_try_parse_u64(d->options->limit, &d->limit))
        option_raise_usage(o, "invalid value \"%s\" for option %s", d->options->limit,
                           "-n/--limit");
    if (stats != NULL && *stats != '\0' && strcmp(stats, "record") != 0)
        option_raise_usage(o, "unrecognized value for option %s: %s", "--stats", stats);
    if (d->limit == 0)
        d->limit = UINT64_MAX;
    if (stats != NULL)
        d->stats_kind = *stats == '\0' ? STATS_BY_RMGR : STATS_BY_RECORD;
    filter_read(&d->filter, o);
    range_find(&d->range, o);
}

static void open_reader(Dump *d)
{
    WalDir *dir =
        wal_dir_new(&(WalDirConfig){.path = d->range.dir, .segment_size = d->range.segment_size});

    d->source = wal_dir_source(dir);
    d->last_page = mem_alloc(WAL_PAGE_SIZE);
    d->reader = wal_reader_new(&(WalReaderConfig){
        .source = {.read = end_source_read, .arg = d},
        .segment_size = d->range.segment_size,
        .timeline = d->range.timeline,
    });
    d->stdout_file = os_file_from_fd(STDOUT_FILENO, "standard output");
    d->line_mem = mem_context_new(mem_current(), "record as JSON");
    strbuf_init(&d->out);
    strbuf_reserve(&d->out, 2 * OUT_SIZE);
}

/* A file may end where we are to stop: its last page is then taken for a whole one. */
static const uint8_t *end_source_read(void *arg, TimelineId timeline, uint64_t seg_no,
                                      uint32_t offset, size_t *len)
{
    Dump *d = arg;
    const uint8_t *bytes = d->source.read(d->source.arg, timeline, seg_no, offset, len);
    Lsn end = wal_seg_start(seg_no, d->range.segment_size) + offset + *len;

    if (LIKELY(bytes == NULL || *len >= WAL_PAGE_SIZE || *len == 0 || d->range.end == LSN_NONE ||
               end < d->range.end))
        return bytes;
    memset(d->last_page, 0, WAL_PAGE_SIZE);
    memcpy(d->last_page, bytes, *len);
    *len = WAL_PAGE_SIZE;
    return d->last_page;
}

/* Go to the first record, and say so when that is not where we were told to start. */
static void find_first(Dump *d)
{
    Lsn start = d->range.start;
    Lsn first = wal_reader_find(d->reader, start);
    const WalRecord *record;

    if (first == LSN_NONE && is_missing(d))
        raise_missing(d);
    if (first == LSN_NONE || !wal_reader_next(d->reader, &record) ||
        is_behind_end(d, record->start, record->total_len))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message =
                      err_fmt("could not find a valid record after " LSN_FMT, LSN_ARG(start)));
    wal_reader_seek(d->reader, first);
    d->stats.begin = first;
    if (first != start && wal_seg_offset(start, d->range.segment_size) != 0 && !d->options->is_json)
        strbuf_add_fmt(&d->out,
                       "first record is after " LSN_FMT ", at " LSN_FMT ", skipping over %u "
                       "byte%s\n",
                       LSN_ARG(start), LSN_ARG(first), (uint32_t)(first - start),
                       first - start == 1 ? "" : "s");
}

/* A record that cannot be described does not end the run. */
static void show_all(Dump *d)
{
    volatile bool is_going_on = true;

    while (is_going_on) {
        ERR_TRY() {
            is_going_on = show_some(d);
        }
        ERR_CATCH() {
            if (!d->is_describing)
                err_raise_again();
            show_damage(d, err_caught()->message);
        }
        ERR_END();
    }
}

/*
 * Show the next BATCH records; false when there are enough, or no more. Not a part of the function
 * above, in which the compiler would keep nothing in registers for fear of the jump.
 */
NOINLINE static bool show_some(Dump *d)
{
    const WalRecord *record;

    if (is_interrupted(d))
        return false;
    for (int i = 0; i < BATCH; i++) {
        if (UNLIKELY(!next_record(d, &record)))
            return wait_for_more(d);
        if (d->filter.is_on && !filter_takes(&d->filter, record))
            continue;
        if (!show(d, record))
            return false;
        if (UNLIKELY(d->out.len >= OUT_SIZE))
            flush(d);
    }
    return true;
}

/* True after Ctrl-C, which ends a look at the log and is no failure. */
static bool is_interrupted(Dump *d)
{
    if (LIKELY(!process_is_interrupted()))
        return false;
    if (process_interrupt_signal() != SIGINT)
        process_check_interrupts();
    d->is_done = true;
    return true;
}

/* False at the end: what the reader says, or with is_done where we were told to stop. */
static bool next_record(Dump *d, const WalRecord **record)
{
    if (UNLIKELY(!wal_reader_next(d->reader, record))) {
        d->is_done = has_stopped_behind_end(d);
        return false;
    }
    /* Rounded up its end is near enough for most; that of a switch is its segment's. */
    if (UNLIKELY((*record)->end > d->range.end) &&
        is_behind_end(d, (*record)->start, (*record)->total_len)) {
        d->is_done = true;
        return false;
    }
    d->last = (*record)->start;
    return true;
}

/*
 * Is it behind the place where we stop that the reader found no more? A page counts as soon as more
 * of it than a header lies before that place, a record only when all of it does.
 */
static bool has_stopped_behind_end(const Dump *d)
{
    const WalEnd *end = wal_reader_end(d->reader);

    if (d->range.end == LSN_NONE)
        return false;
    if (end->kind == WAL_END_MISSING)
        return d->range.end < end->page + WAL_PAGE_HEADER;
    if (end->page > end->lsn || end->lsn % WAL_PAGE_SIZE == 0)
        return d->range.end <= end->page + WAL_PAGE_HEADER;
    return is_behind_end(d, end->lsn, end->record_len);
}

/*
 * Does the record at start go on behind the place where we stop? What stands there must not be
 * looked at, be it valid or not. A len of 0 is that of a record whose header was refused.
 */
static bool is_behind_end(const Dump *d, Lsn start, uint32_t len)
{
    return d->range.end != LSN_NONE && record_end(d, start, len) > d->range.end;
}

/* Behind the last byte of the record, which may lie on several pages, at least of its header. */
static Lsn record_end(const Dump *d, Lsn start, uint32_t len)
{
    Lsn at = start;
    uint32_t left = len;
    uint32_t room = WAL_PAGE_SIZE - (uint32_t)(at % WAL_PAGE_SIZE);

    if (at % WAL_PAGE_SIZE == 0) {
        at += page_header_size(d, at);
        room -= page_header_size(d, at);
    }
    if (left == 0)
        return at + size_min(room, WAL_RECORD_HEADER_SIZE);
    while (UNLIKELY(left > room)) {
        left -= room;
        at += room;
        room = WAL_PAGE_SIZE - page_header_size(d, at);
        at += page_header_size(d, at);
    }
    return at + left;
}

static uint32_t page_header_size(const Dump *d, Lsn page)
{
    return wal_seg_offset(page, d->range.segment_size) < WAL_PAGE_SIZE ? WAL_PAGE_HEADER_LONG
                                                                       : WAL_PAGE_HEADER;
}

/* False when that was enough. */
static bool show(Dump *d, const WalRecord *record)
{
    if (d->options->is_quiet) {
        /* Reading it was all that was asked for. */
    } else if (d->stats_kind != STATS_NONE) {
        stats_add(&d->stats, record);
    } else {
        d->line_at = d->out.len;
        d->is_describing = true;
        if (d->options->is_json)
            show_json(d, record);
        else
            print_record(&d->out, record, d->options->shows_block_details);
        d->is_describing = false;
    }
    d->shown_count++;
    if (LIKELY(d->shown_count < d->limit))
        return true;
    d->is_done = true;
    return false;
}

static void show_json(Dump *d, const WalRecord *record)
{
    MEM_SCOPE(d->line_mem) {
        print_record_json(&d->out, record);
    }
    mem_reset(d->line_mem);
}

/* Say so in place of the rest of the line, or of all of it in JSON. */
static void show_damage(Dump *d, const char *message)
{
    d->is_describing = false;
    if (d->options->is_json) {
        strbuf_cut(&d->out, d->line_at);
        strbuf_add_fmt(&d->out, "{\"lsn\":\"" LSN_FMT "\",\"error\":", LSN_ARG(d->last));
        json_add_string(&d->out, message, strlen(message));
        strbuf_add(&d->out, "}\n");
    } else {
        strbuf_add_fmt(&d->out, "(%s)\n", message);
    }
}

/* With --follow: wait, then true. A segment that is missing has to come within some seconds. */
static bool wait_for_more(Dump *d)
{
    bool is_segment_missing = is_missing(d) && !wal_reader_end(d->reader)->has_segment;

    if (!d->options->follows || d->is_done)
        return false;
    d->missing_count = is_segment_missing ? d->missing_count + 1 : 0;
    if (d->missing_count > MISSING_WAIT_MAX)
        return false;
    flush(d);
    clock_sleep_ms(is_segment_missing ? MISSING_WAIT_MS : FOLLOW_WAIT_MS);
    return true;
}

/* ---- The end ---- */

static void finish(Dump *d)
{
    if (!d->is_done && is_missing(d)) {
        flush(d);
        raise_missing(d);
    }
    if (d->stats_kind != STATS_NONE && !d->options->is_quiet) {
        if (d->options->is_json)
            stats_print_json(&d->out, &d->stats, d->stats_kind);
        else
            stats_print(&d->out, &d->stats, d->stats_kind);
    }
    flush(d);
    if (!d->is_done)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("error in WAL record at " LSN_FMT ": %s", LSN_ARG(d->last),
                                     wal_reader_end(d->reader)->reason));
}

/* True when the log ends with its files, before the place where we were told to stop. */
static bool is_missing(const Dump *d)
{
    return wal_reader_end(d->reader)->kind == WAL_END_MISSING && !has_stopped_behind_end(d);
}

static void raise_missing(Dump *d)
{
    const WalEnd *end = wal_reader_end(d->reader);
    uint32_t size = d->range.segment_size;
    const char *name = wal_seg_name_at(d->range.timeline, end->page, size);

    if (!end->has_segment)
        err_raise(SQLSTATE_UNDEFINED_FILE,
                  .message =
                      err_fmt("could not find file \"%s\": No such file or directory", name));
    err_raise(SQLSTATE_DATA_CORRUPTED,
              .message = err_fmt("could not read from file %s, offset %zu: read 0 of %zu", name,
                                 wal_seg_offset(end->page, size) + end->page_len,
                                 WAL_PAGE_SIZE - end->page_len));
}

static void flush(Dump *d)
{
    if (d->out.len > 0)
        os_file_write(d->stdout_file, d->out.text, d->out.len);
    strbuf_clear(&d->out);
}
